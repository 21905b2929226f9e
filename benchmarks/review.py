"""What a review costs: a plan with nothing to do, a static plan, the size of the comment, and whether a digest is stable.

    python benchmarks/review.py [--quick] [--json FILE]

Times are seconds of processor time of the whole command, start-up and worker processes included. See README.md beside this.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import review_workspaces as workspaces

ROOT = Path(__file__).resolve().parents[1]
BENCH = ROOT / ".bench" / "review"
GOALS = {"noop_500_s": 1.0, "noop_10k_s": 3.0, "static_plan_s": 1.0, "comment_kb_max": 60.0, "digest_stable": 200}
SEEDS = 4  # of the hash of texts; each is a process of its own, within which rosters are shuffled
REPETITIONS = 200


def main() -> int:
    """Measure everything and print it; 1 when a digest differed or a comment was too long."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quick", action="store_true", help="1,000 people in place of 10,000, 20 digests, one run each"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write figures and context as JSON")
    parser.add_argument("--digests", nargs=3, metavar=("FOLDER", "FIRST", "LAST"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.digests:
        folder, first, last = chosen.digests
        print(json.dumps(digests(Path(folder), range(int(first), int(last)))))
        return 0
    figures, context = measure(quick=chosen.quick)
    print_table(figures, context)
    if chosen.json:
        chosen.json.write_text(json.dumps({"figures": figures, "context": context}, indent=2) + "\n", encoding="utf-8")
    is_stable = figures["digest_stable"] == context["digests"]
    return int(not is_stable or figures["comment_kb_max"] >= GOALS["comment_kb_max"])


def measure(*, quick: bool) -> tuple[dict[str, float], dict[str, Any]]:
    """All figures, in their order, and what they were measured on."""
    people, programs = (1_000, 8) if quick else (10_000, 40)
    runs, repetitions = (1, 20) if quick else (3, REPETITIONS)
    civil = prepared("civil-500", lambda folder: workspaces.civil_service(folder, size=500))
    company = prepared(f"company-{people}", lambda folder: workspaces.company(folder, people=people, programs=programs))
    small = prepared("company-40", lambda folder: workspaces.company(folder, people=40, programs=2))
    noop_500, comment_500 = no_change(civil, workspaces.CIVIL_DAY, runs)
    noop_10k, comment_10k = no_change(company, workspaces.GROW_DAY, runs)
    static, comment_static = one_file(company, runs)
    comments = {
        "nothing, 500 people": comment_500,
        "nothing, all programs": comment_10k,
        "one file": comment_static,
        "everything, for the first time": first_plan(civil, workspaces.CIVIL_DAY),
        "every file": every_file(company),
    }
    same, different = stable(small, repetitions)
    figures = {
        "noop_500_s": round(noop_500, 2),
        "noop_10k_s": round(noop_10k, 2),
        "static_plan_s": round(static, 2),
        "comment_kb_max": round(max(comments.values()) / 1024, 1),
        "digest_stable": same,
    }
    return figures, {
        "quick": quick,
        "people": people,
        "programs": programs,
        "digests": repetitions,
        "different_digests": different,
        "comment_bytes": comments,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cpu_count": len(os.sched_getaffinity(0)),
        "load_average": os.getloadavg()[0],
    }


# -- workspaces --------------------------------------------------------------------------------------------------------


def prepared(name: str, write: Any) -> Path:
    """A workspace with its first plan applied, in a repository; made at the first run and kept, for it takes minutes."""
    folder = BENCH / name
    done = folder / ".done"
    if not done.is_file():
        say(f"preparing {name}")
        day = write(folder)
        workspaces.applied(folder, day)
        (folder / ".gitignore").write_text("*.db*\n.done\nroster/\n", encoding="utf-8")
        git(folder, "init", "--quiet", "-b", "main")
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "-m", "A workspace")
        done.touch()
    return folder


def git(folder: Path, *words: str) -> None:
    """Git without anybody's configuration."""
    person = ("-c", "user.name=Bench", "-c", "user.email=bench@example.org")
    env = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *person, *words], cwd=folder, env=env, check=True)


# -- figures -----------------------------------------------------------------------------------------------------------


def no_change(folder: Path, day: Any, runs: int) -> tuple[float, int]:
    """Seconds of a plan that has nothing to do, and the bytes of the comment on it."""
    saved = folder.parent / f"{folder.name}.plan.json"
    words = ("plan", "--as-of", day.isoformat(), "--detailed-exitcode", "--out", str(saved))
    return median(timed(folder, words, runs)), comment(folder, saved)


def one_file(folder: Path, runs: int) -> tuple[float, int]:
    """Seconds of a static plan of a change of one program, and the bytes of the comment on it."""
    saved = folder.parent / f"{folder.name}.static.json"
    path = min((folder / "programs").glob("*.yaml"))
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text(before.replace("lasts: 60min, at_least", "lasts: 45min, at_least"), encoding="utf-8")
        words = ("plan", "--static", "--from", "HEAD", "--out", str(saved))
        return median(timed(folder, words, runs)), comment(folder, saved)
    finally:
        path.write_text(before, encoding="utf-8")


def every_file(folder: Path) -> int:
    """The bytes of the comment on a static plan of a change of every program."""
    saved = folder.parent / f"{folder.name}.every.json"
    paths = sorted((folder / "programs").glob("*.yaml"))
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    try:
        for path, text in texts.items():
            path.write_text(
                text.replace("lasts: 6mo", "lasts: 5mo").replace("min: 1, max: 2", "min: 2"), encoding="utf-8"
            )
        spent(folder, "plan", "--static", "--from", "HEAD", "--out", str(saved))
        return comment(folder, saved)
    finally:
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")


def first_plan(folder: Path, day: Any) -> int:
    """The bytes of the comment on the first plan, when everything is new."""
    fresh, saved = folder.parent / f"{folder.name}-first", folder.parent / f"{folder.name}.first.json"
    workspaces.shuffled(folder, fresh, 0)
    for path in fresh.glob("state.db*"):
        path.unlink()
    spent(fresh, "plan", "--as-of", day.isoformat(), "--out", str(saved))
    return comment(fresh, saved)


def comment(folder: Path, saved: Path) -> int:
    """The bytes of what a pull request would say of a saved plan."""
    page = saved.with_suffix(".md")
    spent(folder, "review", str(saved), "--markdown", str(page))
    return page.stat().st_size


def timed(folder: Path, words: Sequence[str], runs: int) -> list[float]:
    """Seconds of processor time of each run; one before them, which is not counted, finds everything compiled."""
    return [spent(folder, *words) for _ in range(runs + 1)][1:]


def spent(folder: Path, *words: str) -> float:
    """Seconds of processor time of a command and all its processes."""
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(
        [*workspaces.COMMAND, "-C", str(folder), *words],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode not in {0, 2}:
        raise SystemExit(f"mentorctl {' '.join(words)} ended with {ended.returncode}:\n{ended.stderr[-2000:]}")
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (now.ru_utime + now.ru_stime) - (began.ru_utime + began.ru_stime)


def environment(**more: str) -> dict[str, str]:
    """The code measured is that of this checkout, compiled once as an installation is, whatever our own setting."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(ROOT / "engine"), "PYTHONPYCACHEPREFIX": str(BENCH / "compiled")} | more


def stable(folder: Path, repetitions: int) -> tuple[int, int]:
    """How many plans of shuffled rosters have the digest of most, and how many digests there are."""
    found: list[str] = []
    share = repetitions // SEEDS
    for seed in range(SEEDS):
        words = ["--digests", str(folder), str(seed * share), str((seed + 1) * share)]
        command = [sys.executable, __file__, *words]
        env = environment(PYTHONHASHSEED=str(seed * 7919 + 1))
        ended = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
        found += json.loads(ended.stdout)
    most = max(found.count(one) for one in set(found))
    return most, len(set(found))


def digests(folder: Path, seeds: range) -> list[str]:
    """The digest of the first plan, rows and programs in another order each time; made in this process."""
    import random

    from mentorctl import pipeline
    from mentorctl.optimize.engine import DirectEngine
    from mentorctl.sources.files import read_table, read_yaml_text
    from mentorctl.state.model import empty_snapshot

    texts = [(p.name, read_yaml_text(p, shown=p.name)) for p in sorted((folder / "programs").glob("*.yaml"))]
    root = ("mentorctl.yaml", read_yaml_text(folder / "mentorctl.yaml", shown="mentorctl.yaml"))
    found = []
    for seed in seeds:
        rng = random.Random(seed)
        rng.shuffle(texts)
        loaded = pipeline.load(root, texts)
        tables = [shuffled(read_table(folder / s.file, shown=s.file), rng) for s in loaded.workspace.contract.sources]
        people, _ = pipeline.read_people(loaded, tables)
        nothing = empty_snapshot(loaded.workspace.id)
        made = pipeline.plan(loaded, people, nothing, as_of=workspaces.GROW_DAY, engine=DirectEngine())
        found.append(made.plan.digest)
    return found


def shuffled(table: Any, rng: Any) -> Any:
    """The rows of a table in another order; each keeps its line."""
    from dataclasses import replace

    order = list(range(len(table.rows)))
    rng.shuffle(order)
    return replace(table, rows=tuple(table.rows[n] for n in order), lines=tuple(table.lines[n] for n in order))


# -- output ------------------------------------------------------------------------------------------------------------


def print_table(figures: dict[str, float], context: dict[str, Any]) -> None:
    print(f"{context['people']:,} people in {context['programs']} programs; load {context['load_average']:.1f}")
    for name, value in figures.items():
        goal = context["digests"] if name == "digest_stable" else GOALS[name]
        sign = "of" if name == "digest_stable" else "goal below"
        print(f"  {name:16} {value:>8}   {sign} {goal}")


def say(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
