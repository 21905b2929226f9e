"""How everything stands, on one screen: programs, cohorts, people, matches, what comes next, who did what last."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from mentorctl.dates.zones import local_time
from mentorctl.plan.overview import CohortOverview, Coming, ProgramOverview
from mentorctl.render.audit import Entry, entry_line
from mentorctl.render.style import Style
from mentorctl.render.tables import bar, table

_LOST = frozenset({"withdrawn", "declined", "expired", "ended", "lapsed", "not_eligible", "cancelled"})
_WON = frozenset({"matched", "active", "completed", "accepted"})
_CELLS = 24


def overview_text(
    programs: Sequence[ProgramOverview],
    entries: Sequence[Entry],
    drift: str,
    *,
    title: str,
    zone: str,
    style: Style,
) -> Iterator[str]:
    """The whole screen."""
    yield title
    for program in programs:
        yield ""
        yield from _program(program, zone, style)
    if entries:
        yield ""
        yield style.strong("Last")
        yield from table(
            [entry_line(entry, zone) for entry in entries],
            numbers=frozenset({0}),
            dress={0: style.faint, 1: style.faint, 3: style.note},
        )
    yield ""
    sign = style.added("✓") if drift.startswith("nothing") else style.changed("~")
    yield f"{sign} {drift} {style.faint('(mentorctl drift)')}"


def _program(program: ProgramOverview, zone: str, style: Style) -> Iterator[str]:
    state = style.changed(program.state) if program.state == "suspended" else style.faint(program.state)
    mode = f", {style.changed(f'its file says {program.mode}')}" if _is_odd(program) else ""
    yield f"{style.strong(program.name)} {style.faint(program.id)}  {state}{mode}"
    if program.state == "suspended":
        due = f", and {program.frozen:,} timers wait" if program.frozen else ""
        yield f"  {style.changed('time stands still')}: nothing fires and nobody is told{due}"
    if program.incidents:
        things = "1 thing waits" if program.incidents == 1 else f"{program.incidents:,} things wait"
        yield f"  {style.error(f'{things} for a person')} {style.faint('(mentorctl incidents)')}"
    if program.held:
        held = "1 message is held" if program.held == 1 else f"{program.held:,} messages are held"
        yield f"  {style.changed(held)}"
    for cohort in program.cohorts:
        yield from _cohort(cohort, zone, style)


def _is_odd(program: ProgramOverview) -> bool:
    """Whether the file says another mode than the state has."""
    if not program.mode or program.state == "closed":
        return False
    return (program.mode == "suspended") != (program.state == "suspended") or program.mode == "observe"


def _cohort(cohort: CohortOverview, zone: str, style: Style) -> Iterator[str]:
    when = f"{cohort.starts} to {cohort.ends}" if cohort.ends else f"since {cohort.starts}"
    yield f"  {style.note(cohort.id)} {style.faint(when)}"
    if cohort.phase:
        share = cohort.day / cohort.days
        yield f"    {'phase':<8} {bar(share, _CELLS)} {cohort.phase}, day {cohort.day} of {cohort.days}"
    else:
        yield f"    {'phase':<8} {cohort.state}"
    if cohort.mentees:
        share = cohort.matched / cohort.mentees
        percent = f"{round(100 * share)} %"
        yield f"    {'matched':<8} {bar(share, _CELLS)} {cohort.matched:,} of {cohort.mentees:,}, {percent}"
    most = max((count for _, count in (*cohort.people, *cohort.matches)), default=1)
    rows = [("people", state, count) for state, count in cohort.people]
    rows += [("match", state, count) for state, count in cohort.matches]
    yield from table(
        [(what, f"{count:,}", bar(count / most, _CELLS // 2), state.replace("_", " ")) for what, state, count in rows],
        numbers=frozenset({1}),
        indent="    ",
        dress={0: style.faint, 3: lambda text: _dressed(text, style)},
    )
    if cohort.sessions_ahead or cohort.sessions_held:
        yield f"    {'meet':<8} {cohort.sessions_held:,} held, {cohort.sessions_ahead:,} on the calendar"
    for coming in cohort.coming:
        yield f"    {'next':<8} {_coming(coming, zone, style)}"


def _coming(coming: Coming, zone: str, style: Style) -> str:
    first, last = _day(coming.first, zone), _day(coming.last, zone)
    when = first if first == last else f"{first} to {last}"
    return f"{style.faint(when)}  {coming.count:,} x {coming.timer.replace('_', ' ')}"


def _day(at: datetime, zone: str) -> str:
    return f"{local_time(at, zone):%Y-%m-%d}"


def _dressed(text: str, style: Style) -> str:
    last = text.rstrip().rpartition(" ")[2]
    if last in _LOST or text.endswith("not eligible"):
        return style.removed(text)
    return style.added(text) if last in _WON else text


def overview_json(
    programs: Sequence[ProgramOverview], entries: Sequence[dict[str, Any]], *, workspace: str, serial: int, clock: str
) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "format": "mentorctl/status/v1",
        "workspace": workspace,
        "serial": serial,
        "clock": clock,
        "programs": [_program_json(program) for program in programs],
        "commits": list(entries),
    }


def _program_json(program: ProgramOverview) -> dict[str, Any]:
    body = asdict(program)
    for cohort in body["cohorts"]:
        cohort["people"], cohort["matches"] = dict(cohort["people"]), dict(cohort["matches"])
        cohort["coming"] = [
            {**one, "first": f"{one['first']:%Y-%m-%dT%H:%M:%SZ}", "last": f"{one['last']:%Y-%m-%dT%H:%M:%SZ}"}
            for one in cohort["coming"]
        ]
        cohort["people"] = {state.replace(" ", "/", 1): count for state, count in cohort["people"].items()}
    body["cohorts"] = list(body["cohorts"])
    return body
