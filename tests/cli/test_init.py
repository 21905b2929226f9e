"""`mentorctl init`: from an empty folder to a program that can be applied."""

from pathlib import Path

import pytest
from cli.terminal import Invoke, contents


def test_a_new_workspace_can_be_validated_planned_and_applied(invoke: Invoke, tmp_path: Path) -> None:
    """Without an edit and on any day, the new workspace is valid and matches people."""
    made = invoke("init", "--timezone", "Europe/Berlin", folder=tmp_path)
    assert made.code == 0
    assert "mentorctl plan --names" in made.out

    checked = invoke("validate", "--strict", folder=tmp_path)
    assert (checked.code, checked.err) == (0, "")
    planned = invoke("plan", "--names", "--detailed-exitcode", "--out", "plan.json", folder=tmp_path)
    assert planned.code == 2
    assert "match proposed" in planned.out
    assert invoke("apply", "plan.json", folder=tmp_path).code == 0
    shown = invoke("show", "matches", "--names", folder=tmp_path)
    assert shown.out.count("→") >= 5


def test_editors_find_the_schemas(invoke: Invoke, tmp_path: Path) -> None:
    """The line that editors read names a schema that was written beside the files."""
    invoke("init", folder=tmp_path)

    files = [tmp_path / "mentorctl.yaml", *(tmp_path / "programs").glob("*.yaml")]
    assert len(files) == 2
    for file in files:
        line = file.read_text(encoding="utf-8").splitlines()[0]
        assert line.startswith("# yaml-language-server: $schema=")
        schema = file.parent / line.partition("$schema=")[2]
        assert schema.is_file()
        assert '"$schema"' in schema.read_text(encoding="utf-8")


def test_the_live_state_stays_out_of_git(invoke: Invoke, tmp_path: Path) -> None:
    """The store, its lock and saved plans are ignored from the beginning."""
    invoke("init", folder=tmp_path)

    ignored = (tmp_path / ".gitignore").read_text(encoding="utf-8").split()
    assert {"state.db", "state.db.*", "state.db-journal", "plan.json"} <= set(ignored)


@pytest.mark.parametrize("name", ["mentorctl.yaml", "programs/first_steps.yaml", ".gitignore", "roster/mentors.csv"])
def test_nothing_is_overwritten(name: str, invoke: Invoke, tmp_path: Path) -> None:
    """One file in the way, and nothing at all is written; the file is named."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine", encoding="utf-8")
    before = contents(tmp_path)

    ran = invoke("init", folder=tmp_path)

    assert ran.code == 1
    assert "MC9008" in ran.err
    assert f"`{name}`" in ran.err
    assert contents(tmp_path) == before


def test_a_link_to_nowhere_is_not_followed(invoke: Invoke, tmp_path: Path) -> None:
    """A dangling link in the place of a file is not written through."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mentorctl.yaml").symlink_to(tmp_path / "elsewhere.yaml")

    assert invoke("init", folder=tmp_path / "folder").code == 1
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_a_file_in_the_place_of_a_folder_is_said(invoke: Invoke, tmp_path: Path) -> None:
    """What is in the way is named, and nothing is left half made."""
    (tmp_path / "programs").touch()

    ran = invoke("init", folder=tmp_path)

    assert ran.code == 1
    assert "programs" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["programs"]


@pytest.mark.parametrize(
    "name",
    [
        "Mentoring 2027!",
        "123",
        "ÄÖÜ",
        "null",
        "true",
        "no",
        "x" * 200,
        "a--b",
        "-dash",
        "日本",
        "e1",
        "On",
        "a'b\"c",
    ],
)
def test_ids_come_from_odd_folder_names(name: str, invoke: Invoke, tmp_path: Path) -> None:
    """Whatever the folder is called, the id of the workspace is one."""
    (tmp_path / name).mkdir()

    assert invoke("init", folder=tmp_path / name).code == 0
    checked = invoke("validate", folder=tmp_path / name)
    assert checked.code == 0, checked.err


@pytest.mark.parametrize("zone", ["Mars/Olympus", "europe/berlin", "", "UTC\n", "../UTC"])
def test_an_unknown_time_zone_is_refused_before_anything_is_written(zone: str, invoke: Invoke, tmp_path: Path) -> None:
    """A name that no time zone has makes no workspace."""
    ran = invoke("init", "--timezone", zone, folder=tmp_path)

    assert ran.code == 1
    assert "MC2010" in ran.err
    assert list(tmp_path.iterdir()) == []
