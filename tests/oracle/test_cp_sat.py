"""A second opinion on middling timetables, from another solver on another model, where OR-Tools is installed."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from oracle.test_rescheduling import program

from mentorctl.optimize.scheduling.series import solve_series

MODEL = Path(__file__).with_name("cp_sat_series.py")


@pytest.mark.skipif(importlib.util.find_spec("ortools") is None, reason="ortools is not installed; it is not needed")
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
    ran = subprocess.run(
        [sys.executable, MODEL], input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=120
    )
    found = json.loads(ran.stdout)
    assert answer.proved
    assert found["value"] <= answer.value <= found["bound"]
    assert not found["proved"] or found["value"] == answer.value
