"""`validate --format`: what stands on which stream, whatever happens; and the exceptions that are active."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from cli.terminal import Ran, run_here
from jsonschema import Draft202012Validator

from mentorctl.resources import text as shipped

MACHINES = ("json", "sarif", "junit")


@pytest.fixture
def wrong(workspace: Path) -> Path:
    """The smallest example with an unknown key and no sponsor."""
    path = workspace / "programs" / "fresh_eyes.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("owner:", "ownr:", 1), encoding="utf-8")
    return workspace


@pytest.fixture
def advised(workspace: Path) -> Path:
    """The smallest example without a cadence of its meetings, which is a warning."""
    path = workspace / "programs" / "fresh_eyes.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("every: 3w, ", "", 1), encoding="utf-8")
    return workspace


def _is_document(form: str, ran: Ran) -> None:
    if form == "junit":
        assert ET.fromstring(ran.out).tag == "testsuites"  # noqa: S314 - our own text
    else:
        json.loads(ran.out)
    assert ran.err == ""


@pytest.mark.parametrize("form", MACHINES)
@pytest.mark.parametrize("state", ["workspace", "wrong", "advised", "nothing", "unreadable"])
def test_the_result_is_one_document(state: str, form: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Whether all is well or there is not even a workspace: the document alone on standard output."""
    if state == "nothing":
        folder = tmp_path / "empty"
        folder.mkdir()
    elif state == "unreadable":
        folder = request.getfixturevalue("workspace")
        (folder / "mentorctl.yaml").write_bytes(b"\xff\xfe\x00")
    else:
        folder = request.getfixturevalue(state)

    ran = run_here("validate", "--format", form, folder=folder)

    assert ran.code == (0 if state in {"workspace", "advised"} else 1)
    _is_document(form, ran)


def test_json_is_what_its_schema_says(workspace: Path, tmp_path: Path) -> None:
    """The result, also with fixes, and the findings of a command that could not do its work."""
    check = Draft202012Validator(json.loads(shipped("schemas", "findings.v1.schema.json")))
    empty = tmp_path / "empty"
    empty.mkdir()
    for folder, words in ((workspace, []), (workspace, ["--diff"]), (workspace, ["--no-roster"]), (empty, [])):
        ran = run_here("validate", "--format", "json", *words, folder=folder)
        assert [e.message for e in check.iter_errors(ran.json)] == []


def test_annotations_stand_alone_and_the_log_holds_the_rest(wrong: Path) -> None:
    """Commands on standard output, the text for people on standard error, and no command among it."""
    ran = run_here("validate", "--format", "github", folder=wrong)

    assert ran.code == 1
    assert all(line.startswith("::error title=MC1") for line in ran.out.splitlines())
    assert "file=programs/fresh_eyes.yaml,line=" in ran.out
    assert "error[MC1101]: unknown key" in ran.err
    assert "::" not in ran.err


def test_annotations_of_a_right_workspace_are_none(workspace: Path) -> None:
    """Nothing is wrong, nothing is said."""
    ran = run_here("validate", "--format", "github", folder=workspace)
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_workspace_in_a_repository_has_paths_from_its_top(wrong: Path, tmp_path: Path) -> None:
    """Wherever the command is called, so that the annotation is shown beside the line."""
    (tmp_path / ".git").mkdir()
    for folder, words in ((wrong, []), (wrong / "programs", []), (tmp_path, ["-C", "workspace"])):
        ran = run_here(*words, "validate", "--format", "github", folder=folder)
        assert ",file=workspace/programs/fresh_eyes.yaml,line=" in ran.out


def test_without_a_repository_paths_begin_at_the_current_folder(wrong: Path, tmp_path: Path) -> None:
    """As pipelines without git check a copy."""
    assert (
        ",file=workspace/programs/"
        in run_here("-C", "workspace", "validate", "--format", "github", folder=tmp_path).out
    )
    assert ",file=programs/" in run_here("validate", "--format", "github", folder=wrong / "programs").out


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif", "junit"])
def test_strict_fails_in_every_format(form: str, advised: Path) -> None:
    """The exit code does not depend on the format."""
    assert run_here("validate", "--format", form, folder=advised).code == 0
    assert run_here("validate", "--strict", "--format", form, folder=advised).code == 1


def _with_exception(folder: Path, until: str = "2027-06-30") -> None:
    path = folder / "mentorctl.yaml"
    entry = (
        f"suppress: [{{check: MC2106, because: pairs choose their rhythm, until: {until}, at: fresh_eyes.meetings}}]\n"
    )
    path.write_text(path.read_text(encoding="utf-8") + entry, encoding="utf-8")


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_active_exceptions_are_counted(command: str, advised: Path) -> None:
    """Both commands that people read say how many there are, and when the next one ends."""
    _with_exception(advised)

    ran = run_here(command, "--as-of", "2027-02-02", folder=advised)

    assert ran.code == 0
    assert "1 exception is active, it ends on 2027-06-30" in ran.out + ran.err
    assert "MC2106" not in ran.out + ran.err
    (listed,) = run_here(command, "--as-of", "2027-02-02", "--format", "json", folder=advised).json["exceptions"]
    assert (listed["check"], listed["until"]) == ("MC2106", "2027-06-30")


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_an_exception_that_has_ended_works_no_more(command: str, advised: Path) -> None:
    """On the day after its last, the finding counts again."""
    _with_exception(advised, until="2027-02-01")

    ran = run_here(command, "--as-of", "2027-02-02", folder=advised)

    assert "warning[MC2106]" in ran.err
    assert "warning[MC2403]" in ran.err
    assert "active, it ends" not in ran.out + ran.err


def test_a_warning_that_is_made_an_error_stops_the_plan(advised: Path) -> None:
    """The severity that the workspace gives is the one that counts, everywhere."""
    path = advised / "mentorctl.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}checks: {{severity: {{MC2106: error}}}}\n", encoding="utf-8")

    ran = run_here("plan", "--as-of", "2027-02-02", folder=advised)

    assert ran.code == 1
    assert "error[MC2106]" in ran.err
    assert ran.out == ""
