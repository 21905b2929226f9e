"""From solved problems to certificates, and the digest that binds these to the pairs."""

from collections.abc import Iterable
from hashlib import sha256

import numpy as np

from mentorctl.optimize.canonical import canonical_proofs
from mentorctl.optimize.matching import PairProblem, Solved
from mentorctl.optimize.network import Certificate, Objective
from mentorctl.optimize.ordered import Threshold, Worst, only, over
from mentorctl.optimize.shapes.classify import classify
from mentorctl.plan.certificates import Level, MatchingCertificate, Priced
from mentorctl.plan.problems import MatchingProblem

_ENCODING = "mcp1"  # of the scored pairs; digests of different encodings are never equal


def certificates_of(problems: Iterable[MatchingProblem]) -> tuple[MatchingCertificate, ...]:
    """A certificate for each search that was made."""
    return tuple(_certificate(problem) for problem in problems if problem.found is not None)


def _certificate(problem: MatchingProblem) -> MatchingCertificate:
    solved: Solved | None = problem.found.solved if problem.found else None
    return MatchingCertificate(
        program=problem.cohort.program.id,
        cohort=problem.cohort.id,
        given_up=problem.given_up,
        problem=classify(problem.case).kind.value,
        pairs=pairs_digest(solved.problem) if solved else "",
        objectives=_objectives(solved) if solved else (),
        levels=tuple(map(_level, solved.answer.thresholds)) if solved else (),
    )


def _objectives(solved: Solved) -> tuple[Priced, ...]:
    """The proof of each objective over the pairs that the thresholds leave, in prices that the answer alone decides."""
    aims, left = solved.problem.aims, np.ones(len(solved.problem.aims.network), np.bool_)
    levels = iter(solved.answer.thresholds)
    for aim in aims.aims:
        if isinstance(aim, Worst):
            left &= aim.pair >= next(levels).level
    seen = [over(aim, left) for aim in aims.aims if isinstance(aim, Objective)]
    answer = solved.answer
    proofs = canonical_proofs(only(aims.network, left), seen, answer.chosen[left], answer.certificates)
    return tuple(map(_priced, proofs))


def _priced(certificate: Certificate) -> Priced:
    return Priced(value=certificate.value, bound=certificate.bound, prices=tuple(certificate.prices.tolist()))


def _level(threshold: Threshold) -> Level:
    return Level(
        level=threshold.level,
        beyond=threshold.beyond,
        reached=tuple(map(_priced, threshold.reached)),
        missed=tuple(map(_priced, threshold.missed)),
    )


def pairs_digest(problem: PairProblem) -> str:
    """The digest of everything that a search is given: people, pairs, scores, places and aims."""
    case, table, network, aims = problem.case, problem.table, problem.network, problem.aims
    ids = case.ground.roster.ids
    found = sha256()
    for people in (case.mentees, case.mentors):
        found.update(f"{len(people)}:{','.join(ids[person] for person in people.tolist())};".encode())
    columns = [table.mentee, table.mentor, table.score, network.low, network.high, aims.network.low, aims.network.high]
    columns += [aims.network.mentee, aims.network.mentor, aims.pair]
    for aim in aims.aims:
        columns += [aim.pair, aim.cover] if isinstance(aim, Objective) else [aim.pair]
    for column in columns:
        data = np.ascontiguousarray(column, dtype="<i8")
        found.update(f"{len(data)}:".encode())
        found.update(data.tobytes())
    return f"{_ENCODING}:sha256:{found.hexdigest()}"
