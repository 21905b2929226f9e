"""What is said about a solved network, against solving again: every loss, every worth and every shortage."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from oracle.test_network import Drawn, allowed_choices, draw_network, worths

from mentorctl.optimize.explain.hall import Shortage, shortages
from mentorctl.optimize.explain.residual import Residual
from mentorctl.optimize.network import Network, NoProof, Objective, solve_network, worth


def best_among(drawn: Drawn, rows: np.ndarray) -> tuple[int, ...] | None:
    """The best values in order among some of the allowed choices, counted by looking at each."""
    values = np.array([worths(drawn, objective) for objective in drawn.objectives]).T[rows]
    return max(map(tuple, values.tolist())) if len(values) else None


def lost(best: tuple[int, ...], other: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return None if other is None else tuple(a - b for a, b in zip(best, other, strict=True))


@pytest.mark.parametrize("block", range(6))
def test_every_answer_about_a_pair_is_that_of_all_choices(block: int) -> None:
    """Losses are exact on hundreds of tiny networks with ties, floors and objectives in order; bounds never exceed them."""
    for seed in range(block * 100, block * 100 + 100):
        drawn = draw_network(seed)
        if not len(drawn.allowed):
            continue
        answer = solve_network(drawn.network, drawn.objectives)
        asked = Residual(drawn.network, drawn.objectives, answer.chosen)
        best = best_among(drawn, np.ones(len(drawn.allowed), np.bool_))
        assert best is not None
        exact = [lost(best, best_among(drawn, drawn.allowed[:, pair])) for pair in range(len(drawn.network))]
        assert asked.losses(range(len(drawn.network))) == exact, seed
        for pair, (bound, loss) in enumerate(zip(asked.bounds(np.arange(len(exact))), exact, strict=True)):
            assert loss is None or bound <= loss, (seed, pair)
            change = asked.change(pair) if not answer.chosen[pair] else None
            if change is None:
                assert answer.chosen[pair] or loss is None
                continue
            other = answer.chosen.copy()
            other[list(change.come)], other[list(change.go)] = True, False
            assert change.losses == loss
            assert lost(best, tuple(worth(drawn.network, o, other) for o in drawn.objectives)) == loss
            assert (drawn.allowed == other).all(axis=1).any()


@pytest.mark.parametrize("block", range(3))
def test_a_place_is_worth_what_solving_with_it_gains(block: int) -> None:
    """One more place for each person of hundreds of tiny networks, against all choices that it allows."""
    for seed in range(block * 100, block * 100 + 100):
        drawn = draw_network(seed)
        if not len(drawn.allowed):
            continue
        answer = solve_network(drawn.network, drawn.objectives)
        best = best_among(drawn, np.ones(len(drawn.allowed), np.bool_))
        assert best is not None
        for person, gain in enumerate(Residual(drawn.network, drawn.objectives, answer.chosen).worth_of_a_place()):
            high = drawn.network.high.copy()
            high[person] += 1
            wider = replace(drawn, network=replace(drawn.network, high=high))
            wider = replace(wider, allowed=allowed_choices(wider.network))
            reached = best_among(wider, np.ones(len(wider.allowed), np.bool_))
            assert reached is not None
            assert gain == tuple(b - a for a, b in zip(best, reached, strict=True)), (seed, person)


def middling(
    seed: int, *, people: int = 30, capacity: int = 1, few_values: bool = False
) -> tuple[Network, tuple[Objective, ...]]:
    """A network in which everybody has some candidates, with coverage first."""
    draw = np.random.default_rng(seed)
    mentors = people // capacity
    pairs = [
        (e, m) for e in range(people) for m in np.sort(draw.choice(mentors, min(mentors, 6), replace=False)).tolist()
    ]
    ends = np.array(pairs, np.int64)
    network = Network(
        mentees=people,
        mentee=ends[:, 0],
        mentor=ends[:, 1] + people,
        low=np.zeros(people + mentors, np.int64),
        high=np.concatenate([np.ones(people, np.int64), np.full(mentors, capacity)]),
    )
    nobody = np.zeros(people + mentors, np.int64)
    covered = nobody.copy()
    covered[:people] = 1
    points = draw.integers(0, 4 if few_values else 10_000, len(pairs))
    return network, (
        Objective(pair=np.zeros(len(pairs), np.int64), cover=covered),
        Objective(pair=points, cover=nobody),
    )


def forced(network: Network, objectives: tuple[Objective, ...], pair: int) -> tuple[int, ...]:
    """The values of the best answer with a pair, by solving the rest of the network again."""
    ends = [int(network.mentee[pair]), int(network.mentor[pair])]
    high = network.high.copy()
    high[ends] -= 1
    keep = np.arange(len(network)) != pair
    rest = replace(network, mentee=network.mentee[keep], mentor=network.mentor[keep], high=high)
    seen = []
    for objective in objectives:
        cover = objective.cover.copy()
        cover[ends] = 0
        seen.append(Objective(pair=objective.pair[keep], cover=cover))
    found = solve_network(rest, tuple(seen))
    gained = (int(o.pair[pair]) + int(o.cover[ends].sum()) for o in objectives)
    return tuple(c.value + more for c, more in zip(found.certificates, gained, strict=False))


@pytest.mark.parametrize(("capacity", "few_values"), [(1, False), (1, True), (3, True)])
def test_larger_networks_are_solved_again(capacity: int, few_values: bool) -> None:
    """Networks beyond enumeration, with many ties and several places a mentor, agree with a full solve for each pair."""
    network, objectives = middling(5, capacity=capacity, few_values=few_values)
    answer = solve_network(network, objectives)
    asked = Residual(network, objectives, answer.chosen)
    best = tuple(worth(network, objective, answer.chosen) for objective in objectives)
    for pair in range(0, len(network), 4):
        assert asked.losses([pair]) == [lost(best, forced(network, objectives, pair))], pair
    mentee = 3
    others = [int(p) for p in np.flatnonzero((network.mentee == mentee) & ~answer.chosen)]
    known = [(loss, p) for p, loss in zip(others, asked.losses(others), strict=True) if loss is not None]
    cheapest = asked.cheapest([[pair] for pair in others], 3)
    assert [(loss, pair) for _, pair, loss in cheapest] == sorted(known)[:3]


def test_numbers_beyond_64_bits_are_exact_too() -> None:
    """Objectives in order that no 64-bit number holds are folded into Python's own numbers."""
    network, (cover, points) = middling(7)
    large = Objective(pair=points.pair << 30, cover=points.cover)
    objectives = (cover, large, Objective(pair=points.pair[::-1] << 30, cover=points.cover))
    answer = solve_network(network, objectives)
    asked = Residual(network, objectives, answer.chosen)
    assert asked._potential.dtype == object
    best = tuple(worth(network, objective, answer.chosen) for objective in objectives)
    for pair in range(0, len(network), 17):
        assert asked.losses([pair]) == [lost(best, forced(network, objectives, pair))], pair


def test_a_choice_that_is_not_the_best_is_refused() -> None:
    """Questions about an answer that could be better are a failed proof, never numbers."""
    network, objectives = middling(9)
    with pytest.raises(NoProof, match="not the best"):
        Residual(network, objectives, np.zeros(len(network), np.bool_))


# -- shortages ---------------------------------------------------------------------------------------------------------


def places_for(network: Network, mentees: tuple[int, ...]) -> int:
    """The places of all mentors whom one of some mentees could have."""
    return int(network.high[np.unique(network.mentor[np.isin(network.mentee, mentees)])].sum())


def is_minimal(network: Network, shortage: Shortage) -> bool:
    """Whether one who is left and the others are short of places, and no part of them is."""
    others = tuple(m for m in shortage.mentees if m not in shortage.left)
    everyone = (*others, shortage.left[0])
    return places_for(network, everyone) < len(everyone) and all(
        places_for(network, part) >= len(part) for part in combinations(everyone, len(everyone) - 1)
    )


@pytest.mark.parametrize("block", range(4))
def test_shortages_are_minimal_and_complete(block: int) -> None:
    """As many are left as the largest matching leaves; each set is short of places and has no part that is."""
    for seed in range(block * 50, block * 50 + 50):
        network = draw_network(seed).network
        free = replace(network, low=np.zeros_like(network.low))
        nobody = np.zeros(len(free.low), np.int64)
        cover = nobody.copy()
        cover[: free.mentees] = 1
        most = solve_network(free, (Objective(pair=np.zeros(len(free), np.int64), cover=cover),)).certificates[0].value
        found = shortages(free)
        known = {int(m) for m in free.mentee if free.high[m] > 0}
        assert len(known) - sum(len(s.left) for s in found) == most, seed
        for shortage in found:
            assert shortage.places == places_for(free, shortage.mentees)
            assert len(shortage.mentees) == shortage.places + len(shortage.left)
            assert is_minimal(free, shortage), seed


def test_a_planted_shortage_is_found() -> None:
    """Seven mentees who know five mentors only are named with exactly these."""
    draw = np.random.default_rng(3)
    options = [np.sort(draw.choice(60, 8, replace=False)) for _ in range(60)]
    for mentee in range(0, 14, 2):
        options[mentee] = np.array([3, 9, 21, 40, 55])
    network = Network(
        mentees=60,
        mentee=np.repeat(np.arange(60), [len(o) for o in options]),
        mentor=np.concatenate(options) + 60,
        low=np.zeros(120, np.int64),
        high=np.ones(120, np.int64),
    )
    (found,) = shortages(network)
    assert found.mentees == tuple(range(0, 14, 2))
    assert found.mentors == (63, 69, 81, 100, 115)
    assert (found.places, len(found.left)) == (5, 2)
