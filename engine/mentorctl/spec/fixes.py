"""What a program can do about a finding: edits of the text that leave comments, quotes and layout alone.

A safe fix is one that nobody could want otherwise: a slip in a word that only one word explains, a value in another
notation of the same thing. Everything else is offered and left to a person.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from mentorctl.diagnostics import Diagnostic, Edit, FieldPath, Fix, Span, finding, has_errors
from mentorctl.spec.edits import apart, edited, piece, whole
from mentorctl.spec.misfits import Problem
from mentorctl.spec.scalars import is_plain, scalar
from mentorctl.spec.source import JsonValue, Source, read_source
from mentorctl.spec.wording import shortened
from mentorctl.values import dataclass

type Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A fix that was made, and the line it was made on, in the text as it was then."""

    file: str
    line: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Texts without safe fixes left, as far as that can be reached."""

    texts: Texts
    done: tuple[Done, ...]


def settle(texts: Texts, check: Callable[[Texts], Iterable[Diagnostic]]) -> Settled:
    """Make all safe fixes of the texts, check again, and go on until none is left, at most `_ROUNDS` times.

    A file that could be read stays readable: fixes after which it could not be are not made.
    """
    now = dict(texts)
    done: list[Done] = []
    barred: set[Fix] = set()
    for _ in range(_ROUNDS):
        changed = False
        for file, fixes in _by_file(check(now)).items():
            chosen = apart(now[file], [fix for fix in fixes if fix not in barred]) if file in now else ()
            if not chosen:
                continue
            text = edited(now[file], (edit for fix in chosen for edit in fix.edits))
            if _is_readable(now[file], file) and not _is_readable(text, file):
                barred |= set(chosen)
                continue
            changed = changed or text != now[file]
            now[file] = text
            done += [Done(file=file, line=fix.edits[0].span.line, title=fix.title) for fix in chosen]
        if not changed:
            break
    return Settled(texts=now, done=tuple(done))


def fix_of(problem: Problem, source: Source) -> Fix | None:
    """The fix for a misfit of a schema, when there is one."""
    if problem.code == "MC1109":
        return _without_entry(problem, source)
    if "id" in problem.missing and problem.path and isinstance(problem.path[-1], int):
        return _with_id(problem.path, source)
    if problem.instead is None:
        return None
    span = _extent(source, problem.path, on_key=problem.on_key)
    old = piece(source.text, span)
    new = _written(problem.instead.value, old)
    if new is None or new == old or span.line != span.end_line:
        return None
    return Fix(
        title=f"write `{shortened(new)}` instead of `{shortened(old)}`",
        edits=(Edit(span=span, text=new),),
        safe=problem.instead.certain,
    )


def header_fix(source: Source, kind: str) -> Fix | None:
    """The line by which a mapping says what kind of file it is; a newer version is no slip of the pen."""
    if not isinstance(source.tree, dict) or not source.tree:
        return None
    if "mentorctl" in source.tree:
        span = source.span(("mentorctl",))
        said = str(source.tree["mentorctl"]).strip().casefold()
        fix = Fix(title=f"write `mentorctl: {kind}`", edits=(Edit(span=span, text=kind),), safe=True)
        return fix if said in {kind, kind.partition("/")[0]} else None
    start = source.span(())
    if any(key.strip().casefold() == "mentorctl" for key in source.tree):
        return None
    if start.column != 1 or source.text.splitlines()[start.line - 1].startswith("{"):
        return None
    end_of_line = "\r\n" if "\r\n" in source.text else "\n"
    return Fix(
        title=f"begin with `mentorctl: {kind}`",
        edits=(Edit(span=_before(start), text=f"mentorctl: {kind}{end_of_line}"),),
        safe=True,
    )


def text_findings(source: Source) -> tuple[Diagnostic, ...]:
    """The findings of a text itself, with their fixes, and a remark on mixed line ends."""
    fixed = tuple(replace(f, fix=_without_tabs(source)) if _is_tab(f, source) else f for f in source.findings)
    mixed = _mixed_line_ends(source)
    return (*fixed, mixed) if mixed else fixed


# -- parts of a text ---------------------------------------------------------------------------------------------------


def _by_file(findings: Iterable[Diagnostic]) -> dict[str, list[Fix]]:
    fixes: dict[str, list[Fix]] = {}
    for found in findings:
        fix = found.fix
        if fix is not None and fix.safe and fix.edits and len({edit.span.file for edit in fix.edits}) == 1:
            fixes.setdefault(fix.edits[0].span.file, []).append(fix)
    return fixes


def _is_readable(text: str, file: str) -> bool:
    return not has_errors(read_source(text, file=file).findings)


def _before(span: Span) -> Span:
    """The point where a span begins."""
    return replace(span, end_line=span.line, end_column=span.column)


def _extent(source: Source, path: FieldPath, *, on_key: bool = False) -> Span:
    """All of a value, also of one that holds others; or its key."""
    span = source.span(path, on_key=on_key)
    if on_key:
        return span
    last = next((p.end for p in source.pieces() if p.path == path), None)
    return span if last is None else replace(span, end_line=last[0] + 1, end_column=last[1] + 1)


def _written(value: JsonValue, old: str) -> str | None:
    """A value as it is written in the place of another, with its quotes; None when that is not a matter of one word."""
    match value:
        case bool() | int() | float():
            return json.dumps(value)
        case [str(_)]:
            return f"[{old}]" if is_plain(old) or old[:1] in _QUOTES else None
        case str():
            return _text(value, old)
        case _:
            return None


def _text(value: str, old: str) -> str | None:
    if old[:1] in _BLOCKS:
        return None
    if old.startswith("["):  # the only entry of a list, taken out of it
        return inner if is_plain(inner := old[1:-1].strip()) or inner[:1] in _QUOTES else None
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?|true|false", old):
        unit = next((unit for unit in ("%", "min") if value.endswith(unit)), "")
        return f"{old}{unit}" if unit else f'"{old}"'  # as it is written: 3.10 was read as 3.1
    if old.startswith("'") and "'" not in value:
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False) if old.startswith('"') else scalar(value)


# -- single fixes ------------------------------------------------------------------------------------------------------


def _without_entry(problem: Problem, source: Source) -> Fix | None:
    """Take the second of two equal entries out of its list, with its comma or its line."""
    index = problem.path[-1]
    if not isinstance(index, int) or index == 0:
        return None
    span, last = _extent(source, problem.path), _extent(source, (*problem.path[:-1], index - 1))
    gap = replace(span, line=last.end_line, column=last.end_column, end_line=span.line, end_column=span.column)
    title = f"delete the second `{shortened(piece(source.text, span))}`"
    if re.fullmatch(r"\s*,\s*", piece(source.text, gap)):
        cut = replace(gap, end_line=span.end_line, end_column=span.end_column)
        return Fix(title=title, edits=(Edit(span=cut, text=""),), safe=True)
    line = source.text.splitlines()[span.line - 1]
    alone = line[: span.column - 1].strip() == "-" and not line[span.end_column - 1 :].strip()
    if span.line != span.end_line or last.end_line >= span.line or not alone:
        return None
    above = len(source.text.splitlines()[span.line - 2]) + 1
    cut = replace(span, line=span.line - 1, column=above, end_column=len(line) + 1)
    return Fix(title=title, edits=(Edit(span=cut, text=""),), safe=True)


def _with_id(path: FieldPath, source: Source) -> Fix | None:
    """Offer an id made from what the entry says."""
    entries, entry = source.value(path[:-1]), source.value(path)
    if not isinstance(entries, list) or not isinstance(entry, dict) or not entry:
        return None
    taken = {str(other.get("id")) for other in entries if isinstance(other, dict)}
    base = _slug([next(iter(entry)), *_words(next(iter(entry.values())))])
    name = next(name for name in (base, *(f"{base}_{n}" for n in range(2, len(entries) + 3))) if name not in taken)
    start = source.span(path)
    is_flow = source.text.splitlines()[start.line - 1][start.column - 1 : start.column] == "{"
    at = replace(start, column=start.column + 1) if is_flow else start
    text = f"id: {name}, " if is_flow else f"id: {name}\n" + " " * (start.column - 1)
    return Fix(title=f"add `id: {name}`", edits=(Edit(span=_before(at), text=text),), safe=False)


def _words(value: JsonValue) -> Iterator[str]:
    """The first text in a value."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        found = next(_words(inner), None)
        if found is not None:
            yield found
            return


def _slug(words: list[str]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", "_".join(words).casefold()).strip("_")[:_LONGEST_ID].rstrip("_")
    return slug if slug[:1].isalpha() else f"rule_{slug}".rstrip("_")


def _is_tab(found: Diagnostic, source: Source) -> bool:
    span = found.span
    if found.code != "MC1001" or span is None:
        return False
    lines = _LINE_END.split(source.text)
    return lines[span.line - 1][span.column - 1 : span.column] == "\t"


def _without_tabs(source: Source) -> Fix | None:
    """Spaces for the tabs in front of lines. It is safe when every width of a tab gives the same tree."""
    tried = [read_source(_expanded(source.text, width), file=source.file) for width in _TAB_WIDTHS]
    read = [(again.text, json.dumps(again.tree)) for again in tried if not has_errors(again.findings)]
    if not read:
        return None
    return Fix(
        title="replace the tabs in front of lines by spaces",
        edits=(Edit(span=whole(source.text, file=source.file), text=read[0][0]),),
        safe=len({tree for _, tree in read}) == 1,
    )


def _expanded(text: str, width: int) -> str:
    return _INDENT.sub(lambda found: found[0].replace("\t", " " * width), text)


def _mixed_line_ends(source: Source) -> Diagnostic | None:
    ends = _LINE_END.findall(source.text)
    if len(set(ends)) < 2:  # noqa: PLR2004
        return None
    odd = min(set(ends), key=lambda end: (ends.count(end), end))
    line = ends.index(odd) + 1
    at = Span(file=source.file, line=line, column=1, end_line=line, end_column=2)
    fix = Fix(
        title="end all lines alike",
        edits=(Edit(span=whole(source.text, file=source.file), text=_LINE_END.sub("\n", source.text)),),
        safe=True,
    )
    return finding(
        "MC1120",
        f"{ends.count(odd)} of {len(ends)} lines end otherwise than the rest",
        help="`mentorctl fmt` writes them all alike",
        span=at,
        fix=fix,
    )


_ROUNDS = 10
_LONGEST_ID = 50
_TAB_WIDTHS = (2, 4, 8)
_QUOTES = frozenset("'\"")
_BLOCKS = frozenset("|>")
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_LINE_END = re.compile(r"\r\n|\r|\n")
