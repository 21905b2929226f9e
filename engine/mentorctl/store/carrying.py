"""Carrying everybody over to another definition set by set, as `lifecycle.migrate` does it one by one.

Only where nothing but states and definitions change: timers go on as they are or end, none begins, facts keep their
types, and the database can decide every condition. What is not of this kind goes the general way.
"""

from collections.abc import Iterable
from datetime import datetime

from mentorctl.lifecycle.definition import Definition
from mentorctl.lifecycle.guards import CLOCK_NAMES, guard_of
from mentorctl.lifecycle.migrate import EVENT
from mentorctl.lifecycle.migration import Line, MigrationChange, TimerPolicy
from mentorctl.lifecycle.model import Fact, Lifecycle
from mentorctl.rules.expressions.sql import NotInSql, to_settled_sql
from mentorctl.store.base import StalePlan
from mentorctl.store.database import Database, Values, one
from mentorctl.store.facts import kept_columns
from mentorctl.store.sql_write import Writer, seconds
from mentorctl.values import dataclass

_PLAN_AGAIN = "make the plan again with `mentorctl plan` and have it reviewed again"

# What the log says of it, with the key that `lifecycle.migrate` gives.
_KEYS = {
    "sqlite": "sha256_hex({text})",
    "postgresql": "encode(sha256(convert_to({text}, 'UTF8')), 'hex')",
}
_LOG = """
    INSERT INTO events (seq, serial, address, event, occurred, recorded, actor, state_before, state_after, entry,
        definition, facts, learned, effects, key, note)
    SELECT ? + row_number() OVER (ORDER BY r.address), CAST(? AS BIGINT), r.address, '{event}', CAST(? AS BIGINT),
        CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), i.entry, CAST(? AS TEXT), i.facts, '{{}}',
        CAST(? AS TEXT), {key}, CAST(? AS TEXT)
    FROM instances i JOIN records r ON r.id = i.id WHERE i.place = ?
"""
_KEY_TEXT = "'{event}|' || r.address || '|' || CAST(i.revision - 1 AS TEXT) || '|' || CAST(? AS TEXT)"
_END_TIMER = """
    DELETE FROM timers WHERE timer = (SELECT id FROM timer_names WHERE name = ?)
        AND instance IN (SELECT id FROM instances WHERE place = ?)
"""
_TIMERS = """
    UPDATE timers SET entry = i.entry FROM instances i
    WHERE i.id = timers.instance AND i.place = ? AND timers.entry <> i.entry
"""
_IS_TAKEN = "SELECT count(*) FROM (SELECT 1 FROM instances WHERE place = ? LIMIT 1) x"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrying:
    """A change that SQL can carry out: per line its condition, the promise of its state, and the timers that end."""

    change: MigrationChange
    conditions: tuple[tuple[str, Values], ...]
    promises: tuple[tuple[str, Values], ...]
    ended: tuple[tuple[str, ...], ...]
    finals: tuple[str, ...]


def carrying(database: Database, change: MigrationChange, old: Definition, new: Definition) -> Carrying | None:
    """How a change is carried out in SQL, or None where it is not as simple as that."""
    before, after = old.lifecycle(change.lifecycle), new.lifecycle(change.lifecycle)
    facts = tuple({fact.name: fact for fact in (*before.facts, *after.facts)}.values())
    invariants = {state.id: state.invariant for state in after.states}
    if (
        change.renamed
        or not _keeps_facts(before, after)
        or not all(_begins_no_timer(line, before, after) for line in change.lines)
    ):
        return None
    try:
        conditions = tuple(_in_sql(database, line.when, facts) for line in change.lines)
        promises = tuple(_in_sql(database, invariants[line.to], after.facts) for line in change.lines)
    except NotInSql:
        return None
    finals = tuple(state.id for state in before.states if state.is_final)
    ended = tuple(_ended(line, before, after) for line in change.lines)
    return Carrying(change=change, conditions=conditions, promises=promises, ended=ended, finals=finals)


def carry(database: Database, carrying: Carrying, *, serial: int, at: datetime, actor: str) -> int:
    """Carry everybody over and write the log; how many. Raises StalePlan when the plan counted otherwise."""
    change = carrying.change
    writer = Writer(database)
    counts = [0] * len(change.lines)
    broken = 0
    for number, line in enumerate(change.lines):
        source = writer.known_place(change.program, change.old, change.lifecycle, line.old)
        if source is None:
            continue
        target = writer.place_of(change.program, change.new, change.lifecycle, line.to, like=source)
        condition, values = carrying.conditions[number]
        promise, sworn = carrying.promises[number]
        where = f"i.place = ? AND {condition}"
        if promise != "TRUE":
            query = f"SELECT count(*) FROM instances i WHERE {where} AND NOT {promise}"
            broken += int(one(database, query, (source, *values, *sworn)))
        place = target
        if one(database, _IS_TAKEN, (target,)):
            # Others stand there already: by way of a place of their own, so that the log tells these apart.
            place = writer.place_of(change.program, f"{change.new} {number}", change.lifecycle, line.old, like=source)
        step = int(line.old != line.to)
        query = f"UPDATE instances AS i SET place = ?, entry = entry + ?, revision = revision + 1 WHERE {where}"
        counts[number] = database.run(query, (place, step, source, *values))
        for timer in carrying.ended[number]:
            database.run(_END_TIMER, (timer, place))
        database.run(_TIMERS, (place,))
        _log(database, writer, change, line, place, serial, at, actor)
        if place != target:
            database.run("UPDATE instances SET place = ? WHERE place = ?", (target, place))
            database.run("DELETE FROM places WHERE id = ?", (place,))
    _check(database, carrying, counts, broken)
    return sum(counts)


def _log(
    database: Database,
    writer: Writer,
    change: MigrationChange,
    line: Line,
    place: int,
    serial: int,
    at: datetime,
    actor: str,
) -> None:
    key = _KEYS[database.dialect.value].format(text=_KEY_TEXT.format(event=EVENT))
    effects = writer.effects_text(change.effects if line.old != line.to else ())
    when = (seconds(at), seconds(at))
    first = writer.next_number("events", "seq") - 1
    step = (line.old, line.to, change.new, effects)
    values = (first, serial, *when, actor, *step, f"{change.old}|{change.new}", change.reason, place)
    database.run(_LOG.format(event=EVENT, key=key), values)


def _check(database: Database, carrying: Carrying, counts: Iterable[int], broken: int) -> None:
    """The plan said how many; whoever is left in an old state that is no end is stranded."""
    change = carrying.change
    ends = ", ".join("?" * len(carrying.finals)) or "''"
    query = (
        "SELECT count(*) FROM instances i JOIN places p ON p.id = i.place WHERE p.program = ? AND p.definition = ?"
        f" AND p.lifecycle = ? AND p.state NOT IN ({ends})"
    )
    stranded = int(one(database, query, (change.program, change.old, change.lifecycle, *carrying.finals)))
    counted, now = tuple(moved.count for moved in change.census), tuple(count for count in counts if count)
    if counted != now or stranded or broken:
        left = stranded + broken
        behind = f", and {left:,} would be left behind" if left else ""
        raise StalePlan(
            f"the plan carries {sum(counted):,} over in the lifecycle `{change.lifecycle}` of `{change.program}`; in "
            f"the store {database.place} it would be {sum(now):,}{behind}",
            help=_PLAN_AGAIN,
        )


def _keeps_facts(before: Lifecycle, after: Lifecycle) -> bool:
    known = {fact.name: fact.type for fact in before.facts}
    return all(known.get(fact.name, fact.type) == fact.type for fact in after.facts)


def _begins_no_timer(line: Line, before: Lifecycle, after: Lifecycle) -> bool:
    """Whether all timers that go on do so as they are, and no other begins."""
    if any(policy != TimerPolicy.KEEP.value for _, policy in line.timers):
        return False
    running = {rule.id for rule in before.timers if line.old in rule.during}
    return {rule.id for rule in after.timers if line.to in rule.arms} <= running


def _ended(line: Line, before: Lifecycle, after: Lifecycle) -> tuple[str, ...]:
    """The timers of the old state that the new one does not know."""
    goes_on = {rule.id for rule in after.timers if line.to in rule.during}
    return tuple(rule.id for rule in before.timers if line.old in rule.during and rule.id not in goes_on)


def _in_sql(database: Database, text: str, facts: tuple[Fact, ...]) -> tuple[str, Values]:
    guard = guard_of(text, facts)
    if guard is None:
        return "TRUE", ()
    if guard.reads & CLOCK_NAMES:
        raise NotInSql("time is not asked when everybody is carried over at once")
    return to_settled_sql(guard.expression, kept_columns(guard.expression, database.dialect), database.dialect)
