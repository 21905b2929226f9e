"""Uses a store in processes of its own that are killed, starved or stripped of rights at a named point.

Run as a script by the tests: a list of jobs comes pickled on stdin, a list of answers goes out as JSON. Each job is a
tuple of the path of the store, the plan or None to read, an apply_id, and a fault:

    ""                        nothing happens
    "kill sql 2 COMMIT"       SIGKILL before the 2nd statement that begins so
    "kill event 1 os.rename"  SIGKILL before the 1st operation that Python audits under that name
    "fail event 1 os.rename"  the operation fails with an I/O error instead
    "kill size 20000"         the kernel kills the process in the write that would make a file longer than that
    "fail size 20000"         that write fails instead
    "nobody"                  the process has no more rights than any stranger

With the argument `race` all jobs begin at once, else one after the other.
"""

import errno
import json
import os
import pickle
import resource
import signal
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from mentorctl.plan.model import Plan
from mentorctl.store.base import StoreError
from mentorctl.store.sqlite import SqliteStore
from mentorctl.store.sqlite_reader import SqliteReader

type Job = tuple[str, Plan | None, str, str]

AT = datetime(2027, 2, 1, 9, 30, tzinfo=UTC)


def main() -> None:
    """Do the jobs and report how each ended."""
    jobs: list[Job] = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the test that started this
    gate_in, gate_out = os.pipe()
    started = []
    answers = []
    for job in jobs:
        started.append(_start(job, gate_in))
        if sys.argv[1:] != ["race"]:
            os.write(gate_out, b".")
            answers.append(_answer(*started.pop()))
    os.write(gate_out, b"." * len(started))
    answers += [_answer(*process) for process in started]
    json.dump(answers, sys.stdout)


def _start(job: Job, gate: int) -> tuple[int, int]:
    answer_in, answer_out = os.pipe()
    pid = os.fork()
    if pid:
        os.close(answer_out)
        return pid, answer_in
    os.read(gate, 1)
    os.write(answer_out, _do(job).encode())
    os._exit(0)


def _answer(pid: int, answer: int) -> str:
    with os.fdopen(answer, encoding="utf-8") as file:
        text = file.read()
    _, status = os.waitpid(pid, 0)
    return f"killed {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else text


def _do(job: Job) -> str:
    path, plan, apply_id, fault = job
    try:
        _arrange(fault)
        if plan is None:
            return f"read {SqliteReader(Path(path), workspace='acme').read().serial}"
        store = SqliteStore(Path(path), workspace="acme", lock_timeout=20)
        answer = store.apply(plan, apply_id=apply_id, at=AT, actor="anna", new_lineage="lineage-1")
    except StoreError as error:
        return f"{error.code} {error}"
    except BaseException as error:  # noqa: BLE001 - reported to the test, which fails on it
        return f"crash {error!r}"
    return f"applied {answer.serial}"


def _arrange(fault: str) -> None:
    what, _, rest = fault.partition(" ")
    if what == "nobody" and os.getuid() == 0:
        os.setuid(65534)
    if what not in ("kill", "fail"):
        return
    kind, _, point = rest.partition(" ")
    if kind == "size":
        _starve(int(point), signal.SIG_DFL if what == "kill" else signal.SIG_IGN)
        return
    count, _, name = point.partition(" ")
    strike = _countdown(int(count), _die if what == "kill" else _fail)
    if kind == "event":
        sys.addaudithook(lambda event, _: strike() if event == name else None)
    else:
        _trace(name, strike)


def _trace(prefix: str, strike: Callable[[], None]) -> None:
    """Watch the statements of every connection that is opened from now on."""

    class Watched(sqlite3.Connection):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.set_trace_callback(self.seen)

        def seen(self, statement: str) -> None:
            if " ".join(statement.split()).startswith(prefix):
                strike()

    vars(sqlite3)["connect"] = partial(sqlite3.connect, factory=Watched)


def _countdown(count: int, act: Callable[[], None]) -> Callable[[], None]:
    left = iter(range(count - 1, -1, -1))
    return lambda: act() if next(left, -1) == 0 else None


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _fail() -> None:
    raise OSError(errno.EIO, "Input/output error")


def _starve(size: int, reaction: signal.Handlers) -> None:
    signal.signal(signal.SIGXFSZ, reaction)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


if __name__ == "__main__":
    main()
