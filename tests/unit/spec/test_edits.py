"""Edits by position: what they touch, what they leave, and what they refuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorctl.diagnostics import Edit, Fix, Span
from mentorctl.spec.edits import Overlap, apart, edited, piece, whole


def _span(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span(file="x", line=line, column=column, end_line=end_line, end_column=end_column)


def _edit(line: int, column: int, end_line: int, end_column: int, text: str) -> Edit:
    return Edit(span=_span(line, column, end_line, end_column), text=text)


@pytest.mark.parametrize(
    ("text", "edits", "wanted"),
    [
        ("a: 1\nb: 2\n", [_edit(2, 4, 2, 5, "3")], "a: 1\nb: 3\n"),
        ("a: 1\r\nb: 2\r\n", [_edit(2, 4, 2, 5, "3")], "a: 1\r\nb: 3\r\n"),
        ("a: 1\rb: 2", [_edit(2, 1, 2, 2, "c")], "a: 1\rc: 2"),
        ("ab", [_edit(1, 2, 1, 2, "-")], "a-b"),
        ("ab", [_edit(1, 3, 1, 3, "!")], "ab!"),
        ("😀: ä\n", [_edit(1, 4, 1, 5, "ö")], "😀: ö\n"),
        ("a\nb\nc\n", [_edit(1, 2, 2, 2, "")], "a\nc\n"),
        ("abcd", [_edit(1, 3, 1, 4, "C"), _edit(1, 1, 1, 2, "A")], "AbCd"),
        ("abcd", [_edit(1, 1, 1, 2, "A"), _edit(1, 2, 1, 2, "-")], "A-bcd"),
        ("abcd", [_edit(1, 1, 1, 2, "A"), _edit(1, 1, 1, 2, "A")], "Abcd"),
        ("", [_edit(1, 1, 1, 1, "x\n")], "x\n"),
        ("a\n", [], "a\n"),
    ],
)
def test_edits_change_their_piece_only(text: str, edits: list[Edit], wanted: str) -> None:
    """Lines and columns count characters from 1, whatever ends the lines; the order of edits does not matter."""
    assert edited(text, edits) == wanted
    assert edited(text, reversed(edits)) == wanted


@pytest.mark.parametrize(
    "edits",
    [
        [_edit(1, 1, 1, 3, "x"), _edit(1, 2, 1, 4, "y")],
        [_edit(1, 1, 1, 4, "x"), _edit(1, 2, 1, 3, "y")],
        [_edit(1, 2, 1, 2, "x"), _edit(1, 2, 1, 2, "y")],
        [_edit(1, 2, 1, 2, "x"), _edit(1, 2, 1, 3, "y")],
        [_edit(1, 1, 1, 2, "x"), _edit(1, 1, 1, 2, "y")],
    ],
)
def test_edits_of_one_piece_are_refused(edits: list[Edit]) -> None:
    """Two edits that touch the same piece, or insert at one point, have no order that one could know."""
    with pytest.raises(Overlap):
        edited("abcd", edits)


@pytest.mark.parametrize(
    "span", [_span(0, 1, 1, 1), _span(3, 1, 3, 1), _span(1, 1, 1, 5), _span(1, 0, 1, 1), _span(1, 3, 1, 2)]
)
def test_a_position_outside_the_text_is_refused(span: Span) -> None:
    """An edit for another text is an error, not a change somewhere else."""
    with pytest.raises(ValueError, match=r"line|ends"):
        edited("ab\nc", [Edit(span=span, text="x")])


def test_fixes_that_overlap_wait() -> None:
    """Of fixes that cannot be made at once the first is chosen; all of its edits or none."""
    first = Fix(title="1", edits=(_edit(1, 1, 1, 2, "A"), _edit(1, 4, 1, 5, "D")), safe=True)
    second = Fix(title="2", edits=(_edit(1, 2, 1, 3, "B"), _edit(1, 4, 1, 5, "X")), safe=True)
    third = Fix(title="3", edits=(_edit(1, 3, 1, 4, "C"),), safe=True)

    assert apart("abcd", [first, second, third]) == (first, third)


@given(st.text(alphabet="ab\n\r€😀", max_size=30))
def test_the_whole_of_a_text_is_all_of_it(text: str) -> None:
    """The span of a whole text reaches from its first to its last character."""
    assert piece(text, whole(text, file="x")) == text


@given(st.text(alphabet="ab\n", max_size=30), st.data())
def test_an_edit_leaves_the_rest_as_it_is(text: str, data: st.DataObject) -> None:
    """What stands before and after the span of an edit is the same before and after it."""
    lines = text.split("\n")
    line = data.draw(st.integers(1, len(lines)))
    column = data.draw(st.integers(1, len(lines[line - 1]) + 1))
    end = data.draw(st.integers(column, len(lines[line - 1]) + 1))
    at = sum(len(one) + 1 for one in lines[: line - 1])

    made = edited(text, [_edit(line, column, line, end, "<new>")])

    assert made == text[: at + column - 1] + "<new>" + text[at + end - 1 :]
