"""A store in memory: for tests and rehearsals. It keeps the same contract as the durable ones."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from threading import Lock

from mentorctl.addresses import Address
from mentorctl.lifecycle.arming import order
from mentorctl.lifecycle.view import View
from mentorctl.plan.consent import NOTHING_SAID, Consent
from mentorctl.plan.model import Plan
from mentorctl.state.batch import Batch
from mentorctl.state.live import Advanced, Armed, Counted, Happening, Instance, Logged, LogRow, Outgoing
from mentorctl.state.model import (
    EnrollmentRecord,
    MatchRecord,
    ProgramRecord,
    Record,
    SessionRecord,
    Snapshot,
)
from mentorctl.store.base import Applied, CommitRow, Recorded
from mentorctl.store.contents import Contents, Row, never_written, record_of, row_of, snapshot_of, verify
from mentorctl.store.living import Head, added, events, released, retried, stride, tally_of
from mentorctl.store.relations import is_about, parent_of
from mentorctl.store.transition import Order, checked, digest_after, effect_of, formers, renaming
from mentorctl.values import dataclass


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """Everything at one serial. A writer makes another one, so that readers see all of it or nothing."""

    contents: Contents
    timers: Mapping[Address, Mapping[str, Armed]] = field(default_factory=dict)
    log: tuple[LogRow, ...] = ()
    outbox: tuple[tuple[int, Outgoing], ...] = ()  # each with the serial that put it there
    former: Mapping[int, tuple[Record, ...]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    commits: tuple[CommitRow, ...] = ()


class MemoryStore:
    """One workspace in memory. Threads may share it."""

    def __init__(self, workspace: str) -> None:
        self._turn = Lock()
        self._kept = _Kept(contents=never_written(workspace, "in memory"))

    # -- reading -------------------------------------------------------------------------------------------------------

    def read(self) -> Snapshot:
        return snapshot_of(self._kept.contents)

    def about(self, words: Iterable[str]) -> Snapshot:
        wanted, whole = frozenset(words), self.read()
        records = tuple(record for record in whole.records if is_about(record, wanted))
        return replace(whole, records=records, instances={r.address: whole.instances[r.address] for r in records})

    def commits(self) -> tuple[CommitRow, ...]:
        return self._kept.commits

    def log(self, address: Address | None = None, *, after: int = 0, limit: int | None = None) -> tuple[LogRow, ...]:
        rows = [row for row in self._kept.log[after:] if address is None or row.line.address == address]
        return tuple(rows[:limit])

    def instances(self, addresses: Iterable[Address] | None = None) -> tuple[Instance, ...]:
        known = self._kept.contents.instances
        wanted = known if addresses is None else known.keys() & set(addresses)
        return tuple(known[address] for address in sorted(wanted))

    def timers(self, until: datetime | None = None, *, limit: int | None = None) -> tuple[Armed, ...]:
        running = [armed for timers in self._kept.timers.values() for armed in timers.values()]
        still = _suspended(self._kept.contents)
        due = [a for a in running if until is None or (a.due <= until and a.address.program not in still)]
        return tuple(sorted(due, key=order)[:limit])

    def outbox(
        self, *, after: int = 0, limit: int | None = None, serial: int | None = None
    ) -> tuple[tuple[int, Outgoing], ...]:
        numbered = list(enumerate(self._kept.outbox, 1))[after:]
        wanted = [(number, message) for number, (at, message) in numbered if serial in (None, at)]
        return tuple(wanted[:limit])

    def former(self, serial: int) -> tuple[Record, ...]:
        return self._kept.former.get(serial, ())

    def incidents(self) -> tuple[Instance, ...]:
        return tuple(instance for instance in self.instances() if instance.incident)

    def census(self) -> tuple[Counted, ...]:
        counts = Counter((i.address.program, i.lifecycle, i.definition, i.state) for i in self.instances())
        return tuple(
            Counted(program=program, lifecycle=lifecycle, definition=definition, state=state, count=count)
            for (program, lifecycle, definition, state), count in sorted(counts.items())
        )

    def definition(self, digest: str) -> str:
        return self._kept.texts.get(digest, "")

    def view(self) -> View:
        """What the runtime would see."""
        return _View(self._kept)

    # -- writing -------------------------------------------------------------------------------------------------------

    def apply(
        self,
        plan: Plan,
        *,
        apply_id: str,
        at: datetime,
        actor: str,
        new_lineage: str,
        consent: Consent = NOTHING_SAID,
    ) -> Applied:
        wanted = Order(plan=plan, apply_id=apply_id, at=at, actor=actor, new_lineage=new_lineage, consent=consent)
        with self._turn:
            kept = self._kept
            verify(kept.contents)
            answer = checked(wanted, kept.contents, kept.commits)
            if answer:
                return answer
            kept = _after(kept, renaming(wanted, kept.contents, _View(kept)), kept.contents.serial + 1)
            effect = effect_of(wanted, kept.contents, _View(kept))
            texts = {definition.digest: definition.text for definition in effect.definitions}
            known = replace(kept.contents, lineage=effect.lineage)
            old = formers(effect.batch, known.rows)
            was = tuple(record_of(row, address, known.place) for address, row in old)
            before = replace(kept, contents=known, texts={**kept.texts, **texts})
            self._write(before, effect.batch, effect.commit)
            self._kept = replace(self._kept, former={**kept.former, effect.commit.serial: was})
            return effect.answer

    def record(
        self, happenings: Sequence[Happening], *, commit_id: str, at: datetime, actor: str, strict: bool = False
    ) -> Recorded:
        with self._turn:
            done = next((row for row in self._kept.commits if row.commit_id == commit_id), None)
            answer, batch, commit = events(
                _View(self._kept),
                self._head,
                done,
                happenings,
                commit_id=commit_id,
                at=at,
                actor=actor,
                strict=strict,
            )
            if commit:
                self._write(self._kept, batch, commit)
            return answer

    def advance(
        self,
        to: datetime,
        *,
        at: datetime,
        actor: str,
        chunk: int = 5000,
        report: Callable[[Advanced], None] = lambda _: None,
    ) -> Advanced:
        so_far = Advanced(until=to, serial=self._kept.contents.serial)
        more = True
        while more:
            with self._turn:
                step = stride(_View(self._kept), self._head, to, at=at, actor=actor, chunk=chunk)
                if step.commit:
                    self._write(self._kept, step.batch, step.commit)
                    so_far = added(so_far, tally_of(step.batch), step.commit)
            report(so_far)
            more = step.more
        return replace(so_far, until=to)

    def retry(self, addresses: Sequence[Address], *, at: datetime, actor: str) -> tuple[Instance, ...]:
        with self._turn:
            batch, commit = retried(_View(self._kept), self._head, addresses, at=at, actor=actor)
            if commit:
                self._write(self._kept, batch, commit)
        return batch.moved

    def release(self, numbers: Sequence[int], *, at: datetime, actor: str) -> tuple[int, ...]:
        with self._turn:
            free, commit = released(self.outbox(), self._head, numbers, at=at, actor=actor)
            if commit:
                kept = self._kept
                outbox = tuple(
                    (serial, replace(message, held=False) if number in free else message)
                    for number, (serial, message) in enumerate(kept.outbox, 1)
                )
                self._write(replace(kept, outbox=outbox), Batch(), commit)
        return free

    @property
    def _head(self) -> Head:
        contents = self._kept.contents
        clock = datetime.fromisoformat(contents.clock) if contents.clock else None
        return Head(place=contents.place, serial=contents.serial, clock=clock)

    def _write(self, kept: _Kept, batch: Batch, commit: CommitRow) -> None:
        then = _after(kept, batch, commit.serial)
        contents = replace(
            then.contents,
            serial=commit.serial,
            definitions=tuple(sorted(kept.texts)),
            clock=commit.clock.isoformat(),
        )
        self._kept = replace(then, contents=contents, commits=(*kept.commits, commit))


def _after(kept: _Kept, batch: Batch, serial: int) -> _Kept:
    """What is kept after a batch of the commit that leads to a serial."""
    contents, seq = kept.contents, len(kept.log)
    lines = (LogRow(seq=seq + n, serial=serial, line=line) for n, line in enumerate(batch.logged, 1))
    return replace(
        kept,
        contents=replace(
            contents,
            state_digest=digest_after(batch, contents.rows, contents.state_digest, contents.place),
            last_seq=seq + len(batch.logged),
            rows=_rows_after(contents, batch),
            instances=_instances_after(contents, batch),
        ),
        timers=_timers_after(kept.timers, batch),
        log=(*kept.log, *lines),
        outbox=kept.outbox + tuple((serial, message) for message in batch.outgoing),
    )


def _suspended(contents: Contents) -> frozenset[str]:
    """The programs for which time stands still."""
    rows = contents.rows.items()
    return frozenset(a.program for a, row in rows if row.kind == "program" and row.state == "suspended")


def _rows_after(contents: Contents, batch: Batch) -> dict[Address, Row]:
    now = dict(contents.rows)
    for address in batch.removed:
        now.pop(address, None)
    now |= {record.address: row_of(record) for record, _ in batch.created}
    now |= {instance.address: now[instance.address]._replace(state=instance.state) for instance in batch.moved}
    now |= {record.address: row_of(record) for record in batch.changed}
    return now


def _instances_after(contents: Contents, batch: Batch) -> dict[Address, Instance]:
    now = dict(contents.instances)
    for address in batch.removed:
        now.pop(address, None)
    now |= {instance.address: instance for _, instance in batch.created}
    for instance in batch.moved:
        if now[instance.address].revision != instance.revision - 1:
            raise ValueError(f"`{instance.address}` is at another revision than it was read at")
        now[instance.address] = instance
    return now


def _timers_after(timers: Mapping[Address, Mapping[str, Armed]], batch: Batch) -> Mapping[Address, Mapping[str, Armed]]:
    now = dict(timers)
    for address in batch.removed:
        now.pop(address, None)
    for armed in batch.cancelled:
        now[armed.address] = {name: one for name, one in now[armed.address].items() if name != armed.timer}
    for armed in batch.armed:
        now[armed.address] = {**now.get(armed.address, {}), armed.timer: armed}
    return {address: running for address, running in now.items() if running}


class _View:
    """What the runtime asks for, from what is kept; what is asked for often is sorted once."""

    def __init__(self, kept: _Kept) -> None:
        self._kept = kept
        self._of_person: dict[tuple[str, str], list[Address]] | None = None
        self._children: dict[tuple[str, str], list[Address]] | None = None
        self._keys: dict[str, Logged] | None = None

    def prefetch(self, addresses: Iterable[Address]) -> None:
        """There is nothing to fetch."""

    def definition(self, digest: str) -> str:
        return self._kept.texts.get(digest, "")

    def current(self, program: str) -> str:
        record = self.record(Address(program=program))
        return record.lifecycles if isinstance(record, ProgramRecord) else ""

    def instance(self, address: Address) -> Instance | None:
        return self._kept.contents.instances.get(address)

    def record(self, address: Address) -> Record | None:
        row = self._kept.contents.rows.get(address)
        return record_of(row, address, self._kept.contents.place) if row else None

    def enrollments_of(self, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        return self._with(person, "enrollment", program, cohort)

    def matches_of(self, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        return self._with(person, "match", program, cohort)

    def sessions_of(self, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        return self._with(person, "session", program, cohort)

    def children(self, address: Address, kind: str) -> tuple[Address, ...]:
        if self._children is None:
            self._children = defaultdict(list)
            for below in sorted(self._kept.contents.rows):
                record = self.record(below)
                for above in (below.program, f"{below.program}/{below.cohort}", parent_of(record) if record else ""):
                    self._children[above, below.kind].append(below)
        return tuple(self._children.get((str(address), kind), ()))

    def due(self, until: datetime, limit: int) -> tuple[Armed, ...]:
        still = _suspended(self._kept.contents)
        found = [
            armed
            for address, timers in self._kept.timers.items()
            if not self._kept.contents.instances[address].incident and address.program not in still
            for armed in timers.values()
            if armed.due <= until
        ]
        return tuple(sorted(found, key=order)[:limit])

    def timers_of(self, address: Address) -> tuple[Armed, ...]:
        return tuple(armed for _, armed in sorted(self._kept.timers.get(address, {}).items()))

    def seen(self, keys: Iterable[str]) -> Mapping[str, Logged]:
        if self._keys is None:
            self._keys = {row.line.key: row.line for row in reversed(self._kept.log)}
        return {key: self._keys[key] for key in keys if key in self._keys}

    def _with(self, person: str, kind: str, program: str, cohort: str) -> tuple[Address, ...]:
        if self._of_person is None:
            self._of_person = defaultdict(list)
            for address in sorted(self._kept.contents.rows):
                for somebody in _people(self.record(address)):
                    self._of_person[somebody, address.kind].append(address)
        found = self._of_person.get((person, kind), ())
        return tuple(a for a in found if a.program == program and cohort in ("", a.cohort))


def _people(record: Record | None) -> set[str]:
    match record:
        case EnrollmentRecord(person=person):
            return {person}
        case MatchRecord() | SessionRecord():
            return set(record.people)
        case _:
            return set()
