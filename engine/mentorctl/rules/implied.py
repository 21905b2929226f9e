"""The rules that other keys of `matching` stand for, so that one evaluation, one check and one explanation serve all.

Their ids are the keys that they come from. A rule of the program with the same id is another rule.
"""

from collections.abc import Iterable

from mentorctl.rules.pairs import (
    DeclinedBefore,
    EverRepeats,
    Listed,
    MetBefore,
    Not,
    Origin,
    PairRule,
    PairTerms,
    Points,
    PointsOutside,
    Predicate,
    Score,
    ScoredOutside,
    Unranked,
    Verdict,
    Ways,
)

EVERYBODY = Not(of=Listed(pairs=()))  # holds for all pairs


def hard_rules(require: Iterable[PairRule], prefer: Iterable[PairRule], terms: PairTerms) -> tuple[PairRule, ...]:
    """All rules that a pair must satisfy: the written ones, denied pairs, repeats, declines, unacceptable people."""
    made = list(require)
    denied = tuple((named.mentee, named.mentor) for named in terms.named if named.verdict is Verdict.DENY)
    if denied:
        made.append(_implied("pairs", Not(of=Listed(pairs=denied)), because="these two must not be matched"))
    if isinstance(terms.history.no_repeat, EverRepeats):
        met = MetBefore(within=terms.history.no_repeat.within)
        made.append(_implied("no_repeat", Not(of=met), because="the two were matched before"))
    if terms.history.declined:
        made.append(_implied("declined", Not(of=DeclinedBefore()), because="one of the two declined the other"))
    if terms.outside and terms.outside.unscored is Unranked.UNACCEPTABLE:
        why = terms.outside.because or "the other system gave the two no score"
        made.append(_implied("outside_scores", ScoredOutside(), ways=Ways.EITHER, because=why))
    if terms.only is not None:
        why = "the process has left other people only"
        made.append(_implied("process", Listed(pairs=terms.only), ways=Ways.EITHER, because=why))
    made.extend(
        PairRule(
            id=rule.id,
            predicate=rule.predicate,
            because=rule.because,
            missing=rule.missing,
            ways=rule.ways,
            origin=Origin.IMPLIED,
        )
        for rule in prefer
        if rule.unranked is Unranked.UNACCEPTABLE
    )
    return tuple(made)


def soft_rules(prefer: Iterable[PairRule], terms: PairTerms) -> tuple[PairRule, ...]:
    """All rules that give points: the written ones, previous pairs, rounds waited, outside scores."""
    made = list(prefer)
    if terms.history.favor_previous:
        points = Points(points=terms.history.favor_previous)
        made.append(_implied("favor_previous", MetBefore(), points, because="the two were matched before"))
    if terms.waiting:
        made.append(_implied("waiting_bonus", EVERYBODY, terms.waiting, ways=Ways.BOTH, because="they waited longer"))
    if terms.outside:
        points_of_others = PointsOutside(weight=terms.outside.weight)
        because = terms.outside.because
        made.append(_implied("outside_scores", ScoredOutside(), points_of_others, ways=Ways.EITHER, because=because))
    for said in terms.said:
        points_of_pairs = Points(points=said.points)
        listed = Listed(pairs=said.pairs)
        made.append(_implied(said.id, listed, points_of_pairs, ways=Ways.EITHER, because=said.because))
    return tuple(made)


def _implied(
    name: str, predicate: Predicate, score: Score | None = None, *, because: str, ways: Ways | None = None
) -> PairRule:
    return PairRule(id=name, predicate=predicate, score=score, because=because, ways=ways, origin=Origin.IMPLIED)
