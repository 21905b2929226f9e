"""The lock file beside a store: writers queue at it, and it names the one who writes.

The lock is the kernel's (`flock`), not the file's existence: it ends with the process that holds it, however
that ends, so there are no stale locks. The file itself stays, because removing it would let two writers each
lock a file of that name.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from time import monotonic, sleep

from mentorctl.store.base import StoreBroken, StoreLocked
from mentorctl.values import dataclass

_POLL_SECONDS = 0.01
_OWNER_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who writes to a store. `since` is an instant as text."""

    actor: str
    command: str
    host: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"`{self.command}` of `{self.actor}`, process {self.pid} on {self.host}, since {self.since}"


def this_process(*, actor: str, command: str, since: str) -> Owner:
    """The owner that a lock taken here names."""
    return Owner(actor=actor, command=command, host=os.uname().nodename, pid=os.getpid(), since=since)


@contextmanager
def held(path: Path, owner: Owner, *, timeout: float) -> Iterator[None]:
    """Hold the lock at `path`, waiting at most `timeout` seconds for it. Raises StoreLocked, StoreBroken."""
    file = _opened(path)
    try:
        _wait(file, path, timeout)
        _name(file, owner)
        try:
            yield
        finally:
            _name(file, None)
    finally:
        os.close(file)


def owner_of(path: Path) -> Owner | None:
    """Who is named in the lock file, if anybody. Whether the lock is held is known by trying only."""
    try:
        return Owner(**json.loads(path.read_bytes()[:_OWNER_BYTES]))
    except (OSError, ValueError, TypeError):
        return None  # nobody, or caught between taking the lock and writing the name


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StoreBroken(
            f"the lock file {path} cannot be opened: {error.strerror}. Nothing was changed",
            help="writing needs the right to create files beside the store, in a folder that exists",
        ) from error


def _wait(file: int, path: Path, timeout: float) -> None:
    deadline = monotonic() + timeout
    while not _taken(file):
        left = deadline - monotonic()
        if left <= 0:
            raise StoreLocked(
                f"waited {timeout:g} seconds for {owner_of(path) or 'another command'}. Nothing was changed",
                help="wait until that command is done, or give more time with `--lock-timeout`",
            )
        sleep(min(_POLL_SECONDS, left))


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _name(file: int, owner: Owner | None) -> None:
    # The name is a courtesy to those who wait: a full disk must not fail the apply here, before it is tried.
    with suppress(OSError):
        os.ftruncate(file, 0)
        if owner:
            os.pwrite(file, json.dumps(asdict(owner), sort_keys=True).encode(), 0)
