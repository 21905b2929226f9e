"""What a store holds at one serial, and how it is read: every store keeps exactly this, in rows of its own."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import field
from hashlib import sha256
from itertools import batched
from json import JSONDecodeError, loads
from typing import NamedTuple

from mentorctl.addresses import Address
from mentorctl.state.codec import canonical_json, kind_of, record_from_json, record_to_json, records_from_json
from mentorctl.state.live import Instance
from mentorctl.state.model import Record, Snapshot
from mentorctl.state.shapes import MISFITS, CodecError
from mentorctl.store.base import StoreBroken, WrongStore
from mentorctl.values import dataclass

_AT_ONCE = 4096  # records that are read together: more only take more memory

_UNREADABLE = (*MISFITS, JSONDecodeError, RecursionError)


class Row(NamedTuple):
    """A record as it is kept: its kind, its canonical text without its state, and its state."""

    kind: str
    body: str
    state: str

    def digest(self, address: Address | str) -> int:
        """What the record adds to the digest of the state; where it stands is proved by the log instead."""
        return _number(f"{address} {self.kind} {self.body}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A store at one serial, as read. `place` says where, for messages; `last_seq` is the newest event.

    `clock` is how far time has come in it, as text, or empty.
    """

    place: str
    workspace: str
    lineage: str
    serial: int
    state_digest: str
    last_seq: int
    rows: Mapping[Address, Row]
    instances: Mapping[Address, Instance] = field(default_factory=dict)
    definitions: tuple[str, ...] = ()
    clock: str = ""


def never_written(workspace: str, place: str) -> Contents:
    """A store before its first apply."""
    return Contents(
        place=place,
        workspace=workspace,
        lineage="",
        serial=0,
        state_digest=state_digest({}),
        last_seq=0,
        rows={},
    )


def state_digest(rows: Mapping[Address, Row]) -> str:
    """The sum of the SHA-256 of all records: in any order, and changed by a change without reading the rest."""
    texts = Address.texts(rows)
    return digest_text(
        sum(_number(f"{at} {row.kind} {row.body}") for at, row in zip(texts, rows.values(), strict=True))
    )


def _number(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest())


def digest_text(total: int) -> str:
    """A sum of digests as text, modulo 2**256; a negative one too."""
    return f"sum256:{total % 2**256:064x}"


def digest_number(text: str, place: str) -> int:
    """The sum behind a text. Raises StoreBroken for another text."""
    kind, _, digits = text.partition(":")
    if kind == "sum256" and len(digits) == 64 and set(digits) <= set("0123456789abcdef"):  # noqa: PLR2004 - 256 bits
        return int(digits, 16)
    raise damaged(place, "its digest cannot be read")


def snapshot_of(contents: Contents) -> Snapshot:
    """The records, after comparing them with their digest. Raises StoreBroken when they differ."""
    verify(contents)
    return part_of(contents)


def part_of(contents: Contents) -> Snapshot:
    """The records of contents that are a part of the store, so that its digest says nothing about them."""
    return Snapshot(
        workspace=contents.workspace,
        lineage=contents.lineage,
        serial=contents.serial,
        records=_records_of(contents.rows, contents.place),
        instances=contents.instances,
        definitions=contents.definitions,
        clock=contents.clock,
    )


def _records_of(rows: Mapping[Address, Row], place: str) -> tuple[Record, ...]:
    """The records in the order of their addresses. Raises StoreBroken for a row that is none."""
    of_kind: dict[str, list[Address]] = defaultdict(list)
    for address, row in rows.items():
        of_kind[row.kind].append(address)
    found: dict[Address, Record] = {}
    for kind, addresses in ((kind, part) for kind, all_ in of_kind.items() for part in batched(all_, _AT_ONCE)):
        mine = [rows[address] for address in addresses]
        try:
            records = _read_together(kind, addresses, mine)
        except _UNREADABLE:
            records = [record_of(row, address, place) for row, address in zip(mine, addresses, strict=True)]
        found.update(zip(addresses, records, strict=True))
    return tuple(map(found.__getitem__, sorted(found)))


def _read_together(kind: str, addresses: Sequence[Address], rows: Sequence[Row]) -> Sequence[Record]:
    """The records of many rows of a kind. Raises one of _UNREADABLE where one of them is none."""
    bodies = loads(f"[{','.join([row.body for row in rows])}]")
    if [body["address"] for body in bodies] != Address.texts(addresses):
        raise CodecError("records are not those of their rows")
    for body, address, row in zip(bodies, addresses, rows, strict=True):
        body["address"], body["state"] = address, row.state
    return records_from_json(kind, bodies)


def verify(contents: Contents) -> None:
    """Compare the records with the digest of the last apply. Raises StoreBroken when they differ."""
    if state_digest(contents.rows) != contents.state_digest:
        raise damaged(contents.place, f"its records do not match the digest that serial {contents.serial} wrote")


def damaged(place: str, what: str) -> StoreBroken:
    """The error for a store whose content was altered outside of mentorctl."""
    return StoreBroken(
        f"the store {place} is damaged: {what}",
        help="restore the newest backup; nothing but mentorctl may write to the store",
    )


def check_workspace(owner: str, workspace: str, place: str) -> None:
    """Raises WrongStore when the store is not the one of `workspace`."""
    if owner != workspace:
        raise WrongStore(
            f"the store {place} belongs to the workspace `{owner}`, not `{workspace}`",
            help="correct `store` in mentorctl.yaml; every workspace needs a store of its own",
        )


def row_of(record: Record) -> Row:
    """A record as it is kept."""
    body = record_to_json(record)
    state = str(body.pop("state"))
    return Row(kind_of(record), canonical_json(body), state)


def record_of(row: Row, address: Address, place: str) -> Record:
    """The record of a row. Raises StoreBroken for a row that is none, or that of another address."""
    try:
        record = record_from_json(row.kind, {**loads(row.body), "state": row.state})
    except _UNREADABLE as error:
        raise damaged(place, f"the record `{address}` cannot be read ({error})") from error
    if record.address != address:
        raise damaged(place, f"the record `{address}` says it is `{record.address}`")
    return record
