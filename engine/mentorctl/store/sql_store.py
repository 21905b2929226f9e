"""A store in SQL, whichever the database: what is read and written in a transaction that the database provides."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime

from mentorctl.addresses import Address
from mentorctl.plan.model import Plan
from mentorctl.state.live import Armed, Counted, Instance, Outgoing
from mentorctl.state.model import Snapshot
from mentorctl.store import sql_read as read
from mentorctl.store.base import Applied, CommitRow, LogRow
from mentorctl.store.database import Database
from mentorctl.store.sql_view import SqlView
from mentorctl.store.sql_write import Writer
from mentorctl.store.transition import (
    Contents,
    Effect,
    Order,
    check_owner,
    decide,
    digest_after,
    never_written,
    snapshot_of,
    verify,
)


class SqlReader(ABC):
    """Reads a store and cannot write it."""

    def __init__(self, place: str, workspace: str) -> None:
        self._place = place
        self._workspace = workspace

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Database | None]:
        """One transaction to read in, or None when there is no store."""

    def read(self) -> Snapshot:
        with self._reading() as database:
            contents = read.contents(database) if database else self._never_written
        check_owner(contents, self._workspace)
        return snapshot_of(contents)

    def commits(self) -> tuple[CommitRow, ...]:
        return self._read(read.commits, ())

    def log(self, address: Address | None = None, *, after: int = 0, limit: int | None = None) -> tuple[LogRow, ...]:
        return self._read(lambda database: read.log(database, address, after, limit), ())

    def instances(self, addresses: Iterable[Address] | None = None) -> tuple[Instance, ...]:
        if addresses is None:
            return self._read(read.instances, ())
        return self._read(lambda database: read.instances_of(database, addresses), ())

    def timers(self, until: datetime | None = None, *, limit: int | None = None) -> tuple[Armed, ...]:
        return self._read(lambda database: read.timers(database, until, limit), ())

    def outbox(self, *, after: int = 0, limit: int | None = None) -> tuple[tuple[int, Outgoing], ...]:
        return self._read(lambda database: read.outbox(database, after, limit), ())

    def incidents(self) -> tuple[Instance, ...]:
        return self._read(lambda database: read.instances(database, "WHERE i.incident <> ''"), ())

    def census(self) -> tuple[Counted, ...]:
        return self._read(read.census, ())

    def definition(self, digest: str) -> str:
        return self._read(lambda database: read.definition(database, digest), "")

    def _read[T](self, ask: Callable[[Database], T], otherwise: T) -> T:
        with self._reading() as database:
            return ask(database) if database else otherwise

    @property
    def _never_written(self) -> Contents:
        return never_written(self._workspace, self._place)


type Task[T] = Callable[[Database, bool], tuple[T, CommitRow | None]]


class SqlStore(SqlReader):
    """Reads and writes a store."""

    @abstractmethod
    def _committed[T](self, task: Task[T], *, at: datetime, actor: str) -> T:
        """Do a task in one transaction, and commit it when it comes with the row of a commit.

        The task learns whether the store was written before. A commit whose answer is lost is looked up by its id.
        """

    def apply(self, plan: Plan, *, apply_id: str, at: datetime, actor: str, new_lineage: str) -> Applied:
        order = Order(plan=plan, apply_id=apply_id, at=at, actor=actor, new_lineage=new_lineage)

        def task(database: Database, written: bool) -> tuple[Applied, CommitRow | None]:
            contents = read.contents(database) if written else self._never_written
            check_owner(contents, self._workspace)
            verify(contents)
            effect = decide(
                order, contents, read.commits_that_matter(database, order) if written else (), SqlView(database)
            )
            if isinstance(effect, Applied):
                return effect, None
            _perform(database, effect, contents)
            return effect.answer, effect.commit

        return self._committed(task, at=at, actor=actor)


def _perform(database: Database, effect: Effect, contents: Contents) -> None:
    writer = Writer(database)
    if not contents.lineage:
        writer.begin_history(effect.workspace, effect.lineage)
    writer.define(effect.definitions)
    writer.write(effect.batch, contents.rows, effect.commit.serial)
    digest = digest_after(effect.batch, contents.rows, contents.state_digest, contents.place)
    writer.commit(effect.commit, digest)
