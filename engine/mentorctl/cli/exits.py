"""Exit codes, and which finding leads to which."""

from collections.abc import Iterable
from enum import IntEnum

from mentorctl.diagnostics import Diagnostic


class Exit(IntEnum):
    """What a caller can tell from the exit code alone."""

    OK = 0
    NO = 1
    CHANGES = 2
    DECIDE = 3
    STALE = 4
    LOCKED = 5
    INFEASIBLE = 6
    UNKNOWN = 7
    USAGE = 64
    BUG = 70
    INTERRUPTED = 130


_BY_CODE = {
    "MC5001": Exit.INFEASIBLE,
    "MC7001": Exit.STALE,
    "MC7003": Exit.LOCKED,
    "MC7007": Exit.UNKNOWN,
    "MC7009": Exit.STALE,
    "MC7042": Exit.DECIDE,
    "MC7044": Exit.STALE,
    "MC7045": Exit.DECIDE,
    "MC9001": Exit.USAGE,
    "MC9003": Exit.INTERRUPTED,
    "MC9004": Exit.BUG,
    "MC9007": Exit.DECIDE,
}


def exit_code(findings: Iterable[Diagnostic]) -> Exit:
    """The exit code of a command that ended with these findings; a plain error wins over a special one."""
    codes = {_BY_CODE.get(f.code, Exit.NO) for f in findings if f.is_error}
    if not codes:
        return Exit.OK
    return Exit.NO if Exit.NO in codes else min(codes)
