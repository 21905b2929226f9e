"""Findings for people: text with excerpts."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from unicodedata import combining, east_asian_width

from mentorctl.diagnostics import Diagnostic, Fix, Place, Related, Severity, Span
from mentorctl.render.style import Style, no_commands, plain

MOST_SHOWN = 50  # nobody reads more at once


def findings_text(diagnostics: Iterable[Diagnostic], *, sources: Mapping[str, str], style: Style) -> str:
    """Findings in the order given, with excerpts of `sources` (file → text), and a count; empty for none.

    Of more than `MOST_SHOWN` the gravest are shown, and the others are counted.
    """
    found = tuple(diagnostics)
    if not found:
        return ""
    pages = {file: pages_of(text) for file, text in sources.items()}
    parts = ["\n".join(_finding(d, pages, style)) for d in _gravest(found, MOST_SHOWN)]
    if len(found) > MOST_SHOWN:
        parts.append(style.faint(f"{len(found) - MOST_SHOWN} more are not shown; `--format json` lists all"))
    about = next((d.code for d in _gravest(found, 1) if not d.code.startswith(_SELF_EVIDENT)), "")
    parts.append(count_line(found, style) + (f"; more about a code: mentorctl explain {about}" if about else ""))
    return no_commands("\n\n".join(parts))


def pages_of(text: str) -> list[str]:
    """The lines of a file as positions count them."""
    return _LINE_END.split(text.removeprefix("\ufeff"))


def exceptions_line(ends: Sequence[date]) -> str:
    """How many exceptions are active, of which these are the last days; empty for none."""
    if not ends:
        return ""
    how_many = "1 exception is active, it" if len(ends) == 1 else f"{len(ends)} exceptions are active, the next"
    return f"{how_many} ends on {min(ends)}"


def count_line(diagnostics: Iterable[Diagnostic], style: Style) -> str:
    """How many findings there are, such as `2 errors, 1 warning`."""
    found = tuple(diagnostics)
    parts = []
    for severity in Severity:
        count = sum(d.severity is severity for d in found)
        if count:
            word = _WORDS[severity] + ("" if count == 1 else "s")
            parts.append(_dress(severity, style)(f"{count} {word}"))
    return ", ".join(parts)


type _Pages = Mapping[str, list[str]]
type _Dress = Callable[[str], str]


def _finding(found: Diagnostic, pages: _Pages, style: Style) -> Iterator[str]:
    dress = _dress(found.severity, style)
    yield f"{dress(f'{_WORDS[found.severity]}[{found.code}]')}{style.strong(f': {plain(found.summary)}')}"
    gutter = _gutter(found)
    yield from _where(found.span, found.place, pages, gutter, dress, "^", style)
    yield from wrapped(found.detail, f"{' ' * gutter} {style.frame('=')} ", gutter + 3)
    for related in found.related:
        yield from _related(related, pages, gutter, style)
    if found.help:
        yield from wrapped(found.help, f"{style.help('help')}{style.strong(':')} ", len("help: "))
    if found.fix:
        yield from wrapped(_offer(found.fix), f"{style.help('fix')}{style.strong(':')} ", len("fix: "))


def _offer(fix: Fix) -> str:
    return f"{fix.title}{'; `mentorctl validate --fix` does it' if fix.safe else ', if that is what you mean'}"


def _gravest(found: tuple[Diagnostic, ...], most: int) -> list[Diagnostic]:
    """At most so many findings: errors are chosen first, then warnings; in the order given."""
    grave = list(Severity)
    chosen = sorted(range(len(found)), key=lambda i: grave.index(found[i].severity))[:most]
    return [found[i] for i in sorted(chosen)]


def _related(related: Related, pages: _Pages, gutter: int, style: Style) -> Iterator[str]:
    yield from wrapped(related.message, f"{style.note('note')}{style.strong(':')} ", len("note: "))
    yield from _where(related.span, related.place, pages, gutter, style.note, "-", style)


def _where(
    span: Span | None,
    place: Place | None,
    pages: _Pages,
    gutter: int,
    dress: _Dress,
    mark: str,
    style: Style,
) -> Iterator[str]:
    """The arrow with the position, and below it the excerpt."""
    arrow = f"{' ' * gutter}{style.frame('-->')} "
    if span is None:
        if place is not None:
            yield arrow + plain(_spoken(place))
        return
    yield arrow + plain(str(span))
    lines = pages.get(span.file, [])
    if 0 < span.line <= len(lines):
        yield from _excerpt(span, lines, gutter, dress, mark, style)


def _excerpt(
    span: Span,
    lines: list[str],
    gutter: int,
    dress: _Dress,
    mark: str,
    style: Style,
) -> Iterator[str]:
    """The line with marks under the piece, below the line that it belongs to."""
    bar = style.frame("|")
    empty = f"{' ' * gutter} {bar}"
    yield empty
    parent = _parent(lines, span.line - 1)
    if parent is not None:
        shown, _, _ = _cut(lines[parent], 0, 0)
        yield f"{style.frame(f'{parent + 1:>{gutter}}')} {bar} {style.faint(shown)}"
        if parent < span.line - 2:
            yield f"{' ' * (gutter - 1)}{style.frame('…')} {bar}"
    line = lines[span.line - 1]
    start = min(span.column - 1, len(line))
    end = min(span.end_column - 1, len(line)) if span.end_line == span.line else len(line.rstrip())
    shown, before, marked = _cut(line, start, end if span.end_line else start + 1)
    yield f"{style.frame(f'{span.line:>{gutter}}')} {bar} {shown}"
    yield f"{empty} {' ' * before}{dress(mark * max(marked, 1))}"


def _cut(line: str, start: int, end: int) -> tuple[str, int, int]:
    """A line as shown, cut to `_EXCERPT`, and the widths before and of the piece from `start` to `end`."""
    line = line.rstrip()
    first = 0
    if len(line) > _EXCERPT:
        first = min(max(0, start - _EXCERPT // 3), max(0, len(line) - _EXCERPT))
    last = first + _EXCERPT
    left, right = "…" if first else "", "…" if last < len(line) else ""
    before, piece, after = line[first:start], line[start : min(end, last)], line[max(end, start) : last]
    before, piece, after = (_seen(part) for part in (before, piece, after))
    return f"{left}{before}{piece}{after}{right}", _width(left + before), _width(piece)


def _parent(lines: list[str], number: int) -> int | None:
    """The index of the nearest line above that is indented less: the key that the line belongs to."""
    depth = _depth(lines[number])
    if not depth:
        return None
    for above in range(number - 1, max(number - _FAR, -1), -1):
        text = lines[above].strip()
        if text and not text.startswith("#") and _depth(lines[above]) < depth:
            return above
    return None


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _gutter(found: Diagnostic) -> int:
    """How wide the numbers of a finding's lines are, at least two, so that most findings line up."""
    spans = (found.span, *(related.span for related in found.related))
    return max([2, *(len(str(span.line)) for span in spans if span)])


def _spoken(place: Place) -> str:
    """A place in words, for when the file is not at hand."""
    steps = " > ".join(f"entry {part + 1}" if isinstance(part, int) else part for part in place.path)
    return f"{place.document}: {steps}" if steps else place.document


def wrapped(text: str, lead: str, indent: int) -> Iterator[str]:
    """Lines of a sentence behind a lead; `indent` is the lead's width as seen. Words are not cut."""
    line = ""
    for word in plain(text).split():
        if line and indent + _width(line) + 1 + _width(word) > _WIDTH:
            yield lead + line
            lead, line = " " * indent, word
        else:
            line = f"{line} {word}" if line else word
    yield lead + line


def _dress(severity: Severity, style: Style) -> _Dress:
    return {Severity.ERROR: style.error, Severity.WARNING: style.warning, Severity.INFO: style.note}[severity]


def _seen(text: str) -> str:
    return plain(text.replace("\t", "→ "))


def _width(text: str) -> int:
    """Columns of a terminal: East Asian letters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SELF_EVIDENT = "MC9"  # what is wrong with a command line is all that there is to say
_LINE_END = re.compile(r"\r\n|\r|\n")
_WIDTH = 100
_EXCERPT = 90
_FAR = 400  # lines; whoever looks for a parent further up has a file to split
