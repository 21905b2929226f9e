"""Pairs that must be made, places that are kept and people who meet once, in matches of more than two."""

from dataclasses import replace
from datetime import date

import pytest

from mentorctl.state.model import MatchRecord, Snapshot
from mentorctl.store.memory import MemoryStore

from .small import PROGRAM, WORKSPACE, Live, World, after_of, changed

MATCHING = date(2027, 1, 27)
MODEL = "model: {type: one-on-one, mentors: career}\n"
SECTION = PROGRAM[PROGRAM.index("matching:\n") : PROGRAM.index("meetings:")]
FORCED = "  pairs: [{mentee: e1, mentor: r2, do: force, because: They asked for it}]\n"
TOPICS = "  prefer: [{id: topics, overlap: {mentee: wants, mentor: offers}, points_each: 5}]\n"
PEOPLE = (
    ("mentors.csv", "id,level,offers,done\nr1,lead,writing;python,\nr2,lead,python,\n"),
    (
        "mentees.csv",
        "id,department,level,wants,done\ne1,Finance,junior,writing;python,\ne2,Finance,junior,python,\ne3,Sales,junior,,\n",
    ),
)


def world(model: str, matching: str, *, projects: str = "") -> World:
    """Two mentors and three mentees in a program of a model; the best matches would part e1 and r2."""
    kind = f"model: {{type: {model}, mentors: life}}\n{projects}"
    program = changed(PROGRAM, (MODEL, kind), (SECTION, f"matching:\n{TOPICS}{matching}"))
    workspace = changed(
        WORKSPACE, ("    department: {type: single}\n", "    department: {type: single, answered_by: mentee}\n")
    )
    workspace = "".join(
        line
        for line in workspace.splitlines(keepends=True)
        if not line.startswith(("    manager:", "    availability:", "    places:"))
    )
    return World(workspace=workspace, programs=(program,), rosters=PEOPLE)


def matches(live: Live) -> list[tuple[set[str], set[str]]]:
    """The new matches as mentors and mentees by roster id."""
    roster = live.world.people()
    names = dict(zip(roster.ids, roster.roster_ids, strict=True))
    made = after_of(MatchRecord, live.plan(MATCHING).changes)
    return [({names[p] for p in m.mentors}, {names[p] for p in m.others}) for m in made]


PROJECTS = (
    "projects:\n"
    "  app: {title: App, deliverable: An app, seats: {mentor: {max: 1}, mentee: {max: 3}}}\n"
    "  map: {title: Map, deliverable: A map, seats: {mentor: {max: 1}, mentee: {max: 3}}}\n"
)


@pytest.mark.parametrize(
    ("model", "matching", "projects"),
    [
        ("one-on-one", "  pool: [{id: sites, max_per: {field: department, at_most: 2}}]\n", ""),
        ("group", "  group: {size: {min: 1, max: 3}}\n", ""),
        ("group", "  group: {size: {min: 1, max: 3}, mentors: {min: 1, max: 2}}\n", ""),
        ("team", "  teams: {field: department}\n", ""),
        ("mosaic", "  needs: [{id: one}, {id: two}]\n  capacity: {mentor: {max: 3}, mentee: {max: 1}}\n", ""),
        ("functional", "  capacity: {mentor: {max: 1}}\n", PROJECTS),
        ("functional", "  capacity: {mentor: {max: 2}}\n", PROJECTS),
    ],
)
def test_a_forced_pair_is_together_in_every_model(model: str, matching: str, projects: str) -> None:
    """Whatever the shape, the two are in one match, although others would be worth more."""
    live = Live(world=world(model, matching + FORCED, projects=projects), store=MemoryStore("acme"))
    assert any("r2" in mentors and "e1" in others for mentors, others in matches(live))
    free = Live(world=world(model, matching, projects=projects), store=MemoryStore("acme"))
    if model in {"group", "team"} and "mentors: {min" not in matching:  # elsewhere the best match may have both
        assert not any("r2" in mentors and "e1" in others for mentors, others in matches(free))


def test_a_forced_pair_that_cannot_be_is_said() -> None:
    """The bound of the pool leaves no place for the pair, and no matches are proposed instead."""
    bounded = "  pool: [{id: sites, max_per: {field: department, at_most: 0}}]\n"
    made = Live(world=world("one-on-one", bounded + FORCED)).planned(MATCHING)
    assert made.plan is None
    assert [("a forced pair cannot be made" in d.detail, d.code) for d in made.findings] == [(True, "MC5005")]


@pytest.mark.parametrize("model", ["one-on-one", "group"])
def test_who_declined_is_not_forced_again(model: str) -> None:
    """A no of the people outlasts the decision that brought them together."""
    matching = "  group: {size: {min: 1, max: 3}}\n" if model == "group" else ""
    live = Live(world=world(model, matching + FORCED))
    live.apply(MATCHING)
    live = Declined(world=live.world, store=live.store)
    assert not any("r2" in mentors and "e1" in others for mentors, others in matches(live))


class Declined(Live):
    """A live workspace whose matches were all declined."""

    @property
    def snapshot(self) -> Snapshot:
        read = self.store.read()
        return replace(
            read, records=tuple(replace(r, state="declined") if isinstance(r, MatchRecord) else r for r in read.records)
        )


def test_nobody_is_in_two_groups_of_one_mentor() -> None:
    """With places for two groups each, mentees meet two mentors and not one mentor twice."""
    twice = "  group: {size: {min: 1, max: 3}}\n  capacity: {mentor: {max: 2}, mentee: {max: 2}}\n"
    found = matches(Live(world=world("group", twice)))
    together = [(mentor, mentee) for mentors, others in found for mentor in mentors for mentee in others]
    assert len(set(together)) == len(together)
    assert {mentee for _, mentee in together} == {"e1", "e2", "e3"}


def test_places_of_groups_are_those_of_their_mentees() -> None:
    """Two groups of up to three have six places, so that keeping one leaves room for everybody."""
    kept = "  group: {size: {min: 1, max: 3}}\n  pool: [{id: kept, reserve: {field: department, value: Sales, places: 1}}]\n"
    found = matches(Live(world=world("group", kept)))
    assert set.union(*(others for _, others in found)) == {"e1", "e2", "e3"}


def test_a_mosaic_with_a_bounded_pool_is_planned_again() -> None:
    """Those who have a match count in the pool, and nothing else changes."""
    matching = (
        "  needs: [{id: one}, {id: two}]\n  capacity: {mentor: {max: 3}}\n"
        "  pool: [{id: sites, of: mentors, max_per: {field: level, at_most: 2}}]\n"
    )
    live = Live(world=world("mosaic", matching))
    live.apply(MATCHING)
    assert live.plan(MATCHING).is_empty
