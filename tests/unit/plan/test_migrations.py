"""What a plan says about a change of a lifecycle with people inside, beyond the mapping itself."""

from dataclasses import replace
from datetime import date

import pytest
from unit.plan.small import MATCHING, Live, World

from mentorctl.diagnostics import Diagnostic
from mentorctl.plan.impact import impact_by_person, impact_counts, people_seen
from mentorctl.plan.migrations import Carried, plan_migrations
from mentorctl.plan.model import Impact
from mentorctl.state.model import MatchRecord

CHANGED = """
lifecycle:
  match:
    states:
      proposed: {deadline: {after: 2d, event: expire}}
"""


ASKED = """
lifecycle:
  match:
    states:
      STATE: {means: They were asked; the owner looks first., deadline: {after: 10d, event: drop}}
    transitions:
      say_no: {event: decline, from: proposed, to: declined, remove: true}
      ask: {event: decline, from: proposed, to: STATE}
      drop: {from: STATE, to: expired}
      refuse: {from: STATE, to: declined}
      end_asked: {event: end, from: STATE, to: ended}
"""
MAPPED = """
migration:
  match:
    states: {proposed: offered, asked: offered}
"""


def carried(live: Live, text: str, day: date) -> Carried:
    """The migrations of the program with some lines more, on a day."""
    live.world = _with(live, text)
    snapshot = live.snapshot
    loaded = live.world.load()
    return plan_migrations(loaded.programs, snapshot, live.definitions(snapshot), day)


def test_a_definition_that_only_reads_otherwise_is_quiet() -> None:
    """Where only other things changed, everybody goes on under the new definition and nothing happens to them."""
    live = Live()
    live.apply(MATCHING)
    assert carried(live, "", MATCHING).changes == ()


def test_a_deadline_that_is_over_at_once_is_told() -> None:
    """MC4046: with `shift`, those who have waited longer than the new deadline are counted."""
    live = Live()
    live.apply(MATCHING)
    later = date.fromordinal(MATCHING.toordinal() + 9)
    found = carried(live, CHANGED + "on_change: {timers: shift}\n", later)
    assert _codes(found.findings) == {"MC4046"}
    assert "becomes shorter, and is over at once" in found.findings[0].detail


def test_the_snapshot_after_is_what_planning_goes_on_from() -> None:
    """Everybody has the new digest there, and records the new states."""
    live = Live()
    live.apply(MATCHING)
    found = carried(live, CHANGED, MATCHING)
    assert {change.lifecycle for change in found.changes} >= {"match", "enrollment"}
    new = {change.new for change in found.changes}
    matches = [i for i in found.snapshot.instances.values() if i.lifecycle == "match"]
    assert new == {i.definition for i in matches}
    assert all(change.count == sum(moved.count for moved in change.census) for change in found.changes)


def test_each_definition_has_its_own_way() -> None:
    """People under two old definitions are carried over from their own, by one mapping for both."""
    live = Live()
    live.apply(MATCHING)
    snapshot = live.snapshot
    between = _with(live, ASKED.replace("STATE", "asked")).load().programs[0].runtime
    texts = {**live.definitions(snapshot), between.digest: between.text}
    one, *rest = sorted(i.address for i in snapshot.instances.values() if i.lifecycle == "match")
    first = snapshot.instances[one].definition
    moved = replace(snapshot.instances[one], state="asked", definition=between.digest)
    snapshot = replace(snapshot, instances={**snapshot.instances, one: moved})
    programs = _with(live, ASKED.replace("STATE", "offered") + MAPPED).load().programs

    found = plan_migrations(programs, snapshot, texts, MATCHING)

    assert found.findings == ()
    mine = [change for change in found.changes if change.lifecycle == "match"]
    ways = {(change.old, moved.old, moved.to): moved.count for change in mine for moved in change.census}
    assert ways == {(between.digest, "asked", "offered"): 1, (first, "proposed", "offered"): len(rest)}
    assert {found.snapshot.instances[address].state for address in (one, *rest)} == {"offered"}


@pytest.mark.parametrize(
    ("text", "impact"),
    [
        (CHANGED + "on_change: {timers: shift}\n", Impact.RESCHEDULED),
        (CHANGED, Impact.INTERNAL),
        (ASKED.replace("STATE", "offered") + MAPPED, Impact.INFORMED),
    ],
)
def test_who_is_carried_over_is_touched(text: str, impact: Impact) -> None:
    """Another state informs, a day that moves reschedules, and what nobody sees is internal."""
    live = Live()
    live.apply(MATCHING)
    records = live.snapshot.records
    matched = {person for record in records if isinstance(record, MatchRecord) for person in record.people}

    found = carried(live, text, MATCHING)

    touched = impact_by_person((), found.changes)
    assert {touched[person] for person in matched} == {impact}
    assert {touched[person] for person in touched.keys() - matched} <= {Impact.INTERNAL}
    counts = impact_counts((), found.changes)
    assert counts[impact] >= len(matched) > 0
    assert people_seen(records, (), found.changes) == len(touched)


def _with(live: Live, text: str) -> World:
    """The files with some lines more in the program."""
    first, *others = live.world.programs
    return replace(live.world, programs=(first + text, *others))


def _codes(findings: tuple[Diagnostic, ...]) -> set[str]:
    return {finding.code for finding in findings}
