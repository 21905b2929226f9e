"""What a program says elsewhere about what follows, put into its lifecycles.

Messages, automation, check-ins, goal reviews and resources all say: when this happens, or on that day, do that. At once
is an effect of the transitions on which it happens; after a while is a timer of the states in which it goes on; a day
of the calendar is a timer of the cohort, or of each person where everybody has phases of their own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import product

from mentorctl.dates.durations import Duration
from mentorctl.dates.timeline import Intake, Moment, When
from mentorctl.lifecycle.facts import since
from mentorctl.lifecycle.guards import both, guard_of
from mentorctl.lifecycle.logic.satisfy import Claim, satisfiable
from mentorctl.lifecycle.machines.building import at, canonical
from mentorctl.lifecycle.model import Beginning, Fact, Lifecycle, TimerKind, TimerRule, Transition
from mentorctl.lifecycle.occasions import Occasion, lifecycle_of, occasions_in, occasions_of
from mentorctl.spec.model import Program
from mentorctl.spec.moment_words import EVENTS
from mentorctl.spec.support import Reaction
from mentorctl.values import dataclass

_OWN_WORDS = ("rematch", "close", "escalate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """One thing that follows: on an occasion (at once, or `after` a while), or at a moment of the calendar."""

    id: str
    effect: str
    occasion: str = ""
    after: Duration | None = None
    unless: str = ""
    at: Moment | None = None
    every: Duration | None = None


def with_reactions(lifecycles: Iterable[Lifecycle], program: Program) -> tuple[Lifecycle, ...]:
    """The lifecycles with everything that follows."""
    follows, until = tuple(follows_of(program)), _until(program)
    own = frozenset(phase.id for phase in program.phases if program.timeline.intake is Intake.ROLLING)
    return tuple(_with(lifecycle, follows, until, own) for lifecycle in lifecycles)


def follows_of(program: Program) -> Iterator[Follow]:
    """Everything that follows on something, in the order of the file."""
    for message in program.messages:
        effect = f"notify.{message.id}"
        if message.on:
            yield Follow(id=effect, effect=effect, occasion=message.on)
        elif message.at:
            yield from _at(effect, effect, message.at)
    for reaction in program.automation:
        yield Follow(
            id=f"automation.{reaction.id}",
            effect=_deed(reaction),
            occasion=reaction.on,
            after=reaction.after,
            unless=reaction.unless,
        )
    for check_in in program.check_ins:
        for number, moment in enumerate(check_in.at, start=1):
            every = check_in.every if number == len(check_in.at) else None
            yield from _at(f"ask.{check_in.id}.{number}", f"ask.{check_in.id}", moment, every)
    for number, moment in enumerate(program.goals.review if program.goals else (), start=1):
        yield from _at(f"review.{number}", "review", moment)
    for resource in program.resources:
        if resource.offered:
            yield from _at(f"offer.{resource.id}", f"offer.{resource.id}", resource.offered)


def _deed(reaction: Reaction) -> str:
    if reaction.do in _OWN_WORDS:
        return reaction.do
    return f"notify.{reaction.message}" if reaction.do == "notify" else f"assign.{reaction.module}"


def _at(name: str, effect: str, moment: Moment, every: Duration | None = None) -> Iterator[Follow]:
    """What follows at a moment. A day before something that nobody can foresee never comes."""
    occasion = str(moment.anchor)
    if occasion not in EVENTS:
        yield Follow(id=name, effect=effect, at=moment, every=every)
        return
    later = moment.by if moment.when is When.AFTER and moment.by != Duration() else None
    if moment.when is not When.BEFORE or moment.by == Duration():
        yield Follow(id=name, effect=effect, occasion=occasion, after=later, every=every)
        if every and later is None:  # asked at once, and then again and again
            yield Follow(id=f"{name}.again", effect=effect, occasion=occasion, after=every, every=every)


@lru_cache(maxsize=256)  # most programs of a workspace have the same
def _with(lifecycle: Lifecycle, follows: tuple[Follow, ...], until: Moment | None, own: frozenset[str]) -> Lifecycle:
    """A lifecycle with what follows in it. What is repeated stops `until` then; `own` are phases of each person."""
    here = [f for f in follows if f.occasion and lifecycle_of(f.occasion) == lifecycle.name]
    at_once = [f for f in here if f.after is None]
    timers = [
        *(rule for f in here if f.after for rule in _reaction(lifecycle, f, until)),
        *(rule for f in follows if f.at for rule in _dated(lifecycle, f, until, own)),
    ]
    asked: list[Fact] = [since(f.unless) for f in here if f.unless]
    return canonical(
        replace(
            lifecycle,
            transitions=tuple(arc for t in lifecycle.transitions for arc in _parted(lifecycle, t, at_once)),
            begins=(*lifecycle.begins, *_beginnings(lifecycle, at_once)),
            timers=(*lifecycle.timers, *timers),
        ),
        more=asked,
    )


# -- at once -----------------------------------------------------------------------------------------------------------


def _parted(lifecycle: Lifecycle, transition: Transition, follows: Sequence[Follow]) -> Iterator[Transition]:
    """The transition with what follows on it: one for each way in which its occasions may hold or not."""
    happens = _on(occasions_in(lifecycle, transition), follows)
    conditions = sorted({when for when, _ in happens if when})
    for truths in product((True, False), repeat=len(conditions)):
        holds = dict(zip(conditions, truths, strict=True))
        when = both(transition.when, *(c if true else _not(c) for c, true in holds.items()))
        effects = tuple(effect for condition, effect in happens if holds.get(condition, True))
        if not conditions or _can_hold(when, lifecycle.facts):
            yield replace(transition, when=when, effects=_once((*transition.effects, *effects)))


def _can_hold(when: str, facts: tuple[Fact, ...]) -> bool:
    guard = guard_of(when, facts)
    return guard is None or satisfiable([Claim(condition=guard.expression)]) is not None


def _beginnings(lifecycle: Lifecycle, follows: Sequence[Follow]) -> Iterator[Beginning]:
    happens = _on(occasions_of(lifecycle.name, "", "", lifecycle.initial), follows)
    for condition in dict.fromkeys(when for when, _ in happens):
        yield Beginning(when=condition, effects=tuple(effect for when, effect in happens if when == condition))


def _on(occasions: Iterable[Occasion], follows: Sequence[Follow]) -> list[tuple[str, str]]:
    """(when, effect) of what follows on some occasions."""
    found: Mapping[str, Occasion] = {occasion.name: occasion for occasion in occasions}
    return [(found[f.occasion].when, f.effect) for f in follows if f.occasion in found]


def _once(effects: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(effects))


def _not(condition: str) -> str:
    return f"!{condition}" if condition.replace("_", "").isalnum() else f"!({condition})"


# -- after a while, and on a day ---------------------------------------------------------------------------------------


def _reaction(lifecycle: Lifecycle, follow: Follow, until: Moment | None) -> Iterator[TimerRule]:
    """A timer from the occasion on, while it has not come to nothing."""
    when, arms, events = "", set[str](), set[str]()
    leading: set[str] = set()  # states from which it happens: whoever is there again waits for it to happen again
    begins = [(("", "", lifecycle.initial), occasions_of(lifecycle.name, "", "", lifecycle.initial))]
    steps = [((t.event, t.source, t.target), occasions_in(lifecycle, t)) for t in lifecycle.transitions]
    for (event, source, target), occasions in (*begins, *steps):
        for occasion in occasions:
            if occasion.name != follow.occasion:
                continue
            when = occasion.when
            (events if source == target else arms).add(event if source == target else target)
            leading |= {source} - {target}
    if not arms and not events:
        return
    going_on = {state.id for state in lifecycle.states if not state.is_final}
    during = (going_on - leading) | arms if arms & going_on or events else arms
    yield TimerRule(
        id=follow.id,
        kind=TimerKind.REACTION,
        arms=tuple(sorted(arms)),
        during=tuple(sorted(during)),
        on=tuple(sorted(events)),
        after=follow.after,
        every=follow.every,
        at_most=0 if follow.every else 1,
        until=until if follow.every else None,
        effects=(follow.effect,),
        when=both(when, f"!{since(follow.unless).name}" if follow.unless else ""),
    )


def _dated(lifecycle: Lifecycle, follow: Follow, until: Moment | None, own: frozenset[str]) -> Iterator[TimerRule]:
    """A timer on a day of the calendar: of the cohort, or with rolling intake of everybody's own phases."""
    is_own = follow.at is not None and follow.at.anchor.of in own
    if lifecycle.name != ("enrollment" if is_own else "cohort"):
        return
    yield TimerRule(
        id=follow.id,
        kind=TimerKind.MOMENT,
        arms=(lifecycle.initial,),
        during=tuple(state.id for state in lifecycle.states if not state.is_final),
        at=follow.at,
        every=follow.every,
        at_most=0 if follow.every else 1,
        until=until if follow.every else None,
        effects=(follow.effect,),
    )


def _until(program: Program) -> Moment | None:
    """What is repeated stops with the active phase, or with the last one where none is called so."""
    phases = [phase.id for phase in program.phases]
    return at(f"{'active' if 'active' in phases else phases[-1]}.end") if phases else None
