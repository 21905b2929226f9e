"""A program ready to run: defaults in place, dates laid out per cohort, machines compiled, and digests of it all."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, time
from enum import Enum
from functools import cached_property, lru_cache
from hashlib import sha256
from operator import attrgetter
from typing import Any

from mentorctl.dates.durations import Duration
from mentorctl.dates.timeline import Intake, Timeline
from mentorctl.dates.workdays import EVERY_DAY, DayCount
from mentorctl.diagnostics import Diagnostic
from mentorctl.lifecycle.checks import check_lifecycles
from mentorctl.lifecycle.checks.migrations import check_migrations
from mentorctl.lifecycle.checks.places import places
from mentorctl.lifecycle.compiler import compile_lifecycles, lifecycle_named
from mentorctl.lifecycle.definition import (
    CheckInRule,
    CohortDates,
    Definition,
    MessageRule,
    ModuleRule,
    ResourceRule,
    without_words,
)
from mentorctl.lifecycle.machine import Stepper
from mentorctl.lifecycle.model import Lifecycle
from mentorctl.lifecycle.published import lifecycle_to_json
from mentorctl.rules.fields import Contract, Field, Role
from mentorctl.spec.model import Program, Workspace
from mentorctl.spec.timelines import day_count, timeline_of
from mentorctl.values import dataclass

FORMAT = "mentorctl/compiled/v1"


@dataclass(frozen=True, kw_only=True)
class CompiledProgram:
    """A program with its dates, machines and the contract that its rules were checked against."""

    program: Program
    contract: Contract
    timelines: tuple[tuple[str, Timeline], ...]
    lifecycles: tuple[Lifecycle, ...]
    days: DayCount = EVERY_DAY

    def timeline(self, cohort: str) -> Timeline:
        return dict(self.timelines)[cohort]

    def timelines_on(self, today: date) -> tuple[tuple[str, Timeline], ...]:
        """The dates of every cohort, with rolling intake as they are for somebody who enrolls today."""
        return tuple(
            (cohort.id, timeline_of(self.program, cohort, self.days, today=today)) for cohort in self.program.cohorts
        )

    def ends(self, kind: str) -> frozenset[str]:
        """The states of a lifecycle that are an end."""
        return self._ends[kind]

    def stepper(self, kind: str) -> Stepper:
        """What steps one of the lifecycles; made once, because that looks at all of it."""
        if kind not in self._steppers:
            self._steppers[kind] = Stepper(lifecycle_named(self.lifecycles, kind))
        return self._steppers[kind]

    @cached_property
    def _steppers(self) -> dict[str, Stepper]:
        return {}

    @cached_property
    def _ends(self) -> dict[str, frozenset[str]]:
        return {machine.name: frozenset(s.id for s in machine.states if s.is_final) for machine in self.lifecycles}

    @cached_property
    def definition(self) -> str:
        """The digest of everything."""
        return _digest(_text(plain(self.program)), f"[{','.join(map(_lifecycle_text, self.lifecycles))}]")

    @cached_property
    def runtime(self) -> Definition:
        """What its people live by, as it is kept in the store; its digest is that of what decides what happens."""
        return _runtime(self)

    @cached_property
    def matching_rules(self) -> str:
        """The digest of what decides who is matched."""
        return _digest(_text(plain(self.program.matching)), _fields_text(self.contract.fields))


def compile_program(program: Program, workspace: Workspace) -> tuple[CompiledProgram, tuple[Diagnostic, ...]]:
    """Compile a checked program; the findings are those of its lifecycles."""
    lifecycles, found = compile_lifecycles(program)
    checked = check_lifecycles(lifecycles, places(program))
    findings = (*found, *checked, *check_migrations(program, lifecycles))
    days = day_count(program, workspace)
    timelines = tuple((cohort.id, timeline_of(program, cohort, days)) for cohort in program.cohorts)
    return CompiledProgram(
        program=program, contract=workspace.contract, timelines=timelines, lifecycles=lifecycles, days=days
    ), findings


def _runtime(compiled: CompiledProgram) -> Definition:
    program = compiled.program
    is_rolling = program.timeline.intake is Intake.ROLLING
    questions = {question.id: question for question in program.questions}
    group = program.matching.group
    return Definition(
        program=program.id,
        name=program.name,
        owner=program.owner,
        zone=program.timezone,
        days=compiled.days,
        rules=program.timeline if is_rolling else replace(program.timeline, milestones=()),
        phases=program.phases if is_rolling else (),
        cohorts=tuple(
            CohortDates(
                id=name,
                starts=timeline.start,
                phases=() if is_rolling else timeline.phases,
                milestones=() if is_rolling else timeline.milestones,
            )
            for name, timeline in compiled.timelines
        ),
        lifecycles=tuple(without_words(lifecycle) for lifecycle in compiled.lifecycles),
        messages=tuple(
            MessageRule(
                id=message.id,
                to=message.to,
                roles=_roles(program, message.on),
                template=message.template,
                subject=message.subject,
                channel=message.channel,
            )
            for message in program.messages
        ),
        check_ins=tuple(
            CheckInRule(
                id=check_in.id,
                audience=check_in.audience,
                questions=tuple(questions[name] for name in check_in.asks if name in questions),
                alerts=check_in.alerts,
            )
            for check_in in program.check_ins
        ),
        modules=tuple(
            ModuleRule(id=m.id, audience=m.audience, required=m.required, due=m.due) for m in program.modules
        ),
        resources=tuple(
            ResourceRule(id=r.id, title=r.title, link=r.link, audience=r.audience) for r in program.resources
        ),
        least=group.size.at_least if group else 1,
        agreement=program.goals is not None and program.goals.agreement == "required",
        approvals=tuple(role for role in program.roles if program.eligibility(role).approval),
    )


def _roles(program: Program, occasion: str) -> tuple[Role, ...]:
    """Whom an occasion concerns; nobody is approved in a role that needs no approval."""
    if occasion != "enrollment.approved":
        return program.roles
    return tuple(role for role in program.roles if program.eligibility(role).approval)


def compiled_to_json(compiled: CompiledProgram) -> dict[str, Any]:
    """The published, canonical form: what `mentorctl compile` prints."""
    return {
        "format": FORMAT,
        "definition": compiled.definition,
        "program": plain(compiled.program),
        "timelines": {
            cohort: [
                {
                    "id": phase.id,
                    "start": phase.start.isoformat(),
                    "end": phase.end.isoformat(),
                    "over": timeline.end_instant(phase).strftime("%Y-%m-%dT%H:%M:%SZ"),
                }
                for phase in timeline.phases
            ]
            for cohort, timeline in compiled.timelines
        },
        "milestones": {
            cohort: [
                {"id": m.id, "start": m.start.isoformat(), "due": m.due.isoformat() if m.due else ""}
                for m in timeline.milestones
            ]
            for cohort, timeline in compiled.timelines
        },
        "lifecycles": [lifecycle_to_json(machine) for machine in compiled.lifecycles],
        "runtime": compiled.runtime.digest,
    }


def plain(value: Any) -> Any:  # noqa: ANN401 - any value of the model, to any JSON value
    """A value of the model as JSON values. A dataclass that is one of several variants names itself in `is`.

    Fields that do not compare say where something is written, not what it means; those that came later are left out
    where they have their default.
    """
    kind = type(value)
    way = _WAYS.get(kind)
    if way is None:
        way = _WAYS[kind] = _way(kind)
    return way(value)


_WAYS: dict[type[Any], Callable[[Any], Any]] = {}  # how values are written, by their type


def _way(kind: type[Any]) -> Callable[[Any], Any]:
    if issubclass(kind, Duration):
        return str
    if is_dataclass(kind):
        return _way_of_fields(kind)
    if issubclass(kind, Enum):
        return attrgetter("value")
    if issubclass(kind, date | time):
        return kind.isoformat
    if issubclass(kind, tuple | list):
        return lambda value: list(map(plain, value))
    if issubclass(kind, Mapping):
        return lambda value: {str(key): plain(item) for key, item in value.items()}
    return lambda value: value


def _way_of_fields(kind: type[Any]) -> Callable[[Any], Any]:
    named = {"is": kind.__name__} if kind.__module__.endswith("rules.pairs") else {}
    said = [(f.name, f.default if f.metadata.get("sparse") else _NO_DEFAULT) for f in fields(kind) if f.compare]

    def write(value: Any) -> dict[str, Any]:  # noqa: ANN401 - of the type
        parts = ((name, getattr(value, name), default) for name, default in said)
        return named | {name: plain(part) for name, part, default in parts if default is _NO_DEFAULT or part != default}

    return write


_NO_DEFAULT = object()


def _digest(*texts: str) -> str:
    """The digest of the list of some values, from their texts."""
    return f"sha256:{sha256(f'[{",".join(texts)}]'.encode()).hexdigest()}"


@lru_cache(maxsize=256)  # most programs of a workspace have the same
def _lifecycle_text(lifecycle: Lifecycle) -> str:
    return _text(lifecycle_to_json(lifecycle))


@lru_cache(maxsize=8)
def _fields_text(fields: tuple[Field, ...]) -> str:
    return _text(plain(fields))


_text = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
