"""`mentorctl fmt`: the layout of the files, and nothing else about them."""

import io
import sys
from pathlib import Path

import pytest
from cli.terminal import Invoke, contents

from mentorctl.cli.main import main

PROGRAM = "programs/fresh_eyes.yaml"


@pytest.fixture
def untidy(workspace: Path) -> Path:
    """A workspace whose program has trailing blanks, deep indentation and blank lines."""
    path = workspace / PROGRAM
    text = path.read_text(encoding="utf-8").replace("\ntimeline:\n", "\n\n\ntimeline:   \n")
    path.write_text(text, encoding="utf-8")
    return workspace


@pytest.mark.usefixtures("untidy")
def test_files_are_laid_out(invoke: Invoke) -> None:
    """The files that changed are named, and a second run finds nothing to do."""
    ran = invoke("fmt")

    assert (ran.code, ran.out, ran.err) == (0, f"~ {PROGRAM}\n", "")
    again = invoke("fmt")
    assert (again.code, again.out) == (0, "")
    assert invoke("validate").code == 0


def test_check_and_diff_write_nothing(invoke: Invoke, untidy: Path) -> None:
    """--check says by its exit code what --diff shows; neither writes."""
    before = contents(untidy)

    checked, shown = invoke("fmt", "--check"), invoke("fmt", "--diff")
    both = invoke("fmt", "--check", "--diff")

    assert (checked.code, checked.out) == (1, f"~ {PROGRAM}\n")
    assert (shown.code, both.code) == (0, 1)
    assert "-timeline:   \n+timeline:\n" in shown.out
    assert both.out == shown.out
    assert contents(untidy) == before
    assert invoke("fmt").code == 0
    assert invoke("fmt", "--check").code == 0


def test_paths_choose_files(invoke: Invoke, untidy: Path) -> None:
    """Files and folders by name; YAML of other programs in a folder is not ours to change."""
    other = untidy / "programs" / "deep" / "other.yaml"
    other.parent.mkdir()
    other.write_text("key:\n      value: 1\n", encoding="utf-8")

    assert invoke("fmt", "--check", "mentorctl.yaml").code == 0
    assert invoke("fmt", "--check", PROGRAM).code == 1
    assert invoke("fmt", "programs").out == f"~ {PROGRAM}\n"
    assert other.read_text(encoding="utf-8") == "key:\n      value: 1\n"
    assert invoke("fmt", "programs/deep/other.yaml").out == "~ programs/deep/other.yaml\n"
    assert other.read_text(encoding="utf-8") == "key:\n  value: 1\n"


@pytest.mark.usefixtures("workspace")
def test_a_path_that_is_not_there_is_said(invoke: Invoke) -> None:
    """A wrong path is wrong usage, and nothing is written."""
    ran = invoke("fmt", "programs/grwo.yaml")

    assert ran.code == 64
    assert "`programs/grwo.yaml`" in ran.err


def test_outside_a_workspace_paths_are_needed(invoke: Invoke, tmp_path: Path) -> None:
    """Without a workspace and without paths there is nothing to lay out."""
    assert invoke("fmt", folder=tmp_path).code == 1


def test_a_file_with_errors_is_reported_and_left(invoke: Invoke, untidy: Path) -> None:
    """What cannot be read stays as it is; the other files are laid out."""
    broken = untidy / "programs" / "broken.yaml"
    broken.write_text("a: [1\n   b: 2\n", encoding="utf-8")

    ran = invoke("fmt")

    assert ran.code == 1
    assert "MC1001" in ran.err
    assert f"~ {PROGRAM}" in ran.out
    assert broken.read_text(encoding="utf-8") == "a: [1\n   b: 2\n"


def test_a_link_is_not_written_through(invoke: Invoke, workspace: Path, tmp_path: Path) -> None:
    """A link in the place of a file is refused."""
    target = tmp_path / "target.yaml"
    target.write_text("a:\n      b: 1\n", encoding="utf-8")
    (workspace / "programs" / "link.yaml").symlink_to(target)

    ran = invoke("fmt")

    assert ran.code == 1
    assert target.read_text(encoding="utf-8") == "a:\n      b: 1\n"


@pytest.mark.usefixtures("untidy")
def test_the_result_for_machines(invoke: Invoke) -> None:
    """In JSON the changed files are listed, and whether they were written."""
    shown = invoke("fmt", "--check", "--format", "json")

    assert shown.code == 1
    assert (shown.json["changed"], shown.json["written"]) == ([PROGRAM], False)
    assert invoke("fmt", "--format", "json").json["written"] is True


def test_standard_input_goes_to_standard_output(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Editors hand over what is not saved yet."""
    monkeypatch.chdir(workspace)
    monkeypatch.setattr(sys, "stdin", io.StringIO("a:\n      b: 1\n"))

    assert main(["fmt", "-"]) == 0
    assert capsys.readouterr().out == "a:\n  b: 1\n"
