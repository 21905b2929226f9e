"""Tokens to a tree of what is written, with the position of every part.

Precedence as in CEL, loosest first: `? :`, `||`, `&&`, comparisons, `+ -`, `! -`. After a mistake reading goes on where
the next part begins, so that independent mistakes are found in one run.
"""

from dataclasses import replace

from mentorctl.rules.expressions.problems import Problems, Sort, shown
from mentorctl.rules.expressions.tokens import Token, tokens
from mentorctl.values import dataclass

MOST_CHARACTERS = 2000
MOST_DEPTH = 32
MOST_PARTS = 200
_TOO_DEEP = f"the expression is nested more than {MOST_DEPTH} deep"
_FLATTEN = "split it into several rules, or take brackets out"

type Span = tuple[int, int]
type Part = Literal | Name | Call | Items | Unary | Binary | Chain | Ternary | Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    value: str | float | bool
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name with its points, such as `mentor.level`."""

    path: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    function: str
    function_span: Span
    arguments: tuple[Part, ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list in brackets."""

    items: tuple[Part, ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary:
    operator: str
    operand: Part
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    operator: str
    operator_span: Span
    left: Part
    right: Part
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Two or more terms joined by `&&`, or by `||`."""

    operator: str
    terms: tuple[Part, ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Ternary:
    condition: Part
    then: Part
    otherwise: Part
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """What could not be read; a problem says why. `parts` are those inside that could."""

    span: Span
    parts: tuple[Part, ...] = ()


_CHOICE, _OR, _AND, _COMPARISON, _SUM, _PRODUCT, _PREFIX = range(1, 8)
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in")
_POWER = {
    "?": _CHOICE, "||": _OR, "&&": _AND, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT,
    **dict.fromkeys(_COMPARISONS, _COMPARISON),
}  # fmt: skip
_WORD_OPERATORS = {"and": "&&", "or": "||", "is": "=="}
_OPENERS = ("(", "[")
_CLOSERS = (")", "]")
_WORDS_OF_PYTHON = {"True": "true", "False": "false", "yes": "true", "no": "false", "TRUE": "true", "FALSE": "false"}


class _TooBig(Exception):  # noqa: N818 - it never leaves this module
    pass


def parse(text: str, problems: Problems) -> Part | None:
    """The tree of a text, or None where it is too big to look at. Never raises."""
    if len(text) > MOST_CHARACTERS:
        message = f"the expression has {len(text):,} characters; it may have {MOST_CHARACTERS:,}"
        problems.add(Sort.SIZE, (0, len(text)), message, "split it into several rules")
        return None
    try:
        whole = _Parser(tokens(text, problems), problems).whole()
    except _TooBig:
        return None
    too_deep = _too_deep(whole)
    if too_deep:
        problems.add(Sort.SIZE, too_deep.span, _TOO_DEEP, _FLATTEN)
        return None
    return whole


def parts_of(part: Part) -> tuple[Part, ...]:
    """The parts directly inside a part, in the order in which they are written."""
    match part:
        case Call(arguments=inner) | Items(items=inner) | Chain(terms=inner) | Unread(parts=inner):
            return inner
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Ternary(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case _:
            return ()


def _too_deep(whole: Part) -> Part | None:
    """A part that is nested too deep; sums are nested without brackets too."""
    row: tuple[Part, ...] = (whole,)
    for _ in range(MOST_DEPTH):
        row = tuple(inner for part in row for inner in parts_of(part))
    return row[0] if row else None


class _Parser:
    def __init__(self, read: tuple[Token, ...], problems: Problems) -> None:
        self._tokens = list(read)
        self._problems = problems
        self._at = 0
        self._parts = 0
        self._levels = 0
        self._ended = False  # the end was reported once; brackets around it are not reported again
        self._reported: set[int] = set()  # one problem per token

    def whole(self) -> Part:
        if self._next.sort == "end":
            self._wrong(self._next, "the expression is empty", 'write a condition, such as `level >= "senior"`')
            return Unread(span=(0, 0))
        terms = [self._expression()]
        while self._next.sort != "end":
            self._stray()
            terms[-1] = Unread(span=terms[-1].span, parts=(terms[-1],))
            if not self._skip_to_next_term():
                break
            terms.append(self._expression())
        span = (0, self._next.end)
        return terms[0] if len(terms) == 1 else Chain(operator="&&", terms=tuple(terms), span=span)

    # -- reading -------------------------------------------------------------------------------------------------------

    def _expression(self, least: int = _CHOICE) -> Part:
        """An expression of operators that bind at least as tightly as `least`."""
        self._levels += 1
        if self._levels > MOST_DEPTH:
            self._problems.add(Sort.SIZE, self._next.span, _TOO_DEEP, _FLATTEN)
            raise _TooBig
        left = self._operand()
        while (power := _POWER.get(self._operator(), 0)) >= least:
            left = self._joined(left, power)
        self._levels -= 1
        return left

    def _joined(self, left: Part, power: int) -> Part:
        operator = self._operator()
        if operator in ("&&", "||"):
            return self._chain(left, operator, power)
        sign = self._take()
        if operator == "?":
            return self._ternary(left, sign)
        self._count(sign)
        right = self._expression(power + 1)
        span = (left.span[0], right.span[1])
        if power == _PRODUCT:
            self._wrong(sign, f"`{operator}` is not in this language", "add, subtract and compare only")
            return Unread(span=span, parts=(left, right))
        if power == _COMPARISON and self._operator() in _COMPARISONS:
            self._wrong(self._next, "comparisons do not follow one another", "write `a < b && b < c`")
            sides = [left, right]
            while self._operator() in _COMPARISONS:
                self._count(self._take())
                sides.append(self._expression(power + 1))
            return Unread(span=(left.span[0], sides[-1].span[1]), parts=tuple(sides))
        return Binary(operator=operator, operator_span=sign.span, left=left, right=right, span=span)

    def _chain(self, left: Part, operator: str, power: int) -> Part:
        terms = [left]
        while self._operator() == operator:
            self._count(self._take())
            terms.append(self._expression(power + 1))
        return Chain(operator=operator, terms=tuple(terms), span=(left.span[0], terms[-1].span[1]))

    def _ternary(self, condition: Part, sign: Token) -> Part:
        self._count(sign)
        then = self._expression(_OR)
        if self._next.text != ":" or self._next.sort != "operator":
            self._wrong(sign, "this `?` has no `:`", "write `condition ? value : other value`")
            return Unread(span=(condition.span[0], then.span[1]), parts=(condition, then))
        self._take()
        otherwise = self._expression(_CHOICE)
        span = (condition.span[0], otherwise.span[1])
        return Ternary(condition=condition, then=then, otherwise=otherwise, span=span)

    def _operand(self) -> Part:
        token = self._next
        if self._is_not_word(token):
            self._wrong(token, f"`{token.text}` is not an operator", "write `!` in front of what shall not hold")
            token = token._replace(sort="operator", text="!")
        if token.sort == "operator" and token.text in ("!", "-"):
            self._count(self._take())
            operand = self._expression(_PREFIX)
            return Unary(operator=token.text, operand=operand, span=(token.start, operand.span[1]))
        if token.sort == "operator" and token.text in _OPENERS:
            return self._bracketed()
        if token.sort in ("operator", "end"):
            return self._missing(token)
        self._count(self._take())
        if token.sort == "name":
            return self._word(token)
        if token.sort == "unread":
            return Unread(span=token.span)
        return Literal(value=token.text if token.sort == "text" else float(token.text), span=token.span)

    def _bracketed(self) -> Part:
        opener = self._take()
        if opener.text == "(":
            inner = self._expression()
            if not self._close(opener, ")"):
                inner = Unread(span=inner.span, parts=(inner,))
            if isinstance(inner, Name | Literal | Call):
                return inner
            return replace(inner, span=(opener.start, self._tokens[self._at - 1].end))
        self._count(opener)
        items = self._listed(opener, "]")
        return Items(items=items, span=(opener.start, self._tokens[self._at - 1].end))

    def _word(self, token: Token) -> Part:
        if token.text in ("true", "false"):
            return Literal(value=token.text == "true", span=token.span)
        if token.text in _WORDS_OF_PYTHON:
            self._wrong(token, f"`{token.text}` is not a value", f"write `{_WORDS_OF_PYTHON[token.text]}`")
            return Unread(span=token.span)
        if token.text in ("null", "None"):
            self._wrong(
                token, f"there is no `{token.text}`", "`has(x)` asks whether x is answered, `!has(x)` the reverse"
            )
            return Unread(span=token.span)
        path, end = token.text, token.end
        while self._is_operator("."):
            point = self._take()
            if self._next.sort != "name":
                self._wrong(point, "a name is missing after this point", "write for example `mentor.level`")
                return Unread(span=(token.start, point.end))
            following = self._take()
            path, end = f"{path}.{following.text}", following.end
        if not self._is_operator("("):
            return Name(path=path, span=(token.start, end))
        opener = self._take()
        arguments = self._listed(opener, ")")
        span = (token.start, self._tokens[self._at - 1].end)
        return Call(function=path, function_span=(token.start, end), arguments=arguments, span=span)

    def _listed(self, opener: Token, closer: str) -> tuple[Part, ...]:
        """What stands between brackets, with commas between; one more comma may follow the last."""
        items: list[Part] = []
        while not self._is_operator(closer) and self._next.sort != "end":
            items.append(self._expression())
            if not self._is_operator(","):
                break
            self._take()
        self._close(opener, closer)
        return tuple(items)

    def _close(self, opener: Token, closer: str) -> bool:
        """Past the closing bracket; False where something else stands in front of it."""
        if self._is_operator(closer):
            self._take()
            return True
        if self._next.sort == "end":
            if not self._ended:
                self._wrong(opener, f"this `{opener.text}` is never closed", f"put `{closer}` where it ends")
            self._ended = True
            return True
        self._stray()
        self._skip_past(closer)
        return False

    # -- mistakes ------------------------------------------------------------------------------------------------------

    def _missing(self, token: Token) -> Part:
        """A value is missing here; what stands here is read as what follows it, unless it can follow nothing."""
        before = self._tokens[self._at - 1] if self._at else None
        if token.sort == "end" and before:
            if not self._ended:
                self._wrong(before, f"nothing follows `{shown(before.text)}`", "write a value behind it, or delete it")
            self._ended = True
            return Unread(span=token.span)
        behind = f" behind `{shown(before.text)}`" if before else ""
        self._wrong(
            token, f"`{token.text}` stands where a value is expected{behind}", "write a name, a number or a text"
        )
        if token.text in (".", "*", "/", "%") or token.text in _COMPARISONS or token.text == "+":
            self._take()
            return self._expression(_PREFIX) if self._next.sort not in ("operator", "end") else Unread(span=token.span)
        return Unread(span=token.span)

    def _stray(self) -> None:
        """What stands here joins to nothing before it."""
        token = self._next
        if token.sort == "unread":
            return  # the tokens have said so
        if token.sort == "operator" and token.text in _CLOSERS:
            self._wrong(token, f"this `{token.text}` closes nothing", "delete it, or put the opening one in front")
        elif token.sort == "operator" and token.text == ",":
            self._wrong(
                token, "a comma stands only between values in brackets", "write `&&` or `||` between conditions"
            )
        elif token.sort == "operator" and token.text == "[":
            self._wrong(token, "`[` picks nothing out of a value", "a list stands only behind `in`")
        elif token.sort == "name" and token.text == "not":
            self._wrong(token, "`not` is not an operator", "write `!(x in [...])` or `x != y`")
        elif token.sort == "operator" and token.text not in _OPENERS:
            self._wrong(token, f"`{token.text}` has no place here", "write an operator such as `&&` or `==`")
        else:
            self._wrong(
                token,
                f"`{shown(token.text)}` follows a value without an operator between",
                "write an operator such as `&&` or `==` between the two; a text needs quotes",
            )

    def _skip_to_next_term(self) -> bool:
        """Past the next `&&` or `||`; False at the end."""
        while (token := self._next).sort != "end":
            self._take()
            if token.sort == "operator" and token.text in ("&&", "||"):
                return self._next.sort != "end"
        return False

    def _skip_past(self, closer: str) -> None:
        nested = 0
        while (token := self._next).sort != "end":
            self._take()
            if token.sort != "operator":
                continue
            if not nested and token.text == closer:
                return
            nested += (token.text in _OPENERS) - (token.text in _CLOSERS and nested > 0)
        self._ended = True

    # -- tokens --------------------------------------------------------------------------------------------------------

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _operator(self) -> str:
        """The operator that comes next, or an empty text; words of other languages are reported and meant."""
        token = self._next
        if token.sort == "operator":
            return token.text
        if token.sort != "name":
            return ""
        if token.text == "in":
            return "in"
        meant = _WORD_OPERATORS.get(token.text.lower(), "")
        if meant:
            self._wrong(token, f"`{token.text}` is not an operator", f"write `{meant}`")
            self._tokens[self._at] = token._replace(sort="operator", text=meant)
        return meant

    def _is_operator(self, text: str) -> bool:
        return self._next.sort == "operator" and self._next.text == text

    def _is_not_word(self, token: Token) -> bool:
        """`not` before something, unless a field is called so."""
        if token.sort != "name" or token.text.lower() != "not":
            return False
        following = self._tokens[self._at + 1]
        return following.sort not in ("operator", "end") or following.text in ("!", "(")

    def _wrong(self, token: Token, message: str, help: str = "") -> None:  # noqa: A002
        if token.start not in self._reported:
            self._problems.add(Sort.SYNTAX, token.span, message, help)
        self._reported.add(token.start)

    def _count(self, token: Token) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            message = f"the expression has more than {MOST_PARTS} names, values and operators"
            self._problems.add(Sort.SIZE, token.span, message, "split it into several rules")
            raise _TooBig
