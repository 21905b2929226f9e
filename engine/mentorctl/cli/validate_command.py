"""`mentorctl validate`."""

import click

from mentorctl.cli.exits import exit_code
from mentorctl.cli.shell import Shell, shared_options


@click.command()
@shared_options
@click.option("--no-roster", is_flag=True, help="Check the program files alone; the roster is listed as not checked.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    chdir: str | None,
    format: str | None,
    color: str | None,
    no_roster: bool,
    strict: bool,
) -> int:
    """Check the program files and the roster.

    All problems are reported in one run, each with its file, line and column, what is allowed and how to fix it.
    Nothing is written and no network is used.

    \b
    Examples:
      mentorctl validate
      mentorctl -C programs/examples/grow validate --format json
    """
    from mentorctl.cli.workspace import open_workspace, read_tables
    from mentorctl.diagnostics import has_errors, in_order
    from mentorctl.pipeline import read_people
    from mentorctl.render.findings import count_line, findings_json

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell)
    found = list(opened.loaded.findings)
    people = 0
    checked = not has_errors(found) and not no_roster
    if checked:
        tables, problems = read_tables(opened)
        found += problems
        if not problems:
            roster, defects = read_people(opened.loaded, tables)
            found += defects
            people = len(roster.ids) if roster else 0
    findings = in_order(found)
    failed = has_errors(findings) or (strict and any(f.severity.value == "warning" for f in findings))
    if shell.is_json:
        shell.print_json(
            {
                "format": "mentorctl/validate/v1",
                "valid": not failed,
                "programs": len(opened.loaded.programs),
                "people": people,
                "roster_checked": checked,
                "diagnostics": findings_json(findings),
            }
        )
    shell.report(findings, opened.loaded.texts)
    if not shell.is_json:
        style = shell.out_style
        programs = _count(len(opened.loaded.programs), "program")
        whom = f"{people} people" if people else "the roster has errors" if checked else "the roster was not checked"
        about = f"{programs}, {whom}"
        verdict = style.removed("not valid") if failed else style.added("valid")
        shell.print(f"{verdict}: {about}" + (f" ({count_line(findings, style)})" if findings else ""))
    return exit_code(findings) or int(failed)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
