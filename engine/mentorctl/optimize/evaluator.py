"""Rules evaluated a second time: one pair at a time in plain Python, straight from the roster.

Nothing is shared with the arrays of `predicates` and `points` but the roster and the reading of an expression, so that
`verify` can hold the one against the other.
"""

from datetime import date

from mentorctl.dates.durations import Duration, later
from mentorctl.dates.week import QUARTERS_PER_WEEK, shifted
from mentorctl.dates.zones import utc_offset_minutes
from mentorctl.optimize.formulas import expression_of
from mentorctl.optimize.ground import Ground, PairFacts
from mentorctl.roster.cells import match_key
from mentorctl.roster.people import (
    CodeColumn,
    Column,
    NumberColumn,
    PersonColumn,
    RankColumn,
    Roster,
    SetColumn,
    TextColumn,
    WeekColumn,
    bits_of,
)
from mentorctl.rules.expressions.closure import to_closure
from mentorctl.rules.expressions.types import Value
from mentorctl.rules.fields import FieldType, Missing, Role
from mentorctl.rules.pairs import (
    WHOLE,
    AvailabilityOverlap,
    Contains,
    DeclinedBefore,
    Different,
    FieldPair,
    Gap,
    Line,
    Listed,
    MetBefore,
    Not,
    Of,
    Overlap,
    PairRule,
    Predicate,
    Rank,
    ReportingLine,
    Same,
    ScoredOutside,
    TimezoneWithin,
    ValueMatrix,
    Ways,
    When,
)


def rule_holds(ground: Ground, rule: PairRule, mentee: int, mentor: int) -> bool:
    """One rule for one pair, blanks included; for peers, both ways round as the rule says."""
    there = holds_one_way(ground, rule, mentee, mentor)
    if not ground.peers or rule.ways is None:
        return there
    back = holds_one_way(ground, rule, mentor, mentee)
    return (there or back) if rule.ways is Ways.EITHER else (there and back)


def holds_one_way(ground: Ground, rule: PairRule, mentee: int, mentor: int) -> bool:
    """One rule for two people in this order."""
    value = _value(ground, rule.predicate, mentee, mentor)
    policies = _policies(ground, rule)
    if value is None and Missing.FAILS in policies:
        return False
    if value is None and Missing.PASSES in policies:
        return True
    return _holds(ground, rule.predicate, mentee, mentor)


def _policies(ground: Ground, rule: PairRule) -> set[Missing]:
    if rule.missing:
        return {rule.missing}
    return {f.missing for name in _fields(rule.predicate) if (f := ground.contract.field(name))}


def _fields(predicate: Predicate) -> list[str]:
    if isinstance(predicate, Not):
        return _fields(predicate.of)
    fields = getattr(predicate, "fields", None)
    if isinstance(fields, FieldPair):
        return [fields.mentee, fields.mentor]
    return [predicate.field] if hasattr(predicate, "field") else []


def _holds(ground: Ground, predicate: Predicate, mentee: int, mentor: int) -> bool:
    """A predicate where a blank equals, overlaps and reaches nothing."""
    if isinstance(predicate, Not):
        return not _holds(ground, predicate.of, mentee, mentor)
    if isinstance(predicate, Different):
        return _value(ground, Same(fields=predicate.fields), mentee, mentor) is not True
    if isinstance(predicate, ValueMatrix) and predicate.forbid:
        return _value(ground, predicate, mentee, mentor) is not False
    return _value(ground, predicate, mentee, mentor) is True


def _value(ground: Ground, predicate: Predicate, mentee: int, mentor: int) -> bool | None:  # noqa: C901, PLR0912 - one case each
    """True, false, or None when a cell it needs is blank."""
    match predicate:
        case Not(of=inner):
            value = _value(ground, inner, mentee, mentor)
            return None if value is None else not value
        case Same(fields=fields):
            return _same(ground, fields, mentee, mentor)
        case Different(fields=fields):
            same = _same(ground, fields, mentee, mentor)
            return None if same is None else not same
        case Overlap() | Contains():
            return _answered_alike(ground, predicate, mentee, mentor)
        case ValueMatrix():
            found = listed_values(ground, predicate.fields, predicate.pairs, mentee, mentor)
            return None if found is None else bool(found) != predicate.forbid
        case Gap(low=low, high=high):
            gap = gap_of(ground.roster, predicate, mentee, mentor)
            return None if gap is None else (low is None or gap >= low) and (high is None or gap <= high)
        case ReportingLine(line=line, field=field):
            return _line(ground.roster, field, line, mentee, mentor)
        case TimezoneWithin(minutes=minutes, field=field):
            return abs(_offset(ground, field, mentee) - _offset(ground, field, mentor)) <= minutes
        case AvailabilityOverlap():
            return _shared_time(ground, predicate, mentee, mentor)
        case Rank():
            return _named(ground.roster, predicate, mentee, mentor)
        case MetBefore() | DeclinedBefore():
            return _before(ground, predicate, mentee, mentor)
        case Listed(pairs=pairs):
            named = (ground.roster.roster_ids[mentee], ground.roster.roster_ids[mentor])
            return named in pairs or (ground.peers and named[::-1] in pairs)
        case ScoredOutside():
            return outside_score(ground, mentee, mentor) is not None
        case When(text=text):
            return _expression(ground, text, mentee, mentor)


# -- answers -----------------------------------------------------------------------------------------------------------


def _same(ground: Ground, fields: FieldPair, mentee: int, mentor: int) -> bool | None:
    ours, theirs = cell(ground.roster, fields.mentee, mentee), cell(ground.roster, fields.mentor, mentor)
    if isinstance(ours, str) and isinstance(theirs, str):
        return _spelled(ground, fields, ours) == _spelled(ground, fields, theirs)
    return None if ours is None or theirs is None else ours == theirs


def cell(roster: Roster, field: str, person: int) -> str | float | None:
    """A single value of one person: a label, a number, the index of a person, or None for a blank."""
    column: Column = roster.columns[field]
    if isinstance(column, CodeColumn):
        code = int(column.codes[person])
        return None if code < 0 else column.labels[code]
    if isinstance(column, NumberColumn):
        number = float(column.values[person])
        return None if number != number else number  # noqa: PLR0124 - NaN is the blank
    if isinstance(column, PersonColumn):
        return None if column.people[person] < 0 else float(column.people[person])
    return None


def answers(roster: Roster, field: str, person: int) -> set[str]:
    """The answers of one person as written; a single choice is a set of one."""
    column = roster.columns[field]
    if isinstance(column, SetColumn):
        bits = bits_of(column.words, person)
        return {label for code, label in enumerate(column.labels) if bits >> code & 1}
    single = cell(roster, field, person)
    return {single} if isinstance(single, str) else set()


def both_answers(ground: Ground, fields: FieldPair, mentee: int, mentor: int) -> tuple[set[str], set[str]]:
    """The answers of the two in the spelling in which they are compared."""
    ours = {_spelled(ground, fields, answer) for answer in answers(ground.roster, fields.mentee, mentee)}
    theirs = {_spelled(ground, fields, answer) for answer in answers(ground.roster, fields.mentor, mentor)}
    return ours, theirs


def _spelled(ground: Ground, fields: FieldPair, answer: str) -> str:
    asked = [field for name in (fields.mentee, fields.mentor) if (field := ground.contract.field(name))]
    return match_key(answer, *asked)


def _answered_alike(ground: Ground, predicate: Overlap | Contains, mentee: int, mentor: int) -> bool | None:
    ours, theirs = both_answers(ground, predicate.fields, mentee, mentor)
    if not ours or not theirs:
        return None
    if isinstance(predicate, Contains):
        return ours <= theirs
    common = len(ours & theirs)
    return common >= predicate.at_least and common * WHOLE >= predicate.share * len(whole(ours, theirs, predicate.of))


def whole(ours: set[str], theirs: set[str], of: Of) -> set[str]:
    """The answers of which a share is taken."""
    return {Of.MENTEE: ours, Of.MENTOR: theirs, Of.UNION: ours | theirs}[of]


def listed_values(
    ground: Ground, fields: FieldPair, listed: tuple[tuple[str, str], ...], mentee: int, mentor: int
) -> list[int] | None:
    """The places in a list of pairs of values at which the two stand, or None when one of them said nothing."""
    said = []
    for name, person in ((fields.mentee, mentee), (fields.mentor, mentor)):
        field = ground.contract.field(name)
        asked = [field] if field else []
        said.append((asked, {match_key(answer, *asked) for answer in answers(ground.roster, name, person)}))
    (mine, ours), (yours, theirs) = said
    if not ours or not theirs:
        return None
    pairs = [(match_key(one, *mine), match_key(two, *yours)) for one, two in listed]
    return [place for place, (one, two) in enumerate(pairs) if one in ours and two in theirs]


# -- distances ---------------------------------------------------------------------------------------------------------


def gap_of(roster: Roster, predicate: Gap, mentee: int, mentor: int) -> float | None:
    """The mentor's place less the mentee's on an order, or None."""
    sides = []
    for field, person in ((predicate.fields.mentor, mentor), (predicate.fields.mentee, mentee)):
        column = roster.columns[field]
        number = float(column.codes[person]) if isinstance(column, CodeColumn) else cell(roster, field, person)
        if not isinstance(number, float) or (isinstance(column, CodeColumn) and number < 0):
            return None
        sides.append(number)
    gap = sides[0] - sides[1]
    return float(round(gap)) if abs(gap - round(gap)) < 5e-10 else gap  # noqa: PLR2004 - half the last decimal


def _line(roster: Roster, field: str, line: Line, mentee: int, mentor: int) -> bool:
    """A blank manager is the top of a line, not an unknown."""
    column = roster.columns[field]
    manager: list[int] = column.people.tolist() if isinstance(column, PersonColumn) else []
    if line is Line.DIRECT:
        return manager[mentee] == mentor or manager[mentor] == mentee
    if line is Line.SAME_MANAGER:
        return manager[mentee] >= 0 and manager[mentee] == manager[mentor]
    return mentor in _above(manager, mentee) or mentee in _above(manager, mentor)


def _above(manager: list[int], person: int) -> list[int]:
    chain = []
    while manager[person] >= 0:
        person = manager[person]
        chain.append(person)
    return chain


def _offset(ground: Ground, field: str, person: int) -> int:
    column = ground.roster.columns.get(field)
    if isinstance(column, CodeColumn) and column.codes[person] >= 0:
        return utc_offset_minutes(ground.day, column.labels[column.codes[person]])
    return utc_offset_minutes(ground.day, ground.timezone)


def _shared_time(ground: Ground, predicate: AvailabilityOverlap, mentee: int, mentor: int) -> bool | None:
    column = ground.roster.columns[predicate.field]
    if not isinstance(column, WeekColumn) or not (column.known[mentee] and column.known[mentor]):
        return None
    weeks = [
        shifted(
            bits_of(column.words, person) & ((1 << QUARTERS_PER_WEEK) - 1),
            -_offset(ground, "timezone", person) // 15,
        )
        for person in (mentee, mentor)
    ]
    shared = weeks[0] & weeks[1]
    return shared.bit_count() * 15 >= predicate.minutes and _longest(shared) * 15 >= predicate.block


def _longest(week: int) -> int:
    """The quarter hours of the longest stretch of a week that goes round."""
    if week.bit_count() == QUARTERS_PER_WEEK:
        return QUARTERS_PER_WEEK
    written = format(week, f"0{QUARTERS_PER_WEEK}b")
    return max(len(stretch) for stretch in (written * 2).split("0"))


# -- what is known about the two ---------------------------------------------------------------------------------------


def _named(roster: Roster, predicate: Rank, mentee: int, mentor: int) -> bool | None:
    owner = mentor if predicate.by is Role.MENTOR else mentee
    if not _ranked(roster, predicate.field, owner):
        return None
    place = place_of(roster, predicate, mentee, mentor)
    return place is not None and (predicate.within is None or place < predicate.within)


def place_of(roster: Roster, predicate: Rank, mentee: int, mentor: int) -> int | None:
    """At which place one names the other, from 0, or None."""
    owner, other = (mentor, mentee) if predicate.by is Role.MENTOR else (mentee, mentor)
    ranked = _ranked(roster, predicate.field, owner)
    return ranked.index(other) if other in ranked else None


def _ranked(roster: Roster, field: str, person: int) -> list[int]:
    column = roster.columns[field]
    if not isinstance(column, RankColumn):
        return []
    ranked: list[int] = column.people[column.starts[person] : column.starts[person + 1]].tolist()
    return ranked


def _before(ground: Ground, predicate: MetBefore | DeclinedBefore, mentee: int, mentor: int) -> bool:
    history = ground.history
    if history is None:
        return False
    if isinstance(predicate, DeclinedBefore):
        return bool(days_of(history.declined, mentee, mentor))
    days = days_of(history.met, mentee, mentor)
    if predicate.within is None or not days:
        return bool(days)
    within = Duration(months=predicate.within.months, days=predicate.within.days)
    return date.fromordinal(max(days)) >= later(history.as_of, within, times=-1)


def days_of(facts: PairFacts, one: int, two: int) -> list[int]:
    """The days on which something happened between two people."""
    there, back = (facts.one == one) & (facts.two == two), (facts.one == two) & (facts.two == one)
    found: list[int] = facts.day[there | back].tolist()
    return found


def outside_score(ground: Ground, mentee: int, mentor: int) -> int | None:
    """The score that another system gave to a pair, or None."""
    if ground.outside is None:
        return None
    found: list[int] = ground.outside.score[
        (ground.outside.mentee == mentee) & (ground.outside.mentor == mentor)
    ].tolist()
    return found[0] if found else None


# -- expressions -------------------------------------------------------------------------------------------------------


def _expression(ground: Ground, text: str, mentee: int, mentor: int) -> bool | None:
    expression = expression_of(ground, text)
    people = {"mentee": mentee, "mentor": mentor, "a": mentee, "b": mentor}
    row = {}
    for variable in expression.variables:
        who, _, field = variable.name.partition(".")
        row[variable.name] = _plain(ground, field, people[who])
    if any(row[name] is None for name in expression.required):
        return None
    return to_closure(expression)(row)


def _plain(ground: Ground, field: str, person: int) -> Value:
    """A cell as an expression takes it."""
    roster, column = ground.roster, ground.roster.columns[field]
    if isinstance(column, SetColumn):
        return frozenset(answers(roster, field, person))
    if isinstance(column, TextColumn):
        return column.values[person] if column.values[person].strip() else None
    value, declared = cell(roster, field, person), ground.contract.field(field)
    if value is None or declared is None:
        return None
    if declared.type is FieldType.BOOLEAN:
        return value == "yes"
    if isinstance(value, float) and declared.type is FieldType.DATE:
        return date.fromordinal(int(value))
    if isinstance(value, float) and declared.type is FieldType.PERSON:
        return roster.roster_ids[int(value)]
    return value
