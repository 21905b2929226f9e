"""Checks of placed gatherings, written without the code that places them: plain loops over the problem as stated."""

from collections.abc import Iterator
from itertools import combinations

from mentorctl.optimize.scheduling.gatherings import NOT_HELD, Gathering, GatheringAnswer, GatheringProblem


def verify_gatherings(problem: GatheringProblem, answer: GatheringAnswer) -> tuple[str, ...]:
    """Everything that is wrong with an answer, as sentences; empty if it keeps all limits and counts right."""
    count = len(problem.gatherings)
    if len(answer.slots) != count or len(answer.present) != count:
        return (f"{len(answer.slots)} slots and {len(answer.present)} groups were given for {count} gatherings",)
    held = [*zip(problem.gatherings, answer.slots, answer.present, strict=True)]
    found: list[str] = []
    for number, (gathering, slot, present) in enumerate(held):
        found += (f"gathering {number}: {text}" for text in _own_violations(gathering, slot, present))
    if found:
        return tuple(found)
    found += _clashes(problem, answer)
    value = 0
    for gathering, slot, present in held:
        if slot != NOT_HELD:
            value += problem.each * len(present)
            value += sum(
                int(worth) for start, worth in zip(gathering.slots, gathering.worth, strict=True) if start == slot
            )
    if value != answer.value:
        found.append(f"the gatherings are worth {value}, not {answer.value}")
    if answer.bound < answer.value:
        found.append(f"the bound {answer.bound} is below the value {answer.value}")
    if answer.proved != (answer.bound == answer.value):
        found.append(f"value {answer.value} and bound {answer.bound} do not agree with proved = {answer.proved}")
    return tuple(found)


def _own_violations(gathering: Gathering, slot: int, present: tuple[int, ...]) -> Iterator[str]:
    if slot == NOT_HELD:
        if present:
            yield "people come to what is not held"
        return
    starts = gathering.slots.tolist()
    if slot not in starts:
        yield f"it is held at {slot}, which is no candidate"
        return
    yield from _attendance(gathering, starts.index(slot), present)


def _attendance(gathering: Gathering, candidate: int, present: tuple[int, ...]) -> Iterator[str]:
    for person in present:
        if person not in gathering.people:
            yield f"person {person} comes and was not asked"
        elif not gathering.available[gathering.people.index(person), candidate]:
            yield f"person {person} comes and is not available"
    if len(set(present)) != len(present):
        yield "somebody comes twice"


def _clashes(problem: GatheringProblem, answer: GatheringAnswer) -> Iterator[str]:
    held = [number for number, slot in enumerate(answer.slots) if slot != NOT_HELD]
    span = {n: (answer.slots[n], answer.slots[n] + problem.gatherings[n].length) for n in held}
    for one, two in combinations(held, 2):
        if span[one][0] < span[two][1] and span[two][0] < span[one][1]:
            for person in sorted(set(answer.present[one]) & set(answer.present[two])):
                yield f"person {person} would be in gatherings {one} and {two} at a time"
    for pool, places in enumerate(problem.pools):
        using = [number for number in held if pool in problem.gatherings[number].pools]
        for at in sorted({span[number][0] for number in using}):
            together = sum(span[number][0] <= at < span[number][1] for number in using)
            if together > places:
                yield f"pool {pool} would have {together} gatherings at {at} in {places} places"
