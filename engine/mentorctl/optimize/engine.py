"""What the planner asks of the optimizer, wherever it runs: in this process, or in a worker that can be killed.

Solvers are imported when they are asked: a plan that has nothing to search loads none of them.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from mentorctl.optimize.network import NoProof

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentorctl.optimize.budgets import Budget
    from mentorctl.optimize.groups.problem import GroupAnswer, GroupProblem, PeerAnswer, PeerProblem
    from mentorctl.optimize.network import Network
    from mentorctl.optimize.ordered import Aim, OrderedAnswer
    from mentorctl.optimize.scheduling.gatherings import GatheringAnswer, GatheringProblem
    from mentorctl.optimize.scheduling.problem import SeriesAnswer, SeriesProblem
    from mentorctl.optimize.scheduling.timetable import Timetable, TimetableProblem


class Engine(Protocol):
    """Solves what has been compiled to arrays; matchings with the solver that it names."""

    @property
    def solver(self) -> str: ...

    def network(
        self, network: "Network", aims: "tuple[Aim, ...]", budgets: "tuple[Budget, ...]" = ()
    ) -> "OrderedAnswer": ...

    def groups(self, problem: "GroupProblem") -> "GroupAnswer": ...

    def peers(self, problem: "PeerProblem") -> "PeerAnswer": ...

    def series(self, problem: "SeriesProblem") -> "SeriesAnswer": ...

    def gatherings(self, problem: "GatheringProblem") -> "GatheringAnswer": ...

    def timetable(self, problem: "TimetableProblem") -> "Timetable": ...


class DirectEngine:
    """Solves in this process; the solver cannot be interrupted there, so commands use a worker."""

    solver = "highs"

    def network(
        self, network: "Network", aims: "tuple[Aim, ...]", budgets: "tuple[Budget, ...]" = ()
    ) -> "OrderedAnswer":
        from mentorctl.optimize.ordered import solve_in_order

        return checked_network(network, aims, budgets, solve_in_order(network, aims, budgets, proof=True))

    def groups(self, problem: "GroupProblem") -> "GroupAnswer":
        from mentorctl.optimize.groups.solve import solve_groups

        return checked_groups(problem, solve_groups(problem, solver=self.solver))

    def peers(self, problem: "PeerProblem") -> "PeerAnswer":
        from mentorctl.optimize.groups.peers import solve_peers

        return checked_peers(problem, solve_peers(problem, solver=self.solver))

    def series(self, problem: "SeriesProblem") -> "SeriesAnswer":
        from mentorctl.optimize.scheduling.series import solve_series

        return checked_series(problem, solve_series)

    def gatherings(self, problem: "GatheringProblem") -> "GatheringAnswer":
        from mentorctl.optimize.scheduling.gatherings import place_gatherings

        return checked_gatherings(problem, place_gatherings(problem))

    def timetable(self, problem: "TimetableProblem") -> "Timetable":
        from mentorctl.optimize.scheduling.timetabling import place_timetable

        return checked_timetable(problem, place_timetable(problem))


def checked_network(
    network: "Network", aims: "tuple[Aim, ...]", budgets: "tuple[Budget, ...]", answer: "OrderedAnswer"
) -> "OrderedAnswer":
    """The answer, if nothing is wrong with it. Raises NoProof otherwise."""
    from mentorctl.optimize.ordered_check import answer_defects

    for defect in answer_defects(network, aims, budgets, answer):
        raise NoProof(defect)
    return answer


def checked_groups(problem: "GroupProblem", answer: "GroupAnswer") -> "GroupAnswer":
    """The answer, if nothing is wrong with it. Raises NoProof otherwise."""
    from mentorctl.optimize.groups.answer import verify_groups
    from mentorctl.optimize.groups.branch_proof import branch_defects

    for defect in (*verify_groups(problem, answer), *branch_defects(problem, answer)):
        raise NoProof(defect)
    return answer


def checked_peers(problem: "PeerProblem", answer: "PeerAnswer") -> "PeerAnswer":
    """The answer, if nothing is wrong with it. Raises NoProof otherwise."""
    from mentorctl.optimize.groups.answer import verify_peers
    from mentorctl.optimize.groups.peer_proof import peer_proof_defects

    for defect in (*verify_peers(problem, answer), *peer_proof_defects(problem, answer)):
        raise NoProof(defect)
    return answer


def checked_series(problem: "SeriesProblem", solve: "Callable[[SeriesProblem], SeriesAnswer]") -> "SeriesAnswer":
    """The answer, if nothing is wrong with it. Raises NoProof otherwise.

    What an earlier answer said may come from a file that was altered; where it leads astray, it is left out.
    """
    from mentorctl.optimize.scheduling.verify import verify_series

    answer = solve(problem)
    defects = verify_series(problem, answer)
    if defects and problem.before is not None and problem.before.parts:
        problem = replace(problem, before=replace(problem.before, parts=()))
        answer = solve(problem)
        defects = verify_series(problem, answer)
    for defect in defects:
        raise NoProof(defect)
    return answer


def checked_gatherings(problem: "GatheringProblem", answer: "GatheringAnswer") -> "GatheringAnswer":
    """The answer, if nothing is wrong with it. Raises NoProof otherwise."""
    from mentorctl.optimize.scheduling.verify_gatherings import verify_gatherings

    for defect in verify_gatherings(problem, answer):
        raise NoProof(defect)
    return answer


def checked_timetable(problem: "TimetableProblem", answer: "Timetable") -> "Timetable":
    """The answer, if nothing is wrong with it. Raises NoProof otherwise."""
    from mentorctl.optimize.scheduling.verify_timetable import verify_timetable

    for defect in verify_timetable(problem, answer):
        raise NoProof(defect)
    return answer
