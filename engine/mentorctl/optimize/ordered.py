"""Aims in order over a network, of which some are not sums: that the worst of the chosen pairs is as good as can be.

The largest level that loses nothing of the aims before is found by bisection over the scores, each step a network
without the pairs below it. What proves it is the certificate of the first step above, whose bound is less than what
the aims before had reached.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mentorctl.optimize.budgets import Budget, keeps, solve_within, within
from mentorctl.optimize.network import (
    Certificate,
    Ints,
    Mask,
    Network,
    NetworkAnswer,
    Objective,
    solve_network,
)
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from mentorctl.optimize.groups.stages import Remaining


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Worst:
    """The least points of a chosen pair are to be as many as possible. Objectives come before it."""

    pair: Ints


type Aim = Objective | Worst


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Threshold:
    """All chosen pairs have `level` points or more, and no answer as good in the aims before has `beyond` or more.

    `reached` certifies the aims before, over the pairs that earlier thresholds left; `missed` over those of them with
    `beyond` or more, up to the first one that falls short. `beyond` is `level` where no pair has more.
    """

    level: int
    beyond: int
    reached: tuple[Certificate, ...]
    missed: tuple[Certificate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrderedAnswer(NetworkAnswer):
    """The certificates are those of the objectives over the pairs that all thresholds leave."""

    thresholds: tuple[Threshold, ...] = ()


def solve_in_order(
    network: Network,
    aims: Sequence[Aim],
    budgets: Sequence[Budget] = (),
    *,
    solver: str = "highs",
    remaining: "Remaining | None" = None,
    proof: bool = False,
) -> OrderedAnswer:
    """The best pairs under the aims in order, then under the tie-break, within the budgets.

    Where the best answer without budgets keeps them, it is the best one with them, and has the same proof. `proof` has
    a PuLP model confirm the first objective of a network. Raises NoProof as `solve_network` does.
    """
    if budgets and not _has_twins(network):
        free = solve_in_order(network, aims, solver=solver, proof=proof)
        if keeps(budgets, free.chosen):
            return free
    solve = _Solve(network=network, budgets=tuple(budgets), solver=solver, remaining=remaining)
    left = np.ones(len(network), np.bool_)
    before: list[Objective] = []
    thresholds = []
    for aim in aims:
        if isinstance(aim, Objective):
            before.append(aim)
            continue
        thresholds.append(_highest(solve, left, before, aim))
        left &= aim.pair >= thresholds[-1].level
    found = solve(left, before, proof=proof)
    chosen = np.zeros(len(network), np.bool_)
    chosen[np.flatnonzero(left)[found.chosen]] = True
    return OrderedAnswer(
        chosen=chosen, certificates=found.certificates, modeled=found.modeled, thresholds=tuple(thresholds)
    )


def _has_twins(network: Network) -> bool:
    """Whether two pairs have the same people, which only a budget may allow."""
    return bool(((np.diff(network.mentee) == 0) & (np.diff(network.mentor) == 0)).any())


def only(network: Network, pairs: Mask) -> Network:
    """The same people with some of the pairs."""
    return network if pairs.all() else replace(network, mentee=network.mentee[pairs], mentor=network.mentor[pairs])


def over(objective: Objective, pairs: Mask) -> Objective:
    """The same over some of the pairs."""
    return objective if pairs.all() else replace(objective, pair=objective.pair[pairs])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Solve:
    """Solves for some of the pairs and some objectives; what the next step builds on, not `settled`, must be proved."""

    network: Network
    budgets: tuple[Budget, ...]
    solver: str
    remaining: "Remaining | None"

    def __call__(
        self, pairs: Mask, objectives: Sequence[Objective], *, settled: bool = True, proof: bool = False
    ) -> NetworkAnswer:
        net, seen = only(self.network, pairs), tuple(over(objective, pairs) for objective in objectives)
        if not self.budgets:
            return solve_network(net, seen, solver=self.solver, settled=settled, proof=proof)
        here = within(self.budgets, pairs)
        return solve_within(net, seen, here, remaining=self.remaining, solver=self.solver, proved=not settled)


def _highest(solve: _Solve, left: Mask, before: Sequence[Objective], worst: Worst) -> Threshold:
    """The largest level at which the objectives before are what they are with all pairs."""
    if not before:
        raise ValueError("without an aim before it, the worst match is best when nobody is matched")
    nobody = np.zeros(len(solve.network.low), np.int64)
    hopeful = Objective(pair=worst.pair, cover=nobody)  # among the best answers, one that begins high
    reached = solve(left, (*before, hopeful), settled=False)
    proofs = reached.certificates[: len(before)]
    values = [certificate.value for certificate in proofs]
    levels = np.unique(worst.pair[left])
    low = _at(levels, worst, left, reached)
    high = max(low, _not_above(solve.network, left, before[0], values[0], worst, levels))
    missed: tuple[Certificate, ...] = ()
    while low < high:
        middle = (low + high + 1) // 2
        above = left & (worst.pair >= levels[middle])
        found = solve(above, before, settled=False)
        if [certificate.value for certificate in found.certificates[: len(before)]] == values:
            low = max(middle, _at(levels, worst, above, found))
        else:
            high, missed = middle - 1, _up_to_the_first_loss(found.certificates, values)
    if not missed and low + 1 < len(levels):
        above = left & (worst.pair >= levels[low + 1])
        missed = _up_to_the_first_loss(solve(above, before, settled=False).certificates, values)
    level = int(levels[low]) if len(levels) else 0
    beyond = int(levels[low + 1]) if low + 1 < len(levels) else level
    return Threshold(level=level, beyond=beyond, reached=proofs, missed=missed)


def _not_above(network: Network, left: Mask, first: Objective, value: int, worst: Worst, levels: Ints) -> int:
    """A level that is high enough: above it too few people have any pair left to be covered."""
    if first.pair.any() or not len(levels):
        return len(levels) - 1
    best = np.full(len(network.low), np.iinfo(np.int64).min)
    for side in (network.mentee, network.mentor):
        np.maximum.at(best, side[left], worst.pair[left])
    order = np.argsort(best, kind="stable")[::-1]
    enough = int(np.searchsorted(np.cumsum(first.cover[order]), value))  # the person who makes it enough
    return int(np.searchsorted(levels, best[order[enough]])) if value > 0 else len(levels) - 1


def _at(levels: Ints, worst: Worst, pairs: Mask, found: NetworkAnswer) -> int:
    """The level of the worst pair of an answer; the last one where nobody is matched."""
    chosen = worst.pair[pairs][found.chosen]
    return int(np.searchsorted(levels, chosen.min())) if len(chosen) else max(0, len(levels) - 1)


def _up_to_the_first_loss(certificates: tuple[Certificate, ...], values: list[int]) -> tuple[Certificate, ...]:
    first = next(at for at, c in enumerate(certificates) if c.value != values[at])
    return certificates[: first + 1]
