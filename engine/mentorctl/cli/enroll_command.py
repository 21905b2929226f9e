"""`mentorctl enroll`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.doing import Desk, Said, Speech, saying_command

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening

_HELP = """Record that people take part, for the first time or again.

WHO is a person of the roster, who need not have applied. The next plan takes them as far as their facts allow, and
looks for a match.

Columns of a file: who (needed), program, cohort, role, at, key.

\b
Examples:
  mentorctl enroll 1057 --program grow --cohort spring_2027 --role mentee
  mentorctl enroll --from late.csv --program grow
"""


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.words import enrollment

    return [enrollment(said, desk)]


SPEECH = Speech(command="enroll", columns=("who", "program", "cohort", "role"), needed=("who",), read=_read)
command = saying_command(
    SPEECH,
    _HELP,
    click.option("--program", metavar="ID", help="The program (the only one, where there is one)."),
    click.option("--cohort", metavar="ID", help="The cohort (the only one in the state, where there is one)."),
    click.option("--role", metavar="ROLE", help="mentor, mentee or peer (the only one, where there is one)."),
)
