"""Advice about the design of a program: what settles it, what does not, and that it can be weighed."""

import pytest
from unit.plan.small import changed

from mentorctl.catalog import CATALOG

from .test_checks import PROGRAM, Edits, load

PULSE = "  pulse: {at: [{after: match.accepted, by: 30d}], asks: [satisfaction]}"
MEETINGS = "meetings: {every: 2w, lasts: 60min, at_least: 10}"
TOPICS = "    - {id: topics, overlap: {mentee: wants, mentor: offers}, points_each: 5}"
MODEL = "model: {type: one-on-one, mentors: career}"
ALERT = "alert: [{when: satisfaction <= 2, tell: owner}]"
PHASE = "    - {id: active, lasts: 6mo}"


def more(text: str) -> Edits:
    """Further lines at the end of the program."""
    return ((PULSE, f"{PULSE}\n{text}"),)


def rule(text: str, *edits: tuple[str, str]) -> Edits:
    """Another soft rule in the place of the only one."""
    return ((TOPICS, f"    - {{id: odd, {text}, points: 5}}"), *edits)


ADVICE: tuple[tuple[Edits, str], ...] = (
    # what is measured
    ((("measure: promotions", "measure: retention"),), "MC2110"),
    ((("measure: promotions", "measure: retention"), *more("monitoring: {measures: {retention: {source: roster.promoted}}}")), ""),
    ((("measure: promotions", "measure: retention"), *more("monitoring: null")), "MC2115"),
    (more("monitoring: {measures: {promotions: {warn_below: null}}}"), "MC2116"),
    # how people hear of it
    (more("reach: null"), "MC2118"),
    (more("reach: {invite: open_call}"), ""),
    # load: 26 weeks of 3 meetings, 10 for each match
    (((TOPICS, f"{TOPICS}\n  capacity: {{mentor: {{max: 7}}}}"),), ""),
    (((TOPICS, f"{TOPICS}\n  capacity: {{mentor: {{max: 8}}}}"),), "MC2111"),
    (((TOPICS, f"{TOPICS}\n  capacity: {{mentor: {{max: {{field: places, at_most: 9}}}}}}"),), "MC2111"),
    (((TOPICS, f"{TOPICS}\n  capacity: {{mentor: {{min: 1}}}}"),), ""),  # no bound was meant
    # what rules look at; the model looks at levels for career mentors, not for life mentors
    (rule("same: site"), "MC2112"),
    (rule("same: site", (MODEL, MODEL.replace("career", "life"))), "MC2107"),
    (rule("different: gender", (MODEL, MODEL.replace("career", "life"))), "MC2036 MC2107"),
    (rule("same: level", (MODEL, MODEL.replace("career", "life"))), "MC2112"),
    (rule("same: {mentee: site, mentor: department}", (MODEL, MODEL.replace("career", "life"))), ""),
    (rule('when: "default(mentor.tenure_months, 0) > 12"', (MODEL, MODEL.replace("career", "life"))), ""),
    (((TOPICS, "    - {id: odd, same: site, points_from: {mentee: tenure_months}}"),), ""),
    (((TOPICS, "    - {id: odd, same: site, points: 5}\n  process: self-selected"),), ""),
    (((TOPICS, "    - {id: odd, same: site, points: 5}\n  process: roulette"),), "MC2112"),
    # silence
    (more("automation: []"), "MC2113 MC2117"),
    (more("automation: [{id: no_meeting, on: match.paused, do: close}]"), ""),
    (more("automation: [{id: no_meeting, on: match.declined, do: rematch}]"), "MC2113"),
    ((*more("automation: []"), *((PULSE + "\n", PULSE.replace("[satisfaction]}", f"[satisfaction], {ALERT}}}") + "\n"),)), "MC2113"),
    # the end
    (more("messages: null"), "MC2114"),
    ((*more("messages: null"), (PHASE, f"{PHASE}\n    - {{id: closing, lasts: 1w}}")), ""),
    (more("  last: {at: [{before: active.end, by: 1w}], asks: [comfort]}\nmessages: null"), ""),
    (more("events: {goodbye: {format: closing, at: active.end, lasts: 1h}}\nmessages: null"), ""),
    (more("messages: {thanks: {on: match.started}}"), "MC2114"),
    # words of questions
    (more("questions: null"), "MC2119"),
    ((("check_ins:\n" + PULSE, "questions: null"),), "MC2105"),
    # rhythm
    (((MEETINGS, MEETINGS.replace("every: 2w, ", "")),), "MC2106"),
)  # fmt: skip


@pytest.mark.parametrize(("edits", "codes"), ADVICE)
def test_advice_is_given_once_where_something_is_missing(edits: Edits, codes: str) -> None:
    """Each cause is told once; where the whole is missing, its parts are not told as well."""
    found = load(*merged(edits)).findings
    assert " ".join(sorted(d.code for d in found)) == codes, [(d.code, d.detail) for d in found]
    assert all(d.severity == CATALOG[d.code].severity for d in found)


def merged(edits: Edits) -> Edits:
    """Edits that follow one another, since one may change what another wrote."""
    return ((PROGRAM, _all(edits)),)


def _all(edits: Edits) -> str:
    text = PROGRAM
    for old, new in edits:
        text = changed(text, (old, new))
    return text


def test_a_flash_program_needs_no_rhythm_and_no_way_out() -> None:
    """A match of one session is over before anything can go silent."""
    flash = (
        (MODEL, "model: {type: flash, mentors: career}"),
        (MEETINGS, "meetings: {lasts: 30min, at_least: 1}"),
        (TOPICS, f"{TOPICS}\n  capacity: {{mentor: {{max: 2, per: 1mo}}}}"),
        (PULSE, f"{PULSE}\nautomation: []\nmessages: null"),
    )
    assert [d.code for d in load(*flash).findings] == []


def test_advice_can_be_made_an_error() -> None:
    """A program that ignores it is not compiled then."""
    loaded = load(*more("reach: null\nchecks: {severity: {MC2118: error}}"))
    assert [(d.code, d.severity) for d in loaded.findings] == [("MC2118", "error")]
    assert loaded.programs == ()
