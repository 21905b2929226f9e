"""What every store promises: how it is read, what each commit does, and how it says no.

Everything that writes is a commit: one transaction that raises the serial by one and leaves one row about itself. An
apply compares workspace, lineage and serial, checks what every change expects to find, and performs exactly the
changes of the plan. Events and timers ask the pure runtime what is to be written, inside the transaction. Committing
twice with one id gives the first answer again, so a commit whose answer was lost can be repeated.
"""

# ruff: noqa: N818 - the exceptions are named for what happened, as their findings are

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol

from mentorctl.addresses import Address
from mentorctl.diagnostics import finding
from mentorctl.plan.consent import NOTHING_SAID, Consent
from mentorctl.plan.model import Plan
from mentorctl.state.live import Advanced, Armed, Counted, Happening, Instance, LogRow, Outgoing, Receipt
from mentorctl.state.model import Record, Snapshot
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The answer of an apply: the serial it led to. `already`: the same apply_id led there before."""

    serial: int
    lineage: str
    already: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The answer to happenings: a receipt for each, in their order, and the serial afterwards."""

    serial: int
    receipts: tuple[Receipt, ...]
    already: bool = False


class CommitKind(StrEnum):
    """What a commit was."""

    APPLY = "apply"
    EVENTS = "events"
    ADVANCE = "advance"
    MIGRATION = "migration"
    RELEASE = "release"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitRow:
    """One commit that happened: from and to which serial, when (UTC), by whom, how much.

    `digest` is that of the plan, or of the happenings. `clock` is how far time has come with it: never earlier than
    before, so that a wall clock that goes back turns nothing back. `moved` counts the lines of the log, or the messages
    that a release let go. `consent` is what was said beside the plan.
    """

    commit_id: str
    kind: CommitKind = CommitKind.APPLY
    digest: str
    base_serial: int
    serial: int
    at: datetime
    clock: datetime
    actor: str
    created: int = 0
    updated: int = 0
    deleted: int = 0
    moved: int = 0
    consent: Consent = NOTHING_SAID


class Reader(Protocol):
    """The side of a store that cannot write."""

    def read(self) -> Snapshot:
        """Everything at one serial, in address order. Raises StoreError."""
        ...

    def about(self, words: Iterable[str]) -> Snapshot:
        """The programs and cohorts, and of all else what some words name: addresses, ids, people by opaque id.

        It takes as long as there is of that, and is not compared with the digest of the state. Raises StoreError.
        """
        ...

    def commits(self) -> tuple[CommitRow, ...]:
        """The commits, oldest first. Raises StoreError."""
        ...

    def log(self, address: Address | None = None, *, after: int = 0, limit: int | None = None) -> tuple[LogRow, ...]:
        """Lines of the log with a seq above `after`, oldest first; of one thing if an address is given."""
        ...

    def instances(self, addresses: Iterable[Address] | None = None) -> tuple[Instance, ...]:
        """Where things stand, in address order: all, or those of some addresses."""
        ...

    def timers(self, until: datetime | None = None, *, limit: int | None = None) -> tuple[Armed, ...]:
        """The timers that run, by (due, rank, address, timer); those due at an instant, or all.

        Time stands still for what belongs to a suspended program, so nothing of it is due.
        """
        ...

    def outbox(
        self, *, after: int = 0, limit: int | None = None, serial: int | None = None
    ) -> tuple[tuple[int, Outgoing], ...]:
        """What is to leave the system, with its number, oldest first: all, or what one commit put there."""
        ...

    def former(self, serial: int) -> tuple[Record, ...]:
        """The records that an apply replaced or removed, as they were before it, in address order."""
        ...

    def incidents(self) -> tuple[Instance, ...]:
        """The instances that wait for a person, in address order."""
        ...

    def census(self) -> tuple[Counted, ...]:
        """How many instances stand in which state."""
        ...

    def definition(self, digest: str) -> str:
        """The canonical text of a definition, or "" when it is not there."""
        ...


class Store(Reader, Protocol):
    """A store that can be changed."""

    def apply(
        self,
        plan: Plan,
        *,
        apply_id: str,
        at: datetime,
        actor: str,
        new_lineage: str,
        consent: Consent = NOTHING_SAID,
    ) -> Applied:
        """Perform the plan, whole or not at all.

        `apply_id` is new for every try that is meant as another apply; `at` is aware of its time zone;
        `new_lineage` names the store if this is its first apply. `consent` is written down with the commit; where it
        holds messages back they wait in the outbox. An empty plan is compared but writes nothing. Raises StoreError,
        and ValueError for arguments that no caller should pass.
        """
        ...

    def record(
        self, happenings: Sequence[Happening], *, commit_id: str, at: datetime, actor: str, strict: bool = False
    ) -> Recorded:
        """Write down what happened, all that can have happened in one commit; the receipts say which could not.

        With `strict` nothing is written when one of them could not. A commit that writes nothing is none. Raises
        StoreError, and ValueError for arguments that no caller should pass.
        """
        ...

    def advance(
        self,
        to: datetime,
        *,
        at: datetime,
        actor: str,
        chunk: int = 5000,
        report: Callable[[Advanced], None] = lambda _: None,
    ) -> Advanced:
        """Fire what is due until an instant, chunk after chunk, each a commit of its own.

        What was interrupted goes on where it stopped; what was fired fires never again. Raises StoreError.
        """
        ...

    def retry(self, addresses: Sequence[Address], *, at: datetime, actor: str) -> tuple[Instance, ...]:
        """Take the incident off some instances, so that their timers run again; those that had one. One commit."""
        ...

    def release(self, numbers: Sequence[int], *, at: datetime, actor: str) -> tuple[int, ...]:
        """Let messages go that are held, by their number in the outbox; those that were. One commit.

        Raises StoreError.
        """
        ...


class StoreError(Exception):
    """Why a store did not do what was asked. `finding` is ready to be shown."""

    code: ClassVar[str]

    def __init__(self, detail: str, *, help: str = "") -> None:  # noqa: A002
        super().__init__(detail)
        self.finding = finding(self.code, detail, help=help)


class StalePlan(StoreError):
    """The store is not in the state that the plan was made from. Nothing was changed."""

    code = "MC7001"


class UnfitPlan(StoreError):
    """The plan contradicts itself, so it was not written by planning. Nothing was changed."""

    code = "MC7002"


class StoreLocked(StoreError):
    """Somebody else was writing, or reading, for longer than one was ready to wait. Nothing was changed."""

    code = "MC7003"


class StoreBroken(StoreError):
    """The store cannot be read or written: damage, rights, space, or a file that is something else."""

    code = "MC7004"


class StoreTooNew(StoreError):
    """A later version wrote this store. Nothing was changed."""

    code = "MC7006"


class OutcomeUnknown(StoreError):
    """The apply broke at its commit and the store could not be asked how it ended."""

    code = "MC7007"


class UnwrittenStore(StoreError):
    """Nothing was ever applied, so nobody can do anything yet. Nothing was changed."""

    code = "MC7012"


class AlreadyApplied(StoreError):
    """Another apply performed this very plan. Nothing was changed."""

    code = "MC7008"


class WrongWorkspace(StoreError):
    """The plan was made in another workspace. Nothing was changed."""

    code = "MC7009"


class WrongStore(WrongWorkspace):
    """The store is that of another workspace. Nothing was changed."""

    code = "MC7010"
