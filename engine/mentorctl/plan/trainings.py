"""Live training sessions: enough of them, with seats, when people have time; prerequisites first."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from graphlib import TopologicalSorter
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mentorctl.dates.zones import local_time
from mentorctl.diagnostics import Diagnostic, Place, finding
from mentorctl.lifecycle.compiled import plain
from mentorctl.optimize.scheduling.calendar import quarter_of
from mentorctl.optimize.scheduling.problem import NO_SEAT, TrainingAnswer, TrainingProblem
from mentorctl.optimize.scheduling.verify import verify_training
from mentorctl.plan.calendar import (
    Calendar,
    Indices,
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
from mentorctl.plan.model import Unplaced
from mentorctl.plan.unplaced import why_unplaced
from mentorctl.spec.model import Module
from mentorctl.state.model import SessionRecord, TrainingRecord

if TYPE_CHECKING:
    from mentorctl.state.shapes import JsonValue


def training_sessions(
    calendar: Calendar, trainings: Sequence[TrainingRecord], prior: dict[str, SessionRecord], draft: Draft
) -> list[SessionRecord]:
    """Sessions of the live modules, prerequisites first."""
    sessions: list[SessionRecord] = []
    for module in _in_order(calendar.cohort.program.modules):
        if module.format.has_sessions:
            seated = _seated_before(calendar.cohort, module, prior.values())
            needed = sorted({t.person for t in trainings if t.module == module.id and t.state == "assigned"} - seated)
            ends = _ends(sessions, module)
            sessions += _training(calendar, module, [p for p in needed if p in calendar.row_of], ends, prior, draft)
    return sessions


def _training(
    calendar: Calendar,
    module: Module,
    people: list[str],
    ends: dict[str, int],
    prior: dict[str, SessionRecord],
    draft: Draft,
) -> list[SessionRecord]:
    if not people:
        return []
    days = _training_days(calendar.cohort, module)
    if days is None:
        if module.due is None and calendar.cohort.timeline.phase("training") is None:
            draft.findings.append(_no_place(calendar.cohort, module, len(people)))
        today = calendar.cohort.inputs.as_of
        _list(calendar.cohort, module, tuple(people), (today, today), "over", draft)
        return []
    standing = {
        s.address.id: s
        for s in prior.values()
        if s.subject == module.id
        and s.kind == "training"
        and s.state == LIVE_SESSION
        and instant_at(s.starts).date() > calendar.cohort.inputs.as_of
    }
    kept = _kept(calendar, module, people, ends, days, standing.values())
    if kept is not None:
        return kept
    problem = _problem(calendar, module, people, ends, days, standing.values())
    calendar.cohort.inputs.report(f"placing the training {module.id} for {len(people)} people")
    answer = calendar.cohort.inputs.engine.trainings(problem)
    must_hold(verify_training(problem, answer))
    _report(calendar, module, people, days, answer, draft)
    taken = {s.number for s in prior.values() if s.kind == "training" and s.subject == module.id}
    return _training_records(calendar, module, people, problem.slots, answer.seat_of, standing, taken)


def _problem(
    calendar: Calendar,
    module: Module,
    people: list[str],
    ends: dict[str, int],
    days: tuple[date, date],
    standing: Iterable[SessionRecord],
) -> TrainingProblem:
    """When each of some people could come to a session of a module, beside the sessions that stand."""
    standing = tuple(standing)
    quarters = module.takes.minutes // 15
    first, last = calendar.days(*days)
    rows = calendar.free.free[[calendar.row_of[p] for p in people]]
    inside = np.zeros(rows.shape[1], np.bool_)
    inside[first:last] = True
    inside &= calendar.open_for(module)
    starts = [calendar.free.starts(row & inside, quarters) for row in rows]
    starts = [each[calendar.notice_of(each, standing)] for each in starts]
    slots = np.unique(np.concatenate([*starts, _starts_of(standing)])).astype(np.int64)
    available = np.stack([np.isin(slots, s) & (slots >= ends.get(p, 0)) for s, p in zip(starts, people, strict=True)])
    return TrainingProblem(
        slots=slots,
        day=((slots - calendar.base) // 96).astype(np.int32),
        week=weeks_of(slots),
        available=available,
        seated_at=_seats(standing, people, slots, available),
        seats=_seats_of(calendar.cohort, module),
        apart=quarters,
    )


def _report(
    calendar: Calendar,
    module: Module,
    people: list[str],
    days: tuple[date, date],
    answer: TrainingAnswer,
    draft: Draft,
) -> None:
    """Who has no seat, and a plan of sessions that may not be the best."""
    cohort, here = calendar.cohort, ("training", "modules", module.id)
    left = tuple(p for p, seat in zip(people, answer.seat_of, strict=True) if seat == NO_SEAT)
    if left:
        quarters = module.takes.minutes // 15
        reason = why_unplaced(calendar, left[:1], days, quarters, 0) if len(left) == 1 else "seats"
        _list(cohort, module, left, days, reason, draft)
        draft.findings.append(
            finding(
                "MC6002",
                f"{len(left)} of {len(people)} people have no seat in `{module.id}` from {days[0]} to {days[1]}",
                help="offer more time, more seats or a self-paced form",
                place=Place(document=cohort.program.id, path=here),
            )
        )
    if not answer.proved:
        draft.findings.append(
            finding(
                "MC6004",
                f"the sessions of `{module.id}` seat {answer.goals.seated} people in {answer.goals.sessions} sessions; "
                f"at best {answer.bounds.seated} in {answer.bounds.sessions}",
                help="plan again with a longer --time-limit",
                place=Place(document=cohort.program.id, path=here),
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


def _seats_of(cohort: Cohort, module: Module) -> int:
    """How many people one session holds: as the module says, and no more than its room; 0 for no limit."""
    rooms = [room.seats for room in cohort.inputs.workspace.rooms if room.id == module.room]
    return min(filter(None, (module.seats, *rooms)), default=0)


def _kept(
    calendar: Calendar,
    module: Module,
    people: list[str],
    ends: dict[str, int],
    days: tuple[date, date],
    standing: Iterable[SessionRecord],
) -> list[SessionRecord] | None:
    """The sessions that stand, where everybody has a seat and nothing is different that it was chosen from.

    A seat of somebody who needs none any more is free.
    """
    wanted, seated = set(people), set[str]()
    kept = []
    for session in sorted(standing, key=lambda s: s.starts):
        begins = quarter_of(instant_at(session.starts))
        fits = days[0] <= local_time(instant_at(session.starts), session.zone).date() <= days[1]
        if not fits or session.basis != _basis(calendar.cohort, module, session.people):
            return None
        mine = tuple(person for person in session.people if person in wanted)
        if any(begins < ends.get(person, 0) for person in mine):
            return None
        seated.update(mine)
        kept += [replace(session, people=mine)] if mine else []
    if not wanted <= seated:
        return None
    for session in kept:
        calendar.book(session)
    return kept


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


def _training_records(
    calendar: Calendar,
    module: Module,
    people: list[str],
    slots: NDArray[np.int64],
    seat_of: Sequence[int],
    standing: dict[str, SessionRecord],
    taken: set[int],
) -> list[SessionRecord]:
    """One record per session; one that stands keeps its number, so that it stays the same session."""
    held = sorted(set(seat_of) - {NO_SEAT})
    numbers = {quarter_of(instant_at(s.starts)): s.number for s in standing.values()}
    unused = (n for n in count(1) if n not in taken)
    sessions = []
    for at in held:
        quarter = int(slots[at])
        mine = tuple(p for p, seat in zip(people, seat_of, strict=True) if seat == at)
        session = session_record(
            calendar.cohort,
            "training",
            module.id,
            numbers.get(quarter) or next(unused),
            quarter,
            module.takes,
            mine,
            _basis(calendar.cohort, module, mine),
        )
        calendar.book(session)
        sessions.append(session)
    return sessions


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


def _ends(sessions: Iterable[SessionRecord], module: Module) -> dict[str, int]:
    """For each person the quarter hour from which their prerequisites are done."""
    ends: dict[str, int] = {}
    for session in sessions:
        if session.subject in module.after:
            for person in session.people:
                ends[person] = max(ends.get(person, 0), end_of(session))
    return ends


def _in_order(modules: Sequence[Module]) -> list[Module]:
    by_id = {m.id: m for m in modules}
    graph = {m.id: sorted(m.after) for m in sorted(modules, key=lambda m: m.id)}
    return [by_id[name] for name in TopologicalSorter(graph).static_order()]


def _seats(
    standing: Iterable[SessionRecord], people: list[str], slots: NDArray[np.int64], available: NDArray[np.bool_]
) -> Indices:
    """The candidate at which each person already has a seat that still suits, or -1."""
    seats = np.full(len(people), NO_SEAT, np.int32)
    row_of = {p: i for i, p in enumerate(people)}
    for session in standing:
        at = int(np.searchsorted(slots, quarter_of(instant_at(session.starts))))
        for person in session.people:
            row = row_of.get(person, -1)
            if row >= 0 and available[row, at]:
                seats[row] = at
    return seats


def _starts_of(sessions: Iterable[SessionRecord]) -> NDArray[np.int64]:
    return np.array([quarter_of(instant_at(s.starts)) for s in sessions], np.int64)
