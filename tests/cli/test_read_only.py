"""What only looks writes nothing, asks nobody and starts nothing that it does not name."""

import ctypes
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli.terminal import DAYS, Words, contents, run_apart

DAY = DAYS["reverse"]

# Runs a command with every event of the Python runtime recorded that can change or ask the world outside.
WATCHED = """
import json, os, sys
events = []
def record(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        is_name = not isinstance(path, int)
        if is_name and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND):
            events.append((event, [str(path)]))
    elif event == "sqlite3.connect":
        events.append((event, [str(arguments[0])]))
    elif event == "subprocess.Popen":
        events.append((event, [str(word) for word in arguments[1]]))
    elif event.split(".")[0] in ("socket", "shutil", "ftplib", "http", "smtplib", "urllib", "webbrowser") or event in (
        "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
        "os.utime", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.setxattr",
    ):
        events.append((event, [str(argument) for argument in arguments]))
from mentorctl.cli.main import main
into = sys.argv.pop(1)
sys.addaudithook(record)
code = main()
seen, events = events, []
with open(into, "w") as file:
    json.dump(seen, file)
sys.exit(code)
"""


def _events(*words: str, folder: Path) -> Iterator[tuple[str, Any]]:
    """What a command did to the world, except for writes outside its workspace: temporary files of the runtime."""
    into = folder.parent / "events.json"
    ran = run_apart(into, *words, folder=folder, program=("-B", "-c", WATCHED))
    assert ran.code == 0, ran.err
    for event, about in json.loads(into.read_text(encoding="utf-8")):
        is_elsewhere = event == "open" or event.startswith("os.")
        if not is_elsewhere or (folder / about[0]).resolve().is_relative_to(folder.resolve()):
            yield event, about


@pytest.mark.parametrize(
    "words",
    [
        ("validate",),
        ("graph", "--counts"),
        ("show", "person", "n00", "--names"),
        ("plan", "--as-of", DAY),
    ],
    ids=" ".join,
)
def test_looking_changes_nothing(words: Words, applied: Path) -> None:
    """In folders and files that nobody may write, commands that look work, and leave every byte and mode as it was."""
    for path in (applied, *applied.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = contents(applied)

    ran = run_apart(*words, folder=applied, before=_bound_by_modes)

    after = contents(applied)
    for path in (applied, *applied.rglob("*")):
        path.chmod(0o755)  # so that it can be removed again
    assert ran.code == 0, ran.err
    assert after == before


def test_nobody_may_write_there(applied: Path) -> None:
    """The set-up itself: what does write fails in such a folder, in one message that names the file."""
    applied.chmod(0o555)

    ran = run_apart("compile", "--out", applied / "compiled", folder=applied, before=_bound_by_modes)

    applied.chmod(0o755)
    assert ran.code == 1
    assert "MC9005" in ran.err
    assert "check the rights" in ran.err


def test_validate_only_reads(applied: Path) -> None:
    """Checking files opens nothing for writing in the workspace, asks no network and starts no process."""
    assert list(_events("validate", folder=applied)) == []


def test_plan_only_reads_and_starts_one_worker(planned: Path) -> None:
    """Planning opens nothing for writing in the workspace and asks no network; the solver's process is the only one."""
    events = list(_events("plan", "--as-of", DAY, "--names", folder=planned))

    assert [event for event, _ in events] == ["subprocess.Popen"]
    assert events[0][1][-2:] == ["-m", "mentorctl.optimize.worker"]
    assert not (planned / "state.db").exists()


def test_the_store_is_opened_for_reading_only(applied: Path) -> None:
    """Planning on a live state connects to the store in SQLite's read-only mode, which the library enforces."""
    opened = [about for event, about in _events("plan", "--as-of", DAY, folder=applied) if event == "sqlite3.connect"]

    assert opened
    assert all(about[0].endswith("state.db?mode=ro") for about in opened)


def test_the_watch_sees_writing(planned: Path) -> None:
    """The recorder itself: an apply is seen to write the store."""
    events = list(_events("apply", "plan.json", folder=planned))

    assert ("open", [str(planned / "state.db.lock")]) in events
    assert any(event == "os.rename" for event, _ in events)


def _bound_by_modes() -> None:
    """Even for root, files without the right to write cannot be written then."""
    if os.getuid() == 0 and sys.platform == "linux":
        for capability in (_CAP_DAC_OVERRIDE, _CAP_FOWNER):
            ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


_PR_CAPBSET_DROP = 24
_CAP_DAC_OVERRIDE = 1
_CAP_FOWNER = 3
