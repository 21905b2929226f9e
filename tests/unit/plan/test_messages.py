"""What plans and days mean to people: the messages that follow, read from the outbox of a store."""

from datetime import UTC, date, datetime

from mentorctl.plan.messages import PlannedMessage, planned_messages, variables_at, variables_of
from mentorctl.spec.model import Program
from mentorctl.state.live import Happening
from mentorctl.state.model import MatchRecord

from .small import MATCHING, Live, World, changed, of_type

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
    rosters=tuple(
        (name, "".join(f"{line},{'ok' if n == 0 else 'yes'}\n" for n, line in enumerate(text.splitlines())))
        for name, text in World().rosters
    ),
).with_program(
    ("matching:\n", "eligibility: {mentee: {approval: manager}}\nmatching:\n"),
    (
        "check_ins:\n",
        "messages:\n  fine: {on: enrollment.approved, to: [mentor, mentee], template: fine}\ncheck_ins:\n",
    ),
)


def said(live: Live) -> list[PlannedMessage]:
    """The messages in the outbox."""
    (compiled,) = live.world.load().programs
    return list(planned_messages(compiled, [one for _, one in live.store.outbox()]))


def until(live: Live, day: date) -> list[PlannedMessage]:
    """The messages that are put into the outbox until a day is over."""
    before = len(said(live))
    live.store.advance(datetime(day.year, day.month, day.day, 23, tzinfo=UTC), at=EARLY, actor="anna")
    return said(live)[before:]


EARLY = datetime(2000, 1, 1, tzinfo=UTC)


def program(world: World = WORLD) -> Program:
    """The only program of a world."""
    return world.load().programs[0].program


def test_messages_go_to_whom_they_concern() -> None:
    """By role within the match, the enrollment or the training; words such as owner stay words."""
    live = Live(world=WORLD)
    live.apply(MATCHING)
    found = said(live)

    assert {m.message for m in found} == {"welcome", "learn", "matched", "meet"}
    pair = (live.person("r1"), live.person("e1"))
    (matched,) = (m for m in found if m.message == "matched" and live.person("e1") in m.recipients)
    assert matched.recipients == tuple(sorted(pair))
    assert matched.about.kind == "match"
    assert dict(matched.variables) == {
        "program": "Grow", "cohort": "winter", "owner": "people_development", "subject": "",
        "mentor": (pair[0],), "mentee": (pair[1],), "peer": (),
    }  # fmt: skip
    assert all(m.recipients[-1] == "owner" and len(m.recipients) == 2 for m in found if m.message == "welcome")
    mentees = {live.person(name) for name in ("e1", "e2", "e3")}
    learning = [m for m in found if m.message == "learn"]
    assert {p for m in learning for p in m.recipients} <= mentees
    assert {m.channel for m in learning} == {"chat"}
    meetings = [m for m in found if m.message == "meet" and live.person("r1") in m.recipients]
    assert len(meetings) == 3
    assert all(m.recipients == (live.person("r1"),) for m in meetings)


def test_an_approval_is_told_only_where_one_is_asked_for() -> None:
    """A role without approval is never told that it was approved."""
    live = Live(world=APPROVING)
    live.apply(MATCHING)

    mentors = {live.person("r1"), live.person("r2")}
    told = {p for m in said(live) if m.message == "fine" for p in m.recipients}
    assert told
    assert not told & mentors


def test_a_plan_says_nothing_twice() -> None:
    """Applying the plan of a later day tells nobody again what they were told."""
    live = Live(world=WORLD)
    live.apply(MATCHING)
    before = said(live)
    live.apply(MATCHING)

    assert said(live) == before


def test_a_day_brings_its_messages() -> None:
    """On its day and on no other; once matching is over they go to those who are matched."""
    live = Live(world=WORLD)
    live.apply(MATCHING)
    start = date(2027, 2, 1)

    assert until(live, date(2027, 1, 31)) == []
    (opening,) = (m for m in until(live, start) if m.message == "opening")
    matched = {p for m in of_type(MatchRecord, live.snapshot.records) for p in m.people}
    assert opening.recipients == (*sorted(matched), "sponsor")
    assert (opening.day, dict(opening.variables)["day"]) == ("2027-02-01", "2027-02-01")
    assert not [m for m in until(live, date(2027, 3, 31)) if m.message == "opening"]


def test_some_time_after_something_happened() -> None:
    """Counted from the day on which it happened, and only while it is not over."""
    live = Live(world=WORLD)
    live.apply(MATCHING)
    first, second, *_ = of_type(MatchRecord, live.snapshot.records)
    at = datetime(MATCHING.year, MATCHING.month, MATCHING.day, 12, tzinfo=UTC)
    for match in (first, second):
        told = [Happening(address=match.address, event="accept")]
        assert all(r.is_good for r in live.store.record(told, commit_id=match.address.id, at=at, actor="anna").receipts)
    told = [Happening(address=second.address, event="end")]
    live.store.record(told, commit_id="end", at=at, actor="anna")

    assert not [m for m in until(live, date(2027, 2, 26)) if m.message == "month"]
    (month,) = (m for m in until(live, date(2027, 2, 27)) if m.message == "month")
    assert (month.day, month.recipients) == ("2027-02-27", first.mentors)


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
