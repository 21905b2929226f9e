"""`init --template`, `new program`, `schema` and `docs`: what people begin with."""

import json
from pathlib import Path

import pytest
from cli.terminal import Invoke, contents

from mentorctl.cli.models import MODELS
from mentorctl.spec.model import ModelType


def test_every_model_has_a_template() -> None:
    """The words on the command line are the models of the language."""
    assert set(MODELS) == {model.value for model in ModelType}


@pytest.mark.parametrize("model", MODELS)
def test_each_template_can_be_validated_and_planned(model: str, invoke: Invoke, tmp_path: Path) -> None:
    """A new workspace of any model is valid without warnings, is laid out, and matches people on the day it is made."""
    assert invoke("init", "--template", model, folder=tmp_path).code == 0

    checked = invoke("validate", "--strict", folder=tmp_path)
    assert (checked.code, checked.err) == (0, "")
    assert invoke("fmt", "--check", folder=tmp_path).code == 0
    planned = invoke("plan", "--out", "plan.json", folder=tmp_path)
    assert planned.code == 0, planned.err
    assert "match proposed" in planned.out
    assert f"type: {model}" in (tmp_path / "programs" / "first_steps.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("model", MODELS)
def test_a_program_of_any_model_joins_a_workspace(model: str, invoke: Invoke, workspace: Path) -> None:
    """A new program fits the roster contract that is there; what needs other fields is a comment."""
    (workspace / "programs" / "fresh_eyes.yaml").unlink()

    ran = invoke("new", "program", "second", "--model", model, "--name", "Second: of two")

    assert (ran.code, ran.err) == (0, "")
    text = (workspace / "programs" / "second.yaml").read_text(encoding="utf-8")
    assert 'name: "Second: of two"' in text
    assert invoke("fmt", "--check").code == 0
    assert f"type: {model}" in text


def test_the_name_is_the_id_in_words(invoke: Invoke, tmp_path: Path) -> None:
    """Without --name people see the id in words, and the new program is valid at once."""
    invoke("init", folder=tmp_path)

    assert invoke("new", "program", "spring_circle", "--model", "group", folder=tmp_path).code == 0

    assert "\nname: Spring circle\n" in (tmp_path / "programs" / "spring_circle.yaml").read_text(encoding="utf-8")
    checked = invoke("validate", "--strict", folder=tmp_path)
    assert (checked.code, checked.err) == (0, "")


def test_a_program_is_never_overwritten(invoke: Invoke, workspace: Path) -> None:
    """A file or an id that exists is refused, and nothing is written."""
    before = contents(workspace)

    ran = invoke("new", "program", "fresh_eyes")

    assert ran.code == 1
    assert "MC9008" in ran.err
    (workspace / "programs" / "link.yaml").symlink_to(workspace / "elsewhere.yaml")
    assert invoke("new", "program", "link").code == 1
    (workspace / "programs" / "link.yaml").unlink()
    assert contents(workspace) == before


@pytest.mark.parametrize(
    ("name", "hint"),
    [("Grow-2027", "`grow_2027`"), ("../x", "`x`"), ("1st", "small letters"), ("true", "small letters")],
)
def test_an_id_must_be_one(name: str, hint: str, invoke: Invoke, workspace: Path) -> None:
    """A word that is no id is refused before anything is written, with one that is."""
    before = contents(workspace)

    ran = invoke("new", "program", name)

    assert ran.code == 64
    assert hint in ran.said
    assert contents(workspace) == before


def test_what_the_contract_lacks_is_told(invoke: Invoke, workspace: Path) -> None:
    """The fields that a template would use are named, in text and for machines."""
    shown = invoke("new", "program", "remote", "--model", "virtual", "--format", "json").json

    assert shown["file"] == "programs/remote.yaml"
    text = (workspace / "programs" / "remote.yaml").read_text(encoding="utf-8")
    assert all(f"needs `{name}`" in text or f"`{name}`" in text for name in shown["lacking"])


def test_a_role_that_nobody_has_is_told(invoke: Invoke, tmp_path: Path) -> None:
    """A peer program in a workspace of mentors and mentees needs a file with peers."""
    invoke("init", folder=tmp_path)

    ran = invoke("new", "program", "circle", "--model", "peer", folder=tmp_path)

    assert "No roster source has `role: peer`" in ran.out
    assert (tmp_path / "programs" / "circle.yaml").is_file()


def test_schemas_are_written_over_old_ones(invoke: Invoke, workspace: Path) -> None:
    """Editors find the schemas of this version in the workspace, also after an upgrade."""
    folder = workspace / ".mentorctl" / "schemas"
    folder.mkdir(parents=True)
    (folder / "program.v1.schema.json").write_text("old", encoding="utf-8")

    ran = invoke("schema", "export")

    assert ran.code == 0
    assert "$schema=../.mentorctl/schemas/program.v1.schema.json" in ran.out
    for path in folder.iterdir():
        assert json.loads(path.read_text(encoding="utf-8"))["$schema"].endswith("2020-12/schema")
    assert {"program.v1.schema.json", "workspace.v1.schema.json", "base.v1.schema.json"} <= {
        path.name for path in folder.iterdir()
    }


def test_schemas_are_written_where_one_says(invoke: Invoke, tmp_path: Path) -> None:
    """--dir works without a workspace."""
    assert invoke("schema", "export", "--dir", "out/here", folder=tmp_path).code == 0

    assert (tmp_path / "out" / "here" / "workspace.v1.schema.json").is_file()


def test_a_schema_is_printed(invoke: Invoke, tmp_path: Path) -> None:
    """The schema of a kind of file is one JSON document; another word is answered with the kinds there are."""
    assert invoke("schema", "print", "program", folder=tmp_path).json["$id"] == "mentorctl:program/v1"

    ran = invoke("schema", "print", "progam", folder=tmp_path)
    assert ran.code == 1
    assert "`program`" in ran.err


def test_the_reference_is_written(invoke: Invoke, tmp_path: Path) -> None:
    """The language reference goes to standard output, or into a folder."""
    printed = invoke("docs", folder=tmp_path)
    written = invoke("docs", "--out", "pages", folder=tmp_path)

    assert (printed.code, written.code) == (0, 0)
    assert "| `timeline.phases[].lasts` |" in printed.out
    assert (tmp_path / "pages" / "language.md").read_text(encoding="utf-8") == printed.out
    assert invoke("docs", "--format", "json", folder=tmp_path).json["text"] + "\n" == printed.out
