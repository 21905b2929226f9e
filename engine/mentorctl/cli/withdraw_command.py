"""`mentorctl withdraw`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.doing import Desk, Said, Speech, saying_command

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening

_HELP = """Record that people leave.

WHO is a person. Their matches end, or go on without them where enough stay; their trainings and sessions are called
off. It is their own decision: later plans do not enroll them again, whatever the roster says, until `mentorctl
enroll` does.

Columns of a file: who (needed), program, cohort, role, at, key.

\b
Examples:
  mentorctl withdraw 1057
  mentorctl withdraw 1057 --program grow --role mentor
  mentorctl withdraw --from leavers.csv
"""


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.words import happening

    where = {name: said.get(name) for name in ("program", "cohort", "role")}
    found = desk.whom.enrollments(said.get("who"), **where)
    standing = [record for record in found if record.state not in ("withdrawn", "completed", "lapsed")]
    return [happening(said, desk, record.address, "withdraw", person=record.person) for record in standing or found]


SPEECH = Speech(command="withdraw", columns=("who", "program", "cohort", "role"), needed=("who",), read=_read)
command = saying_command(
    SPEECH,
    _HELP,
    click.option("--program", metavar="ID", help="Only from this program."),
    click.option("--cohort", metavar="ID", help="Only from this cohort."),
    click.option("--role", metavar="ROLE", help="Only in this role: mentor, mentee or peer."),
)
