"""Whether conditions can hold together, decided exactly, with values that make them hold."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorctl.lifecycle.logic.satisfy import Claim, Unknown, Witness, satisfiable
from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.closure import to_closure
from mentorctl.rules.expressions.scopes import facts_scope
from mentorctl.rules.expressions.tree import Expression
from mentorctl.rules.expressions.types import BOOL, DATE, DURATION, NUMBER, PERSON, Value, Variable, level, text, words

SCOPE = facts_scope([
    Variable(name="paid", type=BOOL),
    Variable(name="late", type=BOOL),
    Variable(name="x", type=NUMBER),
    Variable(name="y", type=NUMBER),
    Variable(name="z", type=NUMBER),
    Variable(name="maybe", type=NUMBER, optional=True),
    Variable(name="begun", type=DATE),
    Variable(name="over", type=DATE),
    Variable(name="quiet", type=DURATION),
    Variable(name="grade", type=level("junior", "senior", "lead")),
    Variable(name="why", type=text("moved", "ill", "other")),
    Variable(name="note", type=text()),
    Variable(name="who", type=PERSON),
    Variable(name="boss", type=PERSON),
    Variable(name="skills", type=words()),
    Variable(name="days", type=words("mon", "tue")),
])  # fmt: skip

HOLDS = {
    "x > 20 && x < 30": "`x` is 21",
    "x > 1 && x < 2": "`x` is 1.5",
    "x == 2.3 && x - 1.8 == 0.5": "`x` is 2.3",
    "x > y && y > z && z > 3": "`x` is 6, `y` is 5, `z` is 4",
    "x + y <= 4 && x - y >= 2 && y >= 1": "`x` is 3, `y` is 1",
    "paid && !late": "`late` is false, `paid` is true",
    "paid == late": "`late` is false, `paid` is false",
    'grade > "junior" && grade < "lead"': "`grade` is `senior`",
    'begun > date("2027-01-30") && begun + duration("1mo") <= date("2027-02-28")': "`begun` is 2027-01-31",
    'over - begun > duration("7d") && begun == date("2027-01-01")': "`begun` is 2027-01-01, `over` is 2027-01-09",
    'quiet >= duration("3d")': "`quiet` is 3d",
    'why != "moved" && why != "ill"': "`why` is `other`",
    'note != "a" && note in ["a", "b"]': "`note` is `b`",
    "who != boss": "`boss` is `other 2`, `who` is `other 1`",
    'size(skills) >= 2 && "go" in skills': "`skills` is `go` and `other 1`",
    "!has(maybe)": "always",
    "has(maybe) ? maybe > 3 : paid": "`paid` is true",
    "(paid ? 3 : 5) > 4": "`paid` is false",
    "default(maybe, 7) == 7 && x == 0": "`x` is 0",
    "x == 1 || x == 2": "`x` is 1",
}

NEVER = (
    "paid && !paid",
    "x > 3 && x < 3",
    "x >= 3 && x <= 3 && x != 3",
    "x > y && y > z && z > x",
    "x + y > 4 && x < 2 && y < 2",
    'grade < "junior"',
    'grade > "junior" && grade < "senior"',
    'begun > date("2027-01-01") && begun < date("2027-01-02")',
    'over - begun > duration("7d") && over < begun',
    'why != "moved" && why != "ill" && why != "other"',
    'note == "a" && note == "b"',
    "size(days) > 2",
    'size(days) == 2 && !("mon" in days)',
    'size(skills) == 0 && "go" in skills',
    "has(maybe) && !has(maybe)",
    "paid && (paid ? x > 3 : late) && x < 1",
)  # fmt: skip


@pytest.mark.parametrize("text_", HOLDS)
def test_a_condition_that_can_hold_comes_with_values(text_: str) -> None:
    """The values are small and whole where they can be, and only those that matter are named."""
    found = satisfiable([Claim(condition=_expression(text_))])
    assert isinstance(found, Witness)
    assert str(found) == HOLDS[text_]


@pytest.mark.parametrize("text_", NEVER)
def test_a_contradiction_is_found(text_: str) -> None:
    """Nothing fulfils a condition that contradicts itself, whichever types it is about."""
    assert satisfiable([Claim(condition=_expression(text_))]) is None


def test_claims_are_decided_together() -> None:
    """Conditions that hold alone may exclude each other, and a condition may be wanted false."""
    first, second = _expression("x >= 21"), _expression("x < 30")
    assert isinstance(satisfiable([Claim(condition=first), Claim(condition=second)]), Witness)
    assert satisfiable([Claim(condition=first, holds=False), Claim(condition=second, holds=False)]) is None
    assert str(satisfiable([Claim(condition=first), Claim(condition=second, holds=False)])) == "`x` is 30"


def test_counts_are_whole_and_not_negative() -> None:
    """Numbers that count things have no halves and are never below zero."""
    counts = frozenset({"x"})
    assert satisfiable([Claim(condition=_expression("x < 0"))], counts=counts) is None
    assert satisfiable([Claim(condition=_expression("x > 1 && x < 2"))], counts=counts) is None
    assert satisfiable([Claim(condition=_expression("x > 1 && x < 3"))], counts=counts) is not None


@pytest.mark.parametrize("text_", ["size(note) > 3", "begun + quiet > over", 'begun + duration("1mo") > over'])
def test_what_is_not_decided_says_so(text_: str) -> None:
    """The parts of the language that are left out give no false answer."""
    assert isinstance(satisfiable([Claim(condition=_expression(text_))]), Unknown)


def test_the_bound_on_tries_is_kept() -> None:
    """A condition with more cases than anybody writes is left undecided."""
    scope = facts_scope(Variable(name=f"f{n}", type=BOOL) for n in range(19))
    many = " && ".join(f"(f{n} != f{n + 6}) == (f{n + 12} != f{(n * 5 + 2) % 19})" for n in range(7))
    expression, _ = compile_expression(f"{many} && !({many})", scope)
    assert expression is not None
    assert not isinstance(satisfiable([Claim(condition=expression)]), Witness)


ATOMS = (
    "paid", "late", "x > 1", "x <= 1", "x == 2", "x != 0", "y >= x", "x + 1 < y", 'grade >= "senior"', 'grade == "lead"',
    'grade != "junior"', 'why == "ill"', 'why in ["ill", "moved"]', '"mon" in days', "size(days) > 1", "has(maybe)",
    "default(maybe, 1) > 1", 'over > begun + duration("1d")', 'begun >= date("2027-01-02")', 'over < date("2027-01-03")',
)  # fmt: skip

VALUES: Mapping[str, tuple[Value, ...]] = {
    "paid": (False, True),
    "late": (False, True),
    "x": (-1, 0, 1, 1.5, 2, 3),
    "y": (-1, 0, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5),
    "maybe": (None, 0, 2),
    "grade": ("junior", "senior", "lead"),
    "why": ("moved", "ill", "other"),
    "days": (frozenset(), frozenset({"mon"}), frozenset({"tue"}), frozenset({"mon", "tue"})),
    "begun": tuple(date(2026, 12, 30) + timedelta(days=n) for n in range(7)),
    "over": tuple(date(2026, 12, 29) + timedelta(days=n) for n in range(10)),
}

conditions = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} && {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} || {two[1]})"),
        inner.map(lambda one: f"!({one})"),
    ),
    max_leaves=5,
)


@settings(max_examples=120)
@given(conditions, st.booleans())
def test_the_answer_is_that_of_trying_everything(condition: str, holds: bool) -> None:
    """Over values that cover every case of these atoms, trying all of them gives the same answer."""
    expression = _expression(condition)
    found = satisfiable([Claim(condition=expression, holds=holds)])
    assert not isinstance(found, Unknown)
    names = [variable.name for variable in expression.variables]
    closure = to_closure(expression)
    possible = any(
        closure(dict(zip(names, values, strict=True))) is holds for values in product(*(VALUES[name] for name in names))
    )
    assert (found is not None) == possible


def _expression(text_: str) -> Expression:
    expression, problems = compile_expression(text_, SCOPE)
    assert expression is not None, problems
    return expression
