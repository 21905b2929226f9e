"""Random programs that run: in bulk or step by step, in one go or in many, told once or twice, killed or not."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.plan.small import MATCHING, Live, World

from mentorctl import pipeline
from mentorctl.lifecycle.fire import fire
from mentorctl.lifecycle.saying import LOG_SESSION
from mentorctl.state.live import Advanced, Armed, Facts, Happening, Told
from mentorctl.state.model import MatchRecord
from mentorctl.store.memory import MemoryStore

pytestmark = pytest.mark.slow

MORE = """\
messages:
  hello: {on: match.accepted, to: [mentor, mentee], template: hello}
  month: {at: {after: match.accepted, by: 1mo}, to: [mentor], template: month}
  opening: {at: {at: active.start}, to: [mentor, mentee, owner], template: opening}
automation:
  - {id: silence, on: match.accepted, after: 30d, unless: meeting.first, do: escalate}
"""
EVENTS = {
    "": ("close", "next", "suspend"),
    "enrollment": ("withdraw", "enroll", "approve", "unmatch", "recheck"),
    "training": ("complete", "waive", "reopen", "withdraw"),
    "match": ("accept", "accept", LOG_SESSION, LOG_SESSION, "start", "pause", "resume", "decline", "complete", "end"),
    "session": ("hold", "miss", "move", "cancel"),
    "check_in": ("answer", "skip"),
}
WALL = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """Something that somebody says: of the nth thing, on the nth day."""

    thing: int
    event: int
    by: int
    day: int


@dataclass(frozen=True)
class Days:
    """So many days pass."""

    count: int


@cache
def applied() -> MemoryStore:
    """A store with a small program whose matches are proposed."""
    live = Live(world=World().with_program(("check_ins:\n", f"{MORE}check_ins:\n")))
    live.apply(MATCHING)
    return live.store


def copy() -> MemoryStore:
    """The same store to change; what it keeps is never changed itself."""
    store = MemoryStore("acme")
    store._kept = applied()._kept
    return store


def happening(store: MemoryStore, said: Said) -> Happening:
    """What is said, in the words of the lifecycle of the thing; it need not be possible."""
    records = store.read().records
    matches = [record for record in records if isinstance(record, MatchRecord)]
    chosen = matches if said.thing % 2 else records  # what happens to matches leads to more
    record = chosen[said.thing % len(chosen)]
    events = (*EVENTS[record.address.kind], "fly")
    event = events[said.event % len(events)]
    people = record.people if isinstance(record, MatchRecord) else ()
    by = (*people, "")[said.by % (len(people) + 1)]
    facts: Facts = (("held", said.by > 0),) if event == LOG_SESSION else ()
    clock = datetime.fromisoformat(store.read().clock)
    occurred = clock - timedelta(days=said.day) if said.day else None
    return Happening(address=record.address, event=event, occurred=occurred, person=by, facts=facts)


def go(store: MemoryStore, story: Sequence[Said | Days], *, chunk: int = 5000, pieces: int = 1) -> list[Happening]:
    """Let a story happen; days pass in so many pieces. What was said comes back."""
    told = []
    for number, one in enumerate(story):
        if isinstance(one, Said):
            told.append(happening(store, one))
            store.record([told[-1]], commit_id=f"c{number}", at=WALL, actor="anna")
        else:
            start = datetime.fromisoformat(store.read().clock)
            for piece in range(1, pieces + 1):
                store.advance(start + timedelta(days=one.count) * piece / pieces, at=WALL, actor="time", chunk=chunk)
    return told


def what(store: MemoryStore) -> tuple[object, ...]:
    """All that a store came to, without how many commits it took."""
    contents = store._kept.contents
    standing = {a: replace(i, revision=0) for a, i in contents.instances.items()}
    lines = [row.line for row in store.log()]
    messages = [message for _, message in store._kept.outbox]
    return contents.rows, standing, store._kept.timers, lines, messages


things = st.integers(0, 60)
sayings = st.builds(
    Said, thing=things, event=st.integers(0, 20), by=st.integers(0, 3), day=st.sampled_from([0, 0, 0, 1, 5])
)
stories = st.lists(st.one_of(sayings, sayings, st.builds(Days, count=st.integers(1, 45))), max_size=14)
few = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


@few
@given(story=stories)
def test_the_log_leads_to_the_state(story: list[Said | Days]) -> None:
    """Whatever is said and however time passes, folding the log gives where everything stands."""
    store = copy()
    go(store, story)

    assert pipeline.replay(store).differences == ()


@few
@given(story=stories, pieces=st.integers(2, 9), chunk=st.sampled_from([1, 2, 7]))
def test_time_passes_in_one_go_as_in_many(story: list[Said | Days], pieces: int, chunk: int) -> None:
    """In many small steps, and few timers at a time, exactly the same happens in the same order."""
    at_once, by_steps = copy(), copy()
    go(at_once, [*story, Days(60)])
    go(by_steps, [*story, Days(60)], pieces=pieces, chunk=chunk)

    assert what(by_steps) == what(at_once)


@few
@given(story=stories)
def test_telling_twice_changes_nothing(story: list[Said | Days]) -> None:
    """Every happening that was recorded under a key leaves everything as it is when it is delivered again.

    One that was refused left nothing, so it may come to something when what it lacked is there.
    """
    store = copy()
    told: list[Happening] = []
    for number, said in enumerate(one for one in story if isinstance(one, Said)):
        one = replace(happening(store, said), key=f"k{number}")
        unchanged = what(store)
        (receipt,) = store.record([one], commit_id=f"c{number}", at=WALL, actor="anna").receipts
        if receipt.is_good:
            told.append(one)
        elif receipt.outcome is not Told.INCIDENT:
            assert what(store) == unchanged
    before = what(store)
    for number, one in enumerate(told):
        store.record([one], commit_id=f"again-{number}", at=WALL, actor="anna")

    assert what(store) == before


@few
@given(story=stories)
def test_one_after_the_other_is_as_all_at_once(story: list[Said | Days]) -> None:
    """Happenings in one commit come to what they come to in commits of their own."""
    said = [one for one in story if isinstance(one, Said)]
    single, together = copy(), copy()
    happenings = [happening(single, one) for one in said]
    for number, one in enumerate(happenings):
        single.record([one], commit_id=f"c{number}", at=WALL, actor="anna")
    together.record(happenings, commit_id="all", at=WALL, actor="anna")

    assert what(together) == what(single)


@few
@given(story=stories, days=st.integers(1, 200))
def test_bulk_is_as_single(story: list[Said | Days], days: int) -> None:
    """By the table or by the machine of the library, the timers that are due write the same rows."""
    store = copy()
    go(store, story)
    until = datetime.fromisoformat(store.read().clock) + timedelta(days=days)
    view = store.view()
    due = view.due(until, 100_000)

    assert fire(view, due, until, WALL, bulk=True) == fire(view, due, until, WALL, bulk=False)


class Killed(Exception):  # noqa: N818 - what happened to it
    """The process died between two commits."""


@few
@given(story=stories, after=st.integers(1, 4))
def test_a_sweep_that_is_killed_goes_on(story: list[Said | Days], after: int) -> None:
    """Nothing is lost and nothing happens twice when a sweep dies after some commits and is started again."""
    whole, broken = copy(), copy()
    go(whole, story)
    go(broken, story)
    until = datetime.fromisoformat(whole.read().clock) + timedelta(days=90)
    whole.advance(until, at=WALL, actor="time", chunk=5)

    def report(so_far: Advanced) -> None:
        if so_far.commits == after:
            raise Killed

    dies = len(whole.commits()) - len(broken.commits()) >= after
    with pytest.raises(Killed) if dies else nullcontext():
        broken.advance(until, at=WALL, actor="time", chunk=5, report=report)
    broken.advance(until, at=WALL, actor="time", chunk=5)

    assert what(broken) == what(whole)


@few
@given(story=stories)
def test_keys_are_unique(story: list[Said | Days]) -> None:
    """No two lines of the log, and no two messages, have one key; no timer belongs to a state that was left."""
    store = copy()
    go(store, [*story, Days(120)])
    lines = [row.line.key for row in store.log()]
    outgoing = [message.key for _, message in store.outbox()]
    instances = {instance.address: instance for instance in store.instances()}

    assert len(set(lines)) == len(lines)
    assert len(set(outgoing)) == len(outgoing)
    assert all(armed.entry <= instances[armed.address].entry for armed in store.timers())


def test_the_order_is_total() -> None:
    """Timers that are due at one instant still have one order."""
    from mentorctl.lifecycle.arming import order

    due: list[Armed] = list(copy().timers())
    assert len({order(armed) for armed in due}) == len(due)
