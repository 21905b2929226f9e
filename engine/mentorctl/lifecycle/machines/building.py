"""Pieces of which lifecycles are put together."""

from collections.abc import Iterable, Sequence

from mentorctl.dates.durations import Duration
from mentorctl.dates.timeline import Anchor, Moment, When
from mentorctl.lifecycle.facts import CATALOG, with_facts
from mentorctl.lifecycle.model import Fact, Late, Lifecycle, State, TimerKind, TimerRule, Transition
from mentorctl.spec.model import Program
from mentorctl.values import dataclass

MONTH = Duration(weeks=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The moments of a program on which its lifecycles hang; None where it has no such phase."""

    over: Moment | None
    active: Moment | None

    def after(self, moment: Moment | None, by: Duration) -> Moment | None:
        return Moment(when=When.AFTER, anchor=moment.anchor, by=by) if moment else None


def dates_of(program: Program) -> Dates:
    """The end of the last phase, and the start of the phase `active` (of the last one where there is none)."""
    if not program.phases:
        return Dates(over=None, active=None)
    last = program.phases[-1].id
    active = next((phase.id for phase in program.phases if phase.id == "active"), last)
    return Dates(over=at(f"{last}.end"), active=at(f"{active}.start"))


def at(anchor: str, *, before: Duration | None = None, after: Duration | None = None) -> Moment:
    """`at("active.end")`, or so long before or after it."""
    of, _, edge = anchor.partition(".")
    by = before or after
    when = When.AT if by is None else When.BEFORE if before else When.AFTER
    return Moment(when=when, anchor=Anchor(of=of, edge=edge), by=by or Duration())


def on(
    event: str, source: str, target: str, *, when: str = "", effects: tuple[str, ...] = (), priority: int = 0
) -> Transition:
    return Transition(event=event, source=source, target=target, when=when, effects=effects, priority=priority)


def from_each(
    sources: Iterable[str], event: str, target: str, *, when: str = "", effects: tuple[str, ...] = ()
) -> tuple[Transition, ...]:
    return tuple(on(event, source, target, when=when, effects=effects) for source in sources)


def staying(states: Iterable[str], event: str, *, effects: tuple[str, ...] = ()) -> tuple[Transition, ...]:
    """An event that is foreseen in some states and changes none of them."""
    return tuple(on(event, state, state, effects=effects) for state in states)


def deadline(
    name: str, states: Sequence[str], event: str, *, after: Duration | None = None, until: Moment | None = None
) -> tuple[TimerRule, ...]:
    """How long one may stand in some states: a while, until a moment, or the later of the two. Without either, none."""
    if after is None and until is None:
        return ()
    states = tuple(sorted(states))
    return (
        TimerRule(
            id=name,
            kind=TimerKind.DEADLINE,
            arms=states,
            during=states,
            after=after,
            at=until,
            event=event,
            late=Late.FIRE,
        ),
    )


def reminder(
    name: str,
    states: Sequence[str],
    *,
    after: Duration | None = None,
    moment: Moment | None = None,
    every: Duration | None = None,
    at_most: int = 1,
    when: str = "",
    effects: tuple[str, ...] = ("remind",),
    moved_by: tuple[str, ...] = (),
) -> TimerRule:
    states = tuple(sorted(states))
    return TimerRule(
        id=name,
        kind=TimerKind.REMINDER,
        arms=states,
        during=states,
        on=moved_by,
        after=after,
        at=moment,
        every=every,
        at_most=at_most,
        effects=effects,
        when=when,
    )


def lifecycle(
    name: str,
    *,
    initial: str,
    states: Iterable[State],
    transitions: Iterable[Transition],
    timers: Iterable[TimerRule] = (),
    without: Iterable[str] = (),
) -> Lifecycle:
    """With all facts of the catalog but those that are not for it, in canonical order."""
    left_out = frozenset(without)
    facts = [fact for fact in CATALOG[name] if fact.name not in left_out]
    return canonical(
        Lifecycle(
            name=name,
            initial=initial,
            facts=tuple(facts),
            states=tuple(states),
            transitions=tuple(transitions),
            timers=tuple(timers),
        )
    )


def canonical(lifecycle: Lifecycle, *, more: Iterable[Fact] = ()) -> Lifecycle:
    """The same in canonical order, so that the same program always gives the same bytes."""
    return Lifecycle(
        name=lifecycle.name,
        initial=lifecycle.initial,
        facts=with_facts(lifecycle.facts, more),
        states=tuple(sorted(lifecycle.states, key=lambda state: state.id)),
        transitions=tuple(
            sorted(lifecycle.transitions, key=lambda t: (t.source, t.event, t.priority, t.target, t.when))
        ),
        timers=tuple(sorted(lifecycle.timers, key=lambda timer: timer.id)),
        begins=tuple(sorted(lifecycle.begins, key=lambda beginning: beginning.when)),
        must_handle=tuple(sorted(lifecycle.must_handle)),
    )
