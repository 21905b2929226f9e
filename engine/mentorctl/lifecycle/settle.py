"""What a plan means for the things that live: they are put where it says, time runs for them, and people are told.

A plan decided what becomes of people, and nothing is decided again: only what tells somebody, or gives them something
to do, follows from the steps that lie between the old state and the new one.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import islice, product
from typing import Protocol

from mentorctl.addresses import Address
from mentorctl.lifecycle.arming import key_of
from mentorctl.lifecycle.follow import BEGIN, begun, perform
from mentorctl.lifecycle.guards import guard_of
from mentorctl.lifecycle.model import Lifecycle, Transition
from mentorctl.lifecycle.steps import Cause, Effect, Unfolding
from mentorctl.lifecycle.view import View
from mentorctl.lifecycle.working import Thing, Work
from mentorctl.rules.expressions.types import Kind
from mentorctl.state.batch import Batch
from mentorctl.state.codec import KINDS, kind_of
from mentorctl.state.live import Facts, FactValue, Instance
from mentorctl.state.model import ProgramRecord, Record

PLAN = "plan"  # the event of a line by which a plan put something elsewhere, in one step or in several
_TELLING = frozenset(
    {"notify", "escalate", "schedule", "offer", "remind", "review", "assign", "ask", "count", "happened"}
)
GATES = frozenset({"eligible", "approved", "trained", "done"})  # what the roster says, whenever a plan is made
_MANY = 1_000_000
_TRIES = 4096


type Way = tuple[tuple[Transition, Facts], ...]


class Changed(Protocol):
    """A change of a plan."""

    @property
    def address(self) -> Address: ...

    @property
    def before(self) -> Record | None: ...

    @property
    def after(self) -> Record | None: ...

    @property
    def reason(self) -> str: ...


def settle(
    view: View,
    changes: Iterable[Changed],
    at: datetime,
    *,
    recorded: datetime,
    actor: str,
    key: str,
    definitions: Mapping[str, str],
    adopts: bool = False,
) -> Batch:
    """All that applying some changes writes. `key` names the apply, `definitions` are the texts that come with it.

    With `adopts` the things are as they came to be elsewhere: nobody is told, and nothing follows from it.

    Raises Stuck when a definition that is needed is not there.
    """
    work = Work(view, recorded=recorded, definitions=definitions)
    listed = tuple(changes)
    view.prefetch([change.address for change in listed])
    current = {
        change.after.address.program: change.after.lifecycles
        for change in listed
        if isinstance(change.after, ProgramRecord)
    }
    work.begin()
    waiting: list[Unfolding] = []
    for change in listed:
        if (
            isinstance(change.before, ProgramRecord)
            and not change.before.lifecycles
            and change.address.program in current
        ):
            _adopt(work, change.address, current[change.address.program], at)
    for change in listed:
        program = change.address.program
        digest = current.get(program) or view.current(program)
        cause = Cause(at=at, actor=actor, key=key_of(key, change.address))
        unfolding = Unfolding(work, cause, _nothing if adopts else _tell_only)
        _settle(unfolding, change, digest, cause)
        waiting.append(unfolding)
    for unfolding in waiting:  # when everything stands where the plan puts it
        unfolding.run()
    work.keep()
    return work.batch()


def _adopt(work: Work, program: Address, digest: str, at: datetime) -> None:
    """What an early version applied runs by the first definition that the store gets, from where it stands."""
    unfolding = Unfolding(work, Cause(at=at, actor="", key=""), _tell_only)
    for kind in KINDS[2:]:
        for thing in work.children(program, kind):
            if not thing.instance.definition:
                thing.instance = replace(thing.instance, definition=digest)
                unfolding.set_timers(thing, "", BEGIN)


def _settle(unfolding: Unfolding, change: Changed, digest: str, cause: Cause) -> None:
    work, after = unfolding.work, change.after
    thing = work.thing(change.address)
    if after is None:
        if thing is not None:
            unfolding.gone(thing, cause, change.reason)
        work.remove(change.address)
    elif thing is None:
        _begin(unfolding, after, digest, cause, change.reason)
    elif thing.state != after.state:
        _put(unfolding, thing, after, digest, cause, change.reason)
    else:
        unfolding.change(thing, after)
        unfolding.log(thing, "change", cause, before=thing.state, note=change.reason)


def _begin(unfolding: Unfolding, record: Record, digest: str, cause: Cause, reason: str) -> None:
    """Something new. What its first state brings follows, and what lies between that and where it stands."""
    instance = Instance(
        address=record.address, lifecycle=kind_of(record), definition=digest, state=record.state, entered=cause.at
    )
    thing = unfolding.work.add(record, instance)
    effects: tuple[str, ...] = ()
    if unfolding.has_lifecycle(thing):
        thing.learn(unfolding.work.book(thing).known_of(record, cause.at))
        unfolding.set_timers(thing, "", BEGIN)
        lifecycle = unfolding.machine(thing).lifecycle
        path = way(lifecycle, lifecycle.initial, record.state, _read(unfolding, thing))
        effects = (*begun(unfolding, thing, cause.at), *_effects(path))
        thing.learn(_granted(path))
    unfolding.log(thing, BEGIN, cause, before="", learned=thing.facts, effects=effects, note=reason)
    unfolding.wait(thing, effects, cause)


def _put(unfolding: Unfolding, thing: Thing, record: Record, digest: str, cause: Cause, reason: str) -> None:
    """From one state into another, by the definition that the plan was made with."""
    before = thing.state
    thing.record = record
    thing.instance = replace(
        thing.instance,
        definition=digest or thing.instance.definition,
        state=record.state,
        entry=thing.instance.entry + 1,
        entered=cause.at,
    )
    path: Way = ()
    if unfolding.has_lifecycle(thing):
        path = way(unfolding.machine(thing).lifecycle, before, record.state, _read(unfolding, thing))
    event = path[0][0].event if len(path) == 1 else PLAN
    granted = _granted(path)
    thing.learn(granted)
    reset = {**granted, **unfolding.set_timers(thing, before, event)}
    effects = _effects(path)
    unfolding.log(thing, PLAN, cause, before=before, learned=reset, effects=effects, note=reason)
    unfolding.wait(thing, (*unfolding.noticed(thing, event, before), *effects), cause)


def _read(unfolding: Unfolding, thing: Thing) -> Facts:
    """The facts that guards read."""
    machine = unfolding.machine(thing)
    return tuple((name, value) for name, value in thing.instance.facts if machine.reads_ever(name))


def _effects(path: Way) -> tuple[str, ...]:
    return tuple(effect for transition, _ in path for effect in transition.effects)


def _granted(path: Way) -> dict[str, FactValue]:
    """What the plan must have known to go this way, such as that somebody is eligible: later guards read it too."""
    return {name: value for _, facts in path for name, value in facts}


@lru_cache(maxsize=4096)
def way(lifecycle: Lifecycle, source: str, target: str, known: Facts) -> Way:
    """The fewest transitions from one state to another whose guards can hold with what is known; none without a way.

    With each come the facts that make its guard hold where nothing is known of them.
    """
    possible = [
        (transition, facts)
        for transition in sorted(lifecycle.transitions, key=lambda t: t.priority)
        if (facts := _made_to_hold(transition, lifecycle, known)) is not None
    ]
    ways: dict[str, Way] = {source: ()}
    waiting = deque([source])
    while waiting and target not in ways:
        here = waiting.popleft()
        for transition, facts in possible:
            if transition.source == here and transition.target not in ways:
                ways[transition.target] = (*ways[here], (transition, facts))
                waiting.append(transition.target)
    return ways.get(target, ())


def _made_to_hold(transition: Transition, lifecycle: Lifecycle, known: Facts) -> Facts | None:
    """The facts, of those that the plan knows and the state does not, with which a guard holds; None if it cannot."""
    guard = guard_of(transition.when, lifecycle.facts)
    if guard is None:
        return ()
    facts = {name: value for name, value in known if name not in GATES}
    kinds = {fact.name: fact.type.kind for fact in lifecycle.facts}
    open_yet = sorted(guard.reads - facts.keys())
    tried = [(False, True) if kinds.get(name) is Kind.BOOL else (0, 1, _MANY) for name in open_yet]
    for values in islice(product(*tried), _TRIES):
        supposed = dict(zip(open_yet, values, strict=True))
        if guard.holds({**facts, **supposed}):
            return tuple((name, value) for name, value in supposed.items() if name in GATES)
    return None


def _nothing(_unfolding: Unfolding, _effect: Effect) -> None:
    """What ran elsewhere was told there."""


def _tell_only(unfolding: Unfolding, effect: Effect) -> None:
    if effect.name.partition(".")[0] in _TELLING:
        perform(unfolding, effect)
