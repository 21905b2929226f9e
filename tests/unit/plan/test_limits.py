"""Limits: counted in people, kept with the program, and not to be taken away together with what they would stop."""

from dataclasses import replace

import pytest

from mentorctl.addresses import Address
from mentorctl.plan.consent import Consent
from mentorctl.plan.limits import counted
from mentorctl.plan.policies.facts import loosened
from mentorctl.spec.support import Limit
from mentorctl.state.model import ProgramRecord

from .small import ACTIVE, MATCHING, MENTORS, Live, changed, without_rows

LIMITED = ("cohorts:\n", "limits: {un_matched: {max: 0}}\ncohorts:\n")


def _without_a_mentor(limits: tuple[str, str]) -> Live:
    """Three pairs under some limits, and then a mentor who is gone from the roster."""
    live = Live()
    live.world = live.world.with_program(limits)
    live.apply(MATCHING)
    live.world = live.world.with_rosters(mentors=without_rows(MENTORS, "r2"))
    return live


def _record(live: Live) -> ProgramRecord:
    record = live.snapshot.by_address[Address(program="grow")]
    assert isinstance(record, ProgramRecord)
    return record


def test_limits_are_kept_with_the_program() -> None:
    """After an apply the state has the limits of the file; a program without any keeps none."""
    live = Live()
    live.apply(MATCHING)
    assert _record(live).limits == ()
    live.world = live.world.with_program(LIMITED)
    live.apply(MATCHING)
    assert _record(live).limits == (Limit(what="un_matched", people=0),)


def test_a_limit_stops_what_the_roster_does_as_well() -> None:
    """Whoever leaves the roster takes a match away; the limit counts the people, whatever the cause."""
    live = _without_a_mentor(LIMITED)
    breach = live.plan(ACTIVE).limits[0]
    assert (breach.program, breach.what, breach.people, breach.allowed, breach.kept) == (
        "grow", "un_matched", 1, 0, False,
    )  # fmt: skip
    assert live.judged(ACTIVE) == ["MC7011"]


@pytest.mark.parametrize("now", ["", "limits: {un_matched: {max: 5}}\n"], ids=["deleted", "raised"])
def test_deleting_or_raising_the_limit_with_the_change_does_not_help(now: str) -> None:
    """The limit of the last apply still counts, and is said to; applied by itself first, the change gives way."""
    live = _without_a_mentor(LIMITED)
    at_once = replace(live.world, programs=(changed(live.world.programs[0], (LIMITED[1], f"{now}cohorts:\n")),))
    before = live.world.with_rosters(mentors=MENTORS)
    live.world = at_once
    assert [(b.what, b.kept) for b in live.plan(ACTIVE).limits] == [("un_matched", True)]
    assert live.judged(ACTIVE) == ["MC7011"]

    live.world = replace(before, programs=at_once.programs)
    assert live.judged(ACTIVE) == []
    live.apply(ACTIVE)
    live.world = at_once
    assert live.judged(ACTIVE) == []


def test_a_protected_program_has_limits_of_nobody() -> None:
    """`protect: true` stands for limits of nobody, is kept like them, and is not lifted together with the change."""
    live = _without_a_mentor(("cohorts:\n", "protect: true\ncohorts:\n"))
    assert {limit.what for limit in _record(live).limits} == {"un_matched", "re_matched", "withdrawn", "erased"}
    assert {limit.people for limit in _record(live).limits} == {0}
    live.world = live.world.with_program(("protect: true\n", ""))
    assert {b.what for b in live.plan(ACTIVE).limits} == {"un_matched", "withdrawn"}


def test_what_is_accepted_is_counted() -> None:
    """Exactly as many as are accepted may be touched; one more is a question to a person again."""
    live = _without_a_mentor(LIMITED)
    assert counted(live.plan(ACTIVE))["un-matched"] == 1
    assert live.judged(ACTIVE, Consent(accepted=(("un-matched", 1),))) == []
    assert live.judged(ACTIVE, Consent(accepted=(("un-matched", 14),))) == []
    assert live.judged(ACTIVE, Consent(accepted=(("un-matched", 0),))) == ["MC7045"]
    assert live.judged(ACTIVE, Consent(accepted=(("withdrawn", 1),))) == ["MC7011"]


def test_accepting_binds_without_a_limit_too() -> None:
    """Who accepts so many and not more means it, whether or not a limit asks."""
    live = _without_a_mentor(("cohorts:\n", "cohorts:\n"))
    assert live.judged(ACTIVE) == []
    assert live.judged(ACTIVE, Consent(accepted=(("withdrawn", 0),))) == ["MC7045"]


@pytest.mark.parametrize(
    ("kept", "written", "is_looser"),
    [
        ((), (), False),
        ((), (Limit(what="withdrawn", people=1),), False),
        ((Limit(what="withdrawn", people=1),), (), True),
        ((Limit(what="withdrawn", people=1),), (Limit(what="withdrawn", people=1),), False),
        ((Limit(what="withdrawn", people=1),), (Limit(what="withdrawn", people=0),), False),
        ((Limit(what="withdrawn", people=1),), (Limit(what="withdrawn", people=2),), True),
        ((Limit(what="withdrawn", people=1),), (Limit(what="withdrawn", share="50%"),), True),
        ((Limit(what="withdrawn", share="10%"),), (Limit(what="withdrawn", share="9%"),), False),
        ((Limit(what="withdrawn", share="10%"),), (Limit(what="withdrawn", share="11%"),), True),
        ((Limit(what="withdrawn", share="10%"),), (Limit(what="withdrawn", people=3),), True),
        ((Limit(what="withdrawn", people=3),), (Limit(what="withdrawn", people=3, share="10%"),), False),
    ],
)
def test_what_counts_as_loosened(kept: tuple[Limit, ...], written: tuple[Limit, ...], is_looser: bool) -> None:
    """A limit is loosened when it is gone, or allows more in a number or a share."""
    assert loosened(kept, written) is is_looser
