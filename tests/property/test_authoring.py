"""What fixes and layout promise for any text: the same meaning, the same words, and nothing left to do."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mentorctl.spec.edits import edited
from mentorctl.spec.layout import laid_out
from mentorctl.spec.scalars import is_plain, scalar
from mentorctl.spec.source import read_source

_WORD = st.text(alphabet="abc", min_size=1, max_size=3)
_LEAVES = st.one_of(
    _WORD,
    st.integers(0, 9).map(str),
    st.just("'two   words'"),
    st.just('"x: # y"'),
    st.just("[1,   {a: 2}]"),
    st.just("null"),
    st.just(""),
)
_BLANKS = st.sampled_from(["", " ", "   "])
_NOTES = st.sampled_from(["", "", "", "  # note", " #"])


@st.composite
def _documents(draw: st.DrawFn) -> str:
    """A file written by somebody with habits of their own."""
    lines: list[str] = []
    _mapping(draw, lines, indent=draw(st.integers(0, 2)), depth=0)
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines) + draw(st.sampled_from(["", "\n", "\n\n\n"]))


def _mapping(draw: st.DrawFn, lines: list[str], *, indent: int, depth: int, first: str = "") -> None:
    for number, key in enumerate(draw(st.lists(_WORD, min_size=1, max_size=3, unique=True))):
        lead = first if number == 0 and first else " " * indent
        if not first or number:
            _noise(draw, lines, indent)
        _value(draw, lines, f"{lead}{key}:", indent=indent, depth=depth)


def _value(draw: st.DrawFn, lines: list[str], lead: str, *, indent: int, depth: int) -> None:
    kind = draw(
        st.sampled_from(["leaf", "leaf", "mapping", "list", "block", "folded"]) if depth < 3 else st.just("leaf")
    )
    inner = indent + draw(st.integers(1, 5))
    tail = draw(_BLANKS)
    match kind:
        case "leaf":
            lines.append(f"{lead} {draw(_LEAVES)}{draw(_NOTES)}{tail}")
        case "mapping":
            lines.append(f"{lead}{draw(_NOTES)}{tail}")
            _mapping(draw, lines, indent=inner, depth=depth + 1)
        case "list":
            lines.append(f"{lead}{draw(_NOTES)}{tail}")
            _list(draw, lines, indent=draw(st.sampled_from([indent, inner])), depth=depth + 1)
        case "block":
            lines += [
                f"{lead} {draw(st.sampled_from(['|', '>', '|+', '|-']))}",
                f"{' ' * inner}x   ",
                "",
                f"{' ' * inner}y",
            ]
        case _:
            lines += [f"{lead} some words", f"{' ' * inner}that go on{tail}"]


def _list(draw: st.DrawFn, lines: list[str], *, indent: int, depth: int) -> None:
    for _ in range(draw(st.integers(1, 3))):
        gap = " " * draw(st.integers(1, 3))
        if draw(st.booleans()):
            _mapping(draw, lines, indent=indent + 1 + len(gap), depth=depth, first=f"{' ' * indent}-{gap}")
        else:
            lines.append(f"{' ' * indent}-{gap}{draw(_LEAVES)}{draw(_NOTES)}")


def _noise(draw: st.DrawFn, lines: list[str], indent: int) -> None:
    lines += draw(st.lists(st.sampled_from(["", "", " " * indent + "# about it", "# left"]), max_size=2))


@settings(max_examples=300)
@given(_documents())
def test_layout_keeps_meaning_and_words_and_is_done_at_once(text: str) -> None:
    """A text in the one layout says the same in the same words, and laying it out again changes nothing."""
    source = read_source(text, file="x")
    made = laid_out(source)

    assert made.split() == text.split()
    assert laid_out(read_source(made, file="x")) == made
    if not source.findings:
        assert json.dumps(read_source(made, file="x").tree) == json.dumps(source.tree)


@settings(max_examples=200)
@given(st.text(alphabet="ab:-# \t\n\r[]{}'\"|>&*?!,0", max_size=40))
def test_layout_of_anything_is_harmless(text: str) -> None:
    """Whatever is written, the layout ends, keeps the words, and is stable."""
    made = laid_out(read_source(text, file="x"))

    assert made.split() == text.split()
    assert laid_out(read_source(made, file="x")) == made


@given(st.text(max_size=20))
def test_a_text_reads_back_as_it_was(text: str) -> None:
    """A text that is written plain or in quotes is read as this text, in a block and in brackets."""
    tree: Any = read_source(f"a: {scalar(text)}\nb: [{scalar(text)}]\n", file="x")

    if not tree.findings:  # unseen characters are refused, however they are written
        assert tree.tree == {"a": text, "b": [text]}
    elif is_plain(text):
        raise AssertionError(tree.findings)


@given(st.text(alphabet="ab\n", max_size=20))
def test_no_edits_change_nothing(text: str) -> None:
    """Without edits a text stays the same."""
    assert edited(text, []) == text
