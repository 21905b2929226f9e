"""Meetings for many pairs: the timetable of the most worth, group by group of pairs that share people or pools.

Groups do not touch each other, so each is solved alone and the proofs add up. A group whose content is as it was keeps
its timetable: let A be the best when each slot of an earlier B was worth `stay` more. For any other T then
worth(T) + stay |T & B| <= worth(A) + stay |A & B|, and since |A & B| + |A & T| <= |A| + |B & T|, T is no better than A
when the slots of A are what is worth more. So nothing has to be solved again there, and a gap stays what it was.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import blake2b

import numpy as np

from mentorctl.optimize.scheduling.limits import Series, groups
from mentorctl.optimize.scheduling.problem import Before, PairCandidates, Part, SeriesAnswer, SeriesProblem
from mentorctl.optimize.scheduling.rolling import search_group

type Meetings = tuple[tuple[int, int], ...]

_DIGEST = 16  # bytes


def never() -> bool:
    """A deadline that does not come."""
    return False


def solve_series(problem: SeriesProblem, *, deadline: Callable[[], bool] = never) -> SeriesAnswer:
    """The timetable of the most worth, with its proof or the gap that is left.

    The order of the pairs makes no difference. `deadline` is asked between steps; once it says True, the best
    timetable so far is returned. Every answer keeps all limits, unless parts or slots of an earlier answer were altered
    since: the engine checks, and solves without them then.
    """
    digests = [_digest(pair) for pair in problem.pairs]
    order = sorted(range(len(problem.pairs)), key=lambda number: (problem.pairs[number].people, digests[number]))
    before = problem.before or Before(starts=((),) * len(order))
    earlier = {part.key: part for part in before.parts if part.stay <= before.stay}
    starts: list[Meetings] = [()] * len(order)
    parts: list[Part] = []
    for group in groups(tuple(problem.pairs[number] for number in order)):
        numbers = [order[place] for place in group]
        pairs = tuple(problem.pairs[number] for number in numbers)
        held = tuple(before.starts[number] for number in numbers)
        key = _key(problem, pairs, [digests[number] for number in numbers])
        part = earlier.get(key)
        if part is None:
            part, held = _group(problem, pairs, held, key, deadline)
        parts.append(part)
        for number, meetings in zip(numbers, held, strict=True):
            starts[number] = meetings
    value = sum(part.value for part in parts) + before.stay * _kept(before.starts, starts)
    gap = sum(part.bound - part.value for part in parts)
    return SeriesAnswer(starts=tuple(starts), value=value, bound=value + gap, proved=not gap, parts=tuple(parts))


def _group(
    problem: SeriesProblem,
    pairs: tuple[PairCandidates, ...],
    held: tuple[Meetings, ...],
    key: str,
    deadline: Callable[[], bool],
) -> tuple[Part, tuple[Meetings, ...]]:
    """The best timetable of one group, with a reward for the slots that are held now."""
    stay = problem.before.stay if problem.before else 0
    rewarded = tuple(_rewarded(pair, meetings, stay) for pair, meetings in zip(pairs, held, strict=True))
    found = search_group(problem, rewarded, deadline)
    placed = tuple(_meetings(pair, series) for pair, series in zip(pairs, found.best, strict=True))
    value = found.value - stay * _kept(held, placed)
    return Part(key=key, value=value, bound=value + found.bound - found.value, stay=stay), placed


def _rewarded(pair: PairCandidates, held: Meetings, stay: int) -> PairCandidates:
    if not held or not stay:
        return pair
    places = {slot: window for window, slot in held}
    same = [places.get(slot) == window for slot, window in zip(pair.slots.tolist(), pair.window.tolist(), strict=True)]
    return replace(pair, worth=pair.worth + stay * np.array(same, np.int64))


def _kept(before: Sequence[Meetings], after: Sequence[Meetings]) -> int:
    """How many meetings have the slot that they had."""
    return sum(len(set(had) & set(has)) for had, has in zip(before, after, strict=True))


def _meetings(pair: PairCandidates, series: Series) -> Meetings:
    return tuple((int(pair.window[candidate]), int(pair.slots[candidate])) for candidate in series)


def _digest(pair: PairCandidates) -> bytes:
    """Of the candidates and terms of a pair, whoever meets."""
    hardship = np.zeros(0, np.int64) if pair.hardship is None else pair.hardship
    columns = [np.asarray(c) for c in (pair.slots, pair.worth, pair.window, pair.week, pair.regular, hardship)]
    said = repr((len(pair.people), pair.terms, [(column.dtype.str, column.shape) for column in columns]))
    digest = blake2b(said.encode(), digest_size=_DIGEST)
    for column in columns:
        digest.update(np.ascontiguousarray(column).data)
    return digest.digest()


def _key(problem: SeriesProblem, pairs: Sequence[PairCandidates], digests: Sequence[bytes]) -> str:
    """A digest of everything that the timetable of a group depends on; people and pools by their order in the group."""
    people = sorted({person for pair in pairs for person in pair.people})
    pools = sorted({pool for pair in pairs for pool in pair.pools})
    number = {person: place for place, person in enumerate(people)}
    own = {pool: place for place, pool in enumerate(pools)}
    common = (problem.length, problem.per_week, problem.gap_min, problem.gap_max, problem.regular_bonus)
    steps = [(step.above, step.price) for step in problem.steps]
    limits = [problem.weekly(person) for person in people], [problem.pools[pool] for pool in pools]
    who = [([number[p] for p in pair.people], [own[p] for p in pair.pools]) for pair in pairs]
    digest = blake2b(repr((common, steps, limits, who)).encode(), digest_size=_DIGEST)
    for each in digests:
        digest.update(each)
    return digest.hexdigest()
