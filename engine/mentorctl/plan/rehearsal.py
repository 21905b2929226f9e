"""What applying a plan would send, found by performing it on values: the code is the one that apply runs.

The state is the snapshot that the plan was made from; nothing is written. Only changes cost anything.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cached_property

from mentorctl.addresses import Address
from mentorctl.lifecycle.settle import settle
from mentorctl.lifecycle.working import Stuck
from mentorctl.plan.model import Change
from mentorctl.state.batch import Batch
from mentorctl.state.live import Armed, Instance, Logged
from mentorctl.state.model import (
    CheckInRecord,
    EnrollmentRecord,
    MatchRecord,
    ProgramRecord,
    Record,
    SessionRecord,
    Snapshot,
    TrainingRecord,
)
from mentorctl.values import dataclass

type Person = tuple[str, str, str]  # program, cohort and opaque id


def rehearsed(snapshot: Snapshot, changes: Sequence[Change], texts: Mapping[str, str], as_of: date) -> Batch:
    """Everything that applying the changes at noon of a day would write. `texts` are definitions by digest.

    Where a definition is missing, nothing can be told.
    """
    noon = datetime.combine(as_of, time(12), tzinfo=UTC)
    at = max(noon, datetime.fromisoformat(snapshot.clock)) if snapshot.clock else noon
    try:
        return settle(
            SnapshotView(snapshot=snapshot, texts=texts),
            changes,
            at,
            recorded=at,
            actor="",
            key="plan",
            definitions=texts,
        )
    except Stuck:
        return Batch()


@dataclass(frozen=True, kw_only=True, eq=False)
class SnapshotView:
    """What the runtime asks for, from a snapshot. Timers and the log are not part of one, and are empty here."""

    snapshot: Snapshot
    texts: Mapping[str, str]

    def prefetch(self, addresses: Iterable[Address]) -> None:
        """There is nothing to fetch."""

    def definition(self, digest: str) -> str:
        return self.texts.get(digest, "")

    def current(self, program: str) -> str:
        record = self.snapshot.by_address.get(Address(program=program))
        return record.lifecycles if isinstance(record, ProgramRecord) else ""

    def instance(self, address: Address) -> Instance | None:
        return self.snapshot.instances.get(address)

    def record(self, address: Address) -> Record | None:
        return self.snapshot.by_address.get(address)

    def enrollments_of(self, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        return self._of(self._enrollments, program, cohort, person)

    def matches_of(self, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        return self._of(self._matches, program, cohort, person)

    def sessions_of(self, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        return self._of(self._sessions, program, cohort, person)

    def children(self, address: Address, kind: str) -> tuple[Address, ...]:
        return tuple(self._children.get((str(address), kind), ()))

    def due(self, until: datetime, limit: int) -> tuple[Armed, ...]:  # noqa: ARG002
        return ()

    def timers_of(self, address: Address) -> tuple[Armed, ...]:  # noqa: ARG002
        return ()

    def seen(self, keys: Iterable[str]) -> Mapping[str, Logged]:  # noqa: ARG002
        return {}

    def _of(self, known: Mapping[Person, list[Address]], program: str, cohort: str, person: str) -> tuple[Address, ...]:
        return tuple(known.get((program, cohort, person), ()))

    @cached_property
    def _enrollments(self) -> dict[Person, list[Address]]:
        return self._by_person(EnrollmentRecord)

    @cached_property
    def _matches(self) -> dict[Person, list[Address]]:
        return self._by_person(MatchRecord)

    @cached_property
    def _sessions(self) -> dict[Person, list[Address]]:
        return self._by_person(SessionRecord)

    def _by_person(self, kind: type[EnrollmentRecord | MatchRecord | SessionRecord]) -> dict[Person, list[Address]]:
        """The addresses of one kind for each of its people, in a cohort and in all of them together."""
        found: dict[Person, list[Address]] = defaultdict(list)
        for record in self.snapshot.records:
            if isinstance(record, kind):
                people = (record.person,) if isinstance(record, EnrollmentRecord) else record.people
                for person in people:
                    found[record.address.program, record.address.cohort, person].append(record.address)
                    found[record.address.program, "", person].append(record.address)
        return found

    @cached_property
    def _children(self) -> dict[tuple[str, str], list[Address]]:
        found: dict[tuple[str, str], list[Address]] = defaultdict(list)
        for record in self.snapshot.records:
            address = record.address
            if address.kind:
                for parent in _parents(record):
                    found[str(parent), address.kind].append(address)
        return found


def _parents(record: Record) -> Iterable[Address]:
    """What a record belongs to: its program, its cohort, and its match or enrollment."""
    here = record.address
    yield Address(program=here.program)
    yield Address(program=here.program, cohort=here.cohort)
    match record:
        case TrainingRecord() | CheckInRecord():
            yield Address(program=here.program, cohort=here.cohort, kind="enrollment", id=record.enrollment)
        case SessionRecord(kind="meeting"):
            yield Address(program=here.program, cohort=here.cohort, kind="match", id=record.subject)
        case _:
            pass
