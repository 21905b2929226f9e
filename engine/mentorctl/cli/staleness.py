"""What happened to a store and to the files since a plan was made, for people who have to look again."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mentorctl.diagnostics import Diagnostic, Related, finding

if TYPE_CHECKING:
    from mentorctl.store.base import CommitRow

_SHOWN = 8  # commits


def since(commits: "Iterable[CommitRow]", serial: int) -> tuple[str, ...]:
    """A line for each commit after a serial, oldest first; of many the last ones."""
    from mentorctl.render.gate import listed

    return listed((commit_line(row) for row in commits if row.serial > serial), most=_SHOWN)


def commit_line(row: "CommitRow") -> str:
    """Which commit, when, by whom, and what it was."""
    return f"serial {row.serial}, {row.at:%Y-%m-%d %H:%M} UTC, by `{row.actor}`: {_what(row)}"


def _what(row: "CommitRow") -> str:
    from mentorctl.plan.consent import in_words
    from mentorctl.store.base import CommitKind

    match row.kind:
        case CommitKind.APPLY | CommitKind.MIGRATION:
            said = "".join(f", {word}" for word in in_words(row.consent))
            return f"a plan was applied, {_counted(row.created + row.updated + row.deleted, 'change')}{said}"
        case CommitKind.EVENTS:
            return f"what people did was recorded, {_counted(row.moved, 'line')} of the log"
        case CommitKind.ADVANCE:
            return f"time came to {row.clock:%Y-%m-%d %H:%M} UTC, {_counted(row.moved, 'line')} of the log"
        case CommitKind.RELEASE:
            return f"{_counted(row.moved, 'message')} that had been held went out"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def stale(reasons: Iterable[str], lines: Iterable[str], moved: Iterable[str]) -> Diagnostic:
    """The finding for a plan that is too old: why, every commit since, and what of it the plan depended on."""
    detail = "; ".join(reasons)
    notes = [Related(message=line) for line in lines]
    depended = ", ".join(moved)
    if depended:
        notes.append(Related(message=f"of what the plan depended on, this moved: {depended}"))
    return finding(
        "MC7001",
        detail,
        help="plan again; `mentorctl gate PLAN` says whether what was approved still stands, and if it does, "
        "`mentorctl apply --expect-digest DIGEST` performs it",
        related=tuple(notes),
    )
