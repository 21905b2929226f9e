"""Where findings about names, audiences, answers and measures point, and what they say. `tests/schemas` has the rest."""

import pytest
from unit.plan.small import changed

from .test_checks import PROGRAM, WORKSPACE, Edits, load, text_at

MEETINGS = "at_least: 10}"
PULSE = "  pulse: {at: [{after: match.accepted, by: 30d}], asks: [satisfaction]}"
REQUIRE = "    - {id: other_department, different: department}"
PREFER = "    - {id: topics, overlap: {mentee: wants, mentor: offers}, points_each: 5}"
MODULE = "basics: {for: both, format: self-paced, takes: 45min"
HELLO = "\nagendas: {hello: {title: Hello}}"


def more(text: str) -> Edits:
    """Further lines at the end of the program."""
    return ((PULSE, f"{PULSE}\n{text}"),)


def pulse(rest: str) -> Edits:
    """Another check-in."""
    return ((PULSE, f"  pulse: {{at: [{{after: match.accepted, by: 30d}}], {rest}}}"),)


def matching(line: str) -> Edits:
    """One more line of the matching."""
    return ((PREFER, f"{PREFER}\n  {line}"),)


def measure(text: str) -> Edits:
    """One more measure."""
    return more(f"monitoring: {{measures: {{odd: {{{text}}}}}}}")


# Edits → the code, what is written where it points, words of its detail or help, what the related position points at.
POINTED: tuple[tuple[Edits, str, str, str, str], ...] = (
    (((MEETINGS, f"at_least: 10, agendas: [helo]}}{HELLO}"),), "MC2080", "helo]", "did you mean `hello`?", ""),
    (((MEETINGS, f"at_least: 10, agendas: [other]}}{HELLO}"),), "MC2080", "other]", "there is `hello`", ""),
    (pulse("form: revue"), "MC2080", "revue}", "there is no form `revue`", ""),
    (pulse("asks: [satisfacton]"), "MC2080", "satisfacton]", "did you mean `satisfaction`?", ""),
    (more("forms: {review: {questions: [comfort, progress]}}"), "MC2080", "progress]", "`satisfaction`, `comfort` and", ""),
    (more("automation: [{id: late, on: meeting.missed, do: notify, message: thank}]"), "MC2080", "thank}", "`thanks`", ""),
    (more("automation: [{id: late, on: meeting.missed, do: assign, module: basic}]"), "MC2080", "basic}", "`basics`", ""),
    (matching("relax: [other_dept]"), "MC2080", "other_dept]", "did you mean `other_department`?", ""),
    (matching("relax: [topics]"), "MC2080", "topics]", "is a soft rule", "{id: topics"),
    (matching("share_capacity: [grow]"), "MC2080", "grow]", "is this program itself", ""),
    (matching("share_capacity: [glow]"), "MC2080", "glow]", "there is no program `glow`", ""),
    ((("at_least: 10}", "at_least: 10, channel: vidio}"),), "MC2080", "vidio}", "did you mean `video`?", ""),
    (((MODULE, "basics: {for: both, format: live, takes: 45min, seats: 12, room: small"),), "MC2086", "12", "has 10 seats", "small"),
    (((MODULE, "basics: {for: both, format: live, takes: 45min, facilitator: anna"),), "MC2080", "anna", "there is `learning`", ""),
    (((MODULE, MODULE.replace("both", "peer")),), "MC2082 MC2103", "peer", "has mentors and mentees", ""),
    (pulse("asks: [satisfaction], for: peer"), "MC2082", "peer}", "write `for: both` or `for: everyone`", ""),
    (more("messages: {hi: {on: match.accepted, to: [mentor, peer], template: hi}}"), "MC2082", "peer]", "but no peers", ""),
    ((("  mentor: {level: {at_least: senior}}", "  peer: {level: {at_least: senior}}"),), "MC2082", "peer: {", "conditions for peers", ""),
    (pulse("asks: [satisfaction], alert: [{when: satisfactoin <= 2, tell: owner}]"), "MC2302", "satisfactoin", "", ""),
    (pulse("asks: [satisfaction], alert: [{when: usefulness, tell: owner}]"), "MC2302", "usefulness", "", ""),
    (measure("source: roster.promotd"), "MC2003", "roster.promotd", "did you mean `promoted`?", ""),
    (measure("source: roster.level"), "MC2083", "roster.level", "is a level field", ""),
    (measure("question: comfrt"), "MC2080", "comfrt", "did you mean `comfort`?", ""),
    (measure("question: comfort, warn_below: 4, warn_above: 4"), "MC2084", "4,", "so nothing is fine", "4}"),
    (measure("question: comfort, warn_below: 6"), "MC2084", "6}", "always warns", ""),
    (measure("question: comfort, warn_above: 5"), "MC2084", "5}", "never warns", ""),
    (measure("question: comfort, warn_above: 0.5"), "MC2084", "0.5}", "between 1 and 5", ""),
    (measure("ratio: [completed, matched], warn_below: 0%"), "MC2084", "0%", "is never below 0 %", ""),
)  # fmt: skip


@pytest.mark.parametrize(("edits", "codes", "written", "says", "related"), POINTED)
def test_findings_point_at_the_name(edits: Edits, codes: str, written: str, says: str, related: str) -> None:
    """Each finding stands at the word that refers to nothing and says what would."""
    loaded = load(*edits)
    assert " ".join(sorted(d.code for d in loaded.findings)) == codes, [d.detail for d in loaded.findings]
    found = next(d for d in loaded.findings if d.code == codes.split(maxsplit=1)[0])
    assert text_at(loaded, found.span).startswith(written)
    assert says in f"{found.detail} {found.help}"
    assert [text_at(loaded, r.span).startswith(related) for r in found.related] == [True] * bool(related)


FINE: tuple[Edits, ...] = (
    ((MEETINGS, "at_least: 10, agendas: [free, words, words]}"),),  # no agenda is written, so these are words
    matching("relax: [other_department, level_gap, no_reporting_line]"),
    (*matching("relax: [no_repeat]"), (REQUIRE, f"{REQUIRE}\n  history: {{no_repeat: 10w}}")),
    measure("question: comfort, warn_below: 1.5, warn_above: 4.5"),
    measure("ratio: [sessions_held, sessions_planned], warn_above: 120%"),
    measure("source: roster.tenure_months, warn_below: -3"),
    pulse("asks: [satisfaction, usefulness], alert: [{when: satisfaction <= 2 || !usefulness, tell: manager}]"),
    more('resources: {kit: {title: Kit, link: "https://a.example", for: mentor}}'),
)  # fmt: skip


@pytest.mark.parametrize("edits", FINE)
def test_names_that_are_there_are_fine(edits: Edits) -> None:
    """Rules of the model and of other keys can be relaxed, and bounds inside a range are bounds."""
    assert [(d.code, d.detail) for d in load(*edits).findings] == []


def test_without_questions_an_alert_is_still_a_sentence() -> None:
    """What the names mean is open then, but not how an expression is written."""
    bare = WORKSPACE[: WORKSPACE.index("  questions:")] + WORKSPACE[WORKSPACE.index("  messages:") :]
    for when, codes in (("mood <= 2", ["MC2119"]), ("mood <= ", ["MC2119", "MC2301"])):
        loaded = load(*pulse(f"asks: [mood], alert: [{{when: {when}, tell: owner}}]"), workspace=bare)
        assert sorted(d.code for d in loaded.findings) == codes


def test_rows_for_a_role_of_no_program_are_told() -> None:
    """A file of peers is for nobody beside a program of pairs, also when it names that program; a role column may be."""
    strict = changed(WORKSPACE, ("checks: {severity: {MC2087: off}}", "x-checks:"))
    mentees = "{file: mentees.csv, role: mentee}"
    for source, codes in (
        ("{file: peers.csv, role: peer}", ["MC2087"]),
        ("{file: peers.csv, role: peer, program: grow}", ["MC2087"]),
        ("{file: peers.csv, role_column: role}", []),
        ("{file: more.csv, role: mentor}", []),
    ):
        loaded = load(workspace=changed(strict, (mentees, f"{mentees}\n    - {source}")))
        assert [d.code for d in loaded.findings] == codes, source
    assert load(workspace=strict).findings == ()


def test_programs_share_places_with_each_other() -> None:
    """The other program exists, also when it cannot be read."""
    other = changed(PROGRAM, ("id: grow", "id: glow"))
    assert load(*matching("share_capacity: [glow]"), more=[other]).findings == ()
    broken = load(*matching("share_capacity: [glow]"), more=[changed(other, ("mentors: career", "mentors: careers"))])
    assert [d.code for d in broken.findings] == ["MC1104"]


def test_repeated_ids_lead_to_the_first() -> None:
    """Lists with ids are looked at everywhere."""
    for edits, written in (
        (matching("process: {kind: two-round, rounds: [{id: one}, {id: one}]}"), "one}]"),
        (matching("pool: [{id: a, max_per: {field: site, at_most: 3}}, {id: a, max_per: {field: level, at_most: 3}}]"), "a, max_per: {field: level"),
        (more("goals: {templates: [{id: speak, title: Speak}, {id: speak, title: Speak up}]}"), "speak, title: Speak up"),
    ):  # fmt: skip
        loaded = load(*edits)
        assert [d.code for d in loaded.findings] == ["MC2002"]
        assert text_at(loaded, loaded.findings[0].span).startswith(written)
        assert loaded.findings[0].related[0].message == "first used here"
