"""One step of a lifecycle on the `transitions` library: the reference that every faster way is compared with.

The library is kept on a short leash, because it imports and calls what dotted strings name, drops queued
events and swallows errors of late callbacks: it gets ids of a narrow shape and closures that return `bool`,
no strings, no queue, no model of its own. The one callback notes on our row what follows; effects stay data.
"""

import logging
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from types import ModuleType
from typing import Protocol

from mentorctl.lifecycle.model import Guard, Lifecycle, Outcome, Step, Transition

_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")
_NOTHING: frozenset[str] = frozenset()


class Stepper:
    """Steps one lifecycle. It holds no state of anybody, so one serves all people and all threads."""

    __slots__ = ("_events", "_not_foreseen", "_reads", "_states", "lifecycle")

    def __init__(self, lifecycle: Lifecycle) -> None:
        """Raises ValueError when an id has another shape than `a_word_1` or names nothing."""
        self.lifecycle = lifecycle
        self._events = _events(lifecycle)
        self._not_foreseen: type[Exception] = _library().MachineError
        self._states = frozenset(state.id for state in lifecycle.states)
        self._reads = facts_read(lifecycle)

    def step(self, state: str, event: str, facts: Mapping[str, bool]) -> Step:
        """What `event` does in `state`. Only the facts that guards read there need be given; more do no harm.

        Raises ValueError for a state or an event that the lifecycle does not have, and for a missing fact.
        """
        if state not in self._states:
            raise ValueError(f"lifecycle `{self.lifecycle.name}` has no state `{state}`")
        if event not in self._events:
            raise ValueError(f"lifecycle `{self.lifecycle.name}` has no event `{event}`")
        missing = self._reads.get((state, event), _NOTHING).difference(facts)
        if missing:
            raise ValueError(f"`{event}` in state `{state}` needs the fact `{min(missing)}`")
        row = _Row(state, facts)
        try:
            moved = self._events[event].trigger(row)
        except self._not_foreseen:
            return Step(outcome=Outcome.INVALID, state=state)
        if not moved:
            return Step(outcome=Outcome.REFUSED, state=state)
        return Step(outcome=Outcome.MOVED, state=row.state, effects=row.effects)


def run(stepper: Stepper, state: str, events: Sequence[str], facts: Mapping[str, bool]) -> tuple[str, tuple[str, ...]]:
    """The state after the events in order, and the effects on the way; events that move nothing are skipped.

    Raises ValueError as `Stepper.step` does.
    """
    effects: list[str] = []
    for event in events:
        step = stepper.step(state, event, facts)
        state = step.state
        effects.extend(step.effects)
    return state, tuple(effects)


def facts_read(lifecycle: Lifecycle) -> Mapping[tuple[str, str], frozenset[str]]:
    """The facts that the guards of each (state, event) read; pairs without guards are absent."""
    reads: dict[tuple[str, str], frozenset[str]] = {}
    for transition in lifecycle.transitions:
        if transition.guards:
            key = (transition.source, transition.event)
            reads[key] = reads.get(key, _NOTHING) | {guard.fact for guard in transition.guards}
    return reads


# -- the library ---------------------------------------------------------------------------------------------


class _Row:
    """What the library steps: a state to change, the facts to read, and what follows."""

    __slots__ = ("effects", "facts", "state")

    def __init__(self, state: str, facts: Mapping[str, bool]) -> None:
        self.state = state
        self.facts = facts
        self.effects: tuple[str, ...] = ()


class _Occurrence(Protocol):
    """What the library hands to closures (its EventData)."""

    model: _Row


class _Event(Protocol):
    def trigger(self, model: _Row, /) -> bool: ...


@cache
def _library() -> ModuleType:
    """`transitions`, imported on first use and in silence: it sets warning filters and logs every step."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import transitions
    log = logging.getLogger("transitions")
    if log.level == logging.NOTSET:  # a level that somebody chose stays
        log.setLevel(logging.WARNING)
    library: ModuleType = transitions
    return library


@lru_cache(maxsize=64)
def _events(lifecycle: Lifecycle) -> Mapping[str, _Event]:
    """The events of the machine built for this value. Raises ValueError when the lifecycle is not sound."""
    for problem in _problems(lifecycle):
        raise ValueError(f"lifecycle `{lifecycle.name}`: {problem}")
    machine = _library().Machine(
        model=None,
        states=[{"name": state.id, "final": state.is_final} for state in lifecycle.states],
        initial=lifecycle.initial,
        transitions=[_arguments(transition) for transition in lifecycle.transitions],
        auto_transitions=False,
        queued=False,
        send_event=True,
        ignore_invalid_triggers=False,
    )
    events: Mapping[str, _Event] = machine.events
    return events


def _arguments(transition: Transition) -> dict[str, object]:
    return {
        "trigger": transition.event,
        "source": transition.source,
        "dest": transition.target,
        "conditions": [_condition(guard) for guard in transition.guards],
        "after": [_note(transition.effects)] if transition.effects else [],
    }


def _condition(guard: Guard) -> Callable[[_Occurrence], bool]:
    """A closure that returns exactly True or False: the library compares with `== True`."""
    fact, wanted = guard.fact, not guard.negated

    def holds(occurrence: _Occurrence) -> bool:
        return bool(occurrence.model.facts[fact]) is wanted

    return holds


def _note(effects: tuple[str, ...]) -> Callable[[_Occurrence], None]:
    def note(occurrence: _Occurrence) -> None:
        occurrence.model.effects = effects

    return note


def _problems(lifecycle: Lifecycle) -> Iterator[str]:
    """What the library would accept in silence: odd ids, and states and facts that do not exist."""
    states = {state.id for state in lifecycle.states}
    events = {transition.event for transition in lifecycle.transitions}
    for word in sorted({lifecycle.name, *states, *events, *lifecycle.facts}):
        if not _ID.fullmatch(word):
            yield f"the id {word!r} is not a lower-case letter followed by up to 62 of a-z, 0-9 and _"
    if len(states) < len(lifecycle.states):
        yield "a state is listed twice"
    if lifecycle.initial not in states:
        yield f"the initial state `{lifecycle.initial}` is not listed"
    for transition in lifecycle.transitions:
        for state in (transition.source, transition.target):
            if state not in states:
                yield f"`{transition.event}` names the state `{state}`, which is not listed"
        for guard in transition.guards:
            if guard.fact not in lifecycle.facts:
                yield f"`{transition.event}` reads the fact `{guard.fact}`, which is not listed"
