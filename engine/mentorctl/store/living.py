"""What people do and what time brings, as commits: decided on values, once for all stores.

A store opens its transaction, asks here what is to be written, and writes it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from mentorctl.addresses import Address
from mentorctl.lifecycle.fire import fire
from mentorctl.lifecycle.occur import occur, unpark
from mentorctl.lifecycle.view import View
from mentorctl.state.batch import Batch
from mentorctl.state.live import Advanced, Happening, Logged, Moves, Outgoing, Told, facts_to_text
from mentorctl.store.base import CommitKind, CommitRow, Recorded, UnwrittenStore
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A store inside a transaction: at which serial it is, and how far time has come in it (None: never written)."""

    place: str
    serial: int
    clock: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stride:
    """One commit of an advance. Without a commit nothing was due, and with `more` there is more to come."""

    batch: Batch
    commit: CommitRow | None
    more: bool


def events(
    view: View,
    head: Head,
    done: CommitRow | None,
    happenings: Sequence[Happening],
    *,
    commit_id: str,
    at: datetime,
    actor: str,
    strict: bool,
) -> tuple[Recorded, Batch, CommitRow | None]:
    """What some happenings come to. `done` is the commit of that id, if there is one.

    Raises UnwrittenStore, and ValueError for an id that was used for something else.
    """
    now = _now(head, at)
    digest = digest_of(happenings)
    if done and done.digest != digest:
        raise ValueError(f"the commit_id {commit_id!r} was used for something else")
    told = [one if one.actor else replace(one, actor=actor) for one in happenings]
    batch = occur(view, told, now, recorded=_seconds(at))
    refused = strict and any(not receipt.is_good for receipt in batch.receipts)
    if refused or batch.is_empty:
        return Recorded(serial=head.serial, receipts=batch.receipts, already=done is not None), Batch(), None
    commit = _commit(CommitKind.EVENTS, head, batch, commit_id=commit_id, digest=digest, at=at, clock=now, actor=actor)
    return Recorded(serial=commit.serial, receipts=batch.receipts), batch, commit


def stride(view: View, head: Head, to: datetime, *, at: datetime, actor: str, chunk: int) -> Stride:
    """The next commit of an advance. The last one brings the clock of the store to where it was to come.

    Where nothing is due and the clock on the wall says more than that, there is nothing to write: looking makes no plan
    stale. Raises UnwrittenStore.
    """
    now = _now(head, at)
    to = _seconds(to)
    due = view.due(to, chunk)
    more = len(due) == chunk
    batch = fire(view, due, to, _seconds(at), more=more) if due else Batch()
    reached = due[-1].due if more else to
    if batch.is_empty and max(now, reached) == now:
        return Stride(batch=batch, commit=None, more=False)
    return Stride(batch=batch, commit=time_passed(head, to, reached, batch, at=at, actor=actor), more=more)


def time_passed(
    head: Head,
    to: datetime,
    reached: datetime,
    batch: Batch,
    *,
    at: datetime,
    actor: str,
    swept: tuple[int, int] = (0, 0),
) -> CommitRow:
    """The row of a commit that brings time to `reached` on the way to `to`.

    `swept` are the instances that moved and the lines that were written beside the batch.
    """
    now = _now(head, at)
    name = sha256(f"{head.serial} {to.isoformat()} {now.isoformat()}".encode()).hexdigest()[:24]
    commit_id = f"advance-{name}"
    clock = max(now, reached)
    row = _commit(CommitKind.ADVANCE, head, batch, commit_id=commit_id, digest="", at=at, clock=clock, actor=actor)
    return replace(row, updated=row.updated + swept[0], moved=row.moved + swept[1])


def retried(
    view: View, head: Head, addresses: Iterable[Address], *, at: datetime, actor: str
) -> tuple[Batch, CommitRow | None]:
    """Things that wait for a person go on. Raises UnwrittenStore."""
    now = _now(head, at)
    batch = unpark(view, addresses, now, recorded=_seconds(at), actor=actor)
    if batch.is_empty:
        return batch, None
    name = sha256(f"{head.serial} retry {now.isoformat()}".encode()).hexdigest()[:24]
    return batch, _commit(
        CommitKind.EVENTS, head, batch, commit_id=f"retry-{name}", digest="", at=at, clock=now, actor=actor
    )


def released(
    outbox: Iterable[tuple[int, Outgoing]], head: Head, numbers: Iterable[int], *, at: datetime, actor: str
) -> tuple[tuple[int, ...], CommitRow | None]:
    """Of some messages those that are held, and the commit that lets them go. Raises UnwrittenStore."""
    now = _now(head, at)
    wanted = frozenset(numbers)
    free = tuple(number for number, message in outbox if message.held and number in wanted)
    if not free:
        return (), None
    said = sha256(" ".join(map(str, free)).encode()).hexdigest()
    name = sha256(f"{head.serial} release {said}".encode()).hexdigest()[:24]
    commit = _commit(
        CommitKind.RELEASE,
        head,
        Batch(),
        commit_id=f"release-{name}",
        digest=f"sha256:{said}",
        at=at,
        clock=now,
        actor=actor,
    )
    return free, replace(commit, moved=len(free))


def digest_of(happenings: Iterable[Happening]) -> str:
    """The digest of what was said, in its order; where it was written does not matter."""
    said = sha256()
    for one in happenings:
        occurred = one.occurred.isoformat() if one.occurred else ""
        parts = (one.address, one.event, one.person, occurred, one.key, facts_to_text(one.facts))
        said.update(("|".join(map(str, parts)) + "\n").encode())
    return f"sha256:{said.hexdigest()}"


type Step = tuple[str, str, str, str, str]  # program, lifecycle, event, before, after


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one commit of an advance came to, in numbers."""

    fired: int
    refused: int
    skipped: int
    incidents: int
    moves: Counter[Step]
    told: Counter[str]


def tally_of(batch: Batch) -> Tally:
    outcomes = Counter(receipt.outcome for receipt in batch.receipts)
    return Tally(
        fired=len(batch.receipts),
        refused=outcomes[Told.REFUSED],
        skipped=outcomes[Told.SKIPPED],
        incidents=outcomes[Told.INCIDENT],
        moves=Counter(_step(line) for line in batch.logged if line.before != line.after),
        told=Counter(message.effect for message in batch.outgoing),
    )


def added(so_far: Advanced, tally: Tally, commit: CommitRow) -> Advanced:
    """The answer of an advance after one more commit."""
    moves = Counter({_move(m): m.count for m in so_far.moves}) + tally.moves
    told = Counter(dict(so_far.told)) + tally.told
    return Advanced(
        until=commit.clock,
        serial=commit.serial,
        fired=so_far.fired + tally.fired,
        moved=so_far.moved + tally.moves.total(),
        refused=so_far.refused + tally.refused,
        skipped=so_far.skipped + tally.skipped,
        incidents=so_far.incidents + tally.incidents,
        commits=so_far.commits + 1,
        moves=tuple(
            Moves(program=program, lifecycle=kind, event=event, before=before, after=after, count=count)
            for (program, kind, event, before, after), count in sorted(moves.items())
        ),
        told=tuple(sorted(told.items())),
    )


def _step(line: Logged) -> Step:
    kind = line.address.kind or ("cohort" if line.address.cohort else "program")
    return line.address.program, kind, line.event, line.before, line.after


def _move(moves: Moves) -> Step:
    return moves.program, moves.lifecycle, moves.event, moves.before, moves.after


def _now(head: Head, at: datetime) -> datetime:
    """The time of the store: that of the wall, unless time has come further in it."""
    if at.utcoffset() is None:
        raise ValueError("`at` must be aware of its time zone")
    if head.clock is None:
        raise UnwrittenStore(
            f"nothing has been applied to {head.place} yet", help="plan and apply first, with `mentorctl apply`"
        )
    return max(_seconds(at), head.clock)


def _seconds(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _commit(
    kind: CommitKind,
    head: Head,
    batch: Batch,
    *,
    commit_id: str,
    digest: str,
    at: datetime,
    clock: datetime,
    actor: str,
) -> CommitRow:
    return CommitRow(
        commit_id=commit_id,
        kind=kind,
        digest=digest,
        base_serial=head.serial,
        serial=head.serial + 1,
        at=_seconds(at),
        clock=clock,
        actor=actor,
        created=len(batch.created),
        updated=len(batch.moved),
        deleted=len(batch.removed),
        moved=len(batch.logged),
    )
