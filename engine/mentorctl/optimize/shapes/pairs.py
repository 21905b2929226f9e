"""Pairs of a mentor and a mentee: one-on-one, reverse, virtual and flash, as a network.

In flash every mentor has places for each period; which meeting lies in which period is settled after the matching,
because it changes neither who meets nor what it is worth.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from mentorctl.optimize.engine import Engine
from mentorctl.optimize.matching import MatchingCase, MatchingResult, match, rooms
from mentorctl.optimize.ordered import OrderedAnswer
from mentorctl.optimize.shapes.case import Proposal, Proposals, ShapeCase, options_of, terms_of_each
from mentorctl.optimize.together import JointProblem, Shared, joint_problem, match_together


def propose_pairs(case: ShapeCase, engine: Engine) -> Proposals:
    """The best new pairs, proved over all pairs. Raises `network.NoProof`."""
    if case.matching.pool:
        from mentorctl.optimize.shapes.groups import propose_groups

        return propose_groups(case, engine)
    return _proposals(case, match(pair_case(case), engine))


def pair_case(case: ShapeCase) -> MatchingCase:
    """The search for pairs: those that must be made are decided before, so they stand."""
    return MatchingCase(
        ground=case.ground,
        matching=case.matching,
        mentees=case.mentees,
        mentors=case.mentors,
        standing=(*_standing(case), *decided(case)),
        blocked=case.blocked,
        previous=case.previous,
        limits=case.limits,
        periods=max(1, len(case.periods)),
    )


def _standing(case: ShapeCase) -> tuple[tuple[int, int], ...]:
    return tuple((e, m) for s in case.standing for m in s.mentors for e in s.others)


def decided(case: ShapeCase) -> tuple[tuple[int, int], ...]:
    """The pairs that must be made and do not stand yet."""
    return tuple(sorted(case.forced - set(_standing(case))))


def _proposals(case: ShapeCase, result: MatchingResult) -> Proposals:
    pairs = zip(result.mentee.tolist(), result.mentor.tolist(), result.score.tolist(), strict=True)
    scored = [*pairs, *((e, m, case.scores[e, m]) for e, m in decided(case))]
    terms = terms_of_each(case, [(e, m) for e, m, _ in scored])
    made = [
        Proposal(mentors=(mentor,), others=(mentee,), subject="", score=score, terms=own)
        for (mentee, mentor, score), own in zip(scored, terms, strict=True)
    ]
    return Proposals(
        made=tuple(made),
        admissible=result.admissible,
        options=options_of(case),
        price=result.price,
        solved=result.solved,
    )


def propose_flash(case: ShapeCase, engine: Engine) -> Proposals:
    """The best single meetings, each in a period: the best one of a mentor in the earliest with a free place."""
    found = propose_pairs(case, engine)
    taken = Counter((mentor, s.subject) for s in case.standing for mentor in s.mentors)
    places = dict(
        zip(
            case.mentors.tolist(),
            rooms(case.ground, case.matching.mentor_capacity, case.mentors).tolist(),
            strict=True,
        )
    )
    made = []
    for proposal in sorted(found.made, key=lambda p: (p.mentors, -p.score, p.others)):
        mentor = proposal.mentors[0]
        period = next(p for p in case.periods if taken[mentor, p] < places[mentor])
        taken[mentor, period] += 1
        made.append(replace(proposal, subject=period))
    return replace(found, made=tuple(sorted(made, key=lambda p: (p.others, p.mentors))))


def propose_together(
    cases: Sequence[ShapeCase], shared: Shared, engine: Engine
) -> tuple[JointProblem, OrderedAnswer, tuple[Proposals, ...]]:
    """The best new pairs of several programs as one problem, with what proves them. Raises `network.NoProof`.

    What shared hours bound may not be proved in time; then the answer may be short of the best, over all programs.
    """
    alone = [pair_case(case) for case in cases]
    problem, answer, results = match_together(alone, _after_forced(cases, shared), engine)
    gap = next((proof.bound - proof.value for proof in answer.certificates if not proof.proves), 0)
    found = (_proposals(case, result) for case, result in zip(cases, results, strict=True))
    return problem, answer, tuple(replace(each, proved=not gap, settled=not gap, gap=gap) for each in found)


def joint_search(cases: Sequence[ShapeCase], shared: Shared) -> JointProblem:
    """What `propose_together` solves, without solving it."""
    return joint_problem([pair_case(case) for case in cases], _after_forced(cases, shared))


def _after_forced(cases: Sequence[ShapeCase], shared: Shared) -> Shared:
    """What is left when the pairs that must be made are made."""
    places = None if shared.places is None else (shared.places[0].copy(), shared.places[1].copy())
    minutes = None if shared.minutes is None else shared.minutes.copy()
    for at, case in enumerate(cases):
        for mentee, mentor in decided(case):
            for side, person in enumerate((mentor, mentee)):
                if places is not None:
                    places[side][person] -= 1
                if minutes is not None:
                    minutes[person] -= shared.cost[at]
    return replace(shared, places=places, minutes=minutes)
