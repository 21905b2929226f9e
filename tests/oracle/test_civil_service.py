"""A published program on its published roster, against known optima and against programs written another way."""

import csv
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from mentorctl import pipeline
from mentorctl.optimize.engine import DirectEngine
from mentorctl.optimize.linear import LinearModel, Status, solve
from mentorctl.optimize.matching import MatchingCase, MatchingResult, match
from mentorctl.optimize.predicates import Ground
from mentorctl.roster.table import Table
from mentorctl.rules.fields import Role
from mentorctl.sources.files import read_table
from mentorctl.spec.matching import Capacity, ObjectiveTerm

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "programs" / "examples" / "civil-service"
PUBLISHED = ROOT.parent / "shared" / "data" / "civil-service"

published = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="the published sample is not beside the project (shared/data/civil-service)"
)

GRADES = ("AA", "AO", "EO", "HEO", "SEO", "Grade 7", "Grade 6", "SCS1", "SCS2", "SCS3", "SCS4")
COVER_FIRST = (ObjectiveTerm.COVER_MENTEES, ObjectiveTerm.COVER_MENTORS, ObjectiveTerm.TOTAL_SCORE)

type Row = Mapping[str, str]
type Filled = Callable[[str, str], str]


# -- our answer --------------------------------------------------------------------------------------------------------


@cache
def loaded() -> pipeline.Loaded:
    """The example's workspace and program."""
    file = EXAMPLE / "programs" / "civil_service.yaml"
    return pipeline.load(
        ("mentorctl.yaml", (EXAMPLE / "mentorctl.yaml").read_text(encoding="utf-8")),
        [(file.name, file.read_text(encoding="utf-8"))],
    )


def as_written(_column: str, cell: str) -> str:
    return cell


def filled(table: Table, fill: Filled) -> Table:
    """The table with each cell replaced by what `fill` makes of it."""
    return replace(table, rows=tuple(tuple(map(fill, table.header, row)) for row in table.rows))


def case_of(
    folder: Path,
    *,
    places: int = 1,
    objective: tuple[ObjectiveTerm, ...] = (ObjectiveTerm.TOTAL_SCORE,),
    fill: Filled = as_written,
) -> MatchingCase:
    """The program on the roster of a folder, with some places a person on both sides."""
    tables = [filled(read_table(folder / name, shown=name), fill) for name in ("mentors.csv", "mentees.csv")]
    roster, findings = pipeline.read_people(loaded(), tables)
    workspace = loaded().workspace
    assert roster is not None, findings
    assert workspace is not None
    compiled = loaded().programs[0].program
    ground = Ground(
        roster=roster, contract=workspace.contract, day=compiled.cohorts[0].start, timezone=compiled.timezone
    )
    matching = replace(
        compiled.matching,
        objective=objective,
        mentor_capacity=Capacity(at_most=places),
        mentee_capacity=Capacity(at_most=places),
    )
    people = {role: roster.applicants(role, "", "") for role in Role}
    return MatchingCase(ground=ground, matching=matching, mentees=people[Role.MENTEE], mentors=people[Role.MENTOR])


def best(case: MatchingCase) -> MatchingResult:
    """The best matching; `match` has verified it, and every objective is proved."""
    result = match(case, DirectEngine())
    assert all(certificate.proves for certificate in result.certificates)
    return result


# -- an oracle from the published words --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Pair:
    mentee: str
    mentor: str
    score: int


def rows_of(folder: Path, name: str) -> list[Row]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def published_pairs(folder: Path) -> list[Pair]:
    """The possible pairs and their points, straight from the rules as published."""
    pairs = []
    for mentee in rows_of(folder, "mentees.csv"):
        for mentor in rows_of(folder, "mentors.csv"):
            above = GRADES.index(mentor["grade"]) - GRADES.index(mentee["grade"])
            if mentor["organisation"] == mentee["organisation"] or above not in (1, 2):
                continue
            named = mentee["identity to match"]
            score = {1: 9, 2: 12}[above]
            score += 10 * (mentor["profession"] == mentee["profession"])
            score += 6 * bool(named and named in mentor["characteristics"].split(", "))
            pairs.append(Pair(mentee=mentee["email address"], mentor=mentor["email address"], score=score))
    return pairs


def optimum(
    pairs: Sequence[Pair], places: int, *, of: Role | None = None, covered: Mapping[Role, int] | None = None
) -> int:
    """The most points, or the most people `of` a role, from one program with a binary for each pair.

    At least `covered` people of each role have a match.
    """
    places_of = [("mentee", p) for p in sorted({p.mentee for p in pairs})]
    places_of += [("mentor", p) for p in sorted({p.mentor for p in pairs})]
    row = {person: number for number, person in enumerate(places_of)}
    count, people = len(pairs), len(places_of)
    ends = [(row["mentee", p.mentee], row["mentor", p.mentor]) for p in pairs]
    # rows: at most `places` matches; a covered person has one; and how many of each side are covered
    sides = np.array([2 * people + (side == "mentor") for side, _ in places_of])
    of_pairs = np.array([[e, m, people + e, people + m] for e, m in ends])
    of_people = np.stack([people + np.arange(people), sides], axis=1)
    wanted = {Role.MENTEE: 0, Role.MENTOR: 0, **(covered or {})}
    points = np.array([pair.score if of is None else 0 for pair in pairs])
    heads = np.array([of is not None and side == of.value for side, _ in places_of])
    solution = solve(
        LinearModel(
            cost=-np.concatenate([points, heads]).astype(np.float64),
            lower=np.zeros(count + people),
            upper=np.ones(count + people),
            integer=np.ones(count + people, np.bool_),
            sense=np.concatenate([-np.ones(people), np.ones(people + 2)]).astype(np.int8),
            rhs=np.concatenate(
                [np.full(people, places), np.zeros(people), [wanted[Role.MENTEE], wanted[Role.MENTOR]]]
            ).astype(np.float64),
            starts=np.concatenate([4 * np.arange(count + 1), 4 * count + 2 * np.arange(1, people + 1)]).astype(
                np.int64
            ),
            rows=np.concatenate([of_pairs.ravel(), of_people.ravel()]).astype(np.int32),
            values=np.concatenate([np.ones(4 * count), np.tile([-1.0, 1.0], people)]),
        )
    )
    assert solution.status is Status.OPTIMAL
    return -round(solution.objective)


def checked_by_hand(case: MatchingCase, result: MatchingResult, pairs: Sequence[Pair], places: int) -> None:
    """Every match is a published pair with its published score, and nobody has too many."""
    ids = case.ground.roster.roster_ids
    scores = {(pair.mentee, pair.mentor): pair.score for pair in pairs}
    assert result.admissible == len(pairs)
    chosen = [(ids[e], ids[m]) for e, m in zip(result.mentee.tolist(), result.mentor.tolist(), strict=True)]
    assert len(set(chosen)) == len(chosen)
    assert [scores[pair] for pair in chosen] == result.score.tolist()
    for side in zip(*chosen, strict=True):
        assert max(Counter(side).values()) <= places


# -- the published roster ----------------------------------------------------------------------------------------------


@published
def test_the_large_roster_one_to_one() -> None:
    """500 mentees and 500 mentors, one each: 483 matches worth 11,488, the known optimum."""
    case = case_of(PUBLISHED / "large")
    result = best(case)
    assert (result.admissible, int(result.score.sum()), len(result.score)) == (44_342, 11_488, 483)
    checked_by_hand(case, result, published_pairs(PUBLISHED / "large"), 1)


@published
def test_the_large_roster_with_three_places() -> None:
    """Up to three each for the best total: 1,447 matches worth 34,051, the known optimum."""
    result = best(case_of(PUBLISHED / "large", places=3))
    assert (int(result.score.sum()), len(result.score)) == (34_051, 1_447)


@published
def test_the_large_roster_with_coverage_first() -> None:
    """Up to three each, everybody covered before points count: all 1,000 people, and 34,048 points."""
    result = best(case_of(PUBLISHED / "large", places=3, objective=COVER_FIRST))
    covered = len(set(result.mentee.tolist())), len(set(result.mentor.tolist()))
    assert (*covered, int(result.score.sum())) == (500, 500, 34_048)


@published
def test_blank_cells_do_not_match_each_other() -> None:
    """Were blanks a shared value, the best total would be 11,944; here they match nothing."""

    def shared_blank(column: str, cell: str) -> str:
        asked = column in ("identity to match", "characteristics")
        return "No answer" if asked and not cell.strip() else cell

    as_value = best(case_of(PUBLISHED / "large", fill=shared_blank))
    assert int(as_value.score.sum()) == 11_944
    assert int(best(case_of(PUBLISHED / "large")).score.sum()) == 11_488


@published
@pytest.mark.parametrize("places", [1, 3])
def test_the_small_roster_meets_the_oracle(places: int) -> None:
    """On the small roster the best total is that of a program with one binary per pair."""
    case = case_of(PUBLISHED / "small", places=places)
    result = best(case)
    pairs = published_pairs(PUBLISHED / "small")
    checked_by_hand(case, result, pairs, places)
    assert int(result.score.sum()) == optimum(pairs, places)


# -- the roster of the example -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("places", [1, 2, 3])
def test_the_example_meets_the_oracle(places: int) -> None:
    """On the generated roster the best total is that of a program with one binary per pair."""
    case = case_of(EXAMPLE / "roster", places=places)
    result = best(case)
    pairs = published_pairs(EXAMPLE / "roster")
    checked_by_hand(case, result, pairs, places)
    assert int(result.score.sum()) == optimum(pairs, places)


@pytest.mark.parametrize("places", [1, 2])
def test_the_example_with_coverage_first_meets_the_oracle(places: int) -> None:
    """No matching covers as many mentees and mentors with more points, nor one more of either side in their order."""
    result = best(case_of(EXAMPLE / "roster", places=places, objective=COVER_FIRST))
    covered = {Role.MENTEE: len(set(result.mentee.tolist())), Role.MENTOR: len(set(result.mentor.tolist()))}
    pairs = published_pairs(EXAMPLE / "roster")
    assert covered[Role.MENTEE] == optimum(pairs, places, of=Role.MENTEE)
    mentees = {Role.MENTEE: covered[Role.MENTEE]}
    assert covered[Role.MENTOR] == optimum(pairs, places, of=Role.MENTOR, covered=mentees)
    assert int(result.score.sum()) == optimum(pairs, places, covered=covered)
