"""Figures with their goals: what the benchmarks ask for on the command line, and what they print and write."""

import argparse
import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What a figure should be: a known value, or a bound."""

    value: float
    kind: str  # "is", "at least", "below", "at most"

    def met(self, figure: float) -> bool:
        checks = {
            "is": figure == self.value,
            "at least": figure >= self.value,
            "below": figure < self.value,
            "at most": figure <= self.value,
        }
        return checks[self.kind]


def arguments(about: str | None, *, quick: str, only: Iterable[str] = ()) -> argparse.ArgumentParser:
    """The options that benchmarks share; `quick` says what that leaves out, `only` are the figures to choose from."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=quick)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write figures and context as JSON")
    if only:
        parser.add_argument("--only", nargs="+", choices=only, metavar="FIGURE", help="only these figures")
    return parser


def machine(*, quick: bool, packages: Iterable[str] = ("highspy", "numpy", "pulp")) -> dict[str, Any]:
    """What figures are measured on."""
    return {
        "quick": quick,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cpu_count": len(os.sched_getaffinity(0)),
        "load_average": os.getloadavg()[0],
        "versions": {name: importlib.metadata.version(name) for name in packages},
    }


def show(figures: Mapping[str, float], goals: Mapping[str, Goal]) -> None:
    """Each figure beside its goal."""
    print(f"{'figure':<22}{'measured':>12}  goal")
    for name, figure in figures.items():
        goal = goals[name]
        print(f"{name:<22}{figure:>12.4g}  {goal.kind} {goal.value:g}{'' if goal.met(figure) else '   MISSED'}")
    print()


def show_machine(context: Mapping[str, Any]) -> None:
    """The last line of a table."""
    load = context["load_average"]
    print(f"{'machine':<22}{context['cpu_count']} cores, Python {context['python']}, load {load:.1f}")


def write(file: Path | None, figures: Mapping[str, float], context: Mapping[str, Any]) -> None:
    """Figures and context as JSON, where a file is asked for."""
    if file:
        file.write_text(json.dumps({"figures": figures, "context": context}, indent=2) + "\n", encoding="utf-8")


def say(text: str) -> None:
    """Progress, on standard error."""
    print(f"… {text}", file=sys.stderr, flush=True)
