"""`mentorctl calendar` and the dates of `mentorctl show`: what is planned, where people look for it."""

import csv
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import vobject
from cli.terminal import DAYS, Invoke

DAY = DAYS["reverse"]


def _events(text: str) -> list[vobject.base.Component]:
    return list(getattr(vobject.readOne(text), "vevent_list", []))


def test_a_person_gets_a_calendar(invoke: Invoke, applied: Path) -> None:
    """The sessions of one person are printed as one iCalendar file, without names unless asked for."""
    rows = csv.DictReader((applied / "roster" / "people.csv").read_text(encoding="utf-8").splitlines())
    who = next(row["id"] for row in rows if invoke("calendar", row["id"], folder=applied).code == 0)
    ran = invoke("calendar", who, folder=applied)
    assert (ran.code, ran.err) == (0, "")
    events = _events(ran.out)
    assert events
    assert all(event.sequence.value == "0" for event in events)
    named = invoke("calendar", who, "--names", folder=applied)
    assert {e.uid.value for e in _events(named.out)} == {e.uid.value for e in events}


def test_all_calendars_are_written_once(invoke: Invoke, applied: Path) -> None:
    """A second run touches no file, so that subscribers are not told of changes that are none."""
    first = invoke("calendar", "--out", "out", "--format", "json", folder=applied)
    assert first.json["written"] > 2
    again = invoke("calendar", "--out", "out", "--format", "json", folder=applied)
    assert (again.json["written"], again.json["unchanged"]) == (0, first.json["written"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("calendar",), "give the name of a person, program, room or facilitator, or --out"),
        (("calendar", "nobody"), "nothing is planned for `nobody`"),
        (("show", "calendar", "nobody"), "there is no calendar of `nobody`"),
        (("show", "timeline", "nothing"), "there is no program `nothing`"),
    ],
)
def test_what_is_not_there_is_said(invoke: Invoke, applied: Path, words: tuple[str, ...], said: str) -> None:
    """A name that means nothing gets a sentence and a way on."""
    ran = invoke(*words, folder=applied)
    assert ran.code != 0
    assert said in ran.said


def test_a_week_is_a_grid(invoke: Invoke, applied: Path) -> None:
    """The week of a day has a column for each working day and a line for each session; others say where to look."""
    some = invoke("show", "sessions", "--format", "json", folder=applied).json["records"][0]
    ran = invoke("show", "calendar", "--as-of", some["starts"][:10], folder=applied)
    assert ran.code == 0
    assert all(day in ran.out for day in ("Mon ", "Tue ", "Wed ", "Thu ", "Fri "))
    assert "▌" in ran.out
    empty = invoke("show", "calendar", "--as-of", "2020-01-01", folder=applied)
    assert "Nothing is planned in this week; look at --as-of 2027" in empty.out


def test_a_timeline_is_a_chart(invoke: Invoke, applied: Path) -> None:
    """Phases are bars, today is marked, and the picture is one SVG that loads nothing and can be listened to."""
    ran = invoke("show", "timeline", "--as-of", DAY, "--svg", "t.svg", folder=applied)
    assert ran.code == 0
    assert "█" in ran.out
    assert "now" in ran.out
    text = (applied / "t.svg").read_text(encoding="utf-8")
    tree = ET.fromstring(text)  # noqa: S314 - our own text
    assert tree.attrib["role"] == "img"
    assert tree.find("{http://www.w3.org/2000/svg}desc") is not None
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
