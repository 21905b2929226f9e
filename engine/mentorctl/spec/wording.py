"""Values in words, and the other ways in which people may have meant to write them."""

import re
from collections.abc import Iterator
from typing import Any


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
            more = ", …" if len(value) > _FEW_ENTRIES else ""
            return f"[{', '.join(map(shown, value[:_FEW_ENTRIES]))}{more}]"
        case dict():
            return "{…}"
        case _:
            return shortened(str(value))


def shortened(text: str) -> str:
    """A text on one line of at most 60 characters."""
    line = " ".join(text.split()) or text
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def other_types(value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """How to write a value so that it has another type, and the value that is then read."""
    match value:
        case bool():
            yield f'write "{shown(value)}" in quotes to make it text', shown(value)
        case int() | float():
            # 3.10 was read as 3.1: only whole numbers are known as they were written
            written = f'"{value}"' if isinstance(value, int) else "it"
            yield f"write {written} in quotes to make it text", str(value)
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


def rewritten(value: str) -> Iterator[str]:
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


_SHOWN = 60
_FEW_ENTRIES = 5
_TRUTH = {
    "yes": True,
    "on": True,
    "true": True,
    "y": True,
    "no": False,
    "off": False,
    "false": False,
    "n": False,
}
_SPOKEN_UNITS = {"day": "d", "week": "w", "month": "mo", "minute": "min", "min": "min", "hour": "h"}
