"""The schema of the SQLite store as numbered steps.

A step that was released is never edited; a new one is added after it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step, done in one transaction together with the row that says so."""

    version: int
    name: str
    statements: tuple[str, ...]


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

MIGRATIONS = (_FIRST,)
