"""The predicate `when`: an expression over the fields of the two people, evaluated over columns."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.ground import Compiled, Ground, Indices, Truths, kinds_of
from mentorctl.roster.conditions import cells_of
from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.columns import Codes, ColumnValue, Numbers, Words, to_columns
from mentorctl.rules.expressions.scopes import pair_scope
from mentorctl.rules.expressions.tree import Expression
from mentorctl.rules.fields import Contract
from mentorctl.rules.pairs import When

ROLES = ("mentor", "mentee")
PEERS = ("a", "b")
_OF_MENTOR = ("mentor", "b")  # b stands in the place of the mentor


def when(ground: Ground, predicate: When) -> Compiled:
    expression = expression_of(ground, predicate.text)
    evaluate = to_columns(expression)
    cells = {variable.name: _cells(ground, variable.name) for variable in expression.variables}
    required = {name: _given(ground, name) for name in expression.required}

    def holds(e: Indices, m: Indices) -> Truths:
        rows: dict[str, ColumnValue] = {name: take(m if _is_of_mentor(name) else e) for name, take in cells.items()}
        return np.broadcast_to(evaluate(rows), np.broadcast_shapes(e.shape, m.shape))

    def known(e: Indices, m: Indices) -> Truths:
        found: Truths = np.ones(np.broadcast_shapes(e.shape, m.shape), np.bool_)
        for name, given in required.items():
            found &= given[m if _is_of_mentor(name) else e]
        return found

    return Compiled(
        holds=holds,
        known=known,
        kinds=lambda e, m: (_kinds(ground, cells, e, of_mentor=False), _kinds(ground, cells, m, of_mentor=True)),
    )


def expression_of(ground: Ground, text: str) -> Expression:
    """The checked form of an expression over the fields of two people."""
    return _compiled(ground.contract, text, PEERS if ground.peers else ROLES)


@lru_cache(maxsize=64)
def _compiled(contract: Contract, text: str, names: tuple[str, str]) -> Expression:
    expression, _ = compile_expression(text, pair_scope(contract, names))
    if expression is None:
        raise ValueError(f"`{text}` cannot be evaluated; spec.rule_checks lets no such rule pass")
    return expression


def _is_of_mentor(name: str) -> bool:
    """Whether a name such as `mentor.level` speaks of the mentor's side; that of `b` among peers."""
    return name.partition(".")[0] in _OF_MENTOR


def _field(name: str) -> str:
    return name.partition(".")[2]


def _cells(ground: Ground, name: str) -> Callable[[Indices], ColumnValue]:
    """A column as the expressions take it, for some people."""
    match cells_of(ground.roster, _field(name)):
        case Codes(codes=codes, labels=labels):
            return lambda people: Codes(codes=codes[people], labels=labels)
        case Numbers(values=values):
            return lambda people: Numbers(values=values[people])
        case Words(words=words, labels=labels):
            return lambda people: Words(words=words[people], labels=labels)


def _kinds(ground: Ground, names: Iterable[str], people: Indices, *, of_mentor: bool) -> Indices:
    """Which of some people are alike in all that the expression reads of their side."""
    read = [_plain_column(ground, name)[people] for name in names if _is_of_mentor(name) is of_mentor]
    return kinds_of(np.zeros(len(people), np.int32), *read)


def _plain_column(ground: Ground, name: str) -> NDArray[Any]:
    match cells_of(ground.roster, _field(name)):
        case Codes(codes=codes):
            return codes
        case Numbers(values=values):
            return values
        case Words(words=words):
            return words


def _given(ground: Ground, name: str) -> Truths:
    """Who has a value; an empty set is one."""
    match cells_of(ground.roster, _field(name)):
        case Codes(codes=codes):
            return codes >= 0
        case Numbers(values=values):
            return ~np.isnan(values)
        case Words():
            return np.ones(len(ground.roster.ids), np.bool_)
