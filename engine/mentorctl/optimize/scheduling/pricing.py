"""The best series of meetings for one pair when each time has a price: an exact dynamic program.

Which meeting may follow which is a matter of ranges: candidates stand in the order of time, so those that
may follow one of them in the next window lie side by side, as do those any later. Values are whole numbers
throughout.
"""

from dataclasses import replace
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.kernels.series import PreparedSeries, prepare
from mentorctl.optimize.scheduling.problem import PairCandidates, Terms
from mentorctl.values import dataclass

NEVER = -(2**61)  # the gain of a candidate that is not allowed; far below any sum, far above an overflow
_TOGETHER = 16  # regular times tried in one pass: enough to use whole vectors, few enough to stop early

type Indices = NDArray[np.int64]
type Ranges = tuple[Indices, Indices]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Successors:
    """Which candidates of a pair may follow each candidate, as ranges [first, last) of candidate numbers.

    `near` lies in the very next window and keeps the gap; `far` runs from a number to the end of all
    candidates and skips a window at least. Both are cut where the candidate's week ends, because what
    follows in the same week is limited in number: `*_same` is the part before that, `*_later` the part
    after.
    """

    edges: tuple[tuple[int, int], ...]
    near_same: Ranges
    near_later: Ranges
    far_same: Ranges
    far_later: Indices
    week_starts: tuple[int, ...]
    week_end: Indices
    per_week: int

    @classmethod
    def of(cls, pair: PairCandidates, terms: Terms, per_week: int) -> Self:
        """With at most `per_week` meetings of the pair in a week."""
        slots, window, count = pair.slots, pair.window, len(pair.slots)
        shortest = max(terms.gap_min, terms.length)
        next_first = np.searchsorted(window, window + 1)
        next_last = np.searchsorted(window, window + 2)
        near_first = np.maximum(next_first, np.searchsorted(slots, slots + shortest))
        near_last = np.minimum(next_last, np.searchsorted(slots, slots + terms.gap_max, side="right"))
        far = np.maximum(next_last, np.searchsorted(slots, slots + terms.length))
        week, per_week = _weeks_that_bind(pair, per_week)
        week_end = np.searchsorted(week, week, side="right")
        return cls(
            edges=_edges(window),
            near_same=(near_first, np.minimum(near_last, week_end)),
            near_later=(np.maximum(near_first, week_end), near_last),
            far_same=(far, np.maximum(far, week_end)),
            far_later=np.minimum(np.maximum(far, week_end), count),
            week_starts=tuple(first for first, _ in _edges(week)),
            week_end=week_end,
            per_week=per_week,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegularTimes:
    """The regular times of a pair's candidates, and the candidates grouped by window and regular time."""

    of_candidate: Indices
    group_of_candidate: Indices
    order: Indices
    group_starts: Indices
    group_window: Indices
    group_time: Indices
    count: int

    @classmethod
    def of(cls, pair: PairCandidates) -> Self:
        known, of_candidate = np.unique(pair.regular, return_inverse=True)
        _, segment = np.unique(pair.window, return_inverse=True)
        key = segment * max(1, len(known)) + of_candidate
        order = np.argsort(key, kind="stable")
        groups, group_of_candidate = np.unique(key, return_inverse=True)
        return cls(
            of_candidate=of_candidate,
            group_of_candidate=group_of_candidate,
            order=order,
            group_starts=np.asarray(np.searchsorted(key[order], groups), dtype=np.int64),
            group_window=groups // max(1, len(known)),
            group_time=groups % max(1, len(known)),
            count=len(known),
        )

    def most(self, gain: Indices, bonus: int, edges: tuple[tuple[int, int], ...]) -> Indices:
        """For each regular time, what a series could gain if meetings did not have to keep their gaps."""
        window_best = np.maximum(0, np.maximum.reduceat(gain, [first for first, _ in edges]))
        group_best = np.maximum.reduceat(gain[self.order], self.group_starts) + bonus
        extra = np.maximum(0, group_best - window_best[self.group_window])
        gains = np.full(self.count, window_best.sum())
        np.add.at(gains, self.group_time, extra)
        return gains


def prepared(successors: Successors, times: RegularTimes) -> PreparedSeries | None:
    """The pair for the compiled kernel, or None where there is none."""
    windows = np.array([*(first for first, _ in successors.edges), len(successors.week_end)], np.int64)
    near, far = (*successors.near_same, *successors.near_later), (*successors.far_same, successors.far_later)
    columns = (*near, *far, successors.week_end, times.of_candidate)
    return prepare(successors.per_week, times.count, windows, tuple(np.ascontiguousarray(c, np.int64) for c in columns))


def best_series(successors: Successors, times: RegularTimes, gain: Indices, bonus: int) -> tuple[int, tuple[int, ...]]:
    """The largest gain of a series and the candidates it holds, the earliest among equals; (0, ()) if none
    gains. The compiled kernel gives the same.

    `gain` is per candidate; `bonus` comes on top for each candidate at the series' regular time. Regular
    times are tried in the order of what they could gain at most, until that is no more than what was found.
    """
    if not len(gain):
        return 0, ()
    most = times.most(gain, bonus, successors.edges) if bonus else np.full(1, gain[gain > 0].sum())
    ranking = np.argsort(-most, kind="stable")
    best: tuple[int, tuple[int, ...]] = (0, ())
    for first in range(0, len(ranking), _TOGETHER):
        tried = ranking[first : first + _TOGETHER]
        if most[tried[0]] <= best[0]:
            break
        at_time = times.of_candidate[:, None] == tried
        gains = gain[:, None] + (bonus * at_time if bonus else 0 * at_time)
        tails = _tails(successors, gains)
        reached = tails[-1].max(axis=0)
        winner = int(reached.argmax())
        if reached[winner] > best[0]:
            best = int(reached[winner]), _walk(successors, gains[:, winner], tails[:, :, winner])
    return best


def best_through(forward: Successors, backward: Successors, times: RegularTimes, gain: Indices, bonus: int) -> Indices:
    """For each candidate at least the gain of the best series that holds it.

    `backward` are the successors of the same candidates with time turned round, the last candidate first.
    """
    through = np.full(len(gain), NEVER)
    for first in range(0, times.count, _TOGETHER):
        tried = np.arange(first, min(first + _TOGETHER, times.count))
        gains = gain[:, None] + bonus * (times.of_candidate[:, None] == tried)
        after, before = _tails(forward, gains)[-1], _tails(backward, gains[::-1])[-1][::-1]
        through = np.maximum(through, (after + before - gains).max(axis=1))
    return through


def turned(pair: PairCandidates) -> PairCandidates:
    """The same candidates with time turned round."""
    return replace(
        pair,
        slots=-pair.slots[::-1],
        worth=pair.worth[::-1],
        window=-pair.window[::-1],
        week=-pair.week[::-1],
        regular=pair.regular[::-1],
    )


def _tails(successors: Successors, gains: Indices) -> Indices:
    """The best gain of a series that begins at a candidate, per number of meetings its week may still have.

    The result has the axes: allowed meetings in the week less one, candidate, regular time.
    """
    count, times = gains.shape
    tails = np.empty((successors.per_week, count, times), dtype=np.int64)
    after = np.zeros((count + 1, times), dtype=np.int64)  # the best tail from here on, or none
    within = np.full((successors.per_week, count + 1, times), NEVER, dtype=np.int64)  # the same, this week only
    following = (count, count)
    for first, last in reversed(successors.edges):
        here = slice(first, last)
        later = after[successors.far_later[here]]
        np.maximum(later, _range_best(tails[-1], following, successors.near_later, here), out=later)
        tails[0, here] = gains[here] + later
        for level in range(1, successors.per_week):
            near = _range_best(tails[level - 1], following, successors.near_same, here)
            start, end = successors.far_same[0][here], successors.far_same[1][here]
            far = np.where((start < end)[:, None], within[level - 1, start], NEVER)
            tails[level, here] = gains[here] + np.maximum(later, np.maximum(near, far))
        after[here] = np.maximum(_best_from_here(tails[-1, here]), after[last])
        if successors.per_week > 1:
            _extend_weeks(within, tails, here, successors.week_starts)
        following = (first, last)
    return tails


def _range_best(tails: Indices, following: tuple[int, int], ranges: Ranges, here: slice) -> Indices:
    """The best tail in each candidate's range of the following window; nothing where the range is empty."""
    first, last = following
    start, end = ranges[0][here], ranges[1][here]
    best = np.full((len(start), tails.shape[1]), NEVER, dtype=np.int64)
    some = np.flatnonzero((start < end) & (start < last))
    if len(some):
        padded = np.concatenate([tails[first:last], np.full((1, tails.shape[1]), NEVER)])
        cuts = np.stack([start[some], end[some]], axis=1).ravel() - first
        best[some] = np.maximum.reduceat(padded, cuts, axis=0)[::2]
    return best


def _best_from_here(tails: Indices) -> Indices:
    best: Indices = np.maximum.accumulate(tails[::-1], axis=0)[::-1]
    return best


def _extend_weeks(within: Indices, tails: Indices, here: slice, week_starts: tuple[int, ...]) -> None:
    """Fill in, for the candidates of one window, the best tail from each of them to the end of its week."""
    cuts = sorted({here.start, here.stop, *(start for start in week_starts if here.start < start < here.stop)})
    for first, last in pairwise(cuts):
        best = np.maximum.accumulate(tails[:, first:last][:, ::-1], axis=1)[:, ::-1]
        within[:, first:last] = best if last in week_starts else np.maximum(best, within[:, last : last + 1])


def _walk(successors: Successors, gain: Indices, tails: Indices) -> tuple[int, ...]:
    """The candidates of the best series, each the earliest that still reaches the value."""
    level = len(tails) - 1
    current = int(tails[level].argmax())
    held = [current]
    while (wanted := int(tails[level, current] - gain[current])) > 0:
        level, current = _next(successors, tails, level, current, wanted)
        held.append(current)
    return tuple(held)


def _next(successors: Successors, tails: Indices, level: int, current: int, wanted: int) -> tuple[int, int]:
    """The earliest candidate after `current` whose own tail is worth `wanted`, with the level it is reached
    at.
    """
    top, count = len(tails) - 1, tails.shape[1]

    def ends(ranges: Ranges) -> tuple[int, int]:
        return int(ranges[0][current]), int(ranges[1][current])

    later = [ends(successors.near_later), (int(successors.far_later[current]), count)]
    same = [ends(successors.near_same), ends(successors.far_same)] if level else []
    options = [(top, *span) for span in later] + [(level - 1, *span) for span in same]
    found = [
        (first + int(hits[0]), reached)
        for reached, first, last in options
        if len(hits := np.flatnonzero(tails[reached, first:last] == wanted))
    ]
    following, reached = min(found)
    return reached, following


def _edges(numbers: NDArray[np.int32]) -> tuple[tuple[int, int], ...]:
    """The runs of equal numbers as [first, last)."""
    if not len(numbers):
        return ()
    cuts = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), len(numbers)]
    return tuple(pairwise(cuts))


def _weeks_that_bind(pair: PairCandidates, per_week: int) -> tuple[NDArray[np.int32], int]:
    """The week of each candidate and the limit, or each window as its own week where no week can be overfull.

    A week that touches no more windows than it may have meetings needs no counting, and counting costs time.
    """
    touched = np.unique(np.stack([pair.week, pair.window]), axis=1)[0]
    if np.unique(touched, return_counts=True)[1].max(initial=0) <= per_week:
        return pair.window, 1
    return pair.week, per_week
