"""Things in the state that are called otherwise now: the same records, instances and timers at another address.

Pure: plans look ahead with it and stores write by it, so both see the same. Opaque ids of matches and sessions stay as
they are, and with them the entries in people's calendars; the log keeps what it said, and has a line that says where a
thing stood before, so that its history goes on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from mentorctl.addresses import Address
from mentorctl.lifecycle.view import View
from mentorctl.spec.renames import Named
from mentorctl.state.batch import Batch
from mentorctl.state.live import Logged
from mentorctl.state.model import CheckInRecord, MatchRecord, Record, SessionRecord, TrainingRecord
from mentorctl.values import dataclass

RENAMED = "renamed"  # what the log calls it; no lifecycle can have it, because machines are never asked
WAS_AT = "was_at"  # in the facts of such a line: the address before


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """Something whose id is another one now. `program` is what the program is called afterwards.

    `records` are those in the state that it concerns, and `people` those who have one; an apply that counts other
    records does nothing.
    """

    kind: Named
    program: str
    old: str
    new: str
    records: int
    people: int = 0


def renamed(record: Record, rename: Rename) -> Record:
    """The record as it is called afterwards; the same one where the rename does not concern it."""
    if rename.kind is Named.PROGRAM:
        here = record.address.program == rename.old
        return replace(record, address=record.address._replace(program=rename.new)) if here else record
    if record.address.program != rename.program:
        return record
    if rename.kind is Named.COHORT:
        here = record.address.cohort == rename.old
        return replace(record, address=record.address._replace(cohort=rename.new)) if here else record
    return _OF_RECORDS[rename.kind](record, rename)


def _module(record: Record, rename: Rename) -> Record:
    match record:
        case TrainingRecord(module=rename.old):
            address = record.address._replace(id=f"{record.enrollment}_{rename.new}")
            return replace(record, address=address, module=rename.new)
        case SessionRecord(kind="training", subject=rename.old):
            return replace(record, subject=rename.new)
        case _:
            return record


def _event(record: Record, rename: Rename) -> Record:
    if not isinstance(record, SessionRecord) or record.kind != "event":
        return record
    name, point, group = record.subject.partition(".")
    if name != rename.old:
        return record
    return replace(record, subject=f"{rename.new}{point}{group}")


def _check_in(record: Record, rename: Rename) -> Record:
    if not isinstance(record, CheckInRecord) or record.check_in != rename.old:
        return record
    address = record.address._replace(id=f"{record.enrollment}_{rename.new}_{record.number}")
    return replace(record, address=address, check_in=rename.new)


def _subject(record: Record, rename: Rename) -> Record:
    is_it = isinstance(record, MatchRecord) and record.subject == rename.old
    return replace(record, subject=rename.new) if is_it and isinstance(record, MatchRecord) else record


def _rule(record: Record, rename: Rename) -> Record:
    if not isinstance(record, MatchRecord):
        return record
    if rename.old not in record.relaxed and all(term.rule != rename.old for term in record.terms):
        return record
    return replace(
        record,
        terms=tuple(replace(t, rule=rename.new) if t.rule == rename.old else t for t in record.terms),
        relaxed=tuple(rename.new if rule == rename.old else rule for rule in record.relaxed),
    )


def _phase(record: Record, _rename: Rename) -> Record:
    return record  # the state of a cohort, which a migration carries over


_OF_RECORDS: Mapping[Named, Callable[[Record, Rename], Record]] = {
    Named.PHASE: _phase,
    Named.MODULE: _module,
    Named.EVENT: _event,
    Named.CHECK_IN: _check_in,
    Named.NEED: _subject,
    Named.PROJECT: _subject,
    Named.RULE: _rule,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What some renames come to: each record that is concerned, before and after all, and those that each concerns."""

    records: tuple[tuple[Record, Record], ...]
    concerned: tuple[tuple[Record, ...], ...]

    @property
    def counts(self) -> tuple[int, ...]:
        return tuple(map(len, self.concerned))


def moves_of(records: Iterable[Record], renames: Sequence[Rename]) -> Moves:
    """Carry out renames on records, one after another in their order."""
    concerned: list[list[Record]] = [[] for _ in renames]
    moved: list[tuple[Record, Record]] = []
    for before in records:
        after = before
        for i, rename in enumerate(renames):
            then = renamed(after, rename)
            if then is not after:
                concerned[i].append(before)
            after = then
        if after is not before:
            moved.append((before, after))
    return Moves(records=tuple(moved), concerned=tuple(map(tuple, concerned)))


def rename_batch(view: View, moves: Moves, *, at: datetime, recorded: datetime, actor: str, key: str) -> Batch:
    """What a store writes: things that move with all that runs for them, and records that only say another name."""
    view.prefetch(before.address for before, _ in moves.records)
    created, changed, touched, armed, logged, removed = [], [], [], [], [], []
    for before, after in moves.records:
        instance = view.instance(before.address)
        if instance is None:
            continue
        facts: tuple[tuple[str, str], ...] = ()
        if before.address == after.address:
            touched.append(replace(instance, revision=instance.revision + 1))
            changed.append(after)
        else:
            created.append((after, replace(instance, address=after.address, revision=instance.revision + 1)))
            armed += [replace(timer, address=after.address) for timer in view.timers_of(before.address)]
            removed.append(before.address)
            facts = ((WAS_AT, str(before.address)),)
        logged.append(
            Logged(
                address=after.address,
                event=RENAMED,
                occurred=max(at, instance.entered),
                recorded=recorded,
                actor=actor,
                before=instance.state,
                after=instance.state,
                entry=instance.entry,
                definition=instance.definition,
                facts=facts,
                key=sha256(f"{key}|{RENAMED}|{after.address}".encode()).hexdigest(),
                note=f"was {before.address}" if facts else "",
            )
        )
    return Batch(
        created=tuple(created),
        changed=tuple(changed),
        moved=tuple(touched),
        armed=tuple(armed),
        logged=tuple(logged),
        removed=tuple(removed),
    )


def former_address(line: Logged) -> Address | None:
    """Where a thing stood before the line that says that it moved."""
    text = dict(line.facts).get(WAS_AT) if line.event == RENAMED else None
    try:
        return Address.parse(text) if isinstance(text, str) else None
    except ValueError:
        return None
