"""`mentorctl unpin`."""

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
@click.option("--program", metavar="ID", help="In this program.")
@click.option("--cohort", metavar="ID", help="In this cohort.")
@saying_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    who: str | None,
    with_: str | None,
    program: str | None,
    cohort: str | None,
    source: str | None,
    at: str | None,
    key: str | None,
    strict: bool,
    lock_timeout: int,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """Take back what was pinned or blocked.

    Columns of a file: who, with (both needed), program, cohort, at, key.

    \b
    Examples:
      mentorctl unpin 2031 1057
    """
    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    cells = {"who": who, "with": with_, "program": program, "cohort": cohort, "at": at, "key": key}
    return record_said(shell, SPEECH, cells, source=source, strict=strict, lock_timeout=lock_timeout)


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.choices import decision

    return decision(said, desk, "unpin")


SPEECH = Speech(command="unpin", columns=("who", "with", "program", "cohort"), needed=("who", "with"), read=_read)
