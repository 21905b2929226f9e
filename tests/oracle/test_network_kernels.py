"""The compiled kernel, the columns through PuLP and the checker against each other, brute force and spoilt input."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from oracle.test_network import Drawn, best_in_order, draw_network

from mentorctl.optimize.certify import network_defects
from mentorctl.optimize.kernels import native, transport
from mentorctl.optimize.network import (
    Certificate,
    Network,
    NetworkAnswer,
    NoProof,
    Objective,
    matches_of,
    price_bound,
    solve_network,
    tie_break,
    worth,
)

type Ints = NDArray[np.int64]

needs_kernel = pytest.mark.skipif(not native.available(), reason="the kernels are not built here")


def drawn_network(seed: int, mentees: int, mentors: int, share: float, spread: int) -> tuple[Network, Objective]:
    """A network of some size with capacities, floors that can be met, rewards and points below zero."""
    draw = np.random.default_rng(seed)
    mentee, mentor = np.nonzero(draw.random((mentees, mentors)) < share)
    high = draw.integers(0, 4, mentees + mentors)
    network = Network(
        mentees=mentees,
        mentee=mentee.astype(np.int32),
        mentor=(mentor + mentees).astype(np.int32),
        low=np.zeros(mentees + mentors, np.int64),
        high=high.astype(np.int64),
    )
    points = draw.integers(-spread, 3 * spread + 1, len(network))
    objective = Objective(pair=points, cover=draw.integers(0, spread + 1, len(high)) * draw.integers(0, 2, len(high)))
    met = matches_of(network, solve_network(network, (objective,), settled=False).chosen)
    asked = np.where(draw.random(len(high)) < 0.2, np.minimum(met, 2), 0)
    return replace(network, low=asked), objective


def fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the kernels are not there."""
    monkeypatch.setattr(native, "available", lambda: False)


# -- brute force -------------------------------------------------------------------------------------------------------


@needs_kernel
@pytest.mark.parametrize("block", range(10))
def test_the_kernel_is_right_on_thousands_of_tiny_networks(block: int) -> None:
    """The best of all allowed choices, with floors, rewards, ties and points below zero; infeasible is told."""
    for seed in range(10_000 + block * 300, 10_300 + block * 300):
        drawn = draw_network(seed)
        if not len(drawn.allowed):
            with pytest.raises(NoProof, match="matches they must have"):
                solve_network(drawn.network, drawn.objectives)
            continue
        answer = solve_network(drawn.network, drawn.objectives)
        found = tuple(worth(drawn.network, objective, answer.chosen) for objective in drawn.objectives)
        assert found == best_in_order(drawn), seed
        assert list(network_defects(drawn.network, drawn.objectives, answer)) == [], seed


@pytest.mark.parametrize("block", range(2))
def test_the_way_without_kernels_chooses_the_same_pairs(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    """On tiny networks both ways give the same pairs, to the last tie, and the same values."""
    for seed in range(20_000 + block * 40, 20_040 + block * 40):
        drawn = draw_network(seed)
        if not len(drawn.allowed):
            continue
        ours = solve_network(drawn.network, drawn.objectives)
        with monkeypatch.context() as patch:
            fallback(patch)
            pure = solve_network(drawn.network, drawn.objectives)
        assert pure.chosen.tolist() == ours.chosen.tolist(), seed
        assert [c.value for c in pure.certificates] == [c.value for c in ours.certificates], seed


# -- larger ones, against other programs -------------------------------------------------------------------------------


@needs_kernel
@pytest.mark.parametrize(
    ("mentees", "mentors", "share", "spread"),
    [(60, 60, 1.0, 1000), (60, 60, 1.0, 3), (150, 40, 0.2, 5), (40, 150, 0.2, 1_000_000), (200, 180, 0.05, 40)],
)
def test_kernel_columns_and_proof_model_agree(
    monkeypatch: pytest.MonkeyPatch, mentees: int, mentors: int, share: float, spread: int
) -> None:
    """On middling networks the kernel's value is that of the program over columns, and its proof model agrees."""
    network, objective = drawn_network(mentees, mentees, mentors, share, spread)
    ours = solve_network(network, (objective,), proof=True)
    assert list(network_defects(network, (objective,), ours)) == []
    assert ours.modeled > 0
    fallback(monkeypatch)
    pure = solve_network(network, (objective,))
    assert pure.chosen.tolist() == ours.chosen.tolist()
    assert list(network_defects(network, (objective,), pure)) == []


@needs_kernel
@pytest.mark.parametrize("spread", [2, 30, 1_000_000, 1 << 40])
def test_the_kernel_agrees_with_scipy(spread: int) -> None:
    """On full tables of points, few or many different, small or beyond 32 bits, the total is that of scipy."""
    optimize = pytest.importorskip("scipy.optimize")
    draw = np.random.default_rng(spread)
    for mentees, mentors in ((1, 1), (1, 9), (80, 80), (120, 50), (50, 120)):
        table = draw.integers(0, spread, (mentees, mentors))
        network = complete(mentees, mentors)
        objective = Objective(pair=table.ravel(), cover=np.zeros(mentees + mentors, np.int64))
        rows, columns = optimize.linear_sum_assignment(table, maximize=True)
        assert solve_network(network, (objective,)).certificates[0].value == int(table[rows, columns].sum())


def complete(mentees: int, mentors: int, most: int = 1) -> Network:
    """Everybody may be with everybody."""
    mentee, mentor = (side.ravel() for side in np.indices((mentees, mentors)))
    return Network(
        mentees=mentees,
        mentee=mentee.astype(np.int32),
        mentor=(mentor + mentees).astype(np.int32),
        low=np.zeros(mentees + mentors, np.int64),
        high=np.full(mentees + mentors, most, np.int64),
    )


@pytest.mark.parametrize("most", [1, 3])
def test_the_order_of_people_does_not_matter_to_the_value(most: int) -> None:
    """Permuted people have the same optimum; the same people in the same order have the same pairs again."""
    draw = np.random.default_rng(most)
    table = draw.integers(0, 6, (70, 60))
    network = complete(70, 60, most)
    nobody = np.zeros(130, np.int64)
    first = solve_network(network, (Objective(pair=table.ravel(), cover=nobody),))
    again = solve_network(network, (Objective(pair=table.ravel(), cover=nobody),))
    other = table[draw.permutation(70)][:, draw.permutation(60)]
    permuted = solve_network(network, (Objective(pair=other.ravel(), cover=nobody),))
    assert again.chosen.tobytes() == first.chosen.tobytes()
    assert permuted.certificates[0].value == first.certificates[0].value


@needs_kernel
@pytest.mark.parametrize("spread", [3, 40, 1_000_000, 1 << 40])
def test_more_candidates_than_a_search_remembers_are_proved(spread: int) -> None:
    """With places as scarce as people, searches come to the pairs that they had put off, and the answer is the best."""
    for seed in range(6):
        network, objective = drawn_network(seed, 240, 120, 0.3, spread)
        network = replace(network, low=np.zeros(360, np.int64), high=np.repeat([1, 2], [240, 120]))
        found = solve_network(network, (objective,))
        assert list(network_defects(network, (objective,), found)) == []


# -- spoilt answers ----------------------------------------------------------------------------------------------------


def test_a_thousand_spoilt_answers_are_rejected() -> None:
    """Other pairs, other prices, other numbers: unless what is said is still true, the checker finds it."""
    draw = np.random.default_rng(9)
    rejected = 0
    for seed in range(400):
        drawn = draw_network(30_000 + seed)
        if not len(drawn.allowed) or len(drawn.network) < 2:
            continue
        answer = solve_network(drawn.network, drawn.objectives)
        for _ in range(8):
            spoilt = spoil(answer, draw)
            if list(network_defects(drawn.network, drawn.objectives, spoilt)):
                rejected += 1
            else:
                assert still_true(drawn, spoilt), seed
    assert rejected > 1000


def spoil(answer: NetworkAnswer, draw: np.random.Generator) -> NetworkAnswer:
    """The answer with one thing changed."""
    at = int(draw.integers(0, len(answer.certificates)))
    certificate = answer.certificates[at]
    way = int(draw.integers(0, 4))
    if way == 0:
        chosen = answer.chosen.copy()
        chosen[draw.integers(0, len(chosen))] ^= True
        return replace(answer, chosen=chosen)
    if way == 1:
        by = int(draw.choice([-1, 1]))
        changed = replace(certificate, value=certificate.value + by, bound=certificate.bound + by)
    elif way == 2:
        changed = replace(certificate, bound=certificate.bound - 1)
    else:
        prices = certificate.prices.copy()
        prices[draw.integers(0, len(prices))] += int(draw.choice([-1000, 1000, 5000]))
        changed = replace(certificate, prices=prices)
    return replace(answer, certificates=(*answer.certificates[:at], changed, *answer.certificates[at + 1 :]))


def still_true(drawn: Drawn, answer: NetworkAnswer) -> bool:
    """Whether the pairs are allowed and best after all, and the first proof proves it."""
    found = tuple(worth(drawn.network, objective, answer.chosen) for objective in drawn.objectives)
    first = answer.certificates[0]
    bound = price_bound(drawn.network, drawn.objectives[0], first.prices)
    return found == best_in_order(drawn) and found[0] == first.value == first.bound == bound


# -- spoilt input ------------------------------------------------------------------------------------------------------


def asked(**changes: Ints) -> tuple[Network, Objective]:
    """A good network of three and three, with some arrays replaced."""
    network = complete(3, 3)
    arrays = {name: changes[name] for name in ("mentee", "mentor", "low", "high") if name in changes}
    objective = Objective(pair=np.arange(9), cover=np.zeros(6, np.int64))
    named = {name: changes[name] for name in ("pair", "cover") if name in changes}
    return replace(network, **arrays), replace(objective, **named)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"mentor": np.full(9, 99)}, "not in order", id="a mentor who is not there"),
        pytest.param({"mentee": np.full(9, -1)}, "not in order", id="a mentee who is not there"),
        pytest.param({"mentor": np.zeros(9, np.int64)}, "not in order", id="mentees as mentors"),
        pytest.param({"mentee": np.arange(9)[::-1] // 3}, "not in order", id="pairs out of order"),
        pytest.param({"mentor": np.full(9, 3)}, "not in order", id="a pair twice"),
        pytest.param({"mentee": np.full(9, 1 << 40)}, "not there", id="a place beyond 32 bits"),
        pytest.param({"low": np.full(6, 2)}, "cannot be meant", id="a floor above the ceiling"),
        pytest.param({"low": np.full(6, -1)}, "cannot be meant", id="a floor below zero"),
        pytest.param({"pair": np.full(9, 1 << 61)}, "too large", id="points that overflow"),
        pytest.param({"pair": np.full(9, -(1 << 63))}, "too large", id="the smallest number"),
        pytest.param({"pair": np.full(9, np.nan)}, "not all whole", id="points that are no number"),
        pytest.param({"cover": np.full(6, -1)}, "below zero", id="a reward below zero"),
        pytest.param({"cover": np.full(6, 1 << 61)}, "too large", id="a reward that overflows"),
        pytest.param({"pair": np.arange(8)}, "do not fit together", id="points of another network"),
        pytest.param({"high": np.ones(5, np.int64)}, "do not fit together", id="somebody without a ceiling"),
    ],
)
@needs_kernel
def test_input_that_cannot_be_meant_is_a_sentence(changes: dict[str, Ints], said: str) -> None:
    """Nothing reaches the kernel unchecked: what it refuses is told, and nothing is answered."""
    network, objective = asked(**changes)
    with pytest.raises(NoProof, match=said):
        solve_network(network, (objective,))


@needs_kernel
@pytest.mark.parametrize("seed", range(40))
def test_the_kernel_survives_any_numbers(seed: int) -> None:
    """Random arrays of the right lengths end in a status and never outside of them."""
    draw = np.random.default_rng(seed)
    mentees, persons, count = (int(draw.integers(0, top)) for top in (6, 12, 30))
    mentees = min(mentees, persons)
    wild = int(draw.choice([3, 20, 1 << 31]))
    ends = tuple(draw.integers(-wild, wild, count).astype(np.int32) for _ in range(2))
    people = tuple(draw.integers(-2, 1 << int(draw.integers(2, 62)), persons) for _ in range(3))
    score = draw.integers(-(1 << 62), 1 << 62, count)
    ended, chosen, prices = transport.solve_network(mentees, ends, score, people)  # type: ignore[arg-type]
    assert ended is native.Ended.OK or (not chosen.any() and not prices.any())


@needs_kernel
@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param({"score": np.zeros(8, np.int64)}, id="too short"),
        pytest.param({"score": np.zeros(9, np.int32)}, id="too narrow"),
        pytest.param({"score": np.zeros(18, np.int64)[::2]}, id="with gaps"),
        pytest.param({"mentees": 7}, id="more mentees than people"),
    ],
)
def test_arrays_that_do_not_fit_never_reach_the_kernel(spoilt: dict[str, object]) -> None:
    """Lengths and kinds are checked before an address is handed over."""
    network = complete(3, 3)
    given = {"mentees": 3, "score": np.zeros(9, np.int64), **spoilt}
    with pytest.raises(ValueError, match=r"an array of|mentees among"):
        transport.solve_network(
            given["mentees"],  # type: ignore[arg-type]
            (network.mentee.astype(np.int32), network.mentor.astype(np.int32)),
            given["score"],  # type: ignore[arg-type]
            (np.zeros(6, np.int64), network.low, network.high),
        )


@needs_kernel
def test_gains_of_people_who_are_not_there_are_refused() -> None:
    """A pair that names nobody is an error there too, and reads nothing beside the arrays."""
    pair, nobody = np.zeros(1, np.int64), np.zeros(2, np.int64)
    one = np.zeros(1, np.int32)
    for far in (2, -1, 1 << 30):
        with pytest.raises(ValueError, match="not there"):
            transport.network_gains((one, one + np.int32(far)), pair, nobody)


def test_bounds_are_exact_beyond_64_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums that leave 64 bits on the way are summed exactly, with and without the kernels; larger numbers are refused."""
    network = complete(6, 6, most=1 << 20)
    objective = Objective(pair=np.full(36, 1 << 59), cover=np.full(12, 1 << 59))
    prices = np.full(12, -(1 << 59))
    exact = 36 * (3 << 59) + 12 * (1 << 59) * 0
    assert price_bound(network, objective, prices) == exact
    fallback(monkeypatch)
    assert price_bound(network, objective, prices) == exact
    with pytest.raises(ValueError, match="prove nothing"):
        price_bound(network, objective, np.full(12, -1 << 63))


def test_the_tie_break_of_some_pairs_is_that_of_all() -> None:
    """What a pair is worth in the tie-break depends on its two people alone."""
    network = complete(9, 7)
    at = np.array([3, 5, 60])
    for some, whole in zip(tie_break(network, at), tie_break(network), strict=True):
        assert some.pair.tolist() == whole.pair[at].tolist()


def test_a_certificate_says_whether_it_proves() -> None:
    """Value and bound must be one number."""
    nobody = np.zeros(0, np.int64)
    assert Certificate(prices=nobody, value=3, bound=3).proves
    assert not Certificate(prices=nobody, value=3, bound=4).proves
