"""Records as JSON and back, strictly, and the one canonical text that digests are taken of.

The codec is compiled from the type hints of the records: a field that is added there is read and written here
at once, and a type that this module does not know is refused when the module is imported.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, cast, get_args, get_origin, get_type_hints

from mentorctl.addresses import Address
from mentorctl.state.model import (
    CohortRecord,
    EnrollmentRecord,
    MatchRecord,
    ProgramRecord,
    Record,
    SessionRecord,
    TrainingRecord,
)

type JsonValue = bool | int | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_SHOWN = 60  # characters of a value that a message quotes


class CodecError(ValueError):
    """Data that is not a record, or a record that cannot be written; the message names the key."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one type is written and read. The second argument of both is the key, for messages."""

    write: Callable[[Any, str], JsonValue]
    read: Callable[[object, str], Any]


# Stores and plan files keep these names, so they are written down here and not derived from the classes.
_CLASSES: tuple[tuple[str, type[Any]], ...] = (
    ("program", ProgramRecord),
    ("cohort", CohortRecord),
    ("enrollment", EnrollmentRecord),
    ("training", TrainingRecord),
    ("match", MatchRecord),
    ("session", SessionRecord),
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
        raise CodecError(f"{_quoted(kind)} is not a kind of record; the kinds are {', '.join(_SHAPE_OF)}")
    return cast("Record", shape.read(data, ""))


def value_to_json(value: object) -> JsonValue:
    """A frozen value of other parts of a plan as JSON values, by its type hints as records are."""
    return _shape_of(type(value)).write(value, "")


def value_from_json[T](class_: type[T], data: object) -> T:
    """The value that `value_to_json` wrote. Raises CodecError as `record_from_json` does."""
    return cast("T", _shape_of(class_).read(data, ""))


def _shape_of(class_: type[Any]) -> _Shape:
    if class_ not in _OTHERS:
        _OTHERS[class_] = _object(class_)
    return _OTHERS[class_]


def canonical_json(value: JsonValue) -> str:
    """The one text of a JSON value: keys in code point order, no spaces, whole numbers only.

    Raises CodecError on a float, a key that is not text, a type that JSON lacks, and broken Unicode.
    """
    text = _CANONICAL.encode(_plain(value, ""))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise CodecError(f"half of a surrogate pair at character {error.start} cannot be written") from None
    return text


def digest(value: JsonValue, prefix: str = "sha256") -> str:
    """SHA-256 of the canonical text, in hexadecimal after the prefix and a colon: `sha256:9f86d0…`."""
    return f"{prefix}:{sha256(canonical_json(value).encode()).hexdigest()}"


def _plain(value: JsonValue, key: str) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {_key(name, key): _plain(part, _below(key, name)) for name, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_plain(part, f"{key}[{index}]") for index, part in enumerate(value)]
    raise CodecError(f"{key or 'the value'}: {_quoted(value)} has no canonical text; use text or a whole number")


def _key(name: object, key: str) -> str:
    if not isinstance(name, str):
        raise CodecError(f"{key or 'the value'}: the key {_quoted(name)} is not text")
    return str(name)


def _shape(hint: Any) -> _Shape:  # noqa: ANN401 - a type hint has no type
    if hint in (str, int, bool):
        return _scalar(hint)
    if hint is Address:
        return _Shape(_address_to_text, _address_from_text)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _word(hint)
    if get_origin(hint) is tuple and get_args(hint)[1:] == (...,):
        return _list(_shape(get_args(hint)[0]))
    if is_dataclass(hint) and isinstance(hint, type):
        return _object(hint)
    raise TypeError(f"the codec cannot write {hint!r}; teach it here or use another type in the record")


def _scalar(type_: type[str | int]) -> _Shape:
    name = {str: "text", int: "a whole number", bool: "true or false"}[type_]

    def same(value: object, key: str) -> Any:  # noqa: ANN401
        # The exact type: True is an int to Python, and a number of numpy looks like one.
        if type(value) is not type_:
            raise _unexpected(key, name, value)
        return value

    return _Shape(same, same)


def _address_to_text(value: object, key: str) -> str:
    text = str(value)
    if not isinstance(value, Address) or _parsed(text) != value:
        raise CodecError(f"{key}: {_quoted(value)} cannot be written as an address and read again")
    return text


def _address_from_text(value: object, key: str) -> Address:
    address = _parsed(value) if isinstance(value, str) else None
    if address is None:
        raise _unexpected(key, "an address such as program/cohort/kind/id", value)
    return address


def _parsed(text: str) -> Address | None:
    try:
        return Address.parse(text)
    except ValueError:
        return None


def _word(words: type[StrEnum]) -> _Shape:
    by_value = {word.value: word for word in words}
    name = " or ".join(by_value)

    def write(value: object, key: str) -> str:
        if not isinstance(value, words):
            raise _unexpected(key, name, value)
        return value.value

    def read(value: object, key: str) -> StrEnum:
        word = by_value.get(value) if isinstance(value, str) else None
        if word is None:
            raise _unexpected(key, name, value)
        return word

    return _Shape(write, read)


def _list(part: _Shape) -> _Shape:
    def write(value: object, key: str) -> list[JsonValue]:
        if not isinstance(value, tuple):
            raise _unexpected(key, "a tuple", value)
        return [part.write(item, f"{key}[{index}]") for index, item in enumerate(value)]

    def read(value: object, key: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise _unexpected(key, "a list", value)
        return tuple([part.read(item, f"{key}[{index}]") for index, item in enumerate(value)])

    return _Shape(write, read)


def _object(class_: type[Any]) -> _Shape:
    hints = get_type_hints(class_)
    parts = {field.name: _shape(hints[field.name]) for field in fields(class_)}

    def write(value: object, key: str) -> dict[str, JsonValue]:
        if type(value) is not class_:
            raise _unexpected(key, f"a {class_.__name__}", value)
        return {name: part.write(getattr(value, name), _below(key, name)) for name, part in parts.items()}

    def read(value: object, key: str) -> Any:  # noqa: ANN401
        if not isinstance(value, dict):
            raise _unexpected(key, "a mapping", value)
        if value.keys() != parts.keys():
            raise _wrong_keys(key, value, parts)
        return class_(**{name: part.read(value[name], _below(key, name)) for name, part in parts.items()})

    return _Shape(write, read)


def _wrong_keys(key: str, value: Mapping[object, object], parts: Mapping[str, _Shape]) -> CodecError:
    for name in parts:
        if name not in value:
            return CodecError(f"{_below(key, name)}: this key is missing")
    unknown = min((str(name) for name in value if name not in parts), default="")
    return CodecError(f"{_below(key, unknown)}: this key is unknown; the keys are {', '.join(parts)}")


def _unexpected(key: str, expected: str, value: object) -> CodecError:
    return CodecError(f"{key or 'the record'}: expected {expected}, found {_quoted(value)}")


def _quoted(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _below(key: str, name: object) -> str:
    return f"{key}.{name}" if key else str(name)


_KIND_OF = {class_: kind for kind, class_ in _CLASSES}
_SHAPE_OF = {kind: _shape(class_) for kind, class_ in _CLASSES}
KINDS = tuple(_SHAPE_OF)
_OTHERS: dict[type[Any], _Shape] = {}  # compiled when they are first written or read
