"""Invented people for the examples whose matches are pairs."""

import random
from collections.abc import Mapping

from roster_people import TOPICS, Row, Tables, evenly, names, some

HOURS = (
    "Mon-Fri 09:00-13:00",
    "Tue-Fri 10:00-17:00",
    "Mon-Thu 10:00-16:00",
    "Tue-Fri 09:00-15:00",
    "Mon 09:00-17:00; Wed 09:00-17:00; Fri 09:00-13:00",
    "",
)


def coffee(rng: random.Random) -> Tables:
    """33 people of one company: an odd number, so that one coffee is for three."""
    called, teams = names(rng, 33), evenly(rng, ("Design", "Finance", "Logistics", "Software", "Support"), 33)
    hobbies = (
        "bouldering",
        "bread",
        "chess",
        "choir",
        "cinema",
        "climate",
        "cycling",
        "gardening",
        "poetry",
        "surfing",
    )
    crafts = ("data analysis", "drawing", "english", "facilitation", "negotiation", "portuguese", "spreadsheets")
    leads = {team: f"c{teams.index(team):02d}" for team in teams}
    return {
        "coffee/roster/people.csv": [
            {
                "id": f"c{n:02d}",
                "name": called[n],
                "team": teams[n],
                "level": "lead" if leads[teams[n]] == f"c{n:02d}" else rng.choice(["colleague", "colleague", "senior"]),
                "manager": "" if leads[teams[n]] == f"c{n:02d}" else leads[teams[n]],
                "site": rng.choice(["Lisbon", "Lisbon", "Porto", "at home"]),
                "tenure_months": str(rng.randint(2, 120)),
                "languages": rng.choice(["english", "english;portuguese", "english;portuguese", "portuguese;spanish"]),
                "interests": some(rng, hobbies, 2, 4),
                "teaches": some(rng, crafts, 1, 2),
                "learns": some(rng, crafts, 1, 2),
                "curiosity": rng.choice(["1", "2", "2", "3"]),
                "availability": rng.choice(HOURS),
            }
            for n in range(33)
        ]
    }


def office_hours(rng: random.Random) -> Tables:
    """14 experts with a few half hours a month, and 36 people with one question each."""
    areas = ("finance", "hiring", "law", "marketing", "product", "technology")
    called, questions = names(rng, 50), evenly(rng, areas, 36)
    experts = [
        {
            "id": f"x{n:02d}",
            "name": called[n],
            "department": rng.choice(["Corporate", "Europe", "Labs", "Markets"]),
            "manager": "",
            "expert_in": ";".join(dict.fromkeys([areas[n % 6], rng.choice(areas)])),
            "sessions_a_month": rng.choice(["1", "2", "2", "3", ""]),
            "rating": rng.choice(["", "3", "4", "4", "5"]),
            "availability": rng.choice(HOURS),
            "briefing_done": "office_hours_guide",
        }
        for n in range(14)
    ]
    asking = [
        {
            "id": f"q{n:02d}",
            "name": called[14 + n],
            "department": rng.choice(["Corporate", "Europe", "Labs", "Markets"]),
            "manager": rng.choice(experts)["id"],
            "asks_about": questions[n],
            "wishes": some(rng, [e["id"] for e in experts if questions[n] in e["expert_in"].split(";")], 0, 2),
            "urgency": rng.choice(["can wait", "this month", "this month", "blocked"]),
            "availability": rng.choice(HOURS),
            "briefing_done": "",
        }
        for n in range(36)
    ]
    return {"office-hours/roster/experts.csv": experts, "office-hours/roster/asking.csv": asking}


SITES = {  # site: region, time zone, languages that are spoken there beside English
    "Bogotá": ("Americas", "America/Bogota", "spanish"),
    "São Paulo": ("Americas", "America/Sao_Paulo", "portuguese"),
    "Toronto": ("Americas", "America/Toronto", "french"),
    "Lisbon": ("Europe and Africa", "Europe/Lisbon", "portuguese"),
    "Nairobi": ("Europe and Africa", "Africa/Nairobi", "swahili"),
    "Paris": ("Europe and Africa", "Europe/Paris", "french"),
    "Pune": ("Asia and Pacific", "Asia/Kolkata", "marathi"),
    "Singapore": ("Asia and Pacific", "Asia/Singapore", "malay"),
    "Sydney": ("Asia and Pacific", "Australia/Sydney", "french"),
}


def across_borders(rng: random.Random) -> Tables:
    """18 mentors and 24 mentees on nine sites, three in each of three regions of the world."""
    called, where = names(rng, 42), evenly(rng, list(SITES), 42)

    def colleague(n: int) -> dict[str, str]:
        region, zone, tongue = SITES[where[n]]
        return {
            "id": f"b{n:02d}",
            "name": called[n],
            "site": where[n],
            "region": region,
            "timezone": zone,
            "languages": rng.choice(["english", f"english;{tongue}", f"english;{tongue}"]),
            "availability": rng.choice(
                ["Mon-Fri 08:00-12:00", "Mon-Fri 14:00-19:00", "Mon-Thu 08:00-18:00", "Mon-Fri 08:00-19:00"]
            ),
            "manager": "" if n < 18 else f"b{rng.randrange(18):02d}",
            "trainings_done": "remote_mentoring" if n < 18 else "",
        }

    mentors = [
        colleague(n)
        | {
            "level": rng.choice(["lead", "lead", "head"]),
            "offers": some(rng, TOPICS, 3, 5),
            "places": rng.choice(["1", "2", "2"]),
        }
        for n in range(18)
    ]
    mentees = [
        colleague(n) | {"level": rng.choice(["junior", "senior", "senior"]), "wants": some(rng, TOPICS, 2, 3)}
        for n in range(18, 42)
    ]
    return {"across-borders/roster/mentors.csv": mentors, "across-borders/roster/mentees.csv": mentees}


def mosaic(rng: random.Random) -> Tables:
    """15 mentors and 16 future leaders, each of whom has two or three needs."""
    needs = ("strategy", "finance", "people", "visibility")
    called, departments = names(rng, 31), evenly(rng, ("Care", "Digital", "Facilities", "Laboratory"), 31)
    mentors = [
        {
            "id": f"m{n:02d}",
            "name": called[n],
            "department": departments[n],
            "level": rng.choice(["head", "head", "director"]),
            "manager": "",
            "offers": ";".join(dict.fromkeys([needs[n % 4], rng.choice(needs)])),
            "style": rng.choice(["asks", "explains", "shows"]),
            "places": rng.choice(["2", "3", "3", "4"]),
            "tenure_years": str(rng.randint(4, 25)),
            "trainings_done": "mentor_day",
        }
        for n in range(15)
    ]
    mentees = [
        {
            "id": f"s{n:02d}",
            "name": called[15 + n],
            "department": departments[15 + n],
            "level": rng.choice(["specialist", "team lead"]),
            "manager": rng.choice([m["id"] for m in mentors if m["department"] == departments[15 + n]]),
            "wants": some(rng, needs, 2, 3),
            "learns_by": rng.choice(["asks", "explains", "shows", ""]),
            "fit_matters": rng.choice(["1", "2", "3"]),
            "tenure_years": str(rng.randint(1, 12)),
            "trainings_done": "",
        }
        for n in range(16)
    ]
    return {"mosaic/roster/mentors.csv": mentors, "mosaic/roster/mentees.csv": mentees}


def two_programs(rng: random.Random) -> Tables:
    """48 people of one studio; 38 of them have lunch together, 14 are mentors and 20 mentees, many of them both."""
    called, teams = names(rng, 48), evenly(rng, ("Animation", "Engine", "Music", "Publishing", "Story"), 48)
    people = [
        {
            "id": f"p{n:02d}",
            "name": called[n],
            "team": teams[n],
            "level": "lead" if n < 8 else "senior" if n < 20 else "junior",
            "manager": "" if n < 8 else f"p{rng.randrange(8):02d}",
            "availability": rng.choice(HOURS),
        }
        for n in range(48)
    ]
    hobbies = ("board games", "comics", "cooking", "football", "gardens", "museums", "running", "vinyl")
    craft = ("leading teams", "negotiation", "pitching", "planning", "public speaking", "storytelling")
    lunch = [p | {"interests": some(rng, hobbies, 2, 3)} for p in sorted(rng.sample(people, 38), key=_by_id)]
    mentors = [p | {"offers": some(rng, craft, 2, 4), "places": rng.choice(["1", "2", "2"])} for p in people[:14]]
    mentees = [p | {"wants": some(rng, craft, 1, 3)} for p in sorted(rng.sample(people[14:], 20), key=_by_id)]
    return {
        "two-programs/roster/lunch.csv": lunch,
        "two-programs/roster/mentors.csv": mentors,
        "two-programs/roster/mentees.csv": mentees,
    }


def _by_id(person: Mapping[str, str]) -> str:
    return person["id"]


def onboarding(rng: random.Random) -> Tables:
    """20 buddies, and 14 people who joined in the last weeks."""
    called = names(rng, 34)
    families, places = ("analysis", "nursing", "planning", "purchasing"), ("Basel", "Bern", "Zürich")

    def colleague(n: int, joined: str) -> dict[str, str]:
        return {
            "id": f"o{n:02d}",
            "name": called[n],
            "job_family": families[n % 4],
            "site": places[n % 3],
            "grade": rng.choice(["1", "2", "2", "3"]),
            "joined": joined,
            "manager": "" if n < 20 else f"o{rng.randrange(20):02d}",
            "languages": rng.choice(["german", "german;french", "german;english", "french;english"]),
            "availability": rng.choice(HOURS),
        }

    buddies = [
        colleague(n, f"20{rng.randint(15, 25)}-{rng.randint(1, 12):02d}-01")
        | {
            "knows": some(rng, ("canteen", "childcare", "commuting", "housing", "sports", "unions"), 2, 4),
            "places": rng.choice(["1", "1", "2"]),
            "trainings_done": "buddy_basics" if n != 7 else "",
        }
        for n in range(20)
    ]
    newcomers = [
        colleague(n, rng.choice(["2027-02-01", "2027-03-01"]))
        | {
            "asks_about": some(rng, ("canteen", "childcare", "commuting", "housing", "sports", "unions"), 0, 3),
            "trainings_done": "",
        }
        for n in range(20, 34)
    ]
    return {"onboarding/roster/buddies.csv": buddies, "onboarding/roster/newcomers.csv": newcomers}


CHALLENGES = ("growth", "integration", "restructuring", "start-up")
REGIONS = {  # file: sites with their time zones, and how many candidates they have
    "europe": ((("Milan", "Europe/Rome"), ("Munich", "Europe/Berlin"), ("Warsaw", "Europe/Warsaw")), 12),
    "americas": ((("Chicago", "America/Chicago"), ("Montréal", "America/Toronto")), 9),
    "asia": ((("Osaka", "Asia/Tokyo"), ("Singapore", "Asia/Singapore")), 5),
}


def succession(rng: random.Random) -> Tables:
    """14 executives for all regions; 12 candidates in Europe, 9 in the Americas and 5 in Asia."""
    called = iter(names(rng, 40))
    functions = ("finance", "operations", "people", "sales", "technology")
    tables: dict[str, list[Row]] = {}
    candidates = [f"e{n:02d}" for n in range(20, 46)]
    numbers = iter(candidates)
    for file, (places, count) in REGIONS.items():
        tables[f"succession/roster/candidates_{file}.csv"] = [
            _leader(rng, next(numbers), next(called), *rng.choice(places))
            | {
                "level": rng.choice(["manager", "director", "director"]),
                "manager": f"e{rng.randrange(5, 14):02d}",
                "function": rng.choice(functions),
                "aims_for": rng.choice(functions),
                "must_learn": some(rng, CHALLENGES, 1, 2),
                "readiness": rng.choice(["one year", "two years", "two years", "later"]),
                "trainings_done": "",
            }
            for _ in range(count)
        ]
    everywhere = [place for places, _ in REGIONS.values() for place in places]
    tables["succession/roster/executives.csv"] = [
        _leader(rng, f"e{n:02d}", next(called), *everywhere[n % len(everywhere)])
        | {
            "level": "executive" if n < 5 else "vice president",
            "manager": "" if n < 5 else f"e{n % 5:02d}",
            "function": functions[n % 5],
            "has_led": some(rng, CHALLENGES, 1, 3),
            "names": some(rng, candidates, 8, 10),
            "places": rng.choice(["1", "2", "2"]),
            "trainings_done": "sponsoring",
        }
        for n in range(14)
    ]
    return tables


def _leader(rng: random.Random, key: str, name: str, site: str, zone: str) -> dict[str, str]:
    return {
        "id": key,
        "name": name,
        "site": site,
        "timezone": zone,
        "gender": rng.choice(["woman", "woman", "man", "man", ""]),
        "approved": "yes" if rng.random() < 0.93 else "no",
    }


def first_mentor(rng: random.Random) -> Tables:
    """20 apprentices of two schools and 12 mentors, most of whom know the trades of one of the schools."""
    called = names(rng, 32)
    trades = {"Hill": ("carpentry", "metal", "tiling"), "Harbor": ("electrics", "metal", "plumbing")}
    schools = ["Hill"] * 10 + ["Harbor"] * 10
    mentors = [
        {
            "id": f"m{n:02d}",
            "name": called[n],
            "level": "master",
            "school": "",
            "knows": some(rng, trades["Hill" if n < 8 else "Harbor"], 1, 2),
            "language": rng.choice(["german", "german", "turkish"]),
        }
        for n in range(12)
    ]
    apprentices = [
        {
            "id": f"a{n:02d}",
            "name": called[12 + n],
            "level": "apprentice",
            "school": schools[n],
            "learns": some(rng, trades[schools[n]], 1, 2),
            "language": rng.choice(["german", "german", "turkish"]),
        }
        for n in range(20)
    ]
    return {"first-mentor/roster/mentors.csv": mentors, "first-mentor/roster/apprentices.csv": apprentices}
