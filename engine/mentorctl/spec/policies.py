"""What reviewers agreed on beforehand, as frozen values: rules over what a plan does, and the exceptions to them."""

from datetime import date
from enum import StrEnum

from mentorctl.diagnostics import FieldPath
from mentorctl.values import dataclass


class Effect(StrEnum):
    """What becomes of a plan for which a rule holds, the strictest first."""

    DENY = "deny"
    REQUIRE = "require"
    WARN = "warn"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyException:
    """A rule does not count for a program, for a reason, until the end of a day."""

    program: str
    because: str
    until: date
    path: FieldPath

    def covers(self, program: str, day: date) -> bool:
        return self.program == program and day <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRule:
    """When `when` holds for what a plan does in a program, then `effect`. `approvals` are the roles that may agree.

    Before the day `enforce_from` it only warns. `document` and `path` say where it is written.
    """

    id: str
    when: str
    effect: Effect
    because: str
    approvals: tuple[str, ...] = ()
    enforce_from: date | None = None
    exceptions: tuple[PolicyException, ...] = ()
    document: str = ""
    path: FieldPath = ()

    def effect_on(self, day: date) -> Effect:
        """What it does on a day: a rule that is not enforced yet warns, and one that only watches goes on watching."""
        early = self.enforce_from is not None and day < self.enforce_from
        return Effect.WARN if early and self.effect in (Effect.DENY, Effect.REQUIRE) else self.effect
