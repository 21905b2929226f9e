"""The schema of the stores as numbered, named steps, forward only.

A step that was released is never edited; a new one is added after it. PostgreSQL came with the second schema, so its
list begins there.
"""

from collections.abc import Callable
from typing import Any, Protocol

from mentorctl.rules.expressions.sql import Dialect
from mentorctl.store.first_schema import carry_over
from mentorctl.store.tables import guard_of, guards, head_table, live_tables, review_tables
from mentorctl.values import dataclass


class Statements(Protocol):
    """What a step of conversion needs of a database."""

    def execute(self, statement: str, values: tuple[Any, ...] = ..., /) -> Any: ...  # noqa: ANN401 - a cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step, done in one transaction together with the row that says so.

    `convert` fills what the statements made from what was there; after it the `leftovers` are removed. `preview` are
    temporary views that show a reader, who may not migrate, an older schema as this one; `{schema}` is where it lies.
    """

    version: int
    name: str
    statements: tuple[str, ...]
    convert: Callable[[Statements], None] | None = None
    leftovers: tuple[str, ...] = ()
    preview: tuple[str, ...] = ()


_FIRST = Migration(
    version=1,
    name="records, applies and events",
    statements=(
        """
        CREATE TABLE migrations (
            version INTEGER PRIMARY KEY,
            name TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE head (
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
            workspace TEXT NOT NULL,
            lineage TEXT NOT NULL CHECK (lineage <> ''),
            serial INTEGER NOT NULL CHECK (serial >= 0),
            state_digest TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE records (
            address TEXT NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            body TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE applies (
            serial INTEGER PRIMARY KEY,
            apply_id TEXT NOT NULL UNIQUE,
            plan_digest TEXT NOT NULL,
            base_serial INTEGER NOT NULL CHECK (base_serial = serial - 1),
            applied_at TEXT NOT NULL,
            actor TEXT NOT NULL,
            created INTEGER NOT NULL CHECK (created >= 0),
            updated INTEGER NOT NULL CHECK (updated >= 0),
            deleted INTEGER NOT NULL CHECK (deleted >= 0)
        ) STRICT
        """,
        """
        CREATE TABLE events (
            seq INTEGER PRIMARY KEY,
            apply_id TEXT NOT NULL REFERENCES applies (apply_id),
            address TEXT NOT NULL,
            action TEXT NOT NULL CHECK (action IN ('+', '~', '-')),
            reason TEXT NOT NULL,
            state_before TEXT NOT NULL,
            state_after TEXT NOT NULL,
            definition TEXT NOT NULL
        ) STRICT
        """,
        # What happened stays: a statement that rewrites the past fails, whoever sends it.
        """
        CREATE TRIGGER events_are_not_edited BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never edited'); END
        """,
        """
        CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never removed'); END
        """,
        """
        CREATE TRIGGER applies_are_not_edited BEFORE UPDATE ON applies
        BEGIN SELECT RAISE(ABORT, 'applies are never edited'); END
        """,
        """
        CREATE TRIGGER applies_are_not_removed BEFORE DELETE ON applies
        BEGIN SELECT RAISE(ABORT, 'applies are never removed'); END
        """,
    ),
)

_OLD = ("records", "events")
_SECOND = Migration(
    version=2,
    name="instances, timers, log and outbox",
    statements=(
        *(f"DROP TRIGGER {table}_are_not_{done}" for table in ("events", "applies") for done in ("edited", "removed")),
        *(f"ALTER TABLE {table} RENAME TO old_{table}" for table in _OLD),
        *live_tables(Dialect.SQLITE),
        *guards(Dialect.SQLITE),
    ),
    convert=carry_over,
    leftovers=("DROP TABLE old_events", "DROP TABLE old_records", "DROP TABLE applies"),
)

_THIRD = Migration(
    version=3,
    name="consent, held messages, what an apply replaced",
    statements=(*review_tables(Dialect.SQLITE), *guard_of("former", Dialect.SQLITE)),
)

MIGRATIONS = (_FIRST, _SECOND, _THIRD)

_POSTGRESQL_BASE = Migration(
    version=2,
    name="instances, timers, log and outbox",
    statements=(
        "CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL)",
        head_table(Dialect.POSTGRESQL),
        *live_tables(Dialect.POSTGRESQL),
        *guards(Dialect.POSTGRESQL),
    ),
)

_POSTGRESQL_THIRD = Migration(
    version=3,
    name=_THIRD.name,
    statements=(*review_tables(Dialect.POSTGRESQL), *guard_of("former", Dialect.POSTGRESQL)),
    preview=(
        "CREATE TEMPORARY VIEW commits AS SELECT *, '{{}}'::text AS consent FROM {schema}.commits",
        "CREATE TEMPORARY VIEW outbox AS SELECT *, 0 AS held FROM {schema}.outbox",
        "CREATE TEMP VIEW former AS SELECT 0 AS serial, '' AS address, '' AS kind, '' AS body, '' AS state LIMIT 0",
    ),
)

POSTGRESQL_MIGRATIONS = (_POSTGRESQL_BASE, _POSTGRESQL_THIRD)
