"""The migrations of a plan inside an apply: people are counted again, carried over, and the rest sees them there.

It is decided once, on values, for every store. What a plan then does to somebody who was carried over is one commit and
one revision with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from mentorctl.addresses import Address
from mentorctl.lifecycle.definition import Definition, DefinitionError, definition_from_text
from mentorctl.lifecycle.follow import perform
from mentorctl.lifecycle.migrate import Migrated, Row, migrate
from mentorctl.lifecycle.migration import MigrationChange
from mentorctl.lifecycle.steps import Cause, Unfolding
from mentorctl.lifecycle.view import View
from mentorctl.lifecycle.working import Work
from mentorctl.plan.model import Plan
from mentorctl.state.batch import Batch
from mentorctl.state.live import Armed, Instance, Logged
from mentorctl.state.model import Record
from mentorctl.store.base import StalePlan, StoreBroken
from mentorctl.values import dataclass

_PLAN_AGAIN = "make the plan again with `mentorctl plan` and have it reviewed again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """Where everybody stands after the migrations, for the rest of the apply, and what that comes to."""

    moved: Mapping[Address, Instance]
    view: View
    batch: Batch


def carried(plan: Plan, instances: Iterable[Instance], view: View, *, place: str, at: datetime, actor: str) -> Carried:
    """Carry everybody over. Raises StalePlan when the plan counted otherwise, StoreBroken for a lost definition."""
    texts = {definition.digest: definition.text for definition in plan.definitions}
    living = list(instances) if plan.migrations else []
    batches = [_one(change, living, view, texts, place, at, actor) for change in plan.migrations]
    batch = Batch(
        moved=tuple(instance for b in batches for instance in b.moved),
        logged=tuple(line for b in batches for line in b.logged),
        armed=tuple(armed for b in batches for armed in b.armed),
        cancelled=tuple(armed for b in batches for armed in b.cancelled),
    )
    if any(change.effects for change in plan.migrations):
        batch = joined(batch, _followed(plan, batch, view, texts, at, actor))
    moved = {instance.address: instance for instance in batch.moved}
    return Carried(moved=moved, view=_Carried(view, moved, batch) if moved else view, batch=batch)


def joined(first: Batch, then: Batch) -> Batch:
    """A migration and what the rest of the plan does, as one batch: each thing once, one revision up."""
    if not (first.moved or first.logged):
        return then
    later = {instance.address: replace(instance, revision=instance.revision - 1) for instance in then.moved}
    carried_over = {instance.address: instance for instance in first.moved}
    moved = [later.get(address, instance) for address, instance in carried_over.items()]
    moved += [instance for instance in then.moved if instance.address not in carried_over]
    armed = {(a.address, a.timer): a for a in (*first.armed, *then.armed)}
    cancelled = {(a.address, a.timer): a for a in (*first.cancelled, *then.cancelled)}
    for key in [(a.address, a.timer) for a in then.cancelled]:
        armed.pop(key, None)
    for a in then.armed:
        cancelled.pop((a.address, a.timer), None)
    gone = set(then.removed)
    bodies = {record.address: record for record in (*first.changed, *then.changed)}
    return replace(
        then,
        created=(*first.created, *then.created),
        changed=tuple(record for record in bodies.values() if record.address not in gone),
        outgoing=(*first.outgoing, *then.outgoing),
        moved=tuple(instance for instance in moved if instance.address not in gone),
        logged=(*first.logged, *then.logged),
        armed=tuple(a for a in armed.values() if a.address not in gone),
        cancelled=tuple(a for a in cancelled.values() if a.address not in gone),
    )


def _followed(plan: Plan, batch: Batch, view: View, texts: Mapping[str, str], at: datetime, actor: str) -> Batch:
    """The effects that migrations list, for everybody whose state is another one. Raises Stuck."""
    effects = {(c.program, c.lifecycle, c.new): c.effects for c in plan.migrations}
    lines = {line.address: line for line in batch.logged if line.before != line.after}
    moved = {instance.address: instance for instance in batch.moved}
    work = Work(_Carried(view, moved, batch), recorded=at, definitions=texts)
    work.begin()
    for address, line in lines.items():
        thing, instance = work.thing(address), moved[address]
        wanted = effects[address.program, instance.lifecycle, instance.definition]
        if thing is not None and wanted:
            cause = Cause(at=at, actor=actor, key=f"{line.key}|effects")
            unfolding = Unfolding(work, cause, perform)
            unfolding.wait(thing, wanted, cause)
            unfolding.run()
    work.keep()
    return work.batch()


def _one(
    change: MigrationChange,
    living: Iterable[Instance],
    view: View,
    texts: Mapping[str, str],
    place: str,
    at: datetime,
    actor: str,
) -> Batch:
    mine = [
        instance
        for instance in living
        if (instance.address.program, instance.lifecycle, instance.definition)
        == (change.program, change.lifecycle, change.old)
    ]
    view.prefetch(instance.address for instance in mine)
    rows = [Row(instance=i, timers=view.timers_of(i.address), record=view.record(i.address)) for i in mine]
    old, new = _definition(change.old, view, texts), _definition(change.new, view, texts)
    done = migrate(rows, change, old=old, new=new, at=at, actor=actor)
    _check_census(change, done, place)
    return done.batch


def _check_census(change: MigrationChange, done: Migrated, place: str) -> None:
    counted = tuple(moved.count for moved in change.census)
    now = tuple(count for count in done.counts if count)
    if counted != now or done.stranded or done.broken:
        left = len(done.stranded) + len(done.broken)
        behind = f", and {left:,} would be left behind" if left else ""
        raise StalePlan(
            f"the plan carries {sum(counted):,} over in the lifecycle `{change.lifecycle}` of `{change.program}`; in "
            f"the store {place} it would be {sum(now):,}{behind}",
            help=_PLAN_AGAIN,
        )


def _definition(digest: str, view: View, texts: Mapping[str, str]) -> Definition:
    try:
        return definition_from_text(texts.get(digest) or view.definition(digest))
    except DefinitionError as error:
        raise StoreBroken(f"the definition {digest} cannot be read: {error}") from None


class _Carried:
    """The view of a store after migrations that are not written yet."""

    def __init__(self, view: View, moved: Mapping[Address, Instance], batch: Batch) -> None:
        self._view = view
        self._moved = moved
        self._armed: dict[Address, dict[str, Armed]] = {}
        self._ended: dict[Address, set[str]] = {}
        for armed in batch.armed:
            self._armed.setdefault(armed.address, {})[armed.timer] = armed
        for armed in batch.cancelled:
            self._ended.setdefault(armed.address, set()).add(armed.timer)

    def prefetch(self, addresses: Iterable[Address]) -> None:
        self._view.prefetch(addresses)

    def definition(self, digest: str) -> str:
        return self._view.definition(digest)

    def current(self, program: str) -> str:
        return self._view.current(program)

    def instance(self, address: Address) -> Instance | None:
        return self._moved.get(address) or self._view.instance(address)

    def record(self, address: Address) -> Record | None:
        record, moved = self._view.record(address), self._moved.get(address)
        return replace(record, state=moved.state) if record is not None and moved is not None else record

    def enrollments_of(self, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        return self._view.enrollments_of(program, cohort, person)

    def matches_of(self, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        return self._view.matches_of(program, cohort, person)

    def sessions_of(self, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        return self._view.sessions_of(program, cohort, person)

    def children(self, address: Address, kind: str) -> tuple[Address, ...]:
        return self._view.children(address, kind)

    def due(self, until: datetime, limit: int) -> tuple[Armed, ...]:
        return self._view.due(until, limit)

    def timers_of(self, address: Address) -> tuple[Armed, ...]:
        ended = self._ended.get(address, set())
        running = {a.timer: a for a in self._view.timers_of(address) if a.timer not in ended}
        return tuple(a for _, a in sorted((running | self._armed.get(address, {})).items()))

    def seen(self, keys: Iterable[str]) -> Mapping[str, Logged]:
        return self._view.seen(keys)
