"""Reading files at a commit: exactly what was committed, and nothing of a hostile repository is run or followed."""

import os
import subprocess
from pathlib import Path

import pytest

from mentorctl.sources.files import MAX_YAML_BYTES, Unreadable
from mentorctl.sources.git import files_at


def _git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=anna", "-c", "user.email=anna@example.org", "-c", "commit.gpgsign=false")
    ended = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def _commit(folder: Path, files: dict[str, str | bytes]) -> str:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "--no-verify", "-m", "change")
    return _git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a workspace in it, and one commit."""
    folder = tmp_path / "repository"
    folder.mkdir()
    _git(folder, "init", "-q", "-b", "main")
    _commit(folder, {"mentorctl.yaml": "a: 1\n", "programs/grow.yaml": "id: grow\n", "README.md": "hello\n"})
    return folder


def test_files_are_those_of_the_commit(repository: Path) -> None:
    """What lies in the folder now does not matter; what no workspace reads is left out."""
    first = _git(repository, "rev-parse", "HEAD")
    _commit(repository, {"programs/grow.yaml": "id: other\n", "programs/.hidden.yaml": "x\n", "bases/b.yml": "y\n"})
    (repository / "programs" / "grow.yaml").write_text("id: edited\n", encoding="utf-8")
    assert files_at(repository, first).texts == {"mentorctl.yaml": "a: 1\n", "programs/grow.yaml": "id: grow\n"}
    assert files_at(repository, "main").texts["programs/grow.yaml"] == "id: other\n"
    assert set(files_at(repository, "HEAD").texts) == {"bases/b.yml", "mentorctl.yaml", "programs/grow.yaml"}


def test_a_workspace_may_lie_in_a_folder(repository: Path) -> None:
    """Paths are those of the workspace, wherever in the repository it is; names are taken literally."""
    _commit(repository, {"people/[x]*/mentorctl.yaml": "b: 2\n", "people/[x]*/programs/a b.yaml": "id: ab\n"})
    found = files_at(repository / "people" / "[x]*", "HEAD")
    assert found.texts == {"mentorctl.yaml": "b: 2\n", "programs/a b.yaml": "id: ab\n"}


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("nothing", "git knows no commit, tag or branch `nothing` here"),
        ("--output=/tmp/x", "is no name of a commit"),
        ("", "is no name of a commit"),
        ("HEAD:programs/grow.yaml", "git knows no commit"),
        ("HEAD\0x", "is no name of a commit"),
    ],
)
def test_a_name_that_is_no_commit_is_refused(repository: Path, ref: str, said: str) -> None:
    """No name is an option to git, and the answer says what was looked for."""
    with pytest.raises(Unreadable, match=said):
        files_at(repository, ref)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff\xfe", "is not UTF-8 text"), (b"#" * (MAX_YAML_BYTES + 1), "bytes; at most")],
)
def test_content_is_bounded_text(repository: Path, content: bytes, said: str) -> None:
    """A file that is too large or no text is refused by name."""
    _commit(repository, {"programs/grow.yaml": content})
    with pytest.raises(Unreadable, match=said):
        files_at(repository, "HEAD")


def test_links_are_not_followed(repository: Path) -> None:
    """A link in the place of a program could lead to a secret of the machine."""
    (repository / "programs" / "link.yaml").symlink_to("/etc/passwd")
    _commit(repository, {})
    with pytest.raises(Unreadable, match=r"`programs/link.yaml` is a link or a submodule"):
        files_at(repository, "HEAD")


def test_a_name_that_is_no_text_is_refused(repository: Path) -> None:
    """What is found in such a file could be written nowhere."""
    (repository / "programs" / os.fsdecode(b"\xff.yaml")).write_text("x", encoding="utf-8")
    _commit(repository, {})
    with pytest.raises(Unreadable, match=r"the name of `programs/\\xff.yaml` is not UTF-8 text"):
        files_at(repository, "HEAD")


def test_nothing_of_the_repository_runs(repository: Path, tmp_path: Path) -> None:
    """Hooks, filters, drivers, aliases, a pager and a file-system monitor of the repository are never called."""
    trap = tmp_path / "trap"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {trap}\ncat\n", encoding="utf-8")
    script.chmod(0o755)
    _commit(repository, {".gitattributes": "*.yaml filter=evil diff=evil\n"})
    for hook in ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc"):
        path = repository / ".git" / "hooks" / hook
        path.write_bytes(script.read_bytes())
        path.chmod(0o755)
    for key in (
        "core.fsmonitor", "core.pager", "core.sshCommand", "filter.evil.smudge", "filter.evil.process",
        "diff.evil.textconv", "diff.external", "core.gitProxy", "uploadpack.packObjectsHook",
    ):  # fmt: skip
        _git(repository, "config", key, str(script))
    trap.unlink(missing_ok=True)
    assert files_at(repository, "HEAD").texts["programs/grow.yaml"] == "id: grow\n"
    assert not trap.exists()


def test_outside_a_repository_it_says_so(tmp_path: Path) -> None:
    """Where git has nothing the answer is a sentence."""
    with pytest.raises(Unreadable, match="git cannot read here"):
        files_at(tmp_path, "HEAD")


def test_without_git_it_says_so(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without git gets a sentence."""
    monkeypatch.setattr(os, "environ", {"PATH": str(tmp_path)})
    with pytest.raises(Unreadable, match="git is not installed"):
        files_at(repository, "HEAD")
