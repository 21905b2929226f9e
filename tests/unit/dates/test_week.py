"""Weekly hours as written by people, as bits, and turned from one clock to another."""

from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorctl.dates.week import (
    QUARTERS_PER_DAY,
    QUARTERS_PER_WEEK,
    every_day,
    parse_availability,
    parse_clock,
    parse_hours,
    shifted,
)

WEEKS = st.integers(min_value=0, max_value=(1 << QUARTERS_PER_WEEK) - 1)


def quarters(bits: int) -> set[tuple[int, str]]:
    """The quarter hours of a week as weekday (Monday is 0) and clock time."""
    return {
        (q // QUARTERS_PER_DAY, f"{q % QUARTERS_PER_DAY // 4:02}:{q % 4 * 15:02}")
        for q in range(QUARTERS_PER_WEEK)
        if bits >> q & 1
    }


@pytest.mark.parametrize(
    ("text", "clock"),
    [("9:30", time(9, 30)), ("09:30", time(9, 30)), ("0:00", time(0)), ("24:00", time(0)), (" 23:59 ", time(23, 59))],
)
def test_a_clock_time_is_read(text: str, clock: time) -> None:
    """Hours of one or two digits; 24:00 is the end of the day."""
    assert parse_clock(text) == clock


@pytest.mark.parametrize(
    "text", ["24:01", "25:00", "9:60", "9", "9:5", "930", "9.30", "", "-1:00", "9:30pm", "\u0669:30"]
)
def test_what_is_no_clock_time_is_refused(text: str) -> None:
    """The message quotes the text and shows how to write it."""
    with pytest.raises(ValueError, match="is not a clock time; write for example 09:30"):
        parse_clock(text)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("09:00-17:00", (36, 68)),
        ("0:00-24:00", (0, 96)),
        ("22:00-00:00", (88, 96)),
        ("08:15-08:30", (33, 34)),
        (" 9:00 - 10:00 ", (36, 40)),
    ],
)
def test_hours_are_quarters(text: str, hours: tuple[int, int]) -> None:
    """The first quarter hour and the one after the last; midnight at the end is the end of the day."""
    assert parse_hours(text) == hours


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("17:00-09:00", "ends before it begins"),
        ("09:00-09:00", "ends before it begins"),
        ("09:00", "span of hours"),
        ("09:10-10:00", "quarter of an hour"),
        ("09:00-25:00", "clock time"),
        ("9:00-", "span of hours"),
    ],
)
def test_hours_that_are_none_are_refused(text: str, says: str) -> None:
    """Each way of being wrong has its own sentence."""
    with pytest.raises(ValueError, match=says):
        parse_hours(text)


@pytest.mark.parametrize("text", ["24:00-12:00", "24:00-24:00"])
def test_the_end_of_the_day_begins_nothing(text: str) -> None:
    """24:00 is the end of a day, so no hours begin there."""
    with pytest.raises(ValueError, match="begin"):
        parse_hours(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mon 09:00-09:30", {(0, "09:00"), (0, "09:15")}),
        ("mon 9:00-9:15; FRI 9:00-9:15", {(0, "09:00"), (4, "09:00")}),
        ("Monday 09:00-09:15", {(0, "09:00")}),
        ("Tue-Thu 14:00-14:15", {(1, "14:00"), (2, "14:00"), (3, "14:00")}),
        ("Sat-Mon 00:00-00:15", {(5, "00:00"), (6, "00:00"), (0, "00:00")}),
        ("Sun 23:45-24:00", {(6, "23:45")}),
        ("Mon 09:00 - 09:15", {(0, "09:00")}),
        ("Mon 09:00-09:30; Mon 09:15-09:45;", {(0, "09:00"), (0, "09:15"), (0, "09:30")}),
        ("", set()),
        (" ; ", set()),
    ],
)
def test_availability_is_read(text: str, found: set[tuple[int, str]]) -> None:
    """Windows by day or span of days, joined by semicolons; a span may run over the weekend."""
    assert quarters(parse_availability(text)) == found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Mo 09:00-10:00", "`Mo` is not a day"), ("Mon-Funday 09:00-10:00", "`Funday` is not a day"),
        ("Mon 10:00-09:00", "ends before"), ("Mon 09:05-10:00", "quarter"), ("Mon", "weekly window"),
        ("Mon 09:00", "weekly window"), ("09:00-10:00", "weekly window"), ("Mon 09:00-10:00, Tue 09:00-10:00", "weekly window"),
        ("Mon 09:00\u201310:00", "weekly window"), ("Mon 9-10", "clock time"), ("Mon 26:00-27:00", "clock time"),
    ],
)  # fmt: skip
def test_availability_that_is_none_is_refused(text: str, says: str) -> None:
    """The message names the part that does not fit."""
    with pytest.raises(ValueError, match=says):
        parse_availability(text)


def test_every_day_is_monday_to_friday() -> None:
    """The working hours repeat on the days asked for."""
    assert quarters(every_day((36, 37))) == {(day, "09:00") for day in range(5)}
    assert quarters(every_day((36, 37), range(7))) == {(day, "09:00") for day in range(7)}
    assert every_day((0, 96), range(7)) == (1 << QUARTERS_PER_WEEK) - 1


@given(bits=WEEKS, turn=st.integers(-2000, 2000))
@settings(max_examples=60)
def test_turning_a_week_back_undoes_it(bits: int, turn: int) -> None:
    """Nothing falls off the edges of the week."""
    turned = shifted(bits, turn)
    assert shifted(turned, -turn) == bits
    assert turned.bit_count() == bits.bit_count()
    assert shifted(bits, turn + QUARTERS_PER_WEEK) == turned


@given(one=WEEKS, two=WEEKS, turn=st.integers(-672, 672))
@settings(max_examples=30)
def test_turning_keeps_what_two_weeks_share(one: int, two: int, turn: int) -> None:
    """Two people moved alike share as much as before."""
    assert shifted(one, turn) & shifted(two, turn) == shifted(one & two, turn)


def test_a_week_turns_to_utc_by_minus_the_offset() -> None:
    """Monday 00:00 in Berlin in winter is Sunday 23:00 in UTC."""
    assert quarters(shifted(parse_availability("Mon 00:00-00:15"), -4)) == {(6, "23:00")}
