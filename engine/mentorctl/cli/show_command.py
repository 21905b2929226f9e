"""`mentorctl show`."""

from functools import partial
from typing import TYPE_CHECKING

import click

from mentorctl.cli.shell import Shell, Stop, as_of_option, day_of, shared_options
from mentorctl.diagnostics import did_you_mean, finding

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mentorctl.cli.workspace import Opened
    from mentorctl.state.model import Record, Snapshot

WHAT = ("overview", "program", "matches", "sessions", "person", "calendar", "timeline", "problem")


@click.command()
@click.argument("what", type=click.Choice(WHAT), default="overview")
@click.argument("name", required=False)
@partial(shared_options, formats=("text", "json", "html"))
@as_of_option
@click.option("--svg", metavar="FILE", help="With timeline: write the chart as a picture too.")
@click.option("--names", is_flag=True, help="Show names from the roster instead of opaque ids.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    what: str,
    name: str | None,
    as_of: str | None,
    svg: str | None,
    chdir: str | None,
    format: str | None,
    color: str | None,
    names: bool,
) -> int:
    """Show the live state, its dates, or the problem of a matching.

    NAME is a program id (for program, matches, sessions, timeline, problem) or a person: an opaque id, or an id of the
    roster. A calendar is that of a program or a person, in the week of --as-of; as HTML it is a page of all weeks from
    then on. timeline is the chart of a program's
    phases, problem what the optimizer is given.

    \b
    Examples:
      mentorctl show
      mentorctl show program grow
      mentorctl show matches grow --names
      mentorctl show person 1057 --names
      mentorctl show calendar grow --as-of 2027-03-15
      mentorctl show calendar grow --as-of 2027-03-15 --format html > calendar.html
      mentorctl show timeline grow --svg timeline.svg
      mentorctl show problem grow --as-of 2027-03-03
    """
    from mentorctl.cli.workspace import namer, open_workspace

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    if what == "problem":
        return _problem(shell, name, day_of(as_of))
    if as_of is not None and what not in {"calendar", "timeline"}:
        raise click.UsageError("calendar, timeline and problem look at a day; the state is as it is", ctx)
    if shell.format == "html" and what != "calendar":
        raise click.UsageError("calendar and problem can be HTML; the others are text or JSON", ctx)
    opened = open_workspace(shell)
    snapshot = opened.reader().read()
    if what in {"calendar", "timeline"}:
        from mentorctl.cli import dates_shown

        day = day_of(as_of)
        if what == "timeline":
            return dates_shown.show_timeline(shell, opened, name, day, svg)
        return dates_shown.show_calendar(shell, opened, snapshot, name, day, namer(opened, names=names))
    if what == "person":
        return _person(shell, opened, snapshot, name, names=names)
    if what == "program" and name is None:
        raise Stop([finding("MC9001", "which program?", help="write for example `mentorctl show program grow`")])
    _check_program(snapshot, name)
    if shell.is_json:
        _json(shell, snapshot, (r for r in snapshot.records if _is_wanted(r, what, name or "")))
        return 0
    from mentorctl.render import show

    called = namer(opened, names=names)
    lines = {
        "overview": lambda: show.overview(snapshot, shell.out_style),
        "program": lambda: show.overview(_only(snapshot, name or ""), shell.out_style),
        "matches": lambda: show.matches(snapshot, name or "", called, shell.out_style),
        "sessions": lambda: show.sessions(snapshot, name or "", called, shell.out_style),
    }[what]()
    shell.print("\n".join(lines) if snapshot.lineage else "Nothing has been applied yet.")
    return 0


def _problem(shell: Shell, program: str | None, as_of: "date") -> int:
    """The class of each matching of a day; nothing is solved for it."""
    from mentorctl.cli.questions import asking, print_page
    from mentorctl.plan.explain.problem import what_problems
    from mentorctl.render.questions import problem_page

    with asking(shell, as_of, decided={}) as ask:
        said = what_problems(ask.of_program(program))
        if not said:
            raise Stop([finding("MC9006", f"no cohort runs on {as_of}", help="choose a day with --as-of")])
        print_page(shell, problem_page(said), "problem", said, ask.opened)
    return 0


def _person(shell: Shell, opened: "Opened", snapshot: "Snapshot", name: str | None, *, names: bool) -> int:
    from mentorctl.addresses import opaque_id
    from mentorctl.cli.workspace import namer
    from mentorctl.plan.differ import people_of as people_in
    from mentorctl.render import show

    if not name:
        raise Stop([finding("MC9001", "which person?", help="write for example `mentorctl show person 1057`")])
    known = {p for record in snapshot.records for p in people_in(record)}
    who = name if name in known else opaque_id("p", opened.workspace.id, name)
    if who not in known:
        raise Stop([finding("MC9006", "nobody with this id is in the state", help="ids are those of the roster")])
    if shell.is_json:
        _json(shell, snapshot, (r for r in snapshot.records if who in people_in(r)))
    else:
        shell.print("\n".join(show.person(snapshot, who, namer(opened, names=names), shell.out_style)))
    return 0


def _json(shell: Shell, snapshot: "Snapshot", records: "Iterable[Record]") -> None:
    from mentorctl.render.show import as_json
    from mentorctl.state.codec import kind_of, record_to_json

    shell.print_json(as_json(snapshot, records, lambda r: {"kind": kind_of(r)} | record_to_json(r)))


def _is_wanted(record: "Record", what: str, program: str) -> bool:
    from mentorctl.state.codec import kind_of

    kind = {"matches": "match", "sessions": "session"}.get(what, kind_of(record))
    return kind_of(record) == kind and program in ("", record.address.program)


def _only(snapshot: "Snapshot", program: str) -> "Snapshot":
    from dataclasses import replace

    return replace(snapshot, records=tuple(r for r in snapshot.records if r.address.program == program))


def _check_program(snapshot: "Snapshot", name: str | None) -> None:
    known = {r.address.program for r in snapshot.records}
    if name and name not in known:
        raise Stop(
            [
                finding(
                    "MC9006",
                    f"there is no program `{name}` in the state",
                    help=did_you_mean(name, known) or "apply it first",
                )
            ]
        )
