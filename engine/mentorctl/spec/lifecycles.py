"""What a program changes in the lifecycles that its model and its dates give it, as frozen values."""

from mentorctl.dates.durations import Duration
from mentorctl.dates.timeline import Moment
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFact:
    """A fact of a program's own: boolean, number, text, date or choice. It is recorded with an event."""

    id: str
    type: str
    means: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDeadline:
    """How long one may stand in a state, and what is raised then: after a while, or at a moment."""

    event: str
    after: Duration | None = None
    at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenReminder:
    """What is done while one stands in a state; `at_most` of 0 is no bound. `late` is fire, fire_once or skip."""

    do: tuple[str, ...]
    after: Duration | None = None
    at: Moment | None = None
    every: Duration | None = None
    at_most: int = 1
    when: str = ""
    late: str = "fire_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """A state that is added, changed or removed. What is None stays as it is."""

    id: str
    means: str | None = None
    ends: str | None = None
    group: str | None = None
    invariant: str | None = None
    waits: str | None = None
    deadline: WrittenDeadline | None = None
    reminders: tuple[WrittenReminder, ...] | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionChange:
    """A way from some states to one on an event, that is added, changed or removed. What is None stays as it is.

    `sources` are states and groups of states. Without `target` the thing stays in its state.
    """

    id: str
    event: str
    sources: tuple[str, ...]
    target: str = ""
    when: str | None = None
    priority: int | None = None
    do: tuple[str, ...] | None = None
    because: str | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LifecycleChange:
    """What a program changes in one kind of lifecycle."""

    kind: str
    facts: tuple[WrittenFact, ...] = ()
    states: tuple[StateChange, ...] = ()
    transitions: tuple[TransitionChange, ...] = ()
