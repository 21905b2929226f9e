"""Findings as values: made by code, located, put in order, and the small sentences that help."""

import os
import re
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest

from mentorctl.catalog import CATALOG
from mentorctl.catalog.kind import Kind
from mentorctl.diagnostics import (
    Diagnostic,
    Place,
    Related,
    Severity,
    Span,
    did_you_mean,
    finding,
    has_errors,
    in_order,
    located,
    quoted_list,
)

ENGINE = Path(__file__).resolve().parents[2] / "engine"
KINDS = tuple(CATALOG.values())


class Lines:
    """Locates places whose path begins with a line number."""

    def locate(self, place: Place) -> Span | None:
        line = place.path[0] if place.path else None
        return Span(file=place.document, line=line, column=1) if isinstance(line, int) else None


def at(line: int, *, file: str = "a.yaml", code: str = "MC1101", detail: str = "x") -> Diagnostic:
    """A finding on a line."""
    return finding(code, detail, span=Span(file=file, line=line, column=1))


@pytest.mark.parametrize("kind", KINDS, ids=[kind.code for kind in KINDS])
def test_every_kind_makes_sense_alone(kind: Kind) -> None:
    """A code of its range, a known severity, a summary without a full stop, and a meaning that is a sentence."""
    assert re.fullmatch(r"MC[1-9][0-9]{3}", kind.code)
    assert kind.severity in set(Severity)
    assert kind.summary == kind.summary.strip()
    assert kind.summary[0].islower() or kind.summary.startswith("YAML") or kind.summary.split()[0].isupper()
    assert not kind.summary.endswith(".")
    assert kind.meaning.endswith(".")


def test_codes_are_unique() -> None:
    """No code is written twice in the table, where the second would win in silence."""
    text = "".join(path.read_text(encoding="utf-8") for path in (ENGINE / "mentorctl" / "catalog").glob("*.py"))
    codes = re.findall(r'Kind\(\s*"(MC[0-9]{4})"', text)
    assert len(codes) == len(set(codes)) == len(CATALOG)


def test_every_code_that_is_found_is_in_the_catalog() -> None:
    """Each code that the program mentions has its kind."""
    mentioned = {
        code
        for path in (ENGINE / "mentorctl").rglob("*.py")
        if "catalog" not in path.parts
        for code in re.findall(r'"(MC[0-9]{4})"', path.read_text(encoding="utf-8"))
    }
    assert not mentioned - set(CATALOG)


def test_a_finding_takes_its_words_from_the_catalog() -> None:
    """Severity and summary are constant per code."""
    found = finding("MC2101", "nothing to measure", help="add it")
    assert (found.severity, found.summary) == (Severity.WARNING, CATALOG["MC2101"].summary)
    assert not found.is_error
    assert finding("MC2001", "x").is_error


def test_an_unknown_code_is_a_bug() -> None:
    """A code that the catalog lacks raises."""
    with pytest.raises(KeyError):
        finding("MC0000", "x")


def test_errors_are_seen() -> None:
    """Warnings alone are no error."""
    assert not has_errors([])
    assert not has_errors([finding("MC2101", "x")])
    assert has_errors([finding("MC2101", "x"), finding("MC2001", "x")])


def test_places_become_spans() -> None:
    """Findings and related positions are located; spans that are known stay, and what cannot be located stays open."""
    known = Span(file="b.yaml", line=9, column=9)
    found = located(
        [
            finding(
                "MC2002",
                "one",
                place=Place(document="a.yaml", path=(3,)),
                related=(
                    Related(message="first", place=Place(document="a.yaml", path=(1,))),
                    Related(message="no place"),
                    Related(message="known", span=known, place=Place(document="a.yaml", path=(2,))),
                ),
            ),
            finding("MC2002", "two", place=Place(document="a.yaml", path=(1,)), span=known),
            finding("MC2002", "three", place=Place(document="nowhere")),
        ],
        Lines(),
    )
    assert [(d.detail, str(d.span)) for d in found] == [("one", "a.yaml:3:1"), ("two", "b.yaml:9:9"), ("three", "None")]
    assert [str(r.span) for r in found[0].related] == ["a.yaml:1:1", "None", "b.yaml:9:9"]


def test_findings_are_ordered_by_position_and_code() -> None:
    """By file, line, column and code; those without a position last; in whatever order they came."""
    ordered = (
        at(1),
        at(2, code="MC1101"),
        at(2, code="MC1102"),
        at(2, code="MC1102", detail="y"),
        at(1, file="b.yaml"),
        finding("MC1001", "nowhere"),
        finding("MC1002", "nowhere"),
    )
    for given in list(permutations(ordered))[::97]:
        assert in_order(given) == ordered


def test_exact_repeats_are_dropped() -> None:
    """The same finding twice is one; another detail is another."""
    assert in_order([at(1), at(1), at(1, detail="y")]) == (at(1), at(1, detail="y"))


TIES = """
from mentorctl.diagnostics import Related, Span, finding, in_order
here = Span(file="a", line=1, column=1)
found = [finding("MC2002", "x", span=here, related=(Related(message=str(n)),)) for n in range(6)]
print("".join(d.related[0].message for d in in_order(found)))
"""


def test_the_order_does_not_depend_on_the_hash_seed() -> None:
    """Findings that differ only in what is related come in the same order in every process."""
    orders = {
        subprocess.run(
            [sys.executable, "-c", TIES],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ENGINE)},
        ).stdout
        for seed in range(1, 5)
    }
    assert len(orders) == 1


@pytest.mark.parametrize(
    ("word", "candidates", "sentence"),
    [
        ("matchng", ["matching", "active"], "did you mean `matching`?"), ("MATCHING", ["matching"], "did you mean `matching`?"),
        ("k8s", ["Kubernetes"], ""), ("", ["a"], ""), ("x", [], ""), ("europe/berlin", ["Europe/Berlin"], "did you mean `Europe/Berlin`?"),
        ("abc", ["abd", "abe"], ""), ("senor", ["Senior", "senior"], "did you mean `Senior`?"),
    ],
)  # fmt: skip
def test_near_misses_are_guessed(word: str, candidates: list[str], sentence: str) -> None:
    """The nearest candidate, whatever the case; nothing when none is near; the same one in any order."""
    assert did_you_mean(word, candidates) == sentence
    assert did_you_mean(word, reversed(candidates)) == sentence


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], ""), (["a"], "`a`"), (["a", "b"], "`a` or `b`"), (["a", "b", "c"], "`a`, `b` or `c`"),
        (["a", "b", "c", "d", "e"], "`a`, `b`, `c`, `d` or `e`"),
    ],
)  # fmt: skip
def test_lists_are_quoted(words: list[str], text: str) -> None:
    """Words in backquotes, with commas and the last word before the end."""
    assert quoted_list(words) == text


def test_long_lists_are_cut() -> None:
    """Beyond the limit the number of the others is given."""
    assert quoted_list("abcdef", limit=3) == "`a`, `b`, `c` or 3 more"
    assert quoted_list("abc", last="and", limit=3) == "`a`, `b` and `c`"


def test_a_span_is_written_as_file_line_and_column() -> None:
    """As editors understand it."""
    assert str(Span(file="a.yaml", line=3, column=7)) == "a.yaml:3:7"
