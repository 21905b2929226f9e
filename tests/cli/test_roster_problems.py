"""Files with mistakes in them: one clear message each, with the file, the row and the column, and nothing written."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.terminal import Invoke, Words, contents


def _row(number: int, **cells: str) -> Callable[[Path], None]:
    """Changes cells of the row of that number, as a spreadsheet counts: the header is 1."""

    def change(folder: Path) -> None:
        path = folder / "roster" / "people.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        rows[number - 2].update(cells)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    return change


def _text(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


PROGRAM = "programs/fresh_eyes.yaml"
PEOPLE = "roster/people.csv"
MISTAKES = {
    "broken YAML": (_text(PROGRAM, "id: fresh_eyes", "id: [fresh_eyes"), "MC1001", PROGRAM, 3, "]"),
    "a tab": (_text(PROGRAM, "  phases:", "\tphases:"), "MC1001", PROGRAM, 25, "tab"),
    "wrong type": (_text(PROGRAM, "name: Fresh Eyes", "name: [Fresh, Eyes]"), "MC1103", PROGRAM, 4, "text"),
    "unknown key": (_text(PROGRAM, "owner:", "ownr:"), "MC1101", PROGRAM, 5, "did you mean `owner`"),
    "unknown value": (_text(PROGRAM, "type: reverse", "type: revers"), "MC1104", PROGRAM, 16, "did you mean `reverse`"),
    "unknown field": (_text(PROGRAM, "same: site", "same: sit"), "MC2003", PROGRAM, 43, "did you mean `site`"),
    "unknown phase": (
        _text(PROGRAM, "before: matching.start", "before: maching.start"),
        "MC2006",
        PROGRAM,
        37,
        "matching",
    ),
    "twice": (_row(3, id="n00"), "MC3005", PEOPLE, 3, "keep one"),
    "no supervisor": (_row(15, manager="n99"), "MC3008", PEOPLE, 15, "n99"),
    "off the scale": (_row(5, level="emperor"), "MC3007", PEOPLE, 5, "`executive`"),
    "no id": (_row(6, id=" "), "MC3004", PEOPLE, 6, "id"),
    "no level": (_row(7, level=""), "MC3010", PEOPLE, 7, "level"),
    "unknown zone": (_row(8, timezone="Mars/Olympus"), "MC3007", PEOPLE, 8, "Mars/Olympus"),
    "too many cells": (_text(PEOPLE, "n04,", "n04,,"), "MC3003", PEOPLE, 6, "cells"),
    "open quote": (_text(PEOPLE, "n05,", 'n05,"'), "MC3001", PEOPLE, 7, "quote"),
    "missing column": (_text(PEOPLE, "curious_about", "curious"), "MC3002", PEOPLE, 1, "curious_about"),
    "no header": (_text(PEOPLE, "id,name", "id,id"), "MC3013", PEOPLE, 1, "id"),
    "unknown role": (_row(9, role="guru"), "MC3007", PEOPLE, 9, "mentor"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_message_in_its_place(mistake: str, invoke: Invoke, workspace: Path) -> None:
    """The message names file, row and column, quotes what is wrong, and says what would be right."""
    change, code, file, line, words = MISTAKES[mistake]
    change(workspace)
    before = contents(workspace)

    ran = invoke("validate", "--format", "json", folder=workspace)
    text = invoke("validate", folder=workspace)

    assert ran.code == text.code == 1
    (found,) = (one for one in ran.json["diagnostics"] if one["code"] == code)
    assert (found["range"]["filename"], found["range"]["start"]["line"]) == (file, line)
    assert words in f"{found['detail']} {found['help']}"
    assert f"error[{code}]: {found['summary']}\n  --> {file}:{line}:{found['range']['start']['column']}\n" in text.err
    assert "Traceback" not in text.err
    assert text.out.startswith("not valid")
    assert contents(workspace) == before


@pytest.mark.parametrize(
    "words", [("plan", "--as-of", "2027-02-02", "--out", "plan.json"), ("apply", "--yes")], ids=" ".join
)
@pytest.mark.parametrize("mistake", ["broken YAML", "unknown key", "no supervisor", "open quote"])
def test_no_plan_is_made_of_files_with_mistakes(mistake: str, words: Words, invoke: Invoke, workspace: Path) -> None:
    """Planning and applying say the same as validating, and write nothing."""
    MISTAKES[mistake][0](workspace)
    before = contents(workspace)

    ran = invoke(*words, folder=workspace)

    assert ran.code == 1
    assert ran.out == ""
    assert ran.err == invoke("validate", folder=workspace).err
    assert contents(workspace) == before


def test_columns_of_a_row_are_counted(invoke: Invoke, workspace: Path) -> None:
    """The column of a message is that of a spreadsheet, whatever quotes and commas stand in the cells before."""
    _row(5, name='Van Der "X", Lin', level="emperor")(workspace)

    (found,) = invoke("validate", "--format", "json", folder=workspace).json["diagnostics"]

    header = (workspace / PEOPLE).read_text(encoding="utf-8").splitlines()[0].split(",")
    assert header[found["range"]["start"]["column"] - 1] == "level"
    assert "`level`" in found["detail"]


def test_all_mistakes_are_said_in_one_run(invoke: Invoke, workspace: Path) -> None:
    """Whoever has three mistakes in a roster sees three messages, in the order of the rows, and a count."""
    _row(5, level="emperor")(workspace)
    _row(7, level="")(workspace)
    _row(15, manager="n99")(workspace)

    ran = invoke("validate", folder=workspace)

    assert re.findall(r"^error\[(\w+)\]", ran.err, re.MULTILINE) == ["MC3007", "MC3010", "MC3008"]
    assert "\n3 errors; more about a code: mentorctl explain MC3007\n" in ran.err
    assert ran.out == "not valid: 1 program, the roster has errors (3 errors)\n"


def test_files_alone_can_be_checked(invoke: Invoke, workspace: Path) -> None:
    """Without the roster, as in a pull request, the files are checked and the roster is said not to be."""
    (workspace / PEOPLE).unlink()

    ran = invoke("validate", "--no-roster", folder=workspace)
    assert ran.code == 0
    assert "the roster was not checked" in ran.out

    missing = invoke("validate", folder=workspace)
    assert missing.code == 1
    assert f"there is no file `{PEOPLE}`" in missing.err


def test_a_folder_without_a_workspace_says_how_to_begin(invoke: Invoke, tmp_path: Path) -> None:
    """In a folder that is no workspace the first step is named."""
    (tmp_path / ".git").mkdir()

    ran = invoke("validate", folder=tmp_path)

    assert ran.code == 1
    assert "error[MC9002]" in ran.err
    assert "mentorctl init" in ran.err
