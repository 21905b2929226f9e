"""`mentorctl log-session`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.doing import Desk, Said, Speech, record_said, saying_options
from mentorctl.cli.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening


@click.command()
@click.argument("who", required=False)
@click.option("--match", metavar="ID", help="Which of their matches, where there are several.")
@click.option("--missed", is_flag=True, help="It did not take place.")
@click.option("--minutes", metavar="NUMBER", help="How long it was.")
@saying_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    who: str | None,
    match: str | None,
    missed: bool,
    minutes: str | None,
    source: str | None,
    at: str | None,
    key: str | None,
    strict: bool,
    lock_timeout: int,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """Record meetings that were held or missed.

    WHO is a match or a person in one. The meeting that was planned for that day is meant; where none was, one is added.
    The first meeting that was held begins the match.

    Columns of a file: who (needed), match, at, held (yes or no), minutes, key.

    \b
    Examples:
      mentorctl log-session 1057
      mentorctl log-session 1057 --at 2027-04-12T15:00 --minutes 45
      mentorctl log-session 1057 --at 2027-04-26 --missed
      mentorctl log-session --from meetings.csv
    """
    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    cells = {
        "who": who,
        "match": match,
        "held": "no" if missed else None,
        "minutes": minutes,
        "at": at,
        "key": key,
    }
    return record_said(shell, SPEECH, cells, source=source, strict=strict, lock_timeout=lock_timeout)


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.words import meeting

    return [meeting(said, desk)]


SPEECH = Speech(command="log-session", columns=("who", "match", "held", "minutes"), needed=("who",), read=_read)
