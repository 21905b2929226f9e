"""Rules to numbers: which pairs are candidates, and what each is worth.

Hard rules run first, over all pairs in blocks of bounded memory; soft rules see the survivors only.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mentorctl.optimize.answers import joint_sets
from mentorctl.optimize.facts import indices_of, times
from mentorctl.optimize.ground import (
    Amounts,
    Compiled,
    Few,
    Ground,
    Indices,
    Kinds,
    Measure,
    Test,
    Truths,
    always,
    kinds_of,
)
from mentorctl.optimize.points import ANY, bounded, divided, giver
from mentorctl.optimize.predicates import compiled, field_names
from mentorctl.optimize.sieve import HardTest, Sieve
from mentorctl.optimize.tally import Common, Giving, Tally
from mentorctl.rules.fields import Contract, Missing
from mentorctl.rules.implied import hard_rules, soft_rules
from mentorctl.rules.pairs import (
    AfterEveryone,
    Listed,
    Overlap,
    PairRule,
    PairTerms,
    Points,
    PointsByGap,
    PointsByValues,
    PointsEach,
    PointsShare,
    Predicate,
    Scaling,
    Verdict,
    Ways,
)
from mentorctl.values import dataclass

_FULL = 100  # the best score where scores are scaled
_PLAIN = PairTerms()
_BY_KINDS = Points | PointsEach | PointsShare | PointsByGap | PointsByValues  # scores of what the predicate reads


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairTable:
    """Candidates, ordered by mentee, then mentor, as positions in `mentees` and `mentors` (roster indices).

    Where peers are matched both lists are the same, and each two people are there once, the earlier as the mentee.
    `points` is the sum of what the soft rules give, `score` what is optimized: the same, unless it is scaled.
    """

    mentees: Indices
    mentors: Indices
    mentee: Indices
    mentor: Indices
    score: Amounts
    points: Amounts

    def __len__(self) -> int:
        return len(self.score)

    def only(self, keep: Truths) -> "PairTable":
        """The rows that are to be kept."""
        return replace(
            self,
            mentee=self.mentee[keep],
            mentor=self.mentor[keep],
            score=self.score[keep],
            points=self.points[keep],
        )


def score_pairs(
    ground: Ground,
    mentees: Indices,
    mentors: Indices,
    require: Sequence[PairRule],
    prefer: Sequence[PairRule],
    terms: PairTerms = _PLAIN,
) -> PairTable:
    """All candidates with their whole-number scores. Nobody is paired with themselves.

    For peers, `mentees` and `mentors` are the same people.
    """
    tests = [_hard_test(ground, rule) for rule in hard_rules(require, prefer, terms)]
    people, exempt = len(ground.roster.ids), _exempt(ground, terms)
    sieve = Sieve(people, mentees, mentors, tests, None if exempt is None else exempt.few, peers=ground.peers)
    tally = Tally(people, mentees, mentors, [_giving(ground, rule) for rule in soft_rules(prefer, terms)])
    mentee, mentor, points = _scored(sieve, tally)
    table = PairTable(mentees=mentees, mentors=mentors, mentee=mentee, mentor=mentor, score=points, points=points)
    table = _without_poor_pairs(ground, table, terms)
    table = _without_early_repeats(ground, table, terms)
    return replace(table, score=_spread(table)) if terms.scaling is Scaling.PER_MENTEE else table


def rule_points(ground: Ground, mentee: Indices, mentor: Indices, prefer: Sequence[PairRule]) -> Amounts:
    """The points of each soft rule (rows) for each pair (columns) of two lists of roster indices."""
    points = np.zeros((len(prefer), len(mentee)), np.int64)
    for row, rule in enumerate(prefer):
        points[row] = _rule_points(ground, rule, compiled(ground, rule.predicate))(mentee, mentor)
    return points


def hard_rule_holds(ground: Ground, rule: PairRule, mentee: Indices, mentor: Indices) -> Truths:
    """Whether one hard rule holds, for index arrays that broadcast."""
    return _hard_test(ground, rule).test(mentee, mentor)


def named_pairs(ground: Ground, terms: PairTerms, *verdicts: Verdict) -> tuple[Indices, Indices]:
    """The pairs that the program names with one of the verdicts, as roster indices of mentees and mentors.

    Pairs of whom somebody is not on the roster are left out.
    """
    return indices_of(ground, _named(terms, *verdicts))


def _scored(sieve: Sieve, tally: Tally) -> tuple[Indices, Indices, Amounts]:
    """The places of the pairs that pass, and the sum of their points, block by block."""
    known = sieve.count()
    blocks = ((*pairs, tally.points(*pairs)) for pairs in sieve.blocks())
    if known is None:
        nothing = (np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int64))
        mentees, mentors, of_pairs = zip(nothing, *blocks, strict=True)
        return np.concatenate(mentees), np.concatenate(mentors), np.concatenate(of_pairs)
    mentee, mentor, points = np.empty(known, np.int32), np.empty(known, np.int32), np.empty(known, np.int64)
    at = 0
    for block_mentee, block_mentor, block_points in blocks:
        here = slice(at, at + len(block_points))
        mentee[here], mentor[here], points[here] = block_mentee, block_mentor, block_points
        at = here.stop
    return mentee, mentor, points


# -- candidates --------------------------------------------------------------------------------------------------------


def _named(terms: PairTerms, *verdicts: Verdict) -> tuple[tuple[str, str], ...]:
    return tuple((named.mentee, named.mentor) for named in terms.named if named.verdict in verdicts)


def _exempt(ground: Ground, terms: PairTerms) -> Compiled | None:
    """Which pairs are candidates whatever the rules say; None where the program names none."""
    pairs = _named(terms, Verdict.ALLOW, Verdict.FORCE)
    return compiled(ground, Listed(pairs=pairs)) if pairs else None


def _keep(ground: Ground, table: PairTable, terms: PairTerms, good: Truths) -> PairTable:
    exempt = _exempt(ground, terms)
    if exempt:
        good = good | exempt.holds(table.mentees[table.mentee], table.mentors[table.mentor])
    return table.only(good)


def _without_poor_pairs(ground: Ground, table: PairTable, terms: PairTerms) -> PairTable:
    return table if terms.minimum is None else _keep(ground, table, terms, table.points >= terms.minimum)


def _without_early_repeats(ground: Ground, table: PairTable, terms: PairTerms) -> PairTable:
    """Only pairs of whom neither has a candidate whom they met less often."""
    if not isinstance(terms.history.no_repeat, AfterEveryone) or ground.history is None:
        return table
    people = len(ground.roster.ids)
    mentee, mentor = table.mentees[table.mentee], table.mentors[table.mentor]
    met = times(ground.history.met, people)(mentee, mentor)
    fewest_of_mentee = np.full(people, np.iinfo(np.int64).max)
    fewest_of_mentor = fewest_of_mentee if ground.peers else fewest_of_mentee.copy()
    np.minimum.at(fewest_of_mentee, mentee, met)
    np.minimum.at(fewest_of_mentor, mentor, met)
    return _keep(ground, table, terms, (met <= fewest_of_mentee[mentee]) & (met <= fewest_of_mentor[mentor]))


# -- scales ------------------------------------------------------------------------------------------------------------


def _spread(table: PairTable) -> Amounts:
    """Each mentee's candidates over 0 to 100, the worst to the best; all are 100 where they are equal."""
    low = np.full(len(table.mentees), np.iinfo(np.int64).max)
    high = np.full(len(table.mentees), np.iinfo(np.int64).min)
    np.minimum.at(low, table.mentee, table.points)
    np.maximum.at(high, table.mentee, table.points)
    span = high[table.mentee] - low[table.mentee]
    return np.where(span == 0, _FULL, divided(_FULL * (table.points - low[table.mentee]), span))


def as_percent(points: Amounts, most: int) -> Amounts:
    """Sums of points as a percentage of the most that the rules can give, between 0 and 100, to be shown."""
    return np.clip(divided(_FULL * points, np.full(points.shape, max(most, 1), np.int64)), 0, _FULL)


# -- rules -------------------------------------------------------------------------------------------------------------


def _hard_test(ground: Ground, rule: PairRule) -> HardTest:
    predicate = compiled(ground, rule.predicate)
    test = _one_way(ground, rule, predicate)
    kinds, ways = predicate.kinds, rule.ways if ground.peers else None
    if ways is None:
        return HardTest(test=test, kinds=kinds, few=_few(ground, rule, predicate))
    if ways is Ways.BOTH:
        return HardTest(test=lambda e, m: test(e, m) & test(m, e), kinds=_either_side(kinds))
    return HardTest(test=lambda e, m: test(e, m) | test(m, e), kinds=_either_side(kinds))


def _few(ground: Ground, rule: PairRule, predicate: Compiled) -> Few | None:
    """The listed pairs for which alone, or not at all, a rule holds; none where blanks may change that."""
    is_plain = predicate.known is always or _policy(ground, rule) is Missing.MATCHES_NOTHING
    return predicate.few if is_plain else None


def _either_side(kinds: Kinds | None) -> Kinds | None:
    """Kinds for rules that are asked both ways round."""
    if kinds is None:
        return None

    def both(e: Indices, m: Indices) -> tuple[Indices, Indices]:
        return kinds_of(*kinds(e, e)), kinds_of(*kinds(m, m))

    return both


def _one_way(ground: Ground, rule: PairRule, predicate: Compiled) -> Test:
    policy = _policy(ground, rule)
    if policy is Missing.PASSES:
        return lambda e, m: predicate.holds(e, m) | ~predicate.known(e, m)
    if policy is Missing.FAILS:
        return lambda e, m: predicate.holds(e, m) & predicate.known(e, m)
    return predicate.holds


def _giving(ground: Ground, rule: PairRule) -> Giving:
    """A soft rule for many pairs."""
    predicate = compiled(ground, rule.predicate)
    measure, is_one_way = _rule_points(ground, rule, predicate), not ground.peers or rule.ways is None
    few = _few(ground, rule, predicate) if is_one_way else None
    if few is not None and few.holds:
        return Giving(measure=measure, few=few)
    if not isinstance(rule.score, _BY_KINDS):
        return Giving(measure=measure)
    if not is_one_way:
        return Giving(measure=measure, kinds=_either_side(predicate.kinds))
    common = None
    match rule:
        case PairRule(
            predicate=Overlap(at_least=1, share=0, fields=fields), score=PointsEach(rare=False) as each, cap=None
        ):  # no answer in common, no points: so it does not matter whether the rule holds
            ours, theirs = joint_sets(ground, fields)
            common = Common(ours=ours, theirs=theirs, each=each.points, most=ANY if each.cap is None else each.cap)
    return Giving(measure=measure, kinds=predicate.kinds, common=common)


def _policy(ground: Ground, rule: PairRule) -> Missing:
    return rule.missing or blank_policy(ground.contract, rule.predicate)


def _rule_points(ground: Ground, rule: PairRule, predicate: Compiled) -> Measure:
    test = _one_way(ground, rule, predicate)
    give = giver(ground, rule.predicate, predicate, rule.score or Points(points=0))

    def one_way(e: Indices, m: Indices) -> Amounts:
        return np.where(test(e, m), give(e, m), 0)

    def either_way(e: Indices, m: Indices) -> Amounts:
        there, back = test(e, m), test(m, e)
        return np.where(there & back, np.maximum(give(e, m), give(m, e)), one_way(e, m) + one_way(m, e))

    measure = one_way
    if ground.peers and rule.ways is not None:
        measure = either_way if rule.ways is Ways.EITHER else lambda e, m: one_way(e, m) + one_way(m, e)
    cap = rule.cap
    return measure if cap is None else lambda e, m: bounded(measure(e, m), cap)


def blank_policy(contract: Contract, predicate: Predicate) -> Missing:
    """What the fields of a predicate say about blanks; the strictest of them holds."""
    said = {f.missing for name in field_names(predicate) if (f := contract.field(name))}
    return next((p for p in (Missing.FAILS, Missing.PASSES) if p in said), Missing.MATCHES_NOTHING)
