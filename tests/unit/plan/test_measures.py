"""Measures on one side of a plan, churn and calendar moves between its sides, and the headline about people."""

from dataclasses import replace

import pytest

from mentorctl.addresses import Address
from mentorctl.plan.consequences import CalendarMoves, Churn, Impact, Measures
from mentorctl.plan.differ import differences
from mentorctl.plan.headline import headline
from mentorctl.plan.measures import churn_of, measures_of, moves_of
from mentorctl.rules.fields import Role
from mentorctl.state.model import EnrollmentRecord, MatchRecord, Record, SessionRecord, members


def address(kind: str, name: str, cohort: str = "winter") -> Address:
    """An address in a cohort of `grow`."""
    return Address(program="grow", cohort=cohort, kind=kind, id=name)


def enrolled(person: str, role: Role = Role.MENTEE, state: str = "ready", cohort: str = "winter") -> EnrollmentRecord:
    """Somebody who takes part."""
    return EnrollmentRecord(
        address=address("enrollment", f"{person}_{role}", cohort), person=person, role=role, state=state
    )


def match(name: str, mentor: str, *others: str, score: int = 5, state: str = "proposed") -> MatchRecord:
    """A match."""
    return MatchRecord(
        address=address("match", name),
        members=members([mentor] if mentor else [], others, Role.MENTEE if mentor else Role.PEER),
        subject="",
        state=state,
        score=score,
        terms=(),
    )


def session(name: str, subject: str, state: str = "planned", starts: str = "2027-02-01T09:00Z") -> SessionRecord:
    """A meeting of a match."""
    return SessionRecord(
        address=address("session", name),
        kind="meeting",
        subject=subject,
        number=1,
        starts=starts,
        zone="UTC",
        minutes=60,
        people=("r1", "e1"),
        state=state,
        basis="",
    )


MENTORS = tuple(enrolled(person, Role.MENTOR) for person in ("r1", "r2", "r3"))
MENTEES = tuple(enrolled(person) for person in ("e1", "e2", "e3", "e4"))

MEASURES: tuple[tuple[tuple[Record, ...], Measures], ...] = (
    ((), Measures()),
    ((*MENTORS, *MENTEES), Measures(mentees=4, mentors=3, load=((0, 3),))),
    (
        (*MENTORS, *MENTEES, match("m1", "r1", "e1", score=7), match("m2", "r1", "e2", score=3)),
        Measures(
            mentees=4, matched=2, mentors=3, mentors_used=1, matches=2, score_total=10, score_lowest=3,
            scores=((3, 1), (7, 1)), load=((0, 2), (2, 1)),
        ),
    ),
    (  # a match that is over counts for nobody, and who left looks for nothing
        (enrolled("e1", state="withdrawn"), match("m1", "r1", "e1", state="ended")),
        Measures(),
    ),
    (  # who is in a match that stands is looking, whatever the enrollment says
        (match("m1", "r1", "e1", "e2"),),
        Measures(
            mentees=2, matched=2, mentors=1, mentors_used=1, matches=1, score_total=5, score_lowest=5,
            scores=((5, 1),), load=((2, 1),),
        ),
    ),
    (  # peers count as mentees
        (enrolled("a", Role.PEER), enrolled("b", Role.PEER), enrolled("c", Role.PEER), match("m1", "", "a", "b")),
        Measures(mentees=3, matched=2, matches=1, score_total=5, score_lowest=5, scores=((5, 1),)),
    ),
    (  # in another cohort it is another place
        (enrolled("e1"), enrolled("e1", cohort="summer")),
        Measures(mentees=2),
    ),
)  # fmt: skip


@pytest.mark.parametrize(("records", "expected"), MEASURES)
def test_measures_are_counted(records: tuple[Record, ...], expected: Measures) -> None:
    """Who looks, who is matched, how well, and how many mentees each mentor has."""
    assert measures_of(records) == expected


def test_the_gap_is_between_groups_that_can_be_shown() -> None:
    """A group of fewer than five people says nothing; of several fields the widest gap counts."""
    people = [f"p{number}" for number in range(14)]
    records = [enrolled(person) for person in people] + [match(f"m{n}", "r1", p) for n, p in enumerate(people[:6])]
    small = {person: ("few",) if number < 4 else ("many",) for number, person in enumerate(people)}
    halves = {person: ("x",) if number % 2 else ("y",) for number, person in enumerate(people)}
    thirds = {person: ("x",) if number < 5 else ("y",) for number, person in enumerate(people)}
    assert measures_of(records, (small,)).fairness_gap is None
    assert measures_of(records, (halves,)).fairness_gap == 0
    assert measures_of(records, (halves, thirds)).fairness_gap == 10_000 - 1_111


CHURN: tuple[tuple[tuple[Record, ...], tuple[Record, ...], bool, Churn], ...] = (
    ((), (match("m1", "r1", "e1"),), False, Churn(made=1)),
    ((match("m1", "r1", "e1"),), (match("m1", "r1", "e1"),), False, Churn(kept=1)),
    ((match("m1", "r1", "e1"),), (match("m1", "r1", "e1", state="ended"),), False, Churn(ended=1)),
    ((match("m1", "r1", "e1"),), (match("m1", "r1", "e1", state="ended"),), True, Churn(ended=1, ended_announced=1)),
    (
        (match("m1", "r1", "e1", state="active"), session("s1", "m1", "held"), match("m2", "r2", "e2")),
        (match("m1", "r1", "e1", state="ended"), session("s1", "m1", "held"), match("m2", "r2", "e2"), match("m3", "r1", "e3")),
        False,
        Churn(kept=1, made=1, ended=1, ended_announced=1, ended_met=1),
    ),
    ((match("m1", "r1", "e1", state="ended"),), (match("m1", "r1", "e1", state="ended"),), True, Churn()),
)  # fmt: skip


@pytest.mark.parametrize(("before", "after", "announces", "expected"), CHURN)
def test_churn_is_counted(
    before: tuple[Record, ...], after: tuple[Record, ...], announces: bool, expected: Churn
) -> None:
    """Matches kept, made and ended; of those that end, how many people knew of, and how many had met."""
    changes = differences({record.address: record for record in before}, after)
    assert churn_of(changes, before, {"m1": announces}) == expected


MOVES: tuple[tuple[SessionRecord | None, SessionRecord | None, CalendarMoves], ...] = (
    (None, session("s1", "m1"), CalendarMoves(added=1, people=2)),
    (session("s1", "m1"), session("s1", "m1", starts="2027-02-02T09:00Z"), CalendarMoves(moved=1, people=2)),
    (session("s1", "m1"), replace(session("s1", "m1"), minutes=30), CalendarMoves(moved=1, people=2)),
    (session("s1", "m1"), session("s1", "m1", "cancelled"), CalendarMoves(cancelled=1, people=2)),
    (session("s1", "m1"), None, CalendarMoves(cancelled=1, people=2)),
    (session("s1", "m1", "held"), None, CalendarMoves()),
    (session("s1", "m1"), replace(session("s1", "m1"), basis="b"), CalendarMoves()),
)


@pytest.mark.parametrize(("before", "after", "expected"), MOVES)
def test_calendar_moves_are_counted(
    before: SessionRecord | None, after: SessionRecord | None, expected: CalendarMoves
) -> None:
    """What is new, moves or goes on calendars; what is past goes nowhere."""
    prior = {before.address: before} if before else {}
    assert moves_of(differences(prior, [after] if after else [])) == expected


HEADLINES: tuple[tuple[dict[Impact, int], int, str], ...] = (
    ({}, 5, "Nothing changes for anybody."),
    ({Impact.INTERNAL: 1}, 1, "1 person is only recorded."),
    ({Impact.INFORMED: 12}, 40, "12 people hear something new; 28 of 40 are not touched."),
    (
        {Impact.UN_MATCHED: 14, Impact.RE_MATCHED: 1},
        1000,
        "14 people lose their match and 1 has other partners; 985 of 1,000 are not touched.",
    ),
    (
        {Impact.WITHDRAWN: 1, Impact.ERASED: 2, Impact.RESCHEDULED: 3, Impact.INFORMED: 4},
        11,
        "2 people are forgotten, 1 leaves, 3 have dates that move and 4 more are touched less; 1 of 11 is not touched.",
    ),
)


@pytest.mark.parametrize(("counts", "people", "expected"), HEADLINES)
def test_the_headline_says_the_worst_first(counts: dict[Impact, int], people: int, expected: str) -> None:
    """Each impact in words that anybody understands, and how many people nothing happens to."""
    assert headline(counts, people) == expected
