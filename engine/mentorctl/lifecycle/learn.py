"""Facts that events keep up to date, so that every guard reads facts of its own thing and nothing has to be counted."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from mentorctl.dates.zones import local_time
from mentorctl.lifecycle.steps import Effect, Unfolding
from mentorctl.lifecycle.working import Thing
from mentorctl.rules.fields import Role
from mentorctl.state.live import FactValue
from mentorctl.state.model import EnrollmentRecord, MatchRecord, SessionRecord, TrainingRecord

SAID_YES = "said_yes"


def answers(
    record: MatchRecord, before: Mapping[str, FactValue], people: Sequence[str], least: int
) -> dict[str, FactValue]:
    """What is known of a match when some of its people have said yes too; without names all of them have.

    A group can begin with a mentor, where it has any, and `least` others.
    """
    known = before.get(SAID_YES)
    yes = {*(known if isinstance(known, tuple) else ()), *(people or record.people)}
    mentors, others = record.mentors, record.others
    enough_others = sum(person in yes for person in others) >= min(max(least, 1), len(others))
    return {
        SAID_YES: tuple(person for person in record.people if person in yes),
        "mentor_accepted": all(person in yes for person in mentors),
        "mentee_accepted": all(person in yes for person in others),
        "everybody_accepted": all(person in yes for person in record.people),
        "enough_accepted": enough_others and (not mentors or any(person in yes for person in mentors)),
    }


def count_session(unfolding: Unfolding, effect: Effect) -> None:
    """A meeting that was held or missed is counted at its match, which begins with the first one."""
    session, cause = effect.thing, effect.cause
    record = session.record
    if not isinstance(record, SessionRecord) or record.kind != "meeting":
        return
    match = unfolding.work.thing(session.address.beside("match", record.subject))
    if match is None:
        return
    if unfolding.machine(match).reads_ever("sessions_planned"):
        meetings = unfolding.work.children(match.address, "session")
        planned = sum(meeting.state != "cancelled" for meeting in meetings)
        unfolding.note(match, "sessions_planned", cause, {"sessions_planned": planned})
    if session.state not in _COUNTS:
        return
    name = _COUNTS[session.state]
    facts = match.facts
    learned: dict[str, FactValue] = {name: _number(facts.get(name)) + 1}
    if session.state == "held":
        day = _day(unfolding, match, record)
        learned |= {
            "last_meeting": max(day, str(facts.get("last_meeting", ""))),
            "first_meeting": min(day, str(facts.get("first_meeting", day))),
            "missed_in_a_row": 0,
        }
    else:
        learned["missed_in_a_row"] = _number(facts.get("missed_in_a_row")) + 1
    unfolding.note(match, name, cause, learned)
    if session.state == "held":
        _went_on(unfolding, match, effect)


def count_training(unfolding: Unfolding, effect: Effect) -> None:
    """Somebody who has done every required module is trained, and goes on."""
    training, cause = effect.thing, effect.cause
    record = training.record
    if not isinstance(record, TrainingRecord):
        return
    enrollment = unfolding.work.thing(training.address.beside("enrollment", record.enrollment))
    if enrollment is None or not isinstance(enrollment.record, EnrollmentRecord):
        return
    required = unfolding.work.book(enrollment).required_modules(enrollment.record.role)
    held = {
        one.record.module: one
        for one in unfolding.work.children(enrollment.address, "training")
        if isinstance(one.record, TrainingRecord)
    }
    trained = all(module in held and held[module].state in _DONE for module in required)
    if unfolding.note(enrollment, "trained" if trained else "untrained", cause, {"trained": trained}) and trained:
        unfolding.step(enrollment, "finish_training", cause)


def count_match(unfolding: Unfolding, effect: Effect) -> None:
    """In how many matches the people of a match stand, where a guard asks for it."""
    record, here = effect.thing.record, effect.thing.address
    if isinstance(record, MatchRecord):
        for member in record.members:
            address = here.beside("enrollment", f"{member.person}_{member.role}")
            enrollment = unfolding.work.thing(address)
            if enrollment is not None and unfolding.machine(enrollment).reads_ever("matches"):
                standing = sum(
                    stands(unfolding, match, member.person, member.role)
                    for match in unfolding.work.matches_of(here.program, here.cohort, member.person)
                )
                unfolding.note(enrollment, "matches", effect.cause, {"matches": standing})


def stands(unfolding: Unfolding, match: Thing, person: str, role: Role) -> bool:
    """Whether somebody is in a match that is not over."""
    members = match.record.members if isinstance(match.record, MatchRecord) else ()
    return not unfolding.machine(match).is_final(match.state) and any(
        (member.person, member.role) == (person, role) for member in members
    )


def roles_in(record: MatchRecord) -> dict[Role, tuple[str, ...]]:
    """The people of a match by role."""
    return {role: tuple(m.person for m in record.members if m.role is role) for role in Role}


def _went_on(unfolding: Unfolding, match: Thing, effect: Effect) -> None:
    """People who met work together: an accepted match has begun, and one that is a single meeting is through."""
    machine = unfolding.machine(match)
    for event in ("start", "complete"):
        if match.state == "accepted" and event in machine.ways_out(match.state):
            unfolding.step(match, event, effect.cause)


def _day(unfolding: Unfolding, match: Thing, record: SessionRecord) -> str:
    zone = unfolding.work.book(match).zone
    return local_time(datetime.fromisoformat(record.starts), zone).date().isoformat()


def _number(value: FactValue | None) -> int:
    return value if isinstance(value, int) else 0


_COUNTS = {"held": "sessions_held", "missed": "sessions_missed"}
_DONE = frozenset({"completed", "waived"})
