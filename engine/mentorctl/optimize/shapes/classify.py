"""Of which class a compiled problem is, why, and into how many parts it falls."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mentorctl.diagnostics import quoted_list
from mentorctl.optimize.shapes.case import ShapeCase
from mentorctl.roster.conditions import who_meets
from mentorctl.spec.model import ModelType
from mentorctl.values import dataclass

type Ints = NDArray[np.int64]


class ProblemClass(StrEnum):
    """What kind of problem a matching is; each has its own way to the best answer, and to a proof of it."""

    NETWORK = "network"
    GENERAL_GRAPH = "general graph"
    SIDE_ROWS = "network with side rows"
    ACTIVATION = "activation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """The class of a problem, the reason in words, and the people of each part that is solved on its own.

    `parts` are the sizes, the largest first; `alone` counts the people without any candidate, who are in no part.
    """

    kind: ProblemClass
    because: str
    parts: tuple[int, ...]
    alone: int


def classify(case: ShapeCase) -> Classified:
    """The class of a problem. Rules over the whole pool tie all parts together."""
    kind, because = class_of(case)
    sizes, alone = part_sizes(case)
    if case.matching.pool and sizes:
        sizes = (sum(sizes),)
    return Classified(kind=kind, because=because, parts=sizes, alone=alone)


def class_of(case: ShapeCase) -> tuple[ProblemClass, str]:
    """The class of a problem and why, without a look at its pairs."""
    pool = quoted_list([rule.id for rule in case.matching.pool], last="and")
    match case.model:
        case ModelType.PEER:
            return ProblemClass.GENERAL_GRAPH, "everybody of one pool may be matched with everybody else"
        case ModelType.ONE_ON_ONE | ModelType.REVERSE | ModelType.VIRTUAL | ModelType.FLASH:
            if pool:
                return ProblemClass.SIDE_ROWS, f"pairs under rules for the whole pool: {pool}"
            return ProblemClass.NETWORK, "pairs of mentor and mentee, and nothing but the places of each person binds"
        case ModelType.MOSAIC:
            return _mosaic(case, pool)
        case ModelType.GROUP:
            return ProblemClass.ACTIVATION, "which groups are formed is decided too"
        case ModelType.TEAM:
            return ProblemClass.ACTIVATION, "a team has all of its mentors or none"
        case ModelType.FUNCTIONAL:
            return ProblemClass.ACTIVATION, "which projects are staffed is decided too"


def _mosaic(case: ShapeCase, pool: str) -> tuple[ProblemClass, str]:
    """A network when every mentor serves one need, because then nobody can meet the same mentor twice."""
    if pool:
        return ProblemClass.SIDE_ROWS, f"one mentor a need, under rules for the whole pool: {pool}"
    serving = [who_meets(case.ground.roster, case.ground.contract, need.mentor) for need in case.matching.needs]
    several = int((np.sum(serving, axis=0)[case.mentors] > 1).sum()) if serving else 0
    if several:
        who = "1 mentor serves" if several == 1 else f"{several} mentors serve"
        return ProblemClass.SIDE_ROWS, f"{who} several needs, and a mentee meets each mentor once"
    if case.matching.mentee_capacity.at_most < len(case.matching.needs):
        return ProblemClass.SIDE_ROWS, "a mentee may have fewer mentors than needs"
    return ProblemClass.NETWORK, "every mentor serves one need, and nothing but the places of each person binds"


def part_sizes(case: ShapeCase) -> tuple[tuple[int, ...], int]:
    """How many people are in each part of the graph of candidates, and how many have no candidate at all."""
    table = case.table
    sides = len(case.mentees) + (0 if case.ground.peers else len(case.mentors))
    mentor = table.mentor.astype(np.int64) + (0 if case.ground.peers else len(case.mentees))
    label = parts(table.mentee.astype(np.int64), mentor, sides)
    size = np.bincount(label, minlength=sides)
    linked = size[size > 1]
    return tuple(sorted(linked.tolist(), reverse=True)), int((size == 1).sum())


def parts(one: Ints, two: Ints, nodes: int) -> Ints:
    """For each node the least node of its part of a graph, given the ends of the edges."""
    label = np.arange(nodes)
    while True:
        before = label
        label = before.copy()
        np.minimum.at(label, one, before[two])
        np.minimum.at(label, two, label[one])
        label = label[label]
        if (label == before).all():
            return label
