"""Checks that matching rules, and decisions about pairs, leave something to match."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from mentorctl.diagnostics import Diagnostic, FieldPath, Related, finding
from mentorctl.rules.fields import Contract, FieldType
from mentorctl.rules.pairs import (
    MOST_POINTS,
    Ago,
    AvailabilityOverlap,
    Contains,
    Different,
    FieldPair,
    Gap,
    Line,
    MetBefore,
    Not,
    Of,
    Origin,
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
    Score,
    TimezoneWithin,
    ValueMatrix,
    Verdict,
    Ways,
)
from mentorctl.spec.model import Program
from mentorctl.spec.rule_paths import all_hard_rules, all_soft_rules, at, matches_peers

_MODEL: FieldPath = ("model", "type")


def hard_rules_agree(program: Program, contract: Contract) -> Iterator[Diagnostic]:
    """No two hard rules exclude each other for every pair."""
    for (one, one_path), (two, two_path) in combinations(all_hard_rules(program), 2):
        if _clash(contract, one, two):
            yield finding(
                "MC2013",
                f"`{one.id}` and `{two.id}` can never both hold",
                help="remove one of them, or make one a soft rule under `prefer`",
                place=at(program, two_path),
                related=(_other(program, one, one_path),),
            )


def soft_rules_can_hold(program: Program, contract: Contract) -> Iterator[Diagnostic]:
    """No soft rule waits for pairs that a hard rule, which cannot be relaxed, rules out."""
    hard = [(rule, path) for rule, path in all_hard_rules(program) if rule.id not in program.matching.relax]
    for soft, path in all_soft_rules(program):
        for rule, its_path in hard:
            if _clash(contract, rule, soft):
                yield finding(
                    "MC2034",
                    f"`{soft.id}` never holds for a pair that passes `{rule.id}`",
                    help="remove it, or change one of the two",
                    place=at(program, path),
                    related=(_other(program, rule, its_path),),
                )
                break


def _other(program: Program, rule: PairRule, path: FieldPath) -> Related:
    comes = "comes with the model" if rule.origin is Origin.MODEL else "is here"
    return Related(message=f"`{rule.id}` {comes}", place=at(program, path))


def decisions_agree(program: Program, _contract: Contract) -> Iterator[Diagnostic]:
    """Each pair is named once, and nobody is forced into more matches than they may have."""
    first: dict[tuple[str, ...], int] = {}
    for i, named in enumerate(program.matching.terms.named):
        path: FieldPath = ("matching", "pairs", i)
        pair = (named.mentee, named.mentor)
        key = tuple(sorted(pair)) if matches_peers(program) else pair
        if named.mentee == named.mentor:
            yield finding("MC2032", f"`{named.mentee}` is paired with themselves", place=at(program, path))
        if key in first:
            yield finding(
                "MC2032",
                f"`{pair[0]}` and `{pair[1]}` are named twice",
                help="keep one of the two",
                place=at(program, path),
                related=(Related(message="first named here", place=at(program, ("matching", "pairs", first[key]))),),
            )
        first.setdefault(key, i)
    yield from _forced_beyond_capacity(program)


def _forced_beyond_capacity(program: Program) -> Iterator[Diagnostic]:
    matching = program.matching
    if matches_peers(program) or matching.group or matching.teams or matching.needs:
        return  # their places are not those of single matches
    counts: Counter[tuple[str, str]] = Counter()
    for i, named in enumerate(matching.terms.named):
        if named.verdict is not Verdict.FORCE:
            continue
        sides = (
            ("mentee", named.mentee, matching.mentee_capacity.at_most),
            ("mentor", named.mentor, matching.mentor_capacity.at_most),
        )
        for side, person, most in sides:
            counts[side, person] += 1
            if counts[side, person] > most:
                yield finding(
                    "MC2032",
                    f"`{person}` is forced into {counts[side, person]} matches; a {side} has {most} at most",
                    help="force fewer, or raise the capacity",
                    place=at(program, ("matching", "pairs", i)),
                )


# -- what follows from what --------------------------------------------------------------------------------------------


def _clash(contract: Contract, one: PairRule, two: PairRule) -> bool:
    """Whether two rules can never both hold, as far as the rules themselves tell."""
    if Ways.EITHER in (one.ways, two.ways):
        return False  # each may hold another way round
    (p, p_negated), (q, q_negated) = _plain(one.predicate), _plain(two.predicate)
    if p_negated and q_negated:
        return False
    if q_negated:
        return _implies(p, q)
    if p_negated:
        return _implies(q, p)
    return _excludes(contract, p, q) or _excludes(contract, q, p)


def _plain(predicate: Predicate) -> tuple[Predicate, bool]:
    """A predicate without negation, and whether it was negated."""
    match predicate:
        case Not(of=inner):
            plain, negated = _plain(inner)
            return plain, not negated
        case Different(fields=fields):
            return Same(fields=fields), True
        case ValueMatrix(fields=fields, pairs=pairs, forbid=True):
            return ValueMatrix(fields=fields, pairs=pairs), True
        case _:
            return predicate, False


def _excludes(contract: Contract, one: Predicate, two: Predicate) -> bool:
    match one, two:
        case Gap(), Gap() if one.fields == two.fields:
            low = max((g.low for g in (one, two) if g.low is not None), default=None)
            high = min((g.high for g in (one, two) if g.high is not None), default=None)
            return low is not None and high is not None and low > high
        case Same(), Gap(low=low, high=high) if one.fields == two.fields:
            return (low is not None and low > 0) or (high is not None and high < 0)
        case ValueMatrix(), ValueMatrix() if one.fields == two.fields and _single(contract, one.fields):
            return not _folded(one) & _folded(two)
        case Same(), ValueMatrix() if one.fields == two.fields and _single(contract, one.fields):
            return all(mine != theirs for mine, theirs in _folded(two))
        case _:
            return False


def _implies(one: Predicate, two: Predicate) -> bool:  # noqa: C901 - one case each
    match one, two:
        case Overlap(), Overlap() if one.fields == two.fields:
            share = two.share == 0 or (one.of is two.of and one.share >= two.share)
            return one.at_least >= two.at_least and share
        case Contains(), Overlap() if one.fields == two.fields:
            return two.at_least <= 1 and (two.share == 0 or two.of is Of.MENTEE)
        case Same(), Overlap() if one.fields == two.fields:
            return two.at_least <= 1
        case Gap(), Gap() if one.fields == two.fields:
            return _above(one.low, two.low) and _above(_minus(one.high), _minus(two.high))
        case Same(), Gap(low=low, high=high) if one.fields == two.fields:
            return (low is None or low <= 0) and (high is None or high >= 0)
        case ReportingLine(line=Line.DIRECT), ReportingLine(line=Line.CHAIN):
            return True
        case TimezoneWithin(), TimezoneWithin():
            return one.minutes <= two.minutes
        case AvailabilityOverlap(), AvailabilityOverlap():
            return max(one.minutes, one.block) >= two.minutes and one.block >= two.block
        case Rank(), Rank() if (one.by, one.field) == (two.by, two.field):
            return two.within is None or (one.within is not None and one.within <= two.within)
        case MetBefore(), MetBefore(within=within):
            return within is None or (one.within is not None and _shorter(one.within, within))
        case ValueMatrix(), ValueMatrix() if one.fields == two.fields:
            return _folded(one) <= _folded(two)
        case _:
            return one == two


def _above(low: int | None, other: int | None) -> bool:
    """Whether a lower bound, None for none, is at least another."""
    return other is None or (low is not None and low >= other)


def _minus(bound: int | None) -> int | None:
    return None if bound is None else -bound


def _shorter(one: Ago, two: Ago) -> bool:
    """Whether a time is surely not longer than another; months and days are not compared."""
    return (one.months == 0 and two.months == 0 and one.days <= two.days) or (
        one.days == 0 and two.days == 0 and one.months <= two.months
    )


def _single(contract: Contract, fields: FieldPair) -> bool:
    found = (contract.field(fields.mentee), contract.field(fields.mentor))
    return all(field is not None and field.type is not FieldType.MULTIPLE for field in found)


def _folded(matrix: ValueMatrix) -> set[tuple[str, str]]:
    return {(one.casefold(), two.casefold()) for one, two in matrix.pairs}


# -- the minimum -------------------------------------------------------------------------------------------------------


def minimum_can_be_reached(program: Program, _contract: Contract) -> Iterator[Diagnostic]:
    """The soft rules can give as many points as the minimum asks for."""
    least = program.matching.terms.minimum
    most = sum(most_points(rule, peers=matches_peers(program)) for rule, _ in all_soft_rules(program))
    if least is not None and least > most:
        yield finding(
            "MC2033",
            f"the soft rules give {most} points at most; the minimum is {least}",
            help="lower `minimum_score`, or give more points",
            place=at(program, ("matching", "minimum_score")),
        )


def most_points(rule: PairRule, *, peers: bool) -> int:
    """The most that a soft rule can give, whoever is on the roster."""
    most = max(0, _most(rule.score or Points(points=0)))
    if peers and rule.ways is Ways.BOTH:
        most *= 2
    return most if rule.cap is None else min(most, rule.cap)


def _most(score: Score) -> int:
    match score:
        case Points(points=points) | PointsShare(points=points):
            return points
        case PointsEach(points=points, cap=cap):
            return points * (MOST_POINTS if cap is None else cap)
        case PointsByRank(points=table):
            return max(table)
        case PointsByGap(table=pairs):
            return max(points for _, points in pairs)
        case PointsByValues(table=triples):
            return sum(points for _, _, points in triples if points > 0)
        case PointsFrom() | PointsOutside():
            return MOST_POINTS
        case PointsWaited(at_most=most):
            return MOST_POINTS if most is None else most
