"""What pairs compete for: the time and the weeks of people who are in several pairs, and the places of pools.

Two sessions overlap exactly where the later one begins, so the times that count are the times at which some session
could begin. Only limits that pairs could break together are kept. What people pay for hardship is a limit too, one that
may be passed at a price: a price that rises in steps is a sum of such limits, so it stays linear for the master, and
the dynamic program of a pair sees it as a price on slots like any other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.kernels.series import PreparedSeries
from mentorctl.optimize.scheduling.linked import linked
from mentorctl.optimize.scheduling.pricing import Indices, RegularTimes, Successors, best_series, prepared
from mentorctl.optimize.scheduling.problem import PairCandidates, SeriesProblem, Terms
from mentorctl.optimize.scheduling.rows import spread
from mentorctl.values import dataclass

type Series = tuple[int, ...]

HARD = 2**61  # the price of passing a limit that cannot be passed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limits:
    """How much of each limit may be used, and what each unit above it costs; `HARD` where there may be none."""

    most: Indices
    over: Indices

    @property
    def hard(self) -> NDArray[np.bool_]:
        hard: NDArray[np.bool_] = self.over == HARD
        return hard

    def keeps(self, used: Indices) -> bool:
        """Whether no limit is passed that cannot be."""
        return bool(np.all((used <= self.most) | (self.over < HARD)))

    def paid(self, used: Indices) -> int:
        """What it costs to pass the limits that have a price."""
        soft = ~self.hard
        return int(np.maximum(0, used - self.most)[soft] @ self.over[soft])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contender:
    """One pair with everything about it that does not change with prices.

    Candidate i uses `amount` of the `limit` beside it in the entries `starts[i]` to `starts[i + 1]`.
    """

    candidates: PairCandidates
    terms: Terms
    per_week: int
    successors: Successors
    times: RegularTimes
    native: PreparedSeries | None
    starts: Indices
    limit: Indices
    amount: Indices

    @classmethod
    def of(cls, problem: SeriesProblem, pair: PairCandidates, claims: "_Claims") -> Self:
        terms, per_week = problem.terms(pair), min(map(problem.weekly, pair.people))
        successors, times = Successors.of(pair, terms, per_week), RegularTimes.of(pair)
        candidate, limit, amount = claims.joined()
        order = np.argsort(candidate, kind="stable")
        return cls(
            candidates=pair,
            terms=terms,
            per_week=per_week,
            successors=successors,
            times=times,
            native=prepared(successors, times),
            starts=np.searchsorted(candidate[order], np.arange(len(pair.slots) + 1)).astype(np.int64),
            limit=limit[order],
            amount=amount[order],
        )

    def best(self, gain: Indices, bonus: int) -> tuple[int, Series]:
        """The largest gain of a series and its candidates; (0, ()) if none gains."""
        if self.native is not None and len(gain):
            return self.native.best(gain, bonus)
        return best_series(self.successors, self.times, gain, bonus)

    def cost(self, prices: Indices) -> Indices:
        """What each candidate costs; `prices` has an entry per limit."""
        paid = np.concatenate([np.zeros(1, np.int64), np.cumsum(prices[self.limit] * self.amount)])
        total: Indices = paid[self.starts[1:]] - paid[self.starts[:-1]]
        return total

    def uses(self, series: Series) -> tuple[Indices, Indices]:
        """The limits that a series uses, in order, and how much of each."""
        held = np.array(series, dtype=np.int64)
        entries, _ = spread(self.starts[held], self.starts[held + 1])
        limits, place = np.unique(self.limit[entries], return_inverse=True)
        return limits, np.bincount(place, self.amount[entries], minlength=len(limits)).astype(np.int64)

    def worth(self, series: Series) -> int:
        if not series:
            return 0
        held = np.array(series, dtype=np.int64)
        bonus = self.terms.regular_bonus
        regular = np.bincount(self.times.of_candidate[held]).max() if bonus else 0
        return int(self.candidates.worth[held].sum() + bonus * regular)


def groups(pairs: tuple[PairCandidates, ...]) -> tuple[tuple[int, ...], ...]:
    """The numbers of the pairs that are linked by people or pools in common, small groups first."""
    found = linked([(*pair.people, *(-1 - pool for pool in pair.pools)) for pair in pairs])
    return tuple(sorted(map(tuple, found), key=lambda group: (len(group), group)))


def contenders(problem: SeriesProblem, pairs: tuple[PairCandidates, ...]) -> tuple[tuple[Contender, ...], Limits]:
    """The pairs of one group with what they use, and how much each limit allows."""
    book = _Book(problem=problem, pairs=pairs, claims=[_Claims() for _ in pairs])
    of_person: dict[int, list[int]] = {}
    of_pool: dict[int, list[int]] = {}
    for number, pair in enumerate(pairs):
        for person in pair.people:
            of_person.setdefault(person, []).append(number)
        for pool in pair.pools:
            of_pool.setdefault(pool, []).append(number)
    for person, numbers in sorted(of_person.items()):
        if len(numbers) > 1:
            book.add_times(numbers, 1)
            book.add_weeks(numbers, problem.weekly(person))
        if problem.steps:
            book.add_hardship(person, numbers)
    for pool, numbers in sorted(of_pool.items()):
        book.add_times(numbers, problem.pools[pool])
    made = zip(pairs, book.claims, strict=True)
    return tuple(Contender.of(problem, pair, claims) for pair, claims in made), book.limits()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Claims:
    """What the candidates of one pair use, piece by piece."""

    pieces: list[tuple[Indices, Indices, Indices]] = field(default_factory=list)

    def add(self, candidate: Indices, limit: Indices, amount: Indices | None = None) -> None:
        self.pieces.append((candidate, limit, np.ones(len(limit), np.int64) if amount is None else amount))

    def joined(self) -> tuple[Indices, Indices, Indices]:
        nothing = np.zeros(0, np.int64)
        candidate, limit, amount = (
            np.concatenate([nothing, *(piece[side] for piece in self.pieces)]) for side in range(3)
        )
        return candidate, limit, amount


@dataclass(slots=True, kw_only=True, eq=False)
class _Book:
    """The limits of a group as they are found, and what each pair uses of them."""

    problem: SeriesProblem
    pairs: tuple[PairCandidates, ...]
    claims: list[_Claims]
    count: int = 0
    most: list[Indices] = field(default_factory=list)
    over: list[Indices] = field(default_factory=list)

    def limits(self) -> Limits:
        nothing = np.zeros(0, np.int64)
        return Limits(most=np.concatenate([nothing, *self.most]), over=np.concatenate([nothing, *self.over]))

    def add_times(self, numbers: Sequence[int], places: int) -> None:
        """At most some of these pairs may meet at a time."""
        starts = np.unique(np.concatenate([self.pairs[number].slots for number in numbers]))
        spans = []
        wanting = np.zeros(len(starts), dtype=np.int64)
        for number in numbers:
            pair = self.pairs[number]
            ends = pair.slots + self.problem.terms(pair).length
            first, last = np.searchsorted(starts, pair.slots), np.searchsorted(starts, ends)
            change = np.zeros(len(starts) + 1, dtype=np.int64)
            np.add.at(change, first, 1)
            np.add.at(change, last, -1)
            wanting += np.cumsum(change)[:-1] > 0
            spans.append((first, last))
        place = np.concatenate([np.zeros(1, np.int64), np.cumsum(wanting > places)])
        for number, (first, last) in zip(numbers, spans, strict=True):
            limit, candidate = spread(self.count + place[first], self.count + place[last])
            self.claims[number].add(candidate, limit)
        self._grow(int(place[-1]), places, HARD)

    def add_weeks(self, numbers: Sequence[int], most: int) -> None:
        """A person has at most some meetings a week; only weeks that the pairs together could overfill count."""
        wanted: list[Indices] = []
        for number in numbers:
            pair = self.pairs[number]
            alone = min(map(self.problem.weekly, pair.people))
            week = np.unique(np.stack([pair.week, pair.window]), axis=1)[0]
            weeks, windows = np.unique(week, return_counts=True)
            wanted.append(np.repeat(weeks, np.minimum(windows, alone)))
        weeks, meetings = np.unique(np.concatenate(wanted), return_counts=True)
        full = weeks[meetings > most]
        for number in numbers:
            week = self.pairs[number].week
            candidate = np.flatnonzero(np.isin(week, full))
            self.claims[number].add(candidate, self.count + np.searchsorted(full, week[candidate]))
        self._grow(len(full), most, HARD)

    def add_hardship(self, person: int, numbers: Sequence[int]) -> None:
        """A person pays for the hardship of all meetings together, by the steps that they could reach."""
        borne = [_hardship(self.pairs[number], person) for number in numbers]
        worst = sum(map(_worst, (self.pairs[number] for number in numbers), borne))
        for step in self.problem.steps:
            if worst > step.above:
                for number, hardship in zip(numbers, borne, strict=True):
                    candidate = np.flatnonzero(hardship)
                    limit = np.full(len(candidate), self.count, np.int64)
                    self.claims[number].add(candidate, limit, hardship[candidate])
                self._grow(1, step.above, step.price)

    def _grow(self, count: int, most: int, over: int) -> None:
        self.count += count
        self.most.append(np.full(count, most, np.int64))
        self.over.append(np.full(count, over, np.int64))


def _hardship(pair: PairCandidates, person: int) -> Indices:
    if pair.hardship is None:
        return np.zeros(len(pair.slots), np.int64)
    hardship: Indices = pair.hardship[pair.people.index(person)]
    return hardship


def _worst(pair: PairCandidates, hardship: Indices) -> int:
    """The most that a pair's meetings could bring, one in each window."""
    if not len(hardship):
        return 0
    begins = np.flatnonzero(np.diff(pair.window, prepend=pair.window[0] - 1))
    return int(np.maximum.reduceat(hardship, begins).sum())


def total_of(uses: Iterable[tuple[Indices, Indices]], count: int) -> Indices:
    """How much of each of the `count` limits is used together."""
    total = np.zeros(count, dtype=np.int64)
    for limits, amounts in uses:
        total[limits] += amounts
    return total
