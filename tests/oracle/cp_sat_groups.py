"""Circles as a model for CP-SAT, in a process of its own: OR-Tools and HiGHS do not load side by side.

Reads circles as JSON from standard input and writes how many mentees the best ones cover, their points, and whether it is
proved that none are better.
"""

import importlib
import json
import sys
from typing import Any


def main() -> None:
    """Solve what is read."""
    cp_model: Any = importlib.import_module("ortools.sat.python.cp_model")
    asked = json.load(sys.stdin)
    model = cp_model.CpModel()
    seats = {(mentee, unit): points for mentee, unit, points in asked["seats"]}
    sits = {seat: model.new_bool_var("") for seat in seats}
    opens = [model.new_bool_var("") for _ in range(asked["units"])]
    about = [[model.new_bool_var("") for _ in range(asked["topics"])] for _ in opens]
    for mentee in range(asked["mentees"]):
        model.add_at_most_one(var for (who, _), var in sits.items() if who == mentee)
    for unit, is_open in enumerate(opens):
        members = sum(var for (_, where), var in sits.items() if where == unit)
        model.add(members >= asked["smallest"] * is_open)
        model.add(members <= asked["largest"] * is_open)
        model.add_at_most_one(about[unit])
    shared = []
    for (mentee, unit), var in sits.items():
        shares = model.new_bool_var("")
        model.add_implication(shares, var)
        model.add(shares <= sum(about[unit][topic] for topic in asked["wants"][mentee]))
        shared.append(shares)
    points = sum(seats[seat] * var for seat, var in sits.items()) + asked["worth"] * sum(shared)
    more = 1 + sum(map(abs, seats.values())) + asked["worth"] * len(seats)  # than all points: mentees come first
    model.maximize(more * sum(sits.values()) + points)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = 30, 1
    status = solver.solve(model)
    found = {
        "covered": sum(solver.value(var) for var in sits.values()),
        "points": solver.value(points),
        "proved": status == cp_model.OPTIMAL,
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
