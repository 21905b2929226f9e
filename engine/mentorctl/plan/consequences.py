"""What a plan means, as values: measures on both sides of it, what breaks, what moves, who hears what, what drifted.

They are part of a saved plan and no part of the digest of its effects. People are counted and never named.
"""

from enum import StrEnum

from mentorctl.values import dataclass


class Impact(StrEnum):
    """What a change means to the people in it, from nothing to the worst."""

    NONE = "none"
    INTERNAL = "internal"
    INFORMED = "informed"
    RESCHEDULED = "rescheduled"
    RE_MATCHED = "re-matched"
    UN_MATCHED = "un-matched"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """How good the matches of a program are at one side of the plan; only live matches count, peers as mentees.

    `mentees` look for a match or have one, `matched` have one. `scores` and `load` are distributions, in ascending
    order: how many matches have a score, how many mentors so many mentees. `fairness_gap` is the largest gap in match
    rate between groups of a protected field, in hundredths of a percent; None where groups are too small or nothing
    is protected.
    """

    mentees: int = 0
    matched: int = 0
    mentors: int = 0
    mentors_used: int = 0
    matches: int = 0
    score_total: int = 0
    score_lowest: int = 0
    scores: tuple[tuple[int, int], ...] = ()
    load: tuple[tuple[int, int], ...] = ()
    fairness_gap: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Churn:
    """Matches that stay, begin and end; of those that end, of how many people were told, and how many have met."""

    kept: int = 0
    made: int = 0
    ended: int = 0
    ended_announced: int = 0
    ended_met: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarMoves:
    """Sessions that are new, that move and that are cancelled, and how many people have one of them."""

    added: int = 0
    moved: int = 0
    cancelled: int = 0
    people: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Telling:
    """One message that would go out. `when` is empty for what is sent at apply, else the ISO day that it waits for.

    `occasion` is the event that it follows, such as match.proposed, or empty for one that belongs to a day. `people`
    counts those of the program; `others` are words for whom else it is sent to, such as owner.
    """

    cohort: str
    when: str
    message: str
    template: str
    channel: str
    occasion: str
    people: int
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A line of a file (or the roster, where `file` is empty) and how many people are touched because of it."""

    file: str
    line: int
    column: int
    path: str
    reason: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramConsequences:
    """What the plan means in one program. `people` are those it knows; `impact` counts each by the worst for them."""

    program: str
    people: int
    impact: tuple[tuple[Impact, int], ...] = ()
    before: Measures
    after: Measures
    churn: Churn = Churn()
    calendar: CalendarMoves = CalendarMoves()
    tellings: tuple[Telling, ...] = ()
    causes: tuple[Cause, ...] = ()


class Moved(StrEnum):
    """What moved although no file asked for it."""

    ROSTER = "roster"
    STATE = "state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Something that is other than at the last apply, though no file asked for it. `matters`: it changes an effect."""

    program: str
    cohort: str
    kind: Moved
    what: str
    people: int
    matters: bool
