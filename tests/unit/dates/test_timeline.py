"""Phases one after another, and the moments that hang on them."""

from datetime import date

import pytest

from mentorctl.dates.durations import Duration, parse_duration
from mentorctl.dates.timeline import Anchor, DatedPhase, Edge, Moment, Phase, Timeline, When, dated

START = date(2027, 1, 11)


def laid(*phases: str, start: date = START) -> Timeline:
    """A timeline from `id length` or `id length YYYY-MM-DD`."""
    made = []
    for words in phases:
        name, lasts, *begins = words.split()
        made.append(
            Phase(id=name, lasts=parse_duration(lasts), start=date.fromisoformat(begins[0]) if begins else None)
        )
    return dated(tuple(made), start)


def spans(timeline: Timeline) -> list[tuple[str, str, str]]:
    """Every phase as id, first and last day."""
    return [(p.id, p.start.isoformat(), p.end.isoformat()) for p in timeline.phases]


def test_phases_follow_each_other() -> None:
    """A phase begins on the day after the one before it; both ends belong to it."""
    assert spans(laid("enrolling 4w", "training 3w", "matching 1w", "active 6mo", "closing 2w")) == [
        ("enrolling", "2027-01-11", "2027-02-07"),
        ("training", "2027-02-08", "2027-02-28"),
        ("matching", "2027-03-01", "2027-03-07"),
        ("active", "2027-03-08", "2027-09-07"),
        ("closing", "2027-09-08", "2027-09-21"),
    ]


def test_a_day_long_phase_begins_and_ends_on_one_day() -> None:
    """`lasts: 1d` is a phase of one day."""
    assert spans(laid("flash 1d", "rest 1d")) == [
        ("flash", "2027-01-11", "2027-01-11"),
        ("rest", "2027-01-12", "2027-01-12"),
    ]


def test_a_month_from_the_end_of_january_ends_in_february() -> None:
    """The day after the clipped month begins the next phase, so the phase ends a day earlier."""
    assert spans(laid("one 1mo", "two 1mo", start=date(2027, 1, 31))) == [
        ("one", "2027-01-31", "2027-02-27"),
        ("two", "2027-02-28", "2027-03-27"),
    ]


def test_a_phase_may_say_when_it_begins() -> None:
    """A start of its own leaves a gap or an overlap, and later phases follow it."""
    assert spans(laid("a 1w", "b 1w 2027-02-01", "c 1w")) == [
        ("a", "2027-01-11", "2027-01-17"),
        ("b", "2027-02-01", "2027-02-07"),
        ("c", "2027-02-08", "2027-02-14"),
    ]


def test_extending_a_phase_moves_what_follows() -> None:
    """Everything that hangs on later phases moves with them."""
    moment = Moment(when=When.BEFORE, anchor=Anchor(of="matching", edge="start"), by=Duration(days=3))
    assert laid("enrolling 2w", "matching 1w").day_of(moment) == date(2027, 1, 22)
    assert laid("enrolling 3w", "matching 1w").day_of(moment) == date(2027, 1, 29)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2027, 1, 10), None), (date(2027, 1, 11), "a"), (date(2027, 1, 17), "a"), (date(2027, 1, 18), "b"),
        (date(2027, 1, 24), "b"), (date(2027, 1, 25), None),
    ],
)  # fmt: skip
def test_a_day_lies_in_its_phase(day: date, name: str | None) -> None:
    """The first and the last day belong to a phase, the days around do not."""
    phase = laid("a 1w", "b 1w").phase_on(day)
    assert (phase.id if phase else None) == name


def test_where_phases_overlap_the_later_one_counts() -> None:
    """A day in two phases is in the one that began last."""
    phase = laid("a 4w", "b 1w 2027-01-18").phase_on(date(2027, 1, 20))
    assert phase is not None
    assert phase.id == "b"


def test_the_timeline_ends_with_the_last_day_of_any_phase() -> None:
    """A long early phase may end after the last one."""
    timeline = laid("a 8w", "b 1w 2027-01-18")
    assert (timeline.start, timeline.end) == (START, date(2027, 3, 7))


@pytest.mark.parametrize(
    ("lasts", "middle"), [("1d", "2027-01-11"), ("2d", "2027-01-11"), ("3d", "2027-01-12"), ("2w", "2027-01-17")]
)
def test_the_middle_is_rounded_down(lasts: str, middle: str) -> None:
    """The middle of an even number of days is the earlier one of the two."""
    phase = laid(f"a {lasts}").phase("a")
    assert phase is not None
    assert phase.edge(Edge.MIDDLE) == date.fromisoformat(middle)


@pytest.mark.parametrize(
    ("when", "edge", "by", "day"),
    [
        (When.AT, "start", "", "2027-01-11"), (When.AT, "end", "", "2027-02-10"), (When.AT, "middle", "", "2027-01-26"),
        (When.BEFORE, "start", "3d", "2027-01-08"), (When.AFTER, "end", "2w", "2027-02-24"),
        (When.AFTER, "end", "1mo", "2027-03-10"), (When.BEFORE, "end", "1mo", "2027-01-10"),
    ],
)  # fmt: skip
def test_a_moment_has_a_day(when: When, edge: str, by: str, day: str) -> None:
    """At an edge, before it or after it, by days, weeks or months."""
    moment = Moment(when=when, anchor=Anchor(of="a", edge=edge), by=parse_duration(by) if by else Duration())
    assert laid("a 1mo").day_of(moment) == date.fromisoformat(day)


def test_a_moment_on_an_event_has_no_day() -> None:
    """What hangs on a match or a session has no day before it happens."""
    assert laid("a 1w").day_of(Moment(when=When.AT, anchor=Anchor(of="match", edge="accepted"))) is None


def test_a_moment_on_an_event_has_no_day_even_beside_a_phase_of_that_name() -> None:
    """A phase may be called `match` without catching the events of matches."""
    timeline = laid("match 1w")
    assert timeline.day_of(Moment(when=When.AT, anchor=Anchor(of="match", edge="accepted"))) is None


def test_a_phase_that_is_not_there_is_none() -> None:
    """Asking for an unknown phase gives None."""
    assert laid("a 1w").phase("b") is None


def test_a_dated_phase_holds_its_days() -> None:
    """`in` includes both ends."""
    phase = DatedPhase(id="a", start=date(2027, 1, 11), end=date(2027, 1, 12))
    assert [day in phase for day in (date(2027, 1, 10), date(2027, 1, 11), date(2027, 1, 12), date(2027, 1, 13))] == [
        False,
        True,
        True,
        False,
    ]
