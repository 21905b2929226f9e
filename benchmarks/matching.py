"""Matching against named peers: networks, proof, naive PuLP, scoring, hand-over, peers, explanations.

    python benchmarks/matching.py [--quick] [--json FILE] [--only FIGURE …]

Needs the project's runtime dependencies; peers are installed into `.bench/` of the checkout. See README.md beside this.
"""

import argparse
import gc
import json
import os
import platform
import resource
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from figures import Goal, arguments, machine, say, show, show_machine, write
from main_job import BENCH, environment, sampled

type Answer = dict[str, Any]
type Measured = tuple[dict[str, float], dict[str, Any]]
type Job = Callable[[], Answer]

ARRAY_PEERS = ("numpy", "scipy", "lap", "ortools", "rustworkx", "pulp[cbc]")
MENTOR_MATCH = ("mentor-match==7.0.1",)
PEER_LIMIT = 1800.0  # seconds until a peer is given up
CANDIDATES = 50

GOALS = {
    "dense_ratio_max": Goal(value=1.3, kind="at most"),
    "sparse_ratio_max": Goal(value=1.3, kind="at most"),
    "proof_ratio_max": Goal(value=2.0, kind="at most"),
    "naive_speedup": Goal(value=1000, kind="at least"),
    "naive_memory_share": Goal(value=0.05, kind="at most"),
    "mentor_match_speedup": Goal(value=200, kind="at least"),
    "score_mpairs_s": Goal(value=150, kind="at least"),
    "handover_ratio": Goal(value=1.3, kind="at most"),
    "peer_ratio_max": Goal(value=1.5, kind="at most"),
    "whynot_ms": Goal(value=1.0, kind="at most"),
    "hall_speedup": Goal(value=500, kind="at least"),
    "rematch_ratio": Goal(value=0.3, kind="at most"),
}


def main() -> int:
    """Measure what is asked for, print the table, and end with 1 when an optimum differs from a peer's."""
    parser = arguments(__doc__, quick="smaller sizes and fewer repetitions; rougher figures", only=GOALS)
    parser.add_argument("--worker", choices=WORKERS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        serve(WORKERS[chosen.worker])
        return 0
    figures, context = measure(quick=chosen.quick, only=chosen.only or tuple(GOALS))
    print_table(figures, context)
    write(chosen.json, figures, context)
    return 0


def measure(*, quick: bool, only: tuple[str, ...]) -> Measured:
    """The figures in the order of the goals, and what they were measured on."""
    parts: tuple[tuple[tuple[str, ...], Callable[..., Measured]], ...] = (
        (("dense_ratio_max", "sparse_ratio_max", "proof_ratio_max"), measure_networks),
        (("naive_speedup", "naive_memory_share"), measure_naive),
        (("mentor_match_speedup",), measure_mentor_match),
        (("score_mpairs_s",), measure_scores),
        (("handover_ratio",), measure_handover),
        (("peer_ratio_max",), measure_peers),
        (("whynot_ms", "hall_speedup"), measure_explanations),
        (("rematch_ratio",), measure_rematch),
    )
    figures: dict[str, float] = {}
    details: dict[str, Any] = {}
    for names, part in parts:
        if set(names) & set(only):
            found, more = part(quick=quick)
            figures |= found
            details |= more
    context = {
        **machine(quick=quick),
        **details,
    }
    return {name: figures[name] for name in GOALS if name in figures}, context


# -- processes that have imported everything and do a job when told to -------------------------------------------------


def environment_of(name: str, packages: tuple[str, ...]) -> Path:
    """The Python of an environment with the packages, made at the first run."""
    folder = BENCH / name
    python, done = folder / "bin" / "python", folder / "installed"
    wanted = " ".join((*packages, platform.python_version()))
    if not done.is_file() or done.read_text(encoding="utf-8") != wanted:
        say(f"installing {', '.join(packages)} into .bench/{name}")
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *packages], check=True)
        done.write_text(wanted, encoding="utf-8")
    return python


class Worker:
    """A process with one set of jobs; `do` returns the answer with the processor time that it took."""

    def __init__(self, python: str | Path, name: str, script: str = __file__) -> None:
        self.process = subprocess.Popen(
            [python, script, "--worker", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        self._answer()

    def do(self, job: str, **arguments: Any) -> Answer:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"job": job, "arguments": arguments}) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> Answer:
        assert self.process.stdout is not None
        timer = threading.Timer(PEER_LIMIT, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        if not line:
            raise RuntimeError(f"the worker ended with code {self.process.wait()}")
        answer: Answer = json.loads(line)
        return answer


@contextmanager
def worker(python: str | Path, name: str, script: str = __file__) -> Iterator[Worker]:
    started = Worker(python, name, script)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.communicate()


def serve(jobs: Mapping[str, Callable[..., Job]]) -> None:
    """Do the jobs on the standard input: each is prepared, then done and timed. What a library prints goes astray."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    answers.write("{}\n")
    answers.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        job = jobs[asked["job"]](**asked["arguments"])
        gc.collect()
        began, wall = processor_time(), time.perf_counter()
        answer = job()
        seconds = {"seconds": processor_time() - began, "wall": time.perf_counter() - wall}
        answers.write(json.dumps({**answer, **seconds}) + "\n")
        answers.flush()


def processor_time() -> float:
    """Of this process and of the processes it started and ended, such as CBC."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


# -- the work ----------------------------------------------------------------------------------------------------------


def instance(case: str, people: int, places: int, points: str, seed: int = 7) -> tuple[Any, ...]:
    """Mentee, mentor and points of each pair, and the numbers of both sides and of places: the same in every process.

    `random` points lie evenly in a million; `rules` points come from profession, grade and a wish, so few differ.
    """
    import numpy as np

    draw = np.random.Generator(np.random.PCG64(seed))
    mentors = people if case == "dense" else max(1, people // places)
    if case == "dense":
        mentee, mentor = np.repeat(np.arange(people), mentors), np.tile(np.arange(mentors), people)
    else:
        wanted = np.sort(draw.integers(0, mentors, (people, min(CANDIDATES, mentors))), axis=1)
        first = np.ones_like(wanted, dtype=bool)
        first[:, 1:] = wanted[:, 1:] != wanted[:, :-1]
        mentee, mentor = np.repeat(np.arange(people), first.sum(axis=1)), wanted[first]
    if points == "random":
        score = draw.integers(1, 1_000_001, len(mentee))
    else:
        ours, theirs = ([draw.integers(0, size, side) for size in (12, 8, 6)] for side in (people, mentors))
        gap = theirs[1][mentor] - ours[1][mentee]
        score = 10 * (ours[0][mentee] == theirs[0][mentor]) + np.select([gap == 1, gap == 2], [9, 12], 1)
        score = score + 6 * (ours[2][mentee] == theirs[2][mentor])
    return mentee.astype(np.int32), mentor.astype(np.int32), score.astype(np.int64), people, mentors, places


def as_network(mentee: Any, mentor: Any, score: Any, mentees: int, mentors: int, places: int) -> tuple[Any, Any]:
    """The instance as our optimizer takes it."""
    import numpy as np

    from mentorctl.optimize.network import Network, Objective

    low = np.zeros(mentees + mentors, np.int64)
    high = np.concatenate([np.ones(mentees, np.int64), np.full(mentors, places)])
    network = Network(
        mentees=mentees, mentee=mentee, mentor=(mentor + mentees).astype(np.int32), low=low, high=high.astype(np.int64)
    )
    return network, Objective(pair=score, cover=np.zeros_like(low))


def our_network(case: str, people: int, places: int, points: str, *, proof: bool) -> Job:
    """From the arrays to the pairs: optimum, certificate over all pairs, tie-break with its certificates."""
    import highspy  # noqa: F401 - imports are not measured
    import pulp  # noqa: F401

    from mentorctl.optimize.network import solve_network

    network, objective = as_network(*instance(case, people, places, points))
    solve_network(*_small(), proof=True)  # and neither is what a library does at its first use

    def job() -> Answer:
        answer = solve_network(network, (objective,), proof=proof)
        assert all(certificate.proves for certificate in answer.certificates)
        return {"total": answer.certificates[0].value, "modeled": answer.modeled}

    return job


def _small() -> tuple[Any, tuple[Any]]:
    network, objective = as_network(*instance("sparse", 60, 3, "random"))
    return network, (objective,)


def lap_lapjv(case: str, people: int, places: int, points: str) -> Job:
    import lap
    import numpy as np

    mentee, _, score, *_ = instance(case, people, places, points)
    cost = -score.reshape(people, -1).astype(np.float64)
    del mentee
    return lambda: {"total": round(-lap.lapjv(cost)[0])}


def scipy_dense(case: str, people: int, places: int, points: str) -> Job:
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    cost = instance(case, people, places, points)[2].reshape(people, -1).astype(np.float64)

    def job() -> Answer:
        rows, columns = linear_sum_assignment(cost, maximize=True)
        return {"total": round(cost[rows, columns].sum())}

    return job


def scipy_sparse(case: str, people: int, places: int, points: str) -> Job:
    """A mentor's places are columns of their own, and each mentee has a column for going without."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    mentee, mentor, score, mentees, mentors, _ = instance(case, people, places, points)
    row, value = np.repeat(mentee, places), np.repeat(score, places)
    column = np.repeat(mentor.astype(np.int64) * places, places) + np.tile(np.arange(places), len(mentee))
    beyond = int(score.max()) + 1
    alone = np.arange(mentees)
    cost = csr_matrix(
        (
            np.concatenate([beyond - value, np.full(mentees, beyond)]).astype(np.float64),
            (np.concatenate([row, alone]), np.concatenate([column, mentors * places + alone])),
        ),
        shape=(mentees, mentors * places + mentees),
    )

    def job() -> Answer:
        rows, columns = min_weight_full_bipartite_matching(cost)
        return {"total": round((beyond - np.asarray(cost[rows, columns])).sum())}

    return job


def ortools_flow(case: str, people: int, places: int, points: str) -> Job:
    import numpy as np
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    mentee, mentor, score, mentees, mentors, _ = instance(case, people, places, points)
    alone, sink = np.arange(mentees), mentees + mentors
    flow = SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([mentee, mentees + np.arange(mentors), alone]).astype(np.int32),
        np.concatenate([mentees + mentor, np.full(mentors, sink), np.full(mentees, sink)]).astype(np.int32),
        np.concatenate([np.ones(len(mentee)), np.full(mentors, places), np.ones(mentees)]).astype(np.int64),
        np.concatenate([-score, np.zeros(mentors + mentees)]).astype(np.int64),
    )
    supply = np.zeros(sink + 1, np.int64)
    supply[:mentees], supply[sink] = 1, -mentees
    flow.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supply)

    def job() -> Answer:
        assert flow.solve() == flow.OPTIMAL
        return {"total": -flow.optimal_cost()}

    return job


# -- networks ----------------------------------------------------------------------------------------------------------


def network_shapes(*, quick: bool) -> tuple[tuple[str, int, int], ...]:
    dense = ((1000, 1), (2000, 1)) if quick else ((1000, 1), (2000, 1), (5000, 1))
    sparse = ((1000, 1), (1000, 3), (5000, 3))
    if not quick:
        sparse = (*sparse, (5000, 1), (20000, 3), (50000, 1), (50000, 3))
    return (*(("dense", *shape) for shape in dense), *(("sparse", *shape) for shape in sparse))


def measure_networks(*, quick: bool) -> Measured:
    """Ours with certificate and tie-break, and with the proof model, over the best peer on the same arrays.

    Peers get the layout that they want, ready made, and only their solving is timed.
    """
    python = environment_of("matching-peers", ARRAY_PEERS)
    rows = []
    with worker(sys.executable, "ours") as ours, worker(python, "arrays") as theirs:
        for case, people, places in network_shapes(quick=quick):
            for points in ("random", "rules"):
                say(f"network {case} {people} x {places}, {points} points")
                asked = {"case": case, "people": people, "places": places, "points": points}
                rows.append({**asked, **_compare(ours, theirs, asked, repeats=3 if people <= 5000 else 1)})
    figures = {
        f"{case}_ratio_max": max(row["certified"] / row["best"] for row in rows if row["case"] == case)
        for case in ("dense", "sparse")
    }
    figures["proof_ratio_max"] = max(row["proved"] / row["best"] for row in rows)
    return figures, {"networks": rows}


def _compare(ours: Worker, theirs: Worker, asked: dict[str, Any], *, repeats: int) -> Answer:
    peers = ("lap", "scipy") if asked["case"] == "dense" else ("flow", "scipy_sparse")
    if asked["people"] > 5000:
        peers = ("flow",)  # the others are quadratic in people, 5 to 8 times as slow from here on
    turns: dict[str, list[Answer]] = {}
    for _ in range(repeats):
        for name in peers:
            turns.setdefault(name, []).append(theirs.do(name, **asked))
        turns.setdefault("certified", []).append(ours.do("network", **asked, proof=False))
        turns.setdefault("proved", []).append(ours.do("network", **asked, proof=True))
    totals = {turn["total"] for done in turns.values() for turn in done}
    if len(totals) != 1:
        raise RuntimeError(f"the programs disagree on {asked}: {totals}")
    times = {name: median(turn["seconds"] for turn in done) for name, done in turns.items()}
    best = min(peers, key=lambda name: times[name])
    return {**times, "best": times[best], "best_peer": best, "modeled": turns["proved"][0]["modeled"]}


# -- the first program one would write ---------------------------------------------------------------------------------


def naive_program(people: int) -> Job:
    """One binary per pair in PuLP, solved by CBC."""
    import pulp

    mentee, mentor, score, *_ = (
        a.tolist() if hasattr(a, "tolist") else a for a in instance("dense", people, 1, "random")
    )

    def job() -> Answer:
        problem = pulp.LpProblem("match", pulp.LpMaximize)
        pairs = list(zip(mentee, mentor, strict=True))
        chosen = problem.add_variable_dicts("x", pairs, lowBound=0, upBound=1, cat="Binary")
        problem += pulp.lpSum(points * chosen[pair] for points, pair in zip(score, pairs, strict=True))
        for side in (0, 1):
            of_person: dict[int, list[Any]] = {}
            for pair in pairs:
                of_person.setdefault(pair[side], []).append(chosen[pair])
            for person, variables in of_person.items():
                problem += pulp.lpSum(variables) <= 1, f"side_{side}_person_{person}"
        problem.solve(pulp.COIN_CMD(msg=False))
        return {"total": sum(p for p, pair in zip(score, pairs, strict=True) if (chosen[pair].varValue or 0) > 0.5)}

    return job


def measure_naive(*, quick: bool) -> Measured:
    """Time and growth of memory of PuLP + CBC with a binary per pair over ours, proof model included."""
    people = 300 if quick else 1000
    say(f"PuLP and CBC with a binary per pair, {people} x {people} (a minute or so)")
    asked = {"case": "dense", "people": people, "places": 1, "points": "random", "proof": True}
    growth = {}
    with worker(sys.executable, "ours") as ours, sampled(ours.process.pid) as sizes:
        ours.do("prepare", **asked)
        sizes[0] = sizes[-1]
        own = [ours.do("prepared") for _ in range(5)]
        growth["ours"] = max(sizes) - sizes[0]
    with (
        worker(environment_of("matching-peers", ARRAY_PEERS), "arrays") as theirs,
        sampled(theirs.process.pid) as sizes,
    ):
        naive = theirs.do("naive", people=people)
        growth["naive"] = max(sizes) - sizes[0]
    if naive["total"] != own[0]["total"]:
        raise RuntimeError(f"the programs disagree: {own[0]} and {naive}")
    seconds = median(run["seconds"] for run in own)
    details = {
        "naive_people": people,
        "naive_seconds": naive["seconds"],
        "our_seconds": seconds,
        **{f"{name}_growth_mib": size / 2**20 for name, size in growth.items()},
    }
    speedup = naive["seconds"] / seconds
    return {"naive_speedup": speedup, "naive_memory_share": growth["ours"] / growth["naive"]}, {"naive": details}


_PREPARED: list[Job] = []


def prepare(**asked: Any) -> Job:
    """Make a job ready and keep it, so that memory is looked at from there."""
    job = our_network(**asked)

    def keep() -> Answer:
        _PREPARED[:] = [job]
        return {}

    return keep


# -- mentor-match ------------------------------------------------------------------------------------------------------


def mentor_match_people(people: int) -> tuple[list[dict[str, int]], list[dict[str, int]]]:
    """Mentors and mentees with a grade, an organisation, a profession, languages as bits and a time zone."""
    import random

    draw = random.Random(1)

    def person() -> dict[str, int]:
        return {
            "grade": draw.randint(1, 9),
            "organisation": draw.randint(0, 19),
            "profession": draw.randint(0, 9),
            "languages": 1 << draw.randint(0, 5) | 1,
            "zone": draw.randint(-8, 11),
            "skills": draw.getrandbits(63) & draw.getrandbits(63),
        }

    return [person() for _ in range(people)], [person() for _ in range(people)]


def mentor_match(people: int) -> Job:
    """Its own rule objects for: another organisation, a shared language, near zones, grade, profession, skills."""
    import operator

    here = Path(__file__).resolve().parent
    sys.path[:] = [place for place in sys.path if Path(place).resolve() != here]  # its package has this script's name

    from matching import process
    from matching.mentee import Mentee
    from matching.mentor import Mentor
    from matching.rules.rule import Disqualify, Equivalent, Generic, Grade

    def made(kind: Any, at: int, row: dict[str, int]) -> Any:
        known = {"email": f"{kind.__name__}{at}@example.org", "first name": "a", "last name": "b", "role": "r"}
        person = kind(**{**known, **{name: row[name] for name in ("grade", "organisation", "profession")}})
        person.row = row
        return person

    ours, theirs = mentor_match_people(people)
    mentors = [made(Mentor, at, row) for at, row in enumerate(ours)]
    mentees = [made(Mentee, at, row) for at, row in enumerate(theirs)]

    def skilled(match: Any) -> bool:
        shared: int = match.mentor.row["skills"] & match.mentee.row["skills"]
        return shared.bit_count() > 3

    rules = [
        Disqualify(lambda m: m.mentor.organisation == m.mentee.organisation),
        Disqualify(lambda m: not (m.mentor.row["languages"] & m.mentee.row["languages"])),
        Disqualify(lambda m: abs(m.mentor.row["zone"] - m.mentee.row["zone"]) > 5),
        Grade(2, operator.gt, {True: 3, False: 0}),
        Equivalent("profession", {True: 4, False: 0}),
        Generic({True: 5, False: 0}, skilled),
    ]

    def job() -> Answer:
        matrix = process.generate_match_matrix(mentors, mentees, rules)
        scores = [[(pair.score, pair.disallowed) for pair in row] for row in matrix]
        process.match_and_assign_participants(matrix)
        taken = [(mentees.index(m.connections[0]), at) for at, m in enumerate(mentors) if m.connections]
        return {"matches": len(taken), "scores": scores, "taken": taken}

    return job


def our_mentor_match(people: int) -> Job:
    """The same people and rules from columns to proved pairs: hard rules, points, network, certificate, tie-break."""
    import numpy as np

    from mentorctl.optimize.network import Network, Objective, solve_network

    rows = mentor_match_people(people)
    columns = [{name: np.array([row[name] for row in side]) for name in side[0]} for side in rows]
    solve_network(*_small(), proof=True)

    def job() -> Answer:
        mentor, mentee = columns
        allowed = mentee["organisation"][:, None] != mentor["organisation"]
        allowed &= (mentee["languages"][:, None] & mentor["languages"]) != 0
        allowed &= np.abs(mentee["zone"][:, None] - mentor["zone"]) <= 5
        gap = mentor["grade"] - mentee["grade"][:, None]
        score = 3 * (gap > 2).astype(np.int64) + 4 * (mentee["profession"][:, None] == mentor["profession"])
        score += 5 * (np.bitwise_count(mentee["skills"][:, None] & mentor["skills"]) > 3)
        left, right = np.nonzero(allowed)
        network = Network(
            mentees=people,
            mentee=left.astype(np.int32),
            mentor=(right + people).astype(np.int32),
            low=np.zeros(2 * people, np.int64),
            high=np.ones(2 * people, np.int64),
        )
        objective = Objective(pair=score[allowed], cover=np.zeros(2 * people, np.int64))
        answer = solve_network(network, (objective,))
        return {"total": answer.certificates[0].value, "matches": int(answer.chosen.sum())}

    return job


def measure_mentor_match(*, quick: bool) -> Measured:
    """From people to pairs against the package `mentor-match`."""
    people = 150 if quick else 1000
    say(f"mentor-match, {people} x {people}")
    with worker(sys.executable, "ours") as ours:
        own = [ours.do("mentor_match", people=people) for _ in range(5)]
    with worker(environment_of("mentor-match", MENTOR_MATCH), "mentor-match") as theirs:
        peer = theirs.do("mentor_match", people=people)
    reached = sum(peer["scores"][at][to][0] for to, at in peer["taken"])
    if reached > own[0]["total"]:
        raise RuntimeError(f"mentor-match found {reached} points, we {own[0]['total']}: the rules differ")
    seconds = median(run["seconds"] for run in own)
    details = {
        "people": people,
        "our_seconds": seconds,
        "mentor_match_seconds": peer["seconds"],
        "our_total": own[0]["total"],
        "mentor_match_total": reached,
        "mentor_match_matches": peer["matches"],
        "our_matches": own[0]["matches"],
    }
    return {"mentor_match_speedup": peer["seconds"] / seconds}, {"mentor_match": details}


# -- the other figures -------------------------------------------------------------------------------------------------


def measure_scores(*, quick: bool) -> Measured:
    """Million pairs a second that the scorer of every plan goes through, beside the floor."""
    from matching_scores import measure_scoring

    say("scoring")
    return measure_scoring(quick=quick)


def measure_peers(*, quick: bool) -> Measured:
    """Peer pairs against rustworkx."""
    from matching_peers import measure_blossoms

    say("peer pairs")
    return measure_blossoms(environment_of("matching-peers", ARRAY_PEERS), quick=quick)


def measure_explanations(*, quick: bool) -> Measured:
    """Exact losses of pairs that were not made, and the smallest sets of people who share too few mentors."""
    from explaining import hall_speedup, whynot_cases

    people = 200 if quick else 1000
    say(f"explanations, {people} people")
    cases = whynot_cases(people)
    return {"whynot_ms": max(cases.values()), "hall_speedup": hall_speedup(people)}, {"whynot": cases}


def handover(how: str, people: int) -> Job:
    """Pass one model of all pairs to HiGHS: through its own attributes, in one call, or described in PuLP as well."""
    import highspy
    import numpy as np
    import pulp

    from mentorctl.optimize.array_solver import pass_arrays
    from mentorctl.optimize.linear import LinearModel, as_problem

    mentee, mentor, score, *_ = instance("dense", people, 1, "random")
    count, rows = len(score), 2 * people
    ends = np.stack([mentee, people + mentor], axis=1).ravel().astype(np.int32)
    model = LinearModel(
        cost=-score.astype(np.float64),
        lower=np.zeros(count),
        upper=np.ones(count),
        integer=np.zeros(count, np.bool_),
        sense=-np.ones(rows, np.int8),
        rhs=np.ones(rows),
        starts=np.arange(0, 2 * count + 1, 2),
        rows=ends,
        values=np.ones(2 * count),
    )

    def engine() -> Any:
        made = highspy.Highs()
        made.setOptionValue("output_flag", False)
        return made

    def attributes() -> Answer:
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = count, rows
        program.col_cost_, program.col_lower_, program.col_upper_ = model.cost, model.lower, model.upper
        program.row_lower_, program.row_upper_ = np.full(rows, -np.inf), model.rhs
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_ = model.starts.astype(np.int32)
        program.a_matrix_.index_, program.a_matrix_.value_ = model.rows, model.values
        engine().passModel(program)
        return {}

    def arrays() -> Answer:
        pass_arrays(engine(), model, None)
        return {}

    def described() -> Answer:
        as_problem(model)
        return arrays()

    def converted() -> Answer:
        problem, solver = as_problem(model), pulp.HiGHS(msg=False)
        solver.createAndConfigureSolver(problem)
        solver.buildSolverModel(problem)
        return {}

    return {"attributes": attributes, "arrays": arrays, "described": described, "converted": converted}[how]


def measure_handover(*, quick: bool) -> Measured:
    """A model built in PuLP and handed over by our solver class, over passing arrays as HiGHS documents it."""
    people = 300
    say("hand-over of a model")
    turns: dict[str, list[float]] = {}
    with worker(sys.executable, "ours") as ours:
        for _ in range(3 if quick else 7):
            for how in ("attributes", "arrays", "described", "converted"):
                turns.setdefault(how, []).append(ours.do("handover", how=how, people=people)["seconds"])
    times = {how: median(seconds) for how, seconds in turns.items()}
    return {"handover_ratio": times["described"] / times["attributes"]}, {"handover_seconds": times}


def rematch(people: int, places: int, points: str, *, changed: bool) -> Job:
    """The first answer, or that after one mentee in a hundred got other candidates and points."""
    import numpy as np

    from mentorctl.optimize.network import Network, Objective, solve_network

    network, objective = as_network(*instance("sparse", people, places, points))
    if changed:
        draw = np.random.Generator(np.random.PCG64(11))
        new = np.zeros(people, np.bool_)
        new[draw.choice(people, people // 100, replace=False)] = True
        other, other_objective = as_network(*instance("sparse", people, places, points, seed=8))
        kept, fresh = ~new[network.mentee], new[other.mentee]
        mentee = np.concatenate([network.mentee[kept], other.mentee[fresh]])
        mentor = np.concatenate([network.mentor[kept], other.mentor[fresh]])
        order = np.lexsort((mentor, mentee))
        score = np.concatenate([objective.pair[kept], other_objective.pair[fresh]])[order]
        objective = Objective(pair=score, cover=objective.cover)
        network = Network(
            mentees=people, mentee=mentee[order], mentor=mentor[order], low=network.low, high=network.high
        )
    return lambda: {"total": solve_network(network, (objective,)).certificates[0].value}


def measure_rematch(*, quick: bool) -> Measured:
    """Matching again over matching the first time; nothing of the first answer is used (decision 43)."""
    people = 5000 if quick else 20000
    rows = []
    with worker(sys.executable, "ours") as ours:
        for points in ("random", "rules"):
            say(f"re-matching {people} people, {points} points")
            turns: dict[bool, list[Answer]] = {False: [], True: []}
            for _ in range(3):
                for changed, done in turns.items():
                    done.append(ours.do("rematch", people=people, places=3, points=points, changed=changed))
            first, again = (median(turn["seconds"] for turn in turns[changed]) for changed in (False, True))
            rows.append({"points": points, "people": people, "first": first, "again": again, "ratio": again / first})
    return {"rematch_ratio": max(row["ratio"] for row in rows)}, {"rematch": rows}


WORKERS: dict[str, dict[str, Callable[..., Job]]] = {
    "ours": {
        "network": our_network,
        "prepare": prepare,
        "prepared": lambda: _PREPARED[0],
        "mentor_match": our_mentor_match,
        "handover": handover,
        "rematch": rematch,
    },
    "arrays": {
        "lap": lap_lapjv,
        "scipy": scipy_dense,
        "scipy_sparse": scipy_sparse,
        "flow": ortools_flow,
        "naive": naive_program,
    },
    "mentor-match": {"mentor_match": mentor_match},
}


# -- the table ---------------------------------------------------------------------------------------------------------


def print_table(figures: dict[str, float], context: Mapping[str, Any]) -> None:
    """Figures with their goals, then what they were made of."""
    show(figures, GOALS)
    for row in context.get("networks", ()):
        shape = f"{row['case']} {row['people']} x {row['places']} {row['points']}"
        print(
            f"{shape:<28}certified {row['certified']:.4f} s, proved {row['proved']:.4f} s ({row['modeled']} pairs), "
            f"{row['best_peer']} {row['best']:.4f} s: {row['certified'] / row['best']:.2f}, {row['proved'] / row['best']:.2f}"
        )
    for name in ("naive", "mentor_match", "handover_seconds"):
        if name in context:
            print(f"{name:<28}{', '.join(f'{key} {value:.4g}' for key, value in context[name].items())}")
    for row in context.get("rematch", ()):
        print(f"re-match {row['people']} {row['points']:<13}first {row['first']:.4f} s, again {row['again']:.4f} s")
    show_machine(context)


if __name__ == "__main__":
    sys.exit(main())
