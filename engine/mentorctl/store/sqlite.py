"""The store in one SQLite file.

Chosen for durability first: a rollback journal with `synchronous=EXTRA`. With FULL the removal of the journal
is not synced, and a power cut can take back a commit that was reported. Writers queue at a lock file before
they begin, because SQLite's own waiting is a lottery. Readers read all they need in one short transaction and
close.
"""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from mentorctl.store.base import CommitRow, OutcomeUnknown, StoreError
from mentorctl.store.lock import held, this_process
from mentorctl.store.migrations import MIGRATIONS, Migration
from mentorctl.store.sql_read import commit_of
from mentorctl.store.sql_store import SqlStore, Task
from mentorctl.store.sqlite_file import (
    BUSY_SECONDS,
    UNCHANGED,
    WRITER_PRAGMAS,
    exists,
    explained,
    explanation_of,
    migrate,
    opened,
    remove,
    schema_version,
    sibling,
    sync_folder,
)
from mentorctl.store.sqlite_reader import SqliteReader


class SqliteStore(SqliteReader, SqlStore):
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

    def _committed[T](self, task: Task[T], *, at: datetime, actor: str) -> T:
        since = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        owner = this_process(actor=actor, command=self._command, since=since)
        with held(sibling(self._path, ".lock"), owner, timeout=self._lock_timeout):
            return self._change(task) if exists(self._path) else self._found(task)

    def _change[T](self, task: Task[T]) -> T:
        with explained(self._path, UNCHANGED), closing(self._writable(self._path)) as connection:
            schema_version(connection, self._path, newest=len(self._migrations))
            migrate(connection, self._path, self._migrations)
            connection.execute("BEGIN IMMEDIATE")
            answer, commit = task(self._database(connection), True)
            if commit:
                self._commit(connection, commit)
            return answer

    def _commit(self, connection: sqlite3.Connection, commit: CommitRow) -> None:
        try:
            connection.execute("COMMIT")
        except (sqlite3.Error, KeyboardInterrupt) as trouble:
            with suppress(sqlite3.Error):
                connection.rollback()  # a COMMIT that only found the file busy leaves its transaction open
            connection.close()
            self._settle(commit, trouble)

    def _found[T](self, task: Task[T]) -> T:
        """The first commit: the whole store is made in a file beside it, which takes its name in one step.

        So there is a complete store or none: the death of the process leaves at most a file `….new`, which
        nobody reads and the next try removes. Making the store in place and removing it on failure would
        leave half a store after a kill.
        """
        new = sibling(self._path, ".new")
        try:
            with explained(self._path, UNCHANGED):
                answer, commit = self._make(new, task)
            if commit:
                self._publish(new, commit)
        finally:
            remove(new)
        return answer

    def _make[T](self, new: Path, task: Task[T]) -> tuple[T, CommitRow | None]:
        remove(new)
        os.close(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with closing(self._writable(new)) as connection:
            migrate(connection, self._path, self._migrations)
            connection.execute("BEGIN IMMEDIATE")
            done = task(self._database(connection), False)
            connection.execute("COMMIT")
            return done

    def _publish(self, new: Path, commit: CommitRow) -> None:
        try:
            new.replace(self._path)
            sync_folder(self._path)
        except (OSError, KeyboardInterrupt) as trouble:
            self._settle(commit, trouble)
            with suppress(OSError):
                sync_folder(self._path)  # an interrupt may have come before it

    def _settle(self, commit: CommitRow, trouble: BaseException) -> None:
        """Ask the store how a commit ended that broke at its last step. Returns if it is there, else raises.

        An error at COMMIT does not mean that nothing was committed: syncing the folder may fail after the
        journal was removed. The lock is still held, so nobody else can have written in between.
        """
        try:
            performed = self._read(lambda database: commit_of(database, commit.commit_id), None)
        except StoreError as blind:
            raise OutcomeUnknown(
                f"the {commit.kind} broke at its commit ({trouble}), and then the store could not be asked: {blind}",
                help=f"when it can be read, look for the commit `{commit.commit_id}` in `mentorctl show`",
            ) from trouble
        if not performed:
            raise explanation_of(trouble, self._path, UNCHANGED) or trouble

    def _writable(self, path: Path) -> sqlite3.Connection:
        return opened(path, "rw", WRITER_PRAGMAS, busy_timeout=self._busy_timeout)
