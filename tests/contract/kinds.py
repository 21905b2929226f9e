"""The kinds of stores, each kept somewhere of its own per test. A new kind is one more entry of `KINDS`."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from unit.store.examples import AT, WORKSPACE, plan_from

from mentorctl.plan.model import Change, Plan
from mentorctl.state.model import Record
from mentorctl.store.base import Applied, Reader, Store
from mentorctl.store.memory import MemoryStore
from mentorctl.store.postgres import PostgresReader, PostgresStore
from mentorctl.store.sqlite import SqliteStore
from mentorctl.store.sqlite_reader import SqliteReader


@dataclass(frozen=True)
class Kept:
    """One place where a store is kept: `store` and `reader` open it anew each time, for any workspace."""

    store: Callable[[str], Store]
    reader: Callable[[str], Reader]
    meddle: Callable[..., bool] = lambda *_: False  # run statements behind its back; whether that can be done

    def apply(self, plan: Plan, apply_id: str = "a-1", *, at: datetime = AT, actor: str = "anna") -> Applied:
        return self.store(WORKSPACE).apply(plan, apply_id=apply_id, at=at, actor=actor, new_lineage="lineage-1")

    def apply_changes(self, *changes: Change, apply_id: str = "a-1") -> Applied:
        return self.apply(plan_from(self.reader(WORKSPACE).read(), *changes), apply_id)

    @property
    def records(self) -> tuple[Record, ...]:
        return self.reader(WORKSPACE).read().records


type Asked = pytest.FixtureRequest


def _in_memory(_: Asked) -> Kept:
    store = MemoryStore(WORKSPACE)
    return Kept(store=lambda _: store, reader=lambda _: store)


def _in_sqlite(asked: Asked) -> Kept:
    path = asked.getfixturevalue("tmp_path") / "state.db"
    return Kept(
        store=lambda workspace: SqliteStore(path, workspace=workspace, lock_timeout=20),
        reader=lambda workspace: SqliteReader(path, workspace=workspace),
        meddle=lambda *statements: _meddle(sqlite3.connect(path, isolation_level=None), statements),
    )


def _in_postgresql(asked: Asked) -> Kept:
    address = asked.getfixturevalue("postgresql").fresh_schema()
    return Kept(
        store=lambda workspace: PostgresStore(address, workspace=workspace, lock_timeout=20),
        reader=lambda workspace: PostgresReader(address, workspace=workspace),
        meddle=lambda *statements: _meddle(connect_postgresql(address), statements),
    )


KINDS: dict[str, Callable[[Asked], Kept]] = {
    "memory": _in_memory,
    "sqlite": _in_sqlite,
    "postgresql": _in_postgresql,
}


def _meddle(connection: Any, statements: Iterable[str]) -> bool:
    with closing(connection):
        for statement in statements:
            connection.execute(statement)
    return True


def connect_postgresql(address: str) -> Any:
    import psycopg

    return psycopg.connect(address, autocommit=True)
