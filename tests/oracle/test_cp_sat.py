"""A second opinion on middling timetables and circles, from another solver on another model, where OR-Tools is installed."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from oracle.test_rescheduling import program

from mentorctl.optimize.engine import checked_groups
from mentorctl.optimize.groups.problem import GroupObjective, GroupProblem
from mentorctl.optimize.groups.rules import Cohesion
from mentorctl.optimize.groups.solve import solve_groups
from mentorctl.optimize.scheduling.series import solve_series

HERE = Path(__file__).parent
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ortools") is None, reason="ortools is not installed; it is not needed"
)
MENTEES, UNITS, TOPICS, SMALLEST, LARGEST = 18, 5, 3, 3, 5


@pytest.mark.parametrize("seed", range(4))
def test_another_solver_finds_the_same_worth(seed: int) -> None:
    """Pairs with gaps, weeks, regular times and hardship: where CP-SAT ends it agrees, and it never finds more."""
    problem = program(seed, pairs=4, windows=2)
    answer = solve_series(problem)
    columns = ("slots", "worth", "window", "week", "regular", "hardship")
    asked = {
        **{name: getattr(problem, name) for name in ("length", "per_week", "gap_min", "gap_max", "regular_bonus")},
        "steps": [(step.above, step.price) for step in problem.steps],
        "pairs": [
            {"people": pair.people, **{name: getattr(pair, name).tolist() for name in columns}}
            for pair in problem.pairs
        ],
    }
    found = _asked("cp_sat_series.py", asked)
    assert answer.proved
    assert found["value"] <= answer.value <= found["bound"]
    assert not found["proved"] or found["value"] == answer.value


@pytest.mark.parametrize("worth", [0, 6])
@pytest.mark.parametrize("seed", range(2))
def test_another_solver_finds_the_same_circles(seed: int, worth: int) -> None:
    """Circles of a size, with a topic that their members share or without: where CP-SAT ends it agrees, never more."""
    draw = np.random.default_rng(seed)
    seats = [
        (mentee, unit, int(draw.integers(0, 25)))
        for mentee in range(MENTEES)
        for unit in range(UNITS)
        if draw.random() < 0.6
    ]
    wants = [sorted(draw.choice(TOPICS, 2, replace=False).tolist()) for _ in range(MENTEES)]
    asked = _circles(seats, wants, worth)
    answer = checked_groups(asked, solve_groups(asked))
    found = _asked(
        "cp_sat_groups.py",
        {
            "mentees": MENTEES, "units": UNITS, "topics": TOPICS, "smallest": SMALLEST, "largest": LARGEST,
            "seats": seats, "wants": wants, "worth": worth,
        },
    )  # fmt: skip
    assert answer.status == "optimal"
    assert (found["covered"], found["points"]) <= answer.values
    assert not found["proved"] or (found["covered"], found["points"]) == answer.values


def _circles(seats: list[tuple[int, int, int]], wants: list[list[int]], worth: int) -> GroupProblem:
    """Each unit has a mentor who sits there anyway; mentees are covered first, then points count."""
    rows = [(unit, 0, MENTEES + unit, 0, True) for unit in range(UNITS)]
    rows += [(unit, 1, mentee, points, False) for mentee, unit, points in seats]
    unit, kind, holder, points, tied = (np.array(column, np.int64) for column in zip(*sorted(rows), strict=True))
    people = MENTEES + UNITS
    is_mentee = (np.arange(people) < MENTEES).astype(np.int64)
    has = np.zeros((people, TOPICS), np.bool_)
    for mentee, topics in enumerate(wants):
        has[mentee, topics] = True
    topic = Cohesion(name="topic", units=np.arange(UNITS), role=1, topics=has, points=worth)
    return GroupProblem(
        people=people,
        holder_person=np.arange(people),
        holder_role=is_mentee,
        holder_low=np.zeros(people, np.int64),
        holder_high=np.ones(people, np.int64),
        must_open=np.zeros(UNITS, np.bool_),
        family=np.arange(UNITS),
        seat_unit=np.repeat(np.arange(UNITS), 2),
        seat_low=np.tile([1, SMALLEST], UNITS),
        seat_high=np.tile([1, LARGEST], UNITS),
        seat=2 * unit + kind,
        holder=holder,
        tied=tied.astype(np.bool_),
        objectives=(
            GroupObjective(name="cover", cover=is_mentee),
            GroupObjective(name="score", candidate=points, extras=1),
        ),
        rules=(topic,) if worth else (),
    )


def _asked(model: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What another solver answers, in a process of its own."""
    ran = subprocess.run(
        [sys.executable, HERE / model], input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=120
    )
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer
