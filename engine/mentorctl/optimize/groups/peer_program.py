"""Peers as an integer program over pairs and triangles: for several matches a person, and without the kernel."""

import math
from dataclasses import replace

import numpy as np

from mentorctl.optimize.groups.peer_goals import pair_ties, tie_coarseness, trio_ties
from mentorctl.optimize.groups.problem import Ints, Mask, PeerAnswer, PeerObjective, PeerProblem, Shortfall
from mentorctl.optimize.groups.rows import Numbers, Program, Rows
from mentorctl.optimize.groups.stages import Remaining, Staged, least_costs
from mentorctl.optimize.groups.trios import Fold, folded, greedy, most_worth, possible, priced
from mentorctl.optimize.linear import solve, violation

_MOST_TRIANGLES = 20_000  # with more the program is too large to end; then the answer has a gap


def solve_as_program(problem: PeerProblem, remaining: Remaining, solver: str) -> PeerAnswer:
    """The best pairs and trio under the objectives in order, then under the tie-break. As `solve_groups`.

    The pairs of the problem are in order.
    """
    model, known, are_all = _model(problem, remaining, solver)
    costs = [model.cost(objective) for objective in problem.objectives]
    staged = least_costs(model.program, costs, model.tie_break(), remaining, solver, start=known)
    if not are_all:
        staged = _of_some(staged, problem, remaining)
    chosen = np.zeros(len(problem.first), np.bool_)
    trios = np.zeros((0, 3), np.int64)
    if staged.status in {"optimal", "feasible"}:
        chosen = staged.x[model.pair] > 0.5  # noqa: PLR2004 - whole columns are whole
        trios = model.triangles[staged.x[model.trio] > 0.5]  # noqa: PLR2004
    return PeerAnswer(
        status=staged.status,
        chosen=chosen,
        trios=trios,
        values=tuple(-cost for cost in staged.values),
        bounds=tuple(-bound for bound in staged.bounds),
        settled=staged.settled,
        shortfalls=staged.shortfalls,
    )


def _model(problem: PeerProblem, remaining: Remaining, solver: str) -> tuple["_PeerModel", Numbers | None, bool]:
    """The model with the triangles that the trio of a best answer can be, a good answer, and whether these are all."""
    if not problem.trios[1]:
        return _PeerModel(problem, np.zeros((0, 3), np.int64)), None, True
    fold = folded(problem)
    prices = priced(problem, fold, remaining)
    pairs, trio = greedy(problem, fold)
    few = _PeerModel(problem, np.unique(np.concatenate([prices.used, trio]), axis=0))
    x = _good_answer(few, fold, few.answer(pairs, trio), remaining, solver)
    reached = None if x is None else -int(np.rint(few.fold_cost(fold) @ x))
    found, gain = possible(problem, fold, prices, reached)
    best = np.sort(np.argsort(-gain, kind="stable")[:_MOST_TRIANGLES])
    model = _PeerModel(problem, found[best])
    return model, None if x is None else model.adopted(few, x), len(best) == len(found)


def _good_answer(
    model: "_PeerModel", fold: Fold, start: Numbers | None, remaining: Remaining, solver: str
) -> Numbers | None:
    """The best answer with the triangles of a model, or the one to start with if that is all there was time for."""
    known = start if start is not None and violation(model.program.model, start) == 0 else None
    left = remaining()
    limit = None if math.isinf(left) else left / 4
    priced_model = replace(model.program.model, cost=model.fold_cost(fold))
    found = solve(priced_model, solver=solver, time_limit=limit, start=known)
    return found.x if found.answered else known


def _of_some(staged: Staged, problem: PeerProblem, remaining: Remaining) -> Staged:
    """What is known when not all triangles were tried: bounds of each objective alone, and no proof that none fits."""
    if staged.status not in {"optimal", "feasible"}:
        return replace(staged, status="no answer", shortfalls=())
    alone = [-most_worth(problem, Fold(pair=o.pair, cover=o.cover), remaining) for o in problem.objectives]
    bounds = tuple(min(value, bound) for value, bound in zip(staged.values, alone, strict=True))
    return replace(staged, status="optimal" if bounds == staged.values else "feasible", bounds=bounds, settled=False)


class _PeerModel:
    """Columns: the pairs, the triangles that may be the trio, and who has a match.

    Who has one match at most needs no column for having one.
    """

    def __init__(self, problem: PeerProblem, triangles: Ints) -> None:
        self.problem, self.triangles = problem, triangles
        self.rows = Rows()
        self.pair = self.rows.columns(len(problem.first))
        self.trio = self.rows.columns(len(triangles))
        self.several = np.flatnonzero(problem.high > 1)
        self.met = self.rows.columns(len(self.several), whole=False)
        ends = np.concatenate([problem.first, problem.second])
        self._pairs_of = [self.pair[np.flatnonzero(ends == p) % max(1, len(self.pair))] for p in range(problem.people)]
        self._trios_of = [self.trio[(triangles == p).any(axis=1)] for p in range(problem.people)]
        self._people()
        self._trio()
        self._forced(problem.forced)
        self.program: Program = self.rows.program()

    def cost(self, objective: PeerObjective) -> Numbers:
        p = self.problem
        once = np.where(p.high > 1, 0, objective.cover)
        cost = np.zeros(len(self.program.model.cost))
        cost[self.pair] = -objective.pair - once[p.first] - once[p.second]
        cost[self.trio] = -once[self.triangles].sum(axis=1)
        for sides in self._sides():
            cost[self.trio] -= objective.pair[sides]
        cost[self.met] = -objective.cover[self.several]
        return cost

    def fold_cost(self, fold: Fold) -> Numbers:
        return self.cost(PeerObjective(name="", pair=fold.pair, cover=fold.cover))

    def adopted(self, other: "_PeerModel", x: Numbers) -> Numbers | None:
        """An answer with other triangles in the columns of this model; none if its trio is missing here."""
        return self.answer(np.flatnonzero(x[other.pair] > 0.5), other.triangles[x[other.trio] > 0.5])  # noqa: PLR2004

    def answer(self, pairs: Ints, trios: Ints) -> Numbers | None:
        """The columns of an answer; none if its trio is missing here."""
        p = self.problem
        x = np.zeros(len(self.program.model.cost))
        x[self.pair[pairs]] = 1.0
        for trio in trios.tolist():
            at = np.flatnonzero((self.triangles == trio).all(axis=1))
            if not len(at):
                return None
            x[self.trio[at]] = 1.0
        met = np.concatenate([p.first[pairs], p.second[pairs], trios.ravel()])
        x[self.met] = np.isin(self.several, met)
        return x

    def tie_break(self) -> Numbers:
        """A hash of the places of each pair and each trio."""
        p = self.problem
        cost = np.zeros(len(self.program.model.cost))
        coarse = tie_coarseness(p)
        cost[self.pair] = pair_ties(p) >> coarse
        cost[self.trio] = trio_ties(self.triangles) >> coarse
        return cost

    def _sides(self) -> list[Ints]:
        """The pairs of each triangle, as positions."""
        people = self.problem.people
        keys = self.problem.first * people + self.problem.second
        a, b, c = self.triangles.T
        return [np.searchsorted(keys, one * people + other) for one, other in ((a, b), (a, c), (b, c))]

    def _people(self) -> None:
        problem = self.problem
        for person, (pairs, trios) in enumerate(zip(self._pairs_of, self._trios_of, strict=True)):
            what = Shortfall(rule="places", holder=person)
            matches = [(pairs, 1.0), (trios, 1.0)]
            if problem.low[person]:
                self.rows.at_least(matches, int(problem.low[person]), what)
            self.rows.at_most(matches, int(min(problem.high[person], len(pairs) + 1)), what)
        for met, person in zip(self.met.tolist(), self.several.tolist(), strict=True):
            matches = [(self._pairs_of[person], -1.0), (self._trios_of[person], -1.0)]
            for columns, _ in matches:
                self.rows.each_at_most(0.0, (columns, 1.0), (np.full(len(columns), met), -1.0))
            self.rows.at_most([(met, 1.0), *matches], 0.0)

    def _trio(self) -> None:
        low, high = self.problem.trios
        if low:
            self.rows.at_least([(self.trio, 1.0)], low, Shortfall(rule="trio"))
        self.rows.at_most([(self.trio, 1.0)], high)
        several = self.problem.high > 1
        sides = self._sides()
        for at in np.flatnonzero(several[self.problem.first] & several[self.problem.second]).tolist():
            here = self.trio[np.any([side == at for side in sides], axis=0)]
            if len(here):
                self.rows.at_most([(self.pair[at], 1.0), (here, 1.0)], 1.0)

    def _forced(self, forced: Mask) -> None:
        for at in np.flatnonzero(forced).tolist():
            what = Shortfall(rule="pair", holder=int(self.problem.first[at]))
            self.rows.at_least([(self.pair[at], 1.0)], 1.0, what)
