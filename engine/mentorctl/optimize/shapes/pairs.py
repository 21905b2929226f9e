"""Pairs of a mentor and a mentee: one-on-one, reverse, virtual and flash, as a network.

In flash every mentor has places for each period; which meeting lies in which period is settled after the matching,
because it changes neither who meets nor what it is worth.
"""

from collections import Counter
from dataclasses import replace

from mentorctl.optimize.engine import Engine
from mentorctl.optimize.matching import MatchingCase, match, rooms
from mentorctl.optimize.shapes.case import Proposal, Proposals, ShapeCase, options_of, terms_of
from mentorctl.optimize.shapes.groups import propose_bounded_pairs


def propose_pairs(case: ShapeCase, engine: Engine) -> Proposals:
    """The best new pairs, proved over all pairs. Raises `network.NoProof`."""
    if case.matching.pool:
        return propose_bounded_pairs(case, engine)
    result = match(pair_case(case), engine)
    made = [
        Proposal(mentors=(mentor,), others=(mentee,), subject="", score=score, terms=terms_of(case, [(mentee, mentor)]))
        for mentee, mentor, score in zip(
            result.mentee.tolist(), result.mentor.tolist(), result.score.tolist(), strict=True
        )
    ]
    made += [
        Proposal(mentors=(m,), others=(e,), subject="", score=case.scores[e, m], terms=terms_of(case, [(e, m)]))
        for e, m in decided(case)
    ]
    return Proposals(made=tuple(made), admissible=result.admissible, options=options_of(case), solved=result.solved)


def decided(case: ShapeCase) -> list[tuple[int, int]]:
    """The forced pairs that do not stand yet."""
    return sorted(case.forced - {(e, m) for s in case.standing for m in s.mentors for e in s.others})


def pair_case(case: ShapeCase) -> MatchingCase:
    """The search for pairs: forced ones were decided before, so they stand."""
    standing = [(e, m) for s in case.standing for m in s.mentors for e in s.others]
    return MatchingCase(
        ground=case.ground,
        matching=case.matching,
        mentees=case.mentees,
        mentors=case.mentors,
        standing=(*standing, *decided(case)),
        blocked=case.blocked,
        taken=case.taken,
        periods=max(1, len(case.periods)),
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
