"""The timetable of many training modules: sessions in rooms, with facilitators, people with seats, prerequisites first.

Courses are placed one after the other, prerequisites first: the sessions in which people sit so far, then those where
most who still wait could come. Courses that share people, rooms or facilitators are then placed by one program,
which proves the best, where they are small enough for it; else each course that is below its bound is placed
anew by a smaller one, with everything else where it is, as long as that helps.

The bound of a course counts the people who could ever come and the fewest sessions that hold them; it knows nothing of
the other courses but when prerequisites could end at the earliest, so it holds whatever they do. A block in which a
session would cost more than the bounds leave open is no choice for the integer program.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from mentorctl.optimize.scheduling.course_bound import CourseBound
from mentorctl.optimize.scheduling.linked import linked
from mentorctl.optimize.scheduling.options import Option, best_options
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
from mentorctl.optimize.scheduling.together import Choice, columns_needed, is_simple, place_together

_URGENT = 3  # how many seats a seat is worth without which a later one would be lost
_STARTS = 24  # of the starts of a course those at which most could come
_ROUNDS = 2
_MOST_COLUMNS = 40_000  # of the program for courses that are placed together


def endless() -> float:
    """All the time there is."""
    return math.inf


def place_timetable(problem: TimetableProblem, *, remaining: Callable[[], float] = endless) -> Timetable:
    """The best timetable found, with the bound, in the seconds that are `remaining`; without any it is still right."""
    work = _Work(problem)
    order = _in_order(problem.courses)
    for course in order:
        work.add(course, work.greedy(course))
    value = bound = 0
    for part in linked([_needs(course) for course in problem.courses]):
        bound += _finished(work, [course for course in order if course in part], remaining)
        value += sum(work.value(course) for course in part)
    sessions = tuple(
        session for course in range(len(problem.courses)) for session in sorted(work.held[course], key=_by_time)
    )
    return Timetable(sessions=sessions, value=value, bound=bound, proved=value == bound)


def _needs(course: Course) -> tuple[int, ...]:
    """Everybody and everything that a course needs, as numbers that differ."""
    rooms, facilitators = (-1 - 2 * room for room in course.rooms), (-2 - 2 * one for one in course.facilitators)
    return (*course.people, *rooms, *facilitators)


def _finished(work: "_Work", part: Sequence[int], remaining: Callable[[], float]) -> int:
    """Make the sessions of courses that are linked as good as they get; what they are worth at most."""
    bound = sum(work.bounds[course].value for course in part)
    if not work.choices(part):
        _improve(work, part, remaining)
    choices = work.choices(part)
    if choices and remaining() > 0 and sum(work.value(course) for course in part) < bound:
        bound = min(bound, work.place_together(choices, remaining))
    return bound


def _improve(work: "_Work", part: Sequence[int], remaining: Callable[[], float]) -> None:
    for _ in range(_ROUNDS):
        better = False
        for course in part:
            if remaining() <= 0:
                return
            if work.value(course) < work.bounds[course].value:
                better |= work.improve(course)
        if not better:
            return


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
        self.seated = [np.array(course.seated or [NONE] * len(course.people), np.int64) for course in problem.courses]
        self.block_of = [np.full(len(self.people), NONE, np.int64) for _ in problem.courses]  # where each person sits
        self.before = [tuple(course.after) for course in problem.courses]
        self.following = [
            tuple(n for n, other in enumerate(problem.courses) if course in other.after)
            for course in range(len(problem.courses))
        ]
        self.could: list[Truths] = []  # whoever else comes, and whatever else is held
        for course in range(len(problem.courses)):
            self.could.append(self._could(course))
        self.bounds = [self._bound(course) for course in range(len(problem.courses))]

    # -- what could be -------------------------------------------------------------------------------------------------

    def fits(self, course: int) -> Truths:
        """The blocks at which a session could begin, by the clock alone."""
        problem, own = self.problem, self.problem.courses[course]
        count, last = len(problem.starts), own.length - 1
        fits = np.zeros(count, np.bool_)
        if last >= count:
            return fits
        begin, end = problem.starts[: count - last], problem.starts[last:]
        fits[: count - last] = (end - begin == last * problem.block) & (begin >= own.first)
        fits[: count - last] &= end + problem.block <= own.last
        return fits if own.begins is None else fits & np.isin(np.arange(count), own.begins)

    def spans(self, free: Truths, length: int) -> Truths:
        """Where someone has time from a block on for a session of some blocks."""
        found = free.copy()
        for later in range(1, min(length, free.shape[1])):
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

    def _could(self, course: int) -> Truths:
        """Per person of a course the blocks at which they could come to a session, after what they need before it."""
        problem, own = self.problem, self.problem.courses[course]
        most, _ = self.staffed(course, problem.rooms_free, problem.facilitators_free)
        can = self.spans(problem.people_free[list(own.people)], own.length) & (most > 0)
        if not can.any():
            return can
        block, row = np.arange(can.shape[1]), {person: number for number, person in enumerate(own.people)}
        for other in own.after:
            before = self.could[other]
            first = np.where(before.any(axis=1), before.argmax(axis=1) + problem.courses[other].length, LARGEST)
            for number, person in enumerate(problem.courses[other].people):
                if person in row:
                    can[row[person]] &= block >= first[number]
        return can

    def _bound(self, course: int) -> CourseBound:
        """What the course is worth at most, whatever the others do."""
        problem, own, can = self.problem, self.problem.courses[course], self.could[course]
        most, seats = self.staffed(course, problem.rooms_free, problem.facilitators_free)
        room = np.minimum(seats, can.sum(axis=0))
        starts = np.repeat(np.arange(len(most)), np.where(room > 0, np.minimum(most, len(own.people)), 0))
        sitting = np.flatnonzero(self.seated[course] != NONE)
        kept = int(can[sitting, self.seated[course][sitting]].sum())
        seats = np.minimum(int(can.any(axis=1).sum()), np.cumsum(np.sort(room[starts])[::-1]))
        rest = problem.stay * kept - problem.session * np.arange(1, len(starts) + 1)
        return CourseBound(
            seat=problem.seat,
            late=problem.late,
            seats=np.concatenate([[0], seats]),
            rest=np.concatenate([[0], rest]),
            lateness=np.concatenate([[0], problem.late * np.cumsum(np.sort(starts))]),
        )

    def choices(self, part: Sequence[int]) -> list[Choice]:
        """What courses can choose from and be as good as they are at least; nothing if that is too much.

        A session later, a session more, or a seat less than the bounds leave open is in no better timetable.
        """
        if not all(is_simple(self.problem.courses[course]) for course in part):
            return []
        blocks = np.arange(len(self.problem.starts))
        left = sum(self.bounds[course].value - self.value(course) for course in part)
        found = []
        for course in part:
            now = np.isin(blocks, [session.start for session in self.held[course]])
            bound = self.bounds[course]
            soon = blocks <= bound.last_start(left)
            starts = np.flatnonzero(self.could[course].any(axis=0) & (now | soon))
            found.append(
                Choice(
                    course=course,
                    starts=tuple(starts.tolist()),
                    can=np.ascontiguousarray(self.could[course][:, starts]),
                    sessions=bound.counts(left),
                    seats=bound.least_seats(left),
                )
            )
        return found if columns_needed(self.problem, found) <= _MOST_COLUMNS else []

    def value(self, course: int) -> int:
        return self.worth(course, self.held[course])

    def worth(self, course: int, sessions: Sequence[TrainingSession]) -> int:
        problem, own = self.problem, self.problem.courses[course]
        seat = dict(zip(own.people, own.seated, strict=False))
        return sum(
            problem.seat * len(session.people)
            + problem.stay * sum(seat.get(person) == session.start for person in session.people)
            - problem.session
            - problem.late * session.start
            for session in sessions
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
        """First the sessions in which people sit; then always the one that is worth most with those who still wait.

        Who sits in a session so far, then who has few other chances, comes first.
        """
        problem, own, seated = self.problem, self.problem.courses[course], self.seated[course]
        can = self.comes(course)
        waiting = np.ones(len(own.people), np.bool_)
        sessions: list[TrainingSession] = []
        block = np.arange(can.shape[1])
        standing = np.bincount(seated[seated != NONE], minlength=len(block))
        while True:
            most, seats = self.staffed(course, self.rooms, self.facilitators)
            coming = np.minimum(can[waiting].sum(axis=0), seats)
            stays = np.minimum(standing, coming)
            worth = (problem.seat + problem.stay) * stays if stays.any() else problem.seat * coming
            worth = np.where((most > 0) & (coming > 0), worth - problem.session - problem.late * block, 0)
            if not len(worth) or worth.max() <= 0:
                break
            start = int(worth.argmax())
            here = np.flatnonzero(can[:, start] & waiting)
            here = here[(seated[here] == start) | (seated[here] == NONE)] if stays.any() else here
            chances = can[:, most > 0].sum(axis=1)
            chosen = here[np.lexsort((chances[here], seated[here] != start))][: seats[start]]
            session = self._session(course, start, min(int(seats[start]), len(own.people)))
            sessions.append(replace(session, people=tuple(own.people[row] for row in chosen)))
            self._occupy(sessions[-1], slice(start, start + own.length), free=False)
            waiting[chosen] = False
            standing = np.bincount(seated[waiting & (seated != NONE)], minlength=len(block))
            standing[can[waiting].sum(axis=0) == 0] = 0
        self._release(course, sessions)
        thinner = self._thinned(course, sessions, can)
        return max(thinner, sessions, key=lambda each: self.worth(course, each))

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
            if self.worth(course, found) > before and bound_to <= seated:
                self.add(course, found)
                return True
        self.add(course, earlier)
        return False

    def _bound_to_come(self, course: int) -> set[int]:
        """Those who have a seat in a course that comes after this one."""
        later = [self.block_of[other][list(self.problem.courses[course].people)] for other in self.following[course]]
        rows = np.array(self.problem.courses[course].people, np.int64)
        return {int(person) for begins in later for person in rows[begins != NONE]}

    def place_together(self, choices: Sequence[Choice], remaining: Callable[[], float]) -> int:
        """Place some courses anew in one program, if that is better; what they are worth at most then."""
        known = [session for choice in choices for session in self.held[choice.course]]
        found = place_together(self.problem, choices, known, remaining=remaining)
        value = sum(self.value(choice.course) for choice in choices)
        of = {choice.course: [s for s in found.sessions or () if s.course == choice.course] for choice in choices}
        better = sum(self.worth(course, sessions) for course, sessions in of.items())
        if better > value:
            for choice in choices:
                self.remove(choice.course)
            for course, sessions in of.items():
                self.add(course, sessions)
        return int(min(max(value, better, found.bound), 2**62))

    def _exact(self, course: int) -> list[TrainingSession]:
        """The sessions of one integer program, as far as rooms and facilitators can be given to them one by one."""
        own, can = self.problem.courses[course], self.comes(course)
        options = self._options(course, can)
        bound_to = self._bound_to_come(course)
        urgent = np.array([_URGENT if one in bound_to else 1 for one in own.people], np.int64)
        chosen = [options[number] for number in best_options(self.problem, options, can, urgent)] if options else []
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

    def _options(self, course: int, can: Truths) -> list[Option]:
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
                options.append(Option(start=start, seats=min(own.seats or LARGEST, room, len(own.people))))
        return options
