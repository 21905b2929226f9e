"""Checks of the conditions on one person: who may take part, and who has or serves a need."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from mentorctl.dates.zones import zone_names
from mentorctl.diagnostics import Diagnostic, FieldPath, did_you_mean, finding, quoted_list
from mentorctl.rules.eligibility import Comparison, Condition
from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.scopes import person_scope
from mentorctl.rules.fields import Contract, Field, FieldType, Role
from mentorctl.spec.expressions import expression_findings
from mentorctl.spec.guesses import near_zone
from mentorctl.spec.model import Program
from mentorctl.spec.rule_paths import at

_ORDERED = (FieldType.LEVEL, FieldType.NUMBER, FieldType.DATE)
_COMPARED = (*_ORDERED, FieldType.SINGLE, FieldType.BOOLEAN, FieldType.TIMEZONE)
_OF_SETS = (Comparison.CONTAINS, Comparison.CONTAINS_ANY)
_OF_VALUES = (Comparison.IS, Comparison.ONE_OF)
# bounds, and whether the value itself lies beyond them
_LOWS = ((Comparison.AT_LEAST, 0), (Comparison.ABOVE, 1))
_HIGHS = ((Comparison.AT_MOST, 0), (Comparison.BELOW, -1))


def conditions_fit(program: Program, contract: Contract) -> Iterator[Diagnostic]:
    """Eligibility compares fields that exist with values that they can have."""
    for role in Role:
        eligible = program.eligibility(role)
        path: FieldPath = ("eligibility", role.value)
        yield from check_conditions(program, contract, eligible.conditions, path, role)
        if eligible.when:
            expression, problems = compile_expression(eligible.when, person_scope(contract, role))
            yield from expression_findings(problems, at(program, (*path, "when")))
            for variable in expression.variables if expression else ():
                field = contract.field(variable.name)
                yield from not_for_matching(program, field, (*path, "when")) if field else ()


def needs_fit(program: Program, contract: Contract) -> Iterator[Diagnostic]:
    """So do the needs of a mosaic."""
    for i, need in enumerate(program.matching.needs):
        for role, conditions in ((Role.MENTEE, need.mentee), (Role.MENTOR, need.mentor)):
            yield from check_conditions(program, contract, conditions, ("matching", "needs", i, role.value), role)


def projects_fit(program: Program, contract: Contract) -> Iterator[Diagnostic]:
    """And what projects ask of people."""
    for project in program.projects:
        for role, conditions in ((Role.MENTOR, project.for_mentors), (Role.MENTEE, project.for_mentees)):
            path: FieldPath = ("projects", project.id, "requires", role.value)
            yield from check_conditions(program, contract, conditions, path, role)


def check_conditions(
    program: Program, contract: Contract, conditions: Iterable[Condition], path: FieldPath, role: Role
) -> Iterator[Diagnostic]:
    """What does not fit in conditions on people in a role, which are written by field at a path."""
    conditions = tuple(conditions)
    for condition in conditions:
        here = (*path, condition.field)
        field = contract.field(condition.field)
        if field is None:
            yield unknown_field(program, contract, condition.field, here, on_key=True)
        else:
            yield from not_for_matching(program, field, here, on_key=True)
            yield from _asked(program, field, role, here)
            yield from check_condition(program, field, condition, (*here, condition.comparison.value))
    yield from _empty_ranges(program, contract, conditions, path)


def check_condition(program: Program, field: Field, condition: Condition, path: FieldPath) -> Iterator[Diagnostic]:
    """What does not fit in a condition on a field: the comparison with its type, or a value; it stands at a path."""
    misfit = _misfit(field, condition.comparison)
    if misfit:
        detail, help_text = misfit
        yield finding("MC2004", detail, help=help_text, place=at(program, path))
        return
    for i, value in enumerate(condition.values):
        here = (*path, i) if len(condition.values) > 1 else path
        allowed = _allowed(field)
        if allowed and str(value).casefold() not in {a.casefold() for a in allowed}:
            yield finding(
                "MC2005",
                f"`{value}` is not a value of `{field.id}`; it has {quoted_list(allowed, last='and')}",
                help=did_you_mean(str(value), allowed),
                place=at(program, here),
            )
        elif not _fits(field, value):
            detail, remedy = _unfit(field, value)
            yield finding("MC2005", detail, help=remedy, place=at(program, here))


def _asked(program: Program, field: Field, role: Role, path: FieldPath) -> Iterator[Diagnostic]:
    """A condition reads what people in the role are asked; for all others the cell is blank."""
    if not field.answered_by.includes(role):
        yield finding(
            "MC2004",
            f"`{field.id}` is answered by {field.answered_by}s only, so it is blank for every {role}",
            help=f"name a field that {role}s answer, or let {role}s answer `{field.id}`",
            place=at(program, path, on_key=True),
        )


def _unfit(field: Field, value: object) -> tuple[str, str]:
    """Why a value is none of a field's type, and how one is written."""
    said = f"`{'true' if value is True else 'false' if value is False else value}`"
    match field.type:
        case FieldType.NUMBER if isinstance(value, str) and re.fullmatch(r"-?[0-9]+([.][0-9]+)?", value):
            return f"{said} is a text in quotes, and `{field.id}` is a number", f"write {value}, without quotes"
        case FieldType.NUMBER:
            return f"{said} is not a number, and `{field.id}` is one", "write digits only, such as 12"
        case FieldType.BOOLEAN:
            return f"{said} is not a value of `{field.id}`, which is `true` or `false`", "write `true` or `false`"
        case FieldType.TIMEZONE:
            return f"{said} is not a time zone", near_zone(str(value))
        case _:
            return f"{said} is not a day of the calendar", "write year, month and day, such as 2027-01-31"


def _misfit(field: Field, comparison: Comparison) -> tuple[str, str] | None:
    """Why a field is not compared in this way, and what to write; None when it is."""
    if comparison in _OF_SETS:
        if field.type is FieldType.MULTIPLE:
            return None
        return f"`{field.id}` is a {field.type} field, which has one answer", "use `is` or `one_of`"
    if field.type is FieldType.MULTIPLE and comparison in _OF_VALUES:
        return f"`{field.id}` is a multiple field, which has several answers", "use `contains` or `contains_any`"
    if comparison not in _OF_VALUES and field.type not in _ORDERED:
        return f"`{field.id}` is a {field.type} field, which has no order", "use `is` or `one_of`"
    if field.type not in _COMPARED:
        return f"`{field.id}` is a {field.type} field, which conditions do not compare", ""
    return None


def _empty_ranges(
    program: Program, contract: Contract, conditions: tuple[Condition, ...], path: FieldPath
) -> Iterator[Diagnostic]:
    """Two bounds of one field leave room for somebody."""
    for name in dict.fromkeys(c.field for c in conditions):
        field = contract.field(name)
        bounds = {c.comparison: _position(field, c.values[0]) for c in conditions if c.field == name} if field else {}
        beyond = 1e-9 if field and field.type is FieldType.NUMBER else 1.0  # levels and days come in whole steps
        lows = [place + step * beyond for c, step in _LOWS if (place := bounds.get(c)) is not None]
        highs = [place + step * beyond for c, step in _HIGHS if (place := bounds.get(c)) is not None]
        if lows and highs and max(lows) > min(highs):
            yield finding(
                "MC2020",
                f"no value of `{name}` lies between the two bounds",
                help="widen one of them",
                place=at(program, (*path, name), on_key=True),
            )


def _position(field: Field, value: object) -> float | None:
    """Where a bound lies on the field's order: the step of a level, a day, a number, or None for what has none."""
    if field.type is FieldType.DATE:
        return float(date.fromisoformat(str(value)).toordinal()) if _fits(field, value) else None
    if field.type is FieldType.LEVEL:
        steps = [step.casefold() for step in field.scale]
        return float(steps.index(str(value).casefold())) if str(value).casefold() in steps else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _allowed(field: Field) -> tuple[str, ...]:
    return field.scale if field.type is FieldType.LEVEL else field.options


def _fits(field: Field, value: object) -> bool:
    match field.type:
        case FieldType.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case FieldType.BOOLEAN:
            return isinstance(value, bool)
        case FieldType.DATE:
            try:
                date.fromisoformat(str(value))
            except ValueError:
                return False
        case FieldType.TIMEZONE:
            return value in zone_names()
    return True


def not_for_matching(program: Program, field: Field, path: FieldPath, *, on_key: bool = False) -> Iterator[Diagnostic]:
    """The finding for a field that the contract keeps out of rules and conditions, which one at a path reads."""
    if field.used_in_matching:
        return
    yield finding(
        "MC2036",
        f"`{field.id}` is sensitive, and the contract does not say that it is used in matching"
        if field.sensitive
        else f"`{field.id}` is not used in matching, as the contract says",
        help=f"do not read `{field.id}` here, or declare `used_in_matching: true` for it in mentorctl.yaml",
        place=at(program, path, on_key=on_key),
    )


def unknown_field(
    program: Program, contract: Contract, name: str, path: FieldPath, *, on_key: bool = False
) -> Diagnostic:
    """The finding for a field that the contract does not have."""
    names = [f.id for f in contract.fields]
    return finding(
        "MC2003",
        f"there is no field `{name}`; the contract has {quoted_list(names, last='and')}",
        help=did_you_mean(name, names) or "declare it under `roster.fields` in mentorctl.yaml",
        place=at(program, path, on_key=on_key),
    )
