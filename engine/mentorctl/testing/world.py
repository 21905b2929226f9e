"""One test as it runs: a state in memory, the day, the people, and everything that has happened so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from mentorctl import pipeline
from mentorctl.dates.timeline import Timeline
from mentorctl.diagnostics import Diagnostic, did_you_mean, quoted_list
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.optimize.engine import Engine
from mentorctl.plan.codec import effects_digest
from mentorctl.plan.differ import differences
from mentorctl.plan.happenings import Happening, Refused, Verb, happened
from mentorctl.plan.messages import Occurred, PlannedMessage, dated_messages, delayed_messages, messages_of, occurred
from mentorctl.plan.model import Change, MatchingSummary, Plan
from mentorctl.plan.standing import STANDING
from mentorctl.roster.people import Roster
from mentorctl.roster.table import Table
from mentorctl.spec.cases import MatchNamed, MatchStep, PlanAgain, Step, Trained, Withdrawal
from mentorctl.state.model import (
    EnrollmentRecord,
    MatchRecord,
    Record,
    SessionRecord,
    Snapshot,
    TrainingRecord,
)
from mentorctl.store.memory import MemoryStore
from mentorctl.testing.people import with_completed, without_applications


class Trouble(Exception):  # noqa: N818 - it ends one test, and is no error of the program
    """The test cannot go on, with the reason and findings that led to it."""

    def __init__(self, detail: str, *, advice: str = "", because: Sequence[Diagnostic] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.advice = advice
        self.because = tuple(because)


@dataclass(kw_only=True, eq=False)
class World:
    """The state of one test; `cohort` is the one that it looks at."""

    loaded: pipeline.Loaded
    compiled: CompiledProgram
    cohort: str
    roster: Roster
    engine: Engine
    store: MemoryStore
    today: date
    outside: Mapping[str, Table]
    about_people: tuple[Diagnostic, ...] = ()
    messages: list[PlannedMessage] = field(default_factory=list)
    findings: tuple[Diagnostic, ...] = ()
    matching: MatchingSummary | None = None
    refused: bool = False
    _log: list[Occurred] = field(default_factory=list)
    _steps: int = 0
    _told: date | None = None

    # -- what there is -------------------------------------------------------------------------------------------------

    @property
    def timeline(self) -> Timeline:
        return dict(self.compiled.timelines_on(self.today))[self.cohort]

    @property
    def snapshot(self) -> Snapshot:
        return self.store.read()

    def records[T: Record](self, kind: type[T]) -> list[T]:
        """The records of one type in the cohort that is looked at."""
        here = (self.compiled.program.id, self.cohort)
        records = (r for r in self.snapshot.records if isinstance(r, kind))
        return [r for r in records if (r.address.program, r.address.cohort) == here]

    def person(self, roster_id: str) -> str:
        """The opaque id of somebody. Raises Trouble when the roster lacks them."""
        return self.roster.ids[self._index(roster_id)]

    def _index(self, roster_id: str) -> int:
        if roster_id not in self.roster.roster_ids:
            column = self.compiled.contract.id_column
            advice = did_you_mean(roster_id, self.roster.roster_ids) or f"write it as in the column `{column}`"
            raise Trouble(f"nobody has the id `{roster_id}`", advice=advice)
        return self.roster.roster_ids.index(roster_id)

    def called(self, person: str) -> str:
        """The roster id of somebody."""
        return self.roster.roster_ids[self.roster.ids.index(person)] if person in self.roster.ids else person

    def matches(self, named: MatchNamed) -> list[MatchRecord]:
        """The matches of exactly these people, those that stand first. Raises Trouble for unknown people."""
        people = {self.person(roster_id) for roster_id in named.people}
        found = [m for m in self.records(MatchRecord) if set(m.people) == people and named.subject in ("", m.subject)]
        return sorted(found, key=lambda m: (m.state not in STANDING, m.address))

    def the_match(self, named: MatchNamed) -> MatchRecord:
        """The one match that is meant. Raises Trouble when there is none, or several stand."""
        found = self.matches(named)
        names = quoted_list(named.people, last="and", limit=40)
        if not found:
            raise Trouble(f"{names} have no match with each other", advice=self.company(named.people))
        standing = [m for m in found if m.state in STANDING]
        if len(standing) > 1:
            subjects = quoted_list(sorted(m.subject for m in standing), last="and")
            raise Trouble(f"{names} have {len(standing)} matches with each other", advice=f"add `subject`: {subjects}")
        return found[0]

    def company(self, people: Sequence[str]) -> str:
        """With whom some people are matched instead, in words."""
        words = []
        for roster_id in people:
            person = self.person(roster_id)
            standing = [m for m in self.records(MatchRecord) if m.state in STANDING and person in m.people]
            others = sorted({self.called(p) for m in standing for p in m.people if p != person})
            words.append(f"{roster_id} is with {', '.join(others[:10]) or 'nobody'}")
        return "; ".join(words[:6])

    # -- what happens --------------------------------------------------------------------------------------------------

    def plan(self, day: date) -> None:
        """Plan and apply on a day, and say what is said until then. With errors nothing is applied."""
        self.today = day
        planned = pipeline.plan(
            self.loaded, self.roster, self.snapshot, as_of=day, engine=self.engine, outside=self.outside
        )
        self.findings = (*self.about_people, *planned.findings)
        self.refused = planned.plan is None
        if planned.plan is None:
            return
        here = (self.compiled.program.id, self.cohort)
        summaries = [m for m in planned.plan.matchings if (m.program, m.cohort) == here]
        self.matching = summaries[-1] if summaries else self.matching
        self._perform(planned.plan, occurred(self.loaded.programs, planned.plan.changes, day))

    def step(self, step: Step) -> None:
        """Let one thing happen. Raises Trouble when it cannot."""
        match step.what:
            case PlanAgain():
                self.plan(step.what.on)
            case MatchStep():
                record = self.the_match(step.what.match)
                about = self._meeting(record, step.what.match.meeting) if step.what.match.meeting else record
                self._happen(Verb(step.what.verb), about)
            case Withdrawal():
                self._withdraw(step.what.person)
            case Trained():
                self._train(step.what)

    def _meeting(self, match: MatchRecord, number: int) -> SessionRecord:
        meetings = [s for s in self.records(SessionRecord) if (s.kind, s.subject) == ("meeting", match.address.id)]
        found = next((s for s in meetings if s.number == number), None)
        if found is None:
            raise Trouble(f"the match has no meeting {number}", advice=f"it has {len(meetings)} meetings")
        return found

    def _withdraw(self, roster_id: str) -> None:
        index = self._index(roster_id)
        person = self.roster.ids[index]
        enrollments = [e for e in self.records(EnrollmentRecord) if e.person == person]
        if not enrollments:
            raise Trouble(f"`{roster_id}` takes no part in `{self.compiled.program.id}`")
        for enrollment in enrollments:
            if len(enrollments) == 1 or enrollment.state != "withdrawn":
                self._happen(Verb.WITHDRAW, enrollment)
        programs = [compiled.program.id for compiled in self.loaded.programs]
        self.roster = without_applications(self.roster, index, self.compiled.program.id, programs)

    def _train(self, trained: Trained) -> None:
        index = self._index(trained.person)
        modules = [m.id for m in self.compiled.program.modules]
        if trained.module not in modules:
            advice = did_you_mean(trained.module, modules) or f"modules are {quoted_list(modules, last='and')}"
            raise Trouble(f"there is no training module `{trained.module}`", advice=advice)
        person = self.roster.ids[index]
        found = [t for t in self.records(TrainingRecord) if (t.person, t.module) == (person, trained.module)]
        if not found:
            raise Trouble(f"`{trained.person}` is not assigned `{trained.module}`")
        for training in found:
            if len(found) == 1 or training.state == "assigned":
                self._happen(Verb.TRAIN, training)
        self.roster = with_completed(self.roster, index, trained.module)

    def _happen(self, verb: Verb, record: Record) -> None:
        snapshot = self.snapshot
        happening = Happening(verb=verb, address=record.address, on=self.today)
        result = happened(self.loaded.programs, snapshot, happening)
        if isinstance(result, Refused):
            raise Trouble(result.detail, advice=result.help)
        now = snapshot.by_address | {changed.address: changed for changed in result.records}
        self._perform(self._plan_of(snapshot, differences(snapshot.by_address, now.values())), result.occurred)

    def _plan_of(self, snapshot: Snapshot, changes: tuple[Change, ...]) -> Plan:
        """What happened as a plan, so that it takes the same way into the store."""
        return Plan(
            workspace=snapshot.workspace,
            lineage=snapshot.lineage,
            serial=snapshot.serial,
            as_of=self.today.isoformat(),
            inputs="",
            changes=changes,
            matchings=(),
            schedules=(),
            notices=(),
            digest=effects_digest(snapshot.workspace, changes),
        )

    def _perform(self, plan: Plan, log: Sequence[Occurred]) -> None:
        self._steps += 1
        at = datetime(self.today.year, self.today.month, self.today.day, 12, tzinfo=UTC)
        pipeline.apply(
            plan, self.store, apply_id=f"step-{self._steps}", at=at, actor="test", new_lineage=f"test-{self.cohort}"
        )
        self._log += log
        records = self.snapshot.records
        self.messages += messages_of((self.compiled,), log, records)
        cohort = (self.cohort, self.timeline)
        first = self._told + timedelta(days=1) if self._told else self.today
        if first <= self.today:
            span = (first, self.today)
            self.messages += dated_messages(self.compiled, cohort, records, span)
            self.messages += delayed_messages(self.compiled, cohort, records, span, self._log)
        else:  # the messages of this day are said; what happened since may still bring some on the same day
            self.messages += delayed_messages(self.compiled, cohort, records, (self.today, self.today), log)
        self._told = self.today
