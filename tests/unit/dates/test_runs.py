"""What makes one cohort differ: last days, changes, extensions, milestones, rolling intake, ends of days."""

from datetime import date, time

import pytest

from mentorctl.dates.durations import Duration, parse_duration
from mentorctl.dates.timeline import (
    Anchor,
    Ends,
    Extension,
    Intake,
    Milestone,
    Moment,
    Phase,
    PhaseChange,
    Timeline,
    TimelineRules,
    When,
    dated,
    rolling,
)
from mentorctl.dates.workdays import EVERY_DAY, Counts, DayCount, DaySpan

START = date(2027, 1, 11)  # a Monday
WORKING = DayCount(counts=Counts.WORKING_DAYS, closed=(DaySpan(first=date(2027, 1, 20), last=date(2027, 1, 20)),))


def phases(*words: str) -> tuple[Phase, ...]:
    """Phases from `id length`, `id until DAY` or `id length DAY` (a start of its own)."""
    made = []
    for written in words:
        name, length, *more = written.split()
        days = [date.fromisoformat(word) for word in more]
        if length == "until":
            made.append(Phase(id=name, until=days[0]))
        else:
            made.append(Phase(id=name, lasts=parse_duration(length), start=days[0] if days else None))
    return tuple(made)


def spans(timeline: Timeline) -> list[str]:
    return [f"{p.id} {p.start} {p.end}" for p in timeline.phases]


def at(text: str, when: When = When.AT, by: str = "") -> Moment:
    of, _, edge = text.partition(".")
    return Moment(when=when, anchor=Anchor(of=of, edge=edge), by=parse_duration(by) if by else Duration())


def on(day: str, clock: time | None = None) -> Moment:
    return Moment(when=When.ON, on=date.fromisoformat(day), clock=clock)


def test_a_phase_may_end_on_a_day() -> None:
    """What follows begins on the day after it."""
    assert spans(dated(phases("a 1w", "b until 2027-02-03", "c 1w"), START)) == [
        "a 2027-01-11 2027-01-17",
        "b 2027-01-18 2027-02-03",
        "c 2027-02-04 2027-02-10",
    ]


def test_a_cohort_may_change_a_phase() -> None:
    """A start, a length or a last day of its own; a length takes the place of a last day and the other way round."""
    plan = phases("a 1w", "b until 2027-02-03", "c 1w", "d 1w 2027-03-01")
    changes = (
        PhaseChange(phase="a", until=date(2027, 1, 12)),
        PhaseChange(phase="b", lasts=Duration(days=2)),
        PhaseChange(phase="d", start=date(2027, 4, 1)),
    )
    assert spans(dated(plan, START, changes=changes)) == [
        "a 2027-01-11 2027-01-12",
        "b 2027-01-13 2027-01-14",
        "c 2027-01-15 2027-01-21",
        "d 2027-04-01 2027-04-07",
    ]


def test_an_extension_moves_everything_after_it() -> None:
    """The phase ends later, what follows moves, and so do the moments that hang on it; a fixed start stays."""
    plan = phases("a 1w", "b 1mo", "c 1w", "d 1w 2027-03-20")
    longer = dated(plan, START, extended=(Extension(phase="b", by=Duration(weeks=2)),))
    assert spans(longer) == [
        "a 2027-01-11 2027-01-17",
        "b 2027-01-18 2027-03-03",
        "c 2027-03-04 2027-03-10",
        "d 2027-03-20 2027-03-26",
    ]
    moment = at("c.start", When.BEFORE, "3d")
    assert dated(plan, START).day_of(moment) == date(2027, 2, 15)
    assert longer.day_of(moment) == date(2027, 3, 1)


def test_several_extensions_add_up() -> None:
    """Each of them is counted from the end that the one before gave."""
    more = (Extension(phase="a", by=Duration(days=2)), Extension(phase="a", by=Duration(months=1)))
    assert spans(dated(phases("a 1w"), START, extended=more)) == ["a 2027-01-11 2027-02-19"]


def test_an_extension_moves_a_last_day_too() -> None:
    """A phase that ends on a day ends later when it is extended."""
    more = (Extension(phase="a", by=Duration(weeks=1)),)
    assert spans(dated(phases("a until 2027-01-15"), START, extended=more)) == ["a 2027-01-11 2027-01-22"]


def test_phases_of_working_days() -> None:
    """Weeks have five days, closed days are left out, and what follows begins on a working day."""
    assert spans(dated(phases("a 1w", "b 1w", "c 3d", "d 1mo"), START, days=WORKING)) == [
        "a 2027-01-11 2027-01-15",
        "b 2027-01-18 2027-01-25",
        "c 2027-01-26 2027-01-28",
        "d 2027-01-29 2027-02-27",
    ]


def test_distances_of_moments_count_like_phases() -> None:
    """Three working days before a Monday are a Wednesday."""
    timeline = dated(phases("a 1w", "b 1w"), START, days=WORKING)
    assert timeline.day_of(at("b.start", When.BEFORE, "3d")) == date(2027, 1, 13)
    assert timeline.day_of(at("b.start", When.AFTER, "2d")) == date(2027, 1, 21)
    assert timeline.day_of(at("b.start", When.AFTER, "1w")) == date(2027, 1, 26)


def test_a_moment_without_a_distance_is_its_anchor() -> None:
    """`before` and `after` without `by` are the day itself."""
    timeline = dated(phases("a 1w", "b 1w"), START)
    assert (
        timeline.day_of(at("b.start", When.BEFORE)) == timeline.day_of(at("b.start", When.AFTER)) == date(2027, 1, 18)
    )


def test_a_moment_on_a_date_does_not_move() -> None:
    """Whatever the cohort does."""
    assert dated(phases("a 1w"), START).day_of(on("2026-05-01")) == date(2026, 5, 1)


def test_a_clock_time_is_an_instant_of_the_program() -> None:
    """The wall clock of the program's zone, daylight saving included; without a time there is no instant."""
    timeline = dated(phases("a 1mo"), START, zone="Europe/Berlin")
    instant = timeline.instant_of(on("2027-07-01", time(16)))
    assert instant is not None
    assert instant.isoformat() == "2027-07-01T14:00:00+00:00"
    assert timeline.instant_of(on("2027-07-01")) is None


@pytest.mark.parametrize(
    ("ends", "end"),
    [(Ends.LOCAL, "2027-01-17T10:59:59+00:00"), (Ends.ANYWHERE, "2027-01-18T11:59:59+00:00")],
)
def test_a_phase_is_over_after_its_last_second(ends: Ends, end: str) -> None:
    """By the clock of Auckland, or when the last place on Earth has another day."""
    timeline = dated(phases("a 1w"), START, rules=TimelineRules(ends=ends), zone="Pacific/Auckland")
    assert timeline.end_instant(timeline.phases[0]).isoformat() == end


# -- milestones --------------------------------------------------------------------------------------------------------


def test_milestones_have_days_and_moments_hang_on_them() -> None:
    """On a date, on a phase or on another milestone that may be written later; a window has two edges."""
    rules = TimelineRules(
        milestones=(
            Milestone(id="paid", due=at("reached.due", When.AFTER, "1mo")),
            Milestone(id="reached", start=on("2027-01-12"), due=at("a.end")),
            Milestone(id="open", start=on("2027-02-01")),
        )
    )
    timeline = dated(phases("a 1w"), START, rules=rules)
    assert [(m.id, str(m.start), str(m.due), str(m.last)) for m in timeline.milestones] == [
        ("paid", "2027-02-17", "2027-02-17", "2027-02-17"),
        ("reached", "2027-01-12", "2027-01-17", "2027-01-17"),
        ("open", "2027-02-01", "None", "2027-02-01"),
    ]
    assert timeline.day_of(at("reached.start", When.AFTER, "1d")) == date(2027, 1, 13)
    assert timeline.day_of(at("open.due")) == date(2027, 2, 1)
    assert timeline.day_of(at("open.middle")) is None


def test_milestones_in_a_circle_have_no_day() -> None:
    """Looking for the day of each ends."""
    rules = TimelineRules(milestones=(Milestone(id="x", due=at("y.due")), Milestone(id="y", due=at("x.due"))))
    assert dated(phases("a 1w"), START, rules=rules).milestones == ()


# -- rolling intake ----------------------------------------------------------------------------------------------------


def test_rolling_phases_are_those_of_somebody_who_enrolls_today() -> None:
    """Every day they begin anew, while the intake itself began once and does not end."""
    plan, rules = phases("enrolling 1w", "matching 1w", "active 1mo"), TimelineRules(intake=Intake.ROLLING)
    later = rolling(plan, START, date(2027, 3, 1), days=EVERY_DAY, rules=rules, zone="UTC")
    assert spans(later) == [
        "enrolling 2027-03-01 2027-03-07",
        "matching 2027-03-08 2027-03-14",
        "active 2027-03-15 2027-04-14",
    ]
    assert later.start == START
    assert later.runs_on(date(2040, 1, 1))
    assert not later.runs_on(date(2027, 1, 10))
    assert later.is_open("matching", date(2027, 3, 1))
    assert not later.is_open("matching", date(2027, 1, 10))
    assert not later.is_open("closing", date(2027, 3, 1))


def test_a_rolling_phase_begins_when_somebody_enters_it() -> None:
    """The active phase of a pair lasts its length from the day of the match; that of a cohort stays where it is."""
    plan, rules = phases("matching 1w", "active 1mo"), TimelineRules(intake=Intake.ROLLING)
    open_ended = rolling(plan, START, START, days=EVERY_DAY, rules=rules, zone="UTC")
    active = open_ended.phase_from("active", date(2027, 5, 5))
    assert active is not None
    assert (active.start, active.end) == (date(2027, 5, 5), date(2027, 6, 4))
    of_cohort = dated(plan, START)
    assert of_cohort.phase_from("active", date(2027, 5, 5)) == of_cohort.phase("active")


def test_rolling_intake_has_not_begun_before_its_first_day() -> None:
    """Looked at earlier, the dates are those of the first who may come."""
    plan, rules = phases("matching 1w"), TimelineRules(intake=Intake.ROLLING)
    early = rolling(plan, START, date(2026, 1, 1), days=EVERY_DAY, rules=rules, zone="UTC")
    assert spans(early) == ["matching 2027-01-11 2027-01-17"]


def test_a_cohort_runs_between_its_first_and_last_day() -> None:
    """Both belong to it, and a phase is open on its own days only."""
    timeline = dated(phases("a 1w", "b 1w"), START)
    assert [timeline.runs_on(date(2027, 1, day)) for day in (10, 11, 24, 25)] == [False, True, True, False]
    assert [timeline.is_open("b", date(2027, 1, day)) for day in (17, 18, 24, 25)] == [False, True, True, False]
