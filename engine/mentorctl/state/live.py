"""Where every thing stands, what is due, what happened: the moving half of the state, as values.

A record says what a thing is and is decided by a plan. An instance says where it stands in its lifecycle and moves with
what people do and with time. All instants are aware and in UTC, in whole seconds.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import cast

from mentorctl.addresses import Address
from mentorctl.values import dataclass

type FactValue = bool | int | float | str | tuple[str, ...]  # dates as ISO text
type Facts = tuple[tuple[str, FactValue], ...]  # by name, in the order of names


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One thing in its lifecycle. `definition` is the digest it runs by.

    `entry` counts the states that it entered, from 1, and `entered` is when it entered the present one. `revision`
    goes up by one with each commit that touches it. With an `incident` (a code) it waits for a person.
    """

    address: Address
    lifecycle: str
    definition: str
    state: str
    entry: int = 1
    revision: int = 1
    entered: datetime
    facts: Facts = ()
    incident: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Armed:
    """A timer that runs: `entry` is the state entry that set it and `since` when that was, which its rule counts from.

    `occurrence` counts its firings from 1. An instance has at most one timer of a name, so (address, timer) is its key.
    """

    address: Address
    timer: str
    entry: int
    since: datetime
    occurrence: int = 1
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One line of the log: a step of one instance, or something that was noted about it without a step.

    `facts` are those that the guard read, `learned` those that are different afterwards. `occurred` is when it
    happened, `recorded` when we were told. Equal `key`s are the same happening. `entry` is that after the step.
    """

    address: Address
    event: str
    occurred: datetime
    recorded: datetime
    actor: str
    before: str
    after: str
    entry: int
    definition: str
    facts: Facts = ()
    learned: Facts = ()
    effects: tuple[str, ...] = ()
    key: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """Something that leaves the system: a message or an escalation to people by opaque id, or words such as `owner`.

    What is `held` stays in the outbox until somebody releases it.
    """

    key: str
    address: Address
    effect: str
    occurred: datetime
    people: tuple[str, ...]
    variables: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that somebody says happened. `occurred` None means now; `person` is whose answer or deed it was.

    `place` says where it was written (`answers.csv:12`), for messages. Without a `key` one is made of the rest.
    """

    address: Address
    event: str
    occurred: datetime | None = None
    actor: str = ""
    person: str = ""
    facts: Facts = ()
    key: str = ""
    place: str = ""


class Told(StrEnum):
    """What became of a happening, or of a timer that was due."""

    RECORDED = "recorded"
    ALREADY = "already"
    REFUSED = "refused"
    INVALID = "invalid"
    UNKNOWN = "unknown"
    FUTURE = "future"
    INCIDENT = "incident"
    SKIPPED = "skipped"  # a timer that was late and is not made up for


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to one happening or timer: what became of it, in which state it left the thing, and why.

    `code` is that of the finding where something is to be said, else empty.
    """

    about: Happening | Armed
    outcome: Told
    state: str = ""
    detail: str = ""
    code: str = ""
    help: str = ""

    @property
    def is_good(self) -> bool:
        return self.outcome in (Told.RECORDED, Told.ALREADY, Told.SKIPPED)


def facts_to_text(facts: Facts) -> str:
    """The one text of some facts: JSON with sorted names."""
    return json.dumps(dict(facts), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@lru_cache(maxsize=4096)  # a state is full of things with equal facts
def facts_from_text(text: str) -> Facts:
    """What `facts_to_text` wrote. Raises ValueError for another text."""
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("facts are a mapping of names to values")  # noqa: TRY004 - one error for any bad text
    return tuple((name, _fact(name, value)) for name, value in sorted(data.items()))


def _fact(name: str, value: object) -> FactValue:
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return tuple(cast("list[str]", value))
    raise ValueError(f"the fact `{name}` has a value of no known type")


def with_facts(facts: Facts, learned: Mapping[str, FactValue]) -> Facts:
    """The facts after some became different, in the order of names."""
    return tuple(sorted(({**dict(facts), **learned}).items())) if learned else facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many instances of one program and definition stand in one state."""

    program: str
    lifecycle: str
    definition: str
    state: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """How many instances of one lifecycle took one step."""

    program: str
    lifecycle: str
    event: str
    before: str
    after: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """The answer of an advance: what the timers that fired came to, in all its commits.

    `refused` fired and moved nothing because a guard did not hold; `skipped` were too late to be made up for;
    `incidents` wait for a person. `told` counts the messages per effect. `until` is how far time has come.
    """

    until: datetime
    serial: int
    fired: int = 0
    moved: int = 0
    refused: int = 0
    skipped: int = 0
    incidents: int = 0
    commits: int = 0
    moves: tuple[Moves, ...] = ()
    told: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One line of the log as it is kept: `seq` counts all lines, `serial` is the commit that wrote it."""

    seq: int
    serial: int
    line: Logged
