"""Who is carried over when lifecycles change: the mapping, a census, and nobody left behind.

Planning goes on from where everybody will stand, so that no old state meets a new lifecycle.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

from mentorctl.addresses import Address
from mentorctl.diagnostics import Diagnostic, Place, finding, quoted_list
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.definition import Definition, DefinitionError, definition_from_text
from mentorctl.lifecycle.migrate import Migrated, Row, migrate
from mentorctl.lifecycle.migration import Line, MigrationChange, Moved, Unmapped, resolved
from mentorctl.lifecycle.model import Lifecycle
from mentorctl.plan.differ import people_of
from mentorctl.plan.inherit import breaking_changes, examples
from mentorctl.plan.model import Notice
from mentorctl.plan.phases import lines_of_phases, renamed_timers
from mentorctl.plan.undo import Ways
from mentorctl.spec.support import Migration
from mentorctl.state.live import Instance
from mentorctl.state.model import Record, Snapshot
from mentorctl.values import dataclass

_SHOWN = 12  # characters of a digest
_PLANNER = "plan"


@dataclass(frozen=True, kw_only=True)
class Carried:
    """The migrations of a plan, the snapshot as it will be then, and what there is to say."""

    changes: tuple[MigrationChange, ...]
    snapshot: Snapshot
    notices: tuple[Notice, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


def plan_migrations(
    programs: Sequence[CompiledProgram],
    snapshot: Snapshot,
    texts: Mapping[str, str],
    as_of: date,
    *,
    undo: Ways | None = None,
) -> Carried:
    """Carry everybody over who lives under an older definition of a lifecycle, or say why that is refused.

    What `undo` says of a lifecycle counts instead of what the files say.
    """
    changes: list[MigrationChange] = []
    notices: list[Notice] = []
    findings: list[Diagnostic] = []
    older = _older(programs, snapshot)
    for compiled in programs:
        for old, living in sorted(older.get(compiled.program.id, {}).items()):
            until = compiled.program.on_change.until
            if compiled.program.on_change.in_flight == "pin" and until and as_of <= until:
                notices.append(_pinned(compiled, old, living, until))
                continue
            definition, unreadable = _definition(compiled, old, texts)
            findings += unreadable
            if definition is not None:
                made, found = _carry(compiled, definition, living, as_of, undo or {}, snapshot.by_address)
                changes += made
                findings += found
    return Carried(
        changes=tuple(changes),
        snapshot=_after(snapshot, changes, programs, texts, as_of) if changes and not findings else snapshot,
        notices=tuple(notices),
        findings=tuple(findings),
    )


def _older(programs: Iterable[CompiledProgram], snapshot: Snapshot) -> dict[str, dict[str, list[Instance]]]:
    """The instances of each program under other definitions than the one in the files, by digest."""
    current = {compiled.program.id: ("", compiled.runtime.digest) for compiled in programs}
    older: dict[str, dict[str, list[Instance]]] = {}
    for instance in snapshot.instances.values():
        program = instance.address.program
        if program in current and instance.definition not in current[program]:
            older.setdefault(program, {}).setdefault(instance.definition, []).append(instance)
    return older


def _carry(
    compiled: CompiledProgram,
    old: Definition,
    living: Sequence[Instance],
    as_of: date,
    undo: Ways,
    records: Mapping[Address, Record],
) -> tuple[list[MigrationChange], list[Diagnostic]]:
    """The migration of each lifecycle of which somebody is under way."""
    changes: list[MigrationChange] = []
    findings: list[Diagnostic] = []
    for lifecycle in old.lifecycles:
        mine = [i for i in living if i.lifecycle == lifecycle.name]
        ends = {state.id for state in lifecycle.states if state.is_final}
        if all(i.state in ends for i in mine):
            continue
        wanted = _written(compiled, lifecycle.name, old.digest)
        back = undo.get((compiled.program.id, lifecycle.name))
        change, wrong = _resolved(compiled, old, lifecycle, wanted, back)
        if wrong:
            findings += _unmapped(compiled, lifecycle, wrong, Counter(i.state for i in mine))
            continue
        done = migrate(
            [Row(instance=i) for i in mine], change, old=old, new=compiled.runtime, at=_noon(as_of), actor=_PLANNER
        )
        findings += _refused(compiled, change, done)
        census = _census(change, done, mine, old, compiled.runtime, as_of)
        changes.append(replace(change, census=_with_people(census, change, done, records)))
        findings += breaking_changes(compiled, change, lifecycle, mine, as_of)
    return changes, findings


def _resolved(
    compiled: CompiledProgram,
    old: Definition,
    before: Lifecycle,
    written: Migration | None,
    back: Sequence[Line] | None,
) -> tuple[MigrationChange, tuple[Unmapped, ...]]:
    lines = [Line(old=c.old, to=c.to, when=c.when, timers=c.timers) for c in written.states] if written else []
    after = compiled.runtime.lifecycle(before.name)
    lines += lines_of_phases(compiled.program, before, after, {line.old for line in lines})
    if back is not None:
        lines = [*back, *_unmoved(before, after, back)]
    settled, wrong = resolved(before, after, lines, policy=compiled.program.on_change.timers)
    return MigrationChange(
        program=compiled.program.id,
        lifecycle=before.name,
        old=old.digest,
        new=compiled.runtime.digest,
        lines=settled,
        events=written.events if written else (),
        effects=written.effects if written else (),
        reason="taken back" if back is not None else written.reason if written else "",
        renamed=renamed_timers(compiled.program, before, after),
    ), wrong


def _unmoved(before: Lifecycle, after: Lifecycle, back: Sequence[Line]) -> Iterator[Line]:
    """On the way back, the states that the migration moved nobody out of or into keep their names."""
    covered, known = {line.old for line in back}, {state.id for state in after.states}
    for state in before.states:
        if not state.is_final and state.id not in covered and state.id in known:
            yield Line(old=state.id, to=state.id)


def _written(compiled: CompiledProgram, lifecycle: str, digest: str) -> Migration | None:
    """What the file says for people under a definition; `from` says for which one, without it for all."""
    named = digest.removeprefix("sha256:")
    return next(
        (m for m in compiled.program.migrations if m.lifecycle == lifecycle and named.startswith(m.since)), None
    )


def _census(
    change: MigrationChange,
    done: Migrated,
    living: Sequence[Instance],
    old: Definition,
    new: Definition,
    as_of: date,
) -> tuple[Moved, ...]:
    return tuple(
        Moved(
            old=line.old,
            to=line.to,
            when=line.when,
            count=count,
            examples=() if line.is_same and not line.timers else examples(line, living, done, old, new, as_of),
        )
        for line, count in zip(change.lines, done.counts, strict=True)
        if count
    )


def _with_people(
    census: Iterable[Moved], change: MigrationChange, done: Migrated, records: Mapping[Address, Record]
) -> tuple[Moved, ...]:
    """The census with the people whom each line concerns, by opaque id."""
    whose: dict[Line, set[str]] = {}
    for instance, way in zip(done.batch.moved, done.ways, strict=True):
        record = records.get(instance.address)
        whose.setdefault(change.lines[way], set()).update(people_of(record) if record else ())
    return tuple(replace(moved, people=tuple(sorted(whose[change.line_of(moved)]))) for moved in census)


# -- what is refused ---------------------------------------------------------------------------------------------------


def _unmapped(
    compiled: CompiledProgram, lifecycle: Lifecycle, wrong: Iterable[Unmapped], counts: Mapping[str, int]
) -> Iterator[Diagnostic]:
    """MC4045: nobody is left behind, and the YAML that is missing is in the help."""
    for one in wrong:
        number = counts.get(one.state, 0)
        who = "nobody is in it now" if not number else "1 is in it now" if number == 1 else f"{number:,} are in it now"
        path = ("migration", lifecycle.name) if _has(compiled, lifecycle.name) else ("id",)
        yield finding(
            "MC4045",
            f"the lifecycle `{lifecycle.name}` changes, and for `{one.state}` it is not said what becomes of those who "
            f"are in it: {one.why}; {who}",
            help=f"add under `migration: {{{lifecycle.name}: {{states: …}}}}` for example `{one.state}: "
            f"{_nearest(compiled, lifecycle, one.state)}`, or `on_change: {{in_flight: pin, until: DATE}}`",
            place=Place(document=compiled.program.id, path=path),
        )


def _refused(compiled: CompiledProgram, change: MigrationChange, done: Migrated) -> Iterator[Diagnostic]:
    """MC4045: those for whom the promise of their new state does not hold, or whom no line covers."""
    for addresses, why in (
        (done.broken, "the invariant of their new state does not hold for them"),
        (done.stranded, "no line of the migration covers them"),
    ):
        if addresses:
            some = quoted_list(str(a) for a in sorted(addresses)[:3])
            path = ("migration", change.lifecycle) if _has(compiled, change.lifecycle) else ("id",)
            yield finding(
                "MC4045",
                f"{len(addresses):,} in the lifecycle `{change.lifecycle}` cannot be carried over: {why} ({some})",
                help="add a rule with `when:` that carries them elsewhere",
                place=Place(document=change.program, path=path),
            )


def _definition(
    compiled: CompiledProgram, digest: str, texts: Mapping[str, str]
) -> tuple[Definition | None, tuple[Diagnostic, ...]]:
    try:
        return definition_from_text(texts.get(digest, "")), ()
    except DefinitionError as error:
        detail = f"people live under the definition {digest[: _SHOWN + 7]}…, which cannot be read: {error}"
        place = Place(document=compiled.program.id, path=("id",))
        return None, (finding("MC4045", detail, help="restore the newest backup of the store", place=place),)


def _pinned(compiled: CompiledProgram, digest: str, living: Sequence[Instance], until: date) -> Notice:
    number = len({i.address for i in living if i.lifecycle in ("enrollment", "match")})
    return Notice(
        program=compiled.program.id,
        cohort="",
        text=f"{number:,} enrollments and matches stay under the definition {digest[: _SHOWN + 7]} until {until}",
    )


def _has(compiled: CompiledProgram, lifecycle: str) -> bool:
    return any(m.lifecycle == lifecycle for m in compiled.program.migrations)


def _nearest(compiled: CompiledProgram, before: Lifecycle, state: str) -> str:
    """A new state that may be meant: the same name, else one that the old state led to, else the first."""
    new = compiled.runtime.lifecycle(before.name)
    known = [s.id for s in new.states]
    led = [t.target for t in before.transitions if t.source == state and t.target in known]
    return state if state in known else next(iter(led), known[0])


# -- where everybody will stand ----------------------------------------------------------------------------------------


def _after(
    snapshot: Snapshot,
    changes: Iterable[MigrationChange],
    programs: Iterable[CompiledProgram],
    texts: Mapping[str, str],
    as_of: date,
) -> Snapshot:
    runtimes = {c.program.id: c.runtime for c in programs}
    moved = {}
    rows = [Row(instance=i) for i in snapshot.instances.values()]
    for change in changes:
        old = definition_from_text(texts[change.old])
        done = migrate(rows, change, old=old, new=runtimes[change.program], at=_noon(as_of), actor=_PLANNER)
        moved.update({instance.address: instance for instance in done.batch.moved})
    return replace(
        snapshot,
        instances={**snapshot.instances, **moved},
        records=tuple(
            replace(record, state=moved[record.address].state) if record.address in moved else record
            for record in snapshot.records
        ),
    )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
