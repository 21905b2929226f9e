"""A lifecycle with what a program changes in it. `overlay_checks` has vouched for the words before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from mentorctl.lifecycle.facts import with_facts
from mentorctl.lifecycle.machines.building import canonical
from mentorctl.lifecycle.model import Ending, Fact, Late, Lifecycle, State, TimerKind, TimerRule, Transition
from mentorctl.rules.expressions.types import BOOL, DATE, NUMBER, Type, text
from mentorctl.spec.lifecycles import LifecycleChange, StateChange, TransitionChange, WrittenFact
from mentorctl.spec.reading import titled

# What follows whenever a thing comes to an end, whoever wrote the transition: nobody waits for what is over.
_AT_THE_END: Mapping[str, tuple[str, ...]] = {"match": ("cancel.sessions", "release.people")}


def changed(lifecycle: Lifecycle, change: LifecycleChange) -> Lifecycle:
    """The lifecycle as the program wants it."""
    removed = {state.id for state in change.states if state.removed}
    states = _states(lifecycle, change)
    groups = groups_of(states)
    joined = {s.id: s.group or "" for s in change.states if s.group and not s.removed}
    own = [t for t in lifecycle.transitions if not {t.source, t.target} & removed]
    members = {group: tuple(s for s in groups[group] if s not in joined) for group in joined.values()}
    own = [*own, *(t for state, group in joined.items() for t in _inherited(own, state, members[group]))]
    transitions = _transitions(own, change, groups)
    timers = _timers(lifecycle, change, joined, groups, removed)
    made = replace(
        lifecycle,
        facts=with_facts(lifecycle.facts, (fact_of(fact) for fact in change.facts)),
        states=states,
        transitions=_with_ends(lifecycle.name, states, transitions),
        timers=tuple(_handled(timers, transitions)),
    )
    return canonical(made)


def fact_of(fact: WrittenFact) -> Fact:
    """A fact of a program's own. What has no first value of its own may be blank."""
    kinds: Mapping[str, Type] = {
        "boolean": BOOL,
        "number": NUMBER,
        "date": DATE,
        "text": text(trim=False, ignore_case=False),
        "choice": text(*fact.options, trim=False, ignore_case=False),
    }
    return Fact(
        name=fact.id,
        type=kinds[fact.type],
        meaning=fact.means or f"{titled(fact.id)}.",
        optional=fact.type in ("text", "date", "choice"),
    )


def groups_of(states: Iterable[State]) -> Mapping[str, tuple[str, ...]]:
    """The states of each group."""
    groups: dict[str, tuple[str, ...]] = {}
    for state in states:
        if state.group:
            groups[state.group] = (*groups.get(state.group, ()), state.id)
    return groups


def sources_of(
    change: TransitionChange, states: Iterable[str], groups: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[int, str]]:
    """The states from which a transition leads, each with its place among the words; groups stand for their states."""
    known = frozenset(states)
    for place, word in enumerate(change.sources):
        for state in (word,) if word in known else groups.get(word, ()):
            yield place, state


# -- states ------------------------------------------------------------------------------------------------------------


def _states(lifecycle: Lifecycle, change: LifecycleChange) -> tuple[State, ...]:
    written = {state.id: state for state in change.states}
    own = {state.id: state for state in lifecycle.states}
    kept = [s for s in lifecycle.states if s.id not in written or not written[s.id].removed]
    new = [State(id=s.id, meaning=f"{titled(s.id)}.") for s in change.states if s.id not in own and not s.removed]
    return tuple(_state(state, written.get(state.id)) for state in (*kept, *new))


def _state(state: State, change: StateChange | None) -> State:
    if change is None:
        return state
    return replace(
        state,
        meaning=state.meaning if change.means is None else change.means,
        ending=state.ending if change.ends is None else Ending(change.ends),
        invariant=state.invariant if change.invariant is None else change.invariant,
        group=state.group if change.group is None else change.group,
        waits=state.waits if change.waits is None else change.waits,
    )


# -- transitions -------------------------------------------------------------------------------------------------------


def _inherited(transitions: Sequence[Transition], state: str, others: Sequence[str]) -> Iterator[Transition]:
    """The transitions that all others of a group share, for one that joins it; staying is shared as staying.

    What the one that joins foresees itself stays as it is.
    """
    shared: dict[Transition, set[str]] = {}
    for transition in transitions:
        stays = transition.source == transition.target
        alike = replace(transition, source=state, target=state if stays else transition.target)
        if transition.source in others:
            shared.setdefault(alike, set()).add(transition.source)
    foreseen = {transition.event for transition in transitions if transition.source == state}
    yield from (t for t, sources in shared.items() if sources == set(others) and t.event not in foreseen)


def _transitions(
    own: Iterable[Transition], change: LifecycleChange, groups: Mapping[str, tuple[str, ...]]
) -> list[Transition]:
    made = list(own)
    states = {t.source for t in made} | {t.target for t in made} | {s.id for s in change.states}
    for written in change.transitions:
        for _, source in sources_of(written, states, groups):
            target = written.target or source
            same = [t for t in made if (t.event, t.source, t.target) == (written.event, source, target)]
            made = [t for t in made if t not in same]
            if not written.removed:
                made += [_transition(t, written) for t in same] or [_transition(_new(written, source, target), written)]
    return made


def _new(written: TransitionChange, source: str, target: str) -> Transition:
    return Transition(event=written.event, source=source, target=target)


def _transition(transition: Transition, written: TransitionChange) -> Transition:
    return replace(
        transition,
        when=transition.when if written.when is None else written.when,
        priority=transition.priority if written.priority is None else written.priority,
        effects=transition.effects if written.do is None else written.do,
        because=transition.because if written.because is None else written.because,
    )


def _with_ends(name: str, states: Iterable[State], transitions: Iterable[Transition]) -> tuple[Transition, ...]:
    final = {state.id for state in states if state.is_final}
    more = _AT_THE_END.get(name, ())
    return tuple(
        replace(t, effects=tuple(dict.fromkeys((*t.effects, *more)))) if t.target in final else t for t in transitions
    )


# -- timers ------------------------------------------------------------------------------------------------------------


def _timers(
    lifecycle: Lifecycle,
    change: LifecycleChange,
    joined: Mapping[str, str],
    groups: Mapping[str, tuple[str, ...]],
    removed: set[str],
) -> list[TimerRule]:
    own = [_with_members(timer, joined, groups) for timer in lifecycle.timers]
    replaced = {f"{s.id}_deadline" for s in change.states if s.deadline}
    silenced = {s.id for s in change.states if s.reminders is not None}
    kept = [
        _without(timer, removed | (silenced if timer.kind is TimerKind.REMINDER else set()))
        for timer in own
        if timer.id not in replaced
    ]
    return [*(t for t in kept if t.during), *(t for state in change.states for t in _written(state))]


def _with_members(timer: TimerRule, joined: Mapping[str, str], groups: Mapping[str, tuple[str, ...]]) -> TimerRule:
    """A timer of all others of a group is one of whoever joins it."""
    for state, group in joined.items():
        others = {other for other in groups[group] if other not in joined}
        if others and others <= set(timer.during):
            arms = (*timer.arms, *((state,) if others <= set(timer.arms) else ()))
            timer = replace(timer, arms=tuple(sorted({*arms})), during=tuple(sorted({*timer.during, state})))
    return timer


def _without(timer: TimerRule, states: set[str]) -> TimerRule:
    return replace(
        timer,
        arms=tuple(state for state in timer.arms if state not in states),
        during=tuple(state for state in timer.during if state not in states),
    )


def _written(state: StateChange) -> Iterator[TimerRule]:
    here = (state.id,)
    if state.deadline:
        yield TimerRule(
            id=f"{state.id}_deadline",
            kind=TimerKind.DEADLINE,
            arms=here,
            during=here,
            after=state.deadline.after,
            at=state.deadline.at,
            event=state.deadline.event,
            late=Late.FIRE,
        )
    for number, reminder in enumerate(state.reminders or (), start=1):
        yield TimerRule(
            id=f"{state.id}_reminder" + (f"_{number}" if number > 1 else ""),
            kind=TimerKind.REMINDER,
            arms=here,
            during=here,
            after=reminder.after,
            at=reminder.at,
            every=reminder.every,
            at_most=reminder.at_most,
            effects=reminder.do,
            when=reminder.when,
            late=Late(reminder.late),
        )


def _handled(timers: Iterable[TimerRule], transitions: Iterable[Transition]) -> Iterator[TimerRule]:
    """No timer raises what is not foreseen: one whose transition was taken out goes with it, state by state."""
    foreseen = {(transition.source, transition.event) for transition in transitions}
    for timer in timers:
        deaf = {state for state in timer.during if timer.event and (state, timer.event) not in foreseen}
        if len(deaf) < len(timer.during):
            yield _without(timer, deaf)
