"""How everything stands, by program and cohort: where people are, what they wait for, and what comes next."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.plan.modes import SUSPENDED, names_of
from mentorctl.plan.standing import STANDING
from mentorctl.state.live import Armed, Outgoing
from mentorctl.state.model import (
    CohortRecord,
    EnrollmentRecord,
    MatchRecord,
    ProgramRecord,
    Record,
    SessionRecord,
    Snapshot,
)
from mentorctl.values import dataclass

_NEXT = 3  # kinds of what is due that a cohort shows
_SOON = timedelta(days=30)

type Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """What is due next of one kind: how many, and when the first and the last of them are."""

    timer: str
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortOverview:
    """One run. `phase` is empty before and after its phases; `day` counts from 1 of `days` in it."""

    id: str
    state: str
    starts: str
    ends: str
    phase: str
    phase_ends: str
    day: int
    days: int
    people: Counts
    matches: Counts
    mentees: int
    matched: int
    sessions_ahead: int
    sessions_held: int
    coming: tuple[Coming, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramOverview:
    """One program. `mode` is what its file says, or empty where it has none any more."""

    id: str
    name: str
    state: str
    mode: str
    cohorts: tuple[CohortOverview, ...]
    incidents: int
    held: int
    frozen: int


def overview(
    snapshot: Snapshot,
    programs: Sequence[CompiledProgram],
    timers: Sequence[Armed],
    outbox: Iterable[Outgoing],
    at: datetime,
) -> tuple[ProgramOverview, ...]:
    """Every program of the state, by id. `timers` are all that run, `at` is how far time has come."""
    known = {name: compiled for compiled in programs for name in names_of(compiled)}
    waiting = Counter(i.address.program for i in snapshot.instances.values() if i.incident)
    stands = {r.address.program for r in snapshot.records if isinstance(r, ProgramRecord) and r.state == SUSPENDED}
    held = Counter(m.address.program for m in outbox if m.held or m.address.program in stands)
    of_cohort: dict[tuple[str, str], list[Record]] = {}
    for record in snapshot.records:
        of_cohort.setdefault((record.address.program, record.address.cohort), []).append(record)
    running: dict[tuple[str, str], list[Armed]] = {}
    for timer in timers:
        running.setdefault((timer.address.program, timer.address.cohort), []).append(timer)
    found = []
    for record in snapshot.records:
        if not isinstance(record, ProgramRecord):
            continue
        name = record.address.program
        compiled = known.get(name)
        here = [key for key in of_cohort if key[0] == name and key[1]]
        due = (timer.due for key in here for timer in running.get(key, ()))
        found.append(
            ProgramOverview(
                id=name,
                name=record.name,
                state=record.state,
                mode=compiled.program.mode.value if compiled else "",
                cohorts=tuple(
                    _cohort(r, of_cohort[key], compiled, running.get(key, []), at)
                    for key in here
                    for r in of_cohort[key]
                    if isinstance(r, CohortRecord)
                ),
                incidents=waiting[name],
                held=held[name],
                frozen=sum(when <= at for when in due) if name in stands else 0,
            )
        )
    return tuple(found)


def _cohort(
    record: CohortRecord,
    mine: Sequence[Record],
    compiled: CompiledProgram | None,
    timers: Sequence[Armed],
    at: datetime,
) -> CohortOverview:
    enrollments = [r for r in mine if isinstance(r, EnrollmentRecord)]
    matches = [r for r in mine if isinstance(r, MatchRecord)]
    sessions = [r for r in mine if isinstance(r, SessionRecord)]
    seekers = {r.person for r in enrollments if r.role != "mentor" and r.state in _LOOKING}
    matched = {person for m in matches if m.state in STANDING for person in m.others}
    phase, ends, day, days = _phase(compiled, record.address.cohort, at.date())
    return CohortOverview(
        id=record.address.cohort,
        state=record.state,
        starts=record.starts,
        ends=record.ends,
        phase=phase,
        phase_ends=ends,
        day=day,
        days=days,
        people=_counted(f"{r.role} {r.state}" for r in enrollments),
        matches=_counted(m.state for m in matches),
        mentees=len(seekers | matched),
        matched=len(matched),
        sessions_ahead=sum(1 for s in sessions if s.state == "planned"),
        sessions_held=sum(1 for s in sessions if s.state == "held"),
        coming=_coming(timers, at),
    )


_LOOKING = frozenset({"ready", "waitlisted", "matched"})


def _counted(words: Iterable[str]) -> Counts:
    return tuple(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))


def _phase(compiled: CompiledProgram | None, cohort: str, today: date) -> tuple[str, str, int, int]:
    """The phase of a cohort on a day, its last day, and how far it has come."""
    timeline = dict(compiled.timelines_on(today)).get(cohort) if compiled else None
    if timeline is None or timeline.is_rolling:
        return "", "", 0, 0
    phase = timeline.phase_on(today)
    if phase is None:
        return "", "", 0, 0
    return phase.id, phase.end.isoformat(), (today - phase.start).days + 1, (phase.end - phase.start).days + 1


def _coming(timers: Iterable[Armed], at: datetime) -> tuple[Coming, ...]:
    """The next kinds of things that are due within a month, the first one first."""
    kinds: dict[str, list[datetime]] = {}
    for timer in timers:
        if timer.due <= at + _SOON:
            kinds.setdefault(timer.timer, []).append(timer.due)
    found = [Coming(timer=name, count=len(due), first=min(due), last=max(due)) for name, due in kinds.items()]
    return tuple(sorted(found, key=lambda one: (one.first, one.timer))[:_NEXT])
