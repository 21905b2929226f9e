"""The comment under a pull request: about people, never too long, no person in it, and no trick works."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cli.terminal import ROOT, Golden
from markdown_it import MarkdownIt
from markdown_it.token import Token
from unit.render import reviews

from mentorctl.plan.consequences import Cause, Churn, Telling
from mentorctl.plan.model import Impact, Plan
from mentorctl.plan.static import StaticPlan, StaticProgram
from mentorctl.render.comment import MOST_BYTES, comment_markdown
from mentorctl.render.markdown import quoted, worded
from mentorctl.render.review import review_of

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HERE = ROOT / "tests" / "cases" / "reviews"
INERT = {
    "text", "softbreak", "code_inline", "strong_open", "strong_close", "html_inline", "paragraph_open", "paragraph_close",
    "heading_open", "heading_close", "html_block", "fence", "inline", "bullet_list_open", "bullet_list_close",
    "list_item_open", "list_item_close", "table_open", "table_close", "thead_open", "thead_close", "tbody_open",
    "tbody_close", "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close",
}  # fmt: skip
OUR_HTML = re.compile(r"<!-- mentorctl:review \w+ -->|</?details>|<summary>[\w (),]+</summary>|</?sub>|\s+")


def _comment(live: Plan | None, static: StaticPlan | None) -> str:
    return comment_markdown(review_of(live, static))


@pytest.mark.parametrize(
    ("name", "live", "static"),
    [
        ("live", reviews.ONE, None),
        ("static", None, reviews.static()),
        ("both", reviews.ONE, reviews.static()),
        ("nothing", reviews.live(is_empty=True), None),
    ],
)
def test_the_comment_is_as_reviewed(name: str, live: Plan | None, static: StaticPlan | None, golden: Golden) -> None:
    """What reviewers read of a live plan, a static one, both, and none."""
    golden(HERE / f"{name}.md", _comment(live, static))


def test_it_opens_with_people() -> None:
    """The first sentence says what happens to how many, the worst first."""
    lines = _comment(reviews.ONE, None).splitlines()
    assert lines[0] == "<!-- mentorctl:review acme -->"
    assert lines[1].startswith(
        "### 14 people lose their match, 9 get another partner and fewer than 5 have dates that move"
    )


def test_nothing_to_say_is_one_sentence() -> None:
    """A plan that changes nothing has a comment of the marker and one sentence."""
    assert (
        _comment(reviews.live(is_empty=True), None) == "<!-- mentorctl:review acme -->\nNothing happens to anybody.\n"
    )
    empty = StaticPlan(workspace="acme", base="", head="", as_of="2027-01-01")
    assert len(_comment(None, empty).splitlines()) == 2


@pytest.mark.parametrize("size", [1, 40, 1_000])
def test_it_is_never_too_long(size: int) -> None:
    """However much there is to say, the comment stays below its limit, keeps what matters and counts what is missing."""
    live, static = _enormous(size)
    text = _comment(live, static)
    assert len(text.encode()) < MOST_BYTES
    assert "people lose their match" in text.splitlines()[1]
    assert "| **un-matched** |" in text
    assert reviews.DIGEST in text
    if size >= 400:
        assert "more not shown" in text or "more entries" in text


def test_few_people_stay_few() -> None:
    """In the comment of forty programs no number of people under five is written, nor beside a sum that gives it away."""
    text = _comment(reviews.MANY, None)
    cells = [
        cell.strip() for line in text.splitlines() if line.startswith("| `program_") for cell in line.split("|")[2:-1]
    ]
    assert cells
    assert not [cell for cell in cells if re.fullmatch("[1-4]", cell)]
    assert not re.search(r"\b[1-4] people\b", text)


def test_no_person_is_named() -> None:
    """Ids of people and addresses of what belongs to them are not in the comment."""
    text = _comment(reviews.ONE, reviews.static())
    assert reviews.PERSON not in text
    assert "/enrollment/" not in text


def test_a_difference_of_few_matches_gives_nobody_away() -> None:
    """Where few people lose a match, neither the number of matches that end nor the rates say how few."""
    each = reviews.consequences("grow", {Impact.UN_MATCHED: 2, Impact.RE_MATCHED: 8})
    text = _comment(reviews.live(replace(each, churn=Churn(kept=60, made=4, ended=5))), None)
    assert "about 5 end" in text
    assert "fewer than 5 begin" in text


@pytest.mark.parametrize("trick", reviews.TRICKS, ids=ascii)
def test_words_of_others_are_quoted(trick: str) -> None:
    """A text is one code span with exactly its printable characters, in a sentence and in a table."""
    for line in (f"before {quoted(trick)} after", f"| a |\n| --- |\n| {quoted(trick)} |"):
        inside = [t for t in _flat(READER.parse(line)) if t.type not in INERT]
        assert not inside
        spans = [t.content for t in _flat(READER.parse(line)) if t.type == "code_inline"]
        assert len(spans) == 1
        assert all(c.isprintable() for c in spans[0])


@pytest.mark.parametrize("trick", [t for t in reviews.TRICKS if len(t) < 100], ids=ascii)
def test_only_phrases_go_unquoted(trick: str) -> None:
    """What holds anything but letters, spaces and commas is quoted."""
    assert worded(trick) == quoted(trick)


def test_no_trick_works_anywhere() -> None:
    """With tricks in every text of both plans, the comment parses to our own structure: no link, image, HTML or mention."""
    text = _comment(*reviews.tricky())
    assert len(text.encode()) < MOST_BYTES
    tokens = list(_flat(READER.parse(text)))
    assert {token.type for token in tokens} <= INERT
    for token in tokens:
        if token.type in ("html_inline", "html_block"):
            assert not OUR_HTML.sub("", token.content), token.content
        if token.type == "text":
            assert "@" not in token.content, token.content
            assert "evil" not in token.content, token.content
            assert "#1" not in token.content, token.content
        assert all(c.isprintable() or c == "\n" for c in token.content)
    assert text.count("\n### ") == 1
    assert all(token.tag == "h3" for token in tokens if token.type == "heading_open")


def test_diagrams_are_inert() -> None:
    """In a Mermaid diagram a name is a label: it opens no directive, closes no quote and brings no link."""
    text = _comment(*reviews.tricky())
    diagrams = [t.content for t in READER.parse(text) if t.type == "fence"]
    assert diagrams
    for diagram in diagrams:
        body = diagram.split("---\n", 2)[2]
        assert "%%{" not in diagram
        assert not re.search(r"^\s*(click|href|style|callback)\b", body, re.MULTILINE)
        for line in body.splitlines():
            assert line.count('"') in (0, 2), line


def _enormous(size: int) -> tuple[Plan, StaticPlan]:
    """Ten thousand people in so many programs, each with much to tell."""
    programs = []
    for number in range(size):
        each = reviews.consequences(f"program_{number:04}", {Impact.UN_MATCHED: 14, Impact.INFORMED: 90}, people=250)
        causes = tuple(
            Cause(
                file=f"programs/{'x' * 90}{n}.yaml", line=n, column=1, path="matching.require", reason="other", people=9
            )
            for n in range(20)
        )
        tellings = tuple(
            Telling(
                cohort="c", when="", message=f"m{n}", template="t", channel="mail", occasion="match.proposed", people=9
            )
            for n in range(20)
        )
        programs.append(replace(each, causes=causes, tellings=tellings))
    one = reviews.static().programs[0]
    files = [replace(one, program=f"program_{number:04}", values=one.values * 30) for number in range(size)]
    return reviews.live(*programs), reviews.static(programs=tuple(files), checks=reviews.static().checks * size * 5)


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


def test_the_static_comment_says_that_it_counts_nobody() -> None:
    """Without state nobody is counted, and the comment says where numbers come from."""
    text = _comment(None, reviews.static())
    assert "At worst, people lose their match in `eng_onboarding`." in text
    assert "only a plan against the live state can say" in text
    assert "**weaker** in `eng_onboarding`" in text


def test_errors_are_said_first() -> None:
    """A change whose files have errors says so above everything else."""
    plan = StaticPlan(workspace="acme", base="", head="", as_of="2027-01-01", broken=("programs/x.yaml",))
    assert "**The files have 1 error.**" in _comment(None, plan)


def test_a_program_that_comes_or_goes_is_named() -> None:
    """A new program has no values that differ; it is in the table all the same."""
    one = reviews.static().programs[0]
    new = StaticProgram(program="more", action=one.action, impact=Impact.NONE)
    assert "`more`" in _comment(None, reviews.static(programs=(new,)))


def test_the_template_is_the_only_place_of_markdown(tmp_path: Path) -> None:
    """Equal plans have equal comments, and a comment ends with one line end."""
    del tmp_path
    one, two = (_comment(reviews.ONE, reviews.static()) for _ in range(2))
    assert one == two
    assert one.endswith("\n")
    assert not one.endswith("\n\n")
