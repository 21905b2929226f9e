"""One test as it runs: a state in memory, the day, the people, and everything that has happened so far."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, date, datetime, time

from mentorctl import pipeline
from mentorctl.addresses import Address
from mentorctl.dates.timeline import Timeline
from mentorctl.dates.zones import end_of_day, to_utc
from mentorctl.diagnostics import Diagnostic, did_you_mean, has_errors, quoted_list
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.compiler import lifecycle_named
from mentorctl.optimize.engine import Engine
from mentorctl.plan.messages import PlannedMessage, planned_messages
from mentorctl.plan.model import MatchingSummary
from mentorctl.plan.standing import DRAFT, STANDING
from mentorctl.plan.verdicts import PolicyResult
from mentorctl.roster.people import Roster
from mentorctl.roster.table import Table
from mentorctl.spec.cases import (
    Advance,
    Choice,
    MatchNamed,
    MatchStep,
    PlanAgain,
    Publication,
    Step,
    Trained,
    Withdrawal,
)
from mentorctl.state.codec import kind_of
from mentorctl.state.live import Facts, Happening
from mentorctl.state.model import (
    EnrollmentRecord,
    MatchRecord,
    Record,
    SessionRecord,
    Snapshot,
    TrainingRecord,
)
from mentorctl.store.memory import MemoryStore
from mentorctl.values import dataclass


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
    policies: tuple[PolicyResult, ...] = ()
    refused: bool = False
    _steps: int = 0
    _heard: int = 0

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
        """Plan and apply as a day begins, when all that was due before is done. With errors nothing is applied.

        Approvals that a policy asks for count as given: whether they are is not the program's to say.
        """
        morning = to_utc(day, time(0), self._zone)
        if self.snapshot.lineage:
            self._let_pass(morning)
        self.today = day
        snapshot = self.snapshot
        planned = pipeline.plan(
            self.loaded,
            self.roster,
            snapshot,
            as_of=day,
            engine=self.engine,
            outside=self.outside,
            definitions=pipeline.living_definitions(snapshot, self.store.definition),
        )
        self.findings = (*self.about_people, *planned.findings)
        self.refused = planned.plan is None
        if planned.plan is None:
            return
        judged = pipeline.judge(planned.plan, self.loaded, snapshot, on=day, asks=False)
        self.findings = (*self.findings, *judged)
        self.policies = tuple(r for r in planned.plan.policies if r.program == self.compiled.program.id)
        self.refused = has_errors(judged)
        if self.refused:
            return
        here = (self.compiled.program.id, self.cohort)
        summaries = [m for m in planned.plan.matchings if (m.program, m.cohort) == here]
        self.matching = summaries[-1] if summaries else self.matching
        self._steps += 1
        lineage = f"test-{self.cohort}"
        pipeline.apply(
            planned.plan, self.store, apply_id=f"step-{self._steps}", at=morning, actor="test", new_lineage=lineage
        )
        if self.snapshot.lineage:
            self._let_pass(to_utc(day, _AFTER_THE_MORNING, self._zone))

    def step(self, step: Step) -> None:
        """Let one thing happen. Raises Trouble when it cannot."""
        match step.what:
            case PlanAgain(on=day):
                self.plan(day)
            case Advance(to=day):
                self.today = day
                self._let_pass(self._end_of(day))
            case MatchStep():
                record = self.the_match(step.what.match)
                about = self._meeting(record, step.what.match.meeting) if step.what.match.meeting else record
                self._happen(step.what.verb, about, person=self.person(step.what.by) if step.what.by else "")
            case Withdrawal():
                self._withdraw(step.what.person)
            case Trained():
                self._train(step.what)
            case Choice():
                self._choose(step.what)
            case Publication():
                self._publish()

    def _end_of(self, day: date) -> datetime:
        """The last second of a day where the program is."""
        return end_of_day(day, self._zone)

    def _meeting(self, match: MatchRecord, number: int) -> SessionRecord:
        meetings = [s for s in self.records(SessionRecord) if (s.kind, s.subject) == ("meeting", match.address.id)]
        found = next((s for s in meetings if s.number == number), None)
        if found is None:
            raise Trouble(f"the match has no meeting {number}", advice=f"it has {len(meetings)} meetings")
        return found

    def _withdraw(self, roster_id: str) -> None:
        person = self.person(roster_id)
        enrollments = [e for e in self.records(EnrollmentRecord) if e.person == person]
        if not enrollments:
            raise Trouble(f"`{roster_id}` takes no part in `{self.compiled.program.id}`")
        for enrollment in enrollments:
            if len(enrollments) == 1 or enrollment.state != "withdrawn":
                self._happen("withdraw", enrollment)

    def _train(self, trained: Trained) -> None:
        person = self.person(trained.person)
        modules = [m.id for m in self.compiled.program.modules]
        if trained.module not in modules:
            advice = did_you_mean(trained.module, modules) or f"modules are {quoted_list(modules, last='and')}"
            raise Trouble(f"there is no training module `{trained.module}`", advice=advice)
        found = [t for t in self.records(TrainingRecord) if (t.person, t.module) == (person, trained.module)]
        if not found:
            raise Trouble(f"`{trained.person}` is not assigned `{trained.module}`")
        for training in found:
            if len(found) == 1 or training.state == "assigned":
                self._happen("complete", training)

    def _choose(self, choice: Choice) -> None:
        """Somebody pins, blocks, asks or rates. Raises Trouble when nothing is there to keep it with."""
        first, *others = (self.person(roster_id) for roster_id in choice.people)
        if choice.verb == "request":
            mine = next((e for e in self.records(EnrollmentRecord) if e.person == first), None)
            facts: Facts = (("period", choice.period), ("wanted", tuple(others)))
            if mine is None:
                raise Trouble(f"`{choice.people[0]}` takes no part in `{self.compiled.program.id}`")
            self._say(Happening(address=mine.address, event="request", person=first, facts=facts))
        elif choice.verb == "rate":
            record = self.the_match(MatchNamed(people=choice.people))
            rated: Facts = (("stars", choice.stars),)
            self._say(Happening(address=record.address, event="rate", person=first, facts=rated))
        else:
            if len(others) != 1:
                raise Trouble(f"`{choice.verb}` is about two people, and {len(choice.people)} are named")
            two: Facts = (("because", "the test says so"), ("one", first), ("two", others[0]))
            where = Address(program=self.compiled.program.id, cohort=self.cohort)
            self._say(Happening(address=where, event=choice.verb, facts=two))

    def _publish(self) -> None:
        drafts = [m for m in self.records(MatchRecord) if m.state == DRAFT]
        if not drafts:
            raise Trouble("there are no drafts", advice="a program has them with `process: {approve: owner}`")
        for draft in drafts:
            self._say(Happening(address=draft.address, event="publish"))

    def _happen(self, event: str, record: Record, *, person: str = "") -> None:
        """Somebody says what happened. Whoever says it says that what it takes is there: signature, deliverable."""
        declared = {fact.name for fact in lifecycle_named(self.compiled.lifecycles, kind_of(record)).facts}
        facts = tuple((name, True) for name in _SAID_WITH.get(event, ()) if name in declared)
        self._say(Happening(address=record.address, event=event, person=person, facts=facts))

    def _say(self, happening: Happening) -> None:
        self._steps += 1
        happening = replace(happening, key=f"step-{self._steps}")
        told = pipeline.record((happening,), self.store, commit_id=f"step-{self._steps}", at=self._wall, actor="test")
        for receipt in told.receipts:
            if not receipt.is_good:
                raise Trouble(receipt.detail, advice=receipt.help)
        self._listen()

    def _let_pass(self, to: datetime) -> None:
        pipeline.advance(self.store, to, at=self._wall, actor="test")
        self._listen()

    def _listen(self) -> None:
        """Take what was put into the outbox since."""
        news = self.store.outbox(after=self._heard)
        self._heard += len(news)
        self.messages += planned_messages(self.compiled, [one for _, one in news])

    @property
    def _zone(self) -> str:
        return self.compiled.program.timezone

    @property
    def _wall(self) -> datetime:
        """The clock on the wall stands still while a test brings time on: nothing is ever late."""
        return datetime(2000, 1, 1, tzinfo=UTC)


_AFTER_THE_MORNING = time(12)
_SAID_WITH = {"start": ("agreement_signed",), "complete": ("delivered", "done")}
