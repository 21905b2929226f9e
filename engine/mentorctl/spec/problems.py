"""What a validator found unfitting → problems in plain words, one for each cause.

A `Misfit` is one answer of the validator; `problems` says it in the words of people who write program files, and
`settled` keeps of several complaints about one slip of the pen the one that names it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from mentorctl.diagnostics import FieldPath, did_you_mean, quoted_list
from mentorctl.spec.shape import Shape, place_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A keyword of a schema that a value does not satisfy. `inner` are the complaints of each alternative or key."""

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
    return settled(_unmisspelled(found, shape), switches(shape.root))


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


def settled(found: Iterable[Problem], deciding: frozenset[str]) -> tuple[Problem, ...]:
    """One problem for each cause. `deciding` are the keys that decide which others are known.

    Per value the most basic complaint stays; what is inside a value of the wrong type, or under an unknown key, is
    silent; and while a deciding key is wrong or missing, so is all that depends on it.
    """
    chosen: dict[tuple[FieldPath, str], Problem] = {}
    for problem in sorted(found, key=lambda p: _BASIC.index(p.code)):
        chosen.setdefault((problem.path, _GROUP.get(problem.code, "value")), problem)
    kept = tuple(chosen.values())
    opaque = {p.path for p in kept if p.code in {"MC1101", "MC1103"}}
    undecided = {p.path[:-1] for p in kept if p.code in _VALUE_CODES and p.path and p.path[-1] in deciding}
    undecided |= {p.path for p in kept if deciding.intersection(p.missing)}
    unknown_in = {p.path[:-1] for p in kept if p.code == "MC1101"}
    return tuple(
        p for p in kept
        if not any(p.path[:n] in opaque for n in range(len(p.path)))
        and not (p.by_case and any(p.path[:n] in undecided for n in range(len(p.path) + 1)))
        and not (p.code in {"MC1106", "MC1107"} and p.path in unknown_in)
    )


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
    for schema in schemas:
        for case in shape.cases(schema, value):
            if key in shape.keys(schema, value, every_case=True):
                yield _wrong_case(misfit, shape, case)
                return
    where = place_name(parent)
    homes = shape.homes(parent, key)
    hints = [f"`{key}` belongs in {' or '.join(homes)}"] if 0 < len(homes) <= _FEW_HOMES else []
    near = did_you_mean(key, allowed)
    keys = quoted_list(allowed, last="and", limit=_MANY)
    yield Problem(
        code="MC1101", path=misfit.path, on_key=True, by_case=misfit.by_case, meant="".join(near.split("`")[1:2]),
        detail=f"`{shortened(key)}` is not a key of {where}"
        + (f"; {'its keys are' if len(allowed) > 1 else 'its only key is'} {keys}" if allowed else ""),
        help="; ".join([*hints, near] if near else hints),
    )


def _wrong_case(misfit: Misfit, shape: Shape, case: Any) -> Problem:  # noqa: ANN401
    """A key that another value of a deciding key would allow."""
    key, parent = str(misfit.path[-1]), misfit.path[:-1]
    value, schemas = shape.at(parent)
    word = next(iter(case["if"].get("properties", ("",))))
    fits = [
        c["if"]["properties"][word]["const"]
        for schema in schemas
        for c in shape.cases(schema, value)
        if key in shape.keys(c.get("then", True), value) and "const" in c["if"].get("properties", {}).get(word, {})
    ]
    return Problem(
        code="MC1107", path=misfit.path, on_key=True, by_case=misfit.by_case,
        detail=f"`{key}` does not go with `{word}: {shown(value.get(word))}`",
        help=f"`{key}` goes with `{word}: {' / '.join(fits)}`" if fits else f"delete `{key}`, or change `{word}`",
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
        code="MC1102", path=path, on_key=True, by_case=by_case, missing=absent,
        detail=f"{place_name(path)} lacks {quoted_list(absent, last='and', limit=_MANY)}",
        help="add " + "; ".join(f"`{key}:` {shape.words(schema)}" for key, schema in wanted.items()),
    )


def _type(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    yield Problem(
        code="MC1103", path=misfit.path, by_case=misfit.by_case,
        detail=f"{read_as(misfit.value)}; expected is {shape.words(misfit.schema)}",
        help=_retyped(misfit, shape) or _type_help(misfit, shape),
    )


def _type_help(misfit: Misfit, shape: Shape) -> str:
    if misfit.value is None:
        optional = misfit.path and not shape.required_at(misfit.path)
        return "write a value after the colon" + (", or delete the key" if optional else "")
    if misfit.keyword == "type" and misfit.wanted in _HELP_BY_TYPE:
        return _HELP_BY_TYPE[misfit.wanted]
    return "write one value, without brackets or dashes" if isinstance(misfit.value, list) else ""


def _among(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    allowed = misfit.wanted if misfit.keyword == "enum" else [misfit.wanted]
    if type(misfit.value) not in {type(value) for value in allowed}:
        yield from _type(misfit, shape)
        return
    listed = quoted_list(map(shown, allowed), limit=_MANY)
    yield Problem(
        code="MC1104", path=misfit.path, by_case=misfit.by_case,
        detail=f"`{shown(misfit.value)}` is not allowed here; "
        + (f"choose {listed}" if len(allowed) > 1 else f"it must be {listed}"),
        help=did_you_mean(misfit.value, map(str, allowed)) if len(allowed) > 1 and misfit.value else "",
    )


def _form(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    written = misfit.schema.get("x-written")
    better = next((c for c in _rewritten(misfit.value) if shape.holds(misfit.schema, c)), None)
    yield Problem(
        code="MC1105", path=misfit.path, by_case=misfit.by_case,
        detail=f"`{shown(misfit.value)}` is not {written}" if written else f"`{shown(misfit.value)}` has another form",
        help=f"did you mean `{better}`?" if better else "",
    )


def _number(misfit: Misfit, _shape: Shape) -> Iterator[Problem]:
    low, high = misfit.schema.get("minimum"), misfit.schema.get("maximum")
    bounds = f"of at least {low}" if high is None else f"of at most {high}" if low is None else f"from {low} to {high}"
    yield Problem(
        code="MC1106", path=misfit.path, by_case=misfit.by_case,
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
            code="MC1107", path=misfit.path, on_key=True, by_case=misfit.by_case,
            detail=f"{place_name(misfit.path)} has {count or 'none'} of {quoted_list(named, last='and')}",
            help=f"write {'exactly' if exactly else 'at least' if few else 'at most'} "
            f"{'one' if misfit.wanted == 1 else misfit.wanted} of them",
        )
        return
    yield Problem(
        code="MC1106", path=misfit.path, by_case=misfit.by_case,
        detail=f"the {what} is empty" if not count else f"the {what} has {count} {one if count == 1 else many}",
        help=f"at {'least' if few else 'most'} {misfit.wanted} {one if misfit.wanted == 1 else many} "
        f"{'is' if misfit.wanted == 1 else 'are'} {'needed' if few else 'allowed'}",
    )


def _twice(misfit: Misfit, _shape: Shape) -> Iterator[Problem]:
    """The misfit sits on the second of two equal entries; `wanted` is the index of the first."""
    yield Problem(
        code="MC1109", path=misfit.path, by_case=misfit.by_case, help="keep one of the two",
        detail=f"`{shown(misfit.value)}` is already in this list", first=(*misfit.path[:-1], misfit.wanted),
    )


def _name(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    """A key that is written in a way that keys here are not."""
    for problem in _said(misfit.inner[0][0], shape):
        yield Problem(
            code=problem.code, path=misfit.path, on_key=True, by_case=misfit.by_case,
            detail=problem.detail, help=problem.help,
        )


def _alternatives(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    fitting = [inner for inner in misfit.inner if not any(_about_type(m, misfit.path) for m in inner)]
    if len(fitting) == 1:
        for inner in fitting[0]:
            yield from _said(inner, shape)
    elif fitting and all(m.keyword == "required" and m.path == misfit.path for inner in fitting for m in inner):
        keys = dict.fromkeys(key for inner in fitting for m in inner for key in m.wanted)
        yield Problem(
            code="MC1107", path=misfit.path, on_key=True, by_case=misfit.by_case,
            detail=f"{place_name(misfit.path)} needs {quoted_list(keys)}", help="write one of them",
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
        code="MC1107", path=misfit.path, by_case=misfit.by_case,
        detail=f"what is written in {place_name(misfit.path)} does not fit together",
        help=str(schema.get("x-written") or schema.get("description") or ""),
    )


def _retyped(misfit: Misfit, shape: Shape) -> str:
    """How to write the same value with another type, when the schema takes it then."""
    for sentence, candidate in _other_types(misfit.value):
        if shape.holds(misfit.schema, candidate):
            return sentence
    return ""


def _other_types(value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    match value:
        case bool():
            yield f'write "{shown(value)}" in quotes to make it text', shown(value)
        case int() | float():
            yield f'write "{value}" in quotes to make it text', str(value)
            yield f"did you mean `{value}%`?", f"{value}%"
        case str():
            yield from _unquoted(value)
            yield f"write it as a list: [{shortened(value)}]", [value]
        case [only]:
            yield "write the one entry without brackets or dash", only


def _unquoted(text: str) -> Iterator[tuple[str, Any]]:
    truth = _TRUTH.get(text.strip().casefold())
    if truth is not None:
        yield f"write `{shown(truth)}`, without quotes", truth
    digits = text.strip().replace("_", "").replace(",", "").replace(" ", "")
    if re.fullmatch(r"[+-]?[0-9]{1,15}", digits):
        yield f"write {int(digits)}, in plain digits without quotes", int(digits)
    elif re.fullmatch(r"[+-]?[0-9]{0,15}\.?[0-9]{1,15}(e[+-]?[0-9]{1,2})?", digits, re.IGNORECASE):
        number = float(digits)
        plain = int(number) if number.is_integer() else number
        yield f"write {plain}, in plain digits without quotes", plain


def _rewritten(value: str) -> Iterator[str]:
    """The same in the forms that the language uses."""
    text = value.strip()
    yield text
    yield text.casefold()
    yield re.sub(r"\s+", "", text)
    if re.fullmatch(r"[A-Za-z0-9 ._-]+", text):
        yield re.sub(r"[ ._-]+", "_", text.casefold()).strip("_")
    if spoken := re.fullmatch(r"([0-9]+)\s*(day|week|month|minute|min|hour)s?\.?", text.casefold()):
        yield spoken[1] + _SPOKEN_UNITS[spoken[2]]
    if dashed := re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", text):
        yield f"{dashed[1]}-{dashed[2]:>02}-{dashed[3]:>02}"
    if dotted := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", text):
        yield f"{dotted[3]}-{dotted[2]:>02}-{dotted[1]:>02}"
    yield f"{text}%"


def read_as(value: Any) -> str:  # noqa: ANN401
    """A value and the type as which it was read."""
    match value:
        case None:
            return "nothing is written here"
        case bool():
            return f"`{shown(value)}` is a yes-or-no value"
        case int() | float():
            return f"`{value}` is a number"
        case str():
            return f"`{shown(value)}` is text" if value else "the text is empty"
        case list():
            return "a list is written here"
        case _:
            return "a block of keys and values is written here"


def shown(value: Any) -> str:  # noqa: ANN401
    """A value as one would write it, not too long."""
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case list():
            return f"[{', '.join(map(shown, value[:_FEW_ENTRIES]))}{', …' if len(value) > _FEW_ENTRIES else ''}]"
        case dict():
            return "{…}"
        case _:
            return shortened(str(value))


def shortened(text: str) -> str:
    """A text on one line of at most 60 characters."""
    line = " ".join(text.split()) or text
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


_SHOWN = 60
_FEW_ENTRIES = 5
_FEW_HOMES = 2
_BASIC = ("MC1101", "MC1103", "MC1104", "MC1105", "MC1102", "MC1109", "MC1107", "MC1106")
_VALUE_CODES = frozenset(("MC1103", "MC1104", "MC1105"))
_GROUP = {"MC1102": "missing"}
_MANY = 24
_UNITS: dict[type, tuple[str, str, str]] = {
    str: ("text", "character", "characters"), list: ("list", "entry", "entries"), dict: ("block", "key", "keys"),
}
_HELP_BY_TYPE = {
    "object": "write its keys on the lines below, indented by two spaces",
    "array": "write each entry on a line of its own that begins with `- `",
}
_TRUTH = {"yes": True, "on": True, "true": True, "y": True, "no": False, "off": False, "false": False, "n": False}
_SPOKEN_UNITS = {"day": "d", "week": "w", "month": "mo", "minute": "min", "min": "min", "hour": "h"}
_SAY: dict[str, Callable[[Misfit, Shape], Iterator[Problem]]] = {
    "additionalProperties": _unknown, "unevaluatedProperties": _unknown, "required": _missing, "type": _type,
    "enum": _among, "const": _among, "pattern": _form, "minimum": _number, "maximum": _number, "minLength": _size,
    "maxLength": _size, "minItems": _size, "maxItems": _size, "minProperties": _size, "maxProperties": _size,
    "uniqueItems": _twice, "propertyNames": _name, "anyOf": _alternatives, "oneOf": _alternatives,
}
