"""A small program that lives: matches that are offered, begin and end, with time running for them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from mentorctl.addresses import Address
from mentorctl.dates.durations import parse_duration
from mentorctl.dates.timeline import TimelineRules
from mentorctl.dates.workdays import DayCount
from mentorctl.lifecycle.definition import CohortDates, Definition, MessageRule
from mentorctl.lifecycle.model import (
    Ending,
    Fact,
    Late,
    Lifecycle,
    State,
    TimerKind,
    TimerRule,
    Transition,
)
from mentorctl.plan.model import Change, DefinitionText, Plan
from mentorctl.rules.expressions.types import BOOL, NUMBER
from mentorctl.rules.fields import Role
from mentorctl.state.live import FactValue, Happening
from mentorctl.state.model import CohortRecord, MatchRecord, ProgramRecord, Snapshot

from .examples import AT, create, match, plan_from

COHORT = CohortRecord(
    address=Address(program="grow", cohort="spring"), starts="2027-01-11", ends="2027-12-31", state="running"
)
NOON = datetime(2027, 2, 1, 12, tzinfo=UTC)


def _state(name: str, ending: Ending | None = None) -> State:
    return State(id=name, meaning="", ending=ending)


def _transition(event: str, source: str, target: str, when: str = "", *effects: str) -> Transition:
    return Transition(event=event, source=source, target=target, when=when, effects=effects)


def _timer(name: str, kind: TimerKind, during: str, after: str, **more: object) -> TimerRule:
    every = more.pop("every", "")
    return TimerRule(
        id=name,
        kind=kind,
        arms=(during,),
        during=(during,),
        after=parse_duration(after),
        every=parse_duration(str(every)) if every else None,
        **{"at_most": 0 if every else 1, **more},  # type: ignore[arg-type]
    )


MATCH = Lifecycle(
    name="match",
    initial="proposed",
    facts=(Fact(name="agreed", type=BOOL), Fact(name="meetings", type=NUMBER), Fact(name="warm", type=BOOL)),
    states=tuple(
        sorted(
            (
                _state("proposed"),
                _state("active"),
                _state("quiet"),
                _state("ended", Ending.NEUTRAL),
                _state("expired", Ending.FAILURE),
                _state("completed", Ending.SUCCESS),
            ),
            key=lambda state: state.id,
        )
    ),
    transitions=(
        _transition("begin", "proposed", "active", "agreed", "notify.begun"),
        _transition("complete", "active", "completed", "meetings >= 3"),
        _transition("complete", "active", "ended", "meetings < 3", "notify.over"),
        _transition("end", "active", "ended", "", "cancel.sessions"),
        _transition("end", "proposed", "ended"),
        _transition("end", "quiet", "ended"),
        _transition("expire", "proposed", "expired", "", "notify.expired"),
        _transition("quieten", "active", "quiet", "!warm", "escalate"),
        _transition("wake", "quiet", "active"),
        _transition("give_up", "quiet", "ended", "", "release.people"),
    ),
    timers=(
        _timer("close", TimerKind.DEADLINE, "active", "200d", event="complete"),
        _timer("expiry", TimerKind.DEADLINE, "proposed", "14d", event="expire"),
        _timer("forgotten", TimerKind.DEADLINE, "quiet", "30d", event="give_up"),
        _timer("nudge", TimerKind.REMINDER, "proposed", "7d", effects=("notify.nudge",), when="!agreed"),
        _timer("pulse", TimerKind.REMINDER, "active", "30d", every="30d", effects=("notify.pulse",), late=Late.FIRE),
        _timer("silence", TimerKind.REACTION, "active", "21d", event="quieten", when="meetings == 0"),
    ),
)
OTHERS = (
    Lifecycle(name="program", initial="open", facts=(), states=(_state("closed", Ending.NEUTRAL), _state("open"), _state("suspended")),
              transitions=(_transition("close", "open", "closed"), _transition("resume", "suspended", "open"),
                           _transition("suspend", "open", "suspended"))),
    Lifecycle(name="cohort", initial="running", facts=(), states=(_state("closed", Ending.NEUTRAL), _state("running")),
              transitions=(_transition("close", "running", "closed", "", "close"),)),
    Lifecycle(name="session", initial="planned", facts=(),
              states=(_state("cancelled", Ending.NEUTRAL), _state("planned")),
              transitions=(_transition("cancel", "planned", "cancelled"),)),
)  # fmt: skip


def _message(name: str) -> MessageRule:
    roles = (Role.MENTOR, Role.MENTEE)
    return MessageRule(id=name, to=("mentor", "mentee"), roles=roles, template=name, subject=name, channel="email")


DEFINITION = Definition(
    program="grow",
    name="Grow",
    owner="people-team",
    zone="Europe/Berlin",
    days=DayCount(),
    rules=TimelineRules(),
    phases=(),
    cohorts=(CohortDates(id="spring", starts=date(2027, 1, 11), phases=()),),
    lifecycles=tuple(sorted((MATCH, *OTHERS), key=lambda lifecycle: lifecycle.name)),
    messages=tuple(_message(name) for name in ("begun", "expired", "nudge", "over", "pulse")),
)


def program() -> ProgramRecord:
    """The program, which lives by the definition."""
    return ProgramRecord(
        address=Address(program="grow"),
        name="Grow",
        owner="people-team",
        state="open",
        definition="sha256:aa",
        lifecycles=DEFINITION.digest,
        matching_rules="sha256:bb",
    )


def first_plan(snapshot: Snapshot, *more: Change, matches: int = 3) -> Plan:
    """The plan that begins the program with some matches that are offered."""
    offered = (create(match(number)) for number in range(1, matches + 1))
    plan = plan_from(snapshot, create(program()), create(COHORT), *offered, *more)
    text = DefinitionText(program="grow", digest=DEFINITION.digest, text=DEFINITION.text)
    return replace(plan, definitions=(text,))


def said(number: int, event: str, when: datetime | None = None, **facts: FactValue) -> Happening:
    """Something that happened to a match."""
    return Happening(address=match_address(number), event=event, occurred=when, facts=tuple(sorted(facts.items())))


def match_address(number: int) -> Address:
    record = match(number)
    assert isinstance(record, MatchRecord)
    return record.address


def after(days: float, *, of: datetime = AT) -> datetime:
    """An instant some days after the first apply."""
    return of + timedelta(days=days)
