"""The rules that compare two people: predicates, scores and the rule that carries them.

A hard rule (`require`) must hold; a soft rule (`prefer`) gives points where it holds. Everything here is a value;
`optimize.scoring` turns it into columns and `spec.rule_checks` checks it against the contract. Where peers are matched,
the person called `a` stands in the place of the mentee and the one called `b` in that of the mentor.
"""

from enum import StrEnum

from mentorctl.rules.fields import Missing, Role
from mentorctl.values import dataclass

WHOLE = 100_000  # a share of 100 %, in thousandths of a percent
MOST_POINTS = 1_000_000  # what a number of the roster or of another system gives at most, and takes at most


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPair:
    """The field of the mentee and the field of the mentor that a predicate compares; often the same one."""

    mentee: str
    mentor: str


class Of(StrEnum):
    """Whose answers a share is taken of; `union` is what either of the two answered."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    UNION = "union"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ago:
    """A stretch of calendar months or days before the day of matching; one of the two is zero."""

    months: int = 0
    days: int = 0


# -- predicates --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    fields: FieldPair


@dataclass(frozen=True, slots=True, kw_only=True)
class Different:
    fields: FieldPair


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """At least `at_least` answers in common, and these at least the share `share` (of WHOLE) of the answers `of`."""

    fields: FieldPair
    at_least: int = 1
    share: int = 0
    of: Of = Of.UNION


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains:
    """The mentor's answers contain all of the mentee's."""

    fields: FieldPair


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueMatrix:
    """The two have one of the listed pairs of values (mentee's, mentor's); `forbid` means that they have none of them.

    Of several answers each counts.
    """

    fields: FieldPair
    pairs: tuple[tuple[str, str], ...]
    forbid: bool = False


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
    """At least `minutes` in common in the weekly availability of the two, and `block` minutes of them on end."""

    minutes: int = 0
    block: int = 0
    field: str = "availability"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """The person of role `by` named the other in the ranking `field`, among the first `within` where given.

    `by` peer is the person called `a`.
    """

    by: Role
    field: str
    within: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetBefore:
    """The two were matched with each other before, ever or not longer ago than `within`."""

    within: Ago | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclinedBefore:
    """One of the two declined the other before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The two are one of the listed pairs, by roster id (mentee's, mentor's); peers in either order."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredOutside:
    """The two have a score in the table that another system made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The expression `text` is true. It speaks of `mentor` and `mentee`, or of the peers `a` and `b`."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    of: "Predicate"


type Comparing = Same | Different | Overlap | Contains | ValueMatrix | Gap  # of two fields
type OfOneField = ReportingLine | TimezoneWithin | AvailabilityOverlap | Rank
type OfThePair = MetBefore | DeclinedBefore | Listed | ScoredOutside  # no cell is read, so none can be blank
type Predicate = Comparing | OfOneField | OfThePair | When | Not


# -- scores ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """The same points wherever the rule holds."""

    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsEach:
    """Points for every answer in common, at most `cap` answers where given.

    `rare`: an answer counts the more the fewer of the mentors (or peers) gave it; with a cap the rarest count.
    """

    points: int
    cap: int | None = None
    rare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsShare:
    """The part of the points that the answers in common are of all answers `of`."""

    points: int
    of: Of


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsByRank:
    """Points for the first, second, … wish; later wishes get none."""

    points: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsByGap:
    """Points by the exact gap; other gaps get none."""

    table: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsByValues:
    """Points for a mentee's and a mentor's value; of several answers all listed pairs count."""

    table: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsFrom:
    """What the person of role `by` says in `field`, `times` over: a number, or the step of a level (the lowest is 1).

    A blank gives nothing. `by` peer is the person called `a`.
    """

    by: Role
    field: str
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsWaited:
    """Points for every round that the mentee (each of two peers) waited, at most `at_most` points."""

    points: int
    at_most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsOutside:
    """The score that another system gave, `weight` over."""

    weight: int = 1


type Score = (
    Points
    | PointsEach
    | PointsShare
    | PointsByRank
    | PointsByGap
    | PointsByValues
    | PointsFrom
    | PointsWaited
    | PointsOutside
)


# -- rules -------------------------------------------------------------------------------------------------------------


class Origin(StrEnum):
    """Where a rule comes from: written in the program, shipped with its model, or meant by another key."""

    PROGRAM = "program"
    MODEL = "model"
    IMPLIED = "implied"


class Ways(StrEnum):
    """How a rule that is not symmetric treats two peers, who have no order.

    `both`: it must hold both ways round, and a soft rule gives the points of both added. `either`: one way is enough,
    and a soft rule gives the larger points of the ways in which it holds.
    """

    BOTH = "both"
    EITHER = "either"


class Unranked(StrEnum):
    """Who is not named in a ranking, or has no score from outside: gives no points, or is no candidate."""

    INDIFFERENT = "indifferent"
    UNACCEPTABLE = "unacceptable"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRule:
    """One matching rule. `score` is None for hard rules; `cap` bounds the points of a soft rule, up and down."""

    id: str
    predicate: Predicate
    score: Score | None = None
    because: str = ""
    missing: Missing | None = None
    ways: Ways | None = None
    cap: int | None = None
    unranked: Unranked = Unranked.INDIFFERENT
    origin: Origin = Origin.PROGRAM


# -- what else decides about pairs -------------------------------------------------------------------------------------


class Scaling(StrEnum):
    """How the sum of points becomes the score of a pair.

    `none`: it is the score. `max_possible`: shown as a percentage of what the rules can give at most; the sum itself is
    optimized. `per_mentee`: each mentee's candidates are spread over 0 to 100, and that is optimized.
    """

    NONE = "none"
    MAX_POSSIBLE = "max_possible"
    PER_MENTEE = "per_mentee"


class Verdict(StrEnum):
    """`force`: must be matched. `allow`: is a candidate whatever the rules say. `deny`: is none."""

    FORCE = "force"
    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPair:
    """A decision about two people by roster id; `in_state` says that it is kept there and in no file."""

    mentee: str
    mentor: str
    verdict: Verdict
    because: str = ""
    in_state: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPoints:
    """Points for pairs of (mentee, mentor) by roster id, for what people said of each other."""

    id: str
    points: int
    pairs: tuple[tuple[str, str], ...]
    because: str


class Declined(StrEnum):
    """How far a decline reaches: the same two are not proposed again in this program, or in no program."""

    PROGRAM = "program"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True, kw_only=True)
class EverRepeats:
    """Nobody is matched with the same person again, ever or for a time."""

    within: Ago | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterEveryone:
    """Two meet again only when neither has a candidate left whom they met less often."""


type NoRepeat = EverRepeats | AfterEveryone


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryTerms:
    """What earlier matches mean: no repeats, points for a previous pair, and how far a decline reaches."""

    no_repeat: NoRepeat | None = None
    favor_previous: int = 0
    declined: Declined | None = None


class ScoreForm(StrEnum):
    """A file of scores: a row per pair (columns mentor, mentee, score), or a row per mentee and a column per mentor."""

    LIST = "list"
    MATRIX = "matrix"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideSource:
    """A file of scores that another system made. `unscored`: what becomes of pairs that have none."""

    file: str
    form: ScoreForm = ScoreForm.LIST
    weight: int = 1
    unscored: Unranked = Unranked.INDIFFERENT
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTerms:
    """What `matching` says about pairs beside its rules. `minimum` is compared with the sum of points, unscaled.

    `only` and `said` come from what happened: the pairs that a process has left, and points for what people said.
    """

    minimum: int | None = None
    scaling: Scaling = Scaling.NONE
    named: tuple[NamedPair, ...] = ()
    history: HistoryTerms = HistoryTerms()
    outside: OutsideSource | None = None
    waiting: PointsWaited | None = None
    only: tuple[tuple[str, str], ...] | None = None
    said: tuple[PairPoints, ...] = ()
