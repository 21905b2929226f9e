"""Why a slot, why not another, why none: the reasons named, and what each change brings compared with solving again."""

from dataclasses import replace

import numpy as np
import pytest

from mentorctl.optimize.scheduling.explain import Block, Stage, funnel, no_slot, why_not, why_slot
from mentorctl.optimize.scheduling.problem import PairCandidates, SeriesAnswer, SeriesProblem
from mentorctl.optimize.scheduling.series import solve_series
from mentorctl.optimize.scheduling.verify import series_value, verify_series


def pair(people: tuple[int, int], slots: list[int], worth: list[int], *, pools: tuple[int, ...] = ()) -> PairCandidates:
    """Candidates with windows and weeks of 100 quarters; the regular time is the place in 100."""
    numbers = np.array(slots, dtype=np.int64)
    hundred = (numbers // 100).astype(np.int32)
    return PairCandidates(
        people=people,
        slots=numbers,
        worth=np.array(worth),
        window=hundred,
        week=hundred,
        regular=(numbers % 100).astype(np.int32),
        pools=pools,
    )


def problem(
    *pairs: PairCandidates, per_week: int = 9, gap: tuple[int, int] = (0, 1000), pools: tuple[int, ...] = ()
) -> SeriesProblem:
    return SeriesProblem(
        pairs=pairs, length=4, per_week=per_week, gap_min=gap[0], gap_max=gap[1], regular_bonus=0, pools=pools
    )


def test_a_slot_is_told_with_its_next_best_and_what_blocks_better_ones() -> None:
    """The mentor's other meeting takes the better slot; the next free one loses the difference."""
    case = problem(pair((0, 1), [10, 30, 50], [90, 80, 75]), pair((0, 2), [10, 60], [100, 10]))
    answer = solve_series(case)
    reason = why_slot(case, answer, 0, 0)
    assert (reason.slot, reason.worth, reason.next_slot, reason.next_loss) == (30, 80, 50, 5)
    assert reason.blocks == (Block(slot=10, kind="person", who=0, pair=1, other=10),)


def test_a_meeting_without_alternative_loses_what_it_brings() -> None:
    """No other slot is free in the window, so the next best is to have none."""
    case = problem(pair((0, 1), [10], [90]))
    reason = why_slot(case, solve_series(case), 0, 0)
    assert (reason.next_slot, reason.next_loss, reason.blocks) == (-1, 90, ())


def test_a_forced_slot_costs_exactly_what_it_displaces() -> None:
    """The other pair has to give way, and both changes are named."""
    case = problem(pair((0, 1), [10, 30], [90, 80]), pair((0, 2), [10, 60], [100, 10]))
    answer = solve_series(case)
    asked = why_not(case, answer, 0, 10)
    assert asked.exact
    assert asked.loss == 80
    assert [(m.pair, m.from_slot, m.to_slot) for m in asked.moved] == [(0, 30, 10), (1, 10, 60)]
    assert asked.blocks[0].kind == "person"


def test_a_missing_meeting_is_explained_and_priced() -> None:
    """The mentor's week is full: one more a week, and nothing else, brings the meeting."""
    case = problem(pair((0, 1), [10], [90]), pair((0, 2), [30], [50]), per_week=1)
    found = no_slot(case, solve_series(case), 1, 0)
    assert found.candidates == 1
    assert found.blocks == (Block(slot=30, kind="week", who=0),)
    assert [(r.kind, r.who, r.amount, r.gain, r.held) for r in found.relaxations] == [("week", 0, 1, 50, True)]


def test_pools_and_gaps_are_named_and_priced() -> None:
    """A full room asks for one more place; meetings too far apart ask for a wider gap."""
    crowded = problem(pair((0, 1), [10], [90], pools=(0,)), pair((2, 3), [12], [50], pools=(0,)), pools=(1,))
    found = no_slot(crowded, solve_series(crowded), 1, 0)
    assert [block.kind for block in found.blocks] == ["pool"]
    assert [(r.kind, r.gain) for r in found.relaxations] == [("pool", 50)]
    far = problem(pair((0, 1), [10, 199], [90, 60]), gap=(0, 100))
    found = no_slot(far, solve_series(far), 0, 1)
    assert [block.kind for block in found.blocks] == ["far_gap"]
    assert [(r.kind, r.gain, r.amount) for r in found.relaxations] == [("far_gap", 60, 96)]


def random_case(seed: int) -> SeriesProblem:
    draw = np.random.default_rng(seed)
    pairs = []
    for mentee in range(3):
        slots = (
            np.sort(draw.choice(300, 9, replace=False)) if seed % 2 else np.sort(draw.choice(60, 9, replace=False)) * 5
        )
        pairs.append(pair((0, 1 + mentee), slots.tolist(), draw.integers(10, 99, 9).tolist(), pools=(0,)))
    return problem(*pairs, per_week=2, gap=(20, 150), pools=(int(draw.integers(1, 3)),))


@pytest.mark.parametrize("seed", range(12))
def test_reasons_agree_with_the_independent_check(seed: int) -> None:
    """A candidate is free exactly when the checker accepts the swap, and losses are those of the swapped timetable."""
    case = random_case(seed)
    answer = solve_series(case)
    for number, candidates in enumerate(case.pairs):
        for window, slot in answer.starts[number]:
            reason = why_slot(case, answer, number, window)
            blocked = {block.slot for block in reason.blocks}
            for at in np.flatnonzero(candidates.window == window).tolist():
                other = int(candidates.slots[at])
                meetings = tuple(
                    sorted({*answer.starts[number], (window, other)} - {(window, slot)} | {(window, other)})
                )
                starts = (*answer.starts[:number], meetings, *answer.starts[number + 1 :])
                value = series_value(case, SeriesAnswer(starts=starts, value=0, bound=0, proved=False))
                swapped = SeriesAnswer(starts=starts, value=value, bound=value, proved=True)
                right = not verify_series(case, swapped)
                if candidates.worth[at] > candidates.worth[np.searchsorted(candidates.slots, slot)]:
                    assert right == (other not in blocked)
                if other == reason.next_slot:
                    assert right
                    assert reason.next_loss == answer.value - value
    forced = int(case.pairs[0].slots[0])
    asked = why_not(case, answer, 0, forced)
    if asked.loss is not None:
        rest = case.pairs[0].window != case.pairs[0].window[0]
        rest[0] = True
        only = replace(
            case.pairs[0],
            **{name: getattr(case.pairs[0], name)[rest] for name in ("slots", "worth", "window", "week", "regular")},
        )
        limited = solve_series(replace(case, pairs=(only, *case.pairs[1:])))
        if any(start == forced for _, start in limited.starts[0]):
            assert asked.loss == answer.value - limited.value


def stage(name: str, allowed: str, *, fixed: bool = False) -> Stage:
    return Stage(name=name, allowed=np.array([c == "1" for c in allowed]), fixed=fixed)


def test_starts_fall_away_stage_by_stage() -> None:
    """Each stage removes what is left in its turn, and knows what it would allow alone."""
    found = funnel([stage("mentor", "1110"), stage("mentee", "0110"), stage("holidays", "1101")])
    assert [(step.name, step.before, step.removed, step.alone) for step in found.steps] == [
        ("mentor", 4, 1, 3),
        ("mentee", 3, 1, 2),
        ("holidays", 2, 1, 3),
    ]
    assert (found.left, found.minimal, found.relaxations) == (1, (), ())


def test_nothing_left_names_the_fewest_stages_and_the_cheapest_ways_out() -> None:
    """Two stages alone leave nothing; giving up one of them, if it may be given up, opens starts of some worth."""
    stages = [stage("mentor", "1100", fixed=True), stage("mentee", "0011"), stage("notice", "1110")]
    found = funnel(stages, np.array([5, 9, 7, 8]))
    assert found.left == 0
    assert found.minimal == ("mentor", "mentee")
    assert [(way.names, way.opens, way.best_worth) for way in found.relaxations] == [(("mentee",), 2, 9)]


def test_what_does_not_exist_is_refused() -> None:
    """A pair, window, candidate or set of stages that is not there is an error of the caller."""
    case = problem(pair((0, 1), [10], [90]))
    answer = solve_series(case)
    with pytest.raises(ValueError, match="no pair 7"):
        why_not(case, answer, 7, 10)
    with pytest.raises(ValueError, match="no meeting in window 3"):
        why_slot(case, answer, 0, 3)
    with pytest.raises(ValueError, match="11 is no candidate"):
        why_not(case, answer, 0, 11)
    with pytest.raises(ValueError, match="differ"):
        funnel([stage("a", "1"), stage("b", "10")])
