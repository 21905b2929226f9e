"""What SQL of the stores needs of a database, so that one text of each statement serves both.

Statements are written with `?`; numbers of rows are chosen by the writer, who is alone. Whatever comes out of a table
is checked for its type, since a damaged page can hold anything.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import Any, Protocol

from mentorctl.rules.expressions.sql import Dialect
from mentorctl.store.contents import damaged

type Values = Sequence[bool | int | float | str | None]
type Types = tuple[type, ...]

_AT_ONCE = 500  # values in one IN list


class Database(Protocol):
    """One open transaction. `place` is where, for messages."""

    place: str
    dialect: Dialect

    def rows(self, statement: str, values: Values = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query."""
        ...

    def run(self, statement: str, values: Values = ()) -> int:
        """Run a statement; how many rows it touched."""
        ...

    def run_many(self, statement: str, rows: Iterable[Values]) -> int:
        """Run a statement for each row; how many rows they touched together."""
        ...

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Values]) -> None:
        """Put many new rows into a table, in the fastest way that there is."""
        ...


def typed(database: Database, statement: str, types: Types, values: Values = ()) -> list[tuple[Any, ...]]:
    """The rows of a query. Raises StoreBroken for a value of another type than its column."""
    rows = list(database.rows(statement, values))
    _columns(database, rows, types)
    return rows


def typed_columns(database: Database, statement: str, types: Types) -> list[tuple[Any, ...]]:
    """The columns of a query. Raises StoreBroken as `typed` does."""
    return _columns(database, list(database.rows(statement)), types) or [()] * len(types)


def _columns(database: Database, rows: list[tuple[Any, ...]], types: Types) -> list[tuple[Any, ...]]:
    # By columns, because a look at each row costs more than reading it.
    columns = list(zip(*rows, strict=True))
    for column, expected in zip(columns, types, strict=False):
        if set(map(type, column)) != {expected}:
            raise damaged(database.place, "a row has a value of another type than its column")
    return columns


def typed_in(
    database: Database, statement: str, types: Types, wanted: Iterable[int | str], before: Values = ()
) -> Iterator[tuple[Any, ...]]:
    """The rows of a query with an `IN ({wanted})`, some hundred values at a time."""
    for part in batched(wanted, _AT_ONCE):
        places = ", ".join("?" * len(part))
        yield from typed(database, statement.format(wanted=places), types, (*before, *part))


def one(database: Database, statement: str, values: Values = ()) -> Any:  # noqa: ANN401 - as the column comes
    """The one value of a query with one row."""
    ((value,),) = database.rows(statement, values)
    return value
