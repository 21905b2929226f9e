"""A tree that the schema has vouched for, to the frozen model.

What a schema cannot see (a 29 February, an unknown time zone, a rule with two predicates) is found here, because the
value cannot be built; everything else is left to `spec.checks`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from mentorctl.dates.durations import Duration, parse_duration
from mentorctl.dates.timeline import Anchor, Moment, Phase, When
from mentorctl.dates.week import parse_hours
from mentorctl.dates.zones import zone, zone_names
from mentorctl.diagnostics import WORKSPACE, Diagnostic, FieldPath, Place, did_you_mean, finding
from mentorctl.rules.eligibility import Comparison, Condition
from mentorctl.rules.fields import (
    Audience,
    BothRoles,
    Contract,
    Field,
    FieldType,
    Missing,
    Role,
    Source,
    Unlinked,
)
from mentorctl.spec.model import (
    Capacity,
    CheckIn,
    Cohort,
    Delivery,
    Eligibility,
    Event,
    Format,
    KeepExisting,
    Matching,
    Meetings,
    MentorType,
    Model,
    ModelType,
    Module,
    Objective,
    ObjectiveTerm,
    Program,
    Purpose,
    Relation,
    Sponsor,
    Unmatched,
    Workspace,
)
from mentorctl.spec.read_rules import read_hard_rules, read_soft_rules

type Tree = Mapping[str, Any]

OBJECTIVE_PRESETS = {
    "coverage_first": (ObjectiveTerm.COVER_MENTEES, ObjectiveTerm.TOTAL_SCORE),
    "quality_first": (ObjectiveTerm.TOTAL_SCORE, ObjectiveTerm.COVER_MENTEES),
}
_DEFAULT_HOURS = "09:00-17:00"
_EPOCH = date(1970, 1, 1)


class Findings:
    """Collects what cannot be built while reading one document; the value that stands in is never used."""

    def __init__(self, document: str) -> None:
        self.document = document
        self.found: list[Diagnostic] = []

    def add(self, code: str, detail: str, path: FieldPath, **more: Any) -> None:
        self.found.append(finding(code, detail, place=Place(document=self.document, path=path), **more))

    def attempt[T](self, code: str, path: FieldPath, instead: T, make: Callable[[], T], *, help: str = "") -> T:  # noqa: A002
        """The made value, or `instead` and a finding with the sentence of the ValueError."""
        try:
            return make()
        except ValueError as error:
            self.add(code, str(error), path, help=help)
            return instead


def read_workspace(tree: Tree) -> tuple[Workspace, tuple[Diagnostic, ...]]:
    """mentorctl.yaml as a value. Use it only when there are no findings."""
    found = Findings(WORKSPACE)
    name = _zone(tree["timezone"], ("timezone",), found)
    workspace = Workspace(id=tree["id"], store=tree["store"], timezone=name, contract=_contract(tree["roster"], found))
    return workspace, tuple(found.found)


def read_program(tree: Tree, *, default_timezone: str) -> tuple[Program, tuple[Diagnostic, ...]]:
    """A program file as a value. Use it only when there are no findings."""
    found = Findings(tree["id"])
    eligibility: Tree = tree.get("eligibility", {})
    program = Program(
        id=tree["id"],
        name=tree["name"],
        owner=tree["owner"],
        timezone=_zone(tree.get("timezone", default_timezone), ("timezone",), found),
        purpose=_purpose(tree["purpose"], found),
        sponsor=_sponsor(tree.get("sponsor")),
        model=_model(tree["model"]),
        mentor=_eligible(eligibility.get("mentor", {})),
        mentee=_eligible(eligibility.get("mentee", {})),
        phases=tuple(_phase(p, ("timeline", "phases", i), found) for i, p in enumerate(tree["timeline"]["phases"])),
        cohorts=tuple(
            Cohort(id=key, start=_date(c["start"], ("cohorts", key, "start"), found))
            for key, c in tree["cohorts"].items()
        ),
        modules=tuple(_module(key, m, found) for key, m in tree.get("training", {}).get("modules", {}).items()),
        matching=_matching(tree["matching"], found),
        meetings=_meetings(tree.get("meetings"), found),
        events=tuple(_event(key, e, found) for key, e in tree.get("events", {}).items()),
        check_ins=tuple(_check_in(key, c, found) for key, c in tree.get("check_ins", {}).items()),
    )
    return program, tuple(found.found)


# -- the workspace -----------------------------------------------------------------------------------------------------


def _contract(tree: Tree, found: Findings) -> Contract:
    names = tree.get("name", [])
    both = tree.get("both_roles")
    return Contract(
        sources=tuple(_source(s, i, found) for i, s in enumerate(tree["sources"])),
        id_column=tree["id"],
        name_columns=(names,) if isinstance(names, str) else tuple(names),
        fields=tuple(_field(key, f) for key, f in tree["fields"].items()),
        facts=tuple(_fact(key, f) for key, f in tree.get("facts", {}).items()),
        both_roles=BothRoles(
            column=both["column"], yes=tuple(both.get("yes", ["yes"])), unlinked=Unlinked(both["unlinked"])
        )
        if both
        else None,
    )


def _source(tree: Tree, index: int, found: Findings) -> Source:
    if ("role" in tree) == ("role_column" in tree):
        found.add(
            "MC1107",
            "a source has either `role` or `role_column`",
            ("roster", "sources", index),
            help="write `role: mentor` when every row is a mentor, or `role_column: NAME` when a column says it",
        )
    return Source(
        file=tree["file"],
        role=Role(tree["role"]) if "role" in tree else None,
        role_column=tree.get("role_column", ""),
        program=tree.get("program", ""),
        cohort=tree.get("cohort", ""),
        delimiter=tree.get("delimiter", ","),
    )


def _field(key: str, tree: Tree) -> Field:
    return Field(
        id=key,
        type=FieldType(tree["type"]),
        column=tree.get("column", key),
        answered_by=Audience(tree.get("answered_by", "both")),
        required=tree.get("required", False),
        sensitive=tree.get("sensitive", False),
        scale=tuple(tree.get("scale", ())),
        options=tuple(tree.get("options", ())),
        separator=tree.get("separator", ","),
        aliases=tuple(sorted(tree.get("aliases", {}).items())),
        trim=tree.get("trim", True),
        ignore_case=tree.get("ignore_case", True),
        missing=Missing(tree.get("missing", "matches_nothing")),
    )


def _fact(key: str, tree: Tree) -> Field:
    kind = FieldType.MULTIPLE if key == "completed" else FieldType.BOOLEAN
    return Field(id=key, type=kind, column=tree.get("column", key), separator=tree.get("separator", ","))


# -- the program -------------------------------------------------------------------------------------------------------


def _purpose(tree: Tree, found: Findings) -> Purpose:
    objectives = tuple(
        Objective(
            id=o["id"],
            measure=o["measure"],
            baseline=o.get("baseline", ""),
            target=o["target"],
            due=_moment(o["due"], ("purpose", "objectives", i, "due"), found) if "due" in o else None,
        )
        for i, o in enumerate(tree.get("objectives", ()))
    )
    return Purpose(kind=tree["kind"], statement=tree["statement"], objectives=objectives)


def _sponsor(tree: Tree | None) -> Sponsor | None:
    return Sponsor(role=tree["role"], commits=tuple(tree.get("commits", ()))) if tree else None


def _model(tree: Tree) -> Model:
    return Model(
        type=ModelType(tree["type"]),
        mentors=MentorType(tree["mentors"]),
        relation=Relation(tree.get("relation", "mentoring")),
        delivery=Delivery(tree.get("delivery", "hybrid")),
    )


def _eligible(tree: Tree) -> Eligibility:
    conditions = tuple(
        Condition(
            field=field,
            comparison=Comparison(word),
            values=tuple(value) if isinstance(value, list) else (value,),
        )
        for field, wanted in tree.items()
        if field != "approval"
        for word, value in wanted.items()
    )
    return Eligibility(conditions=conditions, approval=tree.get("approval", ""))


def _phase(tree: Tree, path: FieldPath, found: Findings) -> Phase:
    start = tree.get("start")
    return Phase(
        id=tree["id"],
        lasts=_duration(tree["lasts"], (*path, "lasts"), found),
        start=_date(start, (*path, "start"), found) if start else None,
    )


def _module(key: str, tree: Tree, found: Findings) -> Module:
    path: FieldPath = ("training", "modules", key)
    return Module(
        id=key,
        title=tree.get("title", key.replace("_", " ").capitalize()),
        audience=Audience(tree["for"]),
        format=Format(tree["format"]),
        takes=_duration(tree["takes"], (*path, "takes"), found, quarters=tree["format"] == "live"),
        seats=tree.get("seats", 0),
        required=tree.get("required", False),
        due=_moment(tree["due"], (*path, "due"), found) if "due" in tree else None,
        after=tuple(tree.get("after", ())),
    )


def _matching(tree: Tree, found: Findings) -> Matching:
    objective = tree.get("objective", "coverage_first")
    capacity: Tree = tree.get("capacity", {})
    return Matching(
        require=read_hard_rules(tree.get("require", ()), found),
        prefer=read_soft_rules(tree["prefer"], found),
        mentor_capacity=_capacity(capacity.get("mentor", {"max": 1})),
        mentee_capacity=_capacity(capacity.get("mentee", {"exactly": 1})),
        objective=OBJECTIVE_PRESETS[objective]
        if isinstance(objective, str)
        else tuple(ObjectiveTerm(o) for o in objective),
        keep_existing=KeepExisting(tree.get("keep_existing", "strong")),
        unmatched=Unmatched(tree.get("unmatched", "waitlist")),
    )


def _capacity(tree: Tree) -> Capacity:
    most = tree.get("max", tree.get("exactly"))
    if isinstance(most, int):
        return Capacity(at_most=most)
    field: Tree = tree["max"]
    return Capacity(at_most=field["at_most"], field=field["field"], missing=field.get("missing", 1))


def _meetings(tree: Tree | None, found: Findings) -> Meetings | None:
    if tree is None:
        return None
    hours = tree.get("hours", _DEFAULT_HOURS)
    return Meetings(
        every=_duration(tree["every"], ("meetings", "every"), found) if "every" in tree else None,
        lasts=_duration(tree["lasts"], ("meetings", "lasts"), found, quarters=True),
        at_least=tree["at_least"],
        hours=found.attempt("MC2009", ("meetings", "hours"), (36, 68), lambda: parse_hours(hours)),
        per_week=tree.get("per_week", 3),
        channel=tree.get("channel", ""),
        agendas=tuple(tree.get("agendas", ())),
    )


def _event(key: str, tree: Tree, found: Findings) -> Event:
    return Event(
        id=key,
        at=Moment(when=When.AT, anchor=_anchor(tree["at"])),
        lasts=_duration(tree["lasts"], ("events", key, "lasts"), found, quarters=True),
        audience=Audience(tree.get("for", "both")),
    )


def _check_in(key: str, tree: Tree, found: Findings) -> CheckIn:
    path: FieldPath = ("check_ins", key)
    return CheckIn(
        id=key,
        at=tuple(_moment(m, (*path, "at", i), found) for i, m in enumerate(tree["at"])),
        audience=Audience(tree.get("for", "both")),
        asks=tuple(tree["asks"]),
        every=_duration(tree["every"], (*path, "every"), found) if "every" in tree else None,
    )


# -- words of time -----------------------------------------------------------------------------------------------------


def _moment(tree: Tree, path: FieldPath, found: Findings) -> Moment:
    words = [w for w in When if w.value in tree]
    if len(words) != 1 or ("by" in tree) != (words[0] is not When.AT):
        found.add(
            "MC1107",
            "a moment has one of `at`, `before` and `after`; `before` and `after` also have `by`",
            path,
            help="write for example {at: active.middle} or {before: matching.start, by: 3d}",
        )
        return Moment(when=When.AT, anchor=Anchor(of="", edge="start"))
    by = _duration(tree["by"], (*path, "by"), found) if "by" in tree else Duration()
    return Moment(when=words[0], anchor=_anchor(tree[words[0].value]), by=by)


def _anchor(text: str) -> Anchor:
    of, _, edge = text.partition(".")
    return Anchor(of=of, edge=edge)


def _duration(text: str, path: FieldPath, found: Findings, *, quarters: bool = False) -> Duration:
    """A duration; with `quarters`, one that the calendar's grid of 15 minutes can hold."""
    made = found.attempt("MC1105", path, Duration(minutes=60), lambda: parse_duration(text))
    if quarters and made.minutes % 15:
        found.add(
            "MC1105", f"`{text}` is not a multiple of 15 minutes", path, help="sessions begin and end on quarter hours"
        )
    return made


def _date(text: str, path: FieldPath, found: Findings) -> date:
    def parse() -> date:
        try:
            made = date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"`{text}` is not a day of the calendar") from None
        if not 1970 <= made.year <= 2200:  # noqa: PLR2004
            raise ValueError(f"`{text}` is too far from today to be meant")
        return made

    return found.attempt("MC2009", path, _EPOCH, parse)


def _zone(text: str, path: FieldPath, found: Findings) -> str:
    return found.attempt(
        "MC2010",
        path,
        "UTC",
        lambda: str(zone(text).key),
        help=did_you_mean(text, zone_names()) if _is_unknown(text) else "",
    )


def _is_unknown(text: str) -> bool:
    try:
        zone(text)
    except ValueError:
        return True
    return False
