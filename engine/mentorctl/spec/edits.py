"""Edits of a text by position: everything that no edit touches stays as it is, byte for byte."""

import re
from collections.abc import Iterable

from mentorctl.diagnostics import Edit, Fix, Span


class Overlap(ValueError):  # noqa: N818 -- the name of what happened
    """Two edits want to change the same piece of a text."""


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made at once; an edit that is given twice counts once.

    Raises Overlap when two edits touch the same piece, or insert at one point, and ValueError for a position that the
    text does not have.
    """
    lines = _starts(text)
    placed = sorted({(_offset(text, lines, e.span, 0), _offset(text, lines, e.span, 1), e.text) for e in edits})
    parts: list[str] = []
    done = 0
    last: tuple[int, int] | None = None
    for start, end, new in placed:
        if start > end:
            raise ValueError(f"an edit ends at {end}, before it begins at {start}")
        if start < done or (last is not None and last[0] == start):
            raise Overlap(f"two edits change the text at {start}")
        parts += (text[done:start], new)
        done, last = end, (start, end)
    return "".join((*parts, text[done:]))


def apart(text: str, fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """Of the fixes of one file those that can be made at once: each that overlaps an earlier one is left out."""
    chosen: list[Fix] = []
    edits: tuple[Edit, ...] = ()
    for fix in fixes:
        try:
            edited(text, (*edits, *fix.edits))
        except Overlap:
            continue
        chosen.append(fix)
        edits += fix.edits
    return tuple(chosen)


def piece(text: str, span: Span) -> str:
    """What is written at a span. Raises ValueError for a position that the text does not have."""
    lines = _starts(text)
    return text[_offset(text, lines, span, 0) : _offset(text, lines, span, 1)]


def whole(text: str, *, file: str) -> Span:
    """The span of all of a text."""
    starts = _starts(text)
    return Span(file=file, line=1, column=1, end_line=len(starts), end_column=len(text) - starts[-1] + 1)


def _starts(text: str) -> list[int]:
    """The offset of the first character of every line."""
    return [0, *(end.end() for end in _LINE_END.finditer(text))]


def _offset(text: str, starts: list[int], span: Span, edge: int) -> int:
    """The offset of the start (0) or end (1) of a span."""
    line, column = ((span.line, span.column), (span.end_line, span.end_column))[edge]
    if not 1 <= line <= len(starts) or column < 1:
        raise ValueError(f"the text has no line {line}")
    at = starts[line - 1] + column - 1
    if at > (starts[line] if line < len(starts) else len(text)):
        raise ValueError(f"line {line} of the text has no column {column}")
    return at


_LINE_END = re.compile(r"\r\n|\r|\n")
