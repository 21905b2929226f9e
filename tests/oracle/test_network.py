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
    tie_break,
    worth,
)
from mentorctl.optimize.predicates import Ground
from mentorctl.optimize.scoring import rule_points, score_pairs
from mentorctl.optimize.verify import WrongAnswer, verify_matching
from mentorctl.rules.fields import Role
from mentorctl.sources.files import read_table
from mentorctl.spec.matching import Capacity

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
        mentees=mentees,
        mentee=pairs[:, 0].astype(np.int64),
        mentor=pairs[:, 1].astype(np.int64) + mentees,
        low=low.astype(np.int64),
        high=(low + draw.integers(0, 4, people)).astype(np.int64),
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


@pytest.mark.parametrize("block", range(2))
def test_ties_are_broken_by_places_alone(block: int) -> None:
    """Among the best choices exactly one is best in the tie-break as well, and that one is chosen."""
    for seed in range(600 + block * 50, 650 + block * 50):
        drawn = draw_network(seed)
        if len(drawn.allowed):
            broken = replace(drawn, objectives=(*drawn.objectives, *tie_break(drawn.network)))
            best = best_in_order(broken)
            values = np.stack([worths(broken, objective) for objective in broken.objectives], axis=1)
            (only,) = np.flatnonzero((values == best).all(axis=1)).tolist()
            chosen = solve_network(drawn.network, drawn.objectives).chosen
            assert chosen.tolist() == drawn.allowed[only].tolist(), seed


@given(st.integers(0, 1 << 32), st.data())
@settings(max_examples=200)
def test_any_prices_give_a_bound(seed: int, data: st.DataObject) -> None:
    """Whatever the whole-number prices, no allowed choice is worth more than their bound."""
    drawn = draw_network(seed)
    people = len(drawn.network.low)
    prices = np.array(data.draw(st.lists(st.integers(-3000, 3000), min_size=people, max_size=people)), np.int64)
    for objective in drawn.objectives:
        best = int(worths(drawn, objective).max(initial=-(1 << 40)))
        assert price_bound(drawn.network, objective, prices) >= best


# -- larger networks ---------------------------------------------------------------------------------------------------


def full_program(network: Network, objective: Objective) -> int:
    """The optimum from one linear program over all pairs at once, written in another way than the optimizer's."""
    people, count = len(network.low), len(network)
    covered = np.minimum(1, network.high)
    # matches <= high and matches >= covered, with a column from 0 to 1 that says whether somebody is covered
    rows = np.concatenate(
        [
            np.stack(
                [network.mentee, network.mentor, network.mentee + people, network.mentor + people], axis=1
            ).ravel(),
            np.arange(people) + people,
        ]
    )
    solution = solve(
        LinearModel(
            cost=-np.concatenate([objective.pair, objective.cover]).astype(np.float64),
            lower=np.concatenate([np.zeros(count), np.minimum(1, network.low)]),
            upper=np.concatenate([np.ones(count), covered]).astype(np.float64),
            integer=np.zeros(count + people, np.bool_),
            sense=np.concatenate([-np.ones(people), np.ones(people)]).astype(np.int8),
            rhs=np.concatenate([network.high, np.zeros(people)]).astype(np.float64),
            starts=np.concatenate([np.arange(0, 4 * count, 4), 4 * count + np.arange(people + 1)]).astype(np.int64),
            rows=rows.astype(np.int32),
            values=np.concatenate([np.ones(4 * count), -np.ones(people)]),
        )
    )
    assert solution.answered
    return -round(solution.objective)


def one_to_one(mentees: int, mentors: int, allowed: Choices, most: int = 1) -> Network:
    """The pairs of a table of truths, with at most some matches a person."""
    mentee, mentor = np.nonzero(allowed)
    return Network(
        mentees=mentees,
        mentee=mentee.astype(np.int64),
        mentor=mentor.astype(np.int64) + mentees,
        low=np.zeros(mentees + mentors, np.int64),
        high=np.full(mentees + mentors, most, np.int64),
    )


@pytest.mark.parametrize(("seed", "most", "spread"), [(1, 1, 3), (2, 1, 1000), (3, 2, 3), (4, 3, 30)])
def test_columns_that_enter_later_lose_nothing(seed: int, most: int, spread: int) -> None:
    """Where only few of the pairs enter the program, the optimum is that of the program over all pairs."""
    draw = np.random.default_rng(seed)
    network = one_to_one(70, 60, draw.random((70, 60)) < 0.9, most)
    # wanted mentors are wanted by all, so the best few pairs of each person are far from an answer
    points = draw.integers(0, spread, len(network)) + 3 * spread * (network.mentor < 80)
    objective = Objective(pair=points, cover=draw.integers(0, 2 * spread, 130))
    answer = solve_network(network, (objective,))
    assert worth(network, objective, answer.chosen) == full_program(network, objective)


@pytest.mark.parametrize("size", [90, 110])
@pytest.mark.parametrize("what", ["pairs", "people"])
def test_a_staircase_with_one_perfect_matching_is_solved(size: int, what: str) -> None:
    """Everybody has a match only if each mentee takes the mentor of the same step; the tie-break finds it too."""
    network = one_to_one(size, size, np.tri(size, dtype=np.bool_))
    none, one = np.zeros(len(network), np.int64), np.ones(len(network), np.int64)
    cover = np.full(2 * size, int(what == "people"), np.int64)
    answer = solve_network(network, (Objective(pair=one if what == "pairs" else none, cover=cover),))
    assert (network.mentee[answer.chosen] + size == network.mentor[answer.chosen]).all()
    assert int(answer.chosen.sum()) == size


def test_a_second_objective_may_prefer_pairs_that_exclude_each_other() -> None:
    """After everybody is covered, an objective under which all want the same few people is still solved."""
    size = 100
    network = one_to_one(size, size, np.ones((size, size), np.bool_))
    nobody = np.zeros(2 * size, np.int64)
    covered = Objective(pair=np.zeros(len(network), np.int64), cover=nobody + 1)
    crowded = Objective(pair=-((network.mentee + 1) * (network.mentor - size + 1)), cover=nobody)
    answer = solve_network(network, (covered, crowded))
    best = sum((step + 1) * (size - step) for step in range(size))  # the largest with the smallest
    assert worth(network, covered, answer.chosen) == 2 * size
    assert worth(network, crowded, answer.chosen) == -best


# -- wrong answers -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def case() -> MatchingCase:
    """The civil-service example with two places a person, four people not ready and one match that stands."""
    file = EXAMPLE / "programs" / "civil_service.yaml"
    loaded = pipeline.load(
        ("mentorctl.yaml", (EXAMPLE / "mentorctl.yaml").read_text(encoding="utf-8")),
        [(file.name, file.read_text(encoding="utf-8"))],
    )
    tables = [read_table(EXAMPLE / "roster" / name, shown=name) for name in ("mentors.csv", "mentees.csv")]
    roster, _ = pipeline.read_people(loaded, tables)
    assert roster is not None
    assert loaded.workspace is not None
    ground = Ground(roster=roster, contract=loaded.workspace.contract, day=date(2027, 9, 6), timezone="UTC")
    matching = replace(
        loaded.programs[0].program.matching, mentor_capacity=Capacity(at_most=2), mentee_capacity=Capacity(at_most=2)
    )
    mentees, mentors = roster.applicants(Role.MENTEE, "", "")[2:], roster.applicants(Role.MENTOR, "", "")[2:]
    table = score_pairs(ground, mentees, mentors, matching.require, matching.prefer)
    standing = ((int(mentees[table.mentee[0]]), int(mentors[table.mentor[0]])),)
    return MatchingCase(ground=ground, matching=matching, mentees=mentees, mentors=mentors, standing=standing)


@pytest.fixture(scope="module")
def result(case: MatchingCase) -> MatchingResult:
    """The best answer, which passes."""
    return match(case, DirectEngine())


def with_pair(case: MatchingCase, result: MatchingResult, mentee: int, mentor: int) -> MatchingResult:
    """The answer with one more pair, scored as the rules say."""
    more = np.append(result.mentee, np.int32(mentee)), np.append(result.mentor, np.int32(mentor))
    points = rule_points(case.ground, *more, case.matching.prefer)
    return replace(result, mentee=more[0], mentor=more[1], points=points, score=points.sum(axis=0))


def nobody_in(result: MatchingResult) -> MatchingResult:
    """The answer without its pairs."""
    nobody = np.zeros(0, np.int32)
    return replace(result, mentee=nobody, mentor=nobody, score=result.score[:0], points=result.points[:, :0])


def without(result: MatchingResult, at: int) -> MatchingResult:
    """The answer without one of its pairs."""
    return replace(
        result,
        mentee=np.delete(result.mentee, at),
        mentor=np.delete(result.mentor, at),
        score=np.delete(result.score, at),
        points=np.delete(result.points, at, axis=1),
    )


def admissible(case: MatchingCase) -> set[tuple[int, int]]:
    table = score_pairs(case.ground, case.mentees, case.mentors, case.matching.require, case.matching.prefer)
    return set(zip(case.mentees[table.mentee].tolist(), case.mentors[table.mentor].tolist(), strict=True))


def pairs_of(result: MatchingResult) -> list[tuple[int, int]]:
    return list(zip(result.mentee.tolist(), result.mentor.tolist(), strict=True))


def changed(numbers: Ints, at: int | tuple[int, int], by: int) -> Ints:
    copied = numbers.copy()
    copied[at] += by
    return copied


def test_the_right_answer_passes(case: MatchingCase, result: MatchingResult) -> None:
    """The checker has nothing to say about the answer of the optimizer."""
    verify_matching(case, result)
    assert len(result.score) > 20


def test_a_pair_twice_is_rejected(case: MatchingCase, result: MatchingResult) -> None:
    """The same pair may not be matched twice."""
    with pytest.raises(WrongAnswer, match="twice"):
        verify_matching(case, with_pair(case, result, *pairs_of(result)[0]))


def test_a_pair_that_stands_is_rejected(case: MatchingCase, result: MatchingResult) -> None:
    """A standing match is no new match."""
    with pytest.raises(WrongAnswer, match="twice"):
        verify_matching(case, with_pair(case, result, *case.standing[0]))


def test_a_mentee_who_is_not_ready_is_rejected(case: MatchingCase, result: MatchingResult) -> None:
    """Only the mentees of the case may be matched."""
    outsider = int(case.ground.roster.applicants(Role.MENTEE, "", "")[0])
    with pytest.raises(WrongAnswer, match="not ready"):
        verify_matching(case, with_pair(case, result, outsider, int(case.mentors[0])))


def test_a_mentor_who_is_not_ready_is_rejected(case: MatchingCase, result: MatchingResult) -> None:
    """Only the mentors of the case may be matched."""
    outsider = int(case.ground.roster.applicants(Role.MENTOR, "", "")[0])
    with pytest.raises(WrongAnswer, match="not ready"):
        verify_matching(case, with_pair(case, result, int(case.mentees[0]), outsider))


def test_a_person_with_themselves_is_rejected(case: MatchingCase, result: MatchingResult) -> None:
    """Nobody is their own mentor, whatever the rules say."""
    both = int(case.mentees[0])
    open_case = replace(
        case, mentors=np.union1d(case.mentors, [both]).astype(np.int32), matching=replace(case.matching, require=())
    )
    with pytest.raises(WrongAnswer, match="themselves"):
        verify_matching(open_case, with_pair(open_case, result, both, both))


@pytest.mark.parametrize("rule", ["other_organisation", "level_gap"])
def test_a_pair_that_breaks_a_rule_is_rejected(case: MatchingCase, result: MatchingResult, rule: str) -> None:
    """A pair that one hard rule forbids is found, and the rule is named."""
    require = case.matching.require
    others = tuple(r for r in require if r.id != rule)
    softer = replace(case, matching=replace(case.matching, require=others))
    pair = min(admissible(softer) - admissible(case))
    with pytest.raises(WrongAnswer, match=rule):
        verify_matching(case, with_pair(case, nobody_in(result), *pair))


def test_a_wrong_score_is_rejected(case: MatchingCase, result: MatchingResult) -> None:
    """The score of each pair is the sum of its points."""
    with pytest.raises(WrongAnswer, match="score"):
        verify_matching(case, replace(result, score=changed(result.score, 3, 1)))


def test_wrong_points_of_a_right_sum_are_rejected(case: MatchingCase, result: MatchingResult) -> None:
    """Points moved from one rule to another are found though the score stays the same."""
    moved = changed(changed(result.points, (0, 5), 1), (1, 5), -1)
    with pytest.raises(WrongAnswer, match="score"):
        verify_matching(case, replace(result, points=moved))


def test_points_that_no_rule_gives_are_rejected(case: MatchingCase, result: MatchingResult) -> None:
    """Points and score that agree with each other must agree with the rules too."""
    with pytest.raises(WrongAnswer, match="score"):
        verify_matching(
            case, replace(result, points=changed(result.points, (0, 0), 2), score=changed(result.score, 0, 2))
        )


@pytest.mark.parametrize("side", [0, 1])
def test_more_matches_than_places_are_rejected(case: MatchingCase, result: MatchingResult, side: int) -> None:
    """Neither a mentee nor a mentor may have more matches than places."""
    table = sorted(admissible(case) - set(case.standing))
    person = max((pair[side] for pair in table), key=lambda p: sum(pair[side] == p for pair in table))
    crowd = [pair for pair in table if pair[side] == person][:3]
    answer = nobody_in(result)
    for pair in crowd:
        answer = with_pair(case, answer, *pair)
    with pytest.raises(WrongAnswer, match="places"):
        verify_matching(case, answer)


def test_places_that_standing_matches_fill_are_not_given_again(case: MatchingCase, result: MatchingResult) -> None:
    """A standing match takes a place: with one place each, its people can have no other."""
    single = replace(case.matching, mentor_capacity=Capacity(at_most=1), mentee_capacity=Capacity(at_most=1))
    mentee = case.standing[0][0]
    pair = next(pair for pair in sorted(admissible(case)) if pair[0] == mentee and pair not in case.standing)
    with pytest.raises(WrongAnswer, match="places"):
        verify_matching(replace(case, matching=single), with_pair(case, nobody_in(result), *pair))


def test_an_objective_without_a_proof_is_rejected(case: MatchingCase, result: MatchingResult) -> None:
    """A certificate whose value stays below its bound proves nothing."""
    first = result.certificates[0]
    weak = Certificate(prices=first.prices, value=first.value, bound=first.bound + 1)
    with pytest.raises(WrongAnswer, match="proved"):
        verify_matching(case, replace(result, certificates=(weak, *result.certificates[1:])))


def test_an_answer_without_certificates_is_rejected(case: MatchingCase, result: MatchingResult) -> None:
    """An answer that brings no proof at all is not taken for a proved one."""
    with pytest.raises(WrongAnswer):
        verify_matching(case, replace(result, certificates=()))


def test_an_answer_that_lost_a_pair_is_rejected(case: MatchingCase, result: MatchingResult) -> None:
    """A correct proof of another answer does not prove this one."""
    with pytest.raises(WrongAnswer):
        verify_matching(case, without(result, 0))
