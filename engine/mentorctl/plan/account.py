"""What a plan means, put together: measures on both sides, what breaks and moves, who hears what, and why."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.migration import MigrationChange
from mentorctl.plan.causes import Reasons, causes_of
from mentorctl.plan.consequences import Impact, Measures, ProgramConsequences
from mentorctl.plan.differ import is_live, partings_in, people_of
from mentorctl.plan.fairness import GroupsOf, audited_fields, can_be_compared, groups_of
from mentorctl.plan.impact import impact_by_person
from mentorctl.plan.inputs import PlanInputs
from mentorctl.plan.measures import churn_of, measures_of, moves_of
from mentorctl.plan.model import Change
from mentorctl.plan.rehearsal import rehearsed
from mentorctl.plan.tellings import awaited, tellings_of
from mentorctl.plan.validity import End, ends_of
from mentorctl.state.model import MatchRecord, Record
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The consequences of each program that changes, and what ends the time in which the plan holds."""

    consequences: tuple[ProgramConsequences, ...]
    until: End | None


def account_of(
    inputs: PlanInputs,
    desired: Iterable[Record],
    changes: Sequence[Change],
    migrations: Sequence[MigrationChange],
    reasons: Reasons,
) -> Account:
    """Only programs in which something changes are looked at, so that a plan without changes costs nothing here."""
    mine: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        mine[change.address.program].append(change)
    touched = sorted({*mine, *(migration.program for migration in migrations)})
    if not touched:
        return Account(consequences=(), until=None)
    before, after = _by_program(inputs.snapshot.records), _by_program(desired)
    known = {compiled.program.id: compiled for compiled in inputs.programs}
    batch = rehearsed(inputs.snapshot, changes, _texts(inputs), inputs.as_of)
    groups = _groups(inputs)
    ends: list[End] = []
    consequences = []
    for program in touched:
        moved = [migration for migration in migrations if migration.program == program]
        compiled = known.get(program)
        partings = partings_in((change.before, change.after) for change in mine[program])
        impacts = Counter(impact_by_person(mine[program], moved).values())
        consequences.append(
            ProgramConsequences(
                program=program,
                people=len({p for r in (*before[program], *after[program]) for p in people_of(r)}),
                impact=tuple((impact, impacts[impact]) for impact in Impact if impacts[impact]),
                before=measures_of(before[program], groups) if before[program] else Measures(),
                after=measures_of(after[program], groups),
                churn=churn_of(mine[program], before[program], _announced(compiled, inputs, mine[program])),
                calendar=moves_of(mine[program]),
                tellings=tellings_of(compiled, batch, after[program]) if compiled else (),
                causes=causes_of(program, mine[program], reasons, partings),
            )
        )
        if compiled is not None:
            ends += ends_of(compiled, inputs.as_of, mine[program], awaited(compiled, batch))
    return Account(consequences=tuple(consequences), until=_first(ends, inputs.as_of))


def _first(ends: Iterable[End], as_of: date) -> End | None:
    """What ends the validity first; what is over already ends nothing more."""
    return min((end for end in ends if end.day >= as_of), default=None)


def _by_program(records: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[record.address.program].append(record)
    return found


def _texts(inputs: PlanInputs) -> Mapping[str, str]:
    """The definitions that people live under, and those that come with the plan."""
    own = {compiled.runtime.digest: compiled.runtime.text for compiled in inputs.programs}
    return {**inputs.definitions, **own}


def _groups(inputs: PlanInputs) -> tuple[GroupsOf, ...]:
    """For each protected field that can be compared, the groups of each person."""
    fields = (f for f in audited_fields(inputs.workspace.contract) if can_be_compared(inputs.roster, f))
    return tuple(groups_of(inputs.roster, field) for field in fields)


def _announced(compiled: CompiledProgram | None, inputs: PlanInputs, changes: Iterable[Change]) -> Mapping[str, bool]:
    """Of the matches that end while they are only proposed, whether their people were told when they were proposed."""
    ending = [
        change.before
        for change in changes
        if isinstance(change.before, MatchRecord) and is_live(change.before) and not is_live(change.after)
    ]
    told = compiled is not None and _tells_of_proposals(compiled)
    return {record.address.id: told for record in ending if record.address in inputs.snapshot.instances}


def _tells_of_proposals(compiled: CompiledProgram) -> bool:
    return any(message.on == "match.proposed" for message in compiled.program.messages)
