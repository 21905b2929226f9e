"""Training timetables: against full enumeration where they are tiny, and corrupted ones against the check."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mentorctl.optimize.linear import solve
from mentorctl.optimize.scheduling.rows import Rows, assemble
from mentorctl.optimize.scheduling.seating import filled, thinned
from mentorctl.optimize.scheduling.timetable import NONE, Course, Timetable, TimetableProblem, TrainingSession
from mentorctl.optimize.scheduling.timetabling import place_timetable
from mentorctl.optimize.scheduling.together import is_simple
from mentorctl.optimize.scheduling.verify_timetable import verify_timetable


def random_timetable(seed: int) -> TimetableProblem:
    """One or two courses for three people in four blocks, with rooms, facilitators and an order that bind."""
    draw = np.random.default_rng(seed)
    blocks, people, rooms, leaders = 4, 3, int(draw.integers(1, 3)), int(draw.integers(1, 3))
    courses = [
        Course(
            length=int(draw.integers(1, 3)),
            seats=int(draw.integers(0, 3)),
            people=tuple(np.flatnonzero(draw.random(people) < 0.8).tolist()),
            after=(0,) if number and draw.random() < 0.6 else (),
            rooms=tuple(np.flatnonzero(draw.random(rooms) < 0.8).tolist()),
            facilitators=tuple(np.flatnonzero(draw.random(leaders) < 0.8).tolist()),
            last=int(draw.choice([16, 32, 100])),
            begins=tuple(np.flatnonzero(draw.random(blocks) < 0.8).tolist()) if draw.random() < 0.5 else None,
        )
        for number in range(int(draw.integers(1, 3)))
    ]
    if seed % 3:
        courses = [
            replace(each, seated=tuple(draw.integers(-1, blocks, len(each.people)).tolist())) for each in courses
        ]
    return TimetableProblem(
        starts=np.array([0, 8, 16, 40], np.int64) if seed % 2 else np.arange(4) * 8,
        week=np.array([0, 0, 1, 1], np.int32),
        block=8,
        courses=tuple(courses),
        people_free=draw.random((people, blocks)) < 0.7,
        rooms_free=draw.random((rooms, blocks)) < 0.8,
        facilitators_free=draw.random((leaders, blocks)) < 0.8,
        room_seats=draw.integers(1, 4, rooms),
        per_week=int(draw.integers(0, 3)),
        seat=10,
        session=int(draw.integers(0, 8)),
        late=int(draw.integers(0, 2)),
        stay=int(draw.integers(0, 6)),
    )


def worth(problem: TimetableProblem, session: TrainingSession) -> int:
    """What a session adds to a timetable."""
    own = problem.courses[session.course]
    stays = sum(
        seat == session.start and person in session.people for person, seat in zip(own.people, own.seated, strict=False)
    )
    return problem.seat * len(session.people) + problem.stay * stays - problem.session - problem.late * session.start


def sessions_of(problem: TimetableProblem, number: int) -> list[TrainingSession]:
    """Every session that a course could have by itself."""
    own = problem.courses[number]
    people = [some for size in (1, 2, 3) for some in itertools.combinations(own.people, size)]
    made = itertools.product(range(len(problem.starts)), own.rooms or (NONE,), own.facilitators or (NONE,), people)
    found = []
    for start, room, leader, some in made:
        session = TrainingSession(course=number, start=start, room=room, facilitator=leader, people=some)
        free = replace(problem, courses=tuple(replace(c, after=()) for c in problem.courses))
        value = worth(problem, session)
        if not verify_timetable(free, Timetable(sessions=(session,), value=value, bound=value, proved=True)):
            found.append(session)
    return found


def best_value(problem: TimetableProblem) -> int | None:
    """The worth of the best timetable of three sessions at most; None where there are too many."""
    options = [session for number in range(len(problem.courses)) for session in sessions_of(problem, number)]
    if len(options) > 26:
        return None
    best = 0
    for count in (1, 2, 3):
        for chosen in itertools.combinations(options, count):
            value = sum(worth(problem, session) for session in chosen)
            if value > best:
                answer = Timetable(sessions=chosen, value=value, bound=value, proved=True)
                best = best if verify_timetable(problem, answer) else value
    return best


def test_timetables_are_right_and_their_bounds_hold() -> None:
    """Every answer keeps all limits, the bound is never below it; most reach it, all where a block says it all."""
    compared = proved = reached = 0
    for seed in range(240):
        problem = random_timetable(seed)
        answer = place_timetable(problem)
        assert verify_timetable(problem, answer) == (), seed
        best = best_value(problem)
        if best is not None:
            assert answer.bound >= best, seed
            is_best = answer.value >= best
            simple = all(is_simple(course) for course in problem.courses)
            assert not simple or (answer.proved and is_best), seed
            compared += 1
            proved += simple
            reached += is_best
    assert compared > 120
    assert proved > 30
    assert reached > 0.85 * compared


def random_lessons(seed: int) -> TimetableProblem:
    """One to three courses that follow each other or do not, with a leader each or one for all, seats and a room."""
    draw = np.random.default_rng(seed)
    blocks, kinds = 5, draw.random((2, 5)) < draw.choice([0.5, 0.8])
    people, shared = kinds[draw.integers(0, 2, 4)], bool(draw.random() < 0.5)
    courses = tuple(
        Course(
            length=int(draw.integers(1, 3)),
            seats=int(draw.integers(0, 4)),
            people=tuple(np.flatnonzero(draw.random(4) < 0.7).tolist()),
            after=(number - 1,) if number and draw.random() < 0.6 else (),
            rooms=(0,) if draw.random() < 0.5 else (),
            facilitators=(0 if shared else number,),
        )
        for number in range(int(draw.integers(1, 4)))
    )
    courses = tuple(replace(c, seated=tuple(draw.integers(-1, blocks, len(c.people)).tolist())) for c in courses)
    return TimetableProblem(
        starts=np.arange(blocks) * 4,
        week=np.array([0, 0, 0, 1, 1], np.int32),
        block=4,
        courses=courses,
        people_free=people,
        rooms_free=np.ones((1, blocks), np.bool_),
        facilitators_free=draw.random((3, blocks)) < 0.9,
        room_seats=np.array([3], np.int64),
        per_week=int(draw.integers(0, 3)),
        seat=int(draw.choice([30, 1000])),
        session=int(draw.choice([8, 20])),
        stay=int(draw.choice([0, 40])),
    )


def best_lessons(problem: TimetableProblem) -> int | None:
    """The worth of the best timetable among all ways to seat everybody; None where there are too many."""
    keys = [(number, person) for number, course in enumerate(problem.courses) for person in course.people]
    blocks = range(len(problem.starts))
    options = [
        [NONE, *(b for b in blocks if problem.people_free[person, b : b + problem.courses[number].length].all())]
        for number, person in keys
    ]
    if np.prod([len(each) for each in options]) > 3000:
        return None
    best = 0
    for seats in itertools.product(*options):
        people: dict[tuple[int, int], list[int]] = {}
        for (number, person), block in zip(keys, seats, strict=True):
            if block != NONE:
                people.setdefault((number, block), []).append(person)
        sessions = tuple(
            TrainingSession(
                course=number,
                start=block,
                room=0 if problem.courses[number].rooms else NONE,
                facilitator=problem.courses[number].facilitators[0],
                people=tuple(who),
            )
            for (number, block), who in sorted(people.items())
        )
        value = sum(worth(problem, session) for session in sessions)
        answer = Timetable(sessions=sessions, value=value, bound=value, proved=True)
        if value > best and not verify_timetable(problem, answer):
            best = value
    return best


def test_modules_with_a_leader_are_placed_best() -> None:
    """Where a block says all about a session, the answer is proved and worth as much as the best of all."""
    compared = 0
    for seed in range(300):
        problem = random_lessons(seed)
        answer = place_timetable(problem)
        assert verify_timetable(problem, answer) == (), seed
        assert answer.proved, seed
        best = best_lessons(problem)
        if best is not None:
            assert answer.value == best, seed
            compared += 1
    assert compared > 100


def crowd(seed: int) -> TimetableProblem:
    """One course with a leader for two dozen people, so many that numbers of sessions and their times have to be found."""
    draw = np.random.default_rng(seed)
    people, blocks = int(draw.integers(12, 28)), int(draw.integers(10, 24))
    course = Course(length=1, seats=int(draw.integers(3, 9)), people=tuple(range(people)), facilitators=(0,))
    return TimetableProblem(
        starts=np.arange(blocks) * 4,
        week=np.zeros(blocks, np.int32),
        block=4,
        courses=(course,),
        people_free=draw.random((people, blocks)) < draw.uniform(0.1, 0.6),
        rooms_free=np.zeros((0, blocks), np.bool_),
        facilitators_free=np.ones((1, blocks), np.bool_),
        room_seats=np.zeros(0, np.int64),
        session=int(draw.choice([20, 200, 900])),
    )


def best_for_a_crowd(problem: TimetableProblem) -> int:
    """The worth of the best sessions by one plain integer program: nothing is counted, fixed or left out before."""
    people, blocks = problem.people_free.shape
    who, when = np.nonzero(problem.people_free)
    held, coming = np.arange(blocks), blocks + np.arange(len(who))
    cost = np.concatenate([problem.session + held, np.full(len(who), -problem.seat)]).astype(np.float64)
    each = np.arange(len(who))
    rows = [
        Rows.at_most(who, coming, np.ones(people)),
        Rows(
            row=np.concatenate([when, held]),
            column=np.concatenate([coming, held]),
            value=np.concatenate([np.ones(len(who)), np.full(blocks, -float(problem.courses[0].seats))]),
            sense=-1,
            rhs=np.zeros(blocks),
        ),
        Rows(
            row=np.concatenate([each, each]),
            column=np.concatenate([coming, when]),
            value=np.concatenate([np.ones(len(who)), -np.ones(len(who))]),
            sense=-1,
            rhs=np.zeros(len(who)),
        ),
    ]
    found = solve(assemble(cost, (np.zeros(len(cost)), np.ones(len(cost))), np.ones(len(cost), np.bool_), rows))
    return round(-found.objective)


def test_nothing_better_is_left_out() -> None:
    """What duals and counting take out of the program is in no better timetable."""
    for seed in (*range(15), *range(30, 40)):
        problem = crowd(seed)
        answer = place_timetable(problem)
        assert verify_timetable(problem, answer) == (), seed
        assert (answer.value, answer.proved) == (best_for_a_crowd(problem), True), seed


def example() -> TimetableProblem:
    """A course and one that builds on it, for four people, with one room and one facilitator."""
    everybody = (0, 1, 2, 3)
    return TimetableProblem(
        starts=np.array([0, 8, 16, 48, 56, 64], np.int64),
        week=np.array([0, 0, 0, 1, 1, 1], np.int32),
        block=8,
        courses=(
            Course(length=1, seats=2, people=everybody, rooms=(0,), facilitators=(0,)),
            Course(length=2, seats=0, people=everybody, after=(0,), rooms=(0, 1), facilitators=(0, 1), first=48),
        ),
        people_free=np.ones((4, 6), np.bool_),
        rooms_free=np.ones((2, 6), np.bool_),
        facilitators_free=np.ones((2, 6), np.bool_),
        room_seats=np.array([3, 4]),
        per_week=2,
    )


def test_a_timetable_keeps_the_order_and_needs_no_more_sessions_than_it_must() -> None:
    """Two sessions of two, then one of four in the larger room: proved."""
    answer = place_timetable(example())
    assert answer.proved
    assert [(s.course, len(s.people), s.room) for s in answer.sessions] == [(0, 2, 0), (0, 2, 0), (1, 4, 1)]


def test_without_time_there_is_still_a_right_timetable() -> None:
    """The deadline stops the improving, not the placing."""
    problem = random_timetable(7)
    assert verify_timetable(problem, place_timetable(problem, remaining=lambda: 0.0)) == ()


RIGHT = (
    TrainingSession(course=0, start=0, room=0, facilitator=0, people=(0, 1)),
    TrainingSession(course=0, start=1, room=0, facilitator=0, people=(2, 3)),
    TrainingSession(course=1, start=3, room=1, facilitator=1, people=(0, 1, 2, 3)),
)


@pytest.mark.parametrize(
    ("place", "change", "said"),
    [
        (0, {"course": 5}, "of which there are 2"),
        (0, {"start": 9}, "would take the blocks"),
        (2, {"start": 2}, "do not follow each other"),
        (2, {"start": 1}, "not within the time"),
        (0, {"room": 1}, "room 1 is not suitable"),
        (0, {"room": NONE}, "has no room"),
        (2, {"facilitator": 7}, "facilitator 7 is not suitable"),
        (0, {"people": (0, 1, 2)}, "3 people have one of 2 seats"),
        (2, {"room": 0}, "4 people have one of 3 seats"),
        (0, {"people": ()}, "nobody comes"),
        (0, {"people": (0, 8)}, "does not need it"),
        (1, {"start": 0}, "would be in 2 sessions in block 0"),
        (1, {"people": (1, 2)}, "would have 2 seats"),
        (0, {"people": (1,)}, "before the end of course 0"),
        (2, {"people": (0, 1)}, "are worth"),
    ],
)
def test_a_corrupted_timetable_is_named(place: int, change: dict[str, Any], said: str) -> None:
    """Each thing that can be wrong with a session is found and said."""
    value = 8 * 1000 - 3 * 500 - 4
    right = Timetable(sessions=RIGHT, value=value, bound=value, proved=True)
    assert verify_timetable(example(), right) == ()
    spoiled = (*RIGHT[:place], replace(RIGHT[place], **change), *RIGHT[place + 1 :])
    found = verify_timetable(example(), replace(right, sessions=spoiled))
    assert any(said in text for text in found), found


def test_wrong_numbers_about_a_timetable_are_named() -> None:
    """The bound and the claim of a proof have to fit, and a facilitator's week is counted."""
    value = 8 * 1000 - 3 * 500 - 4
    right = Timetable(sessions=RIGHT, value=value, bound=value, proved=True)
    assert any("below" in text for text in verify_timetable(example(), replace(right, bound=3)))
    assert any("do not agree" in text for text in verify_timetable(example(), replace(right, proved=False)))
    assert any("1 at most" in text for text in verify_timetable(replace(example(), per_week=1), right))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"block": 9}, "overlap"),
        ({"week": np.zeros(2, np.int32)}, "a column for each"),
        ({"room_seats": np.zeros(1, np.int64)}, "differ in length"),
        ({"seat": 0}, "worth something"),
        ({"per_week": -1}, "negative"),
        ({"courses": (Course(length=0, seats=1, people=()),)}, "a block at least"),
        ({"courses": (Course(length=1, seats=1, people=(9,)),)}, "different numbers"),
        ({"courses": (Course(length=1, seats=1, people=(), after=(0,)),)}, "stand before it"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(change: dict[str, Any], said: str) -> None:
    """A problem that contradicts itself is an error of the caller."""
    with pytest.raises(ValueError, match=said):
        replace(example(), **change)


def test_sessions_go_when_their_people_find_seats_elsewhere() -> None:
    """Moving one person frees the seat that lets a session go; where nobody can move, it stays."""
    can = np.array([[1, 1, 0], [1, 1, 0], [0, 1, 1]], np.bool_)
    assert thinned([[0], [1], [2]], [2, 1, 1], can) == [[0, 1], [2], []]
    assert thinned([[0], [1], [2]], [1, 1, 1], can) == [[0], [1], [2]]
    assert filled([2, 0, 1], [1, 1, 1], can) == [[0], [1], [2]]
