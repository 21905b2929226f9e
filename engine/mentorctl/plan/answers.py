"""Rules that compare what nobody on one side has answered, so that they hold for no pair or for all."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mentorctl.diagnostics import Diagnostic, finding
from mentorctl.optimize.ground import Indices
from mentorctl.optimize.shapes.case import ShapeCase
from mentorctl.roster.people import CodeColumn, Column, NumberColumn, PersonColumn, RankColumn, SetColumn, WeekColumn
from mentorctl.rules.fields import Role
from mentorctl.rules.pairs import (
    AvailabilityOverlap,
    Contains,
    Different,
    Gap,
    Not,
    Overlap,
    Predicate,
    Rank,
    Same,
    TimezoneWithin,
    ValueMatrix,
)
from mentorctl.spec.model import Program
from mentorctl.spec.rule_paths import at, rules_with_paths


def unanswered(program: Program, case: ShapeCase) -> Iterator[Diagnostic]:
    """A finding for each rule that reads a field which nobody in one role has answered."""
    sides = {Role.MENTEE: case.mentees, Role.MENTOR: case.mentors}
    if not len(case.mentees) or not len(case.mentors):
        return
    for rule, path in rules_with_paths(program):
        for role, field in dict.fromkeys(_reads(rule.predicate)):
            column = case.ground.roster.columns.get(field)
            if column is None or _answered(column, sides[role]).any():
                continue
            who = "peer" if case.ground.peers else role.value
            yield finding(
                "MC5023",
                f"`{rule.id}` compares `{field}`, which none of the {len(sides[role])} {who}s has answered",
                help="ask for it, choose another field, or take the rule out",
                place=at(program, path),
            )


def _reads(predicate: Predicate) -> Iterator[tuple[Role, str]]:
    """The fields of each side that a predicate compares; a ranking is read of one side only."""
    match predicate:
        case Not(of=inner):
            yield from _reads(inner)
        case (
            Same(fields=fields)
            | Different(fields=fields)
            | Overlap(fields=fields)
            | Contains(fields=fields)
            | ValueMatrix(fields=fields)
            | Gap(fields=fields)
        ):
            yield Role.MENTEE, fields.mentee
            yield Role.MENTOR, fields.mentor
        case TimezoneWithin(field=field) | AvailabilityOverlap(field=field):
            yield Role.MENTEE, field
            yield Role.MENTOR, field
        case Rank(by=by, field=field):
            yield Role.MENTOR if by is Role.MENTOR else Role.MENTEE, field
        case _:
            return


def _answered(column: Column, people: Indices) -> NDArray[np.bool_]:
    """Who of some people has answered a field; texts are never compared."""
    if isinstance(column, CodeColumn):
        return column.codes[people] >= 0
    if isinstance(column, SetColumn):
        return np.asarray(column.words[people].any(axis=1))
    if isinstance(column, NumberColumn):
        return ~np.isnan(column.values[people])
    if isinstance(column, PersonColumn):
        return column.people[people] >= 0
    if isinstance(column, WeekColumn):
        return column.known[people]
    if isinstance(column, RankColumn):
        return np.diff(column.starts)[people] > 0
    return np.ones(len(people), np.bool_)
