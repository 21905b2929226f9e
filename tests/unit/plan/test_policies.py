"""Policies: facts of a plan, rules over them, what follows on which day, and what an approval sticks to."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mentorctl.plan.consent import Consent
from mentorctl.plan.consequences import (
    CalendarMoves,
    Churn,
    Drift,
    Impact,
    Measures,
    Moved,
    ProgramConsequences,
    Telling,
)
from mentorctl.plan.gate import Approved, gate
from mentorctl.plan.model import Plan
from mentorctl.plan.policies.evaluate import policy_results
from mentorctl.plan.policies.facts import facts_of
from mentorctl.rules.expressions.types import Kind
from mentorctl.spec.policies import Effect, PolicyException, PolicyRule
from mentorctl.spec.policy_facts import FACTS
from mentorctl.state.model import empty_snapshot

from .small import LATER_IN_MATCHING, MATCHING, MENTEES, Live, World

DAY = date(2027, 1, 27)
HEAD = "mentorctl: policy/v1\npolicies:\n"
ASKED = HEAD + (
    "  - id: ask\n    when: impact.informed > 2\n    effect: require\n    approvals: [owner, staff]\n    because: told\n"
)


def _plan() -> Plan:
    """A plan of two pairs, with consequences as they might be."""
    made = Live().plan(MATCHING)
    seen = ProgramConsequences(
        program="grow",
        people=40,
        impact=((Impact.INFORMED, 6), (Impact.UN_MATCHED, 2)),
        before=Measures(mentees=10, matched=9, matches=9, score_total=90, score_lowest=4),
        after=Measures(mentees=10, matched=7, matches=7, score_total=91, score_lowest=5, fairness_gap=1250),
        churn=Churn(kept=6, made=1, ended=3, ended_announced=2, ended_met=1),
        calendar=CalendarMoves(added=4, moved=3, cancelled=2, people=11),
        tellings=(
            Telling(
                cohort="winter", when="", message="m", template="m", channel="email", occasion="match.ended", people=5
            ),
        ),
    )
    drift = Drift(program="grow", cohort="winter", kind=Moved.ROSTER, what="mentees came", people=3, matters=True)
    return replace(made, consequences=(seen,), drift=(drift,))


def _rule(when: str, effect: Effect = Effect.DENY, **more: object) -> PolicyRule:
    return PolicyRule(id="r", when=when, effect=effect, because="it matters", **more)  # type: ignore[arg-type]


def _holds(when: str, plan: Plan | None = None) -> bool:
    programs = Live().world.load().programs
    return bool(policy_results([_rule(when)], plan or _plan(), programs, empty_snapshot("acme"), DAY))


def test_every_fact_has_a_value_of_its_type() -> None:
    """The catalog of names and the values behind them are the same list, type for type."""
    facts = facts_of(_plan(), "grow", Live().world.load().programs[0], None)
    assert list(facts) == [fact.name for fact in FACTS] or set(facts) == {fact.name for fact in FACTS}
    kinds = {
        Kind.NUMBER: (int, float),
        Kind.BOOL: (bool,),
        Kind.TEXT: (str,),
        Kind.SET: (frozenset,),
        Kind.DATE: (date,),
    }
    for fact in FACTS:
        value = facts[fact.name]
        assert value is None if fact.optional and value is None else isinstance(value, kinds[fact.type.kind]), fact.name


@pytest.mark.parametrize(
    "when",
    [
        "program == 'grow' && owner == 'people_development' && mode == 'live'",
        "day == date('2027-01-27') && is_new && !is_undo && !limits_loosened",
        "people == 40 && touched == 8",
        "impact.un_matched == 2 && impact.withdrawn == 0 && share.un_matched == 5",
        "churn.ended == 3 && churn.ended_announced == 2 && churn.ended_met == 1 && churn.kept == 6 && churn.made == 1",
        "calendar.added + calendar.moved + calendar.cancelled == 9 && calendar.people == 11",
        "messages == 1 && told == 5 && carried == 0",
        "drift.roster == 3 && drift.state == 0",
        "before.match_rate == 90 && after.match_rate == 70 && after.match_rate < before.match_rate",
        "before.score_average == 10 && after.score_average == 13 && after.score_lowest == 5",
        "has(after.fairness_gap) && after.fairness_gap == 12.5 && !has(before.fairness_gap)",
        "size(files) == 0 || 'programs/0.yaml' in files",
    ],
)
def test_facts_say_what_the_plan_does(when: str) -> None:
    """Each name has the number that the consequences of the plan have."""
    assert _holds(when)
    assert not _holds(f"!({when})")


def test_only_programs_that_change_are_asked() -> None:
    """A plan that leaves a program alone is held against nothing."""
    assert not _holds("true || people >= 0", replace(_plan(), changes=(), migrations=()))


@pytest.mark.parametrize(
    ("effect", "day", "wanted"),
    [
        (Effect.DENY, "2027-01-31", Effect.WARN),
        (Effect.DENY, "2027-02-01", Effect.DENY),
        (Effect.REQUIRE, "2027-01-31", Effect.WARN),
        (Effect.WARN, "2027-01-31", Effect.WARN),
        (Effect.AUDIT, "2027-01-31", Effect.AUDIT),
    ],
)
def test_a_new_policy_warns_first(effect: Effect, day: str, wanted: Effect) -> None:
    """Until the day before it is enforced a policy only warns; one that only watches goes on watching."""
    rule = _rule("people > 0", effect, enforce_from=date(2027, 2, 1))
    (result,) = policy_results(
        [rule], _plan(), Live().world.load().programs, empty_snapshot("acme"), date.fromisoformat(day)
    )
    assert result.effect is wanted


@pytest.mark.parametrize(("day", "counts"), [("2027-06-30", False), ("2027-07-01", True)])
def test_an_exception_covers_a_program_until_the_end_of_a_day(day: str, counts: bool) -> None:
    """An excepted result is still there, with the reason; after the last day it counts."""
    exception = PolicyException(program="grow", because="pilot", until=date(2027, 6, 30), path=())
    other = replace(exception, program="another")
    for exceptions, wanted in (((exception,), counts), ((other,), True)):
        (result,) = policy_results(
            [_rule("people > 0", exceptions=exceptions)],
            _plan(),
            Live().world.load().programs,
            empty_snapshot("acme"),
            date.fromisoformat(day),
        )
        assert result.counts is wanted
        assert (result.excepted, result.until) == (("", "") if wanted else ("pilot", "2027-06-30"))


def _asking(world: World) -> Live:
    return Live(world=replace(world, policies=ASKED))


def test_what_is_required_is_asked_for_role_by_role() -> None:
    """Every role has to agree; while a plan is only shown nobody is asked."""
    live = _asking(World())
    assert live.judged(MATCHING) == ["MC7042"]
    assert live.judged(MATCHING, asks=False) == []
    assert live.judged(MATCHING, Consent(approved_by=("owner",))) == ["MC7042"]
    assert live.judged(MATCHING, Consent(approved_by=("owner", "staff"))) == []


def test_a_denial_cannot_be_talked_away() -> None:
    """Neither approvals nor acceptance let a plan through that a policy denies."""
    live = Live(
        world=replace(World(), policies=ASKED.replace("require", "deny").replace("    approvals: [owner, staff]\n", ""))
    )
    said = Consent(accepted=(("informed", 99),), approved_by=("owner", "staff"))
    assert live.judged(MATCHING, said) == ["MC7041"]


def test_an_approval_sticks_to_what_was_found() -> None:
    """Another day and an unrelated change leave the item as it was; other people in what it reads do not."""
    live = _asking(World())
    before = live.plan(MATCHING)
    (item,) = (result.item for result in before.policies)
    assert item.startswith("mcp1:sha256:")

    later = live.plan(LATER_IN_MATCHING)
    assert [result.item for result in later.policies] == [item]
    answer = gate(Approved(digest=before.digest, plan=before), later)
    assert answer.stands == (("ask", "grow"),)

    live.world = live.world.with_rosters(mentees=MENTEES.replace("e3,Finance", "e9,Finance"))
    others = live.plan(MATCHING)
    assert [result.facts for result in others.policies] == [result.facts for result in before.policies]
    assert [result.item for result in others.policies] != [item]
    assert gate(Approved(digest=before.digest, plan=before), others).stands == ()


def test_the_page_lists_every_fact() -> None:
    """docs/policies.md has a line for each name, with what it says."""
    page = (Path(__file__).resolve().parents[3] / "docs" / "policies.md").read_text(encoding="utf-8")
    for fact in FACTS:
        line = next((line for line in page.splitlines() if line.startswith(f"| `{fact.name}` |")), "")
        assert fact.meaning in line, fact.name
