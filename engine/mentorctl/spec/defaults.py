"""The rules that a mentoring model brings along.

Every shipped default is a listed rule with an id; a rule of the program replaces it by the same id.
"""

from dataclasses import replace

from mentorctl.rules.fields import Contract, Field, FieldType
from mentorctl.rules.pairs import FieldPair, Gap, Line, Not, Origin, PairRule, ReportingLine
from mentorctl.spec.model import MentorType, ModelType, Program


def with_model_rules(program: Program, contract: Contract) -> Program:
    """The program with the default hard rules of its model in front of its own."""
    own = {rule.id for rule in program.matching.require}
    defaults = tuple(rule for rule in model_rules(program, contract) if rule.id not in own)
    return replace(program, matching=replace(program.matching, require=defaults + program.matching.require))


def model_rules(program: Program, contract: Contract) -> tuple[PairRule, ...]:
    """The defaults that the contract's fields allow: no reporting line, and the level gap of the model."""
    rules = []
    if any(f.type is FieldType.PERSON and f.id == "manager" for f in contract.fields):
        rules.append(
            PairRule(
                id="no_reporting_line",
                predicate=Not(of=ReportingLine(line=Line.CHAIN)),
                origin=Origin.MODEL,
                because="a mentor does not evaluate the mentee",
            )
        )
    level = _level_of_both(contract)
    if level and program.model.mentors is not MentorType.PEER:
        rules.append(
            PairRule(
                id="level_gap",
                predicate=_gap(program.model.type, level.id),
                origin=Origin.MODEL,
                because="in this model the mentor is less senior than the mentee"
                if program.model.type is ModelType.REVERSE
                else "in this model the mentor is more senior than the mentee",
            )
        )
    return tuple(rules)


def _gap(model: ModelType, field: str) -> Gap:
    fields = FieldPair(mentee=field, mentor=field)
    return Gap(fields=fields, high=-1) if model is ModelType.REVERSE else Gap(fields=fields, low=1)


def _level_of_both(contract: Contract) -> Field | None:
    """The contract's level field, when there is exactly one that everybody answers."""
    levels = [f for f in contract.fields if f.type is FieldType.LEVEL and f.answered_by.value == "both"]
    return levels[0] if len(levels) == 1 else None
