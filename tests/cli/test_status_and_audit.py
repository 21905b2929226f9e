"""Where everything stands, and who did what when: on a screen, as JSON and as a table, with what can be verified."""

import csv
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli.terminal import Invoke, example

DAY = "2027-03-03"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example `grow` after two weeks with matches."""
    from cli.terminal import run_here

    folder = example("grow", tmp_path_factory.mktemp("status") / "grow")
    assert run_here("apply", "--as-of", DAY, "--yes", folder=folder).code == 0
    assert run_here("advance", "--to", "2027-03-12", folder=folder).code == 0
    return folder


def test_status_is_a_screen(kept: Path, invoke: Invoke) -> None:
    """Program, cohort, phase with a bar, matches, people by state, what comes next, the last commits, the drift."""
    ran = invoke("status", folder=kept)
    assert ran.code == 0, ran.err
    assert "Grow" in ran.out
    assert "spring_2027" in ran.out
    assert "active, day 5 of" in ran.out
    assert "█" in ran.out
    assert "matched" in ran.out
    assert "apply" in ran.out
    assert "advance" in ran.out
    assert "nothing was done by hand" in ran.out
    assert all(len(line) <= 110 for line in ran.out.splitlines())


def test_status_as_json(kept: Path, invoke: Invoke) -> None:
    """The same for programs, in counts only: nobody is named, not even by opaque id."""
    body = invoke("status", "--format", "json", folder=kept).json
    assert body["format"] == "mentorctl/status/v1"
    (program,) = body["programs"]
    (cohort,) = program["cohorts"]
    assert (program["state"], cohort["phase"]) == ("active", "active")
    assert sum(count for state, count in cohort["people"].items() if state.startswith("mentee/")) > 0
    assert len(cohort["coming"]) <= 3
    assert body["by_hand"] == 0
    assert "person" not in str(body)


def test_status_of_a_suspended_program(tmp_path: Path, invoke: Invoke) -> None:
    """A program that stands still says so, with what waits, and that its messages are held."""
    folder = example("grow", tmp_path / "grow")
    assert invoke("apply", "--as-of", DAY, "--yes", folder=folder).code == 0
    assert invoke("advance", "--to", "2027-03-12", folder=folder).code == 0
    program = folder / "programs" / "grow.yaml"
    before = program.read_text(encoding="utf-8")
    program.write_text(before.replace("id: grow\n", "id: grow\nmode: suspended\n", 1), encoding="utf-8")
    assert invoke("apply", "--as-of", "2027-03-12", "--yes", folder=folder).code == 0
    assert invoke("advance", "--to", "2027-04-30", folder=folder).code == 0
    ran = invoke("status", folder=folder)
    assert "time stands still" in ran.out
    assert "timers wait" in ran.out
    assert "messages are held" in ran.out
    program.write_text(before, encoding="utf-8")
    assert "its file says live" in invoke("status", folder=folder).out
    assert "fell due while it was suspended" in invoke("plan", "--as-of", "2027-04-30", folder=folder).out


def test_status_before_the_first_apply(tmp_path: Path, invoke: Invoke) -> None:
    """Without a state there is nothing to show, and the finding says what to do."""
    ran = invoke("status", folder=example("grow", tmp_path / "grow"))
    assert ran.code == 1
    assert "MC7012" in ran.err


def test_audit_says_who_did_what(kept: Path, invoke: Invoke) -> None:
    """Each commit has its kind, actor, counts and digest; filters choose; the whole is verified."""
    body = invoke("audit", "--format", "json", folder=kept).json
    assert body["verified"] == {"chain": True, "replay": True}
    assert [one["serial"] for one in body["commits"]] == list(range(1, len(body["commits"]) + 1))
    first = body["commits"][0]
    assert first["kind"] == "apply"
    assert first["created"] > 0
    assert first["digest"].startswith("mcd1:sha256:")
    assert first["programs"] == ["grow"]
    none = invoke("audit", "--actor", "nobody", "--format", "json", folder=kept).json
    assert none["commits"] == []
    assert invoke("audit", "--program", "other", folder=kept).out.startswith("No commit")
    assert invoke("audit", "--since", "2099-01-01", folder=kept).out.startswith("No commit")


def test_audit_as_a_table(kept: Path, invoke: Invoke, tmp_path: Path) -> None:
    """The CSV has a row for each commit, and no cell that a spreadsheet would compute with."""
    file = tmp_path / "audit.csv"
    assert invoke("audit", "--csv", str(file), "--no-replay", folder=kept).code == 0
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert [row["serial"] for row in rows][:2] == ["1", "2"]
    assert all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


def test_audit_finds_what_was_altered(kept: Path, invoke: Invoke, tmp_path: Path) -> None:
    """When somebody changed the state behind its back, audit says so and ends with 1."""
    folder = example("grow", tmp_path / "grow")
    (folder / "state.db").write_bytes((kept / "state.db").read_bytes())
    with closing(sqlite3.connect(folder / "state.db")) as database:
        database.execute("UPDATE instances SET entry = entry + 1 WHERE id = 3")
        database.commit()
    ran = invoke("audit", folder=folder)
    assert ran.code == 1
    assert "MC7026" in ran.err
