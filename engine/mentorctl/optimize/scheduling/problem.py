"""What scheduling decides on, and its answers, as values.

Time is counted in quarter hours since an epoch of the caller's choice, in UTC. Local time, holidays,
daylight saving and everybody's other appointments are settled before: a candidate is a time at which the
session could be held.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mentorctl.values import dataclass

_LARGEST_WORTH = 2**31
_LARGEST_HARDSHIP = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How the meetings of one pair are spaced, where its program differs from the others.

    In quarter hours: how long a meeting takes, and how far the starts of meetings in consecutive windows are apart at
    least and at most. `regular_bonus` is worth, for each meeting at the regular time.
    """

    length: int
    gap_min: int
    gap_max: int
    regular_bonus: int

    def __post_init__(self) -> None:
        for defect in _terms_defects(self):
            raise ValueError(defect)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a price that rises: each unit of hardship of a person above `above` costs `price` of worth."""

    above: int
    price: int

    def __post_init__(self) -> None:
        if self.above < 0 or not 0 < self.price <= _LARGEST_WORTH:
            raise ValueError(f"a step is above 0 units or more and costs 1 to {_LARGEST_WORTH} each")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairCandidates:
    """One pair and the times at which its meetings could start, in the order of time.

    `people` are all who meet, in one numbering of all people. Candidates of the same `window`
    are alternatives for one meeting. `worth` is what a meeting then is worth, `week` the week it counts for
    and `regular` the local weekday and clock time as a number. `pools` are the numbers of the pools of which each
    meeting takes one place; `hardship[i, candidate]` is how unsocial the hour is for `people[i]`, 0 for not at all.
    Raises ValueError where this does not hold.
    """

    people: tuple[int, ...]
    slots: NDArray[np.int64]
    worth: NDArray[np.int64]
    window: NDArray[np.int32]
    week: NDArray[np.int32]
    regular: NDArray[np.int32]
    terms: Terms | None = None
    pools: tuple[int, ...] = ()
    hardship: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        for defect in _pair_defects(self):
            raise ValueError(f"pair {self.people}: {defect}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What was found for one group of pairs that are linked by people or pools.

    `key` is a digest of everything that the group's timetable depends on; people and pools count in it by their order
    within the group, so that it stays the same when others come and go. `value` and `bound` leave out what keeping
    slots is worth; `stay` is what it was worth when this was found.
    """

    key: str
    value: int
    bound: int
    stay: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The timetable that is being changed: for each pair of the problem its meetings so far as (window, slot).

    Each meeting that keeps its slot is worth `stay` more. `parts` are those of the answer it came from: a group with
    the same key keeps its timetable without being solved again.
    """

    starts: tuple[tuple[tuple[int, int], ...], ...]
    parts: tuple[Part, ...] = ()
    stay: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.stay <= _LARGEST_WORTH:
            raise ValueError(f"keeping a slot must be worth from 0 to {_LARGEST_WORTH}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesProblem:
    """Meetings for many pairs: at most one per pair and window, of the most worth in total.

    A session takes `length` quarters; nobody is in two at a time nor in more than `per_week` a week.
    Meetings of a pair in consecutive windows start at least `gap_min` and at most `gap_max` quarters apart;
    a window may be skipped, which loses its worth and frees the next one. Each pair gains `regular_bonus`
    for every meeting at its regular time, which is the time it meets at most often. Terms of a pair take the place of
    these. `load[person]` is a weekly limit of its own, 0 for none of its own; `pools` says how many meetings can take
    place at a time in each pool. Each person pays for hardship by the `steps`, over all meetings. Raises
    ValueError where this does not hold.
    """

    pairs: tuple[PairCandidates, ...]
    length: int
    per_week: int
    gap_min: int
    gap_max: int
    regular_bonus: int
    load: NDArray[np.int64] | None = None
    pools: tuple[int, ...] = ()
    steps: tuple[Step, ...] = ()
    before: Before | None = None

    def __post_init__(self) -> None:
        for defect in _series_defects(self):
            raise ValueError(defect)

    def terms(self, pair: PairCandidates) -> Terms:
        """What holds for one pair."""
        return pair.terms or Terms(
            length=self.length, gap_min=self.gap_min, gap_max=self.gap_max, regular_bonus=self.regular_bonus
        )

    def weekly(self, person: int) -> int:
        """How many meetings a person may have in a week."""
        own = int(self.load[person]) if self.load is not None else 0
        return own or self.per_week


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesAnswer:
    """For each pair its meetings as (window, slot), in the order of time; the worth of all of them together.

    What keeping slots is worth and what hardship costs are in `value`. No timetable is worth more than `bound`;
    `proved` says that this one reaches it. `parts` tells the same for each group of linked pairs.
    """

    starts: tuple[tuple[tuple[int, int], ...], ...]
    value: int
    bound: int
    proved: bool
    parts: tuple[Part, ...] = ()


def _pair_defects(pair: PairCandidates) -> Iterator[str]:
    columns = (pair.slots, pair.worth, pair.window, pair.week, pair.regular)
    if len({len(column) for column in columns}) > 1:
        yield "slots, worth, window, week and regular differ in length"
    if len(set(pair.people)) != len(pair.people) or len(pair.people) < 2 or min(pair.people) < 0:  # noqa: PLR2004
        yield "those who meet must be different people, two at least, numbered from 0"
    if np.any(np.diff(pair.slots) <= 0):
        yield "the slots are not in the order of time, each once"
    if np.any(np.diff(pair.window) < 0) or np.any(np.diff(pair.week) < 0):
        yield "window or week goes back in time"
    if np.any(np.abs(pair.worth) > _LARGEST_WORTH):
        yield f"a worth is beyond {_LARGEST_WORTH}"
    if len(set(pair.pools)) != len(pair.pools):
        yield "a meeting takes one place of a pool at most"
    if pair.hardship is not None and pair.hardship.shape != (len(pair.people), len(pair.slots)):
        yield f"hardship has the shape {pair.hardship.shape}, not that of people by candidates"
    elif pair.hardship is not None and np.any((pair.hardship < 0) | (pair.hardship > _LARGEST_HARDSHIP)):
        yield f"a hardship is outside 0 to {_LARGEST_HARDSHIP}"


def _terms_defects(terms: Terms) -> Iterator[str]:
    if terms.length < 1:
        yield "a session lasts a quarter hour at least"
    if not 0 <= terms.gap_min <= terms.gap_max:
        yield f"the gap between meetings cannot be from {terms.gap_min} to {terms.gap_max} quarter hours"
    if not 0 <= terms.regular_bonus <= _LARGEST_WORTH:
        yield f"the bonus for a regular time must be from 0 to {_LARGEST_WORTH}"


def _series_defects(problem: SeriesProblem) -> Iterator[str]:
    if problem.length < 1 or problem.per_week < 1:
        yield "a session lasts a quarter hour at least, and one a week must be allowed"
    if not 0 <= problem.gap_min <= problem.gap_max:
        yield f"the gap between meetings cannot be from {problem.gap_min} to {problem.gap_max} quarter hours"
    if not 0 <= problem.regular_bonus <= _LARGEST_WORTH:
        yield f"the bonus for a regular time must be from 0 to {_LARGEST_WORTH}"
    people = max((person for pair in problem.pairs for person in pair.people), default=-1)
    if problem.load is not None and (len(problem.load) <= people or np.any(problem.load < 0)):
        yield f"load needs a number of 0 or more for each of {people + 1} people"
    if any(places < 1 for places in problem.pools):
        yield "a pool without a place cannot be used; leave out the candidates that need it"
    if any(not 0 <= pool < len(problem.pools) for pair in problem.pairs for pool in pair.pools):
        yield f"a pair needs a pool outside 0 to {len(problem.pools) - 1}"
    if problem.before is not None and len(problem.before.starts) != len(problem.pairs):
        yield f"{len(problem.before.starts)} earlier series were given for {len(problem.pairs)} pairs"
    stay = problem.before.stay if problem.before else 0
    if stay and any(pair.worth.max(initial=0) + stay > _LARGEST_WORTH for pair in problem.pairs):
        yield f"with what keeping its slot is worth, a candidate is beyond {_LARGEST_WORTH}"
