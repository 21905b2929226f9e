"""Writing rows in a transaction that was begun: what a plan or the runtime decided, and nothing else."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from mentorctl.addresses import Address
from mentorctl.lifecycle.arming import rank_of
from mentorctl.lifecycle.sweep import Line, Timer
from mentorctl.lifecycle.sweep import Row as SweptRow
from mentorctl.plan.differ import people_of
from mentorctl.plan.model import DefinitionText
from mentorctl.state.batch import Batch
from mentorctl.state.codec import canonical_json, value_to_json
from mentorctl.state.live import Armed, Instance, Logged, Outgoing, facts_to_text
from mentorctl.store.base import CommitRow
from mentorctl.store.contents import Row, damaged, record_of, row_of
from mentorctl.store.database import Database, one, typed, typed_in
from mentorctl.store.relations import parent_of

_COMMIT = (
    "serial", "commit_id", "kind", "digest", "base_serial", "committed_at", "clock", "actor", "created", "updated",
    "deleted", "moved", "consent",
)  # fmt: skip
_EVENT = (
    "seq", "serial", "address", "event", "occurred", "recorded", "actor", "state_before", "state_after",
    "entry", "definition", "facts", "learned", "effects", "key", "note",
)  # fmt: skip
_OUTGOING = ("number", "key", "serial", "address", "effect", "occurred", "people", "variables", "held")
_FORMER = ("serial", "address", "kind", "body", "state")
_RECORD = ("id", "address", "kind", "parent", "body")
_INSTANCE = ("id", "place", "entry", "revision", "entered", "facts", "incident")
_DEFINITION = "INSERT INTO definitions (digest, program, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_INSERT_HEAD = "INSERT INTO head (only_row, workspace, lineage, serial, state_digest) VALUES (1, ?, ?, 0, '')"
_MOVE_HEAD = "UPDATE head SET serial = ?, state_digest = ? WHERE only_row = 1 AND serial = ?"
_MOVE_INSTANCE = """
    UPDATE instances SET place = ?, entry = ?, revision = ?, entered = ?, facts = ?, incident = ?
    WHERE id = ? AND revision = ?
"""
_SWEEP_INSTANCE = """
    UPDATE instances SET place = ?, entry = ?, revision = ?, entered = ? WHERE id = ? AND revision = ?
"""
_ARM = """
    INSERT INTO timers (instance, timer, due, since, entry, occurrence) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (instance, timer) DO UPDATE SET due = excluded.due, since = excluded.since, entry = excluded.entry,
        occurrence = excluded.occurrence
"""


def seconds(when: datetime) -> int:
    return int(when.timestamp())


@lru_cache(maxsize=1024)
def _effects(effects: tuple[str, ...]) -> str:
    return _compact(effects)


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


class Writer:
    """Writes into one transaction. It knows the numbers of the rows that it met."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids: dict[Address, int] = {}
        self._places: dict[tuple[str, str, str, str], int] = {}
        self._timers: dict[str, int] = {}

    # -- head and history ----------------------------------------------------------------------------------------------

    def begin_history(self, workspace: str, lineage: str) -> None:
        """Write the head of a store that was never written."""
        self._database.run(_INSERT_HEAD, (workspace, lineage))

    def commit(self, row: CommitRow, state_digest: str) -> None:
        """Write the row of the commit and the new head. Raises StoreBroken if that moved."""
        about = (row.serial, row.commit_id, row.kind.value, row.digest, row.base_serial)
        when = (row.at.isoformat(), row.clock.isoformat(), row.actor)
        counts = (row.created, row.updated, row.deleted, row.moved)
        consent = canonical_json(value_to_json(row.consent))
        self._database.insert("commits", _COMMIT, [(*about, *when, *counts, consent)])
        if self._database.run(_MOVE_HEAD, (row.serial, state_digest, row.base_serial)) != 1:
            raise damaged(self._database.place, f"it left serial {row.base_serial} in the middle of a commit")

    def next_number(self, table: str, column: str) -> int:
        return int(one(self._database, f"SELECT coalesce(max({column}), 0) + 1 FROM {table}"))

    # -- records -------------------------------------------------------------------------------------------------------

    def create(self, created: Iterable[tuple[Address, Row, Instance]]) -> None:
        """Records that were not there, and where they stand."""
        made = list(created)
        if not made:
            return
        first = self.next_number("records", "id")
        self._ids |= {address: first + index for index, (address, _, _) in enumerate(made)}
        members, records, standing = [], [], []
        for address, row, instance in made:
            number = self._ids[address]
            record = record_of(row, address, self._database.place)
            records.append((number, str(address), row.kind, parent_of(record), row.body))
            standing.append((number, *self._standing(instance)))
            members += [(person, number) for person in sorted(set(people_of(record)))]
        self._database.insert("records", _RECORD, records)
        self._database.insert("instances", _INSTANCE, standing)
        self._database.insert("members", ("person", "record"), members)

    def replace(self, changed: Iterable[tuple[Address, Row, Row]]) -> None:
        """Records whose body is another one now, with what they were before."""
        made = list(changed)
        if not made:
            return
        ids = self.ids(address for address, _, _ in made)
        bodies, gone, come = [], [], []
        for address, row, before in made:
            number = ids[address]
            record = record_of(row, address, self._database.place)
            was = set(people_of(record_of(before, address, self._database.place)))
            now = set(people_of(record))
            bodies.append((row.kind, row.body, parent_of(record), number))
            gone += [(person, number) for person in sorted(was - now)]
            come += [(person, number) for person in sorted(now - was)]
        self._database.run_many("UPDATE records SET kind = ?, body = ?, parent = ? WHERE id = ?", bodies)
        self._database.run_many("DELETE FROM members WHERE person = ? AND record = ?", gone)
        self._database.insert("members", ("person", "record"), come)

    def delete(self, gone: Iterable[tuple[Address, Row]]) -> None:
        """Records with all that hangs on them but their history."""
        pairs = list(gone)
        if not pairs:
            return
        ids = self.ids(address for address, _ in pairs)
        members = [
            (person, ids[address])
            for address, row in pairs
            for person in sorted(set(people_of(record_of(row, address, self._database.place))))
        ]
        numbers = [(ids[address],) for address, _ in pairs]
        self._database.run_many("DELETE FROM members WHERE person = ? AND record = ?", members)
        for table, column in (("timers", "instance"), ("instances", "id"), ("records", "id")):
            self._database.run_many(f"DELETE FROM {table} WHERE {column} = ?", numbers)

    # -- where things stand --------------------------------------------------------------------------------------------

    def move(self, moved: Sequence[Instance]) -> None:
        """Where things stand now. Raises StoreBroken when one of them is not what it was made from."""
        ids = self.ids(instance.address for instance in moved)
        rows = [(*self._standing(i), ids[i.address], i.revision - 1) for i in moved]
        if self._database.run_many(_MOVE_INSTANCE, rows) != len(rows):
            raise damaged(self._database.place, "an instance is at another revision than it was read at")

    def time(self, cancelled: Sequence[Armed], armed: Sequence[Armed]) -> None:
        """Timers that run no more, and those that run now."""
        ids = self.ids(timer.address for timer in (*cancelled, *armed))
        gone = [(ids[timer.address], self._timer(timer.timer)) for timer in cancelled]
        if gone:
            self._database.run_many("DELETE FROM timers WHERE instance = ? AND timer = ?", gone)
        rows = [
            (ids[t.address], self._timer(t.timer), seconds(t.due), seconds(t.since), t.entry, t.occurrence)
            for t in armed
        ]
        if rows:
            self._database.run_many(_ARM, rows)

    def sweep(self, moved: Iterable[SweptRow], timed: Iterable[tuple[SweptRow, Mapping[str, Timer]]]) -> None:
        """Where things stand after a sweep, and their timers, with what these were before."""
        rows = [
            (self._place_of(row), row.entry, row.revision + 1, row.entered, row.number, row.revision) for row in moved
        ]
        if self._database.run_many(_SWEEP_INSTANCE, rows) != len(rows):
            raise damaged(self._database.place, "an instance is at another revision than it was read at")
        gone, armed = [], []
        for row, before in timed:
            now = row.timers
            gone += [(row.number, self._timer(name)) for name in before if name not in now]
            news = (name for name in now if before.get(name) != now[name])
            armed += [(row.number, self._timer(name), *now[name]) for name in news]
        self._database.run_many("DELETE FROM timers WHERE instance = ? AND timer = ?", gone)
        self._database.run_many(_ARM, armed)

    def log_swept(self, lines: Iterable[Line], commit: CommitRow, actor: str) -> None:
        first, recorded = self.next_number("events", "seq"), seconds(commit.at)
        self._database.insert(
            "events",
            _EVENT,
            (
                (
                    first + n, commit.serial, line.row.address, line.event, line.at, recorded, actor, line.before,
                    line.after, line.entry, line.row.course.book.digest, line.facts, "{}", _effects(line.effects),
                    line.key, line.note,
                )
                for n, line in enumerate(lines)
            ),
        )  # fmt: skip

    def log(self, lines: Sequence[Logged], first: int, serial: int) -> None:
        self._database.insert("events", _EVENT, (_event(line, first + n, serial) for n, line in enumerate(lines)))

    def send(self, outgoing: Sequence[Outgoing], serial: int) -> None:
        """What is to leave the system."""
        if not outgoing:
            return
        first = self.next_number("outbox", "number")
        rows = (_outgoing(message, first + n, serial) for n, message in enumerate(outgoing))
        self._database.insert("outbox", _OUTGOING, rows)

    def write(self, batch: Batch, before: Mapping[Address, Row], serial: int) -> None:
        """All rows of a batch. `before` has the records that it changes or removes."""
        self.delete((address, before[address]) for address in batch.removed)
        self.create((record.address, row_of(record), instance) for record, instance in batch.created)
        self.replace((record.address, row_of(record), before[record.address]) for record in batch.changed)
        self.move(batch.moved)
        self.time(batch.cancelled, batch.armed)
        self.log(batch.logged, self.next_number("events", "seq"), serial)
        self.send(batch.outgoing, serial)

    def keep_former(self, old: Iterable[tuple[Address, Row]], serial: int) -> None:
        """What an apply replaced or removed, as it was."""
        rows = [(serial, str(address), row.kind, row.body, row.state) for address, row in old]
        if rows:
            self._database.insert("former", _FORMER, rows)

    def release(self, numbers: Iterable[int]) -> None:
        """Let messages go that were held."""
        self._database.run_many("UPDATE outbox SET held = 0 WHERE number = ?", [(number,) for number in numbers])

    def define(self, definitions: Iterable[DefinitionText]) -> None:
        """Definitions that are not there yet."""
        rows = [(one.digest, one.program, one.text) for one in definitions]
        self._database.run_many(_DEFINITION, rows)

    # -- numbers -------------------------------------------------------------------------------------------------------

    def ids(self, addresses: Iterable[Address]) -> dict[Address, int]:
        """The numbers of records. Raises StoreBroken for one that is not there."""
        wanted = dict.fromkeys(address for address in addresses if address not in self._ids)
        by_text = {str(address): address for address in wanted}
        query = "SELECT address, id FROM records WHERE address IN ({wanted})"
        self._ids |= {by_text[text]: n for text, n in typed_in(self._database, query, (str, int), by_text)}
        missing = next((address for address in wanted if address not in self._ids), None)
        if missing is not None:
            raise damaged(self._database.place, f"the record `{missing}` went missing")
        return self._ids

    def _standing(self, instance: Instance) -> tuple[int, int, int, int, str, str]:
        when = seconds(instance.entered)
        facts = facts_to_text(instance.facts) if instance.facts else "{}"
        return self.place(instance), instance.entry, instance.revision, when, facts, instance.incident

    def place(self, instance: Instance) -> int:
        """The number of a state of a lifecycle, given when the first thing stands there."""
        address = instance.address
        key = (address.program, instance.definition, instance.lifecycle, instance.state)
        return self._numbered(key, rank_of(address))

    def known_place(self, program: str, definition: str, lifecycle: str, state: str) -> int | None:
        """The number of a place where something stood before, if anything ever did."""
        return self._all_places().get((program, definition, lifecycle, state))

    def place_of(self, program: str, definition: str, lifecycle: str, state: str, *, like: int) -> int:
        """The number of a place for things of the same kind as those of another."""
        rank = int(one(self._database, "SELECT rank FROM places WHERE id = ?", (like,)))
        return self._numbered((program, definition, lifecycle, state), rank)

    def effects_text(self, effects: tuple[str, ...]) -> str:
        return _effects(effects)

    def _place_of(self, row: SweptRow) -> int:
        key = (row.address.split("/", 1)[0], row.course.book.digest, row.course.name, row.state)
        return self._numbered(key, row.rank)

    def _numbered(self, key: tuple[str, str, str, str], rank: int) -> int:
        if key not in self._all_places():
            number = self.next_number("places", "id")
            columns = "id, program, definition, lifecycle, state, rank"
            self._database.run(f"INSERT INTO places ({columns}) VALUES (?, ?, ?, ?, ?, ?)", (number, *key, rank))
            self._places[key] = number
        return self._places[key]

    def _all_places(self) -> dict[tuple[str, str, str, str], int]:
        if not self._places:
            query = "SELECT id, program, definition, lifecycle, state FROM places"
            found = typed(self._database, query, (int, str, str, str, str))
            self._places = {(*what,): number for number, *what in found}
        return self._places

    def _timer(self, name: str) -> int:
        if not self._timers:
            found = typed(self._database, "SELECT name, id FROM timer_names", (str, int))
            self._timers = dict(found)
        if name not in self._timers:
            number = self.next_number("timer_names", "id")
            self._database.run("INSERT INTO timer_names (id, name) VALUES (?, ?)", (number, name))
            self._timers[name] = number
        return self._timers[name]


def _event(line: Logged, seq: int, serial: int) -> tuple[int | str, ...]:
    when = (seconds(line.occurred), seconds(line.recorded))
    step = (line.before, line.after, line.entry, line.definition)
    known = (facts_to_text(line.facts), facts_to_text(line.learned), _compact(line.effects))
    return (seq, serial, str(line.address), line.event, *when, line.actor, *step, *known, line.key, line.note)


def _outgoing(message: Outgoing, number: int, serial: int) -> tuple[int | str, ...]:
    where = (number, message.key, serial, str(message.address), message.effect, seconds(message.occurred))
    return (*where, _compact(message.people), _compact(message.variables), int(message.held))
