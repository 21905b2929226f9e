"""Where a part of a lifecycle is written: in what the program changes, else its model stands for it."""

from mentorctl.diagnostics import FieldPath, Place
from mentorctl.lifecycle.checks.subject import Part, Where
from mentorctl.lifecycle.model import State, TimerRule, Transition
from mentorctl.spec.lifecycles import LifecycleChange, StateChange, TransitionChange
from mentorctl.spec.model import Program


def places(program: Program) -> Where:
    """The place of each part of the program's lifecycles."""
    changes = {change.kind: change for change in program.lifecycles}

    def where(lifecycle: str, part: Part) -> Place:
        change = changes.get(lifecycle)
        if change is None:
            return Place(document=program.id, path=("model",))
        path = _path(change, part)
        return Place(document=program.id, path=("lifecycle", lifecycle, *path), on_key=not path)

    return where


def _path(change: LifecycleChange, part: Part) -> FieldPath:
    match part:
        case State(id=name):
            return ("states", name) if _state(change, name) else ()
        case Transition():
            written = next((t for t in change.transitions if _is(t, part, change)), None)
            return ("transitions", written.id) if written else ()
        case TimerRule(id=name):
            return _timer(change, name)
        case None:
            return ()


def _is(written: TransitionChange, part: Transition, change: LifecycleChange) -> bool:
    """Whether a transition comes from what is written; a source may be a group of states."""
    if written.removed or written.event != part.event or written.target not in ("", part.target):
        return False
    groups = {state.group for state in change.states if state.id == part.source and state.group}
    return part.source in written.sources or bool(groups & set(written.sources))


def _timer(change: LifecycleChange, name: str) -> FieldPath:
    """A deadline of a state is called `STATE_deadline`, its reminders `STATE_reminder`, `STATE_reminder_2`."""
    state, found, rest = name.rpartition("_reminder")
    if found and _state(change, state):
        return ("states", state, "reminders", int(rest.removeprefix("_") or 1) - 1)
    state = name.removesuffix("_deadline")
    return ("states", state, "deadline") if state != name and _state(change, state) else ()


def _state(change: LifecycleChange, name: str) -> StateChange | None:
    return next((state for state in change.states if state.id == name), None)
