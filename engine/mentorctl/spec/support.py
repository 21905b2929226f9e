"""What accompanies the matches of a program, as frozen values: goals, questions, messages, measures, limits."""

from datetime import date
from enum import StrEnum

from mentorctl.dates.durations import Duration
from mentorctl.dates.timeline import Moment
from mentorctl.rules.fields import Audience
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A dated step of a project."""

    id: str
    title: str
    due: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalTemplate:
    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Goals:
    """What a match agrees on. `agreement` is none, optional or required."""

    agreement: str = "none"
    sign_by: Moment | None = None
    at_least: int = 0
    at_most: int = 3
    templates: tuple[GoalTemplate, ...] = ()
    review: tuple[Moment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What a meeting is about."""

    id: str
    title: str
    topics: tuple[str, ...] = ()
    link: str = ""


class AnswerType(StrEnum):
    """The type of the answer to a question."""

    RATING = "rating"
    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`scale` holds the lowest and the highest answer of a rating, `options` those of a choice."""

    id: str
    ask: str
    type: AnswerType
    scale: tuple[int, int] = (1, 5)
    options: tuple[str, ...] = ()
    required: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Questions that belong together, by id."""

    id: str
    title: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Who is told when the expression over the answers is true."""

    when: str
    tell: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """Questions to participants at moments, perhaps repeated. `asks` are ids, those of its form included."""

    id: str
    at: tuple[Moment, ...]
    audience: Audience
    asks: tuple[str, ...] = ()
    form: str = ""
    every: Duration | None = None
    alerts: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A guide, recording or tool that people are offered."""

    id: str
    title: str
    link: str
    audience: Audience
    description: str = ""
    offered: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What some people are told, on an occurrence (`match.accepted`) or at a moment."""

    id: str
    to: tuple[str, ...]
    template: str
    subject: str = ""
    channel: str = "email"
    on: str = ""
    at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Exactly one of: a ratio of two counts, a field of the roster, the average answer to a question.

    `warn_below` and `warn_above` are percentages of ratios (as written) or numbers.
    """

    id: str
    ratio: tuple[str, str] | None = None
    source: str = ""
    question: str = ""
    warn_below: str = ""
    warn_above: str = ""
    review: str = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """What the program costs and saves; `compare_with` names the group of those who did not take part."""

    program_cost: int = 0
    replacement_cost: str = ""
    compare_with: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    measures: tuple[Measure, ...] = ()
    returns: Returns | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """When `on` happened, and `after` passed without `unless`, `do` this."""

    id: str
    on: str
    do: str
    after: Duration | None = None
    unless: str = ""
    message: str = ""
    module: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnChange:
    """What happens to people who are in the program when it changes."""

    in_flight: str = "migrate"
    timers: str = "keep"
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOver:
    """Whoever is in the state `old`, and for whom `when` holds, is in `to` afterwards; `timers` say what those do."""

    old: str
    to: str
    when: str = ""
    timers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """How people are carried over when a lifecycle changes. `since` begins the digest that they are under."""

    lifecycle: str
    states: tuple[CarriedOver, ...]
    since: str = ""
    events: tuple[tuple[str, str], ...] = ()
    effects: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many people a plan may do `what` to: a number, a share of the applicants in %, or both."""

    what: str
    people: int | None = None
    share: str = ""
