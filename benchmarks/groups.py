"""Groups against the plain model of them, with a topic, for teams and projects, and pairs within budgets of hours.

    python benchmarks/groups.py [--quick] [--json FILE] [--only FIGURE …]

The plain model has one binary per seat, and is solved by the best of CBC, HiGHS and CP-SAT. Times are processor time.
Needs the project's runtime dependencies; peers are installed into `.bench/` of the checkout. See README.md beside this.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from figures import Goal, arguments, machine, say, show, show_machine, write
from matching import ARRAY_PEERS, Answer, Job, environment_of, serve, worker

if TYPE_CHECKING:
    from mentorctl.optimize.groups.problem import GroupProblem
    from mentorctl.optimize.groups.rules import Rule

GOALS = {
    "groups_speedup": Goal(value=3, kind="at least"),
    "cohesion_s": Goal(value=30, kind="at most"),
    "team_ratio": Goal(value=1, kind="at most"),
    "functional_gap": Goal(value=0.005, kind="at most"),
}
LIMIT = 300.0  # seconds until a model is given up
MINUTE = 60.0
CLOSE = 0.01  # a gap that is small enough after a minute
SMALLEST, LARGEST = 4, 6
TOPICS, SHARED = 5, 6  # of circles: how many, and the points of each member who shares it
SOLO = 10  # what a team with one mentor loses
COVER = 100_000  # what a mentee with a group counts in the one sum of the plain model

type Measured = tuple[float, dict[str, Answer]]


def main() -> int:
    """Measure what is asked for, print the table, and end with 1 when programs that proved an optimum disagree."""
    parser = arguments(__doc__, quick="half the people; rougher figures", only=GOALS)
    parser.add_argument("--worker", choices=WORKERS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        serve(WORKERS[chosen.worker])
        return 0
    parts: dict[str, Callable[[int], Measured]] = {
        "groups_speedup": measure_groups,
        "cohesion_s": measure_cohesion,
        "team_ratio": measure_teams,
        "functional_gap": measure_budgets,
    }
    figures, rows = {}, {}
    for name in chosen.only or GOALS:
        figures[name], found = parts[name](2 if chosen.quick else 1)
        rows |= found
    context = {**machine(quick=chosen.quick), "rows": rows}
    show(figures, GOALS)
    for name, row in rows.items():
        rest = ", ".join(f"{key} {value}" for key, value in row.items() if key != "seconds")
        print(f"{name:<22}{row['seconds']:>10.2f} s  {rest}")
    show_machine(context)
    write(chosen.json, figures, context)
    circles = (row for name, row in rows.items() if name.startswith("circles ") and row["status"] == "optimal")
    return int(len({(row["covered"], row["score"]) for row in circles}) > 1)


# -- circles: mentees in groups of a size, each with a mentor of a higher grade ----------------------------------------


def instance(mentors: int, seed: int = 7) -> tuple[int, list[tuple[int, int, int]]]:
    """Five mentees a mentor, and the points of each mentee with each mentor of a higher grade."""
    import random

    draw = random.Random(seed)
    mentees = 5 * mentors

    def people(count: int) -> list[tuple[int, int, int]]:
        return [(draw.randrange(12), draw.randrange(8), draw.randrange(6)) for _ in range(count)]

    seats = []
    theirs = people(mentors)
    for mentee, (profession, grade, wish) in enumerate(people(mentees)):
        for mentor, (other, above, topic) in enumerate(theirs):
            if above > grade:
                step = {1: 9, 2: 12}.get(above - grade, 1)
                seats.append((mentee, mentor, 10 * (profession == other) + step + 6 * (wish == topic)))
    return mentees, seats


def circles(mentors: int, topics: Sequence[Sequence[int]] = ()) -> "GroupProblem":
    """The same as a problem: mentees covered, then points. `topics` are those of each mentee."""
    import numpy as np

    from mentorctl.optimize.groups.rules import Cohesion

    mentees, seats = instance(mentors)
    rows = [(mentor, 0, mentees + mentor, 0, True) for mentor in range(mentors)]
    rows += [(mentor, 1, mentee, points, False) for mentee, mentor, points in seats]
    rules = []
    if topics:
        has = np.zeros((mentees + mentors, TOPICS), np.bool_)
        for mentee, wanted in enumerate(topics):
            has[mentee, list(wanted)] = True
        rules = [Cohesion(name="cohesion", units=np.arange(mentors), role=1, topics=has, points=SHARED)]
    is_mentee = [int(person < mentees) for person in range(mentees + mentors)]
    return problem(rows, is_mentee, sizes=((1, 1), (SMALLEST, LARGEST)), rules=rules)


def problem(
    rows: Sequence[tuple[int, int, int, int, bool]],
    is_mentee: Sequence[int],
    sizes: tuple[tuple[int, int], tuple[int, int]],
    rules: "Sequence[Rule]" = (),
) -> "GroupProblem":
    """Rows of unit, kind of seat (0 for mentors, 1 for mentees), person, points and whether they sit there anyway.

    As many mentees as can be, or units where all mentees are in one anyway, then as many points. `sizes` are those of
    the two kinds; where they are 0, as many as sit there.
    """
    import numpy as np

    from mentorctl.optimize.groups.problem import GroupObjective, GroupProblem

    unit, kind, holder, points, tied = (np.array(column, np.int64) for column in zip(*sorted(rows), strict=True))
    units, people = int(unit.max()) + 1, len(is_mentee)
    there = np.bincount(2 * unit + kind, minlength=2 * units)
    low, high = (
        np.where(np.tile([s[end] for s in sizes], units), np.tile([s[end] for s in sizes], units), there)
        for end in (0, 1)
    )
    return GroupProblem(
        people=people,
        holder_person=np.arange(people),
        holder_role=np.array(is_mentee, np.int64),
        holder_low=np.zeros(people, np.int64),
        holder_high=np.ones(people, np.int64),
        must_open=np.zeros(units, np.bool_),
        family=np.arange(units),
        seat_unit=np.repeat(np.arange(units), 2),
        seat_low=low,
        seat_high=high,
        seat=2 * unit + kind,
        holder=holder,
        tied=tied.astype(np.bool_),
        objectives=(
            GroupObjective(name="cover", cover=np.array(is_mentee, np.int64)),
            GroupObjective(name="score", candidate=points, extras=1),
        ),
        rules=tuple(rules),
    )


def solved(asked: "GroupProblem", limit: float) -> Job:
    """The answer within seconds on the wall, checked apart, with the gap of its worst objective."""
    import time

    from mentorctl.optimize.engine import checked_groups
    from mentorctl.optimize.groups.solve import solve_groups

    def job() -> Answer:
        end = time.monotonic() + limit
        answer = checked_groups(asked, solve_groups(asked, remaining=lambda: max(0.0, end - time.monotonic())))
        gaps = [gap / max(1, value) for gap, value in zip(answer.gap, answer.values, strict=True)]
        worth = dict(zip(("covered", "score"), answer.values, strict=False))
        return {"status": answer.status, **worth, "gap": max(gaps, default=1.0)}

    return job


def our_circles(mentors: int) -> Job:
    """Mentees covered, then points, then the tie-break, each proved."""
    asked = circles(mentors)
    return solved(asked, LIMIT)


def our_cohesion(mentors: int, seed: int) -> Job:
    """The same, and points for everybody who shares the topic of their circle; each mentee has two of five."""
    import random

    draw = random.Random(seed)
    asked = circles(mentors, [draw.sample(range(TOPICS), 2) for _ in range(5 * mentors)])
    return solved(asked, LIMIT)


def plain_model(mentors: int, *, solver: str) -> Job:
    """The model one would write in PuLP: a binary per seat and per group, sizes as rows, one weighted sum."""
    import pulp

    mentees, seats = instance(mentors)

    def job() -> Answer:
        problem = pulp.LpProblem("groups", pulp.LpMaximize)
        x = {(e, m): problem.add_variable(f"x_{e}_{m}", 0, 1, pulp.LpBinary) for e, m, _ in seats}
        y = [problem.add_variable(f"y_{m}", 0, 1, pulp.LpBinary) for m in range(mentors)]
        problem += pulp.lpSum((COVER + points) * x[e, m] for e, m, points in seats)
        for mentee in range(mentees):
            problem += pulp.lpSum(var for (e, _), var in x.items() if e == mentee) <= 1, f"once_{mentee}"
        for mentor in range(mentors):
            inside = pulp.lpSum(var for (_, m), var in x.items() if m == mentor)
            problem += inside >= SMALLEST * y[mentor], f"smallest_{mentor}"
            problem += inside <= LARGEST * y[mentor], f"largest_{mentor}"
        options = {"msg": False, "timeLimit": LIMIT}
        made = pulp.COIN_CMD(**options) if solver == "cbc" else pulp.HiGHS(gapRel=0, threads=1, **options)
        solved = problem.solve(made)
        taken = [(e, m, p) for e, m, p in seats if (x[e, m].varValue or 0) > 0.5]
        is_best = solved.status == pulp.LpSolveStatus.Optimal and solved.time < LIMIT
        return _told(taken, "optimal" if is_best else "not proved")

    return job


def plain_cp(mentors: int) -> Job:
    """The same for CP-SAT, with one thread."""
    from ortools.sat.python import cp_model

    mentees, seats = instance(mentors)

    def job() -> Answer:
        model = cp_model.CpModel()
        x = {(e, m): model.new_bool_var(f"x_{e}_{m}") for e, m, _ in seats}
        y = [model.new_bool_var(f"y_{m}") for m in range(mentors)]
        for mentee in range(mentees):
            model.add(sum(var for (e, _), var in x.items() if e == mentee) <= 1)
        for mentor in range(mentors):
            inside = sum(var for (_, m), var in x.items() if m == mentor)
            model.add(inside >= SMALLEST * y[mentor])
            model.add(inside <= LARGEST * y[mentor])
        model.maximize(sum((COVER + points) * x[e, m] for e, m, points in seats))
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds, solver.parameters.num_workers = LIMIT, 1
        status = solver.solve(model)
        found = status in {cp_model.OPTIMAL, cp_model.FEASIBLE}
        taken = [(e, m, p) for e, m, p in seats if found and solver.value(x[e, m])]
        return _told(taken, "optimal" if status == cp_model.OPTIMAL else "not proved")

    return job


def _told(taken: list[tuple[int, int, int]], status: str) -> Answer:
    return {"status": status, "covered": len(taken), "score": sum(points for *_, points in taken)}


def measure_groups(less: int) -> Measured:
    """How many times longer the best solver needs for the plain model."""
    mentors = 40 // less
    say(f"groups of {SMALLEST} to {LARGEST}: {5 * mentors} mentees, {mentors} mentors")
    rows: dict[str, Answer] = {}
    with worker(sys.executable, "ours", __file__) as ours:
        rows["circles ours"] = ours.do("circles", mentors=mentors)
        rows["circles highs"] = ours.do("plain", mentors=mentors, solver="highs")
    with worker(environment_of("matching-peers", ARRAY_PEERS), "peers", __file__) as theirs:
        rows["circles cbc"] = theirs.do("plain", mentors=mentors, solver="cbc")
        rows["circles cp-sat"] = theirs.do("cp", mentors=mentors)
    plain = min(row["seconds"] for name, row in rows.items() if name != "circles ours")
    return plain / rows["circles ours"]["seconds"], rows


def measure_cohesion(less: int) -> Measured:
    """Seconds until the best circles with a topic are proved, the longest of three draws; the limit where one is not."""
    mentors = 40 // less
    rows: dict[str, Answer] = {}
    with worker(sys.executable, "ours", __file__) as ours:
        for seed in (1, 2, 3):
            say(f"the same with topics, draw {seed}")
            rows[f"topics {seed}"] = ours.do("cohesion", mentors=mentors, seed=seed)
    return max(row["seconds"] if row["status"] == "optimal" else LIMIT for row in rows.values()), rows


# -- teams and projects ------------------------------------------------------------------------------------------------


def our_teams(teams: int) -> Job:
    """Teams of two to five that get one or two of twice as many mentors; a single one costs points."""
    import numpy as np

    from mentorctl.optimize.groups.rules import Solo

    draw = np.random.Generator(np.random.PCG64(7))
    mentors, sizes = 2 * teams, draw.integers(2, 6, teams)
    offered, wanted = draw.random((mentors, 12)) < 0.25, draw.random((teams, 12)) < 0.3
    fit = offered.astype(np.int64) @ wanted.T.astype(np.int64)
    rows, person = [], mentors
    for team, size in enumerate(sizes.tolist()):
        rows += [(team, 1, person + mentee, 0, True) for mentee in range(size)]
        rows += [(team, 0, m, 5 * size * int(fit[m, team]), False) for m in range(mentors) if fit[m, team]]
        person += size
    is_mentee = [int(who >= mentors) for who in range(person)]
    solo = Solo(name="solo", units=np.arange(teams), role=0, cost=SOLO)
    asked = problem(rows, is_mentee, sizes=((1, 2), (0, 0)), rules=(solo,))
    return solved(asked, MINUTE)


def our_projects(projects: int) -> Job:
    """Eight people a project: one or two mentors and four to seven mentees each, by skills."""
    import numpy as np

    draw = np.random.Generator(np.random.PCG64(7))
    people, mentors = 8 * projects, 2 * projects
    skills = draw.random((people, 12)) < 0.25
    wanted = draw.random((projects, 12)) < 0.3
    fit = skills.astype(np.int64) @ wanted.T.astype(np.int64)
    rows = [
        (project, int(person >= mentors), person, 3 * int(fit[person, project]), False)
        for project in range(projects)
        for person in range(people)
        if fit[person, project]
    ]
    asked = problem(rows, [int(person >= mentors) for person in range(people)], sizes=((1, 2), (4, 7)))
    return solved(asked, MINUTE)


def measure_teams(less: int) -> Measured:
    """The longer of both: minutes until the proof, or where a minute was not enough, the gap in percent."""
    teams, projects = 60 // less, 50 // less
    say(f"{teams} teams with {2 * teams} mentors, {projects} projects with {8 * projects} people")
    with worker(sys.executable, "ours", __file__) as ours:
        rows = {"teams": ours.do("teams", teams=teams), "projects": ours.do("projects", projects=projects)}
    used = [row["wall"] / MINUTE if row["status"] == "optimal" else row["gap"] / CLOSE for row in rows.values()]
    return max(used), rows


# -- budgets of hours --------------------------------------------------------------------------------------------------


def our_budgets(mentors: int) -> Job:
    """Generalized assignment: each of ten jobs a mentor takes other hours and is worth other points with each mentor.

    All jobs covered, then points; everybody has four fifths of the hours that an even share takes on the average.
    """
    import time

    import numpy as np

    from mentorctl.optimize.budgets import Budget
    from mentorctl.optimize.engine import checked_network
    from mentorctl.optimize.network import Network, Objective
    from mentorctl.optimize.ordered import solve_in_order

    draw = np.random.Generator(np.random.PCG64(7))
    jobs, people = 10 * mentors, 11 * mentors
    hours, points = draw.integers(5, 26, (jobs, mentors)), draw.integers(10, 51, (jobs, mentors))
    most = (0.8 * hours.sum(axis=0) / mentors).astype(np.int64)
    job, mentor = (side.ravel() for side in np.indices((jobs, mentors)))
    is_job, nobody = (np.arange(people) < jobs).astype(np.int64), np.zeros(people, np.int64)
    network = Network(
        mentees=jobs,
        mentee=job.astype(np.int32),
        mentor=(jobs + mentor).astype(np.int32),
        low=nobody,
        high=np.where(is_job, 1, jobs),
    )
    aims = (Objective(pair=np.zeros(len(job), np.int64), cover=is_job), Objective(pair=points.ravel(), cover=nobody))
    budgets = tuple(
        Budget(pairs=np.flatnonzero(mentor == m), costs=hours[:, m], at_most=int(most[m])) for m in range(mentors)
    )

    def solve() -> Answer:
        end = time.monotonic() + MINUTE
        found = solve_in_order(network, aims, budgets, remaining=lambda: max(0.0, end - time.monotonic()))
        checked_network(network, aims, budgets, found)
        proofs = found.certificates[: len(aims)]
        gap = max((proof.bound - proof.value) / max(1, proof.value) for proof in proofs)
        values = dict(zip(("covered", "score"), (proof.value for proof in proofs), strict=True))
        return {"status": "optimal" if gap == 0 else "feasible", **values, "gap": gap}

    return solve


def measure_budgets(less: int) -> Measured:
    """How far from the best the answer can be after a minute."""
    mentors = 20 // less
    say(f"{10 * mentors} jobs for {mentors} mentors with budgets of hours")
    with worker(sys.executable, "ours", __file__) as ours:
        row = ours.do("budgets", mentors=mentors)
    return row["gap"], {"budgets": row}


WORKERS: Mapping[str, Mapping[str, Callable[..., Job]]] = {
    "ours": {
        "circles": our_circles,
        "cohesion": our_cohesion,
        "plain": plain_model,
        "teams": our_teams,
        "projects": our_projects,
        "budgets": our_budgets,
    },
    "peers": {"plain": plain_model, "cp": plain_cp},
}


if __name__ == "__main__":
    sys.exit(main())
