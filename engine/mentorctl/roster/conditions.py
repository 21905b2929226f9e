"""Conditions on one person: whether the roster meets them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache

import numpy as np

from mentorctl.roster.people import CodeColumn, NumberColumn, Roster, SetColumn, TextColumn
from mentorctl.rules.eligibility import Comparison, Condition
from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.closure import to_closure
from mentorctl.rules.expressions.scopes import person_scope
from mentorctl.rules.expressions.types import Value
from mentorctl.rules.fields import Contract, Field, FieldType, Role


def meets_all(roster: Roster, contract: Contract, conditions: Iterable[Condition], index: int) -> bool:
    """Whether a person meets every one of the conditions."""
    return all(meets(roster, contract, condition, index) for condition in conditions)


def meets(roster: Roster, contract: Contract, condition: Condition, index: int) -> bool:
    """Whether a person meets a condition. A blank meets nothing, unless the field says that blanks pass."""
    column = roster.columns[condition.field]
    field = contract.field(condition.field)
    if isinstance(column, SetColumn):
        return _contains(column, field, condition, index)
    value: float | None = None
    if isinstance(column, CodeColumn):
        value = float(column.codes[index]) if column.codes[index] >= 0 else None
    elif isinstance(column, NumberColumn):
        value = None if np.isnan(column.values[index]) else float(column.values[index])
    if value is None:
        return field is not None and field.missing.value == "passes"
    wanted = [_as_number(column, field, v) for v in condition.values]
    return _COMPARED[condition.comparison](value, wanted)


def satisfies(roster: Roster, contract: Contract, text: str, role: Role, index: int) -> bool:
    """Whether an expression over the fields of a person is true; an empty one is."""
    if not text:
        return True
    names, holds = _compiled(contract, text, role)
    return holds({name: value_of(roster, contract, name, index) for name in names})


@cache
def _compiled(
    contract: Contract, text: str, role: Role
) -> tuple[tuple[str, ...], Callable[[Mapping[str, Value]], bool]]:
    expression, _ = compile_expression(text, person_scope(contract, role))
    if expression is None:
        raise ValueError(f"`{text}` cannot be evaluated; spec.checks lets no such expression pass")
    return tuple(variable.name for variable in expression.variables), to_closure(expression)


def value_of(roster: Roster, contract: Contract, name: str, index: int) -> Value:
    """The cell of a person as expressions take it; None is a blank."""
    column, field = roster.columns[name], contract.field(name)
    if isinstance(column, CodeColumn):
        code = int(column.codes[index])
        if code < 0:
            return None
        return column.labels[code] == "yes" if field and field.type is FieldType.BOOLEAN else column.labels[code]
    if isinstance(column, NumberColumn):
        number = float(column.values[index])
        if number != number:  # noqa: PLR0124 - NaN is the blank
            return None
        return date.fromordinal(int(number)) if field and field.type is FieldType.DATE else number
    if isinstance(column, SetColumn):
        return frozenset(labels_of(column, index))
    if isinstance(column, TextColumn):
        return column.values[index] or None
    person = int(getattr(column, "people")[index])  # noqa: B009 - the one column that is left
    return roster.roster_ids[person] if person >= 0 else None


def labels_of(column: SetColumn, index: int) -> tuple[str, ...]:
    """The answers of one person, in the order of the labels."""
    words = column.words[index]
    return tuple(
        label for code, label in enumerate(column.labels) if words[code // 64] >> np.uint64(code % 64) & np.uint64(1)
    )


def _contains(column: SetColumn, field: Field | None, condition: Condition, index: int) -> bool:
    """Whether one of the values is among the answers; nothing answered is a blank."""
    answers = labels_of(column, index)
    if not answers:
        return field is not None and field.missing.value == "passes"
    spelled = _spelling(field)
    return bool({spelled(a) for a in answers} & {spelled(str(v)) for v in condition.values})


def _spelling(field: Field | None) -> Callable[[str], str]:
    folded = field is None or field.ignore_case
    return lambda text: text.strip().casefold() if folded else text.strip()


_COMPARED: dict[Comparison, Callable[[float, list[float]], bool]] = {
    Comparison.AT_LEAST: lambda value, wanted: value >= wanted[0],
    Comparison.AT_MOST: lambda value, wanted: value <= wanted[0],
    Comparison.ABOVE: lambda value, wanted: value > wanted[0],
    Comparison.BELOW: lambda value, wanted: value < wanted[0],
    Comparison.IS: lambda value, wanted: value == wanted[0],
    Comparison.ONE_OF: lambda value, wanted: value in wanted,
    Comparison.CONTAINS: lambda value, wanted: value in wanted,
    Comparison.CONTAINS_ANY: lambda value, wanted: value in wanted,
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
