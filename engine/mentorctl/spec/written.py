"""Where a part of a text is written, given its place in the text as read: quotes and escapes take room of their own."""

import re
from dataclasses import replace

from mentorctl.diagnostics import FieldPath, Span
from mentorctl.spec.source import JsonValue, Source


def written_part(source: Source, path: FieldPath, *, offset: int, length: int) -> Span:
    """Where `length` characters from `offset` of the text at `path` stand.

    The whole text where it is written over several lines, as there the file and the text differ in their blanks.
    """
    whole, value = source.span(path), _value(source.tree, path)
    if offset < 0 or whole.line != whole.end_line or not isinstance(value, str):
        return whole
    line = _LINE_END.split(source.text)[whole.line - 1]
    columns = _columns(line[whole.column - 1 : whole.end_column - 1], value)
    if not columns:
        return whole
    start, end = (columns[min(place, len(value))] for place in (offset, offset + length))
    return replace(whole, column=whole.column + start, end_column=whole.column + max(end, start + 1))


def _columns(written: str, value: str) -> tuple[int, ...]:
    """The place in what is written of each character of the value, and of its end; empty where they do not fit."""
    quote = written[:1]
    if quote not in _UNITS:
        return tuple(range(len(value) + 1)) if written == value else ()
    places = [found.start() for found in _UNITS[quote].finditer(written, 1, len(written) - 1)]
    return (*places, len(written) - 1) if len(places) == len(value) else ()


def _value(tree: JsonValue, path: FieldPath) -> JsonValue:
    """The value at a path, or None where nothing is."""
    value = tree
    for part in path:
        if isinstance(value, dict) and isinstance(part, str):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


_LINE_END = re.compile(r"\r\n|\r|\n")
# What one character of a text takes inside either kind of quotes.
_UNITS = {
    "'": re.compile(r"''|[^']"),
    '"': re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)|[^\\\"]"),
}
