"""What people say beside a plan when they let it happen: what they accept, who approved, whether messages wait."""

from collections.abc import Iterable
from dataclasses import field

from mentorctl.state.shapes import SPARSE
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The words that come with an apply; the log of the store keeps them as they were said.

    `accepted` has for a class of impact how many people it may touch at most. `approved_by` are the roles whose
    approval the job that applies states; it proves nothing by itself. With `hold_messages` nobody is told yet.
    """

    accepted: tuple[tuple[str, int], ...] = field(default=(), metadata=SPARSE)
    approved_by: tuple[str, ...] = field(default=(), metadata=SPARSE)
    hold_messages: bool = field(default=False, metadata=SPARSE)

    def accepts(self, word: str) -> int | None:
        """How many people of a class are accepted, or None where nothing is said of it."""
        return dict(self.accepted).get(word)


NOTHING_SAID = Consent()


def in_words(consent: Consent) -> tuple[str, ...]:
    """Each part of a consent as a few words."""
    return (
        *(f"{count} {word} accepted" for word, count in consent.accepted),
        *_approvals(consent.approved_by),
        *(("messages held",) if consent.hold_messages else ()),
    )


def _approvals(roles: Iterable[str]) -> tuple[str, ...]:
    named = ", ".join(roles)
    return (f"approved by {named}, as the job says",) if named else ()
