"""What goes on calendars: meetings, events and live training; what is kept, moved and cancelled, and what is told."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations

import pytest

from mentorctl.dates.zones import local_time, to_utc
from mentorctl.optimize.engine import DirectEngine
from mentorctl.optimize.scheduling.calendar import quarter_of
from mentorctl.plan.calendar import calendar_of
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import Draft, PlanInputs
from mentorctl.plan.sessions import attending
from mentorctl.state.model import EnrollmentRecord, MatchRecord, SessionRecord, TrainingRecord

from .small import (
    ACTIVE,
    LATER_IN_MATCHING,
    MATCHING,
    MENTEES,
    MENTORS,
    Live,
    World,
    after_of,
    of_type,
    planned_sessions,
    without_rows,
)

LIVE_MODULE = (
    "    basics:",
    "    about_bias: {for: both, format: live, takes: 60min, due: {at: training.end}}\n    basics:",
)
KICK_OFF = ("check_ins:", "events: {kick_off: {at: active.start, lasts: 60min}}\ncheck_ins:")
TRAINING_DAY = date(2027, 1, 17)  # the day before the training phase


def applied(day: date, *edits: tuple[str, str], mentors: str = MENTORS, mentees: str = MENTEES) -> Live:
    """A workspace with an edited program after one apply."""
    live = Live(world=World().with_program(*edits).with_rosters(mentors=mentors, mentees=mentees))
    live.apply(day)
    return live


def starts(sessions: list[SessionRecord]) -> list[datetime]:
    """The instants of sessions, in order."""
    return sorted(datetime.fromisoformat(s.starts) for s in sessions)


def of_kind(live: Live, kind: str) -> list[SessionRecord]:
    """The planned sessions of one kind."""
    return [s for s in planned_sessions(live.snapshot) if s.kind == kind]


# -- meetings ----------------------------------------------------------------------------------------------------------


def test_every_match_gets_its_meetings() -> None:
    """One in each stretch of the cadence, in the working hours, on weekdays of the active phase, numbered from 1."""
    live = applied(MATCHING)
    for match in of_type(MatchRecord, live.snapshot.records):
        meetings = sorted(
            (s for s in of_kind(live, "meeting") if s.subject == match.address.id), key=lambda s: s.starts
        )
        assert [s.number for s in meetings] == [1, 2, 3]
        assert {(s.minutes, s.zone, s.people) for s in meetings} == {(60, "Europe/Berlin", match.people)}
        for number, start in enumerate(starts(meetings)):
            local = local_time(start, "Europe/Berlin")
            stretch = date(2027, 2, 1) + timedelta(weeks=2 * number)
            assert stretch <= local.date() < stretch + timedelta(weeks=2)
            assert local.weekday() < 5
            assert time(9) <= local.time() <= time(16)


def test_nobody_is_in_two_places() -> None:
    """Meetings, events and training of one person never overlap."""
    live = applied(TRAINING_DAY, LIVE_MODULE, KICK_OFF)
    live.apply(MATCHING)
    assert {s.kind for s in planned_sessions(live.snapshot)} == {"meeting", "event", "training"}
    assert double_bookings(live) == []


LATER_ADDED = (
    ("an event", KICK_OFF),
    (
        "live training",
        (
            "    basics:",
            "    about_bias: {for: both, format: live, takes: 60min, due: {after: active.start, by: 1d}}\n    basics:",
        ),
    ),
)


@pytest.mark.parametrize("edit", [e[1] for e in LATER_ADDED], ids=[e[0] for e in LATER_ADDED])
def test_what_is_added_later_does_not_fall_on_meetings_that_stand(edit: tuple[str, str]) -> None:
    """Whatever is new is placed around what stands."""
    live = applied(MATCHING)
    live.world = live.world.with_program(edit)
    live.apply(LATER_IN_MATCHING)
    assert len(planned_sessions(live.snapshot)) > 9
    assert double_bookings(live) == []


def double_bookings(live: Live) -> list[tuple[str, str]]:
    """Pairs of planned sessions that one person would have to attend at once."""
    found = []
    for one, two in combinations(planned_sessions(live.snapshot), 2):
        (first, long), (second, _) = sorted((datetime.fromisoformat(s.starts), s.minutes) for s in (one, two))
        if set(one.people) & set(two.people) and second < first + timedelta(minutes=long):
            found.append((f"{one.kind} {one.starts}", f"{two.kind} {two.starts}"))
    return found


def test_meetings_lie_in_the_availability_of_both() -> None:
    """Someone who has time in the mornings only meets in the mornings."""
    live = applied(MATCHING)
    person = live.person("r3")
    clocks = {
        local_time(datetime.fromisoformat(s.starts), "Europe/Berlin").time()
        for s in of_kind(live, "meeting")
        if person in s.people
    }
    assert clocks
    assert all(time(9) <= clock <= time(11) for clock in clocks)


def test_across_a_change_of_clocks_meetings_stay_in_working_hours() -> None:
    """The instants move by an hour, the wall clock does not leave the hours."""
    live = applied(
        date(2027, 3, 10),
        ("  winter: {start: 2027-01-04}", "  winter: {start: 2027-02-15}"),
        ("every: 2w", "every: 1w"),
        ("at_least: 3", 'at_least: 8, hours: "09:00-10:00"'),
    )
    clocks = {local_time(start, "Europe/Berlin").time() for start in starts(of_kind(live, "meeting"))}
    assert clocks == {time(9)}
    assert {start.hour for start in starts(of_kind(live, "meeting"))} == {7, 8}


def test_too_few_meetings_are_told() -> None:
    """A pair without common time has no meetings, and the finding counts it."""
    live = applied(MATCHING, mentees=MENTEES.replace("e3,Finance,senior,,,", "e3,Finance,senior,,Mon 14:00-15:00,"))
    assert live.codes() == ["MC6001"]
    assert live.findings[0].detail == "1 of 3 matches have fewer than 3 meetings; the fewest is 0"
    assert live.plan(MATCHING).is_empty


def test_meetings_longer_than_the_hours_are_told() -> None:
    """No slot can hold them; the plan says so and goes on."""
    live = applied(MATCHING, ("lasts: 60min", "lasts: 9h"))
    assert live.codes() == ["MC6001"]
    assert of_kind(live, "meeting") == []


def test_without_a_cadence_meetings_are_spread() -> None:
    """The active phase is cut into equal parts."""
    live = applied(MATCHING, ("every: 2w, ", ""))
    assert Counter(s.number for s in of_kind(live, "meeting")) == {1: 3, 2: 3, 3: 3}
    assert live.plan(MATCHING).is_empty


def test_meetings_are_kept_while_nothing_changes() -> None:
    """On later days and beside other changes of the program, sessions keep their slots."""
    live = applied(MATCHING)
    live.world = live.world.with_program(("name: Grow", "name: Grow up"))
    for day in (LATER_IN_MATCHING, ACTIVE, date(2027, 3, 20)):
        assert after_of(SessionRecord, live.plan(day).changes) == []


@pytest.mark.parametrize(
    "edit", [("lasts: 60min", "lasts: 45min"), ("at_least: 3", 'at_least: 3, hours: "13:00-17:00"')]
)
def test_a_changed_cadence_moves_meetings_that_lie_ahead(edit: tuple[str, str]) -> None:
    """The same sessions get other slots or lengths; nothing is cancelled that could be moved."""
    live = applied(MATCHING)
    live.world = live.world.with_program(edit)
    plan = live.apply(LATER_IN_MATCHING)
    sessions = [c for c in plan.changes if isinstance(c.after, SessionRecord)]
    assert sessions
    assert {c.action.value for c in sessions} == {"~"}
    assert live.plan(LATER_IN_MATCHING).is_empty


def test_fewer_meetings_cancel_the_rest() -> None:
    """The meetings that are asked for no more are cancelled."""
    live = applied(MATCHING)
    live.world = live.world.with_program(("at_least: 3", "at_least: 2"))
    plan = live.apply(LATER_IN_MATCHING)
    assert Counter(c.reason for c in plan.changes if c.impact == "rescheduled") == {"the session is cancelled": 3}
    assert Counter(s.number for s in of_kind(live, "meeting")) == {1: 3, 2: 3}


def test_changed_availability_moves_the_meetings_of_that_person_only() -> None:
    """Others keep their slots."""
    live = applied(MATCHING)
    person = live.person("r1")
    live.world = live.world.with_rosters(mentors=MENTORS.replace("r1,Sales,lead,,,", "r1,Sales,lead,,Fri 15:00-17:00,"))
    plan = live.apply(LATER_IN_MATCHING)
    touched = after_of(SessionRecord, plan.changes)
    assert touched
    assert all(person in s.people for s in touched)
    assert {local_time(datetime.fromisoformat(s.starts), "Europe/Berlin").weekday() for s in touched} == {4}


def test_the_weekly_load_is_kept_among_new_matches() -> None:
    """With one meeting a week a mentor of two mentees meets each in another week, as far as the cadence allows."""
    live = applied(
        MATCHING,
        ("at_least: 3", "at_least: 3, per_week: 1"),
        mentors=without_rows(MENTORS, "r1", "r2"),
        mentees=without_rows(f"{MENTEES}e4,People,junior,,,negotiation,basics\n", "e1", "e2"),
    )
    assert len(live.pairs()) == 2
    weeks = Counter(start.isocalendar()[:2] for start in starts(of_kind(live, "meeting")))
    assert set(weeks.values()) == {1}


def test_the_weekly_load_is_kept_beside_meetings_that_stand() -> None:
    """A mentor who gets a second mentee later has still one meeting a week."""
    live = applied(
        MATCHING,
        ("at_least: 3", "at_least: 3, per_week: 1"),
        mentors=without_rows(MENTORS, "r1", "r2"),
        mentees=without_rows(MENTEES, "e1", "e2"),
    )
    live.world = live.world.with_rosters(
        mentees=without_rows(f"{MENTEES}e4,People,junior,,,negotiation,basics\n", "e1", "e2")
    )
    live.apply(LATER_IN_MATCHING)
    assert len(live.pairs()) == 2
    weeks = Counter(start.isocalendar()[:2] for start in starts(of_kind(live, "meeting")))
    assert set(weeks.values()) == {1}


# -- events ------------------------------------------------------------------------------------------------------------


def test_an_event_is_in_its_week() -> None:
    """On its day or one of the six after it, for those who are matched."""
    live = applied(MATCHING, KICK_OFF)
    event = of_kind(live, "event")[0]
    assert date(2027, 2, 1) <= datetime.fromisoformat(event.starts).date() <= date(2027, 2, 7)
    assert len(event.people) == 6
    assert event.subject == "kick_off"
    assert all(event.starts != s.starts for s in of_kind(live, "meeting"))


def test_an_event_is_where_most_can_come_and_the_others_are_counted() -> None:
    """One person without time on the slot is a finding, not a reason to call it off."""
    live = applied(
        MATCHING, KICK_OFF, mentees=MENTEES.replace("e1,Finance,junior,,,", "e1,Finance,junior,,Sun 09:00-12:00,")
    )
    assert "MC6003" in live.codes()
    assert "1 of 6 people cannot attend `kick_off`" in next(d.detail for d in live.findings if d.code == "MC6003")


def test_an_event_before_matching_is_for_all_who_take_part() -> None:
    """Nobody is matched yet, so everybody is invited."""
    live = applied(
        date(2027, 1, 6), ("check_ins:", "events: {hello: {at: training.start, lasts: 60min, for: mentor}}\ncheck_ins:")
    )
    assert [len(s.people) for s in of_kind(live, "event")] == [3]


def test_newcomers_join_an_event_that_stands() -> None:
    """The slot stays, the people change."""
    live = applied(MATCHING, KICK_OFF)
    before = of_kind(live, "event")[0]
    live.world = live.world.with_rosters(mentees=f"{MENTEES}e4,People,junior,,,negotiation,basics\n")
    live.apply(LATER_IN_MATCHING)
    after = of_kind(live, "event")[0]
    assert after == replace(before, people=after.people)
    assert set(after.people) - set(before.people) == {live.person("e4")}


def test_a_newcomer_who_cannot_attend_an_event_that_stands_is_told() -> None:
    """The slot stays; who has no time then is counted, as when the slot was chosen."""
    live = applied(MATCHING, KICK_OFF)
    live.world = live.world.with_rosters(mentees=f"{MENTEES}e4,People,junior,,Fri 09:00-12:00,negotiation,basics\n")
    live.apply(LATER_IN_MATCHING)
    assert "MC6003" in live.codes()


def test_pairs_meet_after_a_kick_off_that_moves() -> None:
    """A longer kick-off goes to another day; meetings before it move too."""
    live = applied(MATCHING, KICK_OFF)
    live.world = live.world.with_program(
        ("kick_off: {at: active.start, lasts: 60min}", "kick_off: {at: active.start, lasts: 7h}")
    )
    live.apply(LATER_IN_MATCHING)
    assert starts(of_kind(live, "event"))[0] < starts(of_kind(live, "meeting"))[0]


def test_an_event_that_moves_with_its_phase_is_rescheduled() -> None:
    """Extending a phase moves what hangs on it."""
    live = applied(MATCHING, KICK_OFF)
    live.world = live.world.with_program(("{id: matching, lasts: 1w}", "{id: matching, lasts: 2w}"))
    plan = live.apply(LATER_IN_MATCHING)
    moved = [c for c in plan.changes if isinstance(c.after, SessionRecord) and c.after.kind == "event"]
    assert [(c.reason, c.impact.value) for c in moved] == [("the session moves", "rescheduled")]


def test_an_event_that_nobody_can_attend_is_told() -> None:
    """Nine hours do not fit into a working day: the event would simply not take place."""
    live = applied(MATCHING, ("check_ins:", "events: {kick_off: {at: active.start, lasts: 9h}}\ncheck_ins:"))
    assert of_kind(live, "event") == []
    assert live.codes() == ["MC6003"]


# -- live training -----------------------------------------------------------------------------------------------------


def test_live_training_is_held_before_it_is_due() -> None:
    """In the phase of its due date, up to that date, for everyone who has it to do."""
    live = applied(TRAINING_DAY, LIVE_MODULE)
    sessions = of_kind(live, "training")
    assert sorted(p for s in sessions for p in s.people) == sorted(
        live.person(p) for p in ("r1", "r2", "r3", "e1", "e2", "e3")
    )
    assert all(date(2027, 1, 18) <= start.date() <= date(2027, 1, 24) for start in starts(sessions))
    assert live.plan(TRAINING_DAY).is_empty


def test_seats_are_bounded() -> None:
    """No session has more people than seats."""
    live = applied(TRAINING_DAY, ("    basics:", LIVE_MODULE[1].replace("takes: 60min", "takes: 60min, seats: 2")))
    assert all(len(s.people) <= 2 for s in of_kind(live, "training"))
    assert sum(len(s.people) for s in of_kind(live, "training")) == 6


def test_a_prerequisite_comes_first() -> None:
    """Nobody sits in the second module before the first is over."""
    live = applied(
        TRAINING_DAY,
        (
            "    basics:",
            (
                "    second: {for: both, format: live, takes: 60min, after: [first], due: {at: training.end}}\n"
                "    first: {for: both, format: live, takes: 90min, due: {at: training.end}}\n    basics:"
            ),
        ),
    )
    sessions = of_kind(live, "training")
    for person in {p for s in sessions for p in s.people}:
        begin = {s.subject: datetime.fromisoformat(s.starts) for s in sessions if person in s.people}
        assert begin["first"] + timedelta(minutes=90) <= begin["second"]


def test_people_without_a_seat_are_told() -> None:
    """Who has no time in those days is counted."""
    live = applied(
        TRAINING_DAY,
        LIVE_MODULE,
        mentees=MENTEES.replace("e1,Finance,junior,,,", "e1,Finance,junior,,Mon 06:00-07:00,"),
    )
    assert "MC6002" in live.codes()
    assert "1 of 6 people have no seat in `about_bias` from 2027-01-18 to 2027-01-24" in live.findings[0].detail


def test_a_newcomer_gets_a_seat_without_moving_the_session() -> None:
    """The session that stands stays the same session."""
    live = applied(TRAINING_DAY, LIVE_MODULE)
    before = {(s.address, s.starts) for s in of_kind(live, "training")}
    live.world = live.world.with_rosters(mentees=f"{MENTEES}e4,People,junior,,,negotiation,\n")
    live.apply(TRAINING_DAY)
    assert {(s.address, s.starts) for s in of_kind(live, "training")} == before
    assert any(live.person("e4") in s.people for s in of_kind(live, "training"))


def test_who_has_done_the_module_loses_the_seat() -> None:
    """Training that the roster knows as done needs no session."""
    live = applied(TRAINING_DAY, LIVE_MODULE)
    live.world = live.world.with_rosters(
        mentees=MENTEES.replace("e1,Finance,junior,,,writing,basics", "e1,Finance,junior,,,writing,basics;about_bias")
    )
    live.apply(TRAINING_DAY)
    assert not any(live.person("e1") in s.people for s in of_kind(live, "training"))
    assert live.plan(TRAINING_DAY).is_empty


def test_who_has_had_a_seat_is_not_seated_again_at_once() -> None:
    """The roster learns of the training later; until then nobody is invited a second time."""
    live = applied(TRAINING_DAY, LIVE_MODULE)
    held = of_kind(live, "training")
    day_after = max(starts(held)).date() + timedelta(days=1)
    assert after_of(SessionRecord, live.plan(day_after).changes) == []


def test_training_that_nobody_can_attend_is_told() -> None:
    """Nine hours do not fit into anybody's day; the finding counts them all."""
    live = applied(TRAINING_DAY, ("    basics:", LIVE_MODULE[1].replace("60min", "9h")))
    assert live.codes() == ["MC6002"]


def test_live_training_without_a_place_in_the_timeline_is_told() -> None:
    """Without a due date and a phase called `training` it would never be held."""
    live = applied(
        TRAINING_DAY,
        ("{id: training,", "{id: learning,"),
        ("    basics:", "    about_bias: {for: both, format: live, takes: 60min}\n    basics:"),
    )
    assert of_kind(live, "training") == []
    assert live.codes() == ["MC6002"]


# -- days of the calendar ----------------------------------------------------------------------------------------------


def winter() -> Cohort:
    """A cohort that starts in February, seen in March."""
    world = World().with_program(("  winter: {start: 2027-01-04}", "  winter: {start: 2027-02-15}"))
    loaded = world.load()
    assert loaded.workspace is not None
    compiled = loaded.programs[0]
    inputs = PlanInputs(
        workspace=loaded.workspace,
        programs=loaded.programs,
        roster=world.people(),
        snapshot=Live(world=world).snapshot,
        as_of=date(2027, 3, 1),
        engine=DirectEngine(),
    )
    return Cohort(inputs=inputs, compiled=compiled, id="winter", timeline=compiled.timeline("winter"))


def columns(first: date, last: date) -> tuple[int, int]:
    """The quarter hours that the calendar of a cohort takes for some days in Berlin, absolute."""
    cohort = winter()
    calendar = calendar_of(cohort, cohort.inputs.roster.ids, Draft())
    assert calendar is not None
    begin, end = calendar.days(first, last)
    return begin + calendar.free.base, end + calendar.free.base


def test_a_calendar_has_no_rows_for_those_who_only_applied() -> None:
    """Whoever meets no condition is left out, unless they are in a match or have training; so are those who left."""
    cohort = winter()
    live = applied(MATCHING)
    matches = of_type(MatchRecord, live.snapshot.records)
    known = of_type(EnrollmentRecord, live.snapshot.records)
    matched = matches[0].people[0]
    others = [replace(known[0], person=name, state="not_eligible") for name in ("p1", "p2", matched)]
    left = replace(known[0], person="p3", state="withdrawn")
    training = replace(of_type(TrainingRecord, live.snapshot.records)[0], person="p2")

    assert attending(cohort.inputs, [*others, left], [training], matches) == {"p2", matched}
    assert attending(cohort.inputs, known, [], matches) == {e.person for e in known}


def exact(first: date, last: date) -> tuple[int, int]:
    """From local midnight to local midnight."""
    return (
        quarter_of(to_utc(first, time(0), "Europe/Berlin")),
        quarter_of(to_utc(last + timedelta(days=1), time(0), "Europe/Berlin")),
    )


@pytest.mark.parametrize("days", [(date(2027, 3, 8), date(2027, 3, 21)), (date(2027, 4, 5), date(2027, 4, 18))])
def test_days_are_from_midnight_to_midnight(days: tuple[date, date]) -> None:
    """In the zone of the program."""
    assert columns(*days) == exact(*days)


@pytest.mark.parametrize(
    "days",
    [
        (date(2027, 3, 22), date(2027, 4, 4)),
        (date(2027, 3, 28), date(2027, 3, 28)),
        (date(2027, 3, 28), date(2027, 4, 10)),
    ],
)
def test_days_are_from_midnight_to_midnight_across_a_change_of_clocks(days: tuple[date, date]) -> None:
    """Also when the clocks change in between or on the first day."""
    assert columns(*days) == exact(*days)


def test_sessions_are_written_in_utc() -> None:
    """With a Z, whole minutes, and the zone that was meant."""
    live = applied(MATCHING)
    for session in planned_sessions(live.snapshot):
        assert datetime.fromisoformat(session.starts).tzinfo == UTC
        assert session.starts.endswith("Z")
