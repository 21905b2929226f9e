"""What an apply does to the contents of a store, decided on values; every store performs exactly this.

The stores differ in how they keep rows and transactions. What is compared, refused and recorded is the same
for all of them, so it is written once, here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from mentorctl.addresses import Address
from mentorctl.lifecycle.rename import moves_of, rename_batch
from mentorctl.lifecycle.settle import settle
from mentorctl.lifecycle.view import View
from mentorctl.lifecycle.working import Stuck
from mentorctl.plan.consent import NOTHING_SAID, Consent
from mentorctl.plan.model import Action, Change, DefinitionText, Plan
from mentorctl.state.batch import Batch
from mentorctl.state.live import Instance
from mentorctl.store.base import (
    AlreadyApplied,
    Applied,
    CommitKind,
    CommitRow,
    StalePlan,
    UnfitPlan,
    WrongWorkspace,
)
from mentorctl.store.contents import Contents, Row, digest_number, digest_text, record_of, row_of
from mentorctl.store.migrating import carried, joined
from mentorctl.values import dataclass

_FURTHEST_EAST = timedelta(hours=14)  # where a day begins first
_PLAN_AGAIN = "make the plan again with `mentorctl plan` and have it reviewed again"


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
    rows = {a: row._replace(state=moved[a].state) if a in moved else row for a, row in contents.rows.items()}
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


_ABSENT = {  # whether (before, after) is absent
    Action.CREATE: (True, False),
    Action.UPDATE: (False, False),
    Action.DELETE: (False, True),
}
