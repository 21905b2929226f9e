"""What is said of sessions that were placed together: how many, and how far from the best they can be."""

from typing import Protocol

from mentorctl.diagnostics import FieldPath, Place, finding
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.inputs import Draft
from mentorctl.plan.model import SchedulingSummary, gap_of

_SAID: dict[str, tuple[FieldPath, str]] = {  # where they are written, and what they are called
    "training": (("training", "modules"), "training sessions"),
    "event": (("events",), "dates of events"),
    "meeting": (("meetings",), "meetings"),
}


class Bounded(Protocol):
    """An answer with its value, what no answer exceeds, and whether the two are proved to meet."""

    @property
    def value(self) -> int: ...
    @property
    def bound(self) -> int: ...
    @property
    def proved(self) -> bool: ...


def report_placed(
    cohort: Cohort, draft: Draft, answer: Bounded, *, kind: str, sessions: int, placed: int, asked: int
) -> None:
    """A line of the plan for sessions of a kind, and a finding where they are not proved best."""
    summary = SchedulingSummary(
        program=cohort.program.id,
        cohort=cohort.id,
        kind=kind,
        sessions=sessions,
        placed=placed,
        asked=asked,
        proved=answer.proved,
        gap=gap_of(answer.value, answer.bound),
    )
    draft.schedules.append(summary)
    if answer.proved:
        return
    path, called = _SAID[kind]
    seats = f"; they seat {placed} of {asked}" if kind == "training" else ""
    draft.findings.append(
        finding(
            "MC6004",
            f"the {sessions} {called} of `{cohort.id}` are {summary.from_best}{seats}",
            help="plan again with a longer --time-limit",
            place=Place(document=cohort.program.id, path=path),
        )
    )
