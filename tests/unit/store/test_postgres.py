"""PostgreSQL: the server, who may do what, and what is said when it is not as it should be."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import mentorctl
from mentorctl.plan.model import Plan
from mentorctl.state.model import empty_snapshot
from mentorctl.store import postgres_server
from mentorctl.store.base import (
    Applied,
    OutcomeUnknown,
    StalePlan,
    StoreBroken,
    StoreError,
    StoreLocked,
    StoreTooNew,
    WrongStore,
)
from mentorctl.store.migrations import POSTGRESQL_MIGRATIONS, Migration
from mentorctl.store.postgres import PostgresReader, PostgresStore

from .examples import AT, WORKSPACE, create, match, plan_from, program
from .server import Server

psycopg = pytest.importorskip("psycopg", reason="the package psycopg is not installed")

FIRST = plan_from(empty_snapshot(WORKSPACE), create(program()))
NEWEST = POSTGRESQL_MIGRATIONS[-1].version
LATER = (
    *POSTGRESQL_MIGRATIONS,
    Migration(version=NEWEST + 1, name="notes", statements=("CREATE TABLE notes (text TEXT NOT NULL)",)),
)


def reader(address: str, **options: Any) -> PostgresReader:
    return PostgresReader(address, workspace=options.pop("workspace", WORKSPACE), **options)


def apply(address: str, plan: Plan, apply_id: str = "a-1", **options: Any) -> Applied:
    store = PostgresStore(address, workspace=options.pop("workspace", WORKSPACE), **{"lock_timeout": 10.0, **options})
    return store.apply(plan, apply_id=apply_id, at=AT, actor="anna", new_lineage="lineage-1")


def next_plan(address: str) -> Plan:
    return plan_from(reader(address).read(), create(match(1)))


@pytest.fixture
def address(postgresql: Server) -> str:
    """Where the store will be."""
    return postgresql.fresh_schema()


@pytest.fixture
def written(address: str) -> str:
    """A store at serial 1 that holds one program."""
    apply(address, FIRST)
    return address


@pytest.fixture
def raw(written: str) -> Iterator[Any]:
    """A connection that knows nothing of mentorctl."""
    with psycopg.connect(written, autocommit=True) as connection:
        yield connection


# -- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["postgresql://anna:s3cret@db/x", "postgresql://db/x?password=s3cret", "postgresql://db/x?sslpassword=s3cret"],
)
def test_a_password_in_the_address_is_refused_and_not_shown(address: str) -> None:
    """The password belongs into the environment; the message does not repeat it."""
    with pytest.raises(StoreBroken, match="holds a password") as refused:
        reader(address)
    assert "s3cret" not in f"{refused.value.finding}{refused.value}"
    assert "PGPASSWORD" in refused.value.finding.help


def test_messages_name_the_place_without_options() -> None:
    """Who, which server, which database; what follows the question mark is left out."""
    assert (
        postgres_server.shown("postgresql://anna@db:5433/x?options=-csearch_path%3Dy") == "postgresql://anna@db:5433/x"
    )


def test_a_server_that_is_down(tmp_path: Path) -> None:
    """Nobody answers: one sentence, and what to look at."""
    nowhere = f"postgresql://anna@/x?host={str(tmp_path).replace('/', '%2F')}"

    with pytest.raises(StoreBroken, match="cannot be reached") as refused:
        reader(nowhere).read()
    assert refused.value.finding.code == "MC7004"
    with pytest.raises(StoreBroken, match="Nothing was changed"):
        apply(nowhere, FIRST)


def test_a_database_that_does_not_exist(postgresql: Server) -> None:
    """The server's own words say which."""
    with pytest.raises(StoreBroken, match='database "nowhere" does not exist'):
        reader(postgresql.address().replace("/postgres?", "/nowhere?")).read()


def test_a_schema_that_does_not_exist(postgresql: Server) -> None:
    """An address with a schema that nobody made is not taken for an empty store."""
    with pytest.raises(StoreBroken, match=r"the schema of .* does not exist"):
        reader(postgresql.address("nowhere")).read()


def test_a_wrong_password(postgresql: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is not let in learns where the password is looked for."""
    with psycopg.connect(postgresql.address(), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS locked_out")
        connection.execute("CREATE ROLE locked_out LOGIN PASSWORD 'right'")
    rules = postgresql.folder / "data" / "pg_hba.conf"
    trusting = rules.read_text()
    rules.write_text("local all locked_out scram-sha-256\n" + trusting)
    try:
        postgresql.control("reload")
        monkeypatch.setenv("PGPASSWORD", "wr0ng")
        with pytest.raises(StoreBroken, match="password authentication failed") as refused:
            reader(postgresql.address(user="locked_out")).read()
    finally:
        rules.write_text(trusting)
        postgresql.control("reload")
    assert "~/.pgpass" in refused.value.finding.help
    assert "wr0ng" not in str(refused.value.finding)


def test_without_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace on a server needs the extra, and is told its name."""
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(StoreBroken, match="psycopg is not installed") as refused:
        reader("postgresql://db/x").read()
    assert refused.value.finding.help == "pip install 'mentorctl[postgres]'"


# -- the schema -------------------------------------------------------------------------------------------------------


def test_reading_creates_nothing(address: str) -> None:
    """An empty schema reads as a store that was never written, and stays empty."""
    assert reader(address).read() == empty_snapshot(WORKSPACE)
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT to_regclass('head')").fetchone() == (None,)


def test_a_refused_first_apply_leaves_nothing(address: str) -> None:
    """Tables come with the first commit or not at all."""
    stale = replace(FIRST, lineage="lineage-9", serial=4)
    with pytest.raises(StalePlan):
        apply(address, stale)
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT to_regclass('head')").fetchone() == (None,)


def test_tables_of_something_else_are_left_alone(address: str) -> None:
    """A schema in which another application keeps a table of the same name is not touched."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE events (id integer)")

    for use in (lambda: reader(address).read(), lambda: apply(address, FIRST)):
        with pytest.raises(StoreBroken, match="tables of something else: events") as refused:
            use()
        assert "search_path" in refused.value.finding.help


def test_a_newer_schema_is_left_to_newer_versions(address: str) -> None:
    """A store of a later version is neither read nor written, and both versions are named."""
    apply(address, FIRST, migrations=LATER)

    with pytest.raises(StoreTooNew, match=f"has schema {NEWEST + 1}, this mentorctl knows schemas up to {NEWEST}"):
        reader(address).read()
    with pytest.raises(StoreTooNew):
        apply(address, FIRST, "a-2")


def test_an_older_schema_is_brought_up_to_date_by_apply(written: str, raw: Any) -> None:
    """Readers wait for the first commit of the new version, which migrates and notes the step."""
    with pytest.raises(StoreBroken, match=f"has schema {NEWEST}, this mentorctl reads schema {NEWEST + 1}"):
        reader(written, migrations=LATER).read()

    apply(written, next_plan(written), "a-2", migrations=LATER)

    assert reader(written, migrations=LATER).read().serial == 2
    assert raw.execute("SELECT version, name FROM migrations ORDER BY version").fetchall() == [
        *((m.version, m.name) for m in POSTGRESQL_MIGRATIONS),
        (NEWEST + 1, "notes"),
    ]


def test_a_schema_of_the_version_before_is_read_as_it_is(written: str, raw: Any) -> None:
    """Reading shows an older schema as the newest without changing it; the next commit brings it up to date."""
    for statement in (
        "ALTER TABLE commits DROP COLUMN consent",
        "ALTER TABLE outbox DROP COLUMN held",
        "DROP TABLE former",
        "DELETE FROM migrations WHERE version = 3",
    ):
        raw.execute(statement)

    assert reader(written).read().records == (program(),)
    assert [row.commit_id for row in reader(written).commits()] == ["a-1"]
    assert (reader(written).outbox(), reader(written).former(1)) == ((), ())
    assert raw.execute("SELECT max(version) FROM migrations").fetchone() == (2,)

    apply(written, next_plan(written), "a-2")

    assert [row.commit_id for row in reader(written).commits()] == ["a-1", "a-2"]
    assert raw.execute("SELECT max(version) FROM migrations").fetchone() == (NEWEST,)


def test_another_workspace_is_refused(written: str) -> None:
    """One store belongs to one workspace."""
    with pytest.raises(WrongStore, match="belongs to the workspace `acme`, not `globex`"):
        reader(written, workspace="globex").read()


@pytest.mark.parametrize("table", ["events", "commits"])
def test_history_cannot_be_rewritten(raw: Any, table: str) -> None:
    """The database itself refuses to edit or remove what happened, whoever asks."""
    for statement in (f"UPDATE {table} SET serial = 9", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(psycopg.errors.RaiseException, match="never edited or removed"):
            raw.execute(statement)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE records SET body = replace(body, 'people-team', 'peoplE-team')", "do not match the digest"),
        ("DELETE FROM instances", "do not belong together"),
        ("UPDATE head SET serial = 7", "at serial 7 and lists 1 commits"),
        ("DELETE FROM head", "head row is missing"),
        ("DROP TABLE places", "not what mentorctl wrote"),
        ("ALTER TABLE instances ALTER facts DROP NOT NULL; UPDATE instances SET facts = NULL", "another type"),
    ],
)
def test_altered_rows_are_noticed(written: str, raw: Any, statement: str, problem: str) -> None:
    """What was not written by a commit is neither read nor built upon."""
    raw.execute(statement)

    with pytest.raises(StoreBroken, match=problem) as refused:
        reader(written).read()
    assert "backup" in refused.value.finding.help


# -- rights and rooms -------------------------------------------------------------------------------------------------


def test_a_server_that_may_only_be_read(written: str) -> None:
    """A standby, or a user who may only read, says so; reading goes on."""
    plan = next_plan(written)
    read_only = written + "%20-cdefault_transaction_read_only%3Don"

    assert reader(read_only).read().serial == 1
    with pytest.raises(StoreBroken, match=r"may not be written .*Nothing was changed"):
        apply(read_only, plan, "a-2")


def test_a_user_without_rights(raw: Any, postgresql: Server) -> None:
    """Who has no rights to the tables is told that rights are missing."""
    schema = raw.execute("SELECT current_schema()").fetchone()[0]
    raw.execute("DROP ROLE IF EXISTS stranger")
    raw.execute("CREATE ROLE stranger LOGIN")
    raw.execute(f"GRANT USAGE ON SCHEMA {schema} TO stranger")

    with pytest.raises(StoreBroken, match="the user lacks rights"):
        reader(postgresql.address(schema, user="stranger")).read()
    raw.execute("DROP OWNED BY stranger; DROP ROLE stranger")


def test_readers_cannot_write(written: str) -> None:
    """The transaction of a reader is read-only on the server too."""

    def write() -> None:
        with reader(written)._reading() as database:
            assert database is not None
            database.run("DELETE FROM records")

    with pytest.raises(StoreBroken, match="may not be written"):
        write()


# -- others at work ---------------------------------------------------------------------------------------------------


def test_who_waits_in_vain_learns_for_whom(written: str) -> None:
    """The command that holds the head row is named, and nothing was changed."""
    plan = next_plan(written)
    name = written.replace("?", "?application_name=mentorctl%20advance%20of%20bj%C3%B6rn&", 1)
    with psycopg.connect(name) as connection:
        connection.execute("SELECT * FROM head FOR UPDATE")

        with pytest.raises(StoreLocked, match=r"waited 0\.2 seconds for mentorctl advance of bj") as refused:
            apply(written, plan, "a-2", lock_timeout=0.2)
    assert "Nothing was changed" in refused.value.finding.detail
    assert apply(written, plan, "a-2").serial == 2


def test_readers_see_the_last_commit_while_somebody_writes(written: str) -> None:
    """An open transaction of a writer does not keep readers out, and shows them nothing."""
    with psycopg.connect(written) as connection:
        connection.execute("SELECT * FROM head FOR UPDATE")
        connection.execute("DELETE FROM records")

        assert reader(written).read().records == (program(),)


def test_first_applies_at_once(address: str) -> None:
    """Of several that find no store, one makes it and the others find their plans stale or done."""
    with ThreadPoolExecutor(6) as threads:
        plans = [plan_from(empty_snapshot(WORKSPACE), create(match(n))) for n in range(6)]
        answers = list(threads.map(lambda n: _serial(address, plans[n], f"a-{n}"), range(6)))

    assert sorted(map(str, answers)) == ["1"] + ["MC7001"] * 5


def _serial(address: str, plan: Plan, apply_id: str) -> int | str:
    try:
        return apply(address, plan, apply_id).serial
    except StoreError as error:
        return error.code


# -- commits that break -----------------------------------------------------------------------------------------------


def break_commit(monkeypatch: pytest.MonkeyPatch, instead: Callable[[Callable[[], Any]], Any]) -> None:
    """From now on run `instead(really)` for every COMMIT."""
    really = psycopg.Connection.execute

    def execute(self: Any, query: Any, *rest: Any, **options: Any) -> Any:
        if query == "COMMIT":
            return instead(lambda: really(self, query, *rest, **options))
        return really(self, query, *rest, **options)

    monkeypatch.setattr(psycopg.Connection, "execute", execute)


def _lost() -> Exception:
    error: Exception = psycopg.OperationalError("server closed the connection unexpectedly")
    return error


def test_a_commit_whose_answer_was_lost_and_that_was_done(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the store says on a second look that the commit is there, it is reported as done."""
    plan = next_plan(written)

    def after(really: Callable[[], Any]) -> None:
        really()
        raise _lost()

    break_commit(monkeypatch, after)
    assert apply(written, plan, "a-2") == Applied(serial=2, lineage="lineage-1")


def test_a_commit_whose_answer_was_lost_and_that_was_not_done(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the commit is not there, the answer says that nothing was changed, and nothing is."""
    plan = next_plan(written)

    def without(_: Callable[[], Any]) -> None:
        raise _lost()

    break_commit(monkeypatch, without)
    with pytest.raises(StoreBroken, match=r"the connection was lost .* Nothing was changed"):
        apply(written, plan, "a-2")
    monkeypatch.undo()
    assert reader(written).read().serial == 1


def test_a_commit_nobody_knows_about(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the server cannot be asked, the outcome is unknown, and the id to look for is given."""
    plan = next_plan(written)

    def commit(really: Callable[[], Any]) -> None:
        really()
        monkeypatch.setattr(psycopg, "connect", _refuse)
        monkeypatch.setattr("mentorctl.store.postgres.sleep", lambda _: None)
        raise _lost()

    break_commit(monkeypatch, commit)
    with pytest.raises(OutcomeUnknown) as refused:
        apply(written, plan, "a-2")
    assert refused.value.finding.code == "MC7007"
    assert "`a-2`" in refused.value.finding.help


def _refuse(*_: Any, **__: Any) -> None:
    raise _lost()


def test_a_server_that_ends_the_connection(written: str, raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend that was ended in the middle of an apply undoes it, and the answer says so."""
    plan = next_plan(written)

    def end(really: Callable[[], Any]) -> Any:
        raw.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'mentorctl apply%'"
        )
        return really()

    break_commit(monkeypatch, end)
    with pytest.raises(StoreBroken, match=r"Nothing was changed"):
        apply(written, plan, "a-2")
    monkeypatch.undo()
    assert apply(written, plan, "a-2").serial == 2


KILLED = """
import os, pickle, signal, sys, psycopg
from datetime import datetime, UTC
from mentorctl.store.postgres import PostgresStore
address, plan, at, prefix, count = pickle.load(sys.stdin.buffer)
left = [count]
def dying(method):
    def run(self, query, *rest, **options):
        if " ".join(str(query).split()).startswith(prefix):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), 9)
        return method(self, query, *rest, **options)
    return run
psycopg.Cursor.execute = dying(psycopg.Cursor.execute)
psycopg.Cursor.copy = dying(psycopg.Cursor.copy)
PostgresStore(address, workspace="acme", lock_timeout=10).apply(
    plan, apply_id="a-2", at=at, actor="anna", new_lineage="x")
"""


@pytest.mark.parametrize(
    "point", ["BEGIN", "SELECT serial FROM head", "COPY records", "COPY events", "UPDATE head", "COMMIT"]
)
def test_a_killed_writer_leaves_all_or_nothing(written: str, point: str) -> None:
    """Killed before any statement, the apply is undone as a whole, its lock is free, and it can be repeated."""
    import pickle

    plan = next_plan(written)
    engine = str(Path(mentorctl.__file__).parent.parent)
    tests = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", KILLED],
        input=pickle.dumps((written, plan, AT, point, 1)),
        env={"PYTHONPATH": os.pathsep.join((engine, tests)), "PATH": os.environ["PATH"]},
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )

    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert reader(written).read().serial == 1
    assert apply(written, plan, "a-2").serial == 2
