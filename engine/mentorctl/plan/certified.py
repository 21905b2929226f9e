"""From solved problems to certificates, and the digest that binds these to the pairs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.canonical import canonical_proofs
from mentorctl.optimize.ground import Amounts, Indices
from mentorctl.optimize.matching import PairProblem
from mentorctl.optimize.network import Certificate, Network, Objective
from mentorctl.optimize.objectives import Aims
from mentorctl.optimize.ordered import OrderedAnswer, Threshold, Worst, only, over
from mentorctl.optimize.shapes.case import MosaicSearch
from mentorctl.optimize.shapes.classify import classify
from mentorctl.optimize.together import JointProblem
from mentorctl.plan.certificates import Level, MatchingCertificate, PeerLevel, Priced, PricedGroups, PricedPeers
from mentorctl.plan.problems import JointSearch, MatchingProblem
from mentorctl.state.model import MatchRecord

if TYPE_CHECKING:
    from mentorctl.optimize.groups.peer_certificate import PeerCertificate
    from mentorctl.optimize.groups.peer_ordered import PeerSearch, PeerThreshold
    from mentorctl.optimize.groups.problem import Branches
    from mentorctl.optimize.shapes.group_search import GroupSearch
    from mentorctl.optimize.shapes.groups import SolvedGroups

type Ids = Sequence[str]  # of the roster

_MOST_PRICES = 200_000  # of one proof about groups in a plan file
_ENCODING = "mcp1"  # of the scored pairs; digests of different encodings are never equal


def certificates_of(
    problems: Iterable[MatchingProblem], joint: Sequence[JointSearch] = ()
) -> tuple[MatchingCertificate, ...]:
    """A certificate for each search that was made; the first cohort of a `joint` search has that of all."""
    return tuple(_certificate(problem, joint) for problem in problems if problem.found is not None)


def search_of(problem: MatchingProblem, joint: Iterable[JointSearch]) -> JointSearch | None:
    """The search that made the matches of a problem together with those of other cohorts."""
    name = str(problem.cohort.address)
    return next((search for search in joint if problem.together and name in search.names), None)


def _certificate(problem: MatchingProblem, joint: Iterable[JointSearch]) -> MatchingCertificate:
    found, search, ids = problem.found, search_of(problem, joint), problem.case.ground.roster.ids
    bare = MatchingCertificate(
        program=problem.cohort.program.id,
        cohort=problem.cohort.id,
        given_up=problem.given_up,
        problem=classify(problem.case).kind.value,
        pairs="",
        objectives=(),
        levels=(),
        together=search.names if search else (),
    )
    if search is not None:
        return _of_all(bare, ids, search) if search.names[0] == str(problem.cohort.address) else bare
    if found is not None and found.solved:
        objectives, levels = _proofs(found.solved.problem.aims, found.solved.answer)
        return replace(bare, pairs=pairs_digest(found.solved.problem), objectives=objectives, levels=levels)
    if found is not None and found.mosaic:
        solved = found.mosaic
        objectives, levels = _proofs(solved.search.aims, solved.answer)
        return replace(bare, pairs=mosaic_digest(ids, solved.search), objectives=objectives, levels=levels)
    if found is not None and found.peers:
        return replace(
            bare,
            pairs=peers_digest(ids, found.peers.search),
            peers=tuple(map(_priced_peers, found.peers.answer.certificates)),
            peer_levels=tuple(map(_peer_level, found.peers.thresholds)),
        )
    if found is not None and found.groups:
        return _of_groups(bare, ids, found.groups, problem)
    return bare


def _of_groups(
    bare: MatchingCertificate, ids: Ids, solved: "SolvedGroups", problem: MatchingProblem
) -> MatchingCertificate:
    """With what proves groups; with nothing where only a solver does, or where the proof would be a burden."""
    from mentorctl.optimize.shapes.groups import members_of

    search, proofs = solved.search, solved.answer.proofs
    if not proofs or search.in_pairs or sum(proof.prices.size for proof in proofs) > _MOST_PRICES:
        return bare
    unit_of = {people: unit for unit, people in members_of(search, solved.answer.chosen).items()}
    index_of = problem.cohort.inputs.index_of
    return replace(
        bare,
        pairs=groups_digest(ids, search),
        groups=tuple(map(_priced_groups, proofs)),
        seated=tuple((m.address.id, unit_of[people_in(m, index_of)]) for m in problem.made),
    )


def people_in(match: MatchRecord, index_of: Mapping[str, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The mentors and the others of a match by their places in the roster, -1 for somebody who is not there."""
    mentors, others = (tuple(sorted(index_of.get(p, -1) for p in side)) for side in (match.mentors, match.others))
    return mentors, others


def _of_all(bare: MatchingCertificate, ids: Ids, search: JointSearch) -> MatchingCertificate:
    """With what proves the matches of several cohorts; with nothing where that is only the bound of a solver."""
    answer = search.answer
    if answer is None or not all(len(proof.prices) for proof in answer.certificates):
        return bare
    objectives, levels = _proofs(search.problem.aims, answer)
    return replace(bare, pairs=joint_digest(ids, search.problem), objectives=objectives, levels=levels)


# -- networks ----------------------------------------------------------------------------------------------------------


def _proofs(aims: Aims, answer: OrderedAnswer) -> tuple[tuple[Priced, ...], tuple[Level, ...]]:
    """The proof of each objective over the pairs that the thresholds leave, in prices that the answer alone decides."""
    left, levels = np.ones(len(aims.network), np.bool_), iter(answer.thresholds)
    for aim in aims.aims:
        if isinstance(aim, Worst):
            left &= aim.pair >= next(levels).level
    seen = [over(aim, left) for aim in aims.aims if isinstance(aim, Objective)]
    proofs = canonical_proofs(only(aims.network, left), seen, answer.chosen[left], answer.certificates)
    return tuple(map(_priced, proofs)), tuple(map(_level, answer.thresholds))


def _priced(certificate: Certificate) -> Priced:
    return Priced(value=certificate.value, bound=certificate.bound, prices=tuple(certificate.prices.tolist()))


def _level(threshold: Threshold) -> Level:
    return Level(
        level=threshold.level,
        beyond=threshold.beyond,
        reached=tuple(map(_priced, threshold.reached)),
        missed=tuple(map(_priced, threshold.missed)),
    )


# -- peers -------------------------------------------------------------------------------------------------------------


def _priced_peers(certificate: "PeerCertificate") -> PricedPeers:
    sets = zip(*(a.tolist() for a in (certificate.begin, certificate.end, certificate.set_price)), strict=True)
    return PricedPeers(
        terms=certificate.terms,
        held=certificate.held,
        without=tuple(certificate.without.tolist()),
        value=certificate.value,
        bound=certificate.bound,
        prices=tuple(certificate.price.tolist()),
        line=tuple(certificate.line.tolist()) if len(certificate.begin) else (),
        sets=tuple(sets),
    )


def _peer_level(threshold: "PeerThreshold") -> PeerLevel:
    return PeerLevel(
        level=threshold.level,
        beyond=threshold.beyond,
        reached=tuple(map(_priced_peers, threshold.reached)),
        missed=tuple(map(_priced_peers, threshold.missed)),
    )


# -- groups ------------------------------------------------------------------------------------------------------------


def _priced_groups(proof: "Branches") -> PricedGroups:
    return PricedGroups(
        terms=proof.terms, units=tuple(proof.unit.tolist()), prices=tuple(map(tuple, proof.prices.tolist()))
    )


# -- digests -----------------------------------------------------------------------------------------------------------


def pairs_digest(problem: PairProblem) -> str:
    """The digest of everything that a search is given: people, pairs, scores, places and aims."""
    case, table = problem.case, problem.table
    columns: list[NDArray[Any]] = [
        table.mentee,
        table.mentor,
        table.score,
        *_places(problem.network),
        *_aims(problem.aims),
    ]
    return _digest(case.ground.roster.ids, (case.mentees, case.mentors), columns)


def joint_digest(ids: Ids, problem: JointProblem) -> str:
    """The same of a search in several cohorts, and of what they share."""
    pairs = problem.pairs
    columns: list[NDArray[Any]] = [
        pairs.mentee,
        pairs.mentor,
        pairs.cohort,
        pairs.score,
        *_places(problem.network),
        *_aims(problem.aims),
    ]
    for budget in problem.budgets:
        columns += [budget.pairs, budget.costs, np.array([budget.at_most], np.int64)]
    return _digest(ids, problem.people, columns)


def mosaic_digest(ids: Ids, search: MosaicSearch) -> str:
    """The same of a mosaic."""
    mentees, needs = [mentee for mentee, _ in search.units], ",".join(need for _, need in search.units)
    columns = [np.frombuffer(needs.encode(), np.uint8), *_aims(search.aims)]
    return _digest(ids, (np.array(mentees, np.int64), np.array(search.mentors, np.int64)), columns)


def peers_digest(ids: Ids, search: "PeerSearch") -> str:
    """The same of a search among peers."""
    problem = search.problem
    columns: list[NDArray[Any]] = [
        problem.first,
        problem.second,
        search.scores,
        problem.forced,
        problem.low,
        problem.high,
    ]
    columns += [np.array(problem.trios, np.int64), np.array(search.worst, np.int64)]
    for objective in problem.objectives:
        columns += [objective.pair, objective.cover]
    return _digest(ids, (np.array(search.pool, np.int64),), columns)


def groups_digest(ids: Ids, search: "GroupSearch") -> str:
    """The same of groups that are a network with units that open: who may sit where, and what is best."""
    problem, build = search.problem, search.build
    subjects = ",".join(unit.subject for unit in build.units)
    columns: list[NDArray[Any]] = [
        np.frombuffer(subjects.encode(), np.uint8),
        *(problem.holder_person, problem.holder_role, problem.holder_low, problem.holder_high),
        *(problem.must_open, problem.family, problem.seat_unit, problem.seat_low, problem.seat_high),
        *(problem.seat, problem.holder, problem.tied),
    ]
    for objective in problem.objectives:
        columns += [objective.candidate, objective.unit, objective.cover]
    return _digest(ids, (np.array(build.people, np.int64),), columns)


def _places(network: Network) -> Iterable[NDArray[Any]]:
    return network.low, network.high


def _aims(aims: Aims) -> Iterable[NDArray[Any]]:
    yield from (*_places(aims.network), aims.network.mentee, aims.network.mentor, aims.pair)
    for aim in aims.aims:
        yield from (aim.pair, aim.cover) if isinstance(aim, Objective) else (aim.pair,)


def _digest(ids: Ids, sides: Iterable[Indices | Amounts], columns: Iterable[NDArray[Any]]) -> str:
    found = sha256()
    for people in sides:
        found.update(f"{len(people)}:{','.join(ids[person] for person in people.tolist())};".encode())
    for column in columns:
        data = np.ascontiguousarray(column, dtype="<i8")
        found.update(f"{len(data)}:".encode())
        found.update(data.tobytes())
    return f"{_ENCODING}:sha256:{found.hexdigest()}"
