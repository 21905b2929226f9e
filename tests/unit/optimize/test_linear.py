"""The one door to the solvers: statuses, duals, both ways of describing a model, and distrust."""

import importlib.util
import itertools
import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pulp
import pytest

from mentorctl.optimize import array_solver, linear
from mentorctl.optimize.linear import LinearModel, Status, as_problem, solve, violation

LEAST, EQUAL, MOST = 1, 0, -1


def model(
    cost: list[float],
    rows: list[tuple[list[float], int, float]],
    *,
    upper: list[float] | None = None,
    lower: list[float] | None = None,
    integer: bool | list[bool] = False,
) -> LinearModel:
    """A model from dense rows, for reading."""
    columns = len(cost)
    dense = np.array([row for row, _, _ in rows], dtype=float).reshape(len(rows), columns)
    column, row = np.nonzero(dense.T)
    return LinearModel(
        cost=np.array(cost, dtype=float),
        lower=np.zeros(columns) if lower is None else np.array(lower, dtype=float),
        upper=np.full(columns, np.inf) if upper is None else np.array(upper, dtype=float),
        integer=np.array([integer] * columns if isinstance(integer, bool) else integer, dtype=np.bool_),
        sense=np.array([sense for _, sense, _ in rows], dtype=np.int8),
        rhs=np.array([rhs for _, _, rhs in rows], dtype=float),
        starts=np.searchsorted(column, np.arange(columns + 1)).astype(np.int64),
        rows=row.astype(np.int32),
        values=dense[row, column],
    )


def knapsack(seed: int = 5, size: int = 60) -> LinearModel:
    """A strongly correlated knapsack in several rows: an optimum takes a solver far longer than an
    instant.
    """
    draw = np.random.default_rng(seed)
    weights = draw.integers(100, 1000, (5, size)).astype(float)
    cost = -(weights.sum(axis=0) / 5 + draw.integers(0, 100, size)).round()
    rows = [(list(row), MOST, float(row.sum() // 2)) for row in weights]
    return model(list(cost), rows, upper=[1.0] * size, integer=True)


def test_a_linear_program_gives_values_objective_bound_and_duals() -> None:
    """A small program has its textbook optimum and a bound equal to it."""
    found = solve(model([-3, -5], [([1, 0], MOST, 4), ([0, 2], MOST, 12), ([3, 2], MOST, 18)]))
    assert found.status is Status.OPTIMAL
    assert found.x == pytest.approx([2, 6])
    assert found.objective == pytest.approx(-36)
    assert found.bound == pytest.approx(-36)
    assert found.row_duals == pytest.approx([0, -1.5, -1])


def test_duals_give_reduced_costs_with_the_documented_sign() -> None:
    """`cost - A.T y` is nonnegative where x rests at zero, y <= 0 on at-most rows and y >= 0 on at-least
    rows.
    """
    draw = np.random.default_rng(3)
    for _ in range(20):
        dense = draw.integers(0, 5, (6, 8)).astype(float)
        inside = draw.random(8) * 3
        senses = draw.permutation([MOST, MOST, MOST, LEAST, LEAST, EQUAL])
        rows = [(list(row), int(sense), float(row @ inside)) for row, sense in zip(dense, senses, strict=True)]
        problem = model(list(draw.integers(1, 9, 8).astype(float)), rows)
        found = solve(problem)
        assert found.status is Status.OPTIMAL
        reduced = problem.cost - dense.T @ found.row_duals
        assert reduced.min() >= -1e-6
        assert abs(reduced @ found.x) < 1e-6
        assert (found.row_duals * senses).min() >= -1e-6
        assert found.row_duals @ problem.rhs == pytest.approx(found.objective)


def test_an_integer_program_gives_whole_numbers_and_no_duals() -> None:
    """Whole columns come back as exact whole numbers; duals of an integer program do not exist."""
    found = solve(model([-5, -4], [([6, 4], MOST, 24), ([1, 2], MOST, 6)], integer=True))
    assert found.status is Status.OPTIMAL
    assert found.x.tolist() == [4.0, 0.0]
    assert found.objective == -20
    assert found.bound == pytest.approx(-20)
    assert np.isnan(found.row_duals).all()


def test_only_the_marked_columns_are_whole() -> None:
    """A mixed program keeps a fraction in the column that is not whole."""
    found = solve(model([-1, -1], [([2, 0], MOST, 5), ([0, 2], MOST, 5)], integer=[True, False]))
    assert found.x == pytest.approx([2, 2.5])


def test_integer_programs_match_full_enumeration() -> None:
    """Over a hundred small programs the objective is the least over all points."""
    draw = np.random.default_rng(11)
    for _ in range(100):
        dense = draw.integers(-3, 6, (3, 5)).astype(float)
        cost = draw.integers(-9, 10, 5).astype(float)
        rhs = draw.integers(0, 9, 3).astype(float)
        rows = [(list(row), MOST, float(limit)) for row, limit in zip(dense, rhs, strict=True)]
        found = solve(model(list(cost), rows, upper=[2.0] * 5, integer=True))
        points = np.array(list(itertools.product(range(3), repeat=5)), dtype=float)
        allowed = points[(points @ dense.T <= rhs).all(axis=1)]
        assert found.objective == (allowed @ cost).min()


@pytest.mark.parametrize("integer", [False, True])
@pytest.mark.parametrize(
    ("problem", "status"),
    [
        pytest.param(model([1], [([1], LEAST, 2), ([1], MOST, 1)]), Status.INFEASIBLE, id="two rows clash"),
        pytest.param(model([1, 1], [([0, 0], EQUAL, 1)]), Status.INFEASIBLE, id="empty row asks for one"),
        pytest.param(model([-1, 0], [([1, -1], MOST, 1)]), Status.UNBOUNDED, id="a ray"),
        pytest.param(model([-1], []), Status.UNBOUNDED, id="no rows and no bound"),
    ],
)
def test_a_model_without_optimum_has_its_status_and_no_values(
    problem: LinearModel, status: Status, integer: bool
) -> None:
    """Infeasible and unbounded are told apart, and x is NaN so that nobody uses it by mistake."""
    found = solve(replace(problem, integer=np.full(len(problem.cost), integer)))
    assert found.status is status
    assert not found.answered
    assert np.isnan(found.x).all()
    assert found.objective == (math.inf if status is Status.INFEASIBLE else -math.inf)


@pytest.mark.parametrize(
    ("problem", "status", "x"),
    [
        pytest.param(model([], []), Status.OPTIMAL, [], id="nothing"),
        pytest.param(model([], [([], MOST, 1)]), Status.OPTIMAL, [], id="rows without columns hold"),
        pytest.param(model([], [([], LEAST, 1)]), Status.INFEASIBLE, [], id="rows without columns fail"),
        pytest.param(model([2, -1], [], upper=[3, 3]), Status.OPTIMAL, [0, 3], id="columns without rows"),
        pytest.param(model([0, 0], [([0, 0], MOST, 1)], upper=[3, 3]), Status.OPTIMAL, [0, 0], id="no entries"),
    ],
)
def test_empty_models_work(problem: LinearModel, status: Status, x: list[float]) -> None:
    """A model without columns, rows or entries has an answer like any other."""
    found = solve(problem)
    assert found.status is status
    assert found.x.tolist() == x


def test_a_limit_without_an_incumbent_is_no_answer() -> None:
    """When the time is over before anything is found, x is not offered."""
    hopeless = replace(knapsack(), sense=np.zeros(5, dtype=np.int8))
    found = solve(hopeless, time_limit=0.05)
    assert found.status is Status.NO_ANSWER
    assert np.isnan(found.x).all()


def test_a_limit_with_an_incumbent_is_feasible_with_a_bound_below() -> None:
    """A stopped search gives its best answer and how far it could be from the optimum."""
    problem = knapsack()
    greedy = np.zeros(60)
    greedy[:10] = 1
    found = solve(problem, time_limit=0.15, start=greedy)
    assert found.status is Status.FEASIBLE
    assert violation(problem, found.x) == 0
    assert found.objective <= problem.cost @ greedy
    assert found.bound < found.objective


def test_a_start_does_not_change_the_optimum() -> None:
    """A known answer only helps; the objective stays what it was."""
    problem = knapsack(size=14)
    plain = solve(problem)
    helped = solve(problem, start=np.zeros(14))
    assert plain.status is helped.status is Status.OPTIMAL
    assert helped.objective == plain.objective


def test_solving_twice_gives_the_same_bytes() -> None:
    """The answer depends on the model alone."""
    problem = knapsack(size=20)
    assert solve(problem).x.tobytes() == solve(problem).x.tobytes()


def mixed() -> LinearModel:
    """Bounds and kinds in several runs, a free column, an empty row and an empty column."""
    return model(
        [1, -2, 0, 3, -1],
        [
            ([1, 1, 0, 0, 2], MOST, 10),
            ([0, 1, 0, -1, 0], EQUAL, 1),
            ([0] * 5, MOST, 4),
            ([1, 0, 0, 1, 1], LEAST, 2),
        ],
        lower=[0, 0, -np.inf, 0, -3],
        upper=[1, 1, np.inf, 9, np.inf],
        integer=[True, True, False, False, False],
    )


def described(problem: pulp.LpProblem) -> tuple[object, ...]:
    """What a PuLP problem says, without the objects that say it."""
    terms = [(c.name, c.sense, c.constant, [(v.name, k) for v, k in c.items()]) for c in problem.constraints()]
    columns = [(v.name, v.lowBound, v.upBound, v.cat) for v in problem.variables()]
    return columns, terms, [(v.name, k) for v, k in problem.objective.items()], problem.sense


def test_the_bulk_calls_and_the_public_interface_describe_the_same_problem() -> None:
    """Where PuLP's compiled core lacks the bulk calls, the same problem is built from public ones."""
    assert linear._bulk_core() is not None
    assert described(as_problem(mixed())) == described(as_problem(mixed(), bulk=False))


def test_a_problem_without_the_bulk_calls_is_still_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version of PuLP whose core changed is noticed and the public interface used."""
    from pulp import _rustcore

    class Changed:
        Model = _rustcore.Model
        AffineExpr = object

    linear._bulk_core.cache_clear()
    monkeypatch.setattr(pulp, "_rustcore", Changed)
    assert linear._bulk_core() is None
    monkeypatch.undo()
    linear._bulk_core.cache_clear()


def test_pulp_itself_solves_the_described_problem_to_the_same_optimum() -> None:
    """The arrays handed to HiGHS and the problem PuLP holds are one model."""
    draw = np.random.default_rng(2)
    for integer in (False, True):
        dense = draw.integers(0, 4, (5, 9)).astype(float)
        rows = [(list(row), MOST, 7.0) for row in dense]
        problem = model(list(-draw.integers(1, 9, 9).astype(float)), rows, upper=[2.5] * 9, integer=integer)
        stock = as_problem(problem)
        stock.solve(pulp.HiGHS(msg=False))
        assert stock.objective.value() == pytest.approx(solve(problem).objective)


def test_violation_names_the_worst_miss() -> None:
    """Rows, bounds and their sizes count; a point that keeps all of them has none."""
    problem = model([1, 1], [([1, 1], MOST, 2), ([1, 0], LEAST, 1), ([0, 1], EQUAL, 1)], upper=[3, 3])
    assert violation(problem, np.array([1.0, 1.0])) == 0
    assert violation(problem, np.array([3.0, 1.0])) == 1
    assert violation(problem, np.array([0.5, 1.0])) == 0.5
    assert violation(problem, np.array([1.0, -1.0])) == 2


def test_an_answer_that_breaks_a_row_is_not_believed() -> None:
    """Values from a solver are put into the rows before anybody sees them."""
    problem = model([1, 1], [([1, 1], LEAST, 2)])
    refused = linear._answer(problem, Status.OPTIMAL, np.array([1.0, 0.5]), None, None)
    assert refused.status is Status.NO_ANSWER
    kept = linear._answer(problem, Status.OPTIMAL, np.array([1.0, 1.0]), None, None)
    assert kept.status is Status.OPTIMAL


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rhs": np.array([np.nan])}, "`rhs` has a number that is not finite"),
        ({"cost": np.array([1e30, 1.0])}, "`cost` has a number that is not finite or beyond 2^53"),
        ({"upper": np.array([1.0, -1.0])}, "a lower bound is above its upper bound"),
        ({"lower": np.zeros(3)}, "`lower` has 3 entries where 2 are needed"),
        ({"rows": np.array([0, 1], dtype=np.int32)}, "an entry names a row outside 0 to 0"),
        ({"starts": np.array([0, 2, 1])}, "`starts` does not run from 0"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(change: dict[str, np.ndarray], said: str) -> None:
    """A model that cannot be meant is refused with a sentence when it is made."""
    with pytest.raises(ValueError, match=said.replace("^", r"\^")):
        replace(model([1, 1], [([1, 1], MOST, 1)]), **change)


def test_a_row_named_twice_in_a_column_is_refused() -> None:
    """HiGHS would read such a column in its own way."""
    twice = replace(
        model([1, 1], [([1, 1], MOST, 1)]),
        starts=np.array([0, 2, 3]),
        rows=np.zeros(3, dtype=np.int32),
        values=np.ones(3),
    )
    with pytest.raises(ValueError, match="one row twice"):
        solve(twice)


def test_duals_prove_a_bound_and_worse_duals_prove_less() -> None:
    """The optimal duals prove the optimum; others prove a lower bound, or nothing."""
    problem = model([-3, -5], [([1, 0], MOST, 4), ([0, 2], MOST, 12), ([3, 2], MOST, 18)], upper=[5, 100])
    assert linear.dual_bound(problem, np.array([0, -1.5, -1])) == pytest.approx(-36)
    assert linear.dual_bound(problem, np.array([0, -2.0, -1.5])) == pytest.approx(-51)
    assert linear.dual_bound(problem, np.zeros(3)) == pytest.approx(-515)
    assert linear.dual_bound(replace(problem, upper=np.full(2, np.inf)), np.zeros(3)) == -math.inf


def test_duals_that_prove_nothing_are_not_handed_on() -> None:
    """CBC reports a dual of zero for rows its preprocessing turned into bounds."""
    problem = model([-3, -5], [([1, 0], MOST, 4), ([0, 2], MOST, 12), ([3, 2], MOST, 18)])
    wrong = linear._answer(problem, Status.OPTIMAL, np.array([2.0, 6.0]), np.array([0.0, 0.0, -1.0]), None)
    assert np.isnan(wrong.row_duals).all()


def test_an_unknown_solver_is_refused() -> None:
    """Only two solvers are known."""
    with pytest.raises(ValueError, match="`glpk` is not a solver; use highs or cbc"):
        solve(model([1], []), solver="glpk")


def test_a_missing_solver_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the optional package the message says how to get it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ValueError, match=r"install it with `pip install 'mentorctl\[cbc\]'`"):
        solve(model([1], []), solver="cbc")


def test_both_solvers_agree() -> None:
    """CBC gives the optima, statuses and signs of duals that HiGHS gives."""
    pytest.importorskip("cbcbox")
    relaxed = model([-3, -5, 0], [([1, 0, 0], MOST, 4), ([0, 2, 0], MOST, 12), ([3, 2, 0], MOST, 18)])
    for problem in (relaxed, replace(relaxed, integer=np.ones(3, dtype=np.bool_)), knapsack(size=14)):
        highs, cbc = solve(problem), solve(problem, solver="cbc")
        assert cbc.status is highs.status is Status.OPTIMAL
        assert cbc.objective == pytest.approx(highs.objective)
        assert np.isnan(cbc.row_duals).any() or cbc.row_duals == pytest.approx(highs.row_duals)
    clash = model([1, 1], [([1, 1], LEAST, 2), ([1, 1], MOST, 1)])
    assert solve(clash, solver="cbc").status is Status.INFEASIBLE
    ray = model([-1, 0], [([1, -1], MOST, 1)])
    assert solve(ray, solver="cbc").status is Status.UNBOUNDED
    assert np.isnan(solve(ray, solver="cbc").x).all()


def test_importing_the_module_loads_no_solver() -> None:
    """Commands that solve nothing do not pay for the solvers."""
    code = "import sys, mentorctl.optimize.linear; print({'pulp', 'highspy'} & set(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert ran.stdout.strip() == "set()"


def test_the_array_solver_is_one_of_pulps_solvers() -> None:
    """It is registered by name, is what PuLP calls a solver, and without arrays it solves any problem of PuLP's."""
    made = array_solver.solver_class()
    assert made is not None
    assert issubclass(made, pulp.LpSolver)
    assert "HiGHS_ARRAYS" in pulp.listSolvers(onlyAvailable=True)
    problem = as_problem(model([-3, -5], [([1, 0], MOST, 4), ([0, 2], MOST, 12), ([3, 2], MOST, 18)]))
    assert problem.solve(pulp.getSolver("HiGHS_ARRAYS")).status == pulp.LpSolveStatus.Optimal
    assert problem.objective.value() == -36


@pytest.mark.parametrize("integer", [False, True])
def test_the_plain_path_gives_the_same_answers(monkeypatch: pytest.MonkeyPatch, integer: bool) -> None:
    """Where PuLP's class lacks what the arrays need, its own hand-over is used: same optima, statuses and duals."""
    draw = np.random.default_rng(3)
    problems = [
        model(
            list(-draw.integers(1, 9, 6).astype(float)),
            [(list(row), MOST, 7.0) for row in draw.integers(0, 4, (4, 6)).astype(float)],
            upper=[2.5] * 6,
            integer=integer,
        )
        for _ in range(5)
    ]
    problems.append(model([1, 1], [([1, 1], LEAST, 2), ([1, 1], MOST, 1)], integer=integer))
    passed = [solve(problem) for problem in problems]
    monkeypatch.setattr(array_solver, "solver_class", lambda: None)
    for problem, expected in zip(problems, passed, strict=True):
        plain = solve(problem)
        assert plain.status is expected.status
        assert plain.objective == pytest.approx(expected.objective)
        assert np.isnan(plain.row_duals).any() == np.isnan(expected.row_duals).any()
