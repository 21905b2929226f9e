"""The meetings of every match: kept while their basis is unchanged, else the best series for all of them together."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice, pairwise, product

import numpy as np
from numpy.typing import NDArray

from mentorctl.dates.durations import later
from mentorctl.dates.timeline import DatedPhase
from mentorctl.dates.zones import utc_offset_minutes
from mentorctl.diagnostics import Place, finding
from mentorctl.lifecycle.compiled import plain
from mentorctl.optimize.scheduling.calendar import quarter_of
from mentorctl.optimize.scheduling.problem import PairCandidates, SeriesProblem
from mentorctl.optimize.scheduling.verify import verify_series
from mentorctl.plan.calendar import (
    MONDAY,
    Calendar,
    Indices,
    as_before,
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
from mentorctl.plan.model import SchedulingSummary
from mentorctl.spec.model import Event, Meetings, ModelType
from mentorctl.state.model import MatchRecord, SessionRecord
from mentorctl.state.shapes import JsonValue

_STANDS = 1_000_000  # what a meeting that stands is worth: more than any it could make room for
_HELD = 10_000  # what a meeting is worth; everything else only orders the slots of one meeting
_PER_DAY_LATER = 10
_REGULAR = 50
_NAMINGS = 64  # former names of what opens the active phase, in all their combinations, that are looked through


def opened_at(calendar: Calendar, sessions: Iterable[SessionRecord]) -> int:
    """The quarter hour from which pairs may meet: the end of what opens the active phase, such as the kick-off."""
    opening = {event.id for event in _opening(calendar.cohort)}
    ends = [end_of(s) for s in sessions if s.kind == "event" and s.subject in opening]
    return max(ends, default=0)


def _opening(cohort: Cohort) -> list[Event]:
    """The events that open the active phase."""
    return [event for event in cohort.program.events if str(event.at.anchor) == "active.start"]


type OpenMatch = tuple[MatchRecord, str]  # with the basis that its meetings will have


def standing_meetings(
    calendar: Calendar, matches: Sequence[MatchRecord], prior: dict[str, SessionRecord]
) -> tuple[list[SessionRecord], list[OpenMatch]]:
    """The meetings whose basis is unchanged, and the matches whose meetings are still to be placed."""
    meetings, active = calendar.cohort.program.meetings, calendar.cohort.timeline.phase("active")
    if meetings is None or active is None:
        return [], []
    kept: list[SessionRecord] = []
    open_matches: list[OpenMatch] = []
    ahead: dict[str, list[SessionRecord]] = defaultdict(list)
    for session in prior.values():
        if session.state == LIVE_SESSION:
            ahead[session.subject].append(session)
    common = [plain(meetings), *_when_active(calendar.cohort, active)]
    openings = _openings(calendar.cohort)
    for record in sorted((m for m in matches if not calendar.cohort.inputs.is_over(m)), key=lambda m: m.address):
        bases = _meeting_bases(calendar.cohort, common, openings, record)
        before, basis = ahead.get(record.address.id, []), bases[0]
        if before and all(s.basis in bases for s in before):
            kept += [s if s.basis == basis else replace(s, basis=basis) for s in before]
        else:
            open_matches.append((record, basis))
    return kept, open_matches


def meeting_sessions(
    calendar: Calendar,
    matches: Sequence[OpenMatch],
    standing: Sequence[SessionRecord],
    draft: Draft,
    *,
    not_before: int,
) -> list[SessionRecord]:
    """The best meetings for all these matches together, beside those that stand."""
    meetings, active = calendar.cohort.program.meetings, calendar.cohort.timeline.phase("active")
    if meetings is None or active is None or not matches:
        return []
    sessions: list[SessionRecord] = []
    for phase, group in _by_active_phase(calendar, active, matches):
        others = [*standing, *sessions]
        placed = _series(calendar, meetings, phase, group, others, draft, not_before=not_before)
        for session in placed:
            calendar.book(session)
        sessions += placed
    return sessions


def _by_active_phase(
    calendar: Calendar, active: DatedPhase, matches: Sequence[OpenMatch]
) -> list[tuple[DatedPhase, list[OpenMatch]]]:
    """The matches by when they are active: together, or with rolling intake from the day after they were made.

    A match that already had meetings has been active since the first of them.
    """
    cohort = calendar.cohort
    if not cohort.timeline.is_rolling:
        return [(active, list(matches))]
    groups: dict[date, list[OpenMatch]] = {}
    prior = [s for s in cohort.prior(SessionRecord).values() if s.kind == "meeting"]
    for match in matches:
        held = [instant_at(s.starts).date() for s in prior if s.subject == match[0].address.id]
        groups.setdefault(min(held, default=cohort.inputs.as_of + timedelta(days=1)), []).append(match)
    return [(cohort.timeline.phase_from("active", day) or active, groups[day]) for day in sorted(groups)]


def _series(
    calendar: Calendar,
    meetings: Meetings,
    active: DatedPhase,
    matches: Sequence[OpenMatch],
    standing: Sequence[SessionRecord],
    draft: Draft,
    *,
    not_before: int,
) -> list[SessionRecord]:
    cohort, quarters = calendar.cohort, meetings.lasts.minutes // 15
    windows = [_windows(cohort, meetings, active, record) for record, _ in matches]
    pace = (windows[0][0][1] - windows[0][0][0]).days + 1
    new = tuple(
        _candidates(calendar, record, days, quarters, not_before)
        for (record, _), days in zip(matches, windows, strict=True)
    )
    problem = SeriesProblem(
        pairs=(*new, *_fixed(calendar, standing, {p for record, _ in matches for p in record.people})),
        length=quarters,
        per_week=meetings.per_week,
        gap_min=pace * 96 // 2,
        gap_max=pace * 96 * 3 // 2,
        regular_bonus=_REGULAR,
    )
    cohort.inputs.report(f"placing {sum(map(len, windows))} meetings of {cohort.program.id}")
    answer = cohort.inputs.engine.series(problem)
    must_hold(verify_series(problem, answer))
    placed = answer.starts[: len(matches)]
    sessions = [
        session_record(
            cohort,
            "meeting",
            record.address.id,
            window + 1,
            slot,
            meetings.lasts,
            record.people,
            basis,
        )
        for (record, basis), starts in zip(matches, placed, strict=True)
        for window, slot in starts
    ]
    _report_series(cohort, meetings, [len(starts) for starts in placed], draft)
    gap = (answer.bound - answer.value) * 1_000_000 // max(1, answer.bound)
    if not answer.proved:
        draft.findings.append(
            finding(
                "MC6004",
                f"the {len(sessions)} meetings of `{cohort.id}` are at most {gap / 10_000:.2f} % from the best",
                help="plan again with a longer --time-limit",
                place=Place(document=cohort.program.id, path=("meetings",)),
            )
        )
    draft.schedules.append(
        SchedulingSummary(
            program=cohort.program.id,
            cohort=cohort.id,
            sessions=len(sessions),
            asked=len(matches) * meetings.at_least,
            proved=answer.proved,
            gap=gap,
        )
    )
    return sessions


def _fixed(calendar: Calendar, standing: Sequence[SessionRecord], shared: set[str]) -> list[PairCandidates]:
    """Meetings that stand and share a person with new ones, as pairs without a choice: they count as load."""
    of_match: dict[str, list[SessionRecord]] = {}
    for session in standing:
        if shared & set(session.people):
            of_match.setdefault(session.subject, []).append(session)
    fixed = []
    for sessions in of_match.values():
        ordered = sorted(sessions, key=lambda s: s.starts)
        slots = np.array([quarter_of(instant_at(s.starts)) for s in ordered], np.int64)
        fixed.append(
            PairCandidates(
                people=tuple(calendar.row_of[p] for p in ordered[0].people),
                slots=slots,
                worth=np.full(len(slots), _STANDS, np.int64),
                window=np.array([s.number - 1 for s in ordered], np.int32),
                week=weeks_of(slots),
                regular=_regular(calendar.cohort, slots),
            )
        )
    return fixed


def _report_series(cohort: Cohort, meetings: Meetings, counts: Sequence[int], draft: Draft) -> None:
    short = [count for count in counts if count < meetings.at_least]
    if short:
        draft.findings.append(
            finding(
                "MC6001",
                f"{len(short)} of {len(counts)} matches have fewer than {meetings.at_least} meetings; "
                f"the fewest is {min(short)}",
                help="widen `hours`, raise `per_week` or ask for more availability",
                place=Place(document=cohort.program.id, path=("meetings", "at_least")),
            )
        )


def _windows(cohort: Cohort, meetings: Meetings, active: DatedPhase, record: MatchRecord) -> list[tuple[date, date]]:
    """The days of each meeting: one stretch of the cadence after another, or the active phase in equal parts.

    A flash match has one meeting, in its period.
    """
    if cohort.program.model.type is ModelType.FLASH:
        begin = date.fromisoformat(record.subject)
        length = cohort.program.matching.mentor_capacity.period
        end = later(begin, length) - timedelta(days=1) if length else active.end
        return [(begin, min(end, active.end))]
    if meetings.every:
        begins = [later(active.start, meetings.every, times=k) for k in range(meetings.at_least + 1)]
    else:
        days = (active.end - active.start).days + 1
        begins = [active.start + timedelta(days=days * k // meetings.at_least) for k in range(meetings.at_least + 1)]
    return [
        (begin, min(active.end, following - timedelta(days=1)))
        for begin, following in pairwise(begins)
        if begin <= active.end
    ]


def _candidates(
    calendar: Calendar, record: MatchRecord, windows: Sequence[tuple[date, date]], quarters: int, not_before: int
) -> PairCandidates:
    """When those of a match could meet, window by window, worth the more the earlier."""
    rows = [calendar.row_of[person] for person in record.people]
    starts = calendar.free.starts(calendar.free.free[rows].all(axis=0), quarters)
    slots, window = [], []
    for number, days in enumerate(windows):
        first, last = (edge + calendar.base for edge in calendar.days(*days))
        inside = starts[(starts >= max(first, not_before)) & (starts < last)]
        slots.append(inside)
        window.append(np.full(len(inside), number, np.int32))
    at, of_window = np.concatenate(slots), np.concatenate(window)
    begins = np.array([calendar.days(*days)[0] + calendar.base for days in windows], np.int64)
    return PairCandidates(
        people=tuple(rows),
        slots=at,
        worth=_HELD - _PER_DAY_LATER * ((at - begins[of_window]) // 96),
        window=of_window,
        week=weeks_of(at),
        regular=_regular(calendar.cohort, at),
    )


def meeting_basis(cohort: Cohort, record: MatchRecord) -> str:
    """What the slots of a match are chosen from; empty where its program plans no meetings."""
    meetings, active = cohort.program.meetings, cohort.timeline.phase("active")
    if meetings is None or active is None:
        return ""
    return _meeting_bases(cohort, [plain(meetings), *_when_active(cohort, active)], _openings(cohort), record)[0]


def _openings(cohort: Cohort) -> list[JsonValue]:
    """What opens the active phase, as it is called and as it was called before."""
    named = product(*(as_before(cohort, event) for event in _opening(cohort)))
    return [[plain(event) for event in opening] for opening in islice(named, _NAMINGS)]


def _meeting_bases(
    cohort: Cohort, common: Sequence[JsonValue], openings: Sequence[JsonValue], record: MatchRecord
) -> tuple[str, ...]:
    """The digest of what the slots of a pair are chosen from, and those under former names of what opens its time.

    `common` and `openings` are the same for all pairs.
    """
    about = [when_free(cohort, cohort.inputs.index_of[p]) for p in record.people]
    return tuple(basis_of([*common, about, opening]) for opening in openings)


def _when_active(cohort: Cohort, active: DatedPhase) -> list[JsonValue]:
    """The days on which pairs meet; with rolling intake each has its own, and their number matters."""
    timeline = cohort.timeline
    if timeline.is_rolling:
        return [[plain(phase) for phase in timeline.lengths if phase.id == active.id], plain(timeline.days)]
    closed: list[JsonValue] = [day.isoformat() for day in timeline.days.closed_days(active.start, active.end)]
    return [active.start.isoformat(), active.end.isoformat(), *([closed] if closed else [])]


def _regular(cohort: Cohort, slots: NDArray[np.int64]) -> Indices:
    """The weekday and clock time of each slot on the program's clock, as a number."""
    days = slots // 96
    offsets = {
        int(day): utc_offset_minutes(date(1970, 1, 1) + timedelta(days=int(day)), cohort.program.timezone) // 15
        for day in np.unique(days)
    }
    local = slots + np.array([offsets[int(day)] for day in days], np.int64)
    return ((local - MONDAY) % 672).astype(np.int32)
