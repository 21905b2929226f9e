"""Groups that are to fare alike, and the worst-off first: what plans say, and what is proved."""

from dataclasses import replace

import pytest

from mentorctl import pipeline
from mentorctl.plan.explain.why import why_not
from mentorctl.plan.proofs import claim_of
from mentorctl.state.model import MatchRecord

from .small import MATCHING, PROGRAM, WORKSPACE, Live, World, after_of, changed
from .test_explanations import ENGINE, searched
from .test_objectives import pairs_of

CAPACITY = "    mentor: {max: {field: places, at_most: 2, missing: 1}}"
MENTORS = "id,department,level,manager,availability,offers,places,done\n" + "".join(
    f"r{n},Lead,lead,,,{'writing' if n < 4 else 'python'},1,basics\n" for n in range(6)
)
# five of Sales who want what four mentors offer, five of Law who can only have two others
MENTEES = "id,department,level,manager,availability,wants,done\n" + "".join(
    f"e{n},{'Sales' if n < 5 else 'Law'},junior,,,{'writing' if n < 5 else 'python'},\n" for n in range(10)
)
TOPIC = "    - {id: one_topic, overlap: {mentee: wants, mentor: offers, min: 1}}\n"


def live(matching: str, *, mentors: str = MENTORS, mentees: str = MENTEES, workspace: str = WORKSPACE) -> Live:
    """A workspace in which a mentor suits only those who want what they offer."""
    program = changed(PROGRAM, ("  prefer:", f"{TOPIC}  prefer:"), ("meetings:", f"{matching}meetings:"))
    made = World(workspace=workspace, programs=(program,)).with_rosters(mentors=mentors, mentees=mentees)
    return Live(world=made)


def told(world: Live) -> str:
    """What a plan says about gaps."""
    (text,) = [notice.text for notice in world.plan(MATCHING).notices if notice.text.startswith("`even`")]
    return text


def rule(words: str) -> str:
    return f"  pool: [{{id: even, fairness_gap: {{field: department{words}}}}}]\n"


def test_a_bound_says_what_it_costs_and_what_would_do() -> None:
    """Four of five and two of five could have a match; 20 percentage points leave three and two."""
    world = live(rule(", at_most: 20%"))
    assert len(pairs_of(world)) == 5
    assert told(world) == (
        "`even`: the match rates of 2 groups lie 20 percentage points apart; "
        "without such rules 40 percentage points, with 1 mentee more and 5 points more"
    )
    (found,) = [d for d in world.planned(MATCHING).findings if d.code == "MC5014"]
    assert "1 mentee more" in found.detail
    assert "40 percentage points apart at least; `Law` fares worst" in found.detail
    assert found.help == "write `at_most: 40%`, or find more candidates for `Law`"
    assert len(pairs_of(live(rule(", at_most: 40%")))) == 6


def test_an_aim_brings_groups_together_without_losing_people() -> None:
    """Places that could go to either group are shared for some points; a bound that keeps nobody out is no finding."""
    anybody = MENTEES.replace(",python,", ",writing;python,").replace(",writing,", ",writing;poetry,")
    poets = MENTORS.replace(",writing,", ",writing;poetry,")
    plain = live("", mentors=poets, mentees=anybody)
    words = "  objective: [cover_mentees, fairness_gap, total_score]\n" + rule("")
    aim = live(words, mentors=poets, mentees=anybody)
    assert len(pairs_of(plain)) == len(pairs_of(aim)) == 6
    assert told(aim) == (
        "`even`: the match rates of 2 groups lie 0 percentage points apart; "
        "without such rules 40 percentage points, with 5 points more"
    )
    assert "MC5014" not in [d.code for d in aim.planned(MATCHING).findings]


def test_points_can_be_compared_too() -> None:
    """Four times five points of five people against twice five of five lie two points apart."""
    assert told(live(rule(", measure: mean_points, at_most: 2"))).startswith(
        "`even`: the mean points of 2 groups lie 2 points apart"
    )


def test_too_few_people_are_not_compared() -> None:
    """With four in one group there is nothing to compare, and nobody is kept without a match for it."""
    fewer = MENTEES[: MENTEES.index("e9")]
    world = live(rule(", at_most: 0%"), mentees=fewer)
    assert len(pairs_of(world)) == 6
    assert [d.code for d in world.planned(MATCHING).findings if d.code.startswith("MC501")] == ["MC5015"]


def test_a_sensitive_field_is_declared_first() -> None:
    """Who somebody is decides nothing, unless the contract says that it may."""
    hidden = changed(WORKSPACE, ("department: {type: single}", "department: {type: single, sensitive: true}"))
    declared = changed(hidden, ("sensitive: true", "sensitive: true, used_in_matching: true"))
    bound = changed(
        PROGRAM,
        ("meetings:", f"{rule(', at_most: 20%')}meetings:"),
        ("    - {id: other_department, different: department}\n", TOPIC),
    )
    for workspace, codes in ((hidden, {"MC2036"}), (declared, set())):
        loaded = pipeline.load(("mentorctl.yaml", workspace), [("programs/grow.yaml", bound)])
        assert {d.code for d in loaded.findings if d.is_error} == codes


def test_matches_that_break_a_bound_are_not_verified() -> None:
    """A plan whose matches keep no bound of the pool is refused, although only a solver says that it is the best."""
    world = live(rule(", at_most: 20%"))
    plan = world.plan(MATCHING)
    honest = pipeline.verify(world.world.load(), world.world.people(), world.snapshot, plan)
    assert [s.outcome for s in honest.searches] == ["not proved"]
    fewer = [c for c in plan.changes if isinstance(c.after, MatchRecord)]
    gone = next(c for c in fewer if _is_of(world, c.after, "Law"))
    lie = replace(claim_of(plan), matches=tuple(m for m in claim_of(plan).matches if m.address != gone.address))
    (said,) = pipeline.verify(world.world.load(), world.world.people(), world.snapshot, lie).searches
    assert (said.outcome, said.because) == ("corrupted", "the matches break the rule `even`")


def _is_of(world: Live, record: object, department: str) -> bool:
    roster = world.world.people()
    rows = dict(zip(roster.ids, roster.roster_ids, strict=True))
    assert isinstance(record, MatchRecord)
    return (int(rows[record.others[0]][1:]) >= 5) is (department == "Law")


def two_of_each(objective: str) -> Live:
    """Two mentees and two mentors; the best total leaves the second mentee with the rest."""
    header = "id,department,level,manager,availability,{},done\n"
    mentors = header.format("offers,places") + (
        "r1,Lead,lead,,,writing;python;budgeting;law,1,basics\nr2,Lead,lead,,,writing;python,1,basics\n"
    )
    mentees = header.format("wants") + (
        "e1,Sales,junior,,,writing;python;budgeting;law,\ne2,Sales,junior,,,writing;budgeting,\n"
    )
    return live(f"  objective: {objective}\n", mentors=mentors, mentees=mentees)


@pytest.mark.parametrize(("objective", "worst"), [("[cover_mentees, total_score]", 5), ("[leximin, total_score]", 10)])
def test_leximin_leaves_nobody_behind(objective: str, worst: int) -> None:
    """Twenty and five points are more than ten and ten, which leximin takes."""
    world = two_of_each(objective)
    records = [r for r in after_of(MatchRecord, world.plan(MATCHING).changes) if r.state == "proposed"]
    assert min(r.score for r in records) == worst
    assert pipeline.verify(world.world.load(), world.world.people(), world.snapshot, world.plan(MATCHING)).proved


def test_what_another_choice_loses_is_told_by_level() -> None:
    """The best total is not taken because of the level that leximin decided, whose points are named."""
    world = two_of_each("[leximin, total_score]")
    (said,) = why_not(searched(world), world.person("e1"), world.person("r1"), ENGINE)
    assert said.alternative is not None
    assert said.alternative.effect.score == 5
    assert said.alternative.objectives == ("cover_mentees then leximin up to 10 then total_score",)
