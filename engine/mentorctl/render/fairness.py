"""The fairness report as text and as JSON values."""

from collections.abc import Iterator, Sequence
from typing import Any

from mentorctl.plan.fairness import FLOOR, Comparison, Stage, Verdict
from mentorctl.render.style import Style, plain
from mentorctl.render.tables import table

_CELLS = 24
_HEADINGS = {Stage.ADMITTED: "admitted, of those who applied", Stage.MATCHED: "matched, of those who may be"}


def fairness_lines(comparisons: Sequence[Comparison], style: Style) -> Iterator[str]:
    """A table for each field, role and stage: the share of each group, how sure it is, and what can be said."""
    last = None
    for each in comparisons:
        where = (each.program, each.cohort, each.field, each.role)
        if where != last:
            yield from ([] if last is None else [""])
            about = f"{each.program}/{each.cohort}"
            yield f"{style.strong(plain(each.field))} of {each.role}s  {style.faint(about)}"
            last = where
        yield f"  {_HEADINGS[each.stage]}"
        yield from _rows(each, style)
        if each.hidden:
            yield style.faint(f"    {each.hidden} groups hidden: fewer than {FLOOR} people, or would tell such a group")


def _rows(each: Comparison, style: Style) -> Iterator[str]:
    if not each.groups:
        yield style.faint("    no group is large enough to be shown")
        return
    means = dict(each.mean_scores)
    rows = [
        (
            g.group,
            f"{g.hits} of {g.of}",
            f"{g.share:.0%}",
            interval(g.low, g.share, g.high),
            f"{g.low:.0%} to {g.high:.0%}",
            f"score {means[g.group]:.1f}" if g.group in means else "",
            g.verdict.value,
        )
        for g in each.groups
    ]
    lines = table(rows, numbers=frozenset({1, 2}), indent="    ", dress={3: style.frame})
    for line, group in zip(lines, each.groups, strict=True):
        differs = group.verdict in (Verdict.LOWER, Verdict.HIGHER)
        words = style.warning(group.verdict.value) if differs else style.faint(group.verdict.value)
        yield line.replace(group.verdict.value, words)


def interval(low: float, share: float, high: float) -> str:
    """An interval from 0 to 1 as a line with the share on it."""
    line = ["·"] * _CELLS
    first, last = (min(_CELLS - 1, int(end * _CELLS)) for end in (low, high))
    line[first : last + 1] = "━" * (last - first + 1)
    line[min(_CELLS - 1, int(share * _CELLS))] = "◆"
    return "".join(line)


def fairness_json(comparisons: Sequence[Comparison]) -> list[dict[str, Any]]:
    """One mapping for each comparison."""
    return [
        {
            "program": each.program,
            "cohort": each.cohort,
            "role": each.role.value,
            "field": each.field,
            "stage": each.stage.value,
            "hidden_groups": each.hidden,
            "groups": [
                {
                    "group": g.group,
                    "hits": g.hits,
                    "of": g.of,
                    "share": round(g.share, 4),
                    "interval": [round(g.low, 4), round(g.high, 4)],
                    "chance": round(g.chance, 4),
                    "verdict": g.verdict.value,
                    "mean_score": round(dict(each.mean_scores).get(g.group, 0.0), 2)
                    if g.group in dict(each.mean_scores)
                    else None,
                }
                for g in each.groups
            ],
        }
        for each in comparisons
    ]
