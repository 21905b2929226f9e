"""Why people stay without a match: the true reason is named, at the line that can be changed."""

import pytest

from mentorctl import pipeline

from .small import MATCHING, Live, World, changed, table_of

PEERS = """\
id,department,level,manager,availability,offers,places,wants,done
p1,Sales,lead,,,,,writing,basics
p2,Finance,lead,,,,,writing,basics
p3,People,lead,,,,,writing,basics
"""
ONE_SOURCE = "    - {file: people.csv, role: peer}\n"


def _peers(**more: str) -> Live:
    workspace = changed(
        World().workspace,
        ("    - {file: mentors.csv, role: mentor}\n    - {file: mentees.csv, role: mentee}\n", ONE_SOURCE),
        (", answered_by: mentor}", "}"),
        (", answered_by: mentor}", "}"),
        (", answered_by: mentee}", "}"),
    )
    program = changed(
        World().programs[0],
        ("type: one-on-one, mentors: career", "type: peer, mentors: peer"),
        ("for: both", "for: peer"),
        ("overlap: {mentee: wants, mentor: offers}", "overlap: wants"),
        (
            "  capacity:\n    mentor: {max: {field: places, at_most: 2, missing: 1}}\n    mentee: {exactly: 1}\n",
            "".join(f"  {key}: {value}\n" for key, value in more.items()),
        ),
    )
    return Live(world=World(workspace=workspace, programs=(program,), rosters=(("people.csv", PEERS),)))


def test_an_odd_number_of_peers_is_the_reason() -> None:
    """One of three peers has nobody left; the finding says so and names the way out, in the words of peers."""
    live = _peers(odd_person="sit_out")
    live.plan(MATCHING)
    finding = live.findings[0]
    assert finding.detail.endswith("1 of 3 peers of cohort `winter` stay without a match: the number of peers is odd")
    assert "odd_person: trio" in finding.help
    assert "mentor" not in finding.help.replace("`mentorctl explain unmatched grow`", "")
    assert _peers(odd_person="trio").plan(MATCHING).matchings[0].unmatched_mentees == 0


def test_a_least_score_is_the_reason() -> None:
    """Who has only pairs under `minimum_score` is told about that key and not about a rule that they pass."""
    live = Live(world=World().with_program(("matching:\n", "matching:\n  minimum_score: 1000\n")))
    live.plan(MATCHING)
    assert "less than `minimum_score: 1000`" in live.findings[0].detail
    assert live.findings[0].span is not None
    assert live.findings[0].span.line == live.world.programs[0].splitlines().index("  minimum_score: 1000") + 1


@pytest.mark.parametrize(
    ("need", "says"),
    [
        ("mentee: {wants: {contains: cooking}}", "3 have none of the `needs`"),
        ("mentor: {offers: {contains: cooking}}", "3 have no admissible mentor"),
    ],
)
def test_needs_are_the_reason(need: str, says: str) -> None:
    """In a mosaic a mentor who cannot serve the need is no candidate, and nobody is said to be full."""
    world = World().with_program(
        ("type: one-on-one", "type: mosaic"),
        ("matching:\n", f"matching:\n  needs: [{{id: one, {need}}}]\n"),
        ("mentee: {exactly: 1}", "mentee: {max: 2}"),
    )
    live = Live(world=world)
    live.plan(MATCHING)
    assert says in live.findings[0].detail
    assert "full" not in live.findings[0].detail


@pytest.mark.parametrize(
    ("pair", "says"),
    [
        ('mentor: "r9", mentee: "e1"', "nobody has the id `r9`"),
        ('mentor: "e2", mentee: "e1"', "`e2` does not apply as a mentor"),
        ('mentor: "r1", mentee: "r2"', "`r2` does not apply as a mentee"),
    ],
)
def test_a_decision_about_nobody_is_said(pair: str, says: str) -> None:
    """A pair that names somebody who is not there, or not in that role, changes nothing and is reported."""
    world = World().with_program(("matching:\n", f"matching:\n  pairs: [{{{pair}, do: force, because: asked}}]\n"))
    roster, found = pipeline.read_people(world.load(), [table_of(name, text) for name, text in world.rosters])
    assert roster is not None
    assert [d.code for d in found] == ["MC3016"]
    assert found[0].detail == says
