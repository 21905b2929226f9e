"""Groups in which all is a network but one thing: which units open.

Holders are one side and seats the other, and all seats of a closed unit are empty. With every unit opened or closed
the best choice is that of a network (`optimize.network`). While some units are undecided, the network in which those
may have too few members, but not too many, is worth at least as much as any answer. All objectives and the tie-break
are one sum of points, each multiplied by more than all later ones can change, in whole numbers.
"""

import numpy as np

from mentorctl.optimize.groups.problem import GroupObjective, GroupProblem, Ints, Mask
from mentorctl.optimize.groups.rules import Cohesion
from mentorctl.optimize.groups.stages import pair_ties
from mentorctl.optimize.network import Network, Objective, price_bound
from mentorctl.values import dataclass

UNDECIDED, CLOSED, OPEN = -1, 0, 1
_LARGEST = 1 << 54  # the kernel takes four times as much


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Activation:
    """A group problem as a network with units that open.

    The arcs of the network are the candidates that are not tied, `candidate` says which. `points` are those of each
    arc, `cover` per holder for their first seat, `reward` per unit for opening. Of each seat kind, `seat_unit` is its
    unit and `low` to `high` are what it takes beside the tied ones. `start` says which units are decided anyway.
    """

    holders: int
    candidate: Ints
    network: Network  # with the intervals of the holders, and of no seat
    points: Ints
    cover: Ints
    reward: Ints
    seat_unit: Ints
    low: Ints
    high: Ints
    start: Ints

    def case(self, state: Ints) -> tuple[Network, Objective, int]:
        """The network with units closed, open or undecided, and what the open ones are worth without their seats."""
        of_seat = state[self.seat_unit]
        low, high = self.network.low.copy(), self.network.high.copy()
        low[self.holders :] = np.where(of_seat == OPEN, self.low, 0)
        high[self.holders :] = np.where(of_seat == CLOSED, 0, self.high)
        cover = np.zeros(len(low), np.int64)
        cover[: self.holders] = self.cover
        hoped = np.flatnonzero((state == UNDECIDED) & (self.reward > 0))
        cover[self.holders + self._needed_seat()[hoped]] = self.reward[hoped]
        net = self.network
        network = Network(mentees=net.mentees, mentee=net.mentee, mentor=net.mentor, low=low, high=high)
        return network, Objective(pair=self.points, cover=cover), int(self.reward[state == OPEN].sum())

    def bound(self, state: Ints, prices: Ints) -> int:
        """What no answer exceeds in which units are as this says, whatever the prices. ValueError if out of range."""
        network, objective, sure = self.case(state)
        return price_bound(network, objective, prices) + sure

    def loads(self, chosen: Mask) -> Ints:
        """How many sit on each kind of seats, given the chosen arcs."""
        return np.bincount(self.network.mentor[chosen] - self.holders, minlength=len(self.seat_unit))

    def in_use(self, loads: Ints) -> Mask:
        """The units in which somebody sits."""
        return np.bincount(self.seat_unit, loads, minlength=len(self.reward)) > 0

    def broken(self, state: Ints, loads: Ints) -> Ints:
        """How far each undecided unit is from being a group: seats that are empty or taken too much, or its price."""
        used = self.in_use(loads) & (state == UNDECIDED)
        missing = np.minimum(loads, self.low - loads).clip(0) + ((loads == 0) & (self.low > 0))
        by_unit = np.bincount(self.seat_unit, missing, minlength=len(state)).astype(np.int64)
        return np.where(used, by_unit + (self.reward < 0), 0)

    def _needed_seat(self) -> Ints:
        """Of each unit the first kind of seats that is not empty when it is open."""
        at = np.zeros(len(self.reward), np.int64)
        needed = np.flatnonzero(self.low > 0)[::-1]
        at[self.seat_unit[needed]] = needed
        return at


def activation_of(problem: GroupProblem, terms: list[int]) -> Activation | None:
    """The problem as a network with units that open, worth so often each objective and the tie-break together.

    None where it is something else, or the numbers are too large.
    """
    p = problem
    unit = p.seat_unit[p.seat]
    free = np.flatnonzero(~p.tied)
    free = free[np.lexsort((p.seat[free], p.holder[free]))]
    holders, seats = len(p.holder_person), len(p.seat_unit)
    tied = np.bincount(p.seat[p.tied], minlength=seats)
    low, high = np.maximum(0, p.seat_low - tied), p.seat_high - tied
    needs_somebody = np.bincount(p.seat_unit, low, minlength=p.units) > 0
    arcs = np.bincount(p.seat[free], minlength=seats)
    possible = np.bincount(p.seat_unit, (arcs < low) | (high < low), minlength=p.units) == 0
    if p.rules or len(p.apart_first) or len(p.bonus_first) or _meet_twice(p, unit) or not _tied_fit(p):
        return None
    if not needs_somebody.all() or (p.must_open & ~possible).any() or not all(map(_is_plain, p.objectives)):
        return None
    folded = _folded(p, terms, unit)
    if folded is None or folded[1].min(initial=0) < 0:
        return None
    points, cover, reward = folded
    network = Network(
        mentees=holders,
        mentee=p.holder[free].astype(np.int32),
        mentor=(holders + p.seat[free]).astype(np.int32),
        low=np.concatenate([p.holder_low, np.zeros(seats, np.int64)]),
        high=np.concatenate([p.holder_high, np.zeros(seats, np.int64)]),
    )
    return Activation(
        holders=holders,
        candidate=free,
        network=network,
        points=np.ascontiguousarray(points[free]),
        cover=cover,
        reward=reward,
        seat_unit=p.seat_unit,
        low=low,
        high=high,
        start=np.where(p.must_open, OPEN, np.where(possible, UNDECIDED, CLOSED)),
    )


def in_order(problem: GroupProblem, *, ties: bool) -> list[int]:
    """How often each objective is taken so that they are served in order: more than all later ones can change.

    The last number is that of the tie-break, 0 without it.
    """
    terms, weight = [int(ties)], 1 + ties * _spread(problem, -_ties(problem))
    for objective in reversed(problem.objectives):
        terms.append(weight)
        spread = _spread(problem, objective.candidate) + _range(objective.unit) + _range(objective.cover)
        spread += sum(
            (objective.extras * rule.points + objective.shared) * int(_room(problem).sum())
            for rule in problem.rules
            if isinstance(rule, Cohesion)
        )
        weight *= 1 + spread
    return terms[::-1]


def worth_of_terms(problem: GroupProblem, terms: list[int], values: tuple[int, ...], chosen: Mask) -> int:
    """What an answer with these values is worth together."""
    ties = sum(_ties(problem)[chosen & ~problem.tied].tolist())
    return sum(often * value for often, value in zip(terms, (*values, -ties), strict=True))


def most_often(problem: GroupProblem, terms: list[int]) -> int:
    """How often these terms can be taken at most, and the tie-break beside them, with numbers that the kernel takes."""
    return _LARGEST // max(1, _size_of(problem, terms))


def fits(problem: GroupProblem, terms: list[int]) -> bool:
    """Whether the kernel takes the numbers."""
    return _size_of(problem, terms) <= 2 * _LARGEST


def _size_of(problem: GroupProblem, terms: list[int]) -> int:
    """How long a path in the network can be at most, as the kernel sees it."""
    p = problem
    points = [*(o.candidate for o in p.objectives), _ties(p)]
    each = sum(often * int(np.abs(part).max(initial=0)) for often, part in zip(terms, points, strict=True))
    other = zip(terms, p.objectives, strict=False)
    covers = sum(often * (_range(o.cover) + _range(o.unit)) for often, o in other)
    seats = min(int(_room(p).sum()), int(np.minimum(p.seat_high, len(p.holder)).sum()))
    people = len(p.holder_person) + len(p.seat_unit)
    return 4 * (people + 4) * (each + covers + 1) + 8 * (2 * seats * each + covers + 1)


def _is_plain(objective: GroupObjective) -> bool:
    """Whether an objective is a sum over people, seats and units."""
    return not (len(objective.family) or (objective.least and len(objective.least_of)) or objective.peak)


def _meet_twice(p: GroupProblem, unit: Ints) -> bool:
    """Whether somebody has a choice of seats in one family, of which they may take one only."""
    key = p.family[unit] * p.people + p.holder_person[p.holder]
    return not np.diff(np.sort(key)).all()


def _tied_fit(p: GroupProblem) -> bool:
    """Whether those who sit in a unit whenever it is open have room for all of theirs, and no other seats."""
    tied = np.bincount(p.holder[p.tied], minlength=len(p.holder_person))
    free = np.bincount(p.holder[~p.tied], minlength=len(p.holder_person))
    covers = [o.cover != 0 for o in p.objectives if len(o.cover)]
    counted = np.any(covers, axis=0) if covers else np.zeros(len(tied), np.bool_)
    wrong = (tied > p.holder_high) | (p.holder_low > 0) | (free > 0) | (counted & (tied > 1))
    return not (wrong & (tied > 0)).any()


def _ties(p: GroupProblem) -> Ints:
    return pair_ties(p.seat, p.holder)


def _room(p: GroupProblem) -> Ints:
    """How many seats each holder takes at most."""
    return np.minimum(p.holder_high, np.bincount(p.holder, minlength=len(p.holder_high)))


def _spread(p: GroupProblem, points: Ints) -> int:
    """By how much the points of those who sit can differ at most."""
    if not len(points):
        return 0
    total = 0
    for most in (points, -points):
        largest = np.zeros(len(p.holder_high), np.int64)
        np.maximum.at(largest, p.holder, most)
        total += sum(count * each for count, each in zip(_room(p).tolist(), largest.tolist(), strict=True))
    return total


def _range(points: Ints) -> int:
    return sum(map(abs, points.tolist()))


def _folded(p: GroupProblem, terms: list[int], unit: Ints) -> tuple[Ints, Ints, Ints] | None:
    """All terms as one: points per candidate, per holder covered, per open unit."""
    if not fits(p, terms):
        return None
    points, cover, reward = (np.zeros(count, np.int64) for count in (len(p.seat), len(p.holder_person), p.units))
    for objective, often in zip(p.objectives, terms, strict=False):
        points += often * objective.candidate if len(objective.candidate) else 0
        cover += often * objective.cover if len(objective.cover) else 0
        reward += often * objective.unit if len(objective.unit) else 0
    tied = np.flatnonzero(p.tied)
    np.add.at(reward, unit[tied], points[tied] + cover[p.holder[tied]])
    cover[p.holder[tied]] = 0
    return points - terms[-1] * _ties(p), cover, reward
