"""The timetable of many training modules: sessions in rooms, with facilitators, people with seats, prerequisites first.

Courses are placed one after the other, prerequisites first, each where most who still wait could come; then each course
that is not yet as good as its bound is placed anew by an integer program, with everything else where it is, as long as
that helps. The bound of a course counts the people who could ever come and the fewest sessions that hold them; it knows
nothing of the other courses, so it holds whatever they do.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mentorctl.optimize.linear import solve
from mentorctl.optimize.scheduling.rows import Rows, assemble
from mentorctl.optimize.scheduling.seating import filled, thinned
from mentorctl.optimize.scheduling.timetable import (
    LARGEST,
    NONE,
    Course,
    Indices,
    Timetable,
    TimetableProblem,
    TrainingSession,
    Truths,
)

_URGENT = 3  # how many seats a seat is worth without which a later one would be lost
_SECONDS = 1.0  # for one course; the others wait
_STARTS = 24  # of the starts of a course those at which most could come
_ROUNDS = 2
_HALF = 0.5


def never() -> bool:
    """A deadline that does not come."""
    return False


def place_timetable(problem: TimetableProblem, *, deadline: Callable[[], bool] = never) -> Timetable:
    """The best timetable found, with the bound; once `deadline` says True, as good as it is by then."""
    work = _Work(problem)
    order = _in_order(problem.courses)
    bounds = [work.bound(course) for course in range(len(problem.courses))]
    for course in order:
        work.add(course, work.greedy(course))
    for _ in range(_ROUNDS):
        better = False
        for course in order:
            if deadline():
                break
            if work.value(course) < bounds[course]:
                better |= work.improve(course)
        if not better:
            break
    value = sum(work.value(course) for course in order)
    bound = sum(bounds)
    sessions = tuple(
        session for course in range(len(problem.courses)) for session in sorted(work.held[course], key=_by_time)
    )
    return Timetable(sessions=sessions, value=value, bound=bound, proved=value == bound)


def _by_time(session: TrainingSession) -> tuple[int, int, int]:
    return session.start, session.room, session.facilitator


def _in_order(courses: tuple[Course, ...]) -> list[int]:
    """Prerequisites first; of the rest those that most people need."""
    done: set[int] = set()
    order: list[int] = []
    while len(order) < len(courses):
        ready = [n for n, course in enumerate(courses) if n not in done and done >= set(course.after)]
        ready.sort(key=lambda n: (-_followers(courses, n), -len(courses[n].people), n))
        order.append(ready[0])
        done.add(ready[0])
    return order


def _followers(courses: tuple[Course, ...], number: int) -> int:
    return sum(number in course.after for course in courses)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Option:
    """One session that a course could have: when, with how many seats."""

    start: int
    seats: int


class _Work:
    """The timetable as it grows: who and what is free, and the sessions of each course."""

    def __init__(self, problem: TimetableProblem) -> None:
        self.problem = problem
        self.people = problem.people_free.copy()
        self.rooms = problem.rooms_free.copy()
        self.facilitators = problem.facilitators_free.copy()
        weeks = int(problem.week.max(initial=0)) + 1
        self.led = np.zeros((len(self.facilitators), weeks), np.int64)
        self.held: list[list[TrainingSession]] = [[] for _ in problem.courses]
        self.block_of = [np.full(len(self.people), NONE, np.int64) for _ in problem.courses]  # where each person sits
        self.before = [tuple(course.after) for course in problem.courses]
        self.following = [
            tuple(n for n, other in enumerate(problem.courses) if course in other.after)
            for course in range(len(problem.courses))
        ]

    # -- what could be -------------------------------------------------------------------------------------------------

    def fits(self, course: int) -> Truths:
        """The blocks at which a session could begin, by the clock alone."""
        problem, own = self.problem, self.problem.courses[course]
        count, last = len(problem.starts), own.length - 1
        fits = np.zeros(count, np.bool_)
        begin, end = problem.starts[: count - last], problem.starts[last:]
        fits[: count - last] = (end - begin == last * problem.block) & (begin >= own.first)
        fits[: count - last] &= end + problem.block <= own.last
        return fits

    def spans(self, free: Truths, length: int) -> Truths:
        """Where someone has time from a block on for a session of some blocks."""
        found = free.copy()
        for later in range(1, length):
            found[:, : free.shape[1] - later] &= free[:, later:]
            found[:, free.shape[1] - later :] = False
        return found

    def staffed(self, course: int, rooms: Truths, facilitators: Truths) -> tuple[Indices, Indices]:
        """For each block how many sessions could begin, and the seats of the largest room for one."""
        own = self.problem.courses[course]
        most = np.full(len(self.problem.starts), max(1, len(own.people)), np.int64)
        seats = np.full(len(self.problem.starts), own.seats or LARGEST, np.int64)
        if own.facilitators:
            free = self.spans(facilitators[list(own.facilitators)], own.length)
            if self.problem.per_week:
                free &= (self.led[list(own.facilitators)] < self.problem.per_week)[:, self.problem.week]
            most = np.minimum(most, free.sum(axis=0))
        if own.rooms:
            free = self.spans(rooms[list(own.rooms)], own.length)
            most = np.minimum(most, free.sum(axis=0))
            largest = np.where(free, self.problem.room_seats[list(own.rooms)][:, None], 0).max(axis=0)
            seats = np.minimum(seats, largest)
        return np.where(self.fits(course), most, 0), seats

    def comes(self, course: int) -> Truths:
        """Per person of a course the blocks at which a session would suit: in time, after and before what depends."""
        own = self.problem.courses[course]
        rows = list(own.people)
        can = self.spans(self.people[rows], own.length) & self.fits(course)
        block = np.arange(can.shape[1])
        for other in self.before[course]:
            ends = self.block_of[other][rows] + self.problem.courses[other].length
            needed = np.isin(rows, self.problem.courses[other].people)
            unseated = needed & (self.block_of[other][rows] == NONE)
            can &= (block >= np.where(needed, ends, 0)[:, None]) & ~unseated[:, None]
        for other in self.following[course]:
            begins = self.block_of[other][rows]
            can &= block + own.length <= np.where(begins == NONE, LARGEST, begins)[:, None]
        return can

    def bound(self, course: int) -> int:
        """What the course is worth at most, whatever the others do."""
        problem, own = self.problem, self.problem.courses[course]
        most, seats = self.staffed(course, problem.rooms_free, problem.facilitators_free)
        can = self.spans(problem.people_free[list(own.people)], own.length) & (most > 0)
        people = int(can.any(axis=1).sum())
        room = np.minimum(seats, can.sum(axis=0))
        starts = np.repeat(np.arange(len(most)), np.minimum(most, len(own.people)))
        largest = np.cumsum(np.sort(room[starts])[::-1])
        cheapest = np.cumsum(problem.session + problem.late * np.sort(starts))
        worth = problem.seat * np.minimum(people, largest) - cheapest
        return int(worth.max(initial=0))

    def value(self, course: int) -> int:
        problem = self.problem
        return sum(
            problem.seat * len(session.people) - problem.session - problem.late * session.start
            for session in self.held[course]
        )

    # -- placing -------------------------------------------------------------------------------------------------------

    def add(self, course: int, sessions: list[TrainingSession]) -> None:
        self._mark(course, sessions, free=False)
        self.held[course] = sessions

    def remove(self, course: int) -> list[TrainingSession]:
        sessions, self.held[course] = self.held[course], []
        self._mark(course, sessions, free=True)
        return sessions

    def _mark(self, course: int, sessions: list[TrainingSession], *, free: bool) -> None:
        for session in sessions:
            span = slice(session.start, session.start + self.problem.courses[course].length)
            self.people[list(session.people), span] = free
            self.block_of[course][list(session.people)] = NONE if free else session.start
            self._occupy(session, span, free=free)

    def _occupy(self, session: TrainingSession, span: slice, *, free: bool) -> None:
        if session.room != NONE:
            self.rooms[session.room, span] = free
        if session.facilitator != NONE:
            self.facilitators[session.facilitator, span] = free
            self.led[session.facilitator, self.problem.week[span.start]] += -1 if free else 1

    def greedy(self, course: int) -> list[TrainingSession]:
        """Always the session that is worth most with those who still wait; who has few other chances comes first."""
        problem, own = self.problem, self.problem.courses[course]
        can = self.comes(course)
        waiting = np.ones(len(own.people), np.bool_)
        sessions: list[TrainingSession] = []
        block = np.arange(can.shape[1])
        while True:
            most, seats = self.staffed(course, self.rooms, self.facilitators)
            coming = np.minimum(can[waiting].sum(axis=0), seats)
            worth = problem.seat * coming - problem.session - problem.late * block
            worth = np.where(most > 0, worth, 0)
            if not len(worth) or worth.max() <= 0:
                break
            start = int(worth.argmax())
            here = np.flatnonzero(can[:, start] & waiting)
            chances = can[:, most > 0].sum(axis=1)
            chosen = here[np.argsort(chances[here], kind="stable")][: seats[start]]
            session = self._session(course, start, min(int(seats[start]), len(own.people)))
            sessions.append(replace(session, people=tuple(own.people[row] for row in chosen)))
            self._occupy(sessions[-1], slice(start, start + own.length), free=False)
            waiting[chosen] = False
        self._release(course, sessions)
        return self._thinned(course, sessions, can)

    def _release(self, course: int, sessions: list[TrainingSession]) -> None:
        for session in sessions:
            span = slice(session.start, session.start + self.problem.courses[course].length)
            self._occupy(session, span, free=True)

    def _thinned(self, course: int, sessions: list[TrainingSession], can: Truths) -> list[TrainingSession]:
        """The same people in fewer sessions, where they find seats in those that stay."""
        row = {person: number for number, person in enumerate(self.problem.courses[course].people)}
        seated = [[row[person] for person in session.people] for session in sessions]
        coming = can[:, [session.start for session in sessions]]
        return self._with(course, sessions, thinned(seated, self._seats(course, sessions), coming))

    def _seats(self, course: int, sessions: list[TrainingSession]) -> list[int]:
        own = self.problem.courses[course]
        sizes = [int(self.problem.room_seats[s.room]) if s.room != NONE else len(own.people) for s in sessions]
        return [min(size, own.seats or size) for size in sizes]

    def _with(self, course: int, sessions: list[TrainingSession], people: list[list[int]]) -> list[TrainingSession]:
        """The sessions to which somebody comes, with the people of these rows."""
        own = self.problem.courses[course].people
        return [
            replace(session, people=tuple(sorted(own[number] for number in rows)))
            for session, rows in zip(sessions, people, strict=True)
            if rows
        ]

    def _session(self, course: int, start: int, seats: int) -> TrainingSession:
        """Still without people, with the smallest free room for them, and the facilitator who leads least that week."""
        own, week = self.problem.courses[course], int(self.problem.week[start])
        span = slice(start, start + own.length)
        rooms = [room for room in own.rooms if self.rooms[room, span].all()]
        holding = [room for room in rooms if self.problem.room_seats[room] >= seats]
        leaders = [
            one
            for one in own.facilitators
            if self.facilitators[one, span].all()
            and (not self.problem.per_week or self.led[one, week] < self.problem.per_week)
        ]
        room = min(holding, key=lambda one: (int(self.problem.room_seats[one]), one), default=NONE)
        leader = min(leaders, key=lambda one: (int(self.led[one, week]), one), default=NONE)
        return TrainingSession(course=course, start=start, room=room, facilitator=leader, people=())

    def improve(self, course: int) -> bool:
        """Place one course anew with everything else where it is; whether that was better."""
        before, bound_to = self.value(course), self._bound_to_come(course)
        earlier = self.remove(course)
        for place in (self.greedy, self._exact):
            found = place(course)
            seated = {person for session in found for person in session.people}
            if self._worth(found) > before and bound_to <= seated:
                self.add(course, found)
                return True
        self.add(course, earlier)
        return False

    def _bound_to_come(self, course: int) -> set[int]:
        """Those who have a seat in a course that comes after this one."""
        later = [self.block_of[other][list(self.problem.courses[course].people)] for other in self.following[course]]
        rows = np.array(self.problem.courses[course].people, np.int64)
        return {int(person) for begins in later for person in rows[begins != NONE]}

    def _worth(self, sessions: list[TrainingSession]) -> int:
        problem = self.problem
        return sum(problem.seat * len(s.people) - problem.session - problem.late * s.start for s in sessions)

    def _exact(self, course: int) -> list[TrainingSession]:
        """The sessions of one integer program, as far as rooms and facilitators can be given to them one by one."""
        own, can = self.problem.courses[course], self.comes(course)
        options = self._options(course, can)
        bound_to = self._bound_to_come(course)
        urgent = np.array([_URGENT if one in bound_to else 1 for one in own.people], np.int64)
        chosen = [options[number] for number in _solved(self.problem, options, can, urgent)] if options else []
        sessions: list[TrainingSession] = []
        for option in chosen:
            session = self._session(course, option.start, min(option.seats, int(can[:, option.start].sum())))
            missing = (own.rooms and session.room == NONE) or (own.facilitators and session.facilitator == NONE)
            if not missing:
                sessions.append(session)
                self._occupy(session, slice(option.start, option.start + own.length), free=False)
        self._release(course, sessions)
        first = np.argsort(-urgent, kind="stable").tolist()
        coming = can[:, [session.start for session in sessions]]
        people = filled(first, self._seats(course, sessions), coming)
        return self._thinned(course, self._with(course, sessions, people), can)

    def _options(self, course: int, can: Truths) -> list[_Option]:
        own = self.problem.courses[course]
        most, seats = self.staffed(course, self.rooms, self.facilitators)
        coming = np.where(most > 0, np.minimum(can.sum(axis=0), seats), 0)
        likely = np.argsort(-coming, kind="stable")[:_STARTS]
        options = []
        for start in sorted(likely[coming[likely] > 0].tolist()):
            span = slice(start, start + own.length)
            sizes = sorted(
                (int(self.problem.room_seats[r]) for r in own.rooms if self.rooms[r, span].all()), reverse=True
            )
            needed = -(-int(can[:, start].sum()) // max(1, int(seats[start])))
            for place in range(min(int(most[start]), needed)):
                room = sizes[place] if sizes else LARGEST
                options.append(_Option(start=start, seats=min(own.seats or LARGEST, room, len(own.people))))
        return options


def _solved(problem: TimetableProblem, options: list[_Option], can: Truths, urgent: Indices) -> list[int]:
    """The options that are held; a seat is worth so many times more for those who are urgent."""
    person, option = np.nonzero(can[:, [each.start for each in options]])
    held, each = len(options), np.arange(len(person))
    coming = held + each
    seats = np.array([option.seats for option in options], np.float64)
    costs = [problem.session + problem.late * option.start for option in options]
    cost = np.concatenate([np.array(costs, np.float64), -float(problem.seat) * urgent[person]])
    number = np.arange(held)
    rows = [
        Rows.at_most(person.astype(np.int64), coming, np.ones(len(can))),
        Rows(
            row=np.concatenate([option, number]),
            column=np.concatenate([coming, number]),
            value=np.concatenate([np.ones(len(person)), -seats]),
            sense=-1,
            rhs=np.zeros(held),
        ),
        Rows(
            row=np.concatenate([each, each]),
            column=np.concatenate([coming, option]),
            value=np.concatenate([np.ones(len(each)), -np.ones(len(each))]),
            sense=-1,
            rhs=np.zeros(len(each)),
        ),
    ]
    whole = np.arange(len(cost)) < held
    bounds = np.zeros(len(cost)), np.ones(len(cost))
    found = solve(assemble(cost, bounds, whole, rows), time_limit=_SECONDS)
    return np.flatnonzero(found.x[:held] > _HALF).tolist() if found.answered else []
