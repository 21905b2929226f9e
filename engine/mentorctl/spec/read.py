"""A program's tree that the schema has vouched for, to the frozen model.

What a schema cannot see (a 29 February, an unknown time zone, a rule with two predicates) is found here, because the
value cannot be built; everything else is left to `spec.checks`.
"""

from mentorctl.dates.week import parse_hours
from mentorctl.diagnostics import Diagnostic, FieldPath
from mentorctl.rules.fields import Audience
from mentorctl.spec.matching import Headcount
from mentorctl.spec.model import (
    Delivery,
    Eligibility,
    Event,
    Format,
    Leaving,
    Meetings,
    MentorType,
    Mode,
    Model,
    ModelType,
    Module,
    Objective,
    Program,
    Project,
    Purpose,
    Reach,
    Relation,
    Retirement,
    Sponsor,
)
from mentorctl.spec.read_lifecycles import read_lifecycles
from mentorctl.spec.read_matching import read_conditions, read_headcount, read_matching
from mentorctl.spec.read_migration import read_migrations
from mentorctl.spec.read_support import (
    read_agenda,
    read_automation,
    read_check_in,
    read_form,
    read_goals,
    read_limits,
    read_message,
    read_milestone,
    read_monitoring,
    read_on_change,
    read_question,
    read_resource,
)
from mentorctl.spec.read_time import (
    read_cohorts,
    read_duration,
    read_event_moment,
    read_moment,
    read_phases,
    read_timeline,
    read_zone,
)
from mentorctl.spec.reading import Findings, Tree, titled
from mentorctl.spec.renames import read_former

_DEFAULT_HOURS = "09:00-17:00"
_GROUPED = frozenset({"circle", "peer-coaching"})


def read_program(tree: Tree, *, default_timezone: str) -> tuple[Program, tuple[Diagnostic, ...]]:
    """A program file as a value. Use it only when there are no findings."""
    found = Findings(tree["id"])
    eligibility: Tree = tree.get("eligibility", {})
    model = _model(tree["model"])
    named = {reaction.get("message") for reaction in tree.get("automation", ())}
    forms = tuple(read_form(key, f) for key, f in _entries(tree, "forms"))
    program = Program(
        id=tree["id"],
        name=tree["name"],
        owner=tree["owner"],
        timezone=read_zone(tree.get("timezone", default_timezone), ("timezone",), found),
        mode=Mode(tree.get("mode", "live")),
        purpose=_purpose(tree["purpose"], found),
        sponsor=_sponsor(tree.get("sponsor")),
        model=model,
        mentor=_eligible(eligibility.get("mentor", {})),
        mentee=_eligible(eligibility.get("mentee", {})),
        peer=_eligible(eligibility.get("peer", {})),
        reach=_reach(tree.get("reach")),
        phases=read_phases(tree["timeline"], found),
        timeline=read_timeline(tree["timeline"], found),
        cohorts=read_cohorts(tree["cohorts"], found),
        modules=tuple(_module(key, m, found) for key, m in _entries(tree.get("training", {}), "modules")),
        goals=read_goals(tree.get("goals"), found),
        projects=tuple(_project(key, p, found) for key, p in _entries(tree, "projects")),
        matching=read_matching(tree["matching"], model.type, found),
        meetings=_meetings(tree.get("meetings"), found),
        agendas=tuple(read_agenda(key, a) for key, a in _entries(tree, "agendas")),
        events=tuple(_event(key, e, found) for key, e in _entries(tree, "events")),
        check_ins=tuple(read_check_in(key, c, forms, found) for key, c in _entries(tree, "check_ins")),
        questions=tuple(read_question(key, q, found) for key, q in _entries(tree, "questions")),
        forms=forms,
        resources=tuple(read_resource(key, r, found) for key, r in _entries(tree, "resources")),
        messages=tuple(
            read_message(key, m, found, sent_by_automation=key in named) for key, m in _entries(tree, "messages")
        ),
        monitoring=read_monitoring(tree.get("monitoring"), found),
        automation=tuple(read_automation(tree.get("automation", ()), found)),
        lifecycles=read_lifecycles(tree.get("lifecycle", {}), found),
        on_change=read_on_change(tree.get("on_change", {}), found),
        migrations=read_migrations(tree.get("migration", {}), found),
        limits=read_limits(tree.get("limits", {}), found, protect=tree.get("protect", False)),
        former=read_former(tree),
        retirement=_retirement(tree.get("retire")),
    )
    return program, tuple(found.found)


def _entries(tree: Tree, key: str) -> tuple[tuple[str, Tree], ...]:
    """The entries of a mapping by id."""
    return tuple(tree.get(key, {}).items())


def _purpose(tree: Tree, found: Findings) -> Purpose:
    objectives = tuple(
        Objective(
            id=o["id"],
            measure=o["measure"],
            baseline=o.get("baseline", ""),
            target=o["target"],
            due=read_moment(o["due"], ("purpose", "objectives", i, "due"), found) if "due" in o else None,
        )
        for i, o in enumerate(tree.get("objectives", ()))
    )
    return Purpose(kind=tree["kind"], statement=tree["statement"], objectives=objectives)


def _sponsor(tree: Tree | None) -> Sponsor | None:
    return Sponsor(role=tree["role"], commits=tuple(tree.get("commits", ()))) if tree else None


def _retirement(tree: Tree | None) -> Retirement | None:
    if tree is None:
        return None
    return Retirement(
        participants=Leaving(tree["participants"]), to=tree.get("to", ""), because=tree.get("because", "")
    )


def _model(tree: Tree) -> Model:
    kind = ModelType(tree["type"])
    usual = "virtual" if kind is ModelType.VIRTUAL else "hybrid"
    return Model(
        type=kind,
        mentors=MentorType(tree["mentors"]),
        relation=Relation(tree.get("relation", "mentoring")),
        delivery=Delivery(tree.get("delivery", usual)),
        tool=tree.get("tool", ""),
    )


def _eligible(tree: Tree) -> Eligibility:
    conditions = {field: wanted for field, wanted in tree.items() if field not in ("approval", "when")}
    return Eligibility(
        conditions=read_conditions(conditions), approval=tree.get("approval", ""), when=tree.get("when", "")
    )


def _reach(tree: Tree | None) -> Reach | None:
    return Reach(invite=tree["invite"], also=tuple(tree.get("also", ()))) if tree else None


def _module(key: str, tree: Tree, found: Findings) -> Module:
    path: FieldPath = ("training", "modules", key)
    kind = Format(tree["format"])
    return Module(
        id=key,
        title=tree.get("title", titled(key)),
        audience=Audience(tree["for"]),
        format=kind,
        takes=read_duration(tree["takes"], (*path, "takes"), found, quarters=kind.has_sessions),
        seats=tree.get("seats", 0),
        required=tree.get("required", False),
        due=read_moment(tree["due"], (*path, "due"), found) if "due" in tree else None,
        after=tuple(tree.get("after", ())),
        description=tree.get("description", ""),
        link=tree.get("link", ""),
        facilitator=tree.get("facilitator", ""),
        room=tree.get("room", ""),
    )


def _project(key: str, tree: Tree, found: Findings) -> Project:
    requires = tree.get("requires", {})
    path: FieldPath = ("projects", key)
    return Project(
        id=key,
        title=tree["title"],
        deliverable=tree["deliverable"],
        skills=tuple(tree.get("skills", ())),
        mentors=read_headcount(tree["seats"]["mentor"], (*path, "seats", "mentor"), found),
        mentees=read_headcount(tree["seats"]["mentee"], (*path, "seats", "mentee"), found),
        for_mentors=read_conditions(requires.get("mentor", {})),
        for_mentees=read_conditions(requires.get("mentee", {})),
        milestones=tuple(
            read_milestone(m, (*path, "milestones", i), found) for i, m in enumerate(tree.get("milestones", ()))
        ),
    )


def _meetings(tree: Tree | None, found: Findings) -> Meetings | None:
    if tree is None:
        return None
    hours = tree.get("hours", _DEFAULT_HOURS)
    return Meetings(
        every=read_duration(tree["every"], ("meetings", "every"), found) if "every" in tree else None,
        lasts=read_duration(tree["lasts"], ("meetings", "lasts"), found, quarters=True),
        at_least=tree["at_least"],
        hours=found.attempt("MC2009", ("meetings", "hours"), (36, 68), lambda: parse_hours(hours)),
        per_week=tree.get("per_week", 3),
        channel=tree.get("channel", ""),
        structure=tree.get("structure", "guided"),
        agendas=tuple(tree.get("agendas", ())),
    )


def _event(key: str, tree: Tree, found: Findings) -> Event:
    path: FieldPath = ("events", key)
    kind = tree.get("format", "call")
    if ("size" in tree) != (kind in _GROUPED):
        found.add(
            "MC1107",
            f"`format: {kind}` {'needs' if kind in _GROUPED else 'has no'} `size`",
            path,
            help="circle and peer-coaching are held in groups of `size`; every other format is for everybody at once",
        )
    return Event(
        id=key,
        title=tree.get("title", titled(key)),
        format=kind,
        at=read_event_moment(tree["at"], (*path, "at"), found),
        lasts=read_duration(tree["lasts"], (*path, "lasts"), found, quarters=True),
        audience=Audience(tree.get("for", "everyone")),
        every=read_duration(tree["every"], (*path, "every"), found) if "every" in tree else None,
        size=_size(tree.get("size"), path, found),
        facilitator=tree.get("facilitator", ""),
        room=tree.get("room", ""),
    )


def _size(tree: Tree | None, path: FieldPath, found: Findings) -> Headcount | None:
    return read_headcount(tree, (*path, "size"), found) if tree else None
