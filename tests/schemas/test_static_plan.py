"""The schema of the static plan says what is written, key for key."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from unit.render import reviews

from mentorctl import resources
from mentorctl.plan.static import StaticPlan
from mentorctl.plan.static_codec import FORMAT, static_plan_from_text, static_plan_to_json, static_plan_to_text

SCHEMA: dict[str, Any] = json.loads(resources.text("schemas", "static-plan.v1.schema.json"))
CHECK = Draft202012Validator(SCHEMA, registry=Registry())
PLANS = {
    "everything": reviews.static(),
    "nothing": StaticPlan(workspace="acme", base="", head="", as_of="2027-01-01"),
    "tricks": reviews.tricky()[1],
}


@pytest.mark.parametrize("name", PLANS)
def test_what_is_written_fits(name: str) -> None:
    """A static plan, read again as the same value, fits the published schema."""
    text = static_plan_to_text(PLANS[name])
    assert static_plan_from_text(text) == PLANS[name]
    assert not list(CHECK.iter_errors(json.loads(text)))


@pytest.mark.parametrize(
    "edit", [{"extra": 1}, {"format": "mentorctl/static-plan/v2"}, {"solved": "2"}, {"programs": None}]
)
def test_what_does_not_fit_is_found(edit: dict[str, object]) -> None:
    """Another key, version or type is no static plan."""
    assert list(CHECK.iter_errors(static_plan_to_json(PLANS["everything"]) | edit))


def test_it_names_every_key() -> None:
    """The schema has the keys of the document and no others, and says which format it is of."""
    written = static_plan_to_json(PLANS["everything"])
    assert set(SCHEMA["properties"]) == set(written) == set(SCHEMA["required"])
    assert SCHEMA["properties"]["format"]["const"] == FORMAT
