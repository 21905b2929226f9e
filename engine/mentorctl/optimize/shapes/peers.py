"""Pairs of equals from one pool, with a trio when the number is odd and the program wants one."""

from itertools import combinations

import numpy as np

from mentorctl.optimize.engine import Engine
from mentorctl.optimize.groups.problem import PeerObjective, PeerProblem
from mentorctl.optimize.shapes.case import Proposal, Proposals, ShapeCase, options_of, terms_of
from mentorctl.optimize.shapes.wording import shortfalls_in_words
from mentorctl.spec.matching import ObjectiveTerm, OddPerson


def propose_peers(case: ShapeCase, engine: Engine) -> Proposals:
    """The best new pairs of people who have no match yet."""
    busy = {person for standing in case.standing for person in standing.others}
    pool = [person for person in case.mentees.tolist() if person not in busy]
    place = {person: at for at, person in enumerate(pool)}
    pairs = [(e, m, score) for (e, m), score in case.scores.items() if e in place and m in place]
    forced = {frozenset(pair) for pair in case.forced}
    wants_trio = case.matching.odd_person is OddPerson.TRIO and len(pool) % 2 == 1
    problem = PeerProblem(
        people=len(pool),
        first=np.array([place[e] for e, _, _ in pairs], np.int64),
        second=np.array([place[m] for _, m, _ in pairs], np.int64),
        forced=np.array([frozenset((e, m)) in forced for e, m, _ in pairs], np.bool_),
        low=np.zeros(len(pool), np.int64),
        high=np.ones(len(pool), np.int64),
        trios=(0, 1) if wants_trio else (0, 0),
        objectives=tuple(
            _objective(term, np.array([s for _, _, s in pairs], np.int64), len(pool))
            for term in case.matching.objective
        ),
    )
    answer = engine.peers(problem)
    if not answer.answered:
        return Proposals(
            made=(),
            admissible=len(case.table),
            options=options_of(case),
            missing=shortfalls_in_words(answer.shortfalls, lambda _: "the pool"),
        )
    groups = [(e, m) for (e, m, _), chosen in zip(pairs, answer.chosen.tolist(), strict=True) if chosen]
    trios = [tuple(pool[at] for at in trio) for trio in answer.trios.tolist()]
    made = [_proposal(case, members) for members in (*groups, *trios)]
    return Proposals(
        made=tuple(sorted(made, key=lambda p: p.others)),
        admissible=len(case.table),
        options=options_of(case),
        proved=answer.proved,
        settled=answer.settled,
        gap=next((gap for gap in answer.gap if gap), 0),
    )


def _objective(term: ObjectiveTerm, scores: np.ndarray[tuple[int], np.dtype[np.int64]], people: int) -> PeerObjective:
    if term is ObjectiveTerm.TOTAL_SCORE:
        return PeerObjective(name=term, pair=scores, cover=np.zeros(people, np.int64))
    return PeerObjective(name=term, pair=np.zeros_like(scores), cover=np.ones(people, np.int64))


def _proposal(case: ShapeCase, members: tuple[int, ...]) -> Proposal:
    pairs = [(e, m) for e, m in combinations(sorted(members), 2)]
    return Proposal(
        mentors=(),
        others=tuple(sorted(members)),
        subject="",
        score=sum(case.scores[pair] for pair in pairs),
        terms=terms_of(case, pairs),
    )
