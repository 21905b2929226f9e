"""Local clock times to instants. Gaps and folds of daylight saving are decided here, once, and nowhere else."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

from mentorctl.resources import time_zones

_LAST_ZONE = timezone(timedelta(hours=-12))
_SECOND = timedelta(seconds=1)
_NOT_PLACES = frozenset({"Factory"})  # it says that a clock was not set


@cache
def zone_names() -> frozenset[str]:
    """The time zones that programs and rosters may name."""
    return frozenset(time_zones()) - _NOT_PLACES


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


def irregularity(day: date, clock: time, zone_name: str) -> str:
    """Whether a local clock time is `skipped` by daylight saving or happens `twice` on its day; else nothing."""
    local = datetime.combine(day, clock, tzinfo=zone(zone_name))
    if local.astimezone(UTC).astimezone(zone(zone_name)).replace(tzinfo=None) != local.replace(tzinfo=None):
        return "skipped"
    return "twice" if local.utcoffset() != local.replace(fold=1).utcoffset() else ""


def end_of_day(day: date, zone_name: str) -> datetime:
    """The last second of a local day, before the first instant of the next one."""
    return to_utc(day + timedelta(days=1), time(0), zone_name) - _SECOND


def end_of_day_anywhere(day: date) -> datetime:
    """The last second in which some place on Earth (at UTC-12) has the day."""
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=_LAST_ZONE).astimezone(UTC) - _SECOND


def local_time(instant: datetime, zone_name: str) -> datetime:
    """The wall clock of a zone at an instant."""
    return instant.astimezone(zone(zone_name))


def utc_offset_minutes(day: date, zone_name: str) -> int:
    """How far the zone's clock is ahead of UTC at noon of a day, in minutes."""
    offset = datetime.combine(day, time(12), tzinfo=zone(zone_name)).utcoffset()
    return int((offset or timedelta()).total_seconds() // 60)
