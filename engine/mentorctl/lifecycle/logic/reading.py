"""The value of a condition where only some things are assumed, and what to assume next where that is not enough."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from fractions import Fraction

from mentorctl.rules.expressions.days import FIRST_DAY, LAST_DAY, months_later
from mentorctl.rules.expressions.spelling import spelled
from mentorctl.rules.expressions.tree import (
    All,
    Calculate,
    Choose,
    Compare,
    Constant,
    Contains,
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

_MINUTES_A_DAY = 1440

type Key = tuple[str, ...]
type Form = tuple[tuple[tuple[str, Fraction], ...], Fraction]  # factors by name, and a constant


@dataclass(slots=True)
class Tries:
    """What has been assumed so far. `signs` say on which side of zero linear forms are."""

    truths: dict[Key, bool] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    signs: dict[Form, int] = field(default_factory=dict)
    numbers: Mapping[str, Fraction] = field(default_factory=dict)

    def but(self) -> "Tries":
        return Tries(truths=dict(self.truths), texts=dict(self.texts), signs=dict(self.signs), numbers=self.numbers)

    @property
    def touched(self) -> frozenset[str]:
        names = {key[1] for key in self.truths} | set(self.texts)
        return frozenset(names | {name.removeprefix("size ") for factors, _ in self.signs for name, _ in factors})


class Open(Exception):  # noqa: N818 - named for what happened
    """The value depends on something that is not assumed yet; `ways` are the assumptions to try."""

    def __init__(self, ways: Sequence[Callable[[Tries], None]]) -> None:
        super().__init__()
        self.ways = ways


class Undecided(Exception):  # noqa: N818 - named for what happened
    """A part of the language that is not decided here."""


class Reading:
    """The value of parts of the tree. Raises Open where it depends on what is not assumed."""

    def __init__(self, tries: Tries, words_for: Callable[[Type], Sequence[str]]) -> None:
        self._words_for = words_for
        self._tries = tries

    def truth(self, node: Node) -> bool:
        match node:
            case Constant(value=value):
                return bool(value)
            case Read(variable=variable):
                return self._is_known(variable) and self._assumed(("true", variable.name))
            case Known(variable=variable):
                return self._is_known(variable)
            case Not(term=term):
                return not self.truth(term)
            case All(terms=terms):
                return self._each(terms, stops_at=False)
            case Some(terms=terms):
                return self._each(terms, stops_at=True)
            case Choose(condition=condition, then=then, otherwise=otherwise):
                return self.truth(then) if self.truth(condition) else self.truth(otherwise)
            case Compare():
                return self._compare(node)
            case _:
                return self._text_test(node)

    def _text_test(self, node: Node) -> bool:
        match node:
            case SameText(left=left, right=right, trim=trim, ignore_case=ignore_case):
                one, other = self._text(left), self._text(right)
                return spelled(one, trim=trim, ignore_case=ignore_case) == spelled(
                    other, trim=trim, ignore_case=ignore_case
                )
            case Listed(item=item, values=values, trim=trim, ignore_case=ignore_case):
                word = spelled(self._text(item), trim=trim, ignore_case=ignore_case)
                return word in {spelled(value, trim=trim, ignore_case=ignore_case) for value in values}
            case Contains(words=words, item=item):
                return self._contains(words, plain(self._text(item)))
            case _:
                raise TypeError(f"{type(node).__name__} is not true or false")

    def _each(self, terms: tuple[Node, ...], *, stops_at: bool) -> bool:
        """Of all or some: one term that decides is enough, even where others are still open."""
        waiting: Open | None = None
        for term in terms:
            try:
                if self.truth(term) is stops_at:
                    return stops_at
            except Open as is_open:
                waiting = waiting or is_open
        if waiting is not None:
            raise waiting
        return not stops_at

    def _assumed(self, key: Key) -> bool:
        if key not in self._tries.truths:
            raise Open([_set_truth(key, value=False), _set_truth(key, value=True)])
        return self._tries.truths[key]

    def _is_known(self, variable: Variable) -> bool:
        if variable.type.kind is Kind.SET:
            return self._sign(((f"size {variable.name}", Fraction(1)),), Fraction(-1)) >= 0
        return not variable.optional or self._assumed(("known", variable.name))

    def _contains(self, words: Read, word: str) -> bool:
        options = words.type.options
        if not word or (options and word not in {plain(option) for option in options}):
            return False
        return self._assumed(("member", words.variable.name, word))

    def _text(self, node: Node) -> str:
        match node:
            case Constant(value=value):
                return str(value)
            case Choose(condition=condition, then=then, otherwise=otherwise):
                return self._text(then if self.truth(condition) else otherwise)
            case Read(variable=variable):
                if not self._is_known(variable):
                    return ""
                if variable.name not in self._tries.texts:
                    raise Open([_set_text(variable.name, word) for word in self._words_for(variable.type)])
                return self._tries.texts[variable.name]
            case _:
                raise TypeError(f"{type(node).__name__} is no text")

    # -- numbers -------------------------------------------------------------------------------------------------------

    def _compare(self, node: Compare) -> bool:
        moved = self._moved_by_months(node)
        sign = moved if moved is not None else self._sign_of(self._amount(node.left), self._amount(node.right))
        match node.operator:
            case Operator.EQUAL:
                return sign == 0
            case Operator.LESS:
                return sign < 0
            case Operator.LESS_OR_EQUAL:
                return sign <= 0
            case Operator.MORE:
                return sign > 0
            case Operator.MORE_OR_EQUAL:
                return sign >= 0

    def _sign_of(self, left: Form, right: Form) -> int:
        factors, constant = _added(left, right, by=Fraction(-1))
        return self._sign(factors, constant)

    def _sign(self, factors: tuple[tuple[str, Fraction], ...], constant: Fraction) -> int:
        """Whether a form is below, at or above zero."""
        if not factors:
            return (constant > 0) - (constant < 0)
        lead = factors[0][1]
        form = (tuple((name, factor / lead) for name, factor in factors), constant / lead)
        if form not in self._tries.signs:
            raise Open([_set_sign(form, sign) for sign in (0, 1, -1)])
        return self._tries.signs[form] * (1 if lead > 0 else -1)

    def _moved_by_months(self, node: Compare) -> int | None:
        """The sign of a comparison of a date moved by months: two plain comparisons, because moving keeps the order."""
        for side, other, turned in ((node.left, node.right, 1), (node.right, node.left, -1)):
            if not (isinstance(side, Calculate) and side.operation in _BY_MONTHS):
                continue
            months, limit = self._amount(side.right), self._amount(other)
            if months[0] or limit[0]:
                raise Undecided("a date moved by months is compared with another fact")
            by = float(months[1]) * (1 if side.operation is Operation.MONTHS_LATER else -1)
            day, wanted = self._amount(side.left), float(limit[1])
            first, after = _first_day(by, wanted), _first_day(by, wanted + 1)
            if self._sign_of(day, ((), Fraction(first))) < 0:
                return -turned
            return turned if self._sign_of(day, ((), Fraction(after))) >= 0 else 0
        return None

    def _amount(self, node: Node) -> Form:
        match node:
            case Constant(value=value):
                return (), Fraction(str(float(value)))
            case Choose(condition=condition, then=then, otherwise=otherwise):
                return self._amount(then if self.truth(condition) else otherwise)
            case Size(of=Read(variable=variable), of_set=True):
                return ((f"size {variable.name}", Fraction(1)),), Fraction(0)
            case Size():
                raise Undecided("the length of a text matters")
            case Calculate():
                return self._calculated(node)
            case Read(variable=variable) if variable.type.kind is not Kind.BOOL:
                if not self._is_known(variable):
                    return (), Fraction(1 if variable.type.kind is Kind.DATE else 0)
                return ((variable.name, Fraction(1)),), Fraction(0)
            case _:
                return (), Fraction(int(self.truth(node)))

    def _calculated(self, node: Calculate) -> Form:
        left, right = self._amount(node.left), self._amount(node.right)
        match node.operation:
            case Operation.ADD | Operation.LONGER:
                return _added(left, right)
            case Operation.SUBTRACT | Operation.STEPS | Operation.SHORTER:
                return _added(left, right, by=Fraction(-1))
            case Operation.BETWEEN:
                factors, constant = _added(left, right, by=Fraction(-1))
                return tuple((name, f * _MINUTES_A_DAY) for name, f in factors), constant * _MINUTES_A_DAY
            case Operation.LATER | Operation.EARLIER if not right[0]:
                days = Fraction(right[1] // _MINUTES_A_DAY)
                return left[0], left[1] + (days if node.operation is Operation.LATER else -days)
            case Operation.MONTHS_LATER | Operation.MONTHS_EARLIER if not (left[0] or right[0]):
                by = float(right[1]) * (1 if node.operation is Operation.MONTHS_LATER else -1)
                return (), Fraction(months_later(float(left[1]), by))
            case Operation.MONTHS_LATER | Operation.MONTHS_EARLIER:
                raise Undecided("a date moved by months is compared with another fact")
            case _:
                raise Undecided("a date is moved by a length of time that is a fact")


_BY_MONTHS = frozenset({Operation.MONTHS_LATER, Operation.MONTHS_EARLIER})


def _added(one: Form, other: Form, *, by: Fraction = Fraction(1)) -> Form:
    factors = dict(one[0])
    for name, factor in other[0]:
        factors[name] = factors.get(name, Fraction(0)) + factor * by
    return tuple(sorted((name, factor) for name, factor in factors.items() if factor)), one[1] + other[1] * by


def _first_day(months: float, wanted: float) -> int:
    """The first day that, moved by months, is the wanted one or later; the day after the last one when none is."""
    low, high = int(FIRST_DAY), int(LAST_DAY) + 1
    while low < high:
        middle = (low + high) // 2
        if months_later(float(middle), months) >= wanted:
            high = middle
        else:
            low = middle + 1
    return low


def _set_truth(key: Key, *, value: bool) -> Callable[[Tries], None]:
    return lambda tries: tries.truths.__setitem__(key, value)


def _set_text(name: str, word: str) -> Callable[[Tries], None]:
    return lambda tries: tries.texts.__setitem__(name, word)


def _set_sign(form: Form, sign: int) -> Callable[[Tries], None]:
    return lambda tries: tries.signs.__setitem__(form, sign)


def plain(word: str) -> str:
    return spelled(word, trim=True, ignore_case=True)
