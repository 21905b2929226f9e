"""When timers are due, ugly dates included."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from mentorctl.addresses import Address
from mentorctl.dates.durations import Duration, parse_duration
from mentorctl.dates.timeline import Anchor, DatedPhase, Ends, Intake, Moment, Phase, TimelineRules, When
from mentorctl.dates.workdays import Counts, DayCount, DaySpan
from mentorctl.lifecycle.definition import CohortDates, Definition
from mentorctl.lifecycle.model import TimerKind, TimerRule
from mentorctl.lifecycle.timers import due_of, hangs_on_own_days, next_due, own_days
from mentorctl.state.model import CheckInRecord, EnrollmentRecord, SessionRecord, TrainingRecord

type DefinitionMaker = Callable[..., Definition]

BERLIN = Definition(
    program="grow",
    name="Grow",
    owner="people",
    zone="Europe/Berlin",
    days=DayCount(),
    rules=TimelineRules(),
    phases=(),
    cohorts=(
        CohortDates(
            id="s27",
            starts=date(2027, 1, 11),
            phases=(
                DatedPhase(id="matching", start=date(2027, 1, 11), end=date(2027, 2, 7)),
                DatedPhase(id="active", start=date(2027, 2, 8), end=date(2027, 8, 7)),
            ),
        ),
    ),
    lifecycles=(),
)
WORKING = replace(
    BERLIN,
    days=DayCount(counts=Counts.WORKING_DAYS, closed=(DaySpan(first=date(2027, 3, 26), last=date(2027, 3, 29)),)),
)


def _rule(kind: TimerKind = TimerKind.DEADLINE, *, after: str = "", every: str = "", **more: object) -> TimerRule:
    values: dict[str, object] = {"at_most": 0 if every else 1, **more}
    return TimerRule(
        id="x",
        kind=kind,
        arms=("open",),
        during=("open",),
        after=parse_duration(after) if after else None,
        every=parse_duration(every) if every else None,
        **values,  # type: ignore[arg-type]
    )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _moment(anchor: str, by: str = "", when: When = When.AT, clock: time | None = None) -> Moment:
    of, _, edge = anchor.partition(".")
    return Moment(when=when, anchor=Anchor(of=of, edge=edge), by=parse_duration(by) if by else Duration(), clock=clock)


@pytest.mark.parametrize(
    ("definition", "rule", "entered", "occurrence", "due"),
    [
        # A deadline is the last second of its local day, counted from the local day of entering.
        (BERLIN, _rule(after="14d"), "2027-01-12T10:00", 1, "2027-01-26T22:59:59"),
        (BERLIN, _rule(after="1d"), "2027-01-12T23:30", 1, "2027-01-14T22:59:59"),
        # The clocks go forward on 28 March and back on 31 October.
        (BERLIN, _rule(after="1d"), "2027-03-26T12:00", 1, "2027-03-27T22:59:59"),
        (BERLIN, _rule(after="2d"), "2027-03-26T12:00", 1, "2027-03-28T21:59:59"),
        (BERLIN, _rule(after="1d"), "2027-10-30T12:00", 1, "2027-10-31T22:59:59"),
        (BERLIN, _rule(after="2h"), "2027-03-28T00:30", 1, "2027-03-28T02:30"),
        # A time that daylight saving skips is moved forward; of one that happens twice the earlier is meant.
        (
            BERLIN,
            _rule(TimerKind.MOMENT, at=Moment(when=When.ON, on=date(2027, 3, 28), clock=time(2, 30))),
            "2027-03-01T00:00",
            1,
            "2027-03-28T01:30",
        ),
        (
            BERLIN,
            _rule(TimerKind.MOMENT, at=Moment(when=When.ON, on=date(2027, 10, 31), clock=time(2, 30))),
            "2027-03-01T00:00",
            1,
            "2027-10-31T00:30",
        ),
        # A month after the end of a month, a year after the leap day.
        (BERLIN, _rule(after="1mo"), "2027-01-31T12:00", 1, "2027-02-28T22:59:59"),
        (BERLIN, _rule(after="1mo"), "2028-01-31T12:00", 1, "2028-02-29T22:59:59"),
        (BERLIN, _rule(after="12mo"), "2028-02-29T12:00", 1, "2029-02-28T22:59:59"),
        # Reminders and reactions come in the morning; repeated ones are counted from the first.
        (BERLIN, _rule(TimerKind.REMINDER, after="30d", every="30d"), "2027-01-12T10:00", 1, "2027-02-11T07:00"),
        (BERLIN, _rule(TimerKind.REMINDER, after="30d", every="30d"), "2027-01-12T10:00", 3, "2027-04-12T06:00"),
        (BERLIN, _rule(TimerKind.REACTION, after="1mo", every="1mo"), "2027-01-31T10:00", 2, "2027-03-28T06:00"),
        (BERLIN, _rule(TimerKind.REMINDER, after="90min", every="45min"), "2027-01-12T10:00", 3, "2027-01-12T13:00"),
        (BERLIN, _rule(TimerKind.REMINDER, after="7d"), "2027-01-12T10:00", 2, ""),
        # Units may be mixed: days after minutes keep the time of day, minutes after days are exact.
        (BERLIN, _rule(TimerKind.REMINDER, after="90min", every="1d"), "2027-03-27T10:00", 2, "2027-03-28T10:30"),
        (BERLIN, _rule(TimerKind.REMINDER, after="1d", every="45min"), "2027-01-12T10:00", 3, "2027-01-13T08:30"),
        (BERLIN, _rule(at=_moment("matching.end"), after="2h"), "2027-01-12T10:00", 1, "2027-02-07T22:59:59"),
        (BERLIN, _rule(TimerKind.REMINDER, after="7d", every="7d", at_most=2), "2027-01-12T10:00", 3, ""),
        # Working days: three of them over Easter.
        (WORKING, _rule(after="3d"), "2027-03-25T12:00", 1, "2027-04-01T21:59:59"),
        (WORKING, _rule(after="1w"), "2027-03-25T12:00", 1, "2027-04-05T21:59:59"),
        # Moments of the cohort's calendar.
        (BERLIN, _rule(TimerKind.MOMENT, at=_moment("active.start")), "2027-01-12T10:00", 1, "2027-02-08T07:00"),
        (BERLIN, _rule(at=_moment("active.end")), "2027-01-12T10:00", 1, "2027-08-07T21:59:59"),
        (
            BERLIN,
            _rule(TimerKind.REMINDER, at=_moment("active.end", "3d", When.BEFORE)),
            "2027-01-12T10:00",
            1,
            "2027-08-04T06:00",
        ),
        (BERLIN, _rule(at=_moment("closing.end")), "2027-01-12T10:00", 1, ""),
        # The later of a moment and a while.
        (BERLIN, _rule(at=_moment("matching.end"), after="14d"), "2027-01-12T10:00", 1, "2027-02-07T22:59:59"),
        (BERLIN, _rule(at=_moment("matching.end"), after="14d"), "2027-05-01T10:00", 1, "2027-05-15T21:59:59"),
        # Never past its last day.
        (
            BERLIN,
            _rule(TimerKind.REMINDER, after="60d", every="60d", until=_moment("active.end")),
            "2027-02-08T10:00",
            3,
            "2027-08-07T06:00",
        ),
        (
            BERLIN,
            _rule(TimerKind.REMINDER, after="60d", every="60d", until=_moment("active.end")),
            "2027-02-08T10:00",
            4,
            "",
        ),
        # Beyond the calendar there is nothing.
        (BERLIN, _rule(after="1200mo"), "9999-01-01T10:00", 1, ""),
        (
            replace(BERLIN, rules=TimelineRules(ends=Ends.ANYWHERE)),
            _rule(after="14d"),
            "2027-01-12T10:00",
            1,
            "2027-01-27T11:59:59",
        ),
    ],
)
def test_a_timer_is_due(definition: Definition, rule: TimerRule, entered: str, occurrence: int, due: str) -> None:
    """The rule, the calendar and the instant of entering give one instant, or never."""
    assert due_of(definition, rule, "s27", _at(entered), occurrence) == (_at(due) if due else None)


def test_with_rolling_intake_phases_are_those_of_the_person() -> None:
    """A moment is counted from the day on which the person enrolled."""
    rules = TimelineRules(intake=Intake.ROLLING)
    phases = (Phase(id="matching", lasts=Duration(weeks=2)), Phase(id="active", lasts=Duration(months=6)))
    cohorts = (CohortDates(id="rolling", starts=date(2027, 1, 1)),)
    rolling = replace(BERLIN, rules=rules, phases=phases, cohorts=cohorts)
    rule = _rule(TimerKind.MOMENT, at=_moment("active.start"))
    due = {
        since: due_of(rolling, rule, "rolling", _at("2027-06-20T10:00"), since=since)
        for since in (date(2027, 3, 1), date(2027, 6, 1), None)
    }
    assert due == {
        date(2027, 3, 1): _at("2027-03-15T07:00"),
        date(2027, 6, 1): _at("2027-06-15T06:00"),
        None: _at("2027-07-04T06:00"),
    }


@pytest.mark.parametrize(
    ("rule", "behind", "expected"),
    [
        (_rule(TimerKind.MOMENT, at=_moment("matching.start"), effects=("notify.hello",)), 0, None),
        (_rule(TimerKind.MOMENT, at=_moment("matching.start"), event="next"), 0, (1, "2027-03-01T10:00")),
        (_rule(at=_moment("matching.end"), event="over"), 0, (1, "2027-03-01T10:00")),
        (_rule(TimerKind.MOMENT, at=_moment("matching.start"), every="30d"), 0, (3, "2027-03-12T07:00")),
        (_rule(TimerKind.MOMENT, at=_moment("matching.start"), every="30d"), 3, (4, "2027-04-11T06:00")),
        (_rule(TimerKind.REMINDER, after="7d", at_most=1), 1, None),
    ],
)
def test_what_only_tells_is_passed_over_when_its_time_was_before(
    rule: TimerRule, behind: int, expected: tuple[int, str] | None
) -> None:
    """Somebody who joins on 1 March hears nothing of January, but a wait that is over ends at once."""
    found = next_due(BERLIN, rule, "s27", _at("2027-03-01T10:00"), behind=behind)
    assert found == (None if expected is None else (expected[0], _at(expected[1])))


def _address(kind: str) -> Address:
    return Address(program="grow", cohort="s27", kind=kind, id="x")


def test_days_of_a_thing_itself() -> None:
    """A session, a module with a due day and a check-in bring days of their own, in the zone of the program."""
    session = SessionRecord(
        address=_address("session"),
        kind="meeting",
        subject="m",
        number=1,
        starts="2027-03-10T23:30Z",
        zone="Europe/Berlin",
        minutes=60,
        people=(),
        state="planned",
        basis="",
    )
    training = TrainingRecord(
        address=_address("training"), enrollment="e", person="p", module="basics", state="assigned", due="2027-03-01"
    )
    check_in = CheckInRecord(
        address=_address("check_in"),
        check_in="pulse",
        number=1,
        enrollment="e",
        person="p",
        asked="2027-04-01",
        state="open",
    )
    enrollment = EnrollmentRecord(address=_address("enrollment"), person="p", role="mentor", state="x")  # type: ignore[arg-type]
    assert own_days(session, "Europe/Berlin") == {"session.starts": date(2027, 3, 11)}
    assert own_days(training, "Europe/Berlin") == {"training.due": date(2027, 3, 1)}
    assert own_days(replace(training, due=""), "Europe/Berlin") == {}
    assert own_days(check_in, "Europe/Berlin") == {"check_in.asked": date(2027, 4, 1)}
    assert own_days(enrollment, "Europe/Berlin") == {}


def test_a_timer_on_a_day_of_the_thing_itself() -> None:
    """A session that nobody logged lapses days after its own day, wherever the cohort is."""
    rule = _rule(at=_moment("session.starts", "14d", When.AFTER))
    own = {"session.starts": date(2027, 3, 11)}
    assert hangs_on_own_days(rule)
    assert not hangs_on_own_days(_rule(at=_moment("active.end")))
    assert due_of(BERLIN, rule, "s27", _at("2027-02-01T00:00"), own=own) == _at("2027-03-25T22:59:59")
    assert due_of(BERLIN, rule, "s27", _at("2027-02-01T00:00")) is None


def test_a_cohort_that_is_gone_has_no_dates() -> None:
    """A moment of a cohort that the definition does not have never comes; what counts from entering does."""
    assert due_of(BERLIN, _rule(at=_moment("active.end")), "old", _at("2027-02-01T00:00")) is None
    assert due_of(BERLIN, _rule(after="1d"), "old", _at("2027-02-01T10:00")) == _at("2027-02-02T22:59:59")
