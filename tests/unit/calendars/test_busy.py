"""Busy times from iCalendar files, friendly and hostile."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from mentorctl.calendars.busy import MAX_STEPS, Busy, Request, read_busy
from mentorctl.calendars.lines import MAX_ENTRIES, MAX_LINES

ASKED = Request(
    file="busy/1057.ics",
    zone="Europe/Berlin",
    first=date(2027, 1, 1),
    last=date(2027, 12, 31),
    own="@acme.mentorctl",
)
_PATIENCE = 20.0  # seconds on a busy machine; each takes a part of one


def read(*entries: str, asked: Request = ASKED) -> Busy:
    body = "".join(f"BEGIN:VEVENT\r\nUID:{n}\r\n{entry}\r\nEND:VEVENT\r\n" for n, entry in enumerate(entries))
    return read_busy(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n", asked)


def spans(busy: Busy) -> list[str]:
    found = []
    for start, quarters in busy.spans:
        begin = datetime.fromtimestamp(start * 900, tz=UTC)
        found.append(f"{begin:%m-%d %H:%M}+{quarters * 15}")
    return found


def codes(busy: Busy) -> list[str]:
    return [found.code for found in busy.findings]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("DTSTART;TZID=Europe/Berlin:20270201T090000\r\nDTEND;TZID=Europe/Berlin:20270201T100000", ["02-01 08:00+60"]),
        ("DTSTART:20270201T090000Z\r\nDURATION:PT50M", ["02-01 09:00+60"]),  # to whole quarter hours
        ("DTSTART:20270201T090000\r\nDURATION:PT1H", ["02-01 08:00+60"]),  # on the clock of its owner
        ('DTSTART;TZID="America/New_York":20270201T090000\r\nDURATION:PT1H', ["02-01 14:00+60"]),
        ("DTSTART;TZID=W. Europe Standard Time:20270201T090000\r\nDURATION:PT1H", ["02-01 08:00+60"]),
        ("DTSTART;TZID=/citadel.org/x/Asia/Tokyo:20270201T090000\r\nDURATION:PT1H", ["02-01 00:00+60"]),
        ("DTSTART;VALUE=DATE:20270201\r\nDTEND;VALUE=DATE:20270203", ["01-31 23:00+2880"]),
        ("DTSTART;VALUE=DATE:20270201", ["01-31 23:00+1440"]),
        ("DTSTART:20270201T090000Z\r\nDURATION:PT1H\r\nTRANSP:TRANSPARENT", []),
        ("DTSTART:20270201T090000Z\r\nDURATION:PT1H\r\nSTATUS:CANCELLED", []),
        ("DTSTART:20250201T090000Z\r\nDURATION:PT1H", []),
        ("DTSTART:20270201T090000Z", []),  # takes no time
    ],
)
def test_an_entry_takes_its_time(entry: str, expected: list[str]) -> None:
    """Zones by any of their names, whole days, lengths; what is free, cancelled or elsewhere in time takes none."""
    busy = read(entry)
    assert spans(busy) == expected
    assert busy.findings == ()


def test_clocks_change_in_a_repetition() -> None:
    """A weekly entry stays at its wall clock, where summer time begins and where there is none."""
    weekly = "DURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=2"
    assert spans(read(f"DTSTART;TZID=Europe/Berlin:20270322T090000\r\n{weekly}")) == [
        "03-22 08:00+60",
        "03-29 07:00+60",
    ]
    assert spans(read(f"DTSTART;TZID=Australia/Sydney:20270329T090000\r\n{weekly}")) == [
        "03-28 22:00+60",
        "04-04 23:00+60",
    ]
    assert spans(read(f"DTSTART;TZID=Asia/Kolkata:20270322T090000\r\n{weekly}")) == ["03-22 03:30+60", "03-29 03:30+60"]


def test_exceptions_of_a_series_count() -> None:
    """A date that is taken out is free, and one that was moved is busy at its new time only."""
    series = "DTSTART;TZID=Europe/Berlin:20270301T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=3"
    assert spans(read(f"{series}\r\nEXDATE;TZID=Europe/Berlin:20270308T090000")) == ["03-01 08:00+60", "03-15 08:00+60"]
    text = (
        f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n{series}\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:a\r\n"
        "RECURRENCE-ID;TZID=Europe/Berlin:20270308T090000\r\nDTSTART;TZID=Europe/Berlin:20270309T120000\r\n"
        "DURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    assert spans(read_busy(text, ASKED)) == ["03-01 08:00+60", "03-09 11:00+60", "03-15 08:00+60"]


def test_lists_of_busy_times_are_read() -> None:
    """What a server gives to those who may not see titles."""
    text = (
        "BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nFREEBUSY:20270201T090000Z/PT1H,20270202T090000Z/20270202T100000Z\n"
        "FREEBUSY;FBTYPE=FREE:20270203T090000Z/PT1H\nEND:VFREEBUSY\nEND:VCALENDAR"
    )
    assert spans(read_busy(text, ASKED)) == ["02-01 09:00+60", "02-02 09:00+60"]


def test_our_own_entries_are_not_busy() -> None:
    """Whoever subscribes to the calendar that we write has our sessions in it, and they must not block themselves."""
    text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:s1@acme.mentorctl\nDTSTART:20270201T090000Z\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR"
    assert read_busy(text, ASKED) == Busy(spans=(), findings=())


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "it is empty"),
        ("<html>", 1, "it does not begin with BEGIN:VCALENDAR"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", 3, "it ends in the middle of VEVENT"),
        ("BEGIN:VCALENDAR\nEND:VEVENT\n", 2, "closes what is not open"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART 2027\nEND:VEVENT\nEND:VCALENDAR", 3, ""),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;A\nEND:VEVENT\nEND:VCALENDAR", 3, "`DTSTART` is not written"),
        ("BEGIN:VCALENDAR\n" + "BEGIN:X\n" * 300, 9, "do not lie in each other"),
        ("BEGIN:VCALENDAR\n" + "X-A:1\n" * MAX_LINES, MAX_LINES + 1, "lines"),
        ("BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\nEND:VEVENT\n" * (MAX_ENTRIES + 1), 40002, "entries"),
    ],
)
def test_what_is_no_calendar_is_said_with_its_line(text: str, line: int, said: str) -> None:
    """One finding with the place, and nothing of the file counts."""
    busy = read_busy(text, ASKED)
    found = [f for f in busy.findings if f.code == "MC6010"]
    if said:
        assert [(f.span.line if f.span else 0) for f in found] == [line]
        assert said in found[0].detail
    assert busy.spans == ()


@pytest.mark.parametrize(
    ("entry", "code", "count"),
    [
        ("DTSTART:20270201T090000Z\r\nDTEND:20270131T090000Z", "MC6011", 0),
        ("DTSTART:20271301T090000Z\r\nDURATION:PT1H", "MC6011", 0),
        ("DTSTART:20270201T090000Z\r\nDURATION:PT", "MC6011", 0),
        ("DURATION:PT1H", "MC6011", 0),
        ("DTSTART:20270201T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;INTERVAL=0", "MC6011", 0),
        ("DTSTART:20270201T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;BYDAY=XX", "MC6011", 0),
        ("DTSTART:20270201T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=SECONDLY", "MC6013", 1),
        ("DTSTART:20270201T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;BYHOUR=1,2,3", "MC6013", 1),
        ("DTSTART:00010201T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY", "MC6013", 0),
        ("DTSTART;TZID=Mars/Base:20270201T090000\r\nDURATION:PT1H", "MC6012", 1),
    ],
)
def test_what_cannot_be_read_is_said(entry: str, code: str, count: int) -> None:
    """Nothing is dropped silently: each defect is a finding, and what could be read of it counts."""
    busy = read(entry)
    assert codes(busy) == [code]
    assert len(busy.spans) == count


@pytest.mark.parametrize(
    "entries",
    [
        ["DTSTART:20270201T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY"],
        ["DTSTART:20270201T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=3;BYMONTH=2;BYMONTHDAY=30"],
        ["DTSTART:20270201T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"],
        ["DTSTART:19900201T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY"] * 3000,
        ["DTSTART:20270201T090000Z\r\nDURATION:PT1H\r\nRDATE:" + ",".join(["20270201T090000Z"] * 900)] * 5,
    ],
)
def test_repetitions_without_end_end(entries: list[str]) -> None:
    """Rules that never stop, never match or come by the thousand are read in a bounded time."""
    begun = time.monotonic()
    busy = read(*entries)
    assert time.monotonic() - begun < _PATIENCE
    assert sum(quarters for _, quarters in busy.spans) <= MAX_STEPS


def test_definitions_of_zones_are_not_evaluated() -> None:
    """A zone of the file's own is unknown, however often it repeats; its entries are on the clock of their owner."""
    text = (
        "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Own\n"
        + "BEGIN:STANDARD\nDTSTART:00010101T000000\nRRULE:FREQ=SECONDLY\nEND:STANDARD\n" * 1000
        + "END:VTIMEZONE\nBEGIN:VEVENT\nUID:a\nDTSTART;TZID=Own:20270201T090000\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR"
    )
    busy = read_busy(text, ASKED)
    assert spans(busy) == ["02-01 08:00+60"]
    assert codes(busy) == ["MC6012"]


def test_findings_are_few() -> None:
    """A file of broken entries is reported with their number, not each by itself."""
    busy = read(*["DTSTART:x"] * 500)
    assert len(busy.findings) == 20
    assert busy.findings[-1].detail.endswith("and 480 more of its entries")


def test_long_entries_are_cut_to_the_days_asked_for() -> None:
    """An entry of a century blocks the time that is looked at, no more."""
    busy = read("DTSTART:19000101T000000Z\r\nDTEND:21000101T000000Z")
    assert len(busy.spans) <= 1
    whole = timedelta(minutes=15 * sum(quarters for _, quarters in busy.spans))
    assert whole <= timedelta(days=370)
