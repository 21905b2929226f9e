"""Records as JSON and back, strictly, and the one canonical text that digests are taken of."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, cast

from mentorctl.state.model import (
    CheckInRecord,
    CohortRecord,
    EnrollmentRecord,
    MatchRecord,
    ProgramRecord,
    Record,
    SessionRecord,
    TrainingRecord,
)
from mentorctl.state.shapes import CodecError, JsonValue, below, quoted, shape_of

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)

# Stores and plan files keep these names, so they are written down here and not derived from the classes.
_CLASSES: tuple[tuple[str, type[Any]], ...] = (
    ("program", ProgramRecord),
    ("cohort", CohortRecord),
    ("enrollment", EnrollmentRecord),
    ("training", TrainingRecord),
    ("match", MatchRecord),
    ("session", SessionRecord),
    ("check_in", CheckInRecord),
)


def kind_of(record: Record) -> str:
    """The kind of a record, as it is written in stores and plans: `program`, `match` and so on."""
    return _KIND_OF[type(record)]


def record_to_json(record: Record) -> dict[str, JsonValue]:
    """A record as JSON values, the address as text. Raises CodecError for a value of an undeclared type."""
    return cast("dict[str, JsonValue]", _SHAPE_OF[kind_of(record)].write(record, ""))


def record_from_json(kind: str, data: object) -> Record:
    """The record that `record_to_json` wrote.

    Raises CodecError on an unknown kind, an unknown or missing key, and a value not of the declared type.
    """
    shape = _SHAPE_OF.get(kind)
    if shape is None:
        raise CodecError(f"{quoted(kind)} is not a kind of record; the kinds are {', '.join(_SHAPE_OF)}")
    return cast("Record", shape.read(data, ""))


def records_from_json(kind: str, data: Sequence[object]) -> Sequence[Record]:
    """Many records of a kind, read together. Raises one of `MISFITS` where `record_from_json` says what is wrong.

    An address may be given as one instead of as its text.
    """
    return cast("Sequence[Record]", _SHAPE_OF[kind].read_all(data))


def value_to_json(value: object) -> JsonValue:
    """A frozen value of other parts of a plan as JSON values, by its type hints as records are."""
    return shape_of(type(value)).write(value, "")


def value_from_json[T](class_: type[T], data: object) -> T:
    """The value that `value_to_json` wrote. Raises CodecError as `record_from_json` does."""
    return cast("T", shape_of(class_).read(data, ""))


def canonical_json(value: JsonValue) -> str:
    """The one text of a JSON value: keys in code point order, no spaces, whole numbers only.

    Raises CodecError on a float, a key that is not text, a type that JSON lacks, and broken Unicode.
    """
    text = _CANONICAL.encode(value if _is_plain(value) else _plain(value, ""))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise CodecError(f"half of a surrogate pair at character {error.start} cannot be written") from None
    return text


def digest(value: JsonValue, prefix: str = "sha256") -> str:
    """SHA-256 of the canonical text, in hexadecimal after the prefix and a colon: `sha256:9f86d0…`."""
    return f"{prefix}:{sha256(canonical_json(value).encode()).hexdigest()}"


def _is_plain(value: object) -> bool:
    """Whether there is nothing to change or to refuse in a value, which is nearly always so."""
    kind = type(value)
    if kind in _SCALARS:
        return True
    if kind is dict:
        parts = cast("dict[object, object]", value)
        return all(type(name) is str for name in parts) and all(map(_is_plain, parts.values()))
    return kind in _LISTS and all(map(_is_plain, cast("Sequence[object]", value)))


_SCALARS = frozenset({str, int, bool, type(None)})
_LISTS = (list, tuple)


def _plain(value: JsonValue, key: str) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {_key(name, key): _plain(part, below(key, name)) for name, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(part, f"{key}[{index}]") for index, part in enumerate(value)]
    raise CodecError(f"{key or 'the value'}: {quoted(value)} has no canonical text; use text or a whole number")


def _key(name: object, key: str) -> str:
    if not isinstance(name, str):
        raise CodecError(f"{key or 'the value'}: the key {quoted(name)} is not text")
    return str(name)


_KIND_OF = {class_: kind for kind, class_ in _CLASSES}
_SHAPE_OF = {kind: shape_of(class_) for kind, class_ in _CLASSES}
KINDS = tuple(_SHAPE_OF)
