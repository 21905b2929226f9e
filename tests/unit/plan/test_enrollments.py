"""Who may take part, how far the facts carry them, and what becomes of their training."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from unit.roster.reading import contract_of, read

from mentorctl.roster.conditions import who_meets
from mentorctl.roster.people import Roster
from mentorctl.rules.eligibility import Comparison, Condition
from mentorctl.rules.fields import Contract
from mentorctl.state.model import EnrollmentRecord, TrainingRecord

from .small import (
    ENROLLING,
    MENTEES,
    PROGRAM,
    WORKSPACE,
    Live,
    World,
    changed,
    enrollment_states,
    of_type,
    trainings_of,
    without_rows,
)

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = """\
level: {type: level, scale: [junior, Senior, lead]}
years: {type: number}
joined: {type: date}
site: {type: single, missing: passes}
remote: {type: boolean}
zone: {type: timezone}
"""
PEOPLE = (
    "id,level,years,joined,site,remote,zone\n"
    "a,Senior,12,2020-02-29,Berlin,yes,Europe/Berlin\n"
    "b,,,,,,\n"
    "c,junior,0,2021-01-01,LISBON,no,UTC\n"
)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> tuple[Roster, Contract]:
    """Three people: `a` with values, `b` with blanks only, `c` with others."""
    contract = contract_of(FIELDS)
    folder: Path = tmp_path_factory.mktemp("people")
    return read(folder, contract, mentors=PEOPLE, mentees=f"{PEOPLE.splitlines()[0]}\nz,,,,,,\n").clean, contract


C = Comparison
# field, comparison, values → who of a, b and c meets it. A blank meets nothing, but for `site`, where blanks pass.
CONDITIONS: tuple[tuple[str, Comparison, tuple[str | int | float | bool, ...], str], ...] = (
    ("level", C.AT_LEAST, ("senior",), "a"), ("level", C.AT_LEAST, ("junior",), "ac"), ("level", C.ABOVE, ("senior",), ""),
    ("level", C.BELOW, ("Senior",), "c"), ("level", C.AT_MOST, ("SENIOR",), "ac"), ("level", C.IS, ("junior",), "c"),
    ("level", C.ONE_OF, ("lead", "senior"), "a"), ("level", C.BELOW, ("junior",), ""),
    ("years", C.AT_LEAST, (12,), "a"), ("years", C.ABOVE, (12,), ""), ("years", C.BELOW, (0.5,), "c"), ("years", C.IS, (0,), "c"),
    ("years", C.ONE_OF, (0, 12), "ac"), ("years", C.AT_MOST, (100,), "ac"),
    ("joined", C.AT_LEAST, ("2020-02-29",), "ac"), ("joined", C.BELOW, ("2021-01-01",), "a"), ("joined", C.IS, ("2021-01-01",), "c"),
    ("site", C.IS, ("berlin",), "ab"), ("site", C.ONE_OF, ("Lisbon", "Paris"), "bc"), ("site", C.IS, ("Paris",), "b"),
    ("remote", C.IS, (True,), "a"), ("remote", C.IS, (False,), "c"), ("remote", C.ONE_OF, (True, False), "ac"),
    ("zone", C.IS, ("Europe/Berlin",), "a"), ("zone", C.IS, ("Asia/Tokyo",), ""),
)  # fmt: skip


@pytest.mark.parametrize(("field", "comparison", "values", "who"), CONDITIONS)
def test_conditions_on_one_person(
    people: tuple[Roster, Contract],
    field: str,
    comparison: Comparison,
    values: tuple[str | int | float | bool, ...],
    who: str,
) -> None:
    """Levels by their scale, names whatever the case, dates by the calendar; blanks as the field says."""
    roster, contract = people
    condition = Condition(field=field, comparison=comparison, values=values)
    met = who_meets(roster, contract, [condition])
    assert "".join(name for name, does in zip(roster.roster_ids, met, strict=True) if does and name != "z") == who


# -- gates -------------------------------------------------------------------------------------------------------------

GATED = World(
    workspace=changed(
        WORKSPACE,
        (
            'completed: {column: done, separator: ";"}',
            'completed: {column: done, separator: ";"}\n    approved: {column: ok}',
        ),
    ),
    programs=(
        changed(
            PROGRAM,
            ("timeline:", "eligibility:\n  mentee: {level: {below: lead}, approval: manager}\ntimeline:"),
            ("takes: 45min,", "takes: 45min, required: true,"),
        ),
    ),
    rosters=(
        ("mentors.csv", "id,department,level,manager,availability,offers,places,done,ok\nr1,x,lead,,,,,basics,\n"),
        ("mentees.csv", ""),
    ),
)
HEADER = "id,department,level,manager,availability,wants,done,ok\n"


def state_of(live: Live, person: str = "e1") -> str:
    """The enrollment state of a mentee."""
    return enrollment_states(live.snapshot)[f"{live.person(person)}_mentee"]


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ("junior,,,,basics,yes", "ready"),
        ("junior,,,,basics,no", "eligible"),
        ("junior,,,,basics,", "eligible"),
        ("junior,,,,,yes", "approved"),
        ("lead,,,,basics,yes", "not_eligible"),
        (",,,,basics,yes", "not_eligible"),
        ("junior,,,,other,yes", "approved"),
    ],
)
def test_an_enrollment_goes_as_far_as_its_facts_allow(cells: str, state: str) -> None:
    """Eligibility, approval, training: the first gate that is shut holds the person."""
    live = Live(world=GATED.with_rosters(mentees=f"{HEADER}e1,x,{cells}\n"))
    live.apply(ENROLLING)
    assert state_of(live) == state


def test_gates_open_and_shut_with_the_facts() -> None:
    """Facts that come later carry a person on; facts that are taken back lead back, before a match."""
    live = Live(world=GATED.with_rosters(mentees=f"{HEADER}e1,x,junior,,,,,no\n"))
    seen = []
    for cells in (
        "junior,,,,,no",
        "junior,,,,,yes",
        "junior,,,,basics,yes",
        "junior,,,,basics,no",
        "lead,,,,basics,yes",
        "junior,,,,basics,yes",
    ):
        live.world = GATED.with_rosters(mentees=f"{HEADER}e1,x,{cells}\n")
        live.apply(ENROLLING)
        seen.append(state_of(live))
        assert live.plan(ENROLLING).is_empty
    assert seen == ["eligible", "approved", "ready", "eligible", "not_eligible", "ready"]


def test_a_gate_of_the_other_role_does_not_hold() -> None:
    """Only mentees need approval here."""
    live = Live(world=GATED.with_rosters(mentees=f"{HEADER}e1,x,junior,,,,,\n"))
    live.apply(ENROLLING)
    assert enrollment_states(live.snapshot)[f"{live.person('r1')}_mentor"] == "ready"


# -- leaving and coming back -------------------------------------------------------------------------------------------


def test_who_leaves_the_roster_is_withdrawn_and_never_deleted() -> None:
    """The record stays, and open trainings are cancelled; a second plan does nothing."""
    live = Live()
    live.apply(ENROLLING)
    person = live.person("e2")
    live.world = live.world.with_rosters(mentees=without_rows(MENTEES, "e2"))
    plan = live.apply(ENROLLING)
    assert {c.action for c in plan.changes} == {"~"}
    assert enrollment_states(live.snapshot)[f"{person}_mentee"] == "withdrawn"
    assert trainings_of(live.snapshot, person) == {"basics": "cancelled"}
    assert live.plan(ENROLLING).is_empty


def test_who_comes_back_begins_anew() -> None:
    """A new application after a withdrawal goes through the gates again."""
    live = Live()
    live.apply(ENROLLING)
    whole, person = live.world, live.person("e2")
    live.world = live.world.with_rosters(mentees=without_rows(MENTEES, "e2"))
    live.apply(ENROLLING)
    live.world = whole
    live.apply(ENROLLING)
    assert enrollment_states(live.snapshot)[f"{person}_mentee"] == "ready"


def test_who_comes_back_has_the_training_to_do() -> None:
    """The training that was cancelled when the person left is theirs again."""
    live = Live()
    live.apply(ENROLLING)
    whole, person = live.world, live.person("e2")
    live.world = live.world.with_rosters(mentees=without_rows(MENTEES, "e2"))
    live.apply(ENROLLING)
    live.world = whole
    live.apply(ENROLLING)
    assert trainings_of(live.snapshot, person) == {"basics": "assigned"}


def test_who_changes_roles_leaves_one_and_joins_the_other() -> None:
    """Enrollments are per role."""
    live = Live()
    live.apply(ENROLLING)
    person = live.person("e1")
    live.world = live.world.with_rosters(
        mentees=without_rows(MENTEES, "e1"), mentors=f"{dict(live.world.rosters)['mentors.csv']}e1,Law,lead,,,,1,\n"
    )
    live.apply(ENROLLING)
    states = enrollment_states(live.snapshot)
    assert (states[f"{person}_mentee"], states[f"{person}_mentor"]) == ("withdrawn", "ready")


# -- training ----------------------------------------------------------------------------------------------------------


def test_training_follows_the_roster() -> None:
    """Done when the roster says so, due before matching, and open again when the roster takes it back."""
    live = Live()
    live.apply(ENROLLING)
    records = {(t.person, t.state, t.due) for t in of_type(TrainingRecord, live.snapshot.records)}
    assert (live.person("e2"), "assigned", "2027-01-22") in records
    live.world = live.world.with_rosters(mentees=MENTEES.replace("budgeting,", "budgeting,Basics"))
    live.apply(ENROLLING)
    assert trainings_of(live.snapshot, live.person("e2")) == {"basics": "completed"}
    live.world = live.world.with_rosters(mentees=MENTEES)
    live.apply(ENROLLING)
    assert trainings_of(live.snapshot, live.person("e2")) == {"basics": "assigned"}


def test_modules_are_for_their_audience() -> None:
    """A module for mentors is not assigned to mentees; who is in both roles does a module for both twice."""
    live = Live(world=World().with_program(("basics: {for: both", "basics: {for: mentor")))
    live.apply(ENROLLING)
    assert trainings_of(live.snapshot, live.person("e1")) == {}
    assert trainings_of(live.snapshot, live.person("r1")) == {"basics": "completed"}


# -- a roster for several programs -------------------------------------------------------------------------------------

OF_SALES = changed(GATED.programs[0], ("mentee: {level: {below: lead}", "mentee: {department: {is: Sales}"))
DIVISIONS = replace(GATED, programs=(OF_SALES, changed(OF_SALES, ("id: grow", "id: other"), ("Sales", "Legal"))))


def states_by_program(live: Live, person: str = "e1") -> dict[str, str]:
    """The enrollment states of a mentee by program."""
    found = of_type(EnrollmentRecord, live.snapshot.records)
    return {e.address.program: e.state for e in found if e.address.id == f"{live.person(person)}_mentee"}


def test_a_row_for_all_programs_applies_to_those_whose_conditions_it_meets() -> None:
    """Nobody is refused by a program that they never asked for; the plan says how many people it is not for."""
    live = Live(world=DIVISIONS.with_rosters(mentees=f"{HEADER}e1,Sales,junior,,,,,\ne2,,junior,,,,,\n"))
    made = live.apply(ENROLLING)

    assert states_by_program(live) == {"grow": "eligible"}
    assert states_by_program(live, "e2") == {}
    texts = {(notice.program, notice.text) for notice in made.notices if "roster" in notice.text}
    assert texts == {
        ("grow", "1 person on the roster does not meet its conditions"),
        ("other", "2 people on the roster do not meet its conditions"),
    }
    assert live.plan(ENROLLING).is_empty


def test_who_took_part_and_stops_meeting_the_conditions_is_not_forgotten() -> None:
    """They are no longer eligible, may become so again, and count as an applicant of the other program meanwhile."""
    live = Live(world=DIVISIONS)
    seen = []
    for department in ("Sales", "Legal", "Sales"):
        live.world = DIVISIONS.with_rosters(mentees=f"{HEADER}e1,{department},junior,,,,,\n")
        live.apply(ENROLLING)
        seen.append(states_by_program(live))
        assert live.plan(ENROLLING).is_empty

    assert seen == [
        {"grow": "eligible"},
        {"grow": "not_eligible", "other": "eligible"},
        {"grow": "eligible", "other": "not_eligible"},
    ]


def test_who_applies_to_a_program_by_name_is_refused_by_it() -> None:
    """A file for one program is a list of applications: who does not meet its conditions hears so."""
    workspace = changed(GATED.workspace, ("mentees.csv, role: mentee", "mentees.csv, role: mentee, program: other"))
    named = replace(DIVISIONS, workspace=workspace)
    live = Live(world=named.with_rosters(mentees=f"{HEADER}e1,Sales,junior,,,,,\n"))
    live.apply(ENROLLING)

    assert states_by_program(live) == {"other": "not_eligible"}


def test_people_who_are_not_eligible_are_not_trained() -> None:
    """No training is assigned to those who may not take part."""
    live = Live(world=GATED.with_rosters(mentees=f"{HEADER}e1,x,lead,,,,,\n"))
    live.apply(ENROLLING)
    assert trainings_of(live.snapshot, live.person("e1")) == {}


def test_a_module_that_is_gone_takes_its_records_along() -> None:
    """Training progress of a module that the program no longer has is deleted, which touches nobody's match."""
    live = Live()
    live.apply(ENROLLING)
    live.world = live.world.with_program(("    basics:", "    new_basics:"))
    plan = live.apply(date(2027, 1, 7))
    assert {(c.action.value, c.reason) for c in plan.changes if c.address.kind == "training"} == {
        ("-", "no longer part of the program"),
        ("+", "training assigned"),
    }
    assert live.plan(date(2027, 1, 7)).is_empty
