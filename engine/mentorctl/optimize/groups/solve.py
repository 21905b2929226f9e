"""Groups solved: rows in one order, the program in stages, and the answer in the terms of the problem."""

from dataclasses import replace

import numpy as np

from mentorctl.optimize.groups.answer import Seating, values_of
from mentorctl.optimize.groups.branching import best_by_branching
from mentorctl.optimize.groups.model import GroupModel
from mentorctl.optimize.groups.pricing import pricing_of
from mentorctl.optimize.groups.problem import NO_BLOCK, GroupAnswer, GroupObjective, GroupProblem, Ints
from mentorctl.optimize.groups.rules import Gap, Limit, Rule
from mentorctl.optimize.groups.stages import Remaining, Staged, forever, least_costs
from mentorctl.optimize.network import NoProof


def solve_groups(problem: GroupProblem, *, remaining: Remaining = forever, solver: str = "highs") -> GroupAnswer:
    """The best groups under the objectives in order, then under the tie-break.

    `remaining` tells how many seconds are left; when it runs out the answer is the best so far, or none. Where an
    objective has a gap then, the bounds of later ones hold for answers that are as good in it in every
    independent part. Raises NoProof when the solver contradicts itself.
    """
    ordered, order = _canonical(problem)
    best = best_by_branching(ordered, remaining)
    if best is None:
        return _by_program(problem, ordered, order, remaining, solver)
    chosen = np.zeros(len(problem.seat), np.bool_)
    chosen[order] = best.chosen
    values = values_of(problem, chosen, best.opened)
    return GroupAnswer(
        status="optimal",
        chosen=chosen,
        opened=best.opened,
        block=np.full(problem.units, NO_BLOCK),
        values=values,
        bounds=values,
        settled=True,
        proofs=best.proofs,
    )


def _by_program(
    problem: GroupProblem, ordered: GroupProblem, order: Ints, remaining: Remaining, solver: str
) -> GroupAnswer:
    """The best groups by an integer program; its proof is the bound of the solver."""
    model, staged = _best_program(ordered, remaining, solver)
    answered = staged.status in {"optimal", "feasible"}
    chosen = np.zeros(len(problem.seat), np.bool_)
    opens = np.zeros(problem.units, np.bool_)
    if answered:
        chosen[order] = staged.x[model.seated] > 0.5  # noqa: PLR2004 - whole columns are whole
        opens = staged.x[model.open] > 0.5  # noqa: PLR2004
    seating = Seating(problem, chosen.tolist(), opens.tolist())
    values = values_of(problem, chosen, opens) if answered else ()
    _agree(staged.status, values, tuple(-cost for cost in staged.values))
    blocks = [seating.first_common_block(u) if opens[u] else NO_BLOCK for u in range(problem.units)]
    return GroupAnswer(
        status=staged.status,
        chosen=chosen,
        opened=opens,
        block=np.array(blocks, np.int64),
        values=values,
        bounds=tuple(max(value, -bound) for value, bound in zip(values, staged.bounds, strict=True)),
        settled=staged.settled,
        shortfalls=staged.shortfalls,
    )


def _best_program(problem: GroupProblem, remaining: Remaining, solver: str) -> tuple[GroupModel, Staged]:
    """The program and its best answer; that of a core, where prices tell that nothing outside is as good."""
    pricing = pricing_of(problem)
    room = pricing.first_room() if pricing else 0.0
    while pricing is not None:
        model = GroupModel(problem, pricing.core(room))
        staged = _staged(model, remaining, solver)
        if staged.status != "optimal":
            break
        above = pricing.room_above(tuple(-value for value in staged.values))
        if above <= room:
            return model, staged
        room = above
    model = GroupModel(problem)
    return model, _staged(model, remaining, solver)


def _staged(model: GroupModel, remaining: Remaining, solver: str) -> Staged:
    costs = [model.cost(points) for points in model.costs]
    return least_costs(model.program, costs, model.tie_break(), remaining, solver)


def _agree(status: str, counted: tuple[int, ...], claimed: tuple[int, ...]) -> None:
    """An unfinished answer may be worth more than its columns say, a finished one is worth just that."""
    if status == "optimal" and counted != claimed:
        raise NoProof(f"the values {counted} and those of the solver {claimed} differ")


def _canonical(problem: GroupProblem) -> tuple[GroupProblem, Ints]:
    """The same problem with candidates by seat, then holder, and pairs in order; where the new ones were."""
    order = np.lexsort((problem.holder, problem.seat))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    apart = np.sort(np.stack([place[problem.apart_first], place[problem.apart_second]]), axis=0)
    bonus = np.sort(np.stack([place[problem.bonus_first], place[problem.bonus_second]]), axis=0)
    by_pair, by_bonus = np.lexsort(apart[::-1]), np.lexsort(bonus[::-1])
    return replace(
        problem,
        seat=problem.seat[order],
        holder=problem.holder[order],
        tied=problem.tied[order],
        apart_first=apart[0][by_pair],
        apart_second=apart[1][by_pair],
        bonus_first=bonus[0][by_bonus],
        bonus_second=bonus[1][by_bonus],
        bonus_points=problem.bonus_points[by_bonus],
        rules=tuple(_moved(rule, place, order) for rule in problem.rules),
        objectives=tuple(_reordered(objective, order) for objective in problem.objectives),
    ), order


def _moved(rule: Rule, place: Ints, order: Ints) -> Rule:
    if isinstance(rule, Gap) and len(rule.worth):
        return replace(rule, worth=rule.worth[order])
    return replace(rule, candidates=np.sort(place[rule.candidates])) if isinstance(rule, Limit) else rule


def _reordered(objective: GroupObjective, order: Ints) -> GroupObjective:
    return replace(
        objective,
        candidate=objective.candidate[order] if len(objective.candidate) else objective.candidate,
        least_of=objective.least_of[order] if len(objective.least_of) else objective.least_of,
    )
