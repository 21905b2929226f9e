"""The way back from an apply: what it did is turned round, what people did stays, and what is left is said."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mentorctl import pipeline
from mentorctl.plan.consent import Consent
from mentorctl.plan.model import Action, Plan
from mentorctl.plan.undo import Undoing
from mentorctl.state.live import Happening
from mentorctl.state.model import EnrollmentRecord, MatchRecord, ProgramRecord, SessionRecord

from .small import ACTIVE, ENROLLING, MATCHING, MENTORS, Live, of_type, without_rows

LIMITED = ("cohorts:\n", "limits: {un_matched: {max: 3}}\ncohorts:\n")


def _undoing(live: Live, serial: int) -> Undoing:
    """One apply as the store has it."""
    row = next(row for row in live.store.commits() if row.serial == serial)
    log = live.store.log()
    return Undoing(
        commit_id=row.commit_id,
        serial=serial,
        logged=tuple(one.line for one in log if one.serial == serial),
        later=tuple(one for one in log if one.serial > serial),
        former=live.store.former(serial),
        told=tuple(message for _, message in live.store.outbox(serial=serial)),
    )


def _planned(live: Live, serial: int, day: date) -> pipeline.Planned:
    snapshot = live.snapshot
    return pipeline.plan(
        live.world.load(),
        live.world.people(),
        snapshot,
        as_of=day,
        engine=live.engine,
        definitions=live.definitions(snapshot),
        undoing=_undoing(live, serial),
    )


def _back(live: Live, serial: int, day: date) -> Plan:
    made = _planned(live, serial, day)
    assert made.plan is not None, made.findings
    return made.plan


def _perform(live: Live, plan: Plan, day: date, consent: Consent | None = None) -> None:
    live.applies += 1
    pipeline.apply(
        plan,
        live.store,
        apply_id=f"apply-{live.applies}",
        at=datetime(day.year, day.month, day.day, tzinfo=UTC),
        actor="anna",
        new_lineage="lineage-1",
        consent=consent,
    )


def _matches(live: Live) -> list[str]:
    return [m.state for m in of_type(MatchRecord, live.snapshot.records)]


def _left(plan: Plan) -> dict[str, str]:
    return {one.what: f"{one.count}: {one.why}" for one in plan.remains}


def test_what_was_only_put_there_is_taken_away() -> None:
    """Matches that nobody was told of and that nobody touched are gone, and everybody stands where they stood."""
    live = Live()
    live.apply(ENROLLING)
    before = {r.address: r for r in live.snapshot.records if isinstance(r, EnrollmentRecord)}
    _perform(live, live.plan(MATCHING), MATCHING, Consent(hold_messages=True))
    assert _matches(live) == ["proposed"] * 3

    back = _back(live, 2, MATCHING)
    assert back.undoes == "apply-2"
    assert {change.reason for change in back.changes} == {"apply 2 is taken back"}
    _perform(live, back, MATCHING)

    assert _matches(live) == []
    assert {r.address: r for r in live.snapshot.records if isinstance(r, EnrollmentRecord)} == before
    assert {s.state for s in of_type(SessionRecord, live.snapshot.records)} <= {"cancelled"}
    assert live.plan(MATCHING).matchings[0].matches == 3


def test_what_people_were_told_of_is_ended_and_not_hidden() -> None:
    """A match that was announced ends as matches do; the messages that went out are listed by name."""
    live = Live()
    live.world = live.world.with_program(
        ("check_ins:", "messages:\n  matched: {on: match.proposed, to: [mentor, mentee], template: m}\ncheck_ins:")
    )
    live.apply(ENROLLING)
    live.apply(MATCHING)
    back = _back(live, 2, MATCHING)
    assert _left(back) == {"messages `matched`": "3: they went out, and people may have read them"}
    _perform(live, back, MATCHING)
    assert _matches(live) == ["ended"] * 3


def test_what_people_did_since_is_theirs() -> None:
    """A match that somebody accepted stays with its meetings and its people; the rest goes back."""
    live = Live()
    live.apply(ENROLLING)
    _perform(live, live.plan(MATCHING), MATCHING, Consent(hold_messages=True))
    first = of_type(MatchRecord, live.snapshot.records)[0]
    said = tuple(
        Happening(address=first.address, event="accept", person=person, key=f"k{number}")
        for number, person in enumerate(first.people)
    )
    told = pipeline.record(said, live.store, commit_id="e", at=datetime(2027, 1, 28, tzinfo=UTC), actor="anna")
    assert all(receipt.is_good for receipt in told.receipts)

    back = _back(live, 2, MATCHING)
    assert _left(back)["match"].startswith("1: accept")
    _perform(live, back, MATCHING)

    (left,) = of_type(MatchRecord, live.snapshot.records)
    assert left.address == first.address
    busy = {r.person for r in of_type(EnrollmentRecord, live.snapshot.records) if r.state == "matched"}
    assert busy == set(first.people)


def test_a_match_that_the_apply_ended_lives_again() -> None:
    """A mentor was taken off the roster by mistake; taken back, the pair is as it was, body and state."""
    live = Live()
    live.apply(MATCHING)
    before = {m.address: m for m in of_type(MatchRecord, live.snapshot.records)}
    world = live.world
    live.world = world.with_rosters(mentors=without_rows(MENTORS, "r2"))
    live.apply(ACTIVE)
    assert "ended" in _matches(live)
    live.world = world

    _perform(live, _back(live, 2, ACTIVE), ACTIVE)

    assert {m.address: m for m in of_type(MatchRecord, live.snapshot.records) if m.address in before} == before
    assert live.pairs() == {("r1", "e1"), ("r2", "e2"), ("r3", "e3")}


def test_the_definition_goes_back_only_with_the_files() -> None:
    """While the files say the new, the program's record stays and is listed; with the old files it is as it was."""
    live = Live()
    live.apply(MATCHING)
    world, before = live.world, of_type(ProgramRecord, live.snapshot.records)
    live.world = world.with_program(LIMITED)
    live.apply(MATCHING)
    refused = _planned(live, 2, MATCHING)
    assert refused.plan is None
    assert [(f.code, "take their change back with git" in f.detail) for f in refused.findings] == [("MC7046", True)]

    live.world = world
    _perform(live, _back(live, 2, MATCHING), MATCHING)
    assert of_type(ProgramRecord, live.snapshot.records) == before


def test_an_undo_can_be_taken_back() -> None:
    """It is an apply like any other: what it took away is there again, as far as it was only taken away."""
    live = Live()
    live.apply(ENROLLING)
    _perform(live, live.plan(MATCHING), MATCHING, Consent(hold_messages=True))
    there = of_type(MatchRecord, live.snapshot.records)
    _perform(live, _back(live, 2, MATCHING), MATCHING)
    again = _back(live, 3, MATCHING)
    assert {change.action for change in again.changes if isinstance(change.after, MatchRecord)} == {Action.CREATE}
    _perform(live, again, MATCHING)
    assert of_type(MatchRecord, live.snapshot.records) == there


def test_twice_is_once() -> None:
    """When all was taken back there is nothing more to take back, and the finding says so."""
    live = Live()
    live.apply(ENROLLING)
    _perform(live, live.plan(MATCHING), MATCHING, Consent(hold_messages=True))
    _perform(live, _back(live, 2, MATCHING), MATCHING)
    refused = _planned(live, 2, MATCHING)
    assert refused.plan is None
    assert [f.code for f in refused.findings] == ["MC7046"]


def test_a_time_that_is_past_does_not_come_back() -> None:
    """A meeting that the apply planned and whose time is over stays as it is, and is said to."""
    live = Live()
    live.world = live.world.with_rosters(
        mentors=MENTORS.replace("lead,,,", "lead,,Mon-Fri 09:00-17:00,"),
    )
    live.apply(MATCHING)
    sessions = [s for s in of_type(SessionRecord, live.snapshot.records) if s.state == "planned"]
    if not sessions:
        pytest.skip("this small program has no meetings in its matching phase")
    clock = replace(live.snapshot, clock="2028-01-01T00:00:00+00:00")
    made = pipeline.plan(
        live.world.load(),
        live.world.people(),
        clock,
        as_of=MATCHING,
        engine=live.engine,
        definitions=live.definitions(clock),
        undoing=_undoing(live, 1),
    )
    assert made.plan is not None
    assert any("is past" in one.why for one in made.plan.remains)
