"""Findings for other programs: JSON, SARIF, annotations and JUnit."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from unit.render.many import FILE, HOSTILE, MANY, NOWHERE, SOURCES, TWICE, UNKNOWN, WARNING, hostile, span

from mentorctl.catalog import CATALOG
from mentorctl.diagnostics import Diagnostic, Edit, Fix, Span
from mentorctl.render.annotations import findings_annotations
from mentorctl.render.findings import findings_text
from mentorctl.render.findings_json import findings_json
from mentorctl.render.junit import findings_junit
from mentorctl.render.places import fingerprints, path_in
from mentorctl.render.sarif import findings_sarif
from mentorctl.render.style import Style, json_text
from mentorctl.resources import text as shipped

HERE = Path(__file__).resolve().parent


def sarif(*found: Diagnostic, base: str = "") -> Any:
    """The one run of a SARIF log."""
    log = findings_sarif(found, sources=SOURCES, version="1.2.3", base=base)
    return json.loads(json.dumps(log))["runs"][0]


# -- JSON --------------------------------------------------------------------------------------------------------------


def test_json_has_the_shape_that_tools_know() -> None:
    """Severity, code, summary, detail, help, a range with start and end, related ranges, the fix and a fingerprint."""
    values = findings_json(MANY, SOURCES)
    assert json.loads(json.dumps(values)) == values
    first = {**values[0], "fingerprint": ""}
    here = {"filename": FILE, "start": {"line": 3, "column": 9}, "end": {"line": 3, "column": 16}}
    assert first == {
        "severity": "error", "code": "MC1101", "summary": "unknown key", "detail": UNKNOWN.detail, "help": UNKNOWN.help,
        "range": here, "related": [], "fingerprint": "",
        "fix": {"title": "write `mentors`", "safe": True, "edits": [{"range": here, "text": "mentors"}]},
    }  # fmt: skip
    assert [r["message"] for r in values[1]["related"]] == ["first written here", "nowhere"]
    assert values[1]["related"][1]["range"] is None
    assert values[2]["range"]["end"] == {"line": 2, "column": 5}
    assert values[3]["range"] is None


def test_json_is_what_its_schema_says() -> None:
    """Findings of every shape fit the published schema, and a missing or wrong key does not."""
    check = Draft202012Validator(json.loads(shipped("schemas", "findings.v1.schema.json")))
    document = {"format": "mentorctl/findings/v1", "diagnostics": findings_json([*MANY, hostile()], SOURCES)}
    assert not list(check.iter_errors(document))
    assert list(check.iter_errors({**document, "format": "mentorctl/validate/v1"}))
    for key in document["diagnostics"][0]:
        assert isinstance(document["diagnostics"][0], dict)
        broken = {**document["diagnostics"][0], key: 7}
        assert list(check.iter_errors({**document, "diagnostics": [broken]})), key


# -- fingerprints ------------------------------------------------------------------------------------------------------


def test_fingerprints_outlive_a_move_of_lines() -> None:
    """Lines above change nothing; another text, place or code does; equal findings are told apart."""
    moved = {FILE: "# a comment\n\n" + SOURCES[FILE]}
    found = replace(UNKNOWN, span=span(3, 9, 16))
    (before,) = fingerprints([found], SOURCES)
    (after,) = fingerprints([replace(UNKNOWN, span=span(5, 9, 16))], moved)
    assert before == after
    others = [
        replace(found, span=span(3, 1, 6)),
        replace(found, span=span(2, 1, 3)),
        replace(found, code="MC1102"),
        replace(found, span=None),
        replace(found, span=span(3, 9, 16, file="other.yaml")),
    ]
    names = fingerprints([found, found, *others], SOURCES)
    assert len(set(names)) == len(names)
    assert names[0] == before


def test_paths_are_those_of_the_repository() -> None:
    """The folder of the workspace stands before its files, and before no absolute path."""
    assert path_in("", FILE) == FILE
    assert path_in("mentoring/eu", FILE) == f"mentoring/eu/{FILE}"
    assert path_in("mentoring", "/data/people.csv") == "/data/people.csv"


# -- SARIF -------------------------------------------------------------------------------------------------------------


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


_TEXT = {"type": "string", "minLength": 1}
_MESSAGE = _object("text", text=_TEXT)
_NUMBER = {"type": "integer", "minimum": 1}
_ARTIFACT = _object("uri", uri={"type": "string", "pattern": "^[!-~]+$"}, uriBaseId={"const": "%SRCROOT%"})
_REGION = _object("startLine", startLine=_NUMBER, startColumn=_NUMBER, endLine=_NUMBER, endColumn=_NUMBER)
_PHYSICAL = _object("artifactLocation", artifactLocation=_ARTIFACT, region=_REGION)
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_CHANGE = _object(
    "artifactLocation replacements",
    artifactLocation=_ARTIFACT,
    replacements={
        "type": "array",
        "minItems": 1,
        "items": _object("deletedRegion", deletedRegion=_REGION, insertedContent=_MESSAGE),
    },
)
_RESULT = _object(
    "message ruleId ruleIndex level locations partialFingerprints",
    ruleId=_TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=_LEVEL,
    message=_MESSAGE,
    locations={"type": "array", "minItems": 1, "items": _object("physicalLocation", physicalLocation=_PHYSICAL)},
    relatedLocations={
        "type": "array",
        "items": _object("id physicalLocation", id=_NUMBER, message=_MESSAGE, physicalLocation=_PHYSICAL),
    },
    partialFingerprints={"type": "object", "additionalProperties": _TEXT},
    fixes={
        "type": "array",
        "items": _object(
            "artifactChanges", description=_MESSAGE, artifactChanges={"type": "array", "minItems": 1, "items": _CHANGE}
        ),
    },
)
_RULE = _object(
    "id",
    id=_TEXT,
    shortDescription=_MESSAGE,
    fullDescription=_MESSAGE,
    help=_MESSAGE,
    defaultConfiguration=_object("level", level=_LEVEL),
)
_DRIVER = _object("name", name=_TEXT, version=_TEXT, rules={"type": "array", "uniqueItems": True, "items": _RULE})
_RUN = _object(
    "tool results",
    tool=_object("driver", driver=_DRIVER),
    invocations={
        "type": "array",
        "items": _object("executionSuccessful", executionSuccessful={"type": "boolean"}),
    },
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    originalUriBaseIds={"type": "object", "additionalProperties": _object("", description=_MESSAGE)},
    results={"type": "array", "items": _RESULT},
)
SARIF = _object(
    "version runs",
    **{"$schema": _TEXT, "version": {"const": "2.1.0"}, "runs": {"type": "array", "maxItems": 1, "items": _RUN}},
)


def test_sarif_has_the_structure_of_the_standard() -> None:
    """Every object has the properties that SARIF 2.1.0 requires and none that it does not know."""
    check = Draft202012Validator(SARIF)
    for found in ((), MANY, (hostile(),)):
        log = findings_sarif(found, sources=SOURCES, version="1.2.3", base="a b")
        assert [e.message for e in check.iter_errors(json.loads(json_text(log)))] == []


def test_sarif_results_point_to_their_rules() -> None:
    """Each rule is there once, in order, with the words of the catalog; its index fits; the level is the weighed one."""
    run = sarif(*MANY, replace(WARNING, severity=UNKNOWN.severity))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["MC1002", "MC1101", "MC2102", "MC9003"]
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["shortDescription"]["text"] == CATALOG[rule["id"]].summary
    assert [result["level"] for result in run["results"]] == ["error", "error", "warning", "error", "error"]
    assert rules[2]["defaultConfiguration"] == {"level": "warning"}


def test_sarif_addresses_are_relative_to_the_repository() -> None:
    """Spaces and other letters are escaped, a file elsewhere is absolute, and what has no place is at the workspace."""
    strange = replace(UNKNOWN, span=span(1, 1, 2, file="programs/für alle:1.yaml"))
    elsewhere = replace(UNKNOWN, span=span(1, 1, 2, file="/data/people.csv"))
    where = [
        result["locations"][0]["physicalLocation"]
        for result in sarif(UNKNOWN, strange, elsewhere, NOWHERE, WARNING, base="eu")["results"]
    ]
    assert where[0] == {
        "artifactLocation": {"uri": "eu/programs/grow.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 9, "endLine": 3, "endColumn": 16},
    }
    assert where[1]["artifactLocation"]["uri"] == "eu/programs/f%C3%BCr%20alle%3A1.yaml"
    assert where[2]["artifactLocation"] == {"uri": "file:///data/people.csv"}
    assert where[3] == {"artifactLocation": {"uri": "eu/mentorctl.yaml", "uriBaseId": "%SRCROOT%"}}
    assert where[4]["region"] == {"startLine": 2, "startColumn": 5}


def test_sarif_holds_second_places_and_fixes() -> None:
    """Related places have numbers and words; edits are grouped by file; what is only deleted inserts nothing."""
    related = sarif(TWICE)["results"][0]["relatedLocations"]
    assert [(r["id"], r["message"]["text"], r["physicalLocation"]["region"]["startLine"]) for r in related] == [
        (1, "first written here", 2)
    ]
    edits = (Edit(span=span(3, 9, 16), text=""), Edit(span=Span(file="b.yaml", line=1, column=1), text="id: b\n"))
    (fix,) = sarif(replace(UNKNOWN, fix=Fix(title="do it", edits=edits, safe=False)))["results"][0]["fixes"]
    assert fix["description"] == {"text": "do it"}
    assert [change["replacements"] for change in fix["artifactChanges"]] == [
        [{"deletedRegion": {"startLine": 3, "startColumn": 9, "endLine": 3, "endColumn": 16}}],
        [
            {
                "deletedRegion": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1},
                "insertedContent": {"text": "id: b\n"},
            }
        ],
    ]


# -- annotations -------------------------------------------------------------------------------------------------------


ANNOTATIONS = """\
::error title=MC1101%3A unknown key,file=eu/programs/grow.yaml,line=3,col=9,endColumn=16::`mentorz` is not a key of \
`model`%0Ahelp: did you mean `mentors`?%0Afix: write `mentors`
::error title=MC1002%3A a key is written twice in one mapping,file=eu/programs/grow.yaml,line=4,col=1,endColumn=3::`id` \
is already on line 2%0Afirst written here: programs/grow.yaml:2:1%0Anowhere
::error title=MC9003%3A interrupted::the command was interrupted
::warning title=MC2102%3A no executive sponsor is named,file=eu/programs/grow.yaml,line=2,col=5,endColumn=5::the program \
has no `sponsor`%0Ahelp: add one"""


def test_annotations_are_workflow_commands() -> None:
    """Title, file and place are properties, errors come first, and lines are escaped."""
    assert findings_annotations([WARNING, UNKNOWN, TWICE, NOWHERE], base="eu") == ANNOTATIONS
    assert findings_annotations([]) == ""


@pytest.mark.parametrize(("number", "last"), [
    (9, "::warning title=MC2102"),
    (10, "::warning title=mentorctl validate::1 more finding is in the log of this step"),
    (500, "::warning title=mentorctl validate::491 more findings are in the log of this step"),
])  # fmt: skip
def test_of_many_annotations_the_tenth_says_how_many_more(number: int, last: str) -> None:
    """GitHub drops what is beyond ten without a word; an error among warnings is never among the dropped."""
    lines = findings_annotations([*[WARNING] * (number - 1), UNKNOWN]).split("\n")
    assert len(lines) == min(number, 10)
    assert lines[0].startswith("::error title=MC1101")
    assert lines[-1].startswith(last)


def test_properties_are_escaped() -> None:
    """Signs that would end a property, a command or a line are written as GitHub wants them."""
    found = replace(UNKNOWN, detail="50% of a: b, c", help="", fix=None, span=span(1, 1, 2, file="a,b:c%.yaml"))
    assert findings_annotations([found]) == (
        "::error title=MC1101%3A unknown key,file=a%2Cb%3Ac%25.yaml,line=1,col=1,endColumn=2::50%25 of a: b, c"
    )


def test_a_piece_of_several_lines_has_no_columns() -> None:
    """GitHub shows columns within one line only."""
    found = replace(UNKNOWN, span=Span(file=FILE, line=1, column=3, end_line=4, end_column=2))
    assert ",line=1,endLine=4::" in findings_annotations([found])


# -- JUnit -------------------------------------------------------------------------------------------------------------


def junit(*found: Diagnostic, strict: bool = False) -> ET.Element:
    """The suite."""
    (suite,) = ET.fromstring(findings_junit(found, sources=SOURCES, strict=strict))  # noqa: S314 - our own text
    return suite


def test_each_file_is_a_test() -> None:
    """Errors are failures of their file, warnings its output, and what has no place belongs to the workspace."""
    suite = junit(*MANY)
    cases = {case.get("name"): case for case in suite}
    assert (suite.get("tests"), suite.get("failures")) == ("2", "2")
    assert list(cases) == ["mentorctl.yaml", FILE]
    failure = cases[FILE].find("failure")
    assert failure is not None
    assert failure.get("message") == "MC1101: unknown key"
    assert "2 errors" in (failure.text or "")
    assert "warning[MC2102]" in (cases[FILE].findtext("system-out") or "")
    assert cases["mentorctl.yaml"].find("failure") is not None


def test_strict_makes_warnings_failures() -> None:
    """As it does for the exit code."""
    assert junit(WARNING).get("failures") == "0"
    assert junit(WARNING, strict=True).get("failures") == "1"
    assert junit().get("failures") == "0"


# -- hostile text ------------------------------------------------------------------------------------------------------

FORMATS: dict[str, Callable[[Diagnostic], str]] = {
    "text": lambda d: findings_text([d], sources={d.span.file: HOSTILE} if d.span else {}, style=Style()),
    "json": lambda d: json_text(findings_json([d])),
    "sarif": lambda d: json_text(findings_sarif([d], sources={}, version="1")),
    "github": lambda d: findings_annotations([d]),
    "junit": lambda d: findings_junit([d], sources={}),
}


@pytest.mark.parametrize("name", FORMATS)
def test_tricks_are_harmless_in_every_format(name: str) -> None:
    """No sign that cannot be seen, no line that a pipeline obeys but those that are meant, and no broken document."""
    text = FORMATS[name](hostile())
    for line in text.split("\n"):
        assert line.isprintable(), ascii(line)
        assert "##[" not in line
    commands = [line for line in text.split("\n") if re.match(r"\s*::", line)]
    assert len(commands) == (1 if name == "github" else 0)
    text.encode()


def test_json_reads_as_what_was_found() -> None:
    """Escapes are those of JSON, so that nothing is lost."""
    (value,) = json.loads(FORMATS["json"](hostile()))
    assert value["detail"] == HOSTILE
    assert value["fix"]["title"] == HOSTILE


def test_xml_is_closed_where_it_should_be() -> None:
    """Text that looks like the end of an element ends none."""
    suite = junit(hostile())
    assert [case.get("classname") for case in suite] == ["mentorctl"] * 3
    assert "]]> </failure>" in (suite[2].findtext("failure") or "")
