"""What a plan of the small workspace means: causes with their lines, messages, validity, drift, read set and digests."""

from dataclasses import replace
from datetime import UTC, datetime

from mentorctl.addresses import Address
from mentorctl.plan.codec import plan_from_text, plan_to_text
from mentorctl.plan.consequences import Cause, Impact, ProgramConsequences
from mentorctl.plan.model import ROSTER, Plan
from mentorctl.state.live import Happening
from mentorctl.state.model import MatchRecord

from .small import ACTIVE, LATER_IN_MATCHING, MATCHING, MENTEES, Live, World, changed, without_rows

MESSAGES = """\
messages:
  found: {on: match.proposed, to: [mentor, mentee], template: found, subject: Your match}
  starts: {at: {at: active.start}, to: [mentee, owner], template: starts}
"""


def only(plan: Plan) -> ProgramConsequences:
    """The consequences of the one program."""
    (found,) = plan.consequences
    return found


def live(*pairs: tuple[str, str]) -> Live:
    """The small workspace with its first matches applied; its file then changes."""
    made = Live()
    made.apply(MATCHING)
    made.world = made.world.with_program(*pairs) if pairs else made.world
    return made


def causes(plan: Plan) -> dict[str, Cause]:
    """The causes by path."""
    return {cause.path: cause for cause in only(plan).causes}


def test_the_first_plan_is_caused_by_the_cohort_and_the_open_phase() -> None:
    """Each cause has its line and column, and how many people are touched because of it."""
    found = causes(Live().plan(MATCHING))
    assert (found["cohorts.winter"].reason, found["cohorts.winter"].people) == ("the cohort is new", 6)
    opened = found["timeline.phases[2]"]
    assert (opened.file, opened.line, opened.reason) == ("programs/0.yaml", 16, "matching is open")


def test_a_changed_value_is_the_cause_of_what_follows_from_it() -> None:
    """It says the line of the value, what it was and is, and whom that touches."""
    plan = live(("lasts: 60min", "lasts: 45min")).plan(LATER_IN_MATCHING)
    cause = causes(plan)["meetings.lasts"]
    assert (cause.file, cause.line, cause.reason) == ("programs/0.yaml", 32, "60min → 45min")
    moved = {change.cause.path for change in plan.changes if change.cause and change.impact is Impact.RESCHEDULED}
    assert moved == {("meetings", "lasts")}
    assert cause.people == sum(count for impact, count in only(plan).impact if impact is Impact.RESCHEDULED) > 0


def test_a_changed_value_that_touches_nobody_is_named_too() -> None:
    """A reviewer sees that a change of the file comes to nothing."""
    plan = live(("target: 18%", "target: 20%")).plan(LATER_IN_MATCHING)
    cause = causes(plan)["purpose.objectives[0].target"]
    assert (cause.reason, cause.people) == ("18% → 20%", 0)


def test_a_value_that_is_gone_is_caused_where_it_was() -> None:
    """The line is that of the part that it was in."""
    plan = live((", due: {before: matching.start, by: 3d}}", "}")).plan(LATER_IN_MATCHING)
    cause = causes(plan)["training.modules.basics"]
    assert cause.reason == "`due` is gone: {before: matching.start, by: 3d}"
    assert cause.line == 23


def test_a_comment_and_another_spelling_change_nothing() -> None:
    """What is written otherwise and means the same is no change, so the plan is empty and means nothing."""
    plan = live(("mentee: {exactly: 1}", "mentee: {exactly: 1}   # one each")).plan(MATCHING)
    assert (plan.is_empty, plan.consequences, plan.drift, plan.valid_until) == (True, (), (), "")


def test_who_leaves_the_roster_is_the_roster_s_cause_and_drift() -> None:
    """No file asked for it: the cause has no line, and it stands apart."""
    world = live()
    world.world = world.world.with_rosters(mentees=without_rows(MENTEES, "e1"))
    plan = world.plan(LATER_IN_MATCHING)
    assert {change.cause for change in plan.changes} == {ROSTER}
    assert all(cause.file == "" for cause in only(plan).causes)
    assert [(one.kind.value, one.what, one.people) for one in plan.drift] == [
        ("roster", "mentees are no longer on the roster", 1)
    ]


def test_a_match_that_ends_says_why() -> None:
    """Too few are left of it, with those who left as its cause."""
    world = live()
    world.world = world.world.with_rosters(mentees=without_rows(MENTEES, "e1"))
    ended = [c for c in world.plan(LATER_IN_MATCHING).changes if isinstance(c.after, MatchRecord)]
    assert [(c.reason, c.cause) for c in ended] == [("too few of it are left", ROSTER)]


def test_a_changed_rule_ends_proposals_that_break_it() -> None:
    """The reason names the rule, and the cause is its line in the file."""
    plan = live(("different: department", "same: department")).plan(LATER_IN_MATCHING)
    ended = [c for c in plan.changes if isinstance(c.before, MatchRecord)]
    assert ended
    assert {c.reason for c in ended} == {"it breaks `other_department`"}
    assert {c.span.line for c in ended if c.span} == {26}
    assert only(plan).churn.ended == len(ended)


def test_measures_stand_on_both_sides() -> None:
    """Before the first plan there is nothing; after it what the next plan finds before."""
    world = Live()
    first = only(world.apply(MATCHING))
    world.world = world.world.with_rosters(mentees=without_rows(MENTEES, "e1"))
    second = only(world.plan(LATER_IN_MATCHING))
    assert first.before.matches == 0
    assert first.after == second.before
    assert second.after.matched == second.before.matched - 1


def test_messages_are_those_that_apply_puts_into_the_outbox() -> None:
    """What is sent at apply, and what waits for its day; the state of the store is never asked."""
    world = Live(world=World(programs=(World().programs[0] + MESSAGES,)))
    plan = world.apply(MATCHING)
    told = {(one.message, one.when): (one.people, one.others) for one in only(plan).tellings}
    outbox = [row for _, row in world.store.outbox() if row.effect == "notify.found"]
    assert told["found", ""] == (len({person for row in outbox for person in row.people}), ())
    assert told["starts", "2027-02-01"] == (3, ("owner",))


def test_a_plan_is_valid_until_what_comes_next() -> None:
    """The next phase, or the first session that it puts on the calendar."""
    plan = Live().plan(MATCHING)
    assert (plan.valid_until, plan.valid_because) == ("2027-01-31", "the phase `active` opens on 2027-02-01")


def test_what_people_did_since_is_drift_of_the_state() -> None:
    """A mentee left by a word of their own after the last apply; the plan puts their mentor's match right."""
    world = live()
    address = Address(program="grow", cohort="winter", kind="enrollment", id=f"{world.person('e1')}_mentee")
    at = datetime(2027, 1, 27, 10, tzinfo=UTC)
    told = Happening(address=address, event="withdraw", occurred=at, actor="e1", person=world.person("e1"))
    recorded = world.store.record([told], commit_id="c1", at=at, actor="anna")
    assert all(receipt.is_good for receipt in recorded.receipts)
    found = {(one.kind.value, one.what, one.people) for one in world.plan(LATER_IN_MATCHING).drift}
    assert ("state", "mentees are withdrawn", 1) in found


def test_the_read_set_says_what_moved() -> None:
    """One mentee less is another fingerprint of the mentees and of what people say; dates and rules stay."""
    world = live()
    before = dict(world.plan(LATER_IN_MATCHING).read_set)
    world.world = world.world.with_rosters(mentees=without_rows(MENTEES, "e1"))
    after = dict(world.plan(LATER_IN_MATCHING).read_set)
    assert before["grow/winter/mentees"].startswith("3:")
    assert after["grow/winter/mentees"].startswith("2:")
    moved = {name for name in before if before[name] != after[name]}
    assert moved == {f"grow/winter/{name}" for name in ("mentees", "answers", "facts", "capacities")}


def test_digests_are_by_program_and_impact() -> None:
    """Another change of one impact leaves the digests of the others."""
    world = live()
    world.world = world.world.with_rosters(mentees=without_rows(MENTEES, "e1"))
    digests = {impact: digest for _, impact, digest in world.plan(LATER_IN_MATCHING).digests}
    assert Impact.WITHDRAWN in digests
    assert len(set(digests.values())) == len(digests)
    text = changed(MENTEES, ("e2,People,junior,,,budgeting,", "e2,People,junior,,,budgeting,basics"))
    world.world = world.world.with_rosters(mentees=without_rows(text, "e1"))
    again = {impact: digest for _, impact, digest in world.plan(LATER_IN_MATCHING).digests}
    assert again[Impact.WITHDRAWN] == digests[Impact.WITHDRAWN]


def test_consequences_are_no_part_of_the_digest() -> None:
    """A plan with other words about the same effects has the same digest, and all of it comes back from its text."""
    plan = live(("lasts: 60min", "lasts: 45min")).plan(LATER_IN_MATCHING)
    silent = replace(plan, consequences=(), drift=(), valid_until="", read_set=())
    assert plan_from_text(plan_to_text(plan)) == plan
    assert plan_from_text(plan_to_text(silent)).digest == plan.digest


def test_nothing_is_left_to_mean_after_apply() -> None:
    """Planning again after an apply has no consequences, whatever changed before."""
    world = live(("lasts: 60min", "lasts: 45min"))
    world.apply(LATER_IN_MATCHING)
    again = world.plan(LATER_IN_MATCHING)
    assert (again.is_empty, again.consequences, again.drift, again.digests) == (True, (), (), ())
    assert not world.plan(ACTIVE).drift
