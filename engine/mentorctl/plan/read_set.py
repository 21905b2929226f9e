"""What a plan depended on, as short fingerprints: when its effects change, they say what moved.

The fingerprint of people begins with their number, so that `52:…` against `55:…` says that three more came.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import chain
from operator import methodcaller

import numpy as np

from mentorctl.lifecycle.compiled import plain
from mentorctl.plan.enrollments import Cohort, cohort_of
from mentorctl.plan.inputs import PlanInputs
from mentorctl.roster.people import (
    CodeColumn,
    Column,
    DaysColumn,
    Ints,
    NumberColumn,
    PersonColumn,
    RankColumn,
    Roster,
    SetColumn,
    TextColumn,
    WeekColumn,
)
from mentorctl.rules.fields import Role
from mentorctl.spec.model import Mode
from mentorctl.state.codec import canonical_json
from mentorctl.state.model import Record

_SIZE = 6  # bytes of a fingerprint
_PLURAL = {Role.MENTOR: "mentors", Role.MENTEE: "mentees", Role.PEER: "peers"}


def read_set_of(inputs: PlanInputs) -> tuple[tuple[str, str], ...]:
    """A fingerprint of everything that the cohorts which run on the day of the plan were planned from, by name."""
    found: list[tuple[str, str]] = []
    for compiled in inputs.programs:
        program = compiled.program
        if program.mode is not Mode.LIVE:
            continue
        found.append((f"{program.id}/rules", compiled.matching_rules.partition(":")[2][: 2 * _SIZE]))
        for cohort, timeline in compiled.timelines_on(inputs.as_of):
            if timeline.runs_on(inputs.as_of):
                here = f"{program.id}/{cohort}"
                running = cohort_of(inputs, compiled, cohort, timeline)
                found += ((f"{here}/{name}", print_) for name, print_ in _people(running))
                dates = [[p.id, p.start.isoformat(), p.end.isoformat()] for p in timeline.phases]
                found.append((f"{here}/dates", _print(canonical_json(dates).encode())))
                found.append((f"{here}/state", _of_records(inputs.snapshot.of_cohort(program.id, cohort))))
    return tuple(sorted(found))


def _people(cohort: Cohort) -> Iterator[tuple[str, str]]:
    """Who applies, what the roster says of them, and how many places they have."""
    program, roster = cohort.program, cohort.inputs.roster
    everybody: set[int] = set()
    for role in program.roles:
        who = cohort.applicants[role].tolist()
        everybody.update(who)
        ids = sorted(map(roster.ids.__getitem__, who))
        yield _PLURAL[role], f"{len(ids)}:{_print(*map(str.encode, ids))}"
    rows = np.array(sorted(everybody, key=roster.ids.__getitem__), np.int32)
    columns = sorted(roster.columns.items())
    yield (
        "answers",
        _print(*(part for name, column in columns for part in (name.encode(), *_said(column, rows, roster)))),
    )
    facts = (*_said(roster.completed, rows, roster), np.ascontiguousarray(roster.approved[rows]).tobytes())
    yield "facts", _print(*facts)
    capacities = [plain(program.matching.mentor_capacity), plain(program.matching.mentee_capacity)]
    fields = (program.matching.mentor_capacity.field, program.matching.mentee_capacity.field)
    places = (part for name in fields if name for part in _said(roster.columns[name], rows, roster))
    yield "capacities", _print(canonical_json(capacities).encode(), *places)


def _said(column: Column, rows: Ints, roster: Roster) -> Sequence[bytes]:
    """What some people say in one field, whatever else the roster holds."""
    match column:
        case CodeColumn():
            labels = [label.encode() for label in (*column.labels, "")]
            return list(map(labels.__getitem__, column.codes[rows].tolist()))
        case SetColumn():
            return ["\x1f".join(column.labels).encode(), np.ascontiguousarray(column.words[rows]).tobytes()]
        case NumberColumn():
            return [np.ascontiguousarray(column.values[rows]).tobytes()]
        case PersonColumn():
            return [roster.ids[index].encode() if index >= 0 else b"" for index in column.people[rows].tolist()]
        case WeekColumn():
            return [np.ascontiguousarray(column.words[rows]).tobytes()]
        case DaysColumn():
            return [repr(column.spans[row]).encode() for row in rows.tolist()]
        case RankColumn():
            starts, people = column.starts.tolist(), column.people.tolist()
            return [
                "\x1f".join(roster.ids[one] for one in people[starts[row] : starts[row + 1]]).encode()
                for row in rows.tolist()
            ]
        case TextColumn():
            return [column.values[row].encode() for row in rows.tolist()]


def _of_records(records: Iterable[Record]) -> str:
    """Where everything stands."""
    return _print(*sorted(f"{record.address.kind}/{record.address.id} {record.state}".encode() for record in records))


def _print(*parts: bytes) -> str:
    lengths = map(methodcaller("to_bytes", 4, "big"), map(len, parts))
    return blake2b(b"".join(chain.from_iterable(zip(lengths, parts, strict=True))), digest_size=_SIZE).hexdigest()
