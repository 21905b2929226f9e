"""Fixes: what is corrected without asking, what is offered, and what stays byte for byte."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from mentorctl.diagnostics import Diagnostic, Edit, Fix, Span, finding, located
from mentorctl.spec.edits import edited
from mentorctl.spec.fixes import settle, text_findings
from mentorctl.spec.header import check_header
from mentorctl.spec.schema import check_schema, load_schema
from mentorctl.spec.source import Source, read_source

FILE = "programs/x.yaml"
PLAIN = (Path(__file__).resolve().parents[2] / "schemas" / "valid" / "plain.yaml").read_text(encoding="utf-8")


def _check(texts: Mapping[str, str]) -> list[Diagnostic]:
    """The findings of the files alone, each against the schema of programs."""
    found: list[Diagnostic] = []
    for file, text in texts.items():
        source = read_source(text, file=file)
        found += text_findings(source)
        wrong = check_header(source, "program/v1") if source.tree is not None else None
        if wrong:
            found.append(wrong)
        elif source.tree is not None:
            schema = load_schema("program.v1")
            found += located(check_schema(source.tree, schema=schema, document=file, source=source), _At(source))
    return found


class _At:
    """Where the places of one source are."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def locate(self, place: object) -> Span | None:
        return self._source.span(place.path, on_key=place.on_key)  # type: ignore[attr-defined]


def _swapped(right: str, wrong: str) -> str:
    assert PLAIN.count(right) == 1, right
    return PLAIN.replace(right, wrong)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("\ntimeline:", "\ntimelin:"),
        ("\ntimeline:", "\nTimeline:"),
        ("\ntimeline:", "\ntimelien:"),
        ("type: one-on-one", "type: one_on_one"),
        ("type: one-on-one", "type: One-on-one"),
        ("type: one-on-one", "type: one-to-one"),
        ("format: self-paced", "format: selfpaced"),
        ("format: self-paced", "format: 'self paced'"),
        ("id: grow\n", "id: Grow\n"),
        ("lasts: 6mo", "lasts: 6 months"),
        ("lasts: 6mo", "lasts: 6 mo"),
        ("2027-01-11", "2027-1-11"),
        ("asks: [satisfaction]", "asks: [satisfaction, satisfaction]"),
        ("asks: [satisfaction]", "asks: [satisfaction,  satisfaction, satisfaction]"),
        ("asks: [satisfaction]", "asks: satisfaction"),
        ("mentorctl: program/v1\n", ""),
        ("mentorctl: program/v1\n", "mentorctl: Program/v1\n"),
        ("mentorctl: program/v1\n", "mentorctl: program\n"),
    ],
)
def test_slips_are_corrected(right: str, wrong: str) -> None:
    """A slip with one explanation is corrected, and everything else in the file stays as it is."""
    text = _swapped(right, wrong)

    settled = settle({FILE: text}, _check)

    assert len(settled.done) >= 1
    assert settled.texts[FILE].replace("'", "") == PLAIN
    assert _check(settled.texts) == []


@pytest.mark.parametrize(
    ("right", "wrong", "offered"),
    [
        ("lasts: 6mo", "lasts: 6m", ""),
        ("2027-01-11", "11.01.2027", "write `2027-01-11` instead of `11.01.2027`"),
        ("id: other_department, ", "", "add `id: different_department`"),
        ("kind: career-growth", "kind: carer", ""),
    ],
)
def test_what_a_person_must_know_is_left_to_them(right: str, wrong: str, offered: str) -> None:
    """A value with two meanings is not changed; where there is a guess, it is offered."""
    text = _swapped(right, wrong)

    settled = settle({FILE: text}, _check)

    assert (settled.texts[FILE], settled.done) == (text, ())
    fixes = [found.fix for found in _check(settled.texts) if found.fix]
    assert [fix.title for fix in fixes] == ([offered] if offered else [])
    assert not any(fix.safe for fix in fixes)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:\n\tb: 1\n", "a:\n  b: 1\n"),
        ("a:\n\tb:\n\t\tc: 1\n\td: 2\n", "a:\n  b:\n    c: 1\n  d: 2\n"),
        ("a: 1\r\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: 3\n"),
        ("a: 1\r\nb: 2\r\n", "a: 1\r\nb: 2\r\n"),
    ],
)
def test_tabs_and_mixed_line_ends(before: str, after: str) -> None:
    """Tabs in front of lines become spaces, mixed line ends become alike; Windows line ends alone are fine."""
    settled = settle({FILE: before}, lambda texts: text_findings(read_source(texts[FILE], file=FILE)))

    assert settled.texts[FILE] == after


def test_tabs_whose_width_matters_are_left_to_a_person() -> None:
    """When the width of a tab decides what a line belongs to, no width is guessed."""
    text = "a:\n    b:\n\t  c: 1\n"

    found = text_findings(read_source(text, file=FILE))

    assert found[0].fix is None or not found[0].fix.safe


def test_entries_of_a_list_go_with_their_line() -> None:
    """A second equal entry on a line of its own goes with the line; one with a comment is left to a person."""
    source = "mentorctl: program/v1\nwas:\n  - a # first\n  - a\n  - b\n  - b # why\n"

    settled = settle({FILE: source}, _check)

    assert settled.texts[FILE] == "mentorctl: program/v1\nwas:\n  - a # first\n  - b\n  - b # why\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("name: 2027", 'name: "2027"'),
        ("name: 3.10", 'name: "3.10"'),
        ("name: true", 'name: "true"'),
        ("name: [Grow]", "name: Grow"),
        ("id: 'Grow'", "id: 'grow'"),
        ('id: "Grow"', 'id: "grow"'),
        ("id: 'yes'", "id: 'yes'"),
        ("timezone:   5   # zone", 'timezone:   "5"   # zone'),
    ],
)
def test_values_keep_their_quotes(before: str, after: str) -> None:
    """A value is written with the quotes that it had, or needs; the spaces and comments around it stay."""
    settled = settle({FILE: f"mentorctl: program/v1\n{before}\n"}, _check)

    assert settled.texts[FILE] == f"mentorctl: program/v1\n{after}\n"


def test_a_key_is_not_corrected_into_one_that_is_there() -> None:
    """Two keys of one name would be worse than an unknown one."""
    text = "mentorctl: program/v1\nname: A\nnames: B\nsponsor: {role: x}\nsponsr: {role: y}\n"

    settled = settle({FILE: text}, _check)

    assert settled.texts[FILE] == text


def test_two_keys_meant_for_one_are_not_both_corrected() -> None:
    """Of two slips for one key, none may make the file unreadable."""
    text = "mentorctl: program/v1\nsponsr: {role: x}\nsponser: {role: y}\n"

    settled = settle({FILE: text}, _check)

    assert read_source(settled.texts[FILE], file=FILE).findings == ()


def test_fixes_of_several_files_and_rounds() -> None:
    """A fix that uncovers another problem is followed by the fix of that; each is listed with its file and line."""
    texts = {"a.yaml": _swapped("\ntimeline:", "\ntimelin:").replace("6mo", "6 months"), "b.yaml": PLAIN}

    settled = settle(texts, _check)

    assert settled.texts == {"a.yaml": PLAIN, "b.yaml": PLAIN}
    assert [(done.file, done.title) for done in settled.done] == [
        ("a.yaml", "write `timeline` instead of `timelin`"),
        ("a.yaml", "write `6mo` instead of `6 months`"),
    ]


def test_settling_ends() -> None:
    """Fixes that undo each other do not go on for ever, and those that break a file are not made."""

    def flipping(texts: Mapping[str, str]) -> Iterable[Diagnostic]:
        span = Span(file="x", line=1, column=1, end_line=1, end_column=2)
        new = "b" if texts["x"] == "a\n" else "a"
        return [finding("MC1001", "x", fix=Fix(title="flip", edits=(Edit(span=span, text=new),), safe=True))]

    def breaking(_texts: Mapping[str, str]) -> Iterable[Diagnostic]:
        span = Span(file="x", line=1, column=1, end_line=1, end_column=2)
        return [finding("MC1001", "x", fix=Fix(title="break", edits=(Edit(span=span, text="["),), safe=True))]

    assert len(settle({"x": "a\n"}, flipping).done) <= 10
    assert settle({"x": "a\n"}, breaking).texts == {"x": "a\n"}


def test_fixes_are_edits_of_the_text_itself() -> None:
    """What a fix offers is what making it does."""
    text = _swapped("id: other_department, ", "")
    fix = next(found.fix for found in _check({FILE: text}) if found.fix)

    assert "{id: different_department, " in edited(text, fix.edits)
