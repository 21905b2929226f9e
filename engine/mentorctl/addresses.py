"""The one name of every live thing: `program/cohort/kind/id`, in plan, state, events and messages.

Identifiers of people, matches and sessions are opaque: keyed hashes of what they stand for, so that plans and
states can be read by reviewers without carrying names, e-mail addresses or employee numbers.
"""

from functools import lru_cache
from hashlib import blake2b

from mentorctl.values import dataclass

_ID_BYTES = 7  # 56 bits: 50,000 people collide with probability 2e-8, and a collision is refused when read


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Address:
    """Where a thing lives. A program is `Address(program="grow")`; deeper things fill more parts."""

    program: str
    cohort: str = ""
    kind: str = ""
    id: str = ""

    def __str__(self) -> str:
        if self.cohort and self.kind and self.id:  # nearly always
            return f"{self.program}/{self.cohort}/{self.kind}/{self.id}"
        return "/".join(part for part in (self.program, self.cohort, self.kind, self.id) if part)

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read what `str(address)` wrote. Raises ValueError on a text that has no such form."""
        return _parsed(text)


@lru_cache(maxsize=1 << 17)  # whoever reads a state meets each address several times
def _parsed(text: str) -> Address:
    parts = text.split("/")
    if not all(parts) or len(parts) > 4 or len(parts) == 3:  # noqa: PLR2004
        raise ValueError(f"not an address: {text!r}")
    program, cohort, kind, name = (*parts, "", "", "")[:4]
    return Address(program=program, cohort=cohort, kind=kind, id=name)


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
