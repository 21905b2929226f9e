"""The timetable of many training modules, as values: courses, rooms, facilitators and people over blocks of time."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mentorctl.values import dataclass

type Truths = NDArray[np.bool_]
type Indices = NDArray[np.int64]

NONE = -1
_ANY = 2**62
LARGEST = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One module that is taught in sessions of `length` blocks with at most `seats` people, 0 for as many as the room.

    `people` need it. Those who also need a course of `after` must have ended that before. A session takes one of
    `rooms` and one of `facilitators`; none where there are none. It begins at the quarter hour `first` or later and
    ends by `last`, in one of the blocks `begins`, or in any. `seated` is for each of `people` the block of the session
    in which they have a seat so far, or -1; nothing where nobody has one.
    """

    length: int
    seats: int
    people: tuple[int, ...]
    after: tuple[int, ...] = ()
    rooms: tuple[int, ...] = ()
    facilitators: tuple[int, ...] = ()
    first: int = -_ANY
    last: int = _ANY
    begins: tuple[int, ...] | None = None
    seated: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TimetableProblem:
    """Courses for the same people, rooms and facilitators, over blocks of `block` quarter hours.

    `starts` and `week` tell when each block begins and the week it counts for; `…_free[who, block]` who has time. Each
    facilitator leads at most `per_week` sessions a week, 0 for any number. A person with a seat is worth `seat`, and
    `stay` more in the block in which they had one; a session costs `session`, and `late` for each block before it.
    Raises ValueError where the numbers do not fit.
    """

    starts: Indices
    week: NDArray[np.int32]
    block: int
    courses: tuple[Course, ...]
    people_free: Truths
    rooms_free: Truths
    facilitators_free: Truths
    room_seats: Indices
    per_week: int = 0
    seat: int = 1000
    session: int = 500
    late: int = 1
    stay: int = 0

    def __post_init__(self) -> None:
        for defect in _defects(self):
            raise ValueError(defect)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSession:
    """One session: its course, the block in which it begins, room and facilitator or -1, and who has a seat."""

    course: int
    start: int
    room: int
    facilitator: int
    people: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """The sessions of all courses, by course and time; what they are worth, and what no timetable can be worth more."""

    sessions: tuple[TrainingSession, ...]
    value: int
    bound: int
    proved: bool


def _defects(problem: TimetableProblem) -> Iterator[str]:
    blocks = len(problem.starts)
    if np.any(np.diff(problem.starts) < problem.block) or problem.block < 1:
        yield "blocks overlap or are not in the order of time"
    tables = (problem.people_free, problem.rooms_free, problem.facilitators_free)
    if any(table.ndim != 2 or table.shape[1] != blocks for table in tables) or len(problem.week) != blocks:  # noqa: PLR2004
        yield f"week and who is free need a column for each of {blocks} blocks"
    if len(problem.room_seats) != len(problem.rooms_free):
        yield "room_seats and the rows of rooms_free differ in length"
    worths = (problem.seat, problem.session, problem.late, problem.stay)
    if problem.seat < 1 or any(not 0 <= worth <= LARGEST for worth in worths):
        yield f"seat, session, late and stay are worth from 0 to {LARGEST}, and a seat is worth something"
    if problem.per_week < 0 or np.any(problem.week < 0):
        yield "per_week and week cannot be negative"
    for number, course in enumerate(problem.courses):
        for defect in _course_defects(problem, course, number):
            yield f"course {number}: {defect}"


def _course_defects(problem: TimetableProblem, course: Course, number: int) -> Iterator[str]:
    if course.length < 1 or course.seats < 0:
        yield "it takes a block at least, and seats are not negative"
    for name, chosen, table in (
        ("people", course.people, problem.people_free),
        ("rooms", course.rooms, problem.rooms_free),
        ("facilitators", course.facilitators, problem.facilitators_free),
    ):
        if len(set(chosen)) != len(chosen) or any(not 0 <= one < len(table) for one in chosen):
            yield f"{name} must be different numbers from 0 to {len(table) - 1}"
    blocks = len(problem.starts)
    if any(not 0 <= block < blocks for block in course.begins or ()):
        yield f"it begins in blocks from 0 to {blocks - 1}"
    if course.seated and len(course.seated) != len(course.people):
        yield "seated needs a block for each of its people"
    if any(not NONE <= block < blocks for block in course.seated):
        yield f"somebody has a seat in a block outside 0 to {blocks - 1}"
    if any(not 0 <= other < number for other in course.after):
        yield "the courses it comes after must stand before it"
