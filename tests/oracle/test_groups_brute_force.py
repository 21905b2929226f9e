"""Groups and peers against everything there is: each tiny problem is enumerated in full, without solver or program."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.random import Generator
from oracle.small_groups import SHAPES, Everything, best_peers, draw, draw_peers, everything

from mentorctl.optimize.groups.answer import Seating, verify_groups, verify_peers, worth_of
from mentorctl.optimize.groups.peers import solve_peers
from mentorctl.optimize.groups.problem import GroupAnswer, GroupProblem
from mentorctl.optimize.groups.solve import solve_groups


def check_groups(problem: GroupProblem) -> bool:
    """The answer is the best there is, or there is none; whether there is one."""
    answer, known = solve_groups(problem), everything(problem)
    assert verify_groups(problem, answer) == ()
    if known.best is None:
        assert answer.status == "infeasible"
        assert answer.shortfalls
        return False
    assert answer.proved
    assert answer.settled
    assert answer.values == answer.bounds == known.best
    return True


def check_peers(rng: Generator) -> bool:
    """As for groups."""
    problem = draw_peers(rng)
    answer, best = solve_peers(problem), best_peers(problem)
    assert verify_peers(problem, answer) == ()
    if best is None:
        assert answer.status == "infeasible"
        assert answer.shortfalls
        return False
    assert answer.proved
    assert answer.settled
    assert answer.values == answer.bounds == best
    return True


@pytest.mark.parametrize("shape", SHAPES)
def test_tiny_groups(shape: str) -> None:
    """The answer to every tiny problem is as good as the best of all answers, and none is found where there is none."""
    found = [check_groups(draw(np.random.default_rng([1, seed]), shape)) for seed in range(60)]
    assert 20 <= sum(found) < len(found), "the draw has become too easy or too hard"


def test_tiny_pools_of_peers() -> None:
    """The same for peers, with and without a trio."""
    found = [check_peers(np.random.default_rng([2, seed])) for seed in range(90)]
    assert 30 <= sum(found) < len(found)


@pytest.mark.deep
@pytest.mark.parametrize("shape", SHAPES)
def test_many_tiny_groups(shape: str) -> None:
    """Thousands of tiny problems of each shape."""
    for seed in range(3000):
        check_groups(draw(np.random.default_rng([3, seed]), shape))


@pytest.mark.deep
def test_many_tiny_pools_of_peers() -> None:
    """Thousands of tiny pools."""
    for seed in range(5000):
        check_peers(np.random.default_rng([4, seed]))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_checker_knows_the_same_answers(shape: str) -> None:
    """The scalar checker accepts what the enumeration allows and rejects what it does not, and counts the same worth."""
    rejected = 0
    for seed in range(60):
        rng = np.random.default_rng([5, seed])
        problem = draw(rng, shape)
        known = everything(problem)
        allowed = {(c.tobytes(), o.tobytes()): tuple(w) for c, o, w in rows(known)}
        for _ in range(15):
            answer = some_answer(rng, problem, known)
            worth = allowed.get((answer.chosen.tobytes(), answer.opened.tobytes()))
            assert (verify_groups(problem, answer) == ()) == (worth is not None)
            assert worth is None or answer.values == worth
            rejected += worth is None
    assert rejected > 50


def rows(known: Everything) -> list[tuple[np.ndarray, np.ndarray, list[int]]]:
    return list(zip(known.chosen, known.open, known.worth.tolist(), strict=True))


def some_answer(rng: Generator, problem: GroupProblem, known: Everything) -> GroupAnswer:
    """An allowed answer with one or two changes, or anything; with the values that it has."""
    if len(known.open) and rng.random() < 0.8:
        at = int(rng.integers(len(known.open)))
        chosen, is_open = known.chosen[at].copy(), known.open[at].copy()
        for _ in range(rng.integers(0, 3)):
            part = chosen if rng.random() < 0.7 and len(chosen) else is_open
            part[rng.integers(len(part))] ^= True
    else:
        chosen, is_open = rng.random(len(problem.seat)) < 0.5, rng.random(problem.units) < 0.7
    seating = Seating(problem, chosen.tolist(), is_open.tolist())
    values = tuple(worth_of(seating, objective) for objective in problem.objectives)
    block = [seating.first_common_block(u) if is_open[u] else -1 for u in range(problem.units)]
    return GroupAnswer(
        status="optimal", chosen=chosen, opened=is_open, block=np.array(block, np.int64), values=values, bounds=values,
        settled=True,
    )  # fmt: skip


# -- wrong answers -----------------------------------------------------------------------------------------------------

CORRUPTIONS: dict[str, Callable[[GroupAnswer], GroupAnswer]] = {
    "a value": lambda a: replace(a, values=(a.values[0] + 1, *a.values[1:])),
    "a bound below its value": lambda a: replace(a, bounds=(a.bounds[0] - 1, *a.bounds[1:])),
    "a gap that is called proved": lambda a: replace(a, bounds=(a.bounds[0] + 1, *a.bounds[1:])),
    "a bound too few": lambda a: replace(a, bounds=a.bounds[1:]),
    "settled without a proof": lambda a: replace(a, status="feasible", settled=True),
    "another block": lambda a: replace(a, block=a.block + 1),
    "another size": lambda a: replace(a, chosen=a.chosen[1:]),
    "an unknown status": lambda a: replace(a, status="fine"),
    "none, with people": lambda a: replace(a, status="infeasible"),
}


@pytest.fixture(scope="module")
def good_answers() -> list[tuple[GroupProblem, GroupAnswer]]:
    """Some circles with their best answers."""
    problems = [draw(np.random.default_rng([6, seed]), "circles") for seed in range(20)]
    answers = [(problem, solve_groups(problem)) for problem in problems]
    return [(problem, answer) for problem, answer in answers if answer.proved and answer.opened.any()]


@pytest.mark.parametrize("what", CORRUPTIONS)
def test_a_corrupted_answer_is_rejected(what: str, good_answers: list[tuple[GroupProblem, GroupAnswer]]) -> None:
    """No claim of an answer can be changed without the checker noticing."""
    assert len(good_answers) > 5
    for problem, answer in good_answers:
        assert verify_groups(problem, answer) == ()
        assert verify_groups(problem, CORRUPTIONS[what](answer))


def test_every_lost_or_added_person_is_rejected() -> None:
    """Whoever is added to or taken out of a best answer of a strict problem is noticed by the values at least."""
    for seed in range(30):
        problem = draw_peers(np.random.default_rng([7, seed]))
        problem = replace(
            problem, objectives=(replace(problem.objectives[0], pair=np.arange(1, len(problem.first) + 1)),)
        )
        answer = solve_peers(problem)
        for at in range(len(answer.chosen) if answer.proved else 0):
            chosen = answer.chosen.copy()
            chosen[at] ^= True
            assert verify_peers(problem, replace(answer, chosen=chosen))
