"""What takes away time beside the weekly hours: absences, holidays where a person lives, other appointments, and when
rooms and facilitators can be had.

All of it is settled here, before anything is placed, so that a slot that is offered is one that people have.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time, timedelta

import numpy as np
from numpy.typing import NDArray

from mentorctl.dates.holidays import public_holidays
from mentorctl.dates.week import QUARTERS_PER_WEEK
from mentorctl.dates.workdays import DaySpan
from mentorctl.dates.zones import to_utc
from mentorctl.optimize.scheduling.calendar import FreeTime, Window, quarter_of, zone_of
from mentorctl.plan.inputs import PlanInputs
from mentorctl.roster.people import CodeColumn, DaysColumn
from mentorctl.rules.fields import FieldType
from mentorctl.spec.model import Event, Facilitator, Module, Room, Workspace
from mentorctl.state.model import SessionRecord
from mentorctl.state.shapes import JsonValue

type Truths = NDArray[np.bool_]

ROOM, FACILITATOR = "room", "facilitator"
_DAY = timedelta(days=1)


# -- people ------------------------------------------------------------------------------------------------------------


def take_own_time(inputs: PlanInputs, people: Sequence[str], free: FreeTime, window: Window, default_zone: str) -> None:
    """Take from each person's row what is theirs alone: days away, holidays, and what their own calendar holds."""
    for row, person in enumerate(people):
        index = inputs.index_of[person]
        zone = zone_of(inputs.roster, index, default_zone)
        for span in (*absences_of(inputs, index), *holidays_of(inputs, index, window.first, window.last)):
            _close(free, row, span, zone)
        for start, quarters in inputs.busy.get(person, ()):
            free.block(row, start, quarters)


def absences_of(inputs: PlanInputs, index: int) -> tuple[DaySpan, ...]:
    """The days on which a person of the roster is away."""
    columns = (inputs.roster.columns.get(name) for name in _fields(inputs.workspace, FieldType.ABSENCES))
    return tuple(span for column in columns if isinstance(column, DaysColumn) for span in column.spans[index])


def holidays_of(inputs: PlanInputs, index: int, first: date, last: date) -> tuple[DaySpan, ...]:
    """The public holidays where a person of the roster lives, from one day to another."""
    code = region_of(inputs, index)
    if not code:
        return ()
    years = range(first.year, last.year + 1)
    days = sorted(day for year in years for day in public_holidays(code, year) if first <= day <= last)
    return tuple(DaySpan(first=day, last=day) for day in days)


def region_of(inputs: PlanInputs, index: int) -> str:
    """The country or part of it whose holidays a person has, or nothing."""
    for name in _fields(inputs.workspace, FieldType.HOLIDAYS):
        column = inputs.roster.columns.get(name)
        if isinstance(column, CodeColumn) and column.codes[index] >= 0:
            return column.labels[int(column.codes[index])]
    return ""


def own_time_words(
    inputs: PlanInputs, people: Iterable[str], first: date, last: date
) -> dict[str, tuple[JsonValue, JsonValue]]:
    """What `take_own_time` takes from people in some days, for the basis of slots; who loses nothing is left out."""
    begin, end = (quarter_of(to_utc(day, time(0), "UTC")) for day in (first - _DAY, last + 2 * _DAY))
    have_days = any(_fields(inputs.workspace, kind) for kind in (FieldType.ABSENCES, FieldType.HOLIDAYS))
    found: dict[str, tuple[JsonValue, JsonValue]] = {}
    for person in people if have_days else inputs.busy.keys() & people:
        index = inputs.index_of[person]
        taken = (*absences_of(inputs, index), *holidays_of(inputs, index, first, last))
        days: list[JsonValue] = [*sorted(f"{span.first}/{span.last}" for span in taken if span.last >= first)]
        busy: list[JsonValue] = [
            [start, quarters]
            for start, quarters in inputs.busy.get(person, ())
            if begin < start + quarters and start < end
        ]
        if days or busy:
            found[person] = (days, busy)
    return found


def _fields(workspace: Workspace, kind: FieldType) -> tuple[str, ...]:
    return tuple(field.id for field in workspace.contract.fields if field.type is kind)


def _close(free: FreeTime, row: int, span: DaySpan, zone: str) -> None:
    first = quarter_of(to_utc(max(span.first, _FIRST), time(0), zone))
    after = quarter_of(to_utc(min(span.last, _LAST) + _DAY, time(0), zone))
    free.block(row, first, after - first)


_FIRST, _LAST = date(1970, 1, 2), date(2200, 12, 30)  # beyond this nothing is planned, and no zone needs to be known


# -- rooms and facilitators --------------------------------------------------------------------------------------------


def needs_of(held: Event | Module) -> tuple[str, ...]:
    """The rows of the calendar that something needs besides its people."""
    named = ((ROOM, held.room), (FACILITATOR, held.facilitator))
    return tuple(f"{kind}:{name}" for kind, name in named if name)


def needs_of_session(inputs: PlanInputs, session: SessionRecord) -> tuple[str, ...]:
    """The same of a session, in whatever program."""
    held = inputs.held.get((session.address.program, session.kind, session.subject.partition(".")[0]))
    return needs_of(held) if held else ()


def resource_row(workspace: Workspace, name: str, free: FreeTime, window: Window) -> Truths:
    """When a room or facilitator can be had, as a row of the calendar; without hours, at all times."""
    kind, _, own = name.partition(":")
    listed: Iterable[Room | Facilitator] = workspace.rooms if kind == ROOM else workspace.facilitators
    found = next((each for each in listed if each.id == own), None)
    if found is None:
        return np.ones(free.free.shape[1], np.bool_)
    zone = found.zone or workspace.timezone
    row = FreeTime(base=free.base, free=np.ones((1, free.free.shape[1]), np.bool_))
    if found.hours is not None:
        week = np.array([bool(found.hours >> quarter & 1) for quarter in range(QUARTERS_PER_WEEK)], np.bool_)
        row.free[0] = False
        for first, quarters in _weekly(week, window, zone):
            at = max(0, first - row.base)
            row.free[0, at : max(at, first - row.base + quarters)] = True
    for span in found.closed if isinstance(found, Room) else found.away:
        _close(row, 0, span, zone)
    open_: Truths = row.free[0]
    return open_


def _weekly(week: Truths, window: Window, zone: str) -> Iterator[tuple[int, int]]:
    """The stretches of some weekly hours in some days: where each begins, and how many quarter hours it lasts.

    They are taken from wall clock to wall clock, so that one over a change of clocks is longer or shorter than written.
    """
    for offset in range(-1, (window.last - window.first).days + 2):
        day = window.first + timedelta(days=offset)
        today = week[day.weekday() * 96 : (day.weekday() + 1) * 96]
        edges = np.flatnonzero(np.diff(np.concatenate([[False], today, [False]]).astype(np.int8)))
        for first, after in edges.reshape(-1, 2).tolist():
            begin, end = (_clock(day, quarter, zone) for quarter in (first, after))
            yield begin, end - begin


def _clock(day: date, quarter: int, zone: str) -> int:
    over, within = divmod(quarter, 96)
    return quarter_of(to_utc(day + timedelta(days=over), time(within // 4, within % 4 * 15), zone))


def resource_words(workspace: Workspace, held: Event | Module) -> list[JsonValue]:
    """When the room and the facilitator of something can be had, for the basis of slots; nothing where it is always."""
    said: list[JsonValue] = []
    rooms = (room for room in workspace.rooms if room.id == held.room)
    leaders = (one for one in workspace.facilitators if one.id == held.facilitator)
    both: tuple[Room | Facilitator, ...] = (*rooms, *leaders)
    for found in both:
        closed = found.closed if isinstance(found, Room) else found.away
        if found.hours is not None or closed:
            hours = "" if found.hours is None else f"{found.hours:x}"
            said.append([found.id, found.zone, hours, [f"{span.first}/{span.last}" for span in closed]])
    return said
