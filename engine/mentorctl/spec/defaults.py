"""The rules that a mentoring model and its type of mentors bring along.

Every shipped default is a listed rule with an id; a rule of the program replaces it by the same id. Types of mentors
bring the level rules, models the others; docs/language_notes.md has the table.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from mentorctl.rules.fields import Contract, Field, FieldType, Role
from mentorctl.rules.pairs import (
    Different,
    FieldPair,
    Gap,
    Line,
    Not,
    Origin,
    PairRule,
    Predicate,
    ReportingLine,
    TimezoneWithin,
)
from mentorctl.spec.model import MentorType, ModelType, Program

_CLOSE = 4 * 60  # minutes between the clocks of two people who never meet in a room
_TEAMS = ("team", "department")  # the narrower one first


def with_model_rules(program: Program, contract: Contract) -> Program:
    """The program with the default hard rules of its model in front of its own."""
    own = {rule.id for rule in program.matching.require}
    defaults = tuple(rule for rule in model_rules(program, contract) if rule.id not in own)
    return replace(program, matching=replace(program.matching, require=defaults + program.matching.require))


def model_rules(program: Program, contract: Contract) -> tuple[PairRule, ...]:
    """The defaults of a program that the contract's fields allow, in the order in which they are listed."""
    return (
        *_of_reporting_lines(contract),
        *_of_mentors(program, contract),
        *_of_peers(program, contract),
        *_of_distance(program, contract),
    )


def as_written(predicate: Predicate) -> dict[str, Any]:
    """The predicate of a default rule in the words of the language, as a program would write it.

    Raises `ValueError` for predicates that no model brings.
    """
    match predicate:
        case Not(of=ReportingLine(line=line)):
            return {"not": {"reporting_line": line.value}}
        case Gap(fields=fields, low=int(low), high=None):
            return {"gap": {"field": fields.mentee, "mentor_above": {"min": low}}}
        case Gap(fields=fields, low=None, high=int(high)):
            return {"gap": {"field": fields.mentee, "mentor_below": {"min": -high}}}
        case Gap(fields=fields, high=int(high)):
            return {"gap": {"field": fields.mentee, "either_way": {"max": high}}}
        case Different(fields=fields):
            return {"different": fields.mentee}
        case TimezoneWithin(minutes=minutes):
            return {"timezone_within": f"{minutes // 60}h"}
        case _:
            raise ValueError(f"no model brings a {type(predicate).__name__}")


def _of_reporting_lines(contract: Contract) -> Iterator[PairRule]:
    """Every model: no reporting line, where the roster says who manages whom."""
    if _is(contract.field("manager"), FieldType.PERSON):
        yield _rule(
            "no_reporting_line", Not(of=ReportingLine(line=Line.CHAIN)), "a mentor does not evaluate the mentee"
        )


def _of_mentors(program: Program, contract: Contract) -> Iterator[PairRule]:
    """Career mentors stand above the mentee, reverse-career mentors below, peers beside; life mentors anywhere."""
    level = _level_of_all(contract, program.roles)
    if level is None:
        return
    fields = FieldPair(mentee=level.id, mentor=level.id)
    if program.model.type is ModelType.PEER or program.model.mentors is MentorType.PEER:
        yield _rule("similar_level", Gap(fields=fields, low=-1, high=1), "peers are at most one step apart")
    elif program.model.mentors is MentorType.CAREER:
        yield _rule("level_gap", Gap(fields=fields, low=1), "a career mentor is more senior than the mentee")
    elif program.model.mentors is MentorType.REVERSE_CAREER:
        yield _rule("level_gap", Gap(fields=fields, high=-1), "a reverse mentor is less senior than the mentee")


def _of_peers(program: Program, contract: Contract) -> Iterator[PairRule]:
    """The model peer: people of another team, or of another department where teams are not known."""
    if program.model.type is not ModelType.PEER:
        return
    for name in _TEAMS:
        field = contract.field(name)
        if field and field.type is FieldType.SINGLE and _serves(field, program.roles):
            fields = FieldPair(mentee=name, mentor=name)
            yield _rule("other_team", Different(fields=fields), f"peers of one {name} know each other already")
            return


def _of_distance(program: Program, contract: Contract) -> Iterator[PairRule]:
    """The model virtual: clocks that leave working hours in common."""
    if program.model.type is ModelType.VIRTUAL and _is(contract.field("timezone"), FieldType.TIMEZONE):
        yield _rule("timezone_close", TimezoneWithin(minutes=_CLOSE), "people who never meet need hours in common")


def _rule(name: str, predicate: Predicate, because: str) -> PairRule:
    return PairRule(id=name, predicate=predicate, origin=Origin.MODEL, because=because)


def _is(field: Field | None, kind: FieldType) -> bool:
    return field is not None and field.type is kind


def _serves(field: Field, roles: Iterable[Role]) -> bool:
    """Whether everybody in these roles answers a field, and rules may read it."""
    return field.used_in_matching and all(field.answered_by.includes(role) for role in roles)


def _level_of_all(contract: Contract, roles: Iterable[Role]) -> Field | None:
    """The contract's level field, when there is exactly one that everybody answers."""
    roles = tuple(roles)
    levels = [field for field in contract.fields if field.type is FieldType.LEVEL and _serves(field, roles)]
    return levels[0] if len(levels) == 1 else None
