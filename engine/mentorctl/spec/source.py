"""YAML text that strangers wrote → plain values with the position of every key and value.

Nothing here loads or composes: the tree is built from the parser's events under the limits below, because
loaders crash on deep nesting and hang on merge keys. Only the part of YAML that a reviewer can see through is
read: text, numbers, `true`, `false`, nothing, lists and mappings with text keys.
"""

import re
import unicodedata
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeGuard, cast

import yaml

from mentorctl.diagnostics import Diagnostic, FieldPath, Related, Span, finding, in_order
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

type JsonValue = dict[str, JsonValue] | list[JsonValue] | str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may hold. `slow_bytes` replaces `bytes` where PyYAML lacks its C parser."""

    bytes: int = 256 * 1024
    slow_bytes: int = 64 * 1024
    depth: int = 32
    nodes: int = 20_000
    scalar: int = 16 * 1024  # characters
    digits: int = 15  # a float holds every number of 15 digits exactly
    findings: int = 50


LIMITS = Limits()


class _Mark(Protocol):
    """Where the parser was; both count from 0."""

    line: int
    column: int


class _Event(Protocol):
    """What the parser says of a value or of the end of one. `anchor` and `tag` are those of values only."""

    start_mark: _Mark
    end_mark: _Mark
    anchor: str | None
    tag: str | None


class _Scalar(_Event, Protocol):
    """A single value; `style` is empty when it is written without quotes."""

    value: str
    style: str | None


type _Extent = tuple[_Mark, _Mark]


class _Node(NamedTuple):
    """The positions of one value, of its key if it has one, and of what it holds."""

    start: _Mark
    end: _Mark
    key: _Extent | None = None
    inner: "dict[str | int, _Node]" = {}  # noqa: RUF012 -- never written to: scalars share it


class Piece(NamedTuple):
    """A value, where its key begins if it has one, and its exact extent. Lines and columns count from 0."""

    path: FieldPath
    key: tuple[int, int] | None
    start: tuple[int, int]
    end: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file as read. `tree` is None for an empty file, and for one whose findings leave no trustworthy tree.

    `text` is without a byte order mark, so that positions fit it.
    """

    file: str
    text: str
    tree: JsonValue
    findings: tuple[Diagnostic, ...]
    _root: _Node | None = field(default=None, repr=False, compare=False)

    def span(self, path: FieldPath, *, on_key: bool = False) -> Span:
        """Where the value at `path` is written, or its key; for a path without one, its deepest parent."""
        node = self._root
        if node is None:
            return Span(file=self.file, line=1, column=1, end_line=1, end_column=2)
        for part in path:
            deeper = node.inner.get(part)
            if deeper is None:
                break
            node = deeper
        if on_key and node.key:
            return _span(self.file, *node.key)
        if node.inner:
            return _point(self.file, node.start)
        found = _span(self.file, node.start, node.end)
        return self._without_blank_lines(found) if node.end.column == 0 else found

    def value(self, path: FieldPath) -> JsonValue:
        """What is written at a path. Raises LookupError where nothing is."""
        found: Any = self.tree
        for part in path:
            found = found[part]
        return cast("JsonValue", found)

    def pieces(self) -> "Iterator[Piece]":
        """Every value of a tree, parents before what they hold, in the order of the file."""
        rest: list[tuple[FieldPath, _Node]] = [((), self._root)] if self._root else []
        while rest:
            path, node = rest.pop()
            key = (node.key[0].line, node.key[0].column) if node.key else None
            yield Piece(path, key, (node.start.line, node.start.column), (node.end.line, node.end.column))
            rest += [((*path, part), inner) for part, inner in reversed(node.inner.items())]

    def _without_blank_lines(self, span: Span) -> Span:
        """The parser ends a block text where the next thing begins; the text ends with its last line."""
        lines = _LINE_END.split(self.text)[: span.end_line - 1]
        last = next((n for n in range(len(lines), span.line, -1) if lines[n - 1].strip()), span.line)
        return replace(span, end_line=last, end_column=len(lines[last - 1]) + 1)


def read_source(text: str, *, file: str) -> Source:
    """Read one YAML file. Never raises: whatever is wrong with the text is in `findings`."""
    text = text.removeprefix("\ufeff")
    refused = _too_long(text, file) or _unseen_characters(text, file)
    if refused:
        return Source(file=file, text=text, tree=None, findings=(refused,))
    reader = _Reader(text, file)
    tree, root = reader.read()
    return Source(file=file, text=text, tree=tree, findings=_capped(reader.findings), _root=root)


class _Refused(Exception):  # noqa: N818 -- never leaves this module
    """Reading ends here, for the reason of the finding."""

    def __init__(self, why: Diagnostic) -> None:
        self.why = why


class _Reader:
    """Builds the tree from events. Its findings are complete after `read`."""

    def __init__(self, text: str, file: str) -> None:
        self.findings: list[Diagnostic] = []
        self._text = text
        self._file = file
        self._nodes = 0
        self._trustworthy = True
        self._next: Callable[[], _Event]  # the parser, from the moment on at which reading begins

    def read(self) -> tuple[JsonValue, _Node | None]:
        """The tree and its positions; both None where the findings leave no trustworthy tree."""
        try:
            tree, root = self._document()
        except _Refused as stop:
            self.findings.append(stop.why)
        except yaml.MarkedYAMLError as error:
            self._not_yaml(error.context, error.context_mark, error.problem, error.problem_mark)
        except (yaml.YAMLError, ValueError, OverflowError):  # the pure parser hands `\UFFFFFFFF` to chr()
            self._not_yaml(None, None, None, None)
        else:
            if self._trustworthy:
                return tree, root
        return None, None

    def _document(self) -> tuple[JsonValue, _Node | None]:
        self._next = cast("Callable[[], _Event]", _LOADER(self._text).get_event)
        self._next()
        start = self._next()
        if not isinstance(start, yaml.DocumentStartEvent):
            return None, None
        if start.version or start.tags:
            self._feature(start, "lines that begin with `%`", "delete this line")
        tree, root = self._value(self._next(), 1)
        self._next()
        more = self._next()
        if isinstance(more, yaml.DocumentStartEvent):
            second = cast("_Event", more)
            self._feature(second, "several documents in one file", "put each into a file of its own")
        return tree, root

    def _value(self, event: _Event, depth: int, key: _Extent | None = None) -> tuple[JsonValue, _Node]:
        if _is_scalar(event):
            return self._scalar(event), _Node(event.start_mark, event.end_mark, key)
        self._count(event)
        if isinstance(event, yaml.AliasEvent):
            self._trustworthy = False
            self._feature(event, "references (`*`)", "write the value out; a text with `*` needs quotes")
            return None, _Node(event.start_mark, event.end_mark, key)
        self._plain_node(event)
        if depth > LIMITS.depth:
            raise _Refused(self._limit(event, f"values are nested more than {LIMITS.depth} levels deep"))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, depth, key)
        return self._list(event, depth, key)

    def _list(self, start: _Event, depth: int, key: _Extent | None) -> tuple[JsonValue, _Node]:
        values: list[JsonValue] = []
        inner: dict[str | int, _Node] = {}
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            value, inner[len(values)] = self._value(event, depth + 1)
            values.append(value)
        return values, _Node(start.start_mark, event.end_mark, key, inner)

    def _mapping(self, start: _Event, depth: int, its_key: _Extent | None) -> tuple[JsonValue, _Node]:
        values: dict[str, JsonValue] = {}
        inner: dict[str | int, _Node] = {}
        begins_again = False  # the first key a second time: what follows it is twice for the same reason
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event, depth)
            value, node = self._value(self._next(), depth + 1, (event.start_mark, event.end_mark))
            if key is None:
                continue
            if key in values:
                is_first = key == next(iter(values))
                if is_first or not begins_again:
                    begins_again = is_first and len(values) > 1
                    self._twice(key, event, inner[key], begins_again=begins_again)
                continue
            values[key] = value
            inner[key] = node
        return values, _Node(start.start_mark, event.end_mark, its_key, inner)

    def _key(self, event: _Event, depth: int) -> str | None:
        """The key as written, or None where it is not one that files use."""
        if not _is_scalar(event):
            self._value(event, depth + 1)
            if not isinstance(event, yaml.AliasEvent):
                self._feature(
                    event,
                    "keys that are lists or mappings",
                    "write a text as the key; a value that begins with `{` or `[` needs quotes",
                )
            return None
        self._scalar(event, resolve=False)
        if event.style:
            return event.value
        if event.value == "<<":
            self._feature(event, "merge keys (`<<`)", "write the keys out, so that reviewers see them")
            return None
        if not event.value:
            self._feature(event, "empty keys", "write a key before the colon")
            return None
        return event.value

    def _scalar(self, event: _Scalar, *, resolve: bool = True) -> JsonValue:
        self._count(event)
        value = event.value
        if event.tag is not None or event.anchor is not None:
            self._plain_node(event)
        if len(value) > LIMITS.scalar:
            raise _Refused(self._limit(event, f"this text has more than {LIMITS.scalar:,} characters"))
        if event.style:
            if event.style == '"' and (unseen := _UNSEEN.search(value)):
                self._feature(event, f"unseen characters such as {_name(unseen[0])}", "take the escape out")
            return value
        if not resolve or value[:1] not in _SPECIAL_STARTS:
            return value
        if value in _WORDS:
            return _WORDS[value]
        return self._number(value, event) if _NUMBER.fullmatch(value) else value

    def _number(self, value: str, event: _Scalar) -> int | float:
        if len(value.replace("-", "").replace(".", "")) > LIMITS.digits:
            raise _Refused(
                self._limit(
                    event,
                    f"this number has more than {LIMITS.digits} digits",
                    "put it in quotes if it is an identifier",
                )
            )
        return float(value) if "." in value else int(value)

    def _count(self, event: _Event) -> None:
        self._nodes += 1
        if self._nodes > LIMITS.nodes:
            raise _Refused(self._limit(event, f"the file holds more than {LIMITS.nodes:,} keys and values"))

    def _plain_node(self, event: _Event) -> None:
        if event.anchor is not None:
            self._feature(event, "names for values (`&`)", "delete it; a text with `&` in front needs quotes")
        if event.tag is not None:
            self._feature(event, "tags (`!`)", "delete it; a text that begins with `!` needs quotes")

    def _twice(self, key: str, event: _Event, first: _Node, *, begins_again: bool) -> None:
        before = _span(self._file, *(first.key or (first.start, first.end)))
        self.findings.append(
            finding(
                "MC1002",
                f"`{_short(key)}` is already on line {before.line}",
                help="keep one of the two" + ("; a new entry of a list begins with `- `" if begins_again else ""),
                span=_span(self._file, event.start_mark, event.end_mark),
                related=(Related(message="first written here", span=before),),
            )
        )

    def _feature(self, event: _Event, what: str, remedy: str) -> None:
        self.findings.append(
            finding(
                "MC1004",
                f"{what} are not used in these files",
                help=remedy,
                span=_point(self._file, event.start_mark),
            )
        )

    def _limit(self, event: _Event, what: str, remedy: str = "split the file, or simplify it") -> Diagnostic:
        return finding("MC1003", what, help=remedy, span=_point(self._file, event.start_mark))

    def _not_yaml(
        self,
        context: str | None,
        context_mark: _Mark | None,
        problem: str | None,
        problem_mark: _Mark | None,
    ) -> None:
        from mentorctl.spec.syntax import Spot, explain

        marks = (context_mark, problem_mark)
        opened, stopped = (Spot(line=one.line, column=one.column) if one else None for one in marks)
        why = explain(self._text, context=context or "", problem=problem or "", opened=opened, stopped=stopped)
        self.findings.append(
            finding(
                "MC1001",
                why.detail,
                help=why.help,
                span=Span(
                    file=self._file,
                    line=why.at.line + 1,
                    column=why.at.column + 1,
                    end_line=why.at.line + 1,
                    end_column=why.at.column + 2,
                ),
            )
        )


def _is_scalar(event: _Event) -> TypeGuard[_Scalar]:
    return isinstance(event, yaml.ScalarEvent)


def _too_long(text: str, file: str) -> Diagnostic | None:
    most = LIMITS.bytes if _IN_C else LIMITS.slow_bytes
    if len(text) <= most and len(text.encode("utf-8", "surrogatepass")) <= most:
        return None
    return finding(
        "MC1003",
        f"the file is larger than {most // 1024} KiB",
        help="split it into several files",
        span=Span(file=file, line=1, column=1, end_line=1, end_column=2),
    )


def _unseen_characters(text: str, file: str) -> Diagnostic | None:
    first = _UNSEEN.search(text)
    if first is None:
        return None
    others = len(_UNSEEN.findall(text)) - 1
    lines = _LINE_END.split(text[: first.start()])
    line, column = len(lines), len(lines[-1]) + 1
    return finding(
        "MC1004",
        f"the character {_name(first[0])} cannot be seen or changes how the text around it reads"
        + (f"; the file has {others} more of this kind" if others else ""),
        help="delete it; copying from a web page or a chat often brings such characters along",
        span=Span(file=file, line=line, column=column, end_line=line, end_column=column + 1),
    )


def _name(character: str) -> str:
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def _short(key: str) -> str:
    return key if len(key) <= _KEY_SHOWN else key[: _KEY_SHOWN - 1] + "…"


def _span(file: str, start: _Mark, end: _Mark) -> Span:
    return Span(
        file=file,
        line=start.line + 1,
        column=start.column + 1,
        end_line=end.line + 1,
        end_column=end.column + 1,
    )


def _point(file: str, mark: _Mark) -> Span:
    return Span(
        file=file,
        line=mark.line + 1,
        column=mark.column + 1,
        end_line=mark.line + 1,
        end_column=mark.column + 2,
    )


def _capped(findings: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Not more than fit a reader's patience; the last one says how many are left out."""
    ordered = in_order(findings)
    rest = len(ordered) - LIMITS.findings
    if rest <= 0:
        return ordered
    last = ordered[LIMITS.findings - 1]
    return (
        *ordered[: LIMITS.findings - 1],
        replace(last, detail=f"{last.detail} (and {rest} more findings in this file)"),
    )


_IN_C: bool = yaml.__with_libyaml__
_LOADER = yaml.CSafeLoader if _IN_C else yaml.SafeLoader
_KEY_SHOWN = 60
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_SPECIAL_STARTS = frozenset(("", "~", *"ntf-0123456789"))
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_LINE_END = re.compile(r"\r\n|\r|\n")
# Controls, line separators that only YAML sees, marks that turn the reading direction, halves of characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
