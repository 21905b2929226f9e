"""How much of one aim the other costs: the corners of the trade-off curve over two aims.

Every corner is the best matching for some weights of the two, found by halving the range between two known corners
until nothing lies beyond the line through them (Aneja and Nair, Bicriteria transportation problem, Management Science
25, 1979). Matchings that lie inside the curve between two corners are not listed.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from math import gcd

from mentorctl.optimize.engine import Engine
from mentorctl.optimize.shapes.case import Proposals, ShapeCase
from mentorctl.optimize.shapes.propose import propose
from mentorctl.spec.matching import ObjectiveTerm
from mentorctl.values import dataclass

MOST_CORNERS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """One matching on the curve: what it has of both aims, and how many matches it makes."""

    first: int
    second: int
    matches: int


def trade_off(case: ShapeCase, first: ObjectiveTerm, second: ObjectiveTerm, engine: Engine) -> tuple[Corner, ...]:
    """The corners of the curve, the one that is best in the first aim first.

    Raises ValueError for an aim that has no value here, and as `propose` does.
    """
    for term in (first, second):
        if term not in _VALUES:
            raise ValueError(f"`{term}` has no curve; aims with one are {', '.join(sorted(_VALUES))}")
    ends = [_solved(case, terms, (), engine) for terms in ((first, second), (second, first))]
    points = [_point(case, found, first, second) for found in ends]
    corners = {points[0], points[1]}
    waiting = [(points[0], points[1])]
    while waiting and len(corners) < MOST_CORNERS:
        left, right = waiting.pop()
        found = _between(case, left, right, (first, second), engine)
        if found is not None:
            corners.add(found)
            waiting += [(left, found), (found, right)]
    return tuple(sorted(corners, key=lambda c: (-_good(first, c.first), -_good(second, c.second))))


def _between(
    case: ShapeCase, left: Corner, right: Corner, terms: tuple[ObjectiveTerm, ObjectiveTerm], engine: Engine
) -> Corner | None:
    """A corner beyond the line through two others, or None where there is none."""
    ahead = _good(terms[0], left.first) - _good(terms[0], right.first)
    behind = _good(terms[1], right.second) - _good(terms[1], left.second)
    if ahead <= 0 or behind <= 0:
        return None
    shared = gcd(ahead, behind)
    weights = (behind // shared, ahead // shared)
    found = _point(case, _solved(case, terms, weights, engine), *terms)

    def worth(corner: Corner) -> int:
        return weights[0] * _good(terms[0], corner.first) + weights[1] * _good(terms[1], corner.second)

    return found if worth(found) > worth(left) else None


def _solved(case: ShapeCase, terms: tuple[ObjectiveTerm, ...], weights: tuple[int, ...], engine: Engine) -> Proposals:
    return propose(replace(case, matching=replace(case.matching, objective=terms, weights=weights)), engine)


def _point(case: ShapeCase, found: Proposals, first: ObjectiveTerm, second: ObjectiveTerm) -> Corner:
    return Corner(first=_VALUES[first](case, found), second=_VALUES[second](case, found), matches=len(found.made))


# -- what an answer has of an aim --------------------------------------------------------------------------------------


def _covered(case: ShapeCase, found: Proposals) -> int:
    """How many mentees or peers have a match, with those that stand."""
    standing = (person for one in case.standing for person in one.others)
    return len({*standing, *(person for one in found.made for person in one.others)})


def _mentors(case: ShapeCase, found: Proposals) -> int:
    standing = (person for one in case.standing for person in one.mentors)
    return len({*standing, *(person for one in found.made for person in one.mentors)})


def _score(_case: ShapeCase, found: Proposals) -> int:
    return sum(one.score for one in found.made)


def _crowding(case: ShapeCase, found: Proposals) -> int:
    """The second match of a mentor counts 1, the third 2, …."""
    loads = Counter(_everywhere(case, found))
    return sum(load * (load - 1) // 2 for load in loads.values())


def _everywhere(case: ShapeCase, found: Proposals) -> Iterator[int]:
    for mentors in (*(s.mentors for s in case.standing), *(p.mentors for p in found.made)):
        yield from mentors


def _given_up(case: ShapeCase, found: Proposals) -> int:
    made = {(other, mentor) for one in found.made for other in one.others for mentor in one.mentors}
    return len(set(case.previous) - made)


def _good(term: ObjectiveTerm, value: int) -> int:
    """The value, turned so that more is better."""
    return -value if term in LESS_IS_BETTER else value


LESS_IS_BETTER = frozenset({ObjectiveTerm.LOAD_BALANCE, ObjectiveTerm.CHANGES})
_VALUES: Mapping[ObjectiveTerm, Callable[[ShapeCase, Proposals], int]] = {
    ObjectiveTerm.TOTAL_SCORE: _score,
    ObjectiveTerm.COVER_MENTEES: _covered,
    ObjectiveTerm.COVER_PEERS: _covered,
    ObjectiveTerm.COVER_MENTORS: _mentors,
    ObjectiveTerm.LOAD_BALANCE: _crowding,
    ObjectiveTerm.CHANGES: _given_up,
}
WITH_A_CURVE = tuple(sorted(_VALUES))
