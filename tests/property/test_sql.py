"""Conditions in SQL, on SQLite and on PostgreSQL: they hold for exactly the rows for which the closure holds."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from json import dumps
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.rules.expression_texts import SCOPE, VARIABLES, Text, conditions, rows
from unit.store.server import Server

from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.closure import to_closure
from mentorctl.rules.expressions.days import FIRST_DAY, LAST_DAY
from mentorctl.rules.expressions.spelling import spelled
from mentorctl.rules.expressions.sql import Column, Dialect, to_sql
from mentorctl.rules.expressions.tree import Expression
from mentorctl.rules.expressions.types import DATE, DURATION, NUMBER, Kind, Scope, Value, Variable

type Row = Mapping[str, Value]
type Ask = Callable[[Expression, Sequence[Row]], list[bool]]

SPELLINGS = tuple((trim, fold) for trim in (True, False) for fold in (True, False))
TYPES = {Kind.BOOL: ("INTEGER", "boolean"), Kind.TEXT: ("TEXT", "text"), Kind.PERSON: ("TEXT", "text")}
NUMBERS = ("REAL", "float8")
JSON = ("TEXT", "jsonb")
EXTRA = (
    Variable(name="day", type=DATE),
    Variable(name="other_day", type=DATE),
    Variable(name="amount", type=NUMBER),
    Variable(name="other_amount", type=NUMBER),
    Variable(name="length", type=DURATION),
)
EVERY = (*VARIABLES, *EXTRA)
WIDE = Scope(variables=EVERY)
SETTINGS = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])


def cells(variable: Variable) -> tuple[tuple[str, tuple[str, str]], ...]:
    """The table columns that keep a variable, and their types on SQLite and PostgreSQL."""
    name = variable.name.replace(".", "_")
    if variable.type.kind not in (Kind.TEXT, Kind.PERSON, Kind.SET):
        return ((name, TYPES.get(variable.type.kind, NUMBERS)),)
    kind = JSON if variable.type.kind is Kind.SET else TYPES[Kind.TEXT]
    keys = tuple((f"{name}_{trim:d}{fold:d}", kind) for trim, fold in SPELLINGS)
    return ((name, TYPES[Kind.TEXT]), *keys, (f"{name}_length", NUMBERS))


def column(variable: Variable) -> Column:
    name = variable.name.replace(".", "_")
    if variable.type.kind not in (Kind.TEXT, Kind.PERSON, Kind.SET):
        return Column(sql=f"t.{name}")
    keys = tuple((spelling, f"t.{name}_{spelling[0]:d}{spelling[1]:d}") for spelling in SPELLINGS)
    return Column(sql=f"t.{name}", keys=keys, length=f"t.{name}_length")


def kept(variable: Variable, value: Value) -> tuple[Any, ...]:
    """What a row of the table holds of a value."""
    match variable.type.kind, value:
        case Kind.SET, frozenset():
            keys = [dumps(sorted({spelled(w, trim=t, ignore_case=f) for w in value})) for t, f in SPELLINGS]
            return ("set", *keys, float(len(value)))
        case ((Kind.TEXT | Kind.PERSON), str()) if value.strip():
            return (value, *(spelled(value, trim=t, ignore_case=f) for t, f in SPELLINGS), float(len(value)))
        case ((Kind.TEXT | Kind.PERSON | Kind.SET), _):
            return (None,) * 6
        case Kind.LEVEL, str():
            return (float(variable.type.scale.index(value)),)
        case _, date():
            return (float(value.toordinal()),)
        case _, timedelta():
            return (value / timedelta(minutes=1),)
        case Kind.NUMBER, int() | float():
            return (float(value),)
        case _:
            return (value,)


COLUMNS = {variable.name: column(variable) for variable in EVERY}


def table_of(place: int) -> str:
    kept_in = ", ".join(f"{name} {kinds[place]}" for variable in EVERY for name, kinds in cells(variable))
    return f"CREATE TEMPORARY TABLE t (n INTEGER, {kept_in})"


WIDTH = 1 + sum(len(cells(variable)) for variable in EVERY)


def values(people: Sequence[Row]) -> list[tuple[Any, ...]]:
    return [(n, *(cell for v in EVERY for cell in kept(v, row.get(v.name)))) for n, row in enumerate(people)]


@pytest.fixture(scope="session")
def sqlite() -> Iterator[Ask]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(table_of(0))

    def ask(expression: Expression, people: Sequence[Row]) -> list[bool]:
        text, parameters = to_sql(expression, COLUMNS, Dialect.SQLITE)
        connection.execute("DELETE FROM t")
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * WIDTH)})", values(people))
        found = {n for (n,) in connection.execute(f"SELECT n FROM t WHERE {text}", parameters)}
        return [n in found for n in range(len(people))]

    yield ask
    connection.close()


@pytest.fixture(scope="session")
def postgres(postgresql: Server) -> Iterator[Ask]:
    import psycopg

    with psycopg.connect(postgresql.address(), autocommit=True) as connection:
        connection.execute(table_of(1))

        def ask(expression: Expression, people: Sequence[Row]) -> list[bool]:
            text, parameters = to_sql(expression, COLUMNS, Dialect.POSTGRESQL)
            connection.execute("TRUNCATE t")
            into = f"INSERT INTO t VALUES ({', '.join(['%s'] * WIDTH)})"
            with connection.cursor() as cursor:
                cursor.executemany(into, values(people))
            query = f"SELECT n FROM t WHERE {text}"
            found = {n for (n,) in connection.execute(query, parameters)}
            return [n in found for n in range(len(people))]

        yield ask


@pytest.fixture(params=["sqlite", "postgres"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """A database that says for which rows an expression holds."""
    asked: Ask = request.getfixturevalue(request.param)
    return asked


def compiled(text: str, scope: Scope = SCOPE) -> Expression:
    expression, problems = compile_expression(text, scope)
    assert expression is not None, (text, problems)
    return expression


@given(made=conditions(), people=st.lists(rows, min_size=1, max_size=6))
@SETTINGS
def test_closure_and_sql_agree(ask: Ask, made: Text, people: list[Row]) -> None:
    """A condition holds in SQL for exactly the rows for which the function of one row gives true."""
    expression = compiled(made.ours)
    one = to_closure(expression)
    assert ask(expression, people) == [one(row) for row in people]


@given(made=conditions(), row=rows, missing=st.sampled_from([v.name for v in VARIABLES]))
@SETTINGS
def test_a_missing_required_answer_is_false_in_sql_too(ask: Ask, made: Text, row: Row, missing: str) -> None:
    """A blank that sound rows do not have makes the condition false, and the query never fails on it."""
    expression = compiled(made.ours)
    broken = {name: value for name, value in row.items() if name != missing}
    assert ask(expression, [broken]) == [to_closure(expression)(broken)]


# The values where doubles, calendars and rounding are at their ends.
DAYS = st.integers(int(FIRST_DAY), int(LAST_DAY)).map(date.fromordinal)
ENDS = st.sampled_from([date.min, date.max, date(2028, 2, 29), date(2027, 1, 31), date(9999, 12, 1)])
AMOUNTS = st.floats(-1e300, 1e300, allow_nan=False) | st.integers(-(2**40), 2**40).map(lambda n: n / 2**20)
LENGTHS = st.integers(-(10**9), 10**9).map(lambda n: timedelta(seconds=n / 8))
HARD = (
    "amount + other_amount == other_amount", "amount - other_amount > 0.5", "(amount - other_amount) + other_amount == amount",
    "amount + 0 == amount", "amount + amount <= other_amount - amount", "day - length < other_day",
    "day + length >= other_day", "day - other_day < length", 'day - other_day + length > duration("36h")',
    *(f'day {sign} duration("{n}mo") {test} other_day' for sign in "+-" for n in (1, 11, 25, 1200) for test in ("<=", "==")),
    'day + duration("1mo") == day + duration("31d")', 'day + duration("1mo") == day + duration("28d")',
)  # fmt: skip


@given(
    text=st.sampled_from(HARD),
    days=st.tuples(DAYS | ENDS, DAYS | ENDS),
    amounts=st.tuples(AMOUNTS, AMOUNTS),
    length=LENGTHS,
)
@settings(SETTINGS, max_examples=300)
def test_sums_and_calendars_agree_at_their_ends(
    ask: Ask, text: str, days: tuple[date, date], amounts: tuple[float, float], length: timedelta
) -> None:
    """Halves, great doubles, ends of months and of the calendar are computed in SQL as in Python."""
    names = (variable.name for variable in EXTRA)
    row: Row = dict(zip(names, (*days, *amounts, length), strict=True))
    expression = compiled(text, WIDE)
    assert ask(expression, [row]) == [to_closure(expression)(row)], (text, row)
