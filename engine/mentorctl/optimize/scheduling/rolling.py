"""Long programs: the timetable of a large group by a horizon that rolls, judged by a bound over all of its time.

The master grows with the length of a program, the dynamic program of a pair only in step with it. So a group with
very many candidates is placed some weeks at a time: each span is solved with a look ahead, its first weeks are kept,
and what was kept lately stands beside the next span, so that gaps, weeks and overlaps hold across the border. Prices
over the whole horizon then bound what any timetable is worth, and the gap is what it is.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mentorctl.optimize.scheduling.limits import Series
from mentorctl.optimize.scheduling.pricing import Indices
from mentorctl.optimize.scheduling.problem import PairCandidates, SeriesProblem, Step
from mentorctl.optimize.scheduling.search import Search
from mentorctl.values import dataclass

_MANY = 60_000  # candidates of a group that one master can still hold
_SPAN = 12  # weeks that are solved at a time
_KEPT = 8  # of these the weeks that are kept
_STANDS = 2**30  # what a meeting that was kept is worth: more than any that it could make room for
_CLOSE = 1000  # a span is solved to one part in so many


def search_group(
    problem: SeriesProblem, pairs: tuple[PairCandidates, ...], deadline: Callable[[], bool], *, many: int = _MANY
) -> Search:
    """The best timetable of a group that could be found, with its bound; groups with `many` candidates roll."""
    search = Search.of(problem, pairs, deadline)
    if search.alone() or sum(len(pair.slots) for pair in pairs) <= many or _weeks(pairs) <= _SPAN:
        return search.run()
    search.offer(_Horizon(problem=problem, pairs=pairs, deadline=deadline).placed())
    search.approach()
    return search


def _weeks(pairs: tuple[PairCandidates, ...]) -> int:
    known = [pair.week for pair in pairs if len(pair.week)]
    return 1 + max(int(week[-1]) for week in known) - min(int(week[0]) for week in known) if known else 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Horizon:
    problem: SeriesProblem
    pairs: tuple[PairCandidates, ...]
    deadline: Callable[[], bool]

    def placed(self) -> tuple[Series, ...]:
        """Candidates of all pairs, span after span."""
        # A window belongs to the week in which it begins.
        begins = [pair.week[np.searchsorted(pair.window, pair.window)].astype(np.int64) for pair in self.pairs]
        first, weeks = min(int(week[0]) for week in begins if len(week)), _weeks(self.pairs)
        kept: list[list[int]] = [[] for _ in self.pairs]
        for begin in range(first, first + weeks, _KEPT):
            choices = [self._choices(begins[number], begin, kept[number], number) for number in range(len(self.pairs))]
            span = tuple(
                self._span(pair, chosen, held) for pair, chosen, held in zip(self.pairs, choices, kept, strict=True)
            )
            found = Search.of(self._shortened(span, weeks), span, self.deadline)
            found.tolerance = _CLOSE
            for number, series in enumerate(found.run().best):
                held = choices[number][list(series)]
                kept[number] += held[(begins[number][held] >= begin) & (begins[number][held] < begin + _KEPT)].tolist()
            if self.deadline():
                break
        return tuple(map(tuple, kept))

    def _choices(self, begins: Indices, begin: int, held: list[int], number: int) -> Indices:
        """The candidates of a span, and before them those kept meetings that the span can still feel."""
        pair = self.pairs[number]
        new = np.flatnonzero((begins >= begin) & (begins < begin + _SPAN))
        reach = pair.slots[new[0]] - max(self.problem.terms(pair).gap_max, 7 * 96) if len(new) else 0
        lately = [candidate for candidate in held if not len(new) or pair.slots[candidate] >= reach][-_SPAN:]
        return np.concatenate([np.array(lately, np.int64), new])

    def _span(self, pair: PairCandidates, chosen: Indices, held: list[int]) -> PairCandidates:
        stands = np.isin(chosen, held)
        usual = Counter(pair.regular[held].tolist()).most_common(1)
        same = pair.regular[chosen] == usual[0][0] if usual else np.zeros(len(chosen), np.bool_)
        return replace(
            pair,
            slots=pair.slots[chosen],
            worth=np.where(stands, _STANDS, pair.worth[chosen] + same * self.problem.terms(pair).regular_bonus),
            window=pair.window[chosen],
            week=pair.week[chosen],
            regular=pair.regular[chosen],
            hardship=None if pair.hardship is None else pair.hardship[:, chosen],
        )

    def _shortened(self, span: tuple[PairCandidates, ...], weeks: int) -> SeriesProblem:
        """The problem of a span, in which everybody may bear a part of the hardship that the whole time allows."""
        steps = tuple(Step(above=step.above * _SPAN // weeks, price=step.price) for step in self.problem.steps)
        return replace(self.problem, pairs=span, steps=steps, before=None)
