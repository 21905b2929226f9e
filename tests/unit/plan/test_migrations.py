"""What a plan says about a change of a lifecycle with people inside, beyond the mapping itself."""

from dataclasses import replace
from datetime import date

from unit.plan.small import MATCHING, Live

from mentorctl.diagnostics import Diagnostic
from mentorctl.plan.migrations import Carried, plan_migrations

CHANGED = """
lifecycle:
  match:
    states:
      proposed: {deadline: {after: 2d, event: expire}}
"""


def carried(live: Live, text: str, day: date) -> Carried:
    """The migrations of the program with some lines more, on a day."""
    first, *others = live.world.programs
    live.world = replace(live.world, programs=(first + text, *others))
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


def _codes(findings: tuple[Diagnostic, ...]) -> set[str]:
    return {finding.code for finding in findings}
