"""Who is matched with whom: standing matches first, then the best new ones, in the matching phase."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from mentorctl.addresses import Address, opaque_id
from mentorctl.dates.durations import later
from mentorctl.diagnostics import Place, finding, has_errors, quoted_list
from mentorctl.lifecycle.compiler import lifecycle_named
from mentorctl.optimize.ground import Amounts, Ground
from mentorctl.optimize.shapes.case import Proposal, Proposals, ShapeCase, Standing, shown_scores
from mentorctl.optimize.shapes.classify import classify
from mentorctl.optimize.shapes.propose import propose
from mentorctl.optimize.stable import Price
from mentorctl.plan.answers import unanswered
from mentorctl.plan.choosing import chosen, first_state
from mentorctl.plan.decisions import round_of, with_decisions
from mentorctl.plan.enrollments import POOL, Cohort, advance, may_be_matched
from mentorctl.plan.gaps import report_gaps
from mentorctl.plan.history import history_of, rounds_waited
from mentorctl.plan.inputs import Draft
from mentorctl.plan.model import MatchingSummary, Notice
from mentorctl.plan.pins import pin_findings
from mentorctl.plan.problems import MatchingProblem
from mentorctl.plan.sharing import limits_of
from mentorctl.plan.standing import DRAFT, Stood, pairs_of, standing_matches, without_rules
from mentorctl.plan.unmatched import report_unmatched
from mentorctl.rules.fields import Role
from mentorctl.spec.matching import KeepExisting
from mentorctl.spec.model import ModelType
from mentorctl.state.model import EnrollmentRecord, MatchRecord, ProgramRecord, Term, members
from mentorctl.values import dataclass

_PHASE = "matching"
_NO_PRICE = Price(score=0, mentees=0, mentors=0, blocking=0)


@dataclass(frozen=True, kw_only=True)
class Matched:
    """The match records of a cohort and its enrollments after matching."""

    matches: list[MatchRecord]
    enrollments: list[EnrollmentRecord]


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A cohort before its matches are made: what stands, and the case to solve; None where nothing is proposed.

    `beside` are the matches that are made in the same problem for other cohorts, of which there are some if it `joins`.
    """

    cohort: Cohort
    enrollments: list[EnrollmentRecord]
    stood: Stood
    case: ShapeCase | None
    beside: tuple[MatchRecord, ...] = ()
    joins: bool = False


def open_matching(
    cohort: Cohort,
    enrollments: list[EnrollmentRecord],
    draft: Draft,
    *,
    joined: Collection[str] = (),
    beside: Sequence[MatchRecord] = (),
) -> Opening:
    """Keep what stands, end what cannot, and in the matching phase say what there is to match.

    `joined` are programs whose cohorts are matched in the same problem, `beside` the pairs that these must make.
    """
    cohort = with_decisions(cohort)
    pool = {(e.person, e.role) for e in enrollments if e.state in POOL}
    ground = ground_of(cohort)
    may_match = is_open(cohort)
    stood = standing_matches(cohort, ground, pool, draft, search_again=_search_again(cohort) if may_match else _never)
    ready = {(e.person, e.role) for e in enrollments if may_be_matched(cohort, e)}
    declined = [r for r in stood.others if r.state == "declined"]
    case = _case(cohort, ground, ready, stood, declined, limits_of(cohort, draft.records, joined))
    opening = Opening(cohort=cohort, enrollments=enrollments, stood=stood, case=case)
    if not may_match or is_by_hand(cohort):
        draft.problems.append(_problem(opening, case, is_open=False))
        if not may_match:
            opening = replace(opening, case=None)
            _say_when_open(cohort, draft)
    else:
        whole = replace(case, limits=limits_of(cohort, [*draft.records, *beside])) if joined else case
        if has_errors(pins := pin_findings(cohort, whole)):
            opening = replace(opening, case=None)
        draft.findings += pins
    return opening


def close_matching(opening: Opening, draft: Draft, found: Proposals | None = None) -> Matched:
    """The best new matches, found before with those of other programs or found now, beside those that stand."""
    cohort, stood, case = opening.cohort, opening.stood, opening.case
    search = _choose if is_by_hand(cohort) else _propose
    proposed = [] if case is None else search(opening, case, found, draft)
    again = {record.address.id for record in proposed}
    matches = [*stood.kept, *proposed, *(r for r in stood.others if r.address.id not in again)]
    told = [m for m in (*stood.kept, *proposed) if m.state != DRAFT]
    is_published = len(told) == len(stood.kept) + len(proposed)  # before that nobody knows who will wait
    waiting = is_open(cohort) and is_published and not is_by_hand(cohort)
    return Matched(matches=matches, enrollments=advance(cohort, opening.enrollments, told, waiting=waiting))


def is_by_hand(cohort: Cohort) -> bool:
    """Whether people choose each other, and nothing is searched."""
    return cohort.program.matching.process.is_chosen


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


def is_open(cohort: Cohort) -> bool:
    """Whether the matching phase of a cohort is open on the day of the plan."""
    return cohort.program.retirement is None and cohort.timeline.is_open(_PHASE, cohort.inputs.as_of)


def _say_when_open(cohort: Cohort, draft: Draft) -> None:
    phase = cohort.timeline.phase(_PHASE)
    if cohort.program.retirement:
        return
    if phase and cohort.inputs.as_of < phase.start:
        text = f"matching opens on {phase.start} and closes on {phase.end}"
    elif phase:
        text = f"matching closed on {phase.end}"
    else:
        return
    draft.notices.append(Notice(program=cohort.program.id, cohort=cohort.id, text=text))


def _search_again(cohort: Cohort) -> Callable[[MatchRecord], bool]:
    """Which matches that nobody has answered are searched again: drafts always, so that pins and blocks tell.

    Those that were proposed are at every plan, or because their rules changed, as the program says.
    """
    keep = cohort.program.matching.keep_existing
    before = cohort.inputs.snapshot.by_address.get(Address(program=cohort.program.id))
    changed = isinstance(before, ProgramRecord) and before.matching_rules != cohort.compiled.matching_rules
    again = keep is KeepExisting.WEAK or (keep is KeepExisting.NONE and changed)
    return lambda record: record.state == DRAFT or again


def _never(_record: MatchRecord) -> bool:
    return False


# -- new matches -------------------------------------------------------------------------------------------------------


def _problem(opening: Opening, case: ShapeCase, *, is_open: bool = True) -> MatchingProblem:
    return MatchingProblem(
        cohort=opening.cohort,
        case=case,
        kept=opening.stood.kept,
        enrolled=tuple(opening.enrollments),
        is_open=is_open,
    )


def _choose(opening: Opening, case: ShapeCase, _found: Proposals | None, draft: Draft) -> list[MatchRecord]:
    """The matches that people chose."""
    cohort, stood = opening.cohort, opening.stood
    state = first_state(cohort)
    made = chosen(cohort, case, stood.kept, stood.others, opening.enrollments, draft)
    return [replace(as_record(cohort, proposal), state=state) for proposal in made]


def _propose(opening: Opening, case: ShapeCase, found: Proposals | None, draft: Draft) -> list[MatchRecord]:
    cohort, kept = opening.cohort, opening.stood.kept
    draft.findings += unanswered(cohort.program, case)
    strict = replace(_problem(opening, case), together=opening.joins)
    strict = _searched(strict, found)
    rest = replace(strict, case=_after(opening, case, draft))
    draft.problems.append(rest)
    records = [*strict.made, *_relaxed(rest, draft)]
    if strict.found is not None:
        _report_proof(cohort, strict.found, draft)
        draft.matchings.append(_summary(cohort, case, strict.found, kept, records))
        report_unmatched(cohort, case, strict.found, [*kept, *records], draft)
        report_gaps(cohort, case, strict.found, draft)
    return records


def _searched(problem: MatchingProblem, found: Proposals | None = None) -> MatchingProblem:
    """The problem with the best matches, or with those that were found or decided before."""
    cohort, case, given_up = problem.cohort, problem.case, problem.given_up
    if cohort.inputs.decided is not None:
        decided = cohort.inputs.decided.get((cohort.program.id, cohort.id), ())
        return replace(problem, made=tuple(record for record in decided if record.relaxed == given_up))
    if found is None:
        say_matching(cohort, case)
        found = propose(case, cohort.inputs.engine)
    found = shown_scores(case, found)
    made = tuple(replace(as_record(cohort, proposal), relaxed=given_up) for proposal in found.made)
    return replace(problem, found=found, made=made)


def _after(opening: Opening, case: ShapeCase, draft: Draft) -> ShapeCase:
    """The case with what the matches made beside it leave of places and hours, and without their pairs."""
    if not opening.beside:
        return case
    cohort = opening.cohort
    return replace(
        case,
        limits=limits_of(cohort, [*opening.beside, *draft.records]),
        blocked=(*case.blocked, *_known_pairs(opening.beside, cohort.inputs.index_of)),
    )


def say_matching(cohort: Cohort, case: ShapeCase) -> None:
    """Tell what is being worked on."""
    who = "peers" if case.ground.peers else f"mentees and {len(case.mentors)} mentors"
    cohort.inputs.report(f"matching {len(case.mentees)} {who} of {cohort.program.id}")


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
        step = _searched(replace(strict, case=again, given_up=given_up, made=(), found=None, together=False))
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
    stood: Stood,
    declined: Iterable[MatchRecord],
    limits: tuple[Amounts, Amounts] | None,
) -> ShapeCase:
    index_of = cohort.inputs.index_of
    sides = {role: np.array(sorted(index_of[p] for p, r in ready if r is role), np.int32) for role in Role}
    return ShapeCase(
        model=cohort.program.model.type,
        ground=ground,
        matching=cohort.program.matching,
        mentees=sides[Role.PEER] if ground.peers else sides[Role.MENTEE],
        mentors=sides[Role.PEER] if ground.peers else sides[Role.MENTOR],
        standing=tuple(_as_standing(record, index_of) for record in stood.kept),
        blocked=_known_pairs(declined, index_of),
        previous=_known_pairs(stood.searched, index_of),
        limits=limits,
        projects=cohort.program.projects,
        periods=periods_of(cohort),
    )


def _known_pairs(records: Iterable[MatchRecord], index_of: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    """The pairs of some matches as roster indices; those of whom one is not on the roster are left out."""
    pairs = (pair for record in records for pair in pairs_of(record))
    return tuple((index_of[one], index_of[two]) for one, two in pairs if one in index_of and two in index_of)


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


def match_id(cohort: Cohort, mentors: Iterable[str], others: Iterable[str], subject: str) -> str:
    """The id of a match that is founded now."""
    founded = (*sorted(mentors), *sorted(others), *((subject,) if subject else ()))
    return opaque_id("m", cohort.inputs.workspace.id, str(cohort.address), *founded)


def as_record(cohort: Cohort, proposal: Proposal) -> MatchRecord:
    """A proposal as it would be in the state."""
    ids, peers = cohort.inputs.roster.ids, cohort.program.model.type is ModelType.PEER
    now = round_of(cohort)
    subject = proposal.subject or (now.id if now and now is not cohort.program.matching.process.rounds[-1] else "")
    mentors, others = ([ids[at] for at in side] for side in (proposal.mentors, proposal.others))
    together = members(mentors, others, Role.PEER if peers else Role.MENTEE)
    stands = cohort.standing.get((together, subject))  # founded under another name, perhaps
    name = stands or match_id(cohort, mentors, others, subject)
    return MatchRecord(
        address=cohort.of_kind("match", name),
        members=together,
        subject=subject,
        state=lifecycle_named(cohort.compiled.lifecycles, "match").initial,
        score=proposal.score,
        terms=tuple(Term(rule=name, points=points) for name, points in proposal.terms),
    )


# -- what is said about it ---------------------------------------------------------------------------------------------


def _summary(
    cohort: Cohort, case: ShapeCase, found: Proposals, kept: Sequence[MatchRecord], new: Sequence[MatchRecord]
) -> MatchingSummary:
    everyone = [*kept, *new]
    covered = {person for record in everyone for person in record.others}
    price = found.price or _NO_PRICE
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
        stable=found.price is not None,
        score_lost=price.score,
        mentees_lost=price.mentees,
        mentors_lost=price.mentors,
        blocking=price.blocking,
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
