"""Timetables: pairs against a program per mentor for HiGHS, size, growth, rescheduling, and a training timetable.

    python benchmarks/scheduling.py [--quick] [--json FILE] [--only FIGURE …] [--monolith SECONDS]

Needs the project's runtime dependencies only. Times are processor time. See README.md beside this.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from figures import Goal, arguments, machine, say, show, show_machine, write
from main_job import environment

if TYPE_CHECKING:
    from mentorctl.optimize.scheduling.problem import SeriesAnswer, SeriesProblem
    from mentorctl.optimize.scheduling.timetable import TimetableProblem

type Measured = tuple[dict[str, float], dict[str, Any]]

SESSIONS = 12
HOURS = 40  # a week: five days of eight hours
PEER_GAP = 1e-4  # relative; the peer may stop that close to its bound
PEER_LIMIT = 30.0  # seconds for one mentor
LIMIT = 900.0  # seconds for one of our timetables

GOALS = {
    "pairs300_speedup": Goal(value=10, kind="at least"),
    "pairs2000_cpu_s": Goal(value=30, kind="below"),
    "pairs2000_mb": Goal(value=1000, kind="below"),
    "pairs20000_s": Goal(value=300, kind="below"),
    "pairs20000_gap": Goal(value=0.01, kind="at most"),
    "resched_ratio": Goal(value=0.05, kind="at most"),
    "timetable_gap": Goal(value=0.01, kind="at most"),
}


def main() -> int:
    """Measure what is asked for, print the table, and end with 1 when an answer is wrong or an optimum differs."""
    parser = arguments(__doc__, quick="a tenth of the sizes; rougher figures", only=GOALS)
    parser.add_argument("--monolith", type=float, metavar="SECONDS", help="also let HiGHS try all mentors at once")
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    parser.add_argument("--size", type=float, default=0, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.job:
        print(json.dumps(JOBS[chosen.job](chosen.size)))
        return 0
    figures, context = measure(quick=chosen.quick, only=chosen.only or tuple(GOALS), monolith=chosen.monolith)
    print_table(figures, context)
    write(chosen.json, figures, context)
    return 0


def measure(*, quick: bool, only: tuple[str, ...], monolith: float | None) -> Measured:
    """The figures in the order of the goals, and what they were made of."""
    less = 10 if quick else 1
    parts: tuple[tuple[tuple[str, ...], str, int, Callable[[dict[str, Any]], dict[str, float]]], ...] = (
        (("pairs300_speedup",), "peer", 300 // less, lambda found: {"pairs300_speedup": found["speedup"]}),
        (
            ("pairs2000_cpu_s", "pairs2000_mb"),
            "pairs",
            2000 // less,
            lambda found: {"pairs2000_cpu_s": found["seconds"], "pairs2000_mb": found["peak_mb"]},
        ),
        (
            ("pairs20000_s", "pairs20000_gap"),
            "pairs",
            20000 // less,
            lambda found: {"pairs20000_s": found["seconds"], "pairs20000_gap": found["gap"]},
        ),
        (("resched_ratio",), "reschedule", 2000 // less, lambda found: {"resched_ratio": found["ratio"]}),
        (("timetable_gap",), "training", 60 // (2 if quick else 1), lambda found: {"timetable_gap": found["gap"]}),
    )
    figures: dict[str, float] = {}
    details: dict[str, Any] = {}
    for names, job, size, figure in parts:
        if set(names) & set(only):
            say(f"{job} {size}")
            found = alone(job, size)
            figures |= figure(found)
            details[f"{job}_{size}"] = found
    if monolith:
        details["monolith_300"] = alone("monolith", monolith)
    context = {
        **machine(quick=quick),
        **details,
    }
    return {name: figures[name] for name in GOALS if name in figures}, context


def alone(job: str, size: float) -> dict[str, Any]:
    """A job in a process of its own, so that its memory is its own."""
    command = [sys.executable, __file__, "--job", job, "--size", str(size)]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment())
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


# -- problems ----------------------------------------------------------------------------------------------------------


def pairs_problem(pairs: int, *, load: int) -> "SeriesProblem":
    """Pairs with twelve fortnights each: about 20 free hours a week and person, mentors with up to three mentees.

    Every meeting is worth 100 and 0 to 9 by the hour, 5 more at the regular time; 8 to 20 days lie between two.
    """
    import numpy as np

    from mentorctl.optimize.scheduling.problem import PairCandidates, SeriesProblem

    draw = np.random.default_rng(1)
    mentors, weeks = pairs // 2, 2 * SESSIONS + 2
    draw.integers(0, mentors, 3 * pairs)
    places = draw.permutation(np.concatenate([np.arange(mentors)] * 3))[:pairs]
    mentor = np.sort(places)

    def free(people: int) -> Any:
        usual = np.zeros((people, HOURS), np.bool_)
        for person in range(people):
            usual[person, draw.choice(HOURS, 24, replace=False)] = True
        found = np.repeat(usual[:, None, :], weeks, 1) & (draw.random((people, weeks, HOURS)) > 0.15)
        for week in draw.choice(weeks, 3, replace=False):  # public holidays
            found[:, week, draw.integers(0, 5) * 8 :][:, :8] = False
        found[np.arange(people), draw.integers(0, weeks, people)] = False  # a week off
        return found

    mentors_free, mentees_free = free(mentors), free(pairs)
    liking = draw.integers(0, 10, (pairs, HOURS))
    made = []
    for mentee in range(pairs):
        both = mentors_free[mentor[mentee]] & mentees_free[mentee]
        week, hour = np.nonzero(both[: 2 * SESSIONS])
        made.append(
            PairCandidates(
                people=(int(mentor[mentee]), mentors + mentee),
                slots=((7 * week + hour // 8) * 96 + 36 + 4 * (hour % 8)).astype(np.int64),
                worth=(100 + liking[mentee][hour]).astype(np.int64),
                window=(week // 2).astype(np.int32),
                week=week.astype(np.int32),
                regular=hour.astype(np.int32),
            )
        )
    day = 7 * 4  # quarter hours between the first and the last start of a day: a gap in days is one in quarters
    return SeriesProblem(
        pairs=tuple(made), length=4, per_week=load, gap_min=8 * 96 - day, gap_max=20 * 96 + day, regular_bonus=5
    )


def training_problem(modules: int) -> "TimetableProblem":
    """Modules for 1,000 people in 40 rooms with 40 facilitators, ten weeks of four two-hour blocks a day."""
    import numpy as np

    from mentorctl.optimize.scheduling.timetable import Course, TimetableProblem

    draw = np.random.default_rng(1)
    weeks, days, blocks, people, staff = 10, 5, 4, 1000, 40
    day = np.repeat(np.arange(weeks * days), blocks)
    starts = ((day // days * 7 + day % days) * 96 + 36 + np.tile(np.arange(blocks) * 8, weeks * days)).astype(np.int64)

    def free(number: int, usual: int, absent: float) -> Any:
        week = np.zeros((number, days * blocks), np.bool_)
        for row in range(number):
            week[row, draw.choice(days * blocks, usual, replace=False)] = True
        return np.tile(week, (1, weeks)) & (draw.random((number, len(starts))) > absent)

    people_free, rooms_free, facilitators_free = free(people, 12, 0.15), free(staff, 16, 0.1), free(staff, 10, 0.1)
    courses = [
        Course(
            length=int(draw.choice([1, 1, 2])),
            seats=int(draw.choice([12, 16, 20])),
            people=tuple(np.flatnonzero(draw.random(people) < 0.11).tolist()),
            after=tuple(sorted(draw.choice(module, min(module, int(draw.integers(0, 3))), replace=False).tolist())),
            rooms=tuple(sorted(draw.choice(staff, 12, replace=False).tolist())),
            facilitators=tuple(sorted(draw.choice(staff, 6, replace=False).tolist())),
        )
        for module in range(modules)
    ]
    return TimetableProblem(
        starts=starts,
        week=(day // days).astype(np.int32),
        block=8,
        courses=tuple(courses),
        people_free=people_free,
        rooms_free=rooms_free,
        facilitators_free=facilitators_free,
        room_seats=draw.choice([12, 16, 20, 30], staff).astype(np.int64),
        per_week=4,
    )


# -- jobs, each in a process of its own --------------------------------------------------------------------------------


def solved(problem: "SeriesProblem") -> tuple[float, "SeriesAnswer"]:
    """Processor seconds with the independent check, and the answer."""
    from mentorctl.optimize.engine import checked_series
    from mentorctl.optimize.scheduling.series import solve_series

    began, start = time.process_time(), time.monotonic()
    answer = checked_series(
        problem, lambda asked: solve_series(asked, deadline=lambda: time.monotonic() - start > LIMIT)
    )
    return time.process_time() - began, answer


def warm() -> None:
    """Everything imported, and the solver used once for each kind of model."""
    import numpy as np

    from mentorctl.optimize.linear import solve

    solved(pairs_problem(40, load=1))
    for whole in (0.0, 1.0):
        solve(_model([-1.0], [([0], [1.0], 1.0)], integer=np.array([bool(whole)])))


def pairs_job(pairs: float) -> dict[str, Any]:
    """One timetable from nothing."""
    warm()
    problem = pairs_problem(int(pairs), load=3)
    seconds, answer = solved(problem)
    return {
        "pairs": len(problem.pairs),
        "sessions": sum(map(len, answer.starts)),
        "seconds": seconds,
        "ms_a_pair": 1000 * seconds / len(problem.pairs),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "value": answer.value,
        "gap": (answer.bound - answer.value) / answer.bound,
    }


def peer_job(pairs: float) -> dict[str, Any]:
    """Ours and one integer program per mentor, which HiGHS may end one part in ten thousand below its bound."""
    warm()
    problem = pairs_problem(int(pairs), load=2)
    first, answer = solved(problem)
    began = time.process_time()
    value, bound = per_mentor(problem)
    theirs = time.process_time() - began
    second, _ = solved(problem)
    if not answer.proved:
        raise RuntimeError(f"ours is not proved: {answer.value} of at most {answer.bound}")
    rounding = 1e-3 * len(problem.pairs)
    if not value - rounding <= answer.value <= bound + rounding:
        raise RuntimeError(f"the programs disagree: {answer.value} is not from {value} to {bound}")
    ours = (first + second) / 2
    return {"ours": ours, "per_mentor": theirs, "value": answer.value, "peer_value": value, "speedup": theirs / ours}


def monolith_job(seconds: float) -> dict[str, Any]:
    """All mentors in one program."""
    problem = pairs_problem(300, load=2)
    began = time.process_time()
    value, bound = program(problem, list(range(len(problem.pairs))), limit=seconds)
    return {"seconds": time.process_time() - began, "value": value, "bound": bound}


def reschedule_job(pairs: float) -> dict[str, Any]:
    """One pair in a hundred can no longer meet at every second of its hours; the rest keeps what it has."""
    import numpy as np

    from mentorctl.optimize.scheduling.problem import Before

    warm()
    problem = pairs_problem(int(pairs), load=3)
    cold, answer = solved(problem)
    changed = list(problem.pairs)
    for number in range(0, len(changed), 100):
        held = [slot for _, slot in answer.starts[number]][::2]
        rest = ~np.isin(changed[number].slots, held)
        columns = ("slots", "worth", "window", "week", "regular")
        changed[number] = replace(changed[number], **{name: getattr(changed[number], name)[rest] for name in columns})
    before = Before(starts=answer.starts, parts=answer.parts, stay=50)
    wanted = replace(problem, pairs=tuple(changed), before=before)
    runs = sorted(solved(wanted) for _ in range(3))
    seconds, again = runs[1]
    anew, full = solved(replace(wanted, before=replace(before, parts=())))
    if again.value != full.value:
        raise RuntimeError(f"from the earlier answer {again.value}, from nothing {full.value}")
    moved = sum(len(set(old) - set(new)) for old, new in zip(answer.starts, again.starts, strict=True))
    return {"cold": cold, "again": seconds, "anew": anew, "ratio": seconds / cold, "moved": moved}


def training_job(modules: float) -> dict[str, Any]:
    """The training timetable, with its bound."""
    from mentorctl.optimize.scheduling.timetabling import place_timetable
    from mentorctl.optimize.scheduling.verify_timetable import verify_timetable

    warm()
    problem = training_problem(int(modules))
    began, start = time.process_time(), time.monotonic()
    answer = place_timetable(problem, remaining=lambda: LIMIT - (time.monotonic() - start))
    seconds = time.process_time() - began
    for defect in verify_timetable(problem, answer):
        raise RuntimeError(defect)
    return {
        "seconds": seconds,
        "sessions": len(answer.sessions),
        "seats": sum(len(session.people) for session in answer.sessions),
        "wanted": sum(len(course.people) for course in problem.courses),
        "value": answer.value,
        "bound": answer.bound,
        "gap": (answer.bound - answer.value) / answer.bound,
    }


JOBS: dict[str, Callable[[float], dict[str, Any]]] = {
    "peer": peer_job,
    "pairs": pairs_job,
    "reschedule": reschedule_job,
    "training": training_job,
    "monolith": monolith_job,
}


# -- the peer: what one would write for HiGHS --------------------------------------------------------------------------


def per_mentor(problem: "SeriesProblem") -> tuple[float, float]:
    """The value and bound of one integer program after the other, by mentor."""
    of_mentor: dict[int, list[int]] = {}
    for number, pair in enumerate(problem.pairs):
        of_mentor.setdefault(pair.people[0], []).append(number)
    found = [program(problem, numbers, limit=PEER_LIMIT) for numbers in of_mentor.values()]
    return sum(value for value, _ in found), sum(bound for _, bound in found)


def program(problem: "SeriesProblem", numbers: list[int], *, limit: float) -> tuple[float, float]:
    """A binary per candidate, rows for windows, double booking, weeks and gaps, and the regular time; as arrays."""
    import highspy
    import numpy as np

    from mentorctl.optimize.array_solver import pass_arrays

    offsets = np.cumsum([0, *(len(problem.pairs[number].slots) for number in numbers)]).tolist()
    rows: list[tuple[list[int], list[float], float]] = []
    costs: list[float] = [-float(w) for number in numbers for w in problem.pairs[number].worth]
    together: dict[tuple[str, int, int], list[int]] = {}
    for number, offset in zip(numbers, offsets[:-1], strict=True):
        pair = problem.pairs[number]
        for at, (slot, week) in enumerate(zip(pair.slots.tolist(), pair.week.tolist(), strict=True)):
            together.setdefault(("slot", pair.people[0], slot), []).append(offset + at)
            together.setdefault(("week", pair.people[0], week), []).append(offset + at)
        _gap_rows(problem, number, offset, rows)
        _regular_rows(problem, number, offset, rows, costs)
    for (kind, _, _), columns in together.items():
        rows.append((columns, [1.0] * len(columns), 1.0 if kind == "slot" else float(problem.per_week)))
    model = _model(costs, rows)
    engine = highspy.Highs()
    for option, value in (("output_flag", False), ("time_limit", limit), ("mip_rel_gap", PEER_GAP)):
        engine.setOptionValue(option, value)
    pass_arrays(engine, model, None)
    engine.run()
    info = engine.getInfo()
    return -float(info.objective_function_value), -float(info.mip_dual_bound)


def _gap_rows(
    problem: "SeriesProblem", number: int, offset: int, rows: list[tuple[list[int], list[float], float]]
) -> None:
    """One meeting a window; of two windows in a row, none that are too near or too far, as rows over days."""
    import numpy as np

    pair = problem.pairs[number]
    for window in np.unique(pair.window).tolist():
        here, following = np.flatnonzero(pair.window == window), np.flatnonzero(pair.window == window + 1)
        rows.append(((offset + here).tolist(), [1.0] * len(here), 1.0))
        days = pair.slots // 96
        for day in np.unique(days[here]).tolist():
            near = following[days[following] < day + 8]
            far = following[days[following] > day + 20]
            for mine, other in ((here[days[here] >= day], near), (here[days[here] <= day], far)):
                if len(other):
                    columns = (offset + np.concatenate([mine, other])).tolist()
                    rows.append((columns, [1.0] * len(columns), 1.0))


def _regular_rows(
    problem: "SeriesProblem",
    number: int,
    offset: int,
    rows: list[tuple[list[int], list[float], float]],
    costs: list[float],
) -> None:
    """A meeting at the regular time counts if it is held and if that is the one time that is chosen."""
    pair = problem.pairs[number]
    meetings: dict[tuple[int, int], list[int]] = {}
    for at, key in enumerate(zip(pair.window.tolist(), pair.regular.tolist(), strict=True)):
        meetings.setdefault(key, []).append(offset + at)
    times = sorted({time for _, time in meetings})
    chosen = {time: len(costs) + place for place, time in enumerate(times)}
    costs.extend([0.0] * len(times))
    rows.append((list(chosen.values()), [1.0] * len(times), 1.0))
    for (_, hour), columns in meetings.items():
        column = len(costs)
        costs.append(-float(problem.regular_bonus))
        rows.append(([column, *columns], [1.0, *([-1.0] * len(columns))], 0.0))
        rows.append(([column, chosen[hour]], [1.0, -1.0], 0.0))


def _model(costs: list[float], rows: list[tuple[list[int], list[float], float]], *, integer: Any = None) -> Any:
    import numpy as np

    from mentorctl.optimize.linear import LinearModel

    column = np.concatenate([np.array(columns, np.int64) for columns, _, _ in rows])
    row = np.repeat(np.arange(len(rows)), [len(columns) for columns, _, _ in rows])
    value = np.concatenate([np.array(values) for _, values, _ in rows])
    order = np.lexsort((row, column))
    return LinearModel(
        cost=np.array(costs),
        lower=np.zeros(len(costs)),
        upper=np.ones(len(costs)),
        integer=np.ones(len(costs), np.bool_) if integer is None else integer,
        sense=np.full(len(rows), -1, np.int8),
        rhs=np.array([most for _, _, most in rows]),
        starts=np.searchsorted(column[order], np.arange(len(costs) + 1)).astype(np.int64),
        rows=row[order].astype(np.int32),
        values=value[order],
    )


def print_table(figures: dict[str, float], context: Mapping[str, Any]) -> None:
    """Figures with their goals, then what they were made of."""
    show(figures, GOALS)
    for name, found in context.items():
        if isinstance(found, dict) and name != "versions":
            print(f"{name:<18}{', '.join(f'{key} {value:.6g}' for key, value in found.items())}")
    show_machine(context)


if __name__ == "__main__":
    sys.exit(main())
