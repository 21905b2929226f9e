"""Which days count: every day of the calendar, or only those on which people work."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

from mentorctl.dates.durations import Duration, later
from mentorctl.dates.holidays import public_holidays
from mentorctl.values import dataclass

MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
_DAY = timedelta(days=1)
_LONGEST_REST = 366  # days; a calendar without a working day in a year has none


class Counts(StrEnum):
    """How days and weeks are counted. Months are months of the calendar in both."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySpan:
    """Some days in a row; both ends belong to it."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"


_SPAN = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:\s*(?:to|/|\.\.)\s*([0-9]{4}-[0-9]{2}-[0-9]{2}))?")


def parse_days(text: str) -> tuple[DaySpan, ...]:
    """`2027-03-01 to 2027-03-05; 2027-04-02` as stretches of days. Raises ValueError with a sentence."""
    spans = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        found = _SPAN.fullmatch(part)
        if not found:
            raise ValueError(f"`{part}` is no day; write for example 2027-03-01 to 2027-03-05; 2027-04-02")
        first, last = _day_of(found[1]), _day_of(found[2] or found[1])
        if last < first:
            raise ValueError(f"`{part}` ends before it begins")
        spans.append(DaySpan(first=first, last=last))
    return tuple(spans)


def _day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`{text}` is not a day of the calendar") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """How the days of a program count: the working week (Monday is 0), closed days and holidays (`DE`, `DE-BY`)."""

    counts: Counts = Counts.CALENDAR_DAYS
    week: tuple[int, ...] = MONDAY_TO_FRIDAY
    closed: tuple[DaySpan, ...] = ()
    holidays: tuple[str, ...] = ()

    def is_closed(self, day: date) -> bool:
        """Whether the day is closed or a public holiday, on whatever day of the week."""
        return any(day in span for span in self.closed) or any(
            day in public_holidays(code, day.year) for code in self.holidays
        )

    def works(self, day: date) -> bool:
        """Whether people work on the day."""
        return day.weekday() in self.week and not self.is_closed(day)

    def later(self, day: date, by: Duration, *, times: int = 1) -> date:
        """`day` moved by a duration, back with negative `times`.

        In working days, `3d` is the third working day after (or before) the day, which need not be one itself; a week
        has as many days as the working week. Raises ValueError when there is no working day in a whole year.
        """
        days = self._days(by) * times
        if self.counts is Counts.CALENDAR_DAYS or not days:
            return later(day, by, times=times)
        step = _DAY if days > 0 else -_DAY
        for _ in range(abs(days)):
            day = self._working(day + step, step)
        return day

    def last_day(self, begin: date, lasts: Duration) -> date:
        """The last day of a stretch that begins on a day; in working days, the first counts where people work."""
        days = self._days(lasts)
        if self.counts is Counts.CALENDAR_DAYS or not days:
            return later(begin, lasts) - _DAY
        return self.later(begin - _DAY, lasts)

    def first_day(self, day: date) -> date:
        """The day itself, or the next working day where working days count."""
        return day if self.counts is Counts.CALENDAR_DAYS else self._working(day, _DAY)

    def closed_days(self, first: date, last: date) -> Iterator[date]:
        """The closed days and public holidays from one day to another."""
        for offset in range((last - first).days + 1 if self.closed or self.holidays else 0):
            day = first + timedelta(days=offset)
            if self.is_closed(day):
                yield day

    def _days(self, by: Duration) -> int:
        """The days and weeks of a duration as a number of days that count."""
        return by.calendar_days if self.counts is Counts.CALENDAR_DAYS else by.weeks * len(self.week) + by.days

    def _working(self, day: date, step: timedelta) -> date:
        for _ in range(_LONGEST_REST):
            if self.works(day):
                return day
            day += step
        raise ValueError(f"there is no working day in the year around {day}")


EVERY_DAY = DayCount()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendars:
    """What all programs of a workspace share: the working week (Monday is 0), closed days and public holidays."""

    week: tuple[int, ...] = MONDAY_TO_FRIDAY
    closed: tuple[DaySpan, ...] = ()
    holidays: tuple[str, ...] = ()

    def counting(self, counts: Counts, closed: tuple[DaySpan, ...], holidays: tuple[str, ...]) -> DayCount:
        """How days count in a program with closed days and holidays of its own."""
        return DayCount(
            counts=counts,
            week=self.week,
            closed=(*self.closed, *closed),
            holidays=tuple(dict.fromkeys((*self.holidays, *holidays))),
        )
