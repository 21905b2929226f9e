"""The language reference: every key of a schema in a Markdown table."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mentorctl.spec.quick import resolved

type Schema = Mapping[str, Any]
type Row = tuple[str, str, str, str]


def reference(schemas: Mapping[str, Schema]) -> str:
    """One section for each kind of file, by kind such as `program/v1`. The keys of a program are listed once."""
    program = schemas.get("program/v1")
    lines: list[str] = []
    for kind, schema in schemas.items():
        lines += (f"## {_TITLES.get(kind.partition('/')[0], kind)}", "", str(schema["description"]), "")
        lines += _tables(schema) if kind != "base/v1" or program is None else (_AS_IN_A_PROGRAM, "")
    return "\n".join(lines)


def table_cell(text: str) -> str:
    """A text that stays inside its cell of a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")


def _tables(schema: Schema) -> Iterator[str]:
    """The keys of a kind of file, and apart from them the parts that occur in many places."""
    apart = [f"#/$defs/{name}" for name in _APART if name in schema["$defs"]]
    closed = _ELSEWHERE.union(apart)
    yield from _table(schema, schema, closed)
    for name in apart:
        part = _target(schema, name)
        yield from (f"### {part['title']}", "", str(part.get("description", "")), "")
        yield from _table(schema, part, closed)


def _table(root: Schema, node: Schema, closed: frozenset[str]) -> Iterator[str]:
    yield from ("| key | value | required | what it means |", "|---|---|---|---|")
    rows: dict[str, Row] = {}
    for row in _keys(root, [node], "", closed):
        rows.setdefault(row[0], row)
    for path, kind, required, about in rows.values():
        yield f"| `{path}` | {table_cell(kind)} | {required} | {table_cell(about)} |"
    yield ""


def _keys(root: Schema, nodes: Sequence[Schema], path: str, opened: frozenset[str]) -> Iterator[Row]:
    """Every key of values that fit one of the nodes: path, kind of value, whether required, meaning.

    `opened` are the named parts not to enter.
    """
    children: dict[str, list[Schema]] = {}
    for node in nodes:
        for part, _ in _parts(root, node):
            for key, child in part.get("properties", {}).items():
                if not isinstance(child, bool):
                    children.setdefault(key, []).append(child)
    asking = [_required(root, node) for node in nodes]
    for key, parts in children.items():
        full = _merged(root, parts)
        needed = "yes" if all(key in keys for keys in asking) else "at times" if any(key in k for k in asking) else ""
        yield f"{path}{key}", _kind(root, full), needed, _about(full)
        yield from _below(root, parts, f"{path}{key}", opened)


def _below(root: Schema, nodes: Sequence[Schema], where: str, opened: frozenset[str]) -> Iterator[Row]:
    """The keys inside a value. A part that holds itself is written out once."""
    fresh = [node for node in nodes if not _names(root, node) & opened]
    if not fresh:
        return
    inside = opened.union(*(_names(root, node) for node in fresh))
    parts = [part for node in fresh for part, _ in _parts(root, node)]
    yield from _keys(root, fresh, f"{where}.", inside)
    for word, ending in (("additionalProperties", ".ID"), ("items", "[]")):
        entries = [part[word] for part in parts if isinstance(part.get(word), dict)]
        if entries:
            yield from _below(root, entries, f"{where}{ending}", inside)
    options = [option for part in parts for option in part.get("anyOf", ())]
    if options:
        yield from _below(root, options, where, inside)


def _parts(root: Schema, node: Schema, *, in_case: bool = False) -> Iterator[tuple[Schema, bool]]:
    """A node and all that speaks of the same value, each with whether it does so in some case only."""
    yield node, in_case
    if "$ref" in node:
        yield from _parts(root, _target(root, node["$ref"]), in_case=in_case)
    for part in node.get("allOf", ()):
        yield from _parts(root, part, in_case=in_case)
    for word in ("then", "else"):
        if isinstance(node.get(word), dict):
            yield from _parts(root, node[word], in_case=True)


def _required(root: Schema, node: Schema) -> frozenset[str]:
    return frozenset(key for part, in_case in _parts(root, node) if not in_case for key in part.get("required", ()))


def _names(root: Schema, node: Schema) -> frozenset[str]:
    """The named parts of the schema that a node consists of."""
    return frozenset(part["$ref"] for part, _ in _parts(root, node) if "$ref" in part)


def _target(root: Schema, reference: str) -> Schema:
    target = resolved(root, reference)
    return {} if isinstance(target, bool) else target


def _merged(root: Schema, nodes: Sequence[Schema]) -> dict[str, Any]:
    """What all parts say about a value itself, the first of them first."""
    merged: dict[str, Any] = {}
    for node in nodes:
        for part, _ in _parts(root, node):
            merged = dict(part) | merged
    return merged


def _kind(root: Schema, node: Schema) -> str:
    if "const" in node:
        return f"`{_written(node['const'])}`"
    if "enum" in node:
        return ", ".join(f"`{_written(value)}`" for value in node["enum"])
    if "x-written" in node:
        return str(node["x-written"])
    if "anyOf" in node:
        return " or ".join(dict.fromkeys(_kind(root, _merged(root, [option])) for option in node["anyOf"]))
    kinds = node.get("type", "object")
    return " or ".join(_WORDS[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _about(node: Schema) -> str:
    parts = [node.get("title", ""), node.get("description", "")]
    if "default" in node:
        parts.append(f"Default: `{json.dumps(node['default'], ensure_ascii=False)}`")
    if node.get("examples"):
        parts.append(f"Example: `{_written(node['examples'][0])}`")
    return ". ".join(part.rstrip(".") for part in parts if part)


def _written(value: Any) -> str:  # noqa: ANN401 -- whatever an example may be
    """A value as in a file: texts without quotes, everything else as JSON, which is YAML."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_APART = ("moment", "condition")
_ELSEWHERE = frozenset({"#/$defs/program"})  # the defaults of a workspace are a program
_AS_IN_A_PROGRAM = "The keys are those of a program; only `mentorctl` and `id` must be there."
_TITLES = {
    "workspace": "mentorctl.yaml",
    "program": "programs/*.yaml",
    "base": "bases/*.yaml",
    "policy": "policies/*.yaml",
    "test": "tests/*.test.yaml",
}
_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "keys",
    "null": "nothing",
}
