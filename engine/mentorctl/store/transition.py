"""What an apply does to the contents of a store, decided on values; every store performs exactly this.

The stores differ in how they keep rows and transactions. What is compared, refused and recorded is the same
for all of them, so it is written once, here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from json import JSONDecodeError, loads

from mentorctl.addresses import Address
from mentorctl.lifecycle.rename import moves_of, rename_batch
from mentorctl.lifecycle.settle import settle
from mentorctl.lifecycle.view import View
from mentorctl.lifecycle.working import Stuck
from mentorctl.plan.consent import NOTHING_SAID, Consent
from mentorctl.plan.model import Action, Change, DefinitionText, Plan
from mentorctl.state.batch import Batch
from mentorctl.state.codec import canonical_json, kind_of, record_from_json, record_to_json, records_from_json
from mentorctl.state.live import Instance
from mentorctl.state.model import Record, Snapshot
from mentorctl.state.shapes import MISFITS, CodecError
from mentorctl.store.base import (
    AlreadyApplied,
    Applied,
    CommitKind,
    CommitRow,
    StalePlan,
    StoreBroken,
    UnfitPlan,
    WrongStore,
    WrongWorkspace,
)
from mentorctl.store.migrating import carried, joined
from mentorctl.values import dataclass

_FURTHEST_EAST = timedelta(hours=14)  # where a day begins first
_PLAN_AGAIN = "make the plan again with `mentorctl plan` and have it reviewed again"


@dataclass(frozen=True, slots=True)
class Row:
    """A record as it is kept: its kind, its canonical text without its state, and its state."""

    kind: str
    body: str
    state: str

    def digest(self, address: Address | str) -> int:
        """What the record adds to the digest of the state; where it stands is proved by the log instead."""
        return int.from_bytes(sha256(f"{address} {self.kind} {self.body}".encode()).digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A store at one serial, as read. `place` says where, for messages; `last_seq` is the newest event.

    `clock` is how far time has come in it, as text, or empty.
    """

    place: str
    workspace: str
    lineage: str
    serial: int
    state_digest: str
    last_seq: int
    rows: Mapping[Address, Row]
    instances: Mapping[Address, Instance] = field(default_factory=dict)
    definitions: tuple[str, ...] = ()
    clock: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One call of apply."""

    plan: Plan
    apply_id: str
    at: datetime
    actor: str
    new_lineage: str
    consent: Consent = NOTHING_SAID

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError("`at` must be aware of its time zone")
        if not self.apply_id or not self.new_lineage:
            raise ValueError("`apply_id` and `new_lineage` must not be empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What is to be written, completely: nothing is left to decide."""

    workspace: str
    lineage: str
    definitions: tuple[DefinitionText, ...]
    batch: Batch
    commit: CommitRow

    @property
    def answer(self) -> Applied:
        return Applied(serial=self.commit.serial, lineage=self.lineage)


def never_written(workspace: str, place: str) -> Contents:
    """A store before its first apply."""
    return Contents(
        place=place,
        workspace=workspace,
        lineage="",
        serial=0,
        state_digest=state_digest({}),
        last_seq=0,
        rows={},
    )


def state_digest(rows: Mapping[Address, Row]) -> str:
    """The sum of the SHA-256 of all records: in any order, and changed by a change without reading the rest."""
    return digest_text(sum(row.digest(address) for address, row in rows.items()))


def digest_text(total: int) -> str:
    """A sum of digests as text, modulo 2**256; a negative one too."""
    return f"sum256:{total % 2**256:064x}"


def digest_number(text: str, place: str) -> int:
    """The sum behind a text. Raises StoreBroken for another text."""
    kind, _, digits = text.partition(":")
    if kind == "sum256" and len(digits) == 64 and set(digits) <= set("0123456789abcdef"):  # noqa: PLR2004 - 256 bits
        return int(digits, 16)
    raise damaged(place, "its digest cannot be read")


def snapshot_of(contents: Contents) -> Snapshot:
    """The records, after comparing them with their digest. Raises StoreBroken when they differ."""
    verify(contents)
    return part_of(contents)


def part_of(contents: Contents) -> Snapshot:
    """The records of contents that are a part of the store, so that its digest says nothing about them."""
    return Snapshot(
        workspace=contents.workspace,
        lineage=contents.lineage,
        serial=contents.serial,
        records=_records_of(contents.rows, contents.place),
        instances=contents.instances,
        definitions=contents.definitions,
        clock=contents.clock,
    )


def _records_of(rows: Mapping[Address, Row], place: str) -> tuple[Record, ...]:
    """The records in the order of their addresses. Raises StoreBroken for a row that is none."""
    of_kind: dict[str, list[Address]] = defaultdict(list)
    for address, row in rows.items():
        of_kind[row.kind].append(address)
    found: dict[Address, Record] = {}
    for kind, addresses in of_kind.items():
        mine = [rows[address] for address in addresses]
        try:
            records = _read_together(kind, addresses, mine)
        except (*MISFITS, JSONDecodeError):
            records = [record_of(row, address, place) for row, address in zip(mine, addresses, strict=True)]
        found.update(zip(addresses, records, strict=True))
    return tuple(map(found.__getitem__, sorted(found)))


def _read_together(kind: str, addresses: Sequence[Address], rows: Sequence[Row]) -> Sequence[Record]:
    """The records of many rows of a kind. Raises MISFITS or JSONDecodeError where one of them is none."""
    bodies = loads(f"[{','.join([row.body for row in rows])}]")
    if [body["address"] for body in bodies] != list(map(str, addresses)):
        raise CodecError("records are not those of their rows")
    for body, address, row in zip(bodies, addresses, rows, strict=True):
        body["address"], body["state"] = address, row.state
    return records_from_json(kind, bodies)


def verify(contents: Contents) -> None:
    """Compare the records with the digest of the last apply. Raises StoreBroken when they differ."""
    if state_digest(contents.rows) != contents.state_digest:
        raise damaged(contents.place, f"its records do not match the digest that serial {contents.serial} wrote")


def damaged(place: str, what: str) -> StoreBroken:
    """The error for a store whose content was altered outside of mentorctl."""
    return StoreBroken(
        f"the store {place} is damaged: {what}",
        help="restore the newest backup; nothing but mentorctl may write to the store",
    )


def checked(order: Order, contents: Contents, commits: Iterable[CommitRow]) -> Applied | None:
    """The answer of an apply with nothing to write, or None. Raises StoreError for one that cannot be.

    Of `commits` are needed: the one with the same apply_id, those of the same plan digest, and the last one.
    """
    history = tuple(commits)
    _check_workspace(order.plan, contents)
    done = next((row for row in history if row.commit_id == order.apply_id), None)
    if done:
        return _repeated(order, contents, done)
    _check_shape(order.plan)
    _check_base(order.plan, contents, history)
    if order.plan.is_empty:
        return Applied(serial=contents.serial, lineage=contents.lineage)
    return None


def _check_workspace(plan: Plan, contents: Contents) -> None:
    if plan.workspace != contents.workspace:
        raise WrongWorkspace(
            f"the plan was made for the workspace `{plan.workspace}`, the store {contents.place} belongs to "
            f"`{contents.workspace}`",
            help="apply it in the workspace where it was made",
        )


def check_workspace(owner: str, workspace: str, place: str) -> None:
    """Raises WrongStore when the store is not the one of `workspace`."""
    if owner != workspace:
        raise WrongStore(
            f"the store {place} belongs to the workspace `{owner}`, not `{workspace}`",
            help="correct `store` in mentorctl.yaml; every workspace needs a store of its own",
        )


def _repeated(order: Order, contents: Contents, done: CommitRow) -> Applied:
    if (done.digest, done.base_serial) != (order.plan.digest, order.plan.serial):
        raise ValueError(f"the apply_id {order.apply_id!r} was used for another plan")
    return Applied(serial=done.serial, lineage=contents.lineage, already=True)


def _check_shape(plan: Plan) -> None:
    """A change says once what it does: the sign, the address and the two records must agree."""
    seen: set[Address] = set()
    for change in plan.changes:
        if change.address in seen:
            raise _unfit(f"`{change.address}` is changed twice")
        seen.add(change.address)
        records = [record for record in (change.before, change.after) if record is not None]
        if (change.before is None, change.after is None) != _ABSENT[change.action]:
            raise _unfit(f"the records of `{change.action} {change.address}` do not fit its sign")
        if any(record.address != change.address for record in records):
            raise _unfit(f"the record of `{change.action} {change.address}` has another address")
        if len({type(record) for record in records}) != 1:
            raise _unfit(f"`{change.address}` would become a record of another kind")


def _unfit(what: str) -> UnfitPlan:
    return UnfitPlan(f"the plan contradicts itself: {what}", help=_PLAN_AGAIN)


def _check_base(plan: Plan, contents: Contents, history: tuple[CommitRow, ...]) -> None:
    same_store = plan.lineage == contents.lineage or not plan.lineage
    for row in history:
        if same_store and (row.digest, row.base_serial) == (plan.digest, plan.serial):
            raise AlreadyApplied(
                f"`{row.actor}` applied it at {_instant(row.at)} as serial {row.serial} of {contents.place}",
                help="there is nothing to do; `mentorctl plan` shows what is left",
            )
    if (plan.lineage, plan.serial) != (contents.lineage, contents.serial):
        raise StalePlan(_what_moved(plan, contents, history), help=_PLAN_AGAIN)


def _what_moved(plan: Plan, contents: Contents, history: tuple[CommitRow, ...]) -> str:
    place = contents.place
    if not contents.lineage:
        return f"the plan was made at serial {plan.serial} of a store, but {place} was never written"
    if plan.lineage and plan.lineage != contents.lineage:
        return f"the plan was made from the store `{plan.lineage}`, {place} is the store `{contents.lineage}`"
    made = f"the plan was made at serial {plan.serial}, the store {place} is at serial {contents.serial}"
    since = sorted((row for row in history if row.serial > plan.serial), key=lambda row: row.serial)
    if not since:
        return made
    last = since[-1]
    return f"{made}; since then {_happened(since)}, the last by `{last.actor}` at {_instant(last.at)}"


def _happened(since: Sequence[CommitRow]) -> str:
    """What some commits were, in words: how many of which kind, and how far time came."""
    told = [row for row in since if row.kind is CommitKind.EVENTS]
    moved = [row for row in since if row.kind is CommitKind.ADVANCE]
    plans = len(since) - len(told) - len(moved)
    parts = []
    if plans:
        parts.append(f"{plans} other plan{' was' if plans == 1 else 's were'} applied")
    if told:
        parts.append(f"what people did was recorded {_often(len(told))} ({_lines(told)})")
    if moved:
        parts.append(f"time was advanced to {_instant(moved[-1].clock)} ({_lines(moved)})")
    return ", ".join(parts)


def _often(number: int) -> str:
    return "once" if number == 1 else "twice" if number == 2 else f"{number:,} times"  # noqa: PLR2004


def _lines(rows: Iterable[CommitRow]) -> str:
    number = sum(row.moved for row in rows)
    return f"{number:,} line{'' if number == 1 else 's'} of the log"


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def renaming(order: Order, contents: Contents, view: View) -> Batch:
    """What the renames of a plan write, before all else. Raises StalePlan when the plan counted otherwise."""
    renames = order.plan.renames
    if not renames:
        return Batch()
    moves = moves_of((record_of(row, a, contents.place) for a, row in contents.rows.items()), renames)
    for rename, count in zip(renames, moves.counts, strict=True):
        if rename.records != count:
            raise StalePlan(
                f"the plan renames the {rename.kind} `{rename.old}` of {rename.records:,} records; in the store "
                f"{contents.place} it would be {count:,}",
                help=_PLAN_AGAIN,
            )
    leaving = {before.address for before, _ in moves.records}
    taken = next((a.address for _, a in moves.records if a.address in contents.rows.keys() - leaving), None)
    if taken:
        raise StalePlan(
            f"the plan renames something to `{taken}`, which is in the store {contents.place} already",
            help=_PLAN_AGAIN,
        )
    commit = commit_row(order, contents)
    ordered = replace(moves, records=tuple(sorted(moves.records, key=lambda move: move[1].address)))
    return rename_batch(view, ordered, at=commit.clock, recorded=commit.at, actor=order.actor, key=order.apply_id)


def effect_of(order: Order, contents: Contents, view: View) -> Effect:
    """All that an apply writes, after it was checked. Raises StoreError."""
    plan = order.plan
    commit = commit_row(order, contents)
    try:
        carry = carried(
            plan, contents.instances.values(), view, place=contents.place, at=commit.clock, actor=order.actor
        )
        before = _standing(contents, carry.moved)
        for change in plan.changes:
            _check_precondition(change, before)
        batch = settle(
            carry.view,
            plan.changes,
            commit.clock,
            recorded=commit.at,
            actor=order.actor,
            key=order.apply_id,
            definitions={definition.digest: definition.text for definition in plan.definitions},
            adopts=plan.adopts,
        )
    except Stuck as stuck:
        raise _unfit(stuck.detail) from None
    written = joined(carry.batch, batch)
    if order.consent.hold_messages:
        written = replace(written, outgoing=tuple(replace(message, held=True) for message in written.outgoing))
    return Effect(
        workspace=contents.workspace,
        lineage=contents.lineage or order.new_lineage,
        definitions=plan.definitions,
        batch=written,
        commit=commit,
    )


def _standing(contents: Contents, moved: Mapping[Address, Instance]) -> Contents:
    """The contents with everybody where the migrations took them."""
    if not moved:
        return contents
    rows = {a: replace(row, state=moved[a].state) if a in moved else row for a, row in contents.rows.items()}
    return replace(contents, rows=rows, instances={**contents.instances, **moved})


def formers(batch: Batch, before: Mapping[Address, Row]) -> tuple[tuple[Address, Row], ...]:
    """What a batch replaces or removes, as it was: an apply can only be taken back by what was there before it."""
    gone = (*(record.address for record in batch.changed), *batch.removed)
    return tuple((address, before[address]) for address in sorted(gone))


def digest_after(batch: Batch, before: Mapping[Address, Row], digest: str, place: str) -> str:
    """The digest of the state after a batch; `before` has the records that it changes or removes."""
    total = digest_number(digest, place)
    total += sum(row_of(record).digest(record.address) for record, _ in batch.created)
    total += sum(row_of(record).digest(record.address) for record in batch.changed)
    total -= sum(before[address].digest(address) for address in (*(r.address for r in batch.changed), *batch.removed))
    return digest_text(total)


def _check_precondition(change: Change, contents: Contents) -> None:
    """Raises StalePlan when something else is there than the plan expects."""
    found = contents.rows.get(change.address)
    expected = row_of(change.before) if change.before is not None else None
    if found == expected:
        return
    if found is None:
        what = "it is not there"
    elif expected is None:
        what = "it is there already"
    else:
        what = "it differs from what the plan was made from"
    raise StalePlan(
        f"the plan has `{change.action} {change.address}`, but in the store {contents.place} {what}",
        help=_PLAN_AGAIN,
    )


def commit_row(order: Order, contents: Contents) -> CommitRow:
    """The row that an apply leaves of itself."""
    actions = [change.action for change in order.plan.changes]
    at = order.at.astimezone(UTC).replace(microsecond=0)
    return CommitRow(
        commit_id=order.apply_id,
        kind=CommitKind.APPLY,
        digest=order.plan.digest,
        base_serial=contents.serial,
        serial=contents.serial + 1,
        at=at,
        clock=max(at, *_reached(order.plan, contents.clock, at)),
        actor=order.actor,
        created=actions.count(Action.CREATE),
        updated=actions.count(Action.UPDATE),
        deleted=actions.count(Action.DELETE),
        moved=len(order.plan.changes),
        consent=order.consent,
    )


def _reached(plan: Plan, clock: str, at: datetime) -> Iterable[datetime]:
    """How far time has come in the store, and with a plan for a later day: then it is noon there."""
    yield at
    if clock:
        yield datetime.fromisoformat(clock)
    try:
        day = date.fromisoformat(plan.as_of)
    except ValueError:
        return
    if day > (at + _FURTHEST_EAST).date():
        yield datetime.combine(day, time(12), tzinfo=UTC)


def row_of(record: Record) -> Row:
    """A record as it is kept."""
    body = record_to_json(record)
    state = str(body.pop("state"))
    return Row(kind_of(record), canonical_json(body), state)


def record_of(row: Row, address: Address, place: str) -> Record:
    """The record of a row. Raises StoreBroken for a row that is none, or that of another address."""
    try:
        record = record_from_json(row.kind, {**loads(row.body), "state": row.state})
    except (CodecError, JSONDecodeError, TypeError) as error:
        raise damaged(place, f"the record `{address}` cannot be read ({error})") from error
    if record.address != address:
        raise damaged(place, f"the record `{address}` says it is `{record.address}`")
    return record


_ABSENT = {  # whether (before, after) is absent
    Action.CREATE: (True, False),
    Action.UPDATE: (False, False),
    Action.DELETE: (False, True),
}
