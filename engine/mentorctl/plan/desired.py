"""From programs, people and the present state to the records that should be."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from mentorctl.addresses import Address
from mentorctl.diagnostics import WORKSPACE, Place, Related, finding
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.compiler import lifecycle_named
from mentorctl.plan.adopting import Adoption, changed_again, settled, taken
from mentorctl.plan.enrollments import Cohort, cohort_of, enroll, train
from mentorctl.plan.inputs import LIVE_SESSION, Draft, PlanInputs
from mentorctl.plan.intent import written_text
from mentorctl.plan.matches import close_matching, is_by_hand, is_open, open_matching
from mentorctl.plan.model import Notice
from mentorctl.plan.modes import due_on_return, not_live, resumed
from mentorctl.plan.overload import overloaded
from mentorctl.plan.retiring import closed_when_through, nowhere_to_go, without_those_who_left
from mentorctl.plan.sessions import schedule_cohort
from mentorctl.plan.sharing import in_order
from mentorctl.plan.together import Found, match_together
from mentorctl.spec.model import Mode
from mentorctl.state.model import (
    CheckInRecord,
    CohortRecord,
    ProgramRecord,
    Record,
    SessionRecord,
    Snapshot,
    TrainingRecord,
)


def desired_state(inputs: PlanInputs) -> Draft:
    """Everything that should be in the state, with summaries and findings; what is not touched stays as it is."""
    draft = Draft()
    found: Found = {}
    for compiled in in_order(inputs.programs, inputs.workspace.sharing):
        if compiled.program.mode is not Mode.LIVE:
            not_live(compiled, inputs, draft, desired_state)
            continue
        if is_closed(compiled.program.id, inputs.snapshot):
            _is_over(compiled, inputs, draft)
            continue
        draft.records.append(_program_record(compiled, inputs))
        draft.findings += nowhere_to_go(compiled, inputs)
        due_on_return(compiled, inputs, draft)
        open_cohorts = _open_cohorts(compiled, inputs)
        _check_applications(compiled, open_cohorts, inputs, draft)
        for name, timeline in compiled.timelines_on(inputs.as_of):
            cohort = cohort_of(inputs, compiled, name, timeline)
            leaves = compiled.program.retirement is not None and cohort.address in inputs.snapshot.by_address
            if leaves or (name in open_cohorts and compiled.program.retirement is None):
                _open_cohort(cohort, draft, found)
            else:
                _closed_cohort(cohort, draft)
        if compiled.program.retirement:
            closed_when_through(compiled, inputs, draft)
    _keep_what_is_gone(inputs, draft)
    draft.findings += overloaded(inputs, draft)
    return draft


def adopted_state(inputs: PlanInputs, adoption: Adoption) -> Draft:
    """The present state with what ran elsewhere until now, as the files make of it; nothing else is changed."""
    draft = Draft()
    compiled = next(c for c in inputs.programs if c.program.id == adoption.program)
    timeline = dict(compiled.timelines_on(inputs.as_of))[adoption.cohort]
    cohort = cohort_of(inputs, compiled, adoption.cohort, timeline)
    records, found = taken(cohort, adoption)
    draft.findings += found
    known = inputs.snapshot.by_address
    base = [r for r in (_program_record(compiled, inputs), _cohort_record(cohort)) if r.address not in known]
    draft.records = [*inputs.snapshot.records, *base]
    if draft.findings:
        return draft
    drafted = _drafted(inputs, [*base, *records])
    records = settled(records, drafted)
    draft.findings += changed_again(records, _drafted(inputs, [*base, *records]))
    draft.records += records
    return draft


def _drafted(inputs: PlanInputs, more: Iterable[Record]) -> dict[Address, Record]:
    """What a plan would want if some records were in the state."""
    records = tuple(sorted((*inputs.snapshot.records, *more), key=lambda record: record.address))
    then = replace(inputs, adopting=None, snapshot=replace(inputs.snapshot, records=records))
    return {record.address: record for record in desired_state(then).records}


def _is_over(compiled: CompiledProgram, inputs: PlanInputs, draft: Draft) -> None:
    """A program that was closed stays as it is, whatever its file says."""
    program = compiled.program.id
    draft.records += [r for r in inputs.snapshot.records if r.address.program == program]
    draft.notices.append(Notice(program=program, cohort="", text="is closed: nothing is planned any more"))


def is_closed(program: str, snapshot: Snapshot) -> bool:
    """Whether a program came to its end."""
    record = snapshot.by_address.get(Address(program=program))
    return isinstance(record, ProgramRecord) and record.state == "closed"


def _program_record(compiled: CompiledProgram, inputs: PlanInputs) -> ProgramRecord:
    program = compiled.program
    address = Address(program=program.id)
    before = inputs.snapshot.by_address.get(address)
    known = before if isinstance(before, ProgramRecord) else None
    digests = (compiled.definition, compiled.runtime.digest, compiled.matching_rules)
    is_same = known is not None and (known.definition, known.lifecycles, known.matching_rules) == digests
    record = ProgramRecord(
        address=address,
        name=program.name,
        owner=program.owner,
        state=before.state if before else lifecycle_named(compiled.lifecycles, "program").initial,
        definition=compiled.definition,
        lifecycles=compiled.runtime.digest,
        matching_rules=compiled.matching_rules,
        limits=program.limits,
        written=known.written if known and is_same else written_text(inputs.written.get(program.id, {})),
    )
    return resumed(record, compiled)


def _open_cohorts(compiled: CompiledProgram, inputs: PlanInputs) -> list[str]:
    return [name for name, timeline in compiled.timelines if timeline.runs_on(inputs.as_of)]


def _open_cohort(cohort: Cohort, draft: Draft, found: Found) -> None:
    draft.records.append(_cohort_record(cohort))
    if others := cohort.outside:
        text = f"{others:,} people on the roster do" if others > 1 else "1 person on the roster does"
        text += " not meet its conditions"
        draft.notices.append(Notice(program=cohort.program.id, cohort=cohort.id, text=text))
    key = (cohort.program.id, cohort.id)
    if key not in found:
        joined = _joined(cohort)
        found |= match_together(joined, draft) if len(joined) > 1 else {}
    opening, proposals = found.get(key) or (open_matching(cohort, enroll(cohort), draft), None)
    matched = close_matching(opening, draft, proposals)
    trainings = train(cohort, matched.enrollments)
    sessions: list[SessionRecord] = []
    if not cohort.inputs.only_matches:
        sessions = schedule_cohort(cohort, matched.enrollments, trainings, matched.matches, draft)
    check_ins = without_those_who_left(cohort.prior(CheckInRecord).values(), matched.enrollments, cohort.compiled)
    draft.records += [*check_ins, *matched.enrollments, *trainings, *matched.matches, *sessions]
    draft.records += _happened(cohort, sessions, trainings)


def _happened(
    cohort: Cohort, sessions: Iterable[SessionRecord], trainings: Iterable[TrainingRecord]
) -> Iterator[Record]:
    """The other records that are not the plan's to make or take away: they came about while the program ran."""
    placed, taken = ({record.address.id for record in records} for records in (sessions, trainings))
    modules = {module.id for module in cohort.program.modules}
    held, begun = cohort.prior(SessionRecord), cohort.prior(TrainingRecord)
    yield from (s for name, s in held.items() if s.state != LIVE_SESSION and name not in placed)
    yield from (t for name, t in begun.items() if t.module in modules and name not in taken)


def _joined(cohort: Cohort) -> list[Cohort]:
    """The cohorts that are matched in one problem with this one, in the order of their programs."""
    inputs = cohort.inputs
    row = next((r for r in inputs.workspace.sharing.together if cohort.program.id in r), ())
    live = (c for c in inputs.programs if c.program.id in row and c.program.mode is Mode.LIVE)
    cohorts = (
        cohort_of(inputs, compiled, name, timeline)
        for compiled in in_order(live, inputs.workspace.sharing)
        for name, timeline in compiled.timelines_on(inputs.as_of)
        if timeline.runs_on(inputs.as_of)
    )
    return [joined for joined in cohorts if is_open(joined) and not is_by_hand(joined)]


def _closed_cohort(cohort: Cohort, draft: Draft) -> None:
    """A cohort that has not begun or is over: its records stay, and the plan says why nothing happens."""
    day, timeline = cohort.inputs.as_of, cohort.timeline
    text = f"begins on {timeline.start}" if day < timeline.start else f"ended on {timeline.end}"
    draft.notices.append(Notice(program=cohort.program.id, cohort=cohort.id, text=text))
    draft.records += cohort.inputs.snapshot.of_cohort(cohort.program.id, cohort.id)


def _cohort_record(cohort: Cohort) -> CohortRecord:
    """A cohort's first and last day; rolling intake has no last one."""
    timeline = cohort.timeline
    ends = "" if timeline.is_rolling else timeline.end.isoformat()
    before = cohort.inputs.snapshot.by_address.get(cohort.address)
    initial = lifecycle_named(cohort.compiled.lifecycles, "cohort").initial
    return CohortRecord(
        address=cohort.address,
        starts=timeline.start.isoformat(),
        ends=ends,
        state=before.state if before else initial,
    )


def _check_applications(compiled: CompiledProgram, open_cohorts: list[str], inputs: PlanInputs, draft: Draft) -> None:
    """A roster row applies to one cohort; with two open ones the source must say which."""
    program = compiled.program.id
    if len(open_cohorts) < 2:  # noqa: PLR2004
        return
    for index, source in enumerate(inputs.workspace.contract.sources):
        if source.program in ("", program) and not source.cohort:
            draft.findings.append(
                finding(
                    "MC2017",
                    f"`{open_cohorts[0]}` and `{open_cohorts[1]}` of `{program}` both run on {inputs.as_of}",
                    help=f"add `program: {program}` and `cohort: {open_cohorts[1]}` to this source",
                    place=Place(document=WORKSPACE, path=("roster", "sources", index)),
                    related=tuple(
                        Related(
                            message=f"cohort `{name}` is here", place=Place(document=program, path=("cohorts", name))
                        )
                        for name in open_cohorts[:2]
                    ),
                )
            )


_WAYS_ON = (
    "put the file back; if it has another id now, say `was` there; if it is over, put it back with "
    "`retire: {participants: finish}`, `withdraw` or `transfer`, and remove it when everybody is through"
)
_WAYS_ON_OF_COHORTS = "put it back; if it has another id now, say `was` there; nobody leaves because a line is gone"


def _keep_what_is_gone(inputs: PlanInputs, draft: Draft) -> None:
    """Programs and cohorts that are in the state but no longer in the files: nobody is removed by deleting a file.

    Of a program that was closed nothing but its history is left, and nobody is in it.
    """
    known = {c.program.id: {"", *(name for name, _ in c.timelines)} for c in inputs.programs}
    places = sorted({r.address[:2] for r in inputs.snapshot.records})
    places = [(program, cohort) for program, cohort in places if cohort not in known.get(program, ())]
    over = {program for program, _ in places if program not in known and is_closed(program, inputs.snapshot)}
    draft.records += [r for place in places if place[0] in over for r in inputs.snapshot.of_cohort(*place)]
    kept = {r.address for r in draft.records} if places else set()
    gone = [place for place in places if any(r.address not in kept for r in inputs.snapshot.of_cohort(*place))]
    for program, cohort in gone:
        if not cohort and any(p == program and c for p, c in gone):
            continue  # its cohorts say it
        people = {
            getattr(r, "person", "")
            for r in inputs.snapshot.records
            if (r.address.program, r.address.cohort) == (program, cohort)
        } - {""}
        draft.findings.append(
            finding(
                "MC7005",
                f"`{program}{'/' + cohort if cohort else ''}` is in the state with {len(people)} people, "
                "but not in the files",
                help=_WAYS_ON_OF_COHORTS if program in known else _WAYS_ON,
                place=Place(
                    document=program if program in known else WORKSPACE, path=("cohorts",) if program in known else ()
                ),
            )
        )
    draft.records += [record for place in gone for record in inputs.snapshot.of_cohort(*place)]
