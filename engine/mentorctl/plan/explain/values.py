"""What there is to say about matches: people by opaque id, rules by place."""

from mentorctl.diagnostics import Place
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """How many more mentees and mentors have a match, and how many points more all matches have; below zero: fewer."""

    mentees: int = 0
    mentors: int = 0
    score: int = 0

    @property
    def is_nothing(self) -> bool:
        return not (self.mentees or self.mentors or self.score)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One pair that would come in or go out."""

    mentee: str
    mentor: str
    comes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A hard rule of the program and where it is written."""

    id: str
    because: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """The best matches with another pair.

    `losses` has what each objective loses, in their order and by name, and `bounds` what it loses at least, which the
    prices alone say. Both are empty where the problem was solved again to know the effect.
    """

    mentee: str
    mentor: str
    score: int
    effect: Effect
    objectives: tuple[str, ...] = ()
    losses: tuple[int, ...] = ()
    bounds: tuple[int, ...] = ()
    moves: tuple[Move, ...] = ()

    @property
    def is_tie(self) -> bool:
        """Whether it is as good, so that only the tie-break decided."""
        return self.effect.is_nothing and not any(self.losses)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchSaid:
    """A match with the terms of its score."""

    id: str
    mentors: tuple[str, ...]
    others: tuple[str, ...]
    subject: str
    state: str
    score: int
    terms: tuple[tuple[str, int], ...]
    given_up: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSaid:
    """One person in one cohort: their matches, what bound them, and what else would have been possible.

    `candidates` counts the pairs that the rules allow, `better` those with more points than the worst match of the
    person, and `full` how many of these better ones have no free place.
    """

    program: str
    cohort: str
    person: str
    role: str
    state: str
    matches: tuple[MatchSaid, ...]
    places: int
    candidates: int
    better: int
    full: int
    alternatives: tuple[Alternative, ...]
    note: str = ""


class Verdict:
    """Why two people are not matched with each other; the words are in the JSON."""

    MATCHED = "matched"
    NOT_READY = "not ready"
    FORBIDDEN = "forbidden"
    DECLINED = "declined"
    NO_PLACE = "no place"
    LOSES = "loses"
    TIE = "tie"
    GAINS = "gains"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """Why two people are not matched in one cohort.

    `rules` are the hard rules that forbid the pair, `if_allowed` is what would change if it were allowed by name, and
    `would_match` whether it would be matched then. `alternative` are the best matches with the pair. `anew`: they have
    matches that stand; the answer is about a search in which nobody has one.
    """

    program: str
    cohort: str
    mentee: str
    mentor: str
    verdict: str
    note: str = ""
    rules: tuple[Rule, ...] = ()
    alternative: Alternative | None = None
    if_allowed: Effect | None = None
    would_match: bool = False
    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """How many candidates one rule took away from those that the rules before it had left."""

    rule: str
    count: int
    left: int
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """Somebody without a match: how many there are to be matched with, and what took them away, in order."""

    person: str
    everybody: int
    removed: tuple[Removed, ...]
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Mentees who can only be matched with a few mentors, who have fewer places; `left` are those without a match."""

    mentees: tuple[str, ...]
    mentors: tuple[str, ...]
    places: int
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """One change of the program, what it would bring, and how many more pairs it allows (0: it adds places)."""

    change: str
    place: Place
    effect: Effect
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedSaid:
    """Who has no match in one cohort, why, and what would help."""

    program: str
    cohort: str
    of: int
    people: tuple[Alone, ...]
    shared: tuple[Shared, ...]
    relaxations: tuple[Relaxation, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSaid:
    """What one more place with a mentor would be worth."""

    mentor: str
    used: int
    places: int
    effect: Effect
    gains: tuple[int, ...]
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueSaid:
    """What one more place would be worth with each mentor of a cohort who is full, the most first.

    With the `others` one more is worth nothing: they have a place left, or nobody would take it.
    """

    program: str
    cohort: str
    objectives: tuple[str, ...]
    places: tuple[PlaceSaid, ...]
    others: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemSaid:
    """What kind of problem the matching of one cohort is.

    `parts` are the sizes of those that have nobody in common, the largest first, and `alone` counts the people without
    a candidate. `places` has for each role the fewest and the most new matches that one person may have.
    """

    program: str
    cohort: str
    kind: str
    because: str
    people: tuple[tuple[str, int], ...]
    pairs: int
    standing: int
    parts: tuple[int, ...]
    alone: int
    places: tuple[tuple[str, int, int], ...]
    objectives: tuple[str, ...]
    is_open: bool
