"""The roster contract as values: which fields people have, of what type, and what a blank means."""

from enum import StrEnum

from mentorctl.values import dataclass


class Role(StrEnum):
    MENTOR = "mentor"
    MENTEE = "mentee"
    PEER = "peer"


PAIR_ROLES = (Role.MENTOR, Role.MENTEE)  # the roles of every model but peer


class Audience(StrEnum):
    """Who something is for; `both` are mentors and mentees."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    PEER = "peer"
    BOTH = "both"
    EVERYONE = "everyone"

    def includes(self, role: Role) -> bool:
        if self is Audience.BOTH:
            return role is not Role.PEER
        return self is Audience.EVERYONE or self.value == role.value


class FieldType(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    LEVEL = "level"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    TIMEZONE = "timezone"
    AVAILABILITY = "availability"
    ABSENCES = "absences"
    HOLIDAYS = "holidays"
    PERSON = "person"
    RANKING = "ranking"
    TEXT = "text"


class Missing(StrEnum):
    """What a rule makes of a blank cell.

    `matches_nothing`: the blank equals, overlaps and reaches nothing, so `same` is false and `different` is true.
    `passes` and `fails` decide the whole rule, whatever it compares and whether it is negated.
    `refused`: the row is a defect.
    """

    MATCHES_NOTHING = "matches_nothing"
    PASSES = "passes"
    FAILS = "fails"
    REFUSED = "refused"


class Unlinked(StrEnum):
    """What to do with a row flagged as both roles when no second row links it."""

    IGNORE = "ignore"
    REPORT = "report"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the contract, or one fact (training done, approvals given)."""

    id: str
    type: FieldType
    column: str
    answered_by: Audience = Audience.EVERYONE
    required: bool = False
    sensitive: bool = False
    used_in_matching: bool = True
    scale: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    separator: str = ","
    aliases: tuple[tuple[str, str], ...] = ()
    trim: bool = True
    ignore_case: bool = True
    missing: Missing = Missing.MATCHES_NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One roster file. `role` or `role_column` says which role its rows apply for."""

    file: str
    role: Role | None
    role_column: str = ""
    program: str = ""
    cohort: str = ""
    delimiter: str = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class BothRoles:
    """A column by which rows claim both roles, and what to do when the second row is missing."""

    column: str
    yes: tuple[str, ...]
    unlinked: Unlinked


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What the roster promises: where it lies and what its columns mean."""

    sources: tuple[Source, ...]
    id_column: str
    name_columns: tuple[str, ...]
    fields: tuple[Field, ...]
    facts: tuple[Field, ...]
    both_roles: BothRoles | None = None
    by_hand: str = ""  # the file with decisions about single people

    def __hash__(self) -> int:
        """Of little, because all that is remembered by rule is looked up by contract too."""
        return hash((self.id_column, len(self.fields)))

    def field(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.id == name), None)

    def fact(self, name: str) -> Field | None:
        return next((f for f in self.facts if f.id == name), None)
