"""`mentorctl explain` about matches, `show problem` and `verify`, as they are printed."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cli.terminal import DAYS, ROOT, Golden, contents, example, run_here

CASES = ROOT / "tests" / "cases" / "explain"
DAY = ("--as-of", DAYS["grow"])

# What is asked on the example `grow` → the file that shows what was reviewed.
QUESTIONS = {
    "match": ("explain", "match", "1059", "--names", *DAY),
    "why_not_tie": ("explain", "match", "1059", "--why-not", "1030", "--names", *DAY),
    "why_not_loses": ("explain", "--why-not", "1059", "1020", *DAY),
    "why_not_forbidden": ("explain", "match", "1062", "--why-not", "1016", "--names", *DAY),
    "unmatched": ("explain", "unmatched", "grow", "--names", *DAY),
    "value": ("explain", "value", "--names", *DAY),
    "problem": ("show", "problem", "grow", *DAY),
}


@pytest.fixture(scope="module")
def grow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example, with nothing applied."""
    return example("grow", tmp_path_factory.mktemp("grow") / "workspace")


@pytest.mark.parametrize("name", QUESTIONS)
def test_answers_are_as_they_were_reviewed(name: str, grow: Path, golden: Golden) -> None:
    """Each answer reads as it did when somebody looked at it, and asking changes nothing."""
    before = contents(grow)
    ran = run_here(*QUESTIONS[name], folder=grow)
    assert ran.code == 0, ran.err
    golden(CASES / f"{name}.txt", ran.out)
    assert contents(grow) == before


class _Page(HTMLParser):
    """Collects what a page would fetch or run, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.outside: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag in {"script", "link", "img", "iframe", "object", "embed", "base", "form", "svg"}:
            self.outside.append(tag)
        self.outside += [name for name in names if name in {"src", "href", "style", "srcset"} or name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("name", [name for name in QUESTIONS if name != "problem"])
def test_pages_need_nothing_else(name: str, grow: Path) -> None:
    """HTML is one page that fetches and runs nothing, and JSON has the same people by opaque id."""
    ran = run_here(*QUESTIONS[name], "--format", "html", folder=grow)
    page = _Page()
    page.feed(ran.out)
    assert ran.code == 0
    assert ran.out.startswith("<!doctype html>")
    assert page.outside == []
    assert "url(" not in ran.out
    assert "@import" not in ran.out
    told = run_here(*QUESTIONS[name], "--format", "json", folder=grow).json
    assert told["format"].startswith("mentorctl/explain-")
    assert len(told["answers"]) >= 1
    assert "Rosa" not in json.dumps(told)


def test_names_of_strangers_are_inert(tmp_path: Path) -> None:
    """A name that is markup or an escape sequence is shown as what it is, in HTML and on a terminal."""
    folder = example("grow", tmp_path / "workspace")
    for path in (folder / "roster").glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("1059,Rosa,", "1059,<script>alert(1)</script>\x1b[31m,", 1), encoding="utf-8")
    html = run_here("explain", "match", "1059", "--names", "--format", "html", *DAY, folder=folder)
    assert html.code == 0, html.err
    assert "<script" not in html.out
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html.out
    shown = run_here("explain", "match", "1059", "--names", *DAY, folder=folder)
    assert "\x1b" not in html.out + shown.out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("explain", "match", "nobody", *DAY), 1, "there is nobody and no match with the id `nobody`"),
        (("explain", "unmatched", "nope", *DAY), 1, "there is no program `nope`"),
        (("explain", "unmatched", "--as-of", "2027-01-20"), 1, "matching is open in no cohort then"),
        (("explain", "match", "1059", "--why-not", "nobody", *DAY), 1, "nobody and no match"),
        (("explain", "match", "1059", "1030", *DAY), 64, "write a code, a path"),
        (("explain", "MC5002", "--format", "html"), 64, "write a code, a path"),
        (("explain",), 64, "write a code, a path"),
        (("explain", "unmatched", "--as-of", "soon"), 64, "`soon` is not a day"),
        (("show", "problem", "nope", *DAY), 1, "there is no program `nope`"),
        (("show", "matches", *DAY), 64, "calendar, timeline and problem look at a day"),
        (("verify", "nothing.json"), 1, "nothing.json"),
    ],
)
def test_questions_that_cannot_be_answered(words: tuple[str, ...], code: int, says: str, grow: Path) -> None:
    """Each ends with a sentence and the exit code that fits."""
    ran = run_here(*words, folder=grow)
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.said


def test_why_not_works_both_ways_round(grow: Path) -> None:
    """Who is named first is no matter, and a match is named by its id."""
    one = run_here("explain", "--why-not", "1062", "1016", *DAY, "--format", "json", folder=grow).json
    two = run_here("explain", "match", "1062", "--why-not", "1016", *DAY, "--format", "json", folder=grow).json
    assert one == two
    assert one["answers"][0]["rules"][0]["place"] == {"filename": "programs/grow.yaml", "line": 47, "column": 7}
    told = run_here("explain", "match", "1059", *DAY, "--format", "json", folder=grow).json
    match = told["answers"][0]["matches"][0]["id"]
    people = run_here("explain", "match", match, *DAY, "--format", "json", folder=grow).json
    assert {a["role"] for a in people["answers"]} >= {"mentor", "mentee"}


def test_a_plan_is_verified_where_it_was_made(tmp_path: Path) -> None:
    """A saved plan and its certificate are proved; changed or applied ones are not, with exit code 1."""
    folder = example("grow", tmp_path / "workspace")
    made = run_here("plan", *DAY, "--out", "plan.json", "--certificate", "certificate.json", folder=folder)
    assert made.code == 0
    for file in ("plan.json", "certificate.json"):
        ran = run_here("verify", file, folder=folder)
        assert ran.code == 0, ran.err
        assert re.search(r"grow/spring_2027 +network +1,308 +52 +proved", ran.out)
    told = run_here("verify", "plan.json", "--format", "json", folder=folder).json
    assert told["proved"] is True
    assert len((folder / "certificate.json").read_bytes()) < 30_000

    text = (folder / "certificate.json").read_text(encoding="utf-8")
    (folder / "changed.json").write_text(text.replace('"bound":', '"bound":1', 1), encoding="utf-8")
    assert run_here("verify", "changed.json", folder=folder).code == 1
    assert run_here("apply", "plan.json", folder=folder).code == 0
    later = run_here("verify", "plan.json", folder=folder)
    assert later.code == 1
    assert "which is at serial 1 now" in later.said
    standing = run_here("explain", "match", "1059", *DAY, folder=folder)
    assert "the matches stand" in standing.out


def test_what_has_no_proof_is_not_called_proved() -> None:
    """Peers and groups are checked against the rules, and the rest is said to need a solver."""
    folder = ROOT / "programs" / "examples" / "circles"
    made = run_here("plan", "--as-of", DAYS["circles"], "--format", "json", folder=folder).json
    assert made["certificates"][0]["objectives"] == []
    assert made["certificates"][0]["problem"] == "activation"
