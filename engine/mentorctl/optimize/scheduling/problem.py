"""What scheduling decides on, and its answers, as values.

Time is counted in quarter hours since an epoch of the caller's choice, in UTC. Local time, holidays,
daylight saving and everybody's other appointments are settled before: a candidate is a time at which the
session could be held.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LARGEST_WORTH = 2**31
NO_SEAT = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairCandidates:
    """One pair and the times at which its meetings could start, in the order of time.

    `people` are all who meet, in one numbering of all people. Candidates of the same `window`
    are alternatives for one meeting. `worth` is what a meeting then is worth, `week` the week it counts for
    and `regular` the local weekday and clock time as a number. Raises ValueError where this does not hold.
    """

    people: tuple[int, ...]
    slots: NDArray[np.int64]
    worth: NDArray[np.int64]
    window: NDArray[np.int32]
    week: NDArray[np.int32]
    regular: NDArray[np.int32]

    def __post_init__(self) -> None:
        for defect in _pair_defects(self):
            raise ValueError(f"pair {self.people}: {defect}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesProblem:
    """Meetings for many pairs: at most one per pair and window, of the most worth in total.

    A session takes `length` quarters; nobody is in two at a time nor in more than `per_week` a week.
    Meetings of a pair in consecutive windows start at least `gap_min` and at most `gap_max` quarters apart;
    a window may be skipped, which loses its worth and frees the next one. Each pair gains `regular_bonus`
    for every meeting at its regular time, which is the time it meets at most often. Raises ValueError where
    this does not hold.
    """

    pairs: tuple[PairCandidates, ...]
    length: int
    per_week: int
    gap_min: int
    gap_max: int
    regular_bonus: int

    def __post_init__(self) -> None:
        for defect in _series_defects(self):
            raise ValueError(defect)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesAnswer:
    """For each pair its meetings as (window, slot), in the order of time; the worth of all of them together.

    No timetable is worth more than `bound`; `proved` says that this one reaches it.
    """

    starts: tuple[tuple[tuple[int, int], ...], ...]
    value: int
    bound: int
    proved: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingProblem:
    """One training module: which of the candidate times to hold it at, and who comes when.

    `available[person, candidate]` has a row for each person who needs the module. `seats` per session, 0
    for no limit. `seated_at` is the candidate each person already has a seat at, -1 for none; those
    sessions exist. Sessions start at least `apart` quarters from each other (0 lets them run side by side);
    at most `per_day` and `per_week` of them fall on one `day` and `week` (0 for no limit). Raises
    ValueError where this does not hold.
    """

    slots: NDArray[np.int64]
    day: NDArray[np.int32]
    week: NDArray[np.int32]
    available: NDArray[np.bool_]
    seated_at: NDArray[np.int32]
    seats: int
    apart: int = 0
    per_day: int = 0
    per_week: int = 0

    def __post_init__(self) -> None:
        for defect in _training_defects(self):
            raise ValueError(defect)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingGoals:
    """What a plan of training sessions is judged by, the most important first.

    `lateness` is the sum of the positions of the sessions among the candidates.
    """

    seated: int
    moved: int
    sessions: int
    lateness: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingAnswer:
    """The candidates at which sessions are held, and for each person the candidate of their seat or -1.

    `moved` counts people who lose the seat they had. Each number of `bounds` is the best that any plan
    could reach which is as good as this one in the goals before it; `proved` says that all are reached.
    """

    sessions: tuple[int, ...]
    seat_of: tuple[int, ...]
    goals: TrainingGoals
    bounds: TrainingGoals
    proved: bool


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


def _series_defects(problem: SeriesProblem) -> Iterator[str]:
    if problem.length < 1 or problem.per_week < 1:
        yield "a session lasts a quarter hour at least, and one a week must be allowed"
    if not 0 <= problem.gap_min <= problem.gap_max:
        yield f"the gap between meetings cannot be from {problem.gap_min} to {problem.gap_max} quarter hours"
    if not 0 <= problem.regular_bonus <= _LARGEST_WORTH:
        yield f"the bonus for a regular time must be from 0 to {_LARGEST_WORTH}"


def _training_defects(problem: TrainingProblem) -> Iterator[str]:
    people, candidates = problem.available.shape
    if {len(problem.slots), len(problem.day), len(problem.week)} != {candidates}:
        yield "slots, day, week and the columns of available differ in length"
    if len(problem.seated_at) != people:
        yield "seated_at and the rows of available differ in length"
    if np.any(np.diff(problem.slots) <= 0):
        yield "the slots are not in the order of time, each once"
    if people and (problem.seated_at.min() < NO_SEAT or problem.seated_at.max() >= candidates):
        yield f"seated_at names a candidate outside 0 to {candidates - 1}"
    if min(problem.seats, problem.apart, problem.per_day, problem.per_week) < 0:
        yield "seats, apart, per_day and per_week cannot be negative"
