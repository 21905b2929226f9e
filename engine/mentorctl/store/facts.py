"""The facts of instances as columns of expressions: how they are read from the JSON that a store keeps."""

from collections.abc import Mapping

from mentorctl.lifecycle.guards import CLOCK_NAMES
from mentorctl.rules.expressions.sql import Column, Dialect
from mentorctl.rules.expressions.tree import Expression
from mentorctl.rules.expressions.types import Kind

_KEPT = frozenset({Kind.BOOL, Kind.NUMBER})  # texts and sets are not kept as they are spelled; days have many spellings


def kept_columns(expression: Expression, dialect: Dialect) -> Mapping[str, Column]:
    """The facts that an expression reads and SQL can read too, as columns of the instances `i`."""
    return {
        variable.name: _column(variable.name, variable.type.kind, dialect)
        for variable in expression.variables
        if variable.type.kind in _KEPT and variable.name not in CLOCK_NAMES
    }


def _column(name: str, kind: Kind, dialect: Dialect) -> Column:
    """A fact in the JSON of an instance; what is of another type is a blank, as everywhere. Names are plain words."""
    if dialect is Dialect.SQLITE:
        found, value = f"json_type(i.facts, '$.{name}')", f"json_extract(i.facts, '$.{name}')"
        if kind is Kind.BOOL:
            return Column(sql=f"(CASE {found} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)")
        return Column(sql=f"(CASE WHEN {found} IN ('integer', 'real') THEN CAST({value} AS REAL) END)")
    found, value = f"json_typeof(i.facts::json -> '{name}')", f"(i.facts::json ->> '{name}')"
    if kind is Kind.BOOL:
        return Column(sql=f"(CASE WHEN {found} = 'boolean' THEN {value}::boolean END)")
    return Column(sql=f"(CASE WHEN {found} = 'number' THEN {value}::float8 END)")
