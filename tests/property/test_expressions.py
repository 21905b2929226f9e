"""What holds for every expression: both back ends agree, and no text breaks the compiler."""

import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.rules.expression_texts import SCOPE, VARIABLES, Text, conditions, rows

from mentorctl.rules.expressions.arrays import each_months_later, each_settled
from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.closure import to_closure
from mentorctl.rules.expressions.columns import Codes, ColumnValue, Numbers, Words, coded, to_columns
from mentorctl.rules.expressions.days import FIRST_DAY, LAST_DAY, months_later
from mentorctl.rules.expressions.sums import settled
from mentorctl.rules.expressions.tree import Expression
from mentorctl.rules.expressions.types import Kind, Type, Value, Variable

type Row = Mapping[str, Value]

BY_NAME = {variable.name: variable for variable in VARIABLES}
SPELLINGS = {"lyon": ("lyon", "Lyon", " LYON ", "ly\uff4fn"), "call first": ("call first", "Call  first")}


def compiled(text: str) -> Expression:
    """The expression of a text that is known to be well-typed."""
    expression, problems = compile_expression(text, SCOPE)
    assert expression is not None, (text, problems)
    return expression


def column(variable: Variable, values: Sequence[Value]) -> ColumnValue:
    """A column of some values, as the roster holds them."""
    match variable.type.kind:
        case Kind.SET:
            labels = variable.type.options
            bits = [[sum(1 << labels.index(word) for word in _words(value))] for value in values]
            return Words(words=np.array(bits, np.uint64).reshape(len(values), 1), labels=labels)
        case Kind.NUMBER | Kind.DATE | Kind.DURATION:
            return Numbers(values=np.array([_number(value) for value in values], np.float64))
        case Kind.BOOL:
            return Codes(
                codes=np.array([-1 if v is None else int(v is True) for v in values], np.int32), labels=("no", "yes")
            )
        case Kind.LEVEL:
            return _leveled(variable.type, values)
        case _:
            return coded(value if isinstance(value, str) else "" for value in values)


def _words(value: Value) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset()


def _leveled(kind: Type, values: Sequence[Value]) -> Codes:
    codes = [kind.scale.index(value) if isinstance(value, str) else -1 for value in values]
    return Codes(codes=np.array(codes, np.int32), labels=kind.scale)


def _number(value: Value) -> float:
    if isinstance(value, date):
        return float(value.toordinal())
    if isinstance(value, timedelta):
        return value / timedelta(minutes=1)
    return float(value) if isinstance(value, int | float) else float("nan")


def table(expression: Expression, people: Sequence[Row]) -> dict[str, ColumnValue]:
    """The columns that an expression reads, a row per person."""
    return {v.name: column(v, [row.get(v.name) for row in people]) for v in expression.variables}


def respelled(row: Row, pick: int) -> dict[str, Value]:
    """A row whose open texts are spelled in another way."""
    notes = {name: SPELLINGS.get(str(row.get(name)), ()) for name in ("a.note", "b.note")}
    return {**row, **{name: ways[pick % len(ways)] for name, ways in notes.items() if ways}}


@given(conditions(), st.lists(rows, min_size=1, max_size=6), st.integers(0, 3))
@settings(max_examples=150)
def test_closure_and_columns_agree(made: Text, people: list[Row], pick: int) -> None:
    """For each row the function of one row gives what the function of columns gives at its place."""
    expression = compiled(made.ours)
    spelled = [respelled(row, pick) for row in people]
    one = to_closure(expression)
    all_at_once = to_columns(expression)(table(expression, spelled))
    assert all_at_once.dtype == np.bool_
    assert np.broadcast_to(all_at_once, len(people)).tolist() == [one(row) for row in spelled]


@given(conditions(), st.lists(rows, min_size=1, max_size=6), st.sampled_from(sorted(BY_NAME)))
@settings(max_examples=60)
def test_back_ends_agree_where_a_required_answer_is_missing(made: Text, people: list[Row], missing: str) -> None:
    """A blank that sound rows do not have makes the expression false in both, unless it is a set."""
    expression = compiled(made.ours)
    broken = [{name: value for name, value in row.items() if name != missing} for row in people]
    found = [to_closure(expression)(row) for row in broken]
    assert np.broadcast_to(to_columns(expression)(table(expression, broken)), len(people)).tolist() == found
    if missing in expression.required and BY_NAME[missing].type.kind is not Kind.SET:
        assert not any(found)


@given(conditions(), st.lists(rows, min_size=1, max_size=4), st.lists(rows, min_size=1, max_size=4))
@settings(max_examples=60)
def test_columns_broadcast_to_pairs(made: Text, across: list[Row], down: list[Row]) -> None:
    """Columns of one side across and of the other down give each pair what its row gives."""
    expression = compiled(made.ours)
    one = to_closure(expression)
    wide, tall = table(expression, across), table(expression, down)
    cells = {name: wide[name] if name.startswith("a.") else _upright(tall[name]) for name in wide}
    shape = (len(down), len(across))
    matrix = np.broadcast_to(to_columns(expression)(cells), shape)
    pairs = [
        [one({name: (a if name.startswith("a.") else b).get(name) for name in BY_NAME}) for a in across] for b in down
    ]
    assert matrix.tolist() == pairs


def _upright(value: ColumnValue) -> ColumnValue:
    match value:
        case Codes(codes=codes, labels=labels):
            return Codes(codes=codes[:, None], labels=labels)
        case Words(words=bits, labels=labels):
            return Words(words=bits[:, None, :], labels=labels)
        case Numbers(values=numbers):
            return Numbers(values=numbers[:, None])


@given(conditions(), rows)
@settings(max_examples=60)
def test_terms_may_change_places(made: Text, row: Row) -> None:
    """`&&` and `||` are commutative, guards included: an expression and its mirror image agree."""
    other = '"python" in b.skills'
    for sign in ("&&", "||"):
        there, back = f"({made.ours}) {sign} {other}", f"{other} {sign} ({made.ours})"
        assert to_closure(compiled(there))(row) == to_closure(compiled(back))(row)


PIECES = (
    "a.years", "b.level", "a.skills", "a", "zzz", "has(", "default(", "size(", "date(", "duration(", "(", ")", "[", "]",
    ",", "?", ":", ".", "&&", "||", "!", "==", "!=", "<", "<=", "in", "+", "-", "*", "=", "and", "not", "is", "3", "0.5",
    "1e3", "007", '"senior"', "'lyon'", '"', "'", "\\", "true", "null", "2027-01-11", '"2027-01-11"', '"3d"', "//", "\n",
    "\u201c", "\u00e9", "\x00", "\ud800", "@", "  ",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join) | st.text(max_size=120))
@settings(max_examples=300)
def test_no_text_breaks_the_compiler(text: str) -> None:
    """Whatever the text, there is either an expression or a problem, and problems lie within the text."""
    expression, problems = compile_expression(text, SCOPE)
    assert (expression is None) == bool(problems)
    for problem in problems:
        assert 0 <= problem.offset <= len(text)
        assert problem.offset + problem.length <= max(len(text), problem.offset + 1)
        assert problem.message
        assert problem.message.isprintable()
        assert problem.help.isprintable()


@given(
    st.sampled_from(PIECES), st.sampled_from(PIECES), st.integers(1, 2000), st.sampled_from(("", " ", " && ", " + "))
)
@settings(max_examples=60)
def test_long_and_deep_texts_are_refused_in_time(first: str, second: str, times: int, between: str) -> None:
    """Repetition neither exhausts the stack nor takes long."""
    text = between.join([first, second] * times)[:4000]
    began = time.perf_counter()
    compile_expression(text, SCOPE)
    assert time.perf_counter() - began < 1


DAYS = st.integers(int(FIRST_DAY), int(LAST_DAY)).map(float)


@given(st.lists(DAYS, min_size=1, max_size=5), st.integers(-2000, 2000).map(float))
def test_months_move_days_alike_in_both(days: list[float], months: float) -> None:
    """A day moved by months is the same alone and in an array, at the ends of months and of the calendar too."""
    assert each_months_later(np.array(days), np.array(months)).tolist() == [months_later(d, months) for d in days]


@given(st.lists(st.floats(), min_size=1, max_size=8))
def test_sums_are_rounded_alike_in_both(numbers: list[float]) -> None:
    """A number is rounded to the same double alone and in an array, and twice is as good as once."""
    with np.errstate(all="ignore"):
        every = each_settled(np.array(numbers))
    alone = [settled(number) for number in numbers]
    assert np.array_equal(every, np.array(alone), equal_nan=True)
    assert np.array_equal([settled(n) for n in alone], alone, equal_nan=True)


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.integers(0, 6))
def test_sums_of_decimals_are_the_decimals_written_down(one: int, other: int, decimals: int) -> None:
    """The sum of two decimals is the very number that its own decimals are read as."""
    scale = 10**decimals
    assert settled(one / scale + other / scale) == (one + other) / scale
