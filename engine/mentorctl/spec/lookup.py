"""Everything there is to know about one value of a resolved document: what it is, who wrote it, what it means."""

from collections.abc import Iterator, Mapping
from typing import Any

from mentorctl.diagnostics import FieldPath, Place
from mentorctl.spec.origins import Origin, origin_at, story
from mentorctl.spec.partial import schema_of
from mentorctl.spec.quick import Schema
from mentorctl.spec.resolve import Resolved, Words, deepest, final_above, value_at, words_there
from mentorctl.spec.schema import shape_of
from mentorctl.spec.shape import Part, Shape
from mentorctl.spec.source import Source
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A value as one file writes it; `value` is None where the file removes it."""

    place: Place
    value: Any
    is_removal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What the schema says. `default` is None when there is none."""

    title: str = ""
    description: str = ""
    default: Any = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A value that was looked up.

    `writings` begin with the one that holds, and are empty for what nobody writes. `files` are those that a value was
    put together from. `final` is what makes it final, and where that is said.
    """

    path: FieldPath
    writings: tuple[Writing, ...]
    value: Any
    files: tuple[str, ...]
    final: tuple[Words, Place] | None
    meaning: Meaning
    because: str

    @property
    def is_written(self) -> bool:
        return bool(self.writings) and not self.writings[0].is_removal


def look_up(resolved: Resolved, words: Words, sources: Mapping[str, Source]) -> Looked | None:
    """What there is to know about the value that words lead to, or None when the language has no such place."""
    known = deepest(resolved.tree, words)
    path: FieldPath = (*known, *words[len(known) :])
    writings = tuple(_writings(resolved.origin, path, sources))
    parts = tuple(_parts(resolved.tree, path))
    if not writings and not parts:
        return None
    is_there = len(known) == len(words)
    return Looked(
        path=path,
        writings=writings,
        value=value_at(resolved.tree, known) if is_there else None,
        files=tuple(sorted(_files(origin_at(resolved.origin, path)))) if is_there else (),
        final=final_above(resolved.finals, words),
        meaning=_meaning(parts),
        because=_because(resolved.tree, known),
    )


def ways_on(resolved: Resolved, words: Words) -> tuple[Words, str, tuple[str, ...]]:
    """For words that lead nowhere: how far they lead, the first that does not fit, and the ones that would."""
    for length in range(len(words)):
        if _leads_somewhere(resolved.tree, words[: length + 1]):
            continue
        known = deepest(resolved.tree, words[:length])
        there = words_there(resolved.tree, known) if len(known) == length else ()
        value, schemas = _at(resolved.tree, (*known, *words[len(known) : length]))
        named = (key for part in _every_part(resolved.tree, schemas, value) for key in part.get("properties", ()))
        return words[:length], words[length], tuple(dict.fromkeys((*there, *named)))
    return words, "", ()


def _leads_somewhere(tree: Any, words: Words) -> bool:  # noqa: ANN401
    """Whether something is written where words lead, or could be."""
    known = deepest(tree, words)
    return len(known) == len(words) or any(True for _ in _parts(tree, (*known, *words[len(known) :])))


def _writings(origin: Origin, path: FieldPath, sources: Mapping[str, Source]) -> Iterator[Writing]:
    for step in story(origin, path):
        if step.is_removal:
            yield Writing(place=step.place, value=None, is_removal=True)
            continue
        try:
            value = value_at(sources[step.place.document].tree, step.place.path)
        except (KeyError, IndexError, TypeError):  # the older file does not have it
            continue
        yield Writing(place=step.place, value=value, is_removal=False)


def _files(origin: Origin) -> set[str]:
    if origin.inner is None:
        return {origin.place.document}
    return set().union(*(_files(part) for part in origin.inner.values()))


def _because(tree: Any, path: FieldPath) -> str:  # noqa: ANN401
    """The reason that the value gives, or the nearest around it."""
    for length in range(len(path), 0, -1):
        value = value_at(tree, path[:length])
        if isinstance(value, dict) and isinstance(value.get("because"), str):
            return str(value["because"])
    return ""


# -- what the schema says ----------------------------------------------------------------------------------------------


def _at(tree: Any, path: FieldPath) -> tuple[Any, list[Schema]]:  # noqa: ANN401
    """The value at a path, or None, and the schemas that speak of it in the case that holds."""
    root = schema_of("program/v1")
    shape = shape_of(tree, root)
    value = tree
    schemas: list[Schema] = [root]
    for key in path:
        try:
            inner, is_there = value[key], True
        except (KeyError, IndexError, TypeError):
            inner, is_there = None, False
        schemas = [deeper for s in schemas for deeper in _below(shape, s, value, key, is_there=is_there)]
        value = inner
    return value, schemas


def _below(shape: Shape, schema: Schema, value: Any, key: str | int, *, is_there: bool) -> Iterator[Schema]:  # noqa: ANN401
    """The schemas of a part; of parts that are not there only those that the schema names."""
    for part in shape.parts(schema, value):
        if isinstance(key, int):
            yield from [part["items"]] if "items" in part else []
        elif key in part.get("properties", ()):
            yield part["properties"][key]
        elif is_there and part.get("additionalProperties", False) is not False:
            yield part["additionalProperties"]


def _parts(tree: Any, path: FieldPath) -> Iterator[Part]:  # noqa: ANN401
    value, schemas = _at(tree, path)
    yield from _every_part(tree, schemas, value)


def _every_part(tree: Any, schemas: list[Schema], value: Any) -> Iterator[Part]:  # noqa: ANN401
    shape = shape_of(tree, schema_of("program/v1"))
    for schema in schemas:
        yield from shape.parts(schema, value)


def _meaning(parts: tuple[Part, ...]) -> Meaning:
    def first(word: str) -> Any:  # noqa: ANN401
        return next((part[word] for part in parts if word in part), None)

    return Meaning(
        title=first("title") or "",
        description=first("description") or "",
        default=first("default"),
        choices=tuple(map(str, first("enum") or ())),
    )
