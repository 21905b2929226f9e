"""The shipped data folders, in a checkout and in a broken install."""

import json
from pathlib import Path

import pytest

from mentorctl import resources


@pytest.mark.parametrize("name", ["program.v1.schema.json", "workspace.v1.schema.json"])
def test_shipped_schemas_are_found(name: str) -> None:
    """The schemas are read as text wherever the program runs."""
    assert json.loads(resources.text("schemas", name))["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("name", ["schemas", "templates"])
def test_both_data_folders_exist(name: str) -> None:
    """What the wheel ships lies at the top of a checkout."""
    assert resources.folder(name).is_dir()


def test_a_lacking_folder_is_told_in_a_sentence() -> None:
    """A broken install says what to do."""
    with pytest.raises(FileNotFoundError, match="lacks its 'pictures' folder; install it again"):
        resources.folder("pictures")


def test_a_lacking_file_is_an_error() -> None:
    """An unknown schema is no empty text."""
    with pytest.raises(FileNotFoundError):
        resources.text("schemas", "nothing.schema.json")


def test_a_folder_of_another_project_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside an install, a folder counts only at the top of a checkout."""
    package = tmp_path / "lib" / "python" / "mentorctl"
    (tmp_path / "lib" / "schemas").mkdir(parents=True)
    monkeypatch.setattr(resources, "_HERE", package)
    monkeypatch.setattr(resources, "_CHECKOUT", tmp_path / "lib")
    with pytest.raises(FileNotFoundError):
        resources.folder("schemas")
    (tmp_path / "lib" / "pyproject.toml").write_text("")
    assert resources.folder("schemas") == tmp_path / "lib" / "schemas"
    (package / "schemas").mkdir(parents=True)
    assert resources.folder("schemas") == package / "schemas"
