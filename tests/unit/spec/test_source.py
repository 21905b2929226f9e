"""The guarded YAML reader: what is read as what, where it stands, and what is refused."""

import time
from typing import Any

import pytest
import yaml

from mentorctl.diagnostics import Diagnostic, Span
from mentorctl.spec import source
from mentorctl.spec.source import LIMITS, read_source

# What is written after `key: ` → what is read. Loaders of other tools turn most of these into something else.
SCALARS: tuple[tuple[str, Any], ...] = (
    ("no", "no"), ("No", "No"), ("NO", "NO"), ("yes", "yes"), ("Yes", "Yes"), ("on", "on"), ("On", "On"),
    ("off", "off"), ("OFF", "OFF"), ("y", "y"), ("n", "n"), ("Y", "Y"), ("True", "True"), ("TRUE", "TRUE"),
    ("False", "False"), ("true", True), ("false", False), ("null", None), ("Null", "Null"), ("NULL", "NULL"),
    ("~", None), ("", None), ("none", "none"), ("9:30", "9:30"), ("1:30", "1:30"), ("09:30", "09:30"),
    ("12:30:45", "12:30:45"), ("190:20:30.15", "190:20:30.15"), ("010", "010"), ("08", "08"), ("007", "007"),
    ("-010", "-010"), ("00", "00"), ("0o10", "0o10"), ("0x1F", "0x1F"), ("0b101", "0b101"), ("1e3", "1e3"),
    ("1E3", "1E3"), ("1.5e3", "1.5e3"), (".5", ".5"), ("5.", "5."), ("+5", "+5"), ("+49123", "+49123"),
    ("1_000", "1_000"), ("1,000", "1,000"), ("685.230_15", "685.230_15"), (".inf", ".inf"), ("-.inf", "-.inf"),
    (".nan", ".nan"), (".NaN", ".NaN"), ("inf", "inf"), ("nan", "nan"), ("NaN", "NaN"), ("Infinity", "Infinity"),
    ("2027-01-11", "2027-01-11"), ("2023-02-29", "2023-02-29"), ("2027-01-11T09:00:00Z", "2027-01-11T09:00:00Z"),
    ("2027-01-11 09:00", "2027-01-11 09:00"), ("=", "="), ("<<", "<<"), ("12%", "12%"), ("6mo", "6mo"),
    ("1.2.3", "1.2.3"), ("1-2", "1-2"), ("--1", "--1"), ("\u0661\u0662", "\u0661\u0662"), ("1 2", "1 2"),
    ('"12"', "12"), ("'true'", "true"), ('"null"', "null"), ('""', ""), ("'~'", "~"),
    ("0", 0), ("-0", 0), ("5", 5), ("-5", -5), ("123456789012345", 123456789012345), ("0.5", 0.5), ("-0.5", -0.5),
    ("3.10", 3.1), ("0.0", 0.0), ("12.345", 12.345),
)  # fmt: skip

KEYS = ("1", "010", "1.0", "on", "no", "true", "null", "~", "2027-01-11", "9:30", "0x1F", ".inf", "y", "a b", "ü")

# What breaks YAML → where the finding points, and words that its message or help must hold.
BROKEN: tuple[tuple[str, str, str], ...] = (
    ("a:\n\tb: 1\n", "2:1", "tab"),
    ("a:\n  b: 1\n\tc: 2\n", "3:1", "tab"),
    ("a: [1, 2\nb: 3\n", "1:4", "`[` that opens here is never closed"),
    ("a: [1, 2\n", "1:4", "close it with `]`"),
    ("a: {b: 1\nc: 2\n", "1:4", "`{` that opens here is never closed"),
    ("a: {b: 1 c: 2}\n", "1:11", "put a comma"),
    ('a: "b\nc: d\n', "1:4", "never closed"),
    ("a: 'b\nc: d\n", "1:4", "apostrophe"),
    ("a: 'it's'\n", "1:8", "more text after the end"),
    ('a: "x" y\n', "1:8", "one pair of quotes"),
    ("a: b: c\n", "1:5", "two colons"),
    ("a: \u201cb: c\u201d\n", "1:6", "curly quotes"),
    ("a: b\n  c: d\n", "2:3", "indented under a line that already has a value"),
    ("a:\n    b: 1\n  c: 2\n", "3:3", "fits no line above"),
    ("  a: 1\nb: 2\n", "2:1", "further left"),
    ("a: 1\nhello\nb: 2\n", "2:1", "neither `key: value`"),
    ("a:1\nb: 2\n", "1:2", "space is missing after the colon"),
    ("a: 1\nb:2\n", "2:2", "space is missing after the colon"),
    ("a:\n  -b: 1\n  - c: 2\n", "2:3", "space is missing after the dash"),
    ("a:\n  - b\n  c: d\n", "3:3", "begin it with `- `"),
    ("a: - b\n", "1:4", "on the next line"),
    ("a: @b\n", "1:4", "cannot begin with @"),
    ("a: `b`\n", "1:4", "cannot begin with `"),
    ("a: %b\n", "1:4", "cannot begin with %"),
    ("a: **bold**\n", "1:4", "cannot begin with *"),
    ("a: & b\n", "1:4", "cannot begin with &"),
    ("a: !x!y z\n", "1:4", "cannot begin with !"),
    ('a: "\\d"\n', "1:5", "two backslashes"),
    ("a: | text\n", "1:6", "on the next line"),
    ("a: [1]]\n", "1:7", "closing bracket has no opening one"),
    ("a: }\n", "1:4", "closing bracket has no opening one"),
    ("a: 1\n...\nb: 2\n", "3:1", "compare the indentation"),
    ("a: [", "1:4", "never closed"),
    ("a: {b: [1, {\n", "1:12", "never closed"),
    ("a: [1,, 2]\n", "1:7", "comma follows no entry"),
    ('a: "b"c"\n', "1:7", 'is written \\"'),
    ("a:\n  - b: 1\n   c: 2\n", "3:4", "fits no line above"),
    (": 1\n", "1:1", "no key before this colon"),
    ("a: {: 1}\n", "1:5", "no key before this colon"),
)

REFUSED: tuple[tuple[str, str, str, str], ...] = (
    ("a: !x 1\n", "MC1004", "1:4", "tags"),
    ("a: !!python/object:os.system {}\n", "MC1004", "1:4", "tags"),
    ("a: !important\n", "MC1004", "1:4", "tags"),
    ("a: &x 1\n", "MC1004", "1:4", "names for values"),
    ("a: *x\n", "MC1004", "1:4", "references"),
    ("*x : 1\n", "MC1004", "1:1", "references"),
    ("a: 1\n---\nb: 2\n", "MC1004", "2:1", "several documents"),
    ("%YAML 1.1\n---\na: 1\n", "MC1004", "1:1", "`%`"),
    ("[a]: 1\n", "MC1004", "1:1", "keys that are lists"),
    ("a: {{ name }}\n", "MC1004", "1:5", "keys that are lists"),
    ("<<: {b: 1}\n", "MC1004", "1:1", "merge keys"),
    ("?\n: 1\n", "MC1004", "1:2", "empty keys"),
    ("a: \u202eb\n", "MC1004", "1:4", "U+202E (right-to-left override)"),
    ("a: \u2066b\n", "MC1004", "1:4", "U+2066"),
    ("a: b\x00\n", "MC1004", "1:5", "U+0000"),
    ("a: b\x1b[31m\n", "MC1004", "1:5", "U+001B"),
    ("a: b\u2028c: d\n", "MC1004", "1:5", "U+2028"),
    ("a: b\x85c: d\n", "MC1004", "1:5", "U+0085"),
    ("a: \ud800\n", "MC1004", "1:4", "U+D800"),
    ("a: 1\nb: \ufeff\n", "MC1004", "2:4", "U+FEFF"),
    ('a: "\\0"\n', "MC1004", "1:4", "U+0000"),
    ('a: "\\u202e"\n', "MC1004", "1:4", "U+202E"),
    ("a: 1234567890123456\n", "MC1003", "1:4", "15 digits"),
    ("a: -0.1234567890123456\n", "MC1003", "1:4", "15 digits"),
    ("a: " + "x" * 16_385 + "\n", "MC1003", "1:4", "16,384"),
    ("x" * 300_000, "MC1003", "1:1", "KiB"),
    ("\u00fc" * 140_000, "MC1003", "1:1", "KiB"),
    ("- a\n" * 20_001, "MC1003", "20000:3", "20,000"),
)

BOMBS: tuple[str, ...] = (
    "[" * 100_000, "- " * 20_000, "? " * 20_000, "{a: " * 20_000, "[:" * 9000, "{?" * 60_000, "{" * 250_000,
    "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
    ),
    "a0: &a0 {k: v}\n" + "".join(f"a{i + 1}: &a{i + 1} {{<<: [*a{i}, *a{i}]}}\n" for i in range(24)),
    "a: b\n" * 1_000_000, "\x00" * 100_000, "\ud800" * 50_000, "a: b\n" * 50_000, "? a\n" * 60_000, '"' * 200_000,
    "'" * 200_000, "*a " * 60_000, "!<%41" * 40_000, "#" * 250_000, "\t" * 200_000, "a:\n" + "  - b\n" * 40_000,
    "- [" * 30_000, "|\n" * 100_000, "\n" * 200_000, "a: " + "9" * 200_000, "\\" * 200_000, "%" * 200_000,
    'a: "' + "\\u0041" * 40_000 + '"',
)  # fmt: skip


@pytest.fixture(params=["c", "pure"])
def _each_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with the C parser and with the one that takes its place where PyYAML was built without."""
    if request.param == "pure":
        monkeypatch.setattr(source, "_LOADER", yaml.SafeLoader)
        monkeypatch.setattr(source, "_IN_C", False)


def found(text: str) -> tuple[Diagnostic, ...]:
    return read_source(text, file="f.yaml").findings


def spot(span: Span | None) -> str:
    return f"{span.line}:{span.column}" if span else ""


def piece(text: str, span: Span) -> str:
    """The part of one line that a span covers."""
    line = text.replace("\r\n", "\n").split("\n")[span.line - 1]
    assert span.end_line == span.line
    return line[span.column - 1 : span.end_column - 1]


@pytest.mark.usefixtures("_each_parser")
@pytest.mark.parametrize(("written", "expected"), SCALARS)
def test_a_scalar_is_read_as_reviewers_read_it(written: str, expected: Any) -> None:
    """Only true, false, null, plain whole numbers and plain decimals are not text."""
    read = read_source(f"key: {written}\n", file="f.yaml")
    assert read.findings == ()
    assert isinstance(read.tree, dict)
    value = read.tree["key"]
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_always_the_text_as_written(key: str) -> None:
    """`on:` and `1:` are the keys "on" and "1", whatever a value of that look would be."""
    assert read_source(f"{key}: x\n", file="f.yaml").tree == {key: "x"}


@pytest.mark.parametrize(("text", "tree"), [
    ("", None), ("\n\n# nothing\n", None), ("\ufeff", None), ("---\n", None), ("~\n", None), ("---\na: 1\n...\n", {"a": 1}),
    ("- a\n- - b\n  - 1\n", ["a", ["b", 1]]), ("a:\n- b\nc: {}\nd: []\n", {"a": ["b"], "c": {}, "d": []}),
    ("a: |\n  x\n  y\nb: >-\n  p\n  q\n", {"a": "x\ny\n", "b": "p q"}), ('"<<": 1\n', {"<<": 1}), ("12", 12),
])  # fmt: skip
def test_plain_structures_are_read_without_findings(text: str, tree: Any) -> None:
    """Mappings, lists, block texts, comments and an empty file are all there is."""
    read = read_source(text, file="f.yaml")
    assert (read.tree, read.findings) == (tree, ())


@pytest.mark.usefixtures("_each_parser")
@pytest.mark.parametrize(("text", "where", "words"), BROKEN)
def test_a_syntax_error_names_its_cause(text: str, where: str, words: str) -> None:
    """Both parsers lead to one message in our words, at the cause and not where the parser gave up."""
    (one,) = found(text)
    assert one.code == "MC1001"
    assert spot(one.span) == where
    assert words in f"{one.detail} {one.help}"
    assert one.help


def test_a_syntax_error_quotes_nothing_of_the_file() -> None:
    """A secret in a file that was included by mistake never reaches the message."""
    for text, _, _ in BROKEN:
        (one,) = found(text.replace("a:", "s3cr3t:", 1).replace("b", "s3cr3t"))
        assert "s3cr3t" not in f"{one.detail} {one.help}"


@pytest.mark.parametrize(("text", "code", "where", "words"), REFUSED)
def test_what_reviewers_cannot_see_through_is_refused(text: str, code: str, where: str, words: str) -> None:
    """Features, unseen characters and sizes beyond the limits each have a finding with a remedy."""
    first = found(text)[0]
    assert (first.code, spot(first.span)) == (code, where)
    assert words in first.detail
    assert first.help


def test_refused_features_leave_the_rest_readable() -> None:
    """A tag or a name for a value does not hide what else is wrong with the file."""
    read = read_source("a: !x 1\nb: &y 2\nc: 3\n<<: 4\n", file="f.yaml")
    assert read.tree == {"a": 1, "b": 2, "c": 3}
    assert [d.code for d in read.findings] == ["MC1004"] * 3


def test_a_reference_leaves_no_tree() -> None:
    """What a reference stands for is not known, so nothing further is said about the file."""
    assert read_source("a: &x 1\nb: *x\n", file="f.yaml").tree is None


@pytest.mark.usefixtures("_each_parser")
def test_a_key_that_is_written_twice_shows_both_places() -> None:
    """The first value is kept, and every further key is a finding with the first place beside it."""
    read = read_source('a: 1\nb:\n  c: 2\n  "c": 3\na: [4]\na: 5\n', file="f.yaml")
    assert read.tree == {"a": 1, "b": {"c": 2}}
    assert [(d.code, spot(d.span), spot(d.related[0].span)) for d in read.findings] == [
        ("MC1002", "4:3", "3:3"),
        ("MC1002", "5:1", "1:1"),
        ("MC1002", "6:1", "1:1"),
    ]
    assert read.findings[0].detail == "`c` is already on line 3"


def test_many_findings_are_cut_and_counted() -> None:
    """Nobody reads ten thousand findings: the last one shown says how many there are besides."""
    findings = found("a: 1\n" * 1000)
    assert len(findings) == LIMITS.findings
    assert findings[-1].detail.endswith(f"(and {999 - LIMITS.findings} more findings in this file)")


@pytest.mark.parametrize("text", BOMBS, ids=lambda text: f"{text[:8]!r}x{len(text)}")
def test_a_bomb_is_refused_quickly(text: str) -> None:
    """Depth, references, merge keys, size and odd characters cost next to no time."""
    began = time.perf_counter()
    read = read_source(text, file="f.yaml")
    assert time.perf_counter() - began < 2
    assert read.findings or read.tree is None
    assert all(d.code in {"MC1001", "MC1002", "MC1003", "MC1004"} for d in read.findings)


def test_depth_is_allowed_up_to_the_limit() -> None:
    """32 levels are read, the 33rd is refused."""
    assert found("[" * LIMITS.depth + "]" * LIMITS.depth) == ()
    (one,) = found("[" * (LIMITS.depth + 1) + "]" * (LIMITS.depth + 1))
    assert (one.code, spot(one.span)) == ("MC1003", "1:33")


POSITIONS = """\
name: Grow \U0001f331 well
"k\u00e9y \U0001f600": 'val\u00fce'
list:
  - one
  - {in: 1, "\U0001f600\U0001f600": [two, "three"]}
empty:
nested:
    deep: 12
"""


@pytest.mark.usefixtures("_each_parser")
@pytest.mark.parametrize("change", [str, lambda t: t.replace("\n", "\r\n"), lambda t: "\ufeff" + t])
def test_positions_are_those_of_an_editor(change: Any) -> None:
    """Columns count characters from 1, with letters outside the basic plane, CRLF and a byte order mark alike."""
    read = read_source(change(POSITIONS), file="f.yaml")

    def at(*path: str | int, on_key: bool = False) -> tuple[int, str]:
        span = read.span(path, on_key=on_key)
        return span.line, piece(read.text, span)

    assert read.findings == ()
    assert at("name") == (1, "Grow \U0001f331 well")
    assert at("k\u00e9y \U0001f600") == (2, "'val\u00fce'")
    assert at("k\u00e9y \U0001f600", on_key=True) == (2, '"k\u00e9y \U0001f600"')
    assert at("list", 0) == (4, "one")
    assert at("list", 1, "in") == (5, "1")
    assert at("list", 1, "\U0001f600\U0001f600", on_key=True) == (5, '"\U0001f600\U0001f600"')
    assert at("list", 1, "\U0001f600\U0001f600", 1) == (5, '"three"')
    assert at("nested", "deep", on_key=True) == (8, "deep")
    assert spot(read.span(("empty",))) == "6:7"


def test_a_path_that_leads_nowhere_gives_its_deepest_parent() -> None:
    """A finding about a missing key points at the mapping that should have it."""
    read = read_source("a:\n  b: [x]\n", file="f.yaml")
    assert read.span(("a", "gone", "deeper")) == read.span(("a",))
    assert read.span(("a", "gone"), on_key=True) == read.span(("a",), on_key=True)
    assert spot(read.span(("a", "b", 7))) == "2:6"
    assert spot(read.span(("nothing",))) == "1:1"
    assert spot(read_source("", file="f.yaml").span(("a",))) == "1:1"


def test_a_block_text_ends_with_its_last_line() -> None:
    """Blank lines and comments behind a block text are not part of it."""
    read = read_source("a: |\n  x\n  yy\n\n# c\nb: 1\n", file="f.yaml")
    span = read.span(("a",))
    assert (span.line, span.column, span.end_line, span.end_column) == (1, 4, 3, 5)


def test_a_first_line_that_only_looks_like_a_byte_order_mark_is_kept() -> None:
    """One mark is dropped; a second one is a character that cannot be seen."""
    assert read_source("\ufeff\ufeffa: 1\n", file="f.yaml").findings[0].code == "MC1004"
