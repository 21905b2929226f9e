"""iCalendar text as entries with line numbers: the part of RFC 5545 that is needed to see when somebody is busy.

The files come from anywhere, so lines, entries and depth are bounded. Parts inside an entry, such as alarms, and the
definitions of zones are skipped: evaluating those means unrolling rules that a stranger wrote.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from mentorctl.values import dataclass

MAX_LINES = 200_000
MAX_ENTRIES = 20_000
_MAX_DEPTH = 8
_MAX_LINE = 16_000  # characters of a line after unfolding; the rest of a long description is not needed

_VALUE = r'(?:"[^"]*"|[^;:",]*)'
_LINE = re.compile(rf"([A-Za-z0-9-]{{1,60}})((?:;[A-Za-z0-9-]{{1,60}}={_VALUE}(?:,{_VALUE})*)*):(.*)")
_PARAMETER = re.compile(rf";([A-Za-z0-9-]+)=({_VALUE})")
_KEPT = frozenset(
    {"UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "TRANSP", "STATUS", "FREEBUSY", "RECURRENCE-ID"}
)
_ENTRIES = (["VCALENDAR", "VEVENT"], ["VCALENDAR", "VFREEBUSY"])


class Unusable(Exception):  # noqa: N818 - the name of what happened
    """A file that is no calendar, with the line where that shows."""

    def __init__(self, detail: str, line: int = 1) -> None:
        super().__init__(detail)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One content line: its name and parameters in capitals."""

    name: str
    parameters: Mapping[str, str]
    value: str
    line: int


@dataclass(slots=True, kw_only=True)
class Entry:
    """An event or a list of busy times, with the properties that say when."""

    line: int
    properties: list[Property] = field(default_factory=list)

    def one(self, name: str) -> Property | None:
        return next((p for p in self.properties if p.name == name), None)

    def all(self, name: str) -> Iterator[Property]:
        return (p for p in self.properties if p.name == name)

    def word(self, name: str) -> str:
        found = self.one(name)
        return found.value.strip().upper() if found else ""


def entries(text: str) -> Iterator[Entry]:
    """The events and free-busy lists of a file. Raises Unusable, and what was given until then does not count."""
    parts: list[str] = []
    entry: Entry | None = None
    count = 0
    for prop in _properties(text):
        word = prop.value.strip().upper()
        if prop.name == "BEGIN":
            _open(parts, word, prop.line)
            if parts in _ENTRIES:
                entry, count = Entry(line=prop.line), count + 1
        elif prop.name == "END":
            _close(parts, word, prop.line)
            if entry is not None and len(parts) == 1:
                yield entry
                entry = None
        elif entry is not None and parts in _ENTRIES and prop.name in _KEPT:
            entry.properties.append(prop)
        if count > MAX_ENTRIES:
            raise Unusable(f"it has more than {MAX_ENTRIES} entries", prop.line)
    if parts:
        raise Unusable(f"it ends in the middle of {parts[-1][:20]}", text.count("\n") + 1)


def _open(parts: list[str], word: str, line: int) -> None:
    parts.append(word)
    if parts[0] != "VCALENDAR" or len(parts) > _MAX_DEPTH:
        raise Unusable("it is no iCalendar file: its parts do not lie in each other as they should", line)


def _close(parts: list[str], word: str, line: int) -> None:
    if not parts or parts.pop() != word:
        raise Unusable(f"`END:{word[:20]}` closes what is not open", line)


def _properties(text: str) -> Iterator[Property]:
    """The content lines, each with the number of the line on which it begins. Raises Unusable."""
    is_first = True
    for number, line in _unfolded(text):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line)
        if is_first and (found is None or (found[1].upper(), found[3].strip().upper()) != ("BEGIN", "VCALENDAR")):
            raise Unusable("it is no iCalendar file: it does not begin with BEGIN:VCALENDAR", number)
        is_first = False
        if found is None:
            name = line[:60].upper().partition(":")[0].partition(";")[0]
            if name in _KEPT or name in ("BEGIN", "END"):
                raise Unusable(f"`{name[:20]}` is not written as iCalendar asks", number)
            continue  # what calendars add to the format is not ours to judge
        parameters = {key.upper(): value.strip('"') for key, value in _PARAMETER.findall(found[2])}
        yield Property(name=found[1].upper(), parameters=parameters, value=found[3], line=number)
    if is_first:
        raise Unusable("it is empty")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    held, begun = "", 1
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if number > MAX_LINES:
            raise Unusable(f"it has more than {MAX_LINES} lines", number)
        if line[:1] in (" ", "\t"):
            if len(held) < _MAX_LINE:
                held += line[1:]
            continue
        yield begun, held[:_MAX_LINE]
        held, begun = line, number
    yield begun, held[:_MAX_LINE]
