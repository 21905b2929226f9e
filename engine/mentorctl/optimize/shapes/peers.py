"""Pairs of equals from one pool, with a trio when the number is odd and the program wants one."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from mentorctl.optimize.engine import Engine
from mentorctl.optimize.ground import Amounts
from mentorctl.optimize.groups.peer_ordered import PeerSearch, solve_peers_in_order
from mentorctl.optimize.groups.problem import PeerObjective, PeerProblem
from mentorctl.optimize.objectives import covers_first, leximin_levels, rank_points
from mentorctl.optimize.shapes.case import Proposal, Proposals, ShapeCase, options_of, terms_of
from mentorctl.optimize.shapes.wording import shortfalls_in_words
from mentorctl.spec.matching import Aim, ObjectiveTerm, OddPerson


def peer_search(case: ShapeCase) -> PeerSearch:
    """The pool of people who have no match yet, and what is best for it."""
    busy = {person for standing in case.standing for person in standing.others}
    pool = [person for person in case.mentees.tolist() if person not in busy and _has_room(case, person)]
    place = {person: at for at, person in enumerate(pool)}
    pairs = [(e, m, score) for (e, m), score in case.scores.items() if e in place and m in place]
    forced = {frozenset(pair) for pair in case.forced}
    scores = np.array([score for _, _, score in pairs], np.int64)
    aims = tuple(_spelled_out(case.matching.aims, leximin_levels(scores)))
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
            _fewest(scores, aim, len(pool)) if isinstance(aim, int) else _objective(case, aim, pool, pairs)
            for aim in aims
            if not _is_worst(aim)
        ),
    )
    return PeerSearch(
        pool=tuple(pool),
        pairs=tuple((e, m) for e, m, _ in pairs),
        scores=scores,
        problem=problem,
        worst=tuple(map(_is_worst, aims)),
    )


def propose_peers(case: ShapeCase, engine: Engine) -> Proposals:
    """The best new pairs of people who have no match yet."""
    search = peer_search(case)
    found = solve_peers_in_order(search, engine.peers)
    answer = found.answer
    if not answer.answered:
        return Proposals(
            made=(),
            admissible=len(case.table),
            options=options_of(case),
            missing=shortfalls_in_words(answer.shortfalls, lambda _: "the pool"),
        )
    left = np.flatnonzero(found.left)[answer.chosen].tolist()
    trios = [tuple(search.pool[at] for at in trio) for trio in answer.trios.tolist()]
    made = [peer_proposal(case, members) for members in (*(search.pairs[at] for at in left), *trios)]
    return Proposals(
        made=tuple(sorted(made, key=lambda p: p.others)),
        admissible=len(case.table),
        options=options_of(case),
        proved=answer.proved and not found.unsure,
        settled=answer.settled and not found.unsure,
        gap=next((gap for gap in answer.gap if gap), found.unsure),
        peers=found if found.is_certified else None,
    )


def _has_room(case: ShapeCase, person: int) -> bool:
    """Whether other programs leave somebody the time for a match."""
    return case.limits is None or int(case.limits[0][person]) > 0


def _is_worst(aim: Aim | int) -> bool:
    return not isinstance(aim, int) and aim[0][0] is ObjectiveTerm.WORST_MATCH


# -- what is counted ---------------------------------------------------------------------------------------------------


def _spelled_out(aims: Sequence[Aim], levels: Sequence[int]) -> Iterator[Aim | int]:
    """The aims with leximin as what it stands for: that peers are covered, then one aim for each score."""
    for at, aim in enumerate(aims):
        if aim[0][0] is not ObjectiveTerm.LEXIMIN:
            yield aim
            continue
        if not covers_first(aims[:at], ObjectiveTerm.COVER_PEERS):
            yield ((ObjectiveTerm.COVER_PEERS, 1),)
        yield from levels


def _fewest(scores: Amounts, level: int, people: int) -> PeerObjective:
    """As few pairs with just this score as can be."""
    pair = -(scores == level).astype(np.int64)
    return PeerObjective(name=f"{ObjectiveTerm.LEXIMIN} {level}", pair=pair, cover=np.zeros(people, np.int64))


def _objective(case: ShapeCase, aim: Aim, pool: Sequence[int], pairs: Sequence[tuple[int, int, int]]) -> PeerObjective:
    """One aim, which may be a weighted sum of several terms."""
    pair, cover = np.zeros(len(pairs), np.int64), np.zeros(len(pool), np.int64)
    for term, weight in aim:
        of_pair, of_person = _counted(case, term, pool, pairs)
        pair, cover = pair + weight * of_pair, cover + weight * of_person
    return PeerObjective(name=" + ".join(term for term, _ in aim), pair=pair, cover=cover)


def _counted(
    case: ShapeCase, term: ObjectiveTerm, pool: Sequence[int], pairs: Sequence[tuple[int, int, int]]
) -> tuple[Amounts, Amounts]:
    """What a pair and what a person with a match count in a term."""
    nothing, nobody = np.zeros(len(pairs), np.int64), np.zeros(len(pool), np.int64)
    match term:
        case ObjectiveTerm.TOTAL_SCORE:
            return np.array([score for _, _, score in pairs], np.int64), nobody
        case ObjectiveTerm.RANK_SUM:
            one, two = (np.array([pair[side] for pair in pairs], np.int32) for side in (0, 1))
            return rank_points(case.ground, case.matching, one, two), nobody
        case ObjectiveTerm.CHANGES:
            before = {frozenset(pair) for pair in case.previous}
            return np.array([frozenset((e, m)) in before for e, m, _ in pairs], np.int64), nobody
        case ObjectiveTerm.COVER_WAITING:
            waited = case.ground.waited
            return nothing, nobody if waited is None else waited[np.array(pool, np.int64)]
        case ObjectiveTerm.COVER_PEERS:
            return nothing, nobody + 1
        case _:
            raise ValueError(f"`{term}` is no aim of peers; spec.aim_checks lets no such objective pass")


def peer_proposal(case: ShapeCase, members: tuple[int, ...]) -> Proposal:
    """A pair or a trio as it is proposed."""
    pairs = [(e, m) for e, m in combinations(sorted(members), 2)]
    return Proposal(
        mentors=(),
        others=tuple(sorted(members)),
        subject="",
        score=sum(case.scores[pair] for pair in pairs),
        terms=terms_of(case, pairs),
    )
