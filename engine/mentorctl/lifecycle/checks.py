"""What can be wrong with a lifecycle, found without running it.

Each check is a function of one lifecycle and reports at the place that the caller names. Transitions whose
guard can never hold lead nowhere. Of a state that cannot be reached, nothing else is reported.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations

from mentorctl.diagnostics import Diagnostic, Place, did_you_mean, finding, quoted_list
from mentorctl.lifecycle.guards import Guard, GuardError, guard_of, guard_problems
from mentorctl.lifecycle.model import Lifecycle, State, Transition
from mentorctl.lifecycle.valuations import Valuation, together

type Check = Callable[[Lifecycle, Place], Iterable[Diagnostic]]


def check_lifecycle(lifecycle: Lifecycle, place: Place) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with the lifecycle, in the order of the checks."""
    return tuple(found for check in CHECKS for found in check(lifecycle, place))


def unknown_states(lifecycle: Lifecycle, place: Place) -> Iterator[Diagnostic]:
    """MC4001: both ends of a transition are states of the lifecycle."""
    states = _ids(lifecycle)
    for transition in lifecycle.transitions:
        for end, state in (("leads from", transition.source), ("leads to", transition.target)):
            if state not in states:
                yield finding(
                    "MC4001",
                    f"in the lifecycle `{lifecycle.name}`, `{transition.event}` {end} `{state}`; "
                    f"the states are {quoted_list(states, last='and')}",
                    help=did_you_mean(state, states) or "add the state, or name one of the others",
                    place=place,
                )


def unusable_initial(lifecycle: Lifecycle, place: Place) -> Iterator[Diagnostic]:
    """MC4002: the lifecycle begins in a state that it has and that is not already an end."""
    initial = _state(lifecycle, lifecycle.initial)
    if initial is None:
        yield finding(
            "MC4002",
            f"the lifecycle `{lifecycle.name}` begins in `{lifecycle.initial}`; "
            f"the states are {quoted_list(_ids(lifecycle), last='and')}",
            help=did_you_mean(lifecycle.initial, _ids(lifecycle)) or "begin in one of these states",
            place=place,
        )
    elif initial.is_final:
        yield finding(
            "MC4002",
            f"the lifecycle `{lifecycle.name}` begins in `{initial.id}`, which is an end",
            help="begin in a state that something leads out of",
            place=place,
        )


def unreachable_states(lifecycle: Lifecycle, place: Place) -> Iterator[Diagnostic]:
    """MC4003: every state can be reached from the initial one."""
    reached = _paths(lifecycle)
    if not reached:
        return
    for state in lifecycle.states:
        if state.id not in reached:
            yield finding(
                "MC4003",
                f"in the lifecycle `{lifecycle.name}`, nothing leads from `{lifecycle.initial}` "
                f"to `{state.id}`{_why_unreachable(lifecycle, state.id)}",
                help=f"add a transition to `{state.id}`, or remove the state",
                place=place,
            )


def dead_ends(lifecycle: Lifecycle, place: Place) -> Iterator[Diagnostic]:
    """MC4004: something leads out of every state that is not final."""
    paths = _paths(lifecycle)
    for state in _dead_ends(lifecycle):
        if state in paths:
            yield finding(
                "MC4004",
                f"in the lifecycle `{lifecycle.name}`, nothing leads out of `{state}`; {_path_words(paths[state])}",
                help=f"add a transition out of `{state}`, or say how it ends: success or neutral",
                place=place,
            )


def traps(lifecycle: Lifecycle, place: Place) -> Iterator[Diagnostic]:
    """MC4005: every state that can be reached leads to an end. One finding names all that do not.

    A dead end counts as an end here: it has its own finding, and mending it frees what leads to it.
    """
    paths = _paths(lifecycle)
    stopping = _states_that_can_stop(lifecycle)
    caught = [state for state in paths if state not in stopping]
    if not caught:
        return
    first = caught[0]
    yield finding(
        "MC4005",
        f"in the lifecycle `{lifecycle.name}`, no end can be reached from {quoted_list(caught, last='and')}; "
        f"`{first}`: {_path_words(paths[first])}",
        help="add a transition that leads from there towards a final state",
        place=place,
    )


def overlapping_guards(lifecycle: Lifecycle, place: Place) -> Iterator[Diagnostic]:
    """MC4006: of the transitions on one event out of one state, at most one can fire, or a priority says which."""
    for one, other in combinations(lifecycle.transitions, 2):
        if (one.source, one.event, one.priority) != (other.source, other.event, other.priority):
            continue
        facts = _together(lifecycle, one, other)
        if facts is not None:
            yield finding(
                "MC4006",
                f"in the lifecycle `{lifecycle.name}`, `{one.event}` leads from `{one.source}` "
                f"both to `{one.target}` ({_guard_words(one.when)}) "
                f"and to `{other.target}` ({_guard_words(other.when)}){_both_hold(facts)}",
                help="give one of the two a guard that shuts the other out, or a `priority`: the lower one comes first",
                place=place,
            )


def broken_guards(lifecycle: Lifecycle, place: Place) -> Iterator[Diagnostic]:
    """MC4007: guards are expressions over the facts of the lifecycle."""
    for transition in lifecycle.transitions:
        for problem in guard_problems(transition.when, lifecycle.facts):
            yield finding(
                "MC4007",
                f"in the lifecycle `{lifecycle.name}`, the guard `{transition.when}` of `{transition.event}` in "
                f"`{transition.source}` does not stand: {problem.message}",
                help=problem.help or "remove the guard, or write an expression over the facts",
                place=place,
            )


CHECKS: tuple[Check, ...] = (
    unknown_states,
    unusable_initial,
    unreachable_states,
    dead_ends,
    traps,
    overlapping_guards,
    broken_guards,
)


# -- the graph -----------------------------------------------------------------------------------------------


def _paths(lifecycle: Lifecycle) -> dict[str, tuple[str, ...]]:
    """The events of a shortest way to every state that can be reached, nearest first."""
    if _state(lifecycle, lifecycle.initial) is None:
        return {}
    paths: dict[str, tuple[str, ...]] = {lifecycle.initial: ()}
    queue = deque(paths)
    outgoing = _outgoing(lifecycle)
    while queue:
        source = queue.popleft()
        for transition in outgoing[source]:
            if transition.target not in paths:
                paths[transition.target] = (*paths[source], transition.event)
                queue.append(transition.target)
    return paths


def _states_that_can_stop(lifecycle: Lifecycle) -> set[str]:
    """The states from which a final state or a dead end can be reached."""
    incoming: dict[str, list[str]] = {state.id: [] for state in lifecycle.states}
    for source, transitions in _outgoing(lifecycle).items():
        for transition in transitions:
            incoming[transition.target].append(source)
    queue = deque([*(state.id for state in lifecycle.states if state.is_final), *_dead_ends(lifecycle)])
    stopping = set(queue)
    while queue:
        for source in incoming[queue.popleft()]:
            if source not in stopping:
                stopping.add(source)
                queue.append(source)
    return stopping


def _dead_ends(lifecycle: Lifecycle) -> tuple[str, ...]:
    """States that are not final and from which no transition that can fire leads to any state."""
    outgoing = _outgoing(lifecycle)
    return tuple(state.id for state in lifecycle.states if not state.is_final and not outgoing[state.id])


def _outgoing(lifecycle: Lifecycle) -> dict[str, list[Transition]]:
    """The transitions between known states that can fire at all."""
    outgoing: dict[str, list[Transition]] = {state.id: [] for state in lifecycle.states}
    for transition in lifecycle.transitions:
        known = transition.source in outgoing and transition.target in outgoing
        if known and _can_fire(lifecycle, transition):
            outgoing[transition.source].append(transition)
    return outgoing


def _can_fire(lifecycle: Lifecycle, transition: Transition) -> bool:
    """Whether there are facts under which the guard holds. One that does not stand has its own finding, and may."""
    return _together(lifecycle, transition) is not None


def _together(lifecycle: Lifecycle, *transitions: Transition) -> Valuation | None:
    """Facts under which all these transitions could fire; none are needed where a guard does not stand."""
    try:
        guards: list[Guard | None] = [guard_of(transition.when, lifecycle.facts) for transition in transitions]
    except GuardError:
        return {} if len(transitions) == 1 else None
    return together(guards)


def _state(lifecycle: Lifecycle, name: str) -> State | None:
    return next((state for state in lifecycle.states if state.id == name), None)


def _ids(lifecycle: Lifecycle) -> tuple[str, ...]:
    return tuple(state.id for state in lifecycle.states)


# -- words ---------------------------------------------------------------------------------------------------


def _path_words(events: tuple[str, ...]) -> str:
    if not events:
        return "everyone begins there"
    return "it is reached by " + ", then ".join(f"`{event}`" for event in events)


def _why_unreachable(lifecycle: Lifecycle, state: str) -> str:
    into = [t for t in lifecycle.transitions if t.target == state and t.source != state]
    never = sorted({t.event for t in into if not _can_fire(lifecycle, t)})
    if never:
        return f", because the guard of {quoted_list(never, last='and')} can never hold"
    sources = sorted({t.source for t in into})
    if sources:
        return f"; only {quoted_list(sources, last='and')} could, and cannot be reached either"
    return ""


def _guard_words(when: str) -> str:
    return f"if {when}" if when else "always"


def _both_hold(facts: Valuation) -> str:
    known = [f"{name} is {_value(value)}" for name, value in facts.items()]
    return f", which both hold when {' and '.join(known)}" if known else ""


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value}"
