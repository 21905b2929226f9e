"""A lifecycle changes while people are in it: refused without a mapping, shown as a census, applied, and taken back."""

import json
import shutil
from pathlib import Path

import pytest
from cli.terminal import Invoke, example, run_here

from mentorctl.store.base import Reader
from mentorctl.store.postgres import PostgresReader
from mentorctl.store.sqlite_reader import SqliteReader

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


RENAMED = """
lifecycle:
  match:
    transitions:
      say_no: {event: decline, from: proposed, to: declined, remove: true}
      turn_down: {event: turn_down, from: proposed, to: declined}
migration:
  match:
    states: {proposed: proposed}
    events: {decline: turn_down}
    reason: one word for it everywhere
"""


@pytest.fixture(scope="module")
def _living(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = example("grow", tmp_path_factory.mktemp("living") / "grow")
    assert run_here("apply", "--as-of", "2027-03-03", "--yes", folder=folder).code == 0
    return folder


@pytest.fixture
def living(_living: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The example `grow` with 52 matches that are proposed, in SQLite unless the test says otherwise."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return Path(shutil.copytree(_living, tmp_path / "grow"))
    folder = example("grow", tmp_path / "grow")
    address = request.getfixturevalue("postgresql").fresh_schema()
    config = folder / "mentorctl.yaml"
    lines = [line for line in config.read_text(encoding="utf-8").splitlines() if not line.startswith("store:")]
    config.write_text("\n".join([*lines, f"store: {address}", ""]), encoding="utf-8")
    assert run_here("apply", "--as-of", "2027-03-03", "--yes", folder=folder).code == 0
    return folder


in_both = pytest.mark.parametrize("living", ["sqlite", "postgresql"], indirect=True)


def _add(folder: Path, text: str) -> None:
    path = folder / "programs" / "grow.yaml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def _reader(folder: Path) -> Reader:
    """The store of the workspace, of whichever kind."""
    lines = (folder / "mentorctl.yaml").read_text(encoding="utf-8").splitlines()
    store = next(line for line in lines if line.startswith("store:")).removeprefix("store:").strip()
    if store.startswith("postgresql:"):
        return PostgresReader(store, workspace="acme_mentoring")
    return SqliteReader(folder / "state.db", workspace="acme_mentoring")


def _proposed(folder: Path) -> list[str]:
    return [str(i.address) for i in _reader(folder).instances() if i.state == "proposed"]


def test_nobody_is_left_behind(living: Path, invoke: Invoke) -> None:
    """Without a mapping there is no plan; the finding says how many people it is, and what to write."""
    _add(living, CHANGED)
    ran = invoke("plan", "--as-of", DAY, folder=living)
    assert ran.code == 1
    assert "MC4045" in ran.err
    assert "52 are in it now" in ran.said
    assert "migration: {match: {states:" in ran.said


@in_both
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

    refused = invoke("plan", "--as-of", DAY, "--undo", "2", folder=living)
    assert refused.code == 1
    assert "MC4050" in refused.err
    (living / "programs" / "grow.yaml").write_text(before, encoding="utf-8")
    back = invoke("plan", "--as-of", DAY, "--undo", "2", "--out", "back.json", folder=living)
    assert back.code == 0, back.err
    assert "match: 52 are carried over" in back.out
    assert "because taken back" in back.out
    assert "apply 2 is taken back" in back.out
    assert invoke("apply", "back.json", folder=living).code == 0
    assert '"proposed (52)"' in invoke("graph", "--counts", "--lifecycle", "match", folder=living).out


@in_both
def test_effects_run_only_where_they_are_listed(living: Path, invoke: Invoke) -> None:
    """A migration tells nobody anything by itself; what it lists is done for everybody whose state changes."""
    _add(living, CHANGED + MAPPED + "    effects: [escalate]\n")
    assert invoke("plan", "--as-of", DAY, "--out", "move.json", folder=living).code == 0
    assert invoke("apply", "move.json", folder=living).code == 0
    effects = [message.effect for _, message in _reader(living).outbox()]
    assert effects.count("escalate") == 52


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


@in_both
def test_an_event_is_recorded_by_its_new_name(living: Path, invoke: Invoke) -> None:
    """The old name, said by any command or a file, is the new one since the migration, and the log says so."""
    _add(living, RENAMED)
    assert invoke("plan", "--as-of", DAY, "--out", "move.json", folder=living).code == 0
    assert invoke("apply", "move.json", folder=living).code == 0
    first, second, third, *_ = _proposed(living)

    ran = invoke("event", first, "decline", folder=living)
    assert (ran.code, ran.err) == (0, "")
    assert "told as decline" in ran.out
    assert "proposed → declined" in ran.out
    rows = ["who,event", f"{first},decline", f"{second},decline", f"{third},turn_down"]
    (living / "said.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    ran = invoke("event", "--from", "said.csv", "--format", "json", folder=living)
    assert ran.code == 0
    assert [one["outcome"] for one in json.loads(ran.out)["receipts"]] == ["already", "recorded", "recorded"]
    told = invoke("history", second, folder=living).out
    assert "turn_down" in told
    assert "told as `decline`" in told
    assert invoke("replay", "--verify", folder=living).code == 0


def test_an_old_name_that_is_still_an_event_is_refused(living: Path, invoke: Invoke) -> None:
    """Nobody could say whether the old or the new event is meant."""
    _add(living, RENAMED.replace("decline: turn_down", "expire: turn_down"))
    ran = invoke("validate", folder=living)
    assert ran.code == 1
    assert "still has an event `expire`" in ran.said


def test_who_is_carried_over_is_counted(living: Path, invoke: Invoke) -> None:
    """The headline has them: informed of another state, rescheduled by another day, untouched where nothing shows."""
    _add(living, CHANGED + MAPPED)
    ran = invoke("plan", "--as-of", DAY, "--format", "json", folder=living)
    people = {person for moved in _census(ran.out, "match") for person in moved["people"]}
    impact = json.loads(ran.out)["plan"]["impact"] if "plan" in json.loads(ran.out) else json.loads(ran.out)["impact"]
    assert impact["informed"] >= len(people) > 52
    assert impact["internal"] > 0
    assert "people hear something new" in invoke("plan", "--as-of", DAY, folder=living).out


def _census(text: str, lifecycle: str) -> list[dict[str, list[str]]]:
    data = json.loads(text)
    migrations = data.get("plan", data)["migrations"]
    return [moved for one in migrations if one["lifecycle"] == lifecycle for moved in one["census"]]
