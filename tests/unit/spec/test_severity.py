"""How findings are weighed: severities by code, and exceptions that end."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from mentorctl.catalog import CATALOG
from mentorctl.catalog.kind import Kind
from mentorctl.diagnostics import WORKSPACE, Diagnostic, Place, Severity, Span, finding
from mentorctl.spec.severity import Policy, Suppression, apply_policy, filtered, read_policy, weighed

FILES = {WORKSPACE: "mentorctl.yaml", "grow": "programs/grow.yaml", "peers": "programs/peers.yaml"}
DAY = date(2027, 3, 3)
GROW: dict[str, Any] = {
    "id": "grow",
    "training": {"modules": {"basics": {}}},
    "matching": {"require": [{"id": "a"}, {"id": "gap"}]},
}


class Lines:
    """Places of mentorctl.yaml lie on the line of their first number; others by document."""

    def locate(self, place: Place) -> Span | None:
        line = next((step for step in place.path if isinstance(step, int)), 0) + 1
        return Span(file=FILES[place.document], line=line, column=1)


class Inherited:
    """Whatever a program says is written in one base."""

    def locate(self, place: Place) -> Span | None:
        return Span(file="bases/europe.yaml", line=3, column=len(place.path))


def found(code: str, document: str = "grow", *path: str | int) -> Diagnostic:
    """A finding in a document."""
    return finding(code, f"in {document}", place=Place(document=document, path=path))


def exception(check: str, until: str = "2027-06-30", **more: str) -> dict[str, str]:
    """An entry of `suppress`."""
    return {"check": check, "because": "we know", "until": until, **more}


def policy(
    workspace: dict[str, Any] | None = None, grow: dict[str, Any] | None = None, peers: dict[str, Any] | None = None
) -> tuple[Policy, tuple[Diagnostic, ...]]:
    """The policy of a workspace with two programs, from what each says besides."""
    trees = {WORKSPACE: workspace or {}, "grow": GROW | (grow or {}), "peers": {"id": "peers", **(peers or {})}}
    return read_policy(trees, FILES, Lines())


def weights(**words: str) -> dict[str, Any]:
    """The key `checks`."""
    return {"checks": {"severity": words}}


def told(findings: Sequence[Diagnostic]) -> list[tuple[str, str, str]]:
    """Code, severity and detail."""
    return [(f.code, f.severity.value, f.detail) for f in findings]


# -- severities --------------------------------------------------------------------------------------------------------


def test_a_severity_counts_where_it_is_written() -> None:
    """That of mentorctl.yaml everywhere, that of a program in the program, and there before the other."""
    made, problems = policy(weights(MC2102="error", MC2106="off"), weights(MC2102="info"))
    assert problems == ()
    given = [found(code, name) for code in ("MC2102", "MC2103", "MC2106") for name in ("grow", "peers")]
    expected = [
        ("MC2102", "info", "in grow"),
        ("MC2102", "error", "in peers"),
        ("MC2103", "warning", "in grow"),
        ("MC2103", "warning", "in peers"),
    ]
    assert told(weighed(given, made)) == expected
    assert told(weighed(weighed(given, made), made)) == expected


def test_what_is_turned_off_in_mentorctl_yaml_can_be_turned_on_in_a_program() -> None:
    """The nearer word counts."""
    made, _ = policy(weights(MC2106="off"), weights(MC2106="warning"))
    assert told(weighed([found("MC2106"), found("MC2106", "peers")], made)) == [("MC2106", "warning", "in grow")]


def test_findings_are_known_by_their_file_too() -> None:
    """What was found before the file had an id belongs to its program."""
    made, _ = policy(grow=weights(MC1120="off"))
    by_file = [
        finding("MC1120", "x", span=Span(file="programs/grow.yaml", line=1, column=1)),
        finding("MC1120", "y", span=Span(file="programs/peers.yaml", line=1, column=1)),
        found("MC1120", "programs/grow.yaml"),
        finding("MC1120", "z"),
    ]
    assert [f.detail for f in weighed(by_file, made)] == ["y", "z"]


@pytest.mark.parametrize("word", ["warning", "info", "off"])
def test_an_error_of_correctness_cannot_be_turned_down(word: str) -> None:
    """Not in mentorctl.yaml and not in a program; what is said is not done."""
    for made, problems in (policy(weights(MC2003=word)), policy(grow=weights(MC2003=word))):
        (problem,) = problems
        assert problem.code == "MC2401"
        assert "`MC2003` (a rule names a field that the roster contract does not have) is an error" in problem.detail
        assert problem.place is not None
        assert (problem.place.path, problem.place.on_key) == (("checks", "severity", "MC2003"), True)
        assert made.weights == ()


def test_an_error_may_be_called_one() -> None:
    """It changes nothing."""
    made, problems = policy(weights(MC2003="error"))
    assert problems == ()
    assert told(weighed([found("MC2003")], made)) == [("MC2003", "error", "in grow")]


def test_an_error_that_may_be_relaxed_can_be_turned_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalog says which ones."""
    monkeypatch.setitem(CATALOG, "MC2003", Kind("MC2003", "error", "x", "y", may_be_relaxed=True))
    made, problems = policy(weights(MC2003="warning"), {"suppress": [exception("MC2003")]})
    assert problems == ()
    kept, active = apply_policy([found("MC2003"), found("MC2003", "peers")], made, DAY)
    assert told(kept) == [("MC2003", "warning", "in peers")]
    assert len(active) == 1


@pytest.mark.parametrize(("code", "help_text"), [
    ("MC2160", "did you mean `MC2106`?"), ("MC2999", "take the code"), ("MC0000", ""),
])  # fmt: skip
def test_unknown_codes_are_found(code: str, help_text: str) -> None:
    """In both keys, with the code that was meant."""
    _, problems = policy(weights(**{code: "error"}), {"suppress": [exception(code)]})
    assert [p.code for p in problems] == ["MC2402", "MC2402"]
    assert all(p.help.startswith(help_text) and p.help for p in problems)
    assert [p.place and p.place.path[-1] for p in problems] == [code, "check"]


# -- exceptions --------------------------------------------------------------------------------------------------------


def ask(made: Policy, *given: Diagnostic, day: date | None = DAY) -> tuple[list[tuple[str, str, str]], int]:
    """What counts on a day, and how many exceptions are active."""
    kept, active = apply_policy(given, made, day)
    return told(kept), len(active)


def test_an_exception_covers_its_check_in_its_program() -> None:
    """Not another check, and not another program."""
    made, problems = policy(grow={"suppress": [exception("MC2102")]})
    assert problems == ()
    assert ask(made, found("MC2102"), found("MC2102", "peers"), found("MC2103")) == (
        [("MC2102", "warning", "in peers"), ("MC2103", "warning", "in grow")],
        1,
    )


def test_an_exception_in_mentorctl_yaml_covers_all_programs() -> None:
    """Its reason and last day are kept for whoever shows it."""
    made, _ = policy({"suppress": [exception("MC2102", because=" so it is \n")]})
    kept, active = apply_policy([found("MC2102"), found("MC2102", "peers")], made, DAY)
    assert kept == ()
    assert [(e.code, e.because, e.until, str(e.span)) for e in active] == [
        ("MC2102", "so it is", date(2027, 6, 30), "mentorctl.yaml:1:1")
    ]


@pytest.mark.parametrize(("at", "covered"), [
    ("training", True), ("training.modules.basics", True), ("training.modules", True), ("matching", False),
    ("matching.require.gap", False),
])  # fmt: skip
def test_an_exception_can_be_limited_to_a_place(at: str, *, covered: bool) -> None:
    """Everything that lies below its path is covered; in mentorctl.yaml the id of the program stands before it."""
    given = found("MC2104", "grow", "training", "modules", "basics", "due")
    for made, _ in (
        policy(grow={"suppress": [exception("MC2104", at=at)]}),
        policy({"suppress": [exception("MC2104", at=f"grow.{at}")]}),
    ):
        assert filtered([given], made, DAY) == (() if covered else (given,))
        assert filtered([found("MC2104", "peers", "training", "modules", "basics")], made, DAY)


def test_entries_of_lists_are_named_by_their_id() -> None:
    """As everywhere in paths."""
    made, _ = policy(grow={"suppress": [exception("MC2108", at="matching.require.gap")]})
    assert filtered([found("MC2108", "grow", "matching", "require", 1)], made, DAY) == ()
    assert len(filtered([found("MC2108", "grow", "matching", "require", 0)], made, DAY)) == 1


@pytest.mark.parametrize(("day", "ended"), [
    (date(2027, 6, 29), False), (date(2027, 6, 30), False), (date(2027, 7, 1), True), (None, False),
])  # fmt: skip
def test_an_exception_ends_after_its_last_day(day: date | None, *, ended: bool) -> None:
    """Then the finding counts again, and another one says why."""
    made, _ = policy(grow={"suppress": [exception("MC2102")]})
    assert ask(made, found("MC2102"), day=day) == (
        (
            [
                ("MC2102", "warning", "in grow"),
                ("MC2403", "warning", "`MC2102` was accepted until 2027-06-30 (“we know”); this is checked as on 2027-07-01"),
            ],
            0,
        )
        if ended
        else ([], 1)
    )  # fmt: skip


def test_an_exception_that_covers_nothing_is_found() -> None:
    """Once, also when it has ended; with the place where the check finds something, if there is one."""
    made, _ = policy(grow={"suppress": [exception("MC2102"), exception("MC2104", at="matching", until="2027-01-01")]})
    given = found("MC2104", "grow", "training", "modules", "basics", "due")
    kept, active = apply_policy([given], made, DAY)
    assert [(f.code, f.detail, f.help) for f in kept if f.code != "MC2104"] == [
        ("MC2404", "`MC2102` finds nothing", "remove this exception"),
        (
            "MC2404",
            "`MC2104` finds nothing at `matching`",
            "`MC2104` is found at `training.modules.basics.due`; correct `at`, or leave it out",
        ),
    ]
    assert active == ()


def test_a_place_that_is_not_there_is_named() -> None:
    """A slip in `at` covers nothing."""
    made, _ = policy({"suppress": [exception("MC2104", at="grow.trainings")]})
    given = found("MC2104", "grow", "training")
    kept, _ = apply_policy([given], made, DAY)
    assert [(f.detail, f.help) for f in kept if f.code == "MC2404"] == [
        ("`grow.trainings` names nothing that is written", "`MC2104` is found at `grow.training`; correct `at`, or leave it out")
    ]  # fmt: skip


def test_where_there_are_errors_no_exception_is_called_useless() -> None:
    """The check that it covers may not have been made."""
    made, _ = policy(grow={"suppress": [exception("MC2102")]})
    assert ask(made, found("MC1101")) == ([("MC1101", "error", "in grow")], 0)


def test_what_a_plan_brings_to_light_may_be_accepted_before() -> None:
    """An exception to a finding of the roster or a plan is active until it ends, whether or not it is needed today."""
    made, _ = policy(grow={"suppress": [exception("MC5002")]})
    assert ask(made) == ([], 1)
    assert [code for code, _, _ in ask(made, day=date(2027, 7, 1))[0]] == ["MC2403"]
    assert filtered([found("MC5002")], made, DAY) == ()


def test_an_inherited_exception_is_one() -> None:
    """It is used when any heir needs it, and counted once."""
    entry = {"suppress": [exception("MC2102")]}
    trees = {"grow": {"id": "grow", **entry}, "peers": {"id": "peers", **entry}}
    made, _ = read_policy(trees, FILES, Inherited())
    assert ask(made, found("MC2102")) == ([], 1)
    assert [code for code, _, _ in ask(made)[0]] == ["MC2404"]
    assert [code for code, _, _ in ask(made, found("MC2102"), day=date(2028, 1, 1))[0]] == ["MC2102", "MC2403"]


def test_findings_about_exceptions_can_be_weighed() -> None:
    """A workspace may want that an ended exception stops everything."""
    made, _ = policy(weights(MC2403="error", MC2404="off"), {"suppress": [exception("MC5002", until="2027-01-01")]})
    kept, _ = apply_policy([], made, DAY)
    assert [(f.code, f.severity) for f in kept] == [("MC2403", Severity.ERROR)]
    made, _ = policy(weights(MC2404="off"), {"suppress": [exception("MC2102")]})
    assert ask(made) == ([], 0)


def test_no_exception_to_an_error_and_no_day_that_does_not_exist() -> None:
    """Both are found where they are written, and nothing is covered."""
    made, problems = policy(grow={"suppress": [exception("MC2003"), exception("MC2102", until="2027-02-29")]})
    assert [(p.code, p.place and p.place.path) for p in problems] == [
        ("MC2401", ("suppress", 0, "check")),
        ("MC2009", ("suppress", 1, "until")),
    ]
    assert made.suppressions == ()


def test_an_exception_is_a_value() -> None:
    """Two readings of the same files give the same policy."""
    first, second = (policy({"suppress": [exception("MC2102")]}, weights(MC2106="off")) for _ in range(2))
    assert first == second
    assert isinstance(first[0].suppressions[0], Suppression)
