"""Some courses of a timetable in one integer program, which proves the best timetable where it is small enough.

A column says whether a course has a session in a block, or how many of some people come to it. People who have the same
time, need the same courses and sit in the same sessions so far are one class, of which only numbers are decided, if
their courses follow each other: then the first to end one course are the first to begin the next, so that numbers are
enough. Everybody else is a class of their own.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from mentorctl.optimize.linear import solve
from mentorctl.optimize.scheduling.rows import Numbers, Rows, assemble, crowds, spread
from mentorctl.optimize.scheduling.timetable import NONE, Course, Indices, TimetableProblem, TrainingSession, Truths

_HALF = 0.5
_TOLERANCE = 1e-3  # of a bound, which is a whole number; a seat is worth up to a million


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choice:
    """The blocks in which a course may have a session, and who of its people could come to each."""

    course: int
    starts: tuple[int, ...]
    can: Truths  # person of the course by start


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
    problem: TimetableProblem, choices: Sequence[Choice], known: Sequence[TrainingSession], *, seconds: float
) -> Together:
    """The best sessions of all these courses, which are simple; `known` are some that are right."""
    model = _Model(problem=problem, choices={each.course: each for each in choices})
    rows = [*model.rows()]
    whole = model.whole
    lower, upper = np.zeros(len(model.cost)), model.upper
    found = solve(assemble(model.cost, (lower, upper), whole, rows), time_limit=seconds, start=model.columns_of(known))
    bound = math.floor(_TOLERANCE - found.bound) if math.isfinite(found.bound) else math.inf
    if not found.answered:
        return Together(sessions=None, bound=bound)
    # With the sessions given, those who need one course flow to seats, so a corner of what is left is whole.
    lower, upper = np.where(whole, found.x, lower), np.where(whole, found.x, upper)
    seated = solve(assemble(model.cost, (lower, upper), np.zeros_like(whole), rows))
    return Together(sessions=tuple(model.sessions(seated.x)) if seated.answered else None, bound=bound)


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
        for person, about in sorted(self._about.items()):
            courses = tuple(course for course, _, _ in about)
            is_row = all(one in self.problem.courses[two].after for one, two in pairwise(courses))
            key: object = about if is_row else person
            found.setdefault(key, []).append(person)
            needs[key] = courses, is_row
        return tuple(
            _Class(people=tuple(people), courses=needs[key][0], is_row=needs[key][1]) for key, people in found.items()
        )

    @cached_property
    def _about(self) -> dict[int, tuple[tuple[int, bytes, int], ...]]:
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
            for course, can, _ in self._about[own.people[0]]:
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
        seats = [{course: seat for course, _, seat in self._about[own.people[0]]} for own in self.classes]
        for (number, course, start), column in self.options.items():
            cost[column] = -problem.seat - (problem.stay if seats[number][course] == start else 0)
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


def columns_needed(choices: Sequence[Choice]) -> int:
    """How many columns the program would have at most."""
    return sum(len(choice.starts) + int(np.count_nonzero(choice.can)) for choice in choices)


def choice_of(course: int, starts: Indices, can: Truths) -> Choice:
    """A choice of blocks, with those who could come to each of all blocks."""
    return Choice(course=course, starts=tuple(starts.tolist()), can=np.ascontiguousarray(can[:, starts]))
