"""Local clock times to instants: gaps, folds and skipped days of several zones."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorctl.dates.zones import (
    end_of_day,
    end_of_day_anywhere,
    irregularity,
    local_time,
    to_utc,
    utc_offset_minutes,
    zone,
    zone_names,
)

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Havana",
    "Africa/Casablanca",
    "Pacific/Chatham",
    "Asia/Beirut",
    "UTC",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
)

# zone, local day and time → instant. Gaps move forward by their length; of two the earlier is meant.
INSTANTS = (
    ("Europe/Berlin", "2027-01-11 09:00", "2027-01-11 08:00"),
    ("Europe/Berlin", "2027-07-11 09:00", "2027-07-11 07:00"),
    ("Europe/Berlin", "2027-03-28 01:59", "2027-03-28 00:59"),
    ("Europe/Berlin", "2027-03-28 02:00", "2027-03-28 01:00"),  # a gap: 03:00 is meant
    ("Europe/Berlin", "2027-03-28 02:30", "2027-03-28 01:30"),
    ("Europe/Berlin", "2027-03-28 03:00", "2027-03-28 01:00"),
    ("Europe/Berlin", "2027-10-31 02:30", "2027-10-31 00:30"),  # a fold: the first, in summer time
    ("Europe/Berlin", "2027-10-31 03:00", "2027-10-31 02:00"),
    ("America/New_York", "2027-03-14 02:30", "2027-03-14 07:30"),
    ("America/New_York", "2027-11-07 01:30", "2027-11-07 05:30"),
    ("Australia/Lord_Howe", "2027-10-03 02:15", "2027-10-02 15:45"),  # a gap of half an hour
    ("Australia/Lord_Howe", "2027-10-03 02:30", "2027-10-02 15:30"),
    ("Australia/Lord_Howe", "2027-04-04 01:45", "2027-04-03 14:45"),  # a fold of half an hour
    ("America/Havana", "2027-03-14 00:30", "2027-03-14 05:30"),  # a gap at midnight
    ("America/Havana", "2027-11-07 00:30", "2027-11-07 04:30"),
    ("Asia/Kathmandu", "2027-03-14 09:00", "2027-03-14 03:15"),
    ("Pacific/Apia", "2011-12-29 23:59", "2011-12-30 09:59"),
    ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 22:00"),  # a day that was skipped: noon of the next one
    ("Pacific/Apia", "2011-12-31 12:00", "2011-12-30 22:00"),
)


def moment(text: str) -> datetime:
    """A day and time without a zone."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the zone is beside it


@pytest.mark.parametrize(("name", "local", "instant"), INSTANTS)
def test_a_local_time_is_an_instant(name: str, local: str, instant: str) -> None:
    """Times that daylight saving skips move forward, and of two equal times the earlier is meant."""
    when = moment(local)
    assert to_utc(when.date(), when.time(), name) == moment(instant).replace(tzinfo=UTC)


@given(
    name=st.sampled_from(ZONES),
    day=st.dates(min_value=date(2000, 1, 1), max_value=date(2037, 12, 31)),
    minute=st.integers(0, 1439),
)
@settings(max_examples=150)
def test_an_instant_shows_the_time_that_was_meant(name: str, day: date, minute: int) -> None:
    """Where the local time exists, the clock shows it; and no earlier instant shows it too."""
    clock = time(minute // 60, minute % 60)
    instant = to_utc(day, clock, name)
    shown = local_time(instant, name).replace(tzinfo=None)
    wanted = datetime.combine(day, clock)
    assert shown >= wanted
    if shown == wanted:
        assert all(
            local_time(instant - timedelta(minutes=back), name).replace(tzinfo=None) != wanted for back in (30, 60, 120)
        )


@given(name=st.sampled_from(ZONES), day=st.dates(min_value=date(2012, 1, 1), max_value=date(2037, 12, 31)))
@settings(max_examples=100)
def test_later_local_times_are_never_much_earlier(name: str, day: date) -> None:
    """Over a day instants rise, but for at most an hour where a gap ends."""
    instants = [to_utc(day, time(q // 4, q % 4 * 15), name) for q in range(96)]
    assert all(b - a >= timedelta(hours=-1) for a, b in pairwise(instants))


@pytest.mark.parametrize(
    ("name", "day", "minutes"),
    [
        ("Europe/Berlin", date(2027, 1, 1), 60), ("Europe/Berlin", date(2027, 7, 1), 120),
        ("Europe/Berlin", date(2027, 3, 28), 120), ("Australia/Lord_Howe", date(2027, 1, 1), 660),
        ("Australia/Lord_Howe", date(2027, 7, 1), 630), ("America/St_Johns", date(2027, 1, 1), -210),
        ("Asia/Kathmandu", date(2027, 1, 1), 345), ("Pacific/Marquesas", date(2027, 1, 1), -570), ("UTC", date(2027, 1, 1), 0),
    ],
)  # fmt: skip
def test_offsets_are_minutes_at_noon(name: str, day: date, minutes: int) -> None:
    """Halves and quarters of hours and negative offsets are exact."""
    assert utc_offset_minutes(day, name) == minutes


def test_zone_names_are_places() -> None:
    """Names that would mean this machine are none."""
    assert {"Europe/Berlin", "UTC", "Etc/GMT+12"} <= zone_names()
    assert not {"localtime", "posixrules", "Factory"} & zone_names()


@pytest.mark.parametrize(
    "name", ["Europe/Berln", "", "europe/berlin", "localtime", "../etc/passwd", "CEST", "/etc/passwd"]
)
def test_an_unknown_zone_is_refused(name: str) -> None:
    """Only names of the database are zones; nothing is looked up on disk."""
    with pytest.raises(ValueError, match="is not a time zone"):
        zone(name)


# Berlin sets its clocks forward on 2027-03-28 at 02:00 and back on 2027-10-31 at 03:00.
IRREGULAR = (
    (date(2027, 3, 28), time(2, 30), "Europe/Berlin", "skipped"),
    (date(2027, 3, 28), time(2, 0), "Europe/Berlin", "skipped"),
    (date(2027, 3, 28), time(3, 0), "Europe/Berlin", ""),
    (date(2027, 3, 28), time(1, 59), "Europe/Berlin", ""),
    (date(2027, 10, 31), time(2, 30), "Europe/Berlin", "twice"),
    (date(2027, 10, 31), time(3, 0), "Europe/Berlin", ""),
    (date(2027, 10, 31), time(2, 30), "UTC", ""),
)


@pytest.mark.parametrize(("day", "clock", "name", "kind"), IRREGULAR)
def test_times_that_a_day_does_not_have_once_are_known(day: date, clock: time, name: str, kind: str) -> None:
    """A skipped time and one that happens twice are told apart from all others."""
    assert irregularity(day, clock, name) == kind


def test_a_skipped_time_moves_forward_and_of_two_the_first_is_meant() -> None:
    """02:30 becomes 03:30 in the gap, and is the summer's 02:30 in the fold."""
    assert to_utc(date(2027, 3, 28), time(2, 30), "Europe/Berlin") == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert to_utc(date(2027, 10, 31), time(2, 30), "Europe/Berlin") == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "name", "end"),
    [
        (date(2027, 2, 7), "Europe/Berlin", "2027-02-07T22:59:59+00:00"),
        (date(2027, 3, 27), "Europe/Berlin", "2027-03-27T22:59:59+00:00"),
        (date(2027, 3, 28), "Europe/Berlin", "2027-03-28T21:59:59+00:00"),
        (date(2027, 2, 7), "Pacific/Auckland", "2027-02-07T10:59:59+00:00"),
        (date(2018, 11, 3), "America/Sao_Paulo", "2018-11-04T02:59:59+00:00"),  # the next midnight is skipped
    ],
)
def test_the_last_second_of_a_day(day: date, name: str, end: str) -> None:
    """A day ends a second before the next one begins, even where that has no midnight."""
    assert end_of_day(day, name).isoformat() == end


def test_a_day_ends_last_at_utc_minus_twelve() -> None:
    """Anywhere on Earth a day is over at noon of the next one in UTC."""
    assert end_of_day_anywhere(date(2027, 2, 7)).isoformat() == "2027-02-08T11:59:59+00:00"
