"""Findings as text."""

from dataclasses import replace
from datetime import date

import pytest

from mentorctl.diagnostics import Diagnostic, Edit, Fix, Place, Related, Severity, Span, finding
from mentorctl.render.findings import MOST_SHOWN, count_line, exceptions_line, findings_text
from mentorctl.render.style import Style, plain

SOURCE = """\
mentorctl: program/v1
id: grow

model:
  # what makes it a pair
  type: one-on-one
  mentorz: career
matching:
  prefer:
    - id: topics
      points: 5
"""
PLAIN = Style(color=False)


def span(line: int, column: int, end_column: int = 0, *, end_line: int = 0, file: str = "programs/grow.yaml") -> Span:
    return Span(
        file=file,
        line=line,
        column=column,
        end_line=end_line or (line if end_column else 0),
        end_column=end_column,
    )


def text(*found: Diagnostic, source: str = SOURCE) -> str:
    return findings_text(found, sources={"programs/grow.yaml": source}, style=PLAIN)


UNKNOWN = finding(
    "MC1101",
    "`mentorz` is not a key of `model`; its keys are `type`, `mentors`, `relation` and `delivery`",
    help="did you mean `mentors`?",
    span=span(7, 3, 10),
)


def test_a_finding_shows_the_line_below_the_key_it_belongs_to() -> None:
    """Code and title, position, excerpt with marks, what was found, and how to fix it; then the count."""
    assert (
        text(UNKNOWN)
        == """\
error[MC1101]: unknown key
  --> programs/grow.yaml:7:3
   |
 4 | model:
 … |
 7 |   mentorz: career
   |   ^^^^^^^
   = `mentorz` is not a key of `model`; its keys are `type`, `mentors`, `relation` and `delivery`
help: did you mean `mentors`?

1 error; more about a code: mentorctl explain MC1101"""
    )


def test_a_second_place_has_its_own_excerpt() -> None:
    """The first of two equal keys is shown with other marks, before the help."""
    twice = finding(
        "MC1002",
        "`id` is already on line 2",
        help="keep one of the two",
        span=span(10, 7, 9),
        related=(Related(message="first written here", span=span(2, 1, 3)),),
    )
    assert (
        text(twice)
        == """\
error[MC1002]: a key is written twice in one mapping
  --> programs/grow.yaml:10:7
   |
 9 |   prefer:
10 |     - id: topics
   |       ^^
   = `id` is already on line 2
note: first written here
  --> programs/grow.yaml:2:1
   |
 2 | id: grow
   | --
help: keep one of the two

1 error; more about a code: mentorctl explain MC1002"""
    )


def test_without_an_excerpt_the_position_remains() -> None:
    """A file that is not at hand, a line that is not there, and a place that has no position are still told."""
    elsewhere = replace(UNKNOWN, span=span(3, 1, file="other.yaml"), help="")
    beyond = replace(UNKNOWN, span=span(99, 1), help="")
    placed = replace(
        UNKNOWN, span=None, place=Place(document="grow", path=("matching", "prefer", 0, "points")), help=""
    )
    alone = replace(UNKNOWN, span=None, help="")
    assert [part.splitlines()[1] for part in text(elsewhere, beyond, placed, alone).split("\n\n")[:4]] == [
        "  --> other.yaml:3:1",
        "  --> programs/grow.yaml:99:1",
        "  --> grow: matching > prefer > entry 1 > points",
        "   = `mentorz` is not a key of `model`; its keys are `type`, `mentors`, `relation` and `delivery`",
    ]


def marks(found: str) -> tuple[str, str]:
    """The last excerpt line and the marks below it, without the gutter."""
    lines = found.splitlines()
    at = next(i for i, line in enumerate(lines) if set(line.split("| ")[-1].strip()) == {"^"})
    return lines[at - 1].split("| ", 1)[1], lines[at].split("| ", 1)[1]


@pytest.mark.parametrize(("source", "where", "shown", "marked"), [
    ("a: b\n", span(1, 4, 5), "a: b", "   ^"),
    ("a: b\n", span(1, 4), "a: b", "   ^"),
    ("a:\n", span(1, 3, 3), "a:", "  ^"),
    ("a:\n", span(1, 40, 41), "a:", "  ^"),
    ("a: |\n  x\n", span(1, 4, 3, end_line=2), "a: |", "   ^"),
    ("a: 'one\n  two'\n", span(1, 4, 7, end_line=2), "a: 'one", "   ^^^^"),
    ("a: \U0001f331\U0001f331 b\n", span(1, 4, 6), "a: \U0001f331\U0001f331 b", "   ^^^^"),
    ("\u4e2d\u6587: x\n", span(1, 5, 6), "\u4e2d\u6587: x", "      ^"),
    ("cafe\u0301: x\n", span(1, 8, 9), "cafe\u0301: x".replace("e\u0301", "e\u0301"), "      ^"),
    ("a: b\u202ec d\n", span(1, 8, 9), "a: b\\u{202e}c d", "              ^"),
    ("a: \x1b[2J\n", span(1, 4, 8), "a: \\u{1b}[2J", "   ^^^^^^^^^"),
    ("\tb: 1\n", span(1, 1, 2), "→ b: 1", "^^"),
    ("a: 1\r\nb: 2\r\n", span(2, 4, 5), "b: 2", "   ^"),
    ("a: 1\rb: 2\r", span(2, 4, 5), "b: 2", "   ^"),
    ("\ufeffa: 1\n", span(1, 4, 5), "a: 1", "   ^"),
    ("a: 1   \n", span(1, 1, 2), "a: 1", "^"),
])  # fmt: skip
def test_marks_stand_under_what_they_mean(source: str, where: Span, shown: str, marked: str) -> None:
    """Wide, combining, unseen and tab characters, line ends of all kinds, and pieces of several lines."""
    assert marks(text(replace(UNKNOWN, span=where), source=source)) == (shown, marked)


@pytest.mark.parametrize(("line", "where"), [
    ("a: " + "x" * 500, span(1, 300, 310)), ("a: " + "x" * 500, span(1, 4, 504)), ("a: " + "x" * 500, span(1, 500, 504)),
    ("a: " + "x" * 500, span(1, 1, 2)), ("a: " + "\x01" * 100, span(1, 50, 51)),
])  # fmt: skip
def test_long_lines_are_cut_around_the_marks(line: str, where: Span) -> None:
    """However long the line, the marked piece is in the excerpt, and cuts are shown."""
    shown, marked = marks(text(replace(UNKNOWN, span=where), source=line))
    assert len(plain(shown)) <= 92 or "\\u{1}" in shown
    assert "…" in shown
    assert "…" not in shown[marked.index("^") : marked.index("^") + marked.count("^")]
    assert len(marked) <= len(shown)


def test_foreign_text_cannot_steer_the_terminal() -> None:
    """Escape sequences in messages, file names and excerpts are written out."""
    hostile = "\x1b]0;owned\x07\u202e"
    found = finding(
        "MC1101",
        hostile,
        help=hostile,
        span=span(1, 1, 2, file=hostile),
        related=(Related(message=hostile, place=Place(document=hostile, path=(hostile,))),),
    )
    for color in (False, True):
        shown = findings_text([found], sources={hostile: hostile}, style=Style(color))
        bare = shown if not color else "".join(part.split("m", 1)[-1] for part in shown.split("\x1b["))
        assert not set(bare) & set("\x1b\x07\u202e")
        assert "\\u{1b}]0;owned\\u{7}\\u{202e}" in bare


def test_long_messages_are_wrapped_under_their_beginning() -> None:
    """No line of prose is longer than a hundred columns."""
    found = replace(UNKNOWN, detail="some words " * 40, help="other words " * 40)
    lines = text(found).splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[lines.index(next(line for line in lines if "= some" in line)) + 1].startswith("    words"[:4])
    assert sum(line.startswith("      ") and "words" in line for line in lines) >= 4


def test_color_adds_nothing_but_color() -> None:
    """Without its escape sequences the colored text is the plain one."""
    colored = findings_text([UNKNOWN], sources={"programs/grow.yaml": SOURCE}, style=Style(color=True))
    assert "\x1b[1;31merror[MC1101]\x1b[0m\x1b[1m: unknown key\x1b[0m" in colored
    assert "".join(part if i == 0 else part.split("m", 1)[1] for i, part in enumerate(colored.split("\x1b["))) == text(
        UNKNOWN
    )


def test_every_style_speaks_only_with_color() -> None:
    """Each meaning has a look, and none without color."""
    names = ("error", "warning", "note", "help", "added", "changed", "removed", "strong", "faint", "person", "frame")
    looks = {getattr(Style(color=True), name)("x") for name in names}
    assert len(looks) == len(names)
    assert {getattr(Style(color=False), name)("x") for name in names} == {"x"}
    assert Style(color=True).error("") == ""


def test_the_count_names_each_kind() -> None:
    """One of a kind is singular; kinds without findings are left out; no findings, no text."""
    warning = finding("MC2103", "x")
    note = replace(warning, severity=Severity.INFO)
    assert count_line([UNKNOWN, UNKNOWN, warning], PLAIN) == "2 errors, 1 warning"
    assert count_line([warning, note, note], PLAIN) == "1 warning, 2 notes"
    assert text(warning).startswith("warning[MC2103]: a role is offered no training\n")
    assert text() == ""
    assert count_line([], PLAIN) == ""


@pytest.mark.parametrize(("text_in", "expected"), [
    ("Zoë 中文 🌱", "Zoë 中文 🌱"), ("a\nb\tc", "a\\u{a}b\\u{9}c"), ("\u202e\u2066\ufeff", "\\u{202e}\\u{2066}\\u{feff}"),
    ("\x1b[31m\x00\x7f\x9b", "\\u{1b}[31m\\u{0}\\u{7f}\\u{9b}"), ("\ud800", "\\u{d800}"), ("\u00a0\u200b\u2028", "\\u{a0}\\u{200b}\\u{2028}"),
    ("", ""),
])  # fmt: skip
def test_plain_writes_out_what_cannot_be_seen(text_in: str, expected: str) -> None:
    """Letters of all scripts stay; controls, marks of direction and odd blanks are spelled."""
    assert plain(text_in) == expected


def test_a_fix_is_offered_after_the_help() -> None:
    """A safe one names the command that makes it; another is left to the reader."""
    fix = Fix(
        title="write `mentors` instead of `mentorz`", edits=(Edit(span=span(7, 3, 10), text="mentors"),), safe=True
    )
    lines = text(replace(UNKNOWN, fix=fix)).splitlines()
    assert lines[-4:-2] == [
        "help: did you mean `mentors`?",
        "fix: write `mentors` instead of `mentorz`; `mentorctl validate --fix` does it",
    ]
    assert "fix: write `mentors` instead of `mentorz`, if that is what you mean" in text(
        replace(UNKNOWN, fix=replace(fix, safe=False))
    )


def test_of_very_many_findings_the_gravest_are_shown() -> None:
    """The rest is counted, an error among warnings is not lost, and the order stays."""
    warnings = [finding("MC2103", f"number {n}", span=span(n, 1)) for n in range(1, 200)]
    shown = text(*warnings, UNKNOWN)
    assert shown.count("warning[MC2103]") == MOST_SHOWN - 1
    assert "error[MC1101]" in shown
    assert "150 more are not shown; `--format json` lists all\n\n1 error, 199 warnings; more" in shown
    assert shown.index("number 1\n") < shown.index("number 49\n") < shown.index("error[MC1101]")


def test_letters_of_two_columns_are_wrapped_by_what_is_seen() -> None:
    """No line of prose is wider than a hundred columns of a terminal."""
    lines = text(replace(UNKNOWN, detail="\u4e2d\u6587\u4e2d\u6587 " * 40)).splitlines()
    wide = [line for line in lines if "\u4e2d" in line]
    assert len(wide) == 4
    assert max(len(line) + sum(c > "\u2fff" for c in line) for line in wide) <= 100


def test_words_are_no_commands_of_a_pipeline() -> None:
    """Text that would be a workflow command at the beginning of a wrapped line, or anywhere in one, is written out."""
    shown = text(replace(UNKNOWN, detail=f"{'x' * 95} ::error file=a::pwned", help="##[stop-commands]x ##vso[task]"))
    assert r"     \u{3a}:error file=a::pwned" in shown.splitlines()
    assert r"help: #\u{23}[stop-commands]x #\u{23}vso[task]" in shown.splitlines()


def test_active_exceptions_are_counted() -> None:
    """One ends on its last day, of several the next one is named, and none is not worth a line."""
    assert exceptions_line([]) == ""
    assert exceptions_line([date(2027, 6, 30)]) == "1 exception is active, it ends on 2027-06-30"
    assert (
        exceptions_line([date(2027, 9, 1), date(2027, 6, 30)]) == "2 exceptions are active, the next ends on 2027-06-30"
    )
