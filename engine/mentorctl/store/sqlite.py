"""The store in one SQLite file.

Chosen for durability first: a rollback journal with `synchronous=EXTRA`. With FULL the removal of the journal
is not synced, and a power cut can take back a commit that was reported. Writers queue at a lock file before
they begin, because SQLite's own waiting is a lottery. Readers read all they need in one short transaction and
close.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from mentorctl.plan.model import Plan
from mentorctl.state.model import Snapshot
from mentorctl.store import sqlite_rows as rows
from mentorctl.store.base import Applied, CommitRow, EventRow, OutcomeUnknown, StoreError
from mentorctl.store.lock import held, this_process
from mentorctl.store.migrations import MIGRATIONS, Migration
from mentorctl.store.sqlite_file import (
    BUSY_SECONDS,
    READER_PRAGMAS,
    UNCHANGED,
    WRITER_PRAGMAS,
    exists,
    explained,
    explanation_of,
    migrate,
    opened,
    remove,
    result_code,
    roll_back_interrupted,
    schema_version,
    sibling,
    sync_folder,
)
from mentorctl.store.transition import (
    Contents,
    Effect,
    Order,
    check_owner,
    decide,
    never_written,
    snapshot_of,
    verify,
)


class SqliteReader:
    """Reads a store and cannot write it. A missing file is a store that was never written; none is created.

    `busy_timeout` is how many seconds to wait for other programs that use the file.
    """

    def __init__(
        self,
        path: Path,
        *,
        workspace: str,
        busy_timeout: float = BUSY_SECONDS,
        migrations: tuple[Migration, ...] = MIGRATIONS,
    ) -> None:
        self._path = path
        self._workspace = workspace
        self._busy_timeout = busy_timeout
        self._migrations = migrations

    def read(self) -> Snapshot:
        with self._transaction() as connection:
            contents = rows.contents(connection, self._path) if connection else self._never_written
        check_owner(contents, self._workspace)
        return snapshot_of(contents)

    def events(self, address: str | None = None) -> tuple[EventRow, ...]:
        with self._transaction() as connection:
            return rows.events(connection, self._path, address) if connection else ()

    def commits(self) -> tuple[CommitRow, ...]:
        with self._transaction() as connection:
            return rows.commits(connection, self._path) if connection else ()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection | None]:
        """One transaction to read in, or None when there is no store. Closing the connection ends it."""
        if not exists(self._path):
            yield None
            return
        newest = len(self._migrations)
        with explained(self._path), closing(self._begun()) as connection:
            if schema_version(connection, self._path, newest=newest) == newest:
                yield connection
                return
            # An older store is brought up to date in a copy, since reading must not write.
            with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
                connection.backup(copy)
                migrate(copy, self._path, self._migrations)
                yield copy

    def _begun(self) -> sqlite3.Connection:
        connection = self._read_only()
        try:
            connection.execute("BEGIN")
            connection.execute("PRAGMA schema_version")  # the first look into the file
        except sqlite3.Error as error:
            connection.close()
            if result_code(error) != sqlite3.SQLITE_READONLY_ROLLBACK:
                raise
        else:
            return connection
        roll_back_interrupted(self._path, self._busy_timeout)
        connection = self._read_only()
        connection.execute("BEGIN")
        return connection

    def _read_only(self) -> sqlite3.Connection:
        return opened(self._path, "ro", READER_PRAGMAS, busy_timeout=self._busy_timeout)

    @property
    def _never_written(self) -> Contents:
        return never_written(self._workspace, str(self._path))


class SqliteStore(SqliteReader):
    """Reads and writes a store. `lock_timeout` is how many seconds to queue behind other writers.

    `command` is what the lock file tells those who wait.
    """

    def __init__(
        self,
        path: Path,
        *,
        workspace: str,
        lock_timeout: float,
        command: str = "apply",
        busy_timeout: float = BUSY_SECONDS,
        migrations: tuple[Migration, ...] = MIGRATIONS,
    ) -> None:
        super().__init__(path, workspace=workspace, busy_timeout=busy_timeout, migrations=migrations)
        self._lock_timeout = lock_timeout
        self._command = command

    def apply(self, plan: Plan, *, apply_id: str, at: datetime, actor: str, new_lineage: str) -> Applied:
        order = Order(plan=plan, apply_id=apply_id, at=at, actor=actor, new_lineage=new_lineage)
        since = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        owner = this_process(actor=actor, command=self._command, since=since)
        with held(sibling(self._path, ".lock"), owner, timeout=self._lock_timeout):
            return self._change(order) if exists(self._path) else self._found(order)

    def _change(self, order: Order) -> Applied:
        with explained(self._path, UNCHANGED), closing(self._writable(self._path)) as connection:
            schema_version(connection, self._path, newest=len(self._migrations))
            migrate(connection, self._path, self._migrations)
            connection.execute("BEGIN IMMEDIATE")
            contents = rows.contents(connection, self._path)
            check_owner(contents, self._workspace)
            verify(contents)
            effect = decide(order, contents, rows.commits_that_matter(connection, self._path, order))
            if isinstance(effect, Applied):
                return effect
            rows.perform(connection, self._path, effect)
            self._commit(connection, effect)
            return effect.answer

    def _commit(self, connection: sqlite3.Connection, effect: Effect) -> None:
        try:
            connection.execute("COMMIT")
        except (sqlite3.Error, KeyboardInterrupt) as trouble:
            with suppress(sqlite3.Error):
                connection.rollback()  # a COMMIT that only found the file busy leaves its transaction open
            connection.close()
            self._settle(effect, trouble)

    def _found(self, order: Order) -> Applied:
        """The first apply: the whole store is made in a file beside it, which takes its name in one step.

        So there is a complete store or none: the death of the process leaves at most a file `….new`, which
        nobody reads and the next try removes. Making the store in place and removing it on failure would
        leave half a store after a kill.
        """
        effect = decide(order, self._never_written, ())
        if isinstance(effect, Applied):
            return effect
        new = sibling(self._path, ".new")
        try:
            with explained(self._path, UNCHANGED):
                self._make(new, effect)
            self._publish(new, effect)
        finally:
            remove(new)
        return effect.answer

    def _make(self, new: Path, effect: Effect) -> None:
        remove(new)
        os.close(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with closing(self._writable(new)) as connection:
            migrate(connection, self._path, self._migrations)
            connection.execute("BEGIN IMMEDIATE")
            rows.begin_history(connection, effect)
            rows.perform(connection, self._path, effect)
            connection.execute("COMMIT")

    def _publish(self, new: Path, effect: Effect) -> None:
        try:
            new.replace(self._path)
            sync_folder(self._path)
        except (OSError, KeyboardInterrupt) as trouble:
            self._settle(effect, trouble)
            with suppress(OSError):
                sync_folder(self._path)  # an interrupt may have come before it

    def _settle(self, effect: Effect, trouble: BaseException) -> None:
        """Ask the store how an apply ended that broke at its last step. Returns if it is there, else raises.

        An error at COMMIT does not mean that nothing was committed: syncing the folder may fail after the
        journal was removed. The lock is still held, so nobody else can have written in between.
        """
        try:
            performed = any(row.commit_id == effect.commit.commit_id for row in self.commits())
        except StoreError as blind:
            raise OutcomeUnknown(
                f"the apply broke at its commit ({trouble}), and then the store could not be asked: {blind}",
                help=f"when it can be read, look for the apply `{effect.commit.commit_id}` in `mentorctl show`",
            ) from trouble
        if not performed:
            raise explanation_of(trouble, self._path, UNCHANGED) or trouble

    def _writable(self, path: Path) -> sqlite3.Connection:
        return opened(path, "rw", WRITER_PRAGMAS, busy_timeout=self._busy_timeout)
