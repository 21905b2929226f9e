"""What follows from a step: linked lifecycles take steps of their own, things are made, people are told.

A match that ends frees its people and their calendars; somebody who leaves takes their trainings and their seats along;
a group goes on without one member where enough stay. Where a linked lifecycle does not foresee what follows, nothing
does.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from mentorctl.lifecycle.book import ENROLLED_ON
from mentorctl.lifecycle.learn import count_match, count_session, count_training, stands
from mentorctl.lifecycle.model import Ending, Outcome
from mentorctl.lifecycle.steps import Cause, Effect, Unfolding
from mentorctl.lifecycle.telling import taking_part, tell
from mentorctl.lifecycle.working import Stuck, Thing
from mentorctl.rules.fields import Role
from mentorctl.state.live import Instance
from mentorctl.state.model import (
    CheckInRecord,
    EnrollmentRecord,
    MatchRecord,
    Member,
    SessionRecord,
    TrainingRecord,
    is_match,
)

LIVE_SESSION = "planned"
BEGIN = "begin"  # what the log says of something new


def perform(unfolding: Unfolding, effect: Effect) -> None:
    """Do one effect. Raises Stuck for one that is not known."""
    word, _, rest = effect.name.partition(".")
    done = _EFFECTS.get(effect.name) or _EFFECTS.get(f"{word}.")
    if done is None:
        raise Stuck("MC4508", f"nothing is known of the effect `{effect.name}`")
    done(unfolding, effect, rest)


def leave_match(unfolding: Unfolding, match: Thing, person: str, role: Role | None, cause: Cause) -> bool:
    """Take somebody out of a match: it goes on where enough stay and it foresees that, else it ends."""
    record = match.record
    if not isinstance(record, MatchRecord):
        return False
    gone = [m for m in record.members if m.person == person and role in (None, m.role)]
    if not gone or unfolding.machine(match).is_final(match.state):
        return False
    left = replace(record, members=tuple(m for m in record.members if m not in gone))
    machine = unfolding.machine(match)
    if is_match(left) and "leave" in machine.ways_out(match.state):
        match.record = left
        moved = unfolding.step(match, "leave", cause).outcome is Outcome.MOVED
        if moved:
            _off_calendars(unfolding, _meetings_ahead(unfolding, match, cause.at), person, cause)
            return True
        match.record = record
    return unfolding.step(match, "end", cause).outcome is Outcome.MOVED


# -- linked lifecycles -------------------------------------------------------------------------------------------------


def _end_matches(unfolding: Unfolding, effect: Effect, _rest: str) -> None:
    record, here = effect.thing.record, effect.thing.address
    if isinstance(record, EnrollmentRecord):
        for match in unfolding.work.matches_of(here.program, here.cohort, record.person):
            leave_match(unfolding, match, record.person, record.role, effect.cause)


def _cancel_sessions(unfolding: Unfolding, effect: Effect, _rest: str) -> None:
    """Of a match that is over its meetings are off; whoever left has no seat any more, and gone are empty sessions."""
    thing, cause = effect.thing, effect.cause
    match thing.record:
        case MatchRecord():
            for session in _meetings_ahead(unfolding, thing, cause.at):
                unfolding.step(session, "cancel", cause)
        case EnrollmentRecord(person=person):
            here = thing.address
            others = [t for t in unfolding.work.enrollments_of(here.program, here.cohort, person) if t is not thing]
            if all(unfolding.machine(other).is_final(other.state) for other in others):
                sessions = unfolding.work.sessions_of(here.program, here.cohort, person)
                _off_calendars(unfolding, [s for s in sessions if _is_ahead(s, cause.at)], person, cause)
        case _:
            for session in unfolding.work.children(thing.address, "session"):
                if _is_ahead(session, cause.at):
                    unfolding.step(session, "cancel", cause)


def _cancel_of_enrollment(kind: str, event: str) -> Callable[[Unfolding, Effect, str], None]:
    def cancel(unfolding: Unfolding, effect: Effect, _rest: str) -> None:
        for thing in unfolding.work.children(effect.thing.address, kind):
            unfolding.step(thing, event, effect.cause)

    return cancel


def _release_people(unfolding: Unfolding, effect: Effect, _rest: str) -> None:
    if isinstance(effect.thing.record, MatchRecord):
        release(unfolding, effect.thing, effect.thing.record.members, effect.cause)


def _take_people(unfolding: Unfolding, effect: Effect, _rest: str) -> None:
    """Those of a match that was published are matched, as they are by a plan that proposes one."""
    for enrollment in people_of(unfolding, effect.thing):
        unfolding.step(enrollment, "match", effect.cause)


def _end(unfolding: Unfolding, effect: Effect, rest: str) -> None:
    """End the match that a thing is about, or those of the person; the next plan may look for others."""
    thing, here = effect.thing, effect.thing.address
    match thing.record:
        case MatchRecord():
            unfolding.step(thing, "end", effect.cause)
        case SessionRecord(kind="meeting", subject=subject):
            match_ = unfolding.work.thing(here.beside("match", subject))
            if match_:
                unfolding.step(match_, "end", effect.cause)
        case _:
            for enrollment in people_of(unfolding, thing):
                _end_matches(unfolding, replace(effect, thing=enrollment), rest)


def _happened(unfolding: Unfolding, effect: Effect, fact: str) -> None:
    """Note at related things that ask for it that something happened: in the same match, or else to the same person."""
    thing = effect.thing
    for kind in unfolding.work.book(thing).since.get(fact, ()):
        for other in _related(unfolding, thing, kind):
            if not unfolding.machine(other).is_final(other.state):
                unfolding.note(other, "happened", effect.cause, {fact: True})


def _related(unfolding: Unfolding, thing: Thing, kind: str) -> list[Thing]:
    work, here = unfolding.work, thing.address
    if thing.instance.lifecycle == kind:
        return [thing]
    match (thing.record, kind):
        case (SessionRecord(kind="meeting", subject=subject), "match"):
            found = work.thing(here.beside("match", subject))
            return [found] if found else []
        case (MatchRecord(), "session"):
            return work.children(here, "session")
        case (_, "cohort" | "program"):
            return []
    people = people_of(unfolding, thing)
    if kind == "enrollment":
        return people
    if kind == "match":
        return [
            match_
            for one in people
            if isinstance(one.record, EnrollmentRecord)
            for match_ in work.matches_of(here.program, here.cohort, one.record.person)
        ]
    return [below for one in people for below in work.children(one.address, kind)]


# -- making things -----------------------------------------------------------------------------------------------------


def _assign(unfolding: Unfolding, effect: Effect, module: str) -> None:
    """Give the people of a thing a training module, those who do not have it yet."""
    at = effect.cause.at
    for enrollment in people_of(unfolding, effect.thing):
        record, here = enrollment.record, enrollment.address
        address = here.beside("training", f"{here.id}_{module}")
        if isinstance(record, EnrollmentRecord) and unfolding.work.thing(address) is None:
            book = unfolding.work.book(enrollment)
            enrolled = enrollment.facts.get(ENROLLED_ON)
            since = date.fromisoformat(enrolled) if isinstance(enrolled, str) else book.day(at)
            training = TrainingRecord(
                address=address,
                enrollment=here.id,
                person=record.person,
                module=module,
                state="",
                due=book.training_due(module, here.cohort, at, since),
            )
            begin(unfolding, training, "training", enrollment.instance.definition, effect.cause)


def _ask(unfolding: Unfolding, effect: Effect, check_in: str) -> None:
    """Put a round of a check-in to the people of a thing whom it is for."""
    day = unfolding.work.book(effect.thing).day(effect.cause.at).isoformat()
    for enrollment in people_of(unfolding, effect.thing):
        record, here = enrollment.record, enrollment.address
        book = unfolding.work.book(enrollment)
        if not isinstance(record, EnrollmentRecord) or not book.asks(check_in, record.role):
            continue
        rounds = [t for t in unfolding.work.children(here, "check_in") if _is_round_of(t, check_in)]
        if any(isinstance(t.record, CheckInRecord) and t.record.asked == day for t in rounds):
            continue  # two matches may ask on one day; nobody answers twice
        number = len(rounds) + 1
        asked = CheckInRecord(
            address=here.beside("check_in", f"{here.id}_{check_in}_{number}"),
            check_in=check_in,
            number=number,
            enrollment=here.id,
            person=record.person,
            asked=day,
            state="",
        )
        begin(unfolding, asked, "check_in", enrollment.instance.definition, effect.cause)


def begin(
    unfolding: Unfolding,
    record: EnrollmentRecord | TrainingRecord | CheckInRecord | SessionRecord,
    lifecycle: str,
    definition: str,
    cause: Cause,
) -> Thing:
    """Something new, in the first state of its lifecycle. Raises Stuck."""
    book = unfolding.work.book_by(definition)
    machine = book.machine(lifecycle)
    if machine is None:
        raise Stuck("MC4506", f"its definition has no lifecycle `{lifecycle}`")
    initial = machine.lifecycle.initial
    instance = Instance(
        address=record.address, lifecycle=lifecycle, definition=definition, state=initial, entered=cause.at
    )
    thing = unfolding.work.add(replace(record, state=initial), instance)
    thing.learn(book.known_of(record, cause.at))
    unfolding.set_timers(thing, "", BEGIN)
    effects = begun(unfolding, thing, cause.at)
    unfolding.log(thing, BEGIN, cause, before="", learned=thing.facts, effects=effects)
    unfolding.wait(thing, effects, cause)
    return thing


def begun(unfolding: Unfolding, thing: Thing, at: datetime) -> tuple[str, ...]:
    """What follows from the beginning of a thing."""
    machine, book = unfolding.machine(thing), unfolding.work.book(thing)
    return tuple(
        effect
        for guard, effects in machine.begins
        if guard is None or guard.holds(book.facts_at(thing.instance, at, guard.reads))
        for effect in effects
    )


def release(unfolding: Unfolding, match: Thing, members: Iterable[Member], cause: Cause) -> None:
    """People of a match who are in no other one are free for the next, or through when this one went the whole way."""
    here = match.address
    through = unfolding.machine(match).ending(match.state) is Ending.SUCCESS
    for member in members:
        others = unfolding.work.matches_of(here.program, here.cohort, member.person)
        if any(stands(unfolding, other, member.person, member.role) for other in others if other is not match):
            continue
        for enrollment in unfolding.work.enrollments_of(here.program, here.cohort, member.person):
            held = enrollment.record
            if isinstance(held, EnrollmentRecord) and held.role is member.role:
                unfolding.step(enrollment, "complete" if through else "unmatch", cause)


# -- who and what is meant ---------------------------------------------------------------------------------------------


def people_of(unfolding: Unfolding, thing: Thing) -> list[Thing]:
    """The enrollments of the people whom a thing concerns, those that are not over."""
    here, work = thing.address, unfolding.work
    match thing.record:
        case EnrollmentRecord():
            found = [thing]
        case TrainingRecord(enrollment=name) | CheckInRecord(enrollment=name):
            one = work.thing(here.beside("enrollment", name))
            found = [one] if one else []
        case MatchRecord(members=members):
            found = [
                one
                for member in members
                if (one := work.thing(here.beside("enrollment", f"{member.person}_{member.role}")))
            ]
        case SessionRecord(kind="meeting", subject=subject):
            match_ = work.thing(here.beside("match", subject))
            found = people_of(unfolding, match_) if match_ else []
        case SessionRecord(people=people):
            found = [one for person in people for one in work.enrollments_of(here.program, here.cohort, person)]
        case _:
            found = taking_part(unfolding, thing)
    return [one for one in found if not unfolding.machine(one).is_final(one.state)]


def _meetings_ahead(unfolding: Unfolding, match: Thing, at: datetime) -> list[Thing]:
    return [s for s in unfolding.work.children(match.address, "session") if _is_ahead(s, at)]


def _is_ahead(session: Thing, at: datetime) -> bool:
    record = session.record
    if not isinstance(record, SessionRecord) or session.state != LIVE_SESSION:
        return False
    return datetime.fromisoformat(record.starts) > at


def _off_calendars(unfolding: Unfolding, sessions: list[Thing], person: str, cause: Cause) -> None:
    for session in sessions:
        record = session.record
        if isinstance(record, SessionRecord) and person in record.people:
            rest = tuple(other for other in record.people if other != person)
            if rest:
                unfolding.change(session, _without(record, person, rest))
            else:
                unfolding.step(session, "cancel", cause)


def _without(record: SessionRecord, person: str, rest: tuple[str, ...]) -> SessionRecord:
    """A session without somebody, whose calendar is told so; a meeting names its people, so theirs are told too."""
    left = tuple(sorted({*record.left, person}))
    return replace(record, people=rest, left=left, revision=record.revision + (record.kind == "meeting"))


def _is_round_of(thing: Thing, check_in: str) -> bool:
    return isinstance(thing.record, CheckInRecord) and thing.record.check_in == check_in


def _tell(unfolding: Unfolding, effect: Effect, _rest: str) -> None:
    tell(unfolding, effect)


def _count_session(unfolding: Unfolding, effect: Effect, _rest: str) -> None:
    count_session(unfolding, effect)


def _count_match(unfolding: Unfolding, effect: Effect, _rest: str) -> None:
    count_match(unfolding, effect)


def _count_training(unfolding: Unfolding, effect: Effect, _rest: str) -> None:
    count_training(unfolding, effect)


_EFFECTS: Mapping[str, Callable[[Unfolding, Effect, str], None]] = {
    "notify.": _tell,
    "escalate": _tell,
    "schedule": _tell,
    "offer.": _tell,
    "end.matches": _end_matches,
    "cancel.sessions": _cancel_sessions,
    "cancel.trainings": _cancel_of_enrollment("training", "withdraw"),
    "cancel.check_ins": _cancel_of_enrollment("check_in", "skip"),
    "release.people": _release_people,
    "take.people": _take_people,
    "rematch": _end,
    "close": _end,
    "remind": _tell,
    "review": _tell,
    "alert": _tell,
    "happened.": _happened,
    "assign.": _assign,
    "ask.": _ask,
    "count.session": _count_session,
    "count.training": _count_training,
    "count.match": _count_match,
}
