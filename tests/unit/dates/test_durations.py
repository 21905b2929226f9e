"""Lengths of time: how they are written, and how days move by them."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorctl.dates.durations import Duration, later, parse_duration

READ = (
    ("1d", Duration(days=1)), ("3d", Duration(days=3)), ("2w", Duration(weeks=2)), ("6mo", Duration(months=6)),
    ("45min", Duration(minutes=45)), ("2h", Duration(minutes=120)), (" 3d ", Duration(days=3)),
    ("007d", Duration(days=7)), ("99999min", Duration(minutes=99_999)),
)  # fmt: skip

REFUSED = (
    ("5m", "`5mo` or `5min`"), ("0d", "no time at all"), ("00mo", "no time at all"), ("", "not a duration"),
    ("3", "not a duration"), ("d", "not a duration"), ("-3d", "not a duration"), ("+3d", "not a duration"),
    ("1.5h", "not a duration"), ("3 d", "not a duration"), ("3D", "not a duration"), ("3days", "not a duration"),
    ("1217mo", "longer than a century"), ("99999mo", "longer than a century"), ("36501d", "longer than a century"),
    ("5215w", "longer than a century"), ("2w3d", "not a duration"), ("123456d", "not a duration"), ("\u0663d", "not a duration"), ("3d\n4d", "not a duration"),
)  # fmt: skip

# day, duration, times → day; a month past the end of a month clips to its last day.
MOVED = (
    (date(2027, 1, 31), Duration(months=1), 1, date(2027, 2, 28)),
    (date(2028, 1, 31), Duration(months=1), 1, date(2028, 2, 29)),
    (date(2027, 1, 31), Duration(months=1), 2, date(2027, 3, 31)),
    (date(2027, 3, 31), Duration(months=1), -1, date(2027, 2, 28)),
    (date(2028, 2, 29), Duration(months=12), 1, date(2029, 2, 28)),
    (date(2027, 12, 31), Duration(months=2), 1, date(2028, 2, 29)),
    (date(2027, 11, 30), Duration(months=1), 1, date(2027, 12, 30)),
    (date(2027, 1, 15), Duration(months=1), -1, date(2026, 12, 15)),
    (date(2027, 1, 15), Duration(months=13), -1, date(2025, 12, 15)),
    (date(2027, 12, 1), Duration(months=1), 1, date(2028, 1, 1)),
    (date(2027, 2, 28), Duration(days=1), 1, date(2027, 3, 1)),
    (date(2028, 2, 28), Duration(days=1), 1, date(2028, 2, 29)),
    (date(2027, 3, 28), Duration(days=7), 3, date(2027, 4, 18)),
    (date(2027, 3, 3), Duration(days=3), -1, date(2027, 2, 28)),
    (date(2027, 3, 3), Duration(), 1, date(2027, 3, 3)),
    (date(2027, 3, 3), Duration(minutes=600), 1, date(2027, 3, 3)),
    (date(2027, 3, 31), Duration(months=1), 0, date(2027, 3, 31)),
)


@pytest.mark.parametrize(("text", "duration"), READ)
def test_a_duration_is_read(text: str, duration: Duration) -> None:
    """Days, weeks, months, minutes and hours are read into months, days or minutes."""
    assert parse_duration(text) == duration


@pytest.mark.parametrize(("text", "says"), REFUSED)
def test_what_is_no_duration_is_refused_with_a_sentence(text: str, says: str) -> None:
    """The message says how to write it; a bare m asks which of the two is meant."""
    with pytest.raises(ValueError, match="`") as problem:
        parse_duration(text)
    assert says in str(problem.value)


@pytest.mark.parametrize("text", ["1d", "3d", "2w", "6mo", "45min", "120min", "10d"])
def test_a_duration_is_written_as_it_is_read(text: str) -> None:
    """Writing and reading are inverse for the shortest way of writing."""
    assert str(parse_duration(text)) == text


@given(count=st.integers(min_value=1, max_value=1_200), unit=st.sampled_from(["mo", "min", "d", "w", "h"]))
@settings(max_examples=60)
def test_writing_keeps_the_length(count: int, unit: str) -> None:
    """Whatever is read, its text is read as the same duration."""
    duration = parse_duration(f"{count}{unit}")
    assert parse_duration(str(duration)) == duration


@pytest.mark.parametrize(("day", "by", "times", "moved"), MOVED)
def test_days_move(day: date, by: Duration, times: int, moved: date) -> None:
    """Months clip to the last day of the month and are counted in one go; days are calendar days."""
    assert later(day, by, times=times) == moved


@given(day=st.dates(min_value=date(1970, 1, 1), max_value=date(2200, 12, 31)), months=st.integers(-240, 240))
@settings(max_examples=100)
def test_months_keep_the_day_or_clip_it(day: date, months: int) -> None:
    """The month is exactly so many months away; the day is the same, or the last one of a shorter month."""
    moved = later(day, Duration(months=1), times=months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    is_last = (moved + timedelta(days=1)).month != moved.month
    assert moved.day == day.day or (moved.day < day.day and is_last)


@pytest.mark.parametrize("by", [Duration(months=99_999), Duration(days=99_999 * 7 * 40)])
def test_a_day_beyond_the_calendar_is_a_value_error(by: Duration) -> None:
    """Moving out of the years 1 to 9999 raises an error that callers can catch, a ValueError or OverflowError."""
    with pytest.raises((ValueError, OverflowError)):
        later(date(2027, 1, 1), by)
