"""`mentorctl rate`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.doing import Desk, Said, Speech, record_said, saying_options
from mentorctl.cli.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening


@click.command()
@click.argument("who", required=False)
@click.argument("with_", metavar="WITH", required=False)
@click.argument("stars", required=False)
@click.option("--program", metavar="ID", help="In this program.")
@saying_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    who: str | None,
    with_: str | None,
    stars: str | None,
    program: str | None,
    source: str | None,
    at: str | None,
    key: str | None,
    strict: bool,
    lock_timeout: int,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """Record how people found a trial match.

    WHO gives 1 to 5 STARS to going on with WITH. Stars count in the last round of a process with rounds; with one star
    the two are not matched.

    Columns of a file: who, with, stars (all needed), program, at, key.

    \b
    Examples:
      mentorctl rate 2031 1057 5
      mentorctl rate --from ratings.csv
    """
    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    cells = {"who": who, "with": with_, "stars": stars, "program": program, "at": at, "key": key}
    return record_said(shell, SPEECH, cells, source=source, strict=strict, lock_timeout=lock_timeout)


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.choices import stars

    return stars(said, desk)


SPEECH = Speech(
    command="rate", columns=("who", "with", "stars", "program"), needed=("who", "with", "stars"), read=_read
)
