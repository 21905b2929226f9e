"""What a validator found unfitting → problems in plain words, one for each cause.

A `Misfit` is one answer of the validator; `problems` says it in the words of people who write program files,
and `settled` keeps of several complaints about one slip of the pen the one that names it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from mentorctl.diagnostics import FieldPath, did_you_mean, quoted_list
from mentorctl.spec.shape import Part, Shape, place_name
from mentorctl.spec.wording import other_types, read_as, rewritten, shortened, shown


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
    missing: tuple[str, ...] = ()
    meant: str = ""  # the key that an unknown key stands for in all likelihood


def problems(misfits: Iterable[Misfit], shape: Shape) -> tuple[Problem, ...]:
    """All problems, settled."""
    found = [problem for misfit in misfits for problem in _said(misfit, shape)]
    return tuple(_joined(settled(_unmisspelled(found, shape), switches(shape.root)), shape))


def _unmisspelled(found: list[Problem], shape: Shape) -> Iterator[Problem]:
    """A required key that is there, but misspelled, is not missing as well."""
    meant = {(*p.path[:-1], p.meant) for p in found if p.meant}
    for problem in found:
        absent = tuple(key for key in problem.missing if (*problem.path, key) not in meant)
        if absent != problem.missing:
            if absent:
                yield _lacking(problem.path, absent, shape, by_case=problem.by_case)
            continue
        yield problem


def _joined(found: tuple[Problem, ...], shape: Shape) -> Iterator[Problem]:
    """All keys that a block lacks are one problem, whichever part of the schema asks for them."""
    lacking: dict[FieldPath, dict[str, None]] = {}
    for problem in found:
        lacking.setdefault(problem.path, {}).update(dict.fromkeys(problem.missing))
        if not problem.missing:
            yield problem
    for path, keys in lacking.items():
        if keys:
            yield _lacking(path, tuple(keys), shape, by_case=False)


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
    unknown_in = {p.path[:-1] for p in kept if p.code == "MC1101"}
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


def _said(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    yield from _SAY.get(misfit.keyword, _other)(misfit, shape)


def _unknown(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    key, parent = str(misfit.path[-1]), misfit.path[:-1]
    value, schemas = shape.at(parent)
    allowed = shape.keys(misfit.schema, value)
    speaking = [schema for schema in schemas if key in shape.keys(schema, value, every_case=True)]
    cases = [case for schema in speaking for case in shape.cases(schema, value)]
    if cases:
        yield _wrong_case(misfit, shape, key, cases)
        return
    where = place_name(parent)
    homes = shape.homes(parent, key)
    hints = [f"`{key}` belongs in {' or '.join(homes)}"] if 0 < len(homes) <= _FEW_HOMES else []
    near = did_you_mean(key, allowed)
    keys = quoted_list(allowed, last="and", limit=_MANY)
    yield Problem(
        code="MC1101",
        path=misfit.path,
        on_key=True,
        by_case=misfit.by_case,
        meant=next((name for name in allowed if f"`{name}`" in near), ""),
        detail=f"`{shortened(key)}` is not a key of {where}"
        + (f"; {'its keys are' if len(allowed) > 1 else 'its only key is'} {keys}" if allowed else ""),
        help="; ".join([*hints, near] if near else hints),
    )


def _wrong_case(misfit: Misfit, shape: Shape, key: str, cases: list[Part]) -> Problem:
    """A key that another value of a deciding key would allow."""
    deciding = next(iter(cases[0]["if"].get("properties", ("",))))
    conditions = [
        case["if"].get("properties", {}).get(deciding, {})
        for case in cases
        if key in shape.keys(case.get("then", True), misfit.value)
    ]
    fits = [condition["const"] for condition in conditions if "const" in condition]
    return Problem(
        code="MC1107",
        path=misfit.path,
        on_key=True,
        by_case=misfit.by_case,
        detail=f"`{key}` does not go with `{deciding}: {shown(misfit.value.get(deciding))}`",
        help=f"`{key}` goes with `{deciding}: {' / '.join(fits)}`"
        if fits
        else f"delete `{key}`, or change `{deciding}`",
    )


def _missing(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    absent = tuple(key for key in misfit.wanted if key not in misfit.value)
    yield _lacking(misfit.path, absent, shape, by_case=misfit.by_case)


def _lacking(path: FieldPath, absent: tuple[str, ...], shape: Shape, *, by_case: bool) -> Problem:
    value, schemas = shape.at(path)
    wanted = {
        key: next((part for schema in schemas for part in shape.below(schema, value, key)), True) for key in absent
    }
    return Problem(
        code="MC1102",
        path=path,
        on_key=True,
        by_case=by_case,
        missing=absent,
        detail=f"{place_name(path)} lacks {quoted_list(absent, last='and', limit=_MANY)}",
        help="add " + "; ".join(f"`{key}:` {shape.words(schema)}" for key, schema in wanted.items()),
    )


def _type(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    yield Problem(
        code="MC1103",
        path=misfit.path,
        by_case=misfit.by_case,
        detail=f"{read_as(misfit.value)}; expected is {shape.words(misfit.schema)}",
        help=_retyped(misfit, shape) or _type_help(misfit, shape),
    )


def _type_help(misfit: Misfit, shape: Shape) -> str:
    if misfit.value is None:
        optional = misfit.path and not shape.required_at(misfit.path)
        return "write a value after the colon" + (", or delete the key" if optional else "")
    if misfit.keyword == "type" and str(misfit.wanted) in _HELP_BY_TYPE:
        return _HELP_BY_TYPE[str(misfit.wanted)]
    return "write one value, without brackets or dashes" if isinstance(misfit.value, list) else ""


def _among(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    allowed = misfit.wanted if misfit.keyword == "enum" else [misfit.wanted]
    if type(misfit.value) not in {type(value) for value in allowed}:
        yield from _type(misfit, shape)
        return
    listed = quoted_list(map(shown, allowed), limit=_MANY)
    yield Problem(
        code="MC1104",
        path=misfit.path,
        by_case=misfit.by_case,
        detail=f"`{shown(misfit.value)}` is not allowed here; "
        + (f"choose {listed}" if len(allowed) > 1 else f"it must be {listed}"),
        help=did_you_mean(misfit.value, map(str, allowed)) if len(allowed) > 1 and misfit.value else "",
    )


def _form(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    written = misfit.schema.get("x-written")
    better = next((c for c in rewritten(misfit.value) if shape.holds(misfit.schema, c)), None)
    yield Problem(
        code="MC1105",
        path=misfit.path,
        by_case=misfit.by_case,
        detail=f"`{shown(misfit.value)}` is not {written or 'written as expected'}",
        help=f"did you mean `{better}`?" if better else "",
    )


def _number(misfit: Misfit, _shape: Shape) -> Iterator[Problem]:
    low, high = misfit.schema.get("minimum"), misfit.schema.get("maximum")
    bounds = f"from {low} to {high}"
    if low is None or high is None:
        bounds = f"of at most {high}" if low is None else f"of at least {low}"
    yield Problem(
        code="MC1106",
        path=misfit.path,
        by_case=misfit.by_case,
        detail=f"`{misfit.value}` is too {'small' if misfit.keyword == 'minimum' else 'large'}",
        help=f"write a number {bounds}",
    )


def _size(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    what, one, many = _UNITS[type(misfit.value)]
    few = misfit.keyword.startswith("min")
    named = shape.keys(misfit.schema, misfit.value)
    count = len(misfit.value)
    if isinstance(misfit.value, dict) and named and misfit.schema.get("additionalProperties") is False:
        exactly = misfit.schema.get("maxProperties") == 1
        yield Problem(
            code="MC1107",
            path=misfit.path,
            on_key=True,
            by_case=misfit.by_case,
            detail=f"{place_name(misfit.path)} has {count or 'none'} of {quoted_list(named, last='and')}",
            help=f"write {'exactly' if exactly else 'at least' if few else 'at most'} "
            f"{'one' if misfit.wanted == 1 else misfit.wanted} of them",
        )
        return
    yield Problem(
        code="MC1106",
        path=misfit.path,
        by_case=misfit.by_case,
        detail=f"the {what} has {count} {one if count == 1 else many}" if count else f"the {what} is empty",
        help=f"at {'least' if few else 'most'} {misfit.wanted} {one if misfit.wanted == 1 else many} "
        f"{'is' if misfit.wanted == 1 else 'are'} {'needed' if few else 'allowed'}",
    )


def _twice(misfit: Misfit, _shape: Shape) -> Iterator[Problem]:
    """The misfit sits on the second of two equal entries; `wanted` is the index of the first."""
    yield Problem(
        code="MC1109",
        path=misfit.path,
        by_case=misfit.by_case,
        help="keep one of the two",
        detail=f"`{shown(misfit.value)}` is already in this list",
        first=(*misfit.path[:-1], misfit.wanted),
    )


def _name(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    """A key that is written in a way that keys here are not."""
    for problem in _said(misfit.inner[0][0], shape):
        yield Problem(
            code=problem.code,
            path=misfit.path,
            on_key=True,
            by_case=misfit.by_case,
            detail=problem.detail,
            help=problem.help,
        )


def _alternatives(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    fitting = [inner for inner in misfit.inner if not any(_about_type(m, misfit.path) for m in inner)]
    if len(fitting) == 1:
        for inner in fitting[0]:
            yield from _said(inner, shape)
    elif fitting and all(m.keyword == "required" and m.path == misfit.path for m in chain(*fitting)):
        keys = dict.fromkeys(key for m in chain(*fitting) for key in m.wanted)
        yield Problem(
            code="MC1107",
            path=misfit.path,
            on_key=True,
            by_case=misfit.by_case,
            detail=f"{place_name(misfit.path)} needs {quoted_list(keys)}",
            help="write one of them",
        )
    else:
        yield from _type(misfit, shape)


def _about_type(misfit: Misfit, path: FieldPath) -> bool:
    if misfit.path != path:
        return False
    if misfit.keyword == "type":
        return True
    wanted = misfit.wanted if misfit.keyword == "enum" else [misfit.wanted]
    return misfit.keyword in {"enum", "const"} and type(misfit.value) not in {type(value) for value in wanted}


def _other(misfit: Misfit, _shape: Shape) -> Iterator[Problem]:
    schema = misfit.schema if isinstance(misfit.schema, dict) else {}
    yield Problem(
        code="MC1107",
        path=misfit.path,
        by_case=misfit.by_case,
        detail=f"what is written in {place_name(misfit.path)} does not fit together",
        help=str(schema.get("x-written") or schema.get("description") or ""),
    )


def _retyped(misfit: Misfit, shape: Shape) -> str:
    """How to write the same value with another type, when the schema takes it then."""
    for sentence, candidate in other_types(misfit.value):
        if shape.holds(misfit.schema, candidate):
            return sentence
    return ""


_FEW_HOMES = 2
_BASIC = ("MC1101", "MC1103", "MC1104", "MC1105", "MC1102", "MC1109", "MC1107", "MC1106")
_VALUE_CODES = frozenset(("MC1103", "MC1104", "MC1105"))
_MANY = 24
_UNITS: dict[type, tuple[str, str, str]] = {
    str: ("text", "character", "characters"),
    list: ("list", "entry", "entries"),
    dict: ("block", "key", "keys"),
}
_HELP_BY_TYPE = {
    "object": "write its keys on the lines below, indented by two spaces",
    "array": "write each entry on a line of its own that begins with `- `",
}
_SAY: dict[str, Callable[[Misfit, Shape], Iterator[Problem]]] = {
    "additionalProperties": _unknown,
    "unevaluatedProperties": _unknown,
    "required": _missing,
    "type": _type,
    "enum": _among,
    "const": _among,
    "pattern": _form,
    "minimum": _number,
    "maximum": _number,
    "minLength": _size,
    "maxLength": _size,
    "minItems": _size,
    "maxItems": _size,
    "minProperties": _size,
    "maxProperties": _size,
    "uniqueItems": _twice,
    "propertyNames": _name,
    "anyOf": _alternatives,
    "oneOf": _alternatives,
}
