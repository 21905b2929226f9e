"""Closed days, working weeks, events at known times and rolling intake, as plans keep them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from unit.plan.small import (
    ACTIVE,
    LATER_IN_MATCHING,
    MATCHING,
    MENTEES,
    MENTORS,
    WORKSPACE,
    Live,
    World,
    changed,
    of_type,
    planned_sessions,
    trainings_of,
    without_rows,
)

from mentorctl.state.model import CohortRecord, SessionRecord, TrainingRecord

BERLIN = ZoneInfo("Europe/Berlin")
CHECK_INS = "check_ins:\n"
TIMELINE = "timeline:\n"
WINTER = "  winter: {start: 2027-01-04}\n"
ROLLING = ((TIMELINE, "timeline:\n  intake: rolling\n"), (WINTER, "  rolling: {start: 2027-01-04}\n"))


def call(words: str) -> tuple[str, str]:
    return CHECK_INS, f"events:\n  call: {{{words}}}\ncheck_ins:\n"


def live(*edits: tuple[str, str], workspace: str = WORKSPACE) -> Live:
    return Live(world=World(workspace=workspace).with_program(*edits))


def local(session: SessionRecord) -> datetime:
    return datetime.fromisoformat(session.starts).astimezone(BERLIN)


def days_of(sessions: list[SessionRecord], kind: str) -> list[date]:
    return [local(s).date() for s in sessions if s.kind == kind]


def test_an_event_at_a_known_time_is_exactly_then() -> None:
    """On the program's clock, also where it shows summer time, and also outside the hours of meetings."""
    for day, clock in (("2027-02-10", "18:30"), ("2027-03-28", "03:00"), ("2027-02-28", "00:15")):
        state = live(call(f'at: {{on: {day}, time: "{clock}"}}, lasts: 90min'))
        state.apply(MATCHING)
        (session,) = [s for s in planned_sessions(state.snapshot) if s.kind == "event"]
        assert f"{local(session):%Y-%m-%d %H:%M}" == f"{day} {clock}"
        assert session.minutes == 90


def test_those_who_have_no_time_for_it_are_counted() -> None:
    """The time is fixed, so people may be missing; the finding says how many."""
    state = live(call('at: {on: 2027-02-10, time: "14:00"}, lasts: 60min'))
    state.apply(MATCHING)
    told = [d.detail for d in state.findings if d.code == "MC6003"]
    assert len(told) == 1
    assert "have no time for `call` at 14:00" in told[0]


def test_an_event_at_a_known_time_stands() -> None:
    """Planned again nothing changes; on its day it is not planned anew."""
    state = live(call('at: {on: 2027-02-10, time: "10:00"}, lasts: 60min'))
    state.apply(MATCHING)
    assert not state.plan(LATER_IN_MATCHING).changes
    late = live(call('at: {on: 2027-01-27, time: "10:00"}, lasts: 60min'))
    late.apply(MATCHING)
    assert days_of(planned_sessions(late.snapshot), "event") == []


def test_an_event_of_another_cohort_is_left_to_it() -> None:
    """A date after the end of a cohort is none of its business."""
    later = (WINTER, WINTER + "  summer: {start: 2027-06-07}\n")
    state = live(later, call('at: {on: 2027-07-14, time: "10:00"}, lasts: 60min'))
    state.apply(MATCHING)
    assert days_of(planned_sessions(state.snapshot), "event") == []


def test_closed_days_keep_sessions_away() -> None:
    """Meetings and events that would be on the first days are on the first open one."""
    open_days = live(call("at: active.start, lasts: 60min"))
    open_days.apply(MATCHING)
    assert days_of(planned_sessions(open_days.snapshot), "event") == [date(2027, 2, 1)]
    closed = live(
        call("at: active.start, lasts: 60min"),
        (TIMELINE, "timeline:\n  closed: [{from: 2027-02-01, to: 2027-02-03}]\n"),
    )
    closed.apply(MATCHING)
    found = planned_sessions(closed.snapshot)
    assert days_of(found, "event") == [date(2027, 2, 4)]
    assert min(days_of(found, "meeting")) >= date(2027, 2, 4)


def test_closing_a_day_later_moves_what_is_on_it() -> None:
    """Sessions that stand do not stand on a day that was closed afterwards."""
    state = live()
    state.apply(MATCHING)
    first = min(days_of(planned_sessions(state.snapshot), "meeting"))
    assert first > MATCHING
    state.world = state.world.with_program((TIMELINE, f"timeline:\n  closed: [{first}]\n"))
    state.apply(LATER_IN_MATCHING)
    assert first not in days_of(planned_sessions(state.snapshot), "meeting")


def test_people_work_in_the_working_week() -> None:
    """From Sunday to Thursday, unless they gave hours of their own."""
    week = changed(WORKSPACE, ("roster:\n", "calendars: {working_week: [sun, mon, tue, wed, thu]}\nroster:\n"))
    state = live(call("at: {on: 2027-02-05}, lasts: 60min"), workspace=week)
    state.world = state.world.with_rosters(mentors=changed(MENTORS, ("Mon-Fri 09:00-12:00", "")))
    state.apply(MATCHING)
    assert days_of(planned_sessions(state.snapshot), "event") == [date(2027, 2, 7)]  # a Sunday


def test_an_extension_gives_meetings_more_room() -> None:
    """The active phase of this cohort ends later, and its last meeting may be later too."""
    longer = (WINTER, "  winter: {start: 2027-01-04, extended: [{phase: active, by: 4w}]}\n")
    state = live(longer, ("at_least: 3", "at_least: 6"))
    state.apply(MATCHING)
    (cohort,) = of_type(CohortRecord, state.snapshot.records)
    assert cohort.ends == "2027-05-02"
    assert max(days_of(planned_sessions(state.snapshot), "meeting")) > date(2027, 3, 28)


# -- rolling intake ----------------------------------------------------------------------------------------------------


def test_rolling_intake_matches_on_any_day() -> None:
    """Long after the first day, whoever is ready is matched, and the cohort has no end."""
    state = live(*ROLLING)
    state.apply(date(2028, 6, 1))
    assert len(state.pairs()) == 3
    (cohort,) = of_type(CohortRecord, state.snapshot.records)
    assert (cohort.starts, cohort.ends) == ("2027-01-04", "")


def test_rolling_meetings_begin_with_the_match_and_stand() -> None:
    """Each pair meets from the day after its match, for the length of the active phase; later plans keep that."""
    state = live(*ROLLING)
    state.world = state.world.with_rosters(mentees=without_rows(MENTEES, "e2"))
    state.apply(ACTIVE)
    assert len(state.pairs()) == 2
    first = days_of(planned_sessions(state.snapshot), "meeting")
    assert min(first) > ACTIVE
    assert max(first) < ACTIVE + timedelta(weeks=8)
    kept = {(s.address, s.starts) for s in planned_sessions(state.snapshot)}
    later = ACTIVE + timedelta(days=1)
    assert not state.plan(later).changes
    state.world = state.world.with_rosters(mentees=MENTEES)
    state.apply(later)
    assert len(state.pairs()) == 3
    assert kept < {(s.address, s.starts) for s in planned_sessions(state.snapshot)}
    assert len({s.subject for s in planned_sessions(state.snapshot)}) == 3


def test_rolling_deadlines_are_those_of_the_enrollment() -> None:
    """Training is due by the day on which somebody enrolled, and stays due then."""
    state = live(*ROLLING)
    state.apply(ACTIVE)
    before = {t.address: t.due for t in of_type(TrainingRecord, state.snapshot.records)}
    assert set(before.values()) == {"2027-02-28"}  # three days before the fourth week
    state.apply(ACTIVE + timedelta(days=20))
    assert {t.address: t.due for t in of_type(TrainingRecord, state.snapshot.records)} == before
    assert trainings_of(state.snapshot, state.person("e2")) == {"basics": "assigned"}


def test_rolling_intake_before_its_first_day_says_when_it_begins() -> None:
    """Nothing happens yet."""
    made = live(*ROLLING).plan(date(2027, 1, 1))
    assert [n.text for n in made.notices] == ["begins on 2027-01-04"]
