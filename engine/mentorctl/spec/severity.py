"""How a workspace weighs the checks: severities by code, and exceptions with a reason and a last day.

Both stand under `checks.severity` and `suppress`, in mentorctl.yaml for everything and in a program for that program.
Only advice can be weighed (`Kind.is_advice`): turning down an error of correctness would hide it, not mend it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from mentorctl.catalog import CATALOG
from mentorctl.diagnostics import (
    WORKSPACE,
    Diagnostic,
    FieldPath,
    Locator,
    Place,
    Severity,
    Span,
    did_you_mean,
    finding,
    has_errors,
    in_order,
)
from mentorctl.spec.resolve import at_words
from mentorctl.values import dataclass

type Tree = Mapping[str, Any]

OFF = "off"
FOUND_IN_FILES = ("MC1", "MC2", "MC4")  # what loading the files finds


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A severity for a check, in one document or everywhere (""). `severity` is None for a check turned off."""

    document: str
    code: str
    severity: Severity | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A finding that is accepted up to and with the day `until`, in one document or everywhere ("").

    `path` limits it to what lies there, and is None when `at` names nothing. `span` is where it is written: an
    exception that several programs inherit is one exception.
    """

    document: str
    code: str
    because: str
    until: date
    at: str
    path: FieldPath | None
    place: Place
    span: Span | None

    def ended(self, today: date | None) -> bool:
        return today is not None and today > self.until


type _Covering = tuple[Suppression, tuple[Diagnostic, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything that a workspace and its programs say about checks. `files` gives the file of each document."""

    weights: tuple[Weight, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    files: tuple[tuple[str, str], ...] = ()


def read_policy(
    trees: Mapping[str, Tree], files: Mapping[str, str], locator: Locator
) -> tuple[Policy, tuple[Diagnostic, ...]]:
    """The policy from trees that the schema vouched for, by document: `WORKSPACE` and program ids."""
    findings: list[Diagnostic] = []
    weights: list[Weight] = []
    suppressions: list[Suppression] = []
    for document, tree in trees.items():
        weights += _weights(document, tree, findings)
        for i, entry in enumerate(tree.get("suppress") or ()):
            made = _suppression(document, i, entry, trees, findings)
            if made:
                suppressions.append(replace(made, span=locator.locate(made.place)))
    policy = Policy(weights=tuple(weights), suppressions=tuple(suppressions), files=tuple(sorted(files.items())))
    return policy, tuple(findings)


def weighed(findings: Iterable[Diagnostic], policy: Policy) -> tuple[Diagnostic, ...]:
    """The findings with the severities of the policy, without those that are turned off. Doing it twice is no harm."""
    if not policy.weights:
        return tuple(findings)
    files = dict(policy.files)
    by_code: dict[str, list[Weight]] = {}
    for one in sorted(policy.weights, key=lambda w: w.document == ""):  # what a program says goes before
        by_code.setdefault(one.code, []).append(one)
    kept = []
    for found in findings:
        weight = next((w for w in by_code.get(found.code, ()) if _concerns(w.document, found, files)), None)
        if weight is None:
            kept.append(found)
        elif weight.severity is not None:
            kept.append(replace(found, severity=weight.severity))
    return tuple(kept)


def filtered(findings: Iterable[Diagnostic], policy: Policy, today: date | None) -> tuple[Diagnostic, ...]:
    """The findings that count, in order: weighed, and without those that an exception covers on a day."""
    given = weighed(findings, policy)
    hidden = {f for s, its in _covered(given, policy) if not s.ended(today) for f in its}
    return in_order(found for found in given if found not in hidden)


def apply_policy(
    findings: Iterable[Diagnostic], policy: Policy, today: date | None
) -> tuple[tuple[Diagnostic, ...], tuple[Suppression, ...]]:
    """The findings of the files that count, and the exceptions that are active on a day (without one none ends).

    Added are findings about the exceptions themselves: those that have ended, and those that cover nothing although
    everything they could cover has been looked for. What a roster or a plan brings to light comes and goes with them.
    """
    given = tuple(findings)
    kept = filtered(given, policy, today)
    notices: list[Diagnostic] = []
    active: list[Suppression] = []
    for group in _groups(_covered(given, policy)):
        first = group[0][0]
        if first.code.startswith(FOUND_IN_FILES) and not any(its for _, its in group):
            if not has_errors(given):  # what has errors was not checked to the end
                notices.append(_covers_nothing(first, given))
        elif today is not None and first.ended(today):
            notices.append(_has_ended(first, today))
        else:
            active.append(first)
    return in_order((*kept, *weighed(notices, policy))), tuple(active)


# -- reading -----------------------------------------------------------------------------------------------------------


def _weights(document: str, tree: Tree, findings: list[Diagnostic]) -> Iterator[Weight]:
    for code, word in ((tree.get("checks") or {}).get("severity") or {}).items():
        place = Place(document=document, path=("checks", "severity", code), on_key=True)
        problem = _no_advice(code, place, wanted=word)
        if problem:
            findings.append(problem)
            continue
        yield Weight(
            document="" if document == WORKSPACE else document,
            code=code,
            severity=None if word == OFF else Severity(word),
        )


def _suppression(
    document: str, index: int, entry: Tree, trees: Mapping[str, Tree], findings: list[Diagnostic]
) -> Suppression | None:
    path: FieldPath = ("suppress", index)
    problem = _no_advice(entry["check"], Place(document=document, path=(*path, "check")), wanted=None)
    until = _day(entry["until"])
    if until is None:
        problem = problem or finding(
            "MC2009",
            f"`{entry['until']}` does not exist",
            help="write the last day of the exception, such as 2027-06-30",
            place=Place(document=document, path=(*path, "until")),
        )
    if problem or until is None:
        findings += [problem] if problem else []
        return None
    at = str(entry.get("at", ""))
    scope, inside = _where(document, at, trees)
    return Suppression(
        document=scope,
        code=entry["check"],
        because=str(entry["because"]).strip(),
        until=until,
        at=at,
        path=inside,
        place=Place(document=document, path=path),
        span=None,
    )


def _no_advice(code: str, place: Place, *, wanted: str | None) -> Diagnostic | None:
    """What is wrong with weighing a check, if anything."""
    kind = CATALOG.get(code)
    if kind is None:
        advice = [known.code for known in CATALOG.values() if known.is_advice]
        turned = [known for known in advice if sorted(known) == sorted(code)]  # two digits in the wrong order
        return finding(
            "MC2402",
            f"no finding has the code `{code}`",
            help=did_you_mean(code, turned or advice) or "take the code from the beginning of a finding",
            place=place,
        )
    if kind.is_advice or wanted == Severity.ERROR:
        return None
    how = f"it cannot be {_WORDS[wanted]}" if wanted else "no exception can be made to it"
    return finding(
        "MC2401",
        f"`{code}` ({kind.summary}) is an error, and {how}",
        help=f"put right what `{code}` finds, and remove this",
        place=place,
    )


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _where(document: str, at: str, trees: Mapping[str, Tree]) -> tuple[str, FieldPath | None]:
    """The document and the path in it that `at` means; in mentorctl.yaml it may begin with the id of a program."""
    words = tuple(at.split(".")) if at else ()
    if document != WORKSPACE:
        return document, at_words(trees[document], words)
    if not words:
        return "", ()
    if words[0] in trees and words[0] != WORKSPACE:
        return words[0], at_words(trees[words[0]], words[1:])
    return WORKSPACE, at_words(trees[WORKSPACE], words)


# -- applying ----------------------------------------------------------------------------------------------------------


def _concerns(document: str, found: Diagnostic, files: Mapping[str, str]) -> bool:
    """Whether a finding is about a document; those that were found before it had an id are known by their file."""
    if not document:
        return True
    if found.place is not None:
        return found.place.document in {document, files.get(document)}
    return found.span is not None and found.span.file == files.get(document)


def _covers(suppression: Suppression, found: Diagnostic, files: Mapping[str, str]) -> bool:
    if suppression.code != found.code or suppression.path is None:
        return False
    if not _concerns(suppression.document, found, files):
        return False
    length = len(suppression.path)
    return not length or (found.place is not None and found.place.path[:length] == suppression.path)


def _covered(given: Iterable[Diagnostic], policy: Policy) -> list[_Covering]:
    """What each exception covers."""
    files = dict(policy.files)
    all_of_them = tuple(given)
    return [(s, tuple(f for f in all_of_them if _covers(s, f, files))) for s in policy.suppressions]


def _groups(covered: list[_Covering]) -> Iterable[list[_Covering]]:
    """Each exception as it is written, with what it covers in every program that inherits it."""
    groups: dict[Span | Place, list[_Covering]] = {}
    for covering in covered:
        groups.setdefault(covering[0].span or covering[0].place, []).append(covering)
    return groups.values()


def _covers_nothing(suppression: Suppression, given: Iterable[Diagnostic]) -> Diagnostic:
    of_code = [found for found in given if found.code == suppression.code]
    elsewhere = next((found.place for found in of_code if found.place), None)
    if suppression.path is None:
        detail = f"`{suppression.at}` names nothing that is written"
    else:
        where = f" at `{suppression.at}`" if suppression.at else ""
        detail = f"`{suppression.code}` finds nothing{where}"
    advice = "remove this exception"
    if elsewhere is not None:
        path = _dotted(elsewhere, written_in=suppression.place.document)
        advice = f"`{suppression.code}` is found at `{path}`; correct `at`, or leave it out"
    if suppression.path is None:
        place = replace(suppression.place, path=(*suppression.place.path, "at"))
        return finding("MC2404", detail, help=advice, place=place)
    return finding("MC2404", detail, help=advice, place=suppression.place, span=suppression.span)


def _has_ended(suppression: Suppression, today: date) -> Diagnostic:
    return finding(
        "MC2403",
        f"`{suppression.code}` was accepted until {suppression.until} (\u201c{suppression.because}\u201d); "
        f"this is checked as on {today}",
        help=f"put right what `{suppression.code}` finds, or decide anew and write another day",
        place=replace(suppression.place, path=(*suppression.place.path, "until")),
    )


def _dotted(place: Place, *, written_in: str) -> str:
    """A path as `at` takes it."""
    words = [str(step) for step in place.path]
    return ".".join([place.document, *words] if written_in == WORKSPACE != place.document else words)


_WORDS = {OFF: "turned off", "warning": "a warning", "info": "a note"}
