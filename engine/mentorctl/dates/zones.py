"""Local clock times to instants. Gaps and folds of daylight saving are decided here, once, and nowhere else."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# These are files of the database that are not places; `localtime` would mean this machine.
_NOT_PLACES = frozenset({"localtime", "posixrules", "Factory"})


@cache
def zone_names() -> frozenset[str]:
    """The time zones that programs and rosters may name."""
    return frozenset(available_timezones()) - _NOT_PLACES


@cache
def zone(name: str) -> ZoneInfo:
    """Raises ValueError for a name that is no time zone."""
    if name not in zone_names():
        raise ValueError(f"`{name}` is not a time zone")
    return ZoneInfo(name)


def to_utc(day: date, clock: time, zone_name: str) -> datetime:
    """The instant of a local clock time.

    A time that daylight saving skips is moved forward by the length of the gap; of a time that happens twice the
    earlier one is meant. Both are what `fold=0` stands for: the offset from before the change.
    """
    return datetime.combine(day, clock, tzinfo=zone(zone_name)).astimezone(UTC)


def local_time(instant: datetime, zone_name: str) -> datetime:
    """The wall clock of a zone at an instant."""
    return instant.astimezone(zone(zone_name))


def utc_offset_minutes(day: date, zone_name: str) -> int:
    """How far the zone's clock is ahead of UTC at noon of a day, in minutes."""
    offset = datetime.combine(day, time(12), tzinfo=zone(zone_name)).utcoffset()
    return int((offset or timedelta()).total_seconds() // 60)
