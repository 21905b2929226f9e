"""Messages and escalations as rows of the outbox: who is told what, on which occasion, by opaque id.

No text is made here. What a template may say are the variables listed below.
"""

from collections.abc import Mapping
from dataclasses import replace

from mentorctl.lifecycle.arming import key_of
from mentorctl.lifecycle.definition import MessageRule
from mentorctl.lifecycle.learn import roles_in
from mentorctl.lifecycle.steps import Effect, Unfolding
from mentorctl.lifecycle.working import Thing
from mentorctl.rules.fields import Role
from mentorctl.state.live import Outgoing
from mentorctl.state.model import CheckInRecord, EnrollmentRecord, MatchRecord, Record, SessionRecord, TrainingRecord

type Told = str | tuple[str, ...]  # a text, or people by opaque id

VARIABLES = {
    "common": frozenset({"program", "cohort", "owner", "mentor", "mentee", "peer"}),
    "enrollment": frozenset[str](),
    "training": frozenset({"module", "due"}),
    "match": frozenset({"subject"}),
    "meeting": frozenset({"starts", "minutes", "number"}),
    "check_in": frozenset({"check_in", "number"}),
    "goal": frozenset[str](),
    "agreement": frozenset[str](),
    "deliverable": frozenset[str](),
}
"""By what a message is about. Names of people are filled in when it is sent."""


def tell(unfolding: Unfolding, effect: Effect) -> None:
    """Put a message, an escalation or a wish for dates into the outbox; a message that is to nobody is none."""
    thing, book = effect.thing, unfolding.work.book(effect.thing)
    word, _, name = effect.name.partition(".")
    if word == "notify":
        message = book.message(name)
        if message is None:
            return  # the lifecycle says when something could be told, and the program says nothing then
        people, recipients = _recipients(unfolding, thing, message)
        if not recipients:
            return
    else:
        people, recipients = people_by_role(unfolding, thing), (name or "owner",)
    definition = book.definition
    values: dict[str, Told] = {
        "program": definition.name,
        "cohort": thing.address.cohort,
        "owner": definition.owner,
        **{role.value: people.get(role, ()) for role in Role},
        **(said_by(thing.record) or {"day": book.day(effect.cause.at).isoformat()}),
    }
    unfolding.work.outgoing.append(
        Outgoing(
            key=key_of(effect.cause.key, thing.address, thing.instance.entry, effect.name),
            address=thing.address,
            effect=effect.name,
            occurred=effect.cause.at,
            people=recipients,
            variables=tuple(sorted(values.items())),
        )
    )


def people_by_role(unfolding: Unfolding, thing: Thing) -> Mapping[Role, tuple[str, ...]]:
    """Whom a thing concerns, by role."""
    here, record = thing.address, thing.record
    match record:
        case EnrollmentRecord():
            return {record.role: (record.person,)}
        case TrainingRecord() | CheckInRecord():
            return {_role_of(record.enrollment): (record.person,)}
        case MatchRecord():
            return roles_in(record)
        case SessionRecord():
            of = (
                unfolding.work.thing(replace(here, kind="match", id=record.subject))
                if record.kind == "meeting"
                else None
            )
            if of is None or not isinstance(of.record, MatchRecord):
                return {}
            return {
                role: tuple(p for p in people if p in record.people) for role, people in roles_in(of.record).items()
            }
        case _:
            return _everybody(unfolding, thing)


def said_by(record: Record) -> dict[str, Told]:
    """What a record says that a template may name; `VARIABLES` lists the same."""
    match record:
        case TrainingRecord():
            return {"module": record.module, "due": record.due}
        case MatchRecord():
            return {"subject": record.subject}
        case SessionRecord():
            return {"starts": record.starts, "minutes": str(record.minutes), "number": str(record.number)}
        case CheckInRecord():
            return {"check_in": record.check_in, "number": str(record.number)}
        case _:
            return {}


def _recipients(
    unfolding: Unfolding, thing: Thing, message: MessageRule
) -> tuple[Mapping[Role, tuple[str, ...]], tuple[str, ...]]:
    people = people_by_role(unfolding, thing)
    concerned = {
        person for role, ids in people.items() if role.value in message.to and role in message.roles for person in ids
    }
    words = {word for word in message.to if word not in set(Role)}
    return people, (*sorted(concerned), *sorted(words))


def _everybody(unfolding: Unfolding, thing: Thing) -> Mapping[Role, tuple[str, ...]]:
    """All of a cohort who take part: once matching is over, those who are matched."""
    states = _MATCHED if _matching_is_over(unfolding, thing) else _MATCHED | _TAKING_PART
    found: dict[Role, list[str]] = {}
    for enrollment in unfolding.work.children(thing.address, "enrollment"):
        if isinstance(enrollment.record, EnrollmentRecord) and enrollment.state in states:
            found.setdefault(enrollment.record.role, []).append(enrollment.record.person)
    return {role: tuple(people) for role, people in found.items()}


def _matching_is_over(unfolding: Unfolding, thing: Thing) -> bool:
    book = unfolding.work.book(thing)
    at = unfolding.cause.at
    if not thing.address.cohort:
        return False
    matching = book.timeline(thing.address.cohort, at).phase("matching")
    return matching is not None and book.day(at) > matching.end


def _role_of(enrollment: str) -> Role:
    """The role of an enrollment; its id ends with it."""
    return Role(enrollment.rpartition("_")[2])


_MATCHED = frozenset({"matched", "completed"})
_TAKING_PART = frozenset({"applied", "eligible", "approved", "ready", "waitlisted"})
