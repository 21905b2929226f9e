"""What the objective of a program does to its plan: aims, weights, stable matches and matches that may change."""

import numpy as np
import pytest

from mentorctl.optimize import matching
from mentorctl.plan.model import MatchingSummary
from mentorctl.render.plan import plan_text
from mentorctl.render.style import Style
from mentorctl.state.model import MatchRecord

from .small import LATER_IN_MATCHING, MATCHING, PROGRAM, Live, World, after_of, changed

CAPACITY = "    mentor: {max: {field: places, at_most: 2, missing: 1}}"

MENTORS = """\
id,department,level,manager,availability,offers,places,done
r1,Sales,lead,,,writing;python;budgeting,3,basics
r2,Sales,lead,,,writing,3,basics
"""
HEADER = "id,department,level,manager,availability,wants,done\n"
MENTEES = """\
id,department,level,manager,availability,wants,done
e1,Finance,junior,,,writing;python;budgeting,basics
e2,Finance,junior,,,writing;python,basics
e3,Finance,junior,,,writing;budgeting,basics
"""


def live(matching: str, *, mentors: str = MENTORS, mentees: str = MENTEES) -> Live:
    """A workspace whose program says more under `matching`."""
    program = changed(
        PROGRAM,
        (CAPACITY, "    mentor: {max: {field: places, at_most: 3, missing: 1}}"),
        ("meetings:", f"{matching}meetings:"),
    )
    return Live(world=World(programs=(program,)).with_rosters(mentors=mentors, mentees=mentees))


def pairs_of(world: Live) -> set[tuple[str, str]]:
    """The proposed pairs as (mentor, mentee)."""
    people = world.world.people()
    names = dict(zip(people.ids, people.roster_ids, strict=True))
    records = after_of(MatchRecord, world.plan(MATCHING).changes)
    return {(names[m.mentors[0]], names[m.others[0]]) for m in records if m.state == "proposed"}


def summary_of(world: Live) -> MatchingSummary:
    """How the one cohort was matched."""
    return world.plan(MATCHING).matchings[0]


def test_without_an_aim_for_it_nobody_counts_the_matches_of_a_mentor() -> None:
    """By the points alone the best mentor gets everybody for whom there is a place."""
    assert {mentor for mentor, _ in pairs_of(live(""))} == {"r1"}


@pytest.mark.parametrize(
    ("objective", "of_r2"),
    [
        ("[cover_mentees, load_balance, total_score]", 1),
        ("[cover_mentees, total_score, load_balance]", 0),
        ("{cover_mentees: 100, total_score: 1, load_balance: 4}", 1),
        ("{cover_mentees: 100, total_score: 1, load_balance: 1}", 0),
        ("[cover_mentees, cover_mentors, total_score]", 1),
    ],
)
def test_the_load_of_mentors_weighs_as_much_as_the_objective_says(objective: str, of_r2: int) -> None:
    """Its place in the list, or its weight, decides whether points are given up for it."""
    pairs = pairs_of(live(f"  objective: {objective}\n"))
    assert len(pairs) == 3
    assert sum(mentor == "r2" for mentor, _ in pairs) == of_r2


def test_the_worst_match_can_come_before_the_total() -> None:
    """A smaller total is taken where it leaves nobody with a bad match."""
    mentors = changed(MENTORS, ("budgeting,3", "budgeting,1"), ("writing,3", "python,1"))
    mentees = f"{HEADER}e1,Finance,junior,,,writing;python;budgeting,basics\ne2,Finance,junior,,,writing,basics\n"
    assert pairs_of(live("  objective: [cover_mentees, total_score]\n", mentors=mentors, mentees=mentees)) == {
        ("r1", "e1"),
        ("r2", "e2"),
    }
    assert pairs_of(
        live("  objective: [cover_mentees, worst_match, total_score]\n", mentors=mentors, mentees=mentees)
    ) == {("r1", "e2"), ("r2", "e1")}


def test_stable_matches_have_their_price_in_the_plan() -> None:
    """The best pair is kept together, the other mentee stays without a topic, and the plan says what that costs."""
    mentors = changed(MENTORS, ("budgeting,3", "budgeting;finance,1"), ("writing,3", "writing;python,1"))
    mentees = (
        f"{HEADER}e1,Finance,junior,,,writing;python;budgeting,basics\ne2,Finance,junior,,,budgeting;finance,basics\n"
    )
    best = live("", mentors=mentors, mentees=mentees)
    stable = live("  stability: stable\n", mentors=mentors, mentees=mentees)
    assert pairs_of(best) == {("r1", "e2"), ("r2", "e1")}
    assert pairs_of(stable) == {("r1", "e1"), ("r2", "e2")}
    told = summary_of(stable)
    assert (told.stable, told.score, told.score_lost, told.mentees_lost, told.blocking) == (True, 15, 5, 0, 1)
    assert not summary_of(best).stable
    text = plan_text(stable.plan(MATCHING), names={}, style=Style())
    assert "stable: 5 points fewer against the best, which 1 pair would leave for each other" in text


def test_matches_that_are_not_stable_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever makes stable matches is checked by somebody else: where two would leave, nothing is planned."""
    unstable = live("  stability: stable\n")
    monkeypatch.setattr(matching, "deferred_acceptance", lambda network, _: np.zeros(len(network), np.bool_))
    planned = unstable.planned(MATCHING)
    assert planned.plan is None
    assert [(f.code, f.detail) for f in planned.findings] == [
        ("MC5004", "two people would leave their matches for each other")
    ]


def test_proposed_matches_stay_unless_something_is_better() -> None:
    """With `weak` a better mentor who comes later takes over; with a high weight on changes nothing moves."""
    newcomer = MENTORS + "r3,People,lead,,,writing;python;budgeting,1,basics\n"
    for keep, objective, moved in (
        ("strong", "[cover_mentees, total_score]", False),
        ("weak", "[cover_mentees, total_score]", True),
        ("weak", "[cover_mentees, changes, total_score]", False),
        ("weak", "{cover_mentees: 100, total_score: 1, changes: 3}", True),
        ("weak", "{cover_mentees: 100, total_score: 1, changes: 20}", False),
    ):
        only_r2 = "".join(line for line in MENTORS.splitlines(keepends=True) if not line.startswith("r1"))
        world = live(f"  keep_existing: {keep}\n  objective: {objective}\n", mentors=only_r2)
        world.apply(MATCHING)
        assert {mentor for mentor, _ in world.pairs()} == {"r2"}
        world.world = world.world.with_rosters(mentors=newcomer.replace("r1,", "r9,"))
        world.apply(LATER_IN_MATCHING)
        assert ("r2" not in {mentor for mentor, _ in world.pairs()}) is moved, (keep, objective)


def test_equally_good_matches_stay_as_they_are() -> None:
    """A search that finds nothing better changes nothing, whatever the tie-break would prefer."""
    world = live("  keep_existing: weak\n", mentors=changed(MENTORS, ("writing;python;budgeting,3", "sailing,3")))
    world.apply(MATCHING)
    before = world.pairs()
    twin = MENTORS.replace("writing;python;budgeting", "sailing") + "r0,Sales,lead,,,writing,3,basics\n"
    world.world = world.world.with_rosters(mentors=twin)
    assert [c for c in world.plan(LATER_IN_MATCHING).changes if isinstance(c.after, MatchRecord)] == []
    assert world.pairs() == before


def test_those_who_waited_come_first() -> None:
    """With one place left, it goes to the mentee who waited longest, against the points."""
    mentors = "id,department,level,manager,availability,offers,places,done\nr1,Sales,lead,,,python,1,basics\n"
    mentees = f"{HEADER}e1,Finance,junior,,,writing,basics\ne2,Finance,junior,,,writing,basics\n"
    world = live("  objective: [cover_mentees, cover_waiting, total_score]\n", mentors=mentors, mentees=mentees)
    world.apply(MATCHING)
    (first,) = world.pairs()
    other = "e1" if first[1] == "e2" else "e2"
    second = changed(
        world.world.programs[0],
        ("winter: {start: 2027-01-04}", "winter: {start: 2027-01-04}\n  autumn: {start: 2027-06-07}"),
    )
    again = mentees.replace(f"{other},Finance,junior,,,writing", f"{other},Finance,junior,,,sailing")
    world.world = World(programs=(second,)).with_rosters(mentors=mentors, mentees=again)
    day = MATCHING.replace(month=6, day=30)
    plan = world.plan(day)
    people = world.world.people()
    names = dict(zip(people.ids, people.roster_ids, strict=True))
    made = [m for m in after_of(MatchRecord, plan.changes) if m.state == "proposed" and m.address.cohort == "autumn"]
    assert [names[m.others[0]] for m in made] == [other]
