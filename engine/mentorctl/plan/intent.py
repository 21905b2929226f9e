"""What a change of files means, without the state and without people: in the words of the files, and in days.

Values are compared as they are with all that a program inherits, so that a changed base shows in every program that
extends it. Entries with an id are compared by it, wherever they stand.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from mentorctl.dates.timeline import Timeline
from mentorctl.diagnostics import FieldPath
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.plan.model import Action, Impact
from mentorctl.values import dataclass

type Tree = Mapping[str, Any]

ABSENT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueChange:
    """One value of a program before and after; None where there is none. `impact` is the worst that it can lead to."""

    action: Action
    path: FieldPath
    words: tuple[str, ...]
    before: Any
    after: Any
    impact: Impact


@dataclass(frozen=True, slots=True, kw_only=True)
class DateChange:
    """A phase or milestone of a cohort whose days are others; None where it is new or gone."""

    cohort: str
    of: str
    before: tuple[date, date] | None
    after: tuple[date, date] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramDifference:
    """How one program differs: whether it is new (`+`), gone (`-`) or changed (`~`), and in what."""

    program: str
    action: Action
    values: tuple[ValueChange, ...]
    dates: tuple[DateChange, ...]

    @property
    def impact(self) -> Impact:
        """The worst that any change of it can lead to."""
        if self.action is Action.DELETE:
            return Impact.WITHDRAWN
        worst = max((_ORDER.index(c.impact) for c in self.values), default=0)
        return _ORDER[max(worst, _ORDER.index(Impact.RESCHEDULED) if self.dates else 0)]


@dataclass(frozen=True, kw_only=True, eq=False)
class Side:
    """A program on one side of the comparison: its resolved tree, and its compiled form if it has no errors."""

    tree: Tree
    compiled: CompiledProgram | None


def differences_of_files(before: Mapping[str, Side], after: Mapping[str, Side]) -> tuple[ProgramDifference, ...]:
    """Every program that differs, in the order of ids."""
    found = []
    for program in sorted({*before, *after}):
        old, new = before.get(program), after.get(program)
        action = Action.CREATE if old is None else Action.DELETE if new is None else Action.UPDATE
        values = tuple(compared(old.tree, new.tree)) if old and new else ()
        dates = tuple(d for d in all_dates(old, new) if d.before != d.after) if old and new else ()
        if action is not Action.UPDATE or values or dates:
            found.append(ProgramDifference(program=program, action=action, values=values, dates=dates))
    return tuple(found)


def written_text(tree: Tree) -> str:
    """The values of a program as one text, or an empty one where there are none."""
    return json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False) if tree else ""


def values_since(written: str, tree: Tree) -> tuple[ValueChange, ...]:
    """What changed in a program since its values were that text; nothing where nobody knows."""
    return tuple(compared(json.loads(written), tree)) if written and tree else ()


# -- values ------------------------------------------------------------------------------------------------------------


def compared(
    before: Tree, after: Tree, impact_of: Callable[[Sequence[str]], Impact] | None = None
) -> Iterator[ValueChange]:
    """Every value that differs between two trees; `impact_of` says what it can lead to where it is no program."""
    for change in _compared(before, after, (), ()):
        yield change if impact_of is None else replace(change, impact=impact_of(change.words))


def _compared(before: Any, after: Any, path: FieldPath, words: tuple[str, ...]) -> Iterator[ValueChange]:  # noqa: ANN401
    if before == after and type(before) is type(after):
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in [*before, *(key for key in after if key not in before)]:
            inner = before.get(key, ABSENT), after.get(key, ABSENT)
            yield from _compared(*inner, (*path, key), (*words, str(key)))
        return
    if _has_ids(before) and _has_ids(after):
        yield from _compared_lists(before, after, path, words)
        return
    yield ValueChange(
        action=Action.CREATE if before is ABSENT else Action.DELETE if after is ABSENT else Action.UPDATE,
        path=path,
        words=words,
        before=None if before is ABSENT else before,
        after=None if after is ABSENT else after,
        impact=impact_of(words),
    )


def _compared_lists(
    before: Sequence[Tree], after: Sequence[Tree], path: FieldPath, words: tuple[str, ...]
) -> Iterator[ValueChange]:
    """Entries by their ids. A path counts in the list where the entry is: the new one, or the old one if it is gone."""
    old = {entry["id"]: entry for entry in before}
    places = {entry["id"]: at for at, entry in enumerate(after)}
    for at, entry in enumerate(before):
        if entry["id"] not in places:
            yield from _compared(entry, ABSENT, (*path, at), (*words, str(entry["id"])))
    for at, entry in enumerate(after):
        yield from _compared(old.get(entry["id"], ABSENT), entry, (*path, at), (*words, str(entry["id"])))
    kept = [entry["id"] for entry in before if entry["id"] in places]
    if kept != [entry["id"] for entry in after if entry["id"] in old]:
        order = tuple(entry["id"] for entry in before), tuple(entry["id"] for entry in after)
        yield ValueChange(
            action=Action.UPDATE,
            path=path,
            words=(*words, "order"),
            before=list(order[0]),
            after=list(order[1]),
            impact=impact_of(words),
        )


def _has_ids(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) and "id" in v for v in value)


def impact_of(words: Sequence[str]) -> Impact:
    """The worst that a change at this place of a program can lead to for people; what it does, the plan says."""
    for place, impact in _IMPACTS:
        if tuple(words[: len(place)]) == place:
            return impact
    return Impact.INTERNAL


_ORDER = tuple(Impact)
_IMPACTS: tuple[tuple[tuple[str, ...], Impact], ...] = (
    (("mode",), Impact.INTERNAL),
    (("model",), Impact.RE_MATCHED),
    (("matching", "process"), Impact.INFORMED),
    (("matching",), Impact.RE_MATCHED),
    (("eligibility",), Impact.UN_MATCHED),
    (("timeline",), Impact.RESCHEDULED),
    (("cohorts",), Impact.RESCHEDULED),
    (("timezone",), Impact.RESCHEDULED),
    (("meetings", "agendas"), Impact.INFORMED),
    (("meetings", "channel"), Impact.INFORMED),
    (("meetings",), Impact.RESCHEDULED),
    (("events",), Impact.RESCHEDULED),
    (("training",), Impact.RESCHEDULED),
    (("projects",), Impact.RE_MATCHED),
    (("lifecycle",), Impact.INFORMED),
    (("check_ins",), Impact.INFORMED),
    (("questions",), Impact.INFORMED),
    (("forms",), Impact.INFORMED),
    (("goals",), Impact.INFORMED),
    (("messages",), Impact.INFORMED),
    (("resources",), Impact.INFORMED),
    (("automation",), Impact.UN_MATCHED),
    (("name",), Impact.INFORMED),
    (("purpose",), Impact.NONE),
    (("sponsor",), Impact.NONE),
    (("owner",), Impact.NONE),
)


# -- days --------------------------------------------------------------------------------------------------------------


def all_dates(old: Side, new: Side) -> Iterator[DateChange]:
    """The phases and milestones of every cohort on both sides, whether or not their days differ."""
    if old.compiled is None or new.compiled is None:
        return
    before, after = dict(old.compiled.timelines), dict(new.compiled.timelines)
    for cohort in [*before, *(c for c in after if c not in before)]:
        then, now = _days(before.get(cohort)), _days(after.get(cohort))
        for of in [*then, *(o for o in now if o not in then)]:
            yield DateChange(cohort=cohort, of=of, before=then.get(of), after=now.get(of))


def _days(timeline: Timeline | None) -> dict[str, tuple[date, date]]:
    if timeline is None:
        return {}
    phases: Iterable[tuple[str, tuple[date, date]]] = ((p.id, (p.start, p.end)) for p in timeline.phases)
    return dict(phases) | {m.id: (m.start, m.last) for m in timeline.milestones}
