"""Templates of messages: what they may hold, and that nothing of a strange one is run."""

from time import perf_counter

import pytest

from mentorctl.render.templates import check_message

KNOWN = frozenset({"mentor", "mentee", "program"})
FINE = (
    "",
    "Dear {{ mentor }}, you are matched with {{ mentee }}.\n",
    "{% if mentor and not mentee %}Hello{% elif program %}{{ program }}{% else %}Bye{% endif %}",
    "{% for one in mentor %}{{ one }}, {% if one %}!{% endif %}{% else %}nobody{% endfor %}",
    "{# a remark #}{% raw %}{{ anything }}{% endraw %}",
    "{{- program -}}",
)
STRANGE = (
    ("Dear\n{{ mentro }}", 2, "there is no `mentro`", "did you mean `mentor`?"),
    ("{% for one in mentor %}{% endfor %}{{ one }}", 1, "there is no `one`", "`mentee`, `mentor` and `program`"),
    ("{{ mentor.name }}", 1, "this is a look into a value", "write `{{ name }}`"),
    ("{{ mentor['name'] }}", 1, "this is a look into a value", ""),
    ("{{ mentor() }}", 1, "this is a call", ""),
    ("{{ ''.__class__.__mro__ }}", 1, "this is a look into a value", ""),
    ("{{ mentor | upper }}", 1, "this is a filter", ""),
    ("{{ mentor is defined }}", 1, "this is a test", ""),
    ("{{ 'a' * 1000000000 }}", 1, "names only", ""),
    ("{{ mentor == program }}", 1, "this is a comparison", ""),
    ("{% set a = mentor %}", 1, "this is a `set`", ""),
    ("{% include 'other' %}", 1, "this is a `include`", ""),
    ("{% extends 'other' %}", 1, "this is a `extends`", ""),
    ("{% import 'other' as o %}", 1, "this is a `import`", ""),
    ("{% macro a() %}{% endmacro %}", 1, "this is a `macro`", ""),
    ("{% for a, b in mentor %}{% endfor %}", 1, "a loop has one name", ""),
    ("{% for a in mentor if a %}{% endfor %}", 1, "a loop has one name", ""),
    ("{% for a in range(9) %}{% endfor %}", 1, "this is a call", ""),
    ("{{ range(10000000000) }}", 1, "this is a call", ""),
    ("\n\n{{ mentor", 3, "unexpected end of template", ""),
    ("{% if mentor %}", 1, "nd", ""),
    ("{% nonsense %}", 1, "unknown tag", ""),
    ("{{ " + "9" * 5000 + " }}", 1, "too many digits", ""),
    ("{{ " + "(" * 20000 + "mentor" + ")" * 20000 + " }}", 1, "nested too deeply", ""),
    ("{% if mentor %}" * 3000 + "{% endif %}" * 3000, 1, "nested too deeply", ""),
)


@pytest.mark.parametrize("text", FINE)
def test_names_conditions_and_loops_are_fine(text: str) -> None:
    """Over the names that the message knows."""
    assert check_message(text, file="messages/a.md.j2", variables=KNOWN) == ()


@pytest.mark.parametrize(("text", "line", "says", "helps"), STRANGE, ids=[text[:30] for text, *_ in STRANGE])
def test_everything_else_is_named_with_its_line(text: str, line: int, says: str, helps: str) -> None:
    """One finding for it; nothing is run, and nothing takes long."""
    begin = perf_counter()
    found = check_message(text, file="messages/a.md.j2", variables=KNOWN)

    assert [one.code for one in found] == ["MC2081"]
    assert found[0].span is not None
    assert found[0].span.line == line
    assert says in found[0].detail
    assert helps in found[0].help
    assert perf_counter() - begin < 2


def test_findings_are_bounded() -> None:
    """A template that is wrong throughout has the first of them."""
    found = check_message("{{ a }}\n" * 5000, file="messages/a.md.j2", variables=KNOWN)

    assert len(found) == 20


def test_the_column_is_that_of_the_name() -> None:
    """Marked where it stands in its line."""
    (found,) = check_message("Dear {{ mentor }} and {{ you }}", file="a", variables=KNOWN)

    assert found.span is not None
    assert (found.span.column, found.span.end_column) == (26, 29)
