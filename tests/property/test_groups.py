"""The answer about groups and peers depends on what was asked, not on the order in which it was written."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.random import Generator
from numpy.typing import NDArray
from oracle.small_groups import SHAPES, draw, draw_peers

from mentorctl.optimize.groups.peers import solve_peers
from mentorctl.optimize.groups.problem import GroupAnswer, GroupProblem
from mentorctl.optimize.groups.rules import Limit, Rule
from mentorctl.optimize.groups.solve import solve_groups

type Ints = NDArray[np.int64]


def shuffled(rng: Generator, p: GroupProblem) -> tuple[GroupProblem, Ints]:
    """The same problem with its rows in another order, and where each candidate was before."""
    order = rng.permutation(len(p.seat))
    place = np.argsort(order)
    apart, bonus = rng.permutation(len(p.apart_first)), rng.permutation(len(p.bonus_first))

    def moved(rule: Rule) -> Rule:
        return replace(rule, candidates=place[rule.candidates]) if isinstance(rule, Limit) else rule

    return replace(
        p,
        seat=p.seat[order],
        holder=p.holder[order],
        tied=p.tied[order],
        apart_first=place[p.apart_second[apart]],
        apart_second=place[p.apart_first[apart]],
        bonus_first=place[p.bonus_second[bonus]],
        bonus_second=place[p.bonus_first[bonus]],
        bonus_points=p.bonus_points[bonus],
        rules=tuple(moved(p.rules[at]) for at in rng.permutation(len(p.rules)).tolist()),
        objectives=tuple(
            replace(
                o,
                candidate=o.candidate[order] if len(o.candidate) else o.candidate,
                least_of=o.least_of[order] if len(o.least_of) else o.least_of,
            )
            for o in p.objectives
        ),
    ), order


def seats(p: GroupProblem, answer: GroupAnswer) -> set[tuple[int, int]]:
    chosen = zip(p.seat[answer.chosen].tolist(), p.holder[answer.chosen].tolist(), strict=True)
    return set(chosen)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_order_of_rows_does_not_matter(shape: str) -> None:
    """Candidates, pairs and rules in another order give the same people the same seats."""
    for seed in range(12):
        rng = np.random.default_rng([11, seed])
        problem = draw(rng, shape)
        other, _ = shuffled(rng, problem)
        one, two = solve_groups(problem), solve_groups(other)
        assert (one.status, one.values, one.settled) == (two.status, two.values, two.settled)
        assert seats(problem, one) == seats(other, two)
        assert one.opened.tolist() == two.opened.tolist()
        assert one.block.tolist() == two.block.tolist()


def test_the_order_of_pairs_does_not_matter() -> None:
    """Pairs of peers in another order give the same pairs and trio."""
    for seed in range(25):
        rng = np.random.default_rng([12, seed])
        problem = draw_peers(rng)
        order = rng.permutation(len(problem.first))
        other = replace(
            problem,
            first=problem.first[order],
            second=problem.second[order],
            forced=problem.forced[order],
            objectives=tuple(replace(o, pair=o.pair[order]) for o in problem.objectives),
        )
        one, two = solve_peers(problem), solve_peers(other)
        assert one.values == two.values
        assert one.chosen[order].tolist() == two.chosen.tolist()
        assert one.trios.tolist() == two.trios.tolist()


def test_another_solver_gives_the_same_people() -> None:
    """Where the tie-break was settled, CBC and HiGHS choose the same seats and the same pairs."""
    pytest.importorskip("cbcbox")
    for seed in range(4):
        problem = draw(np.random.default_rng([13, seed]), SHAPES[seed % len(SHAPES)])
        one, two = solve_groups(problem), solve_groups(problem, solver="cbc")
        assert one.values == two.values
        assert one.chosen.tolist() == two.chosen.tolist()
        peers = draw_peers(np.random.default_rng([14, seed]))
        first, second = solve_peers(peers), solve_peers(peers, solver="cbc")
        assert first.values == second.values
        assert first.chosen.tolist() == second.chosen.tolist()
