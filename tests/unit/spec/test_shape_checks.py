"""The shapes of the nine models: what goes with what, where a misfit is shown, and what is just right."""

from pathlib import Path

import pytest
from unit.plan.small import changed

from mentorctl import pipeline
from mentorctl.spec.matching import ObjectiveTerm
from mentorctl.spec.model import MentorType, ModelType
from mentorctl.spec.shape_checks import FITTING_MENTORS

from .test_checks import SCHEMAS, WORKSPACE, Edits, load, text_at

MODEL = "model: {type: one-on-one, mentors: career}"
PREFER = "    - {id: topics, overlap: {mentee: wants, mentor: offers}, points_each: 5}"
NOTES = Path(__file__).resolve().parents[3] / "docs" / "language_notes.md"


def of_model(name: str, *edits: tuple[str, str], workspace: str = WORKSPACE) -> pipeline.Loaded:
    """The small program of a model in tests/schemas/valid, edited."""
    text = (SCHEMAS / "valid" / f"model_{name}.yaml").read_text(encoding="utf-8")
    return pipeline.load(("mentorctl.yaml", workspace), [("0.yaml", changed(text, *edits))])


# The model, edits → the code, what is written where it points, words of detail or help, what the related points at.
POINTED: tuple[tuple[str, Edits, str, str, str, str], ...] = (
    ("virtual", (("tool: video", "delivery: in-person"),), "MC2088", "in-person", "at a distance", "virtual"),
    ("peer", (("mentors: peer", "mentors: career"),), "MC2012", "career", "write `peer` or `life`", "peer"),
    ("team", (("mentors: life", "mentors: peer"),), "MC2012", "peer", "`career` or `life`", "team"),
    ("peer", (("cover_peers", "cover_mentees"),), "MC2089", "cover_mentees", "write `cover_peers`", "peer"),
    ("mosaic", (("cover_mentees", "cover_peers"),), "MC2089", "cover_peers", "counts peers", "mosaic"),
    ("flash", (("at_least: 1", "at_least: 2"),), "MC2094", "2}", "never has 2", "flash"),
    ("group", (("department, at_least: 2", "department, at_least: 5"),), "MC2093", "{field: department", "5 different answers", "{min: 2"),
    ("group", (("at_most: 50%", "at_most: 24%"),), "MC2093", "{field: site", "less than one person", "{min: 2"),
    ("group", (("field: department", "field: departmnt"),), "MC2003", "departmnt", "`department`", ""),
    ("group", (("value: Berlin", "value: Berlyn"),), "MC2005", "Berlyn", "did you mean `Berlin`?", ""),
    ("group", (("field: department, at_least", "field: motto, at_least"),), "MC2004", "motto", "is a text field", ""),
    ("team", (("field: team", "field: topics"),), "MC2004", "topics", "`single` or `level`", ""),
    ("team", (("field: team", "field: other_level"),), "MC2004", "other_level", "answered by mentors only", ""),
    ("mosaic", (("mentor: {offers: {contains: leading}}", "mentor: {offers: {is: leading}}"),), "MC2004", "leading}}", "use `contains`", ""),
    ("functional", (("field: projects", "field: wants"),), "MC2004", "wants", "keeps the order", ""),
    ("functional", (("min: 1, points_each", "min: 3, points_each"),), "MC2092", "[writing", "it has 2", "{mentor: offers"),
    ("functional", (("skills: {mentor: offers", "skills: {mentor: wants"),), "MC2004", "wants", "answered by mentees only", ""),
    ("functional", (("mentor: {level: {at_least", "mentor: {levl: {at_least"),), "MC2003", "levl", "did you mean `level`?", ""),
)  # fmt: skip


@pytest.mark.parametrize(("model", "edits", "code", "written", "says", "related"), POINTED)
def test_findings_point_at_what_does_not_fit(
    model: str, edits: Edits, code: str, written: str, says: str, related: str
) -> None:
    """Where two places disagree, both are shown."""
    loaded = of_model(model, *edits)
    assert [d.code for d in loaded.findings] == [code], [d.detail for d in loaded.findings]
    found = loaded.findings[0]
    assert text_at(loaded, found.span).startswith(written)
    assert says in f"{found.detail} {found.help}"
    assert [text_at(loaded, r.span).startswith(related) for r in found.related] == [True] * bool(related)


FINE: tuple[tuple[str, Edits], ...] = (
    ("virtual", (("tool: video", "delivery: virtual"),)),
    ("group", (("size: {min: 2, max: 4}", "size: {min: 2, max: 2}"),)),
    ("group", (("at_most: 50%", "at_most: 25%"),)),
    ("group", (("seats: [{field: site, value: Berlin, min: 1, max: 3}]", "seats: [{field: level, value: SENIOR, min: 4}]"),)),
    ("group", (("field: department, at_least", "field: remote, at_least"),)),
    ("functional", (("min: 1, points_each", "min: 2, points_each"),)),
    ("functional", (("skills: {mentor: offers, mentee: wants, min: 1", "skills: {mentor: offers, min: 1"),)),
    ("flash", (("mentee: {max: 1}", "mentee: {max: 5}"),)),
    ("mosaic", (("objective: [complete_groups, cover_mentees, total_score]", "capacity: {mentee: {max: 2}}"),)),
)  # fmt: skip


@pytest.mark.parametrize(("model", "edits"), FINE)
def test_shapes_that_just_fit_are_fine(model: str, edits: Edits) -> None:
    """At the border of what a check finds, nothing is found."""
    assert [(d.code, d.detail) for d in of_model(model, *edits).findings] == []


def test_a_common_slot_needs_hours() -> None:
    """Nobody can look for a common hour where nobody is asked when they are free."""
    loaded = of_model("team", workspace=changed(WORKSPACE, ("    availability:  {type: availability}\n", "")))
    assert [(d.code, text_at(loaded, d.span)) for d in loaded.findings] == [("MC2003", "60min")]


def test_every_model_says_which_mentors_go_with_it() -> None:
    """The table is complete, no type is unused, and the notes of the language show the same."""
    assert set(FITTING_MENTORS) == set(ModelType)
    assert {mentors for fitting in FITTING_MENTORS.values() for mentors in fitting} == set(MentorType)
    notes = NOTES.read_text(encoding="utf-8")
    for model, fitting in FITTING_MENTORS.items():
        assert f"| `{model}` | {', '.join(f'`{mentors}`' for mentors in fitting)} |" in notes


def test_a_minimum_of_one_comes_before_the_other_aims() -> None:
    """`min: 1` puts covering that role first, whatever the objective says; `exactly` does not."""
    mentees, mentors, total = ObjectiveTerm.COVER_MENTEES, ObjectiveTerm.COVER_MENTORS, ObjectiveTerm.TOTAL_SCORE
    for capacity, objective, expected in (
        ("{mentor: {min: 1, max: 2}}", "[total_score]", (mentors, total)),
        ("{mentor: {min: 1, max: 2}}", "quality_first", (mentors, total, mentees)),
        ("{mentor: {min: 1}, mentee: {min: 1, max: 2}}", "[total_score, cover_mentors]", (mentees, mentors, total)),
        ("{mentor: {min: 0, max: 2}, mentee: {exactly: 1}}", "[total_score]", (total,)),
        ("{mentor: {max: 2}}", "coverage_first", (mentees, total)),
    ):
        loaded = load((PREFER, f"{PREFER}\n  capacity: {capacity}\n  objective: {objective}"))
        assert loaded.findings == ()
        assert loaded.programs[0].program.matching.objective == expected


def test_a_minimum_above_one_is_not_said() -> None:
    """How many matches somebody has at least is 0 or 1."""
    loaded = load((PREFER, f"{PREFER}\n  capacity: {{mentor: {{min: 2, max: 3}}}}"))
    assert [d.code for d in loaded.findings] == ["MC1106"]
