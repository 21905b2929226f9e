"""Meetings of many, several at a time: events, kick-off and closing, circles, with shared people, hosts and rooms.

One integer program decides when each is held, so that most can come. Who is asked to one gathering only, or to none
that could overlap another, is counted in the worth of its candidates; only people whose gatherings could overlap need
variables of their own, one for all who are asked to the same and have time alike. Gatherings that share neither such
people nor pools are placed apart, and one that shares nothing needs no program.
"""

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.linear import solve
from mentorctl.optimize.scheduling.linked import linked
from mentorctl.optimize.scheduling.rows import Rows, assemble, crowds
from mentorctl.values import dataclass

NOT_HELD = -1
_SECONDS = 10.0  # for each part that is solved apart
_TOLERANCE = 1e-6
_HALF = 0.5
_LARGEST = 2**31


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gathering:
    """One meeting of many, and the quarter hours at which it could begin, in the order of time.

    `available[i, candidate]` tells whether `people[i]` could come then; `worth` comes on top for each candidate. Each
    meeting takes a place of each of its `pools`. `length` is in quarter hours. Raises ValueError where this does not
    hold.
    """

    people: tuple[int, ...]
    slots: NDArray[np.int64]
    available: NDArray[np.bool_]
    length: int
    worth: NDArray[np.int64]
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
    for numbers in _parts(problem):
        model = _Model(problem=problem, gatherings=tuple(problem.gatherings[number] for number in numbers))
        chosen, most = model.alone() if len(numbers) == 1 else model.solved(time_limit)
        bound += most
        for number, (slot, coming) in zip(numbers, chosen, strict=True):
            slots[number], present[number] = slot, coming
    value = gathering_value(problem, slots, present)
    bound = max(bound, value)
    return GatheringAnswer(slots=tuple(slots), present=tuple(present), value=value, bound=bound, proved=value == bound)


def share_nothing(problem: GatheringProblem) -> bool:
    """Whether each gathering can be placed as if there were no other."""
    return all(len(part) == 1 for part in _parts(problem))


def gathering_value(problem: GatheringProblem, slots: Sequence[int], present: Sequence[tuple[int, ...]]) -> int:
    """What held gatherings are worth; each slot must be one of its candidates."""
    total = 0
    for gathering, slot, coming in zip(problem.gatherings, slots, present, strict=True):
        if slot != NOT_HELD:
            total += problem.each * len(coming) + int(gathering.worth[gathering.slots.tolist().index(slot)])
    return total


def _parts(problem: GatheringProblem) -> list[list[int]]:
    """The gatherings by whom and what they share at times that could be the same."""
    torn = _torn(problem.gatherings)
    needs = [
        (*(person for person in one.people if person in torn), *(-1 - pool for pool in one.pools))
        for one in problem.gatherings
    ]
    return linked(needs)


type _Held = tuple[int, tuple[int, ...]]  # the slot of a gathering, and who comes


@dataclass(frozen=True, kw_only=True, eq=False)
class _Model:
    """The integer program of one part. Columns: a candidate held or not, then people who come to a candidate."""

    problem: GatheringProblem
    gatherings: tuple[Gathering, ...]

    @cached_property
    def torn(self) -> frozenset[int]:
        return _torn(self.gatherings)

    @cached_property
    def offsets(self) -> NDArray[np.int64]:
        """The first column of each gathering, and the number of all that say what is held."""
        return np.cumsum([0, *(len(one.slots) for one in self.gatherings)])

    @cached_property
    def classes(self) -> tuple[tuple[int, ...], ...]:
        """The torn people by what they are asked to and when they have time."""
        about: dict[int, list[tuple[int, bytes]]] = {}
        for place, one in enumerate(self.gatherings):
            for row, person in enumerate(one.people):
                if person in self.torn:
                    about.setdefault(person, []).append((place, one.available[row].tobytes()))
        found: dict[tuple[tuple[int, bytes], ...], list[int]] = {}
        for person, known in sorted(about.items()):
            found.setdefault(tuple(known), []).append(person)
        return tuple(map(tuple, found.values()))

    @cached_property
    def options(self) -> tuple[tuple[int, int, int], ...]:
        """What the further columns stand for: a class, a gathering, and the column of its candidate."""
        found = []
        for number, people in enumerate(self.classes):
            for place, one in enumerate(self.gatherings):
                if people[0] in one.people:
                    free = np.flatnonzero(one.available[one.people.index(people[0])])
                    found += [(number, place, int(self.offsets[place]) + at) for at in free.tolist()]
        return tuple(found)

    @cached_property
    def cost(self) -> NDArray[np.float64]:
        held = [self.problem.each * one.available[self._sure(one)].sum(axis=0) + one.worth for one in self.gatherings]
        sizes = [self.problem.each * len(self.classes[number]) for number, _, _ in self.options]
        return -np.concatenate([*held, np.array(sizes, np.float64)])

    def _sure(self, one: Gathering) -> NDArray[np.bool_]:
        """The rows of those who come whenever they have time."""
        return np.array([person not in self.torn for person in one.people], np.bool_)

    def alone(self) -> tuple[list[_Held], int]:
        """The best slot of the only gathering, the earliest of them, if it is worth something; and its worth."""
        (one,) = self.gatherings
        if not len(one.slots) or self.cost.min() >= 0:
            return [(NOT_HELD, ())], 0
        return [self._at(one, int(self.cost.argmin()))], -int(self.cost.min())

    def solved(self, time_limit: float) -> tuple[list[_Held], int]:
        """What is held, and a bound of what this part is worth."""
        count = len(self.cost)
        model = assemble(self.cost, (np.zeros(count), np.ones(count)), np.ones(count, np.bool_), [*self._rows()])
        found = solve(model, time_limit=time_limit)
        each = [self.cost[one:two].min(initial=0) for one, two in pairwise(self.offsets)]
        ceiling = -int(sum(each)) + self.problem.each * sum(
            person in self.torn for one in self.gatherings for person in one.people
        )
        bound = min(ceiling, math.floor(-found.bound + _TOLERANCE)) if math.isfinite(found.bound) else ceiling
        return (self._read(found.x) if found.answered else [(NOT_HELD, ())] * len(self.gatherings)), bound

    def _rows(self) -> Iterator[Rows]:
        gatherings, first = self.gatherings, int(self.offsets[-1])
        candidates = np.arange(first)
        owner = np.repeat(np.arange(len(gatherings)), np.diff(self.offsets))
        yield Rows.at_most(owner, candidates, np.ones(len(gatherings)))
        number, _, column = np.array(self.options, np.int64).reshape(-1, 3).T
        coming, each = first + np.arange(len(column)), np.arange(len(column))
        # Whoever comes, comes to what is held.
        yield Rows(
            row=np.concatenate([each, each]),
            column=np.concatenate([coming, column]),
            value=np.concatenate([np.ones(len(each)), -np.ones(len(each))]),
            sense=-1,
            rhs=np.zeros(len(each)),
        )
        slot = np.concatenate([np.zeros(0, np.int64), *(one.slots for one in gatherings)])
        length = np.array([one.length for one in gatherings], np.int64)[owner]
        for one in range(len(self.classes)):
            own = np.flatnonzero(number == one)
            yield from crowds(coming[own], slot[column[own]], length[column[own]], 1)
        for pool, places in enumerate(self.problem.pools):
            using = np.flatnonzero(np.array([pool in one.pools for one in gatherings], np.bool_)[owner])
            yield from crowds(using, slot[using], length[using], places)

    def _read(self, x: NDArray[np.float64]) -> list[_Held]:
        chosen: list[_Held] = []
        for one, first, after in zip(self.gatherings, self.offsets[:-1], self.offsets[1:], strict=True):
            held = np.flatnonzero(x[first:after] > _HALF)
            chosen.append(self._at(one, int(held[0])) if len(held) else (NOT_HELD, ()))
        for (number, place, _), comes in zip(self.options, x[self.offsets[-1] :].tolist(), strict=True):
            if comes > _HALF:
                slot, coming = chosen[place]
                chosen[place] = slot, tuple(sorted((*coming, *self.classes[number])))
        return chosen

    def _at(self, one: Gathering, candidate: int) -> _Held:
        """A gathering at a candidate, with those who come whenever they have time."""
        coming = one.available[:, candidate] & self._sure(one)
        people = (person for person, comes in zip(one.people, coming.tolist(), strict=True) if comes)
        return int(one.slots[candidate]), tuple(sorted(people))


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


def _gathering_defects(one: Gathering) -> Iterator[str]:
    if not one.people or len(set(one.people)) != len(one.people) or min(one.people) < 0:
        yield "those who are asked must be different people, one at least, numbered from 0"
    if one.available.shape != (len(one.people), len(one.slots)):
        yield f"available has the shape {one.available.shape}, not that of people by candidates"
    if np.any(np.diff(one.slots) <= 0):
        yield "the slots are not in the order of time, each once"
    if one.length < 1:
        yield "a gathering lasts a quarter hour at least"
    if one.worth.shape != one.slots.shape or np.any(np.abs(one.worth) > _LARGEST):
        yield f"worth needs a number per candidate, not beyond {_LARGEST}"
    if len(set(one.pools)) != len(one.pools):
        yield "a gathering takes one place of a pool at most"
