"""Repetitions of calendars against a library that unrolls them without bounds."""

from datetime import date, datetime, timedelta

from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorctl.calendars.repeating import read_rule, repeated

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
begins = st.dates(date(2020, 1, 1), date(2027, 12, 31))


@st.composite
def rules(draw: st.DrawFn) -> str:
    """An RRULE as calendars write them."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 5))}"]
    if draw(st.booleans()):
        # the library takes "every Tuesday and the first Monday" for the days that are both, where RFC 5545 means either
        is_numbered = freq in ("MONTHLY", "YEARLY") and draw(st.booleans())
        nth = st.sampled_from(["1", "2", "-1"]) if is_numbered else st.just("")
        days = draw(st.lists(st.tuples(nth, st.sampled_from(WEEKDAYS)), min_size=1, max_size=3, unique=True))
        parts.append("BYDAY=" + ",".join(n + day for n, day in days))
    elif freq == "MONTHLY" and draw(st.booleans()):
        parts.append("BYMONTHDAY=" + ",".join(map(str, draw(st.lists(st.sampled_from([1, 15, 31, -1]), min_size=1)))))
    if draw(st.integers(0, 3)) == 0:
        parts.append("BYMONTH=" + ",".join(map(str, sorted(draw(st.sets(st.integers(1, 12), min_size=1, max_size=3))))))
    if freq in ("MONTHLY", "YEARLY") and "BYDAY" in parts[-1] and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from([1, 2, -1]))}")
    if freq == "WEEKLY" and draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(WEEKDAYS))}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 30))}")
    return ";".join(parts)


@given(rules(), begins, st.integers(0, 900), st.integers(0, 400))
@settings(max_examples=60)
def test_the_same_days_as_the_library(text: str, begin: date, skipped: int, length: int) -> None:
    """In any stretch of days, what is unrolled here is what the library finds; the first day always counts."""
    first = begin + timedelta(days=skipped)
    last = first + timedelta(days=length)
    noon = datetime.combine(begin, datetime.min.time())
    limitless, _, count = text.partition(";COUNT=")  # with a count, the library looks for a match until the year 9999
    found = [day.date() for day in rrulestr(f"{limitless};UNTIL={last:%Y%m%dT000000}", dtstart=noon)]
    if count:  # the first day counts, also where its rule does not mean it
        found = [day for day in found if day != begin][: int(count) - 1]
    expected = sorted({day for day in (begin, *found) if first <= day <= last})
    assert list(repeated(read_rule(text), begin, first, last)) == expected
