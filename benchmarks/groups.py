"""Groups against the plain model of them: one binary per seat, on the best of CBC, HiGHS and CP-SAT.

    python benchmarks/groups.py [--quick] [--json FILE]

Needs the project's runtime dependencies; peers are installed into `.bench/` of the checkout. See README.md beside this.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from main_job import Goal, say
from matching import ARRAY_PEERS, Answer, Job, environment_of, serve, worker

GOALS = {
    "groups_speedup": Goal(value=3, kind="at least"),
    "functional_gap": Goal(value=0.01, kind="at most"),
}
LIMIT = 300.0  # seconds until a plain model is given up
MINUTE = 60.0
SMALLEST, LARGEST = 4, 6
COVER = 100_000  # what a mentee with a group counts in the one sum of the plain model


def main() -> int:
    """Measure, print, and end with 1 when programs that proved an optimum disagree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="half the people; rougher figures")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write figures and context as JSON")
    parser.add_argument("--worker", choices=WORKERS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        serve(WORKERS[chosen.worker])
        return 0
    mentors = 20 if chosen.quick else 40
    rows = measure_groups(mentors)
    projects = measure_projects(25 if chosen.quick else 50)
    ours = rows.pop("ours")
    plain = {name: row["seconds"] for name, row in rows.items()}
    figures = {"groups_speedup": min(plain.values()) / ours["seconds"], "functional_gap": projects["gap"]}
    context = {
        "quick": chosen.quick,
        "cpu_count": len(os.sched_getaffinity(0)),
        "load_average": os.getloadavg()[0],
        "groups": {"ours": ours, **rows},
        "projects": projects,
    }
    for name, figure in figures.items():
        goal = GOALS[name]
        print(f"{name:<18}{figure:>10.3g}  {goal.kind} {goal.value:g}{'' if goal.met(figure) else '   MISSED'}")
    for name, row in {"ours": ours, **rows}.items():
        print(f"{name:<18}{row['seconds']:>10.2f} s  {row['covered']} covered, {row['score']} points, {row['status']}")
    print(f"projects          {projects['seconds']:>10.2f} s  {projects['status']}, gap {projects['gap']:.4f}")
    print(f"machine           {context['cpu_count']} cores, load {context['load_average']:.1f}")
    if chosen.json:
        chosen.json.write_text(json.dumps({"figures": figures, "context": context}, indent=2) + "\n", encoding="utf-8")
    proved = {(row["covered"], row["score"]) for row in (ours, *rows.values()) if row["status"] == "optimal"}
    return int(len(proved) > 1)


# -- what is solved ----------------------------------------------------------------------------------------------------


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


def our_groups(mentors: int) -> Job:
    """Mentees covered, then points, then the tie-break, each proved; the answer is checked apart."""
    import numpy as np

    from mentorctl.optimize.engine import DirectEngine
    from mentorctl.optimize.groups.problem import GroupObjective, GroupProblem

    mentees, seats = instance(mentors)
    by_mentor = sorted(seats, key=lambda seat: (seat[1], seat[0]))
    candidates = [
        row
        for mentor in range(mentors)
        for row in ((2 * mentor, mentees + mentor, 0), *((2 * m + 1, e, p) for e, m, p in by_mentor if m == mentor))
    ]
    seat, holder, points = (np.array(column, np.int64) for column in zip(*candidates, strict=True))
    people, none = mentees + mentors, np.zeros(0, np.int64)
    is_mentee = (np.arange(people) < mentees).astype(np.int64)
    problem = GroupProblem(
        people=people,
        holder_person=np.arange(people),
        holder_role=is_mentee,
        holder_low=np.zeros(people, np.int64),
        holder_high=np.ones(people, np.int64),
        must_open=np.zeros(mentors, np.bool_),
        family=np.arange(mentors),
        seat_unit=np.repeat(np.arange(mentors), 2),
        seat_low=np.tile([1, SMALLEST], mentors),
        seat_high=np.tile([1, LARGEST], mentors),
        seat=seat,
        holder=holder,
        tied=holder >= mentees,
        objectives=(
            GroupObjective(name="cover", cover=is_mentee),
            GroupObjective(name="score", candidate=points),
        ),
        apart_first=none,
        apart_second=none,
        bonus_first=none,
        bonus_second=none,
        bonus_points=none,
        rules=(),
    )

    def job() -> Answer:
        answer = DirectEngine().groups(problem)
        return {"status": answer.status, "covered": answer.values[0], "score": answer.values[1]}

    return job


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


def measure_groups(mentors: int) -> dict[str, Any]:
    """Ours and the plain models, in processor time."""
    say(f"groups of {SMALLEST} to {LARGEST}: {5 * mentors} mentees, {mentors} mentors (minutes)")
    rows: dict[str, Any] = {}
    with worker(sys.executable, "ours", __file__) as ours:
        rows["ours"] = ours.do("groups", mentors=mentors)
        rows["highs"] = ours.do("plain", mentors=mentors, solver="highs")
    with worker(environment_of("matching-peers", ARRAY_PEERS), "peers", __file__) as theirs:
        rows["cbc"] = theirs.do("plain", mentors=mentors, solver="cbc")
        rows["cp-sat"] = theirs.do("cp", mentors=mentors)
    return rows


# -- projects ----------------------------------------------------------------------------------------------------------


def our_projects(projects: int) -> Job:
    """Eight people a project: one or two mentors and four to seven mentees each, by skills; a minute to prove it."""
    import time

    import numpy as np

    from mentorctl.optimize.engine import checked_groups
    from mentorctl.optimize.groups.problem import GroupObjective, GroupProblem
    from mentorctl.optimize.groups.solve import solve_groups

    draw = np.random.Generator(np.random.PCG64(7))
    people, mentors = 8 * projects, 2 * projects
    skills = draw.random((people, 12)) < 0.25
    wanted = draw.random((projects, 12)) < 0.3
    fit = skills.astype(np.int64) @ wanted.T.astype(np.int64)
    rows = [
        (2 * project + int(person >= mentors), person, 3 * int(fit[person, project]))
        for project in range(projects)
        for person in range(people)
        if fit[person, project]
    ]
    seat, holder, points = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    is_mentee, none = (np.arange(people) >= mentors).astype(np.int64), np.zeros(0, np.int64)
    problem = GroupProblem(
        people=people,
        holder_person=np.arange(people),
        holder_role=is_mentee,
        holder_low=np.zeros(people, np.int64),
        holder_high=np.ones(people, np.int64),
        must_open=np.zeros(projects, np.bool_),
        family=np.arange(projects),
        seat_unit=np.repeat(np.arange(projects), 2),
        seat_low=np.tile([1, 4], projects),
        seat_high=np.tile([2, 7], projects),
        seat=seat,
        holder=holder,
        tied=np.zeros(len(seat), np.bool_),
        objectives=(
            GroupObjective(name="cover", cover=is_mentee),
            GroupObjective(name="score", candidate=points),
        ),
        apart_first=none,
        apart_second=none,
        bonus_first=none,
        bonus_second=none,
        bonus_points=none,
        rules=(),
    )

    def job() -> Answer:
        end = time.monotonic() + MINUTE
        answer = checked_groups(problem, solve_groups(problem, remaining=lambda: max(0.0, end - time.monotonic())))
        gaps = [gap / max(1, value) for gap, value in zip(answer.gap, answer.values, strict=True)]
        return {"status": answer.status, "values": answer.values, "gap": max(gaps)}

    return job


def measure_projects(projects: int) -> Answer:
    """How far from the best the answer can be after a minute on the wall."""
    say(f"{projects} projects, {8 * projects} people")
    with worker(sys.executable, "ours", __file__) as ours:
        return ours.do("projects", projects=projects)


WORKERS: dict[str, dict[str, Any]] = {
    "ours": {"groups": our_groups, "plain": plain_model, "projects": our_projects},
    "peers": {"plain": plain_model, "cp": plain_cp},
}


if __name__ == "__main__":
    sys.exit(main())
