"""Something that people did (they accepted, withdrew, met), as changes of the state, through the lifecycles alone.

What follows from a step is done with it: a match that ends takes its sessions from the calendars and frees its people.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from mentorctl.addresses import Address
from mentorctl.diagnostics import quoted_list
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.compiler import lifecycle_named
from mentorctl.lifecycle.machine import Stepper
from mentorctl.lifecycle.model import Lifecycle, Outcome, Step
from mentorctl.plan.inputs import LIVE_SESSION
from mentorctl.plan.messages import Occurred
from mentorctl.plan.occurrences import occurrences
from mentorctl.plan.standing import STANDING
from mentorctl.state.model import (
    EnrollmentRecord,
    MatchRecord,
    Record,
    SessionRecord,
    Snapshot,
    TrainingRecord,
    is_match,
)


class Verb(StrEnum):
    """What may be said to have happened; each is for one kind of record."""

    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    COMPLETE = "complete"
    END = "end"
    WITHDRAW = "withdraw"
    TRAIN = "trained"
    WAIVE = "waive"
    HOLD = "hold"
    MISS = "miss"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What happened to the record at an address, and on which day."""

    verb: Verb
    address: Address
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """The records as they are now, where they changed, in the order of addresses, and what that means."""

    records: tuple[Record, ...]
    occurred: tuple[Occurred, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why it cannot have happened, and what could."""

    detail: str
    help: str = ""


type _Live = EnrollmentRecord | TrainingRecord | MatchRecord | SessionRecord


def happened(programs: Sequence[CompiledProgram], snapshot: Snapshot, happening: Happening) -> Happened | Refused:
    """What the state becomes. For `accept` and `decline` the whole match is meant, not one answer of several."""
    record = snapshot.by_address.get(happening.address)
    compiled = next((c for c in programs if c.program.id == happening.address.program), None)
    if record is None or compiled is None:
        return Refused(detail=f"there is no `{happening.address}`")
    wanted, event, facts = _MEANING[happening.verb]
    if not isinstance(record, wanted):
        return Refused(detail=f"`{happening.verb}` is not for `{happening.address}`")
    unfolding = _Unfolding(compiled, snapshot, happening.on)
    stepper = unfolding.stepper(record)
    if event not in {transition.event for transition in stepper.lifecycle.transitions}:
        step = Step(outcome=Outcome.INVALID, state=record.state)  # flash matches have no pauses
    else:
        step = stepper.step(record.state, event, facts)
    if step.outcome is not Outcome.MOVED:
        return _refused(stepper.lifecycle, record, happening.verb, event, step)
    unfolding.move(record, step)
    return unfolding.result()


def _refused(lifecycle: Lifecycle, record: _Live, verb: Verb, event: str, step: Step) -> Refused:
    detail = f"`{verb}` is not possible while the {lifecycle.name} is `{record.state}`"
    if step.outcome is Outcome.REFUSED:
        tried = [t for t in lifecycle.transitions if (t.event, t.source) == (event, record.state)]
        needed = {transition.when for transition in tried if transition.when}
        return Refused(detail=f"{detail}: it takes {quoted_list(sorted(needed), last='or')}")
    from_there = sorted({t.event for t in lifecycle.transitions if t.source == record.state})
    from_state = f"from `{record.state}` it can {quoted_list(from_there)}" if from_there else "that is its last state"
    return Refused(detail=detail, help=from_state)


class _Unfolding:
    """The records while one step leads to others."""

    def __init__(self, compiled: CompiledProgram, snapshot: Snapshot, on: date) -> None:
        self._compiled = compiled
        self._before = snapshot.by_address
        self._now: dict[Address, Record] = dict(snapshot.by_address)
        self._on = on

    def stepper(self, record: _Live) -> Stepper:
        return Stepper(lifecycle_named(self._compiled.lifecycles, _MACHINES[type(record)]))

    def result(self) -> Happened:
        """What differs from the beginning."""
        changed = [record for address, record in sorted(self._now.items()) if record != self._before.get(address)]
        return Happened(
            records=tuple(changed),
            occurred=tuple(
                Occurred(what=what, record=record, on=self._on)
                for record in changed
                for what in occurrences(self._compiled.program, self._before.get(record.address), record)
            ),
        )

    def move(self, record: _Live, step: Step) -> None:
        """Put a record into the state that a step leads to, and do what follows."""
        moved = replace(record, state=step.state)
        self._now[record.address] = moved
        if "end.matches" in step.effects and isinstance(moved, EnrollmentRecord):
            self._leave_matches(moved)
        if isinstance(moved, EnrollmentRecord) and moved.state == "withdrawn":
            self._leave_calendars(moved)
        if isinstance(moved, MatchRecord) and moved.state not in STANDING:
            self._part(moved, step)

    def _step(self, record: _Live, event: str) -> None:
        """A step that follows from another one; where the lifecycle does not foresee it, nothing follows."""
        step = self.stepper(record).step(record.state, event, _FACTS)
        if step.outcome is Outcome.MOVED:
            self.move(record, step)

    # -- a match is over -----------------------------------------------------------------------------------------------

    def _part(self, match: MatchRecord, step: Step) -> None:
        """The sessions of a match that is over are off, and its people are free or through."""
        if "cancel.sessions" in step.effects:
            for session in self._ahead(match.address):
                if session.kind == "meeting" and session.subject == match.address.id:
                    self._step(session, "cancel")
        standing = {(m.person, m.role) for r in self._matches(match.address) for m in r.members}
        for enrollment in self._of_cohort(EnrollmentRecord, match.address):
            who = (enrollment.person, enrollment.role)
            if who in {(m.person, m.role) for m in match.members} - standing and enrollment.state == "matched":
                self._step(enrollment, "complete" if match.state == "completed" else "unmatch")

    # -- a person leaves -----------------------------------------------------------------------------------------------

    def _leave_matches(self, enrollment: EnrollmentRecord) -> None:
        """A group goes on without somebody who leaves, where enough stay; other matches end."""
        for match in self._matches(enrollment.address):
            gone = [m for m in match.members if (m.person, m.role) == (enrollment.person, enrollment.role)]
            left = replace(match, members=tuple(m for m in match.members if m not in gone))
            foresees = any(t.event == "leave" for t in self.stepper(match).lifecycle.transitions)
            if gone:
                stays = foresees and is_match(left)
                self._step(left if stays else match, "leave" if stays else "end")

    def _leave_calendars(self, enrollment: EnrollmentRecord) -> None:
        """Nobody waits for somebody who left: their training is off, and their seats are free."""
        here = enrollment.address
        for training in self._of_cohort(TrainingRecord, here):
            if training.enrollment == here.id:
                self._step(training, "withdraw")
        others = self._of_cohort(EnrollmentRecord, here)
        if any(e.person == enrollment.person and e.state != "withdrawn" for e in others):
            return  # they are still there in another role
        for session in self._ahead(here):
            rest = tuple(person for person in session.people if person != enrollment.person)
            if not rest:
                self._step(session, "cancel")
            elif len(rest) < len(session.people):
                self._now[session.address] = replace(session, people=rest)

    # -- what there is -------------------------------------------------------------------------------------------------

    def _of_cohort[T: Record](self, kind: type[T], here: Address) -> list[T]:
        """The records of one type in the cohort of an address, as they are now."""
        cohort = (here.program, here.cohort)
        found = [r for r in self._now.values() if isinstance(r, kind)]
        return [r for r in found if (r.address.program, r.address.cohort) == cohort]

    def _matches(self, here: Address) -> list[MatchRecord]:
        return [match for match in self._of_cohort(MatchRecord, here) if match.state in STANDING]

    def _ahead(self, here: Address) -> Iterable[SessionRecord]:
        """The sessions that are on calendars after the day."""
        return [
            session
            for session in self._of_cohort(SessionRecord, here)
            if session.state == LIVE_SESSION and datetime.fromisoformat(session.starts).date() > self._on
        ]


_MACHINES: Mapping[type[Record], str] = {
    EnrollmentRecord: "enrollment",
    TrainingRecord: "training",
    MatchRecord: "match",
    SessionRecord: "session",
}
_ALL_SAID_YES = {"mentor_accepted": True, "mentee_accepted": True, "enough_accepted": True, "everybody_accepted": True}
_FACTS = {"done": True, "agreement_signed": True, "delivered": True}
_MEANING: Mapping[Verb, tuple[type[_Live], str, Mapping[str, bool]]] = {
    # Whoever says that it happened says that what it takes is there: the answers, the signature, the deliverable.
    Verb.ACCEPT: (MatchRecord, "accept", _ALL_SAID_YES),
    Verb.DECLINE: (MatchRecord, "decline", {}),
    Verb.EXPIRE: (MatchRecord, "expire", {}),
    Verb.START: (MatchRecord, "start", _FACTS),
    Verb.PAUSE: (MatchRecord, "pause", {}),
    Verb.RESUME: (MatchRecord, "resume", {}),
    Verb.COMPLETE: (MatchRecord, "complete", _FACTS),
    Verb.END: (MatchRecord, "end", {}),
    Verb.WITHDRAW: (EnrollmentRecord, "withdraw", {}),
    Verb.TRAIN: (TrainingRecord, "complete", _FACTS),
    Verb.WAIVE: (TrainingRecord, "waive", {}),
    Verb.HOLD: (SessionRecord, "hold", {}),
    Verb.MISS: (SessionRecord, "miss", {}),
    Verb.CANCEL: (SessionRecord, "cancel", {}),
}
