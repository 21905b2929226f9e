"""What holds for every roster and every rule: columns and single pairs agree, and order and names decide nothing."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorctl.optimize.engine import DirectEngine
from mentorctl.optimize.evaluator import rule_holds
from mentorctl.optimize.evaluator_points import rule_points_of
from mentorctl.optimize.ground import Ground
from mentorctl.optimize.matching import MatchingCase, MatchingResult, match
from mentorctl.optimize.points import most_possible
from mentorctl.optimize.scoring import hard_rule_holds, rule_points, score_pairs
from mentorctl.optimize.verify import broken_rule
from mentorctl.roster.people import Roster
from mentorctl.rules.fields import Missing, Role
from mentorctl.rules.implied import EVERYBODY
from mentorctl.rules.pairs import (
    WHOLE,
    AvailabilityOverlap,
    Contains,
    FieldPair,
    Gap,
    Of,
    Overlap,
    PairRule,
    Points,
    PointsByGap,
    PointsByRank,
    PointsByValues,
    PointsEach,
    PointsFrom,
    PointsShare,
    Predicate,
    Rank,
    Same,
    ValueMatrix,
    Ways,
    When,
)
from mentorctl.spec.matching import Capacity, Matching, ObjectiveTerm

from .pair_rules import brisk, expressions, hard_rules, soft_rules, thorough
from .rosters import POLICIES, Person, crowds, everyone, ground_of, with_knowledge

# -- columns against single pairs --------------------------------------------------------------------------------------


def agree_on_hard_rules(ground: Ground, rule: PairRule) -> None:
    """A hard rule over columns says of each pair what the plain evaluation says."""
    mentees, mentors = everyone(ground)
    holds = hard_rule_holds(ground, rule, mentees[:, None], mentors[None, :])
    for (row, mentee), (column, mentor) in product(enumerate(mentees.tolist()), enumerate(mentors.tolist())):
        assert bool(holds[row, column]) == rule_holds(ground, rule, mentee, mentor), (mentee, mentor)


def agree_on_soft_rules(ground: Ground, prefer: list[PairRule]) -> None:
    """The points of soft rules over columns are those of the plain evaluation, and no more than is possible."""
    pairs = np.array(list(product(*everyone(ground))), np.int32).reshape(-1, 2)
    given_points = rule_points(ground, pairs[:, 0], pairs[:, 1], prefer)
    for column, (mentee, mentor) in enumerate(pairs.tolist()):
        expected = [rule_points_of(ground, rule, mentee, mentor) for rule in prefer]
        assert given_points[:, column].tolist() == expected, (mentee, mentor)
    assert given_points.sum(axis=0).max(initial=0) <= most_possible(ground, prefer)


seeds = st.integers(0, 1 << 32)


@given(crowds, seeds, POLICIES, hard_rules())
@thorough
def test_hard_rules_hold_for_the_same_pairs_in_columns_and_one_by_one(
    crowd: tuple[Person, ...], seed: int, policies: dict[str, Missing], rule: PairRule
) -> None:
    """For mentors and mentees, with whatever blanks and history."""
    agree_on_hard_rules(with_knowledge(ground_of(crowd, policies), seed), rule)


@given(crowds, seeds, POLICIES, hard_rules(peers=True))
@thorough
def test_hard_rules_hold_for_the_same_peers_in_columns_and_one_by_one(
    crowd: tuple[Person, ...], seed: int, policies: dict[str, Missing], rule: PairRule
) -> None:
    """For peers, where a rule may have to hold both ways, or one way."""
    agree_on_hard_rules(with_knowledge(ground_of(crowd, policies, peers=True), seed), rule)


@given(crowds, seeds, POLICIES, st.lists(soft_rules(), min_size=1, max_size=3))
@thorough
def test_soft_rules_give_the_same_points_in_columns_and_one_by_one(
    crowd: tuple[Person, ...], seed: int, policies: dict[str, Missing], prefer: list[PairRule]
) -> None:
    """For mentors and mentees, with every kind of score."""
    agree_on_soft_rules(with_knowledge(ground_of(crowd, policies), seed), prefer)


@given(crowds, seeds, POLICIES, st.lists(soft_rules(peers=True), min_size=1, max_size=3))
@thorough
def test_soft_rules_give_peers_the_same_points_in_columns_and_one_by_one(
    crowd: tuple[Person, ...], seed: int, policies: dict[str, Missing], prefer: list[PairRule]
) -> None:
    """For peers, where points of both ways are added, or the larger ones count."""
    agree_on_soft_rules(with_knowledge(ground_of(crowd, policies, peers=True), seed), prefer)


@given(crowds, st.booleans(), st.data())
@brisk
def test_expressions_say_the_same_in_columns_and_one_by_one(
    crowd: tuple[Person, ...], peers: bool, data: st.DataObject
) -> None:
    """Whoever of the two they speak of."""
    rule = PairRule(id="r", predicate=data.draw(expressions(peers)), score=Points(points=1))
    agree_on_hard_rules(ground_of(crowd, {}, peers=peers), rule)


@given(crowds, seeds, POLICIES, hard_rules(peers=True), st.sampled_from(("both", "either")))
@brisk
def test_peers_may_change_places(
    crowd: tuple[Person, ...], seed: int, policies: dict[str, Missing], rule: PairRule, way: str
) -> None:
    """A rule that says what holds both ways round is the same for a and b as for b and a."""
    ground = with_knowledge(ground_of(crowd, policies, peers=True), seed)
    rule = replace(rule, ways=Ways(way))
    people = everyone(ground)[0]
    holds = hard_rule_holds(ground, rule, people[:, None], people[None, :])
    assert np.array_equal(holds, holds.T)


@given(crowds, POLICIES, st.lists(hard_rules(), max_size=2), st.lists(soft_rules(), max_size=2))
@brisk
def test_the_scored_pairs_are_those_that_pass_one_by_one(
    crowd: tuple[Person, ...], policies: dict[str, Missing], require: list[PairRule], prefer: list[PairRule]
) -> None:
    """The table of pairs holds each admissible pair once, in order, with the sum of its points."""
    ground = ground_of(crowd, policies)
    mentees, mentors = everyone(ground)
    table = score_pairs(ground, mentees, mentors, require, prefer)
    expected = [
        (mentee, mentor, sum(rule_points_of(ground, rule, mentee, mentor) for rule in prefer))
        for mentee, mentor in product(mentees.tolist(), mentors.tolist())
        if mentee != mentor and not broken_rule(ground, tuple(require), mentee, mentor)
    ]
    found = zip(mentees[table.mentee].tolist(), mentors[table.mentor].tolist(), table.score.tolist(), strict=True)
    assert list(found) == expected


# -- corners -----------------------------------------------------------------------------------------------------------


def pair_of(
    mentor: Mapping[str, str], mentee: Mapping[str, str], mentor_wishes: tuple[int, ...] = ()
) -> tuple[Person, Person]:
    """A mentor and a mentee with some answers; all others are blank."""
    return (
        Person(roles=(Role.MENTOR,), cells=mentor, wishes=mentor_wishes),
        Person(roles=(Role.MENTEE,), cells=mentee),
    )


def same(field: str) -> Predicate:
    return Same(fields=FieldPair(mentee=field, mentor=field))


TOPICS = FieldPair(mentee="wants", mentor="offers")
SITES_OF_BOTH = FieldPair(mentee="site", mentor="site")

CORNERS: tuple[tuple[str, tuple[Person, Person], PairRule, int], ...] = (
    (
        "equal numbers below zero are the same",
        pair_of({"balance": "-2"}, {"balance": "-2.0"}),
        PairRule(id="r", predicate=same("balance"), score=Points(points=5)),
        5,
    ),
    (
        "a number below zero is an answer, not a blank",
        pair_of({"balance": "-2"}, {"balance": "1"}),
        PairRule(id="r", predicate=same("balance"), score=Points(points=5), missing=Missing.PASSES),
        0,
    ),
    (
        "labels that keep their case equal themselves",
        pair_of({"site": "Rome"}, {"site": "Rome"}),
        PairRule(id="r", predicate=same("site"), score=Points(points=5)),
        5,
    ),
    (
        "labels that keep their case differ by it",
        pair_of({"site": "Rome"}, {"site": "rome"}),
        PairRule(id="r", predicate=same("site"), score=Points(points=5)),
        0,
    ),
    (
        "answers that keep their case differ by it",
        pair_of({"site": "Rome"}, {"site": "rome"}),
        PairRule(id="r", predicate=Overlap(fields=FieldPair(mentee="site", mentor="site")), score=Points(points=5)),
        0,
    ),
    (
        "a wish that was not made has no rank, however long the table",
        pair_of({}, {}),
        PairRule(
            id="r",
            predicate=Rank(by=Role.MENTOR, field="wishes"),
            score=PointsByRank(points=(4, 3, 2, 1)),
            missing=Missing.PASSES,
        ),
        0,
    ),
    (
        "the second of two wishes is the second",
        pair_of({}, {}, (0, 1)),
        PairRule(id="r", predicate=Rank(by=Role.MENTOR, field="wishes"), score=PointsByRank(points=(4, 3))),
        3,
    ),
    (
        "a gap of one and a half is not a gap of one",
        pair_of({"balance": "2"}, {"balance": "0.5"}),
        PairRule(
            id="r",
            predicate=Gap(fields=FieldPair(mentee="balance", mentor="balance")),
            score=PointsByGap(table=((1, 7), (2, 9))),
        ),
        0,
    ),
    (
        "decimals are subtracted as written",
        pair_of({"balance": "4.1"}, {"balance": "0.1"}),
        PairRule(
            id="r",
            predicate=Gap(fields=FieldPair(mentee="balance", mentor="balance"), low=4),
            score=PointsByGap(table=((3, 7), (4, 9))),
        ),
        9,
    ),
    (
        "a large whole gap stays whole",
        pair_of({"balance": "549593687673"}, {"balance": "0"}),
        PairRule(
            id="r",
            predicate=Gap(fields=FieldPair(mentee="balance", mentor="balance"), low=549593687673, high=549593687673),
            score=Points(points=5),
        ),
        5,
    ),
    (
        "a wish beyond the bound does not count",
        pair_of({}, {}, (0, 1)),
        PairRule(id="r", predicate=Rank(by=Role.MENTOR, field="wishes", within=1), score=Points(points=3)),
        0,
    ),
    (
        "an expression tells the two apart",
        pair_of({"balance": "2.1"}, {"balance": "1"}),
        PairRule(
            id="r",
            predicate=When(text="default(mentor.balance, 0) > default(mentee.balance, 0)"),
            score=Points(points=3),
        ),
        3,
    ),
    (
        "who wants nothing is not contained in everything",
        pair_of({"offers": "data"}, {"wants": ""}),
        PairRule(id="r", predicate=Contains(fields=TOPICS), score=Points(points=3)),
        0,
    ),
    (
        "all that is wanted is offered",
        pair_of({"offers": "data;law;writing"}, {"wants": "law; Writing"}),
        PairRule(id="r", predicate=Contains(fields=TOPICS), score=Points(points=3)),
        3,
    ),
    (
        "half of what is wanted is half",
        pair_of({"offers": "data"}, {"wants": "law;data"}),
        PairRule(id="r", predicate=Overlap(fields=TOPICS, share=WHOLE // 2, of=Of.MENTEE), score=Points(points=3)),
        3,
    ),
    (
        "one of three is less than 33.4 %",
        pair_of({"offers": "data"}, {"wants": "law;data;writing"}),
        PairRule(id="r", predicate=Overlap(fields=TOPICS, share=33_400, of=Of.MENTEE), score=Points(points=3)),
        0,
    ),
    (
        "a share of points is rounded to the nearest, halves away from zero",
        pair_of({"offers": "data"}, {"wants": "law;data"}),
        PairRule(id="r", predicate=Overlap(fields=TOPICS), score=PointsShare(points=-5, of=Of.MENTEE)),
        -3,
    ),
    (
        "blanks have none of the forbidden values",
        pair_of({"site": ""}, {"site": "Rome"}),
        PairRule(
            id="r",
            predicate=ValueMatrix(fields=SITES_OF_BOTH, pairs=(("Rome", "Oslo"),), forbid=True),
            score=Points(points=3),
        ),
        3,
    ),
    (
        "blanks have none of the allowed values",
        pair_of({"site": ""}, {"site": "Rome"}),
        PairRule(
            id="r",
            predicate=ValueMatrix(fields=SITES_OF_BOTH, pairs=(("Rome", "Oslo"),)),
            score=Points(points=3),
        ),
        0,
    ),
    (
        "of several answers all listed pairs count",
        pair_of({"offers": "data;law"}, {"wants": "law;writing"}),
        PairRule(
            id="r",
            predicate=ValueMatrix(fields=TOPICS, pairs=(("law", "data"),)),
            score=PointsByValues(table=(("law", "data", 4), ("writing", "Law", 3), ("data", "data", 9))),
        ),
        7,
    ),
    (
        "a stretch goes on from Sunday to Monday",
        pair_of({"availability": "Sun 23:00-24:00; Mon 00:00-00:30"}, {"availability": "Sun-Mon 00:00-24:00"}),
        PairRule(id="r", predicate=AvailabilityOverlap(block=90), score=Points(points=3)),
        3,
    ),
    (
        "three half hours are no hour on end",
        pair_of(
            {"availability": "Mon 08:00-08:30; Mon 09:00-09:30; Mon 10:00-10:30"}, {"availability": "Mon 08:00-12:00"}
        ),
        PairRule(id="r", predicate=AvailabilityOverlap(minutes=90, block=45), score=Points(points=3)),
        0,
    ),
    (
        "the lowest step of a level is one point",
        pair_of({}, {"level": "associate"}),
        PairRule(id="r", predicate=EVERYBODY, score=PointsFrom(by=Role.MENTEE, field="level", times=3)),
        3,
    ),
    (
        "what somebody says is rounded, halves away from zero",
        pair_of({"balance": "-0.5"}, {}),
        PairRule(id="r", predicate=EVERYBODY, score=PointsFrom(by=Role.MENTOR, field="balance")),
        -1,
    ),
    (
        "who says nothing gives nothing",
        pair_of({"balance": ""}, {}),
        PairRule(id="r", predicate=EVERYBODY, score=PointsFrom(by=Role.MENTOR, field="balance")),
        0,
    ),
    (
        "an answer that every mentor gave is not rare",
        pair_of({"offers": "data"}, {"wants": "data"}),
        PairRule(id="r", predicate=Overlap(fields=TOPICS), score=PointsEach(points=6, rare=True)),
        0,
    ),
    (
        "a cap bounds what a rule takes, too",
        pair_of({"offers": "data;law"}, {"wants": "data;law"}),
        PairRule(id="r", predicate=Overlap(fields=TOPICS), score=PointsEach(points=-6), cap=10),
        -10,
    ),
    (
        "a gap that is not known is not a gap of zero",
        pair_of({"balance": ""}, {"balance": "2"}),
        PairRule(
            id="r",
            predicate=Gap(fields=FieldPair(mentee="balance", mentor="balance")),
            score=PointsByGap(table=((0, 7), (1, 9))),
            missing=Missing.PASSES,
        ),
        0,
    ),
)


@pytest.mark.parametrize(("crowd", "rule", "expected"), [c[1:] for c in CORNERS], ids=[c[0] for c in CORNERS])
def test_corners(crowd: tuple[Person, Person], rule: PairRule, expected: int) -> None:
    """What the documentation of a rule promises holds at its corners, over columns and one by one."""
    ground = ground_of(crowd, {})
    mentees, mentors = everyone(ground)
    assert rule_points(ground, mentees, mentors, [rule]).tolist() == [[expected]]
    assert rule_points_of(ground, rule, int(mentees[0]), int(mentors[0])) == expected


def test_the_rarer_of_two_answers_counts_more() -> None:
    """Of four mentors one offers law and three offer data: law is worth three quarters, data one quarter."""
    offers = ("law;data", "data", "data", "writing")
    mentors = [Person(roles=(Role.MENTOR,), cells={"offers": answers}) for answers in offers]
    crowd = (*mentors, Person(roles=(Role.MENTEE,), cells={"wants": "law;data"}))
    ground = ground_of(crowd, {})
    for cap, expected in ((None, [6 + 2, 2, 2, 0]), (1, [6, 2, 2, 0])):
        rule = PairRule(id="r", predicate=Overlap(fields=TOPICS), score=PointsEach(points=8, cap=cap, rare=True))
        mentees, of_mentors = everyone(ground)
        assert rule_points(ground, np.repeat(mentees, 4), of_mentors, [rule]).tolist() == [expected]


# -- order and names ---------------------------------------------------------------------------------------------------


OF_PAIRS = (ObjectiveTerm.COVER_MENTEES, ObjectiveTerm.COVER_MENTORS, ObjectiveTerm.TOTAL_SCORE)
OBJECTIVES = st.lists(st.sampled_from(OF_PAIRS), min_size=1, max_size=3, unique=True).map(tuple)
CAPACITIES = st.one_of(
    st.builds(Capacity, at_most=st.integers(1, 3)),
    st.builds(Capacity, at_most=st.integers(1, 3), field=st.just("places"), missing=st.integers(0, 2)),
)
matchings = st.builds(
    Matching,
    require=st.lists(hard_rules(ids_too=False), max_size=1).map(tuple),
    prefer=st.lists(soft_rules(ids_too=False), max_size=3).map(tuple),
    mentor_capacity=CAPACITIES,
    mentee_capacity=CAPACITIES,
    objective=OBJECTIVES,
)


def matched(ground: Ground, matching: Matching) -> tuple[frozenset[tuple[str, str]], tuple[int, ...]]:
    """The pairs by roster id, and the worth of each objective; `match` also verifies the answer."""
    mentees, mentors = everyone(ground)
    result = match(MatchingCase(ground=ground, matching=matching, mentees=mentees, mentors=mentors), DirectEngine())
    return pairs_by_id(ground.roster, result), worth_of(result, matching.objective)


def pairs_by_id(roster: Roster, result: MatchingResult) -> frozenset[tuple[str, str]]:
    pairs = zip(result.mentee.tolist(), result.mentor.tolist(), strict=True)
    return frozenset((roster.roster_ids[mentee], roster.roster_ids[mentor]) for mentee, mentor in pairs)


def worth_of(result: MatchingResult, objective: tuple[ObjectiveTerm, ...]) -> tuple[int, ...]:
    worths = {
        ObjectiveTerm.COVER_MENTEES: len(set(result.mentee.tolist())),
        ObjectiveTerm.COVER_MENTORS: len(set(result.mentor.tolist())),
        ObjectiveTerm.TOTAL_SCORE: int(result.score.sum()),
    }
    return tuple(worths[term] for term in objective)


@st.composite
def orders(draw: st.DrawFn) -> tuple[tuple[Person, ...], tuple[int, ...]]:
    """Some people and an order of their rows."""
    crowd = draw(crowds)
    return crowd, tuple(draw(st.permutations(range(len(crowd)))))


@given(orders(), POLICIES, matchings)
@brisk
def test_the_order_of_rows_changes_nothing(
    crowd_and_order: tuple[tuple[Person, ...], tuple[int, ...]], policies: dict[str, Missing], matching: Matching
) -> None:
    """The same people on other rows are matched in the same way, and the roster has the same digest."""
    crowd, order = crowd_and_order
    one, two = ground_of(crowd, policies), ground_of(crowd, policies, order=order)
    assert one.roster.digest == two.roster.digest
    assert matched(one, matching) == matched(two, matching)


@given(crowds, POLICIES, matchings)
@brisk
def test_a_renaming_that_keeps_the_order_of_ids_keeps_the_matching(
    crowd: tuple[Person, ...], policies: dict[str, Missing], matching: Matching
) -> None:
    """Other ids in the same order give the same pairs under the renaming, ties included."""
    other = [f"{chr(ord('a') + number)}.{7 * number % 5}@example.org" for number in range(len(crowd))]
    renamed = {f"p{number}": name for number, name in enumerate(other)}
    pairs, worths = matched(ground_of(crowd, policies), matching)
    pairs_after, worths_after = matched(ground_of(crowd, policies, names=other), matching)
    assert {(renamed[mentee], renamed[mentor]) for mentee, mentor in pairs} == pairs_after
    assert worths == worths_after


@given(orders(), POLICIES, matchings)
@brisk
def test_any_renaming_keeps_the_worth(
    crowd_and_names: tuple[tuple[Person, ...], tuple[int, ...]], policies: dict[str, Missing], matching: Matching
) -> None:
    """Ids decide between equally good matchings only: each objective keeps its value under any renaming."""
    crowd, places = crowd_and_names
    names = [f"p{place}" for place in places]
    before, after = ground_of(crowd, policies), ground_of(crowd, policies, names=names)
    assert matched(before, matching)[1] == matched(after, matching)[1]
