"""The records of the live program and the snapshot that holds them.

A record is one thing with one address. People appear by opaque id only; names stay in the roster.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import cached_property

from mentorctl.addresses import Address
from mentorctl.rules.fields import Role
from mentorctl.spec.support import Limit
from mentorctl.state.live import Instance
from mentorctl.state.shapes import SPARSE
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRecord:
    """A program as it was last applied. `definition` is the digest of its compiled form.

    `lifecycles` is that of the part that its people live by: what is new in the program runs by it. `written` are its
    values as they were written when the definition last changed, as JSON: a plan says by them what changed since.
    `limits` are those of its file, kept so that a later plan is held against them whatever the file says then.
    """

    address: Address
    name: str
    owner: str
    state: str
    definition: str
    lifecycles: str
    matching_rules: str
    written: str = field(default="", metadata=SPARSE)
    limits: tuple[Limit, ...] = field(default=(), metadata=SPARSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortRecord:
    """A run of a program: ISO dates of its first and last day."""

    address: Address
    starts: str
    ends: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollmentRecord:
    """One person in one role of one cohort. `origin` is the enrollment in a retired program that goes on in it."""

    address: Address
    person: str
    role: Role
    state: str
    origin: str = field(default="", metadata=SPARSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord:
    """One training module of one enrollment."""

    address: Address
    enrollment: str
    person: str
    module: str
    state: str
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What one soft rule gave to a match."""

    rule: str
    points: int


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Member:
    """One person in a match, and in which role."""

    person: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRecord:
    """People who were matched: a pair, peers, a circle, a team with its mentors, a project.

    `members` has mentors first, then by id. `subject` is the need, the period, the team or the project that the match
    is for, or empty. `terms` are kept so that the score can be explained later; `relaxed` are the hard rules that were
    given up for it.
    """

    address: Address
    members: tuple[Member, ...]
    subject: str
    state: str
    score: int
    terms: tuple[Term, ...]
    relaxed: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(member.person for member in self.members)

    @property
    def mentors(self) -> tuple[str, ...]:
        return tuple(member.person for member in self.members if member.role is Role.MENTOR)

    @property
    def others(self) -> tuple[str, ...]:
        """The mentees, or the peers."""
        return tuple(member.person for member in self.members if member.role is not Role.MENTOR)


def members(mentors: Iterable[str], others: Iterable[str], role: Role = Role.MENTEE) -> tuple[Member, ...]:
    """The members of a match in their canonical order."""
    return (
        *(Member(person=person, role=Role.MENTOR) for person in sorted(mentors)),
        *(Member(person=person, role=role) for person in sorted(others)),
    )


def is_match(record: MatchRecord) -> bool:
    """Whether enough people are left: two peers, or a mentor and a mentee."""
    if any(member.role is Role.PEER for member in record.members):
        return len(record.members) > 1
    return bool(record.mentors and record.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """A date on calendars: a training session, an event, or a meeting of a pair.

    `subject` is a module id, an event id or the id of a match; `number` counts from 1 within it. `starts` is an
    instant in UTC (`2027-02-01T09:00Z`), `zone` the zone whose wall clock was meant. `basis` is a digest of what the
    slot was chosen from: while it is unchanged the session is kept. `revision` counts how often its time, its length or
    its people became others, which calendars are told; `left` are those who were taken out of it and are told so.
    """

    address: Address
    kind: str
    subject: str
    number: int
    starts: str
    zone: str
    minutes: int
    people: tuple[str, ...]
    state: str
    basis: str
    revision: int = field(default=0, metadata=SPARSE)
    left: tuple[str, ...] = field(default=(), metadata=SPARSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInRecord:
    """One round of a check-in that was put to one person: which one, the how manieth, and the day it was asked."""

    address: Address
    check_in: str
    number: int
    enrollment: str
    person: str
    asked: str
    state: str


type Record = (
    ProgramRecord | CohortRecord | EnrollmentRecord | TrainingRecord | MatchRecord | SessionRecord | CheckInRecord
)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything the store holds at one serial. A store that was never written has lineage "" and serial 0.

    `clock` is how far time has come in it, as an instant in ISO, or empty; `definitions` are the digests it knows.
    """

    workspace: str
    lineage: str
    serial: int
    records: tuple[Record, ...]
    instances: Mapping[Address, Instance] = field(default_factory=dict)
    definitions: tuple[str, ...] = ()
    clock: str = ""

    @cached_property
    def by_address(self) -> dict[Address, Record]:
        return {record.address: record for record in self.records}

    def of_program(self, program: str) -> Sequence[Record]:
        """The records of a program, itself included."""
        return self._by_program.get(program, ())

    def of_cohort(self, program: str, cohort: str) -> Sequence[Record]:
        """The records of a cohort, itself included; of a program itself without one."""
        return self._by_cohort.get((program, cohort), ())

    @cached_property
    def _by_program(self) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for record in self.records:
            found.setdefault(record.address.program, []).append(record)
        return found

    @cached_property
    def _by_cohort(self) -> dict[tuple[str, str], list[Record]]:
        found: dict[tuple[str, str], list[Record]] = {}
        for record in self.records:
            found.setdefault((record.address.program, record.address.cohort), []).append(record)
        return found


def empty_snapshot(workspace: str) -> Snapshot:
    """What reading a store gives before the first apply."""
    return Snapshot(workspace=workspace, lineage="", serial=0, records=())
