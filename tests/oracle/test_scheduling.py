"""Timetables and training plans against everything there is: each tiny instance is enumerated in full."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from mentorctl.optimize.scheduling.direct import solve_directly
from mentorctl.optimize.scheduling.limits import contenders
from mentorctl.optimize.scheduling.pricing import (
    RegularTimes,
    Successors,
    best_series,
    best_through,
    prepared,
    turned,
)
from mentorctl.optimize.scheduling.problem import (
    Before,
    PairCandidates,
    SeriesAnswer,
    SeriesProblem,
    Step,
    Terms,
)
from mentorctl.optimize.scheduling.series import solve_series
from mentorctl.optimize.scheduling.verify import (
    series_value,
    verify_series,
)

type Meetings = tuple[tuple[int, int], ...]


def random_series(seed: int) -> SeriesProblem:
    """Up to four pairs of few people who compete for few times; weeks, windows and gaps bind in many of
    them.
    """
    draw = np.random.default_rng(seed)
    people = int(draw.integers(3, 6))
    pairs: list[PairCandidates] = []
    width = int(draw.choice([2, 7]))  # narrow windows put several into a week and let sessions reach beyond the next
    windows = int(draw.integers(1, 4 if width > 2 else 6))
    week_length = int(draw.integers(4, 12))
    for _ in range(int(draw.integers(1, 5))):
        count = int(draw.integers(0, min(3, width) * windows + 1))
        slots = np.sort(draw.choice(width * windows, count, replace=False)).astype(np.int64)
        mentor, mentee = draw.choice(people, 2, replace=False)
        pairs.append(
            PairCandidates(
                people=(int(mentor), int(mentee)),
                slots=slots,
                worth=draw.integers(-2, 12, count),
                window=(slots // width).astype(np.int32),
                week=(slots // week_length).astype(np.int32),
                regular=(slots % int(draw.integers(1, 8))).astype(np.int32),
            )
        )
    gap_min = int(draw.integers(0, width + 1))
    return SeriesProblem(
        pairs=tuple(pairs),
        length=int(draw.integers(1, 5)),
        per_week=int(draw.integers(1, 4)),
        gap_min=gap_min,
        gap_max=gap_min + int(draw.integers(0, width + 2)),
        regular_bonus=int(draw.integers(0, 4)),
    )


def rich_series(seed: int) -> SeriesProblem:
    """The same with everything else there is: own terms and loads, pools, hardship at a rising price, slots held now."""
    draw = np.random.default_rng(seed + 10_000)
    problem = random_series(seed)
    pools = tuple(draw.integers(1, 3, int(draw.integers(0, 3))).tolist())
    pairs = []
    for pair in problem.pairs:
        gap_min = int(draw.integers(0, 4))
        terms = Terms(
            length=int(draw.integers(1, 5)),
            gap_min=gap_min,
            gap_max=gap_min + int(draw.integers(0, 6)),
            regular_bonus=int(draw.integers(0, 4)),
        )
        chosen = tuple(number for number in range(len(pools)) if draw.random() < 0.6)
        hardship = draw.integers(0, 3, (2, len(pair.slots)))
        pairs.append(
            replace(
                pair,
                terms=terms if draw.random() < 0.5 else None,
                pools=chosen,
                hardship=hardship if draw.random() < 0.7 else None,
            )
        )
    steps = tuple(
        Step(above=int(draw.integers(0, 4)), price=int(draw.integers(1, 5))) for _ in range(draw.integers(0, 3))
    )
    starts = tuple(
        tuple((int(w), int(s)) for w, s in zip(pair.window, pair.slots, strict=True) if draw.random() < 0.2)
        for pair in pairs
    )
    return replace(
        problem,
        pairs=tuple(pairs),
        pools=pools,
        steps=steps,
        load=draw.integers(0, 3, 6) if draw.random() < 0.5 else None,
        before=Before(starts=starts, stay=int(draw.integers(0, 6))) if draw.random() < 0.5 else None,
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
    alone = [replace(problem, pairs=(pair,), before=None) for pair in problem.pairs]
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


@pytest.mark.parametrize("block", range(4))
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


@pytest.mark.parametrize("block", range(4))
def test_timetables_with_all_wishes_are_optimal(block: int) -> None:
    """Own terms and loads, pools, hardship at a rising price and slots held now: still the best of all timetables."""
    compared = 0
    for seed in range(block * 60, block * 60 + 60):
        problem = rich_series(seed)
        answer = solve_series(problem)
        assert verify_series(problem, answer) == (), seed
        assert answer.proved, seed
        if combinations_of(problem) <= 1000:
            assert answer.value == best_by_enumeration(problem), seed
            compared += 1
    assert compared > 25


def contended(seed: int) -> SeriesProblem:
    """Many pairs of few people: mentors and mentees in long sessions, so that much of what is wanted is
    lost.
    """
    draw = np.random.default_rng(seed)
    windows, length, width = 3, int(draw.integers(2, 5)), 10 if seed % 2 else 1 + seed % 3
    pairs: list[PairCandidates] = []
    for _ in range(6):
        count = int(draw.integers(2 * windows, 4 * windows))
        slots = np.sort(draw.choice(10 * windows, count, replace=False)).astype(np.int64)
        mentor, mentee = draw.choice(5, 2, replace=False)
        pairs.append(
            PairCandidates(
                people=(int(mentor), int(mentee)),
                slots=slots,
                worth=100 + draw.integers(0, 10, count),
                window=(slots // width).astype(np.int32),
                week=(slots // 10).astype(np.int32),
                regular=(slots % 10).astype(np.int32),
            )
        )
    return SeriesProblem(
        pairs=tuple(pairs), length=length, per_week=2, gap_min=6, gap_max=14, regular_bonus=5 * int(draw.integers(2))
    )


def short_windows() -> SeriesProblem:
    """One pair whose sessions are longer than its windows, so that meetings far apart in number overlap in time."""
    slots = np.array([0, 2, 3, 5])
    number = slots.astype(np.int32)
    pair = PairCandidates(
        people=(0, 1), slots=slots, worth=np.full(4, 10), window=number, week=0 * number, regular=number
    )
    return SeriesProblem(pairs=(pair,), length=4, per_week=9, gap_min=0, gap_max=9, regular_bonus=0)


def test_series_and_the_direct_program_agree() -> None:
    """Where series alone leave a gap, and where they do not, both ways end at the same worth."""
    cases = [short_windows(), *map(contended, range(12)), *map(random_series, range(20))]
    for problem in (case for case in cases if any(len(pair.slots) for pair in case.pairs)):
        answer = solve_series(problem)
        assert verify_series(problem, answer) == ()
        assert answer.proved
        pairs, limits = contenders(problem, problem.pairs)
        everything = tuple(np.ones(len(pair.slots), dtype=np.bool_) for pair in problem.pairs)
        timetable, bound = solve_directly(pairs, limits, everything, ((),) * len(pairs))
        starts = tuple(
            tuple((int(pair.window[i]), int(pair.slots[i])) for i in series)
            for pair, series in zip(problem.pairs, timetable, strict=True)
        )
        assert checked(problem, starts) == answer.value == round(bound)


def test_one_series_is_the_best_of_all_series_at_any_prices() -> None:
    """The dynamic program finds the largest gain, the earliest series that has it, and what each time could
    bring.
    """
    draw = np.random.default_rng(77)
    for seed in range(400):
        problem = random_series(seed)
        for pair in problem.pairs[:1]:
            if not len(pair.slots):
                continue
            alone = replace(problem, pairs=(pair,))
            gain = draw.integers(-9, 12, len(pair.slots))
            priced = replace(pair, worth=gain)
            terms = problem.terms(pair)
            successors, times = Successors.of(pair, terms, problem.per_week), RegularTimes.of(pair)
            found, series = best_series(successors, times, gain, problem.regular_bonus)
            rivals = [
                (value, starts)
                for starts in all_series(pair)
                if checked(alone, (starts,)) is not None
                and (value := checked(replace(problem, pairs=(priced,)), (starts,))) is not None
            ]
            assert found == max(value for value, _ in rivals)
            starts = tuple((int(pair.window[i]), int(pair.slots[i])) for i in series)
            assert (found, starts) in rivals
            native = prepared(successors, times)
            assert native is None or native.best(gain, problem.regular_bonus) == (found, series)
            backward = Successors.of(turned(pair), terms, problem.per_week)
            through = best_through(successors, backward, times, gain, problem.regular_bonus)
            for candidate, slot in enumerate(pair.slots.tolist()):
                holding = [value for value, held in rivals if slot in {s for _, s in held}]
                assert not holding or through[candidate] >= max(holding)
