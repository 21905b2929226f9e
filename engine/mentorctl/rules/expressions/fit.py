"""What fits together: literals and types, the two sides of an operator, and what to write where they do not fit."""

from collections.abc import Mapping
from datetime import date

from mentorctl.dates.durations import parse_duration
from mentorctl.diagnostics import did_you_mean, quoted_list
from mentorctl.rules.expressions.problems import shown
from mentorctl.rules.expressions.spelling import spelled
from mentorctl.rules.expressions.tree import Constant, Operation
from mentorctl.rules.expressions.types import DATE, DURATION, MONTHS, NUMBER, WORDING, Kind, Type, text

MINUTES_A_DAY = 1440

ORDERED = frozenset({Kind.NUMBER, Kind.LEVEL, Kind.DATE, Kind.DURATION})
TEXTS = frozenset({Kind.TEXT, Kind.PERSON})
COMPARED = ORDERED | TEXTS | {Kind.BOOL}

type Sum = tuple[Operation, Type]

# What `+` and `-` do, by the kinds on their left and right.
SUMS: Mapping[tuple[str, Kind, Kind], Sum] = {
    ("+", Kind.NUMBER, Kind.NUMBER): (Operation.ADD, NUMBER),
    ("-", Kind.NUMBER, Kind.NUMBER): (Operation.SUBTRACT, NUMBER),
    ("-", Kind.LEVEL, Kind.LEVEL): (Operation.STEPS, NUMBER),
    ("+", Kind.DURATION, Kind.DURATION): (Operation.LONGER, DURATION),
    ("-", Kind.DURATION, Kind.DURATION): (Operation.SHORTER, DURATION),
    ("-", Kind.DATE, Kind.DATE): (Operation.BETWEEN, DURATION),
    ("+", Kind.DATE, Kind.DURATION): (Operation.LATER, DATE),
    ("+", Kind.DURATION, Kind.DATE): (Operation.LATER, DATE),
    ("-", Kind.DATE, Kind.DURATION): (Operation.EARLIER, DATE),
    ("+", Kind.DATE, Kind.MONTHS): (Operation.MONTHS_LATER, DATE),
    ("+", Kind.MONTHS, Kind.DATE): (Operation.MONTHS_LATER, DATE),
    ("-", Kind.DATE, Kind.MONTHS): (Operation.MONTHS_EARLIER, DATE),
}


class Unfit(Exception):  # noqa: N818 - the checker turns it into a problem
    """A literal that does not fit; `is_name` says that it is no word of its field, rather than of another type."""

    def __init__(self, message: str, help: str, *, is_name: bool = False) -> None:  # noqa: A002
        super().__init__(message)
        self.help = help
        self.is_name = is_name


def date_literal(written: str) -> Constant:
    """A day. Raises Unfit."""
    try:
        day = date.fromisoformat(written) if len(written) == len("2027-01-11") else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != written:
        raise Unfit(f"`{shown(written)}` is not a day of the calendar", 'write for example `date("2027-01-11")`')
    return Constant(type=DATE, value=float(day.toordinal()))


def duration_literal(written: str) -> Constant:
    """A length of time in minutes, or a number of calendar months. Raises Unfit."""
    try:
        length = parse_duration(shown(written))
    except ValueError as error:
        raise Unfit(str(error), 'for example `duration("3d")`') from None
    if length.months:
        return Constant(type=MONTHS, value=float(length.months))
    return Constant(type=DURATION, value=float(length.calendar_days * MINUTES_A_DAY + length.minutes))


def text_literal(written: str, wanted: Type | None) -> Constant:
    """A text as the value of a type: a rank of its scale, one of its options, or any text. Raises Unfit."""
    if wanted is None or wanted.kind not in (Kind.LEVEL, Kind.TEXT, Kind.SET):
        return Constant(type=text(written), value=written)
    if not written.strip():
        raise Unfit("nothing equals a blank text", "`!has(x)` asks whether x was left blank")
    meant = _meant(written, wanted)
    allowed = wanted.scale if wanted.kind is Kind.LEVEL else wanted.options
    known = {_key(word, wanted): word for word in allowed}
    word = known.get(_key(meant, wanted))
    if allowed and word is None:
        what = "a level of this scale" if wanted.kind is Kind.LEVEL else "one of the options"
        remedy = did_you_mean(written, allowed) or f"write {quoted_list(allowed)}"
        raise Unfit(f"`{shown(written)}` is not {what}", remedy, is_name=True)
    if wanted.kind is Kind.LEVEL:
        return Constant(type=wanted, value=float(allowed.index(word or "")))
    return Constant(type=text(word or meant), value=word or meant)


def _meant(written: str, wanted: Type) -> str:
    aliases = {_key(alias, wanted): meant for alias, meant in wanted.aliases}
    return aliases.get(_key(written, wanted), written)


def _key(word: str, kind: Type) -> str:
    return spelled(word, trim=kind.trim, ignore_case=kind.ignore_case)


def joined(one: Type, other: Type) -> Type | None:
    """The type of a value that is of either type, or None where the two do not go together."""
    if one.kind is not other.kind or one.kind is Kind.SET or one.scale != other.scale:
        return None
    return Type(
        kind=one.kind,
        scale=one.scale,
        options=one.options + other.options if one.options and other.options else (),
        trim=one.trim and other.trim,
        ignore_case=one.ignore_case and other.ignore_case,
        aliases=one.aliases + other.aliases,
    )


def can_be_equal(one: Type, other: Type) -> bool:
    """Whether two kinds of text have a value in common; open ones may always."""
    if not (one.options and other.options):
        return True
    spelling = (one.trim and other.trim, one.ignore_case and other.ignore_case)
    mine, theirs = (
        {spelled(word, trim=spelling[0], ignore_case=spelling[1]) for word in kind.options} for kind in (one, other)
    )
    return not mine.isdisjoint(theirs)


def remedy_for_comparison(one: Type, other: Type, literal: str | None) -> str:
    """What to write where two sides are not compared; `literal` is the text literal among them."""
    kinds = {one.kind, other.kind}
    if Kind.SET in kinds:
        return 'ask for one answer, such as `"python" in skills`, or for their number, `size(skills)`'
    if Kind.MONTHS in kinds:
        return 'a month has no length of its own; write days, such as `duration("30d")`'
    if Kind.PERSON in kinds:
        return "compare it with another person, such as the manager of the other one"
    if literal is not None and Kind.LEVEL not in kinds:
        return _remedy_for_text(literal, kinds)
    if Kind.LEVEL in kinds:
        scale = one.scale or other.scale
        return f"compare it with {quoted_list(scale)}" if scale else "compare it with a level of its scale"
    if kinds == {Kind.DURATION, Kind.NUMBER}:
        return 'say of what: `duration("30d")`'
    if Kind.DATE in kinds:
        return 'compare it with a date, such as `date("2027-01-11")`'
    return "compare values of the same kind"


def _remedy_for_text(literal: str, kinds: set[Kind]) -> str:
    if Kind.DATE in kinds:
        return f'write `date("{shown(literal)}")`'
    if Kind.DURATION in kinds:
        return f'write `duration("{shown(literal)}")`'
    if Kind.BOOL in kinds:
        return "write `true` or `false`"
    is_number = literal.strip().replace(".", "", 1).isdecimal()
    return "write the number without quotes" if is_number else "compare it with a number"


def remedy_for_sum(one: Type, other: Type) -> str:
    """What to write where two sides are not added or subtracted."""
    kinds = {one.kind, other.kind}
    if kinds == {Kind.DATE, Kind.NUMBER}:
        return 'say of what: `duration("3d")`'
    if kinds in ({Kind.DURATION, Kind.MONTHS}, {Kind.MONTHS}):
        return "add each of the two to the date"
    if kinds <= {Kind.TEXT, Kind.SET, Kind.PERSON}:
        return "texts are compared, never joined"
    if Kind.LEVEL in kinds:
        return "subtract two levels of one scale, and compare the number of steps"
    return "add and subtract numbers, or move a date by a duration"


def remedy_for_condition(kind: Type, source: str) -> str:
    """How to make a condition of something that is not true or false."""
    match kind.kind:
        case Kind.NUMBER:
            return f"compare it, such as `{source} > 0`"
        case Kind.LEVEL:
            return f'compare it, such as `{source} >= "{kind.scale[-1] if kind.scale else "senior"}"`'
        case Kind.SET:
            return f"ask for one answer or for their number, such as `size({source}) > 0`"
        case Kind.TEXT if kind.options:
            return f'compare it, such as `{source} == "{kind.options[0]}"`'
        case Kind.DATE:
            return f'compare it, such as `{source} < date("2027-01-11")`'
        case _:
            return f"compare it, or ask `has({source})`"


def described(source: str, kind: Type) -> str:
    return f"`{source}` is {WORDING[kind.kind]}"
