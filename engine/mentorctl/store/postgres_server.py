"""The PostgreSQL server of a store: connecting to it, its schema, what its errors mean.

The password never stands in the address: it comes from PGPASSWORD or the password file, which libpq reads itself, so
that no message, plan or log can show it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from mentorctl.rules.expressions.sql import Dialect
from mentorctl.store.base import StoreBroken, StoreError, StoreLocked, StoreTooNew
from mentorctl.store.database import Values
from mentorctl.store.migrations import Migration

if TYPE_CHECKING:
    import psycopg

SCHEME = "postgresql://"
UNCHANGED = "Nothing was changed"

_MARK = "the head of a store of mentorctl"  # the comment on a table of ours
_STATEMENT_SECONDS = 300
_IDLE_SECONDS = 60  # a client that was stopped in the middle must not lock out everybody else for ever
_CONNECT_SECONDS = 10
_SECRETS = ("password", "sslpassword")
_ADDRESS = "correct `store` in mentorctl.yaml"
_OWN_SCHEMA = "give the store a schema of its own: `?options=-csearch_path%3DSCHEMA` behind the address"

_EXPLAINED = {  # by SQLSTATE, or its first two characters
    "25006": ("it may not be written", "the server or the user is read-only"),
    "42501": ("the user lacks rights", "grant the rights to use the schema, to read and to write its tables"),
    "53100": ("the disk of the server is full", "free some space and try again"),
    "53": ("the server has no more room", "try again, or give the server more connections or memory"),
    "57P": ("the server is shutting down or starting", "try again when it is up"),
    "08": ("the connection was lost", "try again when the server can be reached"),
    "25P": ("the server ended a connection that was quiet for too long", "try again"),
    "22": ("it holds or was given a value that is none", "restore the newest backup if it was altered"),
    "42": ("its content is not what mentorctl wrote", "restore the newest backup"),
    "23": ("its content is not what mentorctl wrote", "restore the newest backup"),
    "XX": ("the database is damaged", "restore the newest backup"),
}
_LOCKED = ("55P03", "57014", "40")  # lock time-out, statement time-out, deadlock or serialization


def psycopg_of(place: str) -> Any:  # noqa: ANN401 - the module
    """The driver. Raises StoreBroken where it is not installed."""
    try:
        import psycopg
    except ImportError as error:
        raise StoreBroken(
            f"the store {place} is in PostgreSQL, and the package psycopg is not installed",
            help="pip install 'mentorctl[postgres]'",
        ) from error
    return psycopg


def shown(address: str) -> str:
    """The address as messages show it. Raises StoreBroken for one that is none, or that holds a password."""
    from urllib.parse import parse_qsl, urlsplit

    try:
        parts = urlsplit(address)
        secrets = [name for name, _ in parse_qsl(parts.query) if name in _SECRETS]
        has_password = parts.password is not None or bool(secrets)
    except ValueError as error:
        raise StoreBroken("the address of the store cannot be read", help=_ADDRESS) from error
    if has_password:
        raise StoreBroken(
            "the address of the store holds a password",
            help="take it out of mentorctl.yaml and change it; set PGPASSWORD, or write it into ~/.pgpass",
        )
    return f"{SCHEME}{parts.netloc}{parts.path}"


def connected(address: str, place: str, *, name: str, lock_timeout: float) -> "psycopg.Connection[tuple[Any, ...]]":
    """A connection without transactions of its own. Raises StoreBroken."""
    driver = psycopg_of(place)
    try:
        connection = driver.connect(
            address,
            autocommit=True,
            connect_timeout=_CONNECT_SECONDS,
            application_name=name[:63],
            keepalives_idle=30,
        )
    except driver.ProgrammingError as error:  # what is no address at all
        raise StoreBroken("the address of the store cannot be read", help=_ADDRESS) from error
    except driver.Error as error:
        raise _unreachable(error, place) from error
    try:
        settings = {
            "lock_timeout": f"{max(1, round(lock_timeout * 1000))}ms",
            "statement_timeout": f"{_STATEMENT_SECONDS}s",
            "idle_in_transaction_session_timeout": f"{_IDLE_SECONDS}s",
        }
        for setting, value in settings.items():
            connection.execute(f"SET {setting} = '{value}'")
        _check_durability(connection, place)
    except BaseException as error:
        connection.close()
        explanation = explanation_of(error, place)
        if explanation is None:
            raise
        raise explanation from error
    return cast("psycopg.Connection[tuple[Any, ...]]", connection)


def _unreachable(error: Exception, place: str) -> StoreBroken:
    said = _first_line(error)
    remedy = f"check that the server runs, and {_ADDRESS} if it is somewhere else"
    if "password" in said or "authentication" in said:
        remedy = "set PGPASSWORD, or write the password into ~/.pgpass, of the user in `store` of mentorctl.yaml"
    return StoreBroken(f"the store {place} cannot be reached: {said}. {UNCHANGED}", help=remedy)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()


def _check_durability(connection: "psycopg.Connection[tuple[Any, ...]]", place: str) -> None:
    (fsync,) = connection.execute("SHOW fsync").fetchone() or ("on",)
    if fsync != "on":
        raise StoreBroken(
            f"the server of {place} runs with fsync = {fsync}: what it reports as written may be lost",
            help="set fsync = on",
        )
    (level,) = connection.execute("SHOW synchronous_commit").fetchone() or ("on",)
    if level == "off":
        connection.execute("SET synchronous_commit = on")


class PostgresDatabase:
    """A transaction that was begun on a connection."""

    dialect = Dialect.POSTGRESQL

    def __init__(self, connection: "psycopg.Connection[tuple[Any, ...]]", place: str) -> None:
        self._connection = connection
        self.place = place

    def rows(self, statement: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        return iter(self._connection.execute(_placed(statement), values))

    def run(self, statement: str, values: Values = ()) -> int:
        return self._connection.execute(_placed(statement), values).rowcount

    def run_many(self, statement: str, rows: Iterable[Values]) -> int:
        with self._connection.cursor() as cursor:
            cursor.executemany(_placed(statement), list(rows))
            return max(cursor.rowcount, 0)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Values]) -> None:
        query = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with self._connection.cursor() as cursor, cursor.copy(query) as copy:
            for row in rows:
                copy.write_row(row)


@lru_cache(maxsize=512)
def _placed(statement: str) -> str:
    return statement.replace("?", "%s")


def schema_version(database: PostgresDatabase, *, newest: int) -> int:
    """The schema of the store, 0 where there is none. Raises StoreBroken, StoreTooNew."""
    place = database.place
    ((schema,),) = database.rows("SELECT current_schema()")
    if schema is None:
        raise StoreBroken(
            f"the schema of {place} does not exist", help="create it, or correct `search_path` in `store`"
        )
    query = (
        "SELECT c.relname, coalesce(obj_description(c.oid, 'pg_class'), '') FROM pg_class c JOIN pg_namespace n"
        " ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname IN ('head', 'migrations', 'records', 'events')"
    )
    found = dict(cast("list[tuple[str, str]]", list(database.rows(query, (schema,)))))
    if not found:
        return 0
    if found.get("head") != _MARK:
        raise StoreBroken(
            f"the schema `{schema}` of {place} has tables of something else: {', '.join(sorted(found))}",
            help=_OWN_SCHEMA,
        )
    ((version,),) = database.rows("SELECT coalesce(max(version), 0) FROM migrations")
    if version > newest:
        raise StoreTooNew(
            f"{place} has schema {version}, this mentorctl knows schemas up to {newest}",
            help="upgrade mentorctl; the store stays as it is",
        )
    return int(version)


def migrate(database: PostgresDatabase, version: int, migrations: tuple[Migration, ...]) -> None:
    """Bring the schema up to date, in the transaction that was begun."""
    for migration in migrations:
        if migration.version <= version:
            continue
        for statement in migration.statements:
            database.run(statement.replace("%", "%%"))
        if version == 0:
            database.run(f"COMMENT ON TABLE head IS '{_MARK}'")
        database.run("INSERT INTO migrations (version, name) VALUES (?, ?)", (migration.version, migration.name))
        version = migration.version


def preview(database: PostgresDatabase, version: int, migrations: tuple[Migration, ...]) -> None:
    """Let this connection see an older schema as the newest: reading must not write, and views of its own are none.

    Raises StoreBroken where a step cannot be seen without being done.
    """
    ((schema,),) = database.rows("SELECT quote_ident(current_schema())")
    for migration in migrations:
        if migration.version <= version:
            continue
        if not migration.preview:
            raise StoreBroken(
                f"{database.place} has schema {version}, this mentorctl reads schema {migrations[-1].version}",
                help="the next command that writes, such as `mentorctl advance`, brings it up to date",
            )
        for statement in migration.preview:
            database.run(statement.format(schema=schema))


@contextmanager
def explained(place: str, outcome: str = "") -> Iterator[None]:
    """Turn what the server complains about into a StoreError that ends with `outcome`."""
    try:
        yield
    except Exception as error:
        explanation = explanation_of(error, place, outcome)
        if explanation is None:
            raise
        raise explanation from error


def explanation_of(error: BaseException, place: str, outcome: str = "") -> StoreError | None:
    """The error in plain words, or None for one that is a bug, or no error of the store at all."""
    driver = psycopg_of(place)
    if not isinstance(error, driver.Error):
        return None
    code = getattr(error, "sqlstate", None) or ("08" if isinstance(error, driver.OperationalError) else "")
    if isinstance(error, driver.DataError):
        code = code or "22"
    ending = f". {outcome}" if outcome else ""
    if code.startswith(_LOCKED):
        return StoreLocked(
            f"the store {place} was busy for too long ({_first_line(error)}){ending}",
            help="wait until the other command is done, or give more time with `--lock-timeout`",
        )
    for start in (code, code[:3], code[:2]):
        if start in _EXPLAINED:
            what, remedy = _EXPLAINED[start]
            return StoreBroken(f"the store {place}: {what} ({_first_line(error)}){ending}", help=remedy)
    return None


def holder(database: PostgresDatabase) -> str:
    """Who keeps the head row locked, as the server knows it, or an empty text."""
    query = (
        "SELECT a.application_name, to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
        " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.relation = to_regclass('head') AND l.granted"
        " AND l.mode IN ('RowShareLock', 'RowExclusiveLock') AND l.pid <> pg_backend_pid() ORDER BY a.xact_start"
    )
    found = next(database.rows(query), None)
    return f"{found[0]}, since {found[1]} UTC" if found else ""
