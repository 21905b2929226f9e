"""Peers solved: pairs of one pool, and one trio at most, by the kernel where it can, else as an integer program."""

from dataclasses import replace

import numpy as np

from mentorctl.optimize.groups.peer_blossoms import solve_with_blossoms
from mentorctl.optimize.groups.peer_program import solve_as_program
from mentorctl.optimize.groups.peer_proof import in_order, order_of
from mentorctl.optimize.groups.problem import PeerAnswer, PeerProblem
from mentorctl.optimize.groups.stages import Remaining, forever


def solve_peers(problem: PeerProblem, *, remaining: Remaining = forever, solver: str = "highs") -> PeerAnswer:
    """The best pairs and trio under the objectives in order, then under the tie-break. As `solve_groups`."""
    order = order_of(problem)
    ordered = in_order(problem, order)
    answer = solve_with_blossoms(ordered, remaining) or solve_as_program(ordered, remaining, solver)
    chosen = np.zeros(len(order), np.bool_)
    chosen[order] = answer.chosen
    return replace(answer, chosen=chosen)
