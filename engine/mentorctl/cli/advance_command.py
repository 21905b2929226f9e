"""`mentorctl advance`."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Stop, actor, lock_option, now, shared_options
from mentorctl.diagnostics import finding

if TYPE_CHECKING:
    from mentorctl.cli.workspace import Opened
    from mentorctl.state.live import Advanced

_MOST_SHOWN = 1000


@click.command()
@click.option("--to", metavar="WHEN", help="How far: to the end of a day, or to an instant (default: now).")
@click.option("--dry-run", is_flag=True, help="Only show what is due.")
@lock_option
@shared_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    to: str | None,
    dry_run: bool,
    lock_timeout: int,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """Let time pass: deadlines, reminders and messages that are due.

    Everything fires in order, each thing at its own instant and once. What is interrupted goes on with the next call.
    Time may run ahead of the clock on the wall, to try a program out; it never runs back.

    \b
    Examples:
      mentorctl advance
      mentorctl advance --to 2027-04-30
      mentorctl advance --to 2027-04-30T18:00 --dry-run
    """
    from mentorctl.cli.workspace import open_workspace

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell)
    until = instant_of(opened, to)
    if dry_run:
        return _show_due(shell, opened, until)
    reached = _reached(opened)
    answer = advance_once(shell, opened, until, lock_timeout=lock_timeout, command="advance")
    show(shell, opened, answer, reached)
    return Exit.NO if answer.incidents else Exit.OK


def instant_of(opened: "Opened", text: str | None) -> datetime:
    """The instant of `--to`, or now. Raises Stop."""
    from mentorctl.cli.instants import EXPECTED, until

    if text is None:
        return now()
    try:
        return until(text, opened.workspace.timezone, now())
    except ValueError:
        raise Stop([finding("MC9001", f"`{text}` is neither a day nor an instant", help=EXPECTED)]) from None


def advance_once(shell: Shell, opened: "Opened", until: datetime, *, lock_timeout: float, command: str) -> "Advanced":
    """Fire what is due, and say how far it has come when that takes long."""
    from mentorctl.cli.progress import Progress
    from mentorctl.pipeline import advance

    store = opened.store(lock_timeout=lock_timeout, command=command)
    with Progress(enabled=not shell.is_json) as report:
        report("letting time pass")
        return advance(
            store,
            until,
            at=now(),
            actor=actor(),
            report=lambda so_far: report(f"letting time pass: {so_far.fired:,} timers fired"),
        )


def _reached(opened: "Opened") -> datetime:
    """How far time has come, in the store or on the wall."""
    clock = opened.reader().about(()).clock
    return max(now(), datetime.fromisoformat(clock)) if clock else now()


def show(shell: Shell, opened: "Opened", answer: "Advanced", reached: datetime) -> None:
    """What the timers that fired came to; `reached` is how far time had come before."""
    from mentorctl.render.running import advanced_json, advanced_text

    if shell.is_json:
        shell.print_json(advanced_json(answer))
    else:
        shell.print(
            "\n".join(advanced_text(answer, reached=reached, zone=opened.workspace.timezone, style=shell.out_style))
        )


def _show_due(shell: Shell, opened: "Opened", until: datetime) -> int:
    from mentorctl.render.running import due_json, due_text

    reader = opened.reader()
    if not reader.about(()).lineage:
        raise Stop([finding("MC7012", "no time passes yet", help="plan and apply first: `mentorctl apply`")])
    due = reader.timers(until)
    if shell.is_json:
        shell.print_json(due_json(due[:_MOST_SHOWN], until))
    else:
        shell.print("\n".join(due_text(due, until=until, zone=opened.workspace.timezone, style=shell.out_style)))
    return Exit.OK
