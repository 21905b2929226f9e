"""Messages and escalations as rows of the outbox: who is told what, on which occasion, by opaque id.

No text is made here. What a template may say are the variables listed below.
"""

from collections.abc import Mapping

from mentorctl.lifecycle.alarms import alarms
from mentorctl.lifecycle.arming import key_of
from mentorctl.lifecycle.book import Book
from mentorctl.lifecycle.definition import MessageRule
from mentorctl.lifecycle.learn import SAID_YES, roles_in
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
    """Put what leaves the system into the outbox; what is to nobody is nothing."""
    thing, book = effect.thing, unfolding.work.book(effect.thing)
    word, _, name = effect.name.partition(".")
    people = people_by_role(unfolding, thing)
    match word:
        case "notify":
            message = book.message(name)
            recipients = _addressed(message, _asked_now(unfolding, thing, people)) if message else ()
        case "offer":
            recipients = _offered(book, name, people)
        case "remind":
            recipients = _waited_for(thing, _asked_now(unfolding, thing, people))
        case "alert":
            recipients = _alarmed(unfolding, thing)
        case "review":
            recipients = tuple(sorted({person for ids in people.values() for person in ids}))
        case _:
            recipients = ("owner",)
    if not recipients:
        return
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
            of = unfolding.work.thing(here.beside("match", record.subject)) if record.kind == "meeting" else None
            if of is None or not isinstance(of.record, MatchRecord):
                return {}
            return {
                role: tuple(p for p in people if p in record.people) for role, people in roles_in(of.record).items()
            }
        case _:
            found: dict[Role, list[str]] = {}
            for enrollment in taking_part(unfolding, thing):
                if isinstance(enrollment.record, EnrollmentRecord):
                    found.setdefault(enrollment.record.role, []).append(enrollment.record.person)
            return {role: tuple(ids) for role, ids in found.items()}


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


def taking_part(unfolding: Unfolding, thing: Thing) -> list[Thing]:
    """The enrollments of all of a cohort who take part: once matching is over, those who are matched."""
    is_over = _matching_is_over(unfolding, thing)
    found = unfolding.work.children(thing.address, "enrollment")
    return [one for one in found if one.state == _MATCHED or (not is_over and not _is_final(unfolding, one))]


def _addressed(message: MessageRule, people: Mapping[Role, tuple[str, ...]]) -> tuple[str, ...]:
    """People of the roles that a message is to, and words such as `owner`."""
    wanted = [role for role in people if role.value in message.to and role in message.roles]
    words = {word for word in message.to if word not in set(Role)}
    if not any(role in message.roles for role in people):
        return ()
    return (*sorted({person for role in wanted for person in people[role]}), *sorted(words))


def _asked_now(
    unfolding: Unfolding, thing: Thing, people: Mapping[Role, tuple[str, ...]]
) -> Mapping[Role, tuple[str, ...]]:
    """Of a match in which one is asked after the other, those whose turn it is; of others everybody."""
    first = unfolding.machine(thing).first_asked if thing.instance.lifecycle == "match" else None
    if first is None or thing.state not in ("proposed", "second_asked"):
        return people
    return {role: ids for role, ids in people.items() if (role is first) == (thing.state == "proposed")}


def _offered(book: Book, resource: str, people: Mapping[Role, tuple[str, ...]]) -> tuple[str, ...]:
    for rule in book.definition.resources:
        if rule.id == resource:
            return tuple(sorted({p for role, ids in people.items() if rule.audience.includes(role) for p in ids}))
    return ()


def _waited_for(thing: Thing, people: Mapping[Role, tuple[str, ...]]) -> tuple[str, ...]:
    """Of a match that is proposed, those who are asked and have not said yes."""
    yes = thing.facts.get(SAID_YES)
    said = frozenset(yes) if isinstance(yes, tuple) and thing.state in ("proposed", "second_asked") else frozenset()
    return tuple(sorted({person for ids in people.values() for person in ids} - said))


def _alarmed(unfolding: Unfolding, thing: Thing) -> tuple[str, ...]:
    """Whom the alerts of a check-in name, for the answers that were given; a role means those one is matched with."""
    record, here = thing.record, thing.address
    if not isinstance(record, CheckInRecord):
        return ()
    words = alarms(unfolding.work.book(thing), record.check_in, thing.facts)
    partners = {
        member.person
        for match in unfolding.work.matches_of(here.program, here.cohort, record.person)
        if isinstance(match.record, MatchRecord) and not _is_final(unfolding, match)
        for member in match.record.members
        if member.role in words and member.person != record.person
    }
    return (*sorted(partners), *(word for word in words if word not in set(Role)))


def _is_final(unfolding: Unfolding, thing: Thing) -> bool:
    return unfolding.machine(thing).is_final(thing.state)


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


_MATCHED = "matched"
