"""What changes mean to people: occurrences, the messages that follow, and those that wait for a day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mentorctl.addresses import Address
from mentorctl.plan.messages import (
    Occurred,
    PlannedMessage,
    dated_messages,
    delayed_messages,
    messages_of,
    occurred,
    variables_at,
    variables_of,
)
from mentorctl.plan.occurrences import occurrences
from mentorctl.rules.fields import Role
from mentorctl.spec.model import Program
from mentorctl.spec.moment_words import EVENTS
from mentorctl.state.model import EnrollmentRecord, MatchRecord, SessionRecord, TrainingRecord

from .small import ACTIVE, MATCHING, Live, World, changed, of_type

MESSAGES = """\
messages:
  welcome: {on: enrollment.applied, to: [mentor, mentee, owner], template: welcome}
  learn: {on: training.assigned, to: [mentee], template: learn, channel: chat}
  matched: {on: match.proposed, to: [mentor, mentee], template: matched}
  meet: {on: meeting.planned, to: [mentor], template: meet}
  opening: {at: {at: active.start}, to: [mentor, mentee, sponsor], template: opening}
  reminder: {at: {before: matching.start, by: 2d}, to: [mentee], template: reminder}
  month: {at: {after: match.accepted, by: 1mo}, to: [mentor], template: month}
"""
WORLD = World().with_program(("check_ins:\n", f"{MESSAGES}check_ins:\n"))
APPROVING = World(
    workspace=changed(World().workspace, ("  facts:\n", "  facts:\n    approved: {column: ok}\n")),
).with_program(("matching:\n", "eligibility: {mentee: {approval: manager}}\nmatching:\n"))
HERE = Address(program="grow", cohort="winter", kind="enrollment", id="p1_mentee")


@pytest.fixture(scope="module")
def live() -> Live:
    """A workspace with messages, its matches proposed."""
    live = Live(world=WORLD)
    live.apply(MATCHING)
    return live


def program(world: World = WORLD) -> Program:
    """The only program of a world."""
    return world.load().programs[0].program


def enrolled(state: str, role: Role = Role.MENTEE) -> EnrollmentRecord:
    """Somebody in a state."""
    return EnrollmentRecord(address=HERE, person="p1", role=role, state=state)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("", "applied", "applied"),
        ("", "ready", "applied eligible ready"),
        ("", "matched", "applied eligible ready matched"),
        ("", "waitlisted", "applied eligible ready waitlisted"),
        ("", "not_eligible", "applied not_eligible"),
        ("not_eligible", "ready", "eligible ready"),
        ("ready", "waitlisted", "waitlisted"),
        ("waitlisted", "matched", "matched"),
        ("matched", "ready", ""),
        ("ready", "eligible", ""),
        ("eligible", "not_eligible", "not_eligible"),
        ("matched", "completed", "completed"),
        ("matched", "withdrawn", "withdrawn"),
        ("withdrawn", "applied", "applied"),
        ("ready", "ready", ""),
    ],
)
def test_an_enrollment_passes_its_stages(before: str, after: str, words: str) -> None:
    """Forwards every stage on the way is passed, even in one plan; backwards nothing happens to anybody."""
    found = occurrences(program(), enrolled(before) if before else None, enrolled(after))

    assert found == tuple(f"enrollment.{word}" for word in words.split())


def test_an_approval_happens_only_where_one_is_asked_for() -> None:
    """A role without approval is never told that it was approved."""
    asks = program(APPROVING)

    assert "enrollment.approved" in occurrences(asks, None, enrolled("ready"))
    assert "enrollment.approved" not in occurrences(asks, None, enrolled("ready", Role.MENTOR))


def test_each_state_of_the_other_records_has_its_word(live: Live) -> None:
    """Training, matches and meetings; what has no word means nothing to people."""
    snapshot = live.snapshot
    match = of_type(MatchRecord, snapshot.records)[0]
    training = of_type(TrainingRecord, snapshot.records)[0]
    meeting = next(s for s in of_type(SessionRecord, snapshot.records) if (s.kind, s.number) == ("meeting", 1))

    def words(record: MatchRecord | TrainingRecord | SessionRecord, *states: str) -> list[tuple[str, ...]]:
        rows = [replace(record, state=state) for state in states]
        return [occurrences(program(), one, two) for one, two in zip([None, *rows], rows, strict=False)]

    assert words(match, "proposed", "accepted", "active", "paused", "active", "ended") == [
        ("match.proposed",), ("match.accepted",), ("match.started",), ("match.paused",), (), ("match.ended",),
    ]  # fmt: skip
    assert words(training, "assigned", "completed", "assigned", "waived") == [
        ("training.assigned",), ("training.completed",), ("training.assigned",), (),
    ]  # fmt: skip
    assert words(meeting, "planned", "held") == [("meeting.planned",), ("meeting.first", "meeting.held")]
    assert words(meeting, "planned", "missed") == [("meeting.planned",), ("meeting.missed",)]
    assert words(replace(meeting, kind="event"), "planned", "held") == [(), ()]


def test_all_that_occurs_is_in_the_language(live: Live) -> None:
    """No word is made up: messages can be written for each of them."""
    fresh = Live(world=WORLD)
    plan = fresh.plan(MATCHING)

    assert {one.what for one in occurred(live.world.load().programs, plan.changes, MATCHING)} <= set(EVENTS)


def test_messages_go_to_whom_they_concern() -> None:
    """By role within the match, the enrollment or the training; words such as owner stay words."""
    live = Live(world=WORLD)
    plan = live.apply(MATCHING)
    programs = live.world.load().programs
    said = messages_of(programs, occurred(programs, plan.changes, MATCHING), live.snapshot.records)

    assert {m.message for m in said} == {"welcome", "learn", "matched", "meet"}
    pair = (live.person("r1"), live.person("e1"))
    (matched,) = (m for m in said if m.message == "matched" and live.person("e1") in m.recipients)
    assert matched.recipients == tuple(sorted(pair))
    assert matched.about.kind == "match"
    assert dict(matched.variables) == {
        "program": "Grow", "cohort": "winter", "owner": "people_development", "subject": "",
        "mentor": (pair[0],), "mentee": (pair[1],), "peer": (),
    }  # fmt: skip
    assert all(m.recipients[-1] == "owner" and len(m.recipients) == 2 for m in said if m.message == "welcome")
    mentees = {live.person(name) for name in ("e1", "e2", "e3")}
    learning = [m for m in said if m.message == "learn"]
    assert {p for m in learning for p in m.recipients} <= mentees
    assert {m.channel for m in learning} == {"chat"}
    meetings = [m for m in said if m.message == "meet" and live.person("r1") in m.recipients]
    assert len(meetings) == 3
    assert all(m.recipients == (live.person("r1"),) for m in meetings)


def test_messages_are_the_same_whatever_the_order(live: Live) -> None:
    """They are sorted by value."""
    fresh = Live(world=WORLD)
    programs = live.world.load().programs
    happened = occurred(programs, fresh.plan(MATCHING).changes, MATCHING)
    records = [c.after for c in fresh.plan(MATCHING).changes if c.after]

    assert messages_of(programs, happened, records) == messages_of(programs, happened[::-1], records[::-1])


def dated(live: Live, first: date, last: date) -> tuple[PlannedMessage, ...]:
    """The messages of some days to all of the cohort."""
    compiled = live.world.load().programs[0]
    return dated_messages(compiled, compiled.timelines[0], live.snapshot.records, (first, last))


def test_a_day_brings_its_messages(live: Live) -> None:
    """On its day and on no other; once matching is over they go to those who are matched."""
    start = date(2027, 2, 1)

    assert [m.message for m in dated(live, start, start)] == ["opening"]
    assert dated(live, start + timedelta(days=1), date(2027, 12, 31)) == ()
    assert dated(live, date(2027, 1, 1), date(2027, 1, 22)) == ()
    assert [m.message for m in dated(live, date(2027, 1, 23), start)] == ["opening", "reminder"]
    (opening,) = dated(live, start, start)
    matched = {p for m in of_type(MatchRecord, live.snapshot.records) for p in m.people}
    assert opening.recipients == (*sorted(matched), "sponsor")
    assert dict(opening.variables)["day"] == "2027-02-01"


def test_some_time_after_something_happened(live: Live) -> None:
    """Counted from the day on which it happened, and only while it is not over."""
    compiled = live.world.load().programs[0]
    match = of_type(MatchRecord, live.snapshot.records)[0]
    happened = (Occurred(what="match.accepted", record=match, on=MATCHING),)
    month_later = date(2027, 2, 27)

    def delayed(records: tuple[MatchRecord, ...], day: date) -> tuple[PlannedMessage, ...]:
        return delayed_messages(compiled, compiled.timelines[0], records, (day, day), happened)

    (said,) = delayed((match,), month_later)
    assert (said.message, said.day, said.recipients) == ("month", "2027-02-27", match.mentors)
    assert delayed((match,), ACTIVE) == ()
    assert delayed((replace(match, state="ended"),), month_later) == ()


def test_a_template_may_name_what_all_its_messages_know() -> None:
    """One that two messages share holds only what both can fill in; one that none uses may name everything."""
    assert "starts" in variables_at("meeting.held")
    assert "starts" not in variables_at("match.accepted")
    assert "day" in variables_at("")
    shared = World().with_program(
        ("check_ins:\n", f"{MESSAGES.replace('template: meet', 'template: matched')}check_ins:\n")
    )
    assert variables_of("matched", [program(shared)]) == variables_at("match.proposed") & variables_at("meeting.held")
    assert variables_of("nothing", [program()]) > variables_of("learn", [program()])
