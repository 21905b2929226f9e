"""Whether the matches of a plan are what its certificates say: checked from the files, the roster and the state alone.

Nothing is solved. The pairs are scored again, the matches are held against every rule and every place, and the prices
against the matches; and the changes that follow from the matches must be those that the plan has.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np

from mentorctl.optimize.blocking import blocking_pairs
from mentorctl.optimize.certify import choice_defects
from mentorctl.optimize.matching import PairProblem, as_problem
from mentorctl.optimize.network import Certificate, Mask
from mentorctl.optimize.ordered import OrderedAnswer, Threshold
from mentorctl.optimize.ordered_check import answer_defects
from mentorctl.optimize.places import placed, with_places
from mentorctl.optimize.shapes.case import Proposal, Proposals, options_of, shown_scores, terms_of
from mentorctl.optimize.shapes.classify import ProblemClass, classify
from mentorctl.optimize.shapes.pairs import decided, pair_case
from mentorctl.optimize.stable import likings
from mentorctl.optimize.verify import broken_by
from mentorctl.plan.certificates import Claim, Level, MatchingCertificate, Priced
from mentorctl.plan.certified import pairs_digest
from mentorctl.plan.matches import as_record
from mentorctl.plan.model import Change, Plan
from mentorctl.plan.problems import MatchingProblem
from mentorctl.plan.standing import STANDING
from mentorctl.spec.matching import Stability
from mentorctl.spec.model import ModelType, Workspace
from mentorctl.state.model import EnrollmentRecord, MatchRecord, Snapshot

type Decided = Mapping[tuple[str, str], tuple[MatchRecord, ...]]


_KEPT = "the matches break no rule"
_BOUND = "that there are no better ones is only the bound of a solver"
_JOINT = f"were found in one problem with other programs, and {_BOUND}"


class Outcome(StrEnum):
    """What a check came to. Only the first is a proof."""

    PROVED = "proved"
    NOT_PROVED = "not proved"
    CORRUPTED = "corrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One search: whether its matches are proved, and the reason where they are not."""

    program: str
    cohort: str
    given_up: tuple[str, ...]
    problem: str
    pairs: int
    matches: int
    outcome: Outcome
    because: str = ""


class _Broken(Exception):  # noqa: N818 - ends the check of one search
    """Something is wrong; the message says what."""


def claim_of(plan: Plan) -> Claim:
    """What a plan says about its matches; those that stood before are not among them."""
    stood = {c.address for c in plan.changes if isinstance(c.before, MatchRecord) and c.before.state in STANDING}
    new = (c.after for c in plan.changes if isinstance(c.after, MatchRecord) and c.address not in stood)
    return Claim(
        workspace=plan.workspace,
        lineage=plan.lineage,
        serial=plan.serial,
        as_of=plan.as_of,
        inputs=plan.inputs,
        digest=plan.digest,
        matches=tuple(record for record in new if record.state == "proposed"),
        certificates=plan.certificates,
    )


def decisions(claim: Claim) -> Decided:
    """The matches by program and cohort."""
    made: dict[tuple[str, str], list[MatchRecord]] = {}
    for record in claim.matches:
        made.setdefault((record.address.program, record.address.cohort), []).append(record)
    return {where: tuple(records) for where, records in made.items()}


def origin_defect(claim: Claim, workspace: Workspace | None, inputs: str, snapshot: Snapshot) -> str:
    """Why a claim cannot be checked with these files, people and state; empty where it can."""
    try:
        date.fromisoformat(claim.as_of)
    except ValueError:
        return f"`{claim.as_of}` is not a day"
    if workspace is None or claim.workspace != workspace.id:
        return f"it was made for `{claim.workspace}`, this is `{workspace.id if workspace else ''}`"
    if claim.inputs != inputs:
        return "the program files or the roster are not those that it was made from"
    if (claim.lineage, claim.serial) != (snapshot.lineage, snapshot.serial):
        return f"it was made at serial {claim.serial} of the state, which is at serial {snapshot.serial} now"
    return ""


def plan_defects(plan: Plan, changes: Iterable[Change], problems: Iterable[MatchingProblem]) -> Iterator[str]:
    """What in a plan does not follow from its matches: changes of matches and enrollments, and what is counted."""
    if _of_people(plan.changes) != _of_people(changes):
        yield "its changes are not those that follow from its matches"
    counted: dict[tuple[str, str], list[MatchRecord]] = {}
    for problem in problems:
        if problem.is_open:
            where = (problem.cohort.program.id, problem.cohort.id)
            counted.setdefault(where, [] if problem.given_up else list(problem.kept)).extend(problem.made)
    said = {(m.program, m.cohort): (m.matches, m.score) for m in plan.matchings}
    if said != {where: (len(records), sum(r.score for r in records)) for where, records in counted.items()}:
        yield "its summary does not count its matches"


def _of_people(changes: Iterable[Change]) -> list[Change]:
    """The changes of matches and enrollments, without why they are made: that proves nothing."""
    return [
        replace(c, reason="", cause=None, span=None)
        for c in changes
        if isinstance(c.after or c.before, MatchRecord | EnrollmentRecord)
    ]


def checked(problems: Iterable[MatchingProblem], claim: Claim) -> tuple[Checked, ...]:
    """Each search with its outcome; `problems` are those of a plan in which the claimed matches were decided."""
    searched = [problem for problem in problems if problem.is_open]
    proofs = {(c.program, c.cohort, c.given_up): c for c in claim.certificates}
    found = [_checked(problem, proofs.pop(_key(problem), None)) for problem in searched]
    for program, cohort, given_up in sorted(proofs):
        found.append(_loose(program, cohort, given_up, "nothing is searched there on this day"))
    known = {m.address for problem in searched for m in problem.made}
    for (program, cohort), records in sorted(decisions(claim).items()):
        if any(record.address not in known for record in records):
            found.append(_loose(program, cohort, (), "it has matches that no search makes"))
    return tuple(found)


def _key(problem: MatchingProblem) -> tuple[str, str, tuple[str, ...]]:
    return problem.cohort.program.id, problem.cohort.id, problem.given_up


def _loose(program: str, cohort: str, given_up: tuple[str, ...], because: str) -> Checked:
    return Checked(
        program=program,
        cohort=cohort,
        given_up=given_up,
        problem="",
        pairs=0,
        matches=0,
        outcome=Outcome.CORRUPTED,
        because=because,
    )


def _checked(problem: MatchingProblem, certificate: MatchingCertificate | None) -> Checked:
    program, cohort, given_up = _key(problem)
    kind = classify(problem.case).kind
    said = Checked(
        program=program,
        cohort=cohort,
        given_up=given_up,
        problem=kind.value,
        pairs=len(problem.case.table),
        matches=len(problem.made),
        outcome=Outcome.PROVED,
    )
    try:
        outcome, because = _outcome(problem, certificate, kind)
    except _Broken as broken:
        outcome, because = Outcome.CORRUPTED, str(broken)
    return replace(said, outcome=outcome, because=because)


def _outcome(
    problem: MatchingProblem, certificate: MatchingCertificate | None, kind: ProblemClass
) -> tuple[Outcome, str]:
    """What a check comes to. Raises _Broken where something is wrong."""
    if certificate is None:
        raise _Broken("there is no certificate")
    if certificate.problem != kind.value:
        raise _Broken(f"the certificate is of another class: {certificate.problem}")
    if kind is ProblemClass.NETWORK and certificate.pairs:
        return Outcome.PROVED, _network(problem, certificate)
    if certificate.pairs or certificate.objectives or certificate.levels:
        raise _Broken("prices prove nothing about this class")
    _check_rules(problem)
    if kind is ProblemClass.NETWORK and problem.case.model is not ModelType.MOSAIC:
        pairs = as_problem(pair_case(problem.case))
        _check_choice(problem, pairs)
        return Outcome.NOT_PROVED, f"{_KEPT}, within the places of everybody; they {_JOINT}"
    return Outcome.NOT_PROVED, f"{_KEPT}; {_BOUND}"


# -- networks ----------------------------------------------------------------------------------------------------------


def _network(problem: MatchingProblem, certificate: MatchingCertificate) -> str:
    """A remark about the proof. Raises _Broken where there is none."""
    pairs = as_problem(pair_case(problem.case))
    if pairs_digest(pairs) != certificate.pairs:
        raise _Broken("the pairs, scores or places are others than those that were proved")
    chosen = _check_choice(problem, pairs)
    if problem.case.matching.stability is Stability.STABLE:
        likes = likings(problem.case.ground, problem.case.matching, pairs.table)
        if blocking_pairs(pairs.network, likes, chosen).any():
            raise _Broken("two people would leave their matches for each other")
        return "stable: no two people would leave their matches for each other"
    for defect in _aim_defects(pairs, certificate, chosen):
        raise _Broken(defect)
    return ""


def _check_choice(problem: MatchingProblem, pairs: PairProblem) -> Mask:
    """The pairs that the records match, which are allowed, within the places, and written as they should be."""
    chosen = _chosen(problem, pairs)
    for defect in choice_defects(pairs.network, chosen):
        raise _Broken(defect)
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
            raise _Broken(f"{record.address.id} is not one mentor with one mentee")
        pair = (index_of.get(record.others[0], -1), index_of.get(record.mentors[0], -1))
        if pair in forced:
            forced.remove(pair)
        elif pair not in rows or chosen[rows[pair]]:
            raise _Broken(f"{record.address.id} is a pair that is not allowed, or is there twice")
        else:
            chosen[rows[pair]] = True
    if forced:
        raise _Broken(f"{len(forced)} pairs that are forced are missing")
    return chosen


def _check_records(problem: MatchingProblem, pairs: PairProblem, chosen: Mask) -> None:
    """Each match is written as its pair says: identity, score and terms."""
    case, cohort = problem.case, problem.cohort
    ids = case.ground.roster.ids
    subjects = {(r.others[0], r.mentors[0]): r.subject for r in problem.made}
    for subject in subjects.values():
        if subject not in (case.periods or ("",)):
            raise _Broken("a match is for a period that is not there")
    table = pairs.table
    people = table.mentees[table.mentee[chosen]], table.mentors[table.mentor[chosen]]
    rows = list(zip(people[0].tolist(), people[1].tolist(), strict=True))
    made = tuple(
        Proposal(
            mentors=(m,),
            others=(e,),
            subject=subjects[ids[e], ids[m]],
            score=case.scores[e, m],
            terms=terms_of(case, [(e, m)]),
        )
        for e, m in (*rows, *decided(case))
    )
    shown = shown_scores(case, Proposals(made=made, admissible=0, options=options_of(case)))
    expected = {replace(as_record(cohort, proposal), relaxed=problem.given_up) for proposal in shown.made}
    if expected != set(problem.made):
        raise _Broken("a match is not written as its pair says")


def _aim_defects(pairs: PairProblem, certificate: MatchingCertificate, chosen: Mask) -> Iterator[str]:
    """Why the prices do not prove that no better matches exist."""
    aims = pairs.aims
    answer = OrderedAnswer(
        chosen=_lifted(pairs, chosen),
        certificates=tuple(map(_proof, certificate.objectives)),
        thresholds=tuple(map(_threshold, certificate.levels)),
    )
    return answer_defects(aims.network, aims.aims, (), answer)


def _lifted(pairs: PairProblem, chosen: Mask) -> Mask:
    """The pairs of the solved network that a choice takes."""
    if np.array_equal(pairs.aims.pair, np.arange(len(pairs.table))):
        return chosen
    return placed(with_places(pairs.network, pairs.standing[pairs.network.mentees :]), chosen)


def _threshold(level: Level) -> Threshold:
    return Threshold(
        level=level.level,
        beyond=level.beyond,
        reached=tuple(map(_proof, level.reached)),
        missed=tuple(map(_proof, level.missed)),
    )


def _proof(priced: Priced) -> Certificate:
    if any(abs(price) >= 1 << 62 for price in priced.prices):
        raise _Broken("a price is out of range")
    return Certificate(prices=np.array(priced.prices, np.int64), value=priced.value, bound=priced.bound)


# -- other classes -----------------------------------------------------------------------------------------------------


def _check_rules(problem: MatchingProblem) -> None:
    """Nobody is in a match who may not be, and no two people in one break a hard rule."""
    case, index_of = problem.case, problem.cohort.inputs.index_of
    ready = set(case.mentees.tolist()), set(case.mentors.tolist())
    for record in problem.made:
        others = [index_of.get(p, -1) for p in record.others]
        mentors = [index_of.get(p, -1) for p in record.mentors]
        if not set(others) <= ready[0] or not set(mentors) <= ready[1]:
            raise _Broken(f"{record.address.id} has somebody who is not ready to be matched")
        if len(set(others) | set(mentors)) != len(others) + len(mentors):
            raise _Broken(f"{record.address.id} has somebody twice")
        pairs = [(e, m) for e in others for m in mentors]
        if case.ground.peers:
            pairs = [(a, b) for a in sorted(others) for b in sorted(others) if a < b]
        for mentee, mentor in pairs:
            broken = broken_by(case.ground, case.matching, mentee, mentor)
            if broken:
                raise _Broken(f"{record.address.id} breaks the rule `{broken}`")
