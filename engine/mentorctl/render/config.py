"""Resolved documents as YAML, with the place where each line is written, and all there is to know about a value."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from mentorctl.diagnostics import FieldPath, Place, Span
from mentorctl.render.style import Style, plain
from mentorctl.spec.lookup import Looked, Writing
from mentorctl.values import dataclass

type Locate = Callable[[Place], Span | None]
type IsWhole = Callable[[FieldPath], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of YAML and the value that it begins or holds; in a line `inside_text` a comment would be text."""

    text: str
    path: FieldPath
    inside_text: bool = False


def yaml_lines(value: Any, *, is_whole: IsWhole = lambda _: True) -> tuple[Line, ...]:  # noqa: ANN401
    """A value as YAML that reads back as the same value. What is not whole takes a line for each of its parts."""
    if isinstance(value, dict | list) and value:
        return tuple(_block(value, (), 0, is_whole))
    return (Line(text=flow_text(value), path=()),)


def with_origins(lines: Sequence[Line], where: Callable[[FieldPath], str], style: Style) -> Iterator[str]:
    """Lines with a comment behind each that says where it is written, in one column where they are not too long."""
    fitting = [len(line.text) for line in lines if len(line.text) <= _COMMENT_COLUMN]
    column = max(fitting, default=0) + 2
    for line in lines:
        comment = style.faint(plain(f"# {where(line.path)}"))
        yield plain(line.text) if line.inside_text else f"{plain(line.text):<{column - 2}}  {comment}"


def explanation(name: str, looked: Looked, *, default: str, locate: Locate, style: Style) -> Iterator[str]:
    """What was found about a value, for people; `default` says whose default holds when nobody wrote it."""
    heading = looked.meaning.title
    yield style.strong(plain(name)) + (f"  {style.faint(heading)}" if heading else "")
    value = looked.value if looked.is_written else looked.meaning.default
    if looked.is_written or value is not None:
        yield from (f"  {plain(line.text)}" for line in yaml_lines(value))
    else:
        yield "  " + style.faint("not set")
    yield ""
    yield from _facts(looked, default, locate, style)


def explanation_json(name: str, looked: Looked, *, default: str, locate: Locate) -> dict[str, Any]:
    """The same for programs."""
    meaning = looked.meaning
    return {
        "format": "mentorctl/explain/v1",
        "path": name,
        "value": looked.value if looked.is_written else meaning.default,
        "written": looked.is_written,
        "default_of": "" if looked.is_written else default,
        "writings": [
            {"value": w.value, "removed": w.is_removal, "at": _spot(locate(w.place))} for w in looked.writings
        ],
        "files": list(looked.files),
        "final": None
        if looked.final is None
        else {"path": ".".join(looked.final[0]), "at": _spot(locate(looked.final[1]))},
        "because": looked.because,
        "title": meaning.title,
        "description": meaning.description,
        "default": meaning.default,
        "choices": list(meaning.choices),
    }


def _facts(looked: Looked, default: str, locate: Locate, style: Style) -> Iterator[str]:
    """Lines of a word and what it is about, where there is something to say."""
    final, meaning = looked.final, looked.meaning
    facts = [
        *_history(looked, default, locate),
        ("put together", f"from {', '.join(looked.files)}" if len(looked.files) > 1 else ""),
        ("final", f"`{'.'.join(final[0])}` is, since {locate(final[1])}" if final else ""),
        ("because", looked.because),
        ("meaning", meaning.description),
        ("choices", ", ".join(meaning.choices)),
        ("default", flow_text(meaning.default) if looked.is_written and meaning.default is not None else ""),
    ]
    for word, text in facts:
        if text:
            yield f"  {style.note(f'{word:<{_FACT}}')}{plain(text)}"


def _history(looked: Looked, default: str, locate: Locate) -> Iterator[tuple[str, str]]:
    """Who wrote a value, and what it took the place of."""
    if not looked.writings:
        yield "written in", f"no file; it is the {default}" if default else "no file"
    for number, writing in enumerate(looked.writings):
        where = str(locate(writing.place))
        if number:
            yield "instead of" if number == 1 else "", f"{_short(writing)}  in {where}"
        else:
            yield "removed in" if writing.is_removal else "written in", where


def _short(writing: Writing) -> str:
    text = "removed" if writing.is_removal else flow_text(writing.value)
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


def _spot(span: Span | None) -> dict[str, Any] | None:
    return None if span is None else {"filename": span.file, "line": span.line, "column": span.column}


# -- YAML --------------------------------------------------------------------------------------------------------------


def _block(value: Any, path: FieldPath, depth: int, is_whole: IsWhole) -> Iterator[Line]:  # noqa: ANN401
    return _mapping(value, path, depth, is_whole) if isinstance(value, dict) else _list(value, path, depth, is_whole)


def _mapping(value: dict[str, Any], path: FieldPath, depth: int, is_whole: IsWhole) -> Iterator[Line]:
    for key, part in value.items():
        head, inside = f"{_INDENT * depth}{_scalar(key, in_flow=False)}:", (*path, key)
        text = f"{head} {flow_text(part, in_flow=False)}"
        if not isinstance(part, dict | list) or not part:
            yield from _texts(head, part, inside, depth)
        elif len(text) <= _WIDTH and not _is_deep(part) and is_whole(inside):
            yield Line(text=text, path=inside)
        else:
            yield Line(text=head, path=inside)
            yield from _block(part, inside, depth + 1, is_whole)


def _list(value: list[Any], path: FieldPath, depth: int, is_whole: IsWhole) -> Iterator[Line]:
    for number, part in enumerate(value):
        head, inside = f"{_INDENT * depth}-", (*path, number)
        text = f"{head} {flow_text(part, in_flow=False)}"
        if not isinstance(part, dict | list) or not part or (len(text) <= _WIDTH and is_whole(inside)):
            yield Line(text=text, path=inside)
            continue
        first, *others = _block(part, inside, depth + 1, is_whole)
        yield Line(text=f"{head} {first.text.lstrip(' ')}", path=first.path)
        yield from others


def _texts(head: str, value: Any, path: FieldPath, depth: int) -> Iterator[Line]:  # noqa: ANN401
    """A scalar behind its key; a text of several lines as a block, when it can be."""
    is_block = isinstance(value, str) and "\n" in value and _BLOCK.fullmatch(value)
    if not is_block:
        yield Line(text=f"{head} {flow_text(value, in_flow=False)}", path=path)
        return
    yield Line(text=f"{head} {'|' if value.endswith(chr(10)) else '|-'}", path=path)
    for line in value.removesuffix("\n").split("\n"):
        yield Line(text=f"{_INDENT * (depth + 1)}{line}" if line else "", path=path, inside_text=True)


def _is_deep(value: Any) -> bool:  # noqa: ANN401
    """Whether a value holds mappings, or lists of more than scalars; such are easier to read on several lines."""
    if isinstance(value, dict):
        return any(isinstance(part, dict) or (isinstance(part, list) and _is_deep(part)) for part in value.values())
    return any(isinstance(part, dict | list) for part in value)


def flow_text(value: Any, *, in_flow: bool = True) -> str:  # noqa: ANN401
    match value:
        case dict():
            return "{" + ", ".join(f"{_scalar(k, in_flow=True)}: {flow_text(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(flow_text, value)) + "]"
        case str():
            return _scalar(value, in_flow=in_flow)
        case float():
            return format(Decimal(repr(value)), "f")
        case _:
            return json.dumps(value)


def _scalar(text: str, *, in_flow: bool) -> str:
    """A text without quotes where every reader takes it for the same text, else in double quotes."""
    is_plain = (_IN_FLOW if in_flow else _IN_BLOCK).fullmatch(text) and text.casefold() not in _WORDS
    if is_plain and not _NUMBERLIKE.fullmatch(text) and text.isprintable():
        return text
    return json.dumps(text, ensure_ascii=False)


_INDENT = "  "
_WIDTH = 100
_COMMENT_COLUMN = 72
_SHORT = 60
_FACT = 14
_BLOCK = re.compile(r"(?:[^\s#](?:[^\n\t]*[^\s])?\n+)*[^\s#](?:[^\n\t]*[^\s])?\n?")
_IN_FLOW = re.compile(r"\w(?:[\w ./%()'+;!?=*&@-]*[\w./%()'+;!?=])?")
_IN_BLOCK = re.compile(r"\w(?:(?:[\w ,./%()'+;!?=*&@-]|:(?=\S))*[\w./%()'+;!?=])?")
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))
_NUMBERLIKE = re.compile(r"[+-]?[0-9][0-9_.]*(?:e[+-]?[0-9]+)?|0[xo][0-9a-f]+|[0-9]+(?::[0-9]+)+", re.IGNORECASE)
