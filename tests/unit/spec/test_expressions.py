"""Problems of expressions point at the very characters of the file, whatever quotes the file uses."""

import pytest

from mentorctl.diagnostics import Place
from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.problems import Problem, Sort
from mentorctl.rules.expressions.scopes import facts_scope
from mentorctl.rules.expressions.types import NUMBER, Variable, text
from mentorctl.spec.expressions import expression_findings
from mentorctl.spec.source import read_source
from mentorctl.spec.written import written_part

SCOPE = facts_scope(
    [
        Variable(name="x", type=NUMBER),
        Variable(name="y", type=NUMBER, optional=True),
        Variable(name="s", type=text("a")),
    ]
)

# A file → line, first column and the characters at which the only problem of its expression points.
WRITTEN = (
    ("when: x > z\n", 1, 11, "z"),
    ("when:   'x > z'\n", 1, 14, "z"),
    ('when: "x > z" # why\n', 1, 12, "z"),
    ("a: 1\nwhen: 's == ''b'' && x > 1'\n", 2, 13, "''b''"),
    ("when: 's == \"b\"'\n", 1, 13, '"b"'),
    ('when: "s == \\"b\\""\n', 1, 13, '\\"b\\"'),
    ("when: \"s == 'a' && \\u007a > 1\"\n", 1, 20, "\\u007a"),
    ("when: \"s == 'a' \\x26& z > 1\"\n", 1, 23, "z"),
    ("when: x >\n", 1, 9, ">"),
    ("when: ''\n", 1, 8, "'"),
    ("{when: 'x > z'}\n", 1, 13, "z"),
)


@pytest.mark.parametrize(("file", "line", "column", "pointed"), WRITTEN)
def test_problems_point_into_the_file(file: str, line: int, column: int, pointed: str) -> None:
    """Quotes and escapes take room that the expression does not know of."""
    source = read_source(file, file="a.yaml")
    assert isinstance(source.tree, dict)
    _, problems = compile_expression(str(source.tree["when"]), SCOPE)
    (found,) = expression_findings(problems, Place(document="a.yaml", path=("when",)))
    assert found.place is not None
    span = written_part(source, ("when",), offset=found.place.offset, length=found.place.length)
    assert (span.line, span.column, span.end_line) == (line, column, line)
    assert file.splitlines()[line - 1][span.column - 1 : span.end_column - 1] == pointed


@pytest.mark.parametrize(
    "file",
    [
        "when: >\n  x > 1 &&\n  z > 1\n",
        'when: "x > 1 &&\n  z > 1"\n',
        "when: |\n  x > z\n",
        "when: x > 1 &&\n  z > 1\n",
    ],
)
def test_texts_over_several_lines_are_pointed_at_as_a_whole(file: str) -> None:
    """Where blanks of the file are not those of the text, the finding names the whole text."""
    source = read_source(file, file="a.yaml")
    assert written_part(source, ("when",), offset=4, length=1) == source.span(("when",))


def test_a_place_that_is_no_text_is_pointed_at_as_a_whole() -> None:
    """An offset in a number, or in something that is not there, changes nothing."""
    source = read_source("when: 3\nmany: [1, [a]]\n", file="a.yaml")
    for path in (("when",), ("many",), ("many", 5), ("none",), ("many", 1, "x")):
        assert written_part(source, path, offset=0, length=1) == source.span(path)
    assert written_part(source, ("many", 1, 0), offset=-1, length=0) == source.span(("many", 1, 0))
    assert written_part(source, ("many", 1, 0), offset=7, length=9).line == 2


@pytest.mark.parametrize(
    ("sort", "code"), list(zip(Sort, ("MC2301", "MC2302", "MC2303", "MC2304", "MC2305"), strict=True))
)
def test_each_sort_of_problem_has_its_code(sort: Sort, code: str) -> None:
    """The finding keeps message, help and place, and adds the position inside the text."""
    problem = Problem(sort=sort, offset=3, length=2, message="what", help="how")
    (found,) = expression_findings((problem,), Place(document="grow", path=("matching", "require", 0, "when")))
    assert (found.code, found.detail, found.help) == (code, "what", "how")
    assert found.place == Place(document="grow", path=("matching", "require", 0, "when"), offset=3, length=2)
