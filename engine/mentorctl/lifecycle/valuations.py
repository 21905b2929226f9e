"""Facts to try guards with: every truth, every option, and numbers, days and texts around all that guards compare with.

For guards that compare facts with literals this covers every case that the guards tell apart, so what holds for all
valuations holds for all facts. Where facts are compared with each other or calculated with, the values are drawn from
the same places on both sides, which tells smaller, equal and larger apart.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
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
    Read,
    SameText,
    Size,
    Some,
)
from mentorctl.rules.expressions.types import Kind, Variable
from mentorctl.state.live import FactValue
from mentorctl.values import dataclass

type Valuation = dict[str, FactValue]

AT_MOST = 4_000  # valuations of one set of guards; beyond it they are drawn evenly
_EACH = 24  # values of one number or day
_A_DAY = date(2024, 2, 29)
_OTHER = "something else"


def valuations(guards: Iterable[Guard], *, at_most: int = AT_MOST) -> Iterator[Valuation]:
    """The facts to try some guards with together: the product of the values of each fact that one of them reads."""
    listed = list(guards)
    read = {variable.name: variable for guard in listed for variable in guard.expression.variables}
    beside = _beside(listed)
    names = sorted(read)
    values = [_values(read[name], beside.get(name, _Beside())) for name in names]
    step = -(-prod(map(len, values)) // at_most)
    for drawn in islice(product(*values), 0, None, step):
        yield {name: value for name, value in zip(names, drawn, strict=True) if value is not None}


@dataclass(slots=True)
class _Beside:
    """What some facts are compared with, directly or through each other."""

    names: set[str] = field(default_factory=set)
    numbers: set[float] = field(default_factory=lambda: {0.0})
    days: set[int] = field(default_factory=set)
    spans: set[int] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    is_calculated: bool = False

    def note(self, part: Node) -> None:
        match part:
            case Read(variable=variable):
                self.names.add(variable.name)
            case Calculate():
                self.is_calculated = True
            case Listed(values=values):
                self.texts |= set(values)
            case Constant(type=kind, value=value):
                self._constant(kind.kind, value)
            case _:
                pass

    def _constant(self, kind: Kind, value: bool | float | str) -> None:
        match kind:
            case Kind.NUMBER:
                self.numbers.add(float(value))
            case Kind.DATE:
                self.days.add(int(float(value)))
            case Kind.DURATION:
                self.spans.add(int(float(value)) // MINUTES_A_DAY)
            case Kind.MONTHS:
                self.spans |= {int(float(value)) * length for length in (28, 29, 30, 31)}
            case _:
                self.texts.add(str(value))

    def joined(self, other: "_Beside") -> "_Beside":
        return _Beside(
            names=self.names | other.names,
            numbers=self.numbers | other.numbers,
            days=self.days | other.days,
            spans=self.spans | other.spans,
            texts=self.texts | other.texts,
            is_calculated=self.is_calculated or other.is_calculated,
        )


def _beside(guards: Iterable[Guard]) -> Mapping[str, _Beside]:
    """For each fact what it is compared with; facts that are compared with each other share that."""
    groups: list[_Beside] = []
    for comparison in (part for guard in guards for part in _comparisons(guard.expression.root)):
        group = _Beside()
        for part in _parts(comparison):
            group.note(part)
        linked = [other for other in groups if other.names & group.names]
        groups = [other for other in groups if other not in linked]
        for other in linked:
            group = group.joined(other)
        groups.append(group)
    return {name: group for group in groups for name in group.names}


def _comparisons(node: Node) -> Iterator[Node]:
    """The smallest parts that are true or false."""
    if isinstance(node, Not | All | Some) or (isinstance(node, Choose) and node.type.kind is Kind.BOOL):
        for below in _below(node):
            yield from _comparisons(below)
    else:
        yield node


def _values(variable: Variable, beside: _Beside) -> tuple[FactValue | None, ...]:
    blank: tuple[FactValue | None, ...] = (None,) if variable.optional else ()
    return (*blank, *_known_values(variable, beside))


def _known_values(variable: Variable, beside: _Beside) -> tuple[FactValue, ...]:
    texts = ("", *sorted(beside.texts), _OTHER)
    match variable.type.kind:
        case Kind.BOOL:
            return (False, True)
        case Kind.NUMBER:
            moved = _combined(beside.numbers, beside.numbers) if beside.is_calculated else beside.numbers
            return tuple(_around(moved, between=True, deep=len(beside.names)))
        case Kind.DATE:
            points = _combined(beside.days or {_A_DAY.toordinal()}, beside.spans)
            return tuple(_day(day) for day in _around(points, between=False, deep=len(beside.names)))
        case Kind.SET:
            some = [text for text in texts if text][:5]
            return tuple(words for size in range(len(some) + 1) for words in combinations(some, size))
        case _:
            return variable.type.options or texts


def _day(ordinal: float) -> str:
    return date.fromordinal(int(min(max(ordinal, 1), date.max.toordinal()))).isoformat()


def _combined(some: set[float] | set[int], others: set[float] | set[int]) -> set[float]:
    """Each of some, and moved by each of the others either way, as sums and differences may."""
    moved = {float(one + sign * other) for one in some for other in others for sign in (1, -1)}
    return {float(one) for one in some} | (moved if len(moved) < _EACH else set())


def _around(points: set[float], *, between: bool, deep: int) -> list[float]:
    """The points in order, with values before, between and after them: as many as there are facts to put there.

    Of days, which are whole, those next to each point.
    """
    ordered = sorted(points)
    steps = range(1, deep + 1)
    beside = {end + side * step for end, side in ((ordered[0], -1), (ordered[-1], 1)) for step in steps}
    if between:
        gaps = pairwise(ordered)
        beside |= {one + (other - one) * step / (deep + 1) for one, other in gaps for step in steps}
    else:
        beside |= {point + side * step for point in ordered for side in (-1, 1) for step in steps}
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
