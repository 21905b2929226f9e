"""How values are written in cells: every type of field, blanks, padding, case, aliases and separators."""

from pathlib import Path

import pytest

from mentorctl.roster.people import WeekColumn, bits_of
from mentorctl.roster.table import MAX_CELL

from .reading import contract_of, read, values

MENTEES = "id\ne1\n"
ANSWERED = "answered_by: mentor"


def column_of(folder: Path, field: str, *cells: str) -> dict[str, object]:
    """The values of mentors m0, m1, … whose cells of field `x` are given; each is put in quotes."""
    rows = "".join('m{},"{}"\n'.format(n, cell.replace('"', '""')) for n, cell in enumerate(cells))
    reading = read(folder, contract_of(f"x: {field}"), mentors=f"id,x\n{rows}", mentees=MENTEES)
    found = values(reading.clean, "x")
    assert found.pop("e1") in (None, set(), "")
    return found


def defects_of(folder: Path, field: str, *cells: str) -> list[tuple[str, str, str, str]]:
    """Code, place, detail and help of the findings about mentors m0, m1, … with these cells."""
    rows = "".join('m{},"{}"\n'.format(n, cell.replace('"', '""')) for n, cell in enumerate(cells))
    reading = read(folder, contract_of(f"x: {field}"), mentors=f"id,x\n{rows}", mentees=MENTEES)
    assert reading.roster is None
    return [(d.code, str(d.span), d.detail, d.help) for d in reading.found]


READ: tuple[tuple[str, tuple[str, ...], tuple[object, ...]], ...] = (
    # single: any value, equal whatever the case, the padding and the blanks inside
    (f"{{type: single, {ANSWERED}}}", ("Sales", " sales ", "SALES", "Sales  "), ("Sales",) * 4),
    (f"{{type: single, {ANSWERED}}}", ("New  York", "new york"), ("New  York",) * 2),
    (f"{{type: single, {ANSWERED}}}", ("\uff33ales", "Sales"), ("\uff33ales",) * 2),  # full-width letters
    (f"{{type: single, {ANSWERED}}}", ("STRASSE", "stra\u00dfe"), ("STRASSE",) * 2),
    (f"{{type: single, {ANSWERED}, ignore_case: false}}", ("Go", "go"), ("Go", "go")),
    (f"{{type: single, {ANSWERED}, options: [Sales, People]}}", ("PEOPLE", "sales", ""), ("People", "Sales", None)),
    (f"{{type: single, {ANSWERED}, options: [Sales], aliases: {{S: Sales}}}}", ("s", " S "), ("Sales", "Sales")),
    (f"{{type: single, {ANSWERED}}}", ("", "   ", "\u00a0"), (None, None, None)),
    # multiple: separators, padding, repeats, empty parts
    (f"{{type: multiple, {ANSWERED}}}", ("a, b", "b,a", " a ,, B ,", ",", ""), ({"a", "b"},) * 3 + (set(), set())),
    (f'{{type: multiple, {ANSWERED}, separator: ";"}}', ("a, b; c", "c;a, b;c"), ({"a, b", "c"},) * 2),
    (f'{{type: multiple, {ANSWERED}, separator: ", "}}', ("a,b", "a , b"), ({"a", "b"},) * 2),
    (f'{{type: multiple, {ANSWERED}, separator: " "}}', ("a b", "b  a"), ({"a", "b"},) * 2),
    (f'{{type: multiple, {ANSWERED}, separator: "||"}}', ("a||b", "b || a"), ({"a", "b"},) * 2),
    (f"{{type: multiple, {ANSWERED}, aliases: {{k8s: kubernetes}}}}", ("K8S, go", "kubernetes,GO"), ({"kubernetes", "go"},) * 2),
    (f"{{type: multiple, {ANSWERED}, ignore_case: false}}", ("a,A",), ({"a", "A"},)),
    # level: the scale in order, whatever the case
    (f"{{type: level, {ANSWERED}, scale: [junior, senior]}}", ("SENIOR", " junior", ""), ("senior", "junior", None)),
    (f"{{type: level, {ANSWERED}, scale: [Grade 7, SCS1], aliases: {{G7: Grade 7}}}}", ("g7", "grade  7"), ("Grade 7",) * 2),
    # numbers, dates, booleans, zones, text
    (f"{{type: number, {ANSWERED}}}", ("12", " -3 ", "+4", "2.5", "007", ""), (12.0, -3.0, 4.0, 2.5, 7.0, None)),
    (f"{{type: date, {ANSWERED}}}", ("0001-01-01", "0001-01-02", ""), (1.0, 2.0, None)),
    (f"{{type: boolean, {ANSWERED}}}", ("yes", "Y", "TRUE", "1", "x", "no", "N", "false", "0", ""),
     ("yes",) * 5 + ("no",) * 4 + (None,)),
    (f"{{type: timezone, {ANSWERED}}}", ("Europe/Berlin", " UTC ", ""), ("Europe/Berlin", "UTC", None)),
    (f"{{type: text, {ANSWERED}}}", (" Hello, \u201cyou\u201d\nthere ", ""), ("Hello, \u201cyou\u201d\nthere", "")),
)  # fmt: skip


@pytest.mark.parametrize(("field", "cells", "expected"), READ)
def test_cells_are_read(tmp_path: Path, field: str, cells: tuple[str, ...], expected: tuple[object, ...]) -> None:
    """What people write and mean is one thing, however it is cased, padded and separated."""
    assert tuple(column_of(tmp_path, field, *cells).values()) == expected


REFUSED = (
    (f"{{type: single, {ANSWERED}, options: [Sales, People]}}", "Sale", "`Sale` is not one of `Sales` or `People`", "did you mean `Sales`?"),
    (f"{{type: multiple, {ANSWERED}, options: [Sales, People]}}", "Sales, Law", "`Law` is not one of", ""),
    (f"{{type: level, {ANSWERED}, scale: [junior, senior, lead]}}", "senor", "`senor` is not one of", "did you mean `senior`?"),
    (f"{{type: level, {ANSWERED}, scale: [junior, senior, lead]}}", "1", "`1` is not one of", ""),
    (f"{{type: number, {ANSWERED}}}", "1,5", "`1,5` is not a number", "write digits, with a point"),
    (f"{{type: number, {ANSWERED}}}", "1e5", "`1e5` is not a number", ""),
    (f"{{type: number, {ANSWERED}}}", "nan", "`nan` is not a number", ""),
    (f"{{type: number, {ANSWERED}}}", "\u0663", "is not a number", ""),
    (f"{{type: number, {ANSWERED}}}", "9" * 400, "is not a number", ""),
    (f"{{type: date, {ANSWERED}}}", "11.01.2027", "`11.01.2027` is not a date", "YYYY-MM-DD"),
    (f"{{type: date, {ANSWERED}}}", "2027-02-29", "`2027-02-29` is not a date", "YYYY-MM-DD"),
    (f"{{type: boolean, {ANSWERED}}}", "maybe", "`maybe` is neither yes nor no", "write yes or no"),
    (f"{{type: timezone, {ANSWERED}}}", "europe/berlin", "`europe/berlin` is not a time zone", "did you mean `Europe/Berlin`?"),
    (f"{{type: timezone, {ANSWERED}}}", "Atlantis", "is not a time zone", "write a name such as"),
    (f"{{type: availability, {ANSWERED}}}", "Mon 9-10", "`9` is not a clock time", ""),
    (f"{{type: availability, {ANSWERED}}}", "mornings", "`mornings` is not a weekly window", ""),
)  # fmt: skip


@pytest.mark.parametrize(("field", "cell", "says", "helps"), REFUSED)
def test_cells_that_do_not_fit_are_defects_in_their_row(
    tmp_path: Path, field: str, cell: str, says: str, helps: str
) -> None:
    """Each row that holds the cell is reported, with file, row and column, also when the cell is repeated."""
    found = defects_of(tmp_path, field, "", cell, cell)
    assert [(code, place) for code, place, _, _ in found] == [
        ("MC3007", "mentors.csv:3:2"),
        ("MC3007", "mentors.csv:4:2"),
    ]
    for _, _, detail, help_text in found:
        assert says in detail
        assert detail.startswith("column `x`: ")
        assert helps in help_text


@pytest.mark.parametrize("cell", ["20270111", "2027-W02-1"])
def test_dates_are_written_in_one_way(tmp_path: Path, cell: str) -> None:
    """Only YYYY-MM-DD is a date."""
    assert [code for code, *_ in defects_of(tmp_path, f"{{type: date, {ANSWERED}}}", cell)] == ["MC3007"]


def test_availability_is_a_week_and_a_blank_is_unknown(tmp_path: Path) -> None:
    """A blank is not the empty week: nobody said anything."""
    contract = contract_of(f"x: {{type: availability, {ANSWERED}}}")
    roster = read(tmp_path, contract, mentors="id,x\nm1,Mon 00:00-00:30\nm2,\n", mentees=MENTEES).clean
    column = roster.columns["x"]
    assert isinstance(column, WeekColumn)
    assert [bits_of(column.words, row) for row in range(3)] == [0, 0b11, 0]
    assert column.known.tolist() == [False, True, False]


def test_people_and_rankings_are_ids_of_the_roster(tmp_path: Path) -> None:
    """A person is an index into the roster; a ranking keeps its order and counts a repeated name once."""
    contract = contract_of('boss: {type: person}\nwishes: {type: ranking, separator: ";", answered_by: mentee}')
    roster = read(
        tmp_path, contract, mentors="id,boss\nm1,m2\nm2,\n", mentees="id,boss,wishes\ne1, m1 ,m2; m1;m2;\ne2,,\n"
    ).clean
    assert values(roster, "boss") == {"e1": "m1", "e2": None, "m1": "m2", "m2": None}
    assert values(roster, "wishes") == {"e1": ["m2", "m1"], "e2": [], "m1": [], "m2": []}


def test_many_labels_take_several_words(tmp_path: Path) -> None:
    """More than 64 answers are all kept apart."""
    names = [f"topic {n}" for n in range(130)]
    found = column_of(tmp_path, f"{{type: multiple, {ANSWERED}}}", ",".join(names), names[129], names[64])
    assert list(found.values()) == [set(names), {names[129]}, {names[64]}]


def test_the_longest_cell_is_read(tmp_path: Path) -> None:
    """A cell at the limit is read, one beyond is refused."""
    assert list(column_of(tmp_path, f"{{type: text, {ANSWERED}}}", "a" * MAX_CELL).values()) == ["a" * MAX_CELL]


@pytest.mark.parametrize("rule", ["required: true", "missing: refused"])
def test_a_blank_that_the_contract_refuses_is_a_defect_of_the_row(tmp_path: Path, rule: str) -> None:
    """Only people who were asked must answer."""
    contract = contract_of(f"x: {{type: single, {rule}, answered_by: mentor}}")
    reading = read(tmp_path, contract, mentors="id,x\nm1,a\nm2,  \nm3,\n", mentees=MENTEES)
    assert reading.places == [("MC3010", "mentors.csv:3:2"), ("MC3010", "mentors.csv:4:2")]


def test_labels_do_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    """The spelling that is kept is that of the least id."""
    contract = contract_of(f"x: {{type: single, {ANSWERED}}}")
    for rows in ("m1,sales\nm2,SALES\n", "m2,SALES\nm1,sales\n"):
        assert values(read(tmp_path, contract, mentors=f"id,x\n{rows}", mentees=MENTEES).clean, "x")["m2"] == "sales"


def test_untrimmed_values_keep_their_blanks(tmp_path: Path) -> None:
    """With `trim: false` a padded value is another value."""
    found = column_of(tmp_path, f"{{type: single, {ANSWERED}, trim: false}}", "a", " a")
    assert found["m0"] != found["m1"]
