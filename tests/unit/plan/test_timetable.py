"""Answers about the timetable: why a meeting is when it is, and why another has no time, with what would open one."""

from datetime import date

from unit.plan.small import MATCHING, MENTEES, MENTORS, PROGRAM, Live, World, changed

from mentorctl import pipeline
from mentorctl.optimize.engine import DirectEngine
from mentorctl.pipeline import Scheduled
from mentorctl.plan.timetable import MeetingAnswer, answers_about


def scheduled(live: Live, day: date, *, reopened: bool = False) -> Scheduled:
    return pipeline.schedule(
        live.world.load(),
        live.world.people(),
        live.snapshot,
        as_of=day,
        engine=DirectEngine(),
        definitions=live.definitions(live.snapshot),
        reopened=reopened,
    )


def answers(made: Scheduled, live: Live, name: str) -> list[MeetingAnswer]:
    who = live.person(name)
    return [
        answer
        for placement in made.placements
        for match in placement.matches
        if who in match.people
        for answer in answers_about(placement, match.address.id)
    ]


def with_hours(mentor: str, mentee: str) -> World:
    """The first mentor and mentee with weekly hours of their own."""
    return World().with_rosters(
        mentors=changed(MENTORS, ("r1,Sales,lead,,,", f"r1,Sales,lead,,{mentor},")),
        mentees=changed(MENTEES, ("e1,Finance,junior,,,", f"e1,Finance,junior,,{mentee},")),
    )


def test_a_meeting_has_reasons_for_its_time() -> None:
    """It is in its days, there is a next best time, and that one loses something or nothing."""
    live = Live()
    for answer in answers(scheduled(live, MATCHING), live, "r1"):
        assert answer.first <= answer.starts[:10] <= answer.last
        assert answer.next_best
        assert answer.loss >= 0
        assert answer.without is None


def test_meetings_that_stand_can_be_asked_about() -> None:
    """Opened again for the question, they are where they are, and the answer is about that time."""
    live = Live()
    live.apply(MATCHING)
    assert not scheduled(live, MATCHING).placements
    made = scheduled(live, MATCHING, reopened=True)
    assert not made.changes
    assert len(answers(made, live, "r1")) == 3


def test_hours_that_do_not_meet_are_named() -> None:
    """Two people who share no hour: the funnel ends at the second one, and each could open a time."""
    live = Live(world=with_hours("Mon 09:00-12:00", "Tue 09:00-12:00"))
    made = scheduled(live, MATCHING)
    assert {(each.reason, each.minutes) for each in made.unplaced} == {("availability", 60)}
    found = answers(made, live, "r1")[0].without
    assert found is not None
    assert found.left == 0
    assert {kind for kind, _ in found.tight} == {"availability"}
    assert {way.kinds for way in found.ways_out} >= {("availability",)}
    assert {who for way in found.ways_out for who in way.who} == {live.person("r1"), live.person("e1")}


def test_longer_hours_are_a_line_to_write() -> None:
    """Where only the hours of meetings are in the way, the answer says which hours would do, at which key."""
    live = Live(world=with_hours("Mon-Fri 18:00-20:00", "Mon-Fri 18:00-21:00"))
    made = scheduled(live, MATCHING)
    found = answers(made, live, "r1")[0].without
    assert found is not None
    assert found.reason == "hours"
    (way, *_) = found.ways_out
    assert way.path == ("meetings", "hours")
    assert way.write == 'hours: "09:00-19:00"'


def test_limits_beside_time_are_priced() -> None:
    """A mentor of two with one meeting a week: one more would be worth a meeting to the pair that has none."""
    busy = changed(
        PROGRAM, ("meetings: {every: 2w, lasts: 60min, at_least: 3}",
                  "meetings: {every: 1w, lasts: 60min, at_least: 8, per_week: 1}")
    )  # fmt: skip
    two = World(programs=(busy,)).with_rosters(
        mentors="".join(MENTORS.splitlines(keepends=True)[:1]) + "r3,Sales,lead,,,writing;budgeting,2,basics\n"
    )
    live = Live(world=two)
    made = scheduled(live, MATCHING)
    assert {each.reason for each in made.unplaced} == {"limits"}
    missing = next(
        a for placement in made.placements for m in placement.matches
        for a in answers_about(placement, m.address.id) if a.without is not None
    )  # fmt: skip
    assert ("week", ("meetings", "per_week")) in {(each.kind, each.path) for each in missing.loosened}
    assert all(each.gain > 0 for each in missing.loosened)


def test_every_meeting_is_placed_or_listed() -> None:
    """What was asked for is in one of the two lists, whatever the hours."""
    for mentor in ("Mon 09:00-12:00", "Mon-Fri 11:00-12:00", "Fri 16:00-17:00"):
        live = Live(world=with_hours(mentor, "Mon-Wed 09:00-12:00"))
        made = scheduled(live, MATCHING)
        meetings = [s for s in made.sessions if s.kind == "meeting"]
        asked = sum(len(days) for placement in made.placements for days in placement.days)
        assert len(meetings) + sum(each.kind == "meeting" for each in made.unplaced) == asked
