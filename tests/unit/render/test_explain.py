"""What is said about a code."""

import pytest

from mentorctl.catalog import CATALOG
from mentorctl.catalog.examples import EXAMPLES
from mentorctl.render.explain import explain_code
from mentorctl.render.style import Style

MISSPELLED = """\
error[MC2003]: a rule names a field that the roster contract does not have

Rules can use the fields declared under `roster.fields` in mentorctl.yaml, so that they can be
checked.

Wrong, in programs/grow.yaml:

    - {id: other_department, different: departement}

Right:

    - {id: other_department, different: department}

It is an error of correctness: its severity is fixed, and no exception can be made."""

ADVICE = """\
warning[MC3012]: a row is flagged as both roles but no second row links it

The contract says under `roster.both_roles` what to do with such rows; nothing is guessed.

It is advice. To weigh it differently, write in mentorctl.yaml, or in one program (`off` turns it
off):

    checks: {severity: {MC3012: error}}

To accept it for a while, up to and with a last day:

    suppress: [{check: MC3012, because: the reason in words, until: 2027-06-30}]"""


@pytest.mark.parametrize(("code", "text"), [("MC2003", MISSPELLED), ("MC3012", ADVICE)])
def test_a_code_is_explained(code: str, text: str) -> None:
    """Summary, meaning, the example, and how to weigh it where that can be done."""
    assert explain_code(code, Style()) == text


@pytest.mark.parametrize("code", sorted(CATALOG))
def test_every_code_can_be_explained(code: str) -> None:
    """With its example, in lines that fit a terminal, except those of files."""
    text = explain_code(code, Style())
    assert CATALOG[code].summary in text
    assert all(len(line) <= 100 or line.startswith("    ") for line in text.split("\n"))
    assert ("Wrong, in " in text) == (code in EXAMPLES)


def test_color_adds_nothing_but_color() -> None:
    """Without its escape sequences the colored text is the plain one."""
    colored = explain_code("MC2003", Style(color=True))
    assert "".join(p if i == 0 else p.split("m", 1)[1] for i, p in enumerate(colored.split("\x1b["))) == MISSPELLED


def test_an_unknown_code_is_not_explained() -> None:
    """Whoever asks the user knows how to say so."""
    with pytest.raises(KeyError):
        explain_code("MC0000", Style())
