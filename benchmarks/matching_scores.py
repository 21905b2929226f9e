"""How fast pairs are scored: five hard and four soft rules through the entry point that every plan uses, on one core.

`score_mpairs_s` is a figure of `matching.py`; the floor beside it is one int16 addition per pair.
"""

import time
from collections.abc import Callable
from datetime import date
from statistics import median
from typing import Any

import numpy as np

PEOPLE = 3000
ZONES = tuple(f"Etc/GMT{hours:+d}" for hours in range(-8, 12))


def scoring_case(people: int, seed: int = 3) -> Callable[[], Any]:
    """As many mentees as mentors with the fields of the baseline, and a call that scores all their pairs.

    Twenty departments and time zones, nine levels, six languages, 64 skills of which people have an eighth, 64 interests
    of which they have a quarter, a mentor as manager each. About one pair in seven passes the hard rules.
    """
    from mentorctl.optimize.ground import Ground
    from mentorctl.optimize.scoring import score_pairs
    from mentorctl.roster.people import CodeColumn, PersonColumn, Roster, SetColumn
    from mentorctl.rules.fields import Contract, Field, FieldType
    from mentorctl.rules.pairs import (
        Different,
        FieldPair,
        Gap,
        Line,
        Not,
        Overlap,
        PairRule,
        Points,
        PointsByGap,
        PointsEach,
        ReportingLine,
        TimezoneWithin,
    )

    rng, everybody = np.random.default_rng(seed), 2 * people

    def one_of(*labels: str) -> CodeColumn:
        return CodeColumn(codes=rng.integers(0, len(labels), everybody).astype(np.int32), labels=labels)

    def some_of(count: int, thinned: int) -> SetColumn:
        words = np.full(everybody, (1 << count) - 1, np.uint64)
        for _ in range(thinned):
            words &= rng.integers(0, 1 << 63, everybody, dtype=np.uint64) * np.uint64(2) + rng.integers(
                0, 2, everybody, dtype=np.uint64
            )
        return SetColumn(words=words[:, None].copy(), labels=tuple(f"label {at}" for at in range(count)))

    spoken = (np.uint64(1) << rng.integers(0, 6, everybody, dtype=np.uint64)) | (rng.random(everybody) < 0.8)
    columns = {
        "department": one_of(*(f"department {at}" for at in range(20))),
        "level": one_of(*(f"level {at}" for at in range(1, 10))),
        "timezone": one_of(*ZONES),
        "languages": SetColumn(words=spoken.astype(np.uint64)[:, None].copy(), labels=tuple("abcdef")),
        "skills": some_of(64, 3),
        "interests": some_of(64, 2),
        "manager": PersonColumn(
            people=np.where(np.arange(everybody) < people, rng.integers(people, everybody, everybody), -1).astype(
                np.int32
            )
        ),
    }
    kinds = {
        "department": FieldType.SINGLE,
        "level": FieldType.LEVEL,
        "timezone": FieldType.TIMEZONE,
        "manager": FieldType.PERSON,
    }
    ids = tuple(f"p{at:06}" for at in range(everybody))
    ground = Ground(
        roster=Roster(
            ids=ids, roster_ids=ids, names=ids, columns=dict(columns), completed=SetColumn(words=np.zeros((everybody, 1), np.uint64), labels=()),
            approved=np.ones(everybody, np.bool_), applications=(), digest="",
        ),
        contract=Contract(sources=(), id_column="id", name_columns=(), facts=(), fields=tuple(Field(id=name, type=kinds.get(name, FieldType.MULTIPLE), column=name) for name in columns)),
        day=date(2027, 3, 1),
        timezone="Europe/Berlin",
    )  # fmt: skip

    def both(name: str) -> FieldPair:
        return FieldPair(mentee=name, mentor=name)

    require = (
        PairRule(id="other_department", predicate=Different(fields=both("department"))),
        PairRule(id="no_reporting_line", predicate=Not(of=ReportingLine(line=Line.DIRECT))),
        PairRule(id="more_senior", predicate=Gap(fields=both("level"), low=1)),
        PairRule(id="language", predicate=Overlap(fields=both("languages"))),
        PairRule(id="near", predicate=TimezoneWithin(minutes=300)),
    )
    gaps = PointsByGap(table=tuple((gap, 15 - 5 * abs(gap - 3)) for gap in range(1, 9)))
    prefer = (
        PairRule(id="skills", predicate=Overlap(fields=both("skills")), score=PointsEach(points=50)),
        PairRule(id="interests", predicate=Overlap(fields=both("interests")), score=PointsEach(points=20)),
        PairRule(id="step", predicate=Gap(fields=both("level")), score=gaps),
        PairRule(id="same_time", predicate=TimezoneWithin(minutes=120), score=Points(points=4)),
    )
    mentees, mentors = np.arange(people, dtype=np.int32), np.arange(people, everybody, dtype=np.int32)
    return lambda: score_pairs(ground, mentees, mentors, require, prefer)


def measure_scoring(*, quick: bool = False) -> tuple[dict[str, float], dict[str, Any]]:
    """Millions of pairs a second, with the floor and the share of pairs that pass."""
    case = scoring_case(PEOPLE)
    table = case()
    seconds = median(_timed(case) for _ in range(3 if quick else 7))
    floor = median(_timed(_additions) for _ in range(3 if quick else 7))
    pairs = PEOPLE * PEOPLE
    details = {
        "score_floor_mpairs_s": pairs / floor / 1e6,
        "score_pairs": pairs,
        "score_pairs_left": len(table),
        "score_points": int(table.score.sum()),
    }
    return {"score_mpairs_s": pairs / seconds / 1e6}, details


def _timed(job: Callable[[], Any]) -> float:
    began = time.process_time()
    job()
    return time.process_time() - began


def _additions(rows: int = 256) -> None:
    """One int16 addition per pair, in blocks that stay in the cache."""
    one, other = np.arange(PEOPLE, dtype=np.int16), np.ones(PEOPLE, np.int16)
    out = np.empty((rows, PEOPLE), np.int16)
    for first in range(0, PEOPLE, rows):
        here = one[first : first + rows, None]
        np.add(here, other[None], out=out[: len(here)])


if __name__ == "__main__":
    print(*measure_scoring(), sep="\n")
