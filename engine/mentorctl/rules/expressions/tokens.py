"""Text to tokens. What other languages write differently is read as what it means here, and reported."""

import re
from typing import NamedTuple

from mentorctl.rules.expressions.problems import Problems, Sort, shown

MOST_DIGITS = 15  # a double holds every number of 15 digits exactly
MOST_DECIMALS = 6


class Token(NamedTuple):
    """`sort` is name, number, text, operator, unread or end; `text` of a text is what it says, without its quotes."""

    sort: str
    text: str
    start: int
    end: int

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r\n\f]+)
    | (?P<comment>//[^\r\n]*)
    | (?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))
    | (?P<number>(?:[0-9]|\.[0-9])(?:[0-9A-Za-z_]|\.[0-9])*)
    | (?P<name>[^\W\d]\w*)
    | (?P<text>"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    | (?P<curly>[\u201c\u201d\u201e][^\u201c\u201d\u201e"\r\n]*[\u201d\u201c"]
        |[\u2018\u2019\u201a][^\u2018\u2019\u201a'\r\n]*[\u2018\u2019'])
    | (?P<open>["'])
    | (?P<operator>===|!==|==|!=|<=|>=|=>|=<|<>|&&|\|\||[-+*/%<>=!&|()\[\],?:.\u2264\u2265\u2260\u2212\u2013])
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_DURATION = re.compile(r"[0-9]+(?:mo|min|d|w|h)")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPED = {"\\": "\\", "'": "'", '"': '"', "n": "\n", "t": "\t", "r": "\r"}
_MEANT = {
    "===": "==", "=": "==", "!==": "!=", "<>": "!=", "=>": ">=", "=<": "<=", "&": "&&", "|": "||",
    "\u2264": "<=", "\u2265": ">=", "\u2260": "!=", "\u2212": "-", "\u2013": "-",
}  # fmt: skip


def tokens(text: str, problems: Problems) -> tuple[Token, ...]:
    """All tokens of a text, an `end` last. Never raises: what cannot be read is reported here, and is `unread`."""
    made: list[Token] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            _unknown_character(text[position], position, problems)
            made.append(Token("unread", text[position], position, position + 1))
            position += 1
            continue
        position = found.end()
        sort = found.lastgroup or ""
        if sort == "open":
            problems.add(Sort.SYNTAX, found.span(), "this quote is never closed", "put the same quote behind the text")
            made.append(Token("unread", text[found.start() :], found.start(), len(text)))
            break
        if sort == "comment":
            problems.add(Sort.SYNTAX, found.span(), "comments do not stand inside an expression", "write `because:`")
        elif sort != "space":
            made.append(_token(sort, Token(sort, found[0], *found.span()), problems))
    return (*made, Token("end", "", len(text), len(text)))


def _token(sort: str, raw: Token, problems: Problems) -> Token:
    if sort == "number":
        return _number(raw, problems)
    if sort == "date":
        problems.add(Sort.SYNTAX, raw.span, f"`{raw.text}` is a subtraction here", f'write `date("{raw.text}")`')
        return raw._replace(sort="unread")
    if sort == "text":
        return raw._replace(text=_unescaped(raw, problems))
    if sort == "curly":
        problems.add(Sort.SYNTAX, raw.span, "these are curly quotes", "write straight quotes, \" or '")
        return raw._replace(sort="text", text=raw.text[1:-1])
    if sort == "operator" and raw.text in _MEANT:
        meant = _MEANT[raw.text]
        problems.add(Sort.SYNTAX, raw.span, f"`{raw.text}` is not an operator", f"write `{meant}`")
        return raw._replace(text=meant)
    return raw


def _number(raw: Token, problems: Problems) -> Token:
    """Only plain decimals; what looks like more is reported, and read as 0 from there on."""
    text = raw.text
    if _NUMBER.fullmatch(text) and not re.match(r"0[0-9]", text):
        digits, _, decimals = text.partition(".")
        if len(digits) + len(decimals) <= MOST_DIGITS and len(decimals) <= MOST_DECIMALS:
            return raw
        most = f"a number has at most {MOST_DIGITS} digits, {MOST_DECIMALS} of them after the point"
        problems.add(Sort.SYNTAX, raw.span, f"`{shown(text)}` has more digits than are compared", most)
        return raw._replace(text="0")
    remedy = "write digits, and a point before decimals, such as 12 or 0.5"
    if _DURATION.fullmatch(text):
        remedy = f'a length of time is written `duration("{text}")`'
    elif re.fullmatch(r"0+[0-9]+", text):
        remedy = f"write `{text.lstrip('0') or '0'}`; digits that are a name go into quotes"
    problems.add(Sort.SYNTAX, raw.span, f"`{shown(text)}` is not a number", remedy)
    return raw._replace(text="0")


def _unescaped(raw: Token, problems: Problems) -> str:
    def meant(found: re.Match[str]) -> str:
        written = found[1]
        if written in _ESCAPED:
            return _ESCAPED[written]
        if len(written) > 1 and not 0xD800 <= int(written[1:], 16) <= 0xDFFF:  # noqa: PLR2004 - halves of characters
            return chr(int(written[1:], 16))
        start = raw.start + 1 + found.start()
        problems.add(
            Sort.SYNTAX,
            (start, start + len(found[0])),
            f"`{shown(found[0])}` means nothing in a text",
            "write `\\\\` for a backslash; there are also \\\", \\', \\n, \\t, \\r and \\u00e9",
        )
        return ""

    return _ESCAPE.sub(meant, raw.text[1:-1])


def _unknown_character(character: str, position: int, problems: Problems) -> None:
    problems.add(
        Sort.SYNTAX,
        (position, position + 1),
        f"the character `{shown(character)}` has no meaning here",
        "a text needs quotes around it",
    )
