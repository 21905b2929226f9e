"""What a program changes in its lifecycles, from its tree."""

from typing import Any

from mentorctl.dates.timeline import Moment, When
from mentorctl.diagnostics import FieldPath
from mentorctl.spec.lifecycles import (
    LifecycleChange,
    StateChange,
    TransitionChange,
    WrittenDeadline,
    WrittenFact,
    WrittenReminder,
)
from mentorctl.spec.moment_words import EVENTS
from mentorctl.spec.read_time import read_duration, read_moment
from mentorctl.spec.reading import Findings, Tree


def read_lifecycles(tree: Tree, found: Findings) -> tuple[LifecycleChange, ...]:
    """`lifecycle`, by kind."""
    return tuple(_change(kind, change, found) for kind, change in tree.items() if not kind.startswith("x-"))


def _change(kind: str, tree: Tree, found: Findings) -> LifecycleChange:
    path: FieldPath = ("lifecycle", kind)
    return LifecycleChange(
        kind=kind,
        facts=tuple(_fact(key, fact, (*path, "facts", key), found) for key, fact in tree.get("facts", {}).items()),
        states=tuple(_state(key, s, (*path, "states", key), found) for key, s in tree.get("states", {}).items()),
        transitions=tuple(
            _transition(key, t, (*path, "transitions", key), found) for key, t in tree.get("transitions", {}).items()
        ),
    )


def _fact(key: str, tree: Tree, path: FieldPath, found: Findings) -> WrittenFact:
    is_choice = tree["type"] == "choice"
    if is_choice != ("options" in tree):
        says = "needs `options`" if is_choice else "has no `options`"
        found.add("MC1107", f"a fact of the type {tree['type']} {says}", path, help="options are those of a choice")
    return WrittenFact(id=key, type=tree["type"], means=tree.get("means", ""), options=tuple(tree.get("options", ())))


def _state(key: str, tree: Tree, path: FieldPath, found: Findings) -> StateChange:
    removed = tree.get("remove", False)
    more = [word for word in tree if word != "remove" and not word.startswith("x-")]
    if removed and more:
        found.add(
            "MC1107", f"a state that is removed has no `{more[0]}`", (*path, more[0]), help="delete one of the two"
        )
    return StateChange(
        id=key,
        means=tree.get("means"),
        ends=tree.get("ends"),
        group=tree.get("group"),
        invariant=tree.get("invariant"),
        waits=tree.get("waits"),
        deadline=_deadline(tree["deadline"], (*path, "deadline"), found) if "deadline" in tree else None,
        reminders=tuple(_reminder(r, (*path, "reminders", i), found) for i, r in enumerate(tree["reminders"]))
        if "reminders" in tree
        else None,
        removed=removed,
    )


def _deadline(tree: Tree, path: FieldPath, found: Findings) -> WrittenDeadline:
    _one_time(tree, "a deadline", path, found)
    return WrittenDeadline(
        event=tree["event"],
        after=read_duration(tree["after"], (*path, "after"), found) if "after" in tree else None,
        at=_day(tree["at"], (*path, "at"), found) if "at" in tree else None,
    )


def _reminder(tree: Tree, path: FieldPath, found: Findings) -> WrittenReminder:
    _one_time(tree, "a reminder", path, found)
    if "at_most" in tree and "every" not in tree:
        found.add(
            "MC1107", "`at_most` needs `every`: how often it comes again", (*path, "at_most"), help="add `every: 7d`"
        )
    return WrittenReminder(
        do=_texts(tree.get("do", ("remind",))),
        after=read_duration(tree["after"], (*path, "after"), found) if "after" in tree else None,
        at=_day(tree["at"], (*path, "at"), found) if "at" in tree else None,
        every=read_duration(tree["every"], (*path, "every"), found) if "every" in tree else None,
        at_most=tree.get("at_most", 0 if "every" in tree else 1),
        when=tree.get("when", ""),
        late=tree.get("late", "fire_once"),
    )


def _one_time(tree: Tree, what: str, path: FieldPath, found: Findings) -> None:
    if "after" not in tree and "at" not in tree:
        found.add(
            "MC1107", f"{what} has `after` or `at`; this one has neither", path, help="write for example `after: 14d`"
        )


def _day(tree: Tree, path: FieldPath, found: Findings) -> Moment:
    """A moment of the calendar: what happens to a thing is a transition of its lifecycle, and no day."""
    moment = read_moment(tree, path, found)
    if moment.when is not When.ON and str(moment.anchor) in EVENTS:
        found.add(
            "MC2006",
            f"`{moment.anchor}` has no day in the calendar",
            (*path, moment.when.value),
            help="count from entering the state with `after`, or hang it on a phase",
        )
    return moment


def _transition(key: str, tree: Tree, path: FieldPath, found: Findings) -> TransitionChange:
    removed = tree.get("remove", False)
    more = [word for word in ("when", "do", "priority", "because") if removed and word in tree]
    if more:
        found.add(
            "MC1107", f"a transition that is removed has no `{more[0]}`", (*path, more[0]), help="delete one of the two"
        )
    return TransitionChange(
        id=key,
        event=tree.get("event", key),
        sources=_texts(tree["from"]),
        target=tree.get("to", ""),
        when=tree.get("when"),
        priority=tree.get("priority"),
        do=_texts(tree["do"]) if "do" in tree else None,
        because=tree.get("because"),
        removed=removed,
    )


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
