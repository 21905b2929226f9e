"""Programs and small lifecycles to test with."""

import re
from collections.abc import Callable

import pytest

from mentorctl.dates.durations import Duration
from mentorctl.lifecycle.model import Ending, Fact, Lifecycle, State, Transition
from mentorctl.rules.expressions.types import BOOL
from mentorctl.rules.fields import Audience
from mentorctl.spec.matching import Capacity, Matching, ObjectiveTerm
from mentorctl.spec.model import Eligibility, Format, MentorType, Model, ModelType, Module, Program, Purpose

type ProgramMaker = Callable[..., Program]
type LifecycleMaker = Callable[..., Lifecycle]


@pytest.fixture
def program_with() -> ProgramMaker:
    """Makes a program of a model with given approvers and with modules that are required or not."""

    def make(
        *,
        model: ModelType = ModelType.ONE_ON_ONE,
        mentor: str = "",
        mentee: str = "",
        modules: tuple[bool, ...] = (),
    ) -> Program:
        return Program(
            id="grow",
            name="Grow",
            owner="people_development",
            timezone="Europe/Berlin",
            purpose=Purpose(kind="career-growth", statement="Help associates grow."),
            sponsor=None,
            model=Model(type=model, mentors=MentorType.CAREER),
            mentor=Eligibility(approval=mentor),
            mentee=Eligibility(approval=mentee),
            phases=(),
            cohorts=(),
            meetings=None,
            events=(),
            check_ins=(),
            modules=tuple(
                Module(
                    id=f"module_{number}",
                    title="",
                    audience=Audience.MENTOR,
                    format=Format.SELF_PACED,
                    takes=Duration(),
                    required=required,
                )
                for number, required in enumerate(modules)
            ),
            matching=Matching(
                require=(),
                prefer=(),
                mentor_capacity=Capacity(at_most=1),
                mentee_capacity=Capacity(at_most=1),
                objective=(ObjectiveTerm.COVER_MENTEES,),
            ),
        )

    return make


@pytest.fixture
def lifecycle_of() -> LifecycleMaker:
    """Makes a lifecycle from lines such as `go: open -> done [paid && !late] / notify.done`; `done` and `lost` end."""

    def make(*lines: str, initial: str = "open", states: str = "", facts: str = "") -> Lifecycle:
        transitions = tuple(_transition(line) for line in lines)
        ids = states.split() or sorted({s for t in transitions for s in (t.source, t.target)} | {initial})
        read = {name for t in transitions for name in re.findall("[a-z_]+", t.when)}
        endings = {"done": Ending.SUCCESS, "lost": Ending.NEUTRAL}
        return Lifecycle(
            name="order",
            initial=initial,
            facts=tuple(Fact(name=name, type=BOOL) for name in facts.split() or sorted(read)),
            states=tuple(
                State(id=s, meaning=f"It is {s}.", ending=endings.get(s), waits="" if s in endings else "it may")
                for s in ids
            ),
            transitions=transitions,
        )

    return make


def _transition(line: str) -> Transition:
    line, _, effects = line.partition(" / ")
    line, _, when = line.rstrip("]").partition(" [")
    event, _, ends = line.partition(": ")
    source, _, target = ends.partition(" -> ")
    return Transition(
        event=event,
        source=source,
        target=target,
        effects=tuple(effects.split()),
        when=when,
    )
