"""Whole series of meetings for many pairs: examples, order, deadlines and size."""

import itertools
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorctl.optimize.scheduling.problem import PairCandidates, SeriesAnswer, SeriesProblem
from mentorctl.optimize.scheduling.search import Search
from mentorctl.optimize.scheduling.series import solve_series
from mentorctl.optimize.scheduling.verify import verify_series

WEEK = 672


def pair(
    people: tuple[int, int], slots: list[int], *, worth: list[int] | None = None, window: int = 100
) -> PairCandidates:
    """Candidates with windows of some length and weeks of 100 quarters; the regular time is the place in
    100.
    """
    numbers = np.array(slots, dtype=np.int64)
    return PairCandidates(
        people=people,
        slots=numbers,
        worth=np.full(len(slots), 10) if worth is None else np.array(worth),
        window=(numbers // window).astype(np.int32),
        week=(numbers // 100).astype(np.int32),
        regular=(numbers % 100).astype(np.int32),
    )


def problem(
    *pairs: PairCandidates, per_week: int = 9, gap: tuple[int, int] = (0, 1000), bonus: int = 0
) -> SeriesProblem:
    return SeriesProblem(pairs=pairs, length=4, per_week=per_week, gap_min=gap[0], gap_max=gap[1], regular_bonus=bonus)


def solved(case: SeriesProblem) -> SeriesAnswer:
    """The answer, after the checker has seen it."""
    answer = solve_series(case)
    assert verify_series(case, answer) == ()
    assert answer.proved
    return answer


def test_no_pairs_and_no_candidates_are_empty_timetables() -> None:
    """Nothing to schedule is an answer."""
    assert solved(problem()).starts == ()
    assert solved(problem(pair((0, 1), []))).starts == ((),)


def test_a_pair_meets_once_per_window_at_the_best_time() -> None:
    """Of the candidates of a window the one of most worth is held."""
    answer = solved(problem(pair((0, 1), [0, 10, 100, 110], worth=[5, 6, 9, 8])))
    assert answer.starts == (((0, 10), (1, 100)),)
    assert answer.value == 15


def test_of_equal_times_the_earliest_is_held() -> None:
    """A pair without preferences meets as early as it can."""
    assert solved(problem(pair((0, 1), [0, 10, 100, 110]))).starts == (((0, 0), (1, 100)),)


def test_the_gap_between_meetings_is_kept_at_both_ends() -> None:
    """A time of less worth is taken where the best ones are too close or too far apart."""
    case = pair((0, 1), [0, 90, 110, 190], worth=[10, 12, 12, 10])
    assert solved(problem(case, gap=(50, 120))).starts == (((0, 0), (1, 110)),)
    assert solved(problem(case, gap=(0, 30))).starts == (((0, 90), (1, 110)),)


def test_a_skipped_window_frees_the_next_meeting() -> None:
    """The gap counts between meetings in consecutive windows only."""
    case = pair((0, 1), [0, 150, 299], worth=[10, 1, 10])
    assert solved(problem(case, gap=(0, 140))).starts == (((0, 0), (2, 299)),)


def test_a_time_that_costs_more_than_it_is_worth_is_not_held() -> None:
    """Negative worth is never taken."""
    assert solved(problem(pair((0, 1), [0, 100], worth=[-1, 3]))).starts == (((1, 100),),)


def test_a_regular_time_is_worth_its_bonus() -> None:
    """The same weekday and clock time wins over slightly better ones, if the bonus makes up for it."""
    case = pair((0, 1), [0, 7, 107, 120, 207], worth=[11, 10, 10, 11, 10])
    assert solved(problem(case)).starts == (((0, 0), (1, 120), (2, 207)),)
    answer = solved(problem(case, bonus=3))
    assert answer.starts == (((0, 7), (1, 107), (2, 207)),)
    assert answer.value == 39


def test_nobody_is_in_two_sessions_at_a_time() -> None:
    """Two mentees of a mentor who want overlapping times get different ones."""
    answer = solved(problem(pair((0, 1), [10, 20], worth=[10, 8]), pair((0, 2), [12, 30], worth=[10, 9])))
    assert answer.starts == (((0, 10),), ((0, 30),))


def test_a_person_may_be_mentor_and_mentee() -> None:
    """The two roles of a person share their time."""
    answer = solved(problem(pair((0, 1), [10]), pair((1, 2), [10, 40], worth=[10, 3])))
    assert answer.value == 13


def test_the_week_is_not_overfull_across_pairs_or_within_one() -> None:
    """Sessions of all pairs of a person count, also those of one pair with several windows a week."""
    two = problem(pair((0, 1), [10]), pair((0, 2), [30]), per_week=1)
    assert solved(two).value == 10
    often = pair((0, 1), [0, 30, 60, 110], window=30)
    assert len(solved(problem(often, per_week=2)).starts[0]) == 3
    assert len(solved(problem(often, per_week=3)).starts[0]) == 4


def test_meetings_of_one_pair_do_not_overlap_across_short_windows() -> None:
    """Windows shorter than a session leave room for every second meeting at most."""
    answer = solved(problem(pair((0, 1), [0, 2, 3, 5], window=1)))
    assert answer.starts == (((0, 0), (5, 5)),)


def test_prices_alone_prove_a_bound() -> None:
    """Two mentees want the same hour: the price of it brings the bound down to what is possible."""
    case = problem(pair((0, 1), [10, 20], worth=[100, 80]), pair((0, 2), [10, 30], worth=[100, 90]))
    search = Search.of(case, case.pairs, lambda: False)
    search.bound = 200
    for number, series in ((0, (0,)), (0, (1,)), (1, (0,)), (1, (1,))):
        search._learn(number, series)
    assert search._generate() is not None
    assert search.prices.any()
    assert search.bound == 190


@st.composite
def small_problems(draw: st.DrawFn) -> SeriesProblem:
    """Two or three pairs around one mentor, or a chain of people."""
    people = draw(st.sampled_from([((0, 1), (0, 2), (0, 3)), ((0, 1), (1, 2), (2, 3)), ((0, 1), (0, 2), (3, 4))]))
    slots = st.lists(st.integers(0, 299), min_size=1, max_size=9, unique=True).map(sorted)
    pairs = [pair(two, draw(slots)) for two in people]
    pairs = [
        replace(p, worth=np.array(draw(st.lists(st.integers(1, 9), min_size=len(p.slots), max_size=len(p.slots)))))
        for p in pairs
    ]
    return problem(*pairs, per_week=draw(st.integers(1, 3)), gap=(50, 150), bonus=draw(st.integers(0, 2)))


@settings(max_examples=25, derandomize=True)
@given(small_problems())
def test_the_order_of_pairs_makes_no_difference(case: SeriesProblem) -> None:
    """Every permutation gives the same series to the same pair, and the bound is never below the value."""
    answer = solved(case)
    for order in itertools.permutations(range(3)):
        again = solved(replace(case, pairs=tuple(case.pairs[number] for number in order)))
        assert again.starts == tuple(answer.starts[number] for number in order)
        assert again.value == answer.value <= again.bound


def program(pairs: int, meetings: int, seed: int, load: int) -> SeriesProblem:
    """Mentors with up to three mentees, two-week windows, about twenty free hours a week and some days
    off.
    """
    draw = np.random.default_rng(seed)
    mentors = np.sort(draw.permutation(np.repeat(np.arange(pairs // 2), 3))[:pairs])
    weeks, hours = 2 * meetings, 40

    def free(count: int) -> np.ndarray:
        template = np.argsort(draw.random((count, hours)), axis=1) < 24
        return template[:, None, :] & (draw.random((count, weeks, hours)) > 0.15)

    both = free(pairs // 2)[mentors] & free(pairs)
    found: list[PairCandidates] = []
    for number in range(pairs):
        week, hour = np.nonzero(both[number])
        found.append(
            PairCandidates(
                people=(int(mentors[number]), pairs + number),
                slots=WEEK * week + 96 * (hour // 8) + 36 + 4 * (hour % 8),
                worth=100 + draw.integers(0, 10, hours)[hour],
                window=(week // 2).astype(np.int32),
                week=week.astype(np.int32),
                regular=hour.astype(np.int32),
            )
        )
    return SeriesProblem(
        pairs=tuple(found), length=4, per_week=load, gap_min=8 * 96 - 28, gap_max=20 * 96 + 28, regular_bonus=5
    )


@pytest.mark.slow
def test_a_program_of_sixty_pairs_is_proved_in_seconds() -> None:
    """Seven hundred meetings with mentors shared by three are scheduled and proved."""
    case = program(60, 12, 1, 2)
    begun = time.process_time()
    answer = solved(case)
    assert sum(map(len, answer.starts)) > 690
    assert time.process_time() - begun < 15


def test_a_deadline_leaves_a_correct_timetable_with_its_gap() -> None:
    """At any step the search may be stopped; what it has keeps all limits and a bound that holds."""
    case = program(10, 6, 2, 1)
    best = solved(case)
    for steps in (0, 1, 3, 10):
        asked = iter(range(steps))
        answer = solve_series(case, deadline=lambda asked=asked: next(asked, None) is None)  # type: ignore[misc]
        assert verify_series(case, answer) == ()
        assert answer.value <= best.value <= answer.bound
        assert answer.value > 0.8 * best.value
    assert not solve_series(case, deadline=lambda: True).proved
