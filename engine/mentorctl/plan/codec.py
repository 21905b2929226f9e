"""The saved plan: canonical JSON, sealed against change, and the digests that plans are compared by."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, get_type_hints

from mentorctl.addresses import Address
from mentorctl.diagnostics import FieldPath, Place, Span
from mentorctl.lifecycle.compiled import CompiledProgram, plain
from mentorctl.lifecycle.migration import MigrationChange, Moved
from mentorctl.lifecycle.rename import Rename
from mentorctl.plan.certificates import Claim, MatchingCertificate
from mentorctl.plan.consequences import Drift, ProgramConsequences
from mentorctl.plan.impact import SEVERITY, carried, impact_counts
from mentorctl.plan.model import (
    Action,
    Change,
    DefinitionText,
    Impact,
    MatchingSummary,
    Notice,
    Plan,
    SchedulingSummary,
    Unplaced,
)
from mentorctl.plan.verdicts import Breach, PolicyResult, Remains
from mentorctl.roster.people import Roster
from mentorctl.roster.table import Table
from mentorctl.spec.model import NOTHING_SHARED, Sharing
from mentorctl.state.codec import (
    canonical_json,
    digest,
    kind_of,
    record_from_json,
    record_to_json,
    value_from_json,
    value_to_json,
)
from mentorctl.state.model import MatchRecord, Record
from mentorctl.state.shapes import CodecError, JsonValue, shape_of

FORMAT = "mentorctl/plan/v1"
CERTIFICATE = "mentorctl/certificate/v1"
ENCODING = "mcd1"  # of the effects; digests of different encodings are never equal


_VERSION = re.compile(r"[0-9]+\Z")
_SAID = 40  # characters of a format that a message quotes
_MIGRATION = shape_of(MigrationChange)
_RENAMES = shape_of(tuple[Rename, ...])
_CONSEQUENCES = shape_of(tuple[ProgramConsequences, ...])
_DRIFT = shape_of(tuple[Drift, ...])
_READ_SET = shape_of(tuple[tuple[str, str], ...])
_DIGESTS = shape_of(tuple[tuple[str, Impact, str], ...])
_LIMITS = shape_of(tuple[Breach, ...])
_POLICIES = shape_of(tuple[PolicyResult, ...])
_REMAINS = shape_of(tuple[Remains, ...])


class NotAPlan(ValueError):  # noqa: N818 - the name of what was found
    """A text that is no plan of this version, or one that was changed after it was written."""


def effects_digest(
    workspace: str,
    changes: Iterable[Change],
    migrations: Iterable[MigrationChange] = (),
    renames: tuple[Rename, ...] = (),
    *,
    adopts: bool = False,
) -> str:
    """The digest that an approval is given for: what changes, without reasons, dates and positions in files."""
    effects: JsonValue = [
        [str(c.address), c.action.value, c.impact.value, _record(c.before), _record(c.after)] for c in changes
    ]
    carried = [_MIGRATION.write(replace(m, reason="", census=_counted(m)), "migrations") for m in migrations]
    parts: list[JsonValue] = [workspace, effects]
    if carried or renames or adopts:
        parts.append(carried)
    if renames or adopts:
        parts += [_RENAMES.write(renames, "renames"), adopts]
    return digest(parts, f"{ENCODING}:sha256")


def digests_by_impact(
    workspace: str,
    changes: Iterable[Change],
    migrations: Iterable[MigrationChange] = (),
    renames: Iterable[Rename] = (),
) -> tuple[tuple[str, Impact, str], ...]:
    """The digest of the effects of each program and impact, so that an approval of one part can outlive another."""
    parts: dict[tuple[str, Impact], tuple[list[Change], list[MigrationChange], list[Rename]]] = {}
    for change in changes:
        parts.setdefault((change.address.program, change.impact), ([], [], []))[0].append(change)
    for rename in renames:
        parts.setdefault((rename.program, Impact.INTERNAL), ([], [], []))[2].append(rename)
    for migration in migrations:
        worst = max((carried(migration, moved) for moved in migration.census), key=_SEVERITY, default=Impact.INTERNAL)
        parts.setdefault((migration.program, worst), ([], [], []))[1].append(migration)
    return tuple(
        (program, impact, effects_digest(workspace, *parts[program, impact][:2], tuple(parts[program, impact][2])))
        for program, impact in sorted(parts, key=lambda part: (part[0], _SEVERITY(part[1])))
    )


def _counted(migration: MigrationChange) -> tuple[Moved, ...]:
    """The census without its examples, which depend on the day."""
    return tuple(replace(moved, examples=()) for moved in migration.census)


def inputs_digest(
    programs: Iterable[CompiledProgram],
    roster: Roster,
    outside: Mapping[str, Table] | None = None,
    sharing: Sharing = NOTHING_SHARED,
) -> str:
    """The digest of what a plan was made from besides the state: programs and what they share, people, scores."""
    definitions: JsonValue = sorted([c.program.id, c.definition, *_comings_and_goings(c)] for c in programs)
    scores: JsonValue = sorted([name, list(t.header), *map(list, t.rows)] for name, t in (outside or {}).items())
    shared: list[JsonValue] = [] if sharing == NOTHING_SHARED else [plain(sharing)]
    return digest([definitions, roster.digest, scores, *shared], "sha256")


def _comings_and_goings(compiled: CompiledProgram) -> list[str]:
    """What a program was called before and how it ends, which is no part of its definition."""
    former = [f"was {one.kind} {one.old} {one.new}" for one in compiled.program.former]
    ends = compiled.program.retirement
    return [*former, *([f"retire {ends.participants} {ends.to}"] if ends else [])]


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """The plan as JSON values, with its format, the people it touches per impact, and its seal."""
    body: dict[str, Any] = {
        "format": FORMAT,
        "workspace": plan.workspace,
        "store": {"lineage": plan.lineage, "serial": plan.serial},
        "as_of": plan.as_of,
        "inputs": plan.inputs,
        "digest": plan.digest,
        "impact": {impact.value: count for impact, count in impact_counts(plan.changes, plan.migrations).items()},
        "changes": [_change_to_json(change) for change in plan.changes],
        "matchings": [asdict(m) for m in plan.matchings],
        "schedules": [asdict(s) for s in plan.schedules],
        "notices": [asdict(n) for n in plan.notices],
        "definitions": [asdict(d) for d in plan.definitions],
        "renames": _RENAMES.write(plan.renames, "renames"),
        "migrations": [_MIGRATION.write(m, "migrations") for m in plan.migrations],
        "adopts": plan.adopts,
        "certificates": [value_to_json(c) for c in plan.certificates],
        "consequences": _CONSEQUENCES.write(plan.consequences, "consequences"),
        "drift": _DRIFT.write(plan.drift, "drift"),
        "people": plan.people,
        "valid_until": plan.valid_until,
        "valid_because": plan.valid_because,
        "read_set": _READ_SET.write(plan.read_set, "read_set"),
        "digests": _DIGESTS.write(plan.digests, "digests"),
        "limits": _LIMITS.write(plan.limits, "limits"),
        "policies": _POLICIES.write(plan.policies, "policies"),
        "undoes": plan.undoes,
        "remains": _REMAINS.write(plan.remains, "remains"),
        "unplaced": [value_to_json(u) for u in plan.unplaced],
    }
    return body | {"seal": digest(body)}


def plan_to_text(plan: Plan) -> str:
    """The saved plan: one change a line, so that people can read and compare it."""
    return _laid_out(plan_to_json(plan))


def _laid_out(data: Mapping[str, Any]) -> str:
    lines = []
    for key, value in data.items():
        if isinstance(value, list) and value:
            items = ",\n    ".join(canonical_json(item) for item in value)
            lines.append(f'  "{key}": [\n    {items}\n  ]')
        else:
            lines.append(f'  "{key}": {canonical_json(value)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def plan_from_text(text: str) -> Plan:
    """Read a saved plan. Raises NotAPlan with a sentence when it is not exactly what was written."""
    plan = _read(text, FORMAT, _plan_from_json)
    of_effects = effects_digest(plan.workspace, plan.changes, plan.migrations, plan.renames, adopts=plan.adopts)
    if plan.digest != of_effects:
        raise NotAPlan("its digest does not belong to its changes")
    if plan_to_text(plan) != text:
        raise NotAPlan("it is not written as mentorctl writes it")
    return plan


def format_of(text: str) -> str:
    """What a text says that it is, or an empty string."""
    try:
        data = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError):
        return ""
    named = data.get("format") if isinstance(data, dict) else None
    return named if isinstance(named, str) else ""


def certificate_to_text(claim: Claim) -> str:
    """The certificate file: what a plan says about its matches, without anything else of it."""
    body: dict[str, Any] = {
        "format": CERTIFICATE,
        "workspace": claim.workspace,
        "store": {"lineage": claim.lineage, "serial": claim.serial},
        "as_of": claim.as_of,
        "inputs": claim.inputs,
        "digest": claim.digest,
        "matches": [record_to_json(record) for record in claim.matches],
        "certificates": [value_to_json(c) for c in claim.certificates],
    }
    return _laid_out(body | {"seal": digest(body)})


def certificate_from_text(text: str) -> Claim:
    """Read a certificate file. Raises NotAPlan with a sentence when it is not exactly what was written."""
    claim = _read(text, CERTIFICATE, _claim_from_json)
    if certificate_to_text(claim) != text:
        raise NotAPlan("it is not written as mentorctl writes it")
    return claim


def _read[T](text: str, wanted: str, reader: Callable[[Mapping[str, Any]], T]) -> T:
    """A sealed document of one format."""
    try:
        data = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError):
        raise NotAPlan("it is not JSON") from None
    said = data.get("format") if isinstance(data, dict) else None
    if said != wanted:
        if isinstance(said, str) and _VERSION.sub("", said) == _VERSION.sub("", wanted):
            raise NotAPlan(
                f"it is of another version, `{said[:_SAID]}`, perhaps a newer version; this one is `{wanted}`"
            )
        raise NotAPlan(f"it does not say `format: {wanted}`")
    seal = data.pop("seal", None)
    try:
        if seal != digest(data):
            raise NotAPlan("it was changed after it was written")
        return reader(data)
    except (CodecError, AttributeError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, NotAPlan):
            raise
        what = "a plan" if wanted == FORMAT else "a certificate"
        raise NotAPlan(f"it does not have the shape of {what} ({type(error).__name__})") from None


# -- parts -------------------------------------------------------------------------------------------------------------


def _plan_from_json(data: Mapping[str, Any]) -> Plan:
    return Plan(
        workspace=_is(str, data["workspace"]),
        lineage=_is(str, data["store"]["lineage"]),
        serial=_is(int, data["store"]["serial"]),
        as_of=_is(str, data["as_of"]),
        inputs=_is(str, data["inputs"]),
        digest=_is(str, data["digest"]),
        changes=tuple(_change_from_json(c) for c in data["changes"]),
        matchings=tuple(_flat(MatchingSummary, m) for m in data["matchings"]),
        schedules=tuple(_flat(SchedulingSummary, s) for s in data["schedules"]),
        notices=tuple(_flat(Notice, n) for n in data["notices"]),
        definitions=tuple(_flat(DefinitionText, d) for d in data["definitions"]),
        renames=_RENAMES.read(data["renames"], "renames"),
        migrations=tuple(_MIGRATION.read(m, "migrations") for m in data["migrations"]),
        adopts=_is(bool, data["adopts"]),
        certificates=_certificates(data["certificates"]),
        consequences=_CONSEQUENCES.read(data["consequences"], "consequences"),
        drift=_DRIFT.read(data["drift"], "drift"),
        people=_is(int, data["people"]),
        valid_until=_is(str, data["valid_until"]),
        valid_because=_is(str, data["valid_because"]),
        read_set=_READ_SET.read(data["read_set"], "read_set"),
        digests=_DIGESTS.read(data["digests"], "digests"),
        limits=_LIMITS.read(data["limits"], "limits"),
        policies=_POLICIES.read(data["policies"], "policies"),
        undoes=_is(str, data["undoes"]),
        remains=_REMAINS.read(data["remains"], "remains"),
        unplaced=tuple(value_from_json(Unplaced, u) for u in data["unplaced"]),
    )


def _claim_from_json(data: Mapping[str, Any]) -> Claim:
    matches = tuple(record_from_json("match", m) for m in data["matches"])
    return Claim(
        workspace=_is(str, data["workspace"]),
        lineage=_is(str, data["store"]["lineage"]),
        serial=_is(int, data["store"]["serial"]),
        as_of=_is(str, data["as_of"]),
        inputs=_is(str, data["inputs"]),
        digest=_is(str, data["digest"]),
        matches=tuple(m for m in matches if isinstance(m, MatchRecord)),
        certificates=_certificates(data["certificates"]),
    )


def _certificates(data: Iterable[object]) -> tuple[MatchingCertificate, ...]:
    return tuple(value_from_json(MatchingCertificate, c) for c in data)


def _change_to_json(change: Change) -> dict[str, Any]:
    record = change.after or change.before
    return {
        "address": str(change.address),
        "kind": kind_of(record) if record else "",
        "action": change.action.value,
        "impact": change.impact.value,
        "reason": change.reason,
        "cause": _cause_to_json(change),
        "before": _record(change.before),
        "after": _record(change.after),
    }


def _cause_to_json(change: Change) -> dict[str, JsonValue] | None:
    """What asked for a change and where that is written: nothing that decides what happens."""
    if change.cause is None:
        return None
    at = change.span or _NOWHERE
    where: dict[str, JsonValue] = {"file": at.file, "line": at.line, "column": at.column}
    return {"document": change.cause.document, "path": list(change.cause.path), **where}


def _span_from_json(cause: Mapping[str, Any]) -> Span | None:
    span = Span(
        file=_is(str, cause["file"]),
        line=_is(int, cause["line"]),
        column=_is(int, cause["column"]),
    )
    return None if span == _NOWHERE else span


def _change_from_json(data: Mapping[str, Any]) -> Change:
    cause = data["cause"]
    return Change(
        address=Address.parse(data["address"]),
        action=Action(data["action"]),
        impact=Impact(data["impact"]),
        reason=_is(str, data["reason"]),
        cause=Place(document=_is(str, cause["document"]), path=_path(cause["path"])) if cause else None,
        span=_span_from_json(cause) if cause else None,
        before=record_from_json(data["kind"], data["before"]) if data["before"] else None,
        after=record_from_json(data["kind"], data["after"]) if data["after"] else None,
    )


def _path(parts: Iterable[Any]) -> FieldPath:
    return tuple(_is(int, part) if isinstance(part, int) else _is(str, part) for part in parts)


def _record(record: Record | None) -> JsonValue:
    return record_to_json(record) if record else None


def _flat[T](kind: type[T], data: Mapping[str, Any]) -> T:
    """A summary of scalars; another set of keys is a TypeError or a KeyError."""
    kinds = get_type_hints(kind)
    if set(kinds) != set(data):
        raise KeyError("unexpected keys")
    return kind(**{name: _is(wanted, data[name]) for name, wanted in kinds.items()})


def _is[T](kind: type[T], value: object) -> T:
    """The value, which must be of exactly this type: True is no number here."""
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected")
    return value


def _no_float(text: str) -> float:
    raise ValueError(f"{text} is not a whole number")


_NOWHERE = Span(file="", line=0, column=0)
_SEVERITY = SEVERITY.__getitem__
