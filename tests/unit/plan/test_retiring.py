"""Programs that end, stand still or are only watched: what becomes of people, dates and timers."""

from datetime import UTC, date, datetime

import pytest

from mentorctl import pipeline
from mentorctl.addresses import Address
from mentorctl.plan.impact import impact_counts
from mentorctl.plan.model import Impact, Plan
from mentorctl.state.live import Happening
from mentorctl.state.model import CheckInRecord, CohortRecord, EnrollmentRecord, MatchRecord, Snapshot

from .small import (
    ACTIVE,
    AFTER_END,
    ENROLLING,
    MATCHING,
    PROGRAM,
    Live,
    World,
    changed,
    enrollment_states,
    of_type,
    planned_sessions,
)

MESSAGES = "messages:\n  goodbye: {on: enrollment.withdrawn, to: [mentor, mentee], template: goodbye, channel: email}\n"
TOLD = PROGRAM + MESSAGES
NEXT = changed(PROGRAM, ("id: grow\n", "id: next\n"), ("winter: {start: 2027-01-04}", "one: {start: 2027-02-01}"))
ONE_SOURCE_EACH = (("file: mentors.csv, role: mentor", "file: mentors.csv, role: mentor, program: grow"),)
LATER = date(2027, 2, 11)


def _retired(text: str, how: str) -> str:
    return changed(text, ("model: {type", f"retire: {{{how}, because: the grant ends}}\nmodel: {{type"))


@pytest.fixture
def live() -> Live:
    """Three mentees of whom the matched ones began, with meetings ahead and check-ins that wait for answers."""
    live = Live(world=World(programs=(TOLD,)))
    live.apply(ENROLLING)
    live.apply(MATCHING)
    when = datetime(2027, 1, 28, 12, tzinfo=UTC)
    first = of_type(MatchRecord, live.snapshot.records)[0]
    said = [Happening(address=first.address, event="accept")]
    pipeline.record(said, live.store, commit_id="yes", at=when, actor="anna")
    pipeline.advance(live.store, datetime(2027, 2, 9, 12, tzinfo=UTC), at=when, actor="anna")
    live.apply(ACTIVE)
    return live


def _reasons(plan: Plan) -> set[str]:
    return {change.reason for change in plan.changes}


def _standing(snapshot: Snapshot) -> list[MatchRecord]:
    return [m for m in of_type(MatchRecord, snapshot.records) if m.state in {"proposed", "accepted", "active"}]


def test_withdraw_ends_everything(live: Live) -> None:
    """All leave, matches end, sessions and check-ins are called off, people are told, and the program is closed."""
    assert _standing(live.snapshot)
    assert planned_sessions(live.snapshot)
    told = len(live.store.outbox())
    live.world = World(programs=(_retired(TOLD, "participants: withdraw"),))

    plan = live.apply(LATER)

    assert _reasons(plan) == {"the program is retired"}
    counts = impact_counts(plan.changes)
    assert counts[Impact.WITHDRAWN] == sum(counts.values())
    snapshot = live.snapshot
    assert set(enrollment_states(snapshot).values()) <= {"withdrawn", "lapsed", "completed"}
    assert _standing(snapshot) == []
    assert [s for s in planned_sessions(snapshot) if s.starts > f"{LATER}T23:59Z"] == []
    assert {c.state for c in of_type(CheckInRecord, snapshot.records)} <= {"skipped", "answered"}
    assert snapshot.by_address[Address(program="grow")].state == "closed"
    assert {c.state for c in of_type(CohortRecord, snapshot.records)} == {"closed"}
    goodbyes = [m for _, m in live.store.outbox(after=told)]
    assert {m.effect for m in goodbyes} == {"notify.goodbye"}
    assert {timer.address.kind for timer in live.store.timers()} <= {"session"}  # was one held? somebody may yet say
    assert live.plan(LATER).is_empty
    assert pipeline.replay(live.store).differences == ()


def test_finish_lets_matches_go_on(live: Live) -> None:
    """Who has a match goes on with it and their dates; all others leave; nobody is taken in or matched."""
    standing = _standing(live.snapshot)
    dates = {s.address for s in planned_sessions(live.snapshot) if s.kind == "meeting"}
    live.world = World(programs=(_retired(TOLD, "participants: finish"),))

    plan = live.apply(LATER)

    assert {m.address for m in _standing(live.snapshot)} == {m.address for m in standing}
    assert {s.address for s in planned_sessions(live.snapshot) if s.kind == "meeting"} == dates
    matched = {(m.person, m.role) for match in standing for m in match.members}
    for record in of_type(EnrollmentRecord, live.snapshot.records):
        assert (record.state == "matched") == ((record.person, record.role) in matched)
    assert live.snapshot.by_address[Address(program="grow")].state == "active"
    assert "finish what they began" in " ".join(notice.text for notice in plan.notices)
    assert live.plan(LATER).is_empty


def test_a_program_is_closed_when_everybody_is_through(live: Live) -> None:
    """When the last match has ended, the next plan closes cohort and program, and then the file may go."""
    live.world = World(programs=(_retired(TOLD, "participants: finish"),))
    live.apply(LATER)
    until = datetime(2027, 6, 1, tzinfo=UTC)
    pipeline.advance(live.store, until, at=until, actor="anna")

    plan = live.apply(AFTER_END)

    assert live.snapshot.by_address[Address(program="grow")].state == "closed"
    assert "its file may be removed" in " ".join(notice.text for notice in plan.notices)
    live.world = World(programs=(NEXT,))
    made = live.planned(AFTER_END)
    assert made.plan is not None
    assert "MC7005" not in [found.code for found in made.findings]


def test_transfer_sends_people_on(live: Live) -> None:
    """They leave the one and are enrolled in the other, in their role, and stay there although they never applied."""
    workspace = live.world.workspace
    for side in ("mentor", "mentee"):
        source = f"file: {side}s.csv, role: {side}"
        workspace = changed(workspace, (source, f"{source}, program: grow"))
    live.world = World(workspace=workspace, programs=(TOLD, NEXT))
    live.apply(LATER)
    before = {(e.person, e.role) for e in of_type(EnrollmentRecord, live.snapshot.records) if e.state != "withdrawn"}
    live.world = World(workspace=workspace, programs=(_retired(TOLD, "participants: transfer, to: next"), NEXT))

    plan = live.apply(LATER)

    there = [e for e in of_type(EnrollmentRecord, live.snapshot.records) if e.address.program == "next"]
    assert {(e.person, e.role) for e in there} == before
    assert {e.address.cohort for e in there} == {"one"}
    assert all(e.origin.startswith("grow/winter/enrollment/") for e in there)
    assert Impact.WITHDRAWN not in impact_counts(plan.changes)
    assert {change.impact for change in plan.changes if getattr(change.after, "origin", "")} == {Impact.INTERNAL}
    assert live.snapshot.by_address[Address(program="grow")].state == "closed"
    assert live.plan(LATER).is_empty
    live.world = World(
        workspace=changed(workspace, ("program: grow", "program: next"), ("program: grow", "program: next")),
        programs=(NEXT,),
    )
    assert "MC7005" not in [found.code for found in live.planned(LATER).findings]


def test_people_are_not_sent_into_nothing(live: Live) -> None:
    """A transfer into a program of which no cohort runs on that day is refused."""
    asleep = changed(NEXT, ("one: {start: 2027-02-01}", "one: {start: 2028-02-07}"))
    live.world = World(programs=(_retired(TOLD, "participants: transfer, to: next"), asleep))
    made = live.planned(LATER)
    assert made.plan is None
    assert "MC7022" in [found.code for found in made.findings]


def test_a_vanished_file_is_refused_and_says_what_can_be_done(live: Live) -> None:
    """Removing a file withdraws nobody; the finding names the ways on."""
    live.world = World(programs=(NEXT,))
    made = live.planned(LATER)
    assert made.plan is None
    found = next(found for found in made.findings if found.code == "MC7005")
    assert "was" in found.help
    assert "retire" in found.help


def test_time_stands_still_for_a_suspended_program(live: Live) -> None:
    """Nothing fires and nothing is planned until it is live again; then the plan says what is due."""
    live.world = World(programs=(changed(TOLD, ("model: {type", "mode: suspended\nmodel: {type")),))
    plan = live.apply(LATER)
    assert _reasons(plan) == {"the program is suspended"}
    assert live.snapshot.by_address[Address(program="grow")].state == "suspended"
    stood = {i.address: i.state for i in live.store.instances()}
    until = datetime(2027, 3, 15, tzinfo=UTC)
    assert live.store.timers(until) == ()
    assert pipeline.advance(live.store, until, at=until, actor="anna").fired == 0
    assert {i.address: i.state for i in live.store.instances()} == stood
    assert live.plan(date(2027, 3, 15)).is_empty

    live.world = World(programs=(TOLD,))
    plan = live.apply(date(2027, 3, 15))

    said = " ".join(notice.text for notice in plan.notices)
    assert "fell due while it was suspended" in said
    assert "too late to be made up for" in said
    assert live.snapshot.by_address[Address(program="grow")].state == "active"
    assert pipeline.advance(live.store, until, at=until, actor="anna").fired > 0
    assert pipeline.replay(live.store).differences == ()


def test_an_observed_program_says_what_it_would_do() -> None:
    """Nothing is written of a program that is only observed, and the plan counts whom it would touch."""
    live = Live(world=World(programs=(changed(PROGRAM, ("model: {type", "mode: observe\nmodel: {type")),)))
    plan = live.plan(MATCHING)
    assert plan.is_empty
    assert "it would make" in plan.notices[0].text
    assert "people would be touched (informed" in plan.notices[0].text
