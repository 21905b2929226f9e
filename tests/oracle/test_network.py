"""Networks against everything there is: each tiny one is enumerated in full, larger ones meet the whole program."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mentorctl import pipeline
from mentorctl.optimize.engine import DirectEngine
from mentorctl.optimize.linear import LinearModel, solve
from mentorctl.optimize.matching import MatchingCase, MatchingResult, match
from mentorctl.optimize.network import (
    Certificate,
    Network,
    NoProof,
    Objective,
    price_bound,
    solve_network,
    worth,
)
from mentorctl.optimize.scoring import Ground, rule_points, score_pairs
from mentorctl.optimize.verify import WrongAnswer, verify_matching
from mentorctl.rules.fields import Role
from mentorctl.sources.files import read_table
from mentorctl.spec.model import Capacity

EXAMPLE = Path(__file__).resolve().parents[2] / "programs" / "examples" / "civil-service"

type Choices = NDArray[np.bool_]
type Ints = NDArray[np.int64]


# -- tiny networks -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawn:
    """A random network with objectives, and all choices of its pairs that keep the intervals."""

    network: Network
    objectives: tuple[Objective, ...]
    allowed: Choices


def incidence(network: Network) -> Ints:
    """Pairs by people: 1 where the pair has the person."""
    ends = np.zeros((len(network), len(network.low)), np.int64)
    ends[np.arange(len(network)), network.mentee] = 1
    ends[np.arange(len(network)), network.mentor] = 1
    return ends


def allowed_choices(network: Network) -> Choices:
    """Every subset of the pairs in which each person's number of matches lies in the interval, a row each."""
    count = len(network)
    subsets = (np.arange(1 << count)[:, None] >> np.arange(count)) & 1
    matches = subsets @ incidence(network)
    fits = ((matches >= network.low) & (matches <= network.high)).all(axis=1)
    return subsets[fits].astype(np.bool_)


def draw_network(seed: int) -> Drawn:
    """Up to ten pairs of up to eight people; points below zero, rewards, ties and intervals of all kinds occur."""
    draw = np.random.default_rng(seed)
    mentees, mentors = int(draw.integers(1, 5)), int(draw.integers(1, 5))
    everything = np.array([(e, m) for e in range(mentees) for m in range(mentors)])
    count = int(draw.integers(0, min(10, len(everything)) + 1))
    pairs = everything[np.sort(draw.choice(len(everything), count, replace=False))].reshape(count, 2)
    people = mentees + mentors
    low = draw.integers(0, 3, people) * (draw.random(people) < draw.choice([0.0, 0.2]))
    network = Network(
        mentees=mentees, mentee=pairs[:, 0].astype(np.int64), mentor=pairs[:, 1].astype(np.int64) + mentees,
        low=low.astype(np.int64), high=(low + draw.integers(0, 4, people)).astype(np.int64),
    )
    spread = int(draw.choice([1, 3, 1000]))  # a small spread makes ties
    objectives = tuple(
        Objective(
            pair=draw.integers(-spread, 2 * spread + 1, count) * int(draw.integers(0, 2)),
            cover=draw.integers(0, spread + 1, people) * int(draw.integers(0, 2)),
        )
        for _ in range(int(draw.integers(1, 4)))
    )
    return Drawn(network=network, objectives=objectives, allowed=allowed_choices(network))


def worths(drawn: Drawn, objective: Objective) -> Ints:
    """The objective of each allowed choice, counted here again."""
    covered = drawn.allowed @ incidence(drawn.network) > 0
    return np.asarray(drawn.allowed @ objective.pair + covered @ objective.cover)


def best_in_order(drawn: Drawn) -> tuple[int, ...]:
    """The best value of each objective among the choices that are best in all earlier ones."""
    left = np.ones(len(drawn.allowed), np.bool_)
    best = []
    for objective in drawn.objectives:
        values = worths(drawn, objective)
        best.append(int(values[left].max()))
        left &= values == best[-1]
    return tuple(best)


@pytest.mark.parametrize("block", range(6))
def test_every_objective_is_at_its_best_in_order(block: int) -> None:
    """On hundreds of tiny networks the chosen pairs keep the intervals and are worth what the best of all is worth."""
    solved = 0
    for seed in range(block * 100, block * 100 + 100):
        drawn = draw_network(seed)
        if not len(drawn.allowed):
            with pytest.raises(NoProof):
                solve_network(drawn.network, drawn.objectives)
            continue
        solved += 1
        answer = solve_network(drawn.network, drawn.objectives)
        assert (drawn.allowed == answer.chosen).all(axis=1).any(), seed
        found = tuple(worth(drawn.network, objective, answer.chosen) for objective in drawn.objectives)
        assert found == best_in_order(drawn), seed
        first = answer.certificates[0]
        assert all(certificate.proves for certificate in answer.certificates), seed
        assert first.value == price_bound(drawn.network, drawn.objectives[0], first.prices) == found[0], seed
    assert solved > 60


@pytest.mark.parametrize("seed", range(600, 640))
def test_the_answer_does_not_depend_on_the_solver_s_way(seed: int) -> None:
    """Adding a constant to all points of a network in which all choices have one size changes no choice."""
    drawn = draw_network(seed)
    sizes = set(drawn.allowed.sum(axis=1).tolist())
    if len(sizes) != 1:
        fixed = drawn.network.low.max(initial=0)
        assert fixed >= 0
        return
    moved = tuple(replace(o, pair=o.pair + 17) for o in drawn.objectives)
    one, two = solve_network(drawn.network, drawn.objectives), solve_network(drawn.network, moved)
    assert one.chosen.tolist() == two.chosen.tolist()
