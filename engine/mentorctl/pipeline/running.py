"""What writes to a store, each in one commit, and what reads back what happened."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mentorctl.addresses import Address
    from mentorctl.lifecycle.replay import Replayed
    from mentorctl.plan.consent import Consent
    from mentorctl.plan.model import Plan
    from mentorctl.state.live import Advanced, Happening, LogRow
    from mentorctl.store.base import Applied, Reader, Recorded, Store


def apply(
    plan: "Plan",
    store: "Store",
    *,
    apply_id: str,
    at: datetime,
    actor: str,
    new_lineage: str,
    consent: "Consent | None" = None,
) -> "Applied":
    """Perform a plan in one transaction. Raises `store.base.StoreError`, and then nothing has changed.

    What limits and policies have against it is asked with `judge`; `consent` is written down beside it.
    """
    from mentorctl.plan.consent import NOTHING_SAID

    said = consent or NOTHING_SAID
    return store.apply(plan, apply_id=apply_id, at=at, actor=actor, new_lineage=new_lineage, consent=said)


def record(
    happenings: "Sequence[Happening]",
    store: "Store",
    *,
    commit_id: str,
    at: datetime,
    actor: str,
    strict: bool = False,
) -> "Recorded":
    """Write down what people did, in one commit; a receipt for each says what it came to.

    With `strict` nothing is written when one of them cannot have happened. Raises `store.base.StoreError`.
    """
    return store.record(happenings, commit_id=commit_id, at=at, actor=actor, strict=strict)


def advance(
    store: "Store",
    to: datetime,
    *,
    at: datetime,
    actor: str,
    report: "Callable[[Advanced], None]" = lambda _: None,
) -> "Advanced":
    """Let time pass until an instant: everything that is due happens, in order, each thing once.

    `at` is the clock on the wall. Raises `store.base.StoreError`; what was committed until then stays, and calling
    again goes on.
    """
    return store.advance(to, at=at, actor=actor, report=report)


def history(store: "Reader", addresses: "Iterable[Address]") -> "tuple[LogRow, ...]":
    """What happened to some things, oldest first, under all names that they had."""
    from mentorctl.lifecycle.rename import former_address

    rows: dict[int, LogRow] = {}
    for address in set(addresses):
        here: Address | None = address
        before = None  # the number of the line by which it came here, for the log of the place where it was
        while here is not None:
            mine = [row for row in store.log(here) if before is None or row.seq < before]
            came = next((row for row in reversed(mine) if former_address(row.line)), None)
            rows |= {row.seq: row for row in mine if came is None or row.seq >= came.seq}
            here, before = (former_address(came.line), came.seq) if came else (None, None)
    return tuple(rows[seq] for seq in sorted(rows))


def replay(store: "Reader") -> "Replayed":
    """Fold the log by the definitions under which it was written, and compare what comes out with the state."""
    from mentorctl.lifecycle.replay import replayed

    rows = store.log()
    definitions = {row.line.definition for row in rows} - {""}
    return replayed(
        [row.line for row in rows], store.instances(), {digest: store.definition(digest) for digest in definitions}
    )
