"""What a change would do to matches, as text and JSON."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from mentorctl.plan.tradeoff import Corner
from mentorctl.plan.whatif import Affected, Comparison, Fate, Side, Totals
from mentorctl.render.style import Style
from mentorctl.render.tables import bar, table

_SHOWN = 20
_WORDS = {
    Fate.GAINS: "{count} gain",
    Fate.LOSES: "{count} lose",
    Fate.MOVES: "{count} get somebody else for the same points",
}


def comparison_lines(found: Iterable[Comparison], called: Callable[[str], str], style: Style) -> Iterator[str]:
    """Who gains and who loses, cohort by cohort."""
    for one in found:
        yield style.strong(f"{one.program}/{one.cohort}")
        yield from _totals(one.before, one.after, style)
        yield style.faint("  * of the pairs, by the rules of today")
        if not one.affected:
            yield "  nobody's matches change"
            continue
        words = [_WORDS[fate].format(count=count) for fate in Fate if (count := one.count(fate))]
        yield f"  {style.strong(f'{len(one.affected)} people')}: {', '.join(words)}"
        yield ""
        rows = [_row(affected, called) for affected in one.affected[:_SHOWN]]
        yield from table(
            rows,
            header=("", "who", "role", "before", "after", "points*"),
            numbers=frozenset({5}),
            indent="  ",
            dress={0: lambda fate: _dress(fate, style), 1: style.person, 3: style.person, 4: style.person},
            faint=style.faint,
        )
        if len(one.affected) > _SHOWN:
            yield style.faint(f"    … {len(one.affected) - _SHOWN} more (--format json lists all)")


def totals_lines(found: Iterable[Comparison], style: Style) -> Iterator[str]:
    """The matches of today alone."""
    for one in found:
        now = one.after
        yield (
            f"{style.strong(f'{one.program}/{one.cohort}')}  {now.matches:,} matches of {now.mentees:,} with "
            f"{now.mentors:,} mentors, score {now.score:,}"
        )


def curve_lines(where: str, aims: tuple[str, str], corners: Sequence[Corner], style: Style) -> Iterator[str]:
    """The corners of a trade-off curve, each with what the next one gains and gives."""
    yield style.strong(where)
    lows = [min(values) for values in zip(*((c.first, c.second) for c in corners), strict=True)]
    highs = [max(values) for values in zip(*((c.first, c.second) for c in corners), strict=True)]

    def part(value: int, side: int) -> str:
        return bar((value - lows[side]) / max(1, highs[side] - lows[side]), 12)

    rows = [(f"{c.first:,}", part(c.first, 0), f"{c.second:,}", part(c.second, 1), f"{c.matches:,}") for c in corners]
    yield from table(
        rows,
        header=(aims[0], "", aims[1], "", "matches"),
        numbers=frozenset({0, 2, 4}),
        indent="  ",
        dress={1: style.note, 3: style.changed},
        faint=style.faint,
    )


def _totals(before: Totals, after: Totals, style: Style) -> Iterator[str]:
    parts = (
        ("matches", before.matches, after.matches),
        ("with a match", before.mentees, after.mentees),
        ("mentors used", before.mentors, after.mentors),
        ("points*", before.score, after.score),
    )
    for name, old, new in parts:
        change = f"{new - old:+,}" if new != old else "="
        dress = style.added if new > old else style.removed if new < old else style.faint
        yield f"  {name:<13}{old:>8,} → {new:>8,}  {dress(change)}"


def _row(one: Affected, called: Callable[[str], str]) -> tuple[str, ...]:
    delta = one.after.score - one.before.score
    return (
        one.fate.value,
        called(one.person),
        one.role.value,
        _side(one.before, called),
        _side(one.after, called),
        f"{delta:+d}" if delta else "=",
    )


def _side(side: Side, called: Callable[[str], str]) -> str:
    return ", ".join(called(person) for person in side.partners) or "nobody"


def _dress(fate: str, style: Style) -> str:
    return {"gains": style.added, "loses": style.removed}.get(fate, style.changed)(fate)


def comparison_json(found: Iterable[Comparison]) -> list[dict[str, Any]]:
    """Everything, people by opaque id."""
    return [
        {
            "program": one.program,
            "cohort": one.cohort,
            "before": _totals_json(one.before),
            "after": _totals_json(one.after),
            "affected": [
                {
                    "person": a.person,
                    "role": a.role.value,
                    "fate": a.fate.value,
                    "before": {"partners": list(a.before.partners), "score": a.before.score},
                    "after": {"partners": list(a.after.partners), "score": a.after.score},
                }
                for a in one.affected
            ],
        }
        for one in found
    ]


def _totals_json(totals: Totals) -> dict[str, int]:
    return {
        "matches": totals.matches,
        "score": totals.score,
        "mentees": totals.mentees,
        "mentors": totals.mentors,
    }
