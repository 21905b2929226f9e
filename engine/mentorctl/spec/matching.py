"""How a program matches people, as frozen values: rules, capacities, shapes of groups, objective and process."""

from dataclasses import field
from enum import StrEnum

from mentorctl.dates.durations import Duration
from mentorctl.rules.eligibility import Condition
from mentorctl.rules.fields import Role
from mentorctl.rules.pairs import PairRule, PairTerms
from mentorctl.values import dataclass


class ObjectiveTerm(StrEnum):
    """What a matching is best at. Of FAIRNESS_GAP, LOAD_BALANCE, RANK_SUM and CHANGES the best is the least."""

    COVER_MENTEES = "cover_mentees"
    COVER_MENTORS = "cover_mentors"
    COVER_PEERS = "cover_peers"
    COMPLETE_GROUPS = "complete_groups"
    COHESION = "cohesion"
    TOTAL_SCORE = "total_score"
    COVER_WAITING = "cover_waiting"
    WORST_MATCH = "worst_match"
    LEXIMIN = "leximin"
    FAIRNESS_GAP = "fairness_gap"
    LOAD_BALANCE = "load_balance"
    RANK_SUM = "rank_sum"
    CHANGES = "changes"
    FILL_PLACES = "fill_places"  # as many matches as people are to have exactly; no word of the language


class KeepExisting(StrEnum):
    """Whether matches that are only proposed stand while matching is open.

    `strong`: as long as they satisfy the hard rules. `weak`: all are searched again at every plan. `none`: likewise
    when the rules change.
    """

    STRONG = "strong"
    WEAK = "weak"
    NONE = "none"


class Stability(StrEnum):
    """`stable`: no two people prefer each other to what they got, whatever that costs in the objective."""

    NONE = "none"
    STABLE = "stable"


class Unmatched(StrEnum):
    WAITLIST = "waitlist"
    REFUSE = "refuse"


class OddPerson(StrEnum):
    """What happens to the last of an odd number of peers."""

    TRIO = "trio"
    SIT_OUT = "sit_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many matches one person may have: a number, or a field of the contract with a ceiling.

    `at_least` is aimed at before everything else. With `period` the places are for each stretch of that length.
    """

    at_most: int
    field: str = ""
    missing: int = 1
    at_least: int = 0
    period: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Headcount:
    """How many people, both ends included."""

    at_least: int = 1
    at_most: int = 1


_ONE = Headcount()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """How the mentees of a group differ: different answers at least, or the share of one answer at most (in %)."""

    field: str
    at_least: int = 0
    at_most: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRule:
    """How many in a group have a certain answer; `at_most` of None is no bound."""

    field: str
    value: str | int | float | bool
    at_least: int = 0
    at_most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohesion:
    """The topic of a group is the answer that most of its members share; each who shares it gives points."""

    field: str
    points_each: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What a group looks like. `size` counts mentees; `solo_cost` is in points."""

    size: Headcount
    mentors: Headcount = _ONE
    mixture: tuple[Mixture, ...] = ()
    seats: tuple[SeatRule, ...] = ()
    common_slot: Duration | None = None
    solo_cost: int = 0
    cohesion: Cohesion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Teams:
    """Mentees who gave the same answer in `field` are one team, which gets so many mentors."""

    field: str
    mentors: Headcount = _ONE
    common_slot: Duration | None = None
    solo_cost: int = 0
    cohesion: Cohesion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One need of a mosaic: which mentees have it and which mentors serve it."""

    id: str
    mentee: tuple[Condition, ...] = ()
    mentor: tuple[Condition, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skills:
    """The fields in which people say their skills; "" where a role is not asked."""

    mentor: str
    mentee: str
    at_least: int = 1
    points_each: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectWishes:
    """A field that lists ids of projects, and the points for the first, second, … of them."""

    field: str
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxPer:
    """At most so many matched people with the same answer."""

    field: str
    at_most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MinShare:
    """At least this share (in %) of the matched people gave the answer."""

    field: str
    value: str | int | float | bool
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """So many places are kept for people who gave the answer."""

    field: str
    value: str | int | float | bool
    places: int


SMALLEST_GROUP = 5  # people: smaller groups are never compared, because a figure about them is one about a person


class GapMeasure(StrEnum):
    """What groups are compared by: the share of them with a match, or points per person, none for who has no match."""

    MATCH_RATE = "match_rate"
    MEAN_POINTS = "mean_points"

    @property
    def scale(self) -> int:
        """The parts in which it is counted: hundredths of a percent, hundredths of a point."""
        return 10_000 if self is GapMeasure.MATCH_RATE else 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FairnessGap:
    """How far groups of a field may lie apart, in hundredths of a percentage point or of a point; None: no bound."""

    field: str
    measure: GapMeasure = GapMeasure.MATCH_RATE
    at_most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRule:
    """A bound over all matches of a cohort together, on the mentors or the mentees who get one."""

    id: str
    of: Role
    rule: MaxPer | MinShare | Reserve | FairnessGap
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of a process in several rounds; 0 and None: as the capacities say."""

    id: str
    per_mentee: int = 0
    per_mentor: int = 0
    lasts: Duration | None = None


CHOOSING = frozenset({"self-selected", "booking"})  # processes in which people choose each other


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """How matches come about. 0, "" and None are what the program leaves open.

    `chosen_by` and `sides` are for processes in which people choose: who chooses, and whether the other side is asked.
    """

    kind: str = "optimized"
    approve: str = "none"
    chosen_by: str = "mentee"
    sides: int = 2
    shortlist: int = 0
    first_answer: str = "both"
    answer_within: Duration | None = None
    remind_after: Duration | None = None
    on_decline: str = "rerun"
    pending: int = 0
    ready: str = ""
    shows_score: bool = False
    cooldown: Duration | None = None
    request_points: tuple[int, ...] = (10, 6, 3)
    rating_points: int = 10
    rounds: tuple[Round, ...] = ()

    @property
    def has_drafts(self) -> bool:
        """Whether matches are drafts until the owner publishes them."""
        return self.approve == "owner"

    @property
    def is_chosen(self) -> bool:
        """Whether people choose each other, and nothing is searched."""
        return self.kind in CHOOSING

    @property
    def asked(self) -> str:
        """Whose yes a chosen match takes: `mentor`, `mentee` or `nobody`; empty where it is searched or matched."""
        if not self.is_chosen:
            return ""
        if self.sides == 1 or self.kind == "booking":
            return "nobody"
        return "mentor" if self.chosen_by == "mentee" else "mentee"


_OPTIMIZED = Process()
_NO_TERMS = PairTerms()


type Aim = tuple[tuple[ObjectiveTerm, int], ...]  # terms with weights, which make one sum


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """The `matching` section.

    `weights` belong to the terms of the objective: 0 for a term that is an aim of its own, neighbors with other
    weights are one weighted sum. Empty, every term is an aim of its own. `written` are the terms as the program lists
    them; others come from what it says elsewhere.
    """

    require: tuple[PairRule, ...]
    prefer: tuple[PairRule, ...]
    mentor_capacity: Capacity
    mentee_capacity: Capacity
    objective: tuple[ObjectiveTerm, ...]
    weights: tuple[int, ...] = ()
    written: tuple[ObjectiveTerm, ...] = field(default=(), compare=False)
    stability: Stability = Stability.NONE
    keep_existing: KeepExisting = KeepExisting.STRONG
    unmatched: Unmatched = Unmatched.WAITLIST
    process: Process = _OPTIMIZED
    terms: PairTerms = _NO_TERMS
    pool: tuple[PoolRule, ...] = ()
    share_capacity: tuple[str, ...] = ()
    relax: tuple[str, ...] = ()
    odd_person: OddPerson = OddPerson.TRIO
    group: Group | None = None
    teams: Teams | None = None
    needs: tuple[Need, ...] = ()
    skills: Skills | None = None
    wishes: ProjectWishes | None = None

    @property
    def aims(self) -> tuple[Aim, ...]:
        """What the matching is best at, the most important first."""
        aims: list[Aim] = []
        before = 0
        for term, weight in zip(self.objective, self.weights or [0] * len(self.objective), strict=True):
            if weight and before:
                aims[-1] = (*aims[-1], (term, weight))
            else:
                aims.append(((term, weight or 1),))
            before = weight
        return tuple(aims)
