"""Live training sessions: all modules of a cohort in one timetable, in their rooms and with their facilitators.

What stands is worth staying for, so that only what must move moves; where nothing is different, nothing is asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from graphlib import TopologicalSorter
from itertools import count, product
from typing import TYPE_CHECKING

import numpy as np

from mentorctl.dates.zones import local_time
from mentorctl.diagnostics import Diagnostic, Place, finding
from mentorctl.lifecycle.compiled import plain
from mentorctl.optimize.scheduling.calendar import quarter_of
from mentorctl.optimize.scheduling.timetable import LARGEST, NONE, Course, Indices, Timetable, TimetableProblem
from mentorctl.optimize.scheduling.verify_timetable import verify_timetable
from mentorctl.plan.calendar import (
    Calendar,
    basis_of,
    end_of,
    instant_at,
    must_hold,
    session_record,
    weeks_of,
    when_free,
)
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import LIVE_SESSION, Draft
from mentorctl.plan.model import SchedulingSummary, Unplaced, gap_of
from mentorctl.plan.own_time import FACILITATOR, ROOM, needs_of_session
from mentorctl.plan.unplaced import LIMITS, why_unplaced
from mentorctl.spec.model import Module
from mentorctl.state.model import SessionRecord, TrainingRecord

if TYPE_CHECKING:
    from mentorctl.state.shapes import JsonValue

_SESSIONS = 8  # so many sessions later each, at most, are better than one session more
_SEAT = 10_000_000  # what a seat is worth at most: above this a solver that counts in fractions is no proof


def training_sessions(
    calendar: Calendar,
    trainings: Sequence[TrainingRecord],
    prior: Mapping[str, SessionRecord],
    fixed: Sequence[SessionRecord],
    draft: Draft,
) -> list[SessionRecord]:
    """Sessions of all live modules for those who have them to do; `fixed` are new dates that others have set."""
    asked = [each for each in _all_asked(calendar, trainings, prior, draft) if each is not None]
    if not asked:
        return []
    sessions = _kept(calendar, asked)
    if sessions is not None and not _collide(calendar.cohort, sessions, fixed):
        return _booked(calendar, sessions)
    table = _Table(calendar=calendar, asked=tuple(asked))
    calendar.cohort.inputs.report(f"placing the trainings of {sum(len(each.people) for each in asked)} people")
    answer = calendar.cohort.inputs.engine.timetable(table.problem)
    must_hold(verify_timetable(table.problem, answer))
    sessions = _booked(calendar, table.sessions(answer, prior))
    _report_people(calendar, asked, sessions, draft)
    _report_proof(calendar.cohort, asked, answer, draft)
    return sessions


def _booked(calendar: Calendar, sessions: list[SessionRecord]) -> list[SessionRecord]:
    for session in sessions:
        calendar.book(session)
    return sessions


# -- what is asked -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A module, who has it to do, on which days, and the sessions of it that are ahead."""

    module: Module
    people: tuple[str, ...]
    days: tuple[date, date]
    standing: tuple[SessionRecord, ...]

    @property
    def quarters(self) -> int:
        return self.module.takes.minutes // 15


def _all_asked(
    calendar: Calendar, trainings: Sequence[TrainingRecord], prior: Mapping[str, SessionRecord], draft: Draft
) -> list[_Asked | None]:
    """The live modules that somebody has to do, prerequisites first."""
    cohort = calendar.cohort
    live = [module for module in _in_order(cohort.program.modules) if module.format.has_sessions]
    to_do: dict[str, set[str]] = {}
    for training in trainings:
        if training.state == "assigned" and training.person in calendar.row_of:
            to_do.setdefault(training.module, set()).add(training.person)
    needed = ((module, to_do.get(module.id, set()) - _seated_before(cohort, module, prior.values())) for module in live)
    return [_asked(cohort, module, tuple(sorted(people)), prior, draft) for module, people in needed if people]


def _asked(
    cohort: Cohort, module: Module, people: tuple[str, ...], prior: Mapping[str, SessionRecord], draft: Draft
) -> _Asked | None:
    days = _training_days(cohort, module)
    if days is None:
        if module.due is None and cohort.timeline.phase("training") is None:
            draft.findings.append(_no_place(cohort, module, len(people)))
        today = cohort.inputs.as_of
        _list(cohort, module, people, (today, today), "over", draft)
        return None
    standing = (
        s
        for s in prior.values()
        if s.subject == module.id
        and s.kind == "training"
        and s.state == LIVE_SESSION
        and instant_at(s.starts).date() > cohort.inputs.as_of
    )
    return _Asked(module=module, people=people, days=days, standing=tuple(sorted(standing, key=lambda s: s.starts)))


def _kept(calendar: Calendar, asked: Sequence[_Asked]) -> list[SessionRecord] | None:
    """The sessions that stand, where everybody has a seat and nothing is different that they were chosen from.

    A seat of somebody who needs none any more is free.
    """
    found: list[SessionRecord] = []
    for each in asked:
        ends = _ends(found, each.module)
        wanted, seated = set(each.people), set[str]()
        for session in each.standing:
            mine = tuple(person for person in session.people if person in wanted)
            seated.update(mine)
            if not _stays(calendar.cohort, each, session, max((ends.get(person, 0) for person in mine), default=0)):
                return None
            found += [replace(session, people=mine)] if mine else []
        if not wanted <= seated:
            return None
    return found


def _stays(cohort: Cohort, asked: _Asked, session: SessionRecord, not_before: int) -> bool:
    begins = instant_at(session.starts)
    first, last = asked.days
    is_in_time = first <= local_time(begins, session.zone).date() <= last and quarter_of(begins) >= not_before
    return is_in_time and session.basis == _basis(cohort, asked.module, session.people)


def _collide(cohort: Cohort, sessions: Sequence[SessionRecord], fixed: Sequence[SessionRecord]) -> bool:
    """Whether somebody or something would be in two of them at a time."""
    for one, two in product(sessions, fixed):
        begins = [quarter_of(instant_at(session.starts)) for session in (one, two)]
        needs = [{*session.people, *needs_of_session(cohort.inputs, session)} for session in (one, two)]
        if max(begins) < min(end_of(one), end_of(two)) and needs[0] & needs[1]:
            return True
    return False


def _ends(sessions: Sequence[SessionRecord], module: Module) -> dict[str, int]:
    """For each person the quarter hour from which their prerequisites are done."""
    ends: dict[str, int] = {}
    for session in sessions:
        if session.subject in module.after:
            for person in session.people:
                ends[person] = max(ends.get(person, 0), end_of(session))
    return ends


def _basis(cohort: Cohort, module: Module, people: Sequence[str]) -> str:
    """A digest of what the slot of a session was chosen from: the module, its days, and the time that its people have.

    Of somebody who left the roster nothing is known, so that the seats are given anew.
    """
    due = cohort.timeline.day_of(module.due) if module.due else None
    phase = cohort.timeline.phase_on(due) if due else cohort.timeline.phase("training")
    rolls = cohort.timeline.is_rolling
    when = [] if phase is None or rolls else [plain(phase), plain(due)]
    index_of, span = cohort.inputs.index_of, (cohort.timeline.start, cohort.timeline.end)
    about: list[JsonValue] = [when_free(cohort, p, *span) if p in index_of else None for p in people]
    workspace = cohort.inputs.workspace
    places = [plain(room) for room in workspace.rooms if room.id == module.room]
    leaders = [plain(one) for one in workspace.facilitators if one.id == module.facilitator]
    return basis_of([plain(module), when, about, *places, *leaders])


# -- one timetable -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Table:
    """All modules as courses over the quarter hours in which somebody who needs one of them has time.

    A module that names no facilitator has one of its own, who leads one session at a time.
    """

    calendar: Calendar
    asked: tuple[_Asked, ...]

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

    def _begins(self, asked: _Asked) -> tuple[int, ...]:
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

    def _seated(self, asked: _Asked) -> tuple[int, ...]:
        """The block in which each person has a seat so far."""
        found = dict.fromkeys(asked.people, NONE)
        for session in asked.standing:
            for block in self._blocks([quarter_of(instant_at(session.starts))]):
                found |= dict.fromkeys((person for person in session.people if person in found), block)
        return tuple(found.values())

    def sessions(self, answer: Timetable, prior: Mapping[str, SessionRecord]) -> list[SessionRecord]:
        """One record per session; one that stands keeps its number, so that it stays the same session."""
        cohort, sessions = self.calendar.cohort, []
        for at, each in enumerate(self.asked):
            module = each.module
            numbers = {quarter_of(instant_at(s.starts)): s.number for s in each.standing}
            taken = {s.number for s in prior.values() if s.kind == "training" and s.subject == module.id}
            unused = (number for number in count(1) if number not in taken)
            for session in answer.sessions:
                if session.course == at:
                    quarter = int(self.columns[session.start]) + self.calendar.base
                    mine = tuple(sorted(self.people[person] for person in session.people))
                    number = numbers.get(quarter) or next(unused)
                    basis = _basis(cohort, module, mine)
                    sessions.append(
                        session_record(cohort, "training", module.id, number, quarter, module.takes, mine, basis)
                    )
        return sessions


def _leader(module: Module, leaders: Sequence[str], nameless: Sequence[str]) -> int:
    return leaders.index(module.facilitator) if module.facilitator else len(leaders) + nameless.index(module.id)


def _worths(blocks: int, courses: Sequence[Course]) -> dict[str, int]:
    """Seats before everything, then who keeps a seat, then few sessions, then early ones."""
    fewest = sum(-(-len(course.people) // (course.seats or LARGEST)) for course in courses)
    session = 1 + blocks * min(fewest, _SESSIONS)
    stay = 2 * session
    seated = sum(block != NONE for course in courses for block in course.seated)
    return {"session": session, "stay": stay, "seat": max(2, min(2 + seated, _SEAT // stay)) * stay, "late": 1}


# -- what there is to say ----------------------------------------------------------------------------------------------


def _report_people(
    calendar: Calendar, asked: Sequence[_Asked], sessions: Sequence[SessionRecord], draft: Draft
) -> None:
    """Who has no seat."""
    cohort = calendar.cohort
    without = {
        each.module.id: set(each.people) - {p for s in sessions if s.subject == each.module.id for p in s.people}
        for each in asked
    }
    for each in asked:
        left = without[each.module.id]
        if not left:
            continue
        waiting = left & {person for name in each.module.after for person in without.get(name, ())}
        for people, reason in (
            (left - waiting, _reason(calendar, each, left - waiting)),
            (waiting, "prerequisite"),
        ):
            if people:
                _list(cohort, each.module, tuple(sorted(people)), each.days, reason, draft)
        first, last = each.days
        draft.findings.append(
            finding(
                "MC6002",
                f"{len(left)} of {len(each.people)} people have no seat in `{each.module.id}` from {first} to {last}"
                + (f", {len(waiting)} of them because they have none in what comes before it" if waiting else ""),
                help="offer more time, more seats or a self-paced form",
                place=Place(document=cohort.program.id, path=("training", "modules", each.module.id)),
            )
        )


def _reason(calendar: Calendar, asked: _Asked, left: set[str]) -> str:
    """The one word for it: of one person the limit of their own that leaves no time, if there is one."""
    reason = why_unplaced(calendar, tuple(left), asked.days, asked.quarters, 0) if len(left) == 1 else LIMITS
    return "seats" if reason == LIMITS else reason


def _report_proof(cohort: Cohort, asked: Sequence[_Asked], answer: Timetable, draft: Draft) -> None:
    summary = SchedulingSummary(
        program=cohort.program.id,
        cohort=cohort.id,
        kind="training",
        sessions=len(answer.sessions),
        placed=sum(len(session.people) for session in answer.sessions),
        asked=sum(len(each.people) for each in asked),
        proved=answer.proved,
        gap=gap_of(answer.value, answer.bound),
    )
    draft.schedules.append(summary)
    if not answer.proved:
        draft.findings.append(
            finding(
                "MC6004",
                f"the {summary.sessions} training sessions of `{cohort.id}` are {summary.from_best}; "
                f"they seat {summary.placed} of {summary.asked}",
                help="plan again with a longer --time-limit",
                place=Place(document=cohort.program.id, path=("training", "modules")),
            )
        )


def _list(
    cohort: Cohort, module: Module, people: tuple[str, ...], days: tuple[date, date], reason: str, draft: Draft
) -> None:
    """The people who have no seat, so that nobody is dropped silently."""
    draft.unplaced.append(
        Unplaced(
            program=cohort.program.id,
            cohort=cohort.id,
            kind="training",
            subject=module.id,
            number=1,
            first=days[0].isoformat(),
            last=days[1].isoformat(),
            people=people,
            minutes=module.takes.minutes,
            reason=reason,
        )
    )


def _seated_before(cohort: Cohort, module: Module, prior: Iterable[SessionRecord]) -> set[str]:
    """Who had a seat in a session that is over; whether they came is a fact that the roster brings."""
    return {
        person
        for s in prior
        if s.kind == "training"
        and s.subject == module.id
        and s.state == LIVE_SESSION
        and instant_at(s.starts).date() <= cohort.inputs.as_of
        for person in s.people
    }


def _no_place(cohort: Cohort, module: Module, people: int) -> Diagnostic:
    return finding(
        "MC6002",
        f"`{module.id}` has no due date and there is no phase `training`, so {people} people have no seat",
        help="add for example `due: {after: active.start, by: 3w}`",
        place=Place(document=cohort.program.id, path=("training", "modules", module.id)),
    )


def _training_days(cohort: Cohort, module: Module) -> tuple[date, date] | None:
    """The days on which a live module is held: in the phase that its due date is in, up to that date."""
    tomorrow = cohort.inputs.as_of + timedelta(days=1)
    due = cohort.timeline.day_of(module.due) if module.due else None
    phase = cohort.timeline.phase_on(due) if due else cohort.timeline.phase("training")
    if phase is None:
        return None
    begin = tomorrow if cohort.timeline.is_rolling else phase.start  # whoever came earlier may be trained by now
    first, last = max(begin, tomorrow), min(phase.end, due) if due else phase.end
    return (first, last) if first <= last else None


def _in_order(modules: Sequence[Module]) -> list[Module]:
    by_id = {m.id: m for m in modules}
    graph = {m.id: sorted(m.after) for m in sorted(modules, key=lambda m: m.id)}
    return [by_id[name] for name in TopologicalSorter(graph).static_order()]
