"""The fairness report: what is compared, what can be said, and what must not be seen."""

import numpy as np
import pytest

from mentorctl.addresses import Address
from mentorctl.plan.fairness import Comparison, Stage, Verdict, fairness
from mentorctl.roster.people import CodeColumn, Roster, SetColumn
from mentorctl.rules.fields import Role
from mentorctl.state.model import EnrollmentRecord, MatchRecord, Record, members


def _roster(groups: list[str]) -> Roster:
    labels = tuple(sorted(set(groups) - {""}))
    ids = tuple(f"p{i}" for i in range(len(groups)))
    codes = np.array([labels.index(g) if g else -1 for g in groups], np.int32)
    return Roster(
        ids=ids,
        roster_ids=ids,
        names=ids,
        columns={"site": CodeColumn(codes=codes, labels=labels)},
        completed=SetColumn(words=np.zeros((len(ids), 1), np.uint64), labels=()),
        approved=np.zeros(len(ids), np.bool_),
        applications=(),
        digest="",
    )


def _world(counts: dict[str, tuple[int, int]]) -> tuple[list[Record], Roster]:
    """So many matched and so many waiting mentees of each group."""
    groups, records = list[str](), list[Record]()
    for group, (matched, waiting) in counts.items():
        for state in ["matched"] * matched + ["waitlisted"] * waiting:
            person = f"p{len(groups)}"
            address = Address(program="grow", cohort="spring", kind="enrollment", id=f"{person}_mentee")
            records.append(EnrollmentRecord(address=address, person=person, role=Role.MENTEE, state=state))
            if state == "matched":
                at = Address(program="grow", cohort="spring", kind="match", id=f"m{person}")
                people = members(["x"], [person])
                records.append(MatchRecord(address=at, members=people, subject="", state="active", score=10, terms=()))
            groups.append(group)
    return records, _roster(groups)


def _matched(counts: dict[str, tuple[int, int]]) -> Comparison:
    records, roster = _world(counts)
    (found,) = [c for c in fairness(records, roster, ["site"]) if c.stage is Stage.MATCHED]
    return found


@pytest.mark.parametrize(
    ("counts", "verdicts"),
    [
        ({"a": (20, 0), "b": (5, 15)}, {"a": Verdict.HIGHER, "b": Verdict.LOWER}),
        ({"a": (18, 2), "b": (17, 3)}, {"a": Verdict.ALIKE, "b": Verdict.ALIKE}),
        ({"a": (0, 20), "b": (0, 20)}, {"a": Verdict.TOO_FEW, "b": Verdict.TOO_FEW}),  # nobody is matched: no telling
        ({"a": (40, 0), "b": (5, 0)}, {"a": Verdict.ALIKE, "b": Verdict.ALIKE}),
    ],
)
def test_a_difference_is_one_beyond_chance(counts: dict[str, tuple[int, int]], verdicts: dict[str, Verdict]) -> None:
    """Groups are called lower or higher only where chance alone would hardly do that, and alike only if it could show."""
    assert {g.group: g.verdict for g in _matched(counts).groups} == verdicts


def test_small_groups_are_hidden() -> None:
    """A group below the floor is not shown, and neither is the next smallest, which would tell its numbers."""
    found = _matched({"a": (20, 0), "b": (8, 2), "c": (3, 0)})
    assert [g.group for g in found.groups] == ["a"]
    assert found.hidden == 2
    two = _matched({"a": (20, 0), "b": (2, 2), "c": (3, 0)})
    assert [g.group for g in two.groups] == ["a"]
    assert _matched({"a": (2, 1)}).groups == ()


def test_blank_answers_are_in_no_group() -> None:
    """Who did not answer is not counted as a group of their own."""
    assert [g.of for g in _matched({"a": (9, 1), "": (6, 0), "b": (10, 0)}).groups] == [10, 10]


def test_means_are_those_of_groups_that_are_shown() -> None:
    """The mean score is over matched people, where they are enough."""
    assert _matched({"a": (8, 2), "b": (9, 1)}).mean_scores == (("a", 10.0), ("b", 10.0))
    assert _matched({"a": (4, 6), "b": (9, 1)}).mean_scores == (("b", 10.0),)
