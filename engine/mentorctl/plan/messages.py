"""Planned messages as values: who is told what, by which template, when a plan is applied or a day comes.

Nothing is rendered here; people are opaque ids, and what a template may say are the variables listed below.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mentorctl.addresses import Address
from mentorctl.dates.timeline import Timeline, When
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.compiler import lifecycle_named
from mentorctl.plan.model import Change
from mentorctl.plan.occurrences import occurrences, role_of
from mentorctl.rules.fields import Role
from mentorctl.spec.model import Program
from mentorctl.spec.moment_words import EVENTS
from mentorctl.spec.support import Message
from mentorctl.state.model import EnrollmentRecord, MatchRecord, Record, SessionRecord, TrainingRecord

type Value = str | tuple[str, ...]  # a text, or people by opaque id


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurred:
    """Something that happened to one record on a day; `what` is for example `match.accepted`."""

    what: str
    record: Record
    on: date


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PlannedMessage:
    """One message to several people. `day` is ISO; `occurrence` is empty for a message that waited for its day.

    `recipients` are opaque ids, and words (owner, manager, sponsor) for whom the roster or the file knows.
    """

    program: str
    cohort: str
    message: str
    occurrence: str
    day: str
    template: str
    channel: str
    recipients: tuple[str, ...]
    about: Address
    variables: tuple[tuple[str, Value], ...]


def occurred(programs: Iterable[CompiledProgram], changes: Iterable[Change], on: date) -> tuple[Occurred, ...]:
    """What the changes of a plan mean, in the order of the changes."""
    by_id = {compiled.program.id: compiled.program for compiled in programs}
    return tuple(
        Occurred(what=what, record=change.after, on=on)
        for change in changes
        if change.after is not None and change.address.program in by_id
        for what in occurrences(by_id[change.address.program], change.before, change.after)
    )


def messages_of(
    programs: Iterable[CompiledProgram], happened: Iterable[Occurred], records: Iterable[Record]
) -> tuple[PlannedMessage, ...]:
    """The messages `on` what happened; `records` are those of the state afterwards."""
    by_id = {compiled.program.id: compiled.program for compiled in programs}
    matches = {r.address: r for r in records if isinstance(r, MatchRecord)}
    planned = (
        _about(program, message, one.record, matches, occurrence=one.what, day=one.on)
        for one in happened
        if (program := by_id.get(one.record.address.program))
        for message in program.messages
        if message.on == one.what
    )
    return tuple(sorted(message for message in planned if message.recipients))


def dated_messages(
    compiled: CompiledProgram,
    cohort: tuple[str, Timeline],
    records: Sequence[Record],
    span: tuple[date, date],
) -> tuple[PlannedMessage, ...]:
    """The messages to all of a cohort whose day falls in a span of days, both ends included.

    With rolling intake everybody has phases of their own, so a moment that hangs on one has no day here.
    """
    timeline = cohort[1]
    planned = []
    for message in compiled.program.messages:
        if message.at and not (timeline.is_rolling and timeline.phase(message.at.anchor.of)):
            day = timeline.day_of(message.at)
            if day and span[0] <= day <= span[1]:
                planned.append(_for_all(compiled, message, cohort, records, day))
    return tuple(sorted(message for message in planned if message.recipients))


def delayed_messages(
    compiled: CompiledProgram,
    cohort: tuple[str, Timeline],
    records: Sequence[Record],
    span: tuple[date, date],
    happened: Iterable[Occurred],
) -> tuple[PlannedMessage, ...]:
    """The messages whose day falls in a span and hangs on what happened, such as 30 days after match.accepted."""
    name, timeline = cohort
    known = [one for one in happened if _where(one.record) == _of(compiled, name)]
    planned = [
        said
        for message in compiled.program.messages
        if message.at and str(message.at.anchor) in EVENTS
        for said in _after_events(compiled, message, timeline, records, span, known)
    ]
    return tuple(sorted(message for message in planned if message.recipients))


def variables_at(occasion: str) -> frozenset[str]:
    """What a template may name: `occasion` is that of a message, an event such as match.accepted or empty for a day."""
    return _VARIABLES["common"] | _VARIABLES.get(occasion.partition(".")[0], frozenset({"day"}))


def variables_of(template: str, programs: Iterable[Program]) -> frozenset[str]:
    """What a template may name: what all messages that use it can fill in; one that none uses, everything."""
    used = [variables_at(_occasion(m)) for program in programs for m in program.messages if m.template == template]
    return frozenset.intersection(*used) if used else frozenset({"day"}).union(*_VARIABLES.values())


def _occasion(message: Message) -> str:
    """The event that a message is about, or empty when it is about a day."""
    event = message.on or (str(message.at.anchor) if message.at else "")
    return event if event in EVENTS else ""


# -- one message -------------------------------------------------------------------------------------------------------


def _about(
    program: Program,
    message: Message,
    record: Record,
    matches: Mapping[Address, MatchRecord],
    *,
    occurrence: str,
    day: date,
) -> PlannedMessage:
    people = _people(record, matches)
    return _message(program, message, record.address, people, _facts(record), occurrence=occurrence, day=day)


def _message(
    program: Program,
    message: Message,
    about: Address,
    people: Mapping[Role, tuple[str, ...]],
    facts: Mapping[str, Value],
    *,
    occurrence: str,
    day: date,
) -> PlannedMessage:
    concerned = {person for role, ids in people.items() if role.value in message.to for person in ids}
    words = {word for word in message.to if word not in set(Role)}
    values: dict[str, Value] = {
        "program": program.name,
        "cohort": about.cohort,
        "owner": program.owner,
        **{role.value: people.get(role, ()) for role in Role},
        **facts,
    }
    return PlannedMessage(
        program=program.id,
        cohort=about.cohort,
        message=message.id,
        occurrence=occurrence,
        day=day.isoformat(),
        template=message.template,
        channel=message.channel,
        recipients=(*sorted(concerned), *sorted(words)),
        about=about,
        variables=tuple(sorted(values.items())),
    )


def _people(record: Record, matches: Mapping[Address, MatchRecord]) -> dict[Role, tuple[str, ...]]:
    """Whom a record concerns, by role."""
    match record:
        case EnrollmentRecord():
            return {record.role: (record.person,)}
        case TrainingRecord():
            return {role_of(record): (record.person,)}
        case MatchRecord():
            return {role: tuple(m.person for m in record.members if m.role is role) for role in Role}
        case SessionRecord():
            here = record.address
            of = matches.get(Address(program=here.program, cohort=here.cohort, kind="match", id=record.subject))
            everyone = _people(of, {}) if of else {}
            return {role: tuple(p for p in people if p in record.people) for role, people in everyone.items()}
        case _:
            return {}


def _facts(record: Record) -> dict[str, Value]:
    """What a record says that a template may name; `_VARIABLES` lists the same."""
    match record:
        case TrainingRecord():
            return {"module": record.module, "due": record.due}
        case MatchRecord():
            return {"subject": record.subject}
        case SessionRecord():
            return {"starts": record.starts, "minutes": str(record.minutes), "number": str(record.number)}
        case _:
            return {}


# -- messages that wait for a day --------------------------------------------------------------------------------------


def _for_all(
    compiled: CompiledProgram, message: Message, cohort: tuple[str, Timeline], records: Iterable[Record], day: date
) -> PlannedMessage:
    """To everybody of a cohort who takes part: once matching is over, those who are matched."""
    name, timeline = cohort
    matching = timeline.phase("matching")
    states = _MATCHED if matching and day > matching.end else _MATCHED | _TAKING_PART
    people: dict[Role, tuple[str, ...]] = {}
    for record in records:
        if isinstance(record, EnrollmentRecord) and _where(record) == _of(compiled, name) and record.state in states:
            people[record.role] = (*people.get(record.role, ()), record.person)
    about = Address(program=compiled.program.id, cohort=name)
    return _message(compiled.program, message, about, people, {"day": day.isoformat()}, occurrence="", day=day)


def _after_events(
    compiled: CompiledProgram,
    message: Message,
    timeline: Timeline,
    records: Iterable[Record],
    span: tuple[date, date],
    known: Iterable[Occurred],
) -> Iterator[PlannedMessage]:
    """To those whom something concerned that happened, unless it is over in the meantime."""
    moment = message.at
    if moment is None:
        return
    now = {record.address: record for record in records}
    matches = {address: record for address, record in now.items() if isinstance(record, MatchRecord)}
    for one in known:
        if one.what != str(moment.anchor):
            continue
        times = {When.BEFORE: -1, When.AFTER: 1}.get(moment.when, 0)
        day = timeline.days.later(one.on, moment.by, times=times) if times else one.on
        record = now.get(one.record.address)
        if span[0] <= day <= span[1] and record is not None and not _came_to_nothing(compiled, one.record, record):
            yield _about(compiled.program, message, record, matches, occurrence="", day=day)


def _came_to_nothing(compiled: CompiledProgram, then: Record, now: Record) -> bool:
    """Whether something went on for a while after it happened, and has ended since."""
    if not isinstance(now, EnrollmentRecord | MatchRecord):
        return False
    machine = lifecycle_named(compiled.lifecycles, "match" if isinstance(now, MatchRecord) else "enrollment")
    final = {state.id for state in machine.states if state.is_final}
    return now.state in final and getattr(then, "state", "") not in final


def _where(record: Record) -> tuple[str, str]:
    return record.address.program, record.address.cohort


def _of(compiled: CompiledProgram, cohort: str) -> tuple[str, str]:
    return compiled.program.id, cohort


_MATCHED = frozenset({"matched", "completed"})
_TAKING_PART = frozenset({"applied", "eligible", "approved", "ready", "waitlisted"})
_VARIABLES = {
    "common": frozenset({"program", "cohort", "owner", "mentor", "mentee", "peer"}),
    "enrollment": frozenset[str](),
    "training": frozenset({"module", "due"}),
    "match": frozenset({"subject"}),
    "meeting": frozenset({"starts", "minutes", "number"}),
    "check_in": frozenset[str](),
    "goal": frozenset[str](),
    "agreement": frozenset[str](),
    "deliverable": frozenset[str](),
}
"""By what a message is about. Names of people are filled in when it is sent."""
