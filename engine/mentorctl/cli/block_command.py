"""`mentorctl block`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.doing import Desk, Said, Speech, saying_command

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening

_HELP = """Decide that two people are not matched.

WHO and WITH are a mentee and a mentor, or two peers. A draft of the two is given up with the next plan; a match to
which they said yes stands. It is kept in the state until `mentorctl unpin`.

Columns of a file: who, with (both needed), because, program, cohort, at, key.

\b
Examples:
  mentorctl block 2031 1057 --because "they are married"
  mentorctl block --from blocks.csv
"""


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.choices import decision

    return decision(said, desk, "block")


SPEECH = Speech(
    command="block", columns=("who", "with", "because", "program", "cohort"), needed=("who", "with"), read=_read
)
command = saying_command(
    SPEECH,
    _HELP,
    click.argument("with", metavar="WITH", required=False),
    click.option("--because", metavar="TEXT", help="Why, for those who read the plan."),
    click.option("--program", metavar="ID", help="In this program."),
    click.option("--cohort", metavar="ID", help="In this cohort."),
)
