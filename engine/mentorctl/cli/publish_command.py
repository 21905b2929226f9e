"""`mentorctl publish`."""

from typing import TYPE_CHECKING

from mentorctl.cli.doing import Desk, Said, Speech, saying_command

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening

_HELP = """Let drafts be known to their people.

WHAT is a match or somebody in one, a cohort (`program/cohort`) or a program: then all its drafts. Each becomes a
proposal: its people are told, and asked.

Columns of a file: who (needed), at, key.

\b
Examples:
  mentorctl publish grow
  mentorctl publish grow/spring_2027
  mentorctl publish m3f9a01c2b7d4e8
"""


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.choices import drafts

    return drafts(said, desk)


SPEECH = Speech(command="publish", columns=("who",), needed=("who",), read=_read, whole=True)
command = saying_command(
    SPEECH,
    _HELP,
    who="WHAT",
)
