"""Invented rosters: a few people with every type of field, blanks and odd spellings, and what is known about pairs."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from hypothesis import strategies as st

from mentorctl.optimize.ground import Ground, History, Indices, OutsideScores, PairFacts
from mentorctl.roster.read import read_roster
from mentorctl.roster.table import Table
from mentorctl.rules.fields import PAIR_ROLES, Audience, Contract, Field, FieldType, Missing, Role, Source

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
    Field(id="note", type=FieldType.TEXT, column="note"),
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
    "note": ("hello", "Hello"),
    "joined": ("2020-02-28", "2020-02-29", "2020-03-01", "2021-03-01"),
    "remote": ("yes", "no", "X"),
    "timezone": ("Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "UTC"),
    "availability": (
        "Mon 09:00-10:00",
        "Sun-Mon 00:00-24:00",
        "Mon 08:00-09:15; Fri 23:00-24:00",
        "Tue-Thu 22:00-24:00",
        "Sun 23:00-24:00; Mon 00:00-00:30",
        "Mon 08:00-08:30; Mon 09:00-09:30; Mon 10:00-10:30",
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
        roles = {PAIR_ROLES[number]} if number < 2 else {rng.choice(PAIR_ROLES)}
        both = rng.random() < 0.25
        cells = {column: rng.choice(answers) for column, answers in SINGLE_ANSWERS.items()}
        cells |= {
            column: ";".join(rng.sample(answers, rng.randint(0, 3))) for column, answers in SEVERAL_ANSWERS.items()
        }
        return Person(
            roles=tuple(role for role in PAIR_ROLES if both or role in roles),
            cells={column: "" if rng.random() < blanks else cell for column, cell in cells.items()},
            manager=rng.randrange(number) if number and rng.random() < 0.7 else None,
            wishes=tuple(rng.choices(range(count), k=rng.randint(0, 3))),
        )

    return tuple(person(number) for number in range(count))


crowds = st.integers(0, 1 << 32).map(crowd_of)


def tables(crowd: Sequence[Person], names: Sequence[str], order: Iterable[int], peers: bool) -> tuple[Table, ...]:
    """The roster files of some people under some ids, with the rows in some order."""
    columns = [f.column for f in CONTRACT_FIELDS]
    chosen = list(order)

    def row(number: int) -> tuple[str, ...]:
        person = crowd[number]
        manager = "" if person.manager is None else names[person.manager]
        cells = {**person.cells, "manager": manager, "wishes": ";".join(names[w] for w in person.wishes)}
        return (names[number], *(cells.get(column, "") for column in columns))

    def table(role: Role) -> Table:
        rows = tuple(row(number) for number in chosen if peers or role in crowd[number].roles)
        return Table(file=f"{role}s.csv", header=("id", *columns), rows=rows, lines=tuple(range(2, len(rows) + 2)))

    return tuple(table(role) for role in roles_of(peers))


def roles_of(peers: bool) -> tuple[Role, ...]:
    """The roles of a program."""
    return (Role.PEER,) if peers else PAIR_ROLES


def contract_with(policies: Mapping[str, Missing], peers: bool = False) -> Contract:
    """The contract with other meanings of blanks; peers answer everything."""
    fields = (replace(f, missing=policies.get(f.id, f.missing)) for f in CONTRACT_FIELDS)
    return Contract(
        sources=tuple(Source(file=f"{role}s.csv", role=role) for role in roles_of(peers)),
        id_column="id",
        name_columns=(),
        facts=(),
        fields=tuple(replace(f, answered_by=Audience.EVERYONE) for f in fields) if peers else tuple(fields),
    )


def ground_of(
    crowd: Sequence[Person],
    policies: Mapping[str, Missing],
    names: Sequence[str] = (),
    order: Iterable[int] = (),
    peers: bool = False,
) -> Ground:
    """The rules' ground for some people, read from tables as a roster is."""
    contract = contract_with(policies, peers)
    known = names or [f"p{number}" for number in range(len(crowd))]
    roster, findings = read_roster(contract, tables(crowd, known, order or range(len(crowd)), peers), workspace="w")
    assert roster is not None, findings
    return Ground(roster=roster, contract=contract, day=DAY, timezone="Europe/London", peers=peers)


def with_knowledge(ground: Ground, seed: int) -> Ground:
    """The ground with earlier matches, declines, outside scores and rounds waited."""
    rng = random.Random(seed)
    people = range(len(ground.roster.ids))

    def facts() -> PairFacts:
        pairs = [(rng.choice(people), rng.choice(people)) for _ in range(rng.randint(0, 2 * len(people)))]
        days = [DAY.toordinal() - rng.choice((1, 13, 14, 15, 30, 31, 32, 400)) for _ in pairs]
        one, two = (np.array([pair[side] for pair in pairs], np.int32) for side in (0, 1))
        return PairFacts(one=one, two=two, day=np.array(days, np.int64))

    scored = rng.sample([(e, m) for e in people for m in people], rng.randint(0, len(people)))
    outside = OutsideScores(
        mentee=np.array([e for e, _ in scored], np.int32),
        mentor=np.array([m for _, m in scored], np.int32),
        score=np.array([rng.choice((-3, 0, 7, 10**7, -(10**15))) for _ in scored], np.int64),
    )
    waited = np.array([rng.choice((0, 0, 1, 2, 9)) for _ in people], np.int64)
    history = History(as_of=DAY, met=facts(), declined=facts())
    return replace(ground, history=history, outside=outside, waited=waited)


def everyone(ground: Ground) -> tuple[Indices, Indices]:
    """All mentees and all mentors of the roster; peers twice."""
    mentee, mentor = (Role.PEER, Role.PEER) if ground.peers else (Role.MENTEE, Role.MENTOR)
    return ground.roster.applicants(mentee, "p", "c"), ground.roster.applicants(mentor, "p", "c")


POLICIES = st.dictionaries(
    st.sampled_from([f.id for f in CONTRACT_FIELDS]), st.sampled_from((Missing.PASSES, Missing.FAILS)), max_size=4
)
