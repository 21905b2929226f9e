"""Many runs as one answer: for each figure its mean, how sure that is, and between what most runs lay."""

from collections.abc import Callable, Sequence
from datetime import date
from math import sqrt

from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.definition import Definition
from mentorctl.lifecycle.model import Ending
from mentorctl.lifecycle.simulation.living import Start
from mentorctl.lifecycle.simulation.rates import Rates
from mentorctl.lifecycle.simulation.run import run_once
from mentorctl.lifecycle.simulation.tally import Tally
from mentorctl.values import dataclass

_Z = 1.959964
_FEW = {1: 12.706, 2: 4.303, 3: 3.182}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure over all runs. `mean` is known to within `sure` either way (95 %); 9 of 10 runs lay in low to high."""

    name: str
    meaning: str
    mean: float
    sure: float
    low: float
    high: float
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What a program would come to. `months` are the people per state at the first days of months, as means."""

    program: str
    definition: str
    until: str
    people: int
    runs: int
    seed: int
    figures: tuple[Figure, ...]
    waits: tuple[tuple[int, float], ...]
    load: tuple[tuple[int, float], ...]
    messages: tuple[tuple[str, float], ...]
    months: tuple[tuple[str, str, str, float], ...]

    def figure(self, name: str) -> Figure:
        """Raises KeyError when there is none of that name."""
        for figure in self.figures:
            if figure.name == name:
                return figure
        raise KeyError(name)


def simulate(
    compiled: CompiledProgram,
    *,
    people: int,
    until: date,
    rates: Rates,
    seed: int,
    runs: int,
    start: Start | None = None,
    definition: Definition | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Simulated:
    """Run a program so many times and put the answers together. The same seed always gives the same answer.

    With a `start` the runs begin with those who are in the program now, and nobody new comes. With a `definition` they
    go by that one, so that the version that people live under can be compared with the one in the files.
    """
    by = definition or compiled.runtime
    tallies = []
    for run in range(runs):
        report(f"run {run + 1} of {runs}")
        tallies.append(
            run_once(compiled, people=people, until=until, rates=rates, seed=seed, run=run, start=start, definition=by)
        )
    ends = _endings(by)
    return Simulated(
        program=compiled.program.id,
        definition=by.digest,
        until=until.isoformat(),
        people=people if start is None else tallies[0].enrolled,
        runs=runs,
        seed=seed,
        figures=tuple(
            _figure(name, meaning, unit, [take(t, ends) for t in tallies]) for name, meaning, unit, take in _FIGURES
        ),
        waits=_histogram([{_bucket(d): 0 for d in t.waits} | _bucketed(t) for t in tallies]),
        load=_histogram([dict(t.load) for t in tallies]),
        messages=_named([dict(t.messages) for t in tallies]),
        months=tuple(
            (*key, sum(t.months.get(key, 0) for t in tallies) / len(tallies))
            for key in sorted({key for t in tallies for key in t.months})
        ),
    )


type _Endings = dict[Ending, frozenset[tuple[str, str]]]


def _endings(definition: Definition) -> _Endings:
    return {
        ending: frozenset(
            (lifecycle.name, state.id)
            for lifecycle in definition.lifecycles
            for state in lifecycle.states
            if state.ending is ending
        )
        for ending in Ending
    }


def _ended(tally: Tally, ends: _Endings, ending: Ending, kind: str) -> float:
    return float(sum(n for (k, state), n in tally.states.items() if k == kind and (k, state) in ends[ending]))


def _share(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


def _completed(tally: Tally, ends: _Endings) -> float:
    return _ended(tally, ends, Ending.SUCCESS, "enrollment")


# name, meaning, unit, how it is taken from the counts of one run
_FIGURES: tuple[tuple[str, str, str, Callable[[Tally, _Endings], float]], ...] = (
    ("enrolled", "people who enrolled", "", lambda t, _: float(t.enrolled)),
    ("matched", "people who were matched at least once", "", lambda t, _: float(t.matched)),
    ("matches", "matches that were proposed", "", lambda t, _: float(t.matches)),
    ("completed", "people who went the whole way", "", _completed),
    ("completed_share", "of those who enrolled", "%", lambda t, e: _share(_completed(t, e), t.enrolled)),
    ("left", "people who left before", "", lambda t, e: _ended(t, e, Ending.NEUTRAL, "enrollment")),
    ("lapsed", "people whose cohort was over first", "", lambda t, e: _ended(t, e, Ending.FAILURE, "enrollment")),
    ("sessions_held", "meetings that took place", "", lambda t, _: float(t.states["session", "held"])),
    ("sessions_missed", "meetings that were missed", "", lambda t, _: float(t.states["session", "missed"])),
    ("wait_mean", "days from being ready to a match", "d", lambda t, _: t.mean_wait),
    ("wait_90", "of ten people nine waited at most", "d", lambda t, _: t.percentile(0.9)),
    ("mentor_load", "matches per mentor who has any", "", lambda t, _: t.mean_load),
    ("messages", "messages sent", "", lambda t, _: float(t.told)),
    ("messages_each", "messages per person", "", lambda t, _: t.told / t.enrolled if t.enrolled else 0.0),
)


def _figure(name: str, meaning: str, unit: str, values: Sequence[float]) -> Figure:
    mean = sum(values) / len(values)
    ordered = sorted(values)
    return Figure(
        name=name,
        meaning=meaning,
        unit=unit,
        mean=mean,
        sure=_sure(values, mean),
        low=_percentile(ordered, 0.05),
        high=_percentile(ordered, 0.95),
    )


def _sure(values: Sequence[float], mean: float) -> float:
    """Half of the interval of Student's t that holds the true mean in 95 of 100 cases; 0 for a single run."""
    free = len(values) - 1
    if not free:
        return 0.0
    spread = sqrt(sum((value - mean) ** 2 for value in values) / free)
    return _student(free) * spread / sqrt(len(values))


def _student(free: int) -> float:
    """The 97.5 % point of Student's t (Cornish-Fisher; the first three by heart)."""
    if free in _FEW:
        return _FEW[free]
    z = _Z
    return z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)


def _percentile(ordered: Sequence[float], share: float) -> float:
    """Between the neighbors, as most tools do it."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


_WEEK = 7


def _bucket(days: int) -> int:
    return days - days % _WEEK


def _bucketed(tally: Tally) -> dict[int, int]:
    weeks: dict[int, int] = {}
    for days, number in tally.waits.items():
        weeks[_bucket(days)] = weeks.get(_bucket(days), 0) + number
    return weeks


def _histogram(counts: Sequence[dict[int, int]]) -> tuple[tuple[int, float], ...]:
    keys = sorted({key for one in counts for key in one})
    return tuple((key, sum(one.get(key, 0) for one in counts) / len(counts)) for key in keys)


def _named(counts: Sequence[dict[str, int]]) -> tuple[tuple[str, float], ...]:
    keys = sorted({key for one in counts for key in one})
    return tuple((key, sum(one.get(key, 0) for one in counts) / len(counts)) for key in keys)
