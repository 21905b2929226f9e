"""The objectives of peers, one after the other, as one sum of points each that a kernel can maximize.

The goals of a problem are: that everybody is in a match who must be (if anybody must), the objectives in their order,
and the tie-break. They are taken together by multiplying each with more than all later ones can change.
"""

from collections.abc import Sequence

import numpy as np

from mentorctl.optimize.groups.problem import Ints, Mask, PeerProblem
from mentorctl.optimize.groups.stages import TIE_BITS, tie_weights
from mentorctl.optimize.kernels.blossom import HEAVIEST
from mentorctl.values import dataclass

_MOST = HEAVIEST // 8  # a trio is worth six pairs at most, with room for their sum
_COARSEST = 8  # with fewer weights of ties many answers would share the least sum
_TRIO = np.uint64(1 << 63)  # keys of trios are no keys of pairs


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Goal:
    """Points of each pair, as a pair or as a side of a trio, and of each person who is in one.

    `most` bounds what a pair can count, where that is more than any does. `coarse` is given for the tie-break alone,
    whose trios have a weight of their own: how many bits of the weights of ties are left out.
    """

    pair: Ints
    cover: Ints
    most: int = 0
    coarse: int | None = None


def goals_of(problem: PeerProblem) -> tuple[Goal, ...]:
    """What is to be reached, the most important first."""
    nobody, no_points = np.zeros(problem.people, np.int64), np.zeros(len(problem.first), np.int64)
    demanded = [Goal(pair=no_points, cover=np.minimum(problem.low, 1))] if problem.low.any() else []
    coarse = tie_coarseness(problem)
    tie = Goal(pair=-(pair_ties(problem) >> coarse), cover=nobody, most=(1 << TIE_BITS) >> coarse, coarse=coarse)
    return (*demanded, *(Goal(pair=o.pair, cover=o.cover, most=o.most) for o in problem.objectives), tie)


def pair_ties(problem: PeerProblem) -> Ints:
    """The weight of each pair in the tie-break, from the places of the two."""
    return tie_weights((problem.first.astype(np.uint64) << np.uint64(32)) | problem.second.astype(np.uint64))


def trio_ties(trios: Ints) -> Ints:
    """The weight of each trio in the tie-break, from the places of the three."""
    a, b, c = trios.T.astype(np.uint64)
    return tie_weights((a << np.uint64(42)) | (b << np.uint64(21)) | c | _TRIO)


def tie_coarseness(problem: PeerProblem) -> int:
    """How many bits of the weights of ties are left out: as many as it takes to have one sum where there is a trio."""
    if not problem.trios[1]:
        return 0
    nobody = np.zeros(problem.people, np.int64)
    plain = [Goal(pair=o.pair, cover=o.cover, most=o.most) for o in problem.objectives]
    if problem.low.any():
        plain.insert(0, Goal(pair=np.zeros(len(problem.first), np.int64), cover=np.minimum(problem.low, 1)))
    for coarse in range(_COARSEST + 1):
        tie = Goal(pair=np.full(1, (1 << TIE_BITS) >> coarse), cover=nobody, coarse=coarse)
        if _multipliers(problem, [*plain, tie]) is not None:
            return coarse
    return 0


def terms_of(problem: PeerProblem, goals: Sequence[Goal]) -> tuple[tuple[int, ...], ...]:
    """How often each goal counts, in as few steps as can be; none where not even one goal fits into a number.

    Each step counts what the steps before have reached again, as `held`, so it has less room.
    """
    together = _multipliers(problem, goals)
    if together is not None:
        return (together,)
    if problem.trios[1]:
        return ()
    steps: list[tuple[int, ...]] = []
    room = _MOST // (4 * (problem.people + 2))
    last = len(goals)
    while last:
        found = None
        for begin in range(last):
            found = _multipliers(problem, goals[begin:last], room // (problem.people + 1))
            if found is not None:
                steps.insert(0, (*(0 for _ in goals[:begin]), *found, *(0 for _ in goals[last:])))
                last = begin
                break
        if found is None:
            return ()
    return tuple(steps)


def _multipliers(problem: PeerProblem, goals: Sequence[Goal], most: int = _MOST) -> tuple[int, ...] | None:
    found: list[int] = []
    reach = total = 0
    for goal in reversed(goals):
        pair = max(goal.most, int(np.abs(goal.pair).max(initial=0))) + 2 * int(np.abs(goal.cover).max(initial=0))
        weight = 2 * reach + 1
        total += weight * pair
        reach += weight * pair * pairs_at_most(problem)
        if total > most:
            return None
        found.insert(0, weight)
    return tuple(found)


def pairs_at_most(problem: PeerProblem) -> int:
    """More than the pairs of any answer, in which a trio counts as three and its people as three more."""
    return problem.people // 2 + 3


def most_ties(problem: PeerProblem, goals: Sequence[Goal], terms: Sequence[int]) -> int:
    """The most that the tie-break takes away of all goals together."""
    return terms[-1] * goals[-1].most * pairs_at_most(problem)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sum:
    """Goals taken together: of each pair, of a pair as a side of a trio, of each person, and the weight of ties.

    Where there may be no trio, there are no sides.
    """

    pair: Ints
    side: Ints
    cover: Ints
    tie: int
    coarse: int

    def of_trios(self, sides: Ints, trios: Ints) -> Ints:
        """What trios are worth, of which the pairs are given by place."""
        return np.asarray(self.side[sides].sum(axis=1) + self.cover[trios].sum(axis=1) - self.ties(trios))

    def ties(self, trios: Ints) -> Ints:
        """The part of it that the tie-break takes away."""
        return np.asarray(self.tie * (trio_ties(trios) >> self.coarse))


def together(problem: PeerProblem, goals: Sequence[Goal], terms: Sequence[int]) -> Sum:
    """All goals as one, each as often as the terms say."""
    pair = np.zeros(len(problem.first), np.int64)
    side = pair.copy() if problem.trios[1] else pair[:0]
    cover = np.zeros(problem.people, np.int64)
    tie = coarse = 0
    for goal, times in zip(goals, terms, strict=True):
        if times:
            pair += times * goal.pair
            cover += times * goal.cover
        if goal.coarse is not None:
            tie, coarse = times, goal.coarse
        elif problem.trios[1]:
            side += times * goal.pair
    if cover.any():
        pair += cover[problem.first] + cover[problem.second]
    return Sum(pair=pair, side=side, cover=cover, tie=tie, coarse=coarse)


def free_pairs(problem: PeerProblem) -> Mask:
    """The pairs that may be chosen beside the forced ones, where everybody is in one match at most."""
    free = problem.high > 0
    free[problem.first[problem.forced]] = False
    free[problem.second[problem.forced]] = False
    return np.asarray(free[problem.first] & free[problem.second] & ~problem.forced)
