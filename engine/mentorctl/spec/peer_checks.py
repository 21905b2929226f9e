"""Checks of rules that match peers: the two of a pair have no order, so a rule must not depend on one."""

from collections.abc import Iterator

from mentorctl.diagnostics import Diagnostic, finding
from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.scopes import pair_scope
from mentorctl.rules.fields import Contract
from mentorctl.rules.pairs import (
    AvailabilityOverlap,
    Contains,
    DeclinedBefore,
    Different,
    Gap,
    Listed,
    MetBefore,
    Not,
    Of,
    Overlap,
    PairRule,
    Points,
    PointsByGap,
    PointsByRank,
    PointsByValues,
    PointsEach,
    PointsFrom,
    PointsOutside,
    PointsShare,
    PointsWaited,
    Predicate,
    Rank,
    ReportingLine,
    Same,
    Scaling,
    Score,
    ScoredOutside,
    TimezoneWithin,
    ValueMatrix,
    When,
)
from mentorctl.spec.model import Program
from mentorctl.spec.rule_paths import at, matches_peers, rules_with_paths


def peers_have_no_order(program: Program, contract: Contract) -> Iterator[Diagnostic]:
    """A rule that reads differently when the two change places says what then holds."""
    for rule, path in rules_with_paths(program):
        if not matches_peers(program):
            if rule.ways:
                yield finding(
                    "MC2030",
                    "`ways` is for peers, who have no order; here one is the mentor and the other the mentee",
                    help="remove `ways`",
                    place=at(program, (*path, "ways")),
                )
        elif not is_symmetric(rule) and not rule.ways and _is_read(rule.predicate, contract):
            yield finding(
                "MC2031",
                f"`{rule.id}` may hold for `a` and `b` but not for `b` and `a`",
                help="add `ways: both` when it must hold both ways, or `ways: either` when one way is enough",
                place=at(program, path),
            )
        elif is_symmetric(rule) and rule.ways:
            yield finding(
                "MC1107",
                f"`{rule.id}` reads the same both ways, so there is nothing to say about `ways`",
                help="remove `ways`",
                place=at(program, (*path, "ways")),
            )


def _is_read(predicate: Predicate, contract: Contract) -> bool:
    """Whether an expression can be read at all; else that is what is wrong with it."""
    match predicate:
        case Not(of=inner):
            return _is_read(inner, contract)
        case When(text=text):
            return not compile_expression(text, pair_scope(contract, ("a", "b")))[1]
        case _:
            return True


def peers_have_one_scale(program: Program, _contract: Contract) -> Iterator[Diagnostic]:
    """Only candidates of a mentee can be spread over a scale of their own."""
    if matches_peers(program) and program.matching.terms.scaling is Scaling.PER_MENTEE:
        yield finding(
            "MC2030",
            "`per_mentee` needs mentees, and this model matches peers",
            help="write `none` or `max_possible`",
            place=at(program, ("matching", "scaling")),
        )


def is_symmetric(rule: PairRule) -> bool:
    """Whether a rule says the same of b and a as of a and b."""
    return _same_both_ways(rule.predicate) and (rule.score is None or _points_both_ways(rule.score))


def _same_both_ways(predicate: Predicate) -> bool:
    match predicate:
        case Not(of=inner):
            return _same_both_ways(inner)
        case Same(fields=fields) | Different(fields=fields):
            return fields.mentee == fields.mentor
        case Overlap(fields=fields, share=share, of=of):
            return fields.mentee == fields.mentor and (share == 0 or of is Of.UNION)
        case ValueMatrix(fields=fields, pairs=pairs):
            return fields.mentee == fields.mentor and set(pairs) == {(two, one) for one, two in pairs}
        case Gap(fields=fields, low=low, high=high):
            return fields.mentee == fields.mentor and low == (None if high is None else -high)
        case ReportingLine() | TimezoneWithin() | AvailabilityOverlap():
            return True
        case MetBefore() | DeclinedBefore() | Listed() | ScoredOutside():
            return True
        case Contains() | Rank() | When():  # an expression could be either, so its author says
            return False


def _points_both_ways(score: Score) -> bool:
    match score:
        case Points() | PointsEach():
            return True
        case PointsShare(of=of):
            return of is Of.UNION
        case PointsByGap(table=pairs):
            return set(pairs) == {(-gap, points) for gap, points in pairs}
        case PointsByValues(table=triples):
            return set(triples) == {(two, one, points) for one, two, points in triples}
        case PointsByRank() | PointsFrom() | PointsWaited() | PointsOutside():
            return False
