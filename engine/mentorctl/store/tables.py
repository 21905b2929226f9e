"""The tables of the second schema, in the words of either database.

Small integers stand for what repeats: a `place` is a state of a lifecycle of a definition of a program, a timer has a
number for its name. So one row says where a thing stands and one when something is due, both narrow enough to hold
millions. Instants in them are seconds since 1970 in UTC. Rows are tied together by the number of their record.
"""

from mentorctl.rules.expressions.sql import Dialect

_WORDS = {
    Dialect.SQLITE: {
        "number": "INTEGER",
        "long": "INTEGER",
        "code": "TEXT",
        "end": " STRICT",
        "rowless": " STRICT, WITHOUT ROWID",
    },
    Dialect.POSTGRESQL: {
        "number": "INTEGER",
        "long": "BIGINT",
        "code": 'TEXT COLLATE "C"',  # compared by code point, whatever the language of the server
        "end": "",
        "rowless": "",
    },
}

_COMMITS = """
    CREATE TABLE commits (
        serial {long} PRIMARY KEY,
        commit_id {code} NOT NULL UNIQUE,
        kind {code} NOT NULL,
        digest {code} NOT NULL,
        base_serial {long} NOT NULL CHECK (base_serial = serial - 1),
        committed_at {code} NOT NULL,
        clock {code} NOT NULL,
        actor TEXT NOT NULL,
        created {number} NOT NULL CHECK (created >= 0),
        updated {number} NOT NULL CHECK (updated >= 0),
        deleted {number} NOT NULL CHECK (deleted >= 0),
        moved {number} NOT NULL CHECK (moved >= 0)
    ){end}
"""
_EVENTS = """
    CREATE TABLE events (
        seq {long} PRIMARY KEY,
        serial {long} NOT NULL,
        address {code} NOT NULL,
        event {code} NOT NULL,
        occurred {long} NOT NULL,
        recorded {long} NOT NULL,
        actor TEXT NOT NULL,
        state_before {code} NOT NULL,
        state_after {code} NOT NULL,
        entry {number} NOT NULL,
        definition {code} NOT NULL,
        facts TEXT NOT NULL,
        learned TEXT NOT NULL,
        effects TEXT NOT NULL,
        key {code} NOT NULL UNIQUE,
        note TEXT NOT NULL
    ){end}
"""
_RECORDS = """
    CREATE TABLE records (
        id {number} PRIMARY KEY,
        address {code} NOT NULL UNIQUE,
        kind {code} NOT NULL,
        parent {code} NOT NULL,
        body TEXT NOT NULL
    ){end}
"""
_LIVE = (
    """
    CREATE TABLE definitions (
        digest {code} PRIMARY KEY,
        program {code} NOT NULL,
        body TEXT NOT NULL
    ){end}
    """,
    """
    CREATE TABLE places (
        id {number} PRIMARY KEY,
        program {code} NOT NULL,
        definition {code} NOT NULL,
        lifecycle {code} NOT NULL,
        state {code} NOT NULL,
        rank {number} NOT NULL,
        UNIQUE (program, definition, lifecycle, state)
    ){end}
    """,
    """
    CREATE TABLE instances (
        id {number} PRIMARY KEY,
        place {number} NOT NULL,
        entry {number} NOT NULL CHECK (entry > 0),
        revision {number} NOT NULL CHECK (revision > 0),
        entered {long} NOT NULL,
        facts TEXT NOT NULL,
        incident {code} NOT NULL
    ){end}
    """,
    """
    CREATE TABLE timer_names (
        id {number} PRIMARY KEY,
        name {code} NOT NULL UNIQUE
    ){end}
    """,
    """
    CREATE TABLE timers (
        instance {number} NOT NULL,
        timer {number} NOT NULL,
        due {long} NOT NULL,
        since {long} NOT NULL,
        entry {number} NOT NULL CHECK (entry > 0),
        occurrence {number} NOT NULL CHECK (occurrence > 0),
        PRIMARY KEY (instance, timer)
    ){rowless}
    """,
    """
    CREATE TABLE members (
        person {code} NOT NULL,
        record {number} NOT NULL,
        PRIMARY KEY (person, record)
    ){rowless}
    """,
    """
    CREATE TABLE outbox (
        number {long} PRIMARY KEY,
        key {code} NOT NULL UNIQUE,
        serial {long} NOT NULL,
        address {code} NOT NULL,
        effect {code} NOT NULL,
        occurred {long} NOT NULL,
        people TEXT NOT NULL,
        variables TEXT NOT NULL
    ){end}
    """,
    "CREATE INDEX records_by_parent ON records (parent) WHERE parent <> ''",
    "CREATE INDEX timers_by_due ON timers (due)",
    "CREATE INDEX instances_with_incident ON instances (id) WHERE incident <> ''",
    "CREATE INDEX events_by_address ON events (address)",
)
_HEAD = """
    CREATE TABLE head (
        only_row {number} PRIMARY KEY CHECK (only_row = 1),
        workspace {code} NOT NULL,
        lineage {code} NOT NULL CHECK (lineage <> ''),
        serial {long} NOT NULL CHECK (serial >= 0),
        state_digest {code} NOT NULL
    ){end}
"""

_FORMER = """
    CREATE TABLE former (
        serial {long} NOT NULL,
        address {code} NOT NULL,
        kind {code} NOT NULL,
        body TEXT NOT NULL,
        state {code} NOT NULL,
        PRIMARY KEY (serial, address)
    ){rowless}
"""

HISTORY = ("events", "commits")


def head_table(dialect: Dialect) -> str:
    return _written(_HEAD, dialect)


def live_tables(dialect: Dialect) -> tuple[str, ...]:
    """All tables but the head."""
    return tuple(_written(text, dialect) for text in (_COMMITS, _EVENTS, _RECORDS, *_LIVE))


def review_tables(dialect: Dialect) -> tuple[str, ...]:
    """What the third schema adds: consent of commits, messages that are held, and what an apply replaced."""
    return tuple(
        _written(text, dialect)
        for text in (
            "ALTER TABLE commits ADD COLUMN consent TEXT NOT NULL DEFAULT '{{}}'",
            "ALTER TABLE outbox ADD COLUMN held {number} NOT NULL DEFAULT 0",
            _FORMER,
        )
    )


def _written(text: str, dialect: Dialect) -> str:
    return text.format_map(_WORDS[dialect])


def guards(dialect: Dialect) -> tuple[str, ...]:
    """What happened stays: a statement that rewrites the past fails, whoever sends it."""
    if dialect is Dialect.SQLITE:
        return tuple(guard for table in HISTORY for guard in guard_of(table, dialect))
    refuse = (
        "CREATE FUNCTION refuse_to_rewrite_the_past() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% are never edited or removed', TG_TABLE_NAME; END $$"
    )
    return (
        refuse,
        *(guard for table in HISTORY for guard in guard_of(table, dialect)),
    )


def guard_of(table: str, dialect: Dialect) -> tuple[str, ...]:
    """The triggers that keep one table as it is."""
    if dialect is Dialect.SQLITE:
        return tuple(
            f"CREATE TRIGGER {table}_are_not_{done} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} are never {done}'); END"
            for verb, done in (("UPDATE", "edited"), ("DELETE", "removed"))
        )
    trigger = (
        f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_the_past()"
    )
    return (trigger,)
