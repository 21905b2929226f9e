"""Facts to try guards with: every truth, every option, and numbers, days and texts around all that guards compare with.

For guards that compare facts with literals this covers every case that the guards tell apart, so what holds for all
valuations holds for all facts. Where facts are compared with each other or calculated with, the values are drawn from
the same places on both sides, which tells smaller, equal and larger apart.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations, islice, pairwise, product
from math import prod

from mentorctl.lifecycle.guards import Guard
from mentorctl.rules.expressions.fit import MINUTES_A_DAY
from mentorctl.rules.expressions.tree import (
    All,
    Calculate,
    Choose,
    Compare,
    Constant,
    Contains,
    Listed,
    Node,
    Not,
    SameText,
    Size,
    Some,
)
from mentorctl.rules.expressions.types import Kind, Variable
from mentorctl.state.live import FactValue

type Valuation = dict[str, FactValue]

AT_MOST = 20_000  # valuations of one set of guards; beyond it they are drawn evenly
_EACH = 41  # values of one number or day
_A_DAY = date(2024, 2, 29)
_OTHER = "something else"


def valuations(guards: Iterable[Guard], *, at_most: int = AT_MOST) -> Iterator[Valuation]:
    """The facts to try some guards with together: the product of the values of each fact that one of them reads."""
    listed = list(guards)
    constants = _Constants(listed)
    read = {variable.name: variable for guard in listed for variable in guard.expression.variables}
    names = sorted(read)
    values = [_values(read[name], constants) for name in names]
    step = -(-prod(map(len, values)) // at_most)
    for drawn in islice(product(*values), 0, None, step):
        yield {name: value for name, value in zip(names, drawn, strict=True) if value is not None}


def together(guards: Sequence[Guard | None]) -> Valuation | None:
    """Facts under which all the guards hold, or None when there are none; None among them always holds."""
    listed = [guard for guard in guards if guard is not None]
    return next((facts for facts in valuations(listed) if all(guard.holds(facts) for guard in listed)), None)


class _Constants:
    """What guards compare with, by kind."""

    def __init__(self, guards: Sequence[Guard]) -> None:
        numbers, days, spans, texts = {0.0}, set[int](), set[int](), set[str]()
        for part in (node for guard in guards for node in _parts(guard.expression.root)):
            match part:
                case Constant(type=kind, value=value) if kind.kind is Kind.NUMBER:
                    numbers.add(float(value))
                case Constant(type=kind, value=value) if kind.kind is Kind.DATE:
                    days.add(int(float(value)))
                case Constant(type=kind, value=value) if kind.kind is Kind.DURATION:
                    spans.add(int(float(value)) // MINUTES_A_DAY)
                case Constant(type=kind, value=value) if kind.kind is Kind.MONTHS:
                    spans |= {int(float(value)) * length for length in (28, 29, 30, 31)}
                case Constant(value=str(value)):
                    texts.add(value)
                case Listed(values=values):
                    texts |= set(values)
                case _:
                    pass
        self.numbers = _around(_combined(numbers, numbers), gap=1.0, between=True)
        grounds = days or {_A_DAY.toordinal()}
        self.days = [int(day) for day in _around(_combined(grounds, spans), gap=1.0, between=False)]
        self.texts = ("", *sorted(texts), _OTHER)


def _values(variable: Variable, constants: _Constants) -> tuple[FactValue | None, ...]:
    blank: tuple[FactValue | None, ...] = (None,) if variable.optional else ()
    return (*blank, *_known_values(variable, constants))


def _known_values(variable: Variable, constants: _Constants) -> tuple[FactValue, ...]:
    match variable.type.kind:
        case Kind.BOOL:
            return (False, True)
        case Kind.NUMBER:
            return tuple(constants.numbers)
        case Kind.DATE:
            return tuple(date.fromordinal(min(max(day, 1), date.max.toordinal())).isoformat() for day in constants.days)
        case Kind.SET:
            some = [text for text in constants.texts if text][:5]
            return tuple(words for size in range(len(some) + 1) for words in combinations(some, size))
        case _:
            return variable.type.options or constants.texts


def _combined(some: set[float] | set[int], others: set[float] | set[int]) -> set[float]:
    """Each of some, and moved by each of the others either way, as sums and differences may."""
    moved = {float(one + sign * other) for one in some for other in others for sign in (1, -1)}
    return {float(one) for one in some} | (moved if len(moved) < _EACH else set())


def _around(points: set[float], *, gap: float, between: bool) -> list[float]:
    """The points in order, with one value before, between and after them (days: the day before and after each)."""
    ordered = sorted(points)
    beside = {ordered[0] - gap, ordered[-1] + gap}
    if between:
        beside |= {(one + other) / 2 for one, other in pairwise(ordered)}
    else:
        beside |= {point + side for point in ordered for side in (-gap, gap)}
    every = sorted(points | beside)
    return every if len(every) <= 2 * _EACH else every[:: -(-len(every) // (2 * _EACH))]


def _parts(node: Node) -> Iterator[Node]:
    yield node
    for below in _below(node):
        yield from _parts(below)


def _below(node: Node) -> tuple[Node, ...]:
    match node:
        case Not(term=term):
            return (term,)
        case All(terms=terms) | Some(terms=terms):
            return terms
        case Choose(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case Compare(left=left, right=right) | SameText(left=left, right=right) | Calculate(left=left, right=right):
            return (left, right)
        case Listed(item=item) | Contains(item=item):
            return (item,)
        case Size(of=of):
            return (of,)
        case _:
            return ()
