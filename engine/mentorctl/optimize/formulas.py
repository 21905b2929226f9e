"""The predicate `when`: an expression over the fields of the two people, evaluated over columns."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mentorctl.optimize.ground import Compiled, Ground, Indices, Truths, kinds_of
from mentorctl.roster.people import CodeColumn, Column, NumberColumn, PersonColumn, SetColumn, TextColumn
from mentorctl.rules.expressions.check import compile_expression
from mentorctl.rules.expressions.columns import Codes, ColumnValue, Numbers, Words, coded, to_columns
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
        kinds=lambda: (_kinds(ground, cells, of_mentor=False), _kinds(ground, cells, of_mentor=True)),
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


def _column(ground: Ground, name: str) -> Column:
    return ground.roster.columns[name.partition(".")[2]]


def _cells(ground: Ground, name: str) -> Callable[[Indices], ColumnValue]:
    """A column as the expressions take it, for some people."""
    column = _column(ground, name)
    if isinstance(column, TextColumn):
        texts = coded(column.values)
        return lambda people: Codes(codes=texts.codes[people], labels=texts.labels)
    if isinstance(column, CodeColumn):
        return lambda people: Codes(codes=column.codes[people], labels=column.labels)
    if isinstance(column, PersonColumn):
        return lambda people: Codes(codes=column.people[people], labels=ground.roster.roster_ids)
    if isinstance(column, NumberColumn):
        return lambda people: Numbers(values=column.values[people])
    if isinstance(column, SetColumn):
        return lambda people: Words(words=column.words[people], labels=column.labels)
    raise TypeError(f"expressions do not read a {type(column).__name__}; spec.rule_checks lets no such rule pass")


def _kinds(ground: Ground, names: Iterable[str], *, of_mentor: bool) -> Indices:
    """People who are alike in all that the expression reads of their side."""
    read = [_plain_column(ground, name) for name in names if _is_of_mentor(name) is of_mentor]
    return kinds_of(np.zeros(len(ground.roster.ids), np.int32), *read)


def _plain_column(ground: Ground, name: str) -> NDArray[Any]:
    column = _column(ground, name)
    if isinstance(column, TextColumn):
        return coded(column.values).codes
    if isinstance(column, CodeColumn):
        return column.codes
    if isinstance(column, PersonColumn):
        return column.people
    if isinstance(column, NumberColumn):
        return column.values
    if isinstance(column, SetColumn):
        return column.words
    raise TypeError(f"expressions do not read a {type(column).__name__}; spec.rule_checks lets no such rule pass")


def _given(ground: Ground, name: str) -> Truths:
    """Who has a value; an empty set is one."""
    column = _column(ground, name)
    if isinstance(column, TextColumn):
        return np.array([bool(text.strip()) for text in column.values], np.bool_)
    if isinstance(column, CodeColumn):
        return column.codes >= 0
    if isinstance(column, PersonColumn):
        return column.people >= 0
    if isinstance(column, NumberColumn):
        return ~np.isnan(column.values)
    return np.ones(len(ground.roster.ids), np.bool_)
