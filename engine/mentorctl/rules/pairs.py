"""The rules that compare a mentor with a mentee: predicates, scores and the rule that carries them.

A hard rule (`require`) must hold; a soft rule (`prefer`) gives points where it holds. Everything here is a value;
`optimize.scoring` turns it into columns and `spec.checks` checks it against the contract.
"""

from dataclasses import dataclass
from enum import StrEnum

from mentorctl.rules.fields import Missing, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPair:
    """The field of the mentee and the field of the mentor that a predicate compares; often the same one."""

    mentee: str
    mentor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    fields: FieldPair


@dataclass(frozen=True, slots=True, kw_only=True)
class Different:
    fields: FieldPair


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """At least `at_least` answers in common."""

    fields: FieldPair
    at_least: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """`low <= mentor - mentee <= high`, in steps of a level, units of a number or days of a date; None is open."""

    fields: FieldPair
    low: int | None = None
    high: int | None = None


class Line(StrEnum):
    DIRECT = "direct"
    CHAIN = "chain"
    SAME_MANAGER = "same_manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingLine:
    """One manages the other (directly or along the chain), or both have the same manager."""

    line: Line
    field: str = "manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimezoneWithin:
    """The clocks of the two differ by at most `minutes`."""

    minutes: int
    field: str = "timezone"


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityOverlap:
    """At least `minutes` in common in the weekly availability of the two."""

    minutes: int
    field: str = "availability"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """The person of role `by` named the other in the ranking `field`."""

    by: Role
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    of: "Predicate"


type Predicate = Same | Different | Overlap | Gap | ReportingLine | TimezoneWithin | AvailabilityOverlap | Rank | Not


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """The same points wherever the rule holds."""

    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsEach:
    """Points for every answer in common, at most `cap` answers where given."""

    points: int
    cap: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsByRank:
    """Points for the first, second, … wish; later wishes get none."""

    points: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsByGap:
    """Points by the exact gap; other gaps get none."""

    table: tuple[tuple[int, int], ...]


type Score = Points | PointsEach | PointsByRank | PointsByGap


class Origin(StrEnum):
    """Where a rule comes from: written in the program, or shipped with its model."""

    PROGRAM = "program"
    MODEL = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRule:
    """One matching rule. `score` is None for hard rules."""

    id: str
    predicate: Predicate
    score: Score | None = None
    because: str = ""
    missing: Missing | None = None
    origin: Origin = Origin.PROGRAM
