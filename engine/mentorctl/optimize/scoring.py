"""Rules to numbers: which pairs of a mentee and a mentor are admissible, and what each is worth.

Hard rules run first, over all pairs in blocks of bounded memory; soft rules see the survivors only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mentorctl.optimize.predicates import Amounts, Ground, Indices, Measure, Test, Truths, compiled, field_names
from mentorctl.rules.fields import Contract, Missing
from mentorctl.rules.pairs import PairRule, Points, PointsByGap, PointsByRank, PointsEach, Predicate, Score

_BLOCK = 1 << 20  # pairs looked at together: some ten megabytes, whatever the roster


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairTable:
    """Admissible pairs, ordered by mentee, then mentor, as positions in `mentees` and `mentors` (roster indices)."""

    mentees: Indices
    mentors: Indices
    mentee: Indices
    mentor: Indices
    score: Amounts

    def __len__(self) -> int:
        return len(self.score)


def score_pairs(
    ground: Ground,
    mentees: Indices,
    mentors: Indices,
    require: Sequence[PairRule],
    prefer: Sequence[PairRule],
) -> PairTable:
    """All admissible pairs with their whole-number scores. Nobody is paired with themselves."""
    tests = [_rule_test(ground, rule) for rule in require]
    found_mentee, found_mentor = [], []
    rows = max(1, _BLOCK // max(1, len(mentors)))
    for first in range(0, len(mentees), rows):
        block = mentees[first : first + rows]
        admissible = _admissible(block[:, None], mentors[None, :], tests)
        at_mentee, at_mentor = np.nonzero(admissible)
        found_mentee.append((at_mentee + first).astype(np.int32))
        found_mentor.append(at_mentor.astype(np.int32))
    mentee = np.concatenate(found_mentee) if found_mentee else np.zeros(0, np.int32)
    mentor = np.concatenate(found_mentor) if found_mentor else np.zeros(0, np.int32)
    terms = rule_points(ground, mentees[mentee], mentors[mentor], prefer)
    return PairTable(mentees=mentees, mentors=mentors, mentee=mentee, mentor=mentor, score=terms.sum(axis=0))


def rule_points(ground: Ground, mentee: Indices, mentor: Indices, prefer: Sequence[PairRule]) -> Amounts:
    """The points of each soft rule (rows) for each pair (columns) of two lists of roster indices."""
    points = np.zeros((len(prefer), len(mentee)), np.int64)
    for row, rule in enumerate(prefer):
        points[row] = _rule_points(ground, rule)(mentee, mentor)
    return points


def hard_rule_holds(ground: Ground, rule: PairRule, mentee: Indices, mentor: Indices) -> Truths:
    """Whether one hard rule holds, for index arrays that broadcast."""
    return _rule_test(ground, rule)(mentee, mentor)


def _admissible(mentee: Indices, mentor: Indices, tests: Sequence[Test]) -> Truths:
    admissible: Truths = np.not_equal(mentee, mentor)
    for test in tests:
        admissible &= test(mentee, mentor)
    return admissible


# -- rules -------------------------------------------------------------------------------------------------------------


def _rule_test(ground: Ground, rule: PairRule) -> Test:
    predicate = compiled(ground, rule.predicate)
    policy = rule.missing or blank_policy(ground.contract, rule.predicate)
    if policy is Missing.PASSES:
        return lambda e, m: predicate.holds(e, m) | ~predicate.known(e, m)
    if policy is Missing.FAILS:
        return lambda e, m: predicate.holds(e, m) & predicate.known(e, m)
    return predicate.holds


def _rule_points(ground: Ground, rule: PairRule) -> Measure:
    test = _rule_test(ground, rule)
    predicate = compiled(ground, rule.predicate)
    give = _giver(rule.score or Points(points=0))
    return lambda e, m: np.where(test(e, m), give(predicate.amount(e, m) if predicate.amount else None), 0)


def _giver(score: Score) -> Callable[[Amounts | None], Amounts | int]:
    match score:
        case Points(points=points):
            return lambda _: points
        case PointsEach(points=points, cap=cap):
            return lambda count: points * np.minimum(_needed(count), cap if cap is not None else 1 << 30)
        case PointsByRank(points=table):
            gains = np.array([*table, 0], np.int64)
            return lambda rank: gains[np.minimum(_needed(rank), len(table))]
        case PointsByGap(table=pairs):
            gaps, gains = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
            return lambda gap: _looked_up(_needed(gap), gaps, gains)


def _needed(amount: Amounts | None) -> Amounts:
    if amount is None:
        raise TypeError("the score needs an amount; spec.rule_checks lets no such rule pass")
    return amount


def _looked_up(values: Amounts, keys: Amounts, gains: Amounts) -> Amounts:
    at = np.minimum(np.searchsorted(keys, values), len(keys) - 1)
    return np.where(keys[at] == values, gains[at], 0)


def blank_policy(contract: Contract, predicate: Predicate) -> Missing:
    """What the fields of a predicate say about blanks; the strictest of them holds."""
    said = {f.missing for name in field_names(predicate) if (f := contract.field(name))}
    return next((p for p in (Missing.FAILS, Missing.PASSES) if p in said), Missing.MATCHES_NOTHING)
