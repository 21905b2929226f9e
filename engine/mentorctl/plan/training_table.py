"""The trainings of a cohort as one problem, and the answer as sessions: what is asked for, and what each is worth."""

from collections.abc import Sequence
from functools import cached_property
from itertools import count

import numpy as np

from mentorctl.optimize.scheduling.calendar import quarter_of
from mentorctl.optimize.scheduling.timetable import LARGEST, NONE, Course, Indices, Timetable, TimetableProblem
from mentorctl.plan.calendar import Calendar, instant_at, session_record, weeks_of
from mentorctl.plan.own_time import FACILITATOR, ROOM
from mentorctl.plan.training_asked import Asked, training_basis
from mentorctl.spec.model import Module
from mentorctl.state.model import SessionRecord
from mentorctl.values import dataclass

_SESSIONS = 8  # so many sessions later each, at most, are better than one session more
_SEAT = 10_000_000  # what a seat is worth at most: above this a solver that counts in fractions is no proof


@dataclass(frozen=True, kw_only=True)
class Table:
    """All modules as courses over the quarter hours in which somebody who needs one of them has time.

    A module that names no facilitator has one of its own, who leads one session at a time.
    """

    calendar: Calendar
    asked: tuple[Asked, ...]

    @cached_property
    def people(self) -> tuple[str, ...]:
        return tuple(sorted({person for each in self.asked for person in each.people}))

    @cached_property
    def columns(self) -> Indices:
        """The columns of the calendar that are blocks."""
        free = self.calendar.free.free
        useful = np.zeros(free.shape[1], np.bool_)
        for each in self.asked:
            rows = [self.calendar.row_of[person] for person in each.people]
            days = slice(*self.calendar.days(*each.days))
            useful[days] |= free[rows, days].any(axis=0)
        return np.flatnonzero(useful)

    @cached_property
    def problem(self) -> TimetableProblem:
        asked, free = self.asked, self.calendar.free.free
        rooms = sorted({each.module.room for each in asked if each.module.room})
        leaders = sorted({each.module.facilitator for each in asked if each.module.facilitator})
        nameless = [each.module.id for each in asked if not each.module.facilitator]
        row_of = self.calendar.row_of
        room_rows = [row_of[f"{ROOM}:{room}"] for room in rooms]
        led = free[[row_of[f"{FACILITATOR}:{leader}"] for leader in leaders]][:, self.columns]
        places = {room.id: room.seats for room in self.calendar.cohort.inputs.workspace.rooms}
        number = {each.module.id: at for at, each in enumerate(asked)}
        place = {person: at for at, person in enumerate(self.people)}
        courses = tuple(
            Course(
                length=each.quarters,
                seats=each.module.seats,
                people=tuple(place[person] for person in each.people),
                after=tuple(sorted(number[name] for name in each.module.after if name in number)),
                rooms=(rooms.index(each.module.room),) if each.module.room else (),
                facilitators=(_leader(each.module, leaders, nameless),),
                begins=self._begins(each),
                seated=self._seated(each),
            )
            for each in asked
        )
        starts = self.columns + self.calendar.base
        return TimetableProblem(
            starts=starts,
            week=weeks_of(starts),
            block=1,
            courses=courses,
            people_free=free[[row_of[person] for person in self.people]][:, self.columns],
            rooms_free=free[room_rows][:, self.columns],
            facilitators_free=np.vstack([led, np.ones((len(nameless), len(starts)), np.bool_)]),
            room_seats=np.array([places.get(room, LARGEST) for room in rooms], np.int64),
            **_worths(len(starts), courses),
        )

    def _begins(self, asked: Asked) -> tuple[int, ...]:
        """The blocks in which a session may begin: on full hours, as somebody's time begins, where one stands."""
        calendar = self.calendar
        inside = np.zeros(calendar.free.free.shape[1], np.bool_)
        inside[slice(*calendar.days(*asked.days))] = True
        inside &= calendar.open_for(asked.module)
        rows = calendar.free.free[[calendar.row_of[person] for person in asked.people]] & inside
        starts = np.unique(np.concatenate([calendar.free.starts(row, asked.quarters) for row in rows]))
        starts = starts[calendar.notice_of(starts.astype(np.int64), asked.standing)]
        return tuple(self._blocks([*starts.tolist(), *(quarter_of(instant_at(s.starts)) for s in asked.standing)]))

    def _blocks(self, quarters: Sequence[int]) -> list[int]:
        """The blocks of some quarter hours, as far as they are blocks."""
        return np.flatnonzero(np.isin(self.columns + self.calendar.base, quarters)).tolist()

    def _seated(self, asked: Asked) -> tuple[int, ...]:
        """The block in which each person has a seat so far."""
        found = dict.fromkeys(asked.people, NONE)
        for session in asked.standing:
            for block in self._blocks([quarter_of(instant_at(session.starts))]):
                found |= dict.fromkeys((person for person in session.people if person in found), block)
        return tuple(found.values())

    def sessions(self, answer: Timetable) -> list[SessionRecord]:
        """One record per session."""
        sessions = []
        for at, each in enumerate(self.asked):
            held = [
                (
                    int(self.columns[session.start]) + self.calendar.base,
                    tuple(sorted(self.people[person] for person in session.people)),
                )
                for session in answer.sessions
                if session.course == at
            ]
            module, cohort = each.module, self.calendar.cohort
            basis = training_basis(cohort, module)
            taken = {s.number for s in cohort.held("training").get(module.id, ())}
            for (quarter, mine), number in zip(held, _numbers(held, each.standing, taken), strict=True):
                sessions.append(
                    session_record(cohort, "training", module.id, number, quarter, module.takes, mine, basis(mine))
                )
        return sessions


type _Held = tuple[int, tuple[str, ...]]  # when a session begins, and who comes


def _numbers(held: Sequence[_Held], standing: Sequence[SessionRecord], taken: set[int]) -> list[int]:
    """The numbers of sessions: one that stands keeps its own, and one that moves takes it along with its people."""
    free = {quarter_of(instant_at(session.starts)): session for session in standing}
    numbers = {quarter: free.pop(quarter).number for quarter, _ in held if quarter in free}
    left = sorted(free.values(), key=lambda session: session.number)
    unused = (number for number in count(1) if number not in taken)
    for quarter, people in held:
        if quarter not in numbers:
            moved = max(left, key=lambda session: len(set(session.people) & set(people)), default=None)
            if moved is not None and set(moved.people) & set(people):
                left.remove(moved)
                numbers[quarter] = moved.number
            else:
                numbers[quarter] = next(unused)
    return [numbers[quarter] for quarter, _ in held]


def _leader(module: Module, leaders: Sequence[str], nameless: Sequence[str]) -> int:
    return leaders.index(module.facilitator) if module.facilitator else len(leaders) + nameless.index(module.id)


def _worths(blocks: int, courses: Sequence[Course]) -> dict[str, int]:
    """Seats before everything, then who keeps a seat, then few sessions, then early ones."""
    fewest = sum(-(-len(course.people) // (course.seats or LARGEST)) for course in courses)
    session = 1 + blocks * min(fewest, _SESSIONS)
    stay = 2 * session
    seated = sum(block != NONE for course in courses for block in course.seated)
    return {"session": session, "stay": stay, "seat": max(2, min(2 + seated, _SEAT // stay)) * stay, "late": 1}
