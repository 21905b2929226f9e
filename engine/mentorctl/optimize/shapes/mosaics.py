"""Mosaics whose needs part the mentors among them: a network in which each need of each mentee is a node.

Then nobody can meet the same mentor twice, so nothing but places binds. Other mosaics are solved as groups are.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from mentorctl.optimize.engine import Engine
from mentorctl.optimize.groups.problem import Ints
from mentorctl.optimize.matching import rooms
from mentorctl.optimize.network import Network, Objective
from mentorctl.optimize.objectives import Aims
from mentorctl.optimize.shapes.case import MosaicSearch, Proposal, Proposals, ShapeCase, SolvedMosaic, terms_of
from mentorctl.optimize.shapes.classify import ProblemClass, class_of
from mentorctl.spec.matching import Aim, ObjectiveTerm

_SUMS = {
    ObjectiveTerm.COVER_MENTEES,
    ObjectiveTerm.COVER_MENTORS,
    ObjectiveTerm.TOTAL_SCORE,
    ObjectiveTerm.FILL_PLACES,
}


def mosaic_search(case: ShapeCase) -> MosaicSearch | None:
    """A mosaic as a network; None where it is none: a mentor for several needs, pairs that must be made, fewer places
    than needs, or an aim that is no sum.
    """
    standing = {(e, m) for s in case.standing for e in s.others for m in s.mentors}
    if class_of(case)[0] is not ProblemClass.NETWORK or case.forced - standing:
        return None
    if any(term not in _SUMS for aim in case.matching.aims for term, _ in aim):
        return None
    units = _units(case)
    needs = Counter(mentee for mentee, _ in units)
    room = _left(case, mentees=True)
    if any(count > room[mentee] for mentee, count in needs.items()):
        return None
    mentors = case.mentors.tolist()
    serving = [[m for m in mentors if case.meets(need.mentor, m)] for need in case.matching.needs]
    by_need = {need.id: serves for need, serves in zip(case.matching.needs, serving, strict=True)}
    node = {mentor: len(units) + at for at, mentor in enumerate(mentors)}
    pairs = [
        (unit, node[mentor], case.scores[mentee, mentor])
        for unit, (mentee, need) in enumerate(units)
        for mentor in by_need[need]
        if (mentee, mentor) in case.scores and (mentee, mentor) not in standing
    ]
    ends = np.array(pairs, np.int64).reshape(-1, 3)
    places = _left(case, mentees=False)
    high = np.array([1] * len(units) + [places[mentor] for mentor in mentors], np.int64)
    network = Network(
        mentees=len(units), mentee=ends[:, 0].copy(), mentor=ends[:, 1].copy(), low=np.zeros_like(high), high=high
    )
    covered = {m for s in case.standing for m in s.mentors}
    open_to = np.array([0] * len(units) + [int(mentor not in covered) for mentor in mentors], np.int64)
    aims = tuple(_objective(aim, ends[:, 2].copy(), open_to, len(units)) for aim in case.matching.aims)
    whole = Aims(network=network, aims=aims, weights=(), constants=(), pair=np.arange(len(ends)))
    return MosaicSearch(units=tuple(units), mentors=tuple(mentors), aims=whole)


def propose_partitioned(case: ShapeCase, search: MosaicSearch, engine: Engine) -> Proposals:
    """The best mentors for all needs, proved over all pairs. Raises `network.NoProof`."""
    network = search.aims.network
    answer = engine.network(network, search.aims.aims)
    options = Counter(search.units[unit][0] for unit in network.mentee.tolist())
    chosen = (key for key, at in search.rows().items() if answer.chosen[at])
    return Proposals(
        made=tuple(mosaic_proposal(case, *key) for key in chosen),
        admissible=len(case.table),
        options=np.array([options[mentee] for mentee in case.mentees.tolist()], np.int64),
        mosaic=SolvedMosaic(search=search, answer=answer),
    )


def mosaic_proposal(case: ShapeCase, mentee: int, need: str, mentor: int) -> Proposal:
    """A mentor for a need as it is proposed."""
    return Proposal(
        mentors=(mentor,),
        others=(mentee,),
        subject=need,
        score=case.scores[mentee, mentor],
        terms=terms_of(case, [(mentee, mentor)]),
    )


def _units(case: ShapeCase) -> list[tuple[int, str]]:
    """The needs that nobody serves yet, by mentee and in the order of the program."""
    served = {(e, s.subject) for s in case.standing for e in s.others}
    return [
        (mentee, need.id)
        for mentee in case.mentees.tolist()
        for need in case.matching.needs
        if (mentee, need.id) not in served and case.meets(need.mentee, mentee)
    ]


def _left(case: ShapeCase, *, mentees: bool) -> dict[int, int]:
    """How many more matches everybody of a side may have."""
    people = case.mentees if mentees else case.mentors
    capacity = case.matching.mentee_capacity if mentees else case.matching.mentor_capacity
    room = rooms(case.ground, capacity, people)
    if case.limits is not None:
        room = np.minimum(room, case.limits[int(mentees)][people])
    taken = Counter(_standing(case, mentees=mentees))
    return {person: max(0, most - taken[person]) for person, most in zip(people.tolist(), room.tolist(), strict=True)}


def _standing(case: ShapeCase, *, mentees: bool) -> Iterator[int]:
    for standing in case.standing:
        yield from standing.others if mentees else standing.mentors


def _objective(aim: Aim, score: Ints, open_to: Ints, units: int) -> Objective:
    """One aim; in a mosaic it is needs that are covered, not mentees."""
    pair, cover = np.zeros(len(score), np.int64), np.zeros(len(open_to), np.int64)
    for term, weight in aim:
        match term:
            case ObjectiveTerm.TOTAL_SCORE:
                pair += weight * score
            case ObjectiveTerm.FILL_PLACES:
                pair += weight
            case ObjectiveTerm.COVER_MENTORS:
                cover += weight * open_to
            case _:
                cover[:units] += weight
    return Objective(pair=pair, cover=cover)
