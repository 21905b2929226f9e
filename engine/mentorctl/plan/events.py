"""Events for many, such as the kick-off: where most people can come, repeated and in groups where asked.

What has a clock time is held then; all others are placed together, because they may share people, rooms and hosts.

An event is held once or several times; each time for everybody, or (circles, peer coaching) for each of its groups. The
groups stay together: newcomers join the smallest, and the slot of a session is kept when people come and go.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from mentorctl.dates.timeline import Moment, When
from mentorctl.dates.zones import local_time
from mentorctl.diagnostics import Place, finding
from mentorctl.lifecycle.compiled import plain
from mentorctl.optimize.scheduling.calendar import instant_of, quarter_of
from mentorctl.plan.bases import basis_of, written
from mentorctl.plan.calendar import Calendar, as_before, instant_at, must_hold, session_id, session_record
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.event_groups import audience_of, groups_of
from mentorctl.plan.inputs import LIVE_SESSION, Draft
from mentorctl.plan.model import Unplaced
from mentorctl.plan.own_time import needs_of, needs_of_session, resource_words
from mentorctl.plan.placed import report_placed
from mentorctl.spec.model import Event
from mentorctl.state.model import EnrollmentRecord, SessionRecord
from mentorctl.values import dataclass

type Slots = NDArray[np.int64]
type Truths = NDArray[np.bool_]

_EVENT_DAYS = 7
_EACH, _STAY = 2000, 1000  # one more who can come, the slot it has so far; an earlier slot is worth 1, of 672 at most
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


def fixed_events(
    calendar: Calendar, enrollments: Sequence[EnrollmentRecord], prior: Mapping[str, SessionRecord], draft: Draft
) -> list[SessionRecord]:
    """The new dates whose clock time is written: they are held exactly then, so all else is placed around them."""
    sessions = []
    events = [event for event in calendar.cohort.program.events if event.at.clock]
    for held, people in _all_held(calendar, events, enrollments, prior):
        days = _days_left(calendar.cohort, held)
        if days and not _standing(calendar.cohort, held, prior):
            session = _at_its_time(calendar, held, people, draft)
            if session is not None:
                _report_room(calendar.cohort, held, len(people), draft)
                calendar.book([session])
                sessions.append(session)
    return sessions


def event_sessions(
    calendar: Calendar, enrollments: Sequence[EnrollmentRecord], prior: Mapping[str, SessionRecord], draft: Draft
) -> list[SessionRecord]:
    """The kick-off and other dates for many that stand, and all others together where most people can come."""
    sessions, asked = [], []
    for held, people in _all_held(calendar, calendar.cohort.program.events, enrollments, prior):
        before = _standing(calendar.cohort, held, prior)
        days = _days_left(calendar.cohort, held)
        if before:
            known = set(before.people)
            newcomers = [person for person in people if person not in known]
            _report_newcomers(calendar, held.event, newcomers, before, draft)
            if newcomers:
                _report_room(calendar.cohort, held, len(people), draft)
            sessions.append(replace(before, people=tuple(people)))
        elif days and not held.event.at.clock:
            slots, available = _candidates(calendar, held, people, *days, before=_at_present(calendar, held, prior))
            asked.append(_Asked(held=held, people=tuple(people), days=days, slots=slots, available=available))
    placed = _placed(calendar, asked, prior, draft) if asked else []
    sessions += placed
    calendar.book(sessions)
    return sessions


def _all_held(
    calendar: Calendar,
    events: Sequence[Event],
    enrollments: Sequence[EnrollmentRecord],
    prior: Mapping[str, SessionRecord],
) -> Iterator[tuple[_Held, list[str]]]:
    """Each time that events are held, for whom it is; those for nobody are left out."""
    for event in events:
        people = audience_of(calendar, event, enrollments)
        groups = groups_of(event, people, prior) if event.size else {0: people}
        for number, day in enumerate(_days(calendar.cohort, event), start=1):
            for group, members in groups.items():
                if members:
                    yield _Held(event=event, number=number, day=day, group=group), members


def _days_left(cohort: Cohort, held: _Held) -> tuple[date, date] | None:
    """The days on which something could still be held; none where they are over or outside of the cohort."""
    tomorrow = cohort.inputs.as_of + timedelta(days=1)
    length = 1 if held.event.at.clock else _EVENT_DAYS
    first, last = max(held.day, tomorrow), held.day + timedelta(days=length - 1)
    is_over = first > last or first > cohort.timeline.end or last < cohort.timeline.start
    return None if is_over else (first, last)


def standing_events(calendar: Calendar, prior: Mapping[str, SessionRecord]) -> list[SessionRecord]:
    """The events whose slot is kept, because nothing that it was chosen from has changed."""
    events = {event.id: event for event in calendar.cohort.program.events}
    found = []
    for session in chain.from_iterable(calendar.cohort.held("event").values()):
        event = events.get(session.subject.partition(".")[0])
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


def _standing(cohort: Cohort, held: _Held, prior: Mapping[str, SessionRecord]) -> SessionRecord | None:
    before = prior.get(session_id(cohort, "event", held.subject, held.number))
    if before is None or before.state != LIVE_SESSION:
        return None
    bases = [_basis(cohort, replace(held, event=event)) for event in as_before(cohort, held.event)]
    return replace(before, basis=bases[0]) if before.basis in bases else None


def _basis(cohort: Cohort, held: _Held) -> str:
    event, day = held.event, held.day
    if event.at.clock:
        return basis_of(written(plain(event), day.isoformat()))
    closed = cohort.timeline.days.closed_days(day, day + timedelta(days=_EVENT_DAYS - 1))
    needs = resource_words(cohort.inputs.workspace, event)
    return basis_of(written(plain(event), day.isoformat(), *(each.isoformat() for each in closed), *needs))


# -- slots -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Asked:
    """A time that something is to be held: for whom, on which days, and the slots at which somebody could come."""

    held: _Held
    people: tuple[str, ...]
    days: tuple[date, date]
    slots: Slots
    available: Truths


def _placed(
    calendar: Calendar, asked: Sequence[_Asked], prior: Mapping[str, SessionRecord], draft: Draft
) -> list[SessionRecord]:
    """All that is asked for at the slots at which most people can come, then where it was, then the earliest."""
    from mentorctl.optimize.scheduling.gatherings import NOT_HELD, Gathering, GatheringProblem
    from mentorctl.optimize.scheduling.verify_gatherings import verify_gatherings

    cohort = calendar.cohort
    pools = sorted({name for each in asked for name in needs_of(each.held.event)})
    scale = 2 * len(asked)  # so that of two that are as good in either order the first listed comes first
    problem = GatheringProblem(
        gatherings=tuple(
            Gathering(
                people=tuple(calendar.row_of[person] for person in each.people),
                slots=each.slots,
                available=each.available,
                length=each.held.event.lasts.minutes // 15,
                worth=_worth(calendar, each, prior, urgency=scale - place, scale=scale),
                pools=tuple(pools.index(name) for name in needs_of(each.held.event)),
            )
            for place, each in enumerate(asked)
        ),
        pools=(1,) * len(pools),
        each=_EACH * scale,
    )
    answer = cohort.inputs.engine.gatherings(problem)
    must_hold(verify_gatherings(problem, answer))
    sessions = []
    for each, slot, present in zip(asked, answer.slots, answer.present, strict=True):
        if slot == NOT_HELD:
            _report_unplaced(cohort, each, draft)
        else:
            _report_missing(cohort, each, len(each.people) - len(present), draft)
            _report_room(cohort, each.held, len(each.people), draft)
            sessions.append(_record(cohort, each.held, slot, each.people))
    report_placed(cohort, draft, answer, kind="event", sessions=len(sessions), placed=len(sessions), asked=len(asked))
    return sessions


def _worth(
    calendar: Calendar, asked: _Asked, prior: Mapping[str, SessionRecord], *, urgency: int, scale: int
) -> NDArray[np.int64]:
    """What a slot is worth beside the people who can come: the one that it has, and the earlier ones."""
    before = [quarter_of(instant_at(session.starts)) for session in _at_present(calendar, asked.held, prior)]
    earlier = np.arange(len(asked.slots), dtype=np.int64)
    return _STAY * scale * np.isin(asked.slots, before) - urgency * earlier


def _at_present(calendar: Calendar, held: _Held, prior: Mapping[str, SessionRecord]) -> list[SessionRecord]:
    """The session that is on calendars, whatever its slot was chosen from."""
    before = prior.get(session_id(calendar.cohort, "event", held.subject, held.number))
    return [before] if before is not None and before.state == LIVE_SESSION else []


def _report_unplaced(cohort: Cohort, asked: _Asked, draft: Draft) -> None:
    held, (first, last) = asked.held, asked.days
    draft.unplaced.append(
        Unplaced(
            program=cohort.program.id,
            cohort=cohort.id,
            kind="event",
            subject=held.subject,
            number=held.number,
            first=first.isoformat(),
            last=last.isoformat(),
            people=asked.people,
            minutes=held.event.lasts.minutes,
            reason="together" if len(asked.slots) else "nobody",
        )
    )
    beside = " beside the other events that are placed now" if len(asked.slots) else ""
    draft.findings.append(
        finding(
            "MC6003",
            f"none of {len(asked.people)} people can attend `{held.event.id}` from {first} to {last}{beside}",
            help="make it shorter, or widen `meetings.hours`",
            place=_place(cohort, held.event),
        )
    )


def _report_missing(cohort: Cohort, asked: _Asked, missing: int, draft: Draft) -> None:
    if missing:
        draft.findings.append(
            finding(
                "MC6003",
                f"{missing} of {len(asked.people)} people cannot attend `{asked.held.subject}`, "
                "at the slot that suits most",
                help="record it, or hold it twice",
                place=_place(cohort, asked.held.event),
            )
        )


def _report_room(cohort: Cohort, held: _Held, people: int, draft: Draft) -> None:
    """A room with fewer seats than people who are asked."""
    for room in cohort.inputs.workspace.rooms:
        if room.id == held.event.room and room.seats < people:
            draft.findings.append(
                finding(
                    "MC6006",
                    f"{people} people are asked to `{held.subject}`, but the room `{room.id}` has {room.seats} seats",
                    help="take a larger room, or a format that is held in groups, such as `circle`",
                    place=Place(document=cohort.program.id, path=("events", held.event.id, "room")),
                )
            )


def _candidates(
    calendar: Calendar,
    held: _Held,
    people: Sequence[str],
    first_day: date,
    last_day: date,
    *,
    before: Sequence[SessionRecord] = (),
) -> tuple[Slots, Truths]:
    """The slots at which at least one person could begin, and who could at each."""
    first, last = calendar.days(first_day, last_day)
    rows = calendar.free.free[[calendar.row_of[p] for p in people]]
    inside = (np.arange(rows.shape[1]) >= first) & (np.arange(rows.shape[1]) < last)
    rows = rows & inside & calendar.open_for(held.event)
    starts = [calendar.free.starts(row, held.event.lasts.minutes // 15) for row in rows]
    slots = np.unique(np.concatenate(starts)).astype(np.int64)
    slots = slots[calendar.notice_of(slots, before)]
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
    best = int(available.sum(axis=0).argmax())
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
