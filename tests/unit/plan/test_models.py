"""The nine models: each compiles, is matched in its own shape, keeps its rules, and a second plan changes nothing."""

import random
from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest

from mentorctl.plan.model import Plan
from mentorctl.rules.fields import Role
from mentorctl.spec.model import ModelType
from mentorctl.state.model import MatchRecord, SessionRecord

from .small import Live, World, of_type

DAY = date(2027, 1, 20)
TOPICS = ("python", "sql", "speaking", "strategy", "writing")
WORKSPACE = """\
mentorctl: workspace/v1
id: acme
store: sqlite:state.db
timezone: Europe/Berlin
roster:
  sources: [{sources}]
  id: id
  fields:
    level: {{type: level, scale: [junior, senior, lead]}}
    unit: {{type: single}}
    topics: {{type: multiple, separator: ";"}}
    squad: {{type: single}}
    availability: {{type: availability}}
    timezone: {{type: timezone}}
    wishes: {{type: text}}
"""
PROGRAM = """\
mentorctl: program/v1
id: p
name: P
owner: team
purpose: {{kind: other, statement: It is tried out.}}
model: {{type: {model}, mentors: {mentors}}}
timeline:
  phases:
    - {{id: enrolling, lasts: 2w}}
    - {{id: matching, lasts: 1w}}
    - {{id: active, lasts: 3mo}}
cohorts: {{one: {{start: 2027-01-04}}}}
matching:
  prefer: [{{id: topics, overlap: topics, points_each: 3}}]
{matching}
meetings: {{every: 4w, lasts: 60min, at_least: {meetings}}}
{more}
"""
PROJECTS = """\
projects:
  portal:
    {title: Portal, deliverable: A portal, skills: [python, sql], seats: {mentor: {min: 1, max: 1}, mentee: {min: 2, max: 4}}}
  survey:
    {title: Survey, deliverable: A report, skills: [writing], seats: {mentor: {min: 1, max: 2}, mentee: {min: 2, max: 4}}}
"""
# model, mentors, matching, people by role, more
MODELS = {
    ModelType.ONE_ON_ONE: ("career", "", {"mentor": 6, "mentee": 7}, ""),
    ModelType.VIRTUAL: ("career", "  pool: [{id: few, max_per: {field: unit, at_most: 2}}]", {"mentor": 8, "mentee": 8}, ""),
    ModelType.REVERSE: ("reverse-career", "", {"mentor": 6, "mentee": 5}, ""),
    ModelType.FLASH: ("career", "  capacity: {mentor: {max: 1, per: 1mo}, mentee: {exactly: 1}}", {"mentor": 3, "mentee": 8}, ""),
    ModelType.PEER: ("peer", "", {"peer": 11}, ""),
    ModelType.GROUP: (
        "career",
        (
            "  group: {size: {min: 2, max: 4}, mentors: {min: 1, max: 2}, mixture: [{field: unit, at_least: 2}], "
            "common_slot: 60min, solo_cost: 2}"
        ),
        {"mentor": 5, "mentee": 12},
        "",
    ),
    ModelType.TEAM: ("career", "  teams: {field: squad, mentors: {min: 1, max: 2}}", {"mentor": 5, "mentee": 9}, ""),
    ModelType.MOSAIC: (
        "career",
        (
            "  capacity: {mentor: {max: 3}}\n  needs:\n    - {id: tech, mentor: {topics: {contains: python}}}\n"
            "    - {id: talk, mentor: {topics: {contains_any: [speaking, writing]}}}"
        ),
        {"mentor": 8, "mentee": 6},
        "",
    ),
    ModelType.FUNCTIONAL: (
        "career",
        "  skills: {mentor: topics, mentee: topics, min: 0, points_each: 2}\n  wishes: {field: wishes, points: [5, 3]}",
        {"mentor": 4, "mentee": 8},
        PROJECTS,
    ),
}  # fmt: skip


def people(role: str, count: int, *, high: bool) -> str:
    """Invented people of one role as CSV, the same every time."""
    chance = random.Random(f"{role}{count}")
    rows = ["id,level,unit,topics,squad,availability,timezone,wishes"]
    for number in range(count):
        topics = ";".join(chance.sample(TOPICS, 2))
        department = chance.choice(("sales", "tech", "ops"))
        team, wishes = chance.choice(("red", "blue")), chance.choice(('"portal,survey"', "survey"))
        level = "lead" if high else "junior"
        week = "Mon-Fri 09:00-17:00" if number % 2 else "Mon-Wed 10:00-16:00"
        rows.append(f"{role[-2:]}{number:02},{level},{department},{topics},{team},{week},Europe/Berlin,{wishes}")
    return "\n".join(rows) + "\n"


def live(model: ModelType, *, matching: str = "", more: str = "", instead: str = "") -> Live:
    """A live workspace with one program of a model; `instead` of what is said of its matching here."""
    mentors, words, roles, projects = MODELS[model]
    words = instead or words
    text = PROGRAM.format(
        model=model,
        mentors=mentors,
        matching=f"{words}\n{matching}" if words else matching,
        meetings=1 if model is ModelType.FLASH else 3,
        more=projects + more,
    )
    sources = ", ".join(f"{{file: {role}.csv, role: {role}}}" for role in roles)
    above = "mentee" if model is ModelType.REVERSE else "mentor"
    rosters = tuple((f"{role}.csv", people(role, count, high=role == above)) for role, count in roles.items())
    return Live(world=World(workspace=WORKSPACE.format(sources=sources), programs=(text,), rosters=rosters))


def matches(given: Live) -> list[MatchRecord]:
    """The matches in the state."""
    return of_type(MatchRecord, given.snapshot.records)


def summary(plan: Plan) -> tuple[int, bool]:
    """How many mentees or peers are covered, and whether that is proved."""
    return plan.matchings[0].mentees_covered, plan.matchings[0].proved


@pytest.mark.parametrize("model", ModelType)
def test_each_model_is_planned_applied_and_settled(model: ModelType) -> None:
    """From YAML to matches with meetings, proved; the same plan from shuffled rows; then nothing is left to do."""
    given, again = live(model), live(model)
    shuffled = tuple(
        (name, "\n".join([text.splitlines()[0], *reversed(text.splitlines()[1:])]) + "\n")
        for name, text in again.world.rosters
    )
    again.world = replace(again.world, rosters=shuffled)
    plan = given.apply(DAY)
    assert again.plan(DAY).digest == plan.digest
    assert summary(plan)[0] >= 4
    assert summary(plan)[1]
    assert given.plan(date(2027, 1, 21)).is_empty
    held = {s.subject for s in of_type(SessionRecord, given.snapshot.records) if s.kind == "meeting"}
    assert held == {m.address.id for m in matches(given)}
    for session in of_type(SessionRecord, given.snapshot.records):
        if session.kind == "meeting":
            (match,) = (m for m in matches(given) if m.address.id == session.subject)
            assert session.people == match.people


def test_peers_are_pairs_and_one_trio() -> None:
    """Eleven peers are four pairs and a trio; with `sit_out` five pairs, and one waits."""
    given = live(ModelType.PEER)
    given.apply(DAY)
    assert sorted(len(m.members) for m in matches(given)) == [2, 2, 2, 2, 3]
    assert all(member.role is Role.PEER for m in matches(given) for member in m.members)
    given = live(ModelType.PEER, matching="  odd_person: sit_out")
    given.apply(DAY)
    assert [len(m.members) for m in matches(given)] == [2] * 5


def test_groups_keep_size_mixture_and_mentors() -> None:
    """Each circle has 2 to 4 mentees of at least two departments and one or two mentors; everybody is in one."""
    given = live(ModelType.GROUP)
    given.apply(DAY)
    department = dict(zip(given.world.people().ids, departments(given), strict=True))
    assert sorted(p for m in matches(given) for p in m.others) == sorted({p for m in matches(given) for p in m.others})
    for match in matches(given):
        assert 2 <= len(match.others) <= 4
        assert 1 <= len(match.mentors) <= 2
        assert len({department[p] for p in match.others}) >= 2
    assert sum(len(m.others) for m in matches(given)) == 12


def departments(given: Live) -> list[str]:
    """The department of everybody, in the order of the roster."""
    column = given.world.people().columns["unit"]
    return [column.labels[code] for code in column.codes.tolist()]  # type: ignore[union-attr]


def test_teams_stay_whole() -> None:
    """Mentees with the same answer are in one match, which is named after their team."""
    given = live(ModelType.TEAM)
    given.apply(DAY)
    assert sorted(m.subject for m in matches(given)) == ["blue", "red"]
    assert sum(len(m.others) for m in matches(given)) == 9
    assert all(1 <= len(m.mentors) <= 2 for m in matches(given))


def test_a_mosaic_has_a_different_mentor_for_each_need() -> None:
    """Nobody has the same mentor for two needs, and no mentor more than three mentees."""
    given = live(ModelType.MOSAIC)
    given.apply(DAY)
    of_mentee: dict[str, list[tuple[str, str]]] = {}
    for match in matches(given):
        of_mentee.setdefault(match.others[0], []).append((match.subject, match.mentors[0]))
    assert len(of_mentee) == 6
    for pairs in of_mentee.values():
        assert all(a[0] != b[0] and a[1] != b[1] for a, b in combinations(pairs, 2))
    mentors = [m.mentors[0] for m in matches(given)]
    assert max(mentors.count(mentor) for mentor in mentors) <= 3


def test_a_mosaic_never_exceeds_what_a_mentee_may_have() -> None:
    """With one place each, a mentee with two needs gets one mentor."""
    mentors, words, roles, more = MODELS[ModelType.MOSAIC]
    given = live(ModelType.MOSAIC)
    text = given.world.programs[0].replace("{mentor: {max: 3}}", "{mentor: {max: 3}, mentee: {max: 1}}")
    given.world = replace(given.world, programs=(text,))
    assert (mentors, bool(words), bool(roles), more) == ("career", True, True, "")
    given.apply(DAY)
    others = [m.others[0] for m in matches(given)]
    assert len(others) == len(set(others)) == 6


def test_flash_meetings_fill_the_periods() -> None:
    """A mentor has one meeting in a month, and each lies in its month."""
    given = live(ModelType.FLASH)
    given.apply(DAY)
    booked = [(m.mentors[0], m.subject) for m in matches(given)]
    assert len(booked) == len(set(booked)) == 8
    assert {subject for _, subject in booked} <= {"2027-01-25", "2027-02-25", "2027-03-25"}
    for session in of_type(SessionRecord, given.snapshot.records):
        (match,) = (m for m in matches(given) if m.address.id == session.subject)
        day, begin = date.fromisoformat(session.starts[:10]), date.fromisoformat(match.subject)
        assert begin <= day <= date(begin.year, begin.month + 1, 24)


def test_projects_have_their_seats() -> None:
    """Each project has the mentors and mentees that it asks for, and skills and wishes give points."""
    given = live(ModelType.FUNCTIONAL)
    given.apply(DAY)
    for match in matches(given):
        assert 2 <= len(match.others) <= 4
        assert 1 <= len(match.mentors) <= (1 if match.subject == "portal" else 2)
        assert match.score == sum(term.points for term in match.terms)
        assert {"skills", "wishes"} & {term.rule for term in match.terms}


def test_a_pool_rule_bounds_all_matches() -> None:
    """At most two mentees of a department are matched."""
    given = live(ModelType.VIRTUAL)
    given.apply(DAY)
    department = dict(zip(given.world.people().ids, departments(given), strict=True))
    found = [department[m.others[0]] for m in matches(given)]
    assert max(found.count(name) for name in found) == 2


def test_somebody_who_leaves_a_group_does_not_end_it() -> None:
    """The group goes on without them, and their seat is not filled while it stands."""
    given = live(ModelType.GROUP)
    given.apply(DAY)
    gone = matches(given)[0].others[0]
    before = {m.address.id: m for m in matches(given)}
    left = given.world.people().roster_ids[given.world.people().ids.index(gone)]
    rosters = tuple(
        (name, "\n".join(line for line in text.splitlines() if not line.startswith(f"{left},")) + "\n")
        for name, text in given.world.rosters
    )
    given.world = replace(given.world, rosters=rosters)
    given.apply(date(2027, 1, 21))
    after = {m.address.id: m for m in matches(given)}
    assert after.keys() == before.keys()
    changed = [name for name in after if after[name] != before[name]]
    assert [after[name].others for name in changed] == [tuple(p for p in before[changed[0]].others if p != gone)]


def test_relaxed_rules_are_given_up_last_and_are_remembered() -> None:
    """A rule in `relax` yields only for those who would stay alone; their match stands although it breaks the rule."""
    rules = "  require: [{id: same_unit, same: unit}]\n  relax: [same_unit]"
    given = live(ModelType.ONE_ON_ONE, matching=rules)
    mentors, mentees = (text for _, text in given.world.rosters)
    for unit in ("sales", "tech", "ops"):
        mentors, mentees = mentors.replace(f",{unit},", ",here,"), mentees.replace(f",{unit},", ",there,", 3)
    given.world = replace(given.world, rosters=(("mentor.csv", mentors), ("mentee.csv", mentees)))
    given.apply(DAY)
    assert len(matches(given)) == 6
    assert all(m.relaxed == ("same_unit",) for m in matches(given))
    assert given.plan(date(2027, 1, 21)).is_empty


def test_exactly_is_filled_before_points_are_counted() -> None:
    """Everybody who is to have exactly two matches has two where mentors are free, even without a point."""
    given = live(ModelType.ONE_ON_ONE, matching="  capacity: {mentor: {max: 3}, mentee: {exactly: 2}}")
    text = given.world.programs[0].replace("overlap: topics, points_each: 3", "same: wishes, points: 3")
    given.world = replace(given.world, programs=(text.replace("same: wishes", "same: squad"),))
    given.apply(DAY)
    others = [m.others[0] for m in matches(given)]
    assert {others.count(person) for person in others} == {2}
    assert len(others) == 14


def test_a_limit_stops_the_plan() -> None:
    """One of seven mentees stays without a match: a limit of none stands against the plan, one of 20 % does not."""
    refused = live(ModelType.ONE_ON_ONE, more="limits: {unmatched: {max: 0}}")
    assert [(b.what, b.people, b.allowed, b.applicants, b.kept) for b in refused.plan(DAY).limits] == [
        ("unmatched", 1, 0, 13, False)
    ]
    assert refused.judged(DAY) == ["MC7011"]
    fine = live(ModelType.ONE_ON_ONE, more="limits: {unmatched: {max: 3, share: 20%}}")
    assert fine.plan(DAY).limits == ()
    assert fine.judged(DAY) == []


@pytest.mark.parametrize("kind", ["admin", "self-selected", "booking"])
def test_processes_by_hand_propose_nothing(kind: str) -> None:
    """Where people find each other or are matched by hand, a plan makes no match before anybody says so."""
    plan = live(ModelType.ONE_ON_ONE, matching=f"  process: {kind}").plan(DAY)
    assert not [c for c in plan.changes if isinstance(c.after, MatchRecord)]
    assert kind == "admin" or any(kind in notice.text for notice in plan.notices)


@pytest.mark.parametrize("mode", ["observe", "suspended"])
def test_a_program_that_is_not_live_changes_nothing(mode: str) -> None:
    """Observed and suspended programs are only spoken about."""
    plan = live(ModelType.ONE_ON_ONE, more=f"mode: {mode}").plan(DAY)
    assert plan.is_empty
    assert any(mode.removesuffix("ed").removesuffix("e") in notice.text for notice in plan.notices)


def test_circles_are_held_again_and_stay_together() -> None:
    """Peer coaching every four weeks, in the same groups of three or four each time."""
    events = (
        "events:\n  circles: {format: peer-coaching, at: {after: active.start, by: 2w}, every: 4w, lasts: 60min, "
        "size: {min: 3, max: 4}}\n"
    )
    given = live(ModelType.PEER, more=events)
    given.apply(DAY)
    held = [s for s in of_type(SessionRecord, given.snapshot.records) if s.kind == "event"]
    groups = {s.subject: {t.people for t in held if t.subject == s.subject} for s in held}
    assert sorted(groups) == ["circles.1", "circles.2", "circles.3"]
    assert all(len(people) == 1 for people in groups.values())
    assert {s.number for s in held} == {1, 2, 3}
    assert given.plan(date(2027, 1, 21)).is_empty
