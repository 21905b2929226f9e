"""Values as `dataclass` makes them, in a tenth of the time. All modules take it from here; a test says so.

The library compiles up to ten functions for each class, one by one, and half of a command that had nothing to do was
spent on that. Here those that depend on the fields are compiled when they are first called, which most never are, and
the others are shared. Type checkers see the library's own.
"""

import dataclasses
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - it is given on
else:

    def dataclass(*, frozen: bool = False, eq: bool = True, order: bool = False, **chosen: bool) -> Callable:
        """The library's decorator with the same options."""
        made = dataclasses.dataclass(init=False, repr=False, eq=False, **chosen)
        written = {"__init__": _init_frozen if frozen else _init_open} | (_EQUAL if eq else {})
        written |= (_ORDERED if order else {}) | ({"__hash__": _hash} if eq and frozen else {})
        shared = {"__repr__": _repr} | (_FROZEN if frozen else {"__hash__": None} if eq else {})

        def decorate(cls: type) -> type:
            cls.__doc__ = cls.__doc__ or cls.__name__  # the library would look for a signature
            return _with_methods(made(cls), written, shared)

        return decorate


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


type _Written = Callable[[type[Any]], Iterator[str]]


def _with_methods(cls: type[Any], written: dict[str, _Written], shared: dict[str, Any]) -> type[Any]:
    own = {"__getstate__", "__setstate__", *vars(cls)} if cls.__dictoffset__ else set(vars(cls))
    for name in written.keys() - own:
        setattr(cls, name, _at_first(cls, name, written[name]))
    for name in shared.keys() - own:
        setattr(cls, name, shared[name])
    return cls


def _at_first(cls: type[Any], name: str, written: _Written) -> Callable[..., Any]:
    """A method that is compiled, and takes this place, when it is called for the first time."""

    def method(self: object, /, *given: object, **named: object) -> Any:  # noqa: ANN401 - any method
        made: dict[str, Any] = {"set_": object.__setattr__, "new_": _NEW}
        made |= {f"default_{one.name}": one.default for one in fields(cls)}
        made |= {f"make_{one.name}": one.default_factory for one in fields(cls)}
        exec("\n".join(written(cls)), made)  # noqa: S102 - as the library
        setattr(cls, name, made[name])
        return made[name](self, *given, **named)

    return method


def _init_frozen(cls: type[Any]) -> Iterator[str]:
    return _init(cls, " set_(self, {0!r}, {1})")


def _init_open(cls: type[Any]) -> Iterator[str]:
    return _init(cls, " self.{0} = {1}")


def _init(cls: type[Any], line: str) -> Iterator[str]:
    known = fields(cls)
    given = ["self", *(_parameter(one) for one in known if not one.kw_only)]
    named = [_parameter(one) for one in known if one.kw_only]
    yield f"def __init__({', '.join([*given, '*', *named] if named else given)}):"
    for one in known:
        is_made = one.default_factory is not MISSING
        yield line.format(one.name, f"make_{one.name}() if {one.name} is new_ else {one.name}" if is_made else one.name)
    yield " self.__post_init__()" if hasattr(cls, "__post_init__") else " pass"


def _parameter(one: Field[Any]) -> str:
    if one.default_factory is not MISSING:
        return f"{one.name}=new_"
    return one.name if one.default is MISSING else f"{one.name}=default_{one.name}"


def _comparison(name: str, sign: str, cls: type[Any]) -> Iterator[str]:
    yield f"def {name}(self, other):"
    yield f" if other.__class__ is self.__class__: return {_compared(cls, 'self')} {sign} {_compared(cls, 'other')}"
    yield " return NotImplemented"


def _hash(cls: type[Any]) -> Iterator[str]:
    yield "def __hash__(self):"
    yield f" return hash({_compared(cls, 'self')})"


def _compared(cls: type[Any], who: str) -> str:
    return "(" + "".join(f"{who}.{one.name}," for one in fields(cls) if one.compare) + ")"


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


_NEW = object()  # a value that a factory makes
_SIGNS = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}
_EQUAL = {"__eq__": partial(_comparison, "__eq__", "==")}
_ORDERED = {name: partial(_comparison, name, sign) for name, sign in _SIGNS.items()}
_FROZEN = {"__setattr__": _keep, "__delattr__": _keep, "__getstate__": _state, "__setstate__": _restore}
