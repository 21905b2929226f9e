"""Findings of every shape, for the tests of the formats."""

from mentorctl.diagnostics import Diagnostic, Edit, Fix, Related, Span, finding

FILE = "programs/grow.yaml"
SOURCES = {FILE: "mentorctl: program/v1\nid: grow\nmodel: {mentorz: career}\nid: grow\n", "mentorctl.yaml": "id: a\n"}
HOSTILE = "\x1b[31m\x9b2J\u202e\u2066 \n::error file=x::owned\r\n##[stop-commands]t ]]> </failure> \" ' & %0A , \U000e0001 \ud800 張"


def span(line: int, column: int, end_column: int, *, file: str = FILE) -> Span:
    """A piece of one line."""
    return Span(file=file, line=line, column=column, end_line=line, end_column=end_column)


UNKNOWN = finding(
    "MC1101",
    "`mentorz` is not a key of `model`",
    help="did you mean `mentors`?",
    span=span(3, 9, 16),
    fix=Fix(title="write `mentors`", edits=(Edit(span=span(3, 9, 16), text="mentors"),), safe=True),
)
TWICE = finding(
    "MC1002",
    "`id` is already on line 2",
    span=span(4, 1, 3),
    related=(Related(message="first written here", span=span(2, 1, 3)), Related(message="nowhere")),
)
WARNING = finding("MC2102", "the program has no `sponsor`", help="add one", span=Span(file=FILE, line=2, column=5))
NOWHERE = finding("MC9003", "the command was interrupted")
MANY = (UNKNOWN, TWICE, WARNING, NOWHERE)


def hostile() -> Diagnostic:
    """A finding in which every text is a trick."""
    where = span(1, 1, 2, file=f"programs/{HOSTILE}.yaml")
    return finding(
        "MC1101",
        HOSTILE,
        help=HOSTILE,
        span=where,
        related=(Related(message=HOSTILE, span=where),),
        fix=Fix(title=HOSTILE, edits=(Edit(span=where, text=HOSTILE),), safe=False),
    )
