"""A program ready to run: defaults in place, dates laid out per cohort, machines compiled, and digests of it all."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, time
from enum import Enum
from functools import cached_property
from hashlib import sha256
from typing import Any

from mentorctl.dates.durations import Duration
from mentorctl.dates.timeline import Timeline
from mentorctl.dates.workdays import EVERY_DAY, DayCount
from mentorctl.diagnostics import Diagnostic, Place
from mentorctl.lifecycle.checks import check_lifecycle
from mentorctl.lifecycle.compiler import compile_lifecycles, lifecycle_to_json
from mentorctl.lifecycle.model import Lifecycle
from mentorctl.rules.fields import Contract
from mentorctl.spec.model import Program, Workspace
from mentorctl.spec.timelines import day_count, timeline_of

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

    @cached_property
    def definition(self) -> str:
        """The digest of everything."""
        return _digest([plain(self.program), [lifecycle_to_json(machine) for machine in self.lifecycles]])

    @cached_property
    def matching_rules(self) -> str:
        """The digest of what decides who is matched."""
        return _digest([plain(self.program.matching), plain(self.contract.fields)])


def compile_program(program: Program, workspace: Workspace) -> tuple[CompiledProgram, tuple[Diagnostic, ...]]:
    """Compile a checked program; the findings are those of its lifecycles."""
    lifecycles = compile_lifecycles(program)
    place = Place(document=program.id, path=("model",))
    findings = tuple(f for lifecycle in lifecycles for f in check_lifecycle(lifecycle, place))
    days = day_count(program, workspace)
    timelines = tuple((cohort.id, timeline_of(program, cohort, days)) for cohort in program.cohorts)
    return CompiledProgram(
        program=program, contract=workspace.contract, timelines=timelines, lifecycles=lifecycles, days=days
    ), findings


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
    }


def plain(value: Any) -> Any:  # noqa: ANN401 - any value of the model, to any JSON value
    """A value of the model as JSON values. A dataclass that is one of several variants names itself in `is`.

    Fields that do not compare say where something is written, not what it means.
    """
    if isinstance(value, Duration):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        named = {"is": type(value).__name__} if type(value).__module__.endswith("rules.pairs") else {}
        return named | {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.compare}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return value


def _digest(value: Any) -> str:  # noqa: ANN401
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{sha256(text.encode()).hexdigest()}"
