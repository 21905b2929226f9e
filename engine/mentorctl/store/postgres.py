"""The store in a schema of a PostgreSQL database: one state for several operators, servers and CI.

Writers lock the one head row and so stand in a queue. Nothing is left to the isolation level: the lock comes before the
first look. Time-outs are set by this side, so that neither a hung client nor a hung server keeps anybody for ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from time import sleep
from typing import TYPE_CHECKING, Any

from mentorctl.store.base import CommitRow, OutcomeUnknown, StoreError, StoreLocked
from mentorctl.store.migrations import POSTGRESQL_MIGRATIONS, Migration
from mentorctl.store.postgres_server import (
    UNCHANGED,
    PostgresDatabase,
    connected,
    explained,
    explanation_of,
    holder,
    migrate,
    preview,
    psycopg_of,
    schema_version,
    shown,
)
from mentorctl.store.sql_read import commit_of
from mentorctl.store.sql_reader import SqlReader
from mentorctl.store.sql_store import SqlStore, Task

if TYPE_CHECKING:
    import psycopg

_LOCK_SECONDS = 10.0
_FIRST_COMMITS = 0x4D43544C  # the lock of those who find no head row to lock
_TRIES = 5


class PostgresReader(SqlReader):
    """Reads a store and cannot write it. An empty schema is a store that was never written; nothing is created."""

    def __init__(
        self,
        address: str,
        *,
        workspace: str,
        lock_timeout: float = _LOCK_SECONDS,
        command: str = "read",
        migrations: tuple[Migration, ...] = POSTGRESQL_MIGRATIONS,
    ) -> None:
        super().__init__(shown(address), workspace)
        self._address = address
        self._lock_timeout = lock_timeout
        self._command = command
        self._migrations = migrations

    @contextmanager
    def _reading(self) -> Iterator[PostgresDatabase | None]:
        with explained(self._place), self._connected("reader") as connection:
            database = PostgresDatabase(connection, self._place)
            newest = self._migrations[-1].version
            version = schema_version(database, newest=newest)
            if 0 < version < newest:
                preview(database, version, self._migrations)
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield database if version else None

    @contextmanager
    def _connected(self, actor: str) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
        name = f"mentorctl {self._command} of {actor}"
        connection = connected(self._address, self._place, name=name, lock_timeout=self._lock_timeout)
        try:
            yield connection
        finally:
            connection.close()  # what was begun and not committed is undone


class PostgresStore(PostgresReader, SqlStore):
    """Reads and writes a store. `lock_timeout` is how many seconds to queue behind other writers."""

    def __init__(
        self,
        address: str,
        *,
        workspace: str,
        lock_timeout: float,
        command: str = "apply",
        migrations: tuple[Migration, ...] = POSTGRESQL_MIGRATIONS,
    ) -> None:
        super().__init__(
            address, workspace=workspace, lock_timeout=lock_timeout, command=command, migrations=migrations
        )

    def _committed[T](self, task: Task[T], *, at: datetime, actor: str) -> T:  # noqa: ARG002 - the server knows when
        with explained(self._place, UNCHANGED), self._connected(actor) as connection:
            connection.execute("BEGIN")
            database = PostgresDatabase(connection, self._place)
            written = self._locked(database)
            answer, commit = task(database, written)
            if commit:
                self._commit(connection, commit, actor)
            return answer

    def _locked(self, database: PostgresDatabase) -> bool:
        """Wait for the turn of this writer; whether there is a head, in tables of the newest schema."""
        newest = self._migrations[-1].version
        try:
            if schema_version(database, newest=newest) < newest:
                database.run("SELECT pg_advisory_xact_lock(?, hashtext(current_schema()))", (_FIRST_COMMITS,))
                migrate(database, schema_version(database, newest=newest), self._migrations)
            return database.run("SELECT serial FROM head FOR UPDATE") > 0
        except Exception as error:
            explanation = explanation_of(error, self._place, UNCHANGED)
            if isinstance(explanation, StoreLocked):
                raise self._waited() from error
            raise

    def _waited(self) -> StoreLocked:
        with self._connected("waiter") as connection:
            who = holder(PostgresDatabase(connection, self._place)) or "another command"
        return StoreLocked(
            f"waited {self._lock_timeout:g} seconds for {who}. {UNCHANGED}",
            help="wait until that command is done, or give more time with `--lock-timeout`",
        )

    def _commit(self, connection: "psycopg.Connection[tuple[Any, ...]]", commit: CommitRow, actor: str) -> None:
        try:
            connection.execute("COMMIT")
        except (psycopg_of(self._place).Error, KeyboardInterrupt) as trouble:
            with suppress(Exception):
                connection.close()
            self._settle(commit, trouble, actor)

    def _settle(self, commit: CommitRow, trouble: BaseException, actor: str) -> None:
        """Ask the store how a commit ended whose answer was lost. Returns if it is there, else raises.

        The question waits for the lock, so that it is not asked while the server still works on the commit.
        """
        blind: StoreError | None = None
        for attempt in range(_TRIES):
            sleep(attempt)
            try:
                performed = self._was_performed(commit, actor)
            except StoreError as error:
                blind = error
                continue
            if performed:
                return
            raise explanation_of(trouble, self._place, UNCHANGED) or trouble
        raise OutcomeUnknown(
            f"the {commit.kind} broke at its commit ({trouble}), and then the store could not be asked: {blind}",
            help=f"when it can be read, look for the commit `{commit.commit_id}` in `mentorctl show`",
        ) from trouble

    def _was_performed(self, commit: CommitRow, actor: str) -> bool:
        with explained(self._place), self._connected(actor) as connection:
            connection.execute("BEGIN")
            database = PostgresDatabase(connection, self._place)
            database.run("SELECT pg_advisory_xact_lock(?, hashtext(current_schema()))", (_FIRST_COMMITS,))
            if not schema_version(database, newest=self._migrations[-1].version):
                return False
            database.run("SELECT serial FROM head FOR UPDATE")
            return commit_of(database, commit.commit_id) is not None
