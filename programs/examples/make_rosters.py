"""Writes the synthetic rosters of the examples: invented people, the same ones each time.

    python programs/examples/make_rosters.py [--civil-service N] [--out FOLDER]

Without arguments it renews the rosters that lie beside the examples. With `--civil-service N --out FOLDER` it writes a
civil-service roster of N mentors and N mentees elsewhere, for trying larger sizes.
"""

import argparse
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import roster_groups
import roster_pairs
from roster_people import FIRST, LAST, TOPICS, Tables, write

HERE = Path(__file__).resolve().parent
WINDOWS = (
    "Mon-Fri 09:00-13:00",
    "Mon-Fri 10:00-17:00",
    "Mon 09:00-17:00; Wed 09:00-17:00",
    "Tue-Thu 10:00-16:00",
    "Mon-Thu 09:00-12:00; Fri 13:00-16:00",
    "",
    "",
)
ZONES = ("Europe/Berlin", "Europe/Berlin", "Europe/Berlin", "Europe/Berlin", "Europe/London", "Europe/Athens")


def grow(rng: random.Random) -> Tables:
    """44 mentors and 60 mentees of one company; four people have both roles."""
    departments = ("Engineering", "Finance", "Marketing", "Operations", "People", "Sales")
    people = [_employee(rng, 1000 + n, departments) for n in range(100)]
    leads = [p for p in people if p["grade"] in ("lead", "principal")]
    for person in people:
        above = [m for m in leads if m["department"] == person["department"] and m["grade"] != person["grade"]]
        is_top = person["grade"] == "principal" or not above
        person["manager"] = (
            "" if is_top else rng.choice([m for m in above if m["grade"] == "principal"] or above)["employee_number"]
        )
    _untangle(people)
    order = ["associate", "senior", "lead", "principal"]
    by_level = sorted(people, key=lambda p: (-order.index(p["grade"]), p["employee_number"]))
    mentors = [dict(p) for p in by_level[:44]]
    mentees = [dict(p) for p in by_level[40:]]
    for mentor in mentors:
        mentor["offers"] = ";".join(rng.sample(TOPICS, rng.randint(2, 4)))
        mentor["places"] = rng.choice(["1", "1", "2", "2", ""])
        mentor["trainings_done"] = "mentor_basics" if rng.random() < 0.95 else ""
        mentor["manager_approved"] = "yes" if rng.random() < 0.95 else "no"
    numbers = [m["employee_number"] for m in mentors]
    for mentee in mentees:
        mentee["wants"] = ";".join(rng.sample(TOPICS, rng.randint(1, 3)))
        mentee["wishes"] = ";".join(
            rng.sample([n for n in numbers if n != mentee["employee_number"]], rng.randint(0, 3))
        )
        mentee["trainings_done"] = ""
        mentee["manager_approved"] = ""
        mentee["promoted"] = ""
    both = {m["employee_number"]: m for m in mentors}
    for mentee in mentees:  # facts are about the person, so both rows say the same
        if mentee["employee_number"] in both:
            mentee["trainings_done"] = both[mentee["employee_number"]]["trainings_done"]
            mentee["manager_approved"] = both[mentee["employee_number"]]["manager_approved"]
    return {"grow/roster/mentors.csv": mentors, "grow/roster/mentees.csv": mentees}


def _employee(rng: random.Random, number: int, departments: Sequence[str]) -> dict[str, str]:
    return {
        "employee_number": str(number),
        "first_name": rng.choice(FIRST),
        "last_name": rng.choice(LAST),
        "department": rng.choice(departments),
        "grade": rng.choices(["associate", "senior", "lead", "principal"], [44, 30, 18, 8])[0],
        "tenure_months": str(rng.randint(3, 160)),
        "manager": "",
        "timezone": rng.choice(ZONES),
        "availability": rng.choice(WINDOWS),
    }


def _untangle(people: Iterable[dict[str, str]]) -> None:
    """No circles of managers: whoever manages somebody at or above their own grade manages nobody."""
    order = ["associate", "senior", "lead", "principal"]
    grade = {p["employee_number"]: order.index(p["grade"]) for p in people}
    for person in people:
        if person["manager"] and grade[person["manager"]] <= grade[person["employee_number"]]:
            person["manager"] = ""


def civil_service(rng: random.Random, size: int) -> Tables:
    """As many mentors as mentees, with the columns, scales and blanks of the published sample."""
    grades = ["AA", "AO", "EO", "HEO", "SEO", "Grade 7", "Grade 6", "SCS1", "SCS2", "SCS3", "SCS4"]
    identities = ["Woman", "Parent", "Carer", "Disabled", "Gay", "Lesbian", "Non-binary", "Transgender"]

    def official(kind: str, number: int) -> dict[str, str]:
        return {
            "first name": rng.choice(FIRST),
            "last name": rng.choice(LAST),
            "email address": f"{kind}.{number:03d}@example.org",
            "both mentor and mentee": rng.choice(["yes", "no"]),
            "job title": "Some role",
            "grade": rng.choice(grades),
            "organisation": f"Department of {rng.choice(['Rivers', 'Roads', 'Harbours', 'Parks'])}",
            "profession": rng.choice(["Policy", "Digital", "Finance", "Law"]),
        }

    mentors, mentees = [], []
    for number in range(size):
        mentor, mentee = official("mentor", number), official("mentee", number)
        mentor["characteristics"] = ", ".join(rng.sample(identities, rng.choice([0, 1, 1, 2, 3])))
        mentee["match with similar identity"] = rng.choice(["yes", "no"])
        mentee["identity to match"] = rng.choice([*identities, "", ""])
        mentors.append(mentor)
        mentees.append(mentee)
    return {"civil-service/roster/mentors.csv": mentors, "civil-service/roster/mentees.csv": mentees}


def reverse(rng: random.Random) -> Tables:
    """28 people in one file whose role column tells mentors and mentees apart."""
    topics = ["social media", "accessibility", "automation", "remote work", "gaming", "climate"]
    rows = []
    for number in range(28):
        is_mentee = number < 12
        rows.append(
            {
                "id": f"n{number:02d}",
                "name": f"{rng.choice(FIRST)} {rng.choice(LAST)}",
                "role": "mentee" if is_mentee else "mentor",
                "level": rng.choice(["director", "executive"] if is_mentee else ["analyst", "analyst", "manager"]),
                "manager": "" if is_mentee else f"n{rng.randrange(12):02d}",
                "site": rng.choice(["Toronto", "Calgary", "Vancouver"]),
                "timezone": "",
                "teaches": "" if is_mentee else ";".join(rng.sample(topics, 3)),
                "curious_about": ";".join(rng.sample(topics, 2)) if is_mentee else "",
            }
        )
        rows[-1]["timezone"] = {
            "Toronto": "America/Toronto",
            "Calgary": "America/Edmonton",
            "Vancouver": "America/Vancouver",
        }[rows[-1]["site"]]
    return {"reverse/roster/people.csv": rows}


INVENTED: tuple[tuple[Callable[[random.Random], Tables], int], ...] = (
    (grow, 2027),
    (reverse, 11),
    (roster_pairs.coffee, 33),
    (roster_pairs.office_hours, 50),
    (roster_pairs.across_borders, 42),
    (roster_pairs.mosaic, 31),
    (roster_pairs.two_programs, 48),
    (roster_pairs.onboarding, 34),
    (roster_pairs.succession, 40),
    (roster_pairs.first_mentor, 32),
    (roster_groups.circles, 38),
    (roster_groups.venture_teams, 37),
    (roster_groups.build_weeks, 36),
)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--civil-service", type=int, metavar="N", help="only this roster, with N mentors and N mentees")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write below (default: beside the examples)")
    arguments = parser.parse_args()
    if arguments.civil_service:
        write(civil_service(random.Random(7), arguments.civil_service), arguments.out)
        return
    write(civil_service(random.Random(7), 60), arguments.out)
    for invent, seed in INVENTED:
        write(invent(random.Random(seed)), arguments.out)


if __name__ == "__main__":
    main()
