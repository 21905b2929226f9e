"""Rows to people: every defect by file, row and column, and what a roster is made of when there is none."""

import random
from pathlib import Path

import numpy as np
import pytest

from mentorctl.roster.read import read_roster
from mentorctl.roster.table import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Table
from mentorctl.rules.fields import Role

from .reading import ONE_FILE, TWO_FILES, contract_of, read, values

DEPARTMENT = "department: {type: single}"
MENTORS = "id,department\nm1,Sales\nm2,People\n"
MENTEES = "id,department\ne1,Sales\ne2,\n"

# What the two files hold → code and place of every finding. Rows count from 1, the header is row 1.
DEFECTS: tuple[tuple[str, str, str, list[tuple[str, str]]], ...] = (
    ("a lacking column", "id\nm1\n", MENTEES, [("MC3002", "mentors.csv:1:1")]),
    ("a lacking id column", "number,department\nm1,Sales\n", MENTEES, [("MC3002", "mentors.csv:1:1")]),
    ("a column that differs in case", "id,Department\nm1,Sales\n", MENTEES, [("MC3002", "mentors.csv:1:1")]),
    ("a doubled column", "id,department,department\nm1,a,b\n", MENTEES, [("MC3013", "mentors.csv:1:1")]),
    ("a doubled id", "id,id,department\nm1,m1,b\n", MENTEES, [("MC3013", "mentors.csv:1:1")]),
    ("a short and a long row", "id,department\nm1,Sales\nm2\nm3,a,b\n", MENTEES,
     [("MC3003", "mentors.csv:3:1"), ("MC3003", "mentors.csv:4:1")]),
    ("a row of blanks only", "id,department\nm1,Sales\n   \n", MENTEES, [("MC3003", "mentors.csv:3:1")]),
    ("a blank id", "id,department\nm1,Sales\n  ,People\n", MENTEES, [("MC3004", "mentors.csv:3:1")]),
    ("an id that is not in the first column", "department,id\nSales,m1\nPeople,\n", MENTEES, [("MC3004", "mentors.csv:3:2")]),
    ("a person twice", "id,department\nm1,Sales\nm2,People\n m1 ,Sales\n", MENTEES, [("MC3005", "mentors.csv:4:1")]),
    ("a person thrice", "id,department\nm1,a\nm1,a\nm1,a\n", MENTEES,
     [("MC3005", "mentors.csv:3:1"), ("MC3005", "mentors.csv:4:1")]),
    ("rows that disagree", MENTORS, "id,department\nm1,People\n", [("MC3006", "mentees.csv:2:2")]),
    ("rows after cells with line breaks", 'id,department\nm1,"a\nb\nc"\n\nm1,x\n', MENTEES, [("MC3005", "mentors.csv:6:1")]),
    ("several at once, in the order of the files", "id,department\n,a\nm1,b\nm1,c,d\n", "id,department\n,\ne1,x\n",
     [("MC3004", "mentees.csv:2:1"), ("MC3004", "mentors.csv:2:1"), ("MC3003", "mentors.csv:4:1")]),
)  # fmt: skip


@pytest.mark.parametrize(("mentors", "mentees", "places"), [d[1:] for d in DEFECTS], ids=[d[0] for d in DEFECTS])
def test_defects_name_file_row_and_column(
    tmp_path: Path, mentors: str, mentees: str, places: list[tuple[str, str]]
) -> None:
    """Every defect is found, none hides another, and with one there is no roster."""
    reading = read(tmp_path, contract_of(DEPARTMENT), mentors=mentors, mentees=mentees)
    assert sorted(reading.places) == sorted(places)
    assert reading.roster is None


def test_a_wrong_header_does_not_empty_a_role(tmp_path: Path) -> None:
    """There are mentors; only a column is lacking."""
    reading = read(tmp_path, contract_of(DEPARTMENT), mentors="id\nm1\n", mentees=MENTEES)
    assert reading.places == [("MC3002", "mentors.csv:1:1")]


@pytest.mark.parametrize("mentors", ["id,manager\nm1,,\nm2,\n", "id\nm1\n"])
def test_one_defect_does_not_spread_to_those_who_name_the_person(tmp_path: Path, mentors: str) -> None:
    """A row with a cell too many, or a lacking column, is one finding; those whose manager it is are right."""
    reading = read(tmp_path, contract_of(BOSS), mentors=mentors, mentees="id,manager\ne1,m1\ne2,m1\n")
    assert "MC3008" not in [code for code, _ in reading.places]


def test_a_lacking_column_is_named_with_what_is_there(tmp_path: Path) -> None:
    """The message lists the header, the help guesses what was meant."""
    reading = read(tmp_path, contract_of(DEPARTMENT), mentors="id,departement\nm1,a\n", mentees=MENTEES)
    assert "no column `department`; the header has `id` and `departement`" in reading.found[0].detail
    assert reading.found[0].help == "did you mean `departement`?"


def test_a_repeated_person_is_related_to_the_first_row(tmp_path: Path) -> None:
    """The finding leads to both rows."""
    reading = read(tmp_path, contract_of(DEPARTMENT), mentors=f"{MENTORS}m1,x\n", mentees=MENTEES)
    assert [str(r.span) for r in reading.found[0].related] == ["mentors.csv:2:1"]


def test_rows_that_disagree_are_related(tmp_path: Path) -> None:
    """The finding about one cell leads to the other; which value is there is not said."""
    reading = read(tmp_path, contract_of(DEPARTMENT), mentors=MENTORS, mentees="id,department\nm2,Secret\n")
    assert [str(r.span) for r in reading.found[0].related] == ["mentors.csv:3:2"]
    assert "Secret" not in reading.found[0].detail


# -- one person in two sources -----------------------------------------------------------------------------------------


def test_a_person_in_two_sources_has_both_roles(tmp_path: Path) -> None:
    """The same id in two files is one person; a blank in one row is filled from the other."""
    reading = read(
        tmp_path, contract_of(DEPARTMENT), mentors="id,department\nm1,\nm2,x\n", mentees="id,department\nm1,Sales\n"
    )
    roster = reading.clean
    assert roster.roster_ids == ("m1", "m2")
    assert values(roster, "department") == {"m1": "Sales", "m2": "x"}
    assert roster.applicants(Role.MENTOR, "grow", "spring").tolist() == [0, 1]
    assert roster.applicants(Role.MENTEE, "grow", "spring").tolist() == [0]


def test_fields_that_only_one_role_answers_come_from_its_file(tmp_path: Path) -> None:
    """A column is needed only in the files of the role that answers it, and read only there."""
    contract = contract_of("offers: {type: single, answered_by: mentor}\nwants: {type: single, answered_by: mentee}")
    roster = read(tmp_path, contract, mentors="id,offers,wants\nm1,a,ignored\n", mentees="id,wants\nm1,b\ne1,c\n").clean
    assert values(roster, "wants") == {"m1": "b", "e1": "c"}
    assert values(roster, "offers") == {"m1": "a", "e1": None}


def test_facts_are_read_from_every_file(tmp_path: Path) -> None:
    """Training done and approvals given are about the person, whichever row says it."""
    contract = contract_of(
        DEPARTMENT, extra='facts: {completed: {column: done, separator: "+"}, approved: {column: ok}}'
    )
    roster = read(
        tmp_path,
        contract,
        mentors="id,department,done,ok\nm1,a,basics+bias,yes\nm2,a,,\n",
        mentees="id,department,done,ok\nm2,a,Basics,no\ne1,a,,\n",
    ).clean
    assert roster.roster_ids == ("e1", "m1", "m2")
    assert roster.completed.labels == ("basics", "bias")
    assert roster.completed.words.tolist() == [[0], [0b11], [0b01]]
    assert roster.approved.tolist() == [False, True, False]


def test_without_facts_nothing_is_completed_or_approved(tmp_path: Path) -> None:
    """A contract without facts gives empty columns of the right length."""
    roster = read(tmp_path, contract_of(DEPARTMENT), mentors=MENTORS, mentees=MENTEES).clean
    assert roster.completed.words.shape == (4, 1)
    assert not roster.approved.any()


# -- roles -------------------------------------------------------------------------------------------------------------


def test_a_column_says_the_role(tmp_path: Path) -> None:
    """`mentor`, `mentee`, `peer` or `both`, whatever the case; anything else is a defect in its cell."""
    contract = contract_of(DEPARTMENT, sources=ONE_FILE)
    roster = read(tmp_path, contract, people="id,role,department\na,Mentor,x\nb, mentee ,x\nc,BOTH,x\n").clean
    assert roster.applicants(Role.MENTOR, "", "").tolist() == [0, 2]
    assert roster.applicants(Role.MENTEE, "", "").tolist() == [1, 2]
    wrong = read(tmp_path, contract, people="id,department,role\na,x,both\nb,x,coach\nc,x,\n")
    assert wrong.places == [("MC3007", "people.csv:3:3"), ("MC3007", "people.csv:4:3")]
    assert "`mentor`, `mentee`, `peer` or `both`" in wrong.found[0].detail


def test_a_role_column_that_is_not_there_is_a_lacking_column(tmp_path: Path) -> None:
    """The role column is needed like the id."""
    reading = read(tmp_path, contract_of(DEPARTMENT, sources=ONE_FILE), people="id,department\na,x\n")
    assert ("MC3002", "people.csv:1:1") in reading.places


def test_a_row_answers_the_fields_of_its_own_role(tmp_path: Path) -> None:
    """In a file of both roles a mentee's cell of a field for mentors is not read, so it cannot be wrong."""
    contract = contract_of("places: {type: number, answered_by: mentor, required: true}", sources=ONE_FILE)
    roster = read(tmp_path, contract, people="id,role,places\na,mentor,2\nb,mentee,lots\nc,mentee,\n").clean
    assert values(roster, "places") == {"a": 2.0, "b": None, "c": None}


def test_applications_may_name_a_program_and_a_cohort(tmp_path: Path) -> None:
    """A source that names a program applies to it only; the others apply everywhere."""
    contract = contract_of(
        DEPARTMENT,
        sources=(
            "[{file: mentors.csv, role: mentor}, {file: mentees.csv, role: mentee, program: grow, cohort: spring}]"
        ),
    )
    roster = read(tmp_path, contract, mentors=MENTORS, mentees=MENTEES).clean
    assert roster.applicants(Role.MENTOR, "any", "any").tolist() == [2, 3]
    assert roster.applicants(Role.MENTEE, "grow", "spring").tolist() == [0, 1]
    assert roster.applicants(Role.MENTEE, "grow", "autumn").tolist() == []
    assert roster.applicants(Role.MENTEE, "other", "spring").tolist() == []


FLAG = "both_roles: {column: both, yes: [yes, ja], unlinked: UNLINKED}"


@pytest.mark.parametrize(
    ("unlinked", "places"),
    [
        ("ignore", []),
        ("report", [("MC3012", "mentors.csv:2:3")]),
        ("refuse", [("MC3015", "mentees.csv:2:3"), ("MC3015", "mentors.csv:2:3")]),
    ],
)
def test_rows_that_claim_both_roles(tmp_path: Path, unlinked: str, places: list[tuple[str, str]]) -> None:
    """Ignored, reported once with their number, or refused one by one; linked rows are fine."""
    contract = contract_of(DEPARTMENT, extra=FLAG.replace("UNLINKED", unlinked))
    reading = read(
        tmp_path,
        contract,
        mentors="id,department,both\nm1,a, YES \nm2,a,no\nx1,a,yes\n",
        mentees="id,department,both\ne1,a,ja\nx1,a,\n",
    )
    assert reading.places == places
    assert (reading.roster is None) == (unlinked == "refuse")
    if unlinked == "report":
        assert reading.found[0].detail.startswith("2 rows say `yes`")


def test_the_flag_column_may_lie_in_one_file_only(tmp_path: Path) -> None:
    """The other file simply claims nothing."""
    contract = contract_of(DEPARTMENT, extra=FLAG.replace("UNLINKED", "refuse"))
    reading = read(tmp_path, contract, mentors="id,department,both\nm1,a,yes\n", mentees=MENTEES)
    assert reading.places == [("MC3015", "mentors.csv:2:3")]


def test_a_flag_column_that_is_nowhere_is_lacking(tmp_path: Path) -> None:
    """A slip in the name of the column must not switch the check off."""
    contract = contract_of(DEPARTMENT, extra="both_roles: {column: nowhere, unlinked: refuse}")
    assert "MC3002" in [code for code, _ in read(tmp_path, contract, mentors=MENTORS, mentees=MENTEES).places]


# -- people who name people --------------------------------------------------------------------------------------------

BOSS = "manager: {type: person}"


def test_a_person_who_is_not_on_the_roster(tmp_path: Path) -> None:
    """The cell is reported with a guess; ids are compared exactly."""
    reading = read(
        tmp_path, contract_of(BOSS), mentors="id,manager\nmanager1,\nm2,manager2\n", mentees="id,manager\ne1,M2\n"
    )
    assert reading.places == [("MC3008", "mentees.csv:2:2"), ("MC3008", "mentors.csv:3:2")]
    assert reading.found[1].help == "did you mean `manager1`?"


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ("m1,m2\nm2,m1\n", 1), ("m1,m2\nm2,m3\nm3,m1\n", 1), ("m1,m2\nm2,m3\nm3,m2\n", 1),
        ("m1,m2\nm2,m1\nm3,m4\nm4,m3\n", 2), ("m1,m2\nm2,m3\nm3,\n", 0),
    ],
)  # fmt: skip
def test_circles_of_managers_are_found_once_each(tmp_path: Path, rows: str, places: int) -> None:
    """A chain that leads back is reported at one of its people; chains that end are fine."""
    reading = read(tmp_path, contract_of(BOSS), mentors=f"id,manager\n{rows}", mentees="id,manager\ne1,m1\n")
    assert [code for code, _ in reading.places] == ["MC3009"] * places


def test_a_person_who_manages_themselves_is_one_finding(tmp_path: Path) -> None:
    """One wrong cell is one finding."""
    reading = read(tmp_path, contract_of(BOSS), mentors="id,manager\nm1,m1\n", mentees="id,manager\ne1,\n")
    assert reading.places == [("MC3009", "mentors.csv:2:2")]


def test_two_people_may_name_each_other_in_other_fields(tmp_path: Path) -> None:
    """Buddies name each other; that is no reporting line."""
    reading = read(
        tmp_path, contract_of("buddy: {type: person}"), mentors="id,buddy\nm1,e1\n", mentees="id,buddy\ne1,m1\n"
    )
    assert reading.places == []


def test_a_long_chain_of_managers_is_no_circle(tmp_path: Path) -> None:
    """Thousands of levels do not exhaust the stack."""
    rows = "".join(f"m{n:05},m{n + 1:05}\n" for n in range(3000))
    reading = read(tmp_path, contract_of(BOSS), mentors=f"id,manager\n{rows}m03000,\n", mentees="id,manager\ne1,\n")
    assert reading.places == []


# -- limits ------------------------------------------------------------------------------------------------------------


def test_rows_and_columns_are_bounded() -> None:
    """A roster with too many rows or columns is refused as a whole."""
    contract = contract_of(DEPARTMENT)
    small = Table(file="mentees.csv", header=("id", "department"), rows=(("e1", "x"),), lines=(2,))
    many = Table(
        file="mentors.csv",
        header=("id", "department"),
        rows=(("m", "x"),) * (MAX_ROWS + 1),
        lines=tuple(range(2, MAX_ROWS + 3)),
    )
    wide = Table(
        file="mentors.csv", header=("id", "department", *(f"c{n}" for n in range(MAX_COLUMNS))), rows=(), lines=()
    )
    for table in (many, wide):
        roster, found = read_roster(contract, [table, small], workspace="acme")
        assert roster is None
        assert [(d.code, str(d.span)) for d in found if d.code == "MC3011"] == [("MC3011", "mentors.csv:1:1")]


def test_of_many_defects_fifty_are_shown(tmp_path: Path) -> None:
    """The rest is counted, so that a wrong file does not fill the screen."""
    rows = "".join(f"m{n},\n" for n in range(80))
    contract = contract_of("department: {type: single, required: true}")
    reading = read(tmp_path, contract, mentors=f"id,department\n{rows}", mentees="id,department\ne1,x\n")
    assert [d.code for d in reading.found] == ["MC3010"] * 50 + ["MC3011"]
    assert "30 more" in reading.found[-1].detail


def test_a_cell_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    """The finding stands at the row and says how long a cell may be."""
    reading = read(
        tmp_path, contract_of(DEPARTMENT), mentors=f"id,department\nm1,a\nm2,{'a' * (MAX_CELL + 1)}\n", mentees=MENTEES
    )
    assert reading.places == [("MC3001", "mentors.csv:3:1")]
    assert str(MAX_CELL) in reading.found[0].detail


# -- the same people give the same roster ------------------------------------------------------------------------------


def test_ids_are_opaque_and_bound_to_the_workspace(tmp_path: Path) -> None:
    """An opaque id does not contain the roster id, and another workspace has others."""
    contract = contract_of(DEPARTMENT)
    roster = read(tmp_path, contract, mentors=MENTORS, mentees=MENTEES).clean
    tables = [
        Table(file=f, header=("id", "department"), rows=((name, "x"),), lines=(2,))
        for f, name in (("mentors.csv", "m1"), ("mentees.csv", "e1"))
    ]
    other, _ = read_roster(contract, tables, workspace="other")
    assert other is not None
    assert not set(other.ids) & set(roster.ids)
    assert all(i.startswith("p") and len(i) == 15 for i in roster.ids)


def test_names_are_joined_and_fall_back_to_the_id(tmp_path: Path) -> None:
    """The name columns are joined; who has none is called by the id."""
    contract = contract_of(DEPARTMENT, extra="name: [first, last]")
    roster = read(
        tmp_path,
        contract,
        mentors="id,first,last,department\nm1, Ada ,Costa,x\nm2,,,x\n",
        mentees="id,last,department\ne1,Kaya,x\n",
    ).clean
    assert roster.names == ("Kaya", "Ada Costa", "m2")


def test_rows_and_columns_may_come_in_any_order(tmp_path: Path) -> None:
    """Permuting rows, columns and blanks around cells changes nothing, the digest included."""
    contract = contract_of(
        "department: {type: single}\nlevel: {type: level, scale: [junior, senior]}\nboss: {type: person, column: manager}"
    )
    header = ["id", "department", "level", "manager", "ignored"]
    rows = [
        [f"m{n}", "Sales" if n % 2 else "sales", ["junior", "senior", ""][n % 3], f"m{n + 1}" if n < 7 else "", str(n)]
        for n in range(8)
    ]
    rng = random.Random(7)
    digests, columns = set(), set()
    for _ in range(6):
        order = rng.sample(range(5), 5)
        lines = [[header[i] for i in order], *([f" {row[i]} " for i in order] for row in rng.sample(rows, 8))]
        text = "".join(",".join(line) + "\n" for line in lines)
        roster = read(tmp_path, contract, mentors=text, mentees="id,department,level,manager\ne1,x,,\n").clean
        digests.add(roster.digest)
        columns.add(repr([values(roster, f) for f in ("department", "level", "boss")]))
    assert len(digests) == len(columns) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [("m1,Sales", "m1,Law"), ("m1,Sales", "m9,Sales"), ("m1,Sales\n", "m1,Sales\nm7,Sales\n"), ("m2,People\n", "")],
)
def test_the_digest_covers_what_the_contract_reads(tmp_path: Path, old: str, new: str) -> None:
    """A changed cell, id or row changes the digest."""
    contract = contract_of(DEPARTMENT)
    before = read(tmp_path, contract, mentors=MENTORS, mentees=MENTEES).clean.digest
    assert read(tmp_path, contract, mentors=MENTORS.replace(old, new), mentees=MENTEES).clean.digest != before


def test_the_digest_leaves_out_what_the_contract_does_not_read(tmp_path: Path) -> None:
    """Further columns and names do not make a plan stale."""
    contract = contract_of(DEPARTMENT)
    before = read(tmp_path, contract, mentors=MENTORS, mentees=MENTEES).clean.digest
    after = read(
        tmp_path, contract, mentors="id,department,hobby\nm1,Sales,chess\nm2,People,\n", mentees=MENTEES
    ).clean.digest
    assert after == before


def test_the_digest_tells_roles_apart(tmp_path: Path) -> None:
    """The same people in other roles are another roster."""
    contract = contract_of(DEPARTMENT)
    one = read(tmp_path, contract, mentors="id,department\na,x\n", mentees="id,department\nb,x\n").clean
    two = read(tmp_path, contract, mentors="id,department\nb,x\n", mentees="id,department\na,x\n").clean
    assert one.digest != two.digest
    assert one.ids == two.ids


def test_tables_and_sources_go_together() -> None:
    """A table too few is a mistake of the caller."""
    with pytest.raises(ValueError, match="zip"):
        read_roster(contract_of(DEPARTMENT, sources=TWO_FILES), [], workspace="acme")


def test_columns_are_numpy_arrays_of_one_length(tmp_path: Path) -> None:
    """Every column has an entry per person."""
    roster = read(tmp_path, contract_of(DEPARTMENT), mentors=MENTORS, mentees=MENTEES).clean
    assert len(roster.ids) == len(roster.names) == len(roster.approved) == 4
    assert all(a.people.dtype == np.int32 for a in roster.applications)


def test_a_file_without_any_name_column_is_told(tmp_path: Path) -> None:
    """A slip in `name:` does not silently call people by their ids."""
    contract = contract_of(DEPARTMENT, extra="name: [first, last]")
    found = read(
        tmp_path, contract, mentors="id,firstname,department\nm1,Ada,x\n", mentees="id,last,department\ne1,Kaya,x\n"
    )
    assert [code for code, _ in found.places] == ["MC3002"]
