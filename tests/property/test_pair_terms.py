"""What else decides about pairs: candidates, minimum, repeats and scales, over columns and one pair at a time."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorctl.optimize.engine import DirectEngine
from mentorctl.optimize.ground import Ground, History, PairFacts
from mentorctl.optimize.matching import MatchingCase, MatchingResult, match
from mentorctl.optimize.points import most_possible
from mentorctl.optimize.scoring import PairTable, as_percent, named_pairs, rule_points, score_pairs
from mentorctl.optimize.verify import (
    WrongAnswer,
    broken_by,
    is_candidate,
    repeats_too_early,
    spread_score,
    sum_of_points,
    verify_matching,
)
from mentorctl.rules.fields import Missing, Role
from mentorctl.rules.implied import soft_rules as all_soft_rules
from mentorctl.rules.pairs import (
    AfterEveryone,
    Ago,
    EverRepeats,
    FieldPair,
    HistoryTerms,
    NamedPair,
    Not,
    PairRule,
    PairTerms,
    Points,
    PointsByRank,
    PointsWaited,
    Rank,
    Same,
    Scaling,
    Unranked,
    Verdict,
)
from mentorctl.spec.matching import Capacity, Matching, ObjectiveTerm

from .pair_rules import brisk, hard_rules, soft_rules, terms
from .rosters import DAY, POLICIES, Person, crowds, everyone, ground_of, with_knowledge

seeds = st.integers(0, 1 << 32)


def matching_of(require: list[PairRule], prefer: list[PairRule], wanted: PairTerms) -> Matching:
    """A matching of single pairs by total score."""
    return Matching(
        require=tuple(require),
        prefer=tuple(prefer),
        mentor_capacity=Capacity(at_most=2),
        mentee_capacity=Capacity(at_most=1),
        objective=(ObjectiveTerm.TOTAL_SCORE,),
        terms=wanted,
    )


def table_of(ground: Ground, matching: Matching) -> PairTable:
    """The candidates over columns."""
    return score_pairs(ground, *everyone(ground), matching.require, matching.prefer, matching.terms)


def one_by_one(ground: Ground, matching: Matching) -> list[tuple[int, int, int]]:
    """The candidates with their points, each found on its own."""
    mentees, mentors = (side.tolist() for side in everyone(ground))
    pairs = [(e, m) for e, m in product(mentees, mentors) if not ground.peers or e < m]
    found = [(e, m) for e, m in pairs if is_candidate(ground, matching, e, m)]
    kept = [(e, m) for e, m in found if not repeats_too_early(ground, matching, (mentees, mentors), e, m)]
    return [(e, m, sum_of_points(ground, matching, e, m)) for e, m in kept]


def check(ground: Ground, matching: Matching) -> None:
    """The table of candidates is what single pairs say, and scores follow from points as the scale says."""
    table = table_of(ground, matching)
    expected = one_by_one(ground, matching)
    columns = (table.mentees[table.mentee], table.mentors[table.mentor], table.points)
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected
    if matching.terms.scaling is Scaling.PER_MENTEE:
        of_mentee = {e: [points for other, _, points in expected if other == e] for e, _, _ in expected}
        assert table.score.tolist() == [spread_score(points, of_mentee[e]) for e, _, points in expected]
    else:
        assert table.score.tolist() == table.points.tolist()
    most = most_possible(ground, all_soft_rules(matching.prefer, matching.terms))
    assert table.points.max(initial=0) <= most
    assert all(0 <= shown <= 100 for shown in as_percent(table.points, most).tolist())


@given(crowds, seeds, POLICIES, st.lists(hard_rules(), max_size=1), st.lists(soft_rules(), max_size=2), terms())
@brisk
def test_candidates_in_columns_and_one_by_one(
    crowd: tuple[Person, ...],
    seed: int,
    policies: dict[str, Missing],
    require: list[PairRule],
    prefer: list[PairRule],
    wanted: PairTerms,
) -> None:
    """Named pairs, history, minimum and scale give the same candidates either way, for mentors and mentees."""
    check(with_knowledge(ground_of(crowd, policies), seed), matching_of(require, prefer, wanted))


@given(
    crowds,
    seeds,
    POLICIES,
    st.lists(hard_rules(peers=True), max_size=1),
    st.lists(soft_rules(peers=True), max_size=2),
    terms(peers=True),
)
@brisk
def test_candidates_among_peers(
    crowd: tuple[Person, ...],
    seed: int,
    policies: dict[str, Missing],
    require: list[PairRule],
    prefer: list[PairRule],
    wanted: PairTerms,
) -> None:
    """The same for peers, where each two people are there once."""
    check(with_knowledge(ground_of(crowd, policies, peers=True), seed), matching_of(require, prefer, wanted))


@given(crowds, seeds, st.lists(hard_rules(), max_size=1), st.lists(soft_rules(), max_size=2), terms())
@brisk
def test_matchings_pass_their_own_verification(
    crowd: tuple[Person, ...], seed: int, require: list[PairRule], prefer: list[PairRule], wanted: PairTerms
) -> None:
    """Whatever the terms, a solved matching is verified pair by pair, with every term of its score."""
    ground = with_knowledge(ground_of(crowd, {}), seed)
    case = case_of(ground, matching_of(require, prefer, wanted))
    result = match(case, DirectEngine())
    prefer_all = all_soft_rules(prefer, wanted)
    assert result.points.tolist() == rule_points(ground, result.mentee, result.mentor, prefer_all).tolist()


def case_of(ground: Ground, matching: Matching) -> MatchingCase:
    """Everybody is ready."""
    mentees, mentors = everyone(ground)
    return MatchingCase(ground=ground, matching=matching, mentees=mentees, mentors=mentors)


# -- what single words mean --------------------------------------------------------------------------------------------

PEOPLE = (
    Person(roles=(Role.MENTOR,), cells={"department": "Sales"}),
    Person(roles=(Role.MENTOR,), cells={"department": "Law"}),
    Person(roles=(Role.MENTEE,), cells={"department": "Sales"}, wishes=(1,)),
    Person(roles=(Role.MENTEE,), cells={"department": "Law"}),
)
GROUND = ground_of(PEOPLE, {})
DEPARTMENT = PairRule(
    id="department", predicate=Same(fields=FieldPair(mentee="department", mentor="department")), score=Points(points=10)
)
WISHES = PairRule(id="wishes", predicate=Rank(by=Role.MENTEE, field="wishes"), score=PointsByRank(points=(4, 3)))
OTHER_DEPARTMENT = PairRule(id="other", predicate=Not(of=DEPARTMENT.predicate))


def pairs_of(
    wanted: PairTerms, *prefer: PairRule, require: tuple[PairRule, ...] = (), ground: Ground = GROUND
) -> dict[tuple[str, str], int]:
    """The candidates by roster id (mentee, mentor) with their scores."""
    table = score_pairs(ground, *everyone(ground), require, prefer or (DEPARTMENT,), wanted)
    names = ground.roster.roster_ids
    rows = zip(table.mentees[table.mentee].tolist(), table.mentors[table.mentor].tolist(), strict=True)
    return {(names[e], names[m]): int(score) for (e, m), score in zip(rows, table.score.tolist(), strict=True)}


def named(mentee: str, mentor: str, verdict: Verdict) -> PairTerms:
    return PairTerms(named=(NamedPair(mentee=mentee, mentor=mentor, verdict=verdict),))


def test_without_terms_every_pair_is_a_candidate_with_its_points() -> None:
    """The ground on which the other examples stand."""
    expected = {("p2", "p0"): 10, ("p2", "p1"): 0, ("p3", "p0"): 0, ("p3", "p1"): 10}
    assert pairs_of(PairTerms()) == expected


def test_a_denied_pair_is_no_candidate() -> None:
    """Deny takes one pair away and leaves the others."""
    assert set(pairs_of(named("p2", "p0", Verdict.DENY))) == {("p2", "p1"), ("p3", "p0"), ("p3", "p1")}


@pytest.mark.parametrize("verdict", [Verdict.ALLOW, Verdict.FORCE])
def test_an_allowed_pair_needs_no_rule_and_no_minimum(verdict: Verdict) -> None:
    """Allow and force override hard rules and the minimum score."""
    wanted = replace(named("p2", "p0", verdict), minimum=100)
    assert set(pairs_of(wanted, require=(OTHER_DEPARTMENT,))) == {("p2", "p0")}


def test_nobody_is_allowed_with_themselves() -> None:
    """Not even by name."""
    both = (*PEOPLE, Person(roles=(Role.MENTOR, Role.MENTEE), cells={"department": "IT"}))
    ground = ground_of(both, {})
    assert ("p4", "p4") not in pairs_of(named("p4", "p4", Verdict.ALLOW), ground=ground)


def test_forced_pairs_are_found_by_roster_id() -> None:
    """People who are not on the roster are left out."""
    wanted = PairTerms(
        named=(
            NamedPair(mentee="p3", mentor="p0", verdict=Verdict.FORCE),
            NamedPair(mentee="gone", mentor="p0", verdict=Verdict.FORCE),
            NamedPair(mentee="p2", mentor="p0", verdict=Verdict.DENY),
        )
    )
    mentees, mentors = named_pairs(GROUND, wanted, Verdict.FORCE)
    assert (mentees.tolist(), mentors.tolist()) == ([3], [0])


def test_pairs_below_the_minimum_are_no_candidates() -> None:
    """The minimum itself is enough."""
    assert set(pairs_of(PairTerms(minimum=10))) == {("p2", "p0"), ("p3", "p1")}


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        (None, {("p2", "p1")}),
        (Missing.PASSES, {("p2", "p1"), ("p3", "p0"), ("p3", "p1")}),
    ],
)
def test_whoever_is_not_named_may_be_unacceptable(missing: Missing | None, expected: set[tuple[str, str]]) -> None:
    """Then only named people are candidates; who names nobody has none, unless blanks pass."""
    rule = replace(WISHES, unranked=Unranked.UNACCEPTABLE, missing=missing)
    assert set(pairs_of(PairTerms(), rule)) == expected
    assert len(pairs_of(PairTerms(), WISHES)) == 4


def met(*pairs: tuple[int, int]) -> Ground:
    """The ground after some matches of people by index."""
    one, two = (np.array([pair[side] for pair in pairs], np.int32) for side in (0, 1))
    facts = PairFacts(one=one, two=two, day=np.full(len(pairs), DAY.toordinal() - 20, np.int64))
    nothing = PairFacts(one=one[:0], two=two[:0], day=facts.day[:0])
    return replace(GROUND, history=History(as_of=DAY, met=facts, declined=nothing))


def test_nobody_repeats_before_everyone_was_met() -> None:
    """After one match each is matched with the other one; after both, everybody is free again."""
    wanted = PairTerms(history=HistoryTerms(no_repeat=AfterEveryone()))
    once = met((2, 0), (1, 3))
    assert set(pairs_of(wanted, ground=once)) == {("p2", "p1"), ("p3", "p0")}
    assert len(pairs_of(wanted, ground=met((2, 0), (1, 3), (2, 1), (0, 3)))) == 4


@pytest.mark.parametrize(("days", "free"), [(19, 4), (20, 3), (21, 3)])
def test_repeats_are_kept_apart_for_a_time(days: int, free: int) -> None:
    """A match that began exactly so long ago still counts."""
    wanted = PairTerms(history=HistoryTerms(no_repeat=EverRepeats(within=Ago(days=days))))
    assert len(pairs_of(wanted, ground=met((0, 2)))) == free


def test_each_mentee_has_a_scale_of_their_own() -> None:
    """The best candidate is 100 and the worst 0, however generous the points; equal candidates are all the best."""
    generous = replace(DEPARTMENT, score=Points(points=3))
    people = (*PEOPLE, Person(roles=(Role.MENTEE,), cells={"department": "IT"}))
    scores = pairs_of(PairTerms(scaling=Scaling.PER_MENTEE), generous, ground=ground_of(people, {}))
    assert {pair: score for pair, score in scores.items() if pair[0] == "p2"} == {("p2", "p0"): 100, ("p2", "p1"): 0}
    assert {score for pair, score in scores.items() if pair[0] == "p4"} == {100}


def test_the_scale_of_what_is_possible_is_for_showing_only() -> None:
    """The points decide; of 14 possible points, 10 are shown as 71."""
    wanted = PairTerms(scaling=Scaling.MAX_POSSIBLE)
    assert pairs_of(wanted, DEPARTMENT, WISHES) == pairs_of(PairTerms(), DEPARTMENT, WISHES)
    most = most_possible(GROUND, (DEPARTMENT, WISHES))
    assert most == 14
    assert as_percent(np.array([-5, 0, 7, 10, 14]), most).tolist() == [0, 0, 50, 71, 100]


def test_whoever_waited_is_ahead() -> None:
    """Two rounds at five points, and no more than eight."""
    ground = replace(GROUND, waited=np.array([9, 9, 2, 0], np.int64))
    wanted = PairTerms(waiting=PointsWaited(points=5, at_most=8))
    scores = pairs_of(wanted, ground=ground)
    assert (scores["p2", "p0"], scores["p2", "p1"], scores["p3", "p0"]) == (18, 8, 0)


# -- the verifier ------------------------------------------------------------------------------------------------------


def solved(wanted: PairTerms) -> tuple[MatchingCase, MatchingResult]:
    case = case_of(GROUND, matching_of([], [DEPARTMENT], wanted))
    return case, match(case, DirectEngine())


@pytest.mark.parametrize(
    ("solved_under", "verified_under", "says"),
    [
        (PairTerms(), named("p2", "p0", Verdict.DENY), "`pairs`"),
        (PairTerms(), PairTerms(minimum=11), "below the minimum"),
        (PairTerms(), PairTerms(waiting=PointsWaited(points=1)), "does not follow"),
        (PairTerms(), PairTerms(scaling=Scaling.PER_MENTEE), "scale of its mentee"),
    ],
)
def test_answers_under_other_terms_are_refused(solved_under: PairTerms, verified_under: PairTerms, says: str) -> None:
    """The verifier reads the terms itself."""
    case, result = solved(solved_under)
    verify_matching(case, result)
    other = replace(case, matching=replace(case.matching, terms=verified_under))
    with pytest.raises(WrongAnswer, match=says):
        verify_matching(other, result)


def test_repeats_before_everyone_was_met_are_refused() -> None:
    """The verifier finds the candidate who was met less often."""
    case, result = solved(PairTerms())
    wanted = PairTerms(history=HistoryTerms(no_repeat=AfterEveryone()))
    other = replace(case, ground=met((2, 0)), matching=replace(case.matching, terms=wanted))
    with pytest.raises(WrongAnswer, match="has not met everyone"):
        verify_matching(other, result)


def test_a_broken_term_is_named() -> None:
    """The reason is the key that the rule comes from, and an allowed pair breaks nothing."""
    denied = matching_of([OTHER_DEPARTMENT], [DEPARTMENT], named("p2", "p1", Verdict.DENY))
    assert broken_by(GROUND, denied, 2, 1) == "pairs"
    allowed = matching_of([OTHER_DEPARTMENT], [DEPARTMENT], named("p2", "p0", Verdict.ALLOW))
    assert (broken_by(GROUND, denied, 2, 0), broken_by(GROUND, allowed, 2, 0)) == ("other", "")
