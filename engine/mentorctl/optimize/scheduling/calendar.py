"""Local availability to absolute quarter hours: who is free when, daylight saving included.

A quarter hour is numbered from 1970-01-01T00:00Z, so that slots of all people and zones are on one grid.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mentorctl.dates.week import QUARTERS_PER_DAY, QUARTERS_PER_WEEK, every_day
from mentorctl.dates.workdays import MONDAY_TO_FRIDAY
from mentorctl.dates.zones import to_utc, zone
from mentorctl.roster.people import CodeColumn, Roster, WeekColumn, bits_of
from mentorctl.values import dataclass

type Truths = NDArray[np.bool_]
type Ints = NDArray[np.int64]

QUARTER = 15 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Local calendar days, both ends included, and the working hours (quarter hours of the day) and week of all."""

    first: date
    last: date
    hours: tuple[int, int]
    week: tuple[int, ...] = MONDAY_TO_FRIDAY


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FreeTime:
    """`free[person, q - base]`: whether a person has time in quarter hour q; a row per person asked for."""

    base: int
    free: Truths

    def block(self, row: int, start: int, quarters: int) -> None:
        """Mark a person as busy; what lies outside the grid does not matter."""
        first = max(0, start - self.base)
        self.free[row, first : max(first, start - self.base + quarters)] = False

    def starts(self, row: Truths, quarters: int) -> Ints:
        """Where a session of some length fits into a row of free time: on full hours and where free time begins."""
        sums = np.concatenate([[0], np.cumsum(row)])
        fits = np.zeros(len(row), np.bool_)
        if len(row) >= quarters:
            fits[: len(row) - quarters + 1] = sums[quarters:] - sums[:-quarters] == quarters
        begins = row & ~np.concatenate([[False], row[:-1]])
        full_hour = (np.arange(len(row)) + self.base) % 4 == 0
        return np.flatnonzero(fits & (full_hour | begins)) + self.base


def free_time(roster: Roster, people: NDArray[np.int32], window: Window, default_zone: str) -> FreeTime:
    """When each of the people has time, from their weekly availability, the working hours and their own zone.

    People who gave no availability have time in the working hours of the working week.
    """
    base = base_of(window)
    length = ((window.last - window.first).days + 3) * QUARTERS_PER_DAY
    free = np.zeros((len(people), length), np.bool_)
    for row, person in enumerate(people.tolist()):
        week = _week(_hours_of(roster, person, window))
        local, absolute = _local_grid(zone_of(roster, person, default_zone), window.first, window.last)
        free[row, absolute[week[local]] - base] = True
    return FreeTime(base=base, free=free)


def base_of(window: Window) -> int:
    """The quarter hour with which the free time of a window begins."""
    return quarter_of(datetime.combine(window.first - timedelta(days=1), time(0), tzinfo=UTC))


def zone_of(roster: Roster, person: int, default: str) -> str:
    """A person's time zone, or the default where none is given."""
    column = roster.columns.get("timezone")
    if isinstance(column, CodeColumn) and column.codes[person] >= 0:
        return column.labels[int(column.codes[person])]
    return default


def quarter_of(instant: datetime) -> int:
    """The number of the quarter hour that begins at an instant."""
    return int(instant.timestamp()) // QUARTER


def instant_of(quarter: int) -> datetime:
    """When a quarter hour begins, in UTC."""
    return datetime.fromtimestamp(quarter * QUARTER, tz=UTC)


def _hours_of(roster: Roster, person: int, window: Window) -> int:
    """A person's local week as bits: the working hours, cut to the availability where one is given."""
    column = roster.columns.get("availability")
    if isinstance(column, WeekColumn) and column.known[person]:
        return every_day(window.hours, range(7)) & bits_of(column.words, person)
    return every_day(window.hours, window.week)


@lru_cache(maxsize=4096)  # many people have the same hours
def _week(bits: int) -> Truths:
    """A week of quarter hours, from its bits."""
    found = np.array([bool(bits >> quarter & 1) for quarter in range(QUARTERS_PER_WEEK)], np.bool_)
    found.flags.writeable = False
    return found


@lru_cache(maxsize=256)
def _local_grid(zone_name: str, first: date, last: date) -> tuple[Ints, Ints]:
    """Every local quarter hour of some days: its number in the week, and its absolute number.

    A local time that daylight saving skips does not exist and is left out; of one that happens twice, the first counts.
    """
    local, absolute = [], []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        of_week = day.weekday() * QUARTERS_PER_DAY
        numbers = np.arange(QUARTERS_PER_DAY)
        if _changes(day, zone_name):
            numbers, instants = _changing_day(day, zone_name)
        else:
            instants = quarter_of(to_utc(day, time(0), zone_name)) + numbers
        local.append(of_week + numbers)
        absolute.append(instants)
    return np.concatenate(local), np.concatenate(absolute)


def _changes(day: date, zone_name: str) -> bool:
    rules = zone(zone_name)
    begin = datetime.combine(day, time(0), tzinfo=rules)
    return begin.utcoffset() != datetime.combine(day + timedelta(days=1), time(0), tzinfo=rules).utcoffset()


def _changing_day(day: date, zone_name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rules = zone(zone_name)
    numbers, instants = [], []
    for quarter in range(QUARTERS_PER_DAY):
        clock = time(quarter // 4, quarter % 4 * 15)
        instant = to_utc(day, clock, zone_name)
        if instant.astimezone(rules).replace(tzinfo=None) == datetime.combine(day, clock):
            numbers.append(quarter)
            instants.append(quarter_of(instant))
    return np.array(numbers, np.int64), np.array(instants, np.int64)
