"""Misfits and problems as values, and which of several problems names the slip of the pen behind them."""

from collections.abc import Iterable
from typing import Any

from mentorctl.diagnostics import FieldPath
from mentorctl.spec.guesses import Guess
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A keyword of a schema that a value does not satisfy. `inner` are the complaints of each alternative."""

    keyword: str
    wanted: Any
    value: Any
    schema: Any
    path: FieldPath
    by_case: bool = False  # holds only in one case of a condition, or by the absence of all cases
    inner: tuple[tuple["Misfit", ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A finding before it has a document. `first` is the place of the first of two equal values."""

    code: str
    detail: str
    path: FieldPath
    help: str = ""
    on_key: bool = False
    by_case: bool = False
    first: FieldPath | None = None
    deciding: FieldPath | None = None  # the place of the word that asks for what is missing
    missing: tuple[str, ...] = ()
    meant: str = ""  # the key that an unknown key stands for in all likelihood
    instead: Guess | None = None  # what to write in the place of the key or value


def settled(found: Iterable[Problem], deciding: frozenset[str]) -> tuple[Problem, ...]:
    """One problem for each cause. `deciding` are the keys that decide which others are known.

    Per value the most basic complaint stays; what is inside a value of the wrong type, or under an unknown
    key, is silent; and while a deciding key is wrong or missing, so is all that depends on it.
    """
    chosen: dict[tuple[FieldPath, tuple[str, ...]], Problem] = {}
    for problem in sorted(found, key=lambda p: _BASIC.index(p.code)):
        chosen.setdefault((problem.path, problem.missing or ("a value",)), problem)
    kept = tuple(chosen.values())
    opaque = {p.path for p in kept if p.code in {"MC1101", "MC1103"}}
    undecided = {p.path[:-1] for p in kept if p.code in _VALUE_CODES and p.path and p.path[-1] in deciding}
    undecided |= {p.path for p in kept if deciding.intersection(p.missing)}
    undecided |= {p.path[:-1] for p in kept if p.meant in deciding}
    unknown_in = {p.path[:-1] for p in kept if p.code == "MC1101"} | {p.path for p in kept if p.missing}
    return tuple(
        p
        for p in kept
        if opaque.isdisjoint(_above(p.path))
        and (not p.by_case or p.meant in deciding or undecided.isdisjoint((*_above(p.path), p.path)))
        and not (p.code in {"MC1106", "MC1107"} and p.path in unknown_in)
    )


def _above(path: FieldPath) -> tuple[FieldPath, ...]:
    """The places that a place lies in."""
    return tuple(path[:depth] for depth in range(len(path)))


def switches(schema: Any) -> frozenset[str]:  # noqa: ANN401
    """The keys on which conditions anywhere in a schema depend."""
    if isinstance(schema, list):
        return frozenset().union(*map(switches, schema))
    if not isinstance(schema, dict):
        return frozenset()
    own = schema["if"].get("properties", ()) if isinstance(schema.get("if"), dict) else ()
    return frozenset(own).union(*(switches(part) for part in schema.values()))


_BASIC = ("MC1101", "MC1103", "MC1104", "MC1105", "MC1102", "MC1109", "MC1107", "MC1106")
_VALUE_CODES = frozenset(("MC1103", "MC1104", "MC1105"))
