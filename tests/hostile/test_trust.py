"""MENTORCTL_TRUST: where credentials go, and which files are read, is what a trusted commit says."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from cli.terminal import DAYS, example, run_here

TRUST = {"MENTORCTL_TRUST": "main"}
_PERSON = ("-c", "user.name=M", "-c", "user.email=m@example.org")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A workspace as the commit `main`, with a roster beside it that main does not name."""
    folder = example("reverse", tmp_path / "workspace")
    env = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for words in (("init", "--quiet", "-b", "main"), ("add", "--all"), ("commit", "--quiet", "-m", "A workspace")):
        subprocess.run(["git", *_PERSON, *words], cwd=folder, env=env, check=True)
    (tmp_path / "secret.csv").write_text("token,b\nabc,d\n", encoding="utf-8")
    return folder


def edited(folder: Path, old: str, new: str) -> None:
    """One place of mentorctl.yaml, changed."""
    path = folder / "mentorctl.yaml"
    text, count = re.subn(old, lambda _: new, path.read_text(encoding="utf-8"))
    assert count == 1
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"store: .*", "store: postgresql://mentoring@203.0.113.7/mentoring"),
        (r"store: .*", "store: sqlite:other.db"),
        (r"roster/people\.csv", "../secret.csv"),
        (r"roster/people\.csv", "/etc/passwd"),
        (r"roster/people\.csv", "roster/../../secret.csv"),
    ],
)
def test_another_store_or_a_file_outside_needs_a_person(old: str, new: str, repository: Path) -> None:
    """What is not as the trusted commit has it is refused with its place, and its address is not repeated."""
    edited(repository, old, new)

    ran = run_here("plan", "--as-of", DAYS["reverse"], folder=repository, env=TRUST)

    assert (ran.code, ran.out) == (3, "")
    assert "MC9031" in ran.err
    assert "mentorctl.yaml:" in ran.err


def test_what_is_as_trusted_is_planned(repository: Path) -> None:
    """Without a change, and with another roster inside of the workspace, the plan is made."""
    (repository / "roster" / "people.csv").rename(repository / "roster" / "all.csv")
    edited(repository, r"roster/people\.csv", "roster/all.csv")

    assert run_here("plan", "--as-of", DAYS["reverse"], folder=repository, env=TRUST).code == 0


def test_a_commit_that_is_not_there_is_trusted_by_nobody(repository: Path) -> None:
    """A name that git does not know stops the command: a slip must not open what it should close."""
    ran = run_here("plan", folder=repository, env={"MENTORCTL_TRUST": "nowhere"})

    assert (ran.code, "MC9020" in ran.err) == (1, True)


def test_the_first_line_of_a_file_outside_is_not_shown(repository: Path) -> None:
    """Whoever names a file that is no roster does not learn what it holds from the message."""
    edited(repository, r"roster/people\.csv", "../secret.csv")

    ran = run_here("validate", folder=repository)

    assert (ran.code, "MC3002" in ran.err) == (1, True)
    assert "token" not in ran.err
