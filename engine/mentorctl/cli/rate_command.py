"""`mentorctl rate`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.doing import Desk, Said, Speech, saying_command

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening

_HELP = """Record how people found a trial match.

WHO gives 1 to 5 STARS to going on with WITH. Stars count in the last round of a process with rounds; with one star
the two are not matched.

Columns of a file: who, with, stars (all needed), program, at, key.

\b
Examples:
  mentorctl rate 2031 1057 5
  mentorctl rate --from ratings.csv
"""


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.choices import stars

    return stars(said, desk)


SPEECH = Speech(
    command="rate", columns=("who", "with", "stars", "program"), needed=("who", "with", "stars"), read=_read
)
command = saying_command(
    SPEECH,
    _HELP,
    click.argument("with", metavar="WITH", required=False),
    click.argument("stars", required=False),
    click.option("--program", metavar="ID", help="In this program."),
)
