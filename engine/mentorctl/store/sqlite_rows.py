"""The rows of the SQLite store: reading contents, and writing an effect in a transaction that was begun."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from mentorctl.addresses import Address
from mentorctl.plan.model import Action
from mentorctl.store.base import CommitRow, EventRow
from mentorctl.store.transition import Contents, Effect, Order, Row, damaged

type Values = Mapping[str, bool | str | None]

_SELECT_HEAD = "SELECT workspace, lineage, serial, state_digest FROM head"
_SELECT_COUNTS = "SELECT (SELECT count(*) FROM applies), (SELECT coalesce(max(seq), 0) FROM events)"
_SELECT_RECORDS = "SELECT address, kind, body FROM records"
_SELECT_APPLIES = """
    SELECT apply_id, plan_digest, base_serial, serial, applied_at, actor, created, updated, deleted
    FROM applies
    WHERE :every OR apply_id = :apply_id OR plan_digest = :plan OR serial = (SELECT serial FROM head)
    ORDER BY serial
"""
_INSERT_APPLY = """
    INSERT INTO applies
        (apply_id, plan_digest, base_serial, serial, applied_at, actor, created, updated, deleted)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_SELECT_EVENTS = """
    SELECT seq, apply_id, address, action, reason, state_before, state_after, definition FROM events
    WHERE :address IS NULL OR address = :address
    ORDER BY seq
"""
_INSERT_EVENT = """
    INSERT INTO events (seq, apply_id, address, action, reason, state_before, state_after, definition)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_INSERT_HEAD = """
    INSERT INTO head (only_row, workspace, lineage, serial, state_digest) VALUES (1, ?, ?, ?, '')
"""
_MOVE_HEAD = """
    UPDATE head SET serial = ?, state_digest = ? WHERE workspace = ? AND lineage = ? AND serial = ?
"""


def contents(connection: Connection, path: Path) -> Contents:
    """Everything but the history. Raises StoreBroken when the parts do not belong together."""
    heads = list(_rows(connection, path, _SELECT_HEAD, (str, str, int, str)))
    if len(heads) != 1:
        raise damaged(str(path), "its head row is missing")
    ((workspace, lineage, serial, digest),) = heads
    ((counted, last_seq),) = _rows(connection, path, _SELECT_COUNTS, (int, int))
    if serial != counted:
        raise damaged(str(path), f"it is at serial {serial} and lists {counted} applies")
    return Contents(
        place=str(path),
        workspace=workspace,
        lineage=lineage,
        serial=serial,
        state_digest=digest,
        last_seq=last_seq,
        rows=_records(connection, path),
    )


def _records(connection: Connection, path: Path) -> dict[Address, Row]:
    found = _rows(connection, path, _SELECT_RECORDS, (str, str, str))
    try:
        return {Address.parse(address): Row(kind, body) for address, kind, body in found}
    except ValueError as error:
        raise damaged(str(path), str(error)) from error


def events(connection: Connection, path: Path, address: str | None) -> tuple[EventRow, ...]:
    """The events, oldest first, of one address or of all. Raises StoreBroken for rows that are none."""
    types = (int, str, str, str, str, str, str, str)
    found = _rows(connection, path, _SELECT_EVENTS, types, {"address": address})
    try:
        return tuple(_event(*row) for row in found)
    except ValueError as error:
        raise damaged(str(path), str(error)) from error


def _event(  # as the columns come
    seq: int, apply_id: str, address: str, action: str, reason: str, before: str, after: str, definition: str
) -> EventRow:
    return EventRow(
        seq=seq,
        apply_id=apply_id,
        address=Address.parse(address),
        action=Action(action),
        reason=reason,
        before=before,
        after=after,
        definition=definition,
    )


def commits(connection: Connection, path: Path) -> tuple[CommitRow, ...]:
    """All applies, oldest first. Raises StoreBroken for rows that are none."""
    return _commits(connection, path, {"every": True, "apply_id": None, "plan": None})


def commits_that_matter(connection: Connection, path: Path, order: Order) -> tuple[CommitRow, ...]:
    """The applies that decide about an order: of its id, of its plan, and the last one."""
    return _commits(connection, path, {"every": False, "apply_id": order.apply_id, "plan": order.plan.digest})


def _commits(connection: Connection, path: Path, wanted: Values) -> tuple[CommitRow, ...]:
    types = (str, str, int, int, str, str, int, int, int)
    found = _rows(connection, path, _SELECT_APPLIES, types, wanted)
    try:
        return tuple(_apply(*row) for row in found)
    except ValueError as error:
        raise damaged(str(path), str(error)) from error


def _apply(  # as the columns come
    apply_id: str,
    plan_digest: str,
    base_serial: int,
    serial: int,
    applied_at: str,
    actor: str,
    created: int,
    updated: int,
    deleted: int,
) -> CommitRow:
    return CommitRow(
        commit_id=apply_id,
        digest=plan_digest,
        base_serial=base_serial,
        serial=serial,
        at=datetime.fromisoformat(applied_at),
        clock=datetime.fromisoformat(applied_at),
        actor=actor,
        created=created,
        updated=updated,
        deleted=deleted,
        moved=created + updated + deleted,
    )


def _rows(
    connection: Connection, path: Path, statement: str, types: tuple[type, ...], values: Values | None = None
) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, each value of the type that was promised: a damaged page can hold any."""
    for row in connection.execute(statement, values or {}):
        if tuple(map(type, row)) != types:
            raise damaged(str(path), "a row has a value of another type than its column")
        yield row


def begin_history(connection: Connection, effect: Effect) -> None:
    """Write the head of a store that was never written."""
    connection.execute(_INSERT_HEAD, (effect.workspace, effect.lineage, effect.commit.base_serial))


def perform(connection: Connection, path: Path, effect: Effect) -> None:
    """Write records, the row of the apply, its events and the new head. Raises StoreBroken if that moved."""
    for action, address, row in effect.changed:
        _write_record(connection, action, str(address), row)
    _write_apply(connection, effect.commit)
    connection.executemany(_INSERT_EVENT, (_event_values(event) for event in effect.events))
    base = effect.commit.base_serial
    moved = connection.execute(
        _MOVE_HEAD, (effect.commit.serial, effect.state_digest, effect.workspace, effect.lineage, base)
    )
    if moved.rowcount != 1:
        raise damaged(str(path), f"it left serial {base} in the middle of an apply")


def _write_record(connection: Connection, action: Action, address: str, row: Row | None) -> None:
    if row is None:
        connection.execute("DELETE FROM records WHERE address = ?", (address,))
    elif action is Action.CREATE:
        connection.execute("INSERT INTO records (address, kind, body) VALUES (?, ?, ?)", (address, row.kind, row.body))
    else:
        connection.execute("UPDATE records SET kind = ?, body = ? WHERE address = ?", (row.kind, row.body, address))


def _write_apply(connection: Connection, row: CommitRow) -> None:
    about = (row.commit_id, row.digest, row.base_serial, row.serial, row.at.isoformat(), row.actor)
    connection.execute(_INSERT_APPLY, (*about, row.created, row.updated, row.deleted))


def _event_values(event: EventRow) -> tuple[int, str, str, str, str, str, str, str]:
    about = (event.seq, event.apply_id, str(event.address), event.action.value, event.reason)
    return (*about, event.before, event.after, event.definition)
