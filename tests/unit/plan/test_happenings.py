"""What people did, through the lifecycles: the step itself, what follows from it, and steps that are not possible."""

from dataclasses import replace

import pytest

from mentorctl.addresses import Address
from mentorctl.plan.happenings import Happened, Happening, Refused, Verb, happened
from mentorctl.rules.fields import Role
from mentorctl.state.model import (
    EnrollmentRecord,
    MatchRecord,
    Member,
    Record,
    SessionRecord,
    Snapshot,
    TrainingRecord,
)

from .small import ACTIVE, LATER_IN_MATCHING, MATCHING, Live, World, of_type

GROUPS = World().with_program(
    ("{type: one-on-one, mentors: career}", "{type: group, mentors: career}"),
    ("    mentee: {exactly: 1}\n", "    mentee: {exactly: 1}\n  group: {size: {min: 2, max: 3}}\n"),
    ("    - {id: other_department, different: department}\n", "    - {id: ok, not: {reporting_line: direct}}\n"),
)


@pytest.fixture(scope="module")
def live() -> Live:
    """The small workspace with its matches proposed and its meetings planned."""
    live = Live()
    live.apply(MATCHING)
    return live


def match_of(live: Live, roster_id: str) -> MatchRecord:
    """The match of somebody."""
    return next(m for m in of_type(MatchRecord, live.snapshot.records) if live.person(roster_id) in m.people)


def after(live: Live, snapshot: Snapshot, verb: Verb, record: Record) -> Happened:
    """What happens to a record, which must be possible."""
    result = happened(
        live.world.load().programs, snapshot, Happening(verb=verb, address=record.address, on=LATER_IN_MATCHING)
    )
    assert isinstance(result, Happened), result
    return result


def with_changes(snapshot: Snapshot, result: Happened) -> Snapshot:
    """The snapshot after what happened."""
    now = snapshot.by_address | {record.address: record for record in result.records}
    return replace(snapshot, records=tuple(now.values()))


def states(result: Happened) -> dict[str, set[str]]:
    """The states that changed records are in, by kind."""
    found: dict[str, set[str]] = {}
    for record in result.records:
        found.setdefault(record.address.kind, set()).add(getattr(record, "state", ""))
    return found


def test_a_match_goes_its_whole_way(live: Live) -> None:
    """From the proposal to the end, each step changes the match and says what happened."""
    snapshot, said = live.snapshot, []
    for verb in (Verb.ACCEPT, Verb.START, Verb.PAUSE, Verb.RESUME, Verb.COMPLETE):
        result = after(live, snapshot, verb, match_of(live, "e1"))
        snapshot = with_changes(snapshot, result)
        said += [one.what for one in result.occurred]

    assert said == [
        "match.accepted", "match.started", "match.paused", "enrollment.completed", "enrollment.completed",
        "match.completed",
    ]  # fmt: skip
    match = snapshot.by_address[match_of(live, "e1").address]
    assert isinstance(match, MatchRecord)
    assert match.state == "completed"


@pytest.mark.parametrize(("verb", "state"), [(Verb.DECLINE, "declined"), (Verb.END, "ended"), (Verb.EXPIRE, "expired")])
def test_a_match_that_is_over_frees_its_people_and_calendars(live: Live, verb: Verb, state: str) -> None:
    """Its meetings are cancelled, and both may be matched again; other matches and events stay."""
    match = match_of(live, "e1")
    result = after(live, live.snapshot, verb, match)

    assert states(result) == {"match": {state}, "session": {"cancelled"}, "enrollment": {"ready"}}
    assert {r.person for r in of_type(EnrollmentRecord, result.records)} == set(match.people)
    assert {s.subject for s in of_type(SessionRecord, result.records)} == {match.address.id}
    assert [one.what for one in result.occurred] == [f"match.{state}"]


def test_meetings_that_were_held_are_not_cancelled(live: Live) -> None:
    """A match that ends leaves its past as it is."""
    match = match_of(live, "e1")
    first = next(s for s in of_type(SessionRecord, live.snapshot.records) if s.subject == match.address.id)
    snapshot = with_changes(live.snapshot, after(live, live.snapshot, Verb.HOLD, first))

    result = after(live, snapshot, Verb.END, match)

    assert first.address not in {r.address for r in result.records}


def test_whoever_leaves_is_gone_everywhere(live: Live) -> None:
    """Their match ends, their seats at events are free, their training is off, and the other one is free."""
    person, other = live.person("r1"), live.person("e1")
    enrollment = next(e for e in of_type(EnrollmentRecord, live.snapshot.records) if e.person == person)
    result = after(live, live.snapshot, Verb.WITHDRAW, enrollment)

    now = with_changes(live.snapshot, result)
    assert {e.person: e.state for e in of_type(EnrollmentRecord, result.records)} == {
        person: "withdrawn",
        other: "ready",
    }
    ahead = [s for s in of_type(SessionRecord, now.records) if s.state == "planned"]
    assert ahead
    assert all(person not in session.people for session in ahead)
    assert [one.what for one in result.occurred if one.record.address.kind != "session"] == [
        "enrollment.withdrawn",
        "match.ended",
    ]


def test_a_group_goes_on_without_one() -> None:
    """While enough stay, the match stands; with the last mentee it ends."""
    live = Live(world=GROUPS)
    live.apply(MATCHING)
    snapshot = live.snapshot
    (group, *_) = of_type(MatchRecord, snapshot.records)
    sizes = []
    for member in group.members[1:]:
        enrollment = next(
            e for e in of_type(EnrollmentRecord, snapshot.records) if (e.person, e.role) == (member.person, Role.MENTEE)
        )
        snapshot = with_changes(snapshot, after(live, snapshot, Verb.WITHDRAW, enrollment))
        now = snapshot.by_address[group.address]
        assert isinstance(now, MatchRecord)
        sizes.append((len(now.others), now.state))

    assert sizes[0] == (len(group.others) - 1, "proposed")
    assert sizes[-1][1] == "ended"


def test_training_is_done_or_waived() -> None:
    """Once, and then it is final."""
    live = Live()
    live.apply(MATCHING)
    open_ones = [t for t in of_type(TrainingRecord, live.snapshot.records) if t.state == "assigned"]
    assert states(after(live, live.snapshot, Verb.TRAIN, open_ones[0])) == {"training": {"completed"}}
    snapshot = with_changes(live.snapshot, after(live, live.snapshot, Verb.WAIVE, open_ones[0]))

    again = happened(
        live.world.load().programs, snapshot, Happening(verb=Verb.TRAIN, address=open_ones[0].address, on=ACTIVE)
    )

    assert isinstance(again, Refused)
    assert "`trained` is not possible while the training is `waived`" in again.detail
    assert again.help == "that is its last state"


@pytest.mark.parametrize(
    ("verb", "says", "helps"),
    [
        (Verb.PAUSE, "`pause` is not possible while the match is `proposed`", "it can `accept`, `decline`, `end`"),
        (Verb.COMPLETE, "`complete` is not possible while the match is `proposed`", "`expire`"),
        (Verb.WITHDRAW, "`withdraw` is not for `grow/winter/match/", ""),
        (Verb.HOLD, "`hold` is not for `grow/winter/match/", ""),
    ],
)
def test_what_is_not_possible_is_said(live: Live, verb: Verb, says: str, helps: str) -> None:
    """The state is named, and what can happen from there."""
    address = match_of(live, "e1").address
    result = happened(live.world.load().programs, live.snapshot, Happening(verb=verb, address=address, on=MATCHING))

    assert isinstance(result, Refused)
    assert says in result.detail
    assert helps in result.help


def test_nothing_happens_to_what_is_not_there(live: Live) -> None:
    """An address that the state lacks, and one whose program is not in the files."""
    for address in (Address(program="grow", cohort="winter", kind="match", id="m0"), Address(program="other")):
        result = happened(
            live.world.load().programs, live.snapshot, Happening(verb=Verb.ACCEPT, address=address, on=MATCHING)
        )
        assert isinstance(result, Refused)
        assert "there is no" in result.detail


def test_flash_matches_have_no_pause() -> None:
    """A step that a model does not have is refused like any other."""
    world = World().with_program(
        ("{type: one-on-one, mentors: career}", "{type: flash, mentors: career}"),
        ("meetings: {every: 2w, lasts: 60min, at_least: 3}\n", "meetings: {lasts: 30min, at_least: 1}\n"),
    )
    address = Address(program="grow", cohort="winter", kind="match", id="m1")
    match = MatchRecord(
        address=address,
        members=(Member(person="p1", role=Role.MENTOR), Member(person="p2", role=Role.MENTEE)),
        subject="",
        state="accepted",
        score=0,
        terms=(),
    )
    snapshot = Snapshot(workspace="acme", lineage="l", serial=1, records=(match,))

    result = happened(world.load().programs, snapshot, Happening(verb=Verb.PAUSE, address=address, on=MATCHING))

    assert isinstance(result, Refused)
    assert result.help == "from `accepted` it can `complete`, `end` or `over`"
