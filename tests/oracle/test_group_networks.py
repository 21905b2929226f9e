"""Groups that are a network but for which units open, and circles with a topic, against everything there is."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.random import Generator
from oracle.small_groups import MENTEE, Draft, everything, ints

from mentorctl.optimize.engine import checked_groups
from mentorctl.optimize.groups.answer import verify_groups
from mentorctl.optimize.groups.branch_proof import branch_defects
from mentorctl.optimize.groups.problem import Branches, GroupAnswer, GroupObjective, GroupProblem
from mentorctl.optimize.groups.rules import ANY_ROLE, Cohesion
from mentorctl.optimize.groups.solve import solve_groups
from mentorctl.optimize.kernels import native
from mentorctl.optimize.network import NoProof

NONE = ints()
needs_kernels = pytest.mark.skipif(not native.available(), reason="without kernels groups are integer programs")


def bare_circles(rng: Generator, *, mentors: int = 3, mentees: int = 5) -> GroupProblem:
    """Mentors with a group of some size each, and objectives that are sums; nothing else is asked for."""
    low, high = sorted(rng.integers(1, 4, 2).tolist())
    draft = Draft(
        holders=[(p, int(p < mentors), 0, 1) for p in range(mentors + mentees)],
        units=[(bool(rng.random() < 0.15), m) for m in range(mentors)],
        seats=[seat for m in range(mentors) for seat in ((m, 1, 1), (m, low, high))],
        candidates=[row for m in range(mentors) for row in rows_of(m, mentors, mentees)],
    )
    problem = draft.problem(rng)
    bare: dict[str, Any] = {"apart_first": NONE, "apart_second": NONE}
    bare |= {"bonus_first": NONE, "bonus_second": NONE, "bonus_points": NONE, "rules": ()}
    aims = tuple(some_sum(rng, problem, at) for at in range(int(rng.integers(1, 4))))
    return replace(problem, **bare, objectives=aims)


def rows_of(mentor: int, mentors: int, mentees: int) -> list[tuple[int, int, bool]]:
    return [(2 * mentor, mentor, True), *((2 * mentor + 1, mentors + e, False) for e in range(mentees))]


def some_sum(rng: Generator, p: GroupProblem, at: int) -> GroupObjective:
    """A random sum over seats, people and units; each part may be missing."""
    parts: dict[str, Any] = {
        "candidate": rng.integers(-2, 9, len(p.seat)),
        "unit": rng.integers(-3, 4, p.units),
        "cover": rng.integers(0, 3, len(p.holder_person)),
    }
    return GroupObjective(name=f"sum_{at}", **{name: part for name, part in parts.items() if rng.random() < 0.6})


def with_topics(rng: Generator, problem: GroupProblem) -> GroupProblem:
    """The same with a topic for every circle, which counts in all objectives."""
    rule = Cohesion(
        name="cohesion",
        units=np.arange(problem.units),
        role=int(rng.choice([ANY_ROLE, MENTEE])),
        topics=rng.random((problem.people, 3)) < 0.5,
        points=int(rng.integers(1, 6)),
    )
    aims = (replace(aim, extras=int(rng.integers(2)), shared=int(rng.integers(2))) for aim in problem.objectives)
    return replace(problem, rules=(rule,), objectives=tuple(aims))


def check(problem: GroupProblem) -> GroupAnswer | None:
    """The answer, which is the best there is; None where there is none."""
    answer, known = solve_groups(problem), everything(problem)
    assert verify_groups(problem, answer) == ()
    assert list(branch_defects(problem, answer)) == []
    assert answer.values == answer.bounds == (known.best or ())
    assert answer.settled == (known.best is not None)
    return answer if answer.settled else None


def count_proved(seeds: range) -> int:
    found = [check(bare_circles(np.random.default_rng([21, seed]))) for seed in seeds]
    return sum(bool(answer.proofs) for answer in found if answer)


@needs_kernels
def test_prices_prove_tiny_circles() -> None:
    """Circles without further rules are the best there are, and most of them come with prices that prove it."""
    assert count_proved(range(150)) > 100


@needs_kernels
@pytest.mark.deep
def test_prices_prove_many_tiny_circles() -> None:
    """Thousands of them."""
    assert count_proved(range(1000, 3000)) > 1400


@needs_kernels
def test_an_integer_program_gives_the_same_circles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the kernels the groups are the same, those of the tie-break included."""
    problems = [bare_circles(np.random.default_rng([22, seed])) for seed in range(60)]
    by_prices = [solve_groups(problem) for problem in problems]
    monkeypatch.setattr(native, "available", lambda: False)
    for problem, answer in zip(problems, by_prices, strict=True):
        other = solve_groups(problem)
        assert not other.proofs
        assert (answer.values, answer.chosen.tolist()) == (other.values, other.chosen.tolist())


@needs_kernels
def test_a_proof_that_is_changed_proves_nothing() -> None:
    """Other prices, a missing case, cases in another order and terms of another sum are noticed."""
    rejected = 0
    for seed in range(40):
        problem = bare_circles(np.random.default_rng([23, seed]))
        answer = solve_groups(problem)
        for proof in answer.proofs[:1]:
            assert list(branch_defects(problem, answer)) == []
            for wrong in wrong_proofs(proof):
                rest = answer.proofs[1:]
                assert list(branch_defects(problem, replace(answer, proofs=(wrong, *rest))))
                rejected += 1
    assert rejected > 100


def wrong_proofs(proof: Branches) -> list[Branches]:
    return [
        replace(proof, prices=proof.prices + (1 << 40)),
        replace(proof, unit=proof.unit[:-1], prices=proof.prices[:-1]),
        replace(proof, unit=np.append(proof.unit, -1)),
        replace(proof, unit=np.append(0, proof.unit)),
        replace(proof, terms=tuple(2 * term for term in proof.terms)),
    ]


@needs_kernels
def test_large_numbers_are_served_one_after_the_other() -> None:
    """Where objectives and tie-break do not fit into one sum, the proof has two parts, and the answer is the same."""
    checked = 0
    for seed in range(40):
        problem = bare_circles(np.random.default_rng([24, seed]))
        aims = (GroupObjective(name="large", candidate=1_000_003 * np.arange(len(problem.seat))), *problem.objectives)
        answer = check(replace(problem, objectives=aims))
        checked += answer is not None and len(answer.proofs) == 2
    assert checked > 10


@pytest.mark.parametrize("first", [1, 6])
def test_cores_of_tiny_circles_with_a_topic(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What prices leave out is in no best answer, however small the first core is."""
    monkeypatch.setattr("mentorctl.optimize.groups.pricing._SMALL", 0)
    monkeypatch.setattr("mentorctl.optimize.groups.pricing._FIRST", first)
    found = 0
    for seed in range(40):
        rng = np.random.default_rng([25, seed])
        found += check(with_topics(rng, bare_circles(rng))) is not None
    assert found > 25


@needs_kernels
def test_the_engine_checks_the_proof() -> None:
    """An answer whose prices prove less than it says is not handed on."""
    problem = next(
        p for p in (bare_circles(np.random.default_rng([23, s])) for s in range(40)) if solve_groups(p).proofs
    )
    answer = solve_groups(problem)
    assert checked_groups(problem, answer) is answer
    with pytest.raises(NoProof):
        checked_groups(problem, replace(answer, proofs=(wrong_proofs(answer.proofs[0])[0],)))
