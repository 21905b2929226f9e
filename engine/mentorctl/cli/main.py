"""The command group and the one boundary where everything that can go wrong becomes a message and an exit code.

Commands are imported when they are run, and libraries when a command needs them, so that --help stays fast.
"""

import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from mentorctl import __version__

_ALLOCATIONS = 1_000_000  # between two looks for garbage

# command: (section, summary). The module of a command is mentorctl.cli.<command>_command, its function `command`.
COMMANDS = {
    "init": ("Write", "Make a small working workspace in an empty folder."),
    "new": ("Write", "Write a new program from a commented template."),
    "fmt": ("Write", "Lay out the files alike; only white space changes."),
    "schema": ("Write", "Print the schemas, or write them where editors find them."),
    "validate": ("Write", "Check the program files and the roster."),
    "test": ("Write", "Run the tests of the programs."),
    "compile": ("Write", "Print the canonical JSON of the compiled programs."),
    "graph": ("Review", "Draw a lifecycle as a Mermaid diagram or as SVG."),
    "diff": ("Review", "Show what a change of the files means, without people and state."),
    "simulate": ("Review", "Run a program over people, invented or live, and count."),
    "plan": ("Review", "Show what apply would change, in people first."),
    "review": ("Review", "Write what reviewers see of a plan: a comment, a page."),
    "schedule": ("Review", "Show the timetable of a plan, and why it is as it is."),
    "match": ("Review", "Show what another rule would do to the matches of a day."),
    "suggest": ("Review", "List whom people may ask for, the best first."),
    "verify": ("Review", "Check the proof that the matches of a plan are the best."),
    "gate": ("Apply", "Say whether an approval still stands."),
    "apply": ("Apply", "Perform a plan in one atomic step."),
    "messages": ("Apply", "List the messages that are held, or let them go."),
    "adopt": ("Apply", "Take over a program that ran elsewhere, from CSV files."),
    "advance": ("Run", "Let time pass: deadlines, reminders and messages that are due."),
    "run": ("Run", "The same again and again, or once from cron."),
    "event": ("Run", "Record that something happened to one thing, or many."),
    "enroll": ("Run", "Record that people take part, for the first time or again."),
    "withdraw": ("Run", "Record that people leave."),
    "accept": ("Run", "Record who said yes to their match."),
    "decline": ("Run", "Record who said no to their match."),
    "pin": ("Run", "Decide that two people are matched."),
    "block": ("Run", "Decide that two people are not matched."),
    "unpin": ("Run", "Take back what was pinned or blocked."),
    "request": ("Run", "Record whom people ask for."),
    "rate": ("Run", "Record how people found a trial match."),
    "publish": ("Run", "Let drafts be known to their people."),
    "complete": ("Run", "Record that matches went the whole way, or trainings were done."),
    "log-session": ("Run", "Record meetings that were held or missed."),
    "answer": ("Run", "Record the answers to a check-in."),
    "incidents": ("Run", "List what waits for a person, or let it go on."),
    "status": ("Inspect", "Show how everything stands, and what comes next."),
    "audit": ("Inspect", "Show who did what when, and verify the history."),
    "drift": ("Inspect", "Show where the live state differs from the files."),
    "history": ("Inspect", "Show what happened to a person, a match or anything else."),
    "replay": ("Inspect", "Fold the log again and compare it with the state."),
    "show": ("Inspect", "Show the live state, its dates, or the problem of a matching."),
    "fairness": ("Inspect", "Compare how groups of people fare in the live state."),
    "calendar": ("Inspect", "Write the planned sessions as iCalendar files."),
    "config": ("Inspect", "Show a program as it is with all that it inherits."),
    "explain": ("Inspect", "Explain a finding, a value, or the matches of a plan."),
    "docs": ("Inspect", "Write the language reference."),
    "version": ("Inspect", "Print the versions of mentorctl and of its formats."),
    "completion": ("Inspect", "Print a completion script for your shell."),
}
_EPILOG = """\b
Exit codes: 0 fine or nothing to do, 1 no, 2 changes present (plan --detailed-exitcode), 3 a person must decide,
4 stale, 5 locked, 6 no feasible answer, 7 outcome unknown, 64 wrong usage, 70 a bug, 130 interrupted."""


class Commands(click.Group):
    """A group whose commands are listed from a table and loaded when used."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"mentorctl.cli.{cmd_name.replace('-', '_')}_command")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from mentorctl.diagnostics import did_you_mean

            hint = did_you_mean(args[0], COMMANDS)
            raise click.UsageError(f"there is no command `{args[0]}`" + (f"; {hint}" if hint else ""), ctx) from error

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section in dict.fromkeys(section for section, _ in COMMANDS.values()):
            with formatter.section(section):
                formatter.write_dl([(name, summary) for name, (s, summary) in COMMANDS.items() if s == section])


@click.group(
    cls=Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.option("-C", "--chdir", metavar="FOLDER", help="Work in this folder instead of the current one.")
@click.option("--format", type=click.Choice(["text", "json"]), help="How results are printed (default: text).")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), help="Colors in text (default: auto).")
@click.version_option(
    __version__, "--version", prog_name="mentorctl", message="%(prog)s %(version)s", allow_from_autoenv=False
)  # MENTORCTL_VERSION is a name that pipelines give to a pinned version
@click.pass_context
def cli(ctx: click.Context, /, **options: str | None) -> None:
    """Mentoring programs as code: write them as YAML in git, review what a change does to people, apply it in one step.

    \b
    Begin in an empty folder:
      mentorctl init
      mentorctl validate
      mentorctl plan
      mentorctl apply
    """
    ctx.obj |= {name: value for name, value in options.items() if value}


def run() -> NoReturn:
    """The program: one command, then the end of the process."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # nothing here is worth threads, which cost time to begin
    gc.set_threshold(_ALLOCATIONS)  # what a command makes stays to its end: to look for garbage often finds none
    code = main()
    gc.freeze()  # nobody needs the memory back piece by piece
    sys.exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run mentorctl; the exit code is returned, never raised."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _print_anything()
    try:
        return _run(words)
    except BrokenPipeError:  # the reader of our output is gone, e.g. `mentorctl show | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(words: list[str]) -> int:
    from mentorctl.cli.exits import Exit

    told: dict[str, Any] = {}  # what was understood before it went wrong
    try:
        result: Any = cli.main(
            args=words, prog_name="mentorctl", standalone_mode=False, auto_envvar_prefix="MENTORCTL", obj=told
        )
        return int(result) if isinstance(result, int) else Exit.OK
    except click.exceptions.Exit as error:
        return error.exit_code
    except SystemExit as error:  # click's way out when the reader of our output is gone, and after a completion
        return Exit.OK if isinstance(error.__context__, BrokenPipeError) else int(error.code or 0)
    except (KeyboardInterrupt, click.Abort):
        from mentorctl.cli.failures import interrupted

        return interrupted(words, told)
    except click.ClickException as error:
        from mentorctl.cli.failures import wrong_usage

        return wrong_usage(words, told, error)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the boundary: nothing may reach the user as a traceback
        from mentorctl.cli.failures import failed

        return failed(words, told, error)


def _print_anything() -> None:
    """Write out a character that the terminal's encoding lacks, or a file name that is no text; it is no error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
