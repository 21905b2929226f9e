"""A typed tree to a function of one row, made once and called for each."""

import math
import operator
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache

from mentorctl.rules.expressions.days import months_later, within
from mentorctl.rules.expressions.fit import MINUTES_A_DAY
from mentorctl.rules.expressions.spelling import spelled
from mentorctl.rules.expressions.sums import settled
from mentorctl.rules.expressions.tree import (
    All,
    Calculate,
    Choose,
    Compare,
    Constant,
    Contains,
    Expression,
    Known,
    Listed,
    Node,
    Not,
    Operation,
    Operator,
    Read,
    SameText,
    Size,
    Some,
)
from mentorctl.rules.expressions.types import Kind, Type, Value, Variable

type Row = Mapping[str, Value]
type Truth = Callable[[Row], bool]
type Amount = Callable[[Row], float]
type Text = Callable[[Row], str]
type Words = Callable[[Row], frozenset[str]]


def to_closure(expression: Expression) -> Callable[[Row], bool]:
    """The expression as a function of a row: full names to values, where a missing name is a blank.

    The function never raises: a value of another type than its name has is a blank too.
    """
    holds = _truth(expression.root)
    needed = [_known(v) for v in expression.variables if not v.optional and v.type.kind is not Kind.SET]
    return _every([*needed, holds])


def to_settled_closure(expression: Expression) -> Callable[[Row], bool]:
    """As `to_closure`, for names that always have a value: what is missing is false, 0, no text or the first of days.

    So it is with the facts of lifecycles, where nothing was recorded yet.
    """
    return _truth(expression.root)


# -- true or false -----------------------------------------------------------------------------------------------------


def _truth(node: Node) -> Truth:
    match node:
        case Constant(value=value):
            return lambda _row: bool(value)
        case Read(variable=variable):
            name = variable.name
            return lambda row: row.get(name) is True
        case Known(variable=variable):
            return _known(variable)
        case Choose(condition=condition, then=then, otherwise=otherwise):
            asked, yes, no = _truth(condition), _truth(then), _truth(otherwise)
            return lambda row: yes(row) if asked(row) else no(row)
        case Not(term=term):
            holds = _truth(term)
            return lambda row: not holds(row)
        case All(terms=terms):
            return _every([_truth(term) for term in terms])
        case Some(terms=terms):
            tests = [_truth(term) for term in terms]
            return lambda row: any(test(row) for test in tests)
        case _:
            return _test(node)


def _test(node: Node) -> Truth:
    match node:
        case Compare():
            return _compare(node)
        case SameText(left=left, right=right, trim=trim, ignore_case=ignore_case):
            one, other = _spelled(left, trim, ignore_case), _spelled(right, trim, ignore_case)
            return lambda row: one(row) == other(row)
        case Listed(item=item, values=values, trim=trim, ignore_case=ignore_case):
            listed = frozenset(spelled(value, trim=trim, ignore_case=ignore_case) for value in values)
            read = _spelled(item, trim, ignore_case)
            return lambda row: read(row) in listed
        case Contains(words=words, item=item, trim=trim, ignore_case=ignore_case):
            answers, read = _words(words), _spelled(item, trim, ignore_case)
            return lambda row: read(row) in {spelled(word, trim=trim, ignore_case=ignore_case) for word in answers(row)}
        case _:
            raise TypeError(f"{type(node).__name__} is not true or false; expressions.check lets no such tree pass")


def _known(variable: Variable) -> Truth:
    name, read = variable.name, _READERS[variable.type.kind]
    kind = variable.type
    return lambda row: read(row.get(name), kind) is not None


def _compare(node: Compare) -> Truth:
    compare = _COMPARISONS[node.operator]
    left, right = _amount(node.left), _amount(node.right)
    return lambda row: compare(left(row), right(row))


_COMPARISONS: dict[Operator, Callable[[float, float], bool]] = {
    Operator.EQUAL: operator.eq,
    Operator.LESS: operator.lt,
    Operator.LESS_OR_EQUAL: operator.le,
    Operator.MORE: operator.gt,
    Operator.MORE_OR_EQUAL: operator.ge,
}


def _every(tests: list[Truth]) -> Truth:
    """All of one or more tests; in pairs, because a generator costs more than most tests do."""
    if len(tests) == 1:
        return tests[0]
    first, rest = _every(tests[: len(tests) // 2]), _every(tests[len(tests) // 2 :])
    return lambda row: first(row) and rest(row)


# -- numbers, ranks, days, minutes and truths --------------------------------------------------------------------------


def _amount(node: Node) -> Amount:
    match node:
        case Constant(value=value):
            amount = float(value)
            return lambda _row: amount
        case Read(variable=variable):
            return _read_amount(variable)
        case Choose(condition=condition, then=then, otherwise=otherwise):
            asked, yes, no = _truth(condition), _amount(then), _amount(otherwise)
            return lambda row: yes(row) if asked(row) else no(row)
        case Size(of=of, of_set=True):
            words = _words(of)
            return lambda row: float(len(words(row)))
        case Size(of=of):
            text = _text(of)
            return lambda row: float(len(text(row)))
        case Calculate(operation=operation, left=left, right=right):
            calculate = _CALCULATIONS[operation]
            one, other = _amount(left), _amount(right)
            return lambda row: calculate(one(row), other(row))
        case _:
            return _truth(node)


def _read_amount(variable: Variable) -> Amount:
    name, kind, read = variable.name, variable.type, _READERS[variable.type.kind]
    blank = 1.0 if kind.kind is Kind.DATE else 0.0

    def amount(row: Row) -> float:
        value = read(row.get(name), kind)
        return float(value) if isinstance(value, int | float) else blank

    return amount


_CALCULATIONS: dict[Operation, Callable[[float, float], float]] = {
    Operation.ADD: lambda one, other: settled(one + other),
    Operation.SUBTRACT: lambda one, other: settled(one - other),
    Operation.STEPS: operator.sub,
    Operation.LONGER: operator.add,
    Operation.SHORTER: operator.sub,
    Operation.BETWEEN: lambda one, other: (one - other) * MINUTES_A_DAY,
    Operation.LATER: lambda day, minutes: within(day + minutes // MINUTES_A_DAY),
    Operation.EARLIER: lambda day, minutes: within(day - minutes // MINUTES_A_DAY),
    Operation.MONTHS_LATER: months_later,
    Operation.MONTHS_EARLIER: lambda day, months: months_later(day, -months),
}


# -- texts and sets ----------------------------------------------------------------------------------------------------


def _text(node: Node) -> Text:
    match node:
        case Constant(value=value):
            text = str(value)
            return lambda _row: text
        case Read(variable=variable):
            name, kind = variable.name, variable.type
            return lambda row: _as_text(row.get(name), kind) or ""
        case Choose(condition=condition, then=then, otherwise=otherwise):
            asked, yes, no = _truth(condition), _text(then), _text(otherwise)
            return lambda row: yes(row) if asked(row) else no(row)
        case _:
            raise TypeError(f"{type(node).__name__} is no text; expressions.check lets no such tree pass")


def _spelled(node: Node, trim: bool, ignore_case: bool) -> Text:
    text = _text(node)
    if isinstance(node, Constant):
        constant = spelled(str(node.value), trim=trim, ignore_case=ignore_case)
        return lambda _row: constant
    return lambda row: spelled(text(row), trim=trim, ignore_case=ignore_case)


def _words(node: Node) -> Words:
    if not isinstance(node, Read):
        raise TypeError(f"{type(node).__name__} is no set; expressions.check lets no such tree pass")
    name, kind = node.variable.name, node.variable.type
    nothing: frozenset[str] = frozenset()
    return lambda row: _as_set(row.get(name), kind) or nothing


# -- values of rows; None is a blank -----------------------------------------------------------------------------------


def _as_number(value: Value, _type: Type) -> float | None:
    if type(value) is float:  # what nearly all are
        return value if math.isfinite(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _as_truth(value: Value, _type: Type) -> bool | None:
    return value if isinstance(value, bool) else None


def _as_text(value: Value, _type: Type) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _as_rank(value: Value, kind: Type) -> int | None:
    if not isinstance(value, str):
        return None
    return _ranks(kind).get(spelled(value, trim=kind.trim, ignore_case=kind.ignore_case))


@lru_cache(maxsize=256)
def _ranks(kind: Type) -> Mapping[str, int]:
    return {spelled(step, trim=kind.trim, ignore_case=kind.ignore_case): n for n, step in enumerate(kind.scale)}


def _as_day(value: Value, _type: Type) -> int | None:
    return value.toordinal() if isinstance(value, date) else None


def _as_minutes(value: Value, _type: Type) -> float | None:
    return value / timedelta(minutes=1) if isinstance(value, timedelta) else None


def _as_set(value: Value, _type: Type) -> frozenset[str] | None:
    return value if isinstance(value, frozenset) and value else None


_READERS: dict[Kind, Callable[[Value, Type], float | str | frozenset[str] | None]] = {
    Kind.NUMBER: _as_number,
    Kind.BOOL: _as_truth,
    Kind.TEXT: _as_text,
    Kind.PERSON: _as_text,
    Kind.LEVEL: _as_rank,
    Kind.DATE: _as_day,
    Kind.DURATION: _as_minutes,
    Kind.SET: _as_set,
}
