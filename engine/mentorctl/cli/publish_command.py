"""`mentorctl publish`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.doing import Desk, Said, Speech, record_said, saying_options
from mentorctl.cli.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening


@click.command()
@click.argument("who", metavar="WHAT", required=False)
@saying_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    who: str | None,
    source: str | None,
    at: str | None,
    key: str | None,
    strict: bool,
    lock_timeout: int,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """Let drafts be known to their people.

    WHAT is a match or somebody in one, a cohort (`program/cohort`) or a program: then all its drafts. Each becomes a
    proposal: its people are told, and asked.

    Columns of a file: who (needed), at, key.

    \b
    Examples:
      mentorctl publish grow
      mentorctl publish grow/spring_2027
      mentorctl publish m3f9a01c2b7d4e8
    """
    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    cells = {"who": who, "at": at, "key": key}
    return record_said(shell, SPEECH, cells, source=source, strict=strict, lock_timeout=lock_timeout)


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.choices import drafts

    return drafts(said, desk)


SPEECH = Speech(command="publish", columns=("who",), needed=("who",), read=_read, whole=True)
