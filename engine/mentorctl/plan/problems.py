"""The searches for matches that a plan makes, kept so that they can be asked about and checked."""

from mentorctl.optimize.ordered import OrderedAnswer
from mentorctl.optimize.shapes.case import Proposals, ShapeCase
from mentorctl.optimize.together import JointProblem
from mentorctl.plan.enrollments import Cohort
from mentorctl.state.model import EnrollmentRecord, MatchRecord
from mentorctl.values import dataclass


@dataclass(frozen=True, kw_only=True, eq=False)
class MatchingProblem:
    """One search for matches in one cohort, under all rules or without those that were `given_up`.

    `kept` are the matches that stood before, `made` those that were found; `enrolled` is where everybody stands.
    `together`: it was searched with cohorts of other programs, whose matches are fixed in this case.
    `found` is None where nothing was searched: matching is not open, people find each other, or a plan had decided.
    """

    cohort: Cohort
    case: ShapeCase
    kept: tuple[MatchRecord, ...]
    enrolled: tuple[EnrollmentRecord, ...]
    is_open: bool
    given_up: tuple[str, ...] = ()
    together: bool = False
    made: tuple[MatchRecord, ...] = ()
    found: Proposals | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class JointSearch:
    """One search for matches in several cohorts; `answer` is None where a plan had decided.

    `forced` are the pairs of each cohort that must be made and are not searched.
    """

    cohorts: tuple[Cohort, ...]
    forced: tuple[tuple[tuple[int, int], ...], ...]
    problem: JointProblem
    answer: OrderedAnswer | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The cohorts as `program/cohort`."""
        return tuple(str(cohort.address) for cohort in self.cohorts)
