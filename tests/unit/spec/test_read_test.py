"""Test files as values: what is read, and what is said about files that say something else."""

from datetime import date

import pytest

from mentorctl.spec.cases import MatchNamed, MatchStep, PlanAgain, StateWanted, Trained, Withdrawal
from mentorctl.testing.run import read_test_file

WHOLE = """\
mentorctl: test/v1
x-note: mine
cases:
  - id: all_of_it
    because: somebody must see it
    program: grow
    cohort: winter
    given:
      date: 2027-01-27
      people:
        mentor: [{id: r1, places: 2, ok: true, hours: 1.5, offers: [a, 7], empty: null}]
        mentee: [{id: "007"}]
    when:
      - accept: {match: [r1, "007"], subject: strategy}
      - hold: {match: [r1, "007"], meeting: 2}
      - withdraw: 12
      - trained: {person: r1, module: basics}
      - plan: 2027-01-28
    then:
      matches: [[r1, "007"]]
      no_match: [12]
      states: {r1: matched, 007: {mentee: ready}}
      sessions: {count: 4, meeting: {at_least: 3}}
      messages: [{message: matched, to: [r1, owner]}]
      no_messages: [other]
      findings: [MC5002]
      score: 5
      proved: true
      dates: {active.start: 2027-02-01}
"""
WRONG = (
    ("program: grow", "progam: grow", "MC1101", 6),
    ("date: 2027-01-27", "date: 2027-02-30", "MC2009", 9),
    ("- plan: 2027-01-28", "- plan: 2027-02-30", "MC2009", 18),
    ("- plan: 2027-01-28", "- plan: 2027-01-26", "MC1106", 18),
    ("- withdraw: 12", "- withdraw: 12\n        plan: 2027-01-27", "MC1107", 16),
    ("- withdraw: 12", "- x-a: 1", "MC1107", 16),
    ("- withdraw: 12", "- forget: 12", "MC1101", 16),
    ('match: [r1, "007"], meeting: 2', "match: [r1], meeting: 2", "MC1106", 15),
    ("      score: 5", "      score: five", "MC1103", 27),
    ("findings: [MC5002]", "findings: [5002]", "MC1103", 26),
    ("active.start:", "active.begin:", "MC1105", 29),
    ("mentorctl: test/v1", "mentorctl: test/v2", "MC1110", 1),
    ("mentorctl: test/v1", "mentorctl: program/v1", "MC1108", 1),
    ("      people:\n", "      roster: {a.csv: /etc/passwd}\n      people:\n", "MC1105", 10),
    ("      people:\n", "      roster: {a.csv: ../b.csv}\n      people:\n", "MC1105", 10),
    ("      people:\n", "      roster: {a.csv: b.csv}\n      people:\n", "MC1107", 9),
)  # fmt: skip


def test_everything_that_can_be_said_is_read() -> None:
    """Every key of the language, with ids and cells as the roster would have them."""
    read = read_test_file(WHOLE, file="tests/a.test.yaml")

    assert read.findings == ()
    assert read.cases is not None
    (case,) = read.cases.cases
    assert (case.id, case.because, case.program, case.cohort) == ("all_of_it", "somebody must see it", "grow", "winter")
    assert case.given.day == date(2027, 1, 27)
    assert [(row.role, dict(row.cells)) for row in case.given.people] == [
        ("mentor", {"id": "r1", "places": "2", "ok": "yes", "hours": "1.5", "offers": ("a", "7"), "empty": ""}),
        ("mentee", {"id": "007"}),
    ]
    pair = ("r1", "007")
    assert [step.what for step in case.steps] == [
        MatchStep(verb="accept", match=MatchNamed(people=pair, subject="strategy")),
        MatchStep(verb="hold", match=MatchNamed(people=pair, meeting=2)),
        Withdrawal(person="12"),
        Trained(person="r1", module="basics"),
        PlanAgain(on=date(2027, 1, 28)),
    ]
    then = case.then
    assert then.matches == (MatchNamed(people=pair),)
    assert then.no_match == ("12",)
    assert [(s.person, s.role, s.state) for s in then.states] == [("r1", "", "matched"), ("007", "mentee", "ready")]
    assert isinstance(then.states[0], StateWanted)
    assert [(s.kind, s.count, s.at_least) for s in then.sessions] == [("", 4, None), ("meeting", None, 3)]
    assert [(m.message, m.to) for m in then.messages] == [("matched", ("r1", "owner"))]
    assert (then.no_messages, then.findings, then.score, then.proved) == (("other",), ("MC5002",), 5, True)
    assert then.dates == (("active.start", date(2027, 2, 1)),)


@pytest.mark.parametrize(("right", "wrong", "code", "line"), WRONG)
def test_a_mistake_is_named_at_its_place(right: str, wrong: str, code: str, line: int) -> None:
    """One finding, where it is written; the file gives no cases."""
    assert WHOLE.count(right) == 1
    read = read_test_file(WHOLE.replace(right, wrong), file="tests/a.test.yaml")

    assert [one.code for one in read.findings] == [code], read.findings
    assert read.findings[0].span is not None
    assert read.findings[0].span.line == line
    assert read.cases is None


def test_two_cases_have_two_names() -> None:
    """Results name cases, so a name stands for one of them."""
    case = "  - {id: a, program: grow, given: {date: 2027-01-27}, then: {matched: 1}}\n"
    read = read_test_file(f"mentorctl: test/v1\ncases:\n{case}{case}", file="a.test.yaml")

    assert [(one.code, one.span and one.span.line) for one in read.findings] == [("MC2002", 4)]


def test_ten_thousand_cases_are_refused_at_once() -> None:
    """A file of a stranger is bounded before anything is run."""
    case = "- {id: a, program: grow, given: {date: 2027-01-27}, then: {matched: 1}}\n"
    read = read_test_file("mentorctl: test/v1\ncases:\n" + case * 10_000, file="a.test.yaml")

    assert read.cases is None
    assert {one.code for one in read.findings} == {"MC1003"}

    few = read_test_file("mentorctl: test/v1\ncases:\n" + case * 501, file="a.test.yaml")
    assert few.cases is None
    assert "MC1106" in {one.code for one in few.findings}
