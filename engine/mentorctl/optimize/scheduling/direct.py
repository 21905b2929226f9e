"""The timetable of one group of pairs as a single integer program, with a variable per candidate.

It serves the few groups for which whole series leave a gap between the best timetable and the bound. Two
candidates that cannot both be held are excluded by rows over as many candidates as possible: all from one
on in a window, and all in the next window that are too soon after it.
"""

from collections.abc import Iterator

import numpy as np

from mentorctl.optimize.linear import solve
from mentorctl.optimize.scheduling.limits import Contender, Series
from mentorctl.optimize.scheduling.problem import SeriesProblem
from mentorctl.optimize.scheduling.rows import Indices, Mask, Numbers, Rows, assemble, spread

_SECONDS = 20.0  # for one group; a timetable with a gap is better than none
_HALF = 0.5


def solve_directly(
    problem: SeriesProblem,
    pairs: tuple[Contender, ...],
    most: Indices,
    usable: tuple[Mask, ...],
    start: tuple[Series, ...],
) -> tuple[tuple[Series, ...], float]:
    """The best timetable found from the usable candidates, beginning with a known one, and an upper bound
    of its worth.

    `most` is what the limits shared by the pairs allow.
    """
    layout = _Layout(problem, pairs)
    pieces = [*layout.rows(most)]
    upper = np.ones(layout.columns)
    upper[: layout.candidates] = np.concatenate(usable)
    model = assemble(layout.cost(), (np.zeros(layout.columns), upper), layout.whole(), pieces)
    found = solve(model, time_limit=_SECONDS, start=layout.values(start))
    timetable = layout.timetable(found.x) if found.answered else start
    return timetable, -found.bound


class _Layout:
    """Which column is what: candidates of all pairs, then per pair the meetings at a regular time and the
    times.
    """

    def __init__(self, problem: SeriesProblem, pairs: tuple[Contender, ...]) -> None:
        self.problem = problem
        self.pairs = pairs
        sizes = [len(pair.candidates.slots) for pair in pairs]
        self.offsets = np.cumsum([0, *sizes]).tolist()
        self.candidates = self.offsets[-1]
        regular = [len(pair.times.group_time) if problem.regular_bonus else 0 for pair in pairs]
        times = [pair.times.count if problem.regular_bonus else 0 for pair in pairs]
        self.meetings = (self.candidates + np.cumsum([0, *regular])).tolist()
        self.times = (self.meetings[-1] + np.cumsum([0, *times])).tolist()
        self.columns = self.times[-1]

    def cost(self) -> Numbers:
        cost = np.zeros(self.columns)
        cost[: self.candidates] = -np.concatenate([pair.candidates.worth for pair in self.pairs])
        cost[self.candidates : self.meetings[-1]] = -self.problem.regular_bonus
        return cost

    def whole(self) -> Mask:
        """Meetings at a regular time follow from the rest, so they need not be whole."""
        number = np.arange(self.columns)
        whole: Mask = (number < self.candidates) | (number >= self.meetings[-1])
        return whole

    def values(self, timetable: tuple[Series, ...]) -> Numbers:
        x = np.zeros(self.columns)
        for number, (pair, series) in enumerate(zip(self.pairs, timetable, strict=True)):
            held = np.array(series, dtype=np.int64)
            x[self.offsets[number] + held] = 1
            if self.problem.regular_bonus and len(held):
                regular = int(np.bincount(pair.times.of_candidate[held]).argmax())
                x[self.times[number] + regular] = 1
                at_time = held[pair.times.of_candidate[held] == regular]
                x[self.meetings[number] + pair.times.group_of_candidate[at_time]] = 1
        return x

    def timetable(self, x: Numbers) -> tuple[Series, ...]:
        held = x[: self.candidates] > _HALF
        spans = zip(self.offsets[:-1], self.offsets[1:], strict=True)
        return tuple(tuple(np.flatnonzero(held[first:last]).tolist()) for first, last in spans)

    def rows(self, most: Indices) -> Iterator[Rows]:
        for number, pair in enumerate(self.pairs):
            yield from _own_rows(self.problem, pair, self.offsets[number])
            if self.problem.regular_bonus:
                yield from self._regular_rows(number, pair)
        yield self._shared_rows(most)

    def _regular_rows(self, number: int, pair: Contender) -> Iterator[Rows]:
        """A meeting counts as regular if it is held, and at the one time that is chosen."""
        times = pair.times
        groups = np.arange(len(times.group_time))
        meetings = self.meetings[number] + groups
        candidates = np.arange(len(times.of_candidate))
        for column, group in (
            (self.offsets[number] + candidates, times.group_of_candidate),
            (self.times[number] + times.group_time, groups),
        ):
            yield Rows(
                row=np.concatenate([groups, group]),
                column=np.concatenate([meetings, column]),
                value=np.concatenate([np.ones(len(groups)), -np.ones(len(column))]),
                sense=-1,
                rhs=np.zeros(len(groups)),
            )
        chosen = self.times[number] + np.arange(times.count)
        yield Rows.at_most(np.zeros(times.count, np.int64), chosen, np.ones(1))

    def _shared_rows(self, most: Indices) -> Rows:
        limits, columns = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for offset, pair in zip(self.offsets[:-1], self.pairs, strict=True):
            for claim in pair.claims:
                limit, candidate = spread(claim.first, claim.last)
                weekly = np.flatnonzero(claim.week < len(most))
                limits += [limit, claim.week[weekly]]
                columns += [offset + candidate, offset + weekly]
        return Rows.at_most(np.concatenate(limits), np.concatenate(columns), most.astype(np.float64))


def _own_rows(problem: SeriesProblem, pair: Contender, offset: int) -> Iterator[Rows]:
    """What a pair has to keep by itself."""
    candidates, successors = pair.candidates, pair.successors
    count = len(candidates.slots)
    number = np.arange(count)
    window_first = np.searchsorted(candidates.window, candidates.window)
    window_last = np.searchsorted(candidates.window, candidates.window, side="right")
    next_last = np.searchsorted(candidates.window, candidates.window + 2)
    soon = np.clip(successors.near_same[0], window_last, next_last)
    late = np.clip(successors.near_later[1], window_last, next_last)
    overlap = np.searchsorted(candidates.slots, candidates.slots - problem.length, side="right")
    _, window = np.unique(candidates.window, return_inverse=True)
    yield Rows.at_most(window, offset + number, np.ones(len(successors.edges)))
    yield _conflicts(offset, (number, window_last), (window_last, soon))
    yield _conflicts(offset, (window_first, number + 1), (late, next_last))
    # Of meetings further apart than one window, the row at the start of each tells which overlap.
    far = np.minimum(window_first, np.searchsorted(candidates.window, candidates.window - 1))
    yield _conflicts(offset, (number, number + 1), (overlap, np.maximum(overlap, far)))
    week, in_week = np.unique(candidates.week, return_inverse=True)
    yield Rows.at_most(in_week, offset + number, np.full(len(week), float(problem.per_week)))


def _conflicts(offset: int, these: tuple[Indices, Indices], those: tuple[Indices, Indices]) -> Rows:
    """For each candidate with a range of `those`: one at most of that range and its range of `these`."""
    some = np.flatnonzero(those[0] < those[1])
    columns, owners = spread(
        np.concatenate([these[0][some], those[0][some]]), np.concatenate([these[1][some], those[1][some]])
    )
    return Rows.at_most(owners % max(1, len(some)), offset + columns, np.ones(len(some)))
