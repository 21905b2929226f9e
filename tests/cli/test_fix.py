"""`mentorctl validate --fix` and `--diff`: slips are corrected in the files, and nothing else is touched."""

from pathlib import Path

import pytest
from cli.terminal import Invoke, contents

PROGRAM = "programs/fresh_eyes.yaml"


def _with_slips(workspace: Path) -> str:
    """The program of the example with three slips; the text as it was."""
    path = workspace / PROGRAM
    right = path.read_text(encoding="utf-8")
    wrong = right.replace("\ntimeline:", "\ntimelin:   # when").replace("\nid: fresh_eyes", "\nid: Fresh_Eyes")
    assert wrong != right
    path.write_text(wrong, encoding="utf-8")
    return right


def test_slips_are_corrected_in_the_file(invoke: Invoke, workspace: Path) -> None:
    """A misspelled key and a capital are put right, the rest of the file stays, and the check is of the new text."""
    right = _with_slips(workspace)

    ran = invoke("validate", "--fix")

    assert ran.code == 0
    assert (workspace / PROGRAM).read_text(encoding="utf-8") == right.replace("\ntimeline:", "\ntimeline:   # when")
    assert f"~ {PROGRAM}" in ran.out
    assert "write `timeline` instead of `timelin`" in ran.out
    assert "write `fresh_eyes` instead of `Fresh_Eyes`" in ran.out
    assert "1 program" in ran.out
    assert invoke("validate").code == 0


def test_a_diff_writes_nothing(invoke: Invoke, workspace: Path) -> None:
    """With --diff the changes are shown, the files stay, and the findings are those of the files as they are."""
    _with_slips(workspace)
    before = contents(workspace)

    ran = invoke("validate", "--fix", "--diff")

    assert ran.code == 1
    assert "-timelin:   # when" in ran.out
    assert "+timeline:   # when" in ran.out
    assert "MC1101" in ran.err
    assert contents(workspace) == before
    assert invoke("validate", "--diff").out == ran.out


def test_a_workspace_without_slips_is_not_written(invoke: Invoke, workspace: Path) -> None:
    """Nothing to correct, nothing to write, not even the time of the files changes."""
    times = {path: path.stat().st_mtime_ns for path in workspace.rglob("*")}

    assert invoke("validate", "--fix").code == 0

    assert {path: path.stat().st_mtime_ns for path in workspace.rglob("*")} == times


def test_texts_of_messages_and_policies_are_no_programs(invoke: Invoke, workspace: Path) -> None:
    """What lies beside the programs is checked for what it is, after a fix as before it."""
    (workspace / "messages").mkdir(exist_ok=True)
    (workspace / "messages" / "hello.md.j2").write_text("Hello {{ nobody_knows }}", encoding="utf-8")
    (workspace / "policies").mkdir(exist_ok=True)
    (workspace / "policies" / "odd.yaml").write_text("mentorctl: policies/v1\npolicies: []\n", encoding="utf-8")
    before = invoke("validate").err
    _with_slips(workspace)

    ran = invoke("validate", "--fix")

    assert ran.err == before
    assert f"~ {PROGRAM}" in ran.out


def test_what_is_left_is_reported(invoke: Invoke, workspace: Path) -> None:
    """What has more than one correction stays in the file and among the findings."""
    path = workspace / PROGRAM
    _with_slips(workspace)
    path.write_text(path.read_text(encoding="utf-8").replace("takes: 30min", "takes: 30m", 1), encoding="utf-8")

    ran = invoke("validate", "--fix")

    assert ran.code == 1
    assert "MC1105" in ran.err
    assert "MC1101" not in ran.err
    assert "takes: 30m" in path.read_text(encoding="utf-8")


def test_the_result_for_machines_lists_the_fixes(invoke: Invoke, workspace: Path) -> None:
    """In JSON every fix has its file, its line and its title, and whether it was written."""
    _with_slips(workspace)

    shown = invoke("validate", "--diff", "--format", "json").json
    done = invoke("validate", "--fix", "--format", "json").json

    assert (shown["valid"], shown["written"], len(shown["fixed"])) == (False, False, 2)
    assert (done["valid"], done["written"], done["fixed"]) == (True, True, shown["fixed"])
    assert {(one["file"], one["line"]) for one in done["fixed"]} == {(PROGRAM, 3), (PROGRAM, _line(workspace))}


def _line(workspace: Path) -> int:
    lines = (workspace / PROGRAM).read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.startswith("timeline:"))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_bytes_outside_the_slip_stay(mark: bytes, invoke: Invoke, workspace: Path) -> None:
    """Windows line ends, a byte order mark and rights survive a correction."""
    _with_slips(workspace)
    path = workspace / PROGRAM
    wrong = mark + path.read_bytes().replace(b"\n", b"\r\n")
    path.write_bytes(wrong)
    path.chmod(0o600)

    invoke("validate", "--fix")

    wanted = wrong.replace(b"timelin:", b"timeline:").replace(b"Fresh_Eyes", b"fresh_eyes")
    assert path.read_bytes() == wanted
    assert path.stat().st_mode & 0o777 == 0o600
