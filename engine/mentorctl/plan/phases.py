"""What a former id means inside lifecycles: states of cohorts are called as phases, timers as what they are for."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from mentorctl.lifecycle.machines.around import state_of_phase
from mentorctl.lifecycle.migration import Line, carries_over
from mentorctl.lifecycle.model import Lifecycle
from mentorctl.spec.model import Program
from mentorctl.spec.renames import Named


def lines_of_phases(program: Program, before: Lifecycle, after: Lifecycle, written: Collection[str]) -> Iterator[Line]:
    """The lines by which cohorts go on in phases that have another id now; those that the file writes come first."""
    known, then = {state.id for state in before.states}, {state.id for state in after.states}
    named = {
        state_of_phase(former.old): state_of_phase(former.new)
        for former in program.former
        if former.kind is Named.PHASE and before.name == "cohort"
    }
    named = {old: new for old, new in named.items() if old in known and new in then and old not in then}
    if not named:
        return
    as_now = _with_states(before, named)
    states = {state.id: state for state in as_now.states}
    for state in before.states:
        to = named.get(state.id, state.id)
        if state.id not in written and not state.is_final and carries_over(as_now, after, states[to]):
            yield Line(old=state.id, to=to)


def renamed_timers(program: Program, before: Lifecycle, after: Lifecycle) -> tuple[tuple[str, str], ...]:
    """The timers that only have another name, because a check-in or a phase has."""
    old, new = {timer.id for timer in before.timers}, {timer.id for timer in after.timers}
    found: dict[str, str] = {}
    for former in program.former:
        for timer in sorted(old - new):
            name = _renamed(timer, former.kind, former.old, former.new)
            if name in new - old:
                found[timer] = name
    return tuple(sorted(found.items()))


def _renamed(timer: str, kind: Named, old: str, new: str) -> str:
    match kind:
        case Named.CHECK_IN if timer.startswith(f"ask.{old}."):
            return f"ask.{new}.{timer.removeprefix(f'ask.{old}.')}"
        case Named.PHASE if timer == f"{state_of_phase(old)[:56]}_begins":
            return f"{state_of_phase(new)[:56]}_begins"
        case _:
            return ""


def _with_states(lifecycle: Lifecycle, named: dict[str, str]) -> Lifecycle:
    """The lifecycle with some of its states under other names."""
    return replace(
        lifecycle,
        states=tuple(replace(state, id=named.get(state.id, state.id)) for state in lifecycle.states),
        transitions=tuple(
            replace(t, source=named.get(t.source, t.source), target=named.get(t.target, t.target))
            for t in lifecycle.transitions
        ),
    )
