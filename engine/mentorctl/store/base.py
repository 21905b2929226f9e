"""What every store promises: how it is read, what apply does, and how it says no.

An apply is one transaction: it compares workspace, lineage and serial, checks what every change expects to
find, performs exactly the changes of the plan, and leaves one event per change and one row about itself.
Applying twice with one `apply_id` gives the first answer again, so an apply whose answer was lost can be
repeated.
"""

# ruff: noqa: N818 - the exceptions are named for what happened, as their findings are

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from mentorctl.addresses import Address
from mentorctl.diagnostics import finding
from mentorctl.plan.model import Action, Plan
from mentorctl.state.model import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The answer of an apply: the serial it led to. `already`: the same apply_id led there before."""

    serial: int
    lineage: str
    already: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One change that happened. `before` and `after` are lifecycle states, empty where there is none."""

    seq: int
    apply_id: str
    address: Address
    action: Action
    reason: str
    before: str
    after: str
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRow:
    """One apply that happened: of which plan, from and to which serial, when (UTC), by whom, how much."""

    apply_id: str
    plan_digest: str
    base_serial: int
    serial: int
    at: datetime
    actor: str
    created: int
    updated: int
    deleted: int


class Reader(Protocol):
    """The side of a store that cannot write."""

    def read(self) -> Snapshot:
        """Everything at one serial, in address order. Raises StoreError."""
        ...

    def events(self, address: str | None = None) -> tuple[EventRow, ...]:
        """What happened, oldest first; to one record if an address is given. Raises StoreError."""
        ...

    def applies(self) -> tuple[ApplyRow, ...]:
        """The applies, oldest first. Raises StoreError."""
        ...


class Store(Reader, Protocol):
    """A store that can be changed, in one way only."""

    def apply(self, plan: Plan, *, apply_id: str, at: datetime, actor: str, new_lineage: str) -> Applied:
        """Perform the plan, whole or not at all.

        `apply_id` is new for every try that is meant as another apply; `at` is aware of its time zone;
        `new_lineage` names the store if this is its first apply. An empty plan is compared but writes
        nothing. Raises StoreError, and ValueError for arguments that no caller should pass.
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


class AlreadyApplied(StoreError):
    """Another apply performed this very plan. Nothing was changed."""

    code = "MC7008"


class WrongWorkspace(StoreError):
    """The plan was made in another workspace. Nothing was changed."""

    code = "MC7009"


class WrongStore(WrongWorkspace):
    """The store is that of another workspace. Nothing was changed."""

    code = "MC7010"
