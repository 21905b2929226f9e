"""What lives in a simulation: small mutable things, made by the hundred thousand and let go when they are over."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from mentorctl.dates.zones import local_time
from mentorctl.lifecycle.book import Machine
from mentorctl.lifecycle.definition import Definition
from mentorctl.lifecycle.model import TimerKind, TimerRule
from mentorctl.lifecycle.timers import due_of
from mentorctl.rules.fields import Role
from mentorctl.state.live import FactValue

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
DAY = 1440  # minutes
_MINUTE = timedelta(minutes=1)
_BLOCK = 15  # minutes; every zone is so many of them away from UTC
_AT_MOST = 1_000  # firings that are looked through for the next one


def minute_of(instant: datetime) -> int:
    return int((instant - EPOCH) / _MINUTE)


def instant_of(minute: int) -> datetime:
    return EPOCH + minute * _MINUTE


class Running(NamedTuple):
    """A timer that runs: since when its rule counts, which firing comes next, and a number that ends old ones."""

    since: int
    occurrence: int
    stamp: int


class Thing:
    """One enrollment, training, match, session, check-in or cohort.

    `visit` counts the states it was in; what somebody meant to do in an earlier one comes to nothing. `related` are the
    matches and open trainings and check-ins of an enrollment, or the open sessions of a match.
    """

    __slots__ = (
        "begins", "cohort", "entered", "facts", "id", "kind", "luck", "machine", "members", "own", "related", "role",
        "since", "state", "timers", "turns", "visit",
    )  # fmt: skip

    members: "tuple[Thing, ...]"  # the enrollments of a match, the match of a session, the owner of anything else
    related: "list[Thing]"
    facts: dict[str, FactValue]
    timers: dict[str, Running]
    own: Mapping[str, date]
    role: Role | None
    since: date | None

    def __init__(self, kind: str, machine: Machine, identity: int, cohort: str, *, state: str, entered: int) -> None:
        self.kind = kind
        self.machine = machine
        self.id = identity
        self.luck = identity  # what its draws are made from: the same for the same person in another version
        self.turns = 0  # how many matches or sessions it has had
        self.cohort = cohort
        self.begins = 0  # the minute of a session
        self.state = state
        self.entered = entered
        self.visit = 0
        self.facts = {}
        self.timers = {}
        self.members = ()
        self.related = []
        self.role = None
        self.own = {}
        self.since = None

    @property
    def is_over(self) -> bool:
        return self.machine.is_final(self.state)


class Dates:
    """When timers are due, as `lifecycle.timers.next_due` says, remembered by day: thousands enter a state on one."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._days: dict[int, date] = {}
        self._known: dict[tuple[object, ...], int | None] = {}

    def next(self, rule: TimerRule, thing: Thing, since: int, behind: int) -> tuple[int, int] | None:
        """The next occurrence of a timer after `behind`, and its minute."""
        always = bool(rule.event) or rule.kind is TimerKind.DEADLINE
        for occurrence in range(behind + 1, behind + _AT_MOST):
            due = self._due(rule, thing, since, occurrence)
            if due is None or due > since:
                return None if due is None else (occurrence, due)
            if always:
                return occurrence, since
        return None

    def day(self, minute: int) -> date:
        """The program's day."""
        block = minute // _BLOCK
        if block not in self._days:
            self._days[block] = local_time(instant_of(minute), self._definition.zone).date()
        return self._days[block]

    def _due(self, rule: TimerRule, thing: Thing, since: int, occurrence: int) -> int | None:
        exact = rule.after and rule.after.minutes
        key = (
            thing.kind,
            rule.id,
            thing.cohort,
            since if exact else self.day(since),
            occurrence,
            *thing.own.values(),
            thing.since,
        )
        if key not in self._known:
            due = due_of(
                self._definition, rule, thing.cohort, instant_of(since), occurrence, own=thing.own, since=thing.since
            )
            self._known[key] = minute_of(due) if due else None
        return self._known[key]
