"""The types of the expression language, the names an expression may use, and the values behind them."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from mentorctl.values import dataclass

# What a name stands for in one row. None is a blank, and so is a text without letters. Levels and people are texts: the
# name of the level, the id of the person.
type Value = bool | int | float | str | date | timedelta | frozenset[str] | None


class Kind(StrEnum):
    BOOL = "bool"
    NUMBER = "number"
    TEXT = "text"
    LEVEL = "level"
    DATE = "date"
    DURATION = "duration"
    MONTHS = "months"  # only of literals: a month has no length of its own
    SET = "set"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A kind and what belongs to it: the scale of a level (lowest first), the options of texts (none: any text).

    `trim` and `ignore_case` say which spellings of a text are the same; `aliases` are (alias, what is meant).
    """

    kind: Kind
    scale: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    trim: bool = True
    ignore_case: bool = True
    aliases: tuple[tuple[str, str], ...] = ()


BOOL = Type(kind=Kind.BOOL)
NUMBER = Type(kind=Kind.NUMBER)
DATE = Type(kind=Kind.DATE)
DURATION = Type(kind=Kind.DURATION)
MONTHS = Type(kind=Kind.MONTHS)
PERSON = Type(kind=Kind.PERSON, trim=False, ignore_case=False)

# How a message names a value of each kind.
WORDING: Mapping[Kind, str] = {
    Kind.BOOL: "true or false",
    Kind.NUMBER: "a number",
    Kind.TEXT: "a text",
    Kind.LEVEL: "a level",
    Kind.DATE: "a date",
    Kind.DURATION: "a length of time",
    Kind.MONTHS: "a number of calendar months",
    Kind.SET: "a set of answers",
    Kind.PERSON: "a person",
}


def text(*options: str, trim: bool = True, ignore_case: bool = True) -> Type:
    """One text; with options, one of them."""
    return Type(kind=Kind.TEXT, options=options, trim=trim, ignore_case=ignore_case)


def words(*options: str, trim: bool = True, ignore_case: bool = True) -> Type:
    """A set of texts; it is never blank, only empty."""
    return Type(kind=Kind.SET, options=options, trim=trim, ignore_case=ignore_case)


def level(*scale: str) -> Type:
    """A step of a scale, the lowest first."""
    return Type(kind=Kind.LEVEL, scale=scale)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A name that expressions may use, such as `mentor.level`. Only optional ones are blank in sound rows."""

    name: str
    type: Type
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """All names of one place where expressions stand; `unavailable` are (name, why it cannot be used)."""

    variables: tuple[Variable, ...]
    unavailable: tuple[tuple[str, str], ...] = ()

    def find(self, name: str) -> Variable | None:
        return next((variable for variable in self.variables if variable.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(variable.name for variable in self.variables)
