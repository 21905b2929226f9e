"""Frozen values as JSON and back, strictly: how is compiled from the type hints of their classes.

A field that is added to a class is read and written at once, and a type that this module does not know is refused when
the codec is made, which is when the module that wants it is imported.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cache, lru_cache
from itertools import chain, islice
from operator import itemgetter
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from mentorctl.addresses import Address
from mentorctl.dates.durations import Duration, parse_duration
from mentorctl.values import dataclass, many

type JsonValue = bool | int | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None

# Of a field with this mark only a value other than the default is written: what was written before there was such a
# field keeps its text, and with it its digest.
SPARSE: Mapping[str, bool] = {"sparse": True}

_PLAIN = (str, int, bool)
_SHOWN = 60  # characters of a value that a message quotes
_REMEMBERED = 1 << 17  # texts of each type


class CodecError(ValueError):
    """Data that is not a value of the type, or a value that cannot be written; the message names the key."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How one type is written and read. The second argument of `write` and `read` is the key, for messages.

    `read_all` reads many values, a column at a time. Where one of them is wrong it raises one of `MISFITS`, and `read`
    says which and how.
    """

    write: Callable[[Any, str], JsonValue]
    read: Callable[[object, str], Any]
    read_all: Callable[[Sequence[Any]], Sequence[Any]]


MISFITS = (CodecError, TypeError, KeyError, AttributeError)


def shape_of(hint: Any) -> Shape:  # noqa: ANN401 - a type hint has no type
    """How values of a type are written and read. Raises TypeError for a type that is not known here."""
    return _shape_of(hint)


@cache  # the fields of records have few types
def _shape_of(hint: Any) -> Shape:  # noqa: ANN401
    if hint in _PLAIN:
        return _scalar(hint)
    if hint in _AS_TEXT:
        return _text(*_AS_TEXT[hint])
    if get_origin(hint) in (Union, UnionType):
        return _optional(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _word(hint)
    if get_origin(hint) is tuple and get_args(hint)[1:] == (...,):
        return _list(shape_of(get_args(hint)[0]))
    if get_origin(hint) is tuple:
        return _row([shape_of(part) for part in get_args(hint)])
    if is_dataclass(hint) and isinstance(hint, type):
        return _object(hint)
    raise TypeError(f"the codec cannot write {hint!r}; teach it here or use another type in the value")


def _scalar(type_: type[str | int]) -> Shape:
    name = {str: "text", int: "a whole number", bool: "true or false"}[type_]

    def same(value: object, key: str) -> Any:  # noqa: ANN401
        # The exact type: True is an int to Python, and a number of numpy looks like one.
        if type(value) is not type_:
            raise _unexpected(key, name, value)
        return value

    def all_same(values: Sequence[Any]) -> Sequence[Any]:
        if set(map(type, values)) - {type_}:
            raise TypeError(name)
        return values

    return Shape(same, same, all_same)


def _text(type_: type[Any], name: str, write_text: Callable[[Any], str], parse: Callable[[str], Any]) -> Shape:
    """A value that has one text: what is written must read as the same value, and the other way round."""

    @lru_cache(maxsize=_REMEMBERED)  # a state names each of its things several times
    def known(text: str) -> Any:  # noqa: ANN401
        try:
            parsed = parse(text)
        except ValueError:
            return None
        return parsed if write_text(parsed) == text else None

    def read(value: object, key: str) -> Any:  # noqa: ANN401
        parsed = known(value) if isinstance(value, str) else None
        if parsed is None:
            raise _unexpected(key, name, value)
        return parsed

    def write(value: object, key: str) -> str:
        text = write_text(value) if type(value) is type_ else ""
        if not text or known(text) != value:
            raise CodecError(f"{key}: {quoted(value)} cannot be written as {name} and read again")
        return text

    def read_all(values: Sequence[Any]) -> Sequence[Any]:
        # Whoever knows the values puts them there.
        return values if set(map(type, values)) == {type_} else [read(value, "") for value in values]

    return Shape(write, read, read_all)


def _duration(text: str) -> Duration:
    return Duration() if text == str(Duration()) else parse_duration(text)


def _instant(text: str) -> datetime:
    return datetime.strptime(text, _INSTANT).replace(tzinfo=UTC)


_INSTANT = "%Y-%m-%dT%H:%M:%SZ"
_AS_TEXT: Mapping[Any, tuple[type[Any], str, Callable[[Any], str], Callable[[str], Any]]] = {
    Address: (Address, "an address such as program/cohort/kind/id", str, Address.parse),
    Duration: (Duration, "a duration such as 3d", str, _duration),
    date: (date, "a day such as 2027-01-31", date.isoformat, date.fromisoformat),
    time: (time, "a time of day such as 16:00", lambda clock: clock.strftime("%H:%M"), time.fromisoformat),
    datetime: (datetime, "an instant such as 2027-01-31T09:00:00Z", lambda at: at.strftime(_INSTANT), _instant),
}


def _optional(hint: Any) -> Shape:  # noqa: ANN401
    """A type or None."""
    types = [part for part in get_args(hint) if part is not NoneType]
    if len(types) != 1 or len(get_args(hint)) != 2:  # noqa: PLR2004
        raise TypeError(f"the codec cannot tell the types of {hint!r} apart; use one type, or one type and None")
    part = shape_of(types[0])
    return Shape(
        lambda value, key: None if value is None else part.write(value, key),
        lambda value, key: None if value is None else part.read(value, key),
        lambda values: [None if value is None else part.read(value, "") for value in values],
    )


def _word(words: type[StrEnum]) -> Shape:
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

    return Shape(write, read, lambda values: list(map(by_value.__getitem__, values)))


def _list(part: Shape) -> Shape:
    def write(value: object, key: str) -> list[JsonValue]:
        if not isinstance(value, tuple):
            raise _unexpected(key, "a tuple", value)
        return [part.write(item, f"{key}[{index}]") for index, item in enumerate(value)]

    def read(value: object, key: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise _unexpected(key, "a list", value)
        return tuple([part.read(item, f"{key}[{index}]") for index, item in enumerate(value)])

    def read_all(values: Sequence[Any]) -> list[tuple[Any, ...]]:
        if set(map(type, values)) - {list}:
            raise TypeError("a list")
        written = list(chain.from_iterable(values))
        parts = part.read_all(written)
        if parts is written:
            return list(map(tuple, values))
        each = iter(parts)
        return [tuple(islice(each, length)) for length in map(len, values)]

    return Shape(write, read, read_all)


def _row(parts: Sequence[Shape]) -> Shape:
    """So many values, each of its own type."""

    def write(value: object, key: str) -> list[JsonValue]:
        if not isinstance(value, tuple) or len(value) != len(parts):
            raise _unexpected(key, f"a tuple of {len(parts)}", value)
        return [part.write(item, f"{key}[{i}]") for i, (part, item) in enumerate(zip(parts, value, strict=True))]

    def read(value: object, key: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(parts):
            raise _unexpected(key, f"a list of {len(parts)}", value)
        return tuple([part.read(item, f"{key}[{i}]") for i, (part, item) in enumerate(zip(parts, value, strict=True))])

    return Shape(write, read, lambda values: [read(value, "") for value in values])


def _object(class_: type[Any]) -> Shape:
    hints = get_type_hints(class_)
    parts = {field.name: shape_of(hints[field.name]) for field in fields(class_)}
    sparse = {field.name: field.default for field in fields(class_) if field.metadata.get("sparse")}

    def write(value: object, key: str) -> dict[str, JsonValue]:
        if type(value) is not class_:
            raise _unexpected(key, f"a {class_.__name__}", value)
        return {
            name: part.write(getattr(value, name), below(key, name))
            for name, part in parts.items()
            if name not in sparse or getattr(value, name) != sparse[name]
        }

    def read(value: object, key: str) -> Any:  # noqa: ANN401
        if not isinstance(value, dict):
            raise _unexpected(key, "a mapping", value)
        if value.keys() | sparse.keys() != parts.keys():
            raise _wrong_keys(key, value, parts, sparse)
        return class_(
            **{name: part.read(value[name], below(key, name)) for name, part in parts.items() if name in value}
        )

    usual = [name for name in parts if name not in sparse]

    def read_all(values: Sequence[Any]) -> list[Any]:
        columns_of = [value for value in values if len(value) == len(usual)]
        columns = {name: parts[name].read_all(list(map(itemgetter(name), columns_of))) for name in usual}
        each = iter(many(class_, len(columns_of), columns))
        return [next(each) if len(value) == len(usual) else read(value, "") for value in values]

    return Shape(write, read, read_all)


def _wrong_keys(
    key: str, value: Mapping[object, object], parts: Mapping[str, Shape], sparse: Mapping[str, object]
) -> CodecError:
    for name in parts:
        if name not in value and name not in sparse:
            return CodecError(f"{below(key, name)}: this key is missing")
    unknown = min((str(name) for name in value if name not in parts), default="")
    return CodecError(f"{below(key, unknown)}: this key is unknown; the keys are {', '.join(parts)}")


def _unexpected(key: str, expected: str, value: object) -> CodecError:
    return CodecError(f"{key or 'the value'}: expected {expected}, found {quoted(value)}")


def quoted(value: object) -> str:
    """A value as a message quotes it: cut."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def below(key: str, name: object) -> str:
    """The key of a part, for messages."""
    return f"{key}.{name}" if key else str(name)
