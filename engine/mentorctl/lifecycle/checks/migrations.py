"""Checks of a migration by itself, before it is known who lives under which definition."""

from collections.abc import Iterable, Iterator

from mentorctl.diagnostics import Diagnostic, Place, did_you_mean, finding, quoted_list
from mentorctl.lifecycle.effects import CATALOG, effect_of
from mentorctl.lifecycle.guards import guard_problems
from mentorctl.lifecycle.model import Lifecycle
from mentorctl.spec.expressions import expression_findings
from mentorctl.spec.model import Program
from mentorctl.spec.support import CarriedOver, Migration


def check_migrations(program: Program, lifecycles: Iterable[Lifecycle]) -> tuple[Diagnostic, ...]:
    """MC4045 (LC25), as far as the files show: new states and events exist, and conditions stand.

    Whether every old state is mapped is decided against the definitions that people live under, by the plan.
    """
    by_name = {lifecycle.name: lifecycle for lifecycle in lifecycles}
    found: list[Diagnostic] = []
    for migration in program.migrations:
        lifecycle = by_name.get(migration.lifecycle)
        if lifecycle is not None:
            found += _check(program.id, migration, lifecycle)
    return tuple(found)


def _check(program: str, migration: Migration, lifecycle: Lifecycle) -> Iterator[Diagnostic]:
    states = tuple(state.id for state in lifecycle.states)
    for line in migration.states:
        path = ("migration", lifecycle.name, "states", line.old)
        if line.to not in states:
            yield finding(
                "MC4045",
                f"those in `{line.old}` would be carried to `{line.to}`, which the lifecycle `{lifecycle.name}` does "
                f"not have; its states are {quoted_list(states, last='and')}",
                help=did_you_mean(line.to, states) or "name one of the new states",
                place=Place(document=program, path=path),
            )
        if line.when:
            place = _when_place(program, path, migration, line)
            yield from expression_findings(guard_problems(line.when, lifecycle.facts), place)
    for number, effect in enumerate(migration.effects):
        if effect_of(effect) is None:
            known = [str(one) for one in CATALOG.values()]
            yield finding(
                "MC4063",
                f"the migration of `{lifecycle.name}` has the effect `{effect}`",
                help=did_you_mean(effect, known) or f"there are {quoted_list(known, last='and', limit=20)}",
                place=Place(document=program, path=("migration", lifecycle.name, "effects", number)),
            )
    events = sorted({transition.event for transition in lifecycle.transitions})
    for old, new in migration.events:
        if new not in events:
            yield finding(
                "MC4045",
                f"`{old}` would become `{new}`, which is no event of the lifecycle `{lifecycle.name}`",
                help=did_you_mean(new, events) or "name one of its events",
                place=Place(document=program, path=("migration", lifecycle.name, "events", old)),
            )
        if old in events:
            yield finding(
                "MC4045",
                f"`{old}` would become `{new}`, and the lifecycle `{lifecycle.name}` still has an event `{old}`",
                help="leave the line out, or give the event of the new lifecycle another name",
                place=Place(document=program, path=("migration", lifecycle.name, "events", old)),
            )


def _when_place(program: str, path: tuple[str, ...], migration: Migration, line: CarriedOver) -> Place:
    """Where the condition of a rule stands: rules are numbered within their old state."""
    rules = [one for one in migration.states if one.old == line.old]
    return Place(document=program, path=(*path, rules.index(line), "when"))
