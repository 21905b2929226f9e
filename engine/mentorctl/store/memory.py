"""A store in memory: for tests and rehearsals. It keeps the same contract as the durable ones."""

from datetime import datetime
from threading import Lock

from mentorctl.plan.model import Plan
from mentorctl.state.model import Snapshot
from mentorctl.store.base import Applied, CommitRow, EventRow
from mentorctl.store.transition import Contents, Effect, Order, decide, never_written, snapshot_of, verify


class MemoryStore:
    """One workspace in memory. Threads may share it."""

    def __init__(self, workspace: str) -> None:
        self._turn = Lock()
        self._contents = never_written(workspace, "in memory")
        self._events: tuple[EventRow, ...] = ()
        self._commits: tuple[CommitRow, ...] = ()

    def read(self) -> Snapshot:
        return snapshot_of(self._contents)

    def events(self, address: str | None = None) -> tuple[EventRow, ...]:
        return tuple(row for row in self._events if address is None or str(row.address) == address)

    def commits(self) -> tuple[CommitRow, ...]:
        return self._commits

    def apply(self, plan: Plan, *, apply_id: str, at: datetime, actor: str, new_lineage: str) -> Applied:
        order = Order(plan=plan, apply_id=apply_id, at=at, actor=actor, new_lineage=new_lineage)
        with self._turn:
            verify(self._contents)
            effect = decide(order, self._contents, self._commits)
            if isinstance(effect, Applied):
                return effect
            self._perform(effect)
            return effect.answer

    def _perform(self, effect: Effect) -> None:
        rows = dict(self._contents.rows)
        for _, address, row in effect.changed:
            if row is None:
                del rows[address]
            else:
                rows[address] = row
        self._events += effect.events
        self._commits += (effect.commit,)
        # In one assignment: a reader in another thread sees the contents before or after, never between.
        self._contents = Contents(
            place=self._contents.place,
            workspace=effect.workspace,
            lineage=effect.lineage,
            serial=effect.commit.serial,
            state_digest=effect.state_digest,
            last_seq=effect.events[-1].seq,
            rows=rows,
        )
