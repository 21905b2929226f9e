"""Conditions on people: who of the roster meets them, worked out for everybody at once."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from mentorctl.roster.people import CodeColumn, Column, NumberColumn, PersonColumn, Roster, SetColumn, TextColumn
from mentorctl.rules.eligibility import Comparison, Condition
from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.columns import Codes, ColumnValue, Numbers, Table, Words, coded, to_columns
from mentorctl.rules.expressions.scopes import person_scope
from mentorctl.rules.fields import Contract, Field, FieldType, Role

type Truths = NDArray[np.bool_]


def who_meets(roster: Roster, contract: Contract, conditions: Iterable[Condition]) -> Truths:
    """Who meets every one of the conditions. A blank meets nothing, unless the field says that blanks pass."""
    met: Truths = np.ones(len(roster.ids), np.bool_)
    for condition in conditions:
        met &= _meets(roster.columns[condition.field], contract.field(condition.field), condition)
    return met


def who_satisfies(roster: Roster, contract: Contract, text: str, role: Role) -> Truths:
    """For whom an expression over the fields of a person is true; an empty one is for everybody."""
    if not text:
        return np.ones(len(roster.ids), np.bool_)
    names, holds = _compiled(contract, text, role)
    found = holds({name: cells_of(roster, name) for name in names})
    return np.array(np.broadcast_to(found, len(roster.ids)))


@cache
def _compiled(contract: Contract, text: str, role: Role) -> tuple[tuple[str, ...], Callable[[Table], Truths]]:
    expression, _ = compile_expression(text, person_scope(contract, role))
    if expression is None:
        raise ValueError(f"`{text}` cannot be evaluated; spec.checks lets no such expression pass")
    return tuple(variable.name for variable in expression.variables), to_columns(expression)


def cells_of(roster: Roster, name: str) -> ColumnValue:
    """A field of everybody as expressions take it."""
    column = roster.columns[name]
    if isinstance(column, TextColumn):
        return coded(column.values)
    if isinstance(column, CodeColumn):
        return Codes(codes=column.codes, labels=column.labels)
    if isinstance(column, PersonColumn):
        return Codes(codes=column.people, labels=roster.roster_ids)
    if isinstance(column, NumberColumn):
        return Numbers(values=column.values)
    if isinstance(column, SetColumn):
        return Words(words=column.words, labels=column.labels)
    raise TypeError(f"expressions do not read a {type(column).__name__}; spec.checks lets no such expression pass")


def labels_of(column: SetColumn, index: int) -> tuple[str, ...]:
    """The answers of one person, in the order of the labels."""
    words = column.words[index]
    return tuple(
        label for code, label in enumerate(column.labels) if words[code // 64] >> np.uint64(code % 64) & np.uint64(1)
    )


def who_has(column: SetColumn, wanted: Callable[[str], bool]) -> Truths:
    """Who has one of the wanted labels among their answers."""
    mask = np.zeros(column.words.shape[1], np.uint64)
    for code, label in enumerate(column.labels):
        if wanted(label):
            mask[code // 64] |= np.uint64(1) << np.uint64(code % 64)
    return np.asarray((column.words & mask).any(axis=1))


def _meets(column: Column, field: Field | None, condition: Condition) -> Truths:
    passes = field is not None and field.missing.value == "passes"
    if isinstance(column, SetColumn):
        spelled = _spelling(field)
        values = {spelled(str(value)) for value in condition.values}
        return np.where(column.words.any(axis=1), who_has(column, lambda label: spelled(label) in values), passes)
    if isinstance(column, CodeColumn):
        numbers, known = column.codes.astype(np.float64), column.codes >= 0
    elif isinstance(column, NumberColumn):
        numbers, known = column.values, ~np.isnan(column.values)
    else:
        raise TypeError(f"conditions do not read a {type(column).__name__}; spec.checks lets no such condition pass")
    wanted = [_as_number(column, field, value) for value in condition.values]
    return np.where(known, _COMPARED[condition.comparison](numbers, wanted), passes)


def _spelling(field: Field | None) -> Callable[[str], str]:
    folded = field is None or field.ignore_case
    return lambda text: text.strip().casefold() if folded else text.strip()


def _is_one_of(numbers: NDArray[np.float64], wanted: list[float]) -> Truths:
    return np.any([numbers == one for one in wanted], axis=0)


_COMPARED: dict[Comparison, Callable[[NDArray[np.float64], list[float]], Truths]] = {
    Comparison.AT_LEAST: lambda numbers, wanted: numbers >= wanted[0],
    Comparison.AT_MOST: lambda numbers, wanted: numbers <= wanted[0],
    Comparison.ABOVE: lambda numbers, wanted: numbers > wanted[0],
    Comparison.BELOW: lambda numbers, wanted: numbers < wanted[0],
    Comparison.IS: lambda numbers, wanted: numbers == wanted[0],
    Comparison.ONE_OF: _is_one_of,
    Comparison.CONTAINS: _is_one_of,
    Comparison.CONTAINS_ANY: _is_one_of,
}


def _as_number(column: object, field: Field | None, value: str | float | bool) -> float:
    """A value of a condition in the numbers of its column; a value nobody has is NaN, which equals nothing."""
    if isinstance(column, CodeColumn):
        word = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        place: Mapping[str, int] = {label.casefold(): code for code, label in enumerate(column.labels)}
        return float(place.get(word.casefold(), float("nan")))
    if field is not None and field.type is FieldType.DATE:
        return float(date.fromisoformat(str(value)).toordinal())
    return float(value)
