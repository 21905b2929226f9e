"""`mentorctl answer`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.doing import Desk, Said, Speech, pairs_of, record_said, saying_options
from mentorctl.cli.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening


@click.command()
@click.argument("who", required=False)
@click.argument("check_in", required=False)
@click.argument("answers", nargs=-1, metavar="[QUESTION=ANSWER]...")
@saying_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    who: str | None,
    check_in: str | None,
    answers: tuple[str, ...],
    source: str | None,
    at: str | None,
    key: str | None,
    strict: bool,
    lock_timeout: int,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """Record the answers to a check-in.

    WHO is a person, CHECK_IN the id of a check-in of their program: the newest round that was put to them is meant.
    Private answers are kept, and stay out of the log.

    Columns of a file: who (needed), check_in (needed, or on the command line), at, key, and one for each question.

    \b
    Examples:
      mentorctl answer 1057 pulse satisfaction=4 met=yes
      mentorctl answer --from pulse.csv
    """
    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    cells = {"who": who, "check_in": check_in, "at": at, "key": key, **pairs_of(answers, "satisfaction=4")}
    return record_said(shell, SPEECH, cells, source=source, strict=strict, lock_timeout=lock_timeout)


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.words import answers

    return [answers(said, desk)]


SPEECH = Speech(command="answer", columns=("who", "check_in"), needed=("who", "check_in"), read=_read, more=True)
