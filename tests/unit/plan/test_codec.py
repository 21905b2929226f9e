"""The saved plan: read exactly as it was written, or refused with a sentence."""

import copy
import json
from typing import Any

import pytest

from mentorctl.diagnostics import Place
from mentorctl.plan.codec import FORMAT, NotAPlan, effects_digest, plan_from_text, plan_to_json, plan_to_text
from mentorctl.plan.model import Plan
from mentorctl.state.codec import digest

from .small import MATCHING, Live


@pytest.fixture(scope="module")
def plan() -> Plan:
    """A plan with records of every kind, a matching, a schedule and, from another day, a notice."""
    live = Live()
    made = live.plan(MATCHING)
    live.world = live.world.with_program(
        ("check_ins:", "events: {kick_off: {at: active.start, lasts: 60min}}\ncheck_ins:")
    )
    made = live.plan(MATCHING)
    assert made.matchings
    assert made.schedules
    return made


def resealed(body: dict[str, Any]) -> str:
    """A text that carries the right seal for a body, as a forger would write it."""
    body = {key: value for key, value in body.items() if key != "seal"}
    return json.dumps(body | {"seal": digest(body)}, ensure_ascii=False)


def test_reading_undoes_writing(plan: Plan) -> None:
    """All of the plan comes back, and the text is the same when it is written again."""
    text = plan_to_text(plan)
    assert plan_from_text(text) == plan
    assert plan_to_text(plan_from_text(text)) == text


def test_a_plan_is_written_one_change_a_line(plan: Plan) -> None:
    """People can read and compare it; every line of a change is JSON by itself."""
    lines = [line.strip().rstrip(",") for line in plan_to_text(plan).splitlines()]
    changes = [json.loads(line) for line in lines if line.startswith('{"action"')]
    assert [c["address"] for c in changes] == [str(c.address) for c in plan.changes]
    assert json.loads(plan_to_text(plan)) == plan_to_json(plan)


def test_a_plan_holds_no_names(plan: Plan) -> None:
    """Roster ids and departments do not occur in it."""
    text = plan_to_text(plan)
    for word in ('"r1"', '"e1"', "Sales", "Finance"):
        assert word not in text


def test_the_plan_counts_people(plan: Plan) -> None:
    """The worst impact of each person is counted in the file."""
    assert plan_to_json(plan)["impact"] == {"informed": 6}


def test_the_digest_is_of_effects_only(plan: Plan) -> None:
    """Reasons and places in files do not belong to what is approved; records do."""
    moved = tuple(
        type(c)(
            address=c.address,
            action=c.action,
            before=c.before,
            after=c.after,
            impact=c.impact,
            reason="other",
            cause=Place(document="x", path=(1,)),
        )
        for c in plan.changes
    )
    assert effects_digest(plan.workspace, moved) == plan.digest
    assert effects_digest(plan.workspace, plan.changes[1:]) != plan.digest
    assert effects_digest("other", plan.changes) != plan.digest
    assert plan.digest.startswith("mcd1:sha256:")


TEXTS = (
    ("nothing", ""), ("a word", "plan"), ("a list", "[]"), ("a number", "12"), ("an empty object", "{}"),
    ("another format", '{"format": "mentorctl/plan/v9"}'), ("no seal", json.dumps({"format": FORMAT})),
    ("a deep nest", "[" * 100_000), ("a long number", '{"format": ' + "9" * 10_000 + "}"), ("a float", '{"a": 1.5}'),
    ("not a number", '{"a": NaN}'), ("half a character", '{"format": "' + FORMAT + '", "a": "\\ud800"}'),
)  # fmt: skip


@pytest.mark.parametrize("text", [t[1] for t in TEXTS], ids=[t[0] for t in TEXTS])
def test_what_is_no_plan_is_refused(text: str) -> None:
    """With a sentence, never another error."""
    with pytest.raises(NotAPlan, match=r"^it "):
        plan_from_text(text)


@pytest.mark.parametrize("cut", [1, 2, 100, 1000])
def test_a_plan_that_is_cut_is_refused(plan: Plan, cut: int) -> None:
    """Nothing may be missing at the end, not even the last line end."""
    with pytest.raises(NotAPlan):
        plan_from_text(plan_to_text(plan)[:-cut])


def test_other_values_break_the_seal(plan: Plan) -> None:
    """Every value of the file is sealed: the day, the serial, a reason, a summary, the counts."""
    for path in (
        ("as_of",),
        ("workspace",),
        ("store", "lineage"),
        ("inputs",),
        ("changes", 0, "reason"),
        ("matchings", 0, "solver"),
    ):
        body: Any = copy.deepcopy(plan_to_json(plan))
        inner = body
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] += "x"
        with pytest.raises(NotAPlan, match="changed after it was written"):
            plan_from_text(json.dumps(body))


def test_a_forged_seal_does_not_help(plan: Plan) -> None:
    """The digest of the effects is compared as well."""
    body: Any = copy.deepcopy(plan_to_json(plan))
    body["changes"] = body["changes"][1:]
    with pytest.raises(NotAPlan, match="digest does not belong"):
        plan_from_text(resealed(body))


SHAPES: tuple[tuple[tuple[Any, ...], Any], ...] = (
    (("changes",), 5), (("changes",), [1]), (("changes", 0), {}), (("changes", 0, "action"), "?"), (("changes", 0, "impact"), None),
    (("changes", 0, "cause"), {"document": "x", "path": 5}), (("changes", 0, "kind"), "pet"), (("changes", 0, "after"), {"address": "grow"}), (("changes", 0, "cause"), {"document": "x"}),
    (("store",), None), (("store",), {}), (("matchings",), [{}]), (("schedules",), [[]]),
    (("notices",), [{"program": "a"}]),
)  # fmt: skip


@pytest.mark.parametrize(("path", "value"), SHAPES)
def test_another_shape_under_a_forged_seal_is_refused(plan: Plan, path: tuple[Any, ...], value: object) -> None:
    """A file of another shape is no plan, even when it is sealed."""
    with pytest.raises(NotAPlan):
        plan_from_text(resealed(reshaped(plan, path, value)))


@pytest.mark.parametrize("value", [5, None, ["grow"]])
def test_an_address_that_is_no_text_under_a_forged_seal_is_refused(plan: Plan, value: object) -> None:
    """The same for addresses."""
    with pytest.raises(NotAPlan):
        plan_from_text(resealed(reshaped(plan, ("changes", 0, "address"), value)))


@pytest.mark.parametrize(
    ("path", "value"), [(("matchings", 0, "score"), None), (("as_of",), 5), (("store", "serial"), "1")]
)
def test_values_of_another_type_under_a_forged_seal_are_refused(
    plan: Plan, path: tuple[Any, ...], value: object
) -> None:
    """A serial is a whole number, a day is text."""
    with pytest.raises(NotAPlan):
        plan_from_text(resealed(reshaped(plan, path, value)))


@pytest.mark.parametrize(
    "edit",
    [(',\n  "as_of"', ',  "as_of"'), ('"as_of"', '"as_of": "2020-01-01",\n  "as_of"'), ('"grow"', '"\\u0067row"')],
)
def test_a_plan_is_read_only_as_it_was_written(plan: Plan, edit: tuple[str, str]) -> None:
    """Not a byte may differ: a reviewer and the program must see the same text."""
    text = plan_to_text(plan).replace(*edit, 1)
    assert text != plan_to_text(plan)
    with pytest.raises(NotAPlan):
        plan_from_text(text)


def reshaped(plan: Plan, path: tuple[Any, ...], value: object) -> dict[str, Any]:
    """The plan as JSON with another value at one place."""
    body: Any = copy.deepcopy(plan_to_json(plan))
    inner = body
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert isinstance(body, dict)
    return body
