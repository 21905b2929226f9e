"""A simulation as text with small charts, and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from mentorctl.lifecycle.simulation.report import Figure, Simulated
from mentorctl.render.style import Style
from mentorctl.render.tables import bar, table

_LONGEST = 12  # rows of a chart
_LEVELS = " ▁▂▃▄▅▆▇█"


def simulation_json(simulated: Simulated) -> dict[str, Any]:
    """Everything, with rounded figures."""
    data = asdict(simulated)
    return {"format": "mentorctl/simulation/v1"} | {key: _rounded(value) for key, value in data.items()}


def simulation_text(simulated: Simulated, style: Style) -> str:
    return "\n".join(_lines(simulated, style))


def comparison_text(before: Simulated, after: Simulated, style: Style) -> str:
    """What a change would do: the same luck under both definitions, side by side."""
    rows = []
    for one, other in zip(before.figures, after.figures, strict=True):
        difference = other.mean - one.mean
        sign = "" if abs(difference) < 0.05 else f"{difference:+,.1f}"  # noqa: PLR2004 - what one decimal shows
        rows.append((one.name, _number(one.mean, one.unit), _number(other.mean, other.unit), sign, one.meaning))
    head = f"{style.strong('Simulated')} {before.people:,} people until {before.until} in {before.runs} runs"
    return "\n".join([
        head,
        *table(rows, header=("", "now", "then", "", ""), numbers=frozenset({1, 2, 3}), faint=style.faint),
    ])  # fmt: skip


def _lines(simulated: Simulated, style: Style) -> Iterator[str]:
    runs = f"{simulated.runs} run{'' if simulated.runs == 1 else 's'}"
    yield (
        f"{style.strong(f'Simulation of {simulated.program} until {simulated.until}')} "
        f"{style.faint(f'({simulated.people:,} people, {runs}, seed {simulated.seed})')}"
    )
    yield ""
    rows = [(f.name, _number(f.mean, f.unit), _sure(f), _between(f), f.meaning) for f in simulated.figures]
    header = ("", "mean", "± (95 %)", "9 of 10 runs", "")
    yield from table(rows, header=header, numbers=frozenset({1, 2, 3}), faint=style.faint)
    if simulated.waits:
        yield from ("", style.strong("Days from being ready to a match"))
        yield from _chart([(f"{low} to {low + 6}", number) for low, number in simulated.waits], style)
    if any(number for _, number in simulated.load):
        yield from ("", style.strong("Matches per mentor, at the first of each month"))
        yield from _chart([(str(load), number) for load, number in simulated.load], style)
    if simulated.messages:
        yield from ("", style.strong("Messages"))
        yield from _chart(sorted(simulated.messages, key=lambda pair: (-pair[1], pair[0])), style)
    yield from _months(simulated, style)


def _months(simulated: Simulated, style: Style) -> Iterator[str]:
    """A line of bars per state of people, month by month."""
    days = sorted({day for day, *_ in simulated.months})
    states = sorted({state for _, kind, state, _ in simulated.months if kind == "enrollment"})
    if not states:
        return
    known = {(day, state): number for day, kind, state, number in simulated.months if kind == "enrollment"}
    most = max(known.values())
    yield from ("", style.strong(f"People by state, {days[0]} to {days[-1]}"))
    rows = []
    for state in states:
        numbers = [known.get((day, state), 0.0) for day in days]
        bars = "".join(_LEVELS[round(8 * number / most)] for number in numbers)
        rows.append((state.replace("_", " "), bars, f"{numbers[-1]:,.0f}"))
    yield from table(rows, numbers=frozenset({2}), dress={1: style.faint})


def _chart(counts: list[tuple[str, float]], style: Style) -> list[str]:
    most = max((number for _, number in counts), default=0.0) or 1.0
    shown = counts[:_LONGEST]
    rows = [(name, f"{number:,.0f}", bar(number / most)) for name, number in shown]
    if len(counts) > len(shown):
        rest = counts[_LONGEST:]
        rows.append((f"{len(rest)} more", f"{sum(n for _, n in rest):,.0f}", ""))
    return table(rows, numbers=frozenset({1}), dress={2: style.faint})


def _number(value: float, unit: str) -> str:
    text = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.1f}"  # noqa: PLR2004
    return f"{text} {unit}".rstrip()


def _sure(figure: Figure) -> str:
    return f"{figure.sure:,.1f}" if figure.sure else ""


def _between(figure: Figure) -> str:
    return "" if figure.low == figure.high else f"{figure.low:,.1f} to {figure.high:,.1f}"


def _rounded(value: Any) -> Any:  # noqa: ANN401 - any part of the value, to the same with fewer digits
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, tuple | list):
        return [_rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return value
