"""Weekly hours as bit sets: which quarter hours of a local week somebody has time.

A week is 672 quarter hours from Monday 00:00; bit q of the integer is the quarter hour q.
"""

import re
from collections.abc import Iterable
from datetime import time

from mentorctl.dates.workdays import MONDAY_TO_FRIDAY

QUARTERS_PER_DAY = 96
QUARTERS_PER_WEEK = 7 * QUARTERS_PER_DAY
_DAYS = {name: index for index, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_DAY_ALIASES = {"monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6}
_WINDOW = re.compile(r"([A-Za-z]+)(?:-([A-Za-z]+))?\s+([0-9:]+)\s*-\s*([0-9:]+)")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")


def parse_clock(text: str) -> time:
    """`9:30` or `24:00` (read as the end of the day, 00:00). Raises ValueError with a sentence."""
    found = _CLOCK.fullmatch(text.strip())
    if not found or int(found[1]) > 24 or int(found[2]) > 59 or (int(found[1]) == 24 and int(found[2])):  # noqa: PLR2004
        raise ValueError(f"`{text}` is not a clock time; write for example 09:30")
    return time(int(found[1]) % 24, int(found[2]))


def parse_hours(text: str) -> tuple[int, int]:
    """`09:00-17:00` as the first quarter hour and the one after the last. Raises ValueError."""
    begin, _, end = text.partition("-")
    if not end:
        raise ValueError(f"`{text}` is not a span of hours; write for example 09:00-17:00")
    first, last = _quarter(begin), _quarter(end) or QUARTERS_PER_DAY
    if begin.strip() == "24:00":
        raise ValueError(f"`{text}` begins where the day ends")
    if first >= last:
        raise ValueError(f"`{text}` ends before it begins")
    return first, last


def parse_availability(text: str) -> int:
    """`Mon 09:00-12:00; Tue-Thu 14:00-17:00` as a bit set of the week. Raises ValueError."""
    bits = 0
    for part in filter(None, (p.strip() for p in text.split(";"))):
        found = _WINDOW.fullmatch(part)
        if not found:
            raise ValueError(f"`{part}` is not a weekly window; write for example Mon 09:00-12:00; Tue-Thu 14:00-17:00")
        first_day, last_day = _day(found[1]), _day(found[2] or found[1])
        begin, end = parse_hours(f"{found[3]}-{found[4]}")
        span = ((1 << (end - begin)) - 1) << begin
        for offset in range((last_day - first_day) % 7 + 1):
            bits |= span << ((first_day + offset) % 7 * QUARTERS_PER_DAY)
    return bits


def every_day(hours: tuple[int, int], days: Iterable[int] = MONDAY_TO_FRIDAY) -> int:
    """The same hours on each of the days (Monday is 0), as a bit set of the week."""
    span = ((1 << (hours[1] - hours[0])) - 1) << hours[0]
    return sum(span << (day * QUARTERS_PER_DAY) for day in days)


def shifted(bits: int, quarters: int) -> int:
    """The week turned by some quarter hours, e.g. from local time to UTC by minus the offset."""
    turn = quarters % QUARTERS_PER_WEEK
    whole = (1 << QUARTERS_PER_WEEK) - 1
    return ((bits << turn) | (bits >> (QUARTERS_PER_WEEK - turn))) & whole


def _day(name: str) -> int:
    lowered = name.lower()
    if lowered in _DAYS:
        return _DAYS[lowered]
    if lowered in _DAY_ALIASES:
        return _DAY_ALIASES[lowered]
    raise ValueError(f"`{name}` is not a day of the week; write Mon, Tue, Wed, Thu, Fri, Sat or Sun")


def _quarter(text: str) -> int:
    clock = parse_clock(text)
    if clock.minute % 15:
        raise ValueError(f"`{text.strip()}` is not on a quarter of an hour")
    return clock.hour * 4 + clock.minute // 15
