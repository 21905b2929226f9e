"""What is said about matches is what another plan would show."""

from datetime import date

from mentorctl import pipeline
from mentorctl.optimize.engine import DirectEngine
from mentorctl.plan.explain.problem import what_problems
from mentorctl.plan.explain.unmatched import why_unmatched
from mentorctl.plan.explain.values import Verdict
from mentorctl.plan.explain.why import why_matched, why_not
from mentorctl.plan.explain.worth import worth_of_places
from mentorctl.plan.problems import MatchingProblem

from .small import ACTIVE, MATCHING, MENTEES, MENTORS, Live, World

ENGINE = DirectEngine()
MORE = "e4,Finance,junior,,,writing,\ne5,People,junior,,,writing,\n"


def searched(live: Live, day: date = MATCHING) -> tuple[MatchingProblem, ...]:
    """The searches of a day."""
    found = pipeline.problems(live.world.load(), live.world.people(), live.snapshot, as_of=day, engine=ENGINE)
    return found.problems


def crowded(*edits: tuple[str, str]) -> Live:
    """Five mentees for four places, and a program that is edited."""
    world = World().with_rosters(mentees=MENTEES + MORE)
    return Live(world=world.with_program(*edits) if edits else world)


def total(live: Live) -> tuple[int, int]:
    """People with a match and points, as planned."""
    summary = live.plan(MATCHING).matchings[0]
    return summary.mentees_covered, summary.score


def test_a_relaxation_brings_what_a_plan_with_it_brings() -> None:
    """Each change that is offered was searched: planning with it matches as many more people."""
    live = crowded()
    (said,) = why_unmatched(searched(live), ENGINE)
    before = total(live)
    offered = {r.change: r.effect for r in said.relaxations}
    edits = {
        "2 places for mentors who do not say how many": ("missing: 1", "missing: 2"),
        "at most 3 places": ("at_most: 2", "at_most: 3"),
        "without `other_department`": ("different: department", "different: level"),
    }
    assert set(offered) <= set(edits)
    for change, effect in offered.items():
        if change != "without `other_department`":
            after = total(crowded(edits[change]))
            assert (after[0] - before[0], after[1] - before[1]) == (effect.mentees, effect.score), change


def test_who_is_left_is_told_with_the_rules_in_their_order() -> None:
    """Somebody whom a rule leaves without candidates is told which one took how many."""
    rule = "    - {id: other_department, different: department}\n"
    world = World().with_rosters(mentees=MENTEES + "e4,Sales,junior,,,cooking,\n")
    world = world.with_program((rule, f"{rule}    - {{id: topic, overlap: {{mentee: wants, mentor: offers}}}}\n"))
    (said,) = why_unmatched(searched(Live(world=world)), ENGINE)
    alone = {p.person: p for p in said.people}
    live = Live(world=world)
    person = alone[live.person("e4")]
    assert (person.everybody, person.left) == (3, 0)
    assert [(r.rule, r.count, r.left) for r in person.removed] == [("other_department", 2, 1), ("topic", 1, 0)]
    assert [(r.change, r.effect.mentees) for r in said.relaxations] == [("without `topic`", 1)]
    assert said.relaxations[0].place.path == ("matching", "require", 1)


def test_places_are_worth_what_a_plan_with_them_gains() -> None:
    """One more place with the first mentor brings the person and the points that are told."""
    live = crowded()
    (said,) = worth_of_places(searched(live), ENGINE)
    before = total(live)
    assert said.places
    for place in said.places:
        roster = live.world.people()
        name = roster.roster_ids[roster.ids.index(place.mentor)]
        row = next(line for line in MENTORS.splitlines() if line.startswith(f"{name},"))
        cells = row.split(",")
        wider = ",".join([*cells[:-2], str(int(cells[-2]) + 1), cells[-1]])
        world = live.world.with_rosters(mentors=MENTORS.replace(row, wider)).with_program(("at_most: 2", "at_most: 3"))
        fixed = world.with_program(("at_most: 3", "at_most: 9"))
        after = total(Live(world=fixed))
        assert (after[0] - before[0], after[1] - before[1]) == (place.effect.mentees, place.effect.score), name


def test_a_forced_pair_costs_what_is_told() -> None:
    """The loss of every pair that is not matched is that of a plan in which it is forced."""
    live = crowded()
    problems = searched(live)
    before = total(live)
    told = 0
    for mentee in ("e1", "e2", "e3", "e4", "e5"):
        for mentor in ("r1", "r2", "r3"):
            (said,) = why_not(problems, live.person(mentee), live.person(mentor), ENGINE)
            if said.alternative is None:
                assert said.verdict in (Verdict.MATCHED, Verdict.FORBIDDEN)
                continue
            forced = f"matching:\n  pairs: [{{mentor: {mentor}, mentee: {mentee}, do: force, because: asked}}]\n"
            after = total(Live(world=live.world.with_program(("matching:\n", forced))))
            effect = said.alternative.effect
            assert (after[0] - before[0], after[1] - before[1]) == (effect.mentees, effect.score), (mentee, mentor)
            told += 1
    assert told > 3


def test_a_rule_that_forbids_a_pair_is_named() -> None:
    """The rule and its place are told, and what allowing the two would bring."""
    live = Live()
    (said,) = why_not(searched(live), live.person("e1"), live.person("r2"), ENGINE)
    assert said.verdict == Verdict.FORBIDDEN
    assert [rule.id for rule in said.rules] == ["other_department"]
    assert said.rules[0].place.path == ("matching", "require", 0)
    assert said.if_allowed is not None


def test_matches_that_stand_are_asked_about_anew() -> None:
    """After an apply the matches and their terms are told, with alternatives of a search in which nobody has one."""
    live = Live()
    live.apply(MATCHING)
    for day in (MATCHING, ACTIVE):
        said = why_matched(searched(live, day), (live.person("e1"),), ENGINE)
        assert said[0].matches[0].terms == (("topics", 5),)
        assert "stand" in said[0].note
    assert why_unmatched(searched(live, ACTIVE), ENGINE) == ()


def test_problems_are_told_without_solving() -> None:
    """Class, sizes and places of a cohort are there on every day, and nothing is searched for them."""
    live = Live()
    found = pipeline.problems(
        live.world.load(), live.world.people(), live.snapshot, as_of=ACTIVE, engine=ENGINE, decided={}
    )
    (said,) = what_problems(found.problems)
    assert (said.kind, said.is_open, said.parts) == ("network", False, (6,))
    assert dict(said.people) == {"mentee": 3, "mentor": 3}
    assert said.objectives
