"""What soft rules give, a second time: one pair at a time in plain Python, beside `evaluator`."""

import math
from fractions import Fraction

from mentorctl.optimize.evaluator import (
    both_answers,
    cell,
    gap_of,
    holds_one_way,
    listed_values,
    outside_score,
    place_of,
    whole,
)
from mentorctl.optimize.ground import Ground
from mentorctl.roster.people import CodeColumn
from mentorctl.rules.fields import Role
from mentorctl.rules.pairs import (
    MOST_POINTS,
    FieldPair,
    Gap,
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
    Rank,
    ValueMatrix,
    Ways,
)


def rule_points_of(ground: Ground, rule: PairRule, mentee: int, mentor: int) -> int:
    """What one soft rule gives to one pair."""
    ways = [(mentee, mentor)]
    if ground.peers and rule.ways is not None:
        ways.append((mentor, mentee))
    given = [_given(ground, rule, *way) for way in ways if holds_one_way(ground, rule, *way)]
    if not given or rule.score is None:
        return 0
    points = max(given) if rule.ways is Ways.EITHER else sum(given)
    return points if rule.cap is None else _within(points, rule.cap)


def _given(ground: Ground, rule: PairRule, mentee: int, mentor: int) -> int:  # noqa: C901 - one case each
    """The points of a rule that holds, one way round and without its cap."""
    match rule.score, rule.predicate:
        case None, _:
            return 0
        case Points(points=points), _:
            return points
        case PointsEach() as score, Overlap(fields=fields):
            return _each(ground, score, fields, mentee, mentor)
        case PointsShare(points=points, of=of), Overlap(fields=fields):
            ours, theirs = both_answers(ground, fields, mentee, mentor)
            size = len(whole(ours, theirs, of))
            return nearest(Fraction(points * len(ours & theirs), size)) if size else 0
        case PointsByRank(points=table), Rank() as rank:
            place = place_of(ground.roster, rank, mentee, mentor)
            return table[place] if place is not None and place < len(table) else 0
        case PointsByGap(table=pairs), Gap() as measured:
            gap = gap_of(ground.roster, measured, mentee, mentor)
            return dict(pairs).get(int(gap), 0) if gap is not None and gap == int(gap) else 0
        case PointsByValues(table=triples), ValueMatrix(fields=fields):
            places = listed_values(ground, fields, tuple((a, b) for a, b, _ in triples), mentee, mentor)
            return sum(triples[place][2] for place in places or ())
        case PointsFrom() as score, _:
            return _said(ground, score, mentor if score.by is Role.MENTOR else mentee)
        case PointsWaited(points=points, at_most=most), _:
            rounds = 0 if ground.waited is None else int(ground.waited[mentee])
            return _within(_within(rounds, MOST_POINTS) * points, MOST_POINTS if most is None else most)
        case PointsOutside(weight=weight), _:
            outside = outside_score(ground, mentee, mentor)
            return 0 if outside is None else _within(_within(outside, MOST_POINTS) * weight, MOST_POINTS)
        case _:
            raise TypeError(f"`{rule.id}` has a score that does not fit; spec.rule_checks lets no such rule pass")


def nearest(value: Fraction) -> int:
    """The nearest whole number, halves away from zero."""
    return int(math.copysign(math.floor(abs(value) + Fraction(1, 2)), value))


def _within(points: int, most: int) -> int:
    return max(-most, min(points, most))


def _each(ground: Ground, score: PointsEach, fields: FieldPair, mentee: int, mentor: int) -> int:
    ours, theirs = both_answers(ground, fields, mentee, mentor)
    worth = [_rarity(ground, fields, answer, score.points) if score.rare else score.points for answer in ours & theirs]
    return sum(sorted(worth, key=abs, reverse=True)[: score.cap])


def _rarity(ground: Ground, fields: FieldPair, answer: str, points: int) -> int:
    """The points of one answer: less, the more of those on the other side gave it too."""
    role = Role.PEER if ground.peers else Role.MENTOR
    people = {p for a in ground.roster.applications if a.role is role for p in a.people.tolist()}
    said = [theirs for p in people if (theirs := both_answers(ground, fields, p, p)[1])]
    lacking = sum(answer not in theirs for theirs in said)
    return nearest(Fraction(points * lacking, len(said))) if said else 0


def _said(ground: Ground, score: PointsFrom, person: int) -> int:
    column = ground.roster.columns[score.field]
    value = cell(ground.roster, score.field, person)
    if value is None:
        return 0
    number = column.labels.index(str(value)) + 1 if isinstance(column, CodeColumn) else float(value)
    points = max(-float(MOST_POINTS), min(number * score.times, float(MOST_POINTS)))
    return int(math.copysign(math.floor(abs(points) + 0.5), points))
