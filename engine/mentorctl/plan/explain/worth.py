"""What one more place with a mentor would be worth."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from mentorctl.optimize.engine import Engine
from mentorctl.optimize.explain.residual import Residual
from mentorctl.plan.explain.asked import Asked, ask
from mentorctl.plan.explain.values import Move, PlaceSaid, ValueSaid
from mentorctl.plan.problems import MatchingProblem


def worth_of_places(problems: Iterable[MatchingProblem], engine: Engine) -> tuple[ValueSaid, ...]:
    """For each cohort in which matching is open: the mentors who are full, by what one more place would bring."""
    said = []
    for problem in (p for p in problems if p.is_open and not p.given_up):
        asked = ask(problem, engine)
        if asked is not None:
            said.append(_cohort(asked))
    return tuple(said)


def _cohort(asked: Asked) -> ValueSaid:
    cohort, residual = asked.problem.cohort, asked.residual
    found: list[PlaceSaid] = []
    note = "what a place is worth is known for pairs of mentor and mentee only"
    if residual is not None and np.array_equal(asked.solved.problem.aims.pair, np.arange(len(residual.network))):
        found, note = [place for place in _places(asked, residual) if any(place.gains)], ""
    return ValueSaid(
        program=cohort.program.id,
        cohort=cohort.id,
        objectives=asked.objectives,
        places=tuple(sorted(found, key=lambda p: (tuple(-v for v in p.gains), p.mentor))),
        others=0 if note else len(asked.case.mentors) - len(found),
        note=note,
    )


def _places(asked: Asked, residual: Residual) -> Iterable[PlaceSaid]:
    network, mentors = residual.network, asked.case.mentors.tolist()
    used = Counter(mentor for _, mentor in asked.chosen)
    for node, gain in enumerate(residual.worth_of_a_place()):
        if node < network.mentees or not any(gain):
            continue
        change = residual.with_a_place(node)
        moves = asked.moves(change) if change is not None else []
        mentor = mentors[node - network.mentees]
        yield PlaceSaid(
            mentor=asked.ids[mentor],
            used=used[mentor] + int(asked.solved.problem.standing[node]),
            places=int(network.high[node]) + int(asked.solved.problem.standing[node]),
            effect=asked.effect(moves),
            gains=gain,
            moves=tuple(Move(mentee=asked.ids[e], mentor=asked.ids[m], comes=comes) for e, m, comes in moves),
        )
