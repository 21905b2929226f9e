"""Matching rules and terms from trees to values: every predicate, every score, and what only reading can find."""

from typing import Any

import pytest

from mentorctl.rules.fields import Missing, Role
from mentorctl.rules.pairs import (
    WHOLE,
    AfterEveryone,
    Ago,
    AvailabilityOverlap,
    Contains,
    Declined,
    DeclinedBefore,
    Different,
    EverRepeats,
    FieldPair,
    Gap,
    HistoryTerms,
    MetBefore,
    NamedPair,
    Not,
    Of,
    OutsideSource,
    Overlap,
    PairTerms,
    Points,
    PointsByGap,
    PointsByRank,
    PointsByValues,
    PointsEach,
    PointsFrom,
    PointsShare,
    PointsWaited,
    Predicate,
    Rank,
    Same,
    Scaling,
    Score,
    TimezoneWithin,
    Unranked,
    ValueMatrix,
    Verdict,
    Ways,
    When,
)
from mentorctl.spec.read_rules import read_hard_rules, read_soft_rules, read_terms
from mentorctl.spec.reading import Findings
from mentorctl.spec.source import read_source

SITE = FieldPair(mentee="site", mentor="site")
TOPICS = FieldPair(mentee="wants", mentor="offers")


def tree_of(text: str) -> Any:
    """A YAML mapping as a tree."""
    return read_source(text, file="x.yaml").tree


def rule_of(text: str, *, peers: bool = False, soft: bool = False) -> tuple[Any, list[tuple[str, str]]]:
    """One rule, and the codes and places of what is found in it."""
    found = Findings("grow")
    read = read_soft_rules if soft else read_hard_rules
    made = read([tree_of(f"{{id: r, {text}}}")], found, peers=peers)
    return made[0], [(f.code, ".".join(map(str, f.place.path[3:])) if f.place else "") for f in found.found]


PREDICATES: tuple[tuple[str, Predicate], ...] = (
    ("same: site", Same(fields=SITE)),
    ("different: {mentee: wants, mentor: offers}", Different(fields=TOPICS)),
    ("overlap: site", Overlap(fields=SITE)),
    ("overlap: {mentee: wants, mentor: offers, min: 2}", Overlap(fields=TOPICS, at_least=2)),
    (
        "overlap: {mentee: wants, mentor: offers, min_share: 50%}",
        Overlap(fields=TOPICS, share=WHOLE // 2, of=Of.MENTEE),
    ),
    (
        "overlap: {mentee: wants, mentor: offers, min: 3, min_share: 33.33%, of: union}",
        Overlap(fields=TOPICS, at_least=3, share=33330, of=Of.UNION),
    ),
    ("contains: {mentee: wants, mentor: offers}", Contains(fields=TOPICS)),
    (
        "value_matrix: {mentee: site, mentor: site, allow: [[a, b], [true, 3]]}",
        ValueMatrix(fields=SITE, pairs=(("a", "b"), ("yes", "3"))),
    ),
    (
        "value_matrix: {mentee: site, mentor: site, forbid: [[a, b]]}",
        ValueMatrix(fields=SITE, pairs=(("a", "b"),), forbid=True),
    ),
    ("gap: {field: site, either_way: {max: 2}}", Gap(fields=SITE, low=-2, high=2)),
    ("timezone_within: 4h", TimezoneWithin(minutes=240)),
    ("availability_overlap: {min: 2h}", AvailabilityOverlap(minutes=120)),
    ("availability_overlap: {longest_block: 45min}", AvailabilityOverlap(block=45)),
    ("availability_overlap: {min: 2h, longest_block: 1h}", AvailabilityOverlap(minutes=120, block=60)),
    ("rank: {by: mentee, field: wishes, within: 3}", Rank(by=Role.MENTEE, field="wishes", within=3)),
    ("met_before: {}", MetBefore()),
    ("met_before: {within: ever}", MetBefore()),
    ("met_before: {within: 10w}", MetBefore(within=Ago(days=70))),
    ("met_before: {within: 6mo}", MetBefore(within=Ago(months=6))),
    ("not: {declined_before: {}}", Not(of=DeclinedBefore())),
    ('when: "mentor.x > mentee.x"', When(text="mentor.x > mentee.x")),
)


@pytest.mark.parametrize(("text", "expected"), PREDICATES, ids=[text for text, _ in PREDICATES])
def test_predicates(text: str, expected: Predicate) -> None:
    """Each way of writing a predicate means one value."""
    rule, found = rule_of(text)
    assert (rule.predicate, found) == (expected, [])


SCORES: tuple[tuple[str, Score], ...] = (
    ("same: site, points: -3", Points(points=-3)),
    ("same: site, weight: high", Points(points=5)),
    ("overlap: site, points_each: 2, at_most: 3", PointsEach(points=2, cap=3)),
    ("overlap: site, points_each: 2, rarity: true", PointsEach(points=2, rare=True)),
    ("overlap: site, points_share: 20", PointsShare(points=20, of=Of.MENTEE)),
    ("overlap: site, points_share: 20, of: mentor", PointsShare(points=20, of=Of.MENTOR)),
    ("rank: {by: mentee, field: w}, points: [3, 1]", PointsByRank(points=(3, 1))),
    ("gap: {field: site}, points: {1: 9, -2: 1}", PointsByGap(table=((-2, 1), (1, 9)))),
    (
        "value_matrix: {mentee: site, mentor: site}, points: [[a, b, 9], [false, 2, -1]]",
        PointsByValues(table=(("a", "b", 9), ("no", "2", -1))),
    ),
    ("same: site, points_from: {mentor: places}", PointsFrom(by=Role.MENTOR, field="places")),
    ("same: site, points_from: {mentee: zeal, times: -2}", PointsFrom(by=Role.MENTEE, field="zeal", times=-2)),
    ("same: site, weight: {by: mentee, field: zeal}", PointsFrom(by=Role.MENTEE, field="zeal")),
)


@pytest.mark.parametrize(("text", "expected"), SCORES, ids=[text for text, _ in SCORES])
def test_scores(text: str, expected: Score) -> None:
    """Each way of giving points means one value."""
    rule, found = rule_of(text, soft=True)
    assert (rule.score, found) == (expected, [])


def test_triples_list_the_pairs_of_their_matrix() -> None:
    """Where nothing is allowed or forbidden, the rule holds for the pairs that get points."""
    rule, _ = rule_of("value_matrix: {mentee: site, mentor: site}, points: [[a, b, 9]]", soft=True)
    assert rule.predicate == ValueMatrix(fields=SITE, pairs=(("a", "b"),))


def test_everything_else_that_a_rule_says() -> None:
    """The reason, blanks, the cap, whoever is not named, and both ways among peers."""
    rule, found = rule_of(
        "rank: {by: peer, field: w}, points: 1, because: so, missing: passes, cap: 7, unranked: unacceptable, ways: both",
        peers=True,
        soft=True,
    )
    assert (rule.because, rule.missing, rule.cap) == ("so", Missing.PASSES, 7)
    assert (rule.unranked, rule.ways, rule.predicate.by) == (Unranked.UNACCEPTABLE, Ways.BOTH, Role.PEER)
    assert found == []


def test_peers_are_called_a_and_b() -> None:
    """They stand in the places of mentee and mentor, and shares are of both unless one is named."""
    rule, found = rule_of("overlap: {a: wants, b: offers, min_share: 50%, of: b}", peers=True)
    assert (rule.predicate, found) == (Overlap(fields=TOPICS, share=WHOLE // 2, of=Of.MENTOR), [])
    rule, found = rule_of("overlap: site, points_share: 5", peers=True, soft=True)
    assert (rule.score, found) == (PointsShare(points=5, of=Of.UNION), [])


FOUND: tuple[tuple[str, bool, bool, list[tuple[str, str]]], ...] = (
    ("same: {a: x, b: x}", False, False, [("MC2030", "same")]),
    ("same: {mentee: x, mentor: x}", True, False, [("MC2030", "same")]),
    ("gap: {field: {a: x, b: x}, either_way: {max: 1}}", False, False, [("MC2030", "gap.field")]),
    ("rank: {by: peer, field: x}", False, False, [("MC2030", "rank.by")]),
    ("rank: {by: mentor, field: x}", True, False, [("MC2030", "rank.by")]),
    ("overlap: {a: x, b: x, min_share: 1%, of: mentee}", True, False, [("MC2030", "overlap.of")]),
    ("same: x, points_from: {peer: y}", False, True, [("MC2030", "points_from")]),
    ("same: x, weight: {by: mentee, field: y}", True, True, [("MC2030", "weight.by")]),
    ("overlap: {mentee: x, mentor: x, min_share: 100.001%}", False, False, [("MC1106", "overlap.min_share")]),
    ("overlap: {mentee: x, mentor: x, min_share: -5%}", False, False, [("MC1106", "overlap.min_share")]),
    ("overlap: {mentee: x, mentor: x, of: union}", False, False, [("MC1107", "overlap.of")]),
    ("value_matrix: {mentee: x, mentor: x}", False, False, [("MC1107", "value_matrix")]),
    (
        "value_matrix: {mentee: x, mentor: x, allow: [[a, b]], forbid: [[a, b]]}",
        False,
        False,
        [("MC1107", "value_matrix")],
    ),
    (
        "value_matrix: {mentee: x, mentor: x, allow: [[a, b]]}, points: [[a, b, 1]]",
        False,
        True,
        [("MC1107", "value_matrix")],
    ),
    ("value_matrix: {mentee: x, mentor: x}, points: [[a, b, 1.5]]", False, True, [("MC1105", "points.0.2")]),
    ("value_matrix: {mentee: x, mentor: x}, points: [[a, b, true]]", False, True, [("MC1105", "points.0.2")]),
    ("same: x, points: 1, points_share: 2", False, True, [("MC1107", "")]),
    ("same: x, points: 1, rarity: true", False, True, [("MC2016", "rarity")]),
    ("same: x, points: 1, of: union", False, True, [("MC2016", "of")]),
    ("same: x, points_from: {times: 2}", False, True, [("MC1107", "points_from")]),
    ("same: x, met_before: {}", False, False, [("MC2015", "")]),
    ("not: {same: x, different: x}", False, False, [("MC2015", "not")]),
)


@pytest.mark.parametrize(("text", "peers", "soft", "expected"), FOUND, ids=[text for text, *_ in FOUND])
def test_what_only_reading_can_find(text: str, peers: bool, soft: bool, expected: list[tuple[str, str]]) -> None:
    """Words of the other models, shares that are none, and keys that do not go together."""
    assert rule_of(text, peers=peers, soft=soft)[1] == expected


# -- terms -------------------------------------------------------------------------------------------------------------


def terms_of(text: str, *, peers: bool = False) -> tuple[PairTerms, list[str]]:
    found = Findings("grow")
    made = read_terms(tree_of(text), found, peers=peers)
    return made, [f.code for f in found.found]


def test_no_terms_at_all() -> None:
    """Everything is optional."""
    assert terms_of("{}") == (PairTerms(), [])


def test_every_term() -> None:
    """Named pairs, history, outside scores, minimum, scale and the bonus for waiting."""
    made, found = terms_of("""\
pairs: [{mentee: E1, mentor: E2, do: force, because: asked}, {mentee: E3, mentor: E4, do: deny}]
history: {no_repeat: 10w, favor_previous: 5, declined: workspace}
outside_scores: {file: s.csv, weight: 2, because: survey}
minimum_score: 10
scaling: per_mentee
waiting_bonus: {points: 5, at_most: 20}
""")
    assert found == []
    assert made == PairTerms(
        minimum=10,
        scaling=Scaling.PER_MENTEE,
        named=(
            NamedPair(mentee="E1", mentor="E2", verdict=Verdict.FORCE, because="asked"),
            NamedPair(mentee="E3", mentor="E4", verdict=Verdict.DENY),
        ),
        history=HistoryTerms(no_repeat=EverRepeats(within=Ago(days=70)), favor_previous=5, declined=Declined.WORKSPACE),
        outside=OutsideSource(file="s.csv", weight=2, because="survey"),
        waiting=PointsWaited(points=5, at_most=20),
    )


@pytest.mark.parametrize(
    ("word", "expected"),
    [("ever", EverRepeats()), ("2w", EverRepeats(within=Ago(days=14))), ("until_everyone_met", AfterEveryone())],
)
def test_repeats(word: str, expected: EverRepeats | AfterEveryone) -> None:
    """Never, for a time, or not before everyone was met."""
    assert terms_of(f"history: {{no_repeat: {word}}}")[0].history.no_repeat == expected


def test_peers_are_named_as_a_and_b() -> None:
    """The other words are a finding."""
    made, found = terms_of("pairs: [{a: E1, b: E2, do: allow}]", peers=True)
    assert (made.named, found) == ((NamedPair(mentee="E1", mentor="E2", verdict=Verdict.ALLOW),), [])
    assert terms_of("pairs: [{a: E1, b: E2, do: allow}]")[1] == ["MC2030"]
