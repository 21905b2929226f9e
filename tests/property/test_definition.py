"""What holds for every definition: it comes back from its text, and guards of any type are tried where they matter."""

from datetime import date, time

from hypothesis import given, settings
from hypothesis import strategies as st

from mentorctl.dates.durations import Duration
from mentorctl.dates.timeline import (
    Anchor,
    DatedMilestone,
    DatedPhase,
    Ends,
    Intake,
    Moment,
    Phase,
    TimelineRules,
    When,
)
from mentorctl.dates.workdays import Counts, DayCount, DaySpan
from mentorctl.lifecycle.definition import CohortDates, Definition, MessageRule, definition_from_text
from mentorctl.lifecycle.guards import guard_of
from mentorctl.lifecycle.model import (
    Beginning,
    Ending,
    Fact,
    Late,
    Lifecycle,
    State,
    TimerKind,
    TimerRule,
    Transition,
)
from mentorctl.lifecycle.table import dispatch_table, mismatches
from mentorctl.lifecycle.valuations import valuations
from mentorctl.rules.expressions.types import BOOL, DATE, NUMBER, text
from mentorctl.rules.fields import Role
from mentorctl.state.live import FactValue

IDS = ("alpha", "beta", "gamma")
ids = st.sampled_from(IDS)
FACTS = (
    Fact(name="calm", type=BOOL),
    Fact(name="day", type=DATE, optional=True),
    Fact(name="held", type=NUMBER),
    Fact(name="risk", type=text("low", "high", trim=False, ignore_case=False), optional=True),
)
ATOMS = (
    "calm",
    "!calm",
    "held >= 3",
    "held < 3",
    "held == 3",
    "held + 1 > 3",
    "has(risk) && risk == 'high'",
    "!has(risk)",
    "has(day) && day <= now",
    "has(day) && day > now",
    "has(day) && day < date('2027-03-01')",
    "days_quiet >= 21",
)
guards = st.lists(st.sampled_from(ATOMS), max_size=3).flatmap(
    lambda atoms: st.sampled_from((" && ".join(f"({a})" for a in atoms), " || ".join(f"({a})" for a in atoms)))
)
durations = st.one_of(
    st.integers(1, 99).map(lambda n: Duration(days=n)),
    st.integers(1, 99).map(lambda n: Duration(weeks=n)),
    st.integers(1, 99).map(lambda n: Duration(months=n)),
    st.integers(1, 99).map(lambda n: Duration(minutes=n)),
)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
moments = st.builds(
    Moment,
    when=st.sampled_from(When),
    anchor=st.builds(Anchor, of=ids, edge=st.sampled_from(("start", "end"))),
    by=st.one_of(st.just(Duration()), durations),
    on=st.none() | days,
    clock=st.none() | st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60)),
)
words = st.text(st.characters(codec="utf-8"), max_size=12)
transitions = st.builds(
    Transition,
    event=ids,
    source=ids,
    target=ids,
    when=guards,
    priority=st.integers(0, 3),
    effects=st.lists(st.sampled_from(("remind", "notify.one")), max_size=2).map(tuple),
    because=words,
)
timers = st.builds(
    TimerRule,
    id=ids,
    kind=st.sampled_from(TimerKind),
    arms=st.lists(ids, max_size=2).map(tuple),
    during=st.lists(ids, max_size=3).map(tuple),
    on=st.lists(ids, max_size=1).map(tuple),
    after=st.none() | durations,
    at=st.none() | moments,
    every=st.none() | durations,
    at_most=st.integers(0, 5),
    until=st.none() | moments,
    event=st.sampled_from(("", *IDS)),
    when=guards,
    late=st.sampled_from(Late),
)
lifecycles = st.builds(
    Lifecycle,
    name=ids,
    initial=ids,
    facts=st.just(FACTS),
    states=st.tuples(
        *(
            st.builds(
                State, id=st.just(name), meaning=words, ending=st.none() | st.sampled_from(Ending), invariant=guards
            )
            for name in IDS
        )
    ),
    transitions=st.lists(transitions, max_size=6).map(tuple),
    timers=st.lists(timers, max_size=3).map(tuple),
    begins=st.lists(st.builds(Beginning, when=guards, effects=st.just(("remind",))), max_size=2).map(tuple),
)
definitions = st.builds(
    Definition,
    program=ids,
    name=words,
    owner=words,
    zone=st.sampled_from(("UTC", "Europe/Berlin")),
    days=st.builds(
        DayCount,
        counts=st.sampled_from(Counts),
        closed=st.lists(days.map(lambda day: DaySpan(first=day, last=day)), max_size=2).map(tuple),
    ),
    rules=st.builds(TimelineRules, intake=st.sampled_from(Intake), ends=st.sampled_from(Ends)),
    phases=st.lists(st.builds(Phase, id=ids, lasts=durations, start=st.none() | days), max_size=2).map(tuple),
    cohorts=st.lists(
        st.builds(
            CohortDates,
            id=ids,
            starts=days,
            phases=st.lists(st.builds(DatedPhase, id=ids, start=days, end=days), max_size=2).map(tuple),
            milestones=st.lists(st.builds(DatedMilestone, id=ids, start=days, due=st.none() | days), max_size=2).map(
                tuple
            ),
        ),
        max_size=2,
    ).map(tuple),
    lifecycles=st.lists(lifecycles, max_size=2).map(tuple),
    messages=st.lists(
        st.builds(
            MessageRule,
            id=ids,
            to=st.lists(ids, max_size=2).map(tuple),
            roles=st.lists(st.sampled_from(Role), max_size=2).map(tuple),
            template=ids,
            subject=words,
            channel=ids,
        ),
        max_size=2,
    ).map(tuple),
    least=st.integers(0, 9),
    agreement=st.booleans(),
)


@settings(max_examples=40)
@given(definitions)
def test_a_definition_comes_back_from_its_text(definition: Definition) -> None:
    """The same value and the same text, whatever is in it."""
    again = definition_from_text(definition.text)
    assert again == definition
    assert (again.text, again.digest) == (definition.text, definition.digest)


@settings(max_examples=60)
@given(lifecycles)
def test_table_and_machine_agree_on_guards_of_every_type(lifecycle: Lifecycle) -> None:
    """Numbers, days and options included, at the values that the guards tell apart."""
    assert not mismatches(lifecycle, dispatch_table(lifecycle))


facts = st.fixed_dictionaries(
    {
        "calm": st.booleans(),
        "held": st.integers(-2, 6) | st.floats(0, 5),
        "days_quiet": st.integers(0, 40),
        "now": days.map(date.isoformat),
    },
    optional={"day": days.map(date.isoformat), "risk": st.sampled_from(("low", "high"))},
)


@given(st.sampled_from(ATOMS), st.sampled_from(ATOMS), facts)
def test_what_holds_for_some_facts_holds_for_some_that_are_tried(
    one: str, other: str, known: dict[str, FactValue]
) -> None:
    """Two guards that real facts satisfy together are also satisfied together by facts that we try."""
    both = [guard for text in (one, other) if (guard := guard_of(text, FACTS))]
    if all(guard.holds(known) for guard in both):
        assert any(all(guard.holds(tried) for guard in both) for tried in valuations(both))


def test_the_facts_that_are_tried_are_few() -> None:
    """Boundaries and what lies between them, not every number."""
    guard = guard_of("held >= 3 && calm && has(risk) && risk == 'high'", FACTS)
    assert guard is not None
    assert len(list(valuations([guard]))) < 60
