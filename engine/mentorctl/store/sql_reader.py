"""Reading a store in SQL, whichever the database."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime

from mentorctl.addresses import Address
from mentorctl.state.live import Armed, Counted, Instance, LogRow, Outgoing
from mentorctl.state.model import Record, Snapshot
from mentorctl.store import sql_read as read
from mentorctl.store.about import about
from mentorctl.store.base import CommitRow
from mentorctl.store.contents import Contents, check_workspace, never_written, part_of, snapshot_of
from mentorctl.store.database import Database


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
        check_workspace(contents.workspace, self._workspace, self._place)
        return snapshot_of(contents)

    def about(self, words: Iterable[str]) -> Snapshot:
        wanted = frozenset(words)
        with self._reading() as database:
            contents = about(database, wanted) if database else self._never_written
        check_workspace(contents.workspace, self._workspace, self._place)
        return part_of(contents)

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

    def outbox(
        self, *, after: int = 0, limit: int | None = None, serial: int | None = None
    ) -> tuple[tuple[int, Outgoing], ...]:
        return self._read(lambda database: read.outbox(database, after, limit, serial), ())

    def former(self, serial: int) -> tuple[Record, ...]:
        return self._read(lambda database: read.former(database, serial), ())

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
