"""The rules of a workspace against a plan: which hold, in which program, and what follows on a day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.plan.consequences import Impact
from mentorctl.plan.limits import last_applied
from mentorctl.plan.model import Plan
from mentorctl.plan.policies.facts import facts_of
from mentorctl.plan.verdicts import PolicyResult
from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.closure import to_closure
from mentorctl.rules.expressions.types import Value
from mentorctl.spec.policies import PolicyRule
from mentorctl.spec.policy_facts import SCOPE
from mentorctl.state.codec import digest
from mentorctl.state.model import Snapshot

ENCODING = "mcp1"  # of what a policy found; items of different encodings are never equal
_OF_A_DAY = frozenset({"day"})  # facts that change although what was approved does not
_ENDING = frozenset({Impact.RE_MATCHED, Impact.UN_MATCHED, Impact.WITHDRAWN})
_CALENDAR = frozenset({Impact.RESCHEDULED, Impact.INFORMED})


def policy_results(
    rules: Sequence[PolicyRule],
    plan: Plan,
    programs: Iterable[CompiledProgram],
    snapshot: Snapshot,
    day: date,
) -> tuple[PolicyResult, ...]:
    """Every rule that holds, by program; rules must have passed their checks. What a plan leaves alone is not asked."""
    known = {compiled.program.id: compiled for compiled in programs}
    before = last_applied(snapshot, plan)
    compiled_rules = [(rule, compile_expression(rule.when, SCOPE)[0]) for rule in rules]
    found = []
    for program in touched(plan) if rules else ():
        facts = facts_of(plan, program, known.get(program), before.get(program))
        for rule, expression in compiled_rules:
            if expression is None:
                raise ValueError(f"the policy `{rule.id}` did not pass its checks")
            if to_closure(expression)(facts):
                read = [(variable.name, facts[variable.name]) for variable in expression.variables]
                found.append(_result(rule, plan, program, read, day))
    return tuple(found)


def touched(plan: Plan) -> tuple[str, ...]:
    """The programs that a plan changes."""
    return tuple(sorted({c.address.program for c in plan.changes} | {m.program for m in plan.migrations}))


def _result(rule: PolicyRule, plan: Plan, program: str, read: Sequence[tuple[str, Value]], day: date) -> PolicyResult:
    said = tuple(sorted((name, _text(value)) for name, value in read))
    exception = next((one for one in rule.exceptions if one.covers(program, day)), None)
    result = PolicyResult(
        policy=rule.id,
        program=program,
        effect=rule.effect_on(day),
        because=rule.because,
        approvals=rule.approvals,
        item=_item(rule, plan, program, said),
        facts=said,
    )
    return replace(result, excepted=exception.because, until=exception.until.isoformat()) if exception else result


def _item(rule: PolicyRule, plan: Plan, program: str, said: Sequence[tuple[str, str]]) -> str:
    """The digest of what was found: the rule, the facts that it reads, and the effects that these are about."""
    facts = [[name, value] for name, value in said if name not in _OF_A_DAY]
    classes = _classes([name for name, _ in said])
    effects = [[impact.value, text] for where, impact, text in plan.digests if where == program and impact in classes]
    parts = [rule.id, rule.when, rule.effect.value, sorted(rule.approvals), program, facts, effects]
    return digest(parts, f"{ENCODING}:sha256")


def _classes(names: Iterable[str]) -> frozenset[Impact]:
    """The classes of impact that facts tell of; those of a fact that could be about anything are all."""
    return frozenset(impact for name in names for impact in _told_by(name))


def _told_by(name: str) -> Iterator[Impact]:
    group, _, word = name.partition(".")
    if group in ("impact", "share"):
        yield Impact(word.replace("_", "-"))
    elif group == "churn":
        yield from _ENDING
    elif group == "calendar":
        yield from _CALENDAR
    else:
        yield from Impact


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


def stands(result: PolicyResult, earlier: Mapping[tuple[str, str], str]) -> bool:
    """Whether the same was found before, so that what was said of it stands."""
    return earlier.get((result.policy, result.program)) == result.item
