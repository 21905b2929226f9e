"""The checker sees every way in which a timetable or a training plan can be wrong."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mentorctl.optimize.scheduling.problem import (
    PairCandidates,
    SeriesAnswer,
    SeriesProblem,
)
from mentorctl.optimize.scheduling.verify import verify_series


def pair(people: tuple[int, int], slots: list[int]) -> PairCandidates:
    """Windows and weeks of 100 quarters; worth 10 each and one more for every later candidate."""
    numbers = np.array(slots)
    return PairCandidates(
        people=people,
        slots=numbers,
        worth=10 + np.arange(len(slots)),
        window=(numbers // 100).astype(np.int32),
        week=(numbers // 100).astype(np.int32),
        regular=(numbers % 100).astype(np.int32),
    )


SERIES = SeriesProblem(
    pairs=(pair((0, 1), [10, 50, 110, 150, 250]), pair((0, 2), [12, 50, 160, 250])),
    length=4,
    per_week=2,
    gap_min=60,
    gap_max=120,
    regular_bonus=3,
)
RIGHT = SeriesAnswer(
    starts=(((0, 10), (1, 110)), ((0, 50), (1, 160), (2, 250))), value=22 + 6 + 36 + 6, bound=70, proved=True
)


def test_a_right_timetable_passes() -> None:
    """The example that the other tests spoil is fine."""
    assert verify_series(SERIES, RIGHT) == ()


@pytest.mark.parametrize(
    ("starts", "said"),
    [
        ((((0, 10), (1, 110)),), "1 series were given for 2 pairs"),
        ((((0, 11),), ()), "pair (0, 1): a meeting at 11, which is no candidate"),
        ((((1, 10),), ()), "pair (0, 1): the meeting at 10 belongs to window 0, not 1"),
        ((((0, 10), (0, 50)), ()), "not in order, one per window"),
        ((((1, 110), (0, 10)), ()), "not in order, one per window"),
        ((((0, 10), (0, 10)), ()), "not in order, one per window"),
        ((((0, 50), (1, 150), (2, 250)), ((2, 250),)), "person 0 would be in two sessions, from 250 and from 250"),
        ((((0, 10),), ((0, 12),)), "person 0 would be in two sessions, from 10 and from 12"),
        ((((0, 10), (1, 150)), ()), "the meetings at 10 and 150 are 140 quarters apart, not 60 to 120"),
    ],
)
def test_a_broken_timetable_is_named(starts: Any, said: str) -> None:
    """No candidate, wrong window, wrong order, gap and overlap are each told apart."""
    found = verify_series(SERIES, replace(RIGHT, starts=starts))
    assert any(said in text for text in found), found


def test_meetings_too_close_are_named() -> None:
    """The gap has a lower end too."""
    problem = replace(SERIES, gap_min=105)
    assert any("100 quarters apart, not 105 to 120" in text for text in verify_series(problem, RIGHT))


def test_an_overfull_week_is_named() -> None:
    """Sessions of all pairs of a person count together."""
    found = verify_series(replace(SERIES, per_week=1), RIGHT)
    assert "person 0 would have 2 sessions in week 0, not 1 at most" in found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": 71, "bound": 71}, "the meetings are worth 70, not 71"),
        ({"bound": 69}, "the bound 69 is below the value 70"),
        ({"bound": 80}, "do not agree with proved = True"),
        ({"proved": False}, "do not agree with proved = False"),
    ],
)
def test_wrong_numbers_about_a_timetable_are_named(change: dict[str, Any], said: str) -> None:
    """Value, bound and the claim of a proof have to fit the meetings and each other."""
    assert any(said in text for text in verify_series(SERIES, replace(RIGHT, **change)))
