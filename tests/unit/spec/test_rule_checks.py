"""Where findings about matching rules and eligibility point, and what fits the contract."""

import pytest

from .test_checks import Edits, load, text_at

REQUIRE = "    - {id: other_department, different: department}"
PREFER = "    - {id: topics, overlap: {mentee: wants, mentor: offers}, points_each: 5}"
ELIGIBLE = "  mentor: {level: {at_least: senior}}"


def hard(rule: str) -> Edits:
    """One more hard rule."""
    return ((REQUIRE, f"{REQUIRE}\n    - {{id: extra, {rule}}}"),)


def soft(rule: str) -> Edits:
    """One more soft rule."""
    return ((PREFER, f"{PREFER}\n    - {{id: extra, {rule}}}"),)


def eligible(condition: str) -> Edits:
    """Another condition for mentors."""
    return ((ELIGIBLE, f"  mentor: {{{condition}}}"),)


POINTED: tuple[tuple[Edits, str, str, str], ...] = (
    (hard("same: departmnt"), "MC2003", "departmnt", "did you mean `department`?"),
    (hard("same: {mentee: level, mentor: lvl}"), "MC2003", "lvl}", "there is no field `lvl`"),
    (hard("not: {overlap: {mentee: want, mentor: offers}}"), "MC2003", "want, mentor", "did you mean `wants`?"),
    (hard("gap: {field: seniority, mentor_above: {min: 1}}"), "MC2003", "seniority", "the contract has `department`"),
    (hard("gap: {field: department, mentor_above: {min: 1}}"), "MC2004", "department, mentor", "`level`, `number` or `date`"),
    (hard("overlap: tenure_months"), "MC2004", "tenure_months", "`single` or `multiple`"),
    (hard("same: wants"), "MC2004", "wants", "`wants` is a multiple field"),
    (hard("different: availability"), "MC2004", "availability", "`availability` is a availability field"),
    (hard("same: {mentee: tenure_months, mentor: joined}"), "MC2004", "{mentee: ten", "compare fields of one type"),
    (hard("gap: {field: {mentee: level, mentor: other_level}, mentor_above: {min: 1}}"), "MC2004", "{mentee: level", "different scales"),
    (soft("rank: {by: mentor, field: wants}, points: [1]"), "MC2004", "wants}", "needs a ranking field"),
    (soft("rank: {by: mentee, field: wish}, points: [1]"), "MC2003", "wish}", "declare `wish: {type: ranking}`"),
    (soft("same: site, points_each: 2"), "MC2016", "{id: extra", "points_each goes with `overlap`"),
    (soft("overlap: {mentee: wants, mentor: offers}, points: [2, 1]"), "MC2016", "{id: extra", "a list of points goes with `rank`"),
    (soft("not: {rank: {by: mentee, field: wishes}}, points: [2, 1]"), "MC2016", "{id: extra", "goes with `rank`"),
    (soft("same: site, points: {1: 2}"), "MC2016", "{id: extra", "a table of points goes with `gap`"),
    (hard("same: department"), "MC2013", "{id: extra", "`other_department` and `extra` can never both hold"),
    (hard("not: {different: department}"), "MC2013", "{id: extra", "can never both hold"),
    (hard("gap: {field: level, mentor_below: {min: 1}}"), "MC2013", "{id: extra", "`level_gap` and `extra`"),
    (eligible("levl: {is: senior}"), "MC2003", "levl: {is", "did you mean `level`?"),
    (eligible("level: {at_least: senoir}"), "MC2005", "senoir", "did you mean `senior`?"),
    (eligible("site: {one_of: [Berlin, Paris]}"), "MC2005", "Paris]", "it has `Berlin` and `Lisbon`"),
    (eligible("department: {above: Sales}"), "MC2004", "Sales}", "which has no order"),
    (eligible("motto: {is: carpe diem}"), "MC2004", "carpe", "which conditions do not compare"),
    (eligible("manager: {is: anna}"), "MC2004", "anna", "which conditions do not compare"),
    (eligible("tenure_months: {at_least: true}"), "MC2005", "true}", "`true` is not a number"),
    (eligible("remote: {is: maybe}"), "MC2005", "maybe}", "`maybe` is not a value of `remote`"),
    (eligible("joined: {below: 2027-02-29}"), "MC2005", "2027-02-29", "`2027-02-29` is not a day"),
)  # fmt: skip


@pytest.mark.parametrize(("edits", "code", "written", "says"), POINTED)
def test_findings_point_into_the_rule(edits: Edits, code: str, written: str, says: str) -> None:
    """One finding, at the word that does not fit, with what would."""
    loaded = load(*edits)
    assert [d.code for d in loaded.findings] == [code], [d.detail for d in loaded.findings]
    assert text_at(loaded, loaded.findings[0].span).startswith(written)
    assert says in f"{loaded.findings[0].detail} {loaded.findings[0].help}"


FINE: tuple[Edits, ...] = (
    hard("same: site"), hard("not: {same: level}"), hard("different: joined"), hard("different: manager"), hard("same: remote"),
    hard("same: timezone"), hard("overlap: {mentee: wants, mentor: offers, min: 2}"), hard("overlap: {mentee: site, mentor: offers}"),
    hard("gap: {field: joined, either_way: {max: 30}}"), hard("gap: {field: level, mentor_above: {max: 1}}"),
    hard("reporting_line: same_manager"), hard("not: {not: {different: department}}"),
    soft("overlap: {mentee: wants, mentor: offers}, points: 3"), soft("rank: {by: mentee, field: wishes}, weight: low"),
    soft("gap: {field: level}, points: -3"), soft("same: manager, points: 3"),
    eligible("level: {one_of: [SENIOR, lead]}"), eligible("tenure_months: {above: 0.5, below: 100}"),
    eligible("timezone: {one_of: [Europe/Berlin, UTC]}"), eligible("joined: {at_least: 2020-02-29}"),
)  # fmt: skip


@pytest.mark.parametrize("edits", FINE)
def test_rules_that_fit_are_fine(edits: Edits) -> None:
    """Every predicate on the types it takes, and every condition on the values its field has."""
    assert [(d.code, d.detail) for d in load(*edits).findings] == []


def test_a_rule_against_the_model_leads_to_the_model() -> None:
    """The other half of the contradiction is not written in the file; the model is."""
    loaded = load(*hard("gap: {field: level, mentor_below: {min: 1}}"))
    related = loaded.findings[0].related
    assert related[0].message == "`level_gap` comes with the model"
    assert text_at(loaded, related[0].span).startswith("one-on-one")


def test_rule_positions_do_not_count_the_rules_of_the_model() -> None:
    """With two rules of the model in front, a finding still points at the right entry of the list."""
    loaded = load((REQUIRE, f"{REQUIRE}\n    - {{id: second, same: site}}\n    - {{id: third, same: nothing}}"))
    assert text_at(loaded, loaded.findings[0].span).startswith("nothing")


def test_several_findings_in_one_rule_are_all_told() -> None:
    """Both sides of a comparison are looked at."""
    loaded = load(*hard("same: {mentee: one, mentor: two}"))
    assert [text_at(loaded, d.span)[:3] for d in loaded.findings] == ["one", "two"]


def test_conditions_that_nobody_meets_are_told() -> None:
    """At least lead and at most junior is nobody; bounds that meet leave one level."""
    for condition, codes in (
        ("level: {at_least: lead, at_most: junior}", ["MC2020"]),
        ("level: {above: senior, at_most: senior}", ["MC2020"]),
        ("tenure_months: {above: 3, at_most: 3}", ["MC2020"]),
        ("level: {at_least: senior, at_most: senior}", []),
        ("tenure_months: {at_least: 3, at_most: 3}", []),
        ("level: {above: junior, below: lead}", []),
    ):
        assert [d.code for d in load(*eligible(condition)).findings] == codes, condition


@pytest.mark.parametrize(
    "condition", ["level: {above: senior, below: lead}", "joined: {at_least: 2027-01-02, below: 2027-01-02}"]
)
def test_levels_and_dates_that_nobody_has_are_told(condition: str) -> None:
    """There is no level between senior and lead, and no day before itself."""
    assert [d.code for d in load(*eligible(condition)).findings] == ["MC2020"]
