"""What the state knows about earlier matches: who met whom, who declined whom, and how long people have waited."""

from collections.abc import Iterable
from datetime import date
from itertools import combinations

import numpy as np

from mentorctl.addresses import Address
from mentorctl.optimize.ground import Amounts, History, PairFacts
from mentorctl.plan.decisions import is_trial
from mentorctl.plan.enrollments import Cohort
from mentorctl.rules.pairs import Declined
from mentorctl.state.model import CohortRecord, MatchRecord

_NEVER_MET = frozenset({"declined", "expired", "draft", "discarded"})


def history_of(cohort: Cohort) -> History:
    """Earlier matches of the program; declines reach over the workspace where the program says so.

    A match counts from the first day of its cohort. Those of this cohort that stand are no repeats of themselves.
    """
    own = cohort.program.id
    wide = cohort.program.matching.terms.history.declined is Declined.WORKSPACE
    matches = cohort.inputs.matches_of.get(own, ())
    met = (
        m
        for m in matches
        if m.state not in _NEVER_MET
        and (m.address.cohort != cohort.id or (cohort.inputs.is_over(m) and not is_trial(cohort, m)))
    )
    declined = (m for m in (cohort.inputs.matches if wide else matches) if m.state == "declined")
    return History(as_of=cohort.inputs.as_of, met=_facts(cohort, met), declined=_facts(cohort, declined))


def _facts(cohort: Cohort, matches: Iterable[MatchRecord]) -> PairFacts:
    """Everybody in a match who worked with somebody else in it: mentor and mentee, or peers."""
    index_of = cohort.inputs.index_of
    rows = []
    for match in matches:
        began = _began(cohort, match).toordinal()
        for one, two in _pairs(match):
            if one in index_of and two in index_of:
                rows.append((index_of[one], index_of[two], began))
    table = np.array(rows, np.int64).reshape(len(rows), 3)
    return PairFacts(one=table[:, 0].astype(np.int32), two=table[:, 1].astype(np.int32), day=table[:, 2].copy())


def _pairs(match: MatchRecord) -> Iterable[tuple[str, str]]:
    if not match.mentors:
        return combinations(match.others, 2)
    return ((mentor, other) for mentor in match.mentors for other in match.others)


def _began(cohort: Cohort, match: MatchRecord) -> date:
    where = Address(program=match.address.program, cohort=match.address.cohort, kind="cohort", id=match.address.cohort)
    for address in (where, Address(program=where.program, cohort=where.cohort)):
        record = cohort.inputs.snapshot.by_address.get(address)
        if isinstance(record, CohortRecord):
            return date.fromisoformat(record.starts)
    return cohort.timeline.start


def rounds_waited(cohort: Cohort) -> Amounts:
    """Per person of the roster: in how many cohorts of the program they waited and got no match."""
    waited = np.zeros(len(cohort.inputs.roster.ids), np.int64)
    for record in cohort.inputs.waiting.get(cohort.program.id, ()):
        if record.address.cohort != cohort.id and record.person in cohort.inputs.index_of:
            waited[cohort.inputs.index_of[record.person]] += 1
    return waited
