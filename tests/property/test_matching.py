"""What holds for every roster and every rule: columns and single pairs agree, and order and names decide nothing."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorctl.optimize.engine import DirectEngine
from mentorctl.optimize.matching import MatchingCase, MatchingResult, match
from mentorctl.optimize.predicates import Ground
from mentorctl.optimize.scoring import hard_rule_holds, rule_points, score_pairs
from mentorctl.optimize.verify import broken_rule, rule_holds, rule_points_of
from mentorctl.roster.people import Roster
from mentorctl.roster.read import read_roster
from mentorctl.roster.table import Table
from mentorctl.rules.fields import Audience, Contract, Field, FieldType, Missing, Role, Source
from mentorctl.rules.pairs import (
    AvailabilityOverlap,
    Different,
    FieldPair,
    Gap,
    Line,
    Not,
    Overlap,
    PairRule,
    Points,
    PointsByGap,
    PointsByRank,
    PointsEach,
    Predicate,
    Rank,
    ReportingLine,
    Same,
    Score,
    TimezoneWithin,
)
from mentorctl.spec.model import Capacity, Matching, ObjectiveTerm

DAY = date(2027, 3, 31)
SCALE = ("associate", "senior", "lead", "principal")
MANY = tuple(f"topic {number}" for number in range(70))  # more than one word of bits

CONTRACT_FIELDS = (
    Field(id="department", type=FieldType.SINGLE, column="department"),
    Field(id="site", type=FieldType.SINGLE, column="site", ignore_case=False),
    Field(id="wanted_site", type=FieldType.SINGLE, column="wanted site", answered_by=Audience.MENTEE),
    Field(id="offers", type=FieldType.MULTIPLE, column="offers", separator=";", answered_by=Audience.MENTOR),
    Field(id="wants", type=FieldType.MULTIPLE, column="wants", separator=";", answered_by=Audience.MENTEE),
    Field(id="topics", type=FieldType.MULTIPLE, column="topics", separator=";", options=MANY),
    Field(id="level", type=FieldType.LEVEL, column="level", scale=SCALE),
    Field(id="aim", type=FieldType.LEVEL, column="aim", scale=SCALE, answered_by=Audience.MENTEE),
    Field(id="balance", type=FieldType.NUMBER, column="balance"),
    Field(id="places", type=FieldType.NUMBER, column="places"),
    Field(id="joined", type=FieldType.DATE, column="joined"),
    Field(id="remote", type=FieldType.BOOLEAN, column="remote"),
    Field(id="timezone", type=FieldType.TIMEZONE, column="timezone"),
    Field(id="availability", type=FieldType.AVAILABILITY, column="availability"),
    Field(id="manager", type=FieldType.PERSON, column="manager"),
    Field(id="wishes", type=FieldType.RANKING, column="wishes", separator=";"),
)

COMPARED = (
    ("department", "department"),
    ("site", "site"),
    ("wanted_site", "site"),
    ("level", "level"),
    ("aim", "level"),
    ("balance", "balance"),
    ("joined", "joined"),
    ("remote", "remote"),
    ("timezone", "timezone"),
    ("manager", "manager"),
)
ANSWERED = (
    ("wants", "offers"),
    ("topics", "topics"),
    ("department", "department"),
    ("site", "site"),
    ("wanted_site", "site"),
    ("wanted_site", "offers"),
    ("wants", "site"),
)
ORDERED = (("level", "level"), ("aim", "level"), ("balance", "balance"), ("joined", "joined"))


# -- rosters -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Person:
    """One invented person; `manager` and `wishes` name others by number."""

    roles: tuple[Role, ...]
    cells: Mapping[str, str]
    manager: int | None = None
    wishes: tuple[int, ...] = ()


SITES = ("Rome", "rome", "Oslo", "Straße", "STRASSE")
SINGLE_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "department": ("Sales", "sales ", "Law", "IT"),
    "site": SITES,
    "wanted site": SITES,
    "level": SCALE,
    "aim": SCALE,
    "balance": ("-2", "-1", "-0.5", "0", "0.1", "1", "2.1"),
    "places": ("-1", "0", "1", "2", "2.5", "7"),
    "joined": ("2020-02-28", "2020-02-29", "2020-03-01", "2021-03-01"),
    "remote": ("yes", "no", "X"),
    "timezone": ("Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "UTC"),
    "availability": (
        "Mon 09:00-10:00",
        "Sun-Mon 00:00-24:00",
        "Mon 08:00-09:15; Fri 23:00-24:00",
        "Tue-Thu 22:00-24:00",
    ),
}
SEVERAL_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "offers": ("Rome", "writing", "Data", "law"),
    "wants": ("writing", " Writing", "data", "law", "OSLO"),
    "topics": ("topic 0", "topic 1", "topic 62", "topic 63", "topic 64", "Topic 69"),
}
COLUMNS = (*SINGLE_ANSWERS, *SEVERAL_ANSWERS)


def crowd_of(seed: int, most: int = 8) -> tuple[Person, ...]:
    """A few people, at least one mentor and one mentee; managers come before those they manage."""
    rng = random.Random(seed)
    count = rng.randint(2, most)
    blanks = rng.choice((0.0, 0.2, 0.5))

    def person(number: int) -> Person:
        roles = {(Role.MENTOR, Role.MENTEE)[number]} if number < 2 else {rng.choice(tuple(Role))}
        both = rng.random() < 0.25
        cells = {column: rng.choice(answers) for column, answers in SINGLE_ANSWERS.items()}
        cells |= {
            column: ";".join(rng.sample(answers, rng.randint(0, 3))) for column, answers in SEVERAL_ANSWERS.items()
        }
        return Person(
            roles=tuple(role for role in Role if both or role in roles),
            cells={column: "" if rng.random() < blanks else cell for column, cell in cells.items()},
            manager=rng.randrange(number) if number and rng.random() < 0.7 else None,
            wishes=tuple(rng.choices(range(count), k=rng.randint(0, 3))),
        )

    return tuple(person(number) for number in range(count))


crowds = st.integers(0, 1 << 32).map(crowd_of)


def tables(crowd: Sequence[Person], names: Sequence[str], order: Iterable[int]) -> tuple[Table, Table]:
    """The roster files of some people under some ids, with the rows in some order."""
    columns = [f.column for f in CONTRACT_FIELDS]
    chosen = list(order)

    def row(number: int) -> tuple[str, ...]:
        person = crowd[number]
        manager = "" if person.manager is None else names[person.manager]
        cells = {**person.cells, "manager": manager, "wishes": ";".join(names[w] for w in person.wishes)}
        return (names[number], *(cells.get(column, "") for column in columns))

    def table(role: Role) -> Table:
        rows = tuple(row(number) for number in chosen if role in crowd[number].roles)
        return Table(file=f"{role}s.csv", header=("id", *columns), rows=rows, lines=tuple(range(2, len(rows) + 2)))

    return table(Role.MENTOR), table(Role.MENTEE)


def contract_with(policies: Mapping[str, Missing]) -> Contract:
    return Contract(
        sources=(Source(file="mentors.csv", role=Role.MENTOR), Source(file="mentees.csv", role=Role.MENTEE)),
        id_column="id",
        name_columns=(),
        facts=(),
        fields=tuple(replace(f, missing=policies.get(f.id, f.missing)) for f in CONTRACT_FIELDS),
    )


def ground_of(
    crowd: Sequence[Person], policies: Mapping[str, Missing], names: Sequence[str] = (), order: Iterable[int] = ()
) -> Ground:
    """The rules' ground for some people, read from tables as a roster is."""
    contract = contract_with(policies)
    known = names or [f"p{number}" for number in range(len(crowd))]
    roster, findings = read_roster(contract, tables(crowd, known, order or range(len(crowd))), workspace="w")
    assert roster is not None, findings
    return Ground(roster=roster, contract=contract, day=DAY, timezone="Europe/London")


POLICIES = st.dictionaries(
    st.sampled_from([f.id for f in CONTRACT_FIELDS]), st.sampled_from((Missing.PASSES, Missing.FAILS)), max_size=4
)


# -- rules -------------------------------------------------------------------------------------------------------------


def fields(pairs: Sequence[tuple[str, str]]) -> st.SearchStrategy[FieldPair]:
    return st.sampled_from(pairs).map(lambda pair: FieldPair(mentee=pair[0], mentor=pair[1]))


bounds = st.one_of(st.none(), st.integers(-2, 2), st.just(366))
overlaps = st.builds(Overlap, fields=fields(ANSWERED), at_least=st.integers(1, 3))
gaps = st.builds(Gap, fields=fields(ORDERED), low=bounds, high=bounds)
ranks = st.builds(Rank, by=st.sampled_from(tuple(Role)), field=st.just("wishes"))
plain: st.SearchStrategy[Predicate] = st.one_of(
    st.builds(Same, fields=fields(COMPARED)),
    st.builds(Different, fields=fields(COMPARED)),
    overlaps,
    gaps,
    ranks,
    st.builds(ReportingLine, line=st.sampled_from(tuple(Line))),
    st.builds(TimezoneWithin, minutes=st.sampled_from((1, 60, 345, 600))),
    st.builds(AvailabilityOverlap, minutes=st.sampled_from((1, 15, 20, 60, 120, 600))),
)
predicates: st.SearchStrategy[Predicate] = st.recursive(plain, lambda inner: st.builds(Not, of=inner), max_leaves=2)
missing = st.sampled_from((None, None, Missing.MATCHES_NOTHING, Missing.PASSES, Missing.FAILS))
points = st.integers(-9, 9)
tables_of_points = st.dictionaries(st.integers(-2, 2), points, min_size=1).map(lambda d: tuple(sorted(d.items())))


def rules(
    predicate: st.SearchStrategy[Predicate], score: st.SearchStrategy[Score | None]
) -> st.SearchStrategy[PairRule]:
    return st.builds(PairRule, id=st.just("r"), predicate=predicate, score=score, missing=missing)


hard_rules = rules(predicates, st.none())
soft_rules = st.one_of(
    rules(predicates, st.builds(Points, points=points)),
    rules(overlaps, st.builds(PointsEach, points=points, cap=st.one_of(st.none(), st.integers(1, 2)))),
    rules(ranks, st.builds(PointsByRank, points=st.lists(points, min_size=1, max_size=8).map(tuple))),
    rules(gaps, st.builds(PointsByGap, table=tables_of_points)),
)

thorough = settings(max_examples=200, deadline=None)
brisk = settings(max_examples=50, deadline=None)


# -- columns against single pairs --------------------------------------------------------------------------------------


def everyone(
    ground: Ground,
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int32]], np.ndarray[tuple[int], np.dtype[np.int32]]]:
    """All mentees and all mentors, as roster indices."""
    return ground.roster.applicants(Role.MENTEE, "", ""), ground.roster.applicants(Role.MENTOR, "", "")


@given(crowds, POLICIES, hard_rules)
@thorough
def test_hard_rules_hold_for_the_same_pairs_in_columns_and_one_by_one(
    crowd: tuple[Person, ...], policies: dict[str, Missing], rule: PairRule
) -> None:
    """A hard rule evaluated over columns says of each pair what the plain evaluation says."""
    ground = ground_of(crowd, policies)
    mentees, mentors = everyone(ground)
    holds = hard_rule_holds(ground, rule, mentees[:, None], mentors[None, :])
    for (row, mentee), (column, mentor) in product(enumerate(mentees.tolist()), enumerate(mentors.tolist())):
        assert bool(holds[row, column]) == rule_holds(ground, rule, mentee, mentor), (mentee, mentor)


@given(crowds, POLICIES, st.lists(soft_rules, min_size=1, max_size=3))
@thorough
def test_soft_rules_give_the_same_points_in_columns_and_one_by_one(
    crowd: tuple[Person, ...], policies: dict[str, Missing], prefer: list[PairRule]
) -> None:
    """The points of each soft rule over columns are those of the plain evaluation, pair by pair."""
    ground = ground_of(crowd, policies)
    pairs = np.array(list(product(*everyone(ground))), np.int32)
    given_points = rule_points(ground, pairs[:, 0], pairs[:, 1], prefer)
    for column, (mentee, mentor) in enumerate(pairs.tolist()):
        expected = [rule_points_of(ground, rule, mentee, mentor) for rule in prefer]
        assert given_points[:, column].tolist() == expected, (mentee, mentor)


@given(crowds, POLICIES, st.lists(hard_rules, max_size=2), st.lists(soft_rules, max_size=2))
@brisk
def test_the_scored_pairs_are_those_that_pass_one_by_one(
    crowd: tuple[Person, ...], policies: dict[str, Missing], require: list[PairRule], prefer: list[PairRule]
) -> None:
    """The table of pairs holds each admissible pair once, in order, with the sum of its points."""
    ground = ground_of(crowd, policies)
    mentees, mentors = everyone(ground)
    table = score_pairs(ground, mentees, mentors, require, prefer)
    expected = [
        (mentee, mentor, sum(rule_points_of(ground, rule, mentee, mentor) for rule in prefer))
        for mentee, mentor in product(mentees.tolist(), mentors.tolist())
        if mentee != mentor and not broken_rule(ground, tuple(require), mentee, mentor)
    ]
    found = zip(mentees[table.mentee].tolist(), mentors[table.mentor].tolist(), table.score.tolist(), strict=True)
    assert list(found) == expected


# -- corners -----------------------------------------------------------------------------------------------------------


def pair_of(
    mentor: Mapping[str, str], mentee: Mapping[str, str], mentor_wishes: tuple[int, ...] = ()
) -> tuple[Person, Person]:
    """A mentor and a mentee with some answers; all others are blank."""
    return (
        Person(roles=(Role.MENTOR,), cells=mentor, wishes=mentor_wishes),
        Person(roles=(Role.MENTEE,), cells=mentee),
    )


def same(field: str) -> Predicate:
    return Same(fields=FieldPair(mentee=field, mentor=field))


CORNERS: tuple[tuple[str, tuple[Person, Person], PairRule, int], ...] = (
    (
        "equal numbers below zero are the same",
        pair_of({"balance": "-2"}, {"balance": "-2.0"}),
        PairRule(id="r", predicate=same("balance"), score=Points(points=5)),
        5,
    ),
    (
        "a number below zero is an answer, not a blank",
        pair_of({"balance": "-2"}, {"balance": "1"}),
        PairRule(id="r", predicate=same("balance"), score=Points(points=5), missing=Missing.PASSES),
        0,
    ),
    (
        "labels that keep their case equal themselves",
        pair_of({"site": "Rome"}, {"site": "Rome"}),
        PairRule(id="r", predicate=same("site"), score=Points(points=5)),
        5,
    ),
    (
        "labels that keep their case differ by it",
        pair_of({"site": "Rome"}, {"site": "rome"}),
        PairRule(id="r", predicate=same("site"), score=Points(points=5)),
        0,
    ),
    (
        "answers that keep their case differ by it",
        pair_of({"site": "Rome"}, {"site": "rome"}),
        PairRule(id="r", predicate=Overlap(fields=FieldPair(mentee="site", mentor="site")), score=Points(points=5)),
        0,
    ),
    (
        "a wish that was not made has no rank, however long the table",
        pair_of({}, {}),
        PairRule(
            id="r",
            predicate=Rank(by=Role.MENTOR, field="wishes"),
            score=PointsByRank(points=(4, 3, 2, 1)),
            missing=Missing.PASSES,
        ),
        0,
    ),
    (
        "the second of two wishes is the second",
        pair_of({}, {}, (0, 1)),
        PairRule(id="r", predicate=Rank(by=Role.MENTOR, field="wishes"), score=PointsByRank(points=(4, 3))),
        3,
    ),
    (
        "a gap of one and a half is not a gap of one",
        pair_of({"balance": "2"}, {"balance": "0.5"}),
        PairRule(
            id="r",
            predicate=Gap(fields=FieldPair(mentee="balance", mentor="balance")),
            score=PointsByGap(table=((1, 7), (2, 9))),
        ),
        0,
    ),
    (
        "decimals are subtracted as written",
        pair_of({"balance": "4.1"}, {"balance": "0.1"}),
        PairRule(
            id="r",
            predicate=Gap(fields=FieldPair(mentee="balance", mentor="balance"), low=4),
            score=PointsByGap(table=((3, 7), (4, 9))),
        ),
        9,
    ),
    (
        "a large whole gap stays whole",
        pair_of({"balance": "549593687673"}, {"balance": "0"}),
        PairRule(
            id="r",
            predicate=Gap(fields=FieldPair(mentee="balance", mentor="balance"), low=549593687673, high=549593687673),
            score=Points(points=5),
        ),
        5,
    ),
    (
        "a gap that is not known is not a gap of zero",
        pair_of({"balance": ""}, {"balance": "2"}),
        PairRule(
            id="r",
            predicate=Gap(fields=FieldPair(mentee="balance", mentor="balance")),
            score=PointsByGap(table=((0, 7), (1, 9))),
            missing=Missing.PASSES,
        ),
        0,
    ),
)


@pytest.mark.parametrize(("crowd", "rule", "expected"), [c[1:] for c in CORNERS], ids=[c[0] for c in CORNERS])
def test_corners(crowd: tuple[Person, Person], rule: PairRule, expected: int) -> None:
    """What the documentation of a rule promises holds at its corners, over columns and one by one."""
    ground = ground_of(crowd, {})
    mentees, mentors = everyone(ground)
    assert rule_points(ground, mentees, mentors, [rule]).tolist() == [[expected]]
    assert rule_points_of(ground, rule, int(mentees[0]), int(mentors[0])) == expected


# -- order and names ---------------------------------------------------------------------------------------------------


OBJECTIVES = st.lists(st.sampled_from(tuple(ObjectiveTerm)), min_size=1, max_size=3, unique=True).map(tuple)
CAPACITIES = st.one_of(
    st.builds(Capacity, at_most=st.integers(1, 3)),
    st.builds(Capacity, at_most=st.integers(1, 3), field=st.just("places"), missing=st.integers(0, 2)),
)
matchings = st.builds(
    Matching,
    require=st.lists(hard_rules, max_size=1).map(tuple),
    prefer=st.lists(soft_rules, max_size=3).map(tuple),
    mentor_capacity=CAPACITIES,
    mentee_capacity=CAPACITIES,
    objective=OBJECTIVES,
)


def matched(ground: Ground, matching: Matching) -> tuple[frozenset[tuple[str, str]], tuple[int, ...]]:
    """The pairs by roster id, and the worth of each objective; `match` also verifies the answer."""
    mentees, mentors = everyone(ground)
    result = match(MatchingCase(ground=ground, matching=matching, mentees=mentees, mentors=mentors), DirectEngine())
    return pairs_by_id(ground.roster, result), worth_of(result, matching.objective)


def pairs_by_id(roster: Roster, result: MatchingResult) -> frozenset[tuple[str, str]]:
    pairs = zip(result.mentee.tolist(), result.mentor.tolist(), strict=True)
    return frozenset((roster.roster_ids[mentee], roster.roster_ids[mentor]) for mentee, mentor in pairs)


def worth_of(result: MatchingResult, objective: tuple[ObjectiveTerm, ...]) -> tuple[int, ...]:
    worths = {
        ObjectiveTerm.COVER_MENTEES: len(set(result.mentee.tolist())),
        ObjectiveTerm.COVER_MENTORS: len(set(result.mentor.tolist())),
        ObjectiveTerm.TOTAL_SCORE: int(result.score.sum()),
    }
    return tuple(worths[term] for term in objective)


@st.composite
def orders(draw: st.DrawFn) -> tuple[tuple[Person, ...], tuple[int, ...]]:
    """Some people and an order of their rows."""
    crowd = draw(crowds)
    return crowd, tuple(draw(st.permutations(range(len(crowd)))))


@given(orders(), POLICIES, matchings)
@brisk
def test_the_order_of_rows_changes_nothing(
    crowd_and_order: tuple[tuple[Person, ...], tuple[int, ...]], policies: dict[str, Missing], matching: Matching
) -> None:
    """The same people on other rows are matched in the same way, and the roster has the same digest."""
    crowd, order = crowd_and_order
    one, two = ground_of(crowd, policies), ground_of(crowd, policies, order=order)
    assert one.roster.digest == two.roster.digest
    assert matched(one, matching) == matched(two, matching)


@given(crowds, POLICIES, matchings)
@brisk
def test_a_renaming_that_keeps_the_order_of_ids_keeps_the_matching(
    crowd: tuple[Person, ...], policies: dict[str, Missing], matching: Matching
) -> None:
    """Other ids in the same order give the same pairs under the renaming, ties included."""
    other = [f"{chr(ord('a') + number)}.{7 * number % 5}@example.org" for number in range(len(crowd))]
    renamed = {f"p{number}": name for number, name in enumerate(other)}
    pairs, worths = matched(ground_of(crowd, policies), matching)
    pairs_after, worths_after = matched(ground_of(crowd, policies, names=other), matching)
    assert {(renamed[mentee], renamed[mentor]) for mentee, mentor in pairs} == pairs_after
    assert worths == worths_after


@given(orders(), POLICIES, matchings)
@brisk
def test_any_renaming_keeps_the_worth(
    crowd_and_names: tuple[tuple[Person, ...], tuple[int, ...]], policies: dict[str, Missing], matching: Matching
) -> None:
    """Ids decide between equally good matchings only: each objective keeps its value under any renaming."""
    crowd, places = crowd_and_names
    names = [f"p{place}" for place in places]
    before, after = ground_of(crowd, policies), ground_of(crowd, policies, names=names)
    assert matched(before, matching)[1] == matched(after, matching)[1]
