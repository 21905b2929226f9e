"""What goes on calendars: training sessions, events, and the meetings of every match, in this order.

A session that stands keeps its slot while what it was chosen from is unchanged; whatever is new is placed around it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from graphlib import TopologicalSorter
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from mentorctl.addresses import opaque_id
from mentorctl.dates.durations import Duration, later
from mentorctl.dates.timeline import DatedPhase
from mentorctl.dates.zones import utc_offset_minutes
from mentorctl.diagnostics import Place, finding
from mentorctl.lifecycle.compiled import plain
from mentorctl.optimize.scheduling.calendar import FreeTime, Window, free_time, instant_of, quarter_of, zone_of
from mentorctl.optimize.scheduling.events import place_event
from mentorctl.optimize.scheduling.problem import NO_SEAT, PairCandidates, SeriesProblem, TrainingProblem
from mentorctl.optimize.scheduling.verify import verify_series, verify_training
from mentorctl.optimize.verify import WrongAnswer
from mentorctl.plan.enrollments import GONE, Cohort
from mentorctl.plan.inputs import LIVE_SESSION, Draft
from mentorctl.plan.matches import STANDING
from mentorctl.plan.model import SchedulingSummary
from mentorctl.roster.people import WeekColumn, bits_of
from mentorctl.spec.model import Event, Format, Meetings, Module
from mentorctl.state.model import EnrollmentRecord, MatchRecord, SessionRecord, TrainingRecord

type Indices = NDArray[np.int32]

_HELD = 10_000  # what a meeting is worth; everything else only orders the slots of one meeting
_PER_DAY_LATER = 10
_REGULAR = 50
_EVENT_DAYS = 7
_DEFAULT_HOURS = (36, 68)
_MONDAY = 4 * 96  # 1970-01-05 was a Monday


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The free time of a cohort's people from the day after the plan to the end, less what they already attend."""

    cohort: Cohort
    people: tuple[str, ...]
    row_of: dict[str, int]
    free: FreeTime

    def book(self, session: SessionRecord) -> None:
        """Make the people of a session busy."""
        start = quarter_of(_instant(session.starts))
        for person in session.people:
            if person in self.row_of:
                self.free.block(self.row_of[person], start, session.minutes // 15)

    def days(self, first: date, last: date) -> tuple[int, int]:
        """The columns of the free time that belong to some days in the program's zone."""
        offset = utc_offset_minutes(first, self.cohort.program.timezone) // 15
        begin = (first - date(1970, 1, 1)).days * 96 - offset - self.free.base
        return max(0, begin), max(0, begin + ((last - first).days + 1) * 96)


def schedule_cohort(
    cohort: Cohort, enrollments: Sequence[EnrollmentRecord], trainings: Sequence[TrainingRecord],
    matches: Sequence[MatchRecord], draft: Draft,
) -> list[SessionRecord]:
    """All sessions of a cohort: kept, moved, new, and cancelled ones."""
    prior = cohort.prior(SessionRecord)
    calendar = _calendar(cohort, [e.person for e in enrollments if e.state not in GONE], prior.values(), draft)
    sessions: list[SessionRecord] = []
    if calendar is not None:
        sessions += _trainings(calendar, trainings, prior, draft)
        sessions += _events(calendar, enrollments, prior, draft)
        sessions += _meetings(calendar, matches, prior, draft, not_before=_opened(calendar, sessions))
    placed = {s.address.id for s in sessions}
    sessions += [_no_longer(cohort, s) for s in prior.values() if s.address.id not in placed]
    return sessions


def _no_longer(cohort: Cohort, session: SessionRecord) -> SessionRecord:
    """A session that nobody asked for again: cancelled if it was ahead, history if it was not."""
    ahead = _instant(session.starts).date() > cohort.inputs.as_of
    return replace(session, state="cancelled") if ahead and session.state == LIVE_SESSION else session


def _calendar(
    cohort: Cohort, people: Iterable[str], own: Iterable[SessionRecord], draft: Draft
) -> Calendar | None:
    everyone = tuple(sorted({p for p in people if p in cohort.inputs.index_of}))
    first = max(cohort.inputs.as_of + timedelta(days=1), cohort.timeline.start)
    if not everyone or first > cohort.timeline.end:
        return None
    hours = cohort.program.meetings.hours if cohort.program.meetings else _DEFAULT_HOURS
    window = Window(first=first, last=cohort.timeline.end, hours=hours)
    rows = np.array([cohort.inputs.index_of[p] for p in everyone], np.int32)
    calendar = Calendar(
        cohort=cohort, people=everyone, row_of={p: i for i, p in enumerate(everyone)},
        free=free_time(cohort.inputs.roster, rows, window, cohort.program.timezone),
    )
    mine = {s.address for s in own}
    elsewhere = (r for r in cohort.inputs.snapshot.records if isinstance(r, SessionRecord) and r.address not in mine)
    for session in (*elsewhere, *draft.sessions()):
        if session.state == LIVE_SESSION:
            calendar.book(session)
    return calendar


# -- training ----------------------------------------------------------------------------------------------------------


def _trainings(
    calendar: Calendar, trainings: Sequence[TrainingRecord], prior: dict[str, SessionRecord], draft: Draft
) -> list[SessionRecord]:
    """Sessions of the live modules, prerequisites first."""
    sessions: list[SessionRecord] = []
    for module in _in_order(calendar.cohort.program.modules):
        if module.format is Format.LIVE:
            needed = sorted({t.person for t in trainings if t.module == module.id and t.state == "assigned"})
            ends = _ends(sessions, module)
            sessions += _training(calendar, module, [p for p in needed if p in calendar.row_of], ends, prior, draft)
    return sessions


def _training(
    calendar: Calendar, module: Module, people: list[str], ends: dict[str, int], prior: dict[str, SessionRecord],
    draft: Draft,
) -> list[SessionRecord]:
    days = _training_days(calendar.cohort, module)
    if days is None or not people:
        return []
    quarters = module.takes.minutes // 15
    first, last = calendar.days(*days)
    rows = calendar.free.free[[calendar.row_of[p] for p in people]]
    inside = np.zeros(rows.shape[1], np.bool_)
    inside[first:last] = True
    starts = [calendar.free.starts(row & inside, quarters) for row in rows]
    standing = {s.address.id: s for s in prior.values() if s.subject == module.id and s.kind == "training"
                and s.state == LIVE_SESSION}
    slots = np.unique(np.concatenate([*starts, _starts_of(standing.values())])).astype(np.int64)
    available = np.stack([
        np.isin(slots, s) & (slots >= ends.get(p, 0)) for s, p in zip(starts, people, strict=True)
    ])
    problem = TrainingProblem(
        slots=slots, day=((slots - calendar.free.base) // 96).astype(np.int32), week=_weeks(slots),
        available=available, seated_at=_seats(standing.values(), people, slots, available), seats=module.seats,
        apart=quarters,
    )
    calendar.cohort.inputs.report(f"placing the training {module.id} for {len(people)} people")
    answer = calendar.cohort.inputs.engine.trainings(problem)
    _must_hold(verify_training(problem, answer))
    unseated = answer.seat_of.count(NO_SEAT)
    if unseated:
        draft.findings.append(finding(
            "MC6002", f"{unseated} of {len(people)} people have no seat in `{module.id}` from {days[0]} to {days[1]}",
            help="offer more time, more seats or a self-paced form",
            place=Place(document=calendar.cohort.program.id, path=("training", "modules", module.id)),
        ))
    return _training_records(calendar, module, people, slots, answer.seat_of, standing)


def _training_records(
    calendar: Calendar, module: Module, people: list[str], slots: NDArray[np.int64], seat_of: Sequence[int],
    standing: dict[str, SessionRecord],
) -> list[SessionRecord]:
    """One record per session; one that stands keeps its number, so that it stays the same session."""
    held = sorted(set(seat_of) - {NO_SEAT})
    numbers = {quarter_of(_instant(s.starts)): s.number for s in standing.values()}
    unused = iter(n for n in range(1, len(held) + len(numbers) + 1) if n not in numbers.values())
    sessions = []
    for at in held:
        quarter = int(slots[at])
        session = _session(
            calendar.cohort, "training", module.id, numbers.get(quarter) or next(unused), quarter,
            module.takes, tuple(p for p, seat in zip(people, seat_of, strict=True) if seat == at), _digest(plain(module)),
        )
        calendar.book(session)
        sessions.append(session)
    return sessions


def _training_days(cohort: Cohort, module: Module) -> tuple[date, date] | None:
    """The days on which a live module is held: in the phase that its due date is in, up to that date."""
    tomorrow = cohort.inputs.as_of + timedelta(days=1)
    due = cohort.timeline.day_of(module.due) if module.due else None
    phase = cohort.timeline.phase_on(due) if due else cohort.timeline.phase("training")
    if phase is None:
        return None
    first, last = max(phase.start, tomorrow), min(phase.end, due) if due else phase.end
    return (first, last) if first <= last else None


def _ends(sessions: Iterable[SessionRecord], module: Module) -> dict[str, int]:
    """For each person the quarter hour from which their prerequisites are done."""
    ends: dict[str, int] = {}
    for session in sessions:
        if session.subject in module.after:
            for person in session.people:
                ends[person] = max(ends.get(person, 0), _end(session))
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
        at = int(np.searchsorted(slots, quarter_of(_instant(session.starts))))
        for person in session.people:
            row = row_of.get(person, -1)
            if row >= 0 and available[row, at]:
                seats[row] = at
    return seats


def _starts_of(sessions: Iterable[SessionRecord]) -> NDArray[np.int64]:
    return np.array([quarter_of(_instant(s.starts)) for s in sessions], np.int64)


# -- events ------------------------------------------------------------------------------------------------------------


def _events(
    calendar: Calendar, enrollments: Sequence[EnrollmentRecord], prior: dict[str, SessionRecord], draft: Draft
) -> list[SessionRecord]:
    """The kick-off and other dates for many: on the slot of the week that suits most people."""
    sessions = []
    for event in calendar.cohort.program.events:
        people = _audience(calendar, event, enrollments)
        if people:
            session = _event(calendar, event, people, prior, draft)
            if session is not None:
                calendar.book(session)
                sessions.append(session)
    return sessions


def _event(
    calendar: Calendar, event: Event, people: list[str], prior: dict[str, SessionRecord], draft: Draft
) -> SessionRecord | None:
    cohort = calendar.cohort
    day = cohort.timeline.day_of(event.at)
    if day is None:
        return None
    basis = _digest([plain(event), day.isoformat()])
    name = _session_id(cohort, "event", event.id, 1)
    before = prior.get(name)
    if before and before.basis == basis and before.state == LIVE_SESSION:
        return replace(before, people=tuple(people))
    first, last = calendar.days(max(day, cohort.inputs.as_of + timedelta(days=1)), day + timedelta(days=_EVENT_DAYS - 1))
    rows = calendar.free.free[[calendar.row_of[p] for p in people]]
    rows = np.where((np.arange(rows.shape[1]) >= first) & (np.arange(rows.shape[1]) < last), rows, False)
    starts = [calendar.free.starts(row, event.lasts.minutes // 15) for row in rows]
    slots = np.unique(np.concatenate(starts)).astype(np.int64)
    if not len(slots):
        return None
    available = np.stack([np.isin(slots, s) for s in starts])
    best = place_event(slots, available)
    missing = int((~available[:, best]).sum())
    if missing:
        draft.findings.append(finding(
            "MC6003", f"{missing} of {len(people)} people cannot attend `{event.id}`, at the slot that suits most",
            help="record it, or hold it twice", place=Place(document=cohort.program.id, path=("events", event.id)),
        ))
    return _session(cohort, "event", event.id, 1, int(slots[best]), event.lasts, tuple(people), basis)


def _audience(calendar: Calendar, event: Event, enrollments: Sequence[EnrollmentRecord]) -> list[str]:
    """Who an event is for: after matching those who are matched, before it everyone who takes part."""
    matching = calendar.cohort.timeline.phase("matching")
    day = calendar.cohort.timeline.day_of(event.at)
    if matching and day and day > matching.end:
        states = frozenset({"matched"})
    else:
        states = frozenset({"applied", "eligible", "approved", "ready", "waitlisted", "matched"})
    return sorted({
        e.person for e in enrollments
        if e.state in states and event.audience.includes(e.role) and e.person in calendar.row_of
    })


# -- meetings of pairs -------------------------------------------------------------------------------------------------


def _opened(calendar: Calendar, sessions: Iterable[SessionRecord]) -> int:
    """The quarter hour from which pairs may meet: the end of what opens the active phase, such as the kick-off."""
    opening = {e.id for e in calendar.cohort.program.events if str(e.at.anchor) == "active.start"}
    ends = [_end(s) for s in sessions if s.kind == "event" and s.subject in opening]
    return max(ends, default=0)


def _meetings(
    calendar: Calendar, matches: Sequence[MatchRecord], prior: dict[str, SessionRecord], draft: Draft, *,
    not_before: int,
) -> list[SessionRecord]:
    """The meetings of every match that stands: the kept ones, and the best series for all others."""
    meetings, active = calendar.cohort.program.meetings, calendar.cohort.timeline.phase("active")
    standing = sorted((m for m in matches if m.state in STANDING), key=lambda m: m.address)
    if meetings is None or active is None or not standing:
        return []
    sessions: list[SessionRecord] = []
    open_matches = []
    for record in standing:
        basis = _meeting_basis(calendar.cohort, meetings, active, record)
        before = [s for s in prior.values() if s.subject == record.address.id and s.state == LIVE_SESSION]
        if before and all(s.basis == basis for s in before):
            sessions += before
        else:
            open_matches.append((record, basis))
    for session in sessions:
        calendar.book(session)
    if open_matches:
        sessions += _series(calendar, meetings, active, open_matches, draft, not_before=not_before)
    return sessions


def _series(
    calendar: Calendar, meetings: Meetings, active: DatedPhase, matches: Sequence[tuple[MatchRecord, str]],
    draft: Draft, *, not_before: int,
) -> list[SessionRecord]:
    cohort, quarters = calendar.cohort, meetings.lasts.minutes // 15
    windows = _windows(meetings, active)
    pace = (windows[0][1] - windows[0][0]).days + 1
    problem = SeriesProblem(
        pairs=tuple(_candidates(calendar, record, windows, quarters, not_before) for record, _ in matches),
        length=quarters,
        per_week=meetings.per_week, gap_min=pace * 96 // 2, gap_max=pace * 96 * 3 // 2, regular_bonus=_REGULAR,
    )
    cohort.inputs.report(f"placing {len(matches) * len(windows)} meetings of {cohort.program.id}")
    answer = cohort.inputs.engine.series(problem)
    _must_hold(verify_series(problem, answer))
    sessions = [
        _session(cohort, "meeting", record.address.id, window + 1, slot, meetings.lasts, (record.mentor, record.mentee), basis)
        for (record, basis), starts in zip(matches, answer.starts, strict=True) for window, slot in starts
    ]
    _report_series(cohort, meetings, [len(starts) for starts in answer.starts], draft)
    draft.schedules.append(SchedulingSummary(
        program=cohort.program.id, cohort=cohort.id, sessions=len(sessions), asked=len(matches) * meetings.at_least,
        proved=answer.proved, gap=(answer.bound - answer.value) * 1_000_000 // max(1, answer.bound),
    ))
    return sessions


def _report_series(cohort: Cohort, meetings: Meetings, counts: Sequence[int], draft: Draft) -> None:
    short = [count for count in counts if count < meetings.at_least]
    if short:
        draft.findings.append(finding(
            "MC6001", f"{len(short)} of {len(counts)} pairs have fewer than {meetings.at_least} meetings; "
            f"the fewest is {min(short)}", help="widen `hours`, raise `per_week` or ask for more availability",
            place=Place(document=cohort.program.id, path=("meetings", "at_least")),
        ))


def _windows(meetings: Meetings, active: DatedPhase) -> list[tuple[date, date]]:
    """The days of each meeting: one stretch of the cadence after another, or the active phase in equal parts."""
    if meetings.every:
        begins = [later(active.start, meetings.every, times=k) for k in range(meetings.at_least + 1)]
    else:
        days = (active.end - active.start).days + 1
        begins = [active.start + timedelta(days=days * k // meetings.at_least) for k in range(meetings.at_least + 1)]
    return [
        (begin, min(active.end, following - timedelta(days=1)))
        for begin, following in zip(begins, begins[1:], strict=False) if begin <= active.end
    ]


def _candidates(
    calendar: Calendar, record: MatchRecord, windows: Sequence[tuple[date, date]], quarters: int, not_before: int
) -> PairCandidates:
    """When the two of a match could meet, window by window, worth the more the earlier."""
    rows = [calendar.row_of[record.mentor], calendar.row_of[record.mentee]]
    both = calendar.free.free[rows[0]] & calendar.free.free[rows[1]]
    starts = calendar.free.starts(both, quarters)
    slots, window = [], []
    for number, days in enumerate(windows):
        first, last = (edge + calendar.free.base for edge in calendar.days(*days))
        inside = starts[(starts >= max(first, not_before)) & (starts < last)]
        slots.append(inside)
        window.append(np.full(len(inside), number, np.int32))
    at, of_window = np.concatenate(slots), np.concatenate(window)
    begins = np.array([calendar.days(*days)[0] + calendar.free.base for days in windows], np.int64)
    return PairCandidates(
        people=(rows[0], rows[1]), slots=at, worth=_HELD - _PER_DAY_LATER * ((at - begins[of_window]) // 96),
        window=of_window, week=_weeks(at), regular=_regular(calendar.cohort, at),
    )


def _meeting_basis(cohort: Cohort, meetings: Meetings, active: DatedPhase, record: MatchRecord) -> str:
    """A digest of what the slots of a pair are chosen from."""
    about = [_when_free(cohort, cohort.inputs.index_of[p]) for p in (record.mentor, record.mentee)]
    return _digest([plain(meetings), active.start.isoformat(), active.end.isoformat(), about])


def _when_free(cohort: Cohort, index: int) -> list[str]:
    column = cohort.inputs.roster.columns.get("availability")
    week = f"{bits_of(column.words, index):x}" if isinstance(column, WeekColumn) and column.known[index] else ""
    return [zone_of(cohort.inputs.roster, index, cohort.program.timezone), week]


def _regular(cohort: Cohort, slots: NDArray[np.int64]) -> Indices:
    """The weekday and clock time of each slot on the program's clock, as a number."""
    days = slots // 96
    offsets = {
        int(day): utc_offset_minutes(date(1970, 1, 1) + timedelta(days=int(day)), cohort.program.timezone) // 15
        for day in np.unique(days)
    }
    local = slots + np.array([offsets[int(day)] for day in days], np.int64)
    return ((local - _MONDAY) % 672).astype(np.int32)


# -- shared ------------------------------------------------------------------------------------------------------------


def _session(
    cohort: Cohort, kind: str, subject: str, number: int, quarter: int, lasts: Duration, people: tuple[str, ...], basis: str,
) -> SessionRecord:
    return SessionRecord(
        address=cohort.of_kind("session", _session_id(cohort, kind, subject, number)), kind=kind, subject=subject,
        number=number, starts=instant_of(quarter).strftime("%Y-%m-%dT%H:%MZ"), zone=cohort.program.timezone,
        minutes=lasts.minutes, people=people, state=LIVE_SESSION, basis=basis,
    )


def _session_id(cohort: Cohort, kind: str, subject: str, number: int) -> str:
    return opaque_id("s", cohort.inputs.workspace.id, str(cohort.address), kind, subject, str(number))


def _instant(starts: str) -> datetime:
    return datetime.fromisoformat(starts)


def _end(session: SessionRecord) -> int:
    """The quarter hour after the last of a session."""
    return quarter_of(_instant(session.starts)) + session.minutes // 15


def _weeks(slots: NDArray[np.int64]) -> Indices:
    return ((slots - _MONDAY) // 672).astype(np.int32)


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{sha256(text.encode()).hexdigest()[:32]}"


def _must_hold(violations: Sequence[str]) -> None:
    if violations:
        raise WrongAnswer(violations[0])
