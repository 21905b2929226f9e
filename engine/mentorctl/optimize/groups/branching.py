"""The best groups where all but which units open is a network: the most promising case is split at a unit in doubt."""

import heapq
from dataclasses import replace

import numpy as np

from mentorctl.optimize.groups.activation import (
    CLOSED,
    OPEN,
    Activation,
    activation_of,
    fits,
    in_order,
    most_often,
    worth_of_terms,
)
from mentorctl.optimize.groups.answer import values_of
from mentorctl.optimize.groups.problem import LEAF, Branches, GroupProblem, Ints, Mask
from mentorctl.optimize.groups.stages import Remaining
from mentorctl.optimize.kernels import native, transport
from mentorctl.values import dataclass

_MOST_CASES = 500  # with more of them an integer program is sooner done
_DEAR = 1 << 57  # a price beyond all points: what is scarce at any price cannot be had
_MOST_WORK = 1 << 25  # arcs of all cases together, likewise


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BestBranch:
    """The best answer, under the tie-break too, and what proves it."""

    chosen: Mask
    opened: Mask
    proofs: tuple[Branches, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class _Case:
    """Some units closed or open, what that is worth at most (None: it cannot be), and the prices that say so."""

    state: Ints
    bound: int | None
    chosen: Mask
    prices: Ints
    unit: int = LEAF  # the unit at which it was split
    parts: tuple["_Case", ...] = ()


def best_by_branching(problem: GroupProblem, remaining: Remaining) -> BestBranch | None:
    """The best groups. None where the problem is of another kind, has no answer, or takes too many cases.

    Where the objectives and the tie-break are too large for one sum, the objectives are served first; then the
    tie-break, with so much weight on them that nothing is given up.
    """
    if not native.available():
        return None
    terms = in_order(problem, ties=True)
    if fits(problem, terms):
        return _best(problem, terms, remaining)
    terms = in_order(problem, ties=False)
    first = _best(problem, terms, remaining)
    often = most_often(problem, terms)
    then = None if first is None else _best(problem, [*(often * term for term in terms[:-1]), 1], remaining)
    if first is None or then is None or _worth(problem, terms, then) != _worth(problem, terms, first):
        return None
    return replace(then, proofs=(*first.proofs, *then.proofs))


def _best(problem: GroupProblem, terms: list[int], remaining: Remaining) -> BestBranch | None:
    activation = activation_of(problem, terms)
    root = None if activation is None else _case(activation, activation.start)
    best = None if activation is None or root is None else _search(activation, root, remaining)
    if activation is None or root is None or best is None:
        return None
    chosen = np.zeros(len(problem.seat), np.bool_)
    chosen[activation.candidate[best.chosen]] = True
    opened = activation.in_use(activation.loads(best.chosen))
    chosen |= problem.tied & opened[problem.seat_unit[problem.seat]]
    return BestBranch(chosen=chosen, opened=opened, proofs=(_proof(root, terms),))


def _worth(problem: GroupProblem, terms: list[int], found: BestBranch) -> int:
    return worth_of_terms(problem, terms, values_of(problem, found.chosen, found.opened), found.chosen)


def _search(activation: Activation, root: _Case, remaining: Remaining) -> _Case | None:
    """The best case without a unit in doubt: cases are looked at in the order of what they are worth at most."""
    waiting = [] if root.bound is None else [(-root.bound, 0, root)]
    most = min(_MOST_CASES, _MOST_WORK // max(1, len(activation.network)))
    until, made = remaining() / 2, 1
    while waiting:
        _, _, case = heapq.heappop(waiting)
        doubt = activation.broken(case.state, activation.loads(case.chosen))
        if not doubt.any():
            return case
        if made >= most or remaining() < until:
            return None
        case.unit = int(doubt.argmax())
        for decided in (CLOSED, OPEN):
            state = case.state.copy()
            state[case.unit] = decided
            part = _case(activation, state)
            if part is None:
                return None
            case.parts = (*case.parts, part)
            made += 1
            if part.bound is not None:
                heapq.heappush(waiting, (-part.bound, made, part))
    return None


def _case(activation: Activation, state: Ints) -> _Case | None:
    """The case solved, or None where numbers are too large for the kernel."""
    network, objective, _ = activation.case(state)

    def solved(pair: Ints, cover: Ints) -> tuple[native.Ended, Mask, Ints]:
        people = (cover, network.low, network.high)
        return transport.solve_network(network.mentees, (network.mentee, network.mentor), pair, people)  # type: ignore[arg-type]

    ended, chosen, prices = solved(objective.pair, objective.cover)
    if ended is native.Ended.OK:
        return _Case(state=state, bound=activation.bound(state, prices), chosen=chosen, prices=prices)
    if ended is not native.Ended.INFEASIBLE:
        return None
    _, _, scarce = solved(np.zeros_like(objective.pair), np.zeros_like(objective.cover))
    return _Case(state=state, bound=None, chosen=chosen, prices=_DEAR * scarce)


def _proof(root: _Case, terms: list[int]) -> Branches:
    units, prices, ahead = [], [], [root]
    while ahead:
        case = ahead.pop()
        units.append(case.unit)
        ahead += case.parts[::-1]
        if not case.parts:
            prices.append(case.prices)
    return Branches(terms=tuple(terms), unit=np.array(units, np.int64), prices=np.array(prices, np.int64))
