"""A network with side rows: what some pairs use together is bounded, such as one person's hours in all programs.

Such rows leave the class of networks, so this is an integer program, and its proof is the solver's bound, which may lie
above what was found in time. It is only asked when the network without the rows has no best answer that keeps them.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mentorctl.optimize.network import Certificate, Ints, Mask, Network, NetworkAnswer, NoProof, Objective
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from mentorctl.optimize.groups.rows import Program
    from mentorctl.optimize.groups.stages import Remaining

SMALL = 1 << 20  # weights of one objective: a solver of integer programs is exact to a millionth


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Budget:
    """The chosen ones of some pairs, each at its cost, cost no more than this."""

    pairs: Ints
    costs: Ints
    at_most: int


def keeps(budgets: Sequence[Budget], chosen: Mask) -> bool:
    """Whether a choice of pairs keeps all budgets."""
    return all(int(b.costs[chosen[b.pairs]].sum()) <= b.at_most for b in budgets)


def within(budgets: Sequence[Budget], pairs: Mask) -> tuple[Budget, ...]:
    """The budgets over some of the pairs, numbered among these."""
    number = np.cumsum(pairs) - 1
    left = [(b, pairs[b.pairs]) for b in budgets]
    return tuple(
        Budget(pairs=number[b.pairs[kept]], costs=b.costs[kept], at_most=b.at_most) for b, kept in left if kept.any()
    )


def solve_within(
    network: Network,
    objectives: Sequence[Objective],
    budgets: Sequence[Budget],
    *,
    remaining: "Remaining | None",
    solver: str,
    proved: bool = False,
) -> NetworkAnswer:
    """The best pairs under the objectives in order, then under the tie-break; certificates without prices.

    Where time ends first these are the best that were found, and a bound lies above its value, unless all has to be
    `proved`. Raises NoProof when there is no such answer in time.
    """
    from mentorctl.optimize.groups.stages import forever, least_costs, pair_ties

    program, pairs, covered = _program(network, budgets)
    costs = []
    for objective in objectives:
        cost = np.zeros(len(program.model.cost))
        cost[pairs], cost[covered] = -objective.pair, -objective.cover
        costs.append(cost)
    ties = np.zeros(len(program.model.cost))
    ties[pairs] = pair_ties(network.mentee, network.mentor)
    staged = least_costs(program, costs, ties, remaining or forever, solver)
    if staged.status != "optimal" and (proved or staged.status != "feasible"):
        raise NoProof(f"the solver ended with `{staged.status}` under shared capacities")
    none = np.zeros(0, np.int64)
    proofs = (Certificate(prices=none, value=-v, bound=-b) for v, b in zip(staged.values, staged.bounds, strict=True))
    ended = Certificate(prices=none, value=0, bound=0)  # the tie-break, which has no value of its own
    return NetworkAnswer(chosen=staged.x[pairs] > 0.5, certificates=(*proofs, ended))  # noqa: PLR2004


def _program(network: Network, budgets: Sequence[Budget]) -> "tuple[Program, Ints, Ints]":
    """Columns for the pairs, and for having a match at all, which no more than one match makes true."""
    from mentorctl.optimize.groups.rows import Rows

    rows = Rows()
    people, ends = len(network.low), (network.mentee, network.mentor)
    pairs = rows.columns(len(network))
    covered = rows.columns(people, whole=False)
    order = np.argsort(np.concatenate(ends), kind="stable")
    column = pairs[order % max(1, len(network))]
    starts = np.searchsorted(np.concatenate(ends)[order], np.arange(people + 1))
    for person in range(people):
        mine = column[starts[person] : starts[person + 1]]
        rows.at_most([(mine, 1.0)], int(network.high[person]))
        if network.low[person]:
            rows.at_least([(mine, 1.0)], int(network.low[person]))
        rows.at_most([(int(covered[person]), 1.0), (mine, -1.0)], 0.0)
    for budget in budgets:
        terms = [(int(pairs[at]), float(cost)) for at, cost in zip(budget.pairs, budget.costs, strict=True)]
        rows.at_most(terms, budget.at_most)
    return rows.program(), pairs, covered
