"""A typed tree to a condition in SQL with its parameters, for rows that sit in the tables of a store.

The store says by which SQL each name is read (`Column`); values of the expression are always parameters. What a
database cannot compute exactly as the other back ends do is refused here, so that the caller takes the closure
instead: there is no query with a meaning of its own. Texts are compared by their spelling (NFKC, case folding), which
no database knows, so a store that wants them compared keeps the spelled form beside the text.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from mentorctl.rules.expressions.days import FIRST_DAY, LAST_DAY
from mentorctl.rules.expressions.fit import MINUTES_A_DAY
from mentorctl.rules.expressions.spelling import spelled
from mentorctl.rules.expressions.tree import (
    All,
    Calculate,
    Choose,
    Compare,
    Constant,
    Contains,
    Expression,
    Known,
    Listed,
    Node,
    Not,
    Operation,
    Read,
    SameText,
    Size,
    Some,
)
from mentorctl.rules.expressions.types import Kind, Variable
from mentorctl.values import dataclass

type Parameter = bool | int | float | str


class Dialect(StrEnum):
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """How a name is read in SQL. Every part is NULL where the value is blank, also one of another type than the name's.

    `sql` is a truth, a double below 1e300, the rank of a level, the day of a date, the minutes of a duration; of texts
    and sets anything that is not NULL. `keys` are texts as `spelled`, by (trim, ignore_case); of a set a JSON array of
    them. `length` is the number of characters of a text as it was written, or of the answers of a set.
    """

    sql: str
    parameters: tuple[Parameter, ...] = ()
    keys: tuple[tuple[tuple[bool, bool], str], ...] = ()
    length: str = ""


class NotInSql(Exception):  # noqa: N818 - it is an answer: the caller takes another back end
    """The expression cannot be computed in SQL exactly; the message says which part."""


class Piece(NamedTuple):
    """SQL and its parameters, in the order in which they stand in it."""

    text: str
    parameters: tuple[Parameter, ...] = ()


def to_sql(
    expression: Expression, columns: Mapping[str, Column], dialect: Dialect
) -> tuple[str, tuple[Parameter, ...]]:
    """The condition in brackets, never NULL, and its parameters by position: `to_closure` in SQL. Raises NotInSql."""
    writer = _Writer(columns, dialect)
    needed = [writer.known(v) for v in expression.variables if not v.optional and v.type.kind is not Kind.SET]
    return _joined(" AND ", [*needed, writer.truth(expression.root)])


def to_settled_sql(
    expression: Expression, columns: Mapping[str, Column], dialect: Dialect
) -> tuple[str, tuple[Parameter, ...]]:
    """As `to_sql`, for names that always have a value: `to_settled_closure` in SQL. Raises NotInSql."""
    return _Writer(columns, dialect).truth(expression.root)


def _joined(word: str, pieces: Iterable[Piece]) -> Piece:
    parts = tuple(pieces)
    return _piece(f"({word.join(part.text for part in parts)})", *parts)


def _piece(text: str, *parts: Piece) -> Piece:
    return Piece(text, tuple(parameter for part in parts for parameter in part.parameters))


class _Writer:
    """Each method writes one kind of value; a piece stands in brackets where it needs them."""

    def __init__(self, columns: Mapping[str, Column], dialect: Dialect) -> None:
        self._columns = columns
        self._words = _WORDS[dialect]

    # -- true or false -------------------------------------------------------------------------------------------------

    def truth(self, node: Node) -> Piece:
        match node:
            case Constant(value=value):
                return Piece("TRUE" if value else "FALSE")
            case Read(variable=variable):
                column = self._column(variable)
                return Piece(f"coalesce({column.sql}, FALSE)", column.parameters)
            case Known(variable=variable):
                return self.known(variable)
            case Choose():
                return self._choice(node, self.truth)
            case Not(term=term):
                held = self.truth(term)
                return _piece(f"(NOT {held.text})", held)
            case All(terms=terms):
                return _joined(" AND ", [Piece("TRUE"), *map(self.truth, terms)])
            case Some(terms=terms):
                return _joined(" OR ", [Piece("FALSE"), *map(self.truth, terms)])
            case _:
                return self._test(node)

    def _test(self, node: Node) -> Piece:
        match node:
            case Compare(operator=sign, left=left, right=right):
                one, other = self.amount(left), self.amount(right)
                word = "=" if sign.value == "==" else sign.value
                # NULL stands for what is no number, the difference of two infinities, which compares with nothing.
                return _piece(f"coalesce({one.text} {word} {other.text}, FALSE)", one, other)
            case SameText(left=left, right=right, trim=trim, ignore_case=ignore_case):
                one, other = (self._key(side, trim, ignore_case) for side in (left, right))
                return _piece(f"({one.text} = {other.text})", one, other)
            case Listed(item=item, values=values, trim=trim, ignore_case=ignore_case):
                key = self._key(item, trim, ignore_case)
                listed = sorted({spelled(value, trim=trim, ignore_case=ignore_case) for value in values})
                places = [self._parameter(value) for value in listed]
                return _piece(f"({key.text} IN {_joined(', ', places).text})", key, *places)
            case Contains(words=Read(variable=variable), item=item, trim=trim, ignore_case=ignore_case):
                key = self._key(item, trim, ignore_case)
                words = self._keys_of(variable, trim, ignore_case)
                text = self._words.contains.format(words=words.text, item=key.text)
                return _piece(text, words, key)
            case _:
                raise TypeError(f"{type(node).__name__} is not true or false; expressions.check lets no such tree pass")

    def known(self, variable: Variable) -> Piece:
        column = self._column(variable)
        if variable.type.kind is Kind.SET:
            return Piece(f"(coalesce({self._length(variable)}, 0) > 0)", column.parameters)
        return Piece(f"({column.sql} IS NOT NULL)", column.parameters)

    # -- numbers, ranks, days, minutes and truths ----------------------------------------------------------------------

    def amount(self, node: Node) -> Piece:
        match node:
            case Constant(value=value):
                return self._parameter(float(value))
            case Read(variable=Variable(type=kind) as variable) if kind.kind is not Kind.BOOL:
                column = self._column(variable)
                blank = FIRST_DAY if kind.kind is Kind.DATE else 0.0
                return Piece(f"coalesce({column.sql}, {blank})", column.parameters)
            case Choose():
                return self._choice(node, self.amount)
            case Size(of=Read(variable=variable)):
                return Piece(f"coalesce({self._length(variable)}, 0)", self._column(variable).parameters)
            case Size():
                raise NotInSql("a text that depends on a condition has no length in SQL")
            case Calculate(operation=operation, left=left, right=right):
                one, other = self.amount(left), self.amount(right)
                return self._calculated(operation, one, other)
            case _:
                held = self.truth(node)
                return _piece(f"(CASE WHEN {held.text} THEN 1.0 ELSE 0.0 END)", held)

    def _calculated(self, operation: Operation, one: Piece, other: Piece) -> Piece:
        # Each side is written once and named, since a side that is written twice doubles the query at every level.
        sides = f"(SELECT {one.text} AS l_, {other.text} AS r_ LIMIT 1) AS s_"
        text = f"(SELECT {self._words.operations[operation]} FROM {sides})"
        return _piece(text, one, other)

    def _choice(self, node: Choose, write: Callable[[Node], Piece]) -> Piece:
        asked, then, otherwise = self.truth(node.condition), write(node.then), write(node.otherwise)
        text = f"(CASE WHEN {asked.text} THEN {then.text} ELSE {otherwise.text} END)"
        return _piece(text, asked, then, otherwise)

    # -- texts and columns ---------------------------------------------------------------------------------------------

    def _key(self, node: Node, trim: bool, ignore_case: bool) -> Piece:
        match node:
            case Constant(value=value):
                return self._parameter(spelled(str(value), trim=trim, ignore_case=ignore_case))
            case Read(variable=variable):
                key = self._keys_of(variable, trim, ignore_case)
                return _piece(f"coalesce({key.text}, '')", key)
            case Choose():
                return self._choice(node, lambda side: self._key(side, trim, ignore_case))
            case _:
                raise TypeError(f"{type(node).__name__} is no text; expressions.check lets no such tree pass")

    def _keys_of(self, variable: Variable, trim: bool, ignore_case: bool) -> Piece:
        column = self._column(variable)
        key = dict(column.keys).get((trim, ignore_case))
        if key is None:
            raise NotInSql(f"the spelling of `{variable.name}` is not kept in the store")
        return Piece(key, column.parameters)

    def _length(self, variable: Variable) -> str:
        length = self._column(variable).length
        if not length:
            raise NotInSql(f"the size of `{variable.name}` is not kept in the store")
        return length

    def _column(self, variable: Variable) -> Column:
        column = self._columns.get(variable.name)
        if column is None:
            raise NotInSql(f"`{variable.name}` is not kept in the store")
        return column

    def _parameter(self, value: Parameter) -> Piece:
        if isinstance(value, str) and "\x00" in value and not self._words.keeps_nul:
            raise NotInSql("this database keeps no text with a NUL in it")
        return Piece(self._words.texts if isinstance(value, str) else self._words.numbers, (value,))


@dataclass(frozen=True, slots=True)
class _Words:
    """What the dialects spell differently. In `operations`, l_ and r_ are the two sides."""

    texts: str
    numbers: str
    contains: str
    keeps_nul: bool
    operations: Mapping[Operation, str]


def _settled(number: str) -> str:
    """A number at six decimals, halves to even, as `sums.settled`: by integers of doubles, not by round().

    The round() of SQLite takes halves away from zero. Adding 2**52 to a double below it leaves no place for a fraction.
    """
    scaled, shift = f"(abs({number}) * 1000000.0)", "4503599627370496.0"
    whole = f"(CASE WHEN {scaled} < {shift} THEN ({scaled} + {shift}) - {shift} ELSE {scaled} END)"
    signed = f"(CASE WHEN {number} < 0 THEN -{whole} ELSE {whole} END)"
    return f"CASE WHEN abs({number}) < 8589934592.0 THEN {signed} / 1000000.0 ELSE {number} END"


def _operations(least: str, greatest: str, days: str, months: str) -> Mapping[Operation, str]:
    def within(day: str) -> str:
        return f"{least}({greatest}({day}, {FIRST_DAY}), {LAST_DAY})"

    # The quotient may be rounded up to a whole number that the exact one does not reach.
    whole_days = f"(CASE WHEN {days} * {MINUTES_A_DAY}.0 > r_ THEN {days} - 1 ELSE {days} END)"
    return {
        Operation.ADD: _settled("(l_ + r_)"),
        Operation.SUBTRACT: _settled("(l_ - r_)"),
        Operation.STEPS: "l_ - r_",
        Operation.LONGER: "l_ + r_",
        Operation.SHORTER: "l_ - r_",
        Operation.BETWEEN: f"(l_ - r_) * {MINUTES_A_DAY}.0",
        Operation.LATER: within(f"l_ + {whole_days}"),
        Operation.EARLIER: within(f"l_ - {whole_days}"),
        Operation.MONTHS_LATER: within(months.format(months="r_")),
        Operation.MONTHS_EARLIER: within(months.format(months="-r_")),
    }


# Day 1 is the Julian day 1721425.5. SQLite knows the years 0 to 9999; a month outside of them is NULL, and the day
# stops at their ends. A day that its month lacks has run into the next one, by as many days as that says.
_SQLITE_MONTHS = (
    "coalesce((SELECT CASE WHEN strftime('%m', d_) = strftime('%m', m_) THEN d_ ELSE d_ - strftime('%d', d_) END"
    " - 1721424.5 FROM (SELECT m_, m_ + strftime('%d', l_ + 1721424.5) - 1 AS d_ FROM (SELECT julianday("
    "l_ + 1721424.5, 'start of month', CAST({months} AS INTEGER) || ' months') AS m_))),"
    f" CASE WHEN {{months}} > 0 THEN {LAST_DAY} ELSE {FIRST_DAY} END)"
)
_SQLITE_DAYS = "(CAST(r_ / 1440.0 AS INTEGER) - (r_ / 1440.0 < CAST(r_ / 1440.0 AS INTEGER)))"

_FIRST = "DATE '0001-01-01'"
_POSTGRESQL_MONTHS = (
    f"(({_FIRST} + (l_ - 1)::int + make_interval(months => ({{months}})::int))::date - {_FIRST} + 1)::float8"
)

_WORDS = {
    Dialect.SQLITE: _Words(
        texts="?",
        numbers="?",
        contains="EXISTS (SELECT 1 FROM json_each({words}) AS w_ WHERE w_.value = {item})",
        keeps_nul=True,
        operations=_operations("min", "max", _SQLITE_DAYS, _SQLITE_MONTHS),
    ),
    Dialect.POSTGRESQL: _Words(
        texts="%s::text",
        numbers="%s::float8",
        contains="EXISTS (SELECT 1 FROM jsonb_array_elements_text({words}) AS w_(value) WHERE w_.value = {item})",
        keeps_nul=False,
        operations=_operations("least", "greatest", "floor(r_ / 1440.0)", _POSTGRESQL_MONTHS),
    ),
}
