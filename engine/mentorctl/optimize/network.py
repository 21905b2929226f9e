"""Pairs as a network: who is matched with whom, exactly, in the order of several objectives.

Each person's number of matches lies in an interval, and each pair is used at most once, so the matrix of the linear
program is totally unimodular: its corner solutions are whole numbers and pair variables stay continuous (Hoffman and
Kruskal 1956). Columns are generated: the program holds few pairs at first, the dual prices of its solution price all
the others, and those that would improve it enter, until none is left (Dantzig and Wolfe 1960). The whole-number
prices then prove the optimum over all pairs, without the solver: see `price_bound`.

Several objectives are served one after the other. Complementary slackness tells from the prices which pairs and
numbers of matches every optimum shares; only the rest is free for the next objective. The last two objectives are the
tie-break, so that the answer does not depend on the solver.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.linear import LinearModel, Solution, Status, solve

type Ints = NDArray[np.int64]
type Mask = NDArray[np.bool_]

_BEST_FIRST = 20  # columns per person to begin with
_ENTERING = 24  # columns per mentee that may enter at once
_TIE_BITS = 26  # the tie-break's weights stay exact in the solver's floating point
EXACT = 1 << 33  # objectives are folded into one number while its weights stay below this


class NoProof(Exception):  # noqa: N818 - the name of what happened
    """The solver's answer does not agree with its certificate; it must not be used."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """Pairs (ordered by mentee, then mentor) and how many matches each person may have: `low <= matches <= high`.

    Mentees are nodes 0 … n-1, mentors n … n+m-1, so `low` and `high` have n+m entries and `mentor` counts from n.
    """

    mentees: int
    mentee: Ints
    mentor: Ints
    low: Ints
    high: Ints

    def __len__(self) -> int:
        return len(self.mentee)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Objective:
    """What to maximize: points per pair, and a reward per person for having at least one match."""

    pair: Ints
    cover: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Certificate:
    """A price per person that proves an objective: no matching can be worth more than `bound`."""

    prices: Ints
    value: int
    bound: int

    @property
    def proves(self) -> bool:
        return self.value == self.bound


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetworkAnswer:
    """The chosen pairs, and a certificate for each objective in turn."""

    chosen: Mask
    certificates: tuple[Certificate, ...]


def solve_network(
    network: Network, objectives: tuple[Objective, ...], *, solver: str = "highs", settled: bool = True
) -> NetworkAnswer:
    """The best pairs under the objectives in order, then under the tie-break, unless it need not be `settled`.

    Raises NoProof when a certificate does not hold.
    """
    face = _Face(network)
    certificates = []
    for objective in (*objectives, *(_tie_break(network) if settled else ())):
        here = face.seen_from(objective)
        certificate, chosen = _maximize(face, here, solver, sure=worth(network, objective, face.forced))
        certificates.append(certificate)
        face.restrict(here, certificate, chosen)
    return NetworkAnswer(chosen=face.chosen(), certificates=tuple(certificates))


def price_bound(network: Network, objective: Objective, prices: Ints) -> int:
    """What no matching can exceed, for any whole-number prices: the Lagrangian dual, in exact arithmetic.

    A person with price u pays u for each match and gets back the best of what the interval allows.
    """
    gain = objective.pair - prices[network.mentee] - prices[network.mentor]
    slack = network.high - network.low
    first = (network.low == 0) & (slack > 0)  # the reward is earned by the first match
    sure = int(objective.cover[network.low > 0].sum())
    rewarded = np.maximum(0, prices + objective.cover)[first].sum()
    plain = ((slack - first) * np.maximum(0, prices)).sum()
    return int(np.maximum(0, gain).sum()) + int(rewarded) + int(plain) + int((prices * network.low).sum()) + sure


def worth(network: Network, objective: Objective, chosen: Mask) -> int:
    """The objective of a choice of pairs."""
    matches = _matches(network, chosen)
    return int(objective.pair[chosen].sum()) + int(objective.cover[matches > 0].sum())


def _matches(network: Network, chosen: Mask) -> Ints:
    people = len(network.low)
    return (
        np.bincount(network.mentee[chosen], minlength=people) + np.bincount(network.mentor[chosen], minlength=people)
    ).astype(np.int64)


class _Face:
    """The pairs and intervals that are still free when the objectives so far are at their best."""

    def __init__(self, network: Network) -> None:
        self.whole = network
        self.network = network
        self.pairs = np.arange(len(network))  # the free pairs, as positions in the whole
        self.forced = np.zeros(len(network), np.bool_)
        self.incumbent: Mask = np.zeros(len(network), np.bool_)  # of the free pairs, those of the last solve

    def seen_from(self, objective: Objective) -> Objective:
        """An objective over the free pairs; people with a forced match have earned their reward already."""
        covered = _matches(self.whole, self.forced) > 0
        return Objective(pair=objective.pair[self.pairs], cover=np.where(covered, 0, objective.cover))

    def restrict(self, objective: Objective, certificate: Certificate, chosen: Mask) -> None:
        """Fix what the prices decide: pairs with a gain are in, with a loss out, and numbers of matches alike."""
        net, prices = self.network, certificate.prices
        gain = objective.pair - prices[net.mentee] - prices[net.mentor]
        self.forced[self.pairs[gain > 0]] = True
        low, high = _decided_intervals(net, objective.cover, prices)
        taken = _matches(net, gain > 0)
        free = gain == 0
        self.incumbent = chosen[free]
        self.pairs = self.pairs[free]
        self.network = Network(
            mentees=net.mentees,
            mentee=net.mentee[free],
            mentor=net.mentor[free],
            low=np.maximum(0, low - taken),
            high=high - taken,
        )

    def chosen(self) -> Mask:
        """The pairs that are in: the forced ones, and of the free ones those of the last solve."""
        result = self.forced.copy()
        result[self.pairs[self.incumbent]] = True
        return result


def _decided_intervals(net: Network, cover: Ints, prices: Ints) -> tuple[Ints, Ints]:
    """By complementary slackness: a reward or a price above zero is used to the full, one below zero not at all."""
    slack = net.high - net.low
    first = ((net.low == 0) & (slack > 0)).astype(np.int64)
    rest = slack - first
    value = prices + cover
    low = net.low + np.where(value > 0, first, 0) + np.where(prices > 0, rest, 0)
    high = net.low + np.where(value >= 0, first, 0) + np.where(prices >= 0, rest, 0)
    return low, high


def _maximize(face: _Face, objective: Objective, solver: str, *, sure: int) -> tuple[Certificate, Mask]:
    """The best free pairs, and the certificate over all free pairs; `sure` is what the forced pairs are worth."""
    net = face.network
    active = _first_columns(net, objective.pair) | face.incumbent  # with the incumbent the intervals can be kept
    while True:
        columns = np.flatnonzero(active)
        solution = solve(_restricted(net, objective, columns), solver=solver)
        if solution.status is Status.INFEASIBLE and not active.all():
            active[:] = True
            continue
        if not solution.answered:
            raise NoProof(f"the solver ended with `{solution.status}`")
        prices = -np.rint(solution.row_duals).astype(np.int64)
        entering = _entering(net, objective.pair, prices, active)
        if not len(entering):
            break
        active[entering] = True
    chosen = np.zeros(len(net), np.bool_)
    chosen[columns[_whole(solution, len(columns))]] = True
    certificate = Certificate(
        prices=prices, value=sure + worth(net, objective, chosen), bound=sure + price_bound(net, objective, prices)
    )
    if not certificate.proves:
        raise NoProof(f"the value {certificate.value} and its bound {certificate.bound} differ")
    return certificate, chosen


def _whole(solution: Solution, pairs: int) -> Mask:
    return np.asarray(solution.x[:pairs] > 0.5)  # noqa: PLR2004 - the certificate compares the exact value


def _first_columns(net: Network, points: Ints) -> Mask:
    """The best few pairs of each person; all of them when there are not many more."""
    if len(net) <= _BEST_FIRST * len(net.low):
        return np.ones(len(net), np.bool_)
    active = np.zeros(len(net), np.bool_)
    for side in (net.mentee, net.mentor):
        order = np.lexsort((-points, side))
        begins = np.searchsorted(side[order], np.arange(len(net.low) + 1))
        rank = np.arange(len(net)) - begins[side[order]]
        active[order[rank < _BEST_FIRST]] = True
    return active


def _entering(net: Network, points: Ints, prices: Ints, active: Mask) -> Ints:
    """The pairs outside the program that would improve it, the best few of each mentee."""
    gain = points - prices[net.mentee] - prices[net.mentor]
    found = np.flatnonzero((gain > 0) & ~active)
    order = found[np.lexsort((-gain[found], net.mentee[found]))]
    begins = np.searchsorted(net.mentee[order], np.arange(net.mentees + 1))
    rank = np.arange(len(order)) - begins[net.mentee[order]]
    return order[rank < _ENTERING]


def _restricted(net: Network, objective: Objective, columns: Ints) -> LinearModel:
    """The linear program over some pairs, as a minimization.

    One equation a person: matches - first - rest = low, where `first` (at most 1, with the reward) and `rest` fill the
    interval. Columns are the pairs, then `first`, then `rest`.
    """
    people = len(net.low)
    slack = net.high - net.low
    first = ((net.low == 0) & (slack > 0)).astype(np.float64)
    pairs = len(columns)
    ends = np.stack([net.mentee[columns], net.mentor[columns]], axis=1).ravel()
    nodes = np.tile(np.arange(people), 2)
    return LinearModel(
        cost=np.concatenate([-objective.pair[columns], -objective.cover * first, np.zeros(people)]).astype(np.float64),
        lower=np.zeros(pairs + 2 * people),
        upper=np.concatenate([np.ones(pairs), first, slack - first]).astype(np.float64),
        integer=np.zeros(pairs + 2 * people, np.bool_),
        sense=np.zeros(people, np.int8),
        rhs=net.low.astype(np.float64),
        starts=np.concatenate([np.arange(0, 2 * pairs, 2), 2 * pairs + np.arange(2 * people + 1)]).astype(np.int64),
        rows=np.concatenate([ends, nodes]).astype(np.int32),
        values=np.concatenate([np.ones(2 * pairs), -np.ones(2 * people)]),
    )


def _tie_break(network: Network) -> Iterator[Objective]:
    """The least sum of a hash of both people's places in id order; then the least sum of places.

    Places, not ids, are hashed: renaming people without changing their order changes nothing.
    """
    nobody = np.zeros(len(network.low), np.int64)
    key = (network.mentee.astype(np.uint64) << np.uint64(32)) | network.mentor.astype(np.uint64)
    yield Objective(pair=-(_mixed(key) >> np.uint64(64 - _TIE_BITS)).astype(np.int64), cover=nobody)
    yield Objective(pair=-np.arange(1, len(network) + 1, dtype=np.int64), cover=nobody)


def _mixed(key: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finalizer of splitmix64 (Steele, Lea and Flood 2014)."""
    key = (key + np.uint64(0x9E3779B97F4A7C15)) * np.uint64(1)
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(31))
