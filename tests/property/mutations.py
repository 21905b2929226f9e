"""Changes that people, editors, merges and strangers make to files: one dice, one text in, one text out."""

import random
import re
from collections.abc import Callable, Sequence

ODD_PIECES = (
    "[", "]", "{", "}", "&a ", "*a", "<<: ", "!!str ", "!", '"', "'", "\t", ": ", ":", "- ", "-", "|", ">", "|2-", "? ", "#", ",",
    "\u202e", "\x00", "\x1b", "\ufeff", "\u2028", "\x85", "\u00a0", "\u0130", "\U0001f600", "e\u0301", "---\n", "...\n", "\r", "\r\n",
    "%YAML 1.1\n", "\\", '"\\u0000"', '"\\uDC00"', "`", "@", "null", "~", "\n", "  ",
)  # fmt: skip
ODD_VALUES = (
    "", "null", "~", "true", "false", "yes", "no", "on", "0", "-1", "1", "2.5", "1e400", ".inf", ".nan", "0x1F", "0o17", "010", "1_000",
    "999999999999999", "-999999999999999", "9" * 30, "12%", "-5%", "999999%", "9:30", "24:00", "25:61", "2027-02-29", "0000-00-00", "9999-12-31",
    "1970-01-01", "99999mo", "0d", "6m", "1w", "45min", "99999h", "[]", "{}", "[[]]", "[null]", "{a: null}", "{a: {a: {a: 1}}}", "[a, a]",
    '""', '" "', '"\\u0000"', "''", "İ", "ß", "ﬁ", "٣", "x" * 300, "x" * 20_000, "a.b.c", "matching.start", "active.end", "match.accepted",
    "grow", "rolling", "everyone", "{at: active.start}", "{before: matching.start, by: 3d}", "[mentor, mentee]", "{min: 9, max: 1}",
    "has(mentor.level) && mentor.level > 'x'", "'((((((((((((((((' ", "!!!!!!!!", "mentee.level >= mentor.level ? 1 : 0",
)  # fmt: skip


def mutated(text: str, dice: random.Random, words: Sequence[str]) -> str:
    """The text with one to four changes. `words` are keys and values of other files."""
    for _ in range(dice.choice((1, 1, 1, 2, 3, 4))):
        text = dice.choice(_CHANGES)(text, dice, words)
    return text


def words_of(texts: Sequence[str]) -> tuple[str, ...]:
    """The words and pieces of values of texts, each once, in order."""
    return tuple(sorted({word for text in texts for word in _WORD.findall(text)}))


def _byte(text: str, dice: random.Random, _words: Sequence[str]) -> str:
    """One bit of the file turned around; what is no UTF-8 any more becomes the sign for that."""
    data = bytearray(text.encode("utf-8", "surrogatepass"))
    if data:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return data.decode("utf-8", "replace")


def _piece(text: str, dice: random.Random, _words: Sequence[str]) -> str:
    at = dice.randrange(len(text) + 1)
    return text[:at] + dice.choice(ODD_PIECES) + text[at:]


def _cut(text: str, dice: random.Random, _words: Sequence[str]) -> str:
    at = dice.randrange(len(text) + 1)
    return text[:at] + text[at + dice.randrange(1, 60) :]


def _end(text: str, dice: random.Random, _words: Sequence[str]) -> str:
    """The file breaks off."""
    return text[: dice.randrange(len(text) + 1)]


def _line(text: str, dice: random.Random, _words: Sequence[str]) -> str:
    """A line lost, doubled, moved, or a stretch of lines as well."""
    lines = text.split("\n")
    at = dice.randrange(len(lines))
    to = min(len(lines), at + dice.choice((1, 1, 2, 5)))
    taken, rest = lines[at:to], lines[:at] + lines[to:]
    match dice.randrange(3):
        case 0:
            return "\n".join(rest)
        case 1:
            return "\n".join(lines[:to] + taken + lines[to:])
        case _:
            there = dice.randrange(len(rest) + 1)
            return "\n".join(rest[:there] + taken + rest[there:])


def _indent(text: str, dice: random.Random, _words: Sequence[str]) -> str:
    lines = text.split("\n")
    at = dice.randrange(len(lines))
    bare = lines[at].lstrip()
    by = len(lines[at]) - len(bare) + dice.choice((-4, -2, -1, 1, 2, 4))
    lines[at] = dice.choice((" " * max(by, 0), " " * max(by, 0), "\t")) + bare
    return "\n".join(lines)


def _swap(text: str, dice: random.Random, _words: Sequence[str]) -> str:
    """Two words change places: keys, values, or one of each."""
    found = list(_WORD.finditer(text))
    if len(found) < 2:
        return text
    one, two = sorted(dice.sample(found, 2), key=lambda word: word.start())
    between = text[one.end() : two.start()]
    return text[: one.start()] + two[0] + between + one[0] + text[two.end() :]


def _rename(text: str, dice: random.Random, words: Sequence[str]) -> str:
    """A key gets another name, or a slip of the pen."""
    return _replaced(text, dice, _KEY, lambda key: dice.choice((dice.choice(words), key[:-1], key + "s", key.upper())))


def _word(text: str, dice: random.Random, words: Sequence[str]) -> str:
    return _replaced(text, dice, _WORD, lambda _: dice.choice(words))


def _value(text: str, dice: random.Random, _words: Sequence[str]) -> str:
    """A value becomes a strange one."""
    return _replaced(text, dice, _VALUE, lambda _: dice.choice(ODD_VALUES))


def _number(text: str, dice: random.Random, _words: Sequence[str]) -> str:
    return _replaced(
        text, dice, _DIGITS, lambda _: dice.choice(("0", "1", "7", "99", "1000", "999999", "9" * 16, "-3", "1.5"))
    )


def _nesting(text: str, dice: random.Random, _words: Sequence[str]) -> str:
    """A value becomes a deep one."""
    deep = dice.choice((5, 31, 33, 400))
    opened, closed = dice.choice((("[", "]"), ("{a: ", "}"), ("{mentee: ", "}")))
    return _replaced(text, dice, _VALUE, lambda value: opened * deep + value.strip() + closed * deep)


def _entry(text: str, dice: random.Random, words: Sequence[str]) -> str:
    """A new line with a key and a strange value, anywhere."""
    lines = text.split("\n")
    at = dice.randrange(len(lines) + 1)
    new = " " * dice.choice((0, 2, 4, 6)) + f"{dice.choice(words)}: {dice.choice((*ODD_VALUES, dice.choice(words)))}"
    return "\n".join([*lines[:at], new, *lines[at:]])


def _many(text: str, dice: random.Random, _words: Sequence[str]) -> str:
    """A line very many times, or with numbers so that its keys differ."""
    lines = text.split("\n")
    at = dice.randrange(len(lines))
    times = dice.choice((10, 100, 300))
    copies = [_ID.sub(rf"\g<1>_{i}", lines[at], count=1) for i in range(times)]
    return "\n".join([*lines[:at], *copies, *lines[at:]])


def _replaced(text: str, dice: random.Random, form: re.Pattern[str], by: Callable[[str], str]) -> str:
    found = list(form.finditer(text))
    if not found:
        return text
    one = dice.choice(found)
    return text[: one.start(1)] + by(one[1]) + text[one.end(1) :]


_WORD = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*)")
_KEY = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)(?=:)")
_VALUE = re.compile(r":( [^,}\]\n#]+)")
_DIGITS = re.compile(r"([0-9]+)")
_ID = re.compile(r"([a-z][a-z0-9_]*)(?=[:,}])")
_CHANGES: tuple[Callable[[str, random.Random, Sequence[str]], str], ...] = (
    _byte, _piece, _cut, _end, _line, _line, _indent, _swap, _rename, _rename, _word, _word, _value, _value, _value, _number, _nesting,
    _entry, _entry, _many,
)  # fmt: skip
