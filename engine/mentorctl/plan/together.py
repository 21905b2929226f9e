"""Cohorts of several programs that are open at once and matched as one problem."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mentorctl.optimize.shapes.case import Proposal, Proposals, ShapeCase
from mentorctl.optimize.shapes.pairs import propose_together
from mentorctl.optimize.shapes.propose import checked
from mentorctl.plan.enrollments import Cohort, enroll
from mentorctl.plan.inputs import Draft
from mentorctl.plan.matches import Opening, as_record, open_matching, say_matching
from mentorctl.plan.model import Notice
from mentorctl.plan.sharing import shared_of
from mentorctl.state.model import MatchRecord

type Key = tuple[str, str]  # a program and one of its cohorts
type Found = dict[Key, tuple[Opening, Proposals | None]]


def match_together(cohorts: Sequence[Cohort], draft: Draft) -> Found:
    """What there is to match in each of the cohorts, and the best matches of all of them as one problem."""
    programs = {cohort.program.id for cohort in cohorts}
    openings: list[Opening] = []
    for cohort in cohorts:
        pinned = [record for opening in openings for record in _pinned(opening)]
        others = programs - {cohort.program.id}
        openings.append(open_matching(cohort, enroll(cohort), draft, joined=others, beside=pinned))
    joint = [(opening, opening.case) for opening in openings if opening.case is not None]
    proposals = _proposals(joint, [r for opening in openings for r in opening.stood.kept], draft) if joint else ()
    found: Found = {_key(opening.cohort): (opening, None) for opening in openings}
    for (opening, case), proposed in zip(joint, proposals, strict=True):
        cohort = opening.cohort
        rest = [(other, made) for (other, _), made in zip(joint, proposals, strict=True) if other is not opening]
        beside = [record for other, made in rest for record in _made(other, made)]
        found[_key(cohort)] = (replace(opening, beside=tuple(beside)), checked(case, proposed))
        text = f"matched in one problem with {', '.join(sorted(programs - {cohort.program.id}))}"
        draft.notices.append(Notice(program=cohort.program.id, cohort=cohort.id, text=text))
    return found


def _key(cohort: Cohort) -> Key:
    return cohort.program.id, cohort.id


def _proposals(
    joint: Sequence[tuple[Opening, ShapeCase]], kept: Sequence[MatchRecord], draft: Draft
) -> tuple[Proposals, ...]:
    for opening, case in joint:
        say_matching(opening.cohort, case)
    cohorts = [opening.cohort for opening, _ in joint]
    shared = shared_of(cohorts, draft.records, kept, [(case.mentors, case.mentees) for _, case in joint])
    return propose_together([case for _, case in joint], shared, cohorts[0].inputs.engine)


def _pinned(opening: Opening) -> Iterator[MatchRecord]:
    """The pairs that must be made in a cohort, as records."""
    standing = {(e, m) for s in opening.case.standing for e in s.others for m in s.mentors} if opening.case else set()
    for mentee, mentor in sorted(opening.case.forced - standing) if opening.case else ():
        pair = Proposal(mentors=(mentor,), others=(mentee,), subject="", score=0, terms=())
        yield as_record(opening.cohort, pair)


def _made(opening: Opening, made: Proposals) -> Iterator[MatchRecord]:
    """All matches of a cohort after the search: those that stood, and the new ones."""
    yield from opening.stood.kept
    yield from (as_record(opening.cohort, proposal) for proposal in made.made)
