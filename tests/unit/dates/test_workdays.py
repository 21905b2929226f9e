"""Days that count: working weeks, closed days and public holidays."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorctl.dates.durations import Duration, later, parse_duration
from mentorctl.dates.workdays import EVERY_DAY, Calendars, Counts, DayCount, DaySpan

CHRISTMAS = DaySpan(first=date(2027, 12, 24), last=date(2027, 12, 31))
WORKING = DayCount(counts=Counts.WORKING_DAYS)
WITH_CHRISTMAS = DayCount(counts=Counts.WORKING_DAYS, closed=(CHRISTMAS,))
SUNDAY_TO_THURSDAY = DayCount(counts=Counts.WORKING_DAYS, week=(6, 0, 1, 2, 3))

# How days count, the day, the duration, times → the day. 2027-01-11 is a Monday.
MOVED = (
    (WORKING, "2027-01-11", "1d", 1, "2027-01-12"),
    (WORKING, "2027-01-15", "1d", 1, "2027-01-18"),
    (WORKING, "2027-01-16", "1d", 1, "2027-01-18"),
    (WORKING, "2027-01-18", "1d", -1, "2027-01-15"),
    (WORKING, "2027-01-17", "1d", -1, "2027-01-15"),
    (WORKING, "2027-01-11", "1w", 1, "2027-01-18"),
    (WORKING, "2027-01-11", "7d", 1, "2027-01-20"),
    (WORKING, "2027-01-11", "2w", -1, "2026-12-28"),
    (WORKING, "2027-01-11", "1w", 3, "2027-02-01"),
    (WORKING, "2027-01-31", "1mo", 1, "2027-02-28"),
    (WITH_CHRISTMAS, "2027-12-23", "1d", 1, "2028-01-03"),
    (WITH_CHRISTMAS, "2028-01-03", "1d", -1, "2027-12-23"),
    (SUNDAY_TO_THURSDAY, "2027-01-14", "1d", 1, "2027-01-17"),
    (SUNDAY_TO_THURSDAY, "2027-01-10", "1w", 1, "2027-01-17"),
    (EVERY_DAY, "2027-01-15", "1d", 1, "2027-01-16"),
    (EVERY_DAY, "2027-01-15", "1w", -1, "2027-01-08"),
)  # fmt: skip

# The first day and the length → the last day.
LASTS = (
    (WORKING, "2027-01-11", "1w", "2027-01-15"),
    (WORKING, "2027-01-11", "2w", "2027-01-22"),
    (WORKING, "2027-01-11", "1d", "2027-01-11"),
    (WORKING, "2027-01-16", "1d", "2027-01-18"),
    (WORKING, "2027-01-13", "1w", "2027-01-19"),
    (WORKING, "2027-01-11", "1mo", "2027-02-10"),
    (WITH_CHRISTMAS, "2027-12-20", "1w", "2028-01-03"),
    (SUNDAY_TO_THURSDAY, "2027-01-10", "1w", "2027-01-14"),
    (EVERY_DAY, "2027-01-11", "1w", "2027-01-17"),
)


@pytest.mark.parametrize(("days", "day", "by", "times", "moved"), MOVED)
def test_a_day_moves_by_the_days_that_count(days: DayCount, day: str, by: str, times: int, moved: str) -> None:
    """Working days skip what is closed, a week has as many as the working week, and months are the calendar's."""
    assert days.later(date.fromisoformat(day), parse_duration(by), times=times) == date.fromisoformat(moved)


@pytest.mark.parametrize(("days", "first", "lasts", "last"), LASTS)
def test_a_stretch_has_so_many_days_that_count(days: DayCount, first: str, lasts: str, last: str) -> None:
    """The first day counts where people work; the last day is always one that counts."""
    assert days.last_day(date.fromisoformat(first), parse_duration(lasts)) == date.fromisoformat(last)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 120))
@settings(max_examples=100)
def test_so_many_working_days_lie_between(day: date, count: int) -> None:
    """Counted one by one, there are as many working days as were asked for, forward and back."""
    by = Duration(days=count)
    ahead, back = WITH_CHRISTMAS.later(day, by), WITH_CHRISTMAS.later(day, by, times=-1)
    assert sum(WITH_CHRISTMAS.works(day + timedelta(days=n + 1)) for n in range((ahead - day).days)) == count
    assert sum(WITH_CHRISTMAS.works(back + timedelta(days=n)) for n in range((day - back).days)) == count
    assert WITH_CHRISTMAS.works(ahead)
    assert WITH_CHRISTMAS.works(back)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(-50, 50), st.sampled_from(["3d", "2w", "1mo"]))
def test_calendar_days_are_those_of_durations(day: date, times: int, by: str) -> None:
    """Where every day counts, there is one way to move a day."""
    assert EVERY_DAY.later(day, parse_duration(by), times=times) == later(day, parse_duration(by), times=times)


def test_a_phase_begins_on_a_working_day_only_where_these_count() -> None:
    """Saturday is as good as any day, unless working days count."""
    saturday = date(2027, 1, 16)
    assert EVERY_DAY.first_day(saturday) == saturday
    assert WORKING.first_day(saturday) == date(2027, 1, 18)


def test_closed_days_are_listed_one_by_one() -> None:
    """Both ends belong to a closed stretch; the weekend is not closed, only not worked on."""
    found = list(WITH_CHRISTMAS.closed_days(date(2027, 12, 20), date(2027, 12, 26)))
    assert found == [date(2027, 12, 24), date(2027, 12, 25), date(2027, 12, 26)]
    assert list(WORKING.closed_days(date(2027, 1, 11), date(2027, 1, 17))) == []


def test_a_calendar_without_working_days_says_so() -> None:
    """A search for the next working day ends."""
    never = DayCount(counts=Counts.WORKING_DAYS, closed=(DaySpan(first=date(2027, 1, 1), last=date(2029, 1, 1)),))
    with pytest.raises(ValueError, match="no working day in the year around"):
        never.later(date(2027, 3, 1), Duration(days=1))


def test_a_program_adds_to_the_days_of_its_workspace() -> None:
    """Closed days and holidays of both count, each once."""
    shared = Calendars(week=(0, 1, 2, 3), closed=(CHRISTMAS,), holidays=("DE",))
    own = DaySpan(first=date(2027, 5, 1), last=date(2027, 5, 1))
    assert shared.counting(Counts.WORKING_DAYS, (own,), ("DE", "FR")) == DayCount(
        counts=Counts.WORKING_DAYS, week=(0, 1, 2, 3), closed=(CHRISTMAS, own), holidays=("DE", "FR")
    )


def test_spans_are_written_as_people_say_them() -> None:
    """One day alone, or from one to another."""
    assert str(DaySpan(first=date(2027, 5, 1), last=date(2027, 5, 1))) == "2027-05-01"
    assert str(CHRISTMAS) == "2027-12-24 to 2027-12-31"
