"""Stores of earlier versions: what they held is there afterwards, and where everything stood."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mentorctl.addresses import Address
from mentorctl.store.base import CommitKind, StoreBroken
from mentorctl.store.migrations import MIGRATIONS, POSTGRESQL_MIGRATIONS
from mentorctl.store.sqlite import SqliteStore
from mentorctl.store.sqlite_reader import SqliteReader

from .examples import AT, WORKSPACE, create, match, plan_from, update

FIRST = Path(__file__).with_name("v1.sql")
M1 = Address(program="grow", cohort="spring", kind="match", id="m1")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store as the first version wrote it: two applies, the second of which accepted a match."""
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST.read_text(encoding="utf-8"))
    return path


def reader(path: Path) -> SqliteReader:
    return SqliteReader(path, workspace=WORKSPACE)


def test_states_are_carried_over_from_bodies_into_instances(old: Path) -> None:
    """Every record stands where it stood, since the change that brought it there; cohorts are running."""
    snapshot = reader(old).read()

    assert {str(record.address): record.state for record in snapshot.records} == {
        "grow": "open",
        "grow/spring": "running",
        "grow/spring/enrollment/e1": "enrolled",
        "grow/spring/match/m1": "accepted",
        "grow/spring/match/m2": "proposed",
        "grow/spring/session/s1": "planned",
        "grow/spring/training/t1": "assigned",
    }
    assert snapshot.instances[M1].entered == datetime(2027, 2, 3, 9, 30, tzinfo=UTC)
    assert {(i.definition, i.entry, i.revision, i.facts) for i in snapshot.instances.values()} == {("", 1, 1, ())}
    assert snapshot.instances[M1].lifecycle == "match"


def test_history_is_kept(old: Path) -> None:
    """The applies are commits, the events are the same events, and the serial goes on."""
    commits = reader(old).commits()

    assert [(c.commit_id, c.kind, c.serial, c.created, c.updated, c.deleted, c.actor) for c in commits] == [
        ("a-1", CommitKind.APPLY, 1, 8, 0, 0, "anna"),
        ("a-2", CommitKind.APPLY, 2, 0, 1, 1, "björn"),
    ]
    assert [c.at.isoformat() for c in commits] == ["2027-02-01T09:30:00+00:00", "2027-02-03T09:30:00+00:00"]
    events = reader(old).log()
    assert [(e.seq, e.serial, e.line.before, e.line.after) for e in events][-2:] == [
        (9, 2, "proposed", "accepted"),
        (10, 2, "enrolled", ""),
    ]
    assert events[0].line.note == "asked for (definition sha256:aa)"
    assert [e.line.event for e in events][-3:] == ["begin", "plan", "remove"]


def test_reading_an_older_store_leaves_it_as_it_is(old: Path) -> None:
    """The file keeps its bytes: reading works on a copy."""
    before = old.read_bytes()
    reader(old).read()
    assert old.read_bytes() == before


def test_an_older_store_is_written_on(old: Path) -> None:
    """The first commit of this version migrates the file; members, parents and numbers are in order."""
    plan = plan_from(reader(old).read(), update(match(2), match(2, state="accepted")), create(match(3)))
    store = SqliteStore(old, workspace=WORKSPACE, lock_timeout=5)

    assert store.apply(plan, apply_id="a-3", at=AT.replace(day=9), actor="anna", new_lineage="x").serial == 3

    assert reader(old).read().by_address[M1].state == "accepted"
    assert [c.serial for c in reader(old).commits()] == [1, 2, 3]
    with closing(sqlite3.connect(old)) as connection:
        people = connection.execute(
            "SELECT r.address, person FROM members m JOIN records r ON r.id = m.record WHERE person IN ('p1', 'p3')"
        ).fetchall()
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        parents = dict(connection.execute("SELECT address, parent FROM records WHERE parent <> ''").fetchall())
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = connection.execute("SELECT version, name FROM migrations ORDER BY version").fetchall()
    assert sorted(people) == [
        ("grow/spring/enrollment/e1", "p1"),
        ("grow/spring/match/m1", "p1"),
        ("grow/spring/match/m3", "p3"),
        ("grow/spring/session/s1", "p1"),
        ("grow/spring/training/t1", "p1"),
    ]
    assert parents == {
        "grow/spring/session/s1": "grow/spring/match/m1",
        "grow/spring/training/t1": "grow/spring/enrollment/e1",
    }
    assert not {"applies", "old_records", "old_events"} & tables
    assert names == [(m.version, m.name) for m in MIGRATIONS]


def test_damage_is_not_carried_over(old: Path) -> None:
    """Records that do not match the digest of the old schema are refused, not made to fit the new one."""
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.execute("UPDATE records SET body = replace(body, 'people-team', 'peoplE-team')")
    before = old.read_bytes()

    with pytest.raises(StoreBroken, match="do not match the digest"):
        reader(old).read()
    store = SqliteStore(old, workspace=WORKSPACE, lock_timeout=5)
    plan = plan_from(reader_of_good_copy(old).read(), create(match(3)))
    with pytest.raises(StoreBroken, match="do not match the digest"):
        store.apply(plan, apply_id="a-3", at=AT, actor="anna", new_lineage="x")
    assert old.read_bytes() == before


def reader_of_good_copy(beside: Path) -> SqliteReader:
    path = beside.with_name("good.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST.read_text(encoding="utf-8"))
    return reader(path)


def test_both_databases_end_at_one_schema() -> None:
    """The newest schema has the same number and name on both, so that a version names one thing."""
    assert MIGRATIONS[-1].version == POSTGRESQL_MIGRATIONS[-1].version
    assert MIGRATIONS[-1].name == POSTGRESQL_MIGRATIONS[-1].name
