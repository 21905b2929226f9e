"""Trees against schemas: one finding for each cause, at its place, in words."""

import json
import socket
import time
from typing import Any, NoReturn

import jsonschema
import pytest
import referencing

from mentorctl.diagnostics import Diagnostic
from mentorctl.resources import folder
from mentorctl.spec.misfits import Problem, settled
from mentorctl.spec.quick import compiled
from mentorctl.spec.schema import check_schema, load_schema
from mentorctl.spec.source import LIMITS

ID = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "x-written": "an id: small letters, digits and _"}
OWN: dict[str, Any] = {"patternProperties": {"^x-": True}, "additionalProperties": False}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "mentorctl:test/v1",
    "title": "A file for tests",
    "type": "object",
    "required": ["id", "model"],
    "properties": {
        "id": {"$ref": "#/$defs/id", "title": "Id"},
        "name": {"type": "string", "minLength": 1, "maxLength": 20},
        "model": {
            "type": "object",
            "required": ["type", "mentors"],
            "properties": {
                "type": {"enum": ["one-on-one", "reverse", "group"]},
                "mentors": {"enum": ["peer", "career"]},
                "delivery": {"enum": ["hybrid", "virtual"]},
            },
            "allOf": [
                {
                    "if": {"properties": {"type": {"const": "group"}}},
                    "then": {"required": ["size"], "properties": {"size": {"type": "integer", "minimum": 2, "maximum": 9}}},
                },
            ],
            "patternProperties": {"^x-": True},
            "unevaluatedProperties": False,
        },
        "meetings": {
            "type": "object",
            "properties": {
                "lasts": {"type": "string", "pattern": "^[0-9]+(mo|min|d|w|h)$", "x-written": "a duration such as 2w"},
                "start": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "x-written": "a date"},
                "per_week": {"type": "integer", "minimum": 1, "maximum": 50},
                "share": {"type": "string", "pattern": "^[0-9]+%$", "x-written": "a percentage such as 10%"},
                "factor": {"type": "number", "minimum": 0},
                "required": {"type": "boolean"},
                "scalar": {"type": ["string", "number", "boolean"]},
                "agendas": {"type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": True, "items": {"$ref": "#/$defs/id"}},
                "pairs": {"type": "array", "uniqueItems": True},
                "moment": {"type": "object", "minProperties": 1, "properties": {"at": {"$ref": "#/$defs/id"}, "by": {"$ref": "#/$defs/id"}}, **OWN},
                "capacity": {
                    "type": "object", "minProperties": 1, "maxProperties": 1,
                    "properties": {"exactly": {"type": "integer"}, "max": {"type": "integer"}}, **OWN,
                },
                "field": {"anyOf": [
                    {"$ref": "#/$defs/id"},
                    {"type": "object", "required": ["mentee", "mentor"], "properties": {"mentee": True, "mentor": True}, **OWN},
                ]},
                "order": {"anyOf": [{"enum": ["first", "last"]}, {"type": "array", "items": {"$ref": "#/$defs/id"}}]},
                "who": {"type": "object", "properties": {"a": True, "b": True}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
            },
            **OWN,
        },
        "cohorts": {
            "type": "object", "minProperties": 1, "maxProperties": 3, "propertyNames": {"$ref": "#/$defs/id"},
            "additionalProperties": {"type": "object", "required": ["start"], "properties": {"start": {"type": "string"}}, **OWN},
        },
        "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
    },
    **OWN,
    "$defs": {
        "id": ID,
        "named": {"type": "object", "required": ["id"], "properties": {"id": {"$ref": "#/$defs/id"}}},
        "test": {"type": "object", "properties": {"same": {"$ref": "#/$defs/id"}, "not": {"$ref": "#/$defs/negated"}}},
        "negated": {"$ref": "#/$defs/test", "unevaluatedProperties": False, "minProperties": 1},
        "rule": {"allOf": [{"$ref": "#/$defs/named"}, {"$ref": "#/$defs/test"}], "unevaluatedProperties": False},
    },
}  # fmt: skip
FINE: dict[str, Any] = {"id": "grow", "model": {"type": "reverse", "mentors": "peer"}}


def tree(**more: Any) -> dict[str, Any]:
    """A file that is fine but for what is asked for."""
    return {**FINE, **more}


def meeting(**keys: Any) -> dict[str, Any]:
    return tree(meetings=keys)


def check(value: Any) -> tuple[Diagnostic, ...]:
    return check_schema(value, schema=SCHEMA, document="grow")


NO_OPS: tuple[Any, ...] = (
    FINE,
    tree(**{"x-note": {"anything": [1]}}),
    tree(model={"type": "group", "mentors": "peer", "size": 4, "x-y": 1}),
    tree(rules=[{"id": "a", "same": "b"}, {"id": "c", "not": {"not": {"same": "d"}}}]),
    meeting(lasts="2w", per_week=3, factor=0.5, required=True, agendas=["a", "b"], capacity={"max": 2}),
    meeting(field="a", order=["a"], pairs=[1, True, "1", {"a": 1}, {"a": True}], who={"b": None}),
    meeting(field={"mentee": 1, "mentor": 2}, order="first", per_week=3.0),
    tree(cohorts={"spring": {"start": "2027-01-11"}}),
)

# A tree → the code, place, words of the message and words of the help of its one finding.
FINDINGS: tuple[tuple[Any, str, tuple[str | int, ...], str, str], ...] = (
    # unknown keys
    (tree(nam="x"), "MC1101", ("nam",), "`nam` is not a key of the file; its keys are `id`, `name`, `model`", "did you mean `name`?"),
    (tree(per_week=2), "MC1101", ("per_week",), "is not a key of the file", "`per_week` belongs in `meetings`"),
    (meeting(name="x"), "MC1101", ("meetings", "name"), "`name` is not a key of `meetings`", "`name` belongs in the top level of the file"),
    (meeting(delivery="hybrid"), "MC1101", ("meetings", "delivery"), "is not a key of `meetings`", "`delivery` belongs in `model`"),
    (tree(model={**FINE["model"], "sise": 2}), "MC1101", ("model", "sise"), "its keys are `type`, `mentors` and `delivery`", ""),
    (tree(cohorts={"a": {"start": "x", "ends": "y"}}), "MC1101", ("cohorts", "a", "ends"), "its only key is `start`", ""),
    (tree(rules=[{"id": "a", "sme": "b"}]), "MC1101", ("rules", 0, "sme"), "is not a key of an entry of `rules`", "did you mean `same`?"),
    (tree(rules=[{"id": "a", "not": {"id": "b"}}]), "MC1101", ("rules", 0, "not", "id"), "is not a key of `not`", "`id` belongs in an entry of `rules`"),
    (tree(model={**FINE["model"], "size": 2}), "MC1107", ("model", "size"), "`size` does not go with `type: reverse`", "`size` goes with `type: group`"),
    (meeting(capacity={"mx": 1, "max": 1}), "MC1101", ("meetings", "capacity", "mx"), "`mx` is not a key of `capacity`", "did you mean `max`?"),
    # missing keys
    ({"id": "grow"}, "MC1102", (), "the file lacks `model`", "add `model:` a block with `type`, `mentors` and `delivery`"),
    (tree(model={"mentors": "peer", "size": 3}), "MC1102", ("model",), "`model` lacks `type`", "`one-on-one`, `reverse` or `group`"),
    (tree(model={}), "MC1102", ("model",), "`model` lacks `type` and `mentors`", "add `type:` `one-on-one`"),
    (tree(rules=[{"same": "a"}]), "MC1102", ("rules", 0), "an entry of `rules` lacks `id`", "add `id:` an id: small"),
    (tree(model={"type": "group", "mentors": "peer"}), "MC1102", ("model",), "`model` lacks `size`", "a whole number from 2 to 9"),
    (tree(model={"typ": "reverse", "mentors": "peer"}), "MC1101", ("model", "typ"), "`typ` is not a key", "did you mean `type`?"),
    (tree(model={"type": "group"}), "MC1102", ("model",), "`model` lacks `mentors` and `size`", "`size:` a whole number from 2 to 9"),
    # types
    (tree(name=12), "MC1103", ("name",), "`12` is a number; expected is a text", 'write "12" in quotes'),
    (tree(name=True), "MC1103", ("name",), "`true` is a yes-or-no value", 'write "true" in quotes'),
    (tree(name=None), "MC1103", ("name",), "nothing is written here", "write a value after the colon, or delete the key"),
    (tree(id=None), "MC1103", ("id",), "nothing is written here; expected is an id", "write a value after the colon"),
    (tree(name=["Grow"]), "MC1103", ("name",), "a list is written here", "write the one entry without brackets or dash"),
    (tree(name={"a": 1}), "MC1103", ("name",), "a block of keys and values is written here", ""),
    (tree(model="reverse"), "MC1103", ("model",), "`reverse` is text; expected is a block with", "on the lines below"),
    (tree(rules={"id": "a"}), "MC1103", ("rules",), "expected is a list", "begins with `- `"),
    ([], "MC1103", (), "a list is written here; expected is a block with `id`, `name`", "on the lines below"),
    (None, "MC1103", (), "nothing is written here", "write"),
    (meeting(per_week="3"), "MC1103", ("meetings", "per_week"), "`3` is text; expected is a whole number from 1 to 50", "write 3, in plain digits"),
    (meeting(per_week="1e1"), "MC1103", ("meetings", "per_week"), "is text", "write 10, in plain digits"),
    (meeting(per_week=2.5), "MC1103", ("meetings", "per_week"), "`2.5` is a number with a fraction; expected is a whole number", ""),
    (meeting(per_week=True), "MC1103", ("meetings", "per_week"), "is a yes-or-no value", ""),
    (meeting(factor=".5"), "MC1103", ("meetings", "factor"), "is text; expected is a number", "write 0.5, in plain digits"),
    (meeting(required="yes"), "MC1103", ("meetings", "required"), "`yes` is text; expected is `true` or `false`", "write `true`, without quotes"),
    (meeting(required="Off"), "MC1103", ("meetings", "required"), "`Off` is text", "write `false`, without quotes"),
    (meeting(agendas="goals"), "MC1103", ("meetings", "agendas"), "expected is a list", "write it as a list: [goals]"),
    (meeting(share=10), "MC1103", ("meetings", "share"), "`10` is a number; expected is a percentage", "did you mean `10%`?"),
    (meeting(field=5), "MC1103", ("meetings", "field"), "expected is an id: small letters, digits and _, or a block with `mentee` and `mentor`", ""),
    (meeting(order=5), "MC1103", ("meetings", "order"), "expected is `first` or `last`, or a list", ""),
    (tree(model={"type": ["reverse"], "mentors": "peer", "size": 3}), "MC1103", ("model", "type"), "a list is written here; expected is `one-on-one`", "without brackets"),
    (meeting(scalar=[1, 2]), "MC1103", ("meetings", "scalar"), "expected is a text or a number or `true` or `false`", "write one value, without"),
    # values
    (tree(model={"type": "one-to-one", "mentors": "peer", "size": 3}), "MC1104", ("model", "type"), "choose `one-on-one`, `reverse` or `group`", "did you mean `one-on-one`?"),
    (meeting(order="frist"), "MC1104", ("meetings", "order"), "choose `first` or `last`", "did you mean `first`?"),
    # forms
    (tree(id="Grow Program"), "MC1105", ("id",), "`Grow Program` is not an id: small letters", "did you mean `grow_program`?"),
    (tree(id="grow\n"), "MC1105", ("id",), "`grow` is not an id", "did you mean `grow`?"),
    (tree(id="füh"), "MC1105", ("id",), "`füh` is not an id", ""),
    (meeting(lasts="2 weeks"), "MC1105", ("meetings", "lasts"), "is not a duration such as 2w", "did you mean `2w`?"),
    (meeting(lasts="2m"), "MC1105", ("meetings", "lasts"), "`2m` is not a duration", ""),
    (meeting(start="11.1.2027"), "MC1105", ("meetings", "start"), "is not a date", "did you mean `2027-01-11`?"),
    (meeting(start="2027-1-1"), "MC1105", ("meetings", "start"), "is not a date", "did you mean `2027-01-01`?"),
    (meeting(field="A b"), "MC1105", ("meetings", "field"), "`A b` is not an id", "did you mean `a_b`?"),
    (tree(cohorts={"Spring 27": {"start": "x"}}), "MC1105", ("cohorts", "Spring 27"), "is not an id", "did you mean `spring_27`?"),
    # sizes
    (tree(name=""), "MC1106", ("name",), "the text is empty", "at least 1 character is needed"),
    (tree(name="x" * 21), "MC1106", ("name",), "the text has 21 characters", "at most 20 characters are allowed"),
    (meeting(per_week=0), "MC1106", ("meetings", "per_week"), "`0` is too small", "write a number from 1 to 50"),
    (meeting(per_week=99), "MC1106", ("meetings", "per_week"), "`99` is too large", "write a number from 1 to 50"),
    (meeting(factor=-1), "MC1106", ("meetings", "factor"), "`-1` is too small", "write a number of at least 0"),
    (meeting(agendas=[]), "MC1106", ("meetings", "agendas"), "the list is empty", "at least 1 entry is needed"),
    (meeting(agendas=["a", "b", "c", "d"]), "MC1106", ("meetings", "agendas"), "the list has 4 entries", "at most 3 entries are allowed"),
    (tree(cohorts={}), "MC1106", ("cohorts",), "the block is empty", "at least 1 key is needed"),
    (tree(cohorts={k: {"start": ""} for k in "abcd"}), "MC1106", ("cohorts",), "the block has 4 keys", "at most 3 keys are allowed"),
    # keys that do not go together
    (meeting(moment={}), "MC1107", ("meetings", "moment"), "`moment` has none of `at` and `by`", "write at least one of them"),
    (meeting(capacity={"max": 1, "exactly": 1}), "MC1107", ("meetings", "capacity"), "has 2 of `exactly` and `max`", "write exactly one of them"),
    (meeting(who={}), "MC1107", ("meetings", "who"), "`who` needs `a` or `b`", "write one of them"),
    # twice
    (meeting(agendas=["a", "b", "a"]), "MC1109", ("meetings", "agendas", 2), "`a` is already in this list", "keep one of the two"),
    (meeting(pairs=[{"a": [1]}, {"a": [1.0]}]), "MC1109", ("meetings", "pairs", 1), "is already in this list", "keep one"),
)  # fmt: skip


@pytest.mark.parametrize("value", NO_OPS)
def test_a_fine_tree_has_no_findings(value: Any) -> None:
    """The quick check and `jsonschema` both take it."""
    quick = compiled(SCHEMA)
    assert quick is not None
    assert quick(value) or value == NO_OPS[5]  # a list of unequal blocks is left to `jsonschema`
    assert check(value) == ()


@pytest.mark.parametrize(("value", "code", "path", "detail", "remedy"), FINDINGS)
def test_each_cause_has_one_finding(
    value: Any, code: str, path: tuple[str | int, ...], detail: str, remedy: str,
) -> None:  # fmt: skip
    """One code at one place, saying what was found, what is allowed and how to fix it."""
    found = check(value)
    assert [(d.code, d.place.path if d.place else None) for d in found] == [(code, path)]
    (one,) = found
    assert detail in one.detail
    assert remedy in one.help
    assert bool(remedy) == bool(one.help)


@pytest.mark.parametrize(("value", "code", "path", "detail", "remedy"), FINDINGS)
def test_no_message_speaks_the_language_of_schemas(
    value: Any, code: str, path: tuple[str | int, ...], detail: str, remedy: str,  # noqa: ARG001
) -> None:  # fmt: skip
    """No keyword of JSON Schema, no Python type and no regular expression reaches a reader."""
    (one,) = check(value)
    said = f"{one.detail} {one.help}"
    for word in ("Properties", "enum", "anyOf", "pattern", "regex", "schema", "dict", "^", "$", "NoneType", "[a-z"):
        assert word not in said


def test_findings_about_keys_point_at_keys() -> None:
    """Unknown and misnamed keys, and what a block lacks, are shown at the key; values at the value."""
    on_key = {
        code: {d.place.on_key for v, c, *_ in FINDINGS if c == code for d in check(v) if d.place}
        for _, code, *_ in FINDINGS
    }
    assert on_key["MC1101"] == on_key["MC1102"] == on_key["MC1107"] == {True}
    assert on_key["MC1103"] == on_key["MC1104"] == on_key["MC1109"] == {False}


def test_the_first_of_two_equal_entries_is_shown_too() -> None:
    """Both places belong to the finding."""
    (one,) = check(meeting(agendas=["a", "b", "a"]))
    (first,) = one.related
    assert first.place is not None
    assert first.place.path == ("meetings", "agendas", 0)


def test_independent_problems_are_all_found_in_the_order_of_the_file() -> None:
    """One run shows everything that can be fixed at once."""
    found = check({"rules": [{"id": "A"}, {}], "meetings": {"per_week": 0, "los": 1}, "id": 3, "model": {"type": "x"}})
    assert [(d.code, d.place.path if d.place else None) for d in found] == [
        ("MC1105", ("rules", 0, "id")),
        ("MC1102", ("rules", 1)),
        ("MC1106", ("meetings", "per_week")),
        ("MC1101", ("meetings", "los")),
        ("MC1103", ("id",)),
        ("MC1102", ("model",)),
        ("MC1104", ("model", "type")),
    ]


def test_a_wrong_deciding_key_silences_what_depends_on_it() -> None:
    """While `type` is wrong nobody can say whether `size` is known, or missing."""
    found = check(tree(model={"type": "gruop", "mentors": "peer", "size": 3, "delivery": "by foot"}))
    assert [d.code for d in found] == ["MC1104", "MC1104"]


def test_what_is_inside_a_misfit_is_silent() -> None:
    """Under an unknown key, or in a value of the wrong type, nothing further is said."""
    outer = [
        Problem(code="MC1101", detail="unknown", path=("a",), on_key=True),
        Problem(code="MC1103", detail="wrong type", path=("b", 0)),
    ]
    inner = [
        Problem(code="MC1105", detail="form", path=("a", "x")),
        Problem(code="MC1102", detail="lacks", path=("b", 0, "y"), missing=("z",)),
        Problem(code="MC1106", detail="size", path=("b", 0)),
    ]
    beside = [Problem(code="MC1106", detail="size", path=("b", 1))]
    assert set(settled([*inner, *outer, *beside], frozenset())) == {*outer, *beside}


def test_findings_beyond_the_limit_are_counted() -> None:
    """The last one that is shown says how many are left out."""
    found = check(tree(rules=[{"id": "a", "same": "B"} for _ in range(80)]))
    assert len(found) == LIMITS.findings
    assert found[-1].detail.endswith("(and at least 30 more in this file)")


@pytest.mark.parametrize("value", [
    {f"k{i}": i for i in range(9000)},
    tree(rules=[{"id": "A", "b": {"c": 1}} for _ in range(4000)]),
    tree(cohorts={f"C{i}": {} for i in range(9000)}),
    meeting(agendas=["a"] * 19_000),
    meeting(pairs=[{"a": i} for i in range(9000)]),
], ids=["keys", "rules", "names", "twice", "unequal blocks"])  # fmt: skip
def test_a_file_that_is_wrong_throughout_is_checked_quickly(value: Any) -> None:
    """Whatever fits the reader's limits costs at most about a second."""
    check(FINE)
    began = time.perf_counter()
    check(value)
    assert time.perf_counter() - began < 2


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference to another address fails at once instead of opening a connection."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    with pytest.raises(ValueError, match="refer to themselves only"):
        check_schema({"a": 1}, schema={"properties": {"a": {"$ref": "http://127.0.0.1:9/x"}}}, document="d")


def test_a_schema_beyond_the_quick_check_is_left_to_jsonschema() -> None:
    """An unknown keyword makes checking slower, never weaker."""
    schema = {"type": "object", "properties": {"a": {"multipleOf": 5}}, "dependentRequired": {"a": ["b"]}}
    assert compiled(schema) is None
    assert check_schema({"a": 5, "b": 1}, schema=schema, document="d") == ()
    assert [d.code for d in check_schema({"a": 4}, schema=schema, document="d")] == ["MC1107", "MC1107"]


@pytest.mark.parametrize(
    "name", sorted(p.name.removesuffix(".schema.json") for p in folder("schemas").glob("*.schema.json"))
)
def test_a_shipped_schema_is_sound(name: str) -> None:
    """It follows the 2020-12 dialect, every form is put in words, and it is loaded once."""
    schema = load_schema(name)
    assert load_schema(name) is schema
    jsonschema.Draft202012Validator.check_schema(schema)
    written = json.dumps(schema)
    if name not in (
        "findings.v1",
        "plan.v1",
        "static-plan.v1",
    ):  # written by mentorctl, so nobody reads messages about them
        assert written.count('"pattern": ') <= written.count('"x-written": ')


@pytest.mark.parametrize("value", [*NO_OPS, *(v for v, *_ in FINDINGS)])
def test_the_answer_is_that_of_plain_jsonschema(value: Any) -> None:
    """Our own keywords change messages and places, never the verdict (but for a line break at the end of a text)."""
    plain = jsonschema.Draft202012Validator(SCHEMA, registry=referencing.Registry())
    quick = compiled(SCHEMA)
    assert quick is not None
    strict = isinstance(value, dict) and value.get("id") == "grow\n"
    assert (check(value) == ()) == (plain.is_valid(value) and not strict)
    assert not quick(value) or plain.is_valid(value)
