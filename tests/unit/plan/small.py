"""A small workspace that plans in milliseconds, and a live one that applies what it plans."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache

from mentorctl import pipeline
from mentorctl.diagnostics import Diagnostic
from mentorctl.optimize.engine import DirectEngine, Engine
from mentorctl.plan.consent import Consent
from mentorctl.plan.model import Change, Plan
from mentorctl.roster.people import Roster
from mentorctl.roster.table import Table
from mentorctl.state.model import EnrollmentRecord, MatchRecord, Record, SessionRecord, Snapshot, TrainingRecord
from mentorctl.store.base import CommitKind
from mentorctl.store.memory import MemoryStore

WORKSPACE = """\
mentorctl: workspace/v1
id: acme
store: sqlite:state.db
timezone: Europe/Berlin
roster:
  sources:
    - {file: mentors.csv, role: mentor}
    - {file: mentees.csv, role: mentee}
  id: id
  fields:
    department: {type: single}
    level: {type: level, scale: [junior, senior, lead]}
    manager: {type: person}
    availability: {type: availability}
    offers: {type: multiple, separator: ";", answered_by: mentor}
    places: {type: number, answered_by: mentor}
    wants: {type: multiple, separator: ";", answered_by: mentee}
  facts:
    completed: {column: done, separator: ";"}
"""

# Enrolling 4 to 17 January, training to the 24th, matching to the 31st, active to 28 March 2027, closing one week.
PROGRAM = """\
mentorctl: program/v1
id: grow
name: Grow
owner: people_development
purpose:
  kind: career-growth
  statement: Help associates reach their next role.
  objectives:
    - {id: promotion, measure: promotions, target: 18%}
sponsor: {role: Chief Financial Officer}
model: {type: one-on-one, mentors: career}
timeline:
  phases:
    - {id: enrolling, lasts: 2w}
    - {id: training, lasts: 1w}
    - {id: matching, lasts: 1w}
    - {id: active, lasts: 8w}
    - {id: closing, lasts: 1w}
cohorts:
  winter: {start: 2027-01-04}
training:
  modules:
    basics: {for: both, format: self-paced, takes: 45min, due: {before: matching.start, by: 3d}}
matching:
  require:
    - {id: other_department, different: department}
  prefer:
    - {id: topics, overlap: {mentee: wants, mentor: offers}, points_each: 5}
  capacity:
    mentor: {max: {field: places, at_most: 2, missing: 1}}
    mentee: {exactly: 1}
meetings: {every: 2w, lasts: 60min, at_least: 3}
check_ins:
  pulse: {at: [{after: match.accepted, by: 7d}], asks: [satisfaction]}
"""

MENTORS = """\
id,department,level,manager,availability,offers,places,done
r1,Sales,lead,,,writing;python,1,basics
r2,Finance,lead,,,budgeting,1,basics
r3,Sales,lead,,Mon-Fri 09:00-12:00,negotiation,2,basics
"""
MENTEES = """\
id,department,level,manager,availability,wants,done
e1,Finance,junior,,,writing,basics
e2,People,junior,,,budgeting,
e3,Finance,senior,,,negotiation,
"""

BEFORE_START = date(2027, 1, 1)
ENROLLING = date(2027, 1, 6)
MATCHING = date(2027, 1, 27)
LATER_IN_MATCHING = date(2027, 1, 28)
ACTIVE = date(2027, 2, 10)
AFTER_END = date(2027, 6, 1)


def changed(text: str, *pairs: tuple[str, str]) -> str:
    """The text with each first occurrence replaced; a text that does not hold one is a mistake of the test."""
    for old, new in pairs:
        if old not in text:
            raise ValueError(f"{old!r} is not in the text")
        text = text.replace(old, new, 1)
    return text


def without_rows(text: str, *ids: str) -> str:
    """A CSV text without the rows of some people."""
    return "".join(line for line in text.splitlines(keepends=True) if line.split(",")[0] not in ids)


def table_of(file: str, text: str, *, delimiter: str = ",") -> Table:
    """CSV text without line breaks in cells, as a table."""
    rows = [tuple(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    return Table(file=file, header=rows[0], rows=tuple(rows[1:]), lines=tuple(range(2, len(rows) + 1)))


@dataclass(frozen=True, kw_only=True)
class World:
    """What lies in a workspace's folder."""

    workspace: str = WORKSPACE
    programs: tuple[str, ...] = (PROGRAM,)
    rosters: tuple[tuple[str, str], ...] = (("mentors.csv", MENTORS), ("mentees.csv", MENTEES))
    policies: str = ""

    def with_rosters(self, *, mentors: str = "", mentees: str = "") -> "World":
        """The same files with other people."""
        given = dict(self.rosters)
        return replace(
            self,
            rosters=(
                ("mentors.csv", mentors or given["mentors.csv"]),
                ("mentees.csv", mentees or given["mentees.csv"]),
            ),
        )

    def with_program(self, *pairs: tuple[str, str]) -> "World":
        """The same files with the one program edited."""
        return replace(self, programs=(changed(self.programs[0], *pairs), *self.programs[1:]))

    def load(self) -> pipeline.Loaded:
        """The workspace; findings of severity error are a mistake of the test."""
        return _loaded(self)

    def people(self) -> Roster:
        """The roster; findings of severity error are a mistake of the test."""
        return _people(self)


@cache
def _loaded(world: World) -> pipeline.Loaded:
    loaded = pipeline.load(
        ("mentorctl.yaml", world.workspace),
        [(f"programs/{number}.yaml", text) for number, text in enumerate(world.programs)],
    )
    loaded = pipeline.with_policies(loaded, [("policies/people.yaml", world.policies)] if world.policies else [])
    errors = [d for d in loaded.findings if d.is_error]
    assert not errors, errors
    return loaded


@cache
def _people(world: World) -> Roster:
    roster, findings = pipeline.read_people(_loaded(world), [table_of(name, text) for name, text in world.rosters])
    assert roster is not None, findings
    return roster


@dataclass(kw_only=True)
class Live:
    """A workspace whose plans are applied to a store in memory; `world` may be exchanged between plans."""

    world: World = field(default_factory=World)
    engine: Engine = field(default_factory=DirectEngine)
    store: MemoryStore = field(default_factory=lambda: MemoryStore("acme"))
    applies: int = 0
    findings: tuple[Diagnostic, ...] = ()

    @property
    def snapshot(self) -> Snapshot:
        return self.store.read()

    def planned(self, day: date) -> pipeline.Planned:
        """What planning gives on a day."""
        loaded = self.world.load()
        roster = self.world.people()
        snapshot = self.snapshot
        applied = [row.clock for row in self.store.commits() if row.kind is CommitKind.APPLY]
        return pipeline.plan(
            loaded,
            roster,
            snapshot,
            as_of=day,
            engine=self.engine,
            definitions=self.definitions(snapshot),
            applied=max(applied, default=None),
            timers=pipeline.frozen_timers(snapshot, self.store.timers),
        )

    def definitions(self, snapshot: Snapshot) -> dict[str, str]:
        """The texts that people live under."""
        return pipeline.living_definitions(snapshot, self.store.definition)

    def plan(self, day: date) -> Plan:
        """The plan of a day; its findings are kept."""
        made = self.planned(day)
        self.findings = made.findings
        assert made.plan is not None, made.findings
        return made.plan

    def apply(self, day: date) -> Plan:
        """Plan and apply."""
        made = self.plan(day)
        self.applies += 1
        pipeline.apply(
            made,
            self.store,
            apply_id=f"apply-{self.applies}",
            at=datetime(day.year, day.month, day.day, tzinfo=UTC),
            actor="anna",
            new_lineage="lineage-1",
        )
        return made

    def judged(self, day: date, consent: Consent | None = None, *, asks: bool = True) -> list[str]:
        """The codes of what limits and policies have against the plan of a day."""
        made, loaded = self.plan(day), self.world.load()
        found = pipeline.judge(made, loaded, self.snapshot, on=day, consent=consent, asks=asks)
        return [one.code for one in found]

    def person(self, roster_id: str) -> str:
        """The opaque id of somebody."""
        roster = self.world.people()
        return roster.ids[roster.roster_ids.index(roster_id)]

    def pairs(self) -> set[tuple[str, str]]:
        """The standing matches in the state as (mentor, mentee) by roster id; people who left keep their opaque id."""
        roster = self.world.people()
        names = dict(zip(roster.ids, roster.roster_ids, strict=True))
        return {
            (names.get(m.people[0], m.people[0]), names.get(m.people[1], m.people[1]))
            for m in of_type(MatchRecord, self.snapshot.records)
            if m.state in {"proposed", "accepted", "active", "paused"}
        }

    def codes(self) -> list[str]:
        """The codes that the last plan found."""
        return [d.code for d in self.findings]


def of_type[T: Record](kind: type[T], records: Iterable[Record]) -> list[T]:
    """The records of one type."""
    return [r for r in records if isinstance(r, kind)]


def after_of[T: Record](kind: type[T], changes: Iterable[Change]) -> list[T]:
    """The records of one type that changes lead to."""
    return of_type(kind, [c.after for c in changes if c.after is not None])


def enrollment_states(snapshot: Snapshot) -> dict[str, str]:
    """The state of each enrollment by its address id."""
    return {e.address.id: e.state for e in of_type(EnrollmentRecord, snapshot.records)}


def planned_sessions(snapshot: Snapshot) -> list[SessionRecord]:
    """Sessions that are on calendars."""
    return [s for s in of_type(SessionRecord, snapshot.records) if s.state == "planned"]


def trainings_of(snapshot: Snapshot, person: str) -> dict[str, str]:
    """The training states of a person by module."""
    return {t.module: t.state for t in of_type(TrainingRecord, snapshot.records) if t.person == person}
