"""Matchings in general graphs against everything there is, against networkx, and against the integer program."""

from collections.abc import Callable
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from numpy.random import Generator
from oracle.small_groups import best_peers, draw_peers

from mentorctl.optimize.engine import checked_peers
from mentorctl.optimize.groups.answer import verify_peers
from mentorctl.optimize.groups.peer_certificate import Ints, PeerCertificate, certified, is_sound, proved_double
from mentorctl.optimize.groups.peer_program import solve_as_program
from mentorctl.optimize.groups.peer_proof import in_order, peer_proof_defects
from mentorctl.optimize.groups.peers import solve_peers
from mentorctl.optimize.groups.problem import PeerAnswer, PeerObjective, PeerProblem
from mentorctl.optimize.groups.stages import forever
from mentorctl.optimize.kernels import native
from mentorctl.optimize.kernels.blossom import BlossomMatching, KernelFailed
from mentorctl.optimize.network import NoProof

pytestmark = pytest.mark.skipif(not native.available(), reason="the kernels are not built here")

type Graph = tuple[int, Ints, Ints, Ints]


def graph(rng: Generator, most: int) -> Graph:
    """A random graph with few or many different weights, some of which are below zero."""
    people = int(rng.integers(1, most))
    first, second = np.triu_indices(people, 1)
    kept = rng.random(len(first)) < rng.random()
    high = int(rng.choice([2, 4, 12, 100_000]))
    weight = rng.integers(-high // 3, high, int(kept.sum()))
    return people, first[kept].astype(np.int64), second[kept].astype(np.int64), weight


def best_by_subsets(people: int, first: Ints, second: Ints, weight: Ints) -> list[int]:
    """The best matching within each set of people."""
    best = [0] * (1 << people)
    worth = {(a, b): w for a, b, w in zip(first.tolist(), second.tolist(), weight.tolist(), strict=True)}
    for members in range(1, 1 << people):
        last = members.bit_length() - 1
        rest = members & ~(1 << last)
        options = [best[rest & ~(1 << a)] + w for (a, b), w in worth.items() if b == last and rest >> a & 1]
        best[members] = max([best[rest], *options])
    return best


def proved(matching: BlossomMatching, people: Graph, without: tuple[int, ...] = ()) -> int:
    """What the matching is worth, once its own prices have proved it."""
    _, first, second, weight = people
    found = matching.read()
    taken = found.mate[first] == second
    value = int(weight[taken].sum())
    certificate = certified(found, (1,), value=value, without=np.array(without, np.int64))
    assert is_sound(certificate, people[0])
    assert not set(np.concatenate([first[taken], second[taken]]).tolist()) & set(without)
    assert proved_double(certificate, first, second, weight) == 2 * value
    return value


def check_graph(rng: Generator, most: int) -> None:
    """The kernel's value is the best of all, with all people and with some taken out one after the other."""
    drawn = graph(rng, most)
    best = best_by_subsets(*drawn)
    everybody = (1 << drawn[0]) - 1
    gone = tuple(rng.permutation(drawn[0])[:3].tolist())
    with BlossomMatching(*drawn, spare=3) as matching:
        assert proved(matching, drawn) == best[everybody]
        for count in range(1, len(gone) + 1):
            with matching.without(*gone[:count]) as rest:
                left = everybody & ~sum(1 << person for person in gone[:count])
                assert proved(rest, drawn, gone[:count]) == best[left]
        assert proved(matching, drawn) == best[everybody]


def test_tiny_graphs() -> None:
    """Thousands of tiny graphs with ties and losses: the best of all matchings, proved by prices."""
    for seed in range(2000):
        check_graph(np.random.default_rng([1, seed]), 8)


@pytest.mark.deep
def test_many_graphs_of_ten() -> None:
    """The same with more people."""
    for seed in range(4000):
        check_graph(np.random.default_rng([2, seed]), 11)


@pytest.mark.parametrize("seed", range(12))
def test_graphs_against_networkx(seed: int) -> None:
    """Another program finds the same value in larger graphs."""
    drawn = graph(np.random.default_rng([3, seed]), 70)
    other = nx.Graph()
    other.add_weighted_edges_from(zip(*(column.tolist() for column in drawn[1:]), strict=True))
    expected = sum(other[a][b]["weight"] for a, b in nx.max_weight_matching(other))
    with BlossomMatching(*drawn) as matching:
        assert proved(matching, drawn) == expected


@pytest.mark.parametrize(
    ("first", "second", "weight"), [([0], [0], [1]), ([0], [5], [1]), ([-1], [1], [1]), ([0], [1], [1 << 59])]
)
def test_the_kernel_refuses_what_is_no_graph(first: list[int], second: list[int], weight: list[int]) -> None:
    """Loops, people who are not there and weights that could overflow are refused before anything is done."""
    with pytest.raises(KernelFailed, match="BAD_INPUT"):
        BlossomMatching(3, *(np.array(column, np.int64) for column in (first, second, weight)))


# -- pools -------------------------------------------------------------------------------------------------------------


def pool(rng: Generator, people: int, *, odd: bool = True, scores: int = 12) -> PeerProblem:
    """Some people who like each other more or less; as many pairs as possible, then as many points."""
    first, second = np.triu_indices(people, 1)
    kept = rng.random(len(first)) < rng.uniform(0.3, 1)
    count = int(kept.sum())
    nothing, nobody = np.zeros(count, np.int64), np.zeros(people, np.int64)
    return PeerProblem(
        people=people,
        first=first[kept].astype(np.int64),
        second=second[kept].astype(np.int64),
        forced=np.zeros(count, np.bool_),
        low=nobody,
        high=np.ones(people, np.int64),
        trios=(0, int(odd and people % 2 == 1)),
        objectives=(
            PeerObjective(name="cover", pair=nothing, cover=np.ones(people, np.int64)),
            PeerObjective(name="score", pair=rng.integers(-2, scores, count), cover=nobody),
        ),
    )


def sorted_pool(problem: PeerProblem) -> PeerProblem:
    return in_order(problem, np.lexsort((problem.second, problem.first)))


def single(problem: PeerProblem) -> PeerProblem:
    """The same where everybody is in one match at most."""
    return replace(problem, high=np.minimum(problem.high, 1))


def test_pools_of_one_match_each() -> None:
    """Hundreds of tiny pools with forced pairs, demands and trios are as good as the best of all answers."""
    by_kernel = 0
    for seed in range(400):
        problem = single(draw_peers(np.random.default_rng([4, seed])))
        answer, best = checked_peers(problem, solve_peers(problem)), best_peers(problem)
        assert answer.values == answer.bounds == (best or ())
        by_kernel += bool(answer.certificates)
    assert by_kernel > 250


@pytest.mark.parametrize("seed", range(20))
def test_the_program_gives_the_same_answer(seed: int) -> None:
    """Without the kernel the same people are matched, tie-break and trio included."""
    problem = sorted_pool(pool(np.random.default_rng([5, seed]), 6 + seed))
    kernel, program = solve_peers(problem), solve_as_program(problem, forever, "highs")
    assert kernel.certificates
    assert not program.certificates
    assert kernel.values == program.values
    assert np.array_equal(kernel.chosen, program.chosen)
    assert np.array_equal(kernel.trios, program.trios)


@pytest.mark.parametrize("people", [24, 25])
def test_the_order_of_pairs_decides_nothing(people: int) -> None:
    """Permuted rows give the same pairs and the same trio."""
    rng = np.random.default_rng(6)
    problem = pool(rng, people, scores=3)
    answer = solve_peers(problem)
    for _ in range(5):
        order = rng.permutation(len(problem.first))
        other = checked_peers(in_order(problem, order), solve_peers(in_order(problem, order)))
        assert np.array_equal(other.chosen, answer.chosen[order])
        assert np.array_equal(other.trios, answer.trios)


def test_large_points_are_proved_in_steps() -> None:
    """Where all goals are too large for one number they are proved one after the other."""
    rng = np.random.default_rng(7)
    problem = pool(rng, 40, odd=False)
    large = replace(problem.objectives[1], pair=rng.integers(0, 1 << 32, len(problem.first)))
    problem = replace(problem, objectives=(problem.objectives[0], large, problem.objectives[1]))
    answer = checked_peers(problem, solve_peers(problem))
    assert len(answer.certificates) > 1
    assert answer.values == solve_as_program(sorted_pool(problem), forever, "highs").values


def test_an_odd_pool_of_two_hundred_is_proved() -> None:
    """The best trio of a hundred thousand triangles is proved, with ties."""
    problem = pool(np.random.default_rng(8), 101, scores=5)
    answer = checked_peers(problem, solve_peers(problem))
    assert answer.proved
    assert len(answer.trios) == 1
    assert answer.values[0] == 101


# -- wrong certificates ------------------------------------------------------------------------------------------------


CORRUPTIONS: dict[str, Callable[[PeerCertificate], PeerCertificate]] = {
    "half the prices": lambda c: replace(c, price=c.price // 2),
    "prices too high": lambda c: replace(c, price=c.price + 4),
    "a price below zero": lambda c: replace(c, price=c.price - c.price.max() - 1),
    "a price beyond all": lambda c: replace(c, price=c.price + (1 << 61)),
    "a person missing": lambda c: replace(c, price=c.price[1:]),
    "no line": lambda c: replace(c, line=np.zeros_like(c.line)),
    "a set that nobody paid for": lambda c: replace(
        c,
        begin=np.append(c.begin, 0),
        end=np.append(c.end, len(c.line)),
        set_price=np.append(c.set_price, 1 << 40),
    ),
    "a set that ends before it begins": lambda c: replace(
        c, begin=np.append(c.begin, 2), end=np.append(c.end, 1), set_price=np.append(c.set_price, 2)
    ),
    "sets that cross": lambda c: replace(c, begin=np.array([0, 1]), end=np.array([2, 3]), set_price=np.array([2, 2])),
    "a value": lambda c: replace(c, value=c.value + 1),
    "a bound": lambda c: replace(c, bound=c.bound - 1),
    "other goals": lambda c: replace(c, terms=(*c.terms[:-1], c.terms[-1] + 1)),
    "goals held": lambda c: replace(c, held=c.held + 1),
    "somebody left out": lambda c: replace(c, without=np.append(c.without, len(c.price))),
}


@pytest.mark.parametrize("people", [14, 15])
@pytest.mark.parametrize("what", CORRUPTIONS)
def test_corrupted_prices_are_rejected(what: str, people: int) -> None:
    """A certificate in which anything that matters was changed proves nothing."""
    rng = np.random.default_rng(9)
    for _ in range(12):
        problem = pool(rng, people)
        answer = solve_peers(problem)
        assert answer.certificates
        assert [*peer_proof_defects(problem, answer)] == []
        at = int(rng.integers(len(answer.certificates)))
        wrong = CORRUPTIONS[what](answer.certificates[at])
        certificates = (*answer.certificates[:at], wrong, *answer.certificates[at + 1 :])
        assert [*peer_proof_defects(problem, replace(answer, certificates=certificates))]


def worse(problem: PeerProblem, answer: PeerAnswer) -> PeerAnswer:
    """The answer without its last pair, with true values."""
    chosen = answer.chosen.copy()
    chosen[np.flatnonzero(chosen)[-1]] = False
    met = np.zeros(problem.people, np.bool_)
    met[problem.first[chosen]] = met[problem.second[chosen]] = met[answer.trios.ravel()] = True
    keys = {pair: at for at, pair in enumerate(zip(problem.first.tolist(), problem.second.tolist(), strict=True))}
    sides = [keys[t[a], t[b]] for t in answer.trios.tolist() for a, b in ((0, 1), (0, 2), (1, 2))]
    values = tuple(int(o.pair[chosen].sum() + o.pair[sides].sum() + o.cover[met].sum()) for o in problem.objectives)
    return replace(answer, chosen=chosen, values=values, bounds=values)


@pytest.mark.parametrize("people", [14, 15])
def test_a_worse_answer_has_no_proof(people: int) -> None:
    """Good prices beside an answer that keeps all rules and is not the best prove nothing."""
    rng = np.random.default_rng(10)
    for _ in range(20):
        problem = pool(rng, people)
        wrong = worse(problem, solve_peers(problem))
        assert verify_peers(problem, wrong) == ()
        with pytest.raises(NoProof):
            checked_peers(problem, wrong)


def test_a_trio_needs_all_its_prices() -> None:
    """Certificates that say nothing about some person of a triangle do not prove the trio."""
    problem = pool(np.random.default_rng(11), 15)
    answer = solve_peers(problem)
    rejected = 0
    for at, certificate in enumerate(answer.certificates):
        fewer = replace(answer, certificates=(*answer.certificates[:at], *answer.certificates[at + 1 :]))
        rejected += bool([*peer_proof_defects(problem, fewer)]) or len(certificate.without) == 3
    assert rejected > 1
