"""What a validator found unfitting → problems in plain words, one for each cause.

`problems` says each `Misfit` in the words of people who write program files, and keeps of several complaints about one
slip of the pen the one that names it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain

from mentorctl.diagnostics import FieldPath, did_you_mean, quoted_list
from mentorctl.spec.guesses import Guess, meant_word
from mentorctl.spec.misfits import Misfit, Problem, settled
from mentorctl.spec.shape import Part, Shape
from mentorctl.spec.wording import other_types, read_as, rewritten, shortened, shown, unusual


def problems(misfits: Iterable[Misfit], shape: Shape, deciding: frozenset[str]) -> tuple[Problem, ...]:
    """All problems, settled; `deciding` are the keys on which conditions of the schema depend."""
    found = [problem for misfit in misfits for problem in _said(misfit, shape)]
    return tuple(_joined(settled(_unmisspelled(found, shape), deciding), shape))


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


def _said(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    yield from _SAY.get(misfit.keyword, _other)(misfit, shape)


def _unknown(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    key, parent = str(misfit.path[-1]), misfit.path[:-1]
    value, schemas = shape.at(parent)
    allowed = shape.keys_here(parent, misfit.schema, value)
    speaking = [schema for schema in schemas if key in shape.keys(schema, value, every_case=True)]
    cases = [case for schema in speaking for case in shape.cases(schema, value)]
    if cases:
        yield _wrong_case(misfit, shape, key, cases)
        return
    hints, guess = _hints(parent, key, shape), meant_word(key, allowed)
    near = f"did you mean `{guess.value}`?" if guess else ""
    if hints and not (guess and guess.certain):
        near, guess = "", None
    listed = "" if (hints or near) and len(allowed) > _MANY else quoted_list(allowed, last="and", limit=_ALL)
    yield Problem(
        code="MC1101",
        path=misfit.path,
        on_key=True,
        by_case=misfit.by_case,
        meant=guess.value if guess else "",
        instead=None if guess is None or guess.value in value or hints else guess,
        detail=f"`{shortened(key)}` is not a key of {shape.name(parent)}"
        + (f"; {'its keys are' if len(allowed) > 1 else 'its only key is'} {listed}" if listed else ""),
        help="; ".join(part for part in (*hints, near, unusual(key) if near else "") if part),
    )


def _hints(parent: FieldPath, key: str, shape: Shape) -> list[str]:
    """Where a key belongs that is unknown in a mapping: with another model, elsewhere in the file, or in another."""
    owners = shape.owners(parent, key)
    if owners:
        return [f"`{key}` belongs to {_choice(place, words)}" for place, words in owners.items()]
    homes = shape.homes(parent, key)
    if 0 < len(homes) <= _FEW_HOMES:
        return [f"`{key}` belongs in {' or '.join(homes)}"]
    elsewhere = "" if parent or homes else shape.elsewhere(key)
    return [elsewhere] if elsewhere else []


def _choice(place: FieldPath, words: tuple[str, ...]) -> str:
    """The words of a key that decides, such as "the model `team`" for `model.type`."""
    if len(place) > 1 and place[-1] == "type":
        return f"the {place[-2]}{'s' if len(words) > 1 else ''} {quoted_list(words)}"
    return " or ".join(f"`{place[-1]}: {word}`" for word in words)


def _barred(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    """A key that the language knows, but not in this case."""
    key, parent = str(misfit.path[-1]), misfit.path[:-1]
    yield Problem(
        code="MC1101",
        path=misfit.path,
        on_key=True,
        by_case=misfit.by_case,
        detail=f"`{key}` is not a key of {shape.name(parent)} here",
        help="; ".join(_hints(parent, key, shape)) or f"delete `{key}`",
    )


def _wrong_case(misfit: Misfit, shape: Shape, key: str, cases: list[Part]) -> Problem:
    """A key that another value of a deciding key would allow."""
    deciding = next(iter(cases[0]["if"].get("properties", ("",))))
    conditions = [
        case["if"].get("properties", {}).get(deciding, {})
        for case in cases
        if key in shape.keys(case.get("then", True), misfit.value)
    ]
    fits = [word for condition in conditions for word in condition.get("enum") or [condition.get("const")] if word]
    return Problem(
        code="MC1107",
        path=misfit.path,
        on_key=True,
        by_case=misfit.by_case,
        detail=f"`{key}` does not go with `{deciding}: {shown(misfit.value.get(deciding))}`",
        help=f"`{key}` goes with {' or '.join(f'`{deciding}: {word}`' for word in fits)}"
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
        deciding=_decider(path, absent[0], shape),
        detail=f"{shape.name(path)} lacks {quoted_list(absent, last='and', limit=_MANY)}",
        help="add " + "; ".join(f"`{key}:` {shape.words(schema)}" for key, schema in wanted.items()),
    )


def _decider(path: FieldPath, key: str, shape: Shape) -> FieldPath | None:
    """The place whose word asks for a key elsewhere, if any."""
    return next((place for place in shape.owners(path, key) if place[:-1] != path), None)


def _type(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    sentence, guess = _retyped(misfit, shape)
    yield Problem(
        code="MC1103",
        path=misfit.path,
        by_case=misfit.by_case,
        detail=f"{read_as(misfit.value)}; expected is {shape.words(misfit.schema)}",
        help=sentence or _type_help(misfit, shape),
        instead=guess,
    )


def _type_help(misfit: Misfit, shape: Shape) -> str:
    if misfit.value is None:
        optional = misfit.path and not shape.required_at(misfit.path)
        return "write a value after the colon" + (", or delete the key" if optional else "")
    if misfit.keyword == "type" and str(misfit.wanted) in _HELP_BY_TYPE:
        return _HELP_BY_TYPE[str(misfit.wanted)]
    if not isinstance(misfit.value, list):
        return ""
    beside = _for_lists(misfit, shape)
    return "write one value, without brackets or dashes" + (f", or use {quoted_list(beside)}" if beside else "")


def _for_lists(misfit: Misfit, shape: Shape) -> list[str]:
    """The keys beside the one of a list that take a list of such values."""
    if not misfit.path or isinstance(misfit.path[-1], int):
        return []
    value, schemas = shape.at(misfit.path[:-1])
    found = [
        key
        for schema in schemas
        for key in shape.keys(schema, value)
        for listed in shape.below(schema, value, key)
        for entry in shape.below(listed, [], 0)
        if key not in value and misfit.schema in list(shape.parts(entry, "")) and shape.holds(listed, misfit.value)
    ]
    return list(dict.fromkeys(found))


def _among(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    allowed = misfit.wanted if misfit.keyword == "enum" else [misfit.wanted]
    if type(misfit.value) not in {type(value) for value in allowed}:
        yield from _type(misfit, shape)
        return
    listed = quoted_list(_alike(misfit.value, list(map(shown, allowed))), limit=_ALL)
    words = [str(word) for word in allowed] if len(allowed) > 1 and misfit.value else []
    yield Problem(
        code="MC1104",
        path=misfit.path,
        by_case=misfit.by_case,
        detail=f"`{shown(misfit.value)}` is not allowed here; "
        + (f"choose {listed}" if len(allowed) > 1 else f"it must be {listed}"),
        help=did_you_mean(misfit.value, words),
        instead=meant_word(misfit.value, words),
    )


def _alike(value: object, words: list[str]) -> list[str]:
    """Of very many words those that begin alike up to a point, such as `match.`, when there are any."""
    stem, point, _ = str(value).partition(".")
    near = [word for word in words if point and word.startswith(f"{stem}.")]
    return near if near and len(words) > _MANY else words


def _form(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    written = misfit.schema.get("x-written")
    better = next((guess for guess in rewritten(misfit.value) if shape.holds(misfit.schema, guess.value)), None)
    whole = [] if better else [s for s in shape.at(misfit.path)[1] if s is not True]  # it may be one form of several
    other = next((g.value for _, g in other_types(misfit.value) if any(shape.holds(s, g.value) for s in whole)), None)
    remedy = f"write {shown(other)}" if other is not None else ""
    yield Problem(
        code="MC1105",
        path=misfit.path,
        by_case=misfit.by_case,
        detail=f"`{shown(misfit.value)}` is not {written or 'written as expected'}",
        help=f"did you mean `{better.value}`?" if better else remedy,
        instead=better,
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
    needed = misfit.schema.get("required", ()) if few else ()  # another problem when they are missing
    named = [key for key in shape.keys(misfit.schema, misfit.value) if key not in needed]
    count = len(misfit.value) - len(needed)
    wanted = misfit.wanted - len(needed)
    if isinstance(misfit.value, dict) and named and misfit.schema.get("additionalProperties") is False:
        exactly = misfit.schema.get("maxProperties") == 1
        yield Problem(
            code="MC1107",
            path=misfit.path,
            on_key=True,
            by_case=misfit.by_case,
            detail=f"{shape.name(misfit.path)} has {count or 'none'} of {quoted_list(named, last='and')}",
            help=f"write {'exactly' if exactly else 'at least' if few else 'at most'} "
            f"{'one' if wanted == 1 else wanted} of them",
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
            instead=replace(problem.instead, certain=False) if problem.instead else None,  # others may name it
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
            detail=f"{shape.name(misfit.path)} needs {quoted_list(keys)}",
            help="write one of them",
        )
    elif isinstance(misfit.value, dict | list) and (nearest := _nearest(fitting, misfit.path)):
        for inner in nearest:
            yield from _said(inner, shape)
    elif fitting and isinstance(misfit.value, str):
        yield from _written_otherwise(misfit, shape)
    else:
        yield from _type(misfit, shape)


def _nearest(alternatives: list[tuple[Misfit, ...]], path: FieldPath) -> tuple[Misfit, ...]:
    """Of several alternatives the one that was meant, as keys and types tell; nothing when two are equally near."""

    def distance(found: tuple[Misfit, ...]) -> int:
        absent = sum(len([key for key in m.wanted if key not in m.value]) for m in found if m.keyword == "required")
        strange = sum(m.keyword in _ABOUT_KEYS and m.path[:-1] == path for m in found)
        return absent + strange + sum(_about_type(m, m.path) and len(m.path) == len(path) + 1 for m in found)

    ranked = sorted(alternatives, key=distance)
    is_clear = len(ranked) == 1 or (len(ranked) > 1 and distance(ranked[0]) < distance(ranked[1]))
    return ranked[0] if is_clear else ()


def _written_otherwise(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    """A text that is neither one of some words nor in one of some forms."""
    words = [str(word) for inner in chain(*misfit.inner) if inner.keyword == "enum" for word in inner.wanted]
    better = next((guess for guess in rewritten(misfit.value) if shape.holds(misfit.schema, guess.value)), None)
    guess = meant_word(misfit.value, words) or better
    yield Problem(
        code="MC1105",
        path=misfit.path,
        by_case=misfit.by_case,
        detail=f"`{shown(misfit.value)}` is not {shape.words(misfit.schema)}",
        help=f"did you mean `{guess.value}`?" if guess else "",
        instead=guess and replace(guess, certain=False),
    )


def _about_type(misfit: Misfit, path: FieldPath) -> bool:
    if misfit.path != path:
        return False
    if misfit.keyword == "type":
        return True
    wanted = misfit.wanted if misfit.keyword == "enum" else [misfit.wanted]
    return misfit.keyword in {"enum", "const"} and type(misfit.value) not in {type(value) for value in wanted}


def _other(misfit: Misfit, shape: Shape) -> Iterator[Problem]:
    schema = misfit.schema if isinstance(misfit.schema, dict) else {}
    yield Problem(
        code="MC1107",
        path=misfit.path,
        by_case=misfit.by_case,
        detail=f"what is written in {shape.name(misfit.path)} does not fit together",
        help=str(schema.get("x-written") or schema.get("description") or ""),
    )


def _retyped(misfit: Misfit, shape: Shape) -> tuple[str, Guess | None]:
    """How to write the same value with another type, when the schema takes it then."""
    for sentence, guess in other_types(misfit.value):
        if shape.holds(misfit.schema, guess.value):
            return sentence, guess
    return "", None


_FEW_HOMES = 2
_MANY = 24
_ALL = 48
_ABOUT_KEYS = ("additionalProperties", "unevaluatedProperties")
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
    "properties": _barred,
    "propertyNames": _name,
    "anyOf": _alternatives,
    "oneOf": _alternatives,
}
