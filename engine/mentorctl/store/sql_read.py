"""Reading the tables: contents, history, and where things stand."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from mentorctl.addresses import Address
from mentorctl.plan.consent import NOTHING_SAID, Consent
from mentorctl.state.codec import value_from_json
from mentorctl.state.live import Armed, Counted, Facts, Instance, Logged, LogRow, Outgoing, facts_from_text
from mentorctl.state.model import Record
from mentorctl.store.base import CommitKind, CommitRow
from mentorctl.store.contents import Contents, Row, damaged, record_of
from mentorctl.store.database import Database, Values, typed, typed_columns, typed_in
from mentorctl.values import many

_SELECT_HEAD = "SELECT workspace, lineage, serial, state_digest FROM head"
_SELECT_COUNTS = (
    "SELECT (SELECT count(*) FROM commits), (SELECT coalesce(max(seq), 0) FROM events),"
    " (SELECT coalesce(max(clock), '') FROM commits)"
)
_SELECT_RECORDS = """
    SELECT r.address, r.kind, r.body, p.lifecycle, p.definition, p.state, i.entry, i.revision, i.entered, i.facts,
        i.incident
    FROM records r JOIN instances i ON i.id = r.id JOIN places p ON p.id = i.place
"""
_RECORD_TYPES = (str, str, str, str, str, str, int, int, int, str, str)
_SELECT_EVERYTHING = """
    SELECT r.address, r.kind, r.body, i.place, i.entry, i.revision, i.entered, i.facts, i.incident
    FROM records r JOIN instances i ON i.id = r.id
"""
_EVERYTHING_TYPES = (str, str, str, int, int, int, int, str, str)
_SELECT_PLACES = "SELECT id, lifecycle, definition, state FROM places"
_COUNT_RECORDS = "SELECT (SELECT count(*) FROM records), (SELECT count(*) FROM instances)"
_COMMIT_COLUMNS = (
    "commit_id, kind, digest, base_serial, serial, committed_at, clock, actor, created, updated, deleted, moved,"
    " consent"
)
_COMMIT_TYPES = (str, str, str, int, int, str, str, str, int, int, int, int, str)
_LOG_COLUMNS = (
    "seq, serial, address, event, occurred, recorded, actor, state_before, state_after, entry, definition, facts,"
    " learned, effects, key, note"
)
_LOG_TYPES = (int, int, str, str, int, int, str, str, str, int, str, str, str, str, str, str)
SELECT_TIMERS = """
    SELECT r.address, n.name, t.entry, t.since, t.occurrence, t.due
    FROM timers t JOIN instances i ON i.id = t.instance JOIN places p ON p.id = i.place
    JOIN records r ON r.id = t.instance JOIN timer_names n ON n.id = t.timer
"""
# Time stands still for what belongs to a suspended program; where none ever was, nobody is looked for.
IS_LIVE = """
    (NOT EXISTS (SELECT 1 FROM places WHERE lifecycle = 'program' AND state = 'suspended')
        OR p.program NOT IN (SELECT s.program FROM places s JOIN instances x ON x.place = s.id
            WHERE s.lifecycle = 'program' AND s.state = 'suspended'))
"""
TIMER_ORDER = "ORDER BY t.due, p.rank, r.address, n.name, t.occurrence"
TIMER_TYPES = (str, str, int, int, int, int)


@lru_cache(maxsize=4096)  # many things happen in one commit
def instant(seconds: int) -> datetime:
    """An instant from how it is kept."""
    return datetime.fromtimestamp(seconds, UTC)


def contents(database: Database) -> Contents:
    """Everything but the history. Raises StoreBroken when the parts do not belong together."""
    workspace, lineage, serial, digest = head(database)
    ((counted, last_seq, clock),) = typed(database, _SELECT_COUNTS, (int, int, str))
    if serial != counted:
        raise damaged(database.place, f"it is at serial {serial} and lists {counted} commits")
    rows, instances = _everything(database)
    ((records, standing),) = typed(database, _COUNT_RECORDS, (int, int))
    if not records == standing == len(rows):
        raise damaged(database.place, f"{records} records and {standing} instances do not belong together")
    return Contents(
        place=database.place,
        workspace=workspace,
        lineage=lineage,
        serial=serial,
        state_digest=digest,
        last_seq=last_seq,
        rows=rows,
        instances=instances,
        definitions=digests(database),
        clock=clock,
    )


def _everything(database: Database) -> tuple[dict[Address, Row], dict[Address, Instance]]:
    """All records as they are kept, and where they stand: by columns, because there are many."""
    columns = typed_columns(database, _SELECT_EVERYTHING, _EVERYTHING_TYPES)
    texts, kinds, bodies, places, entries, revisions, entered, facts, incidents = columns
    lifecycles, definitions, states = _of_places(database, places)
    try:
        addresses = Address.parse_all(texts)
        known = list(map(facts_from_text, facts))
    except ValueError:
        addresses = [_address(database, text) for text in texts]  # says which is wrong
        known = [_facts(database, *one) for one in zip(addresses, facts, strict=True)]
    standing: dict[str, Iterable[Any]] = {
        "address": addresses,
        "lifecycle": lifecycles,
        "definition": definitions,
        "state": states,
        "entry": entries,
        "revision": revisions,
        "entered": map(instant, entered),
        "facts": known,
        "incident": incidents,
    }
    rows = map(Row._make, zip(kinds, bodies, states, strict=True))
    instances = many(Instance, len(texts), standing)
    return dict(zip(addresses, rows, strict=True)), dict(zip(addresses, instances, strict=True))


def _of_places(database: Database, places: Sequence[int]) -> Iterator[list[str]]:
    """The lifecycle, the definition and the state of each place; equal ones are the same text."""
    known = {place: rest for place, *rest in typed(database, _SELECT_PLACES, (int, str, str, str))}
    if set(places) - known.keys():
        raise damaged(database.place, "its places and instances do not belong together")
    return ([known[place][part] for place in places] for part in range(3))


def head(database: Database, lock: str = "") -> tuple[str, str, int, str]:
    """Workspace, lineage, serial and digest; `lock` ends the query."""
    heads = typed(database, f"{_SELECT_HEAD} {lock}", (str, str, int, str))
    if len(heads) != 1:
        raise damaged(database.place, "its head row is missing")
    workspace, lineage, serial, digest = heads[0]
    return workspace, lineage, serial, digest


def _address(database: Database, text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise damaged(database.place, str(error)) from error


def _instance(  # as the columns come
    database: Database,
    address: Address,
    lifecycle: str,
    definition: str,
    state: str,
    entry: int,
    revision: int,
    entered: int,
    facts: str,
    incident: str,
) -> Instance:
    return Instance(
        address=address,
        lifecycle=lifecycle,
        definition=definition,
        state=state,
        entry=entry,
        revision=revision,
        entered=instant(entered),
        facts=_facts(database, address, facts),
        incident=incident,
    )


def _facts(database: Database, address: Address, text: str) -> Facts:
    try:
        return facts_from_text(text)
    except ValueError as error:
        raise damaged(database.place, f"the facts of `{address}` cannot be read ({error})") from error


def rows_of(database: Database, addresses: Iterable[Address]) -> Iterator[tuple[Row, Instance]]:
    """The records of some addresses as they are kept, and where they stand; those that are there."""
    wanted = (str(address) for address in addresses)
    query = f"{_SELECT_RECORDS} WHERE r.address IN ({{wanted}})"
    for row in typed_in(database, query, _RECORD_TYPES, wanted):
        yield Row(row[1], row[2], row[5]), _instance(database, _address(database, row[0]), *row[3:])


def instances(database: Database, where: str = "", values: Values = ()) -> tuple[Instance, ...]:
    """Where things stand, in the order of addresses."""
    found = typed(database, f"{_SELECT_RECORDS} {where}", _RECORD_TYPES, values)
    made = [_instance(database, _address(database, row[0]), *row[3:]) for row in found]
    return tuple(sorted(made, key=lambda instance: instance.address))


def instances_of(database: Database, addresses: Iterable[Address]) -> tuple[Instance, ...]:
    return tuple(sorted((i for _, i in rows_of(database, addresses)), key=lambda instance: instance.address))


def timers(database: Database, until: datetime | None, limit: int | None) -> tuple[Armed, ...]:
    """The timers that run, in their order; those that are due at an instant, or all."""
    where, values = (f"WHERE t.due <= ? AND {IS_LIVE}", (int(until.timestamp()),)) if until else ("", ())
    found = typed(database, f"{SELECT_TIMERS} {where} {TIMER_ORDER} {_limited(limit)}", TIMER_TYPES, values)
    return tuple(armed_of(database, row) for row in found)


def armed_of(database: Database, row: tuple[Any, ...]) -> Armed:
    address, timer, entry, since, occurrence, due = row
    return Armed(
        address=_address(database, address),
        timer=timer,
        entry=entry,
        since=instant(since),
        occurrence=occurrence,
        due=instant(due),
    )


def _limited(limit: int | None) -> str:
    return "" if limit is None else f"LIMIT {int(limit)}"


def log(database: Database, address: Address | None, after: int, limit: int | None) -> tuple[LogRow, ...]:
    """Lines of the log, oldest first."""
    where, values = ("AND address = ?", (after, str(address))) if address else ("", (after,))
    query = f"SELECT {_LOG_COLUMNS} FROM events WHERE seq > ? {where} ORDER BY seq {_limited(limit)}"
    return tuple(_log_row(database, row) for row in typed(database, query, _LOG_TYPES, values))


def seen(database: Database, keys: Iterable[str]) -> dict[str, Logged]:
    """Of some keys those that the log has."""
    query = f"SELECT {_LOG_COLUMNS} FROM events WHERE key IN ({{wanted}})"
    found = typed_in(database, query, _LOG_TYPES, keys)
    return {row.line.key: row.line for row in (_log_row(database, values) for values in found)}


def _log_row(database: Database, row: tuple[Any, ...]) -> LogRow:
    seq, serial, address, event, occurred, recorded, actor, before, after, entry, definition, *rest = row
    facts, learned, effects, key, note = rest
    try:
        line = Logged(
            address=Address.parse(address),
            event=event,
            occurred=instant(occurred),
            recorded=instant(recorded),
            actor=actor,
            before=before,
            after=after,
            entry=entry,
            definition=definition,
            facts=facts_from_text(facts),
            learned=facts_from_text(learned),
            effects=tuple(json.loads(effects)),
            key=key,
            note=note,
        )
    except (ValueError, TypeError) as error:
        raise damaged(database.place, f"line {seq} of its log cannot be read ({error})") from error
    return LogRow(seq=seq, serial=serial, line=line)


def commits(database: Database) -> tuple[CommitRow, ...]:
    """All commits, oldest first. Raises StoreBroken for rows that are none."""
    return _commits(database, "", ())


def commits_that_matter(database: Database, *, commit_id: str, digest: str, serial: int) -> tuple[CommitRow, ...]:
    """The commits that decide about an apply: of its id, of its plan, and all after the one it was made from."""
    return _commits(database, "WHERE commit_id = ? OR digest = ? OR serial > ?", (commit_id, digest, serial))


def commit_of(database: Database, commit_id: str) -> CommitRow | None:
    found = _commits(database, "WHERE commit_id = ?", (commit_id,))
    return found[0] if found else None


def last_commit(database: Database) -> CommitRow | None:
    found = _commits(database, "WHERE serial = (SELECT serial FROM head)", ())
    return found[0] if found else None


def _commits(database: Database, where: str, values: Values) -> tuple[CommitRow, ...]:
    query = f"SELECT {_COMMIT_COLUMNS} FROM commits {where} ORDER BY serial"
    try:
        return tuple(_commit(row) for row in typed(database, query, _COMMIT_TYPES, values))
    except ValueError as error:
        raise damaged(database.place, str(error)) from error


def _commit(row: tuple[Any, ...]) -> CommitRow:
    commit_id, kind, digest, base_serial, serial, at, clock, actor, created, updated, deleted, moved, consent = row
    return CommitRow(
        commit_id=commit_id,
        kind=CommitKind(kind),
        digest=digest,
        base_serial=base_serial,
        serial=serial,
        at=datetime.fromisoformat(at),
        clock=datetime.fromisoformat(clock),
        actor=actor,
        created=created,
        updated=updated,
        deleted=deleted,
        moved=moved,
        consent=NOTHING_SAID if consent == "{}" else value_from_json(Consent, json.loads(consent)),
    )


def outbox(
    database: Database, after: int, limit: int | None, serial: int | None = None
) -> tuple[tuple[int, Outgoing], ...]:
    """What is to leave the system, oldest first; of one commit if a serial is given."""
    where, values = ("AND serial = ?", (after, serial)) if serial is not None else ("", (after,))
    query = (
        f"SELECT number, key, address, effect, occurred, people, variables, held FROM outbox WHERE number > ? {where}"
        f" ORDER BY number {_limited(limit)}"
    )
    found = typed(database, query, (int, str, str, str, int, str, str, int), values)
    return tuple((row[0], _outgoing(database, *row[1:])) for row in found)


def former(database: Database, serial: int) -> tuple[Record, ...]:
    """What an apply replaced or removed, as it was before."""
    query = "SELECT address, kind, body, state FROM former WHERE serial = ?"
    found = typed(database, query, (str, str, str, str), (serial,))
    rows = sorted((_address(database, address), Row(*rest)) for address, *rest in found)
    return tuple(record_of(row, address, database.place) for address, row in rows)


def _outgoing(
    database: Database, key: str, address: str, effect: str, occurred: int, people: str, variables: str, held: int
) -> Outgoing:
    try:
        named = json.loads(variables)
        return Outgoing(
            key=key,
            address=Address.parse(address),
            effect=effect,
            occurred=instant(occurred),
            people=tuple(json.loads(people)),
            variables=tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in named),
            held=bool(held),
        )
    except (ValueError, TypeError) as error:
        raise damaged(database.place, f"a line of its outbox cannot be read ({error})") from error


def census(database: Database) -> tuple[Counted, ...]:
    """How many instances of each program stand in which state."""
    query = (
        "SELECT p.program, p.lifecycle, p.definition, p.state, c.many FROM places p"
        " JOIN (SELECT place, count(*) AS many FROM instances GROUP BY place) c ON c.place = p.id ORDER BY 1, 2, 3, 4"
    )
    found = typed(database, query, (str, str, str, str, int))
    return tuple(
        Counted(program=program, lifecycle=lifecycle, definition=definition, state=state, count=count)
        for program, lifecycle, definition, state, count in found
    )


def digests(database: Database) -> tuple[str, ...]:
    """The digests of all definitions, in order."""
    return tuple(digest for (digest,) in typed(database, "SELECT digest FROM definitions ORDER BY digest", (str,)))


def definition(database: Database, digest: str) -> str:
    """The text of a definition, or an empty one."""
    found = typed(database, "SELECT body FROM definitions WHERE digest = ?", (str,), (digest,))
    return str(found[0][0]) if found else ""
