"""Records to JSON and back, and the canonical text."""

import dataclasses
import json
from dataclasses import dataclass, fields, replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorctl.addresses import Address
from mentorctl.rules.fields import Role
from mentorctl.state.codec import (
    KINDS,
    canonical_json,
    digest,
    kind_of,
    record_from_json,
    record_to_json,
    records_from_json,
)
from mentorctl.state.model import (
    CheckInRecord,
    CohortRecord,
    EnrollmentRecord,
    MatchRecord,
    ProgramRecord,
    Record,
    SessionRecord,
    Term,
    TrainingRecord,
    members,
)
from mentorctl.state.shapes import MISFITS, SPARSE, CodecError, JsonValue, shape_of

CLASSES: tuple[type[Any], ...] = get_args(Record.__value__)

PROGRAM = ProgramRecord(
    address=Address(program="grow"),
    name="Größe",
    owner="people",
    state="open",
    definition="d",
    lifecycles="l",
    matching_rules="r",
)
COHORT = CohortRecord(
    address=Address(program="grow", cohort="s27"), starts="2027-01-01", ends="2027-06-30", state="running"
)
ENROLLMENT = EnrollmentRecord(
    address=Address(program="grow", cohort="s27", kind="enrollment", id="e1"),
    person="p1",
    role=Role.MENTOR,
    state="enrolled",
)
TRAINING = TrainingRecord(
    address=Address(program="grow", cohort="s27", kind="training", id="t1"),
    enrollment="e1",
    person="p1",
    module="basics",
    state="assigned",
    due="2027-01-15",
)
MATCH = MatchRecord(
    address=Address(program="grow", cohort="s27", kind="match", id="m1"),
    members=members(["p1"], ["p2"]),
    subject="",
    state="proposed",
    score=72,
    terms=(Term(rule="skills", points=70), Term(rule="level", points=2)),
)
SESSION = SessionRecord(
    address=Address(program="grow", cohort="s27", kind="session", id="s1"),
    kind="meeting",
    subject="m1",
    number=1,
    starts="2027-02-01T09:00Z",
    zone="Europe/Berlin",
    minutes=60,
    people=("p1", "p2"),
    state="planned",
    basis="b",
)
CHECK_IN = CheckInRecord(
    address=Address(program="grow", cohort="s27", kind="check_in", id="c1"),
    check_in="midpoint",
    number=1,
    enrollment="e1",
    person="p1",
    asked="2027-03-01",
    state="asked",
)

# What stores hold. A text that changes here needs a migration of every store.
WRITTEN: list[tuple[Record, str, str]] = [
    (
        PROGRAM,
        "program",
        '{"address":"grow","definition":"d","lifecycles":"l","matching_rules":"r","name":"Größe",'  # noqa: ISC004
        '"owner":"people","state":"open"}',
    ),
    (COHORT, "cohort", '{"address":"grow/s27","ends":"2027-06-30","starts":"2027-01-01","state":"running"}'),
    (
        ENROLLMENT,
        "enrollment",
        '{"address":"grow/s27/enrollment/e1","person":"p1","role":"mentor","state":"enrolled"}',
    ),
    (
        TRAINING,
        "training",
        '{"address":"grow/s27/training/t1","due":"2027-01-15","enrollment":"e1","module":"basics",'  # noqa: ISC004
        '"person":"p1","state":"assigned"}',
    ),
    (
        MATCH,
        "match",
        '{"address":"grow/s27/match/m1","members":[{"person":"p1","role":"mentor"},'  # noqa: ISC004
        '{"person":"p2","role":"mentee"}],"relaxed":[],"score":72,"state":"proposed","subject":"",'
        '"terms":[{"points":70,"rule":"skills"},{"points":2,"rule":"level"}]}',
    ),
    (
        SESSION,
        "session",
        '{"address":"grow/s27/session/s1","basis":"b","kind":"meeting","minutes":60,"number":1,"people":["p1","p2"],'  # noqa: ISC004
        '"starts":"2027-02-01T09:00Z","state":"planned","subject":"m1","zone":"Europe/Berlin"}',
    ),
    (
        CHECK_IN,
        "check_in",
        '{"address":"grow/s27/check_in/c1","asked":"2027-03-01","check_in":"midpoint","enrollment":"e1","number":1,'  # noqa: ISC004
        '"person":"p1","state":"asked"}',
    ),
]

names = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
nothing = st.just("")
addresses = st.one_of(
    st.builds(Address, program=names, cohort=nothing, kind=nothing, id=nothing),
    st.builds(Address, program=names, cohort=names, kind=nothing, id=nothing),
    st.builds(Address, program=names, cohort=names, kind=names, id=names),
)
# Every field but the address is filled from its type hint, so a field that is added is tested at once.
records: st.SearchStrategy[Record] = st.one_of([st.builds(class_, address=addresses) for class_ in CLASSES])


def test_every_kind_of_record_has_a_name() -> None:
    """The codec knows every class of the union, each under one name."""
    assert len({*KINDS}) == len(CLASSES)
    assert [kind for _, kind, _ in WRITTEN] == list(KINDS)
    assert {type(record) for record, _, _ in WRITTEN} == set(CLASSES)


@given(records)
def test_a_record_comes_back_as_it_was(record: Record) -> None:
    """Written as text and read again, a record is the same."""
    text = canonical_json(record_to_json(record))

    assert record_from_json(kind_of(record), json.loads(text)) == record


@given(st.lists(records, max_size=8))
def test_many_records_are_read_as_one_is(many: list[Record]) -> None:
    """Read together, records are the same as read one after the other, with an address that is known already too."""
    for kind in KINDS:
        written = [record_to_json(record) for record in many if kind_of(record) == kind]
        alone = [record_from_json(kind, data) for data in written]

        assert list(records_from_json(kind, written)) == alone
        known = [{**data, "address": record.address} for data, record in zip(written, alone, strict=True)]
        assert list(records_from_json(kind, known)) == alone


@given(st.lists(st.builds(SessionRecord, address=addresses), min_size=1, max_size=5), st.data())
def test_what_is_no_record_is_noticed_among_many(sessions: list[SessionRecord], data: st.DataObject) -> None:
    """Among many records one is refused as it is alone: a key that is missing or unknown, a value of another type."""
    written: list[dict[str, Any]] = [dict(record_to_json(record)) for record in sessions]
    wrong = data.draw(st.sampled_from(written))
    change = data.draw(st.sampled_from(sorted(wrong)))
    match data.draw(st.sampled_from(["missing", "unknown", "both", "type"])):
        case "missing":
            del wrong[change]
        case "unknown":
            wrong["more"] = 1
        case "both":
            wrong["more"] = wrong.pop(change)
        case _:
            wrong[change] = data.draw(st.sampled_from([None, 1.5, {}, [1], b"", [["p1"]]]))

    try:
        record_from_json("session", wrong)
    except CodecError:
        with pytest.raises(MISFITS):
            records_from_json("session", written)
    else:  # a field that may be left out was
        assert len(records_from_json("session", written)) == len(written)


@given(records, st.data())
def test_every_field_is_written(record: Record, data: st.DataObject) -> None:
    """Two records that differ in any field have different texts, under keys that are the names of the fields.

    A field that came later is left out where it says nothing.
    """
    other: Any = data.draw(st.builds(type(record), address=addresses))
    written, of_other = record_to_json(record), record_to_json(other)

    late = {field.name for field in fields(record) if field.metadata.get("sparse")}
    assert list(written) == [
        f.name for f in fields(record) if f.name not in late or getattr(record, f.name) != f.default
    ]
    for field in fields(record):
        same = getattr(record, field.name) == getattr(other, field.name)
        assert (canonical_json(written.get(field.name)) == canonical_json(of_other.get(field.name))) is same


@pytest.mark.parametrize(("record", "kind", "text"), WRITTEN)
def test_the_written_form_is_pinned(record: Record, kind: str, text: str) -> None:
    """The texts in stores of earlier versions stay readable, and are what is written today."""
    assert (kind_of(record), canonical_json(record_to_json(record))) == (kind, text)
    assert record_from_json(kind, json.loads(text)) == record


@pytest.mark.parametrize("record", [record for record, _, _ in WRITTEN])
def test_a_missing_or_unknown_key_is_refused(record: Record) -> None:
    """Every key is needed, no other is allowed, and the message names it."""
    data = record_to_json(record)
    for name in data:
        with pytest.raises(CodecError, match=rf"^{name}: this key is missing"):
            record_from_json(kind_of(record), {key: value for key, value in data.items() if key != name})
    with pytest.raises(CodecError, match=r"^color: this key is unknown"):
        record_from_json(kind_of(record), {**data, "color": "red"})


@pytest.mark.parametrize("record", [record for record, _, _ in WRITTEN])
@pytest.mark.parametrize("wrong", [None, 1.5, True, {"a": 1}, [1], [None]])
def test_a_value_of_another_type_is_refused(record: Record, wrong: object) -> None:
    """No value is converted, and the message begins with the key."""
    data = record_to_json(record)
    for name in data:
        with pytest.raises(CodecError, match=rf"^{name}(\[0\])?: expected"):
            record_from_json(kind_of(record), {**data, name: wrong})


@pytest.mark.parametrize(
    ("record", "name", "value", "message"),
    [
        (MATCH, "score", "72", "score: expected a whole number, found '72'"),
        (MATCH, "score", True, "score: expected a whole number, found True"),
        (MATCH, "subject", 7, "subject: expected text, found 7"),
        (
            MATCH,
            "terms",
            [{"rule": "a", "points": 1}, {"rule": "b", "points": 0.5}],
            "terms[1].points: expected",
        ),
        (MATCH, "terms", [{"rule": "a"}], "terms[0].points: this key is missing"),
        (MATCH, "terms", [{"rule": "a", "points": 1, "x": 2}], "terms[0].x: this key is unknown"),
        (MATCH, "terms", "skills", "terms: expected a list"),
        (MATCH, "address", "grow//m1", "address: expected an address"),
        (MATCH, "address", "", "address: expected an address"),
        (ENROLLMENT, "role", "boss", "role: expected mentor or mentee or peer, found 'boss'"),
        (SESSION, "people", ["p1", 2], "people[1]: expected text, found 2"),
        (SESSION, "people", "p1", "people: expected a list"),
        (PROGRAM, "name", ["x" * 999], "name: expected text, found ['xxxx"),
    ],
)
def test_messages_name_the_key_and_quote_the_value(record: Record, name: str, value: object, message: str) -> None:
    """The message says where, what is expected and what was found, and stays short."""
    with pytest.raises(CodecError) as refused:
        record_from_json(kind_of(record), {**record_to_json(record), name: value})

    assert str(refused.value).startswith(message)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_a_record_is_a_mapping(data: object) -> None:
    """Anything but a mapping is refused."""
    with pytest.raises(CodecError, match="the value: expected a mapping"):
        record_from_json("match", data)


def test_an_unknown_kind_is_refused() -> None:
    """The kinds are listed."""
    with pytest.raises(CodecError, match="'pair' is not a kind of record; the kinds are program, cohort"):
        record_from_json("pair", {})


@pytest.mark.parametrize(
    ("record", "wrong", "message"),
    [
        (MATCH, {"score": 1.0}, "score: expected a whole number"),
        (MATCH, {"score": True}, "score: expected a whole number"),
        (MATCH, {"terms": []}, "terms: expected a tuple"),
        (MATCH, {"terms": ("skills",)}, r"terms\[0\]: expected a Term"),
        (MATCH, {"subject": Role.MENTOR}, "subject: expected text"),
        (ENROLLMENT, {"role": "mentor"}, "role: expected mentor or mentee or peer"),
        (PROGRAM, {"address": "grow"}, "address: 'grow' cannot be written"),
        (PROGRAM, {"address": Address(program="a/b")}, "address: Address"),
        (PROGRAM, {"address": Address(program="grow", kind="match", id="m1")}, "address: Address"),
    ],
)
def test_a_record_that_would_not_come_back_is_not_written(record: Record, wrong: dict[str, Any], message: str) -> None:
    """A value of another type than declared, or an address that reads as another, stops the writing."""
    with pytest.raises(CodecError, match=message):
        record_to_json(replace(record, **wrong))


def test_a_type_that_the_codec_does_not_know_is_a_bug() -> None:
    """A record with a field of a new type fails when the codec is built, not when the first one is written."""
    with pytest.raises(TypeError, match="teach it here"):
        shape_of(dict[str, str])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "ä\n"], "Z": -3}, '{"Z":-3,"a":[true,null,"ä\\n"],"b":1}'),
        ((1, (2, [])), "[1,[2,[]]]"),
        (Role.MENTEE, '"mentee"'),
        ({Role.MENTEE: 2**70}, '{"mentee":1180591620717411303424}'),
        ("", '""'),
    ],
)
def test_canonical_text(value: JsonValue, text: str) -> None:
    """Keys are sorted, nothing is spaced, letters stay letters, tuples are lists."""
    assert canonical_json(value) == text


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3), part, max_size=3),
    max_leaves=12,
)


@given(json_values)
def test_canonical_text_reads_as_the_same_value(value: Any) -> None:
    """The text is JSON of the value, and writing it again gives the same text."""
    text = canonical_json(value)

    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


@given(st.dictionaries(st.text(), st.integers()), st.randoms())
def test_canonical_text_does_not_depend_on_the_order_of_keys(value: dict[str, int], random: Any) -> None:
    """Two equal mappings have one text and one digest."""
    items = list(value.items())
    random.shuffle(items)

    assert canonical_json(dict(items)) == canonical_json(value)
    assert digest(dict(items)) == digest(value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1.0, "the value: 1.0 has no canonical text"),
        ({"a": [1, float("nan")]}, r"a\[1\]: nan has no canonical text"),
        (b"abc", "the value: b'abc' has no canonical text"),
        ({"a": {"b": {1, 2}}}, "a.b: "),
        ({1: 2}, "the value: the key 1 is not text"),
        ({"a": {None: 2}}, "a: the key None is not text"),
        ("\ud800", "surrogate"),
    ],
)
def test_what_has_no_canonical_text(value: Any, message: str) -> None:
    """Floats, bytes, sets, keys that are not text and broken Unicode are refused, with their place."""
    with pytest.raises(CodecError, match=message):
        canonical_json(value)


def test_digest_is_sha_256_of_the_canonical_text() -> None:
    """Anybody can check a digest with standard tools; the prefix only labels it."""
    assert digest({"b": 1, "a": 2}) == "sha256:d3626ac30a87e6f7a6428233b3c68299976865fa5508e4267c5415c76af7a772"
    assert digest({"b": 1, "a": 2}, "plan").startswith("plan:d3626ac3")


@dataclass(frozen=True, kw_only=True)
class _Grown:
    """A value that got a field later."""

    id: str
    later: int | None = dataclasses.field(default=None, metadata=SPARSE)


def test_a_field_that_came_later_changes_no_text_of_before() -> None:
    """Where it has its default it is not written, so that old texts are read and keep their digests."""
    shape = shape_of(_Grown)
    assert shape.write(_Grown(id="a"), "") == {"id": "a"}
    assert shape.write(_Grown(id="a", later=2), "") == {"id": "a", "later": 2}
    assert [shape.read(data, "").later for data in ({"id": "a"}, {"id": "a", "later": 2})] == [None, 2]
    with pytest.raises(CodecError, match=r"id: this key is missing"):
        shape.read({"later": 2}, "")
    with pytest.raises(CodecError, match=r"odd: this key is unknown"):
        shape.read({"id": "a", "odd": 2}, "")
