"""Frozen values made by our decorator are those of the library."""

import copy
import dataclasses
import pickle
from collections.abc import Callable, Iterable
from dataclasses import FrozenInstanceError, field, replace

import pytest

from mentorctl import values


@values.dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """A value with everything that fields can have."""

    name: str
    count: int = 3
    parts: tuple[int, ...] = field(default_factory=lambda: (1, 2))
    note: str = field(default="", compare=False, repr=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """The same, made by the library."""

    name: str
    count: int = 3
    parts: tuple[int, ...] = field(default_factory=lambda: (1, 2))
    note: str = field(default="", compare=False, repr=False)


@values.dataclass(frozen=True, eq=False)
class Checked:
    """A value that is compared by identity and looks at what it is given; it is filled by position."""

    count: int

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ValueError("too few")


@values.dataclass(frozen=True, slots=True)
class Counted(Checked):
    """A value with slots that looks at what it is given."""

    count: int


@values.dataclass(frozen=True, slots=True, order=True)
class Ordered:
    """A value with an order."""

    rank: int
    name: str = ""


GIVEN: tuple[dict[str, object], ...] = (
    {"name": "a"},
    {"name": "a", "count": 4},
    {"name": "a", "note": "x"},
    {"name": "b", "parts": ()},
)


@pytest.mark.parametrize("given", GIVEN)
def test_ours_are_as_those_of_the_library(given: dict[str, object]) -> None:
    """They show themselves, compare, replace and become dictionaries alike."""
    ours, theirs = Ours(**given), Theirs(**given)  # type: ignore[arg-type]

    assert repr(ours).replace("Ours", "Theirs") == repr(theirs)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert hash(ours) == hash(theirs)
    assert [ours == Ours(**other) for other in GIVEN] == [theirs == Theirs(**other) for other in GIVEN]  # type: ignore[arg-type]
    assert ours.__eq__(theirs) is NotImplemented
    assert replace(ours, count=9).count == replace(theirs, count=9).count == 9


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301
def test_copies_are_equal(copied: Callable[[Ours], Ours]) -> None:
    """A value with slots can be copied and pickled, although nothing of it can be set."""
    assert copied(Ours(name="a", note="x")) == Ours(name="a")


def test_nothing_can_be_set_or_deleted() -> None:
    """A frozen value stays as it is."""
    ours = Ours(name="a")
    with pytest.raises(FrozenInstanceError):
        ours.name = "b"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del ours.name
    assert ours.name == "a"


def test_what_is_given_is_what_is_asked_for() -> None:
    """A field without a default must be given, by name where the class says so, and no other may be."""
    for wrong in ({}, {"name": "a", "other": 1}):
        with pytest.raises(TypeError):
            Ours(**wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Ours("a")  # type: ignore[call-arg]
    assert Checked(2).count == 2
    with pytest.raises(ValueError, match="too few"):
        Checked(-1)
    assert Checked(2) != Checked(2)


def test_values_with_an_order_are_sorted_by_their_fields() -> None:
    """The first field that differs decides, and another class has no place in the order."""
    assert sorted([Ordered(2), Ordered(1, "b"), Ordered(1, "a")]) == [Ordered(1, "a"), Ordered(1, "b"), Ordered(2)]
    assert Ordered(1) <= Ordered(1) >= Ordered(1)
    assert Ordered(2) > Ordered(1)
    with pytest.raises(TypeError):
        assert Ordered(1) < Checked(2)  # type: ignore[operator]


def test_what_can_change_has_no_hash() -> None:
    """A value that is not frozen compares by its fields as they are now."""

    @values.dataclass(slots=True)
    class Open:
        count: int
        names: list[str] = field(default_factory=list)

    changed = Open(1)
    changed.count = 2
    changed.names.append("a")
    assert changed == Open(2, ["a"])
    assert Open(1).names == []
    with pytest.raises(TypeError):
        hash(changed)


def test_a_class_below_another_has_its_own_constructor() -> None:
    """A method that is made at the first call belongs to its class, whichever is called first."""

    @values.dataclass(frozen=True, kw_only=True)
    class Below(Checked):
        name: str

    assert (Below(count=1, name="a").name, Checked(1).count, Below(count=2, name="b").name) == ("a", 1, "b")
    with pytest.raises(ValueError, match="too few"):
        Below(count=-1, name="a")


def test_many_values_are_those_that_are_made_alone() -> None:
    """Filled by columns, they are the same, with the defaults of fields that have no column, and checked as well."""
    columns: dict[str, Iterable[object]] = {"name": ["a", "b"], "parts": [(1,), ()], "count": iter([1, 2])}
    assert values.many(Ours, 2, columns) == [Ours(name="a", count=1, parts=(1,)), Ours(name="b", count=2, parts=())]
    assert values.many(Ours, 1, {"name": ["a"], "parts": [()]}) == [Ours(name="a", parts=())]
    with pytest.raises(ValueError, match="too few"):
        values.many(Counted, 2, {"count": [1, -1]})
    with pytest.raises(TypeError, match="needs a column of 'name'"):
        values.many(Ours, 1, {"parts": [()]})
