"""What questions about a matching cost: an exact "why not", and who shares too few places, against an IIS of HiGHS.

    python benchmarks/explaining.py [--quick]

`whynot_ms` and `hall_speedup` are called by benchmarks/matching.py too. Every loss that is timed is compared with a full
solve of the network with the pair forced, for a sample; the set of too few places with the one that was planted.
"""

import argparse
import time
from dataclasses import replace
from statistics import median

import highspy
import numpy as np

from mentorctl.optimize.explain.hall import shortages
from mentorctl.optimize.explain.residual import Residual
from mentorctl.optimize.network import Network, Objective, solve_network, worth

PAIRS = 1_000  # asked about in one batch
CHECKED = 5  # of them solved again
IIS_LIMIT = 120.0


def network_of(
    people: int, candidates: int, *, capacity: int, values: int, seed: int
) -> tuple[Network, tuple[Objective, ...]]:
    """A network with coverage first and then points, of which there are `values`: few make many ties."""
    draw = np.random.default_rng(seed)
    mentors = people // capacity
    mentor = np.concatenate([np.sort(draw.choice(mentors, candidates, replace=False)) for _ in range(people)])
    pairs = people * candidates
    network = Network(
        mentees=people,
        mentee=np.repeat(np.arange(people), candidates).astype(np.int64),
        mentor=(mentor + people).astype(np.int64),
        low=np.zeros(people + mentors, np.int64),
        high=np.concatenate([np.ones(people, np.int64), np.full(mentors, capacity)]),
    )
    nobody = np.zeros(people + mentors, np.int64)
    covered = nobody.copy()
    covered[:people] = 1
    points = draw.integers(0, values, pairs).astype(np.int64)
    return network, (Objective(pair=np.zeros(pairs, np.int64), cover=covered), Objective(pair=points, cover=nobody))


def whynot_ms(
    people: int = 1_000, candidates: int = 30, *, capacity: int = 1, values: int = 1_000, seed: int = 2
) -> float:
    """Milliseconds for one exact why-not in a batch of a thousand pairs drawn at random, the residual graph included."""
    network, objectives = network_of(people, candidates, capacity=capacity, values=values, seed=seed)
    answer = solve_network(network, objectives)
    draw = np.random.default_rng(seed)
    others = np.flatnonzero(~answer.chosen)
    asked = draw.choice(others, min(PAIRS, len(others)), replace=False).tolist()
    started = time.perf_counter()
    losses = Residual(network, objectives, answer.chosen).losses(asked)
    seconds = time.perf_counter() - started
    best = tuple(worth(network, objective, answer.chosen) for objective in objectives)
    for pair, loss in list(zip(asked, losses, strict=True))[:CHECKED]:
        again = tuple(a - b for a, b in zip(best, _forced(network, objectives, pair), strict=True))
        assert loss == again, (pair, loss, again)
    return seconds * 1e3 / len(asked)


def whynot_cases(people: int) -> dict[str, float]:
    """The same for different points and few different ones, with one place a mentor and with three."""
    return {
        f"{capacity} places, {values:,} values": whynot_ms(people, 30, capacity=capacity, values=values)
        for capacity, values in ((1, 1_000_000), (1, 30), (3, 30))
    }


def _forced(network: Network, objectives: tuple[Objective, ...], pair: int) -> tuple[int, ...]:
    """The values of the best answer with a pair, by solving what is left."""
    ends = [int(network.mentee[pair]), int(network.mentor[pair])]
    high, keep = network.high.copy(), np.arange(len(network)) != pair
    high[ends] -= 1
    rest = replace(network, mentee=network.mentee[keep], mentor=network.mentor[keep], high=high)
    seen = tuple(
        Objective(pair=o.pair[keep], cover=np.where(np.isin(np.arange(len(high)), ends), 0, o.cover))
        for o in objectives
    )
    found = solve_network(rest, seen)
    gained = (int(o.pair[pair]) + int(o.cover[ends].sum()) for o in objectives)
    return tuple(c.value + more for c, more in zip(found.certificates, gained, strict=False))


def planted(people: int, *, seed: int = 4) -> tuple[Network, set[int], set[int]]:
    """Everybody has ten candidates, but seven mentees share the same five mentors; these and those."""
    draw = np.random.default_rng(seed)
    options = [np.sort(draw.choice(people, 10, replace=False)) for _ in range(people)]
    mentees = np.sort(draw.choice(people, 7, replace=False))
    mentors = np.sort(draw.choice(people, 5, replace=False))
    for mentee in mentees:
        options[mentee] = mentors
    network = Network(
        mentees=people,
        mentee=np.repeat(np.arange(people), [len(o) for o in options]),
        mentor=np.concatenate(options) + people,
        low=np.zeros(2 * people, np.int64),
        high=np.ones(2 * people, np.int64),
    )
    return network, set(mentees.tolist()), set((mentors + people).tolist())


def hall_speedup(people: int = 1_000) -> float:
    """How many times faster the set of too few places is found than an IIS of the same problem, with the same people."""
    network, mentees, mentors = planted(people)
    took = []
    for _ in range(5):
        started = time.perf_counter()
        (found,) = shortages(network)
        took.append(time.perf_counter() - started)
    assert set(found.mentees) == mentees
    assert set(found.mentors) == mentors
    seconds, rows = _iis(network)
    assert {row for row in rows if row >= people} == mentors
    assert {row for row in rows if row < people} < mentees  # an IIS has one mentee more than places, of those seven
    return seconds / median(took)


def _iis(network: Network) -> tuple[float, set[int]]:
    """Seconds of HiGHS for the solve that finds it infeasible and for `getIis`, and the rows of the set."""
    pairs, people = len(network), len(network.low)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = pairs, people
    model.col_cost_, model.col_lower_, model.col_upper_ = np.zeros(pairs), np.zeros(pairs), np.ones(pairs)
    model.row_lower_ = np.where(np.arange(people) < network.mentees, 1.0, -np.inf)
    model.row_upper_ = network.high.astype(np.float64)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.arange(0, 2 * pairs + 1, 2)
    model.a_matrix_.index_ = np.stack([network.mentee, network.mentor], axis=1).ravel()
    model.a_matrix_.value_ = np.ones(2 * pairs)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("iis_strategy", 4)
    solver.setOptionValue("time_limit", IIS_LIMIT)
    solver.passModel(model)
    started = time.perf_counter()
    solver.run()
    found = solver.getIis()
    seconds = time.perf_counter() - started
    iis = found[1] if isinstance(found, tuple) else found
    return seconds, {int(row) for row in iis.row_index_}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes")
    people = 200 if parser.parse_args().quick else 1_000
    for case, took in whynot_cases(people).items():
        print(f"why not, {people} people x 30, {case}: {took:.3f} ms a pair")
    print(f"set of too few places, {people} people: {hall_speedup(people):,.0f} times faster than an IIS")


if __name__ == "__main__":
    main()
