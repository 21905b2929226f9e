"""Changing a timetable: the same worth as from nothing, only the touched groups solved, and nothing believed unchecked."""

from dataclasses import replace

import numpy as np
import pytest

from mentorctl.optimize.engine import DirectEngine
from mentorctl.optimize.scheduling.problem import Before, PairCandidates, Part, SeriesAnswer, SeriesProblem, Step
from mentorctl.optimize.scheduling.rolling import search_group
from mentorctl.optimize.scheduling.search import Search
from mentorctl.optimize.scheduling.series import solve_series
from mentorctl.optimize.scheduling.verify import verify_series

COLUMNS = ("slots", "worth", "window", "week", "regular")


def program(seed: int, *, pairs: int = 6, windows: int = 3) -> SeriesProblem:
    """Mentors with two mentees each who want the same hours, in two zones with unsocial hours."""
    draw = np.random.default_rng(seed)
    made = []
    for mentee in range(pairs):
        count = windows * 6
        slots = np.sort(draw.choice(windows * 20, count, replace=False)).astype(np.int64) * 4
        made.append(
            PairCandidates(
                people=(mentee // 2, pairs + mentee),
                slots=slots,
                worth=100 + draw.integers(0, 10, count),
                window=(slots // 80).astype(np.int32),
                week=(slots // 40).astype(np.int32),
                regular=(slots % 40).astype(np.int32),
                hardship=np.stack([(slots % 40 < 12).astype(np.int64), (slots % 40 > 28).astype(np.int64)]),
            )
        )
    return SeriesProblem(
        pairs=tuple(made),
        length=4,
        per_week=1,
        gap_min=20,
        gap_max=140,
        regular_bonus=5,
        steps=(Step(above=1, price=4), Step(above=3, price=20)),
    )


def without(problem: SeriesProblem, number: int, slots: tuple[int, ...]) -> SeriesProblem:
    """The problem after a pair declined some slots."""
    pair = problem.pairs[number]
    rest = ~np.isin(pair.slots, slots)
    hardship = None if pair.hardship is None else pair.hardship[:, rest]
    changed = replace(pair, hardship=hardship, **{name: getattr(pair, name)[rest] for name in COLUMNS})
    return replace(problem, pairs=(*problem.pairs[:number], changed, *problem.pairs[number + 1 :]))


@pytest.mark.parametrize("seed", range(4))
def test_only_touched_groups_are_solved_and_the_worth_is_that_of_all(seed: int) -> None:
    """Two declines in a row: untouched groups keep every slot, and the value equals solving everything again."""
    problem = program(seed)
    answer = solve_series(problem)
    assert verify_series(problem, answer) == ()
    for number in (3, 4):
        problem = without(problem, number, tuple(slot for _, slot in answer.starts[number][:1]))
        before = Before(starts=answer.starts, parts=answer.parts, stay=7)
        problem = replace(problem, before=before)
        again = solve_series(problem)
        whole = solve_series(replace(problem, before=replace(before, parts=())))
        assert verify_series(problem, again) == ()
        assert (again.value, again.proved) == (whole.value, whole.proved)
        for other in range(len(problem.pairs)):
            if other // 2 != number // 2:
                assert again.starts[other] == answer.starts[other]
        answer, problem = again, replace(problem, before=None)


def test_a_newcomer_moves_no_number_and_no_meeting() -> None:
    """People counted differently, because somebody joined, leave a group what it was."""
    problem = program(1)
    answer = solve_series(problem)
    shifted = tuple(replace(pair, people=tuple(person + 5 for person in pair.people)) for pair in problem.pairs)
    newcomer = replace(problem.pairs[0], people=(0, 1))
    changed = replace(
        problem,
        pairs=(*shifted, newcomer),
        before=Before(starts=(*answer.starts, ()), parts=answer.parts, stay=7),
    )
    again = solve_series(changed)
    assert again.starts[:-1] == answer.starts
    assert {part.key for part in answer.parts} <= {part.key for part in again.parts}


def test_more_is_kept_the_more_keeping_is_worth() -> None:
    """What a kept slot is worth buys fewer moves, never more."""
    problem = program(2)
    answer = solve_series(problem)
    declined = without(problem, 0, tuple(slot for _, slot in answer.starts[0]))
    moved = []
    for stay in (0, 3, 200):
        again = solve_series(replace(declined, before=Before(starts=answer.starts, stay=stay)))
        moved.append(sum(len(set(had) - set(has)) for had, has in zip(answer.starts, again.starts, strict=True)))
    assert moved[0] >= moved[1] >= moved[2]
    assert moved[2] <= len(answer.starts[0]) + 1


def test_parts_that_were_altered_are_not_believed() -> None:
    """Slots and values from a changed file lead to a timetable from nothing, not to a wrong one."""
    problem = program(4)
    answer = solve_series(problem)
    for starts, parts in (
        (((), *answer.starts[1:]), answer.parts),
        ((((0, 999_999),), *answer.starts[1:]), answer.parts),
        (answer.starts, tuple(Part(key=p.key, value=p.value + 50, bound=p.bound + 50) for p in answer.parts)),
    ):
        changed = replace(problem, before=Before(starts=starts, parts=parts, stay=0))
        again = DirectEngine().series(changed)
        assert verify_series(changed, again) == ()
        assert again.value == answer.value


@pytest.mark.parametrize("seed", range(2))
def test_a_long_program_rolls_and_is_bounded(seed: int) -> None:
    """The rolling timetable keeps all limits, its bound is above the optimum, and the gap is small."""
    problem = program(seed, pairs=2, windows=14)
    pairs = tuple(replace(pair, pools=(0,)) for pair in problem.pairs)
    problem = replace(problem, pairs=pairs, pools=(1,))
    found = search_group(problem, problem.pairs, lambda: False, many=0)
    starts = tuple(
        tuple((int(pair.window[c]), int(pair.slots[c])) for c in series)
        for pair, series in zip(problem.pairs, found.best, strict=True)
    )
    answer = SeriesAnswer(starts=starts, value=found.value, bound=found.bound, proved=found.value == found.bound)
    assert verify_series(problem, answer) == ()
    exact = Search.of(problem, problem.pairs, lambda: False).run()
    assert found.value <= exact.bound
    assert exact.value <= found.bound
    assert found.bound - found.value <= found.bound // 20


@pytest.mark.parametrize(
    ("said", "change"),
    [
        ("person 0 would have 2 sessions in week", {"load": np.full(40, 1), "per_week": 9}),
        ("pool 0 would have 2 meetings", {"pools": (1,)}),
        ("quarters apart", {"gap_min": 81, "gap_max": 500}),
        ("are worth", {"steps": (Step(above=0, price=1000),)}),
        ("are worth", {"before": "kept"}),
    ],
)
def test_a_timetable_under_other_limits_is_refused(said: str, change: dict[str, object]) -> None:
    """Each limit and price is checked by itself: a timetable made without it is found out."""
    problem = program(5)
    loose = replace(problem, per_week=9, gap_min=0, gap_max=500, steps=(), pools=(9,))
    loose = replace(loose, pairs=tuple(replace(pair, pools=(0,)) for pair in loose.pairs))
    answer = solve_series(loose)
    assert verify_series(loose, answer) == ()
    if change.get("before"):
        change = {"before": Before(starts=answer.starts, stay=9)}
    found = verify_series(replace(loose, **change), answer)  # type: ignore[arg-type]
    assert any(said in text for text in found), found


def test_no_corrupted_timetable_passes() -> None:
    """A meeting moved, dropped, doubled or given to another pair is always noticed."""
    draw = np.random.default_rng(3)
    problem = program(6)
    answer = solve_series(problem)
    for _ in range(200):
        starts = [list(series) for series in answer.starts]
        number = int(draw.integers(len(starts)))
        at = int(draw.integers(len(starts[number])))
        window, slot = starts[number][at]
        kind = int(draw.integers(4))
        if kind == 0:
            starts[number][at] = (window, slot + int(draw.choice([-4, -1, 1, 4])))
        elif kind == 1:
            del starts[number][at]
        elif kind == 2:
            starts[number].insert(at, (window, slot))
        else:
            other = (number + 1) % len(starts)
            starts[number], starts[other] = starts[other], starts[number]
        spoiled = replace(answer, starts=tuple(map(tuple, starts)))
        assert verify_series(problem, spoiled), (kind, number, at)
