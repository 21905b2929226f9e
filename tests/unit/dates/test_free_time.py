"""Who is free when: compared with an oracle that walks over every quarter hour and looks at the wall clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorctl.dates.week import QUARTERS_PER_DAY, every_day, parse_availability
from mentorctl.optimize.scheduling.calendar import FreeTime, Window, free_time, instant_of, quarter_of, zone_of
from mentorctl.roster.people import WEEK_WORDS, CodeColumn, Column, Roster, SetColumn, WeekColumn, words_of

# Windows across changes of daylight saving: by an hour, half an hour, at midnight, backwards over midnight.
ACROSS = (
    ("Europe/Berlin", date(2027, 3, 26), date(2027, 3, 30)), ("Europe/Berlin", date(2027, 10, 29), date(2027, 11, 2)),
    ("America/New_York", date(2027, 3, 12), date(2027, 3, 16)), ("Australia/Lord_Howe", date(2027, 10, 2), date(2027, 10, 4)),
    ("Australia/Lord_Howe", date(2027, 4, 3), date(2027, 4, 5)), ("America/Havana", date(2027, 3, 13), date(2027, 3, 15)),
    ("America/Havana", date(2027, 11, 6), date(2027, 11, 8)), ("Asia/Beirut", date(2027, 3, 27), date(2027, 3, 29)),
    ("Asia/Beirut", date(2027, 10, 29), date(2027, 11, 1)), ("Africa/Casablanca", date(2027, 1, 1), date(2027, 3, 31)),
    ("Pacific/Chatham", date(2027, 9, 25), date(2027, 9, 28)), ("America/Nuuk", date(2027, 3, 26), date(2027, 3, 29)),
    ("America/Nuuk", date(2027, 10, 29), date(2027, 11, 1)), ("Asia/Kolkata", date(2027, 3, 26), date(2027, 3, 30)),
    ("Pacific/Kiritimati", date(2027, 1, 1), date(2027, 1, 3)), ("Etc/GMT+12", date(2027, 1, 1), date(2027, 1, 3)),
)  # fmt: skip
SKIPPED_DAY = ("Pacific/Apia", date(2011, 12, 28), date(2012, 1, 2))


def roster_of(*people: tuple[str, str]) -> Roster:
    """People given as zone and availability; either may be blank."""
    zones = tuple(dict.fromkeys(zone for zone, _ in people if zone))
    weeks = [parse_availability(text) for _, text in people]
    columns: dict[str, Column] = {
        "timezone": CodeColumn(
            codes=np.array([zones.index(zone) if zone else -1 for zone, _ in people], np.int32), labels=zones
        ),
        "availability": WeekColumn(
            words=words_of(weeks, WEEK_WORDS),
            known=np.array([bool(text) for _, text in people], np.bool_),
        ),
    }
    ids = tuple(f"p{number}" for number in range(len(people)))
    return Roster(
        ids=ids,
        roster_ids=ids,
        names=ids,
        columns=columns,
        completed=SetColumn(words=np.zeros((len(ids), 1), np.uint64), labels=()),
        approved=np.zeros(len(ids), np.bool_),
        applications=(),
        digest="",
    )


def oracle(zone: str, availability: str, window: Window) -> set[int]:
    """The free quarter hours, by asking the wall clock of every quarter hour from two days before to two days after."""
    week = every_day(window.hours)
    if availability:
        week = every_day(window.hours, range(7)) & parse_availability(availability)
    rules = ZoneInfo(zone)
    instant = datetime(window.first.year, window.first.month, window.first.day, tzinfo=UTC) - timedelta(days=2)
    free = set()
    while instant.date() <= window.last + timedelta(days=2):
        local = instant.astimezone(rules)
        quarter = local.weekday() * QUARTERS_PER_DAY + local.hour * 4 + local.minute // 15
        if window.first <= local.date() <= window.last and not local.fold and week >> quarter & 1:
            free.add(int(instant.timestamp()) // 900)
        instant += timedelta(minutes=15)
    return free


def found(free: FreeTime, row: int) -> set[int]:
    """The free quarter hours of a row."""
    return set((np.flatnonzero(free.free[row]) + free.base).tolist())


@pytest.mark.parametrize(("zone", "first", "last"), ACROSS)
@pytest.mark.parametrize(
    ("availability", "hours"),
    [
        ("", (36, 68)),
        ("Mon-Sun 00:00-24:00", (0, 96)),
        ("Sat-Mon 00:00-04:00; Sun 22:00-24:00", (0, 96)),
        ("Sun 01:45-03:15", (4, 20)),
    ],
)
def test_free_time_is_what_the_wall_clock_says(
    zone: str, first: date, last: date, availability: str, hours: tuple[int, int]
) -> None:
    """Across every kind of change, free time is exactly the local quarter hours that exist; of two the first."""
    window = Window(first=first, last=last, hours=hours)
    free = free_time(roster_of((zone, availability)), np.array([0], np.int32), window, "UTC")
    assert found(free, 0) == oracle(zone, availability, window)


def test_a_skipped_day_has_no_hours() -> None:
    """30 December 2011 did not happen in Apia; its hours belong to no other day."""
    zone, first, last = SKIPPED_DAY
    window = Window(first=first, last=last, hours=(36, 68))
    free = free_time(roster_of((zone, "")), np.array([0], np.int32), window, "UTC")
    assert found(free, 0) == oracle(zone, "", window)


@given(
    zone=st.sampled_from(sorted({zone for zone, _, _ in ACROSS})),
    first=st.dates(date(2020, 1, 1), date(2036, 12, 1)),
    days=st.integers(0, 4),
    hours=st.tuples(st.integers(0, 95), st.integers(1, 96)).filter(lambda h: h[0] < h[1]),
)
@settings(max_examples=50)
def test_free_time_is_right_on_any_days(zone: str, first: date, days: int, hours: tuple[int, int]) -> None:
    """The same for days all over the years."""
    window = Window(first=first, last=first + timedelta(days=days), hours=hours)
    free = free_time(roster_of((zone, "Mon-Sun 00:00-24:00")), np.array([0], np.int32), window, "UTC")
    assert found(free, 0) == oracle(zone, "Mon-Sun 00:00-24:00", window)


def test_people_without_a_zone_have_the_default() -> None:
    """A blank zone is the program's."""
    roster = roster_of(("", ""), ("Asia/Kolkata", ""))
    assert [zone_of(roster, person, "Europe/Berlin") for person in (0, 1)] == ["Europe/Berlin", "Asia/Kolkata"]
    window = Window(first=date(2027, 1, 11), last=date(2027, 1, 11), hours=(36, 68))
    free = free_time(roster, np.array([1, 0], np.int32), window, "Europe/Berlin")
    assert found(free, 0) == oracle("Asia/Kolkata", "", window)
    assert found(free, 1) == oracle("Europe/Berlin", "", window)


def test_blocked_time_is_not_free() -> None:
    """Blocking takes quarter hours out of one row and bears what lies outside."""
    window = Window(first=date(2027, 1, 11), last=date(2027, 1, 11), hours=(36, 68))
    free = free_time(roster_of(("UTC", ""), ("UTC", "")), np.array([0, 1], np.int32), window, "UTC")
    nine = quarter_of(datetime(2027, 1, 11, 9, tzinfo=UTC))
    free.block(0, nine, 4)
    free.block(0, free.base - 10, 4)
    free.block(0, free.base + free.free.shape[1] + 10, 4)
    assert found(free, 0) == set(range(nine + 4, nine + 32))
    assert found(free, 1) == set(range(nine, nine + 32))


def test_sessions_start_on_full_hours_or_where_free_time_begins() -> None:
    """A window from 09:45 to 12:00 takes an hour at 09:45, 10:00 and 11:00."""
    window = Window(first=date(2027, 1, 11), last=date(2027, 1, 11), hours=(39, 48))
    free = free_time(roster_of(("UTC", "")), np.array([0], np.int32), window, "UTC")
    starts = [instant_of(int(quarter)).strftime("%H:%M") for quarter in free.starts(free.free[0], 4)]
    assert starts == ["09:45", "10:00", "11:00"]
    assert not len(free.starts(free.free[0], 10))
    assert not len(free.starts(free.free[0][:3], 10))
