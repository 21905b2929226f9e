"""A lifecycle as a value: flat states, transitions on events, guards over declared facts, and timers.

Parallelism is several lifecycles (program, cohort, enrollment, training, match, session, check-in) linked by events,
never one machine. Guards and invariants are expressions as text: a definition is read, compared and stored as it is.
"""

from dataclasses import field
from enum import StrEnum

from mentorctl.dates.durations import Duration
from mentorctl.dates.timeline import Moment
from mentorctl.rules.expressions.types import Type
from mentorctl.state.shapes import SPARSE
from mentorctl.values import dataclass


class Ending(StrEnum):
    """What a final state means to the person."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    FAILURE = "failure"


class Late(StrEnum):
    """What becomes of firings whose time passed while nobody looked: each, the last one, or none of them."""

    FIRE = "fire"
    FIRE_ONCE = "fire_once"
    SKIP = "skip"


class TimerKind(StrEnum):
    """Why time matters: it runs out, somebody is reminded, something follows after a while, or a day has come."""

    DEADLINE = "deadline"
    REMINDER = "reminder"
    REACTION = "reaction"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that guards may read. Unless it is optional it is never blank: it is false, 0 or no text at first."""

    name: str
    type: Type
    meaning: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a thing may stand. `invariant` holds while it stands there; `waits` says why it may stand there for ever.

    `group` is the word under which transitions and diagrams may take several states together.
    """

    id: str
    meaning: str
    ending: Ending | None = None
    invariant: str = ""
    group: str = ""
    waits: str = ""

    @property
    def is_final(self) -> bool:
        return self.ending is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """On `event`, from one state to another, when the expression `when` holds (always, where it is empty).

    Of several that could fire, the one of the lowest `priority` does. `effects` are names of what follows, as data.
    """

    event: str
    source: str
    target: str
    when: str = ""
    priority: int = 0
    effects: tuple[str, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRule:
    """Time that matters in some states: entering one of `arms` from outside `during` sets it, leaving `during` ends it.

    A transition on one of the events `on` sets it too, or anew. It is due `after` a while, `at` a moment, or at the
    later of the two, and again `every` so often, `at_most` so many times (0: as long as it runs), but never past
    `until`. When due, and if `when` holds, `event` is raised and `effects` are done.
    """

    id: str
    kind: TimerKind
    arms: tuple[str, ...]
    during: tuple[str, ...]
    on: tuple[str, ...] = ()
    after: Duration | None = None
    at: Moment | None = None
    every: Duration | None = None
    at_most: int = 1
    until: Moment | None = None
    event: str = ""
    effects: tuple[str, ...] = ()
    when: str = ""
    late: Late = Late.FIRE_ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What follows when a thing comes into being, if `when` holds."""

    when: str = ""
    effects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """One state machine. States, transitions, timers and facts are in canonical order.

    Events of `must_handle` are foreseen whatever the guards say, in every state that foresees them at all. `renamed`
    are events by the names that they had before a migration, which some still use.
    """

    name: str
    initial: str
    facts: tuple[Fact, ...]
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    timers: tuple[TimerRule, ...] = ()
    begins: tuple[Beginning, ...] = ()
    must_handle: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = field(default=(), metadata=SPARSE)


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
