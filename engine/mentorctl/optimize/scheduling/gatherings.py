"""Meetings of many, several at a time: events, kick-off and closing, circles, with shared people, hosts and rooms.

One integer program decides when each is held, so that most can come. Who is asked to one gathering only, or to none
that could overlap another, is counted in the worth of its candidates; only people whose gatherings could overlap need
variables of their own. Gatherings that share neither people nor pools are solved apart.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.linear import solve
from mentorctl.optimize.scheduling.rows import Rows, assemble
from mentorctl.values import dataclass

NOT_HELD = -1
_SECONDS = 10.0  # for each part that is solved apart
_TOLERANCE = 1e-6
_HALF = 0.5
_LARGEST = 2**31


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gathering:
    """One meeting of many, and the quarter hours at which it could begin, in the order of time.

    `available[i, candidate]` tells whether `people[i]` could come then. It is held only where all of `needed` can and
    at least `quorum` people do. `worth` comes on top for each candidate; each meeting takes a place of each of its
    `pools`. `length` is in quarter hours. Raises ValueError where this does not hold.
    """

    people: tuple[int, ...]
    slots: NDArray[np.int64]
    available: NDArray[np.bool_]
    length: int
    worth: NDArray[np.int64] | None = None
    needed: tuple[int, ...] = ()
    quorum: int = 0
    pools: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for defect in _gathering_defects(self):
            raise ValueError(defect)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GatheringProblem:
    """Gatherings that are placed together; each person who comes to one is worth `each`.

    Nobody comes to two at a time; `pools` says how many gatherings can take place at a time in each pool.
    """

    gatherings: tuple[Gathering, ...]
    pools: tuple[int, ...] = ()
    each: int = 1000

    def __post_init__(self) -> None:
        if not 0 <= self.each <= _LARGEST or any(places < 1 for places in self.pools):
            raise ValueError("a person who comes is worth 0 or more, and a pool has a place at least")
        if any(not 0 <= pool < len(self.pools) for one in self.gatherings for pool in one.pools):
            raise ValueError(f"a gathering needs a pool outside 0 to {len(self.pools) - 1}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheringAnswer:
    """The quarter hour of each gathering, -1 where it is not held, and who can come; with its worth and a bound."""

    slots: tuple[int, ...]
    present: tuple[tuple[int, ...], ...]
    value: int
    bound: int
    proved: bool


def place_gatherings(problem: GatheringProblem, *, time_limit: float = _SECONDS) -> GatheringAnswer:
    """The times at which most people can come, by their worth; `time_limit` is in seconds for each part."""
    slots = [NOT_HELD] * len(problem.gatherings)
    present: list[tuple[int, ...]] = [()] * len(problem.gatherings)
    bound = 0
    for numbers in _parts(problem.gatherings):
        model = _Model(problem=problem, numbers=numbers)
        bound += model.solved(time_limit)
        for number, candidate in model.held.items():
            gathering = problem.gatherings[number]
            slots[number] = int(gathering.slots[candidate])
            present[number] = tuple(sorted(model.coming[number]))
    value = gathering_value(problem, slots, present)
    bound = max(bound, value)
    return GatheringAnswer(slots=tuple(slots), present=tuple(present), value=value, bound=bound, proved=value == bound)


def gathering_value(problem: GatheringProblem, slots: Sequence[int], present: Sequence[tuple[int, ...]]) -> int:
    """What held gatherings are worth; each slot must be one of its candidates."""
    total = 0
    for gathering, slot, coming in zip(problem.gatherings, slots, present, strict=True):
        if slot != NOT_HELD:
            own = 0 if gathering.worth is None else int(gathering.worth[gathering.slots.tolist().index(slot)])
            total += problem.each * len(coming) + own
    return total


def _parts(gatherings: Sequence[Gathering]) -> list[list[int]]:
    """The gatherings by whom and what they share."""
    leader: dict[int, int] = {}

    def lead(each: int) -> int:
        while leader.setdefault(each, each) != each:
            leader[each] = each = leader[leader[each]]
        return each

    keys = [(*one.people, *(-1 - pool for pool in one.pools)) for one in gatherings]
    for needed in keys:
        for each in needed[1:]:
            leader[lead(needed[0])] = lead(each)
    parts: dict[int, list[int]] = {}
    for number, needed in enumerate(keys):
        parts.setdefault(lead(needed[0]), []).append(number)
    return [parts[key] for key in sorted(parts, key=lambda key: parts[key])]


@dataclass(slots=True, kw_only=True, eq=False)
class _Model:
    """The integer program of one part. Columns: a candidate held or not, then a person who comes to a candidate."""

    problem: GatheringProblem
    numbers: list[int]
    held: dict[int, int] = field(default_factory=dict)
    coming: dict[int, set[int]] = field(default_factory=dict)

    def solved(self, time_limit: float) -> int:
        """Fill in `held` and `coming`; the bound of what this part is worth."""
        gatherings = [self.problem.gatherings[number] for number in self.numbers]
        offsets = np.cumsum([0, *(len(one.slots) for one in gatherings)])
        torn = _torn(gatherings)
        cost, upper = np.zeros(offsets[-1]), np.ones(offsets[-1])
        options: list[tuple[int, int, int]] = []  # gathering, person by place, column of the candidate
        for place, one in enumerate(gatherings):
            counted = np.array([person not in torn for person in one.people], np.bool_)
            sure = one.available[counted].sum(axis=0)
            here = slice(offsets[place], offsets[place + 1])
            cost[here] = -(self.problem.each * sure + (0 if one.worth is None else one.worth))
            upper[here] = _possible(one)
            for row in np.flatnonzero(~counted).tolist():
                options += [(place, row, int(offsets[place]) + c) for c in np.flatnonzero(one.available[row]).tolist()]
        cost = np.concatenate([cost, np.full(len(options), -float(self.problem.each))])
        upper = np.concatenate([upper, np.ones(len(options))])
        pieces = [*self._rows(gatherings, offsets, options, torn)]
        whole = np.ones(len(cost), np.bool_)
        found = solve(assemble(cost, (np.zeros(len(cost)), upper), whole, pieces), time_limit=time_limit)
        if found.answered:
            self._read(gatherings, offsets, options, torn, found.x)
        ceiling = sum(max(0, -int(cost[offsets[p] : offsets[p + 1]].min(initial=0))) for p in range(len(gatherings)))
        ceiling += self.problem.each * sum(person in torn for one in gatherings for person in one.people)
        return min(ceiling, math.floor(-found.bound + _TOLERANCE)) if math.isfinite(found.bound) else ceiling

    def _rows(
        self,
        gatherings: Sequence[Gathering],
        offsets: NDArray[np.int64],
        options: Sequence[tuple[int, int, int]],
        torn: frozenset[int],
    ) -> Iterator[Rows]:
        candidates = np.arange(offsets[-1])
        owner = np.repeat(np.arange(len(gatherings)), np.diff(offsets))
        yield Rows.at_most(owner, candidates, np.ones(len(gatherings)))
        first = int(offsets[-1])
        column = np.array([column for _, _, column in options], np.int64)
        coming, each = first + np.arange(len(options)), np.arange(len(options))
        # Whoever comes, comes to what is held.
        yield Rows(
            row=np.concatenate([each, each]),
            column=np.concatenate([coming, column]),
            value=np.concatenate([np.ones(len(each)), -np.ones(len(each))]),
            sense=-1,
            rhs=np.zeros(len(each)),
        )
        slot = np.concatenate([np.zeros(0, np.int64), *(one.slots for one in gatherings)])
        length = np.repeat([one.length for one in gatherings], np.diff(offsets))
        for person in sorted(torn):
            own = [at for at, (place, row, _) in enumerate(options) if gatherings[place].people[row] == person]
            yield from _crowds(coming[own], slot[column[own]], length[column[own]], 1)
        for pool, places in enumerate(self.problem.pools):
            using = np.flatnonzero(np.array([pool in one.pools for one in gatherings], np.bool_)[owner])
            yield from _crowds(using, slot[using], length[using], places)
        yield from _presence(gatherings, offsets, options, first, torn)

    def _read(
        self,
        gatherings: Sequence[Gathering],
        offsets: NDArray[np.int64],
        options: Sequence[tuple[int, int, int]],
        torn: frozenset[int],
        x: NDArray[np.float64],
    ) -> None:
        for place, (number, one) in enumerate(zip(self.numbers, gatherings, strict=True)):
            chosen = np.flatnonzero(x[offsets[place] : offsets[place + 1]] > _HALF)
            if len(chosen):
                candidate = int(chosen[0])
                self.held[number] = candidate
                free = zip(one.people, one.available[:, candidate].tolist(), strict=True)
                self.coming[number] = {person for person, can in free if can and person not in torn}
        for (place, row, _), comes in zip(options, x[offsets[-1] :].tolist(), strict=True):
            if comes > _HALF:
                self.coming[self.numbers[place]].add(gatherings[place].people[row])


def _possible(one: Gathering) -> NDArray[np.bool_]:
    """The candidates at which the needed people and the quorum could be there."""
    needed = [one.people.index(person) for person in one.needed]
    possible: NDArray[np.bool_] = one.available[needed].all(axis=0) & (one.available.sum(axis=0) >= one.quorum)
    return possible


def _torn(gatherings: Sequence[Gathering]) -> frozenset[int]:
    """People with two gatherings that could overlap."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for one in gatherings:
        for row, person in enumerate(one.people):
            can = one.slots[one.available[row]]
            if len(can):
                spans.setdefault(person, []).append((int(can[0]), int(can[-1]) + one.length))
    torn = set()
    for person, known in spans.items():
        ordered = sorted(known)
        if any(later[0] < earlier[1] for earlier, later in pairwise(ordered)):
            torn.add(person)
    return frozenset(torn)


def _crowds(
    column: NDArray[np.int64], slot: NDArray[np.int64], length: NDArray[np.int64], places: int
) -> Iterator[Rows]:
    """At most some columns at a time: a row for each time at which one of them begins."""
    begins = np.unique(slot)
    going_on = (slot <= begins[:, None]) & (begins[:, None] < slot + length)
    row, at = np.nonzero(going_on[going_on.sum(axis=1) > places])
    if len(row):
        yield Rows.at_most(row, column[at], np.full(int(row.max()) + 1, float(places)))


def _presence(
    gatherings: Sequence[Gathering],
    offsets: NDArray[np.int64],
    options: Sequence[tuple[int, int, int]],
    first: int,
    torn: frozenset[int],
) -> Iterator[Rows]:
    """The needed people come and the quorum is reached, counting those who are there in any case."""
    by_column: dict[int, list[tuple[int, int]]] = {}
    for at, (place, row, column) in enumerate(options):
        by_column.setdefault(column, []).append((gatherings[place].people[row], first + at))
    width = first + len(options)
    for place, one in enumerate(gatherings):
        counted = [person not in torn for person in one.people]
        sure = one.available[np.array(counted, np.bool_)].sum(axis=0).tolist()
        for candidate in np.flatnonzero(_possible(one)).tolist():
            column = int(offsets[place]) + candidate
            unsure = by_column.get(column, [])
            if sure[candidate] < one.quorum:
                values = np.zeros(width)
                values[column] = one.quorum - sure[candidate]
                values[[at for _, at in unsure]] = -1
                yield Rows.one(values, -1, 0.0)
            for person, at in unsure:
                if person in one.needed:
                    values = np.zeros(width)
                    values[column], values[at] = 1, -1
                    yield Rows.one(values, -1, 0.0)


def _gathering_defects(one: Gathering) -> Iterator[str]:
    if not one.people or len(set(one.people)) != len(one.people) or min(one.people) < 0:
        yield "those who are asked must be different people, one at least, numbered from 0"
    if one.available.shape != (len(one.people), len(one.slots)):
        yield f"available has the shape {one.available.shape}, not that of people by candidates"
    if np.any(np.diff(one.slots) <= 0):
        yield "the slots are not in the order of time, each once"
    if one.length < 1 or one.quorum < 0:
        yield "a gathering lasts a quarter hour at least, and its quorum is not negative"
    if not set(one.needed) <= set(one.people):
        yield "somebody is needed who is not asked"
    if one.worth is not None and (one.worth.shape != one.slots.shape or np.any(np.abs(one.worth) > _LARGEST)):
        yield f"worth needs a number per candidate, not beyond {_LARGEST}"
    if len(set(one.pools)) != len(one.pools):
        yield "a gathering takes one place of a pool at most"
