"""Mosaics whose needs part the mentors among them, against all ways to serve the needs, and against the group program."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from property.rosters import Person, ground_of

from mentorctl.optimize.engine import DirectEngine
from mentorctl.optimize.ground import OutsideScores
from mentorctl.optimize.groups.problem import GroupAnswer, GroupProblem
from mentorctl.optimize.shapes import groups
from mentorctl.optimize.shapes.case import Proposals, ShapeCase, Standing
from mentorctl.optimize.shapes.mosaics import mosaic_search
from mentorctl.optimize.shapes.propose import propose
from mentorctl.rules.eligibility import Comparison, Condition
from mentorctl.rules.fields import Role
from mentorctl.rules.pairs import OutsideSource, PairTerms
from mentorctl.spec.matching import Capacity, Matching, Need, ObjectiveTerm
from mentorctl.spec.model import ModelType

type Served = tuple[tuple[int, str, int], ...]  # mentee, need, mentor

TERMS = (
    ObjectiveTerm.COVER_MENTEES,
    ObjectiveTerm.COVER_MENTORS,
    ObjectiveTerm.TOTAL_SCORE,
    ObjectiveTerm.FILL_PLACES,
)
NEEDS = {"sell": "Sales", "plead": "Law"}


class _NoGroups(DirectEngine):
    """Fails where a mosaic is solved as groups are."""

    def groups(self, problem: GroupProblem) -> GroupAnswer:
        raise AssertionError(f"a mosaic that is a network was solved as {problem.units} groups")


def draw(seed: int) -> ShapeCase:
    """Two or three mentees with up to two needs, and mentors of two departments who serve one of them each."""
    random = np.random.default_rng(seed)
    mentees, mentors = int(random.integers(1, 4)), int(random.integers(1, 5))
    crowd = [Person(roles=(Role.MENTEE,), cells={}) for _ in range(mentees)]
    departments = random.choice(["Sales", "Law", "IT"], mentors).tolist()
    crowd += [Person(roles=(Role.MENTOR,), cells={"department": department}) for department in departments]
    pairs = [(e, m) for e in range(mentees) for m in range(mentees, mentees + mentors)]
    two = np.array(pairs, np.int32).reshape(-1, 2)
    scores = random.integers(-2, int(random.choice([3, 30])), len(pairs))
    ground = replace(ground_of(crowd, {}), outside=OutsideScores(mentee=two[:, 0], mentor=two[:, 1], score=scores))
    terms = [TERMS[at] for at in random.permutation(len(TERMS))[: int(random.integers(1, 4))]]
    weights = random.integers(1, 9, len(terms)).tolist() if random.random() < 0.4 else []
    standing = (Standing(mentors=(mentees,), others=(0,), subject="sell"),) if random.random() < 0.3 else ()
    return ShapeCase(
        model=ModelType.MOSAIC,
        ground=ground,
        matching=Matching(
            require=(),
            prefer=(),
            mentor_capacity=Capacity(at_most=int(random.integers(1, 3))),
            mentee_capacity=Capacity(at_most=2),
            objective=tuple(terms),
            weights=tuple(weights),
            needs=tuple(
                Need(id=need, mentor=(Condition(field="department", comparison=Comparison.IS, values=(department,)),))
                for need, department in NEEDS.items()
            ),
            terms=PairTerms(outside=OutsideSource(file="scores.csv")),
        ),
        mentees=np.arange(mentees, dtype=np.int32),
        mentors=np.arange(mentees, mentees + mentors, dtype=np.int32),
        standing=standing,
    )


def ways(case: ShapeCase) -> Iterator[Served]:
    """All ways to give mentors to open needs, by what the roster says of the mentors."""
    column = case.ground.roster.columns["department"]
    of = {m: column.labels[column.codes[m]] for m in case.mentors.tolist()}  # type: ignore[union-attr]
    taken = {(e, s.subject) for s in case.standing for e in s.others}
    met = {(e, m) for s in case.standing for e in s.others for m in s.mentors}
    units = [(e, need) for e in case.mentees.tolist() for need in NEEDS if (e, need) not in taken]
    options = [[-1, *(m for m in of if of[m] == NEEDS[need] and (e, m) not in met)] for e, need in units]
    for choice in product(*options):
        loads = [sum(m == mentor for m in choice) + sum(mentor in s.mentors for s in case.standing) for mentor in of]
        if max(loads) <= case.matching.mentor_capacity.at_most or not any(m >= 0 for m in choice):
            yield tuple((*unit, m) for unit, m in zip(units, choice, strict=True) if m >= 0)


def worth(case: ShapeCase, served: Served) -> tuple[int, ...]:
    """The value of each aim, counted by hand."""
    known = {m for s in case.standing for m in s.mentors}
    counted = {
        ObjectiveTerm.COVER_MENTEES: len(served),
        ObjectiveTerm.FILL_PLACES: len(served),
        ObjectiveTerm.COVER_MENTORS: len({m for *_, m in served} - known),
        ObjectiveTerm.TOTAL_SCORE: sum(case.scores[e, m] for e, _, m in served),
    }
    return tuple(sum(weight * counted[term] for term, weight in aim) for aim in case.matching.aims)


def served_by(found: Proposals) -> Served:
    return tuple((p.others[0], p.subject, p.mentors[0]) for p in found.made)


def test_no_way_to_serve_the_needs_is_better(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiny mosaics: the network's answer is one of all ways, none is better, and the group program says the same."""
    cases = [draw(seed) for seed in range(250)]
    for case in cases:
        assert mosaic_search(case) is not None
        everything = list(ways(case))
        found = served_by(propose(case, _NoGroups()))
        assert set(found) in [set(way) for way in everything]
        assert worth(case, found) == max(worth(case, way) for way in everything)
    monkeypatch.setattr(groups, "mosaic_search", lambda _: None)
    for case in cases[:40]:
        found = served_by(propose(case, DirectEngine()))
        assert worth(case, found) == max(worth(case, way) for way in ways(case))


def test_other_mosaics_are_no_networks() -> None:
    """A mentor for two needs, fewer places than needs, and an aim over whole mentees: these are solved as groups are."""
    case = next(c for c in map(draw, range(99)) if len(c.mentors) > 1 and not c.standing)
    matching = case.matching
    anybody = tuple(replace(need, mentor=()) for need in matching.needs)
    for other in (
        replace(case, matching=replace(matching, needs=anybody)),
        replace(case, matching=replace(matching, mentee_capacity=Capacity(at_most=1))),
        replace(case, matching=replace(matching, objective=(ObjectiveTerm.COMPLETE_GROUPS,), weights=())),
    ):
        assert mosaic_search(other) is None
        assert propose(other, DirectEngine()).mosaic is None
