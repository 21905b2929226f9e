"""The checker sees every way in which a timetable or a training plan can be wrong."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mentorctl.optimize.scheduling.problem import (
    PairCandidates,
    SeriesAnswer,
    SeriesProblem,
    TrainingAnswer,
    TrainingGoals,
    TrainingProblem,
)
from mentorctl.optimize.scheduling.verify import verify_series, verify_training


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


TRAINING = TrainingProblem(
    slots=np.array([0, 4, 40, 80]),
    day=np.array([0, 0, 0, 1], dtype=np.int32),
    week=np.array([0, 0, 0, 0], dtype=np.int32),
    available=np.array([[1, 0, 1, 0], [1, 1, 1, 0], [0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]], dtype=np.bool_),
    seated_at=np.array([2, 0, -1, -1, -1], dtype=np.int32),
    seats=2,
    apart=10,
    per_day=2,
    per_week=3,
)
REACHED = TrainingGoals(seated=4, moved=1, sessions=2, lateness=3)
PLAN = TrainingAnswer(sessions=(0, 3), seat_of=(0, 0, 3, 3, -1), goals=REACHED, bounds=REACHED, proved=True)


def test_a_right_plan_passes() -> None:
    """The example that the other tests spoil is fine."""
    assert verify_training(TRAINING, PLAN) == ()


@pytest.mark.parametrize(
    ("problem", "plan", "said"),
    [
        ({}, {"seat_of": (0, 0)}, "2 seats were given for 5 people"),
        ({}, {"sessions": (0, 4)}, "a session at candidate 4, of which there are 4"),
        ({}, {"sessions": (3, 0)}, "not in the order of time, each once"),
        ({}, {"sessions": (0, 0, 3)}, "not in the order of time, each once"),
        ({}, {"seat_of": (2, 0, 3, 3, -1)}, "person 0 has a seat at candidate 2, where no session is held"),
        ({}, {"seat_of": (0, 0, 3, 3, 3)}, "person 4 is not available at candidate 3"),
        ({}, {"sessions": (0, 2, 3)}, "nobody comes to the session at candidate 2"),
        ({"seats": 1}, {}, "2 people have one of 1 seats at candidate 0"),
        ({"apart": 81}, {}, "sessions 0 and 3 are 80 quarters apart, less than 81"),
        ({"day": np.zeros(4, np.int32), "per_day": 1}, {}, "day 0 has 2 sessions, not 1 at most"),
        ({"per_week": 1}, {}, "week 0 has 2 sessions, not 1 at most"),
        ({}, {"goals": replace(REACHED, moved=0)}, "the plan reaches 4 seated, 1 moved, 2 sessions"),
        ({}, {"bounds": replace(REACHED, seated=3)}, "the bound of 3 people seated is below 4"),
        ({}, {"bounds": replace(REACHED, moved=2)}, "the bound of 2 for moved is above 1"),
        ({}, {"bounds": replace(REACHED, lateness=0)}, "do not agree with proved = True"),
        ({}, {"proved": False}, "do not agree with proved = False"),
    ],
)
def test_a_wrong_plan_is_named(problem: dict[str, Any], plan: dict[str, Any], said: str) -> None:
    """Seats, sessions, limits and every number a plan claims are held against the problem."""
    found = verify_training(replace(TRAINING, **problem), replace(PLAN, **plan))
    assert any(said in text for text in found), found
