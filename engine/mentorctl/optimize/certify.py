"""Whether an answer to a network is what it says, without a solver: in one pass over what is open per objective.

Any prices bound what an objective can be worth: whoever has a price pays it for each of their matches, so that a pair
is worth what it gains beyond both prices, or nothing, and a person the best that the interval allows. A choice that
reaches the bound is the best, and then every best choice has all pairs that gain and none that lose, and uses the
interval as the price says (complementary slackness). Later objectives are bounded over what that leaves.

Nothing here is shared with what finds the prices: not its arithmetic, and not its idea of what is left.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.network import Certificate, Ints, Mask, Network, NetworkAnswer, Objective, tie_break
from mentorctl.values import dataclass

type Seen = Callable[[Ints | None], Objective]  # an objective over the pairs at some positions, over all of them: None

_LARGEST = 1 << 60  # numbers beyond it could leave 64 bits in a sum
_BLOCK = 1 << 20  # pairs looked at together


def network_defects(network: Network, objectives: Sequence[Objective], answer: NetworkAnswer) -> Iterator[str]:
    """Why an answer is not shown to be the best by the objectives in their order; nothing when it is.

    Proofs beyond those of the objectives are of the tie-break.
    """
    defects = list(choice_defects(network, answer.chosen))
    count = len(answer.certificates)
    if not len(objectives) <= count <= len(objectives) + 2:
        defects.append(f"there are {count} proofs of {len(objectives)} objectives")
    yield from defects
    if not defects:
        yield from _proof_defects(network, objectives, answer)


def choice_defects(network: Network, chosen: Mask) -> Iterator[str]:
    """What a choice of pairs does that the intervals do not allow."""
    if not isinstance(chosen, np.ndarray) or chosen.dtype != np.bool_ or chosen.shape != (len(network),):
        yield "the answer does not say of each pair whether it is chosen"
        return
    count = _count(network, np.flatnonzero(chosen))
    if (count > network.high).any():
        yield f"{int((count > network.high).sum())} people have more matches than places"
    if (count < network.low).any():
        yield f"{int((count < network.low).sum())} people have fewer matches than they must have"


def value_of(network: Network, objective: Objective, chosen: Mask) -> int:
    """What a choice of pairs is worth."""
    return _value(network, seen_as(objective), np.flatnonzero(chosen))


def bounds_in_order(
    network: Network, objectives: Sequence[Objective], certificates: Sequence[Certificate]
) -> Iterator[int]:
    """What each objective can be worth at most among the choices that reach the bounds of those before it."""
    left = Left(network)
    for objective, certificate in zip(objectives, certificates, strict=False):
        if not _are_prices(network, certificate.prices):
            return
        weighed = left.weigh(seen_as(objective), certificate.prices)
        yield weighed.bound
        left.keep_the_best(weighed, certificate.prices)


def _proof_defects(network: Network, objectives: Sequence[Objective], answer: NetworkAnswer) -> Iterator[str]:
    left, chosen = Left(network), np.flatnonzero(answer.chosen)
    sought = [*map(seen_as, objectives), _tie(network, 0), _tie(network, 1)]
    for number, (seen, certificate) in enumerate(zip(sought, answer.certificates, strict=False), start=1):
        prices, value = certificate.prices, _value(network, seen, chosen)
        if not _are_prices(network, prices):
            yield f"the prices of objective {number} are not one for each person"
            return
        if not value == certificate.value == certificate.bound:
            said = f"{certificate.value} of at most {certificate.bound}"
            yield f"objective {number} is worth {value}, and {said} is to be proved"
            return
        weighed = left.weigh(seen, prices)
        if weighed.bound != value:
            yield f"the prices of objective {number} allow {weighed.bound}, and the matches are worth {value}"
            return
        left.keep_the_best(weighed, prices)


def _are_prices(network: Network, prices: Ints) -> bool:
    is_numbers = isinstance(prices, np.ndarray) and prices.dtype == np.int64 and prices.shape == network.low.shape
    return is_numbers and bool(((prices <= _LARGEST) & (prices >= -_LARGEST)).all())


def seen_as(objective: Objective) -> Seen:
    """An objective as it is looked at here."""
    return lambda at: objective if at is None else Objective(pair=objective.pair[at], cover=objective.cover)


def _tie(network: Network, which: int) -> Seen:
    return lambda at: tie_break(network, at)[which]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Weighed:
    """An objective at its prices: its bound, the sign of what each open pair gains, what a first match still earns."""

    bound: int
    sign: NDArray[np.int8]
    reward: Ints


class Left:
    """What the objectives so far leave open: pairs, and how many more matches each person may have."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._mentee, self._mentor = network.mentee, network.mentor  # of the open pairs
        self._open: Ints | None = None  # their positions; None while all are
        self._in = np.zeros(0, np.int64)
        self._low, self._high = network.low, network.high

    def weigh(self, seen: Seen, prices: Ints) -> _Weighed:
        """What no choice that is still open can exceed."""
        objective = seen(self._open)
        earned = _count(self._network, self._in) > 0
        reward = np.where(earned, 0, objective.cover)
        sign, over = self._gains(objective.pair, prices)
        sure = _total(seen(self._in).pair) + _total(objective.cover[earned])
        return _Weighed(bound=sure + over + _most(self._low, self._high, prices, reward), sign=sign, reward=reward)

    def network(self) -> tuple[Network, Ints]:
        """The open pairs as a network of their own, and their positions."""
        at = np.arange(len(self._network)) if self._open is None else self._open
        there = replace(self._network, mentee=self._mentee, mentor=self._mentor, low=self._low, high=self._high)
        return there, at

    def seen(self, objective: Objective) -> Objective:
        """An objective over the open pairs; who has a match in every choice that is open earns nothing more."""
        here = seen_as(objective)(self._open)
        return replace(here, cover=np.where(_count(self._network, self._in) > 0, 0, objective.cover))

    def _gains(self, pair: Ints, prices: Ints) -> tuple[NDArray[np.int8], int]:
        sign, over = np.empty(len(pair), np.int8), 0
        for begin in range(0, len(pair), _BLOCK):
            here = slice(begin, begin + _BLOCK)
            gain = pair[here] - prices[self._mentee[here]] - prices[self._mentor[here]]
            sign[here] = np.sign(gain)
            over += _total(gain[gain > 0])
        return sign, over

    def keep_the_best(self, weighed: _Weighed, prices: Ints) -> None:
        """Close what no best choice has, and take in what every best choice has."""
        lone = prices + weighed.reward
        first = (self._low == 0) & (self._high > 0)  # the next match is the one that is rewarded
        floor = np.where(first, 1, self._low)
        low = np.where(prices > 0, self._high, np.where(first & (lone > 0), 1, self._low))
        high = np.where(prices >= 0, self._high, floor)
        low = np.where(first & ((lone < 0) | ((lone == 0) & (prices <= 0))), 0, low)
        high = np.where(first & (lone < 0), 0, high)
        taken, still = np.flatnonzero(weighed.sign > 0), np.flatnonzero(weighed.sign == 0)
        if self._open is not None:
            taken, open_ones = self._open[taken], self._open[still]
        else:
            open_ones = still
        count = _count(self._network, taken)
        self._low, self._high = np.maximum(0, low - count), high - count
        self._in, self._open = np.concatenate([self._in, taken]), open_ones
        self._mentee, self._mentor = self._mentee[still], self._mentor[still]


def _most(low: Ints, high: Ints, price: Ints, reward: Ints) -> int:
    """The best that people can get: the price for each match, and the reward for having one; exact at any size."""
    sizes = (int(numbers.max(initial=0)) for numbers in (np.abs(price), high, np.abs(reward)))
    each, times, once = sizes
    kind: Any = np.int64 if (each * times + once) * max(1, len(price)) < _LARGEST else object
    prices, rewards = price.astype(kind), reward.astype(kind)
    ends = (low, high, np.maximum(low, np.minimum(high, 1)))
    gets = [prices * count.astype(kind) + rewards * (count > 0).astype(kind) for count in ends]
    return int(sum(np.maximum(np.maximum(gets[0], gets[1]), gets[2])))


def _value(network: Network, seen: Seen, chosen: Ints) -> int:
    objective = seen(chosen)
    return _total(objective.pair) + _total(objective.cover[_count(network, chosen) > 0])


def _count(network: Network, pairs: Ints) -> Ints:
    ends = np.concatenate([network.mentee[pairs], network.mentor[pairs]])
    return np.bincount(ends, minlength=len(network.low)).astype(np.int64)


def _total(numbers: Ints) -> int:
    """The sum, also where it does not fit into 64 bits."""
    return (int((numbers >> 32).sum()) << 32) + int((numbers & 0xFFFFFFFF).sum())
