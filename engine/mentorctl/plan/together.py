"""Cohorts of several programs that are open at once and matched as one problem."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mentorctl.optimize.shapes.case import Proposal, Proposals, ShapeCase
from mentorctl.optimize.shapes.pairs import decided, joint_search, propose_together
from mentorctl.optimize.shapes.propose import checked
from mentorctl.plan.enrollments import Cohort, enroll
from mentorctl.plan.inputs import Draft
from mentorctl.plan.matches import Opening, as_record, open_matching, say_matching
from mentorctl.plan.model import Notice
from mentorctl.plan.problems import JointSearch
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
    made = [_made(opening, found) for (opening, _), found in zip(joint, proposals, strict=True)]
    found: Found = {_key(opening.cohort): (opening, None) for opening in openings}
    for at, ((opening, case), proposed) in enumerate(zip(joint, proposals, strict=True)):
        cohort = opening.cohort
        beside = [record for other, records in enumerate(made) if other != at for record in records]
        joined = replace(opening, beside=tuple(beside), joins=True)
        found[_key(cohort)] = (joined, None if proposed is None else checked(case, proposed))
        text = f"matched in one problem with {', '.join(sorted(programs - {cohort.program.id}))}"
        draft.notices.append(Notice(program=cohort.program.id, cohort=cohort.id, text=text))
    return found


def _key(cohort: Cohort) -> Key:
    return cohort.program.id, cohort.id


def _proposals(
    joint: Sequence[tuple[Opening, ShapeCase]], kept: Sequence[MatchRecord], draft: Draft
) -> tuple[Proposals | None, ...]:
    """The best matches of all cohorts; None of each where they are decided already."""
    cohorts, cases = tuple(opening.cohort for opening, _ in joint), [case for _, case in joint]
    shared = shared_of(cohorts, draft.records, kept, [(case.mentors, case.mentees) for case in cases])
    forced = tuple(decided(case) for case in cases)
    if cohorts[0].inputs.decided is not None:
        draft.joint.append(JointSearch(cohorts=cohorts, forced=forced, problem=joint_search(cases, shared)))
        return tuple(None for _ in cohorts)
    for cohort, case in zip(cohorts, cases, strict=True):
        say_matching(cohort, case)
    problem, answer, proposals = propose_together(cases, shared, cohorts[0].inputs.engine)
    draft.joint.append(JointSearch(cohorts=cohorts, forced=forced, problem=problem, answer=answer))
    return proposals


def _pinned(opening: Opening) -> Iterator[MatchRecord]:
    """The pairs that must be made in a cohort, as records."""
    standing = {(e, m) for s in opening.case.standing for e in s.others for m in s.mentors} if opening.case else set()
    for mentee, mentor in sorted(opening.case.forced - standing) if opening.case else ():
        pair = Proposal(mentors=(mentor,), others=(mentee,), subject="", score=0, terms=())
        yield as_record(opening.cohort, pair)


def _made(opening: Opening, found: Proposals | None) -> list[MatchRecord]:
    """All matches of a cohort after the search: those that stood, and the new ones."""
    cohort, chosen = opening.cohort, opening.cohort.inputs.decided
    if chosen is not None:
        new = [record for record in chosen.get(_key(cohort), ()) if not record.relaxed]
    else:
        new = [as_record(cohort, proposal) for proposal in (found.made if found else ())]
    return [*opening.stood.kept, *new]
