"""What people say happened, one after the other, each to a receipt: recorded, or why it cannot have happened.

Nothing here raises for what people say. Somebody who says it twice gets the first answer again; something that cannot
be finished leaves its thing to a person, with a code, and the next happening goes on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from mentorctl.addresses import Address
from mentorctl.lifecycle.arming import key_of
from mentorctl.lifecycle.follow import perform
from mentorctl.lifecycle.saying import ENROLL, Refusal, say
from mentorctl.lifecycle.steps import Cause, Unfolding, told_as
from mentorctl.lifecycle.view import View
from mentorctl.lifecycle.working import Stuck, Thing, Work
from mentorctl.state.batch import Batch
from mentorctl.state.live import Happening, Instance, Logged, Receipt, Told, facts_to_text

PARKED = "parked"  # the event of a line that says that somebody must look
RETRIED = "retried"  # and of one that says that somebody did


def occur(view: View, happenings: Sequence[Happening], now: datetime, *, recorded: datetime | None = None) -> Batch:
    """Everything that follows from some happenings, in their order. `now` is the time of the store.

    `recorded` is when we are told by the clock on the wall; it is only noted.
    """
    work = Work(view, recorded=recorded or now)
    view.prefetch(dict.fromkeys(happening.address for happening in happenings))
    known = _Known(view, happenings)
    for happening in happenings:
        work.begin()
        lines = len(work.logged)
        try:
            receipt = _told(work, happening, now, known)
        except Refusal as refusal:
            work.drop()
            receipt = refusal.receipt(happening)
        except Stuck as stuck:
            work.drop()
            receipt = park(work, happening, happening.address, stuck, now)
        work.keep()
        work.receipts.append(receipt)
        known.add(work.logged[lines:])
    return work.batch()


def _told(work: Work, happening: Happening, now: datetime, known: "_Known") -> Receipt:
    at = happening.occurred or now
    if at > now:
        raise Refusal(
            Told.FUTURE,
            "MC4504",
            f"it is said to happen at {_shown(at)}, and the time is {_shown(now)}",
            help="record it when it has happened, or bring time there with `mentorctl advance`",
        )
    thing = work.thing(happening.address)
    told, happening = happening, _named_now(work, thing, happening)
    keys = _keys(work, thing, happening)
    first = known.find(keys)
    if first:
        return _again(told, first, thing)
    if thing is None and happening.event != ENROLL:
        raise Refusal(
            Told.UNKNOWN,
            "MC4501",
            f"there is no `{happening.address}` in the state",
            help="`mentorctl show` lists what there is",
        )
    if thing is not None and thing.instance.incident:
        raise Refusal(
            Told.REFUSED,
            "MC4510",
            f"`{thing.address}` waits for a person because of {thing.instance.incident}",
            state=thing.state,
            help=f"look at it with `mentorctl incidents`, then `mentorctl incidents retry {thing.address}`",
        )
    former = told.event if told is not happening else ""
    cause = Cause(at=at, actor=happening.actor, key=keys[0], told_as=former)
    unfolding = Unfolding(work, cause, perform)
    detail = say(unfolding, thing, happening, cause)
    unfolding.run()
    if former:
        detail = f"{detail} by `{happening.event}`, {told_as(former)}"
    return Receipt(about=told, outcome=Told.RECORDED, state=_state(work, happening), detail=detail)


def _named_now(work: Work, thing: Thing | None, happening: Happening) -> Happening:
    """The happening by the name that its event has since a migration; itself where the name is still the same."""
    name = _renamed(work, thing).get(happening.event)
    return replace(happening, event=name) if name else happening


def _keys(work: Work, thing: Thing | None, happening: Happening) -> tuple[str, ...]:
    """The keys of a happening, those under which it was written before its event got another name included."""
    instance = thing.instance if thing else None
    keys = keys_of(happening, instance)
    for former, name in _renamed(work, thing).items():
        if name == happening.event:
            keys += keys_of(replace(happening, event=former), instance)
    return keys


def _renamed(work: Work, thing: Thing | None) -> Mapping[str, str]:
    """Events of a thing's lifecycle by their former names; where it has none that can be read, its step will say so."""
    if thing is None or not thing.instance.definition:
        return {}
    try:
        machine = work.book(thing).machine(thing.instance.lifecycle)
    except Stuck:
        return {}
    return machine.renamed if machine else {}


def keys_of(happening: Happening, instance: Instance | None) -> tuple[str, ...]:
    """The key of a happening, and others under which the very same may have been written.

    What has neither a key nor an instant is the same again while the thing stands where it stood, or where it led.
    """
    base = (happening.address, happening.event, happening.person)
    if happening.key:
        return (key_of(*base[:2], "key", happening.key),)
    said = (*base, facts_to_text(happening.facts))
    if happening.occurred is not None:
        return (key_of(*said, happening.occurred.isoformat()),)
    entry = instance.entry if instance else 0
    return (key_of(*said, entry), key_of(*said, entry - 1))


def park(work: Work, about: Happening, address: object, stuck: Stuck, now: datetime) -> Receipt:
    """Leave a thing to a person, with a line in the log; its timers wait with it."""
    thing = work.thing(about.address)
    if thing is not None and not thing.instance.incident:
        note_incident(work, thing, stuck, now, about.actor)
    return Receipt(
        about=about,
        outcome=Told.INCIDENT,
        state=thing.state if thing else "",
        detail=f"`{address}`: {stuck.detail}",
        code=stuck.code,
        help="nothing else of it was done; see `mentorctl incidents`",
    )


def note_incident(work: Work, thing: Thing, stuck: Stuck, at: datetime, actor: str) -> None:
    """Write down that a thing waits for a person, and why."""
    instance = thing.instance
    thing.instance = replace(instance, incident=stuck.code)
    work.logged.append(
        Logged(
            address=instance.address,
            event=PARKED,
            occurred=at,
            recorded=work.recorded,
            actor=actor,
            before=instance.state,
            after=instance.state,
            entry=instance.entry,
            definition=instance.definition,
            key=key_of(instance.address, PARKED, instance.revision, at.isoformat(), stuck.code),
            note=f"{stuck.code}: {stuck.detail}",
        )
    )


class _Known:
    """The happenings that were recorded before, asked for at once, and those of this batch."""

    def __init__(self, view: View, happenings: Sequence[Happening]) -> None:
        self._view = view
        view.prefetch(dict.fromkeys(happening.address for happening in happenings))
        self._asked = {key for happening in happenings for key in keys_of(happening, view.instance(happening.address))}
        self._found: dict[str, Logged] = dict(view.seen(sorted(self._asked)))

    def find(self, keys: Sequence[str]) -> Logged | None:
        late = [key for key in keys if key not in self._asked]
        if late:  # the thing moved in this batch
            self._asked.update(late)
            self._found = {**self._view.seen(late), **self._found}
        return next((self._found[key] for key in keys if key in self._found), None)

    def add(self, lines: Sequence[Logged]) -> None:
        for line in lines:
            self._found.setdefault(line.key, line)


def _again(happening: Happening, first: Logged, thing: Thing | None) -> Receipt:
    came_to = f"`{first.before}` → `{first.after}`" if first.before != first.after else "noted"
    return Receipt(
        about=happening,
        outcome=Told.ALREADY,
        state=thing.state if thing else first.after,
        detail=f"recorded at {_shown(first.recorded)} by {first.actor or 'somebody'}: {came_to}",
    )


def _state(work: Work, happening: Happening) -> str:
    thing = work.thing(happening.address)
    return thing.state if thing else ""


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def unpark(view: View, addresses: Iterable[Address], now: datetime, *, recorded: datetime, actor: str) -> Batch:
    """Take the incident off things that have one; what was due in the meantime fires with the next advance."""
    work = Work(view, recorded=recorded)
    work.begin()
    for address in dict.fromkeys(addresses):
        thing = work.thing(address)
        if thing is not None and thing.instance.incident:
            code, thing.instance = thing.instance.incident, replace(thing.instance, incident="")
            key = key_of(address, RETRIED, thing.instance.revision, now.isoformat())
            Unfolding(work, Cause(at=now, actor=actor, key=key), perform).log(
                thing, RETRIED, Cause(at=now, actor=actor, key=key), before=thing.state, note=code
            )
    work.keep()
    return work.batch()
