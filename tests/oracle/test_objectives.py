"""Everything that an objective can say, against everything there is: tiny problems enumerated in full."""

from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from mentorctl.optimize.blocking import Likings, blocking_pairs
from mentorctl.optimize.budgets import Budget
from mentorctl.optimize.network import Certificate, Network, Objective
from mentorctl.optimize.objectives import Facts, as_aims
from mentorctl.optimize.ordered import Threshold, Worst, solve_in_order
from mentorctl.optimize.ordered_check import answer_defects, threshold_defects
from mentorctl.optimize.scoring import PairTable
from mentorctl.optimize.stable import deferred_acceptance, price_of
from mentorctl.spec.matching import Aim, ObjectiveTerm

type Choices = NDArray[np.bool_]
type Ints = NDArray[np.int64]

SUMS = (
    ObjectiveTerm.COVER_MENTEES,
    ObjectiveTerm.COVER_MENTORS,
    ObjectiveTerm.COVER_WAITING,
    ObjectiveTerm.TOTAL_SCORE,
    ObjectiveTerm.FILL_PLACES,
    ObjectiveTerm.LOAD_BALANCE,
    ObjectiveTerm.RANK_SUM,
    ObjectiveTerm.CHANGES,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawn:
    """A tiny problem with facts, and all choices of its pairs that keep the places, a row each."""

    network: Network
    table: PairTable
    facts: Facts
    ranks: Ints
    allowed: Choices


def draw(seed: int, *, places_of_mentees: int = 2) -> Drawn:
    """Up to nine pairs of up to eight people, with few different scores, matches that stand and rounds waited."""
    random = np.random.default_rng(seed)
    mentees, mentors = int(random.integers(1, 5)), int(random.integers(1, 5))
    everything = np.array([(e, m) for e in range(mentees) for m in range(mentors)])
    count = int(random.integers(1, min(9, len(everything)) + 1))
    pairs = everything[np.sort(random.choice(len(everything), count, replace=False))].reshape(count, 2)
    most = [places_of_mentees] * mentees + [3] * mentors
    high = np.array([int(random.integers(0 if random.random() < 0.1 else 1, top + 1)) for top in most], np.int64)
    network = Network(
        mentees=mentees,
        mentee=pairs[:, 0].astype(np.int64),
        mentor=pairs[:, 1].astype(np.int64) + mentees,
        low=np.zeros(mentees + mentors, np.int64),
        high=high,
    )
    score = random.integers(-2, int(random.choice([2, 4, 50])) + 1, count)
    table = PairTable(
        mentees=np.arange(mentees, dtype=np.int32),
        mentors=np.arange(mentors, dtype=np.int32),
        mentee=pairs[:, 0].astype(np.int32),
        mentor=pairs[:, 1].astype(np.int32),
        score=score,
        points=score,
    )
    facts = Facts(
        standing=(random.integers(0, 3, mentees + mentors) * (random.random(mentees + mentors) < 0.3)).astype(np.int64),
        waited=random.integers(0, 3, mentees + mentors),
        kept=random.random(count) < 0.3,
    )
    subsets = ((np.arange(1 << count)[:, None] >> np.arange(count)) & 1).astype(np.bool_)
    has = np.stack([(network.mentee == person) | (network.mentor == person) for person in range(len(high))], axis=1)
    matches = subsets.astype(np.int64) @ has.astype(np.int64)
    return Drawn(
        network=network,
        table=table,
        facts=facts,
        ranks=random.integers(0, 4, count),
        allowed=subsets[(matches <= high).all(axis=1)],
    )


def worth(drawn: Drawn, term: ObjectiveTerm, chosen: Choices) -> int:
    """What one choice of pairs comes to in a term, counted by hand."""
    net, facts = drawn.network, drawn.facts
    pairs = np.flatnonzero(chosen).tolist()
    mentees, mentors = {int(net.mentee[p]) for p in pairs}, {int(net.mentor[p]) for p in pairs}
    new = [p for p in range(len(net.high)) if facts.standing[p] == 0]
    match term:
        case ObjectiveTerm.COVER_MENTEES:
            return len(mentees & set(new))
        case ObjectiveTerm.COVER_MENTORS:
            return len(mentors & set(new))
        case ObjectiveTerm.COVER_WAITING:
            return sum(int(facts.waited[p]) for p in mentees & set(new))
        case ObjectiveTerm.TOTAL_SCORE:
            return sum(int(drawn.table.score[p]) for p in pairs)
        case ObjectiveTerm.FILL_PLACES:
            return len(pairs)
        case ObjectiveTerm.RANK_SUM:
            return sum(int(drawn.ranks[p]) for p in pairs)
        case ObjectiveTerm.CHANGES:
            return sum(bool(facts.kept[p]) for p in pairs)
        case ObjectiveTerm.LOAD_BALANCE:
            loads = [(int(facts.standing[m]), sum(int(net.mentor[p]) == m for p in pairs)) for m in sorted(mentors)]
            return -sum(before + k for before, more in loads for k in range(more))
        case ObjectiveTerm.WORST_MATCH:
            return min((int(drawn.table.score[p]) for p in pairs), default=int(drawn.table.score.max()))
        case _:
            raise AssertionError(term)


def worths(drawn: Drawn, aims: tuple[Aim, ...], chosen: Choices) -> tuple[int, ...]:
    """The value of each aim."""
    return tuple(sum(weight * worth(drawn, term, chosen) for term, weight in aim) for aim in aims)


def worst_first(drawn: Drawn, chosen: Choices) -> tuple[int, ...]:
    """The points of every mentee who may have a match, from the worst off; nobody is worse than anybody."""
    nobody = int(drawn.table.score.min()) - 1
    points = {e: nobody for e in range(drawn.network.mentees) if not drawn.facts.standing[e]}
    for pair in np.flatnonzero(chosen).tolist():
        points[int(drawn.network.mentee[pair])] = int(drawn.table.score[pair])
    return tuple(sorted(points.values()))


@pytest.mark.parametrize("block", [0, *(pytest.param(block, marks=pytest.mark.deep) for block in range(1, 8))])
def test_leximin_has_the_best_sorted_points_of_all(block: int) -> None:
    """On thousands of tiny problems the points from the worst-off mentee on are the greatest there are, in order."""
    later = 0
    for seed in range(block * 400, block * 400 + 400):
        random = np.random.default_rng([6, seed])
        drawn = draw(seed, places_of_mentees=1)
        standing = drawn.facts.standing.copy()
        standing[: drawn.network.mentees] = 0  # who has a match takes no other, where everybody takes one
        drawn = replace(drawn, facts=replace(drawn.facts, standing=standing))
        before = (((ObjectiveTerm.COVER_MENTEES, 1),), ((ObjectiveTerm.COVER_MENTORS, 1),), ())[int(random.integers(3))]
        after = ((ObjectiveTerm.TOTAL_SCORE, 1),), ((ObjectiveTerm.COVER_MENTORS, 1), (ObjectiveTerm.LOAD_BALANCE, 2))
        aims: tuple[Aim, ...] = (*filter(None, [before]), ((ObjectiveTerm.LEXIMIN, 1),), after[int(random.integers(2))])
        made = as_aims(
            drawn.network, drawn.table, drawn.facts, drawn.ranks, aims, exact=int(random.choice([8, 1 << 33]))
        )
        answer = solve_in_order(made.network, made.aims)
        chosen = made.chosen(answer.chosen, len(drawn.table))

        def value(one: Choices, sums: tuple[Aim, ...] = aims, of: Drawn = drawn) -> tuple[object, ...]:
            return tuple(
                worst_first(of, one) if aim[0][0] is ObjectiveTerm.LEXIMIN else worths(of, (aim,), one)[0]
                for aim in sums
            )

        best = max(map(value, drawn.allowed))
        assert value(chosen) == best, seed
        assert list(answer_defects(made.network, made.aims, (), answer)) == [], seed
        worst = worst_first(drawn, chosen)
        rivals = {worst_first(drawn, one) for one in drawn.allowed}
        later += any(
            one[:1] == worst[:1] and one != worst and one.count(one[0]) == worst.count(one[0]) for one in rivals
        )
    assert later > 30, "something beyond the worst off has to decide, often enough"


def draw_aims(seed: int) -> tuple[Aim, ...]:
    """Terms in any order, some of them as a weighted sum, and perhaps the worst match after the first aim."""
    random = np.random.default_rng(seed)
    terms = [SUMS[at] for at in random.permutation(len(SUMS))[: int(random.integers(1, 5))]]
    aims: list[Aim] = [((term, 1),) for term in terms]
    if random.random() < 0.4:
        aims = [tuple((term, int(random.integers(1, 6))) for term in terms)]
    if random.random() < 0.5:
        aims.insert(int(random.integers(1, len(aims) + 1)), ((ObjectiveTerm.WORST_MATCH, 1),))
    return tuple(aims)


@pytest.mark.parametrize("block", range(8))
def test_every_objective_is_at_its_best_in_order(block: int) -> None:
    """On hundreds of tiny problems with any aims, the pairs are worth what the best of all choices is worth."""
    for seed in range(block * 100, block * 100 + 100):
        drawn, aims = draw(seed), draw_aims(seed)
        made = as_aims(drawn.network, drawn.table, drawn.facts, drawn.ranks, aims)
        answer = solve_in_order(made.network, made.aims)
        chosen = made.chosen(answer.chosen, len(drawn.table))
        assert (drawn.allowed == chosen).all(axis=1).any(), seed
        assert worths(drawn, aims, chosen) == max(worths(drawn, aims, one) for one in drawn.allowed), seed
        assert list(answer_defects(made.network, made.aims, (), answer)) == [], seed


@pytest.mark.parametrize("block", range(2))
def test_a_threshold_is_proved_without_a_solver(block: int) -> None:
    """What the worst match can be is shown by prices at which nothing better keeps the aims before it."""
    raised = 0
    for seed in range(2000 + block * 100, 2100 + block * 100):
        drawn = draw(seed)
        aims: tuple[Aim, ...] = (((ObjectiveTerm.COVER_MENTEES, 1),), ((ObjectiveTerm.WORST_MATCH, 1),))
        made = as_aims(drawn.network, drawn.table, drawn.facts, drawn.ranks, aims)
        answer = solve_in_order(made.network, made.aims)
        (threshold,) = answer.thresholds
        first, worst = made.aims
        assert isinstance(first, Objective)
        assert isinstance(worst, Worst)
        left = np.ones(len(made.network), np.bool_)
        assert list(threshold_defects(made.network, left, [first], worst, threshold, answer.chosen)) == [], seed
        raised += threshold.beyond > threshold.level
        for wrong in corrupted(threshold):
            assert list(threshold_defects(made.network, left, [first], worst, wrong, answer.chosen)), seed
    assert raised > 20


def test_a_level_that_loses_people_is_no_proof() -> None:
    """Fewer matches may all be better ones: that more people could have had one is seen over all pairs."""
    network = Network(
        mentees=2,
        mentee=np.array([0, 1]),
        mentor=np.array([2, 3]),
        low=np.zeros(4, np.int64),
        high=np.ones(4, np.int64),
    )
    aims = (Objective(pair=np.ones(2, np.int64), cover=np.zeros(4, np.int64)), Worst(pair=np.array([1, 9])))
    honest = solve_in_order(network, aims)
    assert list(answer_defects(network, aims, (), honest)) == []
    small = solve_in_order(replace(network, high=np.array([0, 1, 0, 1])), (aims[0],))
    assert small.chosen.tolist() == [False, True]
    for reached in (honest.thresholds[0].reached, small.certificates[:1]):
        lie = replace(small, thresholds=(Threshold(level=9, beyond=9, reached=reached),))
        assert list(answer_defects(network, aims, (), lie))


def _unproved(threshold: Threshold) -> Threshold:
    first, *others = threshold.reached
    return replace(threshold, reached=(replace(first, bound=first.bound + 1), *others))


def test_answers_within_budgets_are_checked_without_a_solver() -> None:
    """Pairs beyond a budget, values that are not theirs, and a bound below them are told, as is a level without proof."""
    refused = 0
    for seed in range(200):
        drawn = draw(seed)
        if len(drawn.network) < 3:
            continue
        everything = np.arange(len(drawn.network))
        budgets = (Budget(pairs=everything, costs=np.ones(len(everything), np.int64), at_most=1),)
        aims: tuple[Aim, ...] = (((ObjectiveTerm.FILL_PLACES, 1),), ((ObjectiveTerm.WORST_MATCH, 1),))
        made = as_aims(drawn.network, drawn.table, drawn.facts, drawn.ranks, aims)
        answer = solve_in_order(made.network, made.aims, budgets)
        assert list(answer_defects(made.network, made.aims, budgets, answer)) == [], seed
        first = answer.certificates[0]
        wrong = [
            replace(answer, chosen=np.ones(len(everything), np.bool_)),
            replace(answer, chosen=np.zeros(len(everything), np.bool_)),
            replace(answer, certificates=(replace(first, value=first.value + 1, bound=first.bound + 1),)),
            replace(answer, certificates=(replace(first, bound=first.bound - 1),)),
            replace(answer, certificates=()),
            replace(answer, thresholds=()),
            replace(answer, thresholds=(_unproved(answer.thresholds[0]),)),
        ]
        if first.value:
            refused += 1
            assert all(list(answer_defects(made.network, made.aims, budgets, one)) for one in wrong), seed
    assert refused > 50


def corrupted(threshold: Threshold) -> list[Threshold]:
    """The same claim with a part of its proof spoiled."""
    if threshold.beyond == threshold.level:
        return []
    last = threshold.missed[-1]
    better = Certificate(prices=last.prices, value=threshold.reached[-1].value, bound=threshold.reached[-1].value)
    return [
        replace(threshold, missed=()),
        replace(threshold, missed=(*threshold.missed[:-1], better)),
        replace(threshold, missed=(replace(last, prices=last.prices - 1 - np.arange(len(last.prices)) % 2),)),
        replace(threshold, reached=()),
    ]


def test_free_places_say_the_same_as_loads() -> None:
    """With free places the points of the best answer less its load are those of the best choice, counted by hand."""
    for seed in range(300):
        drawn = draw(seed, places_of_mentees=3)
        aims: tuple[Aim, ...] = (((ObjectiveTerm.TOTAL_SCORE, 3), (ObjectiveTerm.LOAD_BALANCE, 2)),)
        made = as_aims(drawn.network, drawn.table, drawn.facts, drawn.ranks, aims)
        first = solve_in_order(made.network, made.aims).certificates[0]
        assert first.value + made.constants[0] == max(worths(drawn, aims, one) for one in drawn.allowed)[0], seed
        assert len(made.network) <= 2 * len(drawn.network)


def test_nobody_has_to_fill_places_that_fill_themselves() -> None:
    """Free places are a floor where one of them may cost something, as a mentor's first match does where that counts."""
    drawn = draw(4)
    facts = replace(drawn.facts, standing=np.zeros(len(drawn.network.low), np.int64))
    room = np.minimum(drawn.network.high, np.bincount(drawn.network.mentor, minlength=len(drawn.network.low)))
    room = room[drawn.network.mentees :] * (room[drawn.network.mentees :] > 1)
    assert room.any()
    for first, floors in ((ObjectiveTerm.TOTAL_SCORE, 0 * room), (ObjectiveTerm.COVER_MENTORS, room)):
        aims: tuple[Aim, ...] = (((first, 1),), ((ObjectiveTerm.LOAD_BALANCE, 1),))
        made = as_aims(drawn.network, drawn.table, facts, drawn.ranks, aims)
        assert made.network.low[made.network.mentees :].tolist() == floors.tolist()


# -- stable matchings --------------------------------------------------------------------------------------------------


def stable_choices(drawn: Drawn, likings: Likings) -> list[Choices]:
    """All choices without a blocking pair, by the definition."""
    return [chosen for chosen in drawn.allowed if not list(pairs_that_block(drawn, likings, chosen))]


def pairs_that_block(drawn: Drawn, likings: Likings, chosen: Choices) -> list[int]:
    """The pairs that would rather have each other, one by one."""
    net = drawn.network
    found = []
    for pair in np.flatnonzero(~chosen).tolist():
        wants = []
        for person, liking in ((net.mentee[pair], likings.mentee), (net.mentor[pair], likings.mentor)):
            mine = [p for p in np.flatnonzero(chosen).tolist() if person in (net.mentee[p], net.mentor[p])]
            free = len(mine) < net.high[person]
            wants.append(free or any(liking[p] < liking[pair] for p in mine))
        if all(wants):
            found.append(pair)
    return found


@pytest.mark.parametrize("block", range(4))
def test_stable_matchings_block_nobody_and_are_the_best_for_mentees(block: int) -> None:
    """On tiny problems no pair would leave for each other, and no stable answer is better for any mentee."""
    for seed in range(5000 + block * 150, 5150 + block * 150):
        drawn = draw(seed, places_of_mentees=1)
        random = np.random.default_rng(seed)
        count = len(drawn.table)
        strict = Likings(mentee=random.permutation(count), mentor=random.permutation(count))
        chosen = deferred_acceptance(drawn.network, strict)
        every = stable_choices(drawn, strict)
        assert any((one == chosen).all() for one in every), seed
        liked = [_liked(drawn, strict, one) for one in every]
        best = [max(of) for of in zip(*liked, strict=True)]
        assert _liked(drawn, strict, chosen) == best, seed


def _liked(drawn: Drawn, likings: Likings, chosen: Choices) -> list[int]:
    """How much each mentee likes the one they have; -1 for having none."""
    return [
        max((int(likings.mentee[p]) for p in np.flatnonzero(chosen & (drawn.network.mentee == e))), default=-1)
        for e in range(drawn.network.mentees)
    ]


@pytest.mark.parametrize("block", range(2))
def test_stability_holds_with_ties_and_several_places(block: int) -> None:
    """With equal likings and several matches a mentee, too; the checker finds just the pairs of the definition."""
    for seed in range(7000 + block * 200, 7200 + block * 200):
        drawn = draw(seed)
        random = np.random.default_rng(seed)
        count = len(drawn.table)
        likings = Likings(mentee=random.integers(0, 3, count), mentor=random.integers(0, 3, count))
        chosen = deferred_acceptance(drawn.network, likings)
        assert (drawn.allowed == chosen).all(axis=1).any(), seed
        assert pairs_that_block(drawn, likings, chosen) == [], seed
        other = drawn.allowed[int(random.integers(len(drawn.allowed)))]
        found = np.flatnonzero(blocking_pairs(drawn.network, likings, other)).tolist()
        assert found == pairs_that_block(drawn, likings, other), seed


def test_the_price_of_stability_is_the_difference() -> None:
    """Two mentees, two mentors: the best total leaves a pair who would rather have each other."""
    table = [(0, 0, 9), (0, 1, 8), (1, 0, 8), (1, 1, 0)]
    score = np.array([s for *_, s in table], np.int64)
    network = Network(
        mentees=2,
        mentee=np.array([e for e, _, _ in table], np.int64),
        mentor=np.array([m + 2 for _, m, _ in table], np.int64),
        low=np.zeros(4, np.int64),
        high=np.ones(4, np.int64),
    )
    likings = Likings(mentee=score, mentor=score)
    best = np.array([False, True, True, False])
    stable = deferred_acceptance(network, likings)
    assert stable.tolist() == [True, False, False, True]
    price = price_of(network, score, likings, stable, best, np.zeros(4, np.int64))
    assert (price.score, price.mentees, price.mentors, price.blocking) == (7, 0, 0, 1)


def test_the_order_of_requests_does_not_matter() -> None:
    """Deferred acceptance gives one answer, whatever the numbers of the mentees, where nobody likes two alike."""
    for seed in range(60):
        drawn = draw(9000 + seed, places_of_mentees=1)
        net = drawn.network
        if net.mentees != 3:
            continue
        random = np.random.default_rng(seed)
        likings = Likings(mentee=random.permutation(len(net)), mentor=random.permutation(len(net)))
        wanted = {(int(net.mentee[p]), int(net.mentor[p])) for p in np.flatnonzero(deferred_acceptance(net, likings))}
        for order in permutations(range(3)):
            place = np.array(order)
            mentee = place[net.mentee]
            by = np.lexsort((net.mentor, mentee))
            moved = replace(net, mentee=mentee[by], mentor=net.mentor[by], high=net.high.copy())
            moved.high[place] = net.high[:3]
            chosen = deferred_acceptance(moved, Likings(mentee=likings.mentee[by], mentor=likings.mentor[by]))
            back = np.argsort(place)
            assert {(int(back[moved.mentee[p]]), int(moved.mentor[p])) for p in np.flatnonzero(chosen)} == wanted, seed
