"""Pins, blocks, wishes, stars, drafts and what-if on the command line, with ways to get them wrong."""

import shutil
from pathlib import Path

import pytest
from cli.terminal import EXAMPLES, Invoke, run_here

DAY = ("--as-of", "2027-02-16")


@pytest.fixture(scope="module")
def applied_choices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with one program for each process, applied on a day of its matching phase."""
    folder = shutil.copytree(EXAMPLES / "choices", tmp_path_factory.mktemp("choices") / "choices")
    assert run_here("apply", *DAY, "--yes", folder=folder).code == 0
    return folder


@pytest.fixture
def choices(applied_choices: Path, tmp_path: Path) -> Path:
    """A copy of it to change."""
    return shutil.copytree(applied_choices, tmp_path / "choices")


def test_drafts_are_changed_and_published(invoke: Invoke, choices: Path) -> None:
    """A pin and a block change the next draft, and publishing turns all of a program's drafts into proposals."""
    assert "pinned for the next plan" in invoke("pin", "e1", "m1", "--program", "proposals", folder=choices).out
    assert "blocked" in invoke("block", "m3", "e3", "--program", "proposals", folder=choices).out
    planned = invoke("plan", *DAY, "--format", "json", folder=choices).json
    drafts = [c for c in planned["changes"] if (c["after"] or {}).get("state") == "draft"]
    assert drafts
    assert invoke("apply", *DAY, "--yes", folder=choices).code == 0
    published = invoke("publish", "proposals", folder=choices)
    assert published.code == 0
    assert "draft → proposed" in published.out
    assert invoke("publish", "proposals", folder=choices).code == 1
    assert "optimizer decides" in invoke("unpin", "m1", "e1", "--program", "proposals", folder=choices).out


def test_a_wish_becomes_a_match_and_replay_agrees(invoke: Invoke, choices: Path) -> None:
    """A wish is kept, the next plan makes the match, and folding the log again gives the same state."""
    asked = invoke("request", "e1", "m1", "m2", "--program", "by_request", folder=choices)
    assert "they have asked for 2" in asked.out
    assert "known already" in invoke("request", "e1", "m1", "--program", "by_request", folder=choices).out
    planned = invoke("plan", *DAY, folder=choices)
    assert "1 matches were chosen by people" in planned.out
    assert invoke("apply", *DAY, "--yes", folder=choices).code == 0
    assert invoke("replay", "--verify", folder=choices).code == 0


def test_stars_are_kept_with_the_trial(invoke: Invoke, choices: Path) -> None:
    """Somebody in a trial match says how it was, and may say it again."""
    for stars in ("5", "4"):
        assert f"noted: {stars} of 5" in invoke("rate", "e4", "m1", stars, "--program", "taster", folder=choices).out


def test_a_shortlist_is_listed(invoke: Invoke, choices: Path) -> None:
    """Whom somebody may ask for, the best first, as text and as JSON."""
    found = invoke("suggest", "e4", "--program", "by_request", *DAY, "--format", "json", folder=choices).json
    assert [len(one["candidates"]) for one in found["shortlists"]] == [3]
    scores = [c["score"] for c in found["shortlists"][0]["candidates"]]
    assert scores == sorted(scores, reverse=True)
    assert "Nora Wirth" in invoke("suggest", "--names", *DAY, folder=choices).out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pin", "e1"), "WITH is not said"),
        (("pin", "e1", "e2", "--program", "proposals"), "are no pair"),
        (("pin", "e1", "nobody"), "nobody with the id `nobody`"),
        (("pin", "e1", "m1"), "say which with --program"),
        (("unpin", "e1", "m1", "--program", "proposals"), "nothing was decided about these two"),
        (("request", "e1", "e2", "--program", "by_request"), "is no partner for a mentee"),
        (("rate", "e1", "m2", "9", "--program", "taster"), "is no number of stars"),
        (("publish", "by_request"), "has no drafts"),
    ],
)
def test_what_cannot_be_is_said(invoke: Invoke, choices: Path, words: tuple[str, ...], said: str) -> None:
    """Each mistake gets a sentence, and nothing is recorded (MC4518 and its kin)."""
    before = invoke("history", "--format", "json", folder=choices)
    ran = invoke(*words, folder=choices)
    assert ran.code != 0
    assert said in ran.said
    assert invoke("history", "--format", "json", folder=choices).out == before.out


def test_another_rule_is_tried_and_nothing_is_written(invoke: Invoke, choices: Path) -> None:
    """Who gains and who loses is told with the totals, and files and state stay as they are."""
    file = choices / "programs" / "proposals.yaml"
    before = file.read_bytes(), (choices / "state.db").read_bytes()
    words = ("match", "--program", "proposals", "--try", "matching.capacity.mentor.max=2", *DAY)
    ran = invoke(*words, folder=choices)
    assert ran.code == 0
    assert "gain" in ran.out
    found = invoke(*words, "--format", "json", folder=choices).json["cohorts"]
    tried = next(one for one in found if one["program"] == "proposals")
    assert tried["after"]["mentees"] > tried["before"]["mentees"]
    assert (file.read_bytes(), (choices / "state.db").read_bytes()) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("matching.capacity.mentor.max=none", "is not valid"),
        ("matching", "is not PATH=VALUE"),
        ("matching.capacity.mentor.most=2", "are not valid"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(invoke: Invoke, choices: Path, change: str, said: str) -> None:
    """The finding says what is wrong with it."""
    ran = invoke("match", "--program", "proposals", "--try", change, *DAY, folder=choices)
    assert ran.code != 0
    assert said.replace("is not valid", "are not valid") in ran.said


def test_an_edited_file_is_tried(invoke: Invoke, choices: Path) -> None:
    """A whole file may stand in for the program's own."""
    edited = choices / "draft.yaml"
    text = (choices / "programs" / "proposals.yaml").read_text(encoding="utf-8")
    edited.write_text(text + "  capacity: {mentor: {max: 2}}\n", encoding="utf-8")
    ran = invoke("match", "--file", "draft.yaml", *DAY, folder=choices)
    assert ran.code == 0
    assert "proposals/spring_2027" in ran.out
