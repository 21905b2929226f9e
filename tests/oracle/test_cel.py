"""The expression language against Google's CEL engine: what both read, both read alike; the rest is refused."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.rules.expression_texts import SCALE, SCOPE, VARIABLES, Text, conditions, rows

from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.closure import to_closure
from mentorctl.rules.expressions.types import Kind, Value

cel = pytest.importorskip("cel_expr_python.cel", reason="the package cel-expr-python is not installed")

SIDE = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
ENVIRONMENT = cel.NewEnv(variables={"a": SIDE, "b": SIDE})
KINDS = {variable.name: variable.type.kind for variable in VARIABLES}


def lowered(name: str, value: Value) -> Any:
    """A value as the engine takes it: ranks and numbers as doubles, dates and durations as texts that it reads."""
    if KINDS[name] is Kind.LEVEL:
        return float(SCALE.index(str(value)))
    match value:
        case date():
            return f"{value}T00:00:00Z"
        case timedelta():
            return f"{value // timedelta(minutes=1)}m"
        case frozenset():
            return sorted(value)
        case _:
            return value


def answer(text: str, row: Mapping[str, Value]) -> bool:
    """What the engine makes of an expression; an error of its own is a failure here."""
    data: dict[str, dict[str, Any]] = {"a": {}, "b": {}}
    for name, value in row.items():
        side, _, field = name.partition(".")
        data[side][field] = lowered(name, value)
    found = ENVIRONMENT.compile(text).eval(data=data)
    assert found.type() == cel.Type.BOOL, (text, found.value())
    return bool(found.value())


@given(conditions(), st.lists(rows, min_size=1, max_size=4))
@settings(max_examples=200)
def test_both_engines_agree(made: Text, people: list[dict[str, Value]]) -> None:
    """Random well-typed expressions have the same value in both, and blanks are an error in neither."""
    expression, problems = compile_expression(made.ours, SCOPE)
    assert expression is not None, (made.ours, problems)
    ours = to_closure(expression)
    for row in people:
        assert ours(row) == answer(made.cel, row), (made.ours, made.cel, row)


# What reads the same in both, and its value.
PRECEDENCE = (
    ("true || true && false", True),
    ("false && true || true", True),
    ("!false && false", False),
    ("!(false && false)", True),
    ("1.5 + 2.5 - 3.5 == 0.5", True),
    ("1.5 - 2.5 - 3.5 == -4.5", True),
    ("1.5 - (2.5 - 3.5) == 2.5", True),
    ("-1.5 + 2.5 == 1.5 - 0.5", True),
    ("- 1.5 - -2.5 == 1.0", True),
    ("false ? false : true ? true : false", True),
    ("true ? false : true ? true : true", False),
    ("true || false ? false : true", False),
    ("true && false ? false : true", True),
    ("(1.5 < 2.5) == true", True),
    ("2.5 in [1.5, 2.5] && true", True),
    ("1.5 + 1.0 in [1.5, 2.5]", True),
    ("!(2.5 in [1.5]) || false", True),
    ("'it\\'s' == \"it's\"", True),
    ("'\\u00e9\\t\\\\' == \"\u00e9\t\\\\\"", True),
)


@pytest.mark.parametrize(("text", "value"), PRECEDENCE)
def test_precedence_is_that_of_cel(text: str, value: bool) -> None:
    """Operators bind as they do in the other engine."""
    expression, problems = compile_expression(text, SCOPE)
    assert expression is not None, problems
    assert to_closure(expression)({}) is value
    assert answer(text, {}) is value


OUTSIDE = (
    "1.5 * 2.0 == 3.0", "6.0 / 2.0 == 3.0", "7 % 2 == 1", "[1, 2][0] == 1", "{'a': 1}['a'] == 1", "[1, 2].all(x, x > 0)",
    "'abc'.startsWith('a')", "'abc'.matches('a.c')", "'a' + 'b' == 'ab'", "'a' < 'b'", "true < false", "0x1F == 31",
    "1u == 1u", "1e3 == 1000.0", ".5 == 0.5", "b'a' == b'a'", "r'\\d' == '\\\\d'", "null == null", "type(1) == int",
    "int('3') == 3", "string(3) == '3'", "timestamp('2027-01-11T00:00:00Z') > timestamp('2026-01-11T00:00:00Z')",
    "size([1, 2]) == 2", "'''a''' == 'a'", "[1] == [1]", "'\\x41' == 'A'", "dyn(1) == 1", "1 == 1 // true",
)  # fmt: skip


@pytest.mark.parametrize("text", OUTSIDE)
def test_the_rest_of_cel_is_refused(text: str) -> None:
    """What the other engine can do beyond our profile is a problem here, never another meaning."""
    assert ENVIRONMENT.compile(text).eval(data={"a": {}, "b": {}}).type() == cel.Type.BOOL
    expression, problems = compile_expression(text, SCOPE)
    assert expression is None
    assert problems
