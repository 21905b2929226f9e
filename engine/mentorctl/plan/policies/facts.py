"""The facts of a plan, for one program: the values behind the names of `spec.policy_facts`."""

from collections.abc import Mapping
from datetime import date

from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.plan.consequences import Impact, Measures, Moved, ProgramConsequences
from mentorctl.plan.impact import impact_counts
from mentorctl.plan.model import Plan
from mentorctl.rules.expressions.types import Value
from mentorctl.spec.policy_facts import IMPACTS
from mentorctl.spec.support import Limit
from mentorctl.state.model import ProgramRecord

_WHOLE = 100.0
_NOTICED = (
    Impact.INFORMED,
    Impact.RESCHEDULED,
    Impact.RE_MATCHED,
    Impact.UN_MATCHED,
    Impact.WITHDRAWN,
    Impact.ERASED,
)


def facts_of(
    plan: Plan, program: str, compiled: CompiledProgram | None, before: ProgramRecord | None
) -> Mapping[str, Value]:
    """What is known of the plan for a program, by name. `before` is how the program was last applied."""
    told = next((c for c in plan.consequences if c.program == program), None)
    seen = told or ProgramConsequences(program=program, people=0, before=Measures(), after=Measures())
    changes = [c for c in plan.changes if c.address.program == program]
    migrations = [m for m in plan.migrations if m.program == program]
    counts = dict(seen.impact) if told else impact_counts(changes, migrations)
    hit = {word: counts.get(Impact(word.replace("_", "-")), 0) for word in IMPACTS}
    people = max(seen.people, sum(hit.values()))
    spec = compiled.program if compiled else None
    return {
        "program": program,
        "owner": spec.owner if spec else before.owner if before else "",
        "mode": spec.mode.value if spec else "live",
        "day": date.fromisoformat(plan.as_of),
        "is_new": before is None,
        "is_undo": bool(plan.undoes),
        "limits_loosened": loosened(before.limits if before else (), spec.limits if spec else ()),
        "files": frozenset(c.span.file for c in changes if c.span and c.span.file),
        "people": people,
        "touched": sum(counts.get(impact, 0) for impact in _NOTICED),
        **{f"impact.{word}": number for word, number in hit.items()},
        **{f"share.{word}": _share(number, people) for word, number in hit.items()},
        **_churn(seen),
        "messages": len(seen.tellings),
        "told": sum(one.people for one in seen.tellings),
        "carried": sum(moved.count for m in migrations for moved in m.census),
        **{
            f"drift.{kind.value}": sum(d.people for d in plan.drift if (d.program, d.kind) == (program, kind))
            for kind in Moved
        },
        **_measures("before", seen.before),
        **_measures("after", seen.after),
    }


def loosened(kept: tuple[Limit, ...], written: tuple[Limit, ...]) -> bool:
    """Whether a limit of the last apply is gone from the file or allows more in it."""
    now = {limit.what: limit for limit in written}
    return any(limit.what not in now or _allows_more(now[limit.what], limit) for limit in kept)


def _allows_more(now: Limit, before: Limit) -> bool:
    people = before.people is not None and (now.people is None or now.people > before.people)
    return people or (bool(before.share) and (not now.share or _percent(now.share) > _percent(before.share)))


def _percent(share: str) -> float:
    return float(share.removesuffix("%"))


def _churn(seen: ProgramConsequences) -> dict[str, Value]:
    churn, calendar = seen.churn, seen.calendar
    return {
        "churn.kept": churn.kept,
        "churn.made": churn.made,
        "churn.ended": churn.ended,
        "churn.ended_announced": churn.ended_announced,
        "churn.ended_met": churn.ended_met,
        "calendar.added": calendar.added,
        "calendar.moved": calendar.moved,
        "calendar.cancelled": calendar.cancelled,
        "calendar.people": calendar.people,
    }


def _measures(side: str, seen: Measures) -> dict[str, Value]:
    return {
        f"{side}.mentees": seen.mentees,
        f"{side}.matched": seen.matched,
        f"{side}.match_rate": _share(seen.matched, seen.mentees) if seen.mentees else _WHOLE,
        f"{side}.mentors": seen.mentors,
        f"{side}.matches": seen.matches,
        f"{side}.score_lowest": seen.score_lowest,
        f"{side}.score_average": round(seen.score_total / seen.matches, 6) if seen.matches else 0,
        f"{side}.fairness_gap": None if seen.fairness_gap is None else seen.fairness_gap / _WHOLE,
    }


def _share(part: int, whole: int) -> float:
    return round(_WHOLE * part / whole, 6) if whole else 0.0
