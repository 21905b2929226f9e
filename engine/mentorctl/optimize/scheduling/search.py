"""The search for the timetable of one group of pairs, by column generation.

A column is a pair's whole series. The master chooses among the series found so far and puts prices on the
limits that pairs compete for; the dynamic program answers with better series at those prices. Prices prove
a bound in whole numbers, whatever a solver did to find them. Where the best timetable does not reach it, a
single integer program of the few candidates that still matter closes the gap; that part rests on the solver.

Literature: Barnhart, Johnson, Nemhauser, Savelsbergh and Vance, "Branch-and-price: column generation for solving huge
integer programs", Operations Research 46 (1998); Desaulniers, Desrosiers and Solomon (eds.), "Column Generation",
Springer 2005. The bound at any prices is that of Lasdon, "Optimization Theory for Large Systems", 1970.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from typing import Self

import numpy as np

from mentorctl.optimize.scheduling.direct import solve_directly
from mentorctl.optimize.scheduling.limits import HARD, Contender, Limits, Series, contenders, total_of
from mentorctl.optimize.scheduling.master import PRICE_SCALE, Column, Relaxation, choose, relax
from mentorctl.optimize.scheduling.pricing import NEVER, Indices, Successors, best_through, turned
from mentorctl.optimize.scheduling.problem import PairCandidates, SeriesProblem
from mentorctl.values import dataclass

_PART = 1e-6  # a smaller part of a series is none
_SLACK = 64  # what rounding can add to the value of a series, in units of a price
_STEPS = 40  # of the prices before the master is asked
_PRIMAL = 8  # steps from one attempt at a timetable to the next
_STALE = 4  # steps without a better bound before they become smaller
_DIRECT = 20_000  # candidates that one integer program can still decide on


@dataclass(slots=True, kw_only=True, eq=False)
class Search:
    """What is known so far about one group: the best timetable, its value, and a bound of all timetables.

    `prices` are those that proved the bound, per limit in units of 1 / PRICE_SCALE. With a `tolerance` the search ends
    one part in so many below the bound.
    """

    pairs: tuple[Contender, ...]
    limits: Limits
    deadline: Callable[[], bool]
    tolerance: int = 0
    best: tuple[Series, ...] = ()
    value: int = 0
    bound: int = 0
    prices: Indices = field(default_factory=lambda: np.zeros(0, np.int64))
    columns: list[Column] = field(default_factory=list)
    known: set[tuple[int, Series]] = field(default_factory=set)
    column_worth: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, problem: SeriesProblem, pairs: tuple[PairCandidates, ...], deadline: Callable[[], bool]) -> Self:
        contending, limits = contenders(problem, pairs)
        prices = np.zeros(len(limits.most), np.int64)
        return cls(pairs=contending, limits=limits, deadline=deadline, prices=prices)

    def alone(self) -> bool:
        """Whether the best series of each pair alone fit together; they are a bound in any case."""
        free = tuple(self._alone(number, pair.candidates.worth)[1] for number, pair in enumerate(self.pairs))
        self.bound = self._worth(free)
        self.offer(free)
        for number, series in enumerate(free):
            self._learn(number, series)
        return bool(self.best) and not self._open()

    def run(self) -> Self:
        """Fill in `best`, `value` and `bound`."""
        if self.alone():
            return self
        self.offer(self._filled({}))
        self.approach()
        relaxation = self._generate() if self._open() else None
        if self._open():
            self.offer(self._filled(self._rounded(relaxation)))
        if self._open() and self.columns:
            chosen = choose(self.columns, self._column_worth(), len(self.pairs), self.limits)
            self.offer(self._filled({known.pair: known.series for known in chosen}))
        if self._open():
            self._close()
        return self

    def _open(self) -> bool:
        """Whether it is worth going on."""
        close = self.bound // self.tolerance if self.tolerance else 0
        return self.bound - self.value > close and not self.deadline()

    def approach(self) -> None:
        """Prices by subgradient steps, whose series spare the master most of its rounds: a step is far cheaper.

        Held, Wolfe and Crowder, "Validation of subgradient optimization", Mathematical Programming 6 (1974).
        """
        ceiling = np.where(self.limits.hard, HARD, PRICE_SCALE * np.where(self.limits.hard, 0, self.limits.over))
        prices, eager, stale = self.prices, 1.0, 0
        for step in range(_STEPS):
            found = self._best_at(prices)
            bound = self._bound(found, prices)
            stale = 0 if bound < self.bound else stale + 1
            if bound < self.bound:
                self.bound, self.prices = bound, prices
            for number, (_, series) in enumerate(found):
                self._learn(number, series)
            if step % _PRIMAL == _PRIMAL - 1:
                self.offer(self._filled(self._fitting([series for _, series in found])))
            away = self._used([series for _, series in found]) - self.limits.most
            away = np.where((prices > 0) | (away > 0), away, 0)
            length = float(away @ away)
            if not self._open() or not length:
                return
            if stale == _STALE:
                eager, stale, prices = eager / 2, 0, self.prices
            moved = prices + eager * PRICE_SCALE * (self.bound - self.value + 1) / length * away
            prices = np.clip(np.rint(moved), 0, ceiling).astype(np.int64)

    def _fitting(self, timetable: Sequence[Series]) -> dict[int, Series]:
        """Of these series those that fit together, one after the other, the most valuable first."""
        left, kept = np.where(self.limits.hard, self.limits.most, HARD), dict[int, Series]()
        for number in sorted(range(len(timetable)), key=lambda n: -self.pairs[n].worth(timetable[n])):
            limits, uses = self.pairs[number].uses(timetable[number])
            if np.all(uses <= left[limits]):
                kept[number] = timetable[number]
                left[limits] -= uses
        return kept

    def _generate(self) -> Relaxation | None:
        """Add series until none is better; the last mixture."""
        while True:
            if not self.columns:
                return None
            relaxation = relax(self.columns, self._column_worth(), len(self.pairs), self.limits)
            if relaxation is None:
                return None
            found = self._best_at(relaxation.prices)
            bound = self._bound(found, relaxation.prices)
            if bound <= self.bound:
                self.bound, self.prices = bound, relaxation.prices
            better = [n for n, (gain, _) in enumerate(found) if gain > relaxation.rents[n] + _SLACK]
            reached = self.bound <= relaxation.worth + _PART  # no further series can lower the bound
            if reached or not self._open() or not [n for n in better if self._learn(n, found[n][1])]:
                return relaxation

    def _best_at(self, prices: Indices) -> list[tuple[int, Series]]:
        scaled = (self._gain(pair, prices) for pair in self.pairs)
        return [
            pair.best(gain, PRICE_SCALE * pair.terms.regular_bonus)
            for pair, gain in zip(self.pairs, scaled, strict=True)
        ]

    def _bound(self, found: Iterable[tuple[int, Series]], prices: Indices) -> int:
        """What no timetable is worth more than, by the best series at any prices that the limits may have."""
        return (sum(gain for gain, _ in found) + int(self.limits.most @ prices)) // PRICE_SCALE

    @staticmethod
    def _gain(pair: Contender, prices: Indices) -> Indices:
        gain: Indices = PRICE_SCALE * pair.candidates.worth - pair.cost(prices)
        return gain

    def _close(self) -> None:
        """Solve what is left as one integer program, of the candidates that a better timetable could hold."""
        gains = [self._gain(pair, self.prices) for pair in self.pairs]
        alone = [self._alone(number, gain, PRICE_SCALE)[0] for number, gain in enumerate(gains)]
        spare = sum(alone) + int(self.limits.most @ self.prices) - PRICE_SCALE * (self.value + 1)
        usable = []
        for pair, gain, best in zip(self.pairs, gains, alone, strict=True):
            backward = Successors.of(turned(pair.candidates), pair.terms, pair.per_week)
            bonus = PRICE_SCALE * pair.terms.regular_bonus
            usable.append(best_through(pair.successors, backward, pair.times, gain, bonus) >= best - spare)
        if sum(int(mask.sum()) for mask in usable) > _DIRECT:
            return
        timetable, bound = solve_directly(self.pairs, self.limits, tuple(usable), self.best)
        self.offer(timetable)
        if math.isfinite(bound):
            self.bound = max(self.value, min(self.bound, math.floor(bound + _PART)))

    def _alone(self, number: int, gain: Indices, scale: int = 1) -> tuple[int, Series]:
        pair = self.pairs[number]
        return pair.best(gain, scale * pair.terms.regular_bonus)

    def _column_worth(self) -> Indices:
        return np.array(self.column_worth, np.int64)

    def _worth(self, timetable: Sequence[Series]) -> int:
        """Before anything is paid for passing limits."""
        return sum(pair.worth(series) for pair, series in zip(self.pairs, timetable, strict=True))

    def _used(self, timetable: Sequence[Series]) -> Indices:
        uses = (pair.uses(series) for pair, series in zip(self.pairs, timetable, strict=True))
        return total_of(uses, len(self.limits.most))

    def _learn(self, number: int, series: Series) -> bool:
        """Whether the series was new."""
        if not series or (number, series) in self.known:
            return False
        self.known.add((number, series))
        limits, uses = self.pairs[number].uses(series)
        self.columns.append(Column(pair=number, series=series, limits=limits, uses=uses))
        self.column_worth.append(self.pairs[number].worth(series))
        return True

    def offer(self, timetable: tuple[Series, ...]) -> None:
        """Keep a timetable that is better than the best one and within the limits."""
        used = self._used(timetable)
        worth = self._worth(timetable) - self.limits.paid(used)
        if (worth > self.value or not self.best) and self.limits.keeps(used):
            self.best, self.value = timetable, worth
        if self._open():
            for number, series in enumerate(timetable):
                self._learn(number, series)

    def _rounded(self, relaxation: Relaxation | None) -> dict[int, Series]:
        """Of a mixture the largest parts that fit together."""
        left, kept = np.where(self.limits.hard, self.limits.most, HARD), dict[int, Series]()
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
        left = self.limits.most - self._used(timetable)
        for number, pair in enumerate(self.pairs):
            if number in kept:
                continue
            spent = (left <= 0) & self.limits.hard
            priced = np.where((left <= 0) & ~self.limits.hard, self.limits.over, 0)
            while True:
                gain = np.where(pair.cost(spent.astype(np.int64)) > 0, NEVER, pair.candidates.worth - pair.cost(priced))
                series = self._alone(number, gain)[1]
                limits, taken = pair.uses(series)
                tight = (taken > left[limits]) & self.limits.hard[limits]
                if not tight.any():
                    break
                spent[limits[tight]] = True  # a week with room for one meeting, wanted for two
            timetable[number] = series
            left[limits] -= taken
        return tuple(timetable)
