"""A solver class for PuLP that hands a model's arrays to HiGHS in one call.

PuLP's own class visits every coefficient in Python, which takes ten times as long as the rest of a hand-over. The class
is made when it is first needed, because PuLP is imported then, and registered as `HiGHS_ARRAYS` with PuLP.
"""

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.linear import SEED, LinearModel, Status

_NEEDED = ("createAndConfigureSolver", "actualSolve", "available")  # of PuLP's class; not all of it is promised

type Outcome = tuple[Status | None, NDArray[np.float64] | None, NDArray[np.float64] | None, float]


def array_solver(
    model: LinearModel, *, limit: float | None = None, start: NDArray[np.float64] | None = None
) -> Any | None:  # noqa: ANN401 (an instance of a class that is made at the first use)
    """A solver for the PuLP problem of these arrays, or None where this version of PuLP cannot have one.

    After `problem.solve(solver)` its `outcome` has the status (None where HiGHS cannot tell infeasible from unbounded),
    the values, the duals and the proved bound.
    """
    made = solver_class()
    return None if made is None else made(model=model, timeLimit=limit, start=start)


@cache
def solver_class() -> Any | None:  # noqa: ANN401 (a subclass of a class that is imported here)
    """The class, registered with PuLP where it offers that; None where PuLP's class is no longer what it was."""
    import pulp

    if not all(hasattr(pulp.HiGHS, name) for name in _NEEDED):
        return None

    class ArraySolver(pulp.HiGHS):  # type: ignore[misc]
        """PuLP's HiGHS; with a model's arrays they are passed, and without it is PuLP's own."""

        name = "HiGHS_ARRAYS"

        def __init__(
            self,
            *,
            model: LinearModel | None = None,
            start: NDArray[np.float64] | None = None,
            **options: Any,  # noqa: ANN401
        ) -> None:
            exact = {"gapRel": 0.0, "gapAbs": 0.0, "threads": 1, "random_seed": SEED, "output_flag": False}
            super().__init__(**{"msg": False, **exact, **options})
            self.model = model
            self.start = start
            self.outcome: Outcome = (Status.NO_ANSWER, None, None, -math.inf)

        def actualSolve(self, lp: Any, **options: Any) -> Any:  # noqa: ANN401, N802 (PuLP's name and types)
            if self.model is None:
                return super().actualSolve(lp, **options)
            self.createAndConfigureSolver(lp)
            engine = lp.solverModel
            pass_arrays(engine, self.model, self.start)
            engine.run()
            self.outcome = _read(engine, self.model)
            lp.solverModel = None  # the engine would live as long as the problem does
            answered = self.outcome[1] is not None
            reached = pulp.LpSolveStatus.Optimal if answered else pulp.LpSolveStatus.NotSolved
            return pulp.LpSolveStats(solver=self.name, status=reached, has_solution=answered)

    register = getattr(pulp.apis, "addSolver", None)
    if register is not None and ArraySolver.name not in pulp.listSolvers():
        register(ArraySolver)
    return ArraySolver


def pass_arrays(engine: Any, model: LinearModel, start: NDArray[np.float64] | None) -> None:  # noqa: ANN401
    """Hand the model to an instance of HiGHS; `start` is a first incumbent of an integer program."""
    import highspy

    below = np.where(model.sense >= 0, model.rhs, -np.inf)
    above = np.where(model.sense <= 0, model.rhs, np.inf)
    shape = (len(model.cost), len(model.rhs), len(model.values))
    layout = (int(highspy.MatrixFormat.kColwise), int(highspy.ObjSense.kMinimize), 0.0)
    matrix = (model.starts.astype(np.int32), model.rows, model.values)
    columns = (model.cost, model.lower, model.upper)
    taken = engine.passModel(*shape, *layout, *columns, below, above, *matrix, model.integer.astype(np.int32))
    if taken == highspy.HighsStatus.kError:
        raise ValueError("HiGHS refused the model; a column may name one row twice")
    if not model.integer.any():  # measured on matching models: a fifth less time
        engine.setOptionValue("presolve", "off")
        engine.setOptionValue("simplex_dual_edge_weight_strategy", 1)
    if start is not None and model.integer.any():
        known = highspy.HighsSolution()
        known.col_value = start.tolist()
        engine.setSolution(known)


def _read(
    engine: Any,  # noqa: ANN401
    model: LinearModel,
) -> tuple[Status | None, NDArray[np.float64] | None, NDArray[np.float64] | None, float]:
    """Status (None where HiGHS cannot tell infeasible from unbounded), values, duals and proved bound."""
    import highspy

    ended = highspy.HighsModelStatus
    info, reached = engine.getInfo(), engine.getModelStatus()
    certain = {ended.kInfeasible: Status.INFEASIBLE, ended.kUnbounded: Status.UNBOUNDED}
    if reached == ended.kUnboundedOrInfeasible or reached in certain:
        return certain.get(reached), None, None, -math.inf
    whole = bool(model.integer.any())
    bound = float(info.mip_dual_bound) if whole else -math.inf
    incumbent = highspy.SolutionStatus.kSolutionStatusFeasible
    if reached != ended.kOptimal and info.primal_solution_status != incumbent:
        return Status.NO_ANSWER, None, None, bound
    solution = engine.getSolution()
    x = np.array(solution.col_value)
    if reached != ended.kOptimal:
        return Status.FEASIBLE, x, None, bound
    objective = float(info.objective_function_value)
    return Status.OPTIMAL, x, np.array(solution.row_dual), bound if whole else objective
