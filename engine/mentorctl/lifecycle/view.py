"""What the runtime may ask of a store inside a transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from mentorctl.addresses import Address
from mentorctl.state.live import Armed, Instance, Logged
from mentorctl.state.model import Record


class View(Protocol):
    """The state as it is when the transaction began. What is not there is None or empty; nothing raises for it."""

    def prefetch(self, addresses: Iterable[Address]) -> None:
        """Says that these instances, their records and their timers will be asked for, so that they can be read at
        once.
        """
        ...

    def definition(self, digest: str) -> str:
        """The canonical text of a definition, or "" when the store lacks it."""
        ...

    def current(self, program: str) -> str:
        """The digest of the definition by which new things of a program run, or ""."""
        ...

    def instance(self, address: Address) -> Instance | None: ...

    def record(self, address: Address) -> Record | None: ...

    def enrollments_of(self, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        """The enrollments of a person, in the order of addresses. An empty cohort means all cohorts."""
        ...

    def matches_of(self, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        """All matches in which a person is a member, those that are over too, in the order of addresses."""
        ...

    def sessions_of(self, program: str, cohort: str, person: str) -> tuple[Address, ...]:
        """All sessions that a person is to attend, in the order of addresses."""
        ...

    def children(self, address: Address, kind: str) -> tuple[Address, ...]:
        """What belongs to a thing: meetings (`session`) of a match, `training` and `check_in` of an enrollment,
        anything of a cohort or program; in the order of addresses.
        """
        ...

    def due(self, until: datetime, limit: int) -> tuple[Armed, ...]:
        """The first timers that are due at an instant, those of parked instances left out.

        In the order of (due, lifecycle rank, address, timer, occurrence), see `lifecycle.fire.order`.
        """
        ...

    def timers_of(self, address: Address) -> tuple[Armed, ...]:
        """The timers of an instance that run, by name."""
        ...

    def seen(self, keys: Iterable[str]) -> Mapping[str, Logged]:
        """Of some idempotency keys those that the log has, with the first line of each."""
        ...
