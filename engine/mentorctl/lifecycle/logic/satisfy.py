"""Whether conditions can hold together: decided exactly, with values that make them hold.

Every part of the typed tree that is true or false (an atom) is tried both ways, and what the tries say about numbers,
days, ranks and lengths of time is decided as linear inequalities. Texts need only the words that are compared with
them and one more; sets only the answers that are asked for and their number. The answer is unknown above
`MOST_TRIES` tries, and for the three things that no guard of ours needs: the length of a text, a date moved by a length
of time that is itself a fact, and a date moved by months compared with another fact.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from mentorctl.lifecycle.logic.inequalities import Bound, TooMany, bound, solution
from mentorctl.lifecycle.logic.reading import Open, Reading, Tries, Undecided, plain
from mentorctl.rules.expressions.closure import to_closure
from mentorctl.rules.expressions.days import FIRST_DAY, LAST_DAY
from mentorctl.rules.expressions.tree import (
    All,
    Calculate,
    Choose,
    Compare,
    Constant,
    Contains,
    Expression,
    Listed,
    Node,
    Not,
    SameText,
    Some,
)
from mentorctl.rules.expressions.types import Kind, Type, Value, Variable
from mentorctl.values import dataclass

MOST_TRIES = 4_000
_MINUTES_A_DAY = 1440
_TEXTS = frozenset({Kind.TEXT, Kind.PERSON})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A condition that is wanted true, or false."""

    condition: Expression
    holds: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Values by name that fulfil every claim; names that do not matter are absent."""

    values: tuple[tuple[str, Value], ...]

    def __str__(self) -> str:
        return ", ".join(f"`{name}` is {_words(value)}" for name, value in self.values) or "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nothing was decided, and why."""

    because: str


def satisfiable(claims: Iterable[Claim], *, counts: frozenset[str] = frozenset()) -> Witness | Unknown | None:
    """Values that fulfil all claims, None when there are none. `counts` are numbers that are whole and not below 0."""
    return _satisfiable(tuple(claims), counts)


@lru_cache(maxsize=4096)
def _satisfiable(claims: tuple[Claim, ...], counts: frozenset[str]) -> Witness | Unknown | None:
    search = _Search(claims, counts)
    try:
        found = search.look()
    except Undecided as undecided:
        return Unknown(because=str(undecided))
    except TooMany:
        return Unknown(because="too many comparisons depend on one another")
    if found is None:
        return None
    row = search.row(found)
    if any(to_closure(claim.condition)(row) is not claim.holds for claim in claims):
        return Unknown(because="the numbers are rounded where they are compared")
    return Witness(values=tuple((name, value) for name, value in sorted(row.items()) if name in found.touched))


class _Search:
    def __init__(self, claims: tuple[Claim, ...], counts: frozenset[str]) -> None:
        self._roots: tuple[Node, ...] = tuple(
            claim.condition.root if claim.holds else Not(term=claim.condition.root) for claim in claims
        )
        self._variables = {v.name: v for claim in claims for v in claim.condition.variables}
        self._counts = counts
        constants = sorted({word for root in self._roots for word in _constants(root)})
        open_texts = [v for v in self._variables.values() if v.type.kind in _TEXTS and not v.type.options]
        self._free = (*constants, *(f"other {number}" for number in range(1, len(open_texts) + 1)))
        self._left = MOST_TRIES
        self._whole = frozenset(
            {v.name for v in self._variables.values() if v.type.kind in (Kind.LEVEL, Kind.DATE)}
            | {f"size {v.name}" for v in self._variables.values() if v.type.kind is Kind.SET}
            | counts
        )

    def look(self, tries: Tries | None = None) -> Tries | None:
        """Assumptions that fulfil every root, or None."""
        tries = tries or Tries()
        self._left -= 1
        if self._left < 0:
            raise Undecided(f"more than {MOST_TRIES:,} cases would have to be tried")
        numbers = solution(self._bounds(tries), self._whole) if tries.signs else {}
        if numbers is None:
            return None
        tries.numbers = numbers
        ways: Sequence[Callable[[Tries], None]] = ()
        for root in self._roots:
            try:
                if not Reading(tries, self.words_for).truth(root):
                    return None
            except Open as is_open:
                ways = ways or is_open.ways
        if not ways:
            return tries
        for way in ways:
            further = tries.but()
            way(further)
            found = self.look(further)
            if found is not None:
                return found
        return None

    def _bounds(self, tries: Tries) -> Iterator[Bound]:
        for (factors, constant), sign in tries.signs.items():
            up, down = dict(factors), {name: -factor for name, factor in factors}
            if sign <= 0:
                yield bound(up, -constant, strict=sign < 0)
            if sign >= 0:
                yield bound(down, constant, strict=sign > 0)
        for variable in self._variables.values():
            yield from self._range(variable, tries)

    def _range(self, variable: Variable, tries: Tries) -> Iterator[Bound]:
        """What is known about the values of a name before anything is compared."""
        name, kind = variable.name, variable.type
        lowest, highest = None, None
        if kind.kind is Kind.LEVEL:
            lowest, highest = 0, len(kind.scale) - 1
        elif kind.kind is Kind.DATE:
            lowest, highest = int(FIRST_DAY), int(LAST_DAY)
        elif kind.kind is Kind.SET:
            told = [held for key, held in tries.truths.items() if key[:2] == ("member", name)]
            name, lowest = f"size {name}", sum(told)
            highest = len(kind.options) - (len(told) - sum(told)) if kind.options else None
        elif name in self._counts:
            lowest = 0
        if lowest is not None:
            yield bound({name: Fraction(-1)}, Fraction(-lowest), strict=False)
        if highest is not None:
            yield bound({name: Fraction(1)}, Fraction(highest), strict=False)

    def words_for(self, kind: Type) -> tuple[str, ...]:
        """The texts that are worth trying."""
        return kind.options or self._free

    # -- values --------------------------------------------------------------------------------------------------------

    def row(self, found: Tries) -> dict[str, Value]:
        """A row in which every assumption holds; names that do not matter get any value."""
        return {
            v.name: self._value(v, found)
            for v in self._variables.values()
            if not v.optional or found.truths.get(("known", v.name), True)
        }

    def _value(self, variable: Variable, found: Tries) -> Value:
        name, kind = variable.name, variable.type
        number = found.numbers.get(name, Fraction(0))
        match kind.kind:
            case Kind.BOOL:
                return found.truths.get(("true", name), False)
            case Kind.TEXT | Kind.PERSON:
                return found.texts.get(name) or (self.words_for(kind) or ("other",))[0]
            case Kind.LEVEL:
                return kind.scale[int(number)]
            case Kind.DATE:
                return date.fromordinal(int(number) if name in found.numbers else date(2027, 1, 1).toordinal())
            case Kind.DURATION:
                return timedelta(minutes=float(number))
            case Kind.SET:
                held = [key[2] for key, held in found.truths.items() if key[:2] == ("member", name) and held]
                asked = {key[2] for key in found.truths if key[:2] == ("member", name)}
                spare = [word for word in kind.options if plain(word) not in asked] or [
                    f"other {n}" for n in range(1, 1 + int(found.numbers.get(f"size {name}", Fraction(0))))
                ]
                missing = max(0, int(found.numbers.get(f"size {name}", Fraction(0))) - len(held))
                return frozenset([*held, *spare[:missing]])
            case _:
                return int(number) if number.denominator == 1 else float(number)


def _constants(node: Node) -> Iterator[str]:
    """The text literals below a part."""
    match node:
        case Constant(value=str(text)):
            yield text
        case Listed(item=item, values=values):
            yield from values
            yield from _constants(item)
        case Not(term=term):
            yield from _constants(term)
        case All(terms=terms) | Some(terms=terms):
            for term in terms:
                yield from _constants(term)
        case Choose(condition=condition, then=then, otherwise=otherwise):
            for part in (condition, then, otherwise):
                yield from _constants(part)
        case Compare(left=left, right=right) | SameText(left=left, right=right) | Calculate(left=left, right=right):
            yield from _constants(left)
            yield from _constants(right)
        case Contains(item=item):
            yield from _constants(item)
        case _:
            return


def _words(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes = int(value / timedelta(minutes=1))
        return f"{minutes // _MINUTES_A_DAY}d" if minutes % _MINUTES_A_DAY == 0 else f"{minutes}min"
    if isinstance(value, frozenset):
        return " and ".join(f"`{word}`" for word in sorted(value)) or "empty"
    return f"`{value}`" if isinstance(value, str) else str(value)
