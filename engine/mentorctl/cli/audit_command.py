"""`mentorctl audit`."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import Shell, shared_options, write_file
from mentorctl.diagnostics import finding

if TYPE_CHECKING:
    from mentorctl.render.audit import Entry


@click.command()
@click.option("--program", metavar="ID", help="Only what concerns this program.")
@click.option("--actor", metavar="NAME", help="Only what this one did.")
@click.option("--since", metavar="DATE", help="Only from this day on.")
@click.option("--csv", "as_csv", metavar="FILE", help="Write the commits as CSV too.")
@click.option("--no-replay", is_flag=True, help="Do not fold the log; only check that commits follow one another.")
@shared_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    program: str | None,
    actor: str | None,
    since: str | None,
    as_csv: str | None,
    no_replay: bool,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """Show who did what when, and verify the history.

    Every commit with its kind, its actor, how much it changed, the digest of the plan or of what was said, and the
    words that came with it. Ends with 1 when commits do not follow one another or the log does not lead to the state.

    \b
    Examples:
      mentorctl audit
      mentorctl audit --program grow --since 2027-03-01
      mentorctl audit --actor anna --format json
      mentorctl audit --csv audit.csv
    """
    from mentorctl.cli.commits import broken_chain, entries_of
    from mentorctl.cli.shell import day_of
    from mentorctl.cli.workspace import open_workspace
    from mentorctl.pipeline import replay
    from mentorctl.render.audit import audit_csv, audit_json, audit_text
    from mentorctl.render.findings_json import findings_json

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    day = day_of(since) if since else None
    opened = open_workspace(shell)
    reader = opened.reader()
    commits = reader.commits()
    wanted = [entry for entry in entries_of(reader, commits) if _is_wanted(entry, program, actor, day)]
    broken = broken_chain(commits, reader.about(()).serial)
    folded = None if no_replay or broken else replay(reader)
    differences = len(folded.differences) if folded else 0
    problems = [finding("MC7026", broken)] if broken else []
    if folded and differences:
        first = folded.differences[0]
        problems.append(finding("MC7026", f"`{first.address}`: {first.detail}", help="see `mentorctl replay`"))
    proof = f"{len(commits):,} commits follow one another"
    if folded:
        proof += f", and {folded.lines:,} lines of the log lead to {folded.things:,} things"
        proof += f", of which {differences:,} stand elsewhere" if differences else " as they stand"
    if as_csv:
        write_file(shell.folder / as_csv, f"{audit_csv(wanted)}\n")
    if shell.is_json:
        shell.print_json(
            {
                "format": "mentorctl/audit/v1",
                "commits": audit_json(wanted),
                "verified": {"chain": not broken, "replay": None if folded is None else not differences},
                "diagnostics": findings_json(problems),
            }
        )
    else:
        zone = opened.workspace.timezone
        said = "commits do not follow one another" if broken else proof
        lines = audit_text(wanted, said, is_sound=not problems, zone=zone, style=shell.out_style)
        shell.print("\n".join(lines))
        shell.report(problems, after_result=True)
    return Exit.NO if problems else Exit.OK


def _is_wanted(entry: "Entry", program: str | None, actor: str | None, since: date | None) -> bool:
    if program and program not in entry.programs:
        return False
    if actor and entry.actor != actor:
        return False
    return since is None or entry.at >= datetime(since.year, since.month, since.day, tzinfo=UTC)
