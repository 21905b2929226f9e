"""The end of a program: what becomes of those who take part, and when there is nothing left that goes on.

People leave, or finish what they began, by the same steps as ever: only who may stay, and that nobody is taken in, is
different. A program is closed with its last cohort, and a cohort when everybody is through.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mentorctl.diagnostics import Diagnostic, Place, finding, quoted_list
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.plan.inputs import Draft, PlanInputs
from mentorctl.plan.model import Notice
from mentorctl.rules.fields import Role
from mentorctl.spec.model import Leaving, Mode, Program
from mentorctl.state.model import CheckInRecord, CohortRecord, EnrollmentRecord, MatchRecord, ProgramRecord, Record

if TYPE_CHECKING:
    from mentorctl.addresses import Address

_CLOSED = frozenset({"closed", "cancelled"})


def may_finish(program: Program, matches: Iterable[MatchRecord]) -> frozenset[tuple[str, Role]]:
    """Who stays in a program that is retired: those in a match, where matches go on to their end."""
    if program.retirement is None or program.retirement.participants is not Leaving.FINISH:
        return frozenset()
    return frozenset((member.person, member.role) for match in matches for member in match.members)


def arrivals(inputs: PlanInputs, program: str, cohort: str) -> Iterator[EnrollmentRecord]:
    """The enrollments of retired programs that go on in a cohort of this one, as they are now."""
    for compiled in inputs.programs:
        retirement = compiled.program.retirement
        if retirement is None or retirement.to != program or compiled.program.mode is not Mode.LIVE:
            continue
        if open_target(compiled, inputs) == cohort:
            mine = (r for r in inputs.snapshot.records if isinstance(r, EnrollmentRecord))
            yield from (r for r in mine if r.address.program == compiled.program.id and not inputs.is_over(r))


def open_target(compiled: CompiledProgram, inputs: PlanInputs) -> str:
    """The one cohort in which people of a retired program go on; empty when there is not exactly one."""
    found = _open_targets(compiled, inputs)
    return found[0] if len(found) == 1 else ""


def _open_targets(compiled: CompiledProgram, inputs: PlanInputs) -> list[str]:
    retirement = compiled.program.retirement
    target = next((c for c in inputs.programs if retirement and c.program.id == retirement.to), None)
    if target is None or target.program.mode is not Mode.LIVE:
        return []
    return [name for name, timeline in target.timelines if timeline.runs_on(inputs.as_of)]


def nowhere_to_go(compiled: CompiledProgram, inputs: PlanInputs) -> Iterator[Diagnostic]:
    """MC7022: people would leave here and not arrive there."""
    retirement = compiled.program.retirement
    if retirement is None or retirement.participants is not Leaving.TRANSFER:
        return
    people = {
        r.person
        for r in inputs.snapshot.records
        if isinstance(r, EnrollmentRecord) and r.address.program == compiled.program.id and not inputs.is_over(r)
    }
    found = _open_targets(compiled, inputs)
    if people and len(found) != 1:
        runs = f"{quoted_list(found, last='and')} run" if found else "no live cohort runs"
        yield finding(
            "MC7022",
            f"{runs} in `{retirement.to}` on {inputs.as_of}, and {len(people)} people of `{compiled.program.id}` "
            "would go on in one",
            help="plan for a day on which exactly one runs, or let them finish",
            place=Place(document=compiled.program.id, path=("retire", "to")),
        )


def closed_when_through(compiled: CompiledProgram, inputs: PlanInputs, draft: Draft) -> None:
    """Close the cohorts in which everybody is through, and the program with the last of them; say what is left."""
    program = compiled.program.id
    mine = [r for r in draft.records if r.address.program == program]
    going_on = [r for r in mine if isinstance(r, EnrollmentRecord | MatchRecord) and not inputs.is_over(r)]
    busy = {record.address.cohort for record in going_on}
    close = compiled.stepper("cohort")
    then: dict[Address, Record] = {
        record.address: replace(record, state=close.step(record.state, "close", {}).state)
        for record in mine
        if isinstance(record, CohortRecord) and record.address.cohort not in busy and record.state not in _CLOSED
    }
    cohorts = [then.get(r.address, r) for r in mine if isinstance(r, CohortRecord)]
    own = next((r for r in mine if isinstance(r, ProgramRecord)), None)
    if own and own.state not in _CLOSED and all(cohort.state in _CLOSED for cohort in cohorts):
        stepper = compiled.stepper("program")
        then[own.address] = replace(own, state=stepper.step(own.state, "close", {}).state)
    draft.records[:] = [then.get(record.address, record) for record in draft.records]
    draft.notices.append(Notice(program=program, cohort="", text=_said(compiled.program, going_on)))


def _said(program: Program, going_on: Sequence[Record]) -> str:
    people = {person for record in going_on if isinstance(record, EnrollmentRecord) for person in (record.person,)}
    because = f", because {program.retirement.because}" if program.retirement and program.retirement.because else ""
    if not people:
        return f"is retired{because}: everybody is through, and its file may be removed once this is applied"
    return f"is retired{because}: {len(people):,} people finish what they began, and nobody is taken in"


def without_those_who_left(
    check_ins: Iterable[CheckInRecord], enrollments: Iterable[EnrollmentRecord], compiled: CompiledProgram
) -> list[Record]:
    """The check-ins, of which those that wait for an answer of somebody who left are skipped."""
    ends = compiled.ends("enrollment")
    gone = {record.address.id for record in enrollments if record.state in ends}
    stepper, over = compiled.stepper("check_in"), compiled.ends("check_in")
    return [
        replace(record, state=stepper.step(record.state, "skip", {}).state)
        if record.enrollment in gone and record.state not in over
        else record
        for record in check_ins
    ]
