"""The one name of every live thing: `program/cohort/kind/id`, in plan, state, events and messages.

Identifiers of people, matches and sessions are opaque: keyed hashes of what they stand for, so that plans and
states can be read by reviewers without carrying names, e-mail addresses or employee numbers.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

_ID_BYTES = 7  # 56 bits: 50,000 people collide with probability 2e-8, and a collision is refused when read


class Address(NamedTuple):
    """Where a thing lives. A program is `Address(program="grow")`; deeper things fill more parts.

    A tuple, because a state is looked up by some hundred thousand of them.
    """

    program: str
    cohort: str = ""
    kind: str = ""
    id: str = ""

    def __str__(self) -> str:
        return "/".join(self if self.id else filter(None, self))

    def beside(self, kind: str, name: str) -> "Address":
        """The address of another thing of the same cohort."""
        return Address(self.program, self.cohort, kind, name)

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read what `str(address)` wrote. Raises ValueError on a text that has no such form."""
        return _parsed(text)

    @staticmethod
    def texts(addresses: "Iterable[Address]") -> list[str]:
        """Many addresses as text, in a third of the time."""
        return ["/".join(address if address.id else filter(None, address)) for address in addresses]

    @classmethod
    def parse_all(cls, texts: Iterable[str]) -> "list[Address]":
        """The addresses of many texts, as `parse` reads them: in half the time."""
        return [
            tuple.__new__(cls, parts) if len(parts) == 4 and all(parts) else _made(parts)  # noqa: PLR2004
            for parts in (text.split("/") for text in texts)
        ]


@lru_cache(maxsize=1 << 17)  # whoever reads a state meets each address several times
def _parsed(text: str) -> Address:
    return _made(text.split("/"))


def _made(parts: Sequence[str]) -> Address:
    if not all(parts) or len(parts) > 4 or len(parts) == 3:  # noqa: PLR2004
        raise ValueError(f"not an address: {'/'.join(parts)!r}")
    return Address(*parts)


def opaque_id(prefix: str, key: str, *founded_on: str) -> str:
    """A stable identifier that does not reveal what it was founded on, e.g. `m3f9a01c2b7d4e8`.

    `key` is the workspace id: the same person gets another id in another workspace.
    """
    digest = blake2b(digest_size=_ID_BYTES, key=key.encode()[:64])
    for part in founded_on:
        data = part.encode()
        digest.update(len(data).to_bytes(4, "big"))
        digest.update(data)
    return prefix + digest.hexdigest()
