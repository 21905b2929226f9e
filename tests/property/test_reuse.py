"""What holds of documents laid over each other, whatever is in them."""

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from mentorctl.diagnostics import FieldPath
from mentorctl.spec.origins import story, written_at
from mentorctl.spec.resolve import Layer, Resolved, equal, layered, value_at

type Tree = dict[str, Any]

KEYS = st.sampled_from("abcde")
SCALARS = st.one_of(st.integers(0, 3), st.booleans(), st.sampled_from(["p", "q"]))
ENTRIES = st.lists(
    st.builds(
        lambda name, more: {"id": name} | more, KEYS, st.dictionaries(st.sampled_from("xyz"), SCALARS, max_size=2)
    ),
    max_size=4,
)


def trees(*, removals: bool) -> st.SearchStrategy[Tree]:
    """Trees of mappings, lists with and without ids and scalars, of any kind at any key."""
    leaves = st.one_of(SCALARS, ENTRIES, st.lists(SCALARS, max_size=3), *([st.none()] if removals else []))
    values = st.recursive(leaves, lambda inner: st.dictionaries(KEYS, inner, max_size=4), max_leaves=12)
    return st.dictionaries(KEYS, values, max_size=5)


TYPED: st.SearchStrategy[Tree] = st.fixed_dictionaries(
    {},
    optional={
        "number": SCALARS,
        "list": st.lists(SCALARS, min_size=1, max_size=3),
        "rules": ENTRIES.filter(lambda entries: len({e["id"] for e in entries}) == len(entries) > 0),
        "map": st.dictionaries(KEYS, st.dictionaries(KEYS, SCALARS, max_size=3), max_size=3),
    },
)


def stacked(*layers: Tree) -> Resolved:
    below: Resolved | None = None
    for number, tree in enumerate(layers):
        below, _ = layered(below, Layer(file=str(number), tree=tree))
    assert below is not None
    return below


def paths(value: object, path: FieldPath = ()) -> list[FieldPath]:
    """The paths of all values."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, part in inner for deeper in paths(part, (*path, key)))]


@given(trees(removals=False))
def test_a_document_over_itself_is_itself(tree: Tree) -> None:
    """Resolving is idempotent."""
    assert equal(stacked(tree, tree).tree, tree)


@given(trees(removals=True), trees(removals=True))
def test_laying_the_same_over_it_again_changes_nothing(one: Tree, other: Tree) -> None:
    """What a document says already holds after it was laid over, removals too."""
    once, found = layered(stacked(one), Layer(file="1", tree=other))
    assume(not found)

    twice, _ = layered(once, Layer(file="2", tree=other))

    removed_nothing = [p for p in paths(twice.tree) if value_at(twice.tree, p) is None]
    assert equal(twice.tree, once.tree) or removed_nothing  # what is gone cannot be removed again


@given(TYPED, TYPED, TYPED)
def test_layers_can_be_joined_in_any_order_of_joining(one: Tree, two: Tree, three: Tree) -> None:
    """With the same kind of value at each key and no removals, laying over is associative."""
    joined = stacked(two, three).tree

    assert equal(stacked(one, two, three).tree, stacked(one, joined).tree)


@given(st.lists(trees(removals=True), min_size=1, max_size=5))
def test_origins_lead_to_the_value(layers: list[Tree]) -> None:
    """The place of every value holds an equal value in its file; mappings and lists put together may hold less there."""
    resolved = stacked(*layers)

    for path in paths(resolved.tree):
        place = written_at(resolved.origin, path)
        there, here = value_at(layers[int(place.document)], place.path), value_at(resolved.tree, path)
        if not isinstance(here, dict | list):
            assert equal(there, here)
        else:
            assert type(there) is type(here)
        first = next(iter(story(resolved.origin, path)))
        assert first.place == place


@given(trees(removals=False), trees(removals=True))
def test_a_null_that_stays_is_told(one: Tree, other: Tree) -> None:
    """Every null that removes nothing is found where it is written, and no other."""
    resolved, found = layered(stacked(one), Layer(file="1", tree=other))

    nulls = {written_at(resolved.origin, p) for p in paths(resolved.tree) if value_at(resolved.tree, p) is None}
    assert {problem.place for problem in found} == nulls


@given(trees(removals=False), trees(removals=True))
def test_final_means_unchanged(one: Tree, other: Tree) -> None:
    """When everything below is final, the findings are none exactly when nothing inherited changed."""
    keys = sorted(one)
    first = stacked(one | {"final": keys})
    second, found = layered(first, Layer(file="1", tree=other))

    changed = [key for key in keys if key not in second.tree or not equal(second.tree[key], one[key])]
    assert [problem.detail.split("`")[1] for problem in found if problem.code == "MC1203"] == changed
