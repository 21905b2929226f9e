"""Files of policies: what is wrong with one is found at its place, and what is right becomes rules."""

from datetime import date

import pytest
from unit.plan.small import World

from mentorctl import pipeline
from mentorctl.spec.policies import Effect
from mentorctl.spec.read_policy import read_policies

GOOD = """\
mentorctl: policy/v1
policies:
  - id: keep
    when: churn.ended_met > 0
    effect: require
    approvals: [program_owner]
    because: who met stays together
    enforce_from: 2027-03-01
    except:
      - {program: grow, because: a pilot, until: 2027-06-30}
"""


def _found(text: str, *, today: date | None = date(2027, 1, 1)) -> list[tuple[str, int]]:
    """The codes and lines of what is found in a file of policies beside the small workspace."""
    loaded = World().load()
    known = pipeline.with_policies(
        pipeline.load(("mentorctl.yaml", World().workspace), [("programs/0.yaml", World().programs[0])], as_of=today),
        [("policies/people.yaml", text)],
    )
    assert loaded.policies == ()
    return [(d.code, d.span.line if d.span else 0) for d in known.findings if d.span and "policies" in d.span.file]


def test_a_rule_has_all_that_is_written() -> None:
    """The values are those of the file; the exception covers its program until the end of the last day."""
    read = read_policies([("policies/a.yaml", GOOD)], programs={"grow"}, today=None)
    assert read.findings == ()
    (rule,) = read.rules
    assert (rule.id, rule.when, rule.effect, rule.approvals) == (
        "keep", "churn.ended_met > 0", Effect.REQUIRE, ("program_owner",),
    )  # fmt: skip
    assert (rule.because, rule.enforce_from, rule.document) == (
        "who met stays together", date(2027, 3, 1), "policies/a.yaml",
    )  # fmt: skip
    assert rule.exceptions[0].covers("grow", date(2027, 6, 30))
    assert not rule.exceptions[0].covers("grow", date(2027, 7, 1))
    assert not rule.exceptions[0].covers("other", date(2027, 1, 1))


def test_a_good_file_has_no_findings() -> None:
    """Nothing is said about it, and the rules are those of the workspace."""
    assert _found(GOOD) == []


WRONG = (
    ("mentorctl: policy/v1", "mentorctl: program/v1", "MC1108", 1),
    ("mentorctl: policy/v1", "mentorctl: policy/v2", "MC1110", 1),
    ("    because: who met stays together\n", "", "MC1102", 3),
    ("effect: require", "effect: refuse", "MC1104", 5),
    ("effect: require", "efect: require", "MC1101", 5),
    ("id: keep", "id: Keep", "MC1105", 3),
    ("    approvals: [program_owner]\n", "", "MC1107", 5),
    ("effect: require", "effect: deny", "MC1107", 6),
    ("when: churn.ended_met > 0", "when: churn.ended_met >", "MC2301", 4),
    ("when: churn.ended_met > 0", "when: churn.ended_mett > 0", "MC2302", 4),
    ("when: churn.ended_met > 0", "when: churn.ended_met", "MC2303", 4),
    ("when: churn.ended_met > 0", "when: after.fairness_gap > 10", "MC2304", 4),
    ("when: churn.ended_met > 0", "when: mode == 'lively'", "MC2302", 4),
    ("enforce_from: 2027-03-01", "enforce_from: 2027-02-30", "MC2009", 8),
    ("until: 2027-06-30", "until: 2027-06-31", "MC2009", 10),
    ("program: grow", "program: grwo", "MC2406", 10),
    ("until: 2027-06-30", "until: 2026-12-31", "MC2405", 10),
    ("policies:\n", "policies: [\n", "MC1001", 0),
)


@pytest.mark.parametrize(("right", "wrong", "code", "line"), WRONG, ids=[w[1].strip()[:40] or w[0] for w in WRONG])
def test_what_is_wrong_is_found_at_its_place(right: str, wrong: str, code: str, line: int) -> None:
    """One mistake is one finding, on the line of the mistake."""
    assert right in GOOD
    found = _found(GOOD.replace(right, wrong, 1))
    assert [one for one, _ in found][:1] == [code]
    assert not line or found[0][1] == line


def test_ids_are_unique_across_files() -> None:
    """A policy has one meaning; the second of the same id is found, and the first is pointed at."""
    read = read_policies([("policies/a.yaml", GOOD), ("policies/b.yaml", GOOD)], programs={"grow"}, today=None)
    (found,) = read.findings
    assert (found.code, found.place and found.place.document) == ("MC2002", "policies/b.yaml")
    assert [r.place.document for r in found.related if r.place] == ["policies/a.yaml"]
