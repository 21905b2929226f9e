"""What a command has at hand: its options, the workspace folder, the terminal and the clock."""

import getpass
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TextIO

import click

from mentorctl.cli.exits import Exit, exit_code
from mentorctl.cli.reports import FORMATS, report_findings
from mentorctl.diagnostics import Diagnostic, finding
from mentorctl.render.style import Style, json_text, no_commands
from mentorctl.values import dataclass


class Stop(Exception):  # noqa: N818 - the name of what it does
    """Ends a command with findings; the boundary prints them and derives the exit code."""

    def __init__(self, findings: Iterable[Diagnostic], sources: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.findings = tuple(findings)
        self.sources = dict(sources or {})


def shared_options(command: Callable[..., Any], formats: Sequence[str] = ("text", "json")) -> Callable[..., Any]:
    """The options that every command has; they may also stand before it, and only there they have variables."""
    for option in (
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            allow_from_autoenv=False,
            help="Colors in text (default: auto).",
        ),
        click.option(
            "--format",
            type=click.Choice(formats),
            allow_from_autoenv=False,
            help="How results are printed (default: text).",
        ),
        click.option(
            "-C",
            "--chdir",
            metavar="FOLDER",
            allow_from_autoenv=False,
            help="Work in this folder instead of the current one.",
        ),
    ):
        command = option(command)
    return command


lock_option = click.option(
    "--lock-timeout",
    type=click.IntRange(min=0),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for another command that writes.",
)


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same, for a command whose result can be findings for other programs."""
    return shared_options(command, formats=FORMATS)


def as_of_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--as-of DATE`, the day that counts as today."""
    return click.option("--as-of", metavar="DATE", help="As on this day, YYYY-MM-DD (default: today).")(command)


def undo_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--undo APPLY`, for the commands that plan what takes an apply back."""
    text = "Take back an apply, by its serial or its id, as far as that can be."
    return click.option("--undo", metavar="APPLY", allow_from_autoenv=False, help=text)(command)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solving:
    """With what problems are solved, for how long each, and in how many MiB of memory; None: most of what there is."""

    seconds: int = 600
    solver: str = "highs"
    memory: int | None = None


DEFAULTS = Solving()


def solver_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--time-limit`, `--memory-limit` and `--solver` for the commands that solve, which get them as `solving`."""

    @wraps(command)
    def solving(*given: Any, time_limit: int, memory_limit: int | None, solver: str, **named: Any) -> Any:  # noqa: ANN401
        return command(*given, solving=Solving(seconds=time_limit, solver=solver, memory=memory_limit), **named)

    decorated: Callable[..., Any] = solving
    for option in (
        click.option(
            "--solver",
            type=click.Choice(["highs", "cbc"]),
            default="highs",
            show_default=True,
            help="For matchings; cbc needs the extra `mentorctl[cbc]`.",
        ),
        click.option(
            "--memory-limit",
            type=click.IntRange(min=512),
            metavar="MIB",
            help="What the solver may use (default: nine tenths of the machine's memory).",
        ),
        click.option(
            "--time-limit",
            type=click.IntRange(min=1),
            default=600,
            show_default=True,
            metavar="SECONDS",
            help="For each problem the solver is given.",
        ),
    ):
        decorated = option(decorated)
    return decorated


@dataclass(frozen=True, kw_only=True)
class Shell:
    """One run of one command. Results go to standard output, findings and progress to standard error."""

    folder: Path
    format: str
    out_style: Style
    err_style: Style

    @classmethod
    def of(cls, ctx: click.Context, *, chdir: str | None, format: str | None, color: str | None) -> "Shell":  # noqa: A002
        """From the options of the command, and those before it. Raises Stop when the folder is not there."""
        before: dict[str, Any] = ctx.ensure_object(dict)
        folder = Path(chdir or before.get("chdir") or ".")
        when = color or before.get("color") or "auto"
        shell = cls(
            folder=folder,
            format=format or before.get("format") or "text",
            out_style=Style(color=wants_color(when, is_terminal=is_terminal(sys.stdout))),
            err_style=Style(color=wants_color(when, is_terminal=is_terminal(sys.stderr))),
        )
        before["shell"] = shell  # where the boundary finds it when the command fails
        if not folder.is_dir():
            raise Stop([finding("MC9001", f"there is no folder `{folder}`", help="check the path after -C")])
        return shell

    @property
    def is_json(self) -> bool:
        return self.format == "json"

    def print(self, text: str) -> None:
        """A result, on standard output."""
        if text:
            click.echo(no_commands(text), color=True)

    def command(self, lines: str) -> None:
        """Commands to the pipeline that watches the output, on standard output."""
        if lines:
            click.echo(lines)

    def print_json(self, value: Mapping[str, Any]) -> None:
        """A result as one JSON document, on standard output."""
        click.echo(json_text(value))

    def say(self, text: str) -> None:
        """A remark, on standard error."""
        click.echo(no_commands(text), err=True, color=True)

    def report(
        self, findings: Iterable[Diagnostic], sources: Mapping[str, str] | None = None, *, after_result: bool = False
    ) -> None:
        """Findings as text on standard error, set apart from a result that is for people; others hold them."""
        found = tuple(findings)
        if found and self.format in {"text", "github", "html"}:
            from mentorctl.render.findings import findings_text

            text = findings_text(found, sources=sources or {}, style=self.err_style)
            self.say(f"\n{text}" if after_result else f"{text}\n")

    def end(self, findings: Iterable[Diagnostic], sources: Mapping[str, str] | None = None) -> Exit:
        """Report findings as the result of a command that could not do its work."""
        found = tuple(findings)
        if self.is_json:
            from mentorctl.render.findings_json import findings_json

            self.print_json({"format": "mentorctl/findings/v1", "diagnostics": findings_json(found, sources)})
        report_findings(self, found, sources or {})
        self.report(found, sources)
        return exit_code(found)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person is there; a stream that was closed before we began is None."""
    return stream is not None and stream.isatty()


def wants_color(when: str, *, is_terminal: bool) -> bool:
    """Whether to color: the option, then NO_COLOR, FORCE_COLOR and TERM=dumb, then whether it is a terminal."""
    if when != "auto":
        return when == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal and os.environ.get("TERM") != "dumb"


def write_file(path: Path, text: str) -> None:
    """Write what the user asked for. Raises OSError that names the file, of which no part is left then."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        if error.filename is None and path.is_file():  # it was opened, and then there was no room
            path.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from None


def actor() -> str:
    """Who gives the command, for the log."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


def day_of(text: str | None) -> date:
    """The day of `--as-of`, or today on this machine. Raises Stop."""
    if text is None:
        return datetime.now().astimezone().date()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # fromisoformat also reads 20270303 and 2027-W09-3
        raise Stop([finding("MC9001", f"`{text}` is not a day", help="write --as-of 2027-03-03")])
    return day
