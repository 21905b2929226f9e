"""Published schedules can be said as timelines, and the checks find what is really wrong in them, and nothing else.

The published data lie beside the project and are not part of it; from them program files are written while the tests
run. `schedules/` holds small programs in the same style.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from mentorctl import pipeline
from mentorctl.catalog import design
from mentorctl.diagnostics import Diagnostic

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent / "schedules"
DATA = ROOT.parent / "shared" / "data"
OPEN_SCIENCE = DATA / "open-life-science"
EARLY_CAREERS = DATA / "schedules" / "early-careers.csv"

WORKSPACE = (HERE / "mentorctl.yaml").read_text(encoding="utf-8")

open_science = pytest.mark.skipif(
    not OPEN_SCIENCE.is_dir(),
    reason="the published schedules are not beside the project (shared/data/open-life-science)",
)
early_careers = pytest.mark.skipif(
    not EARLY_CAREERS.is_file(), reason="the published schedules are not beside the project (shared/data/schedules)"
)

type Tree = dict[str, Any]


def load(*programs: tuple[str, str]) -> pipeline.Loaded:
    """Program files in the workspace of the schedules."""
    return pipeline.load(("mentorctl.yaml", WORKSPACE), programs)


def told(findings: tuple[Diagnostic, ...]) -> list[tuple[str, str]]:
    return [(d.code, d.detail) for d in about_time(findings)]


def about_time(findings: tuple[Diagnostic, ...]) -> list[Diagnostic]:
    """The findings but for advice on what a schedule does not hold: measures, rules, reminders."""
    advice = {kind.code for kind in design.KINDS}
    return [d for d in findings if d.code not in advice]


def written(name: str) -> tuple[str, str]:
    return name, (HERE / name).read_text(encoding="utf-8")


def program_of(name: str, timeline: Tree, start: date, **more: object) -> str:
    """The text of a program with a timeline; whatever else a good program has is there."""
    tree: Tree = {
        "mentorctl": "program/v1",
        "id": name,
        "name": name.replace("_", " "),
        "owner": "organizers",
        "purpose": {
            "kind": "other",
            "statement": "Follow a published schedule.",
            "objectives": [{"id": "done", "measure": "completions", "target": "90%"}],
        },
        "sponsor": {"role": "Director"},
        "model": {"type": "one-on-one", "mentors": "career"},
        "timeline": timeline,
        "cohorts": {"published": {"start": str(start)}},
        "training": {"modules": {"basics": {"for": "both", "format": "self-paced", "takes": "45min"}}},
        "matching": {
            "prefer": [{"id": "topics", "overlap": {"mentee": "wants", "mentor": "offers"}, "points_each": 5}]
        },
        "meetings": {"every": "2w", "lasts": "30min", "at_least": 1},
        "check_ins": {"pulse": {"at": [{"after": "active.start", "by": "3d"}], "asks": ["satisfaction"]}},
        "questions": {"satisfaction": {"ask": "How satisfied are you?", "type": "rating"}},
    }
    return yaml.safe_dump(tree | more, sort_keys=False, allow_unicode=True)


# -- in the repository -------------------------------------------------------------------------------------------------


def test_a_small_program_of_calls_is_fine() -> None:
    """Applications, onboarding in groups, calls at known times and a break are said without a finding."""
    loaded = load(written("open_science.yaml"))
    assert told(loaded.findings) == []
    timeline = loaded.programs[0].timeline("os_1")
    calls = {e.id: timeline.instant_of(e.at) for e in loaded.programs[0].program.events}
    assert calls["tooling"] == datetime(2027, 10, 5, 16, tzinfo=UTC)
    assert calls["questions"] == datetime(2027, 11, 3, 17, tzinfo=UTC)
    closes = timeline.milestone("call_closes")
    assert closes is not None
    assert timeline.deadline(closes.last) == datetime(2027, 7, 12, 11, 59, 59, tzinfo=UTC)


def test_a_small_schedule_of_payments_has_its_two_defects() -> None:
    """A payment before its deadline is an error, windows that overlap are a warning; both show two places."""
    loaded = load(written("early_careers.yaml"))
    text = loaded.texts["early_careers.yaml"].splitlines()
    assert [d.code for d in about_time(loaded.findings)] == ["MC2066", "MC2067"]
    for finding, here, there in zip(
        about_time(loaded.findings),
        ("id: started_paid", "id: retained_1,"),
        ("id: started,", "id: started,"),
        strict=True,
    ):
        assert finding.span is not None
        assert here in text[finding.span.line - 1]
        assert [there in text[r.span.line - 1] for r in finding.related if r.span] == [True]


# -- calls of open-science mentoring -----------------------------------------------------------------------------------


@cache
def published_calls(name: str) -> Tree:
    """The schedule with every value as text; clock times would otherwise become numbers."""
    tree: Tree = yaml.load((OPEN_SCIENCE / f"{name}.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506
    return tree


def day(text: str) -> date | None:
    """`2020-01-29` or `January 17, 2020`."""
    if not text or text == "null":
        return None
    if text[0].isdigit():
        return date.fromisoformat(text)
    return datetime.strptime(text, "%B %d, %Y").replace(tzinfo=UTC).date()


def clock(text: str) -> str:
    return f"{int(text[:-3]):02}:{text[-2:]}" if text and text != "null" else ""


def weeks_of(tree: Tree) -> list[date]:
    """The first days of the weeks that have one."""
    return sorted(found for week in tree["weeks"].values() if (found := day(week.get("start", ""))))


def calls_of(tree: Tree) -> Iterator[tuple[date, str, Tree]]:
    """Everything for many people: its day, its time where known, and what is published about it."""
    for entry in tree["timeline"]:
        if clock(entry.get("time", "")):
            yield day(entry["date"]) or date.max, clock(entry["time"]), entry
    for week in tree["weeks"].values():
        for call in week.get("calls") or ():
            if call.get("type") != "Mentor-Mentee":
                yield day(call.get("date", "")) or day(week["start"]) or date.max, clock(call.get("time", "")), call


def events_of(tree: Tree) -> Tree:
    events = {}
    for number, (on, at, call) in enumerate(calls_of(tree)):
        events[f"call_{number}"] = {
            "title": (call.get("title") or call.get("description") or "Call")[:200],
            "at": {"on": str(on), "time": at} if at else {"on": str(on)},
            "lasts": call.get("duration", "60 min").replace(" ", ""),
            "for": "mentor" if call.get("type") == "Mentor" else "both",
        }
    return events


def milestones_of(tree: Tree) -> list[Tree]:
    entries = [(i, day(e["date"])) for i, e in enumerate(tree["timeline"])]
    return [
        {"id": f"step_{i}", "title": tree["timeline"][i]["description"][:200], "on": str(on)}
        | ({"after": [f"step_{i - 1}"]} if i else {})
        for i, on in entries
        if on
    ]


def breaks_of(weeks: list[date]) -> list[Tree]:
    """The weeks between two weeks of the program."""
    return [
        {"from": str(a + timedelta(days=7)), "to": str(b - timedelta(days=1))}
        for a, b in pairwise(weeks)
        if b - a > timedelta(days=7)
    ]


def open_science_program(name: str) -> str:
    tree = published_calls(name)
    weeks, steps = weeks_of(tree), [found for e in tree["timeline"] if (found := day(e["date"]))]
    first_call = min(on for on, _, _ in calls_of(tree))
    timeline = {
        "ends": "anywhere_on_earth",
        "closed": breaks_of(weeks),
        "phases": [
            {"id": "enrolling", "until": str(max(steps))},
            {"id": "matching", "until": str(weeks[0] - timedelta(days=1))},
            {"id": "active", "until": str(weeks[-1] + timedelta(days=6))},
        ],
        "milestones": milestones_of(tree),
    }
    pairs = sum(c.get("type") == "Mentor-Mentee" for w in tree["weeks"].values() for c in w.get("calls") or ())
    meetings = {"every": "2w", "lasts": "30min", "at_least": pairs}
    start = min(*steps, first_call)
    return program_of(name.replace("-", "_"), timeline, start, events=events_of(tree), meetings=meetings)


@open_science
@pytest.mark.parametrize("name", ["ols-1", "ols-3", "ols-8"])
def test_published_calls_are_sayable(name: str) -> None:
    """Each published call is an event at exactly its time; nothing is wrong with any of the schedules."""
    loaded = load((f"{name}.yaml", open_science_program(name)))
    assert told(loaded.findings) == []
    timeline = loaded.programs[0].timeline("published")
    placed = [
        (timeline.day_of(e.at), f"{e.at.clock:%H:%M}" if e.at.clock else "", e.lasts.minutes)
        for e in loaded.programs[0].program.events
    ]
    published = [(on, at, int(c.get("duration", "60").split()[0])) for on, at, c in calls_of(published_calls(name))]
    assert placed == published
    assert len(placed) == {"ols-1": 17, "ols-3": 27, "ols-8": 29}[name]


# -- deadlines and payments of early careers ---------------------------------------------------------------------------

type Row = dict[str, str]


@cache
def published_schedules() -> dict[str, list[Row]]:
    """The rows of each schedule and year, by an id for the program."""
    schedules: defaultdict[str, list[Row]] = defaultdict(list)
    with EARLY_CAREERS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = f"{row['schedule-identifier']}_{row['schedule-cohort-year']}".replace("-", "_")
            schedules[name].append(row)
    return dict(schedules)


def declarations_of(rows: list[Row]) -> Iterator[Tree]:
    """Two milestones for each row: the window of the declaration, and its payment after it."""
    before = ""
    for row in rows:
        name = row["milestone-declaration-type"].replace("-", "_")
        window = {"id": name, "title": row["milestone-name"], "start": row["milestone-start-date"]}
        if row["milestone-date"]:
            window["due"] = row["milestone-date"]
        yield window | ({"after": [before]} if before else {})
        yield {"id": f"{name}_paid", "on": row["milestone-payment-date"], "after": [name]}
        before = name


def early_careers_program(name: str) -> str:
    rows = published_schedules()[name]
    days = [row[f"milestone-{kind}date"] for row in rows for kind in ("start-", "", "payment-")]
    known = sorted(date.fromisoformat(text) for text in days if text)
    end = max(known[-1], known[0] + timedelta(days=60))
    timeline = {
        "phases": [{"id": "matching", "lasts": "1w"}, {"id": "active", "until": str(end)}],
        "milestones": list(declarations_of(rows)),
    }
    return program_of(name, timeline, known[0])


@early_careers
def test_published_deadlines_have_exactly_their_real_defects() -> None:
    """Of 404 rows in 60 schedules, three are paid before the deadline they depend on, and one pair overlaps."""
    schedules = published_schedules()
    assert (len(schedules), sum(map(len, schedules.values()))) == (60, 404)
    loaded = load(*((f"{name}.yaml", early_careers_program(name)) for name in schedules))
    found = sorted((d.code, d.span.file if d.span else "", d.detail) for d in about_time(loaded.findings))
    assert found == [
        ("MC2066", f"ecf_standard_september_{year}.yaml",
         f"`started_paid` is on {year}-11-30, before `started` on {year}-12-31, which it comes after")
        for year in (2022, 2023, 2024)
    ] + [
        ("MC2067", "ecf_standard_september_2021.yaml",
         "`retained_1` begins on 2021-09-01, but `started`, which it comes after, is over on 2021-11-30")
    ]  # fmt: skip
    assert all(d.related and d.related[0].span for d in about_time(loaded.findings))
