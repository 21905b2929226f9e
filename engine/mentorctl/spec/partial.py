"""The schemas of documents that need not be complete, derived from the schema of programs; there is no second copy.

A base and the workspace's `defaults` may leave out what others add: keys of the document and of its sections are then
not required, and what depends on the model is asked for only where the model is known. Deeper blocks are as in
programs, and the program that comes out in the end is checked in full.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from mentorctl.spec.quick import Schema, resolved
from mentorctl.spec.resolve import OF_ITSELF, Words
from mentorctl.spec.schema import load_schema
from mentorctl.spec.shape import Shape

type Part = dict[str, Any]


@cache
def schema_of(kind: str) -> Part:
    """The schema of a kind of document: `workspace/v1`, `program/v1`, `base/v1`, or of a part: `program`, `defaults`.

    `program` is a program that may lack what it inherits. The result is shared: do not write to it.
    """
    match kind:
        case "workspace/v1" | "program/v1":
            return load_schema(kind.replace("/", "."))
        case "base/v1":
            return _base()
        case "program":
            return _partial(("mentorctl", "id"))
        case "defaults":
            return _defaults()
        case _:
            raise ValueError(f"there is no schema of {kind}")


def published(kind: str) -> Part:
    """The schema of a kind of document for editors; it is complete in itself."""
    if kind != "workspace/v1":
        return schema_of(kind)
    workspace, inside = schema_of(kind), _moved(schema_of("defaults"), "#/$defs/program")
    definitions = inside.pop("$defs")
    about = {word: inside.pop(word) for word in ("$schema", "$id", "title", "description")}
    properties = workspace["properties"]
    defaults = properties["defaults"] | {"$ref": "#/$defs/program"}
    inside |= {"$comment": f"derived from {about['$id']}", "$defs": definitions}
    return workspace | {
        "properties": properties | {"defaults": defaults},
        "$defs": workspace["$defs"] | {"program": inside},
    }


def in_order(tree: Mapping[str, Any]) -> Part:
    """A program with its keys in the order in which the schema lists them; keys of one's own come last."""
    order = {key: number for number, key in enumerate(schema_of("program/v1")["properties"])}
    return dict(sorted(tree.items(), key=lambda item: order.get(item[0], len(order))))


def is_known(words: Words) -> bool:
    """Whether the words name keys of the program schema all the way; ids of maps and lists are no such keys."""
    root = schema_of("program/v1")
    shape = Shape(root, None, lambda _schema, _value: True)
    schemas: list[Schema] = [root]
    for word in words:
        parts = [part for schema in schemas for part in shape.parts(schema, None, every_case=True)]
        schemas = [part["properties"][word] for part in parts if word in part.get("properties", ())]
        if not schemas:
            return False
    return True


def _base() -> Part:
    base = _partial(("mentorctl", "id"))
    header = base["properties"]["mentorctl"] | {"const": "base/v1"}
    properties = {key: part for key, part in base["properties"].items() if key not in ("was", "retire")}
    identity = properties["id"] | {
        "title": "Base id",
        "description": "What programs and other bases name in `extends`.",
        "examples": ["europe"],
    }
    return base | {
        "$id": "mentorctl:base/v1",
        "title": "A base of mentoring programs",
        "description": "What several programs have in common. They take it over with `extends`.",
        "properties": properties | {"mentorctl": header, "id": identity},
    }


def _defaults() -> Part:
    partial = _partial(())
    own = set(OF_ITSELF) - {"final"}
    return partial | {
        "$id": "mentorctl:defaults/v1",
        "title": "Defaults",
        "description": "What every program of the workspace starts from.",
        "properties": {key: part for key, part in partial["properties"].items() if key not in own},
    }


def _partial(required: tuple[str, ...]) -> Part:
    root = schema_of("program/v1")
    relaxed: Part = _relaxed(root, root, depth=1)
    undecided = _undecided(root)
    return relaxed | {
        "required": list(required),
        "allOf": [*relaxed.get("allOf", ()), *undecided],
        "$defs": root["$defs"],
    }


def _relaxed(schema: Schema, root: Part, *, depth: int) -> Any:  # noqa: ANN401
    """The schema without what it requires; `depth` is how many levels of named keys are relaxed too."""
    if isinstance(schema, bool):
        return schema
    made = {word: value for word, value in schema.items() if word not in ("$ref", "required", "minProperties")}
    if "$ref" in schema:
        made = {**_relaxed(resolved(root, schema["$ref"]), root, depth=depth), **made}
    if depth and "properties" in made:
        made["properties"] = {key: _relaxed(part, root, depth=depth - 1) for key, part in made["properties"].items()}
    for word in ("allOf", "anyOf"):
        if word in schema:
            made[word] = [_relaxed(part, root, depth=depth) for part in schema[word]]
    for word in ("then", "else"):
        if word in schema:
            made[word] = _relaxed(schema[word], root, depth=depth)
    if "if" in schema:
        made["if"] = _decided(schema["if"])
    return made


def _decided(condition: Schema) -> Any:  # noqa: ANN401
    """A condition that holds only where the keys on which it depends are written."""
    if isinstance(condition, bool) or "properties" not in condition:
        return condition
    inner = {key: _decided(part) for key, part in condition["properties"].items()}
    return {**condition, "properties": inner, "required": sorted({*condition.get("required", ()), *inner})}


def _undecided(root: Part) -> Iterator[Part]:
    """What holds for sections whose words depend on a key that is not written yet: the words of every case go."""
    shape = Shape(root, None, lambda _schema, _value: True)
    cases = [part for part in root.get("allOf", ()) if "if" in part]
    for path in dict.fromkeys(path for case in cases for path in _paths(case["if"])):
        sections: dict[str, list[Schema]] = {}
        for case in cases:
            if path in _paths(case["if"]):
                for key, section in case.get("then", {}).get("properties", {}).items():
                    if section is False:  # only in other cases, so that it may still become one of them
                        continue
                    sections.setdefault(key, []).append(section)
        written: Part = {}
        for key in reversed(path):
            written = {"properties": {key: written}, "required": [key]}
        yield {
            "if": written,
            "then": True,
            "else": {"properties": {key: _every_word(shape, root, found) for key, found in sections.items()}},
        }


def _every_word(shape: Shape, root: Part, sections: list[Schema]) -> Part:
    """A section that takes the keys of all its variants; where these differ in a key, its value is checked later."""
    words: dict[str, Any] = {}
    open_to_ids = False
    for section in sections:
        for part in shape.parts(section, None, every_case=True):
            open_to_ids = open_to_ids or bool(part.get("additionalProperties"))
            for key, value in part.get("properties", {}).items():
                words[key] = value if words.get(key, value) == value else True
    if open_to_ids:
        return _relaxed(sections[0], root, depth=0) if len(sections) == 1 else {}
    return {"properties": words, "patternProperties": {"^x-": True}, "additionalProperties": False}


def _paths(condition: Schema) -> tuple[Words, ...]:
    """The paths of the keys on which a condition depends."""
    if isinstance(condition, bool):
        return ()
    found: list[Words] = []
    for key, part in condition.get("properties", {}).items():
        found += [(key, *deeper) for deeper in _paths(part)] or [(key,)]
    return tuple(found)


def _moved(schema: Any, home: str) -> Any:  # noqa: ANN401
    """A copy of a schema whose references fit when it lies at `home` in another one."""
    if isinstance(schema, Mapping):
        return {
            key: home + value[1:] if key == "$ref" and isinstance(value, str) else _moved(value, home)
            for key, value in schema.items()
        }
    return [_moved(part, home) for part in schema] if isinstance(schema, list) else schema
