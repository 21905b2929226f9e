"""Programs that do not run: observed ones change nothing, suspended ones stand still until they are live again."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time

from mentorctl.addresses import Address
from mentorctl.lifecycle.arming import following, is_passed_over
from mentorctl.lifecycle.book import book_of
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.plan.differ import differences
from mentorctl.plan.impact import impact_counts
from mentorctl.plan.inputs import Draft, PlanInputs
from mentorctl.plan.model import Notice
from mentorctl.spec.model import Mode
from mentorctl.spec.renames import Named
from mentorctl.state.live import Armed
from mentorctl.state.model import ProgramRecord, Record, Snapshot

SUSPENDED = "suspended"  # the state of a program in which time stands still for it


def names_of(compiled: CompiledProgram) -> frozenset[str]:
    """The ids under which a program may be in the state."""
    former = (one.old for one in compiled.program.former if one.kind is Named.PROGRAM)
    return frozenset({compiled.program.id, *former})


def not_live(
    compiled: CompiledProgram, inputs: PlanInputs, draft: Draft, desired: Callable[[PlanInputs], Draft]
) -> None:
    """Nothing is changed; of a program that is only observed the plan says what it would do."""
    program, names = compiled.program, names_of(compiled)
    mine = [r for r in inputs.snapshot.records if r.address.program in names]
    text = "is suspended: nobody is matched, nobody is told anything, and time stands still"
    if program.mode is Mode.OBSERVE:
        text = f"is only observed: {_would(compiled, inputs, draft, mine, desired)}"
    else:
        mine = [_moved(record, compiled, "suspend", "active") for record in mine]
    draft.records += mine
    for cohort in program.cohorts:
        draft.notices.append(Notice(program=program.id, cohort=cohort.id, text=text))


def resumed(record: ProgramRecord, compiled: CompiledProgram) -> ProgramRecord:
    """A program that is live again."""
    moved = _moved(record, compiled, "resume", SUSPENDED)
    return moved if isinstance(moved, ProgramRecord) else record


def due_on_return(compiled: CompiledProgram, inputs: PlanInputs, draft: Draft) -> None:
    """Of a program that goes on: what fell due while it stood still, and what becomes of that."""
    before = inputs.snapshot.by_address.get(Address(program=compiled.program.id))
    if not isinstance(before, ProgramRecord) or before.state != SUSPENDED:
        return
    wall = datetime.combine(inputs.as_of, time(12), UTC)
    mine = [t for t in inputs.timers if t.address.program == compiled.program.id and t.due <= wall]
    passed = _passed_over(mine, inputs.snapshot, inputs.definitions, wall)
    fires, late = len(mine) - sum(passed.values()), sum(passed.values())
    text = "goes on: nothing fell due while it was suspended"
    if mine:
        what = f"{len(mine):,} timer{'' if len(mine) == 1 else 's'} fell due while it was suspended"
        missed = f"{late:,} {'is' if late == 1 else 'are'} too late to be made up for" if late else ""
        happens = f"{fires:,} happen{'s' if fires == 1 else ''} at the next advance" if fires else ""
        names = ", ".join(f"{name} {count:,}" for name, count in sorted(Counter(t.timer for t in mine).items()))
        text = f"goes on: {what} ({names}); {' and '.join(part for part in (happens, missed) if part)}"
    draft.notices.append(Notice(program=compiled.program.id, cohort="", text=text))


def _moved(record: Record, compiled: CompiledProgram, event: str, source: str) -> Record:
    if not isinstance(record, ProgramRecord) or record.state != source:
        return record
    stepper = compiled.stepper("program")
    return replace(record, state=stepper.step(record.state, event, {}).state)


def _would(
    compiled: CompiledProgram,
    inputs: PlanInputs,
    draft: Draft,
    mine: Iterable[Record],
    desired: Callable[[PlanInputs], Draft],
) -> str:
    """What a plan of the program would do if it were live, in numbers."""
    live = replace(compiled, program=replace(compiled.program, mode=Mode.LIVE))
    alone = replace(inputs.snapshot, records=tuple(mine))
    seen = desired(replace(inputs, programs=(live,), snapshot=alone))
    draft.findings += seen.findings
    matches = sum(m.matches - m.kept for m in seen.matchings)
    text = f"live, it would make {matches} matches and hold {len(seen.sessions())} sessions"
    counts = impact_counts(differences(alone.by_address, seen.records))
    touched = ", ".join(f"{impact.value} {count:,}" for impact, count in counts.items())
    return f"{text}; {sum(counts.values()):,} people would be touched ({touched})" if counts else text


def _passed_over(timers: Iterable[Armed], snapshot: Snapshot, texts: Mapping[str, str], wall: datetime) -> Counter[str]:
    """How many timers of each name are so late that they are not made up for."""
    late: Counter[str] = Counter()
    for armed in timers:
        instance, record = snapshot.instances.get(armed.address), snapshot.by_address.get(armed.address)
        text = texts.get(instance.definition, "") if instance else ""
        if instance is None or record is None or not text:
            continue
        book = book_of(instance.definition, text)
        machine = book.machine(instance.lifecycle)
        rule = machine.timers.get(armed.timer) if machine else None
        if rule and is_passed_over(rule, armed, following(book, rule, armed, (instance, record)), wall):
            late[armed.timer] += 1
    return late
