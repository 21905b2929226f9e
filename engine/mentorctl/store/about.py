"""The part of a store that is about some people or things, found by its indexes, however much else there is."""

from collections.abc import Iterable, Iterator

from mentorctl.addresses import Address
from mentorctl.store import sql_read as read
from mentorctl.store.contents import Contents
from mentorctl.store.database import Database, typed, typed_in

_KINDS = ("enrollment", "training", "match", "session", "check_in")
_OF_PEOPLE = "SELECT r.address FROM members m JOIN records r ON r.id = m.record WHERE m.person IN ({wanted})"
_NEXT = "SELECT address FROM records WHERE address > ? ORDER BY address LIMIT 1"
_BEHIND_ALL = "~"  # comes after the name of every kind


def about(database: Database, words: frozenset[str]) -> Contents:
    """The programs and cohorts, and what `relations.is_about` says of some words; no digest tells of these alone."""
    workspace, lineage, serial, digest = read.head(database)
    frame = list(_frame(database))
    wanted = {*frame, *_named(frame, words)}
    wanted |= {Address.parse(text) for (text,) in typed_in(database, _OF_PEOPLE, (str,), sorted(words))}
    found = {instance.address: (row, instance) for row, instance in read.rows_of(database, sorted(wanted))}
    last = read.last_commit(database)
    return Contents(
        place=database.place,
        workspace=workspace,
        lineage=lineage,
        serial=serial,
        state_digest=digest,
        last_seq=0,
        rows={address: row for address, (row, _) in found.items()},
        instances={address: instance for address, (_, instance) in found.items()},
        definitions=read.digests(database),
        clock=last.clock.isoformat() if last else "",
    )


def _frame(database: Database) -> Iterator[Address]:
    """The programs and cohorts, those too of which only something is left, passing over all that is below them."""
    behind = ""
    while found := typed(database, _NEXT, (str,), (behind,)):
        address = Address.parse(found[0][0])
        above = Address(program=address.program, cohort=address.cohort)
        behind = f"{above}/{_BEHIND_ALL}" if address.kind else str(above)
        yield above


def _named(frame: Iterable[Address], words: Iterable[str]) -> Iterator[Address]:
    """The addresses that words can be, or be the ids of."""
    cohorts = [address for address in frame if address.cohort]
    for word in words:
        if "/" not in word:
            for above in cohorts:
                yield from (Address(program=above.program, cohort=above.cohort, kind=k, id=word) for k in _KINDS)
            continue
        try:
            yield Address.parse(word)
        except ValueError:
            continue  # it means nothing
