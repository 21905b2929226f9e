"""A lifecycle changes while people are in it: refused without a mapping, shown as a census, applied, and taken back."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli.terminal import Invoke, example

DAY = "2027-03-09"
CHANGED = """
lifecycle:
  match:
    states:
      asked:
        means: Both were asked; the owner looks first.
        deadline: {after: 10d, event: drop}
    transitions:
      say_no: {event: decline, from: proposed, to: declined, remove: true}
      ask: {event: decline, from: proposed, to: asked}
      drop: {from: asked, to: expired}
      refuse: {from: asked, to: declined}
      end_asked: {event: end, from: asked, to: ended}
"""
MAPPED = """
migration:
  match:
    states: {proposed: [{when: mentor_accepted, to: accepted}, {otherwise: asked}]}
    reason: the owner looks first
"""


@pytest.fixture
def living(tmp_path: Path, invoke: Invoke) -> Path:
    """The example `grow` with 52 matches that are proposed."""
    folder = example("grow", tmp_path / "grow")
    assert invoke("plan", "--as-of", "2027-03-03", "--out", "plan.json", folder=folder).code == 0
    assert invoke("apply", "plan.json", folder=folder).code == 0
    return folder


def _add(folder: Path, text: str) -> None:
    path = folder / "programs" / "grow.yaml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_nobody_is_left_behind(living: Path, invoke: Invoke) -> None:
    """Without a mapping there is no plan; the finding says how many people it is, and what to write."""
    _add(living, CHANGED)
    ran = invoke("plan", "--as-of", DAY, folder=living)
    assert ran.code == 1
    assert "MC4045" in ran.err
    assert "52 are in it now" in ran.said
    assert "migration: {match: {states:" in ran.said


def test_a_census_is_shown_applied_and_taken_back(living: Path, invoke: Invoke) -> None:
    """The plan counts whom each line moves and tells what it means to two of them; it can be taken back."""
    before = (living / "programs" / "grow.yaml").read_text(encoding="utf-8")
    _add(living, CHANGED + MAPPED)
    ran = invoke("plan", "--as-of", DAY, "--out", "move.json", folder=living)
    assert ran.code == 0
    assert "match: 52 are carried over" in ran.out
    assert "because the owner looks first" in ran.out
    assert "someone who is proposed since 6 days would be asked, 10 days left" in ran.out
    assert invoke("apply", "move.json", folder=living).code == 0
    assert '"asked (52)"' in invoke("graph", "--counts", "--lifecycle", "match", folder=living).out
    assert invoke("replay", "--verify", folder=living).code == 0
    assert "Nothing to do" in invoke("plan", "--as-of", DAY, folder=living).out

    refused = invoke("plan", "--as-of", DAY, "--undo-migration", "2", folder=living)
    assert refused.code == 1
    assert "MC4050" in refused.err
    (living / "programs" / "grow.yaml").write_text(before, encoding="utf-8")
    back = invoke("plan", "--as-of", DAY, "--undo-migration", "2", "--out", "back.json", folder=living)
    assert back.code == 0, back.err
    assert "match: 52 are carried over" in back.out
    assert "because taken back" in back.out
    assert invoke("apply", "back.json", folder=living).code == 0
    assert '"proposed (52)"' in invoke("graph", "--counts", "--lifecycle", "match", folder=living).out


def test_effects_run_only_where_they_are_listed(living: Path, invoke: Invoke) -> None:
    """A migration tells nobody anything by itself; what it lists is done for everybody whose state changes."""
    _add(living, CHANGED + MAPPED + "    effects: [escalate]\n")
    assert invoke("plan", "--as-of", DAY, "--out", "move.json", folder=living).code == 0
    assert invoke("apply", "move.json", folder=living).code == 0
    with closing(sqlite3.connect(living / "state.db")) as store:
        rows = store.execute("SELECT COUNT(*) FROM outbox WHERE effect LIKE '%escalate%'").fetchone()
    assert rows == (52,)


def test_people_may_stay_under_the_old_definition_for_a_while(living: Path, invoke: Invoke) -> None:
    """With `pin` nobody is carried over until its last day; after it a mapping is needed."""
    _add(living, CHANGED + "\non_change: {in_flight: pin, until: 2027-06-30}\n")
    ran = invoke("plan", "--as-of", DAY, folder=living)
    assert ran.code == 0, ran.err
    assert "stay under the definition" in ran.out
    late = invoke("plan", "--as-of", "2027-07-01", folder=living)
    assert late.code == 1
    assert "MC4045" in late.err


def test_a_saved_plan_keeps_its_migrations(living: Path, invoke: Invoke) -> None:
    """The saved plan has the lines and the census, and a changed count is noticed."""
    _add(living, CHANGED + MAPPED)
    assert invoke("plan", "--as-of", DAY, "--out", "move.json", folder=living).code == 0
    path = living / "move.json"
    text = path.read_text(encoding="utf-8")
    assert '"census"' in text
    path.write_text(text.replace('"count":52', '"count":51'), encoding="utf-8")
    ran = invoke("apply", "move.json", folder=living)
    assert ran.code != 0
    assert "MC7002" in ran.err
