"""All training modules of a cohort in one timetable, and all events together: what one by one would not find."""

from datetime import date, datetime

from mentorctl.plan.model import Change, Plan
from mentorctl.state.model import SessionRecord

from .small import LATER_IN_MATCHING, MATCHING, MENTEES, WORKSPACE, Live, World, changed, planned_sessions

TRAINING_DAY = date(2027, 1, 17)  # the day before the training phase
ROOMS = """\
rooms:
  hall: {seats: 2, hours: "Mon-Fri 09:00-17:00"}
facilitators:
  coach: {hours: "Mon-Fri 09:00-17:00"}
  guest: {hours: "Wed 09:00-12:00"}
roster:
"""
MODULES = "  modules:\n"


def taught(modules: str, *edits: tuple[str, str], **hours: str) -> World:
    """A workspace with these modules, and people with these weekly hours."""
    mentees = MENTEES
    for name, text in hours.items():
        row = next(line for line in mentees.splitlines() if line.startswith(f"{name},"))
        cells = row.split(",")
        cells[4] = text
        mentees = mentees.replace(row, ",".join(cells))
    world = World(workspace=changed(WORKSPACE, ("roster:\n", ROOMS)))
    return world.with_program((MODULES, MODULES + modules), *edits).with_rosters(mentees=mentees)


def applied(world: World, day: date = TRAINING_DAY) -> Live:
    live = Live(world=world)
    live.apply(day)
    return live


def trainings(live: Live) -> dict[str, list[SessionRecord]]:
    """The planned training sessions by module, in the order of time."""
    found: dict[str, list[SessionRecord]] = {}
    for session in sorted(planned_sessions(live.snapshot), key=lambda s: s.starts):
        if session.kind == "training":
            found.setdefault(session.subject, []).append(session)
    return found


def people_of(sessions: list[SessionRecord]) -> list[str]:
    return sorted(person for session in sessions for person in session.people)


def moved(plan: Plan) -> list[tuple[str, str]]:
    """The subject of each session that moves, and why."""

    def is_moved(change: Change) -> bool:
        before, after = change.before, change.after
        return isinstance(before, SessionRecord) and isinstance(after, SessionRecord) and before.starts != after.starts

    return [(c.after.subject, c.reason) for c in plan.changes if is_moved(c) and isinstance(c.after, SessionRecord)]


FOR_MENTEES = "for: mentee, format: live, takes: 60min, due: {at: training.end}"


def test_a_module_makes_way_for_another_that_has_no_other_time() -> None:
    """The first one alone would take the early hour of the coach, which is the only one that the second can have."""
    modules = (
        f"    first: {{{FOR_MENTEES}, facilitator: coach, seats: 9}}\n"
        f"    second: {{for: mentor, format: live, takes: 60min, facilitator: coach, due: {{at: training.end}}}}\n"
    )
    world = taught(modules, e1="Mon 09:00-11:00", e2="Mon 09:00-11:00", e3="Mon 09:00-11:00")
    mentors = dict(world.rosters)["mentors.csv"]
    for name in ("r1,Sales,lead,,", "r2,Finance,lead,,"):
        mentors = mentors.replace(f"{name},", f"{name}Mon 09:00-10:00,")
    mentors = mentors.replace("Mon-Fri 09:00-12:00", "Mon 09:00-10:00")
    live = applied(world.with_rosters(mentors=mentors))
    assert live.codes() == []
    held = trainings(live)
    assert [s.starts[11:16] for s in held["second"]] == ["08:00"]  # 09:00 in Berlin
    assert [s.starts[11:16] for s in held["first"]] == ["09:00"]
    assert len(people_of(held["first"])) == len(people_of(held["second"])) == 3


def test_a_shared_room_and_a_shared_facilitator_are_in_one_session_at_a_time() -> None:
    """Two modules with one coach and one hall of two seats take turns, and everybody has a seat in both."""
    modules = "".join(
        f"    {name}: {{for: both, format: live, takes: 60min, facilitator: coach, room: hall,"
        " due: {at: training.end}}\n"
        for name in ("one", "two")
    )
    live = applied(taught(modules))
    held = trainings(live)
    assert all(len(session.people) <= 2 for sessions in held.values() for session in sessions)
    assert all(len(people_of(sessions)) == 6 for sessions in held.values())
    times = [session.starts for sessions in held.values() for session in sessions]
    assert len(set(times)) == len(times) == 6


def test_the_plan_says_that_the_timetable_is_proved() -> None:
    """Seats that were asked for and given, sessions, and no gap; nothing where nothing was placed."""
    live = Live(world=taught(f"    talk: {{{FOR_MENTEES}, seats: 2}}\n"))
    (summary,) = live.plan(TRAINING_DAY).schedules
    assert (summary.kind, summary.sessions, summary.placed, summary.asked) == ("training", 2, 3, 3)
    assert (summary.proved, summary.gap) == (True, 0)
    live.apply(TRAINING_DAY)
    again = live.plan(TRAINING_DAY)
    assert again.is_empty
    assert again.schedules == ()


def test_whoever_has_no_seat_in_what_comes_first_has_none_in_what_follows() -> None:
    """They are listed with that reason, and counted in the finding; all others have both."""
    modules = f"    basis: {{{FOR_MENTEES}, facilitator: guest}}\n    more: {{{FOR_MENTEES}, after: [basis]}}\n"
    live = applied(taught(modules, e1="Thu 09:00-17:00"))
    without = live.person("e1")
    assert all(without not in people_of(sessions) for sessions in trainings(live).values())
    plan = live.plan(TRAINING_DAY)
    assert {(u.subject, u.reason, u.people) for u in plan.unplaced} == {
        ("basis", "seats", (without,)),
        ("more", "prerequisite", (without,)),
    }
    assert any("1 of them because what comes before it is not done by then" in f.detail for f in live.findings)


def test_what_is_due_before_what_it_needs_says_so() -> None:
    """The module that is needed has its sessions later than the days of the other."""
    modules = (
        f"    basis: {{{FOR_MENTEES}, facilitator: guest}}\n"
        "    more: {for: mentee, format: live, takes: 60min, after: [basis], due: {at: training.start}}\n"
    )
    live = Live(world=taught(modules))
    plan = live.plan(TRAINING_DAY)
    assert {(u.subject, u.reason, len(u.people)) for u in plan.unplaced} == {("more", "prerequisite", 3)}


def test_a_new_module_leaves_the_others_where_they_are() -> None:
    """It is placed around the sessions that stand."""
    one = f"    one: {{{FOR_MENTEES}, facilitator: coach}}\n"
    live = applied(taught(one))
    before = trainings(live)["one"]
    live.world = taught(one + f"    another: {{{FOR_MENTEES}, facilitator: coach}}\n")
    plan = live.apply(TRAINING_DAY)
    assert moved(plan) == []
    after = trainings(live)
    assert after["one"] == before
    assert after["another"][0].starts > before[0].starts


def test_a_facilitator_who_is_away_moves_their_sessions_and_what_follows_them() -> None:
    """Nothing else moves, and the plan says why each one does."""
    modules = (
        f"    basis: {{{FOR_MENTEES}, facilitator: coach}}\n"
        f"    more: {{{FOR_MENTEES}, after: [basis]}}\n"
        f"    beside: {{{FOR_MENTEES}, facilitator: guest}}\n"
    )
    live = applied(taught(modules))
    beside = trainings(live)["beside"]
    world = taught(modules)
    away = changed(
        world.workspace,
        ('coach: {hours: "Mon-Fri 09:00-17:00"}', 'coach: {hours: "Mon-Fri 09:00-17:00", away: [2027-01-18]}'),
    )
    live.world = World(workspace=away, programs=world.programs, rosters=world.rosters)
    plan = live.apply(TRAINING_DAY)
    assert dict(moved(plan)) == {
        "basis": "the session moves: its facilitator has no time then",
        "more": "the session moves: what comes before it ends later",
    }
    assert trainings(live)["beside"] == beside


def test_a_date_that_is_set_by_hand_is_held_and_training_moves() -> None:
    """A training that stands makes way for a new event whose clock time is written."""
    modules = f"    talk: {{{FOR_MENTEES}, facilitator: coach}}\n"
    live = applied(taught(modules))
    (before,) = trainings(live)["talk"]
    local = datetime.fromisoformat(before.starts).day, "09:00"
    event = (
        f'events:\n  visit: {{at: {{on: 2027-01-{local[0]}, time: "{local[1]}"}}, lasts: 60min, facilitator: coach}}\n'
        "check_ins:\n"
    )
    live.world = taught(modules, ("check_ins:\n", event))
    plan = live.apply(TRAINING_DAY)
    assert [subject for subject, _ in moved(plan)] == ["talk"]
    assert live.codes() == []
    assert live.plan(TRAINING_DAY).is_empty


def test_an_event_for_more_people_than_its_room_has_seats_is_told() -> None:
    """Once it is placed, and again when more people come to it."""
    live = hosted("at: active.start, lasts: 60min, room: hall", "at: active.start, lasts: 60min, for: mentor")
    live.apply(MATCHING)
    (found,) = [f for f in live.findings if f.code == "MC6006"]
    assert found.detail == "6 people are asked to `one`, but the room `hall` has 2 seats"
    live.plan(LATER_IN_MATCHING)
    assert "MC6006" not in live.codes()
    live.world = live.world.with_rosters(mentees=f"{MENTEES}e4,People,junior,,,negotiation,basics\n")
    live.plan(LATER_IN_MATCHING)
    assert "MC6006" in live.codes()


# -- events ------------------------------------------------------------------------------------------------------------


def hosted(first: str, second: str, *more: tuple[str, str]) -> Live:
    """Two events in one week that need the coach."""
    events = f"events:\n  one: {{{first}}}\n  two: {{{second}}}\ncheck_ins:\n"
    return Live(world=taught("", ("check_ins:\n", events), *more))


COACHED = "at: active.start, lasts: 60min, facilitator: coach"


def test_events_are_placed_together() -> None:
    """The first one alone would take the only hour of the coach that the second can have."""
    live = hosted(f"{COACHED}, for: mentee", f"{COACHED}, for: mentor")
    mentors = dict(live.world.rosters)["mentors.csv"]
    for name in ("r1,Sales,lead,,", "r2,Finance,lead,,"):
        mentors = mentors.replace(f"{name},", f"{name}Mon 09:00-10:00,")
    mentors = mentors.replace("Mon-Fri 09:00-12:00", "Mon 09:00-10:00")
    mentees = dict(live.world.rosters)["mentees.csv"].replace("junior,,,", "junior,,Mon 09:00-11:00,")
    live.world = live.world.with_rosters(
        mentors=mentors, mentees=mentees.replace("senior,,,", "senior,,Mon 09:00-11:00,")
    )
    live.apply(MATCHING)
    events = sorted((s.subject, s.starts[11:16]) for s in planned_sessions(live.snapshot) if s.kind == "event")
    assert events == [("one", "09:00"), ("two", "08:00")]
    assert "MC6003" not in live.codes()


def test_an_event_that_changes_keeps_its_time_if_as_many_can_come() -> None:
    """Another title and an earlier hour that became free are no reason to move what people have in their calendars."""
    live = hosted(COACHED, COACHED)
    live.apply(MATCHING)
    before = {s.subject: s.starts for s in planned_sessions(live.snapshot) if s.kind == "event"}
    assert before["one"] < before["two"]
    live.world = hosted(f"{COACHED}, for: mentee", f"{COACHED}, title: Another").world
    live.apply(LATER_IN_MATCHING)
    after = {s.subject: s.starts for s in planned_sessions(live.snapshot) if s.kind == "event"}
    assert after == before


def test_events_that_take_each_other_s_place_are_told() -> None:
    """One hour of the guest is not enough for two events; the one that more can attend is held."""
    guest = "at: active.start, lasts: 3h, facilitator: guest"
    live = hosted(guest, f"{guest}, for: mentor")
    plan = live.apply(MATCHING)
    assert [(u.subject, u.reason) for u in plan.unplaced if u.kind == "event"] == [("two", "together")]
    assert any("beside the other events" in f.detail for f in live.findings)
    summary = next(s for s in plan.schedules if s.kind == "event")
    assert (summary.placed, summary.asked, summary.proved) == (1, 2, True)
