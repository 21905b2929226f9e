"""Real matching systems with published parameters can be said, and the parameters act as published.

Each folder of `systems/` is a workspace of one system; its README says what is approximated. Every expected number here
was worked out by hand from the published parameters and the few people of the roster.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from mentorctl import pipeline
from mentorctl.optimize.engine import DirectEngine
from mentorctl.optimize.ground import Ground
from mentorctl.optimize.matching import rooms
from mentorctl.optimize.points import most_possible
from mentorctl.optimize.scoring import as_percent, rule_points, score_pairs
from mentorctl.plan.model import Plan
from mentorctl.plan.outside import read_outside_scores
from mentorctl.roster.people import Roster
from mentorctl.roster.table import Table
from mentorctl.rules.fields import Role
from mentorctl.rules.implied import soft_rules
from mentorctl.rules.pairs import Scaling
from mentorctl.sources.files import read_table
from mentorctl.spec.model import ModelType, Program
from mentorctl.state.model import MatchRecord, Snapshot, empty_snapshot
from mentorctl.store.memory import MemoryStore

from .by_hand import MATCHES, POINTS, Found

HERE = Path(__file__).resolve().parent / "systems"
MATCHING = date(2027, 1, 19)

SYSTEMS = (
    "auckland",
    "biro_gyetvai",
    "chronus",
    "ciera",
    "civil_service",
    "coffee_pals",
    "crews",
    "djangonaut",
    "drp_turkiye",
    "estudent360",
    "greekmanage",
    "hidden_genius",
    "mentor_collective",
    "mentorcliq",
    "mentorease",
    "mentorly",
    "mskcc",
    "pioneers",
    "pushfar",
    "qooper",
    "random_coffee",
    "stanford_dbds",
    "ten_thousand_coffees",
    "together",
    "virginia_tech",
    "vygo",
    "yelp_beans",
    "yuanjian",
)

type Edit = tuple[str, str]


# -- the workspaces ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, eq=False)
class System:
    """A loaded workspace with its people."""

    loaded: pipeline.Loaded
    roster: Roster
    outside: Mapping[str, Table]

    def program(self, name: str) -> Program:
        return next(c.program for c in self.loaded.programs if c.program.id == name)

    def index(self, roster_id: str) -> int:
        return self.roster.roster_ids.index(roster_id)

    def name(self, person: str) -> str:
        return self.roster.roster_ids[self.roster.ids.index(person)]

    def planned(self, day: date = MATCHING, snapshot: Snapshot | None = None) -> Plan:
        """The plan of a day against a state, empty if none is given."""
        workspace = self.loaded.workspace
        assert workspace is not None
        made = pipeline.plan(
            self.loaded,
            self.roster,
            snapshot or empty_snapshot(workspace.id),
            as_of=day,
            engine=DirectEngine(),
            outside=self.outside,
        )
        assert made.plan is not None, made.findings
        return made.plan

    def found(self, plan: Plan, program: str) -> set[Found]:
        """The new matches of a program."""
        return {
            (" ".join(self.names(m.mentors)), " ".join(self.names(m.others)), m.score)
            for m in new_matches(plan)
            if m.address.program == program
        }

    def names(self, people: Iterable[str]) -> list[str]:
        return sorted(map(self.name, people))

    def ground(self, program: str) -> Ground:
        """What the rules of a program are evaluated on, without any history."""
        made, workspace = self.program(program), self.loaded.workspace
        assert workspace is not None
        outside, defects = (
            read_outside_scores(self.outside[program], self.roster) if program in self.outside else (None, ())
        )
        assert not defects
        return Ground(
            roster=self.roster,
            contract=workspace.contract,
            day=made.cohorts[0].start,
            timezone=made.timezone,
            peers=made.model.type is ModelType.PEER,
            outside=outside,
        )

    def points(self, program: str, mentee: str, mentor: str) -> dict[str, int] | None:
        """What each rule gives to two people; None where they are no candidates."""
        matching, ground = self.program(program).matching, self.ground(program)
        e, m = (np.array([self.index(name)], np.int32) for name in (mentee, mentor))
        if not len(score_pairs(ground, e, m, matching.require, matching.prefer, matching.terms)):
            return None
        rules = soft_rules(matching.prefer, matching.terms)
        given = rule_points(ground, e, m, rules)[:, 0].tolist()
        return {rule.id: points for rule, points in zip(rules, given, strict=True) if points}


def new_matches(plan: Plan) -> list[MatchRecord]:
    return [c.after for c in plan.changes if isinstance(c.after, MatchRecord) and c.before is None]


@cache
def system(name: str, *edits: Edit) -> System:
    """The workspace of a system, its programs edited; whatever is wrong with it is a mistake of the test."""
    folder = HERE / name
    documents = []
    for path in sorted((folder / "programs").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        for old, new in edits:
            text = text.replace(old, new)
        documents.append((f"programs/{path.name}", text))
    loaded = pipeline.load(
        ("mentorctl.yaml", (folder / "mentorctl.yaml").read_text(encoding="utf-8")), documents, as_of=MATCHING
    )
    assert [(d.code, d.detail) for d in loaded.findings] == []
    assert loaded.workspace is not None
    tables = [read_table(folder / s.file, shown=s.file) for s in loaded.workspace.contract.sources]
    roster, findings = pipeline.read_people(loaded, tables)
    assert roster is not None, findings
    outside = {
        c.program.id: read_table(folder / c.program.matching.terms.outside.file, shown="scores")
        for c in loaded.programs
        if c.program.matching.terms.outside
    }
    return System(loaded=loaded, roster=roster, outside=outside)


@cache
def first_plan(name: str) -> Plan:
    return system(name).planned()


def applied(name: str, store: MemoryStore, day: date, *edits: Edit) -> Plan:
    """Plan and apply."""
    plan = system(name, *edits).planned(day, store.read())
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    pipeline.apply(plan, store, apply_id=f"apply-{day}", at=at, actor="anna", new_lineage="lineage-1")
    return plan


def with_state(snapshot: Snapshot, state: str, *, only: int | None = None) -> Snapshot:
    """The snapshot with all matches, or those of one score, in another state."""
    return replace(
        snapshot,
        records=tuple(
            replace(r, state=state) if isinstance(r, MatchRecord) and only in (None, r.score) else r
            for r in snapshot.records
        ),
    )


# -- every system ------------------------------------------------------------------------------------------------------


def test_every_system_of_the_catalog_is_there() -> None:
    """There is a folder for each system and a line about it, and no other folder."""
    assert sorted(path.name for path in HERE.iterdir() if path.is_dir()) == list(SYSTEMS)
    described = (HERE / "README.md").read_text(encoding="utf-8")
    assert [name for name in SYSTEMS if f"`{name}`" not in described] == []


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_is_said_and_planned(name: str) -> None:
    """It loads without a finding, and every program of it gets matches that keep to scores and capacities."""
    made, plan = system(name), first_plan(name)
    matches = new_matches(plan)
    assert {m.address.program for m in matches} == {c.program.id for c in made.loaded.programs}
    for compiled in made.loaded.programs:
        own = [m for m in matches if m.address.program == compiled.program.id]
        keep_to_scores(compiled.program, own)
        keep_to_capacities(made, compiled.program, own)
        keep_to_shapes(compiled.program, own)


def keep_to_scores(program: Program, matches: list[MatchRecord]) -> None:
    """The terms of a match add up to its score, unless it is scaled."""
    if program.matching.terms.scaling is Scaling.NONE:
        assert all(sum(term.points for term in m.terms) == m.score for m in matches)


def keep_to_capacities(made: System, program: Program, matches: list[MatchRecord]) -> None:
    """Nobody has more matches than places, and no two are matched twice for the same."""
    ground, matching = made.ground(program.id), program.matching
    peers = ground.peers
    taken = Counter(
        (member.person, member.role, m.subject if flash(program) else "") for m in matches for member in m.members
    )
    for (person, role, _), count in taken.items():
        capacity = matching.mentor_capacity if role is Role.MENTOR else matching.mentee_capacity
        at = np.array([made.roster.ids.index(person)], np.int32)
        if peers:
            assert count == 1
        elif not (program.model.type is ModelType.TEAM and role is Role.MENTEE):
            assert count <= rooms(ground, capacity, at)[0]
    together = Counter((e, m) for match in matches for e in match.others for m in match.mentors)
    assert max(together.values(), default=1) == 1


def flash(program: Program) -> bool:
    return program.model.type is ModelType.FLASH


def keep_to_shapes(program: Program, matches: list[MatchRecord]) -> None:
    """Groups, teams and projects have as many people as they ask for; other matches are of two."""
    group, teams = program.matching.group, program.matching.teams
    projects = {project.id: project for project in program.projects}
    for match in matches:
        mentors, others = len(match.mentors), len(match.others)
        if group:
            assert group.size.at_least <= others <= group.size.at_most
            assert group.mentors.at_least <= mentors <= group.mentors.at_most
        elif teams:
            assert teams.mentors.at_least <= mentors <= teams.mentors.at_most
        elif projects:
            project = projects[match.subject]
            assert project.mentees.at_least <= others <= project.mentees.at_most
            assert project.mentors.at_least <= mentors <= project.mentors.at_most
        else:
            assert mentors + others == 2


# -- scores by hand ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "program", "mentee", "mentor", "expected"), POINTS)
def test_published_parameters_give_the_points_worked_out_by_hand(
    name: str, program: str, mentee: str, mentor: str, expected: dict[str, int] | None
) -> None:
    """Each rule gives the points of its published parameter; who must not be matched is no candidate."""
    made = system(name)
    if made.ground(program).peers:  # peers are a pair in the order of the roster
        mentee, mentor = sorted((mentee, mentor), key=made.index)
    assert made.points(program, mentee, mentor) == expected


# -- matches by hand ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "program"), sorted(MATCHES))
def test_the_best_matches_are_those_worked_out_by_hand(name: str, program: str) -> None:
    """With these few people the optimum is known, and it is unique."""
    assert system(name).found(first_plan(name), program) == MATCHES[name, program]


# -- what single systems publish besides -------------------------------------------------------------------------------


def test_together_shows_scores_by_the_most_that_is_possible() -> None:
    """The most is 5 for a goal, 9 for three skills, 1 for a hobby, 7 for a certificate: 22, so that 11 is 50 %."""
    made = system("together")
    most = most_possible(made.ground("strengths"), made.program("strengths").matching.prefer)
    assert (most, as_percent(np.array([11]), most).tolist()) == (22, [50])
    match = next(m for m in new_matches(first_plan("together")) if m.score == 50)
    assert {term.rule: term.points for term in match.terms} == {"goals": 5, "skills": 6}


def test_vygo_leaves_existing_matches_when_criteria_change() -> None:
    """With other criteria the best matches would be others, but those that exist stay."""
    store = MemoryStore("vygo")
    applied("vygo", store, MATCHING)
    edit = ("same: mode, weight: medium", "different: mode, points: 50")
    other = system("vygo", edit)
    assert other.found(other.planned(), "criteria") == {("m2", "e1", 51), ("m1", "e2", 56), ("m3", "e3", 50)}
    assert new_matches(other.planned(snapshot=store.read())) == []


@pytest.mark.parametrize(
    ("name", "declined", "after"),
    [
        # without m1, e1 has m3 already; e2 and e3 keep theirs
        ("pushfar", 33, set()),
        ("mskcc", 4, {("m1", "e2", 3), ("m2", "e1", 2)}),
    ],
)
def test_who_was_dismissed_is_not_proposed_again(name: str, declined: int, after: set[Found]) -> None:
    """A rejection is remembered, and matching is done again without it."""
    store = MemoryStore(name)
    first = applied(name, store, MATCHING)
    program = "suggestions" if name == "pushfar" else "hospital"
    snapshot = with_state(store.read(), "declined", only=declined)
    if name == "mskcc":  # of this cohort nobody is matched yet but e3
        snapshot = replace(snapshot, records=tuple(r for r in snapshot.records if getattr(r, "score", 0) != 2))
    again = system(name).found(system(name).planned(snapshot=snapshot), program)
    assert again == after
    assert not {pair[:2] for pair in again} & {f[:2] for f in system(name).found(first, program) if f[2] == declined}


def test_yelp_beans_waits_ten_weeks() -> None:
    """Seven weeks later nobody meets the same person, fourteen weeks later they may again."""
    store = MemoryStore("yelp_beans")
    best = MATCHES["yelp_beans", "beans"]
    made = system("yelp_beans")
    assert made.found(applied("yelp_beans", store, MATCHING), "beans") == best
    second = applied("yelp_beans", store, date(2027, 3, 9))
    assert made.found(second, "beans") == {("", "p1 p3", 1), ("", "p2 p4", 0)}
    assert made.found(applied("yelp_beans", store, date(2027, 4, 27)), "beans") == best


def test_civil_service_never_pairs_the_same_two_again() -> None:
    """Who was paired in an earlier run is no candidate in the next."""
    later = ("model:", "cohorts: {autumn_2027: {start: 2027-09-06}}\n\nmodel:")
    store = MemoryStore("civil_service")
    applied("civil_service", store, MATCHING, later)
    made = system("civil_service", later)
    assert new_matches(made.planned(date(2027, 9, 21), store.read())) == []


def test_ten_thousand_coffees_gives_a_rule_up_for_the_next_best_match() -> None:
    """Only the two who had nobody left meet across segments, and their match says so."""
    made = system("ten_thousand_coffees")
    relaxed = {tuple(made.names(m.others)): m.relaxed for m in new_matches(first_plan("ten_thousand_coffees"))}
    assert relaxed.pop(("p7", "p8")) == ("segments",)
    assert set(relaxed.values()) == {()}


def test_random_coffee_composes_groups_strictly() -> None:
    """Both groups have three people with one newcomer; the colleague of the host is left out."""
    made, plan = system("random_coffee"), first_plan("random_coffee")
    groups = [set(others.split()) for mentors, others, _ in made.found(plan, "composer") if mentors == "h1"]
    assert sorted(map(len, groups)) == [3, 3]
    assert [len(group & {"g1", "g3"}) for group in groups] == [1, 1]
    assert "g7" not in set.union(*groups)


def test_drp_bounds_the_pool() -> None:
    """Of eleven of one university ten are allowed; four women of ten are the floor of 40 %."""
    made = system("drp_turkiye")
    found = made.found(first_plan("drp_turkiye"), "reading")
    mentees = {mentee for _, mentee, _ in found}
    assert len(mentees) == 10
    assert {"e01", "e02", "e03", "e04", "e12"} <= mentees
    assert not {"e11", "e13"} & mentees  # the least points of the university; below the minimum reference
    assert {("m1", "e01", 115), ("m1", "e02", 109), ("m2", "e12", 74)} <= found
    assert sum(score for *_, score in found) == 823


def test_ciera_gives_each_rank_as_often_as_it_is_wanted() -> None:
    """One of the faculty, two postdocs and a peer for the first, no postdoc for the third."""
    made = system("ciera")
    of: dict[str, list[str]] = {}
    for match in new_matches(first_plan("ciera")):
        of.setdefault(made.names(match.others)[0], []).append(match.subject)
    assert {mentee: sorted(needs) for mentee, needs in of.items()} == {
        "s1": ["faculty", "peer", "postdoc", "second_postdoc"],
        "s2": ["faculty", "postdoc"],
        "s3": ["faculty"],
    }


def test_crews_has_places_for_each_week() -> None:
    """Each mentor has one session in each of the two weeks."""
    made = system("crews")
    weeks = sorted((made.names(m.mentors)[0], m.subject) for m in new_matches(first_plan("crews")))
    assert weeks == [("m1", "2027-01-25"), ("m1", "2027-02-01"), ("m3", "2027-01-25"), ("m3", "2027-02-01")]


def test_estudent360_asks_the_mentor_for_three_days() -> None:
    """The five best, the mentor first, 72 hours."""
    process = system("estudent360").program("nightly").matching.process
    assert process.answer_within is not None
    assert (process.shortlist, process.first_answer, process.answer_within.days) == (5, "mentor", 3)


def test_biro_and_gyetvai_match_again_as_people_arrive() -> None:
    """A later run keeps the groups that exist."""
    store = MemoryStore("biro_gyetvai")
    applied("biro_gyetvai", store, MATCHING)
    assert new_matches(system("biro_gyetvai").planned(date(2027, 2, 2), store.read())) == []
