"""Scores from outside, from the file to the plan."""

from pathlib import Path

from cli.terminal import example, run_here


def _with_scores(folder: Path, text: str | None) -> Path:
    """The example `reverse` with a file of outside scores."""
    workspace = example("reverse", folder / "workspace")
    program = workspace / "programs" / "fresh_eyes.yaml"
    lines = program.read_text(encoding="utf-8")
    program.write_text(
        lines.replace("matching:\n", "matching:\n  outside_scores: {file: roster/scores.csv, weight: 2}\n", 1),
        encoding="utf-8",
    )
    if text is not None:
        (workspace / "roster" / "scores.csv").write_text(text, encoding="utf-8")
    return workspace


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
