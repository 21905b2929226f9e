"""The lifecycles of one person: their enrollment, and each training module that is assigned to them."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from mentorctl.dates.durations import Duration
from mentorctl.lifecycle.machines.building import MONTH, Dates, at, deadline, from_each, lifecycle, on, reminder
from mentorctl.lifecycle.model import Ending, Lifecycle, State, Transition
from mentorctl.values import dataclass

_WEEK = Duration(weeks=1)
_NO_DATES = Dates(over=None, active=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gate:
    """A fact that must hold before a match. `waits` names the state of those who wait for it."""

    fact: str
    event: str
    waits: str
    meaning: str


_ELIGIBILITY = _Gate(
    fact="eligible",
    event="check_eligibility",
    waits="applied",
    meaning="Is on the roster; the conditions of the role are not checked yet.",
)
_APPROVAL = _Gate(
    fact="approved",
    event="approve",
    waits="eligible",
    meaning="Meets the conditions of the role and waits for approval, where the role asks for it.",
)
_TRAINING_AFTER_APPROVAL = _Gate(
    fact="trained",
    event="finish_training",
    waits="approved",
    meaning="Meets the conditions, is approved, and has required training to finish.",
)
_TRAINING_AFTER_ELIGIBILITY = _Gate(
    fact="trained",
    event="finish_training",
    waits="eligible",
    meaning="Meets the conditions of the role and has required training to finish.",
)


@lru_cache(maxsize=64)
def enrollment_lifecycle(
    *, approval: bool, training: bool, drafts: bool = False, dates: Dates = _NO_DATES
) -> Lifecycle:
    """One person in one role. A gate that the program lacks is left out; the last one leads to `ready`.

    Facts are per person: where only the other role asks for approval or training, the fact is simply true. When the
    cohort is over, whoever still waits for a match is through; whose match was not closed gets a month more. With
    `drafts`, people may be in matches of which they do not know.
    """
    gates = [_ELIGIBILITY]
    if approval:
        gates.append(_APPROVAL)
    if training:
        gates.append(_TRAINING_AFTER_APPROVAL if approval else _TRAINING_AFTER_ELIGIBILITY)
    stages = (*(gate.waits for gate in gates), "ready")
    before_match = (*stages, "not_eligible", "waitlisted")
    leaving = (*(("end.matches",) if drafts else ()), "cancel.trainings", "cancel.check_ins")
    return lifecycle(
        "enrollment",
        initial="applied",
        states=(
            *(State(id=gate.waits, meaning=gate.meaning, group="before") for gate in gates),
            *_ENROLLMENT_STATES,
            *((_LAPSED,) if dates.over else ()),
        ),
        transitions=(
            *_forward(gates, stages),
            *_backward(gates, stages),
            on("wait", "ready", "waitlisted"),
            *from_each(("ready", "waitlisted"), "match", "matched"),
            on("unmatch", "matched", "ready"),
            on("complete", "matched", "completed"),
            *from_each(before_match, "withdraw", "withdrawn", effects=leaving),
            on(
                "withdraw",
                "matched",
                "withdrawn",
                effects=("end.matches", "cancel.sessions", "cancel.trainings", "cancel.check_ins"),
            ),
            *(from_each((*before_match, "matched"), "over", "lapsed", effects=_LAPSES) if dates.over else ()),
        ),
        timers=(
            *deadline("over", before_match, "over", until=dates.over),
            *deadline("never_closed", ("matched",), "over", until=dates.after(dates.over, MONTH)),
            *(
                reminder(f"{gate.waits}_reminder", (gate.waits,), after=_WEEK, every=_WEEK, at_most=3)
                for gate in gates
                if gate is _APPROVAL
            ),
        ),
    )


_LAPSES = ("end.matches", "cancel.trainings", "cancel.check_ins")
_ENROLLMENT_STATES = (
    State(id="not_eligible", meaning="Does not meet the conditions of the role at present.", group="before"),
    State(id="ready", meaning="May be matched.", group="before"),
    State(id="waitlisted", meaning="May be matched, and waits because no match was found yet.", group="before"),
    State(id="matched", meaning="Is in at least one match that stands."),
    State(id="completed", meaning="Took part to the end.", ending=Ending.SUCCESS),
    State(id="withdrawn", meaning="Left, or was withdrawn, before the end.", ending=Ending.NEUTRAL),
)
_LAPSED = State(id="lapsed", meaning="The cohort was over before a match went the whole way.", ending=Ending.FAILURE)


def _forward(gates: Sequence[_Gate], stages: Sequence[str]) -> Iterable[Transition]:
    """Each gate opens when its fact is true; people who were not eligible may become so."""
    for gate, source, target in zip(gates, stages[:-1], stages[1:], strict=True):
        yield on(gate.event, source, target, when=gate.fact)
    yield on("check_eligibility", "not_eligible", stages[1], when="eligible")
    yield on("check_eligibility", "applied", "not_eligible", when="!eligible")


def _backward(gates: Sequence[_Gate], stages: Sequence[str]) -> Iterable[Transition]:
    """Until a match stands, a fact that is no longer true leads back to the first gate that is shut."""
    passed = [*enumerate(stages[1:], start=1), (len(gates), "waitlisted")]
    for reached, source in passed:
        for number, gate in enumerate(gates[:reached]):
            still_true = [earlier.fact for earlier in gates[:number]]
            target = stages[number] if number else "not_eligible"
            yield on("recheck", source, target, when=" && ".join([*still_true, f"!{gate.fact}"]))


_NEVER_DONE = State(id="lapsed", meaning="The cohort was over before the module was done.", ending=Ending.FAILURE)


@lru_cache(maxsize=64)
def training_lifecycle(dates: Dates = _NO_DATES) -> Lifecycle:
    """One module of one person. Who has a day by which it is due is reminded before it, and three times after it."""
    return lifecycle(
        "training",
        initial="assigned",
        states=(
            State(id="assigned", meaning="The module is to be done."),
            State(id="completed", meaning="The module is done.", ending=Ending.SUCCESS),
            State(id="waived", meaning="The person need not do the module.", ending=Ending.NEUTRAL),
            State(id="cancelled", meaning="The person left before doing the module.", ending=Ending.NEUTRAL),
            *((_NEVER_DONE,) if dates.over else ()),
        ),
        transitions=(
            on("complete", "assigned", "completed", when="done"),
            # An ending that may be taken back: before the match, the roster can correct what it said.
            on("reopen", "completed", "assigned", when="!done"),
            on("waive", "assigned", "waived"),
            on("withdraw", "assigned", "cancelled"),
            *((on("over", "assigned", "lapsed"),) if dates.over else ()),
        ),
        timers=(
            *deadline("over", ("assigned",), "over", until=dates.over),
            reminder("due_soon", ("assigned",), moment=at("training.due", before=Duration(days=3))),
            reminder(
                "overdue",
                ("assigned",),
                moment=at("training.due", after=Duration(days=1)),
                every=_WEEK,
                at_most=3,
            ),
        ),
    )
