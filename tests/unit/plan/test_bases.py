"""What slots are chosen from: digests put together from texts, and what is known of people's time."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from mentorctl.optimize.engine import DirectEngine
from mentorctl.plan.bases import basis_of, list_of, when_free, written
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import PlanInputs
from mentorctl.state.codec import digest

from .small import MATCHING, Live, World

if TYPE_CHECKING:
    from mentorctl.state.shapes import JsonValue

FIRST, LAST = date(2027, 2, 1), date(2027, 3, 28)


def cohort() -> Cohort:
    world = World()
    loaded = world.load()
    assert loaded.workspace is not None
    inputs = PlanInputs(
        workspace=loaded.workspace,
        programs=loaded.programs,
        roster=world.people(),
        snapshot=Live(world=world).snapshot,
        as_of=MATCHING,
        engine=DirectEngine(),
    )
    compiled = loaded.programs[0]
    return Cohort(inputs=inputs, compiled=compiled, id="winter", timeline=compiled.timeline("winter"))


def test_a_basis_of_texts_is_that_of_their_list() -> None:
    """Parts that are written once and put together have the digest of the whole list, as earlier versions took it."""
    parts: tuple[JsonValue, ...] = ({"b": 1, "a": [None, "ä"]}, "text", [["one", "two"], []], None)
    assert basis_of(written(*parts)) == digest(list(parts))[:39]
    assert basis_of([list_of(written(1, "x")), *written(2)]) == digest([[1, "x"], 2])[:39]


def test_of_people_their_zone_and_their_hours_are_known() -> None:
    """Who gave no hours has none written, and of somebody who is not on the roster nothing is known."""
    seen = cohort()
    by_name = dict(zip(seen.inputs.roster.roster_ids, seen.inputs.roster.ids, strict=True))
    known = when_free(seen, [by_name["r3"], by_name["r1"], "gone"], FIRST, LAST)
    assert list(known) == [by_name["r3"], by_name["r1"], "gone"]
    assert known[by_name["r1"]] == '["Europe/Berlin",""]'
    assert known[by_name["r3"]].startswith('["Europe/Berlin","f')
    assert known["gone"] == "null"


def test_appointments_are_a_part_of_what_is_known() -> None:
    """Those within the days are written after the hours; those that are over by then do not matter."""
    seen = cohort()
    person = seen.inputs.roster.ids[0]
    quarter = (FIRST - date(1970, 1, 1)).days * 96 + 40
    for busy, more in (((quarter, 4), f",[],[[{quarter},4]]"), ((quarter - 960, 4), "")):
        inputs = replace(seen.inputs, busy={person: (busy,)})
        known = when_free(replace(seen, inputs=inputs), [person], FIRST, LAST)[person]
        assert known == when_free(seen, [person], FIRST, LAST)[person][:-1] + more + "]"
