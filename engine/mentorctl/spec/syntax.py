"""Why a text is no YAML, in words for people who do not know the parser's. It quotes nothing of the file.

The parser says where it gave up and what it was doing; the cause is often elsewhere (a bracket opened far
above, a colon without its space). The rules below look at the lines around and name the likeliest cause.
"""

import re

from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A position; line and column count from 0."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What is wrong, how to put it right, and where to look."""

    detail: str
    help: str
    at: Spot


def explain(text: str, *, context: str, problem: str, opened: Spot | None, stopped: Spot | None) -> Cause:
    """What a parser met. `opened` is where the unfinished thing began, `stopped` where it gave up."""
    page = _Page(text)
    stop = page.clamp(stopped or opened or Spot(line=0, column=0))
    tab = page.tab(stop)
    if tab:
        return Cause(
            detail="a tab is used for indentation, and YAML takes spaces only",
            help="replace the tab by spaces, two for each level",
            at=tab,
        )
    message = f"{context}; {problem}"
    for pattern, rule in _RULES:
        if pattern.search(message):
            return rule(page, page.clamp(opened) if opened else stop, stop)
    return _unknown(page, stop, stop)


class _Page:
    """The lines of a text, and questions about them."""

    def __init__(self, text: str) -> None:
        self.lines = _LINE_END.split(text)
        while len(self.lines) > 1 and not self.lines[-1].strip():
            self.lines.pop()

    def clamp(self, spot: Spot) -> Spot:
        """The spot itself, or the end of the text when it lies behind it."""
        if spot.line < len(self.lines):
            return Spot(line=spot.line, column=min(spot.column, len(self.lines[spot.line])))
        return Spot(line=len(self.lines) - 1, column=len(self.lines[-1]))

    def before(self, spot: Spot) -> str:
        return self.lines[spot.line][: spot.column]

    def at(self, spot: Spot) -> str:
        return self.lines[spot.line][spot.column : spot.column + 1]

    def first(self, line: int) -> Spot:
        """Where the text of a line begins."""
        return Spot(line=line, column=len(self.lines[line]) - len(self.lines[line].lstrip()))

    def above(self, line: int) -> int | None:
        """The next line above that has more than a comment."""
        for number in range(line - 1, -1, -1):
            if self.lines[number].strip() and not self.lines[number].lstrip().startswith("#"):
                return number
        return None

    def tab(self, spot: Spot) -> Spot | None:
        """The first tab in the indentation of the line."""
        line = self.lines[spot.line]
        column = line[: len(line) - len(line.lstrip())].find("\t")
        return None if column < 0 else Spot(line=spot.line, column=column)


def _quote(page: _Page, opened: Spot, _stop: Spot) -> Cause:
    mark = page.at(opened)
    inside = "; an apostrophe inside 'single quotes' is written ''" if mark == "'" else ""
    return Cause(
        detail=f"the quote {mark} that opens here is never closed",
        help=f"close it with another {mark}{inside}",
        at=opened,
    )


def _bracket(page: _Page, opened: Spot, stop: Spot) -> Cause:
    mark = page.at(opened)
    closing = {"[": "]", "{": "}"}.get(mark, "the closing bracket")
    if page.at(stop) == ",":
        return Cause(detail="this comma follows no entry", help="delete it, or write one before it", at=stop)
    if page.at(stop) == ":" and page.before(stop).rstrip().endswith(("{", ",")):
        return _no_key(stop)
    if stop.line == opened.line and stop.column < len(page.lines[stop.line]):
        return Cause(
            detail=f"something is missing here, inside the bracket `{mark}`",
            help=f"put a comma between two entries, quotes around a text with `: ` or brackets, "
            f"and `{closing}` at the end",
            at=stop,
        )
    return Cause(
        detail=f"the bracket `{mark}` that opens here is never closed, or a comma is missing inside it",
        help=f"close it with `{closing}`, and put a comma between two entries",
        at=opened,
    )


def _no_key(stop: Spot) -> Cause:
    return Cause(detail="there is no key before this colon", help="write a key before it", at=stop)


def _colon(page: _Page, _opened: Spot, stop: Spot) -> Cause:
    if re.search(r":\s", page.before(stop)):
        has_curly = re.search("[“”„]", page.lines[stop.line])
        curly = "; curly quotes do not count as quotes" if has_curly else ""
        return Cause(
            detail="this line has two colons, and only the first can end a key",
            help=f'put the text after the first colon in quotes: key: "text: more text"{curly}',
            at=stop,
        )
    above = page.above(stop.line)
    if above is not None and (glued := _glued(page, above)):
        return glued
    return Cause(
        detail="this line is indented under a line that already has a value",
        help="begin it in the same column as the key above, or take the value above away",
        at=page.first(stop.line),
    )


def _key(page: _Page, opened: Spot, _stop: Spot) -> Cause:
    return _glued(page, opened.line) or Cause(
        detail="this line is neither `key: value` nor an entry of a list",
        help="write a colon and a space after the key, or indent the line if it continues the text above",
        at=page.first(opened.line),
    )


def _glued(page: _Page, line: int) -> Cause | None:
    """A colon or a dash with the value stuck to it."""
    text = page.lines[line]
    if colon := re.match(r"\s*(?:- +)*[\w-]+:(?=[^\s:/])", text):
        at = Spot(line=line, column=colon.end() - 1)
        return Cause(detail="a space is missing after the colon", help="write `key: value`", at=at)
    if dash := re.match(r"\s*-(?=[^\s-])", text):
        at = Spot(line=line, column=dash.end() - 1)
        return Cause(detail="a space is missing after the dash", help="write `- entry`", at=at)
    return None


def _indent(page: _Page, _opened: Spot, stop: Spot) -> Cause:
    before = page.before(stop).rstrip()
    if before.lstrip(" -"):
        return _trailing(page, before, stop)
    if page.at(stop) == ":":
        return _no_key(stop)
    above = page.above(stop.line)
    return (_glued(page, above) if above is not None else None) or Cause(
        detail="the indentation of this line fits no line above it",
        help="keys of one level begin in the same column; use two spaces for each level",
        at=page.first(stop.line),
    )


def _trailing(page: _Page, before: str, stop: Spot) -> Cause:
    if page.at(stop) in {"]", "}"}:
        return Cause(detail="this closing bracket has no opening one", help="delete it", at=stop)
    inside = {
        "'": "; an apostrophe inside 'single quotes' is written ''",
        '"': '; a " inside "double quotes" is written \\"',
    }
    return Cause(
        detail="there is more text after the end of the value",
        help=f"put the whole text in one pair of quotes{inside.get(before[-1:], '')}",
        at=stop,
    )


def _list_entry(page: _Page, opened: Spot, stop: Spot) -> Cause:
    if stop.column > opened.column:
        return _indent(page, opened, stop)
    return _glued(page, stop.line) or Cause(
        detail="this line stands inside a list but does not begin with `- `",
        help="begin it with `- `, or indent it as the lines of the entry above, or as the key of the list",
        at=page.first(stop.line),
    )


def _list_beside_key(_page: _Page, _opened: Spot, stop: Spot) -> Cause:
    return Cause(
        detail="a list cannot begin on the line of its key",
        help="put `- ` on the next line, or write [one, two]; a text that begins with `- ` needs quotes",
        at=stop,
    )


def _first_character(page: _Page, opened: Spot, stop: Spot) -> Cause:
    at = opened if page.at(opened) in _RESERVED else stop
    if page.at(at) not in _RESERVED:
        return _unknown(page, opened, stop)
    return Cause(detail=f"a text cannot begin with {page.at(at)}", help="put the text in quotes", at=at)


def _escape(page: _Page, _opened: Spot, stop: Spot) -> Cause:
    at = Spot(line=stop.line, column=max(page.before(stop).rfind("\\"), 0)) if page.at(stop) != "\\" else stop
    return Cause(
        detail="a backslash inside double quotes begins an escape, and this one does not exist",
        help="use single quotes, or write two backslashes for one",
        at=at,
    )


def _block(_page: _Page, _opened: Spot, stop: Spot) -> Cause:
    return Cause(
        detail="after `|` or `>` the text begins on the next line",
        help="move the text down and indent it; a text that begins with `|` or `>` needs quotes",
        at=stop,
    )


def _document(page: _Page, opened: Spot, stop: Spot) -> Cause:
    before = page.before(stop).rstrip()
    if before.strip():
        return _trailing(page, before, stop)
    top = next((line for line in page.lines if line.strip() and not line.lstrip().startswith("#")), "")
    if top.startswith(" "):
        return Cause(
            detail="this line begins further left than the first key of the file",
            help="begin the first key and all keys of its level in the first column",
            at=stop,
        )
    return _unknown(page, opened, stop)


def _no_value(page: _Page, _opened: Spot, stop: Spot) -> Cause:
    if page.at(stop) in {"]", "}"}:
        return _trailing(page, "", stop)
    before = page.before(stop)
    column = max(before.rfind("["), before.rfind("{"))
    if column >= 0:
        return _bracket(page, Spot(line=stop.line, column=column), stop)
    return _unknown(page, stop, stop)


def _unknown(_page: _Page, _opened: Spot, stop: Spot) -> Cause:
    return Cause(
        detail="from here on the text cannot be read as YAML",
        help="compare the indentation, quotes and brackets with the lines above",
        at=stop,
    )


_LINE_END = re.compile(r"\r\n|\r|\n")
_RESERVED = frozenset("@`%*&!|>,]}")
# The C parser and the pure one word their messages differently; each pattern takes both, in this order.
_RULES = tuple(
    (re.compile(pattern), rule)
    for pattern, rule in (
        ("quoted scalar; found unexpected end", _quote),
        ("quoted scalar; found unexpected document", _quote),
        ("quoted scalar; .*(escape|hexadecimal)", _escape),
        ("parsing a flow (sequence|mapping)", _bracket),
        ("mapping values are not allowed", _colon),
        ("sequence entries are not allowed", _list_beside_key),
        ("simple key; could not find expected ':'", _key),
        ("block mapping; ", _indent),
        ("block collection; ", _list_entry),
        ("block scalar; ", _block),
        ("document start", _document),
        ("node content", _no_value),
        ("cannot start any token|scanning an? (alias|anchor|tag|directive)", _first_character),
        ("parsing a (tag|node)", _first_character),
    )
)
