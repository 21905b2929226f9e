"""Meetings for many pairs: the timetable of the most worth, by column generation and branching.

A column is a pair's whole series. The master chooses among the series found so far and puts prices on the
limits that pairs compete for; the dynamic program answers with better series at those prices. Prices prove
a bound in whole numbers, so a wrong answer of a solver can cost time or worth but never make a proof wrong.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.scheduling.limits import Contender, Series, contenders, fits, groups
from mentorctl.optimize.scheduling.master import PRICE_SCALE, Column, Relaxation, choose, column, relax
from mentorctl.optimize.scheduling.pricing import NEVER, Indices, best_series
from mentorctl.optimize.scheduling.problem import PairCandidates, SeriesAnswer, SeriesProblem

_NODES = 400  # branches looked at per group of pairs before the gap is reported instead
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


def _canonical(pair: PairCandidates) -> tuple[tuple[int, int], tuple[bytes, ...]]:
    columns = (pair.slots, pair.window, pair.worth, pair.week, pair.regular)
    return pair.people, tuple(np.asarray(numbers, dtype=np.int64).tobytes() for numbers in columns)


def _meetings(pair: PairCandidates, series: Series) -> tuple[tuple[int, int], ...]:
    return tuple((int(pair.window[candidate]), int(pair.slots[candidate])) for candidate in series)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Node:
    """A part of the search: the candidates each pair may use and the windows it has to hold, one mask
    each.
    """

    bound: int
    allowed: tuple[NDArray[np.bool_], ...]
    forced: tuple[NDArray[np.bool_], ...]


@dataclass(slots=True, kw_only=True, eq=False)
class _Search:
    """The search for one group of pairs that are linked by people: what is known so far."""

    pairs: tuple[Contender, ...]
    most: Indices
    bonus: int
    deadline: Callable[[], bool]
    best: tuple[Series, ...] = ()
    value: int = 0
    bound: int = 0
    push: int = 0  # extra worth of a meeting that a branch has to hold
    columns: list[Column] = field(default_factory=list)
    known: set[tuple[int, Series]] = field(default_factory=set)

    @classmethod
    def of(
        cls, problem: SeriesProblem, pairs: tuple[PairCandidates, ...], deadline: Callable[[], bool]
    ) -> "_Search":
        contending, most = contenders(problem, pairs)
        return cls(pairs=contending, most=most, bonus=problem.regular_bonus, deadline=deadline)

    def run(self) -> None:
        """Fill in `best`, `value` and `bound`."""
        free = tuple(self._price(number, pair.candidates.worth)[1] for number, pair in enumerate(self.pairs))
        self.bound = self._worth(free)
        if fits(self._uses(free), self.most):
            self.best, self.value = free, self.bound
            return
        self._offer(self._filled({}))
        for number, series in enumerate(free):
            self._learn(number, series)
        self._branch_and_bound()

    def _branch_and_bound(self) -> None:
        longest = max(len(pair.successors.edges) for pair in self.pairs)
        self.push = min(1 + self.bound, -NEVER // (8 * PRICE_SCALE * longest))
        root = _Node(
            bound=self.bound,
            allowed=tuple(np.ones(len(pair.candidates.slots), dtype=np.bool_) for pair in self.pairs),
            forced=tuple(np.zeros(len(pair.candidates.slots), dtype=np.bool_) for pair in self.pairs),
        )
        waiting, made, stuck = [(-root.bound, 0, root)], 1, self.value
        for _ in range(_NODES):
            if not waiting or -waiting[0][0] <= self.value or self.deadline():
                break
            node = heapq.heappop(waiting)[2]
            bound, children = self._explore(node)
            if bound > self.value and not children:
                stuck = max(stuck, bound)
            for child in children:
                heapq.heappush(waiting, (-child.bound, -made, child))
                made += 1
        self.bound = max([self.value, stuck, *(-entry[0] for entry in waiting)])

    def _explore(self, node: _Node) -> tuple[int, list[_Node]]:
        """The bound of a node, and the parts to look at next unless the node is settled."""
        bound, usable, relaxation = self._generate(node)
        if bound <= self.value or relaxation is None:
            return bound, []
        self._offer(self._rounded(usable, relaxation))
        if bound <= self.value or self.deadline():
            return bound, []
        worth = np.array([self._column_worth(c) for c in usable])
        chosen = {c.pair: c.series for c in choose(usable, worth, len(self.pairs), self.most)}
        self._offer(self._filled(chosen))
        if bound <= self.value:
            return bound, []
        return bound, _split(replace(node, bound=bound), self.pairs, usable, relaxation.parts)

    def _generate(self, node: _Node) -> tuple[int, list[Column], Relaxation | None]:
        """Add series until none is better at the prices, or the bound says that the node is settled."""
        bound = node.bound
        owed = self.push * sum(
            _windows(pair, mask) for pair, mask in zip(self.pairs, node.forced, strict=True)
        )
        while True:
            usable = [c for c in self.columns if node.allowed[c.pair][list(c.series)].all()]
            worth = [self._column_worth(c) + self._pushed(node, c.pair, c.series) for c in usable]
            relaxation = relax(usable, np.array(worth), len(self.pairs), self.most) if usable else None
            prices = np.zeros(len(self.most) + 1, dtype=np.int64) if relaxation is None else relaxation.prices
            found = [self._price_in(node, number, prices) for number in range(len(self.pairs))]
            total = sum(gain for gain, _ in found) + int(self.most @ prices[:-1])
            bound = min(bound, total // PRICE_SCALE - owed)
            reached = -np.inf if relaxation is None else relaxation.worth - owed + _PART
            if bound <= max(self.value, reached) or self.deadline():
                return bound, usable, relaxation
            rents = np.zeros(len(found), dtype=np.int64) if relaxation is None else relaxation.rents
            better = [n for n, (gain, _) in enumerate(found) if gain > rents[n] + _SLACK]
            if not [n for n in better if self._learn(n, found[n][1])]:
                return bound, usable, relaxation

    def _price_in(self, node: _Node, number: int, prices: Indices) -> tuple[int, Series]:
        pair = self.pairs[number]
        gain = PRICE_SCALE * (pair.candidates.worth + self.push * node.forced[number]) - pair.cost(prices)
        return self._price(number, np.where(node.allowed[number], gain, NEVER), PRICE_SCALE)

    def _price(self, number: int, gain: Indices, scale: int = 1) -> tuple[int, Series]:
        pair = self.pairs[number]
        return best_series(pair.successors, pair.times, gain, scale * self.bonus)

    def _pushed(self, node: _Node, number: int, series: Series) -> int:
        return self.push * int(node.forced[number][list(series)].sum())

    def _column_worth(self, known: Column) -> int:
        return self.pairs[known.pair].worth(known.series, self.bonus)

    def _worth(self, timetable: tuple[Series, ...]) -> int:
        return sum(pair.worth(series, self.bonus) for pair, series in zip(self.pairs, timetable, strict=True))

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

    def _rounded(self, usable: list[Column], relaxation: Relaxation) -> tuple[Series, ...]:
        """A timetable near a mixture: the largest parts that fit together, and the other pairs around
        them.
        """
        left, kept = self.most.copy(), dict[int, Series]()
        for position in np.argsort(-relaxation.parts, kind="stable"):
            known = usable[position]
            if relaxation.parts[position] < _PART:
                break
            if known.pair not in kept and np.all(known.uses <= left[known.limits]):
                kept[known.pair] = known.series
                left[known.limits] -= known.uses
        return self._filled(kept)

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
                series = self._price(number, gain)[1]
                taken = pair.uses(series, len(self.most))
                if np.all(taken <= left):
                    break
                spent[:-1] |= taken > left  # a week with room for one meeting, wanted for two
            timetable[number] = series
            left = left - taken
        return tuple(timetable)


def _windows(pair: Contender, mask: NDArray[np.bool_]) -> int:
    return len(np.unique(pair.candidates.window[mask]))


def _split(
    node: _Node, pairs: tuple[Contender, ...], usable: list[Column], parts: NDArray[np.float64]
) -> list[_Node]:
    """Two parts of a node that exclude the mixture and together hold all timetables; none if it is no
    mixture.

    A window at which a pair would meet at two times at once is cut between them. A window that it would
    hold in part is held in one part and skipped in the other.
    """
    best: tuple[float, int, tuple[int, int], int] | None = None
    for number, pair in enumerate(pairs):
        share = np.zeros(len(pair.candidates.slots))
        for known, part in zip(usable, parts, strict=True):
            if known.pair == number:
                share[list(known.series)] += part
        for first, last in pair.successors.edges:
            score, cut = _cut(share[first:last])
            if score > _PART and (best is None or score > best[0] + _PART):
                best = score, number, (first, last), first + cut
    if best is None:
        return []
    _, number, (first, last), cut = best
    if cut > first:
        return [_forbid(node, number, cut, last), _forbid(node, number, first, cut)]
    forced = np.zeros(len(node.forced[number]), dtype=np.bool_)
    forced[first:last] = True
    held = replace(node, forced=_with(node.forced, number, node.forced[number] | forced))
    return [held, _forbid(node, number, first, last)]


def _cut(share: NDArray[np.float64]) -> tuple[float, int]:
    """How undecided a window is, from 0 to a half, and where to cut it; 0 for between held and skipped."""
    held, used = share.sum(), np.flatnonzero(share > _PART)
    if not len(used):
        return 0.0, 0
    if len(used) == 1:
        return float(min(held, 1.0 - held)), 0
    before = np.cumsum(share)[used[:-1]]
    balance = np.minimum(before, held - before)
    middle = int(balance.argmax())
    return float(balance[middle]), int(used[middle]) + 1


def _forbid(node: _Node, number: int, first: int, last: int) -> _Node:
    allowed = node.allowed[number].copy()
    allowed[first:last] = False
    return replace(node, allowed=_with(node.allowed, number, allowed))


def _with[T](items: tuple[T, ...], number: int, item: T) -> tuple[T, ...]:
    return (*items[:number], item, *items[number + 1 :])
