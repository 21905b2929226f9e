"""What one commit of the runtime writes, completely: stores write it and decide nothing."""

from mentorctl.addresses import Address
from mentorctl.state.live import Armed, Instance, Logged, Outgoing, Receipt
from mentorctl.state.model import Record
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows to write in one transaction, each thing at most once.

    `created` come with their record. `changed` are records whose body is another one now (their state says nothing:
    `moved` does). `moved` are the instances that are different afterwards, each with a revision one above the stored
    one. `armed` replace a timer of the same address and name; `cancelled` are timers to remove, those that fired too.
    `removed` are things to take away with their records and timers.
    """

    created: tuple[tuple[Record, Instance], ...] = ()
    changed: tuple[Record, ...] = ()
    moved: tuple[Instance, ...] = ()
    logged: tuple[Logged, ...] = ()
    armed: tuple[Armed, ...] = ()
    cancelled: tuple[Armed, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    removed: tuple[Address, ...] = ()
    receipts: tuple[Receipt, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write; receipts are answers and not written."""
        rows = (self.created, self.changed, self.moved, self.logged, self.armed, self.cancelled, self.outgoing)
        return not any(rows) and not self.removed
