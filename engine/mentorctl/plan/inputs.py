"""What a plan is made from, gathered once, and the running total of what it wants."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mentorctl.addresses import Address
from mentorctl.diagnostics import Diagnostic
from mentorctl.lifecycle.choosing import RATED, REQUESTS
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.saying import CAME, LEFT, TOLD
from mentorctl.optimize.engine import Engine
from mentorctl.optimize.ground import OutsideScores
from mentorctl.plan.model import MatchingSummary, Notice, Reason, SchedulingSummary, Unplaced
from mentorctl.plan.undo import Undoing
from mentorctl.roster.people import Roster
from mentorctl.roster.table import Table
from mentorctl.spec.model import Event, Module, Workspace
from mentorctl.spec.policies import PolicyRule
from mentorctl.state.live import Armed, FactValue
from mentorctl.state.model import EnrollmentRecord, MatchRecord, Record, SessionRecord, Snapshot
from mentorctl.values import dataclass

if TYPE_CHECKING:
    from mentorctl.plan.adopting import Adoption
    from mentorctl.plan.enrollments import Cohort
    from mentorctl.plan.problems import JointSearch, MatchingProblem
    from mentorctl.plan.timetable import Placement

LIVE_SESSION = "planned"
CANCELLED = "cancelled"
_SAID = frozenset({LEFT, CAME, REQUESTS, RATED})
BREAKS = "it breaks "  # how the reason begins for which a match ends that breaks a rule


@dataclass(frozen=True, kw_only=True, eq=False)
class PlanInputs:
    """Everything a plan depends on. `report` is told what is being worked on.

    `written` has the values of each program as they are written, with all that it inherits; `applied` is when a plan
    was applied last. `only_matches`: no sessions are planned. `decided` has the new matches of each program and cohort
    where a plan chose them before; then nothing is searched. `reopened`: meetings that stand are placed again, where
    they are, so that questions about their slots have something to look at. `busy` is what else people have to do, by
    opaque id: the quarter hour in which it begins, and how many it takes.
    """

    workspace: Workspace
    programs: tuple[CompiledProgram, ...]
    roster: Roster
    snapshot: Snapshot
    as_of: date
    engine: Engine
    report: Callable[[str], None] = lambda _: None
    outside: Mapping[str, OutsideScores] = field(default_factory=dict)
    outside_tables: Mapping[str, Table] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)  # the texts that people live under, by digest
    timers: tuple[Armed, ...] = ()  # those that run, where a program stood still
    undoing: Undoing | None = None
    adopting: "Adoption | None" = None
    policies: tuple[PolicyRule, ...] = ()
    written: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    applied: datetime | None = None
    busy: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    only_matches: bool = False
    decided: Mapping[tuple[str, str], tuple[MatchRecord, ...]] | None = None
    reopened: bool = False

    @cached_property
    def cohorts(self) -> "dict[tuple[str, str], Cohort]":
        """The cohorts that were looked at, by program and id; see `enrollments.cohort_of`."""
        return {}

    def outside_scores(self, program: str) -> OutsideScores | None:
        """The scores that another system gave to pairs, for one program."""
        return self.outside.get(program)

    def is_over(self, record: EnrollmentRecord | MatchRecord) -> bool:
        """Whether a person's part or a match has come to an end, as the lifecycles of its program say."""
        ends = self._ends.get((record.address.program, type(record)), _USUAL_ENDS[type(record)])
        return record.state in ends

    @cached_property
    def _ends(self) -> dict[tuple[str, type], frozenset[str]]:
        kinds = ((EnrollmentRecord, "enrollment"), (MatchRecord, "match"))
        return {(c.program.id, of): c.ends(kind) for c in self.programs for of, kind in kinds}

    @cached_property
    def live_sessions(self) -> tuple[SessionRecord, ...]:
        """The sessions of all programs that are on calendars."""
        records = self.snapshot.records
        return tuple(r for r in records if isinstance(r, SessionRecord) and r.state == LIVE_SESSION)

    @cached_property
    def recorded(self) -> Mapping[Address, Mapping[str, FactValue]]:
        """The facts of things of which somebody said something that the roster does not."""
        instances = self.snapshot.instances
        alike = {id(instance.facts): instance.facts for instance in instances.values()}  # most share theirs
        told = {key for key, facts in alike.items() if any(n in _SAID or n.startswith(TOLD) for n, _ in facts)}
        return {at: dict(one.facts) for at, one in instances.items() if id(one.facts) in told}

    @cached_property
    def matches_of(self) -> Mapping[str, Sequence[MatchRecord]]:
        """The matches of each program, those that are over too."""
        found: dict[str, list[MatchRecord]] = {}
        for match in self.matches:
            found.setdefault(match.address.program, []).append(match)
        return found

    @cached_property
    def matches(self) -> tuple[MatchRecord, ...]:
        """The matches of all programs, those that are over too."""
        return tuple(r for r in self.snapshot.records if isinstance(r, MatchRecord))

    @cached_property
    def waiting(self) -> Mapping[str, tuple[EnrollmentRecord, ...]]:
        """Who waits for a match, by program."""
        found: dict[str, list[EnrollmentRecord]] = {}
        for record in self.snapshot.records:
            if isinstance(record, EnrollmentRecord) and record.state == "waitlisted":
                found.setdefault(record.address.program, []).append(record)
        return {program: tuple(records) for program, records in found.items()}

    @cached_property
    def held(self) -> dict[tuple[str, str, str], Event | Module]:
        """Every event and module by its program, its kind of session and its id."""
        programs = [compiled.program for compiled in self.programs]
        events = {(p.id, "event", event.id): event for p in programs for event in p.events}
        return events | {(p.id, "training", module.id): module for p in programs for module in p.modules}

    @cached_property
    def index_of(self) -> dict[str, int]:
        """Where a person, by opaque id, stands in the roster."""
        return {person: i for i, person in enumerate(self.roster.ids)}


# Of programs whose files are gone.
_USUAL_ENDS: Mapping[type, frozenset[str]] = {
    EnrollmentRecord: frozenset({"completed", "withdrawn", "lapsed"}),
    MatchRecord: frozenset({"completed", "declined", "discarded", "ended", "expired"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """Why a match ends: in words, and who left it where that is why."""

    reason: str
    left: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """The desired records and what there is to say about them, while the cohorts are worked through.

    `because` says of matches, by address, why they end.
    """

    records: list[Record] = field(default_factory=list)
    matchings: list[MatchingSummary] = field(default_factory=list)
    schedules: list[SchedulingSummary] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    reasons: dict[Address, Reason] = field(default_factory=dict)
    placements: "list[Placement]" = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    because: dict[Address, Because] = field(default_factory=dict)
    problems: "list[MatchingProblem]" = field(default_factory=list)
    joint: "list[JointSearch]" = field(default_factory=list)

    def sessions(self) -> list[SessionRecord]:
        return [r for r in self.records if isinstance(r, SessionRecord)]
