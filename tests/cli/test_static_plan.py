"""`mentorctl plan --static`: two commits compared without state, people, secrets and network."""

import json
import socket
import subprocess
from pathlib import Path

import pytest
from cli.terminal import Invoke, contents, example

from mentorctl.cli.sealed import Sealed, sealed
from mentorctl.plan.static_codec import NotAStaticPlan, static_plan_from_text, static_plan_to_text


def _git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=anna", "-c", "user.email=anna@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, check=True)


@pytest.fixture
def committed(tmp_path: Path) -> Path:
    """The example without its roster, which a static plan never reads, in a repository of its own."""
    folder = example("grow", tmp_path / "workspace")
    for file in (folder / "roster").iterdir():
        file.unlink()
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "add", "-A")
    _git(folder, "commit", "-qm", "begin")
    return folder


def _edit(folder: Path, before: str, after: str) -> None:
    path = folder / "programs" / "grow.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_nothing_differs(invoke: Invoke, committed: Path) -> None:
    """Where only a comment differs, nothing happens to anybody, and the exit code says so."""
    _edit(committed, "id: grow\n", "id: grow  # our first\n")
    ran = invoke("plan", "--static", "--detailed-exitcode", folder=committed)
    assert (ran.code, ran.err) == (0, "")
    assert "No program differs: nothing happens to anybody." in ran.out


def test_a_change_is_shown_with_its_worst(invoke: Invoke, committed: Path) -> None:
    """Values with their lines, dates, lifecycles and limits that move are shown; the headline is about people."""
    _edit(committed, "id: active, lasts: 6mo", "id: active, lasts: 9mo")
    _edit(committed, "automation:\n", "limits: {un_matched: {max: 5}}\n\nautomation:\n")
    _git(committed, "commit", "-aqm", "longer")
    _edit(committed, "limits: {un_matched: {max: 5}}", "limits: {un_matched: {max: 50}}")
    ran = invoke("plan", "--static", "--from", "HEAD~1", "--detailed-exitcode", folder=committed)
    assert ran.code == 2
    assert "At worst, dates of people move in grow." in ran.out
    assert "timeline.phases.active.lasts  6mo → 9mo  programs/grow.yaml:34" in ran.out
    assert "closing          08 Sep to 21 Sep 2027 → 08 Dec to 21 Dec 2027 (+91 days)" in ran.out
    assert "stricter limit of un_matched: new, 50 people" in ran.out
    weaker = invoke("plan", "--static", folder=committed)
    assert "weaker limit of un_matched: 5 people → 50 people" in weaker.out


def test_the_document_reads_as_what_was_written(invoke: Invoke, committed: Path) -> None:
    """What is saved is canonical JSON of its format; read and written again it is the same, altered it is refused."""
    _edit(
        committed, "after: 30d, unless: meeting.first, do: escalate", "after: 20d, unless: meeting.first, do: escalate"
    )
    ran = invoke("plan", "--static", "--out", "static.json", folder=committed)
    assert ran.code == 0
    text = (committed / "static.json").read_text(encoding="utf-8")
    plan = static_plan_from_text(text)
    assert static_plan_to_text(plan) == text
    assert json.loads(text)["format"] == "mentorctl/static-plan/v1"
    assert [machine.after.name for machine in plan.programs[0].lifecycles] == ["match"]
    for wrong in (
        text.replace("20d", "21d", 1) + " ",
        text[:-9],
        "{}",
        "[" * 9000,
        text.replace('"solved":0', '"solved":true'),
    ):
        with pytest.raises(NotAStaticPlan):
            static_plan_from_text(wrong)


def test_what_is_broken_is_not_gone(invoke: Invoke, committed: Path) -> None:
    """A program that cannot be read is named as broken, findings that were there before are not repeated, and it is 1."""
    (committed / "programs" / "grow.yaml").write_text("mentorctl: program/v1\nid: grow\nnoname: [\n", encoding="utf-8")
    ran = invoke("plan", "--static", folder=committed)
    assert ran.code == 1
    assert "unreadable programs/grow.yaml" in ran.out
    assert "its file is gone" not in ran.out


def test_a_workspace_may_begin(invoke: Invoke, tmp_path: Path) -> None:
    """A pull request that brings the first workspace is compared with nothing."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "readme.txt").write_text("soon", encoding="utf-8")
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "add", "-A")
    _git(folder, "commit", "-qm", "begin")
    example("grow", tmp_path / "copy")
    for path in (tmp_path / "copy").iterdir():
        path.rename(folder / path.name)
    ran = invoke("plan", "--static", folder=folder)
    assert ran.code == 0
    assert "a new program" in ran.out


def test_only_kin_is_read(invoke: Invoke, committed: Path) -> None:
    """A broken program that the change does not touch is none of its findings; one that inherits from a base is."""
    (committed / "bases").mkdir()
    (committed / "bases" / "house.yaml").write_text(
        "mentorctl: base/v1\nid: house\nowner: somebody\n", encoding="utf-8"
    )
    _edit(committed, "id: grow\n", "id: grow\nextends: house\n")
    _edit(committed, "owner: people_development\n", "")
    (committed / "programs" / "other.yaml").write_text("mentorctl: program/v1\nid: other\nwrong: 1\n", encoding="utf-8")
    _git(committed, "add", "-A")
    _git(committed, "commit", "-qm", "base")
    (committed / "bases" / "house.yaml").write_text("mentorctl: base/v1\nid: house\nowner: else\n", encoding="utf-8")
    ran = invoke("plan", "--static", folder=committed)
    assert ran.code == 0
    assert "owner  somebody → else  bases/house.yaml:3" in ran.out
    assert "wrong" not in ran.out


def test_nothing_is_written_or_run(invoke: Invoke, committed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hooks of the repository do not run, nothing in the folder changes, and no socket opens meanwhile."""
    hook = committed / ".git" / "hooks" / "post-checkout"
    hook.write_text("#!/bin/sh\ntouch ../ran\n", encoding="utf-8")
    hook.chmod(0o755)
    _edit(committed, "timezone_within: 2h", "timezone_within: 3h")
    before = contents(committed)
    monkeypatch.setenv("MENTORCTL_SECRET", "canary-7f3a")
    ran = invoke("plan", "--static", "--format", "json", folder=committed)
    assert ran.code == 0
    assert contents(committed) == before
    assert "canary" not in ran.said


def test_the_seal_holds() -> None:
    """While the seal is closed, neither a socket nor a program other than git can be had; afterwards both can."""
    with sealed():
        with pytest.raises(Sealed):
            socket.create_connection(("127.0.0.1", 9), timeout=0.1)
        with pytest.raises(Sealed):
            subprocess.run(["true"], check=False)
        subprocess.run(["git", "--version"], capture_output=True, check=True)
    subprocess.run(["true"], check=True)


@pytest.mark.parametrize(
    "words", [("plan", "--static", "--names"), ("plan", "--from", "HEAD"), ("plan", "--static", "--certificate", "x")]
)
def test_options_that_do_not_go_together(invoke: Invoke, committed: Path, words: tuple[str, ...]) -> None:
    """What needs people or state is refused beside --static, and commits without it."""
    assert invoke(*words, folder=committed).code == 64
