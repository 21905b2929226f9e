"""A lifecycle as a value: flat states, transitions on events, guards over a closed catalog of facts.

Parallelism is several lifecycles (program, enrollment, training, match, session) linked by events, never one machine.
"""

from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """What a final state means to the person."""

    SUCCESS = "success"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    id: str
    meaning: str
    ending: Ending | None = None

    @property
    def is_final(self) -> bool:
        return self.ending is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A fact that must be true, or false when `negated`."""

    fact: str
    negated: bool = False

    def __str__(self) -> str:
        return f"not {self.fact}" if self.negated else self.fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """On `event`, from one state to another, when every guard holds. `effects` are names of what follows, as data."""

    event: str
    source: str
    target: str
    guards: tuple[Guard, ...] = ()
    effects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """One state machine. States, transitions and facts are in canonical order."""

    name: str
    initial: str
    facts: tuple[str, ...]
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]


class Outcome(StrEnum):
    """How a step ended: into another state, held back by a guard, or not foreseen in this state at all."""

    MOVED = "moved"
    REFUSED = "refused"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    outcome: Outcome
    state: str
    effects: tuple[str, ...] = ()
