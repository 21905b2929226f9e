"""Checks of the graph: states that exist, a beginning, ways that lead somewhere, ends that are ends."""

from collections import Counter, deque
from collections.abc import Iterator

from mentorctl.diagnostics import Diagnostic, did_you_mean, quoted_list
from mentorctl.lifecycle.checks.subject import Subject

MOST_STATES = 60
MOST_TRANSITIONS = 120


def unknown_states(subject: Subject) -> Iterator[Diagnostic]:
    """MC4001 (LC01): both ends of a transition, and the states of a timer, are states of the lifecycle."""
    for transition in subject.lifecycle.transitions:
        for end, state in (("leads from", transition.source), ("leads to", transition.target)):
            if state not in subject.by_id:
                yield subject.finding(
                    "MC4001",
                    f"`{transition.event}` {end} `{state}`; the states are {quoted_list(subject.ids, last='and')}",
                    help=_meant(subject, state),
                    part=transition,
                )
    for timer in subject.lifecycle.timers:
        for state in dict.fromkeys((*timer.arms, *timer.during)):
            if state not in subject.by_id:
                yield subject.finding(
                    "MC4001",
                    f"the timer `{timer.id}` runs in `{state}`; the states are {quoted_list(subject.ids, last='and')}",
                    help=_meant(subject, state),
                    part=timer,
                )


def unusable_initial(subject: Subject) -> Iterator[Diagnostic]:
    """MC4002 (LC02): the lifecycle begins in a state that it has and that is not already an end."""
    name, initial = subject.lifecycle.name, subject.lifecycle.initial
    if initial not in subject.by_id:
        yield subject.finding(
            "MC4002",
            f"everything begins in `{initial}`; the states are {quoted_list(subject.ids, last='and')}",
            help=did_you_mean(initial, subject.ids) or "begin in one of these states",
        )
    elif subject.by_id[initial].is_final:
        yield subject.finding(
            "MC4002",
            f"`{name}` begins in `{initial}`, which is an end",
            help="begin in a state that something leads out of",
            part=subject.by_id[initial],
        )


def unreachable_states(subject: Subject) -> Iterator[Diagnostic]:
    """MC4003 (LC03): every state can be reached from the initial one."""
    if not subject.paths:
        return
    for state in subject.lifecycle.states:
        if state.id not in subject.paths:
            yield subject.finding(
                "MC4003",
                f"nothing leads from `{subject.lifecycle.initial}` to `{state.id}`"
                f"{_why_unreachable(subject, state.id)}",
                help=f"add a transition to `{state.id}`, or remove the state",
                part=state,
            )


def dead_ends(subject: Subject) -> Iterator[Diagnostic]:
    """MC4004 (LC04): something leads out of every state that is not final."""
    for state in subject.standing:
        if not subject.outgoing[state.id]:
            yield subject.finding(
                "MC4004",
                f"nothing leads out of `{state.id}`; {subject.reached(state.id)}",
                help=f"add a transition out of `{state.id}`, or say how it ends: success, neutral or failure",
                part=state,
            )


def traps(subject: Subject) -> Iterator[Diagnostic]:
    """MC4005 (LC05): every state that can be reached leads to an end. One finding names all that do not.

    A dead end counts as an end here: it has its own finding, and mending it frees what leads to it.
    """
    stopping = _states_that_can_stop(subject)
    caught = [state for state in subject.paths if state not in stopping]
    if caught:
        first = caught[0]
        yield subject.finding(
            "MC4005",
            f"no end can be reached from {quoted_list(caught, last='and')}; `{first}`: {subject.reached(first)}",
            help="add a transition that leads from there towards a final state",
            part=subject.by_id[first],
        )


def final_outgoing(subject: Subject) -> Iterator[Diagnostic]:
    """MC4037 (LC17): no timer leads out of an end, and only what takes an end back leads out of one.

    An end may be taken back where a person corrects what was recorded; time never does that. What time merely tells
    somebody, or asks of them, may come after the end.
    """
    for timer in subject.lifecycle.timers:
        if not timer.event:
            continue
        ends = [s for s in timer.during if s in subject.by_id and subject.by_id[s].is_final]
        if ends:
            yield subject.finding(
                "MC4037",
                f"the timer `{timer.id}` raises `{timer.event}` in {quoted_list(ends, last='and')}, where everything "
                "is over",
                help="take the end out of `during`, or make it a state that is no end",
                part=timer,
            )
    for transition in subject.lifecycle.transitions:
        source = subject.by_id.get(transition.source)
        if source is None or not source.is_final:
            continue
        if (transition.source, transition.event) in subject.timed_events or not transition.when:
            yield subject.finding(
                "MC4037",
                f"`{transition.event}` leads out of `{transition.source}`, which is an end ({source.ending}), to "
                f"`{transition.target}`",
                help="remove the transition, give it a guard that says what was recorded wrongly, "
                "or make the state no end",
                part=transition,
            )


def duplicates(subject: Subject) -> Iterator[Diagnostic]:
    """MC4034 (LC14): a state, a timer and a transition stand in the lifecycle once.

    In files the same key twice is already refused when they are read; this is for lifecycles that are put together.
    """
    for what, counted in (
        ("the state", Counter(subject.ids)),
        ("the timer", Counter(timer.id for timer in subject.lifecycle.timers)),
        ("the fact", Counter(fact.name for fact in subject.lifecycle.facts)),
    ):
        for name, times in counted.items():
            if times > 1:
                yield subject.finding("MC4034", f"{what} `{name}` stands there {times} times", help="keep one of them")


def too_large(subject: Subject) -> Iterator[Diagnostic]:
    """MC4048 (LC28): a lifecycle that people can still read, and that code hosts draw."""
    states, transitions = len(subject.lifecycle.states), len(subject.lifecycle.transitions)
    if states > MOST_STATES or transitions > MOST_TRANSITIONS:
        yield subject.finding(
            "MC4048",
            f"there are {states} states and {transitions} transitions; diagrams are drawn up to {MOST_STATES} states "
            f"and {MOST_TRANSITIONS} transitions",
            help="keep what a person passes through, and make facts of the rest",
        )


def _states_that_can_stop(subject: Subject) -> set[str]:
    """The states from which a final state or a dead end can be reached."""
    incoming: dict[str, list[str]] = {state: [] for state in subject.ids}
    for source, transitions in subject.outgoing.items():
        for transition in transitions:
            incoming[transition.target].append(source)
    dead = (s.id for s in subject.lifecycle.states if not s.is_final and not subject.outgoing[s.id])
    queue = deque([*(s.id for s in subject.lifecycle.states if s.is_final), *dead])
    stopping = set(queue)
    while queue:
        for source in incoming[queue.popleft()]:
            if source not in stopping:
                stopping.add(source)
                queue.append(source)
    return stopping


def _why_unreachable(subject: Subject, state: str) -> str:
    into = [t for t in subject.lifecycle.transitions if t.target == state and t.source != state]
    never = sorted({t.event for t in into if not subject.can_fire(t)})
    if never:
        return f", because the guard of {quoted_list(never, last='and')} can never hold"
    sources = sorted({t.source for t in into})
    if sources:
        return f"; only {quoted_list(sources, last='and')} could, and cannot be reached either"
    return ""


def _meant(subject: Subject, state: str) -> str:
    return did_you_mean(state, subject.ids) or "add the state, or name one of the others"
