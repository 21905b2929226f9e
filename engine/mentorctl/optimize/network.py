"""Pairs as a network: who is matched with whom, exactly, in the order of several objectives.

Each person's number of matches lies in an interval, and each pair is used at most once. The compiled kernel finds the
best pairs and a whole-number price per person; where there is none, column generation through PuLP does. The prices
prove the optimum over all pairs, without either: see `price_bound`.

Several objectives are served one after the other. Complementary slackness tells from the prices which pairs and
numbers of matches every optimum shares; only the rest is free for the next objective. The last two objectives are the
tie-break, so that the answer does not depend on how it was found.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.columns import as_program, best_by_columns
from mentorctl.optimize.kernels import native, transport
from mentorctl.optimize.linear import solve
from mentorctl.values import dataclass

type Ints = NDArray[np.int64]
type Places = NDArray[np.integer]
type Mask = NDArray[np.bool_]

_TIE_BITS = 26  # the tie-break's weights stay exact in the solver's floating point
_LARGEST = 1 << 60  # prices and points beyond this are refused: their differences must stay whole
_BLOCK = 1 << 20  # pairs looked at together
_PROOF_PAIRS = 2  # of each mentee's equally good pairs, in the proof model
EXACT = 1 << 33  # objectives are folded into one number while its weights stay below this


class NoProof(Exception):  # noqa: N818 - the name of what happened
    """The solver's answer does not agree with its certificate; it must not be used."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """Pairs (ordered by mentee, then mentor) and how many matches each person may have: `low <= matches <= high`.

    Mentees are nodes 0 … n-1, mentors n … n+m-1, so `low` and `high` have n+m entries and `mentor` counts from n.
    The ends of pairs may be any whole numbers; the kernel takes those of 32 bits without a copy.
    """

    mentees: int
    mentee: Places
    mentor: Places
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
    """The chosen pairs, and a certificate for each objective in turn; those of the tie-break are the last two.

    `modeled` is the number of pairs in the PuLP model that confirmed the first objective, 0 where none was asked for.
    """

    chosen: Mask
    certificates: tuple[Certificate, ...]
    modeled: int = 0


def solve_network(
    network: Network,
    objectives: tuple[Objective, ...],
    *,
    solver: str = "highs",
    settled: bool = True,
    proof: bool = False,
) -> NetworkAnswer:
    """The best pairs under the objectives in order, then under the tie-break, unless it need not be `settled`.

    `proof` has a PuLP model of what the prices of the first objective leave open confirm its value.
    Raises NoProof when there is no answer, when a certificate does not hold, or when numbers are too large to be exact.
    """
    _refuse_misfits(network, objectives)
    face = Face(network)
    if settled and not proof and has_no_choice(network):
        return _with_nobody(network, objectives)
    certificates: list[Certificate] = []
    modeled = 0
    for turn in range(len(objectives) + (2 if settled else 0)):
        objective, forced = face.seen_from(objectives, turn)
        prices, chosen = _best(face, objective, solver)
        sign, over = signs_of(face.network, objective, prices)
        certificate = Certificate(
            prices=prices,
            value=forced + worth(face.network, objective, chosen),
            bound=forced + over + _shares(face.network, objective, prices),
        )
        if not certificate.proves:
            raise NoProof(f"the value {certificate.value} and its bound {certificate.bound} differ")
        certificates.append(certificate)
        face.restrict(objective, prices, chosen, sign)
        if proof and not turn:
            modeled = _confirm(face, *face.seen_from(objectives, 0), certificate.value, solver)
    return NetworkAnswer(chosen=face.chosen(), certificates=tuple(certificates), modeled=modeled)


def has_no_choice(network: Network) -> bool:
    """Whether no pair can be chosen, because one of its two people has no room; then there is nothing to search.

    Pairs of somebody who is not there are for the kernel to refuse.
    """
    ends = np.concatenate([network.mentee, network.mentor])
    if len(ends) and not 0 <= int(ends.min()) <= int(ends.max()) < len(network.high):
        return False
    open_pairs = (network.high[network.mentee] > 0) & (network.high[network.mentor] > 0)
    return not network.low.any() and not open_pairs.any()


def _with_nobody(network: Network, objectives: tuple[Objective, ...]) -> NetworkAnswer:
    """That nobody is matched, the only choice there is: whoever has room gives the reward back, and whoever has none
    asks for more than any pair is worth.
    """
    proofs, has_room = [], network.high > 0
    for objective in (*objectives, *tie_break(network)):
        prices = np.where(has_room, -objective.cover, 0)
        left = objective.pair - prices[network.mentee] - prices[network.mentor]
        prices[~has_room] = left.max(initial=0)
        proofs.append(Certificate(prices=prices, value=0, bound=0))
    return NetworkAnswer(chosen=np.zeros(len(network), np.bool_), certificates=tuple(proofs))


def price_bound(network: Network, objective: Objective, prices: Ints) -> int:
    """What no matching can exceed, for any whole-number prices: the Lagrangian dual, in exact arithmetic.

    A person with price u pays u for each match and gets back the best of what the interval allows.
    Raises ValueError for numbers beyond 2^60.
    """
    if max(_size(prices), _size(objective.cover), _size(objective.pair)) > _LARGEST:
        raise ValueError("prices and points beyond 2^60 prove nothing")
    return signs_of(network, objective, prices)[1] + _shares(network, objective, prices)


def _shares(network: Network, objective: Objective, prices: Ints) -> int:
    """What people can get at most at their prices, beside what pairs are worth more than they take."""
    slack = network.high - network.low
    first = (network.low == 0) & (slack > 0)  # the reward is earned by the first match
    sure = _total(objective.cover[network.low > 0])
    rewarded = _total(np.maximum(0, prices + objective.cover)[first])
    rest = _product(slack - first, np.maximum(0, prices))
    return rewarded + rest + _product(network.low, prices) + sure


def worth(network: Network, objective: Objective, chosen: Mask) -> int:
    """The objective of a choice of pairs."""
    at = np.flatnonzero(chosen)
    return _total(objective.pair[at]) + _total(objective.cover[matches_of(network, at) > 0])


def matches_of(network: Network, chosen: Mask | Ints) -> Ints:
    """How many matches each person has, given the chosen pairs as a mask or as positions."""
    people = len(network.low)
    counts = (np.bincount(side[chosen], minlength=people) for side in (network.mentee, network.mentor))
    return sum(counts, np.zeros(people, np.int64))


def tie_break(network: Network, at: Ints | None = None) -> tuple[Objective, Objective]:
    """The least sum of a hash of both people's places in id order; then the least sum of the pairs' own places.

    Places, not ids, are hashed: renaming people without changing their order changes nothing. `at` are positions of
    the pairs that are asked about; without it, all are.
    """
    nobody = np.zeros(len(network.low), np.int64)
    mentee, mentor = (side if at is None else side[at] for side in (network.mentee, network.mentor))
    key = (mentee.astype(np.uint64) << np.uint64(32)) | mentor.astype(np.uint64)
    place = mentee.astype(np.int64) * len(network.low) + mentor
    return (
        Objective(pair=-(_mixed(key) >> np.uint64(64 - _TIE_BITS)).astype(np.int64), cover=nobody),
        Objective(pair=-place, cover=nobody),
    )


class Face:
    """The pairs and intervals that are still free when the objectives so far are at their best."""

    def __init__(self, network: Network) -> None:
        self.whole = network
        self.network = replace(network, mentee=_short(network.mentee), mentor=_short(network.mentor))
        self.pairs: Ints | None = None  # the free pairs, as positions in the whole; None while all are
        self.forced = np.zeros(0, np.int64)  # pairs that are in, likewise
        self.incumbent: Mask = np.zeros(len(network), np.bool_)  # of the free pairs, those of the last solve

    def seen_from(self, objectives: tuple[Objective, ...], turn: int) -> tuple[Objective, int]:
        """An objective over the free pairs, and what the forced ones are worth in it.

        People with a forced match have earned their reward already.
        """
        if turn < len(objectives):
            whole = objectives[turn]
            free = whole.pair if self.pairs is None else whole.pair[self.pairs]
            forced = whole.pair[self.forced]
        else:
            at = turn - len(objectives)
            whole = free_one = tie_break(self.whole, self.pairs)[at]
            free, forced = free_one.pair, tie_break(self.whole, self.forced)[at].pair
        covered = matches_of(self.whole, self.forced) > 0
        here = Objective(pair=np.ascontiguousarray(free), cover=np.where(covered, 0, whole.cover))
        return here, _total(forced) + _total(whole.cover[covered])

    def restrict(self, objective: Objective, prices: Ints, chosen: Mask, sign: NDArray[np.int8]) -> None:
        """Fix what the prices decide: pairs with a gain are in, with a loss out, and numbers of matches alike."""
        net = self.network
        won, free = np.flatnonzero(sign > 0), np.flatnonzero(sign == 0)
        self.forced = np.concatenate([self.forced, won if self.pairs is None else self.pairs[won]])
        low, high = _decided_intervals(net, objective.cover, prices)
        taken = matches_of(net, won)
        self.incumbent = chosen[free]
        self.pairs = free if self.pairs is None else self.pairs[free]
        self.network = Network(
            mentees=net.mentees,
            mentee=net.mentee[free],
            mentor=net.mentor[free],
            low=np.maximum(0, low - taken),
            high=high - taken,
        )

    def chosen(self) -> Mask:
        """The pairs that are in: the forced ones, and of the free ones those of the last solve."""
        result = np.zeros(len(self.whole), np.bool_)
        result[self.forced] = True
        if self.pairs is not None:
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


def _best(face: Face, objective: Objective, solver: str) -> tuple[Ints, Mask]:
    """The best free pairs, and prices that should prove it; `solver` matters where the kernel is not there."""
    net = face.network
    if not native.available():
        found = best_by_columns(net, objective, face.incumbent, solver)
        if isinstance(found, str):
            raise NoProof(f"the solver ended with `{found}`")
        return found[1], found[0]
    people = (objective.cover, net.low, net.high)
    ended, chosen, prices = transport.solve_network(net.mentees, _ends(net), objective.pair, people)
    if ended is not native.Ended.OK:
        raise NoProof(_ENDED[ended])
    return prices, chosen


_ENDED = {
    native.Ended.NO_MEMORY: "the memory did not suffice",
    native.Ended.BAD_INPUT: "the pairs are not in order, or an interval or a reward cannot be meant",
    native.Ended.INFEASIBLE: "no choice of pairs gives everybody the number of matches they must have",
    native.Ended.OVERFLOW: "the points are too large for exact sums",
}


def _confirm(face: Face, objective: Objective, forced: int, value: int, solver: str) -> int:
    """Have PuLP solve the pairs that the prices leave open, and compare; returns how many they are.

    Of a mentee's many equally good pairs only a few join: each subset with the chosen pairs has the same optimum.
    """
    net = face.network
    begins = np.searchsorted(net.mentee, np.arange(net.mentees))
    joins = np.flatnonzero(face.incumbent | (np.arange(len(net)) - begins[net.mentee] < _PROOF_PAIRS))
    ends = np.concatenate([net.mentee[joins], net.mentor[joins]])
    people, number = np.unique(ends, return_inverse=True)  # the others have nothing to decide
    small = Network(
        mentees=int(np.searchsorted(people, net.mentees)),
        mentee=number[: len(joins)],
        mentor=number[len(joins) :],
        low=net.low[people],
        high=net.high[people],
    )
    open_to = Objective(pair=objective.pair[joins], cover=objective.cover[people])
    solution = solve(as_program(small, open_to, np.arange(len(joins))), solver=solver)
    sure = _total(objective.cover[net.low > 0])  # no column earns what is earned anyway
    if not solution.answered or forced + sure + round(-solution.objective) != value:
        raise NoProof(f"the proof model ended with `{solution.status}` and {-solution.objective:g}")
    return len(joins)


# -- exact sums --------------------------------------------------------------------------------------------------------


def signs_of(network: Network, objective: Objective, prices: Ints) -> tuple[NDArray[np.int8], int]:
    """Whether each pair is worth more (1), as much (0) or less (-1) than its prices, and the sum of what is over."""
    if native.available():
        pair = np.ascontiguousarray(objective.pair, np.int64)
        return transport.network_gains(_ends(network), pair, np.ascontiguousarray(prices, np.int64))
    sign, over = np.empty(len(network), np.int8), 0
    for begin in range(0, len(network), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        gain = objective.pair[block] - prices[network.mentee[block]] - prices[network.mentor[block]]
        sign[block] = np.sign(gain)
        over += _total(np.maximum(0, gain))
    return sign, over


def _total(numbers: Ints) -> int:
    """The sum, also where it does not fit into 64 bits."""
    return (int((numbers >> 32).sum()) << 32) + int((numbers & 0xFFFFFFFF).sum())


def _product(counts: Ints, prices: Ints) -> int:
    """The sum of products, also where one does not fit into 64 bits; counts are below 2^31."""
    return (int((counts * (prices >> 32)).sum()) << 32) + int((counts * (prices & 0xFFFFFFFF)).sum())


def _size(numbers: Ints) -> int:
    """The largest magnitude."""
    return max(int(numbers.max(initial=0)), -int(numbers.min(initial=0)))


def _mixed(key: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finalizer of splitmix64 (Steele, Lea and Flood 2014)."""
    key = (key + np.uint64(0x9E3779B97F4A7C15)) * np.uint64(1)
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(31))


# -- input that does not fit -------------------------------------------------------------------------------------------


def _refuse_misfits(network: Network, objectives: tuple[Objective, ...]) -> None:
    """Raises NoProof for arrays that belong to another network, and for numbers that are not whole or too large."""
    people, count = len(network.low), len(network)
    fits = len(network.mentor) == count and len(network.high) == people >= network.mentees >= 0
    if not fits or any(len(o.pair) != count or len(o.cover) != people for o in objectives):
        raise NoProof("the arrays of the network and its objectives do not fit together")
    arrays = (
        network.mentee,
        network.mentor,
        network.low,
        network.high,
        *(a for o in objectives for a in (o.pair, o.cover)),
    )
    if any(array.dtype.kind not in "iu" for array in arrays):
        raise NoProof("the numbers of the network and its objectives are not all whole")
    if any(_size(o.cover) > _LARGEST or int(o.cover.min(initial=0)) < 0 for o in objectives):
        raise NoProof("a reward for a match is below zero or too large for exact sums")
    if _size(network.high) > count and _size(network.high) >= 1 << 31:
        raise NoProof("somebody may have more matches than can be counted")


def _short(places: Places) -> NDArray[np.int32]:
    """Places as the kernel takes them. Raises NoProof where one is beyond 32 bits."""
    if places.dtype != np.int32 and _size(places.astype(np.int64, copy=False)) >= 1 << 31:
        raise NoProof("a pair names somebody who is not there")
    return np.ascontiguousarray(places, np.int32)


def _ends(network: Network) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    return _short(network.mentee), _short(network.mentor)
