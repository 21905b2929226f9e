"""Days and instants as people write them on the command line and in files."""

import re
from datetime import UTC, date, datetime, time

from mentorctl.dates.zones import end_of_day, local_time, to_utc

_CLOCK = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2})?")
EXPECTED = "write a day, 2027-03-03, or an instant, 2027-03-03T14:30, with Z or +01:00 where it is not local"


def happened_at(text: str, zone: str, now: datetime) -> datetime:
    """When something happened: an instant, or some time of a day. Raises ValueError.

    Of today it was just now, of another day at noon. A time without an offset is that of the zone.
    """
    instant = _instant(text, zone)
    if instant is not None:
        return instant
    day = _day(text)
    return now if day == local_time(now, zone).date() else to_utc(day, time(12), zone)


def until(text: str, zone: str, now: datetime) -> datetime:
    """How far time is to come: to an instant, or to the end of a day; today, until now. Raises ValueError."""
    instant = _instant(text, zone)
    if instant is not None:
        return instant
    day = _day(text)
    return now if day == local_time(now, zone).date() else end_of_day(day, zone)


def _instant(text: str, zone: str) -> datetime | None:
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        return None
    day, minute, second, offset = found.groups()
    clock = time.fromisoformat(f"{minute}:{second or '00'}")
    if offset is None:
        return to_utc(date.fromisoformat(day), clock, zone)
    return datetime.fromisoformat(f"{day}T{clock}{offset}").astimezone(UTC)


def _day(text: str) -> date:
    day = date.fromisoformat(text.strip())
    if day.isoformat() != text.strip():  # fromisoformat also reads 20270303 and 2027-W09-3
        raise ValueError(text)
    return day
