"""The runtime: what people say, what time brings, and what follows from it, on a small program that was applied."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from unit.plan.small import MATCHING, Live, World

from mentorctl import pipeline
from mentorctl.addresses import Address
from mentorctl.lifecycle.arming import key_of
from mentorctl.lifecycle.definition import definition_digest
from mentorctl.lifecycle.saying import LOG_SESSION
from mentorctl.lifecycle.working import Work
from mentorctl.state.batch import Batch
from mentorctl.state.live import Facts, Happening, Outgoing, Receipt, Told
from mentorctl.state.model import EnrollmentRecord, MatchRecord, Record, TrainingRecord
from mentorctl.store.memory import MemoryStore

WALL = datetime(2000, 1, 1, tzinfo=UTC)
NOW = datetime(MATCHING.year, MATCHING.month, MATCHING.day, tzinfo=UTC)
PAIRS = World()
GROUPS = World().with_program(
    ("{type: one-on-one, mentors: career}", "{type: group, mentors: career}"),
    ("    mentee: {exactly: 1}\n", "    mentee: {exactly: 1}\n  group: {size: {min: 2, max: 3}}\n"),
    ("    - {id: other_department, different: department}\n", "    - {id: ok, not: {reporting_line: direct}}\n"),
)


@cache
def applied(world: World) -> MemoryStore:
    """A store in which matches are proposed."""
    live = Live(world=world)
    live.apply(MATCHING)
    return live.store


def fresh(world: World = PAIRS) -> MemoryStore:
    """A copy of it."""
    store = MemoryStore("acme")
    store._kept = applied(world)._kept
    return store


def match_in(store: MemoryStore, least: int = 2) -> MatchRecord:
    """A match with so many people, the largest one."""
    found = [r for r in store.read().records if isinstance(r, MatchRecord) and len(r.people) >= least]
    return max(found, key=lambda r: len(r.people))


def tell(
    store: MemoryStore,
    record: Record,
    event: str,
    *,
    by: str = "",
    at: datetime | None = None,
    facts: Facts = (),
    key: str = "",
) -> Receipt:
    """Say one thing, and get its receipt."""
    said = Happening(address=record.address, event=event, occurred=at, person=by, facts=facts, key=key)
    serial = store.read().serial
    (receipt,) = store.record([said], commit_id=f"c{serial}-{event}-{by}-{at}", at=WALL, actor="anna").receipts
    return receipt


def state(store: MemoryStore, address: Address) -> str:
    """Where a thing stands."""
    (instance,) = store.instances([address])
    return instance.state


def enrollment_of(store: MemoryStore, person: str) -> EnrollmentRecord:
    """The enrollment of somebody."""
    found = [r for r in store.read().records if isinstance(r, EnrollmentRecord) and r.person == person]
    return found[0]


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "days", "outcome", "code"),
    [
        ("start", 0, Told.INVALID, "MC4503"),
        ("fly", 0, Told.INVALID, "MC4509"),
        ("decline", 1, Told.FUTURE, "MC4504"),
        ("decline", -3, Told.REFUSED, "MC4505"),
    ],
)
def test_what_cannot_have_happened(event: str, days: int, outcome: Told, code: str) -> None:
    """Each refusal is a receipt with a code and a sentence, and nothing is written."""
    store = fresh()
    match = match_in(store)
    before = store.read()
    receipt = tell(store, match, event, at=NOW + timedelta(days=days) if days else None)

    assert (receipt.outcome, receipt.code, bool(receipt.detail)) == (outcome, code, True)
    assert store.read() == before


def test_something_unknown_is_said_to_be_so() -> None:
    """A happening at an address that the store lacks gets an answer, and the next one is recorded."""
    store = fresh()
    match = match_in(store)
    lost = Happening(address=match.address._replace(id="m0"), event="accept")
    known = Happening(address=match.address, event="accept")
    receipts = store.record([lost, known], commit_id="c", at=WALL, actor="anna").receipts

    assert [r.outcome for r in receipts] == [Told.UNKNOWN, Told.RECORDED]


def test_the_day_is_enough() -> None:
    """Something of the day on which the state was entered counts as after it, although its hour is before."""
    store = fresh()
    match = match_in(store)
    store.advance(NOW + timedelta(hours=20), at=WALL, actor="time")
    tell(store, match, "accept", at=NOW + timedelta(hours=20))

    assert tell(store, match, "end", at=NOW + timedelta(hours=10)).outcome is Told.RECORDED


def test_after_the_end_nothing_more() -> None:
    """A final state takes no event, and says that it is the last one."""
    store = fresh()
    match = match_in(store)
    tell(store, match, "end")
    receipt = tell(store, match, "accept")

    assert (receipt.outcome, receipt.state) == (Told.INVALID, "ended")
    assert "last state" in receipt.help


# -- telling twice -----------------------------------------------------------------------------------------------------


def test_the_first_answer_comes_again() -> None:
    """With a key, an instant or neither, the same thing said again is known, and says when it was recorded."""
    for key, at in (("k", None), ("", NOW), ("", None)):
        store = fresh()
        match = match_in(store)
        first = tell(store, match, "end", key=key, at=at)
        again = tell(store, match, "end", key=key, at=at)

        assert (first.outcome, again.outcome) == (Told.RECORDED, Told.ALREADY)
        assert "`proposed` → `ended`" in again.detail


def test_a_commit_is_recorded_once() -> None:
    """The same commit id gives the serial that it led to."""
    store = fresh()
    said = [Happening(address=match_in(store).address, event="end")]
    first = store.record(said, commit_id="c", at=WALL, actor="anna")
    second = store.record(said, commit_id="c", at=WALL, actor="anna")

    assert (second.serial, second.already) == (first.serial, True)


# -- people ------------------------------------------------------------------------------------------------------------


def test_only_members_answer() -> None:
    """An answer of somebody who is not in the match is refused."""
    store = fresh()
    receipt = tell(store, match_in(store), "accept", by="p0")

    assert (receipt.outcome, receipt.code) == (Told.REFUSED, "MC4514")


def test_a_group_goes_on_without_one() -> None:
    """Where enough stay one no takes somebody out, and frees them; the others' answers stand."""
    store = fresh(GROUPS)
    match = match_in(store, 4)
    gone, *others = match.others
    receipt = tell(store, match, "decline", by=gone)

    assert (receipt.outcome, receipt.state) == (Told.RECORDED, "proposed")
    left = store.read().by_address[match.address]
    assert isinstance(left, MatchRecord)
    assert gone not in left.people
    assert state(store, enrollment_of(store, gone).address) == "ready"
    for person in (*match.mentors, *others):
        tell(store, match, "accept", by=person)
    assert state(store, match.address) == "accepted"


def test_a_group_ends_when_too_few_stay() -> None:
    """With the last one but its mentor gone there is no match any more."""
    store = fresh(GROUPS)
    match = match_in(store, 4)
    for person in match.others:
        tell(store, match, "leave", by=person)

    assert state(store, match.address) == "ended"
    assert state(store, enrollment_of(store, match.mentors[0]).address) == "ready"


def test_who_withdraws_takes_all_along() -> None:
    """Their match ends, the other is free, their trainings are off."""
    store = fresh()
    match = match_in(store)
    mentee = enrollment_of(store, match.others[0])
    tell(store, mentee, "withdraw")

    assert state(store, match.address) == "ended"
    assert state(store, enrollment_of(store, match.mentors[0]).address) == "ready"
    sessions = [r for r in store.read().records if r.address.kind == "session" and match.address.id in r.address.id]
    assert {session.state for session in sessions} <= {"cancelled"}


def test_a_meeting_nobody_planned_is_added() -> None:
    """It has a number of its own, begins the match, and is counted."""
    store = fresh()
    match = match_in(store)
    tell(store, match, "accept")
    receipt = tell(store, match, LOG_SESSION, at=NOW, facts=(("held", True), ("minutes", 30)))
    (instance,) = store.instances([match.address])

    assert receipt.outcome is Told.RECORDED
    assert (instance.state, dict(instance.facts)["sessions_held"]) == ("active", 1)


# -- time --------------------------------------------------------------------------------------------------------------


def test_a_store_never_goes_back() -> None:
    """An advance to an earlier instant, and a clock on the wall that went back, change nothing."""
    store = fresh()
    store.advance(NOW + timedelta(days=5), at=WALL, actor="time")
    clock = store.read().clock
    store.advance(NOW, at=WALL, actor="time")
    tell(store, match_in(store), "accept")

    assert store.read().clock == clock


def test_reminders_are_not_made_up_for() -> None:
    """After an outage by the clock on the wall one reminder comes instead of many; ahead of it all of them do."""
    counts = []
    for wall in (WALL, NOW + timedelta(days=75)):
        store = fresh()
        match = match_in(store)
        tell(store, match, "accept")
        tell(store, match, "start")
        store.advance(NOW + timedelta(days=58), at=wall, actor="time")
        before = len(store.outbox())
        store.advance(NOW + timedelta(days=75), at=wall, actor="time")
        counts.append((before, len(store.outbox())))

    (ahead, _), (late, _) = counts
    assert late <= ahead


def test_a_deadline_is_the_end_of_a_local_day() -> None:
    """Two weeks after the proposal, at the last second in Berlin, and not a second before."""
    store = fresh()
    match = match_in(store)
    end = datetime(2027, 2, 10, 22, 59, 59, tzinfo=UTC)
    store.advance(end - timedelta(seconds=1), at=WALL, actor="time")
    assert state(store, match.address) == "proposed"
    store.advance(end, at=WALL, actor="time")
    (instance,) = store.instances([match.address])

    assert (instance.state, instance.entered) == ("expired", end)


def test_what_is_left_does_not_fire() -> None:
    """A timer of a state that was left is gone, in the same commit."""
    store = fresh()
    match = match_in(store)
    assert [t for t in store.timers() if t.address == match.address]
    tell(store, match, "end")

    assert not [t for t in store.timers() if t.address == match.address]


# -- incidents ---------------------------------------------------------------------------------------------------------


def test_a_missing_definition_parks_what_needs_it() -> None:
    """A thing whose definition is not there waits, with what is linked to it; all else goes on, and it after a retry."""
    store = fresh()
    match = match_in(store)
    kept = store._kept
    broken = {
        address: replace(instance, definition="sha256:0") if address == match.address else instance
        for address, instance in kept.contents.instances.items()
    }
    store._kept = replace(kept, contents=replace(kept.contents, instances=broken))
    answer = store.advance(NOW + timedelta(days=30), at=WALL, actor="time")
    parked = {instance.address: instance.incident for instance in store.incidents()}
    linked = {"match", "session", "enrollment"}

    assert (parked[match.address], answer.incidents) == ("MC4506", len(parked))
    assert {address.kind for address in parked} <= linked
    assert "expired" in {i.state for i in store.instances()}
    assert tell(store, match, "end").code == "MC4510"
    assert store.retry([match.address], at=WALL, actor="anna")[0].incident == ""


def test_a_circle_parks_what_began_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """More steps that follow from steps than are allowed change nothing, and the thing waits for a person."""
    store = fresh()
    match = match_in(store)
    monkeypatch.setattr("mentorctl.lifecycle.steps.DEPTH", 1)
    receipt = tell(store, match, "decline")

    assert (receipt.outcome, receipt.code) == (Told.INCIDENT, "MC4507")
    assert state(store, match.address) == "proposed"
    assert [i.incident for i in store.incidents()] == ["MC4507"]


def test_an_effect_of_a_later_version_parks_what_needs_it() -> None:
    """What this version cannot do is not left out silently: the thing waits for a person."""
    store = fresh()
    match = match_in(store)
    kept = store._kept
    text = kept.texts[kept.contents.instances[match.address].definition].replace("release.people", "celebrate.people")
    digest = definition_digest(text)
    changed = replace(kept.contents.instances[match.address], definition=digest)
    instances = {**kept.contents.instances, match.address: changed}
    contents = replace(kept.contents, instances=instances)
    store._kept = replace(kept, contents=contents, texts={**kept.texts, digest: text})
    receipt = tell(store, match, "decline")

    assert (receipt.outcome, receipt.code) == (Told.INCIDENT, "MC4508")
    assert state(store, match.address) == "proposed"


def test_keys_are_made_of_all_their_parts() -> None:
    """Different parts give different keys, equal ones the same."""
    assert key_of("a", 1) == key_of("a", 1) != key_of("a", 2)


def test_an_empty_batch_is_empty() -> None:
    """Receipts alone are no reason to write."""
    told = Receipt(about=Happening(address=Address(program="grow"), event="note"), outcome=Told.INVALID)
    assert Batch(receipts=(told,)).is_empty


def test_the_log_is_whole() -> None:
    """After all of this the log leads to the state."""
    store = fresh(GROUPS)
    match = match_in(store, 4)
    tell(store, match, "decline", by=match.others[0])
    tell(store, match, "accept")
    store.advance(NOW + timedelta(days=100), at=WALL, actor="time")

    assert pipeline.replay(store).differences == ()


def test_what_is_asked_for_twice_is_sent_once() -> None:
    """A timer and the step that it brings may ask for the same message; it leaves the system once."""
    store = fresh()
    message = Outgoing(key="k", address=match_in(store).address, effect="escalate", occurred=NOW, people=("owner",))
    work = Work(store.view(), recorded=WALL)
    work.outgoing += [message, message]

    assert work.batch().outgoing == (message,)


@pytest.mark.parametrize(
    ("due", "day"),
    [
        ("{after: active.start, by: 3w}", "2027-02-22"),
        ("{after: training.start, by: 1w}", "2027-02-03"),
        ("{before: matching.start, by: 3d}", "2027-01-27"),
        ("", ""),
    ],
)
def test_an_assigned_training_is_due_on_a_day_of_the_cohort(due: str, day: str) -> None:
    """By the module's moment; where that is over, with as much time from now on, and never before the day itself."""
    written = f", due: {due}" if due else ""
    world = PAIRS.with_program(
        ("  modules:\n", f"  modules:\n    more: {{for: mentor, format: self-paced, takes: 30min{written}}}\n"),
        (
            "matching:\n  require",
            "automation:\n  - {id: more, on: match.accepted, do: assign, module: more}\nmatching:\n  require",
        ),
    )
    store = fresh(world)
    match = match_in(store)

    tell(store, match, "accept")

    mentee = next(m.person for m in match.members if m.role == "mentee")
    trainings = [r for r in store.read().records if isinstance(r, TrainingRecord) and r.module == "more"]
    assert [r.due for r in trainings if r.person == mentee] == [day]
    assert store.incidents() == ()
