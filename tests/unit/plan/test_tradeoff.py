"""The trade-off curve of two aims, against every matching there is."""

from itertools import product

import numpy as np
import pytest
from unit.plan.small import MATCHING, Live, World

from mentorctl import pipeline
from mentorctl.optimize.engine import DirectEngine
from mentorctl.plan.tradeoff import trade_off
from mentorctl.spec.matching import ObjectiveTerm

MENTORS = """\
id,department,level,manager,availability,offers,places,done
r1,Sales,lead,,,writing;python;budgeting,2,basics
r2,Sales,lead,,,writing,2,basics
r3,Sales,lead,,,python;budgeting,1,basics
"""
MENTEES = """\
id,department,level,manager,availability,wants,done
e1,Finance,junior,,,writing;python;budgeting,basics
e2,People,junior,,,writing;python,basics
e3,Finance,senior,,,budgeting,basics
"""


def searched() -> pipeline.Searched:
    """The one search of the small program with other people."""
    live = Live(world=World().with_rosters(mentors=MENTORS, mentees=MENTEES))
    live.apply(MATCHING)
    fresh = Live(world=live.world)
    return pipeline.problems(
        live.world.load(), live.world.people(), fresh.snapshot, as_of=MATCHING, engine=DirectEngine()
    )


def test_the_corners_are_those_of_all_matchings() -> None:
    """Every corner is reached, none is beaten, and they are the convex hull of what is possible."""
    (problem,) = [p for p in searched().problems if not p.given_up]
    case = problem.case
    corners = trade_off(case, ObjectiveTerm.TOTAL_SCORE, ObjectiveTerm.LOAD_BALANCE, DirectEngine())
    possible = set()
    mentors = case.mentors.tolist()
    room = dict(zip([case.ground.roster.roster_ids[m] for m in mentors], (2, 2, 1), strict=True))
    for choice in product((None, *mentors), repeat=len(case.mentees)):
        pairs = [(e, m) for e, m in zip(case.mentees.tolist(), choice, strict=True) if m is not None]
        loads = {m: sum(two == m for _, two in pairs) for m in mentors}
        fits = all(load <= room[case.ground.roster.roster_ids[m]] for m, load in loads.items())
        if fits and all(pair in case.scores for pair in pairs):
            crowding = sum(load * (load - 1) // 2 for load in loads.values())
            possible.add((sum(case.scores[pair] for pair in pairs), -crowding))
    found = {(c.first, -c.second) for c in corners}
    assert found <= possible
    for weights in product(range(1, 12), repeat=2):
        best = max(int(np.dot(weights, point)) for point in possible)
        assert max(int(np.dot(weights, point)) for point in found) == best


@pytest.mark.parametrize("term", [ObjectiveTerm.WORST_MATCH, ObjectiveTerm.RANK_SUM])
def test_an_aim_without_a_curve_is_refused(term: ObjectiveTerm) -> None:
    """A threshold has no weights, so it has no curve."""
    (problem,) = [p for p in searched().problems if not p.given_up]
    with pytest.raises(ValueError, match="has no curve"):
        trade_off(problem.case, ObjectiveTerm.TOTAL_SCORE, term, DirectEngine())
