"""The timetable of pairs as a model for CP-SAT, in a process of its own: OR-Tools and HiGHS do not load side by side.

Reads a problem as JSON from standard input and writes the value of the best timetable, its bound and whether that is reached.
"""

import importlib
import json
import sys
from itertools import combinations
from typing import Any


def main() -> None:
    """Solve what is read."""
    cp_model: Any = importlib.import_module("ortools.sat.python.cp_model")
    asked = json.load(sys.stdin)
    model = cp_model.CpModel()
    terms: list[Any] = []
    held = [[model.new_bool_var("") for _ in pair["slots"]] for pair in asked["pairs"]]
    for pair, chosen in zip(asked["pairs"], held, strict=True):
        by_window: dict[int, list[int]] = {}
        for at, window in enumerate(pair["window"]):
            by_window.setdefault(window, []).append(at)
            terms.append(pair["worth"][at] * chosen[at])
        for places in by_window.values():
            model.add_at_most_one(chosen[at] for at in places)
        for one, two in combinations(range(len(chosen)), 2):
            between, windows = pair["slots"][two] - pair["slots"][one], pair["window"][two] - pair["window"][one]
            near = between < asked["length"] or (windows == 1 and not asked["gap_min"] <= between <= asked["gap_max"])
            if windows and near:
                model.add_at_most_one([chosen[one], chosen[two]])
        times = {time: model.new_bool_var("") for time in set(pair["regular"])}
        model.add_at_most_one(times.values())
        for at, time in enumerate(pair["regular"]):
            counts = model.new_bool_var("")
            model.add_implication(counts, chosen[at])
            model.add_implication(counts, times[time])
            terms.append(asked["regular_bonus"] * counts)
    _people(model, asked, held, terms)
    model.maximize(sum(terms))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = 20
    status = solver.solve(model)
    found = {"value": round(solver.objective_value), "bound": round(solver.best_objective_bound)}
    sys.stdout.write(json.dumps({**found, "proved": status == cp_model.OPTIMAL}))


def _people(model: Any, asked: Any, held: Any, terms: list[Any]) -> None:
    """One session at a time, so many a week, and hardship at its price."""
    for person in {p for pair in asked["pairs"] for p in pair["people"]}:
        own = [number for number, pair in enumerate(asked["pairs"]) if person in pair["people"]]
        for one, two in combinations(own, 2):
            for i, start in enumerate(asked["pairs"][one]["slots"]):
                for j, other in enumerate(asked["pairs"][two]["slots"]):
                    if abs(start - other) < asked["length"]:
                        model.add_at_most_one([held[one][i], held[two][j]])
        weeks: dict[int, list[Any]] = {}
        borne = []
        for number in own:
            pair = asked["pairs"][number]
            row = pair["hardship"][pair["people"].index(person)]
            for at, week in enumerate(pair["week"]):
                weeks.setdefault(week, []).append(held[number][at])
                borne.append(row[at] * held[number][at])
        for chosen in weeks.values():
            model.add(sum(chosen) <= asked["per_week"])
        for above, price in asked["steps"]:
            over = model.new_int_var(0, 1000, "")
            model.add(over >= sum(borne) - above)
            terms.append(-price * over)


if __name__ == "__main__":
    main()
