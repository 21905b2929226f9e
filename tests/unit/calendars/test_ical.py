"""Entries as iCalendar text, read back by a parser that nobody here wrote and by a real calendar server."""

import base64
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import vobject

from mentorctl.calendars.ical import Method, ical_text
from mentorctl.calendars.model import Entry, Feed

_PATIENCE = 20.0
ENTRY = Entry(
    uid="s1@acme.mentorctl",
    sequence=0,
    changed=datetime(2027, 1, 4, 8, tzinfo=UTC),
    starts=datetime(2027, 3, 15, 9, tzinfo=UTC),
    lasts=timedelta(minutes=60),
    zone="Europe/Berlin",
    title="Mentoring meeting 1 with Zoë",
    agenda=("Grow", "Getting to know each other", "- what do you hope for?"),
    place="Video",
    link="https://meet.example/1",
    reminder=timedelta(hours=1),
)


def _read(text: str) -> list[vobject.base.Component]:
    return list(vobject.readOne(text).vevent_list)


def test_an_entry_comes_back_as_it_was() -> None:
    """Another parser reads the same instant, length, title, place and reminder."""
    (event,) = _read(ical_text(Feed(name="Mentoring", entries=(ENTRY,))))
    assert event.dtstart.value.astimezone(UTC) == ENTRY.starts
    assert event.dtend.value - event.dtstart.value == ENTRY.lasts
    assert event.summary.value == ENTRY.title
    assert event.location.value == "Video"
    assert event.description.value.splitlines() == list(ENTRY.agenda)
    assert event.valarm.trigger.value == timedelta(hours=-1)


@pytest.mark.parametrize(
    ("starts", "local"),
    [
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), "01:30"),  # before the clocks go forward
        (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), "03:30"),  # after it
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "02:30"),  # the first half past two
        (datetime(2028, 2, 29, 9, 0, tzinfo=UTC), "10:00"),
        (datetime(2026, 1, 1, 9, 0, tzinfo=UTC), "10:00"),
    ],
)
def test_the_zone_is_defined_in_the_file(starts: datetime, local: str) -> None:
    """The wall clock and the instant agree by the definition in the file alone, on both sides of a change of clocks."""
    (event,) = _read(ical_text(Feed(name="Mentoring", entries=(replace(ENTRY, starts=starts),))))
    assert f"{event.dtstart.value:%H:%M}" == local
    assert event.dtstart.value.astimezone(UTC) == starts


def test_a_cancelled_entry_keeps_its_identity() -> None:
    """A calendar that has the entry takes it away: same UID, higher SEQUENCE, status cancelled, no reminder."""
    gone = replace(ENTRY, sequence=2, cancelled=True)
    (event,) = _read(ical_text(Feed(name="Mentoring", entries=(gone,))))
    assert (event.uid.value, event.sequence.value, event.status.value) == (ENTRY.uid, "2", "CANCELLED")
    assert not hasattr(event, "valarm")


def test_what_is_cancelled_can_be_sent_alone() -> None:
    """A file for those who do not subscribe asks their calendar to take away what does not take place, and only that."""
    gone = replace(ENTRY, uid="s2@acme.mentorctl", sequence=1, cancelled=True, organizer="office@example.org")
    feed = Feed(name="Mentoring", entries=(ENTRY, gone))
    text = ical_text(feed.cancelled, Method.CANCEL)
    calendar = vobject.readOne(text)
    assert calendar.method.value == "CANCEL"
    (event,) = calendar.vevent_list
    assert (event.uid.value, event.status.value) == (gone.uid, "CANCELLED")
    assert event.organizer.value == "mailto:office@example.org"


def test_a_day_is_a_whole_day_that_takes_no_time() -> None:
    """A check-in is on its date, on the clock of the program, and blocks nothing."""
    day = replace(ENTRY, is_day=True, starts=datetime(2027, 3, 15, 23, 30, tzinfo=UTC), reminder=None)
    (event,) = _read(ical_text(Feed(name="Mentoring", entries=(day,))))
    assert event.dtstart.value == date(2027, 3, 16)
    assert event.transp.value == "TRANSPARENT"


@pytest.mark.parametrize(
    "title",
    ["a\r\nEND:VEVENT\r\nEND:VCALENDAR", 'semi; comma, back\\slash "quote"', "x" * 500, "\N{ZERO WIDTH JOINER}é\t"],
)
def test_titles_of_strangers_stay_titles(title: str) -> None:
    """No text breaks out of its property, and no line is longer than 75 octets."""
    text = ical_text(Feed(name=title, entries=(replace(ENTRY, title=title),)))
    assert text.count("BEGIN:VEVENT") == text.count("\r\nEND:VEVENT") == 1
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    (event,) = _read(text)
    assert event.summary.value == " ".join(title.split())


def test_the_same_entries_give_the_same_bytes() -> None:
    """Nothing in the file comes from the clock, so that an unchanged calendar is not written again."""
    feed = Feed(name="Mentoring", entries=(ENTRY, replace(ENTRY, uid="s2@acme.mentorctl", zone="America/New_York")))
    assert ical_text(feed) == ical_text(feed)


# -- a real server -----------------------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Radicale on a free port of this machine, with a calendar in it; the address of the calendar."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = tmp_path / "radicale.conf"
    config.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = none\n[storage]\nfilesystem_folder = {tmp_path / 'data'}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "radicale", "--config", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}/anna/mentoring"
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("the calendar server did not start")


def _ask(method: str, url: str, body: str = "") -> str:
    request = urllib.request.Request(url, data=body.encode() or None, method=method)  # noqa: S310 - our own server
    request.add_header("Content-Type", "text/calendar")
    request.add_header("Authorization", f"Basic {base64.b64encode(b'anna:x').decode()}")
    with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
        text: bytes = answer.read()
    return text.decode()


@pytest.mark.slow
def test_a_calendar_server_takes_it(server: str) -> None:
    """A whole feed is imported, served again with the same entries, and replaced when one moves or is cancelled."""
    many = tuple(
        replace(ENTRY, uid=f"s{n}@acme.mentorctl", starts=ENTRY.starts + timedelta(days=14 * n)) for n in range(12)
    )
    _ask("PUT", f"{server}/", ical_text(Feed(name="Mentoring", entries=many)))
    assert {e.uid.value for e in _read(_ask("GET", f"{server}/"))} == {e.uid for e in many}

    moved = replace(many[3], starts=many[3].starts + timedelta(hours=2), sequence=1)
    _ask("PUT", f"{server}/", ical_text(Feed(name="Mentoring", entries=(*many[:3], moved, *many[4:]))))
    served = {e.uid.value: e for e in _read(_ask("GET", f"{server}/"))}
    assert len(served) == len(many)
    assert served[moved.uid].dtstart.value.astimezone(UTC) == moved.starts
    assert served[moved.uid].sequence.value == "1"

    gone = replace(moved, sequence=2, cancelled=True, reminder=None)
    _ask("PUT", f"{server}/", ical_text(Feed(name="Mentoring", entries=(*many[:3], gone, *many[4:]))))
    served = {e.uid.value: e for e in _read(_ask("GET", f"{server}/"))}
    assert len(served) == len(many)
    assert (served[gone.uid].status.value, served[gone.uid].sequence.value) == ("CANCELLED", "2")
    assert sum(e.status.value == "CONFIRMED" for e in served.values()) == len(many) - 1
