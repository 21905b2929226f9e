"""Whether the matches of a plan are what its certificates say: checked from the files, the roster and the state alone.

Nothing is solved. The pairs are scored again, the matches are held against every rule and every place, and the prices
against the matches; and the changes that follow from the matches must be those that the plan has.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from enum import StrEnum

from mentorctl.diagnostics import quoted_list
from mentorctl.optimize.matching import as_problem
from mentorctl.optimize.shapes.classify import ProblemClass, classify
from mentorctl.optimize.shapes.mosaics import mosaic_search
from mentorctl.optimize.shapes.pairs import pair_case
from mentorctl.plan.certificates import Claim, MatchingCertificate
from mentorctl.plan.certified import search_of
from mentorctl.plan.model import Change, Plan
from mentorctl.plan.problems import JointSearch, MatchingProblem
from mentorctl.plan.proof_checks import (
    Broken,
    Decided,
    check_choice,
    check_groups,
    check_joint,
    check_peers,
    check_rules,
    mosaic_remark,
    network_remark,
)
from mentorctl.plan.standing import NEW, STANDING
from mentorctl.spec.model import ModelType, Workspace
from mentorctl.state.model import EnrollmentRecord, MatchRecord, Snapshot
from mentorctl.values import dataclass

_KEPT = "the matches break no rule"
_BOUND = "that there are no better ones is only the bound of a solver"
_JOINT = f"what the programs share cuts deeper than places, and {_BOUND}"


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
        matches=tuple(record for record in new if record.state in NEW),
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
    """The changes of matches and enrollments, without why: what asked for them is no part of the proof."""
    mine = (c for c in changes if isinstance(c.after or c.before, MatchRecord | EnrollmentRecord))
    return [replace(c, reason="", cause=None, span=None) for c in mine]


def checked(
    problems: Iterable[MatchingProblem], searches: tuple[JointSearch, ...], claim: Claim
) -> tuple[Checked, ...]:
    """Each search with its outcome, of a plan in which the claimed matches were decided.

    `searches` are those that are made in several cohorts at once.
    """
    joint = _Joint(searches, claim)
    searched = [problem for problem in problems if problem.is_open]
    proofs = {(c.program, c.cohort, c.given_up): c for c in claim.certificates}
    found = [_checked(problem, proofs.pop(_key(problem), None), joint) for problem in searched]
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


def _checked(problem: MatchingProblem, certificate: MatchingCertificate | None, joint: "_Joint") -> Checked:
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
        outcome, because = _outcome(problem, certificate, kind, joint)
    except Broken as broken:
        outcome, because = Outcome.CORRUPTED, str(broken)
    return replace(said, outcome=outcome, because=because)


def _outcome(
    problem: MatchingProblem, certificate: MatchingCertificate | None, kind: ProblemClass, joint: "_Joint"
) -> tuple[Outcome, str]:
    """What a check comes to. Raises Broken where something is wrong."""
    if certificate is None:
        raise Broken("there is no certificate")
    if certificate.problem != kind.value:
        raise Broken(f"the certificate is of another class: {certificate.problem}")
    search = search_of(problem, joint.searches)
    if certificate.together != (search.names if search else ()):
        raise Broken("it was searched with other cohorts than the certificate says")
    if search is not None:
        if search.names[0] != str(problem.cohort.address):
            _refuse_prices(certificate)
        check_choice(problem, as_problem(pair_case(problem.case)))
        return joint.outcome(search)
    is_mosaic = problem.case.model is ModelType.MOSAIC
    if kind is ProblemClass.NETWORK and certificate.pairs:
        return Outcome.PROVED, (mosaic_remark if is_mosaic else network_remark)(problem, certificate)
    if kind is ProblemClass.GENERAL_GRAPH and certificate.pairs:
        check_peers(problem, certificate)
        return Outcome.PROVED, ""
    if certificate.groups:
        check_groups(problem, certificate)
        return Outcome.PROVED, ""
    _refuse_prices(certificate)
    check_rules(problem)
    if kind is ProblemClass.NETWORK and not (is_mosaic and mosaic_search(problem.case) is None):
        raise Broken("the prices of a network are missing")
    return Outcome.NOT_PROVED, f"{_KEPT}; {_BOUND}"


def _refuse_prices(certificate: MatchingCertificate) -> None:
    """Raises Broken for prices where they prove nothing."""
    if certificate.has_prices:
        raise Broken("prices prove nothing about this class")


class _Joint:
    """The searches in several cohorts, each checked once. Their first cohort has the certificate of all."""

    def __init__(self, searches: tuple[JointSearch, ...], claim: Claim) -> None:
        self.searches = searches
        self._proofs = {f"{c.program}/{c.cohort}": c for c in claim.certificates if not c.given_up}
        self._decided = decisions(claim)
        self._known: dict[tuple[str, ...], tuple[Outcome, str]] = {}

    def outcome(self, search: JointSearch) -> tuple[Outcome, str]:
        """What the check of a search comes to. Raises Broken where something is wrong."""
        if search.names not in self._known:
            lead = self._proofs.get(search.names[0])
            if lead is None:
                raise Broken("the certificate of the cohorts that were searched together is missing")
            if not lead.pairs:
                _refuse_prices(lead)
                self._known[search.names] = Outcome.NOT_PROVED, f"{_KEPT}, within the places of everybody; {_JOINT}"
            else:
                check_joint(search, lead, self._decided)
                self._known[search.names] = Outcome.PROVED, f"as one problem with {_others(search.names)}"
        return self._known[search.names]


def _others(names: tuple[str, ...]) -> str:
    return quoted_list(names, last="and")
