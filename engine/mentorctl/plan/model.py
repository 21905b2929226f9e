"""The plan: an inert, sorted list of changes, bound to the state and the inputs it was made from."""

from dataclasses import dataclass
from enum import StrEnum

from mentorctl.addresses import Address
from mentorctl.diagnostics import Place
from mentorctl.lifecycle.migration import MigrationChange
from mentorctl.plan.certificates import MatchingCertificate
from mentorctl.state.model import Record


class Action(StrEnum):
    """What happens to a record; the value is the sign that is printed."""

    CREATE = "+"
    UPDATE = "~"
    DELETE = "-"


class Impact(StrEnum):
    """What a change means to the people in it, from nothing to the worst."""

    NONE = "none"
    INTERNAL = "internal"
    INFORMED = "informed"
    RESCHEDULED = "rescheduled"
    RE_MATCHED = "re-matched"
    UN_MATCHED = "un-matched"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a record changes, where that is known better than from its two sides: a phrase, and the line behind it."""

    phrase: str
    cause: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One record before and after. `reason` is a short constant phrase; `cause` the line that asked for it."""

    action: Action
    address: Address
    before: Record | None
    after: Record | None
    impact: Impact
    reason: str
    cause: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingSummary:
    """How one cohort was matched: sizes, the proved objective and who is left.

    Peers are counted as mentees. `settled`: another solver gives the same answer; `gap` is how much better an answer
    could be where it is not proved. `problem` is its class, `parts` how many there are that have nobody in common.
    Where matches are `stable`, the best answer would have so many more points, mentees and mentors (below zero: fewer),
    and `blocking` pairs who would leave it for each other.
    """

    program: str
    cohort: str
    model: str
    mentees: int
    mentors: int
    admissible_pairs: int
    matches: int
    kept: int
    score: int
    mentees_covered: int
    mentors_covered: int
    proved: bool
    settled: bool
    gap: int
    unmatched_mentees: int
    solver: str
    problem: str
    parts: int
    stable: bool = False
    score_lost: int = 0
    mentees_lost: int = 0
    mentors_lost: int = 0
    blocking: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulingSummary:
    """How the meetings of one cohort were placed; `gap` is how far from the best it can be at most, in millionths."""

    program: str
    cohort: str
    sessions: int
    asked: int
    proved: bool
    gap: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """A session without a slot: what it is, from which to which day it was to be, and the limit that explains it."""

    program: str
    cohort: str
    kind: str
    subject: str
    number: int
    first: str
    last: str
    people: tuple[str, ...]
    minutes: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A sentence about a cohort that is not a finding, e.g. when its matching opens."""

    program: str
    cohort: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionText:
    """The lifecycles of a program as they are kept in the store: their digest and their canonical JSON."""

    program: str
    digest: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What apply would do, and nothing it would still have to decide.

    `inputs` is the digest of the compiled programs and the roster; `digest` that of the effects alone, so that it
    survives a new date, a new tool and a comment in the YAML. `definitions` are those that the store lacks;
    `certificates` prove the matches and are no effects, nor is what is `unplaced`.
    """

    workspace: str
    lineage: str
    serial: int
    as_of: str
    inputs: str
    changes: tuple[Change, ...]
    matchings: tuple[MatchingSummary, ...]
    schedules: tuple[SchedulingSummary, ...]
    notices: tuple[Notice, ...]
    digest: str
    definitions: tuple[DefinitionText, ...] = ()
    migrations: tuple[MigrationChange, ...] = ()
    certificates: tuple[MatchingCertificate, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.changes and not self.migrations
