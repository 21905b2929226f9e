"""Phases of a cohort and the moments that hang on them."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mentorctl.dates.durations import Duration, later

_NO_TIME = Duration()


class Edge(StrEnum):
    START = "start"
    MIDDLE = "middle"
    END = "end"


_EDGES = frozenset(edge.value for edge in Edge)


class When(StrEnum):
    AT = "at"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """`active.start` (phase and edge), or an event such as `match.accepted` (thing and what happened to it)."""

    of: str
    edge: str

    def __str__(self) -> str:
        return f"{self.of}.{self.edge}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """`{at: A}`, `{before: A, by: 3d}` or `{after: A, by: 30d}`; `by` is days or months."""

    when: When
    anchor: Anchor
    by: Duration = _NO_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A named stretch of the program. Without `start` it follows the phase before it."""

    id: str
    lasts: Duration
    start: date | None = None


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
class Timeline:
    """The dated phases of one cohort, in order."""

    phases: tuple[DatedPhase, ...]

    @property
    def start(self) -> date:
        return self.phases[0].start

    @property
    def end(self) -> date:
        return max(phase.end for phase in self.phases)

    def phase(self, name: str) -> DatedPhase | None:
        return next((phase for phase in self.phases if phase.id == name), None)

    def phase_on(self, day: date) -> DatedPhase | None:
        """The phase that holds the day; where phases overlap, the one that began last."""
        return max((p for p in self.phases if day in p), key=lambda p: p.start, default=None)

    def day_of(self, moment: Moment) -> date | None:
        """The day of a moment that hangs on a phase, or None when it hangs on an event."""
        phase = self.phase(moment.anchor.of)
        if phase is None or moment.anchor.edge not in _EDGES:
            return None
        day = phase.edge(Edge(moment.anchor.edge))
        if moment.when is When.BEFORE:
            return later(day, moment.by, times=-1)
        return later(day, moment.by) if moment.when is When.AFTER else day


def dated(phases: tuple[Phase, ...], start: date) -> Timeline:
    """Lay the phases out one after another from `start`, unless a phase says when it begins."""
    laid: list[DatedPhase] = []
    next_start = start
    for phase in phases:
        begin = phase.start or next_start
        after = later(begin, phase.lasts)
        laid.append(DatedPhase(id=phase.id, start=begin, end=after - timedelta(days=1)))
        next_start = after
    return Timeline(phases=tuple(laid))
