"""The answer of the gate, what happened to a store since, and what limits and policies say, as text and JSON."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mentorctl.plan.consequences import Impact
from mentorctl.plan.gate import Gate, Outcome, still
from mentorctl.plan.limits import WORDS
from mentorctl.plan.model import Plan
from mentorctl.plan.verdicts import Breach, PolicyResult
from mentorctl.render.style import Style, plain
from mentorctl.spec.policies import Effect

_SHOWN = 12  # characters of an item that tell it apart by eye
_HEADLINES = {
    Outcome.RETAINED: "what was approved is what would happen",
    Outcome.SUPERSEDED: "what was approved is not what would happen",
    Outcome.CLEARED: "nothing is left to do, so nobody has to decide",
}
_QUIET = (Impact.NONE, Impact.INTERNAL)


def gate_text(answer: Gate, since: Sequence[str], style: Style) -> str:
    """The outcome first, then why, and what of the approval still stands."""
    dress = {Outcome.RETAINED: style.added, Outcome.SUPERSEDED: style.removed, Outcome.CLEARED: style.note}
    lines = [f"{dress[answer.outcome](answer.outcome.value)}: {_HEADLINES[answer.outcome]}"]
    lines.append(f"  approved  {plain(answer.approved)}")
    if answer.now != answer.approved:
        lines.append(f"  now       {plain(answer.now)}")
    if answer.causes:
        lines += ["", style.strong("What moved")]
        lines += [f"  {plain(one.what)} {plain(one.detail)}" for one in answer.causes]
    if since:
        lines += ["", style.strong("What happened since")]
        lines += [f"  {plain(line)}" for line in since]
    lines += _parts(answer, style)
    if answer.stands and answer.outcome is Outcome.SUPERSEDED:
        lines += ["", style.strong("Policies that found the same as before; what was said of them stands")]
        lines += [f"  {policy} for {program}" for policy, program in answer.stands]
    return "\n".join(lines)


def _parts(answer: Gate, style: Style) -> Iterator[str]:
    told = [part for part in answer.parts if part.impact not in _QUIET]
    if answer.outcome is not Outcome.SUPERSEDED or not told:
        return
    kept = still(told)
    yield ""
    yield style.strong(f"Part for part: {len(kept)} of {len(told)} as approved")
    for part in told:
        yield f"  {part.program}  {part.impact.value}  {part.outcome}"


def gate_json(answer: Gate, since: Sequence[str]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "outcome": answer.outcome.value,
        "approved": answer.approved,
        "digest": answer.now,
        "causes": [{"kind": one.kind, "what": one.what, "detail": one.detail} for one in answer.causes],
        "since": list(since),
        "parts": [{"program": one.program, "impact": one.impact.value, "outcome": one.outcome} for one in answer.parts],
        "stands": [{"policy": policy, "program": program} for policy, program in answer.stands],
    }


def verdict_text(plan: Plan, style: Style) -> str:
    """The limits that a plan exceeds and the policies that hold for it; empty where there are none."""
    return "\n".join([*_limits(plan.limits, style), *_policies(plan.policies, style), *_remains(plan, style)])


def _limits(limits: Sequence[Breach], style: Style) -> Iterator[str]:
    if limits:
        yield ""
        yield style.strong("Limits that it exceeds")
    for one in limits:
        where = " (as last applied)" if one.kept else ""
        yield (
            f"  {style.removed(one.program)}  {one.people:,} people {WORDS[one.what]}; `{one.what}` allows "
            f"{one.allowed} of {one.applicants}{where}"
        )


def _policies(results: Sequence[PolicyResult], style: Style) -> Iterator[str]:
    told = [one for one in results if one.effect is not Effect.AUDIT]
    if told:
        yield ""
        yield style.strong("Policies that hold for it")
    for one in told:
        yield f"  {_effect(one, style)} {one.policy} for {one.program}: {plain(one.because)}"
        facts = ", ".join(f"{name} is {value or 'empty'}" for name, value in one.facts)
        yield style.faint(f"    {plain(facts)}  [{one.item.rpartition(':')[2][:_SHOWN]}]")
        if one.excepted:
            yield style.faint(f"    excepted until {one.until}: {plain(one.excepted)}")
    if exceptions := sum(1 for one in results if one.excepted):
        yield style.faint(f"  {exceptions} exception{'' if exceptions == 1 else 's'}")


def _effect(one: PolicyResult, style: Style) -> str:
    if one.excepted:
        return style.faint("excepted")
    match one.effect:
        case Effect.DENY:
            return style.removed("refused by")
        case Effect.REQUIRE:
            return style.changed(f"needs {', '.join(one.approvals)}:")
        case Effect.WARN:
            return style.changed("warned by")
        case Effect.AUDIT:
            return style.faint("seen by")


def _remains(plan: Plan, style: Style) -> Iterator[str]:
    if plan.undoes:
        yield ""
        yield style.strong("What it cannot take back" if plan.remains else "It takes back everything")
    for one in plan.remains:
        yield f"  {one.count:,} {plain(one.what)}: {plain(one.why)}"


def held_text(messages: int) -> str:
    """What is said after an apply whose messages wait."""
    if not messages:
        return ""
    waiting = "1 message waits" if messages == 1 else f"{messages:,} messages wait"
    return f"{waiting} in the outbox; `mentorctl messages release` lets them go"


def listed(lines: Iterable[str], *, most: int) -> tuple[str, ...]:
    """The last lines of many, with how many came before."""
    every = tuple(lines)
    if len(every) <= most:
        return every
    return (f"{len(every) - most} earlier", *every[-most:])
