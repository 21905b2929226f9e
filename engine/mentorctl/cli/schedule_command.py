"""`mentorctl schedule`."""

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from mentorctl.cli.shell import Shell, Solving, Stop, as_of_option, day_of, shared_options, solver_options
from mentorctl.diagnostics import did_you_mean, finding, has_errors, in_order

if TYPE_CHECKING:
    from datetime import date

    from mentorctl.cli.workspace import Opened
    from mentorctl.pipeline import Scheduled
    from mentorctl.plan.timetable import MeetingAnswer
    from mentorctl.roster.people import Roster
    from mentorctl.state.model import SessionRecord


@click.command()
@click.argument("program", required=False)
@partial(shared_options, formats=("text", "json", "html"))
@click.option("--explain", metavar="MATCH|SESSION", help="Why the meetings of a match are when they are.")
@click.option("--all", "whole", is_flag=True, help="List everything; without it, the first sixty of each cohort.")
@click.option("--names", is_flag=True, help="Show names from the roster instead of opaque ids.")
@as_of_option
@solver_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    program: str | None,
    chdir: str | None,
    format: str | None,
    color: str | None,
    explain: str | None,
    whole: bool,
    names: bool,
    as_of: str | None,
    solving: Solving,
) -> int:
    """Show the timetable of a plan, and why it is as it is.

    What stands is shown as it is, what a plan of the day adds, moves or cancels with a sign and its reason. Every
    session that was asked for is in the timetable or in the list of those without a time; nothing is dropped silently.
    Changes are made by `mentorctl plan` and `mentorctl apply`, never here.

    With --explain you see for each meeting of a match what its time is worth, the best other time and what that would
    cost; for one without a time, which limits took the times away one after another, the fewest to give up, and the
    lines of the program that say so.

    \b
    Examples:
      mentorctl schedule grow --as-of 2027-03-03 --names
      mentorctl schedule grow --explain m7f3a01
      mentorctl schedule --format json
    """
    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    day = day_of(as_of)
    opened, roster, made = _made(shell, day, solving, reopened=explain is not None)
    known = sorted(compiled.program.id for compiled in opened.loaded.programs)
    if program is not None and program not in known:
        advice = did_you_mean(program, known) or "name one of the programs"
        raise Stop([finding("MC9006", f"there is no program `{program}`", help=advice)])
    called = _called(roster) if names else lambda person: person
    if explain is not None:
        return _explain(shell, opened, made, explain, called)
    return _show(shell, roster, made, program, day, called, whole=whole, default_zone=opened.workspace.timezone)


def _made(shell: Shell, day: "date", solving: Solving, *, reopened: bool) -> "tuple[Opened, Roster, Scheduled]":
    """Read, check and place as a plan does. Raises Stop on errors."""
    from mentorctl.cli.planning import ready_engine
    from mentorctl.cli.progress import Progress
    from mentorctl.cli.workspace import busy_of, open_workspace, outside_tables, people_of
    from mentorctl.pipeline import living_definitions, schedule

    with Progress(enabled=not shell.is_json) as report, ready_engine(solving) as engine:
        opened = open_workspace(shell, as_of=day)
        opened.workspace  # noqa: B018 - stops here when the files have errors
        report("reading the roster")
        roster, defects = people_of(opened)
        busy, more = busy_of(opened, roster, day)
        reader = opened.reader()
        snapshot = reader.read()
        made = schedule(
            opened.loaded,
            roster,
            snapshot,
            as_of=day,
            engine=engine,
            report=report,
            outside=outside_tables(opened),
            definitions=living_definitions(snapshot, reader.definition),
            busy=busy,
            reopened=reopened,
        )
    of_time = [found for found in made.findings if found.code.startswith("MC6") or found.is_error]
    findings = in_order((*defects, *more, *of_time))
    if has_errors(findings):
        raise Stop(findings, opened.loaded.texts)
    shell.report(findings, opened.loaded.texts)
    return opened, roster, made


def _called(roster: "Roster") -> "Any":  # noqa: ANN401 - a function from text to text
    from mentorctl.cli.planning import names_of

    known = names_of(roster)
    return lambda person: known.get(person, person)


def _show(
    shell: Shell,
    roster: "Roster",
    made: "Scheduled",
    program: str | None,
    day: "date",
    called: "Any",  # noqa: ANN401
    *,
    whole: bool,
    default_zone: str,
) -> int:
    from mentorctl.optimize.scheduling.calendar import zone_of
    from mentorctl.render.timetable import Told, timetable_page

    index_of = {person: index for index, person in enumerate(roster.ids)}
    changes = {change.address: change for change in made.changes}
    wanted = [
        session
        for session in made.sessions
        if program in (None, session.address.program)
        and (session.starts[:10] > day.isoformat())
        and (session.state == "planned" or session.address in changes)
    ]
    missing = [each for each in made.unplaced if program in (None, each.program)]
    if shell.is_json:
        shell.print_json(_as_json(wanted, missing, made))
        return 0
    told = Told(
        sessions=wanted,
        changes=changes,
        unplaced=missing,
        schedules=made.schedules,
        name=called,
        zone_of=lambda person: zone_of(roster, index_of[person], default_zone) if person in index_of else default_zone,
        whole=whole,
    )
    _print(shell, timetable_page(told))
    return 0


def _print(shell: Shell, page: "Any") -> None:  # noqa: ANN401 - a page
    from mentorctl.render.page import page_html, page_text

    shell.print(
        page_html(page) if shell.format == "html" else page_text(page, shell.out_style) or "Nothing is planned."
    )


def _as_json(sessions: "list[SessionRecord]", missing: "list[Any]", made: "Scheduled") -> dict[str, Any]:
    from dataclasses import asdict

    from mentorctl.state.codec import record_to_json

    changes = {change.address: change for change in made.changes}
    rows = []
    for session in sessions:
        change = changes.get(session.address)
        said = {"change": change.action.value, "reason": change.reason} if change else {"change": "", "reason": ""}
        rows.append({**record_to_json(session), **said})
    return {
        "format": "mentorctl/timetable/v1",
        "sessions": rows,
        "unplaced": [asdict(each) for each in missing],
        "schedules": [asdict(each) for each in made.schedules],
    }


def _explain(shell: Shell, opened: "Opened", made: "Scheduled", what: str, called: "Any") -> int:  # noqa: ANN401
    from dataclasses import asdict

    from mentorctl.plan.timetable import answers_about
    from mentorctl.render.timetable import answers_page

    match, number = _asked(made, what)
    answers: list[MeetingAnswer] = [a for placement in made.placements for a in answers_about(placement, match, number)]
    if not answers:
        help_ = "`mentorctl show matches` lists the matches, `mentorctl schedule --format json` the sessions"
        raise Stop([finding("MC9006", f"no meetings are placed for `{what}`", help=help_)])
    if shell.is_json:
        shell.print_json({"format": "mentorctl/times/v1", "answers": [asdict(answer) for answer in answers]})
    else:
        _print(shell, answers_page(answers, called, opened.loaded.locate))
    return 0


def _asked(made: "Scheduled", what: str) -> tuple[str, int]:
    """The match that is meant, and the number of its meeting where a session is; addresses end with the id."""
    own = what.rpartition("/")[2]
    session = next((s for s in made.sessions if s.address.id == own and s.kind == "meeting"), None)
    return (session.subject, session.number) if session else (own, 0)
