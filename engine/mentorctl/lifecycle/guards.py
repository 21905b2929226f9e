"""Guards: expressions over the facts of a lifecycle, checked and compiled once, called for every step."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import cast

from mentorctl.lifecycle.model import Fact
from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.closure import to_settled_closure
from mentorctl.rules.expressions.problems import Problem
from mentorctl.rules.expressions.scopes import facts_scope
from mentorctl.rules.expressions.tree import Expression
from mentorctl.rules.expressions.types import DATE, NUMBER, Kind, Scope, Value, Variable
from mentorctl.state.live import FactValue
from mentorctl.values import dataclass

type Facts = Mapping[str, FactValue]

# What time itself says about a thing. The runtime supplies these; nobody records them.
CLOCK = (
    Fact(name="now", type=DATE, meaning="The day on which the guard is read."),
    Fact(name="entered_at", type=DATE, meaning="The day on which the state was entered."),
    Fact(name="days_in_state", type=NUMBER, meaning="Whole days since the state was entered."),
    Fact(name="days_quiet", type=NUMBER, meaning="Whole days since the last meeting, or since the state was entered."),
)
CLOCK_NAMES = frozenset(fact.name for fact in CLOCK)


class GuardError(ValueError):
    """A guard that does not stand; `problems` say where in its text."""

    def __init__(self, when: str, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        super().__init__(f"the guard `{when}` does not stand: {first.message}")
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A guard that stands. `holds` never raises: a fact that is missing is false, 0 or no text."""

    expression: Expression
    holds: Callable[[Facts], bool]

    @property
    def reads(self) -> frozenset[str]:
        return frozenset(variable.name for variable in self.expression.variables)


@lru_cache(maxsize=256)
def guard_scope(facts: tuple[Fact, ...]) -> Scope:
    """The names that the guards of a lifecycle with these facts may use: its facts, and what time says."""
    named = {fact.name: fact for fact in (*CLOCK, *facts)}
    return facts_scope(Variable(name=f.name, type=f.type, optional=f.optional) for f in named.values())


def guard_problems(when: str, facts: tuple[Fact, ...]) -> tuple[Problem, ...]:
    """What is wrong with a guard; nothing for one that stands, and for none."""
    return _compiled(when, facts)[1] if when else ()


def guard_of(when: str, facts: tuple[Fact, ...]) -> Guard | None:
    """The compiled guard, or None for one that always holds (no text). Raises GuardError."""
    if not when:
        return None
    guard, problems = _compiled(when, facts)
    if guard is None:
        raise GuardError(when, problems)
    return guard


def both(*conditions: str) -> str:
    """The expression that holds when all do; empty ones always hold."""
    written = [condition for condition in conditions if condition]
    if len(written) < 2:  # noqa: PLR2004 - one condition needs no operator
        return "".join(written)
    return " && ".join(f"({one})" if "||" in one or "?" in one else one for one in written)


@lru_cache(maxsize=4096)
def _compiled(when: str, facts: tuple[Fact, ...]) -> tuple[Guard | None, tuple[Problem, ...]]:
    expression, problems = compile_expression(when, guard_scope(facts))
    if expression is None:
        return None, problems
    return Guard(expression=expression, holds=_closure(expression)), ()


def _closure(expression: Expression) -> Callable[[Facts], bool]:
    """Facts are kept as what JSON has; the few that are another value for expressions are turned into it."""
    holds = cast("Callable[[Facts], bool]", to_settled_closure(expression))
    turned = tuple((v.name, _TURNED[v.type.kind]) for v in expression.variables if v.type.kind in _TURNED)
    if not turned:
        return holds
    of_values = to_settled_closure(expression)
    return lambda facts: of_values({**cast("Mapping[str, Value]", facts), **_turn(facts, turned)})


def _turn(facts: Facts, turned: Iterable[tuple[str, Callable[[object], Value]]]) -> dict[str, Value]:
    return {name: turn(facts.get(name)) for name, turn in turned}


def _day(value: object) -> Value:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _words(value: object) -> Value:
    return frozenset(value) if isinstance(value, tuple) else None


_TURNED: Mapping[Kind, Callable[[object], Value]] = {Kind.DATE: _day, Kind.SET: _words}
