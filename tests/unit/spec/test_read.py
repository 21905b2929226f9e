"""Trees to frozen values: every word of the language, its defaults, and what only reading can find."""

from datetime import date
from typing import Any

import pytest

from mentorctl.dates.durations import Duration
from mentorctl.dates.timeline import Anchor, Moment, Phase, When
from mentorctl.diagnostics import WORKSPACE, Diagnostic
from mentorctl.rules.eligibility import Comparison, Condition
from mentorctl.rules.fields import Audience, BothRoles, Field, FieldType, Missing, Role, Source, Unlinked
from mentorctl.rules.pairs import (
    AvailabilityOverlap,
    Different,
    FieldPair,
    Gap,
    Line,
    Not,
    Overlap,
    PairRule,
    Points,
    PointsByGap,
    PointsByRank,
    PointsEach,
    Predicate,
    Rank,
    ReportingLine,
    Same,
    Score,
    TimezoneWithin,
)
from mentorctl.spec.matching import Capacity, KeepExisting, ObjectiveTerm, Unmatched
from mentorctl.spec.model import (
    Cohort,
    Delivery,
    Event,
    Format,
    Meetings,
    MentorType,
    Model,
    ModelType,
    Module,
    Objective,
    Program,
    Relation,
    Sponsor,
    Workspace,
)
from mentorctl.spec.read import read_program
from mentorctl.spec.read_workspace import read_workspace
from mentorctl.spec.source import read_source
from mentorctl.spec.support import CheckIn

SMALLEST = """\
id: grow
name: Grow
owner: people
purpose: {kind: other, statement: To see.}
model: {type: one-on-one, mentors: career}
timeline: {phases: [{id: matching, lasts: 1w}]}
cohorts: {spring: {start: 2027-01-11}}
matching: {prefer: [{id: near, same: site, points: 1}]}
"""
WORKSPACE_TEXT = """\
id: acme
store: sqlite:state.db
timezone: Europe/Berlin
roster:
  sources: [{file: people.csv, role_column: role}]
  id: number
  fields: {site: {type: single}}
"""
SITE = FieldPair(mentee="site", mentor="site")
LEVEL = FieldPair(mentee="level", mentor="level")


def tree_of(text: str) -> dict[str, Any]:
    """A YAML text as a tree."""
    tree = read_source(text, file="x.yaml").tree
    assert isinstance(tree, dict)
    return tree


def program(text: str = "", *, without: str = "") -> tuple[Program, tuple[Diagnostic, ...]]:
    """The smallest program with other values for some of its keys."""
    tree = tree_of(SMALLEST) | (tree_of(text) if text else {})
    tree.pop(without, None)
    return read_program(tree, default_timezone="Europe/Berlin")


def clean(text: str = "") -> Program:
    """The same, when nothing is found."""
    made, found = program(text)
    assert found == ()
    return made


def workspace(text: str = "") -> Workspace:
    """The smallest workspace with other values for some of its keys, when nothing is found."""
    made, found = read_workspace(tree_of(WORKSPACE_TEXT) | (tree_of(text) if text else {}))
    assert found == ()
    return made


def findings_of(text: str) -> list[tuple[str, str]]:
    """Code and place (as a path) of what is found in a program."""
    _, found = program(text)
    assert all(d.place is not None and d.place.document == "grow" for d in found)
    return [(d.code, ".".join(map(str, d.place.path)) if d.place else "") for d in found]


# -- the workspace -----------------------------------------------------------------------------------------------------


def test_the_smallest_workspace_has_these_defaults() -> None:
    """Columns are called like their fields, and nothing is required, sensitive or refused."""
    made = workspace()
    assert (made.id, made.store, made.timezone) == ("acme", "sqlite:state.db", "Europe/Berlin")
    contract = made.contract
    assert contract.sources == (Source(file="people.csv", role=None, role_column="role"),)
    assert (contract.id_column, contract.name_columns, contract.both_roles, contract.facts) == ("number", (), None, ())
    assert contract.field("site") == Field(id="site", type=FieldType.SINGLE, column="site")
    assert contract.field("nothing") is None


def test_a_contract_with_every_word() -> None:
    """Everything that can be said about sources, fields, facts and both roles arrives."""
    contract = workspace("""\
roster:
  sources:
    - {file: a.csv, role: mentor, program: grow, cohort: spring, delimiter: ";"}
    - {file: b.csv, role: mentee}
  id: number
  name: [first, last]
  fields:
    level: {type: level, scale: [low, high], column: Grade, answered_by: mentee, required: true, sensitive: true}
    topics: {type: multiple, options: [a, b], separator: ";", aliases: {y: b, x: a}, trim: false, ignore_case: false, missing: fails}
  facts: {completed: {column: done, separator: "|"}, approved: {}}
  both_roles: {column: both, unlinked: report}
""").contract
    assert contract.sources == (
        Source(file="a.csv", role=Role.MENTOR, program="grow", cohort="spring", delimiter=";"),
        Source(file="b.csv", role=Role.MENTEE),
    )
    assert contract.name_columns == ("first", "last")
    assert contract.field("level") == Field(
        id="level",
        type=FieldType.LEVEL,
        column="Grade",
        answered_by=Audience.MENTEE,
        required=True,
        sensitive=True,
        used_in_matching=False,
        scale=("low", "high"),
    )
    assert contract.field("topics") == Field(
        id="topics",
        type=FieldType.MULTIPLE,
        column="topics",
        options=("a", "b"),
        separator=";",
        aliases=(("x", "a"), ("y", "b")),
        trim=False,
        ignore_case=False,
        missing=Missing.FAILS,
    )
    assert contract.fact("completed") == Field(id="completed", type=FieldType.MULTIPLE, column="done", separator="|")
    assert contract.fact("approved") == Field(id="approved", type=FieldType.BOOLEAN, column="approved")
    assert contract.both_roles == BothRoles(column="both", yes=("yes",), unlinked=Unlinked.REPORT)


def test_one_name_column_may_be_written_without_a_list() -> None:
    """`name: full name` is a list of one."""
    text = WORKSPACE_TEXT.replace("  id: number", "  id: number\n  name: full name")
    made, _ = read_workspace(tree_of(text))
    assert made.contract.name_columns == ("full name",)


@pytest.mark.parametrize("source", ["{file: a.csv}", "{file: a.csv, role: mentor, role_column: role}"])
def test_a_source_says_the_role_in_one_way(source: str) -> None:
    """Neither none nor two."""
    _, found = read_workspace(tree_of(WORKSPACE_TEXT.replace("{file: people.csv, role_column: role}", source)))
    assert [(d.code, d.place.path if d.place else ()) for d in found] == [("MC1107", ("roster", "sources", 0))]
    assert found[0].place is not None
    assert found[0].place.document == WORKSPACE


# -- the program -------------------------------------------------------------------------------------------------------


def test_the_smallest_program_has_these_defaults() -> None:
    """What is left out means what the schema says it means."""
    made = clean()
    assert made.timezone == "Europe/Berlin"
    assert made.model == Model(
        type=ModelType.ONE_ON_ONE, mentors=MentorType.CAREER, relation=Relation.MENTORING, delivery=Delivery.HYBRID
    )
    assert (made.sponsor, made.meetings) == (None, None)
    assert (made.modules, made.events, made.check_ins, made.purpose.objectives) == ((), (), (), ())
    assert (made.mentor.conditions, made.mentor.approval) == ((), "")
    matching = made.matching
    assert matching.require == ()
    assert (matching.mentor_capacity, matching.mentee_capacity) == (Capacity(at_most=1), Capacity(at_most=1))
    assert matching.objective == (ObjectiveTerm.COVER_MENTEES, ObjectiveTerm.TOTAL_SCORE)
    assert (matching.keep_existing, matching.unmatched) == (KeepExisting.STRONG, Unmatched.WAITLIST)


def test_purpose_and_sponsor() -> None:
    """Objectives keep their order; the sponsor is a role with commitments."""
    made = clean("""\
purpose:
  kind: career-growth
  statement: Grow.
  objectives:
    - {id: b, measure: promotions, baseline: 12%, target: 18%, due: {at: matching.end}}
    - {id: a, measure: stay, target: 90%}
sponsor: {role: CFO, commits: [opens, closes]}
""")
    due = Moment(when=When.AT, anchor=Anchor(of="matching", edge="end"))
    assert made.purpose.objectives == (
        Objective(id="b", measure="promotions", baseline="12%", target="18%", due=due),
        Objective(id="a", measure="stay", target="90%"),
    )
    assert made.sponsor == Sponsor(role="CFO", commits=("opens", "closes"))


def test_eligibility_is_a_list_of_conditions() -> None:
    """Each word of each field is one condition; the approval is none."""
    made = clean("""\
eligibility:
  mentor: {approval: manager, level: {at_least: senior, below: lead}, site: {one_of: [Berlin, 7, true]}}
  mentee: {remote: {is: true}}
""")
    assert made.mentor.approval == "manager"
    assert made.mentor.conditions == (
        Condition(field="level", comparison=Comparison.AT_LEAST, values=("senior",)),
        Condition(field="level", comparison=Comparison.BELOW, values=("lead",)),
        Condition(field="site", comparison=Comparison.ONE_OF, values=("Berlin", 7, True)),
    )
    assert made.mentee.conditions == (Condition(field="remote", comparison=Comparison.IS, values=(True,)),)


def test_timeline_and_cohorts() -> None:
    """Phases keep their order and their start, cohorts theirs."""
    made = clean("""\
timeline: {phases: [{id: b, lasts: 2w}, {id: a, start: 2027-03-01, lasts: 6mo}]}
cohorts: {late: {start: 2028-02-29}, early: {start: 2027-01-11}}
""")
    assert made.phases == (
        Phase(id="b", lasts=Duration(weeks=2)),
        Phase(id="a", lasts=Duration(months=6), start=date(2027, 3, 1)),
    )
    assert made.cohorts == (Cohort(id="late", start=date(2028, 2, 29)), Cohort(id="early", start=date(2027, 1, 11)))


def test_training_modules() -> None:
    """A title is made of the id when there is none."""
    made = clean("""\
training:
  modules:
    mentor_basics: {for: mentor, format: self-paced, takes: 50min, required: true, due: {before: matching.start, by: 3d}}
    bias: {title: About bias, for: both, format: live, takes: 90min, seats: 25, after: [mentor_basics]}
""")
    due = Moment(when=When.BEFORE, anchor=Anchor(of="matching", edge="start"), by=Duration(days=3))
    assert made.modules == (
        Module(
            id="mentor_basics",
            title="Mentor basics",
            audience=Audience.MENTOR,
            format=Format.SELF_PACED,
            takes=Duration(minutes=50),
            required=True,
            due=due,
        ),
        Module(
            id="bias",
            title="About bias",
            audience=Audience.BOTH,
            format=Format.LIVE,
            takes=Duration(minutes=90),
            seats=25,
            after=("mentor_basics",),
        ),
    )


def test_meetings_events_and_check_ins() -> None:
    """Hours become quarter hours; what is left out has defaults."""
    made = clean("""\
meetings: {every: 2w, lasts: 45min, at_least: 5, hours: "08:30-24:00", per_week: 1, channel: video, agendas: [a, b]}
events: {kick_off: {at: matching.start, lasts: 2h, for: mentor}}
check_ins: {pulse: {at: [{after: match.accepted, by: 30d}, {at: matching.end}], every: 60d, asks: [b, a], for: mentee}}
""")
    assert made.meetings == Meetings(
        every=Duration(weeks=2),
        lasts=Duration(minutes=45),
        at_least=5,
        hours=(34, 96),
        per_week=1,
        channel="video",
        agendas=("a", "b"),
    )
    start = Moment(when=When.AT, anchor=Anchor(of="matching", edge="start"))
    assert made.events == (
        Event(
            id="kick_off",
            title="Kick off",
            format="call",
            at=start,
            lasts=Duration(minutes=120),
            audience=Audience.MENTOR,
        ),
    )
    assert made.check_ins == (
        CheckIn(
            id="pulse",
            audience=Audience.MENTEE,
            asks=("b", "a"),
            every=Duration(days=60),
            at=(
                Moment(when=When.AFTER, anchor=Anchor(of="match", edge="accepted"), by=Duration(days=30)),
                Moment(when=When.AT, anchor=Anchor(of="matching", edge="end")),
            ),
        ),
    )
    few = clean("meetings: {lasts: 60min, at_least: 1}").meetings
    assert few == Meetings(every=None, lasts=Duration(minutes=60), at_least=1, hours=(36, 68), per_week=3)


@pytest.mark.parametrize(
    ("text", "mentor", "mentee"),
    [
        ("{mentor: {max: 3}}", Capacity(at_most=3), Capacity(at_most=1)),
        ("{mentee: {exactly: 2}}", Capacity(at_most=1), Capacity(at_most=2)),
        (
            "{mentor: {max: {field: places, at_most: 4}}}",
            Capacity(at_most=4, field="places", missing=1),
            Capacity(at_most=1),
        ),
        (
            "{mentee: {max: {field: places, at_most: 4, missing: 0}}}",
            Capacity(at_most=1),
            Capacity(at_most=4, field="places", missing=0),
        ),
    ],
)
def test_capacities(text: str, mentor: Capacity, mentee: Capacity) -> None:
    """A number, or a field with a ceiling and a number for blanks."""
    matching = clean(f"matching: {{prefer: [{{id: near, same: site, points: 1}}], capacity: {text}}}").matching
    assert (matching.mentor_capacity, matching.mentee_capacity) == (mentor, mentee)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("quality_first", (ObjectiveTerm.TOTAL_SCORE, ObjectiveTerm.COVER_MENTEES)),
        ("coverage_first", (ObjectiveTerm.COVER_MENTEES, ObjectiveTerm.TOTAL_SCORE)),
        ("[cover_mentors]", (ObjectiveTerm.COVER_MENTORS,)),
    ],
)
def test_objectives(text: str, terms: tuple[ObjectiveTerm, ...]) -> None:
    """A preset stands for its list."""
    assert (
        clean(f"matching: {{prefer: [{{id: near, same: site, points: 1}}], objective: {text}}}").matching.objective
        == terms
    )


PREDICATES: tuple[tuple[str, Predicate], ...] = (
    ("same: site", Same(fields=SITE)),
    ("different: {mentee: a, mentor: b}", Different(fields=FieldPair(mentee="a", mentor="b"))),
    ("overlap: site", Overlap(fields=SITE)),
    ("overlap: {mentee: a, mentor: b, min: 3}", Overlap(fields=FieldPair(mentee="a", mentor="b"), at_least=3)),
    ("gap: {field: level, mentor_above: {min: 1, max: 2}}", Gap(fields=LEVEL, low=1, high=2)),
    ("gap: {field: level, mentor_above: {max: 2}}", Gap(fields=LEVEL, low=0, high=2)),
    ("gap: {field: level, mentor_above: {min: 2}}", Gap(fields=LEVEL, low=2)),
    ("gap: {field: level, mentor_below: {min: 1, max: 2}}", Gap(fields=LEVEL, low=-2, high=-1)),
    ("gap: {field: level, mentor_below: {max: 2}}", Gap(fields=LEVEL, low=-2, high=0)),
    ("gap: {field: level, mentor_below: {min: 2}}", Gap(fields=LEVEL, high=-2)),
    ("gap: {field: level, either_way: {max: 1}}", Gap(fields=LEVEL, low=-1, high=1)),
    (
        "gap: {field: {mentee: a, mentor: b}, mentor_above: {min: 0}}",
        Gap(fields=FieldPair(mentee="a", mentor="b"), low=0),
    ),
    ("reporting_line: chain", ReportingLine(line=Line.CHAIN)),
    ("timezone_within: 2h", TimezoneWithin(minutes=120)),
    ("availability_overlap: {min: 90min}", AvailabilityOverlap(minutes=90)),
    ("rank: {by: mentor, field: wishes}", Rank(by=Role.MENTOR, field="wishes")),
    ("not: {not: {same: site}}", Not(of=Not(of=Same(fields=SITE)))),
)


@pytest.mark.parametrize(("text", "predicate"), PREDICATES)
def test_predicates(text: str, predicate: Predicate) -> None:
    """Every predicate with its ways of writing, as a hard rule."""
    rule = f"{{id: rule, {text}, because: reasons, missing: passes}}"
    made = clean(f"matching: {{prefer: [{{id: near, same: site, points: 1}}], require: [{rule}]}}")
    assert made.matching.require == (
        PairRule(id="rule", predicate=predicate, because="reasons", missing=Missing.PASSES),
    )


SCORES: tuple[tuple[str, Score], ...] = (
    ("points: 10", Points(points=10)), ("points: -3", Points(points=-3)), ("weight: high", Points(points=5)),
    ("weight: medium", Points(points=3)), ("weight: low", Points(points=1)), ("points_each: 5", PointsEach(points=5)),
    ("points_each: 5, at_most: 3", PointsEach(points=5, cap=3)), ("points: [3, 2, 1]", PointsByRank(points=(3, 2, 1))),
    ("points: {2: 12, 1: 9, -1: 4}", PointsByGap(table=((-1, 4), (1, 9), (2, 12)))),
)  # fmt: skip


@pytest.mark.parametrize(("text", "score"), SCORES)
def test_scores(text: str, score: Score) -> None:
    """Every way of giving points."""
    assert clean(f"matching: {{prefer: [{{id: near, same: site, {text}}}]}}").matching.prefer[0].score == score


# -- what reading finds ------------------------------------------------------------------------------------------------

FOUND: tuple[tuple[str, list[tuple[str, str]]], ...] = (
    ("timezone: Mars/Olympus", [("MC2010", "timezone")]),
    ("cohorts: {spring: {start: 2027-02-29}}", [("MC2009", "cohorts.spring.start")]),
    ("cohorts: {spring: {start: 1969-12-31}}", [("MC2009", "cohorts.spring.start")]),
    ("cohorts: {spring: {start: 2201-01-01}}", [("MC2009", "cohorts.spring.start")]),
    ("timeline: {phases: [{id: a, lasts: 0d, start: 2027-13-01}]}",
     [("MC1105", "timeline.phases.0.lasts"), ("MC2009", "timeline.phases.0.start")]),
    ("training: {modules: {a: {for: both, format: live, takes: 50min}}}", [("MC1105", "training.modules.a.takes")]),
    ("training: {modules: {a: {for: both, format: live, takes: 1h, due: {at: x.start, by: 1d}}}}", [("MC1107", "training.modules.a.due")]),
    ("training: {modules: {a: {for: both, format: live, takes: 1h, due: {by: 1d}}}}", [("MC1107", "training.modules.a.due")]),
    ('meetings: {lasts: 20min, at_least: 1, hours: "09:00-09:00"}', [("MC1105", "meetings.lasts"), ("MC2009", "meetings.hours")]),
    ("events: {e: {at: a.start, lasts: 0h}}", [("MC1105", "events.e.lasts")]),
    ("check_ins: {c: {at: [{at: a.start}, {after: a.start, on: 2027-03-01}], asks: [x]}}", [("MC1107", "check_ins.c.at.1")]),
    ("matching: {prefer: [{id: near, points: 1}]}", [("MC2015", "matching.prefer.0")]),
    ("matching: {prefer: [{id: near, same: a, rank: {by: mentee, field: b}}]}",
     [("MC1107", "matching.prefer.0"), ("MC2015", "matching.prefer.0")]),
    ("matching: {require: [{id: a, not: {not: {}}}], prefer: [{id: b, same: c, points: 1}]}", [("MC2015", "matching.require.0.not.not")]),
    ("matching: {require: [{id: a, timezone_within: 0min}], prefer: [{id: b, same: c, points: 1}]}",
     [("MC1105", "matching.require.0.timezone_within")]),
    ("matching: {require: [{id: a, gap: {field: l, mentor_above: {min: 2, max: 1}}}], prefer: [{id: b, same: c, points: 1}]}",
     [("MC1106", "matching.require.0.gap.mentor_above")]),
)  # fmt: skip


@pytest.mark.parametrize(("text", "found"), FOUND)
def test_what_cannot_be_built_is_found_at_its_place(text: str, found: list[tuple[str, str]]) -> None:
    """All of it in one go, each at the value."""
    assert sorted(findings_of(text)) == sorted(found)


def test_a_near_miss_of_a_time_zone_is_guessed() -> None:
    """The database is searched for what was meant."""
    _, found = program("timezone: Europe/Berln")
    assert found[0].help == "did you mean `Europe/Berlin`?"


def test_every_finding_says_what_to_write() -> None:
    """The sentence or its help shows how it should look."""
    for text, _ in FOUND:
        for d in program(text)[1]:
            assert "`" in d.detail or d.help
