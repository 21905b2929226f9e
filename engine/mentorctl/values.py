"""Frozen values as `dataclass` makes them, in a fifth of the time. All modules take it from here; a test says so.

The library compiles six functions for each class, one by one, and half of a command that had nothing to do was spent on
that. Here those that depend on the fields are compiled together and the others are shared, as Python 3.13 and later do
it; when 3.13 is the oldest that we run on, this module can go. Type checkers see the library's own.
"""

import dataclasses
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from itertools import repeat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - it is given on
else:

    def dataclass(*, frozen: bool = False, order: bool = False, **chosen: bool) -> Callable[[type], type]:
        """The library's decorator with the same options; what is not frozen or has an order, it makes itself."""
        if not frozen or order:
            return dataclasses.dataclass(frozen=frozen, order=order, **chosen)
        return _frozen(**chosen)


def many(class_: type[Any], count: int, columns: Mapping[str, Iterable[Any]]) -> list[Any]:
    """So many values of a class with slots, field after field: in a quarter of the time that one after the other takes.

    Each column has `count` values; a field without one has its default, and must have one. Raises TypeError if not.
    """
    made = list(map(object.__new__, repeat(class_, count)))
    for one in fields(class_):
        column = columns[one.name] if one.name in columns else repeat(one.default)
        if one.name not in columns and one.default is MISSING:
            raise TypeError(f"{class_.__name__} needs a column of {one.name!r}")
        _exhaust(map(getattr(class_, one.name).__set__, made, column))
    if hasattr(class_, "__post_init__"):
        _exhaust(map(class_.__post_init__, made))
    return made


_exhaust = deque[Any](maxlen=0).extend


def _frozen(*, slots: bool = False, kw_only: bool = False, eq: bool = True) -> Callable[[type], type]:
    made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)

    def decorate(cls: type) -> type:
        cls.__doc__ = cls.__doc__ or cls.__name__  # the library would look for a signature
        return _with_methods(made(cls), kw_only=kw_only, eq=eq)

    return decorate


def _with_methods(cls: type[Any], *, kw_only: bool, eq: bool) -> type[Any]:
    known = fields(cls)
    names = {f"_{one.name}": one.default_factory if one.default is MISSING else one.default for one in known}
    lines = [*_init(known, kw_only=kw_only, is_checked=hasattr(cls, "__post_init__"))]
    lines += _compared([one.name for one in known if one.compare]) if eq else []
    methods: dict[str, Any] = {}
    exec("\n".join(lines), {**names, "_set": object.__setattr__, "_new": _NEW}, methods)  # noqa: S102 - as the library
    shared = {"__repr__": _repr, "__setattr__": _keep, "__delattr__": _keep}
    shared |= {} if cls.__dictoffset__ else {"__getstate__": _state, "__setstate__": _restore}
    for name, method in (methods | shared).items():
        if name not in vars(cls):
            setattr(cls, name, method)
    return cls


def _init(known: Sequence[Field[Any]], *, kw_only: bool, is_checked: bool) -> Iterator[str]:
    given = ["self", *(["*"] if kw_only and known else [])]
    body = []
    for one in known:
        is_new = one.default_factory is not MISSING
        given.append(one.name + ("=_new" if is_new else "" if one.default is MISSING else f"=_{one.name}"))
        value = f"_{one.name}() if {one.name} is _new else {one.name}" if is_new else one.name
        body.append(f" _set(self, {one.name!r}, {value})")
    yield f"def __init__({', '.join(given)}):"
    yield from body
    yield " self.__post_init__()" if is_checked else " pass"


def _compared(names: Sequence[str]) -> Iterator[str]:
    mine, others = ("".join(f"{who}.{name}," for name in names) for who in ("self", "other"))
    yield "def __eq__(self, other):"
    yield f" return ({mine}) == ({others}) if other.__class__ is self.__class__ else NotImplemented"
    yield "def __hash__(self):"
    yield f" return hash(({mine}))"


_NEW = object()  # a value that a factory makes


def _repr(self: Any) -> str:  # noqa: ANN401 - any value
    parts = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(parts)})"


def _keep(self: object, name: str, *_: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r} of {type(self).__name__}")


def _state(self: Any) -> list[Any]:  # noqa: ANN401
    return [getattr(self, one.name) for one in fields(self)]


def _restore(self: Any, state: list[Any]) -> None:  # noqa: ANN401
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
