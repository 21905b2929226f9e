"""A program that ran elsewhere is taken over: rows of spreadsheets to people, matches and sessions of a cohort.

What is adopted is put into the state as it stood there. Points and slots are what the files make of it, so that the
next plan finds nothing to change; where it would, that is said before anything is written.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime

import numpy as np

from mentorctl.addresses import Address
from mentorctl.dates.zones import to_utc
from mentorctl.diagnostics import Diagnostic, Span, did_you_mean, finding, quoted_list
from mentorctl.lifecycle.compiler import lifecycle_named
from mentorctl.optimize.scoring import rule_points
from mentorctl.plan.calendar import session_id
from mentorctl.plan.enrollments import Cohort
from mentorctl.plan.matches import ground_of, match_id
from mentorctl.plan.meetings import meeting_basis
from mentorctl.plan.standing import pairs_of
from mentorctl.roster.table import Table
from mentorctl.rules.fields import Role
from mentorctl.rules.implied import soft_rules
from mentorctl.state.model import EnrollmentRecord, MatchRecord, Record, SessionRecord, Term, is_match, members
from mentorctl.values import dataclass

PEOPLE = ("id", "role", "state")
MATCHES = ("match", "mentor", "mentee", "peer", "subject", "state")
SESSIONS = ("match", "mentor", "mentee", "starts", "minutes", "held")
_USUAL_MINUTES = 60
_MOST_MINUTES = 24 * 60
_YES, _NO = frozenset({"yes", "y", "true", "1", "held", "completed"}), frozenset({"no", "n", "false", "0", "planned"})
_STANDING = ("active", "accepted", "proposed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """What is taken over into one cohort: the tables, with the names of their columns where these differ from ours."""

    program: str
    cohort: str
    people: Table | None = None
    matches: Table | None = None
    sessions: Table | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Taking:
    """The records so far, and what is wrong with the rows."""

    cohort: Cohort
    enrollments: dict[str, EnrollmentRecord] = field(default_factory=dict)
    matches: dict[str, MatchRecord] = field(default_factory=dict)
    sessions: list[SessionRecord] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)
    index_of: dict[str, int] = field(default_factory=dict)

    def wrong(self, table: Table, line: int, detail: str, help: str = "") -> None:  # noqa: A002
        self.found.append(finding("MC7023", detail, help=help, span=Span(file=table.file, line=line, column=1)))


def taken(cohort: Cohort, adoption: Adoption) -> tuple[tuple[Record, ...], tuple[Diagnostic, ...]]:
    """The records of what is adopted, as they stood elsewhere; every row that cannot be read is a finding."""
    names = cohort.inputs.roster.roster_ids
    taking = _Taking(cohort=cohort, index_of={name: at for at, name in enumerate(names)})
    for table, columns, needed, take in (
        (adoption.people, PEOPLE, ("id", "role"), _person),
        (adoption.matches, MATCHES, (), _match),
        (adoption.sessions, SESSIONS, ("starts",), _session),
    ):
        if table is None:
            continue
        for line, cells in _rows(table, columns, needed, adoption.columns, taking):
            take(taking, table, line, cells)
    for record in taking.matches.values():
        if not is_match(record):
            taking.found.append(
                finding("MC7023", f"the match of {len(record.members)} people has not both sides", help=_BOTH_SIDES)
            )
    matches = [_scored(cohort, match) for match in taking.matches.values()]
    records: list[Record] = [*taking.enrollments.values(), *matches, *taking.sessions]
    taking.found += _known_already(records, cohort)
    return tuple(sorted(records, key=lambda record: record.address)), tuple(taking.found)


_BOTH_SIDES = "a match has a mentor and a mentee, or two peers; rows of one match have the same `match`"


def _scored(cohort: Cohort, match: MatchRecord) -> MatchRecord:
    """The match with the points that the rules of the program give it today."""
    index_of = cohort.inputs.index_of
    pairs = [(index_of[one], index_of[other]) for one, other in pairs_of(match)]
    matching = cohort.program.matching
    rules = soft_rules(matching.prefer, matching.terms)
    if not pairs or not rules:
        return match
    mentees, mentors = (np.array(side, np.int32) for side in zip(*pairs, strict=True))
    given = rule_points(ground_of(cohort), mentees, mentors, rules).sum(axis=1)
    terms = tuple(
        Term(rule=rule.id, points=int(points)) for rule, points in zip(rules, given, strict=True) if int(points)
    )
    return replace(match, terms=terms, score=sum(term.points for term in terms))


def _known_already(records: Iterable[Record], cohort: Cohort) -> Iterable[Diagnostic]:
    known = [r.address for r in records if r.address in cohort.inputs.snapshot.by_address]
    if known:
        some = quoted_list(str(address) for address in known[:3])
        yield finding(
            "MC7023",
            f"{len(known):,} of what is adopted is in the state already ({some})",
            help="adopt only what is new; what is there goes on by plans",
        )


def _rows(
    table: Table, columns: Sequence[str], needed: Collection[str], called: Mapping[str, str], taking: _Taking
) -> list[tuple[int, dict[str, str]]]:
    """The rows as cells by our names."""
    header = [_plain(name) for name in table.header]
    at = {
        name: header.index(_plain(called.get(name, name)))
        for name in columns
        if _plain(called.get(name, name)) in header
    }
    for name in needed:
        if name not in at:
            taking.wrong(
                table,
                1,
                f"there is no column `{called.get(name, name)}`",
                did_you_mean(name, header) or f"say what it is called with `--column {name}=HEADER`",
            )
    if any(name not in at for name in needed):
        return []
    rows = []
    for line, row in zip(table.lines, table.rows, strict=True):
        if len(row) != len(table.header):
            taking.wrong(table, line, f"the row has {len(row)} cells, the header {len(table.header)}")
            continue
        cells = {name: row[i].strip() for name, i in at.items()}
        empty = [name for name in needed if not cells[name]]
        if empty:
            taking.wrong(table, line, f"`{empty[0]}` is empty")
            continue
        rows.append((line, cells))
    return rows


def _plain(name: str) -> str:
    """A header as it is compared: `Mentor ID` and `mentor_id` are `mentor`."""
    words = name.casefold().replace("_", " ").replace("-", " ").split()
    return " ".join(words[:-1] if len(words) > 1 and words[-1] == "id" else words)


def _person(taking: _Taking, table: Table, line: int, cells: Mapping[str, str]) -> None:
    machine = lifecycle_named(taking.cohort.compiled.lifecycles, "enrollment")
    states = [state.id for state in machine.states]
    role, state = cells["role"].casefold(), cells.get("state", "").casefold().replace(" ", "_")
    if role not in [one.value for one in taking.cohort.program.roles]:
        roles = quoted_list(one.value for one in taking.cohort.program.roles)
        taking.wrong(table, line, f"`{cells['role']}` is no role of the program", f"its roles are {roles}")
    elif state and state not in states:
        help_ = did_you_mean(state, states) or f"the states are {quoted_list(states)}"
        taking.wrong(table, line, f"an enrollment has no state `{cells['state']}`", help_)
    else:
        _enroll(taking, table, line, cells["id"], Role(role), state or machine.initial)


def _enroll(taking: _Taking, table: Table, line: int, name: str, role: Role, state: str) -> str:
    """Somebody takes part; their opaque id, or an empty text when they cannot."""
    cohort = taking.cohort
    at = taking.index_of.get(name, -1)
    if at < 0:
        taking.wrong(table, line, f"nobody on the roster has the id `{name}`", did_you_mean(name, taking.index_of))
        return ""
    if at not in cohort.inputs.roster.applicants(role, cohort.program.id, cohort.id):
        taking.wrong(
            table,
            line,
            f"`{name}` does not apply as {role} of `{cohort.id}`, so the next plan would withdraw them",
            "add them to a file of the roster, or to the one that `roster.by_hand` names",
        )
        return ""
    person = cohort.inputs.roster.ids[at]
    key = f"{person}_{role}"
    before = taking.enrollments.get(key)
    if before is None or state == "matched":
        address = cohort.of_kind("enrollment", key)
        taking.enrollments[key] = EnrollmentRecord(address=address, person=person, role=role, state=state)
    return person


def _match(taking: _Taking, table: Table, line: int, cells: Mapping[str, str]) -> None:
    cohort = taking.cohort
    machine = lifecycle_named(cohort.compiled.lifecycles, "match")
    states = [state.id for state in machine.states]
    state = cells.get("state", "").casefold() or next(name for name in _STANDING if name in states)
    if state not in states:
        taking.wrong(table, line, f"a match has no state `{state}`", f"the states are {quoted_list(states)}")
        return
    is_over = state in cohort.compiled.ends("match")
    sides: dict[Role, list[str]] = {role: [] for role in Role}
    for role in Role:
        for name in filter(None, (part.strip() for part in cells.get(role.value, "").split(";"))):
            person = _enroll(taking, table, line, name, role, "applied" if is_over else "matched")
            if not person:
                return
            sides[role].append(person)
    if not any(sides.values()):
        taking.wrong(table, line, "the row names nobody", _BOTH_SIDES)
        return
    others = [*sides[Role.MENTEE], *sides[Role.PEER]]
    kind = Role.PEER if sides[Role.PEER] else Role.MENTEE
    key = cells.get("match", "") or f"line {line}"
    before = taking.matches.get(key)
    mentors = [*(before.mentors if before else ()), *sides[Role.MENTOR]]
    others = [*(before.others if before else ()), *others]
    subject = cells.get("subject", "")
    together = members(set(mentors), set(others), kind)
    taking.matches[key] = MatchRecord(
        address=cohort.of_kind("match", match_id(cohort, set(mentors), set(others), subject)),
        members=together,
        subject=subject,
        state=state,
        score=0,
        terms=(),
    )


def _session(taking: _Taking, table: Table, line: int, cells: Mapping[str, str]) -> None:
    cohort = taking.cohort
    match = _match_of(taking, cells)
    starts = _instant(cells["starts"], cohort.program.timezone)
    minutes = cells.get("minutes", "") or str(_USUAL_MINUTES)
    held = cells.get("held", "").casefold() or "yes"
    if match is None:
        taking.wrong(
            table, line, "no match of the file is of these people", "name its `match`, or `mentor` and `mentee`"
        )
    elif starts is None:
        taking.wrong(table, line, f"`{cells['starts']}` is no time", "write for example 2027-03-01 10:00")
    elif not minutes.isdecimal() or not 0 < int(minutes) <= _MOST_MINUTES:
        taking.wrong(table, line, f"`{minutes}` is no number of minutes")
    elif held not in _YES | _NO:
        taking.wrong(table, line, f"`held` is `{cells['held']}`; write yes or no")
    else:
        number = sum(1 for s in taking.sessions if s.subject == match.address.id) + 1
        taking.sessions.append(
            SessionRecord(
                address=cohort.of_kind("session", session_id(cohort, "meeting", match.address.id, number)),
                kind="meeting",
                subject=match.address.id,
                number=number,
                starts=f"{starts:%Y-%m-%dT%H:%MZ}",
                zone=cohort.program.timezone,
                minutes=int(minutes),
                people=match.people,
                state="held" if held in _YES else "planned",
                basis=meeting_basis(cohort, match),
            )
        )


def _match_of(taking: _Taking, cells: Mapping[str, str]) -> MatchRecord | None:
    named = cells.get("match", "")
    if named:
        return taking.matches.get(named)
    ids = [cells.get(role, "") for role in ("mentor", "mentee")]
    if not all(name in taking.index_of for name in ids):
        return None
    people = {taking.cohort.inputs.roster.ids[taking.index_of[name]] for name in ids}
    return next((match for match in taking.matches.values() if people <= set(match.people)), None)


def _instant(text: str, zone: str) -> datetime | None:
    """An instant; without an offset it is on the program's clock."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    return to_utc(at.date(), at.time(), zone)


# -- into the state ----------------------------------------------------------------------------------------------------


def settled(records: Iterable[Record], drafted: Mapping[Address, Record]) -> tuple[Record, ...]:
    """What is adopted with what the files make of it: how far people have come who are in no match."""
    found: list[Record] = []
    for record in records:
        then = drafted.get(record.address)
        match record, then:
            case EnrollmentRecord(), EnrollmentRecord() if then.state != "withdrawn" and record.state == "applied":
                found.append(replace(record, state=then.state))
            case _:
                found.append(record)
    return tuple(found)


def changed_again(records: Iterable[Record], drafted: Mapping[Address, Record]) -> Iterable[Diagnostic]:
    """MC7024: what the next plan would do to what is adopted now."""
    for record in records:
        then = drafted.get(record.address)
        if then != record:
            becomes = then.state if then is not None else "gone"
            detail = f"`{record.address}` is adopted as {record.state}, and the next plan would make it {becomes}"
            if then is not None and then.state == record.state:
                detail = f"`{record.address}` is adopted, and the next plan would change it"
            yield finding("MC7024", detail, help="see with `mentorctl plan --detail full` what asks for it")
