"""What can be wrong with an expression, with its position inside the text."""

from dataclasses import field
from enum import StrEnum

from mentorctl.values import dataclass

_SHOWN = 40
_REPORTED = 20


class Sort(StrEnum):
    """Which finding a problem becomes: not readable, an unknown name, types, an unguarded blank, too big."""

    SYNTAX = "syntax"
    NAME = "name"
    TYPE = "type"
    OPTIONAL = "optional"
    SIZE = "size"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong: `length` characters from `offset` (both count characters of the expression, from 0)."""

    sort: Sort
    offset: int
    length: int
    message: str
    help: str = ""


@dataclass(slots=True)
class Problems:
    """The problems found so far."""

    found: list[Problem] = field(default_factory=list)

    def add(self, sort: Sort, span: tuple[int, int], message: str, help: str = "") -> None:  # noqa: A002
        """Note a problem at (first character, end)."""
        start, end = span
        self.found.append(Problem(sort=sort, offset=start, length=max(1, end - start), message=message, help=help))

    def in_order(self) -> tuple[Problem, ...]:
        """By position; not more than a reader has patience for."""
        ranked = sorted(dict.fromkeys(self.found), key=lambda p: (p.offset, p.length, p.sort, p.message))
        return tuple(ranked[:_REPORTED])


def shown(text: str) -> str:
    """A piece of the expression for a message: cut, and with unseen characters by number."""
    cut = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in cut)
