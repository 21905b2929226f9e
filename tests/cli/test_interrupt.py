"""Ctrl-C in the middle of a long solve, with real processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli.terminal import DAYS, EXAMPLES, PATIENCE, contents, example, started, surroundings, until

SIZE = 600  # mentors and as many mentees


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The civil-service example with a larger roster."""
    folder = example("civil-service", tmp_path_factory.mktemp("large") / "civil-service")
    subprocess.run(
        [sys.executable, EXAMPLES / "make_rosters.py", "--civil-service", str(SIZE), "--out", folder.parent],
        check=True,
        env=surroundings(),
    )
    return folder


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -15), (signal.SIGKILL, -9)])
def test_an_interrupted_solve_leaves_nothing_behind(sent: signal.Signals, code: int, large: Path) -> None:
    """Ctrl-C ends the command with one message and 130; however it ends, its solver ends with it and nothing is written."""
    before = contents(large)
    with started("apply", "--yes", "--as-of", DAYS["civil-service"], folder=large) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "matching" in line.decode():
                break
        assert until(lambda: bool(_children(process.pid)))
        (worker,) = _children(process.pid)
        assert until(lambda: _is_ready(worker))
        os.kill(worker, signal.SIGSTOP)  # the solver is quick; now it takes forever

        process.send_signal(sent)
        out, err = process.communicate(timeout=PATIENCE)

    assert process.returncode == code
    assert out == b""
    assert err.decode().strip() == (MESSAGE if sent == signal.SIGINT else "")
    assert until(lambda: not _is_running(worker), seconds=1.5)
    assert contents(large) == before


MESSAGE = """error[MC9003]: interrupted
   = the command was interrupted; nothing was written

1 error"""


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def _is_ready(pid: int) -> bool:
    """Whether the worker ignores the interrupt by now, the last thing that it sets up."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    ignored = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigIgn"))
    return bool(ignored >> (signal.SIGINT - 1) & 1)


def _is_running(pid: int) -> bool:
    """Whether a process is there and is no zombie that only waits to be counted."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z" and Path(f"/proc/{pid}").exists()
