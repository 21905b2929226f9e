"""Who is matched with whom: standing matches first, then the best new ones, in the matching phase."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from mentorctl.addresses import Address, opaque_id
from mentorctl.dates.durations import later
from mentorctl.diagnostics import Place, finding, quoted_list
from mentorctl.lifecycle.compiler import lifecycle_named, progress_events
from mentorctl.lifecycle.machine import Stepper, run
from mentorctl.optimize.ground import Ground
from mentorctl.optimize.scoring import hard_rule_holds
from mentorctl.optimize.shapes.case import Proposal, Proposals, ShapeCase, Standing, shown_scores
from mentorctl.optimize.shapes.classify import classify
from mentorctl.optimize.shapes.groups import in_need
from mentorctl.optimize.shapes.propose import propose
from mentorctl.plan.answers import unanswered
from mentorctl.plan.enrollments import POOL, Cohort, facts_of, may_be_matched
from mentorctl.plan.history import history_of, rounds_waited, taken_elsewhere
from mentorctl.plan.inputs import Draft
from mentorctl.plan.model import MatchingSummary, Notice
from mentorctl.plan.problems import MatchingProblem
from mentorctl.plan.standing import pairs_of, rule_place, standing_matches, without_rules
from mentorctl.rules.fields import Role
from mentorctl.rules.implied import hard_rules
from mentorctl.spec.matching import KeepExisting, OddPerson, Unmatched
from mentorctl.spec.model import ModelType
from mentorctl.state.model import EnrollmentRecord, MatchRecord, ProgramRecord, Term, members

_PHASE = "matching"
_BY_HAND = frozenset({"admin", "self-selected", "booking"})


@dataclass(frozen=True, kw_only=True)
class Matched:
    """The match records of a cohort and its enrollments after matching."""

    matches: list[MatchRecord]
    enrollments: list[EnrollmentRecord]


def match_cohort(cohort: Cohort, enrollments: list[EnrollmentRecord], draft: Draft) -> Matched:
    """Keep what stands, end what cannot, and in the matching phase propose the best new matches."""
    pool = {(e.person, e.role) for e in enrollments if e.state in POOL}
    ground = ground_of(cohort)
    is_open = _is_open(cohort)
    stood = standing_matches(cohort, ground, pool, draft, search_again=is_open and _search_again(cohort))
    proposed: list[MatchRecord] = []
    by_hand = cohort.program.matching.process.kind in _BY_HAND
    ready = {(e.person, e.role) for e in enrollments if may_be_matched(cohort, e)}
    declined = [r for r in stood.others if r.state == "declined"]
    problem = MatchingProblem(
        cohort=cohort,
        case=_case(cohort, ground, ready, stood.kept, declined, draft),
        kept=stood.kept,
        enrolled=tuple(enrollments),
        is_open=is_open and not by_hand,
    )
    if problem.is_open:
        proposed = _propose(problem, draft)
    else:
        draft.problems.append(problem)
        (_say_by_hand if is_open else _say_when_open)(cohort, draft)
    again = {record.address.id for record in proposed}
    matches = [*stood.kept, *proposed, *(r for r in stood.others if r.address.id not in again)]
    return Matched(
        matches=matches,
        enrollments=_advance(cohort, enrollments, [*stood.kept, *proposed], waiting=is_open and not by_hand),
    )


def ground_of(cohort: Cohort) -> Ground:
    """What the rules of a cohort are evaluated on; local clocks are those of the first day of the active phase."""
    active = cohort.timeline.phase("active")
    return Ground(
        roster=cohort.inputs.roster,
        contract=cohort.inputs.workspace.contract,
        day=active.start if active else cohort.timeline.start,
        timezone=cohort.program.timezone,
        peers=cohort.program.model.type is ModelType.PEER,
        history=history_of(cohort),
        outside=cohort.inputs.outside_scores(cohort.program.id),
        waited=rounds_waited(cohort),
    )


def _is_open(cohort: Cohort) -> bool:
    return cohort.timeline.is_open(_PHASE, cohort.inputs.as_of)


def _say_when_open(cohort: Cohort, draft: Draft) -> None:
    phase = cohort.timeline.phase(_PHASE)
    if phase and cohort.inputs.as_of < phase.start:
        text = f"matching opens on {phase.start} and closes on {phase.end}"
    elif phase:
        text = f"matching closed on {phase.end}"
    else:
        return
    draft.notices.append(Notice(program=cohort.program.id, cohort=cohort.id, text=text))


def _say_by_hand(cohort: Cohort, draft: Draft) -> None:
    """In these processes people find each other, or are matched by hand: nothing is proposed."""
    text = f"matching is open; the process is `{cohort.program.matching.process.kind}`, so no matches are proposed"
    draft.notices.append(Notice(program=cohort.program.id, cohort=cohort.id, text=text))


def _search_again(cohort: Cohort) -> bool:
    """Whether matches that are only proposed are given up because the rules that made them changed."""
    before = cohort.inputs.snapshot.by_address.get(Address(program=cohort.program.id))
    return (
        cohort.program.matching.keep_existing is KeepExisting.NONE
        and isinstance(before, ProgramRecord)
        and before.matching_rules != cohort.compiled.matching_rules
    )


# -- new matches -------------------------------------------------------------------------------------------------------


def _propose(problem: MatchingProblem, draft: Draft) -> list[MatchRecord]:
    cohort, case = problem.cohort, problem.case
    who = "peers" if case.ground.peers else f"mentees and {len(case.mentors)} mentors"
    cohort.inputs.report(f"matching {len(case.mentees)} {who} of {cohort.program.id}")
    draft.findings += unanswered(cohort.program, case)
    strict = _searched(problem)
    draft.problems.append(strict)
    made = [*strict.made, *_relaxed(strict, draft)]
    found = strict.found
    if found is not None:
        _report_proof(cohort, found, draft)
        draft.matchings.append(_summary(cohort, case, found, problem.kept, made))
        _report_unmatched(cohort, case, found, [*problem.kept, *made], draft)
    return made


def _searched(problem: MatchingProblem) -> MatchingProblem:
    """The problem with the best matches, or with those that were decided before."""
    cohort, case, given_up = problem.cohort, problem.case, problem.given_up
    if cohort.inputs.decided is not None:
        decided = cohort.inputs.decided.get((cohort.program.id, cohort.id), ())
        return replace(problem, made=tuple(record for record in decided if record.relaxed == given_up))
    found = shown_scores(case, propose(case, cohort.inputs.engine))
    made = tuple(match_record(cohort, proposal, given_up) for proposal in found.made)
    return replace(problem, found=found, made=made)


def _relaxed(strict: MatchingProblem, draft: Draft) -> Iterator[MatchRecord]:
    """More matches for those who have none, with one more rule of `relax` given up at each step.

    What was matched under all rules stays; every match says which rules were given up for it.
    """
    cohort, case = strict.cohort, strict.case
    index_of, made = cohort.inputs.index_of, list(strict.made)
    for steps in range(1, len(case.matching.relax) + 1):
        given_up = case.matching.relax[:steps]
        standing = [*case.standing, *(_as_standing(record, index_of) for record in made)]
        covered = {person for each in standing for person in each.others}
        alone = np.array([person for person in case.mentees.tolist() if person not in covered], np.int32)
        if not len(alone):
            return
        again = replace(
            case,
            matching=without_rules(case.matching, given_up),
            mentees=alone,
            mentors=alone if case.ground.peers else case.mentors,
            standing=tuple(standing),
        )
        step = _searched(replace(strict, case=again, given_up=given_up, made=(), found=None))
        draft.problems.append(step)
        made += step.made
        yield from step.made
        if step.made:
            text = f"{len(step.made)} matches were found only after giving up {quoted_list(given_up, last='and')}"
            draft.notices.append(Notice(program=cohort.program.id, cohort=cohort.id, text=text))


def _as_standing(record: MatchRecord, index_of: Mapping[str, int]) -> Standing:
    return Standing(
        mentors=tuple(index_of[p] for p in record.mentors),
        others=tuple(index_of[p] for p in record.others),
        subject=record.subject,
    )


def _case(
    cohort: Cohort,
    ground: Ground,
    ready: set[tuple[str, Role]],
    kept: Iterable[MatchRecord],
    declined: Iterable[MatchRecord],
    draft: Draft,
) -> ShapeCase:
    index_of = cohort.inputs.index_of
    sides = {role: np.array(sorted(index_of[p] for p, r in ready if r is role), np.int32) for role in Role}
    return ShapeCase(
        model=cohort.program.model.type,
        ground=ground,
        matching=cohort.program.matching,
        mentees=sides[Role.PEER] if ground.peers else sides[Role.MENTEE],
        mentors=sides[Role.PEER] if ground.peers else sides[Role.MENTOR],
        standing=tuple(_as_standing(record, index_of) for record in kept),
        blocked=tuple(
            (index_of[one], index_of[two])
            for record in declined
            for one, two in pairs_of(record)
            if one in index_of and two in index_of
        ),
        taken=taken_elsewhere(cohort, draft.records),
        projects=cohort.program.projects,
        periods=periods_of(cohort),
    )


def periods_of(cohort: Cohort) -> tuple[str, ...]:
    """The first days of a flash program's periods that are not over, as ISO dates; none for other models."""
    active = cohort.timeline.phase("active")
    if cohort.program.model.type is not ModelType.FLASH or active is None:
        return ()
    length = cohort.program.matching.mentor_capacity.period
    if length is None:
        return (active.start.isoformat(),)
    begins, number = [], 0
    while (day := later(active.start, length, times=number)) <= active.end:
        number += 1
        if later(active.start, length, times=number) - timedelta(days=1) > cohort.inputs.as_of:
            begins.append(day.isoformat())
    return tuple(begins)


def match_record(cohort: Cohort, proposal: Proposal, given_up: tuple[str, ...] = ()) -> MatchRecord:
    """A match as it is kept; `given_up` are the rules without which it was found."""
    ids, peers = cohort.inputs.roster.ids, cohort.program.model.type is ModelType.PEER
    mentors, others = ([ids[at] for at in side] for side in (proposal.mentors, proposal.others))
    founded = (*sorted(mentors), *sorted(others), *((proposal.subject,) if proposal.subject else ()))
    return MatchRecord(
        address=cohort.of_kind("match", opaque_id("m", cohort.inputs.workspace.id, str(cohort.address), *founded)),
        members=members(mentors, others, Role.PEER if peers else Role.MENTEE),
        subject=proposal.subject,
        state="proposed",
        score=proposal.score,
        terms=tuple(Term(rule=name, points=points) for name, points in proposal.terms),
        relaxed=given_up,
    )


# -- what is said about it ---------------------------------------------------------------------------------------------


def _summary(
    cohort: Cohort, case: ShapeCase, found: Proposals, kept: Sequence[MatchRecord], new: Sequence[MatchRecord]
) -> MatchingSummary:
    everyone = [*kept, *new]
    covered = {person for record in everyone for person in record.others}
    classified = classify(case)
    return MatchingSummary(
        program=cohort.program.id,
        cohort=cohort.id,
        model=cohort.program.model.type,
        mentees=len(case.mentees),
        mentors=0 if case.ground.peers else len(case.mentors),
        admissible_pairs=found.admissible,
        matches=len(everyone),
        kept=len(kept),
        score=sum(r.score for r in everyone),
        mentees_covered=len(covered),
        mentors_covered=len({person for record in everyone for person in record.mentors}),
        proved=found.proved,
        settled=found.settled,
        gap=found.gap,
        unmatched_mentees=len({*case.mentees.tolist()} - {cohort.inputs.index_of[p] for p in covered}),
        solver=cohort.inputs.engine.solver,
        problem=classified.kind.value,
        parts=len(classified.parts),
    )


def _report_proof(cohort: Cohort, found: Proposals, draft: Draft) -> None:
    place = Place(document=cohort.program.id, path=("matching",))
    if found.missing:
        draft.findings.append(
            finding(
                "MC5005",
                f"no groups of cohort `{cohort.id}` satisfy everything that is asked: " + "; ".join(found.missing),
                help="change what is named, or invite more people",
                place=place,
            )
        )
    elif not found.proved:
        draft.findings.append(
            finding(
                "MC5006",
                f"the matches of cohort `{cohort.id}` may be up to {found.gap} short of the best",
                help="plan again with a longer --time-limit",
                place=place,
            )
        )


def _report_unmatched(
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
    seeking = without[np.array([in_need(case, mentee) for mentee in without.tolist()], np.bool_)]
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


# -- enrollments after matching ----------------------------------------------------------------------------------------


def _advance(
    cohort: Cohort, enrollments: Iterable[EnrollmentRecord], matches: list[MatchRecord], *, waiting: bool
) -> list[EnrollmentRecord]:
    """Matched people are matched, people whose match ended are not, and mentees without one wait."""
    stepper = Stepper(lifecycle_named(cohort.compiled.lifecycles, "enrollment"))
    matched = {(member.person, member.role) for match in matches for member in match.members}
    return list(_advanced(cohort, stepper, enrollments, matched, waiting=waiting))


def _advanced(
    cohort: Cohort,
    stepper: Stepper,
    enrollments: Iterable[EnrollmentRecord],
    matched: set[tuple[str, Role]],
    *,
    waiting: bool,
) -> Iterator[EnrollmentRecord]:
    for record in enrollments:
        state = record.state
        has_match = (record.person, record.role) in matched
        if has_match and state in POOL - {"matched"}:
            state = stepper.step(state, "match", {}).state
        elif not has_match and state == "matched":
            state = _behind_the_gates(cohort, stepper, record)
        if waiting and state == "ready" and record.role is not Role.MENTOR:
            state = stepper.step(state, "wait", {}).state
        yield replace(record, state=state)


def _behind_the_gates(cohort: Cohort, stepper: Stepper, record: EnrollmentRecord) -> str:
    """Where somebody stands whose match ended: as far as their facts of today allow."""
    state = stepper.step(record.state, "unmatch", {}).state
    index = cohort.inputs.index_of.get(record.person, -1)
    if index < 0:
        return state
    return run(stepper, state, progress_events(stepper.lifecycle), facts_of(cohort, index, record.role))[0]
