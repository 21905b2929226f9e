"""What people, rooms and facilitators have besides weekly hours: days away, holidays, appointments, notice, load."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from unit.plan.small import (
    LATER_IN_MATCHING,
    MATCHING,
    MENTEES,
    MENTORS,
    PROGRAM,
    WORKSPACE,
    Live,
    World,
    changed,
    planned_sessions,
)

from mentorctl.dates.zones import local_time
from mentorctl.plan.model import Change, Plan
from mentorctl.state.model import SessionRecord

FIELDS = "    department: {type: single}\n"
MORE = """\
    away: {type: absences}
    region: {type: holidays}
    timezone: {type: timezone}
    load: {type: number}
"""
MEETINGS = "meetings: {every: 2w, lasts: 60min, at_least: 3}"


def rows(text: str, **of: dict[str, str]) -> str:
    """A roster with the columns of `MORE`, filled for some people."""
    names = ("away", "region", "timezone", "load")
    lines = text.splitlines()
    out = [",".join([lines[0], *names])]
    for line in lines[1:]:
        mine = of.get(line.split(",")[0], {})
        out.append(",".join([line, *(mine.get(name, "") for name in names)]))
    return "\n".join(out) + "\n"


def world(
    meetings: str = MEETINGS, *edits: tuple[str, str], workspace: tuple[tuple[str, str], ...] = (), **of: dict[str, str]
) -> World:
    return World(
        workspace=changed(WORKSPACE, (FIELDS, FIELDS + MORE), *workspace),
        programs=(changed(PROGRAM, (MEETINGS, meetings), *edits),),
        rosters=(("mentors.csv", rows(MENTORS, **of)), ("mentees.csv", rows(MENTEES, **of))),
    )


def meetings_of(live: Live, name: str) -> list[SessionRecord]:
    who = live.person(name)
    return [s for s in planned_sessions(live.snapshot) if s.kind == "meeting" and who in s.people]


def days(sessions: list[SessionRecord]) -> list[date]:
    return [datetime.fromisoformat(s.starts).date() for s in sessions]


def moved(plan: Plan) -> list[Change]:
    return [c for c in plan.changes if isinstance(c.after, SessionRecord) and c.impact == "rescheduled"]


def test_nobody_meets_while_away() -> None:
    """Days away take time from one person alone; a meeting that has no other day is listed as one without a time."""
    live = Live(world=world(r1={"away": "2027-02-01 to 2027-02-13; 2027-03-01"}))
    live.apply(MATCHING)
    assert all(day >= date(2027, 2, 14) for day in days(meetings_of(live, "r1")))
    assert date(2027, 2, 1) in days(meetings_of(live, "r2"))
    away = Live(world=world(r1={"away": "2027-02-01 to 2027-02-14"}))
    plan = away.plan(MATCHING)
    assert [(u.kind, u.number, u.reason) for u in plan.unplaced] == [("meeting", 1, "absence")]
    assert "MC6001" in away.codes()


def test_a_new_absence_moves_what_it_must_and_nothing_else() -> None:
    """Only the meeting on that day moves; the plan says why, and which field of the roster it comes from."""
    live = Live(world=world())
    live.apply(MATCHING)
    first = meetings_of(live, "r1")[0]
    live.world = world(r1={"away": first.starts[:10]})
    plan = live.apply(LATER_IN_MATCHING)
    (change,) = moved(plan)
    assert change.address == first.address
    assert change.reason == "the session moves: somebody is away"
    assert change.cause is not None
    assert change.cause.path == ("roster", "fields", "away")
    after = change.after
    assert isinstance(after, SessionRecord)
    assert (after.revision, after.left) == (1, ())
    assert all(s.revision == 0 for s in planned_sessions(live.snapshot) if s.address != first.address)
    assert not live.plan(LATER_IN_MATCHING).changes


def test_an_extended_phase_keeps_what_it_can() -> None:
    """More time for a phase moves the windows of meetings; those whose time still fits stay where they are."""
    live = Live(world=world())
    live.apply(MATCHING)
    before = {s.address: s.starts for s in planned_sessions(live.snapshot)}
    later = "  winter: {start: 2027-01-04, extended: [{phase: active, by: 1w, because: holidays}]}\n"
    live.world = world(MEETINGS, ("  winter: {start: 2027-01-04}\n", later))
    live.apply(LATER_IN_MATCHING)
    after = {s.address: s.starts for s in planned_sessions(live.snapshot)}
    assert before == after


def test_holidays_are_those_where_a_person_lives() -> None:
    """Epiphany is a holiday in Bavaria and not in Berlin; a person of no region works."""
    pytest.importorskip("holidays")
    weekdays = "meetings: {every: 1d, lasts: 60min, at_least: 50, per_week: 7}"
    live = Live(world=world(weekdays, r1={"region": "US"}, r2={"region": "DE-BY"}))
    live.apply(MATCHING)
    washington = date(2027, 2, 15)
    assert washington not in days(meetings_of(live, "r1"))
    assert washington in days(meetings_of(live, "r2"))


def test_an_unknown_region_is_a_defect_of_the_row() -> None:
    """The finding names the cell, and what to write instead."""
    pytest.importorskip("holidays")
    from unit.plan.small import table_of

    from mentorctl import pipeline

    of = world(r1={"region": "XX-Y"})
    roster, findings = pipeline.read_people(of.load(), [table_of(name, text) for name, text in of.rosters])
    assert roster is None
    (found,) = [f for f in findings if f.is_error]
    assert (found.code, found.span and found.span.line) == ("MC3007", 2)
    assert "begins with no country" in found.detail


def test_nobody_meets_while_busy() -> None:
    """What is in a person's own calendar keeps meetings away, and a new entry moves one, with its reason."""
    live = Live(world=world())
    live.apply(MATCHING)
    first = meetings_of(live, "e2")[0]
    start = int(datetime.fromisoformat(first.starts).timestamp()) // 900
    live.busy = {live.person("e2"): ((start - 2, 3),)}
    (change,) = moved(live.apply(LATER_IN_MATCHING))
    assert change.reason == "the session moves: somebody has something else then"
    assert meetings_of(live, "e2")[0].starts != first.starts


def test_people_have_notice() -> None:
    """Nothing new is placed sooner; what stands in that time stays."""
    live = Live(world=world(changed(MEETINGS, ("at_least: 3", "at_least: 3, notice: 20d"))))
    live.apply(MATCHING)
    assert min(days(planned_sessions(live.snapshot))) == MATCHING + timedelta(days=20)
    kept = Live(world=world())
    kept.apply(MATCHING)
    first = meetings_of(kept, "r1")[0]
    kept.world = world(changed(MEETINGS, ("at_least: 3", "at_least: 3, notice: 10d")))
    kept.apply(date(2027, 1, 31))
    assert meetings_of(kept, "r1")[0].starts == first.starts


def test_the_weekly_load_is_a_person_s_own() -> None:
    """A mentor of two with a load of one meets one of them a week."""
    often = "meetings: {every: 1w, lasts: 60min, at_least: 8, per_week: 2, per_week_from: load}"
    live = Live(world=world(often, r3={"load": "1"}, r1={"load": "1"}))
    live.apply(MATCHING)
    for name in ("r1", "r3"):
        weeks = Counter(day.isocalendar()[1] for day in days(meetings_of(live, name)))
        assert max(weeks.values(), default=0) <= 1


def test_the_distance_between_meetings_is_kept() -> None:
    """Two meetings in a row are as far apart as the program says."""
    live = Live(world=world(changed(MEETINGS, ("at_least: 3", "at_least: 3, gap: {min: 14d, max: 14d}"))))
    live.apply(MATCHING)
    for name in ("r1", "r2"):
        found = sorted(days(meetings_of(live, name)))
        assert {(b - a).days for a, b in pairwise(found)} <= {14}


def test_unsocial_hours_are_shared() -> None:
    """Between two clocks that share no preferred hour, neither person has all the early mornings and late evenings."""
    far = 'meetings: {every: 1w, lasts: 60min, at_least: 8, hours: "06:00-22:00", preferred: "08:00-17:00", unsocial: '
    west = {"timezone": "America/Los_Angeles"}
    live = Live(world=world(far + "share}", r1=west, r2=west))
    live.apply(MATCHING)
    for name in ("r1", "r2"):
        mine = [datetime.fromisoformat(s.starts) for s in meetings_of(live, name)]
        early = sum(not 8 <= local_time(at, "America/Los_Angeles").hour < 17 for at in mine)
        late = sum(not 8 <= local_time(at, "Europe/Berlin").hour < 17 for at in mine)
        assert len(mine) == 8
        assert abs(early - late) <= 2


# -- rooms and facilitators --------------------------------------------------------------------------------------------

ROOMS = """\
rooms:
  small: {seats: 1, hours: "Mon-Fri 13:00-15:00", closed: [2027-02-01]}
facilitators:
  coach: {hours: "Mon-Fri 09:00-17:00", away: [{from: 2027-02-02, to: 2027-02-03}]}
roster:
"""
NO_MODULES = "  modules:\n"


def with_rooms(*edits: tuple[str, str]) -> Live:
    return Live(world=world(MEETINGS, *edits, workspace=(("roster:\n", ROOMS),)))


def test_a_session_is_held_when_its_room_and_its_facilitator_can_be_had() -> None:
    """An event waits for both, and a training holds no more people than its room."""
    call = "events:\n  call: {at: active.start, lasts: 60min, facilitator: coach, room: small}\ncheck_ins:\n"
    live = with_rooms(("check_ins:\n", call))
    live.apply(MATCHING)
    (session,) = [s for s in planned_sessions(live.snapshot) if s.kind == "event"]
    local = local_time(datetime.fromisoformat(session.starts), "Europe/Berlin")
    assert f"{local:%Y-%m-%d}" == "2027-02-04"
    assert local.hour in (13, 14)
    module = (
        f"{NO_MODULES}    talk: {{for: mentee, format: live, takes: 30min, room: small, due: {{at: active.end}}}}\n"
    )
    taught = with_rooms((NO_MODULES, module))
    taught.apply(MATCHING)
    held = [s for s in planned_sessions(taught.snapshot) if s.kind == "training"]
    assert held
    assert all(len(s.people) == 1 for s in held)


def test_a_facilitator_who_is_asked_for_twice_by_hand_is_said() -> None:
    """The finding names the other session, the nearest time, and whom it costs; it is an error."""
    twice = (
        'events:\n  one: {at: {on: 2027-02-10, time: "10:00"}, lasts: 60min, facilitator: coach}\n'
        '  two: {at: {on: 2027-02-10, time: "10:30"}, lasts: 60min, facilitator: coach}\ncheck_ins:\n'
    )
    live = with_rooms(("check_ins:\n", twice))
    made = live.planned(MATCHING)
    assert made.plan is None
    (found,) = [f for f in made.findings if f.code == "MC6005"]
    assert "needs the facilitator `coach`, which `grow/one` has then" in found.detail
    assert 'write `at: {on: 2027-02-10, time: "09:00"}`: everybody has time then' in found.help


def test_a_room_is_shared_by_all_programs() -> None:
    """Two programs that want one room get it one after the other."""
    call = "events:\n  call: {at: active.start, lasts: 60min, room: small}\ncheck_ins:\n"
    two = world(MEETINGS, ("check_ins:\n", call), workspace=(("roster:\n", ROOMS),))
    other = changed(two.programs[0], ("id: grow", "id: rise"), ("name: Grow", "name: Rise"))
    live = Live(world=World(workspace=two.workspace, programs=(two.programs[0], other), rosters=two.rosters))
    live.apply(MATCHING)
    starts = sorted(s.starts for s in planned_sessions(live.snapshot) if s.kind == "event")
    assert len(starts) == 2
    apart = datetime.fromisoformat(starts[1]) - datetime.fromisoformat(starts[0])
    assert apart >= timedelta(hours=1)


# -- calendars count real changes --------------------------------------------------------------------------------------


def test_who_leaves_a_session_is_remembered() -> None:
    """A calendar entry is cancelled for them alone; for the others nothing has changed."""
    call = ("check_ins:\n", "events:\n  call: {at: active.start, lasts: 60min}\ncheck_ins:\n")
    live = Live(world=world(MEETINGS, call))
    live.apply(MATCHING)
    (before,) = [s for s in planned_sessions(live.snapshot) if s.kind == "event"]
    gone = live.person("e1")
    assert gone in before.people
    without = tuple((name, "".join(r for r in text.splitlines(keepends=True) if not r.startswith("e1,")))
                    for name, text in live.world.rosters)  # fmt: skip
    live.world = World(workspace=live.world.workspace, programs=live.world.programs, rosters=without)
    live.apply(LATER_IN_MATCHING)
    (after,) = [s for s in planned_sessions(live.snapshot) if s.kind == "event"]
    assert gone not in after.people
    assert gone in after.left
    assert (after.starts, after.revision) == (before.starts, before.revision)


def test_utc_instants_agree_with_the_clock_that_was_meant() -> None:
    """A session is stored in UTC, and its zone gives back a wall clock within the hours of every person."""
    live = Live(world=world(r1={"timezone": "America/New_York"}, e1={"timezone": "Africa/Nairobi"}))
    live.apply(MATCHING)
    zones = {"r1": "America/New_York", "e1": "Africa/Nairobi"}
    for name, zone in zones.items():
        for session in meetings_of(live, name):
            at = datetime.fromisoformat(session.starts)
            assert at.tzinfo == UTC
            assert 9 <= local_time(at, zone).hour < 17
