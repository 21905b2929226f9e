"""Peers against rustworkx: the best pairs of one pool, as a figure of `matching.py`.

Ours starts from arrays and ends with the pairs, the tie-break, the prices that prove them, and their check; rustworkx starts
from lists and ends with the pairs. Both sides run in processes of their own that have imported everything.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

CASES = (
    ("complete", 200, 0, 100_000),
    ("complete", 200, 0, 20),
    ("sparse", 1000, 20, 100_000),
    ("sparse", 1000, 20, 20),
)


def pool(people: int, near: int, scores: int) -> tuple[list[int], list[int], list[int]]:
    """Pairs with whole scores: all of them, or those of some people near to each; the same in every process."""
    import numpy as np

    draw = np.random.Generator(np.random.PCG64(11))
    if near:
        ends = np.stack([np.repeat(np.arange(people), near), draw.integers(0, people, people * near)])
        ends = np.unique(np.sort(ends[:, ends[0] != ends[1]], axis=0), axis=1)
    else:
        ends = np.stack(np.triu_indices(people, 1))
    return ends[0].tolist(), ends[1].tolist(), draw.integers(1, scores + 1, ends.shape[1]).tolist()


def ours(people: int, first: list[int], second: list[int], scores: list[int]) -> tuple[float, int]:
    import numpy as np

    from mentorctl.optimize.engine import checked_peers
    from mentorctl.optimize.groups.peers import solve_peers
    from mentorctl.optimize.groups.problem import PeerObjective, PeerProblem

    nobody = np.zeros(people, np.int64)
    problem = PeerProblem(
        people=people,
        first=np.array(first, np.int64),
        second=np.array(second, np.int64),
        forced=np.zeros(len(first), np.bool_),
        low=nobody,
        high=np.ones(people, np.int64),
        trios=(0, 0),
        objectives=(PeerObjective(name="score", pair=np.array(scores, np.int64), cover=nobody),),
    )
    began = time.process_time()
    answer = checked_peers(problem, solve_peers(problem))
    seconds = time.process_time() - began
    assert answer.certificates
    return seconds, answer.values[0]


def rustworkx(people: int, first: list[int], second: list[int], scores: list[int]) -> tuple[float, int]:
    import rustworkx as rx

    began = time.process_time()
    graph = rx.PyGraph()
    graph.add_nodes_from(range(people))
    graph.add_edges_from(list(zip(first, second, scores, strict=True)))
    found = rx.max_weight_matching(graph, weight_fn=int, max_cardinality=False)
    seconds = time.process_time() - began
    return seconds, sum(graph.get_edge_data(a, b) for a, b in found)


def measure_blossoms(peer: Path, *, quick: bool = False) -> tuple[dict[str, float], dict[str, Any]]:
    """The largest ratio of our time to that of rustworkx, and all times."""
    repeats = 3 if quick else 9
    engine = str(Path(__file__).resolve().parents[1] / "engine")
    mine = _measured(Path(sys.executable), "ours", repeats, {**os.environ, "PYTHONPATH": engine})
    theirs = _measured(peer, "rustworkx", repeats, dict(os.environ))
    details = {}
    for case, us, them in zip(CASES, mine, theirs, strict=True):
        if us["total"] != them["total"]:
            raise RuntimeError(f"the programs disagree on {case}: {us['total']} and {them['total']}")
        name = f"{case[0]} {case[1]}, {case[3]} scores"
        details[name] = {"ours": us["seconds"], "rustworkx": them["seconds"], "ratio": us["seconds"] / them["seconds"]}
    return {"peer_ratio_max": max(found["ratio"] for found in details.values())}, {"peers": details}


def _measured(python: Path, who: str, repeats: int, environment: dict[str, str]) -> list[dict[str, Any]]:
    command = [python, __file__, who, str(repeats)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    found: list[dict[str, Any]] = json.loads(ran.stdout)
    return found


def _work(who: str, repeats: int) -> None:
    solve = {"ours": ours, "rustworkx": rustworkx}[who]
    solve(6, *pool(6, 0, 9))
    found = []
    for _, people, near, scores in CASES:
        drawn = pool(people, near, scores)
        runs = [solve(people, *drawn) for _ in range(repeats)]
        found.append({"seconds": median(seconds for seconds, _ in runs), "total": runs[0][1]})
    print(json.dumps(found))


if __name__ == "__main__":
    _work(sys.argv[1], int(sys.argv[2]))
