"""What time brings: due timers in their one order, each at its own instant, those that are set on the way included.

In one go or in many small steps, chunk by chunk, the same fires in the same order. What cannot be done leaves its thing
to a person, and the next timer fires.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from heapq import heapify, heappop, heappush

from mentorctl.addresses import Address
from mentorctl.lifecycle.arming import Order, firing_key, following, is_passed_over, order
from mentorctl.lifecycle.follow import perform
from mentorctl.lifecycle.model import Outcome, TimerRule
from mentorctl.lifecycle.occur import note_incident
from mentorctl.lifecycle.steps import Cause, Unfolding
from mentorctl.lifecycle.view import View
from mentorctl.lifecycle.working import Stuck, Thing, Work
from mentorctl.state.batch import Batch
from mentorctl.state.live import Armed, Receipt, Told

ACTOR = "time"
_AT_ONE_INSTANT = 64  # firings of one thing; more is a circle


def fire(
    view: View, due: Sequence[Armed], until: datetime, wall: datetime, *, more: bool = False, bulk: bool = True
) -> Batch:
    """Everything that follows from timers that are due, in order, and from those that are set by it until an instant.

    `wall` is the clock on the wall, by which a timer is late and lines are recorded. With `more` other timers are due
    after the last of these: what is set on the way and comes after it waits for them. `bulk` steps go by the table,
    others by the reference machine.
    """
    work = Work(view, recorded=wall, bulk=bulk)
    view.prefetch(dict.fromkeys(armed.address for armed in due))
    waiting: list[tuple[Order, Armed]] = [(order(armed), armed) for armed in due]
    heapify(waiting)
    horizon = order(due[-1]) if more and due else None
    queued = set(due)
    fired: Counter[tuple[Address, datetime]] = Counter()
    while waiting:
        _, armed = heappop(waiting)
        receipt = _fire(work, armed, wall, fired)
        if receipt is None:
            continue
        work.receipts.append(receipt)
        for one in work.just_armed():
            if one not in queued and one.due <= until and (horizon is None or order(one) < horizon):
                queued.add(one)
                heappush(waiting, (order(one), one))
        work.keep()
    return work.batch()


def _fire(work: Work, armed: Armed, wall: datetime, fired: Counter[tuple[Address, datetime]]) -> Receipt | None:
    """One firing, on trial; None when it is not due any more."""
    work.begin()
    thing = work.thing(armed.address)
    if thing is None or thing.timers.get(armed.timer) != armed or thing.instance.incident:
        return None
    fired[armed.address, armed.due] += 1
    try:
        return _due(work, thing, armed, wall, turns=fired[armed.address, armed.due])
    except Stuck as stuck:
        work.drop()
        thing = work.thing(armed.address)
        if thing is not None:
            note_incident(work, thing, stuck, max(armed.due, thing.instance.entered), ACTOR)
        state = thing.state if thing else ""
        return Receipt(about=armed, outcome=Told.INCIDENT, state=state, detail=stuck.detail, code=stuck.code)


def _due(work: Work, thing: Thing, armed: Armed, wall: datetime, *, turns: int) -> Receipt:
    if turns > _AT_ONE_INSTANT:
        raise Stuck("MC4507", f"its timers set each other anew at {armed.due:%Y-%m-%d %H:%M} UTC without an end")
    cause = Cause(at=max(armed.due, thing.instance.entered), actor=ACTOR, key=firing_key(armed))
    unfolding = Unfolding(work, cause, perform)
    book, machine = work.book(thing), unfolding.machine(thing)
    rule = machine.timers.get(armed.timer)
    if rule is None:
        raise Stuck("MC4506", f"its definition has no timer `{armed.timer}`")
    then = following(book, rule, armed, (thing.instance, thing.record))
    del thing.timers[rule.id]
    if then:
        thing.timers[rule.id] = then
    if is_passed_over(rule, armed, then, wall):
        return Receipt(about=armed, outcome=Told.SKIPPED, state=thing.state, detail="too late to be made up for")
    guard = machine.guards[rule.id]
    if guard and not guard.holds(book.facts_at(thing.instance, cause.at, guard.reads)):
        return Receipt(about=armed, outcome=Told.SKIPPED, state=thing.state, detail=f"`{rule.when}` does not hold")
    receipt = _done(unfolding, thing, rule, armed, cause)
    unfolding.run()
    return receipt


def _done(unfolding: Unfolding, thing: Thing, rule: TimerRule, armed: Armed, cause: Cause) -> Receipt:
    """The event of a timer, and its effects whatever comes of that."""
    before, outcome = thing.state, Told.RECORDED
    if rule.event:
        step = unfolding.step(thing, rule.event, cause, note=rule.id)
        if step.outcome is not Outcome.MOVED:
            outcome = Told.REFUSED
            note = f"{rule.event} was {step.outcome.value}"
            unfolding.log(thing, rule.id, cause, before=before, effects=rule.effects, note=note)
        unfolding.wait(thing, rule.effects, cause)
    else:
        unfolding.note(thing, rule.id, cause, {}, effects=rule.effects)
    return Receipt(about=armed, outcome=outcome, state=thing.state, detail=before if before != thing.state else "")
