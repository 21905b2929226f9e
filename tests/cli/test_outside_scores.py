"""Scores from outside, from the file to the plan."""

from pathlib import Path

import pytest
from cli.terminal import example, run_here


def _with_scores(folder: Path, text: str | None, *, more: str = "") -> Path:
    """The example `reverse` with a file of outside scores."""
    workspace = example("reverse", folder / "workspace")
    program = workspace / "programs" / "fresh_eyes.yaml"
    lines = program.read_text(encoding="utf-8")
    program.write_text(
        lines.replace("matching:\n", f"matching:\n  outside_scores: {{file: roster/scores.csv, weight: 2{more}}}\n", 1),
        encoding="utf-8",
    )
    if text is not None:
        (workspace / "roster" / "scores.csv").write_text(text, encoding="utf-8")
    return workspace


def _ids(folder: Path) -> list[str]:
    """Everybody in the roster of the example."""
    people = (example("reverse", folder) / "roster" / "people.csv").read_text(encoding="utf-8")
    return [row.split(",")[0] for row in people.splitlines()[1:]]


def test_wrong_scores_are_told_by_validate(tmp_path: Path) -> None:
    """A file that is missing, has other columns, or names nobody is an error before anybody plans."""
    wrong = {
        "missing": (None, "MC3001"),
        "columns": ("mentor,mentee\n", "MC3002"),
        "nobody": ("mentor,mentee,score\nn00,nobody,3\n", "MC3008"),
        "words": ("mentor,mentee,score\nn00,n01,high\n", "MC3007"),
    }
    for name, (text, code) in wrong.items():
        ran = run_here("validate", folder=_with_scores(tmp_path / name, text))
        assert ran.code == 1
        assert code in ran.err, name


WRONG_LISTS = {
    "1.5": "MC3007",
    "nan": "MC3007",
    "inf": "MC3007",
    "+-3": "MC3007",
    "9" * 5000: "MC3007",
    "1000001": "MC3007",
    "": "MC3007",
}


@pytest.mark.parametrize("cell", WRONG_LISTS, ids=lambda cell: cell[:8] or "blank")
def test_a_score_that_is_no_number_is_told_with_its_place(tmp_path: Path, cell: str) -> None:
    """Fractions, words for infinity, numbers that are too large and blanks are findings with line and column."""
    ran = run_here("validate", folder=_with_scores(tmp_path, f"mentor,mentee,score\nn00,n01,2\nn00,n02,{cell}\n"))
    assert ran.code == 1
    assert WRONG_LISTS[cell] in ran.err
    assert "roster/scores.csv:3:3" in ran.err


WRONG_MATRICES = {
    "an unknown mentor": (",n00,nobody\nn01,1,2\n", "MC3008", "1:3"),
    "a nameless mentor": (",n00,\nn01,1,2\n", "MC3008", "1:3"),
    "a mentor twice": (",n00,n00\nn01,1,2\n", "MC3005", "1:3"),
    "an unknown mentee": (",n00\nnobody,1\n", "MC3008", "2:1"),
    "a mentee twice": (",n00\nn01,1\nn01,1\n", "MC3005", "3:1"),
    "a short row": (",n00,n02\nn01,1\n", "MC3003", "2:1"),
    "a word": (",n00,n02\nn01,1,high\n", "MC3007", "2:3"),
}


@pytest.mark.parametrize("what", WRONG_MATRICES)
def test_a_wrong_matrix_is_told_with_its_place(tmp_path: Path, what: str) -> None:
    """What is wrong in the header, in the first column or in a cell is named with line and column."""
    text, code, place = WRONG_MATRICES[what]
    ran = run_here("validate", folder=_with_scores(tmp_path, text, more=", form: matrix"))
    assert ran.code == 1
    assert code in ran.err
    assert f"roster/scores.csv:{place}" in ran.err


def test_a_matrix_says_the_same_as_a_list(tmp_path: Path) -> None:
    """The same scores give the same plan in both forms; a blank cell is a pair without a row."""
    names = _ids(tmp_path / "plain")
    pairs = {
        (e, m): (at * 7) % 23 for at, (e, m) in enumerate((e, m) for e in names for m in names if e != m) if at % 4
    }
    listed = "".join(f"{m},{e},{score}\n" for (e, m), score in pairs.items())
    rows = "".join(",".join([e, *(str(pairs.get((e, m), "")) for m in names)]) + "\n" for e in names)
    plans = []
    for name, text, more in (
        ("list", "mentor,mentee,score\n" + listed, ""),
        ("matrix", ",".join(["mentee", *names]) + "\n" + rows, ", form: matrix"),
    ):
        workspace = _with_scores(tmp_path / name, text, more=more)
        plan = run_here("plan", "--as-of", "2027-02-02", "--detail", "full", folder=workspace)
        assert plan.code == 0, plan.err
        plans.append([line for line in plan.out.splitlines() if "→" in line or "outside_scores" in line])
    assert plans[0] == plans[1]
    assert any("outside_scores" in line for line in plans[0])


def test_pairs_without_a_score_may_be_no_candidates(tmp_path: Path) -> None:
    """With `unscored: unacceptable` only pairs of the file are matched."""
    ids = _ids(tmp_path / "plain")
    rows = "".join(f"{mentor},{mentee},1\n" for mentor in ids[::2] for mentee in ids if mentor != mentee)
    plans = {}
    for unscored in ("indifferent", "unacceptable"):
        more = f", unscored: {unscored}"
        workspace = _with_scores(tmp_path / unscored, "mentor,mentee,score\n" + rows, more=more)
        plan = run_here("plan", "--as-of", "2027-02-02", "--detail", "full", folder=workspace)
        assert plan.code == 0, plan.err
        plans[unscored] = [line for line in plan.out.splitlines() if "→" in line]
    assert 0 < len(plans["unacceptable"]) < len(plans["indifferent"])
    assert all("outside_scores" in line for line in plans["unacceptable"])


def test_scores_count_in_the_plan(tmp_path: Path) -> None:
    """A score of another system is a term of the pair, times its weight."""
    workspace = _with_scores(tmp_path, None)
    people = (workspace / "roster" / "people.csv").read_text(encoding="utf-8").splitlines()[1:]
    ids = [row.split(",")[0] for row in people]
    rows = [f"{mentor},{mentee},5" for mentor in ids for mentee in ids if mentor != mentee]
    scores = workspace / "roster" / "scores.csv"
    scores.write_text("\n".join(["mentor,mentee,score", *rows]) + "\n", encoding="utf-8")
    assert run_here("validate", folder=workspace).code == 0
    plan = run_here("plan", "--as-of", "2027-02-02", "--detail", "full", folder=workspace)
    assert plan.code == 0
    assert plan.out.count("outside_scores +10") == plan.out.count("→") > 5
