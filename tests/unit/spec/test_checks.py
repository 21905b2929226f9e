"""Where findings about program files point, and what is no finding. `tests/schemas` shows that each code is found."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from unit.plan.small import changed

from mentorctl import pipeline
from mentorctl.diagnostics import Span
from mentorctl.spec.checks import CHECKS
from mentorctl.spec.rule_checks import RULE_CHECKS

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
WORKSPACE = (SCHEMAS / "mentorctl.yaml").read_text(encoding="utf-8")
PROGRAM = (SCHEMAS / "valid" / "plain.yaml").read_text(encoding="utf-8")
DUE = "{before: matching.start, by: 3d}"
MODULE = "    basics: {for: both, format: self-paced, takes: 45min, due: {before: matching.start, by: 3d}}"
PHASES = "    - {id: enrolling, lasts: 4w}\n    - {id: matching, lasts: 1w}\n    - {id: active, lasts: 6mo}"

type Edits = tuple[tuple[str, str], ...]


def load(*edits: tuple[str, str], workspace: str = WORKSPACE, more: Sequence[str] = ()) -> pipeline.Loaded:
    """The edited program in the workspace of the schema tests, perhaps beside further programs."""
    texts = [changed(PROGRAM, *edits), *more]
    return pipeline.load(("mentorctl.yaml", workspace), [(f"{n}.yaml", text) for n, text in enumerate(texts)])


def text_at(loaded: pipeline.Loaded, span: Span | None) -> str:
    """What is written from a position on, to the end of the line."""
    assert span is not None
    return loaded.texts[span.file].splitlines()[span.line - 1][span.column - 1 :]


# Edits → the code, what is written where it points, words of its detail or help, what the related position points at.
POINTED: tuple[tuple[Edits, str, str, str, str], ...] = (
    (((PHASES, PHASES + "\n    - {id: enrolling, lasts: 1w}"),), "MC2002", "enrolling, lasts: 1w", "`enrolling` is used twice", "enrolling, lasts: 4w"),
    ((("{id: matching,", "{id: pairing,"), (DUE, "{before: pairing.start, by: 3d}")), "MC2014", "phases:", "`matching`", ""),
    (((PHASES, "    - {id: active, lasts: 6mo}\n    - {id: matching, lasts: 1w}"), (DUE, "{at: active.start}")), "MC2014", "{id: active", "the `active` phase comes before `matching`", ""),
    ((("{id: matching, lasts: 1w}", "{id: matching, start: 2027-02-07, lasts: 2w}"),), "MC2109", "{id: matching", "ends on 2027-02-07", "{id: enrolling"),
    (((DUE, "{before: maching.start, by: 3d}"),), "MC2006", "maching", "did you mean `matching.start`?", ""),
    (((DUE, "{before: kaleidoscope.start, by: 3d}"),), "MC2006", "kaleid", "phases are `enrolling`, `matching` and `active`", ""),
    ((("check_ins:", "events: {party: {at: match.accepted, lasts: 60min}}\ncheck_ins:"),), "MC2006", "match.accepted, lasts", "one person at a time", ""),
    ((("mentors: career", "mentors: reverse-career"),), "MC2012", "reverse-career", "`career`, `peer` or `life`", "one-on-one"),
    ((("at_least: 10", "at_least: 30"),), "MC2019", "30}", "has room for 13", "{id: active"),
    (((MODULE, MODULE.replace("3d}}", "3d}, after: [basic]}")),), "MC2007", "basic]", "did you mean `basics`?", ""),
    (((MODULE, MODULE.replace("both", "mentee") + "\n    bias: {for: both, format: live, takes: 1h, after: [basics]}"),), "MC2007", "basics]",
     "`basics` is for mentee, but `bias` is for both", "basics: {for"),
    (((DUE + "}", DUE + ", required: true}"),), "", "", "", ""),
    ((("level: {at_least: senior}", "approval: program"),), "MC2011", "program}", "a mentor needs the approval of the program", ""),
    ((("  objectives:\n    - {id: promotion, measure: promotions, target: 18%, due: {at: active.end}}\n", ""),), "MC2101", "purpose:", "objectives", ""),
    ((("sponsor: {role: Chief Financial Officer}\n", ""),), "MC2102", "grow", "`sponsor`", ""),
    ((("for: both", "for: mentor"),), "MC2103", "training:", "no module is for mentees", ""),
    (((DUE, "{at: active.middle}, required: true"),), "MC2104", "{at: active.middle}", "after matching ends on 2027-02-14", ""),
    ((("{after: match.accepted, by: 30d}", "{at: active.middle}"),), "MC2105", "check_ins:", "first third", ""),
    ((("every: 2w, ", ""),), "MC2106", "meetings:", "`meetings.every`", ""),
)  # fmt: skip


@pytest.mark.parametrize(("edits", "code", "written", "says", "related"), POINTED)
def test_findings_point_at_what_is_wrong(edits: Edits, code: str, written: str, says: str, related: str) -> None:
    """Each finding stands at the value that must change and leads to the place it conflicts with."""
    loaded = load(*edits)
    assert [d.code for d in loaded.findings] == [code] * bool(code)
    for d in loaded.findings:
        assert text_at(loaded, d.span).startswith(written)
        assert says in f"{d.detail} {d.help}"
        assert [text_at(loaded, r.span).startswith(related) for r in d.related] == [True] * bool(related)


# What a check must let pass, one step away from what it finds.
FINE: tuple[Edits, ...] = (
    (("{id: matching, lasts: 1w}", "{id: matching, start: 2027-02-08, lasts: 2w}"),),
    (("{after: match.accepted, by: 30d}", "{after: match.accepted, by: 2mo}"),),
    (("{after: match.accepted, by: 30d}", "{after: active.start, by: 60d}"),),
    (("at_least: 10", "at_least: 13"),),
    (("due: {at: active.end}", "due: {after: active.end, by: 2w}"),),
    (("id: active, lasts: 6mo", "id: active, lasts: 6mo}\n    - {id: rest, lasts: 1d"),),
    (("mentors: career", "mentors: life"),),
    (("mentors: career", "mentors: peer"),),
    ((DUE, "{at: matching.end}, required: true"),),
    (("\nmeetings: {every: 2w, lasts: 60min, at_least: 10}", ""),),
)


@pytest.mark.parametrize("edits", FINE)
def test_neighbors_of_findings_are_fine(edits: Edits) -> None:
    """At the border of what a check finds, nothing is found."""
    assert [(d.code, d.detail) for d in load(*edits).findings] == []


def test_meetings_just_fit_or_just_do_not() -> None:
    """Six months from 15 February begin thirteen fortnights; the fourteenth meeting does not fit."""
    assert [d.code for d in load(("at_least: 10", "at_least: 13")).findings] == []
    assert [d.code for d in load(("at_least: 10", "at_least: 14")).findings] == ["MC2019"]


def test_two_programs_of_one_id() -> None:
    """The second file is refused and names the first."""
    loaded = load(more=[PROGRAM])
    assert [(d.code, str(d.span)) for d in loaded.findings] == [("MC2001", "1.yaml:3:5")]
    assert "0.yaml" in loaded.findings[0].detail
    assert len(loaded.programs) == 1


def test_findings_of_several_programs_stand_in_their_files() -> None:
    """Places are resolved in the file of the program that they belong to."""
    loaded = load(("every: 2w, ", ""), more=[changed(PROGRAM, ("id: grow", "id: other"), ("for: both", "for: mentee"))])
    assert [(d.code, d.span.file if d.span else "") for d in loaded.findings] == [
        ("MC2106", "0.yaml"),
        ("MC2103", "1.yaml"),
    ]


def test_of_three_equal_phases_both_repeats_are_told() -> None:
    """Each repeat is found at its place."""
    loaded = load((PHASES, PHASES + "\n    - {id: active, lasts: 1w}\n    - {id: active, lasts: 2w}"))
    places = {text_at(loaded, d.span) for d in loaded.findings if d.code == "MC2002"}
    assert places == {"active, lasts: 1w}", "active, lasts: 2w}"}


def test_each_repeat_is_told_once() -> None:
    """Three equal ids are two repeats."""
    loaded = load((PHASES, PHASES + "\n    - {id: active, lasts: 1w}\n    - {id: active, lasts: 2w}"))
    assert [d.code for d in loaded.findings] == ["MC2002", "MC2002"]


def test_a_circle_is_told_from_its_least_id() -> None:
    """The same circle is told alike in whatever order its modules are written."""
    modules = [
        "    a: {for: both, format: self-paced, takes: 5min, after: [c]}",
        "    b: {for: both, format: self-paced, takes: 5min, after: [a]}",
        "    c: {for: both, format: self-paced, takes: 5min, after: [b]}",
    ]
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
        found = load((MODULE, "\n".join(modules[i] for i in order))).findings
        assert [(d.code, d.detail) for d in found] == [("MC2008", "`a` needs `c` needs `b` needs `a`")]


def test_sources_name_programs_and_cohorts() -> None:
    """A source may name what exists; a slip is told with a guess, at the word."""
    for target, code, help_text in (
        ("program: grow", "", ""), ("program: grow, cohort: spring_2027", "", ""), ("cohort: spring_2027", "", ""),
        ("program: glow", "MC2018", "did you mean `grow`?"), ("program: grow, cohort: spring_2026", "MC2018", "did you mean `spring_2027`?"),
        ("program: glow, cohort: nowhere", "MC2018", "did you mean `grow`?"),
    ):  # fmt: skip
        loaded = load(workspace=changed(WORKSPACE, ("role: mentor}", f"role: mentor, {target}}}")))
        assert [(d.code, d.help) for d in loaded.findings] == [(code, help_text)] * bool(code)


def test_a_program_with_an_error_still_exists() -> None:
    """A slip in a program file does not make the sources that name it wrong."""
    loaded = load(
        ("lasts: 4w", "lasts: 4x"), workspace=changed(WORKSPACE, ("role: mentor}", "role: mentor, program: grow}"))
    )
    assert [d.code for d in loaded.findings] == ["MC1105"]


def test_without_a_workspace_programs_are_still_read() -> None:
    """Errors of both are told in one go; what needs the contract waits."""
    loaded = load(
        ("owner: people_development\n", ""), ("lasts: 4w", "lasts: 4x"), workspace="mentorctl: workspace/v1\n"
    )
    assert {(d.span.file if d.span else "", d.code) for d in loaded.findings} == {
        ("mentorctl.yaml", "MC1102"),
        ("0.yaml", "MC1102"),
        ("0.yaml", "MC1105"),
    }
    assert loaded.workspace is None
    assert loaded.programs == ()


@pytest.mark.parametrize("check", [*CHECKS, *RULE_CHECKS], ids=lambda check: str(check.__name__))
def test_every_check_says_what_it_wants(check: object) -> None:
    """A name and a sentence."""
    assert (check.__doc__ or "").strip().endswith(".")
