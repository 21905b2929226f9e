"""Checks the proof of a network without a solver, in one pass over its pairs per objective.

Any prices bound what an objective can be worth: whoever has a price pays it for each of their matches, so that a pair
is worth what it gains beyond both prices, or nothing, and a person the best that the interval allows. A choice that
reaches the bound is the best, and then every best choice has all pairs that gain and none that lose, and uses the
interval as the price says (complementary slackness). Later objectives are bounded over what that leaves.

Nothing here is shared with what finds the prices: not its arithmetic, and not its idea of what is left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mentorctl.optimize.network import Ints, Mask, Network, Objective

_LARGEST = 1 << 60  # numbers beyond it could leave 64 bits in a sum


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Proof:
    """The prices of one objective, and the value that they are to prove."""

    prices: Ints
    value: int


def choice_defects(network: Network, chosen: Mask) -> Iterator[str]:
    """What a choice of pairs does that the intervals do not allow."""
    count = _count(network, chosen)
    if (count > network.high).any():
        yield f"{int((count > network.high).sum())} people have more matches than places"
    if (count < network.low).any():
        yield f"{int((count < network.low).sum())} people have fewer matches than they must have"


def proof_defects(
    network: Network, objectives: Sequence[Objective], proofs: Sequence[Proof], chosen: Mask
) -> Iterator[str]:
    """Why the proofs do not show that the choice is the best by the objectives in their order; nothing when they do."""
    if len(proofs) != len(objectives):
        yield f"there are {len(proofs)} proofs of {len(objectives)} objectives"
        return
    left = Left(network)
    for number, (objective, proof) in enumerate(zip(objectives, proofs, strict=True), start=1):
        if len(proof.prices) != len(network.low) or np.abs(proof.prices).max(initial=0) > _LARGEST:
            yield f"the prices of objective {number} are not one for each person"
            return
        value = _value(network, objective, chosen)
        if value != proof.value:
            yield f"objective {number} is worth {value:,}, and {proof.value:,} is to be proved"
            return
        bound = left.bound(objective, proof.prices)
        if bound != value:
            yield f"the prices of objective {number} allow {bound:,}, and the matches are worth {value:,}"
            return
        left.keep_the_best(objective, proof.prices)


def bounds_in_order(network: Network, objectives: Sequence[Objective], proofs: Sequence[Proof]) -> Iterator[int]:
    """What each objective can be worth at most among the choices that reach the bounds of those before it."""
    left = Left(network)
    for objective, proof in zip(objectives, proofs, strict=False):
        if len(proof.prices) != len(network.low) or np.abs(proof.prices).max(initial=0) > _LARGEST:
            return
        yield left.bound(objective, proof.prices)
        left.keep_the_best(objective, proof.prices)


class Left:
    """What the objectives so far leave open: pairs, and how many more matches each person may have."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._open = np.ones(len(network), np.bool_)
        self._in = np.zeros(len(network), np.bool_)
        self._low, self._high = network.low.copy(), network.high.copy()

    def bound(self, objective: Objective, prices: Ints) -> int:
        """What no choice that is still open can exceed."""
        net = self._network
        sure = _value(net, objective, self._in)
        gain = self._gain(objective, prices)
        total = sure + int(gain[self._open & (gain > 0)].sum())
        reward = self._rewards(objective)
        for person in np.flatnonzero((prices != 0) | (reward != 0)).tolist():
            total += _most(int(self._low[person]), int(self._high[person]), int(prices[person]), int(reward[person]))
        return total

    def keep_the_best(self, objective: Objective, prices: Ints) -> None:
        """Close what no best choice has, and take in what every best choice has."""
        gain = self._gain(objective, prices)
        taken = self._open & (gain > 0)
        lone = prices + self._rewards(objective)
        first = (self._low == 0) & (self._high > 0)  # the next match is the one that is rewarded
        floor = np.where(first, 1, self._low)
        low = np.where(prices > 0, self._high, np.where(first & (lone > 0), 1, self._low))
        high = np.where(prices >= 0, self._high, floor)
        low = np.where(first & (lone < 0), 0, low)
        high = np.where(first & (lone < 0), 0, high)
        low = np.where(first & (lone == 0) & (prices <= 0), 0, low)
        count = _count(self._network, taken)
        self._low, self._high = np.maximum(0, low - count), high - count
        self._in = self._in | taken
        self._open = self._open & (gain == 0)

    def network(self) -> tuple[Network, Mask]:
        """The open pairs as a network of their own, and which of all pairs they are."""
        net, kept = self._network, self._open
        there = replace(net, mentee=net.mentee[kept], mentor=net.mentor[kept], low=self._low, high=self._high)
        return there, kept

    def seen(self, objective: Objective) -> Objective:
        """An objective over the open pairs."""
        return Objective(pair=objective.pair[self._open], cover=self._rewards(objective))

    def _gain(self, objective: Objective, prices: Ints) -> Ints:
        net = self._network
        return np.asarray(objective.pair - prices[net.mentee] - prices[net.mentor])

    def _rewards(self, objective: Objective) -> Ints:
        """What a first match still earns: nothing for people who have one in every choice that is open."""
        return np.where((_count(self._network, self._in) > 0), 0, objective.cover)


def _most(low: int, high: int, price: int, reward: int) -> int:
    """The best that one person can get: the price for each match, and the reward for having one."""
    ends = {low, high, max(low, min(high, 1))}
    return max(price * count + (reward if count else 0) for count in ends)


def _value(network: Network, objective: Objective, chosen: Mask) -> int:
    return int(objective.pair[chosen].sum()) + int(objective.cover[_count(network, chosen) > 0].sum())


def _count(network: Network, chosen: Mask) -> Ints:
    people = len(network.low)
    ends = np.concatenate([network.mentee[chosen], network.mentor[chosen]])
    return np.bincount(ends, minlength=people).astype(np.int64)
