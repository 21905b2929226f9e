"""What a program's people live by, as one value with one text and one digest: what was applied is what runs.

The text is kept in the store, and everything that happens is logged with the digest under which it did. It has only
what decides what happens: meanings and reasons are left out, so that a better sentence moves nobody.
"""

import json
from dataclasses import field, replace
from datetime import date
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any, cast

from mentorctl.dates.timeline import (
    DatedMilestone,
    DatedPhase,
    Intake,
    Moment,
    Phase,
    Timeline,
    TimelineRules,
    rolling,
)
from mentorctl.dates.workdays import DayCount
from mentorctl.dates.zones import zone_names
from mentorctl.lifecycle.guards import GuardError
from mentorctl.lifecycle.machine import Stepper
from mentorctl.lifecycle.model import Lifecycle
from mentorctl.lifecycle.soundness import problems
from mentorctl.rules.fields import Audience, Role
from mentorctl.spec.support import Alert, Question
from mentorctl.state.codec import canonical_json
from mentorctl.state.shapes import SPARSE, shape_of
from mentorctl.values import dataclass

FORMAT = "mentorctl/definition/v1"


class DefinitionError(ValueError):
    """A text that is no definition; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortDates:
    """The dates of one cohort; with rolling intake it begins on a day, and everybody has phases of their own."""

    id: str
    starts: date
    phases: tuple[DatedPhase, ...] = ()
    milestones: tuple[DatedMilestone, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRule:
    """What `notify.ID` says to whom. Only what happens to people in one of `roles` is told."""

    id: str
    to: tuple[str, ...]
    roles: tuple[Role, ...]
    template: str
    subject: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInRule:
    """What `ask.ID` asks whom, and who is told when an answer gives cause for concern."""

    id: str
    audience: Audience
    questions: tuple[Question, ...]
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleRule:
    """A training module that `assign.ID` assigns; it is to be done by the moment `due`."""

    id: str
    audience: Audience
    required: bool
    due: Moment | None = field(default=None, metadata=SPARSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRule:
    """What `offer.ID` points people to."""

    id: str
    title: str
    link: str
    audience: Audience


@dataclass(frozen=True, kw_only=True)
class Definition:
    """The lifecycles of a program with all that they need to run, without its files.

    `least` are the fewest mentees (or peers) with whom a match still is one; `approvals` are the roles that ask for
    approval.
    """

    program: str
    name: str
    owner: str
    zone: str
    days: DayCount
    rules: TimelineRules
    phases: tuple[Phase, ...]
    cohorts: tuple[CohortDates, ...]
    lifecycles: tuple[Lifecycle, ...]
    messages: tuple[MessageRule, ...] = ()
    check_ins: tuple[CheckInRule, ...] = ()
    modules: tuple[ModuleRule, ...] = ()
    resources: tuple[ResourceRule, ...] = ()
    least: int = 1
    agreement: bool = False
    approvals: tuple[Role, ...] = ()

    @cached_property
    def text(self) -> str:
        """The canonical text."""
        return definition_to_text(self)

    @cached_property
    def digest(self) -> str:
        """What this definition is known by."""
        return definition_digest(self.text)

    def lifecycle(self, name: str) -> Lifecycle:
        """Raises KeyError when there is none of that name."""
        return self._by_name[name]

    def stepper(self, name: str) -> Stepper:
        """Steps the lifecycle of that name; made once. Raises KeyError when there is none."""
        if name not in self._steppers:
            self._steppers[name] = Stepper(self._by_name[name])
        return self._steppers[name]

    def message(self, name: str) -> MessageRule | None:
        return self._messages.get(name)

    def check_in(self, name: str) -> CheckInRule | None:
        return self._check_ins.get(name)

    def timeline(self, cohort: str, today: date | None = None) -> Timeline:
        """The dates of a cohort; with rolling intake those of somebody who enrolled `today`.

        A cohort that the definition does not have has no dates: nothing in it is ever due on a day of the calendar.
        """
        if self.rules.intake is Intake.ROLLING:
            starts = self._starts.get(cohort, today or date.max)
            return self._rolled(starts, max(today or starts, starts))
        return self._timelines.get(cohort) or Timeline(phases=(), days=self.days, ends=self.rules.ends, zone=self.zone)

    def _rolled(self, since: date, today: date) -> Timeline:
        """Laid out once for each day on which people enroll."""
        known = self._laid.get((since, today))
        if known is None:
            known = rolling(self.phases, since, today, days=self.days, rules=self.rules, zone=self.zone)
            self._laid[since, today] = known
        return known

    @cached_property
    def _laid(self) -> dict[tuple[date, date], Timeline]:
        return {}

    @cached_property
    def _by_name(self) -> dict[str, Lifecycle]:
        return {lifecycle.name: lifecycle for lifecycle in self.lifecycles}

    @cached_property
    def _steppers(self) -> dict[str, Stepper]:
        return {}

    @cached_property
    def _messages(self) -> dict[str, MessageRule]:
        return {message.id: message for message in self.messages}

    @cached_property
    def _check_ins(self) -> dict[str, CheckInRule]:
        return {check_in.id: check_in for check_in in self.check_ins}

    @cached_property
    def _starts(self) -> dict[str, date]:
        return {cohort.id: cohort.starts for cohort in self.cohorts}

    @cached_property
    def _timelines(self) -> dict[str, Timeline]:
        return {
            cohort.id: Timeline(
                phases=cohort.phases,
                milestones=cohort.milestones,
                days=self.days,
                ends=self.rules.ends,
                zone=self.zone,
            )
            for cohort in self.cohorts
        }


def definition_to_text(definition: Definition) -> str:
    """The canonical JSON. Equal definitions have equal texts."""
    parts = _SHAPE.write(replace(definition, lifecycles=()), "")
    texts = {name: canonical_json(part) for name, part in parts.items()}
    texts["lifecycles"] = f"[{','.join(map(_lifecycle_text, definition.lifecycles))}]"
    inside = ",".join(f'"{name}":{texts[name]}' for name in sorted(texts))
    return f'{{"definition":{{{inside}}},"format":"{FORMAT}"}}'


@lru_cache(maxsize=256)  # most programs of a workspace have the same
def _lifecycle_text(lifecycle: Lifecycle) -> str:
    return canonical_json(_LIFECYCLE.write(lifecycle, ""))


def definition_digest(text: str) -> str:
    """The digest of a definition's text."""
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def definition_from_text(text: str) -> Definition:
    """The definition that `definition_to_text` wrote; its guards and states are checked again.

    Raises DefinitionError for anything else: a text from a stranger, one of another version, one that was altered.
    """
    try:
        data = json.loads(text)
        known = isinstance(data, dict) and data.get("format") == FORMAT
        definition = cast("Definition", _SHAPE.read(data["definition"], "")) if known else None
        canonical = definition_to_text(definition) if definition else ""
    except (ValueError, KeyError, RecursionError) as error:  # no JSON, or no value of the type
        raise DefinitionError(f"this is not a definition: {error}") from None
    if definition is None:
        raise DefinitionError(f"this is not a definition of the format {FORMAT}")
    if canonical != text:
        raise DefinitionError("this definition was written by something else: it is not in canonical form")
    if definition.zone not in zone_names():
        raise DefinitionError(f"this definition cannot run: `{definition.zone}` is not a time zone here")
    for lifecycle in definition.lifecycles:
        try:
            wrong = next(problems(lifecycle), "")
        except GuardError as error:
            wrong = str(error)
        if wrong:
            raise DefinitionError(f"this definition cannot run: in the lifecycle `{lifecycle.name}`, {wrong}")
    return definition


@lru_cache(maxsize=256)
def without_words(lifecycle: Lifecycle) -> Lifecycle:
    """The lifecycle as it is run: without meanings, reasons and other words for readers."""
    return replace(
        lifecycle,
        facts=tuple(replace(fact, meaning="") for fact in lifecycle.facts),
        states=tuple(replace(state, meaning="", group="", waits="") for state in lifecycle.states),
        transitions=tuple(replace(transition, because="") for transition in lifecycle.transitions),
    )


_SHAPE: Any = shape_of(Definition)
_LIFECYCLE = shape_of(Lifecycle)
