"""A typed tree to a function of columns: numpy arrays that broadcast, for rosters and for every pair of two of them."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mentorctl.rules.expressions.arrays import each_months_later, each_settled, each_within
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
    Operator,
    Read,
    SameText,
    Size,
    Some,
)
from mentorctl.rules.expressions.types import Kind, Type, Variable
from mentorctl.values import dataclass

type Truths = NDArray[np.bool_]
type Amounts = NDArray[np.float64]
type Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Codes:
    """A label per row: `codes[i]` indexes `labels`, and -1 is a blank.

    Texts, people (labels are their ids), booleans (labels are no and yes, in this order) and levels (the scale).
    """

    codes: NDArray[np.int32]
    labels: Labels


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numbers:
    """A number per row; NaN is a blank. Dates are days (1 is the first day of year 1), durations minutes."""

    values: Amounts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Words:
    """A set of labels per row as bits; the last axis holds words, and label k is bit k % 64 of word k // 64."""

    words: NDArray[np.uint64]
    labels: Labels


type ColumnValue = Codes | Numbers | Words
type Table = Mapping[str, ColumnValue]


class _Texts(NamedTuple):
    """Texts on the way: the codes of constants have no axes."""

    codes: NDArray[np.int32]
    labels: Labels


def coded(texts: Iterable[str]) -> Codes:
    """Free texts as a column; one without letters is a blank."""
    places: dict[str, int] = {}
    codes = [places.setdefault(text, len(places)) if text.strip() else -1 for text in texts]
    return Codes(codes=np.array(codes, np.int32), labels=tuple(places))


def to_columns(expression: Expression) -> Callable[[Table], Truths]:
    """The expression as a function of columns by full names. The columns broadcast, and so does the result.

    The result has the shape of the columns that the expression reads, none for a constant. The function raises KeyError
    for a column that is missing, and TypeError for one of another representation than the type of its name.
    """
    root = expression.root
    needed = [v for v in expression.variables if not v.optional and v.type.kind is not Kind.SET]

    def evaluate(table: Table) -> Truths:
        with np.errstate(over="ignore", invalid="ignore"):
            holds = _truths(root, table)
        for variable in needed:
            holds = holds & _known(variable, table)
        return np.asarray(holds, np.bool_)

    return evaluate


# -- true or false -----------------------------------------------------------------------------------------------------


def _truths(node: Node, table: Table) -> Truths:
    match node:
        case Constant(value=value):
            return np.asarray(bool(value))
        case Read(variable=variable):
            return np.asarray(_codes(variable, table).codes == 1)
        case Known(variable=variable):
            return _known(variable, table)
        case Choose(condition=condition, then=then, otherwise=otherwise):
            return np.where(_truths(condition, table), _truths(then, table), _truths(otherwise, table))
        case Not(term=term):
            return ~_truths(term, table)
        case All(terms=terms):
            return _reduced(np.logical_and, True, terms, table)
        case Some(terms=terms):
            return _reduced(np.logical_or, False, terms, table)
        case _:
            return _test(node, table)


def _reduced(join: np.ufunc, start: bool, terms: tuple[Node, ...], table: Table) -> Truths:
    made = np.asarray(start)
    for term in terms:
        made = join(made, _truths(term, table))
    return made


def _test(node: Node, table: Table) -> Truths:
    match node:
        case Compare(operator=sign, left=left, right=right):
            return np.asarray(_COMPARISONS[sign](_amounts(left, table), _amounts(right, table)))
        case SameText(left=left, right=right, trim=trim, ignore_case=ignore_case):
            one, other = _texts(left, table), _texts(right, table)
            places: dict[str, int] = {}
            ours, theirs = (
                _recoded(side, [places.setdefault(key, len(places)) for key in _keys(side.labels, trim, ignore_case)])
                for side in (one, other)
            )
            return np.asarray(ours == theirs)
        case Listed(item=item, values=values, trim=trim, ignore_case=ignore_case):
            listed = frozenset(_keys(values, trim, ignore_case))
            texts = _texts(item, table)
            found = _recoded(texts, [key in listed for key in _keys(texts.labels, trim, ignore_case)], 0)
            return np.asarray(found == 1)
        case Contains(words=words, item=item, trim=trim, ignore_case=ignore_case):
            column = _words(words.variable, table)
            bits = {key: bit for bit, key in enumerate(_keys(column.labels, trim, ignore_case))}
            texts = _texts(item, table)
            return _has_bit(column, _recoded(texts, [bits.get(k, -1) for k in _keys(texts.labels, trim, ignore_case)]))
        case _:
            raise TypeError(f"{type(node).__name__} is not true or false; expressions.check lets no such tree pass")


_COMPARISONS: dict[Operator, np.ufunc] = {
    Operator.EQUAL: np.equal,
    Operator.LESS: np.less,
    Operator.LESS_OR_EQUAL: np.less_equal,
    Operator.MORE: np.greater,
    Operator.MORE_OR_EQUAL: np.greater_equal,
}


def _has_bit(column: Words, bits: NDArray[np.int32]) -> Truths:
    """Whether the bit of each row is in its set; there is no bit -1."""
    word, shift = bits >> 6, (bits & 63).astype(np.uint64)
    found: Truths = np.asarray(False)
    for index in range(column.words.shape[-1]):
        is_set = (column.words[..., index] >> shift) & np.uint64(1)
        found = found | ((word == index) & (is_set == 1))
    return found


def _known(variable: Variable, table: Table) -> Truths:
    match variable.type.kind:
        case Kind.SET:
            return np.asarray(_words(variable, table).words.any(axis=-1))
        case Kind.NUMBER | Kind.DURATION:
            return np.isfinite(_numbers(variable, table))
        case Kind.DATE:
            days = _numbers(variable, table)
            return np.asarray((days >= FIRST_DAY) & (days <= LAST_DAY))
        case Kind.LEVEL:
            return _ranks(variable, table) >= 0
        case _:
            return np.asarray(_codes(variable, table).codes >= 0)


# -- numbers, ranks, days, minutes and truths --------------------------------------------------------------------------


def _amounts(node: Node, table: Table) -> Amounts:
    match node:
        case Constant(value=value):
            return np.asarray(float(value))
        case Read(variable=variable):
            return _read_amounts(variable, table)
        case Choose(condition=condition, then=then, otherwise=otherwise):
            return np.where(_truths(condition, table), _amounts(then, table), _amounts(otherwise, table))
        case Size(of=Read(variable=variable), of_set=True):
            return np.bitwise_count(_words(variable, table).words).sum(axis=-1, dtype=np.float64)
        case Size(of=of):
            texts = _texts(of, table)
            return _recoded(texts, [len(label) for label in texts.labels], 0).astype(np.float64)
        case Calculate(operation=operation, left=left, right=right):
            return _CALCULATIONS[operation](_amounts(left, table), _amounts(right, table))
        case _:
            return _truths(node, table).astype(np.float64)


def _read_amounts(variable: Variable, table: Table) -> Amounts:
    match variable.type.kind:
        case Kind.BOOL:
            return np.asarray(_codes(variable, table).codes == 1).astype(np.float64)
        case Kind.LEVEL:
            return np.maximum(_ranks(variable, table), 0).astype(np.float64)
        case kind:
            blank = FIRST_DAY if kind is Kind.DATE else 0.0
            return np.where(_known(variable, table), _numbers(variable, table), blank)


_CALCULATIONS: dict[Operation, Callable[[Amounts, Amounts], Amounts]] = {
    Operation.ADD: lambda one, other: each_settled(one + other),
    Operation.SUBTRACT: lambda one, other: each_settled(one - other),
    Operation.STEPS: lambda one, other: one - other,
    Operation.LONGER: lambda one, other: one + other,
    Operation.SHORTER: lambda one, other: one - other,
    Operation.BETWEEN: lambda one, other: (one - other) * MINUTES_A_DAY,
    Operation.LATER: lambda days, minutes: each_within(days + minutes // MINUTES_A_DAY),
    Operation.EARLIER: lambda days, minutes: each_within(days - minutes // MINUTES_A_DAY),
    Operation.MONTHS_LATER: each_months_later,
    Operation.MONTHS_EARLIER: lambda days, months: each_months_later(days, -months),
}


# -- texts and columns -------------------------------------------------------------------------------------------------


def _texts(node: Node, table: Table) -> _Texts:
    match node:
        case Constant(value=value):
            return _Texts(np.zeros((), np.int32), (str(value),))
        case Read(variable=variable):
            column = _codes(variable, table)
            return _Texts(column.codes, column.labels)
        case Choose(condition=condition, then=then, otherwise=otherwise):
            yes, no = _texts(then, table), _texts(otherwise, table)
            moved = np.where(no.codes < 0, -1, no.codes + len(yes.labels))
            return _Texts(np.where(_truths(condition, table), yes.codes, moved), yes.labels + no.labels)
        case _:
            raise TypeError(f"{type(node).__name__} is no text; expressions.check lets no such tree pass")


@lru_cache(maxsize=256)
def _keys(labels: Labels, trim: bool, ignore_case: bool) -> Labels:
    return tuple(spelled(label, trim=trim, ignore_case=ignore_case) for label in labels)


def _recoded(texts: _Texts, values: Iterable[int], blank: int = -1) -> NDArray[np.int32]:
    """Each code replaced by the value of its label."""
    return np.array([*values, blank], np.int32)[texts.codes]  # the blank, -1, indexes the last entry


def _ranks(variable: Variable, table: Table) -> NDArray[np.int32]:
    column = _codes(variable, table)
    kind: Type = variable.type
    ranks = {key: rank for rank, key in enumerate(_keys(kind.scale, kind.trim, kind.ignore_case))}
    known = [ranks.get(key, -1) for key in _keys(column.labels, kind.trim, kind.ignore_case)]
    return _recoded(_Texts(column.codes, column.labels), known)


def _codes(variable: Variable, table: Table) -> Codes:
    column = table[variable.name]
    if not isinstance(column, Codes):
        raise _unfit(variable, column)
    return column


def _numbers(variable: Variable, table: Table) -> Amounts:
    column = table[variable.name]
    if not isinstance(column, Numbers):
        raise _unfit(variable, column)
    return column.values


def _words(variable: Variable, table: Table) -> Words:
    column = table[variable.name]
    if not isinstance(column, Words):
        raise _unfit(variable, column)
    return column


def _unfit(variable: Variable, column: ColumnValue) -> TypeError:
    return TypeError(f"`{variable.name}` is a {variable.type.kind}, and its column {type(column).__name__}")
