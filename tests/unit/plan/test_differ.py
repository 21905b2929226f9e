"""From records before and after to changes: what happens, why, and what it means to the people in it."""

from dataclasses import replace

import pytest

from mentorctl.addresses import Address
from mentorctl.plan.differ import differences, people_of
from mentorctl.plan.impact import impact_by_person, impact_counts, people_seen
from mentorctl.plan.model import Action, Change, Impact
from mentorctl.rules.fields import Role
from mentorctl.state.model import (
    CohortRecord,
    EnrollmentRecord,
    MatchRecord,
    ProgramRecord,
    Record,
    SessionRecord,
    TrainingRecord,
    members,
)


def address(kind: str = "", name: str = "") -> Address:
    """An address in the cohort `winter` of `grow`."""
    return Address(program="grow", cohort="winter", kind=kind, id=name)


PROGRAM = ProgramRecord(
    address=Address(program="grow"),
    name="Grow",
    owner="people",
    state="active",
    definition="a",
    lifecycles="c",
    matching_rules="b",
)
COHORT = CohortRecord(address=address(), starts="2027-01-04", ends="2027-04-04", state="running")


def enrollment(state: str, person: str = "p1") -> EnrollmentRecord:
    """A mentee."""
    return EnrollmentRecord(
        address=address("enrollment", f"{person}_mentee"), person=person, role=Role.MENTEE, state=state
    )


def training(state: str) -> TrainingRecord:
    """A module of p1."""
    return TrainingRecord(
        address=address("training", "t1"), enrollment="p1_mentee", person="p1", module="basics", state=state, due=""
    )


def match(state: str, name: str = "m1", mentor: str = "r1", mentee: str = "p1") -> MatchRecord:
    """A match."""
    return MatchRecord(
        address=address("match", name), members=members([mentor], [mentee]), subject="", state=state, score=1, terms=()
    )


def session(
    state: str = "planned",
    starts: str = "2027-02-01T09:00Z",
    kind: str = "meeting",
    people: tuple[str, ...] = ("r1", "p1"),
) -> SessionRecord:
    """A session about `kick_off`."""
    return SessionRecord(
        address=address("session", "s1"),
        kind=kind,
        subject="kick_off",
        number=1,
        starts=starts,
        zone="UTC",
        minutes=60,
        people=people,
        state=state,
        basis="",
    )


def change_of(before: Record | None, after: Record | None) -> Change:
    """The one change between two records of one address."""
    prior = {before.address: before} if before else {}
    changes = differences(prior, [after] if after else [])
    assert len(changes) == 1
    return changes[0]


# before, after → sign, impact, reason
MEANINGS: tuple[tuple[Record | None, Record, str, str, str], ...] = (
    (None, PROGRAM, "+", "none", "the program is new"),
    (PROGRAM, replace(PROGRAM, definition="c"), "~", "none", "the program's definition changed"),
    (None, COHORT, "+", "none", "the cohort is new"),
    (COHORT, replace(COHORT, ends="2027-05-01"), "~", "none", "the cohort's dates changed"),
    (None, enrollment("ready"), "+", "internal", "applied"),
    (enrollment("applied"), enrollment("not_eligible"), "~", "informed", "now not eligible"),
    (enrollment("ready"), enrollment("withdrawn"), "~", "withdrawn", "no longer on the roster"),
    (enrollment("ready"), enrollment("waitlisted"), "~", "informed", "waits for a match"),
    (None, training("assigned"), "+", "informed", "training assigned"),
    (None, training("completed"), "+", "internal", "training recorded"),
    (training("assigned"), training("completed"), "~", "internal", "training completed"),
    (training("completed"), training("assigned"), "~", "informed", "training assigned"),
    (training("assigned"), replace(training("assigned"), due="2027-02-01"), "~", "rescheduled", "its due day moves"),
    (training("assigned"), training("cancelled"), "~", "internal", "training cancelled"),
    (None, match("proposed"), "+", "informed", "a match is proposed"),
    (match("proposed"), match("accepted"), "~", "informed", "the match is accepted"),
    (match("proposed"), match("ended"), "~", "re-matched", "the match cannot stand"),
    (None, session(), "+", "informed", "the session is planned"),
    (None, session(kind="event"), "+", "informed", "the session is planned"),
    (None, session(kind="training"), "+", "informed", "the session is planned"),
    (session(), session("cancelled"), "~", "rescheduled", "the session is cancelled"),
    (session(), session(starts="2027-02-01T10:00Z"), "~", "rescheduled", "the session moves"),
    (session(), replace(session(), minutes=30), "~", "rescheduled", "the session takes another time"),
    (session(), session(people=("r1", "p1", "p2")), "~", "informed", "other people attend"),
    (session(), session(people=("r1",)), "~", "rescheduled", "other people attend"),
)  # fmt: skip


@pytest.mark.parametrize(("before", "after", "sign", "impact", "reason"), MEANINGS)
def test_every_change_has_a_meaning(before: Record | None, after: Record, sign: str, impact: str, reason: str) -> None:
    """Sign, impact and reason follow from the two records."""
    change = change_of(before, after)
    assert (change.action.value, change.impact.value, change.reason) == (sign, impact, reason)
    assert (change.before, change.after, change.address) == (before, after, after.address)


def test_what_is_not_wanted_is_deleted() -> None:
    """A record that is not desired goes, with the record it was."""
    change = change_of(training("assigned"), None)
    assert (change.action, change.impact, change.before, change.after) == (
        Action.DELETE,
        Impact.INFORMED,
        training("assigned"),
        None,
    )


def test_equal_records_are_no_change() -> None:
    """Nothing happens to what is as it should be."""
    assert differences({PROGRAM.address: PROGRAM}, [PROGRAM]) == ()


def test_changes_are_sorted_by_address() -> None:
    """Whatever the order of the desired records."""
    records: list[Record] = [session(), match("proposed"), PROGRAM, enrollment("ready"), COHORT]
    changes = differences({}, records)
    assert changes == differences({}, records[::-1])
    assert [c.address for c in changes] == sorted(r.address for r in records)


def test_a_mentee_with_another_mentor_is_re_matched() -> None:
    """One match ends and another begins in the same plan, and the mentee stays matched."""
    before = match("accepted")
    changes = differences({before.address: before}, [match("ended"), match("proposed", "m2", mentor="r2")])
    assert [(c.impact.value, c.reason) for c in changes] == [
        ("re-matched", "the match cannot stand"),
        ("re-matched", "a new match replaces one that ended"),
    ]
    assert impact_by_person(changes)["p1"] == "re-matched"


def test_a_match_that_stands_is_no_reason_for_a_re_match() -> None:
    """A second match beside one that stands is only news."""
    standing = match("accepted")
    changes = differences({standing.address: standing}, [standing, match("proposed", "m2", mentor="r2")])
    assert [c.impact.value for c in changes] == ["informed"]


def test_a_match_that_had_ended_is_none_that_is_lost() -> None:
    """Who is matched after an earlier match ended is matched, not re-matched."""
    over = match("ended")
    changes = differences({over.address: over}, [over, match("proposed", "m2", mentor="r2")])
    assert [c.impact.value for c in changes] == ["informed"]


@pytest.mark.parametrize(
    ("record", "people"),
    [
        (PROGRAM, ()),
        (COHORT, ()),
        (enrollment("ready"), ("p1",)),
        (training("assigned"), ("p1",)),
        (match("proposed"), ("r1", "p1")),
        (session(), ("r1", "p1")),
    ],
)
def test_records_are_about_people(record: Record, people: tuple[str, ...]) -> None:
    """By opaque id."""
    assert people_of(record) == people


# -- impact ------------------------------------------------------------------------------------------------------------


def test_each_person_counts_with_the_worst_that_happens() -> None:
    """One person with three changes is counted once."""
    first, mentor = match("proposed"), replace(enrollment("matched", "r1"), role=Role.MENTOR)
    prior: tuple[Record, ...] = (first, enrollment("matched"), mentor, session())
    changes = differences(
        {record.address: record for record in prior},
        [match("ended"), enrollment("withdrawn"), replace(mentor, state="ready"), session("cancelled")],
    )
    assert impact_by_person(changes) == {"p1": Impact.WITHDRAWN, "r1": Impact.UN_MATCHED}
    assert impact_counts(changes) == {Impact.UN_MATCHED: 1, Impact.WITHDRAWN: 1}


def test_who_keeps_another_match_is_not_un_matched() -> None:
    """A mentor who loses one of two mentees stays matched; the mentee is left with nobody."""
    first, second = match("accepted"), match("accepted", "m2", mentee="p2")
    prior: tuple[Record, ...] = (first, second, enrollment("matched"))
    changes = differences({r.address: r for r in prior}, [match("ended"), second, enrollment("waitlisted")])
    assert impact_by_person(changes) == {"p1": Impact.UN_MATCHED, "r1": Impact.RE_MATCHED}


def test_who_leaves_a_group_is_un_matched_and_the_others_hear_of_it() -> None:
    """A group that stands without one of its people."""
    before = replace(match("accepted"), members=members(["r1"], ["p1", "p2"]))
    after = replace(before, members=members(["r1"], ["p2"]))
    prior: tuple[Record, ...] = (before, enrollment("matched"))
    changes = differences({r.address: r for r in prior}, [after, enrollment("ready")])
    assert impact_by_person(changes) == {"p1": Impact.UN_MATCHED, "r1": Impact.INFORMED, "p2": Impact.INFORMED}


def test_a_session_touches_only_those_for_whom_it_is_otherwise() -> None:
    """Somebody comes and somebody goes; nothing changes for who attended and still does."""
    before, after = session(people=("r1", "p1")), session(people=("r1", "p2"))
    changes = differences({before.address: before}, [after])
    assert impact_by_person(changes) == {"p1": Impact.RESCHEDULED, "p2": Impact.INFORMED}


def test_taking_an_enrollment_away_erases_somebody() -> None:
    """The record goes with all that it said."""
    changes = differences({enrollment("matched").address: enrollment("matched")}, [])
    assert impact_by_person(changes) == {"p1": Impact.ERASED}


def test_people_who_leave_a_session_are_touched_too() -> None:
    """The people of the record before count like those of the record after."""
    changes = differences({session().address: session()}, [session(people=("r1", "p2"))])
    assert set(impact_by_person(changes)) == {"p1", "p2"}


def test_impacts_of_nobody_are_left_out() -> None:
    """A program touches nobody."""
    assert impact_counts(differences({}, [PROGRAM, COHORT])) == {}


def test_people_who_are_not_touched_were_seen() -> None:
    """The plan looked at everyone in the records and in the changes."""
    changes = differences({}, [enrollment("ready", "p2")])
    assert people_seen([enrollment("ready"), match("proposed")], changes) == 3
