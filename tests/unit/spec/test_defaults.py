"""The rules that a model brings along, and how a program replaces them."""

from dataclasses import replace

import pytest

from mentorctl.rules.fields import Audience, Contract, Field, FieldType
from mentorctl.rules.pairs import FieldPair, Gap, Not, Origin, PairRule, ReportingLine, Same, TimezoneWithin
from mentorctl.spec.defaults import as_written, model_rules, with_model_rules
from mentorctl.spec.model import MentorType, Model, ModelType, Program
from mentorctl.spec.read_rules import read_hard_rules
from mentorctl.spec.reading import Findings

from .test_checks import load

MANAGER = Field(id="manager", type=FieldType.PERSON, column="manager")
LEVEL = Field(id="level", type=FieldType.LEVEL, column="level", scale=("junior", "senior"))
TEAM = Field(id="team", type=FieldType.SINGLE, column="team")
DEPARTMENT = replace(TEAM, id="department")
ZONE = Field(id="timezone", type=FieldType.TIMEZONE, column="timezone")
BOTH = FieldPair(mentee="level", mentor="level")


def program_of(model: ModelType = ModelType.ONE_ON_ONE, mentors: MentorType = MentorType.CAREER) -> Program:
    """The plain program without rules, with another model."""
    program = load().programs[0].program
    return replace(program, model=Model(type=model, mentors=mentors), matching=replace(program.matching, require=()))


def contract_of(*fields: Field) -> Contract:
    """A contract of these fields."""
    return Contract(sources=(), id_column="id", name_columns=(), fields=fields, facts=())


@pytest.mark.parametrize(
    ("model", "mentors", "fields", "ids"),
    [
        (ModelType.ONE_ON_ONE, MentorType.CAREER, (MANAGER, LEVEL), ["no_reporting_line", "level_gap"]),
        (ModelType.ONE_ON_ONE, MentorType.LIFE, (MANAGER, LEVEL), ["no_reporting_line"]),
        (ModelType.ONE_ON_ONE, MentorType.PEER, (MANAGER, LEVEL), ["no_reporting_line", "similar_level"]),
        (ModelType.PEER, MentorType.PEER, (MANAGER, LEVEL), ["no_reporting_line", "similar_level"]),
        (ModelType.PEER, MentorType.LIFE, (LEVEL, TEAM, DEPARTMENT), ["similar_level", "other_team"]),
        (ModelType.PEER, MentorType.PEER, (DEPARTMENT,), ["other_team"]),
        (ModelType.PEER, MentorType.PEER, (replace(TEAM, answered_by=Audience.MENTEE),), []),
        (ModelType.PEER, MentorType.PEER, (replace(TEAM, used_in_matching=False),), []),
        (ModelType.PEER, MentorType.PEER, (replace(TEAM, type=FieldType.MULTIPLE),), []),
        (ModelType.ONE_ON_ONE, MentorType.CAREER, (TEAM, ZONE), []),
        (ModelType.VIRTUAL, MentorType.CAREER, (LEVEL, ZONE), ["level_gap", "timezone_close"]),
        (ModelType.VIRTUAL, MentorType.CAREER, (replace(ZONE, type=FieldType.TEXT),), []),
        (ModelType.VIRTUAL, MentorType.LIFE, (TEAM,), []),
        (ModelType.GROUP, MentorType.CAREER, (MANAGER, LEVEL), ["no_reporting_line", "level_gap"]),
        (ModelType.TEAM, MentorType.LIFE, (MANAGER, LEVEL), ["no_reporting_line"]),
        (ModelType.FLASH, MentorType.PEER, (LEVEL,), ["similar_level"]),
        (ModelType.MOSAIC, MentorType.CAREER, (LEVEL,), ["level_gap"]),
        (ModelType.FUNCTIONAL, MentorType.CAREER, (MANAGER,), ["no_reporting_line"]),
        (ModelType.ONE_ON_ONE, MentorType.CAREER, (replace(LEVEL, used_in_matching=False),), []),
        (ModelType.REVERSE, MentorType.REVERSE_CAREER, (MANAGER, LEVEL), ["no_reporting_line", "level_gap"]),
        (ModelType.ONE_ON_ONE, MentorType.CAREER, (LEVEL,), ["level_gap"]),
        (ModelType.ONE_ON_ONE, MentorType.CAREER, (MANAGER,), ["no_reporting_line"]),
        (ModelType.ONE_ON_ONE, MentorType.CAREER, (), []),
        (ModelType.ONE_ON_ONE, MentorType.CAREER, (LEVEL, replace(LEVEL, id="other")), []),
        (ModelType.ONE_ON_ONE, MentorType.CAREER, (replace(LEVEL, answered_by=Audience.MENTOR), LEVEL), ["level_gap"]),
        (ModelType.ONE_ON_ONE, MentorType.CAREER, (replace(MANAGER, id="boss"),), []),
        (ModelType.ONE_ON_ONE, MentorType.CAREER, (replace(MANAGER, type=FieldType.TEXT),), []),
    ],
)
def test_a_model_brings_the_rules_that_the_contract_allows(
    model: ModelType, mentors: MentorType, fields: tuple[Field, ...], ids: list[str]
) -> None:
    """Lines where managers are known, levels by the type of mentors where everybody has one, and the model's own."""
    rules = model_rules(program_of(model, mentors), contract_of(*fields))
    assert [rule.id for rule in rules] == ids
    assert all(rule.origin is Origin.MODEL and rule.because and rule.score is None for rule in rules)


@pytest.mark.parametrize(
    ("model", "mentors", "low", "high"),
    [
        (ModelType.ONE_ON_ONE, MentorType.CAREER, 1, None),
        (ModelType.REVERSE, MentorType.REVERSE_CAREER, None, -1),
        (ModelType.GROUP, MentorType.PEER, -1, 1),
        (ModelType.PEER, MentorType.LIFE, -1, 1),
    ],
)
def test_the_type_of_mentors_says_where_they_stand(
    model: ModelType, mentors: MentorType, low: int | None, high: int | None
) -> None:
    """Career mentors stand above the mentee, reverse-career mentors below, peers at most one step apart."""
    predicate = model_rules(program_of(model, mentors), contract_of(LEVEL))[0].predicate
    assert isinstance(predicate, Gap)
    assert (predicate.low, predicate.high) == (low, high)


def test_a_level_of_peers_is_answered_by_peers() -> None:
    """What only mentors and mentees answer is no level of peers, and the other way round."""
    of_both, of_peers = replace(LEVEL, answered_by=Audience.BOTH), replace(LEVEL, answered_by=Audience.PEER)
    peer, pairs = program_of(ModelType.PEER, MentorType.PEER), program_of()
    assert [bool(model_rules(peer, contract_of(field))) for field in (of_both, of_peers)] == [False, True]
    assert [bool(model_rules(pairs, contract_of(field))) for field in (of_both, of_peers)] == [True, False]


def test_pairs_at_a_distance_have_close_clocks() -> None:
    """Four hours leave half a working day in common."""
    (rule,) = model_rules(program_of(ModelType.VIRTUAL), contract_of(ZONE))
    assert rule.predicate == TimezoneWithin(minutes=240)


def test_the_reporting_line_is_the_whole_chain() -> None:
    """Not only the direct manager evaluates."""
    predicate = model_rules(program_of(), contract_of(MANAGER))[0].predicate
    assert isinstance(predicate, Not)
    assert isinstance(predicate.of, ReportingLine)
    assert predicate.of.line == "chain"


def test_a_rule_of_the_same_id_replaces_the_default() -> None:
    """Only the default of that id is replaced; own rules follow the others in their order."""
    program, contract = program_of(), contract_of(MANAGER, LEVEL)
    own = tuple(PairRule(id=name, predicate=Gap(fields=BOTH, low=0)) for name in ("own", "level_gap", "another"))
    complete = with_model_rules(replace(program, matching=replace(program.matching, require=own)), contract)
    assert [(r.id, r.origin) for r in complete.matching.require] == [
        ("no_reporting_line", Origin.MODEL),
        ("own", Origin.PROGRAM),
        ("level_gap", Origin.PROGRAM),
        ("another", Origin.PROGRAM),
    ]


def test_a_soft_rule_of_the_same_id_replaces_nothing() -> None:
    """Hard and soft rules do not stand in for each other."""
    program, contract = program_of(), contract_of(LEVEL)
    soft = PairRule(id="level_gap", predicate=Same(fields=BOTH))
    complete = with_model_rules(replace(program, matching=replace(program.matching, prefer=(soft,))), contract)
    assert [rule.id for rule in complete.matching.require] == ["level_gap"]


@pytest.mark.parametrize(
    ("model", "mentors"),
    [
        (ModelType.ONE_ON_ONE, MentorType.CAREER),
        (ModelType.REVERSE, MentorType.REVERSE_CAREER),
        (ModelType.PEER, MentorType.PEER),
        (ModelType.VIRTUAL, MentorType.CAREER),
    ],
)
def test_a_default_in_the_words_of_a_program_is_that_rule(model: ModelType, mentors: MentorType) -> None:
    """What is shown for a default can be written into a program, and means the same there."""
    contract = contract_of(MANAGER, LEVEL, DEPARTMENT, ZONE)
    found = Findings("p")
    rules = model_rules(program_of(model, mentors), contract)
    assert len(rules) > 1
    written = [{"id": rule.id, **as_written(rule.predicate)} for rule in rules]
    read = read_hard_rules(written, found, peers=model is ModelType.PEER)
    assert [rule.predicate for rule in read] == [rule.predicate for rule in rules]
    assert not found.found
