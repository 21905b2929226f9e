"""`mentorctl review`: what reviewers see of a saved plan, as a comment and as a page."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cli.terminal import DAYS, Invoke, example, run_here

from mentorctl.render.comment import MOST_BYTES


@pytest.fixture(scope="module")
def _both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in git with an edit, its live plan and its static one."""
    folder = example("reverse", tmp_path_factory.mktemp("both") / "workspace")
    who = ("-c", "user.name=anna", "-c", "user.email=anna@example.org", "-c", "commit.gpgsign=false")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), (*who, "commit", "-qm", "begin")):
        subprocess.run(["git", *words], cwd=folder, capture_output=True, check=True)
    path = folder / "programs" / "fresh_eyes.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r"lasts: (\d)mo", lambda found: f"lasts: {int(found[1]) + 1}mo", text, count=1), encoding="utf-8"
    )
    assert run_here("plan", "--as-of", DAYS["reverse"], "--out", "live.json", folder=folder).code == 0
    assert run_here("plan", "--static", "--as-of", DAYS["reverse"], "--out", "static.json", folder=folder).code == 0
    return folder


@pytest.fixture
def both(_both: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(_both, tmp_path / "workspace")


def test_a_live_plan_is_shown(invoke: Invoke, both: Path) -> None:
    """The comment goes to its file and the page to another; both speak of people, and neither has an id of one."""
    ran = invoke("review", "live.json", "--markdown", "c.md", "--html", "p.html", "--detailed-exitcode", folder=both)
    assert (ran.code, ran.out, ran.err) == (2, "", "")
    comment, page = ((both / name).read_text(encoding="utf-8") for name in ("c.md", "p.html"))
    assert comment.startswith("<!-- mentorctl:review ")
    assert re.search(r"### \d+ people hear of something new in `fresh_eyes`\.", comment)
    assert "<h2" in page
    people = set(re.findall(r'"person":"(\w+)"', (both / "live.json").read_text(encoding="utf-8")))
    assert people
    assert not [person for person in people if person in comment or person in page]


def test_both_plans_are_one_comment(invoke: Invoke, both: Path) -> None:
    """A live and a static plan together, in any order, are one comment: numbers of people, and what differs in files."""
    one = invoke("review", "live.json", "static.json", folder=both)
    other = invoke("review", "static.json", "live.json", "--markdown", "-", folder=both)
    assert one.code == 0
    assert one.out == other.out
    assert "Timeline before and after" in one.out
    assert "people hear of something new" in one.out


def test_programs_can_read_it(invoke: Invoke, both: Path) -> None:
    """In JSON there is the marker, whether anything changes, the worst for people, the sentence and the comment."""
    said = invoke("review", "static.json", "--format", "json", folder=both).json
    assert said["format"] == "mentorctl/review/v1"
    assert (said["changes"], said["impact"]) == (True, "rescheduled")
    assert said["comment"].startswith(said["marker"] + "\n")
    assert said["headline"].startswith("At worst, dates of people move in fresh_eyes")


def test_nothing_to_say(invoke: Invoke, both: Path) -> None:
    """Where nothing differs the comment is one sentence behind its marker, and the exit code is 0."""
    assert invoke("plan", "--static", "--from", "HEAD", "--to", "HEAD", "--out", "same.json", folder=both).code == 0
    ran = invoke("review", "same.json", "--detailed-exitcode", folder=both)
    assert ran.code == 0
    assert ran.out.splitlines()[1:] == ["Nothing differs: nothing happens to anybody."]


def test_it_needs_no_workspace(invoke: Invoke, both: Path, tmp_path: Path) -> None:
    """A saved plan is all it takes: files, roster and state may be elsewhere."""
    shutil.copy(both / "live.json", tmp_path / "live.json")
    empty = tmp_path / "empty"
    empty.mkdir()
    ran = invoke("review", tmp_path / "live.json", folder=empty)
    assert ran.code == 0
    assert len(ran.out.encode()) < MOST_BYTES


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("live.json", "live.json"), 64, "two live plans are given"),
        (("nothing.json",), 1, "MC7002"),
        (("mentorctl.yaml",), 1, "MC7002"),
        ((), 64, "Missing argument"),
    ],
)
def test_what_is_no_plan_is_refused(invoke: Invoke, both: Path, words: tuple[str, ...], code: int, said: str) -> None:
    """Two of a kind, a file that is not there and one that is no plan get a sentence."""
    ran = invoke("review", *words, folder=both)
    assert ran.code == code
    assert said in ran.said


@pytest.mark.parametrize("file", ["live.json", "static.json"])
@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("fresh_eyes", "other", 1),
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("/v1", "/v9", 1),
        lambda text: json.dumps(json.loads(text) | {"extra": 1}),
        lambda text: text.replace('"workspace"', '"workspace":"x","workspace"', 1),
        lambda text: "[" * 20_000 + text,
    ],
    ids=["edited", "cut", "newer", "more", "twice", "deep"],
)
def test_a_plan_that_was_altered(
    invoke: Invoke, both: Path, file: str, edit: object, request: pytest.FixtureRequest
) -> None:
    """A plan edited by hand, cut, or of a newer version is no plan; a static one has no seal, but one way to be written."""
    path = both / file
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")  # type: ignore[operator]  # a function
    ran = invoke("review", file, folder=both)
    if (file, request.node.callspec.id.partition("-")[0]) == ("static.json", "edited"):
        assert ran.code == 0  # it says something else, and says it harmlessly
    else:
        assert ran.code == 1
        assert "MC7002" in ran.err
