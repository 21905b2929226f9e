"""Resolved documents as YAML: it reads back as the same, stays readable, and says where each line is from."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorctl.diagnostics import FieldPath
from mentorctl.render.config import with_origins, yaml_lines
from mentorctl.render.style import Style
from mentorctl.spec.resolve import equal
from mentorctl.spec.source import read_source


def text(value: Any, **more: Any) -> str:
    return "\n".join(line.text for line in yaml_lines(value, **more)) + "\n"


SHOWN: tuple[tuple[Any, str], ...] = (
    ({"a": 1, "b": "word"}, "a: 1\nb: word\n"),
    ({"a": {"b": 1, "c": [1, 2]}}, "a: {b: 1, c: [1, 2]}\n"),
    ({"a": {"b": {"c": 1}}}, "a:\n  b: {c: 1}\n"),
    ({"a": [{"id": "x", "gap": {"field": "l"}}]}, "a:\n  - {id: x, gap: {field: l}}\n"),
    ({"a": [{"id": "x", "t": "w" * 100}]}, f"a:\n  - id: x\n    t: {'w' * 100}\n"),
    ({"a": ["w" * 60, "v" * 60]}, f"a:\n  - {'w' * 60}\n  - {'v' * 60}\n"),
    ({"a": [], "b": {}, "c": None, "d": True, "e": ""}, 'a: []\nb: {}\nc: null\nd: true\ne: ""\n'),
    ({"a": "yes", "b": "12", "c": "12%", "d": "2027-01-11", "e": "09:00-17:00"}, 'a: "yes"\nb: "12"\nc: 12%\nd: 2027-01-11\ne: 09:00-17:00\n'),
    ({"a": "one: two", "b": "x #y", "c": "a, b", "d": "- a", "e": "é"}, 'a: "one: two"\nb: "x #y"\nc: a, b\nd: "- a"\ne: é\n'),
    ({"a": {"b": "x, y", "c": "09:00"}}, 'a: {b: "x, y", c: "09:00"}\n'),
    ({"a": "first\nsecond\n"}, "a: |\n  first\n  second\n"),
    ({"a": "first\n\nsecond"}, "a: |-\n  first\n\n  second\n"),
    ({"a": "first \nsecond"}, 'a: "first \\nsecond"\n'),
    ({"a": 0.1, "b": 1e-7, "c": 3.0}, "a: 0.1\nb: 0.0000001\nc: 3.0\n"),
    ("word", "word\n"),
    ([1, 2], "- 1\n- 2\n"),
)  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), SHOWN)
def test_how_values_are_shown(value: object, expected: str) -> None:
    """Short things on one line, rules one a line, and quotes only where a reader of YAML needs them."""
    assert text(value) == expected


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-999, 999), st.sampled_from([0.5, 3.25, 1e-7, -2.0]),
    st.sampled_from(["true", "null", "~", "12", "1e3", "0x1f", "a: b", "# a", "x #", "- a", "'", '"', "[a", "{", "&a", "*a", "!a", "|", ">", "%a", "@", "`", " a", "a ", "a\n", "\na", "a\n\nb\n", "a\n b", "<<", "=", "?", "? a", ":", "a:", "9:30", "2027-01-11", ",", "a,b"]),
    st.text("abc :#-,[]{}'\"\n\t&*!|>%@`=?", max_size=12),
    st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=12),
)  # fmt: skip
KEYS = st.one_of(
    st.sampled_from(["a", "b", "x-note", "true", "12", "a b", "é", "- a", "a: b", '"']),
    st.text("ab-_:#", min_size=1, max_size=4),
)
TREES = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
        max_leaves=12,
    ),
    max_size=5,
)


@given(TREES, st.booleans())
def test_what_is_shown_reads_back_as_the_same(tree: dict[str, Any], whole: bool) -> None:
    """The YAML is YAML, with and without a line for each part."""
    shown = text(tree, is_whole=lambda _: whole)
    source = read_source(shown, file="f")

    assert [one.detail for one in source.findings] == [], shown
    assert equal(source.tree if shown.strip() != "{}" else {}, tree), shown


@given(TREES)
def test_comments_change_nothing(tree: dict[str, Any]) -> None:
    """With a comment behind every line it still reads back as the same."""
    lines = yaml_lines(tree, is_whole=lambda _: False)
    source = read_source("\n".join(with_origins(lines, lambda _: "f.yaml:1", Style())) + "\n", file="f")

    assert source.findings == ()
    assert equal(source.tree, tree)


def test_what_comes_from_several_places_takes_several_lines() -> None:
    """A value that was put together says of each part where it is from; the comments stand in one column."""
    tree = {"a": {"x": 1, "p": 2}, "b": {"z": 3}, "c": "w" * 90}
    lines = yaml_lines(tree, is_whole=lambda path: path != ("a",))

    def where(path: FieldPath) -> str:
        return "file:" + ".".join(map(str, path))

    assert list(with_origins(lines, where, Style())) == [
        "a:         # file:a",
        "  x: 1     # file:a.x",
        "  p: 2     # file:a.p",
        "b: {z: 3}  # file:b",
        f"c: {'w' * 90}  # file:c",
    ]
