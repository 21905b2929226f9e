"""Where findings about dates point and what they say. `tests/schemas` shows that each code is found."""

import json
import sys
from pathlib import Path

import pytest
from unit.plan.small import changed

from mentorctl import pipeline
from mentorctl.diagnostics import Span
from mentorctl.spec.moment_checks import MOMENT_CHECKS
from mentorctl.spec.moment_words import EVENTS
from mentorctl.spec.timeline_checks import TIMELINE_CHECKS

ROOT = Path(__file__).resolve().parents[3]
SCHEMAS = ROOT / "tests" / "schemas"
WORKSPACE = (SCHEMAS / "mentorctl.yaml").read_text(encoding="utf-8")
PROGRAM = (SCHEMAS / "valid" / "plain.yaml").read_text(encoding="utf-8")
# enrolling 2027-01-11 to 02-07, matching to 02-14, active to 08-14
ACTIVE = "    - {id: active, lasts: 6mo}\n"
CLOSING = ACTIVE + "    - {id: closing, start: 2027-08-20, lasts: 3w}\n"
COHORT = "  spring_2027: {start: 2027-01-11}\n"
TIMELINE = "timeline:\n"
CHECK_INS = "check_ins:\n"

type Edits = tuple[tuple[str, str], ...]


def load(*edits: tuple[str, str], workspace: str = WORKSPACE) -> pipeline.Loaded:
    return pipeline.load(("mentorctl.yaml", workspace), [("grow.yaml", changed(PROGRAM, *edits))])


def cohort(words: str) -> tuple[str, str]:
    return COHORT, f"  spring_2027: {{start: 2027-01-11, {words}}}\n"


def milestones(*entries: str) -> tuple[str, str]:
    return ACTIVE, ACTIVE + "  milestones:\n" + "".join(f"    - {{{entry}}}\n" for entry in entries)


def event(words: str) -> tuple[str, str]:
    return CHECK_INS, f"events:\n  talk: {{{words}, lasts: 60min}}\ncheck_ins:\n"


def text_at(loaded: pipeline.Loaded, span: Span | None) -> str:
    assert span is not None
    return loaded.texts[span.file].splitlines()[span.line - 1][span.column - 1 :]


# Edits → the code, what is written where it points, words of its detail or help, what the related position points at.
POINTED: tuple[tuple[Edits, str, str, str, str], ...] = (
    (((ACTIVE, ACTIVE + "    - {id: rest, start: 2027-08-01, lasts: 3w}\n"),),
     "MC2060", "2027-08-01", "`active` ends on 2027-08-14, but `rest` begins on 2027-08-01", "6mo}"),
    ((cohort("phases: {active: {start: 2027-02-10}}"),),
     "MC2060", "2027-02-10", "`matching` ends on 2027-02-14", "1w}"),
    (((ACTIVE, CLOSING), cohort("extended: [{phase: enrolling, by: 1w}]")),
     "MC2061", "{phase: enrolling", "now ends on 2027-08-21, but `closing` is fixed to begin on 2027-08-20", "2027-08-20,"),
    (((ACTIVE, CLOSING), cohort("extended: [{phase: enrolling, by: 2d}, {phase: active, by: 4w}]")),
     "MC2061", "{phase: active", "cohorts.spring_2027.phases.closing.start", "2027-08-20,"),
    (((ACTIVE, CLOSING), cohort("extended: [{phase: active, by: 4w}], phases: {closing: {start: 2027-09-01}}")),
     "MC2061", "{phase: active", "to begin on 2027-09-01", "2027-09-01}"),
    ((("{id: matching, lasts: 1w}", "{id: matching, until: 2027-02-01}"),),
     "MC2062", "2027-02-01}", "begins on 2027-02-08 and ends on 2027-02-01", ""),
    ((cohort("phases: {matching: {until: 2027-02-01}}"),), "MC2062", "2027-02-01}", "`matching`", ""),
    ((cohort("extended: [{phase: activ, by: 4w}]"),), "MC2063", "activ,", "did you mean `active`?", "- {id: enrolling"),
    ((cohort("phases: {matchin: {lasts: 2w}}"),), "MC2063", "matchin:", "did you mean `matching`?", "- {id: enrolling"),
    ((milestones("id: a, due: 2027-06-30", "id: b, on: 2027-05-31, after: [a]"),),
     "MC2066", "2027-05-31,", "`b` is on 2027-05-31, before `a` on 2027-06-30", "2027-06-30}"),
    ((milestones("id: a, due: 2027-06-30", "id: b, at: {before: active.end, by: 3mo}, after: [a]"),),
     "MC2066", "{before: active.end", "`b` is on 2027-05-14", "2027-06-30}"),
    ((milestones("id: a, on: 2027-06-30", "id: b, start: 2027-06-29, due: 2027-07-01, after: [a]"),),
     "MC2067", "2027-06-29,", "`b` begins on 2027-06-29, but `a`", "2027-06-30}"),
    ((milestones("id: b, on: 2027-05-31, after: [aa]", "id: a, on: 2027-05-31"),), "MC2069", "aa]", "milestones are `b` and `a`", ""),
    ((milestones("id: x, on: 2027-05-31, after: [z]", "id: a, on: 2027-05-31, after: [x]", "id: z, on: 2027-05-31, after: [a]"),),
     "MC2068", "[x]", "`a` comes after `x` comes after `z` comes after `a`", ""),
    ((milestones("id: active, on: 2027-05-31"),), "MC2002", "active, on", "`active` is used twice", "active, lasts"),
    ((milestones("id: a, at: {at: match.accepted}"),), "MC2006", "match", "a milestone hangs on a phase", ""),
    ((milestones("id: goal, on: 2027-05-31"), ("{before: matching.start", "{before: gaol.due")),
     "MC2006", "gaol", "did you mean `goal.due`?", ""),
    (((TIMELINE, "timeline:\n  intake: rolling\n"),), "MC2070", "spring_2027:", "`spring_2027` cannot be a cohort", "rolling"),
    ((("spring_2027:", "rolling:"),), "MC2070", "rolling:", "intake is by cohorts", ""),
    ((event("at: {on: 2028-03-03}"),), "MC2072", "{on: 2028", "the first runs from 2027-01-11 to 2027-08-14", ""),
    (((TIMELINE, "timeline:\n  closed: [2027-05-07, 2028-05-07]\n"),), "MC2073", "2028-05-07]", "2028-05-07 lies outside", ""),
    ((event('at: {on: 2027-03-28, time: "02:30"}'),), "MC2075", '"02:30"', "skip 02:30; `talk` is held at 03:30", ""),
    ((event('at: {on: 2027-03-28, time: "02:30"}'), ("name: Grow", "name: Grow\ntimezone: America/New_York")), "", "", "", ""),
    (((ACTIVE, "    - {id: active, lasts: 10mo}\n"), event('at: {on: 2027-10-31, time: "02:30"}')),
     "MC2075", '"02:30"', "show 02:30 twice; `talk` is held at 02:30, the first time", ""),
    ((event('at: {on: 2027-05-07, time: "16:00"}'), (TIMELINE, "timeline:\n  closed: [2027-05-07]\n")),
     "MC2076", "{on: 2027", "a closed day or a holiday", ""),
    ((("by: 3d}}\n", "by: 3d}}\n    more: {for: both, format: self-paced, takes: 5min, after: [basics], due: {on: 2027-01-20}}\n"),),
     "MC2077", "basics]", "`more` is due on 2027-01-20, but `basics`, which it needs, only on 2027-02-05", "{before: matching.start"),
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
    ((ACTIVE, ACTIVE + "    - {id: rest, start: 2027-08-15, lasts: 3w}\n"),),
    ((ACTIVE, CLOSING), cohort("extended: [{phase: active, by: 5d}]")),
    ((ACTIVE, CLOSING), cohort("extended: [{phase: active, by: 4w}], phases: {closing: {start: 2027-09-12}}")),
    (("{id: matching, lasts: 1w}", "{id: matching, until: 2027-02-08}"),),
    (milestones("id: a, on: 2027-06-30", "id: b, on: 2027-06-30, after: [a]"),),
    (milestones("id: a, on: 2027-06-30", "id: b, on: 2027-05-30"),),
    (milestones("id: a, start: 2027-06-30", "id: b, on: 2027-06-30, after: [a]", "id: c, start: 2027-06-30, after: [a, b]"),),
    (milestones("id: a, start: 2027-06-01, due: 2027-06-30", "id: b, start: 2027-06-30, due: 2027-07-30, after: [a]"),),
    (milestones("id: a, at: {before: b.due, by: 1w}", "id: b, on: 2027-05-30, after: [a]"),),
    ((TIMELINE, "timeline:\n  intake: rolling\n"), ("spring_2027:", "rolling:"), milestones("id: a, on: 2027-05-30")),
    ((TIMELINE, "timeline:\n  intake: rolling\n  closed: [2050-05-07]\n"), ("spring_2027:", "rolling:")),
    (event("at: {on: 2027-08-14}"),),
    (event("at: active.start"),),
    (event("at: {on: 2027-05-07}"), (TIMELINE, "timeline:\n  closed: [2027-05-07]\n")),
    (event('at: {on: 2027-03-28, time: "03:00"}'),),
    ((TIMELINE, "timeline:\n  closed: [2027-08-14, 2027-01-11]\n"),),
    ((COHORT, COHORT + "  autumn_2027: {start: 2027-09-06}\n"), event('at: {on: 2027-10-05, time: "16:00"}')),
)  # fmt: skip


@pytest.mark.parametrize("edits", FINE)
def test_neighbors_of_findings_are_fine(edits: Edits) -> None:
    """At the border of what a check finds, nothing is found."""
    assert [(d.code, d.detail) for d in load(*edits).findings] == []


def test_one_overlap_is_told_once() -> None:
    """Two cohorts with the same phases have the same overlap; an extension is one more thing."""
    rest = (ACTIVE, ACTIVE + "    - {id: rest, start: 2027-08-01, lasts: 3w}\n")
    loaded = load(rest, (COHORT, COHORT + "  other: {start: 2027-01-11, extended: [{phase: active, by: 1w}]}\n"))
    assert [d.code for d in loaded.findings] == ["MC2060"]


def test_an_order_that_only_one_cohort_breaks_names_it() -> None:
    """A date that suits one cohort may not suit the next."""
    loaded = load(
        milestones("id: a, at: {at: active.start}", "id: b, on: 2027-05-31, after: [a]"),
        (COHORT, COHORT + "  autumn_2027: {start: 2027-09-06}\n"),
    )
    assert [d.code for d in loaded.findings] == ["MC2066"]
    assert "in cohort `autumn_2027` `b` is on 2027-05-31" in loaded.findings[0].detail


def test_the_events_are_those_of_the_schema() -> None:
    """What moments may hang on and what messages may be sent on are the same occurrences."""
    schema = json.loads((ROOT / "schemas" / "program.v1.schema.json").read_text(encoding="utf-8"))
    assert set(EVENTS) == set(schema["$defs"]["occurrence"]["enum"])


def test_every_check_says_what_it_is_about() -> None:
    """Checks are small named functions with one sentence each."""
    checks = (*TIMELINE_CHECKS, *MOMENT_CHECKS)
    assert all(getattr(check, "__doc__", "") for check in checks)
    assert len({getattr(check, "__name__", "") for check in checks}) == len(checks)


# -- holidays ----------------------------------------------------------------------------------------------------------

HOLIDAYS = (TIMELINE, "timeline:\n  holidays: [DE-BY, XX, DE-ZZ]\n")
SHARED = WORKSPACE.replace(
    "roster:\n", "calendars: {holidays: [XX], working_week: [sun, mon, tue, wed, thu]}\nroster:\n", 1
)


def test_unknown_places_are_told_each_at_its_entry() -> None:
    """Both the country and the part that are not known; what is known is fine."""
    pytest.importorskip("holidays", reason="the extra `holidays` is not installed")
    loaded = load(HOLIDAYS)
    assert [(d.code, text_at(loaded, d.span)[:2]) for d in loaded.findings] == [("MC2064", "XX"), ("MC2064", "DE")]


def test_holidays_of_the_workspace_are_told_there() -> None:
    """Once, however many programs there are, and the dates of programs are not guessed."""
    pytest.importorskip("holidays", reason="the extra `holidays` is not installed")
    loaded = load((ACTIVE, ACTIVE + "    - {id: rest, start: 2027-08-01, lasts: 3w}\n"), workspace=SHARED)
    assert [(d.code, d.span.file if d.span else "") for d in loaded.findings] == [("MC2064", "mentorctl.yaml")]


def test_without_the_data_holidays_are_one_clear_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to install and what to write instead, once for the whole list."""
    monkeypatch.setitem(sys.modules, "holidays", None)
    loaded = load(HOLIDAYS)
    assert [d.code for d in loaded.findings] == ["MC2065"]
    assert "pip install 'mentorctl[holidays]'" in loaded.findings[0].detail
    assert "`closed`" in loaded.findings[0].help
    assert text_at(loaded, loaded.findings[0].span).startswith("[DE-BY")


def test_a_program_without_holidays_needs_no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is for those who name holidays."""
    monkeypatch.setitem(sys.modules, "holidays", None)
    assert load().findings == ()
