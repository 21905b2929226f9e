"""The one layout of program files: two spaces for each level, no trailing blanks, no runs of blank lines.

Only white space changes, and only where it means nothing: comments, quotes, the order of keys, and how a list or a
block is written stay. The result is read again and compared; a text that would say something else is left alone.
"""

import json
import re
from dataclasses import field

from mentorctl.diagnostics import FieldPath
from mentorctl.spec.source import Piece, Source, read_source
from mentorctl.values import dataclass


def laid_out(source: Source) -> str:
    """The text of a source in the one layout. A source with findings has no trustworthy tree and stays as it is."""
    again = read_source(_LINE_END.sub("\n", source.text), file=source.file)
    wanted = _meaning(again)
    if wanted is None or wanted != _meaning(source):
        return source.text
    kept = _kept(again)
    tries = [_tidied(lines, kept) for lines in (_Page(again).indented(), again.text.split("\n"))]
    for text in (*tries, *(text.removesuffix("\n") for text in tries)):  # a block text may end without a line end
        if _meaning(read_source(text, file=source.file)) == wanted and text.split() == again.text.split():
            return text
    return source.text


def _meaning(source: Source) -> str | None:
    """What a text says, with the order of its keys; None where it cannot be read."""
    return None if source.tree is None or source.findings else json.dumps(source.tree)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Lines, counted from 0, that are part of a text: `lines` may not vanish, `blanks` keep their trailing blanks."""

    lines: set[int] = field(default_factory=set)
    blanks: set[int] = field(default_factory=set)


def _kept(source: Source) -> _Kept:
    """What to leave alone; the indentation of these lines may change, but not their number."""
    kept = _Kept()
    lines = source.text.split("\n")
    for piece in source.pieces():
        mark = _mark(piece, lines)
        if mark in _BRACKETS or _holds(source, piece.path):
            continue
        first, last = piece.start[0], _last_line(piece, lines)
        kept.lines.update(range(first + 1, last + 1))
        if mark in _BLOCKS:
            kept.blanks.update(range(first + 1, last + 1))
        elif mark in _QUOTES:
            kept.blanks.update(range(first, last))
    return kept


def _tidied(lines: list[str], kept: _Kept) -> str:
    """Without trailing blanks, and without blank lines at the start, in a row, and at the end."""
    out: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        new = line if number in kept.blanks else line.rstrip()
        if new or number in kept.lines or (out and out[-1][1]):
            out.append((number, new))
    while out and not out[-1][1] and out[-1][0] not in kept.lines:
        out.pop()
    return "".join(f"{line}\n" for _, line in out)


# -- positions ---------------------------------------------------------------------------------------------------------


def _mark(piece: Piece, lines: list[str]) -> str:
    """The first character of a value; nothing where nothing is written."""
    line, column = piece.start
    return lines[line][column : column + 1] if line < len(lines) else ""


def _last_line(piece: Piece, lines: list[str]) -> int:
    """The last line of a value; blank lines after a block text belong to it only where its header has a `+`."""
    first, (last, column) = piece.start[0], piece.end
    if last > first and column == 0:
        last -= 1
    if _mark(piece, lines) in _BLOCKS and "+" not in lines[first][piece.start[1] :].split("#")[0]:
        while last > first and not lines[last].strip():
            last -= 1
    return min(last, len(lines) - 1)


def _holds(source: Source, path: FieldPath) -> bool:
    """Whether the value at a path is a list or a mapping with something in it."""
    value = source.value(path)
    return isinstance(value, dict | list) and bool(value)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """A list or mapping written line by line: the column it begins in, and the one it should begin in."""

    path: FieldPath
    line: int
    column: int
    target: int


class _Page:
    """The lines of a source, and the column in which each should begin."""

    def __init__(self, source: Source) -> None:
        self._lines = source.text.split("\n")
        self._source = source
        self._blocks: dict[FieldPath, _Block] = {}
        self._target: dict[int, int] = {}  # by line: where it should begin
        self._block_of: dict[int, _Block] = {}  # by line: the block that it is a key or an entry of
        self._gaps: dict[int, list[tuple[int, int]]] = {}  # by line: the blanks between a dash and its entry
        self._inner: set[int] = set()  # lines in the middle of a value
        for piece in source.pieces():
            self._place(piece)
        self._dashes()
        self._comments()

    def indented(self) -> list[str]:
        """The lines, each in its column, with one blank after a dash."""
        out = []
        for number, line in enumerate(self._lines):
            new = line
            for start, end in sorted(self._gaps.get(number, ()), reverse=True):  # from the right, so that columns stay
                new = f"{new[:start]} {new[end:]}"
            if line and number in self._target:
                new = " " * self._target[number] + new[_indent(line) :]
            out.append(new)
        return out

    def _place(self, piece: Piece) -> None:
        parent = self._blocks.get(piece.path[:-1]) if piece.path else None
        if piece.path and parent is None:
            return  # inside brackets: it moves with them
        if parent and piece.key and _indent(self._lines[piece.key[0]]) == piece.key[1]:
            self._begin(piece.key[0], parent, parent.target)
        mark, (line, column) = _mark(piece, self._lines), piece.start
        if not mark:
            return
        if parent and not piece.key:
            self._gap(line, parent.column, column)
        if _holds(self._source, piece.path) and mark not in _BRACKETS:
            target = parent.target + _STEP if parent else 0
            self._blocks[piece.path] = _Block(path=piece.path, line=line, column=column, target=target)
        elif parent:
            moved = parent.target - parent.column
            if _indent(self._lines[line]) == column:
                self._begin(line, parent, parent.target + _STEP)
                moved = parent.target + _STEP - column if mark in _BRACKETS else moved
            self._shift(range(line + 1, _last_line(piece, self._lines) + 1), moved)

    def _begin(self, line: int, block: _Block, target: int) -> None:
        self._target[line] = target
        self._block_of[line] = block

    def _gap(self, line: int, dash: int, entry: int) -> None:
        between = self._lines[line][dash:entry]
        if between[:1] == "-" and len(between) > 1 and not between[1:].strip():
            self._gaps.setdefault(line, []).append((dash + 1, entry))

    def _shift(self, lines: range, moved: int) -> None:
        """Lines in the middle of a value move along with its beginning."""
        self._inner.update(lines)
        for line in lines:
            self._target[line] = max(0, _indent(self._lines[line]) + moved)

    def _dashes(self) -> None:
        """The lines that begin with the dash of an entry."""
        opening: dict[int, list[_Block]] = {}
        for block in self._blocks.values():
            if self._lines[block.line][block.column] == "-":
                opening.setdefault(block.line, []).append(block)
        lists: dict[int, _Block] = {}
        for number, line in enumerate(self._lines):
            lists |= {block.column: block for block in opening.get(number, ())}
            column = _indent(line)
            if column in lists and number not in self._inner and _DASH.match(line, column):
                self._begin(number, lists[column], lists[column].target)

    def _comments(self) -> None:
        """A comment moves with the line below it, or with the block whose column it stands in."""
        above: list[_Block | None] = []
        for number in range(len(self._lines)):
            above.append(self._block_of.get(number, above[-1] if above else None))
        below: int | None = None
        for number in range(len(self._lines) - 1, -1, -1):
            line = self._lines[number].lstrip()
            if not line or number in self._inner:
                continue
            if line.startswith("#"):
                self._target[number] = self._of_comment(_indent(self._lines[number]), above[number], below)
            else:
                below = number

    def _of_comment(self, column: int, above: _Block | None, below: int | None) -> int:
        """Where a comment should begin, between a line of a block and the next line with more than a comment."""
        if below is not None and column == _indent(self._lines[below]):
            return self._target.get(below, column)
        if above is None:
            return column
        around = [self._blocks[above.path[:depth]] for depth in range(len(above.path), -1, -1)]
        same = next((b.target for b in around if b.column == column), None)
        return max(0, column + above.target - above.column) if same is None else same


_STEP = 2
_LINE_END = re.compile(r"\r\n|\r|\n")
_BRACKETS = frozenset("[{")
_BLOCKS = frozenset("|>")
_QUOTES = frozenset("'\"")
_DASH = re.compile(r"-(?=\s|$)")
