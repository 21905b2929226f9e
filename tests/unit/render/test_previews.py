"""Previews of messages: the template of the workspace with invented people, and nothing of real ones."""

import pytest
from unit.plan.small import World

from mentorctl.plan.consequences import Measures, ProgramConsequences, Telling
from mentorctl.render.previews import previews
from mentorctl.render.templates import Names, check_message, message_text

MESSAGES = """\
messages:
  found: {on: match.proposed, to: [mentor, mentee], template: found, subject: Your match}
"""
TOLD = Telling(
    cohort="winter", when="", message="found", template="found", channel="email", occasion="match.proposed", people=6
)


def preview(text: str | None) -> str:
    """The one preview of the small program with a template."""
    program = World(programs=(World().programs[0] + MESSAGES,)).load().programs[0].program
    told = ProgramConsequences(program="grow", people=6, before=Measures(), after=Measures(), tellings=(TOLD, TOLD))
    (made,) = previews([told], [program], {} if text is None else {"found": text})
    assert made.name == "grow--winter--found.txt"
    return made.text


def test_a_preview_says_to_whom_when_and_what() -> None:
    """Each message of a cohort is one file, whatever how often it goes out."""
    assert preview("Dear {% for one in mentee %}{{ one }}{% endfor %}, meet {{ mentor }}.\n") == (
        "To:       6 people (mentor, mentee)\n"
        "Sent:     at apply, on match.proposed\n"
        "Channel:  email\n"
        "Subject:  Your match\n"
        "Template: found\n"
        "\n"
        "Dear Theo Example, meet Mira Example.\n"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "has no template `found` yet"),
        ("{{ nobody }}", "something wrong with this template"),
        ("{{ 'a' * 10 }}", "something wrong with this template"),
        ("a\x1b[2Jb", "a\\u{1b}[2Jb"),
    ],
)
def test_a_preview_is_harmless(text: str | None, said: str) -> None:
    """What is missing or wrong is said, and what a terminal would obey is written out."""
    assert said in preview(text)


def test_names_are_words_or_a_list() -> None:
    """One name, two and three."""
    assert [str(Names(names)) for names in ((), ("A",), ("A", "B"), ("A", "B", "C"))] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]


def test_loops_within_loops_are_refused() -> None:
    """Each takes as long again as those around it."""
    deep = "{% for a in mentor %}" * 4 + "x" + "{% endfor %}" * 4
    flat = "{% for a in mentor %}" * 3 + "x" + "{% endfor %}" * 3
    assert check_message(flat, file="m", variables={"mentor"}) == ()
    (found,) = check_message(deep, file="m", variables={"mentor"})
    assert "more than 3 loops" in found.detail
    assert message_text(flat, {"mentor": Names(["A", "B"])}) == "x" * 8
