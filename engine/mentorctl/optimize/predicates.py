"""Predicates over pairs, compiled to functions over index arrays.

The arrays broadcast, so that the same code serves a block of the whole matrix (rows against columns) and a list of
single pairs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mentorctl.dates.week import shifted
from mentorctl.dates.zones import utc_offset_minutes
from mentorctl.roster.cells import match_key
from mentorctl.roster.people import (
    WEEK_WORDS,
    CodeColumn,
    Column,
    NumberColumn,
    PersonColumn,
    RankColumn,
    Roster,
    SetColumn,
    WeekColumn,
    Words,
    bits_of,
    words_of,
)
from mentorctl.rules.fields import Contract, Role
from mentorctl.rules.pairs import (
    AvailabilityOverlap,
    Different,
    FieldPair,
    Gap,
    Line,
    Not,
    Overlap,
    Predicate,
    Rank,
    ReportingLine,
    Same,
    TimezoneWithin,
)

type Indices = NDArray[np.int32]
type Truths = NDArray[np.bool_]
type Amounts = NDArray[np.int64]
type Numbers = NDArray[np.float64]
type Test = Callable[[Indices, Indices], Truths]
type Measure = Callable[[Indices, Indices], Amounts]


_CRUMB = 5e-10  # half of the last decimal that a roster can hold
NOTHING = 1 << 62  # an amount that no score rewards


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What rules are evaluated on: the roster, its contract, and the day and zone for local clocks."""

    roster: Roster
    contract: Contract
    day: date
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """`holds` and `known` (no cell that it needs is blank) for pairs; `amount` is the number of answers in common, the
    gap, or the place in the ranking, and NOTHING where there is none.
    """

    holds: Test
    known: Test
    amount: Measure | None = None


def field_names(predicate: Predicate) -> tuple[str, ...]:
    """The contract's fields that a predicate reads."""
    match predicate:
        case Not(of=inner):
            return field_names(inner)
        case Same(fields=f) | Different(fields=f) | Overlap(fields=f) | Gap(fields=f):
            return (f.mentee, f.mentor)
        case _:
            return (predicate.field,)


def compiled(ground: Ground, predicate: Predicate) -> Compiled:
    match predicate:
        case Same(fields=fields):
            return _same(ground, fields)
        case Different(fields=fields):
            same = _same(ground, fields)
            return Compiled(holds=lambda e, m: ~same.holds(e, m), known=same.known)
        case Overlap(fields=fields, at_least=least):
            return _overlap(ground, fields, least)
        case Gap(fields=fields, low=low, high=high):
            return _gap(ground, fields, low, high)
        case ReportingLine(line=line, field=field):
            return _reporting_line(_people(ground, field), line)
        case TimezoneWithin(minutes=minutes, field=field):
            return _timezone_within(ground, field, minutes)
        case AvailabilityOverlap(minutes=minutes, field=field):
            return _availability_overlap(ground, field, minutes)
        case Rank(by=by, field=field):
            return _rank(ground, by, field)
        case Not(of=inner):
            negated = compiled(ground, inner)
            return Compiled(holds=lambda e, m: ~negated.holds(e, m), known=negated.known)


def _always(mentee: Indices, mentor: Indices) -> Truths:
    return np.ones(np.broadcast_shapes(mentee.shape, mentor.shape), np.bool_)


def _same(ground: Ground, fields: FieldPair) -> Compiled:
    ours, theirs = _comparable(ground, fields)
    return Compiled(
        holds=lambda e, m: ours[e] == theirs[m],  # NaN, a blank, equals nothing
        known=lambda e, m: ~(np.isnan(ours[e]) | np.isnan(theirs[m])),
    )


def _comparable(ground: Ground, fields: FieldPair) -> tuple[Numbers, Numbers]:
    """Both columns as numbers that are equal when the values are; blanks are NaN."""
    ours, theirs = ground.roster.columns[fields.mentee], ground.roster.columns[fields.mentor]
    if isinstance(ours, CodeColumn) and isinstance(theirs, CodeColumn):
        spelled = spelling(ground.contract, fields)
        place = {spelled(label): code for code, label in enumerate(ours.labels)}
        extra = len(ours.labels)
        known = [place.get(spelled(label), extra + code) for code, label in enumerate(theirs.labels)]
        recode = np.array([*known, np.nan])  # the blank, -1, indexes the last entry
        return np.where(ours.codes < 0, np.nan, ours.codes), recode[theirs.codes]
    return _numbers(ours), _numbers(theirs)


def spelling(contract: Contract, fields: FieldPair) -> Callable[[str], str]:
    """How labels of two fields are compared: as the roster compares those of one."""
    asked = [field for name in (fields.mentee, fields.mentor) if (field := contract.field(name))]
    return lambda label: match_key(label, *asked)


def _numbers(column: Column) -> Numbers:
    if isinstance(column, NumberColumn):
        return column.values
    if isinstance(column, PersonColumn):
        return np.where(column.people < 0, np.nan, column.people)
    raise TypeError(f"{type(column).__name__} is not compared; spec.rule_checks lets no such rule pass")


def _overlap(ground: Ground, fields: FieldPair, least: int) -> Compiled:
    ours, theirs = _joint_sets(ground, fields)
    answered, offered = ours.any(axis=1), theirs.any(axis=1)

    def count(e: Indices, m: Indices) -> Amounts:
        total: Amounts = np.zeros(np.broadcast_shapes(e.shape, m.shape), np.int64)
        for word in range(ours.shape[1]):
            total += np.bitwise_count(ours[e, word] & theirs[m, word])
        return total

    def holds(e: Indices, m: Indices) -> Truths:
        if least > 1:
            return np.asarray(count(e, m) >= least)
        any_common = np.zeros(np.broadcast_shapes(e.shape, m.shape), np.bool_)
        for word in range(ours.shape[1]):
            any_common |= (ours[e, word] & theirs[m, word]) != 0
        return any_common

    return Compiled(holds=holds, known=lambda e, m: answered[e] & offered[m], amount=count)


def _joint_sets(ground: Ground, fields: FieldPair) -> tuple[Words, Words]:
    """Both columns as bit sets over one list of labels; a single choice is a set of one."""
    columns = [ground.roster.columns[name] for name in (fields.mentee, fields.mentor)]
    spelled = spelling(ground.contract, fields)
    places: dict[str, int] = {}
    for column in columns:
        for label in getattr(column, "labels", ()):
            places.setdefault(spelled(label), len(places))
    width = max(1, -(-len(places) // 64))
    ours, theirs = (
        _relabelled(column, [places[spelled(label)] for label in getattr(column, "labels", ())], width)
        for column in columns
    )
    return ours, theirs


def _relabelled(column: Column, places: list[int], width: int) -> Words:
    """A column as bit sets in which its label of code k is bit `places[k]`."""
    if isinstance(column, CodeColumn):
        rows = [words_of(1 << place, width) for place in places]
        return np.stack([*rows, np.zeros(width, np.uint64)])[column.codes]
    if not isinstance(column, SetColumn):
        raise TypeError(f"{type(column).__name__} has no answers; spec.rule_checks lets no such rule pass")
    made = np.zeros((len(column.words), width), np.uint64)
    for code, place in enumerate(places):
        has = (column.words[:, code // 64] >> np.uint64(code % 64)) & np.uint64(1)
        made[:, place // 64] |= has << np.uint64(place % 64)
    return made


def _gap(ground: Ground, fields: FieldPair, low: int | None, high: int | None) -> Compiled:
    ours, theirs = (_ordered(ground.roster.columns[name]) for name in (fields.mentee, fields.mentor))
    least, most = (-np.inf if low is None else low), (np.inf if high is None else high)

    def gap(e: Indices, m: Indices) -> Numbers:
        return np.asarray(near_whole(theirs[m] - ours[e]))  # NaN is a blank

    def holds(e: Indices, m: Indices) -> Truths:
        apart = gap(e, m)
        return np.asarray((apart >= least) & (apart <= most))

    def amount(e: Indices, m: Indices) -> Amounts:
        apart = gap(e, m)
        return np.where(apart == np.rint(apart), apart, NOTHING).astype(np.int64)

    return Compiled(holds=holds, known=lambda e, m: ~np.isnan(gap(e, m)), amount=amount)


def near_whole(gap: Numbers) -> Numbers:
    """Differences that miss a whole number by rounding alone are that number: 4.1 - 0.1 is 4."""
    whole = np.rint(gap)
    return np.where(np.abs(gap - whole) < _CRUMB, whole, gap)


def _ordered(column: Column) -> Numbers:
    if isinstance(column, NumberColumn):
        return column.values
    if isinstance(column, CodeColumn):
        return np.where(column.codes < 0, np.nan, column.codes)
    raise TypeError(f"{type(column).__name__} has no order; spec.rule_checks lets no such rule pass")


def _people(ground: Ground, field: str) -> Indices:
    column = ground.roster.columns[field]
    if not isinstance(column, PersonColumn):
        raise TypeError(f"`{field}` names no people; spec.rule_checks lets no such rule pass")
    return column.people


def _reporting_line(manager: Indices, line: Line) -> Compiled:
    known = _always  # a blank manager is the top of a line, not an unknown
    if line is Line.DIRECT:
        return Compiled(holds=lambda e, m: (manager[e] == m) | (manager[m] == e), known=known)
    if line is Line.SAME_MANAGER:
        return Compiled(holds=lambda e, m: (manager[e] == manager[m]) & (manager[e] >= 0), known=known)
    enter, leave = management_intervals(manager)

    def above(a: Indices, b: Indices) -> Truths:
        return np.asarray((enter[a] < enter[b]) & (leave[b] <= leave[a]))

    return Compiled(holds=lambda e, m: above(e, m) | above(m, e), known=known)


def management_intervals(manager: Indices) -> tuple[Indices, Indices]:
    """Numbers of a walk over the tree of managers: a stands above b when a's interval holds b's.

    The roster reader has refused circles. Each person is entered and left once, so this is linear.
    """
    people = len(manager)
    order = np.argsort(manager, kind="stable")
    begins = np.searchsorted(manager[order], np.arange(people + 1))
    enter, leave = np.zeros(people, np.int32), np.zeros(people, np.int32)
    clock = 0
    stack = [(int(root), False) for root in np.flatnonzero(manager < 0)[::-1]]
    while stack:
        person, done = stack.pop()
        clock += 1
        if done:
            leave[person] = clock
            continue
        enter[person] = clock
        stack.append((person, True))
        stack.extend((int(report), False) for report in order[begins[person] : begins[person + 1]])
    return enter, leave


def zone_offsets(ground: Ground, field: str) -> Indices:
    """How far each person's clock is ahead of UTC on the day, in minutes; blanks have the program's zone."""
    column = ground.roster.columns.get(field)
    default = utc_offset_minutes(ground.day, ground.timezone)
    if not isinstance(column, CodeColumn):
        return np.full(len(ground.roster.ids), default, np.int32)
    offsets = np.array([*(utc_offset_minutes(ground.day, label) for label in column.labels), default], np.int32)
    return offsets[column.codes]


def _timezone_within(ground: Ground, field: str, minutes: int) -> Compiled:
    offsets = zone_offsets(ground, field)
    return Compiled(holds=lambda e, m: np.abs(offsets[e] - offsets[m]) <= minutes, known=_always)


def _availability_overlap(ground: Ground, field: str, minutes: int) -> Compiled:
    column = ground.roster.columns[field]
    if not isinstance(column, WeekColumn):
        raise TypeError(f"`{field}` is no availability; spec.rule_checks lets no such rule pass")
    offsets = zone_offsets(ground, "timezone")
    weeks = np.stack(
        [
            words_of(shifted(bits_of(column.words, row), -int(offsets[row]) // 15), WEEK_WORDS)
            for row in range(len(offsets))
        ]
    )
    quarters = -(-minutes // 15)

    def count(e: Indices, m: Indices) -> Amounts:
        total: Amounts = np.zeros(np.broadcast_shapes(e.shape, m.shape), np.int64)
        for word in range(WEEK_WORDS):
            total += np.bitwise_count(weeks[e, word] & weeks[m, word])
        return total

    return Compiled(
        holds=lambda e, m: np.asarray(count(e, m) >= quarters),
        known=lambda e, m: column.known[e] & column.known[m],
        amount=count,
    )


def _rank(ground: Ground, by: Role, field: str) -> Compiled:
    column = ground.roster.columns[field]
    if not isinstance(column, RankColumn):
        raise TypeError(f"`{field}` is no ranking; spec.rule_checks lets no such rule pass")
    people = len(ground.roster.ids)
    owner = np.repeat(np.arange(people, dtype=np.int64), np.diff(column.starts))
    place = np.arange(len(owner)) - column.starts[owner]
    keys = owner * people + column.people
    order = np.argsort(keys)
    keys, place = keys[order], place[order]

    def amount(e: Indices, m: Indices) -> Amounts:
        who, whom = (e, m) if by is Role.MENTEE else (m, e)
        wanted = who.astype(np.int64) * people + whom
        if not len(keys):
            return np.full(wanted.shape, NOTHING, np.int64)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, place[at], NOTHING)

    ranked = np.diff(column.starts) > 0
    return Compiled(
        holds=lambda e, m: np.asarray(amount(e, m) != NOTHING),
        known=lambda e, m: np.broadcast_to(
            ranked[e if by is Role.MENTEE else m], np.broadcast_shapes(e.shape, m.shape)
        ),
        amount=amount,
    )
