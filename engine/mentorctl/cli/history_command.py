"""`mentorctl history`."""

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Stop, shared_options
from mentorctl.diagnostics import finding


@click.command()
@click.argument("who")
@click.option("--names", is_flag=True, help="Show names from the roster instead of opaque ids.")
@shared_options
@click.pass_context
def command(
    ctx: click.Context, *, who: str, names: bool, chdir: str | None, format: str | None, color: str | None
) -> int:
    """Show what happened to a person, a match or anything else.

    WHO is a person (an id of the roster, or an opaque one), an address, or the id of a match. Of a person this is all
    that concerns them: enrollment, trainings, matches, meetings and check-ins.

    \b
    Examples:
      mentorctl history 1057
      mentorctl history 1057 --names
      mentorctl history grow/spring_2027/match/m3f9a01c2b7d4e8
    """
    from mentorctl.cli.workspace import namer, open_workspace
    from mentorctl.pipeline import history
    from mentorctl.plan.whom import Unclear, Whom
    from mentorctl.render.running import history_json, history_text

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell)
    reader = opened.reader()
    snapshot = reader.read()
    try:
        addresses = Whom(snapshot=snapshot).everything_of(who)
    except Unclear as problem:
        raise Stop([finding(problem.code, problem.detail, help=problem.help)]) from None
    rows = history(reader, addresses)
    if shell.is_json:
        shell.print_json(history_json(rows))
    else:
        lines = history_text(
            rows,
            snapshot.by_address,
            name=namer(opened, names=names),
            zone=opened.workspace.timezone,
            style=shell.out_style,
        )
        shell.print("\n".join(lines))
    return Exit.OK
