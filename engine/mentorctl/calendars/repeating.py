"""Repetitions of calendar entries (RFC 5545, 3.3.10), unrolled in time that is known before it begins.

Libraries search for the next match until the year 9999, and a stranger can write a rule that has none. Here each period
of a rule is looked at once, from where it matters to where it does not, so that a rule costs the days it spans at most.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from mentorctl.values import dataclass

_RULE = re.compile(r"[A-Z]{4,12}=[-+A-Z0-9,]{1,400}(;[A-Z]{4,12}=[-+A-Z0-9,]{1,400}){0,14}")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BY_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_WORDS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"})
_LONGEST_STEP = 9999

type Period = tuple[date, list[date]]  # its first day, and those of its days that the rule may mean


class TooFrequent(Exception):  # noqa: N818 - what is wrong with it
    """A rule that repeats within a day, or by words that calendars of people do not use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How something repeats: by `freq`, each `interval`-th period, on the days that all of the others allow.

    `by_day` has pairs of (which of them in the period, 0 for all; the weekday, Monday is 0). `until` is as written.
    """

    freq: str
    interval: int = 1
    count: int = 0
    until: str = ""
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    by_position: tuple[int, ...] = ()
    week_start: int = 0


def read_rule(text: str) -> Rule:
    """The value of an RRULE. Raises ValueError with a sentence, and TooFrequent."""
    upper = text.strip().upper()
    if not _RULE.fullmatch(upper):
        raise ValueError("its repetition is not written as iCalendar asks")
    words = dict(part.split("=", 1) for part in upper.split(";"))
    freq = words.get("FREQ", "")
    if freq not in _PERIODS or not words.keys() <= _WORDS:
        raise TooFrequent
    interval = _numbers(words.get("INTERVAL", "1"), 1, _LONGEST_STEP)
    return Rule(
        freq=freq,
        interval=interval[0],
        count=_numbers(words["COUNT"], 1, 10**6)[0] if "COUNT" in words else 0,
        until=words.get("UNTIL", ""),
        by_day=tuple(_weekday(part) for part in words["BYDAY"].split(",")) if "BYDAY" in words else (),
        by_month_day=_numbers(words["BYMONTHDAY"], -31, 31) if "BYMONTHDAY" in words else (),
        by_month=_numbers(words["BYMONTH"], 1, 12) if "BYMONTH" in words else (),
        by_position=_numbers(words["BYSETPOS"], -366, 366) if "BYSETPOS" in words else (),
        week_start=_weekday(words["WKST"])[1] if "WKST" in words else 0,
    )


def repeated(rule: Rule, begin: date, first: date, last: date) -> Iterator[date]:
    """The days from `first` to `last` on which something happens that began on `begin`; that day is always one."""
    if rule.count:
        yield from _counted(rule, begin, first, last)
        return
    if first <= begin <= last:
        yield begin
    for start, days in _PERIODS[rule.freq](rule, begin, max(begin, first)):
        if start > last:
            return
        yield from (day for day in _at_positions(rule, days) if begin < day <= last and day >= first)


def _counted(rule: Rule, begin: date, first: date, last: date) -> Iterator[date]:
    """The same where the times are counted, so that those before the first day matter."""
    left = rule.count - 1
    if first <= begin <= last:
        yield begin
    for start, days in _PERIODS[rule.freq](rule, begin, begin):
        if left <= 0 or start > last:
            return
        for day in _at_positions(rule, days):
            if day > begin and left > 0:
                left -= 1
                if first <= day <= last:
                    yield day


def _at_positions(rule: Rule, days: list[date]) -> list[date]:
    allowed = [day for day in days if _allows(rule, day)]
    if not rule.by_position:
        return allowed
    at = {p - 1 if p > 0 else len(allowed) + p for p in rule.by_position if p}
    return [day for place, day in enumerate(allowed) if place in at]


def _allows(rule: Rule, day: date) -> bool:
    """Whether the limits of the rule that concern the day alone let it pass."""
    if rule.by_month and day.month not in rule.by_month:
        return False
    if rule.by_month_day:
        after = day.day - monthrange(day.year, day.month)[1] - 1
        if day.day not in rule.by_month_day and after not in rule.by_month_day:
            return False
    return not rule.by_day or any(weekday == day.weekday() and _is_nth(rule, day, nth) for nth, weekday in rule.by_day)


def _is_nth(rule: Rule, day: date, nth: int) -> bool:
    """Whether a day is the nth of its weekday in the month, or in the year where no month is named."""
    if not nth or rule.freq in ("DAILY", "WEEKLY"):
        return True
    if rule.freq == "YEARLY" and not rule.by_month:
        place, length = day.timetuple().tm_yday, date(day.year, 12, 31).timetuple().tm_yday
    else:
        place, length = day.day, monthrange(day.year, day.month)[1]
    return (place - 1) // 7 + 1 == nth if nth > 0 else (length - place) // 7 + 1 == -nth


# -- periods: the days of each, in order; those that do not matter yet are jumped over ---------------------------------


def _days(rule: Rule, begin: date, first: date) -> Iterator[Period]:
    skipped = (first - begin).days // rule.interval * rule.interval
    return ((day, [day]) for day in _stepped(begin + timedelta(days=skipped), rule.interval))


def _weeks(rule: Rule, begin: date, first: date) -> Iterator[Period]:
    monday = begin - timedelta(days=(begin.weekday() - rule.week_start) % 7)
    step = 7 * rule.interval
    skipped = (first - monday).days // step * step
    wanted = {weekday for _, weekday in rule.by_day} or {begin.weekday()}
    for start in _stepped(monday + timedelta(days=skipped), step):
        yield start, [day for offset in range(7) if (day := start + timedelta(days=offset)).weekday() in wanted]


def _months(rule: Rule, begin: date, first: date) -> Iterator[Period]:
    origin = begin.year * 12 + begin.month - 1
    skipped = max(0, first.year * 12 + first.month - 1 - origin) // rule.interval * rule.interval
    chosen = bool(rule.by_day or rule.by_month_day)
    for number in range(origin + skipped, _LAST_YEAR * 12, rule.interval):
        year, month = divmod(number, 12)
        yield date(year, month + 1, 1), [day for day in _of_month(year, month + 1) if chosen or day.day == begin.day]


def _years(rule: Rule, begin: date, first: date) -> Iterator[Period]:
    skipped = max(0, first.year - begin.year) // rule.interval * rule.interval
    chosen = bool(rule.by_day or rule.by_month_day)
    months = rule.by_month or (range(1, 13) if chosen else (begin.month,))
    for year in range(begin.year + skipped, _LAST_YEAR, rule.interval):
        of_months = (day for month in sorted(set(months)) for day in _of_month(year, month))
        yield date(year, 1, 1), [day for day in of_months if chosen or day.day == begin.day]


def _of_month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _stepped(start: date, step: int) -> Iterator[date]:
    while start.year < _LAST_YEAR:
        yield start
        start += timedelta(days=step)


_LAST_YEAR = 2300
_PERIODS: dict[str, Callable[[Rule, date, date], Iterator[Period]]] = {
    "DAILY": _days,
    "WEEKLY": _weeks,
    "MONTHLY": _months,
    "YEARLY": _years,
}


def _numbers(text: str, least: int, most: int) -> tuple[int, ...]:
    found = [int(part) for part in text.split(",") if re.fullmatch(r"[+-]?[0-9]{1,7}", part)]
    if not found or len(found) != text.count(",") + 1 or min(found) < least or max(found) > most:
        raise ValueError(f"`{text[:20]}` is no number of a repetition")
    return tuple(found)


def _weekday(text: str) -> tuple[int, int]:
    found = _BY_DAY.fullmatch(text)
    if not found:
        raise ValueError(f"`{text[:20]}` is no day of the week")
    return int(found[1] or 0), _WEEKDAYS.index(found[2])
