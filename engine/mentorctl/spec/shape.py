"""What a schema allows at a place of a document, and how to say that in words."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mentorctl.diagnostics import FieldPath, quoted_list
from mentorctl.spec.quick import Schema, as_regex, resolved

type Holds = Callable[[Schema, Any], bool]
type Part = Mapping[str, Any]


class Shape:
    """Questions about one schema and one document. `holds` says whether a value fits a schema."""

    def __init__(self, root: Part, tree: Any, holds: Holds) -> None:  # noqa: ANN401
        self.root = root
        self.tree = tree
        self.holds = holds

    def parts(self, schema: Schema, value: Any, *, every_case: bool = False) -> Iterator[Part]:  # noqa: ANN401
        """The schema and all that speaks of the same value; of a condition the case that holds, or both."""
        if isinstance(schema, bool):
            return
        yield schema
        if "$ref" in schema:
            yield from self.parts(resolved(self.root, schema["$ref"]), value, every_case=every_case)
        for part in schema.get("allOf", ()):
            yield from self.parts(part, value, every_case=every_case)
        choice = schema.get("anyOf", schema.get("oneOf", ()))
        fitting = [part for part in choice if not every_case and self.holds(part, value)]
        for part in fitting or choice:
            yield from self.parts(part, value, every_case=every_case)
        if "if" in schema:
            case = self.holds(schema["if"], value)
            for word in ("then", "else") if every_case else ("then" if case else "else",):
                yield from self.parts(schema.get(word, True), value, every_case=every_case)

    def keys(self, schema: Schema, value: Any, *, every_case: bool = False) -> tuple[str, ...]:  # noqa: ANN401
        """The keys that are named for a mapping, in the order of the schema."""
        parts = self.parts(schema, value, every_case=every_case)
        return tuple(dict.fromkeys(key for part in parts for key in part.get("properties", ())))

    def admitted(self, schema: Schema, value: Any) -> Callable[[str], bool]:  # noqa: ANN401
        """Which keys the schema speaks of in a mapping: by name, by pattern, or all."""
        parts = tuple(self.parts(schema, value))
        named = frozenset(key for part in parts for key in part.get("properties", ()))
        patterns = [as_regex(pattern) for part in parts for pattern in part.get("patternProperties", ())]
        everything = any(part.get("additionalProperties", False) is not False for part in parts)
        return lambda key: everything or key in named or any(p.search(key) for p in patterns)

    def below(self, schema: Schema, value: Any, key: str | int) -> Iterator[Schema]:  # noqa: ANN401
        """The schemas of an entry, whatever the case."""
        for part in self.parts(schema, value, every_case=True):
            if isinstance(key, int):
                yield part.get("items", True)
            elif key in part.get("properties", ()):
                yield part["properties"][key]
            elif "additionalProperties" in part:
                yield part["additionalProperties"]

    def at(self, path: FieldPath) -> tuple[Any, list[Schema]]:
        """The value at a path that exists, and the schemas that speak about it."""
        value: Any = self.tree
        schemas: list[Schema] = [self.root]
        for key in path:
            schemas = [deeper for schema in schemas for deeper in self.below(schema, value, key)]
            value = value[key]
        return value, schemas

    def keys_at(self, path: FieldPath) -> tuple[str, ...]:
        """The keys that a mapping at a path may have in any case; none for other values."""
        value, schemas = self.at(path)
        if not isinstance(value, dict):
            return ()
        return tuple(dict.fromkeys(key for s in schemas for key in self.keys(s, value, every_case=True)))

    def homes(self, path: FieldPath, key: str) -> tuple[str, ...]:
        """Where a key that is unknown at `path` belongs: in a mapping around it, inside it, or beside it."""
        for depth in range(len(path) - 1, -1, -1):
            if key in self.keys_at(path[:depth]):
                return (place_name(path[:depth]) if depth else "the top level of the file",)
        return self._inside(path, key) or (self._inside(path[:-1], key) if path else ())

    def _inside(self, path: FieldPath, key: str) -> tuple[str, ...]:
        """The keys of a mapping that directly hold a key of that name."""
        value, schemas = self.at(path)
        found = (
            name
            for schema in schemas
            for name in self.keys(schema, value, every_case=True)
            for deeper in self.below(schema, value, name)
            if key in self.keys(deeper, {}, every_case=True)
        )
        return tuple(f"`{name}`" for name in dict.fromkeys(found))

    def required_at(self, path: FieldPath) -> bool:
        """Whether the key at the end of a path must be written."""
        value, schemas = self.at(path[:-1])
        return any(path[-1] in part.get("required", ()) for s in schemas for part in self.parts(s, value))

    def cases(self, schema: Schema, value: Any) -> tuple[Part, ...]:  # noqa: ANN401
        """The parts with a condition that speak about a value."""
        return tuple(part for part in self.parts(schema, value, every_case=True) if "if" in part)

    def words(self, schema: Schema) -> str:
        """What a schema wants, as a phrase that follows "expected is"."""
        if isinstance(schema, bool):
            return "a value"
        if "x-written" in schema:
            return str(schema["x-written"])
        if "const" in schema or "enum" in schema:
            return quoted_list(map(str, schema.get("enum") or [schema["const"]]))
        if "$ref" in schema:
            return self.words(resolved(self.root, schema["$ref"]))
        if "anyOf" in schema:
            return ", or ".join(dict.fromkeys(map(self.words, schema["anyOf"])))
        return _type_words(schema) if "type" in schema else "a value"


def place_name(path: FieldPath) -> str:
    """How a place is called in a sentence."""
    if not path:
        return "the file"
    if isinstance(path[-1], int):
        return f"an entry of `{path[-2]}`" if len(path) > 1 else "an entry of the list"
    return f"`{path[-1]}`"


def _type_words(schema: Part) -> str:
    names = schema["type"]
    if names == "object" and 0 < len(schema.get("properties", ())) <= _FEW:
        return f"a block with {quoted_list(schema['properties'], last='and')}"
    if names in ("integer", "number") and "minimum" in schema and "maximum" in schema:
        return f"{_TYPE_WORDS[names]} from {schema['minimum']} to {schema['maximum']}"
    return " or ".join(_TYPE_WORDS[name] for name in ([names] if isinstance(names, str) else names))


_TYPE_WORDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "array": "a list",
    "object": "a block of keys and values",
    "null": "nothing",
}
_FEW = 6
