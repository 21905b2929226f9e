"""`mentorctl messages`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Stop, actor, lock_option, now, shared_options
from mentorctl.diagnostics import finding

if TYPE_CHECKING:
    from mentorctl.cli.workspace import Opened
    from mentorctl.state.live import Outgoing


@click.command()
@click.argument("what", type=click.Choice(["list", "release"]), default="list")
@click.argument("numbers", nargs=-1, type=click.IntRange(min=1), metavar="[NUMBER]...")
@click.option("--apply", "serial", type=click.IntRange(min=1), metavar="SERIAL", help="Those of one apply.")
@click.option("--all", "every", is_flag=True, help="With release: all that wait.")
@lock_option
@shared_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    what: str,
    numbers: tuple[int, ...],
    serial: int | None,
    every: bool,
    lock_timeout: int,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """List the messages that are held, or let them go.

    `mentorctl apply --hold-messages` performs a plan and tells nobody yet: its messages wait here. Released they are
    as if they had not been held; nothing is made anew.

    \b
    Examples:
      mentorctl messages
      mentorctl messages release --apply 7
      mentorctl messages release 12 13
    """
    from mentorctl.cli.workspace import open_workspace

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell)
    waiting = [one for one in opened.reader().outbox(serial=serial) if one[1].held]
    if what == "list":
        if numbers or every:
            raise click.UsageError("numbers and --all are for `messages release`", ctx)
        return _list(shell, waiting)
    if (serial is not None) + every + bool(numbers) != 1:
        advice = "write `mentorctl messages release NUMBER`, `--apply SERIAL` or `--all`"
        raise Stop([finding("MC9001", "which ones?", help=advice)])
    return _release(shell, opened, numbers or tuple(number for number, _ in waiting), waiting, lock_timeout)


def _list(shell: Shell, waiting: "Sequence[tuple[int, Outgoing]]") -> int:
    if shell.is_json:
        shell.print_json(
            {
                "format": "mentorctl/messages/v1",
                "held": [
                    {
                        "number": number,
                        "address": str(message.address),
                        "message": message.effect.removeprefix("notify."),
                        "occurred": message.occurred.isoformat(),
                        "people": len(message.people),
                    }
                    for number, message in waiting
                ],
            }
        )
        return Exit.OK
    if not waiting:
        shell.print("No message is held.")
        return Exit.OK
    from mentorctl.render.tables import table

    rows = [
        (str(number), message.effect.removeprefix("notify."), str(message.address), str(len(message.people)))
        for number, message in waiting
    ]
    lines = table(rows, header=("number", "message", "about", "people"), numbers=frozenset({0, 3}))
    shell.print("\n".join(lines))
    return Exit.OK


def _release(
    shell: Shell,
    opened: "Opened",
    wanted: Sequence[int],
    waiting: "Sequence[tuple[int, Outgoing]]",
    lock_timeout: float,
) -> int:
    held = {number for number, _ in waiting}
    unknown = next((number for number in wanted if number not in held), None)
    if unknown is not None:
        advice = "`mentorctl messages` lists those that are"
        raise Stop([finding("MC9006", f"no message {unknown} is held", help=advice)])
    store = opened.store(lock_timeout=lock_timeout, command="messages")
    done = store.release(wanted, at=now(), actor=actor()) if wanted else ()
    if shell.is_json:
        shell.print_json({"format": "mentorctl/messages/v1", "released": list(done)})
    else:
        shell.print("1 message was released." if len(done) == 1 else f"{len(done):,} messages were released.")
    return Exit.OK
