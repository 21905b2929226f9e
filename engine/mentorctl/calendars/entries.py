"""Sessions of the state as entries of calendars: what a person sees, where it is and what it is about."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property

from mentorctl.addresses import Address
from mentorctl.calendars.days import Day
from mentorctl.calendars.model import Entry, Feed
from mentorctl.spec.model import Event, Module, Program, Workspace
from mentorctl.state.model import SessionRecord, Snapshot
from mentorctl.values import dataclass

REMINDER = timedelta(hours=1)
_CANCELLED = "cancelled"
_FEW = 3  # so many others are named in a title


@dataclass(frozen=True, kw_only=True, eq=False)
class Shelf:
    """What entries are made from. `called` names a person; `changed` is when a session last became other for people."""

    workspace: Workspace
    programs: Mapping[str, Program]
    snapshot: Snapshot
    called: Callable[[str], str]
    changed: Mapping[Address, datetime]
    days: tuple[Day, ...] = ()

    @cached_property
    def sessions(self) -> tuple[SessionRecord, ...]:
        """In the order of time."""
        found = (r for r in self.snapshot.records if isinstance(r, SessionRecord))
        return tuple(sorted(found, key=lambda s: (s.starts, s.address)))


def person_feed(shelf: Shelf, person: str) -> Feed:
    """Everything that one person attends; others in it are named, the person is not.

    What the person was taken out of is cancelled for them alone, so that no invitation is left without a meeting.
    """
    mine = (session for session in shelf.sessions if person in session.people or person in session.left)
    entries = [_entry(shelf, session, of=person) for session in mine]
    return Feed(name="Mentoring", entries=_in_order(shelf, entries, (d for d in shelf.days if person in d.people)))


def program_feed(shelf: Shelf, program: str) -> Feed:
    """The dates of one program that are for many: events and trainings, without its meetings and without names."""
    own = (s for s in shelf.sessions if s.address.program == program and s.kind != "meeting")
    known = shelf.programs.get(program)
    entries = [_entry(shelf, session, of=None) for session in own]
    days = (day for day in shelf.days if day.program == program and day.is_common)
    return Feed(name=known.name if known else program, entries=_in_order(shelf, entries, days))


def room_feed(shelf: Shelf, room: str) -> Feed:
    """What is held in one room."""
    titles = {each.id: each.title for each in shelf.workspace.rooms}
    held = (s for s in shelf.sessions if _room(shelf, s) == room)
    return Feed(name=titles.get(room, room), entries=tuple(_entry(shelf, s, of=None) for s in held))


def facilitator_feed(shelf: Shelf, facilitator: str) -> Feed:
    """What one facilitator leads, in all programs."""
    titles = {each.id: each.title for each in shelf.workspace.facilitators}
    led = (s for s in shelf.sessions if _facilitator(shelf, s) == facilitator)
    return Feed(name=titles.get(facilitator, facilitator), entries=tuple(_entry(shelf, s, of=None) for s in led))


def people_with_sessions(shelf: Shelf) -> tuple[str, ...]:
    """By opaque id."""
    return tuple(sorted({person for session in shelf.sessions for person in (*session.people, *session.left)}))


def rooms_in_use(shelf: Shelf) -> tuple[str, ...]:
    return tuple(sorted({_room(shelf, session) for session in shelf.sessions} - {""}))


def facilitators_in_use(shelf: Shelf) -> tuple[str, ...]:
    return tuple(sorted({_facilitator(shelf, session) for session in shelf.sessions} - {""}))


def title_of(shelf: Shelf, session: SessionRecord, of: str | None) -> str:
    """What the entry is called: `Mentoring meeting 3 with Uma Lund`, or the title of the event or module."""
    program = shelf.programs.get(session.address.program)
    if session.kind == "meeting":
        others = [shelf.called(p) for p in session.people if p != of] if of else []
        company = f" with {_listed(others)}" if others else ""
        return f"Mentoring meeting {session.number}{company}"
    held = _held(program, session) if program else None
    return (held.title if held else "") or session.subject.partition(".")[0].replace("_", " ")


def _in_order(shelf: Shelf, entries: list[Entry], days: Iterable[Day]) -> tuple[Entry, ...]:
    """Sessions and days in the order of time."""
    return tuple(sorted([*entries, *(_day_entry(shelf, day) for day in days)], key=lambda e: (e.starts, e.uid)))


def _day_entry(shelf: Shelf, day: Day) -> Entry:
    program = shelf.programs.get(day.program)
    return Entry(
        uid=f"{day.id}@{shelf.workspace.id}.mentorctl",
        sequence=0,
        changed=day.since,
        starts=day.due,
        lasts=timedelta(days=1),
        zone=day.zone,
        title=day.title,
        agenda=(program.name,) if program else (),
        organizer=shelf.workspace.organizer,
        is_day=True,
    )


# -- one entry ---------------------------------------------------------------------------------------------------------


def _entry(shelf: Shelf, session: SessionRecord, of: str | None) -> Entry:
    is_cancelled = session.state == _CANCELLED or (of is not None and of not in session.people)
    starts = datetime.fromisoformat(session.starts)
    program = shelf.programs.get(session.address.program)
    place, link = _place(shelf, session, program)
    return Entry(
        uid=f"{session.address.id}@{shelf.workspace.id}.mentorctl",
        sequence=session.revision + is_cancelled,
        changed=shelf.changed.get(session.address, starts),
        starts=starts,
        lasts=timedelta(minutes=session.minutes),
        zone=session.zone,
        title=title_of(shelf, session, of),
        agenda=tuple(_agenda(session, program)),
        place=place,
        link=link,
        organizer=shelf.workspace.organizer,
        cancelled=is_cancelled,
        reminder=REMINDER,
    )


def _place(shelf: Shelf, session: SessionRecord, program: Program | None) -> tuple[str, str]:
    """Where people go, in words, and the link to it."""
    if program is None:
        return "", ""
    if session.kind == "meeting":
        word = program.meetings.channel if program.meetings else ""
        channel = next((c for c in shelf.workspace.channels if c.id == word), None)
        return (channel.title, channel.link) if channel else (word, "")
    held = _held(program, session)
    rooms = {room.id: room.title for room in shelf.workspace.rooms}
    room = held.room if held else ""
    return rooms.get(room, room), held.link if isinstance(held, Module) else ""


def _room(shelf: Shelf, session: SessionRecord) -> str:
    program = shelf.programs.get(session.address.program)
    held = _held(program, session) if program else None
    return held.room if held else ""


def _facilitator(shelf: Shelf, session: SessionRecord) -> str:
    program = shelf.programs.get(session.address.program)
    held = _held(program, session) if program else None
    return held.facilitator if held else ""


def _held(program: Program, session: SessionRecord) -> Event | Module | None:
    """The event or module that a session is one of."""
    subject = session.subject.partition(".")[0]
    held: Iterable[Event | Module] = program.events if session.kind == "event" else program.modules
    return next((each for each in held if each.id == subject), None) if session.kind != "meeting" else None


def _agenda(session: SessionRecord, program: Program | None) -> Iterable[str]:
    """What the meeting or training is about; nothing where the program leaves it to people."""
    if program is None:
        return
    yield program.name
    if session.kind == "meeting" and program.meetings:
        names = program.meetings.agendas
        name = names[session.number - 1] if session.number <= len(names) else ""
        written = next((agenda for agenda in program.agendas if agenda.id == name), None)
        if written is not None:
            yield written.title
            yield from (f"- {topic}" for topic in written.topics)
            yield from filter(None, [written.link])
        elif name:
            yield name.replace("_", " ")
    held = _held(program, session)
    if isinstance(held, Module):
        yield from filter(None, [held.description])


def _listed(names: list[str]) -> str:
    if len(names) <= _FEW:
        return ", ".join(names)
    return f"{', '.join(names[:_FEW])} and {len(names) - _FEW} more"
