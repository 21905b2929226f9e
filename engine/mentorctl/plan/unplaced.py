"""Sessions that were asked for and have no slot: which limit took how many times away, and what would open one.

All limits are laid over one grid of quarter hours at which the session could begin. What they leave together is what
the optimizer chose from; a limit without which something is left is a way out, and it says what to write.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from mentorctl.dates.workdays import DaySpan
from mentorctl.dates.zones import local_time, to_utc
from mentorctl.diagnostics import FieldPath
from mentorctl.optimize.scheduling.calendar import FreeTime, Window, free_time, instant_of, quarter_of, zone_of
from mentorctl.plan.calendar import DEFAULT_HOURS, Calendar
from mentorctl.plan.own_time import absences_of, holidays_of
from mentorctl.values import dataclass

type Truths = NDArray[np.bool_]

_DAY = timedelta(days=1)
_WHOLE_DAY = (0, 96)
_MOST_WAYS = 3
LIMITS = "limits"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limit:
    """One limit over the grid. `who` is a person by opaque id, or nobody; `path` the line of the program, if one is."""

    kind: str
    who: str = ""
    path: FieldPath = ()
    allows: Truths

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.who}" if self.who else self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A limit in its turn: how many beginnings were left before it, and after it."""

    kind: str
    who: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """Limits without which there are so many beginnings; `path` and `write` say where and what, where a file does."""

    kinds: tuple[str, ...]
    who: tuple[str, ...]
    opens: int
    best: str
    path: FieldPath = ()
    write: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSlot:
    """Why a session has no slot: what is left limit by limit, those that leave nothing, and the fewest to give up."""

    reason: str
    funnel: tuple[Left, ...]
    tight: tuple[tuple[str, str], ...]  # kind and person
    ways_out: tuple[WayOut, ...]
    left: int


def why_unplaced(
    calendar: Calendar, people: Sequence[str], days: tuple[date, date], quarters: int, not_before: int
) -> str:
    """The one word for it: the kind of the limit that took the last beginning away, or `limits`."""
    return explained(calendar, people, days, quarters, not_before, ways=False).reason


def explained(
    calendar: Calendar,
    people: Sequence[str],
    days: tuple[date, date],
    quarters: int,
    not_before: int = 0,
    *,
    ways: bool = True,
) -> NoSlot:
    """Why some people have no slot of a length in some days."""
    grid = _Grid(calendar, days, quarters)
    limits = tuple(grid.limits(people, not_before))
    if not ways:
        return NoSlot(reason=_last_of(limits, grid), funnel=(), tight=(), ways_out=(), left=0)
    from mentorctl.optimize.scheduling.explain import Stage, funnel

    stages = [Stage(name=limit.name, allowed=limit.allows, fixed=limit.kind == "opening") for limit in limits]
    found = funnel(stages)
    steps = tuple(
        Left(kind=limit.kind, who=limit.who, before=step.before, after=step.before - step.removed)
        for limit, step in zip(limits, found.steps, strict=True)
    )
    by_name = {limit.name: limit for limit in limits}
    return NoSlot(
        reason=_last_of(limits, grid),
        funnel=steps,
        tight=tuple((by_name[name].kind, by_name[name].who) for name in found.minimal),
        ways_out=tuple(
            grid.way_out(tuple(by_name[name] for name in opened.names), limits)
            for opened in found.relaxations[:_MOST_WAYS]
        ),
        left=found.left,
    )


def _last_of(limits: Sequence[Limit], grid: "_Grid") -> str:
    """The kind of the limit that takes the last beginning away; `limits` where something is left."""
    left = np.ones(len(grid.starts), np.bool_)
    for limit in limits:
        if not (left & limit.allows).any():
            return limit.kind
        left &= limit.allows
    return LIMITS


def blocked_by(calendar: Calendar, people: Sequence[str], slot: int, quarters: int) -> tuple[str, FieldPath]:
    """The limit that a slot does not keep, and its line where a file has one; nothing where it keeps them all."""
    day = local_time(instant_of(slot), calendar.cohort.program.timezone).date()
    grid = _Grid(calendar, (day, day), quarters, step=1)
    at = slot - int(grid.starts[0]) if len(grid.starts) else -1
    if not 0 <= at < len(grid.starts):
        return "", ()
    here = [person for person in people if person in calendar.row_of]
    found = (limit for limit in grid.limits(here, 0) if limit.kind != "notice" and not limit.allows[at])
    return next(((limit.kind, limit.path) for limit in found), ("", ()))


class _Grid:
    """The quarter hours of some days, and each limit over them."""

    def __init__(self, calendar: Calendar, days: tuple[date, date], quarters: int, *, step: int = 2) -> None:
        self.calendar = calendar
        self.quarters = quarters
        self._zones: set[str] = set()
        first, last = calendar.days(*days)
        self._span = slice(first, min(last, calendar.free.free.shape[1]))
        self.starts = np.arange(self._span.start, max(self._span.start, self._span.stop), step) + calendar.free.base

    def limits(self, people: Sequence[str], not_before: int) -> Iterator[Limit]:
        """Every limit, the most lasting first."""
        cohort = self.calendar.cohort
        for person in people:
            yield Limit(kind="availability", who=person, allows=self._whole(self._weekly(person)))
        meetings = cohort.program.meetings
        hours = meetings.hours if meetings else DEFAULT_HOURS
        within = np.ones(self.calendar.free.free.shape[1], np.bool_)
        for person in people:
            within &= self._clock(person, hours)
        yield Limit(kind="hours", path=("meetings", "hours"), allows=self._whole(within))
        closed = np.ones_like(within)
        for day in cohort.timeline.days.closed_days(*self._days):
            closed[slice(*self.calendar.days(day, day))] = False
        yield Limit(kind="closed", path=("timeline", "closed"), allows=self._whole(closed))
        if not_before:
            yield Limit(kind="opening", allows=self.starts >= not_before)
        notice = ("meetings", "notice") if meetings and meetings.notice else ()
        yield Limit(kind="notice", path=notice, allows=self.starts >= self.calendar.earliest)
        for person in people:
            yield from self._own(person)
        for person in people:
            yield Limit(kind="sessions", who=person, allows=self._whole(self._unbooked(person)))

    def _own(self, person: str) -> Iterator[Limit]:
        """What is one person's alone: holidays, days away, appointments."""
        inputs = self.calendar.cohort.inputs
        index = inputs.index_of[person]
        zone = zone_of(inputs.roster, index, self.calendar.cohort.program.timezone)
        spans = {"holidays": holidays_of(inputs, index, *self._days), "absence": absences_of(inputs, index)}
        for kind, listed in spans.items():
            if listed:
                yield Limit(kind=kind, who=person, allows=self._whole(self._without(listed, zone)))
        if inputs.busy.get(person):
            yield Limit(kind="busy", who=person, allows=self._whole(self._idle(inputs.busy[person])))

    def _unbooked(self, person: str) -> Truths:
        """The quarter hours in which a person is in no session that has a time."""
        mine = (session for session in self.calendar.booked if person in session.people)
        return self._idle((quarter_of(datetime.fromisoformat(s.starts)), s.minutes // 15) for s in mine)

    def _idle(self, taken: Iterable[tuple[int, int]]) -> Truths:
        free = FreeTime(base=self.calendar.free.base, free=np.ones((1, self.calendar.free.free.shape[1]), np.bool_))
        for start, quarters in taken:
            free.block(0, start, quarters)
        row: Truths = free.free[0]
        return row

    def way_out(self, gone: Sequence[Limit], limits: Sequence[Limit]) -> WayOut:
        """What giving up some limits opens, and what to write where it is a span of hours."""
        kept = [limit.allows for limit in limits if limit not in gone]
        slots = self.starts[np.logical_and.reduce([np.ones(len(self.starts), np.bool_), *kept])]
        best, write = int(slots[0]), ""
        if [limit.kind for limit in gone] == ["hours"]:
            spans = [self._hours_for(int(slot)) for slot in slots]
            at = min(range(len(spans)), key=lambda k: (spans[k][1] - spans[k][0], slots[k]))
            best, write = int(slots[at]), f'hours: "{_clock_text(spans[at][0])}-{_clock_text(spans[at][1])}"'
        zone = self.calendar.cohort.program.timezone
        return WayOut(
            kinds=tuple(limit.kind for limit in gone),
            who=tuple(limit.who for limit in gone),
            opens=len(slots),
            best=f"{local_time(instant_of(best), zone):%Y-%m-%d %H:%M}",
            path=gone[0].path if len(gone) == 1 else (),
            write=write,
        )

    def _hours_for(self, slot: int) -> tuple[int, int]:
        """The least hours that hold a beginning on everybody's clock, as wide as they are now at least."""
        meetings = self.calendar.cohort.program.meetings
        first, last = meetings.hours if meetings else DEFAULT_HOURS
        for zone in sorted(self._zones):
            local = local_time(instant_of(slot), zone)
            begin = local.hour * 4 + local.minute // 15
            first, last = min(first, begin), max(last, min(96, begin + self.quarters))
        return first, last

    # -- masks ---------------------------------------------------------------------------------------------------------

    @property
    def _days(self) -> tuple[date, date]:
        base = self.calendar.free.base
        first, last = (instant_of(base + edge).date() for edge in (self._span.start, self._span.stop))
        return first - _DAY, last + _DAY

    def _weekly(self, person: str) -> Truths:
        """What a person offers in a week, at all hours; the working week of those who said nothing."""
        calendar = self.calendar
        inputs, timeline = calendar.cohort.inputs, calendar.cohort.timeline
        index = inputs.index_of[person]
        first = max(inputs.as_of + _DAY, timeline.start)
        window = Window(first=first, last=timeline.end, hours=_WHOLE_DAY, week=timeline.days.week)
        free = free_time(inputs.roster, np.array([index], np.int32), window, calendar.cohort.program.timezone)
        row: Truths = free.free[0]
        return row

    def _clock(self, person: str, hours: tuple[int, int]) -> Truths:
        """The quarter hours that lie within some hours of the day on a person's clock."""
        inputs = self.calendar.cohort.inputs
        zone = zone_of(inputs.roster, inputs.index_of[person], self.calendar.cohort.program.timezone)
        self._zones.add(zone)
        mask = np.zeros(self.calendar.free.free.shape[1], np.bool_)
        first, last = self._days
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            begin, end = (quarter_of(_wall(day, quarter, zone)) - self.calendar.free.base for quarter in hours)
            mask[max(0, begin) : max(0, end)] = True
        return mask

    def _without(self, spans: Sequence[DaySpan], zone: str) -> Truths:
        free = FreeTime(base=self.calendar.free.base, free=np.ones((1, self.calendar.free.free.shape[1]), np.bool_))
        for span in spans:
            first = quarter_of(to_utc(span.first, time(0), zone))
            free.block(0, first, quarter_of(to_utc(span.last + _DAY, time(0), zone)) - first)
        row: Truths = free.free[0]
        return row

    def _whole(self, row: Truths) -> Truths:
        """Where a session that begins there lies within a row as a whole."""
        sums = np.concatenate([[0], np.cumsum(row)])
        at = self.starts - self.calendar.free.base
        ends = np.minimum(at + self.quarters, len(row))
        whole: Truths = sums[ends] - sums[at] == self.quarters
        return whole


def _wall(day: date, quarter: int, zone: str) -> datetime:
    over, within = divmod(quarter, 96)
    return to_utc(day + timedelta(days=over), time(within // 4, within % 4 * 15), zone)


def _clock_text(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"
