"""Puts a new text into a file at once: whoever reads it sees the old text or the new one, never half of one."""

import contextlib
import os
import stat
from pathlib import Path

from mentorctl.diagnostics import Span, finding
from mentorctl.sources.files import Unreadable

_MARK = b"\xef\xbb\xbf"  # a byte order mark, which some editors put in front of a text


def rewrite(path: Path, *, shown: str, before: str, after: str, keep_mark: bool = True) -> None:
    """Replace the text of a regular file that still is `before`; its mode stays.

    `before` is as read by `read_yaml_text`, without byte order mark. Raises Unreadable with a finding when the file is
    a link or was changed, OSError when it cannot be written; the file is as it was then.
    """
    about = os.lstat(path)
    if not stat.S_ISREG(about.st_mode):
        what = "a link" if stat.S_ISLNK(about.st_mode) else "no regular file"
        raise _refused(shown, f"`{shown}` is {what}", "change the file that it stands for")
    old = path.read_bytes()
    mark = _MARK if old.startswith(_MARK) else b""
    if old.removeprefix(mark) != before.encode("utf-8"):
        raise _refused(shown, f"`{shown}` was changed while it was checked", "run the command again")
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write((mark if keep_mark else b"") + after.encode("utf-8"))
            os.fchmod(file.fileno(), stat.S_IMODE(about.st_mode))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            new.unlink()
        raise


def _refused(shown: str, detail: str, remedy: str) -> Unreadable:
    return Unreadable(finding("MC9010", detail, help=remedy, span=Span(file=shown, line=1, column=1)))
