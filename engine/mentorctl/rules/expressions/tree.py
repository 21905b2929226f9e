"""The typed tree: what an expression computes, without a name that could be unknown or a type that could not fit.

Below a comparison everything but texts is a number: a level is its rank (from 0), a date its day (1 is the first day of
year 1), a duration its minutes. Every part has a value whatever the row holds, so that parts may be computed in any
order, or all of them.
"""

from enum import StrEnum

from mentorctl.rules.expressions.types import BOOL, NUMBER, Type, Variable
from mentorctl.values import dataclass

type Node = (
    Constant | Read | Known | Choose | Not | All | Some | Compare | SameText | Listed | Contains | Size | Calculate
)


class Operator(StrEnum):
    EQUAL = "=="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    MORE = ">"
    MORE_OR_EQUAL = ">="


class Operation(StrEnum):
    """`left` and `right` of a calculation, and what it gives."""

    ADD = "add"  # two numbers; the sum is rounded
    SUBTRACT = "subtract"  # two numbers; the difference is rounded
    STEPS = "steps"  # two levels; how far the first is above the second
    LONGER = "longer"  # two durations
    SHORTER = "shorter"  # two durations
    BETWEEN = "between"  # two dates; the duration from the second to the first
    LATER = "later"  # a date and a duration, of which whole days count
    EARLIER = "earlier"  # a date and a duration, of which whole days count
    MONTHS_LATER = "months later"  # a date and a number of months; past the end of a month is its last day
    MONTHS_EARLIER = "months earlier"  # as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A text, true or false, or a number: of a number itself, a rank, a day, minutes or months."""

    type: Type
    value: bool | float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The value of a name; where it is blank, any value of its type."""

    variable: Variable

    @property
    def type(self) -> Type:
        return self.variable.type


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Whether a name is not blank; a set is blank when it is empty."""

    variable: Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose:
    type: Type
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    term: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """At least one of the terms holds; without terms, false."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """Two values of one kind that are no texts: numbers, ranks, days, minutes, or truths (only whether equal)."""

    operator: Operator
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class SameText:
    """Two texts, or two people, that read the same."""

    left: Node
    right: Node
    trim: bool
    ignore_case: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A text that reads the same as one of some texts."""

    item: Node
    values: tuple[str, ...]
    trim: bool
    ignore_case: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains:
    """A set that holds a text."""

    words: Read
    item: Node
    trim: bool
    ignore_case: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many answers a set holds, or characters a text."""

    of: Node
    of_set: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculate:
    type: Type
    operation: Operation
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A checked expression that is true or false. `variables` are those it reads, by name."""

    text: str
    root: Node
    variables: tuple[Variable, ...]

    @property
    def required(self) -> tuple[str, ...]:
        """The names that sound rows always answer; where one is blank, the expression is false."""
        return tuple(v.name for v in self.variables if not v.optional)


def type_of(node: Node) -> Type:
    """The type of the value that a part computes."""
    match node:
        case Constant(type=kind) | Choose(type=kind) | Calculate(type=kind):
            return kind
        case Read(variable=variable):
            return variable.type
        case Size():
            return NUMBER
        case _:
            return BOOL
