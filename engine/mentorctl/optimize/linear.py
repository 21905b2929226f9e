"""Linear and integer programs as columns of numbers, solved through PuLP.

A model is a handful of arrays; `solve` describes it to PuLP and hands the arrays to HiGHS in one call,
because PuLP's own converter visits every coefficient. The libraries are imported by the first solve.
"""

import importlib.util
import math
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from functools import cache
from itertools import chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentorctl.values import dataclass

_TOLERANCE = 1e-6  # the solvers' own: an answer may miss a row or a whole number by this much
SEED = 1
_NAMES = 1 << 12  # names of columns made at once
_LARGEST = 2.0**53  # whole numbers above this are no longer exact


class Status(StrEnum):
    """How a solve ended; only `optimal` and `feasible` come with an answer."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    NO_ANSWER = "no answer"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearModel:
    """Minimize `cost @ x` within bounds and rows; the matrix is stored by columns.

    Column j has the entries `rows[starts[j]:starts[j + 1]]` with the values beside them, no row twice.
    `sense` of a row is -1 for at most `rhs`, 0 for equal and 1 for at least. Bounds may be infinite.
    Raises ValueError where the arrays do not fit together or a number is not finite.
    """

    cost: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    integer: NDArray[np.bool_]
    sense: NDArray[np.int8]
    rhs: NDArray[np.float64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    values: NDArray[np.float64]

    def __post_init__(self) -> None:
        for problem in _defects(self):
            raise ValueError(problem)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solution:
    """What a solver said, after its answer was put into the rows once more.

    `x` is NaN everywhere unless the status is `optimal` or `feasible`; whole columns hold whole numbers.
    `row_duals` are NaN unless there are no whole columns, the optimum was found and they prove it; then the
    reduced costs are `cost - A.T @ row_duals` and a binding "at most" row has a dual of zero or less.
    `bound` is the best proved lower bound of the objective, infinite where there is none.
    """

    status: Status
    x: NDArray[np.float64]
    row_duals: NDArray[np.float64]
    objective: float
    bound: float

    @property
    def answered(self) -> bool:
        return self.status in {Status.OPTIMAL, Status.FEASIBLE}


def solve(
    model: LinearModel,
    *,
    solver: str = "highs",
    time_limit: float | None = None,
    start: NDArray[np.float64] | None = None,
) -> Solution:
    """The least cost, exact up to the solver's tolerance of one millionth; the limit is in seconds.

    `start` is a known answer that gives an integer program its first incumbent. The same model gives the same
    answer each time, unless the limit strikes. Raises ValueError for an unknown or missing solver.
    """
    if solver not in {"highs", "cbc"}:
        raise ValueError(f"`{solver}` is not a solver; use highs or cbc")
    if not len(model.cost):
        return _without_columns(model)
    return (_with_highs if solver == "highs" else _with_cbc)(model, time_limit, start)


def violation(model: LinearModel, x: NDArray[np.float64]) -> float:
    """By how much `x` misses the worst row or bound, relative to its size; 0 where all hold."""
    terms = model.values * x[_column_of_entries(model)]
    total = np.bincount(model.rows, terms, minlength=len(model.rhs))
    over = np.where(model.sense <= 0, total - model.rhs, 0.0)
    under = np.where(model.sense >= 0, model.rhs - total, 0.0)
    missed = np.maximum(over, under) / np.maximum(1.0, np.abs(model.rhs))
    outside = np.maximum(model.lower - x, x - model.upper) / np.maximum(1.0, np.abs(x))
    return float(max(0.0, missed.max(initial=0.0), outside.max(initial=0.0)))


def as_problem(model: LinearModel, *, bulk: bool = True) -> Any:  # noqa: ANN401 (PuLP ships no usable types)
    """The model as a `pulp.LpProblem`; variables and rows are named by number, so no id can leave with it.

    `bulk` uses PuLP's compiled core directly where it has the calls, which gives the same problem faster.
    """
    import pulp

    problem = pulp.LpProblem("model", pulp.LpMinimize)
    core = _bulk_core() if bulk else None
    if core is None:
        _describe(problem, model)
    else:
        _describe_in_bulk(problem, model, core)
    return problem


def dual_bound(model: LinearModel, row_duals: NDArray[np.float64]) -> float:
    """What the duals alone prove: no x within bounds and rows costs less, whoever found the duals.

    Whole columns do not matter here. Reduced costs within a solver's tolerance of zero count as zero.
    """
    allowed = np.where(model.sense < 0, np.minimum(row_duals, 0.0), np.maximum(row_duals, 0.0))
    usable = np.where(model.sense == 0, row_duals, allowed)
    paid = np.bincount(_column_of_entries(model), model.values * usable[model.rows], minlength=len(model.cost))
    reduced = model.cost - paid
    moving = np.abs(reduced) > _TOLERANCE * np.maximum(1.0, np.abs(model.cost))
    resting = np.where(reduced > 0, model.lower, model.upper)
    return float(usable @ model.rhs + reduced[moving] @ resting[moving])


def _column_of_entries(model: LinearModel) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(model.cost)), np.diff(model.starts))


def _defects(model: LinearModel) -> Iterator[str]:
    columns, rows, entries = len(model.cost), len(model.rhs), len(model.values)
    sizes = (
        ("lower", len(model.lower), columns),
        ("upper", len(model.upper), columns),
        ("integer", len(model.integer), columns),
        ("sense", len(model.sense), rows),
        ("starts", len(model.starts), columns + 1),
        ("rows", len(model.rows), entries),
    )
    for name, length, wanted in sizes:
        if length != wanted:
            yield f"`{name}` has {length} entries where {wanted} are needed"
    if model.starts[0] or model.starts[-1] != entries or np.any(np.diff(model.starts) < 0):
        yield "`starts` does not run from 0 to the number of entries"
    if entries and (model.rows.min() < 0 or model.rows.max() >= rows):
        yield f"an entry names a row outside 0 to {rows - 1}"
    for name, numbers in (("cost", model.cost), ("rhs", model.rhs), ("values", model.values)):
        if not np.all(np.abs(numbers) <= _LARGEST):
            yield f"`{name}` has a number that is not finite or beyond 2^53, the last exact whole number"
    if not np.all(model.lower <= model.upper):
        yield "a lower bound is above its upper bound, or one of them is not a number"


def _unanswered(model: LinearModel, status: Status, bound: float = -math.inf) -> Solution:
    objective = -math.inf if status is Status.UNBOUNDED else math.inf
    return Solution(
        status=status,
        x=np.full(len(model.cost), np.nan),
        row_duals=np.full(len(model.rhs), np.nan),
        objective=objective,
        bound=math.inf if status is Status.INFEASIBLE else bound,
    )


def _answer(
    model: LinearModel,
    status: Status,
    x: NDArray[np.float64],
    row_duals: NDArray[np.float64] | None,
    bound: float | None,
) -> Solution:
    """A solver's answer, believed only if it keeps every row and bound."""
    rounded = np.where(model.integer, np.rint(x), x)
    if not np.all(np.isfinite(rounded)) or violation(model, rounded) > 10 * _TOLERANCE:
        return _unanswered(model, Status.NO_ANSWER)
    objective = float(model.cost @ rounded)
    proved = status is Status.OPTIMAL
    usable = row_duals is not None and proved and not model.integer.any()
    duals = row_duals if usable and _prove(model, row_duals, objective) else None
    return Solution(
        status=status,
        x=rounded,
        row_duals=np.full(len(model.rhs), np.nan) if duals is None else duals,
        objective=objective,
        bound=bound if bound is not None else (objective if proved else -math.inf),
    )


def _prove(model: LinearModel, row_duals: NDArray[np.float64] | None, objective: float) -> bool:
    """Whether the duals prove the optimum; CBC's do not where its preprocessing removed a row."""
    if row_duals is None:
        return False
    return dual_bound(model, row_duals) >= objective - _TOLERANCE * max(1.0, abs(objective))


def _without_columns(model: LinearModel) -> Solution:
    nothing = np.zeros(0)
    if violation(model, nothing) > _TOLERANCE:
        return _unanswered(model, Status.INFEASIBLE)
    return _answer(model, Status.OPTIMAL, nothing, np.zeros(len(model.rhs)), 0.0)


def _with_highs(model: LinearModel, limit: float | None, start: NDArray[np.float64] | None) -> Solution:
    from mentorctl.optimize.array_solver import array_solver

    solver = array_solver(model, limit=limit, start=start)
    if solver is None:
        return _with_pulp_alone(model, limit, start)
    as_problem(model).solve(solver)
    status, x, row_duals, bound = solver.outcome
    if status is None:
        # HiGHS may stop at "infeasible or unbounded"; without a cost only the first can be true.
        free = replace(model, cost=np.zeros(len(model.cost)))
        feasible = _with_highs(free, limit, None).status
        status = Status.UNBOUNDED if feasible is Status.OPTIMAL else feasible
    if x is None:
        return _unanswered(model, status, bound if status is Status.NO_ANSWER else -math.inf)
    return _answer(model, status, x, row_duals, bound)


def _with_cbc(model: LinearModel, limit: float | None, start: NDArray[np.float64] | None) -> Solution:
    if importlib.util.find_spec("cbcbox") is None:
        raise ValueError(
            "the solver `cbc` is not installed; install it with `pip install 'mentorctl[cbc]'` or use highs"
        )
    import pulp

    options = {"msg": False, "threads": 1, "gapRel": 0.0, "gapAbs": 0.0, "randomSeed": SEED}
    return _through_pulp(model, start, pulp.COIN_CMD(timeLimit=limit, warmStart=start is not None, **options))


def _with_pulp_alone(model: LinearModel, limit: float | None, start: NDArray[np.float64] | None) -> Solution:
    """HiGHS as PuLP itself hands models over, for a version of PuLP in which the arrays cannot be passed."""
    import pulp

    options = {"msg": False, "threads": 1, "gapRel": 0.0, "gapAbs": 0.0, "random_seed": SEED}
    return _through_pulp(model, start, pulp.HiGHS(timeLimit=limit, warmStart=start is not None, **options))


def _through_pulp(model: LinearModel, start: NDArray[np.float64] | None, solver: Any) -> Solution:  # noqa: ANN401
    import pulp

    problem = as_problem(model)
    variables = problem.variables()
    if start is not None:
        for variable, value in zip(variables, start.tolist(), strict=True):
            variable.setInitialValue(value, check=False)
    stats = problem.solve(solver)
    known = {
        # With a tolerated gap of zero, a met gap is the optimum.
        pulp.LpSolveStatus.Optimal: Status.OPTIMAL,
        pulp.LpSolveStatus.GapLimit: Status.OPTIMAL,
        pulp.LpSolveStatus.Infeasible: Status.INFEASIBLE,
        pulp.LpSolveStatus.Unbounded: Status.UNBOUNDED,
    }
    status = known.get(stats.status, Status.FEASIBLE if stats.has_solution else Status.NO_ANSWER)
    if status not in {Status.OPTIMAL, Status.FEASIBLE} or not stats.has_solution:
        return _unanswered(model, Status.NO_ANSWER if status is Status.OPTIMAL else status)
    # Columns in no row and without a cost never reach the solver.
    resting = np.clip(0.0, model.lower, model.upper)
    values = [v.varValue if v.varValue is not None else r for v, r in zip(variables, resting, strict=True)]
    duals = np.array([row.pi or 0.0 for row in problem.constraints()])
    return _answer(model, status, np.array(values), duals, None)


@cache
def _bulk_core() -> Any:  # noqa: ANN401
    """PuLP's compiled core, if this version has the bulk calls; they are not part of its public interface."""
    try:
        from pulp import _rustcore
    except ImportError:
        return None
    needed = {
        "Model": ("add_variables_batch", "set_objective", "add_constraint"),
        "AffineExpr": ("add_term_ids_coeffs", "set_constant", "set_sense", "set_name"),
    }
    found = (hasattr(getattr(_rustcore, owner, None), call) for owner, calls in needed.items() for call in calls)
    return _rustcore if all(found) else None


def _by_rows(model: LinearModel) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """The matrix by rows: column of each entry, its value, and where each row begins."""
    order = np.argsort(model.rows, kind="stable")
    columns = _column_of_entries(model)[order]
    begins = np.append(0, np.cumsum(np.bincount(model.rows, minlength=len(model.rhs))))
    return columns, model.values[order], begins


def _describe_in_bulk(problem: Any, model: LinearModel, core: Any) -> None:  # noqa: ANN401
    store = problem._model  # noqa: SLF001 (checked by _bulk_core)
    ids = _variables_in_bulk(store, model, core)
    objective = core.AffineExpr()
    objective.add_term_ids_coeffs(store, ids, model.cost)
    store.set_objective(objective)
    columns, values, begins = _by_rows(model)
    ids = ids[columns]
    senses = {-1: core.Sense.LessEqual, 0: core.Sense.Equal, 1: core.Sense.GreaterEqual}
    described = zip(pairwise(begins.tolist()), model.sense.tolist(), model.rhs.tolist(), strict=True)
    for row, ((first, last), sense, rhs) in enumerate(described):
        expression = core.AffineExpr()
        expression.add_term_ids_coeffs(store, ids[first:last], values[first:last])
        expression.set_constant(-rhs)
        expression.set_sense(senses[sense])
        expression.set_name(f"r{row}")
        store.add_constraint(expression)


def _variables_in_bulk(store: Any, model: LinearModel, core: Any) -> NDArray[np.uint64]:  # noqa: ANN401
    """One call per run of columns that share bounds and kind; models are made of few such runs."""
    changes = np.zeros(len(model.cost) - 1, dtype=np.bool_)
    for values in (model.lower, model.upper, model.integer):
        changes |= values[1:] != values[:-1]
    edges = [0, *(np.flatnonzero(changes) + 1).tolist(), len(model.cost)]
    ids = np.zeros(len(model.cost), np.uint64)
    for first, last in pairwise(edges):
        kind = core.Category.Integer if model.integer[first] else core.Category.Continuous
        names = _names(first, last)
        bounds = float(model.lower[first]), float(model.upper[first])
        made = store.add_variables_batch(names, *bounds, kind)
        begin, end = made[0].id(), made[-1].id()
        in_a_row = end - begin == len(made) - 1
        ids[first:last] = np.arange(begin, end + 1) if in_a_row else [variable.id() for variable in made]
    return ids


def _names(first: int, last: int) -> list[str]:
    """Names of columns. Making them is a third of a description, and a plan solves many models: they are kept."""
    begins = range(first - first % _NAMES, last, _NAMES)
    names = list(chain.from_iterable(map(_names_from, begins)))
    return names[first % _NAMES :][: last - first]


@cache
def _names_from(begin: int) -> list[str]:
    return [f"x{column}" for column in range(begin, begin + _NAMES)]


def _describe(problem: Any, model: LinearModel) -> None:  # noqa: ANN401
    """The same problem through PuLP's public interface alone."""
    import pulp

    def variable(column: int) -> Any:  # noqa: ANN401
        lower, upper = float(model.lower[column]), float(model.upper[column])
        kind = pulp.LpInteger if model.integer[column] else pulp.LpContinuous
        bounds = (bound if math.isfinite(bound) else None for bound in (lower, upper))
        return problem.add_variable(f"x{column}", *bounds, kind)

    variables = [variable(column) for column in range(len(model.cost))]
    problem.setObjective(pulp.lpSum_vars_coefs(zip(variables, model.cost.tolist(), strict=True)))
    columns, values, begins = _by_rows(model)
    described = zip(pairwise(begins.tolist()), model.sense.tolist(), model.rhs.tolist(), strict=True)
    for row, ((first, last), sense, rhs) in enumerate(described):
        chosen = [variables[column] for column in columns[first:last].tolist()]
        total = pulp.lpSum_vars_coefs(zip(chosen, values[first:last].tolist(), strict=True))
        compared = total <= rhs if sense < 0 else total >= rhs if sense > 0 else total == rhs
        problem.addConstraint(compared, f"r{row}")
