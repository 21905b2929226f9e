"""Conditions on one person: who may take part in which role."""

from enum import StrEnum

from mentorctl.values import dataclass


class Comparison(StrEnum):
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    IS = "is"
    ONE_OF = "one_of"
    CONTAINS = "contains"
    CONTAINS_ANY = "contains_any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """`field comparison values`, e.g. level at_least senior. `one_of` and `contains_any` may have several values."""

    field: str
    comparison: Comparison
    values: tuple[str | int | float | bool, ...]
