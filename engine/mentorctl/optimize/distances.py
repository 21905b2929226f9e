"""Predicates that measure how far two people are apart: on an order, in the line of managers, on the clock."""

from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentorctl.dates.week import QUARTERS_PER_WEEK, shifted
from mentorctl.dates.zones import utc_offset_minutes
from mentorctl.optimize.answers import in_common
from mentorctl.optimize.ground import (
    NOTHING,
    Amounts,
    Compiled,
    Few,
    Ground,
    Indices,
    Kinds,
    Numbers,
    Truths,
    always,
    kinds_of,
    one_of_each,
)
from mentorctl.roster.people import (
    WEEK_WORDS,
    CodeColumn,
    Column,
    NumberColumn,
    PersonColumn,
    WeekColumn,
    Words,
    bits_of,
    words_of,
)
from mentorctl.rules.pairs import AvailabilityOverlap, Gap, Line, ReportingLine, TimezoneWithin

_CRUMB = 5e-10  # half of the last decimal that a roster can hold


# -- an order ----------------------------------------------------------------------------------------------------------


def gap(ground: Ground, predicate: Gap) -> Compiled:
    names = (predicate.fields.mentee, predicate.fields.mentor)
    ours, theirs = (_ordered(ground.roster.columns[name]) for name in names)
    least = -np.inf if predicate.low is None else predicate.low
    most = np.inf if predicate.high is None else predicate.high

    def between(e: Indices, m: Indices) -> Numbers:
        return np.asarray(near_whole(theirs[m] - ours[e]))  # NaN is a blank

    def holds(e: Indices, m: Indices) -> Truths:
        apart = between(e, m)
        return np.asarray((apart >= least) & (apart <= most))

    def amount(e: Indices, m: Indices) -> Amounts:
        apart = between(e, m)
        return np.where(apart == np.rint(apart), apart, NOTHING).astype(np.int64)

    return Compiled(
        holds=holds,
        known=lambda e, m: ~np.isnan(between(e, m)),
        amount=amount,
        kinds=lambda e, m: (kinds_of(ours[e]), kinds_of(theirs[m])),
    )


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


# -- managers ----------------------------------------------------------------------------------------------------------


def reporting_line(ground: Ground, predicate: ReportingLine) -> Compiled:
    column = ground.roster.columns[predicate.field]
    if not isinstance(column, PersonColumn):
        raise TypeError(f"`{predicate.field}` names no people; spec.rule_checks lets no such rule pass")
    manager, known = column.people, always  # a blank manager is the top of a line, not an unknown
    if predicate.line is Line.DIRECT:
        managed = np.flatnonzero(manager >= 0).astype(np.int32)
        one, other = (managed, manager[managed]), (manager[managed], managed)
        few = Few(one=np.concatenate(one), other=np.concatenate(other), holds=True)
        return Compiled(holds=lambda e, m: (manager[e] == m) | (manager[m] == e), known=known, few=few)
    if predicate.line is Line.SAME_MANAGER:
        return Compiled(
            holds=lambda e, m: (manager[e] == manager[m]) & (manager[e] >= 0), known=known, kinds=_both_sides(manager)
        )
    enter, leave = management_intervals(column)

    def above(a: Indices, b: Indices) -> Truths:
        return np.asarray((enter[a] < enter[b]) & (leave[b] <= leave[a]))

    return Compiled(holds=lambda e, m: above(e, m) | above(m, e), known=known)


def management_intervals(column: PersonColumn) -> tuple[Indices, Indices]:
    """Numbers of a walk over the tree of managers: a stands above b when a's interval holds b's.

    The roster reader has refused circles. Each person is entered and left once, so this is linear.
    """
    manager = column.people
    people = len(manager)
    order = np.argsort(manager, kind="stable")
    begins = np.searchsorted(manager[order], np.arange(people + 1)).tolist()
    reports = order.tolist()
    enter, leave = [0] * people, [0] * people
    clock = 0
    stack = reports[: begins[0]]  # who has no manager
    while stack:
        person = stack.pop()
        clock += 1
        if person < 0:
            leave[~person] = clock
            continue
        enter[person] = clock
        stack.append(~person)
        stack += reports[begins[person] : begins[person + 1]]
    return np.array(enter, np.int32), np.array(leave, np.int32)


# -- clocks ------------------------------------------------------------------------------------------------------------


def zone_offsets(ground: Ground, field: str) -> Indices:
    """How far each person's clock is ahead of UTC on the day, in minutes; blanks have the program's zone."""
    return _offsets(ground.roster.columns.get(field), len(ground.roster.ids), ground.day, ground.timezone)


def _offsets(zones: Column | None, people: int, day: date, timezone: str) -> Indices:
    default = utc_offset_minutes(day, timezone)
    if not isinstance(zones, CodeColumn):
        return np.full(people, default, np.int32)
    offsets = np.array([*(utc_offset_minutes(day, label) for label in zones.labels), default], np.int32)
    return offsets[zones.codes]


def timezone_within(ground: Ground, predicate: TimezoneWithin) -> Compiled:
    offsets, minutes = zone_offsets(ground, predicate.field), predicate.minutes
    return Compiled(
        holds=lambda e, m: np.abs(offsets[e] - offsets[m]) <= minutes, known=always, kinds=_both_sides(offsets)
    )


def availability_overlap(ground: Ground, predicate: AvailabilityOverlap) -> Compiled:
    column = ground.roster.columns[predicate.field]
    if not isinstance(column, WeekColumn):
        raise TypeError(f"`{predicate.field}` is no availability; spec.rule_checks lets no such rule pass")
    quarters, block = -(-predicate.minutes // 15), -(-predicate.block // 15)
    clock = (ground.roster.columns.get("timezone"), ground.day, ground.timezone)
    weeks = _weeks(column, *clock)
    # where both can begin a stretch of that length, they have the stretch in common
    begins = _weeks(column, *clock, block) if block else weeks
    count = in_common(weeks, weeks)

    def has_block(e: Indices, m: Indices) -> Truths:
        found: Truths = np.zeros(np.broadcast_shapes(e.shape, m.shape), np.bool_)
        for word in range(WEEK_WORDS):
            found |= (begins[e, word] & begins[m, word]) != 0
        return found

    def holds(e: Indices, m: Indices) -> Truths:
        if block and quarters <= block:
            return has_block(e, m)
        enough = np.asarray(count(e, m) >= quarters)
        return enough & has_block(e, m) if block else enough

    return Compiled(
        holds=holds,
        known=lambda e, m: column.known[e] & column.known[m],
        amount=count,
        kinds=_both_sides(column.known, weeks),
    )


@lru_cache(maxsize=8)  # the programs of a workspace have one roster
def _weeks(column: WeekColumn, zones: Column | None, day: date, timezone: str, block: int = 0) -> Words:
    """Everybody's availability in the quarter hours of a week in UTC; with `block`, where that much is free on end."""
    offsets = _offsets(zones, len(column.words), day, timezone)
    kind = kinds_of(column.words, offsets)  # many people are free at the same times
    weeks = []
    for person in one_of_each(kind).tolist():
        week = shifted(bits_of(column.words, person), -int(offsets[person]) // 15)
        weeks.append(starts(week, block) if block else week)
    return words_of(weeks, WEEK_WORDS)[kind]


def starts(week: int, quarters: int) -> int:
    """The quarter hours from which a week is free for some quarter hours on end, past its end into the next."""
    if quarters > QUARTERS_PER_WEEK:
        return 0
    reach = 1
    while reach < quarters:
        step = min(reach, quarters - reach)
        week &= shifted(week, -step)
        reach += step
    return week


def _both_sides(*columns: NDArray[Any]) -> Kinds:
    """Where mentees and mentors are alike by the same columns."""
    return lambda e, m: (kinds_of(*(column[e] for column in columns)), kinds_of(*(column[m] for column in columns)))
