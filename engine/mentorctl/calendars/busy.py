"""Busy times from iCalendar files of people: when, and nothing else; titles and guests are not even kept.

The files come from anywhere, so besides the bounds of `lines`, repetitions are unrolled only for people's habits (days,
weeks, months, years), not since for ever, and not without end.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from mentorctl.calendars.ical import zone_by_foreign_name
from mentorctl.calendars.lines import MAX_ENTRIES, Entry, Property, Unusable, entries
from mentorctl.calendars.repeating import Rule, TooFrequent, read_rule, repeated
from mentorctl.dates.zones import to_utc, zone_names
from mentorctl.diagnostics import Diagnostic, Span, finding
from mentorctl.values import dataclass

MAX_STEPS = 100_000  # days that all repetitions in a file together are unrolled over
_MAX_FOUND = 20  # findings about one file
_OLDEST = 40  # years; a repetition that began earlier is none of a person
_LONGEST = timedelta(days=366)
_QUARTER = 15 * 60

_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_INSTANT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})(Z?)")
_UNITS = (("W", 4), ("D", 5)), (("H", 5), ("M", 6), ("S", 8))
_DATE_PART, _TIME_PART = ("".join(f"(?:([0-9]{{1,{most}}}){unit})?" for unit, most in part) for part in _UNITS)
_LENGTH = re.compile(rf"([+-]?)P(?=[0-9T]){_DATE_PART}(?:T(?=[0-9]){_TIME_PART})?")
_EXPORT = "correct it in the calendar, or export it again"
_REPEATS = "let it repeat by days, weeks, months or years, and begin it anew"

type Quarters = tuple[int, int]  # the quarter hour in which it begins, and how many it takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of a file: its name for findings, the owner's zone, and the days of interest, both included.

    Entries whose UID ends with `own` are our own: whoever subscribes to their calendar has them in it too.
    """

    file: str
    zone: str
    first: date
    last: date
    own: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """When somebody is busy, in order and without overlaps, and what could not be read."""

    spans: tuple[Quarters, ...]
    findings: tuple[Diagnostic, ...]


def read_busy(text: str, request: Request) -> Busy:
    """The busy times of one file in the days asked for. Whatever it holds, this ends soon and raises nothing."""
    reading = _Reading(request)
    try:
        found = list(entries(text))
    except Unusable as problem:
        reading.add("MC6010", str(problem), problem.line, "export the calendar again, as iCalendar (.ics)")
        found = []
    moved = {(uid, each.word("RECURRENCE-ID")) for each in found if (uid := each.word("UID"))}
    for entry in found:
        reading.take(entry, frozenset(at for uid, at in moved if at and uid == entry.word("UID")))
    return Busy(spans=_merged(reading.spans), findings=reading.findings)


class _Reading:
    """Collects the spans and findings of one file."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.spans: list[tuple[datetime, datetime]] = []
        self._found: list[Diagnostic] = []
        self._more = 0
        self._said: set[str] = set()
        self._steps = 0
        self._begin = to_utc(request.first, time(0), "UTC") - timedelta(days=1)
        self._end = to_utc(request.last, time(0), "UTC") + timedelta(days=2)

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        if not self._more:
            return tuple(self._found)
        last = self._found[-1]
        return (*self._found[:-1], replace(last, detail=f"{last.detail}; and {self._more} more of its entries"))

    def add(self, code: str, detail: str, line: int, help_: str) -> None:
        if len(self._found) == _MAX_FOUND:
            self._more += 1
            return
        place = Span(file=self.request.file, line=line, column=1)
        self._found.append(finding(code, detail, help=help_, span=place))

    def take(self, entry: Entry, moved: frozenset[str]) -> None:
        """Add the times of an entry, if it takes time and is not one of ours; `moved` are repetitions listed apart."""
        uid = entry.one("UID")
        is_ours = bool(uid and uid.value.strip().endswith(self.request.own))
        if is_ours or entry.word("STATUS") == "CANCELLED" or entry.word("TRANSP") == "TRANSPARENT":
            return
        try:
            if entry.one("FREEBUSY"):
                self._take_periods(entry)
            else:
                self._take(entry, moved)
        except (ValueError, OverflowError) as problem:
            self.add("MC6011", f"the entry that begins here is left out: {problem}", entry.line, _EXPORT)

    def _take_periods(self, entry: Entry) -> None:
        for listed in entry.all("FREEBUSY"):
            if listed.parameters.get("FBTYPE", "BUSY").upper() != "FREE":
                for period in listed.value.split(",")[:MAX_ENTRIES]:
                    first, _, last = period.strip().partition("/")
                    begin = self._instant(replace(listed, value=first))
                    is_length = last.startswith(("P", "+P"))
                    end = begin + _length(last) if is_length else self._instant(replace(listed, value=last))
                    self._keep(begin, end)

    def _take(self, entry: Entry, moved: frozenset[str]) -> None:
        start = entry.one("DTSTART")
        if start is None:
            raise ValueError("it has no DTSTART")
        begin = _wall(start.value)
        lasts = self._lasts(entry, start)
        gone = {self._instant(replace(start, value=text)) for text in moved} if entry.one("RRULE") else set()
        for prop in entry.all("EXDATE"):
            gone |= {self._instant(replace(prop, value=text)) for text in prop.value.split(",")[:MAX_ENTRIES]}
        is_utc = start.value.strip().endswith("Z")
        for wall in self._starts(entry, begin, lasts):
            instant = self._at(wall, start, is_utc=is_utc)
            if instant not in gone:
                self._keep(instant, instant + lasts)

    def _keep(self, begin: datetime, end: datetime) -> None:
        if end > self._begin and begin < self._end:
            self.spans.append((max(begin, self._begin), min(end, self._end)))

    def _lasts(self, entry: Entry, start: Property) -> timedelta:
        end, length = entry.one("DTEND"), entry.one("DURATION")
        if end is not None:
            lasts = self._instant(end) - self._instant(start)
        elif length is not None:
            lasts = _length(length.value.strip())
        else:
            lasts = timedelta(days=1) if _DAY.fullmatch(start.value.strip()) else timedelta(0)
        if lasts < timedelta(0):
            raise ValueError("it ends before it begins")
        return min(lasts, _LONGEST)

    def _instant(self, prop: Property) -> datetime:
        """The instant that a property says: a whole day begins at midnight of its owner."""
        return self._at(_wall(prop.value), prop, is_utc=prop.value.strip().endswith("Z"))

    def _at(self, wall: datetime, prop: Property, *, is_utc: bool) -> datetime:
        return wall.replace(tzinfo=UTC) if is_utc else to_utc(wall.date(), wall.time(), self._zone(prop))

    def _zone(self, prop: Property) -> str:
        """The zone that a property names; without one, or with one that nobody knows, that of the owner."""
        name = prop.parameters.get("TZID", "").strip()
        known = _known_zone(name) if name else ""
        if name and not known and name not in self._said:
            self._said.add(name)
            self.add(
                "MC6012",
                f"`{name[:60]}` is no time zone; its entries are read on the clock of {self.request.zone}",
                prop.line,
                "choose a zone such as Europe/Berlin in the calendar that it comes from",
            )
        return known or self.request.zone

    # -- repetitions -----------------------------------------------------------------------------------------------

    def _starts(self, entry: Entry, begin: datetime, lasts: timedelta) -> Iterator[datetime]:
        """The wall clocks at which an entry begins, as far as they matter."""
        rule = entry.one("RRULE")
        if rule is None or entry.one("RECURRENCE-ID") is not None:
            yield begin
        else:
            yield from self._repeated(rule, begin, lasts)
        for prop in entry.all("RDATE"):
            yield from (_wall(text.partition("/")[0]) for text in prop.value.split(",")[:MAX_ENTRIES])

    def _repeated(self, prop: Property, begin: datetime, lasts: timedelta) -> Iterator[datetime]:
        first, last = (edge.date() for edge in (self._begin - lasts - timedelta(days=1), self._end))
        try:
            rule = read_rule(prop.value)
            problem = self._too_much(rule, begin, max(first, begin.date()), last)
        except TooFrequent:
            problem = "it repeats within a day, or by words that are not known; its first time counts"
        if problem:
            self.add("MC6013", problem, prop.line, _REPEATS)
            yield begin
            return
        if rule.until:  # to the end of the day, so that no clock cuts the last time off
            last = min(last, _wall(rule.until).date())
        for day in repeated(rule, begin.date(), first, last):
            yield datetime.combine(day, begin.time())

    def _too_much(self, rule: Rule, begin: datetime, first: date, last: date) -> str:
        """Why a repetition is not unrolled; nothing when it is, and then its steps are counted."""
        if begin.year < last.year - _OLDEST:
            return f"it repeats since {begin.year}; its first time counts"
        self._steps += max(0, (last - (begin.date() if rule.count else first)).days) + 1
        if self._steps > MAX_STEPS:
            return "the file repeats too much; from here on, the first time of an entry counts"
        return ""


def _wall(text: str) -> datetime:
    """A day or a time as a wall clock."""
    stripped = text.strip()
    found = _DAY.fullmatch(stripped) or _INSTANT.fullmatch(stripped)
    if not found:
        raise ValueError(f"`{stripped[:20]}` is not a time")
    year, month, day, *clock = (int(part) for part in found.groups()[:6])
    hour, minute, second = clock or (0, 0, 0)
    return datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 - a wall clock has no zone


def _length(text: str) -> timedelta:
    found = _LENGTH.fullmatch(text)
    if not found:
        raise ValueError(f"`{text[:20]}` is not a length of time")
    weeks, days, hours, minutes, seconds = (int(found[n] or 0) for n in range(2, 7))
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] == "-" else length


@cache
def _known_zone(name: str) -> str:
    """The zone of the database that a name means: itself, the end of a longer one, or what Windows calls it."""
    parts = name.strip("/").split("/")[-4:]
    tails = ("/".join(parts[at:]) for at in range(len(parts)))
    return next((tail for tail in tails if tail in zone_names()), "") or zone_by_foreign_name(name)


def _merged(spans: list[tuple[datetime, datetime]]) -> tuple[Quarters, ...]:
    """Spans as whole quarter hours, those that touch as one."""
    merged: list[list[int]] = []
    for begin, end in sorted(spans):
        first, after = int(begin.timestamp()) // _QUARTER, -(-int(end.timestamp()) // _QUARTER)
        if merged and first <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], after)
        elif after > first:
            merged.append([first, after])
    return tuple((first, after - first) for first, after in merged)
