"""The expression language by tables: what each expression gives, and what is said of each mistake and where."""

import math
import time
from datetime import date, timedelta

import numpy as np
import pytest

from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.closure import to_closure
from mentorctl.rules.expressions.columns import Codes, Numbers, Words, coded, to_columns
from mentorctl.rules.expressions.scopes import answer_scope, facts_scope, pair_scope, person_scope
from mentorctl.rules.expressions.types import (
    BOOL,
    DATE,
    DURATION,
    NUMBER,
    PERSON,
    Scope,
    Type,
    Value,
    Variable,
    level,
    text,
    words,
)
from mentorctl.rules.fields import Audience, Contract, Field, FieldType, Role


def variable(name: str, kind: Type, *, optional: bool = False) -> Variable:
    """A name of the scope below."""
    return Variable(name=name, type=kind, optional=optional)


SCALE = level("junior", "senior", "lead")
SCOPE = Scope(
    variables=(
        variable("mentor.level", SCALE),
        variable("mentee.level", SCALE, optional=True),
        variable("mentor.band", level("a", "b")),
        variable("mentor.skills", words("python", "sql")),
        variable("mentor.site", text("Lyon", "Berlin")),
        variable("mentee.site", text("Lyon", "Pune")),
        variable("mentee.team", text("red", "blue")),
        variable("note", text(), optional=True),
        variable("code", text(ignore_case=False, trim=False)),
        variable("mentor.boss", PERSON, optional=True),
        variable("mentee.boss", PERSON),
        variable("start", DATE),
        variable("end", DATE, optional=True),
        variable("wait", DURATION),
        variable("active", BOOL),
        variable("x", NUMBER),
        variable("y", NUMBER, optional=True),
    ),
    unavailable=(("hours", "use a rule with `availability_overlap`"),),
)
ROW: dict[str, Value] = {
    "mentor.level": "senior",
    "mentor.band": "a",
    "mentor.skills": frozenset({"python"}),
    "mentor.site": "Lyon",
    "mentee.site": "Pune",
    "mentee.team": "red",
    "code": "AB",
    "mentee.boss": "e7",
    "start": date(2027, 1, 31),
    "wait": timedelta(hours=36),
    "active": True,
    "x": 2.5,
}

# Expression → its value in the row above.
VALUES: tuple[tuple[str, bool], ...] = (
    ("true", True), ("false", False), ("active", True), ("!active", False), ("!!active", True), ("active == true", True),
    ("x == 2.5", True), ("x != 2.5", False), ("x < 3", True), ("x <= 2.5", True), ("x > 2.5", False), ("x >= 2.5", True),
    ("x + 1 == 3.5", True), ("x - 3 == -0.5", True), ("-x == -2.5", True), ("-(x - 5) == x", True), ("- -x == x", True),
    ("2.3 - 1.8 == 0.5", True), ("0.1 + 0.2 == 0.3", True), ("x in [1, 2.5]", True), ("x in [1, x]", True),
    ("x in [1]", False), ("active in [false]", False),
    ('mentor.level == "senior"', True), ('mentor.level == "SENIOR "', True), ('"junior" < mentor.level', True),
    ('mentor.level >= "lead"', False), ('mentor.level in ["junior", "lead"]', False),
    ('mentor.level - default(mentee.level, "junior") == 1', True),
    ('(active ? "junior" : "lead") < mentor.level', True), ('mentor.level >= (active ? "junior" : "lead")', True),
    ('mentor.site == "Lyon"', True), ('mentor.site == "lyon"', True), ("mentor.site == mentee.site", False),
    ('mentor.site in ["Berlin", "Lyon"]', True), ('mentor.site in ["Berlin", mentor.site]', True),
    ('code == "AB"', True), ('code == "ab"', False), ('code == " AB"', False), ('code != "ab"', True),
    ('"python" in mentor.skills', True), ('"sql" in mentor.skills', False), ('!("sql" in mentor.skills)', True),
    ("size(mentor.skills) == 1", True), ("has(mentor.skills)", True), ("size(mentor.site) == 4", True),
    ("has(note)", False), ("has(y) && y > 1", False), ("y > 1 && has(y)", False), ("!has(y) || y > 1", True),
    ("y > 1 || !has(y)", True), ("has(y) ? y > 1 : true", True), ("!has(y) ? true : y > 1", True),
    ("default(y, 7) == 7", True), ('default(note, "none") == "none"', True), ("default(y, x) == x", True),
    ("!(has(y) && y > 1)", True), ("(active ? has(y) : active && has(y)) && y > 1", False),
    ("(has(y) && x > 1 || has(y)) && y > 1", False), ("!(!has(y) || active) && y > 1", False),
    ("!(!has(y) || y > 1)", False), ("(has(y) && active) && (y > 1)", False),
    ('start == date("2027-01-31")', True), ('start + duration("1d") == date("2027-02-01")', True),
    ('duration("1w") + start == date("2027-02-07")', True), ('start - duration("31d") < date("2027-01-01")', True),
    ('start + duration("1mo") == date("2027-02-28")', True), ('start - duration("2mo") == date("2026-11-30")', True),
    ('duration("1mo") + start == date("2027-02-28")', True), ('start + wait == date("2027-02-01")', True),
    ('start - wait == date("2027-01-30")', True), ('start - date("2027-01-01") == duration("30d")', True),
    ('wait == duration("36h")', True), ('wait + duration("12h") == duration("2d")', True),
    ('wait - duration("45min") < duration("36h")', True), ('date("9999-12-01") + duration("90d") > start', True),
    ('date("9999-12-01") + duration("90d") == date("9999-12-31")', True),
    ('date("0001-01-31") - duration("2mo") == date("0001-01-01")', True),
    ("mentor.boss == mentee.boss && has(mentor.boss)", False), ("mentee.boss == mentee.boss", True),
    ('"it\\\'s" == \'it\\\'s\'', True), ('"\\u0041" == "a"', True), ("x > 1 ? active : false", True),
    ("true || x > 1 && false", True), ("active ? false : active ? false : true", False), ("( ( x ) ) > 1", True),
    ("\n x\t> 1 ", True), ("x > 1 && x > 2 || x > 9", True), ("x in [1, 2.5,]", True),
)  # fmt: skip


@pytest.mark.parametrize(("written", "value"), VALUES, ids=[case[0] for case in VALUES])
def test_what_expressions_give(written: str, value: bool) -> None:
    """A good expression has the value that a reader expects."""
    expression, problems = compile_expression(written, SCOPE)
    assert expression is not None, problems
    assert to_closure(expression)(ROW) is value


# Expression → for each problem: its sort, its first character, the characters it points at, words of message and help.
PROBLEMS: tuple[tuple[str, tuple[tuple[str, int, str, str], ...]], ...] = (
    ("", (("syntax", 0, "", "empty"),)),
    ("   ", (("syntax", 3, "", "empty"),)),
    ("x = 3", (("syntax", 2, "=", "write `==`"),)),
    ("x === 3", (("syntax", 2, "===", "write `==`"),)),
    ("x <> 3", (("syntax", 2, "<>", "write `!=`"),)),
    ("x => 3", (("syntax", 2, "=>", "write `>=`"),)),
    ("x \u2265 3", (("syntax", 2, "\u2265", "write `>=`"),)),
    ("active & active", (("syntax", 7, "&", "write `&&`"),)),
    ("active and active", (("syntax", 7, "and", "write `&&`"),)),
    ("active OR active", (("syntax", 7, "OR", "write `||`"),)),
    ("not active", (("syntax", 0, "not", "write `!`"),)),
    ("not (x in [1])", (("syntax", 0, "not", "write `!`"),)),
    ("x not in [1]", (("syntax", 2, "not", "write `!(x in"),)),
    ("x is 3", (("syntax", 2, "is", "write `==`"),)),
    ("active == True", (("syntax", 10, "True", "write `true`"),)),
    ("x == null", (("syntax", 5, "null", "!has(x)"),)),
    ("x * 2 > 3", (("syntax", 2, "*", "add, subtract and compare only"),)),
    ("1 < x < 3", (("syntax", 6, "<", "a < b && b < c"),)),
    ("x >", (("syntax", 2, ">", "nothing follows"),)),
    ("x > && active", (("syntax", 4, "&&", "a value is expected"),)),
    ("&& active", (("syntax", 0, "&&", "a value is expected"),)),
    ("(x > 3", (("syntax", 0, "(", "never closed"),)),
    ("((x > 3)", (("syntax", 0, "(", "never closed"),)),
    ("x > 3)", (("syntax", 5, ")", "closes nothing"),)),
    ("x in [1, 2", (("syntax", 5, "[", "never closed"),)),
    ("has(y", (("syntax", 3, "(", "never closed"),)),
    ("x > 3 active", (("syntax", 6, "active", "without an operator"),)),
    ("x > 3, active", (("syntax", 5, ",", "a comma stands only"),)),
    ("x[0] > 1", (("syntax", 1, "[", "picks nothing"),)),
    ("active ? true", (("syntax", 7, "?", "no `:`"),)),
    ("active ? : true", (("syntax", 9, ":", "a value is expected"),)),
    ('mentor.site == "Lyon', (("syntax", 15, '"', "never closed"),)),
    ("mentor.site == \u201cLyon\u201d", (("syntax", 15, "\u201cLyon\u201d", "straight quotes"),)),
    ('note == "a\\d" && has(note)', (("syntax", 10, "\\d", "means nothing"),)),
    ('note == "\\ud800x" && has(note)', (("syntax", 9, "\\ud800", "means nothing"),)),
    ("start > 2027-01-11", (("syntax", 8, "2027-01-11", 'date("2027-01-11")'),)),
    ("x > 1e3", (("syntax", 4, "1e3", "not a number"),)),
    ("x > 007", (("syntax", 4, "007", "write `7`"),)),
    ("x > .5", (("syntax", 4, ".5", "0.5"),)),
    ("x > 3d", (("syntax", 4, "3d", 'duration("3d")'),)),
    ("x > 1.1234567", (("syntax", 4, "1.1234567", "more digits"),)),
    ("x > 1234567890123456", (("syntax", 4, "1234567890123456", "more digits"),)),
    ("x @ 3", (("syntax", 2, "@", "no meaning"),)),
    ("x == 3 // three", (("syntax", 7, "// three", "comments"),)),
    ("mentor. > 3", (("syntax", 6, ".", "a name is missing"),)),
    ("x > 3 && \x00", (("syntax", 9, "\x00", "U+0000"),)),
    ("z > 3", (("name", 0, "z", "there is no `z`"),)),
    ("mentor.levl > 3", (("name", 0, "mentor.levl", "did you mean `mentor.level`?"),)),
    ("level == 3", (("name", 0, "level", "`mentor.level` or `mentee.level`"),)),
    ("mentor == 3", (("name", 0, "mentor", "such as `mentor.level`"),)),
    ('mentor.level == "seniro"', (("name", 16, '"seniro"', "did you mean `senior`?"),)),
    ('mentor.site in ["Lyon", "Berln"]', (("name", 24, '"Berln"', "did you mean `Berlin`?"),)),
    ('"pyton" in mentor.skills', (("name", 0, '"pyton"', "did you mean `python`?"),)),
    ("len(mentor.skills) > 1", (("name", 0, "len", "there are `has`"),)),
    ("hass(y)", (("name", 0, "hass", "did you mean `has`?"),)),
    ("mentor.skills.size() > 1", (("name", 0, "mentor.skills.size", "size(mentor.skills)"),)),
    ("hours > 3", (("type", 0, "hours", "availability_overlap"),)),
    ("x", (("type", 0, "x", "`x > 0`"),)),
    ('"abc"', (("type", 0, '"abc"', 'such as `x == "abc"`'),)),
    ("3", (("type", 0, "3", "such as `x == 3`"),)),
    ('wait > duration("\x00")', (("type", 16, '"\x00"', "<U+0000>"),)),
    ("x + 1", (("type", 0, "x + 1", "not true or false"),)),
    ("(x + 1)", (("type", 0, "(x + 1)", "not true or false"),)),
    ("mentor.level", (("type", 0, "mentor.level", '>= "lead"'),)),
    ("mentor.skills", (("type", 0, "mentor.skills", "size(mentor.skills) > 0"),)),
    ("mentor.site && active", (("type", 0, "mentor.site", '== "Lyon"'),)),
    ("active || x", (("type", 10, "x", "not true or false"),)),
    ("!x", (("type", 1, "x", "not true or false"),)),
    ("start ? active : active", (("type", 0, "start", "< date("),)),
    ('x > "3"', (("type", 4, '"3"', "without quotes"),)),
    ('start > "2027-01-11"', (("type", 8, '"2027-01-11"', 'date("2027-01-11")'),)),
    ('wait > "3d"', (("type", 7, '"3d"', 'duration("3d")'),)),
    ('active == "yes"', (("type", 10, '"yes"', "`true` or `false`"),)),
    ("wait > 30", (("type", 7, "30", 'duration("30d")'),)),
    ("mentor.level > 2", (("type", 15, "2", "`junior`, `senior` or `lead`"),)),
    ("mentor.level == mentor.band", (("type", 13, "==", "different scales"),)),
    ("mentor.site == mentee.team", (("type", 12, "==", "no value in common"),)),
    ('"a" == "b"', (("type", 4, "==", "no value in common"),)),
    ('mentor.site > "Lyon"', (("type", 12, ">", "needs an order"),)),
    ("active < true", (("type", 7, "<", "needs an order"),)),
    ('mentor.skills == "python"', (("type", 17, '"python"', "in skills"),)),
    ('mentor.skills in ["python"]', (("type", 18, '"python"', "in skills"),)),
    ("x in 3", (("type", 5, "3", "not a set"),)),
    ("x in mentor.skills", (("type", 0, "x", "holds texts"),)),
    ("x in []", (("type", 5, "[]", "the list is empty"),)),
    ("[1] == 1", (("type", 0, "[1]", "behind `in`"),)),
    ('mentor.site == ""', (("type", 15, '""', "`!has(x)`"),)),
    ('mentee.boss == "e7"', (("type", 15, '"e7"', "another person"),)),
    ("start + 3 > start", (("type", 6, "+", 'duration("3d")'),)),
    ("start + start > start", (("type", 6, "+", "does not fit"),)),
    ('start + duration("45min") > start', (("type", 0, 'start + duration("45min")', "whole days"),)),
    ('duration("6mo") > wait', (("type", 16, ">", "no length of its own"),)),
    ('mentor.site + "a" == "b"', (("type", 12, "+", "never joined"),)),
    ("mentor.level + 1 > 2", (("type", 13, "+", "subtract two levels"),)),
    ("-mentor.site == 3", (("type", 0, "-mentor.site", "turns the sign"),)),
    ('(active ? 1 : "a") == 1', (("type", 0, '(active ? 1 : "a")', "depending on its condition"),)),
    ("(active ? mentor.skills : mentor.skills) == 1",
     (("type", 0, "(active ? mentor.skills : mentor.skills)", "no sets"),)),
    ('date("2027-02-29") > start', (("type", 5, '"2027-02-29"', "not a day"),)),
    ('date("20270211") > start', (("type", 5, '"20270211"', "not a day"),)),
    ("date(start) > start", (("type", 0, "date(start)", "takes one text in quotes"),)),
    ('wait > duration("3m")', (("type", 16, '"3m"', "months or minutes"),)),
    ("has(3)", (("type", 0, "has(3)", "asks about one name"),)),
    ("has()", (("type", 0, "has()", "asks about one name"),)),
    ("has(y, x)", (("type", 0, "has(y, x)", "asks about one name"),)),
    ("default(y) > 1", (("type", 0, "default(y)", "takes a name and"),)),
    ('default(y, "3") > 1', (("type", 11, '"3"', "without quotes"),)),
    ('default(mentor.skills, "sql") == 1', (("type", 23, '"sql"', "take `default` out"),)),
    ("size(x) > 1", (("type", 0, "size(x)", "counts answers"),)),
    ("size() > 1", (("type", 0, "size()", "counts the answers"),)),
    ("y > 1", (("optional", 0, "y", "has(y) && ..."),)),
    ("has(y) || y > 1", (("optional", 10, "y", "default(y, VALUE)"),)),
    ("!has(y) && y > 1", (("optional", 11, "y", "may be blank"),)),
    ("!(has(y) && active) && y > 1", (("optional", 23, "y", "may be blank"),)),
    ("(has(y) || active) && y > 1", (("optional", 22, "y", "may be blank"),)),
    ("!(!has(y) && active) && y > 1", (("optional", 24, "y", "may be blank"),)),
    ("(active ? has(y) : active) && y > 1", (("optional", 30, "y", "may be blank"),)),
    ("has(y) ? true : y > 1", (("optional", 16, "y", "may be blank"),)),
    ("has(note) && y > 1", (("optional", 13, "y", "may be blank"),)),
    ("default(y, y) > 1", (("optional", 11, "y", "may be blank"),)),
    ("y > 1 && y < 3", (("optional", 0, "y", "may be blank"),)),
    ("mentor.boss == mentee.boss", (("optional", 0, "mentor.boss", "has(mentor.boss) && ..."),)),
    ("x > 1 and y = 2 || z", (
        ("syntax", 6, "and", "`&&`"), ("optional", 10, "y", "blank"), ("syntax", 12, "=", "`==`"),
        ("name", 19, "z", "no `z`"),
    )),
    ("(z w) && (q", (
        ("name", 1, "z", "no `z`"), ("syntax", 3, "w", "without an operator"), ("syntax", 9, "(", "never closed"),
        ("name", 10, "q", "no `q`"),
    )),
)  # fmt: skip


@pytest.mark.parametrize(("written", "expected"), PROBLEMS, ids=[repr(case[0]) for case in PROBLEMS])
def test_what_is_said_of_mistakes(written: str, expected: tuple[tuple[str, int, str, str], ...]) -> None:
    """Each mistake has one problem, of the right sort, at the right place, that says what to do."""
    expression, problems = compile_expression(written, SCOPE)
    assert expression is None
    assert [(p.sort.value, p.offset, written[p.offset : p.offset + p.length]) for p in problems] == [
        case[:3] for case in expected
    ]
    for problem, (*_, fragment) in zip(problems, expected, strict=True):
        assert fragment in f"{problem.message} {problem.help}"


@pytest.mark.parametrize(
    ("written", "fragment"),
    [
        ("x > 1 && " * 300 + "x > 1", "2,705 characters"),
        ("x>1&&" * 150 + "x>1", "more than 200 names"),
        ("(" * 33 + "x" + ")" * 33 + " > 1", "32 deep"),
        ("!" * 40 + "active", "32 deep"),
        ("x" + " + 1" * 33 + " > 1", "32 deep"),
        ("active ? true : " * 33 + "false", "32 deep"),
        ("((x" + " + 1" * 20 + ")" + " + 1" * 20 + ") > 1", "32 deep"),
    ],
)
def test_big_expressions_are_refused(written: str, fragment: str) -> None:
    """Length, number of parts and depth have bounds, and the problem names the one that is passed."""
    expression, problems = compile_expression(written, SCOPE)
    assert expression is None
    assert [problem.sort.value for problem in problems] == ["size"]
    assert fragment in problems[0].message


@pytest.mark.parametrize(
    "written", ["x > 1 && " * 49 + "x > 1", "(" * 30 + "x > 1" + ")" * 30, "x" + " + 1" * 30 + " > 1"]
)
def test_expressions_within_the_bounds_are_taken(written: str) -> None:
    """What a person may still write is not refused."""
    assert compile_expression(written, SCOPE)[0] is not None


@pytest.mark.parametrize(
    "piece", ["(", "!", "-", "has(", "x ? ", "x +", "[", "x.", '"', "\\", "x in [", "x,", "\u201c"]
)
def test_hostile_repetition_takes_no_time(piece: str) -> None:
    """2,000 characters of anything are answered within a moment."""
    began = time.perf_counter()
    assert compile_expression((piece * 2000)[:2000], SCOPE)[1]
    assert time.perf_counter() - began < 0.5


def test_at_most_twenty_problems_are_told() -> None:
    """A text that is no expression at all does not fill the screen."""
    assert len(compile_expression("z " * 400, SCOPE)[1]) <= 20
    assert len(compile_expression("@" * 400, SCOPE)[1]) == 20


# -- rows --------------------------------------------------------------------------------------------------------------


def holds(written: str, row: dict[str, Value]) -> bool:
    """The value of an expression in a row."""
    expression, problems = compile_expression(written, SCOPE)
    assert expression is not None, problems
    return to_closure(expression)(row)


@pytest.mark.parametrize(
    "value", [None, "3", True, math.nan, math.inf, 10**400, date(2027, 1, 1), timedelta(1), frozenset({"3"})]
)
def test_what_is_no_number_is_a_blank(value: Value) -> None:
    """A value that does not fit its name counts as missing and raises nothing."""
    assert holds("!has(y)", {"y": value})
    assert holds("default(y, 7) == 7", {"y": value})
    assert not holds("x == x", {"x": value})


@pytest.mark.parametrize(
    ("name", "value"),
    [("note", ""), ("note", "  "), ("note", 3), ("mentee.level", "boss"), ("end", "2027-01-01"), ("mentor.boss", "")],
)
def test_blanks_of_other_types(name: str, value: Value) -> None:
    """Texts without letters, unknown levels and texts in place of dates are blanks."""
    assert holds(f"!has({name})", {name: value})


def test_a_missing_required_answer_makes_the_expression_false() -> None:
    """Even where the expression is turned around, a row with a defect does not hold."""
    assert not holds("x > 3", {})
    assert not holds("!(x > 3)", {})
    assert holds('!("sql" in mentor.skills)', {})


def test_an_expression_knows_what_it_reads() -> None:
    """The names are told once each, in order, and which of them must have an answer."""
    expression, _ = compile_expression("has(y) && y > x && x > 1", SCOPE)
    assert expression is not None
    assert [v.name for v in expression.variables] == ["x", "y"]
    assert expression.required == ("x",)


# -- columns -----------------------------------------------------------------------------------------------------------


def test_pairs_are_rows_against_columns() -> None:
    """Mentors across and mentees down give a matrix; labels of two columns need not agree."""
    expression, problems = compile_expression(
        'mentor.site == mentee.site && mentor.level >= "senior" && "sql" in mentor.skills', SCOPE
    )
    assert expression is not None, problems
    matrix = to_columns(expression)(
        {
            "mentor.site": Codes(codes=np.array([0, 1, 0], np.int32), labels=("LYON", "Berlin")),
            "mentee.site": Codes(codes=np.array([[1], [0]], np.int32), labels=("Pune", "Lyon")),
            "mentor.level": Codes(codes=np.array([2, 2, 0], np.int32), labels=("junior", "senior", "lead")),
            "mentor.skills": Words(words=np.array([[2], [2], [2]], np.uint64), labels=("python", "sql")),
        }
    )
    assert matrix.tolist() == [[True, False, False], [False, False, False]]


def test_sets_may_have_more_than_sixty_four_labels() -> None:
    """The last axis holds as many words as the labels need."""
    labels = tuple(f"skill {n}" for n in range(130))
    scope = facts_scope([variable("skills", words(*labels)), variable("one", text())])
    expression, _ = compile_expression('one in skills && "skill 100" in skills && size(skills) == 2', scope)
    assert expression is not None
    sets = np.array([[0, 1 | 1 << 36, 0], [1 << 4, 1 << 36, 0], [0, 1 << 36, 0]], np.uint64)
    found = to_columns(expression)(
        {"skills": Words(words=sets, labels=labels), "one": coded(["Skill 64", "skill 100", "skill 100"])}
    )
    assert found.tolist() == [True, True, False]


def test_a_constant_has_no_axes() -> None:
    """An expression that reads nothing gives one truth, whatever the table."""
    expression, _ = compile_expression("1 < 2", SCOPE)
    assert expression is not None
    assert to_columns(expression)({}).shape == ()
    assert to_columns(expression)({})


def test_blank_texts_have_no_code() -> None:
    """Equal texts share a code; those without letters are blanks."""
    column = coded(["b", "", "a", "b", "  "])
    assert column.labels == ("b", "a")
    assert column.codes.tolist() == [0, -1, 1, 0, -1]


def test_a_column_of_another_kind_is_a_bug() -> None:
    """A column that does not fit its name is refused, as is a missing one."""
    expression, _ = compile_expression("x > 1", SCOPE)
    assert expression is not None
    with pytest.raises(TypeError, match="`x` is a number, and its column Codes"):
        to_columns(expression)({"x": coded(["a"])})
    with pytest.raises(KeyError):
        to_columns(expression)({})


def test_huge_numbers_raise_no_warning() -> None:
    """Sums beyond the doubles are compared as infinities, alike in both back ends."""
    expression, _ = compile_expression("x + x > x - x", SCOPE)
    assert expression is not None
    assert to_columns(expression)({"x": Numbers(values=np.array([1e308, -1e308, np.nan]))}).tolist() == [
        True,
        False,
        False,
    ]
    assert [to_closure(expression)({"x": x}) for x in (1e308, -1e308, None)] == [True, False, False]


# -- scopes ------------------------------------------------------------------------------------------------------------


def field(name: str, kind: FieldType, **more: object) -> Field:
    """A field of the contract below."""
    return Field(id=name, type=kind, column=name, **more)  # type: ignore[arg-type]


CONTRACT = Contract(
    sources=(),
    id_column="id",
    name_columns=(),
    fields=(
        field("level", FieldType.LEVEL, scale=("junior", "senior"), required=True),
        field("site", FieldType.SINGLE, options=("Lyon",), aliases=(("ly", "Lyon"),)),
        field("badge", FieldType.SINGLE, ignore_case=False),
        field("skills", FieldType.MULTIPLE, required=True),
        field("tenure", FieldType.NUMBER, required=True, answered_by=Audience.MENTOR),
        field("joined", FieldType.DATE),
        field("ready", FieldType.BOOLEAN, required=True),
        field("timezone", FieldType.TIMEZONE, required=True),
        field("boss", FieldType.PERSON),
        field("about", FieldType.TEXT),
        field("week", FieldType.AVAILABILITY),
        field("wishes", FieldType.RANKING),
    ),
    facts=(),
)


def said(written: str, scope: Scope) -> list[str]:
    """The messages and helps of an expression."""
    return [f"{p.message}; {p.help}" for p in compile_expression(written, scope)[1]]


def test_a_person_has_the_fields_of_the_contract() -> None:
    """Fields go by their ids; those that need not be answered are optional, sets never are."""
    scope = person_scope(CONTRACT)
    optional = {v.name for v in scope.variables if v.optional}
    assert optional == {"site", "badge", "joined", "boss", "about"}
    assert not said('level >= "senior" && tenure > 3 && ready && "sql" in skills && has(about)', scope)


def test_fields_that_a_role_is_not_asked_for_are_optional() -> None:
    """A required question of mentors may be blank for mentees."""
    assert not said("tenure > 3", person_scope(CONTRACT, Role.MENTOR))
    assert "`tenure` may be blank" in said("tenure > 3", person_scope(CONTRACT, Role.MENTEE))[0]


@pytest.mark.parametrize(("name", "rule"), [("week", "availability_overlap"), ("wishes", "rank")])
def test_weeks_and_rankings_have_rules_of_their_own(name: str, rule: str) -> None:
    """Who names such a field is told which rule compares it."""
    assert rule in said(f"has({name})", person_scope(CONTRACT))[0]
    assert rule in said(f"has(mentor.{name})", pair_scope(CONTRACT))[0]


def test_time_zones_are_those_of_the_database() -> None:
    """A misspelled time zone is found while checking."""
    assert not said('timezone == "Europe/Berlin"', person_scope(CONTRACT))
    assert "did you mean `Europe/Berlin`?" in said('timezone == "Europe/Berln"', person_scope(CONTRACT))[0]


def test_an_alias_stands_for_what_it_means() -> None:
    """An expression may use the short word of the contract, as the roster may."""
    expression, _ = compile_expression('has(site) && site in ["LY"]', person_scope(CONTRACT))
    assert expression is not None
    assert to_closure(expression)({"site": "Lyon"})


def test_a_pair_has_the_fields_of_both_sides() -> None:
    """The mentor's and the mentee's fields, each optional as its side is asked."""
    scope = pair_scope(CONTRACT)
    assert not said("mentor.level > mentee.level && mentor.tenure > 3", scope)
    assert said("mentee.tenure > 3", scope)
    assert "`mentor.level` or `mentee.level`" in said('level == "senior"', scope)[0]


def test_peers_are_a_and_b() -> None:
    """In a peer program neither side is the mentor."""
    scope = pair_scope(CONTRACT, ("a", "b"))
    assert not said("a.level == b.level", scope)
    assert said("mentor.level == b.level", scope)
    assert said("a.tenure > 3", scope)  # mentors were asked, peers were not


def test_answers_need_no_guard() -> None:
    """An alert reads as people say it, and a question left out alerts nobody."""
    scope = answer_scope(
        [("satisfaction", "rating"), ("met", "yes_no"), ("why", "text"), ("pace", text("slow", "fast"))]
    )
    assert "no `happy`" in said("happy > 1", scope)[0]
    assert said('pace == "slaw"', scope)
    expression, _ = compile_expression('satisfaction <= 2 || !met && pace == "slow"', scope)
    assert expression is not None
    assert to_closure(expression)({"satisfaction": 2, "met": True, "pace": "fast"})
    assert not to_closure(expression)({"satisfaction": 3, "met": True, "pace": "fast"})
    assert not to_closure(expression)({"met": True, "pace": "fast"})


def test_facts_are_a_closed_list() -> None:
    """A guard sees the facts it is given and nothing else."""
    scope = facts_scope([variable("days_quiet", NUMBER), variable("on_leave", BOOL)])
    assert not said("days_quiet >= 21 && !on_leave", scope)
    assert "did you mean `days_quiet`?" in said("days_quite >= 21", scope)[0]
