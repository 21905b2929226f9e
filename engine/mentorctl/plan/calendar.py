"""The calendar of a cohort: who is free when, and how sessions are recorded."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mentorctl.addresses import opaque_id
from mentorctl.dates.durations import Duration
from mentorctl.dates.zones import to_utc
from mentorctl.optimize.scheduling.calendar import FreeTime, Window, base_of, free_time, instant_of, quarter_of
from mentorctl.optimize.verify import WrongAnswer
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import LIVE_SESSION, Draft
from mentorctl.plan.own_time import needs_of, needs_of_session, resource_row, take_own_time
from mentorctl.spec.model import Event, Module
from mentorctl.spec.reading import titled
from mentorctl.spec.renames import Named
from mentorctl.state.model import SessionRecord
from mentorctl.values import dataclass

type Indices = NDArray[np.int32]

DEFAULT_HOURS = (36, 68)  # quarter hours of the day: 09:00 to 17:00
MONDAY = 4 * 96  # the quarter hour in which the first Monday of 1970 began


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The free time of a cohort's people from the day after the plan to the end, less what they already attend.

    It is worked out when something is to be placed; where all that stands is kept, nobody asks for it. Rooms and
    facilitators have rows like people, by `room:ID` and `facilitator:ID`. Nothing new is placed before the quarter hour
    `earliest`, because people are to have notice of it. `booked` are the sessions of the cohort that take the time.
    """

    cohort: Cohort
    people: tuple[str, ...]
    row_of: dict[str, int]
    window: Window
    elsewhere: Callable[[], Iterable[SessionRecord]]
    earliest: int
    booked: list[SessionRecord] = field(default_factory=list)

    @cached_property
    def free(self) -> FreeTime:
        inputs, zone = self.cohort.inputs, self.cohort.program.timezone
        rows = np.array([inputs.index_of[p] for p in self.people], np.int32)
        alone = free_time(inputs.roster, rows, self.window, zone)
        take_own_time(inputs, self.people, alone, self.window, zone)
        needed = tuple(self.row_of)[len(self.people) :]
        shared = [resource_row(inputs.workspace, name, alone, self.window) for name in needed]
        free = FreeTime(base=alone.base, free=np.vstack([alone.free, *shared]))
        for day in self.cohort.timeline.days.closed_days(self.window.first, self.cohort.timeline.end):
            free.free[:, slice(*self.days(day, day))] = False
        for session in (*self.elsewhere(), *self.booked):
            self._block(free, session)
        return free

    @property
    def base(self) -> int:
        """The quarter hour with which the free time begins."""
        return base_of(self.window)

    def book(self, sessions: Sequence[SessionRecord]) -> None:
        """Make the people, the room and the facilitator of each session busy."""
        self.booked.extend(sessions)
        if "free" in self.__dict__:
            for session in sessions:
                self._block(self.free, session)

    def _block(self, free: FreeTime, session: SessionRecord) -> None:
        start = quarter_of(instant_at(session.starts))
        for name in (*session.people, *needs_of_session(self.cohort.inputs, session)):
            if name in self.row_of:
                free.block(self.row_of[name], start, session.minutes // 15)

    def open_for(self, held: Event | Module) -> NDArray[np.bool_]:
        """The quarter hours in which the room and the facilitator of something can be had."""
        rows = [self.row_of[name] for name in needs_of(held) if name in self.row_of]
        able: NDArray[np.bool_] = self.free.free[rows].all(axis=0)
        return able

    def notice_of(self, starts: NDArray[np.int64], standing: Iterable[SessionRecord] = ()) -> NDArray[np.bool_]:
        """Which starts leave people notice: those that are not too soon, and where something stands already."""
        stands = np.array([quarter_of(instant_at(s.starts)) for s in standing], np.int64)
        late_enough: NDArray[np.bool_] = (starts >= self.earliest) | np.isin(starts, stands)
        return late_enough

    def days(self, first: date, last: date) -> tuple[int, int]:
        """The columns of the free time that belong to some days in the program's zone."""
        begin, end = (
            quarter_of(to_utc(day, time(0), self.cohort.program.timezone)) - self.base
            for day in (first, last + timedelta(days=1))
        )
        return max(0, begin), max(0, end)


def calendar_of(cohort: Cohort, people: Iterable[str], draft: Draft) -> Calendar | None:
    """The calendar of some people of a cohort, with what they attend in others; None where no day is left."""
    everyone = tuple(sorted({p for p in people if p in cohort.inputs.index_of}))
    first = max(cohort.inputs.as_of + timedelta(days=1), cohort.timeline.start)
    if not everyone or first > cohort.timeline.end:
        return None
    hours = cohort.program.meetings.hours if cohort.program.meetings else DEFAULT_HOURS
    days = cohort.timeline.days
    here = (cohort.program.id, cohort.id)
    for_many: tuple[Event | Module, ...] = (*cohort.program.events, *cohort.program.modules)
    needed = sorted({name for held in for_many for name in needs_of(held)})

    def elsewhere() -> Iterator[SessionRecord]:
        for session in (*cohort.inputs.live_sessions, *draft.sessions()):
            if (session.address.program, session.address.cohort) != here and session.state == LIVE_SESSION:
                yield session

    return Calendar(
        cohort=cohort,
        people=everyone,
        row_of={name: i for i, name in enumerate((*everyone, *needed))},
        window=Window(first=first, last=cohort.timeline.end, hours=hours, week=days.week),
        elsewhere=elsewhere,
        earliest=_earliest(cohort, first),
    )


def _earliest(cohort: Cohort, first: date) -> int:
    """The first quarter hour of which people have notice."""
    meetings = cohort.program.meetings
    notice = meetings.notice if meetings else None
    day = max(first, cohort.timeline.days.later(cohort.inputs.as_of, notice)) if notice else first
    return quarter_of(to_utc(day, time(0), cohort.program.timezone))


def session_record(
    cohort: Cohort,
    kind: str,
    subject: str,
    number: int,
    quarter: int,
    lasts: Duration,
    people: tuple[str, ...],
    basis: str,
) -> SessionRecord:
    return SessionRecord(
        address=cohort.of_kind("session", session_id(cohort, kind, subject, number)),
        kind=kind,
        subject=subject,
        number=number,
        starts=instant_of(quarter).strftime("%Y-%m-%dT%H:%MZ"),
        zone=cohort.program.timezone,
        minutes=lasts.minutes,
        people=people,
        state=LIVE_SESSION,
        basis=basis,
    )


def session_id(cohort: Cohort, kind: str, subject: str, number: int) -> str:
    """The id that a session has in the state, whatever it was founded on, or a new one that no other session has."""
    known = [session for session in cohort.held(kind).get(subject, ()) if session.number == number]
    if known:
        return known[-1].address.id
    founded = [str(cohort.address), kind, subject, str(number)]
    taken = cohort.prior(SessionRecord)
    while (name := opaque_id("s", cohort.inputs.workspace.id, *founded)) in taken:
        founded.append("again")  # the one that was founded on this has another name now
    return name


def as_before(cohort: Cohort, event: Event) -> tuple[Event, ...]:
    """An event under each id that it has had, the present one first: its slots stay when its name changes.

    A title that is made of the id is another one under another id.
    """
    made_of_id = event.title == titled(event.id)
    return tuple(
        replace(event, id=name, title=titled(name) if made_of_id else event.title)
        for name in cohort.names_of(Named.EVENT, event.id)
    )


def instant_at(starts: str) -> datetime:
    return datetime.fromisoformat(starts)


def end_of(session: SessionRecord) -> int:
    """The quarter hour after the last of a session."""
    return quarter_of(instant_at(session.starts)) + session.minutes // 15


def weeks_of(slots: NDArray[np.int64]) -> Indices:
    return ((slots - MONDAY) // 672).astype(np.int32)


def must_hold(violations: Sequence[str]) -> None:
    if violations:
        raise WrongAnswer(violations[0])
