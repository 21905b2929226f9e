"""Who takes part: enrollments and training progress of one cohort, as far as the facts allow."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from mentorctl.addresses import Address
from mentorctl.dates.timeline import Timeline
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.compiler import lifecycle_named, progress_events
from mentorctl.lifecycle.machine import Stepper, run
from mentorctl.plan.inputs import PlanInputs
from mentorctl.roster.people import CodeColumn, NumberColumn, Roster
from mentorctl.rules.eligibility import Comparison, Condition
from mentorctl.rules.fields import Contract, Field, FieldType, Role
from mentorctl.spec.model import Eligibility, Module, Program
from mentorctl.state.model import EnrollmentRecord, TrainingRecord

POOL = frozenset({"ready", "waitlisted", "matched"})
GONE = frozenset({"withdrawn", "completed"})


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """One run of one program on the day of the plan."""

    inputs: PlanInputs
    compiled: CompiledProgram
    id: str
    timeline: Timeline

    @property
    def program(self) -> Program:
        return self.compiled.program

    @property
    def address(self) -> Address:
        return Address(program=self.program.id, cohort=self.id)

    def of_kind(self, kind: str, name: str) -> Address:
        return Address(program=self.program.id, cohort=self.id, kind=kind, id=name)

    def prior[T](self, record_type: type[T]) -> dict[str, T]:
        """The records of one type that the state holds for this cohort, by the id in their address."""
        return {
            r.address.id: r
            for r in self.inputs.snapshot.records
            if isinstance(r, record_type) and r.address.program == self.program.id and r.address.cohort == self.id
        }


def enroll(cohort: Cohort) -> list[EnrollmentRecord]:
    """Everyone who applies, and everyone who did and is no longer on the roster (withdrawn)."""
    prior = cohort.prior(EnrollmentRecord)
    machine = lifecycle_named(cohort.compiled.lifecycles, "enrollment")
    stepper, events = Stepper(machine), progress_events(machine)
    records = []
    for role in Role:
        for index in cohort.inputs.roster.applicants(role, cohort.program.id, cohort.id).tolist():
            person = cohort.inputs.roster.ids[index]
            name = f"{person}_{role}"
            before = prior.pop(name, None)
            state = before.state if before and before.state != "withdrawn" else machine.initial
            reached, _ = (
                run(stepper, state, events, facts_of(cohort, index, role)) if state not in GONE else (state, ())
            )
            records.append(
                EnrollmentRecord(address=cohort.of_kind("enrollment", name), person=person, role=role, state=reached)
            )
    for record in prior.values():
        left = record.state if record.state in GONE else stepper.step(record.state, "withdraw", {}).state
        records.append(replace(record, state=left))
    return records


def facts_of(cohort: Cohort, index: int, role: Role) -> dict[str, bool]:
    """The facts that the enrollment lifecycle reads about one person in one role."""
    eligible = _eligibility(cohort.program, role)
    roster = cohort.inputs.roster
    needed = [m.id for m in cohort.program.modules if m.required and m.audience.includes(role)]
    done = modules_done(roster, index)
    return {
        "eligible": all(meets(roster, cohort.inputs.workspace.contract, c, index) for c in eligible.conditions),
        "approved": not eligible.approval or bool(roster.approved[index]),
        "trained": all(module in done for module in needed),
    }


def may_be_matched(cohort: Cohort, enrollment: EnrollmentRecord) -> bool:
    """Whether somebody may get a new match: far enough in the lifecycle, and every gate open today."""
    index = cohort.inputs.index_of.get(enrollment.person, -1)
    return enrollment.state in POOL and index >= 0 and all(facts_of(cohort, index, enrollment.role).values())


def train(cohort: Cohort, enrollments: Iterable[EnrollmentRecord]) -> list[TrainingRecord]:
    """The training progress of everyone who takes part; modules of people who left are cancelled."""
    prior = cohort.prior(TrainingRecord)
    stepper = Stepper(lifecycle_named(cohort.compiled.lifecycles, "training"))
    records = []
    for enrollment in enrollments:
        index = cohort.inputs.index_of.get(enrollment.person, -1)
        done = modules_done(cohort.inputs.roster, index) if index >= 0 else frozenset()
        for module in cohort.program.modules:
            if not module.audience.includes(enrollment.role):
                continue
            name = f"{enrollment.address.id}_{module.id}"
            before = prior.get(name)
            if before is None and enrollment.state in GONE | {"not_eligible"}:
                continue
            came_back = before is not None and before.state == "cancelled" and enrollment.state not in GONE
            state = before.state if before and not came_back else "assigned"
            event = "withdraw" if enrollment.state in GONE else "complete" if module.id in done else "reopen"
            records.append(
                TrainingRecord(
                    address=cohort.of_kind("training", name),
                    enrollment=enrollment.address.id,
                    person=enrollment.person,
                    module=module.id,
                    state=stepper.step(state, event, {"done": module.id in done}).state,
                    due=_due(cohort, module),
                )
            )
    return records


def _due(cohort: Cohort, module: Module) -> str:
    day = cohort.timeline.day_of(module.due) if module.due else None
    return day.isoformat() if day else ""


def _eligibility(program: Program, role: Role) -> Eligibility:
    return program.mentor if role is Role.MENTOR else program.mentee


def modules_done(roster: Roster, index: int) -> frozenset[str]:
    """The ids of the training modules that a person has completed."""
    words = roster.completed.words[index]
    return frozenset(
        label
        for code, label in enumerate(roster.completed.labels)
        if words[code // 64] >> np.uint64(code % 64) & np.uint64(1)
    )


# -- conditions on one person ------------------------------------------------------------------------------------------


def meets(roster: Roster, contract: Contract, condition: Condition, index: int) -> bool:
    """Whether a person meets a condition. A blank meets nothing, unless the field says that blanks pass."""
    column = roster.columns[condition.field]
    field = contract.field(condition.field)
    value: float | None = None
    if isinstance(column, CodeColumn):
        value = float(column.codes[index]) if column.codes[index] >= 0 else None
    elif isinstance(column, NumberColumn):
        value = None if np.isnan(column.values[index]) else float(column.values[index])
    if value is None:
        return field is not None and field.missing.value == "passes"
    wanted = [_as_number(column, field, v) for v in condition.values]
    return _COMPARED[condition.comparison](value, wanted)


_COMPARED: dict[Comparison, Callable[[float, list[float]], bool]] = {
    Comparison.AT_LEAST: lambda value, wanted: value >= wanted[0],
    Comparison.AT_MOST: lambda value, wanted: value <= wanted[0],
    Comparison.ABOVE: lambda value, wanted: value > wanted[0],
    Comparison.BELOW: lambda value, wanted: value < wanted[0],
    Comparison.IS: lambda value, wanted: value == wanted[0],
    Comparison.ONE_OF: lambda value, wanted: value in wanted,
}


def _as_number(column: object, field: Field | None, value: str | float | bool) -> float:
    """A value of a condition in the numbers of its column; a value nobody has is NaN, which equals nothing."""
    if isinstance(column, CodeColumn):
        word = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        place: Mapping[str, int] = {label.casefold(): code for code, label in enumerate(column.labels)}
        return float(place.get(word.casefold(), float("nan")))
    if field is not None and field.type is FieldType.DATE:
        from datetime import date

        return float(date.fromisoformat(str(value)).toordinal())
    return float(value)
