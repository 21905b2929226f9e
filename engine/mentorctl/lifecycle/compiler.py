"""The lifecycles of a program: which states its people, trainings, matches, sessions and check-ins pass through.

A program decides which gates stand before a match, its model what a match is and how it ends, its dates how long one
may wait; what it changes under `lifecycle` comes next, and what it says about messages and automation last.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from mentorctl.dates.timeline import Intake
from mentorctl.diagnostics import Diagnostic, has_errors
from mentorctl.lifecycle.machines.around import CHECK_IN, PROGRAM, SESSION, cohort_lifecycle
from mentorctl.lifecycle.machines.building import dates_of
from mentorctl.lifecycle.machines.match import match_lifecycle, terms_of
from mentorctl.lifecycle.machines.people import enrollment_lifecycle, training_lifecycle
from mentorctl.lifecycle.model import Lifecycle
from mentorctl.lifecycle.overlay import changed
from mentorctl.lifecycle.overlay_checks import check_change
from mentorctl.lifecycle.reactions import with_reactions
from mentorctl.lifecycle.table import dispatch_table, mismatches
from mentorctl.spec.model import Program

# The kinds of lifecycles, in the order in which they stand above each other.
KINDS = ("program", "cohort", "enrollment", "training", "match", "session", "check_in")
PROGRESS = ("recheck", "check_eligibility", "approve", "finish_training")


def compile_lifecycles(program: Program) -> tuple[tuple[Lifecycle, ...], tuple[Diagnostic, ...]]:
    """The lifecycles of the program, by name, and what is wrong with what it changes in them.

    A change with an error is left out. Raises RuntimeError when table and machine differ (a bug).
    """
    made, findings = _changed(own_lifecycles(program), program)
    renamed = {migration.lifecycle: migration.events for migration in program.migrations if migration.events}
    compiled = [
        replace(lifecycle, renamed=renamed[lifecycle.name]) if lifecycle.name in renamed else lifecycle
        for lifecycle in with_reactions(made, program)
    ]
    for lifecycle in compiled:
        prove(lifecycle)
    return tuple(sorted(compiled, key=lambda lifecycle: lifecycle.name)), findings


def _changed(lifecycles: Iterable[Lifecycle], program: Program) -> tuple[tuple[Lifecycle, ...], tuple[Diagnostic, ...]]:
    """The lifecycles with the changes of the program that are sound."""
    changes = {change.kind: change for change in program.lifecycles}
    made: list[Lifecycle] = []
    findings: list[Diagnostic] = []
    for lifecycle in lifecycles:
        change = changes.get(lifecycle.name)
        found = check_change(lifecycle, change, program) if change else ()
        made.append(changed(lifecycle, change) if change and not has_errors(found) else lifecycle)
        findings += found
    return tuple(made), tuple(findings)


def own_lifecycles(program: Program) -> tuple[Lifecycle, ...]:
    """The lifecycles as model, gates and dates make them."""
    roles = [program.eligibility(role) for role in program.roles]
    dates = dates_of(program)
    is_rolling = program.timeline.intake is Intake.ROLLING
    return (
        PROGRAM,
        cohort_lifecycle(tuple(phase.id for phase in program.phases), dates, is_rolling=is_rolling),
        enrollment_lifecycle(
            approval=any(role.approval for role in roles),
            training=any(module.required for module in program.modules),
            drafts=program.matching.process.has_drafts,
            dates=dates,
        ),
        training_lifecycle(dates),
        match_lifecycle(program.model.type, terms=terms_of(program), dates=dates),
        SESSION,
        CHECK_IN,
    )


@lru_cache(maxsize=256)
def prove(lifecycle: Lifecycle) -> None:
    """Compare table and machine, once for each lifecycle. Raises RuntimeError when they differ (a bug)."""
    different = mismatches(lifecycle, dispatch_table(lifecycle))
    if different:
        raise RuntimeError(f"lifecycle {lifecycle.name}: {different[0]}")


def lifecycle_named(lifecycles: Iterable[Lifecycle], name: str) -> Lifecycle:
    """The lifecycle of that name. Raises KeyError when there is none."""
    for lifecycle in lifecycles:
        if lifecycle.name == name:
            return lifecycle
    raise KeyError(name)


def progress_events(enrollment: Lifecycle) -> tuple[str, ...]:
    """The events that bring an enrollment exactly as far as its facts allow, in the order to try them."""
    known = {transition.event for transition in enrollment.transitions}
    return tuple(event for event in PROGRESS if event in known)
