"""`mentorctl fairness`: groups compared on what is live."""

from pathlib import Path

import pytest
from cli.terminal import Invoke


def test_groups_are_compared(invoke: Invoke, applied: Path) -> None:
    """Each role and stage has a table; in JSON it has intervals that hold the share."""
    ran = invoke("fairness", "--by", "level", folder=applied)
    assert ran.code == 0
    assert "matched, of those who may be" in ran.out
    found = invoke("fairness", "--by", "level", "--format", "json", folder=applied).json["comparisons"]
    assert {c["role"] for c in found} == {"mentor", "mentee"}
    groups = [g for c in found for g in c["groups"]]
    assert groups
    assert all(g["interval"][0] <= g["share"] <= g["interval"][1] for g in groups)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("fairness", "--by", "levle"), "`levle` is no field of the roster with groups"),
        (("fairness", "--by", "manager"), "`manager` is no field of the roster with groups"),
        (("fairness", "nothing"), "there is no program `nothing`"),
        (("fairness",), "no field of the roster is `sensitive`"),
    ],
)
def test_what_cannot_be_compared_is_said(invoke: Invoke, applied: Path, words: tuple[str, ...], said: str) -> None:
    """A field or program that means nothing gets a sentence and a way on."""
    ran = invoke(*words, folder=applied)
    assert ran.code != 0
    assert said in ran.said
