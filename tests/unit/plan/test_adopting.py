"""What ran elsewhere is put into the state as it stood, or it is said what the files would make of it."""

from datetime import UTC, datetime

import pytest

from mentorctl import pipeline
from mentorctl.plan.adopting import Adoption
from mentorctl.plan.codec import plan_from_text, plan_to_text
from mentorctl.plan.model import Plan
from mentorctl.state.model import EnrollmentRecord, MatchRecord

from .small import ACTIVE, ENROLLING, MATCHING, Live, World, of_type, table_of


def _planned(live: Live, matches: str, people: str = "") -> pipeline.Planned:
    adoption = Adoption(
        program="grow",
        cohort="winter",
        people=table_of("p.csv", people) if people else None,
        matches=table_of("m.csv", matches),
    )
    return pipeline.plan(
        live.world.load(),
        live.world.people(),
        live.snapshot,
        as_of=ACTIVE,
        engine=live.engine,
        definitions=live.definitions(live.snapshot),
        adopting=adoption,
    )


def _adopt(live: Live, plan: Plan | None) -> Plan:
    assert plan is not None
    at = datetime(ACTIVE.year, ACTIVE.month, ACTIVE.day, tzinfo=UTC)
    pipeline.apply(plan, live.store, apply_id="adopt", at=at, actor="anna", new_lineage="lineage-1")
    return plan


def test_what_is_adopted_has_its_points_and_stays() -> None:
    """A match has the score that the rules give it, nobody is told, and further plans leave it alone."""
    live = Live()
    made = _planned(live, "mentor,mentee\nr1,e1\nr2,e2\n")
    assert [found for found in made.findings if found.code.startswith("MC70")] == []
    plan = _adopt(live, made.plan)
    assert plan.adopts
    assert plan_from_text(plan_to_text(plan)) == plan
    adopted = {m.address: m for m in of_type(MatchRecord, live.snapshot.records)}
    assert sorted(match.score for match in adopted.values()) == [5, 5]
    assert live.store.outbox() == ()
    live.apply(ACTIVE)
    assert {m.address: m for m in of_type(MatchRecord, live.snapshot.records) if m.address in adopted} == adopted
    assert live.plan(ACTIVE).is_empty
    assert pipeline.replay(live.store).differences == ()


def test_an_adoption_has_a_digest_of_its_own() -> None:
    """The same records made by a plan are another effect, because people would be told."""
    live = Live()
    first = _planned(live, "mentor,mentee\nr1,e1\n").plan
    again = _planned(live, "mentee,mentor\ne1,r1\n").plan
    assert first is not None
    assert again is not None
    assert first.digest == again.digest
    assert not live.plan(ENROLLING).adopts


def test_what_would_not_stay_is_said_before() -> None:
    """A proposal that breaks a hard rule is adopted with a warning that the next plan would end it."""
    live = Live()
    made = _planned(live, "mentor,mentee,state\nr2,e1,proposed\n")
    assert made.plan is not None
    assert "MC7024" in [found.code for found in made.findings]


def test_people_without_a_match_come_as_far_as_their_facts_allow() -> None:
    """Who is only listed as taking part stands where the gates of the program put them."""
    live = Live()
    plan = _adopt(live, _planned(live, "mentor,mentee\nr1,e1\n", "id,role\ne2,mentee\nr3,mentor\n").plan)
    states = {e.role: e.state for e in of_type(EnrollmentRecord, live.snapshot.records) if e.state != "matched"}
    assert set(states.values()) <= {"ready", "waitlisted"}
    assert len(plan.changes) == 7


@pytest.mark.parametrize("role", ["boss", "peer"])
def test_a_role_that_the_program_lacks_is_a_finding(role: str) -> None:
    """People cannot be adopted into a role that nobody takes in the program."""
    made = _planned(Live(), "mentor,mentee\nr1,e1\n", f"id,role\ne2,{role}\n")
    assert made.plan is None
    assert "MC7023" in [found.code for found in made.findings]


def test_what_is_there_is_not_adopted_again() -> None:
    """Whoever is in the state already stays as they are, and the adoption is refused."""
    live = Live(world=World())
    live.apply(ENROLLING)
    live.apply(MATCHING)
    made = _planned(live, "mentor,mentee\nr1,e1\n")
    assert made.plan is None
    assert "is in the state already" in " ".join(found.detail for found in made.findings)
