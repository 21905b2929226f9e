"""Phases and milestones of a cohort on the calendar, and the moments that hang on them."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from mentorctl.dates.durations import Duration
from mentorctl.dates.workdays import EVERY_DAY, Counts, DayCount, DaySpan
from mentorctl.dates.zones import end_of_day, end_of_day_anywhere, to_utc
from mentorctl.values import dataclass

_NO_TIME = Duration()
_DAY = timedelta(days=1)


class Edge(StrEnum):
    """What of a phase an anchor means."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


class MilestoneEdge(StrEnum):
    """What of a milestone an anchor means; of one without `start` both are its day."""

    START = "start"
    DUE = "due"


class When(StrEnum):
    AT = "at"
    BEFORE = "before"
    AFTER = "after"
    ON = "on"


class Ends(StrEnum):
    """When the last day of a phase is over: by the program's clock, or when no place on Earth has that day any more."""

    LOCAL = "local"
    ANYWHERE = "anywhere_on_earth"


class Intake(StrEnum):
    """People begin together in cohorts, or each when they come."""

    COHORTS = "cohorts"
    ROLLING = "rolling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """`active.start` (phase or milestone and edge), or an event such as `match.accepted` (thing and what happened)."""

    of: str
    edge: str

    def __str__(self) -> str:
        return f"{self.of}.{self.edge}"


NOWHERE = Anchor(of="", edge="")  # of moments that name their day themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """`{at: A}`, `{before: A, by: 3d}`, `{after: A, by: 30d}` or `{on: DAY}`; `by` is days, weeks or months.

    `clock` is a time of that day on the program's clock, where one is given.
    """

    when: When
    anchor: Anchor = NOWHERE
    by: Duration = _NO_TIME
    on: date | None = None
    clock: time | None = None

    def __str__(self) -> str:
        """In the words of the files: `at closing.start`, `3d before active.end`, `on 2027-03-01`."""
        by = f"{self.by} " if self.when in (When.BEFORE, When.AFTER) else ""
        clock = f" {self.clock:%H:%M}" if self.clock else ""
        return f"{by}{self.when} {self.on or self.anchor}{clock}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A named stretch of the program: `lasts`, or `until` its last day. Without `start` it follows the phase before."""

    id: str
    lasts: Duration | None = None
    start: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A dated point (`due`), or a window from `start` to `due`; without `due` it has no deadline.

    `after` are the milestones that come before it. `written` is the key that gives its day: `on`, `at` or `due`.
    """

    id: str
    title: str = ""
    start: Moment | None = None
    due: Moment | None = None
    written: str = "due"
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseChange:
    """What one cohort does differently in a phase; what is None stays as it is."""

    phase: str
    start: date | None = None
    lasts: Duration | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """More time for a phase of one cohort; what depends on it moves along."""

    phase: str
    by: Duration
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineRules:
    """What a program says about its dates, beside the phases; `closed` and `holidays` add to the workspace's."""

    intake: Intake = Intake.COHORTS
    ends: Ends = Ends.LOCAL
    counts: Counts = Counts.CALENDAR_DAYS
    holidays: tuple[str, ...] = ()
    closed: tuple[DaySpan, ...] = ()
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedPhase:
    """A phase of one cohort in local calendar days; both ends belong to it."""

    id: str
    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def middle(self) -> date:
        return self.start + timedelta(days=(self.end - self.start).days // 2)

    def edge(self, edge: Edge) -> date:
        return {Edge.START: self.start, Edge.MIDDLE: self.middle, Edge.END: self.end}[edge]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedMilestone:
    """A milestone of one cohort: its first day, and its last where it has one."""

    id: str
    start: date
    due: date | None

    @property
    def last(self) -> date:
        """The deadline, or the first day of one without."""
        return self.due or self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The dates of one cohort. With `since` intake is rolling: the phases are those of somebody who enrolls now.

    `zone` is the program's time zone, `days` how its days count.
    """

    phases: tuple[DatedPhase, ...]
    milestones: tuple[DatedMilestone, ...] = ()
    days: DayCount = EVERY_DAY
    ends: Ends = Ends.LOCAL
    zone: str = "UTC"
    since: date | None = None
    lengths: tuple[Phase, ...] = field(default=(), repr=False)

    @property
    def start(self) -> date:
        return self.since or self.phases[0].start

    @property
    def end(self) -> date:
        """The last day; with rolling intake, of somebody who enrolls now."""
        return max(phase.end for phase in self.phases)

    @property
    def is_rolling(self) -> bool:
        return self.since is not None

    def runs_on(self, day: date) -> bool:
        """Whether the cohort has begun and is not over; with rolling intake it never is."""
        return self.start <= day and (self.is_rolling or day <= self.end)

    def is_open(self, phase: str, day: date) -> bool:
        """Whether somebody may be in the phase on a day; with rolling intake somebody always may."""
        found = self.phase(phase)
        return found is not None and (self.runs_on(day) if self.is_rolling else day in found)

    def phase(self, name: str) -> DatedPhase | None:
        return next((phase for phase in self.phases if phase.id == name), None)

    def milestone(self, name: str) -> DatedMilestone | None:
        return next((milestone for milestone in self.milestones if milestone.id == name), None)

    def phase_on(self, day: date) -> DatedPhase | None:
        """The phase that holds the day; where phases overlap, the one that began last."""
        return max((p for p in self.phases if day in p), key=lambda p: p.start, default=None)

    def phase_from(self, name: str, day: date) -> DatedPhase | None:
        """The phase as it is for somebody who enters it on a day: with rolling intake it begins then."""
        if not self.is_rolling:
            return self.phase(name)
        phase = next((p for p in self.lengths if p.id == name), None)
        return _laid(phase, day, (), self.days) if phase else None

    def day_of(self, moment: Moment) -> date | None:
        """The day of a moment, or None when it hangs on an event or on nothing that is known."""
        day = moment.on or self._anchored(moment.anchor)
        if day is None or moment.when in (When.AT, When.ON):
            return day
        return self.days.later(day, moment.by, times=-1 if moment.when is When.BEFORE else 1)

    def instant_of(self, moment: Moment) -> datetime | None:
        """The instant of a moment with a clock time, by the rules of `zones.to_utc`; None when day or time is open."""
        day = self.day_of(moment)
        return to_utc(day, moment.clock, self.zone) if day and moment.clock else None

    def end_instant(self, phase: DatedPhase) -> datetime:
        """The last second of a phase."""
        return self.deadline(phase.end)

    def deadline(self, day: date) -> datetime:
        """The last second of a day that is a deadline, by the program's clock or anywhere on Earth."""
        return end_of_day_anywhere(day) if self.ends is Ends.ANYWHERE else end_of_day(day, self.zone)

    def _anchored(self, anchor: Anchor) -> date | None:
        phase, milestone = self.phase(anchor.of), self.milestone(anchor.of)
        if phase and anchor.edge in _EDGES:
            return phase.edge(Edge(anchor.edge))
        if milestone and anchor.edge in _MILESTONE_EDGES:
            return milestone.start if anchor.edge == MilestoneEdge.START else milestone.last
        return None


_EDGES = frozenset(edge.value for edge in Edge)
_MILESTONE_EDGES = frozenset(edge.value for edge in MilestoneEdge)


@lru_cache(maxsize=256)  # many programs have the same dates, and each asks for them several times
def dated(
    phases: tuple[Phase, ...],
    start: date,
    *,
    changes: tuple[PhaseChange, ...] = (),
    extended: tuple[Extension, ...] = (),
    days: DayCount = EVERY_DAY,
    rules: TimelineRules | None = None,
    zone: str = "UTC",
) -> Timeline:
    """Lay the phases out one after another from `start`, unless a phase says when it begins, then the milestones.

    A cohort's changes come first, then its extensions. Where working days count, a phase that follows another begins on
    a working day.
    """
    laid: list[DatedPhase] = []
    following = start
    of_cohort = changed(phases, changes)
    for phase in of_cohort:
        more = tuple(extension.by for extension in extended if extension.phase == phase.id)
        laid.append(_laid(phase, phase.start or following, more, days))
        following = days.first_day(max(laid[-1].start, laid[-1].end + _DAY))
    timeline = Timeline(phases=tuple(laid), days=days, ends=rules.ends if rules else Ends.LOCAL, zone=zone)
    return _with_milestones(timeline, rules.milestones if rules else ())


def rolling(
    phases: tuple[Phase, ...], since: date, today: date, *, days: DayCount, rules: TimelineRules, zone: str
) -> Timeline:
    """The timeline of a rolling intake that began on a day, as it is for somebody who enrolls today."""
    timeline = dated(phases, max(since, today), days=days, rules=rules, zone=zone)
    return replace(timeline, since=since, lengths=phases)


def changed(phases: Sequence[Phase], changes: Sequence[PhaseChange]) -> tuple[Phase, ...]:
    """The phases as one cohort has them. `lasts` and `until` replace each other."""
    by_phase: Mapping[str, PhaseChange] = {change.phase: change for change in changes}
    return tuple(_changed(phase, by_phase.get(phase.id)) for phase in phases)


def _changed(phase: Phase, change: PhaseChange | None) -> Phase:
    if change is None:
        return phase
    length = (change.lasts, change.until) if change.lasts or change.until else (phase.lasts, phase.until)
    return Phase(id=phase.id, start=change.start or phase.start, lasts=length[0], until=length[1])


def _laid(phase: Phase, begin: date, more: Sequence[Duration], days: DayCount) -> DatedPhase:
    end = phase.until or days.last_day(begin, phase.lasts or _NO_TIME)
    for by in more:
        end = days.last_day(end + _DAY, by)
    return DatedPhase(id=phase.id, start=begin, end=end)


def _with_milestones(timeline: Timeline, milestones: Sequence[Milestone]) -> Timeline:
    """The timeline with those milestones that have a day; one may hang on another that is written later."""
    waiting = list(milestones)
    while waiting:
        found = [made for milestone in waiting if (made := _dated_milestone(timeline, milestone))]
        if not found:
            break
        timeline = replace(timeline, milestones=(*timeline.milestones, *found))
        waiting = [m for m in waiting if timeline.milestone(m.id) is None]
    order = {milestone.id: place for place, milestone in enumerate(milestones)}
    return replace(timeline, milestones=tuple(sorted(timeline.milestones, key=lambda m: order[m.id])))


def _dated_milestone(timeline: Timeline, milestone: Milestone) -> DatedMilestone | None:
    start = timeline.day_of(milestone.start) if milestone.start else None
    due = timeline.day_of(milestone.due) if milestone.due else None
    if (milestone.start and start is None) or (milestone.due and due is None):
        return None
    begin = start or due
    return DatedMilestone(id=milestone.id, start=begin, due=due) if begin else None
