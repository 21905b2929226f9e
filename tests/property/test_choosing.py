"""People who choose: whatever they ask for and in whatever order, nobody is overbooked and the oldest wish wins."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.plan.small import LATER_IN_MATCHING, MATCHING, Live, World, of_type

from mentorctl.state.live import Happening
from mentorctl.state.model import EnrollmentRecord, MatchRecord

pytestmark = pytest.mark.slow

CHOOSING = ("matching:\n", "matching:\n  process: {kind: self-selected}\n")
PLACES = {"r1": 1, "r2": 1, "r3": 2}
FORBIDDEN = {("e1", "r2"), ("e3", "r2")}  # of one department
MENTEES = ("e1", "e2", "e3")
NOON = datetime(2027, 1, 27, 12, tzinfo=UTC)


def ready() -> Live:
    """A small program in its matching phase, in which people choose; everybody has done the training."""
    live = Live(world=World().with_program(CHOOSING, ("for: both, format", "for: both, required: false, format")))
    live.apply(MATCHING)
    return live


def ask(live: Live, number: int, who: str, whom: str) -> None:
    """One wish, a minute after the one before."""
    asking = next(r for r in of_type(EnrollmentRecord, live.snapshot.records) if r.person == live.person(who))
    happening = Happening(
        address=asking.address,
        event="request",
        person=asking.person,
        facts=(("wanted", (live.person(whom),)),),
        key=f"wish-{number}",
        occurred=NOON + timedelta(minutes=number),
    )
    at = NOON + timedelta(days=1)
    told = live.store.record((happening,), commit_id=f"wish-{number}", at=at, actor="test")
    assert told.receipts[0].is_good, told.receipts[0].detail


def chosen(live: Live) -> set[tuple[str, str]]:
    """The matches that were made, as (mentee, mentor)."""
    roster = live.world.people()
    names = dict(zip(roster.ids, roster.roster_ids, strict=True))
    return {(names[m.others[0]], names[m.mentors[0]]) for m in of_type(MatchRecord, live.snapshot.records)}


def by_hand(wishes: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """The same worked out wish by wish: a wish has its turn when the ones before it of the same person were served."""
    room, has = dict(PLACES), set[str]()
    made = set[tuple[str, str]]()
    for who, whom in dict.fromkeys(wishes):
        if who not in has and room[whom] and (who, whom) not in FORBIDDEN:
            made.add((who, whom))
            has.add(who)
            room[whom] -= 1
    return made


WISHES = st.lists(st.tuples(st.sampled_from(MENTEES), st.sampled_from(sorted(PLACES))), max_size=9)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(WISHES)
def test_the_oldest_wish_is_served_first_and_nobody_is_overbooked(wishes: list[tuple[str, str]]) -> None:
    """The plan makes exactly the matches that serving the wishes in their order by hand gives."""
    live = ready()
    for number, (who, whom) in enumerate(wishes):
        ask(live, number, who, whom)
    live.apply(LATER_IN_MATCHING)
    assert chosen(live) == by_hand(wishes)


def test_a_second_plan_changes_nothing() -> None:
    """What was chosen stands, and is not made again."""
    live = ready()
    ask(live, 1, "e1", "r1")
    live.apply(LATER_IN_MATCHING)
    assert chosen(live) == {("e1", "r1")}
    assert live.plan(LATER_IN_MATCHING).is_empty
