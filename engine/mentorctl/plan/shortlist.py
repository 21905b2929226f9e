"""Whom somebody may ask for: the candidates that the rules allow, the best first."""

from collections.abc import Iterable

import numpy as np

from mentorctl.optimize.shapes.case import ShapeCase
from mentorctl.plan.problems import MatchingProblem
from mentorctl.values import dataclass

DEFAULT_LENGTH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible partner by opaque id; `score` is None where the program does not show scores."""

    person: str
    score: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortlist:
    """The best partners for one person; `possible` counts all that the rules allow."""

    program: str
    cohort: str
    person: str
    possible: int
    candidates: tuple[Candidate, ...]


def shortlists(
    problems: Iterable[MatchingProblem], *, only: str = "", length: int | None = None
) -> tuple[Shortlist, ...]:
    """The shortlists of all mentees (or peers) who may be matched, or those of one person in either role."""
    return tuple(
        found
        for problem in problems
        if not problem.given_up
        for found in _of_problem(problem, only, length or problem.cohort.program.matching.process.shortlist)
    )


def _of_problem(problem: MatchingProblem, only: str, length: int) -> Iterable[Shortlist]:
    case, ids = problem.case, problem.cohort.inputs.roster.ids
    process = problem.cohort.program.matching.process
    shows = process.shows_score or not process.shortlist
    sides = (("mentee", "mentor"), ("mentor", "mentee")) if only or case.ground.peers else (("mentee", "mentor"),)
    found: dict[int, list[tuple[int, int]]] = {}
    for own, other in sides:
        of, to = _people(case, own), _people(case, other)
        for person, partner, score in zip(of.tolist(), to.tolist(), case.table.score.tolist(), strict=True):
            if not only or ids[person] == only:
                found.setdefault(person, []).append((-score, partner))
    for person in sorted(found, key=lambda index: ids[index]):
        best = sorted(found[person])[: length or DEFAULT_LENGTH]
        yield Shortlist(
            program=problem.cohort.program.id,
            cohort=problem.cohort.id,
            person=ids[person],
            possible=len(found[person]),
            candidates=tuple(
                Candidate(person=ids[partner], score=-worth if shows else None) for worth, partner in best
            ),
        )


def _people(case: ShapeCase, side: str) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """The roster indices of one side of each candidate pair."""
    return case.mentees[case.table.mentee] if side == "mentee" else case.mentors[case.table.mentor]
