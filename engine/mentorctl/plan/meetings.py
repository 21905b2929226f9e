"""The meetings of every match: kept while their basis is unchanged, else the best series for all of them together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice, pairwise, product
from typing import Self

from mentorctl.dates.durations import later
from mentorctl.dates.timeline import DatedPhase
from mentorctl.diagnostics import Place, finding
from mentorctl.lifecycle.compiled import plain
from mentorctl.optimize.scheduling.problem import SeriesProblem
from mentorctl.optimize.scheduling.verify import verify_series
from mentorctl.plan.bases import basis_of, list_of, when_free, written
from mentorctl.plan.calendar import (
    Calendar,
    as_before,
    end_of,
    instant_at,
    must_hold,
    session_record,
)
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import CANCELLED, LIVE_SESSION, Draft
from mentorctl.plan.model import Unplaced
from mentorctl.plan.placed import report_placed
from mentorctl.plan.standing import DRAFT
from mentorctl.plan.timetable import Placement
from mentorctl.plan.unplaced import why_unplaced
from mentorctl.plan.wishes import Wishes
from mentorctl.spec.model import Event, Meetings, ModelType
from mentorctl.state.model import MatchRecord, SessionRecord
from mentorctl.state.shapes import JsonValue
from mentorctl.values import dataclass

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
    calendar: Calendar, matches: Sequence[MatchRecord]
) -> tuple[list[SessionRecord], list[OpenMatch]]:
    """The meetings whose basis is unchanged, and the matches whose meetings are still to be placed."""
    meetings, active = calendar.cohort.program.meetings, calendar.cohort.timeline.phase("active")
    if meetings is None or active is None:
        return [], []
    kept: list[SessionRecord] = []
    open_matches: list[OpenMatch] = []
    held = calendar.cohort.held("meeting")
    told = [m for m in matches if m.state != DRAFT and not calendar.cohort.inputs.is_over(m)]
    bases_of = _Bases.of(calendar.cohort, meetings, active, told)
    for record in sorted(told, key=lambda m: m.address.id):
        bases = bases_of(record)
        before = [s for s in held.get(record.address.id, ()) if s.state == LIVE_SESSION]
        basis = bases[0]
        if before and {s.basis for s in before}.issubset(bases) and not calendar.cohort.inputs.reopened:
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
        calendar.book(placed)
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
    meetings = cohort.held("meeting")
    for match in matches:
        held = [instant_at(s.starts).date() for s in meetings.get(match[0].address.id, ())]
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
    cohort = calendar.cohort
    asked = [_asked(calendar, meetings, active, record) for record, _ in matches]
    everyone = {person for record, _ in matches for person in record.people}
    wishes = Wishes.of(calendar, meetings, [each.days for each in asked], _meetings_of(calendar, standing, everyone))
    new = tuple(wishes.candidates(each.record.people, each.days, each.prior, not_before=not_before) for each in asked)
    problem = SeriesProblem(
        pairs=(*new, *wishes.fixed),
        length=wishes.quarters,
        per_week=meetings.per_week,
        gap_min=wishes.gap[0],
        gap_max=wishes.gap[1],
        regular_bonus=wishes.regular_bonus,
        load=wishes.load,
        steps=wishes.steps,
        before=wishes.before([each.prior for each in asked]),
    )
    cohort.inputs.report(f"placing {sum(len(each.days) for each in asked)} meetings of {cohort.program.id}")
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
    draft.placements.append(
        Placement(
            calendar=calendar,
            problem=problem,
            answer=answer,
            matches=tuple(each.record for each in asked),
            days=tuple(each.days for each in asked),
            not_before=not_before,
        )
    )
    for each, starts in zip(asked, placed, strict=True):
        _list_unplaced(calendar, each, {window for window, _ in starts}, wishes.quarters, not_before, draft)
    _report_series(cohort, meetings, asked, [len(starts) for starts in placed], draft)
    asked_for = len(matches) * meetings.at_least
    report_placed(cohort, draft, answer, kind="meeting", sessions=len(sessions), placed=len(sessions), asked=asked_for)
    return sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The meetings that one match is to have: the days of each, and its sessions so far."""

    record: MatchRecord
    days: tuple[tuple[date, date], ...]
    prior: tuple[SessionRecord, ...]

    def is_settled(self, window: int, today: date) -> bool:
        """Whether nothing is asked any more of a window: its days are over, or its meeting was before today."""
        happened = any(
            s.number == window + 1 and (s.state != LIVE_SESSION or instant_at(s.starts).date() <= today)
            for s in self.prior
            if s.state != CANCELLED
        )
        return happened or self.days[window][1] <= today


def _asked(calendar: Calendar, meetings: Meetings, active: DatedPhase, record: MatchRecord) -> _Asked:
    mine = sorted(calendar.cohort.held("meeting").get(record.address.id, ()), key=lambda s: s.number)
    days = tuple(_windows(calendar.cohort, meetings, active, record))
    return _Asked(record=record, days=days, prior=tuple(mine))


def _meetings_of(calendar: Calendar, standing: Sequence[SessionRecord], people: set[str]) -> list[SessionRecord]:
    """Meetings that stand and share a person with those to be placed, in whatever program: they count as load."""
    cohort = calendar.cohort
    here = (cohort.program.id, cohort.id)
    elsewhere = (
        r
        for r in cohort.inputs.live_sessions
        if r.kind == "meeting"
        and (r.address.program, r.address.cohort) != here
        and instant_at(r.starts).date() > cohort.inputs.as_of
    )
    return [session for session in (*standing, *elsewhere) if people & set(session.people)]


def _list_unplaced(
    calendar: Calendar, asked: _Asked, placed: set[int], quarters: int, not_before: int, draft: Draft
) -> None:
    """Each meeting that was asked for and has no slot, so that nothing is dropped silently."""
    cohort = calendar.cohort
    today = cohort.inputs.as_of
    for window, days in enumerate(asked.days):
        if window in placed or asked.is_settled(window, today):
            continue
        draft.unplaced.append(
            Unplaced(
                program=cohort.program.id,
                cohort=cohort.id,
                kind="meeting",
                subject=asked.record.address.id,
                number=window + 1,
                first=days[0].isoformat(),
                last=days[1].isoformat(),
                people=asked.record.people,
                minutes=quarters * 15,
                reason=why_unplaced(calendar, asked.record.people, days, quarters, not_before),
            )
        )


def _report_series(
    cohort: Cohort, meetings: Meetings, asked: Sequence[_Asked], counts: Sequence[int], draft: Draft
) -> None:
    today = cohort.inputs.as_of
    settled = [sum(each.is_settled(w, today) for w in range(len(each.days))) for each in asked]
    in_all = [had + count for had, count in zip(settled, counts, strict=True)]
    short = [count for count in in_all if count < meetings.at_least]
    if short:
        draft.findings.append(
            finding(
                "MC6001",
                f"{len(short)} of {len(counts)} matches have fewer than {meetings.at_least} meetings; "
                f"the fewest is {min(short)}",
                help="`mentorctl schedule` lists them with what would open a slot; "
                "widen `hours`, raise `per_week` or ask for more availability",
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


def meeting_basis(cohort: Cohort, record: MatchRecord) -> str:
    """What the slots of a match are chosen from; empty where its program plans no meetings."""
    meetings, active = cohort.program.meetings, cohort.timeline.phase("active")
    if meetings is None or active is None:
        return ""
    return _Bases.of(cohort, meetings, active, [record])(record)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bases:
    """What the slots of pairs are chosen from, as texts: what all have in common, when people are free, and what opens
    their time, under its former names too.
    """

    common: tuple[str, ...]
    known: Mapping[str, str]
    openings: tuple[str, ...]

    @classmethod
    def of(cls, cohort: Cohort, meetings: Meetings, active: DatedPhase, matches: Iterable[MatchRecord]) -> Self:
        named = product(*(as_before(cohort, event) for event in _opening(cohort)))
        people = {person for record in matches for person in record.people}
        return cls(
            common=written(plain(meetings), *_when_active(cohort, active)),
            known=when_free(cohort, people, active.start, active.end),
            openings=written(*([plain(event) for event in opening] for opening in islice(named, _NAMINGS))),
        )

    def __call__(self, record: MatchRecord) -> tuple[str, ...]:
        """The digest of what the slots of a pair are chosen from, and those under former names."""
        about = list_of(self.known[person] for person in record.people)
        return tuple(basis_of([*self.common, about, opening]) for opening in self.openings)


def _when_active(cohort: Cohort, active: DatedPhase) -> list[JsonValue]:
    """The days on which pairs meet; with rolling intake each has its own, and their number matters."""
    timeline = cohort.timeline
    if timeline.is_rolling:
        return [[plain(phase) for phase in timeline.lengths if phase.id == active.id], plain(timeline.days)]
    closed: list[JsonValue] = [day.isoformat() for day in timeline.days.closed_days(active.start, active.end)]
    return [active.start.isoformat(), active.end.isoformat(), *([closed] if closed else [])]
