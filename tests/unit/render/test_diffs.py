"""Diffs as reviewers know them."""

from mentorctl.render.diffs import diff_text
from mentorctl.render.style import Style


def test_a_diff_shows_what_is_replaced() -> None:
    """Old lines with a minus, new lines with a plus, and the file in the first two lines."""
    shown = diff_text("a: 1\nb: 2\n", "a: 1\nb: 3\n", file="x.yaml", style=Style())

    assert shown.splitlines() == ["--- a/x.yaml", "+++ b/x.yaml", "@@ -1,2 +1,2 @@", " a: 1", "-b: 2", "+b: 3"]


def test_equal_texts_have_no_diff() -> None:
    """Nothing is shown when nothing changes."""
    assert diff_text("a\n", "a\n", file="x", style=Style()) == ""


def test_line_ends_and_unseen_characters_show() -> None:
    """A changed line end, a missing one, and characters that a terminal would obey can be seen."""
    shown = diff_text("a\r\nb\x1b[2J\n", "a\nb\x1b[2J", file="x", style=Style())

    assert "-a ␍" in shown
    assert "b\\u{1b}[2J" in shown
    assert "\\ No newline at end of file" in shown
    assert "\x1b" not in shown


def test_color_dresses_whole_lines() -> None:
    """On a terminal, added lines are green and removed lines red."""
    shown = diff_text("a\n", "b\n", file="x", style=Style(color=True))

    assert "\x1b[31m-a\x1b[0m" in shown
    assert "\x1b[32m+b\x1b[0m" in shown
