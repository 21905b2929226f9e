"""Which cohorts are worked on, what becomes of those that are not, and what is no longer in the files."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mentorctl.state.model import CohortRecord, ProgramRecord, SessionRecord

from .small import (
    ACTIVE,
    AFTER_END,
    BEFORE_START,
    ENROLLING,
    LATER_IN_MATCHING,
    MATCHING,
    PROGRAM,
    WORKSPACE,
    Live,
    World,
    after_of,
    changed,
    enrollment_states,
    of_type,
)

TWO_COHORTS = ("  winter: {start: 2027-01-04}", "  winter: {start: 2027-01-04}\n  spring: {start: 2027-01-18}")


def test_the_first_plan_enrolls_everybody() -> None:
    """Program, cohort, enrollments and trainings are created; matching waits for its phase."""
    live = Live()
    plan = live.plan(ENROLLING)
    assert plan.lineage == ""
    assert plan.serial == 0
    assert {c.action for c in plan.changes} == {"+"}
    assert [type(c.after).__name__ for c in plan.changes] == (
        ["ProgramRecord", "CohortRecord"] + ["EnrollmentRecord"] * 6 + ["TrainingRecord"] * 6
    )
    assert [n.text for n in plan.notices] == ["matching opens on 2027-01-25 and closes on 2027-01-31"]
    assert plan.matchings == ()


def test_changes_are_in_the_order_of_addresses() -> None:
    """Whatever the order of people and programs."""
    plan = Live().plan(MATCHING)
    assert list(plan.changes) == sorted(plan.changes, key=lambda c: c.address)


@pytest.mark.parametrize("day", [ENROLLING, MATCHING, ACTIVE, BEFORE_START, AFTER_END])
def test_a_plan_that_is_applied_leaves_nothing_to_do(day: date) -> None:
    """On any day: planning after applying gives an empty plan, with the same digest twice."""
    live = Live()
    first = live.plan(day)
    assert live.plan(day) == first
    live.apply(day)
    second = live.plan(day)
    assert second.is_empty
    assert second.serial == 1
    assert second.digest != first.digest


def test_a_cohort_that_has_not_begun_waits() -> None:
    """Only the program is recorded, and the notice says when the cohort begins."""
    plan = Live().plan(BEFORE_START)
    assert [type(c.after) for c in plan.changes] == [ProgramRecord]
    assert [n.text for n in plan.notices] == ["begins on 2027-01-04"]


@pytest.mark.parametrize("day", [BEFORE_START, AFTER_END])
def test_outside_its_dates_a_cohort_stays_as_it_is(day: date) -> None:
    """Even when the roster and the rules change, nobody is touched before and after."""
    live = Live()
    live.apply(MATCHING)
    live.world = live.world.with_rosters(
        mentees="id,department,level,manager,availability,wants,done\ne9,x,junior,,,,\n"
    )
    plan = live.plan(day)
    assert plan.is_empty
    assert len(plan.notices) == 1


def test_the_first_and_the_last_day_belong_to_the_cohort() -> None:
    """Both ends count, the days around do not."""
    first, last = date(2027, 1, 4), date(2027, 4, 4)
    counts = [
        len(after_of(CohortRecord, Live().plan(day).changes))
        for day in (first - timedelta(days=1), first, last, last + timedelta(days=1))
    ]
    assert counts == [0, 1, 1, 0]


def test_a_comment_changes_neither_digest_nor_state() -> None:
    """What is planned depends on what the files mean."""
    live = Live()
    live.apply(MATCHING)
    live.world = replace(live.world, programs=(f"# a comment\n\n{PROGRAM}",))
    assert live.plan(MATCHING).is_empty


def test_a_new_name_changes_the_program_only() -> None:
    """A change of definition is one update that touches nobody."""
    live = Live()
    live.apply(MATCHING)
    live.world = live.world.with_program(("name: Grow", "name: Grow up"))
    plan = live.plan(LATER_IN_MATCHING)
    assert [(c.action, c.reason, c.impact) for c in plan.changes] == [("~", "the program's definition changed", "none")]


def test_moved_dates_change_the_cohort() -> None:
    """The record of a cohort carries its first and last day."""
    live = Live()
    live.apply(ENROLLING)
    live.world = live.world.with_program(("{id: closing, lasts: 1w}", "{id: closing, lasts: 2w}"))
    reasons = {c.reason for c in live.plan(ENROLLING).changes}
    assert reasons == {"the program's definition changed", "the cohort's dates changed"}


# -- two cohorts -------------------------------------------------------------------------------------------------------


def test_two_open_cohorts_need_sources_that_say_which() -> None:
    """Each source that leaves it open is found, at its line, and leads to both cohorts; there is no plan."""
    live = Live(world=World().with_program(TWO_COHORTS))
    planned = live.planned(MATCHING)
    assert planned.plan is None
    assert [(d.code, str(d.span)) for d in planned.findings] == [
        ("MC2017", "mentorctl.yaml:7:7"),
        ("MC2017", "mentorctl.yaml:8:7"),
    ]
    assert [str(r.span) for r in planned.findings[0].related] == ["programs/0.yaml:20:11", "programs/0.yaml:21:11"]


def test_one_open_cohort_needs_no_more() -> None:
    """While the second has not begun, rows apply to the first."""
    assert Live(world=World().with_program(TWO_COHORTS)).planned(ENROLLING).plan is not None


def test_sources_that_say_which_cohort_are_heeded() -> None:
    """The same people may be split over two open cohorts."""
    workspace = changed(
        WORKSPACE,
        ("role: mentor}", "role: mentor, cohort: winter}"),
        ("role: mentee}", "role: mentee, program: grow, cohort: spring}"),
    )
    live = Live(world=replace(World().with_program(TWO_COHORTS), workspace=workspace))
    live.apply(date(2027, 1, 19))
    assert {
        (r.address.cohort, r.address.id.split("_")[1]) for r in live.snapshot.records if r.address.kind == "enrollment"
    } == {
        ("winter", "mentor"),
        ("spring", "mentee"),
    }


# -- two programs ------------------------------------------------------------------------------------------------------


def test_two_programs_share_people_but_not_their_time() -> None:
    """A person in both programs is never in two meetings at once."""
    live = Live(world=World(programs=(PROGRAM, changed(PROGRAM, ("id: grow", "id: again")))))
    live.apply(MATCHING)
    busy: set[tuple[str, str]] = set()
    sessions = of_type(SessionRecord, live.snapshot.records)
    for session in sessions:
        for person in session.people:
            assert (person, session.starts) not in busy
            busy.add((person, session.starts))
    assert {s.address.program for s in sessions} == {"grow", "again"}
    assert live.plan(MATCHING).is_empty


# -- what is gone ------------------------------------------------------------------------------------------------------

GONE = (
    ("another program", (changed(PROGRAM, ("id: grow", "id: other")),), "mentorctl.yaml"),
    ("no program", (), "mentorctl.yaml"),
    ("another cohort", (changed(PROGRAM, ("  winter:", "  summer:")),), "programs/0.yaml"),
)


@pytest.mark.parametrize(("programs", "file"), [g[1:] for g in GONE], ids=[g[0] for g in GONE])
def test_deleting_from_the_files_removes_nobody(programs: tuple[str, ...], file: str) -> None:
    """A program or cohort with people that is no longer written is an error with their number, and there is no plan."""
    live = Live()
    live.apply(MATCHING)
    live.world = replace(live.world, programs=programs)
    planned = live.planned(LATER_IN_MATCHING)
    assert planned.plan is None
    assert [d.code for d in planned.findings if d.is_error] == ["MC7005"]
    assert "`grow/winter` is in the state with 6 people" in planned.findings[0].detail
    assert planned.findings[0].span is not None
    assert planned.findings[0].span.file == file


def test_putting_it_back_is_all_it_takes() -> None:
    """Nothing was changed meanwhile."""
    live = Live()
    live.apply(MATCHING)
    whole = live.world
    live.world = replace(live.world, programs=())
    assert live.planned(MATCHING).plan is None
    live.world = whole
    assert live.plan(MATCHING).is_empty
    assert set(enrollment_states(live.snapshot).values()) == {"matched"}


# -- what a plan is bound to -------------------------------------------------------------------------------------------

INPUTS = (
    ("a program", lambda world: world.with_program(("name: Grow", "name: Grew"))),
    (
        "the roster",
        lambda world: world.with_rosters(
            mentees="id,department,level,manager,availability,wants,done\ne1,x,junior,,,,\n"
        ),
    ),
    ("one program more", lambda world: replace(world, programs=(PROGRAM, changed(PROGRAM, ("id: grow", "id: b"))))),
)


@pytest.mark.parametrize("change", [i[1] for i in INPUTS], ids=[i[0] for i in INPUTS])
def test_the_inputs_digest_covers_programs_and_roster(change: object) -> None:
    """A saved plan is known to be stale when either changed."""
    assert callable(change)
    world = World()
    assert Live(world=change(world)).plan(ENROLLING).inputs != Live(world=world).plan(ENROLLING).inputs


@pytest.mark.parametrize(
    "edit",
    [
        ("[junior, senior, lead]", "[lead, senior, junior]"),
        ("offers: {type: multiple", "offers: {type: multiple, aliases: {writing: prose}"),
        ("availability: {type: availability}", "availability: {type: availability, missing: fails}"),
        ("roster:\n", "sharing: {hours: 8}\nroster:\n"),
    ],
)
def test_the_inputs_digest_covers_the_contract(edit: tuple[str, str]) -> None:
    """Turning the scale of levels around, or what programs share, is a change of what the plan was made from."""
    world = World()
    other = replace(world, workspace=changed(WORKSPACE, edit))
    assert Live(world=other).plan(ENROLLING).inputs != Live(world=world).plan(ENROLLING).inputs


def test_the_inputs_digest_leaves_out_the_day() -> None:
    """The same files and people on another day are the same inputs."""
    assert Live().plan(ENROLLING).inputs == Live().plan(ACTIVE).inputs
