"""Groups by hand: each shape, what each impossible demand is called, time limits, and the way to the worker."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from oracle.small_groups import MENTEE, MENTOR, ints

from mentorctl.optimize.engine import DirectEngine
from mentorctl.optimize.groups.answer import verify_groups, verify_peers
from mentorctl.optimize.groups.peers import solve_peers
from mentorctl.optimize.groups.problem import (
    GroupAnswer,
    GroupObjective,
    GroupProblem,
    PeerObjective,
    PeerProblem,
    Shortfall,
)
from mentorctl.optimize.groups.rules import ANY_ROLE, CommonSlot, Limit, Mixture, Pool, Quota, Rule, Share, Solo
from mentorctl.optimize.groups.solve import solve_groups
from mentorctl.optimize.worker import WorkerEngine


def circles(mentors: int, mentees: int, *, sizes: tuple[int, int] = (2, 3), **changes: Any) -> GroupProblem:
    """Each mentor, numbered first, leads a circle that any mentee may join; all mentees like the first mentor best."""
    people = mentors + mentees
    pairs = [(m, mentors + e) for m in range(mentors) for e in range(mentees)]
    lead = [(2 * m, m, True) for m in range(mentors)]
    rows = [*lead, *((2 * m + 1, person, False) for m, person in pairs)]
    score = ints(*([0] * mentors), *(10 - m for m, _ in pairs))
    problem = GroupProblem(
        people=people,
        holder_person=np.arange(people),
        holder_role=np.where(np.arange(people) < mentors, MENTOR, MENTEE),
        holder_low=np.zeros(people, np.int64),
        holder_high=np.ones(people, np.int64),
        must_open=np.zeros(mentors, np.bool_),
        family=np.arange(mentors),
        seat_unit=np.repeat(np.arange(mentors), 2),
        seat_low=np.tile(ints(1, sizes[0]), mentors),
        seat_high=np.tile(ints(2, sizes[1]), mentors),
        seat=ints(*(row[0] for row in rows)),
        holder=ints(*(row[1] for row in rows)),
        tied=np.array([row[2] for row in rows]),
        objectives=(
            GroupObjective(name="cover", cover=np.where(np.arange(people) < mentors, 0, 1)),
            GroupObjective(name="score", candidate=score, extras=1),
        ),
    )
    return replace(problem, **changes)


def solved(problem: GroupProblem) -> GroupAnswer:
    """The answer, which keeps all rules."""
    answer = solve_groups(problem)
    assert verify_groups(problem, answer) == ()
    return answer


def members(problem: GroupProblem, answer: GroupAnswer) -> list[list[int]]:
    """The people of each unit."""
    unit = problem.seat_unit[problem.seat]
    return [
        sorted(problem.holder_person[problem.holder[answer.chosen & (unit == u)]].tolist())
        for u in range(problem.units)
    ]


def one_person_per_need(mentors: int) -> GroupProblem:
    """One mentee with two needs, whom every mentor can help with both."""
    return GroupProblem(
        people=mentors,
        holder_person=np.arange(mentors),
        holder_role=np.full(mentors, MENTOR),
        holder_low=np.zeros(mentors, np.int64),
        holder_high=np.full(mentors, 2),
        must_open=np.zeros(2, np.bool_),
        family=ints(0, 0),
        seat_unit=ints(0, 1),
        seat_low=ints(1, 1),
        seat_high=ints(1, 1),
        seat=np.repeat(ints(0, 1), mentors),
        holder=np.tile(np.arange(mentors), 2),
        tied=np.zeros(2 * mentors, np.bool_),
        objectives=(GroupObjective(name="needs", unit=ints(1, 1), family=ints(10)),),
    )


# -- shapes ------------------------------------------------------------------------------------------------------------


def test_circles_open_as_many_as_all_mentees_need() -> None:
    """Five mentees and sizes of two to three make two circles, the larger one with the favorite."""
    problem = circles(3, 5)
    answer = solved(problem)
    assert answer.proved
    assert answer.settled
    assert answer.values == (5, 3 * 10 + 2 * 9)
    assert [len(unit) for unit in members(problem, answer)] == [4, 3, 0]


def test_one_mentee_too_many_stays_out() -> None:
    """A circle below its least size does not open for a leftover."""
    problem = circles(2, 4, sizes=(3, 3))
    answer = solved(problem)
    assert answer.values[0] == 3
    assert answer.opened.tolist() == [True, False]


def test_the_mentors_of_one_mentee_are_distinct() -> None:
    """With one mentor for two needs one need stays open, with two both are served."""
    assert solved(one_person_per_need(1)).values == (1,)
    assert solved(one_person_per_need(2)).values == (12,)


def test_a_cost_for_a_single_mentor_brings_a_second_one() -> None:
    """A co-mentor joins where being alone costs more than the own circle is worth."""
    problem = circles(2, 3)
    co_mentor = replace(
        problem,
        seat=np.append(problem.seat, 0),
        holder=np.append(problem.holder, 1),
        tied=np.append(problem.tied, np.False_),
        objectives=(
            problem.objectives[0],
            GroupObjective(name="score", candidate=np.append(problem.objectives[1].candidate, 0), extras=1),
        ),
        rules=(Solo(name="solo", units=ints(0, 1), role=MENTOR, cost=4),),
    )
    answer = solved(co_mentor)
    assert members(co_mentor, answer) == [[0, 1, 2, 3, 4], []]
    assert answer.values == (3, 30)


def test_a_common_slot_keeps_apart_who_cannot_meet() -> None:
    """People without a common block are in different circles, and the first common block is told."""
    free = np.zeros((6, 4), np.bool_)
    free[[0, 2, 3], 2] = free[[1, 4, 5], 3] = free[[1, 4, 5], 1] = True
    problem = circles(2, 4, rules=(CommonSlot(name="slot", units=ints(0, 1), role=ANY_ROLE, free=free),))
    answer = solved(problem)
    assert members(problem, answer) == [[0, 2, 3], [1, 4, 5]]
    assert answer.block.tolist() == [2, 1]


def test_a_standing_group_keeps_its_members() -> None:
    """Members who are tied to a group that must open stay, whatever their score."""
    problem = circles(2, 4)
    tied = problem.tied.copy()
    kept = np.flatnonzero((problem.seat == 3) & (problem.holder == 2))
    tied[kept] = True
    answer = solved(replace(problem, tied=tied, must_open=np.array([False, True])))
    assert answer.chosen[kept].all()


# -- impossible demands ------------------------------------------------------------------------------------------------

NOBODY = np.zeros(5, np.bool_)
EVERYONE = np.ones(5, np.bool_)
FIRST: dict[str, Any] = {"units": ints(0), "role": MENTEE}
IMPOSSIBLE: dict[str, tuple[dict[str, Any] | Rule, Shortfall]] = {
    "a size that so few people cannot reach": (
        {"seat_low": ints(1, 5, 1, 1), "seat_high": ints(2, 9, 2, 9)},
        Shortfall(rule="seats", unit=0, missing=2),
    ),
    "a person with more matches than there are": (
        {"holder_low": ints(0, 0, 0, 0, 4), "holder_high": ints(1, 1, 1, 1, 9)},
        Shortfall(rule="places", holder=4, missing=2),
    ),
    "a quota": (Quota(name="engineers", people=NOBODY, low=1, high=3, **FIRST), Shortfall(rule="engineers", unit=0)),
    "a mixture": (
        Mixture(name="mix", label=np.zeros(5, np.int64), distinct=2, **FIRST),
        Shortfall(rule="mix", unit=0),
    ),
    "a common slot": (
        CommonSlot(name="slot", free=np.zeros((5, 3), np.bool_), units=ints(0), role=MENTOR),
        Shortfall(rule="slot", unit=0),
    ),
    "a pool": (Pool(name="pool", holders=EVERYONE, low=6, high=9), Shortfall(rule="pool", missing=1)),
    "a share": (
        Share(name="share", part=NOBODY, whole=np.arange(5) < 1, at_least=(40, 100)),
        Shortfall(rule="share", missing=1),
    ),
    "a limit": (Limit(name="limit", candidates=ints(2, 3), low=3, high=3), Shortfall(rule="limit", missing=1)),
    "people who must be together and apart": (
        {"apart_first": ints(0), "apart_second": ints(2), "tied": np.arange(8) < 3},
        Shortfall(rule="apart", unit=0, holder=0),
    ),
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_an_impossible_demand_is_named(what: str) -> None:
    """Where no answer exists, the demand that prevents it is told, with its unit and how much is missing."""
    change, expected = IMPOSSIBLE[what]
    problem = circles(2, 3, sizes=(1, 3), must_open=np.array([True, False]))
    assert solved(problem).proved
    changed = replace(problem, **change) if isinstance(change, dict) else replace(problem, rules=(change,))
    answer = solved(changed)
    assert answer.status == "infeasible"
    assert answer.shortfalls == (expected,)
    assert not answer.opened.any()


def test_all_impossible_demands_of_separate_parts_are_named() -> None:
    """Two teams without mentors are two shortfalls."""
    problem = circles(2, 2, sizes=(3, 3), must_open=np.array([True, True]))
    apart = (problem.seat // 2 == (problem.holder - 2)) | (problem.holder < 2)
    problem = replace(
        problem,
        seat=problem.seat[apart],
        holder=problem.holder[apart],
        tied=problem.tied[apart],
        objectives=(GroupObjective(name="open", unit=ints(1, 1)),),
    )
    assert [(s.rule, s.unit, s.missing) for s in solved(problem).shortfalls] == [("seats", 0, 2), ("seats", 1, 2)]


# -- time --------------------------------------------------------------------------------------------------------------


def hard() -> GroupProblem:
    """Circles whose common slots and mixtures take a while."""
    rng = np.random.default_rng(1)
    mentors, mentees = 12, 48
    free = rng.random((mentors + mentees, 40)) < 0.3
    units = np.arange(mentors)
    label = rng.integers(0, 5, mentors + mentees)
    problem = circles(
        mentors,
        mentees,
        sizes=(3, 6),
        rules=(
            CommonSlot(name="slot", units=units, role=ANY_ROLE, free=free),
            Mixture(name="mix", units=units, role=MENTEE, label=label, distinct=2, share=(60, 100)),
        ),
    )
    score = np.where(problem.tied, 0, rng.integers(0, 1000, len(problem.seat)))
    return replace(problem, objectives=(GroupObjective(name="score", candidate=score),))


def hurried(*seconds: float) -> Callable[[], float]:
    """A clock that shows these remaining seconds, one after the other, the last one for ever."""
    left = list(seconds)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


@pytest.mark.parametrize("seconds", [0.0, 3.0])
def test_an_answer_of_an_early_end_says_so(seconds: float) -> None:
    """When time is up there is a marked answer with its gap, or none; never one that is called the best."""
    problem = hard()
    answer = solve_groups(problem, remaining=hurried(seconds))
    assert verify_groups(problem, answer) == ()
    assert answer.status in {"feasible", "no answer"}
    assert not answer.settled
    assert all(gap > 0 for gap in answer.gap)


# -- shared with the worker --------------------------------------------------------------------------------------------


def pool(people: int, **changes: Any) -> PeerProblem:
    """Everybody may be with everybody; neighbors like each other."""
    pairs = np.array([(a, b) for a in range(people) for b in range(a + 1, people)], np.int64).reshape(-1, 2)
    problem = PeerProblem(
        people=people,
        first=pairs[:, 0],
        second=pairs[:, 1],
        forced=np.zeros(len(pairs), np.bool_),
        low=np.zeros(people, np.int64),
        high=np.ones(people, np.int64),
        trios=(0, people % 2),
        objectives=(
            PeerObjective(name="cover", pair=np.zeros(len(pairs), np.int64), cover=np.ones(people, np.int64)),
            PeerObjective(name="score", pair=20 - (pairs[:, 1] - pairs[:, 0]), cover=np.zeros(people, np.int64)),
        ),
    )
    return replace(problem, **changes)


def test_the_worker_gives_the_same_answers() -> None:
    """Problems with every kind of rule pass the pipe to the worker, and so do the answers, good and bad."""
    rules: tuple[Rule, ...] = tuple(rule for rule, _ in IMPOSSIBLE.values() if not isinstance(rule, dict))
    direct = DirectEngine()
    with WorkerEngine(seconds=20) as worker:
        for problem in (circles(2, 3), circles(2, 3, must_open=np.array([True, False]), rules=rules)):
            here, there = direct.groups(problem), worker.groups(problem)
            assert (here.status, here.values, here.shortfalls) == (there.status, there.values, there.shortfalls)
            assert np.array_equal(here.chosen, there.chosen)
        assert direct.peers(pool(5)).trios.tolist() == worker.peers(pool(5)).trios.tolist()


# -- peers -------------------------------------------------------------------------------------------------------------


def test_an_odd_pool_has_one_trio() -> None:
    """Five people are a pair and a trio, of neighbors."""
    answer = solve_peers(pool(5))
    assert answer.proved
    assert answer.values == (5, 19 + 19 + 19 + 18)
    assert len(answer.trios) == 1


def test_the_odd_person_may_sit_out() -> None:
    """Without a trio one of five stays alone."""
    answer = solve_peers(pool(5, trios=(0, 0)))
    assert answer.values == (4, 38)
    assert answer.trios.tolist() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"low": np.ones(3, np.int64), "trios": (0, 0)}, {"places"}),
        ({"forced": np.array([True, True, False])}, {"pair"}),
        ({"high": np.zeros(3, np.int64), "trios": (1, 1)}, {"trio"}),
    ],
)
def test_an_impossible_pool_is_told(changes: dict[str, Any], expected: set[str]) -> None:
    """Nobody to be with, two forced pairs of one person, and a trio of people without places are named."""
    problem = pool(3, **changes)
    answer = solve_peers(problem)
    assert verify_peers(problem, answer) == ()
    assert answer.status == "infeasible"
    assert {short.rule for short in answer.shortfalls} & (expected | {"places"})


def liked(people: int) -> PeerProblem:
    """A pool with random scores."""
    problem = pool(people)
    score = np.random.default_rng(3).integers(0, 20, len(problem.first))
    return replace(problem, objectives=(problem.objectives[0], replace(problem.objectives[1], pair=score)))


def test_sixty_one_peers_are_proved() -> None:
    """A pool of a usual size with random scores is proved with its trio, tie-break included."""
    answer = solve_peers(liked(61))
    assert verify_peers(liked(61), answer) == ()
    assert answer.proved
    assert answer.settled
    assert answer.values[0] == 61


def test_peers_without_time_have_an_answer_with_a_gap() -> None:
    """Even when no time is left there is an answer that keeps all rules, with bounds that hold."""
    problem = liked(61)
    answer = solve_peers(problem, remaining=hurried(0.0))
    best = solve_peers(problem)
    assert verify_peers(problem, answer) == ()
    assert answer.status == "feasible"
    assert all(bound >= value for bound, value in zip(answer.bounds, best.values, strict=True))
    assert answer.values[0] >= 59


# -- what does not fit together ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"family": ints(0)}, "family"),
        ({"holder": np.full(6, 9)}, "outside 0 to 3"),
        ({"seat_low": ints(1, 9, 1, 9)}, "no interval"),
        ({"apart_first": ints(1), "apart_second": ints(1)}, "itself"),
        ({"rules": (Pool(name="pool", holders=EVERYONE, low=0, high=1),)}, "`pool`"),
        ({"rules": (Limit(name="few", candidates=ints(0), low=2, high=1),)}, "no interval"),
        ({"objectives": (GroupObjective(name="odd", extras=-1),)}, "`odd`"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changes: dict[str, Any], said: str) -> None:
    """A problem is refused where its arrays contradict each other, and the sentence names them."""
    with pytest.raises(ValueError, match=said):
        circles(2, 2, **changes)


def test_peers_that_do_not_fit_are_refused() -> None:
    """A pair is written once, its lower number first; there is one trio at most."""
    with pytest.raises(ValueError, match="lower number first"):
        pool(3, first=ints(0, 0, 2), second=ints(1, 2, 1))
    with pytest.raises(ValueError, match="twice"):
        pool(3, first=ints(0, 0, 0), second=ints(1, 2, 2))
    with pytest.raises(ValueError, match="one at most"):
        pool(3, trios=(0, 2))
