"""Lengths of time as admins write them: `3d`, `2w`, `6mo`, `45min`, `2h`."""

import re
from calendar import monthrange
from datetime import date, timedelta

from mentorctl.values import dataclass

_WRITTEN = re.compile(r"([0-9]{1,5})(mo|min|d|w|h|m)")
_MINUTES = {"min": 1, "h": 60}
_AT_MOST = {"min": 1, "h": 60, "d": 1440, "w": 10_080, "mo": 43_200, "century": 52_560_000}  # minutes, roughly
_DAYS_OF_A_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """Months, weeks, days and minutes; only one of the four is not zero.

    Weeks are not days times seven, because a week of working days is five of them (`dates.workdays`).
    """

    months: int = 0
    weeks: int = 0
    days: int = 0
    minutes: int = 0

    def __str__(self) -> str:
        for count, unit in ((self.months, "mo"), (self.weeks, "w"), (self.days, "d")):
            if count:
                return f"{count}{unit}"
        return f"{self.minutes}min"

    @property
    def calendar_days(self) -> int:
        """The weeks and days in days of the calendar."""
        return self.weeks * _DAYS_OF_A_WEEK + self.days


def parse_duration(text: str) -> Duration:
    """Read one duration. Raises ValueError with a sentence that says how to write it."""
    found = _WRITTEN.fullmatch(text.strip())
    if not found:
        raise ValueError(f"`{text}` is not a duration; write for example 3d, 2w, 6mo, 45min or 2h")
    count, unit = int(found[1]), found[2]
    if unit == "m":
        raise ValueError(f"`{text}` may mean months or minutes; write `{count}mo` or `{count}min`")
    if count * _AT_MOST[unit] > _AT_MOST["century"]:
        raise ValueError(f"`{text}` is longer than a century; write what is meant")
    if count == 0:
        raise ValueError(f"`{text}` is no time at all; write at least 1{unit}")
    if unit == "mo":
        return Duration(months=count)
    if unit == "w":
        return Duration(weeks=count)
    if unit == "d":
        return Duration(days=count)
    return Duration(minutes=count * _MINUTES[unit])


def later(day: date, by: Duration, *, times: int = 1) -> date:
    """`day` moved by a duration of days, weeks or months; a month past the end of a month clips to its last day.

    Months are counted from `day` in one go, so `times=2` of `1mo` after 31 January is 31 March.
    """
    months = day.year * 12 + day.month - 1 + by.months * times
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, _days_in(year, month + 1))) + timedelta(days=by.calendar_days * times)


def _days_in(year: int, month: int) -> int:
    return monthrange(year, month)[1]
