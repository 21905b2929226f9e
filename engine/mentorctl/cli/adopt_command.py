"""`mentorctl adopt`."""

import uuid
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentorctl.cli.exits import Exit
from mentorctl.cli.shell import (
    Shell,
    Solving,
    Stop,
    actor,
    as_of_option,
    day_of,
    lock_option,
    now,
    shared_options,
    solver_options,
)
from mentorctl.diagnostics import did_you_mean, finding, quoted_list

if TYPE_CHECKING:
    from mentorctl.cli.planning import Made
    from mentorctl.cli.workspace import Opened
    from mentorctl.plan.adopting import Adoption
    from mentorctl.roster.table import Table


@click.command()
@click.argument("program")
@click.option("--cohort", metavar="ID", help="Into this cohort (the only one, where there is one).")
@click.option("--people", metavar="FILE.csv", help="Who takes part: id, role, state.")
@click.option("--matches", metavar="FILE.csv", help="Who is matched: match, mentor, mentee, peer, subject, state.")
@click.option("--sessions", metavar="FILE.csv", help="Who met: match, mentor, mentee, starts, minutes, held.")
@click.option("--column", "columns", multiple=True, metavar="NAME=HEADER", help="What a column is called there.")
@click.option("--yes", is_flag=True, allow_from_autoenv=False, help="Write it. Without, it is only shown.")
@click.option("--names", is_flag=True, help="Show names from the roster instead of opaque ids.")
@lock_option
@as_of_option
@solver_options
@shared_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    program: str,
    cohort: str | None,
    people: str | None,
    matches: str | None,
    sessions: str | None,
    columns: tuple[str, ...],
    yes: bool,
    names: bool,
    lock_timeout: int,
    as_of: str | None,
    solving: Solving,
    chdir: str | None,
    format: str | None,
    color: str | None,
) -> int:
    """Take over a program that ran elsewhere, from CSV files.

    PROGRAM is one of the workspace. People are named by their id of the roster. Who is in a match takes part without
    being listed; a match with several people has a row for each with the same `match`, or ids with `;` between them.
    States are those of the lifecycles; left out, a match is active. A session is held unless `held` says no. `Mentor
    ID` and `mentor_id` are read as `mentor`; other headers are named with --column.

    Nobody is told of it. It is one commit, and the next plan has nothing to change about what was adopted; where it
    would, a warning says so before anything is written.

    \b
    Examples:
      mentorctl adopt grow --matches together.csv
      mentorctl adopt grow --cohort spring_2027 --matches m.csv --sessions s.csv --yes
      mentorctl adopt grow --matches chronus.csv --column mentor="Mentor Employee No"
    """
    from mentorctl.cli.doing import pairs_of
    from mentorctl.cli.planning import make
    from mentorctl.cli.workspace import open_workspace

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    day = day_of(as_of)
    files = {"people": people, "matches": matches, "sessions": sessions}
    adoption = _adoption(shell, open_workspace(shell, as_of=day), program, cohort, files, pairs_of(columns, _COLUMN))
    made = make(shell, day, solving=solving, adopting=adoption)
    return _show_and_write(shell, made, names=names, yes=yes, lock_timeout=lock_timeout)


_COLUMN = '--column mentor="Mentor Employee No"'


def _adoption(
    shell: Shell,
    opened: "Opened",
    program: str,
    cohort: str | None,
    files: Mapping[str, str | None],
    columns: Mapping[str, str],
) -> "Adoption":
    """What the words of the command line name. Raises Stop."""
    from mentorctl.plan.adopting import MATCHES, PEOPLE, SESSIONS, Adoption
    from mentorctl.spec.model import Mode

    known = {compiled.program.id: compiled.program for compiled in opened.loaded.programs}
    opened.workspace  # noqa: B018 - stops here when the files have errors
    if program not in known:
        help_ = did_you_mean(program, known) or f"the programs are {quoted_list(known)}"
        raise Stop([finding("MC9001", f"there is no program `{program}`", help=help_)])
    if known[program].mode is not Mode.LIVE or known[program].retirement is not None:
        raise Stop([finding("MC9001", f"`{program}` is not live", help="adopt people into a program that runs")])
    cohorts = [one.id for one in known[program].cohorts]
    chosen = cohort or (cohorts[0] if len(cohorts) == 1 else "")
    if chosen not in cohorts:
        help_ = f"write --cohort with one of {quoted_list(cohorts)}"
        raise Stop([finding("MC9001", f"there is no cohort `{chosen}`" if chosen else "which cohort?", help=help_)])
    strange = next((name for name in columns if name not in {*PEOPLE, *MATCHES, *SESSIONS}), "")
    if strange:
        help_ = did_you_mean(strange, {*PEOPLE, *MATCHES, *SESSIONS})
        raise Stop([finding("MC9001", f"no column is called `{strange}` here", help=help_)])
    tables = {name: _table(shell, file) for name, file in files.items() if file}
    if not tables:
        raise Stop([finding("MC9001", "there is nothing to adopt", help="give --people, --matches or --sessions")])
    return Adoption(
        program=program,
        cohort=chosen,
        people=tables.get("people"),
        matches=tables.get("matches"),
        sessions=tables.get("sessions"),
        columns=columns,
    )


def _table(shell: Shell, file: str) -> "Table":
    from mentorctl.sources.files import Unreadable, read_table

    try:
        return read_table(Path(file) if Path(file).is_absolute() else shell.folder / file, shown=file)
    except Unreadable as problem:
        raise Stop([problem.finding]) from None


def _show_and_write(shell: Shell, made: "Made", *, names: bool, yes: bool, lock_timeout: float) -> int:
    from mentorctl.pipeline import apply
    from mentorctl.render.adopting import adopted_json, adopted_text

    serial: int | None = None
    if yes and not made.plan.is_empty:
        store = made.opened.store(lock_timeout=lock_timeout, command="adopt")
        name = sha256(f"{made.plan.digest} {made.plan.lineage} {made.plan.serial}".encode()).hexdigest()[:24]
        serial = apply(made.plan, store, apply_id=name, at=now(), actor=actor(), new_lineage=uuid.uuid4().hex).serial
    if shell.is_json:
        from mentorctl.render.findings_json import findings_json

        shell.print_json(adopted_json(made.plan, serial) | {"diagnostics": findings_json(made.findings)})
    else:
        called = made.names if names else {}
        shell.print("\n".join(adopted_text(made.plan, serial, names=called, style=shell.out_style)))
        shell.report(made.findings, made.opened.loaded.texts, after_result=True)
    return Exit.OK
