"""Meetings for many pairs: the timetable of the most worth, by column generation.

A column is a pair's whole series. The master chooses among the series found so far and puts prices on the
limits that pairs compete for; the dynamic program answers with better series at those prices. Prices prove
a bound in whole numbers, whatever a solver did to find them. Where the best timetable does not reach it, a
single integer program of the few candidates that still matter closes the gap; that part rests on the solver.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from mentorctl.optimize.scheduling.direct import solve_directly
from mentorctl.optimize.scheduling.limits import Contender, Series, contenders, fits, groups
from mentorctl.optimize.scheduling.master import PRICE_SCALE, Column, Relaxation, choose, column, relax
from mentorctl.optimize.scheduling.pricing import NEVER, Indices, Successors, best_series, best_through, turned
from mentorctl.optimize.scheduling.problem import PairCandidates, SeriesAnswer, SeriesProblem

_PART = 1e-6  # a smaller part of a series is none
_SLACK = 64  # what rounding can add to the value of a series, in units of a price


def never() -> bool:
    """A deadline that does not come."""
    return False


def solve_series(problem: SeriesProblem, *, deadline: Callable[[], bool] = never) -> SeriesAnswer:
    """The timetable of the most worth, with its proof or the gap that is left.

    The order of the pairs makes no difference. `deadline` is asked between steps; once it says True, the best
    timetable so far is returned. Every answer keeps all limits.
    """
    order = sorted(range(len(problem.pairs)), key=lambda number: _canonical(problem.pairs[number]))
    pairs = tuple(problem.pairs[number] for number in order)
    starts: list[tuple[tuple[int, int], ...]] = [()] * len(order)
    value = bound = 0
    for group in groups(pairs):
        search = _Search.of(problem, tuple(pairs[number] for number in group), deadline)
        search.run()
        value, bound = value + search.value, bound + search.bound
        for number, series in zip(group, search.best, strict=True):
            starts[order[number]] = _meetings(pairs[number], series)
    return SeriesAnswer(starts=tuple(starts), value=value, bound=bound, proved=value == bound)


def _canonical(pair: PairCandidates) -> tuple[tuple[int, ...], tuple[bytes, ...]]:
    columns = (pair.slots, pair.window, pair.worth, pair.week, pair.regular)
    return pair.people, tuple(np.asarray(numbers, dtype=np.int64).tobytes() for numbers in columns)


def _meetings(pair: PairCandidates, series: Series) -> tuple[tuple[int, int], ...]:
    return tuple((int(pair.window[candidate]), int(pair.slots[candidate])) for candidate in series)


@dataclass(slots=True, kw_only=True, eq=False)
class _Search:
    """The search for one group of pairs that are linked by people: what is known so far."""

    problem: SeriesProblem
    pairs: tuple[Contender, ...]
    most: Indices
    deadline: Callable[[], bool]
    best: tuple[Series, ...] = ()
    value: int = 0
    bound: int = 0
    columns: list[Column] = field(default_factory=list)
    known: set[tuple[int, Series]] = field(default_factory=set)

    @classmethod
    def of(cls, problem: SeriesProblem, pairs: tuple[PairCandidates, ...], deadline: Callable[[], bool]) -> "_Search":
        contending, most = contenders(problem, pairs)
        return cls(problem=problem, pairs=contending, most=most, deadline=deadline)

    def run(self) -> None:
        """Fill in `best`, `value` and `bound`."""
        free = tuple(self._price(number, pair.candidates.worth, 1)[1] for number, pair in enumerate(self.pairs))
        self.bound = self._worth(free)
        if fits(self._uses(free), self.most):
            self.best, self.value = free, self.bound
            return
        self._offer(self._filled({}))
        for number, series in enumerate(free):
            self._learn(number, series)
        prices, relaxation = self._generate()
        if self._open():
            self._offer(self._filled(self._rounded(relaxation)))
        if self._open():
            chosen = choose(self.columns, self._column_worth(), len(self.pairs), self.most)
            self._offer(self._filled({known.pair: known.series for known in chosen}))
        if self._open():
            self._close(prices)

    def _open(self) -> bool:
        return self.value < self.bound and not self.deadline()

    def _generate(self) -> tuple[Indices, Relaxation | None]:
        """Add series until none is better; the prices that proved the best bound, and the last mixture."""
        best_prices = np.zeros(len(self.most) + 1, dtype=np.int64)
        while True:
            relaxation = relax(self.columns, self._column_worth(), len(self.pairs), self.most)
            if relaxation is None:
                return best_prices, None
            found = [self._price(number, gain) for number, gain in enumerate(self._gains(relaxation.prices))]
            total = sum(gain for gain, _ in found) + int(self.most @ relaxation.prices[:-1])
            if total // PRICE_SCALE <= self.bound:
                self.bound, best_prices = total // PRICE_SCALE, relaxation.prices
            better = [n for n, (gain, _) in enumerate(found) if gain > relaxation.rents[n] + _SLACK]
            reached = self.bound <= relaxation.worth + _PART  # no further series can lower the bound
            if reached or not self._open() or not [n for n in better if self._learn(n, found[n][1])]:
                return best_prices, relaxation

    def _close(self, prices: Indices) -> None:
        """Solve what is left as one integer program, of the candidates that a better timetable could hold."""
        bonus = PRICE_SCALE * self.problem.regular_bonus
        gains = self._gains(prices)
        alone = [self._price(number, gain)[0] for number, gain in enumerate(gains)]
        spare = sum(alone) + int(self.most @ prices[:-1]) - PRICE_SCALE * (self.value + 1)
        through = [
            best_through(pair.successors, Successors.of(turned(pair.candidates), self.problem), pair.times, gain, bonus)
            for pair, gain in zip(self.pairs, gains, strict=True)
        ]
        usable = tuple(gain >= best - spare for gain, best in zip(through, alone, strict=True))
        timetable, bound = solve_directly(self.problem, self.pairs, self.most, usable, self.best)
        self._offer(timetable)
        if math.isfinite(bound):
            self.bound = max(self.value, min(self.bound, math.floor(bound + _PART)))

    def _gains(self, prices: Indices) -> list[Indices]:
        return [PRICE_SCALE * pair.candidates.worth - pair.cost(prices) for pair in self.pairs]

    def _price(self, number: int, gain: Indices, scale: int = PRICE_SCALE) -> tuple[int, Series]:
        pair = self.pairs[number]
        return best_series(pair.successors, pair.times, gain, scale * self.problem.regular_bonus)

    def _column_worth(self) -> Indices:
        return np.array([self.pairs[c.pair].worth(c.series, self.problem.regular_bonus) for c in self.columns])

    def _worth(self, timetable: tuple[Series, ...]) -> int:
        return sum(
            pair.worth(series, self.problem.regular_bonus) for pair, series in zip(self.pairs, timetable, strict=True)
        )

    def _uses(self, timetable: tuple[Series, ...]) -> list[Indices]:
        count = len(self.most)
        return [pair.uses(series, count) for pair, series in zip(self.pairs, timetable, strict=True)]

    def _learn(self, number: int, series: Series) -> bool:
        """Whether the series was new."""
        if not series or (number, series) in self.known:
            return False
        self.known.add((number, series))
        self.columns.append(column(number, series, self.pairs[number].uses(series, len(self.most))))
        return True

    def _offer(self, timetable: tuple[Series, ...]) -> None:
        """Keep a timetable that is better than the best one and within the limits."""
        for number, series in enumerate(timetable):
            self._learn(number, series)
        worth = self._worth(timetable)
        if (worth > self.value or not self.best) and fits(self._uses(timetable), self.most):
            self.best, self.value = timetable, worth

    def _rounded(self, relaxation: Relaxation | None) -> dict[int, Series]:
        """Of a mixture the largest parts that fit together."""
        left, kept = self.most.copy(), dict[int, Series]()
        parts = np.zeros(0) if relaxation is None else relaxation.parts
        for position in np.argsort(-parts, kind="stable"):
            known = self.columns[position]
            if parts[position] > _PART and known.pair not in kept and np.all(known.uses <= left[known.limits]):
                kept[known.pair] = known.series
                left[known.limits] -= known.uses
        return kept

    def _filled(self, kept: dict[int, Series]) -> tuple[Series, ...]:
        """The kept series, and for the other pairs in turn the best one in what is left."""
        timetable = [kept.get(number, ()) for number in range(len(self.pairs))]
        left = self.most - sum(self._uses(tuple(timetable)), np.zeros(len(self.most), dtype=np.int64))
        for number, pair in enumerate(self.pairs):
            if number in kept:
                continue
            spent = np.append(left <= 0, np.False_).astype(np.int64)
            while True:
                gain = np.where(pair.cost(spent) > 0, NEVER, pair.candidates.worth)
                series = self._price(number, gain, 1)[1]
                taken = pair.uses(series, len(self.most))
                if np.all(taken <= left):
                    break
                spent[:-1] |= taken > left  # a week with room for one meeting, wanted for two
            timetable[number] = series
            left = left - taken
        return tuple(timetable)
