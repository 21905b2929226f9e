"""`mentorctl run`."""

import signal
import threading
from types import FrameType
from typing import Self

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Stop, lock_option, now, shared_options
from mentorctl.diagnostics import finding

_SHORTEST = 5.0  # seconds between two looks


@click.command()
@click.option("--every", metavar="DURATION", default="5min", show_default=True, help="How often to look.")
@click.option("--once", is_flag=True, help="Look once and end, as from cron.")
@lock_option
@shared_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    every: str,
    once: bool,
    lock_timeout: int,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """The same again and again, or once from cron.

    Fires what is due, like `mentorctl advance`, and waits. It says something only when something happened. SIGTERM and
    Ctrl-C end it after the step that it is at; nothing is left half done. When another command holds the store for
    longer than --lock-timeout, it tries again the next time.

    \b
    Examples:
      mentorctl run
      mentorctl run --every 1h
      mentorctl run --once
    """
    from mentorctl.cli.advance_command import advance_once, show
    from mentorctl.cli.workspace import open_workspace
    from mentorctl.store.base import StoreLocked

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    pause = seconds_of(every)
    opened = open_workspace(shell)
    with _Stopping() as stopping:
        if not once:
            shell.say(f"looking every {every}; SIGTERM or Ctrl-C ends it")
        while True:
            try:
                answer = advance_once(shell, opened, now(), lock_timeout=lock_timeout, command="run")
            except StoreLocked as busy:
                if once:
                    raise
                shell.report([busy.finding])
            else:
                if answer.fired or once:
                    show(shell, opened, answer, answer.until)
                if once:
                    return Exit.NO if answer.incidents else Exit.OK
            if stopping.wait(pause):
                shell.say("stopped; nothing was left half done")
                return Exit.OK


def seconds_of(text: str) -> float:
    """A duration of minutes, hours or days in seconds. Raises Stop."""
    from mentorctl.dates.durations import parse_duration

    advice = "write for example --every 5min, 1h or 1d"
    try:
        duration = parse_duration(text)
    except ValueError as problem:
        raise Stop([finding("MC9001", str(problem), help=advice)]) from None
    if duration.months:
        raise Stop([finding("MC9001", f"`{text}` is too long to wait for", help=advice)])
    return max(_SHORTEST, 60.0 * (duration.minutes + 24 * 60 * duration.calendar_days))


class _Stopping:
    """Waits, and wakes up early when the process is asked to end."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {s: signal.signal(s, self._ask) for s in (signal.SIGTERM, signal.SIGINT)}
        else:
            self._before = {}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked.set()

    def wait(self, seconds: float) -> bool:
        """Whether it was asked to end meanwhile."""
        return self._asked.wait(seconds)
