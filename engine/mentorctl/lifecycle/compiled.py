"""A program ready to run: defaults in place, dates laid out per cohort, machines compiled, and digests of it all."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from hashlib import sha256
from typing import Any

from mentorctl.dates.durations import Duration
from mentorctl.dates.timeline import Timeline, dated
from mentorctl.diagnostics import Diagnostic, Place
from mentorctl.lifecycle.checks import check_lifecycle
from mentorctl.lifecycle.compiler import compile_lifecycles, lifecycle_to_json
from mentorctl.lifecycle.model import Lifecycle
from mentorctl.spec.model import Program, Workspace

FORMAT = "mentorctl/compiled/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledProgram:
    """`definition` is the digest of everything, `matching_rules` that of what decides who is matched."""

    program: Program
    timelines: tuple[tuple[str, Timeline], ...]
    lifecycles: tuple[Lifecycle, ...]
    definition: str
    matching_rules: str

    def timeline(self, cohort: str) -> Timeline:
        return dict(self.timelines)[cohort]


def compile_program(program: Program, workspace: Workspace) -> tuple[CompiledProgram, tuple[Diagnostic, ...]]:
    """Compile a checked program; the findings are those of its lifecycles."""
    lifecycles = compile_lifecycles(program)
    place = Place(document=program.id, path=("model",))
    findings = tuple(f for lifecycle in lifecycles for f in check_lifecycle(lifecycle, place))
    timelines = tuple((cohort.id, dated(program.phases, cohort.start)) for cohort in program.cohorts)
    contract = plain(workspace.contract.fields)
    return CompiledProgram(
        program=program, timelines=timelines, lifecycles=lifecycles,
        definition=_digest([plain(program), [lifecycle_to_json(machine) for machine in lifecycles]]),
        matching_rules=_digest([plain(program.matching), contract]),
    ), findings


def compiled_to_json(compiled: CompiledProgram) -> dict[str, Any]:
    """The published, canonical form: what `mentorctl compile` prints."""
    return {
        "format": FORMAT,
        "definition": compiled.definition,
        "program": plain(compiled.program),
        "timelines": {
            cohort: [{"id": p.id, "start": p.start.isoformat(), "end": p.end.isoformat()} for p in timeline.phases]
            for cohort, timeline in compiled.timelines
        },
        "lifecycles": [lifecycle_to_json(machine) for machine in compiled.lifecycles],
    }


def plain(value: Any) -> Any:  # noqa: ANN401 - any value of the model, to any JSON value
    """A value of the model as JSON values. A dataclass that is one of several variants names itself in `is`."""
    if isinstance(value, Duration):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        named = {"is": type(value).__name__} if type(value).__module__.endswith("rules.pairs") else {}
        return named | {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return value


def _digest(value: Any) -> str:  # noqa: ANN401
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{sha256(text.encode()).hexdigest()}"
