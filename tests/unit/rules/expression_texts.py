"""Random well-typed expressions, written in our language and in plain CEL, and rows to evaluate them on.

The two texts of an expression have the same operators in the same order; they differ in how a level, a number, a date
and a default are written, and brackets are put only where precedence asks for them, or by chance.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st

from mentorctl.rules.expressions.scopes import facts_scope
from mentorctl.rules.expressions.types import (
    BOOL,
    DATE,
    DURATION,
    NUMBER,
    PERSON,
    Kind,
    Type,
    Value,
    Variable,
    level,
    text,
    words,
)

SCALE = ("junior", "senior", "lead")
SITES = ("berlin", "lyon", "pune")
NOTES = ("call first", "lyon", "on leave")
SKILLS = ("python", "sql", "lyon")
PEOPLE = ("e1", "e2", "e3")

_TYPES: Mapping[str, Type] = {
    "years": NUMBER,
    "level": level(*SCALE),
    "site": text(*SITES),
    "note": text(),
    "day": DATE,
    "wait": DURATION,
    "ok": BOOL,
    "boss": PERSON,
}
VARIABLES = (
    *(Variable(name=f"a.{name}", type=kind, optional=True) for name, kind in _TYPES.items()),
    *(Variable(name=f"b.{name}", type=kind) for name, kind in _TYPES.items()),
    *(Variable(name=f"{side}.skills", type=words(*SKILLS)) for side in "ab"),
)
_TEXTS_BY_NAME = frozenset(v.name for v in VARIABLES if v.type.kind is Kind.TEXT)
SCOPE = facts_scope(VARIABLES)
OPTIONAL = frozenset(v.name for v in VARIABLES if v.optional)

# How tightly an expression binds; an operand that binds less than its place asks for stands in brackets.
CHOICE, OR, AND, COMPARISON, SUM, PREFIX, ATOM = range(7)

type Names = frozenset[str]


@dataclass(frozen=True)
class Text:
    """One expression in both languages."""

    ours: str
    cel: str
    binds: int = ATOM

    def at(self, least: int) -> "Text":
        return self if self.binds >= least else self.bracketed()

    def bracketed(self) -> "Text":
        return Text(f"({self.ours})", f"({self.cel})")


def _names(kind: Kind, known: Names) -> list[str]:
    """The names of a kind that may be read where `known` are answered."""
    return [v.name for v in VARIABLES if v.type.kind is kind and (not v.optional or v.name in known)]


def _quoted(word: str, draw: st.DrawFn) -> str:
    return draw(st.sampled_from((f'"{word}"', f"'{word}'")))


def _literal(kind: Kind, draw: st.DrawFn, of: str = "") -> Text:
    if kind is Kind.NUMBER:
        quarters = draw(st.integers(0, 60)) / 4
        return Text(f"{quarters:g}", f"{quarters:.2f}")
    if kind is Kind.LEVEL:
        rank = draw(st.integers(0, len(SCALE) - 1))
        return Text(_quoted(SCALE[rank], draw), f"{rank}.0")
    if kind is Kind.DATE:
        day = draw(st.dates(date(2026, 12, 1), date(2027, 3, 31)))
        return Text(f'date("{day}")', f'timestamp("{day}T00:00:00Z")')
    if kind is Kind.DURATION:
        count, unit, hours = draw(st.sampled_from(((1, "d", 24), (2, "w", 336), (30, "d", 720))))
        return Text(f'duration("{count}{unit}")', f'duration("{hours}h")')
    if kind is Kind.BOOL:
        word = draw(st.sampled_from(("true", "false")))
        return Text(word, word)
    options = {"site": SITES, "skills": SKILLS}.get(of.partition(".")[2], NOTES)
    word = draw(st.sampled_from(options))
    return Text(_quoted(word, draw), f'"{word}"')


def _read(name: str) -> Text:
    kind = next(v.type.kind for v in VARIABLES if v.name == name)
    return Text(name, {Kind.DATE: f"timestamp({name})", Kind.DURATION: f"duration({name})"}.get(kind, name))


@st.composite
def values(draw: st.DrawFn, kind: Kind, known: Names, depth: int) -> Text:
    """An expression of a kind other than true or false that is no bare literal of a text."""
    names = _names(kind, known)
    ways: list[Callable[[], Text]] = [lambda: _read(draw(st.sampled_from(names)))]
    optional = [v.name for v in VARIABLES if v.type.kind is kind and v.optional]
    if kind is not Kind.PERSON:
        ways.append(lambda: _default(draw(st.sampled_from(optional)), kind, draw))
    if kind in (Kind.NUMBER, Kind.DATE, Kind.DURATION):
        ways.append(lambda: _literal(kind, draw))
    if depth > 0:
        ways.append(lambda: _choice(kind, known, depth - 1, draw))
    if depth > 0 and kind in _SUMS:
        ways.append(lambda: _sum(kind, known, depth - 1, draw))
    if depth > 0 and kind is Kind.NUMBER:
        ways.append(lambda: _number(known, depth - 1, draw))
    made = draw(st.sampled_from(ways))()
    return made.bracketed() if draw(st.integers(0, 9)) == 0 else made


def _default(name: str, kind: Kind, draw: st.DrawFn) -> Text:
    otherwise = _literal(kind, draw, name)
    return Text(f"default({name}, {otherwise.ours})", f"(has({name}) ? {_read(name).cel} : {otherwise.cel})")


def _choice(kind: Kind, known: Names, depth: int, draw: st.DrawFn) -> Text:
    asked = draw(conditions(known, depth)).at(OR)
    then, otherwise = (draw(values(kind, known, depth)) for _ in range(2))
    then = then.at(OR)
    return Text(f"{asked.ours} ? {then.ours} : {otherwise.ours}", f"{asked.cel} ? {then.cel} : {otherwise.cel}", CHOICE)


_SUMS: Mapping[Kind, tuple[tuple[Kind, str, Kind], ...]] = {
    Kind.NUMBER: ((Kind.NUMBER, "+", Kind.NUMBER), (Kind.NUMBER, "-", Kind.NUMBER), (Kind.LEVEL, "-", Kind.LEVEL)),
    Kind.DATE: ((Kind.DATE, "+", Kind.DURATION), (Kind.DATE, "-", Kind.DURATION), (Kind.DURATION, "+", Kind.DATE)),
    Kind.DURATION: (
        (Kind.DURATION, "+", Kind.DURATION),
        (Kind.DURATION, "-", Kind.DURATION),
        (Kind.DATE, "-", Kind.DATE),
    ),
}


def _sum(kind: Kind, known: Names, depth: int, draw: st.DrawFn) -> Text:
    left_kind, sign, right_kind = draw(st.sampled_from(_SUMS[kind]))
    left = draw(values(left_kind, known, depth)).at(SUM)
    right = draw(values(right_kind, known, depth)).at(PREFIX)
    return Text(f"{left.ours} {sign} {right.ours}", f"{left.cel} {sign} {right.cel}", SUM)


def _number(known: Names, depth: int, draw: st.DrawFn) -> Text:
    if draw(st.booleans()):
        name = draw(st.sampled_from(_names(Kind.SET, known)))
        return Text(f"size({name})", f"double(size({name}))")
    inner = draw(values(Kind.NUMBER, known, depth)).at(ATOM)
    return Text(f"-{inner.ours}", f"-{inner.cel}", PREFIX)


@st.composite
def conditions(draw: st.DrawFn, known: Names = frozenset(), depth: int = 3) -> Text:
    """An expression that is true or false."""
    ways: list[Callable[[], Text]] = [
        lambda: _read(draw(st.sampled_from(_names(Kind.BOOL, known)))),
        lambda: _has(draw),
        lambda: _comparison(known, max(0, depth - 1), draw),
        lambda: _membership(known, max(0, depth - 1), draw),
    ]
    if depth > 0:
        ways += [
            lambda: _joined(known, depth - 1, draw),
            lambda: _guarded(known, depth - 1, draw),
            lambda: _negated(known, depth - 1, draw),
            lambda: _choice_of_conditions(known, depth - 1, draw),
        ]
    made = draw(st.sampled_from(ways))()
    return made.bracketed() if draw(st.integers(0, 9)) == 0 else made


def _has(draw: st.DrawFn) -> Text:
    name = draw(st.sampled_from(sorted(v.name for v in VARIABLES)))
    return Text(f"has({name})", f"has({name})" if not name.endswith("skills") else f"(size({name}) > 0)")


def _comparison(known: Names, depth: int, draw: st.DrawFn) -> Text:
    kind = draw(st.sampled_from((Kind.NUMBER, Kind.LEVEL, Kind.DATE, Kind.DURATION, Kind.TEXT, Kind.PERSON)))
    ordered = kind not in (Kind.TEXT, Kind.PERSON)
    sign = draw(st.sampled_from(("==", "!=", "<", "<=", ">", ">=") if ordered else ("==", "!=")))
    left = draw(values(kind, known, depth)).at(SUM)
    if kind is Kind.PERSON or draw(st.booleans()):
        right = draw(values(kind, known, depth)).at(SUM)
    else:
        right = _literal(kind, draw, left.ours) if left.ours in _TEXTS_BY_NAME else _common_literal(kind, draw)
    if ordered and kind is not Kind.LEVEL and draw(st.booleans()):
        left, right = right, left
    return Text(f"{left.ours} {sign} {right.ours}", f"{left.cel} {sign} {right.cel}", COMPARISON)


def _common_literal(kind: Kind, draw: st.DrawFn) -> Text:
    """A literal beside which any value of the kind may stand: all texts have one option in common."""
    return Text('"lyon"', '"lyon"') if kind is Kind.TEXT else _literal(kind, draw)


def _membership(known: Names, depth: int, draw: st.DrawFn) -> Text:
    if draw(st.booleans()):
        words_name = draw(st.sampled_from(_names(Kind.SET, known)))
        item = _literal(Kind.TEXT, draw, words_name)
        if draw(st.booleans()):
            item = _read(draw(st.sampled_from(_names(Kind.TEXT, known))))
        return Text(f"{item.ours} in {words_name}", f"{item.cel} in {words_name}", COMPARISON)
    kind = draw(st.sampled_from((Kind.NUMBER, Kind.LEVEL, Kind.TEXT, Kind.DATE)))
    item = _read(draw(st.sampled_from(_names(kind, known))))
    listed = [_literal(kind, draw, item.ours) for _ in range(draw(st.integers(1, 3)))]
    if kind is not Kind.TEXT and draw(st.booleans()):
        listed.append(draw(values(kind, known, depth)))
    ours, cel = (", ".join(parts) for parts in zip(*((t.ours, t.cel) for t in listed), strict=True))
    return Text(f"{item.ours} in [{ours}]", f"{item.cel} in [{cel}]", COMPARISON)


def _joined(known: Names, depth: int, draw: st.DrawFn) -> Text:
    sign, binds = draw(st.sampled_from((("&&", AND), ("||", OR))))
    terms = [draw(conditions(known, depth)).at(binds + 1) for _ in range(draw(st.integers(2, 3)))]
    return Text(f" {sign} ".join(t.ours for t in terms), f" {sign} ".join(t.cel for t in terms), binds)


def _guarded(known: Names, depth: int, draw: st.DrawFn) -> Text:
    """A condition that reads what only its guard knows to be answered."""
    name = draw(st.sampled_from(sorted(OPTIONAL)))
    inner = draw(conditions(known | {name}, depth))
    guard = Text(f"has({name})", f"has({name})")
    way = draw(st.integers(0, 3))
    if way == 0:
        return _pair(guard, "&&", inner.at(COMPARISON), AND)
    if way == 1:
        return _pair(inner.at(COMPARISON), "&&", guard, AND)
    if way == 2:
        return _pair(Text(f"!{guard.ours}", f"!{guard.cel}"), "||", inner.at(AND), OR)
    other, then = draw(conditions(known, depth)), inner.at(OR)
    return Text(f"{guard.ours} ? {then.ours} : {other.ours}", f"{guard.cel} ? {then.cel} : {other.cel}", CHOICE)


def _pair(left: Text, sign: str, right: Text, binds: int) -> Text:
    return Text(f"{left.ours} {sign} {right.ours}", f"{left.cel} {sign} {right.cel}", binds)


def _negated(known: Names, depth: int, draw: st.DrawFn) -> Text:
    inner = draw(conditions(known, depth)).at(PREFIX)
    return Text(f"!{inner.ours}", f"!{inner.cel}", PREFIX)


def _choice_of_conditions(known: Names, depth: int, draw: st.DrawFn) -> Text:
    asked, then, otherwise = (draw(conditions(known, depth)) for _ in range(3))
    asked, then = asked.at(OR), then.at(OR)
    return Text(f"{asked.ours} ? {then.ours} : {otherwise.ours}", f"{asked.cel} ? {then.cel} : {otherwise.cel}", CHOICE)


def row_of(seed: int) -> dict[str, Value]:
    """A row in which only optional names are blank; drawn by a seed, because drawing each cell takes long."""
    chance = Random(seed)
    return {
        variable.name: _answer(variable.type, chance)
        for variable in VARIABLES
        if not (variable.optional and chance.random() < 0.5)
    }


def _answer(kind: Type, chance: Random) -> Value:
    match kind.kind:
        case Kind.NUMBER:
            return chance.randint(-8, 60) / 4
        case Kind.LEVEL:
            return chance.choice(SCALE)
        case Kind.DATE:
            return date(2026, 12, 1) + timedelta(days=chance.randint(0, 120))
        case Kind.DURATION:
            return timedelta(days=chance.randint(0, 60))
        case Kind.BOOL:
            return chance.random() < 0.5
        case Kind.PERSON:
            return chance.choice(PEOPLE)
        case Kind.SET:
            return frozenset(word for word in SKILLS if chance.random() < 0.5)
        case _:
            return chance.choice(kind.options or NOTES)


rows = st.integers(0, 2**32).map(row_of)
