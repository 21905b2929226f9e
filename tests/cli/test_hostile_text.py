"""Names and texts that would play tricks on a terminal are shown as what they are."""

import csv
import unicodedata
from pathlib import Path

import pytest
from cli.terminal import DAYS, Ran, Words, contents, example, run_here

DAY = DAYS["reverse"]
NAMES = (
    "\x1b[31mRed\x1b[0m",
    "\x1b]0;title\x07",
    "ab\u202edc",
    "new\nline",
    "\r\x1b[2KGone",
    "tab\tbed",
    "back\b\b\bspace",
    "\u200bzero",
    "\u2066isolate",
    "e\u0301clair",
    "張偉 大文字",
    "👩\u200d👧 family",
    "\x9b31m",
    "L" * 5000,
    "\ufeffmark",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose people have such names, with a plan applied."""
    folder = example("reverse", tmp_path_factory.mktemp("hostile") / "workspace")
    path = folder / "roster" / "people.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        row["name"] = NAMES[number % len(NAMES)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    made = run_here("plan", "--as-of", DAY, "--names", "--detail", "full", "--out", "plan.json", folder=folder)
    (folder / "plan.txt").write_text(made.out, encoding="utf-8")
    assert made.code == 0
    assert run_here("apply", "plan.json", folder=folder).code == 0
    return folder


@pytest.mark.parametrize(
    "words",
    [
        ("show",),
        ("show", "program", "fresh_eyes"),
        ("show", "matches", "--names"),
        ("show", "sessions", "--names"),
        ("show", "person", "n00", "--names"),
        ("show", "person", "n01", "--names"),
        ("show", "person", "n15", "--names"),
        ("validate",),
        ("graph",),
        ("compile",),
        ("plan", "--as-of", DAY, "--names"),
    ],
    ids=" ".join,
)
def test_nothing_that_is_shown_commands_the_terminal(words: Words, hostile: Path) -> None:
    """Results hold line ends and printable characters, and nothing else."""
    _is_harmless(run_here(*words, folder=hostile))


def test_a_plan_commands_no_terminal_either(hostile: Path) -> None:
    """The full plan with names is a text of as many lines as rows; a name with a line end makes no line of its own."""
    text = (hostile / "plan.txt").read_text(encoding="utf-8")

    _is_harmless(Ran(code=0, out=text, err=""))
    assert r"\u{1b}[31mRed\u{1b}[0m" in text
    assert r"new\u{a}line" in text
    assert "張偉 大文字" in text
    assert not [line for line in text.splitlines() if line.startswith("line")]


def test_one_enormous_name_does_not_push_all_others_off_the_screen(hostile: Path) -> None:
    """Columns are cut where they would be wider than any name is."""
    lines = run_here("show", "matches", "--names", folder=hostile).out.splitlines()

    assert any("LLL…" in line for line in lines)
    assert max(map(len, lines)) < 250


def test_columns_line_up_under_wide_characters(hostile: Path) -> None:
    """Letters that take two cells, and marks that take none, are counted as a terminal does."""
    lines = run_here("show", "matches", "--names", folder=hostile).out.splitlines()[1:]

    assert len({_cells(line.partition("→")[0]) for line in lines}) == 1


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("roster/people.csv", "director", "\x1b[31mdirector"),
        ("roster/people.csv", "America/Edmonton", "\u202eAmerica"),
        ("roster/people.csv", "role,level", "role,\x1b[2Jlevel"),
        ("programs/fresh_eyes.yaml", "same: site", r'same: "\e[2Jsite"'),
        ("programs/fresh_eyes.yaml", "name: Fresh Eyes", r'name: "Fresh\e[31m\u202e Eyes"'),
        ("programs/fresh_eyes.yaml", "owner:", r'"\e[2Jowner":'),
        ("programs/fresh_eyes.yaml", "type: reverse", "type: \u202ereverse"),
        ("mentorctl.yaml", "roster/people.csv", r"roster/\u202epeople.csv"),
    ],
)
def test_messages_quote_tricks_harmlessly(file: str, old: str, new: str, workspace: Path) -> None:
    """What is wrong is quoted with every character that cannot be seen written out."""
    path = workspace / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    before = contents(workspace)

    ran = run_here("validate", folder=workspace)

    assert ran.code == 1
    _is_harmless(ran)
    assert contents(workspace) == before


@pytest.mark.parametrize(
    "words",
    [
        ("\x1b[31mplan",),
        ("show", "person", "\x1b[31m"),
        ("plan", "--as-of", "\u202e2027"),
        ("graph", "\x1b]0;x\x07"),
        ("show", "matches", "new\nline"),
        ("apply", "\x1b[31m.json"),
        ("plan", "--\x1b[31m"),
        ("-C", "\x1b[31m", "plan"),
        ("compile", "a\rb"),
        ("init", "--timezone", "\x1b[31m"),
    ],
)
def test_words_of_the_command_line_are_quoted_harmlessly(words: Words, workspace: Path) -> None:
    """A command line that was pasted from somewhere plays no tricks in its error message."""
    ran = run_here(*words, folder=workspace)

    assert ran.code in {1, 64}
    _is_harmless(ran)


def _is_harmless(ran: Ran) -> None:
    for text in (ran.out, ran.err):
        for line in text.split("\n"):
            assert line.isprintable(), ascii(line)


def _cells(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
