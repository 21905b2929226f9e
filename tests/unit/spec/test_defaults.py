"""The rules that a model brings along, and how a program replaces them."""

from dataclasses import replace

import pytest

from mentorctl.rules.fields import Audience, Contract, Field, FieldType
from mentorctl.rules.pairs import FieldPair, Gap, Not, Origin, PairRule, ReportingLine, Same
from mentorctl.spec.defaults import model_rules, with_model_rules
from mentorctl.spec.model import MentorType, Model, ModelType, Program

from .test_checks import load

MANAGER = Field(id="manager", type=FieldType.PERSON, column="manager")
LEVEL = Field(id="level", type=FieldType.LEVEL, column="level", scale=("junior", "senior"))
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
        (ModelType.ONE_ON_ONE, MentorType.LIFE, (MANAGER, LEVEL), ["no_reporting_line", "level_gap"]),
        (ModelType.ONE_ON_ONE, MentorType.PEER, (MANAGER, LEVEL), ["no_reporting_line"]),
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
    """No reporting line where managers are known; a level gap where there is exactly one level of both roles."""
    rules = model_rules(program_of(model, mentors), contract_of(*fields))
    assert [rule.id for rule in rules] == ids
    assert all(rule.origin is Origin.MODEL and rule.because and rule.score is None for rule in rules)


def test_reverse_turns_the_sign() -> None:
    """One-on-one asks for a mentor above the mentee, reverse for one below."""
    contract = contract_of(LEVEL)
    up, down = (
        model_rules(program_of(model), contract)[0].predicate for model in (ModelType.ONE_ON_ONE, ModelType.REVERSE)
    )
    assert isinstance(up, Gap)
    assert isinstance(down, Gap)
    assert (up.low, up.high) == (1, None)
    assert (down.low, down.high) == (None, -1)


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
