"""Values in words, and the other ways in which people may have meant to write them."""

import re
from collections.abc import Iterator
from typing import Any
from unicodedata import name

from mentorctl.spec.guesses import Guess


def read_as(value: Any) -> str:  # noqa: ANN401
    """A value and the type as which it was read."""
    match value:
        case None:
            return "nothing is written here"
        case bool():
            return f"`{shown(value)}` is a yes-or-no value"
        case float() if not value.is_integer():
            return f"`{value}` is a number with a fraction"
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
        case dict() if len(value) == 1:
            return "{" + ", ".join(f"{key}: {shown(part)}" for key, part in value.items()) + "}"
        case dict():
            return "{…}"
        case _:
            return shortened(str(value))


def shortened(text: str) -> str:
    """A text on one line of at most 60 characters."""
    line = " ".join(text.split()) or text.replace("\t", "\\t")
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def unusual(word: str) -> str:
    """The first character of a word that looks like another one, or like nothing, by its name; empty without one."""
    strange = next((letter for letter in word if not letter.isascii()), "")
    return f"what is written has U+{ord(strange):04X} ({name(strange, 'a character').lower()}) in it" if strange else ""


def other_types(value: Any) -> Iterator[tuple[str, Guess]]:  # noqa: ANN401
    """How to write a value so that it has another type, and the value that is then read."""
    match value:
        case bool():
            yield f'write "{shown(value)}" in quotes to make it text', Guess(value=shown(value), certain=True)
        case int() | float():
            # 3.10 was read as 3.1: only whole numbers are known as they were written
            written = f'"{value}"' if isinstance(value, int) else "it"
            yield f"write {written} in quotes to make it text", Guess(value=str(value), certain=True)
            yield f"did you mean `{value}%`?", Guess(value=f"{value}%", certain=False)
            yield f"did you mean `{value}min`?", Guess(value=f"{value}min", certain=False)
        case str():
            yield from _unquoted(value)
            for key, form in _MOMENTS:
                if form.fullmatch(value):
                    yield f"write {{{key}: {value}}}", Guess(value={key: value}, certain=False)
            yield f"write it as a list: [{shortened(value)}]", Guess(value=[value], certain=not set(value) & set(",;"))
        case [only]:
            yield "write the one entry without brackets or dash", Guess(value=only, certain=True)


def _unquoted(text: str) -> Iterator[tuple[str, Guess]]:
    truth = _TRUTH.get(text.strip().casefold())
    if truth is not None:
        yield f"write `{shown(truth)}`, without quotes", Guess(value=truth, certain=True)
    digits = text.strip().replace("_", "").replace(",", "").replace(" ", "")
    number: int | float
    if re.fullmatch(r"[+-]?[0-9]{1,15}", digits):
        number = int(digits)
    elif re.fullmatch(r"[+-]?[0-9]{0,15}\.?[0-9]{1,15}(e[+-]?[0-9]{1,2})?", digits, re.IGNORECASE):
        number = float(digits)
        number = int(number) if number.is_integer() else number
    else:
        return
    as_is = str(number) == text.strip()  # 1,000 is one or a thousand, depending on where one lives
    yield f"write {number}, in plain digits without quotes", Guess(value=number, certain=as_is)


def rewritten(value: str) -> Iterator[Guess]:
    """The same in the forms that the language uses."""
    text = value.strip()
    yield Guess(value=text, certain=True)
    yield Guess(value=text.casefold(), certain=text.isascii())
    if not re.search(r"[^\W\d]\s+\w", text):  # `2 w` is one word in two pieces, `first week` is not
        yield Guess(value=re.sub(r"\s+", "", text), certain=True)
    if file := re.fullmatch(r"(?:.*/)?([a-z0-9_]+)(\.(ya?ml|md|j2))+", text):
        yield Guess(value=file[1], certain=False)
    if re.fullmatch(r"[A-Za-z0-9 ._-]+", text):
        yield Guess(value=re.sub(r"\s+", ".", text), certain=False)
        yield Guess(value=re.sub(r"[ ._-]+", "_", text.casefold()).strip("_"), certain=False)
    yield from _durations(text.casefold())
    yield from _days(text)
    yield from _clocks(re.sub(r"\s+", "", text.casefold()))
    yield Guess(value=text.upper(), certain=False)
    yield Guess(value=text.replace(",", ".").replace(" %", "%"), certain=True)
    yield Guess(value=f"{text}%", certain=False)
    yield Guess(value=re.sub(r"^(http:)?/*", "https://", text) if "." in text else text, certain=False)
    yield Guess(value=f"sqlite:{text}" if text.endswith(".db") else text, certain=False)


def _durations(text: str) -> Iterator[Guess]:
    """A stretch of time in the units of the language."""
    if spoken := re.fullmatch(r"([0-9]+)\s*(day|week|month|minute|min|hour)s?\.?", text):
        yield Guess(value=spoken[1] + _SPOKEN_UNITS[spoken[2]], certain=True)
    if text in _SPOKEN:
        yield Guess(value=_SPOKEN[text], certain=False)
    if years := re.fullmatch(r"([0-9]{1,2})\s*y(ears?)?", text):
        yield Guess(value=f"{12 * int(years[1])}mo", certain=True)
    if mixed := re.fullmatch(r"([0-9]{1,2})\s*h\s*([0-9]{1,2})\s*(min|m)?", text):
        yield Guess(value=f"{60 * int(mixed[1]) + int(mixed[2])}min", certain=True)
    if hours := re.fullmatch(r"([0-9]{1,3})h", text):
        yield from [Guess(value=f"{int(hours[1]) // 24}d", certain=False)] if int(hours[1]) % 24 == 0 else ()


def _days(text: str) -> Iterator[Guess]:
    """A day, as year-month-day."""
    if dashed := re.match(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?![0-9])", text):
        is_all = dashed.end() == len(text)
        yield Guess(value=f"{dashed[1]}-{dashed[2]:>02}-{dashed[3]:>02}", certain=is_all)
    if other := re.fullmatch(r"([0-9]{1,2})([./-])([0-9]{1,2})[./-]([0-9]{4})", text):
        first, second = int(other[1]), int(other[3])
        if other[2] == "." or first > _MONTHS:
            yield Guess(value=f"{other[4]}-{second:02}-{first:02}", certain=first > _MONTHS)
        elif second > _MONTHS:
            yield Guess(value=f"{other[4]}-{first:02}-{second:02}", certain=True)


def _clocks(text: str) -> Iterator[Guess]:
    """A clock time, or two with a dash between them."""
    times = re.split(r"[-\u2013]", text)
    read = [re.fullmatch(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?(am|pm)?", time) for time in times]
    if len(times) > 2 or (not any(set(time) & set(":.m") for time in times) and len(times) == 1):  # noqa: PLR2004
        return
    hours = [int(time[1]) % 12 + 12 * (time[3] == "pm") if time and time[3] else int(time[1]) for time in read if time]
    if len(hours) == len(times):
        written = [f"{hour:02}:{time[2] or '00'}" for hour, time in zip(hours, read, strict=True) if time]
        plain = all(time and time[2] and not time[3] and ":" in time[0] for time in read)
        yield Guess(value="-".join(written), certain=plain)


_SHOWN = 60
_MONTHS = 12
_FEW_ENTRIES = 5
_MOMENTS = (("on", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")), ("at", re.compile(r"[a-z][a-z0-9_]*[.][a-z_]+")))
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
_SPOKEN = {
    "daily": "1d",
    "day": "1d",
    "weekly": "1w",
    "week": "1w",
    "fortnight": "2w",
    "fortnightly": "2w",
    "monthly": "1mo",
    "month": "1mo",
    "quarterly": "3mo",
    "half a year": "6mo",
    "yearly": "12mo",
    "year": "12mo",
    "an hour": "1h",
    "hour": "1h",
}
