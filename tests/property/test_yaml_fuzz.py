"""Whatever stands in a file: reading, checking and showing never raise, are quick, and agree with the libraries."""

import random
import time
from typing import Any

import jsonschema
import referencing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentorctl.diagnostics import Place, Span, located
from mentorctl.render.findings import findings_text
from mentorctl.render.style import Style
from mentorctl.spec.quick import compiled
from mentorctl.spec.schema import check_schema, load_schema
from mentorctl.spec.source import JsonValue, Source, read_source

PROGRAM = """\
# yaml-language-server: $schema=../.mentorctl/schemas/program.v1.schema.json
mentorctl: program/v1
id: grow
name: "Grow \U0001f331"
owner: people_development
purpose:
  kind: career-growth
  statement: Help associates reach their next role.
  objectives:
    - {id: promotion, measure: promotions, baseline: 12%, target: 18%, due: {at: closing.end}}
sponsor:
  role: Chief Financial Officer
  commits: [opens the kick-off, 'reads the report']
model: {type: one-on-one, mentors: career, relation: mentoring, delivery: hybrid}
eligibility:
  mentor: {level: {at_least: senior}, tenure_months: {at_least: 12}, approval: manager}
  mentee: {level: {below: lead}}
timeline:
  phases:
    - {id: enrolling, lasts: 4w}
    - {id: matching, lasts: 1w}
    - id: active
      lasts: 6mo
cohorts:
  spring_2027: {start: 2027-01-11}
training:
  modules:
    basics: {for: mentor, format: self-paced, takes: 45min, required: true, due: {before: matching.start}}
matching:
  require:
    - {id: no_line, not: {reporting_line: chain}, because: a mentor does not evaluate the mentee}
    - {id: senior, gap: {field: level, mentor_above: {min: 1, max: 2}}}
  prefer:
    - id: topics
      overlap: {mentee: wants, mentor: offers}
      points_each: 5
    - {id: wishes, rank: {by: mentee, field: wishes}, points: [5, 4, 3]}
  capacity: {mentor: {max: {field: places, at_most: 2, missing: 1}}, mentee: {exactly: 1}}
  objective: [cover_mentees, total_score]
meetings:
  lasts: 60min
  at_least: 10
  hours: "09:00-17:00"
  x-note: |
    a longer
    note
check_ins:
  pulse: {at: [{after: match.accepted, by: 30d}], asks: [satisfaction]}
"""
PIECES = (
    "[", "]", "{", "}", "&a ", "*a", "<<: ", "!!str ", "!", '"', "'", "\t", ": ", ":", "- ", "-", "|", ">", "|2-", "? ", "#",
    "\u202e", "\x00", "\x1b", "\ufeff", "\ud800", "\u2028", "\x85", "9:30", "no", "~", "010", "1e400", "9" * 20, "---\n",
    "...\n", "%YAML 1.1\n", "\n", "\r\n", "\r", "  ", "\\", '"\\u0000"', '"\\uDC00"', '"\\UFFFFFFFF"', "@", "`", ",", "\U0001f600",
    "[" * 40, "- " * 40, "x" * 17_000, "id: grow\n", "x-y: 1\n", ".inf", "mentee", "\u00a0",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1, 2.0, 2.5, "", "x", "A b", "1", "yes", "self-paced", "live", "reverse", [], [1, 1.0], ["a", "a"], {}, {"id": "a"},
    [[]], {"x-a": 1}, {"min": 0}, "2w", 10**14, ["a", {"b": []}],
)  # fmt: skip
QUICK = settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def mutated(text: str, dice: random.Random) -> str:
    """The text with one change: a piece put in, a stretch cut, doubled or moved, or an indentation changed."""
    at = dice.randrange(len(text) + 1)
    end = min(len(text), at + dice.randrange(1, 30))
    match dice.randrange(6):
        case 0 | 1:
            return text[:at] + dice.choice(PIECES) + text[at:]
        case 2:
            return text[:at] + text[end:]
        case 3:
            return text[:end] + text[at:]
        case 4:
            lines = text.split("\n")
            line = dice.randrange(len(lines))
            lines[line] = dice.choice(("", " ", "   ", "\t")) + lines[line].lstrip()
            return "\n".join(lines)
        case _:
            return text[:at] + text[end:] + text[at:end]


class _Where:
    """Locates places in the one file of a test."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def locate(self, place: Place) -> Span:
        return self._source.span(place.path, on_key=place.on_key)


def read_check_and_show(text: str) -> None:
    """All that is done with a file before it is trusted."""
    source = read_source(text, file="p.yaml")
    found = source.findings
    if not found and source.tree is not None:
        found = check_schema(source.tree, schema=load_schema("program.v1"), document="p")
    shown = located(found, _Where(source))
    lines = source.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for one in shown:
        assert one.code.startswith("MC1")
        assert one.span is not None
        assert 1 <= one.span.line <= len(lines)
        assert 1 <= one.span.column <= len(lines[one.span.line - 1]) + 1
        assert (one.span.end_line, one.span.end_column) >= (one.span.line, one.span.column)
    findings_text(shown, sources={"p.yaml": source.text}, style=Style(color=True))


@QUICK
@given(seed=st.integers(0, 2**32), changes=st.integers(0, 6))
def test_a_damaged_file_is_always_answered(seed: int, changes: int) -> None:
    """No change makes the reader raise, hang, or point outside the file."""
    dice = random.Random(seed)
    text = PROGRAM
    for _ in range(changes):
        text = mutated(text, dice)
    began = time.perf_counter()
    read_check_and_show(text)
    assert time.perf_counter() - began < 2


@QUICK
@given(text=st.text(st.sampled_from("ab:-?[]{}&*!|>'\"%@`#,\n\t \r\\01.~<=\ufeff\u202e\U0001f600\ud800"), max_size=60))
def test_any_text_is_answered(text: str) -> None:
    """Short texts of YAML's own signs are read or refused, never raised about."""
    read_check_and_show(text)


def changed(tree: JsonValue, dice: random.Random) -> JsonValue:
    """The tree with one value replaced, or a key renamed, added or removed somewhere inside."""
    if not isinstance(tree, dict | list) or not tree or dice.random() < 0.1:
        odd: JsonValue = dice.choice(ODD)
        return odd
    if isinstance(tree, list):
        index = dice.randrange(len(tree))
        return [*tree[:index], changed(tree[index], dice), *tree[index + dice.choice((0, 1, 1)) :]]
    key = dice.choice(list(tree))
    match dice.randrange(10):
        case 0:
            return {k: v for k, v in tree.items() if k != key}
        case 1:
            return {
                (dice.choice(("x-a", "Zz", "id", "at", "max", key[:-1])) if k == key else k): v for k, v in tree.items()
            }
        case 2:
            return {**tree, dice.choice(("x-b", "not", "type", "format", "scale", "seats", "new")): dice.choice(ODD)}
        case _:
            return {**tree, key: changed(tree[key], dice)}


CONTRACT: JsonValue = {
    "mentorctl": "workspace/v1", "id": "acme", "store": "sqlite:state.db", "timezone": "Europe/Berlin",
    "roster": {
        "sources": [{"file": "a.csv", "role": "mentor"}], "id": "number",
        "fields": {
            "level": {"type": "level", "scale": ["junior", "senior"], "column": "Grade"},
            "wants": {"type": "multiple", "separator": ",", "options": ["a", "b"]}, "manager": {"type": "person"},
            "team": {"type": "single", "options": ["x"], "missing": "passes"},
        },
        "facts": {"completed": {"type": "multiple"}},
    },
}  # fmt: skip


@QUICK
@given(seed=st.integers(0, 2**32), changes=st.integers(0, 3), workspace=st.booleans())
def test_the_verdict_is_that_of_plain_jsonschema(seed: int, changes: int, workspace: bool) -> None:
    """The quick check says yes only where `jsonschema` does, and there are findings exactly where it does not."""
    dice = random.Random(seed)
    tree = CONTRACT if workspace else read_source(PROGRAM, file="p.yaml").tree
    schema = load_schema("workspace.v1" if workspace else "program.v1")
    for _ in range(changes):
        tree = changed(tree, dice)
    quick = compiled(schema)
    fine = jsonschema.Draft202012Validator(schema, registry=referencing.Registry()).is_valid(tree)
    found = check_schema(tree, schema=schema, document="d")
    assert quick is not None
    assert fine or not quick(tree)
    assert (found == ()) == fine
    assert len({(d.place, d.code) for d in found}) == len(found)
