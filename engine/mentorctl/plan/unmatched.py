"""The finding about people who stay without a match: how many, what keeps them from one, and where that is written."""

from collections.abc import Sequence

import numpy as np

from mentorctl.diagnostics import Place, finding
from mentorctl.optimize.scoring import hard_rule_holds
from mentorctl.optimize.shapes.case import Proposals, ShapeCase
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import Draft
from mentorctl.plan.standing import rule_place
from mentorctl.rules.implied import hard_rules
from mentorctl.spec.matching import OddPerson, Unmatched
from mentorctl.state.model import MatchRecord


def report_unmatched(
    cohort: Cohort, case: ShapeCase, found: Proposals, matches: Sequence[MatchRecord], draft: Draft
) -> None:
    """How many stay without a match, and what keeps them from one."""
    index_of = cohort.inputs.index_of
    covered = {index_of[p] for record in matches for p in record.others}
    alone = np.array([m not in covered for m in case.mentees.tolist()], np.bool_)
    if not alone.any() or found.missing:
        return
    reasons, place = [], Place(document=cohort.program.id, path=("matching", "capacity"))
    without = case.mentees[alone & (found.options == 0)]
    who = "partner" if case.ground.peers else "mentor"
    seeking = without[np.array([case.in_need(mentee) for mentee in without.tolist()], np.bool_)]
    if len(seeking) < len(without):
        reasons.append(f"{_have(len(without) - len(seeking))} none of the `needs`")
        place = Place(document=cohort.program.id, path=("matching", "needs"))
    poor = _under_minimum(case, seeking)
    if poor:
        least = case.matching.terms.minimum
        reasons.append(f"{_have(poor)} only {who}s with whom they reach less than `minimum_score: {least}`")
        place = Place(document=cohort.program.id, path=("matching", "minimum_score"))
    if len(seeking) > poor:
        rule, share = _hardest_rule(case, seeking)
        reasons.append(
            f"{_have(len(seeking) - poor)} no admissible {who}"
            + (f" (`{rule}` alone rules out {share:.0%})" if rule else "")
        )
        place = rule_place(cohort, rule) if rule else place
    crowded = int((alone & (found.options > 0)).sum())
    if crowded:
        reasons.append(_crowded(case, crowded))
    refuse = cohort.program.matching.unmatched is Unmatched.REFUSE
    draft.findings.append(
        finding(
            "MC5001" if refuse else "MC5002",
            f"{int(alone.sum())} of {len(case.mentees)} {'peers' if case.ground.peers else 'mentees'} of cohort "
            f"`{cohort.id}` stay without a match: " + "; ".join(reasons),
            help=_more_matches(case)
            + (", or write `unmatched: waitlist`" if refuse else "")
            + f"; `mentorctl explain unmatched {cohort.program.id}` says what each would bring",
            place=place,
        )
    )


def _have(count: int) -> str:
    return f"{count} {'has' if count == 1 else 'have'}"


def _crowded(case: ShapeCase, count: int) -> str:
    """Why people with candidates have no match."""
    if not case.ground.peers:
        return f"the mentors that {count} could have are full, or no group has room for them"
    odd = count == 1 and len(case.mentees) % 2 == 1
    return "the number of peers is odd" if odd else f"the partners that {count} could have are taken"


def _more_matches(case: ShapeCase) -> str:
    """What can be done so that more people are matched."""
    if not case.ground.peers:
        return "soften a rule, raise the mentors' capacity or invite more mentors"
    trio = case.matching.odd_person is not OddPerson.TRIO and len(case.mentees) % 2 == 1
    more = "soften a rule or invite more people"
    return f"{more}, or let the odd one join two others: `odd_person: trio`" if trio else more


def _under_minimum(case: ShapeCase, mentees: np.ndarray[tuple[int], np.dtype[np.int32]]) -> int:
    """How many of some people without candidates have one that only the least score rules out."""
    if case.matching.terms.minimum is None:
        return 0
    found = mentees[:, None] != case.mentors[None, :]
    for rule in hard_rules(case.matching.require, case.matching.prefer, case.matching.terms):
        found &= hard_rule_holds(case.ground, rule, mentees[:, None], case.mentors[None, :])
    return int(found.any(axis=1).sum())


def _hardest_rule(case: ShapeCase, mentees: np.ndarray[tuple[int], np.dtype[np.int32]]) -> tuple[str, float]:
    """The hard rule that rules out the largest share of the candidates of some mentees."""
    worst = ("", 0.0)
    for rule in hard_rules(case.matching.require, case.matching.prefer, case.matching.terms):
        holds = hard_rule_holds(case.ground, rule, mentees[:, None], case.mentors[None, :])
        share = 1.0 - float(np.mean(holds)) if holds.size else 0.0
        if share > worst[1]:
            worst = (rule.id, share)
    return worst
