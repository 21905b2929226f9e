"""The main job against named peers: known optima, time, memory, validation and start-up, in one run.

    python benchmarks/main_job.py [--quick] [--json FILE]

Needs the project's runtime dependencies; peers are installed into `.bench/` of the checkout. See README.md beside this.
"""

import argparse
import csv
import json
import os
import platform
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from figures import Goal, arguments, machine, say, write

ROOT = Path(__file__).resolve().parents[1]
BENCH = ROOT / ".bench"
EXAMPLES = ROOT / "programs" / "examples"
PUBLISHED = ROOT.parent / "shared" / "data" / "civil-service" / "large"
PEERS = ("pulp[cbc]", "numpy", "check-jsonschema")
SIZES = (20, 100, 200)
PEER_LIMIT = 1800.0  # seconds until a peer is given up
SAMPLE = 0.005  # seconds between two looks at the memory
PAGE = os.sysconf("SC_PAGE_SIZE")

type Answer = dict[str, float]
type Measured = tuple[Answer, dict[str, Any]]
type Rows = list[dict[str, str]]


GOALS = {
    "civil_total": Goal(value=11488, kind="is"),
    "civil_matches": Goal(value=483, kind="is"),
    "civil_cover_mentees": Goal(value=500, kind="is"),
    "civil_cover_mentors": Goal(value=500, kind="is"),
    "civil_cover_total": Goal(value=34048, kind="is"),
    "naive_speedup": Goal(value=20, kind="at least"),
    "naive_memory_share": Goal(value=0.10, kind="below"),
    "validate_speedup": Goal(value=3, kind="at least"),
    "help_ratio": Goal(value=2, kind="at most"),
}


def main() -> int:
    """Measure everything, print the table, and say by the exit code whether the known optima were met."""
    parser = arguments(__doc__, quick="fewer repetitions; the figures are rougher")
    parser.add_argument("--worker", choices=WORKERS, help=argparse.SUPPRESS)
    parser.add_argument("--roster", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        serve(WORKERS[chosen.worker](chosen.roster))
        return 0
    figures, context = measure(quick=chosen.quick)
    print_table(figures, context)
    write(chosen.json, figures, context)
    exact = {name: goal for name, goal in GOALS.items() if goal.kind == "is" and context["roster"] == "published"}
    return int(any(not goal.met(figures[name]) for name, goal in exact.items()))


def measure(*, quick: bool) -> Measured:
    """All figures, and what they were measured on."""
    peer_python = prepare_peers()
    roster, kind = find_roster()
    figures: Answer = {}
    details: dict[str, Any] = {}
    parts: tuple[Callable[[], Measured], ...] = (
        lambda: measure_optima(roster),
        lambda: measure_speed(roster, peer_python, ours=5, theirs=1 if quick else 2),
        lambda: measure_memory(roster, peer_python),
        lambda: measure_validation(peer_python, repeats=3 if quick else 7),
        lambda: measure_help(repeats=15 if quick else 31),
    )
    for part in parts:
        found, more = part()
        figures |= found
        details |= more
    context = {
        "roster": kind,
        **machine(quick=quick, packages=("click", "highspy", "numpy", "pulp")),
        "peer_versions": peer_versions(peer_python),
        **details,
    }
    return figures, context


# -- what is needed ----------------------------------------------------------------------------------------------------


def prepare_peers() -> Path:
    """The Python of an environment with the peers, made at the first run."""
    folder = BENCH / "peers"
    python, done = folder / "bin" / "python", folder / "installed"
    wanted = " ".join((*PEERS, platform.python_version()))
    if not done.is_file() or done.read_text(encoding="utf-8") != wanted:
        say("installing the peers into .bench/peers")
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *PEERS], check=True)
        done.write_text(wanted, encoding="utf-8")
    return python


def peer_versions(python: Path) -> dict[str, str]:
    names = ("pulp", "cbcbox", "numpy", "check-jsonschema")
    code = f"import importlib.metadata as m, json; print(json.dumps({{n: m.version(n) for n in {names!r}}}))"
    found: dict[str, str] = json.loads(subprocess.run([python, "-c", code], check=True, capture_output=True).stdout)
    return found


def find_roster() -> tuple[Path, str]:
    """The published roster where it lies beside the checkout, else a generated one of the same size."""
    if PUBLISHED.is_dir():
        return PUBLISHED, "published"
    out = BENCH / "rosters"
    maker = EXAMPLES / "make_rosters.py"
    subprocess.run([sys.executable, maker, "--civil-service", "500", "--out", out], check=True)
    return out / "civil-service" / "roster", "generated"


# -- workers: a job in a process of its own ----------------------------------------------------------------------------


class Worker:
    """A process that has imported everything and read the rows, and does a job when told to."""

    def __init__(self, python: str | Path, name: str, roster: Path) -> None:
        self.process = subprocess.Popen(
            [python, __file__, "--worker", name, "--roster", roster],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        self._answer()

    def do(self, job: str) -> Answer:
        assert self.process.stdin is not None
        self.process.stdin.write(job + "\n")
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
def worker(python: str | Path, name: str, roster: Path) -> Iterator[Worker]:
    started = Worker(python, name, roster)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.communicate()


def environment() -> dict[str, str]:
    """The environment in which `mentorctl` is the one of this checkout."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "engine"), "PYTHONHASHSEED": "0"}


def serve(jobs: Mapping[str, Callable[[], Answer]]) -> None:
    """Say that all is ready, then do the jobs named on the standard input, each with its time in seconds."""
    print("{}", flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        answer = jobs[line.strip()]()
        print(json.dumps({**answer, "seconds": time.perf_counter() - began}), flush=True)


def our_jobs(folder: Path) -> Mapping[str, Callable[[], Answer]]:
    """From tables to verified matches, with the program of the example; everything is imported beforehand."""
    from dataclasses import replace

    import highspy  # noqa: F401 - imports are not measured
    import pulp  # noqa: F401

    from mentorctl import pipeline
    from mentorctl.optimize.engine import DirectEngine
    from mentorctl.optimize.matching import MatchingCase, match
    from mentorctl.optimize.predicates import Ground
    from mentorctl.roster.table import Table
    from mentorctl.rules.fields import Role
    from mentorctl.sources.files import read_table
    from mentorctl.spec.matching import Capacity, ObjectiveTerm

    example = EXAMPLES / "civil-service"
    file = example / "programs" / "civil_service.yaml"
    loaded = pipeline.load(
        ("mentorctl.yaml", (example / "mentorctl.yaml").read_text(encoding="utf-8")),
        [(file.name, file.read_text(encoding="utf-8"))],
    )
    assert loaded.workspace is not None
    program, contract = loaded.programs[0].program, loaded.workspace.contract

    def tables_of(where: Path) -> list[Table]:
        return [read_table(where / name, shown=name) for name in ("mentors.csv", "mentees.csv")]

    def job(tables: list[Table], places: int, objective: tuple[ObjectiveTerm, ...]) -> Answer:
        roster, findings = pipeline.read_people(loaded, tables)
        assert roster is not None, findings
        ground = Ground(roster=roster, contract=contract, day=program.cohorts[0].start, timezone=program.timezone)
        room = Capacity(at_most=places)
        case = MatchingCase(
            ground=ground,
            matching=replace(program.matching, mentor_capacity=room, mentee_capacity=room, objective=objective),
            mentees=roster.applicants(Role.MENTEE, program.id, ""),
            mentors=roster.applicants(Role.MENTOR, program.id, ""),
        )
        result = match(case, DirectEngine())  # verifies its answer
        assert all(certificate.proves for certificate in result.certificates)
        return {
            "total": int(result.score.sum()),
            "matches": len(result.score),
            "pairs": result.admissible,
            "mentees": len(set(result.mentee.tolist())),
            "mentors": len(set(result.mentor.tolist())),
        }

    large, small = tables_of(folder), tables_of(example / "roster")
    total = (ObjectiveTerm.TOTAL_SCORE,)
    cover = (ObjectiveTerm.COVER_MENTEES, ObjectiveTerm.COVER_MENTORS, ObjectiveTerm.TOTAL_SCORE)
    return {
        "warm": lambda: job(small, 1, total),
        "one": lambda: job(large, 1, total),
        "cover": lambda: job(large, 3, cover),
    }


def naive_jobs(folder: Path) -> Mapping[str, Callable[[], Answer]]:
    """One binary per admissible pair, as a first program in PuLP is written; solved by CBC."""
    import pulp

    grades = ("AA", "AO", "EO", "HEO", "SEO", "Grade 7", "Grade 6", "SCS1", "SCS2", "SCS3", "SCS4")
    place = {grade: number for number, grade in enumerate(grades)}
    points = {1: 9, 2: 12}

    def rows(where: Path, name: str) -> Rows:
        with (where / name).open(encoding="utf-8", newline="") as source:
            return list(csv.DictReader(source))

    def scored(mentees: Rows, mentors: Rows) -> dict[tuple[int, int], int]:
        offered = [
            (place[m["grade"]], m["organisation"], m["profession"], set(m["characteristics"].split(", ")))
            for m in mentors
        ]
        scores = {}
        for e, mentee in enumerate(mentees):
            level, organisation = place[mentee["grade"]], mentee["organisation"]
            profession, named = mentee["profession"], mentee["identity to match"]
            for m, (mentor_level, other, mentor_profession, identities) in enumerate(offered):
                gap = mentor_level - level
                if gap in points and other != organisation:
                    same = 10 if profession == mentor_profession else 0
                    shared = 6 if named and named in identities else 0
                    scores[e, m] = points[gap] + same + shared
        return scores

    def job(mentees: Rows, mentors: Rows) -> Answer:
        scores = scored(mentees, mentors)
        problem = pulp.LpProblem("match", pulp.LpMaximize)
        chosen = problem.add_variable_dicts("x", list(scores), lowBound=0, upBound=1, cat="Binary")
        problem += pulp.lpSum(score * chosen[pair] for pair, score in scores.items())
        for side in (0, 1):
            of_person: dict[int, list[Any]] = {}
            for pair in scores:
                of_person.setdefault(pair[side], []).append(chosen[pair])
            for person, variables in of_person.items():
                problem += pulp.lpSum(variables) <= 1, f"side_{side}_person_{person}"
        problem.solve(pulp.COIN_CMD(msg=False))
        taken = [pair for pair in scores if (chosen[pair].varValue or 0) > 0.5]
        return {"total": sum(scores[pair] for pair in taken), "matches": len(taken), "pairs": len(scores)}

    large = rows(folder, "mentees.csv"), rows(folder, "mentors.csv")
    roster = EXAMPLES / "civil-service" / "roster"
    small = rows(roster, "mentees.csv"), rows(roster, "mentors.csv")
    return {"warm": lambda: job(*small), "one": lambda: job(*large)}


WORKERS = {"ours": our_jobs, "naive": naive_jobs}


# -- matching ----------------------------------------------------------------------------------------------------------


def measure_optima(roster: Path) -> Measured:
    """The known optima of the published roster."""
    say("matching for the known optima")
    with worker(sys.executable, "ours", roster) as ours:
        one, cover = ours.do("one"), ours.do("cover")
    figures = {
        "civil_total": one["total"],
        "civil_matches": one["matches"],
        "civil_cover_mentees": cover["mentees"],
        "civil_cover_mentors": cover["mentors"],
        "civil_cover_total": cover["total"],
    }
    return figures, {"admissible_pairs": one["pairs"]}


def measure_speed(roster: Path, peer: Path, *, ours: int, theirs: int) -> Measured:
    """Time from rows to the verified answer over that of the naive program; both processes are warm.

    Runs of ours stand before and after each of the other, so that a busy moment of the machine falls on both.
    """
    say("timing the job and the naive program (a minute or so)")
    with worker(sys.executable, "ours", roster) as us, worker(peer, "naive", roster) as them:
        us.do("warm")
        them.do("warm")
        own = [us.do("one") for _ in range(ours)]
        naive: list[Answer] = []
        for _ in range(theirs):
            naive.append(them.do("one"))
            own += [us.do("one") for _ in range(ours)]
    if naive[0]["total"] != own[0]["total"] or naive[0]["pairs"] != own[0]["pairs"]:
        raise RuntimeError(f"the programs disagree: {own[0]} and {naive[0]}")
    our_time, naive_time = (median(run["seconds"] for run in runs) for runs in (own, naive))
    details = {
        "our_seconds": [run["seconds"] for run in own],
        "naive_seconds": [run["seconds"] for run in naive],
        "our_median_seconds": our_time,
        "naive_median_seconds": naive_time,
        "naive_total": naive[0]["total"],
    }
    return {"naive_speedup": naive_time / our_time}, details


def measure_memory(roster: Path, peer: Path) -> Measured:
    """How much the process tree grows over its size after imports and reading, ours over the naive program's."""
    say("measuring memory (half a minute or so)")
    growth = {}
    for name, python in (("ours", sys.executable), ("naive", peer)):
        with worker(python, name, roster) as one, sampled(one.process.pid) as sizes:
            one.do("one")
        growth[name] = max(sizes) - sizes[0]
    details = {f"{name}_growth_mib": size / 2**20 for name, size in growth.items()}
    return {"naive_memory_share": growth["ours"] / growth["naive"]}, details


@contextmanager
def sampled(pid: int) -> Iterator[list[int]]:
    """The resident bytes of a process and its descendants, first before the block and then all along."""
    sizes = [tree_size(pid)]
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(SAMPLE):
            sizes.append(tree_size(pid))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield sizes
    finally:
        stop.set()
        thread.join()


def tree_size(pid: int) -> int:
    """Resident bytes of a process and its descendants; a child that has not yet begun its program is its parent."""
    total, parent = resident(pid), command_line(pid)
    return total + sum(tree_size(child) for child in children(pid) if command_line(child) != parent)


def children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text(encoding="ascii").split()]
    except OSError:
        return []


def resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE
    except OSError:
        return 0


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


# -- validation and start-up -------------------------------------------------------------------------------------------


def measure_validation(peer: Path, *, repeats: int) -> Measured:
    """Time per program file, start-up excluded, of `mentorctl validate` and of check-jsonschema on the same schema."""
    say("validating program files")
    commands: dict[tuple[str, int], Sequence[str | Path]] = {}
    schema = ROOT / "schemas" / "program.v1.schema.json"
    for size in SIZES:
        folder = make_workspace(size)
        files = sorted((folder / "programs").iterdir())
        commands["ours", size] = [sys.executable, "-m", "mentorctl", "-C", folder, "validate", "--no-roster"]
        commands["peer", size] = [peer.parent / "check-jsonschema", "--schemafile", schema, *files]
    times = interleaved(commands, repeats)
    low, high = SIZES[0], SIZES[-1]
    per_file = {who: (times[who, high] - times[who, low]) / (high - low) for who in ("ours", "peer")}
    details = {
        "validate_seconds": {f"{who}_{size}": seconds for (who, size), seconds in times.items()},
        "validate_ms_per_file": {who: 1000 * seconds for who, seconds in per_file.items()},
        "validate_wall_ratio_200": times["peer", high] / times["ours", high],
        "validate_200_over_100": {who: times[who, high] / times[who, 100] for who in ("ours", "peer")},
    }
    return {"validate_speedup": per_file["peer"] / per_file["ours"]}, details


def make_workspace(size: int) -> Path:
    """The workspace of the grow example with `size` programs that differ in id, names, numbers and lengths."""
    source = EXAMPLES / "grow"
    folder = BENCH / f"validate-{size}"
    (folder / "programs").mkdir(parents=True, exist_ok=True)
    (folder / "mentorctl.yaml").write_bytes((source / "mentorctl.yaml").read_bytes())
    text = (source / "programs" / "grow.yaml").read_text(encoding="utf-8")
    for number in range(size):
        changed = text
        for old, new in (
            ("id: grow\n", f"id: grow_{number:03d}\n"),
            ("name: Grow\n", f"name: Grow {number}\n"),
            ("points_each: 5", f"points_each: {number % 9 + 1}"),
            ("id: enrolling, lasts: 4w", f"id: enrolling, lasts: {number % 5 + 2}w"),
            ("takes: 45min", f"takes: {15 * (number % 8 + 1)}min"),
        ):
            assert old in changed, f"the example no longer has `{old.strip()}`"
            changed = changed.replace(old, new)
        (folder / "programs" / f"grow_{number:03d}.yaml").write_text(changed, encoding="utf-8")
    return folder


def measure_help(*, repeats: int) -> Measured:
    """Wall time of `mentorctl --help` over that of a bare click program with a group and a command."""
    say("timing --help")
    bare = BENCH / "bare_click.py"
    bare.write_text(
        '"""A click program."""\n\nimport click\n\n\n@click.group()\ndef cli() -> None:\n    """A group."""\n\n\n'
        '@cli.command()\ndef hello() -> None:\n    """A command."""\n    click.echo("hello")\n\n\n'
        'if __name__ == "__main__":\n    cli()\n',
        encoding="utf-8",
    )
    times = interleaved(
        {
            "ours": [sys.executable, "-m", "mentorctl", "--help"],
            "bare": [sys.executable, bare, "--help"],
        },
        repeats,
    )
    details = {"help_ms": {who: 1000 * seconds for who, seconds in times.items()}}
    return {"help_ratio": times["ours"] / times["bare"]}, details


def interleaved[K](commands: Mapping[K, Sequence[str | Path]], repeats: int) -> dict[K, float]:
    """The median wall time of each command in seconds; they take turns, after a first turn that is not counted."""
    taken: dict[K, list[float]] = {name: [] for name in commands}
    for turn in range(repeats + 1):
        for name, command in commands.items():
            began = time.perf_counter()
            ended = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
            seconds = time.perf_counter() - began
            if ended.returncode:
                raise RuntimeError(f"{command[:4]} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
            if turn:
                taken[name].append(seconds)
    return {name: median(seconds) for name, seconds in taken.items()}


# -- the table ---------------------------------------------------------------------------------------------------------


def print_table(figures: Answer, context: Mapping[str, Any]) -> None:
    """Figures with their goals, then what they were made of."""
    known = context["roster"] == "published"
    print(f"{'figure':<22}{'measured':>12}  goal")
    for name, figure in figures.items():
        goal = GOALS[name]
        shown = f"{figure:,.0f}" if goal.kind == "is" else f"{figure:.3g}"
        if goal.kind == "is" and not known:
            print(f"{name:<22}{shown:>12}  none for a generated roster")
        else:
            print(f"{name:<22}{shown:>12}  {goal.kind} {goal.value:g}{'' if goal.met(figure) else '   MISSED'}")
    print()
    validate, per_file = context["validate_seconds"], context["validate_ms_per_file"]
    print(f"roster                {context['roster']}, {context['admissible_pairs']:,} admissible pairs")
    print(
        f"500 x 500, one each   ours {context['our_median_seconds']:.3f} s, PuLP + CBC {context['naive_median_seconds']:.1f} s"
    )
    print(
        f"memory growth         ours {context['ours_growth_mib']:.1f} MiB, PuLP + CBC {context['naive_growth_mib']:.1f} MiB"
    )
    for who, label in (("ours", "mentorctl"), ("peer", "check-jsonschema")):
        walls = ", ".join(f"{size} files {validate[f'{who}_{size}']:.2f} s" for size in SIZES)
        growth = context["validate_200_over_100"][who]
        print(f"{label:<22}{walls}; {per_file[who]:.2f} ms a file; 200 over 100 files: {growth:.2f}")
    print(f"200 files, wall       check-jsonschema over mentorctl: {context['validate_wall_ratio_200']:.2f}")
    shown_help = ", ".join(f"{who} {ms:.0f} ms" for who, ms in context["help_ms"].items())
    print(f"--help                {shown_help}")
    print(
        f"machine               {context['cpu_count']} cores, Python {context['python']}, load {context['load_average']:.1f}"
    )


if __name__ == "__main__":
    sys.exit(main())
