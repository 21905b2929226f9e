"""The same steps by looking up a table: for simulations and sweeps, compared with the machine at compile."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from mentorctl.lifecycle.machine import Stepper, facts_read
from mentorctl.lifecycle.model import Guard, Lifecycle, Outcome, Step


class Arc(NamedTuple):
    """One way out of a state on an event."""

    guards: tuple[Guard, ...]
    target: str
    effects: tuple[str, ...]


type Table = Mapping[tuple[str, str], tuple[Arc, ...]]


def dispatch_table(lifecycle: Lifecycle) -> Table:
    """(state, event) → the ways out, in the order of the lifecycle. Pairs without any are absent."""
    table: dict[tuple[str, str], tuple[Arc, ...]] = {}
    for transition in lifecycle.transitions:
        key = (transition.source, transition.event)
        arc = Arc(transition.guards, transition.target, transition.effects)
        table[key] = (*table.get(key, ()), arc)
    return table


def table_step(table: Table, state: str, event: str, facts: Mapping[str, bool]) -> Step:
    """What `event` does in `state`. INVALID also for words of no lifecycle: a table holds only what leads on.

    Raises ValueError when a guard reads a fact that is missing.
    """
    arcs = table.get((state, event))
    if arcs is None:
        return Step(outcome=Outcome.INVALID, state=state)
    for arc in arcs:
        if _hold(arc.guards, facts):
            return Step(outcome=Outcome.MOVED, state=arc.target, effects=arc.effects)
    return Step(outcome=Outcome.REFUSED, state=state)


def table_equals_machine(lifecycle: Lifecycle) -> bool:
    """Whether table and machine take the same step for every state, event and valuation of the guards."""
    return not mismatches(lifecycle, dispatch_table(lifecycle))


def mismatches(lifecycle: Lifecycle, table: Table) -> tuple[str, ...]:
    """A sentence for every step on which the table departs from the machine; none when they agree."""
    return tuple(_mismatches(lifecycle, table))


def _mismatches(lifecycle: Lifecycle, table: Table) -> Iterator[str]:
    stepper = Stepper(lifecycle)
    for state, event, facts in _cases(lifecycle):
        by_machine = stepper.step(state, event, facts)
        by_table = table_step(table, state, event, facts)
        if by_machine != by_table:
            true = ", ".join(fact for fact in lifecycle.facts if facts[fact]) or "no fact"
            yield (
                f"on `{event}` in state `{state}` with {true} true, the machine says {_words(by_machine)} "
                f"and the table {_words(by_table)}"
            )


def _cases(lifecycle: Lifecycle) -> Iterator[tuple[str, str, dict[str, bool]]]:
    """Every state with every event and every valuation of the facts that they read; other facts are false."""
    reads = facts_read(lifecycle)
    events = sorted({transition.event for transition in lifecycle.transitions})
    for state, event in product(lifecycle.states, events):
        facts = sorted(reads.get((state.id, event), ()))
        for values in product((False, True), repeat=len(facts)):
            valuation = dict(zip(facts, values, strict=True))
            yield state.id, event, dict.fromkeys(lifecycle.facts, False) | valuation


def _hold(guards: tuple[Guard, ...], facts: Mapping[str, bool]) -> bool:
    try:
        return all(bool(facts[guard.fact]) is not guard.negated for guard in guards)
    except KeyError as missing:
        raise ValueError(f"a guard needs the fact `{missing.args[0]}`") from None


def _words(step: Step) -> str:
    effects = f" with {', '.join(step.effects)}" if step.effects else ""
    return f"{step.outcome.value} in `{step.state}`{effects}"
