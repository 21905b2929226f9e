"""Whether an approval still stands: the plan that was approved against one that is made now.

An approval is given for effects. When they are the same it is retained, whatever else moved; when they are others it is
superseded, and said is what moved and which part is as it was; when nothing is left to do it is cleared, and nobody has
to decide anything.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from mentorctl.plan.consequences import Impact
from mentorctl.plan.model import Plan
from mentorctl.plan.policies.evaluate import stands
from mentorctl.values import dataclass

_DIGEST = re.compile(r"(?P<encoding>[a-z]+[0-9]+):(?P<kind>[a-z0-9]+):(?P<digits>[0-9a-f]{64})")
_SHOWN = 12


class Outcome(StrEnum):
    """What became of an approval."""

    RETAINED = "retained"
    SUPERSEDED = "superseded"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """What was approved: the digest of effects, and the plan if it is at hand."""

    digest: str
    plan: Plan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One thing that is other than when the approval was given. `kind` is a word, `what` names the thing."""

    kind: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The effects of one impact in one program: whether they are as approved, other, new, or gone."""

    program: str
    impact: Impact
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The answer: what became of the approval, why, and part for part.

    `stands` are the policies, by (policy, program), that found the same as before: what was said of them holds.
    """

    outcome: Outcome
    approved: str
    now: str
    causes: tuple[Moved, ...] = ()
    parts: tuple[Part, ...] = ()
    stands: tuple[tuple[str, str], ...] = ()


def is_digest(text: str) -> bool:
    """Whether a text is a digest of effects, of this encoding or of another."""
    return _DIGEST.fullmatch(text) is not None


def gate(approved: Approved, now: Plan) -> Gate:
    """What became of an approval, given the plan that is made from the files, the people and the state of now."""
    before = approved.plan
    same_place = before is None or (before.workspace == now.workspace and _is_one_store(before, now))
    if same_place and approved.digest == now.digest:
        outcome = Outcome.RETAINED
    elif same_place and now.is_empty and _encoding(approved.digest) == _encoding(now.digest):
        outcome = Outcome.CLEARED
    else:
        outcome = Outcome.SUPERSEDED
    items = {(r.policy, r.program): r.item for r in before.policies} if before else {}
    return Gate(
        outcome=outcome,
        approved=approved.digest,
        now=now.digest,
        causes=() if outcome is Outcome.RETAINED else tuple(_causes(approved, now)),
        parts=tuple(_parts(before, now)) if before else (),
        stands=tuple((r.policy, r.program) for r in now.policies if stands(r, items)),
    )


def _is_one_store(before: Plan, now: Plan) -> bool:
    """A store that was never written has no name yet."""
    return not before.lineage or not now.lineage or before.lineage == now.lineage


def _encoding(text: str) -> str:
    found = _DIGEST.fullmatch(text)
    return found["encoding"] + found["kind"] if found else ""


def _causes(approved: Approved, now: Plan) -> Iterator[Moved]:
    if _encoding(approved.digest) != _encoding(now.digest):
        yield Moved(
            kind="encoding",
            what=approved.digest.partition(":")[0],
            detail="digests of different encodings are never equal; make the plan again with this version",
        )
    before = approved.plan
    if before is None:
        return
    if before.workspace != now.workspace:
        yield Moved(kind="workspace", what=before.workspace, detail=f"this is `{now.workspace}`")
    if not _is_one_store(before, now):
        yield Moved(kind="store", what=before.lineage[:_SHOWN], detail=f"this store is `{now.lineage[:_SHOWN]}`")
    yield from read_set_moves(before.read_set, now.read_set)
    if before.valid_until and now.as_of > before.valid_until:
        because = f" ({before.valid_because})" if before.valid_because else ""
        yield Moved(kind="day", what=before.valid_until, detail=f"was the last day of the plan{because}")
    elif before.as_of != now.as_of:
        yield Moved(kind="day", what=before.as_of, detail=f"was the day of the plan; this is {now.as_of}")
    if before.serial != now.serial:
        yield Moved(
            kind="state", what=f"serial {before.serial}", detail=f"was the state of the plan; it is at {now.serial}"
        )


def read_set_moves(before: Sequence[tuple[str, str]], now: Sequence[tuple[str, str]]) -> Iterator[Moved]:
    """What a plan depended on and is other now, in the order of names."""
    old, new = dict(before), dict(now)
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield Moved(kind="read-set", what=name, detail="is gone")
        elif name not in old:
            yield Moved(kind="read-set", what=name, detail="is new")
        elif old[name] != new[name]:
            yield Moved(kind="read-set", what=name, detail=_how(old[name], new[name]))


def _how(old: str, new: str) -> str:
    """How a fingerprint moved; those of people begin with their number."""
    was, _, rest = old.partition(":")
    now = new.partition(":")[0]
    counted = bool(rest) and was.isdigit() and now.isdigit()
    return f"changed from {was} to {now}" if counted and was != now else "changed"


def _parts(before: Plan, now: Plan) -> Iterator[Part]:
    """Each program and impact: what was approved of it stands where its effects are the same."""
    old, new = _by_part(before), _by_part(now)
    order = {impact: number for number, impact in enumerate(Impact)}
    for program, impact in sorted(old.keys() | new.keys(), key=lambda part: (part[0], order[part[1]])):
        was, is_now = old.get((program, impact)), new.get((program, impact))
        outcome = "new" if was is None else "gone" if is_now is None else "retained" if was == is_now else "changed"
        yield Part(program=program, impact=impact, outcome=outcome)


def _by_part(plan: Plan) -> Mapping[tuple[str, Impact], str]:
    return {(program, impact): text for program, impact, text in plan.digests}


def still(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts that are as approved."""
    return tuple(part for part in parts if part.outcome == "retained")
