"""Placed gatherings against everything there is: each tiny instance is enumerated in full."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mentorctl.optimize.scheduling.gatherings import (
    NOT_HELD,
    Gathering,
    GatheringAnswer,
    GatheringProblem,
    place_gatherings,
)
from mentorctl.optimize.scheduling.verify_gatherings import verify_gatherings


def random_gatherings(seed: int) -> GatheringProblem:
    """Up to three gatherings of few people at few times, whose hosts, rooms and people often clash."""
    draw = np.random.default_rng(seed)
    gatherings = []
    pools = tuple(draw.integers(1, 3, int(draw.integers(0, 2))).tolist())
    for _ in range(int(draw.integers(1, 4))):
        people = draw.choice(5, int(draw.integers(1, 4)), replace=False).tolist()
        slots = np.sort(draw.choice(8, int(draw.integers(0, 4)), replace=False)).astype(np.int64)
        gatherings.append(
            Gathering(
                people=tuple(people),
                slots=slots,
                available=draw.random((len(people), len(slots))) < 0.7,
                length=int(draw.integers(1, 4)),
                worth=draw.integers(-5, 6, len(slots)),
                pools=tuple(p for p in range(len(pools)) if draw.random() < 0.7),
            )
        )
    return GatheringProblem(gatherings=tuple(gatherings), pools=pools, each=int(draw.integers(0, 9)))


def all_answers(problem: GatheringProblem) -> Iterator[tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]]:
    """Every slot and every subset of those who are available."""
    options: list[list[tuple[int, tuple[int, ...]]]] = []
    for one in problem.gatherings:
        own: list[tuple[int, tuple[int, ...]]] = [(NOT_HELD, ())]
        for candidate, slot in enumerate(one.slots.tolist()):
            free = sorted(p for p, can in zip(one.people, one.available[:, candidate], strict=True) if can)
            own += [(slot, some) for size in range(len(free) + 1) for some in itertools.combinations(free, size)]
        options.append(own)
    for chosen in itertools.product(*options):
        yield tuple(slot for slot, _ in chosen), tuple(present for _, present in chosen)


def value_of(problem: GatheringProblem, slots: tuple[int, ...], present: tuple[tuple[int, ...], ...]) -> int:
    total = 0
    for one, slot, coming in zip(problem.gatherings, slots, present, strict=True):
        if slot != NOT_HELD:
            total += problem.each * len(coming)
            total += int(one.worth[np.flatnonzero(one.slots == slot)[0]])
    return total


def test_gatherings_are_placed_best() -> None:
    """On random instances the answer is right, proved and worth as much as the best of all."""
    compared = 0
    for seed in range(150):
        problem = random_gatherings(seed)
        answer = place_gatherings(problem)
        assert verify_gatherings(problem, answer) == (), seed
        assert answer.proved, seed
        best, count = 0, 0
        for slots, present in itertools.islice(all_answers(problem), 1201):
            count += 1
            value = value_of(problem, slots, present)
            if value > best:
                tried = GatheringAnswer(slots=slots, present=present, value=value, bound=value, proved=True)
                best = value if not verify_gatherings(problem, tried) else best
        if count <= 1200:
            assert answer.value == best, seed
            compared += 1
    assert compared > 90


def kickoff() -> GatheringProblem:
    """Two gatherings with one host and one room."""
    slots = np.array([0, 4, 8], np.int64)
    one = Gathering(
        people=(0, 1, 2),
        slots=slots,
        available=np.ones((3, 3), np.bool_),
        length=4,
        worth=np.zeros(3, np.int64),
        pools=(0,),
    )
    can = np.ones((3, 3), np.bool_)
    can[1, 2] = False
    return GatheringProblem(gatherings=(one, replace(one, people=(0, 3, 4), available=can)), pools=(1,))


def test_a_host_and_a_room_are_not_shared_at_a_time() -> None:
    """Both are held, one after the other, with everybody."""
    answer = place_gatherings(kickoff())
    assert answer.proved
    assert answer.value == 6000
    assert answer.slots[0] != answer.slots[1]


def test_people_alike_come_together() -> None:
    """Two gatherings in one week: three who are asked to both and have time alike come to both, one after the other."""
    slots = np.array([0, 2, 4], np.int64)
    can = np.array([[1, 1, 1]] * 3 + [[0, 1, 0]] * 2, np.bool_)
    one = Gathering(people=(0, 1, 2, 3, 4), slots=slots, available=can, length=3, worth=-np.arange(3))
    two = replace(one, people=(0, 1, 2), available=can[:3])
    problem = GatheringProblem(gatherings=(one, two))
    answer = place_gatherings(problem)
    assert verify_gatherings(problem, answer) == ()
    assert answer.proved
    assert (answer.slots, answer.value) == ((0, 4), 6 * 1000 - 2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"slots": (0, 0)}, "at a time"),
        ({"slots": (0, 2)}, "no candidate"),
        ({"slots": (0, -1)}, "not held"),
        ({"present": ((0, 1, 9), (0, 3, 4))}, "not asked"),
        ({"present": ((0, 1, 1), (0, 3, 4))}, "twice"),
        ({"slots": (0, 8)}, "not available"),
        ({"value": 1}, "worth 6000, not 1"),
        ({"bound": 5}, "below the value"),
        ({"proved": False}, "do not agree"),
        ({"slots": (0,)}, "were given"),
    ],
)
def test_a_corrupted_answer_is_named(change: dict[str, Any], said: str) -> None:
    """Each thing that can be wrong with an answer is found and said."""
    problem = kickoff()
    right = GatheringAnswer(slots=(0, 4), present=((0, 1, 2), (0, 3, 4)), value=6000, bound=6000, proved=True)
    assert verify_gatherings(problem, right) == ()
    assert any(said in text for text in verify_gatherings(problem, replace(right, **change)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"people": (0, 0, 1)}, "different people"),
        ({"available": np.ones((1, 1), np.bool_)}, "shape"),
        ({"slots": np.array([4, 0, 8], np.int64)}, "order of time"),
        ({"length": 0}, "quarter hour"),
        ({"worth": np.zeros(1, np.int64)}, "number per candidate"),
        ({"pools": (0, 0)}, "one place"),
    ],
)
def test_a_gathering_that_does_not_fit_is_refused(change: dict[str, Any], said: str) -> None:
    """A value that contradicts itself is an error of the caller."""
    with pytest.raises(ValueError, match=said):
        replace(kickoff().gatherings[0], **change)
    with pytest.raises(ValueError, match="outside 0 to -1"):
        replace(kickoff(), pools=())
