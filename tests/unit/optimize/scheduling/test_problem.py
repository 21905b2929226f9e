"""What a scheduling problem may not be is said when it is made."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mentorctl.optimize.scheduling.problem import PairCandidates, SeriesProblem

PAIR = PairCandidates(
    people=(0, 1),
    slots=np.array([4, 8, 20]),
    worth=np.array([1, 2, 3]),
    window=np.array([0, 0, 1], dtype=np.int32),
    week=np.array([0, 0, 1], dtype=np.int32),
    regular=np.array([0, 1, 0], dtype=np.int32),
)
SERIES = SeriesProblem(pairs=(PAIR,), length=4, per_week=1, gap_min=4, gap_max=20, regular_bonus=0)


@pytest.mark.parametrize(
    ("value", "change", "said"),
    [
        (PAIR, {"worth": np.array([1, 2])}, "differ in length"),
        (PAIR, {"people": (1, 1)}, r"pair \(1, 1\): those who meet must be different people"),
        (PAIR, {"slots": np.array([4, 4, 20])}, "not in the order of time"),
        (PAIR, {"window": np.array([0, 1, 0])}, "goes back in time"),
        (PAIR, {"week": np.array([1, 0, 1])}, "goes back in time"),
        (PAIR, {"worth": np.array([1, 2, 2**40])}, "a worth is beyond 2147483648"),
        (SERIES, {"length": 0}, "a session lasts a quarter hour at least"),
        (SERIES, {"per_week": 0}, "one a week must be allowed"),
        (SERIES, {"gap_min": 9, "gap_max": 8}, "cannot be from 9 to 8"),
        (SERIES, {"regular_bonus": -1}, "the bonus for a regular time must be from 0"),
    ],
)
def test_values_that_do_not_fit_are_refused(value: Any, change: dict[str, Any], said: str) -> None:
    """Each array and number is held against the others, with a sentence."""
    with pytest.raises(ValueError, match=said):
        replace(value, **change)
