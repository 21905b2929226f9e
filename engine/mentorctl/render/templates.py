"""Jinja2, the only place: shipped templates to text, strictly and in a sandbox, and what templates of messages hold."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from jinja2 import FunctionLoader, StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mentorctl import resources
from mentorctl.diagnostics import Diagnostic, Span, did_you_mean, finding, quoted_list


def filled(name: str, values: Mapping[str, object], *, escape: bool = False) -> str:
    """A shipped template with its values, which `escape` makes harmless in HTML.

    One that is missing is a jinja2.UndefinedError (a bug).
    """
    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(_shipped),
        undefined=StrictUndefined,
        autoescape=escape,
        keep_trailing_newline=True,
    )
    return environment.get_template(name).render(values)


def check_message(text: str, *, file: str, variables: Collection[str]) -> tuple[Diagnostic, ...]:
    """What is wrong with the template of a message that may name some variables. Nothing of it is run."""
    try:
        tree = ImmutableSandboxedEnvironment().parse(text)
        found = tuple(islice(_strange(tree, _Page(file, text.split("\n")), frozenset(variables)), _MOST))
    except TemplateSyntaxError as error:
        return (_at(Span(file=file, line=error.lineno, column=1), error.message or "it cannot be read"),)
    except RecursionError:
        return (_at(Span(file=file, line=1, column=1), "it is nested too deeply"),)
    except ValueError:
        return (_at(Span(file=file, line=1, column=1), "it holds a number with too many digits"),)
    return found


class Names(tuple[str, ...]):
    """What people are called, as a template reads it: one after the other in a loop, else as words."""

    __slots__ = ()

    def __str__(self) -> str:
        return self[0] if len(self) == 1 else " and ".join(filter(None, (", ".join(self[:-1]), *self[-1:])))


def message_text(text: str, values: Mapping[str, str | Names]) -> str:
    """The text of a message in which `check_message` found nothing wrong, cut where it is longer than anybody reads."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True)
    parts = environment.from_string(text).generate(values)
    return "".join(islice(parts, _MOST_PARTS))[:_LONGEST]


class _Page(NamedTuple):
    """A template as lines. The parser knows the line of a name; its column is where the name first stands there."""

    file: str
    lines: Sequence[str]

    def span(self, line: int, name: str = "") -> Span:
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        found = re.search(rf"\b{re.escape(name)}\b", text) if name else None
        if found is None:
            return Span(file=self.file, line=line, column=1)
        return Span(file=self.file, line=line, column=found.start() + 1, end_line=line, end_column=found.end() + 1)


def _strange(node: nodes.Node, page: _Page, known: frozenset[str], depth: int = 0) -> Iterator[Diagnostic]:
    """Whatever is neither text nor a known name nor `if` and `for` over such names."""
    if isinstance(node, nodes.Name):
        if node.name not in known:
            yield _at(
                page.span(node.lineno, node.name),
                f"there is no `{node.name}` in this message",
                did_you_mean(node.name, known)
                or f"there are {quoted_list(sorted(known), last='and', limit=len(known))}",
            )
    elif isinstance(node, nodes.For):
        yield from _loop(node, page, known, depth + 1)
    elif isinstance(node, _PLAIN):
        for part in node.iter_child_nodes():
            yield from _strange(part, page, known, depth)
    else:
        yield _at(
            page.span(node.lineno),
            f"a message holds names only, and this is a {_word(node)}",
            "write `{{ name }}`, `{% if name %}` or `{% for one in name %}`",
        )


def _loop(node: nodes.For, page: _Page, known: frozenset[str], depth: int) -> Iterator[Diagnostic]:
    """`for one in mentor`: inside it `one` is known too. Loops within loops take a time that grows with each."""
    if depth > _DEEPEST:
        yield _at(page.span(node.lineno), f"more than {_DEEPEST} loops are within each other", "write one loop")
        return
    if not isinstance(node.target, nodes.Name) or node.test is not None or node.recursive:
        yield _at(
            page.span(node.lineno), "a loop has one name and goes over one name", "write `{% for one in mentor %}`"
        )
        return
    yield from _strange(node.iter, page, known, depth)
    for part in node.body:
        yield from _strange(part, page, known | {node.target.name}, depth)
    for part in node.else_:
        yield from _strange(part, page, known, depth)


def _word(node: nodes.Node) -> str:
    return _WORDS.get(type(node), type(node).__name__.lower())


def _at(span: Span, detail: str, advice: str = "") -> Diagnostic:
    return finding("MC2081", detail, help=advice, span=span)


def _shipped(name: str) -> str:
    return resources.text("templates", *name.split("/"))


_MOST = 20  # findings in one template
_DEEPEST = 3  # loops within each other
_MOST_PARTS = 20_000
_LONGEST = 100_000  # characters
_PLAIN = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Not, nodes.And, nodes.Or)
_WORDS: dict[type[nodes.Node], str] = {
    nodes.Getattr: "look into a value",
    nodes.Getitem: "look into a value",
    nodes.Call: "call",
    nodes.Filter: "filter",
    nodes.Test: "test",
    nodes.Const: "value",
    nodes.Compare: "comparison",
    nodes.Assign: "`set`",
    nodes.Include: "`include`",
    nodes.Import: "`import`",
    nodes.Extends: "`extends`",
    nodes.Macro: "`macro`",
    nodes.Block: "`block`",
}
