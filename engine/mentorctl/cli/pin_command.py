"""`mentorctl pin`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.doing import Desk, Said, Speech, saying_command

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening

_HELP = """Decide that two people are matched.

WHO and WITH are a mentee and a mentor, or two peers. The next plan that searches matches makes the pair, and the
best ones around it; against a hard rule only with --because. It is kept in the state until `mentorctl unpin`.

Columns of a file: who, with (both needed), because, program, cohort, at, key.

\b
Examples:
  mentorctl pin 2031 1057 --because "they asked for it"
  mentorctl pin --from pins.csv
"""


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.choices import decision

    return decision(said, desk, "pin")


SPEECH = Speech(
    command="pin", columns=("who", "with", "because", "program", "cohort"), needed=("who", "with"), read=_read
)
command = saying_command(
    SPEECH,
    _HELP,
    click.argument("with", metavar="WITH", required=False),
    click.option("--because", metavar="TEXT", help="Why, for those who read the plan."),
    click.option("--program", metavar="ID", help="In this program."),
    click.option("--cohort", metavar="ID", help="In this cohort."),
)
