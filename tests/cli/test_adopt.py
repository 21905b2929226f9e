"""A program that ran elsewhere is taken over: shown first, written in one step, and then nothing is left to change."""

import csv
from pathlib import Path

import pytest
from cli.terminal import Invoke, example

from mentorctl.store.sqlite_reader import SqliteReader

DAY = "2027-03-20"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example `grow`, of which nothing was ever applied."""
    return example("grow", tmp_path / "grow")


def _ids(folder: Path, side: str) -> list[str]:
    rows = csv.DictReader((folder / "roster" / f"{side}.csv").read_text(encoding="utf-8").splitlines())
    return [row["employee_number"] for row in rows]


def _pairs(folder: Path, count: int = 6) -> list[tuple[str, str]]:
    return list(zip(_ids(folder, "mentors")[:count], _ids(folder, "mentees")[30 : 30 + count], strict=True))


def _file(folder: Path, name: str, *lines: str) -> str:
    (folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
    return name


def _matches(folder: Path) -> str:
    return _file(folder, "m.csv", "Mentor ID,Mentee ID", *(",".join(pair) for pair in _pairs(folder)))


def test_it_is_shown_and_not_written(folder: Path, invoke: Invoke) -> None:
    """Without --yes there is only a preview, and the store does not even begin."""
    ran = invoke("adopt", "grow", "--matches", _matches(folder), "--as-of", DAY, folder=folder)
    assert ran.code == 0, ran.err
    assert "6  match active" in ran.out
    assert "Nothing is written yet" in ran.out
    assert not (folder / "state.db").exists()


def test_the_next_plan_changes_nothing_that_was_adopted(folder: Path, invoke: Invoke) -> None:
    """People, matches and what they held are as they stood; nobody was told; plans leave all of it alone."""
    (mentor, mentee), (other_mentor, other_mentee) = _pairs(folder)[:2]
    people = _file(folder, "p.csv", "ID,Role", *(f"{name},mentee" for name in _ids(folder, "mentees")[:4]))
    sessions = _file(
        folder,
        "s.csv",
        "mentor,mentee,starts,minutes,held",
        f"{mentor},{mentee},2027-03-09 10:00,60,yes",
        f"{mentor},{mentee},2027-04-06 10:00,60,no",
        f"{other_mentor},{other_mentee},2027-03-10T09:00:00Z,45,",
    )
    words = ("adopt", "grow", "--people", people, "--matches", _matches(folder), "--sessions", sessions)
    ran = invoke(*words, "--as-of", DAY, "--yes", "--format", "json", folder=folder)
    assert ran.code == 0, ran.err
    assert ran.json["written"] is True
    assert ran.json["records"]["session held"] == 2
    assert [found for found in ran.json["diagnostics"] if found["code"] == "MC7024"] == []
    reader = SqliteReader(folder / "state.db", workspace="acme_mentoring")
    assert reader.outbox() == ()
    assert {row.kind.value for row in reader.commits()} == {"apply"}
    adopted = {str(r.address): r for r in reader.read().records if r.address.kind in ("enrollment", "match", "session")}
    held = [i for i in reader.instances() if i.lifecycle == "match" and dict(i.facts).get("sessions_held") == 1]
    assert len(held) == 2

    assert invoke("apply", "--as-of", DAY, "--yes", folder=folder).code == 0
    after = {str(record.address): record for record in reader.read().records}
    assert {address: after[address] for address in adopted} == adopted
    assert "Nothing to do" in invoke("plan", "--as-of", DAY, folder=folder).out
    assert invoke("replay", "--verify", folder=folder).code == 0
    again = invoke(*words, "--as-of", DAY, folder=folder)
    assert again.code == 1
    assert "is in the state already" in again.said


def test_headers_can_be_named(folder: Path, invoke: Invoke) -> None:
    """An export with headers of its own is read with --column."""
    lines = (",".join(pair) for pair in _pairs(folder))
    file = _file(folder, "m.csv", "Giver,Taker", *lines)
    words = ("--column", "mentor=Giver", "--column", "mentee=Taker", "--as-of", DAY)
    assert "6  match active" in invoke("adopt", "grow", "--matches", file, *words, folder=folder).out


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("mentor,mentee", "1,{e}"), "nobody on the roster has the id `1`"),
        (("mentor,mentee", "{m}"), "the row has 1 cells"),
        (("mentor,mentee", "{m},"), "has not both sides"),
        (("mentor,mentee", ","), "the row names nobody"),
        (("mentor,mentee,state", "{m},{e},wed"), "a match has no state `wed`"),
        (("mentor,mentee", "{e},{m}"), "does not apply as mentor"),
    ],
)
def test_sloppy_rows_are_findings(folder: Path, invoke: Invoke, lines: tuple[str, ...], said: str) -> None:
    """What cannot be adopted is named with its line, and nothing is written."""
    mentor, mentee = _ids(folder, "mentors")[3], _ids(folder, "mentees")[-1]
    file = _file(folder, "m.csv", *(line.format(m=mentor, e=mentee) for line in lines))
    ran = invoke("adopt", "grow", "--matches", file, "--as-of", DAY, "--yes", folder=folder)
    assert ran.code == 1
    assert "MC7023" in ran.err
    assert said in ran.said
    assert not (folder / "state.db").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("grown", "--matches", "m.csv"), "there is no program `grown`"),
        (("grow",), "there is nothing to adopt"),
        (("grow", "--cohort", "autumn", "--matches", "m.csv"), "there is no cohort `autumn`"),
        (("grow", "--matches", "none.csv"), "there is no file `none.csv`"),
        (("grow", "--matches", "m.csv", "--column", "giver=Giver"), "no column is called `giver`"),
    ],
)
def test_words_that_mean_nothing_are_findings(folder: Path, invoke: Invoke, words: tuple[str, ...], said: str) -> None:
    """A program, cohort, file or column that does not exist ends the command with a sentence."""
    _matches(folder)
    ran = invoke("adopt", *words, "--as-of", DAY, folder=folder)
    assert ran.code != 0
    assert said in ran.said
