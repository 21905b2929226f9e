"""What kind of problem the matching of each cohort is."""

from collections import Counter
from collections.abc import Iterable, Iterator

from mentorctl.optimize.ground import Indices
from mentorctl.optimize.matching import rooms
from mentorctl.optimize.shapes.case import ShapeCase
from mentorctl.optimize.shapes.classify import classify
from mentorctl.plan.explain.values import ProblemSaid
from mentorctl.plan.problems import MatchingProblem
from mentorctl.rules.fields import Role
from mentorctl.spec.matching import Capacity, Stability


def what_problems(problems: Iterable[MatchingProblem]) -> tuple[ProblemSaid, ...]:
    """The problem of each cohort on the day, whether it is matched then or not."""
    return tuple(_problem(problem) for problem in problems if not problem.given_up)


def _problem(problem: MatchingProblem) -> ProblemSaid:
    case, classified = problem.case, classify(problem.case)
    sides = list(_sides(case))
    return ProblemSaid(
        program=problem.cohort.program.id,
        cohort=problem.cohort.id,
        kind=classified.kind.value,
        because=classified.because,
        people=tuple((role.value, len(people)) for role, people, _ in sides),
        pairs=len(case.table),
        standing=len(problem.kept),
        parts=classified.parts,
        alone=classified.alone,
        places=tuple(_places(case, role, people, capacity) for role, people, capacity in sides if len(people)),
        objectives=tuple(_objectives(case)),
        is_open=problem.is_open,
    )


def _sides(case: ShapeCase) -> Iterator[tuple[Role, Indices, Capacity | None]]:
    if case.ground.peers:
        yield Role.PEER, case.mentees, None
        return
    yield Role.MENTEE, case.mentees, case.matching.mentee_capacity
    yield Role.MENTOR, case.mentors, case.matching.mentor_capacity


def _places(case: ShapeCase, role: Role, people: Indices, capacity: Capacity | None) -> tuple[str, int, int]:
    """How many new matches people of a role may have, beside those that stand."""
    if capacity is None:
        return role.value, 0, 1
    used = Counter(p for s in case.standing for p in (s.mentors if role is Role.MENTOR else s.others))
    periods = max(1, len(case.periods)) if role is Role.MENTOR else 1
    free = [
        max(0, room * periods - used[person])
        for person, room in zip(people.tolist(), rooms(case.ground, capacity, people).tolist(), strict=True)
    ]
    return role.value, min(free), max(free)


def _objectives(case: ShapeCase) -> Iterator[str]:
    """The aims in order; weights are told where there are several in one."""
    for aim in case.matching.aims:
        yield " + ".join(f"{weight} {term}" if len(aim) > 1 else str(term) for term, weight in aim)
    if case.matching.stability is Stability.STABLE:
        yield "stable"
