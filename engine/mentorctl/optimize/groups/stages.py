"""Objectives one after the other over an integer program, each earlier one held, the tie-break last.

Parts of the program that share no row are solved apart: all objectives are sums over columns, so the best of the
whole is the best of each part.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.groups.problem import Ints, Shortfall
from mentorctl.optimize.groups.rows import Numbers, Program, elastic, parts, rounded_up, with_row
from mentorctl.optimize.linear import LinearModel, Solution, Status, solve
from mentorctl.optimize.network import NoProof
from mentorctl.values import dataclass

type Remaining = Callable[[], float]

_SMALLEST_PART = 300  # columns; a call of the solver costs more than the columns of a tiny part
TIE_BITS = 20  # the weights of the tie-break: many enough to differ, small enough to prove quickly
_FOLDED = 1 << 20  # points of a column in all objectives at once: a solver is exact to a millionth
_LEAST_TIME = 0.05  # seconds that a solve gets however late it is, to hand back what it knows


def forever() -> float:
    """The time that is left without a limit."""
    return math.inf


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Staged:
    """The columns under the objectives in order; `bounds` are proved least costs of each. As in GroupAnswer."""

    status: str
    x: Numbers
    values: tuple[int, ...]
    bounds: tuple[int, ...]
    settled: bool
    shortfalls: tuple[Shortfall, ...] = ()


def least_costs(
    program: Program,
    costs: Sequence[Numbers],
    tie_break: Numbers,
    remaining: Remaining,
    solver: str,
    *,
    start: Numbers | None = None,
) -> Staged:
    """The least of each cost in turn. `remaining` gives the seconds that are left; each solve takes half of them.
    `start` is a known answer, if there is one.

    Raises NoProof when a later answer breaks what an earlier one had reached.
    """
    x = np.zeros(len(program.model.cost))
    done = []
    for part, columns in parts(program, at_least=_SMALLEST_PART):
        known = None if start is None else start[columns]
        staged = _part(part, [cost[columns] for cost in costs], tie_break[columns], remaining, solver, known)
        done.append(staged)
        if staged.status == "no answer":
            return _nothing("no answer", len(x))
        x[columns] = staged.x
    short = tuple(what for staged in done for what in staged.shortfalls)
    if any(staged.status == "infeasible" for staged in done):
        return _nothing("infeasible", len(x), short)
    return Staged(
        status="optimal" if all(staged.status == "optimal" for staged in done) else "feasible",
        x=x,
        values=tuple(sum(of) for of in zip(*(staged.values for staged in done), strict=True)),
        bounds=tuple(sum(of) for of in zip(*(staged.bounds for staged in done), strict=True)),
        settled=all(staged.settled for staged in done),
    )


def tie_weights(keys: NDArray[np.uint64]) -> Ints:
    """A weight for each place, the same everywhere: the finalizer of splitmix64 (Steele, Lea and Flood 2014)."""
    key = keys + np.uint64(0x9E3779B97F4A7C15)
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((key ^ (key >> np.uint64(31))) >> np.uint64(64 - TIE_BITS)).astype(np.int64)


def pair_ties(first: NDArray[np.integer], second: NDArray[np.integer]) -> Ints:
    """A weight for each pair of places."""
    return tie_weights((first.astype(np.uint64) << np.uint64(32)) | second.astype(np.uint64))


def _nothing(status: str, columns: int, shortfalls: tuple[Shortfall, ...] = ()) -> Staged:
    return Staged(
        status=status, x=np.zeros(columns), values=(), bounds=(), settled=False, shortfalls=_ordered(shortfalls)
    )


def _ordered(shortfalls: tuple[Shortfall, ...]) -> tuple[Shortfall, ...]:
    return tuple(sorted(shortfalls, key=lambda s: (s.unit, s.holder, s.rule)))


def _part(
    program: Program,
    costs: Sequence[Numbers],
    tie_break: Numbers,
    remaining: Remaining,
    solver: str,
    x: Numbers | None,
) -> Staged:
    model = program.model
    x, reached, is_infeasible = _at_once(model, costs, x, remaining, solver)
    bounds = [value for _, value in reached]
    for cost, value in reached:
        model = with_row(model, cost, value) if cost.any() else model
    for cost in () if is_infeasible else costs[len(reached) :]:
        if x is not None and not cost.any():
            reached.append((cost, 0))
            bounds.append(0)
            continue
        found = _solved(replace(model, cost=cost), x, remaining, solver)
        is_infeasible = found.status is Status.INFEASIBLE and x is None
        x = None if is_infeasible else _kept(found, x, reached)
        if x is None:
            break
        value = _worth(cost, x)
        bounds.append(_bound(found, cost, model, value))
        reached.append((cost, value))
        if cost.any():
            model = with_row(model, cost, value)
    if len(reached) == len(costs) and not is_infeasible:
        found = _solved(replace(model, cost=tie_break), x, remaining, solver)
        is_infeasible = found.status is Status.INFEASIBLE and x is None
        x = None if is_infeasible else _kept(found, x, reached)
        if x is not None:
            return _ended(x, reached, bounds, is_settled=found.status is Status.OPTIMAL)
    if is_infeasible:
        return _nothing("infeasible", len(tie_break), _missed(program, remaining, solver))
    return _nothing("no answer", len(tie_break))


def _ended(x: Numbers, reached: list[tuple[Numbers, int]], bounds: list[int], *, is_settled: bool) -> Staged:
    values = tuple(_worth(cost, x) for cost, _ in reached)
    proved = all(bound >= value for bound, value in zip(bounds, values, strict=True))
    return Staged(
        status="optimal" if proved else "feasible",
        x=x,
        values=values,
        bounds=tuple(bounds),
        settled=proved and is_settled,
    )


def _at_once(
    model: LinearModel, costs: Sequence[Numbers], x: Numbers | None, remaining: Remaining, solver: str
) -> tuple[Numbers | None, list[tuple[Numbers, int]], bool]:
    """The best answer under all costs, with what each comes to where that is proved, and whether there can be none."""
    whole = _folded(costs, model)
    if whole is None:
        return x, [], False
    found = _solved(replace(model, cost=whole), x, remaining, solver)
    if found.status is Status.INFEASIBLE and x is None:
        return None, [], True
    x = _kept(found, x, [])
    if x is None or found.status is not Status.OPTIMAL:
        return x, [], False
    return x, [(cost, _worth(cost, x)) for cost in costs], False


def _folded(costs: Sequence[Numbers], model: LinearModel) -> Numbers | None:
    """All costs as one, each multiplied by more than all later ones can change; None where that is not exact enough.

    One objective is solved sooner than the first of several: coverage alone leaves a solver too many equal choices.
    """
    if len(costs) < 2 or not all(cost.any() for cost in costs[:-1]):  # noqa: PLR2004
        return None
    whole, weight = np.zeros(len(model.cost)), 1.0
    for cost in reversed(costs):
        whole = whole + weight * cost
        weight *= 1.0 + float(np.abs(cost[cost != 0] * (model.upper - model.lower)[cost != 0]).sum())
        if not np.abs(whole).max(initial=0.0) <= _FOLDED:
            return None
    return whole


def _solved(model: LinearModel, start: Numbers | None, remaining: Remaining, solver: str) -> Solution:
    left = remaining()
    limit = None if math.isinf(left) else max(_LEAST_TIME, left / 2)
    return solve(model, solver=solver, time_limit=limit, start=start)


def _worth(cost: Numbers, x: Numbers) -> int:
    return int(np.rint(cost @ x))


def _kept(found: Solution, before: Numbers | None, reached: list[tuple[Numbers, int]]) -> Numbers | None:
    """The new answer, which must be as good as before in all earlier objectives, or the one that was there."""
    if not found.answered:
        if found.status is not Status.NO_ANSWER and before is not None:
            raise NoProof(f"the solver ended with `{found.status}` where there is an answer")
        return before
    if any(_worth(cost, found.x) > value for cost, value in reached):
        raise NoProof("the solver gave up an objective that it had reached")
    return found.x


def _bound(found: Solution, cost: Numbers, model: LinearModel, value: int) -> int:
    if found.status is Status.OPTIMAL:
        return value
    resting = np.where(cost > 0, model.lower, model.upper)
    least = float((cost * np.where(cost == 0, 0.0, resting)).sum())
    return min(value, rounded_up(max(found.bound, least)))


def _missed(program: Program, remaining: Remaining, solver: str) -> tuple[Shortfall, ...]:
    """A smallest set of demands without which there is an answer; empty where time does not allow.

    Raises NoProof where none has to be given up: solvers have called possible problems infeasible.
    """
    widened, slacks = elastic(program)
    found = _solved(widened, None, remaining, solver)
    if not found.answered:
        return ()
    if not any(np.rint(found.x[column]) for column, _ in slacks):
        raise NoProof("the solver calls impossible what it finds an answer to")
    missing: dict[tuple[str, int, int], int] = {}
    for column, demand in slacks:
        by = int(np.rint(found.x[column]))
        key = (demand.what.rule, demand.what.unit, demand.what.holder)
        if by:
            missing[key] = missing.get(key, 0) + by
    return tuple(Shortfall(rule=r, unit=u, holder=h, missing=by) for (r, u, h), by in missing.items())
