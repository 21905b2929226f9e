"""Invented people for the examples whose matches are groups, teams and projects."""

import random

from roster_people import Tables, evenly, names, some

HALF_DAYS = (  # everybody is there on Wednesday from 12 to 13
    "Mon-Wed 09:00-13:00",
    "Mon-Wed 12:00-17:00",
    "Tue-Thu 09:00-14:00",
    "Wed-Fri 12:00-17:00",
    "Mon-Fri 10:00-15:00",
)
THEMES = ("conflict", "delegating", "feedback", "hiring", "priorities", "remote teams")


def circles(rng: random.Random) -> Tables:
    """9 experienced managers and 30 who lead a team for the first time, on three sites."""
    called, departments = names(rng, 39), evenly(rng, ("Claims", "Customers", "Finance", "Technology"), 39)

    def manager(n: int) -> dict[str, str]:
        return {
            "id": f"g{n:02d}",
            "name": called[n],
            "department": departments[n],
            "site": ("Graz", "Linz", "Vienna")[n % 3],
            "level": rng.choice(["head", "division head"]) if n < 9 else "team lead",
            "manager": "" if n < 9 else rng.choice([f"g{m:02d}" for m in range(9)]),
            "availability": HALF_DAYS[n % 5] if n < 9 else rng.choice(HALF_DAYS),
            "trainings_done": "leading_a_circle" if n < 9 else "",
        }

    mentors = [manager(n) | {"themes": some(rng, THEMES, 3, 4)} for n in range(9)]
    first_teams = evenly(rng, ("grown", "grown", "new", "taken over"), 30)
    mentees = [manager(n) | {"themes": some(rng, THEMES, 1, 3), "first_team": first_teams[n - 9]} for n in range(9, 39)]
    return {"circles/roster/mentors.csv": mentors, "circles/roster/mentees.csv": mentees}


def venture_teams(rng: random.Random) -> Tables:
    """8 young companies with 24 founders, 13 mentors, and what the jury thinks of who fits whom."""
    companies = ("Alder", "Birch", "Cedar", "Elm", "Hazel", "Linden", "Maple", "Willow")
    sectors, offers = ("energy", "food", "health"), ("brand", "finance", "law", "product", "sales")
    called = names(rng, 37)
    founders = []
    for c, company in enumerate(companies):
        stage, sector, needs = rng.choice(["idea", "pilot", "pilot", "growth"]), sectors[c % 3], some(rng, offers, 2, 3)
        founders += [
            {
                "id": f"f{c * 3 + n:02d}",
                "name": called[c * 3 + n],
                "company": company,
                "stage": stage,
                "sector": sector,
                "needs": needs,
                "role": ("product", "business", "technology")[n],
                "trainings_done": "",
            }
            for n in range(3)
        ]
    mentors = [
        {
            "id": f"v{n:02d}",
            "name": called[24 + n],
            "best_at": rng.choice(["idea", "pilot", "growth"]),
            "sectors": some(rng, sectors, 1, 2),
            "offers": some(rng, offers, 2, 3),
            "invested_in": rng.choice(["", "", "", rng.choice(companies)]),
            "home": rng.choice(["bank", "fund", "industry", "industry", "university"]),
            "teams": rng.choice(["1", "1", "2"]),
            "trainings_done": "mentor_evening",
        }
        for n in range(13)
    ]
    jury = [
        {"mentor": mentor["id"], "mentee": founders[c * 3]["id"], "score": str(rng.randint(1, 5))}
        for c in range(len(companies))
        for mentor in rng.sample(mentors, 4)
    ]
    return {
        "venture-teams/roster/founders.csv": founders,
        "venture-teams/roster/mentors.csv": mentors,
        "venture-teams/roster/jury.csv": jury,
    }


def build_weeks(rng: random.Random) -> Tables:
    """8 mentors and 26 learners for five projects, with skills and wishes."""
    skills = ("data analysis", "design", "hardware", "interviews", "programming", "writing")
    projects = ("air_sensors", "bike_counts", "city_archive", "flood_map", "repair_cafe")
    called = names(rng, 34)
    mentors = [
        {
            "id": f"t{n:02d}",
            "name": called[n],
            "skills": ";".join(sorted({skills[n % 6], *rng.sample(skills, 2)})),
            "years": str(rng.randint(3, 15)),
            "graded_by": "",
            "availability": rng.choice(["Mon-Wed 12:00-17:00", "Tue-Thu 09:00-15:00", "Wed-Fri 12:00-17:00"]),
            "trainings_done": "lab_safety;project_mentoring",
        }
        for n in range(8)
    ]
    learners = [
        {
            "id": f"t{n:02d}",
            "name": called[n],
            "year": rng.choice(["first", "second", "second", "third"]),
            "course": rng.choice(["design", "engineering", "geography"]),
            "skills": some(rng, skills, 2, 3),
            "wishes": some(rng, projects, 1, 3).replace(";", ", "),
            "graded_by": rng.choice(mentors)["id"],
            "availability": rng.choice(["Mon-Fri 09:00-17:00", "Mon-Fri 10:00-15:00", "Mon-Thu 10:00-15:00"]),
            "trainings_done": "lab_safety" if n != 20 else "",
        }
        for n in range(8, 34)
    ]
    return {"build-weeks/roster/mentors.csv": mentors, "build-weeks/roster/learners.csv": learners}
