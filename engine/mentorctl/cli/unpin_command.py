"""`mentorctl unpin`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.doing import Desk, Said, Speech, saying_command

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening

_HELP = """Take back what was pinned or blocked.

Columns of a file: who, with (both needed), program, cohort, at, key.

\b
Examples:
  mentorctl unpin 2031 1057
"""


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.choices import decision

    return decision(said, desk, "unpin")


SPEECH = Speech(command="unpin", columns=("who", "with", "program", "cohort"), needed=("who", "with"), read=_read)
command = saying_command(
    SPEECH,
    _HELP,
    click.argument("with", metavar="WITH", required=False),
    click.option("--program", metavar="ID", help="In this program."),
    click.option("--cohort", metavar="ID", help="In this cohort."),
)
