"""Small records, changes and plans to fill stores with."""

from datetime import UTC, datetime

from mentorctl.addresses import Address
from mentorctl.plan.model import Action, Change, Impact, Plan
from mentorctl.rules.fields import Role
from mentorctl.state.codec import canonical_json, digest, kind_of, record_to_json
from mentorctl.state.model import EnrollmentRecord, MatchRecord, ProgramRecord, Record, Snapshot, Term, members

WORKSPACE = "acme"
AT = datetime(2027, 2, 1, 9, 30, tzinfo=UTC)


def program(name: str = "grow", *, state: str = "open", definition: str = "sha256:aa") -> ProgramRecord:
    """A program."""
    return ProgramRecord(
        address=Address(program=name),
        name=f"Program {name}",
        owner="people-team",
        state=state,
        definition=definition,
        lifecycles="",
        matching_rules="sha256:bb",
    )


def enrollment(number: int, *, state: str = "enrolled") -> EnrollmentRecord:
    """A mentee of the program `grow`."""
    return EnrollmentRecord(
        address=Address(program="grow", cohort="spring", kind="enrollment", id=f"e{number}"),
        person=f"p{number}",
        role=Role.MENTEE,
        state=state,
    )


def match(number: int, *, state: str = "proposed", score: int = 70) -> MatchRecord:
    """A match of the program `grow`."""
    return MatchRecord(
        address=Address(program="grow", cohort="spring", kind="match", id=f"m{number}"),
        members=members([f"p{number}"], [f"q{number}"]),
        subject="",
        state=state,
        score=score,
        terms=(Term(rule="skills — “Größe”", points=score),),
    )


def create(record: Record) -> Change:
    """The change that adds a record."""
    return _change(Action.CREATE, None, record)


def update(before: Record, after: Record) -> Change:
    """The change that replaces a record."""
    return _change(Action.UPDATE, before, after)


def delete(record: Record) -> Change:
    """The change that removes a record."""
    return _change(Action.DELETE, record, None)


def _change(action: Action, before: Record | None, after: Record | None) -> Change:
    newest = after if after is not None else before
    assert newest is not None
    return Change(
        action=action,
        address=newest.address,
        before=before,
        after=after,
        impact=Impact.NONE,
        reason="asked for",
    )


def plan_from(snapshot: Snapshot, *changes: Change, inputs: str = "sha256:inputs") -> Plan:
    """A plan made from what was read."""
    effects = [[change.action.value, _text(change.before), _text(change.after)] for change in changes]
    return Plan(
        workspace=snapshot.workspace,
        lineage=snapshot.lineage,
        serial=snapshot.serial,
        as_of="2027-02-01",
        inputs=inputs,
        changes=changes,
        matchings=(),
        schedules=(),
        notices=(),
        digest=digest(effects),
    )


def _text(record: Record | None) -> str:
    return f"{kind_of(record)} {canonical_json(record_to_json(record))}" if record is not None else ""
