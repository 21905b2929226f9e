"""`mentorctl pin`."""

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
@click.option("--because", metavar="TEXT", help="Why, for those who read the plan.")
@click.option("--program", metavar="ID", help="In this program.")
@click.option("--cohort", metavar="ID", help="In this cohort.")
@saying_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    who: str | None,
    with_: str | None,
    because: str | None,
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
    """Decide that two people are matched.

    WHO and WITH are a mentee and a mentor, or two peers. The next plan that searches matches makes the pair, and the
    best ones around it; against a hard rule only with --because. It is kept in the state until `mentorctl unpin`.

    Columns of a file: who, with (both needed), because, program, cohort, at, key.

    \b
    Examples:
      mentorctl pin 2031 1057 --because "they asked for it"
      mentorctl pin --from pins.csv
    """
    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    cells = {"who": who, "with": with_, "because": because, "program": program, "cohort": cohort, "at": at, "key": key}
    return record_said(shell, SPEECH, cells, source=source, strict=strict, lock_timeout=lock_timeout)


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.choices import decision

    return decision(said, desk, "pin")


SPEECH = Speech(
    command="pin", columns=("who", "with", "because", "program", "cohort"), needed=("who", "with"), read=_read
)
