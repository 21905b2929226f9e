"""Sessions of whatever people and programs: nobody is in two at a time, clocks agree, and identities stay."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from unit.plan.small import (
    LATER_IN_MATCHING,
    MATCHING,
    MENTEES,
    MENTORS,
    PROGRAM,
    Live,
    World,
    changed,
    planned_sessions,
)

from mentorctl.dates.zones import irregularity, local_time, to_utc
from mentorctl.state.model import SessionRecord

ZONES = (  # both hemispheres, clocks that change and clocks that do not, offsets of a half and a quarter of an hour
    "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Africa/Nairobi", "Africa/Casablanca", "Asia/Kolkata",
    "Asia/Kathmandu", "Asia/Tokyo", "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham",
    "America/St_Johns", "Pacific/Apia", "UTC",
)  # fmt: skip
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


@given(days, clocks, st.sampled_from(ZONES))
@settings(max_examples=300)
def test_a_wall_clock_comes_back(day: date, clock: time, zone: str) -> None:
    """A clock time that its day has becomes an instant and that time again; one that it skips moves on, never back."""
    instant = to_utc(day, clock, zone)
    back = local_time(instant, zone).replace(tzinfo=None)
    meant = datetime.combine(day, clock)
    if irregularity(day, clock, zone) == "skipped":
        assert timedelta(0) < back - meant <= timedelta(hours=1) or zone == "Pacific/Apia"
    else:
        assert back == meant


@given(st.sampled_from(ZONES), days)
@settings(max_examples=100)
def test_instants_of_a_day_are_in_order(zone: str, day: date) -> None:
    """Later on the clock is never earlier in time, so that no window is turned over by a change of clocks."""
    times = [to_utc(day, time(quarter // 4, quarter % 4 * 15), zone) for quarter in range(96)]
    assert all(later >= earlier - timedelta(hours=1) for earlier, later in pairwise(times))
    assert all(instant.tzinfo == UTC for instant in times)


hours = st.sampled_from(
    ["", "Mon-Fri 09:00-12:00", "Mon-Wed 13:00-17:00", "Tue 09:00-17:00; Thu 10:00-16:00", "Mon-Fri 08:00-18:00"]
)


def _rows(text: str, hours_of: Mapping[str, str]) -> str:
    lines = text.splitlines()
    column = lines[0].split(",").index("availability")
    out = [lines[0]]
    for line in lines[1:]:
        cells = line.split(",")
        cells[column] = hours_of.get(cells[0], cells[column])
        out.append(",".join(cells))
    return "\n".join(out) + "\n"


def _two_programs(hours_of: Mapping[str, str]) -> World:
    often = changed(PROGRAM, ("every: 2w, lasts: 60min, at_least: 3", "every: 1w, lasts: 60min, at_least: 6"))
    other = changed(often, ("id: grow", "id: rise"), ("name: Grow", "name: Rise"))
    base = World(programs=(often, other))
    return base.with_rosters(mentors=_rows(MENTORS, hours_of), mentees=_rows(MENTEES, hours_of))


people = st.dictionaries(st.sampled_from(["r1", "r2", "r3", "e1", "e2", "e3"]), hours, max_size=4)


def _busy(sessions: list[SessionRecord]) -> dict[str, list[tuple[datetime, datetime]]]:
    found: dict[str, list[tuple[datetime, datetime]]] = {}
    for session in sessions:
        begin = datetime.fromisoformat(session.starts)
        for person in session.people:
            found.setdefault(person, []).append((begin, begin + timedelta(minutes=session.minutes)))
    return found


@given(people)
@settings(max_examples=6)
def test_nobody_is_in_two_sessions_at_a_time(hours_of: dict[str, str]) -> None:
    """Over all programs, also those that are planned later."""
    live = Live(world=_two_programs(hours_of))
    live.apply(MATCHING)
    sessions = planned_sessions(live.snapshot)
    assume(len({s.address.program for s in sessions}) == 2)
    for spans in _busy(sessions).values():
        assert all(end <= begin for (_, end), (begin, _) in pairwise(sorted(spans)))


@given(people, people)
@settings(max_examples=6)
def test_identities_and_numbers_stay(before: dict[str, str], after: dict[str, str]) -> None:
    """Hours change and all is planned again: no entry changes its identity, a moved one counts up, others do not."""
    live = Live(world=_two_programs(before))
    live.apply(MATCHING)
    first = {s.address: s for s in live.snapshot.records if isinstance(s, SessionRecord)}
    live.world = _two_programs(after)
    live.apply(LATER_IN_MATCHING)
    second = {s.address: s for s in live.snapshot.records if isinstance(s, SessionRecord)}
    assert first.keys() <= second.keys()
    for address, session in first.items():
        now = second[address]
        same = (session.starts, session.people, session.minutes) == (now.starts, now.people, now.minutes)
        assert now.revision == session.revision + (not same)
    assert not live.plan(LATER_IN_MATCHING).changes
