"""Who takes part: enrollments and training progress of one cohort, as far as the facts allow."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, cached_property
from itertools import groupby
from operator import attrgetter
from typing import cast

import numpy as np

from mentorctl.addresses import Address
from mentorctl.dates.timeline import Timeline
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.compiler import lifecycle_named, progress_events
from mentorctl.lifecycle.machine import Stepper, run
from mentorctl.lifecycle.saying import CAME, LEFT, TOLD
from mentorctl.plan.inputs import PlanInputs
from mentorctl.plan.retiring import arrivals, may_finish
from mentorctl.roster.conditions import Truths, who_has, who_meets, who_satisfies
from mentorctl.roster.people import Ints
from mentorctl.rules.fields import Role
from mentorctl.spec.model import Module, Program
from mentorctl.spec.renames import Named
from mentorctl.state.live import FactValue
from mentorctl.state.model import EnrollmentRecord, MatchRecord, Member, Record, SessionRecord, TrainingRecord
from mentorctl.values import dataclass

_NOTHING: Mapping[str, FactValue] = {}
_NO_RECORDS: Mapping[str, Record] = {}
_ID = attrgetter("address.id")
POOL = frozenset({"ready", "waitlisted", "matched"})


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

    def names_of(self, kind: Named, name: str) -> tuple[str, ...]:
        """The id of something, and those that it had before."""
        return (name, *(one.old for one in self.program.former if (one.kind, one.new) == (kind, name)))

    def held(self, kind: str) -> Mapping[str, Sequence[SessionRecord]]:
        """The sessions of the state of one kind, by what they are for."""
        return self._held.get(kind, {})

    @cached_property
    def _held(self) -> Mapping[str, Mapping[str, Sequence[SessionRecord]]]:
        found: dict[str, dict[str, list[SessionRecord]]] = defaultdict(lambda: defaultdict(list))
        for session in self.prior(SessionRecord).values():
            found[session.kind][session.subject].append(session)
        return found

    @cached_property
    def standing(self) -> Mapping[tuple[tuple[Member, ...], str], str]:
        """The id of each match of the state that is not over, by its members and what it is for."""
        found = self.prior(MatchRecord).values()
        return {(m.members, m.subject): m.address.id for m in found if not self.inputs.is_over(m)}

    @cached_property
    def eligible(self) -> Mapping[Role, Truths]:
        """Who of the roster meets the conditions of each role."""
        roster, contract = self.inputs.roster, self.inputs.workspace.contract
        asked = {role: self.program.eligibility(role) for role in Role}
        return {
            role: who_meets(roster, contract, one.conditions) & who_satisfies(roster, contract, one.when, role)
            for role, one in asked.items()
        }

    @cached_property
    def trained(self) -> Mapping[str, Truths]:
        """Who of the roster has done each training module, as the roster says."""
        names = {module.id: self.names_of(Named.MODULE, module.id) for module in self.program.modules}
        return {module: who_has(self.inputs.roster.completed, called.__contains__) for module, called in names.items()}

    @cached_property
    def needed(self) -> Mapping[Role, tuple[str, ...]]:
        """The training modules that must be done before a match, by role."""
        required = [module for module in self.program.modules if module.required]
        return {role: tuple(m.id for m in required if m.audience.includes(role)) for role in Role}

    @cached_property
    def gates(self) -> Mapping[Role, tuple[Truths, Truths, Truths]]:
        """Who of the roster is eligible, approved and trained in each role, as the roster says."""
        everybody = np.ones(len(self.inputs.roster.ids), np.bool_)
        return {
            role: (
                self.eligible[role],
                self.inputs.roster.approved if self.program.eligibility(role).approval else everybody,
                np.logical_and.reduce([everybody, *(self.trained[module] for module in self.needed[role])]),
            )
            for role in Role
        }

    @cached_property
    def due_days(self) -> Mapping[str, date]:
        """The day by which each training module is to be done, of those that have one."""
        days = {m.id: self.timeline.day_of(m.due) for m in self.program.modules if m.due}
        return {module: day for module, day in days.items() if day is not None}

    def of_kind(self, kind: str, name: str) -> Address:
        return Address(program=self.program.id, cohort=self.id, kind=kind, id=name)

    def known(self, kind: str, name: str) -> Mapping[str, FactValue]:
        """What was recorded of a thing by commands and events; the roster knows the rest."""
        recorded = self.inputs.recorded
        return recorded.get(self.of_kind(kind, name), _NOTHING) if recorded else _NOTHING

    def prior[T](self, record_type: type[T]) -> Mapping[str, T]:
        """The records of one type that the state holds for this cohort, by the id in their address."""
        return cast("Mapping[str, T]", self._prior.get(record_type, _NO_RECORDS))

    @cached_property
    def _prior(self) -> dict[type[object], dict[str, Record]]:
        found: dict[type[object], dict[str, Record]] = {}
        for kind, alike in groupby(self.inputs.snapshot.of_cohort(self.program.id, self.id), type):
            records = tuple(alike)
            found.setdefault(kind, {}).update(zip(map(_ID, records), records, strict=True))
        return found

    @cached_property
    def applicants(self) -> Mapping[Role, Ints]:
        """Who of the roster is to take part or to be refused in each role, by index: all who apply to the program.

        Where a workspace has several programs and rows name none of them, they are the roster of all: who does not meet
        the conditions of a program is not in its audience, unless they took part before.
        """
        return {role: self._applicants(role) for role in self.program.roles}

    def _applicants(self, role: Role) -> Ints:
        roster, index_of = self.inputs.roster, self.inputs.index_of
        everybody = roster.applicants(role, self.program.id, self.id)
        if len(self.inputs.programs) == 1:
            return everybody
        meant = self.eligible[role].copy()
        meant[roster.applicants(role, self.program.id, self.id, by_name=True)] = True
        ends = self.compiled.ends("enrollment")
        taking_part = (e for e in self.prior(EnrollmentRecord).values() if e.state not in ends)
        meant[[index_of[e.person] for e in taking_part if e.role is role and e.person in index_of]] = True
        return everybody[meant[everybody]]

    @property
    def outside(self) -> int:
        """How many people of the roster the program is not for: none of their rows is an application to it."""
        roster = self.inputs.roster
        meant, applying = np.zeros(len(roster.ids), np.bool_), np.zeros(len(roster.ids), np.bool_)
        for role, people in self.applicants.items():
            meant[roster.applicants(role, self.program.id, self.id)] = True
            applying[people] = True
        return int((meant & ~applying).sum())


def cohort_of(inputs: PlanInputs, compiled: CompiledProgram, name: str, timeline: Timeline) -> Cohort:
    """A cohort; the same one whenever it is asked for, so that what follows from the inputs is worked out once."""
    key = (compiled.program.id, name)
    if key not in inputs.cohorts:
        inputs.cohorts[key] = Cohort(inputs=inputs, compiled=compiled, id=name, timeline=timeline)
    return inputs.cohorts[key]


def enroll(cohort: Cohort) -> list[EnrollmentRecord]:
    """Everyone who applies, and everyone who did and is no longer on the roster (withdrawn).

    Who left by a word of their own stays away although the roster still has them, and who came by one stays although
    they did not apply, until they say otherwise.
    """
    if cohort.program.retirement:
        return _leave(cohort)
    prior = dict(cohort.prior(EnrollmentRecord))
    way = _Way(cohort)
    records = [
        _applied(cohort, prior.pop(f"{cohort.inputs.roster.ids[index]}_{role}", None), index, role, way)
        for role in cohort.program.roles
        for index in cohort.applicants[role].tolist()
    ]
    records += _arrived(cohort, {*prior, *(record.address.id for record in records)}, way)
    for name, record in prior.items():
        index = cohort.inputs.index_of.get(record.person, -1)
        came = index >= 0 and (bool(record.origin) or cohort.known("enrollment", name).get(CAME) is True)
        if record.state in way.ends:
            state = record.state
        elif came:
            state = way.come_so_far(record.state, index, record.role)
        else:
            state = way.stepper.step(record.state, "withdraw", {}).state
        records.append(replace(record, state=state))
    return records


class _Way:
    """The lifecycle of enrollments; how far it carries somebody is asked once of all who are alike."""

    def __init__(self, cohort: Cohort) -> None:
        machine = lifecycle_named(cohort.compiled.lifecycles, "enrollment")
        self.initial = machine.initial
        self.ends = cohort.compiled.ends("enrollment")
        self.stepper = cohort.compiled.stepper("enrollment")
        self._cohort = cohort
        self._events = progress_events(machine)
        self._reached: dict[tuple[object, ...], str] = {}

    def come_so_far(self, state: str, index: int, role: Role) -> str:
        """The state that the facts of somebody of the roster lead to."""
        facts = facts_of(self._cohort, index, role)
        key = (state, *facts.values())
        if key not in self._reached:
            self._reached[key] = run(self.stepper, state, self._events, facts)[0]
        return self._reached[key]


def _applied(cohort: Cohort, before: EnrollmentRecord | None, index: int, role: Role, way: _Way) -> EnrollmentRecord:
    """Somebody who applies, as far as their facts allow; who left by a word of their own stays away."""
    if before and cohort.known("enrollment", before.address.id).get(LEFT) is True:
        return before
    state = before.state if before and before.state != "withdrawn" else way.initial
    if state not in way.ends:
        state = way.come_so_far(state, index, role)
    if before and (before.state, before.origin) == (state, ""):
        return before
    person = cohort.inputs.roster.ids[index]
    address = before.address if before else cohort.of_kind("enrollment", f"{person}_{role}")
    return EnrollmentRecord(address=address, person=person, role=role, state=state)


def _arrived(cohort: Cohort, known: set[str], way: _Way) -> Iterator[EnrollmentRecord]:
    """Those who come from a program that ends, unless they have a part in this one already."""
    for arriving in arrivals(cohort.inputs, cohort.program.id, cohort.id):
        name, person = f"{arriving.person}_{arriving.role}", arriving.person
        index = cohort.inputs.index_of.get(person, -1)
        if name not in known and index >= 0:
            yield EnrollmentRecord(
                address=cohort.of_kind("enrollment", name),
                person=person,
                role=arriving.role,
                state=way.come_so_far(way.initial, index, arriving.role),
                origin=str(arriving.address),
            )


def _leave(cohort: Cohort) -> list[EnrollmentRecord]:
    """Nobody is taken in any more, and all leave but those who finish a match."""
    stepper, ends = (
        cohort.compiled.stepper("enrollment"),
        cohort.compiled.ends("enrollment"),
    )
    standing = (m for m in cohort.prior(MatchRecord).values() if not cohort.inputs.is_over(m))
    staying = may_finish(cohort.program, standing)
    records = []
    for name, record in cohort.prior(EnrollmentRecord).items():
        by_choice = cohort.known("enrollment", name).get(CAME) is True
        is_there = record.person in cohort.inputs.index_of
        stays = is_there and (record.person, record.role) in staying
        stays = stays and (by_choice or record.origin != "" or _applies(cohort, record))
        if record.state not in ends and not stays:
            records.append(replace(record, state=stepper.step(record.state, "withdraw", {}).state))
        else:
            records.append(record)
    return records


def _applies(cohort: Cohort, record: EnrollmentRecord) -> bool:
    index = cohort.inputs.index_of[record.person]
    return index in cohort.inputs.roster.applicants(record.role, cohort.program.id, cohort.id)


def facts_of(cohort: Cohort, index: int, role: Role) -> dict[str, bool]:
    """The facts that the enrollment lifecycle reads about one person in one role."""
    name = f"{cohort.inputs.roster.ids[index]}_{role}"
    eligible, approved, trained = (bool(gate[index]) for gate in cohort.gates[role])
    return {
        "eligible": eligible,
        "approved": approved or cohort.known("enrollment", name).get(f"{TOLD}approved") is True,
        "trained": trained or all(has_done(cohort, module, index, name) for module in cohort.needed[role]),
    }


def may_be_matched(cohort: Cohort, enrollment: EnrollmentRecord) -> bool:
    """Whether somebody may get a new match: far enough in the lifecycle, and every gate open today."""
    index = cohort.inputs.index_of.get(enrollment.person, -1)
    return enrollment.state in POOL and index >= 0 and all(facts_of(cohort, index, enrollment.role).values())


def train(cohort: Cohort, enrollments: Iterable[EnrollmentRecord]) -> list[TrainingRecord]:
    """The training progress of everyone who takes part; modules of people who left are cancelled."""
    prior = cohort.prior(TrainingRecord)
    stepper = cohort.compiled.stepper("training")
    modules = {role: [m for m in cohort.program.modules if m.audience.includes(role)] for role in Role}
    ends = cohort.compiled.ends("enrollment")
    after = cache(lambda state, event, done: stepper.step(state, event, {"done": done}).state)
    records = []
    for enrollment in enrollments:
        index = cohort.inputs.index_of.get(enrollment.person, -1)
        is_over = enrollment.state in ends
        for module in modules[enrollment.role]:
            name = f"{enrollment.address.id}_{module.id}"
            before = prior.get(name)
            if before is None and (is_over or enrollment.state == "not_eligible"):
                continue
            came_back = before is not None and before.state == "cancelled" and not is_over
            state = before.state if before and not came_back else "assigned"
            done = has_done(cohort, module.id, index, enrollment.address.id)
            event = "withdraw" if is_over else "complete" if done else "reopen"
            state, due = after(state, event, done), _due(cohort, module, before)
            if before and (before.state, before.due) == (state, due):
                records.append(before)
                continue
            records.append(
                TrainingRecord(
                    address=cohort.of_kind("training", name),
                    enrollment=enrollment.address.id,
                    person=enrollment.person,
                    module=module.id,
                    state=state,
                    due=due,
                )
            )
    return records


def _due(cohort: Cohort, module: Module, before: TrainingRecord | None) -> str:
    """The day of the calendar; who was assigned it when that was over has a later day, and keeps it."""
    if before and cohort.timeline.is_rolling:
        return before.due
    day = cohort.due_days.get(module.id)
    if day is None:
        return ""
    return max(day.isoformat(), before.due) if before and day < cohort.inputs.as_of else day.isoformat()


def has_done(cohort: Cohort, module: str, index: int, enrollment: str) -> bool:
    """Whether a person has done a training module, as the roster says or as it was recorded."""
    on_roster = index >= 0 and bool(cohort.trained[module][index])
    return on_roster or cohort.known("training", f"{enrollment}_{module}").get(f"{TOLD}done") is True


# -- after matching ----------------------------------------------------------------------------------------------------


def advance(
    cohort: Cohort, enrollments: Iterable[EnrollmentRecord], matches: Iterable[MatchRecord], *, waiting: bool
) -> list[EnrollmentRecord]:
    """Matched people are matched, people whose match ended are not, and mentees without one wait."""
    stepper = cohort.compiled.stepper("enrollment")
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
        yield record if state == record.state else replace(record, state=state)


def _behind_the_gates(cohort: Cohort, stepper: Stepper, record: EnrollmentRecord) -> str:
    """Where somebody stands whose match ended: as far as their facts of today allow."""
    state = stepper.step(record.state, "unmatch", {}).state
    index = cohort.inputs.index_of.get(record.person, -1)
    if index < 0:
        return state
    return run(stepper, state, progress_events(stepper.lifecycle), facts_of(cohort, index, record.role))[0]
