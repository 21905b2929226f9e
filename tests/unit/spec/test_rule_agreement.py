"""Rules and decisions that leave nothing to match, and rules among peers, who have no order."""

import pytest

from mentorctl import pipeline

from .test_checks import PROGRAM, WORKSPACE, load, text_at

REQUIRE = "    - {id: other_department, different: department}"
PREFER = "    - {id: topics, overlap: {mentee: wants, mentor: offers}, points_each: 5}"


def codes(loaded: pipeline.Loaded) -> list[str]:
    """The codes of what is found, but for advice on the design of the program and its workspace."""
    return [d.code for d in loaded.findings if not d.code.startswith("MC21") and d.code != "MC2087"]


def with_rules(*rules: str, soft: str = "", terms: str = "") -> pipeline.Loaded:
    """The program with these hard rules instead of its own, one more soft rule, and terms beside them."""
    hard = "\n".join(f"    - {{id: r{number}, {rule}}}" for number, rule in enumerate(rules))
    more = (f"\n    - {{id: soft, {soft}}}" if soft else "") + (f"\n  {terms}" if terms else "")
    return load((REQUIRE, hard or REQUIRE), (PREFER, PREFER + more))


TOPICS = "mentee: wants, mentor: offers"
CONTRADICTIONS: tuple[tuple[str, str], ...] = (
    ("same: site", "different: site"),
    ("same: tenure_months", "gap: {field: tenure_months, mentor_above: {min: 1}}"),
    ("gap: {field: joined, mentor_above: {min: 3}}", "gap: {field: joined, mentor_above: {max: 2}}"),
    ("gap: {field: joined, either_way: {max: 2}}", "not: {gap: {field: joined, either_way: {max: 3}}}"),
    ("same: joined", "not: {gap: {field: joined, either_way: {max: 3}}}"),
    (f"overlap: {{{TOPICS}, min: 3}}", f"not: {{overlap: {{{TOPICS}, min: 2}}}}"),
    (f"overlap: {{{TOPICS}, min_share: 60%}}", f"not: {{overlap: {{{TOPICS}, min_share: 50%}}}}"),
    (f"contains: {{{TOPICS}}}", f"not: {{overlap: {{{TOPICS}}}}}"),
    (f"contains: {{{TOPICS}}}", f"not: {{overlap: {{{TOPICS}, min_share: 100%}}}}"),
    ("same: site", "not: {overlap: site}"),
    ("reporting_line: direct", "not: {reporting_line: chain}"),
    ("timezone_within: 2h", "not: {timezone_within: 3h}"),
    ("availability_overlap: {longest_block: 2h}", "not: {availability_overlap: {min: 1h}}"),
    ("rank: {by: mentee, field: wishes, within: 2}", "not: {rank: {by: mentee, field: wishes}}"),
    ("met_before: {within: 3w}", "not: {met_before: {}}"),
    ("declined_before: {}", "not: {declined_before: {}}"),
    (
        "value_matrix: {mentee: site, mentor: level, allow: [[Berlin, lead]]}",
        "value_matrix: {mentee: site, mentor: level, allow: [[Lisbon, lead], [Berlin, senior]]}",
    ),
    (
        "value_matrix: {mentee: site, mentor: level, allow: [[Berlin, lead]]}",
        "value_matrix: {mentee: site, mentor: level, forbid: [[Berlin, lead], [Berlin, senior]]}",
    ),
    ("same: site", "value_matrix: {mentee: site, mentor: site, allow: [[Berlin, Lisbon]]}"),
    ("when: \"has(mentor.site) && mentor.site == 'Berlin'\"", "not: {when: \"has(mentor.site) && mentor.site == 'Berlin'\"}"),
)  # fmt: skip


@pytest.mark.parametrize(("one", "two"), CONTRADICTIONS, ids=[f"{one} / {two}" for one, two in CONTRADICTIONS])
def test_hard_rules_that_exclude_each_other(one: str, two: str) -> None:
    """In either order, the later one is reported and the earlier one is related."""
    for first, second in ((one, two), (two, one)):
        loaded = with_rules(first, second)
        assert "MC2013" in codes(loaded), (first, second)
        found = next(d for d in loaded.findings if d.code == "MC2013" and "r0" in d.detail and "r1" in d.detail)
        assert text_at(loaded, found.span).startswith("{id: r1")
        assert text_at(loaded, found.related[0].span).startswith("{id: r0")


AGREEING: tuple[tuple[str, str], ...] = (
    ("gap: {field: joined, mentor_above: {min: 3}}", "gap: {field: joined, mentor_above: {max: 3}}"),
    ("gap: {field: joined, either_way: {max: 4}}", "not: {gap: {field: joined, either_way: {max: 3}}}"),
    (f"overlap: {{{TOPICS}, min: 1}}", f"not: {{overlap: {{{TOPICS}, min: 2}}}}"),
    (f"overlap: {{{TOPICS}, min_share: 50%, of: mentee}}", f"not: {{overlap: {{{TOPICS}, min_share: 40%, of: mentor}}}}"),
    (f"contains: {{{TOPICS}}}", f"not: {{overlap: {{{TOPICS}, min: 2}}}}"),
    ("reporting_line: same_manager", "not: {reporting_line: chain}"),
    ("availability_overlap: {min: 2h}", "not: {availability_overlap: {longest_block: 1h}}"),
    ("rank: {by: mentee, field: wishes}", "not: {rank: {by: mentee, field: wishes, within: 2}}"),
    ("met_before: {within: 3mo}", "not: {met_before: {within: 10w}}"),
    ("met_before: {}", "not: {met_before: {within: 10w}}"),
    (
        "value_matrix: {mentee: wants, mentor: level, allow: [[data, lead]]}",
        "value_matrix: {mentee: wants, mentor: level, allow: [[writing, lead]]}",
    ),
    ("same: site", "value_matrix: {mentee: site, mentor: site, forbid: [[Berlin, Lisbon]]}"),
    ("not: {same: site}", "not: {overlap: site}"),
)  # fmt: skip


@pytest.mark.parametrize(("one", "two"), AGREEING, ids=[f"{one} / {two}" for one, two in AGREEING])
def test_hard_rules_that_can_both_hold(one: str, two: str) -> None:
    """Nothing is reported that some pair could satisfy."""
    assert "MC2013" not in codes(with_rules(one, two))
    assert "MC2013" not in codes(with_rules(two, one))


# soft rule, terms → codes, and where the finding points
DECISIONS: tuple[tuple[str, str, list[str], str], ...] = (
    ("same: site, points: 2", "", [], ""),
    ("same: department, points: 2", "", ["MC2034"], "{id: soft"),
    ("same: department, points: 2", "relax: [other_department]", [], ""),
    ("met_before: {}, points: 2", "history: {no_repeat: ever}", ["MC2034"], "{id: soft"),
    ("same: site, points: 2", "history: {no_repeat: 10w, favor_previous: 5}", [], ""),
    ("same: site, points: 2", "history: {no_repeat: ever, favor_previous: 5}", ["MC2034"], "5}"),
    ("same: site, points: 2", "minimum_score: 1000000", [], ""),
    ("same: site, points: 2", "pairs: [{mentee: E1, mentor: E2, do: deny}, {mentee: E2, mentor: E1, do: deny}]", [], ""),
    ("same: site, points: 2", "pairs: [{mentee: E1, mentor: E2, do: deny}, {mentee: E1, mentor: E2, do: deny}]", ["MC2032"], "{mentee: E1, mentor: E2, do: deny}]"),
    ("same: site, points: 2", "pairs: [{mentee: E1, mentor: E2, do: force}, {mentee: E1, mentor: E3, do: force}]", ["MC2032"], "{mentee: E1, mentor: E3"),
    ("same: site, points: 2", "pairs: [{mentee: E1, mentor: E2, do: force}, {mentee: E1, mentor: E3, do: allow}]", [], ""),
    ("rank: {by: mentee, field: wishes}, points: 2, unranked: unacceptable", "", [], ""),
    ("not: {rank: {by: mentee, field: wishes}}, points: 2, unranked: unacceptable", "", ["MC2016"], "unacceptable"),
)  # fmt: skip


@pytest.mark.parametrize(("soft", "terms", "expected", "written"), DECISIONS)
def test_soft_rules_and_decisions(soft: str, terms: str, expected: list[str], written: str) -> None:
    """What can never give points, and decisions that cannot all be followed."""
    loaded = load((PREFER, f"{PREFER}\n    - {{id: soft, {soft}}}" + (f"\n  {terms}" if terms else "")))
    assert codes(loaded) == expected
    if written:
        found = next(d for d in loaded.findings if d.code == expected[0])
        assert text_at(loaded, found.span).startswith(written)


def test_the_minimum_is_compared_with_all_that_can_be_given() -> None:
    """Caps, tables, bonuses and levels chosen by people count with the most that they give."""
    rules = (
        f"    - {{id: topics, overlap: {{{TOPICS}}}, points_each: 5, at_most: 2}}\n"
        "    - {id: wishes, rank: {by: mentee, field: wishes}, points: [3, 4]}\n"
        "    - {id: steps, gap: {field: level}, points: {1: 2, 2: -7}}\n"
        "    - {id: zeal, same: site, points_from: {mentee: tenure_months}, cap: 6}\n"
        "    - {id: never, same: site, points: -9}\n"
        "  waiting_bonus: {points: 5, at_most: 20}\n"
    )
    for least, expected in ((42, []), (43, ["MC2033"])):
        assert codes(load((PREFER, f"{rules}  minimum_score: {least}"))) == expected


# -- peers -------------------------------------------------------------------------------------------------------------

PEERS = WORKSPACE.replace("{file: mentees.csv, role: mentee}", "{file: peers.csv, role: peer}")
PEER_EDITS = (
    ("model: {type: one-on-one, mentors: career}", "model: {type: peer, mentors: peer}"),
    ("  mentor: {level: {at_least: senior}}", "  peer: {level: {at_least: senior}}"),
    ("for: both", "for: peer"),
)


def among_peers(rule: str, terms: str = "") -> list[str]:
    """The codes of a program for peers with one soft rule."""
    rules = f"    - {{id: near, overlap: site, points: 1}}\n    - {{id: r, {rule}}}" + (f"\n  {terms}" if terms else "")
    return codes(load(*PEER_EDITS, (PREFER, rules), workspace=PEERS))


SYMMETRIC: tuple[str, ...] = (
    "same: site, points: 1",
    "different: {a: site, b: site}, points: 1",
    "overlap: site, points_each: 2, rarity: true",
    "overlap: site, points_share: 2",
    "gap: {field: level, either_way: {max: 1}}, points: 1",
    "gap: {field: level}, points: {1: 5, -1: 5, 0: 2}",
    "value_matrix: {a: site, b: site}, points: [[Berlin, Lisbon, 2], [Lisbon, Berlin, 2]]",
    "not: {reporting_line: chain}, points: 1",
    "timezone_within: 2h, points: 1",
    "availability_overlap: {min: 1h}, points: 1",
    "met_before: {}, points: 1",
    "declined_before: {}, points: -1",
)
ORDERED: tuple[str, ...] = (
    "same: {a: site, b: department}, points: 1",
    "contains: site, points: 1",
    "overlap: {a: site, b: site, min_share: 50%, of: a}, points: 1",
    "overlap: site, points_share: 2, of: b",
    "gap: {field: level, mentor_above: {min: 1}}, points: 1",
    "gap: {field: level}, points: {1: 5}",
    "value_matrix: {a: site, b: site}, points: [[Berlin, Lisbon, 2]]",
    "same: site, points_from: {peer: tenure_months}",
    "same: site, weight: {by: peer, field: level}",
    "when: \"has(a.level) && a.level == 'lead'\", points: 1",
    "not: {gap: {field: level, mentor_above: {min: 1}}}, points: 1",
)


@pytest.mark.parametrize("rule", SYMMETRIC)
def test_rules_that_read_the_same_both_ways(rule: str) -> None:
    """They need no word about ways, and may not have one."""
    assert among_peers(rule) == []
    assert among_peers(f"{rule}, ways: both") == ["MC1107"]


@pytest.mark.parametrize("rule", ORDERED)
def test_rules_that_depend_on_an_order(rule: str) -> None:
    """They say whether both ways must hold or one is enough."""
    assert among_peers(rule) == ["MC2031"]
    assert among_peers(f"{rule}, ways: both") == []
    assert among_peers(f"{rule}, ways: either") == []


def test_peers_are_not_scaled_by_mentee() -> None:
    """There are none."""
    assert among_peers("same: site, points: 1", "scaling: per_mentee") == ["MC2030"]
    assert among_peers("same: site, points: 1", "scaling: max_possible") == []


def test_a_pair_of_peers_is_one_pair_in_either_order() -> None:
    """Named twice the other way round, it is still named twice."""
    named = "pairs: [{a: E1, b: E2, do: force}, {a: E2, b: E1, do: force}]"
    assert among_peers("same: site, points: 1", named) == ["MC2032"]


def test_the_program_of_these_tests_is_for_mentors_and_mentees() -> None:
    """Otherwise the edits for peers would change nothing."""
    assert all(before in PROGRAM for before, _ in PEER_EDITS)
