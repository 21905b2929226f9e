"""Who is matched with whom: standing matches first, then the best new ones, in the matching phase."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from mentorctl.addresses import Address, opaque_id
from mentorctl.diagnostics import Diagnostic, Place, finding
from mentorctl.lifecycle.compiler import lifecycle_named, progress_events
from mentorctl.lifecycle.machine import Stepper, run
from mentorctl.optimize.matching import MatchingCase, MatchingResult, match
from mentorctl.optimize.predicates import Ground
from mentorctl.optimize.scoring import hard_rule_holds
from mentorctl.optimize.verify import broken_rule
from mentorctl.plan.enrollments import POOL, Cohort, facts_of, may_be_matched
from mentorctl.plan.inputs import Draft
from mentorctl.plan.model import MatchingSummary, Notice
from mentorctl.rules.fields import Role
from mentorctl.rules.pairs import Origin
from mentorctl.spec.model import KeepExisting, Unmatched
from mentorctl.state.model import EnrollmentRecord, MatchRecord, ProgramRecord, Term

STANDING = frozenset({"proposed", "accepted", "active", "paused"})
_PHASE = "matching"


@dataclass(frozen=True, kw_only=True)
class Matched:
    """The match records of a cohort and its enrollments after matching."""

    matches: list[MatchRecord]
    enrollments: list[EnrollmentRecord]


def match_cohort(cohort: Cohort, enrollments: list[EnrollmentRecord], draft: Draft) -> Matched:
    """Keep what stands, end what cannot, and in the matching phase propose the best new matches."""
    prior = cohort.prior(MatchRecord)
    pool = {(e.person, e.role) for e in enrollments if e.state in POOL}
    is_open = _is_open(cohort)
    kept, ended = _standing(cohort, prior, pool, draft, search_again=is_open and _search_again(cohort))
    proposed: list[MatchRecord] = []
    if is_open:
        ready = {(e.person, e.role) for e in enrollments if may_be_matched(cohort, e)}
        declined = [r for r in ended if r.state == "declined"]
        proposed = _propose(cohort, ready, kept, declined, draft)
    else:
        _say_when_open(cohort, draft)
    again = {record.address.id for record in proposed}
    matches = [*kept, *proposed, *(r for r in ended if r.address.id not in again)]
    return Matched(matches=matches, enrollments=_advance(cohort, enrollments, [*kept, *proposed], waiting=is_open))


def _is_open(cohort: Cohort) -> bool:
    phase = cohort.timeline.phase(_PHASE)
    return phase is not None and cohort.inputs.as_of in phase


def _say_when_open(cohort: Cohort, draft: Draft) -> None:
    phase = cohort.timeline.phase(_PHASE)
    if phase and cohort.inputs.as_of < phase.start:
        text = f"matching opens on {phase.start} and closes on {phase.end}"
    elif phase:
        text = f"matching closed on {phase.end}"
    else:
        return
    draft.notices.append(Notice(program=cohort.program.id, cohort=cohort.id, text=text))


def _search_again(cohort: Cohort) -> bool:
    """Whether matches that are only proposed are given up because the rules that made them changed."""
    before = cohort.inputs.snapshot.by_address.get(Address(program=cohort.program.id))
    return (
        cohort.program.matching.keep_existing is KeepExisting.NONE
        and isinstance(before, ProgramRecord)
        and before.matching_rules != cohort.compiled.matching_rules
    )


# -- what stands -------------------------------------------------------------------------------------------------------


def _standing(
    cohort: Cohort, prior: dict[str, MatchRecord], pool: set[tuple[str, Role]], draft: Draft, *, search_again: bool
) -> tuple[list[MatchRecord], list[MatchRecord]]:
    """The matches that stand, and all others as they are now, ended where they cannot stand."""
    stepper = Stepper(lifecycle_named(cohort.compiled.lifecycles, "match"))
    kept, others = [], []
    for record in prior.values():
        if record.state not in STANDING:
            others.append(record)
            continue
        together = (record.mentor, Role.MENTOR) in pool and (record.mentee, Role.MENTEE) in pool
        broken = _broken(cohort, record) if together else ""
        if broken:
            draft.findings.append(_broken_finding(cohort, record, broken))
        only_proposed = record.state == "proposed"
        if together and not (only_proposed and (broken or search_again)):
            kept.append(record)
        else:
            others.append(replace(record, state=stepper.step(record.state, "end", {}).state))
    return kept, others


def _broken(cohort: Cohort, record: MatchRecord) -> str:
    index_of = cohort.inputs.index_of
    return broken_rule(
        ground_of(cohort), cohort.program.matching.require, index_of[record.mentee], index_of[record.mentor]
    )


def _broken_finding(cohort: Cohort, record: MatchRecord, rule: str) -> Diagnostic:
    fate = "it is only proposed, so it ends" if record.state == "proposed" else "it was accepted, so it stands"
    return finding("MC5003", f"match {record.address} breaks `{rule}`; {fate}", place=rule_place(cohort, rule))


# -- new matches -------------------------------------------------------------------------------------------------------


def _propose(
    cohort: Cohort, ready: set[tuple[str, Role]], kept: list[MatchRecord], declined: list[MatchRecord], draft: Draft
) -> list[MatchRecord]:
    index_of, ids = cohort.inputs.index_of, cohort.inputs.roster.ids
    sides = {role: np.array(sorted(index_of[p] for p, r in ready if r is role), np.int32) for role in Role}
    case = MatchingCase(
        ground=ground_of(cohort),
        matching=cohort.program.matching,
        mentees=sides[Role.MENTEE],
        mentors=sides[Role.MENTOR],
        standing=tuple((index_of[r.mentee], index_of[r.mentor]) for r in kept),
        blocked=tuple(
            (index_of[r.mentee], index_of[r.mentor]) for r in declined if r.mentee in index_of and r.mentor in index_of
        ),
    )
    cohort.inputs.report(f"matching {len(case.mentees)} mentees and {len(case.mentors)} mentors of {cohort.program.id}")
    result = match(case, cohort.inputs.engine)
    records = []
    for at, (mentee, mentor) in enumerate(zip(result.mentee.tolist(), result.mentor.tolist(), strict=True)):
        name = opaque_id("m", cohort.inputs.workspace.id, str(cohort.address), ids[mentor], ids[mentee])
        terms = tuple(
            Term(rule=rule.id, points=int(points))
            for rule, points in zip(cohort.program.matching.prefer, result.points[:, at], strict=True)
            if points
        )
        records.append(
            MatchRecord(
                address=cohort.of_kind("match", name),
                mentor=ids[mentor],
                mentee=ids[mentee],
                state="proposed",
                score=int(result.score[at]),
                terms=terms,
            )
        )
    draft.matchings.append(_summary(cohort, case, result, kept, records))
    _report_unmatched(cohort, case, result, draft)
    return records


def _summary(
    cohort: Cohort, case: MatchingCase, result: MatchingResult, kept: list[MatchRecord], new: list[MatchRecord]
) -> MatchingSummary:
    everyone = [*kept, *new]
    return MatchingSummary(
        program=cohort.program.id,
        cohort=cohort.id,
        mentees=len(case.mentees),
        mentors=len(case.mentors),
        admissible_pairs=result.admissible,
        matches=len(everyone),
        kept=len(kept),
        score=sum(r.score for r in everyone),
        mentees_covered=len({r.mentee for r in everyone}),
        mentors_covered=len({r.mentor for r in everyone}),
        proved=all(c.proves for c in result.certificates),
        unmatched_mentees=len({*case.mentees.tolist()} - {cohort.inputs.index_of[r.mentee] for r in everyone}),
        solver=cohort.inputs.engine.solver,
    )


def _report_unmatched(cohort: Cohort, case: MatchingCase, result: MatchingResult, draft: Draft) -> None:
    """How many stay without a match, and what keeps them from one."""
    covered = {mentee for mentee, _ in case.standing} | set(result.mentee.tolist())
    alone = np.array([m not in covered for m in case.mentees.tolist()], np.bool_)
    if not alone.any():
        return
    without = case.mentees[alone & (result.options == 0)]
    crowded = int((alone & (result.options > 0)).sum())
    reasons, place = [], Place(document=cohort.program.id, path=("matching", "capacity"))
    if len(without):
        rule, share = _hardest_rule(case, without)
        reasons.append(
            f"{len(without)} have no admissible mentor" + (f" (`{rule}` alone rules out {share:.0%})" if rule else "")
        )
        place = rule_place(cohort, rule) if rule else place
    if crowded:
        reasons.append(f"the mentors that {crowded} could have are full")
    refuse = cohort.program.matching.unmatched is Unmatched.REFUSE
    draft.findings.append(
        finding(
            "MC5001" if refuse else "MC5002",
            f"{int(alone.sum())} of {len(case.mentees)} mentees of cohort `{cohort.id}` stay without a match: "
            + "; ".join(reasons),
            help="soften a rule, raise the mentors' capacity or invite more mentors"
            + (", or write `unmatched: waitlist`" if refuse else ""),
            place=place,
        )
    )


def _hardest_rule(case: MatchingCase, mentees: np.ndarray[tuple[int], np.dtype[np.int32]]) -> tuple[str, float]:
    """The hard rule that rules out the largest share of the candidates of some mentees."""
    worst = ("", 0.0)
    for rule in case.matching.require:
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
    matched = {(m.mentor, Role.MENTOR) for m in matches} | {(m.mentee, Role.MENTEE) for m in matches}
    records = []
    for record in enrollments:
        state = record.state
        has_match = (record.person, record.role) in matched
        if has_match and state in POOL - {"matched"}:
            state = stepper.step(state, "match", {}).state
        elif not has_match and state == "matched":
            state = _behind_the_gates(cohort, stepper, record)
        if waiting and state == "ready" and record.role is Role.MENTEE:
            state = stepper.step(state, "wait", {}).state
        records.append(replace(record, state=state))
    return records


def _behind_the_gates(cohort: Cohort, stepper: Stepper, record: EnrollmentRecord) -> str:
    """Where somebody stands whose match ended: as far as their facts of today allow."""
    state = stepper.step(record.state, "unmatch", {}).state
    index = cohort.inputs.index_of.get(record.person, -1)
    if index < 0:
        return state
    return run(stepper, state, progress_events(stepper.lifecycle), facts_of(cohort, index, record.role))[0]


# -- shared ------------------------------------------------------------------------------------------------------------


def ground_of(cohort: Cohort) -> Ground:
    """What the rules of a cohort are evaluated on; local clocks are those of the first day of the active phase."""
    active = cohort.timeline.phase("active")
    return Ground(
        roster=cohort.inputs.roster,
        contract=cohort.inputs.workspace.contract,
        day=active.start if active else cohort.timeline.start,
        timezone=cohort.program.timezone,
    )


def rule_place(cohort: Cohort, rule: str) -> Place:
    """Where a hard rule is written; a rule of the model is at the model."""
    own = [r for r in cohort.program.matching.require if r.origin is Origin.PROGRAM]
    for index, written in enumerate(own):
        if written.id == rule:
            return Place(document=cohort.program.id, path=("matching", "require", index))
    return Place(document=cohort.program.id, path=("model", "type"))
