"""`mentorctl complete`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.doing import Desk, Said, Speech, record_said, saying_options
from mentorctl.cli.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening


@click.command()
@click.argument("who", required=False)
@click.argument("module", required=False)
@click.option("--match", metavar="ID", help="Which of their matches, where there are several.")
@saying_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    who: str | None,
    module: str | None,
    match: str | None,
    source: str | None,
    at: str | None,
    key: str | None,
    strict: bool,
    lock_timeout: int,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """Record that matches went the whole way, or trainings were done.

    WHO is a person or a match. With MODULE, the person has done that training module. Without, the match is completed;
    of a project this says that its deliverable is there.

    Columns of a file: who (needed), module, match, at, key.

    \b
    Examples:
      mentorctl complete 1057 mentor_basics
      mentorctl complete 1057
      mentorctl complete --from trainings.csv
    """
    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    cells = {"who": who, "module": module, "match": match, "at": at, "key": key}
    return record_said(shell, SPEECH, cells, source=source, strict=strict, lock_timeout=lock_timeout)


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.words import completion

    return [completion(said, desk)]


SPEECH = Speech(command="complete", columns=("who", "module", "match"), needed=("who",), read=_read)
