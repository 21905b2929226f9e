"""The one layout: what it changes and what it leaves."""

import json
from pathlib import Path

import pytest

from mentorctl.spec.layout import laid_out
from mentorctl.spec.source import read_source

ROOT = Path(__file__).resolve().parents[3]


def _laid_out(text: str) -> str:
    return laid_out(read_source(text, file="x"))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a:\n    b: 1\n", "a:\n  b: 1\n"),
        ("a:\n b: 1\n c:\n  d: 2\n", "a:\n  b: 1\n  c:\n    d: 2\n"),
        ("a:\n- b\n- c\n", "a:\n  - b\n  - c\n"),
        ("a:\n    -   b: 1\n        c: 2\n", "a:\n  - b: 1\n    c: 2\n"),
        ("-   -   a\n    -   b\n", "- - a\n  - b\n"),
        ("-\n    a: 1\n", "-\n  a: 1\n"),
        ("a: 1   \n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n"),
        ("\n\na: 1", "a: 1\n"),
        ("a: 1\r\nb:\r\n    c: 2\r\n", "a: 1\nb:\n  c: 2\n"),
        ("\ufeffa: 1\n", "a: 1\n"),
        ("  a: 1\n  b: 2\n", "a: 1\nb: 2\n"),
        ("a:\n    {b: 1,\n     c: 2}\n", "a:\n  {b: 1,\n   c: 2}\n"),
        ("a:\n    b: [1,\n        2]\n", "a:\n  b: [1,\n      2]\n"),
        ("a:\n    b: x\n      y\n", "a:\n  b: x\n    y\n"),
        ("a:\n    b: >\n        x\n         y\n", "a:\n  b: >\n      x\n       y\n"),
        ("a:\n    b: |\n        x   \n\n\n        y\n", "a:\n  b: |\n      x   \n\n\n      y\n"),
        ('a:\n    b: "x   \n\n\n      y"   \n', 'a:\n  b: "x   \n\n\n    y"\n'),
        ("a:\n    b: |2\n      x\n", "a:\n  b: |2\n    x\n"),
        ("a:\n    # above\n    b: 1   # beside\n    # below\n", "a:\n  # above\n  b: 1   # beside\n  # below\n"),
        ("a:\n    b: 1\n# between\nc: 2\n", "a:\n  b: 1\n# between\nc: 2\n"),
        ("a:\n    b:\n        c: 1\n    # of b\nd: 2\n", "a:\n  b:\n    c: 1\n  # of b\nd: 2\n"),
        ("a:\n    b: |\n        x", "a:\n  b: |\n      x"),
        ("a:\n    'b':   1\n", "a:\n  'b':   1\n"),
    ],
)
def test_white_space_that_means_nothing_is_changed(text: str, wanted: str) -> None:
    """Two spaces for each level, one blank line at most; comments move with what they are about."""
    assert _laid_out(text) == wanted
    assert _laid_out(wanted) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "a: {b: 1,   c: 2}   # comment\n",
        "department:    {type: single}\nlevel:         {type: level}\n",
        "a: 'it''s'\nb: \"x: y\"\nc: plain\n",
        "z: 1\na: 2\n",
        "a: |\n  x   \n\n\n  y\n",
        "a: |+\n  x\n\n\n",
        'a: "x   \n\n  y"\n',
        "a: |\n    # no comment\n    x\nb: 1\n",
        "a:\n  - 1\n\n  - 2\n",
        "# nothing but a comment\na:\n",
        "---\na: 1\n",
    ],
)
def test_what_means_something_stays(text: str) -> None:
    """Quotes, brackets, the order of keys, alignment, and everything inside texts are the author's."""
    assert _laid_out(text) == text


@pytest.mark.parametrize("text", ["a: [1\n", "a: 1\na: 2\n", "a: &x 1\n", "\ta: 1\n", "", "# comment"])
def test_a_text_with_errors_stays_as_it_is(text: str) -> None:
    """What cannot be read with certainty is not touched."""
    assert _laid_out(text) == text


_FILES = sorted(
    (
        *ROOT.glob("programs/examples/*/mentorctl.yaml"),
        *ROOT.glob("programs/examples/*/*/*.yaml"),
        *ROOT.glob("tests/schemas/valid/*.yaml"),
    )
)


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_our_own_files_are_laid_out(path: Path) -> None:
    """Every example is as `mentorctl fmt` leaves it."""
    text = path.read_text(encoding="utf-8")

    assert _laid_out(text) == text


_WITHOUT_BLOCK_LISTS = [path for path in _FILES if path.parent.name != "tests"][:12]


@pytest.mark.parametrize("path", _WITHOUT_BLOCK_LISTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_layout_undoes_another_indentation(path: Path) -> None:
    """With four spaces for each level and blank lines between, a file comes back as it was."""
    text = path.read_text(encoding="utf-8")
    wide = "\n\n".join(" " * (len(line) - len(line.lstrip())) + line for line in text.split("\n"))
    was = read_source(text, file="x").tree

    made = _laid_out(wide)

    assert json.dumps(read_source(made, file="x").tree) == json.dumps(was)
    assert [line.split() for line in made.split("\n") if line] == [line.split() for line in text.split("\n") if line]
    if not any(
        line.endswith((",", "{", "[")) for line in text.split("\n")
    ):  # how far a continued line is indented stays
        assert [line for line in made.split("\n") if line] == [line for line in text.split("\n") if line]
