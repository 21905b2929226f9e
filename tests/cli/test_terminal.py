"""On a terminal: the question of apply, the spinner, colors; and off one, plain lines."""

import contextlib
import io
import re
import time
from pathlib import Path

import pytest
from cli.terminal import DAYS, Invoke, contents, on_terminal, run_apart

from mentorctl.cli.progress import Progress

APPLY = ("apply", "--as-of", DAYS["reverse"])
SLOW = """
import time
from mentorctl.cli.progress import Progress
with Progress() as report:
    report("quick work")
    time.sleep(0.1)
    report("slow work")
    time.sleep(1.5)
print("done")
"""


@pytest.mark.parametrize(
    ("answer", "code"), [("n\n", 1), ("\n", 1), ("\x03", 130), ("\x04", 130)], ids=["n", "", "^C", "^D"]
)
def test_the_question_of_apply_can_be_declined(answer: str, code: int, workspace: Path) -> None:
    """No, nothing at all, Ctrl-C and Ctrl-D change nothing, and say so on a line of their own."""
    before = contents(workspace)

    ended, shown = on_terminal(*APPLY, folder=workspace, answer=("[y/N]:", answer))

    assert ended == code
    assert "Make 130 changes? [y/N]:" in shown
    assert re.search(r"\n(\x1b\[[\d;]*m)?(nothing was changed|error\[MC9003\])", shown)
    assert "Traceback" not in shown
    assert contents(workspace) == before


def test_the_question_of_apply_can_be_agreed_to(invoke: Invoke, workspace: Path) -> None:
    """Yes performs what was shown."""
    ended, shown = on_terminal(*APPLY, folder=workspace, answer=("[y/N]:", "y\n"))

    assert ended == 0
    assert shown.rstrip().endswith("Applied\x1b[0m: 130 changes, in one step; the state is at serial 1.")
    assert invoke("show", "--format", "json", folder=workspace).json["serial"] == 1


@pytest.mark.parametrize(
    ("env", "is_colored"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
    ],
)
def test_a_terminal_has_colors_unless_it_is_asked_not_to(env: dict[str, str], is_colored: bool, applied: Path) -> None:
    """Colors on a terminal, but not with NO_COLOR or on one that has none."""
    ended, shown = on_terminal("show", folder=applied, env=env)

    assert ended == 0
    assert ("\x1b[" in shown) == is_colored


def test_colors_of_each_stream_are_its_own(applied: Path) -> None:
    """A result that goes into a file has no colors even where errors are read on a terminal."""
    ended, shown = on_terminal(
        "-c", f"exec {_PYTHON} -m mentorctl show > shown.txt", folder=applied, program=("-c", _SHELL)
    )

    assert ended == 0
    assert shown == ""
    assert "\x1b" not in (applied / "shown.txt").read_text(encoding="utf-8")


def test_the_spinner_is_erased(tmp_path: Path) -> None:
    """On a terminal work of more than a second is shown in one line that moves, and nothing of it stays."""
    ended, shown = on_terminal(folder=tmp_path, program=("-c", SLOW))

    assert ended == 0
    assert "slow work" in shown
    assert "quick work" not in shown
    assert len(set(re.findall(r"\r(.) slow work", shown))) > 1
    assert shown.endswith("\r\x1b[Kdone\r\n")
    assert _left_on_screen(shown) == ["done"]


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, None], ids=["dumb terminal", "no terminal"])
def test_without_a_spinner_a_long_step_is_a_line(env: dict[str, str] | None, tmp_path: Path) -> None:
    """Where nothing can be erased a long step is said once, and a short one never."""
    if env is None:
        said = run_apart(folder=tmp_path, program=("-c", SLOW)).err
    else:
        said = (
            on_terminal(folder=tmp_path, program=("-c", SLOW), env=env)[1]
            .replace("\r\ndone\r\n", "\n")
            .replace("\r", "")
        )

    assert said == "… slow work\n"


def test_quick_work_and_json_say_nothing() -> None:
    """Work of less than a second is not worth a line; a program that reads JSON gets none at all."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        with Progress() as report:
            report("quick work")
            time.sleep(0.3)
        with Progress(enabled=False) as report:
            report("slow work")
            time.sleep(1.2)

    assert said.getvalue() == ""


def _left_on_screen(shown: str) -> list[str]:
    """The lines after carriage returns and erasures, as far as Progress uses them."""
    lines = shown.replace("\r\n", "\n").removesuffix("\n").split("\n")
    return [line.rpartition("\x1b[K")[2].rpartition("\r")[2] for line in lines]


_PYTHON = '"$PYTHON"'
_SHELL = "import os, sys; os.execvp('bash', ['bash', *sys.argv[1:]])"
