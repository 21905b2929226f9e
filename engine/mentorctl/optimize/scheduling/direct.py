"""The timetable of one group of pairs as a single integer program, with a variable per candidate.

It serves the few groups for which whole series leave a gap between the best timetable and the bound. Two
candidates that cannot both be held are excluded by rows over as many candidates as possible: all from one
on in a window, and all in the next window that are too soon after it.
"""

from collections.abc import Iterator

import numpy as np

from mentorctl.optimize.linear import solve
from mentorctl.optimize.scheduling.limits import Contender, Limits, Series, total_of
from mentorctl.optimize.scheduling.rows import Indices, Mask, Numbers, Rows, assemble, spread

_SECONDS = 20.0  # for one group; a timetable with a gap is better than none
_HALF = 0.5


def solve_directly(
    pairs: tuple[Contender, ...],
    limits: Limits,
    usable: tuple[Mask, ...],
    start: tuple[Series, ...],
) -> tuple[tuple[Series, ...], float]:
    """The best timetable found from the usable candidates, beginning with a known one, and an upper bound
    of its worth.
    """
    layout = _Layout(pairs, limits)
    pieces = [*layout.rows()]
    upper = np.ones(layout.columns)
    upper[layout.passed[0] :] = np.inf
    upper[: layout.candidates] = np.concatenate(usable)
    model = assemble(layout.cost(), (np.zeros(layout.columns), upper), layout.whole(), pieces)
    found = solve(model, time_limit=_SECONDS, start=layout.values(start))
    timetable = layout.timetable(found.x) if found.answered else start
    return timetable, -found.bound


class _Layout:
    """Which column is what: candidates of all pairs, per pair the meetings at a regular time and the times, and what is
    used above each limit that may be passed.
    """

    def __init__(self, pairs: tuple[Contender, ...], limits: Limits) -> None:
        self.pairs = pairs
        self.limits = limits
        sizes = [len(pair.candidates.slots) for pair in pairs]
        self.offsets = np.cumsum([0, *sizes]).tolist()
        self.candidates = self.offsets[-1]
        regular = [len(pair.times.group_time) if pair.terms.regular_bonus else 0 for pair in pairs]
        times = [pair.times.count if pair.terms.regular_bonus else 0 for pair in pairs]
        self.meetings = (self.candidates + np.cumsum([0, *regular])).tolist()
        self.times = (self.meetings[-1] + np.cumsum([0, *times])).tolist()
        self.soft = np.flatnonzero(~limits.hard)
        self.passed = (self.times[-1], self.times[-1] + len(self.soft))
        self.columns = self.passed[1]

    def cost(self) -> Numbers:
        cost = np.zeros(self.columns)
        cost[: self.candidates] = -np.concatenate([pair.candidates.worth for pair in self.pairs])
        for pair, first, last in zip(self.pairs, self.meetings[:-1], self.meetings[1:], strict=True):
            cost[first:last] = -pair.terms.regular_bonus
        cost[slice(*self.passed)] = self.limits.over[self.soft]
        return cost

    def whole(self) -> Mask:
        """Meetings at a regular time and what passes a limit follow from the rest, so they need not be whole."""
        number = np.arange(self.columns)
        whole: Mask = (number < self.candidates) | ((number >= self.meetings[-1]) & (number < self.passed[0]))
        return whole

    def values(self, timetable: tuple[Series, ...]) -> Numbers:
        x = np.zeros(self.columns)
        for number, (pair, series) in enumerate(zip(self.pairs, timetable, strict=True)):
            held = np.array(series, dtype=np.int64)
            x[self.offsets[number] + held] = 1
            if pair.terms.regular_bonus and len(held):
                regular = int(np.bincount(pair.times.of_candidate[held]).argmax())
                x[self.times[number] + regular] = 1
                at_time = held[pair.times.of_candidate[held] == regular]
                x[self.meetings[number] + pair.times.group_of_candidate[at_time]] = 1
        uses = (pair.uses(series) for pair, series in zip(self.pairs, timetable, strict=True))
        above = total_of(uses, len(self.limits.most)) - self.limits.most
        x[slice(*self.passed)] = np.maximum(0, above[self.soft])
        return x

    def timetable(self, x: Numbers) -> tuple[Series, ...]:
        held = x[: self.candidates] > _HALF
        spans = zip(self.offsets[:-1], self.offsets[1:], strict=True)
        return tuple(tuple(np.flatnonzero(held[first:last]).tolist()) for first, last in spans)

    def rows(self) -> Iterator[Rows]:
        for number, pair in enumerate(self.pairs):
            yield from _own_rows(pair, self.offsets[number])
            if pair.terms.regular_bonus:
                yield from self._regular_rows(number, pair)
        yield self._shared_rows()

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

    def _shared_rows(self) -> Rows:
        row, column, value = [self.soft], [self.passed[0] + np.arange(len(self.soft))], [-np.ones(len(self.soft))]
        for offset, pair in zip(self.offsets[:-1], self.pairs, strict=True):
            row.append(pair.limit)
            column.append(offset + np.repeat(np.arange(len(pair.candidates.slots)), np.diff(pair.starts)))
            value.append(pair.amount.astype(np.float64))
        joined = np.concatenate(row), np.concatenate(column), np.concatenate(value)
        return Rows(row=joined[0], column=joined[1], value=joined[2], sense=-1, rhs=self.limits.most.astype(np.float64))


def _own_rows(pair: Contender, offset: int) -> Iterator[Rows]:
    """What a pair has to keep by itself."""
    candidates, successors = pair.candidates, pair.successors
    count = len(candidates.slots)
    number = np.arange(count)
    window_first = np.searchsorted(candidates.window, candidates.window)
    window_last = np.searchsorted(candidates.window, candidates.window, side="right")
    next_last = np.searchsorted(candidates.window, candidates.window + 2)
    soon = np.clip(successors.near_same[0], window_last, next_last)
    late = np.clip(successors.near_later[1], window_last, next_last)
    overlap = np.searchsorted(candidates.slots, candidates.slots - pair.terms.length, side="right")
    _, window = np.unique(candidates.window, return_inverse=True)
    yield Rows.at_most(window, offset + number, np.ones(len(successors.edges)))
    yield _conflicts(offset, (number, window_last), (window_last, soon))
    yield _conflicts(offset, (window_first, number + 1), (late, next_last))
    # Of meetings further apart than one window, the row at the start of each tells which overlap.
    far = np.minimum(window_first, np.searchsorted(candidates.window, candidates.window - 1))
    yield _conflicts(offset, (number, number + 1), (overlap, np.maximum(overlap, far)))
    week, in_week = np.unique(candidates.week, return_inverse=True)
    yield Rows.at_most(in_week, offset + number, np.full(len(week), float(pair.per_week)))


def _conflicts(offset: int, these: tuple[Indices, Indices], those: tuple[Indices, Indices]) -> Rows:
    """For each candidate with a range of `those`: one at most of that range and its range of `these`."""
    some = np.flatnonzero(those[0] < those[1])
    columns, owners = spread(
        np.concatenate([these[0][some], those[0][some]]), np.concatenate([these[1][some], those[1][some]])
    )
    return Rows.at_most(owners % max(1, len(some)), offset + columns, np.ones(len(some)))
