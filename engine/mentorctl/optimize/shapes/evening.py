"""How far groups lie apart in an answer, and what it costs to bring them together."""

from collections.abc import Iterator
from dataclasses import replace

from mentorctl.optimize.engine import Engine
from mentorctl.optimize.network import NoProof
from mentorctl.optimize.shapes.case import Proposals, ShapeCase
from mentorctl.optimize.shapes.pool import gap_between
from mentorctl.optimize.shapes.propose import propose
from mentorctl.spec.matching import FairnessGap, Matching, ObjectiveTerm, PoolRule
from mentorctl.spec.model import ModelType
from mentorctl.values import dataclass

_PAIRS = (ModelType.ONE_ON_ONE, ModelType.REVERSE, ModelType.VIRTUAL, ModelType.FLASH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """How far the groups of one rule lie apart, in hundredths of a percentage point or of a point, rounded up.

    `groups` are those with enough people, the one that fares worst first; `free` is what it would be without such rules
    and aims, `least` the least with which as many mentees have a match as then; both where they are known.
    """

    rule: PoolRule
    groups: tuple[str, ...]
    gap: int
    free: int | None = None
    least: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evened:
    """The gaps of an answer, and how many more mentees and points the best one without such rules and aims has."""

    gaps: tuple[Apart, ...]
    mentees: int = 0
    score: int = 0


def evened(case: ShapeCase, found: Proposals, engine: Engine) -> Evened:
    """The gaps that a program bounds or makes small, with their price for pairs, which are searched again for it."""
    gaps = tuple(_gaps(case, found))
    free = _otherwise(case, without_gaps(case.matching), engine) if gaps and case.model in _PAIRS else None
    if free is None:
        return Evened(gaps=gaps)
    lost = len(_covered(free)) - len(_covered(found))
    least = _otherwise(case, _as_even_as_can_be(case.matching), engine) if lost > 0 else None
    others = zip(_gaps(case, free), _gaps(case, least) if least else gaps, strict=True)
    return Evened(
        gaps=tuple(
            replace(apart, free=one.gap, least=other.gap if least else None)
            for apart, (one, other) in zip(gaps, others, strict=True)
        ),
        mentees=lost,
        score=_points(case, free) - _points(case, found),
    )


def without_gaps(matching: Matching) -> Matching:
    """The same without bounds on gaps and without the aim."""
    weights = matching.weights or (0,) * len(matching.objective)
    kept = [(t, w) for t, w in zip(matching.objective, weights, strict=True) if t is not ObjectiveTerm.FAIRNESS_GAP]
    return replace(
        matching,
        pool=tuple(entry for entry in matching.pool if not isinstance(entry.rule, FairnessGap)),
        objective=tuple(term for term, _ in kept),
        weights=tuple(weight for _, weight in kept) if matching.weights else (),
    )


def _as_even_as_can_be(matching: Matching) -> Matching:
    """Without bounds on gaps, but with gaps as small as they can be when as many mentees as can be have a match."""
    pool = (
        replace(entry, rule=replace(entry.rule, at_most=None)) if isinstance(entry.rule, FairnessGap) else entry
        for entry in matching.pool
    )
    aims = (ObjectiveTerm.COVER_MENTEES, ObjectiveTerm.FAIRNESS_GAP)
    return replace(matching, pool=tuple(pool), objective=aims, weights=())


def _otherwise(case: ShapeCase, matching: Matching, engine: Engine) -> Proposals | None:
    """The best answer under other rules and aims; None where it is not found in time."""
    try:
        found = propose(replace(case, matching=matching), engine)
    except NoProof:
        return None
    return None if found.missing else found


def _gaps(case: ShapeCase, found: Proposals) -> Iterator[Apart]:
    made = [(p.mentors, p.others) for p in found.made]
    for entry in case.matching.pool:
        if isinstance(entry.rule, FairnessGap):
            groups, gap = gap_between(case, made, entry.of, entry.rule)
            yield Apart(rule=entry, groups=groups, gap=gap)


def _covered(found: Proposals) -> set[int]:
    return {person for proposal in found.made for person in proposal.others}


def _points(case: ShapeCase, found: Proposals) -> int:
    return sum(case.scores[e, m] for p in found.made for e in p.others for m in p.mentors)
