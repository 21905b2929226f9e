"""`mentorctl calendar`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mentorctl.cli.shell import Shell, Stop, shared_options, write_file
from mentorctl.diagnostics import finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from mentorctl.addresses import Address
    from mentorctl.calendars.entries import Shelf
    from mentorctl.calendars.model import Feed
    from mentorctl.cli.workspace import Opened
    from mentorctl.store.base import Reader


@click.command()
@click.argument("name", required=False)
@shared_options
@click.option("--out", metavar="FOLDER", help="Write one file for each person, program, room and facilitator there.")
@click.option("--cancelled", is_flag=True, help="Only what does not take place, as a file that takes it away.")
@click.option("--names", is_flag=True, help="Show names from the roster instead of opaque ids.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    name: str | None,
    out: str | None,
    cancelled: bool,
    chdir: str | None,
    format: str | None,
    color: str | None,
    names: bool,
) -> int:
    """Write the planned sessions as iCalendar files.

    Every calendar reads them and can subscribe to them. NAME is a person (an id of the roster, or an opaque one), a
    program, a room or a facilitator of the workspace; its calendar is printed. With --out all calendars are written,
    and only those that changed. An entry keeps its identity when it moves and says so when it is cancelled, also for
    somebody who was taken out of it, so that no calendar is left with a meeting that does not take place. Where people
    are sent files instead of subscribing, --cancelled has what their calendars are to take away.

    \b
    Examples:
      mentorctl calendar 1057 --names > 1057.ics
      mentorctl calendar 1057 --cancelled > 1057-cancelled.ics
      mentorctl calendar --out calendars --names
    """
    from mentorctl.cli.workspace import open_workspace

    shell = Shell.of(ctx, chdir=chdir, format=format, color=color)
    if (name is None) == (out is None):
        raise Stop([finding("MC9001", "give the name of a person, program, room or facilitator, or --out", help=_HELP)])
    opened = open_workspace(shell)
    shelf = _shelf(opened, names=names)
    if out is not None:
        return _write_all(shell, shelf, Path(out), only_cancelled=cancelled)
    from mentorctl.calendars.ical import Method, ical_text

    feed = _feed(opened, shelf, name or "")
    text = ical_text(feed.cancelled, Method.CANCEL) if cancelled else ical_text(feed)
    click.echo(text, nl=False)
    return 0


_OF_PLANS = frozenset({"begin", "change", "plan"})  # the words of lines that an apply writes
_HELP = "write `mentorctl calendar 1057` or `mentorctl calendar --out calendars`"


def _shelf(opened: "Opened", *, names: bool) -> "Shelf":
    from mentorctl.calendars.days import days_of
    from mentorctl.calendars.entries import Shelf
    from mentorctl.cli.planning import names_of
    from mentorctl.cli.workspace import people_of

    reader = opened.reader()
    snapshot = reader.read()
    programs = {c.program.id: c.program for c in opened.loaded.programs}
    known = names_of(people_of(opened)[0]) if names else {}
    return Shelf(
        workspace=opened.workspace,
        programs=programs,
        snapshot=snapshot,
        called=lambda person: known.get(person, person),
        changed=_changed(reader),
        days=days_of(snapshot, programs.values(), reader.timers()),
    )


def _changed(reader: "Reader") -> "Mapping[Address, datetime]":
    """When each session last became other on calendars; that it was held or logged changes nothing there."""
    found: dict[Address, datetime] = {}
    for row in reader.log():
        line = row.line
        if line.address.kind == "session" and (line.event in _OF_PLANS or line.after == "cancelled"):
            found[line.address] = line.recorded
    return found


def _feed(opened: "Opened", shelf: "Shelf", name: str) -> "Feed":
    """The calendar that is meant. Raises Stop when there is none."""
    from mentorctl.addresses import opaque_id
    from mentorctl.calendars.entries import (
        facilitator_feed,
        people_with_sessions,
        person_feed,
        program_feed,
        room_feed,
    )
    from mentorctl.diagnostics import did_you_mean

    if name in shelf.programs:
        return program_feed(shelf, name)
    rooms = {room.id for room in opened.workspace.rooms}
    if name in rooms:
        return room_feed(shelf, name)
    facilitators = {one.id for one in opened.workspace.facilitators}
    if name in facilitators:
        return facilitator_feed(shelf, name)
    people = set(people_with_sessions(shelf))
    who = name if name in people else opaque_id("p", opened.workspace.id, name)
    if who not in people:
        advice = (
            did_you_mean(name, {*shelf.programs, *rooms, *facilitators})
            or "ids are those of the roster, the programs, the rooms and the facilitators"
        )
        raise Stop([finding("MC9006", f"nothing is planned for `{name}`", help=advice)])
    return person_feed(shelf, who)


def _write_all(shell: Shell, shelf: "Shelf", folder: Path, *, only_cancelled: bool) -> int:
    from mentorctl.calendars.ical import Method, ical_text

    written = unchanged = 0
    for file, feed in _all(shelf):
        if only_cancelled and not feed.cancelled.entries:
            continue
        path = folder / file
        text = ical_text(feed.cancelled, Method.CANCEL) if only_cancelled else ical_text(feed)
        if path.is_file() and path.read_bytes() == text.encode():
            unchanged += 1
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, text)
        written += 1
    if shell.is_json:
        counts = {"written": written, "unchanged": unchanged}
        shell.print_json({"format": "mentorctl/calendars/v1", "folder": str(folder), **counts})
    else:
        shell.print(f"{written} calendars written to {folder}, {unchanged} as they were.")
    return 0


def _all(shelf: "Shelf") -> "Iterator[tuple[str, Feed]]":
    from mentorctl.calendars.entries import (
        facilitator_feed,
        facilitators_in_use,
        people_with_sessions,
        person_feed,
        program_feed,
        room_feed,
        rooms_in_use,
    )

    for program in sorted(shelf.programs):
        yield f"programs/{program}.ics", program_feed(shelf, program)
    for room in rooms_in_use(shelf):
        yield f"rooms/{room}.ics", room_feed(shelf, room)
    for facilitator in facilitators_in_use(shelf):
        yield f"facilitators/{facilitator}.ics", facilitator_feed(shelf, facilitator)
    for person in people_with_sessions(shelf):
        yield f"people/{person}.ics", person_feed(shelf, person)
