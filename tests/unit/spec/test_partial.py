"""The derived schemas: what a base may leave out, what it may not write, and that nothing of the program schema is lost."""

from typing import Any

import pytest

from mentorctl.spec.partial import in_order, is_known, published, schema_of
from mentorctl.spec.quick import compiled
from mentorctl.spec.schema import check_schema

PROGRAM = schema_of("program/v1")


def codes(kind: str, tree: dict[str, Any]) -> list[tuple[str, tuple[str | int, ...]]]:
    """The findings of a tree, by code and path."""
    found = check_schema(tree, schema=schema_of(kind), document="d")
    return [(one.code, one.place.path if one.place else ()) for one in found]


FINE: tuple[dict[str, Any], ...] = (
    {},
    {"owner": "hr"},
    {"purpose": {"statement": "s"}},
    {"model": {"delivery": "hybrid"}},
    {"matching": {"prefer": [{"id": "a", "same": "b", "points": 1}]}},
    {"matching": {"unmatched": "waitlist"}},
    {"matching": {"group": {"size": {"min": 2, "max": 3}}}},
    {"matching": {"needs": [{"id": "a"}]}},
    {"model": {"type": "group"}, "matching": {"unmatched": "waitlist"}},
    {"meetings": {"lasts": "60min"}},
    {"timeline": {}},
    {"cohorts": {}},
    {"training": {"modules": {"a": {"for": "both", "format": "live", "takes": "1h", "seats": 5}}}},
    {"x-note": 5, "matching": {"x-note": 1}},
    {"final": ["owner", "matching.require.a"]},
)

WRONG: tuple[tuple[dict[str, Any], str, tuple[str | int, ...]], ...] = (
    ({"ownr": "hr"}, "MC1101", ("ownr",)),
    ({"owner": 5}, "MC1103", ("owner",)),
    ({"purpose": {"statment": "s"}}, "MC1101", ("purpose", "statment")),
    ({"matching": {"prefre": []}}, "MC1101", ("matching", "prefre")),
    ({"model": {"type": "peer"}, "matching": {"prefre": []}}, "MC1101", ("matching", "prefre")),
    (
        {"model": {"type": "flash"}, "matching": {"group": {"size": {"min": 2, "max": 3}}}},
        "MC1101",
        ("matching", "group"),
    ),
    ({"matching": {"prefer": [{"same": "b", "points": 1}]}}, "MC1102", ("matching", "prefer", 0)),
    ({"matching": 5}, "MC1103", ("matching",)),
    ({"training": {"modules": {"a": {"for": "both"}}}}, "MC1102", ("training", "modules", "a")),
    ({"final": "owner"}, "MC1103", ("final",)),
    ({"final": ["a..b"]}, "MC1105", ("final", 0)),
    ({"final": ["a", "a"]}, "MC1109", ("final", 1)),
)


@pytest.mark.parametrize("tree", FINE)
def test_what_is_not_complete_is_fine(tree: dict[str, Any]) -> None:
    """Keys of the document and of its sections may be left to others, in bases, defaults and programs that inherit."""
    assert codes("defaults", tree) == []
    for kind, header in (("base/v1", "base/v1"), ("program", "program/v1")):
        assert codes(kind, {"mentorctl": header, "id": "a", "extends": "b"} | tree) == []


@pytest.mark.parametrize(("tree", "code", "path"), WRONG)
def test_what_is_written_is_checked(tree: dict[str, Any], code: str, path: tuple[str | int, ...]) -> None:
    """Unknown keys, wrong values and incomplete entries are found in a part of a program too."""
    assert codes("defaults", tree) == [(code, path)]
    assert codes("base/v1", {"mentorctl": "base/v1", "id": "a"} | tree) == [(code, path)]


def test_what_a_document_says_of_itself_has_no_place_in_defaults() -> None:
    """Defaults are no document; a base has no former ids, because nothing in the state carries its id."""
    for key, value in {"mentorctl": "program/v1", "id": "a", "was": ["b"], "extends": "c"}.items():
        assert codes("defaults", {key: value}) == [("MC1101", (key,))]
    assert codes("base/v1", {"mentorctl": "base/v1", "id": "a", "was": ["b"]}) == [("MC1101", ("was",))]
    assert codes("base/v1", {}) == [("MC1102", ())]


def test_no_key_of_programs_is_lost() -> None:
    """Whatever a program can say, a base can say."""
    assert set(schema_of("base/v1")["properties"]) == set(PROGRAM["properties"]) - {"was", "retire"}
    assert set(schema_of("defaults")["properties"]) == set(PROGRAM["properties"]) - {
        "was",
        "retire",
        "id",
        "mentorctl",
        "extends",
    }


@pytest.mark.parametrize("kind", ["base/v1", "program", "defaults"])
def test_the_quick_check_knows_the_derived_schemas(kind: str) -> None:
    """They are compiled as the shipped ones are, so that files without mistakes are fast."""
    assert compiled(schema_of(kind)) is not None


def test_the_shipped_schema_is_not_touched() -> None:
    """Deriving writes to nothing: a program must still be complete."""
    schema_of("base/v1")

    assert "required" in PROGRAM
    assert codes("program/v1", {"mentorctl": "program/v1", "id": "a"})[0][0] == "MC1102"


def test_published_schemas_stand_alone() -> None:
    """The schema of the workspace for editors holds that of its defaults, with references that lead somewhere."""
    schema = published("workspace/v1")
    document: dict[str, Any] = {
        "mentorctl": "workspace/v1", "id": "a", "store": "sqlite:s.db", "timezone": "UTC",
        "roster": {"sources": [{"file": "a.csv", "role": "mentor"}], "id": "n", "fields": {"f": {"type": "text"}}},
    }  # fmt: skip

    assert check_schema(document, schema=schema, document="d") == ()
    assert check_schema(document | {"defaults": {"owner": "hr"}}, schema=schema, document="d") == ()
    (found,) = check_schema(document | {"defaults": {"meetings": {"lsts": "1h"}}}, schema=schema, document="d")
    assert (found.code, found.place and found.place.path) == ("MC1101", ("defaults", "meetings", "lsts"))
    assert published("base/v1") is schema_of("base/v1")
    with pytest.raises(ValueError, match="there is no schema of policy"):
        schema_of("policy/v9")


@pytest.mark.parametrize(("path", "known"), [
    ("owner", True), ("matching.unmatched", True), ("matching.group.size.max", True), ("meetings.per_week", True),
    ("ownr", False), ("matching.require.a", False), ("cohorts.spring", False), ("model.type.peer", False),
])  # fmt: skip
def test_words_of_the_language(path: str, known: bool) -> None:
    """Keys that the schema names are known, in whatever model; ids are not."""
    assert is_known(tuple(path.split("."))) is known


def test_the_order_of_the_schema() -> None:
    """Keys are shown as the schema lists them, and one's own behind them."""
    assert list(in_order({"x-a": 1, "matching": 1, "name": 1, "mentorctl": 1})) == [
        "mentorctl",
        "name",
        "matching",
        "x-a",
    ]
