"""`mentorctl status`."""

from datetime import datetime

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, Stop, now, shared_options
from mentorctl.diagnostics import finding

_LAST = 5  # commits that are shown


@click.command()
@shared_options
@click.pass_context
def command(ctx: click.Context, *, chdir: str | None, format: str | None, color: str | None) -> int:
    """Show how everything stands, and what comes next.

    People are counted and never named.

    \b
    Examples:
      mentorctl status
      mentorctl status --format json
    """
    from mentorctl.cli.commits import entries_of
    from mentorctl.cli.workspace import open_workspace, people_of
    from mentorctl.plan.by_hand import differences_by_hand
    from mentorctl.plan.overview import overview
    from mentorctl.render.audit import audit_json
    from mentorctl.render.by_hand import in_words
    from mentorctl.render.overview import overview_json, overview_text

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    opened = open_workspace(shell)
    reader = opened.reader()
    snapshot = reader.read()
    if not snapshot.lineage:
        raise Stop([finding("MC7012", "there is nothing to show yet", help="plan and apply: `mentorctl apply`")])
    clock = datetime.fromisoformat(snapshot.clock) if snapshot.clock else now()
    outbox = (message for _, message in reader.outbox())
    programs = overview(snapshot, opened.loaded.programs, reader.timers(), outbox, clock)
    entries = entries_of(reader, reader.commits()[-_LAST:], whole=False)
    found = differences_by_hand(opened.loaded.programs, snapshot, people_of(opened)[0])
    workspace = opened.workspace
    if shell.is_json:
        body = overview_json(
            programs, audit_json(entries), workspace=workspace.id, serial=snapshot.serial, clock=snapshot.clock
        )
        shell.print_json(body | {"by_hand": len(found)})
        return Exit.OK
    style = shell.out_style
    at = f"serial {snapshot.serial}, time has come to {clock:%Y-%m-%d}"
    title = f"{style.strong(workspace.id)} {style.faint(at)}"
    lines = overview_text(programs, entries, in_words(found), title=title, zone=workspace.timezone, style=style)
    shell.print("\n".join(lines))
    return Exit.OK
