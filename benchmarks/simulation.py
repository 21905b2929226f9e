"""10,000 people over twelve months, on one core: seconds, and how memory grows with time.

    python benchmarks/simulation.py [PEOPLE]

`lifecycles.py` imports `simulate_10k_s`. Nothing here is tuned to the benchmark: it is `mentorctl simulate` on the
example `grow`, whose one cohort runs from January to September 2027, with everything that follows until its end.
"""

import sys
import time
import tracemalloc
from datetime import date
from pathlib import Path

from mentorctl import pipeline
from mentorctl.lifecycle.compiled import CompiledProgram
from mentorctl.lifecycle.simulation.rates import Rates
from mentorctl.lifecycle.simulation.run import run_once
from mentorctl.sources.files import read_yaml_text

GROW = Path(__file__).resolve().parents[1] / "programs" / "examples" / "grow"
YEAR = date(2028, 1, 11)


def compiled() -> CompiledProgram:
    """The example program."""
    programs = [
        (path.name, read_yaml_text(path, shown=path.name)) for path in sorted((GROW / "programs").glob("*.yaml"))
    ]
    workspace = ("mentorctl.yaml", read_yaml_text(GROW / "mentorctl.yaml", shown="mentorctl.yaml"))
    return pipeline.load(workspace, programs).programs[0]


def simulate_10k_s(people: int = 10_000) -> float:
    """Seconds of processor time for one run over twelve months."""
    program = compiled()
    began = time.process_time()
    run_once(program, people=people, until=YEAR, rates=Rates(), seed=1, run=0)
    return time.process_time() - began


def peak_mb(people: int, until: date) -> float:
    """The most memory that a run holds at a time, in MB."""
    program = compiled()
    tracemalloc.start()
    run_once(program, people=people, until=until, rates=Rates(), seed=1, run=0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"simulate_10k_s: {simulate_10k_s(people):.1f} s for {people:,} people over 12 months")
    for until in (date(2027, 4, 11), date(2027, 7, 11), YEAR):
        months = (until.year - 2027) * 12 + until.month - 1
        print(f"memory until month {months:2}: {peak_mb(people // 5, until):.0f} MB for {people // 5:,} people")


if __name__ == "__main__":
    main()
