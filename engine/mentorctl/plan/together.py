"""Cohorts of several programs that are open at once and matched as one problem."""

from collections.abc import Sequence

from mentorctl.optimize.shapes.case import Proposals
from mentorctl.optimize.shapes.pairs import propose_together
from mentorctl.optimize.shapes.propose import checked
from mentorctl.plan.enrollments import Cohort, enroll
from mentorctl.plan.inputs import Draft
from mentorctl.plan.matches import Opening, open_matching, say_matching
from mentorctl.plan.model import Notice
from mentorctl.plan.sharing import shared_of

type Key = tuple[str, str]  # a program and one of its cohorts
type Found = dict[Key, tuple[Opening, Proposals | None]]


def match_together(cohorts: Sequence[Cohort], draft: Draft) -> Found:
    """What there is to match in each of the cohorts, and the best matches where several of them are open."""
    programs = {cohort.program.id for cohort in cohorts}
    openings = [
        open_matching(cohort, enroll(cohort), draft, joined=programs - {cohort.program.id}) for cohort in cohorts
    ]
    joint = [(opening, opening.case) for opening in openings if opening.case is not None]
    found: dict[Key, Proposals | None] = {(c.program.id, c.id): None for c in cohorts}
    if joint:
        cases = [case for _, case in joint]
        for opening, case in joint:
            say_matching(opening.cohort, case)
        kept = [record for opening in openings for record in opening.stood.kept]
        ready = [(case.mentors, case.mentees) for case in cases]
        shared = shared_of([opening.cohort for opening, _ in joint], draft.records, kept, ready)
        proposals = propose_together(cases, shared, cohorts[0].inputs.engine)
        for (opening, case), proposed in zip(joint, proposals, strict=True):
            cohort = opening.cohort
            found[cohort.program.id, cohort.id] = checked(case, proposed)
            text = f"matched in one problem with {', '.join(sorted(programs - {cohort.program.id}))}"
            draft.notices.append(Notice(program=cohort.program.id, cohort=cohort.id, text=text))
    return {key: (opening, proposed) for (key, proposed), opening in zip(found.items(), openings, strict=True)}
