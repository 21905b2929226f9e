"""What the first schema kept, carried over into the second: states leave the bodies and become instances.

This reads data of one released version and is never edited again, so it knows nothing of today's records.
"""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

_RANKS = ("program", "cohort", "enrollment", "training", "match", "session")
_WORDS = {"+": "begin", "~": "change", "-": "remove"}  # what the log calls the signs of a plan
_RUNNING = "running"  # cohorts had no state of their own


def carry_over(database: Any) -> None:  # noqa: ANN401 - a connection of either kind; this is its only use of one
    """Fill the tables of the second schema. Raises ValueError where the records are not those that were written."""
    old = list(database.execute("SELECT address, kind, body FROM old_records"))
    ((digest,),) = list(database.execute("SELECT state_digest FROM head")) or (("",),)
    if old and _old_digest(old) != digest:
        raise ValueError("its records do not match the digest that the last apply wrote")
    _history(database)
    entered = _last_entered(database)
    total = 0
    for number, (address, kind, body) in enumerate(sorted(old, key=_order), 1):
        data = json.loads(body)
        state = data.pop("state", _RUNNING)
        if kind == "program":
            data["lifecycles"] = ""
        kept = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        record = (number, address, kind, _parent(address, kind, data), kept)
        database.execute("INSERT INTO records (id, address, kind, parent, body) VALUES (?, ?, ?, ?, ?)", record)
        standing = (
            number,
            _place(database, address.split("/")[0], kind, state),
            1,
            1,
            entered.get(address, 0),
            "{}",
            "",
        )
        database.execute(
            "INSERT INTO instances (id, place, entry, revision, entered, facts, incident) VALUES (?, ?, ?, ?, ?, ?, ?)",
            standing,
        )
        for person in sorted(_people(data)):
            database.execute("INSERT INTO members (person, record) VALUES (?, ?)", (person, number))
        total += int.from_bytes(sha256(f"{address} {kind} {kept}".encode()).digest())
    database.execute("UPDATE head SET state_digest = ?", (f"sum256:{total % 2**256:064x}",))


def _old_digest(rows: list[tuple[str, str, str]]) -> str:
    state = sha256()
    for address, kind, body in sorted(rows, key=lambda row: _parts(row[0])):
        state.update(f"{address} {kind} {body}\n".encode())
    return f"sha256:{state.hexdigest()}"


def _parts(address: str) -> tuple[str, ...]:
    return (*address.split("/"), "", "", "")[:4]


def _order(row: tuple[str, str, str]) -> tuple[int, tuple[str, ...]]:
    return _RANKS.index(row[1]), _parts(row[0])


def _history(database: Any) -> None:  # noqa: ANN401
    applies = list(
        database.execute(
            "SELECT serial, apply_id, plan_digest, base_serial, applied_at, actor, created, updated, deleted"
            " FROM applies"
        )
    )
    for serial, apply_id, digest, base, at, actor, created, updated, deleted in applies:
        told = (serial, apply_id, "apply", digest, base, at, at, actor, created, updated, deleted)
        database.execute(
            "INSERT INTO commits (serial, commit_id, kind, digest, base_serial, committed_at, clock, actor, created,"
            " updated, deleted, moved) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*told, created + updated + deleted),
        )
    when = {apply_id: (serial, int(datetime.fromisoformat(at).timestamp()), actor)
            for serial, apply_id, _, _, at, actor, *_ in applies}  # fmt: skip
    for seq, apply_id, address, action, reason, before, after, definition in list(
        database.execute(
            "SELECT seq, apply_id, address, action, reason, state_before, state_after, definition FROM old_events"
        )
    ):
        serial, at, actor = when[apply_id]
        note = f"{reason} (definition {definition})" if definition else reason
        event = "plan" if action == "~" and before != after else _WORDS[action]
        step = (seq, serial, address, event, at, at, actor, before, after, 1, "", "{}", "{}", "[]", f"first-{seq}")
        database.execute(
            "INSERT INTO events (seq, serial, address, event, occurred, recorded, actor, state_before, state_after,"
            " entry, definition, facts, learned, effects, key, note)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*step, note),
        )


def _last_entered(database: Any) -> dict[str, int]:  # noqa: ANN401
    """When each thing came into its present state."""
    changed = database.execute("SELECT address, occurred FROM events WHERE state_before <> state_after ORDER BY seq")
    first = dict(database.execute("SELECT address, min(occurred) FROM events GROUP BY address"))
    return {**first, **dict(changed)}


def _place(database: Any, program: str, lifecycle: str, state: str) -> int:  # noqa: ANN401
    """A state of a lifecycle without a definition, because none was kept: the next apply gives it one."""
    what = (program, "", lifecycle, state)
    query = "SELECT id FROM places WHERE program = ? AND definition = ? AND lifecycle = ? AND state = ?"
    found = list(database.execute(query, what))
    if found:
        return int(found[0][0])
    ((number,),) = list(database.execute("SELECT count(*) + 1 FROM places"))
    database.execute(
        "INSERT INTO places (id, program, definition, lifecycle, state, rank) VALUES (?, ?, ?, ?, ?, ?)",
        (number, *what, _RANKS.index(lifecycle)),
    )
    return int(number)


def _parent(address: str, kind: str, data: dict[str, Any]) -> str:
    above = address.rsplit("/", 2)[0]
    if kind == "training":
        return f"{above}/enrollment/{data['enrollment']}"
    return f"{above}/match/{data['subject']}" if kind == "session" else ""


def _people(data: dict[str, Any]) -> set[str]:
    named = {member["person"] for member in data.get("members", ())} | set(data.get("people", ()))
    return named | ({data["person"]} if "person" in data else set())
