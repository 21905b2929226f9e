"""`mentorctl diff`: what a change of the files means, in the words of the files."""

import subprocess
from pathlib import Path

import pytest
from cli.terminal import Invoke, example


def _git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=anna", "-c", "user.email=anna@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, check=True)


@pytest.fixture
def committed(tmp_path: Path) -> Path:
    """An example in a repository of its own, committed."""
    folder = example("grow", tmp_path / "workspace")
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "add", "-A")
    _git(folder, "commit", "-qm", "begin")
    return folder


def _edit(folder: Path, before: str, after: str, file: str = "programs/grow.yaml") -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_no_change_is_said(invoke: Invoke, committed: Path) -> None:
    """Where no program differs there is one sentence and exit code 0; a comment is no difference."""
    _edit(committed, "id: grow\n", "id: grow  # our first\n")
    ran = invoke("diff", "--detailed-exitcode", folder=committed)
    assert (ran.code, ran.out, ran.err) == (0, "No program differs.\n", "")


def test_a_longer_phase_moves_what_follows(invoke: Invoke, committed: Path) -> None:
    """The value, where it is written, the days that move with it and the worst for people are shown."""
    _edit(committed, "id: active, lasts: 6mo", "id: active, lasts: 9mo")
    ran = invoke("diff", "--detailed-exitcode", folder=committed)
    assert ran.code == 2
    assert "timeline.phases.active.lasts  6mo → 9mo  programs/grow.yaml:34" in ran.out
    assert "closing          08 Sep to 21 Sep 2027 → 08 Dec to 21 Dec 2027 (+91 days)" in ran.out
    assert "at worst rescheduled" in ran.out


def test_entries_are_compared_by_id(invoke: Invoke, committed: Path) -> None:
    """A rule that is removed is one change, not a change of every rule below it."""
    text = (committed / "programs" / "grow.yaml").read_text(encoding="utf-8")
    rule = next(line for line in text.splitlines(keepends=True) if "id: topics" in line)
    _edit(committed, rule, "")
    found = invoke("diff", "--format", "json", folder=committed).json["programs"]
    assert [(c["action"], c["path"]) for c in found[0]["changes"]] == [("-", "matching.prefer.topics")]
    assert found[0]["impact"] == "re-matched"


def test_two_commits_are_compared(invoke: Invoke, committed: Path) -> None:
    """With --to the folder does not matter: not what is edited there, and not what is broken there."""
    _edit(committed, "timezone_within: 2h", "timezone_within: 3h")
    _git(committed, "commit", "-aqm", "wider")
    (committed / "programs" / "grow.yaml").write_text("broken: [", encoding="utf-8")
    ran = invoke("diff", "--from", "HEAD~1", "--to", "HEAD", folder=committed)
    assert ran.code == 0
    assert "matching.prefer.near_clock.timezone_within  2h → 3h" in ran.out


def test_programs_that_come_and_go_are_named(invoke: Invoke, committed: Path) -> None:
    """A new program and one whose file is gone are told apart from changes."""
    invoke("new", "program", "more", "--model", "peer", folder=committed)
    (committed / "programs" / "grow.yaml").unlink()
    ran = invoke("diff", folder=committed)
    assert "+ more" in ran.out
    assert "- grow" in ran.out
    assert "its file is gone; that removes nobody" in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("diff", "--from", "nothing"), "git knows no commit, tag or branch `nothing` here"),
        (("diff", "--to", "--help-me"), "no name of a commit"),
    ],
)
def test_a_wrong_name_is_said(invoke: Invoke, committed: Path, words: tuple[str, ...], said: str) -> None:
    """A name that git does not know gets a sentence."""
    ran = invoke(*words, folder=committed)
    assert ran.code == 1
    assert said in ran.said


def test_outside_a_repository_it_says_so(invoke: Invoke, workspace: Path) -> None:
    """A workspace that is in no repository cannot be compared with a commit."""
    ran = invoke("diff", folder=workspace)
    assert ran.code == 1
    assert "MC9020" in ran.err
    assert "git cannot read here" in ran.said
