"""Pairs as a network through PuLP: the way without the compiled kernel, and a second opinion beside it.

The matrix is totally unimodular: corner solutions are whole numbers and pair variables stay continuous (Hoffman and
Kruskal 1956). Columns are generated: the program holds few pairs at first, the dual prices of its solution price all
the others, and those that would improve it enter, until none is left (Dantzig and Wolfe 1960).
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.linear import LinearModel, Solution, Status, solve

if TYPE_CHECKING:
    from mentorctl.optimize.network import Network, Objective

type Ints = NDArray[np.int64]
type Mask = NDArray[np.bool_]

_BEST_FIRST = 20  # columns per person to begin with
_ENTERING = 24  # columns per mentee that may enter at once


def best_by_columns(net: "Network", objective: "Objective", start: Mask, solver: str) -> tuple[Mask, Ints] | str:
    """The best pairs and each person's price, or how the solver ended. The pairs of `start` keep the intervals."""
    active = _first_columns(net, objective.pair) | start
    while True:
        columns = np.flatnonzero(active)
        solution = solve(as_program(net, objective, columns), solver=solver)
        if solution.status is Status.INFEASIBLE and not active.all():
            active[:] = True
            continue
        if not solution.answered or np.isnan(solution.row_duals).any():
            return str(solution.status)
        prices = -np.rint(solution.row_duals).astype(np.int64)
        entering = _entering(net, objective.pair, prices, active)
        if not len(entering):
            break
        active[entering] = True
    chosen = np.zeros(len(net), np.bool_)
    chosen[columns[_whole(solution, len(columns))]] = True
    return chosen, prices


def _whole(solution: Solution, pairs: int) -> Mask:
    return np.asarray(solution.x[:pairs] > 0.5)  # noqa: PLR2004 - the certificate compares the exact value


def _first_columns(net: "Network", points: Ints) -> Mask:
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


def _entering(net: "Network", points: Ints, prices: Ints, active: Mask) -> Ints:
    """The pairs outside the program that would improve it, the best few of each mentee."""
    gain = points - prices[net.mentee] - prices[net.mentor]
    found = np.flatnonzero((gain > 0) & ~active)
    order = found[np.lexsort((-gain[found], net.mentee[found]))]
    begins = np.searchsorted(net.mentee[order], np.arange(net.mentees + 1))
    rank = np.arange(len(order)) - begins[net.mentee[order]]
    return order[rank < _ENTERING]


def as_program(net: "Network", objective: "Objective", columns: Ints) -> LinearModel:
    """The linear program over some pairs, as a minimization.

    One equation a person: matches - first - rest = low, where `first` (at most 1, with the reward) and `rest` fill the
    interval. Columns are the pairs, then `first`, then `rest`.
    """
    people = len(net.low)
    slack = net.high - net.low
    first = ((net.low == 0) & (slack > 0)).astype(np.float64)
    pairs = len(columns)
    ends = np.stack([net.mentee[columns], net.mentor[columns]], axis=1).ravel()
    filled = np.concatenate([first, slack - first])
    used = np.flatnonzero(filled > 0)  # columns that could only be zero stay out
    return LinearModel(
        cost=np.concatenate(
            [-objective.pair[columns], -np.concatenate([objective.cover, 0 * objective.cover])[used]]
        ).astype(np.float64),
        lower=np.zeros(pairs + len(used)),
        upper=np.concatenate([np.ones(pairs), filled[used]]).astype(np.float64),
        integer=np.zeros(pairs + len(used), np.bool_),
        sense=np.zeros(people, np.int8),
        rhs=net.low.astype(np.float64),
        starts=np.concatenate([np.arange(0, 2 * pairs, 2), 2 * pairs + np.arange(len(used) + 1)]).astype(np.int64),
        rows=np.concatenate([ends, used % max(1, people)]).astype(np.int32),
        values=np.concatenate([np.ones(2 * pairs), -np.ones(len(used))]),
    )
