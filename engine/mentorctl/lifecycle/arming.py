"""Which timers a step sets and ends, in which order they fire, and what becomes of those that are late."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from mentorctl.addresses import Address
from mentorctl.lifecycle.book import ENROLLED_ON, Book, Machine
from mentorctl.lifecycle.model import Late, TimerRule
from mentorctl.lifecycle.timers import hangs_on_own_days, own_days
from mentorctl.state.live import Armed, Instance
from mentorctl.state.model import Record

LATE = timedelta(days=1)  # a sweep once a day is on time

_RANK = {
    name: rank
    for rank, name in enumerate(("program", "cohort", "enrollment", "training", "match", "session", "check_in"))
}

type Order = tuple[datetime, int, str, str, int]


def rank_of(address: Address) -> int:
    """The place of a thing's lifecycle among those that are due at one instant."""
    return _RANK.get(address.kind or ("cohort" if address.cohort else "program"), len(_RANK))


def order(armed: Armed) -> Order:
    """The one order in which timers fire: due, lifecycle, address, timer, occurrence."""
    return armed.due, rank_of(armed.address), str(armed.address), armed.timer, armed.occurrence


def firing_key(armed: Armed) -> str:
    """The idempotency key of one firing."""
    return key_of(armed.address, armed.entry, armed.timer, armed.occurrence)


def key_of(*parts: object) -> str:
    """A key over some parts."""
    return sha256("|".join(map(str, parts)).encode()).hexdigest()


def after_step(
    book: Book, machine: Machine, running: Mapping[str, Armed], before: str, event: str, now: tuple[Instance, Record]
) -> dict[str, Armed]:
    """The timers that run after a step on an event, from one state into that of the instance.

    `before` is empty for something new. Within its scope a timer runs on, unless the event sets it anew.
    """
    kept: dict[str, Armed] = {}
    after = now[0]
    for rule in machine.timers_in(after.state):
        known = running.get(rule.id)
        again = event in rule.on
        if before in rule.during and not again:
            if known:
                kept[rule.id] = known
        elif after.state in rule.arms or again:
            armed = _set(book, rule, *now)
            if armed:
                kept[rule.id] = armed
    return kept


def moved_days(
    book: Book, machine: Machine, running: Mapping[str, Armed], now: tuple[Instance, Record]
) -> dict[str, Armed]:
    """The timers after the record changed: those that hang on days of its own are set anew, as long as they run."""
    kept = dict(running)
    for rule in machine.timers_in(now[0].state):
        known = running.get(rule.id)
        if known and hangs_on_own_days(rule):
            armed = _set(book, rule, *now)
            if armed:
                kept[rule.id] = replace(armed, entry=known.entry, since=known.since)
            else:
                del kept[rule.id]
    return kept


def following(book: Book, rule: TimerRule, armed: Armed, now: tuple[Instance, Record]) -> Armed | None:
    """The timer as it runs on after a firing, or None when that was the last."""
    instance, record = now
    enrolled = _enrolled_on(instance)
    own = own_days(record, book.zone) if hangs_on_own_days(rule) else {}
    found = book.next_due(rule, armed.address.cohort, armed.since, behind=armed.occurrence, own=own, enrolled=enrolled)
    return replace(armed, occurrence=found[0], due=found[1]) if found else None


def is_passed_over(rule: TimerRule, armed: Armed, then: Armed | None, wall: datetime) -> bool:
    """Whether a firing is not made up for, because nobody looked for so long by the clock on the wall.

    An advance that runs ahead of that clock is never late.
    """
    if rule.late is Late.SKIP:
        return armed.due < wall - LATE
    return rule.late is Late.FIRE_ONCE and then is not None and then.due <= wall


def _enrolled_on(instance: Instance) -> date | None:
    day = dict(instance.facts).get(ENROLLED_ON)
    return date.fromisoformat(day) if isinstance(day, str) else None


def _set(book: Book, rule: TimerRule, instance: Instance, record: Record) -> Armed | None:
    own = own_days(record, book.zone) if hangs_on_own_days(rule) else {}
    enrolled = _enrolled_on(instance)
    found = book.next_due(rule, instance.address.cohort, instance.entered, behind=0, own=own, enrolled=enrolled)
    if found is None:
        return None
    return Armed(
        address=instance.address,
        timer=rule.id,
        entry=instance.entry,
        since=instance.entered,
        occurrence=found[0],
        due=found[1],
    )
