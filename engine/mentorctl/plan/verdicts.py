"""What limits and policies say of a plan, and what an undo leaves, as values. They are part of a saved plan."""

from mentorctl.spec.policies import Effect
from mentorctl.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A limit that the plan exceeds: how many people, of how many applicants, and how many are allowed.

    `what` is the word of the limit. `kept`: it is the limit of the last apply, which the file has changed or lost.
    """

    program: str
    what: str
    people: int
    allowed: int
    applicants: int
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyResult:
    """A policy that holds for what the plan does in a program, and what follows from it on this day.

    `item` is the digest of what it found: while that is the same, so is what was approved. `facts` are those that the
    policy reads, as text. With `excepted`, a reason, it does not count until the day `until`.
    """

    policy: str
    program: str
    effect: Effect
    because: str
    approvals: tuple[str, ...]
    item: str
    facts: tuple[tuple[str, str], ...]
    excepted: str = ""
    until: str = ""

    @property
    def counts(self) -> bool:
        return not self.excepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """A part of an apply that a plan cannot take back: what, how often, and why not."""

    what: str
    count: int
    why: str
