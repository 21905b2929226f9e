"""A test file's tree that the schema has vouched for, to frozen values."""

from collections.abc import Iterator
from typing import Any

from mentorctl.diagnostics import Diagnostic, FieldPath
from mentorctl.rules.fields import Role
from mentorctl.spec.cases import (
    Advance,
    Case,
    CaseFile,
    Choice,
    Given,
    GivenRow,
    MatchNamed,
    MatchStateWanted,
    MatchStep,
    MessageWanted,
    PlanAgain,
    Publication,
    SessionsWanted,
    StateWanted,
    Step,
    Then,
    Trained,
    Withdrawal,
)
from mentorctl.spec.read_time import read_date
from mentorctl.spec.reading import Findings, Tree


def read_cases(tree: Tree, *, file: str) -> tuple[CaseFile, tuple[Diagnostic, ...]]:
    """A test file as a value. Use it only when there are no findings."""
    found = Findings(file)
    cases = tuple(_case(case, ("cases", i), found) for i, case in enumerate(tree["cases"]))
    first: dict[str, int] = {}
    for i, case in enumerate(cases):
        if first.setdefault(case.id, i) != i:
            remedy = "give one of the two another id"
            found.add("MC2002", f"`{case.id}` is used twice", ("cases", i, "id"), help=remedy)
    return CaseFile(file=file, cases=cases), tuple(found.found)


def _case(tree: Tree, path: FieldPath, found: Findings) -> Case:
    case = Case(
        id=tree["id"],
        because=tree.get("because", ""),
        program=tree["program"],
        cohort=tree.get("cohort", ""),
        given=_given(tree["given"], (*path, "given"), found),
        steps=tuple(_step(step, (*path, "when", i), found) for i, step in enumerate(tree.get("when", ()))),
        then=_then(tree["then"], (*path, "then"), found),
        path=path,
    )
    if not found.found:  # a day that does not exist has no place in an order
        _check_order(case, found)
    return case


def _check_order(case: Case, found: Findings) -> None:
    """Time does not run backwards in a test."""
    today = case.given.day
    for step in case.steps:
        match step.what:
            case PlanAgain(on=day) | Advance(to=day):
                if day < today:
                    found.add("MC1106", f"{day} is before {today}, the day of the step before", step.path)
                today = day
            case _:
                pass


# -- given -------------------------------------------------------------------------------------------------------------


def _given(tree: Tree, path: FieldPath, found: Findings) -> Given:
    if "people" in tree and "roster" in tree:
        found.add("MC1107", "people are given either as `people` or as `roster` files", path)
    return Given(
        day=read_date(tree["date"], (*path, "date"), found),
        people=tuple(_rows(tree.get("people", {}), (*path, "people"))),
        roster=tuple(tree.get("roster", {}).items()),
    )


def _rows(tree: Tree, path: FieldPath) -> Iterator[GivenRow]:
    for role, rows in tree.items():
        for i, row in enumerate(rows):
            cells = tuple((column, _cell(value)) for column, value in row.items())
            yield GivenRow(role=role, cells=cells, path=(*path, role, i))


def _cell(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, list):
        return tuple(_text(part) for part in value)
    return _text(value)


def _text(value: Any) -> str:
    """A cell as a roster file would say it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


# -- when --------------------------------------------------------------------------------------------------------------


def _step(tree: Tree, path: FieldPath, found: Findings) -> Step:
    words = [word for word in tree if not word.startswith("x-")]
    if len(words) != 1:
        found.add("MC1107", "a step is one thing that happens", path, help="begin a new entry with `- `")
        return Step(what=Withdrawal(person=""), path=path)
    verb, value = words[0], tree[words[0]]
    what: PlanAgain | Advance | MatchStep | Withdrawal | Trained | Choice | Publication
    match verb:
        case "plan":
            what = PlanAgain(on=read_date(value, (*path, "plan"), found))
        case "advance":
            what = Advance(to=read_date(value, (*path, "advance"), found))
        case "withdraw":
            what = Withdrawal(person=str(value))
        case "publish":
            what = Publication()
        case "pin" | "block" | "unpin":
            what = Choice(verb=verb, people=tuple(map(str, value["match"])))
        case "request":
            people = (str(value["person"]), *map(str, value["for"]))
            what = Choice(verb=verb, people=people, period=str(value.get("period", "")))
        case "rate":
            what = Choice(verb=verb, people=(str(value["person"]), str(value["of"])), stars=value["stars"])
        case "trained":
            what = Trained(person=str(value["person"]), module=value["module"])
        case _:
            what = MatchStep(verb=verb, match=_named(value), by=str(value.get("by", "")))
    return Step(what=what, path=(*path, verb))


def _named(tree: Tree) -> MatchNamed:
    return MatchNamed(
        people=tuple(map(str, tree["match"])), subject=tree.get("subject", ""), meeting=tree.get("meeting", 0)
    )


# -- then --------------------------------------------------------------------------------------------------------------


def _then(tree: Tree, path: FieldPath, found: Findings) -> Then:
    return Then(
        matches=tuple(MatchNamed(people=tuple(map(str, people))) for people in tree.get("matches", ())),
        no_match=tuple(map(str, tree.get("no_match", ()))),
        matched=tree.get("matched"),
        states=tuple(_states(tree.get("states", {}), (*path, "states"))),
        match_states=tuple(
            MatchStateWanted(match=_named(wanted), state=wanted["state"]) for wanted in tree.get("match_states", ())
        ),
        sessions=tuple(_sessions(tree["sessions"])) if "sessions" in tree else (),
        messages=tuple(
            MessageWanted(message=wanted["message"], to=tuple(map(str, wanted.get("to", ()))))
            for wanted in tree.get("messages", ())
        ),
        no_messages=tuple(tree.get("no_messages", ())),
        findings=tuple(tree.get("findings", ())),
        policies=tuple(tree.get("policies", {}).items()),
        score=tree.get("score"),
        proved=tree.get("proved"),
        dates=tuple((anchor, read_date(day, (*path, "dates", anchor), found)) for anchor, day in _dates(tree)),
    )


def _states(tree: Tree, path: FieldPath) -> Iterator[StateWanted]:
    for person, wanted in tree.items():
        by_role = {"": wanted} if isinstance(wanted, str) else wanted
        for role, state in by_role.items():
            here = (*path, person, role) if role else (*path, person)
            yield StateWanted(person=person, role=Role(role) if role else "", state=state, path=here)


def _sessions(tree: Tree) -> Iterator[SessionsWanted]:
    """`count` and `at_least` of all sessions, and of those of one kind."""
    for kind in ("", "training", "event", "meeting"):
        wanted = tree if not kind else tree.get(kind)
        if wanted is not None and {"count", "at_least"} & set(wanted):
            yield SessionsWanted(count=wanted.get("count"), at_least=wanted.get("at_least"), kind=kind)


def _dates(tree: Tree) -> Iterator[tuple[str, str]]:
    yield from tree.get("dates", {}).items()
