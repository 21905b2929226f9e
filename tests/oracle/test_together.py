"""Several programs as one problem, against all choices of pairs in all of them: tiny cases enumerated in full."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pytest
from property.rosters import Person, ground_of

from mentorctl.optimize.budgets import Budget
from mentorctl.optimize.engine import DirectEngine
from mentorctl.optimize.ground import Ground, OutsideScores
from mentorctl.optimize.matching import MatchingCase, MatchingResult
from mentorctl.optimize.network import Network
from mentorctl.optimize.ordered import Aim, OrderedAnswer
from mentorctl.optimize.together import Shared, match_together, shared_defects
from mentorctl.optimize.verify import WrongAnswer
from mentorctl.rules.fields import Role
from mentorctl.rules.pairs import OutsideSource, PairTerms
from mentorctl.spec.matching import Capacity, Matching, ObjectiveTerm

PEOPLE = 6
ORDERED = (
    (ObjectiveTerm.COVER_MENTEES, ObjectiveTerm.TOTAL_SCORE),
    (ObjectiveTerm.TOTAL_SCORE,),
    (ObjectiveTerm.COVER_MENTORS, ObjectiveTerm.LOAD_BALANCE, ObjectiveTerm.TOTAL_SCORE),
    (ObjectiveTerm.COVER_MENTEES, ObjectiveTerm.WORST_MATCH, ObjectiveTerm.TOTAL_SCORE),
)

type Pair = tuple[int, int, int]  # the program, the mentee and the mentor


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawn:
    """Two programs with arbitrary scores, and what people have for both together."""

    cases: tuple[MatchingCase, ...]
    shared: Shared
    score: dict[Pair, int]


def draw(seed: int) -> Drawn:
    """Six people, some of them in both programs or in both roles, with places and perhaps hours of all kinds."""
    random = np.random.default_rng(seed)
    plain = ground_of(tuple(Person(roles=(Role.MENTOR, Role.MENTEE), cells={}) for _ in range(PEOPLE)), {})
    objective = ORDERED[seed % len(ORDERED)]
    cases: list[MatchingCase] = []
    score: dict[Pair, int] = {}
    for program in range(2):
        mentors = np.sort(random.choice(PEOPLE, int(random.integers(1, 3)), replace=False)).astype(np.int32)
        mentees = np.sort(random.choice(PEOPLE, int(random.integers(1, 4)), replace=False)).astype(np.int32)
        pairs = [(e, m) for e, m in product(mentees.tolist(), mentors.tolist()) if e != m]
        given = random.integers(0, int(random.choice([3, 40])), len(pairs)).astype(np.int64)
        score |= {(program, e, m): int(s) for (e, m), s in zip(pairs, given, strict=True)}
        standing = tuple(pair for pair in pairs if random.random() < 0.1)
        cases.append(
            MatchingCase(
                ground=with_scores(plain, pairs, given),
                matching=Matching(
                    require=(),
                    prefer=(),
                    mentor_capacity=Capacity(at_most=int(random.integers(1, 4))),
                    mentee_capacity=Capacity(at_most=int(random.integers(1, 3))),
                    objective=objective,
                    terms=PairTerms(outside=OutsideSource(file="scores.csv")),
                ),
                mentees=mentees,
                mentors=mentors,
                standing=standing,
            )
        )
    has_hours = random.random() < 0.5
    shared = Shared(
        places=(random.integers(0, 4, PEOPLE), random.integers(0, 3, PEOPLE)) if random.random() < 0.7 else None,
        minutes=random.integers(-1, 8, PEOPLE) if has_hours else None,
        cost=(int(random.integers(0, 4)), int(random.integers(1, 4))),
    )
    return Drawn(cases=tuple(cases), shared=shared, score=score)


def with_scores(
    ground: Ground, pairs: Sequence[tuple[int, int]], given: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Ground:
    """The same people with scores from outside."""
    two = np.array(pairs, np.int32).reshape(-1, 2)
    return replace(ground, outside=OutsideScores(mentee=two[:, 0], mentor=two[:, 1], score=given))


def is_allowed(drawn: Drawn, chosen: Sequence[Pair]) -> bool:
    """Whether new pairs keep every capacity, counted by hand."""
    stands = [(program, e, m) for program, case in enumerate(drawn.cases) for e, m in case.standing]
    if len({(e, m) for _, e, m in (*chosen, *stands)}) < len(chosen) + len({(e, m) for _, e, m in stands}):
        return False
    shared = drawn.shared
    for person in range(PEOPLE):
        as_mentor, as_mentee = ([p for p in chosen if p[side] == person] for side in (2, 1))
        for program, case in enumerate(drawn.cases):
            mine = [p for p in (*as_mentor, *(s for s in stands if s[2] == person)) if p[0] == program]
            if any(p in as_mentor for p in mine) and len(mine) > case.matching.mentor_capacity.at_most:
                return False
            mine = [p for p in (*as_mentee, *(s for s in stands if s[1] == person)) if p[0] == program]
            if any(p in as_mentee for p in mine) and len(mine) > case.matching.mentee_capacity.at_most:
                return False
        if shared.places is not None:
            for side, new in ((0, as_mentor), (1, as_mentee)):
                if new and len(new) > int(shared.places[side][person]):
                    return False
        used = sum(shared.cost[p[0]] for p in (*as_mentor, *as_mentee))
        if shared.minutes is not None and used > max(0, int(shared.minutes[person])):
            return False
    return True


def worth(drawn: Drawn, chosen: Sequence[Pair]) -> tuple[int, ...]:
    """The aims in order: people are covered once, whatever the program."""
    stands = [pair for case in drawn.cases for pair in case.standing]
    values = []
    for term in drawn.cases[0].matching.objective:
        match term:
            case ObjectiveTerm.COVER_MENTEES:
                values.append(len({e for _, e, _ in chosen} - {e for e, _ in stands}))
            case ObjectiveTerm.COVER_MENTORS:
                values.append(len({m for _, _, m in chosen} - {m for _, m in stands}))
            case ObjectiveTerm.TOTAL_SCORE:
                values.append(sum(drawn.score[pair] for pair in chosen))
            case ObjectiveTerm.LOAD_BALANCE:
                before = {m: sum(m == other for _, other in stands) for _, _, m in chosen}
                new = {m: sum(m == other for _, _, other in chosen) for m in before}
                values.append(-sum(before[m] + k for m in new for k in range(new[m])))
            case ObjectiveTerm.WORST_MATCH:
                alone = (score for pair, score in drawn.score.items() if is_allowed(drawn, [pair]))
                values.append(min((drawn.score[pair] for pair in chosen), default=max(alone, default=0)))
            case _:
                raise AssertionError(term)
    return tuple(values)


def pairs_of(results: Sequence[MatchingResult]) -> list[Pair]:
    """The pairs of all programs."""
    return [
        (program, e, m)
        for program, result in enumerate(results)
        for e, m in zip(result.mentee.tolist(), result.mentor.tolist(), strict=True)
    ]


@pytest.mark.parametrize("block", range(6))
def test_together_is_the_best_of_all_choices(block: int) -> None:
    """On hundreds of tiny pairs of programs nobody exceeds anything, and no choice within all bounds is better."""
    solved = 0
    for seed in range(block * 60, block * 60 + 60):
        drawn = draw(seed)
        stands = {pair for case in drawn.cases for pair in case.standing}
        free = [pair for pair in drawn.score if (pair[1], pair[2]) not in stands]
        if len(free) > 11:
            continue
        solved += 1
        found = pairs_of(match_together(drawn.cases, drawn.shared, DirectEngine())[2])
        assert is_allowed(drawn, found), seed
        choices = ([p for at, p in enumerate(free) if bits >> at & 1] for bits in range(1 << len(free)))
        best = max(worth(drawn, chosen) for chosen in choices if is_allowed(drawn, chosen))
        assert worth(drawn, found) == best, seed
    assert solved > 40


def test_an_answer_that_exceeds_what_people_have_is_noticed() -> None:
    """The count over all programs finds more matches, more hours, and two who meet twice."""
    noticed = 0
    for seed in range(200):
        drawn = draw(seed)
        results = match_together(drawn.cases, drawn.shared, DirectEngine())[2]
        assert list(shared_defects(drawn.cases, drawn.shared, results)) == []
        nothing = np.zeros(PEOPLE, np.int64)
        if pairs_of(results):
            noticed += 1
            none = replace(drawn.shared, places=(nothing, nothing))
            assert list(shared_defects(drawn.cases, none, results)), seed
            twice = (results[0], replace(results[1], mentee=results[0].mentee, mentor=results[0].mentor))
            if len(results[0].mentee):
                assert "two people are matched in two programs" in list(
                    shared_defects(drawn.cases, drawn.shared, twice)
                ), seed
    assert noticed > 100


def test_a_liar_is_not_believed() -> None:
    """An engine that hands out places nobody has is refused."""

    class Liar(DirectEngine):
        def network(self, network: Network, aims: tuple[Aim, ...], budgets: tuple[Budget, ...] = ()) -> OrderedAnswer:
            answer = super().network(network, aims, budgets)
            return replace(answer, chosen=np.ones(len(network), np.bool_))

    refused = 0
    for seed in range(40):
        drawn = draw(seed)
        drawn = replace(drawn, shared=replace(drawn.shared, places=(np.zeros(PEOPLE, np.int64),) * 2))
        if drawn.cases[0].matching.objective == ORDERED[2]:
            continue  # over places, all pairs of the network are more than the pairs of people
        try:
            *_, results = match_together(drawn.cases, drawn.shared, Liar())
        except WrongAnswer:
            refused += 1
        else:
            assert not pairs_of(results)
    assert refused > 20
