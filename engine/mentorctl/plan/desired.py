"""From programs, people and the present state to the records that should be."""

from dataclasses import replace

from mentorctl.addresses import Address
from mentorctl.diagnostics import WORKSPACE, Place, Related, finding
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.compiler import lifecycle_named
from mentorctl.plan.enrollments import Cohort, enroll, train
from mentorctl.plan.inputs import LIVE_SESSION, Draft, PlanInputs
from mentorctl.plan.matches import close_matching, is_by_hand, is_open, open_matching
from mentorctl.plan.model import Notice
from mentorctl.plan.overload import overloaded
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
            _not_live(compiled, inputs, draft)
            continue
        draft.records.append(_program_record(compiled, inputs.snapshot))
        open_cohorts = _open_cohorts(compiled, inputs)
        _check_applications(compiled, open_cohorts, inputs, draft)
        for name, timeline in compiled.timelines_on(inputs.as_of):
            cohort = Cohort(inputs=inputs, compiled=compiled, id=name, timeline=timeline)
            if name in open_cohorts:
                _open_cohort(cohort, draft, found)
            else:
                _closed_cohort(cohort, draft)
    _keep_what_is_gone(inputs, draft)
    draft.findings += overloaded(inputs, draft)
    return draft


def _not_live(compiled: CompiledProgram, inputs: PlanInputs, draft: Draft) -> None:
    """Nothing is changed; of a program that is only observed the plan says what it would do."""
    program = compiled.program
    draft.records += [r for r in inputs.snapshot.records if r.address.program == program.id]
    text = "is suspended: nobody is matched and nothing is planned"
    if program.mode is Mode.OBSERVE:
        live = replace(compiled, program=replace(program, mode=Mode.LIVE))
        seen = desired_state(replace(inputs, programs=(live,), snapshot=_only(inputs.snapshot, program.id)))
        draft.findings += seen.findings
        matches = sum(m.matches - m.kept for m in seen.matchings)
        text = f"is only observed: live, it would make {matches} matches and hold {len(seen.sessions())} sessions"
    for cohort in program.cohorts:
        draft.notices.append(Notice(program=program.id, cohort=cohort.id, text=text))


def _only(snapshot: Snapshot, program: str) -> Snapshot:
    return replace(snapshot, records=tuple(r for r in snapshot.records if r.address.program == program))


def _program_record(compiled: CompiledProgram, snapshot: Snapshot) -> ProgramRecord:
    program = compiled.program
    address = Address(program=program.id)
    before = snapshot.by_address.get(address)
    return ProgramRecord(
        address=address,
        name=program.name,
        owner=program.owner,
        state=before.state if before else lifecycle_named(compiled.lifecycles, "program").initial,
        definition=compiled.definition,
        lifecycles=compiled.runtime.digest,
        matching_rules=compiled.matching_rules,
    )


def _open_cohorts(compiled: CompiledProgram, inputs: PlanInputs) -> list[str]:
    return [name for name, timeline in compiled.timelines if timeline.runs_on(inputs.as_of)]


def _open_cohort(cohort: Cohort, draft: Draft, found: Found) -> None:
    draft.records.append(_cohort_record(cohort))
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
    planned: list[Record] = [*matched.enrollments, *trainings, *matched.matches, *sessions]
    known = {record.address for record in planned}
    draft.records += planned
    draft.records += [
        r
        for r in cohort.inputs.snapshot.records
        if _is_of(r, cohort) and r.address not in known and _has_happened(r, cohort)
    ]


def _has_happened(record: Record, cohort: Cohort) -> bool:
    """Whether a record is not the plan's to make or take away: it came about while the program ran."""
    match record:
        case CheckInRecord():
            return True
        case SessionRecord():
            return record.state != LIVE_SESSION
        case TrainingRecord():
            return record.module in {module.id for module in cohort.program.modules}
        case _:
            return False


def _joined(cohort: Cohort) -> list[Cohort]:
    """The cohorts that are matched in one problem with this one, in the order of their programs."""
    inputs = cohort.inputs
    row = next((r for r in inputs.workspace.sharing.together if cohort.program.id in r), ())
    live = (c for c in inputs.programs if c.program.id in row and c.program.mode is Mode.LIVE)
    cohorts = (
        Cohort(inputs=inputs, compiled=compiled, id=name, timeline=timeline)
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
    draft.records += [r for r in cohort.inputs.snapshot.records if _is_of(r, cohort)]


def _is_of(record: Record, cohort: Cohort) -> bool:
    return (record.address.program, record.address.cohort) == (cohort.program.id, cohort.id)


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


def _keep_what_is_gone(inputs: PlanInputs, draft: Draft) -> None:
    """Programs and cohorts that are in the state but no longer in the files: nobody is removed by deleting a file."""
    known = {c.program.id: {name for name, _ in c.timelines} for c in inputs.programs}
    gone = sorted(
        {
            (r.address.program, r.address.cohort)
            for r in inputs.snapshot.records
            if r.address.program not in known or (r.address.cohort and r.address.cohort not in known[r.address.program])
        }
    )
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
                help="put it back",
                place=Place(
                    document=program if program in known else WORKSPACE, path=("cohorts",) if program in known else ()
                ),
            )
        )
    draft.records += [r for r in inputs.snapshot.records if (r.address.program, r.address.cohort) in set(gone)]
