"""A definition made ready to run: its machines with steppers, tables and timers at hand, made once per digest."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property, lru_cache

from mentorctl.dates.timeline import Timeline, When
from mentorctl.dates.zones import local_time
from mentorctl.lifecycle.definition import Definition, MessageRule, definition_digest, definition_from_text
from mentorctl.lifecycle.facts import SINCE
from mentorctl.lifecycle.guards import CLOCK_NAMES, Guard, guard_of
from mentorctl.lifecycle.machine import Stepper, facts_read
from mentorctl.lifecycle.model import Ending, Fact, Lifecycle, State, Step, TimerRule
from mentorctl.lifecycle.table import Table, dispatch_table, table_step
from mentorctl.lifecycle.timers import OwnDays, next_due
from mentorctl.rules.fields import Role
from mentorctl.state.live import Facts, FactValue, Instance
from mentorctl.state.model import EnrollmentRecord, Record, SessionRecord, TrainingRecord

ENROLLED_ON = "enrolled_on"  # with rolling intake the phases of a person count from this day
_REMEMBERED = 50_000  # instants at which timers are due
_NO_FACTS: frozenset[str] = frozenset()


class Machine:
    """One lifecycle ready to step. `bulk` steps go by the table, all others by the machine of the library."""

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle
        self.states: Mapping[str, State] = {state.id: state for state in lifecycle.states}
        self.events = frozenset(transition.event for transition in lifecycle.transitions)
        self.renamed: Mapping[str, str] = dict(lifecycle.renamed)
        self.facts: Mapping[str, Fact] = {fact.name: fact for fact in lifecycle.facts}
        self.timers: Mapping[str, TimerRule] = {rule.id: rule for rule in lifecycle.timers}
        self.guards: Mapping[str, Guard | None] = {
            rule.id: guard_of(rule.when, lifecycle.facts) for rule in lifecycle.timers
        }
        self.begins = tuple((guard_of(one.when, lifecycle.facts), one.effects) for one in lifecycle.begins)
        self._timers_in = {
            state.id: tuple(rule for rule in lifecycle.timers if state.id in rule.during) for state in lifecycle.states
        }
        self._reads = facts_read(lifecycle)
        self._read_anywhere = frozenset().union(
            *self._reads.values(),
            *(guard.reads for guard in self.guards.values() if guard),
            *(guard.reads for guard, _ in self.begins if guard),
        )

    @cached_property
    def first_asked(self) -> Role | None:
        """Who is asked before the other one of a match hears of it, where its lifecycle has that."""
        arcs = (t for t in self.lifecycle.transitions if (t.event, t.target) == ("accept", "second_asked"))
        return next((Role(t.when.partition("_")[0]) for t in arcs), None)

    @cached_property
    def _stepper(self) -> Stepper:
        return Stepper(self.lifecycle)

    @cached_property
    def _table(self) -> Table:
        return dispatch_table(self.lifecycle)

    def step(self, state: str, event: str, facts: Mapping[str, FactValue], *, bulk: bool) -> Step:
        """What an event of this lifecycle does in one of its states."""
        if bulk:
            return table_step(self._table, state, event, facts)
        return self._stepper.step(state, event, facts)

    def reads(self, state: str, event: str) -> frozenset[str]:
        """The facts that the guards read."""
        return self._reads.get((state, event), _NO_FACTS)

    def reads_ever(self, fact: str) -> bool:
        """Whether any guard reads a fact; others need not be kept up."""
        return fact in self._read_anywhere

    def is_final(self, state: str) -> bool:
        known = self.states.get(state)
        return known is not None and known.is_final

    def ending(self, state: str) -> Ending | None:
        known = self.states.get(state)
        return known.ending if known else None

    def timers_in(self, state: str) -> tuple[TimerRule, ...]:
        """The timers that may run in a state."""
        return self._timers_in.get(state, ())

    def ways_out(self, state: str) -> tuple[str, ...]:
        """The events that lead on from a state, in order."""
        return tuple(sorted({t.event for t in self.lifecycle.transitions if t.source == state}))


class Book:
    """What the things of one program run by."""

    def __init__(self, digest: str, definition: Definition) -> None:
        self.digest = digest
        self.definition = definition
        self._due: dict[tuple[int, str, datetime, int, date | None], tuple[int, datetime] | None] = {}
        self._machines = {lifecycle.name: Machine(lifecycle) for lifecycle in definition.lifecycles}
        self.since: Mapping[str, tuple[str, ...]] = {
            fact: tuple(name for name, machine in self._machines.items() if fact in machine.facts)
            for machine in self._machines.values()
            for fact in machine.facts
            if fact.startswith(SINCE)
        }

    @cached_property
    def counts_matches(self) -> bool:
        """Whether a guard asks in how many matches somebody is."""
        enrollment = self._machines.get("enrollment")
        return enrollment is not None and enrollment.reads_ever("matches")

    def machine(self, lifecycle: str) -> Machine | None:
        return self._machines.get(lifecycle)

    @property
    def zone(self) -> str:
        return self.definition.zone

    @property
    def least_others(self) -> int:
        """The fewest mentees (or peers) with whom a match still is one."""
        return self.definition.least

    def timeline(self, cohort: str, at: datetime) -> Timeline:
        """The dates of a cohort; with rolling intake those of somebody who comes at an instant."""
        return self.definition.timeline(cohort, self.day(at))

    def next_due(
        self,
        rule: TimerRule,
        cohort: str,
        since: datetime,
        *,
        behind: int,
        own: OwnDays,
        enrolled: date | None,
    ) -> tuple[int, datetime] | None:
        """As `timers.next_due`; of the many that enter a state at one instant the answer is worked out once."""
        if own:
            return next_due(self.definition, rule, cohort, since, behind=behind, own=own, since=enrolled)
        key = (id(rule), cohort, since, behind, enrolled)  # the rule is one of this book, and lives as long
        if key not in self._due:
            if len(self._due) >= _REMEMBERED:
                self._due.clear()
            self._due[key] = next_due(self.definition, rule, cohort, since, behind=behind, since=enrolled)
        return self._due[key]

    def day(self, at: datetime) -> date:
        """The program's day at an instant."""
        return local_time(at, self.zone).date()

    def message(self, name: str) -> MessageRule | None:
        return self.definition.message(name)

    def asks(self, check_in: str, role: Role) -> bool:
        """Whether a check-in is for people in a role."""
        rule = self.definition.check_in(check_in)
        return rule is not None and rule.audience.includes(role)

    def known_of(self, record: Record, at: datetime) -> dict[str, FactValue]:
        """The facts that a record itself says, for a thing that comes into being at an instant."""
        match record:
            case EnrollmentRecord(role=role):
                return {"needs_approval": role in self.definition.approvals, ENROLLED_ON: self.day(at).isoformat()}
            case TrainingRecord(module=module):
                return {"required": any(m.id == module and m.required for m in self.definition.modules)}
            case SessionRecord(kind=kind, number=number):
                return {"meeting": kind == "meeting", "number": number}
            case _:
                return {}

    def required_modules(self, role: Role) -> tuple[str, ...]:
        """What people in a role must have done."""
        return tuple(m.id for m in self.definition.modules if m.required and m.audience.includes(role))

    def training_due(self, module: str, cohort: str, at: datetime, enrolled: date) -> str:
        """The day by which a module is to be done that is assigned at an instant, or "" where it has none.

        Where that day is over, as much time is given as if the phase began now, and never less than this day.
        """
        moment = next((m.due for m in self.definition.modules if m.id == module), None)
        timeline = self.definition.timeline(cohort, enrolled)
        day, today = timeline.day_of(moment) if moment else None, self.day(at)
        if moment is None or day is None:
            return ""
        if day < today:
            day = self.definition.days.later(today, moment.by) if moment.when is When.AFTER else today
        return day.isoformat()

    def facts_at(self, instance: Instance, at: datetime, names: frozenset[str]) -> dict[str, FactValue]:
        """The facts of an instance, and what time itself says of them where one of the names asks for it."""
        facts = dict(instance.facts)
        if names & CLOCK_NAMES:
            today, entered = local_time(at, self.zone).date(), local_time(instance.entered, self.zone).date()
            met = facts.get("last_meeting")
            last = max(str(met)[:10], entered.isoformat()) if met else entered.isoformat()
            facts |= {
                "now": today.isoformat(),
                "entered_at": entered.isoformat(),
                "days_in_state": (today - entered).days,
                "days_quiet": (today - type(today).fromisoformat(last)).days,
            }
        return facts


def read_by_guard(facts: Mapping[str, FactValue], names: frozenset[str]) -> Facts:
    """Those facts that a guard read, by name; what is not known is not there."""
    return tuple((name, facts[name]) for name in sorted(names) if name in facts)


@lru_cache(maxsize=64)
def book_of(digest: str, text: str) -> Book:
    """The book of a definition. Raises ValueError for a text that is none, or not that of the digest."""
    if definition_digest(text) != digest:
        raise ValueError("its text does not have this digest")
    return Book(digest, definition_from_text(text))
