"""Pictures of lifecycles, and what a program would come to, on the command line."""

from pathlib import Path

import pytest
from cli.terminal import Invoke, example


@pytest.fixture
def grow(tmp_path: Path) -> Path:
    return example("grow", tmp_path / "grow")


def test_a_picture_is_written(grow: Path, invoke: Invoke) -> None:
    """`--svg` writes a file, or standard output."""
    target = grow / "match.svg"
    ran = invoke("graph", "--lifecycle", "match", "--svg", str(target), folder=grow)
    assert ran.code == 0
    assert target.read_text(encoding="utf-8").startswith("<svg ")
    assert invoke("graph", "--svg", "-", folder=grow).out.startswith("<svg ")


def test_a_difference_needs_something_applied(grow: Path, invoke: Invoke) -> None:
    """Before the first apply there is nothing to compare with, and the finding says so."""
    ran = invoke("graph", "--diff", folder=grow)
    assert ran.code == 1
    assert "nothing of `grow` was applied yet" in ran.said


def test_a_difference_to_what_people_live_under(grow: Path, invoke: Invoke) -> None:
    """After a change of the file the difference has its signs, in the text, as SVG and as JSON."""
    assert invoke("plan", "--as-of", "2027-03-03", "--out", "plan.json", folder=grow).code == 0
    assert invoke("apply", "plan.json", folder=grow).code == 0
    assert "is the one that people live under now" in invoke("graph", "--lifecycle", "match", "--diff", folder=grow).out
    path = grow / "programs" / "grow.yaml"
    text = path.read_text(encoding="utf-8")
    change = "lifecycle: {match: {states: {proposed: {deadline: {after: 5d, event: expire}}}}}\n"
    path.write_text(f"{text}\n{change}", encoding="utf-8")
    ran = invoke("graph", "--lifecycle", "match", "--diff", "--counts", folder=grow)
    assert "~ proposed_deadline#58; after 2w → after 5d" in ran.out
    assert "52 now" in ran.out
    assert invoke("graph", "--lifecycle", "match", "--diff", "--svg", "-", folder=grow).out.startswith("<svg ")
    as_json = invoke("graph", "--lifecycle", "match", "--diff", "--counts", "--format", "json", folder=grow).json
    assert {"sign": "~", "what": "timer proposed_deadline", "change": "after 2w → after 5d", "now": "52"} in as_json[
        "changes"
    ]


def test_a_simulation_counts_what_it_comes_to(grow: Path, invoke: Invoke) -> None:
    """Figures with intervals as text and JSON; the same seed says the same again."""
    words = ("simulate", "--until", "2028-01-15", "--people", "40", "--runs", "2")
    ran = invoke(*words, folder=grow)
    assert ran.code == 0, ran.err
    assert "people who went the whole way" in ran.out
    assert "Days from being ready to a match" in ran.out
    assert invoke(*words, folder=grow).out == ran.out
    data = invoke(*words, "--format", "json", folder=grow).json
    assert data["format"] == "mentorctl/simulation/v1"
    assert {figure["name"] for figure in data["figures"]} >= {"completed", "wait_mean", "mentor_load", "messages"}


def test_rates_are_set_by_a_file_and_by_options(grow: Path, invoke: Invoke) -> None:
    """A file of rates, and options that go before it; a wrong one is refused with a sentence."""
    (grow / "rates.yaml").write_text("held: 0%\nmissed: 0%\ndrop_out_per_month: 50%\n", encoding="utf-8")
    words = ("simulate", "--until", "2028-01-15", "--people", "30", "--runs", "1", "--format", "json")
    data = invoke(*words, "--rates", "rates.yaml", "--rate", "missed=100%", folder=grow).json
    figures = {figure["name"]: figure["mean"] for figure in data["figures"]}
    assert figures["sessions_held"] == 0
    assert figures["left"] > 10
    for wrong, sentence in (
        ("hled=1", "did you mean `held`"),
        ("held", "write for example held=80%"),
        ("held=2", "not between"),
    ):
        ran = invoke(*words[:-2], "--rate", wrong, folder=grow)
        assert ran.code != 0
        assert sentence in ran.said
    late = invoke("simulate", "--until", "2020-01-01", folder=grow)
    assert late.code != 0
    assert "no cohort of it begins before" in late.said


def test_a_simulation_begins_with_those_who_are_there(grow: Path, invoke: Invoke) -> None:
    """With `--live` the state is the beginning, and nobody new comes."""
    assert invoke("plan", "--as-of", "2027-03-03", "--out", "plan.json", folder=grow).code == 0
    assert invoke("apply", "plan.json", folder=grow).code == 0
    data = invoke("simulate", "--live", "--until", "2028-01-15", "--runs", "2", "--format", "json", folder=grow).json
    figures = {figure["name"]: figure["mean"] for figure in data["figures"]}
    assert figures["enrolled"] == 104
    assert 0 < figures["completed"] < 104
