"""What a soft rule gives: its score compiled to a function over index arrays. Where the rule does not hold, nothing."""

from collections.abc import Callable, Sequence

import numpy as np

from mentorctl.optimize.answers import Values, has_bit, in_common, joint_labels, joint_sets, size_of
from mentorctl.optimize.ground import NOTHING, Amounts, Compiled, Ground, Indices, Measure, Numbers
from mentorctl.roster.people import CodeColumn, NumberColumn, Words
from mentorctl.rules.fields import Role
from mentorctl.rules.pairs import (
    MOST_POINTS,
    FieldPair,
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
    Score,
    ValueMatrix,
    Ways,
)

ANY = 1 << 30  # more answers than anybody gives


def giver(ground: Ground, predicate: Predicate, compiled: Compiled, score: Score) -> Measure:  # noqa: C901 - one case each
    """The points of each pair for which the rule holds, without a cap."""
    match score:
        case Points(points=points):
            return lambda e, m: np.full(np.broadcast_shapes(e.shape, m.shape), points, np.int64)
        case PointsEach(rare=True):
            return _rare(ground, _fields_of(predicate), score)
        case PointsEach(points=points, cap=cap):
            most = ANY if cap is None else cap
            return _of_amount(compiled, lambda count: points * np.minimum(count, most))
        case PointsShare():
            return _share(ground, _fields_of(predicate), score)
        case PointsByRank(points=table):
            gains = np.array([*table, 0], np.int64)
            return _of_amount(compiled, lambda rank: gains[np.minimum(rank, len(table))])
        case PointsByGap(table=pairs):
            gaps, gained = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
            return _of_amount(compiled, lambda gap: _looked_up(gap, gaps, gained))
        case PointsByValues(table=listed):
            return Values(ground, _fields_of(predicate)).sums(listed)
        case PointsFrom():
            return _of_person(said(ground, score), score.by)
        case PointsWaited():
            waited = ground.waited if ground.waited is not None else np.zeros(len(ground.roster.ids), np.int64)
            return _of_person(_waited(waited, score), Role.MENTEE)
        case PointsOutside(weight=weight):
            return _of_amount(compiled, lambda given: np.where(given == NOTHING, 0, outside(given, weight)))


def outside(given: Amounts, weight: int) -> Amounts:
    """The points of scores from outside."""
    return bounded(bounded(given, MOST_POINTS) * weight, MOST_POINTS)


def bounded(points: Amounts, most: int) -> Amounts:
    """Points between minus and plus the most."""
    return np.clip(points, -most, most)


def divided(total: Amounts, by: Amounts) -> Amounts:
    """A quotient rounded to the nearest whole number, halves away from zero; nothing divided by nothing is 0."""
    size = np.maximum(by, 1)
    return np.asarray(np.sign(total) * ((2 * np.abs(total) + size) // (2 * size)))


def _of_amount(compiled: Compiled, give: Callable[[Amounts], Amounts]) -> Measure:
    measure = compiled.amount
    if measure is None:
        raise TypeError("the score needs an amount; spec.rule_checks lets no such rule pass")
    return lambda e, m: give(measure(e, m))


def _fields_of(predicate: Predicate) -> FieldPair:
    if isinstance(predicate, Overlap | ValueMatrix):
        return predicate.fields
    raise TypeError("the score needs answers in common; spec.rule_checks lets no such rule pass")


def _of_person(points: Amounts, by: Role) -> Measure:
    """Points that one of the two brings along."""
    of_mentor = by is Role.MENTOR
    return lambda e, m: np.broadcast_to(points[m if of_mentor else e], np.broadcast_shapes(e.shape, m.shape))


def _looked_up(values: Amounts, known: Amounts, gains: Amounts) -> Amounts:
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.where(known[at] == values, gains[at], 0)


def _share(ground: Ground, fields: FieldPair, score: PointsShare) -> Measure:
    ours, theirs = joint_sets(ground, fields)
    count, size = in_common(ours, theirs), size_of(ours, theirs, score.of)
    return lambda e, m: divided(score.points * count(e, m), size(e, m))


def said(ground: Ground, score: PointsFrom) -> Amounts:
    """What each person says in a number or level field, times the factor; blanks are 0."""
    column = ground.roster.columns[score.field]
    if isinstance(column, NumberColumn):
        values: Numbers = np.nan_to_num(column.values, nan=0.0)
    elif isinstance(column, CodeColumn):
        values = (column.codes + 1).astype(np.float64)
    else:
        raise TypeError(f"`{score.field}` is no number; spec.rule_checks lets no such rule pass")
    times = np.clip(values * score.times, -MOST_POINTS, MOST_POINTS)
    return np.asarray(np.sign(times) * np.floor(np.abs(times) + 0.5)).astype(np.int64)


def _waited(rounds: Amounts, score: PointsWaited) -> Amounts:
    most = MOST_POINTS if score.at_most is None else score.at_most
    return bounded(bounded(rounds, MOST_POINTS) * score.points, most)


# -- rare answers ------------------------------------------------------------------------------------------------------


def _rare(ground: Ground, fields: FieldPair, score: PointsEach) -> Measure:
    """Each answer in common counts by its worth; with a cap the answers of the largest worth count."""
    ours, theirs = joint_sets(ground, fields)
    worth = rarity(ground, fields, theirs, score.points)
    order = np.argsort(-np.abs(worth), kind="stable")
    most = ANY if score.cap is None else score.cap
    have = {place: (has_bit(ours, place) != 0, has_bit(theirs, place) != 0) for place in order.tolist()}

    def give(e: Indices, m: Indices) -> Amounts:
        shape = np.broadcast_shapes(e.shape, m.shape)
        total, counted = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for place, (mine, yours) in have.items():
            counts = mine[e] & yours[m] & (counted < most)
            counted += counts
            total += worth[place] * counts
        return total

    return give


def rarity(ground: Ground, fields: FieldPair, theirs: Words, points: int) -> Amounts:
    """The points of each label: those of the rule, times the share of answering mentors (or peers) who lack it."""
    others = others_of(ground)
    answering = others[theirs[others].any(axis=1)]
    labels = len(joint_labels(ground, fields))
    have = np.array([int(has_bit(theirs[answering], k).sum()) for k in range(labels)], np.int64)
    return divided(points * (len(answering) - have), np.full(labels, len(answering), np.int64))


def others_of(ground: Ground) -> Indices:
    """Everybody on the roster who applies on the side of the mentors, in whatever cohort; for peers, every peer."""
    role = Role.PEER if ground.peers else Role.MENTOR
    found = [applications.people for applications in ground.roster.applications if applications.role is role]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int32)


# -- the most that is possible -----------------------------------------------------------------------------------------


def most_possible(ground: Ground, prefer: Sequence[PairRule]) -> int:
    """What the soft rules can give to one pair at most, as far as rules and roster tell: no pair has more."""
    return sum(_most_of_rule(ground, rule) for rule in prefer)


def _most_of_rule(ground: Ground, rule: PairRule) -> int:
    most = max(0, _most(ground, rule.predicate, rule.score or Points(points=0)))
    if ground.peers and rule.ways is Ways.BOTH:
        most *= 2
    return most if rule.cap is None else min(most, rule.cap)


def _most(ground: Ground, predicate: Predicate, score: Score) -> int:
    match score:
        case Points(points=points) | PointsShare(points=points):
            return points
        case PointsEach():
            return _most_each(ground, _fields_of(predicate), score)
        case PointsByRank(points=table):
            return max(table)
        case PointsByGap(table=pairs):
            return max(points for _, points in pairs)
        case PointsByValues(table=listed):
            return sum(points for _, _, points in listed if points > 0)
        case PointsFrom():
            return int(said(ground, score).max(initial=0))
        case PointsWaited():
            return 0 if ground.waited is None else int(_waited(ground.waited, score).max(initial=0))
        case PointsOutside(weight=weight):
            return 0 if ground.outside is None else int(outside(ground.outside.score, weight).max(initial=0))


def _most_each(ground: Ground, fields: FieldPair, score: PointsEach) -> int:
    """As many answers as some mentee and some mentor gave; of rare ones the best."""
    ours, theirs = joint_sets(ground, fields)
    answers = min(int(np.bitwise_count(side).sum(axis=1).max(initial=0)) for side in (ours, theirs))
    counted = answers if score.cap is None else min(answers, score.cap)
    if not score.rare:
        return score.points * counted
    worth = np.sort(rarity(ground, fields, theirs, score.points))[::-1][:counted]
    return int(worth[worth > 0].sum())
