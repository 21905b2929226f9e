"""`mentorctl event`."""

from typing import TYPE_CHECKING

import click

from mentorctl.cli.doing import Desk, Said, Speech, pairs_of, record_said, saying_options
from mentorctl.cli.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentorctl.state.live import Happening


@click.command()
@click.argument("who", required=False)
@click.argument("event", required=False)
@click.option("--fact", "facts", multiple=True, metavar="NAME=VALUE", help="A fact that is known with it; repeatable.")
@click.option("--by", metavar="PERSON", help="Whose answer or deed it is.")
@saying_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    who: str | None,
    event: str | None,
    facts: tuple[str, ...],
    by: str | None,
    source: str | None,
    at: str | None,
    key: str | None,
    strict: bool,
    lock_timeout: int,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """Record that something happened to one thing, or many.

    WHO is an address or an id; a person stands for their match, or for their enrollment where the event is one of it.
    EVENT is one of the lifecycle (`mentorctl graph` draws it); `note` only records facts.

    Columns of a file: who (needed), event (needed, or given on the command line), by, at, key, and one for each fact.

    \b
    Examples:
      mentorctl event grow/spring_2027/match/m3f9a01c2b7d4e8 pause
      mentorctl event 1057 sign
      mentorctl event m3f9a01c2b7d4e8 note --fact delivered=yes
      mentorctl event --from signed.csv sign
    """
    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    cells = {"who": who, "event": event, "by": by, "at": at, "key": key, **pairs_of(facts, "--fact delivered=yes")}
    return record_said(shell, SPEECH, cells, source=source, strict=strict, lock_timeout=lock_timeout)


def _read(said: Said, desk: Desk) -> "Iterable[Happening]":
    from mentorctl.cli.words import any_event

    return [any_event(said, desk)]


SPEECH = Speech(command="event", columns=("who", "event", "by"), needed=("who", "event"), read=_read, more=True)
