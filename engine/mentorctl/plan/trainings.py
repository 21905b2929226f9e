"""Live training sessions: all modules of a cohort in one timetable, in their rooms and with their facilitators.

What stands is worth staying for, so that only what must move moves; where nothing is different, nothing is asked.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from graphlib import TopologicalSorter
from itertools import product

from mentorctl.dates.zones import local_time
from mentorctl.diagnostics import Diagnostic, Place, finding
from mentorctl.optimize.scheduling.calendar import quarter_of
from mentorctl.plan.calendar import (
    Calendar,
    end_of,
    instant_at,
    must_hold,
)
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import LIVE_SESSION, Draft
from mentorctl.plan.model import Unplaced
from mentorctl.plan.own_time import needs_of_session
from mentorctl.plan.placed import report_placed
from mentorctl.plan.training_asked import Asked, training_basis
from mentorctl.plan.unplaced import LIMITS, why_unplaced
from mentorctl.spec.model import Module
from mentorctl.state.model import SessionRecord, TrainingRecord


def training_sessions(
    calendar: Calendar,
    trainings: Sequence[TrainingRecord],
    fixed: Sequence[SessionRecord],
    draft: Draft,
) -> list[SessionRecord]:
    """Sessions of all live modules for those who have them to do; `fixed` are new dates that others have set."""
    asked = [each for each in _all_asked(calendar, trainings, draft) if each is not None]
    if not asked:
        return []
    sessions = _kept(calendar, asked)
    if sessions is not None and not _collide(calendar.cohort, sessions, fixed):
        calendar.book(sessions)
        return sessions
    from mentorctl.optimize.scheduling.verify_timetable import verify_timetable
    from mentorctl.plan.training_table import Table

    table = Table(calendar=calendar, asked=tuple(asked))
    seats = sum(len(each.people) for each in asked)
    calendar.cohort.inputs.report(f"placing {seats} seats in trainings of {calendar.cohort.program.id}")
    answer = calendar.cohort.inputs.engine.timetable(table.problem)
    must_hold(verify_timetable(table.problem, answer))
    sessions = table.sessions(answer)
    calendar.book(sessions)
    _report_people(calendar, asked, sessions, draft)
    report_placed(
        calendar.cohort,
        draft,
        answer,
        kind="training",
        sessions=len(answer.sessions),
        placed=sum(len(session.people) for session in answer.sessions),
        asked=sum(len(each.people) for each in asked),
    )
    return sessions


# -- what is asked -----------------------------------------------------------------------------------------------------


def _all_asked(calendar: Calendar, trainings: Sequence[TrainingRecord], draft: Draft) -> list[Asked | None]:
    """The live modules that somebody has to do, prerequisites first."""
    cohort = calendar.cohort
    live = [module for module in _in_order(cohort.program.modules) if module.format.has_sessions]
    to_do: dict[str, set[str]] = {}
    for training in trainings:
        if training.state == "assigned" and training.person in calendar.row_of:
            to_do.setdefault(training.module, set()).add(training.person)
    needed = ((module, to_do.get(module.id, set()) - _seated_before(cohort, module)) for module in live)
    return [_asked(cohort, module, tuple(sorted(people)), draft) for module, people in needed if people]


def _asked(cohort: Cohort, module: Module, people: tuple[str, ...], draft: Draft) -> Asked | None:
    days = _training_days(cohort, module)
    if days is None:
        if module.due is None and cohort.timeline.phase("training") is None:
            draft.findings.append(_no_place(cohort, module, len(people)))
        today = cohort.inputs.as_of
        _list(cohort, module, people, (today, today), "over", draft)
        return None
    standing = (
        s
        for s in cohort.held("training").get(module.id, ())
        if s.state == LIVE_SESSION and instant_at(s.starts).date() > cohort.inputs.as_of
    )
    return Asked(module=module, people=people, days=days, standing=tuple(sorted(standing, key=lambda s: s.starts)))


def _kept(calendar: Calendar, asked: Sequence[Asked]) -> list[SessionRecord] | None:
    """The sessions that stand, where everybody has a seat and nothing is different that they were chosen from.

    A seat of somebody who needs none any more is free.
    """
    found: list[SessionRecord] = []
    for each in asked:
        ends = _ends(found, each.module)
        wanted, seated = set(each.people), set[str]()
        basis = training_basis(calendar.cohort, each.module)
        for session in each.standing:
            mine = tuple(person for person in session.people if person in wanted)
            seated.update(mine)
            not_before = max((ends.get(person, 0) for person in mine), default=0)
            if not _is_in_time(each, session, not_before) or session.basis != basis(session.people):
                return None
            if mine and mine != session.people:
                found.append(replace(session, people=mine, basis=basis(mine)))
            elif mine:
                found.append(session)
        if not wanted <= seated:
            return None
    return found


def _is_in_time(asked: Asked, session: SessionRecord, not_before: int) -> bool:
    begins = instant_at(session.starts)
    first, last = asked.days
    return first <= local_time(begins, session.zone).date() <= last and quarter_of(begins) >= not_before


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


# -- what there is to say ----------------------------------------------------------------------------------------------


def _report_people(calendar: Calendar, asked: Sequence[Asked], sessions: Sequence[SessionRecord], draft: Draft) -> None:
    """Who has no seat."""
    cohort = calendar.cohort
    done = {(s.subject, person): end_of(s) for s in sessions for person in s.people}
    needed = {(each.module.id, person) for each in asked for person in each.people}
    for each in asked:
        left = {person for person in each.people if (each.module.id, person) not in done}
        if not left:
            continue
        after = calendar.days(*each.days)[1] + calendar.base
        before = [(name, person) for name in each.module.after for person in left if (name, person) in needed]
        waiting = {person for name, person in before if done.get((name, person), after) >= after}
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
                + (f", {len(waiting)} of them because what comes before it is not done by then" if waiting else ""),
                help="offer more time, more seats or a self-paced form",
                place=Place(document=cohort.program.id, path=("training", "modules", each.module.id)),
            )
        )


def _reason(calendar: Calendar, asked: Asked, left: set[str]) -> str:
    """The one word for it: of one person the limit of their own that leaves no time, if there is one."""
    reason = why_unplaced(calendar, tuple(left), asked.days, asked.quarters, 0) if len(left) == 1 else LIMITS
    return "seats" if reason == LIMITS else reason


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


def _seated_before(cohort: Cohort, module: Module) -> set[str]:
    """Who had a seat in a session that is over; whether they came is a fact that the roster brings."""
    return {
        person
        for s in cohort.held("training").get(module.id, ())
        if s.state == LIVE_SESSION and instant_at(s.starts).date() <= cohort.inputs.as_of
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
