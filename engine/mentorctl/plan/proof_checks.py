"""Each kind of search for matches held against its certificate, without a solver; what is wrong is raised as Broken."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np

from mentorctl.optimize.blocking import blocking_pairs
from mentorctl.optimize.budgets import Budget
from mentorctl.optimize.certify import choice_defects
from mentorctl.optimize.groups.answer import values_of, verify_groups
from mentorctl.optimize.groups.branch_proof import branch_defects
from mentorctl.optimize.groups.peer_certificate import PeerCertificate
from mentorctl.optimize.groups.peer_ordered import PeerSearch, PeerThreshold, ordered_peers_defects, peer_answer
from mentorctl.optimize.groups.problem import NO_BLOCK, Branches, GroupAnswer
from mentorctl.optimize.matching import PairProblem, as_problem
from mentorctl.optimize.network import Certificate, Ints, Mask, Network
from mentorctl.optimize.objectives import Aims
from mentorctl.optimize.ordered import OrderedAnswer, Threshold
from mentorctl.optimize.ordered_check import answer_defects
from mentorctl.optimize.places import placed, with_places
from mentorctl.optimize.shapes.case import Proposal, Proposals, options_of, shown_scores, terms_of_each
from mentorctl.optimize.shapes.group_search import GroupSearch, group_search
from mentorctl.optimize.shapes.groups import proposals_of
from mentorctl.optimize.shapes.mosaics import mosaic_proposal, mosaic_search
from mentorctl.optimize.shapes.pairs import decided, pair_case
from mentorctl.optimize.shapes.peers import peer_proposal, peer_search
from mentorctl.optimize.shapes.pool import pool_defects
from mentorctl.optimize.stable import likings
from mentorctl.optimize.verify import broken_by
from mentorctl.plan.certificates import Level, MatchingCertificate, Priced, PricedGroups, PricedPeers
from mentorctl.plan.certified import groups_digest, joint_digest, mosaic_digest, pairs_digest, peers_digest, people_in
from mentorctl.plan.matches import as_record
from mentorctl.plan.problems import JointSearch, MatchingProblem
from mentorctl.rules.fields import Role
from mentorctl.spec.matching import Stability
from mentorctl.state.model import MatchRecord

type Decided = Mapping[tuple[str, str], tuple[MatchRecord, ...]]

_OTHERS = "the pairs, scores or places are others than those that were proved"


class Broken(Exception):  # noqa: N818 - ends the check of one search
    """Something is wrong; the message says what."""


# -- networks ----------------------------------------------------------------------------------------------------------


def network_remark(problem: MatchingProblem, certificate: MatchingCertificate) -> str:
    """A remark about the proof of pairs. Raises Broken where there is none."""
    _refuse_others(certificate)
    pairs = as_problem(pair_case(problem.case))
    if pairs_digest(pairs) != certificate.pairs:
        raise Broken(_OTHERS)
    chosen = check_choice(problem, pairs)
    if problem.case.matching.stability is Stability.STABLE:
        likes = likings(problem.case.ground, problem.case.matching, pairs.table)
        if blocking_pairs(pairs.network, likes, chosen).any():
            raise Broken("two people would leave their matches for each other")
        return "stable: no two people would leave their matches for each other"
    _check_aims(pairs.aims, (), certificate, _lifted(pairs.aims, pairs.network, pairs.standing, chosen))
    return ""


def check_choice(problem: MatchingProblem, pairs: PairProblem) -> Mask:
    """The pairs that the records match, which are allowed, within the places, and written as they should be."""
    chosen = _chosen(problem, pairs)
    for defect in choice_defects(pairs.network, chosen):
        raise Broken(defect)
    _check_records(problem, pairs, chosen)
    return chosen


def _chosen(problem: MatchingProblem, pairs: PairProblem) -> Mask:
    """The pairs of the table that the records match, beside those that are forced."""
    index_of = problem.cohort.inputs.index_of
    table = pairs.table
    rows = {
        pair: row
        for row, pair in enumerate(
            zip(table.mentees[table.mentee].tolist(), table.mentors[table.mentor].tolist(), strict=True)
        )
    }
    chosen = np.zeros(len(table), np.bool_)
    forced = set(decided(problem.case))
    for record in problem.made:
        if len(record.mentors) != 1 or len(record.others) != 1:
            raise Broken(f"{record.address.id} is not one mentor with one mentee")
        pair = (index_of.get(record.others[0], -1), index_of.get(record.mentors[0], -1))
        if pair in forced:
            forced.remove(pair)
        elif pair not in rows or chosen[rows[pair]]:
            raise Broken(f"{record.address.id} is a pair that is not allowed, or is there twice")
        else:
            chosen[rows[pair]] = True
    if forced:
        raise Broken(f"{len(forced)} pairs that are forced are missing")
    return chosen


def _check_records(problem: MatchingProblem, pairs: PairProblem, chosen: Mask) -> None:
    """Each match is written as its pair says: identity, score and terms."""
    case = problem.case
    ids = case.ground.roster.ids
    subjects = {(r.others[0], r.mentors[0]): r.subject for r in problem.made}
    for subject in subjects.values():
        if subject not in (case.periods or ("",)):
            raise Broken("a match is for a period that is not there")
    table = pairs.table
    people = table.mentees[table.mentee[chosen]], table.mentors[table.mentor[chosen]]
    rows = [*zip(people[0].tolist(), people[1].tolist(), strict=True), *decided(case)]
    made = tuple(
        Proposal(
            mentors=(m,),
            others=(e,),
            subject=subjects[ids[e], ids[m]],
            score=case.scores[e, m],
            terms=terms,
        )
        for (e, m), terms in zip(rows, terms_of_each(case, rows), strict=True)
    )
    _check_written(problem, made)


def _check_written(problem: MatchingProblem, made: Iterable[Proposal]) -> None:
    """Raises Broken unless the records are what these proposals would be in the state."""
    case = problem.case
    shown = shown_scores(case, Proposals(made=tuple(made), admissible=0, options=options_of(case)))
    expected = {replace(as_record(problem.cohort, proposal), relaxed=problem.given_up) for proposal in shown.made}
    if expected != set(problem.made):
        raise Broken("a match is not written as its pair says")


def _check_aims(aims: Aims, budgets: tuple[Budget, ...], certificate: MatchingCertificate, chosen: Mask) -> None:
    """Raises Broken where the prices do not prove that no better matches exist."""
    answer = OrderedAnswer(
        chosen=chosen,
        certificates=tuple(map(_proof, certificate.objectives)),
        thresholds=tuple(map(_threshold, certificate.levels)),
    )
    for defect in answer_defects(aims.network, aims.aims, budgets, answer):
        raise Broken(defect)


def _lifted(aims: Aims, network: Network, standing: Ints, chosen: Mask) -> Mask:
    """The pairs of the solved network that a choice takes."""
    if np.array_equal(aims.pair, np.arange(len(network))):
        return chosen
    return placed(with_places(network, standing[network.mentees :]), chosen)


def _threshold(level: Level) -> Threshold:
    return Threshold(
        level=level.level,
        beyond=level.beyond,
        reached=tuple(map(_proof, level.reached)),
        missed=tuple(map(_proof, level.missed)),
    )


def _proof(priced: Priced) -> Certificate:
    if any(abs(price) >= 1 << 62 for price in priced.prices):
        raise Broken("a price is out of range")
    return Certificate(prices=np.array(priced.prices, np.int64), value=priced.value, bound=priced.bound)


def _refuse_others(certificate: MatchingCertificate) -> None:
    if certificate.peers or certificate.peer_levels or certificate.groups or certificate.seated:
        raise Broken("the prices are those of peers or groups")


def check_joint(search: JointSearch, certificate: MatchingCertificate, decided_ones: Decided) -> None:
    """Raises Broken where the prices do not prove the matches of several cohorts, which were found as one problem."""
    _refuse_others(certificate)
    problem, inputs = search.problem, search.cohorts[0].inputs
    if not certificate.objectives or any(not priced.prices for priced in certificate.objectives):
        raise Broken("prices are missing")
    if joint_digest(inputs.roster.ids, problem) != certificate.pairs:
        raise Broken(_OTHERS)
    chosen = _jointly_chosen(search, decided_ones)
    for defect in choice_defects(problem.network, chosen):
        raise Broken(defect)
    _check_aims(
        problem.aims, problem.budgets, certificate, _lifted(problem.aims, problem.network, problem.standing, chosen)
    )


def _jointly_chosen(search: JointSearch, decided_ones: Decided) -> Mask:
    """The pairs of all cohorts that their records match, beside those that are forced."""
    pairs = search.problem.pairs
    rows = zip(pairs.mentee.tolist(), pairs.mentor.tolist(), pairs.cohort.tolist(), strict=True)
    row_of = {key: row for row, key in enumerate(rows)}
    chosen = np.zeros(len(row_of), np.bool_)
    for at, (cohort, forced) in enumerate(zip(search.cohorts, search.forced, strict=True)):
        index_of = cohort.inputs.index_of
        for record in decided_ones.get((cohort.program.id, cohort.id), ()):
            if record.relaxed:
                continue
            pair = (index_of.get(record.others[0], -1), index_of.get(record.mentors[0], -1))
            if pair in forced:
                continue
            if (*pair, at) not in row_of:
                raise Broken(f"{record.address.id} is a pair that is not allowed")
            chosen[row_of[*pair, at]] = True
    return chosen


# -- mosaics -----------------------------------------------------------------------------------------------------------


def mosaic_remark(problem: MatchingProblem, certificate: MatchingCertificate) -> str:
    """A remark about the proof of mentors for needs. Raises Broken where there is none."""
    _refuse_others(certificate)
    check_rules(problem)
    case, index_of = problem.case, problem.cohort.inputs.index_of
    search = mosaic_search(case)
    if search is None or mosaic_digest(case.ground.roster.ids, search) != certificate.pairs:
        raise Broken(_OTHERS)
    rows = search.rows()
    chosen, made = np.zeros(len(rows), np.bool_), []
    for record in problem.made:
        if len(record.mentors) != 1 or len(record.others) != 1:
            raise Broken(f"{record.address.id} is not one mentor with one mentee")
        key = (index_of.get(record.others[0], -1), record.subject, index_of.get(record.mentors[0], -1))
        if key not in rows or chosen[rows[key]]:
            raise Broken(f"{record.address.id} serves no need that is open, or is there twice")
        chosen[rows[key]] = True
        made.append(mosaic_proposal(case, *key))
    for defect in choice_defects(search.aims.network, chosen):
        raise Broken(defect)
    _check_written(problem, made)
    _check_aims(search.aims, (), certificate, chosen)
    return ""


# -- peers -------------------------------------------------------------------------------------------------------------


def check_peers(problem: MatchingProblem, certificate: MatchingCertificate) -> None:
    """Raises Broken where the prices do not prove the pairs, and the trio, of a pool."""
    if certificate.objectives or certificate.levels or certificate.groups or certificate.seated:
        raise Broken("the prices are those of pairs or groups")
    check_rules(problem)
    search = peer_search(problem.case)
    if peers_digest(problem.case.ground.roster.ids, search) != certificate.pairs:
        raise Broken(_OTHERS)
    chosen, trios = _matched_peers(problem, search)
    people = len(search.pool)
    priced = tuple(_peer_proof(p, people) for p in certificate.peers)
    answer = peer_answer(search, chosen, trios, priced)
    levels = [
        PeerThreshold(
            level=level.level,
            beyond=level.beyond,
            reached=tuple(_peer_proof(p, people) for p in level.reached),
            missed=tuple(_peer_proof(p, people) for p in level.missed),
        )
        for level in certificate.peer_levels
    ]
    for defect in ordered_peers_defects(search, answer, levels):
        raise Broken(defect)


def _matched_peers(problem: MatchingProblem, search: PeerSearch) -> tuple[Mask, Ints]:
    """The pairs of a search and the trios that the records match, which are written as they should be."""
    case, cohort = problem.case, problem.cohort
    place_of = {person: at for at, person in enumerate(search.pool)}
    row_of = {pair: row for row, pair in enumerate(search.pairs)}
    chosen, trios = np.zeros(len(row_of), np.bool_), []
    made = []
    for record in problem.made:
        people = sorted(cohort.inputs.index_of.get(person, -1) for person in record.others)
        pairs = list(combinations(people, 2))
        if record.mentors or len(pairs) not in {1, 3} or any(pair not in row_of for pair in pairs):
            raise Broken(f"{record.address.id} is no pair and no trio that is allowed")
        if len(pairs) == 1 and not chosen[row_of[pairs[0]]]:
            chosen[row_of[pairs[0]]] = True
        elif len(pairs) > 1:
            trios.append([place_of[person] for person in people])
        else:
            raise Broken(f"{record.address.id} is there twice")
        made.append(peer_proposal(case, tuple(people)))
    _check_written(problem, made)
    return chosen, np.array(trios, np.int64).reshape(-1, 3)


def _peer_proof(priced: PricedPeers, people: int) -> PeerCertificate:
    numbers = (priced.held, priced.value, priced.bound, *priced.prices, *priced.line, *priced.without)
    if any(abs(number) >= 1 << 62 for number in (*numbers, *(n for row in priced.sets for n in row))):
        raise Broken("a price is out of range")
    sets = np.array(priced.sets, np.int64).reshape(-1, 3)
    return PeerCertificate(
        terms=priced.terms,
        held=priced.held,
        without=np.array(priced.without, np.int64),
        price=np.array(priced.prices, np.int64),
        line=np.array(priced.line, np.int64) if priced.sets else np.arange(people),
        begin=sets[:, 0].copy(),
        end=sets[:, 1].copy(),
        set_price=sets[:, 2].copy(),
        value=priced.value,
        bound=priced.bound,
    )


# -- groups ------------------------------------------------------------------------------------------------------------


def check_groups(problem: MatchingProblem, certificate: MatchingCertificate) -> None:
    """Raises Broken where the prices do not prove the groups."""
    if replace(certificate, pairs="", groups=(), seated=()).has_prices:
        raise Broken("the prices are not those of groups alone")
    check_rules(problem)
    search = group_search(problem.case)
    if groups_digest(problem.case.ground.roster.ids, search) != certificate.pairs or search.problem.rules:
        raise Broken(_OTHERS)
    chosen, opened = _seated(problem, search, dict(certificate.seated))
    values = values_of(search.problem, chosen, opened)
    answer = GroupAnswer(
        status="optimal",
        chosen=chosen,
        opened=opened,
        block=np.full(len(opened), NO_BLOCK),
        values=values,
        bounds=values,
        settled=True,
        proofs=tuple(map(_branches, certificate.groups)),
    )
    for defect in (*verify_groups(search.problem, answer), *branch_defects(search.problem, answer)):
        raise Broken(defect)
    _check_written(problem, proposals_of(search, chosen))


def _seated(problem: MatchingProblem, search: GroupSearch, unit_of: Mapping[str, int]) -> tuple[Mask, Mask]:
    """The candidates that sit in the units of the matches, and those units."""
    build, index_of = search.build, problem.cohort.inputs.index_of
    opened = search.problem.must_open.copy()
    chosen = opened[search.problem.seat_unit[search.problem.seat]] & search.problem.tied
    if len(unit_of) != len(problem.made):
        raise Broken("the proof is about other matches")
    for record in problem.made:
        unit = unit_of.get(record.address.id, -1)
        if not 0 <= unit < len(opened) or opened[unit]:
            raise Broken(f"{record.address.id} has no unit of its own")
        opened[unit] = True
        mentors, others = people_in(record, index_of)
        if unit in search.mentees:
            if others != (search.mentees[unit],):
                raise Broken(f"{record.address.id} is for somebody else")
            others = ()
        for holder in (*((m, Role.MENTOR) for m in mentors), *((e, Role.MENTEE) for e in others)):
            at = build.at.get((unit, holder))
            if at is None:
                raise Broken(f"{record.address.id} has somebody who may not be in it")
            chosen[at] = True
    return chosen, opened


def _branches(priced: PricedGroups) -> Branches:
    if any(abs(number) >= 1 << 62 for row in (priced.terms, priced.units, *priced.prices) for number in row):
        raise Broken("a price is out of range")
    if len({len(row) for row in priced.prices}) != 1:
        raise Broken("the prices do not belong to this answer")
    prices = np.array(priced.prices, np.int64)
    return Branches(terms=priced.terms, unit=np.array(priced.units, np.int64), prices=prices)


# -- other classes -----------------------------------------------------------------------------------------------------


def check_rules(problem: MatchingProblem) -> None:
    """Nobody is in a match who may not be, no two people in one break a hard rule, and all keep those of the pool."""
    case, index_of = problem.case, problem.cohort.inputs.index_of
    made: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    ready = set(case.mentees.tolist()), set(case.mentors.tolist())
    for record in problem.made:
        others = [index_of.get(p, -1) for p in record.others]
        mentors = [index_of.get(p, -1) for p in record.mentors]
        if not set(others) <= ready[0] or not set(mentors) <= ready[1]:
            raise Broken(f"{record.address.id} has somebody who is not ready to be matched")
        if len(set(others) | set(mentors)) != len(others) + len(mentors):
            raise Broken(f"{record.address.id} has somebody twice")
        pairs = [(e, m) for e in others for m in mentors]
        if case.ground.peers:
            pairs = [(a, b) for a in sorted(others) for b in sorted(others) if a < b]
        for mentee, mentor in pairs:
            broken = broken_by(case.ground, case.matching, mentee, mentor)
            if broken:
                raise Broken(f"{record.address.id} breaks the rule `{broken}`")
        made.append((tuple(mentors), tuple(others)))
    for rule in pool_defects(case, made):
        raise Broken(f"the matches break the rule `{rule}`")
