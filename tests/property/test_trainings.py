"""Training of a few people in a few hours, planned: as many seats in as few sessions as any way to seat them has."""

import itertools
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from unit.plan.small import MENTEES, WORKSPACE, Live, World, changed, planned_sessions

TRAINING_DAY = date(2027, 1, 17)  # the day before the training phase
HOURS = {  # the local hours at which somebody could come, by what they write: 0 and 1 on Monday, 2 on Tuesday
    "Mon 09:00-10:00": {0},
    "Mon 09:00-11:00": {0, 1},
    "Tue 09:00-10:00": {2},
    "Mon 10:00-11:00; Tue 09:00-10:00": {1, 2},
    "Mon 09:00-11:00; Tue 09:00-10:00": {0, 1, 2},
}
SLOTS = ("2027-01-18T08:00Z", "2027-01-18T09:00Z", "2027-01-19T08:00Z")
COACH = 'facilitators:\n  coach: {hours: "Mon-Fri 09:00-17:00"}\nroster:\n'

type Seating = tuple[int, ...]  # the hour of each person in the first module, then in the second; 3 for none


def seatings(free: list[set[int]], seats: int, *, after: bool, shared: bool) -> list[tuple[int, int]]:
    """How many seats and sessions there are, as (seats, -sessions), for each way that keeps all limits."""
    people = len(free)
    found = []
    for seating in itertools.product(*([*sorted(each), 3] for each in free * 2)):
        one, two = seating[:people], seating[people:]
        if any(a == b != 3 for a, b in zip(one, two, strict=True)):
            continue
        if after and any(b != 3 and a >= b for a, b in zip(one, two, strict=True)):
            continue
        held = [{hour for hour in each if hour != 3} for each in (one, two)]
        if shared and held[0] & held[1]:
            continue
        if any(each.count(hour) > seats for each in (one, two) for hour in range(3)):
            continue
        given_ = sum(hour != 3 for hour in seating)
        found.append((given_, -len(held[0]) - len(held[1])))
    return found


@given(
    st.lists(st.sampled_from(sorted(HOURS)), min_size=3, max_size=3),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=25)
def test_the_plan_seats_as_many_as_there_is_any_way_to(hours: list[str], seats: int, after: bool, shared: bool) -> None:
    """In as few sessions as that takes; it says that this is proved, and there is nothing to do when it is applied."""
    module = f"for: mentee, format: live, takes: 60min, seats: {seats}, due: {{at: training.end}}"
    coach = ", facilitator: coach" if shared else ""
    follows = ", after: [one]" if after else ""
    modules = f"  modules:\n    one: {{{module}{coach}}}\n    two: {{{module}{coach}{follows}}}\n"
    mentees = MENTEES
    for line, text in zip(MENTEES.splitlines()[1:], hours, strict=True):
        cells = line.split(",")
        cells[4] = text
        mentees = mentees.replace(line, ",".join(cells))
    world = World(workspace=changed(WORKSPACE, ("roster:\n", COACH))).with_program(("  modules:\n", modules))
    live = Live(world=world.with_rosters(mentees=mentees))
    plan = live.apply(TRAINING_DAY)
    held = [s for s in planned_sessions(live.snapshot) if s.kind == "training"]
    assert all(session.starts in SLOTS for session in held)
    best = max(seatings([HOURS[text] for text in hours], seats, after=after, shared=shared))
    assert (sum(len(session.people) for session in held), -len(held)) == best
    assert all(summary.proved for summary in plan.schedules)
    assert live.plan(TRAINING_DAY).is_empty
