"""A migration carried out on rows: the batch that a store writes, or who cannot be carried over and why.

Pure: the same rows, definitions and instant always give the same batch. Stores may do the same set by set in SQL; this
says what that must come to.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from mentorctl.addresses import Address
from mentorctl.lifecycle.definition import Definition
from mentorctl.lifecycle.guards import Facts as Known
from mentorctl.lifecycle.guards import guard_of
from mentorctl.lifecycle.migration import Line, MigrationChange, TimerPolicy, by_state, surviving_facts
from mentorctl.lifecycle.model import Fact, Lifecycle, TimerRule
from mentorctl.lifecycle.timers import due_of, next_due, own_days
from mentorctl.state.batch import Batch
from mentorctl.state.live import Armed, Instance, Logged
from mentorctl.state.model import Record
from mentorctl.values import dataclass

EVENT = "migrated"  # what the log calls it; no lifecycle can have it, because machines are never asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing with its running timers; the record has the days that are its own."""

    instance: Instance
    timers: tuple[Armed, ...] = ()
    record: Record | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What is to be written, and who cannot be carried over: no line covers them, or the new state's promise fails.

    `counts` are the rows that each line moves, in the order of the lines; `ways` the line of each that moved.
    """

    batch: Batch
    counts: tuple[int, ...]
    ways: tuple[int, ...] = ()
    stranded: tuple[Address, ...] = ()
    broken: tuple[Address, ...] = ()


def migrate(
    rows: Iterable[Row], change: MigrationChange, *, old: Definition, new: Definition, at: datetime, actor: str
) -> Migrated:
    """Carry over every row that lives under the old definition and is not over. Others are left alone."""
    before, after = old.lifecycle(change.lifecycle), new.lifecycle(change.lifecycle)
    carrying = _Carrying(change, before, after, new, at, actor)
    for row in rows:
        instance = row.instance
        if (instance.definition, instance.lifecycle) == (change.old, change.lifecycle):
            carrying.carry(row)
    return carrying.migrated()


class _Carrying:
    def __init__(
        self, change: MigrationChange, before: Lifecycle, after: Lifecycle, new: Definition, at: datetime, actor: str
    ) -> None:
        self._change = change
        self._before, self._after, self._new = before, after, new
        self._at, self._actor = at, actor
        self._finals = {state.id for state in before.states if state.is_final}
        self._lines = by_state(change.lines)
        self._places = {line: number for number, line in enumerate(change.lines)}
        facts = tuple({fact.name: fact for fact in (*before.facts, *after.facts)}.values())
        self._holds = {line: _closure(line.when, facts) for line in change.lines}
        self._promises = {state.id: _closure(state.invariant, after.facts) for state in after.states}
        self._renamed = dict(change.renamed)
        self._old_rules = {timer.id: timer for timer in before.timers}
        self._rules = {timer.id: timer for timer in after.timers}
        self._counts = [0] * len(change.lines)
        self._moved: list[Instance] = []
        self._ways: list[int] = []
        self._logged: list[Logged] = []
        self._armed: list[Armed] = []
        self._cancelled: list[Armed] = []
        self._stranded: list[Address] = []
        self._broken: list[Address] = []

    def carry(self, row: Row) -> None:
        instance = row.instance
        known = dict(instance.facts)
        line = next((one for one in self._lines.get(instance.state, ()) if self._holds[one](known)), None)
        if line is None:
            if instance.state not in self._finals:
                self._stranded.append(instance.address)
            return
        facts = surviving_facts(instance.facts, self._after)
        if not self._promises[line.to](dict(facts)):
            self._broken.append(instance.address)
            return
        self._counts[self._places[line]] += 1
        entry = instance.entry + (line.to != line.old)
        moved = replace(
            instance,
            definition=self._change.new,
            state=line.to,
            entry=entry,
            revision=instance.revision + 1,
            facts=facts,
        )
        self._moved.append(moved)
        self._ways.append(self._places[line])
        self._timers(row, line, moved)
        self._log(instance, moved)

    def migrated(self) -> Migrated:
        return Migrated(
            batch=Batch(
                moved=tuple(self._moved),
                logged=tuple(self._logged),
                armed=tuple(self._armed),
                cancelled=tuple(self._cancelled),
            ),
            counts=tuple(self._counts),
            ways=tuple(self._ways),
            stranded=tuple(self._stranded),
            broken=tuple(self._broken),
        )

    def _timers(self, row: Row, line: Line, moved: Instance) -> None:
        """Those that run go on as the line says, those that the new state does not know end, new ones begin."""
        policies = dict(line.timers)
        running = {self._renamed.get(armed.timer, armed.timer): armed for armed in row.timers}
        for name, armed in running.items():
            rule = self._rules.get(name)
            if rule is None or line.to not in rule.during:
                self._cancelled.append(armed)
                continue
            policy = policies.get(name, TimerPolicy.KEEP.value)
            due = self._due(policy, rule, armed, moved, row.record)
            anew = policy == TimerPolicy.RESTART
            kept = replace(
                armed,
                timer=name,
                entry=moved.entry,
                occurrence=1 if anew else armed.occurrence,
                since=self._at if anew else armed.since,
                due=due or armed.due,
            )
            if due is None:
                self._cancelled.append(armed)
            elif kept != armed:
                self._armed.append(kept)
                if name != armed.timer:
                    self._cancelled.append(armed)
        old = {self._renamed.get(t.id, t.id) for t in self._before.timers if line.old in t.during}
        for name, rule in self._rules.items():
            restarts = policies.get(name) == TimerPolicy.RESTART.value
            if line.to in rule.arms and name not in running and (name not in old or restarts):
                self._begin(rule, moved, row.record)

    def _due(
        self, policy: str, rule: TimerRule, armed: Armed, moved: Instance, record: Record | None
    ) -> datetime | None:
        match TimerPolicy(policy):
            case TimerPolicy.KEEP:
                return armed.due
            case TimerPolicy.DROP:
                return None
            case TimerPolicy.SHIFT:
                # As if the new rule had held when the state was entered; what is over by then is due at once.
                due = self._due_of(rule, moved, record, armed.since, armed.occurrence)
                return None if due is None else max(due, self._at)
            case TimerPolicy.RESTART:
                return self._due_of(rule, moved, record, self._at, 1)

    def _due_of(
        self, rule: TimerRule, moved: Instance, record: Record | None, since: datetime, occurrence: int
    ) -> datetime | None:
        own = own_days(record, self._new.zone) if record else {}
        return due_of(self._new, rule, moved.address.cohort, since, occurrence, own=own)

    def _begin(self, rule: TimerRule, moved: Instance, record: Record | None) -> None:
        own = own_days(record, self._new.zone) if record else {}
        found = next_due(self._new, rule, moved.address.cohort, self._at, own=own)
        if found is not None:
            occurrence, due = found
            self._armed.append(
                Armed(
                    address=moved.address,
                    timer=rule.id,
                    entry=moved.entry,
                    since=self._at,
                    occurrence=occurrence,
                    due=due,
                )
            )

    def _log(self, before: Instance, after: Instance) -> None:
        key = f"{EVENT}|{before.address}|{before.revision}|{self._change.old}|{self._change.new}"
        self._logged.append(
            Logged(
                address=before.address,
                event=EVENT,
                occurred=self._at,
                recorded=self._at,
                actor=self._actor,
                before=before.state,
                after=after.state,
                entry=after.entry,
                definition=after.definition,
                facts=before.facts,
                effects=self._change.effects if before.state != after.state else (),
                key=sha256(key.encode()).hexdigest(),
                note=self._change.reason,
            )
        )


def _closure(text: str, facts: tuple[Fact, ...]) -> Callable[[Known], bool]:
    guard = guard_of(text, facts)
    return guard.holds if guard else lambda _known: True
