"""Events for many, such as the kick-off: on the slot that suits most people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from mentorctl.diagnostics import Place, finding
from mentorctl.lifecycle.compiled import plain
from mentorctl.optimize.scheduling.calendar import quarter_of
from mentorctl.optimize.scheduling.events import place_event
from mentorctl.plan.calendar import Calendar, basis_of, instant_at, session_id, session_record
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import LIVE_SESSION, Draft
from mentorctl.spec.model import Event
from mentorctl.state.model import EnrollmentRecord, SessionRecord

_EVENT_DAYS = 7


def event_sessions(
    calendar: Calendar, enrollments: Sequence[EnrollmentRecord], prior: dict[str, SessionRecord], draft: Draft
) -> list[SessionRecord]:
    """The kick-off and other dates for many: on the slot of the week that suits most people."""
    sessions = []
    for event in calendar.cohort.program.events:
        people = _audience(calendar, event, enrollments)
        if people:
            session = _event(calendar, event, people, prior, draft)
            if session is not None:
                calendar.book(session)
                sessions.append(session)
    return sessions


def standing_events(calendar: Calendar, prior: dict[str, SessionRecord]) -> list[SessionRecord]:
    """The events whose slot is kept, because nothing that it was chosen from has changed."""
    found = (_standing(calendar.cohort, event, prior) for event in calendar.cohort.program.events)
    return [session for session in found if session is not None]


def _standing(cohort: Cohort, event: Event, prior: dict[str, SessionRecord]) -> SessionRecord | None:
    before = prior.get(session_id(cohort, "event", event.id, 1))
    return before if before and before.basis == _basis(cohort, event) and before.state == LIVE_SESSION else None


def _basis(cohort: Cohort, event: Event) -> str:
    day = cohort.timeline.day_of(event.at)
    return basis_of([plain(event), day.isoformat() if day else ""])


def _event(
    calendar: Calendar, event: Event, people: list[str], prior: dict[str, SessionRecord], draft: Draft
) -> SessionRecord | None:
    cohort = calendar.cohort
    day = cohort.timeline.day_of(event.at)
    if day is None:
        return None
    before = _standing(cohort, event, prior)
    if before:
        _report_newcomers(calendar, event, [p for p in people if p not in before.people], before, draft)
        return replace(before, people=tuple(people))
    first_day, last_day = max(day, cohort.inputs.as_of + timedelta(days=1)), day + timedelta(days=_EVENT_DAYS - 1)
    if first_day > last_day:
        return None
    first, last = calendar.days(first_day, last_day)
    rows = calendar.free.free[[calendar.row_of[p] for p in people]]
    rows = np.where((np.arange(rows.shape[1]) >= first) & (np.arange(rows.shape[1]) < last), rows, False)
    starts = [calendar.free.starts(row, event.lasts.minutes // 15) for row in rows]
    slots = np.unique(np.concatenate(starts)).astype(np.int64)
    if not len(slots):
        draft.findings.append(
            finding(
                "MC6003",
                f"none of {len(people)} people can attend `{event.id}` from {first_day} to {last_day}",
                help="make it shorter, or widen `meetings.hours`",
                place=Place(document=cohort.program.id, path=("events", event.id)),
            )
        )
        return None
    available = np.stack([np.isin(slots, s) for s in starts])
    best = place_event(slots, available)
    missing = int((~available[:, best]).sum())
    if missing:
        draft.findings.append(
            finding(
                "MC6003",
                f"{missing} of {len(people)} people cannot attend `{event.id}`, at the slot that suits most",
                help="record it, or hold it twice",
                place=Place(document=cohort.program.id, path=("events", event.id)),
            )
        )
    return session_record(
        cohort, "event", event.id, 1, int(slots[best]), event.lasts, tuple(people), _basis(cohort, event)
    )


def _report_newcomers(
    calendar: Calendar, event: Event, newcomers: list[str], session: SessionRecord, draft: Draft
) -> None:
    """An event that stands does not move for people who join later; those who have no time then are counted."""
    first = quarter_of(instant_at(session.starts)) - calendar.free.base
    slot = slice(max(0, first), max(0, first + session.minutes // 15))
    missing = sum(not calendar.free.free[calendar.row_of[person], slot].all() for person in newcomers)
    if missing and first >= 0:
        draft.findings.append(
            finding(
                "MC6003",
                f"{missing} of {len(newcomers)} people who join `{event.id}` now have no time at its slot",
                help="record it for them",
                place=Place(document=calendar.cohort.program.id, path=("events", event.id)),
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
