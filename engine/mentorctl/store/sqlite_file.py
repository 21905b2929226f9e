"""The file of the SQLite store: what may lie at its path, opening it, its schema, what its errors mean."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from mentorctl.rules.expressions.sql import Dialect
from mentorctl.store.base import StoreBroken, StoreError, StoreLocked, StoreTooNew
from mentorctl.store.contents import damaged
from mentorctl.store.database import Values
from mentorctl.store.migrations import Migration, Statements

type Pragmas = tuple[tuple[str, str | int], ...]

APPLICATION_ID = 0x4D43544C  # "MCTL", kept in the header of the file
BUSY_SECONDS = 30.0
UNCHANGED = "Nothing was changed"

_OLDEST_SQLITE = (3, 37, 0)  # the first with STRICT tables

WRITER_PRAGMAS: Pragmas = (
    ("journal_mode", "delete"),
    ("synchronous", 3),  # EXTRA
    ("fullfsync", 1),  # matters on macOS only
    ("foreign_keys", 1),
    ("secure_delete", 1),  # what was deleted is overwritten, not only unlinked
    ("trusted_schema", 0),
    ("cache_size", -65_536),  # KiB; a sweep over a million rows comes back to the same pages
)
READER_PRAGMAS: Pragmas = (("query_only", 1), ("trusted_schema", 0))

_RESTORE = "restore the newest backup"
_CORRECT_PATH = "correct `store` in mentorctl.yaml"

_EXPLAINED = {  # by SQLite's primary result code
    sqlite3.SQLITE_FULL: ("the disk is full", "free some space and try again"),
    sqlite3.SQLITE_READONLY: ("it may not be written", "writing needs rights to the file and to its folder"),
    sqlite3.SQLITE_PERM: ("it may not be opened", "ask for the rights to read and write it"),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", "check the rights to the file and to its folder"),
    sqlite3.SQLITE_IOERR: (
        "reading or writing it failed",
        "check the disk, its quota and the limit on file sizes, and try again",
    ),
    sqlite3.SQLITE_CORRUPT: ("the file is damaged", _RESTORE),
    sqlite3.SQLITE_NOTADB: ("the file is not a SQLite database", f"{_CORRECT_PATH}, or {_RESTORE}"),
}


def exists(path: Path) -> bool:
    """Whether there is a store. Raises StoreBroken for anything at the path that a store cannot be."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        _refuse_orphans(path)
        return False
    except OSError as error:
        raise StoreBroken(f"the store {path} cannot be reached: {error.strerror}") from error
    if stat.S_ISLNK(found.st_mode):
        # Lock and journal lie beside the name: under two names the same store would have two of each.
        raise StoreBroken(f"{path} is a symbolic link", help="give the path of the store itself")
    if not stat.S_ISREG(found.st_mode):
        raise StoreBroken(f"{path} is not a file", help=_CORRECT_PATH)
    if found.st_size == 0:
        # SQLite would take it for a new database, and a store that was cut off would be planned anew.
        raise StoreBroken(
            f"{path} is an empty file; a store never is",
            help=f"{_RESTORE}, or remove the file if nothing was ever applied here",
        )
    return True


def _refuse_orphans(path: Path) -> None:
    for ending in ("-journal", "-wal"):
        journal = sibling(path, ending)
        if journal.exists():
            raise StoreBroken(
                f"{path} is missing, but its journal {journal.name} is here, so there was a store",
                help=f"{_RESTORE}; remove the journal only if the store is given up",
            )


def sibling(path: Path, ending: str) -> Path:
    """The file beside the store whose name is longer by `ending`."""
    return path.with_name(path.name + ending)


def remove(path: Path) -> None:
    """Remove a database that was not finished, if there is one, and its journal."""
    # The journal goes first, so that it is never left beside a younger database of that name.
    for leftover in (sibling(path, "-journal"), path):
        with suppress(OSError):
            leftover.unlink()


def sync_folder(path: Path) -> None:
    """Make the name of the file at `path` survive a power cut. Raises OSError."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def opened(path: Path, mode: str, pragmas: Pragmas, *, busy_timeout: float) -> sqlite3.Connection:
    """A connection without transactions of its own, in mode `ro` or `rw`; it never creates the file."""
    connection = _connected(path, mode, busy_timeout)
    try:
        for name, wanted in pragmas:
            _set(connection, name, wanted)
    except BaseException:
        connection.close()
        raise
    return connection


def _connected(path: Path, mode: str, busy_timeout: float) -> sqlite3.Connection:
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreBroken(
            f"this Python comes with SQLite {sqlite3.sqlite_version}; the store needs 3.37 or newer",
            help="use a newer Python, or a system with a newer SQLite",
        )
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=busy_timeout, isolation_level=None)


def _set(connection: sqlite3.Connection, name: str, wanted: str | int) -> None:
    # SQLite ignores what it does not know or cannot do, without a word, so every pragma is read back.
    connection.execute(f"PRAGMA {name} = {wanted}")
    (found,) = connection.execute(f"PRAGMA {name}").fetchone() or (None,)
    if found != wanted:
        raise StoreBroken(
            f"SQLite {sqlite3.sqlite_version} keeps {name} at {found!r}; the store needs {wanted!r}",
            help="close other programs that use the file, or use a newer SQLite",
        )


def roll_back_interrupted(path: Path, busy_timeout: float) -> None:
    """Let SQLite undo what a killed writer left half done: the one write that reading cannot do without.

    Raises StoreBroken where that is not allowed, and the error of SQLite when the file stays busy.
    """
    try:
        with closing(_connected(path, "rw", busy_timeout)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if result_code(error) & 0xFF == sqlite3.SQLITE_BUSY:
            raise
        raise StoreBroken(
            f"an apply to {path} was interrupted, and undoing its traces failed ({error})",
            help="run `mentorctl show` once as a user who may write to the file and its folder",
        ) from error


def schema_version(connection: sqlite3.Connection, path: Path, *, newest: int) -> int:
    """The schema of a store of ours. Raises StoreBroken for another database, StoreTooNew for a later one."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION_ID:
        raise StoreBroken(f"{path} is a SQLite database, but not a store of mentorctl", help=_CORRECT_PATH)
    version = _user_version(connection)
    if version > newest:
        raise StoreTooNew(
            f"{path} has schema {version}, this mentorctl knows schemas up to {newest}",
            help="upgrade mentorctl; the store stays as it is",
        )
    return version


def _user_version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(connection: sqlite3.Connection, path: Path, migrations: tuple[Migration, ...]) -> None:
    """Bring the schema up to date, each step in one transaction with its version."""
    for migration in migrations[_user_version(connection) :]:
        connection.execute("BEGIN IMMEDIATE")
        if _user_version(connection) != migration.version - 1:
            raise damaged(str(path), f"its schema is not {migration.version - 1} any more")
        for statement in migration.statements:
            connection.execute(statement)
        if migration.convert:
            _convert(connection, path, migration.convert)
        for statement in migration.leftovers:
            connection.execute(statement)
        connection.execute("INSERT INTO migrations (version, name) VALUES (?, ?)", (migration.version, migration.name))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {migration.version}")
        connection.execute("COMMIT")


def _convert(connection: sqlite3.Connection, path: Path, convert: Callable[[Statements], None]) -> None:
    try:
        convert(connection)
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(str(path), f"{error}") from error


def _sha256_hex(text: str) -> str:
    return sha256(text.encode()).hexdigest()


class SqliteDatabase:
    """A transaction that was begun on a connection."""

    dialect = Dialect.SQLITE

    def __init__(self, connection: sqlite3.Connection, place: str) -> None:
        self._connection = connection
        self.place = place
        connection.create_function("sha256_hex", 1, _sha256_hex, deterministic=True)

    def rows(self, statement: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        return self._connection.execute(statement, values)

    def run(self, statement: str, values: Values = ()) -> int:
        return self._connection.execute(statement, values).rowcount

    def run_many(self, statement: str, rows: Iterable[Values]) -> int:
        return max(self._connection.executemany(statement, rows).rowcount, 0)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Values]) -> None:
        places = ", ".join("?" * len(columns))
        self.run_many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)


@contextmanager
def explained(path: Path, outcome: str = "") -> Iterator[None]:
    """Turn what SQLite and the system complain about into a StoreError that ends with `outcome`."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        explanation = explanation_of(error, path, outcome)
        if explanation is None:
            raise
        raise explanation from error


def explanation_of(error: BaseException, path: Path, outcome: str) -> StoreError | None:
    """The error in plain words, or None for one that is a bug, or no error of the store at all."""
    if isinstance(error, OSError):
        return StoreBroken(_sentence(f"the store {path} cannot be used: {error.strerror}", outcome))
    if not isinstance(error, sqlite3.Error):
        return None
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.InterfaceError):
        return None
    code = result_code(error) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLocked(
            _sentence(f"another program has been using {path} for too long", outcome),
            help="close programs that have the file open, and try again",
        )
    what, remedy = _EXPLAINED.get(code, ("its content is not what mentorctl wrote", _RESTORE))
    return StoreBroken(_sentence(f"the store {path}: {what} ({error})", outcome), help=remedy)


def result_code(error: sqlite3.Error) -> int:
    """SQLite's extended result code. Errors that Python raises itself have none and count as plain ones."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)


def _sentence(text: str, outcome: str) -> str:
    return f"{text}. {outcome}" if outcome else text
