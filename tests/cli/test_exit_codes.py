"""Exit codes: what a script can tell without reading a word."""

import fcntl
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cli.terminal import DAYS, Invoke, example, surroundings

from mentorctl.cli.exits import Exit, exit_code
from mentorctl.cli.main import cli
from mentorctl.diagnostics import finding

DAY = DAYS["reverse"]
HOLDER = """
import sys
from pathlib import Path
from mentorctl.store.lock import held, this_process
with held(Path(sys.argv[1]), this_process(actor="berta", command="apply", since="today"), timeout=1):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def lock(planned: Path) -> Iterator[Path]:
    """The lock of the store, held by another process."""
    path = planned / "state.db.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, path], env=surroundings(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield path
        holder.communicate()


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((), 0),
        (("MC5002",), 0),
        (("MC1101",), 1),
        (("MC7001",), 4),
        (("MC7003",), 5),
        (("MC5001",), 6),
        (("MC7007",), 7),
        (("MC7001", "MC1101"), 1),
        (("MC5001", "MC5002"), 6),
        (("MC9001",), 64),
        (("MC9004",), 70),
        (("MC9003",), 130),
    ],
)
def test_findings_lead_to_exit_codes(codes: tuple[str, ...], expected: int) -> None:
    """Warnings lead to 0, a plain error beats a special one."""
    assert exit_code(finding(code, "a detail") for code in codes) == expected


def test_nothing_to_say_is_0_and_a_finding_is_1(invoke: Invoke, workspace: Path) -> None:
    """0 says yes, 1 says no; warnings say no only when that is asked for."""
    assert invoke("validate", folder=workspace).code == Exit.OK
    path = workspace / "programs" / "fresh_eyes.yaml"
    text = path.read_text(encoding="utf-8")

    path.write_text(text.replace("sponsor:", "x-sponsor:"), encoding="utf-8")
    assert invoke("validate", folder=workspace).code == Exit.OK
    assert invoke("validate", "--strict", folder=workspace).code == Exit.NO

    path.write_text(text.replace("sponsor:", "sponsors:"), encoding="utf-8")
    assert invoke("validate", folder=workspace).code == Exit.NO


def test_changes_are_2_when_asked_for(invoke: Invoke, planned: Path) -> None:
    """--detailed-exitcode tells changes from none; errors keep their own code."""
    assert invoke("plan", "--as-of", DAY, "--detailed-exitcode", folder=planned).code == Exit.CHANGES
    assert invoke("apply", "plan.json", folder=planned).code == Exit.OK
    assert invoke("plan", "--as-of", DAY, "--detailed-exitcode", folder=planned).code == Exit.OK
    assert invoke("plan", "--as-of", "soon", "--detailed-exitcode", folder=planned).code == Exit.USAGE


def test_apply_without_a_terminal_is_3(invoke: Invoke, workspace: Path) -> None:
    """Where nobody can be asked nothing is done, and both ways on are named."""
    ran = invoke("apply", "--as-of", DAY, folder=workspace)

    assert ran.code == Exit.DECIDE
    assert "--out" in ran.err
    assert "--yes" in ran.err
    assert not (workspace / "state.db").exists()


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: _edit(folder / "programs" / "fresh_eyes.yaml", "points_each: 4", "points_each: 5"),
        lambda folder: _edit(folder / "roster" / "people.csv", "n03,", "n99,"),
    ],
    ids=["program", "roster"],
)
def test_a_plan_of_other_inputs_is_4(change: Callable[[Path], None], invoke: Invoke, planned: Path) -> None:
    """A plan from before a program file or the roster changed is refused, and nothing is written."""
    change(planned)

    ran = invoke("apply", "plan.json", folder=planned)

    assert ran.code == Exit.STALE
    assert ran.err.startswith("error[MC7001]: the plan is stale")
    assert "plan again" in ran.err
    assert not (planned / "state.db").exists()


def test_a_comment_does_not_make_a_plan_stale(invoke: Invoke, planned: Path) -> None:
    """What a reader of the file would not call a change is none."""
    _edit(planned / "programs" / "fresh_eyes.yaml", "owner: inclusion_office", "owner:   inclusion_office   # who else")

    assert invoke("apply", "plan.json", folder=planned).code == Exit.OK


def test_a_locked_store_is_5(invoke: Invoke, planned: Path, lock: Path) -> None:
    """Whoever waits too long is told who writes, and that nothing was changed."""
    assert lock.exists()

    ran = invoke("apply", "plan.json", "--lock-timeout", "1", folder=planned)

    assert ran.code == Exit.LOCKED
    assert "`apply` of `berta`" in ran.err
    assert "Nothing was changed" in ran.said
    assert "--lock-timeout" in ran.err
    assert not (planned / "state.db").exists()


def test_a_lock_that_is_given_back_in_time_is_waited_for(invoke: Invoke, planned: Path) -> None:
    """A lock file that nobody holds any more stops nobody, whatever it says."""
    (planned / "state.db.lock").write_text("{}", encoding="utf-8")
    with (planned / "state.db.lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)

    assert invoke("apply", "plan.json", "--lock-timeout", "0", folder=planned).code == Exit.OK


def test_people_who_may_not_stay_unmatched_are_6(invoke: Invoke, tmp_path: Path) -> None:
    """With `unmatched: refuse` there is no plan, and the rule that leaves people without candidates is named."""
    folder = example("civil-service", tmp_path / "civil")
    _edit(folder / "programs" / "civil_service.yaml", "  objective:", "  unmatched: refuse\n  objective:")

    ran = invoke("plan", "--as-of", DAYS["civil-service"], "--out", "plan.json", folder=folder)

    assert ran.code == Exit.INFEASIBLE
    assert "error[MC5001]" in ran.err
    assert "level_gap" in ran.err
    assert ran.out == ""
    assert not (folder / "plan.json").exists()


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("validat",), "did you mean `validate`"),
        (("show", "--name"), "--names"),
        (("plan", "--time-limit", "soon"), "soon"),
        (("apply", "a.json", "b.json"), "b.json"),
        (("plan", "--as-of", "2027-02-30"), "2027-02-30"),
    ],
)
def test_wrong_usage_is_64(words: tuple[str, ...], hint: str, invoke: Invoke, workspace: Path) -> None:
    """2 would mean that there are changes, so a slip of the hand is 64, with the word that was meant."""
    ran = invoke(*words, folder=workspace)

    assert ran.code == Exit.USAGE
    assert ran.out == ""
    assert hint in ran.err


def test_a_bug_is_70(invoke: Invoke, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug is one message without a traceback; the report holds where it was and nothing about people."""
    person = "Uma Rossi"

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(person)

    monkeypatch.setattr("mentorctl.cli.workspace.load", broken)
    monkeypatch.setattr(tempfile, "tempdir", str(workspace))

    ran = invoke("-C", workspace, "validate", folder=workspace.parent)

    assert ran.code == Exit.BUG
    assert ran.out == ""
    assert ran.err.startswith("error[MC9004]: this is a bug in mentorctl")
    (report,) = workspace.glob("mentorctl-crash-*.txt")
    text = report.read_text(encoding="utf-8")
    for words in (ran.err, text):
        assert person not in words
        assert str(Path.home()) not in words
        assert "RuntimeError" in words
    assert "Traceback" not in ran.err
    assert str(workspace) not in text
    assert "command: validate" in text


def test_a_bug_in_json_is_one_document(invoke: Invoke, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that asked for JSON can read that it met a bug."""
    monkeypatch.setattr(cli, "invoke", lambda _: 1 // 0)
    monkeypatch.setattr(tempfile, "tempdir", str(workspace))

    ran = invoke("--format", "json", "validate", folder=workspace)

    assert ran.code == Exit.BUG
    assert ran.codes == ["MC9004"]


@pytest.mark.parametrize(
    ("path", "named", "reason"),
    [
        ("a_file", "a_file", "choose another path"),
        ("a_file/compiled", "a_file/compiled", "is a file"),
        ("folder", "folder/fresh_eyes.json", "path of a file"),
    ],
)
def test_a_world_that_does_not_cooperate_is_no_bug(
    path: str, named: str, reason: str, invoke: Invoke, workspace: Path
) -> None:
    """A path that cannot be written is said plainly, with what to do."""
    (workspace / "a_file").touch()
    (workspace / "folder" / "fresh_eyes.json").mkdir(parents=True)

    ran = invoke("compile", "--out", path, folder=workspace)

    assert ran.code == Exit.NO
    assert f"`{named}`" in ran.err
    assert reason in ran.err


def test_interruption_is_130(invoke: Invoke, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is one message, in JSON too."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mentorctl.cli.workspace.load", interrupted)

    assert invoke("validate", folder=workspace).code == Exit.INTERRUPTED
    assert invoke("validate", "--format", "json", folder=workspace).codes == ["MC9003"]
