"""The gate: retained, superseded with its cause, or cleared; and part for part."""

from dataclasses import replace

import pytest

from mentorctl.plan.consequences import Impact
from mentorctl.plan.gate import Approved, Outcome, gate, is_digest, read_set_moves
from mentorctl.plan.model import Plan

from .small import LATER_IN_MATCHING, MATCHING, MENTEES, Live


def _approved(plan: Plan) -> Approved:
    return Approved(digest=plan.digest, plan=plan)


def test_the_same_effects_are_retained_whatever_else_moved() -> None:
    """Another day, another serial and another roster of people who do not matter keep an approval alive."""
    plan = Live().plan(MATCHING)
    later = replace(plan, as_of="2027-01-28", inputs="sha256:other", read_set=(("grow/winter/mentees", "9:a"),))
    answer = gate(_approved(plan), later)
    assert (answer.outcome, answer.causes) == (Outcome.RETAINED, ())
    assert {part.outcome for part in answer.parts} == {"retained"}


def test_other_effects_are_superseded_and_the_cause_is_named() -> None:
    """One mentee more changes the effects; what moved is named with how many there are."""
    live = Live()
    plan = live.plan(MATCHING)
    live.world = live.world.with_rosters(mentees=MENTEES + "e4,Finance,junior,,,writing,basics\n")
    answer = gate(_approved(plan), live.plan(LATER_IN_MATCHING))
    assert answer.outcome is Outcome.SUPERSEDED
    assert ("read-set", "grow/winter/mentees", "changed from 3 to 4") in [
        (one.kind, one.what, one.detail) for one in answer.causes
    ]
    assert ("day", "2027-01-27") in [(one.kind, one.what) for one in answer.causes]


def test_nothing_left_is_cleared() -> None:
    """When the plan was applied, or came true otherwise, nobody has to decide anything."""
    live = Live()
    plan = live.apply(MATCHING)
    answer = gate(_approved(plan), live.plan(MATCHING))
    assert answer.outcome is Outcome.CLEARED
    assert {part.outcome for part in answer.parts} == {"gone"}
    assert ("state", "serial 0") in [(one.kind, one.what) for one in answer.causes]


def test_digests_of_other_encodings_are_never_equal() -> None:
    """Not even for a plan with nothing to do: an approval of another version is not understood here."""
    plan = Live().plan(MATCHING)
    other = plan.digest.replace("mcd1:", "mcd2:")
    for now in (plan, replace(plan, changes=(), migrations=())):
        answer = gate(Approved(digest=other), now)
        assert answer.outcome is Outcome.SUPERSEDED
        assert [one.kind for one in answer.causes] == ["encoding"]


@pytest.mark.parametrize(("change", "kind"), [({"workspace": "other"}, "workspace"), ({"lineage": "other"}, "store")])
def test_an_approval_of_elsewhere_does_not_count(change: dict[str, str], kind: str) -> None:
    """The same digest for another workspace or another store is another decision."""
    live = Live()
    live.apply(MATCHING)
    plan = replace(live.plan(MATCHING), **change)  # type: ignore[arg-type]
    answer = gate(_approved(plan), live.plan(MATCHING))
    assert answer.outcome is Outcome.SUPERSEDED
    assert [one.kind for one in answer.causes] == [kind]


def test_parts_that_are_as_approved_are_told_from_those_that_are_not() -> None:
    """A part of low risk that moved does not touch the approval of another part."""
    plan = replace(
        Live().plan(MATCHING),
        digests=(("grow", Impact.INFORMED, "a"), ("grow", Impact.UN_MATCHED, "b"), ("other", Impact.INFORMED, "c")),
    )
    now = replace(
        plan,
        digest="mcd1:sha256:" + "0" * 64,
        digests=(("grow", Impact.INFORMED, "x"), ("grow", Impact.UN_MATCHED, "b"), ("new", Impact.INFORMED, "d")),
    )
    parts = gate(_approved(plan), now).parts
    assert [(part.program, part.impact.value, part.outcome) for part in parts] == [
        ("grow", "informed", "changed"),
        ("grow", "un-matched", "retained"),
        ("new", "informed", "new"),
        ("other", "informed", "gone"),
    ]


def test_what_a_plan_depended_on_is_compared_by_name() -> None:
    """New, gone, changed, and counted where the fingerprint begins with a number of people."""
    before = (("a", "3:x"), ("b", "3:x"), ("c", "z"), ("d", "1:y"))
    now = (("a", "5:y"), ("b", "3:y"), ("c", "z"), ("e", "1"))
    assert [(one.what, one.detail) for one in read_set_moves(before, now)] == [
        ("a", "changed from 3 to 5"),
        ("b", "changed"),
        ("d", "is gone"),
        ("e", "is new"),
    ]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("mcd1:sha256:" + "a" * 64, True),
        ("mcd2:sha256:" + "0" * 64, True),
        ("sha256:" + "a" * 64, False),
        ("mcd1:sha256:" + "a" * 63, False),
        ("mcd1:sha256:" + "A" * 64, False),
        ("", False),
    ],
)
def test_what_a_digest_looks_like(text: str, is_one: bool) -> None:
    """Of this encoding or another, but whole."""
    assert is_digest(text) is is_one
