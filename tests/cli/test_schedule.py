"""`mentorctl schedule` and the HTML calendar, on an example whose people live far apart."""

import csv
import re
from pathlib import Path

import pytest
import vobject
from cli.terminal import Invoke, example

pytest.importorskip("holidays", reason="the example asks for public holidays, an extra of the package")
DAY = "2027-03-02"


@pytest.fixture
def apart(tmp_path: Path) -> Path:
    """A copy of the example."""
    return example("far-apart", tmp_path / "workspace")


def test_the_timetable_is_shown_on_everybodys_clock(invoke: Invoke, apart: Path) -> None:
    """Each session is in it or in the list of those without a time, with hours on the clocks of those who are in it."""
    ran = invoke("schedule", "--as-of", DAY, "--names", folder=apart)
    assert ran.code == 0
    assert re.search(r"Tue 2027-03-23 15:00 +45 +meeting 2 +Bruno Lima, Luca Reed +11:00, 10:00", ran.out)
    assert "somebody is away on the days that are left" in ran.out
    data = invoke("schedule", "--as-of", DAY, "--format", "json", folder=apart).json
    assert {row["change"] for row in data["sessions"]} == {"+"}
    assert {(each["kind"], each["reason"]) for each in data["unplaced"]} == {
        ("meeting", "absence"),
        ("training", "over"),
    }
    assert data["schedules"][0]["proved"] is True


def test_a_match_without_a_time_is_explained(invoke: Invoke, apart: Path) -> None:
    """Its meetings are explained one by one, and that without a time has a funnel and ways out."""
    data = invoke("schedule", "--as-of", DAY, "--format", "json", folder=apart).json
    match = next(each["subject"] for each in data["unplaced"] if each["kind"] == "meeting")
    ran = invoke("schedule", "--as-of", DAY, "--names", "--explain", match, folder=apart)
    assert ran.code == 0
    assert ran.out.count("Meeting ") == 8
    assert re.search(r"days away +Ada Brandt +0 +150", ran.out)
    assert "What would open a time" in ran.out
    one = next(row for row in data["sessions"] if row["subject"] == match)
    single = invoke("schedule", "--as-of", DAY, "--explain", one["address"], folder=apart)
    assert single.out.count("Meeting ") == 1
    page = invoke("schedule", "--as-of", DAY, "--explain", match, "--format", "html", folder=apart)
    assert page.out.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("schedule", "nothing", "--as-of", DAY), "there is no program `nothing`"),
        (("schedule", "--as-of", DAY, "--explain", "m0"), "no meetings are placed for `m0`"),
        (("show", "--format", "html"), "calendar and problem can be HTML"),
    ],
)
def test_what_is_not_there_is_said(invoke: Invoke, apart: Path, words: tuple[str, ...], said: str) -> None:
    """A name that means nothing gets a sentence and a way on."""
    ran = invoke(*words, folder=apart)
    assert ran.code != 0
    assert said in ran.said


def test_a_calendar_is_a_page(invoke: Invoke, apart: Path) -> None:
    """All weeks from the day on, as one file that loads nothing, with names only where they are asked for."""
    assert invoke("apply", "--as-of", DAY, "--yes", folder=apart).code == 0
    page = invoke("show", "calendar", "--as-of", "2027-03-08", "--format", "html", folder=apart)
    assert page.code == 0
    assert page.out.count('<section aria-label="Week of') > 10
    assert "http:" not in page.out
    assert "https:" not in page.out
    assert "<script" not in page.out
    assert "Bruno Lima" not in page.out


def test_calendars_hold_days_and_cancellations(invoke: Invoke, apart: Path) -> None:
    """A person's calendar has the days to know of; when the match ends, its meetings are cancelled, and counted so."""
    assert invoke("apply", "--as-of", DAY, "--yes", folder=apart).code == 0
    before = _entries(invoke("calendar", "f02", folder=apart).out)
    assert any(e.summary.value == "Say yes or no to your match" for e in before.values())
    assert invoke("withdraw", "f02", folder=apart).code == 0
    after = _entries(invoke("calendar", "f02", folder=apart).out)
    meetings = {uid for uid, e in before.items() if "meeting" in e.summary.value}
    assert meetings
    assert {uid for uid in meetings if after[uid].status.value == "CANCELLED"} == meetings
    assert {int(after[uid].sequence.value) for uid in meetings} <= {1, 2}
    gone = invoke("calendar", "f02", "--cancelled", folder=apart)
    assert "METHOD:CANCEL" in gone.out
    assert set(_entries(gone.out)) >= meetings


def test_a_broken_calendar_file_stops_the_plan(invoke: Invoke, apart: Path) -> None:
    """It is said with file and line, and made a warning under `checks` the plan goes on without it."""
    (apart / "busy" / "f01.ics").write_text("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", encoding="utf-8")
    ran = invoke("plan", "--as-of", DAY, folder=apart)
    assert ran.code == 1
    assert "MC6010" in ran.said
    assert "busy/f01.ics:3" in ran.said
    file = apart / "mentorctl.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("calendars:\n", "checks: {severity: {MC6010: warning}}\ncalendars:\n", 1), encoding="utf-8"
    )
    assert invoke("plan", "--as-of", DAY, folder=apart).code == 0


def test_files_of_nobody_and_links_are_said(invoke: Invoke, apart: Path) -> None:
    """A file that is called after nobody is a warning; one that lies elsewhere is not read."""
    (apart / "busy" / "nobody.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n", encoding="utf-8")
    ran = invoke("schedule", "--as-of", DAY, folder=apart)
    assert "nobody has the id `nobody`" in ran.said
    (apart / "busy" / "f02.ics").symlink_to("/etc/hostname")
    linked = invoke("schedule", "--as-of", DAY, folder=apart)
    assert linked.code == 1
    assert "lies outside of the workspace" in linked.said


def test_the_roster_is_all_there(apart: Path) -> None:
    """Twelve people on seven clocks."""
    rows = [
        row
        for name in ("mentors", "mentees")
        for row in csv.DictReader((apart / "roster" / f"{name}.csv").read_text(encoding="utf-8").splitlines())
    ]
    assert len({row["timezone"] for row in rows}) == 7
    assert len(rows) == 12


def _entries(text: str) -> dict[str, vobject.base.Component]:
    return {event.uid.value: event for event in vobject.readOne(text).vevent_list}
