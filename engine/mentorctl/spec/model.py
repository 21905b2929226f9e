"""What the files say, as frozen values. Built by `spec.read` after the schema has vouched for the shape."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum

from mentorctl.dates.durations import Duration
from mentorctl.dates.timeline import Extension, Moment, Phase, PhaseChange, TimelineRules
from mentorctl.dates.workdays import Calendars, DaySpan
from mentorctl.rules.eligibility import Condition
from mentorctl.rules.fields import Audience, Contract, Role
from mentorctl.spec.lifecycles import LifecycleChange
from mentorctl.spec.matching import Capacity, Headcount, Matching
from mentorctl.spec.renames import Former
from mentorctl.spec.support import (
    Agenda,
    CheckIn,
    Form,
    Goals,
    Limit,
    Message,
    Migration,
    Milestone,
    Monitoring,
    OnChange,
    Question,
    Reaction,
    Resource,
)
from mentorctl.values import dataclass

# Of a field with this mark only a value other than the default counts in digests: programs written before there was
# such a field keep theirs, so that nobody is told that a program changed which did not.
LATER: Mapping[str, bool] = {"sparse": True}


class Unsocial(StrEnum):
    """What to do about hours that are not preferred."""

    AVOID = "avoid"
    SHARE = "share"


class Regular(StrEnum):
    """How much the same weekday and time counts."""

    NONE = "none"
    WEAK = "weak"
    STRONG = "strong"


class ModelType(StrEnum):
    """The nine mentoring models: who is matched with whom, in which shape."""

    ONE_ON_ONE = "one-on-one"
    PEER = "peer"
    GROUP = "group"
    REVERSE = "reverse"
    FLASH = "flash"
    TEAM = "team"
    VIRTUAL = "virtual"
    MOSAIC = "mosaic"
    FUNCTIONAL = "functional"


class Mode(StrEnum):
    """live: the program runs. observe: plan says what it would do. suspended: it is halted for a while."""

    LIVE = "live"
    OBSERVE = "observe"
    SUSPENDED = "suspended"


class Leaving(StrEnum):
    """What becomes of those who take part in a program that is retired."""

    FINISH = "finish"
    WITHDRAW = "withdraw"
    TRANSFER = "transfer"


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
    BLENDED = "blended"

    @property
    def has_sessions(self) -> bool:
        return self is not Format.SELF_PACED


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
    tool: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Who may take part in one role. `approval` names who approves (`manager`, `program`), or is empty.

    `when` is an expression over the person's fields, or empty.
    """

    conditions: tuple[Condition, ...] = ()
    approval: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How people hear of the program; `also` are groups that are approached in person."""

    invite: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """A run of the program: what it does otherwise than the phases say, and which of them last longer."""

    id: str
    start: date
    changes: tuple[PhaseChange, ...] = ()
    extended: tuple[Extension, ...] = ()


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
    description: str = ""
    link: str = ""
    facilitator: str = ""
    room: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meetings:
    """How those of a match meet. `hours` and `preferred` are quarter hours of the day, in each person's own zone.

    `gap` is the least and the most time between two meetings in a row, `notice` how long before people hear of one,
    `per_week_from` the field with a person's own weekly load.
    """

    every: Duration | None
    lasts: Duration
    at_least: int
    hours: tuple[int, int]
    per_week: int
    channel: str = ""
    structure: str = "guided"
    agendas: tuple[str, ...] = ()
    per_week_from: str = field(default="", metadata=LATER)
    preferred: tuple[int, int] | None = field(default=None, metadata=LATER)
    unsocial: Unsocial = field(default=Unsocial.AVOID, metadata=LATER)
    regular: Regular = field(default=Regular.WEAK, metadata=LATER)
    gap: tuple[Duration, Duration] | None = field(default=None, metadata=LATER)
    notice: Duration | None = field(default=None, metadata=LATER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A date for many at once, such as the kick-off; with `size` it is held in groups of so many people."""

    id: str
    title: str
    format: str
    at: Moment
    lasts: Duration
    audience: Audience
    every: Duration | None = None
    size: Headcount | None = None
    facilitator: str = ""
    room: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What a group of the model functional works on."""

    id: str
    title: str
    deliverable: str
    skills: tuple[str, ...]
    mentors: Headcount
    mentees: Headcount
    for_mentors: tuple[Condition, ...] = ()
    for_mentees: tuple[Condition, ...] = ()
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """The end of a program. `to` is the program in which people go on, of a transfer only."""

    participants: Leaving
    to: str = ""
    because: str = ""


_UNCHANGED = OnChange()
_ANYBODY = Eligibility()
_COHORTS_ON_EVERY_DAY = TimelineRules()
_MONDAY_TO_FRIDAY = Calendars()


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
    peer: Eligibility = _ANYBODY
    phases: tuple[Phase, ...]
    cohorts: tuple[Cohort, ...]
    modules: tuple[Module, ...]
    matching: Matching
    meetings: Meetings | None
    events: tuple[Event, ...]
    check_ins: tuple[CheckIn, ...]
    timeline: TimelineRules = _COHORTS_ON_EVERY_DAY
    mode: Mode = Mode.LIVE
    reach: Reach | None = None
    goals: Goals | None = None
    projects: tuple[Project, ...] = ()
    agendas: tuple[Agenda, ...] = ()
    questions: tuple[Question, ...] = ()
    forms: tuple[Form, ...] = ()
    resources: tuple[Resource, ...] = ()
    messages: tuple[Message, ...] = ()
    monitoring: Monitoring | None = None
    automation: tuple[Reaction, ...] = ()
    lifecycles: tuple[LifecycleChange, ...] = ()
    on_change: OnChange = _UNCHANGED
    migrations: tuple[Migration, ...] = ()
    limits: tuple[Limit, ...] = ()
    # How it comes to be what it is, and how it ends; no part of what it is.
    former: tuple[Former, ...] = field(default=(), compare=False)
    retirement: Retirement | None = field(default=None, compare=False)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that people take in this program."""
        return (Role.PEER,) if self.model.type is ModelType.PEER else (Role.MENTOR, Role.MENTEE)

    def eligibility(self, role: Role) -> Eligibility:
        match role:
            case Role.MENTOR:
                return self.mentor
            case Role.MENTEE:
                return self.mentee
            case Role.PEER:
                return self.peer


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A way to meet, e.g. a video service."""

    id: str
    title: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room. `hours` is a bit set of its week on the clock of its `zone`, None at any time; `closed` are its days."""

    id: str
    title: str
    seats: int
    hours: int | None = None
    closed: tuple[DaySpan, ...] = ()
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facilitator:
    """Who leads training and events. `hours` and `zone` as of a room, `away` are the days on which they do not."""

    id: str
    title: str
    hours: int | None = None
    away: tuple[DaySpan, ...] = ()
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyFiles:
    """Where the iCalendar files of people lie: in a folder by roster id, or where a text field says."""

    folder: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What people have for all programs together: places by role, and hours in four weeks.

    Programs are matched in their `order`, others after them by id; those of one row of `together` as one problem.
    """

    order: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    places: tuple[tuple[Role, Capacity], ...] = ()
    hours: Capacity | None = None


NOTHING_SHARED = Sharing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """mentorctl.yaml: where the state lives, what the roster promises, and the default time zone."""

    id: str
    store: str
    timezone: str
    contract: Contract
    channels: tuple[Channel, ...] = ()
    rooms: tuple[Room, ...] = ()
    facilitators: tuple[Facilitator, ...] = ()
    sharing: Sharing = NOTHING_SHARED
    calendars: Calendars = _MONDAY_TO_FRIDAY
    busy: BusyFiles | None = None
    organizer: str = ""
