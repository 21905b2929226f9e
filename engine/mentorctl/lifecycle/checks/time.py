"""Checks of time: nobody waits for ever, nothing goes round by itself, deadlines mean one thing."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from mentorctl.dates.durations import Duration
from mentorctl.diagnostics import Diagnostic, quoted_list
from mentorctl.lifecycle.checks.subject import Subject
from mentorctl.lifecycle.model import TimerKind, TimerRule, Transition

_ENDING = frozenset({TimerKind.DEADLINE, TimerKind.MOMENT})


def forever_states(subject: Subject) -> Iterator[Diagnostic]:
    """MC4026 (LC06): in every state time does something in the end, or the file says why it may last for ever."""
    timed = {state for timer in subject.lifecycle.timers for state in timer.during}
    for state in subject.standing:
        if state.id in timed or state.waits or not subject.outgoing[state.id]:
            continue
        events = sorted({t.event for t in subject.outgoing[state.id]})
        yield subject.finding(
            "MC4026",
            f"whoever is in `{state.id}` waits until somebody raises {quoted_list(events)}, and nobody is reminded; "
            f"{subject.reached(state.id)}",
            help=f"add a deadline or a reminder to `{state.id}`, or say in `waits:` why it may last for ever",
            part=state,
        )


def loops_of_time(subject: Subject) -> Iterator[Diagnostic]:
    """MC4027 (LC07): time alone never leads round in a circle that nothing ends."""
    edges: dict[str, list[Transition]] = {}
    for timer in subject.lifecycle.timers:
        for transition in subject.lifecycle.transitions:
            if timer.when or timer.at or not timer.event or timer.event != transition.event or transition.when:
                continue
            if transition.source in timer.during and transition.target in subject.by_id:
                edges.setdefault(transition.source, []).append(transition)
    for circle in _circles({state: [t.target for t in ways] for state, ways in edges.items()}):
        if len(circle) == 1 and not _rearms(subject, circle[0]):
            continue
        first = circle[0]
        part = next(t for t in edges[first] if t.target in circle)
        round_ = " → ".join(f"`{state}`" for state in (*circle, first))
        yield subject.finding(
            "MC4027",
            f"deadlines alone lead round {round_} for ever; {subject.reached(first)}",
            help="give one of the deadlines a condition that ends it (a counter, say), or lead it to an end",
            part=part,
        )


def odd_deadlines(subject: Subject) -> Iterator[Diagnostic]:
    """MC4035 (LC15): a timer says once when it is due, in its own states, and its event is foreseen."""
    for timer in subject.lifecycle.timers:
        for problem, remedy in _oddities(subject, timer):
            yield subject.finding("MC4035", f"the timer `{timer.id}` {problem}", help=remedy, part=timer)


def double_deadlines(subject: Subject) -> Iterator[Diagnostic]:
    """MC4036 (LC16): no two deadlines of one state fall on the same instant and lead to different places."""
    deadlines = [t for t in subject.lifecycle.timers if t.kind is TimerKind.DEADLINE and t.event]
    for one, other in combinations(deadlines, 2):
        shared = [s for s in one.during if s in other.during]
        together = (one.after, one.at) == (other.after, other.at) and set(one.arms) & set(other.arms)
        if not shared or not together or subject.together([one.when, other.when]) is None:
            continue
        state = next((s for s in shared if _targets(subject, s, one) != _targets(subject, s, other)), None)
        if state is not None:
            when = f"after {one.after}" if one.after else f"at {one.at}"
            yield subject.finding(
                "MC4036",
                f"in `{state}` the deadlines `{one.id}` and `{other.id}` both run out {when}, one to "
                f"{quoted_list(sorted(_targets(subject, state, one)))} and one to "
                f"{quoted_list(sorted(_targets(subject, state, other)))}",
                help="let one of them run out earlier, or give them conditions that shut each other out",
                part=other,
            )


def unbounded_attempts(subject: Subject) -> Iterator[Diagnostic]:
    """MC4043 (LC23): whoever is matched again and again is stopped by a counter or a deadline at some time."""
    graph = {s.id: [t.target for t in subject.outgoing[s.id]] for s in subject.standing}
    for circle in _circles(graph):
        inside = [t for s in circle for t in subject.outgoing[s] if t.target in circle]
        if not any(t.event == "match" or "rematch" in t.effects for t in inside):
            continue
        if any(subject.by_id[state].waits for state in circle):
            continue
        ends = any(timer.kind in _ENDING and set(timer.during) & set(circle) for timer in subject.lifecycle.timers)
        if not ends and not any(_reads_number(subject, t) for t in inside):
            yield subject.finding(
                "MC4043",
                f"people can go round {' → '.join(f'`{s}`' for s in (*circle, circle[0]))} without end: no deadline "
                "stops it and no guard counts",
                help="add a deadline to one of these states, or a guard such as `rematches < 3`",
                part=next(t for t in inside if t.event == "match" or "rematch" in t.effects),
            )


def _oddities(subject: Subject, timer: TimerRule) -> Iterator[tuple[str, str]]:
    if timer.after is None and timer.at is None:
        yield "does not say when it is due", "write `after:` or `at:`"
    for name, length in (("after", timer.after), ("every", timer.every)):
        if length is not None and length == Duration():
            yield f"is due `{name}` no time at all", "write a time, such as 14d"
    outside = [s for s in timer.arms if s not in timer.during]
    if outside or not timer.arms:
        yield (
            f"is set on entering {quoted_list(outside) or 'no state'}, where it does not run",
            "let it run in every state that sets it",
        )
    if not timer.event and not timer.effects:
        yield "does nothing when it is due", "give it an event or an effect"
    if timer.every is None and timer.at_most != 1:
        yield f"comes {timer.at_most or 'any number of'} times without saying how often", "add `every:`"
    if timer.kind is TimerKind.DEADLINE and timer.event:
        foreseen = {t.source for t in subject.lifecycle.transitions if t.event == timer.event}
        for state in timer.during:
            if state in subject.by_id and state not in foreseen:
                yield (
                    f"raises `{timer.event}` in `{state}`, where that leads nowhere; {subject.reached(state)}",
                    f"add a transition on `{timer.event}` out of `{state}`, or let the timer end there",
                )


def _rearms(subject: Subject, state: str) -> bool:
    """Whether a state that leads to itself sets its own deadline again. Entering from inside does not."""
    return any(timer.every and not timer.at_most and state in timer.during for timer in subject.lifecycle.timers)


def _targets(subject: Subject, state: str, timer: TimerRule) -> set[str]:
    return {t.target for t in subject.from_state(state, timer.event)}


def _reads_number(subject: Subject, transition: Transition) -> bool:
    numbers = {fact.name for fact in subject.lifecycle.facts if fact.type.kind.value == "number"}
    return any(name in transition.when for name in numbers)


def _circles(graph: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """A shortest way round through the first state of each set of states that all lead to one another."""
    circles: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for state in graph:
        circle = None if state in seen else _round(graph, state)
        if circle:
            circles.append(circle)
            seen.update(_reachable(graph, state) & {s for s in graph if state in _reachable(graph, s)})
    return circles


def _round(graph: Mapping[str, Iterable[str]], start: str) -> tuple[str, ...] | None:
    ways: dict[str, tuple[str, ...]] = {start: (start,)}
    queue = [start]
    for state in queue:
        for target in graph.get(state, ()):
            if target == start:
                return ways[state]
            if target not in ways:
                ways[target] = (*ways[state], target)
                queue.append(target)
    return None


def _reachable(graph: Mapping[str, Iterable[str]], start: str) -> set[str]:
    seen, queue = {start}, [start]
    for state in queue:
        for target in graph.get(state, ()):
            if target not in seen:
                seen.add(target)
                queue.append(target)
    return seen
