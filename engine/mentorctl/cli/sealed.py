"""A promise kept by refusal: while a command only compares files, nothing opens the network or starts a program.

The comparison has nothing that would do either. This stands for the day when a library, or a mistake, does.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_PROCESSES = frozenset({"os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "pty.spawn"})
_ALLOWED = ("git",)  # it is asked with words that run nothing of a repository; see `sources.git`


class Sealed(RuntimeError):  # noqa: N818 - the name of what holds
    """Something tried to leave the process although nothing may; a bug."""


class _Seal:
    """Audit hooks cannot be taken away, so that there is one, which does nothing unless it is closed."""

    holders = 0
    is_installed = False


@contextmanager
def sealed() -> Iterator[None]:
    """While it holds, sockets cannot be used and no program but git can be started."""
    if not _Seal.is_installed:
        sys.addaudithook(_watch)
        _Seal.is_installed = True
    _Seal.holders += 1
    try:
        yield
    finally:
        _Seal.holders -= 1


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if not _Seal.holders:
        return
    if event.startswith("socket.") or event in _PROCESSES:
        raise Sealed(f"{event} while only files are compared")
    if event == "subprocess.Popen" and arguments[0] not in _ALLOWED:
        raise Sealed(f"{event} while only files are compared")
