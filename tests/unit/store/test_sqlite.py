"""SQLite: the file, its guards, and what is said when it is not as it should be."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mentorctl.addresses import Address
from mentorctl.plan.model import Plan
from mentorctl.state.model import empty_snapshot
from mentorctl.store.base import (
    Applied,
    OutcomeUnknown,
    StoreBroken,
    StoreLocked,
    StoreTooNew,
    WrongStore,
)
from mentorctl.store.contents import Row, state_digest
from mentorctl.store.lock import held, this_process
from mentorctl.store.migrations import MIGRATIONS, Migration
from mentorctl.store.sqlite import SqliteStore
from mentorctl.store.sqlite_file import remove
from mentorctl.store.sqlite_reader import SqliteReader

from .examples import AT, WORKSPACE, create, match, plan_from, program, update


def reader(path: Path, **options: Any) -> SqliteReader:
    """A reader of the usual workspace."""
    return SqliteReader(path, workspace=options.pop("workspace", WORKSPACE), **options)


def apply(path: Path, plan: Plan, apply_id: str, **options: Any) -> Applied:
    """Apply with a store that was just opened."""
    store = SqliteStore(path, workspace=WORKSPACE, **{"lock_timeout": 5.0, **options})
    return store.apply(plan, apply_id=apply_id, at=AT, actor="anna", new_lineage="lineage-1")


def next_plan(path: Path) -> Plan:
    """A plan that adds a match to what is there."""
    return plan_from(reader(path).read(), create(match(1)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store will be."""
    return tmp_path / "state.db"


@pytest.fixture
def written(path: Path) -> Path:
    """A store at serial 1 that holds one program."""
    apply(path, plan_from(empty_snapshot(WORKSPACE), create(program())), "a-1")
    return path


@pytest.fixture
def raw(written: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the written store that knows nothing of mentorctl."""
    with closing(sqlite3.connect(written, isolation_level=None)) as connection:
        yield connection


def names_beside(path: Path) -> list[str]:
    """The files in the folder of the store."""
    return sorted(p.name for p in path.parent.iterdir())


# -- the file ---------------------------------------------------------------------------------------------------------


def test_reading_a_missing_store_creates_nothing(path: Path) -> None:
    """Neither a file nor a journal nor a lock appears."""
    assert reader(path).read() == empty_snapshot(WORKSPACE)
    assert not reader(path).log()
    assert not reader(path).commits()
    assert names_beside(path) == []


def test_reading_changes_nothing(written: Path) -> None:
    """The file keeps its bytes and its time, and no other file appears."""
    before = (written.read_bytes(), written.stat().st_mtime_ns, names_beside(written))

    reader(written).read()
    reader(written).log()

    assert (written.read_bytes(), written.stat().st_mtime_ns, names_beside(written)) == before


def test_the_file_is_private_and_says_what_it_is(written: Path, raw: sqlite3.Connection) -> None:
    """Only its owner may read it; the header names the application and the schema."""
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert stat.S_IMODE(written.with_name("state.db.lock").stat().st_mode) == 0o600
    assert raw.execute("PRAGMA application_id").fetchone() == (0x4D43544C,)
    assert raw.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert raw.execute("SELECT version FROM migrations").fetchall() == [(m.version,) for m in MIGRATIONS]
    assert names_beside(written) == ["state.db", "state.db.lock"]


def test_tables_are_strict(raw: sqlite3.Connection) -> None:
    """No table accepts a value of another type than its column's."""
    assert {row[5] for row in raw.execute("PRAGMA table_list") if not row[1].startswith("sqlite_")} == {1}


@pytest.mark.parametrize("name", ["a?b#c%41.db", "mit leerzeichen ü.db", "file:x.db"])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    """Characters that mean something in an address are only characters of the name."""
    apply(tmp_path / name, plan_from(empty_snapshot(WORKSPACE), create(program())), "a-1")

    assert reader(tmp_path / name).read().serial == 1
    assert names_beside(tmp_path / name) == sorted([name, f"{name}.lock"])


def test_leftovers_of_an_interrupted_first_apply_are_replaced(path: Path) -> None:
    """An unfinished new store, and its journal, do not get into the way of the next try."""
    path.with_name("state.db.new").write_bytes(b"half")
    path.with_name("state.db.new-journal").write_bytes(b"a journal")

    apply(path, plan_from(empty_snapshot(WORKSPACE), create(program())), "a-1")

    assert names_beside(path) == ["state.db", "state.db.lock"]
    assert reader(path).read().records == (program(),)


def test_an_unfinished_database_goes_with_its_journal(tmp_path: Path) -> None:
    """Nothing is left of it, and what else lies there stays."""
    for name in ("state.db", "state.db.new", "state.db.new-journal"):
        (tmp_path / name).write_bytes(b"x")

    remove(tmp_path / "state.db.new")
    remove(tmp_path / "state.db.new")

    assert names_beside(tmp_path / "state.db") == ["state.db"]


# -- settings ---------------------------------------------------------------------------------------------------------


class Watched(sqlite3.Connection):
    """A connection that notes its settings when it is closed."""

    seen: list[dict[str, Any]]

    def close(self) -> None:
        names = (
            "journal_mode",
            "synchronous",
            "foreign_keys",
            "secure_delete",
            "trusted_schema",
            "query_only",
        )
        self.seen.append({name: self.execute(f"PRAGMA {name}").fetchone()[0] for name in names})
        super().close()


def test_durability_does_not_depend_on_defaults(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers sync all that a power cut could take, and readers cannot write."""
    seen: list[dict[str, Any]] = []
    factory = type("Here", (Watched,), {"seen": seen})
    plan = next_plan(written)
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=factory))

    apply(written, plan, "a-2")
    reader(written).read()

    safe = {"foreign_keys": 1, "secure_delete": 1, "trusted_schema": 0, "query_only": 0}
    assert seen[0] == {"journal_mode": "delete", "synchronous": 3, **safe}
    assert (seen[1]["query_only"], seen[1]["trusted_schema"]) == (1, 0)


def test_a_setting_that_does_not_hold_stops_the_apply(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SQLite that ignores a setting is noticed before anything is written."""
    break_statements(monkeypatch, "PRAGMA synchronous = 3", instead=lambda _: None)

    with pytest.raises(StoreBroken, match="keeps synchronous at 2; the store needs 3"):
        apply(written, next_plan(written), "a-2")


def test_a_store_that_was_switched_to_wal_is_switched_back(written: Path, raw: sqlite3.Connection) -> None:
    """The journal mode is kept in the file, so somebody may have changed it; the next apply restores it."""
    assert raw.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
    raw.close()

    apply(written, next_plan(written), "a-2")

    with closing(sqlite3.connect(written)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


# -- other things at the path -------------------------------------------------------------------------------------------


def _symlink(path: Path) -> None:
    path.symlink_to("elsewhere.db")


def _text(path: Path) -> None:
    path.write_text("id,name\n" * 200, encoding="utf-8")


def _empty(path: Path) -> None:
    path.touch()


def _other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE head (serial)")


def _journal_only(path: Path) -> None:
    path.with_name("state.db-journal").write_bytes(b"journal")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_symlink, "is a symbolic link"),
        (Path.mkdir, "is not a file"),
        (os.mkfifo, "is not a file"),
        (_text, "the file is not a SQLite database"),
        (_empty, "is an empty file"),
        (_other_database, "not a store of mentorctl"),
        (_journal_only, "its journal state.db-journal is here"),
    ],
)
def test_what_is_no_store_is_left_alone(path: Path, make: Callable[[Path], None], message: str) -> None:
    """Neither reading nor applying takes something else for a store, or touches it."""
    make(path)
    found = names_beside(path)

    with pytest.raises(StoreBroken, match=message) as refused:
        reader(path).read()
    assert refused.value.finding.code == "MC7004"
    assert refused.value.finding.help
    with pytest.raises(StoreBroken, match=message):
        apply(path, plan_from(empty_snapshot(WORKSPACE), create(program())), "a-1")
    assert [name for name in names_beside(path) if not name.endswith(".lock")] == found


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    """Reading there is reading nothing; writing creates no folders, since one may only be not mounted."""
    path = tmp_path / "absent" / "state.db"

    assert reader(path).read().serial == 0
    with pytest.raises(StoreBroken, match=r"No such file or directory\. Nothing was changed"):
        apply(path, plan_from(empty_snapshot(WORKSPACE), create(program())), "a-1")
    assert not path.parent.exists()


def test_a_store_below_a_file(written: Path) -> None:
    """A path that leads through a file cannot be reached."""
    with pytest.raises(StoreBroken, match="cannot be reached: Not a directory"):
        reader(written / "state.db").read()


def test_the_store_of_another_workspace(written: Path) -> None:
    """A store serves one workspace, for reading and for writing."""
    with pytest.raises(WrongStore, match="belongs to the workspace `acme`, not `globex`") as refused:
        reader(written, workspace="globex").read()
    assert refused.value.finding.code == "MC7010"
    for plan in (plan_from(empty_snapshot("globex"), create(match(1))), next_plan(written)):
        with pytest.raises(WrongStore):
            SqliteStore(written, workspace="globex", lock_timeout=5).apply(
                plan, apply_id="a-2", at=AT, actor="anna", new_lineage="lineage-2"
            )
    assert reader(written).read().serial == 1


# -- damage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE records SET body = replace(body, 'people-team', 'peoplE-team')", "do not match the digest"),
        ("UPDATE records SET body = body || ' '", "do not match the digest"),
        ("UPDATE records SET kind = 'match'", "do not match the digest"),
        ("UPDATE records SET address = 'grow-2'", "do not match the digest"),
        ("DELETE FROM records", "do not belong together"),
        ("DELETE FROM instances", "do not belong together"),
        ("DELETE FROM places", "do not belong together"),
        ("INSERT INTO records VALUES (9, 'hire', 'program', '', '{}')", "do not belong together"),
        ("UPDATE records SET address = 'a/b/c'", "not an address"),
        ("UPDATE instances SET facts = '[1]'", "facts of `grow` cannot be read"),
        ("UPDATE head SET state_digest = ''", "do not match the digest"),
        ("UPDATE head SET serial = 2", "at serial 2 and lists 1 commits"),
        ("UPDATE head SET serial = 0", "at serial 0 and lists 1 commits"),
        ("DELETE FROM head", "head row is missing"),
        ("DROP TABLE records", "no such table"),
        ("UPDATE records SET body = CAST(x'ff' AS TEXT)", "not what mentorctl wrote"),
    ],
)
def test_altered_rows_are_noticed(written: Path, raw: sqlite3.Connection, statement: str, problem: str) -> None:
    """What was not written by an apply is neither read nor built upon."""
    plan = next_plan(written)
    raw.execute(statement)
    raw.close()

    with pytest.raises(StoreBroken, match=problem) as refused:
        reader(written).read()
    assert "backup" in refused.value.finding.help
    with pytest.raises(StoreBroken, match=problem):
        apply(written, plan, "a-2")


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("address", "grow-2", "says it is `grow`"),
        ("kind", "cohort", "cannot be read"),
        ("kind", "banana", "cannot be read"),
        ("body", "nonsense", "cannot be read"),
        ("body", "[1]", "cannot be read"),
        ("body", "{},{}", "cannot be read"),
        ("body", "[" * 100_000, "cannot be read"),
    ],
)
def test_a_row_that_matches_its_digest_must_still_make_sense(
    written: Path, raw: sqlite3.Connection, column: str, value: str, problem: str
) -> None:
    """A record under another address or kind, or with another body, is refused even if the digest was made to fit."""
    raw.execute(f"UPDATE records SET {column} = ?", (value,))
    ((address, kind, body),) = raw.execute("SELECT address, kind, body FROM records").fetchall()
    fitting = state_digest({Address.parse(address): Row(kind, body, "")})
    raw.execute("UPDATE head SET state_digest = ?", (fitting,))
    raw.close()

    with pytest.raises(StoreBroken, match=problem):
        reader(written).read()


@pytest.mark.parametrize("table", ["events", "commits"])
def test_history_cannot_be_rewritten(raw: sqlite3.Connection, table: str) -> None:
    """The database itself refuses to edit or remove what happened, whoever asks."""
    with pytest.raises(sqlite3.IntegrityError, match="never edited"):
        raw.execute(f"UPDATE {table} SET serial = 9")
    with pytest.raises(sqlite3.IntegrityError, match="never removed"):
        raw.execute(f"DELETE FROM {table}")


def test_history_that_makes_no_sense_is_refused(written: Path, raw: sqlite3.Connection) -> None:
    """Events and commits with unreadable parts are damage, not a crash."""
    raw.execute("INSERT INTO events VALUES (2, 1, 'a//b', '', 0, 0, '', '', '', 1, '', '{}', '{}', '[]', 'k', '')")
    raw.execute("INSERT INTO commits VALUES (2, 'a-2', 'apply', '', 1, 'yesterday', '', '', 0, 0, 0, 0, '')")
    raw.close()

    with pytest.raises(StoreBroken, match="not an address"):
        reader(written).log()
    with pytest.raises(StoreBroken, match="yesterday"):
        reader(written).commits()


def test_damaged_pages_are_never_read_as_another_state(written: Path) -> None:
    """With pages zeroed, scrambled or cut off, reading gives the true records or says that the file is damaged.

    Where things stand is not part of the digest, since the log proves it: `mentorctl replay --verify`.
    """
    changes = [create(match(number)) for number in range(60)]
    apply(written, plan_from(reader(written).read(), *changes), "a-2")
    true = reader(written).read()
    whole = written.read_bytes()
    refused = 0
    for start in range(0, len(whole), 2048):
        cuts = (whole[:start], whole[:start] + bytes(2048) + whole[start + 2048 :],
                whole[:start] + whole[start:start + 2048][::-1] + whole[start + 2048 :])  # fmt: skip
        for damaged in cuts:
            written.write_bytes(damaged)
            try:
                found = reader(written).read()
            except (StoreBroken, StoreTooNew):
                refused += 1
            else:
                assert found.records == true.records
    assert refused > len(whole) / 2048


# -- schemas ----------------------------------------------------------------------------------------------------------

LATER = (
    *MIGRATIONS,
    Migration(
        version=len(MIGRATIONS) + 1,
        name="notes",
        statements=("CREATE TABLE notes (text TEXT NOT NULL) STRICT", "INSERT INTO notes VALUES ('kept')"),
    ),
)
BROKEN = (
    *MIGRATIONS,
    replace(LATER[-1], statements=(*LATER[-1].statements, "INSERT INTO nowhere VALUES (1)")),
)


def test_a_newer_schema_is_left_to_newer_versions(path: Path) -> None:
    """A store of a later version is neither read nor written, and both versions are named."""
    apply(path, plan_from(empty_snapshot(WORKSPACE), create(program())), "a-1", migrations=LATER)

    with pytest.raises(StoreTooNew, match="has schema 4, this mentorctl knows schemas up to 3") as refused:
        reader(path).read()
    assert refused.value.finding.code == "MC7006"
    with pytest.raises(StoreTooNew):
        apply(path, plan_from(empty_snapshot(WORKSPACE), create(program())), "a-2")


def test_an_older_schema_is_read_without_writing(written: Path) -> None:
    """Reading brings a copy up to date and leaves the store as it is."""
    before = written.read_bytes()

    assert reader(written, migrations=LATER).read().records == (program(),)
    assert written.read_bytes() == before


def test_an_older_schema_is_brought_up_to_date_by_apply(written: Path, raw: sqlite3.Connection) -> None:
    """The first apply of a new version migrates, keeps what is there, and notes the step."""
    apply(written, next_plan(written), "a-2", migrations=LATER)

    assert reader(written, migrations=LATER).read().records == (program(), match(1))
    assert raw.execute("SELECT version, name FROM migrations WHERE version > 3").fetchall() == [(4, "notes")]
    assert raw.execute("PRAGMA user_version").fetchone() == (4,)


def test_a_migration_that_fails_leaves_the_old_schema(written: Path) -> None:
    """A step is done whole or not at all."""
    before = written.read_bytes()

    with pytest.raises(StoreBroken, match="no such table: nowhere"):
        apply(written, next_plan(written), "a-2", migrations=BROKEN)

    assert written.read_bytes() == before


def test_migrations_are_numbered_without_gaps() -> None:
    """The version of a step is its place, since the file only knows how many were done."""
    assert [migration.version for migration in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


# -- others at work ---------------------------------------------------------------------------------------------------


def test_readers_see_the_last_commit_while_somebody_writes(written: Path, raw: sqlite3.Connection) -> None:
    """An open transaction of a writer does not keep readers out, and shows them nothing."""
    raw.execute("BEGIN IMMEDIATE")
    raw.execute("DELETE FROM records")

    assert reader(written, busy_timeout=0).read().records == (program(),)


def test_readers_wait_for_a_commit_and_then_say_so(written: Path, raw: sqlite3.Connection) -> None:
    """A file that is locked as a whole for too long is reported as locked."""
    raw.execute("BEGIN EXCLUSIVE")

    with pytest.raises(StoreLocked, match="another program") as refused:
        reader(written, busy_timeout=0.05).read()
    assert refused.value.finding.code == "MC7003"


@pytest.mark.parametrize(
    "statements", [("BEGIN IMMEDIATE",), ("BEGIN", "SELECT count(*) FROM records")], ids=["writer", "reader"]
)
def test_another_program_in_the_file(written: Path, raw: sqlite3.Connection, statements: tuple[str, ...]) -> None:
    """Somebody who writes, or only reads, outside of the queue delays an apply; waiting in vain changes nothing."""
    plan = next_plan(written)
    for statement in statements:
        raw.execute(statement).fetchall()

    with pytest.raises(StoreLocked, match="Nothing was changed"):
        apply(written, plan, "a-2", busy_timeout=0.05)

    raw.execute("ROLLBACK")
    assert apply(written, plan, "a-2") == Applied(serial=2, lineage="lineage-1")


def test_the_one_who_holds_the_lock_is_named(written: Path) -> None:
    """Who waits in vain learns whose command, process and machine it was waiting for, and since when."""
    plan = next_plan(written)
    owner = this_process(actor="björn", command="advance", since="2027-02-01 09:29:00 UTC")

    with held(written.with_name("state.db.lock"), owner, timeout=1), pytest.raises(StoreLocked) as refused:
        apply(written, plan, "a-2", lock_timeout=0.05)

    for part in (
        "`advance`",
        "`björn`",
        f"process {os.getpid()}",
        owner.host,
        "09:29:00",
        "Nothing was changed",
    ):
        assert part in refused.value.finding.detail
    assert apply(written, plan, "a-2").serial == 2


# -- commits that break -------------------------------------------------------------------------------------------------


def break_statements(
    monkeypatch: pytest.MonkeyPatch, prefix: str, *, instead: Callable[[Callable[[], Any]], Any]
) -> None:
    """From now on run `instead(really)` for every statement that begins so."""

    class Breaking(sqlite3.Connection):
        def execute(self, statement: str, *rest: Any) -> Any:
            return self._watched(statement, partial(super().execute, statement, *rest))

        def executemany(self, statement: str, *rest: Any) -> Any:
            return self._watched(statement, partial(super().executemany, statement, *rest))

        def _watched(self, statement: str, really: Callable[[], Any]) -> Any:
            return instead(really) if " ".join(statement.split()).startswith(prefix) else really()

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Breaking))


def _io_error() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    return error


def _after(really: Callable[[], Any], error: BaseException) -> None:
    really()
    raise error


def _without(_: Callable[[], Any], error: BaseException) -> None:
    raise error


def test_a_commit_that_was_reported_broken_and_was_not(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the store says on a second look that the apply is there, it is reported as done."""
    plan = next_plan(written)
    break_statements(monkeypatch, "COMMIT", instead=partial(_after, error=_io_error()))

    assert apply(written, plan, "a-2") == Applied(serial=2, lineage="lineage-1")
    assert reader(written).read().serial == 2


def test_a_commit_that_broke(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the apply is not there, the answer says that nothing was changed, and nothing is."""
    plan = next_plan(written)
    break_statements(monkeypatch, "COMMIT", instead=partial(_without, error=_io_error()))

    with pytest.raises(StoreBroken, match=r"reading or writing it failed \(disk I/O error\). Nothing was changed"):
        apply(written, plan, "a-2")
    assert reader(written).read().serial == 1


def test_a_commit_nobody_knows_about(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the store cannot be asked, the outcome is unknown, and the id to look for is given."""
    plan = next_plan(written)

    def commit(really: Callable[[], Any]) -> None:
        really()
        written.rename(written.with_name("gone"))
        written.mkdir()
        raise _io_error()

    break_statements(monkeypatch, "COMMIT", instead=commit)

    with pytest.raises(OutcomeUnknown) as refused:
        apply(written, plan, "a-2")
    assert refused.value.finding.code == "MC7007"
    assert "`a-2`" in refused.value.finding.help


def test_an_interrupt_after_the_commit_does_not_hide_it(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C that arrives while the commit is made is answered with what happened: it is done."""
    plan = next_plan(written)
    break_statements(monkeypatch, "COMMIT", instead=partial(_after, error=KeyboardInterrupt()))

    assert apply(written, plan, "a-2").serial == 2


@pytest.mark.parametrize(
    "statement", ["BEGIN IMMEDIATE", "INSERT INTO records", "UPDATE instances", "UPDATE head", "COMMIT"]
)
def test_an_interrupt_before_the_commit_undoes_all(
    written: Path, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    """Ctrl-C before the commit ends the command, and nothing was changed."""
    snapshot = reader(written).read()
    plan = plan_from(snapshot, create(match(1)), update(program(), program(state="closed")))
    break_statements(monkeypatch, statement, instead=partial(_without, error=KeyboardInterrupt()))

    with pytest.raises(KeyboardInterrupt):
        apply(written, plan, "a-2", lock_timeout=0)
    monkeypatch.undo()
    assert reader(written).read() == snapshot
    assert apply(written, plan, "a-2", lock_timeout=0).serial == 2


@pytest.mark.parametrize("first", [True, False])
def test_a_full_disk(path: Path, monkeypatch: pytest.MonkeyPatch, *, first: bool) -> None:
    """A store that cannot grow says so in one sentence; it stays as it was, or is not created at all."""
    if not first:
        apply(path, plan_from(empty_snapshot(WORKSPACE), create(program())), "a-1")
    before = reader(path).read()
    plan = plan_from(before, *(create(match(number)) for number in range(200)))

    class Small(sqlite3.Connection):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.execute("PRAGMA max_page_count = 20")

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Small))

    with pytest.raises(StoreBroken, match=r"the disk is full .* Nothing was changed"):
        apply(path, plan, "a-2")
    assert reader(path).read() == before
    assert names_beside(path) == (["state.db.lock"] if first else ["state.db", "state.db.lock"])


def test_errors_that_are_ours_are_not_explained_away(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong use of the library is a bug and stays one."""
    break_statements(monkeypatch, "BEGIN", instead=partial(_without, error=sqlite3.ProgrammingError("bug")))

    with pytest.raises(sqlite3.ProgrammingError, match="bug"):
        reader(written).read()
