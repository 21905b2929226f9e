"""Runs the command line as its users do: in this process, in one of its own, or on a terminal of its own."""

import contextlib
import fcntl
import io
import json
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from mentorctl.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "programs" / "examples"
DAYS = {  # a day in the matching phase of each example
    "across-borders": "2027-03-02",
    "build-weeks": "2027-09-21",
    "circles": "2027-10-05",
    "choices": "2027-02-16",
    "civil-service": "2027-10-20",
    "coffee": "2027-03-05",
    "far-apart": "2027-03-02",
    "first-mentor": "2027-09-28",
    "grow": "2027-03-03",
    "mosaic": "2027-02-16",
    "office-hours": "2027-04-16",
    "onboarding": "2027-03-16",
    "reverse": "2027-02-02",
    "succession": "2027-04-08",
    "two-programs": "2027-05-11",
    "venture-teams": "2027-05-25",
}
PATIENCE = 60.0  # seconds for one command on a busy machine
_HESITATION = 0.3  # seconds before an answer is typed: Python misses a Ctrl-C in the instant before it waits for a line

type Words = Sequence[str | Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Standard error as one line, however it was wrapped."""
        return " ".join(self.err.split())

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document and nothing else."""
        return json.loads(self.out)

    @property
    def codes(self) -> list[str]:
        """The codes of the findings in the JSON document."""
        return [found["code"] for found in self.json["diagnostics"]]


type Invoke = Callable[..., Ran]
type Golden = Callable[[Path, str], None]


def surroundings(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without what would change the output, and with the package where workers find it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MENTORCTL_")
        and name not in ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "PYTHONPATH")
    }
    return kept | {"PYTHON": sys.executable, "PYTHONPATH": str(ROOT / "engine"), "TERM": "xterm"} | dict(extra or {})


def run_here(*words: str | Path, folder: Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run a command in this process, as if no terminal were there."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True) for _ in range(2))
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.dict(os.environ, surroundings(env), clear=True),
        mock.patch.object(sys, "stdin", io.StringIO()),
    ):
        code = main([str(word) for word in words])
    return Ran(code=code, out=_written(out), err=_written(err))


def run_apart(
    *words: str | Path,
    folder: Path,
    env: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
    program: Words = ("-m", "mentorctl"),
) -> Ran:
    """Run a command in a process of its own; `before` is called in it first."""
    ended = subprocess.run(
        [sys.executable, *map(str, program), *map(str, words)],
        cwd=folder,
        env=surroundings(env),
        encoding="utf-8",
        errors="backslashreplace",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        preexec_fn=before,
    )
    return Ran(code=ended.returncode, out=ended.stdout, err=ended.stderr)


def started(*words: str | Path, folder: Path) -> "subprocess.Popen[bytes]":
    """Begin a command in a process that a Ctrl-C can interrupt, whatever this one ignores."""
    return subprocess.Popen(
        [sys.executable, "-m", "mentorctl", *map(str, words)],
        cwd=folder,
        env=surroundings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_interruptible,  # noqa: PLW1509 - the tests start no threads
    )


def on_terminal(
    *words: str | Path,
    folder: Path,
    answer: tuple[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    program: Words = ("-m", "mentorctl"),
) -> tuple[int, str]:
    """Run on a terminal of its own: the exit code and everything that was shown. `answer`: what to wait for and type."""
    screen, line = pty.openpty()
    fcntl.ioctl(line, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    process = subprocess.Popen(
        [sys.executable, *map(str, program), *map(str, words)],
        cwd=folder,
        env=surroundings(env),
        stdin=line,
        stdout=line,
        stderr=line,
        start_new_session=True,
        preexec_fn=_take_terminal,  # noqa: PLW1509 - the tests start no threads
    )
    os.close(line)
    try:
        shown = _conversation(screen, answer)
        return process.wait(PATIENCE), shown.decode()
    finally:
        process.kill()
        process.wait()
        os.close(screen)


def until(condition: Callable[[], bool], *, seconds: float = PATIENCE) -> bool:
    """Wait for something, and say whether it came."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def example(name: str, target: Path) -> Path:
    """A copy of an example, without what trying it where it lies may have left there."""
    return shutil.copytree(EXAMPLES / name, target, ignore=shutil.ignore_patterns("state.db*", "plan.json", "compiled"))


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file and folder with its mode and bytes, to compare a tree before and after."""
    return {
        path.relative_to(folder).as_posix(): (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in sorted(folder.rglob("*"))
    }


def _conversation(screen: int, answer: tuple[str, str] | None) -> bytes:
    shown = b""
    with contextlib.suppress(OSError):  # how Linux says that nobody is at the other end any more
        while select.select([screen], [], [], PATIENCE)[0]:
            shown += os.read(screen, 1 << 16)
            if answer and answer[0].encode() in shown:
                time.sleep(_HESITATION)
                os.write(screen, answer[1].encode())
                answer = None
    return shown


def _take_terminal() -> None:
    _interruptible()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _interruptible() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _written(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
