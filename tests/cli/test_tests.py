"""`mentorctl test`: tests that admins write, in all formats, right ones and wrong ones."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from .terminal import EXAMPLES, Invoke, contents, example

HEAD = "mentorctl: test/v1\ncases:\n"
GIVEN = """\
    program: fresh_eyes
    given:
      date: 2027-02-02
      people:
        mentor:
          - {id: m1, level: analyst, site: Toronto}
          - {id: m2, level: analyst, site: Calgary}
        mentee:
          - {id: e1, level: executive, site: Toronto}
"""
MESSAGES = """
messages:
  hello: {on: match.proposed, to: [mentor, mentee], template: hello}
  started: {on: match.accepted, to: [mentor, owner], template: hello}
  opening: {at: {at: active.start}, to: [mentee], template: hello}
"""


def case(then: str, *, when: str = "", name: str = "one", given: str = GIVEN) -> str:
    """A test file with one case."""
    steps = f"    when:\n{when}" if when else ""
    return f"{HEAD}  - id: {name}\n{given}{steps}    then: {then}\n"


def write(folder: Path, text: str, name: str = "own") -> None:
    """Replace the tests of a workspace."""
    tests = folder / "tests"
    tests.mkdir(exist_ok=True)
    for path in tests.iterdir():
        path.unlink()
    (tests / f"{name}.test.yaml").write_text(text, encoding="utf-8")


def talking(folder: Path) -> None:
    """Give the program messages."""
    (folder / "messages").mkdir()
    (folder / "messages" / "hello.md.j2").write_text("Dear {{ mentor }}, this is {{ program }}.\n", encoding="utf-8")
    path = folder / "programs" / "fresh_eyes.yaml"
    path.write_text(path.read_text(encoding="utf-8") + MESSAGES, encoding="utf-8")


@pytest.mark.parametrize("name", sorted(p.parent.name for p in EXAMPLES.glob("*/tests")))
@pytest.mark.slow
def test_the_examples_do_what_their_tests_say(name: str, tmp_path: Path, invoke: Invoke) -> None:
    """Every example that has tests passes them, and is left as it was."""
    folder = example(name, tmp_path / "workspace")
    before = contents(folder)

    ran = invoke("test")

    assert (ran.code, ran.err) == (0, ""), ran.err
    assert "✗" not in ran.out
    assert ran.out.endswith(" passed\n")
    assert contents(folder) == before


def test_a_line_for_each_case_and_a_verdict(workspace: Path, invoke: Invoke) -> None:
    """What failed is shown with its place, what was expected and what there is; the exit code says no."""
    write(workspace, case("{matches: [[m2, e1]], matched: 1}") + case("{matched: 2}", name="two")[len(HEAD) :])

    ran = invoke("test")

    assert ran.code == 1
    assert ran.out == "✗ tests/own.test.yaml: one\n✗ tests/own.test.yaml: two\n2 failed\n"
    assert "expected the match m2 + e1, got: m2 is with nobody; e1 is with m1" in ran.said
    assert "tests/own.test.yaml:13:22" in ran.said
    assert "expected 2 matches, got 1" in ran.said
    assert ran.err.count("error[MC8001]") == 2


def test_names_choose_files_and_cases(workspace: Path, invoke: Invoke) -> None:
    """By the name of the file or of the case; a name that is nothing is a mistake with a suggestion."""
    write(workspace, case("{matched: 1}") + case("{matched: 2}", name="two")[len(HEAD) :])

    assert invoke("test", "one").code == 0
    assert invoke("test", "two").code == 1
    assert invoke("test", "own").out.endswith("1 passed, 1 failed\n")
    assert invoke("test", "tests/own.test.yaml", "one").out.endswith("1 passed, 1 failed\n")
    unknown = invoke("test", "ones")
    assert unknown.code == 1
    assert "no test file and no case is called `ones`" in unknown.said
    assert "did you mean `one`?" in unknown.said


def test_json_and_junit_hold_the_same(workspace: Path, invoke: Invoke) -> None:
    """One document each, on standard output alone, with what failed and with the messages."""
    talking(workspace)
    write(workspace, case("{matched: 1}") + case("{matched: 2}", name="two")[len(HEAD) :])

    as_json, junit = invoke("test", "--format", "json"), invoke("test", "--format", "junit")

    assert (as_json.code, as_json.err) == (1, "")
    document = as_json.json
    assert (document["format"], document["passed"], document["failed"]) == ("mentorctl/test-results/v1", 1, 1)
    first, second = document["cases"]
    assert (first["id"], first["passed"], first["diagnostics"]) == ("one", True, [])
    assert [(m["message"], sorted(m["to"])) for m in first["messages"]] == [("hello", ["e1", "m1"])]
    assert [found["code"] for found in second["diagnostics"]] == ["MC8001"]
    assert (junit.code, junit.err) == (1, "")
    (suite,) = ET.fromstring(junit.out)  # noqa: S314 - it is our own
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("tests/own.test.yaml", "2", "1")
    assert [len(list(test)) for test in suite] == [0, 1]


def test_the_same_twice(workspace: Path, invoke: Invoke) -> None:
    """Nothing depends on the clock or on chance."""
    talking(workspace)
    write(workspace, case("{matched: 2}", when="      - {plan: 2027-02-09}\n"))

    assert invoke("test", "--format", "json").out == invoke("test", "--format", "json").out


def test_a_whole_story(workspace: Path, invoke: Invoke) -> None:
    """Accepted, started, one meeting held and one missed, and ended; with the messages on the way."""
    talking(workspace)
    steps = """\
      - {accept: {match: [m1, e1]}}
      - {plan: 2027-02-08}
      - {start: {match: [e1, m1]}}
      - {hold: {match: [m1, e1], meeting: 1}}
      - {miss: {match: [m1, e1], meeting: 2}}
      - {pause: {match: [m1, e1]}}
      - {resume: {match: [m1, e1]}}
      - {end: {match: [m1, e1]}}
"""
    then = """
      matched: 0
      states: {m1: ready, e1: ready}
      match_states: [{match: [m1, e1], state: ended}]
      sessions: {meeting: {count: 2}}
      messages: [{message: hello, to: [m1, e1]}, {message: started, to: [owner]}, {message: opening, to: [e1]}]
      score: 0
"""
    write(workspace, case(then, when=steps))

    ran = invoke("test")

    assert (ran.code, ran.err) == (0, "")
    assert "(3 messages)" in ran.out


def test_what_did_not_happen_is_not_said(workspace: Path, invoke: Invoke) -> None:
    """A message to others, one that came although it should not, and one that never came."""
    talking(workspace)
    then = "{messages: [{message: hello, to: [m2]}, {message: opening}], no_messages: [hello, started]}"
    write(workspace, case(then))

    said = invoke("test").said

    assert "expected `hello` to m2, got: " in said
    assert "expected the message `opening`, got none" in said
    assert "expected no message `hello`, got 1" in said
    assert "`started`" not in said


MISTAKES = (
    ("{matches: [[m1, e9]]}", "", "nobody has the id `e9`", "as in the column `id`"),
    ("{no_match: [m9]}", "", "nobody has the id `m9`", "as in the column"),
    ("{states: {m1: macthed}}", "", "there is no state `macthed`", "did you mean `matched`?"),
    ("{match_states: [{match: [m1, e1], state: happy}]}", "", "there is no state `happy`", "states are"),
    ("{messages: [{message: hello}]}", "", "`fresh_eyes` has no message `hello`", "messages are none"),
    ("{findings: [MC9999]}", "", "there is no code `MC9999`", "docs/diagnostics.md"),
    ("{dates: {activ.start: 2027-02-08}}", "", "cohort `winter_2027` has no `activ.start`", "`active.start`"),
    ("{matched: 1}", "- {accept: {match: [m2, e1]}}", "`m2` and `e1` have no match", "e1 is with m1"),
    ("{matched: 1}", "- {pause: {match: [m1, e1]}}", "`pause` is not possible while the match is `proposed`", "accept"),
    ("{matched: 1}", "- {hold: {match: [m1, e1], meeting: 99}}", "the match has no meeting 99", "it has 5 meetings"),
    ("{matched: 1}", "- {withdraw: zz}", "nobody has the id `zz`", ""),
    ("{matched: 1}", "- {trained: {person: m1, module: cooking}}", "no training module `cooking`", "modules are"),
    ("{matched: 1}", "- {trained: {person: m1, module: learning_juniors}}", "`m1` is not assigned", ""),
)


@pytest.mark.parametrize(("then", "step", "says", "helps"), MISTAKES)
def test_a_test_that_cannot_run_says_why(
    then: str, step: str, says: str, helps: str, workspace: Path, invoke: Invoke
) -> None:
    """Who or what is not there, and what is; nothing else is said."""
    write(workspace, case(then, when=f"      {step}\n" if step else ""))

    ran = invoke("test", "--format", "json")

    assert ran.code == 1
    (found,) = ran.json["cases"][0]["diagnostics"]
    assert found["code"] == "MC8002"
    assert says in found["detail"]
    assert helps in found["help"]
    assert found["range"]["filename"] == "tests/own.test.yaml"


@pytest.mark.parametrize(
    ("right", "wrong", "code", "says"),
    [
        ("program: fresh_eyes", "program: fresh_eye", "MC8002", "there is no program `fresh_eye`"),
        ("program: fresh_eyes", "program: fresh_eyes\n    cohort: never", "MC8002", "there is no cohort `never`"),
        ("site: Toronto}\n          - {id: m2", "town: Rome}\n          - {id: m2", "MC8002", "no column `town`"),
        ("{id: m2, level: analyst", "{id: m2, level: analist", "MC3007", "analist"),
        ("{id: m2, level: analyst", "{level: analyst", "MC3004", "blank"),
        ("{id: m2, level", "{id: m1, level", "MC3005", "already"),
        ("        mentee:", "        peer:", "MC3014", "no row is a mentee"),
    ],
)
def test_people_of_a_test_have_their_defects_named(
    right: str, wrong: str, code: str, says: str, workspace: Path, invoke: Invoke
) -> None:
    """As those of a roster, at the row of the test file."""
    assert GIVEN.count(right) == 1
    write(workspace, case("{matched: 1}", given=GIVEN.replace(right, wrong)))

    ran = invoke("test", "--format", "json")

    assert ran.code == 1
    found = {one["code"]: one for one in ran.json["cases"][0]["diagnostics"]}
    assert code in found, found
    assert any(says in one["detail"] for one in found.values()), found
    assert found[code]["range"]["filename"] == "tests/own.test.yaml"


def test_expected_defects_are_no_failure(workspace: Path, invoke: Invoke) -> None:
    """A test may be about a roster that is refused; then nothing else can be looked at."""
    bad = GIVEN.replace("{id: m2, level: analyst", "{id: m1, level: analyst")
    write(workspace, case("{findings: [MC3005]}", given=bad))
    assert invoke("test").code == 0

    write(workspace, case("{findings: [MC3005, MC5002], matched: 0}", given=bad))
    said = invoke("test").said
    assert "expected `MC5002`, got `MC3005`" in said
    assert "nothing else can be looked at" in said


def test_a_refused_plan_ends_a_test(workspace: Path, invoke: Invoke) -> None:
    """Unless it is expected and the last step; the reason is shown where it is written."""
    path = workspace / "programs" / "fresh_eyes.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\nmeetings:", "\n  unmatched: refuse\n\nmeetings:"), encoding="utf-8")
    crowded = GIVEN + "".join(f"          - {{id: e{n}, level: executive}}\n" for n in range(2, 5))

    write(workspace, case("{matched: 0}", given=crowded))
    ran = invoke("test")
    assert "the plan of 2027-02-02 is refused: `MC5001`" in ran.said
    assert "error[MC5001]" in ran.err

    write(workspace, case("{findings: [MC5001], matched: 0}", given=crowded))
    assert invoke("test").code == 0

    write(workspace, case("{findings: [MC5001]}", given=crowded, when="      - {plan: 2027-02-03}\n"))
    assert "nothing can happen after a plan that is refused" in invoke("test").said


def test_other_roster_files_stand_in(workspace: Path, invoke: Invoke) -> None:
    """A test may name a file instead of rows; only one inside the workspace that is there."""
    rows = "id,name,role,level,manager,site,timezone,teaches,curious_about\nm1,A,mentor,analyst,,,,,\ne1,B,mentee,executive,,,,,\n"
    given = "    program: fresh_eyes\n    given: {date: 2027-02-02, roster: {roster/people.csv: tests/few.csv}}\n"
    write(workspace, case("{matched: 1, matches: [[m1, e1]]}", given=given))
    (workspace / "tests" / "few.csv").write_text(rows, encoding="utf-8")
    assert invoke("test").code == 0

    write(workspace, case("{matched: 1}", given=given.replace("few.csv", "none.csv")))
    assert "there is no file `tests/none.csv`" in invoke("test").said

    write(workspace, case("{matched: 1}", given=given.replace("roster/people.csv", "people.csv")))
    assert "the roster has no source `people.csv`" in invoke("test").said


def test_contradictory_expectations_are_all_named(workspace: Path, invoke: Invoke) -> None:
    """No test can satisfy them, and each that is broken is said."""
    then = "{matches: [[m1, e1]], no_match: [m1, e1], matched: 0, score: -4, proved: false, sessions: {count: 0, at_least: 99}}"
    write(workspace, case(then))

    ran = invoke("test", "--format", "json")

    details = [found["detail"] for found in ran.json["cases"][0]["diagnostics"]]
    assert len(details) == 7, details


def test_without_tests_there_is_nothing_to_trust(workspace: Path, invoke: Invoke) -> None:
    """It says how to begin one, and that is no success."""
    for path in (workspace / "tests").iterdir():
        path.unlink()

    ran = invoke("test")

    assert ran.code == 1
    assert "MC8003" in ran.said
    assert "mentorctl: test/v1" in ran.said


def test_a_broken_file_is_named_and_the_others_run(workspace: Path, invoke: Invoke) -> None:
    """Hostile files of all sorts: each is one finding, none is a traceback, and the good file runs."""
    write(workspace, case("{matched: 1}"))
    tests = workspace / "tests"
    (tests / "a.test.yaml").write_bytes(b"\xff\xfe")
    (tests / "b.test.yaml").write_text("mentorctl: test/v1\ncases: [" * 40, encoding="utf-8")
    (tests / "c.test.yaml").write_text("", encoding="utf-8")
    (tests / "d.test.yaml").symlink_to("/etc/passwd")
    (tests / "e.test.yaml").write_text(HEAD + "- {id: a}\n" * 30_000, encoding="utf-8")
    (tests / "f.yaml").write_text("not ours", encoding="utf-8")

    ran = invoke("test", "--format", "json")

    assert ran.code == 1
    assert [one["passed"] for one in ran.json["cases"]] == [True]
    files = {one["range"]["filename"] for one in ran.json["diagnostics"]}
    assert files == {f"tests/{name}.test.yaml" for name in "abcde"}


def test_a_broken_workspace_has_no_tests(workspace: Path, invoke: Invoke) -> None:
    """Tests of programs that cannot be read would say nothing; the files are reported instead."""
    path = workspace / "programs" / "fresh_eyes.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("mentors: reverse-career", "mentors: career"), "utf-8")

    ran = invoke("test")

    assert ran.code == 1
    assert ran.out == ""
    assert "MC8" not in ran.err


def test_templates_are_checked_with_the_workspace(workspace: Path, invoke: Invoke) -> None:
    """`validate` names a template that is not there, and one that asks for what its message does not know."""
    talking(workspace)
    assert invoke("validate").code == 0

    (workspace / "messages" / "hello.md.j2").write_text("{{ module }}\n", encoding="utf-8")
    said = invoke("validate").said
    assert "error[MC2081]" in said
    assert "there is no `module` in this message" in said

    (workspace / "messages" / "hello.md.j2").rename(workspace / "messages" / "helo.md.j2")
    codes = [one["code"] for one in json.loads(invoke("validate", "--format", "json").out)["diagnostics"]]
    assert codes.count("MC2085") == 3

    (workspace / "messages" / "big.md.j2").write_text("a" * 70_000, encoding="utf-8")
    assert "at most 65536 are read" in invoke("validate").said
