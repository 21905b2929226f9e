"""Addresses of things, and ids that do not reveal what they stand for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorctl.addresses import Address, opaque_id

IDS = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)

WRITTEN = (
    ("grow", Address(program="grow")),
    ("grow/spring", Address(program="grow", cohort="spring")),
    ("grow/spring/match/m1", Address(program="grow", cohort="spring", kind="match", id="m1")),
)


@pytest.mark.parametrize(("text", "address"), WRITTEN)
def test_an_address_is_written_with_slashes(text: str, address: Address) -> None:
    """A program, a cohort of it, or a thing in that cohort."""
    assert str(address) == text
    assert Address.parse(text) == address


@pytest.mark.parametrize("text", ["", "/", "grow/", "/grow", "grow//m1", "grow/spring/match", "a/b/c/d/e", "a/b/c/"])
def test_other_texts_are_no_addresses(text: str) -> None:
    """Three parts, more than four, and empty ones mean nothing."""
    with pytest.raises(ValueError, match="not an address"):
        Address.parse(text)
    with pytest.raises(ValueError, match="not an address"):
        Address.parse_all(["grow/spring/match/m1", text])


@given(program=IDS, cohort=IDS, kind=IDS, name=IDS)
@settings(max_examples=50)
def test_reading_undoes_writing(program: str, cohort: str, kind: str, name: str) -> None:
    """Any address of valid ids is read as it was written."""
    for address in (
        Address(program=program),
        Address(program=program, cohort=cohort),
        Address(program=program, cohort=cohort, kind=kind, id=name),
    ):
        assert Address.parse(str(address)) == address


def test_many_addresses_are_read_as_one_is() -> None:
    """Read together, they are the same; and one leads to the others of its cohort."""
    assert Address.parse_all([text for text, _ in WRITTEN]) == [address for _, address in WRITTEN]
    assert str(WRITTEN[2][1].beside("session", "s1")) == "grow/spring/session/s1"


def test_addresses_are_sorted_by_their_parts() -> None:
    """A program comes before its cohorts, and a cohort before the things in it."""
    program, cohort, match = (address for _, address in WRITTEN)
    assert sorted([match, program, cohort]) == [program, cohort, match]


def test_an_opaque_id_is_stable_and_reveals_nothing() -> None:
    """A prefix and 14 hexadecimal digits; written down here because states keep them."""
    assert opaque_id("p", "acme", "1057") == "p8b826a45d894f5"
    assert "1057" not in opaque_id("p", "acme", "1057")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("p", "acme", "1"), ("p", "other", "1")), (("p", "acme", "1"), ("p", "acme", "2")),
        (("m", "acme", "ab", "c"), ("m", "acme", "a", "bc")), (("m", "acme", "ab"), ("m", "acme", "ab", "")),
        (("m", "acme", "a", "b"), ("m", "acme", "b", "a")), (("p", "acme", "1"), ("m", "acme", "1")),
    ],
)  # fmt: skip
def test_what_an_id_is_founded_on_is_told_apart(one: tuple[str, ...], two: tuple[str, ...]) -> None:
    """Another workspace, another person, other borders between the parts or another order give another id."""
    assert opaque_id(*one) != opaque_id(*two)


def test_ids_of_many_people_differ() -> None:
    """No two of fifty thousand people collide."""
    assert len({opaque_id("p", "acme", str(number)) for number in range(50_000)}) == 50_000
