"""The commands of a program that runs: what people say happened, what time brings, what the log says of it."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from unit.plan.small import MENTEES, MENTORS, PROGRAM, WORKSPACE, changed

from .terminal import Invoke, Ran, example, run_here, surroundings

QUESTIONS = """\
  pulse: {at: [{after: match.accepted, by: 7d}], asks: [satisfaction, how, open, private],
          alert: [{when: satisfaction <= 2, tell: owner}]}
questions:
  satisfaction: {ask: "How satisfied are you?", type: rating, scale: [1, 5], required: true}
  how: {ask: "How do you meet?", type: choice, options: [online, on site]}
  open: {ask: "Is there anything open?", type: yes_no}
  private: {ask: "What else?", type: text, private: true}
messages:
  hello: {on: match.accepted, to: [mentor, mentee], template: hello}
"""
WRITTEN = changed(PROGRAM, ("  pulse: {at: [{after: match.accepted, by: 7d}], asks: [satisfaction]}\n", QUESTIONS))
DAY = "2027-01-27"


@pytest.fixture(scope="session")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose matches are proposed."""
    folder = tmp_path_factory.mktemp("running") / "workspace"
    (folder / "programs").mkdir(parents=True)
    (folder / "messages").mkdir()
    (folder / "mentorctl.yaml").write_text(WORKSPACE, encoding="utf-8")
    (folder / "programs" / "grow.yaml").write_text(WRITTEN, encoding="utf-8")
    (folder / "messages" / "hello.md.j2").write_text("Dear {{ mentor }}.\n", encoding="utf-8")
    (folder / "mentors.csv").write_text(MENTORS, encoding="utf-8")
    (folder / "mentees.csv").write_text(MENTEES + "e4,Sales,junior,,,writing,\n", encoding="utf-8")
    ran = run_here("apply", "--as-of", DAY, "--yes", folder=folder)
    assert ran.code == 0, ran.err
    return folder


@pytest.fixture
def workspace(_running: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copytree(_running, tmp_path / "workspace"))


@pytest.fixture
def invoke(workspace: Path) -> Invoke:
    """Runs a command there."""

    def run(*words: str | Path, folder: Path | None = None, env: dict[str, str] | None = None) -> Ran:
        return run_here(*words, folder=folder or workspace, env=env)

    return run


def match_of(invoke: Invoke, who: str) -> tuple[str, str]:
    """The address and the state of somebody's match."""
    records = invoke("show", "person", who, "--format", "json").json["records"]
    (match,) = (record for record in records if record["kind"] == "match")
    return match["address"], match["state"]


def both(invoke: Invoke, one: str = "e1", *more: str) -> str:
    """Everybody in somebody's match says yes."""
    address, _ = match_of(invoke, one)
    assert invoke("accept", address, *more).code == 0
    return address


# -- one thing at a time -----------------------------------------------------------------------------------------------


def test_a_match_takes_two_yes(invoke: Invoke) -> None:
    """The first answer is noted and says who is missing; with the second the match is accepted."""
    first = invoke("accept", "e1")
    assert (first.code, "1 of 2 have not answered" in first.out) == (0, True)
    assert match_of(invoke, "e1")[1] == "proposed"

    second = invoke("accept", "r1")
    assert (second.code, "proposed → accepted" in second.out) == (0, True)
    assert match_of(invoke, "e1")[1] == "accepted"


def test_a_plan_from_before_is_stale_and_says_why(invoke: Invoke, workspace: Path) -> None:
    """The message says that something was recorded and how far time came since, and who was the last."""
    (workspace / "mentees.csv").write_text(MENTEES + "e4,Sales,junior,,,writing,\ne5,Sales,junior,,,writing,\n")
    assert invoke("plan", "--as-of", DAY, "--out", "before.json").code == 0
    assert invoke("accept", "e1").code == 0
    ran = invoke("apply", "before.json")
    assert ran.code == 4
    assert "made at serial 1" in ran.said
    assert "what people did was recorded, 1 line of the log" in ran.said

    assert invoke("advance", "--to", "2027-02-20").code == 0
    ran = invoke("apply", "before.json")
    assert ran.code == 4
    assert "serial 3" in ran.said
    assert "time" in ran.said


def test_telling_it_again_is_no_error(invoke: Invoke) -> None:
    """The same answer again gives the first receipt, and the state stays at its serial."""
    invoke("accept", "e1")
    again = invoke("accept", "e1", "--format", "json")

    assert again.code == 0
    assert [receipt["outcome"] for receipt in again.json["receipts"]] == ["already"]
    assert again.json["serial"] == 2


def test_a_no_frees_both(invoke: Invoke) -> None:
    """Declining ends the match, calls its meetings off and makes both ready for another one."""
    assert invoke("decline", "e4").code == 0

    shown = invoke("show", "person", "e4", "--format", "json").json["records"]
    states = {record["kind"]: record["state"] for record in shown}
    assert (states["match"], states["enrollment"], states["meeting"]) == ("declined", "ready", "cancelled")


def test_who_leaves_is_not_enrolled_again(invoke: Invoke) -> None:
    """Leaving outlasts the roster, until somebody enrolls them again."""
    assert invoke("withdraw", "e1").code == 0
    assert invoke("apply", "--as-of", "2027-01-28", "--yes").code == 0
    assert "withdrawn" in invoke("show", "person", "e1").out

    back = invoke("enroll", "e1", "--role", "mentee")
    assert (back.code, "withdrawn → applied" in back.out) == (0, True)
    assert invoke("apply", "--as-of", "2027-01-29", "--yes").code == 0
    assert "withdrawn" not in invoke("show", "person", "e1").out.split("Training")[0]


def test_trainings_are_done(invoke: Invoke) -> None:
    """A module that was recorded as done counts for the next plan."""
    assert "assigned → completed" in invoke("complete", "e2", "basics").out
    assert invoke("apply", "--as-of", "2027-01-28", "--yes").code == 0
    shown = invoke("show", "person", "e2", "--format", "json").json["records"]
    assert [record["state"] for record in shown if record["kind"] == "training"] == ["completed"]


def test_meetings_are_logged(invoke: Invoke) -> None:
    """The first meeting begins the match; the same meeting again is known; a missed one is counted."""
    both(invoke)
    assert invoke("advance", "--to", "2027-02-20").code == 0
    assert "held" in invoke("log-session", "e1", "--at", "2027-02-05T10:00", "--minutes", "45").out
    assert match_of(invoke, "e1")[1] == "active"
    again = invoke("log-session", "e1", "--at", "2027-02-05T10:00", "--minutes", "45", "--format", "json")
    assert [receipt["outcome"] for receipt in again.json["receipts"]] == ["already"]
    assert "missed" in invoke("log-session", "e1", "--at", "2027-02-19", "--missed").out

    lines = invoke("history", match_of(invoke, "e1")[0], "--format", "json").json["lines"]
    learned = {name: value for line in lines for name, value in line["learned"].items()}
    assert (learned["sessions_held"], learned["last_meeting"]) == (1, "2027-02-05")
    assert learned["sessions_missed"] >= 1


def test_answers_are_kept_and_alarm(invoke: Invoke, workspace: Path) -> None:
    """An answer within its question is recorded, a low one tells the owner, a private one stays out of the log."""
    both(invoke)
    invoke("advance", "--to", "2027-02-05")
    answered = invoke("answer", "e1", "pulse", "satisfaction=2", "how=Online", "open=yes", "private=we do not get on")

    assert (answered.code, "told owner" in answered.out) == (0, True)
    database = sqlite3.connect(workspace / "state.db")
    log = "".join(str(row) for row in database.execute("SELECT * FROM events"))
    kept = "".join(str(row) for row in database.execute("SELECT facts FROM instances"))
    database.close()
    assert "we do not get on" not in log
    assert "we do not get on" in kept
    assert invoke("replay", "--verify").code == 0


def test_any_event_with_facts(invoke: Invoke) -> None:
    """An event of a lifecycle by its own word, at a thing or at a person's."""
    address = both(invoke)
    assert "accepted → active" in invoke("event", "e1", "start").out
    assert "active → paused" in invoke("event", address, "pause").out
    assert "paused → active" in invoke("event", address.rpartition("/")[2], "resume").out


# -- many at once ------------------------------------------------------------------------------------------------------


def test_a_file_is_recorded_in_one_commit(invoke: Invoke, workspace: Path) -> None:
    """Good rows are recorded together; the others are named by file, line and column, and the exit code says no."""
    rows = "who,at\ne1,\nr1,\nnobody,\ne2,2027-13-01\ne2,\n"
    (workspace / "yes.csv").write_text(rows, encoding="utf-8")
    ran = invoke("accept", "--from", "yes.csv", "--format", "json")

    assert (ran.code, ran.json["serial"]) == (1, 2)
    assert [receipt["outcome"] for receipt in ran.json["receipts"]] == ["recorded"] * 3
    where = [
        (found["code"], found["range"]["start"]["line"], found["range"]["start"]["column"])
        for found in ran.json["diagnostics"]
    ]
    assert where == [("MC4501", 4, 1), ("MC4513", 5, 4)]


def test_strict_is_all_or_nothing(invoke: Invoke, workspace: Path) -> None:
    """With --strict one bad row keeps all others out, whether it cannot be read or cannot have happened."""
    for last in ("nobody", "e1"):
        (workspace / "no.csv").write_text(f"who\nr2\ne1\n{last}\n", encoding="utf-8")
        ran = invoke("decline", "--from", "no.csv", "--strict")
        assert ran.code == (1 if last == "nobody" else 0)
        if last == "nobody":
            assert "nothing was recorded" in ran.said
            assert match_of(invoke, "e1")[1] == "proposed"


def test_thousands_of_rows(invoke: Invoke, workspace: Path) -> None:
    """Thousands of rows are one commit and one summary; the same file again changes nothing."""
    both(invoke)
    invoke("event", "e1", "start")
    rows = "".join(f"e1,2027-01-27T{n // 60 % 24:02}:{n % 60:02},no,{n}\n" for n in range(720))
    (workspace / "meetings.csv").write_text("who,at,held,key\n" + rows, encoding="utf-8")
    ran = invoke("log-session", "--from", "meetings.csv")
    again = invoke("log-session", "--from", "meetings.csv")

    assert (ran.code, "720 recorded" in ran.out) == (0, True), ran.said
    assert (again.code, "720 known already" in again.out) == (0, True)


# -- wrong input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (("accept", "nobody"), "MC4501", 1),
        (("accept", "grow/winter/match/m0"), "MC4501", 1),
        (("accept", "e1", "--at", "2031-01-01"), "MC4504", 1),
        (("accept",), "MC9001", 64),
        (("decline", "e4", "--match", "m0"), "MC4501", 1),
        (("decline", "e1", "--at", "yesterday"), "MC4513", 1),
        (("decline", "--from", "missing.csv"), "MC3001", 1),
        (("withdraw", "nobody"), "MC4501", 1),
        (("withdraw", "e1", "--program", "gorw"), "MC4501", 1),
        (("withdraw", "e1", "--at", "2026-01-01"), "MC4505", 1),
        (("enroll", "stranger", "--role", "mentee"), "MC4514", 1),
        (("enroll", "e1"), "MC4516", 1),
        (("enroll", "e1", "--role", "mentee"), "MC4503", 1),
        (("enroll", "e1", "--role", "mentee", "--cohort", "summer"), "MC4501", 1),
        (("complete", "e1", "basic"), "MC4501", 1),
        (("complete", "e1"), "MC4503", 1),
        (("complete", "nobody", "basics"), "MC4501", 1),
        (("log-session", "e1", "--minutes", "-3"), "MC4513", 1),
        (("log-session", "e4"), "MC4503", 1),
        (("log-session", "e1", "--at", "2028-01-01T10:00Z"), "MC4504", 1),
        (("answer", "e1", "pulse", "satisfaction=3"), "MC4501", 1),
        (("answer", "e1", "puls"), "MC4501", 1),
        (("answer", "e1", "pulse", "satisfaction"), "MC9001", 64),
        (("event", "e1", "fly"), "MC4509", 1),
        (("event", "e1", "resume"), "MC4503", 1),
        (("event", "e1", "note", "--fact", "weight=3"), "MC4512", 1),
        (("event", "e1", "note", "--fact", "sessions_held=many"), "MC4512", 1),
        (("event", "grow//match", "end"), "MC4501", 1),
        (("history", "nobody"), "MC4501", 1),
        (("history", "grow/winter/match/m0"), "MC4501", 1),
        (("history", "grow/winter/match"), "MC4501", 1),
        (("advance", "--to", "2027-02-30"), "MC9001", 64),
        (("advance", "--to", "tomorrow"), "MC9001", 64),
        (("advance", "--to", "2027-02-03T25:00"), "MC9001", 64),
        (("run", "--every", "5m"), "MC9001", 64),
        (("run", "--every", "1mo"), "MC9001", 64),
        (("run", "--every", "soon"), "MC9001", 64),
        (("incidents", "retry"), "MC9001", 64),
        (("incidents", "retry", "grow/winter/match/m0"), "MC4501", 1),
        (("incidents", "retry", "m0/"), "MC4501", 1),
    ],
)
def test_wrong_words(words: tuple[str, ...], code: str, exit_code: int, invoke: Invoke) -> None:
    """What cannot be meant, or cannot have happened, is a finding with its code, and changes nothing."""
    before = invoke("show", "--format", "json").out
    ran = invoke(*words, "--format", "json")

    assert (ran.code, ran.codes) == (exit_code, [code]), ran.out
    assert invoke("show", "--format", "json").out == before


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("satisfaction=6", "a whole number from 1 to 5"),
        ("satisfaction=2.5", "a whole number from 1 to 5"),
        ("how=by mail", "`online` or `on site`"),
        ("open=perhaps", "yes or no"),
        ("mood=fine", "asks no question `mood`"),
    ],
)
def test_answers_fit_their_questions(answer: str, said: str, invoke: Invoke) -> None:
    """An answer that its question does not take is refused, and says what would fit."""
    both(invoke)
    invoke("advance", "--to", "2027-02-05")
    words = [answer] if answer.startswith("satisfaction") else ["satisfaction=3", answer]
    ran = invoke("answer", "e1", "pulse", *words)

    assert (ran.code, "MC4511" in ran.err, said in ran.said) == (1, True, True), ran.err


def test_a_private_answer_is_not_shown(invoke: Invoke) -> None:
    """What is wrong with a private answer is said without repeating it."""
    both(invoke)
    invoke("advance", "--to", "2027-02-05")
    ran = invoke("answer", "e1", "pulse", "satisfaction=3", f"private={'secret ' * 2000}")

    assert ran.code == 1
    assert "secret" not in ran.err + ran.out


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "MC3001"),
        ("person\ne1\n", "MC4513"),
        ("who,who\ne1,e2\n", "MC4513"),
        ("who,mood\ne1,fine\n", "MC4513"),
        ("who\ne1,e2\n", "MC4513"),
        ('who\n"e1\n', "MC3001"),
        ("who,at\n,2027-01-27\n", "MC4513"),
    ],
)
def test_files_that_cannot_be_read(text: str, code: str, invoke: Invoke, workspace: Path) -> None:
    """A file with other columns, ragged rows or open quotes is refused where it is wrong."""
    (workspace / "rows.csv").write_text(text, encoding="utf-8")
    ran = invoke("accept", "--from", "rows.csv", "--format", "json")

    assert ran.code == 1
    assert set(ran.codes) == {code}


def test_nothing_happens_before_the_first_apply(workspace: Path, invoke: Invoke) -> None:
    """In a store that was never written nobody can do anything and no time passes."""
    (workspace / "state.db").unlink()
    for words in (("accept", "e1"), ("advance",), ("advance", "--dry-run"), ("run", "--once")):
        ran = invoke(*words, "--format", "json")
        assert (ran.code, ran.codes) == (1, ["MC7012"])


# -- time --------------------------------------------------------------------------------------------------------------


def test_time_expires_what_nobody_answered(invoke: Invoke) -> None:
    """A proposal runs out; what followed is counted, and the same advance again has nothing to do."""
    ran = invoke("advance", "--to", "2027-02-28")
    again = invoke("advance", "--to", "2027-02-28")

    assert "proposed → expired" in ran.out
    assert "Nothing was due" in again.out
    assert match_of(invoke, "e1")[1] == "expired"


def test_a_dry_run_shows_what_is_due(invoke: Invoke) -> None:
    """It names timers with their instants and changes nothing."""
    before = invoke("show", "--format", "json").out
    ran = invoke("advance", "--to", "2027-02-28", "--dry-run")

    assert (ran.code, "proposed_deadline" in ran.out) == (0, True)
    assert invoke("show", "--format", "json").out == before


def test_looking_makes_no_plan_stale(invoke: Invoke) -> None:
    """`run --once` with nothing due leaves the serial alone."""
    ran = invoke("run", "--once", "--format", "json")

    assert (ran.code, ran.json["serial"], ran.json["fired"]) == (0, 1, 0)


def test_run_ends_when_it_is_asked_to(workspace: Path) -> None:
    """SIGTERM ends the loop with exit code 0."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mentorctl", "run", "--every", "1h"],
        cwd=workspace,
        env=surroundings(dict(os.environ)),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        assert "looking every 1h" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, "stopped" in said) == (0, True)


# -- the log -----------------------------------------------------------------------------------------------------------


def test_a_history_is_for_people(invoke: Invoke) -> None:
    """Days, steps and who said it, with colors where they are asked for, and names only on request."""
    both(invoke)
    plain = invoke("history", "e1").out
    colored = invoke("history", "e1", "--color", "always").out

    assert "Wed 2027-01-27" in plain
    assert "proposed → accepted" in plain
    assert "\x1b[" in colored
    assert "\x1b[" not in plain


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE instances SET entry = entry + 1 WHERE id = (SELECT max(id) FROM instances)", "entries"),
        ("UPDATE instances SET facts = '{\"x\":1}' WHERE id = (SELECT max(id) FROM instances)", "the log knows"),
        ("UPDATE events SET state_after = 'ended' WHERE event = 'accept' AND state_after = 'accepted'", "accept"),
        ("UPDATE events SET learned = '{}' WHERE event = 'accept'", "accept"),
        ("DELETE FROM events WHERE event = 'accept'", "log left it"),
    ],
)
def test_replay_finds_what_was_altered(statement: str, said: str, invoke: Invoke, workspace: Path) -> None:
    """A row of the state or of the log that somebody altered by hand is found, and its first difference named."""
    both(invoke)
    assert invoke("replay", "--verify").code == 0
    database = sqlite3.connect(workspace / "state.db")
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    database.execute(statement)
    database.commit()
    database.close()
    ran = invoke("replay", "--verify", "--format", "json")

    assert ran.code == 1
    assert ran.codes == ["MC4515"] * len(ran.codes)
    assert said in ran.json["diagnostics"][0]["detail"]


def test_an_incident_waits_for_a_person(invoke: Invoke, workspace: Path) -> None:
    """A definition that is damaged parks what needs it; the rest goes on, and goes on itself when it was repaired."""
    database = sqlite3.connect(workspace / "state.db")
    ((digest, body),) = database.execute("SELECT digest, body FROM definitions").fetchall()
    database.execute("UPDATE definitions SET body = '{}'")
    database.commit()
    advanced = invoke("advance", "--to", "2027-02-28")
    assert (advanced.code, "incidents" in advanced.out) == (1, True)
    listed = invoke("incidents")
    assert "MC4506" in listed.out
    assert invoke("accept", "e1").code == 1

    database.execute("UPDATE definitions SET body = ? WHERE digest = ?", (body, digest))
    database.commit()
    database.close()
    assert "go on" in invoke("incidents", "retry", "--all").out
    assert "proposed → expired" in invoke("advance", "--to", "2027-02-28").out
    assert invoke("incidents").out == "Nothing waits for a person.\n"
    assert invoke("replay", "--verify").code == 0


def test_an_advance_into_the_past_says_so(tmp_path: Path, invoke: Invoke) -> None:
    """A day that is over is no day until which nothing was due: the answer says how far time has come."""
    folder = example("grow", tmp_path / "grow")
    assert invoke("apply", "--as-of", "2027-03-03", "--yes", folder=folder).code == 0
    assert invoke("advance", "--to", "2027-03-12", folder=folder).code == 0
    ran = invoke("advance", "--to", "2027-03-05", folder=folder)
    assert ran.code == 0
    assert "is past: time has come to Fri 2027-03-12" in ran.out
