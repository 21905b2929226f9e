"""Checks of timetables, written without the code that makes them: the problem as it is stated, in other words.

All meetings of all pairs stand in one table with a row each, so that a check of thousands takes milliseconds: it goes
with every answer.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.scheduling.problem import SeriesAnswer, SeriesProblem, Terms
from mentorctl.values import dataclass

type Numbers = NDArray[np.int64]


def verify_series(problem: SeriesProblem, answer: SeriesAnswer) -> tuple[str, ...]:
    """Everything that is wrong with a timetable, as sentences; empty if it keeps all limits and counts
    right.
    """
    if len(answer.starts) != len(problem.pairs):
        return (f"{len(answer.starts)} series were given for {len(problem.pairs)} pairs",)
    table = _Table.of(problem, answer)
    found = [*_pair_violations(problem, table)]
    if found:
        return tuple(found)  # worth and weeks of unknown times cannot be counted
    found += _people_violations(problem, table)
    found += _pool_violations(problem, table)
    value = _value(problem, answer, table)
    if value != answer.value:
        found.append(f"the meetings are worth {value}, not {answer.value}")
    found += _bound_violations(answer)
    return tuple(found)


def series_value(problem: SeriesProblem, answer: SeriesAnswer) -> int:
    """The worth of all meetings less what hardship costs; each must be at a candidate of its pair."""
    return _value(problem, answer, _Table.of(problem, answer))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    """A row per meeting: its pair, window, slot and end, and its place among all candidates of all pairs, -1 for none.

    `first` is where the candidates of each pair begin; `week`, `worth` and `regular` are those of the meetings; `terms`
    has a row per pair: length, least and most gap, bonus.
    """

    pair: Numbers
    window: Numbers
    slot: Numbers
    end: Numbers
    place: Numbers
    first: Numbers
    week: Numbers
    worth: Numbers
    regular: Numbers
    said_window: Numbers
    terms: Numbers

    @classmethod
    def of(cls, problem: SeriesProblem, answer: SeriesAnswer) -> Self:
        pairs = problem.pairs
        counts = [len(meetings) for meetings in answer.starts]
        meetings = np.array([m for held in answer.starts for m in held], np.int64).reshape(-1, 2)
        pair = np.repeat(np.arange(len(pairs)), counts)
        slots = _joined([each.slots for each in pairs])
        sizes = np.array([len(each.slots) for each in pairs], np.int64)
        least = min(slots.min(initial=0), meetings[:, 1].min(initial=0))
        width = 1 + max(slots.max(initial=0), meetings[:, 1].max(initial=0)) - least
        known = np.repeat(np.arange(len(pairs)), sizes) * width + slots - least
        wanted = pair * width + meetings[:, 1] - least
        place = np.searchsorted(known, wanted)
        exists = np.append(known, -1)[place] == wanted
        shown = np.where(exists, place, len(slots))
        columns = (
            np.append(_joined([getattr(each, name) for each in pairs]), 0)[shown]
            for name in ("week", "worth", "regular", "window")
        )
        week, worth, regular, window = columns
        kinds = {id(each.terms): problem.terms(each) for each in pairs}
        terms = [_numbers(kinds[id(each.terms)]) for each in pairs]
        table = np.array(terms, np.int64).reshape(len(pairs), 4)
        return cls(
            pair=pair,
            window=meetings[:, 0],
            slot=meetings[:, 1],
            end=meetings[:, 1] + table[pair, 0],
            terms=table,
            place=np.where(exists, place, -1),
            first=np.cumsum(sizes) - sizes,
            week=week,
            worth=worth,
            regular=regular,
            said_window=window,
        )


def _numbers(terms: Terms) -> tuple[int, int, int, int]:
    return terms.length, terms.gap_min, terms.gap_max, terms.regular_bonus


def _counted(one: Numbers, two: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """The pairs of numbers that occur, and how often."""
    order = np.lexsort((two, one))
    one, two = one[order], two[order]
    new = np.append(True, (one[1:] != one[:-1]) | (two[1:] != two[:-1]))[: len(one)]
    begins = np.flatnonzero(new)
    return one[begins], two[begins], np.diff(np.append(begins, len(one)))


def _joined(parts: list[NDArray[np.int64]]) -> Numbers:
    return np.concatenate([np.zeros(0, np.int64), *parts]).astype(np.int64)


def _value(problem: SeriesProblem, answer: SeriesAnswer, table: _Table) -> int:
    total = int(table.worth.sum())
    pairs, _, meetings = _counted(table.pair, table.regular)
    most = np.zeros(len(problem.pairs), np.int64)
    np.maximum.at(most, pairs, meetings)
    total += int(most @ table.terms[:, 3])
    if problem.before is not None:
        for had, has in zip(problem.before.starts, answer.starts, strict=True):
            total += problem.before.stay * len(set(had) & set(has))
    return total - sum(
        step.price * max(0, points - step.above) for points in _borne(problem, table).values() for step in problem.steps
    )


def _borne(problem: SeriesProblem, table: _Table) -> Counter[int]:
    """The hardship of each person, over all meetings."""
    borne: Counter[int] = Counter()
    if problem.steps and any(pair.hardship is not None for pair in problem.pairs):
        for number, place in zip(table.pair.tolist(), (table.place - table.first[table.pair]).tolist(), strict=True):
            pair = problem.pairs[number]
            if pair.hardship is not None:
                for row, person in enumerate(pair.people):
                    borne[person] += int(pair.hardship[row, place])
    return borne


def _pair_violations(problem: SeriesProblem, table: _Table) -> Iterator[str]:
    """What a pair breaks by itself: times that are no candidates, two in a window, too near and too far."""
    for row in np.flatnonzero(table.place < 0).tolist():
        yield f"pair {_people(problem, table, row)}: a meeting at {table.slot[row]}, which is no candidate"
    for row in np.flatnonzero((table.place >= 0) & (table.window != table.said_window)).tolist():
        belongs = f"belongs to window {table.said_window[row]}, not {table.window[row]}"
        yield f"pair {_people(problem, table, row)}: the meeting at {table.slot[row]} {belongs}"
    same = table.pair[1:] == table.pair[:-1]
    between, windows = np.diff(table.slot), np.diff(table.window)
    for row in np.flatnonzero(same & ((windows <= 0) | (between <= 0))).tolist():
        both = f"{table.slot[row]} and {table.slot[row + 1]}"
        yield f"pair {_people(problem, table, row)}: the meetings at {both} are not in order, one per window"
    _, least, most, _ = table.terms[table.pair[1:]].T
    wrong = (between < least) | (between > most)
    for row in np.flatnonzero(same & (windows == 1) & (between > 0) & wrong).tolist():
        both = f"{table.slot[row]} and {table.slot[row + 1]}"
        apart = f"{between[row]} quarters apart, not {least[row]} to {most[row]}"
        yield f"pair {_people(problem, table, row)}: the meetings at {both} are {apart}"


def _people(problem: SeriesProblem, table: _Table, row: int) -> tuple[int, ...]:
    return problem.pairs[int(table.pair[row])].people


def _people_violations(problem: SeriesProblem, table: _Table) -> Iterator[str]:
    """Overlaps and overfull weeks of one person, over all pairs the person is in."""
    sizes = np.array([len(pair.people) for pair in problem.pairs], np.int64)
    everybody = _joined([np.array(pair.people, np.int64) for pair in problem.pairs])
    meeting = np.repeat(np.arange(len(table.pair)), sizes[table.pair])
    first = (np.cumsum(sizes) - sizes)[table.pair]
    begins = np.cumsum(sizes[table.pair]) - sizes[table.pair]
    person = everybody[first[meeting] + np.arange(len(meeting)) - begins[meeting]]
    order = np.lexsort((table.slot[meeting], person))
    who, start, end = person[order], table.slot[meeting][order], table.end[meeting][order]
    for row in np.flatnonzero((who[1:] == who[:-1]) & (start[1:] < end[:-1])).tolist():
        yield f"person {who[row]} would be in two sessions, from {start[row]} and from {start[row + 1]}"
    people, weeks, counts = _counted(person, table.week[meeting])
    for row in np.flatnonzero(counts > 1).tolist():
        most = problem.weekly(int(people[row]))
        if counts[row] > most:
            yield f"person {people[row]} would have {counts[row]} sessions in week {weeks[row]}, not {most} at most"


def _pool_violations(problem: SeriesProblem, table: _Table) -> Iterator[str]:
    """Where more meetings take place at a time than a pool has places for."""
    for pool, places in enumerate(problem.pools):
        using = np.array([pool in pair.pools for pair in problem.pairs], np.bool_)[table.pair]
        changes = [(start, 1) for start in table.slot[using].tolist()] + [
            (end, -1) for end in table.end[using].tolist()
        ]
        going_on = 0
        for when, change in sorted(changes):  # whoever leaves does so before the next one comes
            going_on += change
            if going_on > places:
                yield f"pool {pool} would have {going_on} meetings at {when} in {places} places"


def _bound_violations(answer: SeriesAnswer) -> Iterator[str]:
    if answer.bound < answer.value:
        yield f"the bound {answer.bound} is below the value {answer.value}"
    if answer.parts and sum(part.bound - part.value for part in answer.parts) != answer.bound - answer.value:
        yield "the gaps of the parts do not add up to that of the whole"
    if answer.proved != (answer.bound == answer.value):
        yield f"value {answer.value} and bound {answer.bound} do not agree with proved = {answer.proved}"
