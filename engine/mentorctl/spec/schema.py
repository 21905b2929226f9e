"""A tree against its JSON Schema: one finding for each cause, at a place, in plain words.

`jsonschema` decides; what it says is reworded in `problems`. It is asked only when the quick check does not
say yes. Nothing is ever fetched: the registry is empty, and schemas refer to themselves only.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from mentorctl.diagnostics import Diagnostic, FieldPath, Place, Related, finding
from mentorctl.resources import text
from mentorctl.spec.fixes import fix_of
from mentorctl.spec.misfits import Misfit, Problem, switches
from mentorctl.spec.quick import Check, Schema, as_regex, compiled
from mentorctl.spec.shape import Holds, Shape
from mentorctl.spec.source import LIMITS, JsonValue, Source
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator


@cache
def load_schema(name: str) -> dict[str, Any]:
    """A shipped schema by name, such as `program.v1`. It is shared: do not write to it.

    Raises FileNotFoundError for a name that is not shipped.
    """
    schema: dict[str, Any] = json.loads(text("schemas", f"{name}.schema.json"))
    return schema


type Home = Callable[[FieldPath], tuple[Source, FieldPath]]  # where a value of the tree is written


def check_schema(
    tree: JsonValue, *, schema: dict[str, Any], document: str, source: Source | Home | None = None
) -> tuple[Diagnostic, ...]:
    """What in a tree does not fit a schema, in the order of the file, at most `LIMITS.findings` of it.

    With the source of the tree, or of each of its values, findings come with their fixes.
    """
    checker = _checker(schema)
    if checker.quick and checker.quick(tree):
        return ()
    return _findings(tree, checker, document, source)


def shape_of(tree: JsonValue, schema: dict[str, Any]) -> Shape:
    """What a schema says about the parts of a tree."""
    return Shape(schema, tree, _holds(_checker(schema).validator()))


def _findings(
    tree: JsonValue, checker: "_Checker", document: str, source: Source | Home | None
) -> tuple[Diagnostic, ...]:
    from mentorctl.spec.problems import problems

    schema, validator = checker.schema, checker.validator()
    order = {path: number for number, path in enumerate(_paths(tree, ()))}
    misfits = sorted(
        (_misfit(error) for error in islice(validator.iter_errors(tree), _HEARD)),
        key=lambda misfit: order.get(misfit.path, -1),
    )
    shape = Shape(schema, tree, _holds(validator), elsewhere=lambda key: _home(schema, key))
    found = sorted(
        problems(misfits[:_WORDED], shape, checker.switches()), key=lambda problem: order.get(problem.path, -1)
    )
    rest = len(found) - LIMITS.findings + max(len(misfits) - _WORDED, 0)
    shown = [_diagnostic(problem, document, source) for problem in found[: LIMITS.findings]]
    if rest > 0:
        shown[-1] = replace(shown[-1], detail=f"{shown[-1].detail} (and at least {rest} more in this file)")
    return tuple(shown)


def _diagnostic(problem: Problem, document: str, source: Source | Home | None) -> Diagnostic:
    beside = (("first written here", problem.first), ("asked for by what is chosen here", problem.deciding))
    home, path = source(problem.path) if callable(source) else (source, problem.path)
    return finding(
        problem.code,
        problem.detail,
        help=problem.help,
        place=Place(document=document, path=problem.path, on_key=problem.on_key),
        related=tuple(
            Related(message=message, place=Place(document=document, path=there))
            for message, there in beside
            if there is not None
        ),
        fix=fix_of(replace(problem, path=path), home) if home else None,
    )


def _home(schema: dict[str, Any], key: str) -> str:
    """Where a key belongs that is unknown at the top of one kind of document but known at the top of another."""
    in_programs, in_workspace = (key in load_schema(name)["properties"] for name in ("program.v1", "workspace.v1"))
    kind = str(schema.get("$id", ""))
    if "workspace" in kind:
        return f"`{key}` belongs in a program, or under `defaults` for all of them" if in_programs else ""
    if in_programs:
        return f"every program and base has its own `{key}`; it is not inherited"
    return f"`{key}` belongs in mentorctl.yaml" if in_workspace else ""


def _paths(value: JsonValue, path: FieldPath) -> Iterator[FieldPath]:
    """The paths of all values, in the order of the file."""
    yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _paths(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _paths(part, (*path, index))


def _misfit(error: "ValidationError") -> Misfit:
    keyword = str(error.validator)
    path = tuple(error.absolute_path)
    inner: dict[str | int, list[Misfit]] = {}
    for part in error.context or ():
        alternative = inner.setdefault(0 if keyword == "propertyNames" else part.relative_schema_path[0], [])
        if len(alternative) < _WORDED:
            alternative.append(_misfit(part))
    conditional = not {"then", "else"}.isdisjoint(error.absolute_schema_path)
    return Misfit(
        keyword=keyword,
        wanted=error.validator_value,
        value=error.instance,
        schema=error.schema,
        path=path,
        by_case=conditional or keyword == "unevaluatedProperties",
        inner=tuple(map(tuple, inner.values())),
    )


@dataclass(slots=True)
class _Checker:
    """What is made once for a schema; the validator only when a file is not fine."""

    schema: dict[str, Any]
    quick: Check | None
    slow: "Validator | None" = None
    deciding: frozenset[str] | None = None

    def validator(self) -> "Validator":
        if self.slow is None:
            self.slow = _validator(self.schema)
        return self.slow

    def switches(self) -> frozenset[str]:
        """The keys on which the conditions of the schema depend."""
        if self.deciding is None:
            self.deciding = switches(self.schema)
        return self.deciding


def _checker(schema: dict[str, Any]) -> _Checker:
    """The checker of a schema, kept for the next file. It holds its schema, so that the id stays its own."""
    known = _CHECKERS.get(id(schema))
    if known is None:
        known = _CHECKERS[id(schema)] = _Checker(schema=schema, quick=compiled(schema))
        if len(_CHECKERS) > _KEPT:
            _CHECKERS.popitem(last=False)
    return known


def _validator(root: dict[str, Any]) -> "Validator":
    """`jsonschema` with those keywords replaced whose errors name no place or that take quadratic time."""
    from jsonschema import Draft202012Validator, validators
    from referencing import Registry

    def unevaluated(
        validator: "Validator",
        allowed: Schema,
        instance: Any,
        schema: Mapping[str, Any],
    ) -> Iterator["ValidationError"]:
        if isinstance(instance, dict):
            admitted = Shape(root, instance, _holds(validator)).admitted(schema, instance)
            rest = [key for key in instance if not admitted(key)]
            yield from _left_over(validator, allowed, instance, rest)

    replaced = {
        "properties": _named,
        "additionalProperties": _additional,
        "unevaluatedProperties": unevaluated,
        "propertyNames": _names,
        "pattern": _pattern,
        "uniqueItems": _distinct,
    }
    extend: Callable[..., Callable[..., Validator]] = validators.extend
    return extend(Draft202012Validator, replaced)(root, registry=Registry())


def _holds(validator: "Validator") -> Holds:
    return lambda part, value: validator.evolve(schema=part).is_valid(value)


def _left_over(
    validator: Any,
    allowed: Schema,
    instance: dict[str, Any],
    keys: list[str],
) -> Iterator["ValidationError"]:
    """The errors of the keys that no other keyword speaks of, each at its own path."""
    from jsonschema.exceptions import ValidationError

    for key in keys:
        if allowed is False:
            yield ValidationError("unknown key", path=[key])
        else:
            yield from validator.descend(instance[key], allowed, path=key)


def _named(
    validator: Any,
    properties: Mapping[str, Schema],
    instance: Any,
    _schema: Mapping[str, Any],
) -> Iterator["ValidationError"]:
    if isinstance(instance, dict):
        for key, allowed in properties.items():
            if key in instance:
                yield from _left_over(validator, allowed, instance, [key])


def _additional(
    validator: Any,
    allowed: Schema,
    instance: Any,
    schema: Mapping[str, Any],
) -> Iterator["ValidationError"]:
    if isinstance(instance, dict):
        patterns = [as_regex(pattern) for pattern in schema.get("patternProperties", ())]
        named = schema.get("properties", {})
        rest = [key for key in instance if key not in named and not any(p.search(key) for p in patterns)]
        yield from _left_over(validator, allowed, instance, rest)


def _names(
    validator: Any,
    allowed: Schema,
    instance: Any,
    _schema: Mapping[str, Any],
) -> Iterator["ValidationError"]:
    from jsonschema.exceptions import ValidationError

    for key in instance if isinstance(instance, dict) else ():
        errors = list(validator.descend(key, allowed))
        if errors:
            yield ValidationError("unfit name", path=[key], context=errors)


def _pattern(
    _validator: Any,
    pattern: str,
    instance: Any,
    _schema: Mapping[str, Any],
) -> Iterator["ValidationError"]:
    from jsonschema.exceptions import ValidationError

    if isinstance(instance, str) and not as_regex(pattern).search(instance):
        yield ValidationError("unfit form")


def _distinct(
    _validator: Any,
    wanted: bool,
    instance: Any,
    _schema: Mapping[str, Any],
) -> Iterator["ValidationError"]:
    from jsonschema.exceptions import ValidationError

    first: dict[Any, int] = {}
    for index, value in enumerate(instance if wanted and isinstance(instance, list) else ()):
        before = first.setdefault(_identity(value), index)
        if before != index:
            yield ValidationError("twice", path=[index], instance=value, validator_value=before)


def _identity(value: Any) -> Any:
    """Hashable, and equal exactly for what JSON takes as equal: 1 is 1.0 but not `true`."""
    match value:
        case dict():
            return frozenset((key, _identity(part)) for key, part in value.items())
        case list():
            return tuple(map(_identity, value))
        case bool():
            return (bool, value)
        case _:
            return value


_WORDED = 2 * LIMITS.findings  # wording is slow, and nobody reads more
_HEARD = 1000  # so is listening to a file that is wrong throughout
_KEPT = 32
_CHECKERS: OrderedDict[int, _Checker] = OrderedDict()
