"""The lifecycles around people: the program, its cohorts, sessions and check-ins."""

from functools import lru_cache

from mentorctl.dates.durations import Duration
from mentorctl.lifecycle.machines.building import Dates, at, deadline, from_each, lifecycle, on, reminder, staying
from mentorctl.lifecycle.model import Ending, Late, Lifecycle, State, TimerKind, TimerRule

# Nobody logged a session in this time after its day: then it was missed. Two weeks are enough for a holiday.
LOGGED_WITHIN = Duration(days=14)
ANSWERED_WITHIN = Duration(days=14)
_RUNNING = "running"
_OF_COHORTS = frozenset({"planned", "closed", "cancelled"})

PROGRAM = lifecycle(
    "program",
    initial="active",
    states=(
        State(
            id="active",
            meaning="Runs: people apply, train, are matched and meet.",
            waits="Cohorts end by their dates; whether there is another one is for the owner to say.",
        ),
        State(
            id="suspended",
            meaning="Is halted for a while; nobody is matched or invited.",
            waits="The owner halted it and says when it goes on.",
        ),
        State(id="closed", meaning="Is over.", ending=Ending.NEUTRAL),
    ),
    transitions=(
        on("suspend", "active", "suspended"),
        on("resume", "suspended", "active"),
        *from_each(("active", "suspended"), "close", "closed"),
    ),
)

SESSION = lifecycle(
    "session",
    initial="planned",
    states=(
        State(id="planned", meaning="Is on the calendars."),
        State(id="held", meaning="Took place.", ending=Ending.SUCCESS),
        State(id="missed", meaning="Did not take place, or nobody said that it did.", ending=Ending.NEUTRAL),
        State(id="cancelled", meaning="Was called off.", ending=Ending.NEUTRAL),
    ),
    transitions=(
        on("hold", "planned", "held"),
        on("miss", "planned", "missed"),
        on("lapse", "planned", "missed"),
        *staying(("planned",), "move"),
        on("cancel", "planned", "cancelled"),
    ),
    timers=(
        TimerRule(
            id="planned_deadline",
            kind=TimerKind.DEADLINE,
            arms=("planned",),
            during=("planned",),
            on=("move",),
            at=at("session.starts", after=LOGGED_WITHIN),
            event="lapse",
            late=Late.FIRE,
        ),
        reminder(
            "planned_reminder",
            ("planned",),
            moment=at("session.starts", before=Duration(days=1)),
            moved_by=("move",),
        ),
    ),
)

CHECK_IN = lifecycle(
    "check_in",
    initial="open",
    states=(
        State(id="open", meaning="The questions were put, and there is no answer yet."),
        State(id="answered", meaning="The questions were answered.", ending=Ending.SUCCESS),
        State(id="skipped", meaning="The person does not answer, or time is over.", ending=Ending.NEUTRAL),
    ),
    transitions=(
        on("answer", "open", "answered"),
        *from_each(("open",), "skip", "skipped"),
        *from_each(("open",), "lapse", "skipped"),
    ),
    timers=(
        *deadline("open_deadline", ("open",), "lapse", after=ANSWERED_WITHIN),
        reminder("open_reminder", ("open",), after=Duration(days=5)),
    ),
)


@lru_cache(maxsize=64)
def cohort_lifecycle(phases: tuple[str, ...], dates: Dates, *, is_rolling: bool) -> Lifecycle:
    """A cohort is in one phase after another; with rolling intake it runs until somebody closes it."""
    stages = (_RUNNING,) if is_rolling else tuple(state_of_phase(phase) for phase in phases)
    return lifecycle(
        "cohort",
        initial="planned",
        states=(
            State(id="planned", meaning="Has not begun.", waits="" if stages else "It has no phases."),
            *(_stage(stage, is_rolling=is_rolling) for stage in stages),
            State(id="closed", meaning="Is over.", ending=Ending.NEUTRAL),
            State(id="cancelled", meaning="Was called off.", ending=Ending.NEUTRAL),
        ),
        transitions=(
            *(on("next", before, stage) for before, stage in zip(("planned", *stages), stages, strict=False)),
            *from_each(("planned", *stages), "close", "closed"),
            *from_each(("planned", *stages), "cancel", "cancelled"),
        ),
        timers=(
            *(
                _begins(before, stage, phase)
                for before, stage, phase in zip(("planned", *stages), stages, phases, strict=False)
            ),
            *(() if is_rolling or not stages else deadline("over", stages[-1:], "close", until=dates.over)),
        ),
    )


def state_of_phase(phase: str) -> str:
    """The state in which a cohort is during a phase."""
    return f"{phase[:57]}_phase" if phase in _OF_COHORTS else phase


def _stage(stage: str, *, is_rolling: bool) -> State:
    if is_rolling:
        return State(
            id=stage,
            meaning="Takes people in, and everybody has phases of their own.",
            waits="Rolling intake has no last day; the owner closes it.",
        )
    return State(id=stage, meaning=f"Is in the phase {stage.replace('_', ' ')}.")


def _begins(before: str, stage: str, phase: str) -> TimerRule:
    return TimerRule(
        id=f"{stage[:56]}_begins",
        kind=TimerKind.MOMENT,
        arms=(before,),
        during=(before,),
        at=at(f"{phase}.start"),
        event="next",
        late=Late.FIRE,
    )
