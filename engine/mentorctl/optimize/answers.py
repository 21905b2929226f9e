"""Predicates that compare answers: equal values, answers in common, pairs of values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np

from mentorctl.optimize.ground import (
    Amounts,
    Compiled,
    Ground,
    Indices,
    Measure,
    Numbers,
    Test,
    Truths,
    kinds_of,
)
from mentorctl.roster.cells import match_key
from mentorctl.roster.people import CodeColumn, Column, NumberColumn, PersonColumn, Roster, SetColumn, Words, words_of
from mentorctl.rules.fields import Contract
from mentorctl.rules.pairs import WHOLE, Contains, FieldPair, Of, Overlap, ValueMatrix


def same(ground: Ground, fields: FieldPair) -> Compiled:
    ours, theirs = _comparable(ground, fields)
    return Compiled(
        holds=lambda e, m: ours[e] == theirs[m],  # NaN, a blank, equals nothing
        known=lambda e, m: ~(np.isnan(ours[e]) | np.isnan(theirs[m])),
        kinds=lambda e, m: (kinds_of(ours[e]), kinds_of(theirs[m])),
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


# -- sets of answers ---------------------------------------------------------------------------------------------------


def overlap(ground: Ground, predicate: Overlap) -> Compiled:
    ours, theirs = joint_sets(ground, predicate.fields)
    answered, offered = ours.any(axis=1), theirs.any(axis=1)
    count = in_common(ours, theirs)
    least, share = predicate.at_least, predicate.share

    def any_common(e: Indices, m: Indices) -> Truths:
        found: Truths = np.zeros(np.broadcast_shapes(e.shape, m.shape), np.bool_)
        for word in range(ours.shape[1]):
            found |= (ours[e, word] & theirs[m, word]) != 0
        return found

    holds: Test = any_common
    if share:
        size = size_of(ours, theirs, predicate.of)

        def enough(e: Indices, m: Indices) -> Truths:
            common = count(e, m)
            return np.asarray((common >= least) & (common * WHOLE >= share * size(e, m)))

        holds = enough
    elif least > 1:
        holds = lambda e, m: np.asarray(count(e, m) >= least)  # noqa: E731
    return Compiled(
        holds=holds,
        known=lambda e, m: answered[e] & offered[m],
        amount=count,
        kinds=lambda e, m: (kinds_of(ours[e]), kinds_of(theirs[m])),
    )


def in_common(ours: Words, theirs: Words) -> Measure:
    """The number of bits that a row of ours and a row of theirs share."""
    first, *more = ((ours[:, word].copy(), theirs[:, word].copy()) for word in range(ours.shape[1]))

    def count(e: Indices, m: Indices) -> Amounts:
        total: Amounts = np.bitwise_count(first[0][e] & first[1][m]).astype(np.int64)
        for mine, yours in more:
            total += np.bitwise_count(mine[e] & yours[m])
        return total

    return count


def size_of(ours: Words, theirs: Words, of: Of) -> Measure:
    """The number of answers that a share is taken of."""
    mentees, mentors = (np.bitwise_count(side).sum(axis=1, dtype=np.int64) for side in (ours, theirs))
    count = in_common(ours, theirs)
    match of:
        case Of.MENTEE:
            return lambda e, m: np.broadcast_to(mentees[e], np.broadcast_shapes(e.shape, m.shape))
        case Of.MENTOR:
            return lambda e, m: np.broadcast_to(mentors[m], np.broadcast_shapes(e.shape, m.shape))
        case Of.UNION:
            return lambda e, m: mentees[e] + mentors[m] - count(e, m)


def contains(ground: Ground, predicate: Contains) -> Compiled:
    ours, theirs = joint_sets(ground, predicate.fields)
    answered, offered = ours.any(axis=1), theirs.any(axis=1)

    def holds(e: Indices, m: Indices) -> Truths:
        inside: Truths = np.broadcast_to(answered[e], np.broadcast_shapes(e.shape, m.shape)).copy()
        for word in range(ours.shape[1]):
            inside &= (ours[e, word] & ~theirs[m, word]) == 0
        return inside

    return Compiled(
        holds=holds,
        known=lambda e, m: answered[e] & offered[m],
        kinds=lambda e, m: (kinds_of(ours[e]), kinds_of(theirs[m])),
    )


def joint_sets(ground: Ground, fields: FieldPair) -> tuple[Words, Words]:
    """Both columns as bit sets over `joint_labels`; a single choice is a set of one."""
    return _joint_sets(ground.roster, ground.contract, fields)


@lru_cache(maxsize=32)  # the programs of a workspace have one roster
def _joint_sets(roster: Roster, contract: Contract, fields: FieldPair) -> tuple[Words, Words]:
    ours, theirs = _spelled_labels(roster, contract, fields)
    places = {label: place for place, label in enumerate(dict.fromkeys((*ours, *theirs)))}
    width = max(1, -(-len(places) // 64))
    mine, yours = (roster.columns[name] for name in (fields.mentee, fields.mentor))
    made = _relabelled(mine, [places[label] for label in ours], width)
    if fields.mentee == fields.mentor:
        return made, made
    return made, _relabelled(yours, [places[label] for label in theirs], width)


def joint_labels(ground: Ground, fields: FieldPair) -> tuple[str, ...]:
    """The labels of both fields in one list, in the spelling in which they are compared."""
    ours, theirs = _spelled_labels(ground.roster, ground.contract, fields)
    return tuple(dict.fromkeys((*ours, *theirs)))


def _spelled_labels(roster: Roster, contract: Contract, fields: FieldPair) -> tuple[list[str], list[str]]:
    spelled = spelling(contract, fields)
    ours = [spelled(label) for label in _labels(roster.columns[fields.mentee])]
    if fields.mentee == fields.mentor:
        return ours, ours
    return ours, [spelled(label) for label in _labels(roster.columns[fields.mentor])]


def _relabelled(column: Column, places: list[int], width: int) -> Words:
    """A column as bit sets in which its label of code k is bit `places[k]`."""
    if isinstance(column, CodeColumn):
        return words_of([*(1 << place for place in places), 0], width)[column.codes]
    if not isinstance(column, SetColumn):
        raise TypeError(f"{type(column).__name__} has no answers; spec.rule_checks lets no such rule pass")
    if places == list(range(len(places))) and column.words.shape[1] == width:
        return column.words
    made = np.zeros((len(column.words), width), np.uint64)
    for code, place in enumerate(places):
        made[:, place // 64] |= has_bit(column.words, code) << np.uint64(place % 64)
    return made


def has_bit(words: Words, place: int) -> Words:
    """One bit of each row, as 0 or 1."""
    bits: Words = (words[:, place // 64] >> np.uint64(place % 64)) & np.uint64(1)
    return bits


# -- pairs of values ---------------------------------------------------------------------------------------------------


def value_matrix(ground: Ground, predicate: ValueMatrix) -> Compiled:
    values = Values(ground, predicate.fields)
    listed = values.sums((one, two, 1) for one, two in predicate.pairs)
    forbid = predicate.forbid
    return Compiled(
        holds=lambda e, m: np.asarray((listed(e, m) == 0) == forbid), known=values.known, kinds=values.kinds
    )


class Values:
    """Two columns of labels, asked for pairs of values, which are compared as the roster compares those of a field."""

    def __init__(self, ground: Ground, fields: FieldPair) -> None:
        names = (fields.mentee, fields.mentor)
        self._columns = tuple(ground.roster.columns[name] for name in names)
        self._fields = tuple(ground.contract.field(name) for name in names)

    def known(self, e: Indices, m: Indices) -> Truths:
        ours, theirs = (_answered(column) for column in self._columns)
        return np.asarray(ours[e] & theirs[m])

    def kinds(self, e: Indices, m: Indices) -> tuple[Indices, Indices]:
        ours, theirs = (_codes(c) if isinstance(c, CodeColumn) else _words(c) for c in self._columns)
        return kinds_of(ours[e]), kinds_of(theirs[m])

    def sums(self, table: Iterable[tuple[str, str, int]]) -> Measure:
        """What the listed pairs (mentee's value, mentor's) that two people have are worth together."""
        worth: dict[tuple[str, str], int] = {}
        for one, two, points in table:
            pair = (self._key(0, one), self._key(1, two))
            worth[pair] = worth.get(pair, 0) + points
        places = [{value: at for at, value in enumerate(dict.fromkeys(p[side] for p in worth))} for side in (0, 1)]
        if all(isinstance(column, CodeColumn) for column in self._columns):
            return self._looked_up(worth, places)
        have = [[self._holders(side, value) for value in places[side]] for side in (0, 1)]

        def add(e: Indices, m: Indices) -> Amounts:
            total: Amounts = np.zeros(np.broadcast_shapes(e.shape, m.shape), np.int64)
            for (one, two), points in worth.items():
                total += points * (have[0][places[0][one]][e] & have[1][places[1][two]][m])
            return total

        return add

    def _looked_up(self, worth: Mapping[tuple[str, str], int], places: Sequence[Mapping[str, int]]) -> Measure:
        """The same for two single values, which are one entry of a table; its last row and column are other values."""
        grid = np.zeros((len(places[0]) + 1, len(places[1]) + 1), np.int64)
        for (one, two), points in worth.items():
            grid[places[0][one], places[1][two]] = points
        ours, theirs = (
            np.array([*(places[side].get(self._key(side, label), -1) for label in _labels(column)), -1])[_codes(column)]
            for side, column in enumerate(self._columns)
        )
        return lambda e, m: grid[ours[e], theirs[m]]

    def _holders(self, side: int, value: str) -> Truths:
        """Who has a value among theirs."""
        column = self._columns[side]
        codes = [code for code, label in enumerate(_labels(column)) if self._key(side, label) == value]
        if isinstance(column, CodeColumn):
            return np.isin(column.codes, codes)
        found: Truths = np.zeros(len(_answered(column)), np.bool_)
        for code in codes:
            found |= has_bit(column.words, code) != 0 if isinstance(column, SetColumn) else False
        return found

    def _key(self, side: int, text: str) -> str:
        field = self._fields[side]
        return match_key(text, field) if field else text


def _labels(column: Column) -> tuple[str, ...]:
    return column.labels if isinstance(column, CodeColumn | SetColumn) else ()


def _codes(column: Column) -> Indices:
    if isinstance(column, CodeColumn):
        return column.codes
    raise TypeError(f"{type(column).__name__} has no single value")


def _words(column: Column) -> Words:
    if isinstance(column, SetColumn):
        return column.words
    raise TypeError(f"{type(column).__name__} has no values; spec.rule_checks lets no such rule pass")


def _answered(column: Column) -> Truths:
    if isinstance(column, CodeColumn):
        return column.codes >= 0
    if isinstance(column, SetColumn):
        return column.words.any(axis=1)
    raise TypeError(f"{type(column).__name__} has no values; spec.rule_checks lets no such rule pass")
