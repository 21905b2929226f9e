"""What the planner asks of the optimizer, wherever it runs: in this process, or in a worker that can be killed."""

from typing import Protocol

from mentorctl.optimize.network import Network, NetworkAnswer, Objective, solve_network
from mentorctl.optimize.scheduling.events import place_trainings
from mentorctl.optimize.scheduling.problem import SeriesAnswer, SeriesProblem, TrainingAnswer, TrainingProblem
from mentorctl.optimize.scheduling.series import solve_series


class Engine(Protocol):
    """Solves what has been compiled to arrays; matchings with the solver that it names."""

    @property
    def solver(self) -> str: ...

    def network(self, network: Network, objectives: tuple[Objective, ...]) -> NetworkAnswer: ...

    def series(self, problem: SeriesProblem) -> SeriesAnswer: ...

    def trainings(self, problem: TrainingProblem) -> TrainingAnswer: ...


class DirectEngine:
    """Solves in this process; the solver cannot be interrupted there, so commands use a worker."""

    solver = "highs"

    def network(self, network: Network, objectives: tuple[Objective, ...]) -> NetworkAnswer:
        return solve_network(network, objectives)

    def series(self, problem: SeriesProblem) -> SeriesAnswer:
        return solve_series(problem)

    def trainings(self, problem: TrainingProblem) -> TrainingAnswer:
        return place_trainings(problem)
