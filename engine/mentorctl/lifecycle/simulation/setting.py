"""What a simulation needs of a program beside its definition: who comes when, how people are matched and meet."""

from datetime import date, datetime, timedelta

from mentorctl.dates.timeline import Timeline
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.simulation.things import minute_of
from mentorctl.rules.fields import Role
from mentorctl.spec.model import ModelType
from mentorctl.values import dataclass

_GROUPS = frozenset({ModelType.GROUP, ModelType.TEAM, ModelType.FUNCTIONAL})
_FORTNIGHT = timedelta(days=14)
_LONG = timedelta(days=3_650)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time in minutes, both ends included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortSetting:
    """When people come, are matched and meet, and the days by which modules are due."""

    id: str
    enrolling: Window
    matching: Window
    meeting: Window
    due: tuple[tuple[str, date], ...]
    is_rolling: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A match has `others` people beside its mentor (with peers: beside the first one)."""

    cohorts: tuple[CohortSetting, ...]
    roles: tuple[Role, ...]
    places: int
    others: int
    every: int
    meets_once: bool
    is_peer: bool


def setting_of(compiled: CompiledProgram) -> Setting:
    """The setting that a program makes."""
    program = compiled.program
    group = program.matching.group
    others = 1
    if program.model.type in _GROUPS:
        others = max(1, (group.size.at_least + group.size.at_most) // 2) if group else 3
    every = program.meetings.every if program.meetings and program.meetings.every else None
    days = (every.months * 30 + every.calendar_days) if every else _FORTNIGHT.days
    return Setting(
        cohorts=tuple(_cohort(compiled, name, timeline) for name, timeline in compiled.timelines),
        roles=program.roles,
        places=max(1, program.matching.mentor_capacity.at_most),
        others=others,
        every=max(1, days) * 1440,
        meets_once=program.model.type is ModelType.FLASH,
        is_peer=program.roles == (Role.PEER,),
    )


def _cohort(compiled: CompiledProgram, name: str, timeline: Timeline) -> CohortSetting:
    phases = {phase.id: phase for phase in timeline.phases}
    first, last = timeline.phases[0], timeline.phases[-1]
    matching = phases.get("matching", first)
    active = phases.get("active") or next((p for p in timeline.phases if p.start > matching.end), last)
    due = []
    for module in compiled.program.modules:
        day = timeline.day_of(module.due) if module.due else None
        if day:
            due.append((module.id, day))
    rolling = timeline.is_rolling
    return CohortSetting(
        id=name,
        enrolling=_window(first.start, first.start + _LONG if rolling else first.end),
        matching=_window(first.start if rolling else matching.start, first.start + _LONG if rolling else matching.end),
        meeting=_window(first.start if rolling else active.start, first.start + _LONG if rolling else last.end),
        due=tuple(due),
        is_rolling=rolling,
    )


def _window(start: date, end: date) -> Window:
    """From the first minute of a day to the last of another, by UTC: hours do not matter here."""
    return Window(start=_minute(start), end=_minute(end) + 1439)


def _minute(day: date) -> int:
    return minute_of(datetime.fromisoformat(f"{day.isoformat()}T00:00:00+00:00"))
