"""The names that expressions may use at each place of a program."""

from collections.abc import Iterable, Mapping

from mentorctl.dates.zones import zone_names
from mentorctl.rules.expressions.types import (
    BOOL,
    DATE,
    NUMBER,
    PERSON,
    Kind,
    Scope,
    Type,
    Variable,
    text,
)
from mentorctl.rules.fields import Contract, Field, FieldType, Role

# What the questions of a form are called → what their answers are.
ANSWERS: Mapping[str, Type] = {
    "rating": NUMBER,
    "number": NUMBER,
    "choice": text(),
    "text": text(),
    "yes_no": BOOL,
}
_UNAVAILABLE = {
    FieldType.AVAILABILITY: "weekly hours are not compared in expressions; use a rule with `availability_overlap`",
    FieldType.ABSENCES: "days away are not compared in expressions; they count when sessions are placed",
    FieldType.RANKING: "rankings are not compared in expressions; use a rule with `rank`",
}


def person_scope(contract: Contract, role: Role | None = None) -> Scope:
    """The fields of one person by their ids. With a role, fields that this role is not asked for are optional."""
    return _scope((field.id, field, role) for field in contract.fields)


def pair_scope(contract: Contract, names: tuple[str, str] = ("mentor", "mentee")) -> Scope:
    """The fields of two people, such as `mentor.level`; names other than the roles (`a` and `b`) stand for peers."""
    asked = {"mentor": Role.MENTOR, "mentee": Role.MENTEE}
    return _scope(
        (f"{name}.{field.id}", field, asked.get(name, Role.PEER)) for name in names for field in contract.fields
    )


def answer_scope(questions: Iterable[tuple[str, str | Type]]) -> Scope:
    """The answers of a form: (question id, its type as a form names it or as an expression does).

    An answer that was left out makes the whole expression false, so that nobody is alerted by a blank.
    Raises KeyError for a word that is no type of question.
    """
    return Scope(
        variables=tuple(
            Variable(name=name, type=kind if isinstance(kind, Type) else ANSWERS[kind]) for name, kind in questions
        )
    )


def facts_scope(facts: Iterable[Variable]) -> Scope:
    """A closed catalog of facts."""
    return Scope(variables=tuple(facts))


def _scope(named: Iterable[tuple[str, Field, Role | None]]) -> Scope:
    variables, unavailable = [], []
    for name, field, role in named:
        if field.type in _UNAVAILABLE:
            unavailable.append((name, _UNAVAILABLE[field.type]))
            continue
        kind = field_type(field)
        asked = role is None or field.answered_by.includes(role)
        optional = kind.kind is not Kind.SET and not (field.required and asked)
        variables.append(Variable(name=name, type=kind, optional=optional))
    return Scope(variables=tuple(variables), unavailable=tuple(unavailable))


def field_type(field: Field) -> Type:
    """The type of a field's answers. Raises KeyError for those that expressions do not read (`_UNAVAILABLE`)."""
    if field.type is FieldType.TIMEZONE:
        return text(*sorted(zone_names()), trim=False, ignore_case=False)
    if field.type in _PLAIN:
        return _PLAIN[field.type]
    return Type(
        kind=_OF_TEXTS[field.type],
        scale=field.scale,
        options=field.options,
        trim=field.trim,
        ignore_case=field.ignore_case,
        aliases=field.aliases,
    )


_PLAIN = {
    FieldType.NUMBER: NUMBER,
    FieldType.DATE: DATE,
    FieldType.BOOLEAN: BOOL,
    FieldType.PERSON: PERSON,
    FieldType.TEXT: text(),
    FieldType.HOLIDAYS: text(),
}
_OF_TEXTS = {FieldType.SINGLE: Kind.TEXT, FieldType.MULTIPLE: Kind.SET, FieldType.LEVEL: Kind.LEVEL}
