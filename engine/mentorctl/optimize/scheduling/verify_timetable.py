"""Checks of training timetables, written without the code that makes them: plain loops over the problem as stated."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from mentorctl.optimize.scheduling.timetable import NONE, Course, Timetable, TimetableProblem, TrainingSession


def verify_timetable(problem: TimetableProblem, answer: Timetable) -> tuple[str, ...]:
    """Everything that is wrong with a timetable, as sentences; empty if it keeps all limits and counts right."""
    found: list[str] = []
    for session in answer.sessions:
        if not 0 <= session.course < len(problem.courses):
            return (f"a session of course {session.course}, of which there are {len(problem.courses)}",)
        own = problem.courses[session.course]
        found += (f"course {session.course} at {session.start}: {text}" for text in _own(problem, own, session))
    if found:
        return tuple(found)
    found += _clashes(problem, answer)
    found += _order(problem, answer)
    value = sum(_worth(problem, session) for session in answer.sessions)
    if value != answer.value:
        found.append(f"the sessions are worth {value}, not {answer.value}")
    if answer.bound < answer.value:
        found.append(f"the bound {answer.bound} is below the value {answer.value}")
    if answer.proved != (answer.bound == answer.value):
        found.append(f"value {answer.value} and bound {answer.bound} do not agree with proved = {answer.proved}")
    return tuple(found)


def _worth(problem: TimetableProblem, session: TrainingSession) -> int:
    own = problem.courses[session.course]
    worth = -problem.session - problem.late * session.start
    for person in session.people:
        worth += problem.seat
        if own.seated and own.seated[own.people.index(person)] == session.start:
            worth += problem.stay
    return worth


def _own(problem: TimetableProblem, course: Course, session: TrainingSession) -> Iterator[str]:
    first, last = session.start, session.start + course.length - 1
    if not 0 <= first <= last < len(problem.starts):
        yield f"it would take the blocks {first} to {last}"
        return
    span = range(first, last + 1)
    yield from _when(problem, course, span)
    yield from _taken("room", session.room, course.rooms, problem.rooms_free, span)
    yield from _taken("facilitator", session.facilitator, course.facilitators, problem.facilitators_free, span)
    seats = [limit for limit in (course.seats,) if limit]
    if session.room != NONE and 0 <= session.room < len(problem.room_seats):
        seats.append(int(problem.room_seats[session.room]))
    if seats and len(session.people) > min(seats):
        yield f"{len(session.people)} people have one of {min(seats)} seats"
    if not session.people:
        yield "nobody comes"
    for person in session.people:
        if person not in course.people:
            yield f"person {person} does not need it"
        elif not all(problem.people_free[person, block] for block in span):
            yield f"person {person} has no time"


def _when(problem: TimetableProblem, course: Course, span: range) -> Iterator[str]:
    first, last = span[0], span[-1]
    if any(problem.starts[two] - problem.starts[one] != problem.block for one, two in pairwise(span)):
        yield "its blocks do not follow each other"
    if problem.starts[first] < course.first or problem.starts[last] + problem.block > course.last:
        yield "it is not within the time of the course"
    if course.begins is not None and first not in course.begins:
        yield "it does not begin where it may"


def _taken(name: str, number: int, suitable: tuple[int, ...], free: object, span: range) -> Iterator[str]:
    if number == NONE:
        if suitable:
            yield f"it has no {name}"
    elif number not in suitable:
        yield f"{name} {number} is not suitable"
    elif not all(free[number, block] for block in span):  # type: ignore[index]
        yield f"{name} {number} is not free"


def _clashes(problem: TimetableProblem, answer: Timetable) -> Iterator[str]:
    """Nobody and nothing is in two places in one block; nobody has two seats; facilitators keep their weeks."""
    used: Counter[tuple[str, int, int]] = Counter()
    seats: Counter[tuple[int, int]] = Counter()
    led: Counter[tuple[int, int]] = Counter()
    for session in answer.sessions:
        who = [("person", person) for person in session.people]
        who += [("room", session.room)] if session.room != NONE else []
        who += [("facilitator", session.facilitator)] if session.facilitator != NONE else []
        for block in range(session.start, session.start + problem.courses[session.course].length):
            used.update((kind, one, block) for kind, one in who)
        seats.update((session.course, person) for person in session.people)
        if session.facilitator != NONE:
            led[session.facilitator, int(problem.week[session.start])] += 1
    for (kind, one, block), count in sorted(used.items()):
        if count > 1:
            yield f"{kind} {one} would be in {count} sessions in block {block}"
    for (course, person), count in sorted(seats.items()):
        if count > 1:
            yield f"person {person} would have {count} seats in course {course}"
    for (one, week), count in sorted(led.items()):
        if problem.per_week and count > problem.per_week:
            yield f"facilitator {one} would lead {count} sessions in week {week}, not {problem.per_week} at most"


def _order(problem: TimetableProblem, answer: Timetable) -> Iterator[str]:
    """Whoever needs a prerequisite has ended it before the session begins."""
    begins = {(s.course, person): s.start for s in answer.sessions for person in s.people}
    for (course, person), start in sorted(begins.items()):
        for other in problem.courses[course].after:
            if person not in problem.courses[other].people:
                continue
            earlier = begins.get((other, person))
            if earlier is None or earlier + problem.courses[other].length > start:
                yield f"person {person} would be in course {course} before the end of course {other}"
