"""What a schema allows at a place of a document, and how to say that in words."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mentorctl.diagnostics import FieldPath, quoted_list
from mentorctl.spec.quick import Schema, as_regex, resolved

type Holds = Callable[[Schema, Any], bool]
type Part = Mapping[str, Any]


class Shape:
    """Questions about one schema and one document. `holds` says whether a value fits a schema.

    `elsewhere` says where a key belongs that is unknown at the top, when it is a key of another kind of document.
    """

    def __init__(
        self,
        root: Part,
        tree: Any,  # noqa: ANN401
        holds: Holds,
        *,
        elsewhere: Callable[[str], str] = lambda _key: "",
    ) -> None:
        self.root = root
        self.tree = tree
        self.holds = holds
        self.elsewhere = elsewhere
        # What holds in every case, whatever the value: by the id of a schema, which the root keeps alive, or by place.
        self._parts: dict[int, tuple[Part, ...]] = {}
        self._keys: dict[int, tuple[str, ...]] = {}
        self._allowed: dict[tuple[FieldPath, int], tuple[str, ...]] = {}
        self._holders: dict[FieldPath, dict[str, dict[str, None]]] = {}
        self._lists: dict[FieldPath, dict[str, dict[str, None]]] = {}
        self._top = "`defaults`" if root.get("$id") == "mentorctl:defaults/v1" else "the file"

    def parts(self, schema: Schema, value: Any, *, every_case: bool = False) -> Iterator[Part]:  # noqa: ANN401
        """The schema and all that speaks of the same value; of a condition the case that holds, or both."""
        if isinstance(schema, bool):
            return
        if every_case:
            yield from self._all_parts(schema)
            return
        yield schema
        if "$ref" in schema:
            yield from self.parts(resolved(self.root, schema["$ref"]), value)
        for part in schema.get("allOf", ()):
            yield from self.parts(part, value)
        choice = schema.get("anyOf", schema.get("oneOf", ()))
        for part in [part for part in choice if self.holds(part, value)] or choice:
            yield from self.parts(part, value)
        if "if" in schema:
            yield from self.parts(schema.get("then" if self.holds(schema["if"], value) else "else", True), value)

    def _all_parts(self, schema: Part) -> tuple[Part, ...]:
        """The parts in every case, whatever the value. They are remembered: all places of one kind ask for them."""
        known = self._parts.get(id(schema))
        if known is None:
            inner = [resolved(self.root, schema["$ref"])] if "$ref" in schema else []
            inner += [*schema.get("allOf", ()), *schema.get("anyOf", schema.get("oneOf", ()))]
            inner += [schema.get(word, True) for word in ("then", "else") if "if" in schema]
            parts = (schema, *(p for part in inner if not isinstance(part, bool) for p in self._all_parts(part)))
            known = self._parts[id(schema)] = parts
        return known

    def keys(self, schema: Schema, value: Any, *, every_case: bool = False) -> tuple[str, ...]:  # noqa: ANN401
        """The keys that are named for a mapping, in the order of the schema."""
        known = self._keys.get(id(schema)) if every_case else None
        if known is None:
            parts = self.parts(schema, value, every_case=every_case)
            named = (item for part in parts for item in part.get("properties", {}).items())
            known = tuple(dict.fromkeys(key for key, below in named if below is not False))
            if every_case:
                self._keys[id(schema)] = known
        return known

    def keys_here(self, path: FieldPath, schema: Schema, value: Any) -> tuple[str, ...]:  # noqa: ANN401
        """The same for a mapping of the document; of each only once, because it may have many unknown keys."""
        asked = (path, id(schema))
        if asked not in self._allowed:
            self._allowed[asked] = self.keys(schema, value)
        return self._allowed[asked]

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
                return (place_name(path[:depth]) if depth else f"the top level of {self._top}",)
        beside = (name for name in self._inside(path[:-1], key) if name != f"`{path[-1]}`") if path else ()
        return self._inside(path, key) or tuple(beside) or self._in_lists(path, key)

    def _in_lists(self, path: FieldPath, key: str) -> tuple[str, ...]:
        """The lists beside the one of an entry whose entries have the key."""
        if len(path) < 2 or not isinstance(path[-1], int):  # noqa: PLR2004 -- the key of the list, and the index
            return ()
        kind = tuple(0 if isinstance(step, int) else step for step in path[:-2])
        if kind not in self._lists:
            lists = self._lists[kind] = {}
            for name, listed in self._named(path[:-2]):
                for entry in self.below(listed, [], 0):
                    for inner in self.keys(entry, {}, every_case=True):
                        lists.setdefault(inner, {})[name] = None
        return tuple(f"an entry of `{name}`" for name in self._lists[kind].get(key, ()) if name != path[-2])

    def owners(self, path: FieldPath, key: str) -> Mapping[FieldPath, tuple[str, ...]]:
        """The words that let a mapping at `path` have a key, by the place where the word is chosen.

        A word counts only when another one, at the same place, does not know the key.
        """
        knowing: dict[FieldPath, dict[str, None]] = {}
        strange: dict[FieldPath, dict[str, None]] = {}
        for depth in range(len(path), -1, -1):
            value, schemas = self.at(path[:depth])
            for case in [case for schema in schemas for case in self.cases(schema, value)]:
                keys = self._keys_below(case.get("then", True), value, path[depth:])
                for place, words in _deciding(case["if"]) if keys else ():
                    (knowing if key in keys else strange).setdefault((*path[:depth], *place), {}).update(words)
        return {place: tuple(words) for place, words in knowing.items() if strange.get(place)}

    def _keys_below(self, schema: Schema, value: Any, path: FieldPath) -> frozenset[str]:  # noqa: ANN401
        """The keys that a schema of a value names at a path inside it, in any case."""
        parts = [schema]
        for step in path:
            parts = [deeper for part in parts for deeper in self.below(part, value, step)]
            value = value[step]
        return frozenset(key for part in parts for key in self.keys(part, value, every_case=True))

    def _inside(self, path: FieldPath, key: str) -> tuple[str, ...]:
        """The keys of a mapping that directly hold a key of that name."""
        kind = tuple(0 if isinstance(step, int) else step for step in path)
        if kind not in self._holders:
            holders = self._holders[kind] = {}
            for name, schema in self._named(path):
                for inner in self.keys(schema, {}, every_case=True):
                    holders.setdefault(inner, {})[name] = None
        return tuple(f"`{name}`" for name in self._holders[kind].get(key, ()))

    def _named(self, path: FieldPath) -> Iterator[tuple[str, Schema]]:
        """The keys of a mapping with each of their schemas."""
        value, schemas = self.at(path)
        for schema in schemas:
            for name in self.keys(schema, value, every_case=True):
                for deeper in self.below(schema, value, name):
                    yield name, deeper

    def name(self, path: FieldPath) -> str:
        """How a place of the document is called in a sentence."""
        return place_name(path) if path else self._top

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


def _deciding(condition: Schema) -> Iterator[tuple[FieldPath, dict[str, None]]]:
    """The keys on which a condition depends, as paths, and the words with which it holds."""
    for key, part in condition.get("properties", {}).items() if isinstance(condition, Mapping) else ():
        words = part.get("enum") or ([part["const"]] if "const" in part else ())
        if words:
            yield (key,), dict.fromkeys(words)
        for path, deeper in _deciding(part):
            yield (key, *path), deeper


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
