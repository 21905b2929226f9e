"""Findings as values: what is wrong, where, and how to put it right.

Deep layers report against an address and a field path (`Place`); whoever knows the files turns that into a line and a
column (`Span`). Findings are collected, sorted by value and rendered last; an exception means a bug or a broken world.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Protocol

from mentorctl.catalog import CATALOG
from mentorctl.values import dataclass

type FieldPath = tuple[str | int, ...]

WORKSPACE = "mentorctl.yaml"  # the document of the workspace file; no program id contains a point


class Severity(StrEnum):
    """How much a finding matters. Only errors stop a command."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """A piece of a text file. Lines and columns count from 1; the end is the first column after the piece."""

    file: str
    line: int
    column: int
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """A spot in a document by meaning: `document` is a program id, a file or `WORKSPACE`; `on_key` means the key.

    With an `offset` (from 0) it is `length` characters of the text that stands there.
    """

    document: str
    path: FieldPath = ()
    on_key: bool = False
    offset: int = -1
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A second position that belongs to a finding, e.g. the first of two duplicate keys."""

    message: str
    place: Place | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Edit:
    """Write `text` in the place of `span`; an empty span (its end is its start) inserts, an empty text deletes."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """What a program can do about a finding. `safe` means that no person needs to look before it is done."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding. `summary` is constant per code; `detail` says what was found here; `help` how to fix it."""

    code: str
    severity: Severity
    summary: str
    detail: str
    help: str = ""
    place: Place | None = None
    span: Span | None = None
    related: tuple[Related, ...] = ()
    fix: Fix | None = None

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


class Locator(Protocol):
    """Turns a place into a span, or None when the document is not at hand."""

    def locate(self, place: Place) -> Span | None: ...


def finding(  # the one constructor everybody uses: the catalog owns severity and summary
    code: str,
    detail: str,
    *,
    help: str = "",  # noqa: A002
    place: Place | None = None,
    span: Span | None = None,
    related: tuple[Related, ...] = (),
    fix: Fix | None = None,
) -> Diagnostic:
    """Make a finding of the kind `code`. Raises KeyError for a code that the catalog lacks (a bug)."""
    kind = CATALOG[code]
    return Diagnostic(
        code=code,
        severity=Severity(kind.severity),
        summary=kind.summary,
        detail=detail,
        help=help,
        place=place,
        span=span,
        related=related,
        fix=fix,
    )


def located(diagnostics: Iterable[Diagnostic], locator: Locator) -> tuple[Diagnostic, ...]:
    """Give every finding (and its related positions) a span where the locator knows one, and sort them."""
    return in_order(
        replace(
            d,
            span=d.span or (locator.locate(d.place) if d.place else None),
            related=tuple(replace(r, span=r.span or (locator.locate(r.place) if r.place else None)) for r in d.related),
        )
        for d in diagnostics
    )


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by file, line, column, code; findings without a position come last. Exact repeats are dropped."""
    ranked = sorted(
        dict.fromkeys(diagnostics),
        key=lambda d: (d.span is None, d.span or _NOWHERE, d.code, d.detail, d.help, repr(d.related), repr(d.place)),
    )
    return tuple(ranked)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(d.is_error for d in diagnostics)


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """The help sentence for a near miss, or an empty string when nothing is near enough."""
    from difflib import get_close_matches

    known = sorted(set(candidates))
    lowered: Mapping[str, str] = {c.casefold(): c for c in reversed(known)}
    close = get_close_matches(word.casefold(), list(lowered), n=1, cutoff=0.7)
    return f"did you mean `{lowered[close[0]]}`?" if close else ""


def quoted_list(words: Iterable[str], *, last: str = "or", limit: int = 12) -> str:
    """`a`, `b` or `c`; long lists are cut and say so."""
    items = [f"`{word}`" for word in words]
    if len(items) > limit:
        items = [*items[:limit], f"{len(items) - limit} more"]
    if len(items) < 2:  # noqa: PLR2004
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


_NOWHERE = Span(file="", line=0, column=0)
