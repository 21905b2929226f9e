"""Pairs and circles under rules for the whole pool, and leximin in them, against all answers there are."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from math import ceil

import numpy as np
import pytest
from property.rosters import Person, everyone, ground_of

from mentorctl.optimize.engine import DirectEngine
from mentorctl.optimize.ground import OutsideScores
from mentorctl.optimize.shapes.case import Proposals, ShapeCase, Standing
from mentorctl.optimize.shapes.classify import ProblemClass, classify
from mentorctl.optimize.shapes.evening import evened, without_gaps
from mentorctl.optimize.shapes.pool import pool_defects
from mentorctl.optimize.shapes.propose import propose
from mentorctl.rules.fields import Role
from mentorctl.rules.pairs import OutsideSource, PairTerms
from mentorctl.spec.matching import (
    SMALLEST_GROUP,
    Capacity,
    FairnessGap,
    GapMeasure,
    Group,
    Headcount,
    Matching,
    MaxPer,
    ObjectiveTerm,
    PoolRule,
)
from mentorctl.spec.model import ModelType

type Pairs = dict[int, int]  # the mentor of each mentee who has one

COVER, SCORE, LEXIMIN, GAP = (
    ObjectiveTerm.COVER_MENTEES,
    ObjectiveTerm.TOTAL_SCORE,
    ObjectiveTerm.LEXIMIN,
    ObjectiveTerm.FAIRNESS_GAP,
)
OBJECTIVES = (
    (COVER, GAP, SCORE),
    (COVER, SCORE, GAP),
    (LEXIMIN, GAP),
    (COVER, GAP, LEXIMIN),
    (COVER, SCORE),
    (LEXIMIN,),
)
SITES = ("North", "South", "West")


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A case, the pairs that stand, and the places of each mentor."""

    case: ShapeCase
    standing: Pairs
    places: dict[int, int]


def draw(seed: int) -> Drawn:
    """Two groups of five mentees at least, few mentors of whom each suits some, and a bound or an aim on the gap."""
    random = np.random.default_rng([9, seed])
    count, leading = int(random.integers(10, 12)), int(random.integers(2, 5))
    sites = [SITES[at % 2] if at < 10 else str(random.choice([*SITES, ""])) for at in range(count)]
    crowd = [Person(roles=(Role.MENTEE,), cells={"site": site}) for site in sites]
    crowd += [Person(roles=(Role.MENTOR,), cells={})] * leading
    ground = ground_of(crowd, {})
    mentees, mentors = everyone(ground)
    wanted = random.permutation([0, 0, *[1] * (count - 5), 2, 2, 2]).tolist()
    drawn = {(e, int(random.choice(mentors))) for e, k in zip(mentees.tolist(), wanted, strict=True) for _ in range(k)}
    pairs = sorted(drawn)
    two = np.array(pairs, np.int32).reshape(-1, 2)
    scores = random.integers(1, int(random.choice([3, 9])), len(pairs))
    ground = replace(ground, outside=OutsideScores(mentee=two[:, 0], mentor=two[:, 1], score=scores))
    measure = GapMeasure.MEAN_POINTS if random.random() < 0.4 else GapMeasure.MATCH_RATE
    bound = int(random.integers(0, 60)) * (100 if measure is GapMeasure.MATCH_RATE else 3)
    objective = OBJECTIVES[int(random.integers(len(OBJECTIVES)))]
    rule = FairnessGap(
        field="site", measure=measure, at_most=bound if GAP not in objective or random.random() < 0.5 else None
    )
    pool = [PoolRule(id="even", of=Role.MENTEE, rule=rule)]
    if random.random() < 0.3:
        pool.append(PoolRule(id="few", of=Role.MENTEE, rule=MaxPer(field="site", at_most=int(random.integers(1, 4)))))
    most = int(random.integers(1, 4))
    stands = [pair for pair in pairs if random.random() < 0.1][:1]
    case = ShapeCase(
        model=ModelType.ONE_ON_ONE,
        ground=ground,
        matching=Matching(
            require=(),
            prefer=(),
            mentor_capacity=Capacity(at_most=most),
            mentee_capacity=Capacity(at_most=1),
            objective=objective,
            pool=tuple(pool),
            terms=PairTerms(outside=OutsideSource(file="scores.csv")),
        ),
        mentees=mentees,
        mentors=mentors,
        standing=tuple(Standing(mentors=(m,), others=(e,)) for e, m in stands),
        blocked=tuple((e, m) for e in mentees.tolist() for m in mentors.tolist() if (e, m) not in drawn),
    )
    return Drawn(case=case, standing=dict(stands), places=dict.fromkeys(mentors.tolist(), most))


def answers(drawn: Drawn) -> Iterator[Pairs]:
    """All ways to give mentees a mentor, with the pairs that stand, within the places of the mentors."""
    options: dict[int, list[int | None]] = {e: [None] for e in drawn.case.mentees.tolist()}
    for mentee, mentor in drawn.case.scores:
        options[mentee].append(mentor)
    for mentee, mentor in drawn.standing.items():
        options[mentee] = [mentor]
    for chosen in product(*options.values()):
        pairs = {e: m for e, m in zip(options, chosen, strict=True) if m is not None}
        loads = Counter(pairs.values())
        if all(loads[mentor] <= places for mentor, places in drawn.places.items()):
            yield pairs


def apart(drawn: Drawn, pairs: Pairs, rule: FairnessGap) -> int:
    """How far two groups lie apart at most, counted from the cells of the roster."""
    column = drawn.case.ground.roster.columns["site"]
    groups: dict[str, list[int]] = {}
    for mentee in drawn.case.mentees.tolist():
        code = int(column.codes[mentee])  # type: ignore[union-attr]
        has = int(mentee in pairs)
        if rule.measure is GapMeasure.MEAN_POINTS and has:
            has = drawn.case.scores[mentee, pairs[mentee]]
        if code >= 0:
            groups.setdefault(column.labels[code], []).append(has)  # type: ignore[union-attr]
    means = [Fraction(sum(has), len(has)) for has in groups.values() if len(has) >= SMALLEST_GROUP]
    return max((ceil((max(means) - min(means)) * rule.measure.scale)), 0)


def keeps(drawn: Drawn, pairs: Pairs) -> bool:
    """Whether an answer is within the bounds over the pool."""
    column = drawn.case.ground.roster.columns["site"]
    codes = [int(column.codes[mentee]) for mentee in pairs]  # type: ignore[union-attr]
    for entry in drawn.case.matching.pool:
        if isinstance(entry.rule, FairnessGap) and entry.rule.at_most is not None:
            if apart(drawn, pairs, entry.rule) > entry.rule.at_most:
                return False
        elif isinstance(entry.rule, MaxPer):
            most = max((codes.count(code) for code in set(codes) - {-1}), default=0)
            if most > entry.rule.at_most:
                return False
    return True


def value(drawn: Drawn, pairs: Pairs) -> tuple[object, ...]:
    """What an answer comes to in each aim; more is better."""
    new = {e: m for e, m in pairs.items() if e not in drawn.standing}
    rule = next(entry.rule for entry in drawn.case.matching.pool if isinstance(entry.rule, FairnessGap))
    points = sorted(drawn.case.scores[pair] for pair in new.items())
    values: dict[ObjectiveTerm, object] = {
        COVER: len(new),
        SCORE: sum(points),
        LEXIMIN: (len(new), tuple(points)),
        GAP: -apart(drawn, pairs, rule),
    }
    return tuple(values[term] for term in drawn.case.matching.objective)


def made(drawn: Drawn, found: Proposals) -> Pairs:
    return drawn.standing | {e: p.mentors[0] for p in found.made for e in p.others}


@pytest.mark.parametrize("block", range(4))
def test_pairs_under_a_gap_are_the_best_of_all_answers(block: int) -> None:
    """With groups bounded or brought together, and leximin beside, every aim is as good as in the best of all answers."""
    bound = narrowed = impossible = 0
    for seed in range(block * 25, block * 25 + 25):
        drawn = draw(seed)
        assert not drawn.case.scores or classify(drawn.case).kind is ProblemClass.SIDE_ROWS
        allowed = [pairs for pairs in answers(drawn) if keeps(drawn, pairs)]
        found = propose(drawn.case, DirectEngine())
        if not allowed:
            impossible += 1
            assert found.missing, seed
            continue
        assert found.proved, seed
        pairs = made(drawn, found)
        assert keeps(drawn, pairs), seed
        assert value(drawn, pairs) == max(value(drawn, one) for one in allowed), seed
        known = evened(drawn.case, found, DirectEngine())
        rule = known.gaps[0].rule.rule
        assert isinstance(rule, FairnessGap)
        assert known.gaps[0].gap == apart(drawn, pairs, rule), seed
        bound += known.mentees > 0
        narrowed += known.gaps[0].free is not None and known.gaps[0].free > known.gaps[0].gap
        if known.gaps[0].least is not None and len(drawn.case.matching.pool) == 1:
            everything = list(answers(drawn))
            full = [one for one in everything if len(one) == max(map(len, everything))]
            assert known.gaps[0].least == min(apart(drawn, one, rule) for one in full), seed
    assert bound + narrowed > 5, "bounds and aims have to change something, often enough"
    assert impossible < 10


def test_the_price_is_that_of_the_answer_without_gaps() -> None:
    """What it costs in mentees and points is the difference to the best answer without such rules and aims."""
    priced = 0
    for seed in range(200, 240):
        drawn = draw(seed)
        found = propose(drawn.case, DirectEngine())
        if found.missing:
            continue
        known = evened(drawn.case, found, DirectEngine())
        free = without_gaps(drawn.case.matching)
        assert GAP not in free.objective
        other = made(drawn, propose(replace(drawn.case, matching=free), DirectEngine()))
        mine = made(drawn, found)
        assert known.mentees == len(other) - len(mine), seed
        assert known.score == sum(drawn.case.scores[p] for p in other.items()) - sum(
            drawn.case.scores[p] for p in mine.items()
        )
        priced += known.mentees > 0 or known.score > 0
    assert priced > 3


def test_a_broken_bound_over_the_pool_is_seen() -> None:
    """What is held against the rules of the pool without a solver is what the enumeration says."""
    seen = {True: 0, False: 0}
    for seed in range(40):
        drawn = draw(seed)
        for pairs in list(answers(drawn))[::7][:40]:
            new = [((m,), (e,)) for e, m in pairs.items() if e not in drawn.standing]
            is_kept = keeps(drawn, pairs)
            assert (not list(pool_defects(drawn.case, new))) is is_kept, seed
            seen[is_kept] += 1
    assert min(seen.values()) > 100


def circles(drawn: Drawn) -> Drawn:
    """The same people in circles of two to three with one mentor each."""
    case = drawn.case
    matching = replace(
        case.matching,
        group=Group(size=Headcount(at_least=2, at_most=3)),
        mentor_capacity=Capacity(at_most=1),
        pool=case.matching.pool[:1],
    )
    alone = replace(case, model=ModelType.GROUP, matching=matching, standing=())
    return Drawn(case=alone, standing={}, places=dict.fromkeys(drawn.places, 3))


def test_circles_can_be_leximin_and_even() -> None:
    """In groups with one mentor each mentee has points of their own, so the same aims hold there."""
    for seed in range(300, 330):
        drawn = circles(draw(seed))
        sizes = [pairs for pairs in answers(drawn) if {2, 3} >= set(Counter(pairs.values()).values())]
        allowed = [pairs for pairs in sizes if keeps(drawn, pairs)]
        found = propose(drawn.case, DirectEngine())
        assert bool(allowed) is not bool(found.missing), seed
        if allowed:
            assert value(drawn, made(drawn, found)) == max(value(drawn, one) for one in allowed), seed


def test_better_aims_come_first() -> None:
    """An aim that comes earlier is never worse for it: coverage before the gap has no fewer people than after it."""
    for seed in range(400, 420):
        drawn = draw(seed)
        firsts = []
        for objective in ((COVER, GAP), (COVER, GAP, SCORE), (LEXIMIN, GAP)):
            matching = replace(drawn.case.matching, objective=objective)
            found = propose(replace(drawn.case, matching=matching), DirectEngine())
            firsts.append(len(found.made))
        assert all(one == other for one, other in pairwise(firsts)), seed
