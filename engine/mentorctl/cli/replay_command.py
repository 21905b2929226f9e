"""`mentorctl replay`."""

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, shared_options
from mentorctl.diagnostics import finding

_NAMED = 20  # things that differ, as findings


@click.command()
@click.option("--verify", is_flag=True, help="End with exit code 1 when log and state differ.")
@shared_options
@click.pass_context
def command(ctx: click.Context, *, verify: bool, chdir: str | None, format: str | None, color: str | None) -> int:
    """Fold the log again and compare it with the state.

    Each line of the log is checked against the definition under which it was written: the step must be one of its
    lifecycle, its guard must hold for the facts that it read, and it must begin where the line before ended. What comes
    out must be the state. So neither the log nor the state can be altered without being found.

    \b
    Examples:
      mentorctl replay
      mentorctl replay --verify
    """
    from mentorctl.cli.progress import Progress
    from mentorctl.cli.workspace import open_workspace
    from mentorctl.pipeline import replay
    from mentorctl.render.running import replayed_text

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell)
    with Progress(enabled=not shell.is_json) as report:
        report("folding the log")
        result = replay(opened.reader())
    findings = [
        finding("MC4515", f"`{one.address}`, {f'line {one.line}' if one.line else 'in the state'}: {one.detail}")
        for one in result.differences[:_NAMED]
    ]
    if shell.is_json:
        from mentorctl.render.findings_json import findings_json

        shell.print_json(
            {
                "format": "mentorctl/replayed/v1",
                "lines": result.lines,
                "things": result.things,
                "differences": len(result.differences),
                "diagnostics": findings_json(findings),
            }
        )
    else:
        shell.print("\n".join(replayed_text(result, style=shell.out_style)))
    return Exit.NO if verify and result.differences else Exit.OK
