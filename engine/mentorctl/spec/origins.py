"""Where each value of a resolved document is written: a tree of places beside the tree of values.

It is as deep as files were merged and no deeper: below a value that came from one file as a whole, places follow from
its own. Every value also remembers what it replaced, so that the whole story of a value can be told.
"""

from collections.abc import Iterator, Mapping

from mentorctl.diagnostics import FieldPath, Place
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Origin:
    """Where a value is written; the document of the place is a file.

    `inner` are the origins of the parts of a value that was put together, and None where all of it lies at `place`.
    `before` is what the value took the place of, `gone` are the keys of a mapping that were removed, and `is_removal`
    says that the place holds the `null` that removed them.
    """

    place: Place
    inner: "Mapping[str | int, Origin] | None" = None
    before: "Origin | None" = None
    gone: "Mapping[str, Origin] | None" = None
    is_removal: bool = False

    def part(self, key: str | int) -> "Origin":
        """The origin of a part that is there."""
        if self.inner is not None:
            return self.inner[key]
        return Origin(place=_inside(self.place, (key,)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One writing of a value, in a file; `is_removal` when a `null` took it away there."""

    place: Place
    is_removal: bool = False


def written_at(origin: Origin, path: FieldPath, *, on_key: bool = False) -> Place:
    """Where the value at a path of the resolved document is written; for a path without one, its deepest parent."""
    for depth, key in enumerate(path):
        if origin.inner is None:
            return _inside(origin.place, path[depth:], on_key=on_key)
        if key not in origin.inner:
            break
        origin = origin.inner[key]
    return _inside(origin.place, (), on_key=on_key)


def origin_at(origin: Origin, path: FieldPath) -> Origin:
    """The origin of a value that is there. Raises KeyError for one that is not."""
    for key in path:
        origin = origin.part(key)
    return origin


def story(origin: Origin, path: FieldPath) -> Iterator[Step]:
    """Every writing of the value at a path, the one that holds first.

    A step of an older file may lead to a place where nothing is written, when the value was not there yet.
    """
    if path and origin.inner is not None:
        child = origin.inner.get(path[0]) or (origin.gone or {}).get(str(path[0]))
        if child is not None:
            yield from story(child, path[1:])
    elif origin.is_removal:
        yield Step(place=origin.place, is_removal=True)
    else:
        yield Step(place=_inside(origin.place, path))
    if origin.before is not None:
        yield from story(origin.before, path)


def is_whole(origin: Origin, path: FieldPath) -> bool:
    """Whether the value at a path came from one place as it is."""
    for key in path:
        if origin.inner is None:
            return True
        if key not in origin.inner:
            return False
        origin = origin.inner[key]
    return origin.inner is None


def _inside(place: Place, path: FieldPath, *, on_key: bool = False) -> Place:
    return Place(document=place.document, path=place.path + path, on_key=on_key)
