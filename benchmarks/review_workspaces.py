"""Writes the workspaces that `review.py` plans, and applies their first plan, so that nothing is left to do.

    python benchmarks/review_workspaces.py FOLDER [--people 10000] [--programs 40]
    python benchmarks/review_workspaces.py FOLDER --civil-service 500

Afterwards `mentorctl -C FOLDER plan --as-of DAY` has nothing to do; the day is printed. People are invented, the same
ones each time.
"""

import argparse
import random
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "programs" / "examples"
sys.path.insert(0, str(EXAMPLES))

import make_rosters  # noqa: E402
from roster_people import FIRST, LAST, TOPICS, write  # noqa: E402

GROW_DAY = date(2027, 3, 3)  # the matching phase of `grow`
CIVIL_DAY = date(2027, 10, 20)  # that of `civil-service`
COMMAND = (sys.executable, "-m", "mentorctl")


def company(folder: Path, *, people: int = 10_000, programs: int = 40, seed: int = 10) -> date:
    """A company whose every division has the example `grow` as its own program; one roster for all. Returns the day."""
    folder.mkdir(parents=True, exist_ok=True)
    divisions = [f"division_{number:02d}" for number in range(programs)]
    contract = (EXAMPLES / "grow" / "mentorctl.yaml").read_text(encoding="utf-8")
    contract = _without_schema(contract).replace(
        "    department:    {type: single}\n",
        "    department:    {type: single}\n    division:      {type: single, required: true}\n",
    )
    (folder / "mentorctl.yaml").write_text(contract, encoding="utf-8")
    text = _without_schema((EXAMPLES / "grow" / "programs" / "grow.yaml").read_text(encoding="utf-8"))
    (folder / "programs").mkdir(exist_ok=True)
    for number, division in enumerate(divisions):
        own = text.replace("id: grow\nname: Grow\n", f"id: grow_{number:02d}\nname: Grow {number}\n")
        own = re.sub(
            r"(?m)^  (mentor|mentee):\n    level:", rf"  \1:\n    division: {{is: {division}}}\n    level:", own
        )
        (folder / "programs" / f"grow_{number:02d}.yaml").write_text(own, encoding="utf-8")
    rng = random.Random(seed)
    mentors = [_employee(rng, number, divisions[number % programs]) for number in range(people // 2)]
    mentees = [_employee(rng, number, divisions[number % programs]) for number in range(people // 2, people)]
    for row in mentors:
        row |= {
            "grade": rng.choice(["senior", "lead", "lead", "principal"]),
            "offers": ";".join(rng.sample(TOPICS, rng.randint(2, 4))),
            "places": rng.choice(["1", "1", "2", ""]),
            "trainings_done": "mentor_basics",
            "manager_approved": "yes",
        }
    known = [[m["employee_number"] for m in mentors if m["division"] == division] for division in divisions]
    for number, row in enumerate(mentees, start=people // 2):
        row |= {
            "grade": rng.choice(["associate", "associate", "senior"]),
            "wants": ";".join(rng.sample(TOPICS, rng.randint(1, 3))),
            "wishes": ";".join(rng.sample(known[number % programs], rng.randint(0, 3))),
            "trainings_done": "",
            "manager_approved": "",
            "promoted": "",
        }
    write({"roster/mentors.csv": mentors, "roster/mentees.csv": mentees}, folder)
    return GROW_DAY


def civil_service(folder: Path, *, size: int = 500) -> date:
    """The example `civil-service` with that many mentors and as many mentees. Returns the day of its matching."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("mentorctl.yaml", "programs/civil_service.yaml"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        source = EXAMPLES / "civil-service" / name
        path.write_text(_without_schema(source.read_text(encoding="utf-8")), encoding="utf-8")
    rows = make_rosters.civil_service(random.Random(7), size)
    write({name.removeprefix("civil-service/"): table for name, table in rows.items()}, folder)
    return CIVIL_DAY


def applied(folder: Path, day: date) -> None:
    """Perform the first plan, so that the next has nothing to do."""
    plan, on = str(folder / "first.json"), ("--as-of", day.isoformat())
    _run(folder, "plan", *on, "--time-limit", "600", "--out", plan)
    _run(folder, "apply", plan, "--yes")
    Path(plan).unlink()


def shuffled(folder: Path, into: Path, seed: int) -> None:
    """The same workspace, with its state, but with the rows of each roster in another order."""
    rng = random.Random(seed)
    shutil.copytree(folder, into, dirs_exist_ok=True)
    for path in sorted((into / "roster").glob("*.csv")):
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        rng.shuffle(rows)
        path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")


def _run(folder: Path, *words: str) -> None:
    ended = subprocess.run([*COMMAND, "-C", str(folder), *words], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"mentorctl {words[0]} ended with {ended.returncode}:\n{ended.stdout[-2000:]}{ended.stderr}")


def _employee(rng: random.Random, number: int, division: str) -> dict[str, str]:
    return {
        "employee_number": str(100_000 + number),
        "first_name": rng.choice(FIRST),
        "last_name": rng.choice(LAST),
        "department": rng.choice(("Engineering", "Finance", "Marketing", "Operations", "People", "Sales")),
        "division": division,
        "grade": "",
        "tenure_months": str(rng.randint(12, 160)),
        "manager": "",
        "timezone": rng.choice(make_rosters.ZONES),
        "availability": rng.choice(make_rosters.WINDOWS),
    }


def _without_schema(text: str) -> str:
    """The line for editors names a file beside the example."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("# yaml-language-server"))


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--programs", type=int, default=40)
    parser.add_argument(
        "--civil-service", type=int, metavar="N", help="this example with N mentors and N mentees instead"
    )
    chosen = parser.parse_args()
    if chosen.civil_service:
        day = civil_service(chosen.folder, size=chosen.civil_service)
    else:
        day = company(chosen.folder, people=chosen.people, programs=chosen.programs)
    applied(chosen.folder, day)
    print(day.isoformat())
    return 0


if __name__ == "__main__":
    sys.exit(main())
