"""Some courses of a timetable in one integer program, which proves the best timetable where it is small enough.

A column says whether a course has a session in a block, or how many of some people come to it. People who have the same
time, need the same courses and sit in the same sessions so far are one class, of which only numbers are decided, if
their courses follow each other: then the first to end one course are the first to begin the next, so that numbers are
enough. Everybody else is a class of their own.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from mentorctl.optimize.linear import LinearModel, dual_bound, solve
from mentorctl.optimize.scheduling.rows import Numbers, Rows, assemble, crowds, spread
from mentorctl.optimize.scheduling.timetable import NONE, Course, TimetableProblem, TrainingSession, Truths
from mentorctl.values import dataclass

_HALF = 0.5
_TOLERANCE = 1e-3  # of a bound, which is a whole number; a seat is worth up to a million


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choice:
    """The blocks in which a course may have a session, and who of its people could come to each.

    There is nothing better with another number of `sessions` than from the first to the second, nor with fewer `seats`.
    """

    course: int
    starts: tuple[int, ...]
    can: Truths  # person of the course by start
    sessions: tuple[int, int]
    seats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """The sessions of all courses, if any were found, and what no sessions in these blocks are worth more than."""

    sessions: tuple[TrainingSession, ...] | None
    bound: float


def is_simple(course: Course) -> bool:
    """Whether a block says all about a session: there is one room or facilitator at most, and no second session."""
    few = len(course.rooms) <= 1 and len(course.facilitators) <= 1
    return few and bool(course.rooms or course.facilitators or not course.seats)


def place_together(
    problem: TimetableProblem,
    choices: Sequence[Choice],
    known: Sequence[TrainingSession],
    *,
    remaining: Callable[[], float],
) -> Together:
    """The best sessions of all these courses, which are simple; `known` are some that are right.

    The relaxation bounds what they are worth, and the sessions that it holds in part are where good ones are looked for
    first. Its duals then say which columns are in nothing better than what was found, and the whole is solved without.
    """
    model = _Model(problem=problem, choices={each.course: each for each in choices})
    search = _Search(model=model, remaining=remaining, x=model.columns_of(known))
    relaxed = solve(search.program(whole=False), time_limit=_limit(remaining()))
    if math.isfinite(relaxed.bound):
        search.bound = math.ceil(relaxed.bound - _TOLERANCE)
    if relaxed.answered:
        search.look(model.columns_beside((relaxed.x > _TOLERANCE) | (search.x > _HALF)))
        search.look(search.not_worse(relaxed.row_duals), is_all=True)
    seats = search.seated()
    return Together(sessions=None if seats is None else tuple(model.sessions(seats)), bound=-search.bound)


def _limit(seconds: float) -> float | None:
    return max(0.0, seconds) if math.isfinite(seconds) else None


@dataclass(slots=True, kw_only=True, eq=False)
class _Search:
    """The best columns so far, and what none cost less than."""

    model: "_Model"
    remaining: Callable[[], float]
    x: Numbers
    bound: float = -math.inf
    _rows: list[Rows] = field(default_factory=list)

    def program(self, upper: Numbers | None = None, lower: Numbers | None = None, *, whole: bool = True) -> LinearModel:
        model = self.model
        self._rows = self._rows or [*model.rows()]
        limits = np.zeros(len(model.cost)) if lower is None else lower, model.upper if upper is None else upper
        return assemble(model.cost, limits, model.whole & whole, self._rows)

    @property
    def value(self) -> float:
        return float(self.model.cost @ self.x)

    def look(self, columns: Truths, *, is_all: bool = False) -> None:
        """Look for something better in some columns; `is_all` says that there is nothing better in the others."""
        if self.value <= self.bound + _HALF or self.remaining() <= 0:
            return
        upper = np.where(columns, self.model.upper, 0.0)
        found = solve(self.program(upper), time_limit=_limit(self.remaining()), start=self.x)
        if found.answered and self.model.cost @ found.x < self.value - _HALF:
            self.x = found.x
        if is_all and math.isfinite(found.bound):
            self.bound = max(self.bound, min(self.value, math.ceil(found.bound - _TOLERANCE)))

    def not_worse(self, row_duals: Numbers) -> Truths:
        """The columns that are in something better than what was found, as far as the duals of the relaxation tell."""
        every = np.ones(len(self.x), np.bool_)
        if not np.all(np.isfinite(row_duals)):
            return every
        program = self.program(whole=False)
        column = np.repeat(np.arange(len(self.x)), np.diff(program.starts))
        paid = np.bincount(column, program.values * row_duals[program.rows], minlength=len(self.x))
        return (program.cost - paid < self.value - dual_bound(program, row_duals) + _HALF) | (self.x > _HALF)

    def seated(self) -> Numbers | None:
        """The columns with those who need one course in whole numbers, in the earliest session of those as good.

        With the sessions given, they flow to seats, so that a corner of what is left is whole.
        """
        model = self.model
        lower, upper = np.where(model.whole, self.x, 0.0), np.where(model.whole, self.x, model.upper)
        found = solve(replace(self.program(upper, lower, whole=False), cost=model.seats_in_order()))
        return found.x if found.answered else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Class:
    """People of whom only numbers are decided: the courses they need in order, and where they sit in each so far."""

    people: tuple[int, ...]
    courses: tuple[int, ...]
    is_row: bool  # whether each course follows the one before


@dataclass(frozen=True, kw_only=True, eq=False)
class _Model:
    """First a column for each session that could be held, by course and block, then one for each class that comes."""

    problem: TimetableProblem
    choices: Mapping[int, Choice]
    _held: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for course, choice in sorted(self.choices.items()):
            for start in choice.starts:
                self._held[course, start] = len(self._held)

    @cached_property
    def classes(self) -> tuple[_Class, ...]:
        found: dict[object, list[int]] = {}
        needs: dict[object, tuple[tuple[int, ...], bool]] = {}
        for person, about in sorted(self.about.items()):
            courses = tuple(course for course, _, _ in about)
            is_row = all(one in self.problem.courses[two].after for one, two in pairwise(courses))
            key: object = about if is_row else person
            found.setdefault(key, []).append(person)
            needs[key] = courses, is_row
        return tuple(
            _Class(people=tuple(people), courses=needs[key][0], is_row=needs[key][1]) for key, people in found.items()
        )

    @cached_property
    def about(self) -> dict[int, tuple[tuple[int, bytes, int], ...]]:
        """For each person the courses that they could come to: when they could, and where they sit so far."""
        found: dict[int, tuple[tuple[int, bytes, int], ...]] = {}
        for course, choice in sorted(self.choices.items()):
            own = self.problem.courses[course]
            for row, person in enumerate(own.people):
                if choice.can[row].any():
                    seat = own.seated[row] if own.seated else NONE
                    found[person] = (*found.get(person, ()), (course, choice.can[row].tobytes(), seat))
        return found

    @cached_property
    def options(self) -> dict[tuple[int, int, int], int]:
        """The columns of who comes, by class, course and block."""
        found: dict[tuple[int, int, int], int] = {}
        for number, own in enumerate(self.classes):
            for course, can, _ in self.about[own.people[0]]:
                for place in np.flatnonzero(np.frombuffer(can, np.bool_)).tolist():
                    start = self.choices[course].starts[place]
                    found[number, course, start] = len(self._held) + len(found)
        return found

    @cached_property
    def cost(self) -> Numbers:
        problem = self.problem
        cost = np.zeros(len(self._held) + len(self.options))
        for (_, start), column in self._held.items():
            cost[column] = problem.session + problem.late * start
        seats = [{course: seat for course, _, seat in self.about[own.people[0]]} for own in self.classes]
        for (number, course, start), column in self.options.items():
            cost[column] = -problem.seat - (problem.stay if seats[number][course] == start else 0)
        return cost

    def seats_in_order(self) -> Numbers:
        """The cost of those who come, and of those that are as good in small numbers that of the earliest."""
        people = float(self.upper[len(self._held) :].sum())
        early = {start: place for place, start in enumerate(sorted({start for _, start in self._held}))}
        unit = (len(early) * people + 1) / math.gcd(self.problem.seat, self.problem.stay)
        cost = np.zeros(len(self.cost))
        for (_, _, start), column in self.options.items():
            cost[column] = unit * self.cost[column] + early[start]
        return cost

    @cached_property
    def upper(self) -> Numbers:
        sizes = [len(self.classes[number].people) for number, _, _ in self.options]
        return np.concatenate([np.ones(len(self._held)), np.array(sizes, np.float64)])

    @cached_property
    def whole(self) -> Truths:
        """Sessions are held or not; people who need one course only come out whole by themselves."""
        several = [len(self.classes[number].courses) > 1 for number, _, _ in self.options]
        return np.concatenate([np.ones(len(self._held), np.bool_), np.array(several, np.bool_)])

    # -- rows ----------------------------------------------------------------------------------------------------------

    def rows(self) -> Iterator[Rows]:
        yield from self._seats()
        yield from self._counts()
        yield from self._resources()
        of_class: list[list[tuple[int, int, int]]] = [[] for _ in self.classes]
        for (number, course, start), column in self.options.items():
            of_class[number].append((course, start, column))
        for own, mine in zip(self.classes, of_class, strict=True):
            for course in own.courses:
                for other in self.problem.courses[course].after:
                    if other in own.courses:
                        yield self._order(mine, other, course)
            if not own.is_row:
                yield from self._crowded(mine, 1)

    def _seats(self) -> Iterator[Rows]:
        """Nobody has two seats in a course, a session has no more than there are, and nobody comes to none."""
        once: dict[tuple[int, int], int] = {}
        count = len(self.options)
        keys = [once.setdefault((number, course), len(once)) for number, course, _ in self.options]
        columns = np.array([*self.options.values()], np.int64)
        sizes = np.array([len(self.classes[number].people) for number, _ in once], np.float64)
        yield Rows.at_most(np.array(keys, np.int64), columns, sizes)
        held = np.array([self._held[course, start] for _, course, start in self.options], np.int64)
        coming = np.bincount(held, self.upper[columns], minlength=len(self._held))
        limits = [self._most(course) for course, _ in self._held]
        room = np.minimum(coming, np.array(limits, np.float64))
        all_held = np.arange(len(self._held))
        yield Rows(
            row=np.concatenate([held, all_held]),
            column=np.concatenate([columns, all_held]),
            value=np.concatenate([np.ones(count), -room]),
            sense=-1,
            rhs=np.zeros(len(self._held)),
        )
        each, most = np.arange(count), np.minimum(self.upper[columns], room[held])
        yield Rows(
            row=np.concatenate([each, each]),
            column=np.concatenate([columns, held]),
            value=np.concatenate([np.ones(count), -most]),
            sense=-1,
            rhs=np.zeros(count),
        )

    def _counts(self) -> Iterator[Rows]:
        """How many sessions and seats each course has; this brings the relaxation close to the truth."""
        held, coming = np.zeros(len(self.cost)), np.zeros(len(self.cost))
        for course, choice in sorted(self.choices.items()):
            held[:], coming[:] = 0, 0
            held[[column for (of, _), column in self._held.items() if of == course]] = 1
            coming[[column for (_, of, _), column in self.options.items() if of == course]] = 1
            yield Rows.one(held, 1, choice.sessions[0])
            yield Rows.one(held, -1, choice.sessions[1])
            if choice.seats:
                yield Rows.one(coming, 1, choice.seats)

    def _most(self, course: int) -> int:
        own = self.problem.courses[course]
        limits = [own.seats, *(int(self.problem.room_seats[room]) for room in own.rooms)]
        return min(filter(None, limits), default=len(own.people)) if not own.rooms or limits[1] else 0

    def _resources(self) -> Iterator[Rows]:
        """A room or facilitator is in one session at a time; facilitators keep their weeks."""
        using: dict[tuple[str, int], list[tuple[int, int, int]]] = {}
        for (course, start), column in self._held.items():
            own = self.problem.courses[course]
            named = (*(("room", room) for room in own.rooms), *(("leader", one) for one in own.facilitators))
            for name in named:
                using.setdefault(name, []).append((course, start, column))
        for (kind, _), sessions in sorted(using.items()):
            yield from self._crowded(sessions, 1)
            if kind == "leader" and self.problem.per_week:
                weeks = np.array([self.problem.week[start] for _, start, _ in sessions])
                known, row = np.unique(weeks, return_inverse=True)
                columns = np.array([column for _, _, column in sessions], np.int64)
                yield Rows.at_most(row, columns, np.full(len(known), float(self.problem.per_week)))

    def _crowded(self, sessions: Sequence[tuple[int, int, int]], places: int) -> Iterator[Rows]:
        columns = np.array([column for _, _, column in sessions], np.int64)
        starts = np.array([start for _, start, _ in sessions], np.int64)
        lengths = np.array([self.problem.courses[course].length for course, _, _ in sessions], np.int64)
        yield from crowds(columns, starts, lengths, places)

    def _order(self, mine: Sequence[tuple[int, int, int]], other: int, course: int) -> Rows:
        """By each time no more of a class have begun a course than have ended the other: where the latter changes."""
        length = self.problem.courses[other].length
        ends, ending = np.array([(start + length, c) for of, start, c in mine if of == other], np.int64).T
        begins, beginning = np.array([(start, c) for of, start, c in mine if of == course], np.int64).T
        ended = np.searchsorted(ends, begins, side="right")
        last = np.flatnonzero(np.append(ended[1:] != ended[:-1], True))
        begun, row = spread(np.zeros(len(last), np.int64), last + 1)
        before, row_of_ended = spread(np.zeros(len(last), np.int64), ended[last])
        return Rows(
            row=np.concatenate([row, row_of_ended]),
            column=np.concatenate([beginning[begun], ending[before]]),
            value=np.concatenate([np.ones(len(row)), -np.ones(len(row_of_ended))]),
            sense=-1,
            rhs=np.zeros(len(last)),
        )

    def columns_beside(self, some: Truths) -> Truths:
        """The columns of the sessions that some columns name, with all who could come to them."""
        held = np.zeros(len(self.cost), np.bool_)
        held[: len(self._held)] = some[: len(self._held)]
        for (_, course, start), column in self.options.items():
            held[column] = some[self._held[course, start]]
        return held

    # -- answers -------------------------------------------------------------------------------------------------------

    def columns_of(self, sessions: Sequence[TrainingSession]) -> Numbers:
        """What some sessions are as columns."""
        x = np.zeros(len(self.cost))
        of_person = {person: number for number, own in enumerate(self.classes) for person in own.people}
        for session in sessions:
            x[self._held[session.course, session.start]] = 1
            for person in session.people:
                x[self.options[of_person[person], session.course, session.start]] += 1
        return x

    def sessions(self, x: Numbers) -> Iterator[TrainingSession]:
        """What columns are as sessions: of each class the first come to the earliest."""
        counts = np.rint(x).astype(np.int64)
        coming: dict[tuple[int, int], list[int]] = {}
        taken: dict[tuple[int, int], int] = {}
        for (number, course, start), column in sorted(self.options.items()):
            first = taken.get((number, course), 0)
            after = taken[number, course] = first + int(counts[column])
            coming.setdefault((course, start), []).extend(self.classes[number].people[first:after])
        for (course, start), people in sorted(coming.items()):
            own = self.problem.courses[course]
            if people:
                yield TrainingSession(
                    course=course,
                    start=start,
                    room=own.rooms[0] if own.rooms else NONE,
                    facilitator=own.facilitators[0] if own.facilitators else NONE,
                    people=tuple(sorted(people)),
                )


def columns_needed(problem: TimetableProblem, choices: Sequence[Choice]) -> int:
    """How many columns the program for some choices has."""
    model = _Model(problem=problem, choices={each.course: each for each in choices})
    held = sum(len(choice.starts) for choice in choices)
    return held + sum(can.count(1) for own in model.classes for _, can, _ in model.about[own.people[0]])
