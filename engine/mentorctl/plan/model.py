"""The plan: an inert, sorted list of changes, bound to the state and the inputs it was made from."""

from enum import StrEnum

from mentorctl.addresses import Address
from mentorctl.diagnostics import Place, Span
from mentorctl.lifecycle.migration import MigrationChange
from mentorctl.lifecycle.rename import Rename
from mentorctl.plan.certificates import MatchingCertificate
from mentorctl.plan.consequences import Drift, Impact, ProgramConsequences
from mentorctl.plan.verdicts import Breach, PolicyResult, Remains
from mentorctl.state.model import Record
from mentorctl.values import dataclass

__all__ = [
    "RECORDED",
    "ROSTER",
    "Action",
    "Change",
    "DefinitionText",
    "Impact",
    "MatchingSummary",
    "Notice",
    "Plan",
    "SchedulingSummary",
]


ROSTER = Place(document="(roster)")
RECORDED = Place(document="(recorded)")  # what people did, and what time brought


class Action(StrEnum):
    """What happens to a record; the value is the sign that is printed."""

    CREATE = "+"
    UPDATE = "~"
    DELETE = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a record changes, where that is known better than from its two sides: a phrase, and the line behind it."""

    phrase: str
    cause: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One record before and after. `reason` is a short phrase, `cause` what asked for it: a value of a file, or one
    of the two below where none did.

    `span` is where the cause is written; a saved plan keeps it, so that it can be read without the files.
    """

    action: Action
    address: Address
    before: Record | None
    after: Record | None
    impact: Impact
    reason: str
    cause: Place | None = None
    span: Span | None = None


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
    """How the meetings, trainings or events of one cohort were placed: `kind` says which, as that of their sessions.

    `placed` of what was `asked` for got a time: meetings, seats in training sessions, dates of events. `gap` is how far
    from the best the sessions can be at most, in millionths.
    """

    program: str
    cohort: str
    kind: str
    sessions: int
    placed: int
    asked: int
    proved: bool
    gap: int

    @property
    def from_best(self) -> str:
        """The gap in words, rounded up."""
        return f"at most {-(-self.gap // 100) / 100:.2f} % from the best"


def gap_of(value: int, bound: int) -> int:
    """How far a value is from the best there can be, in millionths, rounded up."""
    return -(-(bound - value) * 1_000_000 // max(1, bound))


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

    `people` are all whom the plan looked at, touched or not. `valid_until` is the last day on which it can sensibly be
    applied, or empty, and `valid_because` what happens then. `read_set` has a fingerprint of each thing that the plan
    depended on, and `digests` the digest of the effects by program and impact. `limits` are those that it exceeds,
    `policies` those that hold for it. `undoes` is the apply that it takes back, by its id, and `remains` what it cannot
    take back of it.

    `renames` come first, then `migrations`, then `changes`. With `adopts`, what is created ran elsewhere until now:
    nobody is told of it, and nothing follows from how it came to stand where it stands.
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
    renames: tuple[Rename, ...] = ()
    migrations: tuple[MigrationChange, ...] = ()
    adopts: bool = False
    certificates: tuple[MatchingCertificate, ...] = ()
    consequences: tuple[ProgramConsequences, ...] = ()
    drift: tuple[Drift, ...] = ()
    people: int = 0
    valid_until: str = ""
    valid_because: str = ""
    read_set: tuple[tuple[str, str], ...] = ()
    digests: tuple[tuple[str, Impact, str], ...] = ()
    limits: tuple[Breach, ...] = ()
    policies: tuple[PolicyResult, ...] = ()
    undoes: str = ""
    remains: tuple[Remains, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.changes and not self.migrations and not self.renames
