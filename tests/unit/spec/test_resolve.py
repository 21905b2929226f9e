"""Laying documents over each other: what comes out, where it says it is from, and what is refused."""

from typing import Any

import pytest

from mentorctl.diagnostics import FieldPath, Place
from mentorctl.spec.origins import is_whole, story, written_at
from mentorctl.spec.resolve import (
    Layer,
    Resolved,
    alone,
    as_words,
    at_words,
    equal,
    final_above,
    has_ids,
    layered,
    value_at,
)

type Tree = dict[str, Any]

A, B, C = {"id": "a", "n": 1}, {"id": "b", "n": 2}, {"id": "c", "n": 3}


def stacked(*trees: Tree) -> tuple[Resolved, list[str]]:
    """Trees laid over each other, the oldest first, from files called 0, 1, …; and the codes of all findings."""
    below: Resolved | None = None
    codes: list[str] = []
    for number, tree in enumerate(trees):
        below, found = layered(below, Layer(file=str(number), tree=tree))
        codes += (one.code for one in found)
    assert below is not None
    return below, codes


MERGED: tuple[tuple[Tree, Tree, Tree], ...] = (
    ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
    ({"a": 1}, {"a": 2}, {"a": 2}),
    ({"a": {"x": 1, "y": 2}}, {"a": {"y": 3, "z": 4}}, {"a": {"x": 1, "y": 3, "z": 4}}),
    ({"a": {"x": {"p": 1}}}, {"a": {"x": {"q": 2}}}, {"a": {"x": {"p": 1, "q": 2}}}),
    ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
    ({"a": [A, B]}, {"a": [C]}, {"a": [A, B, C]}),
    ({"a": [A, B]}, {"a": [{"id": "a", "m": 9}]}, {"a": [{"id": "a", "m": 9}, B]}),
    ({"a": [A, B]}, {"a": [C, {"id": "b"}]}, {"a": [A, {"id": "b"}, C]}),
    ({"a": [A]}, {"a": []}, {"a": []}),
    ({"a": []}, {"a": [A]}, {"a": [A]}),
    ({"a": [A]}, {"a": [{"n": 2}]}, {"a": [{"n": 2}]}),
    ({"a": [A]}, {"a": [{"id": 5}]}, {"a": [{"id": 5}]}),
    ({"a": [A]}, {"a": [1]}, {"a": [1]}),
    ({"a": {"x": 1}}, {"a": "word"}, {"a": "word"}),
    ({"a": "word"}, {"a": {"x": 1}}, {"a": {"x": 1}}),
    ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
    ({"a": {"x": 1, "y": 2}}, {"a": {"x": None}}, {"a": {"y": 2}}),
    ({"a": {"x": 1}}, {"a": {"x": None}}, {"a": {}}),
    ({"a": 1}, {}, {"a": 1}),
    ({"id": "old", "was": ["x"], "extends": "y", "final": ["q"], "x-note": 1, "mentorctl": "base/v1"}, {"id": "new"}, {"id": "new"}),
    ({"a": {"x-note": 1}}, {"a": {"b": 2}}, {"a": {"x-note": 1, "b": 2}}),
    ({"a": [A, A]}, {"a": [{"id": "a", "m": 1}]}, {"a": [{"id": "a", "m": 1}, A]}),
    ({"a": [A]}, {"a": [B, B]}, {"a": [A, B, B]}),
)  # fmt: skip


@pytest.mark.parametrize(("below", "patch", "expected"), MERGED)
def test_what_comes_out(below: Tree, patch: Tree, expected: Tree) -> None:
    """Mappings are merged, entries go by their id, everything else replaces, and null removes; nothing is written to."""
    before = repr((below, patch))

    resolved, codes = stacked(below, patch)

    assert equal(resolved.tree, expected)
    assert codes == []
    assert repr((below, patch)) == before


def test_the_order_is_that_of_the_oldest_file() -> None:
    """What a document says of itself comes first, then what is inherited, then what is new."""
    resolved, _ = stacked({"id": "o", "a": 1, "b": [A, B]}, {"c": 1, "b": [C, {"id": "a"}], "id": "n"})

    assert list(resolved.tree) == ["id", "a", "b", "c"]
    assert [entry["id"] for entry in resolved.tree["b"]] == ["a", "b", "c"]


ORIGINS: tuple[tuple[FieldPath, str, FieldPath], ...] = (
    (("list", 0), "0", ("list", 0)),
    (("list", 0, "n"), "0", ("list", 0, "n")),
    (("list", 1), "1", ("list", 1)),
    (("list", 1, "m"), "1", ("list", 1, "m")),
    (("list", 2), "1", ("list", 0)),
    (("list", 3), "2", ("list", 0)),
    (("list",), "2", ("list",)),
    (("map",), "1", ("map",)),
    (("map", "x"), "0", ("map", "x")),
    (("map", "y"), "1", ("map", "y")),
    (("map", "absent"), "1", ("map",)),
    (("map", "x", "deep", "er"), "0", ("map", "x", "deep", "er")),
    (("absent",), "2", ()),
    ((), "2", ()),
    (("plain",), "0", ("plain",)),
)


@pytest.mark.parametrize(("path", "file", "there"), ORIGINS)
def test_every_value_knows_where_it_is_written(path: FieldPath, file: str, there: FieldPath) -> None:
    """Paths of the resolved tree lead to the path in the file that wrote the value, whatever its position there."""
    resolved, _ = stacked(
        {"plain": 1, "list": [A, B], "map": {"x": {"deep": 1}, "y": 1}},
        {"list": [C, {"id": "b", "m": 5}], "map": {"y": 2}},
        {"list": [{"id": "d"}]},
    )

    assert written_at(resolved.origin, path) == Place(document=file, path=there)
    assert written_at(resolved.origin, path, on_key=True).on_key


def test_the_story_of_a_value() -> None:
    """A value remembers all that it took the place of, also across a removal and inside an entry that was replaced."""
    resolved, _ = stacked(
        {"a": {"x": 1}, "list": [{"id": "a", "n": 1}]},
        {"a": {"x": None}},
        {"a": {"x": 2}, "list": [{"id": "a", "n": 2}]},
        {"b": 0, "a": {"y": 1}},
    )

    assert [(s.place.document, s.is_removal) for s in story(resolved.origin, ("a", "x"))] == [
        ("2", False), ("1", True), ("0", False),
    ]  # fmt: skip
    assert [s.place for s in story(resolved.origin, ("list", 0, "n"))] == [
        Place(document="2", path=("list", 0, "n")), Place(document="0", path=("list", 0, "n")),
    ]  # fmt: skip


def test_a_removed_value_has_a_story_too() -> None:
    """What is gone can still be asked for: who removed it, and what it was."""
    resolved, _ = stacked({"a": {"x": 1}}, {"a": None})

    assert [(s.place.document, s.is_removal) for s in story(resolved.origin, ("a",))] == [("1", True), ("0", False)]


def test_wholes_are_known() -> None:
    """A value that was put together from several files is no whole; its untouched parts are."""
    resolved, _ = stacked({"a": {"x": {"p": 1}, "y": 1}}, {"a": {"y": 2}})

    assert not is_whole(resolved.origin, ("a",))
    assert is_whole(resolved.origin, ("a", "x"))
    assert is_whole(resolved.origin, ("a", "x", "p"))


NOTHING_THERE: tuple[tuple[Tree, Tree, FieldPath, Tree], ...] = (
    ({}, {"a": None}, ("a",), {"a": None}),
    ({"a": 1}, {"a": {"x": None}}, ("a", "x"), {"a": {"x": None}}),
    ({}, {"a": {"x": {"y": None, "z": 1}}}, ("a", "x", "y"), {"a": {"x": {"y": None, "z": 1}}}),
    ({"a": {"x": 1}}, {"a": {"y": None}}, ("a", "y"), {"a": {"x": 1, "y": None}}),
    ({"x-note": 1}, {"a": 1, "b": None}, ("b",), {"a": 1, "b": None}),
)


@pytest.mark.parametrize(("below", "patch", "path", "expected"), NOTHING_THERE)
def test_removing_nothing_is_refused(below: Tree, patch: Tree, path: FieldPath, expected: Tree) -> None:
    """A null where nothing is inherited is a slip; the finding points at the null, which stays for the schema to see."""
    first, _ = layered(None, Layer(file="0", tree=below))

    resolved, found = layered(first, Layer(file="1", tree=patch))

    assert [(one.code, one.place) for one in found] == [("MC1204", Place(document="1", path=path))]
    assert equal(resolved.tree, expected)


def test_null_in_a_list_removes_nothing() -> None:
    """Entries of lists are values; the schema says what it thinks of null there."""
    resolved, codes = stacked({"a": [1]}, {"a": [None], "b": {"c": [{"id": "q", "r": None}]}})

    assert resolved.tree == {"a": [None], "b": {"c": [{"id": "q", "r": None}]}}
    assert codes == []


FINALS: tuple[tuple[str, Tree, Tree, FieldPath | None], ...] = (
    ("a", {"a": 1}, {"a": 2}, ("a",)),
    ("a", {"a": 1}, {"a": None}, ("a",)),
    ("a", {"a": 1}, {"a": True}, ("a",)),
    ("a", {"a": {"x": 1}}, {"a": {"x": 2}}, ("a",)),
    ("a", {"a": {"x": 1}}, {"a": {"y": 2}}, ("a",)),
    ("a.x", {"a": {"x": 1}}, {"a": {"x": 2}}, ("a", "x")),
    ("a.x", {"a": {"x": 1}}, {"a": None}, ("a",)),
    ("a.x", {"a": {"x": 1}}, {"a": "word"}, ("a",)),
    ("a.x", {"a": {}}, {"a": {"x": 1}}, ("a", "x")),
    ("l.a", {"l": [A, B]}, {"l": [C, {"id": "a", "n": 9}]}, ("l", 1)),
    ("l.a.n", {"l": [A, B]}, {"l": [{"id": "a"}]}, ("l", 0)),
    ("l.a", {"l": [A, B]}, {"l": []}, ("l",)),
    ("l", {"l": [A, B]}, {"l": [C]}, ("l",)),
    ("l.z", {"l": [A]}, {"l": [{"id": "z"}]}, ("l", 0)),
    ("a", {"a": 1}, {"a": 1, "b": 2}, None),
    ("a", {"a": {"x": [1]}}, {"a": {"x": [1]}}, None),
    ("a.x", {"a": {"x": 1}}, {"a": {"y": 2}}, None),
    ("l.a", {"l": [A, B]}, {"l": [{"id": "b", "n": 9}, C]}, None),
    ("l.z", {"l": [A]}, {"l": [B]}, None),
    ("id", {"id": "o"}, {"id": "n"}, None),
)


@pytest.mark.parametrize(("final", "below", "patch", "path"), FINALS)
def test_final_values_stay(final: str, below: Tree, patch: Tree, path: FieldPath | None) -> None:
    """A change of a final value points at what changes it, at the declaration, and at the value."""
    first, _ = layered(None, Layer(file="0", tree=below | {"final": [final]}))

    _, found = layered(first, Layer(file="1", tree=patch))

    assert [(one.code, one.place and one.place.path) for one in found] == ([] if path is None else [("MC1203", path)])
    for one in found:
        assert one.related[0].place == Place(document="0", path=("final", 0))
        assert all(related.place and related.place.document == "0" for related in one.related)


def test_finals_hold_for_all_below_and_not_for_oneself() -> None:
    """A document may declare final what it changes itself; its descendants may not, and each is told for its own doing."""
    resolved, codes = stacked({"a": 1}, {"a": 2, "final": ["a"]}, {"b": 1}, {"a": 3}, {"c": 1})

    assert codes == ["MC1203"]
    assert final_above(resolved.finals, ("a", "deeper")) == (("a",), Place(document="1", path=("final", 0)))
    assert final_above(resolved.finals, ("b",)) is None


def test_finals_that_are_no_texts_are_left_to_the_schema() -> None:
    """Whatever is written under `final`, merging goes on."""
    for said in (5, "a", {"a": 1}, [1, None, ["a"]], [""]):
        first, _ = layered(None, Layer(file="0", tree={"a": 1, "final": said}))
        assert layered(first, Layer(file="1", tree={"a": 2}))[1] == ()


WORDS: tuple[tuple[str, FieldPath | None], ...] = (
    ("a.x", ("a", "x")), ("l.b.n", ("l", 1, "n")), ("l.0", ("l", 0)), ("l.7", None), ("l.z", None), ("a.x.y", None),
    ("l.99999999999999999999", None), ("m.1", ("m", "1")), ("q.1", ("q", 1)), ("", None), ("l.-1", None), ("q.²", None),
)  # fmt: skip


@pytest.mark.parametrize(("text", "path"), WORDS)
def test_words_lead_to_paths(text: str, path: FieldPath | None) -> None:
    """Keys by their name, entries by their id, or by position where they have none."""
    tree = {"a": {"x": 1}, "l": [A, B], "m": {"1": 2}, "q": [5, 6]}

    assert at_words(tree, as_words(text)) == path
    if path is not None:
        value_at(tree, path)


def test_alone_is_as_it_is() -> None:
    """A document that inherits nothing is its own tree, not a copy."""
    layer = Layer(file="f", tree={"a": {"x": 1}, "final": ["a"]}, path=("defaults",))
    resolved = alone(layer)

    assert resolved.tree is layer.tree
    assert written_at(resolved.origin, ("a", "x")) == Place(document="f", path=("defaults", "a", "x"))
    assert resolved.finals == {("a",): Place(document="f", path=("defaults", "final", 0))}


def test_untouched_parts_are_shared() -> None:
    """Merging copies no more than the mappings that change, so that large bases cost little."""
    inner = {"deep": {"x": 1}}
    resolved, _ = stacked({"big": inner, "a": {"k": inner, "l": 1}}, {"a": {"l": 2}})

    assert resolved.tree["big"] is inner
    assert resolved.tree["a"]["k"] is inner


@pytest.mark.parametrize(("one", "other", "same"), [
    (1, True, False), (0, False, False), (1, 1.0, True), ([], {}, False), ({"a": [1]}, {"a": [1]}, True),
    ({"a": [1]}, {"a": [True]}, False), ({"a": 1}, {"a": 1, "b": 2}, False), ("1", 1, False), (None, None, True),
])  # fmt: skip
def test_equal_is_equal_in_json(one: object, other: object, same: bool) -> None:
    """Truth values are no numbers, and 1.0 is 1."""
    assert equal(one, other) is same


@pytest.mark.parametrize(
    ("value", "is_list"), [([A], True), ([], False), ([A, {}], False), ([{"id": 1}], False), ({}, False)]
)
def test_lists_with_ids(value: object, is_list: bool) -> None:
    """Only a list whose entries all have a text as id is merged entry by entry."""
    assert has_ids(value) is is_list
