"""One step of a lifecycle on the `transitions` library: the reference that every faster way is compared with.

The library is kept on a short leash, because it imports and calls what dotted strings name, drops queued
events and swallows errors of late callbacks: it gets ids of a narrow shape and closures that return `bool`,
no strings, no queue, no callbacks, no model of its own. The condition that lets a transition fire notes on our row
which step that is; steps are made once per transition, so that a step costs little more than the library.
"""

import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from types import ModuleType
from typing import Protocol

from mentorctl.lifecycle.guards import Facts, guard_of
from mentorctl.lifecycle.model import Lifecycle, Outcome, Step, Transition
from mentorctl.lifecycle.soundness import problems

_REMEMBERED = 10_000  # steps of one lifecycle
_NOTHING: frozenset[str] = frozenset()


class Stepper:
    """Steps one lifecycle. It holds no state of anybody, so one serves all people and all threads."""

    __slots__ = ("_events", "_invalid", "_known", "_not_foreseen", "_reads", "_refused", "_unguarded", "lifecycle")

    def __init__(self, lifecycle: Lifecycle) -> None:
        """Raises ValueError when an id has another shape than `a_word_1` or names nothing, and for a broken guard."""
        self.lifecycle = lifecycle
        made = _made(lifecycle)
        self._events, self._unguarded, self._refused, self._invalid = made
        self._not_foreseen: type[Exception] = _library().MachineError
        self._reads = {key: tuple(sorted(names)) for key, names in facts_read(lifecycle).items()}
        self._known: dict[tuple[object, ...], Step] = {}

    def step(self, state: str, event: str, facts: Facts) -> Step:
        """What `event` does in `state`. Facts that are not given are false, 0 or no text; more do no harm.

        A step depends on nothing but the facts that its guards read, so that of many that are alike one is asked for.
        Raises ValueError for a state or an event that the lifecycle does not have.
        """
        read = [facts.get(name) for name in self._reads.get((state, event), ())]
        key = (state, event, *((type(value), value) for value in read))
        found = self._known.get(key)
        if found is None:
            found = self._step(state, event, facts)
            if len(self._known) < _REMEMBERED:
                self._known[key] = found
        return found

    def _step(self, state: str, event: str, facts: Facts) -> Step:
        row = _Row(state, facts)
        try:
            if self._events[event](row):
                return row.step or self._unguarded[state, event]
            return self._refused[state]
        except self._not_foreseen:
            return self._invalid[state]
        except (KeyError, ValueError):  # asked only now: a step of known words has nothing to check
            self._complain(state, event)
            raise

    def _complain(self, state: str, event: str) -> None:
        if event not in self._events:
            raise ValueError(f"lifecycle `{self.lifecycle.name}` has no event `{event}`") from None
        if state not in self._refused:
            raise ValueError(f"lifecycle `{self.lifecycle.name}` has no state `{state}`") from None


def run(stepper: Stepper, state: str, events: Sequence[str], facts: Facts) -> tuple[str, tuple[str, ...]]:
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
    """The facts that the guards of each (state, event) read; pairs without guards are absent. Raises GuardError."""
    reads: dict[tuple[str, str], frozenset[str]] = {}
    for transition in lifecycle.transitions:
        guard = guard_of(transition.when, lifecycle.facts)
        if guard is not None:
            key = (transition.source, transition.event)
            reads[key] = reads.get(key, _NOTHING) | guard.reads
    return reads


# -- the library ---------------------------------------------------------------------------------------------


class _Row:
    """What the library steps: a state to change, the facts to read, and the step that a guard let through."""

    __slots__ = ("facts", "state", "step")

    def __init__(self, state: str, facts: Facts) -> None:
        self.state = state
        self.facts = facts
        self.step: Step | None = None


class _Occurrence(Protocol):
    """What the library hands to closures (its EventData)."""

    model: _Row


type _Trigger = Callable[[_Row], bool]
type _Steps = Mapping[str, Step]


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
def _made(
    lifecycle: Lifecycle,
) -> tuple[Mapping[str, _Trigger], Mapping[tuple[str, str], Step], _Steps, _Steps]:
    """The triggers of the machine for this value, and the steps that end otherwise than by a guard that holds.

    Raises ValueError when the lifecycle is not sound.
    """
    for problem in problems(lifecycle):
        raise ValueError(f"lifecycle `{lifecycle.name}`: {problem}")
    ordered = in_order(lifecycle.transitions)
    machine = _library().Machine(
        model=None,
        states=[{"name": state.id, "final": state.is_final} for state in lifecycle.states],
        initial=lifecycle.initial,
        transitions=[_arguments(transition, lifecycle) for transition in ordered],
        auto_transitions=False,
        queued=False,
        send_event=True,
        ignore_invalid_triggers=False,
    )
    unguarded: dict[tuple[str, str], Step] = {}
    for transition in ordered:
        if not transition.when:
            unguarded.setdefault((transition.source, transition.event), step_of(transition))
    triggers = {name: event.trigger for name, event in machine.events.items()}
    return triggers, unguarded, _staying(lifecycle, Outcome.REFUSED), _staying(lifecycle, Outcome.INVALID)


def in_order(transitions: Sequence[Transition]) -> Sequence[Transition]:
    """The transitions in the order in which they are tried: by priority, and then as they stand."""
    return sorted(transitions, key=lambda transition: transition.priority)


def step_of(transition: Transition) -> Step:
    """The step that a transition is."""
    return Step(outcome=Outcome.MOVED, state=transition.target, effects=transition.effects)


def _staying(lifecycle: Lifecycle, outcome: Outcome) -> _Steps:
    return {state.id: Step(outcome=outcome, state=state.id) for state in lifecycle.states}


def _arguments(transition: Transition, lifecycle: Lifecycle) -> dict[str, object]:
    guard = guard_of(transition.when, lifecycle.facts)
    return {
        "trigger": transition.event,
        "source": transition.source,
        "dest": transition.target,
        "conditions": [_condition(guard.holds, step_of(transition))] if guard else [],
    }


def _condition(holds: Callable[[Facts], bool], step: Step) -> Callable[[_Occurrence], bool]:
    """A closure that returns exactly True or False: the library compares with `== True`.

    The library stops at the first transition whose conditions hold, so what is noted last is what fires.
    """

    def lets_through(occurrence: _Occurrence) -> bool:
        row = occurrence.model
        if holds(row.facts):
            row.step = step
            return True
        return False

    return lets_through
