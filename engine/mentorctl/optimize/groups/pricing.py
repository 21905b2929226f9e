"""Circles with a topic: prices for seats, and which seats under which topics the best answers can use.

Everybody gets a price for a seat, and each unit takes the topic and the members that are worth most to it beyond their
prices. What units and people make of that together is more than any answer is worth (Geoffrion 1974), and a seat that
loses more than the room between that and a known answer is in no better one. Prices are found by steps against the
subgradient (Held, Wolfe and Crowder 1974); all of this is true of any prices.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.groups.activation import CLOSED, OPEN, Activation, activation_of, in_order, worth_of_terms
from mentorctl.optimize.groups.problem import GroupProblem, Mask
from mentorctl.optimize.groups.rules import ANY_ROLE, Cohesion
from mentorctl.optimize.kernels import native, transport

type Numbers = NDArray[np.float64]

_SMALL = 2000  # candidates times topics; with fewer the whole program is solved at once
_FIRST = 6  # seats a person in the first core
_STEPS, _PATIENCE = 600, 15  # the most steps, and after how many without a better bound they are halved
_NEVER = -1e15  # what seats are worth that cannot be filled


class Pricing:
    """A problem with its prices: `bound` is what they prove, `loss` what each seat under each topic loses at least."""

    def __init__(self, problem: GroupProblem, activation: Activation, rule: Cohesion, terms: list[int]) -> None:
        self.problem, self.activation, self.terms = problem, activation, terms
        worth = sum(
            often * (objective.extras * rule.points + objective.shared)
            for often, objective in zip(terms, problem.objectives, strict=False)
        )
        shares = worth * rule.topics[problem.holder_person[problem.holder]].astype(np.float64)
        if rule.role != ANY_ROLE:
            shares[problem.holder_role[problem.holder] != rule.role] = 0.0
        self._shares = np.ascontiguousarray(shares[activation.candidate].T)
        unit = problem.seat_unit[problem.seat]
        self._anyway = np.repeat(activation.reward[:, None].astype(np.float64), shares.shape[1], axis=1)
        np.add.at(self._anyway, unit[problem.tied], shares[problem.tied])
        seat = activation.network.mentor - activation.holders
        self._unit = activation.seat_unit[seat]
        self._arcs = [np.flatnonzero(seat == number) for number in range(len(activation.seat_unit))]
        self.bound, self.loss = self._search(worth * activation.holders / 4)

    def core(self, room: float) -> Mask:
        """The candidates under each topic that lose no more than this."""
        kept = np.ones((len(self.problem.seat), len(self.loss)), np.bool_)
        kept[self.activation.candidate] = (self.loss <= room).T
        return kept

    def first_room(self) -> float:
        """Room for the seats of a first core."""
        wanted = min(_FIRST * self.activation.holders, self.loss.size - 1)
        return float(np.partition(self.loss, wanted, axis=None)[wanted])

    def room_above(self, values: tuple[int, ...]) -> float:
        """What a seat may lose in an answer that is as good as one with these values."""
        worth = worth_of_terms(self.problem, self.terms, values, np.zeros(len(self.problem.seat), np.bool_))
        return self.bound - worth + 1e-9 * abs(self.bound)

    def _search(self, length: float) -> tuple[float, Numbers]:
        best = prices = self._first_prices()
        least, slope, loss = self._at(prices)
        idle = 0
        for _ in range(_STEPS):
            if not slope.any() or length < 1:
                break
            prices = prices - length / float(slope @ slope) * slope
            bound, slope, now = self._at(prices)
            if bound < least:
                least, loss, best, idle = bound, now, prices, 0
                continue
            idle += 1
            if idle % _PATIENCE == 0:
                length, prices = length / 2, best
                _, slope, _ = self._at(prices)
        return least, loss

    def _first_prices(self) -> Numbers:
        """Those of the network in which everybody shares whatever topic is best."""
        network, objective, _ = self.activation.case(self.activation.start)
        if not native.available():
            return np.zeros(self.activation.holders)
        points = objective.pair + self._shares.max(axis=0, initial=0).astype(np.int64)
        ends = (network.mentee.astype(np.int32), network.mentor.astype(np.int32))
        _, _, prices = transport.solve_network(
            network.mentees, ends, points, (objective.cover, network.low, network.high)
        )
        return prices[: self.activation.holders].astype(np.float64)

    def _at(self, prices: Numbers) -> tuple[float, Numbers, Numbers]:
        """The bound at some prices, by how many seats more people want than they get, and what each seat loses."""
        made = self.activation
        total, wanted = self._of_people(prices)
        gain = (made.points - prices[made.network.mentee])[None, :] + self._shares
        loss, taken, worth = np.empty_like(gain), np.zeros(gain.shape, np.bool_), self._anyway.copy()
        for seat, arcs in enumerate(self._arcs):
            best, loss[:, arcs], taken[:, arcs] = _best_seats(gain[:, arcs], int(made.low[seat]), int(made.high[seat]))
            worth[made.seat_unit[seat]] += best
        most = worth.max(axis=1)
        most = np.where(made.start == CLOSED, 0.0, np.where(made.start == OPEN, most, np.maximum(0.0, most)))
        opens = (made.start == OPEN) | (most > 0)
        chosen = taken[worth.argmax(axis=1)[self._unit], np.arange(len(self._unit))] & opens[self._unit]
        slope = wanted - np.bincount(made.network.mentee[chosen], minlength=made.holders)
        return total + float(most.sum()), slope, loss + (most[:, None] - worth)[self._unit].T

    def _of_people(self, prices: Numbers) -> tuple[float, Numbers]:
        """What people get for the seats that they want at these prices, and how many those are."""
        made = self.activation
        low, high = made.network.low[: made.holders], made.network.high[: made.holders]
        options = np.stack([low, np.minimum(np.maximum(low, 1), high), high])
        worth = options * prices + np.where(options > 0, made.cover, 0)
        at = worth.argmax(axis=0)
        people = np.arange(made.holders)
        return float(worth[at, people].sum()), options[at, people].astype(np.float64)


def pricing_of(problem: GroupProblem) -> Pricing | None:
    """The prices, or None where more than sizes and one rule about a topic matters, or there is little to save."""
    match problem.rules:
        case (Cohesion() as rule,) if int((~problem.tied).sum()) * rule.topics.shape[1] > _SMALL:
            terms = in_order(problem, ties=False)
            activation = activation_of(replace(problem, rules=()), terms)
            if activation is None or len(set(rule.units.tolist())) < problem.units:
                return None
            return Pricing(problem, activation, rule, terms)
    return None


def _best_seats(gain: Numbers, low: int, high: int) -> tuple[Numbers, Numbers, Mask]:
    """For each topic (a row): what the best members of one kind of seats gain, what each loses who must be one, who."""
    topics, count = gain.shape
    if not low <= min(high, count):
        return np.full(topics, _NEVER), np.zeros(gain.shape), np.zeros(gain.shape, np.bool_)
    if not count:
        return np.zeros(topics), np.zeros(gain.shape), np.zeros(gain.shape, np.bool_)
    order = np.argsort(-gain, axis=1, kind="stable")
    ranked = np.take_along_axis(gain, order, axis=1)
    members = np.clip((ranked > 0).sum(axis=1), low, min(high, count))
    inside = np.arange(count)[None, :] < members[:, None]
    taken = np.zeros(gain.shape, np.bool_)
    np.put_along_axis(taken, order, inside, axis=1)
    last = np.where(members > 0, ranked[np.arange(topics), members - 1], np.inf)
    beside = np.where(members < high, 0.0, np.inf)  # somebody more, or in the place of the last
    loss = np.where(taken, 0.0, np.minimum(last, beside)[:, None] - gain)
    return np.where(inside, ranked, 0.0).sum(axis=1), np.maximum(0.0, loss), taken
