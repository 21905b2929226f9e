"""The same steps by looking up a table: for simulations and sweeps, compared with the machine at compile."""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import NamedTuple

from mentorctl.lifecycle.guards import Facts, guard_of
from mentorctl.lifecycle.machine import Stepper, in_order, step_of
from mentorctl.lifecycle.model import Lifecycle, Outcome, Step
from mentorctl.lifecycle.valuations import Valuation, valuations


class Arc(NamedTuple):
    """One way out of a state on an event. `when` is the guard as text, `holds` what it compiles to (None: always)."""

    when: str
    holds: Callable[[Facts], bool] | None
    step: Step


type Table = Mapping[tuple[str, str], tuple[Arc, ...]]


def dispatch_table(lifecycle: Lifecycle) -> Table:
    """(state, event) → the ways out, in the order in which they are tried. Pairs without any are absent.

    Raises GuardError for a guard that does not stand.
    """
    table: dict[tuple[str, str], tuple[Arc, ...]] = {}
    for transition in in_order(lifecycle.transitions):
        key = (transition.source, transition.event)
        guard = guard_of(transition.when, lifecycle.facts)
        arc = Arc(transition.when, guard.holds if guard else None, step_of(transition))
        table[key] = (*table.get(key, ()), arc)
    return table


def table_step(table: Table, state: str, event: str, facts: Facts) -> Step:
    """What `event` does in `state`. INVALID also for words of no lifecycle: a table holds only what leads on."""
    arcs = table.get((state, event))
    if arcs is None:
        return Step(outcome=Outcome.INVALID, state=state)
    for arc in arcs:
        if arc.holds is None or arc.holds(facts):
            return arc.step
    return Step(outcome=Outcome.REFUSED, state=state)


def mismatches(lifecycle: Lifecycle, table: Table) -> tuple[str, ...]:
    """A sentence for every step on which the table departs from the machine; none when they agree."""
    return tuple(_mismatches(lifecycle, table))


def _mismatches(lifecycle: Lifecycle, table: Table) -> Iterator[str]:
    stepper = Stepper(lifecycle)
    for state, event, facts in cases(lifecycle):
        by_machine = stepper.step(state, event, facts)
        by_table = table_step(table, state, event, facts)
        if by_machine != by_table:
            known = ", ".join(f"{name} {_value(value)}" for name, value in facts.items()) or "no facts"
            yield (
                f"on `{event}` in state `{state}` with {known}, the machine says {_words(by_machine)} "
                f"and the table {_words(by_table)}"
            )


def cases(lifecycle: Lifecycle) -> Iterator[tuple[str, str, Valuation]]:
    """Every state with every event and every valuation that the guards there tell apart."""
    guards = {
        (state.id, event): [
            guard
            for transition in lifecycle.transitions
            if (transition.source, transition.event) == (state.id, event)
            and (guard := guard_of(transition.when, lifecycle.facts))
        ]
        for state, event in product(lifecycle.states, sorted({t.event for t in lifecycle.transitions}))
    }
    for (state, event), listed in guards.items():
        for facts in valuations(listed):
            yield state, event, facts


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def _words(step: Step) -> str:
    effects = f" with {', '.join(step.effects)}" if step.effects else ""
    return f"{step.outcome.value} in `{step.state}`{effects}"
