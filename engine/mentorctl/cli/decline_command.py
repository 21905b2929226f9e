"""`mentorctl decline`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.doing import Desk, Said, Speech, saying_command

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening

_HELP = """Record who said no to their match.

WHO is a person (an id of the roster, or an opaque one): their own answer. It may also be a match, by its address or
id: then everybody in it said no.

Columns of a file: who (needed), match, at, key.

\b
Examples:
  mentorctl decline 1057
  mentorctl decline grow/spring_2027/match/m3f9a01c2b7d4e8 --at 2027-03-04
  mentorctl decline --from answers.csv
"""


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.words import answer_to_match

    return [answer_to_match(said, desk, "decline")]


SPEECH = Speech(command="decline", columns=("who", "match"), needed=("who",), read=_read)
command = saying_command(
    SPEECH,
    _HELP,
    click.option("--match", metavar="ID", help="Which of their matches, where there are several."),
)
