"""What `mentorctl show` says about dates: a week of a calendar, and the timeline of a program."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from mentorctl.cli.shell import Shell, Stop, write_file
from mentorctl.diagnostics import did_you_mean, finding

if TYPE_CHECKING:
    from mentorctl.cli.workspace import Opened
    from mentorctl.state.model import SessionRecord, Snapshot

_NARROWEST, _WIDEST = 80, 160


def show_calendar(
    shell: Shell, opened: "Opened", snapshot: "Snapshot", name: str | None, day: date, called: Callable[[str], str]
) -> int:
    """The week of a day, of a program or of a person; as HTML, all weeks from that day on."""
    from mentorctl.calendars.entries import Shelf, title_of
    from mentorctl.render.week import agenda, monday_of, week_grid

    programs = {c.program.id: c.program for c in opened.loaded.programs}
    shelf = Shelf(workspace=opened.workspace, programs=programs, snapshot=snapshot, called=called, changed={})
    program = name or (next(iter(programs)) if len(programs) == 1 else "")
    who = None if program in programs else _person(opened, snapshot, program)
    mine = [s for s in shelf.sessions if (who in s.people if who else s.address.program == program)]
    zone = programs[program].timezone if program in programs else opened.workspace.timezone

    def title(session: "SessionRecord") -> str:
        if session.kind != "meeting":
            return title_of(shelf, session, who)
        others = ", ".join(called(person) for person in session.people if person != who) if who else ""
        return f"{others} ({session.number})" if others else f"meeting {session.number}"

    monday = monday_of(day)
    if shell.is_json:
        shell.print_json(_week_json(mine, monday, zone, title))
        return 0
    whose = called(who) if who else program
    if shell.format == "html":
        from mentorctl.render.calendar_page import CalendarPage, calendar_html

        heading = f"Calendar of {whose if who else programs[program].name if program in programs else program}"
        shell.print(calendar_html(CalendarPage(title=heading, sessions=mine, zone=zone, today=day, title_of=title)))
        return 0
    columns = min(_WIDEST, max(_NARROWEST, get_terminal_size((110, 24)).columns))
    shell.print(f"{shell.out_style.strong(whose)}  week of {monday:%d %B %Y}  {shell.out_style.faint(zone)}\n")
    shell.print("\n".join(week_grid(mine, monday, zone, title_of=title, style=shell.out_style, columns=columns)))
    lines = agenda(mine, monday, zone, title_of=title, style=shell.out_style)
    shell.print("\n" + ("\n".join(lines) if lines else _when_else(mine, monday)))
    return 0


def _when_else(sessions: "list[SessionRecord]", monday: date) -> str:
    """What to look at instead of a week in which nothing is."""
    later = [s.starts[:10] for s in sessions if s.starts[:10] >= monday.isoformat()]
    hint = later[0] if later else sessions[-1].starts[:10] if sessions else ""
    return "Nothing is planned in this week" + (f"; look at --as-of {hint}." if hint else ".")


def _week_json(
    sessions: "list[SessionRecord]", monday: date, zone: str, title: "Callable[[SessionRecord], str]"
) -> dict[str, object]:
    from datetime import datetime

    from mentorctl.dates.zones import local_time

    found = []
    for session in sessions:
        local = local_time(datetime.fromisoformat(session.starts), zone)
        if monday <= local.date() < monday + timedelta(days=7):
            about = {"address": str(session.address), "title": title(session), "state": session.state}
            found.append(about | {"starts": local.isoformat(), "minutes": session.minutes, "people": [*session.people]})
    return {"format": "mentorctl/week/v1", "monday": monday.isoformat(), "zone": zone, "sessions": found}


def _person(opened: "Opened", snapshot: "Snapshot", name: str) -> str:
    """A person by roster id or opaque id. Raises Stop."""
    from mentorctl.addresses import opaque_id
    from mentorctl.plan.differ import people_of

    if not name:
        raise Stop([finding("MC9001", "whose calendar?", help="write for example `mentorctl show calendar grow`")])
    known = {person for record in snapshot.records for person in people_of(record)}
    who = name if name in known else opaque_id("p", opened.workspace.id, name)
    if who not in known:
        programs = [c.program.id for c in opened.loaded.programs]
        advice = did_you_mean(name, programs) or "it is the id of a program, or of a person in the roster"
        raise Stop([finding("MC9006", f"there is no calendar of `{name}`", help=advice)])
    return who


def show_timeline(shell: Shell, opened: "Opened", name: str | None, day: date, svg: str | None) -> int:
    """The phases, milestones and events of a program, cohort by cohort."""
    from mentorctl.render.gantt import Chart, chart_lines, chart_svg, marks_of

    opened.workspace  # noqa: B018 - stops here when the files have errors
    known = {c.program.id: c for c in opened.loaded.programs}
    program = name or (next(iter(known)) if len(known) == 1 else "")
    if program not in known:
        detail = f"there is no program `{program}`" if program else "which program?"
        raise Stop([finding("MC9006", detail, help=did_you_mean(program, known) or "name one of the programs")])
    compiled = known[program]
    charts = []
    for cohort, timeline in compiled.timelines_on(day):
        events = {e.title or e.id.replace("_", " "): d for e in compiled.program.events if (d := timeline.day_of(e.at))}
        charts.append(
            Chart(
                title=f"{compiled.program.name}, {cohort.replace('_', ' ')}",
                timeline=timeline,
                marks=marks_of(timeline, events),
                today=day,
            )
        )
    if svg is not None:
        write_file(Path(svg), chart_svg(charts, title=f"Timeline of {compiled.program.name}"))
    if shell.is_json:
        from mentorctl.lifecycle.compiled import compiled_to_json

        whole = compiled_to_json(compiled)
        dates = {key: whole[key] for key in ("timelines", "milestones")}
        shell.print_json({"format": "mentorctl/timeline/v1", "program": program} | dates)
    else:
        shell.print("\n\n".join("\n".join(chart_lines(chart, shell.out_style)) for chart in charts))
    return 0
