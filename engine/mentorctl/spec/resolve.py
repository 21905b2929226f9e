"""Reuse: a document laid over the one that it extends.

Mappings are merged key by key, lists whose entries all have an `id` entry by entry, and everything else is replaced; a
`null` removes what is inherited. What a document says of itself (its id, what it extends) is never inherited, and what
it declares `final` stays as it is in all that extend it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from typing import Any

from mentorctl.diagnostics import Diagnostic, FieldPath, Place, Related, did_you_mean, finding
from mentorctl.spec.origins import Origin, written_at
from mentorctl.spec.wording import shortened
from mentorctl.values import dataclass

type Tree = dict[str, Any]
type Words = tuple[str, ...]  # a path as people write it: keys, and ids of list entries

OF_ITSELF = ("mentorctl", "id", "was", "retire", "extends", "final")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """What one file adds. `path` is where its tree lies in the file."""

    file: str
    tree: Tree
    path: FieldPath = ()

    def place(self, path: FieldPath = (), *, on_key: bool = False) -> Place:
        return Place(document=self.file, path=self.path + path, on_key=on_key)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resolved:
    """A document with all that it inherits; `finals` are the values that none below may change, and who said so.

    The trees of layers are shared, never copied: nobody writes to them.
    """

    tree: Tree
    origin: Origin
    finals: Mapping[Words, Place] = field(default_factory=dict)


def alone(layer: Layer) -> Resolved:
    """A document that inherits nothing."""
    return Resolved(tree=layer.tree, origin=Origin(place=layer.place()), finals=_finals(layer))


def layered(below: Resolved | None, layer: Layer) -> tuple[Resolved, tuple[Diagnostic, ...]]:
    """A document over what it inherits; the findings are those of the merge, at places of the layer's file."""
    merge = _Merge(layer)
    inherited = _without_self(below) if below else None
    head = {key: value for key, value in layer.tree.items() if _is_of_itself(key)}
    body = {key: value for key, value in layer.tree.items() if key not in head}
    tree, origin = merge.mapping(inherited or ({}, Origin(place=layer.place(), inner={})), body, ())
    origins = {key: Origin(place=layer.place((key,))) for key in head} | dict(origin.inner or {})
    resolved = Resolved(
        tree=head | tree,
        origin=replace(origin, inner=origins),
        finals=dict(below.finals if below else {}) | _finals(layer),
    )
    return resolved, (*merge.findings, *_changed_finals(below, resolved, layer))


def at_words(tree: Any, words: Words) -> FieldPath | None:  # noqa: ANN401
    """The path with list positions that words lead to, or None when nothing is there."""
    path = deepest(tree, words)
    return path if len(path) == len(words) else None


def deepest(tree: Any, words: Words) -> FieldPath:  # noqa: ANN401
    """The longest beginning of the words that leads somewhere, as a path with list positions."""
    path: list[str | int] = []
    for word in words:
        key: str | int | None = word
        if isinstance(tree, list):
            key = next((n for n, entry in enumerate(tree) if isinstance(entry, dict) and entry.get("id") == word), None)
            if key is None and word.isdecimal() and len(word) < _DIGITS and int(word) < len(tree):
                key = int(word)
        elif not isinstance(tree, dict) or word not in tree:
            key = None
        if key is None:
            break
        path.append(key)
        tree = tree[key]
    return tuple(path)


def value_at(tree: Any, path: FieldPath) -> Any:  # noqa: ANN401
    """The value at a path. Raises KeyError or IndexError where there is none."""
    for key in path:
        if not isinstance(tree, dict | list):
            raise KeyError(key)
        tree = tree[key]  # type: ignore[index]  # the path fits the tree
    return tree


def words_there(tree: Any, path: FieldPath) -> tuple[str, ...]:  # noqa: ANN401
    """The words that lead on from a path: keys, or ids of entries."""
    value = value_at(tree, path)
    if isinstance(value, dict):
        return tuple(value)
    entries = value if isinstance(value, list) else ()
    return tuple(str(entry["id"]) for entry in entries if isinstance(entry, dict) and "id" in entry)


def final_above(finals: Mapping[Words, Place], words: Words) -> tuple[Words, Place] | None:
    """What makes a value final: it or something it is part of, and where that is said."""
    found = (words[:length] for length in range(1, len(words) + 1) if words[:length] in finals)
    first = next(found, None)
    return (first, finals[first]) if first else None


class _Merge:
    """Lays one layer over what is below; its findings are complete when it is done."""

    def __init__(self, layer: Layer) -> None:
        self.findings: list[Diagnostic] = []
        self._layer = layer

    def mapping(self, below: tuple[Tree, Origin], patch: Tree, path: FieldPath) -> tuple[Tree, Origin]:
        tree, old = dict(below[0]), below[1]
        inner: dict[str | int, Origin] = {key: old.part(key) for key in tree}
        gone = dict(old.gone or {})
        for key, value in patch.items():
            here = (*path, key)
            if value is None:
                if key in tree:
                    del tree[key]
                    gone[key] = Origin(place=self._layer.place(here), before=inner.pop(key), is_removal=True)
                    continue
                self._nothing_there(here)
                tree[key], inner[key] = None, Origin(place=self._layer.place(here))
            elif key in tree:
                tree[key], inner[key] = self._value((tree[key], inner[key]), value, here)
            else:
                self._look_for_removals(value, here)
                tree[key] = value
                inner[key] = Origin(place=self._layer.place(here), before=gone.pop(key, None))
        return tree, Origin(place=self._layer.place(path), inner=inner, before=old.before, gone=gone)

    def _value(self, below: tuple[Any, Origin], value: Any, path: FieldPath) -> tuple[Any, Origin]:  # noqa: ANN401
        old = below[0]
        if isinstance(old, dict) and isinstance(value, dict):
            return self.mapping((old, below[1]), value, path)
        if has_ids(old) and has_ids(value):
            return self._entries((old, below[1]), value, path)
        self._look_for_removals(value, path)
        return value, Origin(place=self._layer.place(path), before=below[1])

    def _entries(self, below: tuple[list[Tree], Origin], patch: list[Tree], path: FieldPath) -> tuple[Any, Origin]:
        """The n-th entry of an id takes the place of the n-th one, so that an id written twice is found later."""
        entries, old = list(below[0]), below[1]
        inner: dict[str | int, Origin] = {n: old.part(n) for n in range(len(entries))}
        places: dict[str, list[int]] = {}
        for number in reversed(range(len(entries))):
            places.setdefault(entries[number]["id"], []).append(number)
        for number, entry in enumerate(patch):
            place = self._layer.place((*path, number))
            same = places.get(entry["id"])
            if same:
                there = same.pop()
                entries[there], inner[there] = entry, Origin(place=place, before=inner[there])
            else:
                inner[len(entries)] = Origin(place=place)
                entries.append(entry)
        return entries, Origin(place=self._layer.place(path), inner=inner, before=old.before)

    def _look_for_removals(self, value: Any, path: FieldPath) -> None:  # noqa: ANN401
        """A value that stands on nothing has nothing to remove; its nulls stay, and the schema finds no other use."""
        for key, part in value.items() if isinstance(value, dict) else ():
            if part is None:
                self._nothing_there((*path, key))
            else:
                self._look_for_removals(part, (*path, key))

    def _nothing_there(self, path: FieldPath) -> None:
        self.findings.append(
            finding(
                "MC1204",
                f"`{shortened(str(path[-1]))}` has no value here, and nothing is inherited that this would remove",
                help="write a value after the colon, or delete the key",
                place=self._layer.place(path),
            )
        )


def has_ids(value: Any) -> bool:  # noqa: ANN401
    """Whether a value is a list whose entries can be told apart by `id`; of an empty one nothing is known."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(entry, dict) and isinstance(entry.get("id"), str) for entry in value)
    )


def as_words(text: str) -> Words:
    return tuple(text.split("."))


def _is_of_itself(key: str) -> bool:
    return key in OF_ITSELF or key.startswith("x-")


def _without_self(below: Resolved) -> tuple[Tree, Origin]:
    tree = {key: value for key, value in below.tree.items() if not _is_of_itself(key)}
    inner: dict[str | int, Origin] = {key: below.origin.part(key) for key in tree}
    return tree, replace(below.origin, inner=inner)


def _finals(layer: Layer) -> dict[Words, Place]:
    """What a layer declares final; the schema says where it is not a list of texts."""
    said = layer.tree.get("final")
    if not isinstance(said, list):
        return {}
    return {as_words(text): layer.place(("final", n)) for n, text in enumerate(said) if isinstance(text, str)}


def _changed_finals(below: Resolved | None, resolved: Resolved, layer: Layer) -> Iterable[Diagnostic]:
    for words, said in (below.finals if below else {}).items():
        if below is None or _is_of_itself(words[0]):
            continue
        before, after = at_words(below.tree, words), at_words(resolved.tree, words)
        if before is None and after is None:
            continue
        if before and after and equal(value_at(below.tree, before), value_at(resolved.tree, after)):
            continue
        yield _changed(words, said, written_at(below.origin, before) if before else None, layer)


def _changed(words: Words, said: Place, value: Place | None, layer: Layer) -> Diagnostic:
    name = ".".join(words)
    related = [Related(message="declared final here", place=said)]
    if value is not None:
        related.append(Related(message="and this is the value", place=value))
    path = deepest(layer.tree, words)
    return finding(
        "MC1203",
        f"`{name}` is final, so that nothing which inherits it may change or remove it"
        if value
        else f"`{name}` is final although nobody writes it: its default holds, and nothing may be written here",
        help=f"delete what is written here, or ask the owner of {said.document} to take `{name}` out of `final`",
        place=layer.place(path, on_key=bool(path) and isinstance(path[-1], str)),
        related=tuple(related),
    )


def equal(one: Any, other: Any) -> bool:  # noqa: ANN401
    """Whether two values are the same to readers of JSON: `true` is not 1."""
    if one is other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(part, other[key]) for key, part in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def unwritten(resolved: Resolved, layer: Layer) -> tuple[tuple[Words, Place], ...]:
    """What a layer declares final although nobody has written it, or although it is never inherited."""
    return tuple(
        (words, place)
        for words, place in _finals(layer).items()
        if _is_of_itself(words[0]) or at_words(resolved.tree, words) is None
    )


def no_such_final(words: Words, place: Place, *, known: Words, there: Iterable[str]) -> Diagnostic:
    """The finding for a final path that leads nowhere: `known` leads somewhere, and `there` are the ways on."""
    if _is_of_itself(words[0]):
        return finding("MC1208", f"`{shortened(words[0])}` is never inherited", help="delete this entry", place=place)
    where = f"`{'.'.join(known)}`" if known else "a program"
    return finding(
        "MC1208",
        f"`{shortened('.'.join(words))}` leads to nothing: there is no `{shortened(words[len(known)])}` in {where}",
        help=did_you_mean(words[len(known)], there)
        or "write keys with points between them, and the id for an entry of a list",
        place=place,
    )


_DIGITS = 6
