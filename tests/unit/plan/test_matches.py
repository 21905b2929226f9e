"""Who keeps, loses and gets a match: withdrawals, changed rules, newcomers, and what happens outside the matching phase."""

from dataclasses import replace
from datetime import date

import pytest

from mentorctl import pipeline
from mentorctl.optimize.engine import DirectEngine
from mentorctl.plan.impact import impact_by_person
from mentorctl.plan.model import Plan
from mentorctl.state.model import MatchRecord, SessionRecord, Snapshot

from .small import (
    ACTIVE,
    ENROLLING,
    LATER_IN_MATCHING,
    MATCHING,
    MENTEES,
    MENTORS,
    PROGRAM,
    WORKSPACE,
    Live,
    World,
    after_of,
    changed,
    enrollment_states,
    of_type,
    planned_sessions,
    without_rows,
)

PAIRS = {("r1", "e1"), ("r2", "e2"), ("r3", "e3")}
OTHER_TOPICS = ("points_each: 5", "points_each: 6")
ONE_SITE = ("    - {id: other_department, different: department}", "    - {id: other_department, same: department}")


def matched(world: World | None = None) -> Live:
    """A workspace after the apply in the matching phase."""
    live = Live(world=world or World())
    live.apply(MATCHING)
    return live


def planned_on(live: Live, snapshot: Snapshot, day: date) -> Plan:
    """A plan against a state that lies before us."""
    loaded = live.world.load()
    planned = pipeline.plan(
        loaded, live.world.people(), snapshot, as_of=day, engine=DirectEngine(), definitions=live.definitions(snapshot)
    )
    assert planned.plan is not None, planned.findings
    return planned.plan


def with_state(snapshot: Snapshot, state: str) -> Snapshot:
    """The snapshot with all matches in another state."""
    return replace(
        snapshot, records=tuple(replace(r, state=state) if isinstance(r, MatchRecord) else r for r in snapshot.records)
    )


# -- proposing ---------------------------------------------------------------------------------------------------------


def test_in_the_matching_phase_the_best_matches_are_proposed() -> None:
    """Everybody is matched by topic, with the terms that explain the score, and a summary."""
    live = matched()
    assert live.pairs() == PAIRS
    assert live.codes() == []
    records = of_type(MatchRecord, live.snapshot.records)
    assert {(m.state, m.score, m.terms[0].rule, m.terms[0].points) for m in records} == {("proposed", 5, "topics", 5)}
    assert set(enrollment_states(live.snapshot).values()) == {"matched"}
    summary = Live().plan(MATCHING).matchings[0]
    assert (summary.mentees, summary.mentors, summary.matches, summary.kept, summary.score) == (3, 3, 3, 0, 15)
    assert (summary.mentees_covered, summary.mentors_covered, summary.unmatched_mentees, summary.proved) == (
        3,
        3,
        0,
        True,
    )


@pytest.mark.parametrize(
    ("day", "text"),
    [(ENROLLING, "matching opens on 2027-01-25 and closes on 2027-01-31"), (ACTIVE, "matching closed on 2027-01-31")],
)
def test_outside_the_matching_phase_nobody_is_matched(day: date, text: str) -> None:
    """A notice says when it opens or that it closed."""
    plan = Live().plan(day)
    assert after_of(MatchRecord, plan.changes) == []
    assert [n.text for n in plan.notices] == [text]


@pytest.mark.parametrize(
    ("day", "matches"), [(date(2027, 1, 24), 0), (date(2027, 1, 25), 3), (date(2027, 1, 31), 3), (date(2027, 2, 1), 0)]
)
def test_the_matching_phase_includes_both_its_days(day: date, matches: int) -> None:
    """From its first to its last day."""
    assert len(after_of(MatchRecord, Live().plan(day).changes)) == matches


def test_people_without_a_match_wait() -> None:
    """The mentees are waitlisted, mentors stay ready, and the reason is counted."""
    live = Live(world=World().with_rosters(mentors=without_rows(MENTORS, "r2", "r3")))
    live.apply(MATCHING)
    assert live.codes() == ["MC5002"]
    assert "2 of 3 mentees of cohort `winter` stay without a match" in live.findings[0].detail
    assert sorted(enrollment_states(live.snapshot).values()) == ["matched", "matched", "waitlisted", "waitlisted"]
    assert live.plan(MATCHING).is_empty


def test_the_rule_that_leaves_nobody_is_named() -> None:
    """With no candidates at all, the finding stands at the rule that rules out most."""
    live = Live(world=World().with_program(ONE_SITE).with_rosters(mentors=without_rows(MENTORS, "r2")))
    live.apply(MATCHING)
    assert "3 have no admissible mentor (`other_department` alone rules out 100%)" in live.findings[0].detail
    assert str(live.findings[0].span) == "programs/0.yaml:26:7"


def test_unmatched_people_may_refuse_the_plan() -> None:
    """With `unmatched: refuse` there is no plan, and the same numbers as an error."""
    live = Live(world=World().with_program(("mentee: {exactly: 1}", "mentee: {exactly: 1}\n  unmatched: refuse")))
    assert live.planned(MATCHING).plan is not None
    live.world = live.world.with_rosters(mentors=without_rows(MENTORS, "r2", "r3"))
    planned = live.planned(MATCHING)
    assert planned.plan is None
    assert [d.code for d in planned.findings] == ["MC5001"]
    assert "write `unmatched: waitlist`" in planned.findings[0].help


def test_only_people_who_passed_every_gate_are_matched() -> None:
    """Required training that is not done keeps a person out of the pool."""
    live = Live(world=World().with_program(("takes: 45min,", "takes: 45min, required: true,")))
    live.apply(MATCHING)
    assert live.pairs() == {("r1", "e1")}
    live.world = live.world.with_rosters(mentees=MENTEES.replace("budgeting,", "budgeting,basics"))
    live.apply(LATER_IN_MATCHING)
    assert live.pairs() == {("r1", "e1"), ("r2", "e2")}


def test_nobody_is_matched_with_themselves() -> None:
    """A person in both roles gets another partner or none."""
    live = Live(
        world=World()
        .with_program(
            (
                "    - {id: other_department, different: department}",
                "    - {id: level_gap, gap: {field: level, mentor_above: {min: 0}}}",
            )
        )
        .with_rosters(
            mentors="id,department,level,manager,availability,offers,places,done\nx1,Sales,lead,,,writing,2,\n",
            mentees="id,department,level,manager,availability,wants,done\nx1,Sales,lead,,,writing,\ne1,Sales,lead,,,,\n",
        )
    )
    live.apply(MATCHING)
    assert live.pairs() == {("x1", "e1")}


# -- withdrawals -------------------------------------------------------------------------------------------------------


def test_a_mentee_who_leaves_ends_the_match_and_its_sessions() -> None:
    """The match ends, its sessions are cancelled, the mentor is free again, and the others stay untouched."""
    live = matched()
    mentee, mentor = live.person("e1"), live.person("r1")
    live.world = live.world.with_rosters(mentees=without_rows(MENTEES, "e1"))
    plan = live.apply(LATER_IN_MATCHING)
    assert {p for c in plan.changes for r in (c.after,) if isinstance(r, MatchRecord) for p in r.people} == {
        mentee,
        mentor,
    }
    assert {(c.reason, c.impact.value) for c in plan.changes} == {
        ("no longer on the roster", "withdrawn"),
        ("too few of it are left", "un-matched"),
        ("the session is cancelled: the match has ended", "rescheduled"),
        ("now ready", "internal"),
    }
    assert {s.state for s in of_type(SessionRecord, live.snapshot.records) if mentee in s.people} == {"cancelled"}
    assert enrollment_states(live.snapshot)[f"{mentee}_mentee"] == "withdrawn"
    assert enrollment_states(live.snapshot)[f"{mentor}_mentor"] == "ready"
    assert live.pairs() == PAIRS - {("r1", "e1")}
    assert live.plan(LATER_IN_MATCHING).is_empty


def test_a_mentor_who_leaves_is_replaced_in_the_matching_phase() -> None:
    """The mentee gets another mentor in the same plan, and it is told as a re-match."""
    live = matched()
    mentee = live.person("e2")
    live.world = live.world.with_rosters(mentors=without_rows(MENTORS, "r2"))
    plan = live.apply(LATER_IN_MATCHING)
    assert {mentee_ for mentor, mentee_ in live.pairs()} == {"e1", "e2", "e3"}
    assert {("r1", "e1"), ("r3", "e3")} <= live.pairs()
    assert impact_by_person(plan.changes)[mentee] == "re-matched"
    assert enrollment_states(live.snapshot)[f"{mentee}_mentee"] == "matched"
    assert live.plan(LATER_IN_MATCHING).is_empty


def test_a_free_mentor_takes_someone_who_waits() -> None:
    """When a mentee leaves, the mentor's place goes to the next in the same plan."""
    live = matched(World().with_rosters(mentors=without_rows(MENTORS, "r2", "r3")))
    assert live.pairs() == {("r1", "e1")}
    live.world = live.world.with_rosters(mentees=without_rows(MENTEES, "e1"))
    live.apply(LATER_IN_MATCHING)
    assert live.pairs() == {("r1", "e2")}


def test_a_mentor_who_is_given_another_mentee_is_re_matched() -> None:
    """Who loses one match and gets another in the same plan is not told to be without."""
    live = matched(World().with_rosters(mentors=without_rows(MENTORS, "r2", "r3")))
    mentor = live.person("r1")
    live.world = live.world.with_rosters(mentees=without_rows(MENTEES, "e1"))
    assert impact_by_person(live.plan(LATER_IN_MATCHING).changes)[mentor] == "re-matched"


def test_outside_the_matching_phase_the_partner_waits() -> None:
    """The match ends, but a new one is not searched; a notice says so."""
    live = matched()
    live.world = live.world.with_rosters(mentors=without_rows(MENTORS, "r2"))
    plan = live.apply(ACTIVE)
    assert live.pairs() == PAIRS - {("r2", "e2")}
    assert [n.text for n in plan.notices] == ["matching closed on 2027-01-31"]
    assert enrollment_states(live.snapshot)[f"{live.person('e2')}_mentee"] == "ready"
    assert impact_by_person(plan.changes)[live.person("e2")] == "un-matched"


def test_sessions_in_the_past_stay_as_they_were() -> None:
    """What was on calendars before the day of the plan is history, not cancelled."""
    live = matched()
    person = live.person("e1")
    live.world = live.world.with_rosters(mentees=without_rows(MENTEES, "e1"))
    live.apply(ACTIVE)
    found = {
        (s.starts < "2027-02-10", s.state) for s in of_type(SessionRecord, live.snapshot.records) if person in s.people
    }
    assert found == {(True, "planned"), (False, "cancelled")}


def test_someone_who_returns_is_matched_again() -> None:
    """The same two get the same match back under its old address."""
    live = matched()
    whole = live.world
    before = {m.address for m in of_type(MatchRecord, live.snapshot.records)}
    live.world = live.world.with_rosters(mentees=without_rows(MENTEES, "e1"))
    live.apply(LATER_IN_MATCHING)
    live.world = whole
    live.apply(LATER_IN_MATCHING)
    assert live.pairs() == PAIRS
    assert {m.address for m in of_type(MatchRecord, live.snapshot.records)} == before
    assert len(planned_sessions(live.snapshot)) == 9
    assert live.plan(LATER_IN_MATCHING).is_empty


# -- people who may no longer take part --------------------------------------------------------------------------------

MENTORS_MUST_LEAD = ("timeline:", "eligibility: {mentor: {level: {at_least: lead}}}\ntimeline:")


def test_a_match_stands_when_someone_is_no_longer_eligible() -> None:
    """Conditions are gates before a match, not reasons to end one."""
    live = matched(World().with_program(MENTORS_MUST_LEAD))
    live.world = live.world.with_rosters(mentors=MENTORS.replace("r1,Sales,lead", "r1,Sales,senior"))
    assert live.plan(LATER_IN_MATCHING).is_empty


def test_someone_who_is_no_longer_eligible_gets_no_further_match() -> None:
    """A mentor with a free place who does not meet the conditions any more takes nobody else, and nobody pays for it."""
    juniors = MENTEES.replace("e3,Finance,senior", "e3,Finance,junior")
    live = matched(World().with_program(MENTORS_MUST_LEAD).with_rosters(mentees=juniors))
    for left, free in (("r3", set()), ("r1", {("r3", "e4")})):
        live.world = live.world.with_rosters(
            mentors=MENTORS.replace(f"{left},Sales,lead", f"{left},Sales,senior"),
            mentees=f"{juniors}e4,People,junior,,,negotiation,basics\n",
        )
        live.apply(LATER_IN_MATCHING)
        assert live.pairs() == PAIRS | free
        assert live.plan(LATER_IN_MATCHING).is_empty


def test_someone_whose_match_ends_goes_back_behind_the_gates_at_once() -> None:
    """The mentee leaves, and the mentor is no longer eligible: one plan is enough to say so."""
    live = matched(World().with_program(MENTORS_MUST_LEAD))
    live.world = live.world.with_rosters(
        mentors=MENTORS.replace("r1,Sales,lead", "r1,Sales,senior"), mentees=without_rows(MENTEES, "e1")
    )
    live.apply(ACTIVE)
    assert enrollment_states(live.snapshot)[f"{live.person('r1')}_mentor"] == "not_eligible"
    assert live.plan(ACTIVE).is_empty


# -- newcomers ---------------------------------------------------------------------------------------------------------


def test_a_newcomer_is_matched_without_disturbing_others() -> None:
    """A mentor with a free place takes the newcomer; no other match, session or enrollment changes."""
    live = matched()
    live.world = live.world.with_rosters(mentees=f"{MENTEES}e4,People,junior,,,negotiation,basics\n")
    newcomer = live.person("e4")
    plan = live.apply(LATER_IN_MATCHING)
    assert live.pairs() == PAIRS | {("r3", "e4")}
    assert {c.action for c in plan.changes} == {"+"}
    assert all(newcomer in str(c.after) for c in plan.changes)
    assert live.plan(LATER_IN_MATCHING).is_empty


def test_a_better_newcomer_takes_nobodys_place() -> None:
    """A match stands even when the newcomer would suit the mentor better."""
    live = matched(
        World().with_rosters(mentors=without_rows(MENTORS, "r2", "r3"), mentees=without_rows(MENTEES, "e1", "e3"))
    )
    assert live.pairs() == {("r1", "e2")}
    live.world = live.world.with_rosters(mentees=without_rows(MENTEES, "e3"))
    live.apply(LATER_IN_MATCHING)
    assert live.pairs() == {("r1", "e2")}
    assert live.codes() == ["MC5002"]


def test_a_newcomer_after_the_matching_phase_is_only_enrolled() -> None:
    """They are ready, and the notice says that matching is over."""
    live = matched()
    live.world = live.world.with_rosters(mentees=f"{MENTEES}e4,People,junior,,,negotiation,basics\n")
    live.apply(ACTIVE)
    assert live.pairs() == PAIRS
    assert enrollment_states(live.snapshot)[f"{live.person('e4')}_mentee"] == "ready"


# -- changed rules -----------------------------------------------------------------------------------------------------


def test_a_changed_soft_rule_keeps_what_stands() -> None:
    """With `keep_existing: strong` other points change nothing for those who have a match."""
    live = matched()
    live.world = live.world.with_program(
        ("overlap: {mentee: wants, mentor: offers}, points_each: 5", "same: level, points: 5")
    )
    plan = live.plan(LATER_IN_MATCHING)
    assert [c.reason for c in plan.changes] == ["the program's definition changed"]
    assert plan.matchings[0].kept == 3


def test_proposals_may_be_searched_again_when_the_rules_change() -> None:
    """With `keep_existing: none` proposals give way to better ones in the matching phase; what stays the same stays."""
    live = matched(
        World()
        .with_program(("mentee: {exactly: 1}", "mentee: {exactly: 1}\n  keep_existing: none"))
        .with_rosters(
            mentors="id,department,level,manager,availability,offers,places,done\nr1,A,lead,,,x,1,\nr2,B,lead,,,y,1,\nr3,C,lead,,,z,1,\n",
            mentees="id,department,level,manager,availability,wants,done\ne1,D,junior,,,x,\ne2,E,junior,,,y,\ne3,F,junior,,,z,\n",
        )
    )
    assert live.pairs() == {("r1", "e1"), ("r2", "e2"), ("r3", "e3")}
    assert live.plan(LATER_IN_MATCHING).is_empty  # not without a change of rules
    live.world = live.world.with_rosters(
        mentors=dict(live.world.rosters)["mentors.csv"].replace(",x,", ",Q,").replace(",y,", ",x,").replace("Q", "y")
    )
    assert live.plan(LATER_IN_MATCHING).is_empty  # nor when only people change
    live.world = live.world.with_program(OTHER_TOPICS)
    assert after_of(MatchRecord, live.plan(ACTIVE).changes) == []  # nor outside the phase
    plan = live.apply(LATER_IN_MATCHING)
    assert live.pairs() == {("r2", "e1"), ("r1", "e2"), ("r3", "e3")}
    assert {impact_by_person(plan.changes)[live.person(name)] for name in ("e1", "e2")} == {"re-matched"}
    assert live.plan(LATER_IN_MATCHING).is_empty


def test_a_proposal_that_breaks_a_hard_rule_ends() -> None:
    """It is told, with the rule; the people are matched anew where the rule allows it."""
    live = matched()
    live.world = live.world.with_program(ONE_SITE)
    live.apply(LATER_IN_MATCHING)
    assert live.codes() == ["MC5002"] + ["MC5003"] * 3
    assert all(
        "breaks `other_department`; it is only proposed, so it ends" in d.detail
        for d in live.findings
        if d.code == "MC5003"
    )
    assert {"r2"} >= {mentor for mentor, _ in live.pairs()}
    assert live.plan(LATER_IN_MATCHING).is_empty


@pytest.mark.parametrize("state", ["accepted", "active", "paused"])
@pytest.mark.parametrize("keep", ["strong", "none"])
def test_an_accepted_match_stands_against_every_change_of_rules(state: str, keep: str) -> None:
    """It is told that it breaks a rule, but nobody is torn apart."""
    live = matched(World().with_program(("mentee: {exactly: 1}", f"mentee: {{exactly: 1}}\n  keep_existing: {keep}")))
    snapshot = with_state(live.snapshot, state)
    live.world = live.world.with_program(ONE_SITE)
    loaded = live.world.load()
    planned = pipeline.plan(
        loaded,
        live.world.people(),
        snapshot,
        as_of=LATER_IN_MATCHING,
        engine=DirectEngine(),
        definitions=live.definitions(snapshot),
    )
    assert [d.code for d in planned.findings] == ["MC5003"] * 3
    assert planned.plan is not None
    assert [c.reason for c in planned.plan.changes] == ["the program's definition changed"]


AWAY = """check_ins:
  pulse:"""
WITH_AWAY = """lifecycle:
  match:
    states:
      away: {means: One of the two is away., group: standing, deadline: {after: 30d, event: lapse}}
      lost: {means: They lost sight of each other., ends: failure}
    transitions:
      leave_for_a_while: {from: active, to: away}
      lapse: {from: away, to: lost}
check_ins:
  pulse:"""


@pytest.mark.parametrize(("state", "stands"), [("away", True), ("lost", False)])
def test_a_match_stands_in_states_that_a_program_added(state: str, *, stands: bool) -> None:
    """It stands where its lifecycle goes on: its people are not matched anew. In an end of the program's own they are."""
    live = matched(World().with_program((AWAY, WITH_AWAY)))
    snapshot = with_state(live.snapshot, state)
    planned = planned_on(live, snapshot, LATER_IN_MATCHING)
    proposed = [match for match in after_of(MatchRecord, planned.changes) if match.state == "proposed"]
    assert (proposed == []) is stands


def test_a_rule_of_the_model_is_told_at_the_model() -> None:
    """A finding about a rule that is not written in the file points at the model."""
    live = matched()
    live.world = live.world.with_rosters(mentees=MENTEES.replace("e1,Finance,junior", "e1,Finance,lead"))
    live.apply(LATER_IN_MATCHING)
    broken = [d for d in live.findings if d.code == "MC5003"]
    assert len(broken) == 1
    assert "`level_gap`" in broken[0].detail
    assert str(broken[0].span) == "programs/0.yaml:11:15"


# -- matches that are over ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["completed", "ended", "expired", "declined"])
def test_matches_that_are_over_are_not_touched_outside_the_phase(state: str) -> None:
    """What ended stays as it ended."""
    live = matched()
    plan = planned_on(live, with_state(live.snapshot, state), ACTIVE)
    assert after_of(MatchRecord, plan.changes) == []


def test_a_declined_match_is_not_proposed_again() -> None:
    """Who said no to each other is not asked again the next day; each may be asked about somebody else."""
    live = matched()
    declined = {m.address for m in of_type(MatchRecord, live.snapshot.records)}
    plan = planned_on(live, with_state(live.snapshot, "declined"), LATER_IN_MATCHING)
    proposed = {m.address for m in after_of(MatchRecord, plan.changes) if m.state == "proposed"}
    assert len(proposed) == 3
    assert not proposed & declined


# -- how values of two people are compared -----------------------------------------------------------------------------


def alone(field: str, rule: str, mentor: str, mentee: str, *, more: str = "") -> Live:
    """A mentor and a mentee under one hard rule, perhaps others beside them.

    Both answer `x`; where the rule compares `x` with `y`, the mentee answers `x` only and the mentor `y` only.
    """
    x, y = ("", mentor) if "y}" in rule else (mentor, "")
    world = World(
        workspace=changed(WORKSPACE, ("    offers:", f"    x: {field}\n    y: {field}\n    offers:")),
        programs=(changed(PROGRAM, ("{id: other_department, different: department}", f"{{id: rule, {rule}}}")),),
        rosters=(
            (
                "mentors.csv",
                f"id,department,level,manager,availability,offers,places,done,x,y\nr1,a,lead,,,,,,{x},{y}\n{more}",
            ),
            ("mentees.csv", f"id,department,level,manager,availability,wants,done,x,y\ne1,b,junior,,,,,{mentee},\n"),
        ),
    )
    live = Live(world=world)
    live.apply(MATCHING)
    return live


@pytest.mark.parametrize(
    ("field", "rule", "mentor", "mentee", "fits"),
    [
        ("{type: single}", "same: x", "Go", "go", True), ("{type: single}", "same: {mentee: x, mentor: y}", "Go", " GO", True),
        ("{type: single}", "same: x", "", "", False), ("{type: single}", "different: x", "", "", True),
        ("{type: single}", "not: {same: x}", "", "", True), ("{type: single}", "not: {different: x}", "", "", False),
        ("{type: single, missing: passes}", "same: x", "", "a", True), ("{type: single, missing: fails}", "different: x", "", "a", False),
        ("{type: multiple}", "overlap: x", "", "", False), ("{type: multiple}", "overlap: {mentee: x, mentor: y}", "a;b", "a;b", True),
        ("{type: number}", "gap: {field: x, mentor_above: {min: 1}}", "", "1", False), ("{type: number}", "gap: {field: x, mentor_above: {min: 1}}", "3", "2", True),
        ("{type: single, ignore_case: false}", "same: x", "go", "Go", False),
    ],
)  # fmt: skip
def test_values_are_compared_as_the_contract_says(field: str, rule: str, mentor: str, mentee: str, fits: bool) -> None:
    """Case does not count unless it should; blanks match nothing, unless the field says what they do."""
    assert (alone(field, rule, mentor, mentee).pairs() == {("r1", "e1")}) is fits


@pytest.mark.parametrize(("rule", "fits"), [("same: x", True), ("different: x", False)])
def test_numbers_below_zero_are_values(rule: str, fits: bool) -> None:
    """Minus three is minus three."""
    assert (alone("{type: number}", rule, "-3", "-3").pairs() == {("r1", "e1")}) is fits


@pytest.mark.parametrize(
    ("rule", "fits"), [("same: x", True), ("same: {mentee: x, mentor: y}", True), ("different: x", False)]
)
def test_equal_values_are_equal_beside_another_spelling(rule: str, fits: bool) -> None:
    """A third person who writes `go` does not make `Go` and `Go` different."""
    live = alone("{type: single, ignore_case: false}", rule, "Go", "Go", more="z9,a,junior,,,,,,go,go\n")
    assert (live.pairs() == {("r1", "e1")}) is fits


@pytest.mark.parametrize("mentee", ["data  analysis", "\uff24ata analysis"])
def test_one_value_is_one_value_in_two_columns(mentee: str) -> None:
    """What is equal within a column is equal between two."""
    assert alone("{type: multiple}", "overlap: {mentee: x, mentor: y}", "data analysis", mentee).pairs() == {
        ("r1", "e1")
    }
    assert alone("{type: single}", "same: {mentee: x, mentor: y}", "data analysis", mentee).pairs() == {("r1", "e1")}
