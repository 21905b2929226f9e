"""The saved plan: canonical JSON, sealed against change, and the digests that plans are compared by."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, get_type_hints

from mentorctl.addresses import Address
from mentorctl.diagnostics import FieldPath, Place
from mentorctl.lifecycle.compiled import CompiledProgram, plain
from mentorctl.lifecycle.migration import MigrationChange, Moved
from mentorctl.plan.certificates import Claim, MatchingCertificate
from mentorctl.plan.impact import impact_counts
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


_MIGRATION = shape_of(MigrationChange)


class NotAPlan(ValueError):  # noqa: N818 - the name of what was found
    """A text that is no plan of this version, or one that was changed after it was written."""


def effects_digest(workspace: str, changes: Iterable[Change], migrations: Iterable[MigrationChange] = ()) -> str:
    """The digest that an approval is given for: what changes, without reasons, dates and positions in files."""
    effects: JsonValue = [
        [str(c.address), c.action.value, c.impact.value, _record(c.before), _record(c.after)] for c in changes
    ]
    carried = [_MIGRATION.write(replace(m, reason="", census=_counted(m)), "migrations") for m in migrations]
    return digest([workspace, effects, carried] if carried else [workspace, effects], f"{ENCODING}:sha256")


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
    definitions: JsonValue = sorted([c.program.id, c.definition] for c in programs)
    scores: JsonValue = sorted([name, list(t.header), *map(list, t.rows)] for name, t in (outside or {}).items())
    shared: list[JsonValue] = [] if sharing == NOTHING_SHARED else [plain(sharing)]
    return digest([definitions, roster.digest, scores, *shared], "sha256")


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
        "migrations": [_MIGRATION.write(m, "migrations") for m in plan.migrations],
        "certificates": [value_to_json(c) for c in plan.certificates],
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
    if plan.digest != effects_digest(plan.workspace, plan.changes, plan.migrations):
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
    if not isinstance(data, dict) or data.get("format") != wanted:
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
        migrations=tuple(_MIGRATION.read(m, "migrations") for m in data["migrations"]),
        certificates=_certificates(data["certificates"]),
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
        "cause": {"document": change.cause.document, "path": list(change.cause.path)} if change.cause else None,
        "before": _record(change.before),
        "after": _record(change.after),
    }


def _change_from_json(data: Mapping[str, Any]) -> Change:
    cause = data["cause"]
    return Change(
        address=Address.parse(data["address"]),
        action=Action(data["action"]),
        impact=Impact(data["impact"]),
        reason=_is(str, data["reason"]),
        cause=Place(document=_is(str, cause["document"]), path=_path(cause["path"])) if cause else None,
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
