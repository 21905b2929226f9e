"""Feeds as iCalendar text (RFC 5545), the same bytes for the same entries.

Each entry is written with the wall clock that was meant, and its zone is defined in the file from the first to the last
entry; the library's own definition for all times is two kilobytes in every invitation.
"""

import warnings
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from types import ModuleType
from typing import Any

from mentorctl.calendars.model import Entry, Feed
from mentorctl.dates.zones import local_time

_PRODUCER = "-//mentorctl//mentoring programs//EN"
_REFRESH = "PT4H"  # how often a subscriber may ask again (RFC 7986)


class Method(StrEnum):
    """What a file asks of a calendar (RFC 5546): to show what is in it, or to take it away."""

    PUBLISH = "PUBLISH"
    CANCEL = "CANCEL"


def ical_text(feed: Feed, method: Method = Method.PUBLISH) -> str:
    """The feed as one iCalendar file with CRLF line ends, lines folded at 75 octets."""
    library = _library()
    calendar = library.Calendar()
    calendar.add("prodid", _PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    calendar.add("name", _line(feed.name))
    calendar.add("x-wr-calname", _line(feed.name))
    calendar.add("refresh-interval", library.vDuration.from_ical(_REFRESH), parameters={"VALUE": "DURATION"})
    for zone in sorted({entry.zone for entry in feed.entries if not entry.is_day} - {"UTC"}):
        years = [entry.starts.year for entry in feed.entries if entry.zone == zone]
        calendar.add_component(_zone(zone, min(years), max(years)))
    for entry in feed.entries:
        calendar.add_component(_event(entry))
    text: bytes = calendar.to_ical()
    return text.decode()


def _event(entry: Entry) -> Any:  # noqa: ANN401 - a component of the library
    library = _library()
    event = library.Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed)
    event.add("last-modified", entry.changed)
    if entry.is_day:
        event.add("dtstart", local_time(entry.starts, entry.zone).date())
    else:
        event.add("dtstart", local_time(entry.starts, entry.zone))
        event.add("dtend", local_time(entry.ends, entry.zone))
    event.add("summary", _line(entry.title))
    if entry.agenda:
        event.add("description", "\n".join(entry.agenda))
    if entry.place:
        event.add("location", _line(entry.place))
    if entry.link:
        event.add("url", entry.link)
    if entry.organizer:
        event.add("organizer", f"mailto:{entry.organizer}")
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled or entry.is_day else "OPAQUE")
    if entry.reminder is not None and not entry.cancelled:
        event.add_component(_alarm(entry, entry.reminder))
    return event


def _line(text: str) -> str:
    """A text on one line: a name or a title that breaks it would be a property of its own in some calendars."""
    return " ".join(text.split())


def _alarm(entry: Entry, before: timedelta) -> Any:  # noqa: ANN401
    alarm = _library().Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _line(entry.title))
    alarm.add("trigger", -before)
    return alarm


@lru_cache(maxsize=64)
def _zone(name: str, first: int, last: int) -> Any:  # noqa: ANN401
    """The definition of a zone, from the year before the first entry so that it holds the change of clocks before."""
    zone = _library().Timezone.from_tzid(name, first_date=date(first - 1, 1, 1), last_date=date(last + 1, 1, 1))
    zone.pop("COMMENT", None)  # says that the definition ends; that is meant
    return zone


def zone_by_foreign_name(name: str) -> str:
    """The zone that Windows calls so, by its name in the database; or nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return str(WINDOWS_TO_OLSON.get(name, ""))


@cache
def _library() -> ModuleType:
    """`icalendar`, imported on first use: it takes a quarter of a second."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import icalendar
    return icalendar
