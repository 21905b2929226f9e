"""What pairs compete for: the time and the weeks of people who are in several pairs.

Two sessions of a person overlap exactly where the later one begins, so the times that count are the times
at which some session could begin. Only limits that several pairs could break together are kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.scheduling.pricing import Indices, RegularTimes, Successors
from mentorctl.optimize.scheduling.problem import PairCandidates, SeriesProblem

type Series = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Claims:
    """The limits that each candidate of a pair uses on behalf of one person.

    Limits on time are the range [first, last); `week` is one more limit, or the number after the last limit.
    """

    first: Indices
    last: Indices
    week: Indices


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contender:
    """One pair with everything about it that does not change with prices."""

    candidates: PairCandidates
    successors: Successors
    times: RegularTimes
    claims: tuple[Claims, ...]

    def cost(self, prices: Indices) -> Indices:
        """What each candidate costs; `prices` has an entry per limit and a zero after the last."""
        paid = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(prices)])
        total = np.zeros(len(self.candidates.slots), dtype=np.int64)
        for claim in self.claims:
            total += paid[claim.last] - paid[claim.first] + prices[claim.week]
        return total

    def uses(self, series: Series, count: int) -> Indices:
        """How much of each of the `count` limits a series takes."""
        held = np.array(series, dtype=np.int64)
        taken = np.zeros(count + 1, dtype=np.int64)
        for claim in self.claims:
            np.add.at(taken, claim.first[held], 1)
            np.add.at(taken, claim.last[held], -1)
        taken = np.cumsum(taken)
        for claim in self.claims:
            np.add.at(taken, claim.week[held], 1)
        return taken[:count]

    def worth(self, series: Series, bonus: int) -> int:
        if not series:
            return 0
        held = np.array(series, dtype=np.int64)
        regular = np.bincount(self.times.of_candidate[held]).max()
        return int(self.candidates.worth[held].sum() + bonus * regular)


def groups(pairs: tuple[PairCandidates, ...]) -> tuple[tuple[int, ...], ...]:
    """The numbers of the pairs that are linked by people in common, small groups first."""
    leader = {person: person for pair in pairs for person in pair.people}

    def lead(person: int) -> int:
        while leader[person] != person:
            leader[person] = person = leader[leader[person]]
        return person

    for pair in pairs:
        for person in pair.people[1:]:
            leader[lead(pair.people[0])] = lead(person)
    members: dict[int, list[int]] = {}
    for number, pair in enumerate(pairs):
        members.setdefault(lead(pair.people[0]), []).append(number)
    return tuple(sorted(map(tuple, members.values()), key=lambda group: (len(group), group)))


def contenders(problem: SeriesProblem, pairs: tuple[PairCandidates, ...]) -> tuple[tuple[Contender, ...], Indices]:
    """The pairs of one group with their claims, and how much each limit allows."""
    of_person: dict[int, list[int]] = {}
    for number, pair in enumerate(pairs):
        for person in pair.people:
            of_person.setdefault(person, []).append(number)
    shared = {person: numbers for person, numbers in sorted(of_person.items()) if len(numbers) > 1}
    claims: list[list[Claims]] = [[] for _ in pairs]
    most: list[Indices] = []
    count = 0
    for numbers in shared.values():
        found, allowed = _claims(problem, [pairs[number] for number in numbers], count)
        for number, claim in zip(numbers, found, strict=True):
            claims[number].append(claim)
        most.append(allowed)
        count += len(allowed)
    allowed = np.concatenate([np.zeros(0, dtype=np.int64), *most])
    return tuple(
        Contender(
            candidates=pair,
            successors=Successors.of(pair, problem),
            times=RegularTimes.of(pair),
            claims=tuple(_settled(claim, count) for claim in own),
        )
        for pair, own in zip(pairs, claims, strict=True)
    ), allowed


_NO_WEEK = -1


def _claims(problem: SeriesProblem, pairs: list[PairCandidates], count: int) -> tuple[list[Claims], Indices]:
    """The claims of one person's pairs, with limits numbered from `count`, and what those limits allow."""
    spans, times = _time_limits(problem.length, pairs, count)
    weeks = _weeks(problem.per_week, pairs)
    claims = [
        Claims(first=first, last=last, week=_places(pair.week, weeks, count + times))
        for pair, (first, last) in zip(pairs, spans, strict=True)
    ]
    allowed = np.concatenate([np.ones(times, np.int64), np.full(len(weeks), problem.per_week, np.int64)])
    return claims, allowed


def _time_limits(length: int, pairs: list[PairCandidates], count: int) -> tuple[list[tuple[Indices, Indices]], int]:
    """For each pair the range of time limits its candidates use, and how many limits there are."""
    starts = np.unique(np.concatenate([pair.slots for pair in pairs]))
    spans = [(np.searchsorted(starts, pair.slots), np.searchsorted(starts, pair.slots + length)) for pair in pairs]
    wanting = np.zeros(len(starts), dtype=np.int64)
    for first, last in spans:
        change = np.zeros(len(starts) + 1, dtype=np.int64)
        np.add.at(change, first, 1)
        np.add.at(change, last, -1)
        wanting += np.cumsum(change)[:-1] > 0
    number = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(wanting > 1)])
    return [(count + number[first], count + number[last]) for first, last in spans], int(number[-1])


def _weeks(per_week: int, pairs: list[PairCandidates]) -> NDArray[np.int64]:
    """The weeks that the pairs together could overfill."""
    wanted: list[Indices] = []
    for pair in pairs:
        week = np.unique(np.stack([pair.week, pair.window]), axis=1)[0]
        weeks, windows = np.unique(week, return_counts=True)
        wanted.append(np.repeat(weeks, np.minimum(windows, per_week)))
    weeks, meetings = np.unique(np.concatenate(wanted), return_counts=True)
    return weeks[meetings > per_week].astype(np.int64)


def _places(week: NDArray[np.int32], weeks: Indices, first: int) -> Indices:
    place = np.searchsorted(weeks, week)
    known = np.isin(week, weeks)
    return np.where(known, first + place, _NO_WEEK).astype(np.int64)


def _settled(claim: Claims, count: int) -> Claims:
    """The claim with the final number for "no limit on this week"."""
    return Claims(first=claim.first, last=claim.last, week=np.where(claim.week == _NO_WEEK, count, claim.week))


def fits(uses: Iterable[Indices], most: Indices) -> bool:
    total = sum(uses, np.zeros(len(most), dtype=np.int64))
    return bool(np.all(total <= most))
