"""What was called otherwise before: `was:` of everything whose id stands in the state."""

from collections.abc import Iterator
from enum import StrEnum

from mentorctl.diagnostics import FieldPath
from mentorctl.spec.reading import Tree
from mentorctl.values import dataclass


class Named(StrEnum):
    """What has an id that the state knows."""

    PROGRAM = "program"
    COHORT = "cohort"
    PHASE = "phase"
    MODULE = "module"
    EVENT = "event"
    CHECK_IN = "check-in"
    NEED = "need"
    PROJECT = "project"
    RULE = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """One id that something had before, and where that is written."""

    kind: Named
    old: str
    new: str
    path: FieldPath


_MAPS: tuple[tuple[Named, FieldPath], ...] = (
    (Named.COHORT, ("cohorts",)),
    (Named.MODULE, ("training", "modules")),
    (Named.EVENT, ("events",)),
    (Named.CHECK_IN, ("check_ins",)),
    (Named.PROJECT, ("projects",)),
)
_LISTS: tuple[tuple[Named, FieldPath], ...] = (
    (Named.PHASE, ("timeline", "phases")),
    (Named.NEED, ("matching", "needs")),
    (Named.RULE, ("matching", "require")),
    (Named.RULE, ("matching", "prefer")),
)


def read_former(tree: Tree) -> tuple[Former, ...]:
    """Every `was:` of a program file, in the order in which renames are carried out."""
    found = [*_formers(Named.PROGRAM, tree["id"], tree, ())]
    for kind, path in _MAPS:
        entries: Tree = _below(tree, path, {})
        for key, part in entries.items():
            found += _formers(kind, key, part, (*path, key))
    for kind, path in _LISTS:
        for i, part in enumerate(_below(tree, path, ())):
            found += _formers(kind, part["id"], part, (*path, i))
    return tuple(found)


def _formers(kind: Named, name: str, part: Tree, path: FieldPath) -> Iterator[Former]:
    for i, old in enumerate(part.get("was", ())):
        yield Former(kind=kind, old=old, new=name, path=(*path, "was", i))


def _below[T](tree: Tree, path: FieldPath, otherwise: T) -> T:
    node = tree
    for key in path[:-1]:
        node = node.get(str(key), {})
    found: T = node.get(str(path[-1]), otherwise)
    return found
