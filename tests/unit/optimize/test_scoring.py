"""Scoring of many people: the sieve and the tally say what the rules say, with kernels and without, in little memory."""

import tracemalloc
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from mentorctl.optimize import sieve
from mentorctl.optimize.ground import Ground, OutsideScores
from mentorctl.optimize.kernels import native, pairs
from mentorctl.optimize.scoring import PairTable, hard_rule_holds, rule_points, score_pairs
from mentorctl.roster.people import CodeColumn, Column, NumberColumn, PersonColumn, Roster, SetColumn
from mentorctl.rules.fields import Contract, Field, FieldType
from mentorctl.rules.pairs import (
    FieldPair,
    Gap,
    Line,
    NamedPair,
    Not,
    OutsideSource,
    Overlap,
    PairRule,
    PairTerms,
    Points,
    PointsByGap,
    PointsEach,
    ReportingLine,
    Same,
    Unranked,
    Verdict,
    Ways,
)

DAY = date(2027, 3, 1)


def both(name: str) -> FieldPair:
    return FieldPair(mentee=name, mentor=name)


def ground_of(people: int, *, departments: int = 7, peers: bool = False, seed: int = 1) -> Ground:
    """Many people with departments, levels, ages of which each is another, topics and managers."""
    rng = np.random.default_rng(seed)
    topics = rng.integers(0, 1 << 63, (people, 2), dtype=np.uint64) & rng.integers(
        0, 1 << 63, (people, 2), dtype=np.uint64
    )
    above = np.array([-1, *(int(rng.integers(0, at)) for at in range(1, people))], np.int32)
    columns: dict[str, Column] = {
        "department": CodeColumn(
            codes=rng.integers(-1, departments, people).astype(np.int32),
            labels=tuple(f"department {at}" for at in range(departments)),
        ),
        "level": CodeColumn(codes=rng.integers(0, 5, people).astype(np.int32), labels=tuple("abcde")),
        "age": NumberColumn(
            values=np.where(rng.random(people) < 0.1, np.nan, rng.permutation(people).astype(np.float64))
        ),
        "topics": SetColumn(words=topics, labels=tuple(f"topic {at}" for at in range(128))),
        "manager": PersonColumn(people=above),
    }
    kinds = (FieldType.SINGLE, FieldType.LEVEL, FieldType.NUMBER, FieldType.MULTIPLE, FieldType.PERSON)
    ids = tuple(f"p{at:05}" for at in range(people))
    return Ground(
        roster=Roster(
            ids=ids,
            roster_ids=ids,
            names=ids,
            columns=columns,
            completed=SetColumn(words=np.zeros((people, 1), np.uint64), labels=()),
            approved=np.ones(people, np.bool_),
            applications=(),
            digest="",
        ),
        contract=Contract(
            sources=(),
            id_column="id",
            name_columns=(),
            facts=(),
            fields=tuple(Field(id=n, type=kind, column=n) for n, kind in zip(columns, kinds, strict=True)),
        ),
        day=DAY,
        timezone="UTC",
        peers=peers,
    )


REQUIRE = {
    "kinds": PairRule(id="kinds", predicate=Same(fields=both("department"))),
    "few": PairRule(id="few", predicate=Not(of=ReportingLine(line=Line.DIRECT))),
    "few alone": PairRule(id="few_alone", predicate=ReportingLine(line=Line.DIRECT)),
    "neither": PairRule(id="neither", predicate=Not(of=ReportingLine(line=Line.CHAIN))),
    "everybody another kind": PairRule(id="age", predicate=Gap(fields=both("age"), low=20, high=90)),
    "most of all": PairRule(id="most", predicate=Gap(fields=both("age"), low=-140)),
}
PREFER = (
    PairRule(id="step", predicate=Gap(fields=both("level")), score=PointsByGap(table=((1, 9), (2, 4), (-1, -3)))),
    PairRule(id="topics", predicate=Overlap(fields=both("topics")), score=PointsEach(points=-2, cap=11)),
    PairRule(id="much", predicate=Overlap(fields=both("topics"), at_least=30), score=PointsEach(points=7)),
    PairRule(id="older", predicate=Gap(fields=both("age"), low=1), score=Points(points=5), cap=3),
)
TERMS = PairTerms(
    named=(
        NamedPair(mentee="p00003", mentor="p00120", verdict=Verdict.ALLOW),
        NamedPair(mentee="p00004", mentor="p00121", verdict=Verdict.DENY),
    )
)


def by_rules(ground: Ground, mentees: np.ndarray, mentors: np.ndarray, require: list[PairRule]) -> list[list[int]]:
    """The pairs with their points, asked rule by rule about the whole matrix, and the named ones."""
    e, m = mentees[:, None], mentors[None, :]
    passes = np.ones((len(mentees), len(mentors)), np.bool_)
    for rule in require:
        passes &= hard_rule_holds(ground, rule, e, m)
    passes &= ~((e == 4) & (m == 121) | ground.peers & (e == 121) & (m == 4))
    passes |= (e == 3) & (m == 120) | ground.peers & (e == 120) & (m == 3)
    passes &= (e < m) if ground.peers else (e != m)
    row, column = np.nonzero(passes)
    points = rule_points(ground, mentees[row], mentors[column], PREFER).sum(axis=0)
    return [row.tolist(), column.tolist(), points.tolist()]


def columns_of(table: PairTable) -> list[list[int]]:
    assert [str(column.dtype) for column in (table.mentee, table.mentor, table.points)] == ["int32", "int32", "int64"]
    return [table.mentee.tolist(), table.mentor.tolist(), table.points.tolist()]


@pytest.fixture(params=["kernel", "numpy"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both with the compiled kernel and without."""
    if request.param == "kernel" and not native.available():
        pytest.skip("the kernels are not built here")
    if request.param == "numpy":
        monkeypatch.setattr(pairs, "library", lambda: None)


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("names", [(), *((name,) for name in REQUIRE), ("kinds", "few", "neither"), tuple(REQUIRE)[3:]])
@pytest.mark.parametrize("block", [1 << 20, 700])
def test_many_people_are_scored_as_the_rules_say(
    names: tuple[str, ...], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever way a rule is quick in, and however many blocks there are, the candidates and points are the same."""
    monkeypatch.setattr(sieve, "BLOCK", block)
    ground = ground_of(150)
    mentees, mentors = np.arange(0, 130, dtype=np.int32), np.arange(15, 150, dtype=np.int32)
    require = [REQUIRE[name] for name in names]
    table = score_pairs(ground, mentees, mentors, require, PREFER, TERMS)
    assert columns_of(table) == by_rules(ground, mentees, mentors, require)


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("ways", [None, *Ways])
def test_many_peers_are_scored_as_the_rules_say(ways: Ways | None) -> None:
    """The same for peers, each two of whom are there once, with rules that hold both ways or one way."""
    ground, people = ground_of(140, peers=True), np.arange(140, dtype=np.int32)
    require = [replace(REQUIRE[name], ways=ways) for name in ("few", "everybody another kind")]
    table = score_pairs(ground, people, people, require, PREFER, TERMS)
    assert columns_of(table) == by_rules(ground, people, people, require)


def test_nobody_is_scored_with_nobody() -> None:
    """Empty lists of people give an empty table."""
    ground, nobody = ground_of(5), np.zeros(0, np.int32)
    for mentees, mentors in (
        (nobody, nobody),
        (nobody, np.arange(5, dtype=np.int32)),
        (np.arange(5, dtype=np.int32), nobody),
    ):
        assert len(score_pairs(ground, mentees, mentors, list(REQUIRE.values()), PREFER)) == 0


def test_outside_scores_of_many_people_decide_who_is_a_candidate() -> None:
    """Pairs without a score are no candidates where the program says so; the others get their points."""
    given = OutsideScores(
        mentee=np.array([1, 2], np.int32), mentor=np.array([8, 9], np.int32), score=np.array([5, -4], np.int64)
    )
    ground = replace(ground_of(10), outside=given)
    mentees, mentors = np.arange(5, dtype=np.int32), np.arange(5, 10, dtype=np.int32)
    for unscored, expected in ((Unranked.UNACCEPTABLE, [15, -12]), (Unranked.INDIFFERENT, [15, -12, *[0] * 23])):
        terms = PairTerms(outside=OutsideSource(file="scores.csv", weight=3, unscored=unscored))
        table = score_pairs(ground, mentees, mentors, (), (), terms)
        assert sorted(table.points.tolist(), key=abs, reverse=True) == expected


@pytest.mark.slow
def test_memory_is_bounded_by_the_candidates() -> None:
    """Of 400 million pairs of which some hundred thousand pass, no matrix is ever made."""
    ground = ground_of(40_000, departments=2000)
    mentees, mentors = np.arange(20_000, dtype=np.int32), np.arange(20_000, 40_000, dtype=np.int32)
    require = [REQUIRE["kinds"], REQUIRE["few"], PairRule(id="up", predicate=Gap(fields=both("level"), low=1))]
    tracemalloc.start()
    try:
        table = score_pairs(ground, mentees, mentors, require, PREFER)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 10_000 < len(table) < 500_000
    assert peak < 100 << 20
