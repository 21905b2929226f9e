"""Aims of peers against all pairings there are, with and without a trio."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from property.rosters import Person, ground_of

from mentorctl.optimize.engine import DirectEngine
from mentorctl.optimize.ground import OutsideScores
from mentorctl.optimize.shapes.case import ShapeCase
from mentorctl.optimize.shapes.propose import propose
from mentorctl.rules.fields import Role
from mentorctl.rules.pairs import OutsideSource, PairRule, PairTerms, Points, Rank
from mentorctl.spec.matching import Aim, Capacity, Matching, ObjectiveTerm, OddPerson
from mentorctl.spec.model import ModelType

type Pairing = tuple[tuple[int, ...], ...]

TERMS = (
    ObjectiveTerm.COVER_PEERS,
    ObjectiveTerm.COVER_WAITING,
    ObjectiveTerm.TOTAL_SCORE,
    ObjectiveTerm.RANK_SUM,
    ObjectiveTerm.CHANGES,
)


def draw(seed: int) -> ShapeCase:
    """Three to six peers, with arbitrary scores, rankings, rounds waited, and pairs that were proposed before."""
    random = np.random.default_rng(seed)
    people = int(random.integers(3, 7))
    wishes = [
        tuple(random.permutation([p for p in range(people) if p != own])[: int(random.integers(0, 3))].tolist())
        for own in range(people)
    ]
    crowd = tuple(Person(roles=(Role.PEER,), cells={}, wishes=wished) for wished in wishes)
    pairs = [pair for pair in combinations(range(people), 2) if random.random() < 0.8]
    two = np.array(pairs, np.int32).reshape(-1, 2)
    ground = replace(
        ground_of(crowd, {}, peers=True),
        outside=OutsideScores(
            mentee=two[:, 0], mentor=two[:, 1], score=random.integers(0, int(random.choice([3, 30])), len(pairs))
        ),
        waited=random.integers(0, 3, people),
    )
    terms = [TERMS[at] for at in random.permutation(len(TERMS))[: int(random.integers(1, 4))]]
    weights: list[int] = []
    if random.random() < 0.3:
        weights = random.integers(1, 9, len(terms)).tolist()
    elif random.random() < 0.6:
        terms = [
            ObjectiveTerm.COVER_PEERS,
            ObjectiveTerm.WORST_MATCH,
            *(t for t in terms if t is not ObjectiveTerm.COVER_PEERS),
        ]
    elif random.random() < 0.7:
        terms.insert(int(random.integers(0, len(terms) + 1)), ObjectiveTerm.LEXIMIN)
    everybody = np.arange(people, dtype=np.int32)
    return ShapeCase(
        model=ModelType.PEER,
        ground=ground,
        matching=Matching(
            require=(),
            prefer=(PairRule(id="wishes", predicate=Rank(by=Role.PEER, field="wishes"), score=Points(points=0)),),
            mentor_capacity=Capacity(at_most=1),
            mentee_capacity=Capacity(at_most=1),
            objective=tuple(terms),
            weights=tuple(weights),
            odd_person=OddPerson.TRIO if random.random() < 0.5 else OddPerson.SIT_OUT,
            terms=PairTerms(outside=OutsideSource(file="scores.csv")),
        ),
        mentees=everybody,
        mentors=everybody,
        previous=tuple(pair for pair in pairs if random.random() < 0.3),
    )


def pairings(case: ShapeCase) -> Iterator[Pairing]:
    """All ways to put the people into pairs, and into one trio where the number is odd and a trio is wanted."""
    people = case.mentees.tolist()

    def pairs_of(left: list[int]) -> Iterator[Pairing]:
        if not left:
            yield ()
            return
        first, *rest = left
        yield from pairs_of(rest)
        for other in rest:
            if (first, other) in case.scores:
                for more in pairs_of([p for p in rest if p != other]):
                    yield ((first, other), *more)

    yield from pairs_of(people)
    if case.matching.odd_person is OddPerson.TRIO and len(people) % 2:
        for trio in combinations(people, 3):
            if all(pair in case.scores for pair in combinations(trio, 2)):
                for more in pairs_of([p for p in people if p not in trio]):
                    yield (trio, *more)


def worth(case: ShapeCase, pairing: Pairing) -> tuple[object, ...]:
    """The value of each aim, counted by hand."""
    return tuple(
        worst_first(case, pairing)
        if aim[0][0] is ObjectiveTerm.LEXIMIN
        else sum(weight * _worth(case, term, pairing) for term, weight in aim)
        for aim in _aims(case)
    )


def worst_first(case: ShapeCase, pairing: Pairing) -> tuple[int, tuple[int, ...]]:
    """How many peers have a match, and the points of the pairs from the worst on; a trio is three of them."""
    pairs = [pair for members in pairing for pair in combinations(members, 2)]
    return sum(map(len, pairing)), tuple(sorted(case.scores[pair] for pair in pairs))


def _aims(case: ShapeCase) -> tuple[Aim, ...]:
    return case.matching.aims


def _worth(case: ShapeCase, term: ObjectiveTerm, pairing: Pairing) -> int:
    pairs = [pair for members in pairing for pair in combinations(members, 2)]
    column = case.ground.roster.columns["wishes"]
    lists = [column.people[a:b].tolist() for a, b in zip(column.starts, column.starts[1:], strict=False)]  # type: ignore[union-attr]
    longest = max(map(len, lists))
    match term:
        case ObjectiveTerm.COVER_PEERS:
            return sum(map(len, pairing))
        case ObjectiveTerm.COVER_WAITING:
            waited = case.ground.waited
            assert waited is not None
            return sum(int(waited[p]) for members in pairing for p in members)
        case ObjectiveTerm.TOTAL_SCORE:
            return sum(case.scores[pair] for pair in pairs)
        case ObjectiveTerm.CHANGES:
            return len(set(pairs) & set(case.previous))
        case ObjectiveTerm.RANK_SUM:
            both = [(a, b) for a, b in pairs] + [(b, a) for a, b in pairs]
            return sum(longest - lists[a].index(b) for a, b in both if b in lists[a])
        case ObjectiveTerm.WORST_MATCH:
            return min((case.scores[pair] for pair in pairs), default=max(case.scores.values(), default=0))
        case _:
            raise AssertionError(term)


@pytest.mark.parametrize("block", range(3))
def test_peers_are_the_best_of_all_pairings(block: int) -> None:
    """On hundreds of tiny pools the pairs and the trio are worth what the best of all pairings is worth."""
    for seed in range(block * 70, block * 70 + 70):
        case = draw(seed)
        found = propose(case, DirectEngine())
        assert found.proved, seed
        made = tuple(proposal.others for proposal in found.made)
        assert worth(case, made) == max(worth(case, pairing) for pairing in pairings(case)), seed
