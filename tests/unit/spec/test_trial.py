"""A change of one value that is tried: paths, values, and what makes no sense."""

import json
from typing import Any

import pytest

from mentorctl.spec.trial import NotTried, parse_change, with_value

TEXT = """\
mentorctl: program/v1
id: grow
matching:
  require:
    - {id: level_gap, gap: {field: level, mentor_above: {min: 1}}}
    - {id: other, different: department}
  capacity: {mentor: {max: 1}}
"""


@pytest.mark.parametrize(
    ("change", "path", "value"),
    [
        ("matching.capacity.mentor.max=3", ("matching", "capacity", "mentor", "max"), 3),
        ("matching.require.level_gap.gap.mentor_above.min=2", ("matching", "require"), None),
        ("matching.pool=[]", ("matching", "pool"), []),
        ("name='Grow: more'", ("name",), "Grow: more"),
        ("timeline.zone.deep=yes", ("timeline", "zone", "deep"), "yes"),
    ],
)
def test_a_value_is_put_where_the_path_leads(change: str, path: tuple[str, ...], value: object) -> None:
    """Missing parts are made, entries of lists are named by their id, and the rest stays as it was."""
    tree: Any = json.loads(with_value(TEXT, "grow.yaml", *parse_change(change)))
    found = tree
    for word in path:
        found = found[word]
    if path == ("matching", "require"):
        assert found[0]["gap"]["mentor_above"]["min"] == 2
        assert found[1] == {"id": "other", "different": "department"}
    else:
        assert found == value
    assert tree["id"] == "grow"


def test_null_takes_a_key_or_an_entry_away() -> None:
    """What is taken away is gone; where something is inherited, null says so in the file."""
    gone = json.loads(with_value(TEXT, "grow.yaml", *parse_change("matching.require.other=null")))
    assert [rule["id"] for rule in gone["matching"]["require"]] == ["level_gap"]
    assert "capacity" not in json.loads(with_value(TEXT, "g", *parse_change("matching.capacity=null")))["matching"]
    heir = json.loads(with_value(f"extends: base\n{TEXT}", "g", *parse_change("matching.capacity=null")))
    assert heir["matching"]["capacity"] is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("matching", "is not PATH=VALUE"),
        ("matching..capacity=1", "is not PATH=VALUE"),
        ("matching.capacity=[1", ""),
        ("matching.require.levelgap.gap=1", "there is no `matching.require.levelgap`"),
        ("matching.require.other=5", "whole entry of a list"),
        ("matching.capacity.mentor.max.more=1", "is a value and has no parts"),
    ],
)
def test_what_makes_no_sense_is_a_finding(change: str, said: str) -> None:
    """No traceback, and nothing is guessed."""
    with pytest.raises(NotTried) as refused:
        with_value(TEXT, "grow.yaml", *parse_change(change))
    assert said in refused.value.findings[0].detail
