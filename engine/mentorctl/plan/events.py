"""Events for many, such as the kick-off: each on the slot that suits most people, repeated and in groups where asked.

An event is held once or several times; each time for everybody, or (circles, peer coaching) for each of its groups. The
groups stay together: newcomers join the smallest, and the slot of a session is kept when people come and go.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import blake2b

import numpy as np

from mentorctl.dates.timeline import Moment, When
from mentorctl.dates.zones import local_time
from mentorctl.diagnostics import Place, finding
from mentorctl.lifecycle.compiled import plain
from mentorctl.optimize.scheduling.calendar import instant_of, quarter_of
from mentorctl.plan.calendar import Calendar, as_before, basis_of, instant_at, session_id, session_record
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import LIVE_SESSION, Draft
from mentorctl.plan.model import Unplaced
from mentorctl.plan.own_time import needs_of, needs_of_session, resource_words
from mentorctl.spec.matching import Headcount
from mentorctl.spec.model import Event
from mentorctl.state.model import EnrollmentRecord, SessionRecord
from mentorctl.values import dataclass

_EVENT_DAYS = 7
_MOST_OFTEN = 200  # how often one event is held at most


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """One time that an event is held, for everybody or for one group. `number` counts the times from 1."""

    event: Event
    number: int
    day: date
    group: int = 0

    @property
    def subject(self) -> str:
        return f"{self.event.id}.{self.group}" if self.group else self.event.id


def event_sessions(
    calendar: Calendar, enrollments: Sequence[EnrollmentRecord], prior: dict[str, SessionRecord], draft: Draft
) -> list[SessionRecord]:
    """The kick-off and other dates for many: on the slot of the week that suits most people."""
    sessions = []
    for event in calendar.cohort.program.events:
        people = _audience(calendar, event, enrollments)
        groups = _groups(event, people, prior) if event.size else {0: people}
        for number, day in enumerate(_days(calendar.cohort, event), start=1):
            for group, members in groups.items():
                held = _Held(event=event, number=number, day=day, group=group)
                session = _session(calendar, held, members, prior, draft) if members else None
                if session is not None:
                    calendar.book(session)
                    sessions.append(session)
    return sessions


def standing_events(calendar: Calendar, prior: dict[str, SessionRecord]) -> list[SessionRecord]:
    """The events whose slot is kept, because nothing that it was chosen from has changed."""
    events = {event.id: event for event in calendar.cohort.program.events}
    found = []
    for session in prior.values():
        event = events.get(session.subject.partition(".")[0]) if session.kind == "event" else None
        days = _days(calendar.cohort, event) if event else []
        if event and session.number <= len(days):
            group = int(session.subject.partition(".")[2] or 0)
            held = _Held(event=event, number=session.number, day=days[session.number - 1], group=group)
            found.append(_standing(calendar.cohort, held, prior))
    return [session for session in found if session is not None]


def _days(cohort: Cohort, event: Event) -> list[date]:
    """The first day of each time that an event is held: once, or again until the active phase ends."""
    first = cohort.timeline.day_of(event.at)
    if first is None:
        return []
    active = cohort.timeline.phase("active")
    last = active.end if active else cohort.timeline.end
    days = [first]
    while event.every and len(days) < _MOST_OFTEN:
        following = cohort.timeline.days.later(first, event.every, times=len(days))
        if following > last:
            break
        days.append(following)
    return days


def _standing(cohort: Cohort, held: _Held, prior: dict[str, SessionRecord]) -> SessionRecord | None:
    before = prior.get(session_id(cohort, "event", held.subject, held.number))
    if before is None or before.state != LIVE_SESSION:
        return None
    bases = [_basis(cohort, replace(held, event=event)) for event in as_before(cohort, held.event)]
    return replace(before, basis=bases[0]) if before.basis in bases else None


def _basis(cohort: Cohort, held: _Held) -> str:
    event, day = held.event, held.day
    if event.at.clock:
        return basis_of([plain(event), day.isoformat()])
    closed = cohort.timeline.days.closed_days(day, day + timedelta(days=_EVENT_DAYS - 1))
    needs = resource_words(cohort.inputs.workspace, event)
    return basis_of([plain(event), day.isoformat(), *(each.isoformat() for each in closed), *needs])


# -- groups ------------------------------------------------------------------------------------------------------------


def _groups(event: Event, people: Sequence[str], prior: dict[str, SessionRecord]) -> dict[int, list[str]]:
    """People in groups by number from 1: those that are together stay, newcomers join the smallest groups."""
    size = event.size or Headcount(at_least=2, at_most=len(people))
    groups = _kept_groups(event, set(people), prior, size)
    known = {person for members in groups.values() for person in members}
    newcomers = sorted(set(people) - known, key=_shuffled)
    needed = -(-len(people) // size.at_most)
    for number in range(1, needed + 1):
        groups.setdefault(number, [])
    for person in newcomers:
        smallest = min(groups, key=lambda number: (len(groups[number]), number), default=0)
        if smallest:
            groups[smallest].append(person)
    return {number: sorted(members) for number, members in sorted(groups.items())}


def _kept_groups(
    event: Event, people: set[str], prior: dict[str, SessionRecord], size: Headcount
) -> dict[int, list[str]]:
    """The groups that exist and are still large enough, as at their latest session."""
    latest: dict[int, SessionRecord] = {}
    for session in sorted(prior.values(), key=lambda s: (s.starts, s.address)):
        name, _, group = session.subject.partition(".")
        if session.kind == "event" and name == event.id and group and session.state == LIVE_SESSION:
            latest[int(group)] = session
    kept = {number: [p for p in session.people if p in people] for number, session in latest.items()}
    return {number: members for number, members in kept.items() if size.at_least <= len(members) <= size.at_most}


def _shuffled(person: str) -> bytes:
    """An order that has nothing to do with the roster, so that groups are mixed, and is the same every time."""
    return blake2b(person.encode(), digest_size=8).digest()


# -- slots -------------------------------------------------------------------------------------------------------------


def _session(
    calendar: Calendar, held: _Held, people: list[str], prior: dict[str, SessionRecord], draft: Draft
) -> SessionRecord | None:
    cohort, event = calendar.cohort, held.event
    before = _standing(cohort, held, prior)
    if before:
        _report_newcomers(calendar, event, [p for p in people if p not in before.people], before, draft)
        return replace(before, people=tuple(people))
    tomorrow = cohort.inputs.as_of + timedelta(days=1)
    length = 1 if event.at.clock else _EVENT_DAYS
    first_day, last_day = max(held.day, tomorrow), held.day + timedelta(days=length - 1)
    if first_day > last_day or first_day > cohort.timeline.end or last_day < cohort.timeline.start:
        return None
    if event.at.clock:
        return _at_its_time(calendar, held, people, draft)
    slots, available = _candidates(calendar, held, people, first_day, last_day)
    if not len(slots):
        draft.unplaced.append(
            Unplaced(
                program=cohort.program.id,
                cohort=cohort.id,
                kind="event",
                subject=held.subject,
                number=held.number,
                first=first_day.isoformat(),
                last=last_day.isoformat(),
                people=tuple(people),
                minutes=event.lasts.minutes,
                reason="nobody",
            )
        )
        draft.findings.append(
            finding(
                "MC6003",
                f"none of {len(people)} people can attend `{event.id}` from {first_day} to {last_day}",
                help="make it shorter, or widen `meetings.hours`",
                place=_place(cohort, event),
            )
        )
        return None
    from mentorctl.optimize.scheduling.events import place_event

    best = place_event(slots, available)
    missing = int((~available[:, best]).sum())
    if missing:
        draft.findings.append(
            finding(
                "MC6003",
                f"{missing} of {len(people)} people cannot attend `{held.subject}`, at the slot that suits most",
                help="record it, or hold it twice",
                place=_place(cohort, event),
            )
        )
    return _record(cohort, held, int(slots[best]), people)


def _candidates(
    calendar: Calendar, held: _Held, people: Sequence[str], first_day: date, last_day: date
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int, int], np.dtype[np.bool_]]]:
    """The slots at which at least one person could begin, and who could at each."""
    first, last = calendar.days(first_day, last_day)
    rows = calendar.free.free[[calendar.row_of[p] for p in people]]
    inside = (np.arange(rows.shape[1]) >= first) & (np.arange(rows.shape[1]) < last)
    rows = rows & inside & calendar.open_for(held.event)
    starts = [calendar.free.starts(row, held.event.lasts.minutes // 15) for row in rows]
    slots = np.unique(np.concatenate(starts)).astype(np.int64)
    slots = slots[calendar.notice_of(slots)]
    return slots, np.array([np.isin(slots, s) for s in starts], np.bool_)


def _at_its_time(calendar: Calendar, held: _Held, people: list[str], draft: Draft) -> SessionRecord | None:
    """An event whose clock time is written is held exactly then; those who have no time then are counted."""
    cohort, event = calendar.cohort, held.event
    instant = cohort.timeline.instant_of(Moment(when=When.ON, on=held.day, clock=event.at.clock))
    if instant is None:
        return None
    session = _record(cohort, held, quarter_of(instant), people)
    _report_taken(calendar, held, session, people, draft)
    missing = _without_time(calendar, people, session)
    if missing:
        draft.findings.append(
            finding(
                "MC6003",
                f"{missing} of {len(people)} people have no time for `{event.id}` at {event.at.clock:%H:%M}",
                help=_advice(_nearest(calendar, held, people), missing),
                place=_place(cohort, event),
            )
        )
    return session


def _report_taken(calendar: Calendar, held: _Held, session: SessionRecord, people: Sequence[str], draft: Draft) -> None:
    """A room or a facilitator that is asked for at a time at which it is somewhere else, or cannot be had at all."""
    first = quarter_of(instant_at(session.starts)) - calendar.free.base
    slot = slice(max(0, first), max(0, first + session.minutes // 15))
    for name in needs_of(held.event):
        if calendar.free.free[calendar.row_of[name], slot].all():
            continue
        kind, _, own = name.partition(":")
        other = _beside(calendar, name, session)
        draft.findings.append(
            finding(
                "MC6005",
                f"`{held.event.id}` on {held.day} at {held.event.at.clock:%H:%M} needs the {kind} `{own}`, "
                + (f"which `{other}` has then" if other else "which cannot be had then"),
                help=_nearest(calendar, held, people)[0],
                place=Place(document=calendar.cohort.program.id, path=("events", held.event.id, kind)),
            )
        )


def _beside(calendar: Calendar, name: str, session: SessionRecord) -> str:
    """What has a room or facilitator at the time of a session, as `program/event`; nothing if it is just closed."""
    begin = quarter_of(instant_at(session.starts))
    inputs = calendar.cohort.inputs
    for other in sorted(calendar.booked, key=lambda s: s.address):
        start = quarter_of(instant_at(other.starts))
        overlaps = start < begin + session.minutes // 15 and begin < start + other.minutes // 15
        if overlaps and other.address != session.address and name in needs_of_session(inputs, other):
            return f"{other.address.program}/{other.subject}"
    return ""


def _nearest(calendar: Calendar, held: _Held, people: Sequence[str]) -> tuple[str, int]:
    """The way out: the time of the same day or the next ones that costs the fewest people, and whom it costs."""
    last_day = held.day + timedelta(days=_EVENT_DAYS - 1)
    slots, available = _candidates(calendar, held, people, held.day, last_day)
    if not len(slots):
        none = "take another room or facilitator; in the week from then there is no time at which it can be had"
        return none, len(people)
    from mentorctl.optimize.scheduling.events import place_event

    best = place_event(slots, available)
    zone = calendar.cohort.program.timezone
    local = local_time(instant_of(int(slots[best])), zone)
    missing = int((~available[:, best]).sum())
    cost = f"{missing} of {len(people)} people would miss it" if missing else "everybody has time then"
    return f'write `at: {{on: {local:%Y-%m-%d}, time: "{local:%H:%M}"}}`: {cost}', missing


def _advice(nearest: tuple[str, int], missing: int) -> str:
    """What to do about those who have no time: another time, if there is a better one."""
    usual = "record it, or hold it twice"
    return f"{nearest[0]}; or {usual}" if nearest[1] < missing else usual


def _record(cohort: Cohort, held: _Held, quarter: int, people: Sequence[str]) -> SessionRecord:
    basis = _basis(cohort, held)
    return session_record(cohort, "event", held.subject, held.number, quarter, held.event.lasts, tuple(people), basis)


def _place(cohort: Cohort, event: Event) -> Place:
    return Place(document=cohort.program.id, path=("events", event.id))


def _without_time(calendar: Calendar, people: Sequence[str], session: SessionRecord) -> int:
    """How many people are not free at the slot of a session."""
    first = quarter_of(instant_at(session.starts)) - calendar.base
    slot = slice(max(0, first), max(0, first + session.minutes // 15))
    return sum(not calendar.free.free[calendar.row_of[person], slot].all() for person in people)


def _report_newcomers(
    calendar: Calendar, event: Event, newcomers: list[str], session: SessionRecord, draft: Draft
) -> None:
    """An event that stands does not move for people who join later; those who have no time then are counted."""
    missing = _without_time(calendar, newcomers, session) if newcomers else 0
    if missing and quarter_of(instant_at(session.starts)) >= calendar.base:
        draft.findings.append(
            finding(
                "MC6003",
                f"{missing} of {len(newcomers)} people who join `{event.id}` now have no time at its slot",
                help="record it for them",
                place=_place(calendar.cohort, event),
            )
        )


def _audience(calendar: Calendar, event: Event, enrollments: Sequence[EnrollmentRecord]) -> list[str]:
    """Who an event is for: after matching those who are matched, before it everyone who takes part."""
    matching = calendar.cohort.timeline.phase("matching")
    day = calendar.cohort.timeline.day_of(event.at)
    if matching and day and day > matching.end:
        states = frozenset({"matched"})
    else:
        states = frozenset({"applied", "eligible", "approved", "ready", "waitlisted", "matched"})
    return sorted(
        {
            e.person
            for e in enrollments
            if e.state in states and event.audience.includes(e.role) and e.person in calendar.row_of
        }
    )
