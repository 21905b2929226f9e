"""From one step to all that follows from it: each noted with its cause, in one order, and not without an end."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from mentorctl.lifecycle.arming import after_step, key_of, moved_days
from mentorctl.lifecycle.book import Machine, read_by_guard
from mentorctl.lifecycle.facts import SINCE
from mentorctl.lifecycle.model import Outcome, Step
from mentorctl.lifecycle.occasions import names_of, occasions_of
from mentorctl.lifecycle.working import Stuck, Thing, Work
from mentorctl.state.live import Facts, FactValue, Instance, Logged
from mentorctl.state.model import Record
from mentorctl.values import dataclass

DEPTH = 16  # steps that follow from steps
PRIVATE = "(private)"  # what the log says instead of an answer that is not for everybody
REMOVE = "remove"  # the last line about a thing
_COUNTED = {  # what keeps the facts of others up to date
    "session": ("count.session",),
    "training": ("count.training",),
    "match": ("count.match",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why something follows: at which instant, by whom, under which key, and after how many steps.

    `told_as` is the older name of an event under which somebody told it.
    """

    at: datetime
    actor: str
    key: str
    depth: int = 0
    told_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Something that is to follow from a step of a thing."""

    name: str
    thing: Thing
    cause: Cause


class Unfolding:
    """One happening or firing and everything that follows from it."""

    def __init__(self, work: Work, cause: Cause, perform: Callable[["Unfolding", Effect], None]) -> None:
        self.work = work
        self.cause = cause
        self._perform = perform
        self._waiting: deque[Effect] = deque()
        self._lines = 0

    def has_lifecycle(self, thing: Thing) -> bool:
        """Whether it runs by anything. What was applied by an early version, and never since, only stands there."""
        digest = thing.instance.definition
        return bool(digest) and self.work.book_by(digest).machine(thing.instance.lifecycle) is not None

    def machine(self, thing: Thing) -> Machine:
        """The machine of a thing. Raises Stuck when its definition has none, or not its state."""
        found = self.work.book(thing).machine(thing.instance.lifecycle)
        if found is None:
            raise Stuck("MC4506", f"its definition has no lifecycle `{thing.instance.lifecycle}`")
        if thing.state not in found.states:
            raise Stuck("MC4506", f"its definition has no state `{thing.state}`")
        return found

    def step(
        self,
        thing: Thing,
        event: str,
        cause: Cause,
        *,
        learned: Mapping[str, FactValue] | None = None,
        note: str = "",
        secret: frozenset[str] = frozenset(),
    ) -> Step:
        """Let an event happen to a thing: into the next state, or not. Facts are noted before the guard reads them.

        What follows waits for `run`. Raises Stuck.
        """
        machine = self.machine(thing)
        if event not in machine.events:
            return Step(outcome=Outcome.INVALID, state=thing.state)
        news = _news(thing, learned or {})
        thing.learn(news)
        names = machine.reads(thing.state, event)
        facts = self.work.book(thing).facts_at(thing.instance, cause.at, names)
        step = machine.step(thing.state, event, facts, bulk=self.work.bulk)
        if step.outcome is Outcome.MOVED:
            read = read_by_guard(facts, names)
            shown = {name: PRIVATE if name in secret else value for name, value in news.items()}
            self._move(thing, event, step.state, cause, facts=read, learned=shown, effects=step.effects, note=note)
        return step

    def note(
        self,
        thing: Thing,
        event: str,
        cause: Cause,
        learned: Mapping[str, FactValue],
        *,
        effects: tuple[str, ...] = (),
        note: str = "",
    ) -> bool:
        """Note facts without a step; whether there was news."""
        news = _news(thing, learned)
        if news or effects:
            thing.learn(news)
            self.log(thing, event, cause, before=thing.state, learned=news, effects=effects, note=note)
            self.wait(thing, effects, cause)
        return bool(news)

    def _move(
        self,
        thing: Thing,
        event: str,
        state: str,
        cause: Cause,
        *,
        facts: Facts,
        learned: Mapping[str, FactValue],
        effects: tuple[str, ...],
        note: str,
    ) -> None:
        before, entered = thing.state, thing.instance.entered
        if cause.at < entered:  # something linked may have happened before it came here
            cause = replace(cause, at=entered)
        thing.instance = _moved(thing.instance, state, entered if state == before else cause.at)
        reset = self.set_timers(thing, before, event)
        self.log(
            thing, event, cause, before=before, facts=facts, learned={**learned, **reset}, effects=effects, note=note
        )
        self.wait(thing, (*self.noticed(thing, event, before), *effects), cause)

    def noticed(self, thing: Thing, event: str, before: str) -> tuple[str, ...]:
        """What keeps the facts of related things up to date after a step."""
        if not self.has_lifecycle(thing):
            return ()
        book, kind = self.work.book(thing), thing.instance.lifecycle
        counted = _COUNTED.get(kind, ()) if kind != "match" or book.counts_matches else ()
        if not book.since:
            return counted
        happened = names_of(occasions_of(kind, event, before, thing.state), kind, thing.facts)
        known = [f"{SINCE}{name.replace('.', '_')}" for name in happened]
        return (*counted, *(f"happened.{fact}" for fact in known if fact in book.since))

    def set_timers(self, thing: Thing, before: str, event: str) -> dict[str, FactValue]:
        """Set and end timers after an event took a thing from a state (empty for something new) to where it is.

        What a timer that is set asks about has not happened since; the facts that are different by that.
        """
        if not self.has_lifecycle(thing):
            return {}
        book, machine = self.work.book(thing), self.machine(thing)
        if not machine.timers:
            return {}
        was = thing.timers
        thing.timers = after_step(book, machine, was, before, event, (thing.instance, thing.record))
        known = thing.facts
        reset: dict[str, FactValue] = {
            fact: False
            for name, armed in thing.timers.items()
            if was.get(name) != armed and (guard := machine.guards[name])
            for fact in sorted(guard.reads)
            if fact.startswith(SINCE) and known.get(fact) is True
        }
        thing.learn(reset)
        return reset

    def change(self, thing: Thing, record: Record) -> None:
        """Change what a thing is; timers that hang on its days move along."""
        thing.record = record
        if thing.timers:
            book, machine = self.work.book(thing), self.machine(thing)
            thing.timers = moved_days(book, machine, thing.timers, (thing.instance, record))

    def reenter(self, thing: Thing, state: str, event: str, cause: Cause, note: str) -> None:
        """Begin anew in a state to which no transition leads, as somebody does who comes back."""
        self._move(thing, event, state, cause, facts=(), learned={}, effects=(), note=note)

    def log(
        self,
        thing: Thing,
        event: str,
        cause: Cause,
        *,
        before: str,
        facts: Facts = (),
        learned: Mapping[str, FactValue] | None = None,
        effects: tuple[str, ...] = (),
        note: str = "",
    ) -> None:
        """Write a line about a thing as it is now. The first of a cause has its key, all others one made of it."""
        key = cause.key if not self._lines else key_of(self.cause.key, thing.address, event, self._lines)
        self._lines += 1
        if cause.told_as:
            note = f"{note}; {told_as(cause.told_as)}" if note else told_as(cause.told_as)
        self.work.logged.append(
            Logged(
                address=thing.address,
                event=event,
                occurred=cause.at,
                recorded=self.work.recorded,
                actor=cause.actor,
                before=before,
                after=thing.state,
                entry=thing.instance.entry,
                definition=thing.instance.definition,
                facts=facts,
                learned=tuple(sorted((learned or {}).items())),
                effects=effects,
                key=key,
                note=note,
            )
        )

    def gone(self, thing: Thing, cause: Cause, note: str) -> None:
        """Write the last line about a thing that is taken away."""
        before = thing.state
        thing.instance = replace(thing.instance, state="")
        self.log(thing, REMOVE, cause, before=before, note=note)

    def wait(self, thing: Thing, effects: tuple[str, ...], cause: Cause) -> None:
        """Effects that are to be done when their turn comes."""
        if effects:
            deeper = Cause(at=cause.at, actor=cause.actor, key=cause.key, depth=cause.depth + 1)
            self._waiting += [Effect(name=name, thing=thing, cause=deeper) for name in effects]

    def run(self) -> None:
        """Do what waits, and what follows from that. Raises Stuck when there is no end to it."""
        while self._waiting:
            effect = self._waiting.popleft()
            if effect.cause.depth > DEPTH:
                raise Stuck("MC4507", f"`{effect.name}` would be step {effect.cause.depth} that follows from one event")
            self._perform(self, effect)


def told_as(event: str) -> str:
    """What the log and the answer say about something that was told under the older name of its event."""
    return f"told as `{event}`, its name before the lifecycle changed"


def _moved(instance: Instance, state: str, entered: datetime) -> Instance:
    """The instance one entry on; as `replace`, which takes several times as long."""
    return Instance(
        address=instance.address,
        lifecycle=instance.lifecycle,
        definition=instance.definition,
        state=state,
        entry=instance.entry + 1,
        revision=instance.revision,
        entered=entered,
        facts=instance.facts,
        incident=instance.incident,
    )


def _news(thing: Thing, learned: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """What of some facts is new."""
    known = dict(thing.instance.facts)
    return {name: value for name, value in learned.items() if known.get(name) != value}
