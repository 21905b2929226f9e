"""The language reference: every key once, with its kind of value and what it means."""

from typing import Any

from mentorctl.render.reference import reference

_SCHEMA: dict[str, Any] = {
    "description": "A file.",
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"$ref": "#/$defs/id", "title": "Id", "description": "Its name.", "examples": ["grow"]},
        "matching": {"title": "Matching"},
        "rule": {"$ref": "#/$defs/rule", "title": "A | B"},
        "parts": {"title": "Parts", "type": "array", "items": {"$ref": "#/$defs/part"}},
        "due": {"$ref": "#/$defs/moment"},
        "x": True,
    },
    "allOf": [
        {
            "if": {"properties": {"id": {"const": "a"}}},
            "then": {"properties": {"matching": {"required": ["teams"], "properties": {"teams": {"type": "integer"}}}}},
        },
        {"then": {"properties": {"matching": {"properties": {"size": {"type": "integer", "default": 3}}}}}},
    ],
    "$defs": {
        "id": {"type": "string", "x-written": "an id"},
        "rule": {"type": "object", "properties": {"not": {"$ref": "#/$defs/rule"}, "same": {"type": "string"}}},
        "part": {"anyOf": [{"type": "string"}, {"type": "object", "properties": {"name": {"enum": ["a", "b"]}}}]},
        "moment": {"title": "A moment", "type": "object", "properties": {"at": {"type": "string"}}},
    },
}


def test_every_key_has_a_row() -> None:
    """Nested keys, entries of lists, the words of every case, and alternatives are listed under their paths."""
    lines = reference({"program/v1": _SCHEMA}).splitlines()

    assert "| `id` | an id | yes | Id. Its name. Example: `grow` |" in lines
    assert "| `matching.teams` | a whole number | at times |  |" in lines
    assert "| `matching.size` | a whole number |  | Default: `3` |" in lines
    assert "| `parts[].name` | `a`, `b` |  |  |" in lines
    assert not any("`x`" in line for line in lines)


def test_a_part_that_holds_itself_is_written_once() -> None:
    """Rules inside rules end, and a bar stays inside its cell."""
    text = reference({"program/v1": _SCHEMA})

    assert text.count("`rule.not`") == 1
    assert "rule.not.same" not in text
    assert "A \\| B" in text


def test_parts_of_many_places_stand_apart() -> None:
    """Moments have a table of their own, and are not repeated in every place."""
    text = reference({"program/v1": _SCHEMA})

    assert "### A moment" in text
    assert "due.at" not in text


def test_a_base_refers_to_the_program() -> None:
    """The keys of a base are those of a program, and are listed there."""
    text = reference({"program/v1": _SCHEMA, "base/v1": _SCHEMA | {"description": "A base."}})

    assert text.count("| `id` |") == 1
    assert "A base." in text
