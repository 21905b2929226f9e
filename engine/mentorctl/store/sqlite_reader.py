"""Reading the store in one SQLite file: all that is needed in one short transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from mentorctl.store.migrations import MIGRATIONS, Migration
from mentorctl.store.sql_reader import SqlReader
from mentorctl.store.sqlite_file import (
    BUSY_SECONDS,
    READER_PRAGMAS,
    SqliteDatabase,
    exists,
    explained,
    migrate,
    opened,
    result_code,
    roll_back_interrupted,
    schema_version,
)


class SqliteReader(SqlReader):
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
        super().__init__(str(path), workspace)
        self._path = path
        self._busy_timeout = busy_timeout
        self._migrations = migrations

    @contextmanager
    def _reading(self) -> Iterator[SqliteDatabase | None]:
        """Closing the connection ends the transaction."""
        if not exists(self._path):
            yield None
            return
        newest = len(self._migrations)
        with explained(self._path), closing(self._begun()) as connection:
            if schema_version(connection, self._path, newest=newest) == newest:
                yield self._database(connection)
                return
            # An older store is brought up to date in a copy, since reading must not write.
            with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
                connection.backup(copy)
                migrate(copy, self._path, self._migrations)
                yield self._database(copy)

    def _database(self, connection: sqlite3.Connection) -> SqliteDatabase:
        return SqliteDatabase(connection, self._place)

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
