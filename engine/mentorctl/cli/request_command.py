"""`mentorctl request`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.doing import Desk, Said, Speech, saying_command

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening

_HELP = """Record whom people ask for.

WHO asks for each WHOM, the first wish first. What it leads to is for the process of the program to say: a match at
the next plan (self-selected, booking; the oldest request is served first), or points for the pair (suggested).

Columns of a file: who, whom (both needed; several divided by `;`), period, instead, role, program, cohort, at, key.

\b
Examples:
  mentorctl request 2031 1057 1102
  mentorctl request 2031 1057 --period 2027-04-01
  mentorctl request --from requests.csv
"""


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.choices import wishes

    return wishes(said, desk)


SPEECH = Speech(
    command="request",
    columns=("who", "whom", "period", "instead", "role", "program", "cohort"),
    needed=("who", "whom"),
    read=_read,
)
command = saying_command(
    SPEECH,
    _HELP,
    click.argument("whom", nargs=-1, callback=lambda _, __, names: ";".join(names)),
    click.option("--period", metavar="DAY", help="For booking: the first day of the period."),
    click.option(
        "--instead", is_flag=True, flag_value="yes", default=None, help="In place of everything they asked for before."
    ),
    click.option("--role", metavar="ROLE", help="As whom they ask: mentor, mentee or peer."),
    click.option("--program", metavar="ID", help="In this program."),
    click.option("--cohort", metavar="ID", help="In this cohort."),
)
