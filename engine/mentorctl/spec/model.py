"""What the files say, as frozen values. Built by `spec.read` after the schema has vouched for the shape."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mentorctl.dates.durations import Duration
from mentorctl.dates.timeline import Moment, Phase
from mentorctl.rules.eligibility import Condition
from mentorctl.rules.fields import Audience, Contract
from mentorctl.rules.pairs import PairRule


class ModelType(StrEnum):
    """The mentoring models of this version of the language."""

    ONE_ON_ONE = "one-on-one"
    REVERSE = "reverse"


class MentorType(StrEnum):
    PEER = "peer"
    CAREER = "career"
    REVERSE_CAREER = "reverse-career"
    LIFE = "life"


class Relation(StrEnum):
    MENTORING = "mentoring"
    COACHING = "coaching"
    SPONSORING = "sponsoring"


class Delivery(StrEnum):
    IN_PERSON = "in-person"
    VIRTUAL = "virtual"
    HYBRID = "hybrid"


class Format(StrEnum):
    """How a training module is done. Live modules are put on the calendar."""

    SELF_PACED = "self-paced"
    LIVE = "live"


class ObjectiveTerm(StrEnum):
    """What a matching is best at, in order."""

    COVER_MENTEES = "cover_mentees"
    COVER_MENTORS = "cover_mentors"
    TOTAL_SCORE = "total_score"


class KeepExisting(StrEnum):
    """Whether standing matches are kept when the matching rules change while matching is open."""

    STRONG = "strong"
    NONE = "none"


class Unmatched(StrEnum):
    WAITLIST = "waitlist"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """A measurable aim. `due` hangs on the timeline."""

    id: str
    measure: str
    baseline: str = ""
    target: str = ""
    due: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    kind: str
    statement: str
    objectives: tuple[Objective, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sponsor:
    role: str
    commits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    type: ModelType
    mentors: MentorType
    relation: Relation = Relation.MENTORING
    delivery: Delivery = Delivery.HYBRID


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Who may take part in one role. `approval` names who approves (`manager`, `program`), or is empty."""

    conditions: tuple[Condition, ...] = ()
    approval: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    id: str
    start: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A training module. `after` are its prerequisites; `seats` bounds a live session of it (0: no bound)."""

    id: str
    title: str
    audience: Audience
    format: Format
    takes: Duration
    seats: int = 0
    required: bool = False
    due: Moment | None = None
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many matches one person may have: a number, or a field of the contract with a ceiling."""

    at_most: int
    field: str = ""
    missing: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    require: tuple[PairRule, ...]
    prefer: tuple[PairRule, ...]
    mentor_capacity: Capacity
    mentee_capacity: Capacity
    objective: tuple[ObjectiveTerm, ...]
    keep_existing: KeepExisting = KeepExisting.STRONG
    unmatched: Unmatched = Unmatched.WAITLIST


@dataclass(frozen=True, slots=True, kw_only=True)
class Meetings:
    """How pairs meet. `hours` are quarter hours of the day, in each person's own zone."""

    every: Duration | None
    lasts: Duration
    at_least: int
    hours: tuple[int, int]
    per_week: int
    channel: str = ""
    agendas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A date for many at once, such as the kick-off."""

    id: str
    at: Moment
    lasts: Duration
    audience: Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """Questions to participants at moments, perhaps repeated."""

    id: str
    at: tuple[Moment, ...]
    audience: Audience
    asks: tuple[str, ...] = ()
    every: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    id: str
    name: str
    owner: str
    timezone: str
    purpose: Purpose
    sponsor: Sponsor | None
    model: Model
    mentor: Eligibility
    mentee: Eligibility
    phases: tuple[Phase, ...]
    cohorts: tuple[Cohort, ...]
    modules: tuple[Module, ...]
    matching: Matching
    meetings: Meetings | None
    events: tuple[Event, ...]
    check_ins: tuple[CheckIn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """mentorctl.yaml: where the state lives, what the roster promises, and the default time zone."""

    id: str
    store: str
    timezone: str
    contract: Contract
