"""The migrations of a plan as text: how many people each line moves, and what that means to two of them."""

from collections.abc import Iterator, Sequence

from mentorctl.lifecycle.migration import MigrationChange, Moved
from mentorctl.render.style import Style
from mentorctl.render.tables import table

_DIGEST = 19  # characters of a digest, with its kind


def migration_lines(migrations: Sequence[MigrationChange], style: Style) -> Iterator[str]:
    """The census of all migrations of one program; those that change nothing for anybody are one line together."""
    quiet = [m for m in migrations if m.is_quiet]
    loud = [m for m in migrations if not m.is_quiet]
    if quiet:
        names = ", ".join(f"{m.lifecycle} {m.count:,}" for m in quiet)
        yield style.faint(f"  ~ go on under the new definition, and nothing changes for them: {names}")
    for migration in loud:
        yield from _one(migration, style)


def _one(migration: MigrationChange, style: Style) -> Iterator[str]:
    reason = f", because {migration.reason}" if migration.reason else ""
    yield (
        f"  {style.changed('~')} {migration.lifecycle}: {migration.count:,} are carried over from "
        f"{migration.old[:_DIGEST]} to {migration.new[:_DIGEST]}{reason}"
    )
    rows = [_row(moved, migration) for moved in migration.census]
    yield from table(
        rows,
        header=("", "now", "then", "people", "timers"),
        numbers=frozenset({3}),
        indent="    ",
        dress={0: lambda sign: style.changed(sign) if sign == "~" else sign},
        faint=style.faint,
    )
    for moved in migration.census:
        yield from (f"      {example}" for example in moved.examples)


def _row(moved: Moved, migration: MigrationChange) -> tuple[str, str, str, str, str]:
    line = migration.line_of(moved)
    timers = ", ".join(f"{timer}: {policy}" for timer, policy in line.timers)
    now = f"{moved.old} if {moved.when}" if moved.when else moved.old
    return ("" if line.is_same and not line.timers else "~", now, moved.to, f"{moved.count:,}", timers)
