"""A JSON Schema compiled to closures that say yes or no, and nothing else.

Nearly every file is fine, and `jsonschema` needs 15 ms to say so where this needs one at most. It knows the
part of the 2020-12 dialect that the shipped schemas use; a schema with any other keyword gets None, and every
answer but a yes is left to `jsonschema`. A property test holds the two against each other.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

type Schema = Mapping[str, Any] | bool
type Check = Callable[[Any], bool]
type _Known = Callable[[Mapping[str, Any]], frozenset[str]]


def compiled(schema: Mapping[str, Any]) -> Check | None:
    """The check for a schema, or None when it holds a keyword that is not known here."""
    try:
        return _Compiler(schema).check(schema)
    except _UnknownKeywordError:
        return None


def as_regex(pattern: str) -> re.Pattern[str]:
    """A schema's pattern. `$` is the end of the text as in JSON Schema, not also before a last line break."""
    if pattern.endswith("$") and not pattern.endswith("\\$"):
        pattern = pattern[:-1] + r"\Z"
    return re.compile(pattern)


def is_type(value: Any, name: str) -> bool:  # noqa: ANN401
    """Whether a value is of a JSON type; `true` is no number, and 2.0 is an integer."""
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name])


class _UnknownKeywordError(Exception):
    """The schema holds a keyword that is not known here."""


class _Compiler:
    """Turns the schemas of one document into checks; `$ref` may go in circles."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._targets: dict[str, list[Check]] = {}

    def check(self, schema: Schema) -> Check:
        if isinstance(schema, bool):
            return _yes if schema else _no
        checks = []
        for word, value in schema.items():
            if word in _SILENT or word.startswith("x-"):
                continue
            if word not in _KEYWORDS:
                raise _UnknownKeywordError(word)
            checks.append(_KEYWORDS[word](self, value, schema))
        return _every(checks)

    def reference(self, target: str, _schema: Schema) -> Check:
        if target not in self._targets:
            self._targets[target] = cell = []
            cell.append(self.check(resolved(self._root, target)))
        cell = self._targets[target]
        return cell[0] if cell else lambda value: cell[0](value)  # noqa: PLW0108 -- the cell is filled later

    def unevaluated(self, allowed: Schema, schema: Mapping[str, Any]) -> Check:
        if allowed is not False:
            raise _UnknownKeywordError("unevaluatedProperties")
        known, patterns = self._known(schema), self._patterns(schema)

        def check(value: Any) -> bool:  # noqa: ANN401
            if not isinstance(value, dict):
                return True
            rest = value.keys() - known(value)
            return all(any(p.search(key) for p in patterns) for key in rest) if rest else True

        return check

    def _known(self, schema: Schema) -> _Known:
        """The keys that a schema speaks of, in a value that fits it."""
        if isinstance(schema, bool):
            return lambda _value: frozenset()
        if any(word in schema for word in ("anyOf", "oneOf", "dependentSchemas")) or (
            schema.get("additionalProperties") not in (None, False)
        ):
            raise _UnknownKeywordError("unevaluatedProperties")
        own = frozenset(schema.get("properties", ()))
        parts = [self._known(part) for part in schema.get("allOf", ())]
        if "$ref" in schema:
            parts.append(self._known(resolved(self._root, schema["$ref"])))
        if "if" in schema:
            parts.append(self._known_by_case(schema))
        if not parts:
            return lambda _value: own
        return lambda value: own.union(*(part(value) for part in parts))

    def _known_by_case(self, schema: Mapping[str, Any]) -> _Known:
        holds, when = self.check(schema["if"]), self._known(schema["if"])
        then, otherwise = self._known(schema.get("then", True)), self._known(schema.get("else", True))
        return lambda value: when(value) | then(value) if holds(value) else otherwise(value)

    def _patterns(self, schema: Schema) -> tuple[re.Pattern[str], ...]:
        """The patterns of keys in a schema and what it always includes; cases are left to `jsonschema`."""
        if isinstance(schema, bool):
            return ()
        found = tuple(as_regex(pattern) for pattern in schema.get("patternProperties", ()))
        for part in schema.get("allOf", ()):
            found += self._patterns(part)
        return found + (self._patterns(resolved(self._root, schema["$ref"])) if "$ref" in schema else ())

    def properties(self, named: Mapping[str, Schema], schema: Mapping[str, Any]) -> Check:
        checks = {key: self.check(part) for key, part in named.items()}
        by_pattern = schema.get("patternProperties", {})
        patterns = [(as_regex(pattern), self.check(part)) for pattern, part in by_pattern.items()]
        other = self.check(schema["additionalProperties"]) if "additionalProperties" in schema else None

        def check(value: Any) -> bool:  # noqa: ANN401
            if not isinstance(value, dict):
                return True
            for key, part in value.items():
                fits = [test for pattern, test in patterns if pattern.search(key)] if patterns else []
                if key in checks:
                    fits.append(checks[key])
                elif not fits and other is not None:
                    fits.append(other)
                for fit in fits:
                    if not fit(part):
                        return False
            return True

        return check

    def pattern_properties(self, _patterns: Mapping[str, Schema], schema: Mapping[str, Any]) -> Check:
        return _yes if "properties" in schema else self.properties({}, schema)

    def additional(self, _allowed: Schema, schema: Mapping[str, Any]) -> Check:
        done = "properties" in schema or "patternProperties" in schema
        return _yes if done else self.properties({}, schema)

    def names(self, allowed: Schema, _schema: Schema) -> Check:
        check = self.check(allowed)
        return lambda value: not isinstance(value, dict) or all(map(check, value))

    def items(self, allowed: Schema, _schema: Schema) -> Check:
        check = self.check(allowed)
        return lambda value: not isinstance(value, list) or all(map(check, value))

    def case(self, condition: Schema, schema: Mapping[str, Any]) -> Check:
        cases = (condition, schema.get("then", True), schema.get("else", True))
        holds, then, otherwise = map(self.check, cases)
        return lambda value: then(value) if holds(value) else otherwise(value)

    def all_of(self, parts: list[Schema], _schema: Schema) -> Check:
        return _every([self.check(part) for part in parts])

    def any_of(self, parts: list[Schema], _schema: Schema) -> Check:
        checks = [self.check(part) for part in parts]
        return lambda value: any(check(value) for check in checks)


def resolved(root: Mapping[str, Any], target: str) -> Schema:
    """What `#/$defs/name` stands for. Raises KeyError when it is not there, ValueError for another file."""
    if not target.startswith("#"):
        raise ValueError(f"schemas refer to themselves only, not to {target}")
    schema: Any = root
    for part in target[1:].split("/")[1:]:
        schema = schema[part.replace("~1", "/").replace("~0", "~")]
    return schema  # type: ignore[no-any-return]


def _every(checks: list[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]
    if len(checks) == 2:  # noqa: PLR2004 -- most have two
        first, second = checks
        return lambda value: first(value) and second(value)

    def every(value: Any) -> bool:  # noqa: ANN401
        for check in checks:  # noqa: SIM110 -- a generator costs more than most checks
            if not check(value):
                return False
        return True

    return every


def _types(names: str | list[str]) -> Check:
    wanted = [names] if isinstance(names, str) else names
    if wanted == ["object"]:
        return lambda value: isinstance(value, dict)
    if wanted == ["string"]:
        return lambda value: isinstance(value, str)
    return lambda value: any(is_type(value, name) for name in wanted)


def _among(values: list[Any]) -> Check:
    if not all(isinstance(value, str) for value in values):
        raise _UnknownKeywordError("enum")
    allowed = frozenset(values)
    return lambda value: isinstance(value, str) and value in allowed


def _pattern(pattern: str) -> Check:
    search = as_regex(pattern).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _sized(
    kind: type[str | list[Any] | dict[str, Any]],
    *,
    low: float = 0,
    high: float = float("inf"),
) -> Check:
    return lambda value: not isinstance(value, kind) or low <= len(value) <= high


def _between(low: float = -float("inf"), high: float = float("inf")) -> Check:
    return lambda value: not is_type(value, "number") or low <= value <= high


def _with(keys: list[str]) -> Check:
    return lambda value: not isinstance(value, dict) or all(key in value for key in keys)


def _distinct(wanted: bool) -> Check:
    if not wanted:
        return _yes

    def check(value: Any) -> bool:  # noqa: ANN401
        if not isinstance(value, list):
            return True
        return all(isinstance(v, str) for v in value) and len(set(value)) == len(value)

    return check


def _yes(_value: Any) -> bool:  # noqa: ANN401
    return True


def _no(_value: Any) -> bool:  # noqa: ANN401
    return False


_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}
_SILENT = frozenset(
    (
        "$schema",
        "$id",
        "$defs",
        "$comment",
        "title",
        "description",
        "examples",
        "default",
        "deprecated",
        "then",
        "else",
    )
)
_KEYWORDS: dict[str, Callable[[_Compiler, Any, Mapping[str, Any]], Check]] = {
    "type": lambda _c, names, _s: _types(names),
    "enum": lambda _c, values, _s: _among(values),
    "const": lambda _c, value, _s: _among([value]),
    "pattern": lambda _c, pattern, _s: _pattern(pattern),
    "minLength": lambda _c, low, _s: _sized(str, low=low),
    "maxLength": lambda _c, high, _s: _sized(str, high=high),
    "minItems": lambda _c, low, _s: _sized(list, low=low),
    "maxItems": lambda _c, high, _s: _sized(list, high=high),
    "minProperties": lambda _c, low, _s: _sized(dict, low=low),
    "maxProperties": lambda _c, high, _s: _sized(dict, high=high),
    "minimum": lambda _c, low, _s: _between(low=low),
    "maximum": lambda _c, high, _s: _between(high=high),
    "uniqueItems": lambda _c, wanted, _s: _distinct(wanted),
    "required": lambda _c, keys, _s: _with(keys),
    "$ref": _Compiler.reference,
    "properties": _Compiler.properties,
    "patternProperties": _Compiler.pattern_properties,
    "additionalProperties": _Compiler.additional,
    "propertyNames": _Compiler.names,
    "unevaluatedProperties": _Compiler.unevaluated,
    "items": _Compiler.items,
    "if": _Compiler.case,
    "allOf": _Compiler.all_of,
    "anyOf": _Compiler.any_of,
}
