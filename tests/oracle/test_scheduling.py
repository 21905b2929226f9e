"""Timetables and training plans against everything there is: each tiny instance is enumerated in full."""

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from mentorctl.optimize.scheduling.events import place_trainings
from mentorctl.optimize.scheduling.pricing import RegularTimes, Successors, best_series
from mentorctl.optimize.scheduling.problem import (
    PairCandidates,
    SeriesAnswer,
    SeriesProblem,
    TrainingAnswer,
    TrainingGoals,
    TrainingProblem,
)
from mentorctl.optimize.scheduling.series import solve_series
from mentorctl.optimize.scheduling.verify import (
    series_value,
    training_goals,
    verify_series,
    verify_training,
)

type Meetings = tuple[tuple[int, int], ...]
GOALS_UNKNOWN = TrainingGoals(seated=0, moved=0, sessions=0, lateness=0)


def random_series(seed: int) -> SeriesProblem:
    """Up to four pairs of few people who compete for few times; weeks, windows and gaps bind in many of
    them.
    """
    draw = np.random.default_rng(seed)
    people = int(draw.integers(3, 6))
    pairs: list[PairCandidates] = []
    windows = int(draw.integers(1, 4))
    week_length = int(draw.integers(4, 12))
    for _ in range(int(draw.integers(1, 5))):
        count = int(draw.integers(0, 3 * windows + 1))
        slots = np.sort(draw.choice(7 * windows, count, replace=False)).astype(np.int64)
        mentor, mentee = draw.choice(people, 2, replace=False)
        pairs.append(
            PairCandidates(
                people=(int(mentor), int(mentee)),
                slots=slots,
                worth=draw.integers(-2, 12, count),
                window=(slots // 7).astype(np.int32),
                week=(slots // week_length).astype(np.int32),
                regular=(slots % int(draw.integers(1, 8))).astype(np.int32),
            )
        )
    gap_min = int(draw.integers(0, 8))
    return SeriesProblem(
        pairs=tuple(pairs),
        length=int(draw.integers(1, 5)),
        per_week=int(draw.integers(1, 4)),
        gap_min=gap_min,
        gap_max=gap_min + int(draw.integers(0, 9)),
        regular_bonus=int(draw.integers(0, 4)),
    )


def all_series(pair: PairCandidates) -> Iterator[Meetings]:
    """Every way to choose at most one candidate per window."""
    windows = sorted(set(pair.window.tolist()))
    options = [[None, *pair.slots[pair.window == window].tolist()] for window in windows]
    for chosen in itertools.product(*options):
        yield tuple((w, s) for w, s in zip(windows, chosen, strict=True) if s is not None)


def checked(problem: SeriesProblem, starts: tuple[Meetings, ...]) -> int | None:
    """The worth of a timetable, or None if the checker finds a broken limit."""
    value = series_value(problem, SeriesAnswer(starts=starts, value=0, bound=0, proved=True))
    answer = SeriesAnswer(starts=starts, value=value, bound=value, proved=True)
    return None if verify_series(problem, answer) else value


def best_by_enumeration(problem: SeriesProblem) -> int:
    """The worth of the best timetable, from all combinations of series that are allowed on their own."""
    alone = [
        SeriesProblem(
            pairs=(pair,),
            length=problem.length,
            per_week=problem.per_week,
            gap_min=problem.gap_min,
            gap_max=problem.gap_max,
            regular_bonus=problem.regular_bonus,
        )
        for pair in problem.pairs
    ]
    allowed = [
        [series for series in all_series(pair) if checked(one, (series,)) is not None]
        for pair, one in zip(problem.pairs, alone, strict=True)
    ]
    values = (checked(problem, starts) for starts in itertools.product(*allowed))
    return max(value for value in values if value is not None)


def combinations_of(problem: SeriesProblem) -> int:
    count = 1
    for pair in problem.pairs:
        for window in set(pair.window.tolist()):
            count *= 1 + int((pair.window == window).sum())
    return count


@pytest.mark.parametrize("block", range(8))
def test_timetables_are_optimal(block: int) -> None:
    """On hundreds of random instances the timetable is correct, proved and worth as much as the best of
    all.
    """
    compared = 0
    for seed in range(block * 100, block * 100 + 100):
        problem = random_series(seed)
        answer = solve_series(problem)
        assert verify_series(problem, answer) == (), seed
        assert answer.proved, seed
        if combinations_of(problem) <= 3000:
            assert answer.value == best_by_enumeration(problem), seed
            compared += 1
    assert compared > 50
