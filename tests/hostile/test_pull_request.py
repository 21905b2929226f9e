"""Hostile pull requests: every command that a pipeline runs on one, in a process that is watched and bounded."""

import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from cli.terminal import DAYS, contents, example, surroundings
from hostile.cases import CANARY_IN_A_FILE, CANARY_IN_THE_ENVIRONMENT, CASES, Case

DAY = DAYS["reverse"]
KNOWN_CODES = frozenset({0, 1, 2, 3, 4, 6, 64})
SECONDS = 30  # of processor time for all commands of a case
KILOBYTES = 1_500_000
pytestmark = pytest.mark.slow
_PERSON = ("-c", "user.name=M", "-c", "user.email=m@example.org", "-c", "core.hooksPath=/dev/null")


@pytest.fixture(scope="module", params=["pipeline", pytest.param("every command", marks=pytest.mark.deep)])
def pack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What became of each case, by its name; all of them ran in one go.

    The default suite runs the commands that the pipeline runs on a pull request; `make deep` runs every command that
    reads files.
    """
    top = tmp_path_factory.mktemp("hostile")
    base = example("reverse", top / "base")
    (base / ".gitignore").write_text("state.db*\n", encoding="utf-8")
    for words in (("init", "--quiet", "-b", "main"), ("add", "--all"), ("commit", "--quiet", "-m", "A workspace")):
        _git(base, *words)
    jobs = [
        _prepared(top, base, number, case, every=request.param == "every command") for number, case in enumerate(CASES)
    ]
    before = {job["name"]: contents_of(Path(job["folder"]).parent) for job in jobs}
    asked, told = top / "jobs.json", top / "answers.json"
    asked.write_text(json.dumps(jobs), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-P", Path(__file__).with_name("driver.py"), asked, told],
        cwd=top,
        env=surroundings({"CANARY": CANARY_IN_THE_ENVIRONMENT, "PGPASSWORD": CANARY_IN_THE_ENVIRONMENT}),
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )
    assert ended.returncode == 0, ended.stderr
    answers = {answer["name"]: answer for answer in json.loads(told.read_text(encoding="utf-8"))}
    for job in jobs:
        folder = Path(job["folder"]).parent
        answers[job["name"]]["changed"] = _differences(before[job["name"]], contents_of(folder))
        answers[job["name"]]["written"] = _texts(Path(job["out"]))
    return answers


def _prepared(top: Path, base: Path, number: int, case: Case, *, every: bool) -> dict[str, Any]:
    """A repository below a folder with a secret beside it; the case is its second commit, and lies in the folder too."""
    around = top / f"case{number:03d}"
    folder, out = around / "workspace", top / f"out{number:03d}"
    out.mkdir()
    shutil.copytree(base, folder)
    (around / "secret.csv").write_text(f"{CANARY_IN_A_FILE},b\n{CANARY_IN_A_FILE}1,2\n", encoding="utf-8")
    (around / "outside").mkdir()
    (around / "outside" / "secret.yaml").write_text(f"password: {CANARY_IN_A_FILE}\n", encoding="utf-8")
    (around / "outside" / "matched.md.j2").write_text(f"{{{{ {CANARY_IN_A_FILE} }}}}\n", encoding="utf-8")
    case.edit(folder)
    _git(folder, "add", "--all", "--ignore-errors", check=False)
    _git(folder, "commit", "--quiet", "--allow-empty", "-m", "A change")
    static = str(out / "static.json")
    commands = [
        ["validate", "--as-of", DAY],
        ["validate", "--no-roster", "--format", "github"],
        ["plan", "--static", "--from", "HEAD^", "--to", "HEAD", "--out", static],
        ["review", static, "--markdown", str(out / "comment.md"), "--html", str(out / "page.html")],
        ["plan", "--as-of", DAY, "--out", str(out / "plan.json")],
    ]
    if every:
        commands[1:1] = [
            ["validate", "--no-roster"],
            ["validate", "--no-roster", "--format", "sarif"],
            ["fmt", "--check", "--diff"],
            ["diff", "--from", "HEAD^", "--to", "HEAD"],
            ["test"],
            ["compile", "--out", str(out / "compiled")],
            ["init", "--ci", "github", "--group", "acme", "--check"],
        ]
    return {"name": case.name, "folder": str(folder), "out": str(out), "commands": commands}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_change_is_refused_or_does_nothing(case: Case, pack: dict[str, dict[str, Any]]) -> None:
    """Refused with a message or harmless: no code, network, secret, file, traceback, or work without end comes of it."""
    answer = pack[case.name]

    assert answer["status"] == 0, "the process died"
    assert answer["strange"] == []
    assert answer["changed"] == []
    for ran in answer["commands"]:
        words, said = " ".join(ran["words"][:3]), ran["out"] + ran["err"]
        assert ran["code"] in KNOWN_CODES, f"{words}: {said[-1500:]}"
        assert "Traceback" not in said, words
        assert CANARY_IN_A_FILE not in said, words
        assert CANARY_IN_THE_ENVIRONMENT not in said, words
        assert not _unseen(said), f"{words}: {_unseen(said)}"
        if "github" not in ran["words"][:4]:
            assert not re.search(r"(?m)^::", said), words
    everything = "".join(answer["written"].values())
    assert CANARY_IN_A_FILE not in everything
    assert CANARY_IN_THE_ENVIRONMENT not in everything
    assert sum(ran["seconds"] for ran in answer["commands"]) < SECONDS
    assert answer["kilobytes"] < KILOBYTES
    if case.refused:
        checked = answer["commands"][0]
        found = set(re.findall(r"error\[(MC\d{4})\]", checked["err"]))
        assert checked["code"] == 1, checked
        assert any(code.startswith(case.refused) for code in found), checked["err"][:1500]


def test_names_are_text_in_what_reviewers_see(pack: dict[str, dict[str, Any]]) -> None:
    """Markdown, HTML, mentions and hidden marks in names reach the comment and the page as text."""
    for name in ("markdown and HTML", "markdown in an owner", "a diagram's click", "commands of a workflow"):
        written = pack[name]["written"]
        comment, page = written.get("comment.md", ""), written.get("page.html", "")
        assert comment.count("<!--") == 1, comment
        assert "<script>alert" not in page
        outside_of_code = re.sub(r"<code>.*?</code>|```.*?```|`[^`]*`", "", comment, flags=re.DOTALL)
        for trick in ("<img", "<script", "@everyone", "](https://evil", "closes #1", "javascript:"):
            assert trick not in outside_of_code, comment
        assert "<img src=https://evil" not in page


def test_what_annotates_holds_only_commands_of_ours(pack: dict[str, dict[str, Any]]) -> None:
    """Each line that commands the pipeline is an error, a warning or a notice, whatever the files say."""
    for answer in pack.values():
        (ran,) = [ran for ran in answer["commands"] if "github" in ran["words"][:4] and ran["words"][0] == "validate"]
        for line in ran["out"].splitlines():
            if line.startswith("::"):
                assert re.match(r"::(error|warning|notice)[ :]", line), line


def contents_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Everything below a folder but git's own notes, which git changes when it is asked."""
    return {name: about for name, about in contents(folder).items() if "/.git/" not in f"/{name}/"}


def _differences(before: dict[str, tuple[int, bytes]], after: dict[str, tuple[int, bytes]]) -> list[str]:
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def _unseen(text: str) -> set[str]:
    """Characters that command a terminal or turn text."""
    return {repr(c) for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"}}


def _texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in folder.rglob("*")
        if path.is_file()
    }


def _git(folder: Path, *words: str, check: bool = True) -> None:
    env = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *_PERSON, *words], cwd=folder, env=env, check=check, capture_output=True)
