"""`mentorctl complete`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.doing import Desk, Said, Speech, saying_command

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening

_HELP = """Record that matches went the whole way, or trainings were done.

WHO is a person or a match. With MODULE, the person has done that training module. Without, the match is completed;
of a project this says that its deliverable is there.

Columns of a file: who (needed), module, match, at, key.

\b
Examples:
  mentorctl complete 1057 mentor_basics
  mentorctl complete 1057
  mentorctl complete --from trainings.csv
"""


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.words import completion

    return [completion(said, desk)]


SPEECH = Speech(command="complete", columns=("who", "module", "match"), needed=("who",), read=_read)
command = saying_command(
    SPEECH,
    _HELP,
    click.argument("module", required=False),
    click.option("--match", metavar="ID", help="Which of their matches, where there are several."),
)
